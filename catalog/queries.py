"""Reads of the catalogue, and who sees what: every list starts from a function of this module."""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from catalog import access
from catalog.models import (
    Commune,
    CommuneOfficer,
    ContentReport,
    Craft,
    ImportJob,
    LegacyPage,
    MemberRole,
    OcopCertificate,
    OcopState,
    PrivateFile,
    Product,
    ProductImage,
    ProductRevision,
    ProductState,
    Review,
    ReviewImage,
    SavedAddress,
    Seller,
    SellerApp,
    SellerKind,
    SellerMember,
    SellerState,
    Variant,
    Village,
)
from catalog.portal import phone_key
from marketplace.core import feeds
from marketplace.core.actor import GUEST, Actor
from marketplace.core.clock import HANOI, now, today
from marketplace.core.errors import RequestError, Text
from marketplace.core.vietnamese import fold, normalise

M = TypeVar("M", bound=Model)

# What one filter may ask for: each value is a condition of its own in the statement.
MAX_FILTER_ENTRIES = 100
MAX_ATTRIBUTE_FILTERS = 10
MAX_ATTRIBUTE_VALUES = 20
MAX_LOW_STOCK = 100
MAX_CLAIMABLE = 5

# What waits for an officer's decision.
SELLERS_WAITING = Q(state=SellerState.APPLIED)
# A certificate that waits has a queue of its own.
LISTINGS_WAITING = Q(state=ProductState.IN_REVIEW) | Q(
    state=ProductState.PUBLISHED, pending_revision__waiting=True
) & (
    ~Q(pending_revision__name=F("name"))
    | ~Q(pending_revision__craft=F("craft"))
    | Q(pending_revision__pictures_changed=True)
)
CERTIFICATES_WAITING = Q(state=OcopState.SUBMITTED)
REPORTS_WAITING = Q(seen_at=None)
PUBLIC_PRODUCT = Q(state=ProductState.PUBLISHED, seller__state=SellerState.VERIFIED)


SHOWN_SELLER = (SellerState.VERIFIED, SellerState.UNCLAIMED)
# Claimed, and on its way to be shown again.
APPLYING = (SellerState.APPLIED, SellerState.REJECTED)


def legacy_target(address: str) -> LegacyPage | None:
    """Where an address of the old portal leads today; None for one that has no page here."""
    rows = LegacyPage.objects.filter(address=address, seller__state__in=(*SHOWN_SELLER, *APPLYING))
    return rows.select_related("seller__village").first()


def unclaimed() -> QuerySet[Seller]:
    """Pages of the old directory that nobody has claimed."""
    owned = SellerMember.objects.filter(seller=OuterRef("pk"), role=MemberRole.OWNER, user__isnull=False)
    return Seller.objects.filter(~Exists(owned), state=SellerState.UNCLAIMED)


def claimable_by(actor: Actor) -> QuerySet[Seller]:
    """Unclaimed pages with the phone that this person has shown to be theirs."""
    if actor.user is None or not actor.user.phone or not actor.user.phone_verified:
        return Seller.objects.none()
    rows = unclaimed().filter(phone_key=phone_key(actor.user.phone))
    return rows.order_by("name_key", "id")[:MAX_CLAIMABLE]


def addresses_of(actor: Actor) -> QuerySet[SavedAddress]:
    """The addresses that a person keeps, the default first. Nobody else sees them, no officer and no administrator."""
    if actor.user is None:
        return SavedAddress.objects.none()
    return SavedAddress.objects.filter(user=actor.user).order_by("-is_default", "-created_at", "id")


# What higher packages have for officers: its name in the plural, and how much of it waits in these communes.
others_waiting: list[tuple[Text, Callable[[Collection[uuid.UUID]], int]]] = []


