"""Orders at the desk: to take on, to pack, to hand over; each with its one next step."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.core.countries import HOME, country_name
from marketplace.core.phones import written_phone
from marketplace.desk.client import mutate, run
from marketplace.desk.forms import Field, Option, field_errors, fill, typed
from marketplace.desk.site import EDITORS, Desk, desk_page, new_key, show
from marketplace.desk.slips import Slip, parcel_papers
from marketplace.pages import Data, clean, key_of, unkept, whole_number
from marketplace.pdf import pdf_response
from orders.labels import parcel_of

# The tabs by the word in the address.
TABS: dict[str, list[str]] = {
    "can-nhan": ["TO_CONFIRM"],
    "can-gui": ["PREPARING"],
    "dang-giao": ["SHIPPED", "DELIVERED"],
    "xong": ["COMPLETED", "RETURNED"],
    "da-huy": ["CANCELLED"],
}
FIRST_TAB = "can-nhan"
NAMES = ("carrier", "tracking")
# Who carries what was ordered by each way of delivery, where that leaves no choice.
FITTING = {"ghn": "ghn", "pickup": "pickup"}
# What a person at the bench knows of a parcel.
PARCEL_NEWS = {"IN_TRANSIT", "DELIVERED", "CANCELLED", "RETURNED", "LOST"}


@desk_page(methods=("GET",))
def orders(request: HttpRequest, desk: Desk) -> HttpResponse:
    tab = request.GET.get("xem", FIRST_TAB)
    tab = tab if tab in TABS else FIRST_TAB
    after = clean(request.GET.get("after"), 1500) or None
    criteria = {"seller": desk.seller["slug"], "state": TABS[tab]}
    found = run(request, "orders", filter=criteria, after=after)["sellerOrders"]
    labels = {
        "can-nhan": _("To take on"),
        "can-gui": _("To send"),
        "dang-giao": _("On the way"),
        "xong": _("Done"),
        "da-huy": _("Cancelled"),
    }
    context = {
        "section": "orders",
        "tabs": list(labels.items()),
        "tab": tab,
        "label": labels[tab],
        "found": found,
        "further": after is not None,
    }
    return show(request, desk, "desk/orders.html", context)


@desk_page()
def order(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    part = _part(request, desk, number)
    values, errors = (
        {"carrier": FITTING.get(part["shippingOption"]["carrier"], ""), "tracking": ""},
        dict[str, str](),
    )
    if request.method == "POST":
        act = clean(request.POST.get("act"), 20)
        if act == "ship":
            values = typed(request, NAMES, 60)
        errors = _do(request, part, act, values)
        if not errors:
            return redirect("desk:order", number)
        part = _part(request, desk, number)
    left = sum(line["left"] for line in part["lines"])
    packed = any(parcel["state"] != "CANCELLED" for parcel in part["shipments"])
    context = {
        "section": "orders",
        "part": part,
        "left": left,
        "fields": fill(_questions(part["books"]), values, errors),
        "key": new_key(),
        "may_cancel": desk.edits and part["state"] in ("TO_CONFIRM", "PREPARING") and not packed,
    }
    return show(request, desk, "desk/order.html", context, errors=errors)


@desk_page(methods=("GET",))
def order_papers(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The parcel's address label and packing slip, as PDF."""
    part = _part(request, desk, number)
    to = part["shippingAddress"]
    if to is None or part["state"] in ("CANCELLED", "EXPIRED"):
        raise Http404
    parcels = [parcel for parcel in part["shipments"] if parcel["state"] != "CANCELLED"]
    seller = part["seller"]
    return _papers(
        number,
        (parcels[-1]["trackingNumber"] or "") if parcels else "",
        seller["publicName"],
        [seller["village"], seller["commune"]],
        to,
        _inside(part, parcels),
        part["note"] or "",
    )


def _papers(
    number: str,
    tracking: str,
    sender: str,
    places: list[Data | None],
    to: Data,
    lines: list[tuple[int, str, str, str]],
    note: str,
) -> HttpResponse:
    sheet = parcel_papers(
        Slip(
            number=number,
            tracking=tracking,
            sender=sender,
            sender_place=", ".join([*(place["name"] for place in places if place), "Hà Nội"]),
            receiver=to["name"],
            phone=written_phone(to["phone"]),
            address=[
                to["line1"] or "",
                *_place(to),
            ],
            lines=lines,
            note=note,
            from_word=_("From"),
            to_word=_("To"),
            slip_word=_("In this parcel"),
            note_word=_("The buyer writes"),
            thanks=_("Thank you for buying what a village has made."),
        )
    )
    return pdf_response(sheet, f"{number}.pdf")


