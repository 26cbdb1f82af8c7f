"""Money that came and that no order takes: too late, twice, another sum, an unknown code. It is never dropped.

A card's charge goes back by itself; what came by transfer waits for an administrator, who places it or sends it back.
"""

import uuid
from dataclasses import replace

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core import audit
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.errors import DomainError, ErrorCode, not_found
from orders.models import Order, OrderState
from payments.gateways import GatewayError, NewsKind, find_gateway
from payments.models import GatewayNews, NewsOutcome, RefundState
from payments.services.paying import GOES_BACK, apply_to_payment

log = structlog.get_logger(__name__)
MAX_REFERENCE = 60


def waits_for_a_person(news: GatewayNews) -> bool:
    """Whether there is money in it that nobody has placed or sent back."""
    done = {NewsOutcome.WAITING, NewsOutcome.APPLIED, NewsOutcome.IGNORED, NewsOutcome.UNREADABLE}
    return news.outcome not in done and news.settled_at is None


def _open(actor: Actor, news_id: uuid.UUID) -> GatewayNews:
    if not actor.is_admin:
        raise DomainError.of(ErrorCode.FORBIDDEN, _("Only an administrator pays back by hand."))
    news = GatewayNews.objects.select_for_update(no_key=True, of=("self",)).get(pk=news_id)
    if not waits_for_a_person(news):
        raise DomainError.of(ErrorCode.INVALID_STATE, _("There is no money in it that waits for somebody."))
    return news


@transaction.atomic(durable=True)
def news_place(*, actor: Actor, news_id: uuid.UUID, order_number: str) -> GatewayNews:
    """An administrator knows which order it is for: its sum pays that order, which has to wait for just that.

    Raises DomainError FORBIDDEN, NOT_FOUND, INVALID_STATE, AMOUNT_MISMATCH.
    """
    news = _open(actor, news_id)
    number = "".join(order_number.split()).upper()
    order = Order.objects.filter(number=number).first()
    if order is None:
        raise not_found("note")
    gateway = find_gateway(news.gateway)
    told = gateway.read_news(news.body) if gateway is not None else None
    if told is None or told.kind is not NewsKind.PAID:
        raise DomainError.of(ErrorCode.INVALID_STATE, _("There is no money in it that waits for somebody."))
    if order.state != OrderState.AWAITING_PAYMENT:
        raise DomainError.of(
            ErrorCode.INVALID_STATE, _("This order no longer waits for money. Send it back instead."), "note"
        )
    if told.amount != order.total:
        raise DomainError.of(ErrorCode.AMOUNT_MISMATCH, _("This order costs another sum."), "note")
    placed = replace(told, payment_id=None, gateway_reference=None, order_numbers=(order.number,))
    if apply_to_payment(news, placed) != NewsOutcome.APPLIED:
        raise DomainError.of(
            ErrorCode.INVALID_STATE, _("This order no longer waits for money. Send it back instead."), "note"
        )
    audit.record(actor, "news.placed", news, after={"order": order.number})
    return news


@transaction.atomic(durable=True)
def news_sent_back(*, actor: Actor, news_id: uuid.UUID, bank_reference: str) -> GatewayNews:
    """An administrator has sent the money back by hand. Raises DomainError FORBIDDEN, REQUIRED, INVALID_STATE."""
    news = _open(actor, news_id)
    reference = bank_reference.strip()
    if not reference or len(reference) > MAX_REFERENCE:
        raise DomainError.of(
            ErrorCode.REQUIRED, _("Give the bank's reference of the transfer."), "bankReference"
        )
    _settle(news, reference)
    audit.record(actor, "news.sent_back", news, after={"amount": news.amount})
    return news


def _settle(news: GatewayNews, reference: str) -> None:
    now = timezone.now()
    GatewayNews.objects.filter(pk=news.pk, settled_at=None).update(
        settled_at=now, settled_reference=reference, updated_at=now
    )


def news_give_back(news_id: uuid.UUID) -> None:
    """Asks the gateway to give a charge back that no order takes, outside any transaction. Run twice it pays once.

    Raises GatewayError so that the job runs again; what the gateway refuses waits for a person.
    """
    news = GatewayNews.objects.select_related("payment").get(pk=news_id)
    gateway = find_gateway(news.gateway)
    if gateway is None or news.outcome not in GOES_BACK or not waits_for_a_person(news):
        return
    if news.payment is None or news.payment.gateway_reference is None or news.amount is None:
        return
    # The payment's key, not the news': the same charge may be told of under several events.
    key = f"unplaced-{news.payment_id}"
    reference, state = gateway.refund(news.payment.gateway_reference, news.amount, key)
    if state == RefundState.FAILED:
        log.warning("news_needs_a_person", gateway=news.gateway, outcome=news.outcome, news=str(news.pk))
        return
    if state == RefundState.PENDING:
        raise GatewayError("the refund is still under way")
    with transaction.atomic():
        _settle(news, reference or key)
        audit.record(SYSTEM, "news.sent_back", news, after={"amount": news.amount})
