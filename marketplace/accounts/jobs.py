"""Jobs of accounts."""

from procrastinate.contrib.django import app

from marketplace.accounts.sms import get_sender


@app.task(queue="messages", retry=3)
def send_sms(phone: str, text: str) -> None:
    """Sends one text. Run twice it sends twice: a code that comes twice harms nobody."""
    get_sender().send(phone, text)
