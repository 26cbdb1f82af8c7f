"""Searching: Elasticsearch where it is set up and answers, PostgreSQL otherwise.

A breaker keeps requests from waiting on a dead node: after a failure nobody asks it for some seconds, then one does.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import structlog
from django.conf import settings

from catalog.models import Craft, Product, Seller, SellerState, Village
from catalog.texts import pick
from marketplace.core.errors import RequestError
from marketplace.core.vietnamese import slugify
from search.elastic import ElasticEngine
from search.engine import MAX_RESULTS, WINDOW, Engine, EngineDown, Facets, Hit, Hits, Match, SearchRequest
from search.lexicon import Lexicon, current
from search.models import PopularQuery, SearchDocument
from search.postgres import PostgresEngine
from search.ranking import rank
from search.reading import NOTHING, Interpretation, Reading, codes_of, read
from search.rereading import core, corrected, decoded
from search.text import code_key, folded

log = structlog.get_logger(__name__)
T = TypeVar("T")
REST_SECONDS = 5.0


class Breaker:
    """Closed: asks. Open after a failure: answers at once for REST_SECONDS, then lets one request try."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open_until = 0.0

    def may_ask(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now < self._open_until:
                return False
            if self._open_until:
                # Half open: this request tries, the others go on without.
                self._open_until = now + REST_SECONDS
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._open_until = 0.0

    def failed(self) -> None:
        with self._lock:
            self._open_until = time.monotonic() + REST_SECONDS


breaker = Breaker()
_elastic, _postgres = ElasticEngine(), PostgresEngine()


def _ask(question: Callable[[Engine], T]) -> tuple[T, bool]:
    """The answer of the best engine that is there, and whether it stood in for another."""
    if not settings.ELASTICSEARCH_URL:
        return question(_postgres), False
    if breaker.may_ask():
        try:
            answer = question(_elastic)
        except RequestError:
            breaker.succeeded()
            raise
        except EngineDown as error:
            breaker.failed()
            log.warning("search_engine_away", error=str(error))
        else:
            breaker.succeeded()
            return answer, False
    return question(_postgres), True


MIN_SUGGESTED = 2
MAX_QUERIES = 2
# A search whose words stand together in so few products also takes those that hold most of them.
ENOUGH = 20
# One that has not even so many also takes other things of the kind.
FEW = 10
# Other readings of a query that found nothing: how many, and for how many seconds.
MAX_TRIES, PATIENCE = 6, 2.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found, and what was asked for in the end: `request` is what facets are counted for.

    `corrected`: the words that were looked for where those given found nothing. `degraded`: Elasticsearch is set up but
    away, so the database answered.
    """

    hits: list[Hit]
    total: int
    request: SearchRequest
    degraded: bool
    corrected: str | None = None
    interpretations: tuple[Interpretation, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """What one reading found; `whole` products hold all its words."""

    hits: Hits
    request: SearchRequest
    degraded: bool
    whole: int


def search_products(
    query: str,
    criteria: dict[str, Any],
    *,
    sort: str = "RELEVANCE",
    offset: int = 0,
    limit: int = 20,
    literal: Sequence[str] = (),
) -> Answered:
    """Finds products as the query reads. Where nothing is: with a slip undone, with keys decoded, by its core."""
    code = _by_code(query, literal)
    if code is not None:
        interpretation, ids = code
        asked = criteria.get("ids")
        wanted = {**criteria, "ids": ids if asked is None else [key for key in asked if key in ids]}
        request = SearchRequest(NOTHING, wanted, sort, offset, limit)
        hits, degraded = _page(request)
        return Answered(hits.hits, hits.total, request, degraded, interpretations=(interpretation,))
    lexicon = current()
    begun = time.monotonic()
    reading = read(query, lexicon, literal)
    found = _find(SearchRequest(reading, criteria, sort, offset, limit))
    rather = None
    if reading.groups and not found.whole:
        tried = [reading]
        for other in _others(reading, query, lexicon, literal, found=found.hits.total > 0):
            if any(other.asks_as(one) for one in tried):
                continue
            if len(tried) > MAX_TRIES or time.monotonic() - begun > PATIENCE:
                break
            tried.append(other)
            again = _find(SearchRequest(other, criteria, sort, offset, limit))
            # What was found without the word that nobody has says less than what is found with the likely one.
            if again.hits.total:
                rather = other.text if other.text != reading.text else None
                reading, found = other, again
                break
    return Answered(
        found.hits.hits, found.hits.total, found.request, found.degraded, rather, reading.interpretations
    )


def _others(
    plain: Reading, query: str, lexicon: Lexicon, literal: Sequence[str], *, found: bool
) -> Iterator[Reading]:
    """Other readings of a query that found nothing whole, the likeliest first."""
    mended = list(corrected(plain, lexicon, found=found))
    yield from mended
    if found:
        return
    tries = (
        decoded(plain, query, lexicon, literal),
        plain.without_sizes,
        core(plain, lexicon),
        *(core(other, lexicon) for other in mended[:1]),
        plain.named_thing,
    )
    yield from filter(None, tries)
    yield from corrected(plain, lexicon, found=False, known_too=True)
    yield from filter(None, [plain.of_places])


def _find(request: SearchRequest) -> _Found:
    """What holds all words as they are typed; with too few of these, whatever accents, and what holds most of them."""
    reading = request.reading
    if reading.price is not None and not (request.criteria.get("price")):
        low, high = reading.price
        request = replace(request, criteria={**request.criteria, "price": {"min": low, "max": high}})
    if reading.from_places:
        key, own = ("village", reading.villages) if reading.villages else ("commune", reading.communes)
        asked = request.criteria.get(key)
        kept = sorted(own if asked is None else own & set(asked))
        request = replace(request, criteria={**request.criteria, key: kept})
    # Sorted by anything but relevance, what fits less well would come first.
    enough = ENOUGH if request.sort == "RELEVANCE" else 1
    steps: list[Match] = ["FOLDED"]
    if reading.has_accents and reading.groups:
        steps.insert(0, "ACCENTED")
    if reading.may_be_loose:
        steps.append("LOOSE")
    whole = 0
    for step in steps:
        request = replace(request, match=step)
        hits, degraded = _page(request)
        if step != "LOOSE":
            whole = hits.total
        if hits.total >= enough:
            break
    else:
        if 0 < whole < enough and reading.has_head and not reading.may_be_loose:
            # Words that do stand together somewhere: other things of the first kind are next to it.
            match: Match = "LOOSE" if len(reading.groups) == 2 else request.match
            request = replace(request, reading=reading.by_head, match=match)
            hits, degraded = _page(request)
        elif whole > 0 and hits.total < FEW and reading.may_be_wider:
            request = replace(request, reading=replace(reading, is_wide=True))
            hits, degraded = _page(request)
    return _Found(hits, request, degraded, whole)


def _page(request: SearchRequest) -> tuple[Hits, bool]:
    """One page of what an engine finds, the first window of it in its final order."""
    window = request.sort == "RELEVANCE" and request.offset < WINDOW
    hits, degraded = _ask(lambda engine: engine.search(request, window=window))
    if window:
        first = rank(
            hits.hits[:WINDOW],
            request.reading,
            spread=not (request.criteria.get("seller") or request.reading.places),
        )
        hits.hits = (first + hits.hits[WINDOW:])[request.offset : request.offset + request.limit]
    return hits, degraded


def _by_code(query: str, literal: Sequence[str]) -> tuple[Interpretation, list[uuid.UUID]] | None:
    """The products whose SKU or certificate number was typed; the same whichever engine answers."""
    if query in literal:
        return None
    candidates = {code_key(text): text for text in reversed(codes_of(query))}
    if not candidates:
        return None
    keys = [f"{kind}:{key}" for key in candidates for kind in ("sku", "cert")]
    rows = SearchDocument.objects.filter(codes__overlap=keys, gone=False).order_by("-prior", "pk")
    found = list(rows.values_list("pk", "codes")[:MAX_RESULTS])
    for key, text in candidates.items():
        for kind, name in (("SKU", "sku"), ("CERTIFICATE", "cert")):
            ids = [product_id for product_id, codes in found if f"{name}:{key}" in codes]
            if ids and text not in literal:
                return Interpretation(kind, text, text), ids
    return None


def search_facets(request: SearchRequest, attributes: list[str]) -> Facets:
    facets, _degraded = _ask(lambda engine: engine.facets(request, attributes))
    return facets


@dataclass(frozen=True, slots=True)
class Suggested:
    """Something to be chosen while one types. `product_id` for a product, `slug` for what else has a page."""

    kind: str
    text: str = ""
    slug: str | None = None
    product_id: uuid.UUID | None = None


def suggest(query: str, limit: int, language: str) -> list[Suggested]:
    """Crafts, villages, sellers and queries of other people that begin with what was typed, then products.

    From the second letter on. At most half are no products: these are the shorter way, but products are what is wanted.
    """
    tokens = folded(query)
    wanted = " ".join(tokens)
    if len(wanted) < MIN_SUGGESTED:
        return []

    def begins(name: str) -> bool:
        return f" {wanted}" in f" {' '.join(folded(name))}"

    found = [
        Suggested("CRAFT", pick(craft.names, language), craft.slug)
        for craft in Craft.objects.order_by("position")
        if begins(pick(craft.names, language)) or begins(craft.names["vi"])
    ]
    villages = Village.objects.order_by("name_key").only("name", "slug")
    found += [Suggested("VILLAGE", row.name, row.slug) for row in villages if begins(row.name)]
    sellers = Seller.objects.filter(state=SellerState.VERIFIED, slug__contains=slugify(wanted))
    found += [
        Suggested("SELLER", row.name, row.slug)
        for row in sellers.order_by("name_key").only("name", "slug")[:limit]
        if begins(row.name)
    ]
    popular = (
        PopularQuery.objects.filter(key__startswith=wanted).exclude(key=wanted).order_by("-people", "key")
    )
    found += [Suggested("QUERY", row.text) for row in popular[:MAX_QUERIES]]
    found = found[: max(limit // 2, 1)]
    keys, _degraded = (
        _ask(lambda engine: engine.suggest(tokens, limit - len(found))) if limit > len(found) else ([], False)
    )
    return found + [Suggested("PRODUCT", product_id=key) for key in keys]


def related_products(product: Product, craft: str, limit: int) -> list[uuid.UUID]:
    """Products of its craft whose names have most in common with this one's, filled up with the craft's best."""
    criteria = {"craft": [craft]}
    name = read(product.name, current())
    found: dict[uuid.UUID, None] = {}
    for request in (
        SearchRequest(replace(name, price=None, places=()), criteria, limit=limit + 1, match="LOOSE"),
        SearchRequest(NOTHING, criteria, limit=limit + 1),
    ):
        if len(found) <= limit:
            hits, _degraded = _page(request)
            found |= dict.fromkeys(hit.product_id for hit in hits.hits)
    return [key for key in found if key != product.pk][:limit]
