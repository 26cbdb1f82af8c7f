"""The life of a paid order: taken on, sent in parcels, received, cancelled by either side or by time."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from catalog.models import Product, ProductStats, Variant
from marketplace.core.ids import to_global_id
from orders import services
from orders.jobs import end_waits
from orders.models import Order, OrderLine, SellerOrder
from tests.builders import Shop, make_product, make_seller, make_user
from tests.conftest import Graphql
from tests.orders.selling import Side, buy_paid, change, codes, member, part_ids, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(new_gql: Callable[[], Graphql], shop: Shop) -> Side:
    return member(new_gql(), shop.seller)


def stock(variant: Variant) -> tuple[int, int]:
    variant.refresh_from_db()
    return variant.on_hand, variant.held


def kinds(order: dict[str, Any]) -> list[str]:
    return [event["kind"] for event in order["events"]]


# --- The straight way -----------------------------------------------------------------------------------------


def test_an_order_is_taken_on_sent_and_received(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 2))
    part = owner.part()
    assert (part["state"], part["buyerName"], part["note"]) == ("TO_CONFIRM", "Nguyễn Thị Lan", "Gói kỹ")
    assert (part["order"], part["payments"]) == (None, [])
    assert part["confirmBefore"] is not None

    taken = owner.confirm(part["id"])["sellerOrder"]
    assert (taken["state"], taken["confirmBefore"]) == ("PREPARING", None)
    sent = owner.ship(part["id"])["sellerOrder"]
    assert [line["quantityShipped"] for line in sent["lines"]] == [2]
    (parcel,) = sent["shipments"]
    assert (sent["state"], parcel["state"], parcel["trackingNumber"]) == (
        "SHIPPED",
        "IN_TRANSIT",
        "EV123456789VN",
    )
    assert parcel["trackingUrl"].endswith("EV123456789VN")
    assert [line["quantity"] for line in parcel["lines"]] == [2]
    assert read(gql, order)["state"] == "SHIPPED"

    came = owner.parcel(parcel["id"], "DELIVERED")["sellerOrder"]
    assert came["state"] == "DELIVERED"
    assert came["completesAt"] is not None
    got = change(gql, "sellerOrderReceive", "id: ID!, token: String", id=part["id"], token=order.token)

    assert got["sellerOrder"]["state"] == "COMPLETED"
    assert got["sellerOrder"]["order"] == {"id": order.id}
    after = read(gql, order)
    assert after["state"] == "COMPLETED"
    assert kinds(after) == ["placed", "paid", "confirmed", "shipped", "delivered", "completed"]
    assert "Cơ sở cỏ tế Lưu Thượng" in after["events"][2]["message"]
    assert kinds(owner.part()) == ["confirmed", "shipped", "delivered", "completed"]
    assert stock(shop.variant) == (3, 0)


def test_each_step_is_told_to_whom_it_concerns(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    part = part_ids(order)[0]

    owner.ship(part)
    run_jobs()

    (letter,) = mail.outbox
    assert letter.to == ["lan@example.vn"]
    assert "EV123456789VN" in letter.body
    assert order.token in letter.body


def test_the_seller_is_told_of_a_paid_order_and_the_buyer_too(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    from tests.payments.buying import bank_news, buy, send

    order = buy(gql, shop.variant)
    send(gql.client, bank_news(order))
    run_jobs()

    told = [(letter.to, letter.subject) for letter in mail.outbox if order.number in letter.subject]
    assert len([1 for to, _subject in told if to != ["lan@example.vn"]]) == 1
    assert f"{order.number}-1" in told[0][1]


def test_doing_a_step_twice_is_doing_it_once(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 2))
    part = part_ids(order)[0]

    owner.confirm(part)
    owner.confirm(part)
    first = owner.ship(part, key="press")["sellerOrder"]
    second = owner.ship(part, key="press")["sellerOrder"]
    other = owner.ship(part, key="press", carrier="ghn")
    again = owner.ship(part)
    owner.parcel(first["shipments"][0]["id"], "DELIVERED")
    owner.parcel(first["shipments"][0]["id"], "DELIVERED")
    for _press in range(2):
        change(gql, "sellerOrderReceive", "id: ID!, token: String", id=part, token=order.token)

    assert first["shipments"] == second["shipments"]
    assert codes(other) == [(["idempotencyKey"], "IDEMPOTENCY_MISMATCH")]
    assert codes(again) == [(["sellerOrderId"], "INVALID_STATE")]
    assert kinds(read(gql, order)) == ["placed", "paid", "confirmed", "shipped", "delivered", "completed"]


def test_a_part_may_leave_in_parcels(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    other = make_product("Khay", seller=shop.seller).variants.get()
    order = buy_paid(gql, run_jobs, (shop.variant, 3), (other, 1))
    part = part_ids(order)[0]
    lines = {line["productName"]: line["id"] for line in owner.part()["lines"]}
    basket, tray = lines["Giỏ cỏ tế đan tay"], lines["Khay"]

    first = owner.ship(part, lines=[{"lineId": basket, "quantity": 2}])["sellerOrder"]
    assert (first["state"], read(gql, order)["state"]) == ("PREPARING", "PARTLY_SHIPPED")
    too_many = owner.ship(part, lines=[{"lineId": basket, "quantity": 1}, {"lineId": basket, "quantity": 1}])
    assert codes(too_many) == [(["lines", "1", "quantity"], "OUT_OF_RANGE")]
    assert codes(owner.ship(part, lines=[{"lineId": "x", "quantity": 1}])) == [
        (["lines", "0", "lineId"], "NOT_FOUND")
    ]
    assert codes(owner.ship(part, lines=[{"lineId": tray, "quantity": 0}])) == [
        (["lines", "0", "quantity"], "OUT_OF_RANGE")
    ]
    assert codes(owner.ship(part, lines=[])) == [(["lines"], "REQUIRED")]
    # One that was packed by mistake is unpacked.
    owner.parcel(first["shipments"][0]["id"], "CANCELLED")
    assert OrderLine.objects.filter(shipped__gt=0).count() == 0
    rest = owner.ship(part)["sellerOrder"]

    assert rest["state"] == "SHIPPED"
    parcel = rest["shipments"][1]
    assert sorted((line["line"]["id"], line["quantity"]) for line in parcel["lines"]) == sorted(
        [(basket, 3), (tray, 1)]
    )
    assert owner.parcel(parcel["id"], "DELIVERED")["sellerOrder"]["state"] == "DELIVERED"


def test_parcels_go_only_where_parcels_can(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    parcel = owner.ship(part_ids(order)[0])["sellerOrder"]["shipments"][0]["id"]

    assert codes(owner.parcel(parcel, "READY")) == [(["state"], "INVALID_STATE")]
    for state in ("FAILED", "IN_TRANSIT", "LOST", "DELIVERED"):
        assert owner.parcel(parcel, state)["userErrors"] == []
    assert codes(owner.parcel(parcel, "CANCELLED")) == [(["state"], "INVALID_STATE")]
    assert kinds(read(gql, order))[3:] == ["shipped", "parcel_failed", "parcel_lost", "delivered"]


def test_what_is_fetched_waits_at_the_workshop(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))

    sent = owner.ship(part_ids(order)[0], carrier="pickup", trackingNumber=None)["sellerOrder"]

    assert (sent["shipments"][0]["state"], sent["shipments"][0]["shippedAt"]) == ("READY", None)
    assert owner.parcel(sent["shipments"][0]["id"], "DELIVERED")["sellerOrder"]["state"] == "DELIVERED"
    assert codes(owner.ship(part_ids(order)[0], carrier="pigeon")) == [(["sellerOrderId"], "INVALID_STATE")]


def test_an_unknown_carrier_is_named(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))

    answer = owner.ship(part_ids(order)[0], carrier="pigeon", trackingNumber="1" * 61)

    assert codes(answer) == [(["carrier"], "INVALID")]
    assert "vnpost" in answer["userErrors"][0]["message"]


# --- Cancelling -----------------------------------------------------------------------------------------------


def test_a_seller_who_cannot_deliver_says_why_and_the_money_goes_back(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    other = make_product("Khay", price=100_000).variants.get()
    order = buy_paid(gql, run_jobs, (shop.variant, 2), (other, 1))
    part = owner.part()
    assert codes(owner.cancel(part["id"], " ")) == [(["reason"], "REQUIRED")]

    gone = owner.cancel(part["id"], key="once")["sellerOrder"]
    owner.cancel(part["id"], key="once")
    run_jobs()

    assert (gone["state"], gone["refunded"]["amount"]) == ("CANCELLED", 530_000)
    assert [(row["amount"]["amount"], row["state"]) for row in gone["refunds"]] == [(530_000, "PENDING")]
    after = read(gql, order)
    assert (after["state"], after["refundAccountNeeded"]) == ("PAID", True)
    assert "Hết nguyên liệu" in after["events"][-2]["message"] + after["events"][-1]["message"]
    assert stock(shop.variant) == (5, 0)
    assert ProductStats.objects.get(product=shop.product).sold == 0
    words = " ".join(letter.body for letter in mail.outbox)
    assert "530.000" in words
    assert "Hết nguyên liệu" in words
    assert codes(owner.ship(part["id"])) == [(["sellerOrderId"], "INVALID_STATE")]
    assert codes(owner.confirm(part["id"])) == [(["id"], "INVALID_STATE")]


def cancel(
    gql: Graphql, order: Any, parts: list[str] | None = None, token: str | None = None
) -> dict[str, Any]:
    return change(
        gql,
        "orderCancel",
        "orderId: ID!, sellerOrderIds: [ID!], token: String, reason: String",
        orderId=order.id,
        sellerOrderIds=parts,
        token=token or order.token,
        reason="Đổi ý",
    )


def test_an_unpaid_order_is_cancelled_as_a_whole(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    from tests.payments.buying import bank_news, buy, pay, send

    other = make_product("Khay").variants.get()
    order = buy(gql, shop.variant, 2)
    pay(gql, order)
    assert stock(shop.variant) == (5, 2)
    assert codes(cancel(gql, order, [])) == [(["sellerOrderIds"], "INVALID_STATE")]

    assert cancel(gql, order)["order"]["state"] == "CANCELLED"
    cancel(gql, order)

    assert (stock(shop.variant), stock(other)) == ((5, 0), (5, 0))
    after = read(gql, order)
    assert [payment["state"] for payment in after["payments"]] == ["EXPIRED"]
    assert kinds(after) == ["placed", "cancelled_unpaid"]
    # Money that comes all the same waits for a person.
    send(gql.client, bank_news(order))
    run_jobs()
    assert read(gql, order)["state"] == "CANCELLED"


def test_a_buyer_cancels_parts_that_have_not_left(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    second = make_seller("Xưởng khay")
    tray = make_product("Khay", seller=second, price=100_000).variants.get()
    order = buy_paid(gql, run_jobs, (shop.variant, 1), (tray, 1))
    first_part, second_part = part_ids(order)
    owner.ship(first_part)

    both = cancel(gql, order)
    assert codes(both) == [(["orderId"], "INVALID_STATE")]
    assert codes(cancel(gql, order, [first_part, "x"])) == [
        (["sellerOrderIds", "0"], "INVALID_STATE"),
        (["sellerOrderIds", "1"], "NOT_FOUND"),
    ]
    assert stock(tray) == (4, 0)
    gone = cancel(gql, order, [second_part])
    cancel(gql, order, [second_part])

    assert gone["order"]["state"] == "SHIPPED"
    assert stock(tray) == (5, 0)
    after = read(gql, order)
    assert [part["state"] for part in after["sellerOrders"]] == ["SHIPPED", "CANCELLED"]
    assert [refund["amount"]["amount"] for refund in after["payments"][0]["refunds"]] == [130_000]


def test_what_is_being_made_for_a_buyer_is_not_cancelled_by_a_press(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    Product.objects.filter(pk=shop.product.pk).update(made_to_order_days=10)
    order = buy_paid(gql, run_jobs, (shop.variant, 7))
    part = part_ids(order)[0]
    owner.confirm(part)

    assert codes(cancel(gql, order)) == [(["orderId"], "INVALID_STATE")]
    assert owner.cancel(part)["sellerOrder"]["state"] == "CANCELLED"
    # Five were on the shelf; two were never made.
    assert stock(shop.variant) == (5, 0)


def test_when_all_is_paid_back_the_order_is_refunded(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))

    assert cancel(gql, order)["order"]["state"] == "REFUNDED"


# --- What time does -------------------------------------------------------------------------------------------


def test_a_seller_is_reminded_once_and_then_the_part_is_cancelled(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    assert (services.parts_remind(), services.parts_cancel_overdue()) == (0, 0)

    SellerOrder.objects.update(confirm_before=timezone.now() + dt.timedelta(hours=23))
    before = SellerOrder.objects.get().updated_at
    assert (services.parts_remind(), services.parts_remind()) == (1, 0)
    # The time it waits until may have moved: whoever follows reads it again.
    assert SellerOrder.objects.get().updated_at > before
    run_jobs()
    assert [order.number in letter.subject for letter in mail.outbox] == [True]
    mail.outbox.clear()
    SellerOrder.objects.update(confirm_before=timezone.now() - dt.timedelta(seconds=1))
    # Whoever was only just reminded has some hours.
    assert services.parts_cancel_overdue() == 0
    SellerOrder.objects.update(reminded_at=timezone.now() - dt.timedelta(hours=7))
    assert (services.parts_cancel_overdue(), services.parts_cancel_overdue()) == (1, 0)
    run_jobs()

    after = read(gql, order)
    assert (after["state"], after["sellerOrders"][0]["state"]) == ("REFUNDED", "CANCELLED")
    assert stock(shop.variant) == (5, 0)
    assert {tuple(letter.to) for letter in mail.outbox} >= {("lan@example.vn",)}


def test_after_a_standstill_of_ours_sellers_are_reminded_before_anything_is_cancelled(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    buy_paid(gql, run_jobs, (shop.variant, 1))
    SellerOrder.objects.update(confirm_before=timezone.now() - dt.timedelta(days=3))

    end_waits.func(timestamp=0)

    part = owner.part()
    assert part["state"] == "TO_CONFIRM"
    assert part["confirmBefore"] > timezone.now().isoformat()


def test_a_part_is_done_some_days_after_it_came(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    parcel = owner.ship(part_ids(order)[0])["sellerOrder"]["shipments"][0]["id"]
    owner.parcel(parcel, "DELIVERED")
    assert services.parts_complete() == 0

    SellerOrder.objects.update(completes_at=timezone.now() - dt.timedelta(seconds=1))
    assert (services.parts_complete(), services.parts_complete()) == (1, 0)

    assert read(gql, order)["state"] == "COMPLETED"


# --- Who sees what --------------------------------------------------------------------------------------------


def test_a_seller_sees_its_part_and_nothing_of_the_others(
    gql: Graphql, new_gql: Callable[[], Graphql], owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    second = make_seller("Xưởng khay")
    other = member(new_gql(), second)
    tray = make_product("Khay", seller=second, price=100_000).variants.get()
    order = buy_paid(gql, run_jobs, (shop.variant, 1), (tray, 1))
    first_part, second_part = part_ids(order)

    assert [part["id"] for part in owner.parts()] == [first_part]
    assert [part["id"] for part in other.parts()] == [second_part]
    assert owner.gql("query($i: ID!){node(id: $i){id}}", i=second_part)["node"] is None
    assert owner.gql("query($i: ID!){node(id: $i){id}}", i=order.id)["node"] is None
    assert codes(owner.confirm(second_part)) == [(["id"], "NOT_FOUND")]
    seen = owner.gql("query($i: ID!){node(id: $i){... on SellerOrder{order{id} phone}}}", i=first_part)[
        "node"
    ]
    assert seen == {"order": None, "phone": "+84912345678"}


def test_before_it_is_paid_a_seller_does_not_know_the_buyer(gql: Graphql, owner: Side, shop: Shop) -> None:
    from tests.payments.buying import buy

    buy(gql, shop.variant)

    part = owner.part()
    assert part["state"] == "AWAITING_PAYMENT"
    assert [part[name] for name in ("buyerName", "phone", "note", "shippingAddress")] == [None] * 4


def test_guests_and_strangers_find_no_parts(
    gql: Graphql, new_gql: Callable[[], Graphql], owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    part = part_ids(order)[0]

    guest = new_gql().post("{sellerOrders{nodes{id}}}")
    assert guest["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    stranger = new_gql().login(make_user())
    assert Side(stranger).parts() == []
    assert codes(Side(stranger).confirm(part)) == [(["id"], "NOT_FOUND")]
    wrong = change(stranger, "sellerOrderReceive", "id: ID!, token: String", id=part, token="x")
    assert codes(wrong) == [(["id"], "NOT_FOUND")]
    assert codes(cancel(stranger, order, token="x")) == [(["orderId"], "NOT_FOUND")]
    assert Order.objects.get().state == "PAID"


def test_parts_are_found_by_number_thing_and_state(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))

    for criteria in (
        {"query": order.number.lower()}, {"query": "đan tay"}, {"query": shop.variant.sku},
        {"state": ["TO_CONFIRM"]}, {"seller": shop.seller.slug},
    ):  # fmt: skip
        assert len(owner.parts(**criteria)) == 1, criteria
    for criteria in ({"query": "khay"}, {"state": ["SHIPPED"]}, {"seller": "x"}):
        assert owner.parts(**criteria) == [], criteria


def test_parts_are_followed_by_time(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    orders = [buy_paid(gql, run_jobs, (shop.variant, 1)) for _number in range(3)]
    first = part_ids(orders[0])[0]
    before = timezone.now()

    owner.confirm(first)
    owner.confirm(part_ids(orders[2])[0])

    followed = owner.parts(updatedSince=before.isoformat())
    assert [part["number"] for part in followed] == [f"{orders[0].number}-1", f"{orders[2].number}-1"]
    assert owner.parts()[0]["number"] == f"{orders[2].number}-1"


def test_statements_do_not_grow_with_the_list(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as made:
            owner.parts()
        return len(made)

    owner.ship(part_ids(buy_paid(gql, run_jobs, (shop.variant, 1)))[0])
    one = count()
    for _number in range(3):
        owner.ship(part_ids(buy_paid(gql, run_jobs, (shop.variant, 1)))[0])

    assert count() == one


def test_a_lines_own_id_opens_it_for_both_sides(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    buy_paid(gql, run_jobs, (shop.variant, 1))
    line = to_global_id("OrderLine", OrderLine.objects.get().pk)

    assert owner.gql("query($i: ID!){node(id: $i){id}}", i=line)["node"] == {"id": line}
    assert gql("query($i: ID!){node(id: $i){id}}", i=line)["node"] is None