def waiting_for(actor: Actor) -> dict[str, int]:
    """How many sellers, listings, certificates and reports wait in an officer's communes."""
    communes = commune_ids_of(actor)
    return {
        "sellers": Seller.objects.filter(SELLERS_WAITING, commune__in=communes).count(),
        "listings": Product.objects.filter(LISTINGS_WAITING, seller__commune__in=communes).count(),
        "certificates": OcopCertificate.objects.filter(
            CERTIFICATES_WAITING, product__seller__commune__in=communes
        ).count(),
        "reports": ContentReport.objects.filter(REPORTS_WAITING, seller__commune__in=communes).count(),
    }


def imports_visible_to(actor: Actor) -> QuerySet[ImportJob]:
    """Sheets of listings: for whoever may edit the listings, apps included. Officers look at the listings."""
    if actor.app is not None:
        if access.WRITE not in (actor.scopes or ()):
            return ImportJob.objects.none()
        granted = SellerApp.objects.filter(app=actor.app)
        own = Q(seller__in=granted.exclude(seller=None).values("seller_id"))
        return ImportJob.objects.filter(own | Q(Exists(granted.filter(seller=None))))
    if actor.user is None:
        return ImportJob.objects.none()
    editors = SellerMember.objects.filter(user=actor.user, role__in=[MemberRole.OWNER, MemberRole.EDITOR])
    return ImportJob.objects.filter(seller__in=editors.values("seller_id"))


def seller_ids_of(actor: Actor) -> list[uuid.UUID]:
    """Sellers a person works for."""
    if actor.user is None:
        return []
    return list(SellerMember.objects.filter(user=actor.user).values_list("seller_id", flat=True))


def commune_ids_of(actor: Actor) -> list[uuid.UUID]:
    """Communes an officer has."""
    if actor.user is None:
        return []
    return list(CommuneOfficer.objects.filter(user=actor.user).values_list("commune_id", flat=True))


def _own(actor: Actor, prefix: str) -> Q:
    """Rows of the actor's own sellers and communes. Sub-selects, so that a list stays one statement."""
    key = f"{prefix}pk__in" if prefix else "pk__in"
    if actor.app is not None:
        if access.READ not in (actor.scopes or ()):
            return Q(pk__in=[])
        granted = SellerApp.objects.filter(app=actor.app)
        return Q(**{key: granted.exclude(seller=None).values("seller_id")}) | Q(
            Exists(granted.filter(seller=None))
        )
    if actor.user is None:
        return Q(pk__in=[])
    sellers = SellerMember.objects.filter(user=actor.user).values("seller_id")
    communes = CommuneOfficer.objects.filter(user=actor.user).values("commune_id")
    return Q(**{key: sellers}) | Q(**{f"{prefix}commune_id__in": communes})


def products_visible_to(actor: Actor) -> QuerySet[Product]:
    """Published products of verified sellers; all of their own for a seller's people and apps, and officers."""
    return _visible(Product.objects.all(), actor, PUBLIC_PRODUCT, "seller__")


def favourites_of(actor: Actor) -> QuerySet[Product]:
    """What a person keeps, as far as it is for sale; with `kept_at`. Raises Unauthenticated."""
    kept = products_listed().filter(favourites__user=actor.require_user())
    return kept.annotate(kept_at=F("favourites__created_at"))


def products_with_passport() -> QuerySet[Product]:
    """Things that are or were for sale: whoever holds one may ask where it comes from. Not what was taken down."""
    return Product.objects.filter(
        Q(state__in=[ProductState.PUBLISHED, ProductState.ARCHIVED], published_at__isnull=False),
        seller__state__in=[SellerState.VERIFIED, SellerState.CLOSED],
    )


def certificates_accepted(product_ids: Iterable[uuid.UUID]) -> QuerySet[OcopCertificate]:
    """Every certificate that was ever in force, the newest first."""
    accepted = [OcopState.VALID, OcopState.EXPIRED, OcopState.REVOKED]
    return OcopCertificate.objects.filter(
        product__in=list(product_ids), state__in=accepted, issued_on__lte=today()
    ).order_by("-issued_on", "-id")


