"""OCOP certificates: submitted by sellers, decided and revoked by officers, begun and ended by the day.

    SUBMITTED ──accept──▶ VALID ──its last day──▶ EXPIRED
        └──refuse──▶ REJECTED └──revoke──▶ REVOKED

Locks: the product's row first, then the certificate's.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import access, files, queries
from catalog.checks import Problems
from catalog.models import MemberRole, OcopCertificate, OcopLevel, OcopState, Product, ProductState
from catalog.ocop import rules_on
from catalog.services.listings import editable, lock_product, product_changed, revision_open, revision_settle
from catalog.services.sellers import tell_people
from marketplace.core import audit
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.clock import today
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.locks import lock_rows

log = structlog.get_logger(__name__)
MAX_WAITING = 5
# A decision may name a first day that is still to come; later ones are slips of the pen.
MAX_DAYS_AHEAD = 366
BATCH = 200
PEOPLE = (MemberRole.OWNER, MemberRole.EDITOR)


def certificate_submit(
    *, actor: Actor, data: Mapping[str, Any], scan: UploadedFile | None = None
) -> OcopCertificate:
    """Asks an officer to accept a certificate. `data` has the keys of OcopCertificateInput in snake case.

    `expires_on` may be left out: it follows from the rules in force on `issued_on`. Raises Unauthenticated;
    DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE, DUPLICATE, LIMIT_REACHED, FILE_*, and every problem of the input.
    """
    access.access_product(actor, access.EDIT_LISTING, data["product_id"], "productId")
    problems = Problems()
    content_type = ""
    if scan is not None:
        try:
            content_type = files.check(scan, "scan")
        except DomainError as error:
            problems.take(error)
    values = _read(data, problems)
    with files.keeping() as keeper:
        return _submit(actor, data["product_id"], values, scan, content_type, keeper, problems)


def _read(data: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    issued_on: dt.date = data["issued_on"]
    values: dict[str, Any] = {
        "number": problems.line(
            data["number"], 64, "number", required=_("The number on the decision, for example 3981/QĐ-UBND.")
        ),
        "issued_by": problems.line(data["issued_by"], 160, "issuedBy", required=_("Who issued it?")),
        "issued_on": issued_on,
        "stars": data["stars"],
        "level": data["level"],
    }
    rules = rules_on(issued_on)
    if rules is None or issued_on > today() + dt.timedelta(days=MAX_DAYS_AHEAD):
        problems.note(ErrorCode.OUT_OF_RANGE, _("Please check the day of issue."), "issuedOn")
        return values
    if data["stars"] not in rules.levels:
        problems.note(ErrorCode.OUT_OF_RANGE, _("A certificate has 3, 4 or 5 stars."), "stars")
    elif data["level"] not in rules.levels[data["stars"]]:
        problems.note(
            ErrorCode.INVALID,
            _("On that day %(stars)s stars were issued by another level: %(levels)s.")
            % {
                "stars": data["stars"],
                "levels": ", ".join(str(OcopLevel(level).label) for level in rules.levels[data["stars"]]),
            },
            "level",
        )
    last = rules.expires_on(issued_on)
    values["expires_on"] = data.get("expires_on") or last
    if not issued_on < values["expires_on"] <= last:
        problems.note(
            ErrorCode.OUT_OF_RANGE,
            _("A certificate lasts %(months)s months, so until %(day)s at most.")
            % {"months": rules.months, "day": f"{last:%d/%m/%Y}"},
            "expiresOn",
        )
    elif values["expires_on"] < today():
        problems.note(
            ErrorCode.OUT_OF_RANGE,
            _("This certificate ended on %(day)s. Submit the new one.")
            % {"day": f"{values['expires_on']:%d/%m/%Y}"},
            "expiresOn" if data.get("expires_on") else "issuedOn",
        )
    return values


@transaction.atomic(durable=True)
def _submit(
    actor: Actor,
    product_id: uuid.UUID,
    values: Mapping[str, Any],
    scan: UploadedFile | None,
    content_type: str,
    keeper: files.Keeper,
    problems: Problems,
) -> OcopCertificate:
    product = lock_product(product_id)
    editable(product, "productId")
    waiting = OcopCertificate.objects.filter(product=product, state=OcopState.SUBMITTED)
    if waiting.count() >= MAX_WAITING:
        problems.note(
            ErrorCode.LIMIT_REACHED,
            _("Several certificates of this thing wait already. The officer will decide on them first."),
            "productId",
        )
    problems.stop()
    try:
        with transaction.atomic():
            certificate = OcopCertificate.objects.create(product=product, **values)
    except IntegrityError as error:
        if "catalog_ocop_once" not in str(error):
            raise
        raise DomainError.of(
            ErrorCode.DUPLICATE, _("This certificate was submitted already."), "number"
        ) from None
    if scan is not None:
        certificate.scan = keeper.store(product.seller, scan, content_type, is_paper=False)
        certificate.save(update_fields=["scan", "updated_at"])
    if product.state == ProductState.PUBLISHED:
        # One queue for all that waits, as the contract has it.
        revision_open(product)
    product_changed(product)
    audit.record(actor, "certificate.submit", certificate, after=_summary(certificate))
    return certificate


def _summary(certificate: OcopCertificate) -> dict[str, Any]:
    return {
        "product": str(certificate.product_id),
        "number": certificate.number,
        "stars": certificate.stars,
        "state": certificate.state,
        "expires_on": certificate.expires_on.isoformat(),
    }


def _locked(
    actor: Actor, certificate_id: uuid.UUID | None, state: OcopState
) -> tuple[Product, OcopCertificate]:
    """The product and the certificate in this state, both locked. Raises as `access` does, and INVALID_STATE."""
    found = access.access_certificate(actor, access.DECIDE, certificate_id)
    product = lock_product(found.product_id)
    certificate = lock_rows(OcopCertificate.objects.all(), [found.pk])[found.pk]
    if certificate.state != state:
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("This certificate was decided on already.")
            if state == OcopState.SUBMITTED
            else _("This certificate is not in force."),
            "id",
        )
    return product, certificate


@transaction.atomic(durable=True)
def certificate_decide(
    *, actor: Actor, certificate_id: uuid.UUID | None, accept: bool, note: str = ""
) -> OcopCertificate:
    """An officer accepts a submitted certificate, or refuses it with a note.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE, REQUIRED for a missing note.
    """
    product, certificate = _locked(actor, certificate_id, OcopState.SUBMITTED)
    problems = Problems()
    note = problems.text(
        note, 2000, "note", required=None if accept else _("Say why: the seller will read it.")
    )
    if accept and certificate.expires_on < today():
        problems.note(ErrorCode.INVALID_STATE, _("It has ended meanwhile, so it can only be refused."), "id")
    problems.stop()
    _turn(
        actor,
        product,
        certificate,
        OcopState.VALID if accept else OcopState.REJECTED,
        "certificate.accept" if accept else "certificate.refuse",
        note,
    )
    tell_people(
        product.seller,
        f"certificate:{certificate.pk}:{certificate.state}",
        _("Your OCOP certificate is accepted") if accept else _("Your OCOP certificate needs a look"),
        _("%(name)s now shows %(stars)s OCOP stars until %(day)s: %(link)s")
        if accept
        else _("The certificate of %(name)s was refused: %(note)s\nLook here: %(link)s"),
        roles=PEOPLE,
        note=note,
        **_told(product, certificate),
    )
    return certificate


@transaction.atomic(durable=True)
def certificate_revoke(*, actor: Actor, certificate_id: uuid.UUID | None, reason: str) -> OcopCertificate:
    """An officer revokes an accepted certificate; its badge is gone at once.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE, REQUIRED for a missing reason.
    """
    product, certificate = _locked(actor, certificate_id, OcopState.VALID)
    problems = Problems()
    reason = problems.text(reason, 2000, "reason", required=_("Say why: the seller will read it."))
    problems.stop()
    _turn(actor, product, certificate, OcopState.REVOKED, "certificate.revoke", reason)
    tell_people(
        product.seller,
        f"certificate:{certificate.pk}:{certificate.state}",
        _("Your OCOP certificate was revoked"),
        _("The certificate of %(name)s was revoked: %(note)s\nLook here: %(link)s"),
        roles=PEOPLE,
        note=reason,
        **_told(product, certificate),
    )
    return certificate


def _turn(
    actor: Actor, product: Product, certificate: OcopCertificate, state: OcopState, action: str, note: str
) -> None:
    before = certificate.state
    certificate.state, certificate.note = state, note
    if state == OcopState.VALID and certificate.issued_on <= today():
        certificate.begun_at = timezone.now()
    certificate.save(update_fields=["state", "note", "begun_at", "updated_at"])
    revision_settle(product)
    product_changed(product)
    audit.record(
        actor, action, certificate, before={"state": before}, after=_summary(certificate), reason=note
    )


def _told(product: Product, certificate: OcopCertificate) -> dict[str, Any]:
    return {
        "name": product.name,
        "number": certificate.number,
        "stars": certificate.stars,
        "day": f"{certificate.expires_on:%d/%m/%Y}",
        "link": f"{settings.BASE_URL}/desk/san-pham/{product.pk.hex}/chung-nhan",
    }


# --- By the day -----------------------------------------------------------------------------------------------


def certificates_turn() -> int:
    """Ends certificates whose last day is over, and begins accepted ones whose day has come. Returns how many.

    Lists and pages go by the day themselves; this tells the index, the trail and the seller. Safe to run twice.
    """
    turned = 0
    for key in queries.certificates_to_turn()[:BATCH]:
        try:
            turned += _turn_one(key)
        except Exception:
            # Those behind it must not wait for it.
            log.exception("certificate_not_turned", certificate=str(key))
    return turned


@transaction.atomic(durable=True)
def _turn_one(certificate_id: uuid.UUID) -> bool:
    product_id = OcopCertificate.objects.values_list("product_id", flat=True).get(pk=certificate_id)
    product = lock_product(product_id)
    certificate = lock_rows(OcopCertificate.objects.all(), [certificate_id])[certificate_id]
    if certificate.state != OcopState.VALID:
        return False
    if certificate.expires_on < today():
        _turn(SYSTEM, product, certificate, OcopState.EXPIRED, "certificate.expire", certificate.note)
        return True
    if certificate.begun_at is not None or certificate.issued_on > today():
        return False
    _turn(SYSTEM, product, certificate, OcopState.VALID, "certificate.begin", certificate.note)
    return True
