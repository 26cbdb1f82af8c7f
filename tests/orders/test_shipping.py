"""Ways of delivery: prices by zone and weight, fetching, and what a buyer chooses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from catalog.models import Commune, Province, Seller, Variant, Ward
from catalog.units import unit_key
from marketplace.core.ids import to_global_id
from marketplace.core.models import AuditEntry
from marketplace.core.vietnamese import sort_key
from orders.carriers.zones import Place, Zone, zone_of
from orders.models import Cart, Order, SellerOrder, ShippingRate, ShippingTerms
from tests.builders import ADDRESS, Shop, make_product, make_seller, make_user
from tests.conftest import Graphql
from tests.orders.conftest import Buyer, codes
from tests.orders.selling import member

pytestmark = pytest.mark.django_db
DELIVERY = (
    "cartDeliverySet",
    "cartId: ID!, address: AddressInput, shippingOptionIds: [ID!]",
)
SELLERS = """cart(id: $c){shipping{amount} total{amount} problems{code sellerId lineId message}
    sellers{seller{id slug} shipping{amount} selectedShippingOption{id carrier}
    shippingOptions{id carrier name price{amount} minDays maxDays}}}"""
SETTINGS = "shippingSettings{freeAbove{amount} pickup ownRates rates{zone upToGrams price{amount}}}"


def make_ward(code: str, name: str, province_code: str, province: str) -> Ward:
    row, _new = Province.objects.get_or_create(
        code=province_code,
        defaults={
            "name": province, "full_name": province, "kind": "province", "name_key": sort_key(province),
            "search_key": unit_key(province),
        },
    )  # fmt: skip
    return Ward.objects.create(
        code=code, name=name, kind="ward", province=row, name_key=sort_key(name), search_key=unit_key(name)
    )


def to(code: str, **more: Any) -> dict[str, Any]:
    return {**ADDRESS, "wardCode": code, **more}


def abroad(**more: Any) -> dict[str, Any]:
    return {
        "name": "Marie Curie", "phone": "+33 1 44 27 10 00", "line1": "11 rue Pierre et Marie Curie",
        "province": "Paris", "postalCode": "75005", "country": "FR", **more,
    }  # fmt: skip


def read(buyer: Buyer, cart: dict[str, Any]) -> dict[str, Any]:
    return buyer.gql(f"query($c: ID!){{{SELLERS}}}", c=cart["id"])["cart"]  # type: ignore[no-any-return]


def settings_set(gql: Graphql, seller: Seller, **data: Any) -> dict[str, Any]:
    return gql(  # type: ignore[no-any-return]
        "mutation($s: ID!, $i: ShippingSettingsInput!){shippingSettingsSet(sellerId: $s, input: $i)"
        f"{{seller{{private{{{SETTINGS}}}}} userErrors{{field code message}}}}}}",
        s=to_global_id("Seller", seller.pk),
        i=data,
    )["shippingSettingsSet"]


@pytest.fixture
def owner(new_gql: Callable[[], Graphql], shop: Shop) -> Graphql:
    return member(new_gql(), shop.seller).gql


# --- Zones and weights ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "zone"),
    [
        (Place(province_code="01", ward_code="10279"), Zone.LOCAL),
        (Place(province_code="01", ward_code="00070"), Zone.HANOI),
        (Place(province_code="01"), Zone.HANOI),
        *[(Place(province_code=code), Zone.NORTH) for code in ("04", "20", "33", "37")],
        *[(Place(province_code=code), Zone.CENTRAL) for code in ("38", "46", "48", "66", "68")],
        *[(Place(province_code=code), Zone.SOUTH) for code in ("75", "79", "96")],
        (Place(country="JP"), Zone.ABROAD),
        (Place(country="JP", province_code="01", ward_code="10279"), Zone.ABROAD),
        (Place(), None),
    ],
)
def test_zones_are_told_by_the_province(place: Place, zone: Zone | None) -> None:
    assert zone_of(place, {"10279"}) == zone


def test_every_province_of_today_has_a_zone() -> None:
    import json
    from pathlib import Path

    from catalog import data

    units = json.loads((Path(next(iter(data.__path__))) / "admin_units.json").read_text(encoding="utf-8"))
    provinces = [row["code"] for row in units["provinces"]]

    zones = {code: zone_of(Place(province_code=code), set()) for code in provinces}

    assert len(zones) == 34
    assert set(zones.values()) == {Zone.HANOI, Zone.NORTH, Zone.CENTRAL, Zone.SOUTH}


@pytest.mark.parametrize(
    ("ward", "grams", "quantity", "price"),
    [
        ("00070", 2_000, 1, 30_000),
        ("00070", 2_001, 1, 40_000),
        ("00070", 1_000, 3, 40_000),
        ("00070", None, 4, 30_000),
        ("00070", None, 5, 40_000),
        ("00070", 50_000, 1, 150_000),
        ("10279", 1_000, 1, 15_000),
        ("30000", 1_000, 1, 40_000),
        ("26740", 1_000, 1, 45_000),
        ("26740", 9_999, 1, 125_000),
    ],
)
def test_the_platforms_prices_go_by_zone_and_weight(
    buyer: Buyer, shop: Shop, ward: str, grams: int | None, quantity: int, price: int
) -> None:
    make_ward("10279", "Phượng Dực", "01", "Hà Nội")
    make_ward("30000", "Hoàn Lão", "44", "Quảng Trị")
    make_ward("26740", "Sài Gòn", "79", "Hồ Chí Minh")
    Variant.objects.update(weight_grams=grams)
    cart = buyer.cart(shop.variant, quantity=quantity)

    payload = buyer.change(
        *DELIVERY[:1], "cartId: ID!, address: AddressInput", cartId=cart["id"], address=to(ward)
    )

    assert payload["userErrors"] == []
    assert payload["cart"]["shipping"]["amount"] == price
    assert payload["cart"]["total"]["amount"] == quantity * 250_000 + price
    assert payload["cart"]["problems"] == []


def test_an_unweighed_thing_weighs_what_the_installation_says(
    buyer: Buyer, shop: Shop, settings: Any
) -> None:
    settings.SHIPPING_DEFAULT_GRAMS = 3_000
    cart = buyer.cart(shop.variant)

    assert read(buyer, cart)["sellers"][0]["shippingOptions"][0]["price"]["amount"] == 40_000


def test_what_is_too_heavy_or_too_far_is_a_problem_of_its_seller(buyer: Buyer, shop: Shop) -> None:
    other = make_product("Khay", seller=make_seller("Xưởng khay")).variants.get()
    Variant.objects.filter(pk=shop.variant.pk).update(weight_grams=50_001)
    cart = buyer.cart(shop.variant, other)
    buyer.change(*DELIVERY[:1], "cartId: ID!, address: AddressInput", cartId=cart["id"], address=ADDRESS)

    found = read(buyer, cart)
    refused = buyer.place(cart["id"])

    seller = to_global_id("Seller", shop.seller.pk)
    assert [(p["code"], p["sellerId"], p["lineId"]) for p in found["problems"]] == [
        ("SHIPPING_UNAVAILABLE", seller, None)
    ]
    assert [part["shipping"] for part in found["sellers"]] == [None, {"amount": 30_000}]
    assert found["sellers"][0]["shippingOptions"] == []
    assert codes(refused) == [(["shippingAddress"], "SHIPPING_UNAVAILABLE")]
    assert refused["cart"]["problems"] == [{"code": "SHIPPING_UNAVAILABLE"}]
    assert Order.objects.count() == 0


def test_abroad_goes_only_what_has_a_price_for_it(buyer: Buyer, shop: Shop, owner: Graphql) -> None:
    cart = buyer.cart(shop.variant)
    arguments = (*DELIVERY[:1], "cartId: ID!, address: AddressInput")

    buyer.change(*arguments, cartId=cart["id"], address=abroad())
    before = read(buyer, cart)
    assert codes(buyer.place(cart["id"], shippingAddress=abroad())) == [
        (["shippingAddress"], "SHIPPING_UNAVAILABLE")
    ]
    settings_set(
        owner, shop.seller, freeAbove=1, rates=[{"zone": "ABROAD", "upToGrams": 2_000, "price": 900_000}]
    )
    after = read(buyer, cart)
    placed = buyer.place(cart["id"], shippingAddress=abroad(), phone="01 44 27 10 00")

    assert [problem["code"] for problem in before["problems"]] == ["SHIPPING_UNAVAILABLE"]
    # Free from a sum on: in the country only.
    assert after["total"]["amount"] == 250_000 + 900_000
    assert placed["userErrors"] == []
    order = Order.objects.get()
    assert (order.phone, order.address["country"], order.address["postalCode"]) == (
        "+33144271000",
        "FR",
        "75005",
    )


# --- A seller's own -------------------------------------------------------------------------------------------
def test_a_seller_has_its_own_prices_and_goes_back_to_the_platforms(
    buyer: Buyer, shop: Shop, owner: Graphql
) -> None:
    cart = buyer.cart(shop.variant)
    before = settings_set(owner, shop.seller)["seller"]["private"]["shippingSettings"]
    assert (before["freeAbove"], before["pickup"], before["ownRates"], len(before["rates"])) == (
        None, False, False, 25,
    )  # fmt: skip

    own = settings_set(
        owner, shop.seller, rates=[{"zone": "HANOI", "upToGrams": 1_000, "price": 12_000}], pickup=True
    )["seller"]["private"]["shippingSettings"]
    options = read(buyer, cart)["sellers"][0]["shippingOptions"]

    assert own == {
        "freeAbove": None,
        "pickup": True,
        "ownRates": True,
        "rates": [{"zone": "HANOI", "upToGrams": 1_000, "price": {"amount": 12_000}}],
    }
    assert [(row["carrier"], row["price"]["amount"]) for row in options] == [("table", 12_000), ("pickup", 0)]
    assert options[0]["id"] == f"table.{shop.seller.pk.hex}"
    assert "Lưu Thượng" in options[1]["name"]
    # What is left out stays.
    back = settings_set(owner, shop.seller, rates=None)["seller"]["private"]["shippingSettings"]
    assert (back["ownRates"], back["pickup"]) == (False, True)
    assert read(buyer, cart)["sellers"][0]["shippingOptions"][0]["price"]["amount"] == 30_000
    assert ShippingTerms.objects.filter(seller=shop.seller).count() == 1


@pytest.mark.parametrize(("sum_", "price"), [(500_000, 0), (500_001, 30_000), (None, 30_000)])
def test_from_a_sum_on_it_costs_nothing(
    buyer: Buyer, shop: Shop, owner: Graphql, sum_: int | None, price: int
) -> None:
    settings_set(owner, shop.seller, freeAbove=sum_)

    placed = buyer.place(buyer.cart(shop.variant, quantity=2)["id"])["order"]

    assert placed["shipping"]["amount"] == price


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"freeAbove": -1}, [(["freeAbove"], "OUT_OF_RANGE")]),
        (
            {"rates": [{"zone": "HANOI", "upToGrams": 0, "price": -1}]},
            [(["rates", "0", "price"], "OUT_OF_RANGE"), (["rates", "0", "upToGrams"], "OUT_OF_RANGE")],
        ),
        (
            {"rates": [{"zone": "HANOI", "upToGrams": 5, "price": price} for price in (1, 2)]},
            [(["rates", "1", "upToGrams"], "DUPLICATE")],
        ),
        (
            {"rates": [{"zone": "HANOI", "upToGrams": step, "price": 1} for step in range(1, 102)]},
            [(["rates"], "LIMIT_REACHED")],
        ),
    ],
)
def test_prices_that_make_no_sense_are_refused(
    shop: Shop, owner: Graphql, data: dict[str, Any], expected: list[Any]
) -> None:
    before = ShippingRate.objects.count()

    assert codes(settings_set(owner, shop.seller, **data)) == expected

    assert (ShippingRate.objects.count(), ShippingTerms.objects.filter(seller=shop.seller).count()) == (
        before,
        0,
    )


# --- What the buyer chooses -----------------------------------------------------------------------------------
@pytest.fixture
def two(buyer: Buyer, shop: Shop, owner: Graphql, new_gql: Callable[[], Graphql]) -> dict[str, Any]:
    """A cart of two sellers; at the first one things may be fetched."""
    settings_set(owner, shop.seller, pickup=True)
    other = make_product("Khay", seller=make_seller("Xưởng khay"), price=100_000).variants.get()
    return buyer.cart(shop.variant, other)


def test_a_choice_is_kept_with_the_cart_and_frozen_in_the_order(
    buyer: Buyer, two: dict[str, Any], shop: Shop
) -> None:
    pickup = f"pickup.{shop.seller.pk.hex}"

    chosen = buyer.change(*DELIVERY, cartId=two["id"], address=ADDRESS, shippingOptionIds=[pickup])
    assert chosen["userErrors"] == []
    found = read(buyer, two)
    assert [part["selectedShippingOption"]["carrier"] for part in found["sellers"]] == ["pickup", "table"]
    assert (found["shipping"]["amount"], found["total"]["amount"]) == (30_000, 380_000)
    # The address alone: what is left out stays.
    buyer.change(*DELIVERY[:1], "cartId: ID!, address: AddressInput", cartId=two["id"], address=ADDRESS)
    assert read(buyer, two)["shipping"]["amount"] == 30_000
    # The choice alone: the address stays.
    buyer.change(
        *DELIVERY[:1], "cartId: ID!, shippingOptionIds: [ID!]", cartId=two["id"], shippingOptionIds=[]
    )
    assert Cart.objects.get().delivery["wardCode"] == "00070"
    order = buyer.place(two["id"], expectedTotal=380_000)["order"]

    rows = list(SellerOrder.objects.order_by("number"))
    assert [(row.shipping_option, row.shipping) for row in rows] == [("pickup", 0), ("table", 30_000)]
    assert "Lưu Thượng" in rows[0].shipping_name
    ShippingTerms.objects.filter(seller=shop.seller).update(pickup=False)
    ways = buyer.gql(
        "query($n: String, $t: String){order(number: $n, token: $t){sellerOrders{shippingOption{id carrier name price{amount}}}}}",
        n=order["number"],
        t=order["token"],
    )["order"]["sellerOrders"]
    assert ways[0]["shippingOption"] == {
        "id": pickup, "carrier": "pickup", "name": rows[0].shipping_name, "price": {"amount": 0},
    }  # fmt: skip


def test_null_forgets_the_choice_and_the_address(buyer: Buyer, two: dict[str, Any], shop: Shop) -> None:
    buyer.change(
        *DELIVERY, cartId=two["id"], address=ADDRESS, shippingOptionIds=[f"pickup.{shop.seller.pk.hex}"]
    )

    payload = buyer.change(*DELIVERY, cartId=two["id"], address=None, shippingOptionIds=None)

    assert payload["cart"]["shipping"] is None
    cart = Cart.objects.get()
    assert (cart.delivery, cart.carriers) == (None, {})


def test_choosing_at_the_checkout_goes_before_the_cart(buyer: Buyer, two: dict[str, Any], shop: Shop) -> None:
    table, pickup = (f"{carrier}.{shop.seller.pk.hex}" for carrier in ("table", "pickup"))
    buyer.change(*DELIVERY, cartId=two["id"], address=ADDRESS, shippingOptionIds=[table])

    stale = buyer.place(two["id"], shippingOptionIds=[pickup], expectedTotal=410_000)
    placed = buyer.place(two["id"], shippingOptionIds=[pickup], expectedTotal=380_000)

    assert codes(stale) == [(["expectedTotal"], "PRICE_CHANGED")]
    assert placed["userErrors"] == []
    assert Order.objects.get().total == 380_000


def test_another_sellers_and_an_unknown_way_are_refused_by_their_index(
    buyer: Buyer, two: dict[str, Any], shop: Shop
) -> None:
    table, pickup = (f"{carrier}.{shop.seller.pk.hex}" for carrier in ("table", "pickup"))
    foreign = f"table.{make_seller('Người khác').pk.hex}"
    others = f"pickup.{Seller.objects.get(name='Xưởng khay').pk.hex}"
    wrong = [pickup, foreign, "x", others, table]

    for payload in (
        buyer.change(*DELIVERY, cartId=two["id"], address=ADDRESS, shippingOptionIds=wrong),
        buyer.place(two["id"], shippingOptionIds=wrong),
    ):
        assert codes(payload) == [
            (["shippingOptionIds", str(index)], "SHIPPING_UNAVAILABLE") for index in (1, 2, 3, 4)
        ]
    cart = Cart.objects.get()
    assert (cart.delivery, cart.carriers, Order.objects.count()) == (None, {}, 0)


def test_a_choice_that_is_not_offered_any_more_is_told_and_never_changed_unasked(
    buyer: Buyer, two: dict[str, Any], shop: Shop
) -> None:
    buyer.change(
        *DELIVERY, cartId=two["id"], address=ADDRESS, shippingOptionIds=[f"pickup.{shop.seller.pk.hex}"]
    )
    ShippingTerms.objects.filter(seller=shop.seller).update(pickup=False)

    found = read(buyer, two)
    assert [problem["code"] for problem in found["problems"]] == ["SHIPPING_UNAVAILABLE"]
    assert found["sellers"][0]["selectedShippingOption"] is None
    assert codes(buyer.place(two["id"])) == [(["shippingAddress"], "SHIPPING_UNAVAILABLE")]

    assert buyer.place(two["id"], shippingOptionIds=[f"table.{shop.seller.pk.hex}"])["userErrors"] == []


def test_another_address_forgets_only_what_is_not_offered_there(
    buyer: Buyer, shop: Shop, owner: Graphql
) -> None:
    settings_set(owner, shop.seller, pickup=True)
    cart = buyer.cart(shop.variant)
    address = "cartId: ID!, address: AddressInput"
    buyer.change(
        *DELIVERY, cartId=cart["id"], address=ADDRESS, shippingOptionIds=[f"table.{shop.seller.pk.hex}"]
    )

    buyer.change(*DELIVERY[:1], address, cartId=cart["id"], address=abroad())
    found = read(buyer, cart)

    assert Cart.objects.get().carriers == {}
    # Coming for it is only ever chosen.
    assert found["sellers"][0]["selectedShippingOption"] is None
    assert [row["carrier"] for row in found["sellers"][0]["shippingOptions"]] == ["pickup"]
    assert [problem["code"] for problem in found["problems"]] == ["SHIPPING_UNAVAILABLE"]


def test_options_for_an_address_that_is_half_typed(buyer: Buyer, two: dict[str, Any]) -> None:
    make_ward("26740", "Sài Gòn", "79", "Hồ Chí Minh")
    query = """query($c: ID!, $a: AddressInput){cart(id: $c){sellers{shippingOptions(address: $a){carrier price{amount}}}}}"""
    empty = {"name": "", "phone": "", "line1": ""}

    def ask(**address: Any) -> list[list[tuple[str, int]]]:
        parts = buyer.gql(query, c=two["id"], a={**empty, **address})["cart"]["sellers"]
        return [
            [(row["carrier"], row["price"]["amount"]) for row in part["shippingOptions"]] for part in parts
        ]

    assert ask(province="TP. Hồ Chí Minh") == [[("table", 45_000), ("pickup", 0)], [("table", 45_000)]]
    assert ask(wardCode="26740") == ask(province="Hồ Chí Minh")
    assert ask(country="JP") == [[("pickup", 0)], []]
    assert ask(province="Nơi nào đó") == [[], []]
    assert Cart.objects.get().delivery is None


def test_a_choice_goes_along_when_carts_are_merged(
    gql: Graphql, new_gql: Callable[[], Graphql], shop: Shop, owner: Graphql
) -> None:
    settings_set(owner, shop.seller, pickup=True)
    guest = Buyer(gql)
    cart = guest.cart(shop.variant)
    guest.change(
        *DELIVERY, cartId=cart["id"], address=ADDRESS, shippingOptionIds=[f"pickup.{shop.seller.pk.hex}"]
    )
    person = Buyer(new_gql().login(make_user()))
    person.cart(make_product().variants.get())

    merged = person.change("cartMerge", "guestCartId: ID!", guestCartId=cart["id"])["cart"]

    assert {part["seller"]["slug"]: part["shipping"]["amount"] for part in merged["sellers"]}[
        shop.seller.slug
    ] == 0


@pytest.mark.parametrize("count", [1, 3, 10])
def test_asking_for_another_address_takes_the_same_statements_however_many_sellers(
    buyer: Buyer, shop: Shop, count: int, django_assert_num_queries: Any
) -> None:
    cart = buyer.cart(*[make_product(seller=make_seller()).variants.get() for _ in range(count)])
    query = "query($c: ID!, $a: AddressInput){cart(id: $c){sellers{shippingOptions(address: $a){id}}}}"

    with django_assert_num_queries(10):
        buyer.gql(query, c=cart["id"], a={**ADDRESS, "wardCode": "00070"})


def test_the_markets_own_communes_are_near(buyer: Buyer, shop: Shop) -> None:
    make_ward("10330", "Chuyên Mỹ", "01", "Hà Nội")
    cart = buyer.cart(shop.variant)
    arguments = (*DELIVERY[:1], "cartId: ID!, address: AddressInput")

    before = buyer.change(*arguments, cartId=cart["id"], address=to("10330"))["cart"]["shipping"]["amount"]
    Commune.objects.create(code="10330", slug="chuyen-my", name="Chuyên Mỹ", name_key="x")
    after = buyer.change(*arguments, cartId=cart["id"], address=to("10330"))["cart"]["shipping"]["amount"]

    assert (before, after) == (30_000, 15_000)


# --- The platform's prices ------------------------------------------------------------------------------------
@pytest.fixture
def officer(client: Client) -> Client:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    client.cookies["language"] = "en"
    return client


def test_administrators_change_the_platforms_prices(officer: Client, buyer: Buyer, shop: Shop) -> None:
    row = ShippingTerms.objects.get(seller=None)
    page = f"/admin/orders/shippingterms/{row.pk}/prices/"
    assert "HANOI 2 30000" in officer.get(page).content.decode()

    answer = officer.post(page, {"rates": "HANOI 2 31000\n\nhanoi;5,5;42000\n", "free_above": "900000"})

    assert answer.status_code == 302, answer.content.decode()[-2000:]
    rates = ShippingRate.objects.filter(terms=row).values_list("zone", "up_to_grams", "price")
    assert sorted(rates) == [("HANOI", 2_000, 31_000), ("HANOI", 5_500, 42_000)]
    row.refresh_from_db()
    assert row.free_above == 900_000
    entry = AuditEntry.objects.get(action="platform.delivery_terms_set")
    assert ["HANOI", 2_000, 30_000] in entry.before["rates"]
    cart = Buyer(Graphql(Client())).cart(shop.variant)
    assert read(buyer, cart)["sellers"][0]["shippingOptions"][0]["price"]["amount"] == 31_000


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"rates": ""}, "Without a price nobody delivers anything."),
        ({"rates": "HANOI 2 30000\nNOWHERE 2 1"}, "Line 2 cannot be read."),
        ({"rates": "HANOI two 30000"}, "Line 1 cannot be read."),
        ({"rates": "HANOI 2 30000\n\nHANOI 2,0 1"}, "Line 3: This weight has a price already."),
        ({"rates": "HANOI 0 1"}, "Line 1: Give a weight of more than 0"),
        ({"rates": "HANOI 1 1", "free_above": "-5"}, "Give a sum from 0"),
    ],
)
def test_prices_that_cannot_be_are_said_with_their_line_and_kept(
    officer: Client, shop: Shop, typed: dict[str, str], words: str
) -> None:
    row = ShippingTerms.objects.get(seller=None)
    before = list(ShippingRate.objects.order_by("id").values_list("id"))

    answer = officer.post(f"/admin/orders/shippingterms/{row.pk}/prices/", typed)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert list(ShippingRate.objects.order_by("id").values_list("id")) == before


def test_the_platforms_prices_are_for_administrators_and_sellers_are_their_own(
    officer: Client, shop: Shop, owner: Graphql
) -> None:
    settings_set(owner, shop.seller, pickup=True)
    own = ShippingTerms.objects.get(seller=shop.seller)
    platform = ShippingTerms.objects.get(seller=None)
    staff = Client()
    staff.force_login(make_user(is_staff=True))
    typed = {"rates": "HANOI 1 1"}

    assert officer.post(f"/admin/orders/shippingterms/{own.pk}/prices/", typed).status_code == 404
    assert staff.post(f"/admin/orders/shippingterms/{platform.pk}/prices/", typed).status_code in (
        302,
        403,
        404,
    )
    assert ShippingRate.objects.filter(price=1).count() == 0
