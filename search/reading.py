"""What somebody means by what they typed: words to find, and prices and places that are read out of them.

A query is never parsed as query syntax; what an engine gets are tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log

from marketplace.core.vietnamese import fold
from search.chatter import (
    clauses,
    is_generic,
    is_wish,
    purposes,
    wishes,
    without_chatter,
    without_generic,
    without_joints,
)
from search.lexicon import MAX_PHRASE, Lexicon, Place, other_numbers, same
from search.measures import THINGS, measures
from search.numbers import other_numerals
from search.places import take_places
from search.prices import bounds_value, take_price
from search.text import is_eastern, is_vietnamese, normalise, syllables

# More words than these narrow nothing any more; they still count in the order.
MAX_GROUPS = 8


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say a group: its tokens, together where they are several and no `numbers` of one size.

    What was `typed` may be meant with other accents, and may stand anywhere; how a synonym is written is known.
    """

    accented: tuple[str, ...]
    folded: tuple[str, ...]
    weight: float = 1.0
    typed: bool = False
    numbers: bool = False

    def words(self, accented: bool) -> tuple[str, ...]:
        return self.accented if accented else self.folded

    @property
    def is_phrase(self) -> bool:
        """Two syllables mean something else when they stand apart; three hardly ever do."""
        return len(self.folded) == 2 and not self.numbers


@dataclass(frozen=True, slots=True)
class Group:
    """What has to be found, in any of these ways; the first one was typed. `importance` is higher for rare words."""

    alternatives: tuple[Alternative, ...]
    importance: float = 1.0
    is_known: bool = True
    is_size: bool = False

    @property
    def typed(self) -> Alternative:
        return self.alternatives[0]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What was read out of the words, to be shown and undone. `value` as the filter or facet takes it."""

    kind: str
    text: str
    value: str
    field: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A query as it was understood.

    `groups` have to be found, all but `spare` of them; `extra` only count in the order. `anchors` are neighbours: one
    pair of them has to be found where not all groups are.
    """

    text: str = ""
    groups: tuple[Group, ...] = ()
    extra: tuple[Group, ...] = ()
    has_accents: bool = False
    price: tuple[int | None, int | None] | None = None
    places: tuple[Place, ...] = ()
    interpretations: tuple[Interpretation, ...] = ()
    # All that was said of the thing, in its order.
    tokens: tuple[str, ...] = ()
    # How many of the groups are enough, where it is not the usual number.
    at_least: int = 0
    # Where a group is missing, the head has to be in the name.
    needs_head: bool = False
    # Where one more group is missing, the head may be in the name instead of neighbours.
    is_wide: bool = False
    # Only what comes from one of the places.
    from_places: bool = False

    @property
    def known(self) -> tuple[Group, ...]:
        """Groups that the catalogue has at all; all of them where it has none."""
        return tuple(group for group in self.groups if group.is_known) or self.groups

    @property
    def spare(self) -> int:
        """How many of the known groups may be missing."""
        if self.at_least:
            return max(0, len(self.known) - self.at_least)
        return (0, 0, 0, 1, 1, 2, 2, 3, 3)[len(self.known)]

    @property
    def may_be_wider(self) -> bool:
        return self.may_be_loose and not self.at_least and len(self.known) - self.spare > 1

    @property
    def may_be_loose(self) -> bool:
        """Not where a foreign word stands among Vietnamese ones that nobody here has: it names what is not here."""
        if self.at_least:
            return True
        if self.has_stranger or self.has_unknown_head:
            return False
        return bool(self.spare) or 1 < len(self.known) < len(self.groups)

    @property
    def has_stranger(self) -> bool:
        words = [group for group in self.groups if not group.typed.folded[0].isdigit()]
        native = [all(map(is_vietnamese, group.typed.folded)) for group in words]
        return any(native) and any(
            not group.is_known and not own for group, own in zip(words, native, strict=True)
        )

    @property
    def has_unknown_head(self) -> bool:
        """Whether the thing itself, with its accents, is nothing that anybody here has a word of."""
        return (
            self.has_accents and bool(self.groups) and self.head is self.groups[0] and not self.head.is_known
        )

    @property
    def head(self) -> Group:
        """The thing itself: said first in Vietnamese, last in English."""
        native = any(is_vietnamese(token) and not token.isdigit() for token in self.groups[0].typed.folded)
        return self.groups[0 if native else -1]

    @property
    def by_head(self) -> "Reading":
        """Of two words, or of a phrase of two, the thing itself is enough."""
        if len(self.groups) == 2:
            return replace(self, at_least=1, needs_head=True)
        (group,) = self.groups
        # Of several accents, those that were typed are meant.
        head = Alternative(group.typed.accented[:1], group.typed.folded[:1], 0.5, typed=not self.has_accents)
        return replace(self, groups=(replace(group, alternatives=(*group.alternatives, head)),))

    def asks_as(self, other: "Reading") -> bool:
        """Whether both ask an engine for the same."""
        return (self.groups, self.at_least, self.needs_head, self.from_places) == (
            other.groups, other.at_least, other.needs_head, other.from_places,
        )  # fmt: skip

    @property
    def of_places(self) -> "Reading | None":
        """Whatever comes from where it was said to come from; None where no place was named."""
        if not self.places:
            return None
        text = ", ".join(told.text for told in self.interpretations if told.kind == "PLACE")
        return replace(self, text=text, groups=(), extra=(*self.groups, *self.extra), from_places=True)

    @property
    def without_sizes(self) -> "Reading | None":
        """The thing in whatever size there is; None where no size was asked for, or nothing else."""
        groups = tuple(group for group in self.groups if not group.is_size)
        if not 0 < len(groups) < len(self.groups):
            return None
        sizes = tuple(group for group in self.groups if group.is_size)
        return replace(self, groups=groups, extra=(*self.extra, *sizes))

    @property
    def has_head(self) -> bool:
        """Whether there is more than the thing itself, but not much more."""
        if len(self.groups) != 1:
            return len(self.groups) == 2
        tokens = self.groups[0].typed.folded
        return len(tokens) == 2 and not is_eastern(tokens[0])

    @property
    def named_thing(self) -> "Reading | None":
        """Of a foreign phrase its last word, where it has a name here; None where there is none, or no other word."""
        *others, last = self.groups
        if not others or len(last.alternatives) == 1 or self.head is not last:
            return None
        text = " ".join(last.typed.accented)
        return replace(self, text=text, groups=(last,), extra=(*others, *self.extra))

    @property
    def is_ambiguous(self) -> bool:
        """Vietnamese without its accents: each syllable may be many."""
        return not self.has_accents and all(
            map(is_vietnamese, (t for g in self.groups for t in g.typed.folded))
        )

    @property
    def pairs(self) -> tuple[tuple[Group, Group], ...]:
        """Neighbours, also where nothing but a word that nobody has stands between them."""
        return tuple(dict.fromkeys((*pairwise(self.groups), *pairwise(self.known))))

    def anchors(self, *, accented: bool) -> tuple[tuple[str, ...], ...]:
        """Phrases of which one has to be there where a group is missing; folded unless `accented`."""
        found = [(*one.typed.words(accented), *two.typed.words(accented)) for one, two in self.pairs]
        found += [
            way.words(accented)
            for group in self.groups
            for way in group.alternatives
            if len(way.folded) > 1 and not way.numbers
        ]
        return tuple(dict.fromkeys(found))

    @property
    def marked(self) -> frozenset[str]:
        """Folded syllables to mark in what was found."""
        return frozenset(
            token
            for group in (*self.groups, *self.extra)
            for way in group.alternatives
            for token in way.folded
        )

    @property
    def villages(self) -> frozenset[str]:
        return frozenset(slug for place in self.places for slug in place.villages)

    @property
    def communes(self) -> frozenset[str]:
        return frozenset(place.commune for place in self.places if place.commune)


