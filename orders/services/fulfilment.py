"""What sellers and buyers do with paid parts: take on, pack, hand over, receive, cancel.

Each use case locks the order first, then looks at the part anew.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import services as stock
from marketplace.core import audit, events, idempotency
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.errors import DomainError, ErrorCode, Problem, not_found, raise_problems
from orders import access, messages, shipping
from orders.carriers import booking_carrier
from orders.events import OrderCancelled, PartCancelled
from orders.models import (
    BookingState,
    Order,
    OrderLine,
    OrderState,
    SellerOrder,
    SellerOrderState,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from orders.services.bookings import check_bookable
from orders.services.life import count_sales, shelf_pieces
from orders.services.states import (
    GONE,
    OPEN_RETURNS,
    PARCEL_MOVES,
    lock_order,
    lock_part,
    order_settle,
    parcel_move,
    part_move,
    part_touch,
    tell_step,
)

log = structlog.get_logger(__name__)
S = SellerOrderState
MAX_REASON = 500
MAX_TRACKING = 60


def _wrong_state(message: Any, *path: str) -> DomainError:
    return DomainError.of(ErrorCode.INVALID_STATE, message, *path)


def _reason(text: str | None, *, needed: bool) -> str:
    reason = " ".join((text or "").split())
    if needed and not reason:
        raise DomainError.of(ErrorCode.REQUIRED, _("Say why: the buyer reads it."), "reason")
    if len(reason) > MAX_REASON:
        raise DomainError.of(
            ErrorCode.TOO_LONG, _("At most %(limit)s characters.") % {"limit": MAX_REASON}, "reason"
        )
    return reason


# --- Taking on ------------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def seller_order_confirm(*, actor: Actor, part_id: uuid.UUID | None) -> SellerOrder:
    """The seller takes the order on. Twice is once. Raises DomainError NOT_FOUND, FORBIDDEN or INVALID_STATE."""
    part = lock_part(access.access_part(actor, access.FULFIL, part_id).pk)
    if part.state == S.TO_CONFIRM:
        _confirm(actor, part)
    elif part.state in GONE or part.state == S.AWAITING_PAYMENT:
        raise _wrong_state(
            _("This order waits for nobody to take it on: it is not paid, or was cancelled."), "id"
        )
    return SellerOrder.objects.get(pk=part.pk)


def _confirm(actor: Actor, part: SellerOrder) -> None:
    part_move(part, S.PREPARING)
    tell_step(part.order, "confirmed", part=part, actor="seller")
    audit.record(actor, "seller_order.confirmed", part)
    part.state = S.PREPARING


# --- Parcels --------------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def shipment_create(
    *,
    actor: Actor,
    part_id: uuid.UUID | None,
    carrier: str,
    tracking_number: str | None,
    lines: Sequence[Mapping[str, Any]] | None,
    parcel: Mapping[str, Any] | None,
    idempotency_key: str,
) -> SellerOrder:
    """Hands a parcel over: all that has not left yet, or these `lines` ({line_id, quantity}). Takes the order on too.

    Raises DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE, INVALID, TOO_LONG, OUT_OF_RANGE, IDEMPOTENCY_MISMATCH.
    """
    part = access.access_part(actor, access.FULFIL, part_id, "sellerOrderId")
    wanted = {"carrier": carrier, "tracking": tracking_number, "lines": lines, "parcel": parcel}
    made, _fresh = idempotency.once(
        scope=f"seller_order:{part.pk}",
        operation="shipmentCreate",
        key=idempotency_key,
        payload=wanted,
        model=Shipment,
        perform=lambda: _ship(actor, part, carrier, tracking_number, lines, parcel),
    )
    return SellerOrder.objects.get(pk=made.seller_order_id)


def _ship(
    actor: Actor,
    part: SellerOrder,
    carrier: str,
    tracking_number: str | None,
    lines: Sequence[Mapping[str, Any]] | None,
    parcel: Mapping[str, Any] | None,
) -> Shipment:
    part = lock_part(part.pk)
    if part.state not in (S.TO_CONFIRM, S.PREPARING):
        raise _wrong_state(_("There is nothing to send of this order now."), "sellerOrderId")
    way = shipping.carrier_named(carrier)
    if way is None:
        raise DomainError.of(
            ErrorCode.INVALID,
            _("We do not know this carrier. Choose one of: %(names)s.")
            % {"names": ", ".join(shipping.CARRIERS)},
            "carrier",
        )
    number = "".join((tracking_number or "").split())
    if len(number) > MAX_TRACKING:
        raise DomainError.of(
            ErrorCode.TOO_LONG, _("At most %(limit)s characters.") % {"limit": MAX_TRACKING}, "trackingNumber"
        )
    packed = _packed(part, lines)
    booked_with = None if number else booking_carrier(carrier)
    if booked_with is not None:
        check_bookable(booked_with, part, packed, parcel)
    if part.state == S.TO_CONFIRM:
        _confirm(actor, part)
    now = timezone.now()
    waits = way.waits_for_the_buyer or booked_with is not None
    made = Shipment.objects.create(
        seller_order=part,
        carrier=carrier,
        tracking_number=number,
        parcel=dict(parcel) if parcel else None,
        state=ShipmentState.READY if waits else ShipmentState.IN_TRANSIT,
        booking=BookingState.WAITING if booked_with is not None else "",
        shipped_at=None if waits else now,
    )
    for line, quantity in packed:
        ShipmentLine.objects.create(shipment=made, line=line, quantity=quantity)
        OrderLine.objects.filter(pk=line.pk).update(shipped=F("shipped") + quantity, updated_at=now)
    whole = _all_left(part)
    if whole:
        part_move(part, S.SHIPPED)
    else:
        part_touch(part.pk)
    kind = "shipped" if whole else "partly_shipped"
    if waits:
        kind = "ready" if booked_with is None else "booked"
    tell_step(part.order, kind, part=part, actor="seller", carrier=carrier, tracking=number)
    audit.record(
        actor, "shipment.created", made, after={"carrier": carrier, "pieces": sum(q for _l, q in packed)}
    )
    order_settle(part.order)
    if booked_with is not None:
        from orders.jobs import book_parcel

        book_parcel.defer(parcel_id=str(made.pk))
    else:
        messages.parcel_left(part, made)
    return made


def _all_left(part: SellerOrder) -> bool:
    """Whether all its pieces are in parcels, and none of these waits for its carrier."""
    waiting = Shipment.objects.filter(seller_order=part, state=ShipmentState.READY).exclude(booking="")
    unpacked = OrderLine.objects.filter(seller_order=part, shipped__lt=F("quantity"))
    return not waiting.exists() and not unpacked.exists()


def _packed(part: SellerOrder, lines: Sequence[Mapping[str, Any]] | None) -> list[tuple[OrderLine, int]]:
    """What goes into the parcel. Raises DomainError for lines of others, and for more than has not left yet."""
    there = {line.pk: line for line in OrderLine.objects.filter(seller_order=part).order_by("id")}
    if lines is None:
        rest = [
            (line, line.quantity - line.shipped) for line in there.values() if line.shipped < line.quantity
        ]
        if not rest:
            raise _wrong_state(_("All of it is in parcels already."), "sellerOrderId")
        return rest
    problems: list[Problem] = []
    wanted: Counter[uuid.UUID] = Counter()
    for index, item in enumerate(lines):
        place = ("lines", str(index))
        line = there.get(item["line_id"])
        if line is None:
            problems.append(not_found(*place, "lineId").problems[0])
            continue
        wanted[line.pk] += item["quantity"]
        left = line.quantity - line.shipped
        if item["quantity"] < 1 or wanted[line.pk] > left:
            problems.append(
                Problem(
                    ErrorCode.OUT_OF_RANGE,
                    _("Of “%(name)s” %(left)s are still to be sent.")
                    % {"name": line.product_name, "left": left},
                    (*place, "quantity"),
                )
            )
    if not lines:
        problems.append(Problem(ErrorCode.REQUIRED, _("Name at least one thing."), ("lines",)))
    raise_problems(problems)
    return [(there[key], quantity) for key, quantity in sorted(wanted.items())]


@transaction.atomic(durable=True)
def shipment_update(
    *, actor: Actor, parcel_id: uuid.UUID | None, state: str, handed_over: bool = False
) -> SellerOrder:
    """What the seller knows of a parcel. The same news twice is once, but where a buyer misses what counts as there:
    then `handed_over` is the seller's word that it has asked, and that it was.

    Raises DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE.
    """
    parcel = access.access_parcel(actor, access.FULFIL, parcel_id)
    part = lock_part(parcel.seller_order_id)
    parcel = Shipment.objects.get(pk=parcel.pk)
    is_word = parcel.state != state or handed_over
    if state == ShipmentState.DELIVERED and parcel.missing_at is not None and is_word:
        if parcel.escalated_at is not None:
            raise _wrong_state(_("It waits for an officer now."), "state")
        _check_hand_move(parcel, state)
        parcel_end_search(actor, part, parcel, came=True, by="seller")
        messages.parcel_found(part)
    elif parcel.state != state:
        _check_hand_move(parcel, state)
        _move_parcel(actor, part, parcel, state, by="seller")
        if state == ShipmentState.LOST and parcel.missing_at is not None:
            messages.parcel_lost(part)
        if (parcel.state, state) == (ShipmentState.RETURNED, ShipmentState.IN_TRANSIT):
            _tell_sent(part, parcel, "shipped", by="seller")
    return SellerOrder.objects.get(pk=part.pk)


def parcel_end_search(actor: Actor, part: SellerOrder, parcel: Shipment, *, came: bool, by: str) -> None:
    """What became of a parcel that its buyer misses: it was handed over, or it is lost. Needs the order's lock."""
    if not came:
        _move_parcel(actor, part, parcel, ShipmentState.LOST, by=by)
        return
    if parcel.state != ShipmentState.DELIVERED:
        _move_parcel(actor, part, parcel, ShipmentState.DELIVERED, by=by)
    now = timezone.now()
    Shipment.objects.filter(pk=parcel.pk).update(missing_at=None, found_at=now, updated_at=now)
    # As if it had come today: its buyer has time to look it over, to give it back, or to disagree.
    SellerOrder.objects.filter(pk=part.pk, state=S.DELIVERED).update(
        delivered_at=now, completes_at=now + dt.timedelta(days=settings.RETURN_DAYS)
    )
    part_touch(part.pk)
    tell_step(part.order, "parcel_found", part=part, actor=by)


