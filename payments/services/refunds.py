"""Money back to buyers.

    a step of the order → refund row, counted at once → commit → the gateway is asked by a job, or an administrator
    pays by hand and writes down the bank's reference → the refund is SUCCEEDED or FAILED, the payment follows

What is counted can never be more than was paid: the database refuses it, for the payment and for the seller's part.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.access import Act, Relation
from marketplace.core import audit, idempotency
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.errors import DomainError, ErrorCode, Problem, not_found, raise_problems
from marketplace.core.money import format_money
from orders import access as order_access
from orders import messages
from orders import services as orders
from orders.models import Order, OrderLine, Return, SellerOrder
from payments.gateways import GatewayError, all_gateways, find_gateway
from payments.models import GatewayNews, Payment, PaymentState, Refund, RefundState

log = structlog.get_logger(__name__)
MAX_REASON, MAX_BANK_REFERENCE = 500, 60
PAY_BACK = Act(frozenset({Relation.OWNER, Relation.ADMIN}), order_access.WRITE)


def refund_open(
    *,
    actor: Actor,
    part_id: uuid.UUID,
    amount: int,
    reason: str,
    lines: Sequence[Mapping[str, Any]] = (),
    paid_already: bool = False,
    returned: Return | None = None,
) -> Refund | None:
    """Owes the buyer this much of a part, and sees to it that it is paid. None where nothing was paid, or is owed.

    Runs inside the caller's transaction, which holds the order's lock. Raises DomainError OUT_OF_RANGE.
    """
    part = SellerOrder.objects.select_related("order").get(pk=part_id)
    paid = [PaymentState.PAID, PaymentState.PARTLY_REFUNDED, PaymentState.REFUNDED]
    payment = Payment.objects.filter(order=part.order_id, state__in=paid, seller_order=None).first()
    if payment is None or amount == 0:
        return None
    counted = Payment.objects.filter(pk=payment.pk, refunded__lte=F("amount") - amount).update(
        refunded=F("refunded") + amount
    )
    if not counted or not orders.part_refunded(part_id=part.pk, amount=amount):
        raise DomainError.of(
            ErrorCode.OUT_OF_RANGE,
            _("At most %(left)s can still go back.") % {"left": format_money(part.total - part.refunded)},
            "amount",
        )
    number = Refund.objects.filter(seller_order=part).count() + 1
    refund = Refund.objects.create(
        seller_order=part,
        payment=payment,
        amount=amount,
        reason=reason[:MAX_REASON],
        lines=[{"line": str(line["line_id"]), "quantity": line["quantity"]} for line in lines],
        reference=f"{part.number}-H{number}",
        returned=returned,
    )
    orders.tell_step(part.order, "refunded", part=part, amount=amount)
    audit.record(actor, "refund.opened", refund, after={"amount": amount}, reason=reason)
    if by_hand(payment):
        if part.order.refund_account is None and not paid_already:
            messages.where_to_pay(part.order, amount)
    else:
        from payments.jobs import send_refund

        send_refund.defer(refund_id=str(refund.pk))
    return refund


def refund_return(return_id: uuid.UUID, owed: int) -> None:
    """Pays for what came back; where nothing is owed any more the return is done.

    Runs inside the caller's transaction.
    """
    wanted = Return.objects.get(pk=return_id)
    lines = [
        {"line_id": item.line_id, "quantity": item.quantity} for item in wanted.lines.order_by("line_id")
    ]
    made = refund_open(
        actor=SYSTEM,
        part_id=wanted.seller_order_id,
        amount=_still_owed(wanted, owed),
        reason="",
        lines=lines,
        returned=wanted,
    )
    if made is None:
        orders.return_refunded(return_id=return_id)


def by_hand(payment: Payment) -> bool:
    """Whether a person pays it back: a transfer cannot be undone by whoever received it."""
    gateway = find_gateway(payment.gateway)
    return gateway is None or not gateway.pays_back


@transaction.atomic(durable=True)
def refund_create(
    *,
    actor: Actor,
    part_id: uuid.UUID | None,
    amount: int,
    lines: Sequence[Mapping[str, Any]] | None,
    reason: str,
    bank_reference: str | None,
    idempotency_key: str,
) -> Refund:
    """Pays back some of a part, by its seller or an administrator.

    `bank_reference`: an administrator has paid it by hand already. Raises DomainError NOT_FOUND, FORBIDDEN, REQUIRED,
    TOO_LONG, OUT_OF_RANGE, INVALID_STATE, IDEMPOTENCY_MISMATCH.
    """
    part = order_access.access_part(actor, PAY_BACK, part_id, "sellerOrderId")
    words = " ".join(reason.split())
    reference = (bank_reference or "").strip()
    _check(actor, part, amount, lines or (), words, reference)

    def perform() -> Refund:
        orders.lock_order(part.order_id)
        refund = refund_open(
            actor=actor,
            part_id=part.pk,
            amount=amount,
            reason=words,
            lines=lines or (),
            paid_already=bool(reference),
        )
        if refund is None:
            raise DomainError.of(
                ErrorCode.INVALID_STATE,
                _("Nothing was paid for this, so nothing can go back."),
                "sellerOrderId",
            )
        if reference:
            _paid_by_hand(actor, refund, reference)
        return refund

    refund, _fresh = idempotency.once(
        scope=f"seller_order:{part.pk}",
        operation="refundCreate",
        key=idempotency_key,
        payload={"amount": amount, "lines": lines, "reason": words, "bank": reference},
        model=Refund,
        perform=perform,
    )
    return Refund.objects.get(pk=refund.pk)


def _check(
    actor: Actor,
    part: SellerOrder,
    amount: int,
    lines: Sequence[Mapping[str, Any]],
    reason: str,
    reference: str,
) -> None:
    problems: list[Problem] = []
    if amount < 1:
        problems.append(Problem(ErrorCode.OUT_OF_RANGE, _("The amount is at least 1 đ."), ("amount",)))
    if not reason:
        problems.append(Problem(ErrorCode.REQUIRED, _("Say why: the buyer reads it."), ("reason",)))
    for name, text, limit in (
        ("reason", reason, MAX_REASON),
        ("bankReference", reference, MAX_BANK_REFERENCE),
    ):
        if len(text) > limit:
            problems.append(
                Problem(ErrorCode.TOO_LONG, _("At most %(limit)s characters.") % {"limit": limit}, (name,))
            )
    if reference and not actor.is_admin:
        problems.append(
            Problem(
                ErrorCode.FORBIDDEN,
                _("The market pays this back. Leave the bank's reference out."),
                ("bankReference",),
            )
        )
    there = {line.pk: line.quantity for line in OrderLine.objects.filter(seller_order=part)} if lines else {}
    for index, line in enumerate(lines):
        if line["line_id"] not in there:
            problems += not_found("lines", str(index), "lineId").problems
        elif not 1 <= line["quantity"] <= there[line["line_id"]]:
            problems.append(
                Problem(
                    ErrorCode.OUT_OF_RANGE,
                    _("So many were not bought."),
                    ("lines", str(index), "quantity"),
                )
            )
    raise_problems(problems)


# --- How it ends ------------------------------------------------------------------------------------------------
def _lock(refund_id: uuid.UUID) -> Refund:
    """The refund as it stands, under its order's lock."""
    refund = Refund.objects.select_related("seller_order").get(pk=refund_id)
    orders.lock_order(refund.seller_order.order_id)
    return Refund.objects.select_related("seller_order__order", "seller_order__seller", "payment").get(
        pk=refund_id
    )


