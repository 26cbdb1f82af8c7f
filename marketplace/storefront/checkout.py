"""From basket to order: one form, nothing typed is ever lost."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.core.countries import HOME, country_name
from marketplace.core.phones import written_phone
from marketplace.pages import Data, clean, whole_number
from marketplace.storefront import addresses
from marketplace.storefront.cart import blocking_problems, current_cart, estimate, forget_cart
from marketplace.storefront.client import mutate, run
from marketplace.storefront.orders import remember_order, start_payment

INVOICE = {
    "company": "company",
    "taxCode": "tax_code",
    "address": "invoice_address",
    "email": "invoice_email",
}
FIELDS = (*addresses.FIELDS, "email", "note", "keep", *INVOICE.values())
BLANK = {**dict.fromkeys(FIELDS, ""), "country": HOME}
SESSION_PLACED = "placed"
SESSION_DRAFT = "checkout_draft"
KEEP_PLACED = 10
# Where the schema's path of a problem shows in the form.
PLACES = {**addresses.PLACES, "expectedTotal": "total"}
# Buttons that ask for something more in the form and order nothing.
ASIDE = ("choose_province", "choose_country", "choose_ward", "choose_address")
FOCUS = {"choose_province": "ward", "choose_country": "where", "choose_address": "others"}
WAY = "way-"
# All countries abroad are one zone: this one stands for those that nobody has chosen yet.
ANY_ABROAD = {"name": "", "phone": "", "line1": "", "country": "FR"}


@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        placed = request.session.get(SESSION_PLACED, {}).get(clean(request.POST.get("key"), 64))
        if placed:
            # The form was sent twice, or reloaded: the order is there already.
            return redirect("storefront:payment", placed)
    values = addresses.typed_values(request, FIELDS)
    key = clean(request.POST.get("key"), 64) or secrets.token_urlsafe(18)
    basket = clean(request.POST.get("cart"), 200)
    aside = next((name for name in ASIDE if request.POST.get(name)), "")
    if basket and not aside:
        # The key tells whether this form was sent before: the same order comes again, whatever the basket is now.
        return _place(request, basket, values, key)
    if request.method == "POST":
        request.session[SESSION_DRAFT] = values
    cart = current_cart(request)
    if cart is None or not cart["sellers"]:
        return redirect("storefront:cart")
    if blocking_problems(cart):
        return _back_to_basket(request)
    if request.method != "POST":
        return _form(request, cart)
    if aside:
        return _form(request, cart, values=values, key=key, aside=aside)
    return _place(request, cart["id"], values, key)


def _back_to_basket(request: HttpRequest) -> HttpResponse:
    """Something in the basket is in the way; the basket says what and how to go on."""
    if request.method == "POST":
        messages.warning(
            request,
            _("Not ordered yet: something in the basket has changed. The address that you typed is kept."),
        )
    return redirect("storefront:cart")


def _form(
    request: HttpRequest,
    cart: Data,
    *,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    key: str = "",
    aside: str = "",
) -> HttpResponse:
    viewer = run(request, "checkout")["viewer"]
    kept = addresses.with_keys(viewer["addresses"])
    draft = request.session.get(SESSION_DRAFT)
    values = values or (BLANK | draft if draft else None) or _known(cart, kept, viewer["user"])
    if aside == "choose_address":
        chosen = [row for row in kept if str(row["key"]) == request.POST["choose_address"]]
        values = {**values, **(addresses.kept_values(chosen[0]["address"]) if chosen else {})}
        request.session[SESSION_DRAFT] = values
    places = addresses.form_places(request, values)
    place = _offer_ways(request, cart, values, places)
    return render(
        request,
        "storefront/checkout.html",
        {
            "cart": cart,
            "sums": estimate(cart),
            "terms": run(request, "legal", kind="TERMS")["legalText"],
            "invoice_open": any((values or {}).get(name) for name in INVOICE.values()),
            "changed": [p for p in cart["problems"] if p["code"] == "PRICE_CHANGED"],
            "place": place,
            "abroad": all(part["abroad"] for part in cart["sellers"]),
            "values": values,
            "errors": errors or {},
            "others": [row for row in kept if not addresses.same_values(values, row["address"])],
            **places,
            "key": key or secrets.token_urlsafe(18),
            "focus": FOCUS.get(aside, ""),
        },
        status=422 if errors else 200,
    )


def _offer_ways(request: HttpRequest, cart: Data, values: dict[str, str], places: Data) -> str:
    """Puts into the cart how each maker delivers to the form's address, and what is chosen. Returns where that is."""
    province = next((row["name"] for row in places["provinces"] if row["code"] == values["province"]), "")
    ward = next((row["name"] for row in places["wards"] if row["code"] == values["ward"]), "")
    address = {**addresses.address_input(values), "name": "", "phone": "", "line1": ""}
    place = f"{ward}, {province}" if ward else province
    if values["country"] == HOME:
        address["province"] = province
    else:
        place = country_name(values["country"], get_language() or "vi")
    found = run(request, "checkout_ways", cart=cart["id"], address=address, abroad=ANY_ABROAD)["cart"]
    offered = {part["seller"]["slug"]: part for part in found["sellers"]} if found else {}
    for part in cart["sellers"]:
        of_maker = offered.get(part["seller"]["slug"], {"shippingOptions": [], "abroad": []})
        part["abroad"] = any(row["carrier"] != "pickup" for row in of_maker["abroad"])
        part["shippingOptions"] = of_maker["shippingOptions"] if values["country"] else []
        ids = [row["id"] for row in part["shippingOptions"]]
        kept = (part["selectedShippingOption"] or {}).get("id")
        wanted = [clean(request.POST.get(f"{WAY}{part['seller']['slug']}"), 200), kept]
        usual = [row["id"] for row in part["shippingOptions"] if row["carrier"] != "pickup"]
        chosen = next((key for key in (*wanted, *usual) if key in ids), None)
        part["selectedShippingOption"] = {"id": chosen} if chosen else None
    return place


