"""What buyers read about a workshop, and its OCOP certificates."""

from typing import Any

import pytest

from catalog.models import OcopCertificate, Seller
from tests.builders import Shop
from tests.desk.conftest import Person, error_at, jpeg, listing_path, shown, value_of

pytestmark = pytest.mark.django_db
PATH = "/desk/co-so"


def form(seller: Seller, **changed: Any) -> dict[str, Any]:
    links = {f"{part}-{number}": "" for number in range(3) for part in ("network", "url")}
    return {
        "name": seller.name,
        "about": seller.about.get("en", ""),
        "phone": "0912 345 678",
        "province": "01",
        "ward": "00070",
        "line1": "1 phố Tràng Thi",
        "vneid": "",
        **links,
        **changed,
    }


def test_an_owner_changes_everything(owner: Person, shop: Shop) -> None:
    owner.post(
        PATH,
        **form(
            shop.seller,
            name="Cỏ tế Lưu Thượng",
            about="Since 1990.",
            phone="0987654321",
            line1="Số 5",
            show_address="yes",
            vneid="1/9/2026",
            logo=jpeg(),
            **{
                "network-0": "facebook",
                "url-0": "facebook.com/cote",
                "network-2": "zalo",
                "url-2": "https://zalo.me/1",
            },
        ),
    )

    seller = Seller.objects.get(pk=shop.seller.pk)
    assert (seller.name, seller.about["en"], seller.phone) == (
        "Cỏ tế Lưu Thượng",
        "Since 1990.",
        "+84987654321",
    )
    assert (seller.address or {})["line1"] == "Số 5"
    assert seller.address_shown_at is not None
    assert str(seller.vneid_linked_at) == "2026-08-31 17:00:00+00:00"
    assert seller.logo is not None
    assert seller.social_links == [
        {"network": "facebook", "url": "https://facebook.com/cote"},
        {"network": "zalo", "url": "https://zalo.me/1"},
    ]
    assert "Saved." in owner.get(PATH)


def test_saving_without_a_change_changes_nothing(owner: Person, shop: Shop) -> None:
    before = Seller.objects.filter(pk=shop.seller.pk).values().get()

    owner.post(PATH, **form(shop.seller))

    assert Seller.objects.filter(pk=shop.seller.pk).values().get() == before


def test_a_refused_form_keeps_what_was_typed(owner: Person, shop: Shop) -> None:
    wrong = form(
        shop.seller,
        name="",
        phone="12",
        line1="",
        vneid="mai",
        about="Dòng một",
        **{"network-1": "facebook", "url-1": "https://evil.example/", "url-2": "https://x.vn"},
    )

    page = owner.post(PATH, 422, **wrong)
    assert error_at(page, "vneid") == "Write day, month and year, for example 20/04/2026."
    assert error_at(page, "network-2") == "Choose where this page is."
    page = owner.post(PATH, 422, **{**wrong, "vneid": "1/9/2026", "network-2": "website"})

    assert error_at(page, "name") == "What shall buyers call your workshop?"
    assert error_at(page, "phone").startswith("This phone number does not look right.")
    assert error_at(page, "line1") == "Give the house number and street, or the village."
    assert error_at(page, "url-1") == "Copy the address of your page, it begins with https://."
    assert value_of(page, "url-1") == "https://evil.example/"
    assert value_of(page, "about") == shown("Dòng một")
    shop.seller.refresh_from_db()
    assert shop.seller.name == "Cơ sở cỏ tế Lưu Thượng"


def test_an_editor_changes_words_only(editor: Person, shop: Shop) -> None:
    page = editor.get(PATH)
    assert 'name="phone"' not in page
    assert 'name="line1"' not in page
    assert 'name="vneid"' not in page

    editor.post(PATH, **form(shop.seller, about="New words.", name="Tên khác", phone="0987654321"))

    seller = Seller.objects.get(pk=shop.seller.pk)
    assert (seller.about["en"], seller.name, seller.phone) == ("New words.", "Cơ sở cỏ tế Lưu Thượng", "")


def test_another_province_brings_its_wards_without_a_script(owner: Person, shop: Shop) -> None:
    page = owner.post(PATH, 200, **form(shop.seller, about="Chưa lưu", choose_province="1"))

    assert value_of(page, "about") == shown("Chưa lưu")
    shop.seller.refresh_from_db()
    assert shop.seller.about["en"] != "Chưa lưu"


# --- Certificates ---------------------------------------------------------------------------------------------

DECISION = {
    "number": "45/QĐ-UBND",
    "stars": "4",
    "level": "PROVINCE",
    "issued_by": "UBND thành phố Hà Nội",
    "issued_on": "20/4/2026",
}


def test_a_decision_is_sent_with_its_photo(editor: Person, shop: Shop) -> None:
    path = f"{listing_path(shop.product)}/chung-nhan"

    editor.post(path, **DECISION, scan=jpeg())

    row = OcopCertificate.objects.get()
    assert (row.number, row.stars, row.level, row.state) == ("45/QĐ-UBND", 4, "PROVINCE", "SUBMITTED")
    assert (str(row.issued_on), str(row.expires_on)) == ("2026-04-20", "2029-04-20")
    assert row.scan is not None
    page = editor.get(path)
    assert "The officer is comparing it." in page
    assert "45/QĐ-UBND" in page


def test_an_officers_words_about_a_certificate_are_shown(editor: Person, shop: Shop) -> None:
    path = f"{listing_path(shop.product)}/chung-nhan"
    editor.post(path, **DECISION, scan=jpeg())
    OcopCertificate.objects.update(state="REJECTED", note="Sai số quyết định.")

    page = editor.get(path)

    assert "Sent back. Mend what the officer writes and send it again." in page
    assert "Sai số quyết định." in page


def test_a_refused_decision_keeps_what_was_typed(editor: Person, shop: Shop) -> None:
    path = f"{listing_path(shop.product)}/chung-nhan"

    page = editor.post(path, 422, **{**DECISION, "issued_on": "hôm qua", "number": ""})

    assert error_at(page, "issued_on") == "Write day, month and year, for example 20/04/2026."
    assert error_at(page, "number") == "Write the number of the decision."
    assert value_of(page, "issued_by") == shown("UBND thành phố Hà Nội")
    assert 'value="4" selected' in page
    assert not OcopCertificate.objects.exists()


def test_a_packer_sends_no_decision(packer: Person, shop: Shop) -> None:
    packer.post(f"{listing_path(shop.product)}/chung-nhan", 403, **DECISION)

    assert not OcopCertificate.objects.exists()
