"""What orders keep of a person, for `marketplace.accounts.personal`; of a guest by the contact of their orders."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.models import MemberRole, Review
from marketplace.accounts.models import User
from marketplace.accounts.personal import Section
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import Text
from orders.models import (
    Cart,
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
    Question,
    Return,
    ReturnImage,
    ReturnState,
    SellerOrder,
    SellerOrderState,
    Shipment,
)

IN_HAND = (
    SellerOrderState.TO_CONFIRM,
    SellerOrderState.PREPARING,
    SellerOrderState.SHIPPED,
    SellerOrderState.DELIVERED,
)
# Somebody still has to pack, carry, decide or pay.
GOING_ON = (OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.PARTLY_SHIPPED, OrderState.SHIPPED)
UNSETTLED_RETURNS = (ReturnState.REQUESTED, ReturnState.APPROVED, ReturnState.ESCALATED, ReturnState.RECEIVED)


# Higher packages know whether money of an order is still on its way back.
owing: list[Callable[[QuerySet[Order]], bool]] = []


def orders_of_contact(contact: str) -> QuerySet[Order]:
    """A guest's orders, by the phone (E.164) or e-mail address that they gave."""
    return Order.objects.filter(Q(phone=contact) | Q(email__iexact=contact), user=None).exclude(phone="")


def going_on(orders: QuerySet[Order]) -> bool:
    """Whether one of these orders still needs to know where it goes, or whom it pays.

    Locks them first, so that nothing begins meanwhile. Runs inside the caller's transaction.
    """
    list(orders.select_for_update(no_key=True, of=("self",)).order_by("id").values_list("pk", flat=True))
    if any(owes(orders) for owes in owing):
        return True
    left = orders.filter(Q(state__in=GOING_ON) | Q(seller_orders__state=SellerOrderState.DELIVERED))
    return (
        left.exists()
        or Return.objects.filter(seller_order__order__in=orders, state__in=UNSETTLED_RETURNS).exists()
    )


def export_orders(orders: QuerySet[Order]) -> list[dict[str, Any]]:
    rows = orders.prefetch_related("seller_orders__lines", "seller_orders__seller").order_by("placed_at")
    return [
        {
            "number": order.number,
            "placed_at": order.placed_at.isoformat(),
            "state": order.state,
            "email": order.email,
            "phone": order.phone,
            "address": order.address,
            "note": order.note,
            "invoice": order.invoice,
            "refund_account": order.refund_account,
            "total": order.total,
            "parts": [
                {
                    "seller": part.seller.name,
                    "total": part.total,
                    "lines": [
                        {"name": line.product_name, "quantity": line.quantity, "total": line.total}
                        for line in part.lines.all()
                    ],
                }
                for part in order.seller_orders.all()
            ],
        }
        for order in rows
    ]


def anonymise(orders: QuerySet[Order], actor: Actor) -> int:
    """Takes the person out of orders. Sums, things, province and an invoice's data stay: the tax law asks for them.

    Returns how many. Runs inside the caller's transaction.
    """
    done = 0
    for order in orders.select_for_update(no_key=True).order_by("id"):
        kept = {name: order.address.get(name) for name in ("province", "provinceCode", "country")}
        order.address = {"name": "", "phone": "", "line1": "", **kept}
        order.email = order.phone = order.note = ""
        order.ip = order.refund_account = None
        order.save(update_fields=["address", "email", "phone", "note", "ip", "refund_account", "updated_at"])
        Return.objects.filter(seller_order__order=order).update(description="")
        ReturnImage.objects.filter(parent__seller_order__order=order).delete()
        Question.objects.filter(seller_order__order=order).update(body="…", asker=None)
        Shipment.objects.filter(seller_order__order=order).update(booking_problem="")
        for step in OrderEvent.objects.filter(order=order):
            # What a buyer wrote, or a carrier about them.
            words = {name: "" for name in ("reason", "problem") if step.details.get(name)}
            if words and (step.details.get("by") == "buyer" or "problem" in words):
                step.details |= words
                step.save(update_fields=["details", "updated_at"])
        # Of a line that somebody bought without signing in, the name stands in the review alone.
        lines = OrderLine.objects.filter(seller_order__order=order).values("pk")
        Review.objects.filter(order_line__in=lines).update(author_name="…")
        audit.record(actor, "order.anonymised", order)
        done += 1
    return done


def _hindered(user: User) -> Text | None:
    sold = SellerOrder.objects.filter(
        seller__members__user=user, seller__members__role=MemberRole.OWNER, state__in=IN_HAND
    )
    if sold.exists():
        return _(
            "Your workshop still has orders to send, or that are on the way. Please wait until they are done."
        )
    if going_on(Order.objects.filter(user=user)):
        return _(
            "An order of yours is still going on. Please wait until it has come and its time is over, or "
            "cancel it."
        )
    return None


def _erase(user: User) -> None:
    Cart.objects.filter(user=user, order=None).delete()
    Cart.objects.filter(user=user).update(delivery=None)
    anonymise(Order.objects.filter(user=user), Actor(user=user))
    Question.objects.filter(asker=user).update(asker=None)


def _export(user: User) -> dict[str, Any]:
    asked = Question.objects.filter(Q(asker=user) | Q(seller_order__order__user=user)).order_by("id")
    return {
        "orders": export_orders(Order.objects.filter(user=user)),
        "questions": list(asked.values("body", "answer")),
        "returns": list(
            Return.objects.filter(seller_order__order__user=user)
            .order_by("id")
            .values("seller_order__number", "reason", "description", "state")
        ),
    }


SECTION = Section("buying", _export, _erase, _hindered)
