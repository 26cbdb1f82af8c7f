"""Root fields of the catalogue."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import graphene
from django.db.models import QuerySet

from catalog import models, queries, units
from catalog.graphql import loaders, types
from catalog.trace import parse_trace_code
from marketplace.accounts.graphql.types import Viewer
from marketplace.core.errors import RequestError
from marketplace.core.graphql import peers
from marketplace.core.graphql.connections import Page, keyset_page
from marketplace.core.graphql.context import Context
from marketplace.core.graphql.limits import weigh
from marketplace.core.graphql.nodes import Node, fetch_nodes, parse_id, register_node
from marketplace.core.graphql.scalars import Date, DateTime, Language
from marketplace.core.graphql.types import AmountRange, IntRange, extend, required_list

ProductSort = graphene.Enum("ProductSort", [(name, name) for name in queries.PRODUCT_ORDERS])


class AttributeFilter(graphene.InputObjectType):
    slug = graphene.String(required=True)
    values = required_list(graphene.String)


class ProductFilter(graphene.InputObjectType):
    craft = graphene.List(graphene.NonNull(graphene.String))
    village = graphene.List(graphene.NonNull(graphene.String))
    commune = graphene.List(graphene.NonNull(graphene.String))
    seller = graphene.List(graphene.NonNull(graphene.String))
    ocop_stars = graphene.InputField(IntRange)
    price = graphene.InputField(AmountRange)
    in_stock = graphene.Boolean()
    attributes = graphene.List(graphene.NonNull(AttributeFilter))
    state = graphene.List(graphene.NonNull(types.ProductState))
    pending_revision = graphene.Boolean()
    sent_back = graphene.Boolean(
        description="What an officer sent back: whole listings, and changes of listings for sale. Of one's own."
    )
    ids = graphene.List(graphene.NonNull(graphene.ID))
    updated_since = graphene.InputField(DateTime)


class VillageFilter(graphene.InputObjectType):
    craft = graphene.String()
    commune = graphene.String()


class SellerFilter(graphene.InputObjectType):
    village = graphene.String()
    craft = graphene.String()
    commune = graphene.String()
    trusted = graphene.Boolean()
    state = graphene.List(graphene.NonNull(types.SellerState))
    query = graphene.String()


def plain(value: Any) -> Any:
    """An input object as plain data; enums become their values."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return getattr(value, "value", value) if hasattr(type(value), "__members__") else value


def product_criteria(criteria: Any) -> dict[str, Any]:
    """A ProductFilter for `queries.filter_products`; ids that are none of ours find nothing.

    Raises RequestError BAD_USER_INPUT for a filter that asks for too much, whichever engine is to answer.
    """
    given: dict[str, Any] = plain(criteria or {})
    queries.check_product_filter(given)
    if given.get("ids") is not None:
        given["ids"] = [key for value in given["ids"] if (key := parse_id(value, "Product"))]
    return given


def _first(rows: Iterable[Any], info: graphene.ResolveInfo, language: str | None) -> Any:
    stamped = peers.stamp(rows, language=language or info.context.language, context=info.context)
    return stamped[0] if stamped else None


def _by_slug(queryset: QuerySet[Any], slug: str, info: graphene.ResolveInfo, language: str | None) -> Any:
    return _first(queryset.filter(slug=slug)[:1], info, language)


_LANGUAGE = {"language": graphene.Argument(Language)}
_PAGING = {"first": graphene.Int(), "after": graphene.String()}


