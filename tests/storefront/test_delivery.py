"""How things are delivered, by plain forms: chosen in the basket, at the checkout, seen on the order's page."""

import re
from collections.abc import Callable

import pytest

from marketplace.core.ids import to_global_id
from orders.models import Cart, Order, SellerOrder, Shipment, ShippingTerms
from tests.builders import make_product, make_seller
from tests.conftest import Graphql
from tests.orders.selling import buy_paid, member, part_ids
from tests.orders.test_shipping import make_ward
from tests.storefront.conftest import Buyer, text_of
from tests.storefront.test_order_page import opened, page

pytestmark = pytest.mark.django_db
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def fetching(buyer: Buyer) -> Buyer:
    """The maker's things may be fetched; another maker's thing is in the basket too."""
    ShippingTerms.objects.create(seller=buyer.shop.seller, pickup=True)
    other = make_product("Khay", seller=make_seller("Xưởng khay", slug="xuong-khay"), price=100_000)
    buyer.add()
    data = {"variant": to_global_id("Variant", other.variants.get().pk), "quantity": 1}
    buyer.client.post(f"/san-pham/{other.slug}", data)
    return buyer


def ways(text: str, name: str) -> list[tuple[str, bool]]:
    """The ways that a page offers under this name, and which is chosen."""
    found = re.findall(rf'<input type="radio"[^>]*name="{re.escape(name)}" value="([^"]+)"( checked)?', text)
    return [(value.split(".")[0], bool(checked)) for value, checked in found]


def test_a_way_is_chosen_in_the_basket_and_kept(fetching: Buyer) -> None:
    text = fetching.cart()
    assert ways(text, "way") == [("table", True), ("pickup", False)]
    assert "Lưu Thượng" in text
    assert f"410.000{NBSP}₫" in text
    assert "counted for an address in Hà Nội" in text

    pickup = f"pickup.{fetching.shop.seller.pk.hex}"
    assert fetching.client.post("/gio-hang", {"way": pickup}).status_code == 302

    text = fetching.cart()
    assert ways(text, "way") == [("table", False), ("pickup", True)]
    assert f"380.000{NBSP}₫" in text
    fetching.client.post("/gio-hang", {"way": "x"})
    assert "is not offered for the basket" in fetching.cart()
    assert Cart.objects.get().carriers == {str(fetching.shop.seller.pk): "pickup"}


def test_a_way_is_chosen_at_the_checkout_and_stands_on_the_order(fetching: Buyer) -> None:
    text = text_of(fetching.client.get("/dat-hang"))
    slug = fetching.shop.seller.slug
    assert ways(text, f"way-{slug}") == [("table", True), ("pickup", False)]
    # One way alone is no question.
    assert ways(text, "way-xuong-khay") == []
    form = fetching.checkout_form()
    assert form["expected_total"] == "410000"
    form[f"way-{slug}"] = f"pickup.{fetching.shop.seller.pk.hex}"

    # Without a script the total that was seen is another one: it is shown before it counts.
    moved = fetching.client.post("/dat-hang", form)
    assert moved.status_code == 422
    text = text_of(moved)
    assert ways(text, f"way-{slug}") == [("table", False), ("pickup", True)]
    assert 'name="expected_total" value="380000"' in text
    assert Order.objects.count() == 0
    answer = fetching.client.post("/dat-hang", {**form, "expected_total": "380000"})

    assert answer.status_code == 302
    rows = SellerOrder.objects.order_by("shipping")
    assert [(row.shipping_option, row.shipping) for row in rows] == [("pickup", 0), ("table", 30_000)]
    number = Order.objects.get().number
    text = text_of(fetching.client.get(f"/don-hang/{number}"))
    assert "Fetched at the workshop: Lưu Thượng" in text
    assert "Home delivery" in text


def test_another_place_has_another_price_before_anything_is_ordered(buyer: Buyer) -> None:
    make_ward("26740", "Sài Gòn", "79", "Hồ Chí Minh")
    buyer.add()
    form = buyer.checkout_form()
    assert form["expected_total"] == "280000"

    aside = buyer.client.post("/dat-hang", {**form, "province": "79", "ward": "26740", "choose_ward": "1"})

    text = text_of(aside)
    assert aside.status_code == 200
    assert "Counted for an address in Sài Gòn, Hồ Chí Minh." in text
    assert 'name="expected_total" value="295000"' in text
    moved = buyer.client.post("/dat-hang", {**form, "province": "79", "ward": "26740"})
    assert moved.status_code == 422
    assert 'name="expected_total" value="295000"' in text_of(moved)
    placed = buyer.client.post(
        "/dat-hang", {**form, "province": "79", "ward": "26740", "expected_total": "295000"}
    )
    assert placed.status_code == 302
    assert Order.objects.get().shipping == 45_000


