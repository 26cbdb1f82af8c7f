"""A product as search sees it. Both engines are fed from here."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalog import queries as catalog
from catalog.models import (
    Product,
    ProductState,
    ProductStats,
    ProductTranslation,
    SellerState,
    Variant,
)
from search.text import accented, folded


@dataclass(frozen=True, slots=True)
class Document:
    """Texts by weight (name, context, attributes, description) and the values that filter and sort."""

    product_id: uuid.UUID
    visible: bool
    name: str
    context: str
    attributes: str
    description: str
    values: dict[str, Any]

    def texts(self) -> dict[str, str]:
        """Accented and folded tokens of each text."""
        found = {}
        for key in ("name", "context", "attributes", "description"):
            text = getattr(self, key)
            found[f"{key}_accented"] = accented(text)
            found[f"{key}_folded"] = folded(text)
        return found


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
    stats = ProductStats.objects.in_bulk(keys)
    return {
        key: _document(
            products[key],
            translations.get(key, []),
            variants.get(key, []),
            certificates.get(key),
            stats.get(key),
        )
        if key in products
        else None
        for key in keys
    }


def _document(
    product: Product,
    translations: list[ProductTranslation],
    variants: list[Variant],
    certificate: Any,
    stats: ProductStats | None,
) -> Document:
    seller, village, craft = product.seller, product.village, product.craft
    commune = village.commune if village else seller.commune
    context: list[str] = [seller.name]
    if craft:
        context += [*craft.names.values(), *(word for words in craft.synonyms.values() for word in words)]
    if village:
        context += [village.name, village.former_commune]
    if commune:
        context += [commune.name, *commune.former_names]
    return Document(
        product_id=product.pk,
        visible=product.state == ProductState.PUBLISHED and seller.state == SellerState.VERIFIED,
        name=" \n ".join([product.name, *(row.name for row in translations)]),
        context=" \n ".join(context),
        attributes=" \n ".join(
            [
                *(str(item["value"]) for item in product.attributes),
                *(variant.name for variant in variants),
                *(variant.sku for variant in variants),
            ]
        ),
        description=" \n ".join([product.description, *(row.description for row in translations)]),
        values={
            "craft": craft.slug if craft else None,
            "village": village.slug if village else None,
            "commune": seller.commune.slug if seller.commune else None,
            "seller": seller.slug,
            "attributes": [f"{item['slug']}={item['value']}" for item in product.attributes],
            "ocop_stars": certificate.stars if certificate else None,
            "ocop_until": certificate.expires_on.isoformat() if certificate else None,
            "price": product.price_min,
            "in_stock": product.made_to_order_days is not None or any(v.available > 0 for v in variants),
            "sold": stats.sold if stats else 0,
            "rating": stats.rating_rank if stats else 0.0,
            "published_at": product.published_at.isoformat() if product.published_at else None,
            "key": str(product.pk),
        },
    )
