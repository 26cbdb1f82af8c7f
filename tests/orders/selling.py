"""Orders from both sides, through the public face: bought and paid by one, taken on and sent by another."""

from dataclasses import dataclass
from typing import Any

from django.core import mail
from django.db import connection
from django.test import Client

from catalog.models import MemberRole, Seller, SellerMember
from marketplace.core.ids import to_global_id
from orders.models import SellerOrder
from tests.builders import make_user, unique
from tests.conftest import Graphql
from tests.payments.buying import CART_CREATE, CHECKOUT, Bought, bank_news, checkout_input, lines_of, send

PART = """id number state confirmBefore completesAt buyerName phone note order{id} total{amount} refunded{amount}
    shippingAddress{ward} lines{id productName quantity quantityShipped} events{kind message actor} payments{id}
    refunds{reference amount{amount} state reason}
    shipments{id state carrier carrierName trackingNumber trackingUrl shippedAt deliveredAt lines{quantity line{id}}}"""
PARTS = f"query($f: SellerOrderFilter, $n: Int, $a: String){{sellerOrders(filter: $f, first: $n, after: $a){{totalCount pageInfo{{endCursor hasNextPage}} nodes{{{PART}}}}}}}"
BOUGHT = f"""query($id: ID!, $t: String){{order(id: $id, token: $t){{state refundAccountNeeded total{{amount}}
    events{{kind message}} payments{{state refunds{{amount{{amount}} state}}}} sellerOrders{{{PART}}}}}}}"""


@dataclass
class Side:
    """Somebody who sells, by the workshop's part of the order."""

    gql: Graphql

    def parts(self, **criteria: Any) -> list[dict[str, Any]]:
        return self.gql(PARTS, f=criteria or None)["sellerOrders"]["nodes"]  # type: ignore[no-any-return]

    def part(self) -> dict[str, Any]:
        (part,) = self.parts()
        return part

    def do(self, field: str, arguments: str, **variables: Any) -> dict[str, Any]:
        """A mutation of a part; `arguments` as `name: Type` pairs. What it answers."""
        return change(self.gql, field, arguments, **variables)

    def confirm(self, part: str) -> dict[str, Any]:
        return self.do("sellerOrderConfirm", "id: ID!", id=part)

    def ship(
        self, part: str, *, key: str | None = None, carrier: str = "vnpost", **more: Any
    ) -> dict[str, Any]:
        return self.do(
            "shipmentCreate",
            "sellerOrderId: ID!, carrier: String!, trackingNumber: String, lines: [ShipmentLineInput!], idempotencyKey: String!",
            sellerOrderId=part,
            carrier=carrier,
            idempotencyKey=key or unique(),
            **{"trackingNumber": "EV123456789VN", **more},
        )

    def parcel(self, parcel: str, state: str) -> dict[str, Any]:
        return self.do("shipmentUpdate", "id: ID!, state: ShipmentState!", id=parcel, state=state)

    def cancel(self, part: str, reason: str = "Hết nguyên liệu", key: str | None = None) -> dict[str, Any]:
        return self.do(
            "sellerOrderCancel",
            "id: ID!, reason: String!, idempotencyKey: String!",
            id=part,
            reason=reason,
            idempotencyKey=key or unique(),
        )


def change(gql: Graphql, field: str, arguments: str, **variables: Any) -> dict[str, Any]:
    pairs = [item.strip() for item in arguments.split(",")]
    declared = ", ".join(f"${pair}" for pair in pairs)
    passed = ", ".join(f"{(name := pair.split(':')[0])}: ${name}" for pair in pairs)
    what = "order{id state}" if field in ("orderCancel", "refundAccountSet") else f"sellerOrder{{{PART}}}"
    query = f"mutation({declared}){{{field}({passed}){{{what} userErrors{{field code message}}}}}}"
    return gql(query, **variables)[field]  # type: ignore[no-any-return]


def member(gql: Graphql, seller: Seller, role: str = MemberRole.OWNER) -> Side:
    user = make_user()
    SellerMember.objects.create(seller=seller, user=user, role=role)
    return Side(gql.login(user))


def buy_paid(gql: Graphql, run_jobs: Any, *wanted: tuple[Any, int], **data: Any) -> Bought:
    """An order whose transfer has come; mails so far are forgotten."""
    cart = gql(CART_CREATE, lines=lines_of(*wanted))["cartCreate"]["cart"]
    given = {**checkout_input(cart["id"]), "email": "lan@example.vn", "note": "Gói kỹ", **data}
    order = gql(CHECKOUT, input=given, key=unique())["checkoutPlace"]["order"]
    bought = Bought(order["id"], order["number"], order["token"], order["total"]["amount"])
    assert send(Client(), bank_news(bought)).status_code == 200
    run_jobs()
    mail.outbox.clear()
    return bought


def read(gql: Graphql, order: Bought) -> dict[str, Any]:
    return gql(BOUGHT, id=order.id, t=order.token)["order"]  # type: ignore[no-any-return]


def part_ids(order: Bought) -> list[str]:
    rows = SellerOrder.objects.filter(order__number=order.number).order_by("number")
    return [to_global_id("SellerOrder", row.pk) for row in rows]


def codes(answer: dict[str, Any]) -> list[tuple[list[str] | None, str]]:
    assert all(error["message"] for error in answer["userErrors"])
    return [(error["field"], error["code"]) for error in answer["userErrors"]]


def rows_of(*tables: str) -> list[Any]:
    """All that stands in these tables, to be compared before and after."""
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} AS t ORDER BY 1")  # noqa: S608 - constants
            found.append(cursor.fetchall())
    return found
