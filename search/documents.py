"""A product as search sees it. Both engines are fed from here."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models.expressions import RawSQL

from catalog import queries as catalog
from catalog.models import (
    OcopCertificate,
    OcopState,
    Product,
    ProductState,
    ProductStats,
    ProductTranslation,
    SellerState,
    Variant,
)
from search import ranking
from search.text import code_key, indexed

TEXTS = ("name", "context", "attributes", "description")


@dataclass(frozen=True, slots=True)
class Document:
    """Texts (accented tokens, a line for each language) and the values that filter, sort and rank."""

    product_id: uuid.UUID
    visible: bool
    name: str
    context: str
    attributes: str
    description: str
    codes: list[str]
    craft: str | None
    village: str | None
    commune: str | None
    seller: str
    choices: list[str]
    price: int | None
    in_stock: bool
    ocop_stars: int | None
    ocop_until: dt.date | None
    trusted: bool
    sold: int
    sold_30d: int
    rating: float
    published_at: dt.datetime | None

    @property
    def prior(self) -> float:
        return ranking.prior(self)

    @property
    def digest(self) -> str:
        """Of what is stored but for `prior`, which changes with the days alone."""
        values = [getattr(self, name) for name in self.__slots__]
        return hashlib.md5(repr(values).encode(), usedforsecurity=False).hexdigest()


def _among(keys: Sequence[uuid.UUID]) -> RawSQL:
    """One parameter, however many keys: Django would look at each of them."""
    return RawSQL("SELECT unnest(%s::uuid[])", [list(keys)])


def build(product_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Document | None]:
    """Documents of these products in a constant number of statements; None for one that is not there."""
    keys = list(product_ids)
    products = {
        row.pk: row
        for row in Product.objects.filter(pk__in=_among(keys))
        .select_related("seller", "seller__commune", "village", "village__commune", "craft")
        .only(
            "name", "description", "attributes", "state", "price_min", "made_to_order_days", "published_at",
            "seller__slug", "seller__name", "seller__state", "seller__trusted", "seller__commune__slug",
            "seller__commune__name", "seller__commune__former_names", "village__slug", "village__name",
            "village__former_commune", "village__commune__name", "village__commune__former_names", "craft__slug",
            "craft__names",
        )
    }  # fmt: skip
    translations: dict[uuid.UUID, list[tuple[str, str]]] = {}
    rows = ProductTranslation.objects.filter(product__in=_among(keys)).order_by("language")
    for product_id, name, description in rows.values_list("product_id", "name", "description"):
        translations.setdefault(product_id, []).append((name, description))
    variants: dict[uuid.UUID, list[tuple[str, str, int]]] = {}
    on_sale = Variant.objects.filter(product__in=_among(keys), archived_at=None).order_by("position", "id")
    for product_id, name, sku, on_hand, held in on_sale.values_list(
        "product_id", "name", "sku", "on_hand", "held"
    ):
        variants.setdefault(product_id, []).append((name, sku, on_hand - held))
    certificates = {
        row.product_id: row
        for row in catalog.certificates_valid()
        .filter(product__in=_among(keys))
        .only("product_id", "stars", "expires_on")
    }  # fmt: skip
    numbers: dict[uuid.UUID, list[str]] = {}
    public = OcopCertificate.objects.filter(
        product__in=_among(keys), state__in=[OcopState.VALID, OcopState.EXPIRED]
    )
    for product_id, number in public.values_list("product_id", "number"):
        numbers.setdefault(product_id, []).append(number)
    stats = {row.pk: row for row in ProductStats.objects.filter(pk__in=_among(keys))}
    return {
        key: _document(
            products[key],
            translations.get(key, []),
            variants.get(key, []),
            certificates.get(key),
            numbers.get(key, []),
            stats.get(key) or ProductStats(),
        )
        if key in products
        else None
        for key in keys
    }


@lru_cache(maxsize=4_096)
def _short_line(text: str) -> str:
    """Names of crafts, places, sellers and kinds come again and again."""
    return " ".join(indexed(text))


def _lines(texts: Iterable[str], line_of: Callable[[str], str] = _short_line) -> str:
    """Each text as its tokens, those without any left out, none twice."""
    return "\n".join(dict.fromkeys(line for text in texts if (line := line_of(text))))


def _long_line(text: str) -> str:
    return " ".join(indexed(text))


def _document(
    product: Product,
    translations: list[tuple[str, str]],
    variants: list[tuple[str, str, int]],
    certificate: OcopCertificate | None,
    numbers: list[str],
    stats: ProductStats,
) -> Document:
    seller, village, craft = product.seller, product.village, product.craft
    commune = village.commune if village else seller.commune
    context: list[str] = list(craft.names.values()) if craft else []
    if village:
        context += [village.name, village.former_commune]
    if commune:
        context += [commune.name, *commune.former_names]
    return Document(
        product_id=product.pk,
        visible=product.state == ProductState.PUBLISHED and seller.state == SellerState.VERIFIED,
        name=_lines([product.name, *(name for name, _text in translations)], _long_line),
        context=_lines([*context, seller.name]),
        attributes=_lines(
            [*(str(item["value"]) for item in product.attributes), *(name for name, _sku, _free in variants)]
        ),
        description=_lines([product.description, *(text for _name, text in translations)], _long_line),
        codes=sorted(
            {f"sku:{code_key(sku)}" for _name, sku, _free in variants}
            | {f"cert:{code_key(number)}" for number in numbers}
        ),
        craft=craft.slug if craft else None,
        village=village.slug if village else None,
        commune=seller.commune.slug if seller.commune else None,
        seller=seller.slug,
        choices=[f"{item['slug']}={item['value']}" for item in product.attributes],
        price=product.price_min,
        in_stock=product.made_to_order_days is not None or any(free > 0 for _name, _sku, free in variants),
        ocop_stars=certificate.stars if certificate else None,
        ocop_until=certificate.expires_on if certificate else None,
        trusted=seller.trusted,
        sold=stats.sold,
        sold_30d=stats.sold_30d,
        rating=stats.rating_rank,
        published_at=product.published_at,
    )
