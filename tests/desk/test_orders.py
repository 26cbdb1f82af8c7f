"""Orders at the desk: taken on, packed, handed over and given up, without JavaScript."""

import re
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.test import Client

from marketplace.core.ids import to_global_id
from marketplace.desk.slips import Slip, parcel_papers
from orders.models import SellerOrder, Shipment, ShippingRate, ShippingTerms
from payments.models import Refund
from tests.builders import Shop, make_product
from tests.conftest import Graphql
from tests.desk.conftest import Person, error_at, shown, value_of
from tests.orders.selling import buy_paid
from tests.orders.test_missing import miss
from tests.orders.test_shipping import abroad
from tests.payments.buying import Bought

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(new_gql: Callable[[], Graphql], shop: Shop, run_jobs: Callable[[], int]) -> Bought:
    return buy_paid(new_gql(), run_jobs, (shop.variant, 3))


def test_the_first_page_says_that_somebody_waits(owner: Person, packer: Person, order: Bought) -> None:
    for person in (owner, packer):
        page = person.get("/desk")
        assert "1 order waits for you" in page
        assert 'href="/desk/don-hang"' in page


def test_an_order_is_taken_on_packed_and_handed_over(packer: Person, order: Bought) -> None:
    number = f"{order.number}-1"
    page = packer.get("/desk/don-hang")
    assert "3 × Giỏ cỏ tế đan tay" in page
    assert "Answer before" in page

    page = packer.get(f"/desk/don-hang/{number}")
    assert "Yes, I take it on" in page
    assert "It is handed over" not in page
    assert 'href="tel:+84912345678"' in page
    assert "Gói kỹ" in page
    assert packer.post(f"/desk/don-hang/{number}", act="confirm") == f"/desk/don-hang/{number}"

    page = packer.get(f"/desk/don-hang/{number}")
    assert "Yes, I take it on" not in page
    back = packer.post(f"/desk/don-hang/{number}", 422, act="ship", carrier="", tracking="EV1")
    assert error_at(back, "carrier") == "Choose who carries it."
    assert value_of(back, "tracking") == "EV1"
    form = {"act": "ship", "carrier": "vnpost", "tracking": "EV1", "key": value_of_key(page)}
    packer.post(f"/desk/don-hang/{number}", 302, **form)
    # Pressed twice on a slow link.
    packer.post(f"/desk/don-hang/{number}", 302, **form)

    parcel = Shipment.objects.get()
    assert (parcel.carrier, parcel.tracking_number, parcel.state) == ("vnpost", "EV1", "IN_TRANSIT")
    page = packer.get(f"/desk/don-hang/{number}")
    assert "See where it is" in page
    assert number in packer.get("/desk/don-hang?xem=dang-giao")
    assert number not in packer.get("/desk/don-hang")
    found = re.search(r'name="parcel" value="([^"]+)"', page)
    assert found
    packer.post(f"/desk/don-hang/{number}", act="parcel-DELIVERED", parcel=found[1])
    assert SellerOrder.objects.get().state == "DELIVERED"


