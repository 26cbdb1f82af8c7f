"""The shelf: how many of each thing are there. Every press is counted once, also where the network is weak."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marketplace.desk.client import mutate, run
from marketplace.desk.forms import Reader, field_errors, typed
from marketplace.desk.site import EVERYONE, Desk, by_script, desk_page, new_key, show
from marketplace.pages import Data, clean, whole_number

NAMES = ("variant", "key", "reason", "number", "shown", "delta")


def _reasons() -> dict[str, tuple[str, int]]:
    """Why the number changes, in words, and which way it goes; 0 for a new count of the whole shelf."""
    return {
        "made": (_("I made more"), 1),
        "sold": (_("Sold elsewhere"), -1),
        "broken": (_("Broken or lost"), -1),
        "counted": (_("Counted again: this is all there is"), 0),
    }


@desk_page(EVERYONE)
def stock(request: HttpRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        return _page(request, desk)
    values = typed(request, NAMES, 200)
    change, errors = _read(values)
    if not errors:
        payload = mutate(request, "stock_adjust", variant=values["variant"], key=values["key"], **change)
        errors = field_errors(
            payload["userErrors"], ("number",), {"delta": "number", "expectedOnHand": "number"}
        )
        if not errors:
            return _done(request, payload["variant"])
    return _page(request, desk, values, errors)


def _read(values: dict[str, str]) -> tuple[Data, dict[str, str]]:
    """What to change, and what is wrong with the question."""
    if values["delta"] in {"1", "-1"}:
        delta = int(values["delta"])
        return {"delta": delta, "reason": _("One more") if delta > 0 else _("One less")}, {}
    reason = _reasons().get(values["reason"])
    reader = Reader(values)
    number = reader.count("number")
    if number is None and not reader.errors:
        reader.errors["number"] = _("Write a whole number with digits, for example 12.")
    if reason is None:
        reader.errors["reason"] = _("Choose why the number changes.")
    if reader.errors or number is None or reason is None:
        return {}, reader.errors
    words, sign = reason
    if sign:
        return {"delta": sign * number, "reason": words}, {}
    shown = whole_number(values["shown"], 0)
    if number == shown:
        return {}, {"number": _("That is the number already. Nothing was changed.")}
    return {"delta": number - shown, "expected": shown, "reason": words}, {}


def _done(request: HttpRequest, variant: Data) -> HttpResponse:
    name = " · ".join(part for part in (variant["product"]["name"], variant["name"]) if part)
    words = _("%(name)s: now %(number)s on the shelf.") % {"name": name, "number": variant["onHand"]}
    if by_script(request):
        return JsonResponse({"onHand": variant["onHand"], "held": variant["held"], "said": words})
    messages.success(request, words)
    return redirect(f"{request.get_full_path()}#v-{variant['id']}")


def _page(
    request: HttpRequest,
    desk: Desk,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    after = clean(request.GET.get("after"), 1500) or None
    slug = desk.seller["slug"]
    criteria = {"seller": [slug], "state": ["PUBLISHED", "IN_REVIEW"]}
    data = run(request, "stock", slug=slug, filter=criteria, after=after)
    nearly_gone = [] if after else _low(data["seller"]["private"]["lowStock"])
    told = {row["id"] for row in nearly_gone}
    shelves = [
        row for product in data["products"]["nodes"] for row in _shelves(product) if row["id"] not in told
    ]
    refused = values["variant"] if values and errors else ""
    for row in (*nearly_gone, *shelves):
        row["key"] = new_key()
        row["typed"] = values if row["id"] == refused else {}
        row["errors"] = errors if row["id"] == refused else {}
    context: dict[str, Any] = {
        "section": "stock",
        "low": nearly_gone,
        "rest": sorted(shelves, key=lambda row: row["onHand"] - row["held"]),
        "further": after is not None,
        "page": data["products"]["pageInfo"],
        "reasons": [(value, words) for value, (words, _sign) in _reasons().items()],
        # A variant that is on no row any more: its trouble is told above.
        "lost": refused and not any(row["id"] == refused for row in (*nearly_gone, *shelves)),
    }
    return show(request, desk, "desk/stock.html", context, errors=errors)


def _low(variants: list[Data]) -> list[Data]:
    return [
        {**row, "product": row["product"]["name"], "picture": row["product"]["thumbnail"], "to_order": None}
        for row in variants
    ]


def _shelves(product: Data) -> list[Data]:
    return [
        {
            **row,
            "product": product["name"],
            "picture": product["thumbnail"],
            "to_order": product["madeToOrderDays"],
        }
        for row in product["variants"]
    ]
