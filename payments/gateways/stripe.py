"""Stripe: PaymentIntents in VND, for cards from abroad. The only module that imports stripe.

VND has no minor unit, so the amount is whole đồng (docs.stripe.com/currencies).
"""

import uuid
from typing import Any

import stripe
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Text
from payments.gateways.base import GatewayError, News, NewsKind, PaymentRequest, Started

TIMEOUT_SECONDS = 10
_KINDS = {
    "payment_intent.succeeded": NewsKind.PAID,
    "payment_intent.payment_failed": NewsKind.FAILED,
    "payment_intent.canceled": NewsKind.CANCELLED,
    "payment_intent.processing": NewsKind.PROCESSING,
    # Days after it was made: a card was closed, a bank sent the money back.
    "refund.failed": NewsKind.REFUND_FAILED,
    "refund.updated": NewsKind.REFUND_FAILED,
    "charge.refund.updated": NewsKind.REFUND_FAILED,
}
_STATUS_EVENTS = {
    "succeeded": "payment_intent.succeeded",
    "canceled": "payment_intent.canceled",
    "processing": "payment_intent.processing",
}


# What is neither is on its way (docs.stripe.com/refunds).
_REFUND_STATES = {"succeeded": "SUCCEEDED", "failed": "FAILED", "canceled": "FAILED"}


class SignatureError(ValueError):
    """The webhook's signature is missing, wrong or too old."""


def _client() -> stripe.StripeClient:
    base: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses=base,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        max_network_retries=2,
    )


def _key_of(refund: stripe.Refund) -> str:
    """Ours, under which it was made; empty where somebody made it elsewhere."""
    metadata: Any = refund.metadata
    return str(metadata["key"]) if metadata and "key" in metadata else ""


class StripeGateway:
    code = "stripe"
    currencies = ["VND"]
    # Stripe wants about half a dollar at least.
    min_amount: int | None = 15_000
    pays_back = True

    @property
    def name(self) -> Text:
        return _("Card (Visa, Mastercard, JCB)")

    @property
    def description(self) -> Text:
        return _("For cards from abroad. The card's data goes to Stripe only, never to us.")

    def is_configured(self) -> bool:
        return bool(
            settings.STRIPE_SECRET_KEY and settings.STRIPE_PUBLISHABLE_KEY and settings.STRIPE_WEBHOOK_SECRET
        )

    def start(self, request: PaymentRequest) -> Started:
        try:
            intent = _client().v1.payment_intents.create(
                params={
                    "amount": request.amount,
                    "currency": "vnd",
                    "automatic_payment_methods": {"enabled": True},
                    "description": request.reference,
                    "metadata": {"payment_id": str(request.payment_id), "reference": request.reference},
                },
                options={"idempotency_key": f"payment-{request.payment_id}"},
            )
        except stripe.StripeError as error:
            raise GatewayError(type(error).__name__) from error
        return Started(gateway_reference=intent.id, action={"client_secret": intent.client_secret})

    def read_news(self, body: dict[str, Any]) -> News:
        intent = body.get("data", {}).get("object", {})
        kind = _KINDS.get(str(body.get("type")), NewsKind.OTHER)
        if kind is NewsKind.OTHER:
            return News(kind, reason=str(body.get("type")))
        if kind is NewsKind.REFUND_FAILED:
            if intent.get("status") != "failed":
                return News(NewsKind.OTHER, reason=str(body.get("type")))
            return News(
                kind, gateway_reference=str(intent["id"]), reason=str(intent.get("failure_reason") or "")
            )
        if intent.get("object") != "payment_intent" or intent.get("currency") != "vnd":
            raise ValueError("not a payment in đồng")
        payment_id = (intent.get("metadata") or {}).get("payment_id")
        error = intent.get("last_payment_error") or {}
        return News(
            kind,
            amount=int(intent["amount_received"] if kind is NewsKind.PAID else intent["amount"]),
            payment_id=uuid.UUID(payment_id) if payment_id else None,
            gateway_reference=intent.get("id"),
            reason=str(error.get("code") or ""),
        )

    def ask(self, gateway_reference: str) -> dict[str, Any] | None:
        try:
            intent = _client().v1.payment_intents.retrieve(gateway_reference)
        except stripe.StripeError as error:
            raise GatewayError(type(error).__name__) from error
        event = _STATUS_EVENTS.get(intent.status)
        if event is None:
            return None
        return {
            "id": f"asked:{intent.id}:{intent.status}",
            "type": event,
            "data": {"object": intent.to_dict()},
        }

    def cancel(self, gateway_reference: str) -> bool:
        try:
            _client().v1.payment_intents.cancel(gateway_reference)
        except stripe.InvalidRequestError:
            return False
        except stripe.StripeError as error:
            raise GatewayError(type(error).__name__) from error
        return True

    def refund(self, gateway_reference: str, amount: int, key: str) -> tuple[str | None, str]:
        try:
            # Stripe forgets its keys after a day; what was made of this one tells by its metadata.
            known = _client().v1.refunds.list(params={"payment_intent": gateway_reference, "limit": 100})
            made = next((row for row in known.data if _key_of(row) == key), None)
            made = made or _client().v1.refunds.create(
                params={"payment_intent": gateway_reference, "amount": amount, "metadata": {"key": key}},
                options={"idempotency_key": key},
            )
        except stripe.InvalidRequestError as error:
            if error.code == "charge_already_refunded":
                # Somebody has paid it back elsewhere: a person has to look, and nothing is paid twice meanwhile.
                raise GatewayError(error.code) from error
            return None, "FAILED"
        except stripe.StripeError as error:
            raise GatewayError(type(error).__name__) from error
        return made.id, _REFUND_STATES.get(str(made.status), "PENDING")

    def ask_refund(self, refund_reference: str) -> str:
        try:
            found = _client().v1.refunds.retrieve(refund_reference)
        except stripe.StripeError as error:
            raise GatewayError(type(error).__name__) from error
        return _REFUND_STATES.get(str(found.status), "PENDING")


def verify_webhook(body: bytes, signature: str) -> None:
    """Checks `Stripe-Signature` against the raw body, 300 s of tolerance. Raises SignatureError."""
    try:
        stripe.WebhookSignature.verify_header(
            body.decode(), signature, settings.STRIPE_WEBHOOK_SECRET, tolerance=300
        )
    except (stripe.SignatureVerificationError, ValueError, TypeError) as error:
        # TypeError: the library compares no signature that is not ASCII.
        raise SignatureError(str(error)) from error
