"""Communes, crafts, villages, sellers, certificates, variants and products."""

import datetime as dt
from dataclasses import replace
from typing import Any

import graphene
import segno
from django.conf import settings

from catalog import files, models, queries
from catalog.graphql import loaders
from catalog.graphql.types.common import (
    Address,
    Attribute,
    AttributeDefinition,
    Image,
    Location,
    OcopLevel,
    OcopState,
    PriceRange,
    ProductionStep,
    ProductState,
    SellerKind,
    SellerState,
    SocialLink,
    Story,
    VillageRecognition,
    address_of,
    attributes_of,
)
from catalog.texts import pick
from marketplace.core.graphql import peers
from marketplace.core.graphql.connections import Page, connection_types, keyset_page_of_parent
from marketplace.core.graphql.limits import weigh
from marketplace.core.graphql.nodes import ModelNode
from marketplace.core.graphql.scalars import Date, DateTime, Language
from marketplace.core.graphql.types import money_field, required_list, vnd


class Commune(ModelNode):
    class Meta:
        model = models.Commune
        fields = ("slug", "code", "name")

    former_names = graphene.Field(required_list(graphene.String))
    villages = graphene.Field(required_list(lambda: Village))

    @staticmethod
    def resolve_villages(root: models.Commune, info: graphene.ResolveInfo) -> list[models.Village]:
        return loaders.commune_villages(root)


class Craft(ModelNode):
    class Meta:
        model = models.Craft
        fields = ("slug",)

    name = graphene.String(required=True)
    description = graphene.String(required=True)
    image = graphene.Field(Image)
    product_count = graphene.Int(required=True)
    attributes = graphene.Field(required_list(AttributeDefinition))
    hs_code = graphene.String(description="The customs code that things of this craft usually have.")
    machine_translated = graphene.Boolean(required=True)

    @staticmethod
    def resolve_machine_translated(root: models.Craft, info: graphene.ResolveInfo) -> bool:
        return peers.language_of(root) in root.machine_drafts

    @staticmethod
    def resolve_hs_code(root: models.Craft, info: graphene.ResolveInfo) -> str | None:
        return root.hs_code or None

    @staticmethod
    def resolve_name(root: models.Craft, info: graphene.ResolveInfo) -> str:
        return pick(root.names, peers.language_of(root))

    @staticmethod
    def resolve_description(root: models.Craft, info: graphene.ResolveInfo) -> str:
        return pick(root.descriptions, peers.language_of(root))

    @staticmethod
    def resolve_image(root: models.Craft, info: graphene.ResolveInfo) -> loaders.ImageView | None:
        return loaders.single_image(root, "image", pick(root.names, peers.language_of(root)))

    @staticmethod
    def resolve_product_count(root: models.Craft, info: graphene.ResolveInfo) -> int:
        return loaders.count_products(root, "craft")

    @staticmethod
    def resolve_attributes(
        root: models.Craft, info: graphene.ResolveInfo
    ) -> list[models.AttributeDefinition]:
        return loaders.definitions(root)


def products_page(root: Any, column: str, first: int | None, after: str | None) -> Page:
    """Listed products of a village or seller, newest first."""
    return keyset_page_of_parent(
        root,
        "products",
        queries.products_listed(),
        by=column,
        order=queries.PRODUCT_ORDERS["NEWEST"],
        first=first,
        after=after,
    )


