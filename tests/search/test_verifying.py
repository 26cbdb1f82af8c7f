"""Shelves of thousands, a rebuild that dies, a node that stays away: in the end search shows what the catalogue says."""

import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Commune, Craft, Product, Seller, Village
from catalog.reference import load_reference
from catalog.services import products_touch, shelf_touch
from search import elastic as engine
from search import services
from search.models import IndexState, SearchDocument, SearchIndex, SearchOutbox
from search.services import drain, reindex
from search.verify import differences
from tests.builders import Shop, make_product, make_seller
from tests.conftest import Graphql
from tests.search.test_engines import _drain, _refresh
from tests.search.test_engines import engine as both_engines
from tests.search.test_keeping_true import DEAD, TOTAL

__all__ = ["both_engines"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(shop: Shop) -> Shop:
    for number in range(30):
        make_product(f"Giỏ số {number}", seller=shop.seller)
    return shop


def touch(kind: Any, key: Any) -> None:
    with transaction.atomic():
        shelf_touch(kind, key)


def told(*arguments: str) -> tuple[str, str]:
    out = io.StringIO()
    try:
        call_command("search_verify", *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


# --- Shelves ------------------------------------------------------------------------------------------------------


def test_a_shelf_is_one_row_until_the_worker_spreads_it(shelf: Shop) -> None:
    _drain("postgresql")
    Seller.objects.filter(pk=shelf.seller.pk).update(name="Xưởng Mới")

    with CaptureQueriesContext(
        connection,
    ) as captured:
        touch("seller", shelf.seller.pk)
    assert SearchOutbox.objects.values_list("shelf", "shelf_id").get() == ("seller", shelf.seller.pk)
    assert sum("search_outbox" in query["sql"] for query in captured) == 1

    assert drain().rows == 1
    assert SearchOutbox.objects.filter(shelf="").count() == 31
    _drain("postgresql")
    assert SearchDocument.objects.filter(context__contains="xưởng mới").count() == 31


@pytest.mark.parametrize("kind", ["village", "commune", "craft"])
def test_every_kind_of_shelf_has_its_products(shelf: Shop, kind: str) -> None:
    _drain("postgresql")
    key = {"village": shelf.village.pk, "commune": shelf.village.commune_id, "craft": shelf.craft.pk}[kind]

    touch(kind, key)
    drain()

    expected = Product.objects.filter(craft=shelf.craft).count() if kind == "craft" else 31
    assert SearchOutbox.objects.count() == expected > 0


def test_a_commune_also_has_what_others_make_in_its_villages(shelf: Shop) -> None:
    elsewhere = Commune.objects.create(slug="xa-khac", name="Xã Khác", code="99998")
    Product.objects.exclude(pk=shelf.product.pk).update(village=None)
    Seller.objects.update(commune=elsewhere)
    _drain("postgresql")
    Commune.objects.filter(pk=shelf.village.commune_id).update(name="Tên Mới")

    touch("commune", shelf.village.commune_id)
    drain()

    assert list(SearchOutbox.objects.values_list("product_id", flat=True)) == [shelf.product.pk]
    _drain("postgresql")
    assert "tên mới" in SearchDocument.objects.get(pk=shelf.product.pk).context


def test_reference_data_that_was_renamed_reaches_search(db: Any) -> None:
    load_reference()
    SearchOutbox.objects.all().delete()

    load_reference()
    assert not SearchOutbox.objects.exists()

    commune, craft = Commune.objects.order_by("slug").first(), Craft.objects.order_by("slug").first()
    village = Village.objects.order_by("slug").first()
    assert commune
    assert craft
    assert village
    Commune.objects.filter(pk=commune.pk).update(name="Tên cũ")
    Craft.objects.filter(pk=craft.pk).update(names={"vi": "Tên cũ"})
    Village.objects.filter(pk=village.pk).update(commune=Commune.objects.exclude(pk=village.commune_id)[0])
    load_reference()
    assert set(SearchOutbox.objects.values_list("shelf", "shelf_id")) == {
        ("commune", commune.pk),
        ("craft", craft.pk),
        ("village", village.pk),
    }


def test_a_suspended_seller_is_gone_at_once_and_comes_back(
    gql: Graphql, shelf: Shop, both_engines: str
) -> None:
    list(reindex())
    _refresh(both_engines)
    assert gql(TOTAL, q="giỏ")["searchProducts"]["totalCount"] == 31

    for state, total in (("SUSPENDED", 0), ("VERIFIED", 31)):
        Seller.objects.filter(pk=shelf.seller.pk).update(state=state)
        touch("seller", shelf.seller.pk)
        _drain(both_engines)
        assert gql(TOTAL, q="giỏ")["searchProducts"]["totalCount"] == total


# --- Away ---------------------------------------------------------------------------------------------------------


def test_while_it_is_away_every_change_reaches_the_database_once(
    elastic: str, shelf: Shop, gql: Graphql, settings: Any, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from search.jobs import drain_outbox
    from search.queries import breaker

    list(reindex())
    _drain("elasticsearch")
    monkeypatch.setattr(services, "DRAIN_ROWS", 10)
    monkeypatch.setattr(drain, "__kwdefaults__", {"limit": 10, "away": False})
    settings.ELASTICSEARCH_URL = DEAD
    tried: list[Any] = []
    real = engine.bulk_write
    monkeypatch.setattr(engine, "bulk_write", lambda *a: tried.append(a) or real(*a))
    Product.objects.filter(seller=shelf.seller).update(name="Làn", description="")
    with transaction.atomic():
        products_touch(list(Product.objects.values_list("pk", flat=True)))

    drain_outbox.func()

    assert SearchOutbox.objects.filter(stored=True).count() == SearchOutbox.objects.count() == 31
    # No row waited for one that does not answer.
    assert tried == []
    answer = gql(TOTAL, q="làn")["searchProducts"]
    assert (answer["totalCount"], answer["degraded"]) == (31, True)

    settings.ELASTICSEARCH_URL = elastic
    breaker.succeeded()
    drain_outbox.func()
    _refresh("elasticsearch")
    assert SearchOutbox.objects.count() == 0
    assert gql(TOTAL, q="làn")["searchProducts"] == {"totalCount": 31, "degraded": False}
    assert told() == ("", "")


def test_what_has_not_changed_is_not_written_again(shop: Shop) -> None:
    _drain("postgresql")
    before = SearchDocument.objects.values_list("updated_at", "version").get()
    with transaction.atomic():
        products_touch([shop.product.pk])
    _drain("postgresql")

    after = SearchDocument.objects.values_list("updated_at", "version").get()
    assert (after[0], after[1]) == (before[0], before[1] + 1)


# --- Rebuilding ---------------------------------------------------------------------------------------------------


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(services, "BATCH", 10)
    return


@pytest.mark.usefixtures("small_batches")
def test_a_rebuild_that_died_goes_on_where_it_was(elastic: str, shelf: Shop, gql: Graphql) -> None:
    list(reindex())
    _drain("elasticsearch")
    first = SearchIndex.objects.get(state=IndexState.LIVE)

    dying = reindex()
    assert [next(dying)[0] for _step in range(3)] == [0, 10, 20]
    dying.close()
    building = SearchIndex.objects.get(state=IndexState.BUILDING)
    # Readers have noticed nothing, and changes reach both.
    assert gql(TOTAL, q="giỏ")["searchProducts"] == {"totalCount": 31, "degraded": False}
    Product.objects.filter(pk=shelf.product.pk).update(name="Làn", description="")
    with transaction.atomic():
        products_touch([shelf.product.pk])
    _drain("elasticsearch")

    steps = [done for done, _total in reindex()]

    assert (steps[0], steps[-1]) == (20, 31)
    assert SearchIndex.objects.get(state=IndexState.LIVE).pk == building.pk
    assert SearchIndex.objects.get(state=IndexState.OLD).pk == first.pk
    assert gql(TOTAL, q="làn")["searchProducts"]["totalCount"] >= 1
    assert told() == ("", "")


@pytest.mark.usefixtures("small_batches")
def test_a_rebuild_may_also_begin_anew(elastic: str, shelf: Shop) -> None:
    dying = reindex()
    next(dying), next(dying)
    dying.close()
    begun = SearchIndex.objects.get(state=IndexState.BUILDING)

    out = io.StringIO()
    call_command("search_reindex", "--anew", stdout=out)

    assert out.getvalue().startswith("0/31")
    assert SearchIndex.objects.get(state=IndexState.LIVE).pk != begun.pk
    assert begun.pk not in engine.our_indexes()


# --- Verifying ----------------------------------------------------------------------------------------------------


def test_nothing_differs_after_everything_was_indexed(both_engines: str, shelf: Shop) -> None:
    list(reindex())
    _drain(both_engines)

    assert told() == ("", "")


def test_each_difference_is_told_and_repaired(both_engines: str, shelf: Shop) -> None:
    list(reindex())
    _drain(both_engines)
    keys = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    # Changed behind search's back, hidden behind its back, and a document that is no more.
    Product.objects.filter(pk=keys[0]).update(name="Làn")
    Product.objects.filter(pk=keys[1]).update(state="SUSPENDED")
    SearchDocument.objects.filter(pk=keys[2]).update(digest="", gone=True)
    if both_engines == "elasticsearch":
        server = engine.client()
        server.delete(index=engine.alias(), id=str(keys[3]))
        server.index(index=engine.alias(), id=str(uuid.uuid4()), document={"visible": True, "key": "zz"})
        engine.refresh(engine.alias())

    text, error = told()

    found = {(item.product_id, item.engine): item.what for item in differences()}
    assert found[keys[0], "postgresql"] == found[keys[1], "postgresql"] == "not up to date"
    assert found[keys[2], "postgresql"] == "missing"
    if both_engines == "elasticsearch":
        assert found[keys[0], "elasticsearch"] == "not up to date: name"
        assert found[keys[3], "elasticsearch"] == "missing"
        assert "of no product" in found.values()
    else:
        assert len(found) == 3
    assert len(text.splitlines()) == len(found)
    assert "differ; --repair" in error

    text, error = told("--repair")
    assert "are indexed again" in text
    assert error == ""
    _drain(both_engines)
    assert told() == ("", "")


def test_what_waits_is_no_difference(shelf: Shop) -> None:
    _drain("postgresql")
    Product.objects.filter(pk=shelf.product.pk).update(name="Làn")
    with transaction.atomic():
        products_touch([shelf.product.pk])

    assert list(differences()) == []


def test_a_shelf_that_waits_hides_no_difference_elsewhere(shelf: Shop) -> None:
    other = make_product(seller=make_seller("Khác", village=shelf.village))
    _drain("postgresql")
    Product.objects.update(name="Làn")
    touch("seller", shelf.seller.pk)

    assert [item.product_id for item in differences()] == [other.pk]


def test_how_search_is_can_be_asked(both_engines: str, shelf: Shop) -> None:
    list(reindex())
    SearchOutbox.objects.all().delete()
    with transaction.atomic():
        products_touch([shelf.product.pk])
    out = io.StringIO()
    call_command("search_status", stdout=out)
    lines = dict(line.split(maxsplit=1) for line in out.getvalue().splitlines())

    assert lines["engine"].lower() == both_engines
    assert lines["waiting"] == "1"
    assert lines["lag"].endswith(" s")
    assert lines["documents"].startswith("31 shown")
    if both_engines == "elasticsearch":
        assert any("live, 31 documents" in line for line in out.getvalue().splitlines())
