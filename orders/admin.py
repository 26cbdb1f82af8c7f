"""Orders for administrators and officers: shown, and what waits for a person. The platform's delivery prices, too."""

import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from catalog.admin.decisions import QueueAdmin, QueueFilter, decision, waiting_badge
from catalog.images import rendition_url
from marketplace.accounts.authentication import actor_from_cookie
from marketplace.core.actor import Actor
from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.errors import DomainError
from orders import services
from orders.carriers.zones import Zone
from orders.models import (
    CarrierNews,
    Order,
    Return,
    ReturnState,
    Shipment,
    ShipmentNews,
    ShippingTerms,
)
from orders.queries import PARCEL_MISSED

_RATE = re.compile(r"([A-Za-z]+)[\s;,]+(\d{1,5}(?:[.,]\d{1,3})?)[\s;]+(\d{1,9})", re.ASCII)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "state", "total", "placed_at", "paid_at"]
    list_filter = ["state"]
    search_fields = ["number"]
    ordering = ["-placed_at"]


def _decide(*, approve: bool) -> Any:
    def act(actor: Any, row: Return, data: dict[str, Any]) -> None:
        services.return_decide(actor=actor, return_id=row.pk, approve=approve, note=data["note"])

    return act


def _receive(actor: Any, row: Return, data: dict[str, Any]) -> None:
    services.return_receive(actor=actor, return_id=row.pk, restock=False)


@admin.register(Return)
class ReturnAdmin(QueueAdmin):
    """What buyers and workshops could not settle between them. Who has bought is nothing to the officer."""

    to_commune = "seller_order__seller__commune"
    list_display = ["part", "seller", "reason", "state", "escalated_at", "created_at"]
    list_filter = [QueueFilter, "state", "reason"]
    search_fields = ["seller_order__number"]
    list_select_related = ["seller_order__seller"]
    ordering = ["-escalated_at", "-id"]
    fields = [
        "part", "seller", "state", "reason", "description", "things", "photos", "decision_note", "created_at",
        "escalated_at", "decided_at", "received_at",
    ]  # fmt: skip
    readonly_fields = ["part", "seller", "things", "photos", "created_at"]
    waiting = Q(state=ReturnState.ESCALATED)
    actions_detail = ["approve", "reject", "receive"]
    approve = decision("approve", _("The workshop takes it back"))
    reject = decision("reject", _("It stays with the buyer"))
    receive = decision("receive", _("It is back at the workshop"))
    decisions = {"approve": _decide(approve=True), "reject": _decide(approve=False), "receive": _receive}
    needs_reason = frozenset({"reject"})
    consequences = {
        "approve": _("The buyer may send it back, and gets the money once it is there. Both sides are told."),
        "reject": _("The buyer keeps it and gets no money. This is the last word here; both sides are told."),
        "receive": _("The money for it goes back to the buyer. It is not counted as stock."),
    }
    done = _("Done. Both sides have been told.")

    def get_queryset(self, request: Any) -> Any:
        rows = super().get_queryset(request).select_related("seller_order__seller__commune")
        return rows.filter(escalated_at__isnull=False)

    def possible(self, row: Return) -> set[str]:
        return {
            ReturnState.ESCALATED.value: {"approve", "reject"},
            ReturnState.APPROVED.value: {"receive"},
        }.get(row.state, set())

    @admin.display(description=_("order"))
    def part(self, row: Return) -> str:
        return row.seller_order.number

    @admin.display(description=_("seller"))
    def seller(self, row: Return) -> str:
        return row.seller_order.seller.name

    @admin.display(description=_("things"))
    def things(self, row: Return) -> Any:
        lines = row.lines.select_related("line").order_by("id")
        words = [(item.quantity, item.line.product_name, item.line.variant_name) for item in lines]
        return format_html_join(mark_safe("<br>"), "{} × {} {}", words)

    @admin.display(description=_("photos"))
    def photos(self, row: Return) -> Any:
        ready = row.pictures.filter(asset__ready=True).select_related("asset").order_by("id")
        urls = [(rendition_url(p.asset, 640, "webp"),) for p in ready]
        return format_html_join("", '<img src="{}" alt="" width="320">', urls)


