"""How a workshop delivers: at the market's prices or its own, for nothing from a sum on, or fetched in the village."""

import re
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from marketplace.desk.client import mutate, run
from marketplace.desk.forms import Field, Option, field_errors, fill, parse_money, typed, written_money
from marketplace.desk.site import EDITORS, Desk, desk_page, show
from marketplace.pages import Data
from orders.carriers.zones import Zone

OWN, MARKET = "own", "market"
# Rows of a zone that are shown at least, and one more than it has.
ROWS = 3
_KILOS = re.compile(r"(\d{1,5})(?:[.,](\d{1,3}))?\s*(?:kg)?", re.ASCII | re.IGNORECASE)


def zones() -> dict[str, str]:
    return {zone.value: capfirst(str(zone.label)) for zone in Zone}


@desk_page(EDITORS)
def delivery(request: HttpRequest, desk: Desk) -> HttpResponse:
    seller = run(request, "delivery", slug=desk.seller["slug"])["seller"]
    kept = seller["private"]["shippingSettings"]
    values, errors = _values(kept), dict[str, str]()
    if request.method == "POST":
        names = [name for name in request.POST if re.fullmatch(r"(up|price)-[A-Z]{1,8}-\d{1,3}", name)]
        values = typed(request, ("prices", "free_above", "pickup", *names[:400]), 40)
        errors = _save(request, seller, values)
        if not errors:
            messages.success(request, _("Saved. It counts for what is ordered from now on."))
            return redirect("desk:delivery")
    context = {
        "section": "workshop",
        "fields": fill(_questions(seller), values, errors),
        "zones": _tables(values, errors),
        "open": values["prices"] == OWN,
    }
    return show(request, desk, "desk/delivery.html", context, errors=errors)


def _values(kept: Data) -> dict[str, str]:
    """What stands in the form; the market's prices are a beginning for one's own."""
    values = {
        "prices": OWN if kept["ownRates"] else MARKET,
        "free_above": written_money(kept["freeAbove"]["amount"] if kept["freeAbove"] else None),
        "pickup": "yes" if kept["pickup"] else "",
    }
    counts: dict[str, int] = {}
    for rate in kept["rates"]:
        number = counts.get(rate["zone"], 0)
        counts[rate["zone"]] = number + 1
        values[f"up-{rate['zone']}-{number}"] = _written_kilos(rate["upToGrams"])
        values[f"price-{rate['zone']}-{number}"] = written_money(rate["price"]["amount"]) or "0"
    return values


def _written_kilos(grams: int) -> str:
    return f"{grams / 1000:g}".replace(".", ",")


def _grams(text: str) -> int | None:
    """`2`, `2,5` and `0.5 kg` in grams; None where it cannot be read."""
    found = _KILOS.fullmatch(text.strip())
    if found is None:
        return None
    return int(found[1]) * 1000 + int((found[2] or "0").ljust(3, "0"))


def _save(request: HttpRequest, seller: Data, values: Mapping[str, str]) -> dict[str, str]:
    errors: dict[str, str] = {}
    free_above = parse_money(values["free_above"]) if values["free_above"] else None
    if values["free_above"] and free_above is None:
        errors["free_above"] = _("Write the sum in đồng with digits, for example 500.000.")
    rates: list[Data] | None = None
    places: list[str] = []
    if values["prices"] == OWN:
        rates, places = _read_rates(values, errors)
        if not rates and not errors:
            errors["prices"] = _("Write at least one price, or take the market's.")
    if errors:
        return errors
    payload = mutate(
        request,
        "delivery_set",
        seller=seller["id"],
        input={"freeAbove": free_above, "pickup": bool(values["pickup"]), "rates": rates},
    )

    def place(path: list[str]) -> str:
        match path:
            case ["rates", number, part] if number.isdigit() and int(number) < len(places):
                return f"{'price' if part == 'price' else 'up'}-{places[int(number)]}"
            case ["freeAbove"]:
                return "free_above"
        return "prices"

    return field_errors(payload["userErrors"], ("prices", "free_above", *values), place)


def _read_rates(values: Mapping[str, str], errors: dict[str, str]) -> tuple[list[Data], list[str]]:
    """The prices of the form, and where each stands. A row with nothing in it is none."""
    rates, places = [], []
    for name in values:
        if not name.startswith("up-"):
            continue
        key = name.removeprefix("up-")
        zone, weight, price = key.split("-")[0], values[name], values.get(f"price-{key}", "")
        if zone not in zones() or not (weight or price):
            continue
        grams, amount = _grams(weight), parse_money(price)
        if not grams:
            errors[f"up-{key}"] = _("Write the weight in kilograms, for example 2 or 0,5.")
        if amount is None:
            errors[f"price-{key}"] = _("Write the price in đồng with digits, for example 30.000.")
        if grams and amount is not None:
            rates.append({"zone": zone, "upToGrams": grams, "price": amount})
            places.append(key)
    return rates, places


def _tables(values: Mapping[str, str], errors: Mapping[str, str]) -> list[Data]:
    """By zone its name, what a light parcel costs, and rows of (up to so many kilos, price)."""
    tables = []
    for zone, name in zones().items():
        used = sum(1 for key in values if key.startswith(f"up-{zone}-") and (values[key] or errors.get(key)))
        questions = [
            field
            for number in range(max(ROWS, used + 1))
            for field in (
                Field(f"up-{zone}-{number}", _("Up to (kg)")),
                Field(f"price-{zone}-{number}", _("Price (₫)")),
            )
        ]
        fields = list(fill(questions, values, errors).values())
        tables.append(
            {
                "name": name,
                "first": f"{fields[0].value} kg: {fields[1].value} ₫" if fields[0].value else "",
                "rows": list(zip(fields[::2], fields[1::2], strict=True)),
                "wrong": any(field.error for field in fields),
            }
        )
    return tables


def _questions(seller: Data) -> list[Field]:
    village = seller["village"]["name"] if seller["village"] else ""
    return [
        Field(
            "prices",
            _("What does delivery cost?"),
            "radio",
            options=[
                Option(
                    MARKET,
                    _("The market's prices"),
                    hint=_("By weight and distance. Good for most workshops."),
                ),
                Option(
                    OWN,
                    _("My own prices"),
                    hint=_("Write them below. Where you write none, you do not deliver."),
                ),
            ],
        ),
        Field(
            "free_above",
            _("Free delivery from this sum on (₫)"),
            hint=_("Within Việt Nam. Leave it empty if delivery is never free."),
            attributes={"inputmode": "numeric", "autocomplete": "off", "maxlength": 20},
        ),
        Field(
            "pickup",
            _("Buyers may fetch things here"),
            "check",
            hint=_("They see the village: %(village)s. You tell them the way when it is packed.")
            % {"village": village}
            if village
            else _("You tell them the way when it is packed."),
        ),
    ]
