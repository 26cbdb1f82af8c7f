"""Order numbers: `PX` and nine digits, the last a check digit. Sayable on the phone, and the memo of a transfer.

Random rather than counted, so that a number tells nobody how many orders there are. The check digit (Damm) finds
every single wrong digit and every swap of neighbours.
"""

import re
import secrets

PREFIX = "PX"
DIGITS = 9
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_CODE = re.compile(rf"{PREFIX}\s?((?:\d[\s.\-]?){{{DIGITS - 1}}}\d)", re.IGNORECASE | re.ASCII)


def check_digit(digits: str) -> str:
    """The Damm check digit of a string of digits."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def is_valid(number: str) -> bool:
    digits = number.removeprefix(PREFIX)
    return (
        number.startswith(PREFIX)
        and len(digits) == DIGITS
        and digits.isascii()
        and digits.isdigit()
        and check_digit(digits) == "0"
    )


def generate() -> str:
    """A random number; the caller's unique constraint decides whether it is free."""
    digits = f"{secrets.randbelow(10 ** (DIGITS - 1)):0{DIGITS - 1}d}"
    return PREFIX + digits + check_digit(digits)


def find_all(text: str) -> list[str]:
    """The distinct valid numbers in a bank's text, which may change case, add separators or glue words on."""
    found = []
    for match in _CODE.finditer(text):
        number = PREFIX + re.sub(r"\D", "", match.group(1))
        if is_valid(number) and number not in found:
            found.append(number)
    return found
