"""Applying: the seller exists from the first page on; each question has a page of its own."""

from typing import Any

import pytest

from catalog.models import PrivateFile, Seller, SellerMember
from tests.builders import ADDRESS, Shop, make_seller
from tests.desk.conftest import Person, error_at, jpeg, shown, value_of

pytestmark = pytest.mark.django_db

APPLICATION = {
    "key": "k",
    "kind": "HOUSEHOLD",
    "name": "Mây tre cô Mới",
    "legal_name": "Trần Thị Mới",
    "village": "luu-thuong",
    "phone": "0987 654 321",
    "province": "01",
    "ward": ADDRESS["wardCode"],
    "line1": "Thôn Lưu Thượng",
}


@pytest.fixture
def applied(newcomer: Person) -> Seller:
    newcomer.post("/desk/dang-ky", **APPLICATION)
    return Seller.objects.get(name="Mây tre cô Mới")


def test_the_first_page_makes_the_seller(newcomer: Person, applied: Seller, shop: Shop) -> None:
    assert (applied.state, applied.kind, applied.phone) == ("APPLIED", "HOUSEHOLD", "+84987654321")
    assert (applied.village, applied.commune) == (shop.village, shop.village.commune)
    assert (applied.address or {})["wardCode"] == ADDRESS["wardCode"]
    assert applied.address_shown_at is None
    assert SellerMember.objects.get(seller=applied).user == newcomer.user
    assert "Saved. Here is what comes next." in newcomer.get("/desk")


def test_what_the_account_knows_stands_there_already(newcomer: Person) -> None:
    page = newcomer.get("/desk/dang-ky")

    assert value_of(page, "legal_name") == "Trần Thị Mới"
    assert value_of(page, "phone") == "0987 654 321"


def test_sending_it_twice_makes_one_workshop(newcomer: Person, applied: Seller) -> None:
    assert newcomer.post("/desk/dang-ky?moi=1", **APPLICATION) == "/desk"
    assert Seller.objects.filter(name="Mây tre cô Mới").count() == 1


def test_a_refused_application_keeps_what_was_typed(newcomer: Person) -> None:
    wrong = {**APPLICATION, "phone": "12", "name": "", "ward": "", "village": "", "line1": "Thôn Lưu"}

    page = newcomer.post("/desk/dang-ky", 422, **wrong)

    assert value_of(page, "phone") == "12"
    assert value_of(page, "line1") == shown("Thôn Lưu")
    assert error_at(page, "phone") == "This phone number does not look right. Example: 0912 345 678."
    assert error_at(page, "name") == "What shall buyers call your workshop?"
    assert error_at(page, "village") == "In which village do you work?"
    assert error_at(page, "ward") == "Choose the ward or commune of today, and its province or city."
    assert '<a href="#phone">' in page
    assert not Seller.objects.filter(legal_name="Trần Thị Mới").exists()


def test_a_kind_is_asked_for(newcomer: Person) -> None:
    page = newcomer.post("/desk/dang-ky", 422, **{**APPLICATION, "kind": "EMPIRE"})

    assert error_at(page, "kind") == "Choose what fits best."
    assert value_of(page, "name") == shown("Mây tre cô Mới")


def test_another_province_brings_its_wards_without_a_script(newcomer: Person) -> None:
    page = newcomer.post("/desk/dang-ky", 200, **APPLICATION, choose_province="1")

    assert "Hoàn Kiếm" in page
    assert value_of(page, "name") == shown("Mây tre cô Mới")
    assert not Seller.objects.filter(name="Mây tre cô Mới").exists()


def test_a_place_outside_the_villages_has_its_commune(newcomer: Person, shop: Shop) -> None:
    newcomer.post("/desk/dang-ky", **{**APPLICATION, "village": "commune:phuong-duc"})

    seller = Seller.objects.get(name="Mây tre cô Mới")
    assert (seller.village, seller.commune) == (None, shop.village.commune)
    assert 'value="commune:phuong-duc" selected' in newcomer.get("/desk/dang-ky")


