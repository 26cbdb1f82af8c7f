"""A worker is killed in the middle of a payment; another one finishes it, once."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from catalog.models import ProductStats, Variant
from marketplace.core.models import AuditEntry
from orders.models import Order
from payments.models import GatewayNews, Payment
from tests.builders import Shop, make_product
from tests.conftest import Graphql
from tests.faults.crowd import at_once, backends, until
from tests.faults.market import ROOT, child_environ
from tests.payments.buying import Bought, bank_news, buy, pay, read, send, stock

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
    pytest.mark.faults,
]
STALLED_SECONDS = 5
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Start]:
    """Starts real workers on the test's own database; what is left of them ends with the test."""
    workers: list[subprocess.Popen[bytes]] = []

    def start(*options: str, **environment: str) -> "subprocess.Popen[bytes]":
        with (tmp_path / f"worker-{len(workers)}.log").open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, "manage.py", "procrastinate", "worker", *options],
                cwd=ROOT,
                env=child_environ(tmp_path, **{"JOB_STALLED_SECONDS": str(STALLED_SECONDS), **environment}),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        workers.append(worker)
        return worker

    yield start
    for log in sorted(tmp_path.glob("worker-*.log")):
        print(f"--- {log.name}\n{log.read_text()[-4000:]}")  # noqa: T201 - shown where the test fails
    for worker in workers:
        if worker.poll() is None:
            worker.kill()
        worker.wait()
    until(lambda: backends() == 0, "all sessions of the workers over")


def _jobs(news: GatewayNews) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text, attempts FROM procrastinate_jobs WHERE args->>'news_id' = %s",
            [str(news.pk)],
        )
        return list(cursor.fetchall())


def _tell(client: Client, order: Bought) -> GatewayNews:
    body = bank_news(order)
    assert send(client, body).status_code == 200
    return GatewayNews.objects.get(event_id=str(body["id"]))


def _kill_in_the_middle(worker: "subprocess.Popen[bytes]", locked: Any, tell: Callable[[], Any]) -> Any:
    """Kills the worker while its job waits for a row that we hold."""
    with transaction.atomic():
        locked.select_for_update().get()
        # In a thread, so with a connection of its own: the webhook must commit while we hold our row.
        (told,) = at_once([tell])
        until(lambda: backends(waiting_for_a_lock=True) == 1, "a job that waits for our row")
        os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(30) == -signal.SIGKILL
    until(lambda: backends() == 0, "the dead worker's sessions over")
    return told


def _state(shop: Shop, news: GatewayNews) -> dict[str, Any]:
    news.refresh_from_db()
    return {
        "order": Order.objects.get(number__in=news.body["content"].split()).state,
        "outcome": news.outcome,
        "payments": list(
            Payment.objects.filter(order__number__in=news.body["content"].split()).values_list("state")
        ),
        "stock": stock(shop.variant),
        "sold": ProductStats.objects.get(product=shop.product).sold,
    }


UNTOUCHED = {
    "order": "AWAITING_PAYMENT",
    "outcome": "WAITING",
    "payments": [("PENDING",)],
    "stock": (5, 1),
    "sold": 0,
}
ONCE = {"order": "PAID", "outcome": "APPLIED", "payments": [("PAID",)], "stock": (4, 0), "sold": 1}


def test_what_a_killed_worker_left_is_done_once_by_the_next(
    gql: Graphql, client: Client, shop: Shop, start_worker: Start
) -> None:
    order = buy(gql, shop.variant)
    pay(gql, order)
    other = buy(gql, make_product(stock=1).variants.get())
    news = _kill_in_the_middle(
        start_worker(), Order.objects.filter(number=order.number), lambda: _tell(Client(), order)
    )
    assert _jobs(news) == [("doing", 0)]
    assert _state(shop, news) == UNTOUCHED

    # The control: a worker that runs payments but not the job that looks for stalled ones.
    half = start_worker("--queues", "payments")
    second = _tell(client, other)
    until(lambda: GatewayNews.objects.get(pk=second.pk).outcome == "APPLIED", "the second order paid")
    until(_dead_worker_is_known_to_be, "a heartbeat older than the limit")
    assert half.poll() is None
    assert _jobs(news) == [("doing", 0)]
    assert _state(shop, news) == UNTOUCHED

    start_worker()
    until(lambda: _jobs(news)[0][0] == "succeeded", "the job of the killed worker done")

    assert _state(shop, news) == ONCE
    assert [event["kind"] for event in read(gql, order)["events"]] == ["placed", "paid"]
    assert AuditEntry.objects.filter(action="order.paid").count() == 2
    assert [status for status, _attempts in _jobs(news)] == ["succeeded"]


def _dead_worker_is_known_to_be() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs AS job LEFT JOIN procrastinate_workers AS worker"
            " ON worker.id = job.worker_id WHERE job.status = 'doing' AND (worker.id IS NULL"
            " OR worker.last_heartbeat < now() - make_interval(secs => %s))",
            [STALLED_SECONDS + 1],
        )
        return bool(cursor.fetchone()[0])


def test_a_worker_killed_between_two_steps_of_a_payment_leaves_no_half_of_it(
    gql: Graphql, shop: Shop, start_worker: Start
) -> None:
    # Its job has moved the payment to PAID and waits to sell the stock.
    order = buy(gql, shop.variant)
    pay(gql, order)
    news = _kill_in_the_middle(
        start_worker(), Variant.objects.filter(pk=shop.variant.pk), lambda: _tell(Client(), order)
    )
    assert _jobs(news) == [("doing", 0)]
    assert _state(shop, news) == UNTOUCHED

    start_worker()
    until(lambda: _jobs(news)[0][0] == "succeeded", "the job of the killed worker done")

    assert _state(shop, news) == ONCE
    assert [event["kind"] for event in read(gql, order)["events"]] == ["placed", "paid"]
