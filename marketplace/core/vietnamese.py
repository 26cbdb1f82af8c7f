"""Vietnamese text: one normal form, folding, a sort key and slugs, used wherever text is compared."""

import re
import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"": 0, "\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_ETH = str.maketrans("Ðð", "Đđ")
_RANK = {letter: f"{index:02d}" for index, letter in enumerate(_LETTERS)}


def normalise(text: str) -> str:
    """NFC with single spaces, and đ where the Icelandic ð was typed for it, as old fonts did."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_ETH).split())


# Each Vietnamese letter, in one piece, to what is left of it without accents.
_PLAIN = {
    ord(letter): "d" if letter == "đ" else unicodedata.normalize("NFD", letter)[0]
    for base in "aăâeêioôơuưyđ"
    for tone in _TONES
    if len(letter := unicodedata.normalize("NFC", base + tone)) == 1
}


def fold(text: str) -> str:
    """Lower case without accents: `Cỏ tế` → `co te`, `Đại Xuyên` → `dai xuyen`."""
    # Nearly all that is folded is Vietnamese in one piece, and there is much of it.
    plain = text.translate(_ETH).lower().translate(_PLAIN)
    return plain if plain.isascii() else _fold_any(text)


def _fold_any(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.translate(_ETH).lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def sort_key(text: str) -> str:
    """A key that sorts bytewise as a Vietnamese dictionary does: letters first (a ă â b …), tones second.

    The embedded PostgreSQL has no ICU, so the order is written into a column.
    """
    letters, tones = [], []
    for character in normalise(text).lower():
        base = unicodedata.normalize("NFD", character)
        tone = next((mark for mark in base[1:] if mark in _TONES), "")
        bare = unicodedata.normalize("NFC", base.replace(tone, "") if tone else base)
        letters.append(_RANK.get(bare, " " + bare if bare.isalnum() else " "))
        tones.append(str(_TONES[tone]))
    return ("".join(letters) + "\x01" + "".join(tones).rstrip("0"))[:400]


def spelling(text: str) -> str:
    """Lower case with accents, each syllable's tone behind it, so that `hoà` and `hòa` are spelled alike."""
    syllables = []
    for syllable in normalise(text).lower().split():
        bare, tone = "", ""
        for character in unicodedata.normalize("NFD", syllable):
            if character in _TONES:
                tone = str(_TONES[character])
            else:
                bare += character
        syllables.append(unicodedata.normalize("NFC", bare) + tone)
    return " ".join(syllables)


def slugify(text: str) -> str:
    """`Giỏ cỏ tế` → `gio-co-te`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def short_name(name: str, *, family_first: bool = True) -> str:
    """A person's name as strangers may see it: `Nguyễn Văn Hùng` → `Hùng N.`; "" for what holds no name.

    Elsewhere in the world the family's name comes last: `John Smith` → `John S.`
    """
    words = [word for part in normalise(name).split() if (word := part.strip(".,;:-–()\"'")).isalpha()]
    if not words:
        return ""
    given, family = (words[-1], words[0]) if family_first else (words[0], words[-1])
    return given[:40] if len(words) == 1 else f"{given[:40]} {family[0].upper()}."
