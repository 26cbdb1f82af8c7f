"""Basket, checkout, payment and order by plain forms, without JavaScript."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from catalog.models import Variant
from marketplace.accounts.models import User
from orders.models import Cart, Order
from payments.gateways.base import Started
from payments.gateways.stripe import StripeGateway
from payments.models import Payment
from tests.storefront.conftest import Buyer, shown, text_of

pytestmark = pytest.mark.django_db
PRICE, FEE = 250_000, 30_000


def test_a_thing_goes_into_the_basket(buyer: Buyer) -> None:
    response = buyer.add(2)
    assert response.status_code == 302
    assert response.url == "/gio-hang"
    page = buyer.cart()
    assert buyer.shop.product.name in page
    assert "500.000\N{NO-BREAK SPACE}₫" in page
    assert "530.000\N{NO-BREAK SPACE}₫" in page, "shipping is part of the total from the start"
    assert '<span class="count">2</span>' in page


@pytest.mark.parametrize(
    ("typed", "words"), [("9", "Only 5 are left."), ("mười", "Write how many"), ("0", "at least 1")]
)
def test_a_refused_quantity_is_kept_beside_its_reason(buyer: Buyer, typed: str, words: str) -> None:
    response = buyer.add(typed)
    page = text_of(response)
    assert response.status_code == 422
    assert f'value="{typed}"' in page
    assert words in page
    assert 'aria-describedby="quantity-error"' in page


def test_a_nonsense_variant_is_refused_in_words(buyer: Buyer) -> None:
    response = buyer.client.post(f"/san-pham/{buyer.shop.product.slug}", {"variant": "x\0", "quantity": "1"})
    assert response.status_code == 422
    assert 'id="variant-error"' in text_of(response)


def test_lines_are_changed_and_taken_out(buyer: Buyer) -> None:
    buyer.add()
    line = buyer.line()
    assert buyer.client.post("/gio-hang", {"line": line, "to": "3"}).status_code == 302
    assert 'name="quantity" value="3"' in buyer.cart()
    refused = buyer.client.post("/gio-hang", {"line": line, "set": "1", "quantity": "77"})
    assert refused.status_code == 422
    assert 'value="77"' in text_of(refused)
    assert "Only 5 are left." in text_of(refused)
    buyer.client.post("/gio-hang", {"line": line, "remove": "1"})
    assert "The basket is empty" in buyer.cart()


def test_the_basket_tells_what_is_in_the_way_and_the_way_out(buyer: Buyer) -> None:
    buyer.add(4)
    Variant.objects.filter(pk=buyer.shop.variant.pk).update(on_hand=2, price=260_000)
    page = buyer.cart()
    assert "Take 2" in page
    assert "Agree to the new price" in page
    assert "Put the marked things right first" in page
    assert buyer.client.get("/dat-hang").url == "/gio-hang"
    buyer.client.post("/gio-hang", {"line": buyer.line(), "to": "2"})
    page = buyer.cart()
    assert "Agree to the new price" not in page
    assert "Go on to the address" in page


def test_a_basket_that_is_too_old_becomes_a_new_one(buyer: Buyer) -> None:
    buyer.add(2)
    Cart.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert "Take everything into a new basket" in buyer.cart()
    buyer.client.post("/gio-hang", {"renew": "1"})
    page = buyer.cart()
    assert "Take everything into a new basket" not in page
    assert 'name="quantity" value="2"' in page


def test_an_order_is_placed_and_can_be_paid(buyer: Buyer) -> None:
    number = buyer.order()
    assert Order.objects.get().total == PRICE + FEE
    page = text_of(buyer.client.get(f"/thanh-toan/{number}"))
    assert "<svg" in page
    assert f'data-copy="{number}"' in page
    assert f'data-copy="{PRICE + FEE}"' in page
    assert "<noscript><meta" in page
    assert "The basket is empty" in buyer.cart()
    assert buyer.client.get(f"/thanh-toan/{number}/tinh-trang").json() == {
        "state": "AWAITING_PAYMENT",
        "paid": False,
    }
    order = text_of(buyer.client.get(f"/don-hang/{number}"))
    assert buyer.shop.product.name in order
    assert "Next: you pay" in order


def test_nothing_typed_is_lost(buyer: Buyer) -> None:
    buyer.add()
    form = buyer.checkout_form()
    form |= {"name": "", "phone": "12", "email": "nobody@", "ward": "", "note": "Gói <kỹ> giúp"}
    response = buyer.client.post("/dat-hang", form)
    page = text_of(response)
    assert response.status_code == 422
    assert not Order.objects.exists()
    for field in ("name", "phone", "email", "ward"):
        assert f'id="{field}-error"' in page, field
        assert f'aria-describedby="{field}-error"' in page, field
    assert 'value="12"' in page
    assert 'value="nobody@"' in page
    assert shown("Gói <kỹ> giúp") in page
    assert form["key"] in page, "the second try has the first one's key"


def test_the_address_outlasts_trouble_in_the_basket(buyer: Buyer) -> None:
    buyer.add(4)
    form = buyer.checkout_form() | {"name": "Bà Tư", "note": "Gọi trước"}
    Variant.objects.filter(pk=buyer.shop.variant.pk).update(on_hand=2)
    assert buyer.client.post("/dat-hang", form).url == "/gio-hang"
    page = buyer.cart()
    assert "The address that you typed is kept." in page
    buyer.client.post("/gio-hang", {"line": buyer.line(), "to": "2"})
    page = text_of(buyer.client.get("/dat-hang"))
    assert 'value="Bà Tư"' in page
    assert "Gọi trước" in page
    assert re.search(r'value="00070" selected', page)


def test_wards_of_another_province_come_without_javascript(buyer: Buyer) -> None:
    buyer.add()
    form = {**buyer.checkout_form(), "name": "Lan", "choose_province": "1"}
    response = buyer.client.post("/dat-hang", form)
    assert response.status_code == 200
    assert 'value="Lan"' in text_of(response)
    assert not Order.objects.exists()
    assert buyer.client.get("/dat-hang/phuong-xa?tinh=01").json()["wards"][0]["code"] == "00070"


def test_sent_twice_is_one_order(buyer: Buyer) -> None:
    buyer.add()
    form = buyer.checkout_form()
    first = buyer.client.post("/dat-hang", form)
    second = buyer.client.post("/dat-hang", form)
    assert first.url == second.url
    assert Order.objects.count() == 1
    assert Payment.objects.count() == 1


def test_a_second_press_that_saw_nothing_of_the_first_finds_the_same_order(buyer: Buyer) -> None:
    """Two presses at once: the second comes with the session as it was, and the last piece is held by the first."""
    buyer.add(5)
    page = buyer.client.get("/dat-hang").content.decode()
    (basket,) = re.findall(r'name="cart" value="([^"]+)"', page)
    form = {**buyer.checkout_form(), "cart": basket}
    before = dict(buyer.client.session.items())

    first = buyer.client.post("/dat-hang", form)
    session = buyer.client.session
    session.clear()
    session.update(before)
    session.save()
    second = buyer.client.post("/dat-hang", form)

    assert second.url == first.url
    assert Order.objects.count() == 1
    assert buyer.client.get(second.url.replace("thanh-toan", "don-hang")).status_code == 200


def test_a_changed_total_is_shown_before_it_counts(buyer: Buyer) -> None:
    buyer.add()
    form = buyer.checkout_form()
    Variant.objects.filter(pk=buyer.shop.variant.pk).update(price=300_000)
    response = buyer.client.post("/dat-hang", form)
    assert response.status_code == 422
    assert "The total has changed" in text_of(response)
    assert f'name="expected_total" value="{300_000 + FEE}"' in text_of(response)
    assert not Order.objects.exists()
    form["expected_total"] = str(300_000 + FEE)
    assert buyer.client.post("/dat-hang", form).status_code == 302


def test_another_persons_order_is_not_there(buyer: Buyer) -> None:
    number = buyer.order()
    stranger = Client()
    for address in (f"/don-hang/{number}", f"/thanh-toan/{number}", f"/thanh-toan/{number}/tinh-trang"):
        assert stranger.get(address).status_code == 404, address
    assert stranger.post(f"/don-hang/{number}/dat-lai").status_code == 404
    assert stranger.get(f"/don-hang/{number}?k=wrong").status_code == 404


def test_a_mails_link_opens_the_order_and_leaves_the_address(buyer: Buyer) -> None:
    number = buyer.order()
    token = buyer.client.session["orders"][number]
    guest = Client()
    response = guest.get(f"/don-hang/{number}?k={token}")
    assert response.status_code == 302
    assert response.url == f"/don-hang/{number}"
    assert guest.get(response.url).status_code == 200
    assert number in text_of(guest.get("/don-hang"))


def test_an_expired_order_says_what_to_do(buyer: Buyer) -> None:
    from orders.services import orders_expire

    number = buyer.order()
    Order.objects.update(pay_before="2020-01-01T00:00:00Z")
    orders_expire()
    assert "The time to pay has passed" in text_of(buyer.client.get(f"/thanh-toan/{number}"))
    assert buyer.client.post(f"/don-hang/{number}/dat-lai").url == "/gio-hang"
    assert buyer.shop.product.name in buyer.cart()


def test_a_paid_order_says_so(buyer: Buyer) -> None:
    from django.db import transaction

    from orders.services import order_mark_paid

    number = buyer.order()
    with transaction.atomic():
        order_mark_paid(order_id=Order.objects.get().pk)
    assert 'data-state="PAID"' in text_of(buyer.client.get(f"/thanh-toan/{number}"))
    assert buyer.client.get(f"/thanh-toan/{number}/tinh-trang").json()["paid"] is True


def test_two_ways_to_pay_are_a_choice(buyer: Buyer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"):
        setattr(settings, name, "made-up")
    started = Started("pi_1", {"client_secret": "pi_1_secret"})
    monkeypatch.setattr(StripeGateway, "start", lambda gateway, request: started)
    number = buyer.order()
    address = f"/thanh-toan/{number}"
    page = text_of(buyer.client.get(address))
    assert 'value="vietqr"' in page
    assert 'value="stripe"' in page
    assert "<svg" not in page
    assert "js.stripe.com" not in buyer.client.get(address).headers["Content-Security-Policy"]
    assert buyer.client.post(address, {"gateway": "stripe"}).url == address
    response = buyer.client.get(address)
    assert 'data-secret="pi_1_secret"' in text_of(response)
    assert "script-src 'self' https://js.stripe.com" in response.headers["Content-Security-Policy"]
    buyer.client.post(address, {"gateway": "vietqr"})
    assert "<svg" in text_of(buyer.client.get(address))


def test_a_way_to_pay_that_is_not_there_is_told(buyer: Buyer) -> None:
    number = buyer.order()
    buyer.client.post(f"/thanh-toan/{number}", {"gateway": "gold"})
    assert "This way to pay is not offered here" in text_of(buyer.client.get(f"/thanh-toan/{number}"))


def test_a_guests_basket_comes_along_at_sign_in(buyer: Buyer) -> None:
    buyer.add(2)
    user = User.objects.create_user(email="lan@example.com", password="Lang-nghe-2026", name="Lan")
    buyer.client.force_login(user)
    assert 'name="quantity" value="2"' in buyer.cart()
    assert Cart.objects.get(user=user).lines.count() == 1
    number = buyer.order()
    fresh = Client()
    fresh.force_login(user)
    assert number in text_of(fresh.get("/don-hang"))


def test_the_pretended_bank_is_absent_without_debug(buyer: Buyer) -> None:
    number = buyer.order()
    with pytest.raises(NoReverseMatch):
        reverse("storefront:demo_bank", args=[number])
    assert buyer.client.get(f"/thu-nghiem/ngan-hang/{number}").status_code == 404
    assert "thu-nghiem" not in text_of(buyer.client.get(f"/thanh-toan/{number}"))


def test_no_page_runs_a_script_of_its_own(buyer: Buyer) -> None:
    """The content security policy allows files only; a data block is no script."""
    number = buyer.order()
    buyer.add()
    for address in (
        "/",
        "/gio-hang",
        "/dat-hang",
        f"/thanh-toan/{number}",
        f"/san-pham/{buyer.shop.product.slug}",
    ):
        page = text_of(buyer.client.get(address))
        assert not re.search(r"<script(?![^>]*\b(src|type=\"application/ld\+json\"))", page), address
        assert not re.search(r"\son\w+=\"", page), address


def test_the_schema_is_asked_once_a_page(buyer: Buyer, django_assert_max_num_queries: Any) -> None:
    buyer.add()
    with django_assert_max_num_queries(20):
        buyer.cart()