class Village(ModelNode):
    class Meta:
        model = models.Village
        fields = ("slug", "name")

    commune = graphene.Field(Commune, required=True)
    former_commune_name = graphene.String()
    crafts = graphene.Field(required_list(Craft))
    recognition = graphene.Field(VillageRecognition)
    recognized_on = graphene.Field(Date)
    story = graphene.Field(Story)
    location = graphene.Field(Location)
    images = graphene.Field(required_list(Image))
    sellers = graphene.Field(
        lambda: SellerConnection, required=True, first=graphene.Int(), after=graphene.String()
    )
    products = graphene.Field(
        lambda: ProductConnection, required=True, first=graphene.Int(), after=graphene.String()
    )
    product_count = graphene.Int(required=True)

    @staticmethod
    def resolve_commune(root: models.Village, info: graphene.ResolveInfo) -> models.Commune:
        return loaders.related(root, "commune")  # type: ignore[no-any-return]

    @staticmethod
    def resolve_former_commune_name(root: models.Village, info: graphene.ResolveInfo) -> str | None:
        return root.former_commune or None

    @staticmethod
    def resolve_crafts(root: models.Village, info: graphene.ResolveInfo) -> list[models.Craft]:
        return loaders.village_crafts(root)

    @staticmethod
    def resolve_story(root: models.Village, info: graphene.ResolveInfo) -> Story | None:
        stories = loaders.stories(root)
        story = (
            stories.get(peers.language_of(root)) or stories.get("vi") or next(iter(stories.values()), None)
        )
        if story is None:
            return None
        return Story(
            language=story.language,
            title=story.title,
            body=story.body,
            machine_translated=story.machine_translated,
            available_languages=sorted(stories),
        )

    @staticmethod
    def resolve_location(root: models.Village, info: graphene.ResolveInfo) -> Location | None:
        if root.latitude is None or root.longitude is None:
            return None
        return Location(latitude=root.latitude, longitude=root.longitude)

    @staticmethod
    def resolve_images(root: models.Village, info: graphene.ResolveInfo) -> list[loaders.ImageView]:
        return loaders.village_images(root)

    @staticmethod
    def resolve_sellers(
        root: models.Village, info: graphene.ResolveInfo, first: int | None = None, after: str | None = None
    ) -> Page:
        return keyset_page_of_parent(
            root,
            "sellers",
            models.Seller.objects.filter(state=models.SellerState.VERIFIED),
            by="village",
            order=["name_key", "id"],
            first=first,
            after=after,
        )

    @staticmethod
    def resolve_products(
        root: models.Village, info: graphene.ResolveInfo, first: int | None = None, after: str | None = None
    ) -> Page:
        return products_page(root, "village", first, after)

    @staticmethod
    def resolve_product_count(root: models.Village, info: graphene.ResolveInfo) -> int:
        return loaders.count_products(root, "village")


class Seller(ModelNode):
    class Meta:
        model = models.Seller
        fields = ("slug", "name", "trusted")

    kind = graphene.Field(SellerKind, required=True)
    state = graphene.Field(SellerState, required=True)
    claimable = graphene.Boolean(
        required=True, description="A page of the old directory that its maker may still take over."
    )
    village = graphene.Field(Village)
    commune = graphene.Field(Commune)
    about = graphene.String(required=True)
    public_name = graphene.String(required=True, description="The producer as a buyer may know it.")
    public_address = graphene.Field(
        Address,
        description="The business address, shown with the seller's recorded consent. Never with a phone.",
    )
    social_links = graphene.Field(required_list(SocialLink))
    logo = graphene.Field(Image)
    rating = graphene.Float()
    review_count = graphene.Int(required=True)
    product_count = graphene.Int(required=True)
    products = graphene.Field(
        lambda: ProductConnection, required=True, first=graphene.Int(), after=graphene.String()
    )

    @staticmethod
    def resolve_claimable(root: models.Seller, info: graphene.ResolveInfo) -> bool:
        return loaders.may_be_claimed(root)

    @staticmethod
    def resolve_village(root: models.Seller, info: graphene.ResolveInfo) -> models.Village | None:
        return loaders.related(root, "village")  # type: ignore[no-any-return]

    @staticmethod
    def resolve_commune(root: models.Seller, info: graphene.ResolveInfo) -> models.Commune | None:
        return loaders.related(root, "commune")  # type: ignore[no-any-return]

    @staticmethod
    def resolve_about(root: models.Seller, info: graphene.ResolveInfo) -> str:
        return pick(root.about, peers.language_of(root))

    @staticmethod
    def resolve_public_name(root: models.Seller, info: graphene.ResolveInfo) -> str:
        return root.name

    @staticmethod
    def resolve_public_address(root: models.Seller, info: graphene.ResolveInfo) -> Address | None:
        if root.address_shown_at is None or root.address is None:
            return None
        return address_of({**root.address, "name": root.name, "phone": None})

    @staticmethod
    def resolve_social_links(root: models.Seller, info: graphene.ResolveInfo) -> list[SocialLink]:
        return [SocialLink(**link) for link in root.social_links]

    @staticmethod
    def resolve_logo(root: models.Seller, info: graphene.ResolveInfo) -> loaders.ImageView | None:
        return loaders.single_image(root, "logo", root.name)

    @staticmethod
    def resolve_rating(root: models.Seller, info: graphene.ResolveInfo) -> float | None:
        total, count = loaders.seller_rating(root)
        return round(total / count, 2) if count else None

    @staticmethod
    def resolve_review_count(root: models.Seller, info: graphene.ResolveInfo) -> int:
        return loaders.seller_rating(root)[1]

    @staticmethod
    def resolve_product_count(root: models.Seller, info: graphene.ResolveInfo) -> int:
        return loaders.count_products(root, "seller")

    @staticmethod
    def resolve_products(
        root: models.Seller, info: graphene.ResolveInfo, first: int | None = None, after: str | None = None
    ) -> Page:
        return products_page(root, "seller", first, after)


