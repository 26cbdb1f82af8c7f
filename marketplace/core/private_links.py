"""Links that open one thing to whoever holds them: signed, and good for PRIVATE_LINK_MINUTES.

Each kind has a salt of its own, so that a link to one thing opens no other.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse


def private_link(route: str, salt: str, value: Any) -> str:
    """The address of the route whose one argument is the signed `value`, which JSON can hold."""
    return f"{settings.BASE_URL}{reverse(route, args=[signing.dumps(value, salt=salt)])}"


def opened(token: str, salt: str) -> Any | None:
    """The value of a link that is ours, of this kind, and not too old."""
    try:
        return signing.loads(token, salt=salt, max_age=dt.timedelta(minutes=settings.PRIVATE_LINK_MINUTES))
    except signing.BadSignature:
        return None
