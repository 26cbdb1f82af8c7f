"""How results are ordered, told to everybody (Decree 248/2026), with the numbers that the order is made with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.pages import Data
from search import ranking as order


@require_safe
def ranking(request: HttpRequest) -> HttpResponse:
    weights = {name: _percent(value) for name, value in order.FIELD_WEIGHTS.items()}
    return render(
        request,
        "storefront/ranking.html",
        {
            "raises": _raises(),
            "most": _percent(sum(order.BOOSTS.values())),
            "weights": weights,
            "other_accents": _percent(order.OTHER_ACCENTS),
            "first": order.FIRST,
            "of_one_seller": order.OF_ONE_SELLER,
        },
    )


def _raises() -> list[Data]:
    """What raises a product, the most first. A raise that has no words here is a fault: nothing is left unsaid."""
    words = {
        "stars": (
            _("OCOP stars"),
            _("In full for five stars, and only while the certificate is valid."),
        ),
        "in_stock": (
            _("In stock"),
            _("Or made to order: what counts is that you can have it."),
        ),
        "rating": (
            _("What buyers gave it"),
            _("Together with how many they were: a single five is not above twenty of them."),
        ),
        "sales": (
            _("Sales of the last 30 days"),
            _("The first ones count most, so that big workshops do not leave small ones behind."),
        ),
        "trusted": (
            _("Trusted workshop"),
            _("Marked so by the officers of its commune."),
        ),
        "fresh": (
            _("New here"),
            _("Less with every day, nothing after %(days)s days.") % {"days": order.FRESH_DAYS},
        ),
    }
    largest = max(order.BOOSTS.values())
    return [
        {
            "label": words[name][0],
            "words": words[name][1],
            "most": _percent(value),
            "share": f"{value / largest:.0%}",
        }
        for name, value in sorted(order.BOOSTS.items(), key=lambda item: -item[1])
    ]


def _percent(value: float) -> str:
    """`5%` in English, `5 %` in Vietnamese; a half stays."""
    number = f"{value * 100:.1f}".removesuffix(".0")
    return f"{number}%" if get_language() == "en" else f"{number.replace('.', ',')}\N{NO-BREAK SPACE}%"
