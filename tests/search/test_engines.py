"""One contract for both engines: the same questions, the same answers, through GraphQL."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import OcopCertificate, Product, ProductStats, ProductTranslation, SellerState, Variant
from catalog.services import products_touch
from marketplace.core.clock import HANOI
from search import lexicon
from search.models import Synonym
from search.services import drain, reindex
from tests.builders import (
    Shop,
    make_certificate,
    make_craft,
    make_product,
    make_seller,
    make_shop,
)
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db

SEARCH = """query($q: String!, $f: ProductFilter, $s: SearchSort, $first: Int, $after: String, $l: Language){
    searchProducts(query: $q, filter: $f, sort: $s, first: $first, after: $after, language: $l){
        totalCount degraded tookMs pageInfo{hasNextPage endCursor}
        edges{highlight node{name}} facets{field attribute label values{value label count selected}}}}"""


@pytest.fixture(params=["postgresql", "elasticsearch"])
def engine(request: pytest.FixtureRequest) -> str:
    """Elasticsearch is real; without it these tests are left out locally and fail in CI."""
    if request.param == "elasticsearch":
        request.getfixturevalue("elastic")
    return str(request.param)


@pytest.fixture
def market(engine: str, db: Any) -> Shop:
    """A few products of two crafts, indexed."""
    shop = make_shop()
    other = make_seller("Hợp tác xã An Bình", slug="hop-tac-xa-an-binh")
    bare: dict[str, Any] = {"attributes": [], "description": ""}
    make_product(
        "Giỏ mây tre đan",
        seller=other,
        **bare,
        price=150_000,
        craft=make_craft("may-tre-dan", "Mây tre đan", "Rattan"),
    )
    inlay = make_product(
        "Tranh khảm trai tứ quý",
        seller=other,
        **bare,
        price=4_500_000,
        craft=make_craft("kham-trai", "Khảm trai", "Mother-of-pearl inlay"),
    )
    ProductTranslation.objects.create(
        product=inlay, language="en", name="Four seasons pearl panel", description="Inlay."
    )
    make_certificate(inlay, stars=5)
    make_product("Hộp cỏ tế có nắp", seller=shop.seller, price=90_000, stock=0)
    make_product("Nháp cỏ tế", seller=shop.seller, state="DRAFT")
    list(reindex())
    _refresh(engine)
    return shop


def _refresh(engine: str) -> None:
    if engine == "elasticsearch":
        from search import elastic

        elastic.refresh(elastic.alias())


def _drain(engine: str) -> None:
    while drain().rows:
        pass
    _refresh(engine)


def search(
    gql: Graphql, query: str, criteria: dict[str, Any] | None = None, **variables: Any
) -> dict[str, Any]:
    return gql(SEARCH, q=query, f=criteria, **variables)["searchProducts"]  # type: ignore[no-any-return]


def names(gql: Graphql, query: str, criteria: dict[str, Any] | None = None, **variables: Any) -> list[str]:
    return [edge["node"]["name"] for edge in search(gql, query, criteria, **variables)["edges"]]


def facet(result: dict[str, Any], field: str) -> dict[str, int]:
    values = next(f["values"] for f in result["facets"] if f["field"] == field)
    return {value["value"]: value["count"] for value in values}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("giỏ cỏ tế", {"Giỏ cỏ tế đan tay"}),
        ("gio co te", {"Giỏ cỏ tế đan tay"}),
        ("GIO CO TE", {"Giỏ cỏ tế đan tay"}),
        ("gio\u0309 co\u0309 te\u0302\u0301", {"Giỏ cỏ tế đan tay"}),
        ("khảm trai", {"Tranh khảm trai tứ quý"}),
        ("kham trai tu quy", {"Tranh khảm trai tứ quý"}),
        ("pearl panel", {"Tranh khảm trai tứ quý"}),
        ("mother-of-pearl", {"Tranh khảm trai tứ quý"}),
        ("cỏ tế", {"Giỏ cỏ tế đan tay", "Hộp cỏ tế có nắp"}),
        ("giỏ", {"Giỏ cỏ tế đan tay", "Giỏ mây tre đan"}),
        ("phú túc giỏ cỏ tế", {"Giỏ cỏ tế đan tay"}),
        ("máy bay phản lực", set()),
        ("nháp", set()),
        ('"giỏ" AND (cỏ) *:* \\ -tế', {"Giỏ cỏ tế đan tay"}),
        ("giỏ & !cỏ | tế:* <-> x", {"Giỏ cỏ tế đan tay"}),
        ("giỏ' OR xyzzy=xyzzy --", set()),
    ],
)
def test_words_find_with_and_without_accents(
    gql: Graphql, market: Shop, query: str, expected: set[str]
) -> None:
    found = names(gql, query)

    # What is meant stands first; things next to it may follow.
    assert set(found[: len(expected)]) == expected
    assert bool(found) == bool(expected)


def test_the_right_accents_come_first(gql: Graphql, market: Shop, engine: str) -> None:
    for name in ("Ghế mẫy", "Ghế mấy", "Ghế mây"):
        make_product(name, seller=market.seller)
    _drain(engine)

    assert names(gql, "ghế mây")[0] == "Ghế mây"
    assert names(gql, "ghế mẫy")[0] == "Ghế mẫy"
    assert len(names(gql, "ghe may")) == 3


@pytest.mark.parametrize("weight", [0.8, 1])
def test_a_synonym_of_two_syllables_stands_together_whatever_it_weighs(
    gql: Graphql, market: Shop, engine: str, weight: float
) -> None:
    Synonym.objects.create(term="cái túm", expansion="túi rơm", weight=weight)
    for name in ("Túi rơm", "Rơm bó trong túi"):
        make_product(name, seller=market.seller, attributes=[], description="")
    _drain(engine)
    lexicon.forget()

    for query in ("cái túm", "cai tum"):
        assert names(gql, query) == ["Túi rơm"], query
    # What was typed need not stand together.
    assert set(names(gql, "túi rơm")) == {"Túi rơm", "Rơm bó trong túi"}


@pytest.mark.parametrize("expansion", ["ren", "quai ren"])
def test_a_word_without_marks_is_another_than_one_with_them(
    gql: Graphql, market: Shop, engine: str, expansion: str
) -> None:
    Synonym.objects.create(term="crochet", expansion=expansion, weight=0.95)
    for name in (f"Khăn {expansion}", "Kéo rèn", "Kéo quai rèn", "Dao thợ rèn"):
        make_product(name, seller=market.seller, attributes=[], description="")
    _drain(engine)
    lexicon.forget()

    assert names(gql, "crochet") == [f"Khăn {expansion}"]
    # Typed among words with accents it is meant so; alone, nobody knows.
    assert names(gql, "dao ren đẹp", s="NEWEST") == []
    assert len(names(gql, "ren")) == 4


def test_what_is_next_to_it_is_found_without_accents_too(gql: Graphql, market: Shop, engine: str) -> None:
    for name in ("Chả lụa", "Chả quế", "Chà là"):
        make_product(name, seller=market.seller, attributes=[], description="")
    _drain(engine)

    # One thing, known as a whole; where there are few of it, its first word is enough.
    assert names(gql, "chả lụa") == ["Chả lụa", "Chả quế"]
    assert names(gql, "cha lua")[0] == "Chả lụa"
    assert set(names(gql, "cha lua")) == {"Chả lụa", "Chả quế", "Chà là"}


def test_a_size_of_two_numbers_is_both_of_them(gql: Graphql, market: Shop, engine: str) -> None:
    for name in ("Khay gỗ 40 × 30 cm", "Khay gỗ 30 × 20 cm", "Khay gỗ 60 × 40 cm"):
        make_product(name, seller=market.seller, attributes=[], description="")
    _drain(engine)

    # Sorted by price, nothing follows that is only next to what was asked for.
    assert names(gql, "khay 30x40cm", s="PRICE_ASC") == ["Khay gỗ 40 × 30 cm"]
    assert len(names(gql, "khay 40cm", s="PRICE_ASC")) == 2


def test_an_empty_query_lists_everything(gql: Graphql, market: Shop) -> None:
    for query in ("", "   ", "!!!", "\x00\x01".replace("\x00", "")):
        assert search(gql, query)["totalCount"] == 4


def test_filters_and_sorts(gql: Graphql, market: Shop) -> None:
    basket, box, rattan, inlay = (
        "Giỏ cỏ tế đan tay",
        "Hộp cỏ tế có nắp",
        "Giỏ mây tre đan",
        "Tranh khảm trai tứ quý",
    )

    assert names(gql, "", sort_by := None, s="PRICE_ASC") == [box, rattan, basket, inlay]
    assert sort_by is None
    assert names(gql, "", s="PRICE_DESC") == [inlay, basket, rattan, box]
    assert names(gql, "", {"price": {"max": 100_000}}) == [box]
    assert names(gql, "", {"price": {"min": 100_000, "max": 200_000}}) == [rattan]
    assert names(gql, "", {"ocopStars": {"min": 4}}) == [inlay]
    assert set(names(gql, "", {"inStock": True})) == {basket, rattan, inlay}
    assert names(gql, "", {"inStock": False}) == [box]
    assert names(gql, "", {"craft": ["kham-trai", "may-tre-dan"]}, s="PRICE_ASC") == [rattan, inlay]
    assert set(names(gql, "", {"village": ["luu-thuong"], "seller": [market.seller.slug]})) == {basket, box}
    assert names(gql, "", {"commune": ["nowhere"]}) == []
    assert set(
        names(gql, "", {"craft": ["co-te"], "attributes": [{"slug": "material", "values": ["Cỏ tế"]}]})
    ) == {
        basket,
        box,
    }
    assert names(gql, "giỏ", {"craft": ["co-te"]}) == [basket]


def test_best_selling_and_top_rated(gql: Graphql, market: Shop, engine: str) -> None:
    ProductStats.objects.filter(product=market.product).update(sold=10, rating_rank=4.9)
    from django.db import transaction

    with transaction.atomic():
        products_touch([market.product.pk])
    _drain(engine)

    assert names(gql, "", s="BEST_SELLING")[0] == "Giỏ cỏ tế đan tay"
    assert names(gql, "", s="TOP_RATED")[0] == "Giỏ cỏ tế đan tay"


def test_facets_count_and_ignore_their_own_filter(gql: Graphql, market: Shop) -> None:
    result = search(gql, "", {"craft": ["co-te"]}, l="en")

    assert result["totalCount"] == 2
    assert facet(result, "CRAFT") == {"co-te": 2, "kham-trai": 1, "may-tre-dan": 1}
    assert facet(result, "VILLAGE") == {"luu-thuong": 2}
    assert facet(result, "COMMUNE") == {"phuong-duc": 2}
    assert facet(result, "PRICE") == {"-99999": 1, "100000-299999": 1}
    assert facet(result, "IN_STOCK") == {"true": 1}
    assert facet(result, "OCOP_STARS") == {}
    material = next(f for f in result["facets"] if f["attribute"] == "material")
    assert material["label"] == "Material"
    assert material["values"] == [{"value": "Cỏ tế", "label": "Fern", "count": 2, "selected": False}]
    craft = next(f for f in result["facets"] if f["field"] == "CRAFT")
    assert craft["values"][0] == {
        "value": "co-te",
        "label": "Fern (cỏ tế) weaving",
        "count": 2,
        "selected": True,
    }


def test_certified_things_are_counted_while_valid(
    gql: Graphql, market: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = OcopCertificate.objects.get().expires_on
    inlay = ["Tranh khảm trai tứ quý"]

    # The days pass; nothing is indexed again.
    for days, stars, shown in ((-1, {"5": 1}, inlay), (0, {"5": 1}, inlay), (1, {}, [])):
        noon = dt.datetime.combine(last + dt.timedelta(days=days), dt.time(12), HANOI)
        monkeypatch.setattr("django.utils.timezone.now", lambda noon=noon: noon)

        assert facet(search(gql, ""), "OCOP_STARS") == stars, days
        assert names(gql, "", {"ocopStars": {"min": 3}}) == shown, days
        # With words as well.
        assert names(gql, "tranh", {"ocopStars": {"min": 3}}) == shown, days


def test_pages_hold_every_hit_once(gql: Graphql, market: Shop) -> None:
    seen, after, more = [], None, True
    while more:
        page = search(gql, "", s="PRICE_ASC", first=3, after=after)
        seen += [edge["node"]["name"] for edge in page["edges"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]

    assert len(seen) == len(set(seen)) == 4


@pytest.mark.parametrize(
    "arguments",
    [{"first": -1}, {"first": 101}, {"after": "abc"}, {"after": "WyJzZWFyY2g6UFJJQ0VfQVNDIiwzXQ"}],
)
def test_bad_pages_are_told(gql: Graphql, market: Shop, arguments: dict[str, Any]) -> None:
    answer = gql.post(SEARCH, q="giỏ", **arguments)

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_highlights_keep_accents_and_escape_html(gql: Graphql, market: Shop, engine: str) -> None:
    make_product("Giỏ <b>đậm</b> & đẹp", seller=market.seller)
    _drain(engine)

    marked = {edge["node"]["name"]: edge["highlight"] for edge in search(gql, "gio")["edges"]}

    assert marked["Giỏ cỏ tế đan tay"] == "<mark>Giỏ</mark> cỏ tế đan tay"
    assert marked["Giỏ <b>đậm</b> & đẹp"] == "<mark>Giỏ</mark> &lt;b&gt;đậm&lt;/b&gt; &amp; đẹp"


def test_suggestions_know_products_crafts_villages_and_sellers(gql: Graphql, market: Shop) -> None:
    query = "query($q: String!){suggestions(query: $q){text kind slug}}"

    assert gql(query, q="g")["suggestions"] == []
    assert {"text": "Giỏ cỏ tế đan tay", "kind": "PRODUCT", "slug": "gio-co-te-dan-tay"} in gql(
        query, q="giỏ c"
    )["suggestions"]
    assert {"text": "Cỏ tế (guột)", "kind": "CRAFT", "slug": "co-te"} in gql(query, q="co t")["suggestions"]
    assert {"text": "Lưu Thượng", "kind": "VILLAGE", "slug": "luu-thuong"} in gql(query, q="luu")[
        "suggestions"
    ]
    assert {
        "text": "Cơ sở cỏ tế Lưu Thượng",
        "kind": "SELLER",
        "slug": "co-so-co-te-luu-thuong",
    } in gql(query, q="co so co te luu")["suggestions"]
    assert gql(query, q="zzz")["suggestions"] == []
    assert gql(query, q="nháp")["suggestions"] == []


def test_suggestions_have_limits(gql: Graphql, market: Shop) -> None:
    for limit in (0, 21, -1):
        answer = gql.post(f'{{suggestions(query: "giỏ", limit: {limit}){{text}}}}')
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert len(gql('{suggestions(query: "giỏ", limit: 1){text}}')["suggestions"]) == 1


def test_changes_are_found_after_the_drain(gql: Graphql, market: Shop, engine: str) -> None:
    fresh = make_product("Đèn hạt cườm cỏ tế", seller=market.seller)
    _drain(engine)
    assert names(gql, "den hat cuom") == ["Đèn hạt cườm cỏ tế"]

    from django.db import transaction

    with transaction.atomic():
        Product.objects.filter(pk=fresh.pk).update(name="Đèn thả cỏ tế", description="")
        products_touch([fresh.pk])
    _drain(engine)
    assert names(gql, "den hat cuom") == []
    assert names(gql, "đèn thả") == ["Đèn thả cỏ tế"]

    with transaction.atomic():
        Product.objects.filter(pk=fresh.pk).update(state="ARCHIVED", archived_at=timezone.now())
        products_touch([fresh.pk])
    _drain(engine)
    assert names(gql, "đèn thả") == []


def test_what_is_hidden_since_indexing_never_shows(gql: Graphql, market: Shop) -> None:
    """The index may lag; what lists show is checked against the catalogue."""
    market.seller.state = SellerState.SUSPENDED
    market.seller.save()

    assert names(gql, "giỏ") == ["Giỏ mây tre đan"]


def test_the_last_piece_sold_leaves_in_stock(gql: Graphql, market: Shop, engine: str) -> None:
    from django.db import transaction

    from catalog.services import stock_hold, stock_release

    with transaction.atomic():
        stock_hold({market.variant.pk: 5}, to_order={})
    _drain(engine)
    assert "Giỏ cỏ tế đan tay" not in names(gql, "", {"inStock": True})

    with transaction.atomic():
        stock_release({market.variant.pk: 1})
    _drain(engine)
    assert "Giỏ cỏ tế đan tay" in names(gql, "", {"inStock": True})


@pytest.mark.parametrize("count", [1, 3, 10])
def test_a_search_takes_the_same_statements_however_many_hits(
    gql: Graphql, market: Shop, engine: str, count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        make_certificate(make_product("Võng đay", seller=make_seller()))
    _drain(engine)

    # The words that search knows are read once by each process.
    search(gql, "")
    with django_assert_max_num_queries(30) as captured:
        assert len(names(gql, "võng đay")) == count

    assert len(captured) == (24 if engine == "postgresql" else 5)


def test_a_long_query_is_cut_not_refused(gql: Graphql, market: Shop) -> None:
    assert search(gql, "giỏ " * 5000)["totalCount"] == 2
    assert Variant.objects.count() == 5
