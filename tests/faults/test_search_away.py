"""Elasticsearch is killed, stays away, comes back, and is rebuilt, while people search and sellers change things."""

import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from django.core.management import call_command
from django.db import connection, connections, transaction

from catalog.models import Product
from catalog.services import products_touch
from marketplace.local.elastic import Elasticsearch
from search import elastic, queries
from search.jobs import drain_leftovers, drain_outbox
from search.models import SearchOutbox
from search.services import drain, reindex
from search.verify import differences
from tests.builders import Shop, make_product, make_seller
from tests.faults.crowd import Api, at_once, backends, until
from tests.faults.test_worker_killed import Start, start_worker

__all__ = ["start_worker"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
    pytest.mark.faults,
]
READERS, READS_A_SECOND, WRITES_A_SECOND = 3, 5, 10
SEARCH = """query($q: String!, $after: String) { searchProducts(query: $q, first: 20, after: $after) {
  degraded pageInfo { hasNextPage endCursor } nodes { id name } facets { field } } }"""
WORDS = ("giỏ", "gio co te", "khay cỏ tế", "giỏ dưới 300k", "rổ")


@pytest.fixture
def server(settings: Any) -> Iterator[Elasticsearch]:
    """An Elasticsearch of this test's own."""
    if not os.environ.get("ELASTICSEARCH_TEST_URL"):
        pytest.skip("Elasticsearch is not installed; make test-tools installs it")
    own = Elasticsearch()
    try:
        until(own.ready, "an Elasticsearch that answers", 120)
        settings.ELASTICSEARCH_URL = own.url
        settings.ELASTICSEARCH_INDEX_PREFIX = "faults"
        queries.breaker.succeeded()
        yield own
    finally:
        own.stop()
        queries.breaker.succeeded()


@pytest.fixture
def shelf(shop: Shop) -> Shop:
    for number in range(60):
        make_product(f"{('Giỏ', 'Khay', 'Rổ')[number % 3]} cỏ tế số {number}", seller=make_seller())
    return shop


def _worker(start: Start) -> Any:
    return start(
        WORKER_ELASTICSEARCH_URL=elastic.settings.ELASTICSEARCH_URL, ELASTICSEARCH_INDEX_PREFIX="faults"
    )


