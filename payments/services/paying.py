"""Writes of payments.

    paying   intent row → commit → call the gateway → record its answer
    news     checked by its view → stored raw → commit → applied by a job, in any order, however often it came

A payment moves only along MOVES, by conditional UPDATE. Locks: news, order, payment, variants.
"""

import datetime as dt
import uuid
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core import audit, idempotency
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.errors import DomainError, ErrorCode, not_found
from orders import queries as order_queries
from orders import services as orders
from orders.models import Order, OrderState
from payments.gateways import Gateway, GatewayError, News, NewsKind, find_gateway
from payments.gateways.base import PaymentRequest, Started
from payments.models import GatewayNews, NewsOutcome, Payment, PaymentState
from payments.services.refunds import refund_failed_late

log = structlog.get_logger(__name__)

P = PaymentState
# A charge that no order will ever take.
GOES_BACK = frozenset({NewsOutcome.TOO_LATE, NewsOutcome.PAID_TWICE})
MOVES: dict[str, frozenset[str]] = {
    P.PENDING: frozenset({P.PROCESSING, P.PAID, P.FAILED, P.CANCELLED, P.EXPIRED}),
    P.PROCESSING: frozenset({P.PAID, P.FAILED, P.CANCELLED, P.EXPIRED}),
    # A card that was refused may be tried again on the same intent.
    P.FAILED: frozenset({P.PROCESSING, P.PAID, P.CANCELLED, P.EXPIRED}),
    P.PAID: frozenset({P.DISPUTED, P.PARTLY_REFUNDED, P.REFUNDED}),
    P.PARTLY_REFUNDED: frozenset({P.REFUNDED, P.DISPUTED}),
    P.DISPUTED: frozenset({P.PAID, P.REFUNDED}),
    P.CANCELLED: frozenset(),
    P.EXPIRED: frozenset(),
    P.REFUNDED: frozenset(),
}


def _move(payment: Payment, to: str, **changes: Any) -> bool:
    """Moves a payment if its state allows it; False where it does not."""
    allowed_from = [state for state, targets in MOVES.items() if to in targets]
    moved = Payment.objects.filter(pk=payment.pk, state__in=allowed_from).update(
        state=to, updated_at=timezone.now(), **changes
    )
    return bool(moved)


# --- Paying -------------------------------------------------------------------------------------------------
def payment_create(
    *, actor: Actor, order_id: uuid.UUID | None, gateway: str, token: str | None, idempotency_key: str
) -> Payment:
    """Starts a payment of everything an order still owes.

    Raises DomainError NOT_FOUND, ALREADY_PAID, INVALID_STATE, PAYMENT_UNAVAILABLE (gateway away, or not offered).
    """
    chosen = find_gateway(gateway)
    if chosen is None:
        raise DomainError.of(
            ErrorCode.PAYMENT_UNAVAILABLE,
            _("This way to pay is not offered here. Choose another."),
            "gateway",
        )
    payment = _payment_intend(actor, order_id, chosen, token, idempotency_key)
    if not payment.action:
        _payment_start(payment, chosen)
    return payment


@transaction.atomic(durable=True)
def _payment_intend(
    actor: Actor, order_id: uuid.UUID | None, gateway: Gateway, token: str | None, key: str
) -> Payment:
    order = order_queries.order_for(actor, order_id=order_id, token=token) if order_id else None
    if order is None:
        raise not_found("orderId")
    payment, _fresh = idempotency.once(
        scope=f"order:{order.pk}",
        operation="paymentCreate",
        key=key,
        payload={"order": str(order.pk), "gateway": gateway.code},
        model=Payment,
        perform=lambda: _intend(actor, order.pk, gateway),
    )
    return payment


def _intend(actor: Actor, order_id: uuid.UUID, gateway: Gateway) -> Payment:
    order = Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
    if order.paid_at is not None:
        raise DomainError.of(
            ErrorCode.ALREADY_PAID, _("This order is paid already. Nothing more is due."), "orderId"
        )
    if order.state != OrderState.AWAITING_PAYMENT:
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("This order can no longer be paid: it was not paid in time. Please order again."),
            "orderId",
        )
    if gateway.min_amount is not None and order.total < gateway.min_amount:
        raise DomainError.of(
            ErrorCode.PAYMENT_UNAVAILABLE, _("The amount is too small for this way to pay."), "gateway"
        )
    if gateway.code == "vietqr":
        # One code an order: its memo is the order's number, however often the page is opened.
        open_one = Payment.objects.filter(order=order, gateway="vietqr").first()
        if open_one is not None:
            return open_one
        reference = order.number
    else:
        reference = f"{order.number}-{Payment.objects.filter(order=order).count() + 1}"
    payment = Payment.objects.create(
        order=order,
        gateway=gateway.code,
        amount=order.total,
        reference=reference,
        expires_at=order.pay_before,
    )
    audit.record(actor, "payment.created", payment, after={"gateway": gateway.code, "amount": payment.amount})
    return payment


