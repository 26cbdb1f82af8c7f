"""Sellers: applying, being verified, what they tell of themselves, and their people."""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import access, files, queries
from catalog.addresses import parse_address
from catalog.banks import BANKS
from catalog.checks import Problems
from catalog.identifiers import birth_year_of, parse_bank_account, parse_personal_id, parse_tax_code
from catalog.models import (
    Collection,
    Commune,
    CommuneOfficer,
    MemberRole,
    PrivateFile,
    Product,
    Seller,
    SellerKind,
    SellerMember,
    SellerState,
    Village,
)
from catalog.services.news import shelf_touch
from catalog.services.pictures import assets_left, picture_take
from marketplace.accounts.limits import allowed
from marketplace.accounts.models import User
from marketplace.accounts.notices import send_to_contact, tell
from marketplace.core import audit, feeds
from marketplace.core.actor import Actor
from marketplace.core.clock import today
from marketplace.core.errors import DomainError, ErrorCode, not_found
from marketplace.core.ids import uuid7
from marketplace.core.locks import lock_name, lock_rows
from marketplace.core.phones import parse_phone
from marketplace.core.vietnamese import slugify, sort_key

MAX_PAPERS = 10
MAX_SOCIAL_LINKS = 6
MAX_MEMBERS = 20
# Of a person, in an address and of an account.
MAX_NAME = 120
ADULT_YEARS = 15
PERSONS = {SellerKind.HOUSEHOLD, SellerKind.ARTISAN}
SOCIAL_NETWORKS = {
    "facebook": ("facebook.com", "fb.com"),
    "zalo": ("zalo.me",),
    "tiktok": ("tiktok.com",),
    "youtube": ("youtube.com", "youtu.be"),
    "instagram": ("instagram.com",),
    "website": (),
}
# From which state each decision leads where, and whether it needs a reason.
DECISIONS: Mapping[str, tuple[frozenset[SellerState], SellerState, bool]] = {
    "VERIFY": (frozenset({SellerState.APPLIED}), SellerState.VERIFIED, False),
    "REJECT": (frozenset({SellerState.APPLIED}), SellerState.REJECTED, True),
    "SUSPEND": (frozenset({SellerState.VERIFIED}), SellerState.SUSPENDED, True),
    "REINSTATE": (frozenset({SellerState.SUSPENDED}), SellerState.VERIFIED, True),
    "CLOSE": (frozenset(set(SellerState) - {SellerState.CLOSED}), SellerState.CLOSED, True),
}
MAY_APPLY_AGAIN = {SellerState.UNCLAIMED, SellerState.APPLIED, SellerState.REJECTED}


def seller_apply(
    *, actor: Actor, data: Mapping[str, Any], documents: Sequence[UploadedFile] = (), language: str = "vi"
) -> Seller:
    """A new seller in state APPLIED whose owner is the caller, or with `seller_id` the same seller again.

    `data` has the keys of SellerApplyInput in snake case. What is only needed to be verified may be missing: the
    checklist tells. Raises Unauthenticated; DomainError FORBIDDEN, NOT_FOUND, INVALID_STATE, LIMIT_REACHED, and
    every problem of the input at once.
    """
    if "seller_id" in data:
        access.access_seller(actor, access.RUN_SELLER, data["seller_id"], "sellerId")
    access.require_person(actor)
    problems = Problems()
    papers: list[tuple[UploadedFile, str]] = []
    if len(documents) > MAX_PAPERS:
        problems.note(
            ErrorCode.LIMIT_REACHED, _("At most %(limit)s files.") % {"limit": MAX_PAPERS}, "documents"
        )
        documents = ()
    for index, document in enumerate(documents):
        try:
            papers.append((document, files.check(document, "documents", str(index))))
        except DomainError as error:
            problems.take(error)
    with files.keeping() as keeper:
        return _apply(actor, data, papers, keeper, problems, language)


