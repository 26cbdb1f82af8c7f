"""Parcels that are booked by a carrier's interface.

    book     parcel with a mark (WAITING) → commit → ask the carrier, keyed by the parcel → record its answer
    unbook   parcel CANCELLED, mark CANCELLING → commit → ask the carrier to take it back → record

Both are jobs that may be run again after any step: what was booked meanwhile is found by the parcel's key, so nothing
is booked twice, and nothing stays booked that is not wanted.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.addresses import full_names
from marketplace.core import audit
from marketplace.core.actor import SYSTEM
from marketplace.core.countries import HOME
from marketplace.core.errors import DomainError, ErrorCode, Text
from orders import messages
from orders.carriers import Carrier, CarrierRefused, booking_carrier
from orders.carriers.base import (
    USUAL_HEIGHT,
    USUAL_LENGTH,
    USUAL_WIDTH,
    Booked,
    Booking,
    Item,
    Party,
)
from orders.carriers.ghn import MAX_SIDE_CM
from orders.carriers.zones import Place
from orders.models import BookingState, OrderLine, SellerOrder, Shipment, ShipmentLine
from orders.services.states import lock_part, part_touch, tell_step

log = structlog.get_logger(__name__)
B = BookingState
# Jobs try for about so long by themselves; what is open then is taken up again.
RESUME_AFTER = dt.timedelta(hours=6)


def grams_of(pieces: Iterable[tuple[OrderLine, int]]) -> int:
    return sum(
        (line.variant.weight_grams or settings.SHIPPING_DEFAULT_GRAMS) * quantity for line, quantity in pieces
    )


def check_bookable(
    carrier: Carrier,
    part: SellerOrder,
    pieces: Sequence[tuple[OrderLine, int]],
    parcel: Mapping[str, Any] | None,
) -> None:
    """Raises DomainError for what the carrier would refuse anyhow, with the way out."""
    address, name = part.order.address, carrier.name
    words: Text
    if address.get("country") != HOME or not address.get("wardCode"):
        words = _("%(carrier)s does not go there. Choose another carrier.") % {"carrier": name}
        raise DomainError.of(ErrorCode.INVALID, words, "carrier")
    home = part.seller.address or {}
    if not home.get("wardCode") or not home.get("line1") or not _phone_of(part):
        words = _(
            "%(carrier)s fetches it at your workshop. Write its address and phone under “My workshop” first, or choose "
            "another carrier."
        ) % {"carrier": name}
        raise DomainError.of(ErrorCode.INVALID, words, "carrier")
    grams = (parcel or {}).get("weight_grams") or grams_of(pieces)
    if grams <= 0 or (carrier.max_grams is not None and grams > carrier.max_grams):
        words = _(
            "%(carrier)s takes up to %(limit)s kg in a parcel. Send more parcels, or by another carrier."
        )
        values = {"carrier": name, "limit": (carrier.max_grams or 0) // 1000}
        raise DomainError.of(ErrorCode.OUT_OF_RANGE, words % values, "parcel", "weightGrams")
    for side in ("length_cm", "width_cm", "height_cm"):
        size = (parcel or {}).get(side)
        if size is not None and not 0 < size <= MAX_SIDE_CM:
            words = _("From 1 to %(limit)s cm.") % {"limit": MAX_SIDE_CM}
            path = side.replace("_cm", "Cm")
            raise DomainError.of(ErrorCode.OUT_OF_RANGE, words, "parcel", path)


def _phone_of(part: SellerOrder) -> str:
    return str(part.seller.phone or (part.seller.address or {}).get("phone") or "")


def _party(name: str, phone: str, address: Mapping[str, Any]) -> Party:
    return Party(name, phone, str(address["line1"]), Place.of({**address, **full_names(address)}))


def _booking_of(part: SellerOrder, parcel: Shipment) -> Booking:
    lines = ShipmentLine.objects.filter(shipment=parcel).select_related("line__variant").order_by("id")
    pieces = [(item.line, item.quantity) for item in lines]
    measured = parcel.parcel or {}
    seller, order = part.seller, part.order
    return Booking(
        key=parcel.pk.hex,
        sender=_party(seller.legal_name or seller.name, _phone_of(part), seller.address or {}),
        receiver=_party(order.address["name"], order.address.get("phone") or order.phone, order.address),
        grams=measured.get("weight_grams") or grams_of(pieces),
        length=measured.get("length_cm") or USUAL_LENGTH,
        width=measured.get("width_cm") or USUAL_WIDTH,
        height=measured.get("height_cm") or USUAL_HEIGHT,
        declared=sum(line.unit_price * quantity for line, quantity in pieces),
        items=[
            Item(line.product_name, line.sku, quantity, line.unit_price, grams_of([(line, 1)]))
            for line, quantity in pieces
        ],
    )


# --- Booking --------------------------------------------------------------------------------------------------
def parcel_book(*, parcel_id: uuid.UUID) -> str:
    """Books a parcel that waits for it. Returns the mark it has then. CarrierDown is raised: the job runs again."""
    carrier, booking, mark = _to_book(parcel_id)
    if mark in (B.CANCELLING, B.CANCELLED):
        # It may have been booked before we were interrupted; then it was cancelled.
        return parcel_unbook(parcel_id=parcel_id, again=True)
    if carrier is None or booking is None:
        return mark
    try:
        booked = carrier.create(booking)
    except CarrierRefused as refused:
        # Refused because it is there already: some carriers answer so to the same key.
        found = carrier.find(booking.key)
        if found is None:
            return _record_refusal(parcel_id, carrier, refused.words)
        booked = found
    return _record_booked(parcel_id, booked)


@transaction.atomic(durable=True)
def _to_book(parcel_id: uuid.UUID) -> tuple[Carrier | None, Booking | None, str]:
    parcel = Shipment.objects.get(pk=parcel_id)
    part = lock_part(parcel.seller_order_id)
    parcel.refresh_from_db()
    Shipment.objects.filter(pk=parcel.pk).update(asked_at=timezone.now())
    carrier = booking_carrier(parcel.carrier)
    if parcel.booking != B.WAITING or carrier is None:
        return None, None, parcel.booking
    return carrier, _booking_of(part, parcel), parcel.booking


@transaction.atomic(durable=True)
def _record_booked(parcel_id: uuid.UUID, booked: Booked) -> str:
    from orders.jobs import unbook_parcel

    parcel, _part = _locked(parcel_id)
    changes: dict[str, Any] = {
        "tracking_number": booked.tracking,
        "fee": booked.fee,
        "expected_at": booked.expected_at,
    }
    if parcel.booking == B.WAITING:
        mark = B.BOOKED
    elif parcel.booking in (B.CANCELLING, B.CANCELLED):
        # Cancelled while the carrier was asked.
        mark = B.CANCELLING
        unbook_parcel.defer(parcel_id=str(parcel.pk))
    else:
        return parcel.booking
    _mark(parcel, mark, **changes)
    return mark


@transaction.atomic(durable=True)
def _record_refusal(parcel_id: uuid.UUID, carrier: Carrier, words: str) -> str:
    parcel, part = _locked(parcel_id)
    if parcel.booking != B.WAITING:
        return parcel.booking
    _mark(parcel, B.REFUSED, booking_problem=words)
    log.warning("booking_refused", carrier=carrier.code, parcel=str(parcel.pk))
    tell_step(part.order, "booking_refused", part=part, carrier=str(carrier.name), problem=words)
    messages.booking_refused(part, parcel, str(carrier.name))
    return B.REFUSED


# --- Taking back ----------------------------------------------------------------------------------------------
def parcel_unbook(*, parcel_id: uuid.UUID, again: bool = False) -> str:
    """Has the carrier forget a parcel that was cancelled. Returns the mark it has then. CarrierDown is raised.

    `again`: whatever is written down, the carrier is asked whether it has it.
    """
    parcel = Shipment.objects.get(pk=parcel_id)
    carrier = booking_carrier(parcel.carrier)
    Shipment.objects.filter(pk=parcel.pk).update(asked_at=timezone.now())
    if carrier is None or not (parcel.booking == B.CANCELLING or (again and parcel.booking == B.CANCELLED)):
        return parcel.booking
    tracking = parcel.tracking_number
    if not tracking:
        found = carrier.find(parcel.pk.hex)
        tracking = found.tracking if found is not None else ""
    gone = not tracking or carrier.cancel(tracking)
    return _record_unbooked(parcel_id, carrier, tracking, gone=gone)


@transaction.atomic(durable=True)
def _record_unbooked(parcel_id: uuid.UUID, carrier: Carrier, tracking: str, *, gone: bool) -> str:
    parcel, part = _locked(parcel_id)
    if parcel.booking not in (B.CANCELLING, B.CANCELLED):
        return parcel.booking
    if gone:
        if parcel.booking != B.CANCELLED or parcel.tracking_number != tracking:
            _mark(parcel, B.CANCELLED, tracking_number=tracking)
        return B.CANCELLED
    _mark(parcel, B.STUCK, tracking_number=tracking)
    log.warning("booking_stuck", carrier=carrier.code, parcel=str(parcel.pk))
    tell_step(part.order, "booking_stuck", part=part, carrier=str(carrier.name))
    messages.booking_stuck(part, parcel, str(carrier.name))
    return B.STUCK


def _locked(parcel_id: uuid.UUID) -> tuple[Shipment, SellerOrder]:
    parcel = Shipment.objects.get(pk=parcel_id)
    part = lock_part(parcel.seller_order_id)
    parcel.refresh_from_db()
    return parcel, part


def _mark(parcel: Shipment, mark: str, **changes: Any) -> None:
    Shipment.objects.filter(pk=parcel.pk).update(booking=mark, updated_at=timezone.now(), **changes)
    part_touch(parcel.seller_order_id)
    audit.record(
        SYSTEM, "shipment.booking", parcel, before={"booking": parcel.booking}, after={"booking": mark}
    )


# --- What stayed open -----------------------------------------------------------------------------------------
def bookings_resume(*, limit: int = 50) -> int:
    """Takes up bookings whose jobs have given up, or are lost. Returns how many."""
    from orders.jobs import book_parcel, unbook_parcel

    late = timezone.now() - RESUME_AFTER
    open_ones = Shipment.objects.filter(booking__in=[B.WAITING, B.CANCELLING], created_at__lt=late).filter(
        Q(asked_at=None) | Q(asked_at__lt=late)
    )
    rows = list(open_ones.order_by("created_at")[:limit])
    for parcel in rows:
        job = book_parcel if parcel.booking == B.WAITING else unbook_parcel
        job.defer(parcel_id=str(parcel.pk))
    return len(rows)
