"""Orders for administrators and officers: shown, and what waits for a person. The platform's delivery prices, too."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from catalog.admin.decisions import QueueAdmin, decision
from catalog.images import rendition_url
from marketplace.accounts.authentication import actor_from_cookie
from marketplace.core.admin import ReadOnlyAdmin
from orders import services
from orders.models import (
    CarrierNews,
    Order,
    Return,
    ReturnState,
    Shipment,
    ShipmentNews,
    ShippingRate,
    ShippingTerms,
)


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
    list_filter = ["state", "reason"]
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
        urls = [(rendition_url(p.asset.pk, p.asset.widths, 640, "webp"),) for p in ready]
        return format_html_join("", '<img src="{}" alt="" width="320">', urls)


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    """Parcels. Those REFUSED or STUCK, LOST, or missed by their buyers wait for a person."""

    list_display = [
        "tracking_number",
        "carrier",
        "state",
        "booking",
        "booking_problem",
        "missing_at",
        "shipped_at",
        "asked_at",
    ]
    list_filter = ["booking", "state", "carrier", ("missing_at", admin.EmptyFieldListFilter)]
    search_fields = ["tracking_number", "seller_order__number"]
    list_select_related = ["seller_order"]
    ordering = ["-created_at"]


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
    list_filter = ["exception", ("handled_at", admin.EmptyFieldListFilter), "step", "shipment__carrier"]
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


class RateInline(TabularInline):  # type: ignore[misc]
    model = ShippingRate
    extra = 1
    fields = ["zone", "up_to_grams", "price"]
    ordering = ["zone", "up_to_grams"]


@admin.register(ShippingTerms)
class ShippingTermsAdmin(ModelAdmin):  # type: ignore[misc]
    """Delivery prices. The row without a seller is the platform's: changed here; sellers change their own."""

    list_display = ["whose", "free_above", "pickup", "updated_at"]
    list_select_related = ["seller"]
    fields = ["free_above", "pickup"]
    inlines = [RateInline]
    ordering = ["-updated_at"]

    @admin.display(description=_("whose"))
    def whose(self, row: ShippingTerms) -> str:
        return row.seller.name if row.seller else str(_("the platform's"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = bool(super().has_change_permission(request, obj))
        return allowed and (obj is None or obj.seller_id is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
