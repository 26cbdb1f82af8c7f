"""The confirmation of an order: what stands on it, whom it is given to, and how long its link lives."""

import datetime as dt
import io
import itertools
import logging
import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone
from pypdfium2 import PdfDocument

from catalog.models import Product, Seller, Variant
from marketplace.core.actor import Actor
from marketplace.core.ids import to_global_id
from orders.models import Order, OrderLine, SellerOrder, Shipment, ShippingRate, ShippingTerms
from orders.tokens import order_token
from payments.models import Refund
from payments.services import refund_complete
from tests.builders import Shop, make_product, make_seller, make_user, make_variant, unique
from tests.conftest import Graphql
from tests.orders.selling import buy_paid, change, member, part_ids
from tests.payments.buying import CART_CREATE, CHECKOUT, Bought, buy, checkout_input, lines_of, pay

pytestmark = pytest.mark.django_db
CONFIRMATION = "query($id: ID!, $t: String){order(id: $id, token: $t){confirmationUrl}}"
INVOICE = {
    "company": "Công ty Cỏ", "taxCode": "0100047516", "address": "1 Tràng Tiền", "email": "ke.toan@example.vn",
}  # fmt: skip
PARIS = {
    "name": "Marie Skłodowska-Curie", "phone": "+33 1 44 27 10 00", "line1": "11 rue Pierre et Marie Curie",
    "province": "Paris", "postalCode": "75005", "country": "FR",
}  # fmt: skip


def link_of(gql: Graphql, order: Bought, language: str = "vi") -> str:
    url = gql(CONFIRMATION, language=language, id=order.id, t=order.token)["order"]["confirmationUrl"]
    assert isinstance(url, str)
    return url


def fetched(url: str, status: int = 200) -> Any:
    """As by somebody who has the link and no session."""
    answer = Client().get(url)
    assert answer.status_code == status
    return answer


def pages_of(gql: Graphql, order: Bought, language: str = "vi") -> list[str]:
    """The words of each page, on one line."""
    content = fetched(link_of(gql, order, language)).content
    return list(_words(PdfDocument(content)))


def _words(document: PdfDocument) -> Iterator[str]:
    for page in document:
        yield " ".join(page.get_textpage().get_text_range().replace("\xa0", " ").split())


def text_of(gql: Graphql, order: Bought, language: str = "vi") -> str:
    return " ".join(pages_of(gql, order, language))


def holds(text: str, *wanted: str) -> None:
    """All of them, one after the other."""
    place = 0
    for words in wanted:
        found = text.find(words, place)
        assert found >= 0, f"{words!r} is not in {text[place:]!r}"
        place = found + len(words)


def buy_abroad(gql: Graphql, shop: Shop) -> Bought:
    terms = ShippingTerms.objects.create(seller=shop.seller)
    ShippingRate.objects.create(terms=terms, zone="ABROAD", up_to_grams=2_000, price=900_000)
    cart = gql(CART_CREATE, lines=lines_of((shop.variant, 1)))["cartCreate"]["cart"]
    given = {**checkout_input(cart["id"]), "phone": PARIS["phone"], "shippingAddress": PARIS}
    placed = gql(CHECKOUT, input=given, key=unique())["checkoutPlace"]
    assert placed["userErrors"] == []
    order = placed["order"]
    return Bought(order["id"], order["number"], order["token"], order["total"]["amount"])


