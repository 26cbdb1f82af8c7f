"""load_reference, load_sample and generate_catalogue."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum
from django.utils import timezone

from catalog.models import (
    Commune,
    Craft,
    FormerUnit,
    ImageAsset,
    OcopCertificate,
    Product,
    ProductStats,
    Province,
    Review,
    Seller,
    Variant,
    Village,
    Ward,
)
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    tables: list[Any] = [
        Province, Ward, FormerUnit, Commune, Craft, Village, Seller, Product, Variant, OcopCertificate, ImageAsset,
        ProductStats,
    Review,
    ]  # fmt: skip
    return {table.__name__: table.objects.count() for table in tables}


def test_reference_data_is_real_places_and_nothing_invented() -> None:
    call_command("load_reference", stdout=io.StringIO())
    call_command("load_reference", stdout=io.StringIO())

    found = counts()
    assert found["Province"] == 34
    assert found["Ward"] == 3321
    assert found["FormerUnit"] == 10047
    assert found["Commune"] == 4
    assert found["Craft"] == 15
    assert found["Village"] == 19
    assert found["Seller"] == found["Product"] == 0
    assert set(Village.objects.values_list("evidence", flat=True)) == {"source"}


def test_the_sample_loads_once_and_leaves_what_people_changed(gql: Graphql) -> None:
    call_command("load_sample", stdout=io.StringIO())
    first = counts()
    Product.objects.filter(slug="gio-hoa-qua-may-tre-dan-mat-cao").update(name="Tên mới")
    call_command("load_sample", stdout=io.StringIO())

    assert counts() == first
    assert (first["Seller"], first["Product"], first["Variant"], first["Village"]) == (60, 646, 1512, 46)
    assert Product.objects.get(slug="gio-hoa-qua-may-tre-dan-mat-cao").name == "Tên mới"
    assert gql("{products{totalCount}}")["products"]["totalCount"] == 646


def _stats_say_what_reviews_say() -> None:
    said = {
        row["pk"]: (row["total"] or 0, row["number"])
        for row in Product.objects.values("pk").annotate(
            total=Sum("reviews__rating"), number=Count("reviews")
        )
    }
    counted = {row.pk: (row.rating_sum, row.rating_count) for row in ProductStats.objects.all()}
    ranks = {row.pk: row.rating_rank for row in ProductStats.objects.all()}

    assert counted == said
    assert ranks == {key: pytest.approx((total + 20) / (number + 5)) for key, (total, number) in said.items()}


def test_sample_reviews_are_rows_that_add_up_with_no_order_behind_them(gql: Graphql) -> None:
    call_command("load_sample", stdout=io.StringIO())
    first = gql(
        "{products(first: 1, sort: TOP_RATED){nodes{rating reviewCount reviews{totalCount nodes{authorName verifiedPurchase language}}}}}"
    )
    (product,) = first["products"]["nodes"]

    assert Review.objects.count() == 900
    _stats_say_what_reviews_say()
    assert product["reviewCount"] == product["reviews"]["totalCount"] == len(product["reviews"]["nodes"]) > 0
    assert {node["verifiedPurchase"] for node in product["reviews"]["nodes"]} == {False}
    assert not Review.objects.filter(written_at__gt=timezone.now()).exists()

    # An installation that had the numbers before it had the rows.
    Review.objects.all().delete()
    call_command("load_sample", stdout=io.StringIO())
    assert Review.objects.count() == 900
    _stats_say_what_reviews_say()


def test_certificate_dates_move_to_the_day_of_loading() -> None:
    call_command("load_sample", stdout=io.StringIO())
    today = timezone.localdate()

    valid = OcopCertificate.objects.filter(expires_on__gte=today).count()
    soon = OcopCertificate.objects.filter(
        expires_on__gte=today, expires_on__lte=today + dt.timedelta(days=60)
    ).count()

    # data/README.md: 103 valid beyond 60 days, 22 that end within 60 days, 25 expired.
    assert (valid, soon, OcopCertificate.objects.count() - valid) == (125, 22, 25)


def test_a_generated_catalogue_is_whole(gql: Graphql) -> None:
    call_command("load_sample", stdout=io.StringIO())
    call_command("generate_catalogue", "--products", "300", stdout=io.StringIO())

    assert gql("{products{totalCount}}")["products"]["totalCount"] == 946
    assert ProductStats.objects.count() == 946
    assert Review.objects.count() > 900
    _stats_say_what_reviews_say()
    with pytest.raises(CommandError):
        call_command("generate_catalogue", "--products", "0")


def test_generating_without_a_sample_says_what_to_do_first() -> None:
    with pytest.raises(CommandError, match="load_sample"):
        call_command("generate_catalogue", "--products", "10", stdout=io.StringIO())
