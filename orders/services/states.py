"""How the parts of an order and its parcels move: one table of legal moves each, and what they make of the order."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from marketplace.core import feeds
from orders.models import (
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
    Return,
    ReturnState,
    SellerOrder,
    SellerOrderState,
    Shipment,
    ShipmentState,
)

log = structlog.get_logger(__name__)
S = SellerOrderState
MOVES: dict[str, frozenset[str]] = {
    S.AWAITING_PAYMENT: frozenset({S.TO_CONFIRM, S.CANCELLED, S.EXPIRED}),
    S.TO_CONFIRM: frozenset({S.PREPARING, S.CANCELLED}),
    S.PREPARING: frozenset({S.SHIPPED, S.CANCELLED}),
    # A parcel that was told to have left by mistake comes back to the bench.
    S.SHIPPED: frozenset({S.PREPARING, S.DELIVERED, S.COMPLETED, S.RETURNED}),
    # A carrier may take back what it has told to be there.
    S.DELIVERED: frozenset({S.SHIPPED, S.COMPLETED, S.RETURNED}),
    S.COMPLETED: frozenset({S.RETURNED}),
    S.CANCELLED: frozenset(),
    S.EXPIRED: frozenset(),
    S.RETURNED: frozenset(),
}
R = ReturnState
RETURN_MOVES: dict[str, frozenset[str]] = {
    R.REQUESTED: frozenset({R.APPROVED, R.REJECTED, R.ESCALATED, R.CANCELLED}),
    R.APPROVED: frozenset({R.RECEIVED, R.ESCALATED, R.CANCELLED}),
    # The buyer may ask an officer after a seller's no, not after an officer's.
    R.REJECTED: frozenset({R.ESCALATED}),
    R.ESCALATED: frozenset({R.APPROVED, R.REJECTED, R.CANCELLED}),
    R.RECEIVED: frozenset({R.REFUNDED}),
    # A bank may send the money back days later.
    R.REFUNDED: frozenset({R.RECEIVED}),
    R.CANCELLED: frozenset(),
}
# Nothing of it is decided yet, or on its way.
OPEN_RETURNS = frozenset({R.REQUESTED, R.APPROVED, R.ESCALATED})
P = ShipmentState
PARCEL_MOVES: dict[str, frozenset[str]] = {
    P.READY: frozenset({P.IN_TRANSIT, P.DELIVERED, P.CANCELLED}),
    P.IN_TRANSIT: frozenset({P.DELIVERED, P.FAILED, P.RETURNED, P.LOST, P.CANCELLED}),
    P.FAILED: frozenset({P.IN_TRANSIT, P.DELIVERED, P.RETURNED, P.LOST}),
    # LOST: told to be there, and its buyer has nothing.
    P.DELIVERED: frozenset({P.RETURNED, P.FAILED, P.LOST}),
    P.LOST: frozenset({P.DELIVERED, P.RETURNED}),
    # Told by mistake, or sent once more.
    P.RETURNED: frozenset({P.IN_TRANSIT, P.DELIVERED}),
    P.CANCELLED: frozenset(),
}
GONE = frozenset({S.CANCELLED, S.EXPIRED})
ON_THE_WAY = frozenset({S.SHIPPED, S.DELIVERED, S.COMPLETED, S.RETURNED})
ENDED = frozenset({S.COMPLETED, S.RETURNED})


def one_by_one(keys: Iterable[uuid.UUID], act: Callable[[uuid.UUID], int]) -> int:
    """Does it to each in a transaction of its own: one that fails does not hold back the rest. Returns how many."""
    done = 0
    for key in keys:
        try:
            with transaction.atomic(durable=True):
                done += act(key)
        except Exception:
            log.exception("order_step_failed", key=str(key), step=act.__name__)
    return done


def sources(moves: dict[str, frozenset[str]], to: str) -> list[str]:
    return [state for state, targets in moves.items() if to in targets]


def part_move(part: SellerOrder, to: str, **changes: Any) -> bool:
    """Moves a part where its state allows it; False where it does not. Runs inside the caller's transaction.

    Its time of change is the follower's (`core.feeds`).
    """
    rows = SellerOrder.objects.filter(pk=part.pk, state__in=sources(MOVES, to))
    return bool(rows.update(state=to, updated_at=feeds.stamp(), **changes))


def part_touch(*part_ids: uuid.UUID) -> None:
    """Something that belongs to these parts has changed: whoever follows them reads them again."""
    SellerOrder.objects.filter(pk__in=part_ids).update(updated_at=feeds.stamp())


def return_move(wanted: Return, to: str, **changes: Any) -> bool:
    """Moves a return where its state allows it; whoever follows its part reads it again."""
    rows = Return.objects.filter(pk=wanted.pk, state__in=sources(RETURN_MOVES, to))
    moved = bool(rows.update(state=to, updated_at=feeds.stamp(), **changes))
    if moved:
        part_touch(wanted.seller_order_id)
    return moved


def parcel_move(parcel: Shipment, to: str, **changes: Any) -> bool:
    rows = Shipment.objects.filter(pk=parcel.pk, state__in=sources(PARCEL_MOVES, to))
    return bool(rows.update(state=to, updated_at=timezone.now(), **changes))


def lock_order(order_id: uuid.UUID) -> Order:
    """Whatever changes an order or one of its parts holds this lock first."""
    return Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)


def lock_part(part_id: uuid.UUID) -> SellerOrder:
    """The part as it stands now, with its seller and order, under its order's lock."""
    order = lock_order(SellerOrder.objects.values_list("order_id", flat=True).get(pk=part_id))
    part = SellerOrder.objects.select_related("seller").get(pk=part_id)
    part.order = order
    return part


def order_settle(order: Order) -> str:
    """Gives the order the state that its parts make of it. Needs the order's lock."""
    parts = list(SellerOrder.objects.filter(order=order).values_list("state", "total", "refunded"))
    left = OrderLine.objects.filter(seller_order__order=order, shipped__gt=0).exists()
    state = _state_of([state for state, _total, _refunded in parts], order.state, something_left=left)
    if order.paid_at is not None and all(total == back for _state, total, back in parts):
        state = OrderState.REFUNDED
    Order.objects.filter(pk=order.pk).exclude(state=state).update(state=state, updated_at=timezone.now())
    order.state = state
    return state


def _state_of(parts: list[str], before: str, *, something_left: bool) -> str:
    left = [state for state in parts if state not in GONE]
    if not left:
        return OrderState.EXPIRED if S.EXPIRED in parts else OrderState.CANCELLED
    if S.AWAITING_PAYMENT in left:
        return before
    if all(state in ENDED for state in left):
        return OrderState.COMPLETED
    if all(state in ON_THE_WAY for state in left):
        return OrderState.SHIPPED
    return OrderState.PARTLY_SHIPPED if something_left else OrderState.PAID


def tell_step(
    order: Order, kind: str, *, part: SellerOrder | None = None, actor: str = "system", **details: Any
) -> None:
    """Writes a step into the order's story; of a part with its seller's name."""
    if part is not None:
        details["seller"] = part.seller.name
    OrderEvent.objects.create(order=order, seller_order=part, kind=kind, actor=actor, details=details)
