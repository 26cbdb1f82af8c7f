"""GHN: fees, bookings and news, against a server that remembers and misbehaves."""

import datetime as dt
import itertools
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from procrastinate.contrib.django import app

import orders.services.bookings as bookings
from catalog.models import Seller, Variant, Ward
from marketplace.core.vietnamese import sort_key
from orders import offers, services
from orders.carriers import CarrierDown, booking_carrier, find_carrier
from orders.carriers.steps import FINAL, PARCEL_STATES, Step, Told, settle, step_of
from orders.models import (
    CarrierFee,
    CarrierNews,
    OrderEvent,
    OrderLine,
    SellerOrder,
    Shipment,
    ShipmentNews,
)
from tests.builders import ADDRESS, Shop, make_product, make_user
from tests.conftest import Graphql
from tests.orders.conftest import Buyer
from tests.orders.ghn_double import ILLNESSES, GhnDouble
from tests.orders.selling import Side, buy_paid, change, codes, member, part_ids
from tests.orders.selling import read as read_order
from tests.payments.buying import Bought

pytestmark = pytest.mark.django_db
HOME = {
    "name": "Xưởng", "phone": "+84987654321", "line1": "Xóm 2, Lưu Thượng", "ward": "Phượng Dực",
    "wardCode": "10279", "province": "Hà Nội", "provinceCode": "01", "country": "VN",
}  # fmt: skip
PARCEL = "state booking bookingProblem trackingNumber trackingUrl expectedAt shippedAt deliveredAt"
PART = f"id state shipments{{id {PARCEL}}} events{{kind message}}"
MINUTE = dt.timedelta(minutes=1)


def settle_in(shop: Shop) -> None:
    """The workshop has an address where parcels are fetched."""
    Ward.objects.get_or_create(
        code="10279",
        defaults={
            "name": "Phượng Dực", "kind": "commune", "province_id": "01", "name_key": sort_key("Phượng Dực"),
            "search_key": "phuong duc",
        },
    )  # fmt: skip
    Seller.objects.filter(pk=shop.seller.pk).update(address=HOME, phone="+84987654321")


@pytest.fixture
def ghn(settings: Any, shop: Shop) -> Iterator[GhnDouble]:
    settle_in(shop)
    with GhnDouble() as double:
        for name, value in double.settings().items():
            setattr(settings, name, value)
        yield double


@pytest.fixture
def owner(new_gql: Callable[[], Graphql], shop: Shop) -> Side:
    return member(new_gql(), shop.seller)


@pytest.fixture
def order(gql: Graphql, shop: Shop, run_jobs: Callable[[], int]) -> Bought:
    return buy_paid(gql, run_jobs, (shop.variant, 2))


def work(tries: int = 20) -> int:
    """Runs the jobs that wait; one that its carrier failed is run again, as a worker would. Returns how many ended."""
    done = 0
    for _round in range(tries):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
            )
            rows = cursor.fetchall()
        if not rows:
            return done
        for key, name, arguments in rows:
            try:
                app.tasks[name].func(**(arguments if isinstance(arguments, dict) else json.loads(arguments)))
            except CarrierDown:
                continue
            done += 1
            with connection.cursor() as cursor:
                cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [key])
                cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [key])
    raise AssertionError("jobs go on for ever")


def ship(owner: Side, order: Bought, **more: Any) -> dict[str, Any]:
    return owner.ship(part_ids(order)[0], carrier="ghn", **{"trackingNumber": None, **more})


def part(owner: Side) -> dict[str, Any]:
    (found,) = owner.gql(f"{{sellerOrders{{nodes{{{PART}}}}}}}")["sellerOrders"]["nodes"]
    return found  # type: ignore[no-any-return]


def parcel(owner: Side) -> dict[str, Any]:
    return part(owner)["shipments"][-1]  # type: ignore[no-any-return]


def hear(double: GhnDouble, *webhooks: Any, secret: str | None = None) -> list[int]:
    """GHN's webhooks arrive. The answers."""
    path = f"/shipping/ghn/{double.secret if secret is None else secret}"
    return [
        Client()
        .post(path, body if isinstance(body, bytes) else json.dumps(body), content_type="application/json")
        .status_code
        for body in webhooks
    ]


# --- Fees -----------------------------------------------------------------------------------------------------
OFFERED = "query($c: ID!){cart(id: $c){total{amount} problems{code} sellers{shipping{amount} selectedShippingOption{carrier} shippingOptions{id carrier price{amount}}}}}"


def offered(buyer: Buyer, cart: dict[str, Any]) -> list[tuple[str, int]]:
    (part,) = buyer.gql(OFFERED, c=cart["id"])["cart"]["sellers"]
    return [(row["carrier"], row["price"]["amount"]) for row in part["shippingOptions"]]


