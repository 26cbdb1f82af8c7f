"""The rules of OCOP, by the day on which a certificate was issued. Data, for each decision changes them."""

import calendar
import datetime as dt
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

RULES = Path(__file__).parent / "data" / "ocop_rules.json"


@dataclass(frozen=True, slots=True)
class OcopRules:
    """One decision's rules: in force from a day, months of validity, who issues how many stars."""

    start: dt.date
    decision: str
    months: int
    levels: Mapping[int, tuple[str, ...]]

    def expires_on(self, issued_on: dt.date) -> dt.date:
        return add_months(issued_on, self.months)


@functools.cache
def _all_rules() -> tuple[OcopRules, ...]:
    rows = json.loads(RULES.read_text(encoding="utf-8"))
    return tuple(
        OcopRules(
            start=dt.date.fromisoformat(row["from"]),
            decision=row["decision"],
            months=row["months"],
            levels={int(stars): tuple(levels) for stars, levels in row["levels"].items()},
        )
        for row in sorted(rows, key=lambda row: str(row["from"]))
    )


def rules_on(day: dt.date) -> OcopRules | None:
    """The rules in force on a day; None before the programme began."""
    return next((rules for rules in reversed(_all_rules()) if rules.start <= day), None)


def add_months(day: dt.date, months: int) -> dt.date:
    """Calendar months later; a day that the month lacks becomes its last: 29 Feb 2024 + 36 → 28 Feb 2027."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
