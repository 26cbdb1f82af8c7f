"""Attributes of a craft: what values they take, in the one form in which they are kept."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.checks import Problems
from catalog.models import AttributeDefinition, AttributeType
from marketplace.core.errors import ErrorCode
from marketplace.core.vietnamese import fold, normalise

MAX_TEXT = 200
_YES = {"true", "yes", "1", "co", "dung"}
_NO = {"false", "no", "0", "khong", "sai"}
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,3})?")
# Options that variants of any craft may have.
COMMON_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "size": {"vi": "Cỡ", "en": "Size"},
    "color": {"vi": "Màu", "en": "Colour"},
}


def read_attributes(
    given: Sequence[Mapping[str, Any]],
    definitions: Mapping[str, AttributeDefinition],
    problems: Problems,
    *path: str,
    common: bool = False,
) -> list[dict[str, str]]:
    """Clean {slug, value} pairs in the order given; what is wrong with each goes to `problems` at its place.

    `common` also allows COMMON_OPTIONS, as text.
    """
    found: dict[str, str] = {}
    for index, item in enumerate(given):
        slug, place = item["slug"], (*path, str(index))
        definition = definitions.get(slug)
        if slug in found:
            problems.note(ErrorCode.DUPLICATE, _("This is named twice."), *place, "slug")
        elif definition is None and not (common and slug in COMMON_OPTIONS):
            problems.note(
                ErrorCode.INVALID,
                _("Things of this craft have no such property. Choose the craft first."),
                *place,
                "slug",
            )
        else:
            found[slug] = _value(item["value"], definition, problems, *place, "value")
    return [{"slug": slug, "value": value} for slug, value in found.items()]


def _value(text: str, definition: AttributeDefinition | None, problems: Problems, *place: str) -> str:
    kind = definition.type if definition else AttributeType.TEXT
    text = normalise(text)
    if kind == AttributeType.NUMBER:
        number = text.replace(" ", "").replace(",", ".")
        try:
            if _NUMBER.fullmatch(number):
                return format(Decimal(number).normalize(), "f")
        except InvalidOperation:
            pass
        problems.note(ErrorCode.INVALID, _("Write a number, for example 30 or 12,5."), *place)
    elif kind == AttributeType.BOOLEAN:
        word = fold(text)
        if word in _YES | _NO:
            return "true" if word in _YES else "false"
        problems.note(ErrorCode.INVALID, _("Answer with true or false."), *place)
    elif kind == AttributeType.CHOICE and definition is not None:
        for choice in definition.choices:
            if fold(text) in {fold(label) for label in choice.values()}:
                return str(choice["vi"])
        problems.note(
            ErrorCode.INVALID,
            _("One of: %(choices)s.") % {"choices": ", ".join(c["vi"] for c in definition.choices)},
            *place,
        )
    else:
        return problems.line(text, MAX_TEXT, *place, required=_("Write a value, or leave this out."))
    return ""
