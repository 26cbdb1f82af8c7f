"""Stock by hand: deltas, one effect per key, never below what is ordered."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalog import queries, services
from catalog.models import Product, Seller, SellerApp, SellerMember, StockChange, Variant
from catalog.services import stock
from marketplace.accounts.models import Application, User
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.models import AuditEntry, IdempotencyKey
from search.models import SearchOutbox
from tests.builders import Shop, make_product, make_seller, make_user, make_variant, unique
from tests.catalog.access.scene import make_app
from tests.catalog.conftest import Caller, errors, gid, ok
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db


def adjust(caller: Caller, variant: Variant | None, delta: int, **values: Any) -> Any:
    given = {
        "variantId": gid(variant) if variant else None,
        "delta": delta,
        "reason": "Đan thêm",
        "idempotencyKey": unique(),
        **values,
    }
    return caller.call(
        "stockAdjust",
        "variantId: ID, sellerId: ID, sku: String, delta: Int!, expectedOnHand: Int, reason: String!, idempotencyKey: String!",
        "variant{id onHand held available}",
        **{"sellerId": None, "sku": None, "expectedOnHand": None, **given},
    )


def adjust_many(caller: Caller, lines: list[dict[str, Any]], key: str | None = None) -> Any:
    return caller.call(
        "stockAdjustMany",
        "lines: [StockAdjustInput!]!, idempotencyKey: String!",
        "variants{id onHand}",
        lines=lines,
        idempotencyKey=key or unique(),
    )


def line(variant: Variant, delta: int, **values: Any) -> dict[str, Any]:
    return {"variantId": gid(variant), "delta": delta, "reason": "Đếm lại", **values}


def test_a_delta_is_added_and_told(owner: Caller, shop: Shop) -> None:
    changed = ok(adjust(owner, shop.variant, 3))

    assert (changed["onHand"], changed["held"], changed["available"]) == (8, 0, 8)
    entry = AuditEntry.objects.get(action="stock.adjust")
    assert (entry.before, entry.after["on_hand"], entry.reason) == ({"on_hand": 5}, 8, "Đan thêm")
    assert entry.actor == f"user:{User.objects.get(email='chu@example.vn').pk}"


def test_by_the_sellers_own_code(owner: Caller, shop: Shop) -> None:
    by_sku = {"sellerId": gid(shop.seller), "sku": shop.variant.sku}

    assert ok(adjust(owner, None, -2, **by_sku))["onHand"] == 3
    assert errors(adjust(owner, None, 1, sku=shop.variant.sku)) == [("NOT_FOUND", ["sellerId"])]
    assert errors(adjust(owner, None, 1, sellerId=gid(shop.seller), sku="KHONG-CO")) == [
        ("NOT_FOUND", ["sku"])
    ]
    assert errors(adjust(owner, None, 1)) == [("REQUIRED", ["variantId"])]
    shop.variant.refresh_from_db()
    assert shop.variant.on_hand == 3


@pytest.mark.parametrize(
    ("delta", "values", "expected"),
    [
        (0, {}, ("OUT_OF_RANGE", ["delta"])),
        (1_000_001, {}, ("OUT_OF_RANGE", ["delta"])),
        (999_996, {}, ("OUT_OF_RANGE", ["delta"])),
        (-4, {}, ("OUT_OF_STOCK", ["delta"])),
        (1, {"expectedOnHand": 4}, ("CONFLICT", ["expectedOnHand"])),
        (1, {"reason": " "}, ("REQUIRED", ["reason"])),
        (1, {"idempotencyKey": ""}, ("REQUIRED", ["idempotencyKey"])),
    ],
)
def test_a_refused_change_leaves_the_shelf_and_the_key(
    owner: Caller, shop: Shop, delta: int, values: dict[str, Any], expected: Any
) -> None:
    Variant.objects.filter(pk=shop.variant.pk).update(held=2)
    key = values.get("idempotencyKey", unique())

    answer = adjust(owner, shop.variant, delta, **{"idempotencyKey": key, **values})

    assert errors(answer) == [expected]
    row = Variant.objects.get(pk=shop.variant.pk)
    assert (row.on_hand, row.held) == (5, 2)
    assert (StockChange.objects.count(), AuditEntry.objects.count(), IdempotencyKey.objects.count()) == (
        0,
        0,
        0,
    )


def test_down_to_what_is_ordered_and_no_further(owner: Caller, shop: Shop) -> None:
    Variant.objects.filter(pk=shop.variant.pk).update(held=2)

    assert ok(adjust(owner, shop.variant, -3))["available"] == 0
    assert errors(adjust(owner, shop.variant, -1)) == [("OUT_OF_STOCK", ["delta"])]


def test_the_same_key_counts_once_and_another_change_under_it_is_refused(owner: Caller, shop: Shop) -> None:
    key = unique()

    first = ok(adjust(owner, shop.variant, 2, idempotencyKey=key))
    again = ok(adjust(owner, shop.variant, 2, idempotencyKey=key))
    other = adjust(owner, shop.variant, 3, idempotencyKey=key)

    assert (first["onHand"], again["onHand"]) == (7, 7)
    assert errors(other) == [("IDEMPOTENCY_MISMATCH", ["idempotencyKey"])]
    assert AuditEntry.objects.filter(action="stock.adjust").count() == 1


def test_a_key_is_its_callers_own(owner: Caller, shop: Shop) -> None:
    packer = make_user()
    SellerMember.objects.create(seller=shop.seller, user=packer, role="PACKER")
    key = unique()

    ok(adjust(owner, shop.variant, 1, idempotencyKey=key))
    second = ok(adjust(Caller(Graphql(Client()).login(packer)), shop.variant, 1, idempotencyKey=key))

    assert second["onHand"] == 7


def test_many_lines_are_all_done_or_none(owner: Caller, shop: Shop) -> None:
    other = make_variant(shop.product, stock=1)
    foreign = make_product(seller=make_seller()).variants.get()

    refused = adjust_many(owner, [line(shop.variant, 1), line(other, -2), line(foreign, 1)])
    assert errors(refused) == [("NOT_FOUND", ["lines", "2", "variantId"])]
    refused = adjust_many(owner, [line(shop.variant, 1), line(other, -2), line(other, 1, expectedOnHand=9)])
    assert errors(refused) == [
        ("OUT_OF_STOCK", ["lines", "1", "delta"]),
        ("CONFLICT", ["lines", "2", "expectedOnHand"]),
    ]
    assert refused["variants"] == []
    assert set(Variant.objects.values_list("on_hand", flat=True)) == {5, 1}

    done = ok(adjust_many(owner, [line(other, 4), line(shop.variant, -1), line(other, -2)]))

    assert [row["onHand"] for row in done] == [3, 4, 3]


def test_five_hundred_lines_and_not_one_more(owner: Caller, shop: Shop) -> None:
    variants = [shop.variant, *(make_variant(shop.product) for _index in range(500))]

    assert errors(adjust_many(owner, [line(row, 1) for row in variants])) == [("LIMIT_REACHED", ["lines"])]
    assert errors(adjust_many(owner, [])) == [("REQUIRED", ["lines"])]
    ok(adjust_many(owner, [line(row, 1) for row in variants[:500]]))

    assert Variant.objects.filter(on_hand=6).count() == 500


@pytest.mark.parametrize("number", [1, 3, 10])
def test_many_lines_are_read_and_locked_together(
    owner: Caller, shop: Shop, number: int, django_assert_num_queries: Any
) -> None:
    variants = [make_variant(shop.product) for _index in range(number)]
    query = "mutation($l: [StockAdjustInput!]!, $k: String!){stockAdjustMany(lines: $l, idempotencyKey: $k){variants{id} userErrors{code}}}"

    with django_assert_num_queries(16):
        owner.gql(query, l=[line(row, 1) for row in variants], k=unique())


def test_only_a_flip_tells_search(owner: Caller, shop: Shop) -> None:
    SearchOutbox.objects.all().delete()

    ok(adjust(owner, shop.variant, -4))
    assert SearchOutbox.objects.count() == 0
    ok(adjust(owner, shop.variant, -1))
    assert SearchOutbox.objects.count() == 1
    ok(adjust(owner, shop.variant, 2))
    assert SearchOutbox.objects.count() == 2


def test_what_is_put_away_is_counted_no_more(owner: Caller, shop: Shop) -> None:
    make_variant(shop.product)
    owner.call("variantArchive", "id: ID!", "variant{id}", id=gid(shop.variant))

    assert errors(adjust(owner, shop.variant, 1)) == [("INVALID_STATE", ["variantId"])]


# --- At the same time -----------------------------------------------------------------------------------------


def _race(shop: Shop, *works: Any) -> list[str]:
    """Runs the works at once, each on its own connection; what each ended with."""
    ready, told = threading.Barrier(len(works)), []

    def run(work: Any) -> None:
        try:
            ready.wait()
            work()
            told.append("ok")
        except DomainError as error:
            told.append(error.problems[0].code.value)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def _change(actor: Actor, variant: Variant, delta: int, key: str | None = None) -> Any:
    return lambda: services.stock_adjust(
        actor=actor,
        line={"variant_id": variant.pk, "delta": delta, "reason": "Đếm"},
        idempotency_key=key or unique(),
    )


@pytest.fixture
def boss(shop: Shop) -> Actor:
    user = make_user()
    SellerMember.objects.create(seller=shop.seller, user=user, role="OWNER")
    return Actor(user=user)


@pytest.mark.django_db(transaction=True)
def test_twenty_people_count_at_once_and_every_piece_is_counted(
    shop: Shop, boss: Actor, clean_jobs: None
) -> None:
    told = _race(shop, *(_change(boss, shop.variant, 1) for _index in range(20)))

    assert told == ["ok"] * 20
    assert Variant.objects.get(pk=shop.variant.pk).on_hand == 25


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_pieces_are_lost(
    shop: Shop, boss: Actor, clean_jobs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""
    both_read = threading.Barrier(2)

    def unlocked(keys: Any) -> Any:
        rows = {row.pk: row for row in Variant.objects.filter(pk__in=keys)}
        both_read.wait(10)
        return rows

    monkeypatch.setattr(stock, "lock_variants", unlocked)

    assert _race(shop, *(_change(boss, shop.variant, 1) for _index in range(2))) == ["ok", "ok"]
    assert Variant.objects.get(pk=shop.variant.pk).on_hand == 6


@pytest.mark.django_db(transaction=True)
def test_one_key_pressed_twenty_times_at_once_counts_once(shop: Shop, boss: Actor, clean_jobs: None) -> None:
    key = unique()

    told = _race(shop, *(_change(boss, shop.variant, 1, key) for _index in range(20)))

    assert told == ["ok"] * 20
    assert Variant.objects.get(pk=shop.variant.pk).on_hand == 6


@pytest.mark.django_db(transaction=True)
def test_the_seller_takes_away_what_buyers_order_and_nothing_is_sold_twice(
    shop: Shop, boss: Actor, clean_jobs: None
) -> None:
    from django.db import transaction

    def order() -> None:
        with transaction.atomic():
            if not services.stock_hold({shop.variant.pk: 1}, to_order={shop.variant.pk: False}):
                raise DomainError.of(services.stock.ErrorCode.OUT_OF_STOCK, "gone")

    told = _race(
        shop,
        *(order for _index in range(6)),
        *(_change(boss, shop.variant, -1) for _index in range(6)),
    )

    row = Variant.objects.get(pk=shop.variant.pk)
    assert told == ["OUT_OF_STOCK"] * 7 + ["ok"] * 5
    assert row.on_hand == row.held
    assert (5 - row.on_hand) + row.held == 5


@pytest.mark.django_db(transaction=True)
def test_opposite_orders_of_lines_do_not_block_each_other_forever(
    shop: Shop, boss: Actor, clean_jobs: None
) -> None:
    other = make_variant(shop.product)
    pair = [shop.variant, other]

    def many(variants: list[Variant]) -> Any:
        lines = [{"variant_id": row.pk, "delta": 1, "reason": "Đếm"} for row in variants]
        return lambda: services.stock_adjust_many(actor=boss, lines=lines, idempotency_key=unique())

    told = _race(shop, *(many(pair if index % 2 else pair[::-1]) for index in range(12)))

    assert told == ["ok"] * 12
    assert sorted(Product.objects.get().variants.values_list("on_hand", flat=True)) == [17, 17]


def test_no_line_and_nobody_signed_in_is_nobody_signed_in(shop: Shop, gql: Graphql) -> None:
    body = gql.post('mutation{stockAdjustMany(lines: [], idempotencyKey: "k"){userErrors{code}}}')

    assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_a_repeated_call_is_answered_though_the_kind_was_put_away_since(owner: Caller, shop: Shop) -> None:
    key = unique()
    first = ok(adjust(owner, shop.variant, 2, idempotencyKey=key))
    Variant.objects.filter(pk=shop.variant.pk).update(archived_at=timezone.now())

    again = ok(adjust(owner, shop.variant, 2, idempotencyKey=key))
    fresh = adjust(owner, shop.variant, 2)

    assert again["onHand"] == first["onHand"] == 7
    assert errors(fresh) == [("INVALID_STATE", ["variantId"])]
    assert Variant.objects.get().on_hand == 7


def test_a_closed_workshop_counts_no_more(owner: Caller, shop: Shop) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(state="CLOSED")

    refused = adjust(owner, shop.variant, 2)

    assert errors(refused) == [("INVALID_STATE", ["variantId"])]
    assert (Variant.objects.get().on_hand, IdempotencyKey.objects.count()) == (5, 0)


def test_a_code_is_found_however_its_accents_and_spaces_are_typed(owner: Caller, shop: Shop) -> None:
    Variant.objects.filter(pk=shop.variant.pk).update(sku="Giỏ 1")

    changed = adjust(owner, None, 1, sellerId=gid(shop.seller), sku=" Gio\u0309  1 ")

    assert ok(changed)["onHand"] == 6


@pytest.mark.parametrize(("everyone", "expected"), [(True, []), (False, [("NOT_FOUND", ["variantId"])])])
def test_an_app_of_the_platform_acts_for_every_seller(
    shop: Shop, gql: Graphql, everyone: bool, expected: Any
) -> None:
    gql.headers["Authorization"] = f"Bearer {make_app('stock:write')}"
    if everyone:
        SellerApp.objects.create(app=Application.objects.get(), seller=None)

    changed = adjust(Caller(gql), shop.variant, 1)

    assert errors(changed) == expected
    assert Variant.objects.get().on_hand == (6 if everyone else 5)


def test_what_is_nearly_gone_is_told_up_to_a_number_of_each_seller(
    owner: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MAX_LOW_STOCK", 2)
    Variant.objects.filter(pk=shop.variant.pk).update(on_hand=2)
    for stock_left in (1, 0):
        make_variant(shop.product, stock=stock_left, sku=f"LEFT-{stock_left}")
    make_product(stock=0)

    seller = owner.gql("{viewer{sellers{seller{private{lowStock{sku}}}}}}")["viewer"]["sellers"][0]["seller"]

    assert seller == {"private": {"lowStock": [{"sku": "LEFT-0"}, {"sku": "LEFT-1"}]}}
