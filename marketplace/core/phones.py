"""Phone numbers, kept in E.164."""

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
