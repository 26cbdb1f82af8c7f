"""Parcels that buyers miss: their sellers say what became of them, else an officer; and that is the end of it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Commune, CommuneOfficer, SellerMember
from catalog.services import officers_remind
from marketplace.accounts.models import User
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from orders import services
from orders.jobs import end_waits
from orders.models import Order, SellerOrder, Shipment
from payments.models import Refund
from tests.builders import Shop, make_user
from tests.conftest import Graphql
from tests.orders.selling import Side, buy_paid, change, codes, member, part_ids, read
from tests.payments.buying import Bought

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def owner(new_gql: Callable[[], Graphql], shop: Shop) -> Side:
    return member(new_gql(), shop.seller)


@pytest.fixture
def officer(shop: Shop) -> User:
    user = make_user(is_staff=True)
    CommuneOfficer.objects.create(user=user, commune=shop.seller.commune)
    return user


@pytest.fixture
def missed(gql: Graphql, owner: Side, shop: Shop, officer: User, run_jobs: Callable[[], int]) -> Bought:
    """Told to be there, and its buyer has nothing."""
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    owner.ship(part_ids(order)[0])
    owner.parcel(parcel(owner)["id"], "DELIVERED")
    assert miss(gql, order)["userErrors"] == []
    run_jobs()
    mail.outbox.clear()
    return order


def parcel(owner: Side) -> dict[str, Any]:
    (found,) = owner.gql(
        "{sellerOrders{nodes{shipments{id state missingAt missingUntil escalatedAt foundAt}}}}"
    )["sellerOrders"]["nodes"][0]["shipments"]
    return found  # type: ignore[no-any-return]


def miss(gql: Graphql, order: Bought) -> dict[str, Any]:
    return change(gql, "sellerOrderMiss", "id: ID!, token: String", id=part_ids(order)[0], token=order.token)


def found(owner: Side) -> dict[str, Any]:
    """The seller's word that it was handed over."""
    return owner.do(
        "shipmentUpdate",
        "id: ID!, state: ShipmentState!, handedOver: Boolean",
        id=parcel(owner)["id"],
        state="DELIVERED",
        handedOver=True,
    )


def days_pass(days: float) -> None:
    """Also the day on which the part would be done."""
    past = dt.timedelta(days=days)
    for row in Shipment.objects.all():
        Shipment.objects.filter(pk=row.pk).update(
            updated_at=row.updated_at - past, missing_at=row.missing_at and row.missing_at - past
        )
    for part in SellerOrder.objects.exclude(completes_at=None):
        assert part.completes_at is not None
        SellerOrder.objects.filter(pk=part.pk).update(completes_at=part.completes_at - past)
    end_waits(0)


def told(person: User | None = None) -> list[str]:
    to = person.email if person else "lan@example.vn"
    return [letter.subject for letter in mail.outbox if letter.to == [to]]


def decide(user: User, act: str, note: str = "Đã hỏi bưu điện", status: int = 302) -> None:
    client = Client()
    client.force_login(user)
    row = Shipment.objects.get()
    path = reverse(f"admin:orders_shipment_{act}", args=[row.pk])
    assert client.post(path, {"note": note}).status_code == status


def test_without_a_word_of_the_seller_an_officer_looks_once(
    gql: Graphql, owner: Side, missed: Bought, officer: User, run_jobs: Callable[[], int]
) -> None:
    until = parcel(owner)["missingUntil"]
    since = Shipment.objects.get().missing_at
    assert since is not None
    assert dt.datetime.fromisoformat(until) == since + 3 * DAY
    days_pass(2.9)
    run_jobs()
    assert parcel(owner)["escalatedAt"] is None
    assert told() == []
    before = SellerOrder.objects.get().updated_at

    days_pass(0.2)
    days_pass(9)
    run_jobs()

    assert parcel(owner)["escalatedAt"] is not None
    assert parcel(owner)["missingUntil"] is None
    assert (len(told()), len(told(officer)), len(mail.outbox)) == (1, 1, 3)
    assert SellerOrder.objects.get().updated_at > before
    # It does not end by time, and the seller has had the time to speak.
    assert owner.part()["state"] == "DELIVERED"
    assert codes(found(owner)) == [(["state"], "INVALID_STATE")]
    assert read(gql, missed)["events"][-1]["kind"] == "parcel_escalated"
    mail.outbox.clear()
    officers_remind()
    run_jobs()
    assert len(told(officer)) == 1
    assert "1" in mail.outbox[0].body


def test_the_days_are_a_setting(owner: Side, missed: Bought, settings: Any) -> None:
    settings.PARCEL_MISSING_DAYS = 1
    days_pass(1.1)

    assert parcel(owner)["escalatedAt"] is not None


def test_found_it_counts_as_come_today_and_may_be_missed_once_more(
    gql: Graphql, owner: Side, missed: Bought, officer: User, run_jobs: Callable[[], int]
) -> None:
    days_pass(2)
    before = parcel(owner)
    # A program that repeats what its carrier says has asked nobody.
    assert codes(owner.parcel(before["id"], "DELIVERED")) == []
    assert parcel(owner) == before
    assert codes(found(owner)) == []
    run_jobs()

    assert (parcel(owner)["missingAt"], parcel(owner)["foundAt"] is None) == (None, False)
    assert len(told()) == 1
    assert owner.part()["completesAt"] > (timezone.now() + 6 * DAY).isoformat()
    assert read(gql, missed)["events"][-1]["kind"] == "parcel_found"

    # Not so: then an officer looks at once, and has the last word.
    mail.outbox.clear()
    assert miss(gql, missed)["userErrors"] == []
    run_jobs()
    assert parcel(owner)["escalatedAt"] is not None
    assert len(told(officer)) == 1
    decide(officer, "came")
    run_jobs()
    assert parcel(owner)["missingAt"] is None
    assert codes(miss(gql, missed)) == [(["id"], "INVALID_STATE")]
    days_pass(6.9)
    assert owner.part()["state"] == "DELIVERED"
    days_pass(0.2)
    assert owner.part()["state"] == "COMPLETED"


