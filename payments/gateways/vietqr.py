"""VietQR with news from SePay: the buyer transfers by a QR, the bank's message arrives as a webhook.

The memo is the order's number. https://developer.sepay.vn (webhook: `Authorization: Apikey KEY`, body with `id`).
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Text
from orders.numbers import find_all
from payments.gateways.base import GatewayError, News, NewsKind, PaymentRequest, Started

MAX_AMOUNT = 10**13


class VietQrGateway:
    code = "vietqr"
    currencies = ["VND"]
    min_amount: int | None = None
    pays_back = False

    @property
    def name(self) -> Text:
        return _("Bank transfer by QR code (VietQR)")

    @property
    def description(self) -> Text:
        return _(
            "Scan the code with your banking app. The page notices by itself when the money has arrived."
        )

    def is_configured(self) -> bool:
        return bool(settings.VIETQR_ACCOUNT_NUMBER and settings.SEPAY_WEBHOOK_KEY)

    def start(self, request: PaymentRequest) -> Started:
        """Nothing to ask anybody: the code is made of the order's number. The account is kept with the payment."""
        return Started(
            gateway_reference=None,
            action={
                "bank_bin": settings.VIETQR_BANK_BIN,
                "account": settings.VIETQR_ACCOUNT_NUMBER,
                "holder": settings.VIETQR_ACCOUNT_NAME,
                "memo": request.reference,
            },
        )

    def read_news(self, body: dict[str, Any]) -> News:
        amount = body.get("transferAmount")
        if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 <= amount < MAX_AMOUNT:
            raise ValueError("transferAmount is no amount")
        if amount != int(amount):
            raise ValueError("transferAmount is no whole number of đồng")
        if body.get("transferType") != "in":
            return News(NewsKind.OTHER, amount=int(amount), reason="money that left the account")
        account = str(body.get("accountNumber") or "")
        texts = (body.get("code"), body.get("content"), body.get("description"))
        numbers = find_all(" \n ".join(str(text) for text in texts if text))
        return News(
            NewsKind.PAID,
            amount=int(amount),
            order_numbers=tuple(numbers),
            # SePay names a virtual account in subAccount and the real one in accountNumber.
            account_matches=settings.VIETQR_ACCOUNT_NUMBER in {account, str(body.get("subAccount") or "")},
        )

    def ask(self, gateway_reference: str) -> dict[str, Any] | None:
        return None

    def cancel(self, gateway_reference: str) -> bool:
        """A QR code cannot be taken back; money that comes late is kept for a person to look at."""
        return False

    def refund(self, gateway_reference: str, amount: int, key: str) -> tuple[str | None, str]:
        raise GatewayError("a transfer is paid back by hand")

    def ask_refund(self, refund_reference: str) -> str:
        raise GatewayError("a transfer is paid back by hand")