def test_the_answers_come_one_after_the_other(newcomer: Person, applied: Seller) -> None:
    newcomer.post("/desk/dang-ky/danh-tinh", personal_id="001070012345", birth_date="1/5/1970", tax_code="")
    newcomer.post("/desk/dang-ky/giay-to", documents=[jpeg(), jpeg("#000000", "sau.jpg")])
    newcomer.post(
        "/desk/dang-ky/tai-khoan", bank_bin="970422", bank_account="9999000000001", bank_holder="TRAN THI MOI"
    )

    applied.refresh_from_db()
    assert (applied.personal_id, applied.birth_date, applied.tax_code) == ("001070012345", "1970-05-01", None)
    assert PrivateFile.objects.filter(seller=applied, is_paper=True).count() == 2
    assert (applied.bank_bin, applied.bank_holder) == ("970422", "TRAN THI MOI")
    # Nothing of the first page got lost on the way.
    assert (applied.name, applied.phone, applied.state) == ("Mây tre cô Mới", "+84987654321", "APPLIED")
    assert "The officer of Phượng Dực will look at it" in newcomer.get("/desk")
    assert "account ending in 0001" in newcomer.get("/desk/dang-ky/tai-khoan")
    assert value_of(newcomer.get("/desk/dang-ky/danh-tinh"), "birth_date") == "01/05/1970"


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        (
            {"personal_id": "001070012345", "birth_date": "1/5/1971"},
            "birth_date",
            "The personal id names another year of birth. Please check both.",
        ),
        (
            {"personal_id": "12", "birth_date": "1/5/1970"},
            "personal_id",
            "A personal id has 12 digits: the number on the front of the card.",
        ),
        (
            {"personal_id": "001070012345", "birth_date": "31/2/1970"},
            "birth_date",
            "Write day, month and year, for example 20/04/2026.",
        ),
        (
            {"personal_id": "", "birth_date": "1/5/1970"},
            "personal_id",
            "Write the number on the front of your identity card.",
        ),
    ],
)
def test_a_slip_in_the_identity_is_told_at_its_field(
    newcomer: Person, applied: Seller, typed: dict[str, Any], field: str, words: str
) -> None:
    page = newcomer.post("/desk/dang-ky/danh-tinh", 422, tax_code="", **typed)

    assert error_at(page, field) == words
    assert value_of(page, "personal_id") == typed["personal_id"]
    assert value_of(page, "birth_date") == typed["birth_date"]
    applied.refresh_from_db()
    assert (applied.personal_id, applied.birth_date) == (None, None)


def test_a_company_is_asked_for_its_tax_code_alone(newcomer: Person) -> None:
    newcomer.post("/desk/dang-ky", **{**APPLICATION, "kind": "COMPANY"})

    page = newcomer.get("/desk/dang-ky/danh-tinh")
    assert "personal_id" not in page
    refused = newcomer.post("/desk/dang-ky/danh-tinh", 422, tax_code="")
    assert error_at(refused, "tax_code") == "Write the tax code from your licence."
    newcomer.post("/desk/dang-ky/danh-tinh", tax_code="0100047516")
    assert Seller.objects.get(name="Mây tre cô Mới").tax_code == "0100047516"


def test_papers_that_are_none_are_refused(newcomer: Person, applied: Seller) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    assert error_at(newcomer.post("/desk/dang-ky/giay-to", 422), "documents")
    page = newcomer.post("/desk/dang-ky/giay-to", 422, documents=[SimpleUploadedFile("a.jpg", b"no picture")])

    assert error_at(page, "documents")
    assert not PrivateFile.objects.filter(seller=applied).exists()


def test_an_application_sent_back_is_mended_and_looked_at_again(newcomer: Person, applied: Seller) -> None:
    Seller.objects.filter(pk=applied.pk).update(state="REJECTED", decision_note="Thiếu số nhà.")

    assert shown("Thiếu số nhà.") in newcomer.get("/desk")
    newcomer.post("/desk/dang-ky", **{**APPLICATION, "key": "k2", "line1": "Số 5, thôn Lưu Thượng"})

    applied.refresh_from_db()
    assert (applied.state, (applied.address or {})["line1"]) == ("APPLIED", "Số 5, thôn Lưu Thượng")
    assert Seller.objects.filter(legal_name="Trần Thị Mới").count() == 1


@pytest.mark.parametrize("page", ["", "/giay-to", "/danh-tinh", "/tai-khoan"])
def test_a_verified_workshop_is_led_back(owner: Person, page: str) -> None:
    assert owner.post(f"/desk/dang-ky{page}") == "/desk"


def test_an_editor_cannot_apply_for_the_workshop(editor: Person, shop: Shop) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(state="APPLIED")

    assert "This page is not for you" in editor.get("/desk/dang-ky/danh-tinh", 403)
    assert editor.client.get("/desk/dang-ky").url == "/desk"


def test_nobody_applies_for_the_workshop_of_others(newcomer: Person) -> None:
    foreign = make_seller("Cơ sở lạ", state="APPLIED")

    newcomer.post("/desk", seller=foreign.slug)

    assert newcomer.client.get("/desk/dang-ky/danh-tinh").url == "/desk"


def test_personal_data_stand_in_no_session(newcomer: Person, applied: Seller) -> None:
    newcomer.post("/desk/dang-ky/danh-tinh", personal_id="001070012345", birth_date="1/5/1970", tax_code="")

    kept = str(dict(newcomer.client.session))
    assert "001070012345" not in kept
    assert "987654321" not in kept
