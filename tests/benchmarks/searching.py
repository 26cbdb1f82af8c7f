"""Search at several sizes, on both engines: rebuilding, searching, suggesting, and how soon a change is found."""

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, connections, transaction

from tests.benchmarks.baseline import SEARCH_SQL, search_body

SEARCH = """query($q: String!) { searchProducts(query: $q, first: 20) {
  totalCount edges { highlight node { name price { min { amount } } } } facets { field label values { value label count } } } }"""
SUGGEST = "query($q: String!) { suggestions(query: $q) { text kind slug } }"
# Broad and narrow, with accents and without, synonyms, prices, places, slips, chatter, English.
QUERIES = (
    "mây tre đan", "khảm trai", "giỏ", "gio co te", "tranh khảm trai tứ quý", "nhang trầm không tăm", "vest nam cưới",
    "mother of pearl box", "giỏ dưới 300k", "áo dài", "hộp", "đèn thả trần mây tre", "keo vugn", "giỏ cỏ tế lưu thượng",
    "cho hỏi có bán tủ chè khảm không ạ", "khay gỗ 40cm", "hương",
)  # fmt: skip
TYPED = ("gi", "gio", "khay", "tranh kh", "ho", "nhang tr", "co so")
ROUNDS, CLIENTS = 8, 4
CHANGES, CHANGES_A_SECOND = 1_000, 50
ROOT = Path(__file__).resolve().parents[2]


def say(text: str = "") -> None:
    print(text, flush=True)  # noqa: T201


def asked(query: str) -> Callable[[str], Any]:
    """Runs a whole GraphQL request for one text."""
    from marketplace.core.graphql.context import Context
    from marketplace.core.graphql.executor import Request
    from marketplace.schema import executor

    def run(text: str) -> Any:
        answer = executor.run(Request(query, {"q": text}, None, {}), Context(language="vi"))
        if "errors" in answer.body and answer.body["errors"][0]["extensions"]["code"] != "TIMEOUT":
            # One that was given up took as long as it took.
            raise RuntimeError(answer.body["errors"])
        return json.dumps(answer.body, ensure_ascii=False)

    return run


