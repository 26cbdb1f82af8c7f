"""What buyers read about a workshop, and how it is reached."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.core.phones import written_phone
from marketplace.desk import addresses
from marketplace.desk.client import mutate, run
from marketplace.desk.forms import (
    PHOTOS,
    TOP,
    Field,
    Option,
    Reader,
    field_errors,
    fill,
    typed,
    written_day,
)
from marketplace.desk.home import days_left
from marketplace.desk.site import EDITORS, Desk, desk_page, done, show
from marketplace.pages import Data

LINKS = 3
NETWORKS = {
    "facebook": "Facebook",
    "zalo": "Zalo",
    "tiktok": "TikTok",
    "youtube": "YouTube",
    "instagram": "Instagram",
}
WORDS = ("about", *(f"{part}-{number}" for number in range(LINKS) for part in ("network", "url")))
OWNED = ("name", "phone", "vneid", *addresses.NAMES)


@desk_page(EDITORS)
def workshop(request: HttpRequest, desk: Desk) -> HttpResponse:
    seller = run(request, "workshop", slug=desk.seller["slug"])["seller"]
    shown = _values(seller)
    if request.method != "POST":
        return _page(request, desk, seller, shown)
    values = typed(request, (*WORDS, *(OWNED if desk.owns else ())), 8000)
    if addresses.asks_for_wards(request):
        return _page(request, desk, seller, values, focus="ward")
    errors = _save(request, desk, seller, shown, values)
    if errors:
        return _page(request, desk, seller, values, errors)
    messages.success(request, _("Saved."))
    return done(request, reverse("desk:workshop"))


def _values(seller: Data) -> dict[str, str]:
    private = seller["private"]
    values = {
        "name": seller["name"],
        "about": seller["about"],
        "phone": written_phone(private["phone"]),
        "vneid": written_day(private["vneidLinkedAt"]),
        **addresses.address_values(private),
    }
    for number in range(LINKS):
        link = seller["socialLinks"][number] if number < len(seller["socialLinks"]) else {}
        values[f"network-{number}"] = link.get("network", "")
        values[f"url-{number}"] = link.get("url", "")
    return values


def _save(
    request: HttpRequest, desk: Desk, seller: Data, shown: Mapping[str, str], values: Mapping[str, str]
) -> dict[str, str]:
    """Sends what has changed. Returns errors by field."""
    reader = Reader(values)
    filled = [number for number in range(LINKS) if values[f"url-{number}"]]
    changed = {name for name in values if values[name] != shown.get(name, "")}
    given: Data = {"id": seller["id"]}
    if "about" in changed:
        given["about"] = values["about"]
    if any(name.startswith(("network-", "url-")) for name in changed):
        given["socialLinks"] = _links(seller, values, filled, reader)
    if desk.owns:
        given |= _owned(seller, values, changed, reader)
    if request.FILES.get("logo"):
        given["logo"] = request.FILES["logo"]
    if reader.errors:
        return reader.errors
    if len(given) == 1:
        return {}
    payload = mutate(request, "seller_update", input=given)
    return field_errors(payload["userErrors"], (*values, "logo"), lambda path: _place(path, filled))


def _links(seller: Data, values: Mapping[str, str], filled: list[int], reader: Reader) -> list[Data]:
    for number in filled:
        if not values[f"network-{number}"]:
            reader.errors[f"network-{number}"] = _("Choose where this page is.")
    typed_links = [{"network": values[f"network-{n}"], "url": values[f"url-{n}"]} for n in filled]
    # Links beyond the rows of the form, which an app may have set, stay.
    return [*typed_links, *seller["socialLinks"][LINKS:]]


def _owned(seller: Data, values: Mapping[str, str], changed: set[str], reader: Reader) -> Data:
    given: Data = {}
    for name in ("name", "phone"):
        if name in changed:
            given[name] = values[name]
    if changed & {"ward", "line1"}:
        name = seller["private"]["legalName"] or values["name"]
        given["address"] = addresses.address_input(values, name, values["phone"])
    if "show_address" in changed:
        given["showAddress"] = values["show_address"] == "yes"
    if "vneid" in changed:
        day = reader.day("vneid")
        given["vneidLinkedAt"] = f"{day}T00:00:00+07:00" if day else None
    return given


def _place(path: list[str], filled: list[int]) -> str:
    """Where a problem of the schema stands in the form."""
    match path:
        case ["socialLinks", number, part] if number.isdigit() and int(number) < len(filled):
            return f"{part}-{filled[int(number)]}"
        case ["address", part]:
            return addresses.PLACES.get(part, part)
        case ["vneidLinkedAt"]:
            return "vneid"
        case [name]:
            return addresses.PLACES.get(name, name)
    return TOP


def _page(
    request: HttpRequest,
    desk: Desk,
    seller: Data,
    values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    focus: str = "",
) -> HttpResponse:
    fields = fill(_word_questions(), values, errors or {})
    if desk.owns:
        places = run(request, "address_form", province=addresses.province_of(values))
        fields |= fill([*_owner_questions(), *addresses.address_fields(places)], values, errors or {})
    context: dict[str, Any] = {
        "section": "workshop",
        "seller": seller,
        "fields": fields,
        "links": [(fields[f"network-{n}"], fields[f"url-{n}"]) for n in range(LINKS)],
        "focus": focus,
        "due": days_left(seller) <= 0,
    }
    return show(request, desk, "desk/workshop.html", context, errors=errors)


def _word_questions() -> list[Field]:
    networks = [
        Option("", _("Choose")),
        *(Option(value, label) for value, label in NETWORKS.items()),
        Option("website", _("A page of your own")),
    ]
    links = []
    for number in range(LINKS):
        links += [
            Field(f"network-{number}", _("Where?"), "select", options=networks),
            Field(
                f"url-{number}",
                _("Address of the page"),
                attributes={"maxlength": 300, "autocomplete": "off"},
            ),
        ]
    return [
        Field(
            "about",
            _("About the workshop"),
            "area",
            hint=_("Who you are, since when, what you are known for."),
            attributes={"rows": 6, "maxlength": 8000},
        ),
        Field("logo", _("New picture or logo"), "file", attributes={"accept": PHOTOS, "class": "pick"}),
        *links,
    ]


def _owner_questions() -> list[Field]:
    return [
        Field("name", _("Name of your workshop"), required=True, attributes={"maxlength": 160}),
        Field(
            "phone",
            _("Phone number"),
            hint=_("For the officer and for orders. Buyers do not see it."),
            required=True,
            attributes={"type": "tel", "autocomplete": "tel", "maxlength": 30},
        ),
        Field(
            "vneid",
            _("Day on which the account was linked to VNeID"),
            hint=_("Day/month/year. Leave it empty if that is still to be done."),
            attributes={"maxlength": 12, "autocomplete": "off"},
        ),
    ]
