"""Webhooks of gateways: check the proof, keep the news raw, answer as the gateway expects. A job does the rest."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marketplace.core.incoming import read_json
from payments.gateways import find_gateway
from payments.gateways.stripe import SignatureError, verify_webhook
from payments.services import news_store

MAX_EVENT_ID = 120


@csrf_exempt
@require_POST
def sepay_webhook(request: HttpRequest) -> HttpResponse:
    """SePay's bank news: 200 `{"success": true}`, also for a double. 401 without the key, 400 for no news."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "apikey" or not constant_time_compare(key.strip(), settings.SEPAY_WEBHOOK_KEY):
        return JsonResponse({"success": False, "message": "wrong or missing key"}, status=401)
    _body, data = read_json(request)
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
    body, data = read_json(request)
    try:
        verify_webhook(body, request.headers.get("Stripe-Signature", ""))
    except (SignatureError, UnicodeDecodeError):
        return JsonResponse({"error": "wrong signature"}, status=400)
    event_id = data.get("id") if data else None
    if data is None or not isinstance(event_id, str) or not 0 < len(event_id) <= MAX_EVENT_ID:
        return JsonResponse({"error": "expected an event"}, status=400)
    news_store(gateway="stripe", event_id=event_id, body=data)
    return JsonResponse({"received": True})
