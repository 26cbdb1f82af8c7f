"""Orders for administrators: shown, and what waits for a person. The platform's delivery prices are theirs."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from catalog.admin.decisions import QueueAdmin, decision
from marketplace.accounts.authentication import actor_from_cookie
from marketplace.core.admin import ReadOnlyAdmin
from orders import services
from orders.models import CarrierNews, Order, Shipment, ShipmentNews, ShippingRate, ShippingTerms


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "state", "total", "placed_at", "paid_at"]
    list_filter = ["state"]
    search_fields = ["number"]
    ordering = ["-placed_at"]


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
