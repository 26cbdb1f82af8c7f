"""OCOP certificates of one thing."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.desk.client import mutate
from marketplace.desk.forms import PHOTOS, Field, Option, Reader, field_errors, fill, typed
from marketplace.desk.site import Desk, desk_page, done, listing_of, show
from marketplace.pages import Data

NAMES = ("number", "stars", "level", "issued_by", "issued_on")


@desk_page(workshop=False)
def certificates(request: HttpRequest, desk: Desk, key: uuid.UUID) -> HttpResponse:
    desk, data = listing_of(request, desk, "certificates", key)
    product = data["product"]
    values, errors = dict.fromkeys(NAMES, ""), dict[str, str]()
    if request.method == "POST":
        values = typed(request, NAMES, 200)
        errors = _submit(request, product, values)
        if not errors:
            messages.success(
                request, _("Sent. The officer compares it with the decision; you get a message.")
            )
            return done(request, reverse("desk:certificates", args=[key]))
    context = {
        "section": "products",
        "key": key,
        "product": product,
        "fields": fill(_questions(), values, errors),
        "chosen": bool(request.FILES),
    }
    return show(request, desk, "desk/certificates.html", context, errors=errors)


def _submit(request: HttpRequest, product: Data, values: dict[str, str]) -> dict[str, str]:
    reader = Reader(values)
    day = reader.day("issued_on")
    for name, words in (
        ("number", _("Write the number of the decision.")),
        ("stars", _("Choose how many stars.")),
        ("level", _("Choose who decided.")),
        ("issued_by", _("Write who signed the decision.")),
        ("issued_on", _("Write the day of the decision.")),
    ):
        if not values[name]:
            reader.errors[name] = words
    if reader.errors:
        # In the order of the questions.
        return {name: reader.errors[name] for name in NAMES if name in reader.errors}
    if values["stars"] not in {"3", "4", "5"} or values["level"] not in {
        option.value for option in _levels()
    }:
        return {"stars": _("Choose how many stars.")}
    given = {
        "productId": product["id"],
        "number": values["number"],
        "stars": int(values["stars"]),
        "level": values["level"],
        "issuedBy": values["issued_by"],
        "issuedOn": day,
        "scan": request.FILES.get("scan"),
    }
    payload = mutate(request, "certificate_submit", input=given)
    return field_errors(payload["userErrors"], (*NAMES, "scan"))


def _levels() -> list[Option]:
    return [
        Option("COMMUNE", _("Commune")),
        Option("DISTRICT", _("District (before July 2025)")),
        Option("PROVINCE", _("City or province")),
        Option("NATIONAL", _("The State")),
    ]


def _questions() -> list[Field]:
    return [
        Field(
            "number",
            _("Number of the decision"),
            hint=_("For example 123/QĐ-UBND."),
            required=True,
            attributes={"maxlength": 80, "autocomplete": "off"},
        ),
        Field(
            "stars",
            _("Stars"),
            "select",
            options=[
                Option("", _("Choose")),
                *(Option(str(number), "★" * number + f" {number}") for number in (3, 4, 5)),
            ],
            required=True,
        ),
        Field(
            "level", _("Who decided?"), "select", options=[Option("", _("Choose")), *_levels()], required=True
        ),
        Field(
            "issued_by",
            _("Signed by"),
            hint=_("For example UBND thành phố Hà Nội."),
            required=True,
            attributes={"maxlength": 160, "autocomplete": "off"},
        ),
        Field(
            "issued_on",
            _("Day of the decision"),
            hint=_("Day/month/year, for example 20/04/2026. It is good for 36 months."),
            required=True,
            attributes={"maxlength": 12, "autocomplete": "off"},
        ),
        Field(
            "scan",
            _("Photo of the decision"),
            "file",
            hint=_("A photo or PDF. Only you and the officer see it."),
            attributes={"accept": f"{PHOTOS},application/pdf", "class": "pick"},
        ),
    ]
