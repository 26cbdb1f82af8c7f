"""Reading what people typed: every problem is collected, so that one answer tells them all."""

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import DomainError, ErrorCode, Problem, Text
from marketplace.core.vietnamese import normalise

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")


class Problems(list[Problem]):
    """What is wrong so far. Its readers give a clean value, or note what is wrong and give a harmless one."""

    def note(self, code: ErrorCode, message: Text, *path: str) -> None:
        self.append(Problem(code, message, path))

    def take(self, error: DomainError) -> None:
        self.extend(error.problems)

    def line(self, value: Any, limit: int, *path: str, required: Text | None = None) -> str:
        """One line: NFC, single spaces. `required` is the question to ask where it is empty."""
        return self._limited(normalise(_UNPRINTABLE.sub(" ", str(value or ""))), limit, path, required)

    def text(self, value: Any, limit: int, *path: str, required: Text | None = None) -> str:
        """Several lines: NFC, line breaks kept."""
        lines = unicodedata.normalize("NFC", str(value or "")).replace("\r\n", "\n").replace("\r", "\n")
        return self._limited(_UNPRINTABLE.sub(" ", lines).strip(), limit, path, required)

    def _limited(self, text: str, limit: int, path: tuple[str, ...], required: Text | None) -> str:
        if len(text) > limit:
            self.note(
                ErrorCode.TOO_LONG,
                _("At most %(limit)s characters; this has %(number)s.")
                % {"limit": limit, "number": len(text)},
                *path,
            )
        if not text and required is not None:
            self.note(ErrorCode.REQUIRED, required, *path)
        return text[:limit]

    def between(self, value: int | None, low: int, high: int, *path: str) -> int | None:
        """A number within bounds; None stays."""
        if value is not None and not low <= value <= high:
            self.note(
                ErrorCode.OUT_OF_RANGE,
                _("A number from %(low)s to %(high)s.") % {"low": low, "high": high},
                *path,
            )
            return None
        return value

    def stop(self) -> None:
        """Raises DomainError where there is at least one problem."""
        if self:
            raise DomainError(*self)