NOTHING = Reading()


# --- Reading ------------------------------------------------------------------------------------------------------


def read(query: str, lexicon: Lexicon, literal: Sequence[str] = ()) -> Reading:
    """Takes prices, places and chatter out; the rest are groups.

    `literal` are texts to take as plain words: what holds them stands higher, and nothing has to.
    """
    text = normalise(query)
    plain = {normalise(item) for item in literal}
    reading = Reading(text=text, has_accents=text != fold(text))
    text, said = _take_literal(text, plain)
    text, price = take_price(text, plain)
    found: list[Interpretation] = []
    if price is not None:
        reading = replace(reading, price=price.bounds)
        found.append(Interpretation("PRICE", price.text, bounds_value(*price.bounds), field="PRICE"))
    text, beside = _main_clause(text, lexicon, has_accents=reading.has_accents)
    text, aside = _main_part(text, lexicon, has_accents=reading.has_accents)
    text, sizes = _take_measures(without_chatter(text, has_accents=reading.has_accents), lexicon, reading)
    tokens = without_joints(syllables(text))
    tokens, named = take_places(tokens, lexicon, plain, has_accents=reading.has_accents)
    found += [
        Interpretation("PLACE", words, places[0].value, field=places[0].field, label=places[0].name)
        for words, places in named
    ]
    places = tuple(place for _words, places in named for place in places)
    reading = replace(reading, places=places, interpretations=tuple(found), tokens=tuple(tokens))
    keys = [fold(token) for token in tokens]
    phrases = _phrases(tokens, keys, lexicon, reading.has_accents)
    whole = phrases[:1] == [True] or (
        len(tokens) > 1 and lexicon.has_pair(tokens[0], tokens[1], has_accents=reading.has_accents)
    )
    kept, loose = without_generic(
        tokens,
        has_accents=reading.has_accents,
        first_is_whole=whole,
        has_sizes=bool(sizes),
        phrases=phrases,
    )
    if not kept and not sizes:
        kept, loose = tokens, []
    reading = grouped(reading, kept, lexicon, sizes)
    extra = [
        group
        for part in (loose, syllables(said), syllables(aside), syllables(beside))
        for group in grouped(reading, part, lexicon).groups
    ]
    return replace(reading, extra=(*reading.extra, *extra))


