"""The gateways of this installation, by code."""

from payments.gateways.base import Gateway, GatewayError, News, NewsKind
from payments.gateways.stripe import StripeGateway
from payments.gateways.vietqr import VietQrGateway

_GATEWAYS: tuple[Gateway, ...] = (VietQrGateway(), StripeGateway())


def all_gateways() -> list[Gateway]:
    """Gateways that have what they need, the usual one first."""
    return [gateway for gateway in _GATEWAYS if gateway.is_configured()]


def find_gateway(code: str) -> Gateway | None:
    return next((gateway for gateway in all_gateways() if gateway.code == code), None)


__all__ = ["Gateway", "GatewayError", "News", "NewsKind", "all_gateways", "find_gateway"]
