"""Parcels of which nobody sends news: their buyers are asked, and then time speaks."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from orders import services
from orders.jobs import end_waits
from orders.models import SellerOrder, Shipment
from tests.builders import Shop, make_product
from tests.conftest import Graphql
from tests.orders.selling import Side, buy_paid, change, codes, member, part_ids, read
from tests.payments.buying import Bought

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def owner(new_gql: Callable[[], Graphql], shop: Shop) -> Side:
    return member(new_gql(), shop.seller)


@pytest.fixture
def sent(gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]) -> Bought:
    order = buy_paid(gql, run_jobs, (shop.variant, 2))
    owner.ship(part_ids(order)[0])
    run_jobs()
    mail.outbox.clear()
    return order


def age(days: float) -> None:
    """So many days pass."""
    past = dt.timedelta(days=days)
    for row in Shipment.objects.all():
        Shipment.objects.filter(pk=row.pk).update(
            **{
                name: value - past
                for name in ("shipped_at", "buyer_asked_at")
                if (value := getattr(row, name)) is not None
            }
        )


def miss(gql: Graphql, order: Bought) -> dict[str, Any]:
    return change(gql, "sellerOrderMiss", "id: ID!, token: String", id=part_ids(order)[0], token=order.token)


def test_the_buyer_is_asked_once_and_a_week_later_it_counts_as_there(
    gql: Graphql, sent: Bought, run_jobs: Callable[[], int]
) -> None:
    age(13.9)
    assert services.parcels_ask_buyers() == 0
    age(0.2)
    before = SellerOrder.objects.get().updated_at

    assert (services.parcels_ask_buyers(), services.parcels_ask_buyers()) == (1, 0)
    run_jobs()

    (letter,) = mail.outbox
    assert letter.to == ["lan@example.vn"]
    assert sent.token in letter.body
    assert SellerOrder.objects.get().updated_at > before
    age(6.9)
    assert services.parcels_assume() == 0
    age(0.2)
    assert (services.parcels_assume(), services.parcels_assume()) == (1, 0)

    after = read(gql, sent)
    assert after["sellerOrders"][0]["state"] == "DELIVERED"
    assert after["sellerOrders"][0]["completesAt"] > (timezone.now() + 6 * DAY).isoformat()
    assert after["events"][-1]["kind"] == "delivered"
    SellerOrder.objects.update(completes_at=timezone.now() - DAY)
    end_waits.func(timestamp=0)
    assert read(gql, sent)["state"] == "COMPLETED"


def test_the_days_are_settings(gql: Graphql, sent: Bought, settings: Any) -> None:
    settings.SHIPMENT_ASSUMED_DAYS, settings.SHIPMENT_ASSUMED_GRACE_DAYS = 2, 1
    age(2.1)
    end_waits.func(timestamp=0)
    assert SellerOrder.objects.get().state == "SHIPPED"
    age(1.1)
    end_waits.func(timestamp=0)

    assert SellerOrder.objects.get().state == "DELIVERED"


def test_one_letter_for_all_parcels_of_a_part(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 3))
    line = owner.part()["lines"][0]["id"]
    for _parcel in range(2):
        owner.ship(part_ids(order)[0], lines=[{"lineId": line, "quantity": 1}])
    owner.ship(part_ids(order)[0])
    run_jobs()
    mail.outbox.clear()
    age(15)
    Shipment.objects.filter(pk=Shipment.objects.order_by("-id")[0].pk).update(shipped_at=timezone.now())

    services.parcels_ask_buyers()
    run_jobs()

    assert len(mail.outbox) == 1
    assert Shipment.objects.filter(buyer_asked_at=None).count() == 1
    age(8)
    services.parcels_assume()
    # The youngest is still on its way, and with it the part.
    assert sorted(Shipment.objects.values_list("state", flat=True)) == [
        "DELIVERED",
        "DELIVERED",
        "IN_TRANSIT",
    ]
    assert SellerOrder.objects.get().state == "SHIPPED"


def test_a_buyer_who_has_not_got_it_stops_the_clock(
    gql: Graphql, owner: Side, sent: Bought, run_jobs: Callable[[], int]
) -> None:
    age(15)
    services.parcels_ask_buyers()
    run_jobs()
    mail.outbox.clear()

    assert miss(gql, sent)["userErrors"] == []
    miss(gql, sent)
    run_jobs()
    age(30)

    assert (services.parcels_ask_buyers(), services.parcels_assume()) == (0, 0)
    assert read(gql, sent)["sellerOrders"][0]["state"] == "SHIPPED"
    assert [event["kind"] for event in owner.part()["events"]][-1] == "parcel_missed"
    assert len([letter for letter in mail.outbox if sent.number in letter.subject]) == 1
    # It came after all.
    done = change(gql, "sellerOrderReceive", "id: ID!, token: String", id=part_ids(sent)[0], token=sent.token)
    assert done["sellerOrder"]["state"] == "COMPLETED"
    assert codes(miss(gql, sent)) == [(["id"], "INVALID_STATE")]


@pytest.mark.parametrize("state", ["DELIVERED", "FAILED", "RETURNED", "LOST", "CANCELLED"])
def test_where_somebody_has_spoken_nobody_is_asked(owner: Side, sent: Bought, state: str) -> None:
    owner.parcel(owner.part()["shipments"][0]["id"], state)
    age(40)

    assert (services.parcels_ask_buyers(), services.parcels_assume()) == (0, 0)


def test_what_waits_at_the_workshop_is_not_assumed_to_be_fetched(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    owner.ship(part_ids(order)[0], carrier="pickup", trackingNumber=None)
    Shipment.objects.update(created_at=timezone.now() - 60 * DAY)

    assert (services.parcels_ask_buyers(), services.parcels_assume()) == (0, 0)


def test_a_carrier_with_an_interface_speaks_for_itself(sent: Bought) -> None:
    Shipment.objects.update(booking="BOOKED")
    age(40)

    assert services.parcels_ask_buyers() == 0


def test_one_that_fails_does_not_hold_back_the_rest(
    gql: Graphql,
    owner: Side,
    shop: Shop,
    sent: Bought,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import orders.services.waits as waits

    other = buy_paid(gql, run_jobs, (make_product("Khay", seller=shop.seller).variants.get(), 1))
    owner.ship(part_ids(other)[0])
    age(15)
    ask = waits.messages.has_it_come
    poison = SellerOrder.objects.get(order__number=sent.number).pk

    def fail(part: SellerOrder, until: Any) -> None:
        if part.pk == poison:
            raise ValueError("poison")
        ask(part, until)

    monkeypatch.setattr(waits.messages, "has_it_come", fail)

    assert services.parcels_ask_buyers() == 1
    assert Shipment.objects.exclude(buyer_asked_at=None).get().seller_order.order.number == other.number