class CatalogQuery:
    node = graphene.Field(Node, id=graphene.ID(required=True))
    nodes = graphene.Field(
        graphene.NonNull(graphene.List(Node)), ids=graphene.Argument(required_list(graphene.ID))
    )
    products = graphene.Field(
        types.ProductConnection,
        required=True,
        first=graphene.Int(),
        after=graphene.String(),
        last=graphene.Int(),
        before=graphene.String(),
        filter=graphene.Argument(ProductFilter),
        sort=graphene.Argument(ProductSort, default_value="NEWEST"),
        **_LANGUAGE,
    )
    product = graphene.Field(types.Product, id=graphene.ID(), slug=graphene.String(), **_LANGUAGE)
    passport = graphene.Field(
        types.Passport,
        code=graphene.String(required=True),
        description="Where a thing comes from, by the code on its label.",
        **_LANGUAGE,
    )
    crafts = graphene.Field(required_list(types.Craft), **_LANGUAGE)
    craft = graphene.Field(types.Craft, slug=graphene.String(required=True), **_LANGUAGE)
    communes = graphene.Field(required_list(types.Commune), **_LANGUAGE)
    villages = graphene.Field(
        types.VillageConnection,
        required=True,
        filter=graphene.Argument(VillageFilter),
        **_PAGING,
        **_LANGUAGE,
    )
    village = graphene.Field(types.Village, slug=graphene.String(required=True), **_LANGUAGE)
    sellers = graphene.Field(
        types.SellerConnection, required=True, filter=graphene.Argument(SellerFilter), **_PAGING, **_LANGUAGE
    )
    seller = graphene.Field(types.Seller, slug=graphene.String(required=True), **_LANGUAGE)
    ocop_certificates = graphene.Field(
        types.OcopCertificateConnection,
        required=True,
        number=graphene.String(),
        state=graphene.List(graphene.NonNull(types.OcopState)),
        commune=graphene.String(),
        seller=graphene.String(),
        expires_before=graphene.Argument(Date),
        **_PAGING,
    )
    provinces = graphene.Field(required_list(types.Province))
    wards = graphene.Field(required_list(types.Ward), province=graphene.String(required=True))
    address_resolve = graphene.Field(
        required_list(types.Ward),
        ward=graphene.String(required=True),
        district=graphene.String(),
        province=graphene.String(),
        description="What a person typed, former names and districts included, to wards of today; several where a "
        "unit was split.",
    )

    @staticmethod
    def resolve_node(root: Any, info: graphene.ResolveInfo, id: str) -> Any:
        return fetch_nodes(info.context, [id])[0]

    @staticmethod
    def resolve_nodes(root: Any, info: graphene.ResolveInfo, ids: list[str]) -> list[Any]:
        return fetch_nodes(info.context, ids)

    @staticmethod
    def resolve_products(
        root: Any,
        info: graphene.ResolveInfo,
        filter: Any = None,
        sort: Any = "NEWEST",
        language: str | None = None,
        **paging: Any,
    ) -> Page:
        criteria = product_criteria(filter)
        own = criteria.get("state") is not None or criteria.get("sent_back") is not None
        visible = queries.products_visible_to(info.context.actor) if own else queries.products_listed()
        queryset, order = queries.order_products(
            queries.filter_products(visible, criteria, info.context.actor), getattr(sort, "value", sort)
        )
        if own and "published_at" in order[0]:
            # Drafts were never published: their age is the order.
            order = [column.replace("published_at", "created_at") for column in order]
        return keyset_page(
            queryset, order=order, language=language or info.context.language, context=info.context, **paging
        )

    @staticmethod
    def resolve_product(
        root: Any,
        info: graphene.ResolveInfo,
        id: str | None = None,
        slug: str | None = None,
        language: str | None = None,
    ) -> Any:
        if (id is None) == (slug is None):
            raise RequestError("BAD_USER_INPUT", "Give either id or slug.")
        visible = queries.products_visible_to(info.context.actor)
        if slug is not None:
            return _by_slug(visible, slug, info, language)
        key = parse_id(id or "", "Product")
        return _first(visible.filter(pk=key)[:1] if key else [], info, language)

    @staticmethod
    def resolve_passport(
        root: Any, info: graphene.ResolveInfo, code: str, language: str | None = None
    ) -> Any:
        found = parse_trace_code(code)
        rows = queries.products_with_passport().filter(trace_code=found)[:1] if found else []
        return _first(rows, info, language)

    @staticmethod
    def resolve_crafts(
        root: Any, info: graphene.ResolveInfo, language: str | None = None
    ) -> list[models.Craft]:
        return peers.stamp(
            queries.crafts_in_order(), language=language or info.context.language, context=info.context
        )

    @staticmethod
    def resolve_craft(root: Any, info: graphene.ResolveInfo, slug: str, language: str | None = None) -> Any:
        return _by_slug(models.Craft.objects.all(), slug, info, language)

    @staticmethod
    def resolve_communes(
        root: Any, info: graphene.ResolveInfo, language: str | None = None
    ) -> list[models.Commune]:
        return peers.stamp(
            queries.communes_in_order(), language=language or info.context.language, context=info.context
        )

    @staticmethod
    def resolve_villages(
        root: Any, info: graphene.ResolveInfo, filter: Any = None, language: str | None = None, **paging: Any
    ) -> Page:
        return keyset_page(
            queries.filter_villages(plain(filter or {})),
            order=["name_key", "id"],
            language=language or info.context.language,
            context=info.context,
            **paging,
        )

    @staticmethod
    def resolve_village(root: Any, info: graphene.ResolveInfo, slug: str, language: str | None = None) -> Any:
        return _by_slug(models.Village.objects.all(), slug, info, language)

    @staticmethod
    def resolve_sellers(
        root: Any, info: graphene.ResolveInfo, filter: Any = None, language: str | None = None, **paging: Any
    ) -> Page:
        criteria = plain(filter or {})
        if criteria.get("state") is None:
            visible = models.Seller.objects.filter(state=models.SellerState.VERIFIED)
        else:
            visible = queries.sellers_visible_to(info.context.actor)
        return keyset_page(
            queries.filter_sellers(visible, criteria),
            order=["name_key", "id"],
            language=language or info.context.language,
            context=info.context,
            **paging,
        )

    @staticmethod
    def resolve_seller(root: Any, info: graphene.ResolveInfo, slug: str, language: str | None = None) -> Any:
        return _by_slug(queries.sellers_visible_to(info.context.actor), slug, info, language)

    @staticmethod
    def resolve_ocop_certificates(
        root: Any,
        info: graphene.ResolveInfo,
        number: str | None = None,
        state: Any = None,
        commune: str | None = None,
        seller: str | None = None,
        expires_before: Any = None,
        **paging: Any,
    ) -> Page:
        visible = queries.filter_certificates(
            queries.certificates_visible_to(info.context.actor),
            number=number,
            states=plain(state),
            commune=commune,
            seller=seller,
            expires_before=expires_before,
        )
        return keyset_page(
            visible,
            order=["expires_on", "id"],
            language=info.context.language,
            context=info.context,
            **paging,
        )

    @staticmethod
    def resolve_provinces(root: Any, info: graphene.ResolveInfo) -> list[models.Province]:
        return list(models.Province.objects.order_by("name_key"))

    @staticmethod
    def resolve_wards(root: Any, info: graphene.ResolveInfo, province: str) -> list[models.Ward]:
        rows = models.Ward.objects.filter(province=province).select_related("province").order_by("name_key")
        return peers.stamp(rows, language=info.context.language, context=info.context)

    @staticmethod
    def resolve_address_resolve(
        root: Any,
        info: graphene.ResolveInfo,
        ward: str,
        district: str | None = None,
        province: str | None = None,
    ) -> list[models.Ward]:
        found = units.resolve_wards(ward, district, province)
        return peers.stamp(found, language=info.context.language, context=info.context)


