"""What a carrier is.

A carrier never touches the database: it is asked with what it needs, and answers. `quote` of one whose
`asks_network` is set, and every other call, may go out on the network, so none is made while a row is locked. `create`
is keyed by the parcel: the same key gives the same booking, however often it is asked for. What a webhook says is a
hint that something has happened; what has happened is what `track` answers.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from marketplace.core.errors import Text
from orders.carriers.steps import Told
from orders.carriers.zones import Place, Zone

# A parcel that nobody measured, in centimetres.
USUAL_LENGTH, USUAL_WIDTH, USUAL_HEIGHT = 20, 15, 10


class CarrierDown(Exception):
    """It does not answer, or not sensibly: the same may be tried again. Never holds what was sent."""


class CarrierRefused(Exception):
    """It answers, and says no: trying the same again would not help. `words` are its own, for the seller alone."""

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__("refused")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a seller asks for delivery: by zone (up to so many grams, price), the lightest first."""

    rates: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    free_above: int | None = None
    pickup: bool = False


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """What somebody wants to have sent. `origin` is None where nobody knows where the seller is."""

    seller_id: uuid.UUID
    village: str
    origin: Place | None
    to: Place
    zone: Zone | None
    grams: int
    subtotal: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Quote:
    """`price` in đồng; days from dispatch to the door."""

    name: Text
    price: int
    min_days: int | None = None
    max_days: int | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Who sends or receives. The phone is in E.164."""

    name: str
    phone: str
    line1: str
    place: Place


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    code: str
    quantity: int
    price: int
    grams: int


@dataclass(frozen=True, slots=True)
class Booking:
    """A parcel to be carried. `key` is ours and stays the same; centimetres; `declared` is what is in it, in đồng."""

    key: str
    sender: Party
    receiver: Party
    grams: int
    length: int
    width: int
    height: int
    declared: int
    items: Sequence[Item]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """The carrier's number of a parcel, what it costs us, and when it should be there."""

    tracking: str
    fee: int | None = None
    expected_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """Which parcel a webhook speaks of: by the carrier's number, or by our key."""

    tracking: str
    key: str


class Carrier(Protocol):
    code: str
    # Whether parcels are booked, tracked and cancelled by an interface.
    books: bool
    # Whether `quote` goes out on the network.
    asks_network: bool
    # The heaviest parcel it takes.
    max_grams: int | None

    @property
    def name(self) -> Text: ...

    def is_configured(self) -> bool:
        """Whether this installation has what the carrier needs."""
        ...

    def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        """What it would take; nothing where it does not go there. Raises CarrierDown."""
        ...

    def create(self, booking: Booking) -> Booked:
        """Books the parcel, once a key. Raises CarrierDown or CarrierRefused."""
        ...

    def find(self, key: str) -> Booked | None:
        """The booking of this key; None where there is none. Raises CarrierDown."""
        ...

    def cancel(self, tracking: str) -> bool:
        """Takes a booking back; False where it is too late. Cancelling twice is once. Raises CarrierDown."""
        ...

    def track(self, tracking: str) -> Sequence[Told]:
        """All that has happened to the parcel. Raises CarrierDown, CarrierRefused where it knows no such parcel."""
        ...

    def parse_webhook(self, headers: Mapping[str, str], body: Mapping[str, object]) -> Sequence[Hint]:
        """Which parcels a webhook speaks of. Raises ValueError where it makes no sense."""
        ...


class WithoutInterface:
    """What a carrier answers that nothing is booked with."""

    books = False
    asks_network = False
    max_grams: int | None = None

    def is_configured(self) -> bool:
        return True

    def create(self, booking: Booking) -> Booked:
        raise CarrierRefused("handed over by hand")

    def find(self, key: str) -> Booked | None:
        return None

    def cancel(self, tracking: str) -> bool:
        return False

    def track(self, tracking: str) -> Sequence[Told]:
        return ()

    def parse_webhook(self, headers: Mapping[str, str], body: Mapping[str, object]) -> Sequence[Hint]:
        raise ValueError("nobody sends news")
