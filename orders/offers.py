"""Which ways of delivery a buyer is offered, and at what price.

What a carrier asks on the network is asked for before (`fees_fetch`), outside of transactions, and kept for a while;
here only what is known counts: a carrier that is away is not offered.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Commune, Seller
from marketplace.core.countries import HOME
from marketplace.core.errors import Text
from orders.carriers import PICKUP, Carrier, CarrierDown, all_carriers
from orders.carriers.base import Quote, QuoteRequest, Terms
from orders.carriers.zones import HANOI, Place, zone_of
from orders.models import CarrierFee, SellerOrder, ShippingRate, ShippingTerms

log = structlog.get_logger(__name__)
# Until somebody says where it goes.
USUAL_PLACE = Place(HOME, HANOI, "Hà Nội")
# A carrier that did not answer is not asked by the next buyer, who would wait as long.
AWAY_SECONDS = 60
# Fees rise in steps: what weighs nearly the same costs the same.
GRAMS_STEP = 100
THREADS = 8


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """`id` names the seller and the carrier; `price` in đồng; days from dispatch to the door."""

    id: str
    seller_id: uuid.UUID
    carrier: str
    name: Text
    price: int
    min_days: int | None
    max_days: int | None


def option_id(carrier: str, seller_id: uuid.UUID) -> str:
    return f"{carrier}.{seller_id.hex}"


@dataclass(frozen=True, slots=True)
class Wish:
    """What of one seller shall travel."""

    seller: Seller
    grams: int
    subtotal: int


@dataclass(slots=True)
class Offers:
    """What the sellers of a cart ask for delivery, read once: three statements, one more where fees are kept."""

    terms: Mapping[uuid.UUID, Terms]
    local_wards: frozenset[str]
    _fees: dict[str, Sequence[Quote]] = field(default_factory=dict)

    @classmethod
    def of(cls, sellers: Iterable[Seller]) -> "Offers":
        return cls(
            terms_of([seller.pk for seller in sellers]),
            frozenset(Commune.objects.values_list("code", flat=True)),
        )

    def request(self, wish: Wish, place: Place) -> QuoteRequest:
        seller = wish.seller
        origin = Place.of(seller.address) if seller.address else None
        return QuoteRequest(
            seller_id=seller.pk,
            village=seller.village.name if seller.village else seller.commune.name if seller.commune else "",
            origin=origin,
            to=place,
            zone=zone_of(place, self.local_wards),
            grams=wish.grams,
            subtotal=wish.subtotal,
            terms=self.terms[seller.pk],
        )

    def options(self, wishes: Sequence[Wish], place: Place) -> list[list[ShippingOption]]:
        """What each may be sent by to this place, the usual way first."""
        requests = [self.request(wish, place) for wish in wishes]
        carriers = all_carriers()
        self._read_fees(carriers, requests)
        return [
            [
                ShippingOption(
                    option_id(carrier.code, request.seller_id),
                    request.seller_id,
                    carrier.code,
                    quote.name,
                    quote.price,
                    quote.min_days,
                    quote.max_days,
                )
                for carrier in carriers
                # One a carrier, so that its code names it.
                for quote in self._quotes(carrier, request)[:1]
            ]
            for request in requests
        ]

    def _quotes(self, carrier: Carrier, request: QuoteRequest) -> Sequence[Quote]:
        if not carrier.asks_network:
            return carrier.quote(request)
        return self._fees.get(_key(carrier, request), ())

    def _read_fees(self, carriers: Iterable[Carrier], requests: Iterable[QuoteRequest]) -> None:
        wanted = _wanted(carriers, requests)
        if wanted:
            self._fees |= _kept(wanted)


def usual(options: Iterable[ShippingOption]) -> ShippingOption | None:
    """The one that counts until the buyer chooses. Coming for it is only ever chosen."""
    return next((option for option in options if option.carrier != PICKUP), None)


def ordered_option(part: SellerOrder) -> ShippingOption:
    """How a part that was ordered travels; what was ordered before there was a choice came by the usual way."""
    name = part.shipping_name or _("Home delivery")
    key = option_id(part.shipping_option, part.seller_id)
    return ShippingOption(key, part.seller_id, part.shipping_option, name, part.shipping, None, None)


def terms_of(seller_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Terms]:
    """How each of them delivers, the platform's prices where a seller has none. Two statements."""
    rows = list(ShippingTerms.objects.filter(Q(seller__in=seller_ids) | Q(seller=None)))
    rates: dict[uuid.UUID, dict[str, list[tuple[int, int]]]] = {}
    for rate in ShippingRate.objects.filter(terms__in=[row.pk for row in rows]).order_by("up_to_grams"):
        rates.setdefault(rate.terms_id, {}).setdefault(rate.zone, []).append((rate.up_to_grams, rate.price))
    own = {row.seller_id: row for row in rows}
    platform = own.get(None)
    usual_rates = rates.get(platform.pk, {}) if platform else {}
    found = {}
    for key in seller_ids:
        row = own.get(key) or platform
        found[key] = Terms(rates.get(row.pk) or usual_rates, row.free_above, row.pickup) if row else Terms()
    return found


