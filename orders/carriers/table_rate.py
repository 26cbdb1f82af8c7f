"""Delivery at the seller's own prices, by zone and weight. The usual way."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Text
from orders.carriers.base import Quote, QuoteRequest, WithoutInterface
from orders.carriers.zones import Zone

# From dispatch to the door, as carriers of each kind usually take.
DAYS: dict[str, tuple[int, int]] = {
    Zone.LOCAL: (1, 2),
    Zone.HANOI: (1, 3),
    Zone.NORTH: (2, 4),
    Zone.CENTRAL: (3, 5),
    Zone.SOUTH: (4, 7),
    Zone.ABROAD: (10, 30),
}


class TableRate(WithoutInterface):
    code = "table"

    @property
    def name(self) -> Text:
        return _("Home delivery")

    def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        if request.zone is None:
            return ()
        steps = request.terms.rates.get(request.zone, ())
        price = next((price for up_to, price in sorted(steps) if request.grams <= up_to), None)
        if price is None:
            return ()
        free_above = request.terms.free_above
        if free_above is not None and request.zone != Zone.ABROAD and request.subtotal >= free_above:
            price = 0
        return (Quote(self.name, price, *DAYS[request.zone]),)