@transaction.atomic(durable=True)
def refund_complete(*, actor: Actor, refund_id: uuid.UUID, bank_reference: str) -> Refund:
    """An administrator has paid it back by hand. Raises DomainError FORBIDDEN, REQUIRED, TOO_LONG, INVALID_STATE."""
    if not actor.is_admin:
        raise DomainError.of(ErrorCode.FORBIDDEN, _("Only an administrator pays back by hand."))
    reference = bank_reference.strip()
    if not reference:
        raise DomainError.of(
            ErrorCode.REQUIRED, _("Give the bank's reference of the transfer."), "bankReference"
        )
    if len(reference) > MAX_BANK_REFERENCE:
        raise DomainError.of(
            ErrorCode.TOO_LONG,
            _("At most %(limit)s characters.") % {"limit": MAX_BANK_REFERENCE},
            "bankReference",
        )
    refund = _lock(refund_id)
    if not waits_for_a_person(refund):
        raise DomainError.of(ErrorCode.INVALID_STATE, _("This refund does not wait for a transfer."))
    if refund.state == RefundState.FAILED and not _count_again(refund):
        raise DomainError.of(ErrorCode.OUT_OF_RANGE, _("It has been paid back in another way already."))
    _paid_by_hand(actor, refund, reference)
    return Refund.objects.get(pk=refund.pk)


