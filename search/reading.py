"""What somebody means by what they typed: words to find, and prices and places that are read out of them.

A query is never parsed as query syntax; what an engine gets are tokens.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log

from marketplace.core.vietnamese import fold
from search import telex
from search.chatter import clauses, without_chatter, without_generic, without_joints
from search.lexicon import MAX_PHRASE, Lexicon, Place
from search.measures import measures, other_numerals
from search.prices import take_price
from search.text import is_eastern, is_vietnamese, normalise, syllables

# More words than these narrow nothing any more; they still count in the order.
MAX_GROUPS = 8
MIN_CORRECTED = 5


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say a group: its tokens, together where they are several."""

    accented: tuple[str, ...]
    folded: tuple[str, ...]
    weight: float = 1.0

    @property
    def is_phrase(self) -> bool:
        """Two syllables mean something else when they stand apart; three hardly ever do."""
        return len(self.folded) == 2


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
    def may_be_loose(self) -> bool:
        """Not where a foreign word stands among Vietnamese ones that nobody here has: it names what is not here."""
        if self.at_least:
            return True
        if self.has_stranger:
            return False
        return bool(self.spare) or 1 < len(self.known) < len(self.groups)

    @property
    def has_stranger(self) -> bool:
        native = [all(map(is_vietnamese, group.typed.folded)) for group in self.groups]
        return any(native) and any(
            not group.is_known and not own for group, own in zip(self.groups, native, strict=True)
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
        head = Alternative(group.typed.accented[:1], group.typed.folded[:1], 0.5)
        return replace(self, groups=(replace(group, alternatives=(*group.alternatives, head)),))

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
        return len(self.groups) == 2 or (len(self.groups) == 1 and len(self.groups[0].typed.folded) == 2)

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

    @property
    def anchors(self) -> tuple[tuple[str, ...], ...]:
        """Folded phrases of which one has to be there where a group is missing."""
        found = [(*one.typed.folded, *two.typed.folded) for one, two in self.pairs]
        found += [way.folded for group in self.groups for way in group.alternatives if len(way.folded) > 1]
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
        found.append(Interpretation("PRICE", price.text, _between(price.bounds), field="PRICE"))
    text, beside = _main_clause(text, lexicon, has_accents=reading.has_accents)
    text, sizes = _take_measures(without_chatter(text, has_accents=reading.has_accents), lexicon, reading)
    tokens = without_joints(syllables(text))
    tokens, places, told = _take_places(tokens, lexicon, plain, has_accents=reading.has_accents)
    reading = replace(reading, places=places, interpretations=(*found, *told), tokens=tuple(tokens))
    keys = [fold(token) for token in tokens]
    whole = _phrase_at(tokens, keys, 0, lexicon, reading.has_accents) > 1 or (
        len(tokens) > 1 and _is_pair(tokens, keys, 1, lexicon, reading.has_accents)
    )
    kept, loose = without_generic(
        tokens, has_accents=reading.has_accents, first_is_whole=whole, has_sizes=bool(sizes)
    )
    if not kept and not sizes:
        kept, loose = tokens, []
    reading = _grouped(reading, kept, lexicon, sizes)
    extra = [
        group
        for part in (loose, syllables(said), syllables(beside))
        for group in _grouped(reading, part, lexicon).groups
    ]
    return replace(reading, extra=(*reading.extra, *extra))


def _main_clause(text: str, lexicon: Lexicon, *, has_accents: bool) -> tuple[str, str]:
    """The first clause that tells of something the catalogue has, and the others."""
    parts = clauses(text)
    if len(parts) < 2:
        return text, ""
    for index, part in enumerate(parts):
        tokens = syllables(without_chatter(part, has_accents=has_accents))
        keys = [fold(token) for token in tokens]
        if any(
            _is_pair(tokens, keys, at, lexicon, has_accents)
            or _phrase_at(tokens, keys, at - 1, lexicon, has_accents) > 1
            for at in range(1, len(tokens))
        ):
            return part, " ".join(parts[:index] + parts[index + 1 :])
    best = max(range(len(parts)), key=lambda index: _share_known(parts[index], lexicon))
    return parts[best], " ".join(parts[:best] + parts[best + 1 :])


def _share_known(text: str, lexicon: Lexicon) -> float:
    """How much of a text are words of what is for sale, as they are mostly written there."""
    tokens = syllables(text)
    return sum(lexicon.written.get(fold(token)) == token for token in tokens) / max(len(tokens), 1)


def _take_measures(text: str, lexicon: Lexicon, reading: Reading) -> tuple[str, list[Group]]:
    """The text without its sizes and weights, and a group for each."""
    rest, groups, position = "", [], 0
    for item in sorted(measures(text), key=lambda item: item.start):
        if item.start < position:
            continue
        typed = tuple(syllables(text[item.start : item.end]))
        ways = [Alternative(typed, tuple(fold(token) for token in typed))]
        ways += [Alternative((token,), (token,)) for token in item.tokens]
        groups.append(Group(tuple(ways), 2.0, is_size=True))
        rest, position = f"{rest} {text[position : item.start]}", item.end
    return " ".join(f"{rest} {text[position:]}".split()), groups


def _take_literal(text: str, plain: set[str]) -> tuple[str, str]:
    """The text without these words, and the words; all of it where nothing else is there."""
    rest, said = f" {text} ", ""
    for item in sorted(plain, key=len, reverse=True):
        if item and f" {item} " in rest:
            rest, said = rest.replace(f" {item} ", " "), f"{said} {item}"
    return (rest.strip(), said) if rest.strip() else (text, "")


def _between(bounds: tuple[int | None, int | None]) -> str:
    low, high = bounds
    return f"{'' if low is None else low}-{'' if high is None else high}"


def _grouped(
    reading: Reading, tokens: Sequence[str], lexicon: Lexicon, sizes: Sequence[Group] = ()
) -> Reading:
    """The reading with these accented tokens as its groups: known phrases whole, the rest one by one."""
    keys = [fold(token) for token in tokens]
    groups: list[Group] = []
    index = 0
    while index < len(tokens):
        size = _phrase_at(tokens, keys, index, lexicon, reading.has_accents)
        groups.append(
            _group(tuple(tokens[index : index + size]), tuple(keys[index : index + size]), lexicon, reading)
        )
        index += size
    groups = _without_twins([*groups, *sizes])
    strange = [group for group in groups if not group.is_known and all(map(is_eastern, group.typed.folded))]
    if 0 < len(strange) < len(groups):
        # Of a language of which nothing but names is here, what is not known cannot be asked for.
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


def _without_twins(groups: Sequence[Group]) -> list[Group]:
    """Each group once, where it stands first; `tủ` and `tứ` are two, `tu` and `tu` are one."""
    found: dict[tuple[str, ...], Group] = {}
    for group in groups:
        found.setdefault(group.typed.accented, group)
    return list(found.values())


def _phrase_at(
    tokens: Sequence[str], keys: Sequence[str], index: int, lexicon: Lexicon, has_accents: bool
) -> int:
    """How many tokens from here are one known phrase; 1 where none is."""
    for size in range(min(MAX_PHRASE, len(keys) - index), 1, -1):
        known = lexicon.synonyms.get(tuple(keys[index : index + size]), ())
        if any(_same(tokens[index : index + size], accented, has_accents) for accented, _expansion in known):
            return size
    return 1


def _same(typed: Sequence[str], accented: Sequence[str], has_accents: bool) -> bool:
    """Whether what was typed may be this phrase: each syllable with the same accents, or typed without any."""
    return all(
        one == other
        or (fold(one) == one and not (has_accents and _is_whole(one, typed)) and fold(other) == one)
        for one, other in zip(typed, accented, strict=True)
    )


def _is_whole(_token: str, typed: Sequence[str]) -> bool:
    """A phrase of one syllable without accents, in a query that has some, is meant without."""
    return len(typed) == 1


def _group(accented: tuple[str, ...], folded: tuple[str, ...], lexicon: Lexicon, reading: Reading) -> Group:
    ways = [Alternative(accented, folded)]
    for known, expansion in lexicon.synonyms.get(folded, ()):
        if _same(accented, known, reading.has_accents):
            ways.append(Alternative(expansion.accented, expansion.folded, expansion.weight))
    if len(folded) == 1:
        ways += [Alternative((word,), (fold(word),), 0.8) for word in other_numerals(accented[0])]
        ways += [Alternative((form,), (form,), 0.95) for form in _english_forms(folded[0], lexicon)]
    is_known = not lexicon.products or len(ways) > 1 or all(map(lexicon.knows, folded))
    return Group(tuple(ways), _importance(folded, lexicon), is_known, folded[0].isdigit())


def _english_forms(token: str, lexicon: Lexicon) -> Iterator[str]:
    """The singular of a plural and the other way round, where the catalogue has it."""
    if not token.isascii() or len(token) < 3:
        return
    # No Vietnamese syllable ends in s.
    candidates = (token[:-1], token[:-2] if token.endswith("es") else "") if token.endswith("s") else (
        f"{token}s", f"{token}es",
    )  # fmt: skip
    for form in candidates:
        if len(form) >= 3 and lexicon.knows(form):
            yield form


def _importance(folded: tuple[str, ...], lexicon: Lexicon) -> float:
    """Inverse document frequency, of the rarest syllable: 1 for what is everywhere."""
    if not lexicon.products:
        return 1.0
    rarest = min(lexicon.count_of(token) for token in folded)
    return 1.0 + log((lexicon.products + 1) / (rarest + 1)) / 4


# --- Places -------------------------------------------------------------------------------------------------------
_LEADING = {
    "ở",
    "tại",
    "làng",
    "xã",
    "thôn",
    "của",
    "từ",
    "o",
    "tai",
    "lang",
    "xa",
    "thon",
    "in",
    "from",
    "at",
}
_SURE = {"làng", "xã", "thôn", "lang", "xa", "thon"}


# The whole of what is sold here comes from there.
_EVERYWHERE = (
    ("huyện", "phú", "xuyên"), ("huyen", "phu", "xuyen"),
    ("hà", "nội"), ("việt", "nam"), ("ha", "noi"), ("viet", "nam"),
    ("vietnam",), ("vietnamese",),
)  # fmt: skip


def _take_places(
    tokens: list[str], lexicon: Lexicon, plain: set[str], *, has_accents: bool
) -> tuple[list[str], tuple[Place, ...], list[Interpretation]]:
    """Tokens without the places that they name, the places, and what to tell of them."""
    rest, places, told = _without_everywhere(tokens), [], []
    while found := _first_place(rest, lexicon, plain, has_accents=has_accents):
        first, last, named = found
        words = " ".join(rest[last - len(named[0].accented) : last])
        places += named
        told.append(Interpretation("PLACE", words, named[0].value, field=named[0].field, label=named[0].name))
        if len(rest) == last - first:
            # Of a place alone its things are wanted, so its words stay.
            break
        rest = rest[:first] + rest[last:]
    return rest, tuple(places), told


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
                place for place in known if _same(tokens[start : start + size], place.accented, has_accents)
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


# --- When the plain reading finds nothing -------------------------------------------------------------------------


def correct(reading: Reading, lexicon: Lexicon, *, found: bool) -> Reading | None:
    """The reading with one slip of the finger undone, where the catalogue has the whole phrase; else None.

    Where something was `found`, only what the catalogue does not know is corrected: a common syllable is never turned
    into another.
    """
    tokens = [token for group in reading.groups for token in group.typed.accented]
    keys = [fold(token) for token in tokens]
    if sum(map(len, keys)) < MIN_CORRECTED:
        return None
    best: tuple[float, int, str] | None = None
    # What has a synonym, or is a known phrase, is no slip.
    groups = [group for group in reading.groups for _token in group.typed.folded]
    loose = [
        index
        for index, group in enumerate(groups)
        if len(group.alternatives) == 1 and not keys[index].isdigit()
    ]
    unknown = [index for index in loose if not lexicon.knows(keys[index])]
    if len(unknown) > 1:
        return None
    for index in unknown or ([] if found else loose):
        for candidate in near(keys[index], lexicon):
            support = _support(keys, index, candidate, lexicon)
            if support > 0 and (best is None or (support, candidate) > best[:1] + best[2:]):
                best = (support, index, candidate)
    if best is None:
        return None
    _value, index, candidate = best
    written = _written(keys, index, candidate, lexicon) if reading.has_accents else candidate
    tokens[index] = written
    return replace(_grouped(reading, tokens, lexicon), text=" ".join(tokens))


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
        _group((tokens[index - 1], tokens[index]), (keys[index - 1], keys[index]), lexicon, reading)
        for index in range(1, len(tokens))
        if _is_pair(tokens, keys, index, lexicon, reading.has_accents)
        and not {tokens[index - 1], tokens[index]} <= covered
    ]
    evidence = _without_twins([*phrases, *pairs])[:MAX_GROUPS]
    if not evidence and len(tokens) > 2:
        # Descriptions are not in the vocabulary; they may hold such a pair all the same.
        evidence = [
            _group((tokens[index - 1], tokens[index]), (keys[index - 1], keys[index]), lexicon, reading)
            for index in range(1, len(tokens))
        ][:MAX_GROUPS]
    if not evidence:
        return None
    held = {token for group in evidence for token in group.typed.accented}
    rest = [group for group in reading.groups if not held & set(group.typed.accented)]
    text = " ".join(dict.fromkeys(token for token in tokens if token in held))
    return replace(reading, text=text, groups=tuple(evidence), extra=(*rest, *reading.extra), at_least=1)


def _is_pair(
    tokens: Sequence[str], keys: Sequence[str], index: int, lexicon: Lexicon, has_accents: bool
) -> bool:
    pair = f"{keys[index - 1]} {keys[index]}"
    if pair not in lexicon.counts or keys[index].isdigit() or keys[index - 1].isdigit():
        return False
    return not has_accents or lexicon.written[pair] == f"{tokens[index - 1]} {tokens[index]}"


def codes_of(query: str) -> list[str]:
    """What may be an SKU or the number of a certificate: the whole query, and its words that hold digits."""
    words = [word for word in query.split() if any(c.isdigit() for c in word) and len(word) >= 4]
    return list(dict.fromkeys([query, *words]))[:6] if any(c.isdigit() for c in query) else []
