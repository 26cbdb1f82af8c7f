"""Reviews: by the buyer of what has arrived, once; counted exactly; answered by the seller, hidden by officers."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from catalog.models import (
    CommuneOfficer,
    ImageAsset,
    ProductStats,
    Review,
    ReviewImage,
    SellerMember,
)
from marketplace.core.ids import from_global_id, to_global_id
from marketplace.core.models import AuditEntry
from marketplace.core.vietnamese import short_name
from orders.models import Order, OrderLine, SellerOrder
from search.models import SearchDocument, SearchOutbox
from search.verify import differences
from tests.builders import ADDRESS, Shop, make_product, make_user
from tests.conftest import Graphql
from tests.orders.selling import Side, buy_paid, codes, member, part_ids
from tests.orders.voices import delivered, hide, line_id, reply, report, review, reviews_of
from tests.payments.buying import Bought, buy

pytestmark = pytest.mark.django_db
New = Callable[[], Graphql]
Jobs = Callable[[], int]


@pytest.fixture
def owner(new_gql: New, shop: Shop) -> Side:
    return member(new_gql(), shop.seller)


@pytest.fixture
def officer(new_gql: New, shop: Shop) -> Graphql:
    user = make_user("canbo@example.vn")
    CommuneOfficer.objects.create(user=user, commune=shop.village.commune)
    return new_gql().login(user)


@pytest.fixture
def order(gql: Graphql, owner: Side, shop: Shop, run_jobs: Jobs) -> Bought:
    return delivered(gql, owner, run_jobs, (shop.variant, 2))


def stats(shop: Shop) -> tuple[int, int, float]:
    row = ProductStats.objects.get(product=shop.product)
    return row.rating_sum, row.rating_count, round(row.rating_rank, 4)


def photo(color: str) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (64, 80), color).save(data, "JPEG")
    return SimpleUploadedFile("anh.jpg", data.getvalue(), "image/jpeg")


def review_line(gql: Graphql, order: Bought) -> Any:
    query = "query($i: ID!, $t: String){order(id: $i, token: $t){sellerOrders{lines{review{rating hidden images{ready}}}}}}"
    return gql(query, i=order.id, t=order.token)["order"]["sellerOrders"][0]["lines"][0]["review"]


# --- Who may, and when ----------------------------------------------------------------------------------------
def test_a_buyer_reviews_what_has_arrived_and_everybody_reads_it(
    gql: Graphql, new_gql: New, order: Bought, shop: Shop
) -> None:
    made = review(new_gql(), order, rating=4, body=" Đan chắc tay.\r\nGiao nhanh! ")

    assert made["userErrors"] == []
    found = reviews_of(new_gql(), shop.product.slug)
    assert (found["rating"], found["reviewCount"], found["reviews"]["totalCount"]) == (4.0, 1, 1)
    assert found["seller"] == {"rating": 4.0, "reviewCount": 1}
    (node,) = found["reviews"]["nodes"]
    assert node == made["review"]
    assert (node["body"], node["authorName"], node["verifiedPurchase"]) == (
        "Đan chắc tay.\nGiao nhanh!",
        "Lan N.",
        True,
    )
    assert (node["reply"], node["hidden"], node["images"], node["language"]) == (None, False, [], "vi")
    assert stats(shop) == (4, 1, 4.0)
    assert review_line(gql, order)["rating"] == 4
    row = Review.objects.get()
    assert (
        new_gql()("query($i: ID!){node(id: $i){...on Review{body}}}", i=node["id"])["node"]["body"]
        == row.body
    )
    entry = AuditEntry.objects.get(action="review.create")
    assert (entry.after, entry.object_id) == ({"rating": 4, "pictures": 0}, str(row.pk))


def test_not_before_it_has_arrived_nor_after_it_went_back(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Jobs
) -> None:
    order = buy(gql, shop.variant)
    refused = [(["orderLineId"], "INVALID_STATE")]
    assert codes(review(gql, order)) == refused

    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    assert codes(review(gql, order)) == refused
    part = SellerOrder.objects.filter(order__number=order.number)
    for state in ("PREPARING", "SHIPPED", "CANCELLED", "EXPIRED", "RETURNED"):
        part.update(state=state)
        assert codes(review(gql, order)) == refused
    assert (Review.objects.count(), stats(shop)) == (0, (0, 0, 4.0))

    part.update(state="COMPLETED")
    assert codes(review(gql, order)) == []


def test_once_a_line_and_another_order_is_another_line(
    gql: Graphql, owner: Side, order: Bought, shop: Shop, run_jobs: Jobs
) -> None:
    assert codes(review(gql, order, rating=5)) == []
    again = review(gql, order, rating=1)

    assert (codes(again), again["review"]) == ([(["orderLineId"], "DUPLICATE")], None)
    assert stats(shop) == (5, 1, round(25 / 6, 4))

    assert codes(review(gql, delivered(gql, owner, run_jobs, (shop.variant, 1)), rating=2)) == []
    assert stats(shop) == (7, 2, round(27 / 7, 4))


def test_nobody_elses_line(new_gql: New, owner: Side, order: Bought, shop: Shop) -> None:
    nowhere = [(["orderLineId"], "NOT_FOUND")]
    for gql in (new_gql(), owner.gql, new_gql().login(make_user())):
        assert codes(review(gql, order, token=None)) == nowhere
        assert codes(review(gql, order, token="x" * 32)) == nowhere
    for strange in (
        to_global_id("OrderLine", shop.product.pk),
        to_global_id("Product", shop.product.pk),
        "?",
    ):
        assert codes(review(new_gql(), order, orderLineId=strange)) == nowhere
    assert not Review.objects.exists()


def test_a_person_reviews_without_the_token_and_finds_it_hidden_or_not(
    new_gql: New, owner: Side, officer: Graphql, shop: Shop, run_jobs: Jobs
) -> None:
    user = make_user("hung@example.vn")
    person = new_gql().login(user)
    order = delivered(person, owner, run_jobs, (shop.variant, 1))
    made = review(person, order, token=None)["review"]
    assert Review.objects.get().author == user

    hide(officer, made["id"])

    node = "query($i: ID!){node(id: $i){...on Review{hidden}}}"
    for reader, sees in (
        (person, True),
        (owner.gql, True),
        (officer, True),
        (new_gql(), False),
        (new_gql().login(make_user()), False),
    ):
        assert reader(node, i=made["id"])["node"] == ({"hidden": True} if sees else None)
        assert len(reviews_of(reader, shop.product.slug)["reviews"]["nodes"]) == sees


# --- What is in it --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"rating": 0}, (["rating"], "OUT_OF_RANGE")),
        ({"rating": 6}, (["rating"], "OUT_OF_RANGE")),
        ({"rating": -1}, (["rating"], "OUT_OF_RANGE")),
        ({"body": "x" * 4001}, (["body"], "TOO_LONG")),
        ({"images": [SimpleUploadedFile("a.jpg", b"<script>")]}, (["images", "0"], "FILE_TYPE")),
        ({"images": [SimpleUploadedFile("a.jpg", b"")]}, (["images", "0"], "FILE_BROKEN")),
    ],
)
def test_what_is_wrong_is_told_at_its_place_and_nothing_is_kept(
    gql: Graphql, order: Bought, shop: Shop, given: dict[str, Any], expected: Any
) -> None:
    answer = review(gql, order, **given)

    assert codes(answer) == [expected]
    assert (Review.objects.count(), ReviewImage.objects.count(), stats(shop)) == (0, 0, (0, 0, 4.0))


def test_stars_alone_are_a_review(gql: Graphql, order: Bought) -> None:
    assert review(gql, order, body="")["review"]["body"] == ""


def test_the_database_itself_knows_the_limits(gql: Graphql, order: Bought, shop: Shop) -> None:
    review(gql, order)
    row = Review.objects.get()
    for change in ({"rating": 0}, {"rating": 6}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            product=shop.product,
            order_line=row.order_line,
            author_name="x",
            rating=1,
            written_at=timezone.now(),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductStats.objects.update(rating_sum=6)


def test_a_phone_or_link_in_a_review_is_nobody_elses_to_read(
    gql: Graphql, owner: Side, order: Bought
) -> None:
    made = review(gql, order, body="Đẹp. Gọi tôi 0912.345.678")["review"]
    answered = reply(owner.gql, made["id"], "Cảm ơn, lần sau nhắn zalo.me/0987654321 nhé")["review"]

    assert made["body"] == "Đẹp. Gọi tôi […]"
    assert answered["reply"] == "Cảm ơn, lần sau nhắn […] nhé"


def test_pictures_go_the_way_of_all_pictures(
    gql: Graphql, new_gql: New, order: Bought, shop: Shop, run_jobs: Jobs
) -> None:
    made = review(gql, order, images=[photo("teal"), photo("teal"), photo("red")])["review"]

    # The same file twice is one picture; until the job has run, only its author knows of it.
    assert [(image["ready"], image["url"]) for image in made["images"]] == [(False, None)] * 2
    assert reviews_of(new_gql(), shop.product.slug)["reviews"]["nodes"][0]["images"] == []
    assert len(review_line(new_gql(), order)["images"]) == 2
    node = "query($i: ID!){node(id: $i){...on Image{url(width: 320)}}}"
    assert new_gql()(node, i=made["images"][0]["id"])["node"] is None

    run_jobs()

    shown = reviews_of(new_gql(), shop.product.slug)["reviews"]["nodes"][0]["images"]
    assert [image["ready"] for image in shown] == [True, True]
    assert new_gql()(node, i=shown[0]["id"])["node"]["url"] == shown[0]["url"]
    assert shown[0]["url"].endswith(".webp")


def test_no_more_pictures_than_the_setting_says(gql: Graphql, order: Bought, settings: Any) -> None:
    settings.REVIEW_MAX_PICTURES = 2

    answer = review(gql, order, images=[photo(color) for color in ("teal", "red", "blue")])

    assert codes(answer) == [(["images"], "LIMIT_REACHED")]
    assert (Review.objects.count(), ImageAsset.objects.count()) == (0, 0)


def test_a_hidden_reviews_pictures_are_hidden_too(
    gql: Graphql, new_gql: New, officer: Graphql, order: Bought, run_jobs: Jobs
) -> None:
    made = review(gql, order, images=[photo("teal")])["review"]
    run_jobs()
    hide(officer, made["id"])
    node = "query($i: ID!){node(id: $i){id}}"

    assert new_gql()(node, i=made["images"][0]["id"])["node"] is None
    assert officer(node, i=made["images"][0]["id"])["node"] is not None


@pytest.mark.parametrize(
    ("name", "country", "expected"),
    [
        ("Nguyễn Văn Hùng", "VN", "Hùng N."), ("  đặng  thị  ánh ", "VN", "ánh Đ."), ("Lan", "VN", "Lan"),
        ("John Smith", "US", "John S."), ("Chị Hoa (0912345678)", "VN", "Hoa C."), ("0912345678", "VN", ""),
        ("lan@example.vn", "VN", ""), ("", "VN", ""), ("Tôn Nữ Thị Mỹ Linh", "VN", "Linh T."),
    ],
)  # fmt: skip
def test_a_name_as_strangers_may_see_it(name: str, country: str, expected: str) -> None:
    assert short_name(name, family_first=country == "VN") == expected


def test_a_buyer_without_a_name_is_a_buyer(gql: Graphql, owner: Side, shop: Shop, run_jobs: Jobs) -> None:
    order = delivered(
        gql, owner, run_jobs, (shop.variant, 1), shippingAddress={**ADDRESS, "name": "0912345678"}
    )

    assert review(gql, order)["review"]["authorName"] == "Người mua"


# --- Counted --------------------------------------------------------------------------------------------------
def test_hidden_counts_nowhere_and_shown_again_counts_again(
    gql: Graphql, new_gql: New, owner: Side, officer: Graphql, order: Bought, shop: Shop, run_jobs: Jobs
) -> None:
    first = review(gql, order, rating=1)["review"]
    review(gql, delivered(gql, owner, run_jobs, (shop.variant, 1)), rating=5)
    assert stats(shop) == (6, 2, round(26 / 7, 4))

    hidden = hide(officer, first["id"])
    assert (hidden["review"]["hidden"], hidden["userErrors"]) == (True, [])
    assert stats(shop) == (5, 1, round(25 / 6, 4))
    found = reviews_of(new_gql(), shop.product.slug)
    assert (found["reviewCount"], found["reviews"]["totalCount"], found["rating"]) == (1, 1, 5.0)
    assert review_line(new_gql(), order) == {"rating": 1, "hidden": True, "images": []}

    hide(officer, first["id"])
    assert stats(shop) == (5, 1, round(25 / 6, 4))
    hide(officer, first["id"], False, "Đã xem lại.")
    hide(officer, first["id"], False, "Đã xem lại.")
    assert stats(shop) == (6, 2, round(26 / 7, 4))
    told = list(
        AuditEntry.objects.filter(action__startswith="review.").order_by("at").values_list("action", "reason")
    )
    assert told[-2:] == [("review.hide", "Lời lẽ thô tục."), ("review.show", "Đã xem lại.")]
    assert len(told) == 4


def test_hiding_needs_a_reason(officer: Graphql, gql: Graphql, order: Bought, shop: Shop) -> None:
    made = review(gql, order)["review"]

    assert codes(hide(officer, made["id"], reason="  ")) == [(["reason"], "REQUIRED")]
    assert codes(hide(officer, made["id"], reason="x" * 2001)) == [(["reason"], "TOO_LONG")]
    assert stats(shop)[1] == 1


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Cán bộ xã đã ẩn"), ("en", "An officer of the commune")]
)
def test_whoever_wrote_it_is_told_why_it_is_hidden_once(
    gql: Graphql, officer: Graphql, order: Bought, shop: Shop, run_jobs: Jobs, language: str, words: str
) -> None:
    made = review(gql, order)["review"]
    Order.objects.update(language=language)
    run_jobs()
    mail.outbox.clear()
    assert codes(hide(officer, made["id"], reason=" ")) == [(["reason"], "REQUIRED")]

    for _press in range(2):
        hide(officer, made["id"], reason="Có lời thô tục.")
    run_jobs()

    (letter,) = mail.outbox
    assert letter.to == ["lan@example.vn"]
    assert words in letter.body
    assert shop.product.name in letter.body
    assert "Có lời thô tục." in letter.body
    assert "/phap-ly/ai-van-hanh" in letter.body
    assert order.token in letter.body  # there it can still be read
    mail.outbox.clear()
    hide(officer, made["id"], hidden=False, reason="Nhầm")
    run_jobs()
    assert mail.outbox == []


def test_search_learns_of_it(
    gql: Graphql, officer: Graphql, order: Bought, shop: Shop, run_jobs: Jobs
) -> None:
    run_jobs()
    SearchOutbox.objects.all().delete()

    made = review(gql, order, rating=5)["review"]
    assert SearchOutbox.objects.count() == 1
    run_jobs()
    assert SearchDocument.objects.get(pk=shop.product.pk).rating == pytest.approx(25 / 6)
    hide(officer, made["id"])
    run_jobs()

    assert SearchDocument.objects.get(pk=shop.product.pk).rating == 4.0
    assert list(differences()) == []


# --- Answered, and told ---------------------------------------------------------------------------------------
def test_the_seller_is_told_and_answers_and_the_author_is_told_once(
    gql: Graphql, owner: Side, order: Bought, shop: Shop, run_jobs: Jobs
) -> None:
    run_jobs()
    mail.outbox.clear()
    made = review(gql, order, rating=4)["review"]
    run_jobs()
    (told,) = mail.outbox
    assert "4" in told.body
    assert "/desk/danh-gia" in told.body
    assert "0912" not in re.sub(r"PX\d+", "", told.body)
    mail.outbox.clear()

    for words in ("Cảm ơn chị.", "Cảm ơn chị nhiều.", "Cảm ơn chị nhiều."):
        assert reply(owner.gql, made["id"], words)["review"]["reply"] == words
    run_jobs()
    (told,) = mail.outbox
    assert told.to == ["lan@example.vn"]
    assert "Cảm ơn chị." in told.body
    assert order.number in told.body
    mail.outbox.clear()

    assert reply(owner.gql, made["id"], " ")["review"]["reply"] is None
    assert reply(owner.gql, made["id"], "Xin cảm ơn.")["review"]["reply"] == "Xin cảm ơn."
    run_jobs()
    assert mail.outbox == []
    assert list(AuditEntry.objects.filter(action__startswith="review.reply").order_by("at").values_list("action", flat=True)) == [
        "review.reply", "review.reply", "review.reply_remove", "review.reply",
    ]  # fmt: skip


def test_an_answer_has_an_end(gql: Graphql, owner: Side, order: Bought) -> None:
    made = review(gql, order)["review"]

    assert codes(reply(owner.gql, made["id"], "x" * 2001)) == [(["body"], "TOO_LONG")]
    assert Review.objects.get().reply == ""


def test_whoever_follows_the_part_reads_it_again(
    gql: Graphql, owner: Side, officer: Graphql, order: Bought
) -> None:
    part = SellerOrder.objects.get()

    def raised() -> bool:
        nonlocal part
        before, part = part.updated_at, SellerOrder.objects.get()
        return part.updated_at > before

    made = review(gql, order)["review"]
    assert raised()
    reply(owner.gql, made["id"], "Cảm ơn.")
    assert raised()
    hide(officer, made["id"])
    assert raised()
    hide(officer, made["id"])
    assert not raised()


def test_the_sellers_desk_lists_what_waits_for_an_answer(
    gql: Graphql, owner: Side, officer: Graphql, order: Bought, shop: Shop, run_jobs: Jobs
) -> None:
    first = review(gql, order)["review"]["id"]
    second = review(gql, delivered(gql, owner, run_jobs, (shop.variant, 1)))["review"]["id"]
    query = """query($s: String!, $a: Boolean){seller(slug: $s){private{reviews(answered: $a){totalCount nodes{id}}}}}"""

    def listed(answered: bool | None) -> list[str]:
        found = owner.gql(query, s=shop.seller.slug, a=answered)["seller"]["private"]["reviews"]
        assert found["totalCount"] == len(found["nodes"])
        return [node["id"] for node in found["nodes"]]

    assert (listed(None), listed(False), listed(True)) == ([second, first], [second, first], [])
    reply(owner.gql, first, "Cảm ơn.")
    assert (listed(None), listed(False), listed(True)) == ([second, first], [second], [first])
    hide(officer, second)
    assert (listed(None), listed(False)) == ([second, first], [])


def test_an_editor_answers_and_a_packer_does_not(
    gql: Graphql, new_gql: New, order: Bought, shop: Shop
) -> None:
    made = review(gql, order)["review"]

    assert codes(reply(member(new_gql(), shop.seller, "EDITOR").gql, made["id"], "Cảm ơn.")) == []
    assert codes(reply(member(new_gql(), shop.seller, "PACKER").gql, made["id"], "Không.")) == [
        (["id"], "FORBIDDEN")
    ]
    assert Review.objects.get().reply == "Cảm ơn."


def test_an_officer_who_sells_there_does_not_hide(
    gql: Graphql, new_gql: New, order: Bought, shop: Shop
) -> None:
    made = review(gql, order, rating=1)["review"]
    user = make_user()
    CommuneOfficer.objects.create(user=user, commune=shop.village.commune)
    SellerMember.objects.create(user=user, seller=shop.seller, role="OWNER")

    assert codes(hide(new_gql().login(user), made["id"])) == [(["id"], "FORBIDDEN")]
    assert stats(shop) == (1, 1, 3.5)


# --- Many -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("reader", ["guest", "owner"])
def test_the_same_statements_for_one_review_and_for_a_hundred(
    reader: str, new_gql: New, owner: Side, shop: Shop, run_jobs: Jobs
) -> None:
    gql = new_gql() if reader == "guest" else owner.gql
    query = "{products(first: 3){nodes{slug rating reviewCount reviews(first: 100){totalCount nodes{body authorName product{name seller{name}} images{url(width: 320)}}}}}}"
    asset = ImageAsset.objects.create(sha256="0" * 64, ready=True, width=640, height=800, widths=[320])
    taken = []
    for number in (1, 99):
        for _each in range(number):
            row = Review.objects.create(
                product=shop.product, author_name="Lan N.", rating=5, body="Đẹp", written_at=timezone.now()
            )
            ReviewImage.objects.create(review=row, asset=asset)
        with CaptureQueriesContext(connection) as made:
            (found,) = [p for p in gql(query)["products"]["nodes"] if p["slug"] == shop.product.slug]
        taken.append(len(made))
        make_product(seller=shop.seller)
    assert len(found["reviews"]["nodes"]) == found["reviews"]["totalCount"] == 100

    assert taken[0] == taken[1]


def test_the_lines_of_an_order_find_their_reviews_together(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Jobs
) -> None:
    query = "query($i: ID!, $t: String){order(id: $i, token: $t){sellerOrders{lines{id review{rating product{name}}}}}}"
    taken = []
    for number in (1, 3):
        things = [make_product(seller=shop.seller).variants.get() for _each in range(number)]
        order = delivered(gql, owner, run_jobs, *((variant, 1) for variant in things))
        for position in range(number):
            assert codes(review(gql, order, position, rating=position + 1)) == []
        with CaptureQueriesContext(connection) as made:
            lines = gql(query, i=order.id, t=order.token)["order"]["sellerOrders"][0]["lines"]
        taken.append(len(made))
    assert [line["review"]["rating"] for line in lines] == [1, 2, 3]

    assert taken[0] == taken[1]


def test_pages_follow_each_other(new_gql: New, shop: Shop) -> None:
    for number in range(5):
        Review.objects.create(
            product=shop.product, author_name="Lan N.", rating=5, body=str(number), written_at=timezone.now()
        )
    query = "query($s: String!, $a: String){product(slug: $s){reviews(first: 2, after: $a){pageInfo{endCursor hasNextPage} nodes{body}}}}"
    gql, seen, after = new_gql(), list[str](), None
    while True:
        page = gql(query, s=shop.product.slug, a=after)["product"]["reviews"]
        seen += [node["body"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert seen == ["4", "3", "2", "1", "0"]


def test_a_review_of_what_is_no_longer_for_sale_stays_with_its_order(
    gql: Graphql, new_gql: New, order: Bought, shop: Shop
) -> None:
    made = review(gql, order)["review"]
    type(shop.product).objects.filter(pk=shop.product.pk).update(
        state="ARCHIVED", archived_at=timezone.now(), archived_from="PUBLISHED"
    )

    assert new_gql()("query($i: ID!){node(id: $i){id}}", i=made["id"])["node"] is None
    assert review_line(new_gql(), order)["rating"] == 5
    assert report(new_gql(), made["id"])["accepted"] is False


def test_the_line_of_a_review_is_one_of_ours(order: Bought, gql: Graphql) -> None:
    review(gql, order)

    assert Review.objects.get().order_line == OrderLine.objects.get().pk == from_global_id(line_id(order))[1]  # type: ignore[index]
    assert len(part_ids(order)) == 1