# --- What stands on it ----------------------------------------------------------------------------------------
def test_it_holds_what_was_agreed(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int], settings: Any
) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(phone="+84987654321")
    tray = make_product("Khay khảm trai", price=100_000).variants.get()
    order = buy_paid(gql, run_jobs, (shop.variant, 2), (tray, 3), invoice=INVOICE, acceptedTerms="2026-11-27")
    row = Order.objects.get()
    placed_at, paid_at = (timezone.localtime(moment) for moment in (row.placed_at, row.paid_at) if moment)

    text = text_of(gql, order)

    holds(
        text,
        settings.SITE_NAME,
        "Xác nhận đơn hàng",
        f"Mã đơn {order.number}",
        f"Đặt lúc {placed_at:%H:%M, %d/%m/%Y}",
        f"Thanh toán Đã trả lúc {paid_at:%H:%M, %d/%m/%Y}",
        "Cách thanh toán Chuyển khoản bằng mã QR (VietQR): 860.000 ₫",
        "Người mua Nguyễn Thị Lan 0912 345 678 lan@example.vn",
        "Giao đến Nguyễn Thị Lan 0912 345 678 1 phố Tràng Thi Hoàn Kiếm, Hà Nội",
        "Công ty Cỏ Mã số thuế: 0100047516 1 Tràng Tiền ke.toan@example.vn",
        "Gói kỹ",
        "Cơ sở cỏ tế Lưu Thượng Hộ gia đình · Lưu Thượng, Phượng Dực",
        f"{order.number}-1 · chờ người làm xác nhận",
        "Giỏ cỏ tế đan tay 2 250.000 ₫ 500.000 ₫",
        f"Tiêu chuẩn · Mã hàng {shop.variant.sku}",
        "Tiền hàng 500.000 ₫ Giao tận nhà 30.000 ₫ Kiện này 530.000 ₫",
        f"{order.number}-2",
        "Khay khảm trai 3 100.000 ₫ 300.000 ₫",
        f"Mã hàng {tray.sku}",
        "Tiền hàng 300.000 ₫ Giao tận nhà 30.000 ₫ Kiện này 330.000 ₫",
        "Tiền hàng 800.000 ₫ Giao hàng 60.000 ₫ Tổng cộng 860.000 ₫",
        f"{settings.BASE_URL}/phap-ly/ai-van-hanh",
        "Bạn đã đồng ý bản 2026-11-27:",
        f"{settings.BASE_URL}/phap-ly/dieu-khoan?ban=2026-11-27",
        "Trong 7 ngày từ khi nhận",
        "trong 30 ngày, kể cả hàng làm riêng",
        f"{settings.BASE_URL}/phap-ly/doi-tra",
        f"{settings.BASE_URL}/don-hang/{order.number}",
    )
    assert "hoàn cho bạn" not in text
    # What is a seller's own, and what opens the order, stay out of it.
    for hidden in (shop.seller.legal_name, "0987 654 321", "+84987654321", order.token):
        assert hidden not in text


def test_every_line_is_paid_once(gql: Graphql, shop: Shop, run_jobs: Callable[[], int]) -> None:
    """The sums on the paper are those of its lines."""
    other = make_variant(shop.product, price=123_456, name="Lớn")
    order = buy_paid(gql, run_jobs, (shop.variant, 3), (other, 2))

    text = text_of(gql, order)

    holds(text, "3 250.000 ₫ 750.000 ₫", "2 123.456 ₫ 246.912 ₫")
    goods = 750_000 + 246_912
    for amount in (goods, order.total - goods, order.total):
        # Of the one maker, and of the order.
        assert text.count(f" {amount:,} ₫".replace(",", ".")) >= 2


def test_it_speaks_the_readers_language(gql: Graphql, shop: Shop, run_jobs: Callable[[], int]) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1), invoice=INVOICE)

    english = text_of(gql, order, "en")
    # No language of ours: Vietnamese, as everywhere.
    other = text_of(gql, order, "fr")

    holds(
        english,
        "Order confirmation",
        "Payment Paid at",
        "Way of payment Bank transfer by QR code (VietQR): 280.000 ₫",
        "Buyer",
        "Tax code: 0100047516",
        "Household · Lưu Thượng, Phượng Dực",
        "the maker confirms it next",
        "SKU",
        "Total",
        "Within 7 days after it came",
    )
    assert "Xác nhận đơn hàng" in other
    document = PdfDocument(fetched(link_of(gql, order, "en")).content)
    assert document.get_metadata_dict()["Title"] == f"Order confirmation {order.number}"


def test_the_language_is_the_links(gql: Graphql, shop: Shop) -> None:
    order = buy(gql, shop.variant)
    browser = Client(headers={"Accept-Language": "en"})

    answer = browser.get(link_of(gql, order, "vi"))

    assert "Xác nhận đơn hàng" in " ".join(_words(PdfDocument(answer.content)))


