"""Forms of sign-up and reset."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.core.phones import parse_phone


class PhoneField(forms.CharField):
    """Takes a phone number as people write it and gives E.164."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone number"))
        super().__init__(
            max_length=30, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}), **kwargs
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return text
        number = parse_phone(text)
        if number is None:
            raise ValidationError(_("This phone number does not look right. Example: 0912 345 678."))
        return number


class SignupExtra(forms.Form):
    """What sign-up asks beyond allauth's own fields: a name, and an e-mail address or a phone number."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ["name", "phone", "email", "password1"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("email") and not data.get("phone"):
            raise ValidationError(_("Give an e-mail address or a phone number, so that we can reach you."))
        return data

    def signup(self, request: Any, user: Any) -> None:
        """Nothing beyond what the adapter saved."""


class ResetRequestForm(forms.Form):
    phone = PhoneField()


class ResetConfirmForm(forms.Form):
    phone = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code from the message"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    password = forms.CharField(
        label=_("New password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