def _known(cart: Data, kept: list[Data], user: Data | None) -> dict[str, str]:
    """What we know already: the cart's address, else the first one that the person keeps, else the account."""
    user = user or {}
    known = {
        "name": user.get("name"),
        "phone": written_phone(user.get("phone")),
        "email": user.get("email"),
    }
    address = cart["deliveryAddress"] or (kept[0]["address"] if kept else None)
    if address:
        known |= {name: value for name, value in addresses.kept_values(address).items() if value}
    return BLANK | {name: word for name, word in known.items() if word}


def _place(request: HttpRequest, basket: str, values: dict[str, str], key: str) -> HttpResponse:
    expected = clean(request.POST.get("expected_total"), 20)
    ways = [clean(request.POST.get(name), 200) for name in request.POST if name.startswith(WAY)]
    payload = mutate(
        request,
        "checkout_place",
        key=key,
        input={
            "cartId": basket,
            "phone": values["phone"],
            "email": values["email"] or None,
            "note": values["note"] or None,
            "shippingAddress": addresses.address_input(values),
            "invoice": _invoice(values),
            "acceptedTerms": clean(request.POST.get("terms"), 20) or None,
            "shippingOptionIds": ways or None,
            "expectedTotal": int(expected) if expected.isascii() and expected.isdigit() else 0,
        },
    )
    if payload["userErrors"]:
        return _refused(request, values, key, payload["userErrors"])
    order = payload["order"]
    forget_cart(request)
    request.session.pop(SESSION_DRAFT, None)
    placed: dict[str, Any] = request.session.get(SESSION_PLACED, {})
    placed[key] = order["number"]
    request.session[SESSION_PLACED] = dict(list(placed.items())[-KEEP_PLACED:])
    remember_order(request, order["number"], order["token"])
    start_payment(request, order)
    if values["keep"] and request.user.is_authenticated:
        addresses.keep_address(request, order["shippingAddress"])
    return redirect("storefront:payment", order["number"])


def _invoice(values: dict[str, str]) -> Data | None:
    """Asked for by whoever has filled in one of its fields."""
    given = {name: values[field] for name, field in INVOICE.items()}
    return given if any(given.values()) else None


def _refused(request: HttpRequest, values: dict[str, str], key: str, problems: list[Data]) -> HttpResponse:
    # What was typed stands here when the form is opened again.
    request.session[SESSION_DRAFT] = values
    codes = {problem["code"] for problem in problems}
    if codes & {"CART_EXPIRED", "CART_EMPTY"} or any((p["field"] or [""])[0] == "lines" for p in problems):
        messages.error(request, problems[0]["message"])
        return _back_to_basket(request)
    if "IDEMPOTENCY_MISMATCH" in codes:
        messages.error(request, _("This form was sent already. Look at your order before you order again."))
        return redirect("storefront:cart")
    errors: dict[str, str] = {}
    for problem in problems:
        path = problem["field"] or ["total"]
        place = INVOICE[path[-1]] if path[0] == "invoice" else PLACES.get(path[-1], path[-1])
        errors.setdefault(place, problem["message"])
    # Prices may have changed meanwhile: the page shows the cart as it stands now.
    cart = current_cart(request)
    if cart is None or blocking_problems(cart):
        return _back_to_basket(request)
    if errors.keys() - set(FIELDS):
        errors.setdefault("total", next(errors[name] for name in errors if name not in FIELDS))
    return _form(request, cart, values=values, errors=errors, key=key)


@require_safe
def wards(request: HttpRequest) -> JsonResponse:
    """The wards of a province, for the form to fill its second list."""
    province = clean(request.GET.get("tinh"), 8)
    number = whole_number(province, -1)
    return JsonResponse({"wards": run(request, "wards", province=province)["wards"] if number >= 0 else []})
