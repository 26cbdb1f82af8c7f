"""Amounts of money in what somebody typed: `dưới 500k`, `tầm 1 triệu`, `từ 200 đến 300 nghìn`."""

import re
from dataclasses import dataclass
from decimal import Decimal

from catalog.services.listings import MAX_PRICE
from catalog.sheets.money import parse_money
from search.measures import THINGS, UNITS
from search.numbers import SPOKEN

# "tầm" and "khoảng" are so much less or more.
ABOUT = 0.2
_UNIT = r"(?:k|nghin|ngan|nghìn|ngàn|tr|trieu|triệu|ty|tỷ|tỉ)"
_CURRENCY = r"(?:đồng|dong|vnđ|vnd|đ|₫)"
# hai trăm, nửa triệu, trăm rưỡi; of money, trăm is a hundred thousand, củ a million and lít a hundred thousand.
# Without accents, `tram` alone is agarwood.
_SPOKEN_UNITS = {
    **dict.fromkeys(("trăm", "tram", "lít", "lit"), 100_000),
    **dict.fromkeys(("triệu", "trieu", "củ", "cu"), 1_000_000),
    **dict.fromkeys(("nghìn", "nghin", "ngàn", "ngan"), 1_000),
}
_SPOKEN = (
    rf"(?:(?:{'|'.join(SPOKEN)})\s(?:{'|'.join(_SPOKEN_UNITS)})|\d+(?:[.,]\d)?\s?(?:trăm|tram|lít|lit|củ|cu)|trăm|tram(?=\s(?:nghin|ngan|ruoi)))"
    r"(?!\w)(?:\s(?:nghìn|nghin|ngàn|ngan)(?!\w))?(?:\s(?:rưỡi|ruoi))?"
)
# 500k, 1,5 triệu, 1tr2, 1 triệu rưỡi, 500.000, 500000đ
_AMOUNT = rf"(?:{_SPOKEN}|\d+(?:[.,]\d+)*\s?(?:{_UNIT}\b\s?(?:\d{{1,3}}(?:\s?{_UNIT}\b)?|rưỡi|ruoi)?|{_UNIT}(?=\d)\d{{1,3}}|{_CURRENCY}\b|₫)?)"
_BELOW = r"dưới|duoi|không quá|khong qua|tối đa|toi da|nhỏ hơn|ít hơn|rẻ hơn|re hon|under|below|less than|up to|at most|max|<"
_ABOVE = r"trên|tren|từ|tu|hơn|ít nhất|it nhat|tối thiểu|toi thieu|over|above|more than|from|at least|min|>"
_ROUND = r"tầm|tam|khoảng|khoang|cỡ|co|chừng|chung|độ|giá|gia|around|about|approximately"
_PREFIX = r"(?:giá|gia|tầm|tam|khoảng|khoang|price)?\s?"
_TO = r"(?:đến|den|tới|toi|to|and|-|–)"
_RANGE = re.compile(
    rf"(?<!\w){_PREFIX}(?:từ|tu|from|between)?\s?(?P<low>{_AMOUNT})\s?{_TO}\s?(?P<high>{_AMOUNT})(?!\w)"
)
_BOUND = re.compile(
    rf"(?<!\w){_PREFIX}(?:(?P<below>{_BELOW})|(?P<above>{_ABOVE})|(?P<round>{_ROUND}))\s?(?:giá\s|gia\s)?(?P<amount>{_AMOUNT})"
    r"(?P<up>\s(?:trở lên|tro len|đổ lên|and up))?(?P<down>\s(?:trở xuống|tro xuong|đổ lại|do lai))?(?!\w)"
)
_TRAILING = re.compile(
    rf"(?<!\w)(?P<amount>{_AMOUNT})\s(?:(?P<up>trở lên|tro len|đổ lên)|(?P<down>trở xuống|tro xuong|đổ lại|do lai))(?!\w)"
)
_SAID = re.compile(rf"(?:({'|'.join(SPOKEN)})\s|(\d+(?:[.,]\d)?)\s?)?({'|'.join(_SPOKEN_UNITS)})")
_HALF = re.compile(r"\s?(?:rưỡi|ruoi)$")
_HAS_UNIT = re.compile(rf"(?:{_UNIT}|{_CURRENCY})")
# A bare number below this is a size or a count, not an amount; so is one with a unit or more numbers behind it.
_LEAST = 1_000
_BARE = re.compile(r"(?<!\w)[\d.,]+$")
_COUNTS = re.compile(
    rf"(?:\s?{_TO}\s?[\d.,]+)?\s?(?:[x×*]\s?\d|(?:{'|'.join(UNITS.keys() - THINGS.keys())}|cái|cai|chiếc|chiec|viên|nén|que|người|trang|pcs|pieces)(?!\w))"
)


