"""Search in the schema."""

import time
from html import escape
from typing import Any

import graphene

from catalog import models as catalog_models
from catalog import queries as catalog
from catalog.graphql import loaders
from catalog.graphql.queries import ProductFilter, product_criteria
from catalog.graphql.types import Image, Product
from catalog.texts import pick
from marketplace.core.errors import RequestError
from marketplace.core.graphql import peers
from marketplace.core.graphql.connections import (
    Edge,
    Page,
    bad_cursor,
    connection_types,
    decode_cursor,
    encode_cursor,
    page_size,
)
from marketplace.core.graphql.limits import weigh
from marketplace.core.graphql.scalars import Language
from marketplace.core.graphql.types import extend, required_list
from marketplace.core.vietnamese import fold
from search import queries, services, text
from search.engine import FACET_FIELDS, MAX_RESULTS, Facets, SearchRequest
from search.labels import FACET_LABELS, bucket_label, price_label, stars_label

SearchSort = graphene.Enum(
    "SearchSort",
    [
        (name, name)
        for name in ("RELEVANCE", "NEWEST", "PRICE_ASC", "PRICE_DESC", "BEST_SELLING", "TOP_RATED")
    ],
)
FacetField = graphene.Enum("FacetField", [(name, name) for name in (*FACET_FIELDS, "ATTRIBUTE")])
SuggestionKind = graphene.Enum(
    "SuggestionKind", [(name, name) for name in ("PRODUCT", "CRAFT", "VILLAGE", "SELLER", "QUERY")]
)
InterpretationKind = graphene.Enum(
    "InterpretationKind", [(name, name) for name in ("PRICE", "PLACE", "SKU", "CERTIFICATE")]
)
MAX_SUGGESTIONS = 20
MAX_LITERAL = 10


class FacetValue(graphene.ObjectType):
    value = graphene.String(required=True)
    label = graphene.String(required=True)
    count = graphene.Int(required=True)
    selected = graphene.Boolean(required=True)


class Facet(graphene.ObjectType):
    """For ATTRIBUTE, `attribute` is its slug. The value of a PRICE bucket is "min-max", either side may be empty."""

    field = graphene.Field(FacetField, required=True)
    label = graphene.String(required=True)
    attribute = graphene.String()
    values = graphene.Field(required_list(FacetValue))


class Interpretation(graphene.ObjectType):
    """What was read out of the words. Pass `text` in `literal` to have it taken as plain words."""

    kind = graphene.Field(InterpretationKind, required=True)
    text = graphene.String(required=True)
    label = graphene.String(required=True)
    field = graphene.Field(FacetField)
    value = graphene.String(required=True)


class Suggestion(graphene.ObjectType):
    text = graphene.String(required=True)
    kind = graphene.Field(SuggestionKind, required=True)
    slug = graphene.String()
    thumbnail = graphene.Field(Image)


def _resolve_facets(page: Page, info: graphene.ResolveInfo) -> list[Facet]:
    request, language = page.extra["request"], page.extra["language"]
    return _facets(request, language)


ProductSearchConnection = connection_types(
    "ProductSearch",
    Product,
    edge_fields={"score": graphene.Float(), "highlight": graphene.String()},
    facets=graphene.Field(required_list(Facet), resolver=_resolve_facets),
    degraded=graphene.Boolean(
        required=True, description="True while Elasticsearch is away and the database answers in its place."
    ),
    took_ms=graphene.Int(required=True),
    corrected_query=graphene.String(
        description="The query that was really run when the one given found nothing: a corrected spelling."
    ),
    interpretations=graphene.Field(
        required_list(Interpretation),
        description="What was read out of the words, so that a page can show and undo it.",
    ),
)