def deliver_to(buyer: Buyer, cart: dict[str, Any], **address: Any) -> None:
    payload = buyer.change(
        "cartDeliverySet",
        "cartId: ID!, address: AddressInput",
        cartId=cart["id"],
        address={**ADDRESS, **address},
    )
    assert payload["userErrors"] == []


def test_its_fee_is_offered_beside_the_table_and_asked_once(buyer: Buyer, shop: Shop, ghn: GhnDouble) -> None:
    cart = buyer.cart(shop.variant)
    # Without a ward nobody is asked.
    assert offered(buyer, cart) == [("table", 30_000)]
    assert ghn.calls == []

    deliver_to(buyer, cart)
    for _read in range(3):
        assert offered(buyer, cart) == [("table", 30_000), ("ghn", 27_000)]

    (asked,) = ghn.called("/fee")
    assert (asked["from_ward_id_v2"], asked["to_ward_id_v2"], asked["weight"]) == (70002, 70001, 500)
    placed = buyer.place(cart["id"], shippingOptionIds=[f"ghn.{shop.seller.pk.hex}"], expectedTotal=277_000)
    assert placed["userErrors"] == []
    row = SellerOrder.objects.get()
    assert (row.shipping_option, row.shipping_name, row.shipping) == ("ghn", "GHN", 27_000)
    assert len(ghn.called("/fee")) == 1


def test_a_fee_that_moved_is_told_before_anything_is_ordered(
    buyer: Buyer, shop: Shop, ghn: GhnDouble
) -> None:
    cart = buyer.cart(shop.variant)
    deliver_to(buyer, cart)
    chosen = {"shippingOptionIds": [f"ghn.{shop.seller.pk.hex}"]}
    ghn.fee = 33_000
    CarrierFee.objects.update(until=timezone.now() - MINUTE)

    moved = buyer.place(cart["id"], expectedTotal=277_000, **chosen)
    agreed = buyer.place(cart["id"], expectedTotal=283_000, **chosen)

    assert codes(moved) == [(["expectedTotal"], "PRICE_CHANGED")]
    assert moved["cart"]["total"]["amount"] == 283_000
    assert agreed["order"]["total"]["amount"] == 283_000


@pytest.mark.parametrize("illness", ["fail", "page", "lose", "slow", "hang", "forbid"])
def test_while_it_is_away_it_is_not_offered_and_nobody_waits_twice(
    buyer: Buyer, shop: Shop, ghn: GhnDouble, settings: Any, illness: str
) -> None:
    settings.GHN_QUOTE_TIMEOUT = 0.4
    find_carrier("ghn")._lists.clear()  # type: ignore[union-attr]
    ghn.ill(illness, "/province/all", 1)
    cart = buyer.cart(shop.variant)

    deliver_to(buyer, cart)
    for _read in range(3):
        assert offered(buyer, cart) == [("table", 30_000)]
    refused = buyer.place(cart["id"], shippingOptionIds=[f"ghn.{shop.seller.pk.hex}"])

    assert codes(refused) == [(["shippingOptionIds", "0"], "SHIPPING_UNAVAILABLE")]
    assert len(ghn.called("/fee")) == 0
    # A minute later it is asked again.
    CarrierFee.objects.filter(key="away:ghn").update(until=timezone.now() - MINUTE)
    assert offered(buyer, cart) == [("table", 30_000), ("ghn", 27_000)]


def test_where_it_does_not_go_it_is_not_asked_again(buyer: Buyer, shop: Shop, ghn: GhnDouble) -> None:
    Ward.objects.create(
        code="00099", name="Nơi xa", kind="ward", province_id="01", name_key="x", search_key="noi xa"
    )
    cart = buyer.cart(shop.variant)
    deliver_to(buyer, cart, wardCode="00099")
    before = len(ghn.calls)

    assert offered(buyer, cart) == [("table", 30_000)]

    assert (len(ghn.calls), CarrierFee.objects.filter(quotes=[]).count()) == (before, 1)
    assert offers.fees_forget() == 0
    CarrierFee.objects.update(until=timezone.now() - MINUTE)
    assert offers.fees_forget() == 1


def test_too_heavy_or_from_nowhere_it_is_not_offered(buyer: Buyer, shop: Shop, ghn: GhnDouble) -> None:
    Variant.objects.update(weight_grams=50_001)
    cart = buyer.cart(shop.variant)
    deliver_to(buyer, cart)
    assert offered(buyer, cart) == []
    Variant.objects.update(weight_grams=500)
    Seller.objects.update(address=None)

    assert offered(buyer, cart) == [("table", 30_000)]
    assert ghn.called("/fee") == []