def _check_hand_move(parcel: Shipment, to: str) -> None:
    """What only a carrier can tell, or no longer take back."""
    if parcel.given_up_at is not None:
        raise _wrong_state(_("It was given up, and its buyer gets the money back."), "state")
    if parcel.state == ShipmentState.DELIVERED and to in (ShipmentState.FAILED, ShipmentState.RETURNED):
        raise _wrong_state(_("A parcel in this state cannot go there."), "state")
    if parcel.state == ShipmentState.DELIVERED and to == ShipmentState.LOST and parcel.missing_at is None:
        raise _wrong_state(_("The buyer has not said that it is missing."), "state")
    if parcel.booking and to == ShipmentState.CANCELLED and parcel.state != ShipmentState.READY:
        raise _wrong_state(
            _("The carrier has the parcel already. Ask the carrier to bring it back; then we hear of it."),
            "state",
        )


def parcel_follow(
    part: SellerOrder, parcel: Shipment, to: str, *, at: dt.datetime, kind: str = "", by: str = "carrier"
) -> bool:
    """A carrier has told that since `at` the parcel is in this state. False where it cannot have come there.

    `kind`: of the step in the order's story, where it is another than the state's; `by`: time, where no carrier speaks.
    Runs inside the caller's transaction, which holds the order's lock; the same again changes nothing.
    """
    if parcel.state == to:
        if kind and kind != part.events.order_by("-id").values_list("kind", flat=True).first():
            # The same state in other words: it goes back now.
            tell_step(part.order, kind, part=part, actor=by)
            part_touch(part.pk)
        return True
    if parcel.given_up_at is not None:
        # Its money is on the way back: a person has to look at what comes now.
        return False
    if parcel.state == ShipmentState.DELIVERED:
        # Whoever has it in hand knows better than what was told before; and nothing on its way is delivered.
        if to in (ShipmentState.READY, ShipmentState.IN_TRANSIT):
            return True
        if parcel.delivered_at is not None and at <= parcel.delivered_at:
            return True
        if part.state == S.COMPLETED:
            # Its buyer, or the time to say something, has said that it is there; nobody looks after it by itself now.
            return False
    if to == ShipmentState.READY:
        return True
    steps = [to] if to in PARCEL_MOVES[parcel.state] else [ShipmentState.IN_TRANSIT, to]
    came = parcel.state
    for step in steps:
        if step not in PARCEL_MOVES[came]:
            return False
        came = step
    if to == ShipmentState.CANCELLED and (
        part.state not in (S.PREPARING, S.SHIPPED) or _claimed_of(parcel).exists()
    ):
        return False
    for step in steps:
        _move_parcel(SYSTEM, part, parcel, step, by=by, at=at, kind=kind if step == to else "")
        part.refresh_from_db(fields=["state", "delivered_at", "completes_at"])
        parcel.refresh_from_db()
    if to == ShipmentState.CANCELLED:
        messages.booking_gone(part, parcel)
    return True


