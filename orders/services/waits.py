"""What time does to paid parts: reminds, cancels what nobody takes on, ends what has arrived."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from marketplace.core.actor import SYSTEM
from orders import messages
from orders.models import SellerOrder, SellerOrderState, Shipment, ShipmentState
from orders.services.fulfilment import parcel_follow, part_cancel
from orders.services.states import (
    OPEN_RETURNS,
    lock_part,
    one_by_one,
    order_settle,
    part_move,
    part_touch,
    tell_step,
)

S = SellerOrderState


def _grace() -> dt.timedelta:
    """What a seller has at least between the reminder and the end."""
    return dt.timedelta(hours=settings.CONFIRM_HOURS / 8)


def _first(rows: QuerySet[SellerOrder], column: str, limit: int) -> list[uuid.UUID]:
    return list(rows.order_by(column).values_list("pk", flat=True)[:limit])


def parts_remind(*, limit: int = 200) -> int:
    """Reminds sellers of orders whose time to take them on is half over, once. Returns how many."""
    soon = timezone.now() + dt.timedelta(hours=settings.CONFIRM_HOURS / 2)
    due = SellerOrder.objects.filter(state=S.TO_CONFIRM, reminded_at=None, confirm_before__lt=soon)
    return one_by_one(_first(due, "confirm_before", limit), _remind)


def _remind(part_id: uuid.UUID) -> bool:
    part = lock_part(part_id)
    if part.state != S.TO_CONFIRM or part.reminded_at is not None:
        return False
    now = timezone.now()
    # Whoever is reminded late has some hours all the same.
    part.confirm_before = max(part.confirm_before or now, now + _grace())
    SellerOrder.objects.filter(pk=part.pk).update(reminded_at=now, confirm_before=part.confirm_before)
    part_touch(part.pk)
    messages.reminder(part)
    return True


def parts_cancel_overdue(*, limit: int = 200) -> int:
    """Cancels and refunds parts that no seller has taken on in time. Returns how many.

    Never without a reminder some time before: after a standstill of ours, sellers get what was promised.
    """
    now = timezone.now()
    due = SellerOrder.objects.filter(
        state=S.TO_CONFIRM, confirm_before__lt=now, reminded_at__lt=now - _grace()
    )
    return one_by_one(_first(due, "confirm_before", limit), _cancel_overdue)


def _cancel_overdue(part_id: uuid.UUID) -> bool:
    part = lock_part(part_id)
    if part.state != S.TO_CONFIRM or part.confirm_before is None or part.confirm_before >= timezone.now():
        return False
    owed = part_cancel(SYSTEM, part, by="time", reason="")
    order_settle(part.order)
    messages.cancelled_by_time(part, owed)
    return True


def parts_complete(*, limit: int = 200) -> int:
    """Ends parts that arrived RETURN_DAYS ago, of which nothing is to go back and nothing is missing. How many."""
    due = SellerOrder.objects.filter(state=S.DELIVERED, completes_at__lt=timezone.now())
    due = due.exclude(returns__state__in=OPEN_RETURNS).exclude(shipments__missing_at__isnull=False)
    return one_by_one(_first(due, "completes_at", limit), _complete)


def _complete(part_id: uuid.UUID) -> bool:
    part = lock_part(part_id)
    if part.state != S.DELIVERED or part.completes_at is None or part.completes_at >= timezone.now():
        return False
    if part.returns.filter(state__in=OPEN_RETURNS).exists():
        return False
    if part.shipments.exclude(missing_at=None).exists():
        return False
    part_move(part, S.COMPLETED)
    tell_step(part.order, "completed", part=part)
    order_settle(part.order)
    return True


# --- Parcels of which nobody sends news -----------------------------------------------------------------------
def _silent(**conditions: Any) -> QuerySet[Shipment]:
    """Parcels handed over by hand that are on their way, as far as anybody has said."""
    return Shipment.objects.filter(
        booking="", state=ShipmentState.IN_TRANSIT, missing_at=None, **conditions
    ).order_by("shipped_at")


def parcels_ask_buyers(*, limit: int = 200) -> int:
    """Asks buyers whether what left SHIPMENT_ASSUMED_DAYS ago has come, once. Returns for how many parts."""
    since = timezone.now() - dt.timedelta(days=settings.SHIPMENT_ASSUMED_DAYS)
    due = _silent(shipped_at__lt=since, buyer_asked_at=None)
    return one_by_one(_parts_of(due, limit), _ask_buyer)


def _parts_of(parcels: QuerySet[Shipment], limit: int) -> list[uuid.UUID]:
    """Their parts, each once, the longest waiting first."""
    return list(dict.fromkeys(parcels.values_list("seller_order", flat=True)[:limit]))


def _ask_buyer(part_id: uuid.UUID) -> bool:
    """One letter for all parcels of a part that are due."""
    part = lock_part(part_id)
    now = timezone.now()
    since = now - dt.timedelta(days=settings.SHIPMENT_ASSUMED_DAYS)
    due = _silent(seller_order=part, shipped_at__lt=since, buyer_asked_at=None)
    asked = Shipment.objects.filter(pk__in=[row.pk for row in due]).update(buyer_asked_at=now, updated_at=now)
    if not asked:
        return False
    part_touch(part.pk)
    messages.has_it_come(part, now + dt.timedelta(days=settings.SHIPMENT_ASSUMED_GRACE_DAYS))
    return True


def parcels_assume(*, limit: int = 200) -> int:
    """What buyers were asked about SHIPMENT_ASSUMED_GRACE_DAYS ago counts as there, without a word from them: from then
    on it may be sent back. Returns how many parts had such parcels."""
    since = timezone.now() - dt.timedelta(days=settings.SHIPMENT_ASSUMED_GRACE_DAYS)
    return one_by_one(_parts_of(_silent(buyer_asked_at__lt=since), limit), _assume)


def _assume(part_id: uuid.UUID) -> bool:
    part = lock_part(part_id)
    since = timezone.now() - dt.timedelta(days=settings.SHIPMENT_ASSUMED_GRACE_DAYS)
    due = list(_silent(seller_order=part, buyer_asked_at__lt=since))
    for parcel in due:
        parcel_follow(part, parcel, ShipmentState.DELIVERED, at=timezone.now(), by="time")
    return bool(due)
