"""Ways to send a short message. An installation names its sender's class in SMS_SENDER."""

from typing import Protocol

import structlog

log = structlog.get_logger("sms")


class SmsSender(Protocol):
    """Delivers one text to one phone (E.164). Raises OSError where it may be tried again."""

    def send(self, phone: str, text: str) -> None: ...


class SmsNotSetUp(OSError):
    """This installation sends no texts."""


class ConsoleSender:
    """Prints instead of sending: for local use, refused in production (its log would hold the codes)."""

    def send(self, phone: str, text: str) -> None:
        print(f"--- SMS to {phone}\n{text}\n---", flush=True)  # noqa: T201 - printing is this sender's job


class DisabledSender:
    """For an installation that sends no texts, on purpose: the job fails, so that nobody waits unnoticed."""

    def send(self, phone: str, text: str) -> None:
        # Neither the phone nor the text: the log keeps no personal data and no codes.
        log.warning("sms_disabled", setting="SMS_SENDER")
        raise SmsNotSetUp("no SMS sender is set up: set SMS_SENDER")


class MemorySender:
    """Keeps messages for tests."""

    outbox: list[tuple[str, str]] = []

    def send(self, phone: str, text: str) -> None:
        self.outbox.append((phone, text))