@dataclass
class Seen:
    """What readers met."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    degraded: list[tuple[float, bool]] = field(default_factory=list)
    doubles: int = 0
    pages: int = 0


def _read(address: str, number: int, seen: Seen, stop: threading.Event) -> None:
    """Searches at a fixed rate, and goes on to the next pages, whichever engine answers them."""
    after, found, turn = None, set[str](), number
    while not stop.is_set():
        begun = time.monotonic()
        variables = {"q": WORDS[turn % len(WORDS)], "after": after}
        try:
            response = requests.post(
                f"{address}/graphql", json={"query": SEARCH, "variables": variables}, timeout=30
            )
            body = response.json()
            page = None if response.status_code != 200 or "errors" in body else body["data"]["searchProducts"]
            problem = "" if page else f"{response.status_code} {response.text[:300]}"
        except requests.RequestException as error:
            page, problem = None, repr(error)
        took = time.monotonic() - begun
        with seen.lock:
            seen.seconds.append(took)
            if page is None:
                seen.failures.append(problem)
            else:
                seen.degraded.append((begun, page["degraded"]))
                seen.pages += after is not None
                seen.doubles += sum(node["id"] in found for node in page["nodes"])
        if page and page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            found |= {node["id"] for node in page["nodes"]}
        else:
            after, found, turn = None, set(), turn + READERS
        stop.wait(max(0.0, 1 / READS_A_SECOND - took))


def _write(keys: list[Any], written: list[int], stop: threading.Event) -> None:
    """Changes names and states at a fixed rate."""
    number = 0
    try:
        while not stop.is_set():
            number += 1
            key = keys[number % len(keys)]
            with transaction.atomic():
                row = Product.objects.select_for_update(no_key=True).get(pk=key)
                row.name = f"{row.name.split(' lần ')[0]} lần {number}"
                row.state = "SUSPENDED" if number % 7 == 0 else "PUBLISHED"
                row.save()
                products_touch([key])
            written.append(number)
            stop.wait(1 / WRITES_A_SECOND)
    finally:
        connections.close_all()


def test_no_read_fails_while_it_dies_stays_away_and_is_rebuilt(
    server: Elasticsearch, shelf: Shop, api: Api, start_worker: Start
) -> None:
    list(reindex())
    while drain().rows:
        pass
    _worker(start_worker)
    # Both processes have begun before anything is measured.
    api(SEARCH, q="giỏ")
    _change_one(0)
    until(lambda: not SearchOutbox.objects.exists(), "a worker that works")
    seen, written, stop = Seen(), list[int](), threading.Event()
    keys = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    threads = [threading.Thread(target=_read, args=(api.address, n, seen, stop)) for n in range(READERS)]
    threads.append(threading.Thread(target=_write, args=(keys, written, stop)))
    for thread in threads:
        thread.start()
    try:
        time.sleep(3)
        calm = max(seen.seconds)
        killed = time.monotonic()
        server.kill()
        time.sleep(5)
        server.start()
        until(server.ready, "an Elasticsearch that is back", 120)
        until(lambda: seen.degraded[-1][1] is False, "answers of Elasticsearch again")
        back = time.monotonic()
        list(reindex())
        time.sleep(2)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)

    assert not any(thread.is_alive() for thread in threads)
    assert seen.failures == []
    # 3 s; where the machine has other work, what it may wait for a dead node, and answers as slow as they were before.
    assert max(seen.seconds) < max(3, 2.5 + 3 * calm)
    before = [value for at, value in seen.degraded if at < killed - 0.5]
    away = [value for at, value in seen.degraded if killed + 1 < at < killed + 4]
    after = [value for at, value in seen.degraded if at > back]
    assert (set(before), set(away), set(after)) == ({False}, {True}, {False})
    assert seen.pages > 50
    assert len(written) > 50
    until(lambda: not SearchOutbox.objects.exists(), "everything indexed")
    elastic.refresh(elastic.alias())
    assert list(differences()) == []
    print(  # noqa: T201 - what a reader of -s wants to know
        f"{len(seen.seconds)} reads, slowest {max(seen.seconds):.2f} s, {seen.pages} further pages with "
        f"{seen.doubles} doubles while {len(written)} changes went on"
    )


def test_a_node_that_hangs_is_left_after_its_time(
    server: Elasticsearch, shelf: Shop, api: Api, settings: Any
) -> None:
    """It takes connections, and does not answer: one request finds out, the others do not wait for it."""
    list(reindex())
    settings.SEARCH_REQUEST_TIMEOUT = 1.0
    server.signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        first = api(SEARCH, q="giỏ")["data"]["searchProducts"]
        found_out = time.monotonic() - begun
        others = at_once([lambda: api(SEARCH, q="giỏ")["data"]["searchProducts"]] * 5)
        took = time.monotonic() - begun - found_out
    finally:
        server.signal(signal.SIGCONT)

    assert first["degraded"]
    assert all(page["degraded"] and page["nodes"] for page in others)
    assert found_out < 3
    assert took < 3
    # Back by itself: when its rest is over, one request tries.
    until(lambda: not api(SEARCH, q="giỏ")["data"]["searchProducts"]["degraded"], "its answers again", 30)


def test_a_worker_killed_in_mid_bulk_leaves_nothing_behind(
    server: Elasticsearch, shelf: Shop, start_worker: Start
) -> None:
    list(reindex())
    while drain().rows:
        pass
    with transaction.atomic():
        Product.objects.update(description="Mới.")
        products_touch(list(Product.objects.values_list("pk", flat=True)))
    # The bulk is on its way, and never answered.
    server.signal(signal.SIGSTOP)
    try:
        worker = _worker(start_worker)
        until(_in_transaction, "a drain that waits for its bulk")
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(30)
    finally:
        server.signal(signal.SIGCONT)
    until(lambda: backends() == 0, "the dead worker's sessions over")
    assert SearchOutbox.objects.exists()

    _worker(start_worker)
    until(lambda: not SearchOutbox.objects.exists(), "everything indexed by the next worker")

    elastic.refresh(elastic.alias())
    assert list(differences()) == []


def _in_transaction() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state = 'idle in transaction' AND now() - state_change > interval '0.5 s'"
        )
        return bool(cursor.fetchone()[0])


# --- Jobs ---------------------------------------------------------------------------------------------------------


def _change(name: str) -> None:
    with transaction.atomic():
        Product.objects.update(name=name)
        products_touch(list(Product.objects.values_list("pk", flat=True)))


def _nothing_differs() -> bool:
    out = io.StringIO()
    call_command("search_verify", stdout=out)
    return out.getvalue() == ""


def test_jobs_that_come_twice_or_never(elastic: str, shelf: Shop) -> None:
    list(reindex())
    _change("Giỏ đôi")
    at_once([drain_outbox.func] * 4)
    assert not SearchOutbox.objects.exists()
    assert _nothing_differs()

    _change("Giỏ lạc")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    drain_leftovers.func(0)
    assert not SearchOutbox.objects.exists()
    assert _nothing_differs()


def test_changes_and_drains_at_once_end_with_the_newest(elastic: str, shelf: Shop) -> None:
    list(reindex())

    def change(number: int) -> Callable[[], None]:
        return lambda: [_change_one(number * 10 + turn) for turn in range(10)] and None  # type: ignore[func-returns-value]

    at_once([*[change(number) for number in range(4)], *[drain_outbox.func] * 4])
    drain_outbox.func()

    assert not SearchOutbox.objects.exists()
    assert _nothing_differs()


def _change_one(number: int) -> None:
    with transaction.atomic():
        row = Product.objects.select_for_update(no_key=True).order_by("pk").first()
        assert row
        row.name = f"Giỏ {number}"
        row.save()
        products_touch([row.pk])


def test_what_a_bulk_refuses_for_now_is_sent_again_alone(
    elastic: str, shelf: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from elasticsearch import Elasticsearch as Client

    list(reindex())
    real, sent = Client.bulk, list[int]()

    def busy(self: Any, *, operations: Any, **options: Any) -> Any:
        """The first time, every second item is told to come again."""
        sent.append(len(operations) // 2)
        if len(sent) > 1:
            return real(self, operations=operations, **options)
        kept = [item for index, item in enumerate(operations) if (index // 2) % 2]
        answer = real(self, operations=kept, **options).body
        busy_items = [
            {"index": {"_id": item["index"]["_id"], "status": 429}} for item in operations[::2][::2]
        ]
        return {**answer, "items": [*answer["items"], *busy_items]}

    _change("Giỏ bận")
    monkeypatch.setattr(Client, "bulk", busy)
    drain_outbox.func()

    number = Product.objects.count()
    assert sent == [number, (number + 1) // 2]
    assert not SearchOutbox.objects.exists()
    assert _nothing_differs()
