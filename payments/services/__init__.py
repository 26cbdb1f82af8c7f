"""Writes of payments: money in (`paying`) and money back (`refunds`).

Locks are taken in this order: news, the idempotency row, the order, payment, variants.
"""

from payments.services.paying import (
    news_apply,
    news_store,
    payment_cancel_at_gateway,
    payment_create,
    payments_ask,
    payments_end_with_order,
)
from payments.services.refunds import (
    by_hand,
    refund_complete,
    refund_create,
    refund_open,
    refund_return,
    refund_send,
    refunds_ask,
    refunds_open_of,
    waits_for_a_person,
)
from payments.services.unplaced import (
    may_be_placed,
    news_give_back,
    news_place,
    news_sent_back,
    unplaced_ask,
)
from payments.services.unplaced import waits_for_a_person as news_waits_for_a_person

__all__ = [
    "by_hand",
    "may_be_placed",
    "news_apply",
    "news_give_back",
    "news_place",
    "news_sent_back",
    "news_store",
    "news_waits_for_a_person",
    "payment_cancel_at_gateway",
    "payment_create",
    "payments_ask",
    "payments_end_with_order",
    "refund_complete",
    "refund_create",
    "refund_open",
    "refund_return",
    "refund_send",
    "refunds_ask",
    "refunds_open_of",
    "unplaced_ask",
    "waits_for_a_person",
]
