"""Carriers take back what they have told to be there, while something of it is given back, missed or done."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from orders import services
from orders.jobs import end_waits
from orders.models import CarrierNews, Return, SellerOrder, Shipment, ShipmentNews
from payments.models import Refund
from tests.builders import Shop
from tests.conftest import Graphql
from tests.orders.ghn_double import GhnDouble
from tests.orders.selling import Side, buy_paid, change, part_ids
from tests.orders.test_ghn import ghn, hear, owner, work
from tests.orders.test_returns import ask, decide, of_buyer, receive, state_of
from tests.payments.buying import Bought

__all__ = ["ghn", "owner"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def order(gql: Graphql, shop: Shop, owner: Side, ghn: GhnDouble, run_jobs: Callable[[], int]) -> Bought:
    """Two pieces on their way, one by GHN and one by hand."""
    bought = buy_paid(gql, run_jobs, (shop.variant, 2))
    line = owner.part()["lines"][0]["id"]
    for more in ({"carrier": "ghn", "trackingNumber": None}, {}):
        owner.ship(part_ids(bought)[0], lines=[{"lineId": line, "quantity": 1}], **more)
    tell(ghn, "picked")
    return bought


def tell(double: GhnDouble, *statuses: str) -> None:
    """GHN says so now, and is heard."""
    work()
    for status in statuses:
        double.now(timezone.now())
        assert hear(double, *double.go(double.only_order(), status, minutes=0)) == [200]
        work()
    assert not CarrierNews.objects.filter(outcome="WAITING").exists()


def all_delivered(owner: Side) -> None:
    for parcel in owner.part()["shipments"]:
        owner.parcel(parcel["id"], "DELIVERED")
    assert owner.part()["state"] == "DELIVERED"


def days_later() -> None:
    Shipment.objects.update(updated_at=timezone.now() - dt.timedelta(days=8))
    SellerOrder.objects.filter(state="DELIVERED").update(completes_at=timezone.now() - dt.timedelta(1))
    end_waits(0)


def states(owner: Side) -> tuple[str, list[str]]:
    part = owner.part()
    return part["state"], [parcel["state"] for parcel in part["shipments"]]


def test_a_booking_that_is_cancelled_while_its_pieces_are_given_back_is_for_a_person(
    gql: Graphql, owner: Side, ghn: GhnDouble, order: Bought
) -> None:
    all_delivered(owner)
    assert state_of(ask(gql, order, 2)) == "REQUESTED"

    tell(ghn, "delivery_fail", "delivering", "cancel")

    assert states(owner) == ("SHIPPED", ["IN_TRANSIT", "DELIVERED"])
    assert ShipmentNews.objects.get(exception=True).raw == "cancel"


@pytest.mark.parametrize("end", ["no", "kept", "back"])
def test_what_is_given_back_and_never_came_is_paid_back_once(
    gql: Graphql, owner: Side, ghn: GhnDouble, order: Bought, end: str
) -> None:
    all_delivered(owner)
    key = ask(gql, order, 2)["returnRequest"]["id"]
    tell(ghn, "delivery_fail", "returned")
    days_later()
    # What is to become of these pieces is open, so nobody is paid for them yet.
    assert (states(owner), Refund.objects.count()) == (("SHIPPED", ["RETURNED", "DELIVERED"]), 0)

    if end == "no":
        decide(owner.gql, key, False, "Không lỗi")
    elif end == "kept":
        of_buyer(gql, "returnCancel", key, order)
    else:
        decide(owner.gql, key, True, "Gửi về xưởng")
        receive(owner.gql, key, False)
    days_later()
    days_later()

    if end == "back":
        assert (owner.part()["state"], Refund.objects.get().amount) == ("RETURNED", order.total)
    else:
        assert Refund.objects.get().amount == 250_000
        assert owner.part()["state"] == "COMPLETED"
        assert Shipment.objects.exclude(given_up_at=None).count() == 1
    assert Return.objects.filter(state="RECEIVED").count() == 1


def test_a_missed_parcel_that_was_paid_back_does_not_keep_its_part_open(
    gql: Graphql, owner: Side, ghn: GhnDouble, order: Bought
) -> None:
    all_delivered(owner)
    change(gql, "sellerOrderMiss", "id: ID!, token: String", id=part_ids(order)[0], token=order.token)
    Shipment.objects.filter(booking="").update(missing_at=None)  # the other one was found
    tell(ghn, "return", "returned")

    days_later()
    days_later()

    assert (owner.part()["state"], Refund.objects.get().amount) == ("COMPLETED", 250_000)


def test_what_its_buyer_has_said_to_have_goes_back_only_past_a_person(
    gql: Graphql, owner: Side, ghn: GhnDouble, order: Bought
) -> None:
    change(gql, "sellerOrderReceive", "id: ID!, token: String", id=part_ids(order)[0], token=order.token)
    assert owner.part()["state"] == "COMPLETED"

    tell(ghn, "returned")

    assert states(owner) == ("COMPLETED", ["DELIVERED", "DELIVERED"])
    assert ShipmentNews.objects.get(exception=True).raw == "returned"


def test_a_part_that_its_carrier_takes_back_is_not_done_before_it_has_come_again(
    gql: Graphql, owner: Side, ghn: GhnDouble, order: Bought
) -> None:
    all_delivered(owner)
    key = ask(gql, order)["returnRequest"]["id"]
    tell(ghn, "delivery_fail")
    of_buyer(gql, "returnCancel", key, order)

    services.parts_complete()
    days_later()
    assert states(owner) == ("SHIPPED", ["FAILED", "DELIVERED"])
    tell(ghn, "delivering", "delivered")

    assert states(owner) == ("DELIVERED", ["DELIVERED", "DELIVERED"])
    days_later()
    assert owner.part()["state"] == "COMPLETED"