def _fetcher(
    queryset: Callable[[Context], QuerySet[Any]],
) -> Callable[[Context, Sequence[uuid.UUID]], list[Any]]:
    def fetch(context: Context, keys: Sequence[uuid.UUID]) -> list[Any]:
        rows = queryset(context).filter(pk__in=keys)
        return peers.stamp(rows, language=context.language, context=context)

    return fetch


def _fetch_images(context: Context, keys: Sequence[uuid.UUID]) -> list[loaders.ImageView]:
    """Pictures of products and reviews that the reader may see, and of crafts, villages and sellers."""
    rows = queries.pictures_visible_to(context.actor).filter(pk__in=keys).select_related("asset")
    places = models.VillageImage.objects.filter(pk__in=keys).select_related("asset")
    found = [loaders.ImageView(row.pk, row.asset, row.alt) for row in rows]
    found += [loaders.ImageView(row.pk, row.asset, row.alt) for row in places]
    of_reviews = queries.review_pictures_visible_to(context.actor).filter(pk__in=keys).select_related("asset")
    found += [loaders.ImageView(row.pk, row.asset, "") for row in of_reviews]
    crafts = models.Craft.objects.filter(image__in=keys).select_related("image")
    logos = queries.sellers_visible_to(context.actor).filter(logo__in=keys).select_related("logo")
    found += [loaders.ImageView(row.image.pk, row.image, str(row)) for row in crafts if row.image]
    found += [loaders.ImageView(row.logo.pk, row.logo, row.name) for row in logos if row.logo]
    return found


