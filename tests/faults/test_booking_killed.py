"""A worker is killed after GHN has booked a parcel and before we know it; the next one finds it, once."""

import os
import signal
from collections.abc import Callable

import pytest
from django.utils import timezone

from orders.models import Shipment
from tests.builders import Shop
from tests.conftest import Graphql
from tests.faults.crowd import backends, until
from tests.faults.test_worker_killed import Start, start_worker
from tests.orders.ghn_double import GhnDouble
from tests.orders.selling import buy_paid, member, part_ids
from tests.orders.test_ghn import ghn

__all__ = ["ghn", "start_worker"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
    pytest.mark.faults,
]


@pytest.mark.parametrize("act", ["create", "cancel"])
def test_a_killed_worker_books_and_cancels_once(
    gql: Graphql,
    new_gql: Callable[[], Graphql],
    shop: Shop,
    ghn: GhnDouble,
    run_jobs: Callable[[], int],
    start_worker: Start,
    act: str,
) -> None:
    owner = member(new_gql(), shop.seller)
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    environment = {key: str(value) for key, value in {**ghn.settings(), "GHN_TIMEOUT": 30}.items()}
    if act == "create":
        ghn.ill("hold", "/create")
    owner.ship(part_ids(order)[0], carrier="ghn", trackingNumber=None)
    if act == "cancel":
        run_jobs()
        ghn.ill("hold", "/cancel")
        owner.parcel(owner.part()["shipments"][0]["id"], "CANCELLED")
    before = Shipment.objects.get().booking

    worker = start_worker(**environment)
    assert ghn.held.wait(30), "the worker asks GHN"
    os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait(30) == -signal.SIGKILL
    until(lambda: backends() == 0, "the dead worker's sessions over")
    assert (len(ghn.orders), Shipment.objects.get().booking) == (1, before)
    start_worker(**environment)
    after = {"create": "BOOKED", "cancel": "CANCELLED"}[act]
    until(lambda: Shipment.objects.get().booking == after, "the next worker has done it")

    found = ghn.only_order()
    assert found["status"] == {"create": "ready_to_pick", "cancel": "cancel"}[act]
    row = Shipment.objects.get()
    assert (row.tracking_number, len(ghn.called(f"/{act}"))) == (found["order_code"], 2)
    assert row.asked_at is not None
    assert row.asked_at < timezone.now()
