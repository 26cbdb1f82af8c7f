"""Where money goes back to that came by transfer."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.banks import BANKS
from catalog.checks import Problems
from catalog.identifiers import parse_bank_account
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode
from orders.access import access_order
from orders.models import Order
from orders.services.states import lock_order

MAX_NAME = 120


@transaction.atomic(durable=True)
def refund_account_set(
    *, actor: Actor, order_id: uuid.UUID | None, token: str | None, bank_bin: str, account: str, holder: str
) -> Order:
    """Keeps the buyer's bank account, encrypted, for what is paid back.

    Raises DomainError NOT_FOUND, INVALID, REQUIRED, TOO_LONG, or INVALID_STATE for an order that was never paid.
    """
    order = lock_order(access_order(actor, order_id, token, "orderId").pk)
    if order.paid_at is None:
        raise DomainError.of(ErrorCode.INVALID_STATE, _("Nothing was paid for this order."), "orderId")
    problems = Problems()
    number = parse_bank_account(account)
    if bank_bin not in BANKS:
        problems.note(ErrorCode.INVALID, _("Choose your bank from the list."), "bankBin")
    if number is None:
        problems.note(ErrorCode.INVALID, _("Please check the account number."), "account")
    name = problems.line(holder, MAX_NAME, "holder")
    if not name:
        problems.note(ErrorCode.REQUIRED, _("Whose account is it?"), "holder")
    problems.stop()
    order.refund_account = {"bank_bin": bank_bin, "account": number, "holder": name}
    Order.objects.filter(pk=order.pk).update(refund_account=order.refund_account, updated_at=timezone.now())
    audit.record(actor, "order.refund_account_set", order)
    return order