@pytest.mark.parametrize("unset", ["GHN_TOKEN", "GHN_SHOP_ID", "GHN_WEBHOOK_SECRET", "GHN_URL"])
def test_without_one_of_its_settings_it_is_a_carrier_by_hand(
    buyer: Buyer, shop: Shop, ghn: GhnDouble, order: Bought, owner: Side, settings: Any, unset: str
) -> None:
    secret, before = ghn.secret, len(ghn.calls)
    setattr(settings, unset, "")
    cart = buyer.cart(shop.variant)
    deliver_to(buyer, cart)

    assert offered(buyer, cart) == [("table", 30_000)]
    assert hear(ghn, {"OrderCode": "L1"}, secret=secret) == [404]
    sent = ship(owner, order)["sellerOrder"]
    assert (sent["state"], sent["shipments"][0]["state"]) == ("SHIPPED", "IN_TRANSIT")
    assert work() >= 0
    assert len(ghn.calls) == before


@pytest.mark.parametrize("count", [1, 3, 10])
def test_statements_do_not_grow_with_the_sellers(
    buyer: Buyer, shop: Shop, ghn: GhnDouble, count: int, django_assert_num_queries: Any
) -> None:
    from tests.builders import make_seller

    variants = [make_product(seller=make_seller(address=HOME)).variants.get() for _ in range(count)]
    cart = buyer.cart(*variants)
    deliver_to(buyer, cart)

    with django_assert_num_queries(11):
        buyer.gql(OFFERED, c=cart["id"])
    # The same way and weight is one question, however many ask it.
    assert len(ghn.called("/fee")) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clean_jobs")
def test_no_carrier_is_asked_while_something_is_locked(
    buyer: Buyer, shop: Shop, ghn: GhnDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    ask = offers._ask

    def watched(pair: Any) -> Any:
        asked.append(held())
        return ask(pair)

    def held() -> int:
        from threading import current_thread

        assert current_thread().name.startswith("ThreadPoolExecutor")
        with main.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
            )
            return int(cursor.fetchone()[0])

    main = connection.copy()
    main.inc_thread_sharing()
    monkeypatch.setattr(offers, "_ask", watched)
    cart = buyer.cart(shop.variant)
    deliver_to(buyer, cart)
    CarrierFee.objects.all().delete()
    assert buyer.place(cart["id"], shippingOptionIds=[f"ghn.{shop.seller.pk.hex}"])["userErrors"] == []
    main.close()

    assert asked == [0, 0]


# --- Booking --------------------------------------------------------------------------------------------------
def test_a_parcel_is_booked_fetched_and_brought(
    gql: Graphql, owner: Side, shop: Shop, ghn: GhnDouble, order: Bought
) -> None:
    answer = ship(owner, order, key="press")
    ship(owner, order, key="press")

    assert answer["userErrors"] == []
    assert (part(owner)["state"], parcel(owner)["state"], parcel(owner)["booking"]) == (
        "PREPARING",
        "READY",
        "WAITING",
    )
    assert ghn.called("/create") == []
    work()

    (sent,) = ghn.called("/create")
    row = Shipment.objects.get()
    assert sent["client_order_code"] == row.pk.hex
    assert {key: sent[key] for key in ("to_name", "to_phone", "to_address", "to_ward_name", "to_province_name")} == {
        "to_name": "Nguyễn Thị Lan", "to_phone": "0912345678", "to_address": "1 phố Tràng Thi",
        "to_ward_name": "Phường Hoàn Kiếm", "to_province_name": "Hà Nội",
    }  # fmt: skip
    assert (sent["is_new_to_address"], sent["is_new_from_address"], sent["from_ward_name"], sent["from_phone"]) == (
        True, True, "Xã Phượng Dực", "0987654321",
    )  # fmt: skip
    assert (sent["payment_type_id"], sent["cod_amount"], sent["weight"], sent["insurance_value"]) == (
        1,
        0,
        1_000,
        500_000,
    )
    assert [(item["name"], item["quantity"], item["price"]) for item in sent["items"]] == [
        (shop.product.name, 2, 250_000)
    ]
    found = ghn.only_order()
    assert parcel(owner) | {"id": ""} == {
        "id": "", "state": "READY", "booking": "BOOKED", "bookingProblem": None,
        "trackingNumber": found["order_code"], "trackingUrl": f"https://donhang.ghn.vn/?order_code={found['order_code']}",
        "expectedAt": "2026-11-30T16:59:59Z", "shippedAt": None, "deliveredAt": None,
    }  # fmt: skip
    assert row.fee == 27_000
    assert part(owner)["state"] == "PREPARING"
    assert [letter for letter in mail.outbox if "GHN" in letter.body] == []

    hear(ghn, *ghn.go(found, "picking", "picked"))
    work()
    assert (part(owner)["state"], parcel(owner)["state"]) == ("SHIPPED", "IN_TRANSIT")
    assert [letter.to for letter in mail.outbox if found["order_code"] in letter.body] == [["lan@example.vn"]]
    hear(ghn, *ghn.go(found, "storing", "delivering", "delivery_fail", "delivering", "delivered"))
    work()

    after = read_order(gql, order)
    assert (after["state"], after["sellerOrders"][0]["state"], parcel(owner)["state"]) == (
        "SHIPPED", "DELIVERED", "DELIVERED",
    )  # fmt: skip
    kinds = [event["kind"] for event in after["events"]]
    assert [kind for kind in kinds if kind != "parcel_failed"] == [
        "placed", "paid", "confirmed", "booked", "shipped", "delivered",
    ]  # fmt: skip
    assert list(OrderEvent.objects.filter(kind="delivered").values_list("actor", flat=True)) == ["carrier"]
    assert len(ghn.orders) == 1


