"""How a seller's parcel travels: for now one flat rate a seller."""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalog.models import Seller
from marketplace.core.errors import Text


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """`price` in đồng; days from dispatch to the door."""

    id: str
    seller_id: uuid.UUID
    carrier: str
    name: Text
    price: int
    min_days: int
    max_days: int


def shipping_options(seller: Seller) -> list[ShippingOption]:
    """What the seller offers, the usual one first."""
    return [
        ShippingOption(
            id=f"flat.{seller.pk}",
            seller_id=seller.pk,
            carrier="flat",
            name=_("Home delivery"),
            price=settings.FLAT_SHIPPING_VND,
            min_days=2,
            max_days=5,
        )
    ]
