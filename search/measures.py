"""Sizes, weights, volumes and times, however they are written: `1m2`, `1,2 m` and `120cm` are one length.

Each is one token of a common unit (`mm1200`, `g500`, `ml330`, `min60`), put beside the words of a product and a query.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from search.numbers import SPOKEN

# Word → common unit, and how many of it.
UNITS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("mm", "ly", "li", "milimet"), ("mm", 1)),
    **dict.fromkeys(("cm", "phân", "phan", "centimet", "xentimet", "xăng ti", "cen ti"), ("mm", 10)),
    **dict.fromkeys(("tấc", "tac"), ("mm", 100)),
    **dict.fromkeys(("m", "mét", "met"), ("mm", 1000)),
    **dict.fromkeys(("g", "gr", "gam", "gram", "grams"), ("g", 1)),
    **dict.fromkeys(("lạng", "lang"), ("g", 100)),
    **dict.fromkeys(("kg", "kí", "ký", "ki", "ky", "cân", "kilogam", "kilogram", "kilo"), ("g", 1000)),
    **dict.fromkeys(("ml", "mililit"), ("ml", 1)),
    **dict.fromkeys(("l", "lít", "lit", "litre", "liter"), ("ml", 1000)),
    **dict.fromkeys(("phút", "phut", "minutes", "min"), ("min", 1)),
    **dict.fromkeys(("h", "giờ", "gio", "tiếng", "tieng", "hour", "hours"), ("min", 60)),
}
# What a unit may be instead without its accents (`2 gio`: giờ or giỏ), or even with them (`2 ly`: millimetres or cups).
THINGS = {"gio": "giỏ", "met": "mẹt", "lang": "lẵng", "phan": "phản", "ly": "ly", "li": "li"}
# `nam` is a man: `áo nam m` is no five metres.
_SPOKEN_NUMBERS = {word: number for word, number in SPOKEN.items() if word != "nam"}
_WORD = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
# No longer, and no more of them: of a text without an end, each place would be read up to its end.
_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
# 30 × 22 × 12 cm: the unit is that of all.
_SERIES = re.compile(
    rf"(?<![\w.,])((?:{_NUMBER}\s*[×x*]\s*){{0,5}})({_NUMBER})\s?({_WORD})(?![^\W\d_])(\s?\d{{1,2}}(?!\w|[.,]\d))?"
)
# Without a unit, two sizes are in centimetres.
_BARE = re.compile(r"(?<![\w.,])(\d{2,3})\s?[×x*]\s?(\d{2,3})(?!\w|[.,]\d|\s?[×x*])")
_SPOKEN = re.compile(rf"(?<!\w)({'|'.join(_SPOKEN_NUMBERS)})\s({_WORD})(?!\w)")
# `một ký hai` is 1,2 kg, `1 mét 5` is 1,5 m.
_DIVIDED = {"m", "mét", "met", "kg", "kí", "ký", "ky", "cân", "l", "lít", "lit"}
_TENTH = re.compile(r"^\s(một|hai|ba|bốn|tư|năm|rưỡi|sáu|bảy|tám|chín|[1-9])(?!\w|[.,]\d)")
# `mét sáu` is 1,6 m, where no number stands before it.
_ONE_AND = re.compile(r"(?<!\w)(mét|ký|kí|cân|lít)(?=\s(?:hai|ba|bốn|tư|năm|rưỡi|sáu|bảy|tám|chín)(?!\w))")
_UNIT_BEHIND = re.compile(rf"\s?(?:{_WORD})(?![^\W\d_])")
_HALF = re.compile(r"^\s(?:rưỡi|ruoi)(?!\w)")
_MOST = 10**9


@dataclass(frozen=True, slots=True)
class Measure:
    """Where a measure stands in a text (lower case), and its tokens."""

    start: int
    end: int
    tokens: tuple[str, ...]


def measures(text: str) -> Iterator[Measure]:
    """The measures of a text in lower case, in their order."""
    for match in _SERIES.finditer(text):
        others, last, word, behind = match.groups()
        values = [Decimal(value.replace(",", ".")) for value in (*re.findall(_NUMBER, others), last)]
        end = match.end()
        if behind and word in _DIVIDED and not others and " " not in match.group():
            # 1m2, 1m25 and 1kg2.
            values = [values[0] + Decimal(f"0.{behind.strip()}")]
        elif behind:
            end = match.start(4)
        value, end = _with_tenth(values[-1], word, text, end)
        values[-1] = value
        tokens = tuple(token for value in values if (token := _token(value, word)))
        if tokens:
            yield Measure(match.start(), end, tokens)
    for match in _BARE.finditer(text):
        tokens = tuple(_token(Decimal(value), "cm") for value in match.groups())
        if all(tokens) and not _UNIT_BEHIND.match(text[match.end() :]):
            yield Measure(match.start(), match.end(), tokens)
    for match in _SPOKEN.finditer(text):
        value, end = _with_tenth(_SPOKEN_NUMBERS[match[1]], match[2], text, match.end())
        if token := _token(value, match[2]):
            yield Measure(match.start(), end, (token,))
    for match in _ONE_AND.finditer(text):
        before = text[: match.start()].split()[-1:]
        value, end = _with_tenth(Decimal(1), match[1], text, match.end())
        counted = before and (before[0].isdigit() or before[0] in _SPOKEN_NUMBERS)
        if not counted and (token := _token(value, match[1])):
            yield Measure(match.start(), end, (token,))


def _with_tenth(value: Decimal, word: str, text: str, end: int) -> tuple[Decimal, int]:
    """With what is said behind the unit: a half, or a tenth."""
    if half := _HALF.match(text[end:]):
        return value + Decimal("0.5"), end + half.end()
    if word in _DIVIDED and value == int(value) and (tenth := _TENTH.match(text[end:])):
        number = {"tư": "4", "rưỡi": "5"}.get(tenth[1], SPOKEN.get(tenth[1], tenth[1]))
        return value + Decimal(f"0.{number}"), end + tenth.end()
    return value, end


def _token(value: Decimal, word: str) -> str:
    unit, factor = UNITS[word]
    number = value * factor
    return f"{unit}{int(number)}" if number == int(number) and 0 < number < _MOST else ""


def weight_token(grams: int) -> str:
    return f"g{grams}"
