"""The outbox, versions, rebuilding, and what happens while Elasticsearch is away."""

import io
import uuid
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from catalog.models import Product
from catalog.services import products_touch
from marketplace.core.errors import RequestError
from search import documents, elastic, queries, services
from search.engine import EngineDown
from search.models import IndexState, SearchDocument, SearchIndex, SearchOutbox, SearchPoison
from search.services import drain, outbox_add, reindex
from search.verify import differences
from tests.builders import Shop, make_product
from tests.conftest import Graphql
from tests.faults.crowd import backends, in_a_thread, until

DEAD = "http://127.0.0.1:9"
TOTAL = "query($q: String!){searchProducts(query: $q){totalCount degraded}}"


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_leaves_nothing(shop: Shop) -> None:
    SearchOutbox.objects.all().delete()

    def change_and_fail() -> None:
        with transaction.atomic():
            products_touch([shop.product.pk])
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        change_and_fail()

    assert SearchOutbox.objects.count() == 0


@pytest.mark.django_db
def test_the_drain_takes_each_product_once_and_counts_versions(shop: Shop) -> None:
    drain()
    before = SearchDocument.objects.get(pk=shop.product.pk).version
    with transaction.atomic():
        for _time in range(5):
            products_touch([shop.product.pk])

    assert drain().rows == 5
    assert drain().rows == 0
    assert SearchDocument.objects.get(pk=shop.product.pk).version == before + 1
    assert SearchOutbox.objects.count() == 0


@pytest.mark.django_db
def test_documents_of_an_older_form_are_written_again(
    shop: Shop, gql: Graphql, monkeypatch: pytest.MonkeyPatch
) -> None:
    drain()
    SearchDocument.objects.update(vector=None, short_vector=None)
    list(reindex())
    assert gql(TOTAL, q="giỏ")["searchProducts"]["totalCount"] == 0, "the same form is left alone"

    monkeypatch.setattr(documents, "FORM", documents.FORM + 1)
    list(reindex())
    assert gql(TOTAL, q="giỏ")["searchProducts"]["totalCount"] == 1


@pytest.mark.django_db
def test_a_product_that_is_no_more_is_marked_gone() -> None:
    with transaction.atomic():
        outbox_add([uuid.uuid4()])

    assert drain().rows == 1
    assert SearchDocument.objects.get().gone


@pytest.mark.django_db
def test_with_elasticsearch_away_the_database_answers_and_says_so(
    shop: Shop, gql: Graphql, settings: Any
) -> None:
    drain()
    settings.ELASTICSEARCH_URL = DEAD
    queries.breaker.succeeded()

    first = gql(TOTAL, q="giỏ")["searchProducts"]
    assert queries.breaker.may_ask() is False
    second = gql(TOTAL, q="giỏ")["searchProducts"]
    queries.breaker.succeeded()

    assert first == second == {"totalCount": 1, "degraded": True}


@pytest.mark.django_db
def test_what_changes_while_it_is_away_waits_and_is_found_meanwhile(
    shop: Shop, gql: Graphql, settings: Any
) -> None:
    settings.ELASTICSEARCH_URL = DEAD
    queries.breaker.succeeded()
    SearchIndex.objects.create(name=f"{elastic.alias()}-gone", state=IndexState.LIVE)

    assert (drain().away, drain(away=True).rows) == (True, 0)

    assert SearchOutbox.objects.count() == 1
    # What is done is not done again each time somebody looks whether it is back.
    assert (drain().rows, SearchDocument.objects.get().version) == (0, 1)
    assert gql(TOTAL, q="giỏ")["searchProducts"] == {"totalCount": 1, "degraded": True}
    queries.breaker.succeeded()


@pytest.mark.django_db
def test_reindex_without_elasticsearch_says_so(shop: Shop, settings: Any) -> None:
    settings.ELASTICSEARCH_URL = DEAD

    with pytest.raises(CommandError, match="does not answer"):
        call_command("search_reindex", stdout=io.StringIO())


@pytest.mark.django_db
def test_an_old_version_never_overwrites_a_newer_one(elastic: str, shop: Shop) -> None:
    from search import elastic as engine

    name = f"{engine.alias()}-versions"
    engine.create_index(name)
    key = shop.product.pk

    def source(stock: bool) -> dict[str, Any]:
        return {"visible": True, "key": str(key), "in_stock": stock}

    newer = engine.bulk_write([name], [(key, 2, source(True))])
    older = engine.bulk_write([name], [(key, 1, source(False))])
    again = engine.bulk_write([name], [(key, 2, source(True))])

    assert newer == older == again == engine.Written([], {})
    stored = engine.client().get(index=name, id=str(key))
    assert (stored["_version"], stored["_source"]["in_stock"]) == (2, True)


