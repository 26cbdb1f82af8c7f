"""Forms of the desk: questions, what people type into them, and where a refusal is shown."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.pages import Data, clean

TOP = "form"
# Named one by one, so that an iPhone turns its own HEIC into JPEG.
PHOTOS = "image/jpeg,image/png,image/webp,image/avif"
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_MONEY = re.compile(r"(\d+|\d{1,3}(?:([., ])\d{3})(?:\2\d{3})*)(k|nghin|nghìn|ngàn)?(?:đ|₫|vnd|vnđ|đồng)?")
_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})|(\d\d)(\d\d)(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_COUNT = re.compile(r"\d{1,9}")
MAX_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list, under a heading where there are many."""

    value: str
    label: str
    group: str = ""
    hint: str = ""


@dataclass(slots=True)
class Field:
    """One question. `kind` is the part of the page that asks it: text, area, select, radio, check or file."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    options: Sequence[Option] = ()
    required: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)
    value: str = ""
    error: str = ""

    @property
    def groups(self) -> list[tuple[str, list[Option]]]:
        """The options by heading, in the order given."""
        found: dict[str, list[Option]] = {}
        for option in self.options:
            found.setdefault(option.group, []).append(option)
        return list(found.items())


def fill(fields: Iterable[Field], values: Mapping[str, str], errors: Mapping[str, str]) -> dict[str, Field]:
    """The questions by name, with what was typed and what is wrong with it."""
    found = {}
    for question in fields:
        question.value = values.get(question.name, "")
        question.error = errors.get(question.name, "")
        found[question.name] = question
    return found


def typed(request: HttpRequest, names: Iterable[str], limit: int = 2000) -> dict[str, str]:
    """What was typed, without what cannot be stored."""
    return {name: clean(request.POST.get(name), limit).replace("\r\n", "\n").strip() for name in names}


def snake(name: str) -> str:
    return _CAPITAL.sub("_", name).lower()


def field_errors(
    problems: Sequence[Data],
    known: Iterable[str],
    place: Callable[[list[str]], str] | Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The schema's userErrors by the form's field; what has no field there stands above the form.

    `place` leads from the schema's path, or its last part, to the form's name where the two differ.
    """
    names = set(known)
    errors: dict[str, str] = {}
    for problem in problems:
        path = problem["field"] or []
        if callable(place):
            name = place(path)
        else:
            last = next((part for part in reversed(path) if not part.isdigit()), "")
            name = (place or {}).get(last) or snake(last)
        name = name if name in names else TOP
        known_error = errors.get(name)
        if name == TOP and known_error and problem["message"] not in known_error:
            errors[name] = f"{known_error} {problem['message']}"
        else:
            errors.setdefault(name, problem["message"])
    return errors


class Reader:
    """Reads numbers, money and days out of what was typed; what it cannot read is an error at its field."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.errors: dict[str, str] = {}

    def money(self, name: str) -> int | None:
        """`1.250.000`, `1250000` and `1 250 000 ₫` are the same đồng; None where nothing was typed."""
        text = self.values.get(name, "")
        if not text:
            return None
        amount = parse_money(text)
        if amount is None:
            self.errors[name] = _("Write the price in đồng with digits, for example 250.000.")
        return amount

    def count(self, name: str) -> int | None:
        """A whole number; None where nothing was typed."""
        text = self.values.get(name, "").replace(" ", "").replace(".", "")
        if not text:
            return None
        if not _COUNT.fullmatch(text) or not text.isascii():
            self.errors[name] = _("Write a whole number with digits, for example 12.")
            return None
        return int(text)

    def day(self, name: str) -> str | None:
        """`20/04/1965` as the schema writes it; None where nothing was typed."""
        text = self.values.get(name, "")
        if not text:
            return None
        day = parse_day(text)
        if day is None:
            self.errors[name] = _("Write day, month and year, for example 20/04/2026.")
            return None
        return day.isoformat()


def parse_money(text: str) -> int | None:
    """An amount of đồng as people write it; None where it cannot be read without doubt."""
    plain = re.sub(r"\s+", " ", text.strip().lower())
    # A space before the currency or the word for thousand says nothing.
    plain = re.sub(r" (?=[^\d])", "", plain)
    found = _MONEY.fullmatch(plain)
    if found is None or not plain[0].isascii():
        return None
    digits = re.sub(r"\D", "", found[1])
    if len(digits) > MAX_DIGITS:
        return None
    return int(digits) * (1000 if found[3] else 1)


def parse_day(text: str) -> dt.date | None:
    """Day, month, year, as it is written in Việt Nam (a keyboard of digits has no stroke: 20041965), or ISO 8601."""
    text = text.strip()
    if found := _DAY.fullmatch(text):
        day, month, year = (int(part) for part in found.groups() if part)
    elif found := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def written_day(value: str | None) -> str:
    """A Date or DateTime of the schema as it is typed: `20/04/2026`."""
    return f"{dt.date.fromisoformat(value[:10]):%d/%m/%Y}" if value else ""


def written_money(amount: int | None) -> str:
    """`250000` as it is typed: `250.000`; nothing for no price yet."""
    return f"{amount:,}".replace(",", ".") if amount else ""
