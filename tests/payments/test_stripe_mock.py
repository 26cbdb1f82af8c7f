"""Every call that we make, against Stripe's own stand-in: it checks shapes and remembers nothing."""

import os
import uuid
from typing import Any

import pytest

from payments.gateways import GatewayError
from payments.gateways.base import PaymentRequest
from payments.gateways.stripe import StripeGateway

URL = os.environ.get("STRIPE_MOCK_URL")
pytestmark = pytest.mark.skipif(not URL, reason="stripe-mock is not installed; make test-tools installs it")


@pytest.fixture
def gateway(settings: Any) -> StripeGateway:
    settings.STRIPE_SECRET_KEY = "sk_test_123"
    settings.STRIPE_API_BASE = URL
    return StripeGateway()


def test_an_intent_is_made(gateway: StripeGateway) -> None:
    started = gateway.start(PaymentRequest(uuid.uuid4(), "PX123456786-1", 280_000, None))

    assert started.gateway_reference.startswith("pi_")
    assert started.action["client_secret"].startswith("pi_")


def test_an_intent_is_asked_about(gateway: StripeGateway) -> None:
    # stripe-mock's example still waits for a card.
    assert gateway.ask("pi_1") is None


def test_an_intent_is_cancelled(gateway: StripeGateway) -> None:
    assert gateway.cancel("pi_1") is True


def test_a_call_that_stripe_would_not_take_is_a_gateway_error(gateway: StripeGateway) -> None:
    with pytest.raises(GatewayError, match="InvalidRequestError"):
        gateway.start(PaymentRequest(uuid.uuid4(), "x", "a lot", None))  # type: ignore[arg-type]


def test_a_wrong_key_is_a_gateway_error(gateway: StripeGateway, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "wrong"

    with pytest.raises(GatewayError, match="AuthenticationError"):
        gateway.ask("pi_1")