def _payment_start(payment: Payment, gateway: Gateway) -> None:
    """Calls the gateway outside any transaction and records its answer. News may come first: it moves no state."""
    request = PaymentRequest(payment.pk, payment.reference, payment.amount, payment.expires_at)
    try:
        started = gateway.start(request)
    except GatewayError as error:
        log.warning("payment_start_failed", payment=str(payment.pk), gateway=gateway.code, error=str(error))
        raise DomainError.of(
            ErrorCode.PAYMENT_UNAVAILABLE,
            _(
                "The payment service does not answer. Your order is kept; try again or choose another way to pay."
            ),
            "gateway",
        ) from error
    _payment_started(payment, started)


@transaction.atomic(durable=True)
def _payment_started(payment: Payment, started: Started) -> None:
    Payment.objects.filter(pk=payment.pk).update(
        action=started.action, gateway_reference=started.gateway_reference, updated_at=timezone.now()
    )
    payment.refresh_from_db()
    if payment.state in {P.CANCELLED, P.EXPIRED}:
        # Its order ended while the gateway was asked: whoever ended it knew no reference to take back.
        _take_back(payment)


# --- News ---------------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def news_store(*, gateway: str, event_id: str, body: dict[str, Any]) -> bool:
    """Keeps news whose proof was checked, once, and defers its job in the same transaction. False for a double."""
    from payments.jobs import apply_news

    rows = GatewayNews.objects.bulk_create(
        [GatewayNews(gateway=gateway, event_id=event_id, body=body)], ignore_conflicts=True
    )
    stored = GatewayNews.objects.filter(pk=rows[0].pk).exists()
    if stored:
        apply_news.defer(news_id=str(rows[0].pk))
    return stored


@transaction.atomic(durable=True)
def news_apply(*, news_id: uuid.UUID) -> str:
    """Draws the consequence of one piece of news and writes it down as its outcome. Safe to run again."""
    news = GatewayNews.objects.select_for_update(no_key=True, of=("self",)).get(pk=news_id)
    if news.outcome != NewsOutcome.WAITING:
        return news.outcome
    gateway = find_gateway(news.gateway)
    try:
        told = gateway.read_news(news.body) if gateway else None
    except (ValueError, KeyError, TypeError, AttributeError):
        told = None
    if told is None:
        return _conclude(news, NewsOutcome.UNREADABLE)
    news.amount = told.amount
    if told.kind is NewsKind.OTHER:
        return _conclude(news, NewsOutcome.IGNORED)
    if told.kind is NewsKind.REFUND_FAILED:
        known = refund_failed_late(gateway=news.gateway, reference=told.gateway_reference, reason=told.reason)
        return _conclude(news, NewsOutcome.APPLIED if known else NewsOutcome.IGNORED)
    if not told.account_matches:
        return _conclude(news, NewsOutcome.WRONG_ACCOUNT)
    return apply_to_payment(news, told)


def _conclude(news: GatewayNews, outcome: str, payment: Payment | None = None) -> str:
    news.outcome, news.payment, news.applied_at = outcome, payment, timezone.now()
    news.save(update_fields=["outcome", "payment", "amount", "applied_at", "updated_at"])
    if outcome in GOES_BACK:
        from payments.jobs import give_back

        gateway = find_gateway(news.gateway)
        if gateway is not None and gateway.pays_back:
            give_back.defer(news_id=str(news.pk))
    if outcome not in {NewsOutcome.APPLIED, NewsOutcome.IGNORED}:
        log.warning("news_needs_a_person", gateway=news.gateway, outcome=outcome, news=str(news.pk))
    return outcome


def apply_to_payment(news: GatewayNews, told: News) -> str:
    """Runs inside the caller's transaction, which holds the news' lock. Returns the outcome."""
    order = _order_of(news, told)
    if order is None:
        return _conclude(news, NewsOutcome.UNKNOWN_CODE)
    payment = _payment_of(news, told, order)
    if payment is None:
        return _conclude(news, NewsOutcome.UNKNOWN_CODE)
    match told.kind:
        case NewsKind.PAID:
            return _paid(news, told, payment, order)
        case NewsKind.FAILED:
            moved = _move(payment, P.FAILED, failure_reason=told.reason[:200])
        case NewsKind.CANCELLED:
            moved = _move(payment, P.CANCELLED)
        case _:
            moved = _move(payment, P.PROCESSING)
    # Old news about a payment that has moved on changes nothing.
    return _conclude(news, NewsOutcome.APPLIED if moved else NewsOutcome.IGNORED, payment)


