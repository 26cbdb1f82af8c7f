"""What carriers tell of parcels.

    webhook   its secret checked by its view → stored raw → commit → a job asks the carrier itself
    asking    what stays open is asked about from time to time, the one that was asked longest ago first

Nothing that a webhook says is believed: it only says which parcel to ask about. What the carrier answers are rows that
stand for ever; the parcel follows what they make together, whatever the order in which they came.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode, not_found
from orders.carriers import Carrier, CarrierDown, CarrierRefused, booking_carrier
from orders.carriers.steps import FOR_A_PERSON, PARCEL_STATES, Step, Told, settle, step_of
from orders.models import BookingState, CarrierNews, NewsOutcome, Shipment, ShipmentNews, ShipmentState
from orders.services.bookings import parcel_book
from orders.services.fulfilment import parcel_follow
from orders.services.states import lock_part

log = structlog.get_logger(__name__)
OPEN = (ShipmentState.READY, ShipmentState.IN_TRANSIT, ShipmentState.FAILED)
# Steps that the order's story tells in words of their own.
KINDS = {Step.RETURNING: "parcel_returning"}


# --- Webhooks -------------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def carrier_news_store(*, carrier: str, raw: bytes, body: dict[str, Any]) -> bool:
    """Keeps a webhook whose secret was right, once, and defers its job in the same transaction. False for a double."""
    from orders.jobs import apply_carrier_news

    event_id = hashlib.sha256(raw).hexdigest()
    rows = CarrierNews.objects.bulk_create(
        [CarrierNews(carrier=carrier, event_id=event_id, body=body)], ignore_conflicts=True
    )
    stored = CarrierNews.objects.filter(pk=rows[0].pk).exists()
    if stored:
        apply_carrier_news.defer(news_id=str(rows[0].pk))
    return stored


def carrier_news_apply(*, news_id: uuid.UUID) -> str:
    """Asks the carrier about the parcel that a webhook speaks of. Safe to run again. Raises CarrierDown."""
    news = CarrierNews.objects.get(pk=news_id)
    if news.outcome != NewsOutcome.WAITING:
        return news.outcome
    carrier = booking_carrier(news.carrier)
    try:
        hints = carrier.parse_webhook({}, news.body) if carrier else ()
    except (ValueError, TypeError, AttributeError):
        return _conclude(news, NewsOutcome.UNREADABLE)
    if carrier is None:
        raise CarrierDown("not configured now")
    outcome, found = NewsOutcome.UNKNOWN_PARCEL, None
    for hint in hints:
        found = _parcel_of(carrier, hint.tracking, hint.key)
        if found is None:
            continue
        if not found.tracking_number:
            # It is quicker than the answer to our booking, or that answer was lost.
            parcel_book(parcel_id=found.pk)
            found.refresh_from_db()
        if found.tracking_number:
            known = parcel_track(carrier, found)
            outcome = NewsOutcome.CONFIRMED if known else NewsOutcome.UNCONFIRMED
    return _conclude(news, outcome, found)


def _parcel_of(carrier: Carrier, tracking: str, key: str) -> Shipment | None:
    rows = Shipment.objects.filter(carrier=carrier.code).exclude(booking="")
    by_number = rows.filter(tracking_number=tracking).first() if tracking else None
    if by_number is not None:
        return by_number
    try:
        wanted = uuid.UUID(hex=key)
    except ValueError:
        return None
    return rows.filter(pk=wanted).first()


def _conclude(news: CarrierNews, outcome: str, parcel: Shipment | None = None) -> str:
    CarrierNews.objects.filter(pk=news.pk, outcome=NewsOutcome.WAITING).update(
        outcome=outcome, shipment=parcel, applied_at=timezone.now(), updated_at=timezone.now()
    )
    return outcome


# --- Asking ---------------------------------------------------------------------------------------------------
def parcel_track(carrier: Carrier, parcel: Shipment) -> bool:
    """Asks the carrier what has happened to a parcel. False where it does not know it. Raises CarrierDown."""
    # Before: one that cannot be answered goes to the end all the same.
    Shipment.objects.filter(pk=parcel.pk).update(asked_at=timezone.now())
    try:
        told = carrier.track(parcel.tracking_number)
    except CarrierRefused:
        log.warning("carrier_knows_no_such_parcel", carrier=carrier.code, parcel=str(parcel.pk))
        return False
    parcel_told(parcel_id=parcel.pk, told=told)
    return True


def parcels_ask(*, older_than_seconds: int, limit: int = 50) -> int:
    """Asks carriers about parcels that stay open, the one that was asked longest ago first. Returns how many."""
    since = timezone.now() - dt.timedelta(seconds=older_than_seconds)
    rows = (
        Shipment.objects.filter(booking=BookingState.BOOKED, state__in=OPEN)
        .filter(Q(asked_at=None) | Q(asked_at__lt=since), created_at__lt=since)
        .order_by(F("asked_at").asc(nulls_first=True), "id")[:limit]
    )
    asked = 0
    away = set()
    for parcel in rows:
        carrier = booking_carrier(parcel.carrier)
        if carrier is None or carrier.code in away:
            continue
        try:
            parcel_track(carrier, parcel)
        except CarrierDown as error:
            log.warning("carrier_does_not_answer", carrier=carrier.code, error=str(error))
            away.add(carrier.code)
            continue
        asked += 1
    return asked


@transaction.atomic(durable=True)
def parcel_told(*, parcel_id: uuid.UUID, told: Sequence[Told]) -> str:
    """Writes down what a carrier has answered and lets the parcel follow. The same again is once. Returns its state."""
    parcel = Shipment.objects.get(pk=parcel_id)
    part = lock_part(parcel.seller_order_id)
    parcel.refresh_from_db()
    ShipmentNews.objects.bulk_create(
        [
            ShipmentNews(
                shipment=parcel,
                raw=item.raw,
                step=step,
                occurred_at=item.occurred_at,
                exception=step in FOR_A_PERSON,
            )
            for item in told
            if (step := step_of(parcel.carrier, item.raw))
        ],
        ignore_conflicts=True,
    )
    rows = list(ShipmentNews.objects.filter(shipment=parcel).order_by("occurred_at", "id"))
    settled = settle([(row.occurred_at, row.step) for row in rows])
    strange = {rows[position].pk for position in settled.against}
    if settled.step is not None and settled.at is not None:
        followed = parcel_follow(
            part, parcel, PARCEL_STATES[settled.step], at=settled.at, kind=KINDS.get(settled.step, "")
        )
        if not followed:
            strange |= {row.pk for row in rows if row.occurred_at == settled.at and row.step == settled.step}
    new = ShipmentNews.objects.filter(pk__in=strange, exception=False).update(exception=True)
    if new or any(row.exception and row.handled_at is None for row in rows):
        log.warning("parcel_needs_a_person", carrier=parcel.carrier, parcel=str(parcel.pk))
    return str(Shipment.objects.values_list("state", flat=True).get(pk=parcel.pk))


@transaction.atomic(durable=True)
def shipment_news_handle(*, actor: Actor, news_id: uuid.UUID | None, note: str) -> ShipmentNews:
    """An administrator has looked at an exception. Twice is once. Raises Unauthenticated; DomainError."""
    actor.require_user()
    if not actor.is_admin:
        raise not_found("id")
    news = ShipmentNews.objects.filter(pk=news_id).first() if news_id else None
    if news is None:
        raise not_found("id")
    if len(note) > 500:
        raise DomainError.of(ErrorCode.TOO_LONG, "500", "note")
    if news.exception and news.handled_at is None:
        ShipmentNews.objects.filter(pk=news.pk).update(handled_at=timezone.now())
        audit.record(actor, "shipment_news.handled", news, reason=note)
        news.refresh_from_db()
    return news
