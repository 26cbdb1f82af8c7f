"""Writes of accounts: resetting a password by SMS."""

import datetime as dt
import secrets

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.limits import allowed
from marketplace.accounts.models import ResetCode, User
from marketplace.accounts.notices import queue_sms
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.phones import parse_phone

WRONG_CODE = gettext_lazy("The code is wrong or too old. Ask for a new one.")
RESET_CODE_MINUTES = 10
RESET_MAX_ATTEMPTS = 5
RESET_PAUSE_SECONDS = 60


def reset_code_send(*, actor: Actor, phone: str) -> None:
    """Sends a six-digit code where the phone belongs to somebody; the caller cannot tell whether it does.

    At most one a minute for a person; only the newest one counts. Raises DomainError INVALID for what is no phone
    number, RATE_LIMITED after too many for this phone or from this address (ACCOUNT_RATE_LIMITS).
    """
    number = parse_phone(phone)
    if number is None:
        raise DomainError.of(
            ErrorCode.INVALID,
            gettext_lazy("This phone number does not look right. Example: 0912 345 678."),
            "phone",
        )
    # Before the phone is looked up, so that the answer is the same for one that nobody has. Each message costs money.
    if not allowed("reset_code_send", ip=actor.ip, key=number):
        raise DomainError.of(
            ErrorCode.RATE_LIMITED,
            gettext_lazy(
                "Too many codes were asked for. Try again in a few hours, or set a new password by e-mail."
            ),
            "phone",
        )
    code = f"{secrets.randbelow(10**6):06d}"
    # Hashing takes long: an unknown phone, whose code goes nowhere, has to take as long.
    _code_send(number=number, code=code, code_hash=make_password(code))


@transaction.atomic(durable=True)
def _code_send(*, number: str, code: str, code_hash: str) -> None:
    user = User.objects.filter(phone=number, is_active=True).select_for_update(no_key=True).first()
    now = timezone.now()
    since = now - dt.timedelta(seconds=RESET_PAUSE_SECONDS)
    if user is None or ResetCode.objects.filter(user=user, created_at__gt=since).exists():
        return
    if not _phone_opens(user):
        return
    # Else each code asked for would give five more guesses.
    ResetCode.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)
    ResetCode.objects.create(
        user=user, code_hash=code_hash, expires_at=now + dt.timedelta(minutes=RESET_CODE_MINUTES)
    )
    text = _("Your code is %(code)s. It is valid for %(minutes)s minutes. Never give it to anyone.") % {
        "code": code,
        "minutes": RESET_CODE_MINUTES,
    }
    queue_sms(phone=number, text=text)


def reset_password_by_code(*, actor: Actor, phone: str, code: str, password: str) -> User:
    """Sets a new password. Raises DomainError INVALID for a wrong, used or old code and for a weak password."""
    wrong = DomainError.of(ErrorCode.INVALID, WRONG_CODE, "code")
    number = parse_phone(phone)
    code = code.strip().replace(" ", "")
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
            # As long as a wrong guess takes: the time must not tell whether the phone has a code.
            make_password(code)
            raise wrong
        matches = check_password(code, row.code_hash)
        if not matches:
            # Counted in a transaction that stands, so that guessing ends after five tries.
            ResetCode.objects.filter(pk=row.pk).update(attempts=row.attempts + 1)
    if not matches:
        raise wrong
    return _password_set(actor=actor, row=row, password=password)


@transaction.atomic(durable=True)
def _password_set(*, actor: Actor, row: ResetCode, password: str) -> User:
    user = User.objects.select_for_update(no_key=True).get(pk=row.user_id)
    if not _phone_opens(user):
        raise DomainError.of(ErrorCode.INVALID, WRONG_CODE, "code")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError.of(ErrorCode.INVALID, " ".join(error.messages), "password") from None
    if not ResetCode.objects.filter(pk=row.pk, used_at=None).update(used_at=timezone.now()):
        raise DomainError.of(ErrorCode.INVALID, gettext_lazy("This code was used already."), "code")
    phone_was_verified, email = user.phone_verified, user.email
    # A changed password ends every session.
    user.set_password(password)
    user.phone_verified = True
    if not phone_was_verified:
        _unproven_email_removed(user)
    user.save(update_fields=["password", "phone_verified", "email", "updated_at"])
    audit.record(
        actor,
        "user.password_reset",
        user,
        before={"phone_verified": phone_was_verified},
        after={"phone_verified": True, "email_removed": user.email != email},
    )
    return user


def _unproven_email_removed(user: User) -> None:
    """Takes away every e-mail address that nobody has proven to be theirs.

    Somebody else may have signed up with this phone and an address of their own, which would open the account
    again. Whoever has just read the code owns the phone; of the address we know nothing.
    """
    EmailAddress.objects.filter(user=user).delete()
    user.email = None


def _phone_opens(user: User) -> bool:
    """Not where an e-mail address was proven and the phone never: it may be somebody else's, e-mail is the way."""
    return user.phone_verified or not EmailAddress.objects.filter(user=user, verified=True).exists()
