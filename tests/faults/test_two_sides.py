"""Buyer, seller and time at one order in the same moment: one of them comes first, and everything adds up."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

import orders.services.fulfilment
from catalog.models import SellerMember
from orders import services
from orders.models import Order, OrderEvent, OrderLine, SellerOrder, Shipment
from payments.models import Payment, Refund
from tests.builders import Shop, make_user, unique
from tests.conftest import Graphql
from tests.faults.crowd import Meeting, at_once
from tests.orders.selling import Side, buy_paid, change, part_ids
from tests.payments.buying import Bought, stock
from tests.payments.test_refunds import refund

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
]
TIMES = 8


@pytest.fixture
def side(shop: Shop) -> Callable[[], Side]:
    """The owner, each time with a client of its own."""
    user = make_user()
    SellerMember.objects.create(seller=shop.seller, user=user, role="OWNER")
    return lambda: Side(Graphql(Client()).login(user))


def cancel(order: Bought) -> Callable[[], Any]:
    return lambda: change(
        Graphql(Client()), "orderCancel", "orderId: ID!, token: String", orderId=order.id, token=order.token
    )


def refused(answer: dict[str, Any]) -> bool:
    return bool(answer["userErrors"])


def test_a_part_is_either_sent_or_cancelled(
    gql: Graphql, shop: Shop, side: Callable[[], Side], run_jobs: Callable[[], int]
) -> None:
    ends = set()
    for number in range(TIMES):
        order = buy_paid(gql, run_jobs, (shop.variant, 1))
        part = part_ids(order)[0]
        acts = [cancel(order), lambda part=part: side().ship(part)]
        answers = at_once(acts[:: 1 if number % 2 else -1])

        assert sorted(map(refused, answers)) == [False, True]
        row = SellerOrder.objects.get(order__number=order.number)
        parcels = Shipment.objects.filter(seller_order=row).count()
        ends.add((row.state, parcels, row.refunded))
        assert stock(shop.variant)[1] == 0

    assert ends <= {("SHIPPED", 1, 0), ("CANCELLED", 0, 280_000)}
    sent = SellerOrder.objects.filter(state="SHIPPED").count()
    assert stock(shop.variant) == (5 - sent, 0)
    assert Refund.objects.count() == TIMES - sent


def _meet_behind_the_checks(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    """Each waits for the other between looking at the part and changing it, where locks let it come."""
    module = orders.services.fulfilment
    meeting = Meeting(2, patience)
    for name in ("_check_cancellable", "_packed"):
        real = getattr(module, name)

        def checked(*arguments: Any, real: Any = real, **options: Any) -> Any:
            found = real(*arguments, **options)
            meeting.wait()
            return found

        monkeypatch.setattr(module, name, checked)


def test_in_a_wide_window_only_one_of_the_two_happens(
    gql: Graphql,
    shop: Shop,
    side: Callable[[], Side],
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    _meet_behind_the_checks(monkeypatch, patience=2)

    answers = at_once([cancel(order), lambda: side().ship(part_ids(order)[0])])

    assert sorted(map(refused, answers)) == [False, True]
    assert (Shipment.objects.count(), Refund.objects.count()) in ((1, 0), (0, 1))


def test_control_without_the_lock_of_the_order_both_happen(
    gql: Graphql,
    shop: Shop,
    side: Callable[[], Side],
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    real = QuerySet.select_for_update

    def select(self: Any, *arguments: Any, **options: Any) -> Any:
        return self if self.model is Order else real(self, *arguments, **options)

    monkeypatch.setattr(QuerySet, "select_for_update", select)
    _meet_behind_the_checks(monkeypatch, patience=30)

    answers = at_once([cancel(order), lambda: side().ship(part_ids(order)[0])])

    assert list(map(refused, answers)) == [False, False]
    # Paid back, and on its way all the same.
    assert (Shipment.objects.count(), Refund.objects.count()) == (1, 1)


def test_many_presses_cancel_and_pay_back_once(gql: Graphql, shop: Shop, run_jobs: Callable[[], int]) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 2))

    answers = at_once([cancel(order)] * TIMES)

    assert not any(map(refused, answers))
    assert (Refund.objects.count(), Payment.objects.get().refunded) == (1, 530_000)
    assert OrderEvent.objects.filter(kind="cancelled").count() == 1
    assert stock(shop.variant) == (5, 0)


def test_refunds_at_once_stay_within_what_was_paid(
    gql: Graphql, shop: Shop, side: Callable[[], Side], run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    part = part_ids(order)[0]

    answers = at_once([lambda: refund(side().gql, part, 100_000, unique())] * TIMES)

    assert [refused(answer) for answer in answers].count(False) == 2
    assert Payment.objects.get().refunded == SellerOrder.objects.get().refunded == 200_000
    assert Refund.objects.count() == 2


def test_parcels_at_once_hold_no_more_than_was_bought(
    gql: Graphql, shop: Shop, side: Callable[[], Side], run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 3))
    part = part_ids(order)[0]
    line = side().part()["lines"][0]["id"]

    answers = at_once([lambda: side().ship(part, lines=[{"lineId": line, "quantity": 1}])] * TIMES)

    assert [refused(answer) for answer in answers].count(False) == 3
    assert (OrderLine.objects.get().shipped, Shipment.objects.count()) == (3, 3)
    assert SellerOrder.objects.get().state == "SHIPPED"


def test_one_key_from_many_hands_sends_one_parcel(
    gql: Graphql, shop: Shop, side: Callable[[], Side], run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    part = part_ids(order)[0]

    answers = at_once([lambda: side().ship(part, key="press")] * TIMES)

    assert not any(map(refused, answers))
    assert Shipment.objects.count() == 1


def test_a_seller_who_answers_in_the_last_second_is_heard_or_not(
    gql: Graphql, shop: Shop, side: Callable[[], Side], run_jobs: Callable[[], int]
) -> None:
    for _number in range(TIMES):
        order = buy_paid(gql, run_jobs, (shop.variant, 1))
        SellerOrder.objects.filter(order__number=order.number).update(
            confirm_before=timezone.now() - dt.timedelta(seconds=1),
            reminded_at=timezone.now() - dt.timedelta(hours=7),
        )
        part = part_ids(order)[0]
        at_once([lambda part=part: side().confirm(part), services.parts_cancel_overdue])

        row = SellerOrder.objects.get(order__number=order.number)
        assert (row.state, row.refunded) in (("PREPARING", 0), ("CANCELLED", 280_000))
        assert OrderEvent.objects.filter(seller_order=row, kind__in=["confirmed", "cancelled"]).count() == 1
        Order.objects.filter(pk=row.order_id).update(ip=None)
        if row.state == "PREPARING":
            side().cancel(part)

    assert stock(shop.variant) == (5, 0)
