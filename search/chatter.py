"""What people say around the thing that they mean: `mua … ở đâu`, `cho hỏi có bán … không ạ`."""

import re
from collections.abc import Iterator, Sequence

from marketplace.core.vietnamese import fold

# What stands before and after the thing that is meant. Without accents only what can hardly be a thing.
_BEFORE = (
    "cho hỏi", "cho mình hỏi", "cho em hỏi", "cho tôi hỏi", "shop ơi", "ad ơi", "bạn ơi", "chị ơi", "anh ơi",
    "shop", "em muốn mua", "mình muốn mua", "tôi muốn mua", "muốn mua", "cần mua", "cần tìm", "đang tìm",
    "tìm mua", "đặt mua", "muốn đặt", "muốn tìm", "em cần", "mình cần", "tôi cần", "nhà mình có bán",
    "nhà mình có", "nhà mình", "bên mình có", "bên mình", "ở đây có bán", "ở đây có nhận", "ở đây có",
    "có nhận làm", "có nhận", "có bán", "có ai bán", "ai bán", "chỗ nào bán", "ở đâu bán", "nơi bán", "bán", "mua",
    "tìm", "có", "loại", "xin", "cho xem", "tư vấn", "báo giá", "giá của", "có ship", "giao hàng", "làng nghề",
    "sản phẩm", "con muốn mua", "chị muốn mua", "anh muốn mua", "cô muốn mua", "bác muốn mua", "con cần",
    "chị cần", "anh cần", "cô cần", "bác cần", "con đang tìm", "em đang tìm", "em tìm", "mình tìm",
    "mình đang cần", "em đang cần", "nhờ", "giúp em tìm", "giúp mình tìm", "tư vấn giúp em", "tư vấn giúp mình",
    "xin hỏi", "dạ", "dạ cho em hỏi", "alo", "cho mua", "where to buy", "where can i buy", "i want to buy",
    "i am looking for", "looking for", "do you have", "do you sell", "show me", "buy", "any", "some", "the", "a",
    "chào shop", "em chào shop", "chào bạn", "anh muốn đặt", "mình muốn đặt", "em muốn đặt", "quán em muốn đặt",
    "bên mình còn", "shop còn", "còn", "muốn mua tặng", "mua sỉ", "cần đặt", "con",
)  # fmt: skip
_AFTER = (
    "ở đâu bán", "ở đâu rẻ", "ở đâu", "chỗ nào", "bao nhiêu tiền", "giá bao nhiêu", "bao nhiêu", "giá rẻ", "giá tốt", "rẻ nhất",
    "không ạ", "không vậy", "không nhỉ", "không shop", "không", "ko ạ", "ko", "hông", "hem", "được không", "vậy", "với",
    "nhỉ", "nhé", "nha", "ạ", "đẹp nhất", "uy tín", "giúp em", "giúp mình", "có ship không",
    "ship không", "có giao hàng không", "còn hàng không", "còn không", "có không", "giá sao", "giá thế nào", "nhiêu", "thì có không",
    "nhé shop", "shop ơi", "ạ shop", "shop", "với ạ", "được không ạ", "hả shop", "hả", "nè", "đi ạ", "cho em", "cho mình",
    "loại nào tốt", "loại nào đẹp", "nào đẹp", "nào tốt", "tốt nhất", "chính hãng", "chất lượng", "for sale", "near me", "please", "online", "price",
)  # fmt: skip
_RISKY = {
    "bán",
    "mua",
    "tìm",
    "có",
    "loại",
    "xin",
    "không",
    "vậy",
    "với",
    "nha",
    "ạ",
    "hem",
    "hông",
    "the",
    "a",
}
_SAFE_END = {"ko", "khong", "khong a", "ko a"}