def test_it_goes_abroad(gql: Graphql, shop: Shop) -> None:
    order = buy_abroad(gql, shop)

    text, english = text_of(gql, order), text_of(gql, order, "en")

    holds(
        text,
        "Marie Skłodowska-Curie +33144271000 11 rue Pierre et Marie Curie Paris 75005, Pháp",
        "900.000 ₫",
    )
    holds(english, "Paris 75005, France")
    assert "Mã số thuế" not in text


def test_before_it_is_paid_it_says_until_when(gql: Graphql, shop: Shop) -> None:
    order = buy(gql, shop.variant)
    until = timezone.localtime(Order.objects.get().pay_before)

    before = text_of(gql, order, "en")
    pay(gql, order)
    chosen = text_of(gql, order, "en")

    holds(before, f"Not paid yet. The things are kept for you until {until:%H:%M}", "waits for payment")
    assert "Way of payment" not in before
    assert "Paid" not in before.replace("Paid back", "")
    holds(chosen, "Not paid yet.", "Way of payment Bank transfer by QR code (VietQR): 280.000 ₫")
    holds(before, "Terms of sale They are here:", "/phap-ly/dieu-khoan")
    assert "?ban=" not in before


@pytest.mark.parametrize(
    ("state", "part_state", "words", "part_words"),
    [
        ("EXPIRED", "EXPIRED", "Not paid in time. The order has ended", "was not paid in time"),
        ("CANCELLED", "CANCELLED", "Cancelled before it was paid. Nothing is owed.", "was cancelled"),
    ],
)
def test_what_ended_unpaid_says_so(
    gql: Graphql, shop: Shop, state: str, part_state: str, words: str, part_words: str
) -> None:
    order = buy(gql, shop.variant)
    pay(gql, order)
    Order.objects.update(state=state)
    SellerOrder.objects.update(state=part_state)

    text = text_of(gql, order, "en")

    holds(text, words, part_words)
    assert "Not paid yet" not in text
    assert "Way of payment" not in text


def test_what_is_paid_back_since_is_told(gql: Graphql, shop: Shop, run_jobs: Callable[[], int]) -> None:
    tray = make_product("Khay", price=100_000).variants.get()
    order = buy_paid(gql, run_jobs, (shop.variant, 1), (tray, 1))
    answer = change(
        gql, "orderCancel", "orderId: ID!, sellerOrderIds: [ID!], token: String",
        orderId=order.id, sellerOrderIds=part_ids(order)[1:], token=order.token,
    )  # fmt: skip
    assert answer["userErrors"] == []

    waiting = text_of(gql, order, "en")
    admin = Actor(user=make_user(is_superuser=True))
    refund_complete(actor=admin, refund_id=Refund.objects.get().pk, bank_reference="FT1")
    done = text_of(gql, order, "en")

    holds(
        waiting,
        f"{order.number}-1 · the maker confirms it next",
        f"{order.number}-2 · was cancelled",
        "This parcel 130.000 ₫ On its way back to you 130.000 ₫",
        "Total 410.000 ₫ On its way back to you 130.000 ₫",
    )
    assert "Paid back to you" not in waiting
    holds(
        done,
        "This parcel 130.000 ₫ Paid back to you 130.000 ₫",
        "Total 410.000 ₫ Paid back to you 130.000 ₫",
    )
    assert "On its way back" not in done


def test_what_is_given_back_is_told_of_its_line(
    gql: Graphql, new_gql: Callable[[], Graphql], shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 3))
    member(new_gql(), shop.seller).ship(part_ids(order)[0])
    OrderLine.objects.update(returning=2, returned=2)

    assert f"SKU {shop.variant.sku} · 2 given back" in text_of(gql, order, "en")