def _move_parcel(
    actor: Actor,
    part: SellerOrder,
    parcel: Shipment,
    to: str,
    *,
    by: str,
    at: dt.datetime | None = None,
    kind: str = "",
) -> None:
    if to not in PARCEL_MOVES[parcel.state]:
        raise _wrong_state(_("A parcel in this state cannot go there."), "state")
    if to == ShipmentState.CANCELLED and part.state not in (S.PREPARING, S.SHIPPED):
        raise _wrong_state(_("The buyer has this order already."), "state")
    now = at or timezone.now()
    changes: dict[str, Any] = {}
    if to == ShipmentState.DELIVERED:
        changes = {"delivered_at": now, "shipped_at": parcel.shipped_at or now}
    elif to == ShipmentState.IN_TRANSIT:
        changes = {"shipped_at": parcel.shipped_at or now}
        if parcel.state == ShipmentState.RETURNED:
            changes = {"shipped_at": now, "buyer_asked_at": None}
    elif to == ShipmentState.CANCELLED and parcel.booking:
        changes = _unbooked(parcel, by)
    if to in (ShipmentState.CANCELLED, ShipmentState.RETURNED, ShipmentState.LOST):
        # Whoever misses it has an answer.
        changes["missing_at"] = None
    elif parcel.state in (ShipmentState.RETURNED, ShipmentState.LOST):
        # Sent once more, or found: what was said of it before counts no more.
        changes.update(missing_at=None, found_at=None, escalated_at=None)
    parcel_move(parcel, to, **changes)
    part_touch(part.pk)
    if parcel.booking and parcel.state == ShipmentState.READY and to != ShipmentState.CANCELLED:
        _depart(part, parcel, to, by)
    taken_back = by == "carrier" or to == ShipmentState.LOST
    if parcel.state == ShipmentState.DELIVERED and part.state == S.DELIVERED and taken_back:
        part_move(part, S.SHIPPED, delivered_at=None, completes_at=None)
    audit.record(actor, "shipment.moved", parcel, before={"state": parcel.state}, after={"state": to})
    if to == ShipmentState.CANCELLED:
        if _claimed_of(parcel).exists():
            raise _wrong_state(_("The buyer gives something of it back already."), "state")
        for item in ShipmentLine.objects.filter(shipment=parcel):
            OrderLine.objects.filter(pk=item.line_id).update(
                shipped=F("shipped") - item.quantity, updated_at=timezone.now()
            )
        part_move(part, S.PREPARING)
        tell_step(part.order, "parcel_back", part=part, actor=by)
    elif to == ShipmentState.DELIVERED:
        part_arrive(part, by)
    elif to in (ShipmentState.FAILED, ShipmentState.RETURNED, ShipmentState.LOST):
        tell_step(part.order, kind or f"parcel_{to.lower()}", part=part, actor=by)
    order_settle(part.order)


