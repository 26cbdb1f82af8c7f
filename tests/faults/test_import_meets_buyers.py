"""A sheet that counts the shelf anew while people buy from it."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

import catalog.services.stock
from catalog.models import ImportJob, ImportProblem, Product, Variant
from catalog.services import import_rows, imports
from catalog.services.imports import import_run, import_start
from marketplace.core.actor import SYSTEM
from tests.builders import Shop, make_variant
from tests.faults.crowd import Api, Meeting, at_once, told
from tests.payments.buying import lines_of, stock

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    pytest.mark.usefixtures("clean_jobs"),
]


def _sheet(shop: Shop, variants: Sequence[Variant], number: int) -> ImportJob:
    """An import that is read already and has one piece to go."""
    rows = "".join(f"{variant.sku},{number}\n" for variant in variants)
    file = SimpleUploadedFile("kho.csv", f"Mã hàng,Tồn kho\n{rows}".encode())
    job = import_start(SYSTEM, shop.seller, file, None, dry_run=False)
    assert import_run(job.pk, alone=True)
    return job


def _import(job: ImportJob) -> Callable[[], Any]:
    def run() -> list[str]:
        try:
            import_run(job.pk, alone=True)
        except OperationalError as error:
            return [f"fault {error.__cause__.__class__.__name__}"]
        return []

    return run


@pytest.fixture
def the_count_is_written_when_a_buyer_has_the_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet has looked at the shelf, and a buyer has taken from it, before the sheet writes; if locks let them."""
    meeting = Meeting(2, patience=2)
    hold, put = catalog.services.stock._hold_one, import_rows.stock_set

    def hold_then_wait(*arguments: Any, **options: Any) -> int | None:
        taken = hold(*arguments, **options)
        meeting.wait()
        return taken

    def wait_then_put(*arguments: Any, **options: Any) -> bool:
        meeting.wait()
        return put(*arguments, **options)

    monkeypatch.setattr(catalog.services.stock, "_hold_one", hold_then_wait)
    monkeypatch.setattr(import_rows, "stock_set", wait_then_put)


def _buy_all_while_two_are_counted(api: Api, shop: Shop) -> Any:
    cart, job = api.cart(lines_of((shop.variant, 5))), _sheet(shop, [shop.variant], 2)
    answers = at_once([lambda: api.checkout(cart), _import(job)])
    job.refresh_from_db()
    return told(answers[0]), list(ImportProblem.objects.values_list("column", "code"))


@pytest.mark.usefixtures("the_count_is_written_when_a_buyer_has_the_pieces")
def test_pieces_are_ordered_or_counted_away_but_not_both(api: Api, shop: Shop) -> None:
    bought, wrong = _buy_all_while_two_are_counted(api, shop)

    if bought:
        assert (bought, wrong, stock(shop.variant)) == (["OUT_OF_STOCK"], [], (2, 0))
    else:
        assert (wrong, stock(shop.variant)) == ([("Tồn kho", "OUT_OF_STOCK")], (5, 5))


@pytest.mark.usefixtures("the_count_is_written_when_a_buyer_has_the_pieces", "no_stock_constraint")
def test_control_without_the_lock_both_happen(api: Api, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_rows, "lock_variants", Variant.objects.in_bulk)

    bought, wrong = _buy_all_while_two_are_counted(api, shop)

    assert (bought, wrong, stock(shop.variant)) == ([], [], (2, 5))


@pytest.mark.usefixtures("the_count_is_written_when_a_buyer_has_the_pieces")
def test_control_without_the_lock_the_constraint_still_stands(
    api: Api, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_rows, "lock_variants", Variant.objects.in_bulk)

    bought, wrong = _buy_all_while_two_are_counted(api, shop)

    assert (bought, wrong, stock(shop.variant)) == ([], [("", "INVALID")], (5, 5))


