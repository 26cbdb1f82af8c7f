"""Taking over the old portal: unclaimed sellers and drafts of what they sell, and how a seller claims its page."""

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import access
from catalog.models import (
    Commune,
    LegacyPage,
    MemberRole,
    Seller,
    SellerClaim,
    SellerKind,
    SellerMember,
    SellerState,
    Village,
)
from catalog.portal import Entry, phone_key
from catalog.queries import unclaimed
from catalog.services.listings import listing_create
from catalog.services.sellers import seller_slug, tell_people
from catalog.units import SCHEME
from marketplace.accounts.limits import allowed
from marketplace.accounts.models import User
from marketplace.accounts.notices import queue_sms
from marketplace.core import audit
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.errors import DomainError, ErrorCode, not_found
from marketplace.core.ids import uuid7
from marketplace.core.locks import lock_rows
from marketplace.core.vietnamese import fold, slugify, sort_key

CODE_MINUTES = 15
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one row. `doubles` are slugs of sellers that are likely the same company."""

    row: int
    company: str
    slug: str = ""
    problem: str = ""
    known: bool = False
    doubles: tuple[str, ...] = ()
    unclear_place: bool = False
    url: str = ""


@dataclass(slots=True)
class _Companies:
    """Who is there already, to find likely doubles: by folded name and phone, and by folded name alone."""

    by_likeness: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "_Companies":
        found = cls()
        for seller in Seller.objects.only("name", "phone", "slug").iterator(chunk_size=500):
            found.add((fold(seller.name), seller.phone), seller.slug)
        return found

    def add(self, likeness: tuple[str, str], slug: str) -> None:
        self.by_likeness.setdefault(likeness, []).append(slug)

    def like(self, likeness: tuple[str, str]) -> tuple[str, ...]:
        return tuple(self.by_likeness.get(likeness, ())) if likeness[1] else ()


def portal_import(entries: Iterable[tuple[int, Entry]]) -> Iterator[Taken]:
    """Takes the directory's companies in as unclaimed sellers, each in a transaction of its own. Safe to repeat.

    Likely doubles are told, never merged: only people know whether two of one name and phone are one.
    """
    companies = _Companies.load()
    addresses: dict[str, tuple[int, str]] = {}
    for row, entry in entries:
        if not entry.company:
            yield Taken(row, "", problem="no company name", url=entry.url)
            continue
        first, name = addresses.setdefault(entry.url, (row, fold(entry.company)))
        if entry.url and name != fold(entry.company):
            # One address leads to one page: a person has to say whose it is.
            yield Taken(
                row, entry.company, problem=f"row {first} of another company has this address", url=entry.url
            )
            continue
        known = _known(entry)
        if known is not None:
            # Renamed since, or another company at the same address: a person has to look.
            same = fold(known.name) == fold(entry.company)
            yield Taken(
                row,
                entry.company,
                known.slug,
                known=True,
                doubles=() if same else (known.slug,),
                url=entry.url,
            )
            continue
        doubles = companies.like(entry.likeness)
        seller = _take(entry)
        companies.add(entry.likeness, seller.slug)
        yield Taken(
            row,
            entry.company,
            seller.slug,
            doubles=doubles,
            unclear_place=seller.commune_id is None,
            url=entry.url,
        )


def _known(entry: Entry) -> Seller | None:
    """The seller that this very row became before: by its address, else by all that it says."""
    if entry.url:
        return Seller.objects.filter(legacy_pages__address=entry.url).first()
    rows = Seller.objects.filter(state=SellerState.UNCLAIMED, name_key=sort_key(entry.company))
    same = (row for row in rows if row.phone == entry.phone and row.about.get("vi", "") == entry.text)
    return next(same, None)


@transaction.atomic(durable=True)
def _take(entry: Entry) -> Seller:
    commune = Commune.objects.filter(code=entry.ward.code).first() if entry.ward else None
    seller = Seller.objects.create(
        id=uuid7(),
        slug=seller_slug(entry.company),
        name=entry.company,
        name_key=sort_key(entry.company),
        legal_name=entry.company,
        kind=_kind(entry.company),
        state=SellerState.UNCLAIMED,
        commune=commune,
        village=_village(entry, commune),
        about={"vi": entry.text} if entry.text else {},
        phone=entry.phone,
        phone_key=phone_key(entry.phone),
        address=_address(entry),
        social_links=[{"network": "website", "url": entry.website}]
        if entry.website.startswith("https://")
        else [],
    )
    # In the order in which sheets lock the names of new pages.
    for name in sorted(entry.products, key=lambda name: slugify(name)[:140]):
        listing_create(SYSTEM, seller, {"name": name}, drafts=len(entry.products))
    if entry.url:
        LegacyPage.objects.create(address=entry.url, seller=seller)
    audit.record(
        SYSTEM, "seller.take_over", seller, after={"name": seller.name, "drafts": len(entry.products)}
    )
    return seller


def _kind(company: str) -> SellerKind:
    words = f" {fold(company)} "
    if any(f" {word} " in words for word in ("cong ty", "cty", "tnhh", "doanh nghiep")):
        return SellerKind.COMPANY
    if any(f" {word} " in words for word in ("htx", "hop tac xa")):
        return SellerKind.COOPERATIVE
    return SellerKind.HOUSEHOLD


def _village(entry: Entry, commune: Commune | None) -> Village | None:
    """The village of the commune that the address names; the one with the longest name where several are."""
    if commune is None:
        return None
    text = f" {fold(entry.line1)} "
    found = [row for row in Village.objects.filter(commune=commune) if f" {fold(row.name)} " in text]
    return max(found, key=lambda row: len(row.name), default=None)


def _address(entry: Entry) -> Any:
    """As `parse_address` keeps it. Nobody has agreed to show it, so buyers do not see it."""
    if entry.ward is None:
        return None
    return {
        "name": entry.company[:120],
        "phone": entry.phone,
        "line1": entry.line1,
        "ward": entry.ward.name,
        "wardCode": entry.ward.code,
        "wardScheme": SCHEME,
        "province": entry.ward.province.name,
        "provinceCode": entry.ward.province_id,
        "postalCode": "",
        "country": "VN",
    }


# --- Claiming -------------------------------------------------------------------------------------------------


def _unclaimed(seller_id: uuid.UUID | None) -> Seller:
    """The page, where it may be claimed. Raises DomainError NOT_FOUND, INVALID_STATE."""
    seller = Seller.objects.filter(pk=seller_id, state=SellerState.UNCLAIMED).first() if seller_id else None
    if seller is None:
        raise not_found("sellerId")
    if not unclaimed().filter(pk=seller.pk).exists():
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("Somebody has claimed this page. If that is wrong, ask the officer of the commune."),
            "sellerId",
        )
    return seller


def seller_claim(*, actor: Actor, seller_id: uuid.UUID | None) -> Seller:
    """Sends a code to the phone that the page has: whoever reads it there may take the page over.

    Of one person the newest code alone counts; codes that others ask for do not end it.
    Raises Unauthenticated; DomainError FORBIDDEN for an app, NOT_FOUND, INVALID_STATE, RATE_LIMITED.
    """
    access.require_person(actor)
    seller = _unclaimed(seller_id)
    if not seller.phone:
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("This page has no phone number. The officer of the commune can hand it over to you."),
            "sellerId",
        )
    if not allowed("seller_claim", ip=actor.ip, key=str(seller.pk)):
        raise DomainError.of(
            ErrorCode.RATE_LIMITED, _("Too many codes were asked for. Try again tomorrow."), "sellerId"
        )
    code = f"{secrets.randbelow(10**6):06d}"
    _claim(actor, seller, code, make_password(code))
    return seller


@transaction.atomic(durable=True)
def _claim(actor: Actor, seller: Seller, code: str, code_hash: str) -> None:
    lock_rows(Seller.objects.all(), [seller.pk])
    _unclaimed(seller.pk)
    now = timezone.now()
    # Each one asked for would give five more guesses.
    SellerClaim.objects.filter(seller=seller, user=actor.user, used_at=None, expires_at__gt=now).update(
        expires_at=now
    )
    SellerClaim.objects.create(
        seller=seller,
        user=actor.user,
        code_hash=code_hash,
        expires_at=now + dt.timedelta(minutes=CODE_MINUTES),
    )
    text = _(
        "%(code)s is the code to take over the page of %(name)s. It is valid for %(minutes)s minutes. "
        "If you did not ask for it, do nothing."
    ) % {"code": code, "name": seller.name[:60], "minutes": CODE_MINUTES}
    queue_sms(phone=seller.phone, text=str(text))
    audit.record(actor, "seller.claim", seller)


def seller_claim_confirm(*, actor: Actor, seller_id: uuid.UUID | None, code: str) -> Seller:
    """Makes whoever read the code the owner of the page; to sell, they apply with it (`seller_apply`).

    Raises Unauthenticated; DomainError FORBIDDEN for an app, NOT_FOUND, INVALID_STATE, INVALID for a wrong or old code.
    """
    access.require_person(actor)
    seller = _unclaimed(seller_id)
    code = "".join(code.split())
    with transaction.atomic(durable=True):
        claim = (
            SellerClaim.objects.select_for_update(no_key=True, of=("self",))
            .filter(
                seller=seller,
                user=actor.user,
                used_at=None,
                expires_at__gt=timezone.now(),
                attempts__lt=MAX_ATTEMPTS,
            )
            .order_by("-created_at")
            .first()
        )
        right = claim is not None and check_password(code, claim.code_hash)
        if claim is not None and not right:
            # Counted in a transaction that stands, so that guessing ends.
            SellerClaim.objects.filter(pk=claim.pk).update(attempts=claim.attempts + 1)
    if claim is None or not right:
        raise DomainError.of(ErrorCode.INVALID, _("The code is wrong or too old. Ask for a new one."), "code")
    return _hand_over(actor, seller.pk, actor.user, claim)


@transaction.atomic(durable=True)
def _hand_over(actor: Actor, seller_id: uuid.UUID, user: User, claim: SellerClaim | None) -> Seller:
    seller = lock_rows(Seller.objects.all(), [seller_id])[seller_id]
    _unclaimed(seller.pk)
    if claim is not None and not SellerClaim.objects.filter(pk=claim.pk, used_at=None).update(
        used_at=timezone.now()
    ):
        raise not_found("sellerId")
    SellerMember.objects.update_or_create(
        seller=seller, user=user, defaults={"role": MemberRole.OWNER, "contact": ""}
    )
    audit.record(
        actor,
        "seller.claimed" if claim is not None else "seller.hand_over",
        seller,
        after={"owner": str(user.pk)},
    )
    if claim is None:
        # Whoever claims a page knows; whoever is given one has to be told.
        tell_people(
            seller,
            f"seller:{seller.pk}:handed-over",
            _("The page of your workshop is yours now"),
            _("%(name)s is yours now. Apply with it, and you can sell: %(link)s"),
            name=seller.name,
            link=f"{settings.BASE_URL}/desk",
        )
    return seller


def seller_hand_over(*, actor: Actor, seller_id: uuid.UUID | None, contact: str) -> Seller:
    """An officer who knows the person gives them an unclaimed page. `contact` opens their account here.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE; INVALID at `note` for an unknown contact.
    """
    found = access.access_seller(actor, access.DECIDE, seller_id, "id")
    _unclaimed(found.pk)
    try:
        user = User.objects.get_by_natural_key(contact.strip())
    except User.DoesNotExist:
        user = None
    # A number that nobody has shown to be theirs may stand in anybody's account.
    by_phone = "@" not in contact
    if user is None or not user.is_active or (by_phone and not user.phone_verified):
        raise DomainError.of(
            ErrorCode.INVALID,
            _("Nobody has an account with this phone or e-mail yet. Ask the person to open one first."),
            "note",
        )
    if user == actor.user:
        raise DomainError.of(ErrorCode.FORBIDDEN, _("Another officer has to give you a page."), "note")
    return _hand_over(actor, found.pk, user, None)