def test_a_makers_address_is_there_where_the_public_page_has_it(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    shop.seller.address = {
        "name": "Bà Sáu", "phone": "+84911222333", "line1": "Xóm Đình", "ward": "Phượng Dực", "province": "Hà Nội",
    }  # fmt: skip
    shop.seller.save()
    order = buy_paid(gql, run_jobs, (shop.variant, 1))

    private = text_of(gql, order)
    Seller.objects.update(address_shown_at=timezone.now())
    shown = text_of(gql, order)

    assert "Xóm Đình" not in private
    holds(shown, "Hộ gia đình · Xóm Đình, Lưu Thượng, Phượng Dực, Hà Nội")
    for hidden in ("Bà Sáu", "911222333", "911 222 333"):
        assert hidden not in private + shown


# --- Pages and letters ----------------------------------------------------------------------------------------
def many_lines(gql: Graphql, shop: Shop, run_jobs: Callable[[], int], count: int) -> Bought:
    """An order with so many lines of one maker, their names long and short, the last one without a blank."""
    Product.objects.update(name="Khay " + "rất dài " * 20)
    variants = [
        shop.variant,
        *(make_variant(shop.product, name=f"Cỡ {number}") for number in range(2, count + 1)),
    ]
    order = buy_paid(gql, run_jobs, *((variant, 1) for variant in variants))
    rows = list(OrderLine.objects.order_by("id"))
    for number, row in enumerate(rows, start=1):
        row.product_name = f"Giỏ {number}." if number % 3 else row.product_name
        row.variant_name = f"Cỡ {number}."
    rows[-1].product_name = "G" * 200
    OrderLine.objects.bulk_update(rows, ["product_name", "variant_name"])
    return order


def test_a_hundred_lines_go_on_over_pages(gql: Graphql, shop: Shop, run_jobs: Callable[[], int]) -> None:
    order = many_lines(gql, shop, run_jobs, 100)

    document = PdfDocument(fetched(link_of(gql, order)).content)
    pages = list(_words(document))

    assert len(pages) >= 3
    assert [round(side / 72 * 25.4) for side in document[0].get_size()] == [210, 297]
    for number, page in enumerate(pages, start=1):
        assert f"{number}/{len(pages)}" in page
    for page in pages[1:]:
        assert f"Xác nhận đơn hàng · {order.number}" in page
    for page in pages[1:-1]:
        holds(page, "Cơ sở cỏ tế Lưu Thượng (tiếp theo)", "Món hàng", "Số lượng", "Đơn giá", "Thành tiền")
    text = " ".join(pages)
    assert all(text.count(f"Cỡ {number}.") == 1 for number in range(1, 101))
    # Each by itself: an end of a line, with its numbers, may stand between them.
    assert (text.count("rất"), text.count("dài")) == (33 * 20, 33 * 20)
    assert sum(map(len, re.findall("G{9,}", text))) == 200
    holds(text, "Tổng cộng", "Ai bán hàng")


def boxes_of(page: Any) -> list[tuple[float, float, float, float]]:
    """Where each letter is (left, bottom, right, top), in points from the lower left corner."""
    text = page.get_textpage()
    boxes = [text.get_charbox(index) for index in range(text.count_chars())]
    return sorted(box for box in boxes if box[2] > box[0])


def test_nothing_is_printed_over_the_edge_or_over_its_neighbour(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = many_lines(gql, shop, run_jobs, 40)
    long = "Hợp tác xã " + "thủ công mỹ nghệ " * 11
    Seller.objects.update(name=long.strip()[:160])
    much = {"subtotal": 999 * 99_999_999, "shipping": 0, "total": 999 * 99_999_999}
    line = OrderLine.objects.order_by("id")[:1].get()
    OrderLine.objects.filter(pk=line.pk).update(
        quantity=999, from_shelf=999, unit_price=99_999_999, total=much["total"]
    )
    SellerOrder.objects.update(shipping_name="Giao bởi một hãng " * 8, **much)
    Order.objects.update(
        note="Lời nhắn rất dài. " * 300,
        address={**Order.objects.get().address, "name": "N" * 120, "line1": "Đường " * 33},
        **much,
    )

    document = PdfDocument(fetched(link_of(gql, order)).content)

    assert len(document) >= 3
    for page in document:
        boxes = boxes_of(page)
        for left, bottom, right, top in boxes:
            assert left >= 17 / 25.4 * 72
            assert right <= (210 - 17) / 25.4 * 72
            assert bottom >= 10 / 25.4 * 72
            assert top <= (297 - 17) / 25.4 * 72
        for number, (_left, bottom, right, top) in enumerate(boxes):
            for other in itertools.takewhile(lambda box, end=right: box[0] < end - 2, boxes[number + 1 :]):
                assert min(top, other[3]) - max(bottom, other[1]) < 2, (boxes[number], other)
    text = " ".join(_words(document))
    assert text.count("dài.") == 300
    holds(text, "999 99.999.999 ₫ 99.899.999.001 ₫", "Tổng cộng 99.899.999.001 ₫")


def test_letters_that_our_fonts_lack_are_left_out_and_told_of(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int], caplog: pytest.LogCaptureFixture
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1), note="Gói kỹ \N{SLIGHTLY SMILING FACE}")
    with caplog.at_level(logging.WARNING, "fpdf"):
        plain = text_of(gql, order, "en")
        row = Order.objects.get()
        row.address = {**row.address, "name": "田中花子", "line1": "ul. Długa 5, Λάρισα, Москва 東京"}
        row.save()
        text = text_of(gql, order, "en")

    holds(plain, "Gói kỹ", "Your order")
    # A face is no letter.
    assert "cannot be printed here" not in plain
    holds(text, "Buyer …", "ul. Długa 5, Λάρισα, Москва", "Some letters cannot be printed here.")
    assert [record.message for record in caplog.records if "glyph" in record.message.lower()] == []


