"""Writes of orders: carts, checkout, and what payment and time do to an order.

Locks are taken in this order, everywhere: the person, the idempotency row, the cart, the order (which stands for its
parts and parcels), variants by id.
"""

from orders.services.bookings import bookings_resume, parcel_book, parcel_unbook
from orders.services.carrier_news import (
    carrier_news_apply,
    carrier_news_store,
    parcel_told,
    parcels_ask,
    shipment_news_handle,
)
from orders.services.carts import (
    cart_create,
    cart_delivery_set,
    cart_lines_add,
    cart_lines_remove,
    cart_lines_update,
    cart_merge,
)
from orders.services.checkout import CheckoutRefused, checkout_place
from orders.services.delivery_terms import delivery_terms_set, platform_delivery_terms_set
from orders.services.fulfilment import (
    order_cancel,
    part_refunded,
    seller_order_cancel,
    seller_order_confirm,
    seller_order_receive,
    shipment_create,
    shipment_update,
)
from orders.services.life import carts_forget, order_mark_paid, orders_expire
from orders.services.links import order_link_send
from orders.services.missing import missing_decide, parcels_missing_turn, seller_order_miss
from orders.services.questions import question_answer, question_ask
from orders.services.refund_account import refund_account_set
from orders.services.returns import (
    parcels_give_up,
    return_cancel,
    return_decide,
    return_escalate,
    return_receive,
    return_refunded,
    return_request,
    return_unpaid,
    returnable_until,
    returns_turn,
)
from orders.services.reviews import review_changed, review_create
from orders.services.states import lock_order, part_touch, tell_step
from orders.services.waits import (
    parcels_ask_buyers,
    parcels_assume,
    parts_cancel_overdue,
    parts_complete,
    parts_remind,
)

__all__ = [
    "CheckoutRefused",
    "bookings_resume",
    "carrier_news_apply",
    "carrier_news_store",
    "cart_create",
    "cart_delivery_set",
    "cart_lines_add",
    "cart_lines_remove",
    "cart_lines_update",
    "cart_merge",
    "carts_forget",
    "checkout_place",
    "delivery_terms_set",
    "lock_order",
    "missing_decide",
    "order_cancel",
    "order_link_send",
    "order_mark_paid",
    "orders_expire",
    "parcel_book",
    "parcel_told",
    "parcel_unbook",
    "parcels_ask",
    "parcels_ask_buyers",
    "parcels_assume",
    "parcels_give_up",
    "parcels_missing_turn",
    "part_refunded",
    "part_touch",
    "parts_cancel_overdue",
    "parts_complete",
    "parts_remind",
    "platform_delivery_terms_set",
    "question_answer",
    "question_ask",
    "refund_account_set",
    "return_cancel",
    "return_decide",
    "return_escalate",
    "return_receive",
    "return_refunded",
    "return_request",
    "return_unpaid",
    "returnable_until",
    "returns_turn",
    "review_changed",
    "review_create",
    "seller_order_cancel",
    "seller_order_confirm",
    "seller_order_miss",
    "seller_order_receive",
    "shipment_create",
    "shipment_news_handle",
    "shipment_update",
    "tell_step",
]
