"""How a seller's parcel travels: what a buyer is offered, and who may carry it."""

import uuid
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalog.models import Seller
from marketplace.core.errors import Text


@dataclass(frozen=True, slots=True)
class Carrier:
    """Somebody who carries parcels that the seller hands over by hand. `tracking` holds `{}` for the number."""

    name: Text
    tracking: str = ""
    # The buyer comes for it: it leaves when it is fetched.
    waits_for_the_buyer: bool = False

    def tracking_url(self, number: str) -> str | None:
        return self.tracking.format(quote(number, safe="")) if self.tracking and number else None


CARRIERS: dict[str, Carrier] = {
    "vnpost": Carrier("Vietnam Post", "https://vnpost.vn/vi-vn/dinh-vi/buu-pham?key={}"),
    "viettelpost": Carrier(
        "Viettel Post", "https://viettelpost.com.vn/tra-cuu-hanh-trinh-don/?peopleTracking={}"
    ),
    "ghn": Carrier("GHN", "https://donhang.ghn.vn/?order_code={}"),
    "ghtk": Carrier("GHTK", "https://i.ghtk.vn/{}"),
    "self": Carrier(_("the workshop itself")),
    "other": Carrier(_("another carrier")),
    "pickup": Carrier(_("Fetched at the workshop"), waits_for_the_buyer=True),
}


def carrier_named(code: str) -> Carrier | None:
    return CARRIERS.get(code)


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