def _still_owed(wanted: Return, owed: int) -> int:
    """Without what went back for these things before: together never more than what came back of them has cost."""
    items = list(wanted.lines.select_related("line"))
    keys = {str(item.line_id) for item in items}
    back = Refund.objects.filter(seller_order=wanted.seller_order_id).exclude(state=RefundState.FAILED)
    before = sum(row.amount for row in back if row.lines and {item["line"] for item in row.lines} <= keys)
    price = sum(item.line.unit_price * item.quantity for item in items)
    bound = sum(item.line.unit_price * item.line.returned for item in items) + max(owed - price, 0)
    return max(min(owed, bound - before), 0)


def refunds_open_of(orders: QuerySet[Order]) -> bool:
    """Whether money of these orders is still to go back: then somebody has to know where to."""
    return Refund.objects.filter(
        seller_order__order__in=orders.values("pk"), state__in=[RefundState.PENDING, RefundState.FAILED]
    ).exists()


def waits_for_a_person(refund: Refund) -> bool:
    """Whether somebody has to transfer it: what came by transfer, and what a gateway would not pay back."""
    if refund.state == RefundState.PENDING:
        return refund.gateway_reference is None and by_hand(refund.payment)
    return refund.state == RefundState.FAILED


def _count_again(refund: Refund) -> bool:
    counted = Payment.objects.filter(pk=refund.payment_id, refunded__lte=F("amount") - refund.amount).update(
        refunded=F("refunded") + refund.amount
    )
    if not counted or not orders.part_refunded(part_id=refund.seller_order_id, amount=refund.amount):
        return False
    return bool(Refund.objects.filter(pk=refund.pk).update(state=RefundState.PENDING))


def _paid_by_hand(actor: Actor, refund: Refund, reference: str) -> None:
    Refund.objects.filter(pk=refund.pk).update(bank_reference=reference)
    audit.record(actor, "refund.paid_by_hand", refund, after={"amount": refund.amount})
    _succeed(refund)


def _succeed(refund: Refund) -> None:
    now = timezone.now()
    moved = Refund.objects.filter(pk=refund.pk, state=RefundState.PENDING).update(
        state=RefundState.SUCCEEDED, failure_reason="", finished_at=now, updated_at=now
    )
    if not moved:
        return
    payment = Payment.objects.get(pk=refund.payment_id)
    back = Refund.objects.filter(payment=payment, state=RefundState.SUCCEEDED).aggregate(sum=Sum("amount"))[
        "sum"
    ]
    to = PaymentState.REFUNDED if back == payment.amount else PaymentState.PARTLY_REFUNDED
    Payment.objects.filter(
        pk=payment.pk, state__in=[PaymentState.PAID, PaymentState.PARTLY_REFUNDED, PaymentState.DISPUTED]
    ).update(state=to, updated_at=now)
    part = SellerOrder.objects.select_related("order", "seller").get(pk=refund.seller_order_id)
    orders.tell_step(part.order, "refund_done", part=part, amount=refund.amount)
    orders.part_touch(part.pk)
    if refund.returned_id is not None:
        orders.return_refunded(return_id=refund.returned_id)
    audit.record(SYSTEM, "refund.succeeded", refund, after={"amount": refund.amount})
    messages.paid_back(part.order, refund.amount)


