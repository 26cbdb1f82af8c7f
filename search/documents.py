"""A product as search sees it. Both engines are fed from here."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models.expressions import RawSQL

from catalog import queries as catalog
from catalog.models import (
    Commune,
    Craft,
    OcopCertificate,
    OcopState,
    Product,
    ProductState,
    ProductStats,
    ProductTranslation,
    SellerState,
    Variant,
    Village,
)
from search import ranking
from search.measures import measures, weight_token
from search.text import code_key, indexed, normalise

# To be raised where the engines make something else of a document, so that each is written again.
FORM = 2
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
        values = [FORM, *(getattr(self, name) for name in self.__slots__)]
        return hashlib.md5(repr(values).encode(), usedforsecurity=False).hexdigest()


def _among(keys: Sequence[uuid.UUID]) -> RawSQL:
    """One parameter, however many keys: Django would look at each of them."""
    return RawSQL("SELECT unnest(%s::uuid[])", [list(keys)])


class _Listed(NamedTuple):
    """What a product's document needs of its row and its seller's. Rows of models would take half the time of all."""

    pk: uuid.UUID
    name: str
    description: str
    attributes: list[dict[str, Any]]
    state: str
    price_min: int | None
    made_to_order_days: int | None
    published_at: dt.datetime | None
    craft: uuid.UUID | None
    village: uuid.UUID | None
    seller__slug: str
    seller__name: str
    seller__state: str
    seller__trusted: bool
    seller__commune: uuid.UUID | None


class _Kind(NamedTuple):
    name: str
    sku: str
    free: int
    weight: int | None


@dataclass(frozen=True, slots=True)
class _Shelves:
    """The few rows that all products share."""

    crafts: dict[uuid.UUID, Craft]
    villages: dict[uuid.UUID, Village]
    communes: dict[uuid.UUID, Commune]


def build(product_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Document | None]:
    """Documents of these products in a constant number of statements; None for one that is not there."""
    keys = list(product_ids)
    listed = Product.objects.filter(pk__in=_among(keys)).values_list(*_Listed._fields)
    products = {row[0]: _Listed(*row) for row in listed}
    shelves = _Shelves(Craft.objects.in_bulk(), Village.objects.in_bulk(), Commune.objects.in_bulk())
    translations: dict[uuid.UUID, list[tuple[str, str]]] = {}
    rows = ProductTranslation.objects.filter(product__in=_among(keys)).order_by("language")
    for product_id, name, description in rows.values_list("product_id", "name", "description"):
        translations.setdefault(product_id, []).append((name, description))
    variants: dict[uuid.UUID, list[_Kind]] = {}
    on_sale = Variant.objects.filter(product__in=_among(keys), archived_at=None).order_by("position", "id")
    for product_id, name, sku, on_hand, held, weight in on_sale.values_list(
        "product_id", "name", "sku", "on_hand", "held", "weight_grams"
    ):
        variants.setdefault(product_id, []).append(_Kind(name, sku, on_hand - held, weight))
    in_force = catalog.certificates_valid().filter(product__in=_among(keys))
    certificates = {
        key: (stars, until) for key, stars, until in in_force.values_list("product_id", "stars", "expires_on")
    }
    numbers: dict[uuid.UUID, list[str]] = {}
    public = OcopCertificate.objects.filter(
        product__in=_among(keys), state__in=[OcopState.VALID, OcopState.EXPIRED]
    )
    for product_id, number in public.values_list("product_id", "number"):
        numbers.setdefault(product_id, []).append(number)
    stats = {
        key: values
        for key, *values in ProductStats.objects.filter(pk__in=_among(keys)).values_list(
            "pk", "sold", "sold_30d", "rating_rank"
        )
    }
    return {
        key: _document(
            products[key],
            shelves,
            translations.get(key, []),
            variants.get(key, []),
            certificates.get(key, (None, None)),
            numbers.get(key, []),
            stats.get(key, [0, 0, 0.0]),
        )
        if key in products
        else None
        for key in keys
    }


def _measures(text: str) -> tuple[str, ...]:
    return tuple(token for item in measures(normalise(text)) for token in item.tokens)


_short_measures = lru_cache(maxsize=4_096)(_measures)


@lru_cache(maxsize=4_096)
def _short_line(text: str) -> str:
    """Names of crafts, places, sellers and kinds come again and again."""
    return " ".join(indexed(text))


def _lines(texts: Iterable[str], line_of: Callable[[str], str] = _short_line) -> str:
    """Each text as its tokens, those without any left out, none twice."""
    return "\n".join(dict.fromkeys(line for text in texts if (line := line_of(text))))


def _with_measures(short: list[str], others: list[str], grams: list[int]) -> str:
    """The short texts, and a line with all sizes and weights that any text tells."""
    tokens = {weight_token(number) for number in grams}
    tokens.update(*map(_short_measures, short), *map(_measures, others))
    lines = _lines(short)
    return "\n".join(part for part in (lines, " ".join(sorted(tokens))) if part)


def _long_line(text: str) -> str:
    return " ".join(indexed(text))


def _document(
    product: _Listed,
    shelves: _Shelves,
    translations: list[tuple[str, str]],
    variants: list[_Kind],
    certificate: tuple[int | None, dt.date | None],
    numbers: list[str],
    stats: list[Any],
) -> Document:
    craft = shelves.crafts[product.craft] if product.craft else None
    village = shelves.villages[product.village] if product.village else None
    own = shelves.communes[product.seller__commune] if product.seller__commune else None
    commune = shelves.communes[village.commune_id] if village else own
    context: list[str] = list(craft.names.values()) if craft else []
    if village:
        context += [village.name, village.former_commune]
    if commune:
        context += [commune.name, *commune.former_names]
    return Document(
        product_id=product.pk,
        visible=product.state == ProductState.PUBLISHED and product.seller__state == SellerState.VERIFIED,
        name=_lines([product.name, *(name for name, _text in translations)], _long_line),
        context=_lines([*context, product.seller__name]),
        attributes=_with_measures(
            [*(str(item["value"]) for item in product.attributes), *(kind.name for kind in variants)],
            [product.name, product.description],
            [kind.weight for kind in variants if kind.weight],
        ),
        description=_lines([product.description, *(text for _name, text in translations)], _long_line),
        codes=sorted(
            {f"sku:{code_key(kind.sku)}" for kind in variants}
            | {f"cert:{code_key(number)}" for number in numbers}
        ),
        craft=craft.slug if craft else None,
        village=village.slug if village else None,
        commune=own.slug if own else None,
        seller=product.seller__slug,
        choices=[f"{item['slug']}={item['value']}" for item in product.attributes],
        price=product.price_min,
        in_stock=product.made_to_order_days is not None or any(kind.free > 0 for kind in variants),
        ocop_stars=certificate[0],
        ocop_until=certificate[1],
        trusted=product.seller__trusted,
        sold=stats[0],
        sold_30d=stats[1],
        rating=stats[2],
        published_at=product.published_at,
    )
