"""Parcels that have not come, as far as their buyers say.

    missed by the buyer → the seller says what became of it, else an officer (`escalated_at`), PARCEL_MISSING_DAYS later
    found (`shipment_update` DELIVERED): the buyer may miss it once more, then an officer says the last word
    lost (`shipment_update` LOST): paid back as every lost parcel is

While one is open its part never ends by time.
"""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core import audit
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.errors import DomainError, ErrorCode
from orders import access, messages, queries
from orders.models import SellerOrder, SellerOrderState, Shipment, ShipmentState
from orders.services.fulfilment import parcel_end_search
from orders.services.states import lock_part, one_by_one, part_touch, tell_step

MAX_NOTE = 2000


@transaction.atomic(durable=True)
def seller_order_miss(*, actor: Actor, part_id: uuid.UUID | None, token: str | None) -> SellerOrder:
    """The buyer says that what was sent has not come: it never counts as there by itself, and its seller is told; of
    what the seller has said to be handed over, the officers are.

    Twice is once; with the parcel in hand the buyer says so (`seller_order_receive`). Raises DomainError NOT_FOUND,
    INVALID_STATE.
    """
    part = lock_part(access.access_bought_part(actor, part_id, token).pk)
    now = timezone.now()
    states = [ShipmentState.IN_TRANSIT, ShipmentState.FAILED]
    if part.state == SellerOrderState.DELIVERED:
        # Somebody, or time, has said that it is there.
        states.append(ShipmentState.DELIVERED)
    on_the_way = Shipment.objects.filter(seller_order=part, state__in=states)
    if not on_the_way.exists():
        raise DomainError.of(ErrorCode.INVALID_STATE, _("Nothing of it is on its way to you now."), "id")
    # What an officer has found is looked for no more.
    on_the_way = on_the_way.exclude(missing_at=None, escalated_at__isnull=False)
    if not on_the_way.exists():
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _(
                "The officer has looked: it was handed over. You may still give it back, or go to the consumers' "
                "office."
            ),
            "id",
        )
    missed = list(on_the_way.filter(missing_at=None).order_by("id"))
    if missed:
        Shipment.objects.filter(pk__in=[row.pk for row in missed]).update(missing_at=now, updated_at=now)
        part_touch(part.pk)
        tell_step(part.order, "parcel_missed", part=part, actor="buyer")
        audit.record(actor, "seller_order.missed", part)
        again = [row for row in missed if row.found_at is not None]
        if len(again) < len(missed):
            messages.not_come(part, now + dt.timedelta(days=settings.PARCEL_MISSING_DAYS))
        for parcel in again:
            # Its seller has had a word already.
            _escalate(actor, part, parcel, by="buyer")
    return SellerOrder.objects.get(pk=part.pk)


def parcels_missing_turn(*, limit: int = 200) -> int:
    """Gives to officers what buyers miss and sellers have said nothing of in time, once. Returns how many."""
    return one_by_one(list(_due().order_by("missing_at").values_list("pk", flat=True)[:limit]), _turn)


def _due() -> QuerySet[Shipment]:
    since = timezone.now() - dt.timedelta(days=settings.PARCEL_MISSING_DAYS)
    return Shipment.objects.filter(queries.PARCEL_MISSED, escalated_at=None, missing_at__lt=since)


def _turn(parcel_id: uuid.UUID) -> bool:
    part = lock_part(Shipment.objects.values_list("seller_order_id", flat=True).get(pk=parcel_id))
    parcel = _due().filter(pk=parcel_id).first()
    if parcel is not None:
        _escalate(SYSTEM, part, parcel, by="system")
    return parcel is not None


def _escalate(actor: Actor, part: SellerOrder, parcel: Shipment, *, by: str) -> None:
    now = timezone.now()
    Shipment.objects.filter(pk=parcel.pk).update(escalated_at=now, updated_at=now)
    part_touch(part.pk)
    tell_step(part.order, "parcel_escalated", part=part, actor=by)
    audit.record(actor, "shipment.escalated", parcel)
    messages.missing_escalated(part, parcel)


@transaction.atomic(durable=True)
def missing_decide(*, actor: Actor, parcel_id: uuid.UUID | None, came: bool, note: str) -> Shipment:
    """An officer's word about a parcel that its buyer misses: it was handed over, or it is lost and will be paid back.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, REQUIRED, TOO_LONG, INVALID_STATE.
    """
    found = access.access_missed_parcel(actor, parcel_id)
    words = note.strip()
    if not words:
        raise DomainError.of(ErrorCode.REQUIRED, _("Say why: it is kept with the decision."), "note")
    if len(words) > MAX_NOTE:
        raise DomainError.of(
            ErrorCode.TOO_LONG, _("At most %(limit)s characters.") % {"limit": MAX_NOTE}, "note"
        )
    part = lock_part(found.seller_order_id)
    parcel = Shipment.objects.filter(queries.PARCEL_MISSED, escalated_at__isnull=False, pk=found.pk).first()
    if parcel is None:
        raise DomainError.of(ErrorCode.INVALID_STATE, _("Nobody misses it any more."), "id")
    parcel_end_search(actor, part, parcel, came=came, by="officer")
    audit.record(actor, "shipment.found" if came else "shipment.lost", parcel, reason=words)
    messages.missing_decided(part, parcel, came=came)
    return Shipment.objects.get(pk=parcel.pk)
