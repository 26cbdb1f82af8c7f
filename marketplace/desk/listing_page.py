"""What the page of a listing shows: its questions, where it stands, and what waits."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from marketplace.desk.forms import Field, Option, fill
from marketplace.desk.listing_form import UNSEEN, Values, row, rows
from marketplace.desk.pictures import photos_of
from marketplace.pages import Data, key_of

NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
EMPTY_STEPS = 2


def listing_context(data: Data, values: Values, errors: Mapping[str, str]) -> dict[str, Any]:
    product = data["product"]
    waiting = product["pendingRevision"]
    kinds = _kinds(product, values, errors)
    more = _more(data, values)
    steps = _steps(values)
    properties = _properties(data, values)
    hidden = {
        *(field.name for field in (*more, *properties)),
        *(field.name for step in steps for field in step),
    }
    details = {field.name for kind in kinds for field in kind["details"].values()}
    return {
        "section": "products",
        "key": key_of(product["id"]),
        "product": product,
        "values": values,
        "state": product["state"],
        "verified": product["seller"]["state"] == "VERIFIED",
        "photos": photos_of(product),
        "waits": [words for name in (waiting or {}).get("changedFields", []) if (words := _words(name))],
        "sent_back": _sent_back(product),
        "fields": fill(_questions(data), values, errors),
        "kinds": kinds,
        "several": sum(1 for kind in kinds if not kind["spare"]) > 1,
        "more": list(fill(more, values, errors).values()),
        "properties": list(fill(properties, values, errors).values()),
        "steps": [list(fill(step, values, errors).values()) for step in steps],
        "more_open": bool((hidden | details) & set(errors)),
        "send": _can_be_sent(product),
        "autosave": product["state"] in UNSEEN,
        "editable": product["state"] != "ARCHIVED" and product["seller"]["state"] != "CLOSED",
    }


def _can_be_sent(product: Data) -> bool:
    """A draft, what was sent back, and changes of a listing for sale that were sent back."""
    if product["seller"]["state"] != "VERIFIED":
        return False
    if product["state"] == "PUBLISHED":
        return _sent_back(product)
    return product["state"] in UNSEEN


def _sent_back(product: Data) -> bool:
    """Whether the officer's words are still to be answered."""
    waiting = product["pendingRevision"]
    return product["state"] == "REJECTED" or bool(waiting and not waiting["waiting"])


def _words(changed: str) -> str:
    return {
        "name": _("the name"),
        "craft": _("the craft"),
        "images": _("the photos"),
        "ocop": _("the OCOP certificate"),
    }.get(changed, changed)


def _questions(data: Data) -> list[Field]:
    crafts = [Option(craft["slug"], craft["name"]) for craft in data["crafts"]]
    return [
        Field(
            "name",
            _("Name"),
            hint=_("What it is, as you would say it to a buyer: Fern basket with a lid."),
            attributes={"maxlength": 400, "autocomplete": "off"},
        ),
        Field("craft", _("Craft"), "select", options=[Option("", _("Choose")), *crafts]),
        Field(
            "description",
            _("Description"),
            "area",
            hint=_("What it is made of, how large it is, what it is good for."),
            attributes={"rows": 5},
        ),
    ]


