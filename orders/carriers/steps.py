"""What carriers tell of a parcel, in one form for all of them.

Their own words are in statuses.csv; one that is not there is an EXCEPTION, which a person looks at and which moves
nothing. What all news of a parcel make together does not depend on the order in which they came.
"""

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import models


class Step(models.TextChoices):
    """In the order in which they follow each other."""

    CREATED = "CREATED"
    PICKUP_PENDING = "PICKUP_PENDING"
    PICKED_UP = "PICKED_UP"
    IN_TRANSIT = "IN_TRANSIT"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    DELIVERY_FAILED = "DELIVERY_FAILED"
    DELIVERED = "DELIVERED"
    RETURNING = "RETURNING"
    RETURNED = "RETURNED"
    CANCELLED = "CANCELLED"
    LOST_DAMAGED = "LOST_DAMAGED"
    EXCEPTION = "EXCEPTION"


# The state that a parcel has at each step. RETURNING: nobody took it, it is on the way back.
PARCEL_STATES: dict[str, str] = {
    Step.CREATED: "READY",
    Step.PICKUP_PENDING: "READY",
    Step.PICKED_UP: "IN_TRANSIT",
    Step.IN_TRANSIT: "IN_TRANSIT",
    Step.OUT_FOR_DELIVERY: "IN_TRANSIT",
    Step.DELIVERY_FAILED: "FAILED",
    Step.DELIVERED: "DELIVERED",
    Step.RETURNING: "FAILED",
    Step.RETURNED: "RETURNED",
    Step.CANCELLED: "CANCELLED",
    Step.LOST_DAMAGED: "LOST",
}
# What may still follow a final step: a parcel that was delivered may go back all the same.
FINAL: dict[str, frozenset[str]] = {
    Step.DELIVERED: frozenset({Step.RETURNING, Step.RETURNED}),
    Step.RETURNED: frozenset(),
    Step.CANCELLED: frozenset(),
    Step.LOST_DAMAGED: frozenset(),
}
# A person sees these, though the table knows them.
FOR_A_PERSON = frozenset({Step.EXCEPTION, Step.LOST_DAMAGED})
_ORDER = {step: number for number, step in enumerate(Step)}


@cache
def _statuses() -> dict[tuple[str, str], Step]:
    with Path(__file__).with_name("statuses.csv").open(encoding="utf-8", newline="") as file:
        return {(row["carrier"], row["raw"]): Step(row["step"]) for row in csv.DictReader(file)}


def step_of(carrier: str, raw: str) -> Step:
    """What a carrier's own word means; EXCEPTION where we do not know it."""
    return _statuses().get((carrier, raw.strip().lower()), Step.EXCEPTION)


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of news: the carrier's own word, and when it happened."""

    raw: str
    occurred_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What the news make together: the last step that counts and its time, and those that contradict it."""

    step: Step | None
    at: dt.datetime | None
    against: frozenset[int]


def settle(news: Iterable[tuple[dt.datetime, str]]) -> Settled:
    """News as (time, step), in any order; `against` are the positions of those that came after a final step."""
    listed = sorted(enumerate(news), key=lambda item: (item[1][0], _ORDER[Step(item[1][1])]))
    current: Step | None = None
    at: dt.datetime | None = None
    may_follow: frozenset[str] | None = None
    against = set()
    for position, (moment, name) in listed:
        step = Step(name)
        if step is Step.EXCEPTION or step is current:
            continue
        if may_follow is not None and step not in may_follow:
            against.add(position)
            continue
        if step in FINAL:
            may_follow = FINAL[step]
        elif may_follow is not None:
            # Delivered and on its way back: it is not brought a second time.
            may_follow = frozenset({Step.RETURNED, Step.LOST_DAMAGED})
        current, at = step, moment
    return Settled(current, at, frozenset(against))
