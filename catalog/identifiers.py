"""Numbers that carry a check digit, and those that only have a form."""

import re

from marketplace.core.vietnamese import normalise

_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_GTIN = re.compile(r"\d{8}|\d{12,14}")
_HS = re.compile(r"\d{4}|\d{6}|\d{8}|\d{10}")
_SKU = re.compile(r"[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?")


def parse_tax_code(text: str) -> str | None:
    """`0100047516` or `0100047516-001` (a branch); None where the check digit is wrong.

    Weights 31, 29, 23, 19, 17, 13, 7, 5, 3; r = Σ mod 11; the tenth digit is 10 - r, and r = 0 gives no code.
    A personal id of 12 digits serves as the tax code of a person since 1 July 2025.
    """
    digits = re.sub(r"[\s.-]", "", text)
    if not digits.isascii() or not digits.isdigit():
        return None
    if len(digits) == 12:
        return parse_personal_id(digits)
    if len(digits) not in {10, 13}:
        return None
    rest = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, digits[:9], strict=True)) % 11
    if rest == 0 or 10 - rest != int(digits[9]):
        return None
    return digits if len(digits) == 10 else f"{digits[:10]}-{digits[10:]}"


def parse_personal_id(text: str) -> str | None:
    """12 digits: 3 of the province, 1 of sex and century, 2 of the year of birth, 6 by number. No check digit."""
    digits = re.sub(r"[\s.]", "", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) == 12) or digits[:3] == "000":
        return None
    return digits


def birth_year_of(personal_id: str) -> int:
    """The year inside a personal id: the fourth digit counts centuries from 1900, two to each."""
    return 1900 + 100 * (int(personal_id[3]) // 2) + int(personal_id[4:6])


def parse_gtin(text: str) -> str | None:
    """GTIN-8, -12, -13 or -14 by its mod-10 check digit: `893 850000001 0` → `8938500000010`."""
    digits = re.sub(r"[\s-]", "", text)
    if not digits.isascii() or not _GTIN.fullmatch(digits):
        return None
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return digits if total % 10 == 0 else None


def parse_hs_code(text: str) -> str | None:
    """`4602.12` → `460212`. Only the form: the customs declaration decides what is right."""
    digits = re.sub(r"[\s.]", "", text)
    return digits if digits.isascii() and _HS.fullmatch(digits) else None


def parse_sku(text: str) -> str | None:
    """A seller's own code of a thing: 1 to 64 printable characters."""
    text = normalise(text)
    return text if len(text) <= 64 and _SKU.fullmatch(text) else None


def parse_bank_account(text: str) -> str | None:
    """4 to 19 letters and digits (facts of NAPAS transfers)."""
    text = re.sub(r"[\s.-]", "", text).upper()
    return text if text.isascii() and text.isalnum() and 4 <= len(text) <= 19 else None
