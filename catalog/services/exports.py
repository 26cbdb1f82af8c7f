"""A seller's listings as rows of a sheet, in the values that an import reads back."""

from collections.abc import Iterator
from typing import Any

from catalog.attributes import COMMON_OPTIONS
from catalog.models import (
    AttributeDefinition,
    Craft,
    Product,
    ProductRevision,
    ProductState,
    ProductTranslation,
    Seller,
    Variant,
)
from catalog.sheets.cells import Cell
from catalog.sheets.headings import ATTRIBUTE, OPTION, heading, prefixed

BATCH = 200
COLUMNS = (
    "sku", "name", "kind", "price", "compare_at_price", "stock", "craft", "village", "description", "story",
    "weight_grams", "made_to_order_days", "gtin", "hs_code", "name_en", "description_en", "story_en", "pictures",
)  # fmt: skip


def export_rows(seller: Seller, language: str, *, empty: bool = False) -> Iterator[list[Cell]]:
    """The headings, then one row a kind unless `empty`. Listings as their seller sees them: with what waits."""
    listings = Product.objects.filter(seller=seller).exclude(state=ProductState.ARCHIVED)
    crafts = {row.pk: row for row in Craft.objects.all()}
    used = {key for key in listings.values_list("craft_id", flat=True).distinct() if key}
    used |= set(seller.crafts.values_list("pk", flat=True))
    used |= {
        key
        for key in ProductRevision.objects.filter(product__in=listings).values_list("craft_id", flat=True)
        if key
    }
    names: dict[str, str] = {}
    definitions = AttributeDefinition.objects.filter(craft__in=used).order_by(
        "craft__position", "position", "id"
    )
    slugs: dict[tuple[Any, str], str] = {}
    for row in definitions:
        name = str(row.names.get(language) or row.names.get("vi") or row.slug)
        names[name.casefold()] = names.get(name.casefold(), name)
        slugs[row.craft_id, row.slug] = name.casefold()
    options = _options(seller, language)
    yield [
        *(heading(column, language) for column in COLUMNS),
        *(prefixed(ATTRIBUTE, name, language) for name in names.values()),
        *(prefixed(OPTION, name, language) for name in options.values()),
    ]
    last = None
    while not empty:
        rows = listings.select_related("village", "pending_revision").order_by("id")
        batch = list(rows.filter(id__gt=last)[:BATCH] if last else rows[:BATCH])
        if not batch:
            return
        last = batch[-1].pk
        kinds: dict[Any, list[Variant]] = {}
        for kind in Variant.objects.filter(product__in=batch, archived_at=None).order_by("position", "id"):
            kinds.setdefault(kind.product_id, []).append(kind)
        english = {
            row.product_id: row for row in ProductTranslation.objects.filter(product__in=batch, language="en")
        }
        for product in batch:
            own = _own(product, crafts, english.get(product.pk), language)
            attributes: dict[str, str | None] = dict.fromkeys(names)
            for item in own.pop("attributes"):
                column = slugs.get((own["craft_id"], item["slug"]))
                if column:
                    attributes[column] = item["value"]
            for kind in kinds.get(product.pk) or ([None] if own["name"] else []):  # type: ignore[list-item]
                values = {**own, **(_kind(kind) if kind else {})}
                given = {item["slug"]: item["value"] for item in kind.options} if kind else {}
                yield [
                    *(
                        values.get(column) or None if column != "stock" else values.get(column)
                        for column in COLUMNS
                    ),
                    *(value or None for value in attributes.values()),
                    *(given.get(slug) for slug in options),
                ]


def _options(seller: Seller, language: str) -> dict[str, str]:
    """Options that kinds of this seller have: slug and what a heading calls it."""
    found: dict[str, str] = {}
    kinds = Variant.objects.filter(seller=seller, archived_at=None).exclude(options=[])
    words = {slug: names.get(language, slug) for slug, names in COMMON_OPTIONS.items()}
    for options in kinds.values_list("options", flat=True).iterator(BATCH):
        for item in options:
            if item["slug"] not in found:
                definition = AttributeDefinition.objects.filter(slug=item["slug"]).first()
                name = definition.names.get(language) if definition else None
                found[item["slug"]] = words.get(item["slug"]) or name or item["slug"]
    return found


def _own(
    product: Product, crafts: dict[Any, Craft], english: ProductTranslation | None, language: str
) -> dict[str, Any]:
    name, craft_id, attributes = product.name, product.craft_id, product.attributes
    revision = getattr(product, "pending_revision", None)
    if revision is not None and product.state == ProductState.PUBLISHED:
        name, craft_id = revision.name, revision.craft_id
        attributes = attributes if revision.attributes is None else revision.attributes
    craft = crafts.get(craft_id)
    if product.language == "en":
        english = None
    return {
        "name": name,
        "craft_id": craft_id,
        "craft": (craft.names.get(language) or str(craft)) if craft else "",
        "village": product.village.name if product.village else "",
        "description": product.description,
        "story": product.story,
        "attributes": attributes,
        "made_to_order_days": product.made_to_order_days,
        "hs_code": product.hs_code,
        "name_en": english.name if english else "",
        "description_en": english.description if english else "",
        "story_en": english.story if english else "",
    }


def _kind(kind: Variant) -> dict[str, Any]:
    return {
        "sku": kind.sku,
        "kind": kind.name,
        "price": kind.price,
        "compare_at_price": kind.compare_at_price,
        "stock": kind.on_hand,
        "weight_grams": kind.weight_grams,
        "gtin": kind.gtin,
    }
