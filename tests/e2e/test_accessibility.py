"""WCAG 2.2, levels A and AA, as far as a machine can tell (axe-core): shop and desk on a small phone, light and dark."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from catalog.models import ProductImage, SellerMember
from catalog.services import address_save
from marketplace.accounts.models import User
from marketplace.core.actor import Actor
from tests.builders import ADDRESS, Shop, make_certificate, make_product, make_seller, make_user
from tests.catalog.access.scene import make_picture
from tests.conftest import Graphql
from tests.e2e.test_desk import sign_in
from tests.orders.selling import buy_paid

pytestmark = pytest.mark.django_db(transaction=True)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
# Everything a page can show is looked at, folded up or not.
UNFOLD = "for (const part of document.querySelectorAll('details')) part.open = true"
UNCHECKED = "for (const form of document.forms) form.noValidate = true"


@pytest.fixture
def owner(shop: Shop) -> User:
    """A workshop with something in every list."""
    user = make_user("chu@example.vn", name="Chủ")
    SellerMember.objects.create(seller=shop.seller, user=user, role="OWNER")
    SellerMember.objects.create(
        seller=shop.seller, user=make_user("goi@example.vn", name="Gói"), role="PACKER"
    )
    make_certificate(shop.product)
    for product in (shop.product, make_product("Khay sắp hết", seller=shop.seller, stock=1)):
        for position in range(2):
            # Without words of their own, as most photos are.
            ProductImage.objects.filter(pk=make_picture(product, position=position).pk).update(alt="")
    make_product("Trả lại", seller=shop.seller, state="REJECTED", review_note="Ảnh mờ.")
    return user


class Checker:
    """Looks at pages and remembers what was found."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base
        self.found: list[str] = []

    def look(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}")
        self.look_here(path)

    def look_here(self, name: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        self.page.wait_for_load_state()
        self.page.evaluate(UNFOLD)
        # Without moving: a colour half way to another has no contrast of its own.
        self.page.emulate_media(reduced_motion="reduce")
        for violation in Axe().run(self.page, options=OPTIONS).response["violations"]:
            nodes = "; ".join(f"{node['target']} {node['html'][:160]}" for node in violation["nodes"])
            self.found.append(f"{name}: {violation['id']} ({violation['help']}): {nodes}")

    def refuse(self, name: str, button: str) -> None:
        """Sends the form of this page as it is: the page that comes back says what is missing."""
        self.page.evaluate(UNCHECKED)
        self.page.locator("main").locator(".act", has_text=button).click()
        expect(self.page.locator(".error, .errorlist").first).to_be_visible()
        self.look_here(f"{name}, refused")


@pytest.fixture
def checker(live_server: Any, new_page: Callable[..., Page], scheme: Literal["light", "dark"]) -> Checker:
    return Checker(new_page(color_scheme=scheme), live_server.url)


@pytest.mark.usefixtures("clean_jobs", "owner")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_shop(checker: Checker, shop: Shop, run_jobs: Callable[[], int]) -> None:
    run_jobs()
    for path in (
        "/",
        "/tim-kiem?q=khay",
        "/nghe/",
        "/lang-nghe/",
        f"/nguoi-ban/{shop.seller.slug}",
        "/xep-hang",
    ):
        checker.look(path)
    # What was understood, beside a choice; and nothing found, with ways on.
    checker.look("/tim-kiem?q=khay+dưới+900k&stock=true")
    checker.look("/tim-kiem?q=khay+phú+túc+dưới+2k&stars=3&nguyen=phú+túc")
    checker.look(f"/san-pham/{shop.product.slug}")
    checker.page.get_by_role("button", name="Put into the basket").click()
    checker.look_here("/gio-hang")
    checker.page.get_by_role("link", name="Go on to the address").click()
    checker.look_here("/dat-hang")
    checker.refuse("/dat-hang", "Order and pay")
    for path, button in (("/accounts/login/", "Sign in"), ("/accounts/signup/", "Open the account")):
        checker.look(path)
        checker.refuse(path, button)
    checker.look("/khong-co-trang-nay")
    order = buy_paid(Graphql(Client()), run_jobs, (shop.variant, 1))
    checker.look(f"/don-hang/{order.number}?k={order.token}")
    checker.look(f"/don-hang/{order.number}/huy?part={order.number}-1")
    checker.look(f"/don-hang/{order.number}/hoan-tien")
    checker.refuse("/don-hang/hoan-tien", "Keep it")
    person = make_user("lan@example.vn", name="Lan")
    kept = [
        address_save(actor=Actor(user=person), address_id=None, new=True, address={**ADDRESS, "line1": line})
        for line in ("Nhà", "Xưởng")
    ]
    sign_in(checker.page, checker.base, person)
    for path in ("", f"/{kept[0].pk}", f"/{kept[1].pk}/xoa", "/moi"):
        checker.look(f"/tai-khoan/dia-chi{path}")
    checker.refuse("/tai-khoan/dia-chi/moi", "Save")
    checker.look("/dat-hang")

    assert not checker.found, "\n".join(checker.found)


@pytest.mark.usefixtures("clean_jobs")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk(checker: Checker, shop: Shop, owner: User, run_jobs: Callable[[], int]) -> None:
    run_jobs()
    listing = f"/desk/san-pham/{shop.product.pk.hex}"
    checker.look("/desk")
    sign_in(checker.page, checker.base, owner)
    for path in (
        "/desk",
        "/desk/san-pham",
        "/desk/ton-kho",
        "/desk/co-so",
        "/desk/co-so/giao-hang",
        "/desk/san-pham/moi",
        listing,
    ):
        checker.look(path)
    order = buy_paid(Graphql(Client()), run_jobs, (shop.variant, 2))
    for path in ("", f"/{order.number}-1"):
        checker.look(f"/desk/don-hang{path}")
    checker.look(f"/desk/don-hang/{order.number}-1/huy")
    checker.refuse("/desk/don-hang/huy", "Cancel the order")
    checker.look(f"/desk/don-hang/{order.number}-1")
    checker.page.get_by_role("button", name="Yes, I take it on").click()
    expect(checker.page.get_by_role("button", name="It is handed over")).to_be_visible()
    checker.look_here("/desk/don-hang, taken on")
    old = make_seller("Trang cũ", state="UNCLAIMED", phone="+84912345678")
    checker.look(f"/desk/nhan-trang/{old.slug}")
    checker.page.get_by_role("button", name="Send me the code").click()
    expect(checker.page.get_by_role("button", name="Send a new code")).to_be_visible()
    checker.look_here("/desk/nhan-trang, sent")
    for path, button in (
        ("/desk/dang-ky?moi=1", "Apply"),
        ("/desk/nhap-bang", "Send it"),
        (f"{listing}/chung-nhan", "Send to the officer"),
        ("/desk/nguoi", "Send the invitation"),
    ):
        checker.look(path)
        checker.refuse(path, button)

    assert not checker.found, "\n".join(checker.found)
