from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from catalog.admin.decisions import QueueAdmin, decision
from catalog.images import rendition_url
from marketplace.core.admin import ReadOnlyAdmin
from orders import services
from orders.models import Order, Return, ReturnState


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
