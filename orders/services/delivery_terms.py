"""How a seller delivers: its own prices, or the platform's."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.access import EDIT_SELLER, access_seller, forbidden
from catalog.models import Seller
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode, Problem, Text, raise_problems
from marketplace.core.locks import lock_rows
from orders.models import ShippingRate, ShippingTerms

MAX_AMOUNT = 100_000_000
# What a lorry carries.
MAX_GRAMS = 10_000_000


@transaction.atomic(durable=True)
def delivery_terms_set(*, actor: Actor, seller_id: uuid.UUID | None, data: Mapping[str, Any]) -> Seller:
    """Changes what `data` names: free_above (None: never), pickup, rates ({zone, up_to_grams, price}; None or none of
    them: the platform's).

    Orders and their prices stay as they were. Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, OUT_OF_RANGE,
    DUPLICATE, LIMIT_REACHED.
    """
    seller = access_seller(actor, EDIT_SELLER, seller_id, "sellerId")
    _check(data)
    # Two who change it at once come one after the other.
    lock_rows(Seller.objects.all(), [seller.pk])
    terms, _new = ShippingTerms.objects.get_or_create(seller=seller)
    _write(terms, data)
    audit.record(actor, "seller.delivery_terms_set", seller, after={"changed": sorted(data)})
    return seller


@transaction.atomic(durable=True)
def platform_delivery_terms_set(*, actor: Actor, data: Mapping[str, Any]) -> ShippingTerms:
    """Changes how sellers deliver who have said nothing else. For administrators.

    Raises Unauthenticated; DomainError FORBIDDEN, REQUIRED without any price, and what `delivery_terms_set` raises.
    """
    actor.require_user()
    if not actor.is_admin:
        raise forbidden()
    if "rates" in data and not data["rates"]:
        raise DomainError.of(ErrorCode.REQUIRED, _("Without a price nobody delivers anything."), "rates")
    _check(data)
    terms, _new = ShippingTerms.objects.get_or_create(seller=None)
    lock_rows(ShippingTerms.objects.all(), [terms.pk])
    before = list(ShippingRate.objects.filter(terms=terms).values_list("zone", "up_to_grams", "price"))
    _write(terms, data)
    audit.record(
        actor,
        "platform.delivery_terms_set",
        terms,
        before={"rates": sorted(before)},
        after={"changed": sorted(data)},
    )
    return terms


def _check(data: Mapping[str, Any]) -> None:
    raise_problems([*_problems_of(data.get("free_above")), *_problems_of_rates(data.get("rates") or [])])


def _write(terms: ShippingTerms, data: Mapping[str, Any]) -> None:
    if "free_above" in data:
        terms.free_above = data["free_above"]
    if data.get("pickup") is not None:
        terms.pickup = data["pickup"]
    terms.save()
    if "rates" in data:
        ShippingRate.objects.filter(terms=terms).delete()
        ShippingRate.objects.bulk_create(ShippingRate(terms=terms, **rate) for rate in data["rates"] or [])


def _problems_of(free_above: int | None) -> list[Problem]:
    if free_above is None or 0 <= free_above <= MAX_AMOUNT:
        return []
    return [Problem(ErrorCode.OUT_OF_RANGE, _("Give a sum from 0 to 100 million đồng."), ("freeAbove",))]


def _problems_of_rates(rates: Sequence[Mapping[str, Any]]) -> list[Problem]:
    if len(rates) > settings.SHIPPING_MAX_RATES:
        most = _("At most %(limit)s prices.") % {"limit": settings.SHIPPING_MAX_RATES}
        return [Problem(ErrorCode.LIMIT_REACHED, most, ("rates",))]
    problems = []
    words: Text
    seen = set()
    for index, rate in enumerate(rates):
        place = ("rates", str(index))
        if not 0 <= rate["price"] <= MAX_AMOUNT:
            words = _("Give a price from 0 to 100 million đồng.")
            problems.append(Problem(ErrorCode.OUT_OF_RANGE, words, (*place, "price")))
        if not 0 < rate["up_to_grams"] <= MAX_GRAMS:
            words = _("Give a weight of more than 0 and at most 10,000 kg.")
            problems.append(Problem(ErrorCode.OUT_OF_RANGE, words, (*place, "upToGrams")))
        step = (rate["zone"], rate["up_to_grams"])
        if step in seen:
            words = _("This weight has a price already. One price for each weight is enough.")
            problems.append(Problem(ErrorCode.DUPLICATE, words, (*place, "upToGrams")))
        seen.add(step)
    return problems
