"""Taking over a page of the old directory: a code to its phone, then one applies with it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marketplace.desk.client import mutate, run
from marketplace.desk.forms import Field, field_errors, fill, typed
from marketplace.desk.site import SESSION_SELLER, Desk, choose, desk_page, show


@desk_page(workshop=False)
def claim(request: HttpRequest, desk: Desk, slug: str) -> HttpResponse:
    seller = run(request, "claim_page", slug=slug)["seller"]
    if seller is None or seller["state"] != "UNCLAIMED":
        raise Http404
    if choose(request, desk, slug):
        return redirect("desk:apply")
    values = typed(request, ("code",), 20)
    errors: dict[str, str] = {}
    sent = request.method == "POST"
    if "confirm" in request.POST:
        payload = mutate(request, "claim_confirm", id=seller["id"], code=values["code"])
        errors = field_errors(payload["userErrors"], ("code",))
        if not errors:
            request.session[SESSION_SELLER] = payload["seller"]["slug"]
            messages.success(request, _("The page is yours. Look at what it says, then apply with it."))
            return redirect("desk:apply")
    elif sent:
        payload = mutate(request, "claim", id=seller["id"])
        errors = field_errors(payload["userErrors"], ("code",))
        sent = not errors
    code = Field(
        "code",
        _("Code from the message"),
        required=True,
        attributes={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 20},
    )
    context = {"seller": seller, "sent": sent, "field": fill([code], values, errors)["code"]}
    return show(request, desk, "desk/claim.html", context, errors=errors)
