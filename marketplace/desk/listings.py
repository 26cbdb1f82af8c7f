"""One thing for sale: its page at the desk, where everything about it is written, sent and put away."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from marketplace.desk.client import mutate
from marketplace.desk.forms import TOP
from marketplace.desk.listing_form import (
    UNSEEN,
    ListingReader,
    Values,
    differences,
    take_over_ids,
    typed_values,
    values_of,
)
from marketplace.desk.listing_page import listing_context
from marketplace.desk.pictures import photo_act, photo_take, photo_words
from marketplace.desk.site import Desk, by_script, desk_page, listing_of, new_key, show
from marketplace.pages import Data, clean, whole_number

# Buttons of the page that change its state alone.
STATES = {"archive": "product_archive", "unarchive": "product_unarchive"}


@desk_page(workshop=False)
def listing(request: HttpRequest, desk: Desk, key: uuid.UUID) -> HttpResponse:
    desk, data = listing_of(request, desk, "listing", key)
    if request.method != "POST":
        values = values_of(data["product"], data["english"])
        return _page(request, desk, data, values)
    if request.headers.get("X-Requested-With") == "autosave":
        return _autosave(request, data)
    action = clean(request.POST.get("do"), 20)
    if action in STATES:
        return _move(request, key, action, data["product"])
    return _save(request, desk, data, key, action)


def _move(request: HttpRequest, key: uuid.UUID, action: str, product: Data) -> HttpResponse:
    payload = mutate(request, STATES[action], id=product["id"])
    for problem in payload["userErrors"]:
        messages.error(request, problem["message"])
    if not payload["userErrors"]:
        words = _("Put away. Nothing is lost; you can bring it back.")
        if action == "unarchive":
            back = payload["product"]["state"]
            words = _("It is for sale again.") if back == "PUBLISHED" else _("It is back, as a draft.")
        messages.success(request, words)
    return redirect("desk:listing", key)


def _write(
    request: HttpRequest, data: Data, values: Values
) -> tuple[Data | None, dict[str, str], ListingReader]:
    """Saves what was typed. Gives the payload (None where it could not even be sent), errors, and the reader."""
    reader = ListingReader(values, data["product"], data["english"])
    given = reader.input()
    if reader.errors:
        return None, reader.errors, reader
    payload = mutate(request, "product_update", id=data["product"]["id"], input=given)
    errors = reader.problems(payload["userErrors"])
    if _written(payload):
        errors |= _count_shelf(request, reader, payload["product"])
    return payload, errors, reader


def _count_shelf(request: HttpRequest, reader: ListingReader, saved: Data) -> dict[str, str]:
    """A new kind comes with its number; to one that is there already, the number is given by counting."""
    there = {variant["id"]: variant for variant in saved["variants"]}
    errors: dict[str, str] = {}
    for number, wanted in reader.shelf.items():
        variant = there.get(reader.values[f"v-{number}-id"])
        if variant is None or variant["onHand"] == wanted:
            continue
        before = whole_number(reader.values.get(f"v-{number}-shown"), variant["onHand"])
        change = {
            "delta": wanted - before,
            "expected": before,
            "reason": _("Counted while writing the listing"),
        }
        payload = mutate(request, "stock_adjust", variant=variant["id"], key=new_key(), **change)
        if payload["userErrors"]:
            errors[f"v-{number}-stock"] = payload["userErrors"][0]["message"]
        else:
            variant["onHand"] = payload["variant"]["onHand"]
    return errors


def _is_conflict(payload: Data | None) -> bool:
    return payload is not None and any(error["code"] == "CONFLICT" for error in payload["userErrors"])


def _save(request: HttpRequest, desk: Desk, data: Data, key: uuid.UUID, action: str) -> HttpResponse:
    """Saves, then does what the button says: send, photos, a kind put away. A refusal gives everything back."""
    values = typed_values(request)
    payload, errors, reader = _write(request, data, values)
    if _is_conflict(payload):
        return _conflict(request, desk, key, values)
    # Files cannot be given back in a form: they are taken in even where a word was refused.
    refused = [
        error for photo in request.FILES.getlist("photos") for error in photo_take(request, key, photo)
    ]
    refused += photo_words(request, data["product"])[0]
    if refused:
        errors = {**errors, "photos": " ".join(refused)}
    if not errors:
        errors = _after(request, data["product"], action, reader)
    if errors:
        _desk, fresh = listing_of(request, desk, "listing", key)
        if _written(payload):
            values = values_of(fresh["product"], fresh["english"])
        elif values.get("revision") == str(data["product"]["revision"]):
            # Photos that were just taken in have raised it; nobody else was in between.
            values["revision"] = str(fresh["product"]["revision"])
        return _page(request, desk, fresh, values, errors)
    return redirect("desk:listing", key)


def _written(payload: Data | None) -> bool:
    return payload is not None and not payload["userErrors"]


def _after(request: HttpRequest, product: Data, action: str, reader: ListingReader) -> dict[str, str]:
    """What follows on saving. Returns errors by field; tells what was done."""
    acted = photo_act(request, product)
    if acted is not None:
        if acted:
            return {"photos": acted[0]}
        messages.success(request, _("Saved, and the photos are as you wanted."))
        return {}
    kind = clean(request.POST.get("kind_archive"), 200)
    if kind:
        return _put_kind_away(request, kind)
    if action == "submit":
        payload = mutate(request, "product_submit", id=product["id"])
        if payload["userErrors"]:
            return reader.problems(payload["userErrors"])
        messages.success(request, _("Sent to the officer. You get a message once it has been looked at."))
        return {}
    if request.FILES.getlist("photos"):
        messages.success(request, _("Saved, with the new photos."))
    else:
        messages.success(request, _("Saved."))
    return {}


def _put_kind_away(request: HttpRequest, kind: str) -> dict[str, str]:
    payload = mutate(request, "variant_archive", id=kind)
    if payload["userErrors"]:
        return {TOP: payload["userErrors"][0]["message"]}
    messages.success(request, _("Saved, and this kind is no longer for sale."))
    return {}


def _conflict(request: HttpRequest, desk: Desk, key: uuid.UUID, values: Values) -> HttpResponse:
    """Somebody was faster: what was typed stays in the form, what is there now stands above it."""
    desk, fresh = listing_of(request, desk, "listing", key)
    take_over_ids(values, fresh["product"])
    values["revision"] = str(fresh["product"]["revision"])
    now = differences(fresh["product"], fresh["english"], values)
    words = _(
        "Somebody changed this listing meanwhile. What you typed is still here. "
        "Save again to put it in the place of theirs."
    )
    return _page(request, desk, fresh, values, {TOP: words}, now=now)


def _page(
    request: HttpRequest,
    desk: Desk,
    data: Data,
    values: Values,
    errors: Mapping[str, str] | None = None,
    now: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    context = listing_context(data, values, errors or {})
    return show(request, desk, "desk/listing.html", {**context, "now": now}, errors=errors)


# --- By script ------------------------------------------------------------------------------------------------


def _autosave(request: HttpRequest, data: Data) -> JsonResponse:
    """Saves what can be saved; what is wrong is said, and stays in the form."""
    product = data["product"]
    answer: dict[str, Any] = {"saved": False, "revision": product["revision"], "errors": {}}
    if product["state"] not in UNSEEN:
        answer["errors"] = {TOP: _("Press Save: buyers or the officer can see this listing.")}
        return JsonResponse(answer, status=409)
    values = typed_values(request)
    wrong = ListingReader(values, product, data["english"])
    wrong.input()
    for name in wrong.errors:
        # A price that cannot be read yet must not keep the words from being saved.
        values[name] = values_of(product, data["english"]).get(name, "")
    payload, errors, reader = _write(request, data, values)
    answer["errors"] = {**errors, **wrong.errors}
    if _is_conflict(payload):
        return JsonResponse({**answer, "conflict": True}, status=409)
    if payload is None or payload["userErrors"]:
        return JsonResponse(answer, status=422)
    saved = payload["product"]
    kinds: dict[str, str] = {}
    for number, row in zip(reader.kinds, saved["variants"], strict=False):
        kinds |= {f"v-{number}-id": row["id"], f"v-{number}-shown": str(row["onHand"])}
    refused, revision = photo_words(request, product)
    if refused:
        answer["errors"] |= {"photos": " ".join(refused)}
    answer |= {"saved": True, "revision": max(saved["revision"], revision), "kinds": kinds}
    return JsonResponse(answer)


@desk_page(workshop=False, methods=("POST",))
def photo_add(request: HttpRequest, desk: Desk, key: uuid.UUID) -> HttpResponse:
    """Takes photos by themselves, so that a script can show how far each one is."""
    desk, _data = listing_of(request, desk, "listing", key)
    if not by_script(request):
        raise Http404
    refused = [
        error for photo in request.FILES.getlist("photos") for error in photo_take(request, key, photo)
    ]
    desk, fresh = listing_of(request, desk, "listing", key)
    if refused:
        return JsonResponse(
            {"errors": {"photos": " ".join(refused)}, "revision": fresh["product"]["revision"]}, status=422
        )
    context = listing_context(fresh, values_of(fresh["product"], fresh["english"]), {})
    html = render_to_string("desk/parts/photos.html", context, request=request)
    return JsonResponse({"html": html, "revision": fresh["product"]["revision"]})
