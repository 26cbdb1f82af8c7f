"""Buyer, seller and time at one order in the same moment: one of them comes first, and everything adds up."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

import orders.services.returns
from catalog.models import SellerMember
from marketplace.accounts.models import User
from orders import services
from orders.models import Order, OrderEvent, OrderLine, Return, SellerOrder, Shipment
from payments.models import Payment, Refund
from tests.builders import Shop, make_user, unique
from tests.conftest import Graphql
from tests.faults.crowd import Meeting, at_once
from tests.faults.market import Market
from tests.orders.selling import Side, buy_paid, change, part_ids
from tests.orders.test_returns import ask, decide, of_buyer, receive
from tests.payments.buying import Bought, stock
from tests.payments.test_refunds import refund

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
]
TIMES = 8


@pytest.fixture
def owner(shop: Shop) -> User:
    user = make_user()
    SellerMember.objects.create(seller=shop.seller, user=user, role="OWNER")
    return user


@pytest.fixture
def side(owner: User) -> Callable[[], Side]:
    """The owner, each time with a client of its own."""
    return lambda: Side(Graphql(Client()).login(owner))


def cancel(order: Bought, gql: Graphql | None = None) -> Callable[[], Any]:
    return lambda: change(
        gql or Graphql(Client()),
        "orderCancel",
        "orderId: ID!, token: String",
        orderId=order.id,
        token=order.token,
    )


def refused(answer: dict[str, Any]) -> bool:
    return bool(answer["userErrors"])


def _cancelled_and_sent(market: Market, owner: User, order: Bought) -> list[Callable[[], Any]]:
    """Buyer and seller, each over a connection and to a web process of their own."""
    part = part_ids(order)[0]
    return [cancel(order, market.gql()), lambda: Side(market.gql(owner)).ship(part)]


def test_a_part_is_either_sent_or_cancelled(
    market: Market, shop: Shop, owner: User, run_jobs: Callable[[], int]
) -> None:
    ends = set()
    for number in range(TIMES):
        order = buy_paid(market.gql(), run_jobs, (shop.variant, 1))
        acts = _cancelled_and_sent(market, owner, order)
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


def test_in_a_wide_window_only_one_of_the_two_happens(
    market: Market, shop: Shop, owner: User, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(market.gql(), run_jobs, (shop.variant, 1))
    # Each waits for the other between looking at the part and changing it, where locks let it come.
    market.meet("part-looked-at", 2, patience=2)

    answers = at_once(_cancelled_and_sent(market, owner, order))

    assert sorted(map(refused, answers)) == [False, True]
    assert (Shipment.objects.count(), Refund.objects.count()) in ((1, 0), (0, 1))


def test_control_without_the_lock_of_the_order_both_happen(
    market: Market, shop: Shop, owner: User, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(market.gql(), run_jobs, (shop.variant, 1))
    market.without("lock-of-order")
    gate = market.meet("part-looked-at", 2)

    answers = at_once(_cancelled_and_sent(market, owner, order))

    assert list(map(refused, answers)) == [False, False]
    # Paid back, and on its way all the same.
    assert (Shipment.objects.count(), Refund.objects.count()) == (1, 1)
    assert len(set(gate.pids)) == 2


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


# --- Giving back --------------------------------------------------------------------------------------------------
def _arrived(gql: Graphql, shop: Shop, side: Callable[[], Side], run_jobs: Callable[[], int]) -> Bought:
    order = buy_paid(gql, run_jobs, (shop.variant, 2))
    part = part_ids(order)[0]
    side().ship(part)
    change(gql, "sellerOrderReceive", "id: ID!, token: String", id=part, token=order.token)
    return order


def _ask_each(order: Bought, callers: Sequence[Graphql]) -> list[Callable[[], Any]]:
    return [
        lambda index=index, gql=gql: ask(gql, order, 1, description=f"Lần {index}")
        for index, gql in enumerate(callers)
    ]


def _without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    real = QuerySet.select_for_update

    def select(self: Any, *arguments: Any, **options: Any) -> Any:
        return self if self.model is Order else real(self, *arguments, **options)

    monkeypatch.setattr(QuerySet, "select_for_update", select)


def test_of_many_who_give_the_same_pieces_back_only_as_many_succeed_as_there_are_pieces(
    market: Market, gql: Graphql, shop: Shop, side: Callable[[], Side], run_jobs: Callable[[], int]
) -> None:
    order = _arrived(gql, shop, side, run_jobs)
    # Even where all of them have looked before one has counted.
    market.without("lock-of-order")
    market.meet("request-looked-at", 6)

    answers = at_once(_ask_each(order, [market.gql() for _each in range(6)]))

    assert sorted(map(refused, answers)) == [False] * 2 + [True] * 4
    assert OrderLine.objects.get().returning == Return.objects.count() == 2


def test_control_counting_what_was_read_counts_too_few(
    gql: Graphql, shop: Shop, side: Callable[[], Side], run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    order = _arrived(gql, shop, side, run_jobs)
    _without_locks(monkeypatch)
    meeting = Meeting(3, 30)

    def count(part: SellerOrder, wanted: Any, *path: str) -> None:
        for key, number in wanted.items():
            line = OrderLine.objects.get(pk=key)
            assert line.returning + number <= line.shipped
            meeting.wait()
            OrderLine.objects.filter(pk=key).update(returning=line.returning + number)

    monkeypatch.setattr(orders.services.returns, "_claim", count)

    answers = at_once(_ask_each(order, [Graphql(Client()) for _each in range(3)]))

    assert not any(map(refused, answers))
    assert Return.objects.count() == 3 > OrderLine.objects.get().returning


def test_a_return_is_received_once_and_its_money_goes_back_once(
    gql: Graphql, shop: Shop, side: Callable[[], Side], run_jobs: Callable[[], int]
) -> None:
    order = _arrived(gql, shop, side, run_jobs)
    key = ask(gql, order)["returnRequest"]["id"]
    decide(side().gql, key, True, "Gửi về xưởng")

    answers = at_once([lambda: receive(side().gql, key, True)] * 6)

    assert not any(map(refused, answers))
    assert (Refund.objects.count(), SellerOrder.objects.get().refunded) == (1, 250_000)
    assert stock(shop.variant) == (4, 0)


def test_control_without_lock_and_move_only_the_database_keeps_the_money_from_going_twice(
    gql: Graphql, shop: Shop, side: Callable[[], Side], run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    order = _arrived(gql, shop, side, run_jobs)
    key = ask(gql, order, 1)["returnRequest"]["id"]
    decide(side().gql, key, True, "Gửi về xưởng")
    _without_locks(monkeypatch)
    meeting = Meeting(2, 30)

    def move(wanted: Return, to: str, **changes: Any) -> bool:
        meeting.wait()
        Return.objects.filter(pk=wanted.pk).update(state=to, **changes)
        return True

    monkeypatch.setattr(orders.services.returns, "return_move", move)

    # Both went all the way; one refund a return is the last line of defence.
    with pytest.raises(AssertionError, match="INTERNAL"):
        at_once([lambda: receive(side().gql, key, True)] * 2)
    assert Refund.objects.count() == 1


def test_buyer_keeps_it_while_the_seller_receives_it(
    gql: Graphql, shop: Shop, side: Callable[[], Side], run_jobs: Callable[[], int]
) -> None:
    order = _arrived(gql, shop, side, run_jobs)
    for number in range(2):
        key = ask(gql, order, 1, description=f"Lần {number}")["returnRequest"]["id"]
        decide(side().gql, key, True, "Gửi về xưởng")
        acts: list[Callable[[], Any]] = [
            lambda key=key: receive(side().gql, key, False),
            lambda key=key: of_buyer(Graphql(Client()), "returnCancel", key, order),
        ]
        answers = at_once(acts[:: 1 if number else -1])
        assert sorted(map(refused, answers)) == [False, True]

    line = OrderLine.objects.get()
    received = Return.objects.filter(state="RECEIVED").count()
    assert (line.returning, line.returned, Refund.objects.count()) == (received,) * 3
