"""Search: a GET form whose address says everything that was chosen, so that it can be kept and shared."""

import re
import unicodedata
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.core.money import format_money
from marketplace.pages import Data, clean
from marketplace.storefront.client import run

PAGE = 24
SORTS = ("RELEVANCE", "BEST_SELLING", "TOP_RATED", "NEWEST", "PRICE_ASC", "PRICE_DESC")
# The address's name of each facet; several values may be chosen of those in MANY.
NAMES = {
    "CRAFT": "craft",
    "VILLAGE": "village",
    "COMMUNE": "commune",
    "SELLER": "seller",
    "OCOP_STARS": "stars",
    "PRICE": "price",
    "IN_STOCK": "stock",
}
MANY = ("craft", "village", "commune", "seller")
# An address may hold more than any drawer offers; what is beyond is passed over.
MAX_NAMES, MAX_VALUES, MAX_ATTRIBUTES = 40, 20, 10
SHOWN_VALUES = 8
# The address's name of what is taken as plain words: texts of interpretations that were undone.
LITERAL, MAX_LITERAL = "nguyen", 10
NEXT_VILLAGES = 12
_SLUG = re.compile(r"^[-\w]{1,120}$")
_PRICE = re.compile(r"^(\d{0,12})-(\d{0,12})$", re.ASCII)

Pair = tuple[str, str]


def chosen(request: HttpRequest) -> list[Pair]:
    """The filters of the address that make sense, each once; the rest is passed over."""
    pairs: list[Pair] = []
    for name in list(request.GET)[:MAX_NAMES]:
        values = [clean(value, 120) for value in request.GET.getlist(name)][:MAX_VALUES]
        if name in MANY:
            pairs += [(name, value) for value in values if _SLUG.match(value)]
        elif name.startswith("a.") and _SLUG.match(name[2:]):
            pairs += [(name, value) for value in values if value]
        elif (
            (name == "stars" and values[-1] in {"1", "2", "3", "4", "5"})
            or (name == "stock" and values[-1] == "true")
            or (name == "price" and (match := _PRICE.match(values[-1])) and any(match.groups()))
        ):
            pairs.append((name, values[-1]))
    return list(dict.fromkeys(pairs))


def plain_words(request: HttpRequest) -> list[str]:
    """What is to be taken as it was typed, each once."""
    texts = (" ".join(clean(text, 200).split()) for text in request.GET.getlist(LITERAL))
    return [text for text in dict.fromkeys(texts) if text][:MAX_LITERAL]


def product_filter(pairs: list[Pair]) -> Data:
    """The same as a ProductFilter of the schema."""
    found: Data = {}
    attributes: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in MANY:
            found.setdefault(name, []).append(value)
        elif name == "stars":
            found["ocopStars"] = {"min": int(value)}
        elif name == "stock":
            found["inStock"] = True
        elif name == "price":
            low, _dash, high = value.partition("-")
            found["price"] = {key: int(text) for key, text in (("min", low), ("max", high)) if text}
        else:
            attributes.setdefault(name[2:], []).append(value)
    if attributes:
        found["attributes"] = [
            {"slug": slug, "values": values} for slug, values in list(attributes.items())[:MAX_ATTRIBUTES]
        ]
    return found


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    query = " ".join(clean(request.GET.get("q"), 200).split())
    pairs = chosen(request)
    literal = plain_words(request) if query else []
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "RELEVANCE"
    after = clean(request.GET.get("after"), 200) or None
    data = run(
        request,
        "search",
        query=query,
        filter=product_filter(pairs),
        sort=sort,
        first=PAGE,
        after=after,
        literal=literal,
    )
    found = data["searchProducts"]
    base = [("q", query)] if query else []
    plain = [(LITERAL, text) for text in literal]
    order = [("sort", sort)] if sort != "RELEVANCE" else []
    page = found["pageInfo"]
    return render(
        request,
        "storefront/search.html",
        {
            "query": query,
            "corrected": found["correctedQuery"],
            "meanings": _meanings(found["interpretations"], query, plain, pairs, order),
            "plain": _plain(query, plain, pairs, order),
            "products": [_marked(edge) for edge in found["edges"]],
            "total": found["totalCount"],
            "degraded": found["degraded"],
            "facets": [_facet(facet, pairs) for facet in found["facets"] if facet["values"]],
            "chips": _chips(found["facets"], pairs, base + plain + order, data["crafts"]),
            "kept_for_filters": plain + _unseen(found["facets"], pairs),
            "clear_url": _address(base + plain + order),
            "sort": sort,
            "sorts": _sorts(),
            "kept_for_sort": base + plain + pairs,
            "more_url": _address([*base, *plain, *pairs, *order, ("after", page["endCursor"])])
            if page["hasNextPage"]
            else None,
            "further": after is not None,
            "crafts": data["crafts"],
            "villages": [] if found["edges"] else _villages(request),
        },
    )


def _marked(edge: Data) -> Data:
    """A product with its name as the schema marked it: HTML that is escaped already."""
    return {**edge["node"], "marked": mark_safe(edge["highlight"] or "")}  # noqa: S308


