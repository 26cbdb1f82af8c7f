"""What buyers say and ask: reviews, questions, and reports of what is wrong."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.core.ids import to_global_id
from marketplace.pages import Data, SignInNeeded, clean, whole_number
from marketplace.storefront.client import mutate, run
from marketplace.storefront.orders import ask, order_page, token_of

SESSION_QUESTION = "question"
MAX_REVIEW = 4_000
MAX_QUESTION = 1_000
MAX_REPORT = 1_000


def _typed(request: HttpRequest, name: str, limit: int) -> str:
    """Longer than allowed, too: what is too long is told and stays to be made shorter."""
    return clean(request.POST.get(name), 4 * limit).replace("\r\n", "\n").strip()


def _told(problems: list[Data], known: set[str], otherwise: str) -> dict[str, str]:
    """The schema's userErrors by the form's field."""
    errors: dict[str, str] = {}
    for problem in problems:
        name = next((part for part in reversed(problem["field"] or []) if part in known), otherwise)
        errors.setdefault(name, problem["message"])
    return errors


# --- Reviews --------------------------------------------------------------------------------------------------
@require_safe
def reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """All that buyers say of a product, newest first."""
    after = clean(request.GET.get("after"), 1500) or None
    product = run(request, "reviews", slug=slug, after=after)["product"]
    if product is None:
        raise Http404
    return render(request, "storefront/reviews.html", {"product": product, "further": after is not None})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, number: str, key: uuid.UUID) -> HttpResponse:
    """How one likes what has arrived."""
    order = ask(request, "order", number)["order"]
    wanted = to_global_id("OrderLine", key)
    line = next(
        (line for part in order["sellerOrders"] for line in part["lines"] if line["id"] == wanted), None
    )
    if line is None:
        raise Http404
    rating, body, errors = 0, "", dict[str, str]()
    if request.method == "POST":
        rating, body = whole_number(request.POST.get("rating"), 0), _typed(request, "body", MAX_REVIEW)
        errors = _review(request, order, wanted, rating, body)
        if not errors:
            return redirect("storefront:order", number)
    elif line["review"] is not None:
        return redirect("storefront:order", number)
    context = {
        "order": order,
        "line": line,
        "stars": _stars(),
        "rating": rating,
        "body": body,
        "errors": errors,
        "max_body": MAX_REVIEW,
        "max_pictures": settings.REVIEW_MAX_PICTURES,
    }
    return render(request, "storefront/review.html", context, status=422 if errors else 200)


def _review(request: HttpRequest, order: Data, line: str, rating: int, body: str) -> dict[str, str]:
    if not rating:
        return {"rating": _("Choose how many stars you give.")}
    files = [file for file in request.FILES.getlist("images") if file.size]
    payload = mutate(
        request,
        "review_create",
        input={
            "orderLineId": line,
            "rating": rating,
            "body": body,
            "images": files,
            "token": order["token"],
        },
    )
    if any(error["code"] == "DUPLICATE" for error in payload["userErrors"]):
        # Pressed twice on a slow line: the first one has arrived.
        messages.info(request, _("You have reviewed this already. Thank you."))
        return {}
    errors = _told(payload["userErrors"], {"rating", "body", "images"}, "rating")
    if errors and files:
        errors.setdefault("images", _("Please choose the photos again: a page cannot keep them."))
    if not errors:
        messages.success(request, _("Thank you. Other buyers read your review now."))
    return errors


def _stars() -> list[tuple[int, str]]:
    return [
        (5, _("Very good")),
        (4, _("Good")),
        (3, _("All right")),
        (2, _("Not so good")),
        (1, _("Bad")),
    ]


# --- Questions ------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """What was asked about a product, and the form to ask. Whoever signs in first finds what they typed."""
    after = clean(request.GET.get("after"), 1500) or None
    product = run(request, "questions", slug=slug, after=after)["product"]
    if product is None:
        raise Http404
    kept: dict[str, str] = request.session.get(SESSION_QUESTION, {})
    body, errors = kept.get(slug, ""), dict[str, str]()
    page = reverse("storefront:questions", args=[slug])
    if request.method == "POST":
        body = _typed(request, "body", MAX_QUESTION)
        try:
            payload = mutate(request, "question_ask", product=product["id"], body=body)
        except SignInNeeded:
            request.session[SESSION_QUESTION] = {slug: body}
            return redirect_to_login(page)
        errors = _told(payload["userErrors"], {"body"}, "body")
        if not errors:
            request.session.pop(SESSION_QUESTION, None)
            messages.success(
                request, _("Your question is with the maker. We write to you when there is an answer.")
            )
            return redirect(page)
    context = {
        "product": product,
        "further": after is not None,
        "body": body,
        "errors": errors,
        "max_body": MAX_QUESTION,
    }
    return render(request, "storefront/questions.html", context, status=422 if errors else 200)


@never_cache
@require_POST
def order_ask(request: HttpRequest, number: str) -> HttpResponse:
    """A question to one of an order's makers; refused, it stands in the order's page as it was typed."""
    order = ask(request, "order", number)["order"]
    part = next((row for row in order["sellerOrders"] if row["number"] == request.POST.get("part")), None)
    if part is None:
        raise Http404
    body = _typed(request, "body", MAX_QUESTION)
    payload = mutate(request, "question_ask", part=part["id"], token=order["token"], body=body)
    errors = _told(payload["userErrors"], {"body"}, "body")
    if errors:
        return order_page(request, order, asked={"part": part["number"], "body": body}, errors=errors)
    messages.success(request, _("Your question is with the maker. We write to you when there is an answer."))
    return redirect("storefront:order", number)


# --- Reports --------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, thing: str) -> HttpResponse:
    """Something is wrong with what stands here: the officer of the commune looks at it."""
    number = clean(request.GET.get("don"), 16)
    token = token_of(request, number) if number else None
    found = run(request, "reported", id=clean(thing, 200))["node"]
    # What was asked about a guest's order is seen by its key alone.
    if (found is None and token is None) or (found is not None and len(found) == 1):
        raise Http404
    back = _back(found, number)
    reason, errors = "", dict[str, str]()
    if request.method == "POST":
        reason = _typed(request, "reason", MAX_REPORT)
        payload = mutate(request, "content_report", id=clean(thing, 200), reason=reason, token=token)
        if any(error["code"] == "NOT_FOUND" for error in payload["userErrors"]):
            raise Http404
        errors = _told(payload["userErrors"], {"reason"}, "reason")
        if not errors:
            messages.success(request, _("Thank you. The officer of the commune looks at it."))
            return redirect(back)
    context: dict[str, Any] = {
        "found": found,
        "back": back,
        "reason": reason,
        "errors": errors,
        "max_reason": MAX_REPORT,
    }
    return render(request, "storefront/report.html", context, status=422 if errors else 200)


def _back(found: Data | None, number: str) -> str:
    """The page on which it stands."""
    if number:
        return reverse("storefront:order", args=[number])
    if found is None:
        return reverse("storefront:home")
    if found["kind"] in ("Seller", "Product"):
        return reverse(f"storefront:{found['kind'].lower()}", args=[found["slug"]])
    if found["kind"] == "Review":
        return reverse("storefront:reviews", args=[found["reviewed"]["slug"]])
    # What is asked about an order is read on the order's page, or at the desk.
    return (
        reverse("storefront:questions", args=[found["asked"]["slug"]])
        if found["asked"]
        else reverse("desk:questions")
    )
