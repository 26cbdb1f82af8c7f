"""The page behind a printed label, and the label's code read back by a decoder."""

import datetime as dt
import json
import re
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Product, ProductTranslation, Seller, SellerMember
from catalog.trace import ALPHABET, LENGTH, new_trace_code, parse_trace_code
from tests.builders import ADDRESS, Shop, make_certificate, make_product, make_seller, make_user
from tests.conftest import Graphql
from tests.storefront.conftest import text_of

pytestmark = pytest.mark.django_db
PASSPORT = "query($c: String!){passport(code: $c){code onSale certificates{number state} product{slug}}}"


def page(client: Client, product: Product) -> str:
    return text_of(client.get(f"/ho-chieu/{product.trace_code}"))


def linked(text: str) -> Any:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]


def test_the_page_tells_what_the_circular_asks_for(client: Client, shop: Shop) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(
        address={**ADDRESS, "ward": "Hoàn Kiếm", "province": "Hà Nội"},
        address_shown_at=timezone.now(),
        phone="+84912345678",
    )
    Product.objects.filter(pk=shop.product.pk).update(
        gtin="8938500000010",
        steps=[
            {"name": "Phơi cỏ", "on": "2026-10-02", "place": "Lưu Thượng"},
            {"name": "Đan", "on": None, "place": None},
        ],
    )
    make_certificate(shop.product, number="12/QĐ-UBND")
    client.cookies["language"] = "en"

    text = page(client, shop.product)
    data = linked(text)

    for expected in (
        "Giỏ cỏ tế đan tay", "Cơ sở cỏ tế Lưu Thượng", "1 phố Tràng Thi, Hoàn Kiếm, Hà Nội", "Lưu Thượng", "Phượng Dực",
        "Material", "Fern", "Phơi cỏ", "Lưu Thượng, 2 October 2026", "12/QĐ-UBND", "In force", "8938500000010",
        shop.product.trace_code,
    ):  # fmt: skip
        assert expected in text, expected
    assert "912345678" not in text
    assert "Nguyễn Thị Lan" not in text
    assert (data["@type"], data["name"], data["gtin"]) == ("Product", "Giỏ cỏ tế đan tay", "8938500000010")
    assert data["serialNumber"] == shop.product.trace_code
    assert data["manufacturer"]["address"]["streetAddress"] == "1 phố Tràng Thi"
    assert data["manufacturer"]["location"]["name"] == "Lưu Thượng, Phượng Dực, Hà Nội"
    assert data["hasCertification"][0]["certificationStatus"] == "https://schema.org/CertificationActive"


def test_certificates_show_their_state_of_today(client: Client, shop: Shop, gql: Graphql) -> None:
    day = timezone.localdate()
    make_certificate(
        shop.product,
        number="cũ",
        issued_on=day - dt.timedelta(days=1200),
        expires_on=day - dt.timedelta(days=1),
    )
    make_certificate(shop.product, number="thu hồi", state="REVOKED", issued_on=day - dt.timedelta(days=50))
    make_certificate(shop.product, number="đang xét", state="SUBMITTED", issued_on=day - dt.timedelta(days=5))
    make_certificate(shop.product, number="tương lai", issued_on=day + dt.timedelta(days=5))

    data = gql(PASSPORT, c=shop.product.trace_code)["passport"]

    assert data["certificates"] == [
        {"number": "thu hồi", "state": "REVOKED"},
        {"number": "cũ", "state": "EXPIRED"},
    ]
    text = page(client, shop.product)
    assert "đang xét" not in text
    assert "CertificationActive" not in text


def test_what_is_put_away_keeps_its_passport_and_what_never_was_for_sale_has_none(
    client: Client, shop: Shop, gql: Graphql
) -> None:
    archived = make_product(
        seller=shop.seller, state="ARCHIVED", archived_at=timezone.now(), archived_from="PUBLISHED"
    )
    hidden = [
        make_product(seller=shop.seller, state="DRAFT", published_at=None),
        make_product(seller=shop.seller, state="REJECTED"),
        make_product(seller=shop.seller, state="ARCHIVED", published_at=None, archived_at=timezone.now()),
        make_product(seller=make_seller(state="SUSPENDED")),
    ]

    assert gql(PASSPORT, c=archived.trace_code)["passport"]["onSale"] is False
    assert "See it in the shop" not in page(client, archived)
    for product in hidden:
        assert gql(PASSPORT, c=product.trace_code)["passport"] is None
        assert client.get(f"/ho-chieu/{product.trace_code}").status_code == 404
    for code in ("", "x", "0" * 13, "../../etc", "%00", shop.product.slug):
        assert client.get(f"/ho-chieu/{code}").status_code == 404