def value_of_key(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


def test_what_a_buyer_misses_is_answered(
    packer: Person, order: Bought, new_gql: Callable[[], Graphql]
) -> None:
    path = f"/desk/don-hang/{order.number}-1"
    packer.post(path, act="ship", carrier="vnpost", tracking="")
    key = to_global_id("Shipment", Shipment.objects.get().pk)
    packer.post(path, act="parcel-DELIVERED", parcel=key)
    assert "It was handed over" not in packer.get(path)
    miss(new_gql(), order)

    page = packer.get(path)
    assert "Say here before" in page
    assert "It is lost" in page
    assert ">It has arrived<" not in page
    packer.post(path, act="parcel-DELIVERED", parcel=key)

    assert Shipment.objects.get().missing_at is None
    miss(new_gql(), order)
    page = packer.get(path)
    assert "The officer of your commune looks at it now." in page
    assert "It was handed over" not in page
    assert "It is lost" in page


def test_only_a_part_may_go(owner: Person, order: Bought) -> None:
    number = f"{order.number}-1"
    owner.post(f"/desk/don-hang/{number}", act="confirm")
    page = owner.get(f"/desk/don-hang/{number}")
    (name,) = re.findall(r'name="(pieces-[^"]+)"', page)

    owner.post(f"/desk/don-hang/{number}", act="ship", carrier="self", **{name: "2"})
    assert SellerOrder.objects.get().state == "PREPARING"
    page = owner.get(f"/desk/don-hang/{number}")
    assert "I cannot deliver it" not in page
    refused = owner.post(f"/desk/don-hang/{number}", 422, act="ship", carrier="self", **{name: "2"})
    assert "1 are still to be sent" in refused
    owner.post(f"/desk/don-hang/{number}", act="ship", carrier="self")

    assert SellerOrder.objects.get().state == "SHIPPED"


def test_giving_an_order_up_asks_for_words(owner: Person, packer: Person, order: Bought) -> None:
    path = f"/desk/don-hang/{order.number}-1"
    assert "I cannot deliver it" in owner.get(path)
    assert "I cannot deliver it" not in packer.get(path)
    packer.get(f"{path}/huy", 403)

    assert "310" not in owner.get(f"{path}/huy")
    assert "780.000" in owner.get(f"{path}/huy")
    assert error_at(owner.post(f"{path}/huy", 422, reason=" "), "reason")
    assert owner.post(f"{path}/huy", reason="Hết cỏ tế") == path

    assert SellerOrder.objects.get().state == "CANCELLED"
    assert Refund.objects.get().amount == 780_000
    page = owner.get(path)
    assert "Do not send it" in page
    assert "Hết cỏ tế" in page


def test_another_workshops_order_is_not_there(
    owner: Person, order: Bought, new_gql: Callable[[], Graphql], run_jobs: Callable[[], int]
) -> None:
    foreign = buy_paid(new_gql(), run_jobs, (make_product("Khay").variants.get(), 1))

    for path in ("", "/huy"):
        owner.get(f"/desk/don-hang/{foreign.number}-1{path}", 404)
    assert shown(foreign.number) not in owner.get("/desk/don-hang")


def test_the_address_and_what_is_in_it_are_printed(owner: Person, packer: Person, order: Bought) -> None:
    path = f"/desk/don-hang/{order.number}-1"
    assert f'href="{path}/phieu.pdf"' in packer.get(path)

    answer = packer.client.get(f"{path}/phieu.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    document = pypdfium2.PdfDocument(answer.content)
    assert [round(side / 72 * 25.4) for side in document[0].get_size()] == [105, 148]
    label, slip = (" ".join(page.get_textpage().get_text_range().split()) for page in document)
    (code,) = zxingcpp.read_barcodes(document[0].render(scale=3).to_pil())
    assert code.text == f"{order.number}-1"
    for words in (f"{order.number}-1", "Nguyễn Thị Lan", "0912 345 678", "1 phố Tràng Thi", "Lưu Thượng"):
        assert words in label
    for words in ("3 ×", "Giỏ cỏ tế đan tay", "Gói kỹ"):
        assert words in slip
    owner.post(f"{path}/huy", reason="Hết")
    owner.get(f"{path}/phieu.pdf", 404)


def test_what_came_back_is_sent_once_more(owner: Person, order: Bought) -> None:
    path = f"/desk/don-hang/{order.number}-1"
    owner.post(path, act="confirm")
    owner.post(path, act="ship", carrier="vnpost", tracking="EV123456789VN")
    key = to_global_id("Shipment", Shipment.objects.get().pk)
    owner.post(path, act="parcel-RETURNED", parcel=key)
    assert 'value="parcel-IN_TRANSIT"' in owner.get(path)

    owner.post(path, act="parcel-IN_TRANSIT", parcel=key)

    assert Shipment.objects.get().state == "IN_TRANSIT"
    assert 'value="parcel-IN_TRANSIT"' not in owner.get(path)


def test_a_label_abroad_tells_the_country_as_posts_read_it(
    owner: Person, gql: Graphql, run_jobs: Callable[[], int], shop: Shop
) -> None:
    ShippingRate.objects.create(
        terms=ShippingTerms.objects.get(seller=None), zone="ABROAD", up_to_grams=9_000, price=500_000
    )
    order = buy_paid(gql, run_jobs, (shop.variant, 1), shippingAddress=abroad())

    sheet = owner.client.get(f"/desk/don-hang/{order.number}-1/phieu.pdf").content

    label = " ".join(pypdfium2.PdfDocument(sheet)[0].get_textpage().get_text_range().split())
    assert "Paris 75005 FRANCE" in label
    assert "Paris 75005, France" in owner.get(f"/desk/don-hang/{order.number}-1")


def test_a_long_slip_goes_on_over_pages(order: Bought) -> None:
    lines = [
        (number, f"Khay gỗ {number} " + "rất dài " * 20, "Nhỏ", f"PX{number}") for number in range(1, 31)
    ]
    sheet = parcel_papers(
        Slip(
            number="PX460919289-1", tracking="EV123456789VN", sender="Cơ sở", sender_place="Lưu Thượng",
            receiver="Nguyễn \U0001f600 Lan", phone="0912 345 678", address=["1 phố", "Hà Nội"], lines=lines,
            note="x " * 900, from_word="Từ", to_word="Đến", slip_word="Có gì", note_word="Lời nhắn", thanks="Cảm ơn",
        )
    )  # fmt: skip

    document = pypdfium2.PdfDocument(sheet)
    text = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    assert all(f"Khay gỗ {number} " in text for number in range(1, 31))
    (code,) = zxingcpp.read_barcodes(document[0].render(scale=3).to_pil())
    assert code.text == "EV123456789VN"


def test_a_label_is_printed_by_a_link_that_grows_old(
    owner: Person, gql: Graphql, order: Bought, settings: Any
) -> None:
    number = f"{order.number}-1"
    owner.post(f"/desk/don-hang/{number}", act="confirm")
    owner.post(f"/desk/don-hang/{number}", act="ship", carrier="vnpost", tracking="EV123456789VN")
    seller = Graphql(owner.client)
    seller.headers["X-Requested-With"] = "tests"
    asked = "query($i: ID!){node(id: $i){...on Shipment{labelUrl}}}"
    key = to_global_id("Shipment", Shipment.objects.get().pk)

    url = seller(asked, i=key)["node"]["labelUrl"]

    assert url.startswith(settings.BASE_URL)
    path = url.removeprefix(settings.BASE_URL)
    assert number not in path
    answer = Client().get(path)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    document = pypdfium2.PdfDocument(answer.content)
    assert [round(side / 72 * 25.4) for side in document[0].get_size()] == [105, 148]
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    for wanted in ("EV123456789VN", "Nguyễn Thị Lan", "0912 345 678", "1 phố Tràng Thi", "Lưu Thượng", "3 ×"):
        assert wanted in " ".join(words.split())
    (code,) = zxingcpp.read_barcodes(document[0].render(scale=3).to_pil())
    assert code.text == "EV123456789VN"

    assert Client().post(path).status_code == 405
    assert Client().get(path[:-1]).status_code == 404
    settings.PRIVATE_LINK_MINUTES = 0
    assert Client().get(path).status_code == 404
    settings.PRIVATE_LINK_MINUTES = 15
    owner.post(f"/desk/don-hang/{number}", act="parcel-CANCELLED", parcel=key)
    assert Client().get(path).status_code == 404
    assert seller(asked, i=key)["node"]["labelUrl"] is None
