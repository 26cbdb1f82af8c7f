"""What the market tells by law, and what a person may do with their own data."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts.legal import PURPOSES
from marketplace.accounts.personal import personal_data
from marketplace.pages import clean
from marketplace.storefront.client import mutate, run

# By the word in the address.
KINDS = {
    "ai-van-hanh": "OWNER",
    "dieu-khoan": "TERMS",
    "du-lieu-ca-nhan": "PRIVACY",
    "giao-hang": "DELIVERY",
    "doi-tra": "RETURNS",
}


@require_safe
def legal(request: HttpRequest, word: str) -> HttpResponse:
    """The text of today, or of a version that somebody accepted."""
    if word not in KINDS:
        raise Http404
    version = clean(request.GET.get("ban"), 20) or None
    text = run(request, "legal", kind=KINDS[word], version=version)["legalText"]
    if text is None:
        raise Http404
    parts = [part.partition("\n")[::2] for part in text["body"].split("\n\n")]
    return render(request, "storefront/legal.html", {"text": text, "parts": parts})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: HttpRequest) -> HttpResponse:
    """Consents, all data as a file, and the end of the account."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    errors: list[str] = []
    if request.method == "POST":
        if request.POST.get("act") == "erase":
            payload = mutate(request, "account_erase", password=request.POST.get("password", "")[:200])
            errors = [error["message"] for error in payload["userErrors"]]
            if not errors:
                logout(request)
                messages.success(request, _("Your account is erased. Thank you for having been here."))
                return redirect("storefront:home")
        else:
            for purpose in PURPOSES:
                mutate(request, "consent_set", purpose=purpose, given=purpose in request.POST)
            messages.success(request, _("Kept. You may change it at any time."))
            return redirect("storefront:data")
    given = {row["purpose"] for row in run(request, "consents")["viewer"]["consents"] if row["given"]}
    context = {
        "purposes": [(name, words, name in given) for name, words in PURPOSES.items()],
        "errors": errors,
    }
    return render(request, "storefront/data.html", context, status=422 if errors else 200)


@never_cache
@require_safe
def data_file(request: HttpRequest) -> HttpResponse:
    """All that is kept of the person, as JSON; made when it is asked for, and kept nowhere."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    response = JsonResponse(
        personal_data(request.user), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = 'attachment; filename="du-lieu.json"'
    return response