def _sees_claim(certificate: models.OcopCertificate) -> bool:
    if loaders.rights(certificate).nothing:
        return False
    return loaders.sees_drafts(loaders.related(certificate, "product"))


class OcopCertificate(ModelNode):
    class Meta:
        model = models.OcopCertificate
        fields = ("number", "stars", "issued_by")

    stars = graphene.Int(required=True)
    level = graphene.Field(OcopLevel, required=True)
    issued_on = graphene.Field(Date, required=True)
    expires_on = graphene.Field(Date, required=True)
    state = graphene.Field(OcopState, required=True)
    product = graphene.Field(lambda: Product)
    note = graphene.String(description="What the officer said; for the seller's side and officers.")
    scan_url = graphene.String(description="Short-lived and signed; for the seller's side and officers.")

    @staticmethod
    def resolve_note(root: models.OcopCertificate, info: graphene.ResolveInfo) -> str | None:
        return root.note or None if _sees_claim(root) else None

    @staticmethod
    def resolve_scan_url(root: models.OcopCertificate, info: graphene.ResolveInfo) -> str | None:
        scan = loaders.related(root, "scan") if _sees_claim(root) else None
        return files.signed_url(scan) if scan else None

    @staticmethod
    def resolve_state(root: models.OcopCertificate, info: graphene.ResolveInfo) -> str:
        return queries.certificate_state_today(root)

    @staticmethod
    def resolve_product(root: models.OcopCertificate, info: graphene.ResolveInfo) -> models.Product:
        return loaders.related(root, "product")  # type: ignore[no-any-return]


def _sees_shelf(variant: models.Variant) -> bool:
    rights = loaders.rights(variant)
    if rights.nothing:
        return False
    return rights.sees_shelf(loaders.seller_of_product(loaders.related(variant, "product")))


class Variant(ModelNode):
    class Meta:
        model = models.Variant
        fields = ("sku", "name")

    options = graphene.Field(required_list(Attribute))
    price = money_field("price")
    compare_at_price = money_field("compare_at_price", required=False)
    available = graphene.Int(description="Null means made to order.")
    weight_grams = graphene.Int()
    product = graphene.Field(lambda: Product, required=True)
    gtin = graphene.String()
    on_hand = graphene.Int(description="The shelf, for the seller's people and apps only.")
    held = graphene.Int(
        description="Of the shelf, for orders not yet paid. For the seller's people and apps only."
    )

    @staticmethod
    def resolve_on_hand(root: models.Variant, info: graphene.ResolveInfo) -> int | None:
        return root.on_hand if _sees_shelf(root) else None

    @staticmethod
    def resolve_held(root: models.Variant, info: graphene.ResolveInfo) -> int | None:
        return root.held if _sees_shelf(root) else None

    @staticmethod
    def resolve_options(root: models.Variant, info: graphene.ResolveInfo) -> list[Attribute]:
        return attributes_of(loaders.related(root, "product"), root.options)

    @staticmethod
    def resolve_available(root: models.Variant, info: graphene.ResolveInfo) -> int | None:
        if loaders.related(root, "product").made_to_order_days is not None:
            return None
        return 0 if root.archived_at else root.available

    @staticmethod
    def resolve_product(root: models.Variant, info: graphene.ResolveInfo) -> models.Product:
        return loaders.related(root, "product")  # type: ignore[no-any-return]

    @staticmethod
    def resolve_gtin(root: models.Variant, info: graphene.ResolveInfo) -> str | None:
        return root.gtin or None