def _end_search(*, came: bool) -> Any:
    def act(actor: Any, row: Shipment, data: dict[str, Any]) -> None:
        services.missing_decide(actor=actor, parcel_id=row.pk, came=came, note=data["note"])

    return act


@admin.register(Shipment)
class ShipmentAdmin(QueueAdmin):
    """Parcels. Those that their buyers miss wait for an officer, who sees no others and nothing of the buyer;
    administrators see all, and find those REFUSED, STUCK or LOST by the filters."""

    to_commune = "seller_order__seller__commune"
    list_display = [
        "part",
        "seller",
        "carrier",
        "tracking_number",
        "state",
        "missing_at",
        "escalated_at",
        "shipped_at",
    ]
    list_filter = [QueueFilter, "booking", "state", "carrier", ("missing_at", admin.EmptyFieldListFilter)]
    search_fields = ["tracking_number", "seller_order__number"]
    list_select_related = ["seller_order__seller"]
    ordering = ["-created_at"]
    fields = [
        "part", "seller", "carrier", "tracking_number", "state", "shipped_at", "delivered_at", "missing_at",
        "escalated_at", "found_at", "given_up_at",
    ]  # fmt: skip
    readonly_fields = ["part", "seller"]
    waiting = PARCEL_MISSED & Q(escalated_at__isnull=False)
    actions_detail = ["came", "lost"]
    came = decision("came", _("It was handed over"))
    lost = decision("lost", _("It is lost"))
    decisions = {"came": _end_search(came=True), "lost": _end_search(came=False)}
    needs_reason = frozenset({"came", "lost"})
    consequences = {
        "came": _(
            "It counts as come today. The buyer may still give it back, but not miss it again. Both are told."
        ),
        "lost": _("If it is not found within some days, the buyer gets the money back. Both sides are told."),
    }
    done = _("Done. Both sides have been told.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("seller_order__seller__commune")
        return rows if actor_from_cookie(request).is_admin else rows.filter(escalated_at__isnull=False)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        # A carrier's own words may name the buyer.
        more = ["booking", "booking_problem", "asked_at"]
        return [*self.list_display, *(more if actor_from_cookie(request).is_admin else [])]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        more = ["booking", "booking_problem", "fee", "asked_at"]
        return [*self.fields, *(more if actor_from_cookie(request).is_admin else [])]

    def possible(self, row: Shipment) -> set[str]:
        return set(self.decisions) if Shipment.objects.filter(self.waiting, pk=row.pk).exists() else set()

    @admin.display(description=_("order"))
    def part(self, row: Shipment) -> str:
        return row.seller_order.number

    @admin.display(description=_("seller"))
    def seller(self, row: Shipment) -> str:
        return row.seller_order.seller.name


@admin.register(CarrierNews)
class CarrierNewsAdmin(ReadOnlyAdmin):
    """Webhooks of carriers as they came."""

    list_display = ["created_at", "carrier", "outcome", "shipment", "applied_at"]
    list_filter = ["outcome", "carrier"]
    ordering = ["-created_at"]


def _handle(actor: Any, row: ShipmentNews, data: dict[str, Any]) -> None:
    services.shipment_news_handle(actor=actor, news_id=row.pk, note=data["note"])


@admin.register(ShipmentNews)
class ShipmentNewsAdmin(QueueAdmin):
    """What carriers have told. An exception (an unknown word, a loss, what fits nothing) waits until somebody has
    looked at it."""

    list_display = ["created_at", "parcel", "raw", "step", "occurred_at", "exception", "handled_at"]
    list_filter = [QueueFilter, "exception", "step", "shipment__carrier"]
    search_fields = ["shipment__tracking_number", "raw"]
    list_select_related = ["shipment__seller_order"]
    ordering = ["-created_at"]
    waiting = Q(exception=True, handled_at=None)
    decisions = {"handle": _handle}
    actions_detail = ["handle"]
    handle = decision("handle", _("Looked at"))
    done = _("Done.")
    asks = {"handle": _("What was found, and what was done")}
    consequences = {"handle": _("It leaves the list of what waits. The parcel stays as it is.")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = ShipmentNews.objects.select_related("shipment__seller_order")
        return rows if self.has_view_permission(request) else rows.none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_from_cookie(request).is_admin

    def possible(self, row: Any) -> set[str]:
        return {"handle"} if row.exception and row.handled_at is None else set()

    @admin.display(description=_("parcel"))
    def parcel(self, row: ShipmentNews) -> str:
        return f"{row.shipment.seller_order.number} · {row.shipment.carrier} {row.shipment.tracking_number}"


class PricesForm(forms.Form):
    """The platform's prices as lines of text: they are many, and mostly copied from a sheet."""

    rates = forms.CharField(
        label=_("Prices"),
        required=False,
        max_length=10_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 28, "aria-describedby": "rates-help rates-error"}),
    )
    free_above = forms.IntegerField(
        label=_("Free from this sum on, in đồng"),
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"aria-describedby": "free_above-error"}),
    )


