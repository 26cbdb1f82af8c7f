"""What the catalogue's types load beside their own row, each edge in one statement for all peers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Sum

from catalog import access, queries
from catalog.models import (
    AttributeDefinition,
    Commune,
    Craft,
    ImageAsset,
    LegacyPage,
    OcopCertificate,
    OcopState,
    PrivateFile,
    Product,
    ProductImage,
    ProductRevision,
    ProductStats,
    ProductTranslation,
    Review,
    ReviewImage,
    Seller,
    SellerMember,
    SellerState,
    Variant,
    Village,
    VillageImage,
    VillageStory,
)
from marketplace.accounts.models import User
from marketplace.core.graphql import peers

RELATED: dict[str, Any] = {
    "scan": PrivateFile,
    "result": PrivateFile,
    "user": User,
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


def rights(row: Any) -> access.Rights:
    """What the reader of this row may do, read once a request and anew after each mutation."""
    context = peers.group_of(row).context
    if "rights" not in context.memo:
        context.memo["rights"] = access.rights_of(context.actor)
    return context.memo["rights"]  # type: ignore[no-any-return]


def seller_of_product(product: Product) -> Seller:
    return related(product, "seller")  # type: ignore[no-any-return]


def sees_drafts(product: Product) -> bool:
    """Whether the reader sees what waits or was sent back. No statement for a guest."""
    known = rights(product)
    return not known.nothing and known.sees_drafts(seller_of_product(product))


def may_be_claimed(seller: Seller) -> bool:
    def fetch(rows: list[Seller]) -> Mapping[Any, bool]:
        # Only pages of the old directory cost a statement.
        old = [row.pk for row in rows if row.state == SellerState.UNCLAIMED]
        return dict.fromkeys(queries.unclaimed().filter(pk__in=old).values_list("pk", flat=True), True)

    return seller.state == SellerState.UNCLAIMED and peers.load(seller, "may_be_claimed", fetch, False)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class ImageView:
    """A picture in its place: the place's id and words, the asset's files, the width asked for by default."""

    pk: Any
    asset: ImageAsset
    alt: str
    width: int | None = None


def product_images(product: Product) -> list[ImageView]:
    """Ready pictures; all of them for who sees drafts."""

    def fetch(rows: list[Product]) -> Mapping[Any, list[ImageView]]:
        found: dict[Any, list[ImageView]] = {}
        pictures = (
            ProductImage.objects.filter(product_id__in=[row.pk for row in rows], revision=None)
            .select_related("asset")
            .order_by("position", "id")
        )
        for picture in pictures:
            found.setdefault(picture.product_id, []).append(ImageView(picture.pk, picture.asset, picture.alt))
        return found

    pictures: list[ImageView] = peers.load(product, "images", fetch, [])
    return pictures if sees_drafts(product) else [view for view in pictures if view.asset.ready]


def revision_images(revision: ProductRevision) -> list[ImageView]:
    """The pictures that a revision proposes; the listing's own where it leaves them."""

    def fetch(rows: list[ProductRevision]) -> Mapping[Any, list[ImageView]]:
        own = {row.product_id: row.pk for row in rows if not row.pictures_changed}
        keys = [row.pk for row in rows if row.pictures_changed]
        pictures = (
            ProductImage.objects.filter(Q(revision__in=keys) | Q(revision=None, product__in=own))
            .select_related("asset")
            .order_by("position", "id")
        )
        found: dict[Any, list[ImageView]] = {}
        for picture in pictures:
            key = picture.revision_id or own[picture.product_id]
            found.setdefault(key, []).append(ImageView(picture.pk, picture.asset, picture.alt))
        return found

    return peers.load(revision, "images", fetch, [])  # type: ignore[no-any-return]


