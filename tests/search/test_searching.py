"""What buyers get to see: the same on both engines, through GraphQL."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Product, Seller
from search import lexicon, queries, seeds
from search.engine import Hits
from search.models import Synonym
from search.services import reindex
from tests.builders import Shop, make_certificate, make_craft, make_product, make_seller, make_variant
from tests.conftest import Graphql
from tests.search.test_engines import _drain, _refresh, engine, facet

__all__ = ["engine"]
pytestmark = pytest.mark.django_db
SEARCH = """query($q: String!, $f: ProductFilter, $s: SearchSort, $first: Int, $after: String, $l: [String!]){
    searchProducts(query: $q, filter: $f, sort: $s, first: $first, after: $after, literal: $l, language: "vi"){
        totalCount degraded correctedQuery interpretations{kind text label field value}
        pageInfo{hasNextPage endCursor} edges{cursor score highlight node{name seller{slug}}}
        facets{field label values{value count}}}}"""


@pytest.fixture
def market(engine: str, shop: Shop) -> Shop:
    """Goods of several crafts and villages, with the words of an installation."""
    seeds.load(Synonym)
    weaver = make_seller("Xưởng Xuân La", slug="xuong-may")
    rattan = make_craft("may-tre-dan", "Mây tre đan", "Rattan")
    pearl = make_craft("kham-trai", "Khảm trai", "Mother-of-pearl inlay")
    sweets = make_craft("keo-banh", "Kẹo và bánh", "Sweets")
    bare: dict[str, Any] = {"attributes": [], "description": ""}
    for name, price, craft in (
        ("Giỏ mây đựng hoa quả", 150_000, rattan),
        ("Làn đi chợ mây", 320_000, rattan),
        ("Đèn thả mây tre", 700_000, rattan),
        ("Tranh khảm trai tứ quý", 4_500_000, pearl),
        ("Hộp trang sức khảm trai", 900_000, pearl),
        ("Kẹo vừng ít ngọt", 45_000, sweets),
        ("Kẹo lạc giòn", 40_000, sweets),
    ):
        make_product(name, seller=weaver, price=price, craft=craft, **bare)
    list(reindex())
    _refresh(engine)
    return shop


def ask(gql: Graphql, query: str, **variables: Any) -> Any:
    found = gql(SEARCH, q=query, **variables)["searchProducts"]
    return {**found, "names": [edge["node"]["name"] for edge in found["edges"]]}


# --- Understanding ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("giỏ dưới 200k", "Giỏ mây đựng hoa quả"),
        ("tranh khảm xà cừ", "Tranh khảm trai tứ quý"),
        ("tranh kham oc", "Tranh khảm trai tứ quý"),
        ("mother of pearl box", "Hộp trang sức khảm trai"),
        ("kẹo mè", "Kẹo vừng ít ngọt"),
        ("kẹo đậu phộng", "Kẹo lạc giòn"),
        ("cho hỏi có bán đèn mây không ạ", "Đèn thả mây tre"),
        ("em cần tìm hộp khảm trai đựng nữ trang màu xanh", "Hộp trang sức khảm trai"),
        ("籐", "Đèn thả mây tre"),
    ],
)
def test_the_thing_that_is_meant_stands_first(gql: Graphql, market: Shop, query: str, first: str) -> None:
    found = ask(gql, query)

    assert first in (found["names"][:1] if query != "籐" else found["names"])
    assert found["correctedQuery"] is None


def test_an_amount_becomes_a_filter_that_is_told_and_can_be_undone(gql: Graphql, market: Shop) -> None:
    found = ask(gql, "mây dưới 330k")
    assert set(found["names"]) == {"Giỏ mây đựng hoa quả", "Làn đi chợ mây"}
    assert found["interpretations"] == [
        {
            "kind": "PRICE",
            "text": "dưới 330k",
            "label": "dưới 330.000\u00a0₫",
            "field": "PRICE",
            "value": "-330000",
        }
    ]
    # The facet of prices counts without it, as without any filter of its own.
    assert facet(found, "PRICE")["500000-999999"] == 1

    plain = ask(gql, "mây dưới 330k", l=["dưới 330k"])
    assert (plain["interpretations"], len(plain["names"])) == ([], 3)
    # A filter that was set by hand counts; the words are no words to find either way.
    own = ask(gql, "mây dưới 330k", f={"price": {"min": 500_000}})
    assert own["names"] == ["Đèn thả mây tre"]


def test_a_place_raises_what_comes_from_there_and_hides_nothing(
    gql: Graphql, market: Shop, engine: str
) -> None:
    far = make_product("Giỏ cỏ tế đan tay", seller=Seller.objects.get(slug="xuong-may"))
    far.village = None
    far.save()
    from django.db import transaction

    from catalog.services import products_touch

    with transaction.atomic():
        products_touch([far.pk])
    _drain(engine)

    found = ask(gql, "giỏ cỏ tế lưu thượng")

    assert found["names"][:2] == ["Giỏ cỏ tế đan tay"] * 2
    assert found["edges"][0]["node"]["seller"]["slug"] == market.seller.slug
    (told,) = found["interpretations"]
    assert (told["kind"], told["label"], told["field"], told["value"]) == (
        "PLACE",
        "Lưu Thượng",
        "VILLAGE",
        "luu-thuong",
    )


def test_what_is_not_there_at_all_gives_what_its_place_has(gql: Graphql, market: Shop, engine: str) -> None:
    elsewhere = make_product("Tủ chè", seller=make_seller("Nơi khác"), description="")
    Product.objects.filter(pk=elsewhere.pk).update(village=None)
    list(reindex())
    _refresh(engine)

    found = ask(gql, "máy giặt làng lưu thượng")

    assert len(found["names"]) == Product.objects.filter(village=market.village).count() == 8
    assert [item["kind"] for item in found["interpretations"]] == ["PLACE"]
    assert found["correctedQuery"] == "lưu thượng"
    # What was asked for besides stays asked for.
    assert ask(gql, "máy giặt làng lưu thượng", f={"village": ["lang-khac"]})["names"] == []
    assert len(ask(gql, "máy giặt làng lưu thượng", f={"village": None})["names"]) == 8
    assert ask(gql, "máy giặt")["names"] == []


def test_a_query_that_finds_nothing_costs_few_searches(
    gql: Graphql, market: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []

    def nothing(request: queries.SearchRequest) -> tuple[Hits, bool]:
        reading = request.reading
        asked.append((reading.groups, reading.at_least, reading.from_places, request.match))
        return Hits([], 0), False

    monkeypatch.setattr(queries, "_page", nothing)
    for query in ("hộp trag sức khảm 30x40cm làng lưu thượng", "hop trag suc kham 30x40", "a b c d e f"):
        asked.clear()
        queries.search_products(query, {})
        assert len(asked) <= 3 * (1 + queries.MAX_TRIES)
        assert len(asked) == len(set(asked)), "nothing is asked twice"


def test_codes_find_exactly_their_product(gql: Graphql, market: Shop, engine: str) -> None:
    make_variant(market.product, sku="PX-0154/1")
    make_certificate(market.product, number="77/QĐ-UBND")
    _drain(engine)

    for query, kind in (
        ("px 0154 1", "SKU"),
        ("PX-0154/1", "SKU"),
        ("giỏ px0154-1", "SKU"),
        ("77/qd-ubnd", "CERTIFICATE"),
    ):
        found = ask(gql, query)
        assert found["names"] == [market.product.name], query
        assert [item["kind"] for item in found["interpretations"]] == [kind], query
    (told,) = ask(gql, "PX-0154/1")["interpretations"]
    assert ask(gql, "PX-0154/1", l=[told["text"]])["interpretations"] == []
    assert ask(gql, "PX-0154/1", f={"craft": ["kham-trai"]})["names"] == []
    assert ask(gql, "px 9999 1")["interpretations"] == []


@pytest.mark.parametrize(
    ("query", "corrected", "first"),
    [
        ("keo vugn", "keo vung", "Kẹo vừng ít ngọt"),
        ("kẹo vugn", "kẹo vừng", "Kẹo vừng ít ngọt"),
        ("hop trang suc kham tria", "hop trang suc kham trai", "Hộp trang sức khảm trai"),
        ("gior maay", "giỏ mây", "Giỏ mây đựng hoa quả"),
        ("d9en2 tha3 ma6y", "đèn thả mây", "Đèn thả mây tre"),
    ],
)
def test_a_slip_or_bare_keys_are_told_and_put_right(
    gql: Graphql, market: Shop, query: str, corrected: str, first: str
) -> None:
    found = ask(gql, query)

    assert (found["correctedQuery"], found["names"][0]) == (corrected, first)
    assert "<mark>" in found["edges"][0]["highlight"]


@pytest.mark.parametrize(
    "query", ["iphone 15", "asdfgh", "vé máy bay đi đà nẵng", "máy giặt lồng ngang", "12345678"]
)
def test_what_nobody_sells_finds_nothing(gql: Graphql, market: Shop, query: str) -> None:
    found = ask(gql, query)

    assert (found["names"], found["totalCount"], found["correctedQuery"]) == ([], 0, None)


def test_a_common_syllable_is_never_turned_into_another(gql: Graphql, market: Shop, engine: str) -> None:
    # One letter from "mây tre", and there is such a thing.
    make_product("Tranh mây tro", seller=market.seller, attributes=[], description="")
    list(reindex())
    _refresh(engine)

    found = ask(gql, "mây tro")

    assert (found["names"][0], found["correctedQuery"]) == ("Tranh mây tro", None)


def test_a_name_with_other_accents_apart_is_neither_shown_nor_counted(
    gql: Graphql, market: Shop, engine: str
) -> None:
    for name in ("Chai dầu để bàn gỗ", "Lược chải tóc"):
        make_product(name, seller=market.seller, attributes=[], description="")
    list(reindex())
    _refresh(engine)

    found = ask(gql, "bàn chải")

    assert (found["names"], found["totalCount"]) == ([], 0)


def test_what_nobody_sells_is_not_made_of_syllables_with_other_accents(
    gql: Graphql, market: Shop, engine: str
) -> None:
    text = "Giữ xa máy lạnh, tránh cú va, hợp nhà cũ mới."
    make_product("Tứ bình sơn mài", seller=market.seller, attributes=[], description=text)
    list(reindex())
    _refresh(engine)

    found = ask(gql, "tủ lạnh cũ")

    assert (found["names"], found["totalCount"]) == ([], 0)


def test_where_few_are_found_other_things_of_the_kind_follow(gql: Graphql, market: Shop, engine: str) -> None:
    for name in ("Lọ hoa gỗ khảm chữ Phúc", "Lọ hoa tre", "Chữ Phúc thêu tay"):
        make_product(name, seller=market.seller, attributes=[], description="")
    list(reindex())
    _refresh(engine)

    assert ask(gql, "lọ hoa khảm phúc")["names"] == ["Lọ hoa gỗ khảm chữ Phúc", "Lọ hoa tre"]


def test_synonyms_are_effective_at_once(gql: Graphql, market: Shop) -> None:
    assert ask(gql, "túm")["names"] == []

    Synonym.objects.create(term="túm", expansion="giỏ mây", weight=0.8)
    lexicon.forget()

    assert ask(gql, "túm")["names"] == ["Giỏ mây đựng hoa quả"]
    # Other accents are another word.
    assert ask(gql, "tụm")["names"] == []
    assert ask(gql, "tum")["names"] == ["Giỏ mây đựng hoa quả"]


def test_phrases_stand_above_scattered_syllables_and_names_above_the_rest(
    gql: Graphql, market: Shop, engine: str
) -> None:
    make_product("Hộp lụa thêu", seller=market.seller, description="Lót lụa, nắp thêu tay.", attributes=[])
    make_product("Hộp tre", seller=market.seller, description="Lót bằng lụa.", attributes=[])
    make_product("Túi vải", seller=market.seller, description="Có hộp riêng, buộc bằng lụa.", attributes=[])
    make_product("Lụa và hộp", seller=market.seller, description="", attributes=[])
    _drain(engine)

    names = [name for name in ask(gql, "hộp lụa")["names"] if "trai" not in name]
    # The bag is neither a box nor of silk, though its description has both words.
    assert names == ["Hộp lụa thêu", "Lụa và hộp", "Hộp tre"]


# --- The order ----------------------------------------------------------------------------------------------------


def test_one_seller_does_not_fill_the_first_page(gql: Graphql, market: Shop, engine: str) -> None:
    many = make_seller("Xưởng lớn", slug="xuong-lon", trusted=True)
    for number in range(10):
        make_product(f"Võng đay {number}", seller=many, stock=5)
    for number in range(9):
        make_product(f"Võng đay mộc {number}", seller=make_seller(), stock=0)
    _drain(engine)

    found = ask(gql, "võng đay", first=20)
    sellers = [edge["node"]["seller"]["slug"] for edge in found["edges"]]
    assert sellers[:12].count("xuong-lon") == 4
    assert sellers.count("xuong-lon") == 10
    assert len(set(found["names"])) == 19
    # Who asks for the seller gets the seller.
    own = ask(gql, "võng đay", f={"seller": ["xuong-lon"]}, first=20)
    assert len(own["names"]) == 10


def test_what_a_product_has_done_raises_it_within_bounds(gql: Graphql, market: Shop, engine: str) -> None:
    plain = make_product("Chổi đót quét nhà", seller=make_seller(), stock=0)
    proven = make_product("Chổi đót quét sân", seller=make_seller(trusted=True), stock=9)
    make_certificate(proven, stars=5)
    better = make_product("Bộ chổi quét", seller=make_seller(trusted=True), stock=9, description="Bằng đót.")
    make_certificate(better, stars=5)
    _drain(engine)

    names = ask(gql, "chổi đót")["names"]
    # Text first: the words in the name and side by side, then what was proven.
    assert names == [proven.name, plain.name, better.name]


def test_pages_hold_each_hit_once_in_one_order(gql: Graphql, market: Shop, engine: str) -> None:
    for number in range(100):
        make_product(f"Bình gốm {number:03}", seller=make_seller() if number % 3 else market.seller)
    _drain(engine)

    names, after, more = [], None, True
    while more:
        page = ask(gql, "bình gốm", first=30, after=after)
        names += page["names"]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    assert len(names) == len(set(names)) == page["totalCount"] == 100
    assert ask(gql, "bình gốm", first=100)["names"] == names


def test_a_page_begun_on_one_engine_goes_on_on_the_other(
    gql: Graphql, elastic: str, shop: Shop, settings: Any
) -> None:
    for number in range(100):
        make_product(f"Bình gốm {number:03}", seller=make_seller())
    list(reindex())
    _refresh("elasticsearch")

    first = ask(gql, "bình gốm", first=30)
    settings.ELASTICSEARCH_URL = ""
    second = ask(gql, "bình gốm", first=30, after=first["pageInfo"]["endCursor"])

    # The window is ranked alike, so not even a double.
    assert not set(first["names"]) & set(second["names"])
    settings.ELASTICSEARCH_URL = elastic
    assert ask(gql, "bình gốm", first=60)["names"] == first["names"] + second["names"]


def test_facets_count_what_was_found(gql: Graphql, market: Shop) -> None:
    found = ask(gql, "em cần tìm hộp khảm trai đựng nữ trang màu xanh")
    assert sum(facet(found, "CRAFT").values()) == found["totalCount"]
    corrected = ask(gql, "keo vugn")
    assert facet(corrected, "CRAFT") == {"keo-banh": corrected["totalCount"]}


def test_literal_has_limits(gql: Graphql, market: Shop) -> None:
    answer = gql.post(SEARCH, q="giỏ", l=["x"] * 11)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


# --- Judging ------------------------------------------------------------------------------------------------------


@pytest.fixture
def judged(market: Shop, tmp_path: Path) -> Path:
    sesame, peanut = (Product.objects.get(name=name).slug for name in ("Kẹo vừng ít ngọt", "Kẹo lạc giòn"))
    rows = [
        {"id": "a", "class": "one", "query": "kẹo vừng", "relevant": {sesame: 2, peanut: 3}},
        {"id": "b", "class": "two", "query": "kẹo", "filter": {"price": {"max": 42_000}}, "relevant": {peanut: 3}},
        {"id": "c", "class": "two", "query": "zzzz", "language": "en", "relevant": {peanut: 1}},
        {"id": "d", "class": "none", "query": "iphone", "relevant": {}},
    ]  # fmt: skip
    path = tmp_path / "judged.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    return path


def test_search_is_judged_by_known_answers(market: Shop, engine: str, judged: Path) -> None:
    out = io.StringIO()
    call_command("search_eval", str(judged), engine={"elasticsearch": "es"}.get(engine, "pg"), stdout=out)
    lines = out.getvalue().splitlines()

    assert lines[0] == f"{engine}, 4 queries"
    values = {line.split()[0]: line.split()[1:] for line in lines[2:6]}
    assert values["one"][:2] == ["1", "0.834"]
    assert values["two"][:5] == ["2", "0.500", "0.500", "0.500", "1/2"]
    assert values["none"][:2] == ["1", "-"]
    assert values["all"][0] == "4"
    assert "  0.000" in lines[8]
    assert lines[8].endswith("zzzz")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "line 1: not a judged query"),
        ('{"id": "a", "class": "x", "query": "q", "relevant": {"s": 4}}', "line 1: grades are 1, 2 or 3"),
        ("", "holds no query"),
    ],
)
def test_a_broken_set_is_told_with_its_line(db: Any, tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    with pytest.raises(CommandError, match=problem):
        call_command("search_eval", str(path))
    with pytest.raises(CommandError, match="No such file"):
        call_command("search_eval", str(tmp_path / "none"))


def test_the_judgments_in_the_house_are_whole() -> None:
    folder = Path(__file__).parent / "judgments"
    rows = [
        json.loads(line)
        for name in ("tune", "tune_2", "tune_3", "tune_4", "tune_5", "tune_6", "held_out_2", "held_out_4")
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(rows) == len({row["id"] for row in rows}) == 1045
    assert {grade for row in rows for grade in row["relevant"].values()} == {1, 2, 3}