class Product(ModelNode):
    class Meta:
        model = models.Product
        fields = ("slug", "revision")

    name = graphene.String(required=True)
    description = graphene.String(required=True)
    state = graphene.Field(ProductState, required=True)
    craft = graphene.Field(Craft)
    village = graphene.Field(Village)
    seller = graphene.Field(Seller, required=True)
    favourite = graphene.Boolean(required=True, description="Whether the viewer keeps it.")
    ocop = graphene.Field(OcopCertificate, description="The certificate in force today.")
    ocop_certificates = graphene.Field(
        required_list(OcopCertificate),
        description="All that were accepted; for the seller and officers also submitted and rejected ones.",
    )
    ocop_stars = graphene.Int()
    story = graphene.Field(Story)
    steps = graphene.Field(required_list(ProductionStep))
    price = graphene.Field(PriceRange)
    compare_at_price = money_field("compare_at_price", required=False)
    in_stock = graphene.Boolean(required=True)
    made_to_order_days = graphene.Int()
    images = graphene.Field(required_list(Image))
    thumbnail = graphene.Field(Image, width=graphene.Int(default_value=320))
    variants = graphene.Field(required_list(Variant))
    attributes = graphene.Field(required_list(Attribute))
    rating = graphene.Float()
    review_count = graphene.Int(required=True)
    sold_count = graphene.Int(required=True)
    available_languages = graphene.Field(required_list(Language))
    language = graphene.Field(Language, required=True)
    machine_translated = graphene.Boolean(required=True)
    hs_code = graphene.String()
    gtin = graphene.String()
    legacy_url = graphene.String(
        description="The old portal's page that named it, its workshop's: path and query, without the host."
    )
    passport_url = graphene.String(
        required=True, description="The page that a printed traceability QR code opens."
    )
    passport_qr = graphene.String(required=True, description="That code as an SVG data URI.")
    revision = graphene.Int(required=True)
    created_at = graphene.Field(DateTime, required=True)
    updated_at = graphene.Field(DateTime, required=True)
    published_at = graphene.Field(DateTime)

    @staticmethod
    def resolve_favourite(root: models.Product, info: graphene.ResolveInfo) -> bool:
        user = info.context.actor.user
        if user is None:
            return False

        def kept(rows: list[models.Product]) -> dict[Any, bool]:
            found = models.Favourite.objects.filter(user=user, product__in=[row.pk for row in rows])
            return dict.fromkeys(found.values_list("product_id", flat=True), True)

        return bool(peers.load(root, "favourite", kept, False))

    @staticmethod
    def resolve_name(root: models.Product, info: graphene.ResolveInfo) -> str:
        translation = loaders.translation(root)
        return translation.name if translation else root.name

    @staticmethod
    def resolve_description(root: models.Product, info: graphene.ResolveInfo) -> str:
        translation = loaders.translation(root)
        return (translation.description if translation else "") or root.description

    @staticmethod
    def resolve_craft(root: models.Product, info: graphene.ResolveInfo) -> models.Craft | None:
        return loaders.related(root, "craft")  # type: ignore[no-any-return]

    @staticmethod
    def resolve_village(root: models.Product, info: graphene.ResolveInfo) -> models.Village | None:
        return loaders.related(root, "village")  # type: ignore[no-any-return]

    @staticmethod
    def resolve_seller(root: models.Product, info: graphene.ResolveInfo) -> models.Seller:
        return loaders.related(root, "seller")  # type: ignore[no-any-return]

    @staticmethod
    def resolve_ocop(root: models.Product, info: graphene.ResolveInfo) -> models.OcopCertificate | None:
        return loaders.certificate(root)

    @staticmethod
    def resolve_ocop_certificates(
        root: models.Product, info: graphene.ResolveInfo
    ) -> list[models.OcopCertificate]:
        return loaders.certificates(root)

    @staticmethod
    def resolve_story(root: models.Product, info: graphene.ResolveInfo) -> Story | None:
        stories = {row.language: row for row in loaders.translations(root).values() if row.story}
        languages = sorted({*stories, *([root.language] if root.story else [])})
        told = stories.get(peers.language_of(root))
        if told is None and not root.story:
            told = next(iter(stories.values()), None)
        if told is None and not root.story:
            return None
        return Story(
            language=told.language if told else root.language,
            title=told.name if told else root.name,
            body=told.story if told else root.story,
            machine_translated=bool(told and told.machine_translated),
            available_languages=languages,
        )

    @staticmethod
    def resolve_steps(root: models.Product, info: graphene.ResolveInfo) -> list[ProductionStep]:
        return [
            ProductionStep(
                name=step["name"],
                on=dt.date.fromisoformat(step["on"]) if step.get("on") else None,
                place=step.get("place"),
            )
            for step in root.steps
        ]

    @staticmethod
    def resolve_ocop_stars(root: models.Product, info: graphene.ResolveInfo) -> int | None:
        certificate = loaders.certificate(root)
        return certificate.stars if certificate else None

    @staticmethod
    def resolve_price(root: models.Product, info: graphene.ResolveInfo) -> PriceRange | None:
        if not root.price_min:
            return None
        return PriceRange(min=vnd(root.price_min), max=vnd(root.price_max))

    @staticmethod
    def resolve_in_stock(root: models.Product, info: graphene.ResolveInfo) -> bool:
        return root.made_to_order_days is not None or any(v.available > 0 for v in loaders.variants(root))

    @staticmethod
    def resolve_images(root: models.Product, info: graphene.ResolveInfo) -> list[loaders.ImageView]:
        return loaders.product_images(root)

    @staticmethod
    def resolve_thumbnail(
        root: models.Product, info: graphene.ResolveInfo, width: int = 320
    ) -> loaders.ImageView | None:
        pictures = loaders.product_images(root)
        return replace(pictures[0], width=width) if pictures else None

    @staticmethod
    def resolve_variants(root: models.Product, info: graphene.ResolveInfo) -> list[models.Variant]:
        return loaders.variants(root)

    @staticmethod
    def resolve_attributes(root: models.Product, info: graphene.ResolveInfo) -> list[Attribute]:
        return attributes_of(root, root.attributes)

    @staticmethod
    def resolve_rating(root: models.Product, info: graphene.ResolveInfo) -> float | None:
        stats = loaders.stats(root)
        return round(stats.rating_sum / stats.rating_count, 2) if stats and stats.rating_count else None

    @staticmethod
    def resolve_review_count(root: models.Product, info: graphene.ResolveInfo) -> int:
        stats = loaders.stats(root)
        return stats.rating_count if stats else 0

    @staticmethod
    def resolve_sold_count(root: models.Product, info: graphene.ResolveInfo) -> int:
        stats = loaders.stats(root)
        return stats.sold if stats else 0

    @staticmethod
    def resolve_available_languages(root: models.Product, info: graphene.ResolveInfo) -> list[str]:
        return sorted({root.language, *loaders.translations(root)})

    @staticmethod
    def resolve_language(root: models.Product, info: graphene.ResolveInfo) -> str:
        translation = loaders.translation(root)
        return translation.language if translation else root.language

    @staticmethod
    def resolve_machine_translated(root: models.Product, info: graphene.ResolveInfo) -> bool:
        translation = loaders.translation(root)
        return bool(translation and translation.machine_translated)

    @staticmethod
    def resolve_hs_code(root: models.Product, info: graphene.ResolveInfo) -> str | None:
        return root.hs_code or None

    @staticmethod
    def resolve_legacy_url(root: models.Product, info: graphene.ResolveInfo) -> str | None:
        return loaders.legacy_address(root)

    @staticmethod
    def resolve_passport_url(root: models.Product, info: graphene.ResolveInfo) -> str:
        return passport_url(root)

    @staticmethod
    def resolve_passport_qr(root: models.Product, info: graphene.ResolveInfo) -> str:
        code = segno.make(passport_url(root), error="m", micro=False)
        return code.svg_data_uri(scale=4, border=4, dark="#231A12", light="#FFFFFF")

    @staticmethod
    def resolve_gtin(root: models.Product, info: graphene.ResolveInfo) -> str | None:
        return root.gtin or None


