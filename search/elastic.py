"""The Elasticsearch engine. The only module that imports elasticsearch.

The mapping uses the server's core analysis only (standard tokenizer, lowercase, shingle): our own pipeline has
folded the text already, so the index loads unchanged on any stock server.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from elasticsearch import ApiError, BadRequestError, Elasticsearch, TransportError
from elasticsearch.dsl import A, Q, Search
from elasticsearch.dsl.query import Query

from marketplace.core.clock import today
from marketplace.core.errors import RequestError
from search.documents import Document
from search.engine import (
    FACET_FIELDS,
    MAX_RESULTS,
    PRICE_BUCKETS,
    EngineDown,
    Facets,
    Hit,
    Hits,
    SearchRequest,
    bucket_value,
    without,
)
from search.text import accented, folded

_TEXT_FIELDS = {"name": 8.0, "context": 3.0, "attributes": 1.5, "description": 0.5}
FACET_SIZE = 200
BULK_TIMEOUT = 30.0
_SORTS: dict[str, list[Any]] = {
    "RELEVANCE": ["_score", {"sold": "desc"}, {"key": "desc"}],
    "NEWEST": [{"published_at": "desc"}, {"key": "desc"}],
    "PRICE_ASC": [{"price": "asc"}, {"key": "asc"}],
    "PRICE_DESC": [{"price": "desc"}, {"key": "desc"}],
    "BEST_SELLING": [{"sold": "desc"}, {"key": "desc"}],
    "TOP_RATED": [{"rating": "desc"}, {"key": "desc"}],
}
SETTINGS = {
    "number_of_shards": 1,
    "number_of_replicas": 0,
    "refresh_interval": "500ms",
    "analysis": {
        "filter": {"pairs": {"type": "shingle", "output_unigrams": False}},
        "analyzer": {
            "tokens": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase"]},
            "pairs": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "pairs"]},
        },
    },
}


def _mappings() -> dict[str, Any]:
    properties: dict[str, Any] = {
        "visible": {"type": "boolean"},
        "in_stock": {"type": "boolean"},
        "price": {"type": "long"},
        "sold": {"type": "integer"},
        "rating": {"type": "float"},
        "ocop_stars": {"type": "byte"},
        "ocop_until": {"type": "date"},
        "published_at": {"type": "date"},
    }
    for key in ("craft", "village", "commune", "seller", "attributes", "key"):
        properties[key] = {"type": "keyword"}
    for field in _TEXT_FIELDS:
        properties[f"{field}_accented"] = {"type": "text", "analyzer": "tokens"}
        properties[f"{field}_folded"] = {
            "type": "text",
            "analyzer": "tokens",
            "fields": {"pairs": {"type": "text", "analyzer": "pairs"}},
        }
    return {"dynamic": "strict", "properties": properties}


@lru_cache(maxsize=8)
def _connect(url: str, api_key: str, ca_certs: str, timeout: float) -> Elasticsearch:
    options: dict[str, Any] = {"request_timeout": timeout, "max_retries": 0, "retry_on_timeout": False}
    if api_key:
        options["api_key"] = api_key
    if ca_certs:
        options["ca_certs"] = ca_certs
    return Elasticsearch(url, **options)


def client(timeout: float | None = None) -> Elasticsearch:
    """The client of this installation; `timeout` in seconds for a whole request."""
    return _connect(
        settings.ELASTICSEARCH_URL,
        settings.ELASTICSEARCH_API_KEY,
        settings.ELASTICSEARCH_CA_CERTS,
        timeout or settings.SEARCH_REQUEST_TIMEOUT,
    )


def alias() -> str:
    return f"{settings.ELASTICSEARCH_INDEX_PREFIX}-products"


class ElasticEngine:
    name = "elasticsearch"

    def search(self, request: SearchRequest) -> Hits:
        end = min(request.offset + request.limit, MAX_RESULTS)
        search = (
            Search(using=client(), index=alias())
            .query(_query(request.query, request.criteria))
            .sort(*_SORTS[request.sort])
            .source(False)
            .extra(track_total_hits=True, from_=request.offset, size=max(end - request.offset, 0))
        )
        if request.sort == "RELEVANCE":
            search = search.extra(track_scores=True)
        response = _run(search)
        return Hits(
            [Hit(uuid.UUID(hit.meta.id), hit.meta.score) for hit in response.hits],
            response.hits.total.value,
        )

    def facets(self, request: SearchRequest, attributes: list[str]) -> Facets:
        search = Search(using=client(), index=alias()).query(_query(request.query, {})).extra(size=0)
        names = [*FACET_FIELDS, *(f"ATTRIBUTE:{slug}" for slug in attributes)]
        for name in names:
            kept = _filters(without(request.criteria, name))
            search.aggs.bucket(name, "filter", Q("bool", filter=kept)).bucket("values", _aggregation(name))
        response = _run(search)
        return {name: _counts(name, response.aggregations[name]["values"]) for name in names}

    def suggest(self, query: str, limit: int) -> list[uuid.UUID]:
        text = folded(query)
        if not text:
            return []
        search = (
            Search(using=client(), index=alias())
            .query(
                Q(
                    "bool",
                    must=[Q("match_bool_prefix", name_folded={"query": text, "operator": "and"})],
                    should=[Q("match", name_accented={"query": accented(query)})],
                    filter=[Q("term", visible=True)],
                )
            )
            .sort(*_SORTS["BEST_SELLING"])
            .source(False)
            .extra(size=limit)
        )
        return [uuid.UUID(hit.meta.id) for hit in _run(search).hits]


def _run(search: Search) -> Any:
    try:
        return search.execute()
    except BadRequestError as error:
        # The question is at fault, not the engine: nobody else's search must suffer.
        raise RequestError(
            "BAD_USER_INPUT", "This search cannot be answered. Use fewer words or filters."
        ) from error
    except (ApiError, TransportError) as error:
        raise EngineDown(type(error).__name__) from error


def _query(query: str, criteria: dict[str, Any]) -> Query:
    """All syllables somewhere in the document; better in the name, in the right accents, side by side."""
    filters = [Q("term", visible=True), *_filters(criteria)]
    text = folded(query)
    if not text:
        return Q("bool", filter=filters)
    must = Q(
        "multi_match",
        query=text,
        type="cross_fields",
        operator="and",
        fields=[f"{field}_folded^{weight}" for field, weight in _TEXT_FIELDS.items()],
    )
    should = [
        Q(
            "multi_match",
            query=accented(query),
            type="most_fields",
            fields=[f"{field}_accented^{weight * 0.5}" for field, weight in _TEXT_FIELDS.items()],
        ),
        Q(
            "multi_match",
            query=text,
            type="most_fields",
            fields=[f"{field}_folded.pairs^{weight * 0.3}" for field, weight in _TEXT_FIELDS.items()],
        ),
    ]
    return Q("bool", must=[must], should=should, filter=filters)


def _filters(criteria: dict[str, Any]) -> list[Query]:
    found = [
        Q("terms", **{key: criteria[key]})
        for key in ("craft", "village", "commune", "seller")
        if criteria.get(key) is not None
    ]
    if criteria.get("ids") is not None:
        found.append(Q("ids", values=[str(key) for key in criteria["ids"]]))
    price = _range(criteria.get("price"))
    if price:
        found.append(Q("range", price=price))
    stars = criteria.get("ocop_stars") or {}
    if stars:
        found += [
            Q("range", ocop_stars=_range(stars) or {"gte": 0}),
            Q("range", ocop_until={"gte": today().isoformat()}),
        ]
    if criteria.get("in_stock") is not None:
        found.append(Q("term", in_stock=criteria["in_stock"]))
    for item in criteria.get("attributes") or []:
        found.append(Q("terms", attributes=[f"{item['slug']}={value}" for value in item["values"]]))
    return found


def _range(given: dict[str, Any] | None) -> dict[str, Any]:
    given = given or {}
    return {word: given[key] for key, word in (("min", "gte"), ("max", "lte")) if given.get(key) is not None}


def _aggregation(name: str) -> Any:
    if name.startswith("ATTRIBUTE:"):
        return A("terms", field="attributes", size=FACET_SIZE * 5)
    if name == "PRICE":
        ranges = [
            {
                "key": bucket_value(low, high),
                **({} if low is None else {"from": low}),
                **({} if high is None else {"to": high + 1}),
            }
            for low, high in PRICE_BUCKETS
        ]
        return A("range", field="price", ranges=ranges)
    if name == "OCOP_STARS":
        # A certificate past its day counts no more, even before its product is indexed again.
        valid = Q("range", ocop_until={"gte": today().isoformat()})
        return A("filter", valid, aggs={"stars": A("terms", field="ocop_stars", size=5)})
    if name == "IN_STOCK":
        return A("terms", field="in_stock", size=2)
    return A("terms", field=name.lower(), size=FACET_SIZE)


def _counts(name: str, result: Any) -> dict[str, int]:
    if name == "OCOP_STARS":
        return {str(bucket.key): bucket.doc_count for bucket in result.stars.buckets}
    found = {
        str(getattr(bucket, "key_as_string", bucket.key)): bucket.doc_count
        for bucket in result.buckets
        if bucket.doc_count
    }
    if name == "IN_STOCK":
        return {key: number for key, number in found.items() if key == "true"}
    if name.startswith("ATTRIBUTE:"):
        prefix = name.removeprefix("ATTRIBUTE:") + "="
        return {key.removeprefix(prefix): number for key, number in found.items() if key.startswith(prefix)}
    return found


# --- Writing ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Written:
    """What came of a bulk write: products to try again, and those refused as malformed with the reason."""

    retry: list[uuid.UUID]
    poison: dict[uuid.UUID, str]


def create_index(name: str) -> None:
    """Raises EngineDown."""
    try:
        client(BULK_TIMEOUT).indices.create(index=name, settings=SETTINGS, mappings=_mappings())
    except (ApiError, TransportError) as error:
        raise EngineDown(str(error)) from error


def point_alias(name: str) -> None:
    """Makes the alias name this index alone, in one step. Raises EngineDown."""
    try:
        client(BULK_TIMEOUT).indices.update_aliases(
            actions=[
                {"remove": {"index": f"{alias()}-*", "alias": alias(), "must_exist": False}},
                {"add": {"index": name, "alias": alias()}},
            ]
        )
    except (ApiError, TransportError) as error:
        raise EngineDown(str(error)) from error


def refresh(name: str) -> None:
    try:
        client(BULK_TIMEOUT).indices.refresh(index=name)
    except (ApiError, TransportError) as error:
        raise EngineDown(str(error)) from error


def delete_index(name: str) -> None:
    """Deletes an index; one that is gone already is fine. Raises EngineDown."""
    try:
        client(BULK_TIMEOUT).indices.delete(index=name, ignore_unavailable=True)
    except (ApiError, TransportError) as error:
        raise EngineDown(str(error)) from error


def source_of(document: Document) -> dict[str, Any]:
    """What is stored. A product that may not be found leaves an empty document, marked, with its version."""
    if not document.visible:
        return {"visible": False, "key": str(document.product_id)}
    return {"visible": True, **document.texts(), **document.values}


def bulk_write(indices: Sequence[str], documents: Iterable[tuple[uuid.UUID, int, dict[str, Any]]]) -> Written:
    """Writes (product, version, source) to each index; an older version never overwrites a newer one.

    Raises EngineDown where nothing can be said about any of them.
    """
    rows = list(documents)
    operations: list[dict[str, Any]] = []
    for index in indices:
        for product_id, version, source in rows:
            action = {
                "_index": index,
                "_id": str(product_id),
                "version": version,
                "version_type": "external_gte",
            }
            operations += [{"index": action}, source]
    if not operations:
        return Written([], {})
    try:
        answer = client(BULK_TIMEOUT).bulk(operations=operations)
    except (ApiError, TransportError) as error:
        raise EngineDown(str(error)) from error
    retry: dict[uuid.UUID, None] = {}
    poison: dict[uuid.UUID, str] = {}
    for item in answer["items"]:
        result = item["index"]
        product_id, status = uuid.UUID(result["_id"]), result["status"]
        if status == 409 or status < 300:
            continue  # 409: something newer is there, which is what we want
        if status == 400:
            poison[product_id] = str(result.get("error"))[:2000]
        else:
            retry[product_id] = None
    return Written(list(retry), poison)


def is_up() -> bool:
    """Whether the server answers and our alias is there."""
    try:
        return bool(client(settings.SEARCH_CONNECT_TIMEOUT).indices.exists_alias(name=alias()))
    except (ApiError, TransportError):
        return False
