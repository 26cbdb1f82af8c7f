"""Checkout: one order, frozen prices, held stock, and what time does to it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Product, Variant
from marketplace.core.ids import to_global_id
from orders import services, tokens
from orders.models import Cart, Order, OrderLine, SellerOrder
from orders.numbers import is_valid
from tests.builders import ADDRESS, Shop, make_product, make_user
from tests.orders.conftest import Buyer, codes

pytestmark = pytest.mark.django_db


def stock(variant: Variant) -> tuple[int, int]:
    variant.refresh_from_db()
    return variant.on_hand, variant.held


def test_a_cart_becomes_one_order_with_a_part_a_seller(buyer: Buyer, shop: Shop) -> None:
    other = make_product("Khay", price=100_000).variants.get()
    cart = buyer.cart(shop.variant, other, quantity=2)

    order = buyer.place(cart["id"], email="lan@example.vn", note="Gói kỹ")["order"]

    assert is_valid(order["number"])
    assert len(order["number"]) == 11
    assert order["state"] == "AWAITING_PAYMENT"
    assert (order["subtotal"], order["shipping"], order["total"]) == (
        {"amount": 700_000},
        {"amount": 60_000},
        {"amount": 760_000},
    )
    assert order["due"] == [{"collection": "PLATFORM", "amount": {"amount": 760_000}}]
    assert [part["number"] for part in order["sellerOrders"]] == [
        f"{order['number']}-1",
        f"{order['number']}-2",
    ]
    assert [part["lines"] for part in order["sellerOrders"]] == [
        [{"productName": "Giỏ cỏ tế đan tay", "quantity": 2, "sku": shop.variant.sku}],
        [{"productName": "Khay", "quantity": 2, "sku": other.sku}],
    ]
    assert [event["kind"] for event in order["events"]] == ["placed"]
    assert order["shippingAddress"] == {
        "name": "Nguyễn Thị Lan",
        "phone": "+84912345678",
        "ward": "Hoàn Kiếm",
    }
    assert stock(shop.variant) == stock(other) == (5, 2)


def test_prices_are_frozen_with_the_order(buyer: Buyer, shop: Shop) -> None:
    order = buyer.place(buyer.cart(shop.variant)["id"])["order"]
    Variant.objects.update(price=999_000)
    Product.objects.update(name="Khác")

    again = buyer.order(order["number"], order["token"])

    assert again["total"]["amount"] == 280_000
    assert again["sellerOrders"][0]["lines"][0]["productName"] == "Giỏ cỏ tế đan tay"


def test_the_same_key_gives_the_same_order(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant)

    first, second = buyer.place(cart["id"], key="k"), buyer.place(cart["id"], key="k")
    other_input = buyer.place(cart["id"], key="k", note="anders")
    other_key = buyer.place(cart["id"], key="k2")

    assert first["order"] == second["order"]
    assert codes(other_input) == [(["idempotencyKey"], "IDEMPOTENCY_MISMATCH")]
    assert codes(other_key) == [(["cartId"], "CART_EXPIRED")]
    assert Order.objects.count() == 1
    assert stock(shop.variant) == (5, 1)


def test_a_guests_keys_are_their_own(new_buyer: Callable[[], Buyer], shop: Shop) -> None:
    one, two = new_buyer(), new_buyer()

    first = one.place(one.cart(shop.variant)["id"], key="1")["order"]
    second = two.place(two.cart(shop.variant)["id"], key="1")["order"]

    assert first["number"] != second["number"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"phone": "abc"}, [(["phone"], "INVALID")]),
        ({"email": "no"}, [(["email"], "INVALID")]),
        ({"shippingAddress": None}, [(["shippingAddress"], "REQUIRED")]),
        ({"shippingAddress": {**ADDRESS, "name": ""}}, [(["shippingAddress", "name"], "REQUIRED")]),
        ({"note": "x" * 1001}, [(["note"], "TOO_LONG")]),
        ({"expectedTotal": 1}, [(["expectedTotal"], "PRICE_CHANGED")]),
        ({"phone": "", "email": "x"}, [(["phone"], "INVALID"), (["email"], "INVALID")]),
        ({"shippingOptionIds": ["x"]}, [(["shippingOptionIds", "0"], "SHIPPING_UNAVAILABLE")]),
        ({"cartId": "nonsense"}, [(["cartId"], "NOT_FOUND")]),
    ],
)
def test_a_refused_checkout_names_the_field_and_changes_nothing(
    buyer: Buyer, shop: Shop, data: dict[str, Any], expected: list[Any]
) -> None:
    cart = buyer.cart(shop.variant)

    payload = buyer.place(cart["id"], key="k", **data)

    assert payload["order"] is None
    assert codes(payload) == expected
    assert Order.objects.count() == 0
    assert stock(shop.variant) == (5, 0)
    # The key is not burnt: mended, the same key orders.
    assert buyer.place(cart["id"], key="k")["order"] is not None


def test_an_empty_cart_orders_nothing(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.create([])["cart"]

    assert codes(buyer.place(cart["id"])) == [(["cartId"], "CART_EMPTY")]


def test_a_price_that_moved_is_told_with_the_cart_priced_anew(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant)
    Variant.objects.update(price=300_000)

    moved = buyer.place(cart["id"])
    old_total = buyer.place(cart["id"], expectedTotal=280_000)
    agreed = buyer.place(cart["id"], expectedTotal=330_000)

    assert codes(moved) == [(["lines", "0"], "PRICE_CHANGED")]
    assert moved["cart"]["total"]["amount"] == 330_000
    assert codes(old_total) == [(["expectedTotal"], "PRICE_CHANGED")]
    assert agreed["order"]["total"]["amount"] == 330_000


def test_what_was_unpublished_in_between_is_named(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant)
    Product.objects.filter(pk=shop.product.pk).update(state="ARCHIVED", archived_at=timezone.now())

    payload = buyer.place(cart["id"])

    assert codes(payload) == [(["lines", "0"], "NOT_FOR_SALE")]
    assert [problem["code"] for problem in payload["cart"]["problems"]] == ["NOT_FOR_SALE"]
    assert Cart.objects.get().ordered_at is None


def test_a_suspended_sellers_things_are_not_sold(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant)
    shop.seller.state = "SUSPENDED"
    shop.seller.save()

    assert codes(buyer.place(cart["id"])) == [(["lines", "0"], "NOT_FOR_SALE")]


def test_the_last_piece_is_sold_once(new_buyer: Callable[[], Buyer], shop: Shop) -> None:
    one, two = new_buyer(), new_buyer()
    first, second = one.cart(shop.variant, quantity=4), two.cart(shop.variant, quantity=2)

    won, lost = one.place(first["id"]), two.place(second["id"])

    assert won["order"] is not None
    assert codes(lost) == [(["lines", "0"], "OUT_OF_STOCK")]
    assert stock(shop.variant) == (5, 4)


def test_the_shelf_comes_first_and_the_rest_is_made(buyer: Buyer, shop: Shop) -> None:
    Product.objects.filter(pk=shop.product.pk).update(made_to_order_days=7)

    buyer.place(buyer.cart(shop.variant, quantity=8)["id"])

    line = OrderLine.objects.get()
    assert (line.from_shelf, line.to_make) == (5, 3)
    assert stock(shop.variant) == (5, 5)


def test_an_unpaid_order_gives_its_stock_back_after_its_time(buyer: Buyer, shop: Shop) -> None:
    order = buyer.place(buyer.cart(shop.variant, quantity=3)["id"])["order"]

    assert services.orders_expire() == 0
    Order.objects.update(pay_before=timezone.now() - dt.timedelta(seconds=1))
    assert services.orders_expire() == 1
    assert services.orders_expire() == 0

    after = buyer.order(order["number"], order["token"])
    assert after["state"] == "EXPIRED"
    assert after["due"] == []
    assert [event["kind"] for event in after["events"]] == ["placed", "expired"]
    assert SellerOrder.objects.get().state == "EXPIRED"
    assert stock(shop.variant) == (5, 0)


def test_the_hold_lasts_as_long_as_promised(buyer: Buyer, shop: Shop, settings: Any) -> None:
    settings.PAYMENT_HOLD_MINUTES = 30

    buyer.place(buyer.cart(shop.variant)["id"])

    order = Order.objects.get()
    assert order.pay_before - order.placed_at == dt.timedelta(minutes=30)


def test_payment_turns_the_hold_into_a_sale_once(
    buyer: Buyer, shop: Shop, django_capture_on_commit_callbacks: Any
) -> None:
    order = buyer.place(buyer.cart(shop.variant, quantity=3)["id"])["order"]
    row = Order.objects.get()

    assert services.order_mark_paid(order_id=row.pk) is True
    assert services.order_mark_paid(order_id=row.pk) is False

    after = buyer.order(order["number"], order["token"])
    assert (after["state"], after["due"]) == ("PAID", [])
    assert after["sellerOrders"][0]["state"] == "TO_CONFIRM"
    assert stock(shop.variant) == (2, 0)
    assert buyer.gql('{product(slug: "gio-co-te-dan-tay"){soldCount}}')["product"]["soldCount"] == 3


def test_an_order_opens_to_its_token_its_buyer_and_nobody_else(
    new_buyer: Callable[[], Buyer], shop: Shop
) -> None:
    mine, other, guest = new_buyer(), new_buyer(), new_buyer()
    mine.gql.login(make_user())
    other.gql.login(make_user())
    order = mine.place(mine.cart(shop.variant)["id"])["order"]
    number, token = order["number"], order["token"]

    assert mine.order(number, None)["number"] == number
    assert guest.order(number, token)["number"] == number
    assert other.order(number, None) is None
    assert guest.order(number, None) is None
    assert guest.order(number, token[:-1] + ("0" if token[-1] != "0" else "1")) is None
    assert guest.order("PX000000000", token) is None
    by_node = "query($id: ID!){node(id: $id){id} nodes(ids: [$id]){id}}"
    assert mine.gql(by_node, id=order["id"])["node"] == {"id": order["id"]}
    assert other.gql(by_node, id=order["id"]) == {"node": None, "nodes": [None]}
    assert mine.gql("{viewer{orders{totalCount nodes{number}}}}")["viewer"]["orders"] == {
        "totalCount": 1,
        "nodes": [{"number": number}],
    }


def test_a_tokens_key_may_be_rotated(buyer: Buyer, shop: Shop, settings: Any) -> None:
    order = buyer.place(buyer.cart(shop.variant)["id"])["order"]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-of-more-than-thirty-two-characters"

    assert buyer.order(order["number"], order["token"]) is not None
    assert tokens.order_token(Order.objects.get().pk) != order["token"]


def test_orders_of_a_guest_are_not_for_the_viewer(buyer: Buyer) -> None:
    answer = buyer.gql.post("{viewer{orders{totalCount}}}")

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_failed_flip_leaves_no_trace(buyer: Buyer, shop: Shop) -> None:
    """Selling the last piece tells search in the transaction; a refused checkout tells nothing."""
    from search.models import SearchOutbox

    SearchOutbox.objects.all().delete()
    cart = buyer.cart(shop.variant, quantity=5)

    buyer.place(cart["id"], expectedTotal=1)
    assert SearchOutbox.objects.count() == 0
    buyer.place(cart["id"])
    assert list(SearchOutbox.objects.values_list("product_id", flat=True)) == [shop.product.pk]


@pytest.mark.parametrize("setting", ["UNPAID_ORDERS_PER_PHONE", "UNPAID_ORDERS_PER_ADDRESS"])
def test_who_does_not_pay_holds_a_few_orders_at_a_time(
    new_buyer: Callable[[], Buyer], shop: Shop, settings: Any, setting: str
) -> None:
    setattr(settings, setting, 2)
    orders = [b.place(b.cart(shop.variant)["id"]) for b in (new_buyer() for _number in range(3))]

    assert [order["order"] is not None for order in orders] == [True, True, False]
    assert codes(orders[2]) == [(None, "RATE_LIMITED")]
    assert stock(shop.variant) == (5, 2)

    services.order_mark_paid(order_id=Order.objects.order_by("placed_at").first().pk)
    again = new_buyer()
    assert again.place(again.cart(shop.variant)["id"])["order"] is not None
    assert list(Order.objects.filter(state="PAID").values_list("ip", flat=True)) == [None]


def test_a_seller_who_collects_directly_is_not_sold_for_yet(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant)
    shop.seller.collection = "DIRECT"
    shop.seller.save()

    assert codes(buyer.place(cart["id"])) == [(["lines", "0"], "NOT_FOR_SALE")]
    assert Order.objects.count() == 0


def test_the_orders_link_is_mailed_to_who_gave_an_address(
    new_buyer: Callable[[], Buyer],
    shop: Shop,
    run_jobs: Callable[[], int],
    mailoutbox: list[Any],
    settings: Any,
) -> None:
    settings.ORDER_URL = "https://cho.example.vn/don-hang/{number}?k={token}"
    guest, silent = new_buyer(), new_buyer()

    order = guest.place(guest.cart(shop.variant)["id"], email="lan@example.vn")["order"]
    silent.place(silent.cart(shop.variant)["id"])
    run_jobs()

    (mail,) = mailoutbox
    assert mail.to == ["lan@example.vn"]
    assert order["number"] in mail.subject
    assert f"https://cho.example.vn/don-hang/{order['number']}?k={order['token']}" in mail.body
    assert "280.000" in mail.body


def test_a_message_is_in_the_callers_language(buyer: Buyer, shop: Shop) -> None:
    lines = [{"variantId": to_global_id("Variant", shop.variant.pk), "quantity": 0}]
    query = "mutation($l: [CartLineInput!]){cartCreate(input: {lines: $l}){userErrors{message}}}"

    vietnamese = buyer.gql(query, l=lines)["cartCreate"]["userErrors"][0]["message"]
    english = buyer.gql(query, language="en", l=lines)["cartCreate"]["userErrors"][0]["message"]

    assert english == "The quantity is at least 1."
    assert vietnamese == "Số lượng ít nhất là 1."
