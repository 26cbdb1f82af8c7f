"""The one error of this package: something a person can put right."""

from __future__ import annotations


class LocalError(Exception):
    """Shown as its text alone, without a trace; the text says what to do."""
