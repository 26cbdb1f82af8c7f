"""What sellers are told ahead of time: certificates that end, the day by which accounts are linked to VNeID."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog import queries
from catalog.models import CommuneOfficer, MemberRole, OcopCertificate, Seller
from catalog.services.sellers import tell_people
from marketplace.accounts.models import User
from marketplace.accounts.notices import tell
from marketplace.core.actor import Actor
from marketplace.core.clock import today
from marketplace.core.errors import Text

BATCH = 200
OVERDUE = "over"


def _step(day: dt.date) -> str | None:
    """The nearest of NOTICE_DAYS that has come, for what ends on this day; OVERDUE once it is past."""
    left = (day - today()).days
    if left < 0:
        return OVERDUE
    return next((str(step) for step in sorted(settings.NOTICE_DAYS) if left <= step), None)


def certificates_remind() -> None:
    """Tells sellers of certificates that end in 60, 30 and 7 days; each step once. Not where a newer one is in hand."""
    last: uuid.UUID | None = None
    while True:
        batch = queries.certificates_ending(max(settings.NOTICE_DAYS), after=last)[:BATCH]
        rows = list(batch.select_related("product__seller"))
        for row in rows:
            _remind_of_certificate(row)
        if len(rows) < BATCH:
            return
        last = rows[-1].pk


@transaction.atomic(durable=True)
def _remind_of_certificate(certificate: OcopCertificate) -> None:
    product = certificate.product
    tell_people(
        product.seller,
        f"certificate:{certificate.pk}:{_step(certificate.expires_on)}",
        _("An OCOP certificate ends soon"),
        _(
            "The certificate of %(name)s ends on %(day)s. Renew it in time and send the new one here: %(link)s"
        ),
        roles=(MemberRole.OWNER, MemberRole.EDITOR),
        name=product.name,
        day=f"{certificate.expires_on:%d/%m/%Y}",
        link=f"{settings.BASE_URL}/desk/san-pham/{product.pk.hex}/chung-nhan",
    )


def vneid_remind() -> None:
    """Tells owners whose account is not linked to VNeID, at the same steps before the deadline and once after it."""
    last: uuid.UUID | None = None
    while True:
        rows = list(queries.sellers_without_vneid(after=last)[:BATCH])
        for row in rows:
            _remind_of_vneid(row)
        if len(rows) < BATCH:
            return
        last = rows[-1].pk


@transaction.atomic(durable=True)
def _remind_of_vneid(seller: Seller) -> None:
    deadline = queries.vneid_deadline(seller)
    step = _step(deadline)
    if step is None:
        return
    tell_people(
        seller,
        f"vneid:{seller.pk}:{step}",
        _("Link your account to VNeID"),
        _("The law asks that the account of %(name)s is linked to VNeID by %(day)s. How to do it: %(link)s"),
        name=seller.name,
        day=f"{deadline:%d/%m/%Y}",
        link=f"{settings.BASE_URL}/desk/co-so",
    )


def officers_remind() -> None:
    """Tells officers in the morning how much waits in their communes; nothing where nothing does."""
    for user in User.objects.filter(pk__in=CommuneOfficer.objects.values("user"), is_active=True).order_by(
        "pk"
    ):
        _remind_officer(user)


@dataclass(frozen=True, slots=True)
class _Others:
    """`, returns: 2, …`, in the language of whoever reads it."""

    counts: Sequence[tuple[Text, int]]

    def __str__(self) -> str:
        return "".join(f", {name}: {count}" for name, count in self.counts)


@transaction.atomic(durable=True)
def _remind_officer(user: User) -> None:
    actor = Actor(user=user)
    waiting = queries.waiting_for(actor)
    communes = queries.commune_ids_of(actor)
    others = [(name, count(communes)) for name, count in queries.others_waiting]
    number = sum(waiting.values()) + sum(count for _name, count in others)
    if not number:
        return
    tell(
        user,
        f"queue:{today()}",
        _("%(number)s things wait for you"),
        _(
            "Workshops: %(sellers)s, listings: %(listings)s, certificates: %(certificates)s, reports: "
            "%(reports)s%(others)s. Look here: %(link)s"
        ),
        number=number,
        others=_Others(others),
        link=f"{settings.BASE_URL}/admin/",
        **waiting,
    )
