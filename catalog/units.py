"""Administrative units as people type them, those from before July 2025 included, and the wards they are today.

`P.12, Q.Tân Bình` and `phường 12 quận tân bình` name the same unit. A unit is looked up by its key: the name folded,
without the word for its kind. Kind and accents then choose among the units with one key. Where a unit was split, all
its parts come back.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from catalog.models import FormerUnit, Province, Ward
from marketplace.core.vietnamese import fold, normalise, spelling

# Codes were reused, so each goes with its scheme.
SCHEME = "vn-2025"
MAX_ANSWERS = 60
# What is longer names no unit.
MAX_TYPED = 200
WARDS = ("phường", "xã", "thị trấn", "đặc khu")
UPPER = ("quận", "huyện", "thị xã", "thành phố", "tỉnh")
TODAY = {"ward": "phường", "commune": "xã", "special_zone": "đặc khu"}
SHORT = {
    "p": "phường", "x": "xã", "tt": "thị trấn", "đk": "đặc khu", "dk": "đặc khu", "q": "quận", "h": "huyện",
    "tx": "thị xã", "tp": "thành phố", "t": "tỉnh",
}  # fmt: skip
_FOLDED = {fold(kind): kind for kind in (*WARDS, *UPPER)}


def _starts(words: Iterable[str], end: str) -> "re.Pattern[str]":
    return re.compile(f"^({'|'.join(sorted(words, key=len, reverse=True))}){end}(?=.)")


_KIND = _starts((*WARDS, *UPPER), r"\s+")
_SHORT = _starts(SHORT, r"(?:\s*\.\s*|(?<=[pqhx])\s+|(?<=t[tpx])\s+|(?<=[pq])(?=\d))")
_UNACCENTED = _starts(_FOLDED, r"\s+")
# What people call today's cities and some provinces, by key.
NICKNAMES = {
    "hcm": "ho chi minh", "tphcm": "ho chi minh", "sai gon": "ho chi minh", "sg": "ho chi minh",
    "hn": "ha noi", "ha tay": "ha noi", "thua thien hue": "hue", "thua thien - hue": "hue",
    "dac lac": "dak lak", "daklak": "dak lak", "dac nong": "dak nong", "brvt": "ba ria - vung tau",
    "ba ria vung tau": "ba ria - vung tau", "vung tau": "ba ria - vung tau",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand what was typed: the key, the kind where it was said, the spelling with accents.

    `doubtful`: the word for the kind had no accents, and may be a part of the name (`phuong duc` is Phượng Dực).
    """

    key: str
    kind: str
    spelled: str
    doubtful: bool = False

    @property
    def accented(self) -> bool:
        return self.spelled != self.key


def readings(text: str | None) -> list[Reading]:
    """`TT. Phú Xuyên` → key `phu xuyen`, kind `thị trấn`. None where nothing was typed, two where it is in doubt."""
    plain = normalise((text or "").replace(",", " ")).strip(" .-").lower()
    if not plain:
        return []
    if found := _KIND.match(plain):
        return [_reading(plain[found.end() :], found[1])]
    if found := _SHORT.match(plain):
        return [_reading(plain[found.end() :], SHORT[found[1]])]
    whole = _reading(plain, "")
    if found := _UNACCENTED.match(plain):
        return [_reading(plain[found.end() :], _FOLDED[found[1]], doubtful=True), whole]
    return [whole]


def _reading(name: str, kind: str, *, doubtful: bool = False) -> Reading:
    return Reading(unit_key(name), kind, spelling(_numbers(name)), doubtful)


def unit_key(name: str) -> str:
    """The key of a name without its kind: folded, numbers without leading zeros."""
    return _numbers(fold(normalise(name)))


def full_key(name: str) -> str:
    """The key of a unit's full name: `Phường 01` → `1`, and nothing of nothing."""
    return next((reading.key for reading in readings(name)), "")


def _numbers(text: str) -> str:
    return re.sub(r"\b0+(?=\d)", "", " ".join(text.split()))


