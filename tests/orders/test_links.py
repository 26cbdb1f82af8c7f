"""The link of an order, for a guest who has lost it: it goes where the order says, and nowhere else."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from marketplace.accounts.models import Message
from tests.builders import Shop
from tests.conftest import Graphql
from tests.orders.selling import buy_paid

pytestmark = pytest.mark.django_db
SEND = """mutation($n: String!, $c: String!){orderLinkSend(number: $n, contact: $c){
  accepted userErrors{field code message}}}"""


def test_the_link_goes_to_the_orders_own_contact(
    gql: Graphql, new_gql: Callable[[], Graphql], shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))

    for number, contact in ((order.number, "other@example.vn"), ("PX000000000", "lan@example.vn")):
        answer = new_gql()(SEND, n=number, c=contact)["orderLinkSend"]
        assert answer == {"accepted": True, "userErrors": []}
    assert not Message.objects.filter(sent_at=None).exists()

    written = f"{order.number[2:5]} {order.number[5:8]} {order.number[8:]}"
    assert new_gql()(SEND, n=written, c="LAN@example.vn")["orderLinkSend"]["accepted"]
    run_jobs()

    (letter,) = mail.outbox
    assert letter.to == ["lan@example.vn"]
    assert order.token in letter.body


def test_a_phone_will_do(gql: Graphql, shop: Shop, run_jobs: Callable[[], int]) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))

    gql(SEND, n=order.number, c="0987 654 321")
    gql(SEND, n=order.number, c="0912 345 678")

    assert Message.objects.get(sent_at=None).contact == "+84912345678"


def test_too_many_questions_are_refused(gql: Graphql, shop: Shop, run_jobs: Callable[[], int]) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))

    answers = [gql(SEND, n=order.number, c="x@example.vn")["orderLinkSend"] for _number in range(4)]

    assert [answer["accepted"] for answer in answers] == [True, True, True, False]
    assert answers[3]["userErrors"][0]["code"] == "RATE_LIMITED"
    empty = gql(SEND, n=" ", c="")["orderLinkSend"]
    assert empty["userErrors"][0]["code"] == "REQUIRED"


def test_the_page_asks_and_says_the_same_to_everybody(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    client = Client()
    client.cookies["language"] = "en"

    assert "Send me the link" in client.get("/don-hang").content.decode()
    back = client.post("/don-hang/gui-link", {"number": order.number, "contact": " "})
    assert back.status_code == 422
    assert f'value="{order.number}"' in back.content.decode()
    for contact in ("x@example.vn", "lan@example.vn"):
        answer = client.post("/don-hang/gui-link", {"number": order.number, "contact": contact}, follow=True)
        assert "on its way to you" in answer.content.decode()
    run_jobs()
    assert [letter.to for letter in mail.outbox] == [["lan@example.vn"]]
