"""Buying as a guest and hearing from a bank, through the public face only."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client

from catalog.models import Variant
from marketplace.core.ids import to_global_id
from tests.builders import ADDRESS, unique
from tests.conftest import Graphql

CART_CREATE = """
mutation($lines: [CartLineInput!]!) {
  cartCreate(input: {lines: $lines}) { cart { id } userErrors { code field } }
}
"""
CHECKOUT = """
mutation($input: CheckoutPlaceInput!, $key: String!) {
  checkoutPlace(input: $input, idempotencyKey: $key) {
    order { id number token state total { amount } }
    userErrors { code field }
  }
}
"""
PAYMENT_CREATE = """
mutation($order: ID!, $gateway: String!, $token: String, $key: String!) {
  paymentCreate(orderId: $order, gateway: $gateway, token: $token, idempotencyKey: $key) {
    payment {
      id state gateway reference amount { amount }
      action {
        __typename
        ... on BankQrAction { payload svg bankName accountNumber accountName memo amount { amount } }
        ... on StripeAction { clientSecret publishableKey }
      }
    }
    userErrors { code field }
  }
}
"""
ORDER = """
query($id: ID!, $token: String) {
  order(id: $id, token: $token) {
    state paidAt
    sellerOrders { state }
    events { kind }
    payments { gateway state failureReason paidAt amount { amount } action { __typename } }
  }
}
"""
_event_ids = itertools.count(1)


@dataclass(frozen=True)
class Bought:
    """An order as checkoutPlace answered it."""

    id: str
    number: str
    token: str
    total: int


def lines_of(*wanted: tuple[Variant, int]) -> list[dict[str, Any]]:
    return [
        {"variantId": to_global_id("Variant", variant.pk), "quantity": number} for variant, number in wanted
    ]


def checkout_input(cart_id: str) -> dict[str, Any]:
    return {"cartId": cart_id, "phone": "0912345678", "shippingAddress": ADDRESS}


def buy(gql: Graphql, variant: Variant, quantity: int = 1) -> Bought:
    """An order that waits for its money."""
    cart = gql(CART_CREATE, lines=lines_of((variant, quantity)))["cartCreate"]["cart"]
    placed = gql(CHECKOUT, input=checkout_input(cart["id"]), key=unique())["checkoutPlace"]
    assert placed["userErrors"] == []
    order = placed["order"]
    return Bought(order["id"], order["number"], order["token"], order["total"]["amount"])


def pay(gql: Graphql, order: Bought, gateway: str = "vietqr", key: str | None = None) -> dict[str, Any]:
    """What paymentCreate answers."""
    return gql(PAYMENT_CREATE, order=order.id, gateway=gateway, token=order.token, key=key or unique())[
        "paymentCreate"
    ]


def read(gql: Graphql, order: Bought) -> dict[str, Any]:
    return gql(ORDER, id=order.id, token=order.token)["order"]


def bank_news(order: Bought | None = None, **fields: Any) -> dict[str, Any]:
    """SePay's message about money that came in for an order."""
    number = next(_event_ids)
    return {
        "id": 92_000 + number,
        "gateway": "MBBank",
        "transactionDate": "2026-11-22 10:30:00",
        "accountNumber": settings.VIETQR_ACCOUNT_NUMBER,
        "code": None,
        "content": f"{order.number if order else 'CHUYEN TIEN'} FT26326{number:06d}",
        "transferType": "in",
        "transferAmount": order.total if order else 100_000,
        "accumulated": 19_077_000,
        "subAccount": None,
        "referenceCode": f"MBVCB.{number}",
        "description": "",
        **fields,
    }


def send(client: Client, body: Any, *, key: str | None = None, **headers: str) -> Any:
    """Delivers a body to SePay's webhook; `body` may be raw bytes. `key=""` leaves the key out."""
    if key is None:
        key = settings.SEPAY_WEBHOOK_KEY
    if key:
        headers["Authorization"] = f"Apikey {key}"
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/payments/webhooks/sepay", raw, content_type="application/json", headers=headers)


def stock(variant: Variant) -> tuple[int, int]:
    """What is on the shelf, and how much of it is held."""
    row = Variant.objects.get(pk=variant.pk)
    return row.on_hand, row.held
