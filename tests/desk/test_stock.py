"""The shelf: every press counts once, nothing falls below what is ordered."""

import re

import pytest

from catalog.models import StockChange, Variant
from tests.builders import Shop, make_product, make_variant
from tests.desk.conftest import Person, gid, only_variant

pytestmark = pytest.mark.django_db
PATH = "/desk/ton-kho"


def key_of(page: str, variant: Variant) -> str:
    found = re.search(rf'value="{gid(variant)}"><input type="hidden" name="key" value="([^"]+)"', page)
    assert found
    return found.group(1)


def test_one_more_and_one_less(packer: Person, shop: Shop) -> None:
    to = packer.post(PATH, variant=gid(shop.variant), delta="1", key="a")
    assert to == f"{PATH}#v-{gid(shop.variant)}"
    assert "now 6 on the shelf" in packer.get(PATH)
    packer.post(PATH, variant=gid(shop.variant), delta="-1", key="b")

    shop.variant.refresh_from_db()
    assert shop.variant.on_hand == 5


def test_the_same_press_twice_counts_once(owner: Person, shop: Shop) -> None:
    key = key_of(owner.get(PATH), shop.variant)

    owner.post(PATH, variant=gid(shop.variant), delta="1", key=key)
    owner.post(PATH, variant=gid(shop.variant), delta="1", key=key)

    shop.variant.refresh_from_db()
    assert (shop.variant.on_hand, StockChange.objects.count()) == (6, 1)
    assert key_of(owner.get(PATH), shop.variant) != key


@pytest.mark.parametrize(
    ("reason", "number", "after", "words"),
    [
        ("made", "12", 17, "I made more"),
        ("sold", "2", 3, "Sold elsewhere"),
        ("broken", "1", 4, "Broken or lost"),
        ("counted", "3", 3, "Counted again: this is all there is"),
        ("counted", "1.000", 1000, "Counted again: this is all there is"),
    ],
)
def test_other_numbers_with_their_reason(
    owner: Person, shop: Shop, reason: str, number: str, after: int, words: str
) -> None:
    owner.post(PATH, variant=gid(shop.variant), reason=reason, number=number, shown="5", key="a")

    shop.variant.refresh_from_db()
    assert shop.variant.on_hand == after
    assert StockChange.objects.get().lines[0]["reason"] == words


@pytest.mark.parametrize(
    ("reason", "number", "shown", "words"),
    [
        ("sold", "ba", "5", "Write a whole number with digits, for example 12."),
        ("sold", "", "5", "Write a whole number with digits, for example 12."),
        ("sold", "0", "5", "A number from 1 to 1000000, with a minus to take away."),
        ("sold", "6", "5", "The shelf holds 5, and 0 of them are ordered."),
        ("counted", "5", "5", "That is the number already. Nothing was changed."),
        ("counted", "9", "4", "The shelf holds 5 now. Count again, then change it."),
        ("stolen", "1", "5", "Choose why the number changes."),
    ],
)
def test_a_wrong_number_comes_back_with_what_was_typed(
    owner: Person, shop: Shop, reason: str, number: str, shown: str, words: str
) -> None:
    page = owner.post(
        PATH, 422, variant=gid(shop.variant), reason=reason, number=number, shown=shown, key="a"
    )

    assert words in page
    assert f'name="number" value="{number}"' in page
    shop.variant.refresh_from_db()
    assert (shop.variant.on_hand, StockChange.objects.count()) == (5, 0)


def test_what_is_ordered_stays_on_the_shelf(owner: Person, shop: Shop) -> None:
    Variant.objects.filter(pk=shop.variant.pk).update(on_hand=2, held=2)

    page = owner.post(PATH, 422, variant=gid(shop.variant), delta="-1", key="a")

    assert "The shelf holds 2, and 2 of them are ordered." in page
    assert "2 of them ordered" in page
    shop.variant.refresh_from_db()
    assert shop.variant.on_hand == 2


def test_the_nearly_gone_stand_first(owner: Person, shop: Shop) -> None:
    make_product("Ấm sắp hết", seller=shop.seller, stock=1)
    review = make_product("Bát chờ duyệt", seller=shop.seller, state="IN_REVIEW", stock=40)
    make_variant(review, name="To", stock=3)
    make_product("Chén nháp", seller=shop.seller, state="DRAFT")
    make_product("Của người khác")

    page = owner.get(PATH)

    order = [
        page.index(words) for words in ("Nearly sold out", "Ấm sắp hết", "Everything else", "Bát chờ duyệt")
    ]
    assert order == sorted(order)
    assert page.count('class="shelf-row"') == 4
    assert "Chén nháp" not in page
    assert "Của người khác" not in page


def test_another_workshops_shelf_is_left_alone(owner: Person) -> None:
    foreign = only_variant(make_product("Của người khác"))

    page = owner.post(PATH, 422, variant=gid(foreign), delta="1", key="a")

    assert "We could not find it." in page
    foreign.refresh_from_db()
    assert foreign.on_hand == 5


def test_a_script_gets_the_new_number(owner: Person, shop: Shop) -> None:
    header = {"X-Requested-With": "stock"}
    data = {"variant": gid(shop.variant), "delta": "1", "key": "a"}

    answer = owner.client.post(PATH, data, headers=header)
    assert answer.json() == {
        "onHand": 6,
        "held": 0,
        "said": "Giỏ cỏ tế đan tay · Tiêu chuẩn: now 6 on the shelf.",
    }
    refused = owner.client.post(PATH, {**data, "delta": "-1"}, headers=header)
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == ["form"]