@admin.register(ShippingTerms)
class ShippingTermsAdmin(ReadOnlyAdmin):
    """Delivery prices. The platform's, in the row without a seller, are changed here; sellers change their own."""

    list_display = ["whose", "free_above", "pickup", "updated_at"]
    list_select_related = ["seller"]
    fields = ["whose", "free_above", "pickup", "prices"]
    readonly_fields = ["whose", "prices"]
    ordering = ["-updated_at"]
    actions_detail = ["change_prices"]

    @admin.display(description=_("whose"))
    def whose(self, row: ShippingTerms) -> str:
        return row.seller.name if row.seller else str(_("the platform's"))

    @admin.display(description=_("delivery prices"))
    def prices(self, row: ShippingTerms) -> str:
        return format_html_join("", "{}<br>", ((line,) for line in _lines(row).splitlines()))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        row = self.get_object(request, object_id)
        actions: list[Any] = super().get_actions_detail(request, object_id)
        return actions if row is not None and row.seller_id is None else []

    @action(description=_("Change the prices"), url_path="prices")
    def change_prices(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None or row.seller_id is not None:
            raise Http404
        actor = actor_from_cookie(request)
        if not actor.is_admin:
            raise PermissionDenied
        form = PricesForm(request.POST or None, initial={"rates": _lines(row), "free_above": row.free_above})
        if request.method == "POST" and form.is_valid() and _change(actor, form):
            messages.success(request, _("Done. It counts for what is ordered from now on."))
            return HttpResponseRedirect(reverse("admin:orders_shippingterms_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change the prices"),
            "form": form,
            "zones": ", ".join(Zone.values),
            "row": self.whose(row),
            "opts": self.opts,
            "back": reverse("admin:orders_shippingterms_change", args=[object_id]),
        }
        return TemplateResponse(
            request, "admin/orders/prices.html", context, status=422 if form.is_bound else 200
        )


def _lines(row: ShippingTerms) -> str:
    """`HANOI 2 30000`: the zone, up to so many kilograms, the price; from near to far, the lightest first."""
    order = {zone: number for number, zone in enumerate(Zone.values)}
    rates = sorted(row.rates.all(), key=lambda rate: (order[rate.zone], rate.up_to_grams))
    return "\n".join(f"{rate.zone} {rate.up_to_grams / 1000:g} {rate.price}" for rate in rates)


def _change(actor: Actor, form: PricesForm) -> bool:
    """Has the service change the prices; what it or the reader refuses is said with its line."""
    rates, at = [], []
    for number, line in enumerate(form.cleaned_data["rates"].splitlines(), start=1):
        if not line.strip():
            continue
        found = _RATE.fullmatch(line.strip())
        if found is None or found[1].upper() not in Zone.values:
            form.add_error("rates", _("Line %(number)s cannot be read.") % {"number": number})
            continue
        grams = round(float(found[2].replace(",", ".")) * 1000)
        rates.append({"zone": found[1].upper(), "up_to_grams": grams, "price": int(found[3])})
        at.append(number)
    if form.errors:
        return False
    try:
        services.platform_delivery_terms_set(
            actor=actor, data={"rates": rates, "free_above": form.cleaned_data["free_above"]}
        )
    except DomainError as error:
        for problem in error.problems:
            words = str(problem.message)
            if len(problem.field) > 1:
                words = _("Line %(number)s: %(words)s") % {
                    "number": at[int(problem.field[1])],
                    "words": words,
                }
            form.add_error("free_above" if problem.field == ("freeAbove",) else "rates", words)
        return False
    return True


returns_waiting = waiting_badge(Return)
parcels_waiting = waiting_badge(Shipment)
