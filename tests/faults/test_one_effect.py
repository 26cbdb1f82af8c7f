"""One effect a key, however many ask at once."""

from collections import Counter
from typing import Any

import pytest

from marketplace.core import idempotency
from orders.models import Order
from payments.models import Payment
from tests.builders import Shop
from tests.conftest import Graphql
from tests.faults.crowd import Api, at_once, order_of, told
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


def _order_together(api: Api, shop: Shop) -> list[Any]:
    cart = api.cart(lines_of((shop.variant, 1)))
    return at_once([lambda: api.checkout(cart, "one-key")] * REPEATS)


def test_a_hundred_repeats_of_a_checkout_all_get_the_one_order(api: Api, shop: Shop) -> None:
    answers = _order_together(api, shop)

    order = Order.objects.get()
    assert Counter(tuple(told(answer)) for answer in answers) == {(): REPEATS}
    assert {order_of(answer)["number"] for answer in answers} == {order.number}
    assert stock(shop.variant) == (5, 1)


def test_control_without_the_key_all_but_one_are_told_off(
    api: Api, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A basket is ordered once whatever happens; the key is what gives every repeat the buyer's own order.
    _forget_keys(monkeypatch)

    answers = _order_together(api, shop)

    assert Counter(tuple(told(answer)) for answer in answers) == {(): 1, ("CART_EXPIRED",): REPEATS - 1}
    assert Order.objects.count() == 1


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
