"""Other readings of a query that found nothing whole: a slip undone, keys decoded, the core of a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log
from typing import NamedTuple

from marketplace.core.vietnamese import fold, spelling
from search import telex
from search.lexicon import MAX_PHRASE, Lexicon, shortened
from search.reading import MAX_GROUPS, Group, Reading, group_of, grouped, read, without_twins
from search.text import normalise

MIN_CORRECTED = 5
# What speaks for a word: a phrase, for each of its words; that it has another name; that it is there at all.
_PHRASE, _NAMED, _ALONE = 2.0, 0.5, 0.1
_OTHER_START = 0.7
# Of two words that were typed as one.
_SHORTEST = 3
# In longer sentences, what nobody here says is no slip, and a known word beside an unusual one neither.
MAX_SHORT = 5
MAX_CORRECTED = 3
# Keys beside each other, and letters that people take for each other.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = frozenset(
    one + other
    for row, keys in enumerate(_ROWS)
    for at, one in enumerate(keys)
    for near_row in _ROWS[max(row - 1, 0) : row + 2]
    for other in near_row[max(at - 1, 0) : at + 2]
    if one != other
) | frozenset(
    pair[::step]
    for pair in ("sx", "ln", "rd", "rg", "iy", "ck", "cq", "kq", "vd", "tc", "uo")
    for step in (1, -1)
)
# Letters of two keys.
_DOUBLED = frozenset("âêôđ")
# A word of so many letters is told by the others.
_LONG = 5


def corrected(
    reading: Reading, lexicon: Lexicon, *, found: bool, known_too: bool = False
) -> Iterator[Reading]:
    """The reading with one slip of the finger undone, as the catalogue or a synonym has it beside its neighbours: the
    likeliest MAX_CORRECTED, the best first.

    Where something was `found`, only what the catalogue does not know is corrected: a common syllable is never turned
    into another. A known one in a query with accents was meant, unless nothing else is left (`known_too`).
    """
    # A size stays what it is; a bare number is a neighbour like any other.
    sizes = [group for group in reading.groups if group.is_size and len(group.typed.folded) > 1]
    groups = [group for group in reading.groups if group not in sizes for _token in group.typed.folded]
    tokens = [token for group in reading.groups if group not in sizes for token in group.typed.accented]
    keys = [fold(token) for token in tokens]
    if sum(map(len, keys)) < MIN_CORRECTED or (known_too and len(tokens) < 3):
        return
    # What has a synonym, or is a known phrase, is no slip.
    loose = [
        index
        for index, group in enumerate(groups)
        if len(group.alternatives) == 1 and not keys[index].isdigit()
    ]
    unknown = [index for index in loose if not lexicon.knows(keys[index])]
    is_short = len(tokens) <= MAX_SHORT
    if len(unknown) > 1 + is_short:
        return
    doubtful = loose if known_too or (is_short and not (found or reading.has_accents)) else []
    slips = [
        (support, slip)
        for slip in _undone(tokens, keys, unknown or doubtful, lexicon)
        # The first letter is hardly ever wrong, and so is a word that is known.
        if (unknown or slip.keys[0][0] == keys[slip.at][0])
        and (support := _support(keys, slip, lexicon, sure=found or len(unknown) != 1)) > 0
    ]
    for _support_of, slip in sorted(slips, reverse=True)[: MAX_CORRECTED if is_short else 1]:
        written = slip.accented
        if reading.has_accents and not written:
            written = _written(keys, slip, lexicon)
            if slip.taken == 1 and not _keeps_marks(tokens[slip.at], written[0]):
                written = _with_marks(tokens[slip.at], slip.keys[0])
                if not written:
                    continue
        mended = [*tokens[: slip.at], *(written or slip.keys), *tokens[slip.at + slip.taken :]]
        again = grouped(reading, mended, lexicon, sizes)
        text = " ".join([*mended, *(token for group in sizes for token in group.typed.accented)])
        yield replace(again, text=text, extra=(*again.extra, *reading.extra))


class _Slip(NamedTuple):
    """`taken` tokens at this place are rather these; `accented` where their accents are known from what was typed."""

    keys: tuple[str, ...]
    at: int
    taken: int
    accented: tuple[str, ...] = ()


def _undone(
    tokens: Sequence[str], keys: Sequence[str], places: Sequence[int], lexicon: Lexicon
) -> Iterator[_Slip]:
    """What may have been meant: another word, two words without their space, or a word with a space in it."""
    for at in places:
        for word in near(keys[at], lexicon):
            yield _Slip((word,), at, 1)
        for cut in range(1, len(keys[at])):
            one, two = keys[at][:cut], keys[at][cut:]
            if one in lexicon.words and two in lexicon.words and len(tokens[at]) == len(keys[at]):
                yield _Slip((one, two), at, 1, (tokens[at][:cut], tokens[at][cut:]))
    for at in range(len(keys) - 1):
        if (at in places or at + 1 in places) and keys[at] + keys[at + 1] in lexicon.words:
            yield _Slip((keys[at] + keys[at + 1],), at, 2, (tokens[at] + tokens[at + 1],))


def near(token: str, lexicon: Lexicon) -> Iterator[str]:
    """Known words at one slip: a letter more, less, other, or two swapped."""
    if len(token) < 2 or token.isdigit():
        return
    seen = {token}
    for form in shortened(token):
        for other in lexicon.shortened.get(form, ()):
            if other not in seen and _is_one_slip(token, other):
                seen.add(other)
                yield other


def _slip(typed: Sequence[str], meant: Sequence[str]) -> tuple[slice, slice] | None:
    """Where two words differ, if by one slip: a letter more, less or other, or two swapped; else None."""
    shorter = min(len(typed), len(meant))
    start = next((at for at in range(shorter) if typed[at] != meant[at]), shorter)
    end = next((at for at in range(shorter - start) if typed[-1 - at] != meant[-1 - at]), shorter - start)
    one, other = slice(start, len(typed) - end), slice(start, len(meant) - end)
    is_slip = (
        (one.stop - start) + (other.stop - start) == 1
        or one.stop == other.stop == start + 1
        or (one.stop == other.stop == start + 2 and typed[one] == meant[other][::-1])
    )
    return (one, other) if is_slip else None


def _is_one_slip(typed: str, meant: str) -> bool:
    slip = _slip(typed, meant)
    if slip is None:
        return False
    wrong, right = typed[slip[0]], meant[slip[1]]
    return len(wrong) != 1 or len(right) != 1 or len(typed) >= _LONG or wrong + right in _BESIDE


def _keeps_marks(typed: str, meant: str) -> bool:
    """Whether the marks of a mistyped word are those of the word that was meant: a mark is a key of its own.

    The tone may be lost with the letter that bears it.
    """
    if typed.isascii() and len(typed) > _SHORTEST:
        return True
    (wrong, tone), (right, meant_tone) = _toned(typed), _toned(meant)
    slip = _slip(wrong, right)
    if slip is None:
        return False
    one, other = slip
    if wrong[one] in _DOUBLED and right[other]:
        return False
    return tone == meant_tone or (not tone and _toned(meant[other])[1] == meant_tone)


def _with_marks(typed: str, meant: str) -> tuple[str, ...]:
    """The folded word that was meant with the marks of the letters that did not slip; empty where these have none."""
    slip = _slip(fold(typed), meant)
    if slip is None or len(typed) != len(fold(typed)):
        return ()
    one, other = slip
    kept = typed[: one.start] + meant[other] + typed[one.stop :]
    return () if kept.isascii() or not typed[one].isascii() else (kept,)


def _toned(word: str) -> tuple[str, str]:
    """A word's letters, and its tone."""
    spelled = spelling(word)
    letters = spelled.rstrip("12345")
    return letters, spelled[len(letters) :]