def _claimed_of(parcel: Shipment) -> QuerySet[ShipmentLine]:
    """What is in it that its buyer gives back, or has given back: without it fewer would be sent than that."""
    short = Q(line__returning__gt=F("line__shipped") - F("quantity"))
    return ShipmentLine.objects.filter(short, shipment=parcel)


def _unbooked(parcel: Shipment, by: str) -> dict[str, Any]:
    """What becomes of the booking of a parcel that is cancelled: whoever has not heard of it yet is told."""
    if by == "carrier":
        return {"booking": BookingState.CANCELLED}
    if parcel.booking == BookingState.REFUSED:
        return {}
    from orders.jobs import unbook_parcel

    unbook_parcel.defer(parcel_id=str(parcel.pk))
    return {"booking": BookingState.CANCELLING}


def _depart(part: SellerOrder, parcel: Shipment, to: str, by: str) -> None:
    """The carrier has fetched a parcel: with the last one the whole part has left."""
    whole = part.state == S.PREPARING and _all_left(part)
    if whole:
        part_move(part, S.SHIPPED)
        part.state = S.SHIPPED
    if to == ShipmentState.IN_TRANSIT:
        _tell_sent(part, parcel, "shipped" if whole else "partly_shipped", by=by)


def _tell_sent(part: SellerOrder, parcel: Shipment, kind: str, *, by: str) -> None:
    tell_step(part.order, kind, part=part, actor=by, carrier=parcel.carrier, tracking=parcel.tracking_number)
    messages.parcel_left(part, parcel)