def _meanings(
    rows: list[Data], query: str, plain: list[Pair], pairs: list[Pair], order: list[Pair]
) -> list[Data]:
    """What was read out of the words: how to say it, and the addresses without it."""
    words = {
        "PRICE": _("Price: %(label)s"),
        "PLACE": _("Things from %(label)s first"),
        "SKU": _("Code: %(label)s"),
        "CERTIFICATE": _("Certificate: %(label)s"),
    }
    found = []
    for row in rows:
        if row["kind"] == "PRICE" and any(name == "price" for name, _value in pairs):
            # The drawer's price was chosen after these words, and counts instead.
            continue
        # Only a price keeps things away: a place comes first, a code is all there is.
        rest = _without(query, row["text"]) if row["kind"] == "PRICE" else ""
        found.append(
            {
                "text": row["text"],
                "label": words[row["kind"]] % {"label": row["label"]},
                "url": _address([("q", query), *plain, (LITERAL, row["text"]), *pairs, *order]),
                "rest": rest,
                "rest_url": _address([("q", rest), *plain, *pairs, *order]),
            }
        )
    return found


def _plain(query: str, plain: list[Pair], pairs: list[Pair], order: list[Pair]) -> list[Data]:
    """What is taken as it was typed, with the address that reads it as before."""
    found = []
    for pair in plain:
        others = [other for other in plain if other != pair]
        rest = _without(query, pair[1])
        found.append(
            {
                "text": pair[1],
                "url": _address([("q", query), *others, *pairs, *order]),
                "rest": rest,
                "rest_url": _address([("q", rest), *others, *pairs, *order]),
            }
        )
    return found


def _without(query: str, words: str) -> str:
    """The query without these words of it; empty where they are not in it as they stand, or are all of it."""
    whole = unicodedata.normalize("NFC", query)
    together = r"\s+".join(map(re.escape, words.split()))
    rest = re.sub(rf"(?<!\w){together}(?!\w)", " ", whole, count=1, flags=re.IGNORECASE)
    rest = " ".join(rest.split())
    return "" if rest == whole else rest


def _villages(request: HttpRequest) -> list[Data]:
    """Where one may look further: the villages with the most things."""
    rows = run(request, "search_empty")["villages"]["nodes"]
    return sorted(rows, key=lambda row: -row["productCount"])[:NEXT_VILLAGES]


def _sorts() -> list[Pair]:
    return [
        ("RELEVANCE", _("Best match")),
        ("BEST_SELLING", _("Bought most often")),
        ("TOP_RATED", _("Best rated")),
        ("NEWEST", _("Newest")),
        ("PRICE_ASC", _("Price, low to high")),
        ("PRICE_DESC", _("Price, high to low")),
    ]


def _address(pairs: list[Pair]) -> str:
    return reverse("storefront:search") + (f"?{urlencode(pairs)}" if pairs else "")


def _name(facet: Data) -> str:
    return NAMES.get(facet["field"]) or f"a.{facet['attribute']}"


def _facet(facet: Data, pairs: list[Pair]) -> Data:
    name = _name(facet)
    values = [{**row, "selected": (name, row["value"]) in pairs} for row in facet["values"]]
    values.sort(key=lambda row: not row["selected"])
    cut = max(SHOWN_VALUES, sum(row["selected"] for row in values))
    many = name in MANY or name.startswith("a.")
    return {
        "name": name,
        "label": facet["label"],
        "kind": "checkbox" if many or name == "stock" else "radio",
        "values": values[:cut],
        "further": values[cut:],
        "open": any(row["selected"] for row in values),
    }


def _unseen(facets: list[Data], pairs: list[Pair]) -> list[Pair]:
    """What was chosen but has no box any more: the form carries it along."""
    seen = {(_name(facet), row["value"]) for facet in facets for row in facet["values"]}
    return [pair for pair in pairs if pair not in seen]


def _chips(facets: list[Data], pairs: list[Pair], kept: list[Pair], crafts: list[Data]) -> list[Data]:
    labels = {("craft", row["slug"]): row["name"] for row in crafts}
    labels |= {(_name(facet), row["value"]): row["label"] for facet in facets for row in facet["values"]}
    return [
        {
            "label": labels.get(pair) or _plain_label(*pair),
            "url": _address([*kept, *[other for other in pairs if other != pair]]),
        }
        for pair in pairs
    ]


def _plain_label(name: str, value: str) -> str:
    """A chip's words where no result carries the value any more."""
    if name == "price":
        low, _dash, high = value.partition("-")
        if not low:
            return _("Up to %(price)s") % {"price": format_money(int(high))}
        if not high:
            return _("From %(price)s") % {"price": format_money(int(low))}
        return f"{format_money(int(low))} – {format_money(int(high))}"
    if name == "stars":
        return _("OCOP, %(stars)s stars or more") % {"stars": value}
    if name == "stock":
        return _("In stock")
    return value.replace("-", " ").capitalize()


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """What the search field offers while one types."""
    query = " ".join(clean(request.GET.get("q"), 100).split())
    rows = run(request, "suggest", query=query)["suggestions"] if query else []
    kinds = {
        "CRAFT": _("Craft"),
        "VILLAGE": _("Village"),
        "SELLER": _("Maker"),
        "PRODUCT": "",
        "QUERY": "",
    }
    found: list[dict[str, Any]] = [
        {
            "text": row["text"],
            "kind": kinds[row["kind"]],
            "url": _suggestion_url(row),
            "thumb": (row["thumbnail"] or {}).get("thumb"),
        }
        for row in rows
    ]
    return JsonResponse({"suggestions": found})


def _suggestion_url(row: Data) -> str:
    routes = {"CRAFT": "craft", "VILLAGE": "village", "SELLER": "seller", "PRODUCT": "product"}
    if row["slug"] and row["kind"] in routes:
        return reverse(f"storefront:{routes[row['kind']]}", args=[row["slug"]])
    return _address([("q", row["text"])])
