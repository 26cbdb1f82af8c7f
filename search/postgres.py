"""The PostgreSQL engine: full text over our own tokens, in search's own table.

Words are looked for by two indexes, one of names alone: of a broad query only CANDIDATES of each are put in order,
first those in whose name the words stand. Filters and counts read the same rows, so no search joins the catalogue.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations
from typing import Any

from django.db import connection, transaction

from marketplace.core.clock import today
from search import ranking
from search.documents import TEXTS, Document
from search.engine import (
    FACET_FIELDS,
    FACET_SIZE,
    MAX_RESULTS,
    PRICE_BUCKETS,
    VALUES,
    WINDOW,
    Facets,
    Hit,
    Hits,
    SearchRequest,
    without,
)
from search.prices import bounds_value
from search.reading import Alternative, Group, Reading
from search.text import fold_tokens

CANDIDATES = 1_000
# Before a word as it is written: folded words have no such letter, so `ren` is another word than the folded `rèn`.
_WRITTEN_SO = "đ"
# Weights of D, C, B, A: description, attributes, context, name.
_WEIGHTS = "{0.05,0.2,0.3,1.0}"
_FROM_PLACE = 1.0
_ORDERS = {
    "RELEVANCE": "score DESC, product_id DESC",
    "NEWEST": "published_at DESC NULLS LAST, product_id DESC",
    "PRICE_ASC": "price NULLS LAST, product_id",
    "PRICE_DESC": "price DESC NULLS LAST, product_id DESC",
    "BEST_SELLING": "sold DESC, product_id DESC",
    "TOP_RATED": "rating DESC, product_id DESC",
}
_COLUMNS = {"CRAFT": "craft", "VILLAGE": "village", "COMMUNE": "commune", "SELLER": "seller"}


class PostgresEngine:
    name = "postgresql"

    def search(self, request: SearchRequest, *, window: bool) -> Hits:
        condition, values = _condition(request, request.criteria)
        last = request.offset + request.limit
        end = min(max(WINDOW, last) if window else last, MAX_RESULTS)
        begin = 0 if window else request.offset
        wanted = ", ".join(("product_id", "score", *((*TEXTS, *VALUES) if window else ())))
        values |= {"limit": max(end - begin, 0), "begin": begin}
        source = f"SELECT *, prior AS score FROM search_document WHERE {condition}"
        if request.sort == "RELEVANCE" and request.reading.groups:
            source = _candidates(request, condition, values)
        with _by_index(request) as cursor:
            cursor.execute(f"SELECT count(*) FROM search_document WHERE {condition}", values)
            (total,) = cursor.fetchone()
            if not total:
                return Hits([], 0)
            cursor.execute(
                f"SELECT {wanted} FROM ({source}) AS found ORDER BY {_ORDERS[request.sort]} "
                "LIMIT %(limit)s OFFSET %(begin)s",
                values,
            )
            names = [column.name for column in cursor.description]
            hits = [Hit(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
        return Hits(hits, total)

    def facets(self, request: SearchRequest, attributes: list[str]) -> Facets:
        found: Facets = {}
        together: list[str] = []
        for facet in (*FACET_FIELDS, *(f"ATTRIBUTE:{slug}" for slug in attributes)):
            kept = without(request.criteria, facet)
            if kept == request.criteria:
                together.append(facet)
            else:
                found |= _count(request, kept, [facet])
        if together:
            found |= _count(request, request.criteria, together)
        return found

    def suggest(self, tokens: list[str], limit: int) -> list[uuid.UUID]:
        begun = " & ".join([*(_quoted(token) for token in tokens[:-1]), f"{_quoted(tokens[-1])}:*"])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT product_id FROM search_document WHERE NOT gone AND name_vector @@ %s::tsquery"
                " ORDER BY prior DESC, product_id DESC LIMIT %s",
                [begun, limit],
            )
            return [row[0] for row in cursor.fetchall()]


@contextmanager
def _by_index(request: SearchRequest) -> Iterator[Any]:
    """A cursor that looks for words in their indexes alone.

    The planner does not know that each row it would look through has its words in another place (TOAST), and reads the
    whole table for a word that a third of the products have.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if request.reading.groups:
            cursor.execute("SET LOCAL enable_seqscan = off")
        yield cursor