class SearchQuery:
    search_products = graphene.Field(
        ProductSearchConnection,
        required=True,
        query=graphene.String(required=True),
        filter=graphene.Argument(ProductFilter),
        sort=graphene.Argument(SearchSort, default_value="RELEVANCE"),
        first=graphene.Int(default_value=20),
        after=graphene.String(),
        language=graphene.Argument(Language),
        literal=graphene.List(
            graphene.NonNull(graphene.String), description="Texts of interpretations to take as plain words."
        ),
    )
    suggestions = graphene.Field(
        required_list(Suggestion),
        query=graphene.String(required=True),
        limit=graphene.Int(default_value=8),
        language=graphene.Argument(Language),
    )

    @staticmethod
    def resolve_search_products(
        root: Any,
        info: graphene.ResolveInfo,
        query: str,
        filter: Any = None,
        sort: Any = "RELEVANCE",
        first: int | None = 20,
        after: str | None = None,
        language: str | None = None,
        literal: list[str] | None = None,
    ) -> Page:
        started = time.perf_counter()
        sort_name = str(getattr(sort, "value", sort))
        size, offset = page_size(first), _offset(after, sort_name)
        criteria = product_criteria(filter)
        if criteria.get("pending_revision") is not None or criteria.get("sent_back") is not None:
            raise RequestError(
                "BAD_USER_INPUT", "filter.pendingRevision and sentBack belong to `products`, not to search."
            )
        if len(literal or ()) > MAX_LITERAL:
            raise RequestError("BAD_USER_INPUT", f"literal takes at most {MAX_LITERAL} texts.")
        answered = queries.search_products(
            query[: text.MAX_QUERY],
            criteria,
            sort=sort_name,
            offset=offset,
            limit=size,
            literal=[item[: text.MAX_QUERY] for item in literal or ()],
        )
        hits = answered.hits
        if offset == 0 and sort_name == "RELEVANCE":
            services.query_note(actor=info.context.actor, answered=answered)
        rows = {
            row.pk: row
            for row in peers.stamp(
                catalog.products_listed().filter(pk__in=[hit.product_id for hit in hits]),
                language=language or info.context.language,
                context=info.context,
            )
        }
        marked = answered.request.reading.marked
        edges = [
            Edge(
                encode_cursor(f"search:{sort_name}", [offset + position + 1]),
                rows[hit.product_id],
                {"score": hit.score, "highlight": _Highlight(rows[hit.product_id], marked)},
            )
            for position, hit in enumerate(hits)
            if hit.product_id in rows
        ]
        reachable = min(answered.total, MAX_RESULTS)
        page = Page(
            edges,
            has_next_page=offset + len(hits) < reachable and bool(hits),
            has_previous_page=offset > 0,
            count=lambda: answered.total,
            extra={"request": answered.request, "language": language or info.context.language},
        )
        return _SearchPage(page, answered, round((time.perf_counter() - started) * 1000))

    @staticmethod
    def resolve_suggestions(
        root: Any, info: graphene.ResolveInfo, query: str, limit: int = 8, language: str | None = None
    ) -> list[Suggestion]:
        if not 1 <= limit <= MAX_SUGGESTIONS:
            raise RequestError("BAD_USER_INPUT", f"limit is between 1 and {MAX_SUGGESTIONS}.")
        return _suggestions(query[: text.MAX_QUERY], limit, language or info.context.language, info)


class _SearchPage(Page):
    """A page of a search, with how it was answered."""

    __slots__ = ("corrected_query", "degraded", "interpretations", "took_ms")

    def __init__(self, page: Page, answered: queries.Answered, took_ms: int) -> None:
        super().__init__(page.edges, page.has_next_page, page.has_previous_page, page.count, page.extra)
        self.degraded = answered.degraded
        self.took_ms = took_ms
        self.corrected_query = answered.corrected
        self.interpretations = [
            Interpretation(
                kind=item.kind,
                text=item.text,
                label=price_label(*item.value.split("-"))
                if item.kind == "PRICE"
                else item.label or item.text,
                field=item.field,
                value=item.value,
            )
            for item in answered.interpretations
        ]


class _Highlight:
    """The name with the query's syllables marked, worked out when it is asked for."""

    __slots__ = ("marked", "product")

    def __init__(self, product: catalog_models.Product, marked: frozenset[str]) -> None:
        self.product, self.marked = product, marked

    def __str__(self) -> str:
        translation = loaders.translation(self.product)
        name = translation.name if translation else self.product.name
        return text.highlight(name, self.marked) or escape(name)


def _offset(after: str | None, sort: str) -> int:
    if after is None:
        return 0
    (position,) = decode_cursor(after, f"search:{sort}", 1)
    if isinstance(position, bool) or not isinstance(position, int) or not 0 <= position <= MAX_RESULTS:
        raise bad_cursor()
    return position


def _facets(request: SearchRequest, language: str) -> list[Facet]:
    crafts = request.criteria.get("craft") or []
    definitions = (
        list(
            catalog_models.AttributeDefinition.objects.filter(craft__slug=crafts[0], type="CHOICE").order_by(
                "position", "id"
            )
        )
        if len(crafts) == 1
        else []
    )
    counts = queries.search_facets(request, [row.slug for row in definitions])
    labels = _labels(counts, language)
    found = [
        Facet(
            field=name,
            label=str(FACET_LABELS[name]),
            values=_values(name, counts.get(name, {}), labels.get(name, {}), request.criteria),
        )
        for name in FACET_FIELDS
    ]
    for definition in definitions:
        key = f"ATTRIBUTE:{definition.slug}"
        choices = {choice["vi"]: pick(choice, language) for choice in definition.choices}
        values = _values(key, counts.get(key, {}), choices, request.criteria)
        if values:
            found.append(
                Facet(
                    field="ATTRIBUTE",
                    label=pick(definition.names, language),
                    attribute=definition.slug,
                    values=values,
                )
            )
    return found