def terms_shown(seller_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[Terms, bool]]:
    """How each of them delivers, and whether at prices of its own."""
    own = set(
        ShippingRate.objects.filter(terms__seller__in=seller_ids).values_list("terms__seller", flat=True)
    )
    return {key: (terms, key in own) for key, terms in terms_of(seller_ids).items()}


# --- What carriers say on the network -------------------------------------------------------------------------
def fees_fetch(offers: Offers, wishes: Sequence[Wish], place: Place) -> None:
    """Asks carriers what is not known yet, all at once and not for long. Never inside a transaction that locks."""
    carriers = [carrier for carrier in all_carriers() if carrier.asks_network]
    wanted = _wanted(carriers, [offers.request(wish, place) for wish in wishes])
    if not wanted:
        return
    away = {f"away:{carrier.code}" for carrier in carriers}
    known = set(
        CarrierFee.objects.filter(key__in=[*wanted, *away], until__gt=timezone.now()).values_list(
            "key", flat=True
        )
    )
    missing = {
        key: pair for key, pair in wanted.items() if key not in known and f"away:{pair[0].code}" not in known
    }
    if not missing:
        return
    with ThreadPoolExecutor(max_workers=min(len(missing), THREADS)) as pool:
        answers = dict(zip(missing, pool.map(_ask, missing.values()), strict=True))
    now = timezone.now()
    keep = now + dt.timedelta(minutes=settings.CARRIER_FEE_MINUTES)
    rows = [
        CarrierFee(key=key, quotes=[[q.price, q.min_days, q.max_days] for q in quotes], until=keep)
        for key, quotes in answers.items()
        if quotes is not None
    ]
    silent = {missing[key][0].code for key, quotes in answers.items() if quotes is None}
    until = now + dt.timedelta(seconds=AWAY_SECONDS)
    rows += [CarrierFee(key=f"away:{code}", quotes=[], until=until) for code in silent]
    for code in silent:
        log.warning("carrier_gives_no_fee", carrier=code)
    # Sorted, so that two that keep the same ones do not wait for each other.
    CarrierFee.objects.bulk_create(
        sorted(rows, key=lambda row: row.key),
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["quotes", "until"],
    )


def any_on_network() -> bool:
    return any(carrier.asks_network for carrier in all_carriers())


def _ask(pair: tuple[Carrier, QuoteRequest]) -> Sequence[Quote] | None:
    """What the carrier says; None where it says nothing. Runs in a thread and touches no database."""
    carrier, request = pair
    try:
        return carrier.quote(replace(request, grams=_rounded(request.grams)))
    except CarrierDown:
        return None


def _wanted(
    carriers: Iterable[Carrier], requests: Iterable[QuoteRequest]
) -> dict[str, tuple[Carrier, QuoteRequest]]:
    """What has to be known of carriers on the network, by its key: only from a ward to a ward is anything asked."""
    listed = [carrier for carrier in carriers if carrier.asks_network]
    return {
        _key(carrier, request): (carrier, request)
        for request in requests
        for carrier in listed
        if request.origin is not None and request.origin.ward_code and request.to.ward_code
    }


def _key(carrier: Carrier, request: QuoteRequest) -> str:
    asked = [
        carrier.code,
        settings.GHN_SHOP_ID,
        request.origin.ward_code if request.origin else "",
        request.to.ward_code,
        _rounded(request.grams),
        request.subtotal,
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _rounded(grams: int) -> int:
    return -(-grams // GRAMS_STEP) * GRAMS_STEP


def _kept(wanted: Mapping[str, tuple[Carrier, QuoteRequest]]) -> dict[str, Sequence[Quote]]:
    rows = CarrierFee.objects.filter(key__in=list(wanted), until__gt=timezone.now())
    return {
        row.key: tuple(Quote(wanted[row.key][0].name, price, low, high) for price, low, high in row.quotes)
        for row in rows
    }


def fees_forget() -> int:
    """Deletes what is no longer true. Returns how many."""
    deleted, _by_model = CarrierFee.objects.filter(until__lt=timezone.now()).delete()
    return deleted
