"""The catalogue through GraphQL: who sees what, paging, filters, languages, and a constant number of statements."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import (
    CommuneOfficer,
    Product,
    ProductState,
    ProductTranslation,
    SellerMember,
    SellerState,
    Village,
)
from marketplace.core.ids import to_global_id
from marketplace.core.vietnamese import sort_key
from tests.builders import (
    Shop,
    make_certificate,
    make_craft,
    make_places,
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
    archived_at = timezone.now() if state == ProductState.ARCHIVED else None
    hidden = make_product("Chưa đăng", seller=shop.seller, state=state, archived_at=archived_at)
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


def make_village(name: str) -> Village:
    return Village.objects.create(
        slug=name.lower(), name=name, name_key=sort_key(name), kind="village", commune=make_places().commune
    )


def make_villages(count: int) -> None:
    """Villages with two sellers each, of two products each; all products came at once, so only ids order them."""
    for number in range(count):
        village = make_village(f"Lang{number:02d}")
        for letter in "ab":
            seller = make_seller(f"Co so {number:02d}{letter}", village=village)
            for _product in range(2):
                make_product(seller=seller)
    Product.objects.update(published_at=timezone.now())


@pytest.mark.parametrize("count", [1, 3, 10])
def test_pages_inside_a_list_take_the_same_statements_for_any_number_of_parents(
    gql: Graphql, count: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    make_villages(count)
    village_list = """{villages(first: 50, filter: {commune: "phuong-duc"}){nodes{
        products(first: 1){totalCount nodes{id village{name} seller{name}}}
        sellers(first: 1){totalCount nodes{id village{name} products(first: 1){totalCount nodes{id}}}}
    }}}"""
    seller_list = "{sellers(first: 50){nodes{products(first: 1){totalCount pageInfo{hasNextPage} nodes{seller{name}}}}}}"

    # The villages; products, their count, their sellers; sellers, their count; their products, and their count.
    with django_assert_num_queries(8):
        villages = gql(village_list)["villages"]["nodes"]
    with django_assert_num_queries(3):
        sellers = gql(seller_list)["sellers"]["nodes"]

    full = [village for village in villages if village["products"]["totalCount"]]
    assert len(full) == count
    assert {village["products"]["totalCount"] for village in full} == {4}
    assert {village["sellers"]["totalCount"] for village in full} == {2}
    assert len(sellers) == 2 * count
    assert {seller["products"]["totalCount"] for seller in sellers} == {2}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_the_second_page_of_a_parent_continues_the_first_of_the_list(gql: Graphql, size: int) -> None:
    make_villages(3)
    page = "totalCount nodes{id} pageInfo{hasNextPage hasPreviousPage endCursor}"
    first_pages = f"""query($n: Int){{villages{{nodes{{slug
        products(first: $n){{{page}}} sellers(first: $n){{{page}}} whole: products{{nodes{{id}}}}}}}}}}"""
    next_page = f"""query($slug: String!, $n: Int, $p: String, $s: String){{village(slug: $slug){{
        products(first: $n, after: $p){{{page}}} sellers(first: $n, after: $s){{{page}}}}}}}"""
    villages = [
        village
        for village in gql(first_pages, n=size)["villages"]["nodes"]
        if village["slug"].startswith("lang")
    ]

    for village in villages:
        found: dict[str, list[str]] = {"products": [], "sellers": []}
        shown, pages, cursors = village, 1, {"p": None, "s": None}
        while True:
            for name, ids in found.items():
                ids += [node["id"] for node in shown[name]["nodes"]]
                assert shown[name]["totalCount"] == {"products": 4, "sellers": 2}[name]
                assert shown[name]["pageInfo"]["hasPreviousPage"] == (pages > 1)
            if not shown["products"]["pageInfo"]["hasNextPage"]:
                break
            cursors = {
                key: shown[name]["pageInfo"]["endCursor"] or cursors[key]
                for key, name in (("p", "products"), ("s", "sellers"))
            }
            shown = gql(next_page, slug=village["slug"], n=size, **cursors)["village"]
            pages += 1
        row = Village.objects.get(slug=village["slug"])
        assert found["products"] == [node["id"] for node in village["whole"]["nodes"]]
        assert found["products"] == [
            to_global_id("Product", key)
            for key in row.products.order_by("-published_at", "-id").values_list("pk", flat=True)
        ]
        assert found["sellers"] == [
            to_global_id("Seller", key)
            for key in row.sellers.order_by("name_key", "id").values_list("pk", flat=True)
        ]
        assert pages == -(-4 // size)


def test_pages_of_two_sizes_and_languages_side_by_side_do_not_mix(gql: Graphql, shop: Shop) -> None:
    make_product("Khay", seller=shop.seller).translations.create(language="en", name="Tray")

    data = gql(
        """{vi: villages{nodes{none: products(first: 0){totalCount nodes{name} pageInfo{hasNextPage endCursor}}
                one: products(first: 1){nodes{name} pageInfo{hasNextPage}} products{nodes{name}}}}
            en: villages(language: "en"){nodes{one: products(first: 1){nodes{name}}}}}"""
    )

    assert data == {
        "vi": {
            "nodes": [
                {
                    "none": {
                        "totalCount": 2,
                        "nodes": [],
                        "pageInfo": {"hasNextPage": True, "endCursor": None},
                    },
                    "one": {"nodes": [{"name": "Khay"}], "pageInfo": {"hasNextPage": True}},
                    "products": {"nodes": [{"name": "Khay"}, {"name": "Giỏ cỏ tế đan tay"}]},
                }
            ]
        },
        "en": {"nodes": [{"one": {"nodes": [{"name": "Tray"}]}}]},
    }


@pytest.mark.parametrize("letter", ["x", "字", "𠀀", "\U0001f9fa"])
def test_the_longest_name_has_a_cursor_that_is_taken(gql: Graphql, shop: Shop, letter: str) -> None:
    for _number in range(2):
        make_product(letter * 200, seller=shop.seller, slug=f"dai-{_number}")
    query = "query($a: String){products(sort: NAME, first: 1, after: $a){nodes{slug} pageInfo{endCursor}}}"

    slugs, after = [], None
    for _page in range(3):
        page = gql(query, a=after)["products"]
        slugs += [node["slug"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]

    assert sorted(slugs) == ["dai-0", "dai-1", "gio-co-te-dan-tay"]


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        *(
            ({key: ["x"] * 101}, f"filter.{key} takes at most 100 entries.")
            for key in ("craft", "village", "commune", "seller", "ids")
        ),
        ({"state": ["PUBLISHED"] * 101}, "filter.state takes at most 100 entries."),
        (
            {"attributes": [{"slug": "material", "values": []}] * 11},
            "filter.attributes takes at most 10 attributes.",
        ),
        (
            {"attributes": [{"slug": "material", "values": ["x"] * 21}]},
            "filter.attributes takes at most 20 values each.",
        ),
    ],
)
def test_a_filter_that_asks_for_too_much_is_told_its_limit(
    gql: Graphql, criteria: dict[str, Any], message: str, django_assert_num_queries: Callable[..., Any]
) -> None:
    for field in ("products(filter: $f)", 'searchProducts(query: "giỏ", filter: $f)'):
        with django_assert_num_queries(0):
            answer = gql.post(f"query($f: ProductFilter){{{field}{{totalCount}}}}", f=criteria)
        assert answer["errors"][0]["message"] == message
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_filter_at_its_limits_is_answered(gql: Graphql, shop: Shop) -> None:
    material = {"slug": "material", "values": ["Cỏ tế", *(f"gỗ {number}" for number in range(19))]}
    names_of_nothing = [f"x{number}" for number in range(99)]

    assert names(gql, {"attributes": [material] * 10}) == ["Giỏ cỏ tế đan tay"]
    assert names(gql, {"craft": ["co-te", *names_of_nothing], "state": ["PUBLISHED"] * 100}) == [
        "Giỏ cỏ tế đan tay"
    ]
    assert names(gql, {"ids": ["x"] * 100}) == []
