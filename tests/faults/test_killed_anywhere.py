"""Whoever works on an order is killed before each of their steps; what they left is all of it or nothing, and whoever
comes next finishes it, once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from catalog.models import ProductStats, Variant
from marketplace.core.ids import to_global_id
from orders.jobs import end_holds, end_waits
from orders.models import Order, Return, SellerOrder, Shipment
from payments.jobs import apply_news, send_refund
from payments.models import GatewayNews, Payment, Refund
from tests.builders import ADDRESS, Shop
from tests.conftest import Graphql
from tests.faults.mortal import killed_at_each_step
from tests.orders.selling import Side, buy_paid, member, part_ids
from tests.orders.test_returns import arrived, ask, decide, receive
from tests.payments.buying import (
    CART_CREATE,
    CHECKOUT,
    bank_news,
    buy,
    checkout_input,
    lines_of,
    pay,
    send,
    stock,
)
from tests.payments.conftest import stripe_double  # noqa: F401 - a fixture
from tests.payments.double import StripeDouble, send_event

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
    pytest.mark.faults,
]
OTHERS = [
    "accounts_message",
    "catalog_product_stats",
    "catalog_variant",
    "core_audit_entry",
    "core_idempotency_key",
    "procrastinate_jobs",
    "search_outbox",
]
Act = Callable[[], Any]


@pytest.fixture
def owner(new_gql: Callable[[], Graphql], shop: Shop) -> Side:
    shop.seller.address = {**ADDRESS, "line1": "Xóm 2, Lưu Thượng"}
    shop.seller.save()
    return member(new_gql(), shop.seller)


def everything() -> list[tuple[str, str]]:
    """All rows of orders, money and stock, and of what is still to be done about them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND (tablename ~ '^(orders|payments)_'"
            " OR tablename = ANY(%s)) ORDER BY 1",
            [OTHERS],
        )
        tables = [table for (table,) in cursor.fetchall()]
        assert set(OTHERS) < set(tables)
        found = []
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} AS t ORDER BY 1")  # noqa: S608 - from the catalogue
            found += [(table, row) for (row,) in cursor.fetchall()]
    return found


def tries(act: Act) -> list[bool]:
    """For each process, whether all of the act was there after it, the last being the one that nobody killed.

    AssertionError where there was a part of it, or something more the second time.
    """
    before = everything()
    seen = [everything() for _step in killed_at_each_step(act)]
    after = everything()
    assert after != before
    done = [state == after for state in seen]
    halves = [step for step, state in enumerate(seen, start=1) if state not in (before, after)]
    assert not halves, f"neither all nor nothing after {halves}"
    assert done == sorted(done)
    return [*done, True]


def _all_or_nothing(act: Act, least: int) -> None:
    done = tries(act)
    # More than one was killed before it stood, and one or more when it did and nobody had been told.
    assert done.count(False) > least, len(done)
    assert done.count(True) > 1


def _shown(answer: dict[str, Any]) -> None:
    assert answer["userErrors"] == []


def test_a_checkout(gql: Graphql, shop: Shop) -> None:
    cart = gql(CART_CREATE, lines=lines_of((shop.variant, 2)))["cartCreate"]["cart"]["id"]

    _all_or_nothing(
        lambda: _shown(
            Graphql(Client())(CHECKOUT, input=checkout_input(cart), key="one-key")["checkoutPlace"]
        ),
        least=15,
    )

    assert (Order.objects.count(), stock(shop.variant)) == (1, (5, 2))


def test_money_that_comes(gql: Graphql, shop: Shop) -> None:
    order = buy(gql, shop.variant)
    send(Client(), bank_news(order))
    news = GatewayNews.objects.get()

    _all_or_nothing(lambda: apply_news.func(news_id=str(news.pk)), least=15)

    assert (Order.objects.get().state, Payment.objects.get().state) == ("PAID", "PAID")
    assert (stock(shop.variant), ProductStats.objects.get(product=shop.product).sold) == ((4, 0), 1)


def test_a_hold_that_ends(gql: Graphql, shop: Shop) -> None:
    order = buy(gql, shop.variant)
    pay(gql, order)
    Order.objects.update(pay_before=timezone.now() - dt.timedelta(seconds=1))

    _all_or_nothing(lambda: end_holds.func(timestamp=0), least=5)

    assert (Order.objects.get().state, stock(shop.variant)) == ("EXPIRED", (5, 0))


