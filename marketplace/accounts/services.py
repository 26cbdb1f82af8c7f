"""Writes of accounts: resetting a password by SMS."""

import datetime as dt
import secrets

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import ResetCode, User
from marketplace.accounts.sms import queue_sms
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.phones import parse_phone

RESET_CODE_MINUTES = 10
RESET_MAX_ATTEMPTS = 5
RESET_PAUSE_SECONDS = 60


@transaction.atomic(durable=True)
def reset_code_send(*, phone: str) -> None:
    """Sends a six-digit code where the phone belongs to somebody; the caller cannot tell whether it does.

    At most one a minute for a person. Raises DomainError INVALID for what is no phone number.
    """
    number = parse_phone(phone)
    if number is None:
        raise DomainError.of(
            ErrorCode.INVALID,
            gettext_lazy("This phone number does not look right. Example: 0912 345 678."),
            "phone",
        )
    user = User.objects.filter(phone=number, is_active=True).select_for_update(no_key=True).first()
    since = timezone.now() - dt.timedelta(seconds=RESET_PAUSE_SECONDS)
    if user is None or ResetCode.objects.filter(user=user, created_at__gt=since).exists():
        return
    code = f"{secrets.randbelow(10**6):06d}"
    ResetCode.objects.create(
        user=user,
        code_hash=make_password(code),
        expires_at=timezone.now() + dt.timedelta(minutes=RESET_CODE_MINUTES),
    )
    text = _("Your code is %(code)s. It is valid for %(minutes)s minutes. Never give it to anyone.") % {
        "code": code,
        "minutes": RESET_CODE_MINUTES,
    }
    queue_sms(phone=number, text=text)


def reset_password_by_code(*, actor: Actor, phone: str, code: str, password: str) -> User:
    """Sets a new password. Raises DomainError INVALID for a wrong, used or old code and for a weak password."""
    wrong = DomainError.of(
        ErrorCode.INVALID, gettext_lazy("The code is wrong or too old. Ask for a new one."), "code"
    )
    number = parse_phone(phone)
    with transaction.atomic(durable=True):
        row = (
            ResetCode.objects.select_for_update(no_key=True, of=("self",))
            .filter(
                user__phone=number,
                used_at=None,
                expires_at__gt=timezone.now(),
                attempts__lt=RESET_MAX_ATTEMPTS,
            )
            .select_related("user")
            .order_by("-created_at")
            .first()
        )
        if number is None or row is None:
            raise wrong
        matches = check_password(code.strip().replace(" ", ""), row.code_hash)
        if not matches:
            # Counted in a transaction that stands, so that guessing ends after five tries.
            ResetCode.objects.filter(pk=row.pk).update(attempts=row.attempts + 1)
    if not matches:
        raise wrong
    return _password_set(actor=actor, row=row, password=password)


@transaction.atomic(durable=True)
def _password_set(*, actor: Actor, row: ResetCode, password: str) -> User:
    user = User.objects.select_for_update(no_key=True).get(pk=row.user_id)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError.of(ErrorCode.INVALID, " ".join(error.messages), "password") from None
    if not ResetCode.objects.filter(pk=row.pk, used_at=None).update(used_at=timezone.now()):
        raise DomainError.of(ErrorCode.INVALID, gettext_lazy("This code was used already."), "code")
    user.set_password(password)
    user.phone_verified = True
    user.save(update_fields=["password", "phone_verified", "updated_at"])
    audit.record(actor, "user.password_reset", user)
    return user
