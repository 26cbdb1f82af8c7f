"""Questions and reviews at the desk: answered and replied to where they stand, without JavaScript."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone

from catalog.models import Review
from marketplace.core.ids import to_global_id
from orders.models import Question
from tests.builders import Shop, make_product, make_user
from tests.conftest import Graphql
from tests.desk.conftest import Person, shown, value_of
from tests.orders.selling import buy_paid, part_ids
from tests.orders.voices import ask
from tests.payments.buying import Bought

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(new_gql: Callable[[], Graphql], shop: Shop, run_jobs: Callable[[], int]) -> Bought:
    return buy_paid(new_gql(), run_jobs, (shop.variant, 1))


@pytest.fixture
def about_order(new_gql: Callable[[], Graphql], order: Bought) -> str:
    made = ask(new_gql(), "Gói quà được không?", o=part_ids(order)[0], t=order.token)
    return str(made["question"]["id"])


@pytest.fixture
def about_product(new_gql: Callable[[], Graphql], shop: Shop) -> str:
    made = ask(new_gql().login(make_user()), "Có nắp không?", p=to_global_id("Product", shop.product.pk))
    return str(made["question"]["id"])


@pytest.fixture
def review(shop: Shop) -> Review:
    return Review.objects.create(
        product=shop.product, author_name="Lan N.", rating=4, body="Đan đẹp", written_at=timezone.now()
    )


def numbers(page: str) -> dict[str, str]:
    return {words: number for number, words in re.findall(r"<b>(\d+)</b><span>([^<]+)</span>", page)}


def test_the_first_page_counts_what_waits(
    owner: Person, packer: Person, about_order: str, about_product: str, review: Review
) -> None:
    page = owner.get("/desk")
    assert numbers(page)["questions to answer"] == "2"
    assert "1 review without a reply" in page
    assert 'href="/desk/danh-gia"' in page
    page = packer.get("/desk")
    assert numbers(page)["questions to answer"] == "2"
    assert 'href="/desk/danh-gia"' not in page


def test_a_question_is_answered_and_put_otherwise(
    owner: Person, about_product: str, about_order: str
) -> None:
    page = owner.get("/desk/cau-hoi")
    assert page.index("Gói quà được không?") < page.index("Có nắp không?")

    back = owner.post("/desk/cau-hoi", 422, id=about_product, body="x" * 2001)
    assert "x" * 2001 in back
    assert 'id="tra-loi-2-error"' in back
    assert 'href="#tra-loi-2"' in back
    assert 'id="tra-loi-1-error"' not in back
    assert owner.post("/desk/cau-hoi", id=about_product, body="Dạ có ạ.") == "/desk/cau-hoi"

    page = owner.get("/desk/cau-hoi")
    assert "Answered. Whoever asked gets a message." in page
    assert "Có nắp không?" not in page
    answered = owner.get("/desk/cau-hoi?xem=da-tra-loi")
    assert answered.count("Dạ có ạ.") == 2
    assert value_of_area(answered, "tra-loi-1") == "Dạ có ạ."
    again = "/desk/cau-hoi?xem=da-tra-loi"
    assert owner.post(again, id=about_product, body="Dạ có nắp tre ạ.") == again
    assert Question.objects.get(product__isnull=False).answer == "Dạ có nắp tre ạ."


def value_of_area(page: str, name: str) -> str:
    found = re.search(rf'<textarea id="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return found[1]


def test_a_packer_answers_what_is_asked_about_orders(
    packer: Person, about_product: str, about_order: str, order: Bought
) -> None:
    page = packer.get("/desk/cau-hoi")
    assert page.count("<textarea") == 1
    assert "An owner or editor of the workshop answers this one." in page

    packer.post("/desk/cau-hoi", id=about_order, body="Được ạ.")
    refused = packer.post("/desk/cau-hoi", 422, id=about_product, body="Được ạ.")

    assert shown("This is not yours to do") in refused
    assert Question.objects.filter(answered_at=None).count() == 1
    assert "Được ạ." in packer.get(f"/desk/don-hang/{order.number}-1")


def test_an_order_shows_what_its_buyer_asks(owner: Person, about_order: str, order: Bought) -> None:
    page = owner.get(f"/desk/don-hang/{order.number}-1")

    assert "Questions of the buyer" in page
    assert "Gói quà được không?" in page
    assert 'href="/desk/cau-hoi"' in page


def test_what_was_answered_meanwhile_keeps_no_words_lost_without_a_word(owner: Person, shop: Shop) -> None:
    stranger = Question.objects.create(
        seller=(other := make_product("Khay")).seller, product=other, body="?", asker=make_user()
    )

    back = owner.post("/desk/cau-hoi", 422, id=to_global_id("Question", stranger.pk), body="Có")

    assert "We could not find it" in back
    assert Question.objects.get().answer == ""


def test_a_review_gets_a_reply_and_loses_it_again(owner: Person, review: Review, shop: Shop) -> None:
    key = to_global_id("Review", review.pk)
    page = owner.get("/desk/danh-gia")
    assert "4 of 5 stars" in page
    assert "Đan đẹp" in page

    back = owner.post("/desk/danh-gia", 422, id=key, body="y" * 2001)
    assert "y" * 2001 in back
    assert 'id="tra-loi-1-error"' in back
    assert "Write your reply." in owner.post("/desk/danh-gia", 422, id=key, body=" ")
    owner.post("/desk/danh-gia", id=key, body="Cảm ơn chị.")
    assert "No review waits for a reply." in owner.get("/desk/danh-gia")
    page = owner.get("/desk/danh-gia?xem=tat-ca")
    assert value_of(page, "body") == "Cảm ơn chị."

    owner.post("/desk/danh-gia?xem=tat-ca", id=key, body="")

    review.refresh_from_db()
    assert review.reply == ""


def test_reviews_are_for_who_edits(packer: Person, editor: Person, review: Review) -> None:
    assert packer.get("/desk/danh-gia", 403)
    assert "Đan đẹp" in editor.get("/desk/danh-gia")


def test_a_hidden_review_says_so(owner: Person, review: Review) -> None:
    Review.objects.update(hidden_at=timezone.now())

    assert "No review waits" in owner.get("/desk/danh-gia")
    assert "The officer has hidden it" in owner.get("/desk/danh-gia?xem=tat-ca")


@pytest.mark.parametrize("path", ["/desk/cau-hoi", "/desk/danh-gia"])
def test_many_have_pages_and_others_are_not_there(owner: Person, shop: Shop, path: str) -> None:
    other = make_product("Của người khác")
    for number in range(25):
        for product in (shop.product, other):
            Question.objects.create(
                seller=product.seller, product=product, body=f"{product.name} {number:02}?"
            )
            Review.objects.create(
                product=product,
                author_name="Lan N.",
                rating=5,
                body=f"{product.name} {number:02}?",
                written_at=timezone.now(),
            )

    first = owner.get(path)
    found = re.search(r'href="\?xem=can-tra-loi&amp;after=([^"]+)"', first)
    assert found
    second = owner.get(f"{path}?xem=can-tra-loi&after={found[1]}")

    for number in range(25):
        text = f"{shop.product.name} {number:02}?"
        assert (text in first, text in second) == (number >= 5, number < 5)
    assert "Của người khác" not in first + second
