"""The Elasticsearch engine. The only module that imports elasticsearch.

The mapping uses the server's core analysis only (standard tokenizer, lowercase, shingle): our own pipeline has
folded the text already, so the index loads unchanged on any stock server.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from elastic_transport import Urllib3HttpNode
from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, BadRequestError, Elasticsearch, TransportError
from elasticsearch.dsl import A, Q, Search
from elasticsearch.dsl.query import Query
from urllib3 import Timeout

from marketplace.core.clock import today
from marketplace.core.errors import RequestError
from search import ranking
from search.documents import TEXTS, Document
from search.engine import (
    FACET_FIELDS,
    FACET_SIZE,
    MAX_RESULTS,
    PRICE_BUCKETS,
    VALUES,
    WINDOW,
    EngineDown,
    Facets,
    Hit,
    Hits,
    SearchRequest,
    without,
)
from search.prices import bounds_value
from search.reading import Alternative, Group, Reading
from search.text import fold_tokens

# Searched, but not kept: made of the texts.
DERIVED = ("name_folded", "short", "everything")
BULK_TIMEOUT = 30.0
MAX_READ = 1_000
# The rough order, before ranking: a product with all words stands above one without, whatever else it has.
_ALL_WORDS, _FROM_PLACE = 50.0, 20.0
_NAME, _ACCENTS, _NEIGHBOURS = 3.0, 2.0, 1.0
_SORTS: dict[str, list[Any]] = {
    "RELEVANCE": ["_score", {"key": "desc"}],
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
    """Texts as they are written, which are also kept to be ranked; folded: the name, the short texts, all of them."""
    properties: dict[str, Any] = {
        "visible": {"type": "boolean"},
        "in_stock": {"type": "boolean"},
        "trusted": {"type": "boolean"},
        "price": {"type": "long"},
        "sold": {"type": "integer"},
        "sold_30d": {"type": "integer", "index": False},
        "rating": {"type": "float"},
        "prior": {"type": "float"},
        "ocop_stars": {"type": "byte"},
        "ocop_until": {"type": "date"},
        "published_at": {"type": "date"},
        "name": {"type": "text", "analyzer": "tokens"},
        "name_folded": {
            "type": "text",
            "analyzer": "tokens",
            "fields": {"pairs": {"type": "text", "analyzer": "pairs"}},
        },
        "everything": {"type": "text", "analyzer": "tokens", "norms": False},
        "short": {"type": "text", "analyzer": "tokens", "norms": False},
    }
    for key in ("craft", "village", "commune", "seller", "choices", "key"):
        properties[key] = {"type": "keyword"}
    for key in ("context", "attributes", "description"):
        properties[key] = {"type": "text", "analyzer": "tokens", "norms": False}
    return {"dynamic": "strict", "properties": properties, "_source": {"excludes": list(DERIVED)}}


class _Node(Urllib3HttpNode):
    """A node that is given up sooner while it does not even take the connection."""

    def perform_request(
        self, method: str, target: str, body: Any = None, headers: Any = None, request_timeout: Any = DEFAULT
    ) -> Any:
        if isinstance(request_timeout, int | float):
            connect = min(settings.SEARCH_CONNECT_TIMEOUT, request_timeout)
            request_timeout = Timeout(connect=connect, read=request_timeout)
        return super().perform_request(method, target, body, headers, request_timeout)


@lru_cache(maxsize=8)
def _connect(url: str, api_key: str, ca_certs: str, timeout: float) -> Elasticsearch:
    options: dict[str, Any] = {
        "request_timeout": timeout, "max_retries": 0, "retry_on_timeout": False, "node_class": _Node,
    }  # fmt: skip
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


@lru_cache(maxsize=1)
def _form() -> str:
    """Of the settings and mappings: with others, an index is another one."""
    form = json.dumps([SETTINGS, _mappings()], sort_keys=True)
    return hashlib.md5(form.encode(), usedforsecurity=False).hexdigest()[:6]


def _prefix() -> str:
    return f"{settings.ELASTICSEARCH_INDEX_PREFIX}-products"


def alias() -> str:
    """The name of the index that this code reads and writes: one of another form is none of its own."""
    return f"{_prefix()}-{_form()}"


class ElasticEngine:
    name = "elasticsearch"

    def search(self, request: SearchRequest, *, window: bool) -> Hits:
        last = request.offset + request.limit
        end = min(max(WINDOW, last) if window else last, MAX_RESULTS)
        begin = 0 if window else request.offset
        search = (
            Search(using=client(), index=alias())
            .query(_query(request, request.criteria))
            .sort(*_SORTS[request.sort])
            .source([*TEXTS, *VALUES] if window else False)
            .extra(track_total_hits=True, from_=begin, size=max(end - begin, 0))
        )
        if request.sort == "RELEVANCE":
            search = search.extra(track_scores=True)
        response = _run(search)
        return Hits([_hit(hit) for hit in response["hits"]["hits"]], response["hits"]["total"]["value"])

    def facets(self, request: SearchRequest, attributes: list[str]) -> Facets:
        search = Search(using=client(), index=alias()).query(_query(request, {})).extra(size=0)
        names = [*FACET_FIELDS, *(f"ATTRIBUTE:{slug}" for slug in attributes)]
        for name in names:
            kept = _filters(without(request.criteria, name))
            search.aggs.bucket(name, "filter", Q("bool", filter=kept)).bucket("values", _aggregation(name))
        found = _run(search)["aggregations"]
        return {name: _counts(name, found[name]["values"]) for name in names}

    def suggest(self, tokens: list[str], limit: int) -> list[uuid.UUID]:
        search = (
            Search(using=client(), index=alias())
            .query(
                Q(
                    "bool",
                    filter=[
                        Q("match_bool_prefix", name_folded={"query": " ".join(tokens), "operator": "and"}),
                        Q("term", visible=True),
                    ],
                )
            )
            .sort("-prior", "-key")
            .source(False)
            .extra(size=limit, track_total_hits=False)
        )
        return [uuid.UUID(hit["_id"]) for hit in _run(search)["hits"]["hits"]]


def _hit(found: dict[str, Any]) -> Hit:
    source = dict(found.get("_source") or {})
    if until := source.get("ocop_until"):
        source["ocop_until"] = dt.date.fromisoformat(until)
    if published := source.get("published_at"):
        source["published_at"] = dt.datetime.fromisoformat(published)
    return Hit(product_id=uuid.UUID(found["_id"]), score=found.get("_score"), **source)


def _run(search: Search) -> Any:
    """The answer as it came: wrapping each hit and bucket would cost more than the search."""
    try:
        return search.execute(ignore_cache=True).to_dict()
    except BadRequestError as error:
        # The question is at fault, not the engine: nobody else's search must suffer.
        raise RequestError(
            "BAD_USER_INPUT", "This search cannot be answered. Use fewer words or filters."
        ) from error
    except (ApiError, TransportError) as error:
        raise EngineDown(type(error).__name__) from error


def _query(request: SearchRequest, criteria: dict[str, Any]) -> Query:
    """All groups (LOOSE: most of them); better in the name, in the right accents, together."""
    reading = request.reading
    filters = [Q("term", visible=True), *_filters(criteria)]
    if not reading.groups:
        return _raised(Q("bool", must=[Q("match_all")], filter=filters, should=_places(reading)))
    said = _said(request)
    return _raised(Q("bool", must=[said], should=[*_hints(reading), *_places(reading)], filter=filters))


def _said(request: SearchRequest) -> Query:
    """That a product is what the words say."""
    reading = request.reading
    words = _query_groups(request)
    if request.in_short_texts:
        return words
    as_typed = _about(_query_groups(replace(request, match="ACCENTED")), reading)
    if request.match == "ACCENTED":
        return as_typed
    if reading.has_accents:
        # Other accents are other words, unless they stand together as these do.
        words = _one_of(Q("bool", must=[words], filter=[_side_by_side(reading, accented=False)]), as_typed)
    elif reading.is_ambiguous and request.match != "LOOSE":
        # Somewhere, two of the syllables have to be meant as one thing.
        words = Q("bool", must=[words], filter=[_together(reading)])
    if request.match == "LOOSE":
        accented = replace(request, match="ACCENTED" if reading.has_accents else "FOLDED")
        known = [_group(accented, group) for group in reading.known]

        def most(spare: int, where: Query) -> Query:
            return Q("bool", should=known, minimum_should_match=len(known) - spare, filter=[where])

        found = [Q("constant_score", filter=words, boost=_ALL_WORDS), most(reading.spare, _together(reading))]
        if reading.is_wide:
            found.append(most(reading.spare + 1, _named(reading.head, has_accents=reading.has_accents)))
        words = _one_of(*found)
    return words


def _query_groups(request: SearchRequest) -> Query:
    return Q("bool", must=[_group(request, group) for group in request.reading.groups])


def _about(query: Query, reading: Reading) -> Query:
    """With one of them in the name: apart in a description, words say nothing of the thing."""
    named = [_named(group, has_accents=reading.has_accents) for group in reading.groups]
    return Q("bool", must=[query], filter=[_one_of(*named)])


def _one_of(*queries: Query) -> Query:
    return Q("bool", should=list(queries), minimum_should_match=1)


def _side_by_side(reading: Reading, *, accented: bool) -> Query:
    fields = TEXTS if accented else ("everything",)
    phrases = {" ".join(anchor) for anchor in reading.anchors(accented=accented)}
    return _one_of(*(Q("match_phrase", **{field: phrase}) for phrase in sorted(phrases) for field in fields))


def _together(reading: Reading) -> Query:
    """Some neighbours side by side, or both in the name; where it is needed, the head in the name."""
    accented = reading.has_accents
    if reading.needs_head:
        return _named(reading.head, has_accents=accented)
    in_name = [
        Q("bool", must=[_named(one, has_accents=accented), _named(two, has_accents=accented)])
        for one, two in reading.pairs
    ]
    if not reading.anchors(accented=accented):
        return _named(reading.groups[0], has_accents=accented)
    return _one_of(*in_name, _side_by_side(reading, accented=accented))


def _named(group: Group, *, has_accents: bool = False) -> Query:
    """A group in the name, in any way to say it."""
    return _one_of(*(_way_in_name(way, has_accents=has_accents) for way in group.alternatives))


def _way_in_name(way: Alternative, *, has_accents: bool) -> Query:
    if way.typed and not has_accents:
        return Q("match", name_folded={"query": " ".join(way.folded), "operator": "and"})
    if way.is_phrase and not way.typed:
        return Q("match_phrase", name=" ".join(way.accented))
    return Q("match", name={"query": " ".join(way.accented), "operator": "and"})


def _raised(query: Query) -> Query:
    """The score times 1 to 1 + all boosts."""
    return Q(
        "function_score",
        query=query,
        functions=[
            {"weight": 1},
            {"field_value_factor": {"field": "prior", "factor": sum(ranking.BOOSTS.values()), "missing": 0}},
        ],
        score_mode="sum",
        boost_mode="multiply",
    )


def _group(request: SearchRequest, group: Group) -> Query:
    """One group, in any way to say it."""
    ways = [_way(request, way) for way in group.alternatives]
    return ways[0] if len(ways) == 1 else Q("dis_max", queries=ways)


def _way(request: SearchRequest, way: Alternative) -> Query:
    """What was typed with its syllables anywhere; another way as it is written, two syllables together."""
    if way.typed and request.match != "ACCENTED":
        field = "short" if request.in_short_texts else "everything"
        return Q("match", **{field: {"query": " ".join(way.folded), "operator": "and", "boost": way.weight}})
    together = way.is_phrase and not way.typed
    kind: dict[str, Any] = {"type": "phrase"} if together else {"type": "cross_fields", "operator": "and"}
    fields = TEXTS[:3] if request.in_short_texts else TEXTS
    return Q("multi_match", query=" ".join(way.accented), fields=list(fields), boost=way.weight, **kind)


def _hints(reading: Reading) -> list[Query]:
    """What raises a product in the rough order."""
    groups = (*reading.groups, *reading.extra)
    typed = " ".join(token for group in groups for token in group.typed.folded)
    ways = " ".join(token for group in groups for way in group.alternatives[1:] for token in way.folded)
    hints = [
        Q("match", name_folded={"query": typed, "boost": _NAME}),
        Q("match", **{"name_folded.pairs": {"query": typed, "boost": _NEIGHBOURS}}),
    ]
    if ways:
        hints.append(Q("match", name_folded={"query": ways, "boost": _NAME / 2}))
    if reading.has_accents:
        accented = " ".join(token for group in groups for token in group.typed.accented)
        hints.append(Q("match", name={"query": accented, "boost": _ACCENTS}))
    return hints


def _places(reading: Reading) -> list[Query]:
    return [
        Q("constant_score", filter=Q("terms", **{field: sorted(slugs)}), boost=_FROM_PLACE)
        for field, slugs in (("village", reading.villages), ("commune", reading.communes))
        if slugs
    ]


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
        found.append(Q("terms", choices=[f"{item['slug']}={value}" for value in item["values"]]))
    return found


def _range(given: dict[str, Any] | None) -> dict[str, Any]:
    given = given or {}
    return {word: given[key] for key, word in (("min", "gte"), ("max", "lte")) if given.get(key) is not None}


def _aggregation(name: str) -> Any:
    if name.startswith("ATTRIBUTE:"):
        return A("terms", field="choices", size=FACET_SIZE * 5)
    if name == "PRICE":
        ranges = [
            {
                "key": bounds_value(low, high),
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
        return {str(bucket["key"]): bucket["doc_count"] for bucket in result["stars"]["buckets"]}
    found = {
        str(bucket.get("key_as_string", bucket["key"])): bucket["doc_count"]
        for bucket in result["buckets"]
        if bucket["doc_count"]
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


@contextmanager
def _told() -> Iterator[Elasticsearch]:
    """The client for work that may take its time. Raises EngineDown."""
    try:
        yield client(BULK_TIMEOUT)
    except (ApiError, TransportError) as error:
        raise EngineDown(str(error)) from error


def create_index(name: str) -> None:
    """An index to be filled: it shows nothing before `finish_index`. Raises EngineDown."""
    with _told() as server:
        server.indices.create(
            index=name, settings={**SETTINGS, "refresh_interval": "-1"}, mappings=_mappings()
        )


def finish_index(name: str) -> None:
    """Makes a filled index show what it has. Raises EngineDown."""
    with _told() as server:
        server.indices.put_settings(index=name, settings={"refresh_interval": SETTINGS["refresh_interval"]})
        server.indices.refresh(index=name)


def exists(name: str) -> bool:
    """Raises EngineDown."""
    with _told() as server:
        return bool(server.indices.exists(index=name))


def size_of(name: str) -> tuple[int, int]:
    """Documents and bytes of an index. Raises EngineDown."""
    with _told() as server:
        found = server.indices.stats(index=name, metric=["docs", "store"])["indices"][name]["primaries"]
    return found["docs"]["count"], found["store"]["size_in_bytes"]


def sources(after: uuid.UUID | None, until: uuid.UUID | None) -> dict[uuid.UUID, dict[str, Any]]:
    """What is stored of the products behind `after`, up to `until`. Raises EngineDown."""
    bounds = {"gt": str(after)} if after else {}
    bounds |= {"lte": str(until)} if until else {}
    search = Search(using=client(BULK_TIMEOUT), index=alias()).query(
        Q("range", key=bounds) if bounds else Q("match_all")
    )
    search = search.sort("key").extra(size=MAX_READ, track_total_hits=False)
    found: dict[uuid.UUID, dict[str, Any]] = {}
    while True:
        hits = _run(search)["hits"]["hits"]
        found |= {uuid.UUID(hit["_id"]): hit["_source"] for hit in hits}
        if len(hits) < MAX_READ:
            return found
        search = search.extra(search_after=hits[-1]["sort"])


def our_indexes() -> list[str]:
    """Raises EngineDown."""
    with _told() as server:
        return list(server.indices.get(index=f"{_prefix()}-*", features="aliases"))


def point_alias(name: str) -> None:
    """Makes the alias name this index alone, in one step. Raises EngineDown."""
    with _told() as server:
        server.indices.update_aliases(
            actions=[
                # Those of other forms, too: what they lead to is not written any more.
                {"remove": {"index": f"{_prefix()}-*", "alias": f"{_prefix()}-*", "must_exist": False}},
                {"add": {"index": name, "alias": alias()}},
            ]
        )


def refresh(name: str) -> None:
    with _told() as server:
        server.indices.refresh(index=name)


def delete_index(name: str) -> None:
    """Deletes an index; one that is gone already is fine. Raises EngineDown."""
    with _told() as server:
        server.indices.delete(index=name, ignore_unavailable=True)


def source_of(product_id: uuid.UUID, document: Document | None) -> dict[str, Any]:
    """What is stored. A product that may not be found leaves an empty document, marked, with its version."""
    if document is None or not document.visible:
        return {"visible": False, "key": str(product_id)}
    texts = {key: getattr(document, key) for key in TEXTS}
    plain = [fold_tokens(text) for text in texts.values()]
    return {
        "visible": True,
        "key": str(product_id),
        **texts,
        "name_folded": plain[0],
        "short": plain[:3],
        "everything": plain,
        "prior": document.prior,
        "ocop_until": document.ocop_until.isoformat() if document.ocop_until else None,
        "published_at": document.published_at.isoformat() if document.published_at else None,
        **{
            key: getattr(document, key)
            for key in (
                "craft", "village", "commune", "seller", "choices", "price", "in_stock", "ocop_stars", "trusted",
                "sold", "sold_30d", "rating",
            )
        },
    }  # fmt: skip


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
    with _told() as server:
        answer = server.bulk(operations=operations)
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


def answers() -> bool:
    """Whether the server says anything: asked before work that would wait long for a dead one, with rows locked."""
    try:
        client().indices.exists_alias(name=alias())
    except TransportError:
        return False
    except ApiError:
        pass
    return True


def is_up() -> bool:
    """Whether the server answers and our alias is there."""
    try:
        return bool(client(settings.SEARCH_CONNECT_TIMEOUT).indices.exists_alias(name=alias()))
    except (ApiError, TransportError):
        return False