def _visible(rows: QuerySet[M], actor: Actor, public: Q, prefix: str) -> QuerySet[M]:
    """What is public, and what is the actor's own (`prefix` leads from the row to its seller)."""
    if actor.is_admin:
        return rows
    return rows.filter(public | _own(actor, prefix) if actor.is_authenticated else public)


def products_listed() -> QuerySet[Product]:
    """What lists show when no state is asked for."""
    return Product.objects.filter(PUBLIC_PRODUCT)


def sellers_visible_to(actor: Actor) -> QuerySet[Seller]:
    # A page that nobody has claimed is shown, so that its owner finds it.
    public = Q(state__in=SHOWN_SELLER)
    return _visible(Seller.objects.all(), actor, public, "")


def members_visible_to(actor: Actor) -> QuerySet[SellerMember]:
    """The people of the sellers one works for or is in charge of. Apps see no people."""
    if actor.app is not None:
        return SellerMember.objects.none()
    return _visible(SellerMember.objects.all(), actor, Q(pk__in=[]), "seller__")


def invitations_open() -> QuerySet[SellerMember]:
    """Invitations that may still be taken up."""
    return SellerMember.objects.filter(user=None, expires_at__gt=now())


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing a seller needs. Without those that are `needed` an officer cannot verify it."""

    code: str
    label: str
    done: bool
    needed: bool = False


def checklist(seller: Seller, *, has_papers: bool | None = None) -> list[ChecklistItem]:
    """What a seller still lacks, in the order in which to do it (E-commerce Law 122/2025 Đ17.1.c)."""
    person = seller.kind in {SellerKind.HOUSEHOLD, SellerKind.ARTISAN}
    identity = bool(seller.personal_id and seller.birth_date) if person else bool(seller.tax_code)
    papers = has_papers
    if papers is None:
        papers = PrivateFile.objects.filter(seller=seller, is_paper=True).exists()
    return [
        ChecklistItem("CONTACT", _("Phone and address"), bool(seller.phone and seller.address), needed=True),
        ChecklistItem(
            "IDENTITY",
            _("Personal id and date of birth") if person else _("Tax code"),
            identity,
            needed=True,
        ),
        ChecklistItem("DOCUMENTS", _("A photo of your papers"), papers, needed=True),
        ChecklistItem("BANK_ACCOUNT", _("Bank account for your money"), bool(seller.bank_account)),
        ChecklistItem("VNEID", _("Account linked to VNeID"), seller.vneid_linked_at is not None),
        ChecklistItem("VERIFIED", _("Verified by the commune"), seller.state == SellerState.VERIFIED),
    ]


def low_stock(seller_ids: Iterable[uuid.UUID]) -> QuerySet[Variant]:
    """Variants on sale that are nearly gone, made-to-order things left aside; the emptiest 100 of each seller."""
    return (
        Variant.objects.filter(
            seller_id__in=list(seller_ids),
            archived_at=None,
            product__state=ProductState.PUBLISHED,
            product__made_to_order_days=None,
            on_hand__lte=F("held") + settings.LOW_STOCK,
        )
        .annotate(
            left=F("on_hand") - F("held"),
            place=Window(RowNumber(), partition_by="seller", order_by=[F("on_hand") - F("held"), "id"]),
        )
        .filter(place__lte=MAX_LOW_STOCK)
        .order_by("left", "id")
    )


def revisions_visible_to(actor: Actor) -> QuerySet[ProductRevision]:
    return _visible(ProductRevision.objects.all(), actor, Q(pk__in=[]), "product__seller__")


def pictures_visible_to(actor: Actor) -> QuerySet[ProductImage]:
    """Ready pictures of public products; all of their own for a seller's people and apps, and officers."""
    public = Q(
        asset__ready=True,
        revision=None,
        product__state=ProductState.PUBLISHED,
        product__seller__state=SellerState.VERIFIED,
    )
    return _visible(ProductImage.objects.all(), actor, public, "product__seller__")


