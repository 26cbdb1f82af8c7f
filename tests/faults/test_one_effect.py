"""One effect a key, however many ask at once, and whoever dies over it."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from marketplace.core import idempotency
from orders.models import Order
from payments.models import Payment
from tests.builders import Shop
from tests.conftest import Graphql
from tests.faults.crowd import Api, at_once, backends, in_a_thread, order_of, told, until
from tests.faults.market import Market, serving
from tests.payments.buying import PAYMENT_CREATE, buy, lines_of, stock
from tests.payments.conftest import stripe_double  # noqa: F401 - a fixture
from tests.payments.double import StripeDouble

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
]
REPEATS = 100


def _forget_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "once", lambda **call: (call["perform"](), True))


def _order_together(market: Market, shop: Shop) -> list[Any]:
    cart = market.cart(lines_of((shop.variant, 1)))
    return at_once([lambda: market.checkout(cart, "one-key")] * REPEATS)


def test_a_hundred_repeats_of_a_checkout_all_get_the_one_order(market: Market, shop: Shop) -> None:
    answers = _order_together(market, shop)

    order = Order.objects.get()
    assert Counter(tuple(told(answer)) for answer in answers) == {(): REPEATS}
    assert {order_of(answer)["number"] for answer in answers} == {order.number}
    assert stock(shop.variant) == (5, 1)


def test_control_without_the_key_all_but_one_are_told_off(market: Market, shop: Shop) -> None:
    # A basket is ordered once whatever happens; the key is what gives every repeat the buyer's own order.
    market.without("keys")

    answers = _order_together(market, shop)

    assert Counter(tuple(told(answer)) for answer in answers) == {(): 1, ("CART_EXPIRED",): REPEATS - 1}
    assert Order.objects.count() == 1


@pytest.mark.parametrize(("step", "before"), [("prices-checked", 0), ("one-held", 0), ("placed", 1)])
def test_a_server_that_dies_over_a_checkout_leaves_all_or_nothing_of_it(
    tmp_path: Path, shop: Shop, step: str, before: int
) -> None:
    """Killed before the order stands, or when it does and nobody has been told; the buyer presses once more."""
    with serving(tmp_path, processes=2) as servers:
        dying, other = (Market([server], tmp_path / "switches") for server in servers)
        cart = other.cart(lines_of((shop.variant, 1)))
        gate = dying.meet(step, 2)
        lost = in_a_thread(lambda: _never_answered(dying, cart))
        until(lambda: gate.pids, "a checkout in the middle")
        dying.servers[0].kill()
        lost.join(30)
        until(lambda: backends() == 0, "the dead server's sessions over")
        dying.restore()
        assert (Order.objects.count(), stock(shop.variant)) == (before, (5, before))

        answers = [other.checkout(cart, "one-key") for _press in range(2)]

    order = Order.objects.get()
    assert [told(answer) for answer in answers] == [[], []]
    assert [order_of(answer)["number"] for answer in answers] == [order.number] * 2
    assert stock(shop.variant) == (5, 1)


def _never_answered(market: Market, cart: str) -> None:
    with pytest.raises(requests.ConnectionError):
        market.checkout(cart, "one-key")


def _pay_together(api: Api, gql: Graphql, shop: Shop) -> list[Any]:
    order = buy(gql, shop.variant)
    variables = {"order": order.id, "token": order.token, "gateway": "stripe", "key": "one-key"}
    answers = at_once([lambda: api(PAYMENT_CREATE, **variables)] * REPEATS)
    assert not any("errors" in answer for answer in answers)
    return [answer["data"]["paymentCreate"] for answer in answers]


def test_a_hundred_repeats_of_a_payment_start_one_at_the_gateway(
    api: Api,
    gql: Graphql,
    shop: Shop,
    stripe_double: StripeDouble,  # noqa: F811
) -> None:
    answers = _pay_together(api, gql, shop)

    intent = stripe_double.only_intent()
    assert Payment.objects.get().gateway_reference == intent["id"]
    assert {answer["payment"]["action"]["clientSecret"] for answer in answers} == {intent["client_secret"]}


def test_control_without_the_key_there_are_a_hundred(
    api: Api,
    gql: Graphql,
    shop: Shop,
    stripe_double: StripeDouble,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _forget_keys(monkeypatch)

    _pay_together(api, gql, shop)

    assert Payment.objects.count() == REPEATS
    assert len(stripe_double.intents) == REPEATS
