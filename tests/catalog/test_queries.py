"""The catalogue through GraphQL: who sees what, paging, filters, languages, and a constant number of statements."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import (
    CommuneOfficer,
    ProductState,
    ProductTranslation,
    SellerMember,
    SellerState,
)
from tests.builders import (
    Shop,
    make_certificate,
    make_craft,
    make_product,
    make_seller,
    make_user,
    make_variant,
)
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db

NAMES = "query($f: ProductFilter, $s: ProductSort, $first: Int){products(filter: $f, sort: $s, first: $first){totalCount nodes{name}}}"


def names(gql: Graphql, criteria: dict[str, Any] | None = None, sort: str = "NAME") -> list[str]:
    return [node["name"] for node in gql(NAMES, f=criteria or {}, s=sort, first=100)["products"]["nodes"]]


@pytest.mark.parametrize("count", [1, 3, 10])
def test_a_list_takes_the_same_statements_however_long(
    gql: Graphql, shop: Shop, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _number in range(count - 1):
        product = make_product(seller=make_seller())
        make_certificate(product)
        make_variant(product)

    with django_assert_num_queries(13):
        data = gql(
            """{products(first: 50){totalCount nodes{
                name description inStock price{min{amount}} rating soldCount availableLanguages
                seller{name village{name}} craft{name} village{name commune{name}}
                variants{sku available options{label} product{name}} images{url} ocop{stars number} attributes{label}
            }}}"""
        )

    assert data["products"]["totalCount"] == count
    assert len(data["products"]["nodes"]) == count


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize(
    "sort", ["NEWEST", "OLDEST", "PRICE_ASC", "PRICE_DESC", "NAME", "BEST_SELLING", "TOP_RATED", "UPDATED"]
)
def test_pages_hold_every_product_once_in_either_direction(
    gql: Graphql, shop: Shop, sort: str, size: int
) -> None:
    for number in range(6):
        make_product(seller=shop.seller, price=100_000 * (1 + number % 3))
    whole = names(gql, sort=sort)
    query = """query($s: ProductSort, $first: Int, $after: String, $last: Int, $before: String){
        products(sort: $s, first: $first, after: $after, last: $last, before: $before){
            nodes{name} pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}}"""

    forwards, after, more = [], None, True
    while more:
        page = gql(query, s=sort, first=size, after=after)["products"]
        forwards += [node["name"] for node in page["nodes"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    backwards, before, more = [], None, True
    while more:
        page = gql(query, s=sort, last=size, before=before)["products"]
        backwards = [node["name"] for node in page["nodes"]] + backwards
        more, before = page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["startCursor"]

    assert len(whole) == 7
    assert forwards == whole
    assert backwards == whole


@pytest.mark.parametrize(
    "arguments",
    [
        "first: -1",
        "first: 101",
        "last: 101",
        "first: 1, last: 1",
        'after: "abc"',
        'after: ""',
        'after: "WyJ4Il0"',
        'after: "💥"',
    ],
)
def test_bad_sizes_and_cursors_are_told_and_never_page_one(gql: Graphql, shop: Shop, arguments: str) -> None:
    answer = gql.post(f"{{products({arguments}){{nodes{{name}}}}}}")

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert answer["data"] is None


def test_a_cursor_of_another_order_is_refused(gql: Graphql, shop: Shop) -> None:
    cursor = gql("{products(sort: NAME){pageInfo{endCursor}}}")["products"]["pageInfo"]["endCursor"]

    answer = gql.post("query($c: String){products(sort: NEWEST, after: $c){nodes{name}}}", c=cursor)

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_product_that_comes_between_two_pages_moves_nothing(gql: Graphql, shop: Shop) -> None:
    for letter in "bdf":
        make_product(letter, seller=shop.seller)
    query = "query($a: String){products(sort: NAME, first: 2, after: $a){nodes{name} pageInfo{endCursor}}}"

    first = gql(query)["products"]
    make_product("a", seller=shop.seller)
    second = gql(query, a=first["pageInfo"]["endCursor"])["products"]

    assert [node["name"] for node in first["nodes"] + second["nodes"]] == ["b", "d", "f", "Giỏ cỏ tế đan tay"]


STATES = [ProductState.DRAFT, ProductState.IN_REVIEW, ProductState.REJECTED, ProductState.ARCHIVED]


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_published_is_seen_by_its_people_only(
    new_gql: Callable[[], Graphql], shop: Shop, state: str
) -> None:
    hidden = make_product("Chưa đăng", seller=shop.seller, state=state)
    owner, officer, stranger = make_user(), make_user(), make_user()
    SellerMember.objects.create(seller=shop.seller, user=owner, role="PACKER")
    CommuneOfficer.objects.create(commune=shop.village.commune, user=officer)
    other = make_user()
    SellerMember.objects.create(seller=make_seller(), user=other, role="OWNER")
    admin = make_user(is_superuser=True, is_staff=True)
    node_id = new_gql().login(admin)("query($s: String){product(slug: $s){id}}", s=hidden.slug)["product"][
        "id"
    ]
    query = """query($s: String, $id: ID!, $f: ProductFilter){
        product(slug: $s){name} node(id: $id){id} nodes(ids: [$id]){id}
        byId: product(id: $id){name} products(filter: $f){nodes{name}}}"""

    def sees(gql: Graphql) -> list[bool]:
        data = gql(query, s=hidden.slug, id=node_id, f={"state": [state]})
        return [
            data["product"] is not None,
            data["node"] is not None,
            data["nodes"][0] is not None,
            data["byId"] is not None,
            data["products"]["nodes"] != [],
        ]

    assert sees(new_gql()) == [False] * 5
    assert sees(new_gql().login(stranger)) == [False] * 5
    assert sees(new_gql().login(owner)) == [True] * 5
    assert sees(new_gql().login(officer)) == [True] * 5
    assert sees(new_gql().login(admin)) == [True] * 5
    # Another seller in the same commune is nobody here.
    assert sees(new_gql().login(other)) == [False] * 5


def test_without_a_state_lists_hold_published_things_even_for_their_people(gql: Graphql, shop: Shop) -> None:
    make_product("Nháp", seller=shop.seller, state="DRAFT")
    owner = make_user()
    SellerMember.objects.create(seller=shop.seller, user=owner, role="OWNER")

    assert names(gql.login(owner)) == ["Giỏ cỏ tế đan tay"]


def test_a_suspended_seller_and_its_things_are_gone(gql: Graphql, shop: Shop) -> None:
    shop.seller.state = SellerState.SUSPENDED
    shop.seller.save()

    data = gql(
        '{products{totalCount} seller(slug: "co-so-co-te-luu-thuong"){name} product(slug: "gio-co-te-dan-tay"){name} sellers{totalCount} crafts{productCount}}'
    )

    assert data == {
        "products": {"totalCount": 0},
        "seller": None,
        "product": None,
        "sellers": {"totalCount": 0},
        "crafts": [{"productCount": 0}],
    }


def test_filters_narrow_by_what_they_say(gql: Graphql, shop: Shop) -> None:
    cheap = make_product("Rẻ", seller=shop.seller, price=50_000)
    gone = make_product("Hết", seller=shop.seller, stock=0)
    ordered = make_product("Đặt", seller=shop.seller, stock=0, made_to_order_days=7)
    inlay = make_product("Khảm", craft=make_craft("kham-trai", "Khảm trai", "Inlay"), attributes=[])
    make_certificate(inlay, stars=5)
    make_certificate(cheap, stars=3)
    basket = "Giỏ cỏ tế đan tay"

    assert names(gql, {"price": {"max": 100_000}}) == ["Rẻ"]
    assert names(gql, {"price": {"min": 100_000}, "craft": ["co-te"]}) == ["Đặt", basket, "Hết"]
    assert names(gql, {"inStock": True}) == ["Đặt", basket, "Khảm", "Rẻ"]
    assert names(gql, {"inStock": False}) == ["Hết"]
    assert names(gql, {"ocopStars": {"min": 4}}) == ["Khảm"]
    assert names(gql, {"ocopStars": {"min": 3, "max": 4}}) == ["Rẻ"]
    assert names(gql, {"craft": ["kham-trai"]}) == ["Khảm"]
    assert names(gql, {"village": ["luu-thuong"], "commune": ["phuong-duc"], "inStock": False}) == ["Hết"]
    assert names(gql, {"seller": ["nobody"]}) == []
    assert names(gql, {"attributes": [{"slug": "material", "values": ["Cỏ tế"]}]}) == [
        "Đặt",
        basket,
        "Hết",
        "Rẻ",
    ]
    assert names(gql, {"attributes": [{"slug": "material", "values": []}]}) == []
    assert names(gql, {"ids": ["nonsense"]}) == []
    assert names(gql, {"updatedSince": timezone.now().isoformat()}) == []
    assert gone.pk != ordered.pk


def test_a_certificate_counts_between_its_days_only(gql: Graphql, shop: Shop) -> None:
    import datetime as dt

    today = timezone.localdate()
    query = '{product(slug: "gio-co-te-dan-tay"){ocopStars ocop{stars state}} ocopCertificates{nodes{stars state}}}'
    cases = [
        ({"expires_on": today}, 4),
        ({"expires_on": today - dt.timedelta(days=1)}, None),
        ({"issued_on": today + dt.timedelta(days=1)}, None),
        ({"state": "REVOKED"}, None),
        ({"state": "SUBMITTED"}, None),
    ]

    for fields, stars in cases:
        certificate = make_certificate(shop.product, **fields)
        assert gql(query)["product"]["ocopStars"] == stars, fields
        certificate.delete()
    make_certificate(shop.product, expires_on=today - dt.timedelta(days=1))
    # The nightly job has not run yet: readers see the truth all the same.
    assert gql(query)["ocopCertificates"]["nodes"] == [{"stars": 4, "state": "EXPIRED"}]


def test_two_languages_in_one_request_do_not_mix(gql: Graphql, shop: Shop) -> None:
    ProductTranslation.objects.create(
        product=shop.product,
        language="en",
        name="Fern basket",
        description="Woven by hand.",
        machine_translated=True,
    )

    data = gql(
        """{vi: product(slug: "gio-co-te-dan-tay", language: "vi"){name language craft{name} attributes{name label}}
            en: product(slug: "gio-co-te-dan-tay", language: "en"){
                name language machineTranslated craft{name} attributes{name label} village{story{title language}}}
            ja: product(slug: "gio-co-te-dan-tay", language: "ja"){name language availableLanguages}}"""
    )

    assert data["vi"] == {
        "name": "Giỏ cỏ tế đan tay",
        "language": "vi",
        "craft": {"name": "Cỏ tế (guột)"},
        "attributes": [{"name": "Chất liệu", "label": "Cỏ tế"}],
    }
    assert data["en"] == {
        "name": "Fern basket",
        "language": "en",
        "machineTranslated": True,
        "craft": {"name": "Fern (cỏ tế) weaving"},
        "attributes": [{"name": "Material", "label": "Fern"}],
        "village": {"story": {"title": "Lưu Thượng: fern weaving", "language": "en"}},
    }
    assert data["ja"] == {"name": "Giỏ cỏ tế đan tay", "language": "vi", "availableLanguages": ["en", "vi"]}


def test_nodes_answers_in_order_and_takes_a_hundred(gql: Graphql, shop: Shop) -> None:
    data = gql(
        '{p: product(slug: "gio-co-te-dan-tay"){id variants{id}} v: village(slug: "luu-thuong"){id} s: seller(slug: "co-so-co-te-luu-thuong"){id} c: craft(slug: "co-te"){id} communes{id}}'
    )
    ids = [
        data["v"]["id"],
        data["p"]["id"],
        data["p"]["variants"][0]["id"],
        data["s"]["id"],
        data["c"]["id"],
        data["communes"][0]["id"],
    ]

    found = gql("query($ids: [ID!]!){nodes(ids: $ids){__typename id}}", ids=ids)["nodes"]
    too_many = gql.post("query($ids: [ID!]!){nodes(ids: $ids){id}}", ids=ids[:1] * 101)
    foreign = gql.post('{node(id: "VXNlcjox"){id}}')

    assert [node["__typename"] for node in found] == [
        "Village",
        "Product",
        "Variant",
        "Seller",
        "Craft",
        "Commune",
    ]
    assert [node["id"] for node in found] == ids
    assert too_many["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert foreign["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_person_is_a_node_for_themself_only(new_gql: Callable[[], Graphql], shop: Shop) -> None:
    me, other = make_user(), make_user()
    mine = new_gql().login(me)
    my_id = mine("{viewer{user{id}}}")["viewer"]["user"]["id"]
    query = "query($id: ID!){node(id: $id){... on User{email}}}"

    assert mine(query, id=my_id)["node"] == {"email": me.email}
    assert new_gql().login(other)(query, id=my_id)["node"] is None
    assert new_gql()(query, id=my_id)["node"] is None


def test_the_viewer_knows_their_roles(new_gql: Callable[[], Graphql], shop: Shop) -> None:
    person = make_user()
    SellerMember.objects.create(seller=shop.seller, user=person, role="EDITOR")
    CommuneOfficer.objects.create(commune=shop.village.commune, user=person)
    query = "{viewer{user{name} roles sellers{role seller{name}} communes{name}}}"

    assert new_gql()(query)["viewer"] == {"user": None, "roles": [], "sellers": [], "communes": []}
    assert new_gql().login(person)(query)["viewer"] == {
        "user": {"name": "Người thử"},
        "roles": ["BUYER", "SELLER", "OFFICER"],
        "sellers": [{"role": "EDITOR", "seller": {"name": "Cơ sở cỏ tế Lưu Thượng"}}],
        "communes": [{"name": "Phượng Dực"}],
    }


def test_villages_sellers_communes_and_wards(gql: Graphql, shop: Shop) -> None:
    data = gql(
        """{villages(filter: {craft: "co-te"}){totalCount nodes{name productCount crafts{slug} location{latitude} sellers{nodes{name}} products{totalCount}}}
            none: villages(filter: {commune: "nowhere"}){totalCount}
            sellers(filter: {query: "luu thuong", village: "luu-thuong"}){nodes{name productCount rating reviewCount}}
            communes{name formerNames villages{slug}}
            provinces{code name} wards(province: "01"){code name province{name} formerNames}}"""
    )

    assert data == {
        "villages": {
            "totalCount": 1,
            "nodes": [
                {
                    "name": "Lưu Thượng",
                    "productCount": 1,
                    "crafts": [{"slug": "co-te"}],
                    "location": {"latitude": 20.772},
                    "sellers": {"nodes": [{"name": "Cơ sở cỏ tế Lưu Thượng"}]},
                    "products": {"totalCount": 1},
                }
            ],
        },
        "none": {"totalCount": 0},
        "sellers": {
            "nodes": [{"name": "Cơ sở cỏ tế Lưu Thượng", "productCount": 1, "rating": None, "reviewCount": 0}]
        },
        "communes": [
            {
                "name": "Phượng Dực",
                "formerNames": ["Phú Túc", "Văn Hoàng"],
                "villages": [{"slug": "luu-thuong"}],
            }
        ],
        "provinces": [{"code": "01", "name": "Hà Nội"}],
        "wards": [{"code": "00070", "name": "Hoàn Kiếm", "province": {"name": "Hà Nội"}, "formerNames": []}],
    }


def test_nothing_private_of_a_seller_is_in_the_schema() -> None:
    from marketplace.schema import schema

    public = set(schema.graphql_schema.type_map["Seller"].fields)

    assert not public & {"phone", "taxCode", "legalName", "bankAccount", "bankHolder", "members"}


def test_product_wants_one_of_id_and_slug(gql: Graphql) -> None:
    for arguments in ("", '(id: "x", slug: "y")'):
        answer = gql.post(f"{{product{arguments}{{name}}}}")
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
