"""Amounts and numbers as people write them in sheets.

What could be read two ways gives None: `1.2` may be a number that Excel made of `1.200`, so it is asked about, and
nothing is ever multiplied by a guess.
"""

import math
import re
import unicodedata
from decimal import Decimal

_CURRENCY = re.compile(r"(?<=[\d\w])\s*(?:đồng|vnđ|vnd|đ|₫)\.?$|^(?:vnđ|vnd|₫)\s*")
_THOUSAND = ("k", "nghìn", "ngàn", "nghin", "ngan")
_MILLION = ("tr", "triệu", "trieu")
_UNITS = {
    **dict.fromkeys(_THOUSAND, 1_000),
    **dict.fromkeys(_MILLION, 1_000_000),
    **dict.fromkeys(("tỷ", "tỉ", "ty"), 1_000_000_000),
}
_PLAIN = re.compile(r"[0-9]{1,15}")
# 250000.00, as other programs write it: what stands behind says nothing.
_ZEROS = re.compile(r"([0-9]{1,15})[.,]0{1,2}")
_GROUPED = re.compile(r"([1-9][0-9]{0,2}(?:([., ])[0-9]{3})(?:\2[0-9]{3}){0,3})(?:[.,]0{1,2})?")
_WORDS = re.compile(
    rf"([0-9]{{1,9}})(?:[.,]([0-9]{{1,2}}))? ?({'|'.join(sorted(_UNITS, key=len, reverse=True))})"
)
# 1tr2 and 1 triệu 200; with two digits it would be 20 or 200 thousand.
_AND_PART = re.compile(rf"([0-9]{{1,3}}) ?(?:{'|'.join(_MILLION)}) ?([0-9]|[0-9]{{3}})")
_AND_THOUSANDS = re.compile(
    rf"([0-9]{{1,3}}) ?(?:{'|'.join(_MILLION)}) ?([0-9]{{1,3}}) ?(?:{'|'.join(_THOUSAND)})"
)
_WEIGHT = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))? ?(kg|g|gr|gam|gram)")


def parse_money(value: object) -> int | None:
    """Đồng: `1.200.000`, `1,200,000`, `1,2 triệu`, `350k`, `200 nghìn`, `1200000.0`. None where it is not sure."""
    if not isinstance(value, str):
        return parse_whole(value)
    text = _CURRENCY.sub("", _plain(value)).strip()
    if found := _WORDS.fullmatch(text):
        amount = Decimal(f"{found[1]}.{found[2] or 0}") * _UNITS[found[3]]
        return int(amount) if amount == int(amount) else None
    if found := _AND_PART.fullmatch(text):
        return int(found[1]) * 1_000_000 + int(found[2].ljust(3, "0")) * 1_000
    if found := _AND_THOUSANDS.fullmatch(text):
        return int(found[1]) * 1_000_000 + int(found[2]) * 1_000
    return parse_whole(text)


def parse_whole(value: object) -> int | None:
    """A whole number: `1200`, `1.200`, `1,200`, `1200.0`. None for all else, a fraction too."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else None
    if not isinstance(value, str):
        return None
    text = _plain(value)
    sign, text = (-1, text[1:].strip()) if text.startswith("-") else (1, text)
    if _PLAIN.fullmatch(text):
        return sign * int(text)
    if found := _GROUPED.fullmatch(text):
        # A fraction after the same mark as between the groups would be read two ways.
        rest = text[len(found[1]) :]
        if rest and rest[0] == found[2]:
            return None
        return sign * int(re.sub(r"[., ]", "", found[1]))
    if found := _ZEROS.fullmatch(text):
        return sign * int(found[1])
    return None


def parse_grams(value: object) -> int | None:
    """Grams: `500`, `500 g`, `1,2 kg`. None where it is not sure."""
    if isinstance(value, str) and (found := _WEIGHT.fullmatch(_plain(value))):
        grams = Decimal(f"{found[1]}.{found[2] or 0}") * (1_000 if found[3] == "kg" else 1)
        return int(grams) if grams == int(grams) else None
    return parse_whole(value)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).lower().split())