@transaction.atomic(durable=True)
def _apply(
    actor: Actor,
    data: Mapping[str, Any],
    papers: Sequence[tuple[UploadedFile, str]],
    keeper: files.Keeper,
    problems: Problems,
    language: str,
) -> Seller:
    seller = None
    if "seller_id" in data:
        seller = access.access_seller(actor, access.RUN_SELLER, data["seller_id"], "sellerId")
        seller = lock_rows(Seller.objects.all(), [seller.pk])[seller.pk]
        if seller.state not in MAY_APPLY_AGAIN:
            raise DomainError.of(
                ErrorCode.INVALID_STATE,
                _("This workshop cannot apply now. Where it stands is on its page."),
                "sellerId",
            )
    before = seller.state if seller else None
    values = _application(data, seller, problems, language)
    if seller is None:
        # Two presses at once meet here: the second one counts the first.
        lock_rows(User.objects.all(), [actor.user_id])
        # A suspended one counts: nobody begins anew beside it.
        owned = SellerMember.objects.filter(user=actor.user, role=MemberRole.OWNER).exclude(
            seller__state=SellerState.CLOSED
        )
        if owned.count() >= settings.SELLERS_PER_PERSON:
            problems.note(
                ErrorCode.LIMIT_REACHED,
                _("One person may have %(limit)s workshops at most.")
                % {"limit": settings.SELLERS_PER_PERSON},
            )
    problems.stop()
    now = timezone.now()
    if seller is None:
        seller = Seller(id=uuid7(), slug=seller_slug(values["name"]))
    for name, value in values.items():
        setattr(seller, name, value)
    seller.name_key = sort_key(seller.name)
    seller.state, seller.applied_at, seller.decision_note = SellerState.APPLIED, now, ""
    seller.save()
    SellerMember.objects.get_or_create(
        seller=seller, user=actor.user, defaults={"role": MemberRole.OWNER, "contact": ""}
    )
    if PrivateFile.objects.filter(seller=seller, is_paper=True).count() + len(papers) > 3 * MAX_PAPERS:
        raise DomainError.of(
            ErrorCode.LIMIT_REACHED,
            _("There are many papers here already. The officer will tell what is still missing."),
            "documents",
        )
    for paper, content_type in papers:
        keeper.store(seller, paper, content_type, is_paper=True)
    audit.record(
        actor,
        "seller.apply",
        seller,
        before={"state": before} if before else None,
        after={"state": seller.state, "kind": seller.kind, "name": seller.name, "papers": len(papers)},
    )
    _tell_of_application(seller)
    return seller


def _application(
    data: Mapping[str, Any], seller: Seller | None, problems: Problems, language: str
) -> dict[str, Any]:
    """The seller's columns out of an application."""
    values: dict[str, Any] = {
        "name": problems.line(
            data.get("name"), 160, "name", required=_("What shall buyers call your workshop?")
        ),
        "legal_name": problems.line(
            data.get("legal_name"),
            200,
            "legalName",
            required=_("The name on your identity card or licence."),
        ),
        "kind": data["kind"],
    }
    values["village"], values["commune"] = _place(data, problems)
    values["phone"] = _phone(data.get("phone"), problems)
    values["address"] = _address(data.get("address"), values["legal_name"], problems)
    shown = seller.address_shown_at if seller else None
    values["address_shown_at"] = (shown or timezone.now()) if data.get("show_address") else None
    person = values["kind"] in PERSONS
    tax_code = seller.tax_code if seller else None
    if data.get("tax_code"):
        values["tax_code"] = tax_code = parse_tax_code(str(data["tax_code"]))
    # Twelve digits are a person's; one may have applied before as a person.
    if (data.get("tax_code") and tax_code is None) or (not person and len(tax_code or "") == 12):
        problems.note(
            ErrorCode.INVALID,
            _("This tax code does not look right. It has 10 digits, a branch 13; look for a slip."),
            "taxCode",
        )
    if data.get("personal_id"):
        values["personal_id"] = parse_personal_id(str(data["personal_id"]))
        if values["personal_id"] is None:
            problems.note(
                ErrorCode.INVALID,
                _("A personal id has 12 digits: the number on the front of the card."),
                "personalId",
            )
    if data.get("birth_date"):
        values["birth_date"] = _birth_date(data["birth_date"], problems)
    _same_year(values, seller, problems)
    if data.get("bank_bin") or data.get("bank_account"):
        values |= _bank(data, values["legal_name"], problems)
    if "about" in data:
        about = problems.text(data["about"], 4000, "about")
        values["about"] = {**(seller.about if seller else {}), language: about}
    return values


