"""Money that no order takes is never dropped: a card's goes back by itself, a transfer's is placed or sent back."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payments.gateways import GatewayError
from payments.jobs import ask_gateways
from payments.models import GatewayNews, Payment, Refund
from payments.services import news_apply, news_give_back
from tests.builders import Shop, make_user
from tests.conftest import Graphql
from tests.orders.selling import buy_paid, member, part_ids
from tests.orders.test_returns import ask, decide, receive
from tests.payments.buying import Bought, buy, pay, read, stock
from tests.payments.conftest import Deliver
from tests.payments.double import StripeDouble, send_event
from tests.payments.test_refunds import refund
from tests.payments.test_stripe import _expire

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: Any) -> Client:
    client = Client()
    client.force_login(make_user(is_superuser=True, is_staff=True))
    return client


def press(client: Client, news: GatewayNews, act: str, note: str) -> int:
    return client.post(f"/admin/payments/gatewaynews/{news.pk}/{act}/", {"note": note}).status_code


# --- Cards --------------------------------------------------------------------------------------------------------
def test_a_charge_that_comes_too_late_goes_back_once(
    gql: Graphql, order: Bought, stripe_double: StripeDouble, run_jobs: Callable[[], int]
) -> None:
    pay(gql, order, "stripe")
    event = stripe_double.succeed(stripe_double.only_intent())
    _expire(order)
    run_jobs()

    for number in range(3):
        send_event(Client(), stripe_double, {**event, "id": f"evt_{number}"})
    run_jobs()

    assert [row["amount"] for row in stripe_double.refunds.values()] == [order.total]
    rows = GatewayNews.objects.filter(outcome="TOO_LATE")
    (made,) = stripe_double.refunds
    assert {row.settled_reference for row in rows} == {made}
    assert all(row.settled_at for row in rows)
    for row in rows:
        news_give_back(row.pk)  # a worker that died before it noted it
    assert len(stripe_double.refunds) == 1
    assert Refund.objects.count() == 0


def test_paid_by_transfer_and_by_card_the_card_is_paid_back(
    gql: Graphql, shop: Shop, order: Bought, stripe_double: StripeDouble, deliver: Deliver,
    run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    pay(gql, order, "stripe")
    intent = stripe_double.only_intent()
    deliver(order)
    send_event(Client(), stripe_double, stripe_double.succeed(intent))
    run_jobs()

    news = GatewayNews.objects.get(gateway="stripe", outcome="PAID_TWICE")
    assert news.settled_at is not None
    assert [row["payment_intent"] for row in stripe_double.refunds.values()] == [intent["id"]]
    assert read(gql, order)["state"] == "PAID"
    assert stock(shop.variant) == (4, 0)


def test_what_is_under_way_is_asked_about_again(
    gql: Graphql, order: Bought, stripe_double: StripeDouble, run_jobs: Callable[[], int], admin: Client
) -> None:
    pay(gql, order, "stripe")
    event = stripe_double.succeed(stripe_double.only_intent())
    _expire(order)
    send_event(Client(), stripe_double, event)
    news = GatewayNews.objects.get(outcome="WAITING")
    news_apply(news_id=news.pk)
    stripe_double.refund_status = "pending"
    news_give_back(news.pk)
    (made,) = stripe_double.refunds
    news.refresh_from_db()
    assert (news.settled_at, news.settled_reference) == (None, made)
    # While it is under way, no person sends it back as well, or places it elsewhere.
    assert press(admin, news, "send-back", "FT1") == 422
    assert press(admin, news, "place", order.number) == 422

    stripe_double.refunds[made]["status"] = "succeeded"
    GatewayNews.objects.update(updated_at=timezone.now() - dt.timedelta(hours=1))
    ask_gateways(0)

    news.refresh_from_db()
    assert news.settled_at is not None
    assert len(stripe_double.refunds) == 1


def test_an_answer_of_the_gateway_that_is_lost_gives_back_once(
    gql: Graphql, order: Bought, stripe_double: StripeDouble, run_jobs: Callable[[], int]
) -> None:
    pay(gql, order, "stripe")
    event = stripe_double.succeed(stripe_double.only_intent())
    _expire(order)
    send_event(Client(), stripe_double, event)
    news = GatewayNews.objects.get(outcome="WAITING")
    news_apply(news_id=news.pk)
    stripe_double.fail(3)
    with pytest.raises(GatewayError):
        news_give_back(news.pk)

    news_give_back(news.pk)

    assert len(stripe_double.refunds) == 1


def test_what_comes_back_from_the_bank_waits_for_a_person(
    gql: Graphql, order: Bought, stripe_double: StripeDouble, run_jobs: Callable[[], int], admin: Client
) -> None:
    pay(gql, order, "stripe")
    event = stripe_double.succeed(stripe_double.only_intent())
    _expire(order)
    send_event(Client(), stripe_double, event)
    run_jobs()
    news = GatewayNews.objects.filter(outcome="TOO_LATE").first()
    assert news is not None
    assert news.settled_at is not None

    come_back(stripe_double)
    run_jobs()

    news.refresh_from_db()
    assert (news.settled_at, news.settled_reference, news.by_hand) == (None, "", True)
    GatewayNews.objects.update(updated_at=timezone.now() - dt.timedelta(hours=1))
    ask_gateways(0)
    assert len(stripe_double.refunds) == 1  # not tried again by itself
    assert press(admin, news, "place", order.number) == 422
    assert press(admin, news, "send-back", "FT26331") == 302


# --- A refund that comes back -------------------------------------------------------------------------------------
def come_back(double: StripeDouble, kind: str = "refund.failed") -> None:
    (made,) = [row for row in double.refunds.values() if row["status"] == "succeeded"]
    made["status"] = "failed"
    send_event(Client(), double, double.event(kind, {**made, "failure_reason": "expired_or_canceled_card"}))


@pytest.fixture
def by_card(
    gql: Graphql, shop: Shop, client: Client, run_jobs: Callable[[], int], stripe_double: StripeDouble
) -> Bought:
    order = buy(gql, shop.variant)
    pay(gql, order, "stripe")
    send_event(client, stripe_double, stripe_double.succeed(stripe_double.only_intent()))
    run_jobs()
    return order


@pytest.mark.parametrize("kind", ["refund.failed", "charge.refund.updated"])
def test_a_refund_that_fails_days_later_waits_for_a_person(
    gql: Graphql, new_gql: Callable[[], Graphql], shop: Shop, by_card: Bought, run_jobs: Callable[[], int],
    stripe_double: StripeDouble, admin: Client, kind: str,
) -> None:  # fmt: skip
    owner = member(new_gql(), shop.seller)
    refund(owner.gql, part_ids(by_card)[0], 50_000)
    run_jobs()
    assert (Refund.objects.get().state, Payment.objects.get().state) == ("SUCCEEDED", "PARTLY_REFUNDED")

    for _again in range(2):
        stripe_double.refunds[Refund.objects.get().gateway_reference]["status"] = "succeeded"
        come_back(stripe_double, kind)
        run_jobs()

    row, payment = Refund.objects.get(), Payment.objects.get()
    assert (row.state, row.failure_reason) == ("FAILED", "expired_or_canceled_card")
    assert (payment.state, payment.refunded) == ("PAID", 0)
    assert owner.part()["refunded"]["amount"] == 0
    paid = admin.post(f"/admin/payments/refund/{row.pk}/pay/", {"note": "FT26331"})
    assert paid.status_code == 302
    row.refresh_from_db()
    assert row.state == "SUCCEEDED"
    # Paid by hand since: what Stripe says of its own try is old.
    stripe_double.refunds[row.gateway_reference]["status"] = "succeeded"
    come_back(stripe_double, kind)
    run_jobs()
    assert (Refund.objects.get().state, Payment.objects.get().refunded) == ("SUCCEEDED", 50_000)


def test_a_return_whose_money_came_back_is_not_settled(
    gql: Graphql, new_gql: Callable[[], Graphql], shop: Shop, by_card: Bought, run_jobs: Callable[[], int],
    stripe_double: StripeDouble,
) -> None:  # fmt: skip
    from orders.models import Return

    owner = member(new_gql(), shop.seller)
    owner.ship(part_ids(by_card)[0])
    owner.parcel(owner.part()["shipments"][0]["id"], "DELIVERED")
    key = ask(gql, by_card)["returnRequest"]["id"]
    decide(owner.gql, key, True, "Gửi về xưởng")
    receive(owner.gql, key, True)
    run_jobs()
    assert Return.objects.get().state == "REFUNDED"

    come_back(stripe_double)
    run_jobs()

    assert (Return.objects.get().state, Refund.objects.get().state) == ("RECEIVED", "FAILED")


def test_an_update_that_is_no_failure_changes_nothing(
    by_card: Bought, shop: Shop, new_gql: Callable[[], Graphql], run_jobs: Callable[[], int],
    stripe_double: StripeDouble,
) -> None:  # fmt: skip
    owner = member(new_gql(), shop.seller)
    refund(owner.gql, part_ids(by_card)[0], 50_000)
    run_jobs()
    (made,) = stripe_double.refunds.values()

    send_event(Client(), stripe_double, stripe_double.event("refund.updated", made))
    stranger = {**made, "id": "re_of_another_shop", "status": "failed"}
    send_event(Client(), stripe_double, stripe_double.event("refund.failed", stranger))
    run_jobs()

    assert Refund.objects.get().state == "SUCCEEDED"
    assert set(GatewayNews.objects.exclude(outcome="APPLIED").values_list("outcome", flat=True)) == {
        "IGNORED"
    }


# --- Transfers ----------------------------------------------------------------------------------------------------
def test_a_transfer_without_its_code_is_placed_by_an_administrator(
    gql: Graphql, shop: Shop, order: Bought, deliver: Deliver, admin: Client, run_jobs: Callable[[], int]
) -> None:
    news = deliver(None, content="CHUYEN TIEN", transferAmount=order.total)
    assert news.outcome == "UNKNOWN_CODE"

    assert press(admin, news, "place", "PX0000000") == 422
    assert press(admin, news, "place", f" {order.number.lower()} ") == 302

    run_jobs()
    assert (read(gql, order)["state"], stock(shop.variant)) == ("PAID", (4, 0))
    news.refresh_from_db()
    assert (news.outcome, news.payment) == ("APPLIED", Payment.objects.get(state="PAID"))
    assert press(admin, news, "place", order.number) == 422  # once


def test_only_the_right_sum_pays_an_order_that_waits(
    gql: Graphql, order: Bought, deliver: Deliver, admin: Client
) -> None:
    wrong = deliver(None, content="CHUYEN TIEN", transferAmount=order.total - 1)
    right = deliver(None, content="CHUYEN TIEN", transferAmount=order.total)
    assert press(admin, wrong, "place", order.number) == 422
    _expire(order)
    assert press(admin, right, "place", order.number) == 422

    assert read(gql, order)["state"] == "EXPIRED"
    assert Payment.objects.filter(state="PAID").count() == 0
    assert press(admin, right, "send-back", "FT26331") == 302
    right.refresh_from_db()
    assert (right.settled_reference, right.outcome) == ("FT26331", "UNKNOWN_CODE")
    assert press(admin, right, "send-back", "FT26332") == 422
    assert press(admin, wrong, "send-back", "") == 422


def test_only_administrators_see_it(order: Bought, deliver: Deliver) -> None:
    news = deliver(None, content="CHUYEN TIEN", transferAmount=order.total)
    client = Client()
    client.force_login(make_user(is_staff=True))

    assert client.get(f"/admin/payments/gatewaynews/{news.pk}/change/").status_code in (302, 403)
    assert press(client, news, "send-back", "FT1") in (302, 403, 404)
    news.refresh_from_db()
    assert news.settled_at is None


def test_nothing_of_an_ordinary_payment_waits(
    gql: Graphql, shop: Shop, admin: Client, run_jobs: Callable[[], int], new_gql: Callable[[], Graphql]
) -> None:
    buy_paid(gql, run_jobs, (shop.variant, 1))
    news = GatewayNews.objects.get()

    assert press(admin, news, "send-back", "FT1") == 422
