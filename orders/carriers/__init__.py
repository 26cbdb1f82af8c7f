"""The carriers of this installation, by code.

Those of `orders.shipping` are another kind: people hand parcels over to them and type what stands on the slip.
"""

from orders.carriers.base import Carrier, CarrierDown, CarrierRefused
from orders.carriers.ghn import Ghn
from orders.carriers.pickup import Pickup
from orders.carriers.table_rate import TableRate

PICKUP = Pickup.code
# The usual one first.
_CARRIERS: tuple[Carrier, ...] = (TableRate(), Ghn(), Pickup())


def all_carriers() -> list[Carrier]:
    """Carriers that have what they need."""
    return [carrier for carrier in _CARRIERS if carrier.is_configured()]


def find_carrier(code: str) -> Carrier | None:
    return next((carrier for carrier in all_carriers() if carrier.code == code), None)


def booking_carrier(code: str) -> Carrier | None:
    """The carrier with this code, where parcels are booked with it."""
    found = find_carrier(code)
    return found if found is not None and found.books else None


__all__ = [
    "PICKUP",
    "Carrier",
    "CarrierDown",
    "CarrierRefused",
    "all_carriers",
    "booking_carrier",
    "find_carrier",
]