def resolve_wards(ward: str, district: str | None = None, province: str | None = None) -> list[Ward]:
    """The wards of today that this may mean, the likeliest first; several where a unit was split or a name is common.

    `ward` may be one line with commas. The name of a former district alone gives every ward made of it. At most
    MAX_ANSWERS, in a bounded number of statements.
    """
    ward, district, province = ward[:MAX_TYPED], (district or "")[:MAX_TYPED], (province or "")[:MAX_TYPED]
    if not district and not province and "," in ward:
        ward, *upper = (part.strip() for part in ward.split(","))
        district, province = (upper[0] if len(upper) > 1 else ""), upper[-1]
    provinces = _provinces(province)
    if provinces == set():
        return []
    districts = {reading.key for reading in readings(district)}
    found: list[_Found] = []
    said = readings(ward)
    for wanted in said:
        found += _wards(wanted, districts, provinces)
    if not found and any(wanted.doubtful for wanted in said):
        # A wrong word for the kind is better than nothing.
        found = _wards(replace(said[0], doubtful=False), districts, provinces)
    if not found and not districts:
        for wanted in said:
            former = _former(provinces).filter(district_key=wanted.key)
            found += _closest(wanted, [_Found(*_split(row.district), _parts(row)) for row in former])
    return _loaded(list(dict.fromkeys(code for item in found for code in item.codes)))


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    name: str
    codes: Sequence[str]


def _provinces(text: str | None) -> set[str] | None:
    """Codes of today's provinces that this means; None where none was named. A former one may lie in several."""
    keys = {NICKNAMES.get(reading.key, reading.key) for reading in readings(text)}
    if not keys:
        return None
    today = set(Province.objects.filter(search_key__in=keys).values_list("code", flat=True))
    former = FormerUnit.objects.filter(province_key__in=keys).values_list("ward__province", flat=True)
    # A name that was kept means today's, which holds the former one.
    return today or set(former.distinct())


def _former(provinces: set[str] | None) -> QuerySet[FormerUnit]:
    within = Q() if provinces is None else Q(ward__province__in=provinces)
    return FormerUnit.objects.filter(within).order_by("id")


def _wards(wanted: Reading, districts: set[str], provinces: set[str] | None) -> list[_Found]:
    if wanted.kind in UPPER:
        return []
    former = _former(provinces).filter(search_key=wanted.key)
    rows = list(former.filter(district_key__in=districts)) if districts else []
    if rows:
        # Whoever names a district means the unit of that time.
        return _closest(wanted, [_Found(*_split(row.name), _parts(row)) for row in rows])
    within = Q() if provinces is None else Q(province__in=provinces)
    today = Ward.objects.filter(within, search_key=wanted.key).order_by("code")
    found = [_Found(TODAY.get(row.kind, ""), row.name, [row.code]) for row in today]
    if not districts or not found:
        found += [_Found(*_split(row.name), _parts(row)) for row in former]
    return _closest(wanted, found)


def _parts(row: FormerUnit) -> list[str]:
    return [row.ward_id, *row.also]


def _split(full_name: str) -> tuple[str, str]:
    """`Thị trấn Phú Xuyên` → `thị trấn` and `Phú Xuyên`."""
    found = _KIND.match(full_name.lower())
    return (found[1], full_name[found.end() :]) if found else ("", full_name)


def _closest(wanted: Reading, found: list[_Found]) -> list[_Found]:
    """Those of the kind and the accents that were typed, else all; a doubtful kind has to be right."""
    if wanted.kind:
        same = [item for item in found if item.kind == wanted.kind]
        found = same if wanted.doubtful else same or found
    if wanted.accented:
        found = [item for item in found if spelling(_numbers(item.name)) == wanted.spelled] or found
    return found


def _loaded(codes: Sequence[str]) -> list[Ward]:
    rows = Ward.objects.select_related("province").in_bulk(list(codes[:MAX_ANSWERS]))
    return [rows[code] for code in codes if code in rows]
