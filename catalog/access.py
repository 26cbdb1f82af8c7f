"""Who may do what in the catalogue. Denied unless a rule here allows it.

A caller stands in relations to a seller: its owner, editor or packer, an officer of its commune, an administrator, a
partner app that acts for it. An act names the relations it is open to. Without any relation, another's object and a
missing one answer the same (NOT_FOUND); with one that does not suffice, FORBIDDEN.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models import (
    Commune,
    CommuneOfficer,
    ContentReport,
    ImportJob,
    MemberRole,
    OcopCertificate,
    Product,
    ProductImage,
    Review,
    Seller,
    SellerApp,
    SellerMember,
    Variant,
)
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode, Unauthenticated, not_found

M = TypeVar("M", bound=models.Model)
READ, WRITE, STOCK = "products:read", "products:write", "stock:write"


class Relation(Enum):
    OWNER = auto()
    EDITOR = auto()
    PACKER = auto()
    OFFICER = auto()
    ADMIN = auto()
    APP = auto()


_MEMBER = {
    MemberRole.OWNER: Relation.OWNER,
    MemberRole.EDITOR: Relation.EDITOR,
    MemberRole.PACKER: Relation.PACKER,
}


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a seller or its things. `scope` is what an app's token needs; None shuts apps out."""

    relations: frozenset[Relation]
    scope: str | None = None


def _act(*relations: Relation, scope: str | None = None) -> Act:
    return Act(frozenset(relations), scope)


RUN_SELLER = _act(Relation.OWNER)
EDIT_SELLER = _act(Relation.OWNER, Relation.EDITOR, scope=WRITE)
EDIT_LISTING = _act(Relation.OWNER, Relation.EDITOR, scope=WRITE)
# Packers count the shelf: they stand in front of it.
CHANGE_STOCK = _act(Relation.OWNER, Relation.EDITOR, Relation.PACKER, scope=STOCK)
DECIDE = _act(Relation.OFFICER, Relation.ADMIN)


@dataclass(frozen=True, slots=True)
class Rights:
    """The relations of one caller, read once. Three statements at most; none for a guest."""

    roles: Mapping[uuid.UUID, str] = field(default_factory=dict)
    communes: frozenset[uuid.UUID] = frozenset()
    is_admin: bool = False
    app_sellers: frozenset[uuid.UUID | None] = frozenset()
    scopes: frozenset[str] = frozenset()

    @property
    def nothing(self) -> bool:
        """A guest, or a person or app without any part in any seller."""
        return not (self.roles or self.communes or self.is_admin or self.app_sellers)

    def relations(self, seller: Seller) -> set[Relation]:
        found = set()
        if role := self.roles.get(seller.pk):
            found.add(_MEMBER[MemberRole(role)])
        if seller.commune_id in self.communes:
            found.add(Relation.OFFICER)
        if self.is_admin:
            found.add(Relation.ADMIN)
        if seller.pk in self.app_sellers or None in self.app_sellers:
            found.add(Relation.APP)
        return found

    def may(self, act: Act, seller: Seller) -> bool:
        relations = self.relations(seller)
        if act is DECIDE and relations & set(_MEMBER.values()):
            # Nobody decides on a seller they work for.
            return False
        if Relation.APP in relations and act.scope in self.scopes:
            return True
        return bool(act.relations & relations)

    def is_member(self, seller: Seller) -> bool:
        return seller.pk in self.roles

    def sees_inside(self, seller: Seller) -> bool:
        """The seller's people, and the officers and administrators in charge."""
        return bool(self.relations(seller) - {Relation.APP})

    def sees_drafts(self, seller: Seller) -> bool:
        """Whoever sees inside, and apps that may read the seller's listings."""
        return self.sees_inside(seller) or self.app_reads(seller)

    def app_reads(self, seller: Seller) -> bool:
        return READ in self.scopes and Relation.APP in self.relations(seller)

    def sees_shelf(self, seller: Seller) -> bool:
        """Counts on the shelf: the seller's people and apps only."""
        return self.is_member(seller) or self.app_reads(seller)

    def sees_money(self, seller: Seller) -> bool:
        """Tax code and bank account: everyone inside but packers."""
        return bool(self.relations(seller) - {Relation.APP, Relation.PACKER})

    def sees_papers(self, seller: Seller) -> bool:
        """Papers, personal id and birth date: owners, officers, administrators."""
        return bool(self.relations(seller) & {Relation.OWNER, Relation.OFFICER, Relation.ADMIN})

    def owns(self, seller: Seller) -> bool:
        return Relation.OWNER in self.relations(seller)