# --- Who gets it, and for how long ----------------------------------------------------------------------------
def test_it_is_given_to_the_buyer_alone(
    gql: Graphql, new_gql: Callable[[], Graphql], shop: Shop, run_jobs: Callable[[], int]
) -> None:
    buyer, admin = make_user(), make_user(is_superuser=True)
    order = buy_paid(gql.login(buyer), run_jobs, (shop.variant, 1))
    asked = "query($id: ID!){order(id: $id){confirmationUrl}}"

    own = gql(asked, id=order.id)["order"]
    listed = gql("{viewer{orders{nodes{confirmationUrl}}}}")["viewer"]["orders"]["nodes"]
    for_admin = new_gql().login(admin)
    by_admin = for_admin(asked, id=order.id)["order"]
    by_seller = member(new_gql(), shop.seller).gql(asked, id=order.id)["order"]
    by_stranger = new_gql().login(make_user())(asked, id=order.id)["order"]
    by_guest = new_gql()(asked, id=order.id)["order"]
    wrong = new_gql()(CONFIRMATION, id=order.id, t="0" * 32)["order"]

    assert order.number in " ".join(_words(PdfDocument(fetched(own["confirmationUrl"]).content)))
    assert [bool(row["confirmationUrl"]) for row in listed] == [True]
    assert by_admin == {"confirmationUrl": None}
    assert (by_seller, by_stranger, by_guest, wrong) == (None, None, None, None)
    # Whoever holds the token, whoever that is.
    for holder in (new_gql(), for_admin):
        assert link_of(holder, order)


def test_whoever_sells_finds_no_way_to_it(
    gql: Graphql, new_gql: Callable[[], Graphql], shop: Shop, run_jobs: Callable[[], int]
) -> None:
    buy_paid(gql, run_jobs, (shop.variant, 1))

    parts = member(new_gql(), shop.seller).gql("{sellerOrders{nodes{order{confirmationUrl}}}}")

    assert parts["sellerOrders"]["nodes"] == [{"order": None}]


def test_the_answer_is_kept_by_nobody(gql: Graphql, shop: Shop, settings: Any) -> None:
    order = buy(gql, shop.variant)

    url = link_of(gql, order)
    answer = fetched(url)

    assert url.startswith(f"{settings.BASE_URL}/xac-nhan-don-hang/")
    for secret in (order.token, order.number):
        assert secret not in url
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{order.number}.pdf"'
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Disallow: /xac-nhan-don-hang/" in robots(settings)
    assert order.token.encode() not in answer.content
    assert Client().post(url).status_code == 405


def robots(settings: Any) -> str:
    settings.SAMPLE_INSTALLATION = False
    return Client().get("/robots.txt").content.decode()


