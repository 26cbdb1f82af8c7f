"""Who carries parcels that a seller hands over by hand. Those that are booked by an interface: `orders.carriers`."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Text


@dataclass(frozen=True, slots=True)
class HandCarrier:
    """Somebody who carries parcels that the seller hands over by hand. `tracking` holds `{}` for the number."""

    name: Text
    tracking: str = ""
    # The buyer comes for it: it leaves when it is fetched.
    waits_for_the_buyer: bool = False

    def tracking_url(self, number: str) -> str | None:
        return self.tracking.format(quote(number, safe="")) if self.tracking and number else None


CARRIERS: dict[str, HandCarrier] = {
    "vnpost": HandCarrier("Vietnam Post", "https://vnpost.vn/vi-vn/dinh-vi/buu-pham?key={}"),
    "viettelpost": HandCarrier(
        "Viettel Post", "https://viettelpost.com.vn/tra-cuu-hanh-trinh-don/?peopleTracking={}"
    ),
    "ghn": HandCarrier("GHN", "https://donhang.ghn.vn/?order_code={}"),
    "ghtk": HandCarrier("GHTK", "https://i.ghtk.vn/{}"),
    "self": HandCarrier(_("the workshop itself")),
    "other": HandCarrier(_("another carrier")),
    "pickup": HandCarrier(_("Fetched at the workshop"), waits_for_the_buyer=True),
}


def carrier_named(code: str) -> HandCarrier | None:
    return CARRIERS.get(code)
