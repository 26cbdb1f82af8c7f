"""Taking over a page of the old directory, by pages alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from catalog.models import Seller
from marketplace.accounts.models import User
from marketplace.accounts.sms import MemorySender
from tests.builders import Shop, make_seller, make_user
from tests.desk.conftest import Person, error_at, person, shown, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(shop: Shop) -> Seller:
    MemorySender.outbox.clear()
    return make_seller("Mây cũ", state="UNCLAIMED", phone="+84912345678", village=shop.village)


@pytest.fixture
def lan(db: None) -> Person:
    return person(make_user("lan@example.vn", name="Lan"))


def test_from_the_old_page_to_an_application(
    old: Seller, lan: Person, run_jobs: Callable[[], int], client: Client
) -> None:
    path = f"/desk/nhan-trang/{old.slug}"
    assert path in text_of(client.get(f"/nguoi-ban/{old.slug}"))
    assert "Send me the code" in lan.get(path)

    asked = lan.post(path, 200)
    assert "This is my workshop" in asked
    run_jobs()
    found = re.search(r"\d{6}", MemorySender.outbox[0][1])
    assert found
    refused = lan.post(path, 422, confirm="1", code="00")
    assert error_at(refused, "code") == "The code is wrong or too old. Ask for a new one."
    assert 'value="00"' in refused
    assert lan.post(path, confirm="1", code=found.group()) == "/desk/dang-ky"

    form = lan.get("/desk/dang-ky")
    assert 'value="Mây cũ"' in form
    assert lan.get("/desk")
    # Coming back by the link leads on, too.
    assert lan.client.get(path)["Location"] == "/desk/dang-ky"


def test_a_code_is_typed_also_where_no_other_one_is_sent(
    old: Seller, lan: Person, run_jobs: Callable[[], int], settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "seller_claim": "1/d/key"}
    path = f"/desk/nhan-trang/{old.slug}"
    lan.post(path, 200)
    run_jobs()
    found = re.search(r"\d{6}", MemorySender.outbox[0][1])
    assert found

    for page in (lan.get(path), lan.post(path, 422)):
        assert 'name="code"' in page
        assert "Send me the code" in page
    assert lan.post(path, confirm="1", code=found.group()) == "/desk/dang-ky"


def test_the_desk_finds_the_page_by_the_phone(old: Seller, lan: Person) -> None:
    assert f"/desk/nhan-trang/{old.slug}" not in lan.get("/desk")
    User.objects.update(phone=old.phone, phone_verified=True)

    start = lan.get("/desk")

    assert f"/desk/nhan-trang/{old.slug}" in start
    assert "Take over Mây cũ" in start
    assert "/desk/dang-ky" in start


def test_a_claimed_page_says_so_to_others(old: Seller, lan: Person, shop: Shop) -> None:
    from catalog.models import SellerMember

    page = f"/nguoi-ban/{old.slug}"
    assert f"/desk/nhan-trang/{old.slug}" in text_of(lan.client.get(page))
    SellerMember.objects.create(seller=old, user=make_user("chu@example.vn"), role="OWNER")

    assert f"/desk/nhan-trang/{old.slug}" not in text_of(lan.client.get(page))
    assert shown("Somebody has claimed this page.") in lan.post(f"/desk/nhan-trang/{old.slug}", 422)
    lan.get(f"/desk/nhan-trang/{shop.seller.slug}", 404)


def test_who_is_not_signed_in_comes_back_to_it(old: Seller, client: Client) -> None:
    path = f"/desk/nhan-trang/{old.slug}"
    assert client.get(path)["Location"].endswith(f"?next={path}")