def test_a_link_ends_and_cannot_be_made_up(
    gql: Graphql, new_gql: Callable[[], Graphql], shop: Shop, run_jobs: Callable[[], int], settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    side = member(new_gql(), shop.seller)
    side.ship(part_ids(order)[0])
    key = to_global_id("Shipment", Shipment.objects.get().pk)
    label = side.gql("query($i: ID!){node(id: $i){...on Shipment{labelUrl}}}", i=key)["node"]["labelUrl"]
    url = link_of(gql, order)
    base = f"{settings.BASE_URL}/xac-nhan-don-hang/"
    pk = Order.objects.get().pk

    fetched(url)
    fetched(url[:-1] + ("A" if url[-1] != "A" else "B"), 404)
    middle = len(base) + 5
    fetched(url[:middle] + ("A" if url[middle] != "A" else "B") + url[middle + 1 :], 404)
    # A link to something else, and what a guess would try.
    fetched(base + label.rsplit("/", 1)[1], 404)
    fetched(f"{settings.BASE_URL}/desk/nhan/{url.removeprefix(base)}", 404)
    for guess in (pk.hex, order.number, order.token, order_token(pk)):
        fetched(base + guess, 404)
    later = timezone.now() + dt.timedelta(minutes=settings.PRIVATE_LINK_MINUTES, seconds=1)
    monkeypatch.setattr("time.time", later.timestamp)
    fetched(url, 404)
    fetched(link_of(gql, order))


def test_whoever_was_erased_is_confirmed_no_more(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    url = link_of(gql, order)
    with pytest.raises(CommandError, match="going on"):
        call_command("personal_data", "0912345678", "--erase", stdout=StringIO())
    assert "Nguyễn Thị Lan" in text_of(gql, order)
    Order.objects.update(state="COMPLETED")
    SellerOrder.objects.update(state="COMPLETED")

    call_command("personal_data", "0912345678", "--erase", stdout=StringIO())

    fetched(url, 404)
    answer = gql(CONFIRMATION, id=order.id, t=order.token)["order"]
    assert answer == {"confirmationUrl": None}


def test_it_asks_the_database_as_often_for_a_hundred_lines(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int], django_assert_num_queries: Any
) -> None:
    one = buy_paid(gql, run_jobs, (shop.variant, 1))
    Variant.objects.update(on_hand=5)
    hundred = many_lines(gql, shop, run_jobs, 98)
    for number in (1, 2):
        part = SellerOrder.objects.get(order__number=hundred.number, number=f"{hundred.number}-1")
        part.pk, part.number = None, f"{hundred.number}-{number + 1}"
        part.seller = make_seller(f"Xưởng {number}")
        part._state.adding = True
        part.save()
        line = OrderLine.objects.filter(seller_order__order__number=hundred.number).first()
        assert line is not None
        line.pk, line.seller_order, line._state.adding = None, part, True
        line.save()
    assert OrderLine.objects.filter(seller_order__order__number=hundred.number).count() == 100

    for order in (one, hundred):
        url = link_of(gql, order)
        with django_assert_num_queries(9):
            fetched(url)
        with django_assert_num_queries(1):
            link_of(gql, order)


# --- The way to it --------------------------------------------------------------------------------------------
def test_the_orders_page_leads_to_it(gql: Graphql, shop: Shop) -> None:
    order = buy(gql, shop.variant)
    client, path = Client(), f"/don-hang/{order.number}"
    client.cookies["language"] = "en"
    client.get(f"{path}?k={order.token}")

    page = client.get(path).content.decode()
    answer = client.get(f"{path}/xac-nhan")

    assert f'<a href="{path}/xac-nhan">Download the order confirmation (PDF)</a>' in page
    assert answer.status_code == 302
    assert "no-store" in answer["Cache-Control"]
    assert order.token not in answer.url
    assert "Order confirmation" in " ".join(_words(PdfDocument(io.BytesIO(fetched(answer.url).content))))


def test_the_page_has_no_way_for_others(gql: Graphql, shop: Shop) -> None:
    order = buy(gql, shop.variant)
    path = f"/don-hang/{order.number}"
    admin = Client()
    admin.force_login(make_user(is_superuser=True))

    assert f"{path}/xac-nhan" not in admin.get(path).content.decode()
    assert admin.get(f"{path}/xac-nhan").status_code == 404
    assert Client().get(f"{path}/xac-nhan").status_code == 404
    assert Client().post(f"{path}/xac-nhan").status_code == 405


def test_the_page_names_the_country_as_the_paper_does(gql: Graphql, shop: Shop) -> None:
    order = buy_abroad(gql, shop)
    client = Client()
    client.get(f"/don-hang/{order.number}?k={order.token}")

    assert "Paris 75005, Pháp" in client.get(f"/don-hang/{order.number}").content.decode()