def _main_clause(text: str, lexicon: Lexicon, *, has_accents: bool) -> tuple[str, str]:
    """The clause that tells of something the catalogue has, one that asks for it before others; and the others."""
    parts = clauses(text)
    if len(parts) < 2:
        return text, ""
    best = max(
        range(len(parts)),
        key=lambda index: (
            (tells := _tells_of(parts[index], lexicon, has_accents=has_accents)) > 0,
            tells > 0 and is_wish(parts[index], has_accents=has_accents),
            _share_known(parts[index], lexicon) if not tells else 0,
        ),
    )
    return parts[best], " ".join(parts[:best] + parts[best + 1 :])


def _main_part(text: str, lexicon: Lexicon, *, has_accents: bool) -> tuple[str, str]:
    """Of a sentence what is wished for; and who wishes it, and what for."""
    aside = []
    for before, behind in wishes(text) if has_accents else ():
        tells = _tells_of(behind, lexicon, has_accents=True)
        if tells > _tells_of(before, lexicon, has_accents=True):
            text, aside = behind, [before]
            break
    for before, behind in purposes(text) if has_accents else ():
        if _tells_of(before, lexicon, has_accents=True):
            text, aside = before, [*aside, behind]
            break
    return text, " ".join(aside)


def _tells_of(text: str, lexicon: Lexicon, *, has_accents: bool) -> int:
    """How many neighbours of a text stand side by side in something for sale, or begin a known phrase."""
    tokens = syllables(without_chatter(text, has_accents=has_accents))
    keys = [fold(token) for token in tokens]
    return sum(
        (
            lexicon.has_pair(tokens[at - 1], tokens[at], has_accents=has_accents)
            and not any(map(is_generic, tokens[at - 1 : at + 1]))
        )
        or _phrase_at(tokens, keys, at - 1, lexicon, has_accents) > 1
        for at in range(1, len(tokens))
    )


def _share_known(text: str, lexicon: Lexicon) -> float:
    """How much of a text are words of what is for sale, as they are mostly written there."""
    tokens = syllables(text)
    return sum(lexicon.written.get(fold(token)) == token for token in tokens) / max(len(tokens), 1)


def _take_measures(text: str, lexicon: Lexicon, reading: Reading) -> tuple[str, list[Group]]:
    """The text without its sizes and weights, and a group for each."""
    rest, groups, position = "", [], 0
    for item in sorted(measures(text), key=lambda item: item.start):
        typed = tuple(syllables(text[item.start : item.end]))
        if item.start < position or _is_thing(typed, text[item.end :], lexicon):
            continue
        ways = (
            Alternative(typed, tuple(fold(token) for token in typed), typed=True),
            # 30 × 40 cm is 30 and 40.
            Alternative(item.tokens, item.tokens, numbers=True),
        )
        groups.append(Group(ways, 2.0, is_size=True))
        rest, position = f"{rest} {text[position : item.start]}", item.end
    return " ".join(f"{rest} {text[position:]}".split()), groups


def _is_thing(typed: Sequence[str], behind: str, lexicon: Lexicon) -> bool:
    """Whether `2 gio` are two of a thing: as the catalogue writes the word beside these neighbours, or else at all."""
    *before, word = typed
    if word not in THINGS:
        return False
    after = [fold(token) for token in syllables(behind)[:1]]
    for words, index in (([*before[-1:], word], -1), ([word, *after], 0), ([word], 0)):
        if written := lexicon.written.get(" ".join(map(fold, words))):
            return written.split()[index] == THINGS[word]
    return False


def _take_literal(text: str, plain: set[str]) -> tuple[str, str]:
    """The text without these words, and the words; all of it where nothing else is there."""
    rest, said = f" {text} ", ""
    for item in sorted(plain, key=len, reverse=True):
        if item and f" {item} " in rest:
            rest, said = rest.replace(f" {item} ", " "), f"{said} {item}"
    return (rest.strip(), said) if rest.strip() else (text, "")


