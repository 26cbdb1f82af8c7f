"""Returns at the desk: what a buyer wants to give back, the answer, and noting that it came."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.errors import Text
from marketplace.core.ids import to_global_id
from marketplace.desk.client import mutate, run
from marketplace.desk.forms import field_errors
from marketplace.desk.site import Desk, desk_page, show
from marketplace.pages import Data, clean, key_of
from orders.models import FAULTS

# The tabs by the word in the address.
TABS: dict[str, tuple[Text, list[str]]] = {
    "can-tra-loi": (gettext_lazy("To answer"), ["REQUESTED"]),
    "dang-ve": (gettext_lazy("On the way back"), ["APPROVED", "ESCALATED"]),
    "xong": (gettext_lazy("Done"), ["RECEIVED", "REFUNDED", "REJECTED", "CANCELLED"]),
}
FIRST_TAB = "can-tra-loi"
REASONS = {
    "DAMAGED": gettext_lazy("It is broken or damaged."),
    "NOT_AS_DESCRIBED": gettext_lazy("It is not as it was shown."),
    "WRONG_ITEM": gettext_lazy("It is another thing than was ordered."),
    "CHANGED_MIND": gettext_lazy("The buyer has changed their mind."),
    "OTHER": gettext_lazy("Something else."),
}


@desk_page(methods=("GET",))
def returns(request: HttpRequest, desk: Desk) -> HttpResponse:
    tab = request.GET.get("xem", FIRST_TAB)
    tab = tab if tab in TABS else FIRST_TAB
    after = clean(request.GET.get("after"), 1500) or None
    found = run(request, "returns", seller=desk.seller["slug"], state=TABS[tab][1], after=after)["returns"]
    for row in found["nodes"]:
        row["key"] = key_of(row["id"])
    context = {
        "section": "orders",
        "tabs": [(word, label) for word, (label, _states) in TABS.items()],
        "tab": tab,
        "label": TABS[tab][0],
        "found": found,
        "reasons": REASONS,
        "further": after is not None,
    }
    return show(request, desk, "desk/returns.html", context)


@desk_page()
def give_back(request: HttpRequest, desk: Desk, key: uuid.UUID) -> HttpResponse:
    """One return with its one next step."""
    row = _return(request, desk, key)
    note, errors = "", dict[str, str]()
    if request.method == "POST":
        note = clean(request.POST.get("note"), 4000).strip()
        errors = _do(request, row, note)
        if not errors:
            return redirect("desk:return", key)
        row = _return(request, desk, key)
    context = {
        "section": "orders",
        "row": row,
        "reason": REASONS[row["reason"]],
        "fault": row["reason"] in FAULTS,
        "note": note,
    }
    return show(request, desk, "desk/return.html", context, errors=errors)


def _return(request: HttpRequest, desk: Desk, key: uuid.UUID) -> Data:
    """A return of this workshop. 404 for every other."""
    row: Data | None = run(request, "return", id=to_global_id("Return", key))["node"]
    if row is None or row["sellerOrder"]["seller"]["id"] != desk.seller["id"]:
        raise Http404
    return row


def _do(request: HttpRequest, row: Data, note: str) -> dict[str, str]:
    """One press of a button. What is wrong with it, by the name of the field."""
    act = clean(request.POST.get("act"), 20)
    if act in ("yes", "no"):
        payload = mutate(request, "return_decide", id=row["id"], approve=act == "yes", note=note or None)
        told = (
            _("The buyer knows where to send it. Note it here when it has come.")
            if act == "yes"
            else _("The buyer has been told, and may ask the officer of the commune.")
        )
    elif act in ("shelf", "away"):
        payload = mutate(request, "return_receive", id=row["id"], restock=act == "shelf")
        told = _("Noted. The money goes back to the buyer.")
    else:
        return {}
    errors: dict[str, str] = field_errors(payload["userErrors"], ("note",))
    if not errors:
        messages.success(request, told)
    return errors
