"""Webhooks of gateways: check the proof, keep the news raw, answer as the gateway expects. A job does the rest."""

import json
import math
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.gateways import find_gateway
from payments.gateways.stripe import SignatureError, verify_webhook
from payments.services import news_store

MAX_BODY = 64 * 1024
MAX_EVENT_ID = 120
MAX_DEPTH = 32


def _read_json(request: HttpRequest) -> tuple[bytes, dict[str, Any] | None]:
    """The raw body, and what it says in a form that can be stored; None where it is no object."""
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return body, None
    try:
        data = json.loads(body, parse_float=_finite, parse_constant=_finite)
        kept = _storable(data)
    except (ValueError, RecursionError):
        return body, None
    # An id that could be kept only by changing it might become another's.
    return body, kept if isinstance(data, dict) and kept.get("id") == data.get("id") else None


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number out of range")
    return value


def _storable(value: Any, depth: int = 0) -> Any:
    """The same without what PostgreSQL keeps in no text: NUL and halves of surrogate pairs.

    Raises ValueError for what is nested deeper than any gateway's news.
    """
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item, depth + 1) for item in value]
    return value


@csrf_exempt
@require_POST
def sepay_webhook(request: HttpRequest) -> HttpResponse:
    """SePay's bank news: 200 `{"success": true}`, also for a double. 401 without the key, 400 for no news."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "apikey" or not constant_time_compare(key.strip(), settings.SEPAY_WEBHOOK_KEY):
        return JsonResponse({"success": False, "message": "wrong or missing key"}, status=401)
    _body, data = _read_json(request)
    event_id = data.get("id") if data else None
    if data is None or isinstance(event_id, bool) or not isinstance(event_id, int | str) or event_id == "":
        return JsonResponse({"success": False, "message": "expected a JSON object with an id"}, status=400)
    if len(str(event_id)) > MAX_EVENT_ID:
        return JsonResponse({"success": False, "message": "the id is too long"}, status=400)
    news_store(gateway="vietqr", event_id=str(event_id), body=data)
    return JsonResponse({"success": True})


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Stripe's events: 200 once kept, 400 for a wrong signature, 404 where Stripe is not set up."""
    if find_gateway("stripe") is None:
        return JsonResponse({"error": "not configured"}, status=404)
    body, data = _read_json(request)
    try:
        verify_webhook(body, request.headers.get("Stripe-Signature", ""))
    except (SignatureError, UnicodeDecodeError):
        return JsonResponse({"error": "wrong signature"}, status=400)
    event_id = data.get("id") if data else None
    if data is None or not isinstance(event_id, str) or not 0 < len(event_id) <= MAX_EVENT_ID:
        return JsonResponse({"error": "expected an event"}, status=400)
    news_store(gateway="stripe", event_id=event_id, body=data)
    return JsonResponse({"received": True})
