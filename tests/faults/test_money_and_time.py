"""The end of a hold and the news of its money, at the same moment."""

import datetime as dt
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

import orders.services.life
from catalog.models import ProductStats
from orders.jobs import end_holds
from orders.models import Order
from payments.jobs import apply_news
from payments.models import GatewayNews, Payment
from tests.builders import Shop, make_variant
from tests.conftest import Graphql
from tests.faults.crowd import Meeting, at_once, backends, in_a_thread, until
from tests.payments.buying import Bought, bank_news, buy, pay, read, send, stock

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
]
ROUNDS = 40


def _overdue(
    gql: Graphql, client: Client, variant: Any, *, started: bool = True
) -> tuple[Bought, GatewayNews]:
    """An order whose time is up, with its money told but not applied yet."""
    order = buy(gql, variant)
    if started:
        pay(gql, order)
    Order.objects.filter(number=order.number).update(pay_before=timezone.now() - dt.timedelta(seconds=1))
    body = bank_news(order)
    send(client, body)
    return order, GatewayNews.objects.get(event_id=str(body["id"]))


def _apply(news: GatewayNews) -> Callable[[], Any]:
    return lambda: apply_news.func(news_id=str(news.pk))


def _end_holds() -> None:
    end_holds.func(timestamp=0)


def _late(act: Callable[[], Any], seconds: float) -> Callable[[], Any]:
    def run() -> None:
        time.sleep(seconds)
        act()

    return run


def test_each_order_ends_either_paid_or_expired_with_its_money_kept(
    gql: Graphql, client: Client, shop: Shop
) -> None:
    variant = make_variant(shop.product, stock=ROUNDS)
    chance = random.Random(20261122)
    ends = []

    for number in range(ROUNDS):
        order, news = _overdue(gql, client, variant, started=number % 2 == 0)
        # Neither is always the first; which one is decides nothing here.
        at_once([_late(act, chance.uniform(0, 0.01)) for act in (_apply(news), _end_holds)])
        news.refresh_from_db()
        after = read(gql, order)
        ends.append(
            (
                after["state"],
                news.outcome,
                tuple(event["kind"] for event in after["events"]),
                after["sellerOrders"][0]["state"],
            )
        )

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
    order, news = _overdue(gql, client, shop.variant)
    acts = {"news": _apply(news), "time": _end_holds}
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


def _meet_behind_the_check(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    """Each waits for the other between looking at the order's state and changing it, where locks let it come."""
    meeting, real = Meeting(2, patience), orders.services.life.shelf_pieces

    def pieces(order: Order) -> Any:
        meeting.wait()
        return real(order)

    monkeypatch.setattr(orders.services.life, "shelf_pieces", pieces)


def test_in_a_wide_window_one_of_the_two_still_finds_the_other_done(
    gql: Graphql, client: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _meet_behind_the_check(monkeypatch, patience=2)
    buy(gql, shop.variant)
    order, news = _overdue(gql, client, shop.variant, started=False)

    at_once([_apply(news), _end_holds])

    kinds = [event["kind"] for event in read(gql, order)["events"]]
    assert kinds in (["placed", "paid"], ["placed", "expired"])
    assert stock(shop.variant) == ((4, 1) if kinds[1] == "paid" else (5, 1))


def test_control_without_the_lock_of_the_order_both_happen(
    gql: Graphql, client: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = QuerySet.select_for_update

    def select(self: Any, *arguments: Any, **options: Any) -> Any:
        return self if self.model is Order else real(self, *arguments, **options)

    monkeypatch.setattr(QuerySet, "select_for_update", select)
    _meet_behind_the_check(monkeypatch, patience=30)
    buy(gql, shop.variant)
    order, news = _overdue(gql, client, shop.variant, started=False)

    at_once([_apply(news), _end_holds])

    kinds = sorted(event["kind"] for event in read(gql, order)["events"])
    assert kinds == ["expired", "paid", "placed"]
    # The other order's piece is no longer held by anybody.
    assert stock(shop.variant) == (4, 0)
