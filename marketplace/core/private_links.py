"""Links that open one thing to whoever holds them: signed, and good for PRIVATE_LINK_MINUTES.

Each kind has a salt of its own, so that a link to one thing opens no other.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse


def private_path(route: str, salt: str, value: Any) -> str:
    """The path of the route whose one argument is the signed `value`, which JSON can hold."""
    return reverse(route, args=[signing.dumps(value, salt=salt)])


def private_link(route: str, salt: str, value: Any) -> str:
    """The same with the address of the market before it."""
    return f"{settings.BASE_URL}{private_path(route, salt, value)}"


def opened(token: str, salt: str) -> Any | None:
    """The value of a link that is ours, of this kind, and not too old."""
    try:
        return signing.loads(token, salt=salt, max_age=dt.timedelta(minutes=settings.PRIVATE_LINK_MINUTES))
    except signing.BadSignature:
        return None
