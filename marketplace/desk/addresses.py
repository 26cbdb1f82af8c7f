"""The question where a workshop is: province, ward, and the line with the house."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.desk.forms import Field, Option
from marketplace.pages import Data

HANOI = "01"
NAMES = ("province", "ward", "line1", "show_address")
# Where the schema's path of a problem shows in the form.
PLACES = {"wardCode": "ward", "district": "ward", "showAddress": "show_address"}


def province_of(values: Mapping[str, str]) -> str:
    return values.get("province") or HANOI


def address_values(private: Data | None) -> dict[str, str]:
    """A seller's address as it is typed."""
    address = (private or {}).get("address") or {}
    return {
        "province": address.get("provinceCode") or HANOI,
        "ward": address.get("wardCode") or "",
        "line1": address.get("line1") or "",
        "show_address": "yes" if (private or {}).get("showAddress") else "",
    }


def address_input(values: Mapping[str, str], name: str, phone: str) -> Data:
    return {"name": name, "phone": phone, "line1": values["line1"], "wardCode": values["ward"] or None}


def address_fields(places: Data) -> list[Field]:
    return [
        Field(
            "province",
            _("Province or city"),
            "select",
            options=[Option(row["code"], row["name"]) for row in places["provinces"]],
            attributes={"autocomplete": "address-level1"},
        ),
        Field(
            "ward",
            _("Ward or commune"),
            "select",
            options=[Option("", _("Choose")), *(Option(row["code"], row["name"]) for row in places["wards"])],
            required=True,
            attributes={"autocomplete": "address-level2"},
        ),
        Field(
            "line1",
            _("House number and street, or hamlet"),
            required=True,
            attributes={"autocomplete": "street-address", "maxlength": 200},
        ),
        Field(
            "show_address",
            _("Show this address to buyers"),
            "check",
            hint=_(
                "Only if you want visitors. Your phone number is never shown. You can take this back at any time."
            ),
        ),
    ]


def asks_for_wards(request: HttpRequest) -> bool:
    """Without a script, another province's wards come with a button of their own."""
    return request.method == "POST" and bool(request.POST.get("choose_province"))
