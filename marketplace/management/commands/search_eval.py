"""`manage.py search_eval FILE`: judges search by queries whose answers are known.

A line of FILE is JSON: {"id", "class", "query", "language", "filter", "relevant": {slug: 1..3}}. Printed are, for each
class and in all: nDCG@10 (gain 2^grade - 1, Järvelin and Kekäläinen 2002), the reciprocal rank of the first relevant
product, recall@20, the share of queries without a hit, and how long a search took; then the ten worst queries.
"""

import argparse
import json
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.core.actor import GUEST
from marketplace.core.graphql.context import Context
from marketplace.core.graphql.executor import Request
from marketplace.schema import executor

QUERY = """query($query: String!, $filter: ProductFilter, $language: Language) {
  searchProducts(query: $query, filter: $filter, language: $language, first: 20) {
    totalCount degraded correctedQuery nodes { slug }
  }
}"""
ENGINES = {"es": "elasticsearch", "pg": "postgresql"}
WORST = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """How one query did. `ndcg`, `reciprocal` and `recall` are None where nothing is relevant."""

    id: str
    kind: str
    query: str
    total: int
    milliseconds: float
    ndcg: float | None
    reciprocal: float | None
    recall: float | None


class Command(BaseCommand):
    help = "Judges search by a file of queries whose answers are known."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--engine", choices=list(ENGINES), help="the other engine than the settings'")
        parser.add_argument("--totals", action="store_true", help="without the worst queries")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["engine"] or ("es" if settings.ELASTICSEARCH_URL else "pg")
        if wanted == "es" and not settings.ELASTICSEARCH_URL:
            raise CommandError("Elasticsearch is not set up: ELASTICSEARCH_URL is empty.")
        url = settings.ELASTICSEARCH_URL
        settings.ELASTICSEARCH_URL = url if wanted == "es" else ""
        try:
            rows = [self._judge(row) for row in read(options["file"])]
        finally:
            settings.ELASTICSEARCH_URL = url
        self.stdout.write(f"{ENGINES[wanted]}, {len(rows)} queries")
        self.stdout.write(
            "class           queries  nDCG@10    MRR  recall@20  no hit   hits   p50 ms  p95 ms"
        )
        for kind in [*dict.fromkeys(row.kind for row in rows), "all"]:
            self.stdout.write(_line(kind, [row for row in rows if kind in {"all", row.kind}]))
        if options["totals"]:
            return
        self.stdout.write("\nthe worst")
        judged = sorted((row for row in rows if row.ndcg is not None), key=lambda row: row.ndcg or 0.0)
        for row in judged[:WORST]:
            self.stdout.write(f"{row.ndcg:7.3f}  {row.total:6} hits  {row.id}  {row.kind}  {row.query}")

    def _judge(self, row: dict[str, Any]) -> Judged:
        context = Context(actor=GUEST, language=row.get("language") or "vi", request=None)
        variables = {
            "query": row["query"],
            "filter": row.get("filter") or None,
            "language": row.get("language") or "vi",
        }
        started = time.perf_counter()
        answer = executor.run(Request(QUERY, variables, None, {}), context).body
        taken = (time.perf_counter() - started) * 1000
        if answer.get("errors"):
            raise CommandError(f"{row['id']}: {answer['errors'][0]['message']}")
        found = answer["data"]["searchProducts"]
        if found["degraded"]:
            raise CommandError("Elasticsearch does not answer.")
        slugs = [node["slug"] for node in found["nodes"]]
        relevant: dict[str, int] = row["relevant"]
        return Judged(
            row["id"],
            row["class"],
            row["query"],
            found["totalCount"],
            taken,
            ndcg(slugs, relevant) if relevant else None,
            reciprocal_rank(slugs, relevant) if relevant else None,
            len(relevant.keys() & set(slugs)) / min(20, len(relevant)) if relevant else None,
        )


def read(path: str) -> list[dict[str, Any]]:
    """The lines of a file. Raises CommandError with the line that is at fault."""
    rows = []
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a path that was typed
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                    rows.append({"id": row["id"], "class": row["class"], "query": row["query"], **row})
                    grades = row["relevant"].values()
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    raise CommandError(f"line {number}: not a judged query: {error}") from None
                if not all(isinstance(grade, int) and 1 <= grade <= 3 for grade in grades):
                    raise CommandError(f"line {number}: grades are 1, 2 or 3")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    if not rows:
        raise CommandError(f"{path} holds no query")
    return rows


def ndcg(slugs: Sequence[str], relevant: dict[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain of the first `depth`, 0 to 1."""

    def gain(grades: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:depth]))

    return gain([relevant.get(slug, 0) for slug in slugs]) / gain(sorted(relevant.values(), reverse=True))


def reciprocal_rank(slugs: Sequence[str], relevant: dict[str, int]) -> float:
    return next((1 / place for place, slug in enumerate(slugs, 1) if slug in relevant), 0.0)


def _line(kind: str, rows: Sequence[Judged]) -> str:
    def mean(values: Sequence[float | None]) -> str:
        numbers = [value for value in values if value is not None]
        return f"{statistics.fmean(numbers):.3f}" if numbers else "-"

    answerable = [row for row in rows if row.ndcg is not None]
    empty = f"{sum(not row.total for row in answerable)}/{len(answerable)}"
    times = sorted(row.milliseconds for row in rows)
    return (
        f"{kind:15} {len(rows):7}  {mean([row.ndcg for row in rows]):>7}  {mean([row.reciprocal for row in rows]):>5}"
        f"  {mean([row.recall for row in rows]):>9}  {empty:>6}  {max(row.total for row in rows):5}"
        f"  {times[len(times) // 2]:7.1f}  {times[int(len(times) * 0.95)]:6.1f}"
    )
