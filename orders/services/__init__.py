"""Writes of orders: carts, checkout, and what payment and time do to an order.

Locks are taken in this order, everywhere: the person, the idempotency row, the cart, the order, variants by id.
"""

from orders.services.carts import (
    cart_create,
    cart_delivery_set,
    cart_lines_add,
    cart_lines_remove,
    cart_lines_update,
)
from orders.services.checkout import CheckoutRefused, checkout_place
from orders.services.life import carts_forget, order_mark_paid, orders_expire

__all__ = [
    "CheckoutRefused",
    "cart_create",
    "cart_delivery_set",
    "cart_lines_add",
    "cart_lines_remove",
    "cart_lines_update",
    "carts_forget",
    "checkout_place",
    "order_mark_paid",
    "orders_expire",
]
