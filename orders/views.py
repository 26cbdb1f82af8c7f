"""Webhooks of carriers: check the secret, keep the news raw, answer. A job asks the carrier what is true."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marketplace.core.incoming import read_json, storable
from orders.carriers import booking_carrier
from orders.services import carrier_news_store


@csrf_exempt
@require_POST
def ghn_webhook(request: HttpRequest, secret: str) -> HttpResponse:
    """GHN's news: 200 whatever they say, for whoever knows the address; 404 for everybody else, and without GHN."""
    expected = settings.GHN_WEBHOOK_SECRET
    known = constant_time_compare(secret.encode(), expected.encode())
    if not known or not expected or booking_carrier("ghn") is None:
        raise Http404
    raw, body = read_json(request)
    if body is None:
        body = {"unreadable": storable(raw.decode("utf-8", "replace"))}
    carrier_news_store(carrier="ghn", raw=raw, body=body)
    return JsonResponse({"code": 200})
