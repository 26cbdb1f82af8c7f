"""Jobs of accounts."""

import datetime as dt
import uuid

from django.core.management import call_command
from django.utils import timezone
from oauth2_provider.models import clear_expired
from procrastinate.contrib.django import app

from marketplace.accounts.models import ResetCode, SmsMessage
from marketplace.accounts.sms import deliver

KEEP_DAYS = 30


@app.task(queue="messages", retry=3)
def send_sms(message_id: str) -> None:
    """Sends one text. A worker that dies between sending and noting it sends it twice: that harms nobody."""
    deliver(uuid.UUID(message_id))


@app.periodic(cron="47 3 * * *")
@app.task(queue="system")
def forget_expired(timestamp: int) -> None:
    """Deletes what has had its day: sessions, access tokens, codes, sent messages."""
    call_command("clearsessions")
    clear_expired()
    before = timezone.now() - dt.timedelta(days=KEEP_DAYS)
    ResetCode.objects.filter(created_at__lt=before).delete()
    SmsMessage.objects.filter(created_at__lt=before).delete()
