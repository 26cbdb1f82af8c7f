"""Sending short messages. An installation names its sender's class in SMS_SENDER."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class SmsSender(Protocol):
    """Delivers one text to one phone (E.164). Raises OSError where it may be tried again."""

    def send(self, phone: str, text: str) -> None: ...


class ConsoleSender:
    """Prints instead of sending: for local use."""

    def send(self, phone: str, text: str) -> None:
        print(f"--- SMS to {phone}\n{text}\n---", flush=True)  # noqa: T201 - printing is this sender's job


class MemorySender:
    """Keeps messages for tests."""

    outbox: list[tuple[str, str]] = []

    def send(self, phone: str, text: str) -> None:
        self.outbox.append((phone, text))


def get_sender() -> SmsSender:
    sender: SmsSender = import_string(settings.SMS_SENDER)()
    return sender
