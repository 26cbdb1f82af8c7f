"""Small numbers, in digits and in words."""

from decimal import Decimal

from marketplace.core.vietnamese import fold

_WORDS = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
NUMERALS = {str(number): word for number, word in enumerate(_WORDS, start=1)}
# With accents and without.
SPOKEN = {
    form: Decimal(number)
    for number, word in (("0.5", "nửa"), *NUMERALS.items())
    for form in (word, fold(word))
}


def other_numerals(token: str) -> list[str]:
    """`6` for `sáu` and the other way round; nothing for what is no small number."""
    if token in NUMERALS:
        return [NUMERALS[token]]
    return [digits for digits, word in NUMERALS.items() if word == token and digits != "1"]
