"""The first page of the desk: where the workshop stands, and what needs a hand."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from marketplace.core.clock import today
from marketplace.desk.client import run
from marketplace.desk.site import Desk, choose, read_desk, show
from marketplace.pages import Data, clean, unkept

MAY_APPLY = {"UNCLAIMED", "APPLIED", "REJECTED"}
# What an officer cannot do without (E-commerce Law 122/2025 Đ17.1.c).
NEEDED = ("CONTACT", "IDENTITY", "DOCUMENTS")
HURRY_DAYS = 30


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
        claimable = run(request, "claimable")["viewer"]["claimable"]
        return show(request, desk, "desk/start.html", {"claimable": claimable})
    if desk.membership is None or "chon" in request.GET:
        return show(request, desk, "desk/choose.html")
    return _overview(request, desk)


def _overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    slug = desk.seller["slug"]
    data = run(request, "home", slug=slug, sellers=[slug])
    seller = data["seller"]
    items = checklist(seller) if desk.owns and seller["state"] != "CLOSED" else []
    missing = [item for item in items if not item["done"]]
    applies = seller["state"] in MAY_APPLY
    return show(
        request,
        desk,
        "desk/home.html",
        {
            "seller": seller,
            "applies": applies,
            # An application is shown as a whole, to be mended; afterwards VNeID has a note of its own.
            "items": items if applies and missing else [item for item in missing if item["code"] != "VNEID"],
            "step": _waiting_step(data) or _step(desk, seller, missing),
            "new": reverse("desk:new"),
            "due": days_left(seller) <= 0,
            "hurry": days_left(seller) < HURRY_DAYS,
            "complete": not any(item["needed"] for item in missing),
            "sent_back": data["sentBack"]["totalCount"],
            "drafts": data["drafts"]["totalCount"],
            "to_answer": data["toAnswer"]["totalCount"],
            "on_the_way_back": data["wayBack"]["totalCount"],
            "to_send": data["toSend"]["totalCount"],
            "low": len(seller["private"]["lowStock"]),
            "questions": seller["private"]["questions"]["totalCount"],
            "reviews": seller["private"]["reviews"]["totalCount"],
        },
    )


def _waiting_step(data: Data) -> Data | None:
    """Somebody has paid and waits, or wants to give something back: that goes before everything else."""
    if waiting := data["toConfirm"]["totalCount"]:
        words = ngettext("%(number)s order waits for you", "%(number)s orders wait for you", waiting)
        return {"url": reverse("desk:orders"), "label": words % {"number": waiting}}
    if waiting := data["toAnswer"]["totalCount"]:
        words = ngettext(
            "%(number)s buyer waits for an answer", "%(number)s buyers wait for an answer", waiting
        )
        return {"url": reverse("desk:returns"), "label": words % {"number": waiting}}
    return None


def _step(desk: Desk, seller: Data, missing: list[Data]) -> Data | None:
    """The one thing to do next. None for an application that was sent back: the officer's words say what to mend."""
    if desk.owns and seller["state"] in MAY_APPLY:
        for item in missing:
            if item["needed"] and item["url"]:
                return {"url": item["url"], "label": _("Go on: %(label)s") % {"label": item["label"]}}
        if seller["state"] == "REJECTED":
            return None
    if desk.edits and seller["state"] != "CLOSED":
        return {"url": reverse("desk:new"), "label": _("New thing for sale")}
    return {"url": reverse("desk:stock"), "label": _("Stock")}


def days_left(seller: Data) -> int:
    """Until the day by which the law asks for the link to VNeID."""
    deadline = seller["private"]["vneidDeadline"]
    return (dt.date.fromisoformat(deadline) - today()).days if deadline else HURRY_DAYS


def checklist(seller: Data) -> list[Data]:
    """The seller's checklist, each thing with the page where it is done or mended."""
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