@pytest.mark.parametrize("by", ["seller", "officer"])
def test_lost_it_is_paid_back(
    gql: Graphql, owner: Side, missed: Bought, officer: User, run_jobs: Callable[[], int], by: str
) -> None:
    if by == "seller":
        owner.parcel(parcel(owner)["id"], "LOST")
    else:
        days_pass(4)
        mail.outbox.clear()
        decide(officer, "lost")
    run_jobs()
    assert len([subject for subject in told() if "thất lạc" in subject]) == 1
    assert owner.part()["state"] == "SHIPPED"

    days_pass(8)

    assert (owner.part()["state"], Refund.objects.get().amount) == ("RETURNED", missed.total)


def test_who_has_it_after_all_says_so_and_nobody_looks_any_more(
    gql: Graphql, owner: Side, missed: Bought, officer: User
) -> None:
    days_pass(4)
    done = change(
        gql, "sellerOrderReceive", "id: ID!, token: String", id=part_ids(missed)[0], token=missed.token
    )

    assert done["sellerOrder"]["state"] == "COMPLETED"
    decide(officer, "lost", status=422)
    assert owner.part()["state"] == "COMPLETED"


def test_sent_once_more_its_silence_counts_anew(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    owner.ship(part_ids(order)[0])
    miss(gql, order)
    key = parcel(owner)["id"]
    days_pass(4)
    assert parcel(owner)["escalatedAt"] is not None
    Shipment.objects.update(shipped_at=timezone.now() - 30 * DAY)
    run_jobs()
    mail.outbox.clear()
    for state in ("RETURNED", "IN_TRANSIT"):
        assert codes(owner.parcel(key, state)) == []
    run_jobs()

    assert (parcel(owner)["missingAt"], parcel(owner)["escalatedAt"]) == (None, None)
    # Its days begin anew, and its buyer knows.
    assert len(told()) == 1
    assert services.parcels_ask_buyers() == services.parcels_assume() == 0
    Shipment.objects.update(shipped_at=timezone.now() - 15 * DAY)
    assert services.parcels_ask_buyers() == 1


def test_what_never_left_is_missed_no_more_and_the_part_ends_by_time(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    owner.ship(part_ids(order)[0])
    miss(gql, order)
    owner.parcel(parcel(owner)["id"], "CANCELLED")
    assert parcel(owner)["missingAt"] is None
    owner.ship(part_ids(order)[0])
    owner.parcel(owner.part()["shipments"][1]["id"], "DELIVERED")

    days_pass(8)

    assert owner.part()["state"] == "COMPLETED"


def test_lost_and_handed_over_after_all_it_may_be_missed_again_and_everybody_hears(
    gql: Graphql, owner: Side, missed: Bought, officer: User, run_jobs: Callable[[], int]
) -> None:
    for _time in range(2):
        days_pass(4)
        run_jobs()
        assert len(told(officer)) == 1
        mail.outbox.clear()
        decide(officer, "lost")
        run_jobs()
        assert len(mail.outbox) == 2
        assert parcel(owner)["missingUntil"] is None
        assert codes(owner.parcel(parcel(owner)["id"], "DELIVERED")) == []
        assert (owner.part()["state"], parcel(owner)["escalatedAt"]) == ("DELIVERED", None)
        assert miss(gql, missed)["userErrors"] == []
        run_jobs()
        mail.outbox.clear()


def test_only_officers_of_the_commune_who_are_not_concerned_say_the_last_word(
    gql: Graphql, owner: Side, shop: Shop, missed: Bought, officer: User
) -> None:
    row = Shipment.objects.get()

    def code(user: User | None) -> str:
        with pytest.raises(DomainError) as caught:
            services.missing_decide(actor=Actor(user=user), parcel_id=row.pk, came=True, note="Đã hỏi")
        return str(caught.value.problems[0].code.value)

    assert code(officer) == "NOT_FOUND"  # not before it comes to them
    days_pass(4)
    other = make_user(is_staff=True)
    far = Commune.objects.create(slug="xa-khac", code="10342", name="Xã khác")
    CommuneOfficer.objects.create(user=other, commune=far)
    assert (code(other), code(make_user())) == ("NOT_FOUND", "NOT_FOUND")
    Order.objects.update(user=officer)
    assert code(officer) == "FORBIDDEN"
    Order.objects.update(user=None)
    SellerMember.objects.create(seller=shop.seller, user=officer, role="PACKER")
    assert code(officer) == "FORBIDDEN"
    SellerMember.objects.filter(user=officer).delete()
    decide(officer, "came", note="", status=422)
    decide(officer, "came")

    seen = Client()
    seen.force_login(officer)
    page = seen.get(reverse("admin:orders_shipment_change", args=[row.pk])).content.decode()
    assert missed.number in page
    assert "Nguyễn" not in page
    assert "0912" not in page