def test_a_number_typed_by_hand_stays_a_parcel_by_hand(owner: Side, ghn: GhnDouble, order: Bought) -> None:
    sent = ship(owner, order, trackingNumber="GHN 123")["sellerOrder"]
    work()

    assert (sent["state"], sent["shipments"][0]["state"]) == ("SHIPPED", "IN_TRANSIT")
    assert (parcel(owner)["booking"], parcel(owner)["trackingNumber"]) == (None, "GHN123")
    assert ghn.called("/create") == []


@pytest.mark.parametrize(
    ("prepare", "more", "expected"),
    [
        ({"address": None}, {}, [(["carrier"], "INVALID")]),
        ({"phone": "", "address": {**HOME, "phone": ""}}, {}, [(["carrier"], "INVALID")]),
        ({}, {"parcel": {"weightGrams": 50_001}}, [(["parcel", "weightGrams"], "OUT_OF_RANGE")]),
        ({}, {"parcel": {"weightGrams": -1}}, [(["parcel", "weightGrams"], "OUT_OF_RANGE")]),
        ({}, {"parcel": {"weightGrams": 1, "heightCm": 201}}, [(["parcel", "heightCm"], "OUT_OF_RANGE")]),
    ],
)
def test_what_it_would_refuse_anyhow_is_said_at_once(
    owner: Side,
    ghn: GhnDouble,
    order: Bought,
    prepare: dict[str, Any],
    more: dict[str, Any],
    expected: list[Any],
) -> None:
    Seller.objects.update(**prepare)
    arguments = "sellerOrderId: ID!, carrier: String!, parcel: ParcelInput, idempotencyKey: String!"

    answer = owner.do(
        "shipmentCreate", arguments, sellerOrderId=part_ids(order)[0], carrier="ghn", idempotencyKey="k",
        **{"parcel": None, **more},
    )  # fmt: skip

    assert codes(answer) == expected
    assert (Shipment.objects.count(), SellerOrder.objects.get().state) == (0, "TO_CONFIRM")


def test_a_refusal_is_told_to_the_seller_alone_with_the_way_out(
    gql: Graphql, owner: Side, ghn: GhnDouble, order: Bought
) -> None:
    ghn.refusal = "Số điện thoại 0912345678 không hợp lệ"
    ship(owner, order)
    work()

    found = parcel(owner)
    assert (found["state"], found["booking"], found["bookingProblem"]) == ("READY", "REFUSED", ghn.refusal)
    assert ghn.refusal in part(owner)["events"][-1]["message"]
    seen = read_order(gql, order)
    assert "booking_refused" not in [event["kind"] for event in seen["events"]]
    assert "booking_refused" not in [event["kind"] for event in seen["sellerOrders"][0]["events"]]
    token = gql(
        "query($i: ID!, $t: String){order(id: $i, token: $t){sellerOrders{shipments{bookingProblem}}}}",
        i=order.id, t=order.token,
    )["order"]["sellerOrders"][0]["shipments"]  # fmt: skip
    assert token == [{"bookingProblem": None}]
    letters = [letter for letter in mail.outbox if "GHN" in letter.subject]
    assert len(letters) == 1
    assert "0912345678" not in letters[0].body
    # Another way out: back to the bench, and by hand.
    owner.parcel(found["id"], "CANCELLED")
    assert owner.ship(part_ids(order)[0], carrier="vnpost")["sellerOrder"]["state"] == "SHIPPED"
    work()
    assert (ghn.orders, ghn.called("/cancel")) == ({}, [])


