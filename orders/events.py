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
