"""A seller's owner, an officer of its commune, and what they call."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import CommuneOfficer, SellerMember
from marketplace.core.ids import to_global_id
from tests.builders import Shop, make_user
from tests.conftest import Graphql

PRODUCT = """
id slug name description state revision reviewNote hsCode gtin madeToOrderDays
craft{slug} village{slug} price{min{amount} max{amount}} compareAtPrice{amount}
attributes{slug value} variants{id sku name price{amount} compareAtPrice{amount} onHand held available gtin
  weightGrams options{slug value}}
images{id ready problem alt} steps{name on place} story{body language}
pendingRevision{id name craft{slug} changedFields images{id alt}}
"""


class Caller:
    """One person's calls of mutations. Each gives the payload; `errors` the codes with their fields."""

    def __init__(self, gql: Graphql) -> None:
        self.gql = gql

    def call(self, field: str, declared: str, selection: str, **variables: Any) -> Any:
        names = [part.split(":")[0].strip() for part in declared.split(",")]
        body = self.gql.send(
            f"mutation({', '.join('$' + part.strip() for part in declared.split(','))})"
            f"{{{field}({', '.join(f'{name}: ${name}' for name in names)})"
            f"{{{selection} userErrors{{code field message}}}}}}",
            variables,
        )
        assert "errors" not in body, body["errors"]
        return body["data"][field]

    def create(self, **values: Any) -> Any:
        return self.call("productCreate", "input: ProductInput!", f"product{{{PRODUCT}}}", input=values)

    def update(self, product: str, **values: Any) -> Any:
        return self.call(
            "productUpdate",
            "id: ID!, input: ProductInput!",
            f"product{{{PRODUCT}}} current{{{PRODUCT}}}",
            id=product,
            input=values,
        )

    def on(self, field: str, product: str, **extra: Any) -> Any:
        """A mutation of a product that takes its id alone, or with `publish` and `note`."""
        declared = "id: ID!" + "".join(
            f", {name}: {kind}"
            for name, kind in (("publish", "Boolean!"), ("note", "String"), ("expectedRevision", "Int"))
            if name in extra
        )
        selection = f"product{{{PRODUCT}}}" + (" current{revision}" if "expectedRevision" in extra else "")
        return self.call(field, declared, selection, id=product, **extra)

    def image(self, product: str, file: Any, alt: str | None = None) -> Any:
        return self.call(
            "productImageAdd",
            "productId: ID!, file: Upload!, alt: String",
            f"product{{{PRODUCT}}}",
            productId=product,
            file=file,
            alt=alt,
        )


def errors(payload: Any) -> list[tuple[str, list[str] | None]]:
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


def ok(payload: Any) -> Any:
    """The object of a payload that succeeded."""
    assert payload["userErrors"] == [], payload["userErrors"]
    return next(value for key, value in payload.items() if key != "userErrors" and value is not None)


def gid(row: Any) -> str:
    return to_global_id(type(row).__name__, row.pk)


@pytest.fixture
def owner(shop: Shop) -> Caller:
    user = make_user("chu@example.vn", name="Chủ")
    SellerMember.objects.create(seller=shop.seller, user=user, role="OWNER")
    return Caller(Graphql(Client()).login(user))


@pytest.fixture
def officer(shop: Shop) -> Caller:
    user = make_user("xa@example.vn", name="Cán bộ", is_staff=True)
    CommuneOfficer.objects.create(commune=shop.village.commune, user=user)
    return Caller(Graphql(Client()).login(user))