def part_arrive(part: SellerOrder, by: str) -> None:
    """The part has arrived when all its pieces have, in parcels that arrived; but for those that were given up."""
    if (
        part.state != S.SHIPPED
        or Shipment.objects.filter(seller_order=part, given_up_at=None)
        .exclude(state__in=[ShipmentState.DELIVERED, ShipmentState.CANCELLED])
        .exists()
    ):
        return
    now = timezone.now()
    ends = now + dt.timedelta(days=settings.RETURN_DAYS)
    part_move(part, S.DELIVERED, delivered_at=now, completes_at=ends)
    part.state, part.completes_at = S.DELIVERED, ends
    tell_step(part.order, "delivered", part=part, actor=by)
    messages.arrived(part)


@transaction.atomic(durable=True)
def seller_order_receive(*, actor: Actor, part_id: uuid.UUID | None, token: str | None) -> SellerOrder:
    """The buyer has it: the parcels that left have arrived, and the part is done. Twice is once.

    What was bought may still be sent back until RETURN_DAYS after it came. Raises DomainError NOT_FOUND, INVALID_STATE.
    """
    part = lock_part(access.access_bought_part(actor, part_id, token).pk)
    if part.state in (S.COMPLETED, S.RETURNED):
        return part
    if part.state not in (S.SHIPPED, S.DELIVERED):
        raise _wrong_state(_("Not all of it is on the way to you yet."), "id")
    now = timezone.now()
    for parcel in Shipment.objects.filter(seller_order=part, given_up_at=None):
        parcel_move(parcel, ShipmentState.DELIVERED, delivered_at=now, shipped_at=parcel.shipped_at or now)
    Shipment.objects.filter(seller_order=part).exclude(missing_at=None).update(
        missing_at=None, updated_at=now
    )
    came = part.delivered_at or now
    if part.returns.filter(state__in=OPEN_RETURNS).exists():
        # Something of it is to go back: it is here, and not done.
        if part.state == S.SHIPPED:
            ends = came + dt.timedelta(days=settings.RETURN_DAYS)
            part_move(part, S.DELIVERED, delivered_at=came, completes_at=ends)
            tell_step(part.order, "delivered", part=part, actor="buyer")
    else:
        part_move(part, S.COMPLETED, delivered_at=came)
        tell_step(part.order, "completed", part=part, actor="buyer")
    audit.record(actor, "seller_order.received", part)
    order_settle(part.order)
    return SellerOrder.objects.get(pk=part.pk)


# --- Cancelling -----------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def seller_order_cancel(
    *, actor: Actor, part_id: uuid.UUID | None, reason: str, idempotency_key: str
) -> SellerOrder:
    """The seller cannot deliver: the part ends, its shelf is as before, the buyer gets the money back.

    Raises DomainError NOT_FOUND, FORBIDDEN, REQUIRED, TOO_LONG, INVALID_STATE, IDEMPOTENCY_MISMATCH.
    """
    part = access.access_part(actor, access.GIVE_UP, part_id)
    words = _reason(reason, needed=True)

    def perform() -> SellerOrder:
        fresh = lock_part(part.pk)
        _check_cancellable(fresh, "id")
        owed = part_cancel(actor, fresh, by="seller", reason=words)
        order_settle(fresh.order)
        messages.cancelled_by_seller(fresh, words, owed)
        return fresh

    made, _fresh = idempotency.once(
        scope=f"seller_order:{part.pk}",
        operation="sellerOrderCancel",
        key=idempotency_key,
        payload={"reason": words},
        model=SellerOrder,
        perform=perform,
    )
    return SellerOrder.objects.get(pk=made.pk)


@transaction.atomic(durable=True)
def order_cancel(
    *,
    actor: Actor,
    order_id: uuid.UUID | None,
    part_ids: Sequence[uuid.UUID | None] | None,
    token: str | None,
    reason: str | None,
) -> Order:
    """The buyer wants it no more: the whole order, or these parts once it is paid. What is cancelled already stays so.

    Raises DomainError NOT_FOUND, INVALID_STATE, TOO_LONG; then nothing has changed.
    """
    words = _reason(reason, needed=False)
    order = lock_order(access.access_order(actor, order_id, token, "orderId", by_admin=True).pk)
    parts = {part.pk: part for part in SellerOrder.objects.select_related("seller").filter(order=order)}
    for part in parts.values():
        part.order = order
    if order.state == OrderState.AWAITING_PAYMENT:
        if part_ids is not None and set(part_ids) != set(parts):
            raise _wrong_state(
                _(
                    "An order that is not paid is cancelled as a whole. Order again without what you do not want."
                ),
                "sellerOrderIds",
            )
        _cancel_unpaid(actor, order, list(parts.values()))
        return order
    _cancel_paid(
        actor, parts, list(parts) if part_ids is None else part_ids, words, named=part_ids is not None
    )
    order_settle(order)
    return order


