"""Account pages beyond allauth's: a new password by a code in a text message."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.accounts.authentication import actor_from_cookie
from marketplace.accounts.forms import ResetConfirmForm, ResetRequestForm
from marketplace.accounts.services import reset_code_send, reset_password_by_code
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.pages import clean

SESSION_PHONE = "reset_phone"


@require_http_methods(["GET", "HEAD", "POST"])
def reset_by_sms(request: HttpRequest) -> HttpResponse:
    """Asks for the phone; the answer is the same whether or not anybody has it."""
    form = ResetRequestForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            reset_code_send(actor=actor_from_cookie(request), phone=phone)
        except DomainError as error:
            _tell(form, error)
            if any(problem.code is ErrorCode.RATE_LIMITED for problem in error.problems):
                status = 429
        else:
            request.session[SESSION_PHONE] = phone
            return redirect("storefront:reset_by_sms_code")
    return render(request, "storefront/reset_by_sms.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def reset_by_sms_code(request: HttpRequest) -> HttpResponse:
    """Takes the code and the new password."""
    phone = request.session.get(SESSION_PHONE)
    if not phone:
        return redirect("storefront:reset_by_sms")
    if request.method != "POST":
        return render(
            request, "storefront/reset_by_sms_code.html", {"form": ResetConfirmForm(), "phone": phone}
        )
    form = ResetConfirmForm({**request.POST.dict(), "phone": phone})
    if form.is_valid():
        try:
            reset_password_by_code(
                actor=actor_from_cookie(request),
                phone=phone,
                code=clean(form.cleaned_data["code"], 12),
                password=form.cleaned_data["password"],
            )
        except DomainError as error:
            _tell(form, error)
        else:
            del request.session[SESSION_PHONE]
            messages.success(request, _("Your new password is set. Sign in with it."))
            return redirect("account_login")
    return render(request, "storefront/reset_by_sms_code.html", {"form": form, "phone": phone}, status=422)


def _tell(form: forms.Form, error: DomainError) -> None:
    """Puts each problem next to its field, or above the form."""
    for problem in error.problems:
        field = problem.field[-1] if problem.field and problem.field[-1] in form.fields else None
        form.add_error(field, str(problem.message))
