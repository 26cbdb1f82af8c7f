"""What buyers give back: asked for, decided about, received, paid back.

    REQUESTED → the seller decides, else an officer (ESCALATED) → APPROVED → RECEIVED → the money goes back → REFUNDED

Each use case locks the order first, then looks at the return anew. Pieces are counted in `returning` of their lines
from the request on: the database lets nobody give back more than was sent.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import services as catalog
from catalog.models import ImageAsset
from marketplace.core import audit, events, feeds
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.clock import HANOI
from marketplace.core.errors import DomainError, ErrorCode, Problem, not_found, raise_problems
from orders import access, messages
from orders.events import ReturnReceived
from orders.models import (
    FAULTS,
    OrderLine,
    Return,
    ReturnImage,
    ReturnLine,
    ReturnReason,
    ReturnState,
    SellerOrder,
    SellerOrderState,
    Shipment,
    ShipmentLine,
    ShipmentState,
)
from orders.services.fulfilment import part_arrive
from orders.services.life import count_pieces
from orders.services.states import (
    OPEN_RETURNS,
    lock_part,
    one_by_one,
    order_settle,
    part_move,
    part_touch,
    return_move,
    tell_step,
)

R = ReturnState
S = SellerOrderState
# So long after the first the same request is the same press; later it is about another piece.
SAME_PRESS = dt.timedelta(minutes=10)
MAX_DESCRIPTION = MAX_NOTE = 2000


def returnable_until(part: SellerOrder, reason: str) -> dt.datetime | None:
    """Until when pieces of the part may be given back for this reason; None for what has not arrived."""
    if part.delivered_at is None or part.state not in (S.DELIVERED, S.COMPLETED):
        return None
    days = settings.RETURN_DAYS
    if reason in FAULTS:
        days = max(days, settings.RETURN_FAULT_DAYS)
    return part.delivered_at + dt.timedelta(days=days)


# --- Asking -----------------------------------------------------------------------------------------------------
def return_request(
    *,
    actor: Actor,
    part_id: uuid.UUID | None,
    token: str | None,
    reason: str,
    description: str | None,
    lines: Sequence[Mapping[str, Any]],
    images: "Sequence[UploadedFile[Any]] | None",
) -> Return:
    """The buyer wants to give these `lines` ({line_id, quantity}) back. The same once more is the same return.

    Raises DomainError NOT_FOUND, FORBIDDEN, REQUIRED, TOO_LONG, LIMIT_REACHED, OUT_OF_RANGE, INVALID_STATE, FILE_*.
    """
    part = access.access_bought_part(actor, part_id, token, "sellerOrderId")
    words = (description or "").strip()
    _check_words(reason, words, len(images or ()))
    _check_time(part, reason)
    # Files are written before the rows that use them: what no return uses is swept.
    assets = [
        catalog.picture_take(file, "images", str(index), private=True)
        for index, file in enumerate(images or ())
    ]
    return _request(actor, part.pk, reason, words, lines, assets)


def _check_words(reason: str, description: str, pictures: int) -> None:
    problems: list[Problem] = []
    if not description and reason != ReturnReason.CHANGED_MIND:
        problems.append(
            Problem(ErrorCode.REQUIRED, _("Say what is wrong with it: the maker reads it."), ("description",))
        )
    if len(description) > MAX_DESCRIPTION:
        problems.append(
            Problem(
                ErrorCode.TOO_LONG,
                _("At most %(limit)s characters.") % {"limit": MAX_DESCRIPTION},
                ("description",),
            )
        )
    if pictures > settings.RETURN_MAX_PICTURES:
        problems.append(
            Problem(
                ErrorCode.LIMIT_REACHED,
                _("At most %(limit)s photos.") % {"limit": settings.RETURN_MAX_PICTURES},
                ("images",),
            )
        )
    raise_problems(problems)


def _check_time(part: SellerOrder, reason: str) -> None:
    until = returnable_until(part, reason)
    if until is None:
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("Only what has arrived can be given back. If a parcel does not come, write to the maker."),
            "sellerOrderId",
        )
    if until < timezone.now():
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("The time to give this back is over. You may still write to the maker."),
            "sellerOrderId",
        )


@transaction.atomic(durable=True)
def _request(
    actor: Actor,
    part_id: uuid.UUID,
    reason: str,
    description: str,
    lines: Sequence[Mapping[str, Any]],
    assets: Sequence[ImageAsset],
) -> Return:
    part = lock_part(part_id)
    _check_time(part, reason)
    wanted = _wanted(part, reason, lines)
    if (same := _same_request(part, reason, description, wanted)) is not None:
        return same
    _claim(part, wanted)
    made = Return.objects.create(
        seller_order=part,
        reason=reason,
        description=description,
        decide_before=timezone.now() + dt.timedelta(days=settings.RETURN_DECIDE_DAYS),
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(parent=made, line_id=key, quantity=wanted[key]) for key in sorted(wanted)
    )
    kept = {asset.pk for asset in assets}
    ReturnImage.objects.bulk_create(ReturnImage(parent=made, asset_id=key) for key in sorted(kept))
    Return.objects.filter(pk=made.pk).update(updated_at=feeds.stamp())
    part_touch(part.pk)
    tell_step(part.order, "return_requested", part=part, actor="buyer")
    audit.record(actor, "return.requested", made, after={"reason": reason, "pieces": sum(wanted.values())})
    messages.return_requested(part, made)
    return made


def _wanted(part: SellerOrder, reason: str, lines: Sequence[Mapping[str, Any]]) -> Counter[uuid.UUID]:
    """Pieces by line. Raises DomainError for lines of others, and for what is not taken back for this reason."""
    there = {line.pk: line for line in OrderLine.objects.filter(seller_order=part)}
    wanted: Counter[uuid.UUID] = Counter()
    problems: list[Problem] = []
    for index, item in enumerate(lines):
        place = ("lines", str(index))
        line = there.get(item["line_id"])
        if line is None:
            problems.append(not_found(*place, "lineId").problems[0])
            continue
        wanted[line.pk] += item["quantity"]
        if item["quantity"] < 1 or wanted[line.pk] > line.shipped:
            problems.append(
                Problem(ErrorCode.OUT_OF_RANGE, _("So many were not bought."), (*place, "quantity"))
            )
        if line.to_make and reason not in FAULTS:
            problems.append(
                Problem(
                    ErrorCode.INVALID_STATE,
                    _("“%(name)s” was made for you, so it comes back only if something is wrong with it.")
                    % {"name": line.product_name},
                    (*place, "lineId"),
                )
            )
    if not lines:
        problems.append(Problem(ErrorCode.REQUIRED, _("Name at least one thing."), ("lines",)))
    raise_problems(problems)
    return wanted


def _same_request(
    part: SellerOrder, reason: str, description: str, wanted: Counter[uuid.UUID]
) -> Return | None:
    """The press of a button that came twice."""
    rows = Return.objects.filter(
        seller_order=part,
        state=R.REQUESTED,
        reason=reason,
        description=description,
        created_at__gt=timezone.now() - SAME_PRESS,
    )
    for found in rows.order_by("-id"):
        if Counter(dict(found.lines.values_list("line_id", "quantity"))) == wanted:
            return found
    return None


def _claim(part: SellerOrder, wanted: Mapping[uuid.UUID, int], *path: str) -> None:
    """Counts the pieces as on their way back. Raises DomainError where that would be more than were sent."""
    short = []
    for key in sorted(wanted):
        claimed = OrderLine.objects.filter(
            pk=key, seller_order=part, returning__lte=F("shipped") - wanted[key]
        ).update(returning=F("returning") + wanted[key])
        if not claimed:
            short.append(OrderLine.objects.get(pk=key))
    raise_problems(
        [
            Problem(
                ErrorCode.OUT_OF_RANGE,
                _("Of “%(name)s” only %(left)s can still be given back.")
                % {"name": line.product_name, "left": line.shipped - line.returning},
                path or ("lines",),
            )
            for line in short
        ]
    )


def _let_go(wanted: Return) -> None:
    """Its pieces stay with the buyer."""
    for item in ReturnLine.objects.filter(parent=wanted).order_by("line_id"):
        OrderLine.objects.filter(pk=item.line_id).update(returning=F("returning") - item.quantity)


def _lock(return_id: uuid.UUID) -> tuple[SellerOrder, Return]:
    """The return as it stands, and its part, under the order's lock."""
    part = lock_part(Return.objects.values_list("seller_order_id", flat=True).get(pk=return_id))
    found = Return.objects.get(pk=return_id)
    found.seller_order = part
    return part, found