def _forms(phrases: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    accented = frozenset(phrases)
    plain = frozenset(fold(phrase) for phrase in phrases if phrase not in _RISKY)
    return accented, plain


_BEFORE_FORMS, _AFTER_FORMS = _forms(_BEFORE), _forms(_AFTER)
_PUNCTUATION = re.compile(r"[?!.,;:…]+(?=\s|$)")


# Words that open a wish; a run of them goes where one of the second kind is in it.
_OPENING = {
    "dạ", "chào", "shop", "ad", "bạn", "em", "mình", "tôi", "anh", "chị", "con", "cô", "bác", "cháu", "ơi", "ạ", "cho", "hỏi", "xin",
    "muốn", "cần", "đang", "định", "tìm", "mua", "đặt", "lấy", "có", "bán", "bên", "nhà", "quán", "giúp", "tư", "vấn", "với", "một",
    "cái", "chiếc", "giá", "may", "nhận", "còn", "không", "biết", "ai", "chỗ", "nào", "nhờ", "thêm", "được", "hộ",
}  # fmt: skip
_WISHING = {
    "muốn",
    "cần",
    "tìm",
    "mua",
    "đặt",
    "bán",
    "hỏi",
    "vấn",
    "giúp",
    "lấy",
    "nhận",
    "giá",
    "có",
    "còn",
}
# By themselves they are things: a shelf, a rod, a house.
_THINGS_TOO = {"giá", "cần", "nhà", "con", "cái", "chiếc", "một", "may", "gia", "can", "nha", "mot", "cai"}
_ASKING_PLAIN = {"em", "minh", "toi", "anh", "chi", "shop", "ad", "chau", "cho"}
# Where a question about price, stock or delivery begins, the thing has been said.
_END = (
    r"\s(?:giá\s|thì\s|hết\s)?(?:bao nhiêu|nhiêu tiền)(?!\w).*$|\scòn\s(?:hàng|size|mẫu|màu)(?!\w).*$"
    r"|\scó\s(?:ship|giao|khuyến|mẫu nào|màu nào|loại nào)(?!\w).*$|\sgiá\s(?:thì\s)?(?:sao|thế nào)(?!\w).*$"
    r"|\sthì\s(?:có|đặt|giá|mua)(?!\w).*$|\sđược\s(?:không|ko)(?!\w).*$"
    r"|\s(?:ship|giao)\s(?:về|đến|tận|sài|hàng)(?!\w).*$"
)
# With accents, and without: `trâu con màu nâu` is a calf, and nobody asks what is left.
_ENDS = re.compile(_END), re.compile(fold(_END))
_CLAUSE = re.compile(r"[,.;:!?…]+\s+|[!?…]+$|\s[-–]\s")


def clauses(text: str) -> list[str]:
    """The parts of a sentence, in its order; those without a word left out."""
    return [part for part in (part.strip() for part in _CLAUSE.split(text)) if part]


# Somebody is called.
_CALL = re.compile(r"^(?:\w+\s){1,3}ơi\s+")
# Somebody says that they want something: what is wanted stands behind.
_WISH = re.compile(
    r"(?<!\w)(?:cần|muốn|tìm|mua|order|(?:em|mình|tôi|tui|anh|chị|con|cô|bác|cháu|bên|quán|trường|nhà|đang|muốn|cần)\s(?:định|tính|kiếm|đặt))"
    r"(?:\s(?:cần|muốn|mua|đặt|tìm|kiếm|may|làm|lấy|order|giúp|hộ|cho|em|mình|tôi|tui|anh|chị|con|cô|bác|ít|vài))*\s(?=\w)"
)
# What for, or worn with what: what is wanted stands before.
_PURPOSE = re.compile(
    r"\s(?:để|phát cho|cho|tặng|biếu|làm quà|(?:mang|mặc|đi|dùng|phối|hợp|chung|kèm) với|đi kèm|bày|treo)\s(?=\w)"
)
_ASKS = re.compile(r"(?<!\w)(?:có|còn)\s.*(?:không|ko|hông|nào|chưa)(?!\w)|^(?:có|còn|xin|cho)\s")
# Shorter ones are names of things: `giỏ đựng đồ cho bé`.
_SENTENCE = 7


def is_wish(text: str, *, has_accents: bool) -> bool:
    """Whether a clause asks for something. Without accents nobody can tell."""
    return has_accents and bool(_WISH.search(text) or _ASKS.search(text))


def wishes(text: str) -> Iterator[tuple[str, str]]:
    """Where a sentence with accents may be divided into who wishes, and what is wished for."""
    return _divided(text, _WISH)


def purposes(text: str) -> Iterator[tuple[str, str]]:
    """Where a sentence with accents may be divided into what is wished for, and what for."""
    return _divided(text, _PURPOSE)


def _divided(text: str, mark: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    if len(text.split()) >= _SENTENCE:
        for match in mark.finditer(text):
            yield text[: match.start()].strip(), text[match.end() :].strip()


def without_chatter(text: str, *, has_accents: bool) -> str:
    """The text without what people say around the thing. Never takes the last word."""
    words = _PUNCTUATION.sub(" ", text).split()
    if has_accents:
        words = _CALL.sub("", " ".join(words)).split()
    before = _BEFORE_FORMS[0] if has_accents else _BEFORE_FORMS[1]
    after = _AFTER_FORMS[0] | _SAFE_END if has_accents else _AFTER_FORMS[1] | _SAFE_END
    words = _without_opening(words, has_accents=has_accents)
    end = _ENDS[0] if has_accents else _ENDS[1]
    words = (end.sub("", " ".join(words)) or " ".join(words)).split()
    changed = True
    while changed:
        changed = False
        for size in range(min(5, len(words) - 1), 0, -1):
            if " ".join(words[:size]) in before:
                words, changed = words[size:], True
                break
        for size in range(min(4, len(words) - 1), 0, -1):
            if " ".join(words[-size:]) in after:
                words, changed = words[:-size], True
                break
    return " ".join(words)


def _without_opening(words: list[str], *, has_accents: bool) -> list[str]:
    opening, wishing = (_OPENING, _WISHING) if has_accents else (_OPENING_PLAIN, _WISHING_PLAIN)
    size = 0
    while size < len(words) - 1 and words[size] in opening:
        size += 1
    said = set(words[:size])
    # Without accents, "ban co" may be a chessboard: somebody has to be speaking, of more than a word.
    if not said & wishing or not (has_accents or (size > 1 and words[0] in _ASKING_PLAIN)):
        return words
    if said <= _THINGS_TOO:
        return words
    return words[size:]


_OPENING_PLAIN, _WISHING_PLAIN = {fold(word) for word in _OPENING}, {fold(word) for word in _WISHING}


# English words between others; none of them is a Vietnamese syllable.
_JOINTS = {"for", "with", "of", "and", "or", "from", "by"}


def without_joints(tokens: list[str]) -> list[str]:
    return [token for token in tokens if token not in _JOINTS] or tokens


# Words that say little of what is meant: what has them stands higher, and nothing has to.
_GENERIC = {
    "các", "những", "cái", "chiếc", "loại", "mẫu", "kiểu", "thật", "tốt", "đẹp", "xịn", "xinh", "bền", "rẻ", "giá", "dùng", "để", "làm",
    "cho", "với", "và", "của", "bằng", "có", "một", "thì", "nào", "này", "được", "chất", "lượng", "cao", "cấp", "sang", "chính", "hãng",
    "về", "trong", "ngoài", "ở", "tại", "người", "đi", "ra", "mới", "muốn", "cần", "mua", "đặt", "biếu", "tặng", "hàng", "đồ", "ấy", "mà",
}  # fmt: skip


def is_generic(token: str) -> bool:
    """Whether a word, with its accents, says little of what is meant."""
    return token in _GENERIC


_GENERIC_PLAIN = {
    "cho",
    "cua",
    "va",
    "voi",
    "bang",
    "nhung",
    "cac",
    "chiec",
    "duoc",
    "nguoi",
    "trong",
    "ngoai",
    "bieu",
    "tang",
}
_THINGS = {
    "làng",
    "nghề",
    "lang",
    "nghe",
    "do",
    "đồ",
    "hàng",
    "các",
    "những",
    "mấy",
    "cái",
    "chiếc",
    "mẫu",
    "loại",
    "đặc",
    "vật",
}
# What is said beside a size that was read.
_OF_SIZES = {
    "dài", "rộng", "cao", "nặng", "đường", "kính", "kích", "thước", "khoảng", "tầm", "ngang", "sâu", "dày", "dung", "tích", "x", "cháy",
    "gói", "túi", "hộp", "hũ", "chai", "bao", "loại", "khổ", "to",
}  # fmt: skip
_OF_SIZES_PLAIN = {fold(word) for word in _OF_SIZES}
_SIZES = {"size", "cỡ", "số", "sz"}
_SIZE_LETTERS = {"s", "m", "l", "xl", "xxl", "xxxl"}
_GIVING = {"biếu", "tặng", "cho", "bieu", "tang"}
_RECEIVERS = {
    "ông", "bà", "bố", "mẹ", "ba", "má", "cha", "sếp", "bạn", "khách", "hàng", "đối", "tác", "thầy", "cô", "giáo", "vợ", "chồng",
    "yêu", "người", "đồng", "nghiệp", "nhân", "viên", "nước", "ngoài", "sep", "ong",
}  # fmt: skip
_GENERIC_ENGLISH = {
    "handmade", "traditional", "authentic", "beautiful", "best", "cheap", "nice", "good", "local", "craft", "made", "set", "style", "vietnamese", "vietnam",
}  # fmt: skip


def without_generic(
    tokens: Sequence[str],
    *,
    has_accents: bool,
    first_is_whole: bool,
    has_sizes: bool,
    phrases: Sequence[bool],
) -> tuple[list[str], list[str]]:
    """Tokens that have to be found, and those that only help.

    `first_is_whole`: the first begins something known. `phrases`: whether each is part of a phrase with another name.
    """
    generic = (_GENERIC if has_accents else _GENERIC_PLAIN) | _GENERIC_ENGLISH
    if has_sizes:
        generic = generic | (_OF_SIZES if has_accents else _OF_SIZES_PLAIN)
    kept, loose = list[str](), list[str]()
    for_whom = False
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        for_whom = bool(index) and (token in _GIVING or (for_whom and token in _RECEIVERS))
        if not index:
            # The first word is the thing itself, unless it says "things".
            needless = token in _THINGS and not first_is_whole and bool(following)
        elif token in _SIZES:
            needless = following.isdigit() or following in _SIZE_LETTERS
        else:
            needless = for_whom or (token in generic and not phrases[index])
        (loose if needless else kept).append(token)
    return kept, loose
