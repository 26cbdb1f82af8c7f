"""What people keep to find it again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from catalog.models import Favourite, Product
from marketplace.core.ids import to_global_id
from tests.builders import Shop, make_product, make_user
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db
SET = """mutation($p: ID!, $f: Boolean!){favouriteSet(productId: $p, favourite: $f){
  product{name favourite} userErrors{field code message}}}"""
LIST = """query($n: Int, $a: String){viewer{favourites(first: $n, after: $a){
  totalCount pageInfo{endCursor hasNextPage} nodes{name favourite}}}}"""


def keep(gql: Graphql, product: Product, favourite: bool = True) -> dict[str, Any]:
    return gql(SET, p=to_global_id("Product", product.pk), f=favourite)["favouriteSet"]  # type: ignore[no-any-return]


def names(gql: Graphql) -> list[str]:
    return [row["name"] for row in gql(LIST)["viewer"]["favourites"]["nodes"]]


def test_things_are_kept_once_and_listed_the_last_one_first(
    gql: Graphql, new_gql: Callable[[], Graphql], shop: Shop
) -> None:
    gql.login(make_user())
    products = [make_product(f"Khay {number}") for number in range(3)]
    for product in [*products, products[1]]:
        assert keep(gql, product)["product"]["favourite"] is True

    assert names(gql) == ["Khay 2", "Khay 1", "Khay 0"]
    page = gql(LIST, n=2)["viewer"]["favourites"]
    rest = gql(LIST, n=2, a=page["pageInfo"]["endCursor"])["viewer"]["favourites"]
    assert [row["name"] for row in rest["nodes"]] == ["Khay 0"]
    assert page["totalCount"] == 3
    assert keep(gql, products[1], favourite=False)["product"]["favourite"] is False
    keep(gql, products[1], favourite=False)
    # What is put away is no longer shown, but kept.
    Product.objects.filter(pk=products[0].pk).update(state="REJECTED")
    assert names(gql) == ["Khay 2"]
    assert names(new_gql().login(make_user())) == []


def test_limits_and_what_is_not_there(gql: Graphql, shop: Shop, settings: Any) -> None:
    settings.FAVOURITES = 1
    gql.login(make_user())
    draft = make_product("Nháp", state="DRAFT")

    assert keep(gql, draft)["userErrors"][0]["code"] == "NOT_FOUND"
    keep(gql, shop.product)
    assert keep(gql, make_product("Khay"))["userErrors"][0]["code"] == "LIMIT_REACHED"


def test_guests_are_asked_to_sign_in(gql: Graphql, shop: Shop) -> None:
    key = to_global_id("Product", shop.product.pk)
    query = f'mutation{{favouriteSet(productId: "{key}", favourite: true){{product{{id}}}}}}'

    for text in (query, "{viewer{favourites{nodes{id}}}}"):
        assert gql.post(text)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    read = gql("query($s: String){product(slug: $s){favourite}}", s=shop.product.slug)
    assert read["product"] == {"favourite": False}


def test_the_pages_keep_and_let_go(shop: Shop) -> None:
    client = Client()
    client.cookies["language"] = "en"
    path = f"/san-pham/{shop.product.slug}"
    asked = client.post(f"{path}/giu-lai", {"keep": "1"})
    assert asked.url == f"/accounts/login/?next={path}"
    assert client.get("/tai-khoan/yeu-thich").status_code == 302

    client.force_login(make_user())
    assert client.post(f"{path}/giu-lai", {"keep": "1"}).status_code == 302
    assert "Kept. Let it go" in client.get(path).content.decode()
    assert shop.product.name in client.get("/tai-khoan/yeu-thich").content.decode()
    client.post(f"{path}/giu-lai", {"keep": "0"})

    assert not Favourite.objects.exists()
    assert "Nothing is kept yet" in client.get("/tai-khoan/yeu-thich").content.decode()