def _support(keys: Sequence[str], slip: _Slip, lexicon: Lexicon, *, sure: bool) -> float:
    """How well it stands here: by the products that have it beside its neighbours, and by what is known as a phrase.

    0 where nothing speaks for it; a word by itself does, unless one has to be `sure`.
    """
    row = [*keys[: slip.at], *slip.keys, *keys[slip.at + slip.taken :]]
    begin, end = slip.at, slip.at + len(slip.keys)
    support = sum(
        log(1 + lexicon.count_of(row[at], row[at + 1]))
        for at in range(max(begin - 1, 0), min(end, len(row) - 1))
    )
    # A word that has another name says nothing of its neighbours.
    support += max(
        (
            _PHRASE * len(phrase) if len(phrase) > 1 else _NAMED
            for _start, phrase in _phrases_with(row, begin, end, lexicon)
        ),
        default=0.0,
    )
    if slip.keys[0][0] != keys[slip.at][0]:
        support *= _OTHER_START
    if support or sure:
        return support
    if len(slip.keys) == 2:
        return _ALONE if min(map(len, slip.keys)) >= _SHORTEST else 0.0
    word = slip.keys[0]
    same_start = word[0] == keys[slip.at][0]
    return _ALONE * log(1 + lexicon.count_of(word)) if same_start and len(word) >= MIN_CORRECTED - 1 else 0.0


