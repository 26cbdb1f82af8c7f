"""An order from both sides in a browser: the seller takes it on and hands it over, the buyer says that it came."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from catalog.models import SellerMember
from orders.models import SellerOrder, Shipment
from tests.builders import Shop, make_user
from tests.conftest import Graphql
from tests.e2e.conftest import fits
from tests.e2e.test_desk import h1, sign_in
from tests.orders.selling import buy_paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("clean_jobs")
@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_first_message_to_the_door(
    live_server: Any, shop: Shop, new_page: Callable[..., Page], run_jobs: Callable[[], int], scripts: bool
) -> None:
    owner = make_user("chu@example.vn", name="Chủ")
    SellerMember.objects.create(seller=shop.seller, user=owner, role="OWNER")
    order = buy_paid(Graphql(Client()), run_jobs, (shop.variant, 2))

    page = new_page(java_script_enabled=scripts)
    sign_in(page, live_server.url, owner)
    page.goto(f"{live_server.url}/desk")
    page.get_by_role("link", name="1 order waits for you").click()
    page.get_by_role("link", name="2 × Giỏ cỏ tế đan tay").click()
    assert fits(h1(page, f"Order {order.number}-1"))
    page.get_by_role("button", name="Yes, I take it on").click()
    expect(page.get_by_role("status")).to_contain_text("Taken on")
    page.get_by_label("Who carries it?").select_option("vnpost")
    page.get_by_label("Number on the carrier's slip").fill("EV123456789VN")
    page.get_by_role("button", name="It is handed over").dblclick()
    expect(page.get_by_role("heading", name="Parcels")).to_be_visible()
    assert fits(h1(page, f"Order {order.number}-1"))
    assert Shipment.objects.count() == 1

    buyer = new_page(java_script_enabled=scripts)
    buyer.goto(f"{live_server.url}/don-hang/{order.number}?k={order.token}")
    assert fits(h1(buyer, f"Order {order.number}"))
    expect(buyer.get_by_role("link", name="EV123456789VN")).to_be_visible()
    buyer.get_by_role("button", name="I have it").click()
    expect(buyer.get_by_role("status")).to_contain_text("Thank you")

    assert SellerOrder.objects.get().state == "COMPLETED"
