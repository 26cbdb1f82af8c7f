"""Applying: one question a page. The seller exists from the first page on, so nothing has to be typed twice."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.banks import banks_by_name
from marketplace.core.phones import written_phone
from marketplace.desk import addresses
from marketplace.desk.client import mutate, run
from marketplace.desk.forms import (
    Field,
    Option,
    Reader,
    field_errors,
    fill,
    typed,
    written_day,
)
from marketplace.desk.home import MAY_APPLY, NEEDED
from marketplace.desk.site import (
    OWNERS,
    SESSION_SELLER,
    Desk,
    desk_page,
    done,
    made_by,
    new_key,
    remember_made,
    show,
)
from marketplace.pages import Data, clean

PERSONS = {"HOUSEHOLD", "ARTISAN"}
BEGIN = ("kind", "name", "legal_name", "village", "phone", *addresses.NAMES)
# A workshop in a place that is in no list of craft villages still belongs to a commune.
COMMUNE = "commune:"


def _application(request: HttpRequest, desk: Desk) -> Data | None:
    """The workshop of the day as its application stands; None where it cannot apply now."""
    if not desk.owns or desk.seller["state"] not in MAY_APPLY:
        return None
    found: Data = run(request, "application", slug=desk.seller["slug"])["seller"]
    return found


def _again(seller: Data) -> Data:
    """What the application says today, for the next answer to be added to."""
    private = seller["private"]
    # A page of the old directory may come without one.
    address = private["address"] or {}
    return {
        "sellerId": seller["id"],
        "name": seller["name"],
        "legalName": private["legalName"],
        "kind": seller["kind"],
        "village": (seller["village"] or {}).get("slug"),
        "commune": (seller["commune"] or {}).get("slug"),
        "phone": private["phone"],
        "address": {key: address.get(key) for key in ("name", "phone", "line1", "wardCode")},
        "showAddress": private["showAddress"],
    }


# --- The first page -------------------------------------------------------------------------------------------


@desk_page(workshop=False)
def begin(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who you are and where your workshop is. Sending it makes the application."""
    fresh = "moi" in request.GET or desk.membership is None
    seller = None if fresh else _application(request, desk)
    if not fresh and seller is None:
        return redirect("desk:home")
    if request.method != "POST":
        return _begin_page(request, desk, seller, _known(desk, seller))
    made = made_by(request)
    if made:
        request.session[SESSION_SELLER] = made
        return redirect("desk:home")
    values = typed(request, BEGIN)
    if addresses.asks_for_wards(request):
        return _begin_page(request, desk, seller, values, focus="ward")
    return _begin(request, desk, seller, values)


def _begin(request: HttpRequest, desk: Desk, seller: Data | None, values: dict[str, str]) -> HttpResponse:
    if values["kind"] not in {option.value for option in _kinds()}:
        return _begin_page(request, desk, seller, values, _unanswered(values))
    village = values["village"]
    place = (
        {"commune": village.removeprefix(COMMUNE)}
        if village.startswith(COMMUNE)
        else {"village": village or None}
    )
    payload = mutate(
        request,
        "seller_apply",
        input={
            **({"sellerId": seller["id"]} if seller else {}),
            **place,
            "name": values["name"],
            "legalName": values["legal_name"],
            "kind": values["kind"],
            "phone": values["phone"],
            "address": addresses.address_input(values, values["legal_name"], values["phone"]),
            "showAddress": values["show_address"] == "yes",
        },
    )
    if payload["userErrors"]:
        errors = field_errors(payload["userErrors"], BEGIN, {**addresses.PLACES, "commune": "village"})
        return _begin_page(request, desk, seller, values, errors)
    slug = payload["seller"]["slug"]
    request.session[SESSION_SELLER] = slug
    if seller is None:
        remember_made(request, slug)
    return _saved(request, payload["seller"])


def _unanswered(values: Mapping[str, str]) -> dict[str, str]:
    """Where the first question has no answer nothing can be sent: what else was left open is told with it."""
    words = {
        "kind": _("Choose what fits best."),
        "name": _("Write the name of your workshop."),
        "legal_name": _("Write the name on your identity card or licence."),
        "village": _("Choose your village, or your commune."),
        "phone": _("Write a phone number on which you are reached."),
        "ward": _("Choose the ward or commune of the workshop."),
        "line1": _("Write the house number and street, or the hamlet."),
    }
    return {name: said for name, said in words.items() if name == "kind" or not values[name]}


