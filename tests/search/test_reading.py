"""What search makes of a query: tokens, prices, places, chatter, slips and keys, before any engine is asked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import reading, seeds, telex
from search.chatter import without_chatter
from search.lexicon import Lexicon, Place, _add_synonym, count_words
from search.measures import measures
from search.reading import codes_of, read
from search.rereading import core, corrected, decoded
from search.text import code_key, folded, highlight, indexed, syllables

NAMES = [
    "Giỏ mây đựng hoa quả", "Giỏ cỏ tế đan tay", "Tranh khảm trai tứ quý", "Hộp trang sức khảm trai", "Kẹo vừng ít ngọt",
    "Kẹo lạc giòn", "Nón lá Chuông", "Nón quai thao", "Hương trầm không tăm", "Áo dài cưới thêu sen", "Bộ vest nam",
    "Khay gỗ 40 × 30 cm", "Rattan fruit basket", "Incense sticks", "Đèn thả mây tre", "Sập gỗ gụ",
    "Nhang vòng cháy 24 giờ", "Lót ly cói",
]  # fmt: skip


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """As it is read from the tables: words of some names, the synonyms of an installation, a few places."""
    found = Lexicon(products=len(NAMES))
    for key, (written, count) in count_words((" ".join(indexed(name)), 1) for name in NAMES).items():
        found.counts[key], found.written[key] = count, written
        if " " not in key:
            found.add_word(key, written)
    for row in seeds.rows():
        _add_synonym(found, row["term"], row["expansion"], row["weight"])
        if row["both_ways"]:
            _add_synonym(found, row["expansion"], row["term"], row["weight"])
    for name, field, value in (
        ("Lưu Thượng", "VILLAGE", "luu-thuong"), ("Cựu", "VILLAGE", "cuu"), ("Phú Túc", "COMMUNE", "phuong-duc"),
    ):  # fmt: skip
        place = Place(tuple(syllables(name)), name, field, value, frozenset({value}), None)
        found.places[tuple(folded(name))] = [place]
    return found


def words(found: Any) -> list[str]:
    return [" ".join(group.typed.accented) for group in found.groups]


# --- Text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Giỏ CỎ tế", ["giỏ", "cỏ", "tế"]),
        ("gio\u0309 co\u0309 te\u0302\u0301", ["giỏ", "cỏ", "tế"]),
        ("khay 40cm", ["khay", "40", "cm"]),
        ("khay 40 cm", ["khay", "40", "cm"]),
        ("2 ký lạc", ["2", "kg", "lạc"]),
        ("nhang 24 giờ", ["nhang", "24", "h"]),
        ("giờ này 2 giỏ", ["giờ", "này", "2", "giỏ"]),
        ("螺鈿の箱", ["螺", "鈿", "の", "箱"]),
        ("アオザイ", ["アオザイ"]),
        ("mother-of-pearl, box!", ["mother", "of", "pearl", "box"]),
        ("a\x00b\u200bc\td", ["a", "b", "c", "d"]),
        ("", []),
        ("!!! — …", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert syllables(text) == tokens


def test_what_is_indexed_has_the_unit_as_written_and_by_its_one_name() -> None:
    assert indexed("cháy 24 giờ, nặng 2 kg") == ["cháy", "24", "giờ", "h", "nặng", "2", "kg"]


@given(st.text(max_size=60))
def test_any_text_is_tokens_that_hold_no_syntax(text: str) -> None:
    for token in syllables(text):
        assert token.isalnum() or all(c.isalnum() or c in "々ー゛゜" or not c.isascii() for c in token)
        assert not set(token) & set("'\"\\&|!:*()<> ")


@pytest.mark.parametrize(
    ("text", "key"), [("PX 0154-1", "PX01541"), ("sample-0077/qđ-ubnd", "SAMPLE0077QDUBND"), ("", "")]
)
def test_codes_are_compared_by_letters_and_digits(text: str, key: str) -> None:
    assert code_key(text) == key


def test_a_highlight_keeps_accents_and_marks_neighbours_together() -> None:
    assert highlight("Giỏ mây <b> đan tay", {"gio", "may"}) == "<mark>Giỏ mây</mark> &lt;b&gt; đan tay"
    assert highlight("Khay 40cm", {"40", "cm"}) == "Khay <mark>40cm</mark>"
    assert highlight("Khay", {"gio"}) is None


# --- Prices -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "rest", "price"),
    [
        ("giỏ dưới 300k", ["giỏ"], (None, 300_000)),
        ("gio duoi 300k", ["gio"], (None, 300_000)),
        ("giỏ dưới 300.000đ", ["giỏ"], (None, 300_000)),
        ("giỏ < 300000", ["giỏ"], (None, 300_000)),
        ("tranh trên 2 triệu", ["tranh"], (2_000_000, None)),
        ("tranh tren 2 trieu", ["tranh"], (2_000_000, None)),
        ("tranh từ 1,5 triệu trở lên", ["tranh"], (1_500_000, None)),
        ("tranh 2 triệu trở xuống", ["tranh"], (None, 2_000_000)),
        ("tranh tầm 1 triệu", ["tranh"], (800_000, 1_200_000)),
        ("tranh giá khoảng 1tr2", ["tranh"], (960_000, 1_440_000)),
        ("tranh tầm 1 triệu rưỡi", ["tranh"], (1_200_000, 1_800_000)),
        ("hộp từ 200 đến 300 nghìn", ["hộp"], (200_000, 300_000)),
        ("hop tu 200 den 300 nghin", ["hop"], (200_000, 300_000)),
        ("hộp 200k-300k", ["hộp"], (200_000, 300_000)),
        ("hộp từ 500k đến 1 triệu", ["hộp"], (500_000, 1_000_000)),
        # The wrong way round, and a thing named behind an amount.
        ("hộp từ 300k đến 200k", ["hộp"], (200_000, 300_000)),
        ("dưới 200000 giỏ mây", ["giỏ", "mây"], (None, 200_000)),
        ("duoi 200000 gio may", ["gio", "may"], (None, 200_000)),
        # In slang: a hundred is a hundred thousand.
        ("hộp dưới trăm", ["hộp"], (None, 100_000)),
        ("hộp dưới trăm rưỡi", ["hộp"], (None, 150_000)),
        ("hop duoi tram ruoi", ["hop"], (None, 150_000)),
        ("hop duoi hai tram", ["hop"], (None, 200_000)),
        # Nothing may cost more than this, whatever was typed.
        ("sập dưới 20 tỷ", ["sập"], (None, 10_000_000_000)),
        (f"sập dưới {'9' * 150} trăm", ["sập"], (None, 10_000_000_000)),
        ("basket under 300k", ["basket"], (None, 300_000)),
        ("basket between 200k and 300k", ["basket"], (200_000, 300_000)),
        # No amount of money: a size, an age, a number of pieces, a word.
        ("giày dưới 40", ["giày", "dưới", "40"], None),
        ("khăn trải trên bàn", ["khăn", "trải", "trên", "bàn"], None),
        ("khay từ 20 đến 30 cm", ["khay", "từ", "20", "đến", "30 cm"], None),
        ("hương tầm gửi", ["hương", "tầm", "gửi"], None),
        ("khăn khoảng 1200 mm", ["khăn", "1200 mm"], None),
        ("khăn khoảng 1200 x 600 mm", ["khăn", "1200 x 600 mm"], None),
        ("gạo trên 1000 g", ["gạo", "trên", "1000 g"], None),
        ("que từ 1000 đến 2000 chiếc", ["que", "từ", "1000", "đến", "2000"], None),
        # Nobody can say which 200 these are.
        ("hộp từ 200 đến 1 triệu", ["hộp", "từ", "200", "đến", "1", "triệu"], None),
        # Without its accent, agarwood.
        ("vong tu tram huong", ["vong", "tu", "tram huong"], None),
        ("nhang gia tram", ["nhang", "gia", "tram"], None),
    ],
)
def test_an_amount_in_words_is_a_filter(
    lexicon: Lexicon, query: str, rest: list[str], price: tuple[int | None, int | None] | None
) -> None:
    found = read(query, lexicon)

    assert found.price == price
    assert words(found) == rest
    if price is None:
        assert found.interpretations == ()
        return
    (told,) = found.interpretations
    assert (told.kind, told.field) == ("PRICE", "PRICE")
    assert told.text in query
    again = read(query, lexicon, [told.text])
    assert (again.price, again.interpretations) == (None, ())
    assert (words(again), bool(again.extra)) == (rest, True)


# --- Sizes --------------------------------------------------------------------------------------------------------


def sizes(text: str) -> list[tuple[str, ...]]:
    return [item.tokens for item in measures(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("30 × 22 × 12 cm", [("mm300", "mm220", "mm120")]),
        ("1m2", [("mm1200",)]),
        ("1,2 m", [("mm1200",)]),
        ("một ký hai", [("g1200",)]),
        ("2 lít rưỡi", [("ml2500",)]),
        ("giường mét sáu", [("mm1600",)]),
        ("ký rưỡi lạc", [("g1500",)]),
        ("2 mét sáu", [("mm2600",)]),
        ("nhang 24 giờ", [("min1440",)]),
        ("khay", []),
        # Without a unit, centimetres; three such numbers, or a unit behind them, are something else.
        ("tranh 60x80", [("mm600", "mm800")]),
        ("tranh 60 x 80 m", [("mm60000", "mm80000")]),
        ("2x3", []),
        ("00x00", []),
        # At the end of a sentence, or of a part of it.
        ("size 30x40, màu nâu.", [("mm300", "mm400")]),
        ("dài 1m2, rộng 60cm.", [("mm1200",), ("mm600",)]),
        ("cao 1m25.", [("mm1250",)]),
    ],
)
def test_a_size_is_one_however_it_is_written(text: str, tokens: list[tuple[str, ...]]) -> None:
    assert sizes(text) == tokens


@pytest.mark.parametrize(
    ("query", "found"),
    [
        # Without accents the catalogue tells: giỏ mây, but 24 giờ; a cup is written as a millimetre is.
        ("2 gio may", ["2", "gio", "may"]),
        ("hai gio", ["hai", "gio"]),
        ("nhang 24 gio", ["nhang", "24 gio"]),
        ("6 ly coi", ["6", "ly", "coi"]),
        ("sáu ly cói", ["sáu", "ly", "cói"]),
        # Accents tell by themselves, and nobody here sells a "met".
        ("2 giờ", ["2 h"]),
        ("2 giỏ mây", ["2", "giỏ", "mây"]),
        ("vong 2 met", ["vong", "2 met"]),
        ("khay 40 cm", ["khay", "40 cm"]),
    ],
)
def test_a_word_that_may_be_a_thing_is_no_unit(lexicon: Lexicon, query: str, found: list[str]) -> None:
    assert words(read(query, lexicon)) == found


def test_things_stay_where_their_size_is_left_out(lexicon: Lexicon) -> None:
    for query, rest in (("2 gio may", ["gio", "may"]), ("khay 40 cm", ["khay"])):
        found = read(query, lexicon).without_sizes
        assert found
        assert words(found) == rest
    assert read("2 h", lexicon).without_sizes is None


def test_no_text_makes_the_reader_of_sizes_look_further_than_some_numbers() -> None:
    """Sellers' descriptions are read as well: what had no bound took the square of a hostile one's length."""
    assert sizes("1*2*3*4*5*6 cm") == [("mm10", "mm20", "mm30", "mm40", "mm50", "mm60")]
    assert sizes("8*9*1*2*3*4*5*6 cm") == [("mm10", "mm20", "mm30", "mm40", "mm50", "mm60")]
    assert sizes("1*" * 10_000 + "2 cm") == [("mm10",) * 5 + ("mm20",)]
    assert sizes("1" * 20_000 + " cm") == sizes("1x" * 10_000) == []


# --- Places and chatter -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "rest", "place"),
    [
        ("giỏ lưu thượng", ["giỏ"], "Lưu Thượng"),
        ("gio luu thuong", ["gio"], "Lưu Thượng"),
        ("giỏ làng Lưu Thượng", ["giỏ"], "Lưu Thượng"),
        ("giỏ ở phú túc", ["giỏ"], "Phú Túc"),
        ("áo làng cựu", ["áo"], "Cựu"),
        # One syllable alone is a word, and other accents are another name.
        ("áo cựu", ["áo", "cựu"], None),
        ("giỏ lựu thượng", ["giỏ", "lựu", "thượng"], None),
        # A place alone: its things are meant.
        ("lưu thượng", ["lưu", "thượng"], "Lưu Thượng"),
    ],
)
def test_a_place_raises_what_comes_from_there(
    lexicon: Lexicon, query: str, rest: list[str], place: str | None
) -> None:
    found = read(query, lexicon)

    assert words(found) == rest
    assert [item.name for item in found.places] == ([place] if place else [])
    if place:
        (told,) = found.interpretations
        assert (told.kind, told.label) == ("PLACE", place)
        assert read(query, lexicon, [told.text]).places == ()


@pytest.mark.parametrize(
    ("query", "thing"),
    [
        ("mua nhang trầm ở đâu", "nhang trầm"),
        ("cho hỏi có bán tủ chè khảm không ạ?", "tủ chè khảm"),
        ("em muốn mua giỏ mây", "giỏ mây"),
        ("giỏ mây giá bao nhiêu", "giỏ mây"),
        ("muon mua gio may o dau", "gio may"),
        ("where to buy incense sticks", "incense sticks"),
        # What may be a thing without its accents stays: mũ, bàn, múa.
        ("giay mua", "giay mua"),
        ("ban tho", "ban tho"),
        ("mua", "mua"),
        # A shelf, a fishing rod, a calf: no question.
        ("giá sách tre", "giá sách tre"),
        ("cần câu tre", "cần câu tre"),
        ("tượng trâu con màu nâu", "tượng trâu con màu nâu"),
        ("giỏ mây còn màu nào", "giỏ mây"),
        ("ở đâu", "ở đâu"),
    ],
)
def test_chatter_does_no_harm(query: str, thing: str) -> None:
    accents = any(not c.isascii() for c in query)

    assert without_chatter(query, has_accents=accents) == thing


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        # Who is called, who wishes, and what for.
        ("nhà vườn ơi giỏ mây còn không", ["giỏ", "mây"]),
        ("khách sạn mình đang cần đặt tranh khảm trai", ["tranh", "khảm trai"]),
        ("mẹ em hay đi lễ, tìm giúp em áo dài", ["áo", "dài"]),
        ("tìm giỏ mây đựng hoa quả để biếu bà ngoại", ["giỏ", "mây", "đựng", "hoa quả"]),
        # The first clause tells of something, too, and asks for nothing.
        ("nhà có tranh khảm trai rồi, muốn mua thêm giỏ mây", ["giỏ", "mây"]),
        # A name, and no sentence; what stands on a table is not ordered.
        ("giỏ mây cho bé", ["giỏ", "mây", "bé"]),
        ("đèn thả mây tre đặt cạnh sập gỗ", ["đèn", "thả", "mây", "tre", "cạnh", "sập", "gỗ"]),
    ],
)
def test_of_a_sentence_what_is_wished_for_is_asked(lexicon: Lexicon, query: str, wanted: list[str]) -> None:
    assert words(read(query, lexicon)) == wanted


# --- Synonyms -----------------------------------------------------------------------------------------------------


def test_phrases_are_expanded_whole_and_with_their_own_accents(lexicon: Lexicon) -> None:
    found = read("tranh khảm xà cừ", lexicon)
    assert words(found) == ["tranh", "khảm xà cừ"]
    assert ("khảm", "trai") in [way.accented for way in found.groups[1].alternatives]
    assert words(read("tranh kham xa cu", lexicon)) == ["tranh", "kham xa cu"]
    # Ly is a cup; lỵ, in a query with accents, is not.
    assert len(read("ly", lexicon).groups[0].alternatives) > 1
    assert len(read("lỵ giỏ", lexicon).groups[0].alternatives) == 1


def test_plurals_of_english_are_found_as_their_singular(lexicon: Lexicon) -> None:
    (group,) = read("baskets", lexicon).groups
    assert ("basket",) in [way.folded for way in group.alternatives]
    # Whole phrases, too, and with the words between that no query keeps.
    assert words(read("laundry baskets", lexicon)) == ["laundry baskets"]
    assert words(read("mother of pearl box", lexicon)) == ["mother pearl", "box"]


def test_a_generic_word_stays_where_it_is_part_of_a_phrase(lexicon: Lexicon) -> None:
    assert words(read("chess set", lexicon)) == ["chess set"]
    assert words(read("rattan set", lexicon)) == ["rattan"]


def test_nobody_counts_within_a_phrase_of_the_catalogue() -> None:
    lexicon = Lexicon(products=1)
    for key, (written, count) in count_words([("áo bà ba", 1)]).items():
        lexicon.counts[key], lexicon.written[key] = count, written

    assert [len(group.alternatives) for group in read("áo bà ba", lexicon).groups] == [1, 1, 1]
    assert [way.accented for way in read("ba khay", lexicon).groups[0].alternatives] == [("ba",), ("3",)]


def test_of_eastern_letters_what_has_no_other_name_only_helps(lexicon: Lexicon) -> None:
    found = read("壁掛籐", lexicon)
    assert words(found) == ["籐"]
    assert [group.typed.accented for group in found.extra] == [("壁",), ("掛",)]
    assert words(read("壁掛", lexicon)) == ["壁", "掛"], "or else nothing could be asked for"


def test_of_a_foreign_phrase_its_last_word_names_the_thing(lexicon: Lexicon) -> None:
    thing = read("wooden hair stick", lexicon).named_thing
    assert thing
    assert (thing.text, words(thing)) == ("hair stick", ["hair stick"])
    # In Vietnamese it comes first; a word without another name is none.
    assert read("hộp nhang", lexicon).named_thing is None
    assert read("wooden thing", lexicon).named_thing is None


# --- When nothing is found ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "better"),
    [
        ("keo vugn", "keo vung"),
        ("kẹo vugn", "kẹo vừng"),
        ("kham tria", "kham trai"),
        ("non qiai thao", "non quai thao"),
        ("hộp trag sức", "hộp trang sức"),
        # A space too few or too many.
        ("hộp trangsức", "hộp trang sức"),
        ("nonquai thao", "non quai thao"),
        ("non qu ai thao", "non quai thao"),
        # As a synonym has it; the first letter, where the rest speaks for it.
        ("tranh khảm xà cừu", "tranh khảm xà cừ"),
        ("gộp trang sức", "hộp trang sức"),
        # The marks tell what was typed, where the letters alone would not.
        ("kẹo vỉng", None),
        ("kẹo bừng", "kẹo vừng"),
        # Nothing near, two slips, a key far away, or too short.
        ("keo pung", None),
        ("iphone", None),
        ("kaho vugn", None),
        ("dép", None),
        ("bheo vung", None),
    ],
)
def test_one_slip_is_undone_within_known_phrases(lexicon: Lexicon, query: str, better: str | None) -> None:
    other = next(corrected(read(query, lexicon), lexicon, found=False), None)

    assert (other.text if other else None) == better


def test_a_slip_leaves_sizes_and_what_only_helps_as_they_were(lexicon: Lexicon) -> None:
    typed = read("kẹo vugn 40 cm thật đẹp", lexicon)
    assert [group.typed.accented for group in typed.extra] == [("thật",), ("đẹp",)]

    other = next(corrected(typed, lexicon, found=False), None)

    assert other
    assert (other.text, words(other)) == ("kẹo vừng 40 cm", ["kẹo", "vừng", "40 cm"])
    assert (other.groups[-1], other.extra) == (typed.groups[-1], typed.extra)
    without = other.without_sizes
    assert without
    assert words(without) == ["kẹo", "vừng"]
    # A size is no slip, whatever stands near it.
    assert not list(corrected(read("40 cm 50 gam", lexicon), lexicon, found=False))


def test_a_known_syllable_is_never_turned_into_another_when_there_are_hits(lexicon: Lexicon) -> None:
    # Both are syllables of the catalogue, though not side by side.
    plain = read("keo may", lexicon)
    assert not list(corrected(plain, lexicon, found=True))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gior", "giỏ"), ("maay", "mây"), ("maya", "mây"), ("ddan", "đan"), ("khamr", "khảm"), ("traij", "trại"),
        ("hoongf", "hồng"), ("gio3", "giỏ"), ("ma6y", "mây"), ("d9an", "đan"), ("kha3m", "khảm"), ("te61", "tế"),
        ("teesn", "tến"), ("huowng", "hương"), ("huwowng", "hương"), ("nonf", "nòn"), ("quys", "quý"), ("las", "lá"),
    ],
)  # fmt: skip
def test_keys_of_telex_and_vni(typed: str, meant: str) -> None:
    assert telex.decode(typed, lambda token: token != typed and token.isascii()) == meant


@pytest.mark.parametrize("word", ["box", "door", "tower", "basket", "vest"])
def test_known_words_are_no_keys(word: str) -> None:
    assert telex.decode(word, lambda token: True) == word


def test_a_query_in_keys_is_read_as_it_was_meant(lexicon: Lexicon) -> None:
    found = decoded(read("gior maay", lexicon), "gior maay", lexicon, ())
    assert found
    assert words(found) == ["giỏ", "mây"]
    assert decoded(read("giỏ mây", lexicon), "giỏ mây", lexicon, ()) is None
    # Its first word would give a syllable.
    assert decoded(read("hair stick", lexicon), "hair stick", lexicon, ()) is None


def test_the_core_of_a_sentence_is_what_the_catalogue_has_side_by_side(lexicon: Lexicon) -> None:
    found = core(read("quai thao xịn", lexicon), lexicon)
    assert found
    assert words(found) == ["quai thao"]
    assert core(read("máy giặt", lexicon), lexicon) is None


def test_codes_are_looked_for_only_where_there_are_digits() -> None:
    assert codes_of("giỏ mây") == []
    assert codes_of("PX 0154-1")[0] == "PX 0154-1"
    assert "PX0154-1" in codes_of("giỏ PX0154-1")


@given(st.text(max_size=120))
def test_no_query_breaks_the_reader(text: str) -> None:
    lexicon = Lexicon()
    found = read(text, lexicon)
    assert len(found.groups) <= reading.MAX_GROUPS
    assert found.spare < max(1, len(found.known))
    list(corrected(found, lexicon, found=False))
    decoded(found, text, lexicon, ())
    core(found, lexicon)