def _place(data: Mapping[str, Any], problems: Problems) -> tuple[Village | None, Commune | None]:
    village = commune = None
    if data.get("village"):
        village = Village.objects.filter(slug=data["village"]).select_related("commune").first()
        if village is None:
            problems.note(ErrorCode.NOT_FOUND, _("We do not know this village."), "village")
        else:
            commune = village.commune
    if data.get("commune"):
        named = Commune.objects.filter(slug=data["commune"]).first()
        if named is None:
            problems.note(ErrorCode.NOT_FOUND, _("We do not know this commune."), "commune")
        elif commune is not None and named != commune:
            problems.note(ErrorCode.INVALID, _("This village lies in another commune."), "village")
        commune = named
    if not data.get("village") and not data.get("commune"):
        problems.note(ErrorCode.REQUIRED, _("In which village do you work?"), "village")
    return village, commune


def _phone(text: Any, problems: Problems) -> str:
    number = parse_phone(str(text or ""))
    if number is None:
        problems.note(
            ErrorCode.INVALID,
            _("This phone number does not look right. Example: 0912 345 678."),
            "phone",
        )
    return number or ""


def _address(data: Any, name: str, problems: Problems) -> dict[str, Any] | None:
    # What nobody typed cannot be too long.
    given = data or {}
    clean, wrong = parse_address({**given, "name": given.get("name") or name[:MAX_NAME]}, "address")
    problems.extend(wrong)
    return clean


def _birth_date(day: dt.date, problems: Problems) -> str | None:
    age = (today() - day).days / 365.25
    if not ADULT_YEARS <= age <= 120:
        problems.note(ErrorCode.OUT_OF_RANGE, _("Please check the date of birth."), "birthDate")
        return None
    return day.isoformat()


def _same_year(values: Mapping[str, Any], seller: Seller | None, problems: Problems) -> None:
    """A personal id names the year of birth. What is not given now is as it was before."""
    if not values.keys() & {"personal_id", "birth_date"}:
        return
    personal_id = values.get("personal_id", seller.personal_id if seller else None)
    birth_date = values.get("birth_date", seller.birth_date if seller else None)
    if personal_id and birth_date and birth_year_of(personal_id) != int(birth_date[:4]):
        problems.note(
            ErrorCode.INVALID,
            _("The personal id names another year of birth. Please check both."),
            "birthDate",
        )


def _bank(data: Mapping[str, Any], name: str, problems: Problems) -> dict[str, Any]:
    account = parse_bank_account(str(data.get("bank_account") or ""))
    if data.get("bank_bin") not in BANKS:
        problems.note(ErrorCode.INVALID, _("Choose your bank from the list."), "bankBin")
    if account is None:
        problems.note(ErrorCode.INVALID, _("Please check the account number."), "bankAccount")
    return {
        "bank_bin": str(data.get("bank_bin") or "")[:6],
        "bank_account": account or "",
        "bank_holder": problems.line(data.get("bank_holder") or name[:MAX_NAME], MAX_NAME, "bankHolder"),
        "bank_active_from": timezone.now(),
    }


def seller_slug(name: str) -> str:
    """The name as a slug; with a few letters more where another seller has it."""
    slug = slugify(name)[:100] or "co-so"
    lock_name("seller", slug)
    return f"{slug}-{secrets.token_hex(3)}" if Seller.objects.filter(slug=slug).exists() else slug


def seller_update(
    *, actor: Actor, seller_id: uuid.UUID | None, data: Mapping[str, Any], language: str
) -> Seller:
    """Changes what is named in `data` (SellerUpdateInput in snake case); null clears.

    Words, logo and links by owners, editors and apps; name, phone, address, VNeID and collection by owners.
    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE, and every problem of the input.
    """
    owner_only = data.keys() & {"name", "phone", "address", "show_address", "vneid_linked_at", "collection"}
    seller = access.access_seller(
        actor, access.RUN_SELLER if owner_only else access.EDIT_SELLER, seller_id, "id"
    )
    logo = data.get("logo")
    # Outside the transaction of the change: the file is read and stored, which takes a while.
    asset = picture_take(logo, "logo") if logo is not None else None
    return _update(actor, seller.pk, data, asset, language)