def _labels(counts: Facets, language: str) -> dict[str, dict[str, str]]:
    """Names of crafts, villages, communes and sellers by slug, one statement each."""
    models: dict[str, Any] = {
        "VILLAGE": catalog_models.Village,
        "COMMUNE": catalog_models.Commune,
        "SELLER": catalog_models.Seller,
    }
    found = {
        name: dict(model.objects.filter(slug__in=counts.get(name, {})).values_list("slug", "name"))
        for name, model in models.items()
    }
    found["CRAFT"] = {
        slug: pick(names, language)
        for slug, names in catalog_models.Craft.objects.filter(slug__in=counts.get("CRAFT", {})).values_list(
            "slug", "names"
        )
    }
    found["OCOP_STARS"] = {value: stars_label(value) for value in counts.get("OCOP_STARS", {})}
    found["PRICE"] = {value: bucket_label(value) for value in counts.get("PRICE", {})}
    found["IN_STOCK"] = {"true": str(FACET_LABELS["IN_STOCK"])}
    return found


def _values(
    name: str, counts: dict[str, int], labels: dict[str, str], criteria: dict[str, Any]
) -> list[FacetValue]:
    values = [
        FacetValue(
            value=value,
            label=labels.get(value, value),
            count=number,
            selected=_selected(name, value, criteria),
        )
        for value, number in counts.items()
        if number
    ]
    if name == "PRICE":
        return sorted(values, key=lambda item: int(item.value.split("-")[0] or 0))
    if name == "OCOP_STARS":
        return sorted(values, key=lambda item: item.value, reverse=True)
    return sorted(values, key=lambda item: (-item.count, fold(item.label)))


def _selected(name: str, value: str, criteria: dict[str, Any]) -> bool:
    if name.startswith("ATTRIBUTE:"):
        slug = name.removeprefix("ATTRIBUTE:")
        return any(i["slug"] == slug and value in i["values"] for i in criteria.get("attributes") or [])
    if name == "IN_STOCK":
        return criteria.get("in_stock") is True
    if name in {"PRICE", "OCOP_STARS"}:
        given = criteria.get(name.lower()) or {}
        low, _, high = value.partition("-") if name == "PRICE" else (value, "", "")
        if name == "OCOP_STARS":
            return given.get("min") == int(value)
        return bool(given) and str(given.get("min") or "") == low and str(given.get("max") or "") == high
    return value in (criteria.get(name.lower()) or [])


def _suggestions(query: str, limit: int, language: str, info: graphene.ResolveInfo) -> list[Suggestion]:
    found = queries.suggest(query, limit, language)
    keys = [item.product_id for item in found if item.product_id]
    products = {
        row.pk: row
        for row in peers.stamp(
            catalog.products_listed().filter(pk__in=keys), language=language, context=info.context
        )
    }
    return [
        _product_suggestion(products[item.product_id])
        if item.product_id
        else Suggestion(text=item.text, kind=item.kind, slug=item.slug)
        for item in found
        if item.product_id is None or item.product_id in products
    ]


def _product_suggestion(product: catalog_models.Product) -> Suggestion:
    translation = loaders.translation(product)
    pictures = loaders.product_images(product)
    return Suggestion(
        text=translation.name if translation else product.name,
        kind="PRODUCT",
        slug=product.slug,
        thumbnail=pictures[0] if pictures else None,
    )


def _related(
    root: catalog_models.Product, info: graphene.ResolveInfo, first: int | None = 8
) -> list[catalog_models.Product]:
    craft = loaders.related(root, "craft")
    keys = queries.related_products(root, craft.slug, page_size(first)) if craft else []
    rows = catalog.products_listed().filter(pk__in=keys).in_bulk()
    return peers.stamp_like(root, [rows[key] for key in keys if key in rows])


extend(
    Product,
    "related",
    graphene.Field(required_list(Product), first=graphene.Int(default_value=8), resolver=_related),
)
weigh("Product", "related", base=100, size=8)
# A search asks the engine, its facets once for each of them: dearer than a list of rows.
weigh("Query", "searchProducts", base=150)
weigh("Query", "suggestions", base=20)
weigh("ProductSearchConnection", "facets", base=150, size=8)
weigh("Facet", "values", size=30)