@dataclass(frozen=True, slots=True)
class Price:
    """Words that set bounds in đồng, either of which may be open."""

    text: str
    bounds: tuple[int | None, int | None]


def bounds_value(low: int | None, high: int | None) -> str:
    """ "min-max" as the facet of prices writes it; either side may be empty."""
    return f"{'' if low is None else low}-{'' if high is None else high}"


def take_price(text: str, plain: set[str]) -> tuple[str, Price | None]:
    """The text without its amount of money, and the bounds in đồng that the words set."""
    for pattern, bounds_of in ((_RANGE, _range), (_BOUND, _bound), (_TRAILING, _bound)):
        for match in pattern.finditer(text):
            bounds = None if _touches(match.group(), plain) else bounds_of(match)
            is_count = _BARE.search(match.group()) and _COUNTS.match(text, match.end())
            if bounds is not None and not is_count:
                rest = f"{text[: match.start()]} {text[match.end() :]}"
                return " ".join(rest.split()), Price(match.group().strip(), bounds)
    return text, None


def _touches(words: str, plain: set[str]) -> bool:
    """Whether these words, or words around them, are to be taken as they are."""
    return any(words.strip() in text or text in words for text in plain if text)


def _range(match: re.Match[str]) -> tuple[int | None, int | None] | None:
    low_text, high_text = match["low"].strip(), match["high"].strip()
    high = _amount(high_text)
    unit = None if _HAS_UNIT.search(low_text) else re.search(_UNIT, high_text)
    low = _amount(low_text + unit.group() if unit else low_text)
    if low is None or high is None or (unit and low > high):
        return None
    return min(low, high), max(low, high)


def _bound(match: re.Match[str]) -> tuple[int | None, int | None] | None:
    amount = _amount(match["amount"].strip())
    if amount is None:
        return None
    words = match.groupdict()
    if words.get("down") or words.get("below"):
        return None, amount
    if words.get("up") or words.get("above"):
        return amount, None
    return round(amount * (1 - ABOUT)), round(amount * (1 + ABOUT))


def _amount(text: str) -> int | None:
    """Đồng, at most what anything here may cost."""
    amount = _parsed(text)
    return None if amount is None else min(amount, MAX_PRICE)


def _parsed(text: str) -> int | None:
    half = bool(_HALF.search(text))
    whole = _HALF.sub("", text)
    # Two hundred thousand, said in full.
    said = re.sub(r"(trăm|tram)\s(?:nghìn|nghin|ngàn|ngan)$", r"\1", whole)
    if spoken := _SAID.fullmatch(said):
        unit = _SPOKEN_UNITS[spoken[3]]
        number = (
            Decimal(spoken[2].replace(",", ".")) if spoken[2] else SPOKEN.get(spoken[1] or "", Decimal(1))
        )
        return round((number + half * Decimal("0.5")) * unit)
    for plain, word in (("nghin", "nghìn"), ("ngan", "ngàn"), ("trieu", "triệu"), ("dong", "đồng")):
        whole = re.sub(rf"{plain}\b", word, whole)
    amount = parse_money(whole)
    if amount is None or amount < _LEAST:
        return None
    if half:
        amount += 500_000 if amount % 1_000_000 == 0 else 500
    return amount
