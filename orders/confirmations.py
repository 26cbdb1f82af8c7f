"""Links to an order's confirmation, which its buyer may download (Consumer Law 19/2023 Đ37–38).

The paper itself is drawn by the storefront, which stands above; it is known here by the name of its address alone.
"""

import uuid

from django.conf import settings

from marketplace.core.private_links import opened, private_link
from orders.models import Order

SALT = "orders.confirmations"


def confirmation_url(order: Order, language: str) -> str | None:
    """For whoever may open the order as its buyer, in this language. None where the buyer's data were erased."""
    if _is_erased(order):
        return None
    known = language if language in dict(settings.LANGUAGES) else "vi"
    return private_link("storefront:confirmation", SALT, [order.pk.hex, known])


def confirmed_order(token: str) -> tuple[Order, str] | None:
    """The order of a link that is ours and not too old, and the language it was asked for in."""
    found = opened(token, SALT)
    if found is None:
        return None
    key, language = found
    order = Order.objects.filter(pk=uuid.UUID(hex=key)).first()
    return None if order is None or _is_erased(order) else (order, language)


def _is_erased(order: Order) -> bool:
    """Every buyer gives a phone number; a confirmation without a buyer would confirm nothing to anybody."""
    return not order.phone
