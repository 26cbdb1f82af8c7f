"""Reviews, questions and reports in the buyers' pages, without JavaScript; nothing typed is lost."""

import io
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from catalog.models import ContentReport, Review, ReviewImage
from marketplace.accounts.models import User
from marketplace.core.ids import to_global_id
from orders.models import OrderLine, Question, SellerOrder
from tests.builders import Shop, make_product, make_user
from tests.conftest import Graphql
from tests.orders.selling import Side, buy_paid, member
from tests.orders.voices import answer, ask, delivered, hide, reply, review
from tests.payments.buying import Bought
from tests.storefront.conftest import shown, text_of
from tests.storefront.test_order_page import opened, page

pytestmark = pytest.mark.django_db
Jobs = Callable[[], int]


@pytest.fixture
def owner(new_gql: Callable[[], Graphql], shop: Shop) -> Side:
    return member(new_gql(), shop.seller)


@pytest.fixture
def order(gql: Graphql, owner: Side, shop: Shop, run_jobs: Jobs) -> Bought:
    return delivered(gql, owner, run_jobs, (shop.variant, 1))


@pytest.fixture
def guest(client: Client) -> Client:
    client.cookies["language"] = "en"
    return client


def signed_in(user: User | None = None) -> Client:
    client = Client()
    client.cookies["language"] = "en"
    client.force_login(user or make_user())
    return client


def review_path(order: Bought) -> str:
    line = OrderLine.objects.get(seller_order__order__number=order.number)
    return f"/don-hang/{order.number}/danh-gia/{line.pk}"


def photo() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (64, 80), "teal").save(data, "JPEG")
    return SimpleUploadedFile("anh.jpg", data.getvalue(), "image/jpeg")


# --- Reviews --------------------------------------------------------------------------------------------------
def test_a_buyer_reviews_from_the_order_and_all_read_it(
    order: Bought, owner: Side, guest: Client, shop: Shop, run_jobs: Jobs
) -> None:
    client, path = opened(order), review_path(order)
    assert path in page(client, f"/don-hang/{order.number}")
    form = page(client, path)
    assert form.count('type="radio"') == 5
    assert "5 stars: Very good" in form

    sent = client.post(path, {"rating": "4", "body": "Đan chắc tay.", "images": [photo(), photo()]})
    assert (sent.status_code, sent.url) == (302, f"/don-hang/{order.number}")
    run_jobs()

    row = Review.objects.get()
    assert (row.rating, row.body, ReviewImage.objects.count()) == (4, "Đan chắc tay.", 1)
    own = page(client, f"/don-hang/{order.number}")
    assert "Your review" in own
    assert "4 of 5 stars" in own
    assert path not in own
    reply(owner.gql, to_global_id("Review", row.pk), "Cảm ơn chị.")
    text = page(guest, f"/san-pham/{shop.product.slug}")
    for words in (
        "4 of 5 stars",
        "Đan chắc tay.",
        "Lan N.",
        "has bought it here",
        "Cảm ơn chị.",
        "4.0 of 5, 1 review",
    ):
        assert words in text
    assert "Photo 1 by Lan N., large" in text
    assert '"ratingValue": 4.0' in text
    assert "Đan chắc tay." in page(guest, f"/san-pham/{shop.product.slug}/danh-gia")
    assert "4.0 of 5, 1 reviews" in page(guest, f"/nguoi-ban/{shop.seller.slug}")


def test_what_was_typed_stays_when_something_is_wrong(order: Bought) -> None:
    client, path = opened(order), review_path(order)

    back = client.post(path, {"body": "Rất <b>đẹp</b>"})
    assert back.status_code == 422
    text = text_of(back)
    assert shown("Rất <b>đẹp</b>") in text
    assert 'id="rating-error"' in text

    back = client.post(path, {"rating": "2", "body": "x" * 4001, "images": photo()})
    assert back.status_code == 422
    text = text_of(back)
    assert "x" * 4001 in text
    assert re.search(r'value="2" required checked', text)
    assert "choose the photos again" in text
    assert 'href="#body"' in text

    back = client.post(path, {"rating": "2", "images": SimpleUploadedFile("a.jpg", b"<svg/>")})
    assert 'id="images-error"' in text_of(back)
    assert not Review.objects.exists()


