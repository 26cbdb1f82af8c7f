"""Many things at once: a sheet to fill in, looked at before anything changes, then taken over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marketplace.desk.client import mutate, run
from marketplace.desk.forms import Field, field_errors, fill
from marketplace.desk.site import EDITORS, Desk, desk_page, show
from marketplace.pages import Data, clean

WORKING = {"QUEUED", "RUNNING"}


@desk_page(EDITORS)
def sheets(request: HttpRequest, desk: Desk) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors, said = _act(request, desk)
        if not errors:
            messages.success(request, said)
            return redirect("desk:sheets")
    jobs: list[Data] = run(request, "sheets", slug=desk.seller["slug"])["seller"]["private"]["imports"]
    for job in jobs:
        job["working"] = job["state"] in WORKING
        job["percent"] = round(100 * job["progress"])
    context = {
        "section": "products",
        "jobs": jobs,
        "working": any(job["working"] for job in jobs),
        "fields": fill(_questions(), {}, errors),
    }
    return show(request, desk, "desk/sheets.html", context, errors=errors)


def _act(request: HttpRequest, desk: Desk) -> tuple[dict[str, str], str]:
    """One of the page's three buttons. Gives errors by field, and what to say where there are none."""
    if "export" in request.POST:
        empty = request.POST["export"] == "empty"
        payload = mutate(request, "sheet_export", seller=desk.seller["id"], empty=empty)
        said = _("Your sheet is being written. It stands here in a moment.")
    elif "commit" in request.POST:
        payload = mutate(request, "sheet_commit", id=clean(request.POST["commit"], 200))
        said = _("Your things are being taken over.")
    elif "file" not in request.FILES:
        return {"file": _("Choose the sheet first.")}, ""
    else:
        payload = mutate(
            request,
            "sheet_import",
            seller=desk.seller["id"],
            file=request.FILES["file"],
            images=request.FILES.get("images"),
        )
        said = _("We are looking through your sheet. Nothing has changed yet.")
    return field_errors(payload["userErrors"], ("file", "images")), said


def _questions() -> list[Field]:
    return [
        Field(
            "file",
            _("Your sheet"),
            "file",
            hint=_("An Excel file (.xlsx) or a .csv file."),
            required=True,
            attributes={"accept": ".xlsx,.csv"},
        ),
        Field(
            "images",
            _("Pictures"),
            "file",
            hint=_("If you like: one .zip file with the pictures that the sheet names."),
            attributes={"accept": ".zip"},
        ),
    ]