def _order_of(news: GatewayNews, told: News) -> Order | None:
    """The one order the news speaks of, locked. Two codes in one memo are for a person to judge."""
    if told.payment_id is not None:
        wanted = Order.objects.filter(payments__pk=told.payment_id, payments__gateway=news.gateway)
    elif told.gateway_reference is not None:
        wanted = Order.objects.filter(
            payments__gateway_reference=told.gateway_reference, payments__gateway=news.gateway
        )
    else:
        wanted = Order.objects.filter(number__in=told.order_numbers)
    found = list(wanted.values_list("pk", flat=True)[:2])
    if len(found) != 1:
        return None
    return Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=found[0])


def _payment_of(news: GatewayNews, told: News, order: Order) -> Payment | None:
    payments = Payment.objects.filter(order=order, gateway=news.gateway)
    if told.payment_id is not None:
        return payments.filter(pk=told.payment_id).first()
    if told.gateway_reference is not None:
        return payments.filter(gateway_reference=told.gateway_reference).first()
    # A buyer may transfer by the number alone, before any payment was started on the page.
    payment = payments.first()
    if payment is None:
        payment = Payment.objects.create(
            order=order,
            gateway=news.gateway,
            amount=order.total,
            reference=order.number,
            expires_at=order.pay_before,
        )
    return payment


def _paid(news: GatewayNews, told: News, payment: Payment, order: Order) -> str:
    if told.amount != payment.amount:
        return _conclude(news, NewsOutcome.WRONG_AMOUNT, payment)
    if told.gateway_reference is not None and payment.paid_at is not None:
        # The same charge under another event: a webhook after we asked, or the gateway repeating itself.
        return _conclude(news, NewsOutcome.IGNORED, payment)
    if order.paid_at is not None:
        return _conclude(news, NewsOutcome.PAID_TWICE, payment)
    if order.state != OrderState.AWAITING_PAYMENT:
        return _conclude(news, NewsOutcome.TOO_LATE, payment)
    if not _move(payment, P.PAID, paid_at=timezone.now(), failure_reason=""):
        return _conclude(news, NewsOutcome.TOO_LATE, payment)
    if not orders.order_mark_paid(order_id=order.pk):
        raise RuntimeError("an order that was locked and waiting refused its payment")
    audit.record(SYSTEM, "payment.paid", payment, before={"state": payment.state}, after={"state": P.PAID})
    for other in Payment.objects.filter(order=order).exclude(pk=payment.pk):
        _end(other, P.CANCELLED)
    return _conclude(news, NewsOutcome.APPLIED, payment)


# --- What time does ------------------------------------------------------------------------------------------
def payments_end_with_order(order_id: uuid.UUID) -> None:
    """Ends the open payments of an order that ended. Runs inside the caller's transaction."""
    for payment in Payment.objects.filter(order=order_id):
        _end(payment, P.EXPIRED)


def _end(payment: Payment, to: str) -> None:
    """Ends a payment that is open, here and at its gateway. Runs inside the caller's transaction."""
    if _move(payment, to):
        # Read anew: the reference may have come since.
        payment.refresh_from_db()
        _take_back(payment)


def _take_back(payment: Payment) -> None:
    from payments.jobs import cancel_at_gateway

    if payment.gateway_reference:
        cancel_at_gateway.defer(payment_id=str(payment.pk))


def payment_cancel_at_gateway(payment_id: uuid.UUID) -> None:
    """Takes an ended payment back at its gateway. GatewayError is raised so that the job runs again.

    Where the gateway refuses, it is asked why: a charge in the last second is kept as news, though its webhook be lost.
    """
    payment = Payment.objects.get(pk=payment_id)
    gateway = find_gateway(payment.gateway)
    if gateway is None or not payment.gateway_reference or gateway.cancel(payment.gateway_reference):
        return
    _ask_about(gateway, payment.gateway_reference)


def _ask_about(gateway: Gateway, gateway_reference: str) -> bool:
    """Stores what the gateway says of a payment as news. True where there was something new. Raises GatewayError."""
    body = gateway.ask(gateway_reference)
    return body is not None and news_store(gateway=gateway.code, event_id=str(body["id"])[:120], body=body)


def payments_ask(*, older_than_seconds: int, limit: int = 50) -> int:
    """Asks gateways about payments that stay open, and stores what they say as news. Returns how many had news."""
    since = timezone.now() - dt.timedelta(seconds=older_than_seconds)
    open_ones = Payment.objects.filter(
        state__in=[P.PENDING, P.PROCESSING, P.FAILED], created_at__lt=since, gateway_reference__isnull=False
    ).order_by("created_at")[:limit]
    told = 0
    for payment in open_ones:
        gateway = find_gateway(payment.gateway)
        if gateway is None or payment.gateway_reference is None:
            continue
        try:
            told += _ask_about(gateway, payment.gateway_reference)
        except GatewayError as error:
            log.warning("gateway_does_not_answer", gateway=gateway.code, error=str(error))
    return told
