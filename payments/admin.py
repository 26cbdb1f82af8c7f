from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.decisions import QueueAdmin, QueueFilter, decision
from catalog.banks import bank_name
from marketplace.accounts.authentication import actor_from_cookie
from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.money import format_money
from payments import services
from payments.models import GatewayNews, Payment, Refund, RefundState


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["reference", "gateway", "state", "amount", "created_at", "paid_at"]
    list_filter = ["gateway", "state"]
    search_fields = ["reference"]
    ordering = ["-created_at"]
    exclude = ["action"]


def _place(actor: Any, row: GatewayNews, data: dict[str, Any]) -> None:
    services.news_place(actor=actor, news_id=row.pk, order_number=data["note"])


def _send_back(actor: Any, row: GatewayNews, data: dict[str, Any]) -> None:
    services.news_sent_back(actor=actor, news_id=row.pk, bank_reference=data["note"])


@admin.register(GatewayNews)
class GatewayNewsAdmin(QueueAdmin):
    """What gateways told; of it, money that no order takes waits for an administrator."""

    waiting = ~Q(outcome__in=["WAITING", "APPLIED", "IGNORED", "UNREADABLE"]) & Q(settled_at=None)
    decisions = {"place": _place, "send_back": _send_back}
    actions_detail = ["place", "send_back"]
    place = decision("place", _("It is for an order"))
    send_back = decision("send_back", _("Sent back"))
    asks = {"place": _("The number of the order"), "send_back": _("The bank's reference of the transfer")}
    consequences = {
        "place": _("The order is paid by it. Its buyer and its sellers are told."),
        "send_back": _("You have transferred it back by hand. Nobody is told."),
    }
    done = _("Done.")
    list_display = ["created_at", "gateway", "outcome", "amount", "payment", "settled_at"]
    list_filter = [QueueFilter, "outcome", "gateway"]
    search_fields = ["event_id"]
    list_select_related = ["payment"]
    ordering = ["-created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = GatewayNews.objects.select_related("payment")
        return rows if self.has_view_permission(request) else rows.none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_from_cookie(request).is_admin

    def possible(self, row: Any) -> set[str]:
        if not services.news_waits_for_a_person(row):
            return set()
        return {"place", "send_back"} if services.may_be_placed(row) else {"send_back"}


def _pay(actor: Any, row: Refund, data: dict[str, Any]) -> None:
    services.refund_complete(actor=actor, refund_id=row.pk, bank_reference=data["note"])


@admin.register(Refund)
class RefundAdmin(QueueAdmin):
    """Money to pay back by hand, and what became of the rest. For administrators."""

    list_display = [
        "reference",
        "state",
        "sum",
        "way",
        "waits_for",
        "failure_reason",
        "created_at",
        "finished_at",
    ]
    list_filter = [QueueFilter, "state", "payment__gateway"]
    search_fields = ["reference"]
    list_select_related = ["payment", "seller_order__order"]
    ordering = ["-created_at"]
    readonly_fields = ["sum", "account"]
    exclude = ["lines", "amount"]
    waiting = Q(state=RefundState.PENDING, payment__gateway="vietqr") | Q(state=RefundState.FAILED)
    decisions = {"pay": _pay}
    actions_detail = ["pay"]
    pay = decision("pay", _("Paid back"))
    done = _("Done. The buyer has been told.")
    asks = {"pay": _("The bank's reference of the transfer")}
    consequences = {"pay": _("The refund is done, and the buyer is told so.")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = Refund.objects.select_related("payment", "seller_order__order")
        return rows if self.has_view_permission(request) else rows.none()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_from_cookie(request).is_admin

    def possible(self, row: Any) -> set[str]:
        return {"pay"} if services.waits_for_a_person(row) else set()

    @admin.display(description=_("amount"))
    def sum(self, row: Refund) -> str:
        return format_money(row.amount)

    @admin.display(description=_("way"))
    def way(self, row: Refund) -> str:
        return row.payment.gateway

    @admin.display(description=_("waits for"))
    def waits_for(self, row: Refund) -> str:
        if row.state == RefundState.SUCCEEDED:
            return ""
        if not services.waits_for_a_person(row):
            return str(_("the gateway"))
        return str(_("a transfer") if row.seller_order.order.refund_account else _("the buyer's account"))

    @admin.display(description=_("to the account"))
    def account(self, row: Refund) -> str:
        given = row.seller_order.order.refund_account
        return f"{bank_name(given['bank_bin'])} {given['account']} {given['holder']}" if given else ""