def test_it_speaks_the_readers_language(client: Client, shop: Shop) -> None:
    ProductTranslation.objects.create(
        product=shop.product, language="en", name="Fern basket", machine_translated=True
    )
    client.cookies["language"] = "en"
    assert "Fern basket" in page(client, shop.product)
    assert "Translated by a machine." in page(client, shop.product)
    client.cookies["language"] = "vi"
    assert "Fern basket" not in page(client, shop.product)


def test_nothing_hidden_comes_through_a_passport(shop: Shop, gql: Graphql) -> None:
    Product.objects.filter(pk=shop.product.pk).update(review_note="Bí mật")

    data = gql(
        "query($c: String!){passport(code: $c){product{reviewNote pendingRevision{id} variants{onHand held} seller{private{phone}}}}}",
        c=shop.product.trace_code,
    )

    assert data["passport"]["product"] == {
        "reviewNote": None, "pendingRevision": None, "variants": [{"onHand": None, "held": None}],
        "seller": {"private": None},
    }  # fmt: skip


# --- Codes ----------------------------------------------------------------------------------------------------


def test_a_code_is_read_back_however_it_is_typed() -> None:
    codes = [new_trace_code() for _code in range(200)]

    assert len(set(codes)) == 200
    assert {len(code) for code in codes} == {LENGTH}
    assert [parse_trace_code(f" {code[:4].lower()} {code[4:8]}-{code[8:]} ") for code in codes] == codes
    assert [parse_trace_code(code.replace("0", "O").replace("1", "I")) for code in codes] == codes


@given(place=st.integers(0, LENGTH - 1), letter=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(place: int, letter: str) -> None:
    code = new_trace_code()

    wrong = code[:place] + letter + code[place + 1 :]

    assert parse_trace_code(wrong) == (code if wrong == code else None)


# --- Labels ---------------------------------------------------------------------------------------------------


def test_a_sheet_holds_24_codes_that_a_decoder_reads(shop: Shop, settings: Any) -> None:
    user = make_user()
    SellerMember.objects.create(seller=shop.seller, user=user, role="EDITOR")
    Product.objects.filter(pk=shop.product.pk).update(
        name="Giỏ cỏ tế đan tay loại lớn, có nắp và quai xách 🎁 " * 2
    )
    client = Client()
    client.force_login(user)

    answer = client.get(f"/desk/san-pham/{shop.product.pk.hex}/nhan.pdf")

    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200,
        "application/pdf",
        "no-store",
    )
    document = pypdfium2.PdfDocument(answer.content)
    assert len(document) == 1
    assert [round(side) for side in document[0].get_size()] == [595, 842]
    codes = zxingcpp.read_barcodes(document[0].render(scale=3).to_pil())
    assert len(codes) == 24
    assert {code.text for code in codes} == {settings.PASSPORT_URL.format(code=shop.product.trace_code)}
    text = document[0].get_textpage().get_text_range()
    assert "Cơ sở cỏ tế Lưu Thượng" in text
    assert "Giỏ cỏ tế đan tay" in text
    document.close()


def test_labels_are_for_the_sellers_people_alone(shop: Shop, client: Client) -> None:
    address = f"/desk/san-pham/{shop.product.pk.hex}/nhan.pdf"
    assert client.get(address).status_code == 302
    client.force_login(make_user())
    assert client.get(address).status_code == 404


def test_the_apis_code_is_the_pages_address(shop: Shop, gql: Graphql, settings: Any) -> None:
    data = gql("query($s: String!){product(slug: $s){passportUrl passportQr}}", s=shop.product.slug)[
        "product"
    ]

    assert data["passportUrl"] == settings.PASSPORT_URL.format(code=shop.product.trace_code)
    assert data["passportQr"].startswith("data:image/svg+xml")
    assert len(data["passportQr"]) < 20_000
