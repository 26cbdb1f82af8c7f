"""Reported content, and the officers' lists of reports and reviews."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.models import Commune, ContentReport, ProductStats, Review
from catalog.services import officers_remind, rating_rank
from marketplace.core.ids import to_global_id
from marketplace.core.models import AuditEntry
from marketplace.core.vietnamese import sort_key
from orders.models import Question
from tests.builders import Shop, make_product, make_seller, make_user
from tests.catalog.test_admin import page, queue, staff
from tests.conftest import Graphql
from tests.orders.voices import report

pytestmark = pytest.mark.django_db
New = Callable[[], Graphql]


@pytest.fixture
def here(shop: Shop) -> Client:
    return staff(shop.village.commune)


@pytest.fixture
def elsewhere(shop: Shop) -> Client:
    commune = Commune.objects.create(
        slug="chuyen-my", code="10330", name="Chuyên Mỹ", name_key=sort_key("Chuyên Mỹ")
    )
    return staff(commune, "noi-khac")


@pytest.fixture
def review(shop: Shop) -> Review:
    row = Review.objects.create(
        product=shop.product, author_name="Lan N.", rating=1, body="Lời lẽ thô tục", written_at=timezone.now()
    )
    ProductStats.objects.filter(product=shop.product).update(
        rating_sum=1, rating_count=1, rating_rank=rating_rank(1, 1)
    )
    return row


def gid(row: Any) -> str:
    return to_global_id(type(row).__name__, row.pk)


def codes(answer: dict[str, Any]) -> list[tuple[list[str] | None, str]]:
    assert answer["accepted"] is not bool(answer["userErrors"])
    return [(error["field"], error["code"]) for error in answer["userErrors"]]


def test_anybody_reports_what_they_see(new_gql: New, shop: Shop, review: Review) -> None:
    question = Question.objects.create(
        seller=shop.seller, product=shop.product, body="Có không?", answer="Có", answered_at=timezone.now()
    )
    user = make_user()
    for gql in (new_gql(), new_gql().login(user)):
        for thing in (shop.product, shop.seller, review, question):
            assert codes(report(gql, gid(thing))) == []

    assert ContentReport.objects.count() == 8
    assert set(ContentReport.objects.values_list("seller", flat=True)) == {shop.seller.pk}
    reporters = set(ContentReport.objects.values_list("reporter", flat=True))
    assert len(reporters) == 2
    assert f"user:{user.pk}" in reporters
    # Of a guest no address is kept.
    assert not any("127.0.0.1" in name for name in reporters)
    assert AuditEntry.objects.filter(action="report.create").count() == 8


def test_what_one_cannot_see_is_not_found(new_gql: New, shop: Shop, review: Review) -> None:
    draft = make_product("Nháp", seller=shop.seller, state="DRAFT", published_at=None)
    applied = make_seller(state="APPLIED", village=shop.village)
    Review.objects.filter(pk=review.pk).update(hidden_at=timezone.now())
    gql = new_gql().login(make_user())

    for thing in (
        gid(draft), gid(applied), gid(review), to_global_id("Product", draft.seller_id),
        to_global_id("Variant", shop.variant.pk), to_global_id("Order", shop.product.pk), "?",
    ):  # fmt: skip
        assert codes(report(gql, thing)) == [(["id"], "NOT_FOUND")]
    assert not ContentReport.objects.exists()


@pytest.mark.parametrize(
    ("reason", "code"), [("", "REQUIRED"), (" \n", "REQUIRED"), ("x" * 1001, "TOO_LONG")]
)
def test_a_report_says_why(new_gql: New, shop: Shop, reason: str, code: str) -> None:
    assert codes(report(new_gql(), gid(shop.product), reason)) == [(["reason"], code)]
    assert not ContentReport.objects.exists()


def test_from_one_reporter_one_open_report_of_a_thing(new_gql: New, here: Client, shop: Shop) -> None:
    gql = new_gql().login(make_user())
    for reason in ("Sai", "Sai lắm"):
        assert codes(report(gql, gid(shop.product), reason)) == []
    assert ContentReport.objects.get().reason == "Sai"
    assert codes(report(new_gql(), gid(shop.product))) == []
    assert ContentReport.objects.count() == 2

    first = ContentReport.objects.get(reason="Sai")
    assert here.post(page(first, "seen_to"), {"note": "Đã nhắc."}).status_code == 302

    # Seen to, and found wrong again.
    assert codes(report(gql, gid(shop.product), "Vẫn sai")) == []
    assert ContentReport.objects.filter(seen_at=None).count() == 2


def test_so_many_in_a_day(new_gql: New, shop: Shop, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "content_report": "100/d/ip,2/d/key"}
    gql = new_gql().login(make_user())
    things = [shop.product, shop.seller, make_product(seller=shop.seller)]

    assert [codes(report(gql, gid(thing))) for thing in things] == [[], [], [(None, "RATE_LIMITED")]]
    assert codes(report(new_gql(), gid(things[2]))) == []
    assert ContentReport.objects.count() == 3


def test_the_officers_of_the_commune_are_told_once_a_day_of_a_thing(
    new_gql: New,
    here: Client,
    elsewhere: Client,
    shop: Shop,
    run_jobs: Callable[[], int],
) -> None:
    for _each in range(3):
        report(new_gql().login(make_user()), gid(shop.product))
    run_jobs()

    (told,) = mail.outbox
    assert told.to == ["xa@example.vn"]
    first = ContentReport.objects.earliest("created_at")
    assert page(first) in told.body
    assert here.get(page(first)).status_code == 200


def test_it_stands_in_the_queue_and_in_the_mornings_count(
    new_gql: New,
    here: Client,
    elsewhere: Client,
    shop: Shop,
    run_jobs: Callable[[], int],
) -> None:
    report(new_gql(), gid(shop.product), "Hàng giả")
    run_jobs()
    mail.outbox.clear()
    row = ContentReport.objects.get()

    assert "Hàng giả" in here.get(queue(ContentReport)).content.decode()
    assert "Hàng giả" not in elsewhere.get(queue(ContentReport)).content.decode()
    assert elsewhere.get(page(row)).status_code == 302
    text = here.get(page(row)).content.decode()
    assert shop.product.name in text
    assert "Hide the review" not in text
    officers_remind()
    run_jobs()
    (told,) = mail.outbox
    assert "1" in told.subject

    assert here.post(page(row, "seen_to"), {"note": ""}).status_code == 302
    assert "Hàng giả" not in here.get(queue(ContentReport)).content.decode()
    assert "Hàng giả" in here.get(queue(ContentReport, queue="all")).content.decode()
    row.refresh_from_db()
    assert row.seen_at is not None
    assert AuditEntry.objects.filter(action="report.close").count() == 1


def test_a_reported_review_is_hidden_from_the_list(
    new_gql: New,
    here: Client,
    shop: Shop,
    review: Review,
) -> None:
    report(new_gql(), gid(review), "Thô tục")
    row = ContentReport.objects.get()
    assert "Lời lẽ thô tục" in here.get(page(row)).content.decode()

    empty = here.post(page(row, "hide_review"), {"note": ""})
    assert empty.status_code == 422
    assert ProductStats.objects.get(product=shop.product).rating_count == 1
    assert here.post(page(row, "hide_review"), {"note": "Thô tục."}).status_code == 302

    review.refresh_from_db()
    row.refresh_from_db()
    assert (review.hidden_at is not None, review.hidden_reason, row.seen_at is not None) == (
        True,
        "Thô tục.",
        True,
    )
    stats = ProductStats.objects.get(product=shop.product)
    assert (stats.rating_sum, stats.rating_count, stats.rating_rank) == (0, 0, 4.0)


def test_reviews_are_hidden_and_shown_again_through_the_service(
    here: Client,
    elsewhere: Client,
    shop: Shop,
    review: Review,
) -> None:
    assert "Lời lẽ thô tục" in here.get(queue(Review)).content.decode()
    assert "Lời lẽ thô tục" not in elsewhere.get(queue(Review)).content.decode()
    assert elsewhere.get(page(review)).status_code == 302
    for client, status in ((elsewhere, 404), (here, 302)):
        assert client.post(page(review, "hide"), {"note": "Thô tục."}).status_code == status
    review.refresh_from_db()
    assert review.hidden_at is not None
    assert "Lời lẽ thô tục" in here.get(queue(Review, hidden="yes")).content.decode()
    assert "Lời lẽ thô tục" not in here.get(queue(Review, hidden="no")).content.decode()
    assert "Show again" in here.get(page(review)).content.decode()

    assert here.post(page(review, "show"), {"note": "Đã xem lại."}).status_code == 302

    review.refresh_from_db()
    assert (review.hidden_at, review.hidden_reason) == (None, "")
    assert ProductStats.objects.get(product=shop.product).rating_count == 1
    assert list(AuditEntry.objects.order_by("at").values_list("action", "reason")) == [
        ("review.hide", "Thô tục."), ("review.show", "Đã xem lại."),
    ]  # fmt: skip


def test_the_side_bar_counts_reports(new_gql: New, here: Client, shop: Shop) -> None:
    report(new_gql(), gid(shop.product))

    text = here.get(reverse("admin:index")).content.decode()
    assert reverse("admin:catalog_contentreport_changelist") in text
    assert reverse("admin:catalog_review_changelist") in text


def test_the_reports_list_takes_the_same_statements(
    new_gql: New,
    here: Client,
    shop: Shop,
) -> None:
    taken = []
    for number in (1, 9):
        for _each in range(number):
            report(new_gql().login(make_user()), gid(shop.product))
        with CaptureQueriesContext(connection) as made:
            assert here.get(queue(ContentReport)).status_code == 200
        taken.append(len(made))

    assert taken[0] == taken[1]