@transaction.atomic(durable=True)
def _update(actor: Actor, seller_id: uuid.UUID, data: Mapping[str, Any], asset: Any, language: str) -> Seller:
    seller = lock_rows(Seller.objects.all(), [seller_id])[seller_id]
    if seller.state == SellerState.CLOSED:
        raise DomainError.of(ErrorCode.INVALID_STATE, _("This workshop is closed."), "id")
    if seller.state == SellerState.UNCLAIMED:
        # Shown to everybody, and its owner is known by a phone alone: what they write goes through an officer.
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("Apply with this page first; what you write there is shown then."),
            "id",
        )
    problems = Problems()
    values: dict[str, Any] = {}
    if "name" in data:
        values["name"] = problems.line(
            data["name"], 160, "name", required=_("What shall buyers call your workshop?")
        )
        values["name_key"] = sort_key(values["name"])
    if "about" in data:
        values["about"] = {**seller.about, language: problems.text(data["about"], 4000, "about")}
    if "phone" in data:
        values["phone"] = _phone(data["phone"], problems)
    if "address" in data:
        values["address"] = _address(data["address"], seller.legal_name, problems)
    if "show_address" in data:
        shown = seller.address_shown_at or timezone.now()
        values["address_shown_at"] = shown if data["show_address"] else None
    if "social_links" in data:
        values["social_links"] = _social_links(data["social_links"] or [], problems)
    if "vneid_linked_at" in data:
        linked = data["vneid_linked_at"]
        if linked is not None and linked > timezone.now():
            problems.note(ErrorCode.OUT_OF_RANGE, _("This day is still to come."), "vneidLinkedAt")
        values["vneid_linked_at"] = linked
    if data.get("collection") == Collection.DIRECT:
        problems.note(
            ErrorCode.PAYMENT_UNAVAILABLE,
            _("Payment straight into your own account is not offered yet. Nothing was changed."),
            "collection",
        )
    if "logo" in data:
        values["logo"] = asset
    problems.stop()
    if "logo" in data and seller.logo_id is not None:
        assets_left([seller.logo_id])
    before = {name: getattr(seller, name) for name in values}
    for name, value in values.items():
        setattr(seller, name, value)
    seller.save(update_fields=[*values, "updated_at"])
    audit.record(
        actor,
        "seller.update",
        seller,
        before=_plain(before),
        after={**_plain(values), "changed": sorted(data.keys())},
    )
    if "name" in values:
        # Search finds products by their seller's name.
        shelf_touch("seller", seller.pk)
    return seller


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """For the audit row: what is public, never phone or address."""
    shown = {name: values[name] for name in ("name", "social_links") if name in values}
    for name in ("address_shown_at", "vneid_linked_at"):
        if name in values:
            shown[name] = values[name].isoformat() if values[name] else None
    return shown


def _social_links(links: Sequence[Mapping[str, Any]], problems: Problems) -> list[dict[str, str]]:
    """Links to pages of the networks they name, by HTTPS only."""
    from urllib.parse import urlsplit

    if len(links) > MAX_SOCIAL_LINKS:
        problems.note(
            ErrorCode.LIMIT_REACHED,
            _("At most %(limit)s links.") % {"limit": MAX_SOCIAL_LINKS},
            "socialLinks",
        )
        return []
    found = []
    for index, link in enumerate(links):
        network = str(link["network"]).strip().lower()
        if network not in SOCIAL_NETWORKS:
            problems.note(
                ErrorCode.INVALID,
                _("One of: %(networks)s.") % {"networks": ", ".join(SOCIAL_NETWORKS)},
                "socialLinks",
                str(index),
                "network",
            )
            continue
        url = problems.line(link["url"], 300, "socialLinks", str(index), "url")
        url = url if "://" in url else f"https://{url}"
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
            plain = parts.scheme == "https" and not parts.username and parts.port in (None, 443)
        except ValueError:
            host, plain = "", False
        allowed_hosts = SOCIAL_NETWORKS[network]
        fits = not allowed_hosts or any(host == h or host.endswith(f".{h}") for h in allowed_hosts)
        if not plain or "." not in host or not fits:
            problems.note(
                ErrorCode.INVALID,
                _("Copy the address of your page, it begins with https://."),
                "socialLinks",
                str(index),
                "url",
            )
            continue
        found.append({"network": network, "url": url})
    return found


