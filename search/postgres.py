"""The PostgreSQL engine: full text over our own tokens; filters read the catalogue itself, so they are never stale."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import Case, Count, Exists, F, FloatField, Max, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from catalog import queries as catalog
from catalog.models import Product
from search.documents import Document
from search.engine import (
    FACET_FIELDS,
    MAX_RESULTS,
    PRICE_BUCKETS,
    Facets,
    Hit,
    Hits,
    SearchRequest,
    bucket_value,
    without,
)
from search.models import SearchDocument
from search.text import folded, syllables

ACCENT_WEIGHT = 0.5
# Weights of D, C, B, A: description, attributes, context, name.
WEIGHTS = [0.05, 0.2, 0.4, 1.0]
_ORDERS: dict[str, list[Any]] = {
    "RELEVANCE": ["-score", "-stats__sold", "-pk"],
    "NEWEST": ["-published_at", "-pk"],
    "PRICE_ASC": ["price_min", "pk"],
    "PRICE_DESC": ["-price_min", "-pk"],
    "BEST_SELLING": ["-stats__sold", "-pk"],
    "TOP_RATED": ["-stats__rating_rank", "-pk"],
}


class PostgresEngine:
    name = "postgresql"

    def search(self, request: SearchRequest) -> Hits:
        found = self._matching(request.query, request.criteria)
        total = found.count()
        end = min(request.offset + request.limit, MAX_RESULTS)
        rows = found.annotate(score=self._score(request.query)).order_by(*_ORDERS[request.sort])
        hits = [Hit(key, score) for key, score in rows.values_list("pk", "score")[request.offset : end]]
        return Hits(hits, total)

    def facets(self, request: SearchRequest, attributes: list[str]) -> Facets:
        found: Facets = {}
        for facet in (*FACET_FIELDS, *(f"ATTRIBUTE:{slug}" for slug in attributes)):
            rows = self._matching(request.query, without(request.criteria, facet))
            found[facet] = self._count(rows, facet)
        return found

    def suggest(self, query: str, limit: int) -> list[uuid.UUID]:
        tokens = folded(query).split()
        if not tokens:
            return []
        begun = " & ".join([*(f"{token}:A" for token in tokens[:-1]), f"{tokens[-1]}:*A"])
        rows = (
            catalog.products_listed()
            .filter(search_document__folded=SearchQuery(begun, config="simple", search_type="raw"))
            .order_by("-stats__sold", "-pk")
        )
        return list(rows.values_list("pk", flat=True)[:limit])

    def _matching(self, query: str, criteria: dict[str, Any]) -> QuerySet[Product]:
        rows = catalog.filter_products(catalog.products_listed(), criteria)
        tokens = folded(query)
        if tokens:
            rows = rows.filter(search_document__folded=SearchQuery(tokens, config="simple"))
        return rows

    def _score(self, query: str) -> Any:
        tokens = folded(query)
        if not tokens:
            return Value(0.0, output_field=FloatField())
        plain = SearchRank(
            F("search_document__folded"), SearchQuery(tokens, config="simple"), weights=WEIGHTS
        )
        exact = SearchRank(
            F("search_document__accented"),
            SearchQuery(" ".join(syllables(query)), config="simple"),
            weights=WEIGHTS,
        )
        return plain + Value(ACCENT_WEIGHT) * Coalesce(exact, 0.0, output_field=FloatField())

    def _count(self, rows: QuerySet[Product], facet: str) -> dict[str, int]:
        column = {
            "CRAFT": "craft__slug",
            "VILLAGE": "village__slug",
            "COMMUNE": "seller__commune__slug",
            "SELLER": "seller__slug",
        }.get(facet)
        if column:
            return _grouped(rows.filter(**{f"{column}__isnull": False}), column)
        if facet == "OCOP_STARS":
            valid = catalog.certificates_valid()
            rated = rows.filter(Exists(valid.filter(product=OuterRef("pk"))))
            stars = Max("certificates__stars", filter=Q(certificates__in=valid))
            counts: dict[str, int] = {}
            for (number,) in rated.annotate(best=stars).values_list("best"):
                counts[str(number)] = counts.get(str(number), 0) + 1
            return counts
        if facet == "PRICE":
            bucket = Case(
                *(
                    When(_in_bucket(low, high), then=Value(bucket_value(low, high)))
                    for low, high in PRICE_BUCKETS
                )
            )
            return _grouped(rows.annotate(bucket=bucket), "bucket")
        if facet == "IN_STOCK":
            number = rows.filter(catalog.in_stock_condition()).count()
            return {"true": number} if number else {}
        return _count_attribute(rows, facet.removeprefix("ATTRIBUTE:"))


def _in_bucket(low: int | None, high: int | None) -> Q:
    condition = Q()
    if low is not None:
        condition &= Q(price_min__gte=low)
    if high is not None:
        condition &= Q(price_min__lte=high)
    return condition


def _grouped(rows: QuerySet[Product], column: str) -> dict[str, int]:
    counted = rows.order_by().values_list(column).annotate(number=Count("pk"))
    return {str(value): number for value, number in counted}


def _count_attribute(rows: QuerySet[Product], slug: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (attributes,) in rows.order_by().values_list("attributes"):
        for item in attributes:
            if item["slug"] == slug:
                counts[str(item["value"])] = counts.get(str(item["value"]), 0) + 1
    return counts


def write_texts(documents: Iterable[Document]) -> None:
    """Stores the token vectors of these documents, whose rows exist."""
    rows: list[tuple[str | bool | uuid.UUID, ...]] = []
    for document in documents:
        texts = document.texts()
        rows.append(
            (
                *(texts[f"{key}_accented"] for key in ("name", "context", "attributes", "description")),
                *(texts[f"{key}_folded"] for key in ("name", "context", "attributes", "description")),
                not document.visible,
                document.product_id,
            )
        )
    vector = " || ".join(f"setweight(to_tsvector('simple', %s), '{weight}')" for weight in "ABCD")
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {SearchDocument._meta.db_table} SET accented = {vector}, folded = {vector}, "  # noqa: S608 - no input
            "gone = %s, updated_at = now() WHERE product_id = %s",
            rows,
        )
