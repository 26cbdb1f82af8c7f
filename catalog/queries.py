"""Reads of the catalogue, and who sees what: every list starts from a function of this module."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from catalog.models import (
    Commune,
    CommuneOfficer,
    Craft,
    OcopCertificate,
    OcopState,
    Product,
    ProductState,
    Seller,
    SellerMember,
    SellerState,
    Variant,
    Village,
)
from marketplace.core.actor import Actor
from marketplace.core.clock import today
from marketplace.core.errors import RequestError
from marketplace.core.vietnamese import fold

# What one filter may ask for: each value is a condition of its own in the statement.
MAX_FILTER_ENTRIES = 100
MAX_ATTRIBUTE_FILTERS = 10
MAX_ATTRIBUTE_VALUES = 20

PUBLIC_PRODUCT = Q(state=ProductState.PUBLISHED, seller__state=SellerState.VERIFIED)


def seller_ids_of(actor: Actor) -> list[uuid.UUID]:
    """Sellers a person works for."""
    if actor.user is None:
        return []
    return list(SellerMember.objects.filter(user=actor.user).values_list("seller_id", flat=True))


def commune_ids_of(actor: Actor) -> list[uuid.UUID]:
    """Communes an officer has."""
    if actor.user is None:
        return []
    return list(CommuneOfficer.objects.filter(user=actor.user).values_list("commune_id", flat=True))


def _own(actor: Actor, prefix: str) -> Q:
    """Rows of the actor's own sellers and communes. Sub-selects, so that a list stays one statement."""
    if actor.user is None:
        return Q(pk__in=[])
    sellers = SellerMember.objects.filter(user=actor.user).values("seller_id")
    communes = CommuneOfficer.objects.filter(user=actor.user).values("commune_id")
    return Q(**{f"{prefix}pk__in" if prefix else "pk__in": sellers}) | Q(
        **{f"{prefix}commune_id__in": communes}
    )


def products_visible_to(actor: Actor) -> QuerySet[Product]:
    """Published products of verified sellers; all of their own for a seller's people and a commune's officers."""
    if actor.is_admin:
        return Product.objects.all()
    if actor.user is None:
        return Product.objects.filter(PUBLIC_PRODUCT)
    return Product.objects.filter(PUBLIC_PRODUCT | _own(actor, "seller__"))


def products_listed() -> QuerySet[Product]:
    """What lists show when no state is asked for."""
    return Product.objects.filter(PUBLIC_PRODUCT)


def sellers_visible_to(actor: Actor) -> QuerySet[Seller]:
    public = Q(state=SellerState.VERIFIED)
    if actor.is_admin:
        return Seller.objects.all()
    if actor.user is None:
        return Seller.objects.filter(public)
    return Seller.objects.filter(public | _own(actor, ""))


def certificates_valid(on: dt.date | None = None) -> QuerySet[OcopCertificate]:
    """Certificates in force on a day (today): accepted, begun, its last day not yet over."""
    day = on or today()
    return OcopCertificate.objects.filter(state=OcopState.VALID, issued_on__lte=day, expires_on__gte=day)


def certificates_visible_to(actor: Actor) -> QuerySet[OcopCertificate]:
    """Accepted certificates of public products; all of their own for sellers and officers."""
    public = Q(
        state__in=[OcopState.VALID, OcopState.EXPIRED, OcopState.REVOKED],
        product__state=ProductState.PUBLISHED,
        product__seller__state=SellerState.VERIFIED,
    )
    if actor.is_admin:
        return OcopCertificate.objects.all()
    if actor.user is None:
        return OcopCertificate.objects.filter(public)
    return OcopCertificate.objects.filter(public | _own(actor, "product__seller__"))


def certificate_in_force(product_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, OcopCertificate]:
    """The best certificate valid today of each product: most stars, then the newest."""
    rows = certificates_valid().filter(product_id__in=list(product_ids)).order_by("stars", "issued_on", "id")
    return {row.product_id: row for row in rows}


def certificate_state_today(certificate: OcopCertificate) -> str:
    """EXPIRED from its day on, even before the nightly job has said so."""
    if certificate.state == OcopState.VALID and certificate.expires_on < today():
        return OcopState.EXPIRED
    return certificate.state


def variants_on_sale(product_ids: Iterable[uuid.UUID]) -> QuerySet[Variant]:
    return Variant.objects.filter(product_id__in=list(product_ids), archived_at=None).order_by(
        "position", "id"
    )


def in_stock_condition() -> Any:
    """A product one can buy now: a free piece of some variant, or made to order."""
    shelf = Variant.objects.filter(product=OuterRef("pk"), archived_at=None, on_hand__gt=F("held"))
    return Q(made_to_order_days__isnull=False) | Exists(shelf)


def check_product_filter(criteria: dict[str, Any]) -> None:
    """Raises RequestError BAD_USER_INPUT for a ProductFilter that asks for more than a statement should hold."""
    for key in ("craft", "village", "commune", "seller", "ids", "state"):
        if len(criteria.get(key) or ()) > MAX_FILTER_ENTRIES:
            raise RequestError("BAD_USER_INPUT", f"filter.{key} takes at most {MAX_FILTER_ENTRIES} entries.")
    attributes = criteria.get("attributes") or ()
    if len(attributes) > MAX_ATTRIBUTE_FILTERS:
        raise RequestError(
            "BAD_USER_INPUT", f"filter.attributes takes at most {MAX_ATTRIBUTE_FILTERS} attributes."
        )
    if any(len(wanted["values"]) > MAX_ATTRIBUTE_VALUES for wanted in attributes):
        raise RequestError(
            "BAD_USER_INPUT", f"filter.attributes takes at most {MAX_ATTRIBUTE_VALUES} values each."
        )


