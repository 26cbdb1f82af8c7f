"""Delivery at the desk: prices, fetching, what was ordered, and parcels that a carrier comes for."""

from collections.abc import Callable
from typing import Any

import pytest

from orders.models import SellerOrder, Shipment, ShippingRate, ShippingTerms
from tests.builders import Shop
from tests.conftest import Graphql
from tests.desk.conftest import Person, error_at, value_of
from tests.orders.ghn_double import GhnDouble
from tests.orders.selling import buy_paid
from tests.orders.test_ghn import settle_in, work

pytestmark = pytest.mark.django_db
PATH = "/desk/co-so/giao-hang"


def test_own_prices_are_written_and_given_up_again(owner: Person, shop: Shop) -> None:
    assert f'href="{PATH}"' in owner.get("/desk/co-so")
    page = owner.get(PATH)
    assert 'value="market" checked' in page
    # The market's prices are a beginning.
    assert (value_of(page, "up-HANOI-0"), value_of(page, "price-HANOI-0")) == ("2", "30.000")

    owner.post(
        PATH,
        **{
            "prices": "own", "free_above": "500.000", "pickup": "yes",
            "up-HANOI-0": "0,5", "price-HANOI-0": "12k", "up-HANOI-1": "2 kg", "price-HANOI-1": "20.000",
            "up-LOCAL-0": "10", "price-LOCAL-0": "0", "up-SOUTH-0": "", "price-SOUTH-0": "",
        },
    )  # fmt: skip

    terms = ShippingTerms.objects.get(seller=shop.seller)
    assert (terms.free_above, terms.pickup) == (500_000, True)
    assert sorted(ShippingRate.objects.filter(terms=terms).values_list("zone", "up_to_grams", "price")) == [
        ("HANOI", 500, 12_000), ("HANOI", 2_000, 20_000), ("LOCAL", 10_000, 0),
    ]  # fmt: skip
    page = owner.get(PATH)
    assert 'value="own" checked' in page
    assert (value_of(page, "up-HANOI-0"), value_of(page, "price-LOCAL-0")) == ("0,5", "0")
    assert value_of(page, "free_above") == "500.000"

    owner.post(PATH, prices="market", free_above="", **{"up-HANOI-0": "1", "price-HANOI-0": "1"})
    terms.refresh_from_db()
    assert (terms.free_above, terms.pickup, terms.rates.count()) == (None, False, 0)


def test_what_cannot_be_read_is_said_at_its_place_and_kept(owner: Person, shop: Shop) -> None:
    page = owner.post(
        PATH,
        422,
        **{
            "prices": "own", "free_above": "nhiều", "up-HANOI-0": "nặng", "price-HANOI-0": "x",
            "up-NOWHERE-0": "1", "price-NOWHERE-0": "1",
        },
    )  # fmt: skip
    assert error_at(page, "free_above")
    assert error_at(page, "up-HANOI-0")
    assert error_at(page, "price-HANOI-0")
    assert value_of(page, "up-HANOI-0") == "nặng"

    twice = {"up-HANOI-0": "1", "price-HANOI-0": "1", "up-HANOI-1": "1,0", "price-HANOI-1": "2"}
    page = owner.post(PATH, 422, prices="own", free_above="", **twice)
    assert error_at(page, "up-HANOI-1")
    assert error_at(owner.post(PATH, 422, prices="own", free_above=""), "prices")
    assert ShippingTerms.objects.filter(seller=shop.seller).count() == 0


def test_prices_are_for_owners_and_editors(editor: Person, packer: Person) -> None:
    editor.get(PATH)
    packer.get(PATH, 403)


@pytest.mark.parametrize(("way", "fits"), [("pickup", "pickup"), ("ghn", "ghn"), ("table", "")])
def test_the_way_that_was_ordered_is_shown_and_its_carrier_chosen(
    owner: Person, new_gql: Callable[[], Graphql], shop: Shop, run_jobs: Any, way: str, fits: str
) -> None:
    order = buy_paid(new_gql(), run_jobs, (shop.variant, 1))
    SellerOrder.objects.update(shipping_option=way, shipping_name="Cách đã chọn")
    path = f"/desk/don-hang/{order.number}-1"
    owner.post(path, act="confirm")

    page = owner.get(path)

    assert "Cách đã chọn" in page
    assert f'<option value="{fits}" selected>' in page


def test_a_carrier_is_booked_from_the_desk(
    owner: Person, new_gql: Callable[[], Graphql], shop: Shop, run_jobs: Any, settings: Any
) -> None:
    order = buy_paid(new_gql(), run_jobs, (shop.variant, 1))
    path = f"/desk/don-hang/{order.number}-1"
    settle_in(shop)
    owner.post(path, act="confirm")
    with GhnDouble() as ghn:
        for name, value in ghn.settings().items():
            setattr(settings, name, value)
        assert "With GHN leave it empty" in owner.get(path)
        owner.post(path, act="ship", carrier="ghn", tracking="")
        assert "Is being booked" in owner.get(path)
        ghn.refusal = "Sai số nhà"
        work()
        page = owner.get(path)
        assert "Sai số nhà" in page
        assert "It has arrived" not in page
        parcel = Shipment.objects.get()
        owner.post(path, act="parcel-CANCELLED", parcel=_gid(parcel))
        ghn.refusal = ""
        owner.post(path, act="ship", carrier="ghn", tracking="")
        work()

        page = owner.get(path)

        assert "The carrier comes for it" in page
        assert "Print the label" in page
        assert ghn.only_order()["order_code"] in page


def _gid(row: Any) -> str:
    from marketplace.core.ids import to_global_id

    return to_global_id("Shipment", row.pk)
