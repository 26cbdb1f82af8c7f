"""Jobs of accounts."""

import uuid

from procrastinate.contrib.django import app

from marketplace.accounts.sms import deliver


@app.task(queue="messages", retry=3)
def send_sms(message_id: str) -> None:
    """Sends one text. A worker that dies between sending and noting it sends it twice: that harms nobody."""
    deliver(uuid.UUID(message_id))
