"""Other readings of a query that found nothing whole: a slip undone, keys decoded, the core of a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log

from marketplace.core.vietnamese import fold
from search import telex
from search.lexicon import Lexicon
from search.reading import MAX_GROUPS, Reading, group_of, grouped, read, without_twins
from search.text import normalise

MIN_CORRECTED = 5


def correct(reading: Reading, lexicon: Lexicon, *, found: bool) -> Reading | None:
    """The reading with one slip of the finger undone, where the catalogue has the whole phrase; else None.

    Where something was `found`, only what the catalogue does not know is corrected: a common syllable is never turned
    into another.
    """
    # A size stays what it is; a bare number is a neighbour like any other.
    sizes = [group for group in reading.groups if group.is_size and len(group.typed.folded) > 1]
    groups = [group for group in reading.groups if group not in sizes for _token in group.typed.folded]
    tokens = [token for group in reading.groups if group not in sizes for token in group.typed.accented]
    keys = [fold(token) for token in tokens]
    if sum(map(len, keys)) < MIN_CORRECTED:
        return None
    best: tuple[float, int, str] | None = None
    # What has a synonym, or is a known phrase, is no slip.
    loose = [
        index
        for index, group in enumerate(groups)
        if len(group.alternatives) == 1 and not keys[index].isdigit()
    ]
    unknown = [index for index in loose if not lexicon.knows(keys[index])]
    if len(unknown) > 1:
        return None
    # A known syllable in a query with accents was meant.
    doubtful = [] if found or reading.has_accents else loose
    for index in unknown or doubtful:
        for candidate in near(keys[index], lexicon):
            support = _support(keys, index, candidate, lexicon)
            if support > 0 and (best is None or (support, candidate) > best[:1] + best[2:]):
                best = (support, index, candidate)
    if best is None:
        return None
    _value, index, candidate = best
    written = _written(keys, index, candidate, lexicon) if reading.has_accents else candidate
    tokens[index] = written
    again = grouped(reading, tokens, lexicon, sizes)
    text = " ".join([*tokens, *(token for group in sizes for token in group.typed.accented)])
    return replace(again, text=text, extra=(*again.extra, *reading.extra))


def near(token: str, lexicon: Lexicon) -> Iterator[str]:
    """Known syllables at one slip (a letter more, less, other, or two swapped), with the same first letter."""
    if len(token) < 2 or token.isdigit():
        return
    for other in lexicon.by_first.get(token[0], ()):
        if other != token and abs(len(other) - len(token)) <= 1 and _is_one_slip(token, other):
            yield other


def _is_one_slip(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    if one[start + 1 :] == other[start + 1 :]:
        return True
    return one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]


def _support(keys: Sequence[str], index: int, candidate: str, lexicon: Lexicon) -> float:
    """How well a syllable stands here: by the products that have it beside its neighbours."""
    if len(keys) == 1:
        return float(lexicon.count_of(candidate)) if len(candidate) >= MIN_CORRECTED - 1 else 0.0
    total = 0.0
    if index:
        total += log(1 + lexicon.count_of(keys[index - 1], candidate))
    if index + 1 < len(keys):
        total += log(1 + lexicon.count_of(candidate, keys[index + 1]))
    return total


def _written(keys: Sequence[str], index: int, candidate: str, lexicon: Lexicon) -> str:
    """The syllable with the accents that it mostly has beside its neighbour."""
    if index and (pair := lexicon.written.get(f"{keys[index - 1]} {candidate}")):
        return pair.split()[1]
    if index + 1 < len(keys) and (pair := lexicon.written.get(f"{candidate} {keys[index + 1]}")):
        return pair.split()[0]
    return lexicon.written.get(candidate, candidate)


def decoded(query: str, lexicon: Lexicon, literal: Sequence[str]) -> Reading | None:
    """The query with Telex or VNI keys turned into what they stand for, where that gives known syllables; else None."""
    words = normalise(query).split()
    read_as = [telex.decode(word, lexicon.knows) for word in words]
    if words == read_as:
        return None
    return read(" ".join(read_as), lexicon, literal)


def core(reading: Reading, lexicon: Lexicon) -> Reading | None:
    """What of a sentence the catalogue has: known phrases, and words that stand side by side in it; else None.

    One of them has to be found; the other words help to order.
    """
    tokens = reading.tokens
    keys = [fold(token) for token in tokens]
    phrases = [
        group for group in reading.groups if len(group.typed.folded) > 1 and len(group.alternatives) > 1
    ]
    covered = {token for group in phrases for token in group.typed.accented}
    pairs = [
        group_of((tokens[index - 1], tokens[index]), (keys[index - 1], keys[index]), lexicon, reading)
        for index in range(1, len(tokens))
        if lexicon.has_pair(tokens[index - 1], tokens[index], has_accents=reading.has_accents)
        and not {tokens[index - 1], tokens[index]} <= covered
    ]
    evidence = without_twins([*phrases, *pairs])[:MAX_GROUPS]
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
