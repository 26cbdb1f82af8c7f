"""Searching: Elasticsearch where it is set up and answers, PostgreSQL otherwise.

A breaker keeps requests from waiting on a dead node: after a failure nobody asks it for some seconds, then one does.
"""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from django.conf import settings

from marketplace.core.errors import RequestError
from search.elastic import ElasticEngine
from search.engine import Engine, EngineDown, Facets, Hits, SearchRequest
from search.postgres import PostgresEngine

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


@dataclass(frozen=True, slots=True)
class Answered:
    """`degraded`: Elasticsearch is set up but away, so the database answered."""

    hits: Hits
    degraded: bool


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


def search_products(request: SearchRequest) -> Answered:
    hits, degraded = _ask(lambda engine: engine.search(request))
    return Answered(hits, degraded)


def search_facets(request: SearchRequest, attributes: list[str]) -> Facets:
    facets, _degraded = _ask(lambda engine: engine.facets(request, attributes))
    return facets


def suggest_products(query: str, limit: int) -> list[uuid.UUID]:
    found, _degraded = _ask(lambda engine: engine.suggest(query, limit))
    return found
