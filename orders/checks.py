"""System checks of orders."""

import json
import re
from typing import Any

from django.conf import settings
from django.core import checks

from marketplace.accounts.legal import FIRST_TEXTS

# In the order in which the text about returns names their days.
NAMED = ("RETURN_FAULT_DAYS", "RETURN_DAYS", "RETURN_DECIDE_DAYS")
_DAYS = re.compile(r"(\d+) (?:ngày|days)")


def returns_text(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Buyers read the days of returns in a legal text that comes with the program: it and the settings say the same."""
    texts = json.loads(FIRST_TEXTS.read_text(encoding="utf-8"))
    return [
        checks.Warning(
            f"{name} is {getattr(settings, name)}, but the text about returns ({text['language']}) that comes with the "
            f"program says {days} days.",
            hint='Publish a text with the right days, then add "orders.W001" to SILENCED_SYSTEM_CHECKS.',
            id="orders.W001",
        )
        for text in texts
        if text["kind"] == "RETURNS"
        for name, days in zip(NAMED, _DAYS.findall(text["body"]), strict=False)
        if int(days) != getattr(settings, name)
    ]
