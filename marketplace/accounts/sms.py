"""Sending short messages. An installation names its sender's class in SMS_SENDER."""

import uuid
from typing import Protocol

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from marketplace.accounts.models import SmsMessage

log = structlog.get_logger("sms")


class SmsSender(Protocol):
    """Delivers one text to one phone (E.164). Raises OSError where it may be tried again."""

    def send(self, phone: str, text: str) -> None: ...


class ConsoleSender:
    """Prints instead of sending: for local use, refused in production (its log would hold the codes)."""

    def send(self, phone: str, text: str) -> None:
        print(f"--- SMS to {phone}\n{text}\n---", flush=True)  # noqa: T201 - printing is this sender's job


class DisabledSender:
    """For an installation that sends no texts, on purpose: the job fails, so that nobody waits unnoticed."""

    def send(self, phone: str, text: str) -> None:
        # Neither the phone nor the text: the log keeps no personal data and no codes.
        log.warning("sms_disabled", setting="SMS_SENDER")
        raise OSError("no SMS sender is set up: set SMS_SENDER")


class MemorySender:
    """Keeps messages for tests."""

    outbox: list[tuple[str, str]] = []

    def send(self, phone: str, text: str) -> None:
        self.outbox.append((phone, text))


def queue_sms(*, phone: str, text: str) -> None:
    """Stores the text and defers its job, in the caller's transaction where there is one."""
    from marketplace.accounts.jobs import send_sms

    with transaction.atomic():
        message = SmsMessage.objects.create(phone=phone, text=text)
        send_sms.defer(message_id=str(message.pk))


def deliver(message_id: uuid.UUID) -> None:
    """Sends a stored text unless that was done; its words are forgotten once they are on their way."""
    message = SmsMessage.objects.filter(pk=message_id, sent_at=None).first()
    if message is None:
        return
    sender: SmsSender = import_string(settings.SMS_SENDER)()
    sender.send(message.phone, message.text)
    SmsMessage.objects.filter(pk=message_id).update(sent_at=timezone.now(), text="")