def _phrases_with(
    row: Sequence[str], begin: int, end: int, lexicon: Lexicon
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Known phrases that these places are in: where they begin, and with their accents."""
    for start in range(max(end - MAX_PHRASE, 0), begin + 1):
        for stop in range(end, min(start + MAX_PHRASE, len(row)) + 1):
            for accented, _expansion in lexicon.said_of(tuple(row[start:stop])):
                yield start, accented


def _written(keys: Sequence[str], slip: _Slip, lexicon: Lexicon) -> tuple[str, ...]:
    """The word with the accents that it has in a phrase, or mostly beside its neighbour."""
    (word,) = slip.keys
    row = [*keys[: slip.at], word, *keys[slip.at + slip.taken :]]
    for start, phrase in _phrases_with(row, slip.at, slip.at + 1, lexicon):
        if len(phrase) > 1:
            return (phrase[slip.at - start],)
    if slip.at and (pair := lexicon.written.get(f"{keys[slip.at - 1]} {word}")):
        return (pair.split()[1],)
    if slip.at + 1 < len(keys) and (pair := lexicon.written.get(f"{word} {keys[slip.at + 1]}")):
        return (pair.split()[0],)
    return (lexicon.words.get(word, word),)


def decoded(plain: Reading, query: str, lexicon: Lexicon, literal: Sequence[str]) -> Reading | None:
    """The query with Telex or VNI keys turned into what they stand for, where that gives known syllables; else None."""
    # `hair stick` is what it is, though its first word would give a syllable.
    named = {t for group in plain.groups if len(group.alternatives) > 1 for t in group.typed.accented}
    words = normalise(query).split()
    read_as = [word if word in named else telex.decode(word, lexicon.knows) for word in words]
    if words == read_as:
        return None
    return read(" ".join(read_as), lexicon, literal)


def _as_written(group: Group) -> Group:
    first, *others = group.alternatives
    return replace(group, alternatives=(replace(first, typed=False), *others))


def core(reading: Reading, lexicon: Lexicon) -> Reading | None:
    """What of a sentence the catalogue has: known phrases, and words that stand side by side in it; else None.

    One of them has to be found; the other words help to order.
    """
    tokens = reading.tokens
    keys = [fold(token) for token in tokens]
    phrases = [
        group
        for group in reading.groups
        if len(group.typed.folded) > 1 and len(group.alternatives) > 1 and not group.is_size
    ]
    covered = {token for group in phrases for token in group.typed.accented}
    pairs = [
        group_of((tokens[index - 1], tokens[index]), (keys[index - 1], keys[index]), lexicon, reading)
        for index in range(1, len(tokens))
        if lexicon.has_pair(tokens[index - 1], tokens[index], has_accents=reading.has_accents)
        and not {tokens[index - 1], tokens[index]} <= covered
    ]
    evidence = without_twins([*phrases, *pairs])[:MAX_GROUPS]
    if reading.has_accents:
        # Found by so little, it has to be that, and not something with other accents.
        evidence = [_as_written(group) for group in evidence]
    if not evidence and len(tokens) > 2:
        # Descriptions are not in the vocabulary; they may hold such a pair all the same.
        evidence = [
            group_of((tokens[index - 1], tokens[index]), (keys[index - 1], keys[index]), lexicon, reading)
            for index in range(1, len(tokens))
        ][:MAX_GROUPS]
    if not evidence:
        return None
    held = {token for group in evidence for token in group.typed.accented}
    rest = [group for group in reading.groups if not held & set(group.typed.accented)]
    text = " ".join(dict.fromkeys(token for token in tokens if token in held))
    return replace(reading, text=text, groups=tuple(evidence), extra=(*rest, *reading.extra), at_least=1)