def _cancel_unpaid(actor: Actor, order: Order, parts: list[SellerOrder]) -> None:
    stock.stock_release(shelf_pieces(order))
    for part in parts:
        part_move(part, S.CANCELLED)
    Order.objects.filter(pk=order.pk).update(ip=None)
    tell_step(order, "cancelled_unpaid", actor="buyer")
    audit.record(actor, "order.cancelled", order, before={"state": order.state})
    order_settle(order)
    events.publish(OrderCancelled(order.pk))


def _cancel_paid(
    actor: Actor,
    parts: Mapping[uuid.UUID, SellerOrder],
    wanted: Sequence[uuid.UUID | None],
    reason: str,
    *,
    named: bool,
) -> None:
    problems: list[Problem] = []
    chosen: dict[uuid.UUID, SellerOrder] = {}
    for index, key in enumerate(wanted):
        place = ("sellerOrderIds", str(index)) if named else ("orderId",)
        part = parts.get(key) if key else None
        if part is None:
            problems.append(not_found(*place).problems[0])
            continue
        if part.state == S.CANCELLED:
            continue
        try:
            _check_cancellable(part, *place, by_buyer=True)
        except DomainError as error:
            problems += error.problems
        chosen[part.pk] = part
    raise_problems(problems)
    _give_back(list(chosen.values()))
    for part in chosen.values():
        part_cancel(actor, part, by="buyer", reason=reason, given_back=True)
        messages.cancelled_by_buyer(part)


def _check_cancellable(part: SellerOrder, *path: str, by_buyer: bool = False) -> None:
    if part.state not in (S.TO_CONFIRM, S.PREPARING):
        raise _wrong_state(_("Only what has not been sent can be cancelled."), *path)
    lines = list(OrderLine.objects.filter(seller_order=part))
    if any(line.shipped for line in lines):
        raise _wrong_state(_("A part of it is on its way already, so it can no longer be cancelled."), *path)
    if by_buyer and part.state == S.PREPARING and any(line.to_make for line in lines):
        raise _wrong_state(
            _("“%(name)s” is making this for you already, so only the maker can cancel it.")
            % {"name": part.seller.name},
            *path,
        )


def _give_back(parts: Sequence[SellerOrder]) -> None:
    """Pieces to the shelf, sales uncounted: of all parts together, so that their rows are locked in one order."""
    pieces: Counter[uuid.UUID] = Counter()
    for line in OrderLine.objects.filter(seller_order__in=parts):
        pieces[line.variant_id] += line.from_shelf
    stock.stock_restock(pieces)
    count_sales(SellerOrder.objects.filter(pk__in=[part.pk for part in parts]), times=-1)


def part_cancel(actor: Actor, part: SellerOrder, *, by: str, reason: str, given_back: bool = False) -> int:
    """Ends a paid part: its pieces are on the shelf again, its money owed to the buyer. Returns how many đồng.

    A buyer's words may hold anything: they are for the seller alone, and stand in the part's story only.
    """
    if not given_back:
        _give_back([part])
    owed = part.total - part.refunded
    part_move(part, S.CANCELLED)
    tell_step(part.order, "cancelled", part=part, actor=by, by=by, reason=reason)
    told = "" if by == "buyer" else reason
    audit.record(actor, "seller_order.cancelled", part, before={"state": part.state}, reason=told)
    events.publish(PartCancelled(part.pk, owed, told))
    return owed


# --- Paying back ----------------------------------------------------------------------------------------------
def part_refunded(*, part_id: uuid.UUID, amount: int) -> bool:
    """Counts money that goes back to the buyer; False where that would be more than the part cost.

    Runs inside the caller's transaction, which holds the order's lock.
    """
    part = SellerOrder.objects.select_related("order").get(pk=part_id)
    moved = SellerOrder.objects.filter(
        Q(refunded__lte=F("total") - amount) & Q(refunded__gte=-amount), pk=part_id
    ).update(refunded=F("refunded") + amount)
    if moved:
        part_touch(part_id)
        order_settle(part.order)
    return bool(moved)
