"""What search knows of words: synonyms, places, and the vocabulary of what is for sale.

Kept in the memory of each process. Whether it is still true is asked at most every CHECK_SECONDS, so an editor's change
is effective within seconds, without a deploy and without indexing anew.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connection

from catalog.models import Commune, Village
from marketplace.core.vietnamese import fold
from search.chatter import without_joints
from search.models import Synonym, Term
from search.text import fold_token, syllables

CHECK_SECONDS = 5.0
MAX_PHRASE = 6


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a phrase also finds: tokens with and without accents."""

    accented: tuple[str, ...]
    folded: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Place:
    """A village, a commune, or a commune of before. What comes from one of these is what was asked for."""

    accented: tuple[str, ...]
    name: str
    field: str
    value: str
    villages: frozenset[str]
    commune: str | None


@dataclass(slots=True)
class Lexicon:
    """Synonyms and places by their folded tokens; how many products hold a syllable, or two side by side."""

    synonyms: dict[tuple[str, ...], list[tuple[tuple[str, ...], Expansion]]] = field(default_factory=dict)
    places: dict[tuple[str, ...], list[Place]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    # Words of the catalogue and of synonyms, as they are mostly written; and which of them have this form, or have it
    # with a letter less.
    words: dict[str, str] = field(default_factory=dict)
    shortened: dict[str, list[str]] = field(default_factory=dict)
    products: int = 0

    def add_word(self, key: str, written: str) -> None:
        if key not in self.words:
            for form in shortened(key):
                self.shortened.setdefault(form, []).append(key)
        self.words[key] = written

    def knows(self, token: str) -> bool:
        return token in self.counts

    def said_of(self, keys: tuple[str, ...]) -> list[tuple[tuple[str, ...], Expansion]]:
        """How else a phrase is said, in English also where it is known in the other number."""
        for form in (keys[-1], *other_numbers(keys[-1])):
            if found := self.synonyms.get((*keys[:-1], form)):
                return [
                    ((*accented[:-1], keys[-1]), way) if form != keys[-1] else (accented, way)
                    for accented, way in found
                ]
        return []

    def has_pair(self, one: str, two: str, *, has_accents: bool) -> bool:
        """Whether two syllables stand side by side in something for sale; with accents, mostly written so."""
        if one.isdigit() or two.isdigit():
            return False
        pair = f"{fold(one)} {fold(two)}"
        return pair in self.counts and (not has_accents or self.written[pair] == f"{one} {two}")

    def count_of(self, *tokens: str) -> int:
        return self.counts.get(" ".join(tokens), 0)


def shortened(word: str) -> set[str]:
    """The word, and the word with a letter less. Words at one slip have one of these in common."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))} - {""}


def other_numbers(token: str) -> tuple[str, ...]:
    """The singular of an English plural and the other way round. No Vietnamese syllable ends in s."""
    if not token.isascii() or not token.isalpha() or len(token) < 3:
        return ()
    if token.endswith("s"):
        return (token[:-1], token[:-2]) if token.endswith("es") else (token[:-1],)
    return f"{token}s", f"{token}es"


def same(typed: Sequence[str], accented: Sequence[str], has_accents: bool) -> bool:
    """Whether what was typed may be this phrase: each syllable with its accents, or typed without any.

    A phrase of one syllable without accents, in a query that has some, is meant without.
    """
    plain_too = not (has_accents and len(typed) == 1)
    return all(
        one == other or (plain_too and fold(one) == one == fold(other))
        for one, other in zip(typed, accented, strict=True)
    )


_lock = threading.Lock()
_known: Lexicon | None = None
_stamp: tuple[Any, ...] = ()
_checked = 0.0


def current() -> Lexicon:
    """The lexicon of now, or of some seconds ago."""
    global _known, _stamp, _checked  # noqa: PLW0603 - one for each process
    with _lock:
        if _known is not None and time.monotonic() - _checked < CHECK_SECONDS:
            return _known
        stamp = _read_stamp()
        if _known is None or stamp != _stamp:
            _known, _stamp = _load(), stamp
        _checked = time.monotonic()
        return _known


def forget() -> None:
    """Makes the next reader look again."""
    global _known  # noqa: PLW0603
    with _lock:
        _known = None


def _read_stamp() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM search_synonym), (SELECT max(updated_at) FROM search_synonym),"
            " (SELECT max(updated_at) FROM catalog_village), (SELECT max(updated_at) FROM catalog_commune),"
            " (SELECT written FROM search_term WHERE text = '')"
        )
        return tuple(cursor.fetchone())


def _load() -> Lexicon:
    found = Lexicon()
    for row in Synonym.objects.order_by("term", "expansion"):
        _add_synonym(found, row.term, row.expansion, row.weight)
        if row.both_ways:
            _add_synonym(found, row.expansion, row.term, row.weight)
    for place in _places():
        found.places.setdefault(tuple(fold(token) for token in place.accented), []).append(place)
    for text, written, count in Term.objects.values_list("text", "written", "count"):
        found.counts[text] = count
        found.written[text] = written
        if text and " " not in text:
            found.add_word(text, written)
    # The row without a text: how many products were counted, and when.
    found.products = found.counts.pop("", 0)
    return found


def _add_synonym(found: Lexicon, term: str, expansion: str, weight: float) -> None:
    # A query loses its joints, too: `mother of pearl`.
    accented, other = tuple(without_joints(syllables(term))), tuple(syllables(expansion))
    key = tuple(fold(token) for token in accented)
    if 0 < len(key) <= MAX_PHRASE and other:
        folded = tuple(fold(token) for token in other)
        found.synonyms.setdefault(key, []).append((accented, Expansion(other, folded, weight)))
        for word, written in zip(key, accented, strict=True):
            # As the catalogue writes it, where it has it.
            if word not in found.words:
                found.add_word(word, written)


def _places() -> Iterator[Place]:
    communes = list(Commune.objects.order_by("name_key"))
    villages = list(Village.objects.select_related("commune").order_by("name_key"))
    for village in villages:
        yield Place(
            tuple(syllables(village.name)),
            village.name,
            "VILLAGE",
            village.slug,
            frozenset({village.slug}),
            None,
        )
    for commune in communes:
        yield Place(
            tuple(syllables(commune.name)), commune.name, "COMMUNE", commune.slug, frozenset(), commune.slug
        )
        for former in commune.former_names:
            here = frozenset(
                row.slug for row in villages if row.commune_id == commune.pk and row.former_commune == former
            )
            if former != commune.name:
                yield Place(
                    tuple(syllables(former)),
                    former,
                    "COMMUNE",
                    commune.slug,
                    here,
                    None if here else commune.slug,
                )


def count_words(texts: Iterable[tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """Syllables and neighbours in texts, each with how many products have it: folded → how it is mostly written, in how
    many products (those that have it twice count twice)."""
    spellings: dict[str, dict[str, int]] = {}
    for text, number in texts:
        for line in text.split("\n"):
            for key, written in _words_of(line):
                forms = spellings.setdefault(key, {})
                forms[written] = forms.get(written, 0) + number
    return {
        key: (max(forms, key=lambda form: forms[form]), sum(forms.values()))
        for key, forms in spellings.items()
    }


@lru_cache(maxsize=20_000)
def _words_of(line: str) -> tuple[tuple[str, str], ...]:
    """Syllables and neighbours of a line, folded and as they are written. Lines come again and again."""
    tokens = line.split()
    keys = [fold_token(token) for token in tokens]
    neighbours = [
        (f"{keys[index - 1]} {keys[index]}", f"{tokens[index - 1]} {tokens[index]}")
        for index in range(1, len(keys))
    ]
    return (*zip(keys, tokens, strict=True), *neighbours)