# --- Finding ------------------------------------------------------------------------------------------------------


def _condition(request: SearchRequest, criteria: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The WHERE of a request, and its values."""
    parts, values = _filters(criteria)
    if request.reading.groups:
        parts.append(_said(request, values))
    return " AND ".join(["NOT gone", *parts]), values


def _said(request: SearchRequest, values: dict[str, Any]) -> str:
    """The condition that a product is what the words say."""
    reading = request.reading
    words = "vector @@ %(words)s::tsquery"
    values["words"] = _all(request)
    if request.in_short_texts:
        return f"short_{words}"
    # Apart in a description, words say nothing of the thing. No phrase here: each row that may hold one is read whole.
    values["named"] = " | ".join(_any_way(one, accented=reading.has_accents) for one in reading.groups)
    as_typed = "vector @@ %(as_typed)s::tsquery AND name_vector @@ %(named)s::tsquery"
    values["as_typed"] = _all(replace(request, match="ACCENTED"))
    if request.match == "ACCENTED":
        return f"({as_typed})"
    if reading.has_accents:
        # Other accents are other words, unless they stand together as these do.
        values["beside"] = _near(reading, accented=False)
        found = f"{words} AND vector @@ %(beside)s::tsquery OR {as_typed}"
    elif reading.is_ambiguous and request.match != "LOOSE":
        # Somewhere, two of the syllables have to be meant as one thing.
        found = f"{words} AND {_together(reading, values)}"
    else:
        found = words
    if request.match == "LOOSE":
        values["most"] = _most(reading, reading.spare)
        found = f"{found} OR vector @@ %(most)s::tsquery AND {_together(reading, values)}"
        if reading.is_wide:
            values["many"] = _most(reading, reading.spare + 1)
            values["head"] = _any_way(reading.head, accented=reading.has_accents)
            found = f"{found} OR vector @@ %(many)s::tsquery AND name_vector @@ %(head)s::tsquery"
    return f"({found})"


def _together(reading: Reading, values: dict[str, Any]) -> str:
    """The condition that some neighbours stand side by side, or both in the name; or the head, where it has to."""
    values["in_name"] = _in_name(reading)
    in_name = "name_vector @@ %(in_name)s::tsquery"
    if reading.needs_head:
        return in_name
    values["near"] = _near(reading, accented=reading.has_accents)
    return f"(vector @@ %(near)s::tsquery OR {in_name})"


def _candidates(request: SearchRequest, condition: str, values: dict[str, Any]) -> str:
    """The best of what was found, with scores: first by where the words stand, then by what they weigh."""
    reading = request.reading
    in_name = f"{condition} AND name_vector @@ %(all)s::tsquery"
    values |= {
        "all": _all(request),
        "any": " | ".join(
            word
            for group in (*reading.groups, *reading.extra)
            for word in {
                *map(_quoted, group.typed.folded),
                *(map(_accented, group.typed.accented) if reading.has_accents else ()),
                *(_accented(token) for way in group.alternatives[1:] for token in way.accented),
            }
        ),
        "weights": _WEIGHTS,
        "boost": sum(ranking.BOOSTS.values()),
        "villages": sorted(reading.villages),
        "communes": sorted(reading.communes),
        "place": _FROM_PLACE,
    }
    tiers = " UNION ALL ".join(
        f"(SELECT product_id, {value} AS tier FROM search_document WHERE {where}"
        f" ORDER BY prior DESC LIMIT {CANDIDATES})"
        for value, where in ((1, in_name), (0, condition))
    )
    return (
        f"SELECT row.*, (best.tier + ts_rank(%(weights)s, row.vector, %(any)s::tsquery)"
        f" + CASE WHEN row.vector @@ %(all)s::tsquery THEN 1 ELSE 0 END"
        f" + CASE WHEN row.village = ANY(%(villages)s) OR row.commune = ANY(%(communes)s) THEN %(place)s ELSE 0 END)"
        f" * (1 + %(boost)s * row.prior) AS score"
        f" FROM (SELECT product_id, max(tier) AS tier FROM ({tiers}) AS tiers GROUP BY product_id) AS best"
        f" JOIN search_document AS row USING (product_id)"
    )


def _all(request: SearchRequest) -> str:
    accented = request.match == "ACCENTED"
    return " & ".join(_any_way(group, accented=accented) for group in request.reading.groups)


def _any_way(group: Group, *, accented: bool) -> str:
    return f"({' | '.join(f'({_way(way, accented=accented)})' for way in group.alternatives)})"


def _way(way: Alternative, *, accented: bool) -> str:
    """What was typed with its syllables anywhere; another way as it is written, two syllables together."""
    if way.typed:
        return " & ".join(map(_accented, way.accented) if accented else map(_quoted, way.folded))
    return (" <-> " if way.is_phrase else " & ").join(map(_accented, way.accented))


def _most(reading: Reading, spare: int) -> str:
    """All known groups but some."""
    ways = [_any_way(group, accented=reading.has_accents) for group in reading.known]
    return " | ".join(f"({' & '.join(kept)})" for kept in combinations(ways, len(ways) - spare))


def _near(reading: Reading, *, accented: bool) -> str:
    """Some neighbours side by side."""
    word = _accented if accented else _quoted
    return " | ".join(f"({' <-> '.join(map(word, anchor))})" for anchor in reading.anchors(accented=accented))


def _in_name(reading: Reading) -> str:
    """Some neighbours, or the head where that is needed, in any way to say them."""
    accented = reading.has_accents
    if reading.needs_head:
        return _any_way(reading.head, accented=accented)
    return " | ".join(
        f"({_any_way(one, accented=accented)} & {_any_way(two, accented=accented)})"
        for one, two in reading.pairs
    ) or _any_way(reading.groups[0], accented=accented)


def _quoted(token: str) -> str:
    """A token as tsquery takes it: letters and digits, so nothing of its syntax is in it."""
    return f"'{token}'"


def _accented(token: str) -> str:
    return _quoted(f"{_WRITTEN_SO}{token}")


def _filters(criteria: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    parts: list[str] = []
    values: dict[str, Any] = {}

    def add(part: str, **more: Any) -> None:
        parts.append(part)
        values.update(more)

    for key in ("craft", "village", "commune", "seller"):
        if criteria.get(key) is not None:
            add(f"{key} = ANY(%({key})s)", **{key: list(criteria[key])})
    if criteria.get("ids") is not None:
        add("product_id = ANY(%(ids)s)", ids=list(criteria["ids"]))
    price = criteria.get("price") or {}
    if price.get("min") is not None:
        add("price >= %(price_min)s", price_min=price["min"])
    if price.get("max") is not None:
        add("price <= %(price_max)s", price_max=price["max"])
    stars = criteria.get("ocop_stars") or {}
    if stars:
        # A certificate past its day counts no more, even before its product is indexed again.
        add(
            "ocop_stars >= %(stars_min)s AND ocop_until >= %(today)s",
            stars_min=stars.get("min") or 0,
            today=today(),
        )
        if stars.get("max") is not None:
            add("ocop_stars <= %(stars_max)s", stars_max=stars["max"])
    if criteria.get("in_stock") is not None:
        add("in_stock = %(in_stock)s", in_stock=criteria["in_stock"])
    for number, item in enumerate(criteria.get("attributes") or []):
        key = f"choices_{number}"
        add(f"choices && %({key})s", **{key: [f"{item['slug']}={value}" for value in item["values"]]})
    return parts, values


# --- Counting -----------------------------------------------------------------------------------------------------


def _count(request: SearchRequest, criteria: dict[str, Any], facets: Sequence[str]) -> Facets:
    """The facets in one pass over what these criteria leave."""
    condition, values = _condition(request, criteria)
    found: Facets = {facet: {} for facet in facets}
    columns = {facet: _expression(facet, values) for facet in facets if not facet.startswith("ATTRIBUTE:")}
    with _by_index(request) as cursor:
        if columns:
            names = list(columns)
            made = ", ".join(f"{columns[name]} AS f{number}" for number, name in enumerate(names))
            sets = ", ".join(f"(f{number})" for number in range(len(names)))
            wanted = ", ".join(f"f{number}" for number in range(len(names)))
            cursor.execute(
                f"SELECT {wanted}, grouping({wanted}), count(*) FROM"
                f" (SELECT {made} FROM search_document WHERE {condition}) AS rows GROUP BY GROUPING SETS ({sets})",
                values,
            )
            for *cells, mask, number in cursor.fetchall():
                # The one column of this set is the one whose bit is not set.
                place = next(i for i in range(len(names)) if not mask >> (len(names) - 1 - i) & 1)
                if cells[place] is not None:
                    found[names[place]][cells[place]] = number
        for facet in facets:
            if facet.startswith("ATTRIBUTE:"):
                prefix = facet.removeprefix("ATTRIBUTE:") + "="
                cursor.execute(
                    "SELECT choice, count(*) FROM search_document, unnest(choices) AS choice"
                    f" WHERE {condition} AND starts_with(choice, %(prefix)s) GROUP BY choice",
                    {**values, "prefix": prefix},
                )
                found[facet] = {choice.removeprefix(prefix): number for choice, number in cursor.fetchall()}
    return {facet: _largest(counts) for facet, counts in found.items()}


def _largest(counts: dict[str, int]) -> dict[str, int]:
    if len(counts) <= FACET_SIZE:
        return counts
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:FACET_SIZE])


def _expression(facet: str, values: dict[str, Any]) -> str:
    """The value of a facet, as text; NULL where a product has none."""
    if facet in _COLUMNS:
        return _COLUMNS[facet]
    if facet == "IN_STOCK":
        return "CASE WHEN in_stock THEN 'true' END"
    if facet == "OCOP_STARS":
        values["today"] = today()
        return "CASE WHEN ocop_until >= %(today)s THEN ocop_stars::text END"
    cases = []
    for number, (low, high) in enumerate(PRICE_BUCKETS):
        values[f"bucket_{number}"] = bounds_value(low, high)
        bounds = [f"price >= {low}"] * (low is not None) + [f"price <= {high}"] * (high is not None)
        cases.append(f"WHEN {' AND '.join(bounds)} THEN %(bucket_{number})s")
    return f"CASE {' '.join(cases)} END"


# --- Writing ------------------------------------------------------------------------------------------------------
_STORED = (
    *TEXTS, "codes", "craft", "village", "commune", "seller", "choices", "price", "in_stock", "ocop_stars",
    "ocop_until", "trusted", "sold", "sold_30d", "rating", "published_at", "prior", "digest",
)  # fmt: skip


_VECTORS = {
    key: f"setweight(to_tsvector('simple', %({key}_tokens)s), '{weight}')"
    for key, weight in zip(TEXTS, "ABCD", strict=True)
}
_SHORT = " || ".join(_VECTORS[key] for key in TEXTS[:3])
_WRITTEN = {
    **{key: f"%({key})s" for key in (*_STORED, "gone")},
    "vector": f"{_SHORT} || {_VECTORS['description']}",
    "short_vector": _SHORT,
    "name_vector": _VECTORS["name"],
    "updated_at": "now()",
}


def _values(document: Document) -> dict[str, Any]:
    """What is stored, and each text's tokens, first folded, then as they are written."""
    texts = {key: getattr(document, key) for key in TEXTS}
    return {
        **{key: getattr(document, key) for key in _STORED},
        **{
            f"{key}_tokens": " ".join(
                [fold_tokens(text), *(f"{_WRITTEN_SO}{token}" for token in text.split())]
            )
            for key, text in texts.items()
        },
        "gone": not document.visible,
        "product_id": document.product_id,
    }


def write_documents(documents: Iterable[Document]) -> None:
    """Stores these documents, whose rows exist and are locked."""
    columns = ", ".join(f"{key} = {value}" for key, value in _WRITTEN.items())
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE search_document SET {columns} WHERE product_id = %(product_id)s",
            [_values(document) for document in documents],
        )


def insert_documents(documents: Iterable[Document]) -> list[uuid.UUID]:
    """Stores these documents as their first version. Gives those of which nobody else has stored another meanwhile."""
    rows = {document.product_id: _values(document) for document in documents}
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO search_document (product_id, version, {', '.join(_WRITTEN)})"
            f" VALUES (%(product_id)s, 1, {', '.join(_WRITTEN.values())}) ON CONFLICT DO NOTHING",
            [rows[key] for key in sorted(rows)],
        )
        cursor.execute(
            "SELECT product_id, digest FROM search_document WHERE product_id = ANY(%s)", [list(rows)]
        )
        return [key for key, digest in cursor.fetchall() if digest == rows[key]["digest"]]
