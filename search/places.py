"""Villages and communes in what somebody typed: what comes from there stands higher, and nothing has to."""

from marketplace.core.vietnamese import fold
from search.lexicon import MAX_PHRASE, Lexicon, Place, same

# What stands before the name of a place, and what makes a place of a single syllable.
_LEADING = {
    "ở", "tại", "làng", "xã", "thôn", "huyện", "của", "từ", "nghề", "o", "tai", "lang", "xa", "thon", "huyen",
    "in", "from", "at",
}  # fmt: skip
_SURE = {"làng", "xã", "thôn", "lang", "xa", "thon"}


# The whole of what is sold here comes from there.
_EVERYWHERE = (
    ("huyện", "phú", "xuyên"), ("huyen", "phu", "xuyen"),
    ("hà", "nội"), ("việt", "nam"), ("ha", "noi"), ("viet", "nam"),
    ("vietnam",), ("vietnamese",),
)  # fmt: skip


def take_places(
    tokens: list[str], lexicon: Lexicon, plain: set[str], *, has_accents: bool
) -> tuple[list[str], list[tuple[str, list[Place]]]]:
    """Tokens without the places that they name; and the words of each, with the places that these may be."""
    rest = _without_everywhere(tokens)
    named: list[tuple[str, list[Place]]] = []
    while found := _first_place(rest, lexicon, plain, has_accents=has_accents):
        first, last, places = found
        named.append((" ".join(rest[last - len(places[0].accented) : last]), places))
        if len(rest) == last - first:
            # Of a place alone its things are wanted, so its words stay.
            break
        rest = rest[:first] + rest[last:]
    return rest, named


def _without_everywhere(tokens: list[str]) -> list[str]:
    rest = tokens
    for words in _EVERYWHERE:
        for start in range(len(rest) - len(words) + 1):
            if tuple(rest[start : start + len(words)]) == words and len(rest) > len(words):
                first = start
                while first and rest[first - 1] in _LEADING:
                    first -= 1
                rest = (rest[:first] + rest[start + len(words) :]) or rest
                break
    return rest


def _first_place(
    tokens: list[str], lexicon: Lexicon, plain: set[str], *, has_accents: bool
) -> tuple[int, int, list[Place]] | None:
    """The longest place that is named: where its words begin, with those before it, and end; and which it may be."""
    keys = [fold(token) for token in tokens]
    for size in range(min(MAX_PHRASE, len(keys)), 0, -1):
        for start in range(len(keys) - size + 1):
            known = lexicon.places.get(tuple(keys[start : start + size]), ())
            places = [
                place for place in known if same(tokens[start : start + size], place.accented, has_accents)
            ]
            first = start
            while first and tokens[first - 1] in _LEADING:
                first -= 1
            words = " ".join(tokens[start : start + size])
            if not places or words in plain or " ".join(tokens[first : start + size]) in plain:
                continue
            if size == 1 and not any(token in _SURE for token in tokens[first:start]):
                continue
            return first, start + size, places
    return None
