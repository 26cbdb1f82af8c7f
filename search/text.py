"""The text pipeline, the same for both engines, when indexing and when asking.

text → normalise (NFC, lower case, one space) → syllables → accented and folded tokens

A syllable is a run of letters or of digits (`40cm` is `40 cm`), or one Han or hiragana character.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache
from html import escape

from marketplace.core.vietnamese import fold

MAX_QUERY = 200
_SINGLE = "\u3005\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff"
_SYLLABLE = re.compile(rf"\d+|[{_SINGLE}]|(?:(?![{_SINGLE}])[^\W\d_])+")
# What stands behind a number, by the name that is searched for.
UNITS = {
    "h": ("giờ", "tiếng", "h", "hour", "hours"),
    "kg": ("kg", "kí", "ký", "cân", "kilogam", "kilo", "kilogram"),
    "g": ("g", "gr", "gam", "gram", "grams"),
    "cm": ("cm", "phân", "centimet", "xentimet"),
    "m": ("m", "mét"),
    "l": ("l", "lít", "litre", "liter"),
    "ml": ("ml", "mililit"),
}
_UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words}


def normalise(text: str) -> str:
    """NFC, lower case, control characters and runs of space become one space."""
    composed = unicodedata.normalize("NFC", text).lower()
    if not composed.isprintable():
        composed = "".join(c if c.isprintable() else " " for c in composed)
    return " ".join(composed.split())


def syllables(text: str) -> list[str]:
    """Accented tokens in lower case. A unit behind a number has its one name: `2 ký` → `2 kg`."""
    tokens = _SYLLABLE.findall(normalise(text))
    return [
        _UNIT_OF.get(token, token) if index and tokens[index - 1].isdigit() else token
        for index, token in enumerate(tokens)
    ]


def indexed(text: str) -> list[str]:
    """Accented tokens of a text that is to be found: both the unit as it is written and its one name."""
    tokens = _SYLLABLE.findall(normalise(text))
    found = []
    for index, token in enumerate(tokens):
        found.append(token)
        if index and tokens[index - 1].isdigit() and _UNIT_OF.get(token, token) != token:
            found.append(_UNIT_OF[token])
    return found


# Of a language there are some thousand syllables, and each is folded again and again.
fold_token = lru_cache(maxsize=100_000)(fold)


def folded(text: str) -> list[str]:
    """Folded tokens of what somebody typed."""
    return [fold_token(token) for token in syllables(text)]


def fold_tokens(text: str) -> str:
    """Lines of accented tokens as lines of folded ones."""
    return "\n".join(" ".join(map(fold_token, line.split())) for line in text.split("\n"))


_NATIVE = re.compile(
    r"(?:b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|qu|r|s|t|th|tr|v|x)?"
    r"(?:oai|oay|oeo|uay|uoi|uou|uya|uye|uyu|ieu|yeu|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye|a|e|i|o|u|y)"
    r"(?:ch|ng|nh|c|m|n|p|t)?"
)


def is_vietnamese(token: str) -> bool:
    """Whether a folded token is a syllable as Vietnamese has them, or no word at all (a number)."""
    return token.isdigit() or bool(_NATIVE.fullmatch(token))


def is_eastern(token: str) -> bool:
    """Whether a token is of Chinese, Japanese or Korean letters."""
    return ord(token[0]) >= 0x3000


def code_key(text: str) -> str:
    """An SKU or a certificate number as it is compared: letters and digits alone. `px 0154-1` → `PX01541`."""
    return "".join(character for character in fold(text) if character.isalnum()).upper()


def highlight(text: str, wanted: Collection[str]) -> str | None:
    """The text as HTML with its syllables marked that are among these folded ones; None where there are none."""
    text = unicodedata.normalize("NFC", text)
    parts, position, found = [], 0, False
    for start, end in _runs(text, wanted):
        parts += [escape(text[position:start]), f"<mark>{escape(text[start:end])}</mark>"]
        position, found = end, True
    return "".join([*parts, escape(text[position:])]) if found else None


def _runs(text: str, wanted: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where the wanted syllables stand; neighbours with nothing but a space between them are one."""
    begun: tuple[int, int] | None = None
    for match in _SYLLABLE.finditer(text):
        if fold(match.group()) not in wanted:
            continue
        if begun and text[begun[1] : match.start()] in {"", " "}:
            begun = (begun[0], match.end())
            continue
        if begun:
            yield begun
        begun = match.span()
    if begun:
        yield begun
