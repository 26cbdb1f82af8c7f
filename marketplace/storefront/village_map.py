"""The drawn map of villages: communes about their place, each one's villages in rings around its middle.

Several villages share the centre of their commune, so the rings are order, not geography, and the page says so.
Communes that would overlap are pushed apart.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

SPREAD_X, SPREAD_Y = 420, 470
ONE_RING, FIRST_RING, RING_GAP = 92, 72, 66
# How many villages stand on each ring, from the inside; up to SINGLE stand on one ring alone.
SINGLE = 8
RING_SIZES = (6, 12, 18, 24)
EDGE = 34
LABEL = 52
PADDING = 24
ROUNDS = 200

Village = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    village: Village
    x: float
    y: float
    radius: float

    @property
    def label_y(self) -> float:
        return round(self.y - self.radius - 8, 1)


@dataclass(slots=True)
class CommunePlace:
    slug: str
    name: str
    villages: list[Village]
    reach: float
    x: float = 0
    y: float = 0
    places: list[Place] = field(default_factory=list)

    @property
    def label_y(self) -> float:
        """The name stands above its rings."""
        return round(self.y - self.reach - 14, 1)


@dataclass(frozen=True, slots=True)
class VillageMap:
    communes: list[CommunePlace]
    width: int
    height: int


def lay_out(villages: list[Village]) -> VillageMap:
    """Communes from north to south, with the position of each village."""
    grouped: dict[str, list[Village]] = defaultdict(list)
    for village in villages:
        grouped[village["commune"]["slug"]].append(village)
    communes = [
        CommunePlace(
            slug,
            rows[0]["commune"]["name"],
            sorted(rows, key=lambda row: -row["productCount"]),
            _rings(len(rows))[-1][1] + EDGE,
        )
        for slug, rows in grouped.items()
    ]
    _put_where_they_are(communes)
    _push_apart(communes)
    width, height = _fit(communes)
    for commune in communes:
        commune.places = _places(commune)
    return VillageMap(sorted(communes, key=lambda commune: commune.y), width, height)


def _rings(count: int) -> list[tuple[int, float]]:
    """How many villages on each ring, and its radius."""
    if count <= SINGLE:
        return [(count, ONE_RING)]
    rings: list[tuple[int, float]] = []
    while count > 0:
        size = min(count, RING_SIZES[min(len(rings), len(RING_SIZES) - 1)])
        rings.append((size, float(FIRST_RING + len(rings) * RING_GAP)))
        count -= size
    return rings


def _put_where_they_are(communes: list[CommunePlace]) -> None:
    """Degrees to the picture's units, north up."""
    spots = {}
    for commune in communes:
        located = [row["location"] for row in commune.villages if row["location"]]
        if located:
            spots[commune.slug] = (
                sum(spot["longitude"] for spot in located) / len(located),
                -sum(spot["latitude"] for spot in located) / len(located),
            )
    for axis, spread in ((0, SPREAD_X), (1, SPREAD_Y)):
        values = [spot[axis] for spot in spots.values()] or [0.0]
        span = max(values) - min(values) or 1
        for index, commune in enumerate(communes):
            spot = spots.get(commune.slug)
            # One without a place stands in the middle, a little beside the others.
            at = (spot[axis] - min(values)) / span * spread if spot else spread / 2 + index
            setattr(commune, "xy"[axis], at)


def _push_apart(communes: list[CommunePlace]) -> None:
    for _round in range(ROUNDS):
        for index, one in enumerate(communes):
            for other in communes[index + 1 :]:
                dx, dy = other.x - one.x or 0.1, other.y - one.y
                distance = math.hypot(dx, dy)
                missing = one.reach + other.reach + LABEL - distance
                if missing > 0:
                    push_x, push_y = dx / distance * missing / 2, dy / distance * missing / 2
                    one.x, one.y = one.x - push_x, one.y - push_y
                    other.x, other.y = other.x + push_x, other.y + push_y


def _fit(communes: list[CommunePlace]) -> tuple[int, int]:
    """Moves everything into the picture and says how large that is."""
    if not communes:
        return 100, 100
    left = min(row.x - row.reach for row in communes) - PADDING
    top = min(row.y - row.reach for row in communes) - PADDING - LABEL
    for row in communes:
        row.x, row.y = round(row.x - left, 1), round(row.y - top, 1)
    right = max(row.x + row.reach for row in communes)
    bottom = max(row.y + row.reach for row in communes)
    return round(right + PADDING), round(bottom + PADDING)


def _places(commune: CommunePlace) -> list[Place]:
    places, waiting = [], list(commune.villages)
    for ring, (size, radius) in enumerate(_rings(len(waiting))):
        now, waiting = waiting[:size], waiting[size:]
        for index, village in enumerate(now):
            angle = 2 * math.pi * (index + ring / 2) / size - math.pi / 2
            places.append(
                Place(
                    village,
                    round(commune.x + radius * math.cos(angle), 1),
                    round(commune.y + radius * math.sin(angle), 1),
                    round(11 + min(math.sqrt(village["productCount"]) * 2, 14), 1),
                )
            )
    return places