register_node("Product", _fetcher(lambda context: queries.products_visible_to(context.actor)))
register_node("Seller", _fetcher(lambda context: queries.sellers_visible_to(context.actor)))
register_node("Village", _fetcher(lambda context: models.Village.objects.all()))
register_node("Commune", _fetcher(lambda context: models.Commune.objects.all()))
register_node("Craft", _fetcher(lambda context: models.Craft.objects.all()))
register_node("OcopCertificate", _fetcher(lambda context: queries.certificates_visible_to(context.actor)))
register_node(
    "Variant",
    _fetcher(
        lambda context: models.Variant.objects.filter(
            product__in=queries.products_visible_to(context.actor), archived_at=None
        )
    ),
)
register_node("Image", _fetch_images, row="ImageView")
register_node(
    "SellerMembership",
    _fetcher(lambda context: queries.members_visible_to(context.actor)),
    row="SellerMember",
)
register_node("Review", _fetcher(lambda context: queries.reviews_visible_to(context.actor)))
register_node("ImportJob", _fetcher(lambda context: queries.imports_visible_to(context.actor)))
register_node("SavedAddress", _fetcher(lambda context: queries.addresses_of(context.actor)))
register_node("ProductRevision", _fetcher(lambda context: queries.revisions_visible_to(context.actor)))


def _viewer_sellers(root: Any, info: graphene.ResolveInfo) -> list[models.SellerMember]:
    if info.context.actor.user is None:
        return []
    rows = models.SellerMember.objects.filter(user=info.context.actor.user).order_by("created_at")
    return peers.stamp(rows, language=info.context.language, context=info.context)


def _viewer_communes(root: Any, info: graphene.ResolveInfo) -> list[models.Commune]:
    rows = queries.communes_in_order().filter(pk__in=queries.commune_ids_of(info.context.actor))
    return peers.stamp(rows, language=info.context.language, context=info.context)


def _viewer_addresses(root: Any, info: graphene.ResolveInfo) -> list[models.SavedAddress]:
    rows = queries.addresses_of(info.context.actor)
    return peers.stamp(rows, language=info.context.language, context=info.context)


def _viewer_claimable(root: Any, info: graphene.ResolveInfo) -> list[models.Seller]:
    rows = queries.claimable_by(info.context.actor)
    return peers.stamp(rows, language=info.context.language, context=info.context)


extend(
    Viewer,
    "claimable",
    graphene.Field(
        required_list(types.Seller),
        resolver=_viewer_claimable,
        description="Unclaimed pages of the old directory that have the confirmed phone of this account.",
    ),
)


def _viewer_favourites(root: Any, info: graphene.ResolveInfo, **paging: Any) -> Page:
    """What is kept and still for sale, what was kept last first."""
    return keyset_page(
        queries.favourites_of(info.context.actor),
        order=["-kept_at", "-id"],
        language=info.context.language,
        context=info.context,
        **paging,
    )


extend(
    Viewer,
    "favourites",
    graphene.Field(types.ProductConnection, required=True, resolver=_viewer_favourites, **_PAGING),
)
extend(Viewer, "addresses", graphene.Field(required_list(types.SavedAddress), resolver=_viewer_addresses))
extend(Viewer, "sellers", graphene.Field(required_list(types.SellerMembership), resolver=_viewer_sellers))
extend(Viewer, "communes", graphene.Field(required_list(types.Commune), resolver=_viewer_communes))

# Lists that are longer than most.
weigh("Query", "provinces", size=34)
weigh("Query", "wards", size=170)
weigh("Query", "crafts", size=15)
weigh("Query", "communes", size=4)
weigh("Commune", "villages", size=20)
