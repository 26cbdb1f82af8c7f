"""The buyer comes for it: nothing is carried and nothing is paid for it."""

from collections.abc import Sequence

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Text
from orders.carriers.base import Quote, QuoteRequest, WithoutInterface


class Pickup(WithoutInterface):
    code = "pickup"

    @property
    def name(self) -> Text:
        return _("Fetched at the workshop")

    def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        if not request.terms.pickup:
            return ()
        return (
            Quote(format_lazy("{}: {}", self.name, request.village) if request.village else self.name, 0),
        )
