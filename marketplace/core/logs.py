"""What may stand in a log."""

import logging
import re

from structlog.types import EventDict, WrappedLogger

# PostgreSQL tells a whole row, or the value that is there twice: a phone, an address, an account.
_DETAIL = re.compile(
    r"\nDETAIL: .*?(?=\n\nThe above exception|\n\nDuring handling|\nTraceback|\Z)", re.DOTALL
)


def without_rows(text: str) -> str:
    """A traceback without the values that the database put into its message."""
    return _DETAIL.sub("", text)


class Formatter(logging.Formatter):
    """Tracebacks of the standard library's loggers, without those values."""

    def format(self, record: logging.LogRecord) -> str:
        return without_rows(super().format(record))


def drop_rows(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """The same for a structlog event."""
    if isinstance(event.get("exception"), str):
        event["exception"] = without_rows(event["exception"])
    return event
