"""The text pipeline, the same for both engines, when indexing and when asking.

text → normalise (NFC, one space, no control characters) → syllables → accented and folded tokens
"""

import re
import unicodedata
from html import escape

from marketplace.core.vietnamese import fold

MAX_QUERY = 200
_SYLLABLE = re.compile(r"[^\W_]+")


def normalise(text: str) -> str:
    """NFC, lower case, control characters and runs of space become one space."""
    composed = unicodedata.normalize("NFC", text).lower()
    return " ".join("".join(c if c.isprintable() else " " for c in composed).split())


def syllables(text: str) -> list[str]:
    """Accented tokens: runs of letters and digits, in lower case."""
    return _SYLLABLE.findall(normalise(text))


def accented(text: str) -> str:
    """Tokens joined by spaces: what the accented fields hold."""
    return " ".join(syllables(text))


def folded(text: str) -> str:
    """Folded tokens joined by spaces: what the folded fields hold."""
    return fold(accented(text))


def highlight(text: str, query: str) -> str | None:
    """The text as HTML with the syllables of the query marked; None where none is in it."""
    wanted = {fold(token) for token in syllables(query)}
    parts, position, found = [], 0, False
    for match in _SYLLABLE.finditer(unicodedata.normalize("NFC", text)):
        if fold(match.group()) in wanted:
            parts.append(escape(match.string[position : match.start()]))
            parts.append(f"<mark>{escape(match.group())}</mark>")
            position, found = match.end(), True
    if not found:
        return None
    parts.append(escape(unicodedata.normalize("NFC", text)[position:]))
    return "".join(parts).replace("</mark> <mark>", " ")
