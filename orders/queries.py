"""Reads of orders, and who sees what."""

import uuid

from django.db.models import QuerySet
from django.utils import timezone

from marketplace.core.actor import Actor
from orders.models import Cart, Order, SellerOrder
from orders.tokens import token_opens


def cart_for(actor: Actor, cart_id: uuid.UUID | None) -> Cart | None:
    """A guest's cart opens to whoever holds its id; a person's only to that person. None otherwise."""
    if cart_id is None:
        return None
    cart = Cart.objects.filter(pk=cart_id).first()
    if cart is None or (cart.user_id is not None and cart.user_id != actor.user_id):
        return None
    return cart


def open_cart_of(actor: Actor) -> Cart | None:
    if actor.user is None:
        return None
    return Cart.objects.filter(user=actor.user, ordered_at=None, expires_at__gt=timezone.now()).first()


def orders_of(actor: Actor) -> QuerySet[Order]:
    """A person's own orders; all of them for an administrator."""
    if actor.is_admin:
        return Order.objects.all()
    return Order.objects.filter(user=actor.user) if actor.user is not None else Order.objects.none()


def order_for(
    actor: Actor, *, order_id: uuid.UUID | None = None, number: str | None = None, token: str | None = None
) -> Order | None:
    """The order, for its buyer, an administrator, or whoever holds its token. None otherwise."""
    wanted = (
        Order.objects.filter(pk=order_id) if order_id is not None else Order.objects.filter(number=number)
    )
    order = wanted.first()
    if order is None:
        return None
    if token is not None and token_opens(order.pk, token):
        return order
    owned = actor.user is not None and order.user_id == actor.user_id
    return order if owned or actor.is_admin else None


def seller_orders_of(actor: Actor) -> QuerySet[SellerOrder]:
    return SellerOrder.objects.filter(order__in=orders_of(actor))
