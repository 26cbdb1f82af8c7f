"""Jobs of payments."""

import uuid

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from payments import services

ASK_AFTER_SECONDS = 300
# A buyer waits for the page to turn: this goes before pictures and mails.
MONEY_FIRST = 50
# Tries after 4, 16, 64 … seconds, the last after more than four hours: an outage ends before they do.
PATIENTLY = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.task(queue="payments", priority=MONEY_FIRST, retry=PATIENTLY)
def apply_news(news_id: str) -> None:
    services.news_apply(news_id=uuid.UUID(news_id))


@app.task(queue="payments", retry=PATIENTLY)
def cancel_at_gateway(payment_id: str) -> None:
    services.payment_cancel_at_gateway(uuid.UUID(payment_id))


@app.task(queue="payments", retry=PATIENTLY)
def send_refund(refund_id: str) -> None:
    services.refund_send(uuid.UUID(refund_id))


@app.task(queue="payments", retry=PATIENTLY)
def give_back(news_id: str) -> None:
    services.news_give_back(uuid.UUID(news_id))


@app.periodic(cron="*/2 * * * *")
@app.task(queue="payments")
def ask_gateways(timestamp: int) -> None:
    """A webhook may never come; what stays open is asked about."""
    services.payments_ask(older_than_seconds=ASK_AFTER_SECONDS)
    services.refunds_ask(older_than_seconds=ASK_AFTER_SECONDS)
    services.unplaced_ask(older_than_seconds=ASK_AFTER_SECONDS)