def _fail(refund: Refund, reason: str) -> None:
    """The gateway would not: the money is still here, so it counts as refunded no more. A person sees to it."""
    now = timezone.now()
    moved = (
        Refund.objects.filter(pk=refund.pk, bank_reference="")
        .exclude(state=RefundState.FAILED)
        .update(state=RefundState.FAILED, failure_reason=reason[:200], finished_at=now, updated_at=now)
    )
    if not moved:
        return
    Payment.objects.filter(pk=refund.payment_id).update(refunded=F("refunded") - refund.amount)
    if refund.state == RefundState.SUCCEEDED:
        _undo_success(refund)
    orders.part_refunded(part_id=refund.seller_order_id, amount=-refund.amount)
    part = SellerOrder.objects.select_related("order", "seller").get(pk=refund.seller_order_id)
    orders.tell_step(part.order, "refund_failed", part=part, amount=refund.amount)
    if part.order.refund_account is None:
        messages.where_to_pay(part.order, refund.amount)
    audit.record(SYSTEM, "refund.failed", refund, reason=reason)
    log.warning("refund_needs_a_person", refund=str(refund.pk), reason=reason)


def _undo_success(refund: Refund) -> None:
    """What was thought to be with the buyer is not: payment and return are where they were before."""
    payment = Payment.objects.get(pk=refund.payment_id)
    left = Refund.objects.filter(payment=payment, state=RefundState.SUCCEEDED).exists()
    Payment.objects.filter(
        pk=payment.pk, state__in=[PaymentState.REFUNDED, PaymentState.PARTLY_REFUNDED]
    ).update(state=PaymentState.PARTLY_REFUNDED if left else PaymentState.PAID, updated_at=timezone.now())
    if refund.returned_id is not None:
        orders.return_unpaid(return_id=refund.returned_id)


def refund_failed_late(*, gateway: str, reference: str | None, reason: str) -> bool:
    """A refund that was done, or under way, came back. Runs inside the caller's transaction. False for none of ours."""
    rows = Refund.objects.filter(gateway_reference=reference, payment__gateway=gateway)
    known = rows.values_list("pk", flat=True).first() if reference else None
    if known is None:
        # A charge that no order took: it is with us again, and waits for a person.
        came_back = GatewayNews.objects.filter(gateway=gateway, settled_reference=reference or "-")
        return bool(
            came_back.update(by_hand=True, settled_reference="", settled_at=None, updated_at=timezone.now())
        )
    _fail(_lock(known), reason or "gateway")
    return True


def refund_send(refund_id: uuid.UUID) -> None:
    """Asks the gateway to pay it back, outside any transaction. Run twice it pays once: the key is the refund's.

    Raises GatewayError so that the job runs again.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    gateway = find_gateway(refund.payment.gateway)
    if refund.state != RefundState.PENDING or gateway is None or refund.payment.gateway_reference is None:
        return
    known = refund.gateway_reference
    try:
        if known is None:
            paid_by = refund.payment.gateway_reference
            known, state = gateway.refund(paid_by, refund.amount, f"refund-{refund.pk}")
        else:
            state = gateway.ask_refund(known)
    except GatewayError as error:
        # Shown to administrators while it stays open.
        Refund.objects.filter(pk=refund.pk).update(failure_reason=str(error)[:200])
        raise
    _refund_told(refund_id, known, state)


@transaction.atomic(durable=True)
def _refund_told(refund_id: uuid.UUID, reference: str | None, state: str) -> None:
    refund = _lock(refund_id)
    if reference and refund.gateway_reference is None:
        Refund.objects.filter(pk=refund.pk).update(gateway_reference=reference, updated_at=timezone.now())
    if state == RefundState.SUCCEEDED:
        _succeed(refund)
    elif state == RefundState.FAILED:
        _fail(refund, "gateway")


def refunds_ask(*, older_than_seconds: int, limit: int = 50) -> int:
    """Asks gateways again about refunds that stay open. Returns how many were asked about."""
    since = timezone.now() - dt.timedelta(seconds=older_than_seconds)
    paying = [gateway.code for gateway in all_gateways() if gateway.pays_back]
    open_ones = Refund.objects.filter(
        state=RefundState.PENDING, created_at__lt=since, payment__gateway__in=paying
    )
    asked = 0
    # What was asked about longest ago comes first, so that none waits behind others for good.
    for refund in open_ones.order_by("updated_at")[:limit]:
        Refund.objects.filter(pk=refund.pk).update(updated_at=timezone.now())
        asked += 1
        try:
            refund_send(refund.pk)
        except GatewayError as error:
            log.warning("gateway_does_not_answer", refund=str(refund.pk), error=str(error))
    return asked
