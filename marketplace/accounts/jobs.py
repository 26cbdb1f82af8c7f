"""Jobs of accounts."""

import datetime as dt
import uuid

from django.core.management import call_command
from django.utils import timezone
from oauth2_provider.models import clear_expired
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from marketplace.accounts.models import Message, ResetCode
from marketplace.accounts.notices import deliver

KEEP_DAYS = 30


# After 3, 9, 27 … seconds: a mail server that is away for most of a day loses nothing.
@app.task(queue="messages", retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def send_message(message_id: str) -> None:
    """Sends one message. A worker that dies between sending and noting it sends it twice: that harms nobody."""
    deliver(uuid.UUID(message_id))


@app.periodic(cron="47 3 * * *")
@app.task(queue="system")
def forget_expired(timestamp: int) -> None:
    """Deletes what has had its day: sessions, access tokens, codes, messages. Of a notice its key stays."""
    call_command("clearsessions")
    clear_expired()
    before = timezone.now() - dt.timedelta(days=KEEP_DAYS)
    ResetCode.objects.filter(created_at__lt=before).delete()
    old = Message.objects.filter(created_at__lt=before)
    old.filter(key=None).delete()
    old.exclude(text="").update(contact="", subject="", text="")
