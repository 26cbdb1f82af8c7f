"""The pretended bank of a sample installation: it sends the same news, over HTTP, that a real bank's service sends.

Its addresses exist only with DEBUG and SAMPLE_INSTALLATION.
"""

import json
import secrets
import urllib.error
import urllib.request

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.pages import Data
from marketplace.storefront.orders import ask

WEBHOOK = "/payments/webhooks/sepay"
TIMEOUT_SECONDS = 5
SHORT_BY = 1000


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bank(request: HttpRequest, number: str) -> HttpResponse:
    order = ask(request, "payment", number)["order"]
    action = next(
        (
            row["action"]
            for row in order["payments"]
            if row["action"] and row["action"]["kind"] == "BankQrAction"
        ),
        None,
    )
    if action is None:
        if order["paidAt"]:
            return redirect("storefront:payment", number)
        raise Http404
    wrong_amount = max(action["amount"]["amount"] - SHORT_BY, 1)
    if request.method == "POST":
        amount = wrong_amount if request.POST.get("amount") == "wrong" else action["amount"]["amount"]
        if _transfer(request, action, amount):
            if amount == wrong_amount:
                words = _(
                    "A wrong amount was sent. The order stays unpaid, and a person at the marketplace looks at it."
                )
            else:
                words = _("The pretended bank has sent the money. The page below notices by itself.")
            messages.success(request, words)
            return redirect("storefront:payment", number)
        messages.error(
            request,
            _(
                "The pretended bank could not reach the marketplace. Nothing was transferred; press the button again."
            ),
        )
    return render(
        request, "storefront/demo_bank.html", {"order": order, "action": action, "wrong_amount": wrong_amount}
    )


def _transfer(request: HttpRequest, action: Data, amount: int) -> bool:
    body = {
        "id": secrets.randbelow(10**12),
        "gateway": action["bankName"],
        "transactionDate": timezone.localtime().strftime("%Y-%m-%d %H:%M:%S"),
        "accountNumber": action["accountNumber"],
        "code": None,
        "content": f"{action['memo']} chuyen tien",
        "transferType": "in",
        "transferAmount": amount,
        "description": "",
        "referenceCode": f"DEMO{secrets.randbelow(10**9)}",
    }
    news = urllib.request.Request(  # noqa: S310 - this installation's own address
        request.build_absolute_uri(WEBHOOK),
        data=json.dumps(body).encode(),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Apikey {settings.SEPAY_WEBHOOK_KEY}",
        },
    )
    try:
        with urllib.request.urlopen(news, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return bool(json.load(answer).get("success"))
    except (urllib.error.URLError, OSError, ValueError):
        return False
