"""How django-allauth meets our User: phones live on the user, codes go out by SMS."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.notices import queue_sms
from marketplace.core.middleware import client_ip
from marketplace.core.phones import parse_phone


class AccountAdapter(DefaultAccountAdapter):
    def clean_phone(self, phone: str) -> str:
        number = parse_phone(phone)
        if number is None:
            from django.core.exceptions import ValidationError

            raise ValidationError(_("This phone number does not look right. Example: 0912 345 678."))
        return number

    def phone_form_field(self, **kwargs: Any) -> Any:
        from marketplace.accounts.forms import PhoneField

        return PhoneField(**kwargs)

    def get_client_ip(self, request: Any) -> str:
        return client_ip(request)

    def save_user(self, request: Any, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email or None
        user.phone = form.cleaned_data.get("phone") or None
        user.name = form.cleaned_data.get("name") or user.name
        user.language = getattr(request, "LANGUAGE_CODE", "vi")
        if commit:
            user.save()
        return user

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified", "updated_at"])

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone_verified(self, user: Any, phone: str) -> None:
        User.objects.filter(pk=user.pk, phone=phone).update(phone_verified=True)
        user.phone_verified = True

    def get_user_by_phone(self, phone: str) -> Any:
        # At sign-in allauth passes on what was typed.
        return User.objects.filter(phone=parse_phone(phone) or phone).first()

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        queue_sms(phone=phone, text=_("Your code is %(code)s. Never give it to anyone.") % {"code": code})

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """No message: an unknown phone stays silent."""

    def send_account_already_exists_sms(self, phone: str) -> None:
        queue_sms(
            phone=phone,
            text=_("You have an account already. Sign in, or reset your password if you forgot it."),
        )