def _saved(request: HttpRequest, seller: Data) -> HttpResponse:
    """Back to the checklist, where the next question waits."""
    open_items = [row for row in seller["private"]["checklist"] if row["code"] in NEEDED and not row["done"]]
    if open_items:
        messages.success(request, _("Saved. Here is what comes next."))
    else:
        messages.success(request, _("Saved. The officer of your commune has everything and will look at it."))
    return done(request, reverse("desk:home"))


def _known(desk: Desk, seller: Data | None) -> dict[str, str]:
    """What is known already: the application, else the account."""
    if seller is None:
        return {
            "legal_name": desk.person["name"],
            "phone": written_phone(desk.person["phone"]),
            **addresses.address_values(None),
        }
    private = seller["private"]
    village = (seller["village"] or {}).get("slug")
    commune = (seller["commune"] or {}).get("slug")
    return {
        "kind": seller["kind"],
        "name": seller["name"],
        "legal_name": private["legalName"] or "",
        "village": village or (f"{COMMUNE}{commune}" if commune else ""),
        "phone": written_phone(private["phone"]),
        **addresses.address_values(private),
    }


def _kinds() -> list[Option]:
    return [
        Option("HOUSEHOLD", _("A family that makes and sells"), hint=_("Household business")),
        Option("ARTISAN", _("One craftsman or craftswoman"), hint=_("Artisan")),
        Option("COOPERATIVE", _("A cooperative"), hint=_("Several families with one licence")),
        Option("COMPANY", _("A company"), hint=_("With a business licence")),
    ]


def _villages(communes: list[Data]) -> list[Option]:
    options = [Option("", _("Choose"))]
    for commune in communes:
        options += [Option(row["slug"], row["name"], commune["name"]) for row in commune["villages"]]
        elsewhere = _("Elsewhere in %(commune)s") % {"commune": commune["name"]}
        options.append(Option(f"{COMMUNE}{commune['slug']}", elsewhere, commune["name"]))
    return options


def _begin_page(
    request: HttpRequest,
    desk: Desk,
    seller: Data | None,
    values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    focus: str = "",
) -> HttpResponse:
    data = run(request, "apply_form", province=addresses.province_of(values))
    fields = [
        Field("kind", _("Who sells?"), "radio", options=_kinds(), required=True),
        Field(
            "name",
            _("Name of your workshop"),
            hint=_("The name that buyers will see, for example Mây tre cô Lan."),
            required=True,
            attributes={"maxlength": 160, "autocomplete": "organization"},
        ),
        Field(
            "legal_name",
            _("Name on your identity card or licence"),
            required=True,
            attributes={"maxlength": 200, "autocomplete": "name"},
        ),
        Field(
            "village",
            _("Which village do you work in?"),
            "select",
            options=_villages(data["communes"]),
            required=True,
        ),
        Field(
            "phone",
            _("Phone number"),
            hint=_("For the officer and for orders. Buyers do not see it."),
            required=True,
            attributes={"type": "tel", "autocomplete": "tel", "maxlength": 30},
        ),
        *addresses.address_fields(data),
    ]
    context = {
        "fields": fill(fields, values, errors or {}),
        "key": clean(request.POST.get("key"), 64) or new_key(),
        "focus": focus,
        "seller": seller,
    }
    return show(request, desk, "desk/apply.html", context, errors=errors)


# --- The pages after it ---------------------------------------------------------------------------------------


