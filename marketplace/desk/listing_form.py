"""A listing as a form: flat names to show and type into, and the schema's input made of what was typed.

Rows of kinds are `v-0-name`, `v-0-price`, …; steps of making `s-0-name`, …; the craft's properties `a-material`.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.desk.forms import TOP, Reader, field_errors, snake, written_day, written_money
from marketplace.pages import Data, clean, whole_number

PLAIN = ("name", "craft", "description", "village", "made_to_order_days", "hs_code", "story")
ENGLISH = ("en_name", "en_description")
# `shown` is the number on the shelf that the page showed: what was not changed in it overwrites nothing.
KIND = ("id", "name", "price", "stock", "shown", "sku", "weight", "gtin")
STEP = ("name", "on", "place")
MAX_ROWS = 100
# Nobody can buy these now: the number on the shelf is written beside the price, elsewhere it is changed by counting.
UNSEEN = frozenset({"DRAFT", "REJECTED"})
# Longer than what is allowed: too much is refused, never cut off.
LONG = 40_000
_ROW = re.compile(r"([vs])-(\d{1,2})-([a-z]+)")
_PROPERTY = re.compile(r"a-[a-z0-9-]{1,60}")
# The schema's names of a kind's parts that are other words in the form.
_KIND_PLACES = {"weightGrams": "weight", "options": "name", "compareAtPrice": "price"}

Values = dict[str, str]


def values_of(product: Data, english: Data) -> Values:
    """The listing as it stands; what waits for the officer before what is shown."""
    waiting = product["pendingRevision"] or product
    values: Values = {
        "name": waiting["name"],
        "craft": (waiting["craft"] or {}).get("slug") or "",
        "description": product["description"],
        "village": (product["village"] or {}).get("slug") or "",
        "made_to_order_days": str(product["madeToOrderDays"] or ""),
        "hs_code": product["hsCode"] or "",
        "story": _story(product, "vi"),
        "en_name": english["name"] if english["language"] == "en" else "",
        "en_description": english["description"] if english["language"] == "en" else "",
        "revision": str(product["revision"]),
    }
    values["craft_was"] = values["craft"]
    for item in waiting["attributes"]:
        values[f"a-{item['slug']}"] = item["value"]
    for index, variant in enumerate(product["variants"]):
        values |= {
            f"v-{index}-id": variant["id"],
            f"v-{index}-name": variant["name"],
            f"v-{index}-price": written_money(variant["price"]["amount"]),
            f"v-{index}-sku": variant["sku"],
            f"v-{index}-weight": str(variant["weightGrams"] or ""),
            f"v-{index}-gtin": variant["gtin"] or "",
        }
        if product["state"] in UNSEEN:
            values[f"v-{index}-stock"] = str(variant["onHand"])
    for index, step in enumerate(product["steps"]):
        values |= {
            f"s-{index}-name": step["name"],
            f"s-{index}-on": written_day(step["on"]),
            f"s-{index}-place": step["place"] or "",
        }
    return values


def _story(product: Data, language: str) -> str:
    story = product["story"] or {}
    return str(story["body"]) if story.get("language") == language else ""


def typed_values(request: HttpRequest) -> Values:
    """What was typed, whatever of it is right."""
    known = {*PLAIN, *ENGLISH, "revision", "craft_was"}
    return {
        name: clean(value, LONG).replace("\r\n", "\n").strip()
        for name, value in request.POST.items()
        if isinstance(value, str)
        and (name in known or _PROPERTY.fullmatch(name) or ((row := _ROW.fullmatch(name)) and _part(row)))
    }


def _part(row: "re.Match[str]") -> bool:
    return row[3] in (KIND if row[1] == "v" else STEP)


def rows(values: Mapping[str, str], letter: str) -> list[int]:
    """The numbers of the rows that are there, in order."""
    found = {int(row[2]) for name in values if (row := _ROW.fullmatch(name)) and row[1] == letter}
    return sorted(found)


def row(values: Mapping[str, str], letter: str, number: int) -> Values:
    parts = KIND if letter == "v" else STEP
    return {part: values.get(f"{letter}-{number}-{part}", "") for part in parts}


class ListingReader(Reader):
    """Makes ProductInput of what was typed. Remembers which row became which entry, for errors to find back."""

    def __init__(self, values: Values, product: Data, english: Data) -> None:
        super().__init__(values)
        self.product = product
        self.english = english
        self.kinds: list[int] = []
        self.shelf: dict[int, int] = {}
        self.steps: list[int] = []
        self.properties: list[str] = []

    def input(self) -> Data:
        values = self.values
        data: Data = {name: values[name] or None for name in ("craft", "village") if name in values}
        for name, key in (
            ("name", "name"),
            ("description", "description"),
            ("story", "story"),
            ("hs_code", "hsCode"),
        ):
            if name in values:
                data[key] = values[name]
        if "made_to_order_days" in values:
            data["madeToOrderDays"] = self.count("made_to_order_days")
        if revision := whole_number(values.get("revision"), 0):
            data["expectedRevision"] = revision
        data["variants"] = [self._kind(number) for number in self._kinds()]
        data["steps"] = [self._step(number) for number in self._steps()]
        if self._keeps_craft():
            data["attributes"] = [self._property(slug) for slug in self._properties()]
        translations = self._english()
        if translations is not False:
            data["translations"] = translations
        return data

    def _kinds(self) -> list[int]:
        filled = (number for number in rows(self.values, "v") if any(row(self.values, "v", number).values()))
        self.kinds = list(filled)[:MAX_ROWS]
        return self.kinds

    def _kind(self, number: int) -> Data:
        name = f"v-{number}-"
        given = row(self.values, "v", number)
        kind: Data = {
            "name": given["name"],
            "price": self.money(f"{name}price"),
            "weightGrams": self.count(f"{name}weight"),
            "gtin": given["gtin"],
        }
        if given["sku"]:
            kind["sku"] = given["sku"]
        stock = self.count(f"{name}stock")
        if not given["id"]:
            return {**kind, "stock": stock or 0}
        if stock is not None and given["shown"] != str(stock) and self.product["state"] in UNSEEN:
            self.shelf[number] = stock
        return {"id": given["id"], **kind}

    def _steps(self) -> list[int]:
        self.steps = [
            number for number in rows(self.values, "s") if any(row(self.values, "s", number).values())
        ]
        return self.steps

    def _step(self, number: int) -> Data:
        given = row(self.values, "s", number)
        return {"name": given["name"], "on": self.day(f"s-{number}-on"), "place": given["place"] or None}

    def _keeps_craft(self) -> bool:
        """Properties belong to a craft: those typed under another one mean nothing for a new one."""
        waiting = self.product["pendingRevision"] or self.product
        now = (waiting["craft"] or {}).get("slug") or ""
        return self.values.get("craft_was") == now and self.values.get("craft") == now

    def _properties(self) -> list[str]:
        self.properties = [name[2:] for name, value in self.values.items() if name.startswith("a-") and value]
        return self.properties

    def _property(self, slug: str) -> Data:
        return {"slug": slug, "value": self.values[f"a-{slug}"]}

    def _english(self) -> Any:
        """The English words as `translations`; False where nothing changed."""
        if "en_name" not in self.values:
            return False
        there = self.english["language"] == "en"
        before = (self.english["name"], self.english["description"]) if there else ("", "")
        now = (self.values["en_name"], self.values.get("en_description", ""))
        if now == before:
            return False
        if now == ("", "") and set(self.product["availableLanguages"]) <= {"vi", "en"}:
            return None
        # A translation is written as a whole: its story stays.
        story = _story(self.english, "en") if there else ""
        return [{"language": "en", "name": now[0], "description": now[1], "story": story}]

    def place(self, path: list[str]) -> str:
        """Where a problem of the schema stands in the form."""
        match path:
            case ["variants", number, *rest] if number.isdigit() and int(number) < len(self.kinds):
                part = rest[0] if rest else "price"
                return f"v-{self.kinds[int(number)]}-{_KIND_PLACES.get(part, part)}"
            case ["variants", *_]:
                return "v-0-price"
            case ["steps", number, *rest] if number.isdigit() and int(number) < len(self.steps):
                return f"s-{self.steps[int(number)]}-{rest[0] if rest else 'name'}"
            case ["attributes", number, *_] if number.isdigit() and int(number) < len(self.properties):
                return f"a-{self.properties[int(number)]}"
            case ["translations", *_, part]:
                return f"en_{part}"
            case ["images", *_] | ["file", *_]:
                return "photos"
            case [first, *_]:
                return snake(first)
        return TOP

    def problems(self, found: list[Data]) -> dict[str, str]:
        """userErrors by field."""
        shown = {*self.values, *PLAIN, *ENGLISH, "photos", "v-0-price", "v-0-stock"}
        return field_errors(found, shown, self.place)


def take_over_ids(values: Values, product: Data) -> None:
    """A row typed as new may have been saved meanwhile, its answer lost on the way: it gets the id it has there."""
    known = {values.get(f"v-{number}-id") for number in rows(values, "v")}
    for number, variant in enumerate(product["variants"]):
        if f"v-{number}-price" in values and not values.get(f"v-{number}-id") and variant["id"] not in known:
            values[f"v-{number}-id"] = variant["id"]


def differences(product: Data, english: Data, values: Values) -> list[tuple[str, str]]:
    """What the listing says now where it is not what was typed, in words."""
    now = values_of(product, english)
    labels = {
        "name": _("Name"),
        "craft": _("Craft"),
        "description": _("Description"),
        "village": _("Village"),
        "made_to_order_days": _("Days to make one"),
        "hs_code": _("Customs code"),
        "story": _("Story"),
        "en_name": _("Name in English"),
        "en_description": _("Description in English"),
    }
    found = [
        (label, now[name]) for name, label in labels.items() if name in values and now[name] != values[name]
    ]
    for number in rows(now, "v"):
        price, typed = now[f"v-{number}-price"], values.get(f"v-{number}-price", "")
        if re.sub(r"\D", "", price) != re.sub(r"\D", "", typed):
            found.append((_("Price"), price or _("none yet")))
    return found
