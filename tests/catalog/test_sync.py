"""Partners follow products by `updatedSince` and miss nothing, though transactions commit out of order."""

import datetime as dt
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from catalog import services
from catalog.models import Product
from catalog.services.listings import lock_product, product_changed
from marketplace.accounts.models import User
from marketplace.core import feeds
from marketplace.core.actor import Actor
from tests.builders import Shop, make_product
from tests.conftest import Graphql

PAGE = """query($since: DateTime!, $after: String) {
  products(first: 5, after: $after, filter: {updatedSince: $since}, sort: UPDATED) {
    nodes { slug revision updatedAt } pageInfo { hasNextPage endCursor } } }"""
WRITERS = 6
CHANGES = 12


class Partner:
    """A partner app as the documentation tells it: page through, keep the last `updatedAt`, ask from there."""

    def __init__(self, since: str) -> None:
        self.gql = Graphql(Client())
        self.since = since
        self.seen: dict[str, int] = {}

    def poll(self) -> None:
        after = None
        while True:
            page = self.gql(PAGE, since=self.since, after=after)["products"]
            for row in page["nodes"]:
                self.seen[row["slug"]] = row["revision"]
                self.since = row["updatedAt"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]


def start() -> str:
    """The moment from which a partner follows."""
    return f"{feeds.horizon() - dt.timedelta(microseconds=1):%Y-%m-%dT%H:%M:%S.%fZ}"


def change(product: Product, *, hold: Callable[[], Any] | None = None) -> None:
    """A change as a service makes it; `hold` keeps its transaction open after the write."""
    with transaction.atomic():
        product_changed(lock_product(product.pk))
        if hold is not None:
            hold()


def at_once(*works: Callable[[], Any]) -> list[threading.Thread]:
    def run(work: Callable[[], Any]) -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    return threads


@pytest.mark.django_db(transaction=True)
def test_a_slow_change_that_commits_after_a_quick_one_is_not_missed(shop: Shop, clean_jobs: None) -> None:
    assert follow_a_slow_and_a_quick_one(shop) == {shop.product.slug: 2}


@pytest.mark.django_db(transaction=True)
def test_without_the_horizon_it_is_missed(
    shop: Shop, clean_jobs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""
    monkeypatch.setattr(feeds, "horizon", lambda: dt.datetime(2100, 1, 1, tzinfo=dt.UTC))

    assert follow_a_slow_and_a_quick_one(shop) == {}


def follow_a_slow_and_a_quick_one(shop: Shop) -> dict[str, int]:
    """What a partner learns of the slow change: it writes first, and commits after the partner has read the quick one."""
    quick, partner = make_product(seller=shop.seller), Partner(start())
    written, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        written.set()
        go_on.wait(10)

    threads = at_once(lambda: change(shop.product, hold=hold))
    assert written.wait(10)
    change(quick)
    partner.poll()
    go_on.set()
    threads[0].join()
    partner.poll()
    partner.poll()
    return {slug: revision for slug, revision in partner.seen.items() if slug == shop.product.slug}


@pytest.mark.django_db(transaction=True)
def test_what_is_held_back_comes_as_soon_as_the_slow_one_ends(shop: Shop, clean_jobs: None) -> None:
    quick, partner = make_product(seller=shop.seller), Partner(start())
    written, go_on = threading.Event(), threading.Event()
    threads = at_once(lambda: change(shop.product, hold=lambda: (written.set(), go_on.wait(10))))
    assert written.wait(10)
    change(quick)

    partner.poll()
    assert partner.seen == {}
    go_on.set()
    threads[0].join()
    partner.poll()

    assert partner.seen == {shop.product.slug: 2, quick.slug: 2}


@pytest.mark.django_db(transaction=True)
def test_a_reader_holds_nothing_back(shop: Shop, clean_jobs: None) -> None:
    partner = Partner(start())
    reading, go_on = threading.Event(), threading.Event()

    def read() -> None:
        with transaction.atomic():
            Product.objects.count()
            reading.set()
            go_on.wait(10)

    threads = at_once(read)
    assert reading.wait(10)
    change(shop.product)
    partner.poll()
    go_on.set()
    threads[0].join()

    assert partner.seen == {shop.product.slug: 2}


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_one_partner_end_with_the_same_revisions(shop: Shop, clean_jobs: None) -> None:
    products = [shop.product, *(make_product(seller=shop.seller) for _index in range(11))]
    partner = Partner(start())
    writing = threading.Event()
    source = random.Random(7)
    plans = [
        [(source.choice(products), source.random() * 0.03) for _change in range(CHANGES)]
        for _writer in range(WRITERS)
    ]

    def write(plan: list[tuple[Product, float]]) -> None:
        for product, pause in plan:
            change(product, hold=lambda pause=pause: time.sleep(pause))

    def follow() -> None:
        while not writing.is_set():
            partner.poll()

    reader = at_once(follow)
    for thread in at_once(*(lambda plan=plan: write(plan) for plan in plans)):
        thread.join()
    writing.set()
    reader[0].join()
    partner.poll()

    changed = dict(Product.objects.filter(revision__gt=1).values_list("slug", "revision"))
    assert sum(changed.values()) - len(changed) == WRITERS * CHANGES
    assert partner.seen == changed


@pytest.mark.django_db
def test_a_change_is_stamped_by_the_database_and_told_as_it_is_stored(shop: Shop) -> None:
    with transaction.atomic():
        product = lock_product(shop.product.pk)
        product_changed(product)

    assert Product.objects.get(pk=product.pk).updated_at == product.updated_at
    assert product.updated_at > shop.product.updated_at


@pytest.mark.django_db(transaction=True)
def test_changes_made_while_a_seller_was_hidden_come_with_its_return(shop: Shop, clean_jobs: None) -> None:
    admin = Actor(user=User.objects.create_superuser("a@example.vn"))
    other = make_product()
    partner = Partner(start())
    services.seller_decide(actor=admin, seller_id=shop.seller.pk, decision="SUSPEND", note="Khiếu nại.")
    change(shop.product)
    change(other)
    partner.poll()
    assert partner.seen == {other.slug: 2}

    services.seller_decide(actor=admin, seller_id=shop.seller.pk, decision="REINSTATE", note="Đã sửa.")
    partner.poll()

    assert partner.seen == {other.slug: 2, shop.product.slug: 2}
