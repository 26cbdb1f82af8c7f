"""An order from both sides in a browser: the seller takes it on and hands it over, the buyer says that it came."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from catalog.models import SellerMember
from marketplace.core.actor import GUEST, Actor
from orders import services
from orders.models import Return, SellerOrder, Shipment
from tests.builders import ADDRESS, Shop, make_user
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


@pytest.mark.usefixtures("clean_jobs")
@pytest.mark.parametrize("scripts", [True, False])
def test_something_is_given_back(
    live_server: Any, shop: Shop, new_page: Callable[..., Page], run_jobs: Callable[[], int], scripts: bool
) -> None:
    owner = make_user("chu@example.vn", name="Chủ")
    SellerMember.objects.create(seller=shop.seller, user=owner, role="OWNER")
    shop.seller.address = {**ADDRESS, "line1": "Xóm 2, Lưu Thượng"}
    shop.seller.save()
    order = buy_paid(Graphql(Client()), run_jobs, (shop.variant, 2))
    part = SellerOrder.objects.get()
    services.shipment_create(
        actor=Actor(user=owner), part_id=part.pk, carrier="vnpost", tracking_number=None, lines=None, parcel=None,
        idempotency_key="k",
    )  # fmt: skip
    services.seller_order_receive(actor=GUEST, part_id=part.pk, token=order.token)

    buyer = new_page(java_script_enabled=scripts)
    buyer.goto(f"{live_server.url}/don-hang/{order.number}?k={order.token}")
    buyer.get_by_role("link", name="Give something back").click()
    assert fits(h1(buyer, f"Give something back to {shop.seller.name}"))
    buyer.get_by_label("Giỏ cỏ tế đan tay").select_option("1")
    buyer.get_by_label("It is broken or damaged").check()
    buyer.get_by_role("button", name="Ask the maker").click()
    expect(buyer.get_by_role("alert")).to_contain_text("Say what is wrong with it")
    expect(buyer.get_by_label("It is broken or damaged")).to_be_checked()
    buyer.get_by_label("What is wrong with it?").fill("Quai bị gãy")
    buyer.get_by_role("button", name="Ask the maker").dblclick()
    expect(buyer.get_by_text("You want to give this back.")).to_be_visible()
    assert Return.objects.count() == 1

    page = new_page(java_script_enabled=scripts)
    sign_in(page, live_server.url, owner)
    page.goto(f"{live_server.url}/desk")
    page.get_by_role("link", name="given back, to answer").click()
    page.get_by_role("link", name="1 × Giỏ cỏ tế đan tay").click()
    assert fits(h1(page, f"Given back of {order.number}-1"))
    expect(page.get_by_text("Quai bị gãy")).to_be_visible()
    page.get_by_role("button", name="Yes, I take it back").click()
    expect(page.get_by_text("Has it come?")).to_be_visible()

    buyer.reload()
    expect(buyer.get_by_text("Xóm 2, Lưu Thượng")).to_be_visible()
    assert fits(h1(buyer, f"Order {order.number}"))

    page.get_by_role("button", name="It has come, and can be sold again").click()
    expect(page.get_by_text("go back to the buyer.").first).to_be_visible()
    buyer.reload()
    expect(buyer.get_by_role("link", name="Name the account")).to_be_visible()
    assert Return.objects.get().state == "RECEIVED"