def _wrong_state(message: Any) -> DomainError:
    return DomainError.of(ErrorCode.INVALID_STATE, message, "id")


# --- The buyer goes on ------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def return_cancel(*, actor: Actor, return_id: uuid.UUID | None, token: str | None) -> Return:
    """The buyer keeps it after all. Twice is once. Raises DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE."""
    part, found = _lock(access.access_own_return(actor, return_id, token).pk)
    if found.state == R.CANCELLED:
        return found
    if not return_move(found, R.CANCELLED, decide_before=None):
        raise _wrong_state(_("It is decided already, so it can no longer be taken back."))
    _let_go(found)
    tell_step(part.order, "return_cancelled", part=part, actor="buyer")
    audit.record(actor, "return.cancelled", found, before={"state": found.state})
    messages.return_cancelled(part, found)
    return Return.objects.get(pk=found.pk)


@transaction.atomic(durable=True)
def return_escalate(*, actor: Actor, return_id: uuid.UUID | None, token: str | None) -> Return:
    """The buyer asks an officer: after a seller's no, or where a seller has had RETURN_SEND_DAYS and says nothing.

    Twice is once. Raises DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE, OUT_OF_RANGE.
    """
    part, found = _lock(access.access_own_return(actor, return_id, token).pk)
    if found.state == R.ESCALATED:
        return found
    if found.by_officer and found.state == R.REJECTED:
        raise _wrong_state(_("The officer has decided. You may still go to the consumers' office."))
    if found.state == R.REQUESTED:
        raise _wrong_state(
            _("The maker has not answered yet. After the time given to them an officer looks.")
        )
    if found.state == R.APPROVED and found.decide_before and found.decide_before > timezone.now():
        raise _wrong_state(
            _(
                "The maker has until %(day)s to say that it has come. From then on an officer looks at it; you "
                "need not do anything."
            )
            % {"day": timezone.localtime(found.decide_before, HANOI).strftime("%d/%m/%Y")}
        )
    if found.state == R.REJECTED and not _may_still_ask(found):
        raise _wrong_state(_("The time to ask an officer is over."))
    _escalate(actor, part, found, by="buyer")
    return Return.objects.get(pk=found.pk)


