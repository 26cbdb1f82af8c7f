"""A product as search sees it. Both engines are fed from here."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

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


def build(product_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Document | None]:
    """Documents of these products in a constant number of statements; None for one that is not there."""
    keys = list(product_ids)
    products = (
        Product.objects.filter(pk__in=keys)
        .select_related("seller", "seller__commune", "village", "village__commune", "craft")
        .in_bulk()
    )
    translations: dict[uuid.UUID, list[ProductTranslation]] = {}
    for translation in ProductTranslation.objects.filter(product__in=keys):
        translations.setdefault(translation.product_id, []).append(translation)
    variants: dict[uuid.UUID, list[Variant]] = {}
    for variant in catalog.variants_on_sale(keys):
        variants.setdefault(variant.product_id, []).append(variant)
    certificates = catalog.certificate_in_force(keys)
    numbers: dict[uuid.UUID, list[str]] = {}
    public = OcopCertificate.objects.filter(
        product__in=keys, state__in=[OcopState.VALID, OcopState.EXPIRED]
    ).order_by("id")
    for product_id, number in public.values_list("product_id", "number"):
        numbers.setdefault(product_id, []).append(number)
    stats = ProductStats.objects.in_bulk(keys)
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


def _lines(texts: Iterable[str]) -> str:
    """Each text as its tokens, those without any left out, none twice."""
    return "\n".join(dict.fromkeys(line for text in texts if (line := " ".join(indexed(text)))))


def _document(
    product: Product,
    translations: list[ProductTranslation],
    variants: list[Variant],
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
        name=_lines([product.name, *(row.name for row in translations)]),
        context=_lines([*context, seller.name]),
        attributes=_lines(
            [*(str(item["value"]) for item in product.attributes), *(variant.name for variant in variants)]
        ),
        description=_lines([product.description, *(row.description for row in translations)]),
        codes=sorted(
            {f"sku:{code_key(variant.sku)}" for variant in variants}
            | {f"cert:{code_key(number)}" for number in numbers}
        ),
        craft=craft.slug if craft else None,
        village=village.slug if village else None,
        commune=seller.commune.slug if seller.commune else None,
        seller=seller.slug,
        choices=[f"{item['slug']}={item['value']}" for item in product.attributes],
        price=product.price_min,
        in_stock=product.made_to_order_days is not None or any(row.available > 0 for row in variants),
        ocop_stars=certificate.stars if certificate else None,
        ocop_until=certificate.expires_on if certificate else None,
        trusted=seller.trusted,
        sold=stats.sold,
        sold_30d=stats.sold_30d,
        rating=stats.rating_rank,
        published_at=product.published_at,
    )