def reviews_shown_to(actor: Actor) -> QuerySet[Review]:
    """What the list of a product holds: hidden ones only for their authors, the seller's people and apps, officers."""
    public = Q(hidden_at=None)
    if actor.user is not None:
        public |= Q(author=actor.user)
    return _visible(Review.objects.all(), actor, public, "product__seller__")


def reviews_visible_to(actor: Actor) -> QuerySet[Review]:
    """Reviews that one may look at by themselves: of products that one sees, and one's own."""
    seen = Q(product__in=products_visible_to(actor))
    return reviews_shown_to(actor).filter(seen | Q(author=actor.user) if actor.user is not None else seen)


def review_pictures_visible_to(actor: Actor) -> QuerySet[ReviewImage]:
    return ReviewImage.objects.filter(asset__ready=True, review__in=reviews_visible_to(actor))


def certificates_valid(on: dt.date | None = None) -> QuerySet[OcopCertificate]:
    """Certificates in force on a day (today): accepted, begun, not yet over, and the newest of their product.

    A renewed one takes over on its day, whatever stars the one before it had.
    """
    day = on or today()
    current = Q(state=OcopState.VALID, issued_on__lte=day, expires_on__gte=day)
    newer = OcopCertificate.objects.filter(current, product=OuterRef("product")).filter(
        Q(issued_on__gt=OuterRef("issued_on")) | Q(issued_on=OuterRef("issued_on"), pk__gt=OuterRef("pk"))
    )
    return OcopCertificate.objects.filter(current).exclude(Exists(newer))


def certificates_to_turn() -> QuerySet[OcopCertificate, uuid.UUID]:
    """Keys of accepted certificates whose last day is over, or whose first day has come."""
    due = Q(expires_on__lt=today()) | Q(begun_at=None, issued_on__lte=today())
    return (
        OcopCertificate.objects.filter(due, state=OcopState.VALID)
        .order_by("expires_on", "id")
        .values_list("pk", flat=True)
    )


def certificates_ending(days: int, *, after: uuid.UUID | None = None) -> QuerySet[OcopCertificate]:
    """Certificates in force that end within so many days, by key, where no newer one was accepted or submitted."""
    newer = OcopCertificate.objects.filter(
        product=OuterRef("product"),
        state__in=[OcopState.VALID, OcopState.SUBMITTED],
        expires_on__gt=OuterRef("expires_on"),
    )
    rows = certificates_valid().filter(expires_on__lte=today() + dt.timedelta(days=days))
    rows = rows.exclude(Exists(newer)).order_by("pk")
    return rows.filter(pk__gt=after) if after else rows


def vneid_deadline(seller: Seller) -> dt.date:
    """The day by which the account has to be linked to VNeID (Decree 320/2026 Đ19): newer ones from the start."""
    began = (seller.applied_at or seller.created_at).astimezone(HANOI).date()
    deadline: dt.date = began if began >= settings.VNEID_FROM else settings.VNEID_DEADLINE
    return deadline


def sellers_without_vneid(*, after: uuid.UUID | None = None) -> QuerySet[Seller]:
    """Sellers at work whose account is not linked, by key."""
    rows = Seller.objects.filter(
        vneid_linked_at=None, state__in=[SellerState.APPLIED, SellerState.VERIFIED], is_sample=False
    ).order_by("pk")
    return rows.filter(pk__gt=after) if after else rows


def certificates_visible_to(actor: Actor) -> QuerySet[OcopCertificate]:
    """Accepted certificates of public products; all of their own for sellers and officers."""
    public = Q(
        state__in=[OcopState.VALID, OcopState.EXPIRED, OcopState.REVOKED],
        product__state=ProductState.PUBLISHED,
        product__seller__state=SellerState.VERIFIED,
    )
    return _visible(OcopCertificate.objects.all(), actor, public, "product__seller__")


def certificate_in_force(product_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, OcopCertificate]:
    """The certificate valid today of each product."""
    return {row.product_id: row for row in certificates_valid().filter(product_id__in=list(product_ids))}


def certificate_state_today(certificate: OcopCertificate) -> str:
    """EXPIRED from its day on, even before the nightly job has said so."""
    if certificate.state == OcopState.VALID and certificate.expires_on < today():
        return OcopState.EXPIRED
    return certificate.state


