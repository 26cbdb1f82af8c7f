"""The buyer's order page: its steps, cancelling, receiving, and where money goes back to."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from orders.models import Order, SellerOrder
from tests.builders import Shop, make_product
from tests.conftest import Graphql
from tests.orders.selling import Side, buy_paid, member, part_ids
from tests.payments.buying import Bought, buy

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(new_gql: Callable[[], Graphql], shop: Shop) -> Side:
    return member(new_gql(), shop.seller)


def opened(order: Bought) -> Client:
    """A browser that came by the mail's link."""
    client = Client()
    client.cookies["language"] = "en"
    assert client.get(f"/don-hang/{order.number}?k={order.token}").status_code == 302
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return str(response.content.decode())


def test_a_buyer_follows_the_parcel_and_says_that_it_came(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    client, path = opened(order), f"/don-hang/{order.number}"
    assert "I have it" not in page(client, path)

    owner.ship(part_ids(order)[0])

    text = page(client, path)
    assert "EV123456789VN" in text
    assert "Cancel this part" not in text
    assert client.post(f"{path}/da-nhan", {"part": f"{order.number}-1"}).status_code == 302
    assert SellerOrder.objects.get().state == "COMPLETED"
    assert "is done" in page(client, path)
    assert client.post(f"{path}/da-nhan", {"part": "x"}).status_code == 404


def test_an_unpaid_order_is_cancelled_after_a_second_question(gql: Graphql, shop: Shop) -> None:
    order = buy(gql, shop.variant)
    client, path = opened(order), f"/don-hang/{order.number}"

    assert f"{path}/huy" in page(client, path)
    assert "nothing is owed" in page(client, f"{path}/huy")
    assert client.post(f"{path}/huy").status_code == 302

    assert Order.objects.get().state == "CANCELLED"
    text = page(client, path)
    assert "Put the same things into the basket" in text
    assert f"{path}/huy" not in text


def test_a_part_is_cancelled_and_the_account_is_asked_for(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    tray = make_product("Khay", price=100_000).variants.get()
    order = buy_paid(gql, run_jobs, (shop.variant, 1), (tray, 1))
    client, path = opened(order), f"/don-hang/{order.number}"
    assert "Name the account" not in page(client, path)

    assert client.post(f"{path}/huy", {"part": f"{order.number}-2"}).status_code == 302

    text = page(client, path)
    assert [part.state for part in SellerOrder.objects.order_by("number")] == ["TO_CONFIRM", "CANCELLED"]
    assert "Name the account" in text
    assert "130.000" in text
    wrong = client.post(f"{path}/hoan-tien", {"bank": "", "account": "1", "holder": "Lan"})
    assert wrong.status_code == 422
    assert 'value="Lan"' in wrong.content.decode()
    given = {"bank": "970422", "account": "0123456789", "holder": "NGUYEN THI LAN"}
    assert client.post(f"{path}/hoan-tien", given).status_code == 302
    assert "Name the account" not in page(client, path)
    # What was typed is not shown again.
    assert "0123456789" not in page(client, f"{path}/hoan-tien")


def test_what_can_no_longer_be_cancelled_says_why(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    client, path = opened(order), f"/don-hang/{order.number}"
    owner.ship(part_ids(order)[0])

    answer = client.post(f"{path}/huy", {"part": f"{order.number}-1"}, follow=True)

    assert "has not been sent can be cancelled" in answer.content.decode()
    assert SellerOrder.objects.get().state == "SHIPPED"


@pytest.mark.parametrize("way", ["huy", "hoan-tien", "da-nhan"])
def test_nobody_else_gets_there(gql: Graphql, shop: Shop, run_jobs: Any, way: str) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    stranger = Client()

    assert stranger.post(f"/don-hang/{order.number}/{way}", {"part": f"{order.number}-1"}).status_code == 404
    assert SellerOrder.objects.get().state == "TO_CONFIRM"