def rights_of(actor: Actor) -> Rights:
    if actor.app is not None:
        return Rights(
            app_sellers=frozenset(
                SellerApp.objects.filter(app=actor.app).values_list("seller_id", flat=True)
            ),
            scopes=actor.scopes or frozenset(),
        )
    if actor.user is None:
        return Rights()
    return Rights(
        roles=dict(SellerMember.objects.filter(user=actor.user).values_list("seller_id", "role")),
        communes=frozenset(
            CommuneOfficer.objects.filter(user=actor.user).values_list("commune_id", flat=True)
        ),
        is_admin=actor.is_admin,
    )


def require_person(actor: Actor) -> None:
    """Raises Unauthenticated for a guest, DomainError FORBIDDEN for an app."""
    if actor.app is not None:
        raise forbidden()
    actor.require_user()


def sellers_of(actor: Actor, act: Act) -> list[Seller]:
    """The sellers for which the actor may do this, but for those it only decides on."""
    if not actor.is_authenticated:
        raise Unauthenticated
    rights = rights_of(actor)
    keys = {key for key in (*rights.roles, *rights.app_sellers) if key is not None}
    return [row for row in Seller.objects.filter(pk__in=keys).order_by("id") if rights.may(act, row)]


def forbidden(*path: str) -> DomainError:
    return DomainError.of(
        ErrorCode.FORBIDDEN,
        _("This is not yours to do. Ask the owner of the workshop, or the officer of the commune."),
        *path,
    )


def require(actor: Actor, act: Act, seller: Seller | None, *path: str) -> Seller:
    """The seller, where the actor may. Raises Unauthenticated for a guest, DomainError NOT_FOUND or FORBIDDEN."""
    if not actor.is_authenticated:
        raise Unauthenticated
    rights = rights_of(actor)
    if seller is None or not rights.relations(seller):
        raise not_found(*path)
    if not rights.may(act, seller):
        raise forbidden(*path)
    return seller


def require_place(actor: Actor, commune: Commune | None) -> None:
    """For what belongs to a place: officers of its commune and administrators; without a commune these alone.

    Raises Unauthenticated for a guest, DomainError FORBIDDEN for everybody else.
    """
    require_person(actor)
    if not actor.is_admin and (commune is None or commune.pk not in rights_of(actor).communes):
        raise forbidden()


def access_seller(actor: Actor, act: Act, seller_id: uuid.UUID | None, *path: str) -> Seller:
    """The seller, for this act. Raises as `require` does."""
    seller = Seller.objects.filter(pk=seller_id).first() if seller_id else None
    return require(actor, act, seller, *path)


def _access(
    actor: Actor, act: Act, rows: "models.QuerySet[M]", key: uuid.UUID | None, way: str, *path: str
) -> M:
    """The row with this key whose seller stands at the end of `way`, for this act. Raises as `require` does."""
    row = rows.filter(pk=key).select_related(way).first() if key else None
    seller: Any = row
    for step in way.split("__"):
        seller = getattr(seller, step, None)
    require(actor, act, seller, *path)
    if row is None:
        raise not_found(*path)
    return row


def access_product(actor: Actor, act: Act, product_id: uuid.UUID | None, *path: str) -> Product:
    return _access(actor, act, Product.objects.all(), product_id, "seller", *(path or ("id",)))


def access_variant(actor: Actor, act: Act, variant_id: uuid.UUID | None, *path: str) -> Variant:
    return _access(actor, act, Variant.objects.all(), variant_id, "product__seller", *(path or ("id",)))


def access_picture(actor: Actor, act: Act, picture_id: uuid.UUID | None, *path: str) -> ProductImage:
    return _access(actor, act, ProductImage.objects.all(), picture_id, "product__seller", *(path or ("id",)))


def access_certificate(
    actor: Actor, act: Act, certificate_id: uuid.UUID | None, *path: str
) -> OcopCertificate:
    rows = OcopCertificate.objects.all()
    return _access(actor, act, rows, certificate_id, "product__seller", *(path or ("id",)))


def access_review(actor: Actor, act: Act, review_id: uuid.UUID | None, *path: str) -> Review:
    return _access(actor, act, Review.objects.all(), review_id, "product__seller", *(path or ("id",)))


def access_report(actor: Actor, act: Act, report_id: uuid.UUID | None, *path: str) -> ContentReport:
    return _access(actor, act, ContentReport.objects.all(), report_id, "seller", *(path or ("id",)))


def access_import(actor: Actor, act: Act, job_id: uuid.UUID | None, *path: str) -> ImportJob:
    return _access(actor, act, ImportJob.objects.all(), job_id, "seller", *(path or ("id",)))


def access_member(actor: Actor, act: Act, member_id: uuid.UUID | None, *path: str) -> SellerMember:
    return _access(actor, act, SellerMember.objects.all(), member_id, "seller", *(path or ("id",)))
