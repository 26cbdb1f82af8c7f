"""An order, its payment, and the way back to both."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.banks import banks_by_name
from marketplace.pages import Data, SignInNeeded, clean, key_of
from marketplace.storefront.cart import add_lines
from marketplace.storefront.client import mutate, run

SESSION_ORDERS = "orders"
SESSION_GATEWAY = "gateway"
KEEP_ORDERS = 50
STRIPE = "https://js.stripe.com"
STRIPE_API = "https://api.stripe.com"


def remember_order(request: HttpRequest, number: str, token: str) -> None:
    """Keeps the key to an order in the session, never in an address."""
    known: dict[str, Any] = request.session.get(SESSION_ORDERS, {})
    known.pop(number, None)
    known[number] = token
    request.session[SESSION_ORDERS] = dict(list(known.items())[-KEEP_ORDERS:])


def token_of(request: HttpRequest, number: str) -> str | None:
    token: str | None = request.session.get(SESSION_ORDERS, {}).get(number)
    return token


def ask(request: HttpRequest, name: str, number: str) -> Data:
    """A query about one order, for its buyer or whoever holds its key; 404 for everybody else."""
    data = run(request, name, number=number, token=token_of(request, number))
    if data["order"] is None:
        raise Http404
    return data


def start_payment(request: HttpRequest, order: Data, gateway: str = "") -> list[Data]:
    """Starts paying by the gateway, or by the only one there is. Returns userErrors."""
    if not gateway:
        offered = run(request, "payment", number=order["number"], token=order["token"])["paymentGateways"]
        if len(offered) != 1:
            return []
        gateway = offered[0]["code"]
    payload = mutate(
        request,
        "payment_create",
        orderId=order["id"],
        gateway=gateway,
        token=order["token"],
        key=f"{gateway}-{order['number']}",
    )
    errors: list[Data] = payload["userErrors"]
    if not errors:
        request.session[SESSION_GATEWAY] = {
            **request.session.get(SESSION_GATEWAY, {}),
            order["number"]: gateway,
        }
    return errors


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request: HttpRequest, number: str) -> HttpResponse:
    if request.method == "POST":
        order = ask(request, "payment", number)["order"]
        for error in start_payment(request, order, clean(request.POST.get("gateway"), 30)):
            messages.error(request, error["message"])
        return redirect("storefront:payment", number)
    data = ask(request, "payment", number)
    order = data["order"]
    total = order["total"]["amount"]
    gateways = [g for g in data["paymentGateways"] if total >= (g["minAmount"] or {"amount": 0})["amount"]]
    wanted = request.session.get(SESSION_GATEWAY, {}).get(number)
    open_ones = [row for row in order["payments"] if row["action"]]
    current = next((row for row in reversed(open_ones) if row["gateway"] == wanted), None)
    current = current or (open_ones[-1] if open_ones else None)
    response = render(
        request,
        "storefront/payment.html",
        {
            "order": order,
            "payment": current,
            "gateways": gateways,
            "waiting": order["state"] == "AWAITING_PAYMENT",
            "paid": bool(order["paidAt"]),
            "demo_url": _demo_url(number),
        },
    )
    if current and current["action"]["kind"] == "StripeAction":
        sources = {"script-src": STRIPE, "frame-src": STRIPE, "connect-src": STRIPE_API}
        response.csp_extra = sources  # type: ignore[attr-defined]
    return response


def _demo_url(number: str) -> str:
    """The way to the pretended bank, where there is one."""
    from django.urls import NoReverseMatch

    try:
        return reverse("storefront:demo_bank", args=[number])
    except NoReverseMatch:
        return ""


@never_cache
@require_safe
def payment_state(request: HttpRequest, number: str) -> JsonResponse:
    """The little that the payment page asks for again and again."""
    order = ask(request, "order_state", number)["order"]
    return JsonResponse({"state": order["state"], "paid": bool(order["paidAt"])})


@never_cache
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    if "k" in request.GET:
        return _open_by_link(request, number)
    return order_page(request, ask(request, "order", number)["order"])


def order_page(
    request: HttpRequest,
    found: Data,
    *,
    asked: Data | None = None,
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    """The order; `asked` holds a question to a maker that came back, and `errors` what is wrong with it."""
    for part in found["sellerOrders"]:
        for line in part["lines"]:
            line["key"] = key_of(line["id"])
        # What was told to be there may be missed all the same.
        states = {"SHIPPED": ("IN_TRANSIT", "FAILED"), "DELIVERED": ("DELIVERED", "IN_TRANSIT", "FAILED")}
        on_its_way = [row for row in part["shipments"] if row["state"] in states.get(part["state"], ())]
        # What an officer has found is missed no more.
        part["on_its_way"] = any(row["missingAt"] is None and not row["escalatedAt"] for row in on_its_way)
        for row in on_its_way:
            row["missed"] = row["missingAt"] is not None
        part["missed"] = any(row.get("missed") for row in on_its_way)
        part["packed"] = any(row["state"] != "CANCELLED" for row in part["shipments"])
        for row in part["returns"]:
            # The maker has had time to say that it has come.
            until = parse_datetime(row["decideBefore"] or "")
            row["overdue"] = row["state"] == "APPROVED" and (until is None or until <= timezone.now())
        part["going_back"] = any(
            row["state"] in ("REQUESTED", "APPROVED", "ESCALATED") for row in part["returns"]
        )
    context = {
        "order": found,
        "coming": any(_is_coming(part) for part in found["sellerOrders"]),
        "waiting": found["state"] == "AWAITING_PAYMENT",
        "expired": found["state"] == "EXPIRED",
        "ended": found["state"] in ("EXPIRED", "CANCELLED", "REFUNDED"),
        "asked": asked,
        "report_query": f"?don={found['number']}",
        "errors": errors or {},
    }
    return render(request, "storefront/order.html", context, status=422 if errors else 200)


def _is_coming(part: Data) -> bool:
    """Not what was lost, went back or is missed by its buyer."""
    if part["state"] == "PREPARING":
        return True
    arrives = [row for row in part["shipments"] if row["state"] in ("READY", "IN_TRANSIT", "FAILED")]
    return part["state"] == "SHIPPED" and any(row["missingAt"] is None for row in arrives)


def _open_by_link(request: HttpRequest, number: str) -> HttpResponse:
    """A mail's link carries the key: it moves into the session and out of the address bar."""
    token = clean(request.GET.get("k"), 200)
    if run(request, "order_state", number=number, token=token)["order"] is None:
        raise Http404
    remember_order(request, number, token)
    return redirect("storefront:order", number)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def order_cancel(request: HttpRequest, number: str) -> HttpResponse:
    """A second question before the order, or one maker's part of it, is cancelled."""
    order = ask(request, "order", number)["order"]
    wanted = clean(request.POST.get("part") or request.GET.get("part"), 16)
    parts = [part for part in order["sellerOrders"] if part["number"] == wanted]
    if wanted and not parts:
        raise Http404
    if request.method == "POST":
        payload = mutate(
            request,
            "order_cancel",
            order=order["id"],
            parts=[part["id"] for part in parts] or None,
            token=order["token"],
            reason=clean(request.POST.get("reason"), 500) or None,
        )
        for error in payload["userErrors"]:
            messages.error(request, error["message"])
        if not payload["userErrors"]:
            messages.success(request, _("Cancelled. Whatever you have paid for it goes back to you."))
        return redirect("storefront:order", number)
    context = {"order": order, "part": parts[0] if parts else None, "paid": bool(order["paidAt"])}
    return render(request, "storefront/order_cancel.html", context)