def passport_url(product: models.Product) -> str:
    return settings.PASSPORT_URL.format(code=product.trace_code)


class Passport(graphene.ObjectType):
    """Where a thing comes from, for whoever holds it, also when it is no longer for sale."""

    code = graphene.String(required=True, description="The trace code: unique, without meaning inside.")
    product = graphene.Field(Product, required=True)
    certificates = graphene.Field(
        required_list(OcopCertificate), description="All that were accepted, each with its state today."
    )
    on_sale = graphene.Boolean(required=True)

    @staticmethod
    def resolve_code(root: models.Product, info: graphene.ResolveInfo) -> str:
        return root.trace_code

    @staticmethod
    def resolve_product(root: models.Product, info: graphene.ResolveInfo) -> models.Product:
        return root

    @staticmethod
    def resolve_certificates(
        root: models.Product, info: graphene.ResolveInfo
    ) -> list[models.OcopCertificate]:
        return loaders.accepted_certificates(root)

    @staticmethod
    def resolve_on_sale(root: models.Product, info: graphene.ResolveInfo) -> bool:
        seller = loaders.seller_of_product(root)
        return (root.state, seller.state) == (models.ProductState.PUBLISHED, models.SellerState.VERIFIED)


weigh("Product", "passportQr", base=20)
ProductConnection: type = connection_types("Product", Product)
SellerConnection: type = connection_types("Seller", Seller)
VillageConnection: type = connection_types("Village", Village)
OcopCertificateConnection: type = connection_types("OcopCertificate", OcopCertificate)