def by_hand(engine: str) -> Callable[[str], Any]:
    """The least that could find something for these words: one plain question to the engine itself."""
    if engine == "elasticsearch":
        from search import elastic

        address = urlsplit(settings.ELASTICSEARCH_URL)
        server = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)

        def run(text: str) -> Any:
            server.request(
                "POST", f"/{elastic.alias()}/_search", search_body(text), {"Content-Type": "application/json"}
            )
            return json.loads(server.getresponse().read())

        return run

    def run_sql(text: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(SEARCH_SQL, [text, text])
            return cursor.fetchall()

    return run_sql


def timed(run: Callable[[str], Any], texts: Sequence[str], clients: int = 1) -> list[float]:
    """Milliseconds of each call, every text ROUNDS times, sorted."""

    def client(number: int) -> list[float]:
        took = []
        for turn in range(ROUNDS):
            for index in range(len(texts)):
                started = time.perf_counter()
                run(texts[(index + number + turn) % len(texts)])
                took.append((time.perf_counter() - started) * 1000)
        if clients > 1:
            connections.close_all()
        return took

    for text in texts:
        run(text)
    if clients == 1:
        return sorted(client(0))
    with ThreadPoolExecutor(clients) as pool:
        return sorted(one for took in pool.map(client, range(clients)) for one in took)


def slowest(run: Callable[[str], Any], texts: Sequence[str]) -> None:
    """Tells the texts that take longest, by the better of two calls."""
    took = {}
    for text in texts:
        calls = []
        for _turn in range(2):
            started = time.perf_counter()
            run(text)
            calls.append((time.perf_counter() - started) * 1000)
        took[text] = min(calls)
    worst = sorted(took, key=lambda text: -took[text])[:3]
    say("  slowest: " + ", ".join(f"{text} {took[text]:.0f} ms" for text in worst))


def line(name: str, took: Sequence[float], baseline: Sequence[float] | None = None) -> None:
    middle = statistics.median(took)
    ratio = f"{middle / statistics.median(baseline):7.1f}x" if baseline else ""
    say(f"{name:<52} {middle:9.1f} {took[int(len(took) * 0.95)]:9.1f} {took[-1]:9.1f} {ratio}")


def rebuild(name: str) -> None:
    """How many products a second, and what it takes of memory while it runs."""
    from search.services import reindex
    from tests.benchmarks.watching import watched

    started = time.perf_counter()
    with watched() as most:
        total = max(total for _done, total in reindex(anew=True))
    seconds = time.perf_counter() - started
    say(f"{name:<52} {total / seconds:9,.0f} products/s {seconds:8.1f} s, {most[0] / 1e6:6.0f} MB at most")


def bench_search(sizes: Sequence[int], grow: Callable[[int], None], *, only: str | None = None) -> None:
    """Every size in turn. `grow` fills the catalogue up to so many products."""
    engines = ["postgresql"]
    url = os.environ.get("ELASTICSEARCH_TEST_URL", "")
    if url:
        engines.append("elasticsearch")
    else:
        say("left out: Elasticsearch is not installed; make test-tools installs it")
    for size in sizes:
        grow(size)
        for engine in engines:
            if only not in (None, engine):
                continue
            settings.ELASTICSEARCH_URL = url if engine == "elasticsearch" else ""
            settings.ELASTICSEARCH_INDEX_PREFIX = f"bench-{os.getpid()}"
            say(f"\nSearch on {engine} at {size:,} products")
            rebuild("rebuilt" if engine == "elasticsearch" else "built, the database's documents written")
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE search_document")
            say(f"{'':<52} {'p50 ms':>9} {'p95 ms':>9} {'max ms':>9} {'of hand':>8}")
            plain = timed(by_hand(engine), QUERIES)
            line("plain words by hand, no facets", plain)
            line("GraphQL search with facets, 1 client", timed(asked(SEARCH), QUERIES), plain)
            slowest(asked(SEARCH), QUERIES)
            line(f"GraphQL search with facets, {CLIENTS} clients", timed(asked(SEARCH), QUERIES, CLIENTS))
            line("suggestions, 1 client", timed(asked(SUGGEST), TYPED))
            line(f"suggestions, {CLIENTS} clients", timed(asked(SUGGEST), TYPED, CLIENTS))
    if url:
        bench_visible()
    settings.ELASTICSEARCH_URL = ""


# --- How soon a change is found -----------------------------------------------------------------------------------


def bench_visible() -> None:
    """Names change at a fixed rate; from each commit to when Elasticsearch finds the new name."""
    from catalog.models import Product
    from catalog.services import products_touch
    from search import elastic
    from search.services import drain

    while drain().rows:
        pass
    keys = list(Product.objects.order_by("?").values_list("pk", flat=True)[:CHANGES])
    changed: dict[int, float] = {}
    found: dict[int, float] = {}
    over = threading.Event()

    def look() -> None:
        body = {"query": {"match": {"name": "xuvaznh"}}, "size": CHANGES, "_source": ["name"]}
        while not over.is_set() and len(found) < CHANGES:
            hits = elastic.client(10).search(index=elastic.alias(), body=body)["hits"]["hits"]
            now = time.monotonic()
            for hit in hits:
                number = int(hit["_source"]["name"].split("xuvaznh ")[1].split()[0])
                found.setdefault(number, now)
            time.sleep(0.05)

    with _worker():
        time.sleep(5)
        watcher = threading.Thread(target=look)
        watcher.start()
        begun = time.monotonic()
        for number, key in enumerate(keys):
            with transaction.atomic():
                Product.objects.filter(pk=key).update(name=f"Xuvaznh {number}")
                products_touch([key])
            changed[number] = time.monotonic()
            time.sleep(max(0.0, begun + (number + 1) / CHANGES_A_SECOND - time.monotonic()))
        rate = len(keys) / (time.monotonic() - begun)
        watcher.join(60)
        over.set()
    took = sorted(found[number] - at for number, at in changed.items() if number in found)
    say(
        f"\n{len(took)} of {len(keys)} changes at {rate:.0f} a second were found: "
        f"p50 {took[len(took) // 2]:.2f} s, p99 {took[int(len(took) * 0.99)]:.2f} s, slowest {took[-1]:.2f} s"
    )


@contextmanager
def _worker() -> Iterator[None]:
    """A worker of its own process, on this run's database and index."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "procrastinate", "worker", "--queues", "search"],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": database.geturl(),
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "WORKER_ELASTICSEARCH_URL": settings.ELASTICSEARCH_URL,
                "ELASTICSEARCH_INDEX_PREFIX": settings.ELASTICSEARCH_INDEX_PREFIX,
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)
