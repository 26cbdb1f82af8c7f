"""Telex and VNI keys that were typed with the keyboard switched off: `gior mayy` and `gio3` are `giỏ`."""

import unicodedata
from collections.abc import Callable

from marketplace.core.vietnamese import fold

_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_DOUBLED = (("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("dd", "đ"), ("aw", "ă"), ("ow", "ơ"), ("uw", "ư"))
_VNI = (("a6", "â"), ("e6", "ê"), ("o6", "ô"), ("o7", "ơ"), ("u7", "ư"), ("a8", "ă"), ("d9", "đ"))
_VOWELS = "aăâeêioôơuưy"


def decode(word: str, knows: Callable[[str], bool]) -> str:
    """The word that these keys stand for; the word itself where it is known, or stands for nothing known."""
    if not word.isascii() or knows(word):
        return word
    for letters in (_telex(word), _vni(word)):
        if letters != word and knows(fold(letters)):
            return letters
    return word


def _telex(word: str) -> str:
    tone, rest = "", word
    for index in range(len(word) - 1, 0, -1):
        if word[index] in _TONES and any(c in _VOWELS for c in word[:index]):
            tone, rest = _TONES[word[index]], word[:index] + word[index + 1 :]
            break
    rest = _replaced(rest, _DOUBLED)
    # `dduow` and `nuows`: one w for the pair, or put at the end.
    rest = rest.replace("uơ", "ươ")
    if "w" in rest:
        bare = rest.replace("w", "", 1)
        for plain, horn in (("uo", "ươ"), ("o", "ơ"), ("u", "ư"), ("a", "ă")):
            if plain in bare:
                rest = bare.replace(plain, horn, 1)
                break
    for doubled, letter in (("a", "â"), ("e", "ê"), ("o", "ô"), ("d", "đ")):
        # `maya`: the second letter at the end.
        if rest.count(doubled) == 2 and rest.endswith(doubled):
            rest = rest[:-1].replace(doubled, letter, 1)
    return _toned(rest, tone)


def _vni(word: str) -> str:
    tone, rest = "", word
    for index in range(len(word) - 1, 0, -1):
        if word[index] in _VNI_TONES:
            tone, rest = _VNI_TONES[word[index]], word[:index] + word[index + 1 :]
            break
    for mark, pairs in (("6", "aâ eê oô"), ("7", "oơ uư"), ("8", "aă"), ("9", "dđ")):
        if mark in rest:
            for pair in pairs.split():
                if pair[0] in rest:
                    rest = rest.replace(mark, "", 1).replace(pair[0], pair[1], 1)
                    break
    return _toned(rest.replace("uơ", "ươ"), tone)


def _replaced(word: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for keys, letter in pairs:
        word = word.replace(keys, letter)
    return word


def _toned(word: str, tone: str) -> str:
    """The tone on the vowel that carries it: the last one with a hat or a horn, else the one before the end."""
    if not tone:
        return word
    places = [index for index, letter in enumerate(word) if letter in _VOWELS]
    if word.startswith(("gi", "qu")) and len(places) > 1:
        places = places[1:]
    if not places:
        return word
    marked = [index for index in places if word[index] in "ăâêôơư"]
    closed = places[-1] < len(word) - 1
    index = marked[-1] if marked else places[-1] if closed or len(places) == 1 else places[-2]
    return unicodedata.normalize("NFC", word[: index + 1] + tone + word[index + 1 :])
