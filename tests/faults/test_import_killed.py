"""A worker is killed in the middle of an import; another one goes on, and it ends as if nothing had been."""

import os
import signal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from catalog.models import ImportJob, ImportProblem, ImportRow, Seller, Variant
from catalog.services.imports import import_run, import_start
from marketplace.core.actor import SYSTEM
from tests.builders import Shop, make_seller, make_variant
from tests.faults.crowd import backends, until
from tests.faults.test_worker_killed import Start, start_worker

__all__ = ["start_worker"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
    pytest.mark.faults,
]
ROWS = 600


def _start(seller: Seller) -> ImportJob:
    """An import whose sheet is read: workers of tests have a storage of their own."""
    rows = "".join(f"N-{n},Giỏ {n // 3},{5_000 + n},{n % 7}\n" for n in range(ROWS))
    text = f"Mã,Tên,Giá,Tồn kho\n{rows}N-x,Giỏ x,1.5,1\n"
    job = import_start(SYSTEM, seller, SimpleUploadedFile("hang.csv", text.encode()), None, dry_run=False)
    assert import_run(job.pk, alone=True)
    return job


def _outcome(seller: Seller) -> Any:
    rows = Variant.objects.filter(seller=seller, sku__startswith="N-").order_by("sku")
    return list(rows.values_list("sku", "price", "on_hand"))


def _through(job: ImportJob) -> bool:
    job.refresh_from_db()
    return job.state == "DONE"


def test_an_import_killed_in_the_middle_ends_the_same(shop: Shop, start_worker: Start) -> None:
    # A kind in the third chunk: whoever holds its row stops the import there.
    stop = make_variant(shop.product, sku="N-450", price=5_450, stock=0)
    job = _start(shop.seller)
    with transaction.atomic():
        Variant.objects.select_for_update().get(pk=stop.pk)
        worker = start_worker()
        until(lambda: backends(waiting_for_a_lock=True) == 1, "an import that waits for our row")
        os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(30) == -signal.SIGKILL
    until(lambda: backends() == 0, "the dead worker's sessions over")
    job.refresh_from_db()
    assert (job.state, job.done_rows, len(_outcome(shop.seller))) == ("RUNNING", 396, 397)

    start_worker()
    until(lambda: _through(job), "the import done by the next worker")

    assert (job.row_count, job.done_rows, job.created_count, job.updated_count) == (601, 601, 599, 1)
    assert list(ImportProblem.objects.values_list("row", "code")) == [(602, "INVALID")]
    assert not ImportRow.objects.exists()
    other = make_seller(village=shop.village)
    whole = _start(other)
    while import_run(whole.pk, alone=True):
        pass
    assert _outcome(other) == _outcome(shop.seller)
    assert len(_outcome(other)) == 600