@require_POST
def order_receive(request: HttpRequest, number: str) -> HttpResponse:
    """The buyer has one maker's parcel in hand, or still waits for it."""
    order = ask(request, "order", number)["order"]
    part = next((row for row in order["sellerOrders"] if row["number"] == request.POST.get("part")), None)
    if part is None:
        raise Http404
    missing = bool(request.POST.get("missing"))
    payload = mutate(
        request, "order_miss" if missing else "order_receive", id=part["id"], token=order["token"]
    )
    for error in payload["userErrors"]:
        messages.error(request, error["message"])
    if not payload["userErrors"]:
        told = _("Thank you. The maker is told that it has arrived.")
        if missing:
            told = _("Thank you. We ask where it is, and write to you.")
        messages.success(request, told)
    return redirect("storefront:order", number)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refund_account(request: HttpRequest, number: str) -> HttpResponse:
    """Where money goes back to that came by transfer. What was typed before is never shown again."""
    order = ask(request, "order", number)["order"]
    values = {name: clean(request.POST.get(name), 120).strip() for name in ("bank", "account", "holder")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        payload = mutate(request, "refund_account", order=order["id"], token=order["token"], **values)
        places = {"bankBin": "bank"}
        for error in payload["userErrors"]:
            last = (error["field"] or ["account"])[-1]
            errors.setdefault(places.get(last, last), error["message"])
        if not errors:
            messages.success(request, _("Kept. We transfer the money to this account."))
            return redirect("storefront:order", number)
    context = {"order": order, "values": values, "errors": errors, "banks": banks_by_name()}
    return render(request, "storefront/refund_account.html", context, status=422 if errors else 200)


@require_POST
def order_again(request: HttpRequest, number: str) -> HttpResponse:
    """Puts what an order held into the basket, as far as it is still for sale."""
    found = ask(request, "order", number)["order"]
    refused = 0
    for part in found["sellerOrders"]:
        for line in part["lines"]:
            wanted = (
                [{"variantId": line["variant"]["id"], "quantity": line["quantity"]}]
                if line["variant"]
                else []
            )
            refused += bool(add_lines(request, wanted)) if wanted else 1
    if refused:
        messages.warning(
            request, _("Some things could not be taken along: they are sold out or no longer for sale.")
        )
    return redirect("storefront:cart")


@require_http_methods(["GET", "HEAD", "POST"])
def order_link(request: HttpRequest) -> HttpResponse:
    """Sends the link of an order to whom it belongs; the answer is the same whether there is one or not."""
    if request.method != "POST":
        return redirect("storefront:orders")
    values = {name: clean(request.POST.get(name), 254).strip() for name in ("number", "contact")}
    errors: dict[str, str] = {}
    payload = mutate(request, "order_link_send", **values)
    for error in payload["userErrors"]:
        errors.setdefault((error["field"] or ["number"])[0], error["message"])
    if errors:
        return _orders(request, values, errors)
    messages.success(request, _("If there is such an order, its link is on its way to you."))
    return redirect("storefront:orders")


@never_cache
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """A person's orders; a guest is told how to find theirs."""
    return _orders(request, {}, {})


def _orders(request: HttpRequest, values: dict[str, str], errors: dict[str, str]) -> HttpResponse:
    known = list(reversed(request.session.get(SESSION_ORDERS, {})))
    try:
        found = run(request, "orders", after=clean(request.GET.get("after"), 200) or None)["viewer"]["orders"]
    except SignInNeeded:
        found = None
    context = {"orders": found, "known": known, "values": values, "errors": errors}
    return render(request, "storefront/orders.html", context, status=422 if errors else 200)
