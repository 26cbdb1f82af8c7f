"""Scarce stock, and 200 buyers who want it; each guard is also taken away, to see that the test would notice.

Over HTTP, against several web processes.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from marketplace.core.ids import from_global_id
from orders.models import Order
from tests.builders import Shop, make_variant
from tests.faults.crowd import at_once, in_waves, order_of, told
from tests.faults.market import PROCESSES, Market
from tests.payments.buying import Bought, bank_news, lines_of, send, stock

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
]
WAVE = 25


def _buyers(market: Market, shop: Shop, number: int) -> list[Callable[[], Any]]:
    carts = in_waves([lambda: market.cart(lines_of((shop.variant, 1)))] * number, WAVE)
    return [lambda cart=cart: market.checkout(cart) for cart in carts]


def test_of_200_buyers_five_get_the_last_five_pieces(
    market: Market, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    # Of the first wave, all have seen five pieces before one of them may take one.
    gate = market.meet("prices-checked", WAVE)

    answers = in_waves(_buyers(market, shop, 200), WAVE)

    placed = [order for answer in answers if (order := order_of(answer))]
    assert Counter(tuple(told(answer)) for answer in answers) == {(): 5, ("OUT_OF_STOCK",): 195}
    assert len({order["number"] for order in placed}) == Order.objects.count() == 5
    assert stock(shop.variant) == (5, 5)
    assert len(set(gate.pids[:WAVE])) == PROCESSES

    for order in placed:
        send(market.client(), bank_news(Bought(order["id"], order["number"], order["token"], 280_000)))
    run_jobs()

    assert list(Order.objects.values_list("state", flat=True)) == ["PAID"] * 5
    assert stock(shop.variant) == (0, 0)


@pytest.mark.usefixtures("no_stock_constraint")
def test_control_without_the_guards_the_same_buyers_oversell(market: Market, shop: Shop) -> None:
    market.without("condition-of-stock")
    market.meet("prices-checked", WAVE)

    answers = in_waves(_buyers(market, shop, WAVE), WAVE)

    assert Counter(tuple(told(answer)) for answer in answers) == {(): WAVE}
    assert Order.objects.count() == WAVE > 5
    assert stock(shop.variant) == (5, WAVE)


def test_control_without_the_condition_the_constraint_still_stands(market: Market, shop: Shop) -> None:
    market.without("condition-of-stock")
    market.meet("prices-checked", WAVE)

    answers = in_waves(_buyers(market, shop, WAVE), WAVE)

    assert Counter(tuple(told(answer)) for answer in answers) == {(): 5, ("fault INTERNAL",): WAVE - 5}
    assert Order.objects.count() == 5
    assert stock(shop.variant) == (5, 5)


def test_transactions_are_read_committed() -> None:
    # Under REPEATABLE READ the newest version of a locked row would not be looked at.
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("read committed",)


# --- Several variants at once ---------------------------------------------------------------------------------
def _opposite_buyers(
    market: Market, shop: Shop, pairs: int, pieces: int
) -> tuple[list[Any], list[Callable[[], Any]]]:
    variants = [make_variant(shop.product, stock=pieces) for _number in range(5)]
    there = lines_of(*[(variant, 1) for variant in variants])
    carts = [market.cart(lines) for _pair in range(pairs) for lines in (there, there[::-1])]
    return variants, [lambda cart=cart: market.checkout(cart) for cart in carts]


def test_two_baskets_in_opposite_order_do_not_block_each_other(market: Market, shop: Shop) -> None:
    # After a first piece each of two buyers waits for the other to have one too, where locks let it come.
    market.meet("one-held", 2, patience=2)
    variants, buyers = _opposite_buyers(market, shop, pairs=1, pieces=2)

    answers = at_once(buyers)

    assert [told(answer) for answer in answers] == [[], []]
    assert [stock(variant) for variant in variants] == [(2, 2)] * 5


def test_control_without_an_order_of_locks_they_do(market: Market, shop: Shop) -> None:
    market.without("order-of-locks")
    market.meet("one-held", 2, patience=2)
    variants, buyers = _opposite_buyers(market, shop, pairs=1, pieces=2)

    answers = at_once(buyers)

    assert sorted(told(answer) for answer in answers) == [[], ["fault INTERNAL"]]
    assert [stock(variant) for variant in variants] == [(2, 1)] * 5


def test_twenty_baskets_in_opposite_orders_share_what_there_is(market: Market, shop: Shop) -> None:
    variants, buyers = _opposite_buyers(market, shop, pairs=10, pieces=7)

    answers = at_once(buyers)

    assert Counter(not told(answer) for answer in answers) == {True: 7, False: 13}
    assert {code for answer in answers for code in told(answer)} == {"OUT_OF_STOCK"}
    assert [stock(variant) for variant in variants] == [(7, 7)] * 5
    assert {from_global_id(order["id"])[1] for answer in answers if (order := order_of(answer))} == set(
        Order.objects.values_list("pk", flat=True)
    )
