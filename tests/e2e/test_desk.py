"""The seller desk in a real browser on a small phone: apply, be verified, sell, be sent back, mend, sell."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from catalog import services
from catalog.models import CommuneOfficer, Product, ProductImage, Seller, SellerMember, Village
from marketplace.accounts.models import User
from marketplace.core.actor import Actor
from tests.builders import ADDRESS, Shop, make_user
from tests.e2e.conftest import fits

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "mat-khau-2026"


def h1(page: Page, words: str) -> Locator:
    return page.get_by_role("heading", level=1, name=words)


def photo(color: str, name: str) -> Any:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 500), color).save(buffer, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def sign_in(page: Page, base: str, user: User) -> None:
    page.goto(f"{base}/desk")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Phone number or e-mail").fill(str(user.email))
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.locator(".desk-head")).to_be_visible()


@pytest.fixture
def officer(shop: Shop) -> Actor:
    user = make_user("xa@example.vn", name="Cán bộ", is_staff=True)
    CommuneOfficer.objects.create(commune=shop.village.commune, user=user)
    return Actor(user=user)


@pytest.fixture
def owner(shop: Shop) -> User:
    user = make_user("chu@example.vn", name="Chủ")
    SellerMember.objects.create(seller=shop.seller, user=user, role="OWNER")
    return user


def fill_in_application(page: Page, village: Village) -> None:
    page.get_by_label("A family that makes and sells").check()
    page.get_by_label("Name of your workshop").fill("Mây tre cô Mới")
    page.get_by_label("Which village").select_option(village.slug)
    page.get_by_label("Phone number").fill("0987 654 321")
    page.get_by_label("Ward or commune").select_option(ADDRESS["wardCode"])
    page.get_by_label("House number").fill("Thôn Lưu Thượng")
    page.get_by_role("button", name="Apply").click()


def apply(page: Page, village: Village) -> None:
    page.get_by_role("link", name="Apply").click()
    assert fits(h1(page, "Who are you"))
    fill_in_application(page, village)
    page.get_by_role("link", name="Go on: Personal id").click()
    assert fits(h1(page, "Your identity card"))
    page.get_by_label("Number of your identity card").fill("001070012345")
    page.get_by_label("Date of birth").fill("1/5/1970")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Go on: A photo").click()
    assert fits(h1(page, "A photo of your papers"))


def verify(officer: Actor) -> Seller:
    seller = Seller.objects.get(name="Mây tre cô Mới")
    return services.seller_decide(actor=officer, seller_id=seller.pk, decision="VERIFY")


def in_review() -> Product:
    return Product.objects.get(seller__name="Mây tre cô Mới", state="IN_REVIEW")


def fill_in_listing(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Khay cỏ tế")
    page.get_by_label("Craft", exact=True).select_option("co-te")
    page.get_by_label("Price in đồng").first.fill("180.000")
    page.get_by_label("How many are on the shelf?").first.fill("4")


def send_back_mend_publish(page: Page, officer: Actor, run_jobs: Callable[[], int], base: str) -> None:
    """The officer sends the listing back, the seller mends it, the officer publishes it, buyers see it."""
    run_jobs()
    product = in_review()
    services.product_decide(actor=officer, product_id=product.pk, publish=False, note="Viết thêm kích thước.")
    page.goto(f"{base}/desk")
    page.get_by_role("link", name="sent back by the officer").click()
    expect(page.get_by_text("Viết thêm kích thước.")).to_be_visible()
    assert fits(h1(page, "My things"))
    page.get_by_role("link", name="Khay cỏ tế").click()
    expect(page.locator("blockquote")).to_have_text("Viết thêm kích thước.")
    page.get_by_label("Description", exact=True).fill("Rộng 30 cm, cao 8 cm.")
    page.get_by_role("button", name="Send to the officer").click()
    expect(page.get_by_text("Sent to the officer.")).to_be_visible()
    services.product_decide(actor=officer, product_id=in_review().pk, publish=True)
    run_jobs()
    page.reload()
    page.get_by_role("link", name="See it as buyers see it").click()
    expect(page.get_by_role("heading", level=1, name="Khay cỏ tế")).to_be_visible()
    expect(page.get_by_text("180.000").first).to_be_visible()
    expect(page.get_by_text("Rộng 30 cm, cao 8 cm.")).to_be_visible()


@pytest.mark.usefixtures("clean_jobs")
def test_from_applying_to_selling(
    live_server: Any, shop: Shop, officer: Actor, run_jobs: Callable[[], int], new_page: Callable[..., Page]
) -> None:
    page = new_page()
    sign_in(page, live_server.url, make_user("moi@example.vn", name="Trần Thị Mới"))
    assert fits(h1(page, "Sell what you make"))
    apply(page, shop.village)
    # The file goes by itself once it is chosen.
    page.get_by_label("Photos or files").set_input_files(photo("#112233", "cccd.jpg"))
    expect(page.get_by_text("The officer of Phượng Dực will look at it")).to_be_visible()
    verify(officer)

    page.reload()
    expect(page.get_by_text("Verified by the commune.")).to_be_visible()
    assert fits(h1(page, "Mây tre cô Mới"))
    page.get_by_role("link", name="New thing for sale").first.click()
    assert fits(h1(page, "New thing: a photo first"))
    page.get_by_label("Photo").set_input_files(photo("#8A6A3B", "truoc.jpg"))
    expect(page.get_by_text("The photo is there.")).to_be_visible()
    fill_in_listing(page)
    page.get_by_label("Add photos").set_input_files(photo("#445566", "sau.jpg"))
    expect(page.locator(".photos li")).to_have_count(2)
    expect(page.locator("[data-autosaved]")).to_contain_text("Saved at")
    # The photos came back by themselves, what was typed stayed.
    expect(page.get_by_label("Name", exact=True)).to_have_value("Khay cỏ tế")
    page.get_by_text("More: material, several kinds").click()
    # The questions of the craft came by themselves.
    expect(page.get_by_role("heading", name="About this craft")).to_be_visible()
    assert fits(h1(page, "New thing"))
    page.get_by_role("button", name="Send to the officer").click()
    expect(page.get_by_text("Sent to the officer.")).to_be_visible()
    assert ProductImage.objects.filter(product=in_review()).count() == 2
    send_back_mend_publish(page, officer, run_jobs, live_server.url)


@pytest.mark.usefixtures("clean_jobs")
def test_the_same_without_javascript(
    live_server: Any, shop: Shop, officer: Actor, run_jobs: Callable[[], int], new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, live_server.url, make_user("moi@example.vn", name="Trần Thị Mới"))
    apply(page, shop.village)
    page.get_by_label("Photos or files").set_input_files(photo("#112233", "cccd.jpg"))
    page.get_by_role("button", name="Send the photos").click()
    expect(page.get_by_text("The officer of Phượng Dực will look at it")).to_be_visible()
    verify(officer)

    page.goto(f"{live_server.url}/desk")
    page.get_by_role("link", name="New thing for sale").first.click()
    page.get_by_label("Photo").set_input_files(photo("#8A6A3B", "truoc.jpg"))
    page.get_by_role("button", name="Go on with this photo").click()
    fill_in_listing(page)
    page.get_by_label("Add photos").set_input_files(photo("#445566", "sau.jpg"))
    page.get_by_role("button", name="Send to the officer").click()
    expect(page.get_by_text("Sent to the officer.")).to_be_visible()
    assert ProductImage.objects.filter(product=in_review()).count() == 2
    send_back_mend_publish(page, officer, run_jobs, live_server.url)


def open_draft(page: Page, base: str, owner: User) -> None:
    sign_in(page, base, owner)
    page.goto(f"{base}/desk/san-pham/moi")
    page.get_by_role("button", name="Without a photo for now").click()
    # Without a network the scripts of the page would not come either.
    page.wait_for_load_state()
    expect(h1(page, "New thing")).to_be_visible()


@pytest.mark.usefixtures("clean_jobs")
def test_a_draft_saves_itself(live_server: Any, owner: User, new_page: Callable[..., Page]) -> None:
    page = new_page()
    open_draft(page, live_server.url, owner)
    fill_in_listing(page)
    expect(page.locator("[data-autosaved]")).to_have_text(re.compile(r"^Saved at \d\d:\d\d\.$"))
    page.get_by_label("Price in đồng").first.fill("1.25")
    expect(page.locator("#v-0-price-error")).to_be_visible()
    page.get_by_label("Price in đồng").first.fill("190.000")
    expect(page.locator("#v-0-price-error")).to_have_count(0)

    page.reload()

    expect(page.get_by_label("Name", exact=True)).to_have_value("Khay cỏ tế")
    expect(page.get_by_label("Price in đồng").first).to_have_value("190.000")
    assert page.evaluate("localStorage.length") == 0
    product = Product.objects.get(state="DRAFT")
    # One kind, however often it was saved.
    assert [(row.price, row.on_hand) for row in product.variants.all()] == [(190_000, 4)]


@pytest.mark.usefixtures("clean_jobs")
def test_who_types_slowly_loses_no_number_and_makes_no_kind_twice(
    live_server: Any, owner: User, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_draft(page, live_server.url, owner)
    page.get_by_text("More: material, several kinds").click()
    saved = page.locator("[data-autosaved]")

    def type_slowly(field: str, text: str) -> None:
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.locator(f"[name={field}]").fill(text)
        expect(saved).to_contain_text("Saved at")

    for field, text in (
        ("name", "Khay cỏ tế"),
        ("v-0-price", "180.000"),
        ("v-0-stock", "4"),
        ("v-0-name", "Nhỏ"),
        ("v-1-name", "To"),
        ("v-1-price", "260.000"),
        ("v-1-stock", "3"),
        ("description", "Rộng 30 cm."),
    ):
        type_slowly(field, text)

    kinds = Product.objects.get(state="DRAFT").variants.order_by("position")
    assert [(row.name, row.price, row.on_hand) for row in kinds] == [("Nhỏ", 180_000, 4), ("To", 260_000, 3)]


@pytest.mark.usefixtures("clean_jobs")
def test_without_a_network_the_phone_keeps_what_was_typed(
    live_server: Any, owner: User, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_draft(page, live_server.url, owner)
    page.context.set_offline(True)
    page.get_by_label("Name", exact=True).fill("Khay cỏ tế")
    expect(page.locator("[data-autosaved]")).to_contain_text(
        "No network. What you typed is kept on this phone"
    )
    assert page.evaluate("Object.values(localStorage).join()").count("Khay cỏ tế") == 1

    page.context.set_offline(False)

    expect(page.locator("[data-autosaved]")).to_contain_text("Saved at")
    assert Product.objects.get(state="DRAFT").name == "Khay cỏ tế"


@pytest.mark.usefixtures("clean_jobs")
def test_words_that_were_never_sent_are_offered_again(
    live_server: Any, shop: Shop, owner: User, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    sign_in(page, live_server.url, owner)
    path = f"{live_server.url}/desk/san-pham/{shop.product.pk.hex}"
    page.goto(path)
    page.get_by_label("Description", exact=True).fill("Lời chưa gửi")
    expect(page.locator("[data-autosaved]")).to_have_text("Kept on this phone. Press Save to send it.")

    # The page is left without a word; buyers see none of it.
    page.goto(f"{live_server.url}/desk")
    page.goto(path)
    page.get_by_role("button", name="Put them in").click()
    expect(page.get_by_label("Description", exact=True)).to_have_value("Lời chưa gửi")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()

    assert page.evaluate("localStorage.length") == 0
    shop.product.refresh_from_db()
    assert shop.product.description == "Lời chưa gửi"


@pytest.mark.usefixtures("clean_jobs")
def test_a_photo_that_did_not_get_through_is_sent_again(
    live_server: Any, owner: User, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_draft(page, live_server.url, owner)
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort()

    page.route("**/anh", lose_the_first)
    page.get_by_label("Add photos").set_input_files(photo("#8A6A3B", "truoc.jpg"))
    expect(page.get_by_text("It is still on your phone; press Send again.")).to_be_visible()
    assert not ProductImage.objects.exists()
    assert fits(h1(page, "New thing"))

    page.get_by_role("button", name="Send again").click()

    expect(page.locator(".photos li")).to_have_count(1)
    # One button at a time: with a script, a photo goes by itself.
    expect(page.get_by_role("button", name="Send again")).to_be_hidden()
    assert ProductImage.objects.count() == 1


@pytest.mark.usefixtures("clean_jobs")
def test_every_press_at_the_shelf_counts_once(
    live_server: Any, shop: Shop, owner: User, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    sign_in(page, live_server.url, owner)
    page.goto(f"{live_server.url}/desk/ton-kho")
    assert fits(h1(page, "How many are on the shelf?"))
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if not lost:
            lost.append(route.request.url)
            # It is counted, but the phone never hears of it.
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/ton-kho", lose_the_first_answer)
    more = page.get_by_role("button", name="One more: Giỏ cỏ tế đan tay")
    for _press in range(3):
        more.click()

    # The number follows at once, the words once everything has been counted.
    expect(page.locator("[data-on-hand]")).to_have_text("8")
    expect(page.locator("[data-stock-said]")).to_contain_text("now 8 on the shelf", timeout=15_000)
    shop.variant.refresh_from_db()
    assert shop.variant.on_hand == 8
    less = page.get_by_role("button", name="One less: Giỏ cỏ tế đan tay")
    for _press in range(9):
        less.click()
    expect(page.locator("[data-stock-said]")).to_have_text("Nothing is left on the shelf to take away.")
    expect(page.locator(".waits")).to_have_count(0)
    shop.variant.refresh_from_db()
    assert shop.variant.on_hand == 0
    page.get_by_text("Other number").click()
    assert fits(page.get_by_label("What happened?"))
    page.get_by_label("What happened?").select_option("counted")
    page.get_by_label("How many?").fill("2")
    page.get_by_role("button", name="Change the number").click()
    expect(page.locator("[data-on-hand]")).to_have_text("2")


@pytest.mark.usefixtures("clean_jobs")
def test_what_is_typed_before_the_scripts_come_is_saved_too(
    live_server: Any, owner: User, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    open_draft(page, live_server.url, owner)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/listing.js", hold)
    with page.expect_request("**/listing.js"):
        page.reload(wait_until="commit")
    page.get_by_label("Name", exact=True).fill("Khay cỏ tế")

    for route in waiting:
        route.continue_()

    expect(page.locator("[data-autosaved]")).to_contain_text("Saved at")
    assert Product.objects.get(state="DRAFT").name == "Khay cỏ tế"


@pytest.mark.usefixtures("clean_jobs")
def test_a_sheet_shows_by_itself_when_it_is_done(
    live_server: Any, owner: User, new_page: Callable[..., Page], run_jobs: Callable[[], int]
) -> None:
    page = new_page()
    sign_in(page, live_server.url, owner)
    page.goto(f"{live_server.url}/desk/san-pham")
    page.get_by_role("link", name="Many things at once").click()
    assert fits(h1(page, "Many things at once"))
    sheet = "Tên;Mã;Giá;Tồn kho\nKhay mới;K9;120.000;4\nGiỏ;G9;mười;1\n"
    page.get_by_label("Your sheet").set_input_files(
        {"name": "hang.csv", "mimeType": "text/csv", "buffer": sheet.encode("utf-8")}
    )
    page.get_by_role("button", name="2. Send it").click()
    expect(page.get_by_text("Being worked on")).to_be_visible()

    run_jobs()

    expect(page.get_by_text("Looked through: 1 new")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Row 3, Giá")).to_be_visible()
    assert fits(h1(page, "Many things at once"))
    page.get_by_role("button", name="3. Take it over").click()
    run_jobs()
    expect(page.get_by_text("Taken over: 1 new")).to_be_visible(timeout=15_000)
    assert Product.objects.get(name="Khay mới").state == "DRAFT"
