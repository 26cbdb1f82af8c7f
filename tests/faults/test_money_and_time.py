"""The end of a hold and the news of its money, at the same moment."""

import datetime as dt
import time
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from catalog.models import ProductStats
from orders.jobs import end_holds
from orders.models import Order
from payments.jobs import apply_news
from payments.models import GatewayNews, Payment
from tests.builders import Shop, make_variant
from tests.conftest import Graphql
from tests.faults.crowd import at_once, backends, in_a_thread, until
from tests.faults.market import Market
from tests.faults.test_worker_killed import Start, start_worker
from tests.payments.buying import Bought, bank_news, buy, pay, read, send, stock

__all__ = ["start_worker"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
]
ROUNDS = 40


def _overdue(gql: Graphql, variant: Any, *, started: bool = True) -> Bought:
    """An order whose time is up."""
    order = buy(gql, variant)
    if started:
        pay(gql, order)
    Order.objects.filter(number=order.number).update(pay_before=timezone.now() - dt.timedelta(seconds=1))
    return order


def _tell(client: Any, order: Bought) -> GatewayNews:
    """Its money is told, and waits to be applied."""
    body = bank_news(order)
    assert send(client, body).status_code == 200
    return GatewayNews.objects.get(event_id=str(body["id"]))


@pytest.fixture
def two_workers(market: Market, start_worker: Start) -> None:
    """One that applies money and one that ends holds, in processes of their own."""
    for queue in ("payments", "orders"):
        start_worker("--queues", queue, FAULT_SWITCHES=str(market.switches))
    end_holds.defer(timestamp=0)
    until(lambda: not _waiting("orders"), "a worker that works")


def _waiting(*queues: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = ANY(%s) AND status IN ('todo', 'doing')",
            [list(queues)],
        )
        return int(cursor.fetchone()[0])


def _settled() -> None:
    until(lambda: not _waiting("payments", "orders"), "all jobs done")


@pytest.mark.usefixtures("two_workers")
@pytest.mark.faults
def test_each_order_ends_either_paid_or_expired_with_its_money_kept(market: Market, shop: Shop) -> None:
    variant = make_variant(shop.product, stock=ROUNDS)
    bought = [buy(market.gql(), variant) for _number in range(ROUNDS)]
    for order in bought[::2]:
        pay(market.gql(), order)
    # Some a little before their time is up, some a little after.
    now = timezone.now()
    for number, order in enumerate(bought):
        pay_before = now + dt.timedelta(seconds=1 + number / ROUNDS)
        Order.objects.filter(number=order.number).update(pay_before=pay_before)
    until(lambda: timezone.now() > now + dt.timedelta(seconds=1), "the first one's time over")

    def time_goes_on() -> None:
        while Order.objects.filter(state="AWAITING_PAYMENT").exists():
            end_holds.defer(timestamp=0)
            time.sleep(0.05)

    at_once([time_goes_on, lambda: [_tell(market.client(), order) for order in bought]])
    _settled()

    ends = []
    for order in bought:
        after = read(market.gql(), order)
        news = GatewayNews.objects.get(body__content__startswith=order.number)
        kinds = tuple(event["kind"] for event in after["events"])
        ends.append((after["state"], news.outcome, kinds, after["sellerOrders"][0]["state"]))
    paid = ends.count(("PAID", "APPLIED", ("placed", "paid"), "TO_CONFIRM"))
    expired = ends.count(("EXPIRED", "TOO_LATE", ("placed", "expired"), "EXPIRED"))
    assert paid + expired == ROUNDS
    assert stock(variant) == (ROUNDS - paid, 0)
    assert ProductStats.objects.get(product=shop.product).sold == paid
    assert Payment.objects.filter(state="PAID").count() == paid
    assert GatewayNews.objects.exclude(amount=280_000).count() == 0


@pytest.mark.parametrize(
    ("first", "end"),
    [("news", ("PAID", "APPLIED", (4, 0))), ("time", ("EXPIRED", "TOO_LATE", (5, 0)))],
)
def test_of_two_that_wait_for_the_same_order_the_first_decides(
    gql: Graphql, client: Client, shop: Shop, first: str, end: tuple[Any, ...]
) -> None:
    order = _overdue(gql, shop.variant)
    news = _tell(client, order)
    acts = {
        "news": lambda: apply_news.func(news_id=str(news.pk)),
        "time": lambda: end_holds.func(timestamp=0),
    }
    threads = []

    with transaction.atomic():
        Order.objects.select_for_update().get(number=order.number)
        for number, name in enumerate([first, "time" if first == "news" else "news"], start=1):
            threads.append(in_a_thread(acts[name]))
            until(lambda wanted=number: backends(waiting_for_a_lock=True) == wanted, f"{number} waiting")
    for thread in threads:
        thread.join(30)

    news.refresh_from_db()
    assert (read(gql, order)["state"], news.outcome, stock(shop.variant)) == end


def _at_the_same_moment(market: Market, order: Bought) -> list[str]:
    """Time ends the order while its money is applied; what it says of itself then."""
    _tell(market.client(), order)
    end_holds.defer(timestamp=0)
    _settled()
    return [event["kind"] for event in read(market.gql(), order)["events"]]


@pytest.mark.usefixtures("two_workers")
@pytest.mark.faults
def test_in_a_wide_window_one_of_the_two_still_finds_the_other_done(market: Market, shop: Shop) -> None:
    # Each waits for the other between looking at the order and changing it, where locks let it come.
    market.meet("order-looked-at", 2, patience=2)
    buy(market.gql(), shop.variant)
    order = _overdue(market.gql(), shop.variant, started=False)

    kinds = _at_the_same_moment(market, order)

    assert kinds in (["placed", "paid"], ["placed", "expired"])
    assert stock(shop.variant) == ((4, 1) if kinds[1] == "paid" else (5, 1))


@pytest.mark.usefixtures("two_workers")
@pytest.mark.faults
def test_control_without_the_lock_of_the_order_both_happen(market: Market, shop: Shop) -> None:
    market.without("lock-of-order")
    gate = market.meet("order-looked-at", 2)
    buy(market.gql(), shop.variant)
    order = _overdue(market.gql(), shop.variant, started=False)

    kinds = _at_the_same_moment(market, order)

    assert sorted(kinds) == ["expired", "paid", "placed"]
    assert len(set(gate.pids)) == 2
    # The other order's piece is no longer held by anybody.
    assert stock(shop.variant) == (4, 0)
