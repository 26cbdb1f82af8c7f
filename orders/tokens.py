"""The secret in an order's link. Derived from the order's id, so nothing that opens an order is stored."""

import uuid

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "orders.token"
LENGTH = 32


def order_token(order_id: uuid.UUID, secret: str | None = None) -> str:
    digest = salted_hmac(_SALT, str(order_id), secret=secret, algorithm="sha256").hexdigest()
    return digest[:LENGTH]


def token_opens(order_id: uuid.UUID, token: str) -> bool:
    """Whether the token belongs to the order, under today's secret key or an earlier one."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(order_token(order_id, secret), token) for secret in secrets)