def _question(view: Callable[[HttpRequest, Desk, Data], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that adds one answer to an application; whoever has none is led back."""

    @desk_page(OWNERS)
    @functools.wraps(view)
    def inner(request: HttpRequest, desk: Desk) -> HttpResponse:
        seller = _application(request, desk)
        if seller is None:
            messages.info(request, _("This question is for workshops that are applying."))
            return redirect("desk:home")
        if not seller["private"]["phone"] or not seller["private"]["address"]:
            return redirect("desk:apply")
        return view(request, desk, seller)

    return inner


def _add(
    request: HttpRequest, seller: Data, known: tuple[str, ...], **answer: Any
) -> tuple[Data, dict[str, str]]:
    """Adds an answer to the application. Gives the payload's seller, and errors by field."""
    payload = mutate(request, "seller_apply", input={**_again(seller), **answer})
    return payload["seller"], field_errors(payload["userErrors"], known)


@_question
def papers(request: HttpRequest, desk: Desk, seller: Data) -> HttpResponse:
    """Photos of the papers that prove who sells."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        files = request.FILES.getlist("documents")
        if not files:
            errors = {"documents": _("Choose at least one photo or file.")}
        else:
            saved, errors = _add(request, seller, ("documents",), documents=files)
            if not errors:
                return _saved(request, saved)
    context = {"seller": seller, "person": seller["kind"] in PERSONS}
    return show(request, desk, "desk/papers.html", context, errors=errors)


@_question
def identity(request: HttpRequest, desk: Desk, seller: Data) -> HttpResponse:
    """Personal id and birth date of a person, the tax code of everybody else."""
    person = seller["kind"] in PERSONS
    private = seller["private"]
    values = {
        "personal_id": private["personalId"] or "",
        "birth_date": written_day(private["birthDate"]),
        "tax_code": private["taxCode"] or "",
    }
    questions = _identity_questions(person)
    errors: dict[str, str] = {}
    if request.method == "POST":
        names = tuple(question.name for question in questions)
        values = typed(request, names, 40)
        errors, answer = _identity_answer(values, person)
        if not errors:
            saved, errors = _add(request, seller, names, **answer)
            if not errors:
                return _saved(request, saved)
    context = {"person": person, "fields": fill(questions, values, errors)}
    return show(request, desk, "desk/identity.html", context, errors=errors)


def _identity_answer(values: Mapping[str, str], person: bool) -> tuple[dict[str, str], Data]:
    reader = Reader(values)
    answer: Data = {"taxCode": values["tax_code"] or None}
    if person:
        answer |= {"personalId": values["personal_id"] or None, "birthDate": reader.day("birth_date")}
        if not values["personal_id"]:
            reader.errors["personal_id"] = _("Write the number on the front of your identity card.")
        if not values["birth_date"]:
            reader.errors["birth_date"] = _("Write your date of birth.")
    elif not values["tax_code"]:
        reader.errors["tax_code"] = _("Write the tax code from your licence.")
    return reader.errors, answer


def _identity_questions(person: bool) -> list[Field]:
    number = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 20}
    tax = Field(
        "tax_code",
        _("Tax code"),
        hint=_("If you have one. Leave it empty otherwise.") if person else _("10 digits, on your licence."),
        required=not person,
        attributes=number,
    )
    if not person:
        return [tax]
    return [
        Field(
            "personal_id",
            _("Number of your identity card"),
            hint=_("The 12 digits on the front of the card."),
            required=True,
            attributes=number,
        ),
        Field(
            "birth_date",
            _("Date of birth"),
            hint=_("Day/month/year, for example 20/04/1965."),
            required=True,
            attributes={"autocomplete": "bday", "maxlength": 12},
        ),
        tax,
    ]


@_question
def bank(request: HttpRequest, desk: Desk, seller: Data) -> HttpResponse:
    """Where the money goes. May be left for later."""
    account = seller["private"]["bankAccount"] or {}
    names = ("bank_bin", "bank_account", "bank_holder")
    values = {
        "bank_bin": account.get("bankBin") or "",
        "bank_holder": account.get("holder") or seller["private"]["legalName"] or "",
    }
    errors: dict[str, str] = {}
    if request.method == "POST":
        values = typed(request, names, 120)
        answer = {
            "bankBin": values["bank_bin"],
            "bankAccount": values["bank_account"],
            "bankHolder": values["bank_holder"] or None,
        }
        if not values["bank_bin"] and not values["bank_account"]:
            errors = {"bank_bin": _("Choose your bank, or leave this for later.")}
        else:
            saved, errors = _add(request, seller, names, **answer)
            if not errors:
                return _saved(request, saved)
    banks = banks_by_name()
    questions = [
        Field(
            "bank_bin",
            _("Bank"),
            "select",
            options=[Option("", _("Choose")), *(Option(code, name) for code, name in banks)],
        ),
        Field(
            "bank_account",
            _("Account number"),
            attributes={"inputmode": "numeric", "autocomplete": "off", "maxlength": 40},
        ),
        Field(
            "bank_holder",
            _("Name of the account"),
            hint=_("As the bank writes it."),
            attributes={"autocomplete": "off", "maxlength": 120},
        ),
    ]
    context = {"account": account, "fields": fill(questions, values, errors)}
    return show(request, desk, "desk/bank.html", context, errors=errors)