def _may_still_ask(found: Return) -> bool:
    """After a no, as long as there is to give something back."""
    ends = (found.decided_at or found.created_at) + dt.timedelta(days=settings.RETURN_DAYS)
    return timezone.now() <= ends


def _escalate(actor: Actor, part: SellerOrder, found: Return, *, by: str) -> None:
    if not return_move(found, R.ESCALATED, escalated_at=timezone.now(), decide_before=None):
        raise _wrong_state(_("An officer cannot do anything about it now."))
    if found.state == R.REJECTED:
        _claim(part, dict(found.lines.values_list("line_id", "quantity")), "id")
    tell_step(part.order, "return_escalated", part=part, actor=by)
    audit.record(actor, "return.escalated", found, before={"state": found.state})
    messages.return_escalated(part, found, by=by)


# --- Deciding ---------------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def return_decide(*, actor: Actor, return_id: uuid.UUID | None, approve: bool, note: str | None) -> Return:
    """Yes or no: by the seller while it is REQUESTED, by an officer once it is ESCALATED.

    A no needs a note, and a yes where the buyer would not know the way.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, REQUIRED, TOO_LONG, INVALID_STATE.
    """
    wanted, officer = access.access_return(actor, return_id)
    words = (note or "").strip()
    if not approve and not words:
        raise DomainError.of(ErrorCode.REQUIRED, _("Say why: the buyer reads it."), "note")
    if approve and not words and wanted.seller_order.seller.address is None:
        raise DomainError.of(
            ErrorCode.REQUIRED,
            _("Write where the buyer shall send it: your workshop has no address here yet."),
            "note",
        )
    if len(words) > MAX_NOTE:
        raise DomainError.of(
            ErrorCode.TOO_LONG, _("At most %(limit)s characters.") % {"limit": MAX_NOTE}, "note"
        )
    part, found = _lock(wanted.pk)
    to = R.APPROVED if approve else R.REJECTED
    if found.state == to and found.by_officer == officer:
        return found
    if found.state != (R.ESCALATED if officer else R.REQUESTED):
        raise _wrong_state(
            _("It waits for an officer now.")
            if found.state == R.ESCALATED
            else _("It is decided already, or the buyer has taken it back.")
        )
    now = timezone.now()
    return_move(
        found,
        to,
        decision_note=words,
        by_officer=officer,
        decided_at=now,
        decide_before=now + dt.timedelta(days=settings.RETURN_SEND_DAYS) if approve else None,
    )
    if not approve:
        _let_go(found)
    kind = "return_approved" if approve else "return_rejected"
    tell_step(part.order, kind, part=part, actor="officer" if officer else "seller", note=words)
    # The note is for the buyer and may hold anything: it stands in the return alone.
    audit.record(
        actor, f"return.{'approved' if approve else 'rejected'}", found, before={"state": found.state}
    )
    found = Return.objects.get(pk=found.pk)
    messages.return_decided(part, found)
    return found


