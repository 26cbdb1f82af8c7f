"""The people of a workshop: who may do what, who is invited, who goes."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.desk.client import mutate, run
from marketplace.desk.forms import Field, Option, field_errors, fill, typed
from marketplace.desk.site import (
    EVERYONE,
    OWNERS,
    SESSION_SELLER,
    Desk,
    desk_page,
    read_desk,
    show,
    to_sign_in,
)
from marketplace.pages import Data, clean, key_of, unkept

NAMES = ("contact", "role")


def _members(request: HttpRequest, desk: Desk) -> list[Data]:
    members: list[Data] = run(request, "people", slug=desk.seller["slug"])["seller"]["private"]["members"]
    mine = desk.membership["id"] if desk.membership else None
    for row in members:
        row["key"] = key_of(row["id"])
        row["mine"] = row["id"] == mine
    return members


@desk_page(EVERYONE)
def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    values, errors = {"contact": "", "role": "PACKER"}, dict[str, str]()
    if request.method == "POST":
        desk.allow(OWNERS)
        values = typed(request, NAMES, 254)
        errors = _invite(request, desk, values)
        if not errors:
            messages.success(
                request,
                _(
                    "Invited. The message with the link is on its way to %(contact)s; it is good for seven days."
                )
                % {"contact": values["contact"]},
            )
            return redirect("desk:people")
    members = _members(request, desk)
    context = {
        "section": "people",
        "members": [row for row in members if not row["pending"]],
        "invited": [row for row in members if row["pending"]],
        "fields": fill(_questions(), values, errors),
    }
    return show(request, desk, "desk/people.html", context, errors=errors)


def _invite(request: HttpRequest, desk: Desk, values: dict[str, str]) -> dict[str, str]:
    if values["role"] not in {option.value for option in _roles()}:
        return {"role": _("Choose what this person may do.")}
    payload = mutate(
        request, "member_invite", seller=desk.seller["id"], contact=values["contact"], role=values["role"]
    )
    return field_errors(payload["userErrors"], NAMES)


def _roles() -> list[Option]:
    return [
        Option(
            "PACKER", _("Packer"), hint=_("Counts the shelf and packs. Sees neither papers nor accounts.")
        ),
        Option(
            "EDITOR",
            _("Helper for listings"),
            hint=_("Also writes listings, photos and the workshop's words."),
        ),
        Option("OWNER", _("Owner"), hint=_("May do everything, also invite and remove people.")),
    ]


def _questions() -> list[Field]:
    return [
        Field(
            "contact",
            _("Phone number or e-mail"),
            required=True,
            attributes={"maxlength": 254, "autocomplete": "off"},
        ),
        Field("role", _("What may this person do?"), "radio", options=_roles(), required=True),
    ]


@desk_page(EVERYONE)
def remove(request: HttpRequest, desk: Desk, key: uuid.UUID) -> HttpResponse:
    """Asks once more, then takes a person's part or an invitation away."""
    member = next((row for row in _members(request, desk) if row["key"] == key), None)
    if member is None:
        raise Http404
    if not member["mine"]:
        desk.allow(OWNERS)
    if request.method != "POST":
        return show(request, desk, "desk/remove.html", {"section": "people", "member": member})
    payload = mutate(request, "member_remove", id=member["id"])
    if payload["userErrors"]:
        errors = field_errors(payload["userErrors"], ())
        return show(request, desk, "desk/remove.html", {"section": "people", "member": member}, errors=errors)
    if member["mine"]:
        request.session.pop(SESSION_SELLER, None)
        messages.success(request, _("You have left %(name)s.") % {"name": desk.seller["name"]})
        return redirect("desk:home")
    words = (
        _("The invitation is taken back.") if member["pending"] else _("This person no longer works here.")
    )
    messages.success(request, words)
    return redirect("desk:people")


@require_http_methods(["GET", "HEAD", "POST"])
@unkept
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Takes up an invitation. The link alone opens nothing: one signs in, then presses the button."""
    if not request.user.is_authenticated:
        if request.method == "POST":
            return to_sign_in(request)
        return show(request, None, "desk/invitation.html", {"guest": True})
    desk = read_desk(request)
    if request.method != "POST":
        return show(request, desk, "desk/invitation.html")
    payload = mutate(request, "invitation_accept", token=clean(token, 100))
    if payload["userErrors"]:
        problem = payload["userErrors"][0]
        context = {"known": problem["code"] == "DUPLICATE"}
        return show(request, desk, "desk/invitation.html", context, errors={"form": problem["message"]})
    seller = payload["seller"]
    request.session[SESSION_SELLER] = seller["slug"]
    messages.success(request, _("Welcome to %(name)s.") % {"name": seller["name"]})
    return redirect("desk:home")
