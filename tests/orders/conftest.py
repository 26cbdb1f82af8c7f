"""The buying path through GraphQL."""

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.core.ids import to_global_id
from tests.builders import ADDRESS, unique
from tests.conftest import Graphql

CART = """cart{ id lines{id quantity unitPrice{amount} total{amount} variant{id}} subtotal{amount} shipping{amount}
    total{amount} problems{lineId code message available price{amount}} deliveryAddress{ward province phone}
    sellers{seller{slug} subtotal{amount} shipping{amount} shippingOptions{id price{amount}} collection} }
    userErrors{field code message}"""
ORDER = """order{ id number token state total{amount} subtotal{amount} shipping{amount} payBefore paidAt
    due{collection amount{amount}} sellerOrders{number state total{amount} seller{slug} lines{productName quantity sku}}
    events{kind message} shippingAddress{name phone ward} }"""


class Buyer:
    """Fills a cart and orders, as an app would."""

    def __init__(self, gql: Graphql) -> None:
        self.gql = gql

    def cart(self, *variants: Any, quantity: int = 1) -> dict[str, Any]:
        payload = self.create(
            [{"variantId": to_global_id("Variant", v.pk), "quantity": quantity} for v in variants]
        )
        assert payload["userErrors"] == []
        return payload["cart"]  # type: ignore[no-any-return]

    def create(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        query = f"mutation($l: [CartLineInput!]){{cartCreate(input: {{lines: $l}}){{{CART}}}}}"
        return self.gql(query, l=lines)["cartCreate"]  # type: ignore[no-any-return]

    def read(self, cart_id: str) -> dict[str, Any] | None:
        query = (
            f"query($c: ID!){{cart(id: $c){{{CART[CART.index('{') + 1 : CART.rindex('userErrors') - 6]}}}}}"
        )
        return self.gql(query, c=cart_id)["cart"]  # type: ignore[no-any-return]

    def change(self, field: str, arguments: str, **variables: Any) -> dict[str, Any]:
        """Any cart mutation; `arguments` as `name: Type` pairs."""
        declared = ", ".join(f"${part.strip().replace(': ', ': ', 1)}" for part in arguments.split(","))
        passed = ", ".join(
            f"{part.split(':')[0].strip()}: ${part.split(':')[0].strip()}" for part in arguments.split(",")
        )
        return self.gql(f"mutation({declared}){{{field}({passed}){{{CART}}}}}", **variables)[field]  # type: ignore[no-any-return]

    def place(self, cart_id: str, key: str | None = None, **data: Any) -> dict[str, Any]:
        query = f"""mutation($i: CheckoutPlaceInput!, $k: String!){{checkoutPlace(input: $i, idempotencyKey: $k){{
            {ORDER} cart{{id total{{amount}} problems{{code}}}} userErrors{{field code message}}}}}}"""
        given = {"cartId": cart_id, "phone": "0912345678", "shippingAddress": ADDRESS, **data}
        return self.gql(query, i=given, k=key or unique())["checkoutPlace"]  # type: ignore[no-any-return]

    def order(self, number: str, token: str | None) -> dict[str, Any] | None:
        query = f"query($n: String, $t: String){{order(number: $n, token: $t){{{ORDER[ORDER.index('{') + 1 : ORDER.rindex('}')]}}}}}"
        return self.gql(query, n=number, t=token)["order"]  # type: ignore[no-any-return]


@pytest.fixture
def buyer(gql: Graphql) -> Buyer:
    return Buyer(gql)


@pytest.fixture
def new_buyer(new_gql: Callable[[], Graphql]) -> Callable[[], Buyer]:
    return lambda: Buyer(new_gql())


def codes(payload: dict[str, Any]) -> list[tuple[list[str] | None, str]]:
    """Field and code of each user error; each has words too."""
    assert all(error["message"] for error in payload["userErrors"])
    return [(error["field"], error["code"]) for error in payload["userErrors"]]
