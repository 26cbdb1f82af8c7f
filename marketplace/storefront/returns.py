"""Giving something back: what, why, with pictures; and what the buyer may do while it goes on."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.pages import Data, clean, whole_number
from marketplace.storefront.client import mutate
from marketplace.storefront.orders import ask

REASONS = [
    ("DAMAGED", gettext_lazy("It is broken or damaged")),
    ("NOT_AS_DESCRIBED", gettext_lazy("It is not as it was shown")),
    ("WRONG_ITEM", gettext_lazy("It is another thing than I ordered")),
    ("CHANGED_MIND", gettext_lazy("I have changed my mind")),
    ("OTHER", gettext_lazy("Something else")),
]
# Choices in one list.
MOST = 99
PLACES = {"sellerOrderId": "lines", "lines": "lines", "images": "images", "description": "description"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest, number: str) -> HttpResponse:
    order = ask(request, "order", number)["order"]
    part = _part(order, clean(request.POST.get("part") or request.GET.get("part"), 16))
    names = {line["id"]: f"pieces-{index}" for index, line in enumerate(part["lines"], start=1)}
    values = {
        "reason": clean(request.POST.get("reason"), 30),
        "description": clean(request.POST.get("description"), 4000).strip(),
    }
    pieces = {name: clean(request.POST.get(name), 4).strip() for name in names.values()}
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _send(request, order, part, values, {key: pieces[name] for key, name in names.items()})
        if not errors:
            messages.success(
                request, _("The maker has been asked and answers within some days. We write to you.")
            )
            return redirect("storefront:order", number)
    lines = [
        {
            **line,
            "name": names[line["id"]],
            "counts": range(min(line["quantityReturnable"], MOST) + 1),
            "chosen": whole_number(pieces[names[line["id"]]], 0),
        }
        for line in part["lines"]
        if line["quantityReturnable"]
    ]
    if len(lines) == 1 and request.method != "POST":
        lines[0]["chosen"] = 1
    context = {
        "order": order,
        "part": part,
        "lines": lines,
        "reasons": REASONS,
        "values": values,
        "errors": errors,
        # A browser forgets the files of a form that came back.
        "files_gone": bool(errors and request.FILES),
    }
    return render(request, "storefront/give_back.html", context, status=422 if errors else 200)


def _part(order: Data, number: str) -> Data:
    for part in order["sellerOrders"]:
        if part["number"] == number:
            return part  # type: ignore[no-any-return]
    raise Http404


def _send(
    request: HttpRequest, order: Data, part: Data, values: dict[str, str], pieces: dict[str, str]
) -> dict[str, str]:
    """What is wrong with it, by the name of the field."""
    if values["reason"] not in dict(REASONS):
        return {"reason": _("Choose why.")}
    lines = [
        {"lineId": key, "quantity": whole_number(typed, 0)}
        for key, typed in pieces.items()
        if typed not in ("", "0")
    ]
    if not lines:
        return {"lines": _("Say how many of what you want to give back.")}
    images: list[UploadedFile] = request.FILES.getlist("images")
    wanted = {
        "sellerOrderId": part["id"],
        "token": order["token"],
        "reason": values["reason"],
        "description": values["description"] or None,
        "lines": lines,
        "images": images or None,
    }
    errors: dict[str, str] = {}
    for error in mutate(request, "return_request", input=wanted)["userErrors"]:
        errors.setdefault(PLACES.get((error["field"] or ["lines"])[0], "lines"), error["message"])
    return errors


@require_POST
def return_step(request: HttpRequest, number: str) -> HttpResponse:
    """The buyer keeps it after all, or asks an officer."""
    order = ask(request, "order", number)["order"]
    wanted = request.POST.get("return")
    found = [row for part in order["sellerOrders"] for row in part["returns"] if row["id"] == wanted]
    act = request.POST.get("act")
    if not found or act not in ("cancel", "escalate"):
        raise Http404
    payload = mutate(request, f"return_{act}", id=wanted, token=order["token"])
    for error in payload["userErrors"]:
        messages.error(request, error["message"])
    if not payload["userErrors"]:
        done = {
            "cancel": _("Good. You keep it, and the maker is told."),
            "escalate": _(
                "The officer of the commune has been asked and looks at both sides. We write to you."
            ),
        }
        messages.success(request, done[act])
    return redirect("storefront:order", number)