def test_no_personal_data_reaches_the_log(
    owner: Side,
    ghn: GhnDouble,
    order: Bought,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ghn.refusal = "Số điện thoại 0912345678 không hợp lệ"
    ghn.ill("fail", "/create")
    ship(owner, order)
    with caplog.at_level("DEBUG"):
        work()

    text = caplog.text + "".join(capsys.readouterr())
    for secret in ("0912345678", "912345678", "Tràng Thi", "Nguyễn Thị Lan", ghn.token, ghn.refusal):
        assert secret not in text


# --- Faults ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("illness", ILLNESSES)
@pytest.mark.parametrize("act", ["create", "cancel", "track"])
def test_every_fault_of_the_line_ends_in_one_booking_and_the_right_state(
    owner: Side, ghn: GhnDouble, order: Bought, act: str, illness: str, times: int
) -> None:
    path = {"create": "/create", "cancel": "/cancel", "track": "/detail"}[act]
    ghn.ill(illness, path, times)
    ship(owner, order)
    work()
    assert len(ghn.orders) == 1
    found = ghn.only_order()
    assert (parcel(owner)["booking"], parcel(owner)["trackingNumber"]) == ("BOOKED", found["order_code"])

    if act == "cancel":
        owner.parcel(parcel(owner)["id"], "CANCELLED")
        work()
        assert (parcel(owner)["state"], parcel(owner)["booking"], found["status"]) == (
            "CANCELLED", "CANCELLED", "cancel",
        )  # fmt: skip
        assert part(owner)["state"] == "PREPARING"
        assert OrderLine.objects.get().shipped == 0
    elif act == "track":
        hear(ghn, *ghn.go(found, "picked", "delivered"))
        work()
        assert (part(owner)["state"], parcel(owner)["state"]) == ("DELIVERED", "DELIVERED")

    assert len(ghn.orders) == 1
    # Those that were lost or too late had been done all the same.
    assert len(ghn.called(path)) >= 1 + (times if illness in ("lose", "slow") else 0)
    assert ShipmentNews.objects.filter(exception=True).count() == 0


def test_a_carrier_that_refuses_its_own_double_is_asked_what_it_has(
    owner: Side, ghn: GhnDouble, order: Bought
) -> None:
    ghn.refuses_doubles = True
    ghn.ill("lose", "/create")
    ship(owner, order)
    work()

    assert (len(ghn.orders), len(ghn.called("/create"))) == (1, 2)
    assert parcel(owner)["booking"] == "BOOKED"


@pytest.mark.parametrize("step", ["_to_book", "_record_booked"])
@pytest.mark.parametrize("cancelled", [False, True])
def test_killed_between_two_steps_nothing_is_booked_twice_or_left_behind(
    owner: Side, ghn: GhnDouble, order: Bought, monkeypatch: pytest.MonkeyPatch, step: str, cancelled: bool
) -> None:
    class Killed(BaseException):
        pass

    def die(*_args: Any, **_more: Any) -> Any:
        raise Killed

    ship(owner, order)
    row = Shipment.objects.get()
    with monkeypatch.context() as patch:
        patch.setattr(bookings, step, die)
        for _attempt in range(2):
            with pytest.raises(Killed):
                services.parcel_book(parcel_id=row.pk)
    if cancelled:
        owner.parcel(parcel(owner)["id"], "CANCELLED")
    work()
    work()

    booked = step == "_record_booked" or not cancelled
    assert len(ghn.orders) == booked
    assert [found["status"] for found in ghn.orders.values()] == [
        "cancel" if cancelled else "ready_to_pick"
    ] * booked
    assert parcel(owner)["booking"] == ("CANCELLED" if cancelled else "BOOKED")


def test_cancelled_while_the_carrier_was_asked(
    owner: Side, ghn: GhnDouble, order: Bought, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seller's press and its job come between the carrier's answer and our writing it down."""
    ship(owner, order)
    carrier = booking_carrier("ghn")
    assert carrier is not None
    create, find = carrier.create, carrier.find

    def interrupted(booking: Any) -> Any:
        monkeypatch.setattr(carrier, "create", create)
        # As the job sees it that runs before GHN has our order.
        monkeypatch.setattr(carrier, "find", lambda key: None)
        owner.parcel(parcel(owner)["id"], "CANCELLED")
        services.parcel_unbook(parcel_id=Shipment.objects.get().pk)
        assert Shipment.objects.get().booking == "CANCELLED"
        monkeypatch.setattr(carrier, "find", find)
        return create(booking)

    monkeypatch.setattr(carrier, "create", interrupted)
    work()

    assert ghn.only_order()["status"] == "cancel"
    assert (parcel(owner)["state"], parcel(owner)["booking"]) == ("CANCELLED", "CANCELLED")


def test_what_the_carrier_has_already_is_not_given_back_and_somebody_is_told(
    gql: Graphql, owner: Side, ghn: GhnDouble, order: Bought
) -> None:
    ship(owner, order)
    work()
    # The courier was there; the news are not here yet.
    news = ghn.go(ghn.only_order(), "picked")
    answer = owner.parcel(parcel(owner)["id"], "CANCELLED")
    assert answer["userErrors"] == []
    work()

    assert (parcel(owner)["state"], parcel(owner)["booking"]) == ("CANCELLED", "STUCK")
    assert part(owner)["events"][-1]["kind"] == "booking_stuck"
    assert len([letter for letter in mail.outbox if "GHN" in letter.subject]) == 1
    hear(ghn, *news)
    work()
    # It contradicts what we know, so a person looks at it, and nothing moves.
    assert parcel(owner)["state"] == "CANCELLED"
    assert list(ShipmentNews.objects.filter(exception=True).values_list("raw", flat=True)) == ["picked"]


def test_what_was_fetched_can_no_longer_be_taken_back_by_a_press(
    owner: Side, ghn: GhnDouble, order: Bought
) -> None:
    ship(owner, order)
    work()
    hear(ghn, *ghn.go(ghn.only_order(), "picked"))
    work()

    assert codes(owner.parcel(parcel(owner)["id"], "CANCELLED")) == [(["state"], "INVALID_STATE")]
    assert ghn.called("/cancel") == []


def test_a_booking_that_its_carrier_cancels_comes_back_to_the_bench(
    owner: Side, ghn: GhnDouble, order: Bought
) -> None:
    ship(owner, order)
    work()
    hear(ghn, *ghn.go(ghn.only_order(), "cancel"))
    work()

    assert (part(owner)["state"], parcel(owner)["state"], parcel(owner)["booking"]) == (
        "PREPARING", "CANCELLED", "CANCELLED",
    )  # fmt: skip
    assert OrderLine.objects.get().shipped == 0
    assert ghn.called("/cancel") == []
    ship(owner, order)
    work()
    assert [row["status"] for row in ghn.orders.values()] == ["cancel", "ready_to_pick"]


def test_a_part_has_left_when_its_last_parcel_has(
    owner: Side, shop: Shop, ghn: GhnDouble, order: Bought
) -> None:
    line = owner.part()["lines"][0]["id"]
    ship(owner, order, lines=[{"lineId": line, "quantity": 1}])
    owner.ship(part_ids(order)[0], carrier="vnpost")
    work()
    assert part(owner)["state"] == "PREPARING"

    hear(ghn, *ghn.go(ghn.only_order(), "picked"))
    work()

    assert part(owner)["state"] == "SHIPPED"


def test_lost_jobs_are_taken_up_again(owner: Side, ghn: GhnDouble, order: Bought) -> None:
    ship(owner, order)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert services.bookings_resume() == 0
    Shipment.objects.update(created_at=timezone.now() - dt.timedelta(hours=7))

    assert services.bookings_resume() == 1
    work()
    assert (parcel(owner)["booking"], services.bookings_resume()) == ("BOOKED", 0)


# --- Webhooks -------------------------------------------------------------------------------------------------
@pytest.fixture
def booked(owner: Side, ghn: GhnDouble, order: Bought) -> dict[str, Any]:
    ship(owner, order)
    work()
    return ghn.only_order()


def test_a_webhook_needs_its_secret_and_is_kept_once(
    owner: Side, ghn: GhnDouble, booked: dict[str, Any]
) -> None:
    (news,) = ghn.go(booked, "picked")

    for wrong in ("x", ghn.secret[:-1], ghn.secret + "x", ghn.secret.upper(), "đ"):
        assert hear(ghn, news, secret=wrong) == [404]
    assert Client().get(f"/shipping/ghn/{ghn.secret}").status_code == 405
    assert CarrierNews.objects.count() == 0
    assert hear(ghn, news, news, news) == [200, 200, 200]

    assert CarrierNews.objects.get().body == news
    before = len(ghn.calls)
    work()
    assert len(ghn.calls) == before + 1
    assert (CarrierNews.objects.get().outcome, parcel(owner)["state"]) == ("CONFIRMED", "IN_TRANSIT")
    assert services.carrier_news_apply(news_id=CarrierNews.objects.get().pk) == "CONFIRMED"
    assert len(ghn.calls) == before + 1


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"OrderCode": "LFREMD", "Status": "delivered"}, "UNKNOWN_PARCEL"),
        ({"ClientOrderCode": "x", "OrderCode": "", "Status": "delivered"}, "UNKNOWN_PARCEL"),
        ({"Status": "delivered"}, "UNREADABLE"),
        ({"OrderCode": 7}, "UNREADABLE"),
        (b"{", "UNREADABLE"),
        (b"[1]", "UNREADABLE"),
        (b"\xff\x00", "UNREADABLE"),
        (b'{"a": ' + b"[" * 2000 + b"]" * 2000 + b"}", "UNREADABLE"),
    ],
)
def test_whatever_comes_is_kept_and_answered(
    owner: Side, ghn: GhnDouble, booked: dict[str, Any], body: Any, outcome: str
) -> None:
    assert hear(ghn, body) == [200]
    work()

    assert CarrierNews.objects.get().outcome == outcome
    assert parcel(owner)["state"] == "READY"


def test_a_forged_webhook_moves_nothing(owner: Side, ghn: GhnDouble, booked: dict[str, Any]) -> None:
    hear(ghn, *[ghn.webhook(booked, Status=status) for status in ("delivered", "lost", "cancel", "nonsense")])
    work()

    assert (parcel(owner)["state"], part(owner)["state"]) == ("READY", "PREPARING")
    assert list(ShipmentNews.objects.values_list("raw", flat=True)) == ["ready_to_pick"]


def test_news_that_are_quicker_than_our_own_answer(owner: Side, ghn: GhnDouble, order: Bought) -> None:
    ghn.ill("lose", "/create", 1)
    ship(owner, order)
    with pytest.raises(CarrierDown):
        services.parcel_book(parcel_id=Shipment.objects.get().pk)
    hear(ghn, *ghn.go(ghn.only_order(), "picked"))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE '%book_parcel'")
    work()

    assert (parcel(owner)["booking"], parcel(owner)["state"], len(ghn.orders)) == ("BOOKED", "IN_TRANSIT", 1)


def test_an_unknown_word_is_an_exception_that_a_person_sees(
    owner: Side, ghn: GhnDouble, booked: dict[str, Any], client: Client
) -> None:
    hear(ghn, *ghn.go(booked, "picked", "teleporting"))
    work()

    assert parcel(owner)["state"] == "IN_TRANSIT"
    row = ShipmentNews.objects.get(exception=True)
    assert (row.raw, row.step) == ("teleporting", "EXCEPTION")
    client.force_login(make_user("quantri@example.vn", is_staff=True, is_superuser=True))
    client.cookies["language"] = "en"
    page = client.get("/admin/orders/shipmentnews/?exception__exact=1").content.decode()
    assert "teleporting" in page
    answer = client.post(f"/admin/orders/shipmentnews/{row.pk}/handle/", {"note": "Đã gọi GHN"})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    row.refresh_from_db()
    assert row.handled_at is not None
    # Later news go on as if nothing had been.
    hear(ghn, *ghn.go(booked, "delivered"))
    work()
    assert parcel(owner)["state"] == "DELIVERED"


def test_exceptions_are_for_administrators(ghn: GhnDouble, booked: dict[str, Any], owner: Side) -> None:
    hear(ghn, *ghn.go(booked, "teleporting"))
    work()
    row = ShipmentNews.objects.get(exception=True)
    client = Client()
    client.force_login(make_user(is_staff=True))

    assert client.post(f"/admin/orders/shipmentnews/{row.pk}/handle/", {"note": "x"}).status_code in (
        302,
        403,
        404,
    )
    row.refresh_from_db()
    assert row.handled_at is None


def test_delivered_and_taken_back_all_the_same(
    gql: Graphql, owner: Side, ghn: GhnDouble, booked: dict[str, Any], order: Bought
) -> None:
    hear(ghn, *ghn.go(booked, "picked", "delivered"))
    work()
    assert part(owner)["state"] == "DELIVERED"

    hear(ghn, *ghn.go(booked, "return"))
    work()
    assert (parcel(owner)["state"], part(owner)["state"], SellerOrder.objects.get().completes_at) == (
        "FAILED", "SHIPPED", None,
    )  # fmt: skip
    hear(ghn, *ghn.go(booked, "returning", "returned"))
    work()

    assert (parcel(owner)["state"], part(owner)["state"]) == ("RETURNED", "SHIPPED")
    assert "parcel_returning" in [event["kind"] for event in read_order(gql, order)["events"]]
    assert ShipmentNews.objects.filter(exception=True).count() == 0


def test_whoever_has_it_in_hand_knows_better(
    gql: Graphql, owner: Side, ghn: GhnDouble, booked: dict[str, Any], order: Bought
) -> None:
    hear(ghn, *ghn.go(booked, "picked", "delivery_fail"))
    Shipment.objects.update(created_at=timezone.now())
    work()
    change(gql, "sellerOrderReceive", "id: ID!, token: String", id=part_ids(order)[0], token=order.token)

    services.parcels_ask(older_than_seconds=-1)

    assert (part(owner)["state"], parcel(owner)["state"]) == ("COMPLETED", "DELIVERED")
    assert ShipmentNews.objects.filter(exception=True).count() == 0


# --- Asking ---------------------------------------------------------------------------------------------------
def test_what_stays_open_is_asked_about_the_longest_unasked_first(
    owner: Side, ghn: GhnDouble, booked: dict[str, Any], gql: Graphql, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    second = buy_paid(gql, run_jobs, (shop.variant, 1))
    ship(owner, second)
    work()
    first, other = Shipment.objects.order_by("created_at")
    Shipment.objects.update(created_at=timezone.now() - 60 * MINUTE, asked_at=timezone.now() - 40 * MINUTE)
    Shipment.objects.filter(pk=other.pk).update(asked_at=timezone.now() - 50 * MINUTE)
    for row in ghn.orders.values():
        ghn.go(row, "picked")

    assert services.parcels_ask(older_than_seconds=1800, limit=1) == 1
    first.refresh_from_db()
    other.refresh_from_db()
    assert (first.state, other.state) == ("READY", "IN_TRANSIT")
    assert services.parcels_ask(older_than_seconds=1800) == 1
    assert services.parcels_ask(older_than_seconds=1800) == 0
    first.refresh_from_db()
    assert first.state == "IN_TRANSIT"


def test_a_carrier_that_is_away_is_not_asked_about_every_parcel(
    owner: Side, ghn: GhnDouble, booked: dict[str, Any], gql: Graphql, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    ship(owner, buy_paid(gql, run_jobs, (shop.variant, 1)))
    work()
    ghn.ill("fail", "/detail", 1)

    assert services.parcels_ask(older_than_seconds=-1) == 0
    assert services.parcels_ask(older_than_seconds=-1) == 2


# --- The order of news does not matter ------------------------------------------------------------------------
# A way that GHN's parcels go, by its own words.
WAYS = [
    ["ready_to_pick", "picking", "picked", "storing", "transporting", "sorting", "delivering", "delivered"],
    ["ready_to_pick", "picked", "delivering", "delivery_fail", "storing", "delivering", "delivered"],
    [
        "ready_to_pick",
        "picked",
        "delivering",
        "delivery_fail",
        "waiting_to_return",
        "return",
        "returning",
        "returned",
    ],
    ["ready_to_pick", "picking", "cancel"],
    ["ready_to_pick", "picked", "transporting", "lost"],
    ["ready_to_pick", "picked", "delivering", "delivered", "return", "return_transporting", "returned"],
    ["ready_to_pick", "picked", "teleporting", "delivering", "delivered"],
    ["ready_to_pick", "picked", "damage"],
]


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_order_of_news_each_told_three_times_ends_the_same(
    owner: Side, ghn: GhnDouble, booked: dict[str, Any], data: st.DataObject
) -> None:
    from django.db import transaction

    way = data.draw(st.sampled_from(WAYS))
    length = data.draw(st.integers(1, len(way)))
    start = timezone.now() - dt.timedelta(days=1)
    told = [Told(raw, start + number * MINUTE) for number, raw in enumerate(way[:length])]
    shuffled = data.draw(st.permutations(told * 3))
    row = Shipment.objects.get()

    def ends(news: list[Told]) -> tuple[Any, ...]:
        mark = transaction.savepoint()
        for item in news:
            services.parcel_told(parcel_id=row.pk, told=[item])
        found = (
            list(Shipment.objects.values_list("state", "booking")),
            list(SellerOrder.objects.values_list("state")),
            list(OrderLine.objects.values_list("shipped")),
            sorted(ShipmentNews.objects.values_list("raw", "step", "occurred_at", "exception")),
        )
        transaction.savepoint_rollback(mark)
        return found

    straight = ends(told)
    assert (
        straight[0][0][0]
        == PARCEL_STATES[
            [step_of("ghn", item.raw) for item in told if step_of("ghn", item.raw) is not Step.EXCEPTION][-1]
        ]
    )
    assert ends(shuffled) == straight


def test_older_news_never_overwrite_newer_and_final_steps_are_final() -> None:
    steps = [step for step in Step if step is not Step.EXCEPTION]
    now = timezone.now()
    for first, second in itertools.product(steps, steps):
        news = [(now, first), (now + MINUTE, second)]
        random.Random(1).shuffle(news)
        settled = settle(news)
        stays = first in FINAL and second not in FINAL[first]
        assert settled.step == (first if stays else second)
        assert len(settled.against) == (stays and first is not second)


def test_the_table_knows_what_the_carriers_say() -> None:
    assert step_of("ghn", "Delivered ") is Step.DELIVERED
    assert (step_of("ghtk", "-1"), step_of("viettelpost", "501")) == (Step.CANCELLED, Step.DELIVERED)
    assert (step_of("ghn", "exception"), step_of("ghn", ""), step_of("nobody", "delivered")) == (
        Step.EXCEPTION,
    ) * 3
    assert set(PARCEL_STATES) == set(Step) - {Step.EXCEPTION}
