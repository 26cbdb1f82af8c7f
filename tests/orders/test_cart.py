"""Carts: whose they are, what they refuse, what they tell."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Product, Variant
from marketplace.core.ids import to_global_id
from orders.models import Cart, CartLine
from tests.builders import ADDRESS, Shop, make_product, make_seller, make_user
from tests.orders.conftest import Buyer, codes

pytestmark = pytest.mark.django_db


def test_a_cart_groups_by_seller_and_counts_what_it_costs(buyer: Buyer, shop: Shop) -> None:
    other = make_product(price=100_000).variants.get()
    cart = buyer.cart(shop.variant, other, quantity=2)

    assert [line["quantity"] for line in cart["lines"]] == [2, 2]
    assert cart["subtotal"]["amount"] == cart["total"]["amount"] == 700_000
    assert cart["shipping"] is None
    assert [part["subtotal"]["amount"] for part in cart["sellers"]] == [500_000, 200_000]
    assert [part["collection"] for part in cart["sellers"]] == ["PLATFORM", "PLATFORM"]

    delivered = buyer.change(
        "cartDeliverySet", "cartId: ID!, address: AddressInput", cartId=cart["id"], address=ADDRESS
    )["cart"]

    assert delivered["shipping"]["amount"] == 60_000
    assert delivered["total"]["amount"] == 760_000
    assert delivered["deliveryAddress"] == {
        "ward": "Hoàn Kiếm",
        "province": "Hà Nội",
        "phone": "+84912345678",
    }


@pytest.mark.parametrize(
    ("variant", "quantity", "field", "code"),
    [
        ("unknown", 1, "variantId", "NOT_FOUND"),
        ("nonsense", 1, "variantId", "NOT_FOUND"),
        ("good", 0, "quantity", "OUT_OF_RANGE"),
        ("good", -3, "quantity", "OUT_OF_RANGE"),
        ("good", 10**9, "quantity", "OUT_OF_RANGE"),
        ("good", 6, "quantity", "OUT_OF_STOCK"),
        ("draft", 1, "variantId", "NOT_FOR_SALE"),
        ("archived", 1, "variantId", "NOT_FOR_SALE"),
        ("product", 1, "variantId", "NOT_FOUND"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_added(
    buyer: Buyer, shop: Shop, variant: str, quantity: int, field: str, code: str
) -> None:
    draft = make_product(state="DRAFT").variants.get()
    archived = make_product().variants.get()
    Variant.objects.filter(pk=archived.pk).update(archived_at=timezone.now())
    ids = {
        "unknown": to_global_id("Variant", shop.product.pk),
        "nonsense": "nonsense",
        "good": to_global_id("Variant", shop.variant.pk),
        "draft": to_global_id("Variant", draft.pk),
        "archived": to_global_id("Variant", archived.pk),
        "product": to_global_id("Product", shop.product.pk),
    }
    cart = buyer.cart(shop.variant)
    good = {"variantId": ids["good"], "quantity": 1}

    payload = buyer.change(
        "cartLinesAdd",
        "cartId: ID!, lines: [CartLineInput!]!",
        cartId=cart["id"],
        lines=[good, {"variantId": ids[variant], "quantity": quantity}],
    )

    assert codes(payload) == [(["lines", "1", field], code)]
    assert CartLine.objects.get().quantity == 1


def test_a_quantity_beyond_32_bits_is_the_requests_fault(buyer: Buyer, shop: Shop) -> None:
    answer = buyer.gql.post(
        "mutation($l: [CartLineInput!]){cartCreate(input: {lines: $l}){cart{id}}}",
        l=[{"variantId": to_global_id("Variant", shop.variant.pk), "quantity": 2**31}],
    )

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_made_to_order_has_no_shelf_to_run_out(buyer: Buyer, shop: Shop) -> None:
    Product.objects.filter(pk=shop.product.pk).update(made_to_order_days=10)

    cart = buyer.cart(shop.variant, quantity=50)

    assert cart["lines"][0]["quantity"] == 50
    assert cart["problems"] == []


def test_lines_are_changed_and_taken_out(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant)
    line = cart["lines"][0]["id"]
    update = ("cartLinesUpdate", "cartId: ID!, lines: [CartLineUpdateInput!]!")

    more = buyer.change(*update, cartId=cart["id"], lines=[{"id": line, "quantity": 5}])
    too_many = buyer.change(*update, cartId=cart["id"], lines=[{"id": line, "quantity": 6}])
    negative = buyer.change(*update, cartId=cart["id"], lines=[{"id": line, "quantity": -1}])
    foreign = buyer.change(*update, cartId=cart["id"], lines=[{"id": "x", "quantity": 1}])

    assert more["cart"]["lines"][0]["quantity"] == 5
    assert codes(too_many) == [(["lines", "0", "quantity"], "OUT_OF_STOCK")]
    assert codes(negative) == [(["lines", "0", "quantity"], "OUT_OF_RANGE")]
    assert codes(foreign) == [(["lines", "0", "id"], "NOT_FOUND")]
    assert CartLine.objects.get().quantity == 5

    gone = buyer.change(
        "cartLinesRemove", "cartId: ID!, lineIds: [ID!]!", cartId=cart["id"], lineIds=[line, "x"]
    )

    assert gone["cart"]["lines"] == []
    assert gone["userErrors"] == []


def test_every_read_prices_anew_and_tells_what_has_changed(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant, quantity=5)
    Variant.objects.filter(pk=shop.variant.pk).update(price=300_000, on_hand=2)

    now = buyer.read(cart["id"])

    assert now["total"]["amount"] == 1_500_000
    assert [(p["code"], p["available"], p["price"]) for p in now["problems"]] == [
        ("OUT_OF_STOCK", 2, None),
        ("PRICE_CHANGED", None, {"amount": 300_000}),
    ]
    assert {p["lineId"] for p in now["problems"]} == {cart["lines"][0]["id"]}

    Product.objects.filter(pk=shop.product.pk).update(state="ARCHIVED", archived_at=timezone.now())

    unpublished = buyer.read(cart["id"])

    assert [p["code"] for p in unpublished["problems"]] == ["NOT_FOR_SALE"]
    assert len(unpublished["lines"]) == 1


def test_a_guests_cart_opens_by_its_id_and_a_persons_only_to_them(
    new_buyer: Callable[[], Buyer], shop: Shop
) -> None:
    guest, other = new_buyer(), new_buyer()
    me, stranger = make_user(), make_user()
    mine, theirs = new_buyer(), new_buyer()
    mine.gql.login(me)
    theirs.gql.login(stranger)
    guest_cart, my_cart = guest.cart(shop.variant), mine.cart(shop.variant)
    add = ("cartLinesAdd", "cartId: ID!, lines: [CartLineInput!]!")

    assert other.read(guest_cart["id"]) is not None
    assert theirs.read(my_cart["id"]) is None
    assert guest.read(my_cart["id"]) is None
    assert mine.read(my_cart["id"]) is not None
    assert codes(theirs.change(*add, cartId=my_cart["id"], lines=[])) == [(["cartId"], "NOT_FOUND")]
    assert codes(guest.change(*add, cartId="nonsense", lines=[])) == [(["cartId"], "NOT_FOUND")]
    assert mine.gql("{viewer{cart{id}}}")["viewer"]["cart"] == {"id": my_cart["id"]}


def test_a_person_has_one_open_cart(new_buyer: Callable[[], Buyer], shop: Shop) -> None:
    buyer = new_buyer()
    buyer.gql.login(make_user())

    first, second = buyer.cart(shop.variant), buyer.cart(shop.variant)

    assert first["id"] == second["id"]
    assert second["lines"][0]["quantity"] == 2
    assert Cart.objects.count() == 1


def test_an_expired_cart_says_so(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant)
    Cart.objects.update(expires_at=timezone.now() - dt.timedelta(days=1))

    payload = buyer.change(
        "cartLinesAdd",
        "cartId: ID!, lines: [CartLineInput!]!",
        cartId=cart["id"],
        lines=[{"variantId": to_global_id("Variant", shop.variant.pk), "quantity": 1}],
    )

    assert codes(payload) == [(["cartId"], "CART_EXPIRED")]
    assert [p["code"] for p in buyer.read(cart["id"])["problems"]] == ["CART_EXPIRED"]
    assert codes(buyer.place(cart["id"])) == [(["cartId"], "CART_EXPIRED")]


def test_a_cart_holds_a_limited_number_of_things(buyer: Buyer, shop: Shop, settings: Any) -> None:
    settings.CART_MAX_LINES = 2
    more = [make_product(seller=shop.seller).variants.get() for _ in range(2)]
    lines = [{"variantId": to_global_id("Variant", v.pk), "quantity": 1} for v in (shop.variant, *more)]

    payload = buyer.create(lines)

    assert codes(payload) == [(["lines"], "LIMIT_REACHED")]
    assert Cart.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": " "}, [("name", "REQUIRED")]),
        ({"line1": ""}, [("line1", "REQUIRED")]),
        ({"phone": "12"}, [("phone", "INVALID")]),
        ({"wardCode": "99999"}, [("wardCode", "INVALID")]),
        ({"wardCode": None}, [("ward", "REQUIRED")]),
        ({"wardCode": None, "ward": "Nơi nào đó"}, [("ward", "INVALID")]),
        ({"country": "QX"}, [("country", "INVALID")]),
        ({"line1": "x" * 201}, [("line1", "TOO_LONG")]),
        ({"name": "", "phone": ""}, [("name", "REQUIRED"), ("phone", "INVALID")]),
    ],
)
def test_a_bad_address_names_each_field(
    buyer: Buyer, shop: Shop, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    cart = buyer.cart(shop.variant)

    payload = buyer.change(
        "cartDeliverySet",
        "cartId: ID!, address: AddressInput",
        cartId=cart["id"],
        address={**ADDRESS, **change},
    )

    assert codes(payload) == [(["address", field], code) for field, code in expected]
    assert Cart.objects.get().delivery is None


def test_a_ward_is_found_by_its_name_with_or_without_accents(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant)
    address = {**ADDRESS, "wardCode": None, "ward": "phuong hoan kiem", "province": "Thành phố Hà Nội"}

    payload = buyer.change(
        "cartDeliverySet", "cartId: ID!, address: AddressInput", cartId=cart["id"], address=address
    )

    assert payload["cart"]["deliveryAddress"]["ward"] == "Hoàn Kiếm"


def test_a_way_of_delivery_that_is_not_offered_is_refused(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant)
    option = cart["sellers"][0]["shippingOptions"][0]["id"]
    arguments = ("cartDeliverySet", "cartId: ID!, address: AddressInput, shippingOptionIds: [ID!]")

    good = buyer.change(*arguments, cartId=cart["id"], address=ADDRESS, shippingOptionIds=[option])
    bad = buyer.change(*arguments, cartId=cart["id"], address=ADDRESS, shippingOptionIds=["flat.x"])

    assert good["userErrors"] == []
    assert codes(bad) == [(["shippingOptionIds", "0"], "SHIPPING_UNAVAILABLE")]


@pytest.mark.parametrize("count", [1, 3, 10])
def test_reading_a_cart_takes_the_same_statements_however_full(
    buyer: Buyer, shop: Shop, count: int, django_assert_num_queries: Any
) -> None:
    variants = [make_product(seller=make_seller()).variants.get() for _ in range(count)]
    cart = buyer.cart(*variants)

    with django_assert_num_queries(9):
        buyer.read(cart["id"])
