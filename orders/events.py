"""What orders announce."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    order_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class OrderPaid:
    order_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class OrderExpired:
    order_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """An order that was not paid is wanted no more."""

    order_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ReturnReceived:
    """Pieces came back to the seller: `owed` đồng, maybe none, go to the buyer."""

    return_id: uuid.UUID
    owed: int


@dataclass(frozen=True, slots=True)
class PartCancelled:
    """A paid part ended before it was sent: `owed` đồng go back to the buyer."""

    seller_order_id: uuid.UUID
    owed: int
    reason: str
