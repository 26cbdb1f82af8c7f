"""The first page of the desk: for guests, newcomers, and everybody's part in a workshop."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Product, Seller, SellerMember
from marketplace.core.clock import today
from tests.builders import Shop, make_product, make_seller, make_user
from tests.desk.conftest import Person, listing_path, member, person, shown, text_of

pytestmark = pytest.mark.django_db
PAGES = (
    "/desk/dang-ky",
    "/desk/dang-ky/giay-to",
    "/desk/dang-ky/danh-tinh",
    "/desk/dang-ky/tai-khoan",
    "/desk/san-pham",
    "/desk/san-pham/moi",
    "/desk/nhap-bang",
    "/desk/cau-hoi",
    "/desk/danh-gia",
    "/desk/ton-kho",
    "/desk/nguoi",
    "/desk/co-so",
)


@pytest.fixture
def guest(client: Client) -> Client:
    client.cookies["language"] = "en"
    return client


def test_a_guest_reads_what_the_desk_is(guest: Client, shop: Shop) -> None:
    page = text_of(guest.get("/desk"))

    assert "Sell what you make" in page
    assert 'href="/accounts/login/?next=/desk"' in page
    assert 'href="/accounts/signup/?next=/desk"' in page


@pytest.mark.parametrize("path", PAGES)
def test_every_other_page_asks_to_sign_in_and_comes_back(guest: Client, path: str) -> None:
    response = guest.get(path)

    assert (response.status_code, response["Cache-Control"]) == (302, "no-store")
    assert response.url == f"/accounts/login/?next={path}"


def test_the_address_with_a_slash_leads_to_the_one_without(guest: Client) -> None:
    assert guest.get("/desk/").url == "/desk"


def test_a_newcomer_reads_what_selling_means_and_has_one_button(newcomer: Person) -> None:
    page = newcomer.get("/desk")

    assert "It costs nothing to list." in page
    assert page.count('class="button act wide"') == 1
    assert 'href="/desk/dang-ky"' in page


def test_nothing_of_the_desk_is_kept_by_a_cache(owner: Person, shop: Shop) -> None:
    for path in ("/desk", *PAGES[4:], listing_path(shop.product)):
        assert owner.client.get(path)["Cache-Control"] == "no-store"


def test_a_verified_workshop_sees_its_numbers(owner: Person, shop: Shop) -> None:
    make_product("Hết hàng", seller=shop.seller, stock=1)
    make_product("Nháp", seller=shop.seller, state="DRAFT")
    make_product("Trả", seller=shop.seller, state="REJECTED")
    make_product("Của người khác", state="DRAFT")

    page = owner.get("/desk")

    assert "Verified by the commune." in page
    assert '<a href="/desk/san-pham?xem=tra-lai"><b>1</b>' in page
    assert '<a href="/desk/ton-kho"><b>1</b>' in page
    assert '<a href="/desk/san-pham?xem=nhap"><b>1</b>' in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("APPLIED", "You have applied."),
        ("REJECTED", "The officer sent it back."),
        ("SUSPENDED", "The workshop is paused."),
        ("CLOSED", "The workshop is closed."),
    ],
)
def test_each_state_says_what_it_means(owner: Person, shop: Shop, state: str, words: str) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(state=state, decision_note="Ảnh bị mờ.")

    page = owner.get("/desk")

    assert words in page
    assert ("Ảnh bị mờ." in page) == (state != "APPLIED")


def test_the_next_undone_thing_is_the_main_button(owner: Person, shop: Shop) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(state="APPLIED")

    page = owner.get("/desk")

    assert 'class="button act wide" href="/desk/dang-ky/danh-tinh"' in page
    assert 'href="/desk/dang-ky/giay-to"' in page


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (400, "There is time."),
        (10, "Please do it in the next days"),
        (0, "linked to VNeID now."),
        (-3, "linked to VNeID now."),
    ],
)
def test_an_unlinked_account_is_told_the_day(
    owner: Person, shop: Shop, settings: Any, days: int, words: str
) -> None:
    long_ago = timezone.now() - dt.timedelta(days=900)
    settings.VNEID_FROM = today()
    settings.VNEID_DEADLINE = today() + dt.timedelta(days=days)
    Seller.objects.filter(pk=shop.seller.pk).update(applied_at=long_ago)
    page = owner.get("/desk")
    assert words in page
    assert ("linked to VNeID by" in page) == (days > 0)

    Seller.objects.filter(pk=shop.seller.pk).update(vneid_linked_at=timezone.now() - dt.timedelta(days=1))
    assert "linked to VNeID" not in owner.get("/desk")


def test_what_was_sent_back_can_be_mended_page_by_page(owner: Person, shop: Shop) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(
        state="REJECTED", personal_id="001170012345", birth_date="1970-05-01", decision_note="Ảnh mờ."
    )

    page = owner.get("/desk")

    assert "What do you want to mend?" in page
    for path in ("/desk/dang-ky", "/desk/dang-ky/danh-tinh", "/desk/dang-ky/giay-to"):
        assert f'<a href="{path}">' in page


def test_who_has_two_workshops_picks_one(owner: Person, shop: Shop) -> None:
    other = make_seller("Cơ sở thứ hai")
    SellerMember.objects.create(seller=other, user=owner.user, role="PACKER")

    assert "Which workshop today?" in owner.get("/desk")
    assert owner.client.get("/desk/san-pham").url == "/desk"
    owner.post("/desk", seller=other.slug)
    assert "<h1>Cơ sở thứ hai</h1>" in owner.get("/desk")
    owner.post("/desk", seller="co-so-cua-nguoi-khac")
    assert "Choose one of your workshops." in owner.get("/desk")
    assert "Which workshop today?" in owner.get("/desk?chon=1")


def test_a_packer_sees_stock_and_people_only(packer: Person, shop: Shop) -> None:
    page = packer.get("/desk")

    assert "/desk/ton-kho" in page
    assert "/desk/nguoi" in page
    assert "/desk/san-pham" not in page
    assert "/desk/co-so" not in page
    for path in ("/desk/san-pham", "/desk/san-pham/moi", "/desk/co-so", listing_path(shop.product)):
        assert "This page is not for you" in packer.get(path, 403)
    assert packer.client.post("/desk/san-pham/moi", {"without": "1"}).status_code == 403
    assert Product.objects.count() == 1


@pytest.mark.parametrize("ending", ["", "/chung-nhan"])
def test_the_listing_of_another_workshop_is_not_found(owner: Person, ending: str) -> None:
    foreign = make_product("Của người khác")

    assert owner.client.get(listing_path(foreign) + ending).status_code == 404
    assert owner.client.post(listing_path(foreign) + ending, {"do": "archive"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == "PUBLISHED"


def test_an_officer_of_the_commune_has_no_desk(shop: Shop) -> None:
    from catalog.models import CommuneOfficer

    user = make_user(is_staff=True)
    CommuneOfficer.objects.create(commune=shop.village.commune, user=user)

    assert person(user).client.get(listing_path(shop.product)).status_code == 404


def test_the_listing_of_the_second_workshop_opens_without_choosing(owner: Person, shop: Shop) -> None:
    other = make_seller("Cơ sở thứ hai")
    SellerMember.objects.create(seller=other, user=owner.user, role="EDITOR")

    assert shown(shop.product.name) in owner.get(listing_path(shop.product))


def test_an_editor_has_no_checklist(shop: Shop) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(state="APPLIED")

    assert "/desk/dang-ky/" not in member(shop.seller, "EDITOR").get("/desk")