@require_safe
@unkept
def parcel_label(request: HttpRequest, token: str) -> HttpResponse:
    """A parcel's papers, for whoever holds its link; 404 for a link that is too old or none of ours."""
    parcel = parcel_of(token)
    if parcel is None:
        raise Http404
    part = parcel.seller_order
    seller, to = part.seller, part.order.address
    inside = parcel.lines.select_related("line").order_by("id")
    response = _papers(
        part.number,
        parcel.tracking_number,
        seller.name,
        [{"name": place.name} for place in (seller.village, seller.commune) if place],
        {"postalCode": "", "country": HOME, "ward": "", "province": "", **to},
        [(item.quantity, item.line.product_name, item.line.variant_name, item.line.sku) for item in inside],
        part.order.note,
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _place(to: Data) -> list[str]:
    """As post offices read it: abroad the country stands last, in English."""
    if to["country"] == HOME:
        return [", ".join(word for word in (to["ward"], to["province"]) if word)]
    town = " ".join(word for word in (to["province"], to["postalCode"]) if word)
    return [town, country_name(to["country"], "en").upper()]


def _inside(part: Data, parcels: list[Data]) -> list[tuple[int, str, str, str]]:
    """What the newest parcel holds; before there is one, what is still to be sent."""
    pieces = {line["id"]: line["left"] for line in part["lines"]}
    if parcels:
        pieces = {item["line"]["id"]: item["quantity"] for item in parcels[-1]["lines"]}
    return [
        (pieces[line["id"]], line["productName"], line["variantName"], line["sku"])
        for line in part["lines"]
        if pieces.get(line["id"])
    ]


@desk_page(EDITORS)
def order_cancel(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """A second question before an order is given up, with the words that the buyer reads."""
    part = _part(request, desk, number)
    reason, errors = "", dict[str, str]()
    if request.method == "POST":
        reason = clean(request.POST.get("reason"), 2000)
        payload = mutate(
            request,
            "order_cancel",
            id=part["id"],
            reason=reason,
            key=clean(request.POST.get("key"), 64) or new_key(),
        )
        errors = field_errors(payload["userErrors"], ("reason",))
        if not errors:
            messages.success(request, _("Cancelled. The buyer has been told and gets the money back."))
            return redirect("desk:order", number)
    owed = part["total"]["amount"] - part["refunded"]["amount"]
    context = {"section": "orders", "part": part, "owed": owed, "reason": reason, "key": new_key()}
    return show(request, desk, "desk/order_cancel.html", context, errors=errors)


def _part(request: HttpRequest, desk: Desk, number: str) -> Data:
    """The workshop's part with this number. 404 for every other."""
    criteria = {"seller": desk.seller["slug"], "query": clean(number, 16)}
    found = run(request, "order", filter=criteria)
    for part in found["sellerOrders"]["nodes"]:
        if part["number"] == number:
            part["books"] = {row["code"] for row in found["carriers"] if row["books"]}
            for line in part["lines"]:
                line["left"] = line["quantity"] - line["quantityShipped"]
            for row in part["returns"]:
                row["key"] = key_of(row["id"])
            return part  # type: ignore[no-any-return]
    raise Http404


def _do(request: HttpRequest, part: Data, act: str, values: dict[str, str]) -> dict[str, str]:
    """One press of a button. What is wrong with it, by the name of the field."""
    if act == "confirm":
        payload = mutate(request, "order_confirm", id=part["id"])
        told = _("Taken on. The buyer sees that you are packing it.")
    elif act == "ship":
        payload = _ship(request, part, values)
        told = _("Sent. The buyer has been told.")
        if values["carrier"] in part["books"] and not values["tracking"]:
            told = _("We book it now. The carrier comes for it; you see here how it goes.")
    elif act.startswith("parcel-") and (state := act.removeprefix("parcel-")) in PARCEL_NEWS:
        payload = mutate(request, "parcel_news", id=clean(request.POST.get("parcel"), 200), state=state)
        told = _("Noted.")
    else:
        return {}
    errors: dict[str, Any] = field_errors(payload["userErrors"], (*NAMES, "lines"))
    if not errors:
        messages.success(request, told)
    return errors


def _ship(request: HttpRequest, part: Data, values: dict[str, str]) -> Data:
    # Of what was posted alone, so that the same press twice is the same parcel.
    posted = {line["id"]: request.POST.get(f"pieces-{line['id']}") for line in part["lines"]}
    wanted = {key: whole_number(typed, 0) for key, typed in posted.items() if typed is not None}
    if not values["carrier"]:
        return {"userErrors": [{"field": ["carrier"], "message": _("Choose who carries it.")}]}
    lines = [{"lineId": key, "quantity": pieces} for key, pieces in wanted.items() if pieces]
    return mutate(
        request,
        "shipment_create",
        part=part["id"],
        carrier=values["carrier"],
        tracking=values["tracking"] or None,
        lines=lines if wanted else None,
        key=clean(request.POST.get("key"), 64) or new_key(),
    )


def _questions(books: set[str]) -> list[Field]:
    hint = _("So the buyer can follow the parcel. Leave it empty if there is none.")
    if "ghn" in books:
        hint = _(
            "With GHN leave it empty: we book it, and they come for it. Else the buyer follows the parcel by it."
        )
    return [
        Field(
            "carrier",
            _("Who carries it?"),
            "select",
            options=[
                Option("", _("Choose")),
                Option("vnpost", "Vietnam Post (Bưu điện)"),
                Option("viettelpost", "Viettel Post"),
                Option("ghn", "GHN"),
                Option("ghtk", "GHTK"),
                Option("self", _("We bring it ourselves")),
                Option("pickup", _("The buyer comes for it")),
                Option("other", _("Somebody else")),
            ],
            required=True,
        ),
        Field(
            "tracking",
            _("Number on the carrier's slip"),
            hint=hint,
            attributes={"maxlength": 60, "autocomplete": "off", "autocapitalize": "characters"},
        ),
    ]
