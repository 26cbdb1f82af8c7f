"""What payment and time do to an order."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from catalog import services as stock
from catalog.models import ProductStats
from marketplace.core import audit, events
from marketplace.core.actor import SYSTEM
from orders import messages
from orders.events import OrderExpired, OrderPaid
from orders.models import (
    Cart,
    Order,
    OrderLine,
    OrderState,
    SellerOrder,
    SellerOrderState,
)
from orders.services.states import lock_order, one_by_one, part_move, tell_step


def shelf_pieces(order: Order) -> Counter[uuid.UUID]:
    pieces: Counter[uuid.UUID] = Counter()
    for line in OrderLine.objects.filter(seller_order__order=order):
        pieces[line.variant_id] += line.from_shelf
    return pieces


def order_mark_paid(*, order_id: uuid.UUID) -> bool:
    """Turns holds into sales and hands the parts to their sellers. Runs inside the caller's transaction.

    False where the order no longer waits for money (expired, cancelled, paid): then nothing has changed.
    """
    order = lock_order(order_id)
    if order.state != OrderState.AWAITING_PAYMENT:
        return False
    now = timezone.now()
    stock.stock_sell(shelf_pieces(order))
    Order.objects.filter(pk=order.pk).update(state=OrderState.PAID, paid_at=now, ip=None, updated_at=now)
    parts = SellerOrder.objects.filter(order=order)
    for part in parts:
        part_move(
            part,
            SellerOrderState.TO_CONFIRM,
            paid_at=now,
            confirm_before=now + dt.timedelta(hours=settings.CONFIRM_HOURS),
        )
    count_sales(parts, times=1)
    tell_step(order, "paid")
    audit.record(SYSTEM, "order.paid", order, before={"state": order.state}, after={"state": OrderState.PAID})
    messages.paid(order)
    events.publish(OrderPaid(order.pk))
    return True


def count_sales(parts: QuerySet[SellerOrder], *, times: int) -> None:
    """Counts what these parts hold as sold (`times` 1), or no longer (-1)."""
    sold: Counter[uuid.UUID] = Counter()
    for line in OrderLine.objects.filter(seller_order__in=parts).select_related("variant"):
        sold[line.variant.product_id] += times * line.quantity
    count_pieces(sold)


def count_pieces(sold: Mapping[uuid.UUID, int]) -> None:
    """Counts so many pieces more of each product as sold; fewer where the number is negative."""
    for product_id in sorted(sold):
        # What was counted so long ago that it left the last 30 days cannot leave them again.
        ProductStats.objects.filter(product=product_id).update(
            sold=Greatest(F("sold") + sold[product_id], 0),
            sold_30d=Greatest(F("sold_30d") + sold[product_id], 0),
        )


def orders_expire(*, limit: int = 200) -> int:
    """Ends the holds of orders that were not paid in time. Returns how many orders ended."""
    due = Order.objects.filter(state=OrderState.AWAITING_PAYMENT, pay_before__lt=timezone.now())
    return one_by_one(list(due.order_by("pay_before").values_list("pk", flat=True)[:limit]), _order_expire)


@transaction.atomic(durable=True)
def carts_forget(*, after_days: int) -> int:
    """Deletes carts that were never ordered and ended that many days ago. Returns how many."""
    ended = timezone.now() - dt.timedelta(days=after_days)
    deleted, _by_model = Cart.objects.filter(order=None, expires_at__lt=ended).delete()
    return deleted


def _order_expire(order_id: uuid.UUID) -> int:
    order = lock_order(order_id)
    if order.state != OrderState.AWAITING_PAYMENT or order.pay_before >= timezone.now():
        return 0
    stock.stock_release(shelf_pieces(order))
    now = timezone.now()
    Order.objects.filter(pk=order.pk).update(state=OrderState.EXPIRED, ip=None, updated_at=now)
    for part in SellerOrder.objects.filter(order=order):
        part_move(part, SellerOrderState.EXPIRED)
    tell_step(order, "expired")
    audit.record(
        SYSTEM, "order.expired", order, before={"state": order.state}, after={"state": OrderState.EXPIRED}
    )
    events.publish(OrderExpired(order.pk))
    return 1