def pending_revision(product: Product) -> ProductRevision | None:
    def fetch(rows: list[Product]) -> Mapping[Any, ProductRevision]:
        found = ProductRevision.objects.filter(product__in=[row.pk for row in rows])
        return {row.product_id: row for row in peers.stamp_like(product, found)}

    return peers.load(product, "pending_revision", fetch)  # type: ignore[no-any-return]


def certificates(product: Product) -> list[OcopCertificate]:
    """All certificates of a product that its reader may see, newest first."""
    actor = peers.group_of(product).context.actor
    return peers.load_lists(
        product,
        "certificates",
        lambda rows: (
            queries.certificates_visible_to(actor)
            .filter(product__in=[row.pk for row in rows])
            .order_by("-issued_on", "-id")
        ),
        "product_id",
    )


def accepted_certificates(product: Product) -> list[OcopCertificate]:
    return peers.load_lists(
        product,
        "accepted_certificates",
        lambda rows: queries.certificates_accepted(row.pk for row in rows),
        "product_id",
    )


def legacy_address(product: Product) -> str | None:
    def fetch(rows: list[Product]) -> Mapping[Any, str | None]:
        pages = LegacyPage.objects.filter(seller__in={row.seller_id for row in rows}).order_by("-created_at")
        sellers = dict(pages.values_list("seller", "address"))
        return {row.pk: sellers.get(row.seller_id) for row in rows}

    return peers.load(product, "legacy_address", fetch)  # type: ignore[no-any-return]


def has_submitted_certificate(product: Product) -> bool:
    def fetch(rows: list[Product]) -> Mapping[Any, bool]:
        waiting = OcopCertificate.objects.filter(product__in=[r.pk for r in rows], state=OcopState.SUBMITTED)
        return dict.fromkeys(waiting.values_list("product_id", flat=True), True)

    return peers.load(product, "ocop_waits", fetch, False)  # type: ignore[no-any-return]


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


def review_images(review: Review) -> list[ImageView]:
    """Ready pictures; for its author also those that are still being made ready."""

    def fetch(rows: list[Review]) -> Mapping[Any, list[ImageView]]:
        found: dict[Any, list[ImageView]] = {}
        pictures = ReviewImage.objects.filter(review__in=[row.pk for row in rows]).select_related("asset")
        for picture in pictures.order_by("position", "id"):
            view = ImageView(picture.pk, picture.asset, "")
            found.setdefault(picture.review_id, []).append(view)
        return found

    pictures: list[ImageView] = peers.load(review, "images", fetch, [])
    actor = peers.group_of(review).context.actor
    own = review.__dict__.get("_own") or (actor.user_id is not None and actor.user_id == review.author_id)
    return [view for view in pictures if own or view.asset.ready]


def mark_own(review: Review) -> Review:
    """Its reader has written it, who may be a guest."""
    review.__dict__["_own"] = True
    return review


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
        lambda rows: AttributeDefinition.objects.filter(craft__in=[r.pk for r in rows]).order_by(
            "position", "id"
        ),
        "craft_id",
    )


def definitions_of_craft(row: Any) -> dict[str, AttributeDefinition]:
    """Attribute definitions of the craft of a product or revision, by slug."""
    craft = related(row, "craft")
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


def seller_members(seller: Seller) -> list[SellerMember]:
    return peers.load_lists(
        seller,
        "members",
        lambda rows: SellerMember.objects.filter(seller__in=[r.pk for r in rows]).order_by(
            "created_at", "id"
        ),
        "seller_id",
    )


def seller_papers(seller: Seller) -> list[PrivateFile]:
    return peers.load_lists(
        seller,
        "papers",
        lambda rows: PrivateFile.objects.filter(seller__in=[r.pk for r in rows], is_paper=True).order_by(
            "id"
        ),
        "seller_id",
    )


def seller_low_stock(seller: Seller) -> list[Variant]:
    return peers.load_lists(
        seller, "low_stock", lambda rows: queries.low_stock(row.pk for row in rows), "seller_id"
    )
