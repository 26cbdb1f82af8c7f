"""Sizes, weights, volumes and times, however they are written: `1m2`, `1,2 m` and `120cm` are one length.

Each is one token of a common unit (`mm1200`, `g500`, `ml330`, `min60`), put beside the words of a product and a query.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

# Word → common unit, and how many of it.
_UNITS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("mm", "ly", "li", "milimet"), ("mm", 1)),
    **dict.fromkeys(("cm", "phân", "phan", "centimet", "xentimet", "xăng ti", "cen ti"), ("mm", 10)),
    **dict.fromkeys(("tấc", "tac"), ("mm", 100)),
    **dict.fromkeys(("m", "mét", "met"), ("mm", 1000)),
    **dict.fromkeys(("g", "gr", "gam", "gram", "grams"), ("g", 1)),
    **dict.fromkeys(("lạng",), ("g", 100)),
    **dict.fromkeys(("kg", "kí", "ký", "ki", "ky", "cân", "kilogam", "kilogram", "kilo"), ("g", 1000)),
    **dict.fromkeys(("ml", "mililit"), ("ml", 1)),
    **dict.fromkeys(("l", "lít", "lit", "litre", "liter"), ("ml", 1000)),
    **dict.fromkeys(("phút", "phut", "minutes", "min"), ("min", 1)),
    **dict.fromkeys(("h", "giờ", "gio", "tiếng", "tieng", "hour", "hours"), ("min", 60)),
}
_NUMBERS = {
    "nửa": "0.5", "nua": "0.5", "một": "1", "mot": "1", "hai": "2", "ba": "3", "bốn": "4", "bon": "4", "năm": "5", "sáu": "6",
    "sau": "6", "bảy": "7", "bay": "7", "tám": "8", "tam": "8", "chín": "9", "chin": "9", "mười": "10", "muoi": "10",
}  # fmt: skip
_WORD = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_NUMBER = r"\d+(?:[.,]\d+)?"
# 30 × 22 × 12 cm: the unit is that of all.
_SERIES = re.compile(
    rf"(?<![\w.,])((?:{_NUMBER}\s*[×x*]\s*)*)({_NUMBER})\s?({_WORD})(?![^\W\d_])(\s?\d{{1,2}}(?![\w.,]))?"
)
_SPOKEN = re.compile(rf"(?<!\w)({'|'.join(_NUMBERS)})\s({_WORD})(\srưỡi|\sruoi)?(?!\w)")
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
        if behind and word == "m" and not others and " " not in match.group():
            # 1m2 and 1m25.
            values = [values[0] + Decimal(f"0.{behind.strip()}")]
        elif behind:
            end = match.start(4)
        if half := _HALF.match(text[end:]):
            values[-1] += Decimal("0.5")
            end += half.end()
        tokens = tuple(token for value in values if (token := _token(value, word)))
        if tokens:
            yield Measure(match.start(), end, tokens)
    for match in _SPOKEN.finditer(text):
        value = Decimal(_NUMBERS[match[1]]) + (Decimal("0.5") if match[3] else 0)
        if token := _token(value, match[2]):
            yield Measure(match.start(), match.end(), (token,))


def _token(value: Decimal, word: str) -> str:
    unit, factor = _UNITS[word]
    number = value * factor
    return f"{unit}{int(number)}" if number == int(number) and 0 < number < _MOST else ""


def weight_token(grams: int) -> str:
    return f"g{grams}"
