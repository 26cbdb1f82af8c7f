"""What somebody chose before signing in, and their own cart."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.core.ids import from_global_id, to_global_id
from orders.models import Cart, CartLine
from tests.builders import Shop, make_product, make_user
from tests.conftest import Graphql
from tests.orders.conftest import Buyer, codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(new_gql: Callable[[], Graphql]) -> Buyer:
    return Buyer(new_gql().login(make_user()))


def merge(buyer: Buyer, cart: str) -> dict[str, Any]:
    return buyer.change("cartMerge", "guestCartId: ID!", guestCartId=cart)


def pieces(payload: dict[str, Any]) -> list[int]:
    return [line["quantity"] for line in payload["cart"]["lines"]]


def test_a_guests_cart_becomes_the_persons_first_one(buyer: Buyer, person: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant, quantity=2)

    merged = merge(person, cart["id"])

    assert (merged["cart"]["id"], pieces(merged)) == (cart["id"], [2])
    # It is the person's alone now.
    assert buyer.read(cart["id"]) is None
    assert pieces(merge(person, cart["id"])) == [2]


def test_two_carts_become_one_however_often_it_is_asked(buyer: Buyer, person: Buyer, shop: Shop) -> None:
    tray = make_product("Khay").variants.get()
    own = person.cart(shop.variant, quantity=2)
    guest = buyer.cart(shop.variant, tray, quantity=3)

    for _press in range(2):
        merged = merge(person, guest["id"])
        assert merged["userErrors"] == []
        assert (merged["cart"]["id"], sorted(pieces(merged))) == (own["id"], [3, 5])

    assert buyer.read(guest["id"]) is None
    assert CartLine.objects.count() == 2


def test_what_is_in_the_way_is_told_and_no_line_is_dropped(
    buyer: Buyer, person: Buyer, shop: Shop, settings: Any
) -> None:
    person.cart(shop.variant, quantity=4)
    merged = merge(person, buyer.cart(shop.variant, quantity=4)["id"])
    assert pieces(merged) == [8]
    assert [(row["code"], row["available"]) for row in merged["cart"]["problems"]] == [("OUT_OF_STOCK", 5)]

    settings.CART_MAX_QUANTITY = 9
    assert pieces(merge(person, buyer.cart(shop.variant, quantity=4)["id"])) == [9]
    settings.CART_MAX_LINES = 1
    other = buyer.cart(make_product("Khay").variants.get())
    assert codes(merge(person, other["id"])) == [(["guestCartId"], "LIMIT_REACHED")]
    assert buyer.read(other["id"])


def test_carts_of_others_and_old_ones_stay_where_they_are(
    buyer: Buyer, person: Buyer, new_gql: Callable[[], Graphql], shop: Shop
) -> None:
    stranger = Buyer(new_gql().login(make_user()))
    foreign = stranger.cart(shop.variant)
    for cart in (foreign["id"], "nonsense"):
        assert codes(merge(person, cart)) == [(["guestCartId"], "NOT_FOUND")]
    ordered = buyer.cart(shop.variant)
    buyer.place(ordered["id"])
    old = buyer.cart(shop.variant)
    key = from_global_id(old["id"])
    assert key
    Cart.objects.filter(pk=key[1]).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    for cart in (ordered["id"], old["id"]):
        assert codes(merge(person, cart)) == [(["guestCartId"], "CART_EXPIRED")]
    # What was merged into another's opens to nobody else.
    merge(stranger, buyer.cart(shop.variant)["id"])
    gone = Cart.objects.exclude(merged_into=None).get()
    assert codes(merge(person, to_global_id("Cart", gone.pk))) == [(["guestCartId"], "NOT_FOUND")]


def test_a_guest_has_nowhere_to_merge_to(buyer: Buyer, shop: Shop) -> None:
    cart = buyer.cart(shop.variant)
    answer = buyer.gql.post("mutation($c: ID!){cartMerge(guestCartId: $c){cart{id}}}", c=cart["id"])

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_after_signing_in_the_basket_is_still_there(shop: Shop) -> None:
    user = make_user()
    client = Client()
    variant = to_global_id("Variant", shop.variant.pk)
    client.post(f"/san-pham/{shop.product.slug}", {"variant": variant, "quantity": "2"})
    login = {"login": user.email, "password": "mat-khau-2026"}
    assert client.post("/accounts/login/", login).status_code == 302

    assert "Giỏ cỏ tế đan tay" in client.get("/gio-hang").content.decode()
    assert Cart.objects.get().user == user