def version_of(seller: Seller) -> int:
    """Rises with each change of the row: tells whether a seller is still as an officer saw it."""
    return (seller.updated_at - dt.datetime.fromtimestamp(0, dt.UTC)) // dt.timedelta(microseconds=1)


def _in_charge(actor: Actor, seller_id: uuid.UUID | None) -> Seller:
    """The seller, locked, for a decision. Looked at again under the lock: it may have applied from elsewhere."""
    found = access.access_seller(actor, access.DECIDE, seller_id, "id")
    seller = lock_rows(Seller.objects.all(), [found.pk])[found.pk]
    return access.require(actor, access.DECIDE, seller, "id")


@transaction.atomic(durable=True)
def seller_decide(
    *,
    actor: Actor,
    seller_id: uuid.UUID | None,
    decision: str,
    note: str = "",
    expected_version: int | None = None,
) -> Seller:
    """An officer's decision: VERIFY, REJECT, SUSPEND, REINSTATE or CLOSE; all but VERIFY need a reason.

    `expected_version` is `version_of` what the officer looked at: an applicant may apply again meanwhile, with other
    papers. Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, REQUIRED, CONFLICT, INVALID_STATE (VERIFY also
    while the checklist lacks what the law asks for: E-commerce Law 122/2025 Đ17.1.c).
    """
    seller = _in_charge(actor, seller_id)
    if expected_version is not None and expected_version != version_of(seller):
        raise DomainError.of(
            ErrorCode.CONFLICT,
            _("The workshop has changed meanwhile. Look at it as it is now, then decide."),
            "id",
        )
    sources, target, needs_note = DECISIONS[decision]
    problems = Problems()
    note = problems.text(
        note, 2000, "note", required=_("Say why: the seller will read it.") if needs_note else None
    )
    if seller.state not in sources:
        problems.note(
            ErrorCode.INVALID_STATE,
            _("In its state of today the workshop cannot get this decision."),
            "decision",
        )
    elif decision == "VERIFY":
        missing = [item.label for item in queries.checklist(seller) if item.needed and not item.done]
        if missing:
            problems.note(
                ErrorCode.INVALID_STATE,
                _("Still missing: %(items)s") % {"items": "; ".join(map(str, missing))},
                "decision",
            )
    problems.stop()
    before = seller.state
    seller.state, seller.decision_note, seller.decided_at = target, note, timezone.now()
    seller.save(update_fields=["state", "decision_note", "decided_at", "updated_at"])
    audit.record(
        actor,
        f"seller.{decision.lower()}",
        seller,
        before={"state": before},
        after={"state": target},
        reason=note,
    )
    # Partners who follow by time saw nothing of them while the seller was hidden.
    Product.objects.filter(seller=seller).update(updated_at=feeds.stamp())
    shelf_touch("seller", seller.pk)
    subject, text = _DECISION_TEXTS[decision]
    tell_people(
        seller,
        f"seller:{seller.pk}:{decision}:{seller.decided_at.isoformat()}",
        subject,
        text,
        name=seller.name,
        note=note,
        link=f"{settings.BASE_URL}/desk",
    )
    return seller


_DECISION_TEXTS = {
    "VERIFY": (
        _("Your workshop is verified"),
        _("%(name)s is verified. You can publish now: %(link)s"),
    ),
    "REJECT": (
        _("Your application needs a change"),
        _("The officer could not verify %(name)s yet: %(note)s\nMend it and send it again: %(link)s"),
    ),
    "SUSPEND": (
        _("Your workshop is paused"),
        _("%(name)s is paused: %(note)s\nNothing is lost. Where it stands: %(link)s"),
    ),
    "REINSTATE": (
        _("Your workshop is open again"),
        _("%(name)s is open again: %(note)s\n%(link)s"),
    ),
    "CLOSE": (
        _("Your workshop is closed"),
        _("%(name)s is closed: %(note)s\n%(link)s"),
    ),
}


def tell_people(
    seller: Seller,
    key: str,
    subject: Any,
    text: Any,
    *,
    roles: Sequence[str] = (MemberRole.OWNER,),
    **values: Any,
) -> None:
    """Tells the seller's people with these roles, each in their language, once per key."""
    members = SellerMember.objects.filter(seller=seller, user__isnull=False, role__in=roles)
    for user in User.objects.filter(pk__in=members.values("user_id"), is_active=True).order_by("pk"):
        tell(user, key, subject, text, **values)


