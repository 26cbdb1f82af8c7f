"""Money that came and that no order takes: too late, twice, another sum, an unknown code. It is never dropped.

A card's charge goes back by itself; what came by transfer waits for an administrator, who places it or sends it back.
"""

import datetime as dt
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
from payments.gateways import GatewayError, NewsKind, all_gateways, find_gateway
from payments.models import GatewayNews, NewsOutcome, RefundState
from payments.services.paying import GOES_BACK, apply_to_payment

log = structlog.get_logger(__name__)
MAX_REFERENCE = 60


def waits_for_a_person(news: GatewayNews) -> bool:
    """Whether there is money in it that nobody has placed or sent back, and that its gateway does not send back."""
    return holds_money(news) and not _goes_back_by_itself(news)


def _goes_back_by_itself(news: GatewayNews) -> bool:
    gateway = find_gateway(news.gateway)
    return news.outcome in GOES_BACK and gateway is not None and gateway.pays_back and not news.by_hand


def holds_money(news: GatewayNews) -> bool:
    done = {NewsOutcome.WAITING, NewsOutcome.APPLIED, NewsOutcome.IGNORED, NewsOutcome.UNREADABLE}
    return news.outcome not in done and news.settled_at is None


def may_be_placed(news: GatewayNews) -> bool:
    """A transfer may be meant for any order. A card's charge belongs to the payment that it was made for."""
    gateway = find_gateway(news.gateway)
    return waits_for_a_person(news) and gateway is not None and not gateway.pays_back


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
    if not may_be_placed(news):
        raise DomainError.of(
            ErrorCode.INVALID_STATE, _("A card's charge cannot pay another order. Send it back instead.")
        )
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
    if gateway is None or not holds_money(news) or not _goes_back_by_itself(news):
        return
    if news.settled_reference:
        _told(news, news.settled_reference, gateway.ask_refund(news.settled_reference))
        return
    if news.payment is None or news.payment.gateway_reference is None or news.amount is None:
        return
    # The payment's key, not the news': the same charge may be told of under several events.
    key = f"unplaced-{news.payment_id}"
    reference, state = gateway.refund(news.payment.gateway_reference, news.amount, key)
    _told(news, reference or "", state)


@transaction.atomic
def _told(news: GatewayNews, reference: str, state: str) -> None:
    """What the gateway says of giving it back."""
    if state == RefundState.FAILED:
        GatewayNews.objects.filter(pk=news.pk).update(by_hand=True, settled_reference="", settled_at=None)
        log.warning("news_needs_a_person", gateway=news.gateway, outcome=news.outcome, news=str(news.pk))
    elif state == RefundState.PENDING:
        GatewayNews.objects.filter(pk=news.pk, settled_at=None).update(settled_reference=reference)
    else:
        _settle(news, reference)
        audit.record(SYSTEM, "news.sent_back", news, after={"amount": news.amount})


def unplaced_ask(*, older_than_seconds: int, limit: int = 50) -> int:
    """Takes up what should go back by itself and has not. Returns how many were asked about."""
    since = timezone.now() - dt.timedelta(seconds=older_than_seconds)
    paying = [gateway.code for gateway in all_gateways() if gateway.pays_back]
    open_ones = GatewayNews.objects.filter(
        gateway__in=paying, outcome__in=GOES_BACK, settled_at=None, by_hand=False, updated_at__lt=since
    )
    asked = 0
    for news in open_ones.order_by("updated_at")[:limit]:
        GatewayNews.objects.filter(pk=news.pk).update(updated_at=timezone.now())
        asked += 1
        try:
            news_give_back(news.pk)
        except GatewayError as error:
            log.warning("gateway_does_not_answer", news=str(news.pk), error=str(error))
    return asked
