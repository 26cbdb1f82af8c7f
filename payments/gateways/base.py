"""What a gateway is.

A gateway never touches the database. `start` is the only call that may go out on the network when a payment
begins; it is keyed by the payment, so that calling it twice starts one payment. Money counts as arrived only by
news whose proof the webhook's view has checked; `read_news` translates such news and decides nothing.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from marketplace.core.errors import Text


class GatewayError(Exception):
    """The gateway could not be reached or refused; the payment may be tried again."""


class NewsKind(Enum):
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PROCESSING = "processing"
    # A refund that was thought done, or under way: `gateway_reference` is the refund's.
    REFUND_FAILED = "refund_failed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class News:
    """News in one form for all gateways.

    `payment_id` where the gateway carries ours; else `order_numbers`, the codes found in the memo. `amount` in đồng.
    `account_matches` is False where the money reached an account that is not ours.
    """

    kind: NewsKind
    amount: int | None = None
    payment_id: uuid.UUID | None = None
    order_numbers: tuple[str, ...] = ()
    gateway_reference: str | None = None
    account_matches: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a gateway needs to know to start a payment."""

    payment_id: uuid.UUID
    reference: str
    amount: int
    expires_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Started:
    """The gateway's own reference, and what the buyer's device needs to go on."""

    gateway_reference: str | None
    action: dict[str, Any]


class Gateway(Protocol):
    code: str
    currencies: list[str]
    min_amount: int | None
    # Whether it can be told to pay back.
    pays_back: bool

    @property
    def name(self) -> Text: ...

    @property
    def description(self) -> Text: ...

    def is_configured(self) -> bool:
        """Whether this installation has what the gateway needs."""
        ...

    def start(self, request: PaymentRequest) -> Started:
        """Begins a payment at the gateway. Raises GatewayError."""
        ...

    def read_news(self, body: dict[str, Any]) -> News:
        """Translates a stored body. Raises ValueError where it makes no sense."""
        ...

    def ask(self, gateway_reference: str) -> dict[str, Any] | None:
        """A body like a webhook's on how a payment stands, None where there is nothing to say. GatewayError."""
        ...

    def cancel(self, gateway_reference: str) -> bool:
        """Takes a payment back that has not been made; False where the gateway refuses. Raises GatewayError."""
        ...

    def refund(self, gateway_reference: str, amount: int, key: str) -> tuple[str | None, str]:
        """Pays back so many đồng, once per key: the refund's reference and its state. Raises GatewayError.

        The state is that of a Refund; FAILED where the gateway refuses for good.
        """
        ...

    def ask_refund(self, refund_reference: str) -> str:
        """The state of a refund. Raises GatewayError."""
        ...
