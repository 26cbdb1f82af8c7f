"""The first page of the desk: where the workshop stands, and what needs a hand."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.core.clock import today
from marketplace.desk.client import run
from marketplace.desk.site import Desk, choose, read_desk, show, unkept
from marketplace.pages import Data, clean

MAY_APPLY = {"UNCLAIMED", "APPLIED", "REJECTED"}
# What an officer cannot do without (E-commerce Law 122/2025 Đ17.1.c).
NEEDED = ("CONTACT", "IDENTITY", "DOCUMENTS")


@require_http_methods(["GET", "HEAD", "POST"])
@unkept
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return show(request, None, "desk/welcome.html")
    desk = read_desk(request)
    if request.method == "POST":
        if not choose(request, desk, clean(request.POST.get("seller"), 120)):
            messages.error(request, _("Choose one of your workshops."))
        return redirect("desk:home")
    if not desk.memberships:
        return show(request, desk, "desk/start.html")
    if desk.membership is None or "chon" in request.GET:
        return show(request, desk, "desk/choose.html")
    return _overview(request, desk)


def _overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    slug = desk.seller["slug"]
    data = run(request, "home", slug=slug, sellers=[slug])
    seller = data["seller"]
    items = checklist(seller) if desk.owns else []
    missing = [item for item in items if not item["done"]]
    return show(
        request,
        desk,
        "desk/home.html",
        {
            "seller": seller,
            "items": items,
            "missing": missing,
            "next": _next(seller, missing),
            "hurry": _hurry(seller["private"]["vneidDeadline"]),
            "complete": not any(item["needed"] for item in missing),
            "sent_back": data["sentBack"]["totalCount"],
            "drafts": data["drafts"]["totalCount"],
            "low": len(seller["private"]["lowStock"]),
        },
    )


def _next(seller: Data, missing: list[Data]) -> Data | None:
    """What an applicant does next; whoever is verified goes on with selling."""
    if seller["state"] not in MAY_APPLY:
        return None
    return next((item for item in missing if item["url"] and item["needed"]), None)


def _hurry(deadline: str | None) -> bool:
    """Whether a day of the law is near, or past."""
    return bool(deadline) and dt.date.fromisoformat(str(deadline)) < today() + dt.timedelta(days=30)


def checklist(seller: Data) -> list[Data]:
    """The seller's checklist, each undone thing with the page where it is done."""
    pages = {"VNEID": reverse("desk:workshop") + "#vneid"}
    if seller["state"] in MAY_APPLY:
        pages |= {
            "CONTACT": reverse("desk:apply"),
            "IDENTITY": reverse("desk:apply_identity"),
            "DOCUMENTS": reverse("desk:apply_papers"),
            "BANK_ACCOUNT": reverse("desk:apply_bank"),
        }
    else:
        pages["CONTACT"] = reverse("desk:workshop")
    return [
        {**item, "url": pages.get(item["code"], ""), "needed": item["code"] in NEEDED}
        for item in seller["private"]["checklist"]
    ]