def _kinds(product: Data, values: Values, errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """A row for each kind, and one more that is empty, for another."""
    there = {variant["id"]: variant for variant in product["variants"]}
    numbers = rows(values, "v") or [0]
    if numbers[-1] == 0 or any(row(values, "v", numbers[-1]).values()):
        numbers.append(numbers[-1] + 1)
    found = []
    for number in numbers:
        given = row(values, "v", number)
        asks_stock = not given["id"] or product["state"] in UNSEEN
        main = fill(_kind_main(number, asks_stock=asks_stock), values, errors)
        details = fill(_kind_details(number), values, errors)
        is_spare = number != numbers[0] and not given["id"] and not any(given.values())
        found.append(
            {
                "number": number,
                "id": given["id"],
                "variant": there.get(given["id"]),
                "spare": is_spare,
                "shown": there[given["id"]]["onHand"] if asks_stock and given["id"] in there else "",
                "name": given["name"],
                "main": main,
                "details": details,
                "asked": [details[f"v-{number}-name"], *main.values()],
            }
        )
    return found


def _kind_main(number: int, *, asks_stock: bool) -> list[Field]:
    name = f"v-{number}-"
    fields = [
        Field(
            f"{name}price",
            _("Price in đồng"),
            hint=_("For example 250.000."),
            attributes={**NUMBER, "maxlength": 20},
        )
    ]
    if asks_stock:
        fields.append(
            Field(f"{name}stock", _("How many are on the shelf?"), attributes={**NUMBER, "maxlength": 9})
        )
    return fields


def _kind_details(number: int) -> list[Field]:
    name = f"v-{number}-"
    return [
        Field(
            f"{name}name",
            _("Name of this kind"),
            hint=_("Only if there are several: small, large, red."),
            attributes={"maxlength": 200, "autocomplete": "off"},
        ),
        Field(f"{name}weight", _("Weight in grams"), attributes={**NUMBER, "maxlength": 9}),
        Field(f"{name}sku", _("Your own code"), attributes={"maxlength": 80, "autocomplete": "off"}),
        Field(f"{name}gtin", _("Number under the barcode"), attributes={**NUMBER, "maxlength": 20}),
    ]


def _more(data: Data, values: Values) -> list[Field]:
    commune = data["product"]["seller"]["commune"]
    villages = [Option(row["slug"], row["name"]) for row in (commune["villages"] if commune else [])]
    craft = next((row for row in data["crafts"] if row["slug"] == values.get("craft")), None)
    usual = craft["hsCode"] if craft else None
    return [
        Field(
            "made_to_order_days",
            _("Made to order: how many days does one take?"),
            hint=_("Fill this in if you also make it when there is none on the shelf."),
            attributes={**NUMBER, "maxlength": 5},
        ),
        Field("village", _("Village"), "select", options=[Option("", _("None of these")), *villages]),
        Field(
            "story",
            _("Its story"),
            "area",
            hint=_("Who made it, and how it came about."),
            attributes={"rows": 4},
        ),
        Field(
            "hs_code",
            _("Customs code (HS)"),
            hint=_("Needed only for buyers abroad. Usual for this craft: %(code)s.") % {"code": usual}
            if usual
            else _("Needed only for buyers abroad."),
            attributes={**NUMBER, "maxlength": 14},
        ),
        Field(
            "en_name",
            _("Name in English"),
            attributes={"maxlength": 400, "lang": "en", "autocomplete": "off"},
        ),
        Field("en_description", _("Description in English"), "area", attributes={"rows": 4, "lang": "en"}),
    ]


def _properties(data: Data, values: Values) -> list[Field]:
    """The questions of the craft that the page was made for; those of another one come after saving."""
    craft = next((row for row in data["crafts"] if row["slug"] == values.get("craft_was")), None)
    return [_property(definition) for definition in craft["attributes"]] if craft else []


def _property(definition: Data) -> Field:
    name, label = f"a-{definition['slug']}", definition["name"]
    if definition["unit"]:
        label = f"{label} ({definition['unit']})"
    match definition["type"]:
        case "CHOICE":
            options = [Option("", _("Not said"))]
            options += [Option(choice["value"], choice["label"]) for choice in definition["choices"]]
            return Field(name, label, "select", options=options)
        case "BOOLEAN":
            options = [Option("", _("Not said")), Option("true", _("Yes")), Option("false", _("No"))]
            return Field(name, label, "select", options=options)
        case "NUMBER":
            return Field(
                name, label, attributes={"inputmode": "decimal", "maxlength": 14, "autocomplete": "off"}
            )
    return Field(name, label, attributes={"maxlength": 200, "autocomplete": "off"})


def _steps(values: Values) -> list[list[Field]]:
    """The steps that are there, and some empty ones."""
    filled = [number for number in rows(values, "s") if any(row(values, "s", number).values())]
    first = max(filled, default=-1) + 1
    return [
        [
            Field(
                f"s-{number}-name", _("What is done"), attributes={"maxlength": 200, "autocomplete": "off"}
            ),
            Field(
                f"s-{number}-on", _("Day"), hint=_("For example 20/04/2026."), attributes={"maxlength": 12}
            ),
            Field(f"s-{number}-place", _("Where"), attributes={"maxlength": 200, "autocomplete": "off"}),
        ]
        for number in [*filled, *range(first, first + EMPTY_STEPS)]
    ]
