"""Fixtures of payments: how a test sees that something changed, or that nothing did."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest
from django.test import Client

from orders.models import OrderEvent, SellerOrder
from payments.models import GatewayNews, Payment
from tests.builders import Shop
from tests.conftest import Graphql
from tests.payments import buying
from tests.payments.double import StripeDouble

Deliver = Callable[..., GatewayNews]


@pytest.fixture
def deliver(client: Client, run_jobs: Callable[[], int]) -> Deliver:
    """News of the bank, told and applied; what became of it."""

    def tell(order: buying.Bought | None = None, **fields: Any) -> GatewayNews:
        body = buying.bank_news(order, **fields)
        response = buying.send(client, body)
        assert (response.status_code, response.json()) == (200, {"success": True})
        run_jobs()
        return GatewayNews.objects.get(gateway="vietqr", event_id=str(body["id"]))

    return tell


@pytest.fixture
def snapshot(shop: Shop) -> Callable[[], dict[str, Any]]:
    """Everything that money may move, to be compared before and after."""

    def take() -> dict[str, Any]:
        return {
            "stock": buying.stock(shop.variant),
            "orders": list(
                SellerOrder.objects.order_by("id").values_list(
                    "order__state", "order__paid_at", "state", "paid_at", "confirm_before"
                )
            ),
            "events": list(OrderEvent.objects.order_by("id").values_list("order", "kind")),
            "payments": list(
                Payment.objects.order_by("id").values_list(
                    "order", "state", "paid_at", "amount", "failure_reason"
                )
            ),
        }

    return take


@pytest.fixture
def order(gql: Graphql, shop: Shop, run_jobs: Callable[[], int]) -> buying.Bought:
    """One basket of 250.000 ₫ and 30.000 ₫ of shipping, unpaid; no job waits."""
    bought = buying.buy(gql, shop.variant)
    run_jobs()
    assert asdict(bought)["total"] == 280_000
    return bought


@pytest.fixture
def stripe_double(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeDouble]:
    """A Stripe of our own, and an installation that uses it."""
    import stripe._http_client

    # The library waits half a second before it asks again; a test need not.
    monkeypatch.setattr(stripe._http_client.HTTPClient, "INITIAL_DELAY", 0.01)
    with StripeDouble() as double:
        settings.STRIPE_SECRET_KEY = double.secret_key
        settings.STRIPE_PUBLISHABLE_KEY = "pk_test_double"
        settings.STRIPE_WEBHOOK_SECRET = double.webhook_secret
        settings.STRIPE_API_BASE = double.url
        yield double