def variants_on_sale(product_ids: Iterable[uuid.UUID]) -> QuerySet[Variant]:
    return Variant.objects.filter(product_id__in=list(product_ids), archived_at=None).order_by(
        "position", "id"
    )


def in_stock_condition() -> Any:
    """A product one can buy now: a free piece of some variant, or made to order."""
    shelf = Variant.objects.filter(product=OuterRef("pk"), archived_at=None, on_hand__gt=F("held"))
    return Q(made_to_order_days__isnull=False) | Exists(shelf)


def check_product_filter(criteria: dict[str, Any]) -> None:
    """Raises RequestError BAD_USER_INPUT for a ProductFilter that asks for more than a statement should hold."""
    for key in ("craft", "village", "commune", "seller", "ids", "state"):
        if len(criteria.get(key) or ()) > MAX_FILTER_ENTRIES:
            raise RequestError("BAD_USER_INPUT", f"filter.{key} takes at most {MAX_FILTER_ENTRIES} entries.")
    attributes = criteria.get("attributes") or ()
    if len(attributes) > MAX_ATTRIBUTE_FILTERS:
        raise RequestError(
            "BAD_USER_INPUT", f"filter.attributes takes at most {MAX_ATTRIBUTE_FILTERS} attributes."
        )
    if any(len(wanted["values"]) > MAX_ATTRIBUTE_VALUES for wanted in attributes):
        raise RequestError(
            "BAD_USER_INPUT", f"filter.attributes takes at most {MAX_ATTRIBUTE_VALUES} values each."
        )


def filter_products(
    queryset: QuerySet[Product], criteria: dict[str, Any], actor: Actor = GUEST
) -> QuerySet[Product]:
    """Narrows a list of products by the contract's ProductFilter (slugs, ranges, attributes).

    Raises RequestError BAD_USER_INPUT for a filter that asks for too much.
    """
    check_product_filter(criteria)
    for key, column in (
        ("craft", "craft__slug__in"),
        ("village", "village__slug__in"),
        ("commune", "seller__commune__slug__in"),
        ("seller", "seller__slug__in"),
        ("state", "state__in"),
        ("ids", "pk__in"),
    ):
        if criteria.get(key) is not None:
            queryset = queryset.filter(**{column: criteria[key]})
    price = criteria.get("price") or {}
    if price.get("min") is not None:
        queryset = queryset.filter(price_min__gte=price["min"])
    if price.get("max") is not None:
        queryset = queryset.filter(price_min__lte=price["max"])
    stars = criteria.get("ocop_stars") or {}
    if stars:
        valid = certificates_valid().filter(product=OuterRef("pk"), stars__gte=stars.get("min") or 0)
        if stars.get("max") is not None:
            valid = valid.filter(stars__lte=stars["max"])
        queryset = queryset.filter(Exists(valid))
    if criteria.get("in_stock") is not None:
        condition = in_stock_condition()
        queryset = queryset.filter(condition if criteria["in_stock"] else ~condition)
    for wanted in criteria.get("attributes") or []:
        any_value = Q()
        for value in wanted["values"]:
            any_value |= Q(attributes__contains=[{"slug": wanted["slug"], "value": value}])
        queryset = queryset.filter(any_value) if any_value else queryset.none()
    if criteria.get("pending_revision") is not None:
        # What waits is known to the seller's people and officers only, so is the answer to this filter. Of a
        # listing that is put away nothing waits.
        revisions = revisions_visible_to(actor).filter(waiting=True, product__state=ProductState.PUBLISHED)
        waiting = Q(pending_revision__in=revisions)
        queryset = queryset.filter(waiting if criteria["pending_revision"] else ~waiting)
    if criteria.get("sent_back") is not None:
        revisions = revisions_visible_to(actor).filter(waiting=False, product__state=ProductState.PUBLISHED)
        sent_back = Q(state=ProductState.REJECTED) | Q(pending_revision__in=revisions)
        queryset = queryset.filter(sent_back if criteria["sent_back"] else ~sent_back)
    if criteria.get("updated_since") is not None:
        # What others are still writing comes with the next call, or it would be missed for good.
        queryset = queryset.filter(updated_at__gte=criteria["updated_since"], updated_at__lt=feeds.horizon())
    return queryset


