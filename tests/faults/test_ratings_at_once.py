"""Many review one product in the same moment while officers hide and show: sum and count stay exact."""

import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

import catalog.services.reviews
from catalog.models import CommuneOfficer, ProductStats, Review, Variant
from catalog.services import rating_rank
from marketplace.accounts.models import User
from marketplace.core.ids import to_global_id
from orders.models import SellerOrder
from tests.builders import Shop, make_user
from tests.conftest import Graphql
from tests.faults.crowd import Meeting, at_once
from tests.orders.selling import buy_paid
from tests.orders.voices import hide, review
from tests.payments.buying import Bought

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
]
CROWD = 12
Act = Callable[[], Any]


@pytest.fixture
def officer(shop: Shop) -> User:
    user = make_user()
    CommuneOfficer.objects.create(user=user, commune=shop.village.commune)
    return user


@pytest.fixture
def arrived(shop: Shop, gql: Graphql, run_jobs: Callable[[], int]) -> Callable[[int], list[Bought]]:
    """So many orders of one piece each, all of which have arrived."""

    def make(number: int) -> list[Bought]:
        Variant.objects.filter(pk=shop.variant.pk).update(on_hand=100)
        found = [buy_paid(gql, run_jobs, (shop.variant, 1)) for _each in range(number)]
        SellerOrder.objects.update(state="COMPLETED")
        return found

    return make


def reviewing(order: Bought, rating: int) -> Act:
    return lambda: review(Graphql(Client()), order, rating=rating)


def hiding(officer: User, row: uuid.UUID, hidden: bool) -> Act:
    return lambda: hide(Graphql(Client()).login(officer), to_global_id("Review", row), hidden)


def told(answers: list[Any]) -> list[str]:
    return sorted(error["code"] for answer in answers for error in answer["userErrors"])


def counted(shop: Shop) -> tuple[int, int]:
    return ProductStats.objects.values_list("rating_sum", "rating_count").get(product=shop.product)


def there(shop: Shop) -> tuple[int, int]:
    ratings = list(
        Review.objects.filter(product=shop.product, hidden_at=None).values_list("rating", flat=True)
    )
    return sum(ratings), len(ratings)


def test_sum_and_count_are_exact_after_a_crowd(
    shop: Shop, officer: User, arrived: Callable[[int], list[Bought]]
) -> None:
    source = random.Random(7)
    orders = arrived(2 * CROWD)
    for order in orders[:CROWD]:
        assert reviewing(order, source.randint(1, 5))()["userErrors"] == []
    old = list(Review.objects.values_list("pk", flat=True))
    hidden, shown = old[: CROWD // 2], old[CROWD // 2 :]
    for row in hidden:
        hiding(officer, row, True)()

    acts = [reviewing(order, source.randint(1, 5)) for order in orders[CROWD:]]
    # Each by two officers at once: one of them does it.
    acts += [hiding(officer, row, True) for row in shown for _officer in range(2)]
    acts += [hiding(officer, row, False) for row in hidden for _officer in range(2)]
    source.shuffle(acts)
    assert told(at_once(acts)) == []

    assert counted(shop) == there(shop)
    assert there(shop)[1] == CROWD + len(hidden)
    assert ProductStats.objects.get(product=shop.product).rating_rank == pytest.approx(
        rating_rank(*there(shop))
    )


def test_one_line_reviewed_by_many_devices_has_one_review(
    shop: Shop, arrived: Callable[[int], list[Bought]]
) -> None:
    (order,) = arrived(1)

    answers = at_once([reviewing(order, 1 + number % 5) for number in range(CROWD)])

    assert told(answers) == ["DUPLICATE"] * (CROWD - 1)
    assert Review.objects.count() == 1
    assert counted(shop) == there(shop)


def test_control_reading_and_writing_back_loses_ratings(
    shop: Shop, arrived: Callable[[int], list[Bought]], monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(CROWD)

    def read_modify_write(product_id: uuid.UUID, rating: int, *, times: int) -> None:
        row = ProductStats.objects.get(product=product_id)
        meeting.wait()
        row.rating_sum += times * rating
        row.rating_count += times
        row.save()

    monkeypatch.setattr(catalog.services.reviews, "rating_count", read_modify_write)
    answers = at_once([reviewing(order, 5) for order in arrived(CROWD)])

    assert told(answers) == []
    assert there(shop) == (5 * CROWD, CROWD)
    assert counted(shop) == (5, 1)
