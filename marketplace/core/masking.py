"""Taking the ways around the market out of what one side writes to the other: phone numbers, e-mail addresses, links.

It finds what people write without a second thought. Whoever spells a number in words is not stopped by it.
"""

import re
import unicodedata

HIDDEN = "[…]"
# What stands between the digits of one number: 0912.345.678, 0912 345 678, 0912-345-678, (024) 3825 1234.
_BETWEEN = r"[\s.\-()\u2010-\u2015\u200b-\u200d\u2060\ufeff]{0,3}"


def _digits(first: str, number: int) -> str:
    return first + rf"(?:{_BETWEEN}[0-9]){{{number}}}"


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# Endings that a name on the web has here; a full stop without a space behind it is no link.
_ENDINGS = "com|vn|net|org|me|info|biz|shop|store|site|online|xyz|app|link|page|io|ly|gl|cc|tv"
_LINK = re.compile(
    rf"(?:https?://|www\.)[^\s<>\"]+|(?<![\w.@-])(?:{_LABEL}\.)+(?:{_ENDINGS})(?![\w-])(?:/[^\s<>\"]*)?",
    re.IGNORECASE,
)
_MAIL = re.compile(
    rf"[\w.+-]{{1,64}}\s?(?:@|\(at\)|\[at\]|\(a\))\s?(?:{_LABEL}\s?\.\s?)+[a-z]{{2,}}(?!\w)", re.IGNORECASE
)
_PHONE = re.compile(
    r"(?<![0-9])(?<![0-9][.,])(?:"
    + "|".join(
        (
            # A mobile phone has ten digits, one at home eleven.
            _digits(rf"[(]?0{_BETWEEN}[35789]", 8),
            _digits(rf"[(]?0{_BETWEEN}2", 9),
            _digits(rf"(?:\+|00){_BETWEEN}84{_BETWEEN}(?:\(0\))?", 9) + rf"(?:{_BETWEEN}[0-9])?",
            _digits(rf"84{_BETWEEN}[35789]", 8),
            # Abroad.
            _digits(r"\+[1-9]", 7) + rf"(?:{_BETWEEN}[0-9]){{0,7}}",
        )
    )
    + r")(?![0-9])"
)


def masked(text: str) -> str:
    """The text with `[…]` in place of phone numbers, e-mail addresses and links.

    Money (1.250.000), days (08/03/2026) and measures stay.
    """
    # Digits of any script, full-width ones too, and each still in its place.
    plain = "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text
    )
    spans: list[tuple[int, int]] = []
    # Mail first: its end looks like a link.
    for pattern in (_MAIL, _LINK, _PHONE):
        for found in pattern.finditer(plain):
            start = found.start()
            # What ends the sentence is no part of a link.
            end = start + len(found[0].rstrip(".,;:!?)"))
            spans.append((start, end))
            plain = plain[:start] + "\N{BULLET}" * (end - start) + plain[end:]
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + HIDDEN + text[end:]
    return text
