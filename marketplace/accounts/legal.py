"""What the market tells by law: texts with a version and a day from which they hold. None is ever changed.

Owner (Decree 248/2026 Đ4), privacy (Đ5), delivery (Đ13), returns (Đ14), terms.
"""

import datetime as dt
import json
from pathlib import Path

from django.db import models, transaction
from django.db.models import Case, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Consent, LegalKind, LegalText, User
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode, Text

# What one may agree to, each by itself and with the text of privacy that was in force then.
PURPOSES: dict[str, Text] = {
    "news": _("News of villages and new things, by e-mail or SMS"),
    "survey": _("Questions about how we could do better"),
}


FIRST_TEXTS = Path(__file__).parent / "data" / "legal.json"
FIRST_SINCE = dt.datetime(2026, 11, 26, 17, tzinfo=dt.UTC)  # midnight in Hà Nội


def texts_publish(using: str) -> None:
    """Publishes the texts that come with the program, as far as they are not there."""
    texts = json.loads(FIRST_TEXTS.read_text(encoding="utf-8"))
    LegalText.objects.using(using).bulk_create(
        [LegalText(**text, valid_from=FIRST_SINCE) for text in texts], ignore_conflicts=True
    )


def in_force(kind: str) -> QuerySet[LegalText]:
    return LegalText.objects.filter(kind=kind, valid_from__lte=timezone.now())


def legal_text(kind: str, language: str, version: str | None = None) -> LegalText | None:
    """The text in force, or of that version; in Vietnamese where it is not there in the language."""
    rows = LegalText.objects.filter(kind=kind, version=version) if version else in_force(kind)
    exact = Case(When(language=language, then=Value(1)), default=Value(0), output_field=models.IntegerField())
    newest = rows.order_by("-valid_from", "-version").values_list("version", flat=True).first()
    return (
        rows.filter(version=newest, language__in=[language, "vi"]).order_by(exact.desc()).first()
        if newest
        else None
    )


def version_in_force(kind: str) -> str:
    """Empty where there is no text yet."""
    return in_force(kind).order_by("-valid_from", "-version").values_list("version", flat=True).first() or ""


@transaction.atomic(durable=True)
def consent_set(*, actor: Actor, purpose: str, given: bool) -> None:
    """Writes down what a person agrees to, or no longer. The same as before is not written again.

    Raises Unauthenticated, DomainError INVALID for an unknown purpose.
    """
    user = actor.require_user()
    if purpose not in PURPOSES:
        raise DomainError.of(
            ErrorCode.INVALID,
            _("There is no such purpose. There are: %(names)s.") % {"names": ", ".join(PURPOSES)},
            "purpose",
        )
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    last = Consent.objects.filter(user=user, purpose=purpose).order_by("-id").first()
    if last is not None and last.given == given:
        return
    made = Consent.objects.create(
        user=user, purpose=purpose, given=given, text_version=version_in_force(LegalKind.PRIVACY)
    )
    audit.record(actor, "consent.set", made, after={"purpose": purpose, "given": given})


def consents_of(user: User) -> list[Consent]:
    """What holds now of each purpose that the person was ever asked about."""
    latest = Consent.objects.filter(user=user).order_by("purpose", "-id").distinct("purpose")
    return list(latest)