@transaction.atomic(durable=True)
def return_receive(*, actor: Actor, return_id: uuid.UUID | None, restock: bool) -> Return:
    """The pieces are back: on the shelf with `restock`, and the buyer's share of the money goes back. Twice is once.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE.
    """
    wanted, _officer = access.access_return(actor, return_id)
    part, found = _lock(wanted.pk)
    if found.state in (R.RECEIVED, R.REFUNDED):
        return found
    if not return_move(found, R.RECEIVED, received_at=timezone.now(), restocked=restock, decide_before=None):
        raise _wrong_state(_("Only what was agreed to be taken back can come back."))
    tell_step(part.order, "return_received", part=part, actor="seller")
    pieces = _back(part, found, restock=restock)
    audit.record(actor, "return.received", found, after={"restocked": restock, "pieces": pieces})
    return Return.objects.get(pk=found.pk)


def _back(part: SellerOrder, found: Return, *, restock: bool) -> int:
    """The pieces are not the buyer's any more: counted, on the shelf where they can be sold, and their money goes back.

    Returns how many. Runs under the order's lock.
    """
    owed = _share(part, found)
    shelf: Counter[uuid.UUID] = Counter()
    sold: Counter[uuid.UUID] = Counter()
    for item in ReturnLine.objects.filter(parent=found).select_related("line__variant").order_by("line_id"):
        OrderLine.objects.filter(pk=item.line_id).update(
            returned=F("returned") + item.quantity, updated_at=timezone.now()
        )
        shelf[item.line.variant_id] += item.quantity
        sold[item.line.variant.product_id] -= item.quantity
    if restock:
        catalog.stock_restock(shelf)
    count_pieces(sold)
    if not OrderLine.objects.filter(seller_order=part, returned__lt=F("quantity")).exists():
        part_move(part, S.RETURNED)
        part.state = S.RETURNED
    order_settle(part.order)
    events.publish(ReturnReceived(found.pk, owed))
    return sum(shelf.values())


def _share(part: SellerOrder, found: Return) -> int:
    """What the buyer gets: the price of the pieces, and the delivery where the seller is at fault and nothing stays.

    Never more than is still there of what was paid: some may have gone back before. In đồng.
    """
    items = list(ReturnLine.objects.filter(parent=found).select_related("line"))
    share = sum(item.line.unit_price * item.quantity for item in items)
    back = Counter({item.line_id: item.quantity for item in items})
    lines = OrderLine.objects.filter(seller_order=part)
    nothing_stays = all(line.returned + back[line.pk] == line.quantity for line in lines)
    if nothing_stays and (found.reason in FAULTS or found.parcel_id is not None):
        share += part.shipping
    return min(share, part.total - part.refunded)


