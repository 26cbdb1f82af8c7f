"""Reports of what somebody finds wrong, and the things that may be reported.

Each package registers its own things: the catalogue sellers, products and reviews; orders questions.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from catalog import access, queries
from catalog.checks import Problems
from catalog.models import ContentReport, Product, Review, Seller
from catalog.services.sellers import tell_officers
from marketplace.accounts.limits import allowed
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import today
from marketplace.core.errors import DomainError, ErrorCode, Text, not_found
from marketplace.core.masking import masked

MAX_REASON = 1_000


@dataclass(frozen=True, slots=True)
class Reportable:
    """A kind of thing: what it is called, the row that a reader sees (None where they see none), whose it is, and its
    words for the officer. `token` is the key of a guest's order."""

    label: Text
    visible: Callable[[Actor, uuid.UUID, str | None], Any]
    model: type[models.Model]
    seller: Callable[[Any], Seller]
    words: Callable[[Any], str]


_kinds: dict[str, Reportable] = {}


def register_reportable(kind: str, thing: Reportable) -> None:
    """`kind` is the name of its type in the schema."""
    _kinds[kind] = thing


def report_label(report: ContentReport) -> Text:
    """What kind of thing a report is about."""
    return _kinds[report.kind].label


def report_words(report: ContentReport) -> str:
    """The words of the thing as they stand now, for the officer; "" where it is gone."""
    thing = _kinds[report.kind]
    row = thing.model._default_manager.filter(pk=report.object_id).first()
    return thing.words(row) if row is not None else ""


@transaction.atomic(durable=True)
def content_report(
    *, actor: Actor, kind: str | None, object_id: uuid.UUID | None, reason: str, token: str | None = None
) -> ContentReport:
    """Tells the officers of the seller's commune that something is wrong. From one reporter twice is once, while it is
    open.

    Raises DomainError NOT_FOUND for what the caller cannot see, REQUIRED, TOO_LONG, RATE_LIMITED.
    """
    thing = _kinds.get(kind or "")
    row = thing.visible(actor, object_id, token) if thing is not None and object_id is not None else None
    if thing is None or row is None or kind is None:
        raise not_found("id")
    problems = Problems()
    words = masked(
        problems.text(reason, MAX_REASON, "reason", required=_("Say in a few words what is wrong."))
    )
    problems.stop()
    reporter = _reporter(actor)
    if not allowed("content_report", ip=actor.ip, key=reporter):
        raise DomainError.of(
            ErrorCode.RATE_LIMITED, _("You have told us of many things today. Please go on tomorrow.")
        )
    own = {"kind": kind, "object_id": object_id, "reporter": reporter, "seen_at": None}
    seller = thing.seller(row)
    try:
        with transaction.atomic():
            report = ContentReport.objects.create(**own, seller=seller, reason=words)
    except IntegrityError:
        earlier = ContentReport.objects.filter(**own).first()
        if earlier is None:
            raise
        return earlier
    audit.record(actor, "report.create", report, after={"kind": kind, "object": str(object_id)})
    _tell_officers(report)
    return report


def _reporter(actor: Actor) -> str:
    """Who tells. Of a guest only that it is the same address as before."""
    if actor.user is None and actor.app is None:
        return f"guest:{salted_hmac('catalog.reports', actor.ip, algorithm='sha256').hexdigest()[:32]}"
    return actor.describe()


def _tell_officers(report: ContentReport) -> None:
    """The officers of the commune; administrators look at the list."""
    tell_officers(
        report.seller,
        # Of one thing once a day, however many report it.
        f"report:{report.kind}:{report.object_id}:{today()}",
        _("Something was reported"),
        _("Somebody finds something wrong at %(name)s. Please look at it: %(link)s"),
        name=report.seller.name,
        link=f"{settings.BASE_URL}/admin/catalog/contentreport/{report.pk}/change/",
    )


@transaction.atomic(durable=True)
def report_close(*, actor: Actor, report_id: uuid.UUID | None, note: str = "") -> ContentReport:
    """An officer has seen to it. Twice is once. Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, TOO_LONG."""
    report = access.access_report(actor, access.DECIDE, report_id)
    problems = Problems()
    note = problems.text(note, MAX_REASON, "note")
    problems.stop()
    closed = ContentReport.objects.filter(pk=report.pk, seen_at=None).update(
        seen_at=timezone.now(), note=note, updated_at=timezone.now()
    )
    if closed:
        audit.record(actor, "report.close", report, reason=note)
    return ContentReport.objects.get(pk=report.pk)


register_reportable(
    "Seller",
    Reportable(
        label=_("Workshop"),
        visible=lambda actor, key, token: queries.sellers_visible_to(actor).filter(pk=key).first(),
        model=Seller,
        seller=lambda row: row,
        words=lambda row: row.name,
    ),
)
register_reportable(
    "Product",
    Reportable(
        label=_("Thing for sale"),
        visible=lambda actor, key, token: queries.products_visible_to(actor).filter(pk=key).first(),
        model=Product,
        seller=lambda row: row.seller,
        words=lambda row: row.name,
    ),
)
register_reportable(
    "Review",
    Reportable(
        label=_("Review"),
        visible=lambda actor, key, token: queries.reviews_visible_to(actor).filter(pk=key).first(),
        model=Review,
        seller=lambda row: row.product.seller,
        words=lambda row: f"{row.rating}/5 {row.author_name}: {row.body}",
    ),
)
