"""A person's data: given out to them as a whole, and erased as far as the law lets us (Law 91/2025/QH15).

Each package says what it keeps of a person (`register`, in `AppConfig.ready`): what it gives out, what stands in the
way of erasing, and how it erases.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import get_access_token_model, get_grant_model, get_refresh_token_model

from marketplace.accounts.models import Consent, Message, ResetCode, User
from marketplace.accounts.notices import tell
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import today
from marketplace.core.errors import DomainError, ErrorCode, Problem, Text, raise_problems

DATA_URL = "/tai-khoan/du-lieu"


@dataclass(frozen=True, slots=True)
class Section:
    """What one package keeps of a person. `hindered` gives the reason why nothing can be erased yet."""

    name: str
    export: Callable[[User], Any]
    erase: Callable[[User], None]
    hindered: Callable[[User], Text | None] = lambda user: None


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    _sections[section.name] = section


def personal_data(user: User) -> dict[str, Any]:
    """All that is kept of the person, as plain data: times in ISO 8601, money in đồng."""
    account = {
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "language": user.language,
        "since": user.created_at.isoformat(),
        "consents": [
            {
                "purpose": row.purpose,
                "given": row.given,
                "at": row.created_at.isoformat(),
                "text": row.text_version,
            }
            for row in Consent.objects.filter(user=user).order_by("id")
        ],
    }
    return {"account": account, **{name: part.export(user) for name, part in sorted(_sections.items())}}


@transaction.atomic(durable=True)
def personal_data_export(*, actor: Actor) -> None:
    """Sends the person the link to their data, once a day at most. It opens for them alone, signed in."""
    user = actor.require_user()
    tell(
        user,
        f"personal-data:{today()}",
        _("Your data"),
        _("You asked for all that we keep of you. Sign in and take it here: %(link)s"),
        link=f"{settings.BASE_URL}{DATA_URL}",
    )
    audit.record(actor, "personal_data.asked_for", user)


@transaction.atomic(durable=True)
def account_erase(*, actor: Actor, password: str) -> None:
    """Erases the person behind an account, for good. What the tax law keeps stays without them.

    Raises Unauthenticated; DomainError INVALID for a wrong password, INVALID_STATE while something goes on.
    """
    user = User.objects.select_for_update().get(pk=actor.require_user().pk)
    if not user.check_password(password):
        raise DomainError.of(ErrorCode.INVALID, _("The password is not right."), "password")
    person_erase(actor=actor, user=user)


def person_erase(*, actor: Actor, user: User) -> None:
    """As `account_erase`, for who has shown otherwise who they are. Runs inside the caller's transaction."""
    raise_problems(
        [
            Problem(ErrorCode.INVALID_STATE, reason, ())
            for part in _sections.values()
            if (reason := part.hindered(user)) is not None
        ]
    )
    for _name, part in sorted(_sections.items()):
        part.erase(user)
    for rows in (
        EmailAddress.objects.filter(user=user),
        ResetCode.objects.filter(user=user),
        Message.objects.filter(user=user),
        get_access_token_model().objects.filter(user=user),
        get_refresh_token_model().objects.filter(user=user),
        get_grant_model().objects.filter(user=user),
    ):
        rows.delete()
    # The row stays, for what points to it; nothing in it tells who it was. Without the password every session ends.
    user.email, user.phone, user.phone_verified = f"{user.pk}@erased.invalid", None, False
    user.name, user.is_active, user.is_staff, user.is_superuser = "", False, False, False
    user.erased_at = timezone.now()
    user.set_unusable_password()
    user.save()
    audit.record(actor, "account.erased", user)
