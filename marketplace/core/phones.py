"""Phone numbers, kept in E.164."""

import re

import phonenumbers


def parse_phone(text: str, region: str = "VN") -> str | None:
    """`0912 345 678` → `+84912345678`; None where it is no number that can be dialled."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def written_phone(number: str | None) -> str:
    """`+84912345678` as people say it here: `0912 345 678`."""
    text = number or ""
    if re.fullmatch(r"\+84\d{9}", text):
        return f"0{text[3:6]} {text[6:9]} {text[9:]}"
    return text