def test_pressed_twice_is_one_review(order: Bought) -> None:
    client, path = opened(order), review_path(order)
    for _press in range(2):
        assert client.post(path, {"rating": "5", "body": ""}).status_code == 302

    assert Review.objects.count() == 1
    assert client.get(path).status_code == 302


def test_a_form_for_what_has_not_arrived_is_not_offered(
    gql: Graphql, shop: Shop, run_jobs: Jobs, guest: Client
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    client, path = opened(order), review_path(order)

    assert path not in page(client, f"/don-hang/{order.number}")
    assert "once it has reached you" in text_of(client.post(path, {"rating": "5", "body": ""}))
    # Of somebody else, and of no line of this order.
    assert guest.get(path).status_code == 404
    assert client.get(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404


def test_a_hidden_review_is_told_to_its_author_alone(
    order: Bought, guest: Client, shop: Shop, gql: Graphql, new_gql: Callable[[], Graphql]
) -> None:
    made = review(gql, order, body="Lời khó nghe")["review"]
    hide(new_gql().login(make_user(is_superuser=True, is_staff=True)), made["id"])

    assert "Lời khó nghe" not in page(guest, f"/san-pham/{shop.product.slug}")
    text = page(opened(order), f"/don-hang/{order.number}")
    assert "Lời khó nghe" in text
    assert "hidden by the officer" in text


def test_many_reviews_have_pages(guest: Client, shop: Shop) -> None:
    for number in range(25):
        Review.objects.create(
            product=shop.product,
            author_name="Lan N.",
            rating=5,
            body=f"Lời {number:02}.",
            written_at=timezone.now(),
        )
    path = f"/san-pham/{shop.product.slug}/danh-gia"

    first = page(guest, path)
    assert "Lời 24." in first
    assert "Lời 04." not in first
    found = re.search(r'href="\?after=([^"]+)"', first)
    assert found
    assert "Lời 04." in page(guest, f"{path}?after={found[1]}")
    assert guest.get("/san-pham/khong-co/danh-gia").status_code == 404


# --- Questions about a product --------------------------------------------------------------------------------
def test_a_guest_types_a_question_signs_in_and_finds_it(guest: Client, shop: Shop) -> None:
    path = f"/san-pham/{shop.product.slug}/cau-hoi"

    sent = guest.post(path, {"body": "Có nắp không?"})
    assert sent.url == f"/accounts/login/?next={path}"
    assert not Question.objects.exists()
    make_user("lan@example.vn")
    assert guest.post(sent.url, {"login": "lan@example.vn", "password": "mat-khau-2026"}).url == path

    assert "Có nắp không?" in page(guest, path)
    assert guest.post(path, {"body": "Có nắp không?"}).url == path
    text = page(guest, path)
    assert "Your question is with the maker" in text
    assert text.count("Có nắp không?") == 1
    assert "waits for an answer" in text


def test_an_answered_question_stands_beside_the_product(
    guest: Client, owner: Side, shop: Shop, new_gql: Callable[[], Graphql]
) -> None:
    question = ask(new_gql().login(make_user()), p=to_global_id("Product", shop.product.pk))["question"]["id"]
    path = f"/san-pham/{shop.product.slug}"
    assert "có nắp không" not in page(guest, path)

    answer(owner.gql, question, "Dạ có nắp tre ạ.")

    for text in (page(guest, path), page(guest, f"{path}/cau-hoi")):
        assert "Giỏ này có nắp không ạ?" in text
        assert "Dạ có nắp tre ạ." in text


def test_a_refused_question_keeps_its_words(shop: Shop) -> None:
    client, path = signed_in(), f"/san-pham/{shop.product.slug}/cau-hoi"

    back = client.post(path, {"body": "y" * 1001})

    assert back.status_code == 422
    assert "y" * 1001 in text_of(back)
    assert 'id="body-error"' in text_of(back)
    assert client.post("/san-pham/khong-co/cau-hoi", {"body": "?"}).status_code == 404


# --- Questions about an order ---------------------------------------------------------------------------------
def test_a_guest_asks_the_maker_of_an_order(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Jobs, guest: Client
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1), (make_product("Khay").variants.get(), 1))
    client, path = opened(order), f"/don-hang/{order.number}"

    back = client.post(f"{path}/hoi", {"part": f"{order.number}-2", "body": "z" * 1001})
    assert back.status_code == 422
    text = text_of(back)
    assert text.count("z" * 1001) == 1
    assert text.count("<details open>") == 1
    assert f'href="#body-{order.number}-2"' in text
    assert f'id="body-{order.number}-2-error"' in text

    (mine,) = SellerOrder.objects.filter(seller=shop.seller)
    assert client.post(f"{path}/hoi", {"part": mine.number, "body": "Gói quà giúp em nhé?"}).url == path
    answer(owner.gql, to_global_id("Question", Question.objects.get().pk), "Dạ vâng.")
    text = page(client, path)
    assert "Gói quà giúp em nhé?" in text
    assert "Dạ vâng." in text
    assert client.post(f"{path}/hoi", {"part": "x", "body": "?"}).status_code == 404
    assert guest.post(f"{path}/hoi", {"part": mine.number, "body": "?"}).status_code == 404


# --- Reports --------------------------------------------------------------------------------------------------
def test_a_thing_a_workshop_and_a_review_are_reported_from_their_pages(guest: Client, shop: Shop) -> None:
    row = Review.objects.create(
        product=shop.product, author_name="Lan N.", rating=1, body="Hàng giả", written_at=timezone.now()
    )
    things = {
        to_global_id("Product", shop.product.pk): (
            f"/san-pham/{shop.product.slug}",
            f"/san-pham/{shop.product.slug}",
        ),
        to_global_id("Seller", shop.seller.pk): (
            f"/nguoi-ban/{shop.seller.slug}",
            f"/nguoi-ban/{shop.seller.slug}",
        ),
        to_global_id("Review", row.pk): (
            f"/san-pham/{shop.product.slug}",
            f"/san-pham/{shop.product.slug}/danh-gia",
        ),
    }
    for thing, (stands_on, back) in things.items():
        path = f"/bao-cao/{thing}"
        assert path in page(guest, stands_on)
        assert "What is wrong?" in page(guest, path)
        refused = guest.post(path, {"reason": " "})
        assert refused.status_code == 422
        assert 'id="reason-error"' in text_of(refused)
        sent = guest.post(path, {"reason": "Không đúng ảnh"})
        assert (sent.status_code, sent.url) == (302, back)

    assert ContentReport.objects.count() == 3


def test_what_is_not_there_is_not_reported(guest: Client, shop: Shop) -> None:
    draft = make_product("Nháp", seller=shop.seller, state="DRAFT", published_at=None)

    for thing in (to_global_id("Product", draft.pk), to_global_id("Craft", shop.craft.pk)):
        assert guest.get(f"/bao-cao/{thing}").status_code == 404
        assert guest.post(f"/bao-cao/{thing}", {"reason": "Sai"}).status_code == 404
    assert not ContentReport.objects.exists()


def test_a_guest_reports_what_was_answered_about_the_order(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Jobs, guest: Client
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    client = opened(order)
    client.post(f"/don-hang/{order.number}/hoi", {"part": f"{order.number}-1", "body": "Bao giờ có?"})
    (link,) = re.findall(r'href="(/bao-cao/[^"]+)"', page(client, f"/don-hang/{order.number}"))

    assert guest.get(link).status_code == 404
    assert client.post(link, {"reason": "Nói xấu"}).url == f"/don-hang/{order.number}"
    assert ContentReport.objects.get().kind == "Question"
