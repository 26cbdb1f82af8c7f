"""What the catalogue's types load beside their own row, each edge in one statement for all peers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Sum

from catalog import queries
from catalog.models import (
    AttributeDefinition,
    Commune,
    Craft,
    ImageAsset,
    OcopCertificate,
    Product,
    ProductImage,
    ProductStats,
    ProductTranslation,
    Seller,
    Variant,
    Village,
    VillageImage,
    VillageStory,
)
from marketplace.core.graphql import peers

RELATED: dict[str, Any] = {
    "seller": Seller,
    "village": Village,
    "commune": Commune,
    "craft": Craft,
    "product": Product,
    "variant": Variant,
}


def related(row: Any, field: str) -> Any:
    """The row behind a foreign key. What an object points to is readable by whoever may read that object."""
    model = RELATED[field]
    return peers.load_related(row, field, lambda keys: model.objects.filter(pk__in=keys))


@dataclass(frozen=True, slots=True)
class ImageView:
    """A picture in its place: the place's id and words, the asset's files, the width asked for by default."""

    pk: Any
    asset: ImageAsset
    alt: str
    width: int | None = None


def product_images(product: Product) -> list[ImageView]:
    def fetch(rows: list[Product]) -> Mapping[Any, list[ImageView]]:
        found: dict[Any, list[ImageView]] = {}
        pictures = (
            ProductImage.objects.filter(product_id__in=[row.pk for row in rows], asset__ready=True)
            .select_related("asset")
            .order_by("position", "id")
        )
        for picture in pictures:
            found.setdefault(picture.product_id, []).append(ImageView(picture.pk, picture.asset, picture.alt))
        return found

    return peers.load(product, "images", fetch, [])  # type: ignore[no-any-return]


def village_images(village: Village) -> list[ImageView]:
    def fetch(rows: list[Village]) -> Mapping[Any, list[ImageView]]:
        found: dict[Any, list[ImageView]] = {}
        pictures = (
            VillageImage.objects.filter(village_id__in=[row.pk for row in rows], asset__ready=True)
            .select_related("asset")
            .order_by("position", "id")
        )
        for picture in pictures:
            found.setdefault(picture.village_id, []).append(ImageView(picture.pk, picture.asset, picture.alt))
        return found

    return peers.load(village, "images", fetch, [])  # type: ignore[no-any-return]


def single_image(row: Any, field: str, alt: str) -> ImageView | None:
    """A craft's picture or a seller's logo, once it is ready."""
    asset = peers.load_related(row, field, lambda keys: ImageAsset.objects.filter(pk__in=keys, ready=True))
    return ImageView(asset.pk, asset, alt) if asset else None


def variants(product: Product) -> list[Variant]:
    return peers.load_lists(
        product, "variants", lambda rows: queries.variants_on_sale(row.pk for row in rows), "product_id"
    )


def certificate(product: Product) -> OcopCertificate | None:
    def fetch(rows: list[Product]) -> Mapping[Any, OcopCertificate]:
        found = queries.certificate_in_force(row.pk for row in rows)
        peers.stamp_like(product, found.values())
        return found

    return peers.load(product, "certificate", fetch)  # type: ignore[no-any-return]


def translations(product: Product) -> dict[str, ProductTranslation]:
    """Translations of a product by language."""

    def fetch(rows: list[Product]) -> Mapping[Any, dict[str, ProductTranslation]]:
        found: dict[Any, dict[str, ProductTranslation]] = {}
        for row in ProductTranslation.objects.filter(product_id__in=[row.pk for row in rows]):
            found.setdefault(row.product_id, {})[row.language] = row
        return found

    return peers.load(product, "translations", fetch, {})  # type: ignore[no-any-return]


def translation(product: Product) -> ProductTranslation | None:
    """The translation in the subtree's language; None where the product's own text serves."""
    language = peers.language_of(product)
    return None if language == product.language else translations(product).get(language)


def stats(product: Product) -> ProductStats | None:
    def fetch(rows: list[Product]) -> Mapping[Any, ProductStats]:
        return ProductStats.objects.in_bulk([row.pk for row in rows])

    return peers.load(product, "stats", fetch)  # type: ignore[no-any-return]


def seller_rating(seller: Seller) -> tuple[int, int]:
    """Sum and count of the ratings of a seller's products."""

    def fetch(rows: list[Seller]) -> Mapping[Any, tuple[int, int]]:
        sums = (
            ProductStats.objects.filter(product__seller__in=[row.pk for row in rows])
            .values_list(F("product__seller_id"))
            .annotate(total=Sum("rating_sum"), number=Sum("rating_count"))
        )
        return {key: (total, number) for key, total, number in sums}

    return peers.load(seller, "rating", fetch, (0, 0))  # type: ignore[no-any-return]


def count_products(row: Any, column: str) -> int:
    return peers.load(  # type: ignore[no-any-return]
        row, f"count_{column}", lambda rows: queries.product_counts(column, [r.pk for r in rows]), 0
    )


def definitions(craft: Craft) -> list[AttributeDefinition]:
    return peers.load_lists(
        craft,
        "definitions",
        lambda rows: AttributeDefinition.objects.filter(craft__in=[r.pk for r in rows]).order_by("position"),
        "craft_id",
    )


def definitions_of_product(product: Product) -> dict[str, AttributeDefinition]:
    """Attribute definitions of the product's craft by slug."""
    craft = related(product, "craft")
    return {row.slug: row for row in definitions(craft)} if craft else {}


def village_crafts(village: Village) -> list[Craft]:
    def fetch(rows: list[Village]) -> Mapping[Any, list[Craft]]:
        pairs = list(
            Village.crafts.through.objects.filter(village__in=[row.pk for row in rows]).values_list(
                "village_id", "craft_id"
            )
        )
        crafts = peers.stamp_like(village, queries.crafts_in_order().filter(pk__in={c for _v, c in pairs}))
        by_key = {craft.pk: craft for craft in crafts}
        found: dict[Any, list[Craft]] = {}
        for village_id, craft_id in pairs:
            found.setdefault(village_id, []).append(by_key[craft_id])
        return found

    return peers.load(village, "crafts", fetch, [])  # type: ignore[no-any-return]


def stories(village: Village) -> dict[str, VillageStory]:
    def fetch(rows: list[Village]) -> Mapping[Any, dict[str, VillageStory]]:
        found: dict[Any, dict[str, VillageStory]] = {}
        for story in VillageStory.objects.filter(village__in=[row.pk for row in rows]):
            found.setdefault(story.village_id, {})[story.language] = story
        return found

    return peers.load(village, "stories", fetch, {})  # type: ignore[no-any-return]


def commune_villages(commune: Commune) -> list[Village]:
    return peers.load_lists(
        commune,
        "villages",
        lambda rows: Village.objects.filter(commune__in=[r.pk for r in rows]).order_by("name_key", "id"),
        "commune_id",
    )