def grouped(
    reading: Reading, tokens: Sequence[str], lexicon: Lexicon, sizes: Sequence[Group] = ()
) -> Reading:
    """The reading with these accented tokens as its groups: known phrases whole, the rest one by one."""
    keys = [fold(token) for token in tokens]
    groups: list[Group] = []
    index = 0
    while index < len(tokens):
        size = _phrase_at(tokens, keys, index, lexicon, reading.has_accents)
        group = group_of(
            tuple(tokens[index : index + size]), tuple(keys[index : index + size]), lexicon, reading
        )
        # In `áo bà ba`, nobody counts.
        counts = size == 1 and not any(
            lexicon.has_pair(*tokens[at : at + 2], has_accents=reading.has_accents)
            for at in range(max(index - 1, 0), min(index + 1, len(tokens) - 1))
        )
        ways = [Alternative((word,), (fold(word),), 0.8) for word in other_numerals(tokens[index]) if counts]
        groups.append(replace(group, alternatives=(*group.alternatives, *ways)))
        index += size
    groups = without_twins([*groups, *sizes])
    strange = [
        group for group in groups if len(group.alternatives) == 1 and all(map(is_eastern, group.typed.folded))
    ]
    if 0 < len(strange) < len(groups):
        # Of a language of which hardly more than single words is here, what has no other name cannot be asked for.
        rest = [group for group in groups if group not in strange]
        return replace(reading, groups=tuple(rest[:MAX_GROUPS]), extra=tuple(strange))
    if len(groups) <= MAX_GROUPS:
        return replace(reading, groups=tuple(groups), extra=())
    # The rarest words say most.
    needed = sorted(groups, key=lambda group: -group.importance)[:MAX_GROUPS]
    return replace(
        reading,
        groups=tuple(group for group in groups if group in needed),
        extra=tuple(group for group in groups if group not in needed),
    )


def without_twins(groups: Sequence[Group]) -> list[Group]:
    """Each group once, where it stands first; `tủ` and `tứ` are two, `tu` and `tu` are one."""
    found: dict[tuple[str, ...], Group] = {}
    for group in groups:
        found.setdefault(group.typed.accented, group)
    return list(found.values())


def _phrases(tokens: Sequence[str], keys: Sequence[str], lexicon: Lexicon, has_accents: bool) -> list[bool]:
    """Of each token, whether it is part of a known phrase."""
    found: list[bool] = []
    while len(found) < len(tokens):
        size = _phrase_at(tokens, keys, len(found), lexicon, has_accents)
        found += [size > 1] * size
    return found


def _phrase_at(
    tokens: Sequence[str], keys: Sequence[str], index: int, lexicon: Lexicon, has_accents: bool
) -> int:
    """How many tokens from here are one known phrase; 1 where none is."""
    for size in range(min(MAX_PHRASE, len(keys) - index), 1, -1):
        known = lexicon.said_of(tuple(keys[index : index + size]))
        if any(same(tokens[index : index + size], accented, has_accents) for accented, _expansion in known):
            return size
    return 1


def group_of(accented: tuple[str, ...], folded: tuple[str, ...], lexicon: Lexicon, reading: Reading) -> Group:
    ways = [Alternative(accented, folded, typed=True)]
    for known, expansion in lexicon.said_of(folded):
        if same(accented, known, reading.has_accents):
            ways.append(Alternative(expansion.accented, expansion.folded, expansion.weight))
    if len(folded) == 1:
        forms = [form for form in other_numbers(folded[0]) if lexicon.knows(form)]
        ways += [Alternative((form,), (form,), 0.95) for form in forms]
    is_known = not lexicon.products or len(ways) > 1 or all(map(lexicon.knows, folded))
    return Group(tuple(ways), _importance(folded, lexicon), is_known, folded[0].isdigit())


def _importance(folded: tuple[str, ...], lexicon: Lexicon) -> float:
    """Inverse document frequency, of the rarest syllable: 1 for what is everywhere."""
    if not lexicon.products:
        return 1.0
    rarest = min(lexicon.count_of(token) for token in folded)
    return 1.0 + log((lexicon.products + 1) / (rarest + 1)) / 4


# --- Codes --------------------------------------------------------------------------------------------------------


def codes_of(query: str) -> list[str]:
    """What may be an SKU or the number of a certificate: the whole query, and its words that hold digits."""
    words = [word for word in query.split() if any(c.isdigit() for c in word) and len(word) >= 4]
    return list(dict.fromkeys([query, *words]))[:6] if any(c.isdigit() for c in query) else []
