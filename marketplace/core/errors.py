"""Failures that a caller can do something about.

Exception
├── DomainError      a rule said no: becomes `userErrors` in a mutation's payload
└── RequestError     the request itself is at fault: becomes a top-level error with `extensions.code`
    └── Unauthenticated
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ErrorCode(str, Enum):
    """Stable codes of UserError, the same as in the public contract."""

    REQUIRED = "REQUIRED"
    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    CONFLICT = "CONFLICT"
    TOO_LONG = "TOO_LONG"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    DUPLICATE = "DUPLICATE"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    NOT_FOR_SALE = "NOT_FOR_SALE"
    PRICE_CHANGED = "PRICE_CHANGED"
    CART_EMPTY = "CART_EMPTY"
    CART_EXPIRED = "CART_EXPIRED"
    VOUCHER_INVALID = "VOUCHER_INVALID"
    SHIPPING_UNAVAILABLE = "SHIPPING_UNAVAILABLE"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    PAYMENT_UNAVAILABLE = "PAYMENT_UNAVAILABLE"
    ALREADY_PAID = "ALREADY_PAID"
    AMOUNT_MISMATCH = "AMOUNT_MISMATCH"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    INVALID_STATE = "INVALID_STATE"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    FILE_TYPE = "FILE_TYPE"
    FILE_BROKEN = "FILE_BROKEN"
    RATE_LIMITED = "RATE_LIMITED"
    LIMIT_REACHED = "LIMIT_REACHED"
    CONFIRMATION_NEEDED = "CONFIRMATION_NEEDED"


Text = str | Promise


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing the caller got wrong. `field` is the path from the argument's name, indices as strings."""

    code: ErrorCode
    message: Text
    field: tuple[str, ...] = ()


class DomainError(Exception):
    """A rule refused the act; nothing was changed. Carries one or more problems."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(", ".join(problem.code.value for problem in problems))

    @classmethod
    def of(cls, code: ErrorCode, message: Text, *field: str) -> "DomainError":
        return cls(Problem(code, message, field))


def raise_problems(problems: Sequence[Problem]) -> None:
    """Raises DomainError where there is at least one problem."""
    if problems:
        raise DomainError(*problems)


def not_found(*field: str) -> DomainError:
    """Another's object and a missing one answer the same."""
    return DomainError.of(
        ErrorCode.NOT_FOUND,
        _("We could not find it. It may have been removed, or the link is wrong."),
        *field,
    )


class RequestError(Exception):
    """A fault of the request, told at the top of the answer. `code` is one of the contract's extension codes."""

    def __init__(self, code: str, message: Text) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


class Unauthenticated(RequestError):
    def __init__(self) -> None:
        super().__init__("UNAUTHENTICATED", _("Please sign in first."))
