"""The whole purchase in a real browser, on a small phone: search, basket, address, QR code, paid."""

import importlib
import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.urls import clear_url_caches
from playwright.sync_api import Page, expect

from marketplace import urls as root_urls
from marketplace.storefront import urls as storefront_urls
from orders.models import Order, OrderState, ShippingTerms
from tests.builders import ADDRESS, Shop
from tests.e2e.conftest import fits
from tests.orders.test_shipping import make_ward

pytestmark = pytest.mark.django_db(transaction=True)


def fill_in_address(page: Page) -> None:
    page.get_by_label("Name of who receives it").fill(ADDRESS["name"])
    page.get_by_label("Phone number").fill(ADDRESS["phone"])
    page.get_by_label("House number").fill(ADDRESS["line1"])
    page.get_by_label("Ward or commune").select_option(ADDRESS["wardCode"])


def send_bank_news(base: str, order: Order) -> None:
    """What SePay posts when a transfer has come in."""
    body = {
        "id": 9_000_001,
        "gateway": "MBBank",
        "transactionDate": "2026-11-23 10:00:00",
        "accountNumber": settings.VIETQR_ACCOUNT_NUMBER,
        "code": None,
        "content": f"{order.number} chuyen tien",
        "transferType": "in",
        "transferAmount": order.total,
        "referenceCode": "TEST.1",
        "description": "",
    }
    request = urllib.request.Request(  # noqa: S310 - the test's own server
        f"{base}/payments/webhooks/sepay",
        data=json.dumps(body).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Apikey {settings.SEPAY_WEBHOOK_KEY}",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        assert json.load(answer) == {"success": True}


@pytest.mark.usefixtures("clean_jobs")
def test_from_search_to_paid(
    live_server: Any, shop: Shop, run_jobs: Callable[[], int], new_page: Callable[..., Page]
) -> None:
    run_jobs()
    page = new_page()
    page.goto(live_server.url)
    assert fits(page.get_by_role("heading", name="What the craft villages are making today"))
    page.get_by_role("combobox", name="Search").fill("gio co te")
    page.get_by_role("button", name="Search").click()
    assert fits(page.get_by_role("heading", name="1 thing for"))
    page.get_by_role("link", name=shop.product.name).click()
    assert fits(page.get_by_role("heading", level=1, name=shop.product.name))
    page.get_by_label("How many").fill("2")
    page.get_by_role("button", name="Put into the basket").click()
    assert fits(page.get_by_role("heading", name="Your basket"))
    page.get_by_role("link", name="Go on to the address").click()
    fill_in_address(page)
    assert fits(page.get_by_role("heading", name="Where shall it go?"))
    page.get_by_role("button", name="Order and pay").click()
    assert fits(page.locator(".qr svg"))

    order = Order.objects.get()
    assert order.state == OrderState.AWAITING_PAYMENT
    assert order.total == 2 * 250_000 + 30_000
    send_bank_news(live_server.url, order)
    run_jobs()
    # Nobody touches the page: it turns by itself.
    expect(page.locator('[data-state="PAID"]')).to_be_visible(timeout=15_000)
    expect(page.locator("#announce")).to_have_text("The money has arrived. Your order is paid.")
    page.get_by_role("link", name="Follow the order").click()
    expect(page.get_by_text("Next: each maker confirms")).to_be_visible()


@pytest.mark.usefixtures("clean_jobs")
def test_the_total_follows_the_address_and_the_choice(
    live_server: Any, shop: Shop, run_jobs: Callable[[], int], new_page: Callable[..., Page]
) -> None:
    make_ward("26740", "Sài Gòn", "79", "Hồ Chí Minh")
    ShippingTerms.objects.create(seller=shop.seller, pickup=True)
    run_jobs()
    page = new_page()
    page.goto(f"{live_server.url}/san-pham/{shop.product.slug}")
    page.get_by_role("button", name="Put into the basket").click()
    page.get_by_role("link", name="Go on to the address").click()
    page.get_by_label("Name of who receives it").fill("Lan")
    order = page.get_by_role("button", name="Order and pay")
    expect(order).to_contain_text("280.000")

    page.get_by_label("Province or city").select_option("79")
    expect(order).to_contain_text("295.000")
    expect(page.get_by_role("status")).to_contain_text("counted for this address")
    page.get_by_label("Fetched at the workshop").check()
    expect(order).to_contain_text("250.000")
    # Nothing that was typed is lost on the way.
    expect(page.get_by_label("Name of who receives it")).to_have_value("Lan")
    page.get_by_label("Phone number").fill(ADDRESS["phone"])
    page.get_by_label("House number").fill(ADDRESS["line1"])
    page.get_by_label("Ward or commune").select_option("26740")
    expect(page.get_by_text("Counted for an address in Sài Gòn")).to_be_visible()
    order.click()

    expect(page.locator(".qr svg")).to_be_visible()
    assert Order.objects.get().total == 250_000


@pytest.mark.usefixtures("clean_jobs")
def test_the_same_without_javascript(
    live_server: Any, shop: Shop, run_jobs: Callable[[], int], new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{live_server.url}/san-pham/{shop.product.slug}")
    page.get_by_role("button", name="Put into the basket").click()
    page.get_by_role("button", name="One more of").click()
    page.get_by_role("link", name="Go on to the address").click()
    page.get_by_role("button", name="Show its wards").click()
    fill_in_address(page)
    page.get_by_role("button", name="Order and pay").click()
    expect(page.locator(".qr svg")).to_be_visible()
    send_bank_news(live_server.url, Order.objects.get())
    run_jobs()
    page.get_by_role("link", name="Look again whether it has arrived").click()
    expect(page.locator('[data-state="PAID"]')).to_be_visible()


@pytest.fixture
def sample_addresses(settings: Any) -> Iterator[None]:
    """The addresses as a trial installation has them: with the pretended bank."""

    def load() -> None:
        importlib.reload(storefront_urls)
        importlib.reload(root_urls)
        clear_url_caches()

    settings.DEBUG = settings.SAMPLE_INSTALLATION = True
    load()
    yield
    settings.DEBUG = settings.SAMPLE_INSTALLATION = False
    load()


@pytest.mark.usefixtures("clean_jobs", "sample_addresses")
def test_the_pretended_bank_pays(
    live_server: Any, shop: Shop, run_jobs: Callable[[], int], new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(f"{live_server.url}/san-pham/{shop.product.slug}")
    page.get_by_role("button", name="Put into the basket").click()
    page.get_by_role("link", name="Go on to the address").click()
    fill_in_address(page)
    page.get_by_role("button", name="Order and pay").click()
    page.get_by_role("link", name="Play the bank").click()
    page.get_by_role("button", name="Transfer a wrong amount").click()
    run_jobs()
    expect(page.get_by_text("The order stays unpaid")).to_be_visible()
    page.get_by_role("link", name="Play the bank").click()
    assert fits(page.get_by_role("heading", name="Pretended bank"))
    page.get_by_role("button", name="Transfer 280.000").click()
    expect(page.locator('[data-state="AWAITING_PAYMENT"]')).to_be_visible()
    run_jobs()
    expect(page.locator('[data-state="PAID"]')).to_be_visible(timeout=15_000)


@pytest.mark.usefixtures("clean_jobs")
def test_suggestions_by_keyboard(live_server: Any, shop: Shop, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(live_server.url)
    field = page.get_by_role("combobox", name="Search")
    field.press_sequentially("luu thuong")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_count(1)
    field.press("Enter")
    expect(page.get_by_role("heading", level=1, name=shop.village.name)).to_be_visible()