def filter_products(queryset: QuerySet[Product], criteria: dict[str, Any]) -> QuerySet[Product]:
    """Narrows a list of products by the contract's ProductFilter (slugs, ranges, attributes).

    Raises RequestError BAD_USER_INPUT for a filter that asks for too much.
    """
    check_product_filter(criteria)
    for key, column in (
        ("craft", "craft__slug__in"),
        ("village", "village__slug__in"),
        ("commune", "seller__commune__slug__in"),
        ("seller", "seller__slug__in"),
        ("state", "state__in"),
        ("ids", "pk__in"),
    ):
        if criteria.get(key) is not None:
            queryset = queryset.filter(**{column: criteria[key]})
    price = criteria.get("price") or {}
    if price.get("min") is not None:
        queryset = queryset.filter(price_min__gte=price["min"])
    if price.get("max") is not None:
        queryset = queryset.filter(price_min__lte=price["max"])
    stars = criteria.get("ocop_stars") or {}
    if stars:
        valid = certificates_valid().filter(product=OuterRef("pk"), stars__gte=stars.get("min") or 0)
        if stars.get("max") is not None:
            valid = valid.filter(stars__lte=stars["max"])
        queryset = queryset.filter(Exists(valid))
    if criteria.get("in_stock") is not None:
        condition = in_stock_condition()
        queryset = queryset.filter(condition if criteria["in_stock"] else ~condition)
    for wanted in criteria.get("attributes") or []:
        any_value = Q()
        for value in wanted["values"]:
            any_value |= Q(attributes__contains=[{"slug": wanted["slug"], "value": value}])
        queryset = queryset.filter(any_value) if any_value else queryset.none()
    if criteria.get("updated_since") is not None:
        queryset = queryset.filter(updated_at__gte=criteria["updated_since"])
    return queryset


# Columns of each order; the last is unique. Names ending in a stats column are joined.
PRODUCT_ORDERS: dict[str, list[str]] = {
    "NEWEST": ["-published_at", "-id"],
    "OLDEST": ["published_at", "id"],
    "PRICE_ASC": ["price_min", "id"],
    "PRICE_DESC": ["-price_min", "-id"],
    "NAME": ["name_key", "id"],
    "BEST_SELLING": ["-sold", "-id"],
    "TOP_RATED": ["-rating_rank", "-id"],
    "UPDATED": ["updated_at", "id"],
}


def order_products(queryset: QuerySet[Product], sort: str) -> tuple[QuerySet[Product], list[str]]:
    """The queryset with the columns its order needs, and the order. Drafts have no publication date."""
    if sort == "BEST_SELLING":
        queryset = queryset.filter(stats__isnull=False).annotate(sold=F("stats__sold"))
    elif sort == "TOP_RATED":
        queryset = queryset.filter(stats__isnull=False).annotate(rating_rank=F("stats__rating_rank"))
    order = PRODUCT_ORDERS[sort]
    return queryset, order


def filter_sellers(queryset: QuerySet[Seller], criteria: dict[str, Any]) -> QuerySet[Seller]:
    for key, column in (
        ("village", "village__slug"),
        ("craft", "crafts__slug"),
        ("commune", "commune__slug"),
        ("trusted", "trusted"),
        ("state", "state__in"),
    ):
        if criteria.get(key) is not None:
            queryset = queryset.filter(**{column: criteria[key]})
    if criteria.get("query"):
        queryset = queryset.filter(slug__contains=fold(criteria["query"]).replace(" ", "-"))
    return queryset


def filter_villages(criteria: dict[str, Any]) -> QuerySet[Village]:
    queryset = Village.objects.all()
    if criteria.get("craft") is not None:
        queryset = queryset.filter(crafts__slug=criteria["craft"])
    if criteria.get("commune") is not None:
        queryset = queryset.filter(commune__slug=criteria["commune"])
    return queryset


def filter_certificates(
    queryset: QuerySet[OcopCertificate],
    *,
    number: str | None,
    states: list[str] | None,
    commune: str | None,
    seller: str | None,
    expires_before: dt.date | None,
) -> QuerySet[OcopCertificate]:
    if number is not None:
        queryset = queryset.filter(number=number.strip())
    if states is not None:
        # A certificate past its day is EXPIRED even before the nightly job has said so.
        past = Q(state=OcopState.VALID, expires_on__lt=today())
        condition = Q(state__in=[s for s in states if s != OcopState.VALID])
        if OcopState.VALID in states:
            condition |= Q(state=OcopState.VALID) & ~past
        if OcopState.EXPIRED in states:
            condition |= past
        queryset = queryset.filter(condition)
    if commune is not None:
        queryset = queryset.filter(product__seller__commune__slug=commune)
    if seller is not None:
        queryset = queryset.filter(product__seller__slug=seller)
    if expires_before is not None:
        queryset = queryset.filter(expires_on__lt=expires_before)
    return queryset


def product_counts(column: str, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Published products by craft, village or seller (`column` is the foreign key's name)."""
    rows = (
        products_listed()
        .filter(**{f"{column}_id__in": list(keys)})
        .values_list(f"{column}_id")
        .annotate(number=Count("pk"))
    )
    return dict(rows)


def crafts_in_order() -> QuerySet[Craft]:
    return Craft.objects.order_by("position", "slug")


def communes_in_order() -> QuerySet[Commune]:
    return Commune.objects.order_by("name_key", "id")
