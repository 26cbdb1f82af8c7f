"""How often something may be asked for, counted by allauth in the cache (ACCOUNT_RATE_LIMITS)."""

from allauth.core import ratelimit
from django.http import HttpRequest


def allowed(action: str, *, ip: str, key: str) -> bool:
    """Counts one more of `action` from this address and for this key; False once there were too many."""
    # allauth wants a request, of which it asks the method (GET is free) and the address. Services have neither.
    request = HttpRequest()
    request.method = "POST"
    request.META["REMOTE_ADDR"] = ip
    return ratelimit.consume(request, action=action, key=key)
