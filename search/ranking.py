"""The order of what was found: one place for both engines, and for the page that explains it (/ranking).

Text comes first: how many of the words, how rare, where and how near each other they stand. What a product has done for
buyers raises it by at most BOOSTS in all. Nobody can pay for a place (Decree 248/2026).
"""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from math import log
from typing import Protocol

from django.utils import timezone

from marketplace.core.clock import today
from search.engine import Hit
from search.reading import Alternative, Group, Reading
from search.text import fold_token

# Of 1, by where a word stands.
FIELD_WEIGHTS = {"name": 1.0, "context": 0.55, "attributes": 0.55, "description": 0.3}
# A word that was typed with accents and is there with others.
OTHER_ACCENTS = 0.4
# The words of a phrase that do not stand together.
SCATTERED = 0.8
ALL_WORDS = 0.5
NEIGHBOURS = 0.25
BEGINS_WITH = 0.3
BREVITY = 0.25
FROM_PLACE = 1.2
# What raises a product, and by how much at most.
BOOSTS = {"stars": 0.05, "in_stock": 0.04, "rating": 0.04, "sales": 0.04, "trusted": 0.02, "fresh": 0.01}
FRESH_DAYS = 60
# Of the first results at most so many are one seller's, unless sellers are what was filtered by.
FIRST, OF_ONE_SELLER = 12, 4


class Rated(Protocol):
    """What the boosts read."""

    @property
    def in_stock(self) -> bool: ...
    @property
    def ocop_stars(self) -> int | None: ...
    @property
    def ocop_until(self) -> dt.date | None: ...
    @property
    def trusted(self) -> bool: ...
    @property
    def sold_30d(self) -> int: ...
    @property
    def rating(self) -> float: ...
    @property
    def published_at(self) -> dt.datetime | None: ...


def prior(product: Rated) -> float:
    """0 to 1: what a product has done for buyers, whatever was asked for."""
    age = (timezone.now() - product.published_at).days if product.published_at else FRESH_DAYS
    valid = product.ocop_until is not None and product.ocop_until >= today()
    parts = {
        "stars": (product.ocop_stars or 0) / 5 if valid else 0.0,
        "in_stock": float(product.in_stock),
        "rating": product.rating / 5,
        "sales": min(1.0, log(1 + product.sold_30d) / log(101)),
        "trusted": float(product.trusted),
        "fresh": max(0.0, 1 - age / FRESH_DAYS),
    }
    return sum(BOOSTS[name] * value for name, value in parts.items()) / sum(BOOSTS.values())


def rank(hits: Sequence[Hit], reading: Reading, *, spread: bool) -> list[Hit]:
    """The hits in their final order; `spread` keeps one seller from filling the first page."""
    scored = []
    for position, hit in enumerate(hits):
        hit.score = text_score(hit, reading) * (1 + sum(BOOSTS.values()) * prior(hit))
        scored.append((-hit.score, position, hit))
    ordered = [hit for _score, _position, hit in sorted(scored, key=lambda item: item[:2])]
    return _spread(ordered) if spread else ordered


def _spread(ordered: Sequence[Hit]) -> list[Hit]:
    first: list[Hit] = []
    later: list[Hit] = []
    counts: dict[str | None, int] = {}
    for hit in ordered:
        if len(first) < FIRST and counts.get(hit.seller, 0) < OF_ONE_SELLER:
            counts[hit.seller] = counts.get(hit.seller, 0) + 1
            first.append(hit)
        else:
            later.append(hit)
    return first + later


def text_score(hit: Hit, reading: Reading) -> float:
    """0 for nothing; 1 for all words in the name; some more for the right order and place."""
    place = FROM_PLACE if hit.village in reading.villages or hit.commune in reading.communes else 0.0
    groups = (*reading.groups, *reading.extra)
    if not groups:
        return 1.0 + place
    texts = _Texts(hit)
    total = sum(group.importance for group in groups)
    score, missing, lowest = 0.0, 0, 1.0
    where: list[tuple[int, int, int] | None] = []
    for group in groups:
        value, spot = texts.best(group, has_accents=reading.has_accents)
        score += value * group.importance / total
        missing += value == 0
        lowest = min(lowest, value)
        where.append(spot)
    if not missing:
        score += ALL_WORDS * min(1.0, lowest / FIELD_WEIGHTS["attributes"])
    if len(groups) > 1:
        near = sum(
            one is not None and two is not None and one[0] == two[0] and one[2] == two[1]
            for one, two in pairwise(where)
        )
        score += NEIGHBOURS * near / (len(groups) - 1)
    lines = [spot for spot in where if spot is not None]
    if where[0] is not None and where[0][1] == 0:
        score += BEGINS_WITH
    if lines:
        line = texts.names[lines[0][0]][0]
        held = sum(end - start for number, start, end in lines if number == lines[0][0])
        score += BREVITY * held / max(len(line), 1)
    return score + place


class _Texts:
    """A product's texts as tokens, folded and accented, a line for each language."""

    __slots__ = ("names", "others")

    def __init__(self, hit: Hit) -> None:
        self.names = _lines(hit.name)
        self.others = [
            (FIELD_WEIGHTS[field], _lines(getattr(hit, field)))
            for field in ("context", "attributes", "description")
        ]

    def best(self, group: Group, *, has_accents: bool) -> tuple[float, tuple[int, int, int] | None]:
        """The best value of a group's ways, and where in a name it stands: line, first token, token behind the last."""
        value, spot = 0.0, None
        for way in group.alternatives:
            exactly = has_accents or not way.typed
            for number, line in enumerate(self.names):
                start, found = _find(way, line, exactly)
                found *= way.weight
                if found > value:
                    value, spot = found, (number, start, start + len(way.folded))
            for weight, lines in self.others:
                if value >= weight * way.weight:
                    continue
                for line in lines:
                    value = max(value, weight * way.weight * _find(way, line, exactly)[1])
        return value, spot


def _lines(text: str) -> list[tuple[list[str], list[str]]]:
    return [([fold_token(token) for token in line], line) for line in map(str.split, text.split("\n"))]


def _find(way: Alternative, line: tuple[list[str], list[str]], has_accents: bool) -> tuple[int, float]:
    """Where the way stands in the line (-1: nowhere), and how well: 1 together and with its accents, less without."""
    folded, accented = line
    wanted, exact = way.folded, way.accented
    first, size = wanted[0], len(wanted)
    place = -1
    for start, token in enumerate(folded):
        if token != first or (size > 1 and tuple(folded[start : start + size]) != wanted):
            continue
        if not has_accents or tuple(accented[start : start + size]) == exact:
            return start, 1.0
        if place < 0:
            place = start
    if place >= 0:
        return place, OTHER_ACCENTS
    if size > 1 and all(token in folded for token in wanted):
        return folded.index(first), SCATTERED * (
            1.0 if not has_accents or all(token in accented for token in exact) else OTHER_ACCENTS
        )
    return -1, 0.0
