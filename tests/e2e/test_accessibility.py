"""WCAG 2.2, levels A and AA, as far as a machine can tell (axe-core): shop and desk on a small phone, light and dark."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from catalog.models import ProductImage, ProductStats, Review, ReviewImage, SellerMember
from catalog.services import address_save
from marketplace.accounts.models import User
from marketplace.core.actor import Actor
from marketplace.core.ids import to_global_id
from orders.models import OrderLine, Question, Return, ReturnLine, SellerOrder, ShippingRate, ShippingTerms
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


def said(shop: Shop, **more: Any) -> None:
    """A review with a reply and a photo, one that is hidden, and questions, one of them answered."""
    now = timezone.now()
    about = {"product": shop.product, "author_name": "Lan N.", "written_at": now}
    row = Review.objects.create(
        **{**about, "rating": 4, "body": "Đan chắc tay.", "reply": "Cảm ơn chị.", "replied_at": now, **more}
    )
    asset = ProductImage.objects.filter(product=shop.product)[0].asset
    ReviewImage.objects.create(review=row, asset=asset)
    if not more:
        Review.objects.create(**about, rating=2, body="Lâu quá.")
        Review.objects.create(**about, rating=1, body="Lời thô tục.", hidden_at=now)
        ProductStats.objects.filter(product=shop.product).update(rating_sum=6, rating_count=2)
        asked = {"seller": shop.seller, "product": shop.product}
        Question.objects.create(**asked, body="Có nắp không?", answer="Có ạ.", answered_at=now)
        Question.objects.create(**asked, body="Có màu khác không?")


def given_back(line: OrderLine) -> Return:
    """A return of the line that its seller has to answer."""
    row = Return.objects.create(
        seller_order=line.seller_order,
        reason="DAMAGED",
        description="Quai bị gãy",
        decide_before=timezone.now(),
    )
    ReturnLine.objects.create(parent=row, line=line, quantity=1)
    return row


@pytest.mark.usefixtures("clean_jobs", "owner")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_shop(checker: Checker, shop: Shop, run_jobs: Callable[[], int]) -> None:
    run_jobs()
    said(shop)
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
    for path in ("", "/danh-gia", "/cau-hoi"):
        checker.look(f"/san-pham/{shop.product.slug}{path}")
    report = f"/bao-cao/{to_global_id('Product', shop.product.pk)}"
    checker.look(report)
    checker.refuse(report, "Report it")
    ShippingRate.objects.create(
        terms=ShippingTerms.objects.get(seller=None), zone="ABROAD", up_to_grams=50_000, price=900_000
    )
    checker.look(f"/san-pham/{shop.product.slug}")
    checker.page.get_by_role("button", name="Put into the basket").click()
    checker.look_here("/gio-hang")
    checker.page.get_by_role("link", name="Go on to the address").click()
    checker.look_here("/dat-hang")
    checker.refuse("/dat-hang", "Order and pay")
    checker.page.get_by_role("button", name="It goes abroad").click()
    checker.look_here("/dat-hang, abroad")
    checker.refuse("/dat-hang, abroad", "Order and pay")
    for path, button in (("/accounts/login/", "Sign in"), ("/accounts/signup/", "Open the account")):
        checker.look(path)
        checker.refuse(path, button)
    checker.look("/khong-co-trang-nay")
    order = buy_paid(Graphql(Client()), run_jobs, (shop.variant, 1))
    checker.look(f"/don-hang/{order.number}?k={order.token}")
    checker.look(f"/don-hang/{order.number}/huy?part={order.number}-1")
    checker.look(f"/don-hang/{order.number}/hoan-tien")
    checker.refuse("/don-hang/hoan-tien", "Keep it")
    SellerOrder.objects.update(state="COMPLETED", delivered_at=timezone.now())
    OrderLine.objects.update(shipped=1)
    line = OrderLine.objects.get()
    checker.look(f"/don-hang/{order.number}/tra-hang?part={order.number}-1")
    checker.refuse("/don-hang/tra-hang", "Ask the maker")
    given_back(line)
    checker.look(f"/don-hang/{order.number}/danh-gia/{line.pk}")
    checker.refuse("/don-hang/danh-gia", "Send the review")
    said(shop, order_line=line.pk)
    checker.look(f"/don-hang/{order.number}")
    person = make_user("lan@example.vn", name="Lan")
    kept = [
        address_save(actor=Actor(user=person), address_id=None, new=True, address={**ADDRESS, "line1": line})
        for line in ("Nhà", "Xưởng")
    ]
    sign_in(checker.page, checker.base, person)
    checker.look(f"/san-pham/{shop.product.slug}/cau-hoi")
    checker.refuse("/san-pham/cau-hoi", "Ask")
    for word in ("dieu-khoan", "du-lieu-ca-nhan"):
        checker.look(f"/phap-ly/{word}")
    checker.look("/tai-khoan/du-lieu")
    checker.page.evaluate(UNCHECKED)
    checker.page.get_by_role("button", name="Erase my account for good").click()
    expect(checker.page.get_by_role("alert")).to_contain_text("The password is not right.")
    checker.look_here("/tai-khoan/du-lieu, refused")
    for path in ("", f"/{kept[0].pk}", f"/{kept[1].pk}/xoa", "/moi"):
        checker.look(f"/tai-khoan/dia-chi{path}")
    checker.refuse("/tai-khoan/dia-chi/moi", "Save")
    checker.look("/dat-hang")

    assert not checker.found, "\n".join(checker.found)


@pytest.mark.usefixtures("clean_jobs")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk(checker: Checker, shop: Shop, owner: User, run_jobs: Callable[[], int]) -> None:
    run_jobs()
    said(shop)
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
    for path, button in (("cau-hoi", "Send the answer"), ("danh-gia", "Send the reply")):
        checker.look(f"/desk/{path}")
        checker.refuse(f"/desk/{path}", button)
    for path in ("cau-hoi?xem=da-tra-loi", "danh-gia?xem=tat-ca"):
        checker.look(f"/desk/{path}")
    row = given_back(OrderLine.objects.get())
    checker.look("/desk/tra-hang")
    checker.look(f"/desk/tra-hang/{row.pk}")
    checker.page.get_by_role("button", name="No", exact=True).click()
    expect(checker.page.get_by_text("Say why: the buyer reads it.").first).to_be_visible()
    checker.look_here("/desk/tra-hang, refused")
    Return.objects.update(state="APPROVED")
    checker.look(f"/desk/tra-hang/{row.pk}")
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
