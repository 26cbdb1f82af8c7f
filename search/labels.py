"""Words of the facets."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.money import format_money

FACET_LABELS = {
    "CRAFT": gettext_lazy("Craft"),
    "VILLAGE": gettext_lazy("Village"),
    "COMMUNE": gettext_lazy("Commune"),
    "SELLER": gettext_lazy("Seller"),
    "OCOP_STARS": gettext_lazy("OCOP stars"),
    "PRICE": gettext_lazy("Price"),
    "IN_STOCK": gettext_lazy("In stock"),
}


def stars_label(value: str) -> str:
    return _("%(stars)s stars") % {"stars": value}


def bucket_label(value: str) -> str:
    """`-99999` → under 100.000 ₫; `100000-299999` → 100.000 to 300.000 ₫."""
    low, _sep, high = value.partition("-")
    return price_label(low, str(int(high) + 1) if high else "")


def price_label(low: str, high: str) -> str:
    """Either side may be empty."""
    if not low:
        return _("under %(price)s") % {"price": format_money(int(high))}
    if not high:
        return _("from %(price)s") % {"price": format_money(int(low))}
    return _("%(low)s to %(high)s") % {"low": format_money(int(low)), "high": format_money(int(high))}
