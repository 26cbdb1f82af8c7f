"""The basket. A guest's is known by its id in the session, a person's by who they are."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.pages import Data, clean, whole_number
from marketplace.storefront.catalogue import product_page
from marketplace.storefront.client import mutate, run

SESSION_CART = "cart"
SESSION_COUNT = "cart_count"


def forget_cart(request: HttpRequest) -> None:
    request.session.pop(SESSION_CART, None)
    request.session[SESSION_COUNT] = 0


def _remember(request: HttpRequest, cart: Data | None) -> None:
    """Keeps a guest's cart id and how many pieces there are, for the head of every page."""
    if cart is None:
        return
    if not request.user.is_authenticated:
        request.session[SESSION_CART] = cart["id"]
    lines = cart["lines"] if "lines" in cart else [line for part in cart["sellers"] for line in part["lines"]]
    count = sum(line["quantity"] for line in lines)
    if request.session.get(SESSION_COUNT, 0) != count:
        request.session[SESSION_COUNT] = count


def current_cart(request: HttpRequest) -> Data | None:
    """The reader's open cart with everything a page shows, or None."""
    if request.user.is_authenticated:
        _take_guest_cart_along(request)
        cart = run(request, "viewer_cart")["viewer"]["cart"]
    else:
        cart_id = request.session.get(SESSION_CART)
        cart = run(request, "cart", id=cart_id)["cart"] if cart_id else None
    if cart is None and request.session.get(SESSION_COUNT):
        forget_cart(request)
    _remember(request, cart)
    return cart


def _take_guest_cart_along(request: HttpRequest) -> None:
    """After signing in, what a guest had chosen joins the person's own cart."""
    cart_id = request.session.pop(SESSION_CART, None)
    if cart_id:
        # One that is gone, ordered or too old has nothing to bring.
        mutate(request, "cart_merge", id=cart_id)


def add_lines(request: HttpRequest, lines: list[Data]) -> list[Data]:
    """Puts things into the reader's cart, a new one where there is none. Returns userErrors."""
    cart_id = None
    if request.user.is_authenticated:
        _take_guest_cart_along(request)
    else:
        cart_id = request.session.get(SESSION_CART)
    if cart_id:
        payload = mutate(request, "cart_add", cartId=cart_id, lines=lines)
        # The old basket was ordered, is too old or gone: the thing goes into a new one.
        if {error["code"] for error in payload["userErrors"]} & {"CART_EXPIRED"} or _is_gone(payload):
            payload = mutate(request, "cart_create", input={"lines": lines})
    else:
        payload = mutate(request, "cart_create", input={"lines": lines})
    errors: list[Data] = payload["userErrors"]
    if not errors:
        _remember(request, payload["cart"])
    return errors


def _is_gone(payload: Data) -> bool:
    return any(
        error["code"] == "NOT_FOUND" and error["field"] == ["cartId"] for error in payload["userErrors"]
    )


@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product; its form puts it into the basket."""
    if request.method != "POST":
        return product_page(request, slug)
    variant = clean(request.POST.get("variant"), 200)
    typed = clean(request.POST.get("quantity"), 20)
    quantity = whole_number(typed, 0)
    errors = {}
    if not variant:
        errors["variant"] = _("Choose which one you want.")
    elif not quantity:
        errors["quantity"] = _("Write how many you want as a number, at least 1.")
    else:
        for error in add_lines(request, [{"variantId": variant, "quantity": quantity}]):
            place = "variant" if (error["field"] or [""])[-1] == "variantId" else "quantity"
            errors[place] = error["message"]
    if errors:
        return product_page(request, slug, variant=variant, quantity=typed, errors=errors)
    messages.success(request, _("It is in your basket."))
    return redirect("storefront:cart")


def estimate(cart: Data) -> dict[str, Any]:
    """Shipping and total as ordering will count them: each maker's parcel by the way that is chosen, else the usual."""
    for part in cart["sellers"]:
        chosen = (part["selectedShippingOption"] or {}).get("id")
        part["way"] = next((row for row in part["shippingOptions"] if row["id"] == chosen), None)
        part["fee"] = part["way"]["price"]["amount"] if part["way"] else 0
    subtotal, fees = cart["subtotal"]["amount"], sum(part["fee"] for part in cart["sellers"])
    return {"subtotal": subtotal, "shipping": fees, "total": subtotal + fees}


