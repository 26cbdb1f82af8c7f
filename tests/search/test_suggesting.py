"""What is offered while one types, what other people asked for, and what is like a product."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from structlog.testing import capture_logs

from catalog.models import Seller
from marketplace.core.clock import today
from marketplace.core.vietnamese import fold
from search import lexicon
from search.models import Asked, PopularQuery, Term
from search.services import popular_rebuild, reindex, vocabulary_rebuild
from tests.builders import Shop, make_product, make_seller, make_shop, make_user, unique
from tests.conftest import Graphql
from tests.search.test_engines import _refresh, engine

__all__ = ["engine"]
pytestmark = pytest.mark.django_db
SUGGEST = "query($q: String!, $n: Int){suggestions(query: $q, limit: $n){text kind slug}}"
SEARCH = "query($q: String!){searchProducts(query: $q){totalCount}}"
RELATED = "query($s: String!, $n: Int){product(slug: $s){related(first: $n){name craft{slug}}}}"


@pytest.fixture
def market(engine: str, shop: Shop) -> Shop:
    for name in ("Giỏ cỏ tế vuông", "Giỏ cỏ tế tròn", "Hộp cỏ tế", "Khay cỏ tế"):
        make_product(name, seller=make_seller())
    list(reindex())
    _refresh(engine)
    return shop


def offered(gql: Graphql, query: str, limit: int = 8) -> list[tuple[str, str]]:
    return [(item["kind"], item["text"]) for item in gql(SUGGEST, q=query, n=limit)["suggestions"]]


def asked(query: str, people: int) -> None:
    for _number in range(people):
        user = make_user(f"nguoi-{unique()}@example.vn")
        assert Graphql(Client()).login(user)(SEARCH, q=query)["searchProducts"]["totalCount"]


@pytest.mark.parametrize("typed", ["gi", "giỏ", "gio co", "giỏ cỏ t", "GIỎ CỎ TẾ V"])
def test_products_are_offered_from_the_second_letter(gql: Graphql, market: Shop, typed: str) -> None:
    assert ("PRODUCT", "Giỏ cỏ tế vuông") in offered(gql, typed)
    assert offered(gql, "g") == []


def test_half_of_what_is_offered_are_products(gql: Graphql, market: Shop, engine: str) -> None:
    for number in range(9):
        make_seller(f"Cỏ tế nhà {number}", slug=f"co-te-nha-{number}")
    kinds = [kind for kind, _text in offered(gql, "cỏ tế")]

    assert (kinds.count("PRODUCT"), len(kinds)) == (4, 8)
    assert kinds[0] == "CRAFT"
    assert len(offered(gql, "cỏ tế", 1)) == 1


def test_hidden_sellers_are_not_offered(gql: Graphql, market: Shop) -> None:
    make_seller("Xưởng kín", slug="xuong-kin", state="SUSPENDED")
    assert offered(gql, "xuong kin") == []


def test_a_query_is_offered_once_five_people_have_asked_it(gql: Graphql, market: Shop) -> None:
    asked("giỏ cỏ tế", 4)
    # Once more by one of them, and by somebody not known: the address counts as one person, too.
    user = Client()
    for _time in range(3):
        Graphql(user)(SEARCH, q="giỏ cỏ tế")
    assert popular_rebuild() == 1
    Asked.objects.filter(pk=Asked.objects.latest("pk").pk).delete()
    assert popular_rebuild() == 0
    asked("Giỏ  CỎ tế ", 1)

    assert popular_rebuild() == 1
    assert ("QUERY", "giỏ cỏ tế") in offered(gql, "gio")
    # What is typed already need not be offered.
    assert "QUERY" not in [kind for kind, _text in offered(gql, "giỏ cỏ tế")]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("Giỏ  CỎ tế ", ["giỏ cỏ tế"]),
        # What people say around the thing, where they live and how they are called up.
        ("em muốn mua giỏ cỏ tế", ["giỏ cỏ tế"]),
        ("giỏ cỏ tế giao tận 12 trần phú 0912345678", ["giỏ cỏ tế"]),
        ("giỏ cỏ tế ship về nhà chị lan", ["giỏ cỏ tế"]),
        ("giỏ cỏ tế, 0912345678", []),
        # A size that is for sale is kept; a number may be anybody's, and so may a size that nobody sells.
        ("khay 40cm", ["khay 40 cm"]),
        ("khay 400 mm", ["khay 400 mm"]),
        ("khay cỏ tế 41 cm", []),
        ("khay 2,5 kg", []),
        ("giỏ 12", []),
        ("khay 0912345678", []),
        # Nothing that was found otherwise than it was typed, or not at all, or that was read as something else.
        ("giỏ cỏ lệch", []),
        ("hộp tròn", []),
        ("gior cor tees", []),
        ("giỏ cỏ tế thật đẹp", []),
        ("giỏ cỏ tế dưới 300k", []),
        ("giỏ cỏ tế lưu thượng", []),
        ("", []),
    ],
)
def test_only_words_of_what_is_for_sale_are_kept(
    gql: Graphql, market: Shop, engine: str, query: str, kept: list[str]
) -> None:
    for name in ("Khay cỏ tế 40 cm nặng 2,5 kg", "Giỏ cỏ tế 12 nan"):
        make_product(name, seller=make_seller())
    list(reindex())
    _refresh(engine)

    gql(SEARCH, q=query)

    assert list(Asked.objects.values_list("text", flat=True)) == kept
    assert [row.key for row in Asked.objects.all()] == [fold(text) for text in kept]


def test_nothing_is_kept_before_the_words_of_what_is_for_sale_are_known(gql: Graphql, market: Shop) -> None:
    Term.objects.all().delete()
    lexicon.forget()
    assert gql(SEARCH, q="giỏ cỏ tế")["searchProducts"]["totalCount"] == 3
    assert not Asked.objects.exists()

    vocabulary_rebuild()
    gql(SEARCH, q="giỏ cỏ tế")
    assert Asked.objects.exists()


def test_a_search_answers_though_nothing_can_be_noted(gql: Graphql, market: Shop) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE search_asked RENAME TO search_asked_away")
    with capture_logs() as told:
        assert gql(SEARCH, q="giỏ cỏ tế")["searchProducts"]["totalCount"] == 3
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE search_asked_away RENAME TO search_asked")

    (entry,) = [entry for entry in told if entry["event"] == "search_asked_not_kept"]
    assert entry["error"] == "UndefinedTable"
    assert "cỏ" not in str(entry)
    # The control: it is noted as soon as it can be.
    gql(SEARCH, q="giỏ cỏ tế")
    assert Asked.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_search_waits_for_nobody_who_holds_what_was_asked(gql: Graphql) -> None:
    make_shop()
    list(reindex())
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE search_asked IN ACCESS EXCLUSIVE MODE")
            assert gql(SEARCH, q="giỏ cỏ tế")["searchProducts"]["totalCount"] == 1
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert not Asked.objects.exists()
    gql(SEARCH, q="giỏ cỏ tế")
    assert Asked.objects.count() == 1


def test_who_asked_is_a_hash_and_is_forgotten(gql: Graphql, market: Shop) -> None:
    user = make_user("lan@example.vn")
    Graphql(Client()).login(user)(SEARCH, q="giỏ cỏ tế")
    row = Asked.objects.get()
    assert str(user.pk) not in row.person
    assert len(row.person) == 32

    Asked.objects.update(asked_on=today() - dt.timedelta(days=31))
    popular_rebuild()
    assert not Asked.objects.exists()
    assert not PopularQuery.objects.exists()


def test_the_job_counts(market: Shop, run_jobs: Callable[[], int]) -> None:
    from search.jobs import rebuild_popular, rebuild_vocabulary

    asked("hộp cỏ tế", 5)
    rebuild_popular.func(0)
    rebuild_vocabulary.func(0)

    assert PopularQuery.objects.get().people == 5


def test_what_is_like_a_product_stands_first(gql: Graphql, market: Shop) -> None:
    slug = market.product.slug

    names = [item["name"] for item in gql(RELATED, s=slug, n=4)["product"]["related"]]

    assert set(names[:2]) == {"Giỏ cỏ tế vuông", "Giỏ cỏ tế tròn"}
    assert set(names[2:]) == {"Hộp cỏ tế", "Khay cỏ tế"}
    assert market.product.name not in names
    Seller.objects.exclude(pk=market.seller.pk).update(state="SUSPENDED")
    assert gql(RELATED, s=slug, n=4)["product"]["related"] == []


@pytest.mark.parametrize("typed", ["%", "_", "'", "\\", "a'b", "giỏ:*", "giỏ & | !", "💡💡"])
def test_nothing_typed_breaks_it(gql: Graphql, market: Shop, typed: Any) -> None:
    offered(gql, typed)