def test_a_parcel_and_its_arrival(gql: Graphql, shop: Shop, owner: Side, run_jobs: Callable[[], int]) -> None:
    part = part_ids(buy_paid(gql, run_jobs, (shop.variant, 2)))[0]
    line = owner.part()["lines"][0]["id"]

    _all_or_nothing(
        lambda: _shown(owner.ship(part, key="press", lines=[{"lineId": line, "quantity": 1}])), least=15
    )
    assert SellerOrder.objects.get().state == "PREPARING"
    _all_or_nothing(
        lambda: _shown(owner.ship(part, key="next", lines=[{"lineId": line, "quantity": 1}])), least=15
    )
    for parcel in owner.part()["shipments"]:
        _all_or_nothing(lambda key=parcel["id"]: _shown(owner.parcel(key, "DELIVERED")), least=5)

    assert (SellerOrder.objects.get().state, Shipment.objects.count()) == ("DELIVERED", 2)


def test_a_part_that_is_cancelled_by_its_seller_or_by_time(
    gql: Graphql, shop: Shop, owner: Side, run_jobs: Callable[[], int]
) -> None:
    first, _other = (part_ids(buy_paid(gql, run_jobs, (shop.variant, 1)))[0] for _each in range(2))

    _all_or_nothing(lambda: _shown(owner.cancel(first, key="press")), least=15)
    SellerOrder.objects.filter(state="TO_CONFIRM").update(
        confirm_before=timezone.now() - dt.timedelta(seconds=1),
        reminded_at=timezone.now() - dt.timedelta(hours=7),
    )
    _all_or_nothing(lambda: end_waits.func(timestamp=0), least=15)

    assert set(SellerOrder.objects.values_list("state", "refunded")) == {("CANCELLED", 280_000)}
    assert Refund.objects.count() == Payment.objects.filter(refunded=F("amount")).count() == 2
    assert (stock(shop.variant), ProductStats.objects.get(product=shop.product).sold) == ((5, 0), 0)


def test_what_is_given_back(gql: Graphql, shop: Shop, owner: Side, run_jobs: Callable[[], int]) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 2))

    _all_or_nothing(lambda: _shown(ask(Graphql(Client()), order)), least=10)
    key = to_global_id("Return", Return.objects.get().pk)
    _all_or_nothing(lambda: _shown(decide(owner.gql, key, True)), least=5)
    _all_or_nothing(lambda: _shown(receive(owner.gql, key, True)), least=15)

    assert (Return.objects.get().state, Refund.objects.get().amount) == ("RECEIVED", 250_000)
    assert stock(shop.variant) == (4, 0)


def test_money_that_goes_back_through_the_gateway(
    gql: Graphql,
    shop: Shop,
    owner: Side,
    run_jobs: Callable[[], int],
    stripe_double: StripeDouble,  # noqa: F811
) -> None:
    order = buy(gql, shop.variant)
    pay(gql, order, "stripe")
    send_event(Client(), stripe_double, stripe_double.succeed(stripe_double.only_intent()))
    run_jobs()
    owner.cancel(part_ids(order)[0])
    row = Refund.objects.get()

    _all_or_nothing(lambda: send_refund.func(refund_id=str(row.pk)), least=3)

    (made,) = stripe_double.refunds.values()
    row.refresh_from_db()
    assert (row.state, row.gateway_reference, made["amount"]) == ("SUCCEEDED", made["id"], 280_000)
    # Whoever came next found it there.
    assert stripe_double.calls.count(("GET", "/v1/refunds")) > stripe_double.calls.count(
        ("POST", "/v1/refunds")
    )


def test_control_an_act_of_two_halves_is_seen(shop: Shop) -> None:
    def halves() -> None:
        Variant.objects.filter(pk=shop.variant.pk).update(on_hand=F("on_hand") - 1)
        ProductStats.objects.filter(product=shop.product).update(sold=F("sold") + 1)

    with pytest.raises(AssertionError, match="neither all nor nothing"):
        tries(halves)


def test_control_an_act_that_is_done_twice_is_seen(shop: Shop) -> None:
    def again() -> None:
        with transaction.atomic():
            Variant.objects.filter(pk=shop.variant.pk).update(on_hand=F("on_hand") - 1)

    with pytest.raises(AssertionError, match="neither all nor nothing"):
        tries(again)
