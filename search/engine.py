"""What a search engine is: both answer the same requests with the same shapes.

An engine finds and roughly orders; the first window of what it found is put into its final order by `ranking`, the same
for both.
"""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from search.reading import Reading

Match = Literal["ACCENTED", "FOLDED", "LOOSE"]
MAX_RESULTS = 1000
# The first results, which are ranked anew. A page that begins inside it is cut out of it.
WINDOW = 80


class EngineDown(Exception):
    """The engine did not answer in time, or not sensibly. The caller falls back."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`criteria` is a ProductFilter as `catalog.queries.filter_products` takes it; `sort` a SearchSort.

    What holds all groups is looked for as it is typed (ACCENTED), then whatever its accents (FOLDED); what holds most
    of them is LOOSE. Words of a single group are looked for in short texts alone: in descriptions every word stands.
    """

    reading: Reading
    criteria: dict[str, Any] = field(default_factory=dict)
    sort: str = "RELEVANCE"
    offset: int = 0
    limit: int = 20
    match: Match = "FOLDED"

    @property
    def in_short_texts(self) -> bool:
        return len(self.reading.groups) == 1


@dataclass(slots=True)
class Hit:
    """A product that was found. What ranking reads stands in it only where the window is asked for."""

    product_id: uuid.UUID
    score: float | None
    seller: str | None = None
    village: str | None = None
    commune: str | None = None
    name: str = ""
    context: str = ""
    attributes: str = ""
    description: str = ""
    in_stock: bool = False
    ocop_stars: int | None = None
    ocop_until: dt.date | None = None
    trusted: bool = False
    sold_30d: int = 0
    rating: float = 0.0
    published_at: dt.datetime | None = None


# Of a hit, what ranking reads beside its texts.
VALUES = (
    "seller", "village", "commune", "in_stock", "ocop_stars", "ocop_until", "trusted", "sold_30d", "rating",
    "published_at",
)  # fmt: skip


@dataclass(slots=True)
class Hits:
    hits: list[Hit]
    total: int


# Facet → value → number of products. ATTRIBUTE facets are keyed "ATTRIBUTE:slug".
Facets = dict[str, dict[str, int]]
FACET_FIELDS = ("CRAFT", "VILLAGE", "COMMUNE", "SELLER", "OCOP_STARS", "PRICE", "IN_STOCK")
# Of a facet with more values, the largest.
FACET_SIZE = 200
# The criterion each facet ignores when it counts.
OWN_CRITERION = {
    "CRAFT": "craft",
    "VILLAGE": "village",
    "COMMUNE": "commune",
    "SELLER": "seller",
    "OCOP_STARS": "ocop_stars",
    "PRICE": "price",
    "IN_STOCK": "in_stock",
}
PRICE_BUCKETS: tuple[tuple[int | None, int | None], ...] = (
    (None, 99_999),
    (100_000, 299_999),
    (300_000, 499_999),
    (500_000, 999_999),
    (1_000_000, 4_999_999),
    (5_000_000, None),
)


def without(criteria: dict[str, Any], facet: str) -> dict[str, Any]:
    """The criteria less the facet's own."""
    if facet.startswith("ATTRIBUTE:"):
        slug = facet.removeprefix("ATTRIBUTE:")
        others = [item for item in criteria.get("attributes") or [] if item["slug"] != slug]
        return {**criteria, "attributes": others}
    own = OWN_CRITERION[facet]
    return {key: value for key, value in criteria.items() if key != own}


class Engine(Protocol):
    """Raises EngineDown where it cannot answer."""

    name: str

    def search(self, request: SearchRequest, *, window: bool) -> Hits:
        """Hits `offset` to `offset + limit` and how many there are in all; with `window`, with what ranking reads."""
        ...

    def facets(self, request: SearchRequest, attributes: list[str]) -> Facets:
        """Counts for each facet, ignoring its own filter; `attributes` are slugs to count too."""
        ...

    def suggest(self, tokens: list[str], limit: int) -> list[uuid.UUID]:
        """Products whose name has these folded syllables, the last one begun only, best first."""
        ...
