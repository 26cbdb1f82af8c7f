"""Jobs of payments."""

import uuid

from procrastinate.contrib.django import app

from payments import services

ASK_AFTER_SECONDS = 300


@app.task(queue="payments", retry=5)
def apply_news(news_id: str) -> None:
    services.news_apply(news_id=uuid.UUID(news_id))


@app.task(queue="payments", retry=8)
def cancel_at_gateway(payment_id: str) -> None:
    services.payment_cancel_at_gateway(uuid.UUID(payment_id))


@app.periodic(cron="*/2 * * * *")
@app.task(queue="payments")
def ask_gateways(timestamp: int) -> None:
    """A webhook may never come; what stays open is asked about."""
    services.payments_ask(older_than_seconds=ASK_AFTER_SECONDS)