def blocking_problems(cart: Data) -> list[Data]:
    """What must be put right before ordering. A changed price is only told, for the total shows it; how and where
    things are delivered is put right in the form of the order."""
    aside = ("PRICE_CHANGED", "SHIPPING_UNAVAILABLE")
    return [problem for problem in cart["problems"] if problem["code"] not in aside]


@require_http_methods(["GET", "HEAD", "POST"])
def cart(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _change(request)
    return _cart_page(request)


def _cart_page(request: HttpRequest, error: Data | None = None) -> HttpResponse:
    found = current_cart(request)
    if found is None or not found["sellers"]:
        return render(request, "storefront/cart_empty.html", {"cart": found})
    by_line: dict[str, list[Data]] = {}
    for problem in found["problems"]:
        by_line.setdefault(problem["lineId"] or problem["sellerId"] or "", []).append(problem)
    for part in found["sellers"]:
        part["problems"] = by_line.get(part["seller"]["id"], [])
        for line in part["lines"]:
            line["problems"] = by_line.get(line["id"], [])
            line["less"] = max(line["quantity"] - 1, 0)
            if error and error["line"] == line["id"]:
                line["error"], line["typed"] = error["message"], error["typed"]
    return render(
        request,
        "storefront/cart.html",
        {
            "cart": found,
            "sums": estimate(found),
            "problems": by_line.get("", []),
            "blocked": bool(blocking_problems(found)),
            "expired": any(problem["code"] == "CART_EXPIRED" for problem in found["problems"]),
        },
        status=422 if error else 200,
    )


def _change(request: HttpRequest) -> HttpResponse:
    """One form a line: a number, one more, one less, out; one a maker: how it is delivered; and a fresh basket for one
    that is too old."""
    found = current_cart(request)
    if found is None:
        return redirect("storefront:cart")
    if request.POST.get("renew"):
        return _renew(request, found)
    if request.POST.get("way"):
        payload = mutate(
            request, "cart_choose", cartId=found["id"], options=[clean(request.POST.get("way"), 200)]
        )
        for error in payload["userErrors"]:
            messages.error(request, error["message"])
        return redirect("storefront:cart")
    line_id = clean(request.POST.get("line"), 200)
    if request.POST.get("remove"):
        payload = mutate(request, "cart_remove", cartId=found["id"], lineIds=[line_id])
    else:
        typed = clean(request.POST.get("to") or request.POST.get("quantity"), 20)
        quantity = whole_number(typed, -1)
        if quantity < 0:
            message = _("Write how many you want as a number.")
            return _cart_page(request, {"line": line_id, "message": message, "typed": typed})
        payload = mutate(
            request, "cart_update", cartId=found["id"], lines=[{"id": line_id, "quantity": quantity}]
        )
        if payload["userErrors"]:
            first = payload["userErrors"][0]
            return _cart_page(request, {"line": line_id, "message": first["message"], "typed": typed})
    if payload["userErrors"]:
        messages.error(request, payload["userErrors"][0]["message"])
    else:
        _remember(request, payload["cart"])
    return redirect("storefront:cart")


def _renew(request: HttpRequest, old: Data) -> HttpResponse:
    forget_cart(request)
    refused = 0
    for part in old["sellers"]:
        for line in part["lines"]:
            wanted = {"variantId": line["variant"]["id"], "quantity": line["quantity"]}
            refused += bool(add_lines(request, [wanted]))
    if refused:
        messages.warning(
            request, _("Some things could not be taken along: they are sold out or no longer for sale.")
        )
    return redirect("storefront:cart")