def test_what_a_maker_does_not_deliver_there_is_said_in_the_form(buyer: Buyer) -> None:
    from orders.models import ShippingRate

    terms = ShippingTerms.objects.create(seller=buyer.shop.seller)
    ShippingRate.objects.create(terms=terms, zone="SOUTH", up_to_grams=9_000, price=1)
    buyer.add()

    assert "not offered" in buyer.cart()
    text = text_of(buyer.client.get("/dat-hang"))
    assert "does not deliver this there" in text
    refused = buyer.client.post("/dat-hang", buyer.checkout_form())

    assert refused.status_code == 422
    assert Order.objects.count() == 0


def test_the_choice_is_pressed_without_a_script(fetching: Buyer) -> None:
    assert "Choose this way" in fetching.cart()
    assert "Count it anew" in text_of(fetching.client.get("/dat-hang"))


def test_a_buyer_says_that_it_has_not_come(
    gql: Graphql, new_gql: Callable[[], Graphql], buyer: Buyer, run_jobs: Callable[[], int]
) -> None:
    owner = member(new_gql(), buyer.shop.seller)
    order = buy_paid(gql, run_jobs, (buyer.shop.variant, 1))
    client, path = opened(order), f"/don-hang/{order.number}"
    owner.ship(part_ids(order)[0])
    assert "It has not come" in page(client, path)

    client.post(f"{path}/da-nhan", {"part": f"{order.number}-1", "missing": "1"})

    text = page(client, path)
    assert "You have told us that it has not come." in text
    assert 'name="missing"' not in text
    assert "I have it" in text
    assert (SellerOrder.objects.get().state, Shipment.objects.get().missing_at is None) == ("SHIPPED", False)
    assert "and answers before" in text

    # Its seller has found it; the buyer has not, and the officer looks.
    owner.parcel(owner.part()["shipments"][0]["id"], "DELIVERED")
    text = page(client, path)
    assert "it was handed over. If you still do not have it" in text
    assert "It has not come" in text
    client.post(f"{path}/da-nhan", {"part": f"{order.number}-1", "missing": "1"})
    text = page(client, path)
    assert "The officer of the commune looks at it now." in text
    assert 'name="missing"' not in text
    Shipment.objects.update(missing_at=None)
    text = page(client, path)
    assert "The officer of the commune has looked" in text
    assert 'name="missing"' not in text


def test_what_is_missed_or_lost_is_not_told_to_come_nor_to_be_done(
    gql: Graphql, new_gql: Callable[[], Graphql], buyer: Buyer, run_jobs: Callable[[], int]
) -> None:
    owner = member(new_gql(), buyer.shop.seller)
    order = buy_paid(gql, run_jobs, (buyer.shop.variant, 1))
    client, path = opened(order), f"/don-hang/{order.number}"
    owner.ship(part_ids(order)[0])
    assert "Next: the parcel reaches your door." in page(client, path)
    key = owner.part()["shipments"][0]["id"]
    owner.parcel(key, "DELIVERED")
    assert "Without a word from you this is done" in page(client, path)

    client.post(f"{path}/da-nhan", {"part": f"{order.number}-1", "missing": "1"})
    assert "Without a word from you this is done" not in page(client, path)
    owner.parcel(key, "LOST")

    text = page(client, path)
    assert "was lost; we see to it" in text
    assert "Next: the parcel reaches your door." not in text


def test_an_address_abroad_is_shown_whole(gql: Graphql, buyer: Buyer, run_jobs: Callable[[], int]) -> None:
    from orders.models import ShippingRate
    from tests.orders.test_shipping import abroad

    terms = ShippingTerms.objects.get(seller=None)
    ShippingRate.objects.create(terms=terms, zone="ABROAD", up_to_grams=9_000, price=500_000)
    order = buy_paid(gql, run_jobs, (buyer.shop.variant, 1), shippingAddress=abroad())

    text = page(opened(order), f"/don-hang/{order.number}")

    assert "Paris 75005, France" in text
    assert "Paris" in text
    assert "None" not in text
