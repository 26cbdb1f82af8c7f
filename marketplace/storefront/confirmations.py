"""The confirmation of an order, to keep: the way to it, and the paper itself."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.pages import unkept
from marketplace.pdf import pdf_response
from marketplace.storefront.client import run
from marketplace.storefront.confirmation_pdf import confirmation_pdf
from marketplace.storefront.orders import ask
from orders.confirmations import confirmed_order
from orders.tokens import order_token


@never_cache
@require_safe
def order_confirmation(request: HttpRequest, number: str) -> HttpResponse:
    """From the order's page, which may have been open for longer than a link lives."""
    url = ask(request, "confirmation_link", number)["order"]["confirmationUrl"]
    if url is None:
        raise Http404
    return redirect(url)


@require_safe
@unkept
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """The paper, for whoever holds its link; 404 for a link that is too old or none of ours."""
    found = confirmed_order(token)
    if found is None:
        raise Http404
    order, language = found
    # In the language that the link was asked for in, whoever opens it.
    request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
    with translation.override(language):
        data = run(request, "confirmation", number=order.number, token=order_token(order.pk))
        paper = confirmation_pdf(data["order"], {row["code"]: row["name"] for row in data["paymentGateways"]})
    response = pdf_response(paper, f"{order.number}.pdf", download=True)
    response["X-Robots-Tag"] = "noindex"
    return response
