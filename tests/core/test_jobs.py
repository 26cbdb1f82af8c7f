"""The jobs that keep the house: found by the worker, on time, safe to run twice."""

import datetime as dt
from itertools import pairwise
from typing import Any

import croniter
import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

from marketplace.accounts.models import Message, ResetCode
from marketplace.core.models import IdempotencyKey
from orders.models import Cart
from tests.builders import Shop, make_user
from tests.orders.conftest import Buyer


def _every(cron: str) -> set[float]:
    start = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    times = croniter.croniter(cron, start)
    moments = [times.get_next(dt.datetime) for _number in range(5)]
    return {(later - earlier).total_seconds() for earlier, later in pairwise(moments)}


def test_periodic_jobs_come_as_often_as_they_should() -> None:
    found = {task.task.name: _every(task.cron) for task in app.periodic_registry.periodic_tasks.values()}

    assert found["orders.jobs.end_holds"] == {15}
    assert found["marketplace.core.jobs.requeue_stalled"] == {10}
    assert found["search.jobs.drain_leftovers"] == {10}
    assert found["payments.jobs.ask_gateways"] == {120}
    assert found["marketplace.core.jobs.delete_finished"] == {86_400}


def test_the_worker_knows_every_task_of_every_package() -> None:
    known = {name.rsplit(".", 1)[0] for name in app.tasks}

    assert {
        "catalog.jobs",
        "search.jobs",
        "orders.jobs",
        "payments.jobs",
        "marketplace.accounts.jobs",
        "marketplace.core.jobs",
    } <= known


@pytest.mark.django_db
def test_what_has_had_its_day_is_forgotten_and_the_rest_stays(shop: Shop, gql: Any) -> None:
    buyer = Buyer(gql)
    old, fresh = buyer.cart(shop.variant), buyer.cart(shop.variant)
    ordered = buyer.cart(shop.variant)
    buyer.place(ordered["id"])
    long_ago = timezone.now() - dt.timedelta(days=60)
    Cart.objects.exclude(order=None).update(expires_at=long_ago)
    first = Cart.objects.filter(order=None).order_by("created_at").first()
    assert first is not None
    Cart.objects.filter(pk=first.pk).update(expires_at=long_ago)
    user = make_user()
    code = ResetCode.objects.create(user=user, code_hash="x", expires_at=long_ago)
    ResetCode.objects.filter(pk=code.pk).update(created_at=long_ago)
    message = Message.objects.create(channel="SMS", contact="+84900000000", text="x")
    Message.objects.filter(pk=message.pk).update(created_at=long_ago)
    IdempotencyKey.objects.update(created_at=long_ago)

    for name in (
        "orders.jobs.forget_carts",
        "marketplace.accounts.jobs.forget_expired",
        "marketplace.core.jobs.forget_idempotency_keys",
    ):
        app.tasks[name].func(timestamp=0)
        app.tasks[name].func(timestamp=0)

    assert buyer.read(old["id"]) is None
    assert buyer.read(fresh["id"]) is not None
    assert buyer.read(ordered["id"]) is not None
    assert (ResetCode.objects.count(), Message.objects.count(), IdempotencyKey.objects.count()) == (
        0,
        0,
        0,
    )


@pytest.mark.django_db
def test_one_order_that_cannot_end_keeps_no_other_from_ending(
    shop: Shop, gql: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orders import services
    from orders.models import Order
    from orders.services import life

    buyer = Buyer(gql)
    for _number in range(2):
        buyer.place(buyer.cart(shop.variant)["id"])
    Order.objects.update(pay_before=timezone.now() - dt.timedelta(minutes=1))
    first = Order.objects.order_by("pay_before", "id").first()
    real = life._order_expire

    def broken(order_id: Any) -> int:
        if first is not None and order_id == first.pk:
            raise RuntimeError("cannot end")
        return real(order_id)

    monkeypatch.setattr(life, "_order_expire", broken)

    assert services.orders_expire() == 1
    assert sorted(Order.objects.values_list("state", flat=True)) == ["AWAITING_PAYMENT", "EXPIRED"]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_takes_its_worker_down_each_time_is_given_up(clean_jobs: None) -> None:
    from asgiref.sync import async_to_sync
    from django.db import connection
    from procrastinate.contrib.django import app

    from marketplace.core import jobs

    keys = [jobs.forget_idempotency_keys.defer(timestamp=0) for _job in range(2)]
    with connection.cursor() as cursor:
        # As a worker that died leaves them: begun, and nobody's.
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        cursor.execute(
            "UPDATE procrastinate_jobs SET attempts = %s WHERE id = %s", [jobs.MAX_STALLS, keys[0]]
        )

    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:

        async def run() -> None:
            async with worker_app.open_async():
                await jobs.requeue_stalled.func(timestamp=0)

        async_to_sync(run)()

    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text FROM procrastinate_jobs ORDER BY id")
        assert cursor.fetchall() == [(keys[0], "failed"), (keys[1], "todo")]