@pytest.mark.parametrize(("in_order", "faults"), [(True, 0), (False, 1)])
def test_a_sheet_and_a_basket_in_opposite_order_wait_for_each_other(
    api: Api, shop: Shop, monkeypatch: pytest.MonkeyPatch, in_order: bool, faults: int
) -> None:
    """Both have one kind before either has a second; out of order, that is a deadlock."""
    variants = [make_variant(shop.product, sku=f"K-{number}", stock=3) for number in range(5)]
    meeting, hold = Meeting(2, patience=2), catalog.services.stock._hold_one

    def hold_then_wait(*arguments: Any, **options: Any) -> int | None:
        taken = hold(*arguments, **options)
        meeting.wait()
        return taken

    def lock_one_by_one(keys: Sequence[UUID]) -> dict[UUID, Variant]:
        found = {}
        for key in sorted(keys, reverse=not in_order):
            found[key] = Variant.objects.select_for_update(no_key=True).get(pk=key)
            meeting.wait()
        return found

    monkeypatch.setattr(catalog.services.stock, "_hold_one", hold_then_wait)
    monkeypatch.setattr(import_rows, "lock_variants", lock_one_by_one)
    cart = api.cart(lines_of(*[(variant, 1) for variant in variants]))

    answers = at_once([lambda: told(api.checkout(cart)), _import(_sheet(shop, variants[::-1], 4))])

    assert sum(bool(answer) for answer in answers) == faults, answers
    if in_order:
        assert [stock(variant) for variant in variants] == [(4, 1)] * 5


@pytest.mark.parametrize(("locked", "made"), [(True, 1), (False, 2)])
def test_one_sheet_sent_twice_at_the_same_time_makes_its_listings_once(
    api: Api, shop: Shop, monkeypatch: pytest.MonkeyPatch, locked: bool, made: int
) -> None:
    """Both look for a listing of the name before either has made it; if the seller's row lets them."""
    meeting, look = Meeting(2, patience=2), import_rows.Taker._find_names

    def look_together(*arguments: Any) -> None:
        look(*arguments)
        meeting.wait()

    monkeypatch.setattr(import_rows.Taker, "_find_names", look_together)
    if not locked:
        monkeypatch.setattr(import_rows, "lock_rows", lambda rows, keys: rows.in_bulk(keys))
    sheets = []
    for _number in range(2):
        file = SimpleUploadedFile("gio.csv", "Tên,Giá\nGiỏ mới,5000\n".encode())
        sheets.append(import_start(SYSTEM, shop.seller, file, None, dry_run=False))
        assert import_run(sheets[-1].pk, alone=True)

    assert at_once(list(map(_import, sheets))) == [[], []]

    assert Product.objects.filter(name="Giỏ mới").count() == made


@pytest.mark.parametrize(("locked", "made"), [(True, 1), (False, 2)])
def test_two_workers_on_one_sheet_take_it_once(
    api: Api, shop: Shop, monkeypatch: pytest.MonkeyPatch, locked: bool, made: int
) -> None:
    meeting, step = Meeting(2, patience=2), imports._step

    def step_together(*arguments: Any) -> bool:
        meeting.wait()
        return step(*arguments)

    file = SimpleUploadedFile("gio.csv", "Tên,Giá\nGiỏ mới,5000\n".encode())
    job = import_start(SYSTEM, shop.seller, file, None, dry_run=False)
    assert import_run(job.pk, alone=True)
    monkeypatch.setattr(imports, "_step", step_together)
    if not locked:
        monkeypatch.setattr(imports, "lock_rows", lambda rows, keys: rows.in_bulk(keys))
        monkeypatch.setattr(import_rows, "lock_rows", lambda rows, keys: rows.in_bulk(keys))
        look = import_rows.Taker._find_names
        names = Meeting(2, patience=2)
        monkeypatch.setattr(
            import_rows.Taker, "_find_names", lambda *arguments: (look(*arguments), names.wait())
        )

    at_once([_import(job), _import(job)])
    job.refresh_from_db()

    assert Product.objects.filter(name="Giỏ mới").count() == made
    if locked:
        assert (job.done_rows, job.created_count) == (1, 1)
