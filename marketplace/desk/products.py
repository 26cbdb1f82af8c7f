"""What a workshop has for sale, and the first step to one thing more."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.desk.client import mutate, run
from marketplace.desk.pictures import photo_take
from marketplace.desk.site import (
    EDITORS,
    Desk,
    desk_page,
    done,
    made_by,
    new_key,
    remember_made,
    show,
)
from marketplace.pages import Data, clean, key_of

# The tabs by the word in the address.
TABS: dict[str, Data] = {
    "tat-ca": {"state": ["DRAFT", "IN_REVIEW", "REJECTED", "PUBLISHED"]},
    "dang-ban": {"state": ["PUBLISHED"]},
    "nhap": {"state": ["DRAFT"]},
    "cho-duyet": {"state": ["IN_REVIEW"]},
    "tra-lai": {"sentBack": True},
    "cat-di": {"state": ["ARCHIVED"]},
}
FIRST_TAB = "tat-ca"


@desk_page(EDITORS, methods=("GET",))
def products(request: HttpRequest, desk: Desk) -> HttpResponse:
    tab = request.GET.get("xem", FIRST_TAB)
    tab = tab if tab in TABS else FIRST_TAB
    after = clean(request.GET.get("after"), 1500) or None
    criteria = {"seller": [desk.seller["slug"]], **TABS[tab]}
    found = run(request, "products", filter=criteria, after=after)["products"]
    for row in found["nodes"]:
        row["key"] = key_of(row["id"])
    labels = {
        "tat-ca": _("All of them"),
        "dang-ban": _("For sale"),
        "nhap": _("Drafts"),
        "cho-duyet": _("With the officer"),
        "tra-lai": _("Sent back"),
        "cat-di": _("Put away"),
    }
    context = {
        "section": "products",
        "tabs": list(labels.items()),
        "tab": tab,
        "label": labels[tab],
        "found": found,
        "further": after is not None,
    }
    return show(request, desk, "desk/products.html", context)


@desk_page(EDITORS)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A photo first; the draft is made at once, so that nothing can get lost after it."""
    if request.method != "POST":
        return _new_page(request, desk)
    photos = request.FILES.getlist("photos")
    if not photos and not request.POST.get("without"):
        return _new_page(request, desk, {"photos": _("Choose a photo, or go on without one for now.")})
    made = made_by(request)
    if not made:
        payload = mutate(request, "product_create", input={"sellerId": desk.seller["id"]})
        if payload["userErrors"]:
            return _new_page(request, desk, {"form": payload["userErrors"][0]["message"]})
        made = key_of(payload["product"]["id"]).hex
        remember_made(request, made)
    key = uuid.UUID(hex=made)
    refused = [error for photo in photos for error in photo_take(request, key, photo)]
    if refused:
        messages.warning(
            request, _("The draft is there, but a photo was not taken: %(why)s") % {"why": refused[0]}
        )
    elif photos:
        messages.success(request, _("The photo is there. Now the name and the price."))
    return done(request, reverse("desk:listing", args=[key]))


def _new_page(request: HttpRequest, desk: Desk, errors: dict[str, str] | None = None) -> HttpResponse:
    key = clean(request.POST.get("key"), 64) or new_key()
    return show(request, desk, "desk/new.html", {"section": "products", "key": key}, errors=errors)
