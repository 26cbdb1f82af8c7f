"""Addresses that people keep for their next order: their pages, and what the checkout shares with them."""

import functools
import uuid
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.core.countries import HOME, country_names
from marketplace.core.phones import parse_phone, written_phone
from marketplace.pages import REFUSALS, Data, SignInNeeded, clean, key_of
from marketplace.storefront.client import mutate, run

HANOI = "01"
FIELDS = ("name", "phone", "country", "province", "ward", "line1", "postal_code")
# Where the schema's path of a problem shows in a form.
PLACES = {"wardCode": "ward", "district": "ward", "postalCode": "postal_code"}

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_people(view: View[P]) -> View[P]:
    """A page for people who signed in: guests are sent there and come back. No cache keeps it."""

    @functools.wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            return view(request, *args, **kwargs)
        except SignInNeeded:
            return redirect_to_login(request.get_full_path())

    return never_cache(require_http_methods(["GET", "HEAD", "POST"])(inner))


def with_keys(kept: list[Data]) -> list[Data]:
    """Saved addresses as pages name them: the key stands in a page's address and in its buttons."""
    for row in kept:
        row["key"] = key_of(row["id"])
    return kept


def typed_values(request: HttpRequest, fields: Sequence[str] = FIELDS) -> dict[str, str]:
    """What was typed. A form says nothing of the country where all of it is at home; its button turns to the other."""
    values = {name: clean(request.POST.get(name)).strip() for name in fields}
    values["country"] = values["country"] if "country" in request.POST else HOME
    if turn := request.POST.get("choose_country"):
        values |= {"country": HOME if turn == HOME else "", "province": "", "ward": ""}
    return values


def form_places(request: HttpRequest, values: dict[str, str]) -> Data:
    """What the form offers to choose from; what is not among it is chosen no more."""
    if values["country"] != HOME:
        names = country_names(get_language() or "vi")
        if values["country"] not in names:
            values["country"] = ""
        return {
            "provinces": [],
            "wards": [],
            "countries": [pair for pair in names.items() if pair[0] != HOME],
        }
    values["province"] = values["province"] or HANOI
    places = run(request, "places", province=values["province"])
    if values["ward"] not in {ward["code"] for ward in places["wards"]}:
        values["ward"] = ""
    return places


def kept_values(address: Data) -> dict[str, str]:
    """An address of the schema as it is typed."""
    at_home = address["country"] == HOME
    return {
        "name": address["name"] or "",
        "phone": written_phone(address["phone"]),
        "country": address["country"],
        "province": address["provinceCode" if at_home else "province"] or "",
        "ward": address["wardCode"] or "",
        "line1": address["line1"] or "",
        "postal_code": "" if at_home else address["postalCode"] or "",
    }


def same_values(values: dict[str, str], address: Data) -> bool:
    """Whether a form holds this address, however its phone number is written."""
    kept = kept_values(address)
    phone = parse_phone(values["phone"], values["country"] or HOME)
    return {**{name: values[name] for name in FIELDS}, "phone": written_phone(phone)} == kept


def address_input(values: dict[str, str]) -> Data:
    """What was typed as the schema takes it. A country that is still to be chosen is none."""
    who = {name: values[name] for name in ("name", "phone", "line1", "country")}
    if values["country"] == HOME:
        return {**who, "wardCode": values["ward"] or None}
    return {**who, "province": values["province"], "postalCode": values["postal_code"] or None}


def keep_address(request: HttpRequest, address: Data) -> None:
    """Keeps the address of an order for the next one, once. Where that fails, the order stands and the page says so."""
    why = ""
    try:
        errors = mutate(request, "address_save", address=_whole(address))["userErrors"]
        if not errors:
            return
        why = errors[0]["message"]
    except REFUSALS:
        # The schema has logged what failed.
        pass
    words = _("Your order is placed. Only its address could not be kept for next time.")
    messages.info(request, f"{words} {why}".strip())


@for_people
def addresses(request: HttpRequest) -> HttpResponse:
    """The addresses a person keeps, the default first. The button of a row makes it the default."""
    kept = with_keys(run(request, "addresses")["viewer"]["addresses"])
    if request.method != "POST":
        return render(request, "storefront/addresses.html", {"addresses": kept})
    row = _one_of(kept, clean(request.POST.get("default"), 36))
    payload = mutate(request, "address_save", id=row["id"], address=_whole(row["address"]), isDefault=True)
    if payload["userErrors"]:
        # Its ward is no longer there, say: what is wrong is put right in its form.
        messages.error(request, payload["userErrors"][0]["message"])
        return redirect("storefront:address", row["key"])
    messages.success(request, _("It is the default now. It stands in the form when you order."))
    return redirect("storefront:addresses")


@for_people
def address(request: HttpRequest, key: uuid.UUID | None = None) -> HttpResponse:
    """One address: a new one, or the one with this key."""
    viewer = run(request, "addresses")["viewer"]
    kept = with_keys(viewer["addresses"])
    row = _one_of(kept, str(key)) if key else None
    errors: dict[str, str] = {}
    aside = next((name for name in ("choose_province", "choose_country") if request.POST.get(name)), "")
    if request.method == "POST":
        values = typed_values(request)
        if not aside:
            errors = _save(request, row, values)
            if not errors:
                return redirect("storefront:addresses")
    elif row:
        values = kept_values(row["address"])
    else:
        # The first is mostly one's own; another one is somebody else's as often.
        mine = viewer["user"] if not kept else {}
        values = {**dict.fromkeys(FIELDS, ""), "name": mine.get("name") or "", "country": HOME}
        values["phone"] = written_phone(mine.get("phone"))
    return render(
        request,
        "storefront/address.html",
        {
            **form_places(request, values),
            "abroad": True,
            "address": row,
            "values": values,
            "errors": errors,
            "focus": {"choose_province": "ward", "choose_country": "where"}.get(aside, ""),
        },
        status=422 if errors else 200,
    )


def _save(request: HttpRequest, row: Data | None, values: dict[str, str]) -> dict[str, str]:
    """Keeps what was typed; says what is wrong with it, each at its field."""
    typed = address_input(values)
    payload = mutate(
        request,
        "address_save",
        id=row["id"] if row else None,
        address=_whole(row["address"]) | typed if row else typed,
    )
    errors: dict[str, str] = {}
    for problem in payload["userErrors"]:
        last = (problem["field"] or [""])[-1]
        place = PLACES.get(last, last)
        errors.setdefault(place if place in FIELDS else "form", problem["message"])
    if not errors:
        messages.success(request, _("The address is changed.") if row else _("The address is kept."))
    # In the order of the fields.
    return {name: errors[name] for name in ("form", *FIELDS) if name in errors}


@for_people
def address_remove(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Asks once more, then forgets an address."""
    row = _one_of(with_keys(run(request, "addresses")["viewer"]["addresses"]), str(key))
    if request.method != "POST":
        return render(request, "storefront/address_remove.html", {"address": row})
    payload = mutate(request, "address_remove", id=row["id"])
    if payload["userErrors"]:
        messages.error(request, payload["userErrors"][0]["message"])
    else:
        messages.success(request, _("The address is deleted."))
    return redirect("storefront:addresses")


def _one_of(kept: list[Data], key: str) -> Data:
    """The one with this key; 404 for everybody else's."""
    row = next((row for row in kept if str(row["key"]) == key), None)
    if row is None:
        raise Http404
    return row


def _whole(address: Data) -> Data:
    """An address of the schema as it is given back, with what the form does not ask for."""
    parts = ("name", "phone", "line1", "wardCode", "province", "postalCode", "country")
    return {part: address[part] for part in parts}