@pytest.mark.django_db
def test_a_document_that_is_refused_is_set_aside_alone(
    elastic: str, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from search import elastic as engine
    from search import services

    good = make_product(seller=shop.seller)
    list(reindex())
    real = engine.source_of

    def broken(key: uuid.UUID, document: Any) -> dict[str, Any]:
        source = real(key, document)
        return {**source, "price": "not a number"} if key == shop.product.pk else source

    monkeypatch.setattr(services.elastic, "source_of", broken)
    with transaction.atomic():
        products_touch([shop.product.pk, good.pk])
    while drain().rows:
        pass

    assert list(SearchPoison.objects.values_list("product_id", flat=True)) == [shop.product.pk]
    assert SearchOutbox.objects.count() == 0
    monkeypatch.undo()
    with transaction.atomic():
        products_touch([shop.product.pk])
    drain()
    assert SearchPoison.objects.count() == 0


@pytest.mark.django_db
def test_rebuilding_swaps_and_keeps_the_index_before(elastic: str, shop: Shop, gql: Graphql) -> None:
    from search import elastic as engine

    for _time in range(3):
        list(reindex())
        engine.refresh(engine.alias())
        assert gql(TOTAL, q="giỏ")["searchProducts"] == {"totalCount": 1, "degraded": False}

    live = SearchIndex.objects.filter(state=IndexState.LIVE).values_list("name", flat=True)
    old = SearchIndex.objects.filter(state=IndexState.OLD).values_list("name", flat=True)
    existing = set(engine.client().indices.get(index=f"{engine.alias()}-*", features="aliases"))
    assert (len(live), len(old)) == (1, 1)
    assert existing == {*live, *old}


@pytest.mark.django_db
def test_changes_during_a_rebuild_reach_both_indexes(elastic: str, shop: Shop, gql: Graphql) -> None:
    from search import elastic as engine

    list(reindex())
    building = reindex()
    next(building)  # the new index is there, nothing is copied yet
    with transaction.atomic():
        Product.objects.filter(pk=shop.product.pk).update(name="Khay hoa", description="")
        products_touch([shop.product.pk])
    while drain().rows:
        pass
    list(building)
    engine.refresh(engine.alias())

    assert gql(TOTAL, q="khay hoa")["searchProducts"] == {"totalCount": 1, "degraded": False}
    assert gql(TOTAL, q="giỏ")["searchProducts"]["totalCount"] == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clean_jobs")
@pytest.mark.parametrize("read", ["before", "while"])
def test_a_build_that_begins_within_a_drain_misses_nothing(
    elastic: str, shop: Shop, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    """The build reads the product before a change that the drain takes along, or while the drain writes it."""
    from search import elastic as engine

    list(reindex())
    drain()
    builds = []

    def build_and_change(*arguments: Any) -> Any:
        found = real(*arguments)
        if not builds:
            builds.append(in_a_thread(lambda: list(reindex())))
            # With rows locked, the build waits for them.
            until(lambda: not builds[0].is_alive() or backends(waiting_for_a_lock=True), "a build at work")
            in_a_thread(lambda: _rename(shop, "Giỏ mới")).join(30)
        return found

    module, name = (engine, "answers") if read == "before" else (services, "build")
    real = getattr(module, name)
    monkeypatch.setattr(module, name, build_and_change)
    _rename(shop, "Giỏ khác")
    drain()
    builds[0].join(30)
    drain()

    assert SearchIndex.objects.filter(state=IndexState.OLD).count() == 1
    engine.refresh(engine.alias())
    assert list(differences()) == []


def _rename(shop: Shop, name: str) -> None:
    with transaction.atomic():
        Product.objects.filter(pk=shop.product.pk).update(name=name)
        products_touch([shop.product.pk])


@pytest.mark.django_db
def test_elasticsearch_without_an_index_is_as_good_as_away(elastic: str, shop: Shop, gql: Graphql) -> None:
    from search import elastic as engine

    assert engine.is_up() is False
    with pytest.raises(EngineDown):
        queries._elastic.search(queries.SearchRequest(queries.NOTHING), window=True)


def test_the_breaker_lets_one_try_after_its_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(queries.time, "monotonic", lambda: now[0])
    breaker = queries.Breaker()

    assert breaker.may_ask()
    breaker.failed()
    assert not breaker.may_ask()
    now[0] += queries.REST_SECONDS + 0.1
    assert breaker.may_ask()  # one tries
    assert not breaker.may_ask()  # the others go on without
    breaker.succeeded()
    assert breaker.may_ask()


def test_the_module_knows_its_alias(settings: Any) -> None:
    settings.ELASTICSEARCH_INDEX_PREFIX = "x"

    assert elastic.alias().startswith("x-products-")


@pytest.mark.django_db
def test_a_question_the_engine_refuses_is_the_askers_fault_and_degrades_nobody(
    elastic: str, shop: Shop, gql: Graphql
) -> None:
    from search import elastic as engine

    list(reindex())
    engine.refresh(engine.alias())
    with pytest.raises(RequestError):
        queries._ask(
            lambda asked: engine._run(
                engine.Search(using=engine.client(), index=engine.alias()).sort("no_such_field")
            )
        )

    assert queries.breaker.may_ask()
    assert gql(TOTAL, q="giỏ")["searchProducts"] == {"totalCount": 1, "degraded": False}


@pytest.mark.django_db
def test_an_index_of_another_form_is_neither_read_nor_written(
    elastic: str, shop: Shop, gql: Graphql, monkeypatch: pytest.MonkeyPatch
) -> None:
    from search import elastic as engine

    list(reindex())
    before = SearchIndex.objects.get()
    building = reindex()
    next(building)
    building.close()
    monkeypatch.setattr(engine, "_form", lambda: "beef00")

    with transaction.atomic():
        Product.objects.filter(pk=shop.product.pk).update(name="Khay hoa")
        products_touch([shop.product.pk])
    assert drain().away
    version = SearchDocument.objects.get().version
    assert (drain().rows, SearchDocument.objects.get().version) == (0, version), "nor done again and again"
    assert gql(TOTAL, q="khay hoa")["searchProducts"] == {"totalCount": 1, "degraded": True}
    queries.breaker.succeeded()
    stored = engine.client().get(index=before.name, id=str(shop.product.pk))
    assert stored["_source"]["name"] != "khay hoa"

    list(reindex())
    engine.refresh(engine.alias())
    assert gql(TOTAL, q="khay hoa")["searchProducts"] == {"totalCount": 1, "degraded": False}
    states = dict(SearchIndex.objects.values_list("state", "name"))
    assert states.keys() == {IndexState.LIVE, IndexState.OLD}
    assert states[IndexState.LIVE].startswith(f"{engine.alias()}-"), (
        "nor is a build of that form gone on with"
    )
    # Where the code of before comes back, it finds no index that nobody has written to meanwhile.
    monkeypatch.undo()
    assert not engine.is_up()


@pytest.mark.django_db
def test_a_build_that_is_refused_as_a_whole_is_not_taken_into_use(
    elastic: str, shop: Shop, gql: Graphql, monkeypatch: pytest.MonkeyPatch
) -> None:
    from search import elastic as engine
    from search import services

    list(reindex())
    engine.refresh(engine.alias())
    live = SearchIndex.objects.get()
    monkeypatch.setattr(services.elastic, "source_of", lambda key, document: {"unknown": 1})

    with pytest.raises(CommandError, match="refused 1 of 1 products"):
        call_command("search_reindex", stdout=io.StringIO())

    assert SearchIndex.objects.get(state=IndexState.LIVE) == live
    assert gql(TOTAL, q="giỏ")["searchProducts"] == {"totalCount": 1, "degraded": False}
    monkeypatch.undo()
    call_command("search_reindex", stdout=io.StringIO())
    assert SearchIndex.objects.get(state=IndexState.OLD) == live


@pytest.mark.django_db
def test_one_build_at_a_time(shop: Shop) -> None:
    # Another process: a lock counts for a connection.
    with psycopg.connect(**connection.get_connection_params()) as other:  # type: ignore[arg-type]
        other.execute("SELECT pg_advisory_lock(hashtextextended('search.reindex', 0))")
        with pytest.raises(CommandError, match="another build is at work"):
            call_command("search_reindex", stdout=io.StringIO())
        other.execute("SELECT pg_advisory_unlock(hashtextextended('search.reindex', 0))")
        call_command("search_reindex", stdout=io.StringIO())


@pytest.mark.django_db
def test_what_is_not_taken_now_stops_nothing_newer(
    elastic: str, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node whose disk is full answers 403 or 429 for each document, say."""
    from search import elastic as engine
    from search import services

    other = make_product(seller=shop.seller)
    list(reindex())
    while drain().rows:
        pass
    refused, taken = {shop.product.pk}, []
    real = engine.bulk_write

    def full(targets: Any, rows: Any) -> engine.Written:
        written = real(targets, [row for row in rows if row[0] not in refused])
        taken.extend(row[0] for row in rows if row[0] not in refused)
        return engine.Written([row[0] for row in rows if row[0] in refused], written.poison)

    monkeypatch.setattr(services.elastic, "bulk_write", full)
    with transaction.atomic():
        products_touch([shop.product.pk])
    assert drain(limit=1).rows == 1, "the database has it"
    assert drain(limit=1).rows == 0
    with transaction.atomic():
        products_touch([other.pk])

    assert drain(limit=1).rows == 1
    assert taken == [other.pk]
    refused.clear()
    assert drain(limit=1).rows == 1
    assert (taken, SearchOutbox.objects.count()) == ([other.pk, shop.product.pk], 0)