def tell_officers(seller: Seller, key: str, subject: Any, text: Any, **values: Any) -> None:
    """Tells the officers of the seller's commune, each in their language, once per key."""
    staff = CommuneOfficer.objects.filter(commune=seller.commune).values("user_id")
    for user in User.objects.filter(pk__in=staff, is_active=True).order_by("pk"):
        tell(user, key, subject, text, **values)


def _tell_of_application(seller: Seller) -> None:
    tell_officers(
        seller,
        f"seller:{seller.pk}:applied:{today()}",
        _("A workshop asks to be verified"),
        _("%(name)s has applied: %(link)s"),
        name=seller.name,
        link=f"{settings.BASE_URL}/admin/catalog/seller/{seller.pk}/change/",
    )


@transaction.atomic(durable=True)
def seller_trust_set(*, actor: Actor, seller_id: uuid.UUID | None, trusted: bool, note: str = "") -> Seller:
    """Marks a verified seller as trusted, or no longer. Raises as `seller_decide` does."""
    seller = _in_charge(actor, seller_id)
    problems = Problems()
    note = problems.text(
        note, 2000, "note", required=None if trusted else _("Say why: the seller will read it.")
    )
    if trusted and seller.state != SellerState.VERIFIED:
        problems.note(ErrorCode.INVALID_STATE, _("Only a verified workshop can be a trusted one."), "trusted")
    problems.stop()
    if seller.trusted == trusted:
        return seller
    seller.trusted = trusted
    seller.save(update_fields=["trusted", "updated_at"])
    audit.record(
        actor,
        "seller.trust" if trusted else "seller.distrust",
        seller,
        before={"trusted": not trusted},
        after={"trusted": trusted},
        reason=note,
    )
    shelf_touch("seller", seller.pk)
    subject, text = _TRUST_TEXTS[trusted]
    tell_people(
        seller,
        f"seller:{seller.pk}:trust:{seller.updated_at.isoformat()}",
        subject,
        text,
        name=seller.name,
        note=note,
        link=f"{settings.BASE_URL}/desk",
    )
    return seller


_TRUST_TEXTS = {
    True: (
        _("Your workshop is a trusted seller now"),
        _("%(name)s is marked as a trusted seller of the district. Buyers see it: %(link)s"),
    ),
    False: (
        _("Your workshop is no longer a trusted seller"),
        _("%(name)s is no longer marked as a trusted seller: %(note)s\n%(link)s"),
    ),
}


# --- People ---------------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def member_invite(*, actor: Actor, seller_id: uuid.UUID | None, contact: str, role: str) -> SellerMember:
    """Invites somebody by e-mail or phone: a link that is good for seven days and for one person.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, INVALID, DUPLICATE, LIMIT_REACHED, RATE_LIMITED.
    """
    found = access.access_seller(actor, access.RUN_SELLER, seller_id, "sellerId")
    seller = lock_rows(Seller.objects.all(), [found.pk])[found.pk]
    if seller.state != SellerState.VERIFIED:
        # The message carries the name that somebody typed: an officer has to have seen it first.
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("The workshop has to be verified first. Then you can invite people."),
            "sellerId",
        )
    clean = _contact(contact)
    if not allowed("member_invite", ip=actor.ip, key=str(seller.pk)):
        raise DomainError.of(
            ErrorCode.RATE_LIMITED, _("Many invitations were sent today. Try again tomorrow."), "contact"
        )
    there = SellerMember.objects.filter(seller=seller)
    for member in there.select_related("user"):
        if member.user is not None and clean in {(member.user.email or "").lower(), member.user.phone}:
            raise DomainError.of(
                ErrorCode.DUPLICATE, _("This person works for the workshop already."), "contact"
            )
        if member.user is None and member.contact == clean:
            # Asked again: the newest link is the one that counts.
            member.delete()
    if there.count() >= MAX_MEMBERS:
        raise DomainError.of(
            ErrorCode.LIMIT_REACHED, _("At most %(limit)s people.") % {"limit": MAX_MEMBERS}, "contact"
        )
    token = secrets.token_urlsafe(24)
    member = SellerMember.objects.create(
        seller=seller,
        role=role,
        contact=clean,
        token_hash=_hash(token),
        expires_at=timezone.now() + dt.timedelta(days=settings.INVITATION_DAYS),
    )
    audit.record(actor, "seller.member_invite", seller, after={"member": str(member.pk), "role": role})
    send_to_contact(
        clean,
        _("An invitation to %(name)s") % {"name": seller.name},
        _("You are invited to work for %(name)s. Take it up here within %(days)s days: %(link)s")
        % {
            "name": seller.name,
            "days": settings.INVITATION_DAYS,
            "link": f"{settings.BASE_URL}/desk/loi-moi/{token}",
        },
    )
    return member