# Columns of each order; the last is unique. Names ending in a stats column are joined.
PRODUCT_ORDERS: dict[str, list[str]] = {
    "NEWEST": ["-published_at", "-id"],
    "OLDEST": ["published_at", "id"],
    "PRICE_ASC": ["price_min", "id"],
    "PRICE_DESC": ["-price_min", "-id"],
    "NAME": ["name_key", "id"],
    "BEST_SELLING": ["-sold", "-id"],
    "TOP_RATED": ["-rating_rank", "-id"],
    "UPDATED": ["updated_at", "id"],
}


def order_products(queryset: QuerySet[Product], sort: str) -> tuple[QuerySet[Product], list[str]]:
    """The queryset with the columns its order needs, and the order. Drafts have no publication date."""
    if sort == "BEST_SELLING":
        queryset = queryset.filter(stats__isnull=False).annotate(sold=F("stats__sold"))
    elif sort == "TOP_RATED":
        queryset = queryset.filter(stats__isnull=False).annotate(rating_rank=F("stats__rating_rank"))
    order = PRODUCT_ORDERS[sort]
    return queryset, order


def filter_sellers(queryset: QuerySet[Seller], criteria: dict[str, Any]) -> QuerySet[Seller]:
    for key, column in (
        ("village", "village__slug"),
        ("craft", "crafts__slug"),
        ("commune", "commune__slug"),
        ("trusted", "trusted"),
        ("state", "state__in"),
    ):
        if criteria.get(key) is not None:
            queryset = queryset.filter(**{column: criteria[key]})
    if criteria.get("query"):
        queryset = queryset.filter(slug__contains=fold(criteria["query"]).replace(" ", "-"))
    return queryset


def filter_villages(criteria: dict[str, Any]) -> QuerySet[Village]:
    queryset = Village.objects.all()
    if criteria.get("craft") is not None:
        queryset = queryset.filter(crafts__slug=criteria["craft"])
    if criteria.get("commune") is not None:
        queryset = queryset.filter(commune__slug=criteria["commune"])
    return queryset


def filter_certificates(
    queryset: QuerySet[OcopCertificate],
    *,
    number: str | None,
    states: list[str] | None,
    commune: str | None,
    seller: str | None,
    expires_before: dt.date | None,
) -> QuerySet[OcopCertificate]:
    if number is not None:
        queryset = queryset.filter(number=normalise(number))
    if states is not None:
        # A certificate past its day is EXPIRED even before the nightly job has said so.
        past = Q(state=OcopState.VALID, expires_on__lt=today())
        condition = Q(state__in=[s for s in states if s != OcopState.VALID])
        if OcopState.VALID in states:
            condition |= Q(state=OcopState.VALID) & ~past
        if OcopState.EXPIRED in states:
            condition |= past
        queryset = queryset.filter(condition)
    if commune is not None:
        queryset = queryset.filter(product__seller__commune__slug=commune)
    if seller is not None:
        queryset = queryset.filter(product__seller__slug=seller)
    if expires_before is not None:
        queryset = queryset.filter(expires_on__lt=expires_before)
    return queryset


def product_counts(column: str, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Published products by craft, village or seller (`column` is the foreign key's name)."""
    rows = (
        products_listed()
        .filter(**{f"{column}_id__in": list(keys)})
        .values_list(f"{column}_id")
        .annotate(number=Count("pk"))
    )
    return dict(rows)


def crafts_in_order() -> QuerySet[Craft]:
    return Craft.objects.order_by("position", "slug")


def communes_in_order() -> QuerySet[Commune]:
    return Commune.objects.order_by("name_key", "id")