def return_refunded(*, return_id: uuid.UUID) -> None:
    """Its money is with the buyer. Runs inside the caller's transaction, which holds the order's lock."""
    return_move(Return.objects.get(pk=return_id), R.REFUNDED)


def return_unpaid(*, return_id: uuid.UUID) -> None:
    """Its money came back from the buyer's bank. Runs as `return_refunded` does."""
    return_move(Return.objects.get(pk=return_id), R.RECEIVED)


# --- Time -------------------------------------------------------------------------------------------------------
def returns_turn(*, limit: int = 200) -> int:
    """Gives to officers what no seller has answered in time, and what was approved and never came. Returns how many."""
    due = Return.objects.filter(
        state__in=[R.REQUESTED, R.APPROVED], decide_before__lt=timezone.now()
    ).order_by("decide_before")
    return one_by_one(list(due.values_list("pk", flat=True)[:limit]), _turn)


def _turn(return_id: uuid.UUID) -> bool:
    part, found = _lock(return_id)
    if (
        found.state not in OPEN_RETURNS
        or found.decide_before is None
        or found.decide_before >= timezone.now()
    ):
        return False
    _escalate(SYSTEM, part, found, by="time")
    return True


# --- Parcels that never came ------------------------------------------------------------------------------------
def parcels_give_up(*, limit: int = 200) -> int:
    """Pays back what was in parcels that are lost, or came back and were not sent again, for PARCEL_GIVE_UP_DAYS.

    Returns for how many parts. What else is of such a part has arrived then, or the part is over. Not while pieces
    of the same line are to go back: which of them are in it is open then, and what stays with nobody would be paid by
    nobody.
    """
    due = _given_up().order_by("updated_at").values_list("seller_order", flat=True)[:limit]
    return one_by_one(list(dict.fromkeys(due)), _give_up)


def _given_up() -> QuerySet[Shipment]:
    since = timezone.now() - dt.timedelta(days=settings.PARCEL_GIVE_UP_DAYS)
    return Shipment.objects.filter(
        state__in=[ShipmentState.RETURNED, ShipmentState.LOST],
        given_up_at=None,
        updated_at__lt=since,
        seller_order__state=S.SHIPPED,
    ).exclude(lines__line__in=ReturnLine.objects.filter(parent__state__in=OPEN_RETURNS).values("line"))


def _give_up(part_id: uuid.UUID) -> bool:
    part = lock_part(part_id)
    parcels = list(_given_up().filter(seller_order=part).order_by("id"))
    for parcel in parcels:
        # Nobody looks for it any more.
        Shipment.objects.filter(pk=parcel.pk).update(given_up_at=timezone.now(), missing_at=None)
        _pay_for(part, parcel)
    if parcels:
        part_touch(part.pk)
        part_arrive(part, "time")
        order_settle(part.order)
    return bool(parcels)


def _pay_for(part: SellerOrder, parcel: Shipment) -> None:
    """What was in it counts as given back, without anybody having asked."""
    wanted = {}
    for item in ShipmentLine.objects.filter(shipment=parcel).select_related("line"):
        # Some may be on their way back already.
        left = min(item.quantity, item.line.shipped - item.line.returning)
        if left > 0:
            wanted[item.line_id] = left
    if not wanted:
        return
    _claim(part, wanted)
    came_back = parcel.state == ShipmentState.RETURNED
    made = Return.objects.create(
        seller_order=part,
        parcel=parcel,
        reason=ReturnReason.OTHER,
        state=R.RECEIVED,
        received_at=timezone.now(),
        restocked=came_back,
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(parent=made, line_id=key, quantity=wanted[key]) for key in sorted(wanted)
    )
    Return.objects.filter(pk=made.pk).update(updated_at=feeds.stamp())
    tell_step(part.order, "parcel_given_up", part=part)
    pieces = _back(part, made, restock=came_back)
    audit.record(SYSTEM, "shipment.given_up", parcel, after={"pieces": pieces, "restocked": came_back})
    messages.parcel_given_up(part, came_back=came_back)