def _contact(text: str) -> str:
    """An e-mail address in lower case, or a phone number in E.164. Raises DomainError INVALID."""
    from django.core.exceptions import ValidationError

    text = text.strip()
    if "@" in text:
        try:
            validate_email(text)
        except ValidationError:
            text = ""
        if text:
            return text.lower()
    elif (number := parse_phone(text)) is not None:
        return number
    raise DomainError.of(
        ErrorCode.INVALID,
        _("Give an e-mail address, or a phone number such as 0912 345 678."),
        "contact",
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _not_closed(seller: Seller, *path: str) -> None:
    if seller.state == SellerState.CLOSED:
        raise DomainError.of(ErrorCode.INVALID_STATE, _("This workshop is closed."), *path)


@transaction.atomic(durable=True)
def invitation_accept(*, actor: Actor, token: str) -> SellerMember:
    """Takes up an invitation; each is good once. Raises Unauthenticated; DomainError NOT_FOUND, DUPLICATE."""
    access.require_person(actor)
    wanted = queries.invitations_open().filter(token_hash=_hash(token)).first()
    if wanted is None:
        raise DomainError.of(
            ErrorCode.NOT_FOUND,
            _("This invitation was used already, or is too old. Ask for a new one."),
            "token",
        )
    seller = lock_rows(Seller.objects.all(), [wanted.seller_id])[wanted.seller_id]
    _not_closed(seller, "token")
    if SellerMember.objects.filter(seller=seller, user=actor.user).exists():
        raise DomainError.of(ErrorCode.DUPLICATE, _("You work for this workshop already."), "token")
    # Conditional: of two people with the same link, the first one gets in.
    taken = (
        queries.invitations_open()
        .filter(pk=wanted.pk, token_hash=_hash(token))
        .update(user=actor.user, token_hash=None, expires_at=None, updated_at=timezone.now())
    )
    if not taken:
        raise not_found("token")
    member = SellerMember.objects.get(pk=wanted.pk)
    audit.record(actor, "seller.member_join", seller, after={"member": str(member.pk), "role": member.role})
    tell_people(
        seller,
        f"member:{member.pk}",
        _("Somebody has joined your workshop"),
        _("%(person)s now works for %(name)s. If this is wrong, remove them here: %(link)s"),
        person=str(actor.user),
        name=seller.name,
        link=f"{settings.BASE_URL}/desk",
    )
    return member


@transaction.atomic(durable=True)
def member_remove(*, actor: Actor, member_id: uuid.UUID | None) -> Seller:
    """Takes a person's part away, or an invitation back. Owners remove anyone, everyone may leave.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE for the last owner.
    """
    mine = None
    if member_id is not None and actor.user is not None:
        mine = SellerMember.objects.filter(pk=member_id, user=actor.user).first()
    member = mine or access.access_member(actor, access.RUN_SELLER, member_id)
    seller = lock_rows(Seller.objects.all(), [member.seller_id])[member.seller_id]
    owners = SellerMember.objects.filter(seller=seller, role=MemberRole.OWNER, user__isnull=False)
    if member.role == MemberRole.OWNER and member.user_id and not owners.exclude(pk=member.pk).exists():
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("A workshop needs an owner. Make somebody else an owner first."),
            "id",
        )
    removed, _rows = SellerMember.objects.filter(pk=member.pk).delete()
    if removed:
        audit.record(
            actor,
            "seller.member_remove",
            seller,
            before={"member": str(member.pk), "role": member.role, "user": str(member.user_id or "")},
        )
    return seller
