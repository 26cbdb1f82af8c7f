"""What only a seller's people and the officers in charge see."""

import datetime as dt
from typing import Any

import graphene

from catalog import files, models, queries
from catalog.banks import bank_name
from catalog.graphql import loaders
from catalog.graphql.types.common import (
    Address,
    Attribute,
    Collection,
    Image,
    MemberRole,
    address_of,
    attributes_of,
)
from catalog.graphql.types.objects import Craft, Product, Seller, Variant
from catalog.services import changed_fields
from marketplace.accounts.graphql.types import User
from marketplace.core.graphql.nodes import ModelNode
from marketplace.core.graphql.scalars import Date, DateTime
from marketplace.core.graphql.types import extend, required_list


class ChecklistItem(graphene.ObjectType):
    code = graphene.String(required=True)
    label = graphene.String(required=True)
    done = graphene.Boolean(required=True)


class BankAccount(graphene.ObjectType):
    bank_bin = graphene.String(required=True)
    bank_name = graphene.String(required=True)
    account_last4 = graphene.String(required=True)
    holder = graphene.String(required=True)
    active_from = graphene.Field(DateTime, required=True)


class SellerMembership(ModelNode):
    class Meta:
        model = models.SellerMember
        name = "SellerMembership"
        fields = ()

    seller = graphene.Field(Seller, required=True)
    role = graphene.Field(MemberRole, required=True)
    user = graphene.Field(User, description="Null while the invitation waits.")
    contact = graphene.String(description="Where the invitation went; for owners.")
    pending = graphene.Boolean(required=True)

    @staticmethod
    def resolve_seller(root: models.SellerMember, info: graphene.ResolveInfo) -> models.Seller:
        return loaders.related(root, "seller")  # type: ignore[no-any-return]

    @staticmethod
    def resolve_user(root: models.SellerMember, info: graphene.ResolveInfo) -> Any:
        return loaders.related(root, "user")

    @staticmethod
    def resolve_contact(root: models.SellerMember, info: graphene.ResolveInfo) -> str | None:
        seller = loaders.related(root, "seller")
        return root.contact or None if loaders.rights(root).owns(seller) else None

    @staticmethod
    def resolve_pending(root: models.SellerMember, info: graphene.ResolveInfo) -> bool:
        return root.user_id is None


class SavedAddress(ModelNode):
    class Meta:
        model = models.SavedAddress
        fields = ("is_default",)

    address = graphene.Field(Address, required=True)

    @staticmethod
    def resolve_address(root: models.SavedAddress, info: graphene.ResolveInfo) -> Address | None:
        return address_of(root.address)


class SellerPrivate(graphene.ObjectType):
    """Null or empty for a packer: taxCode, bankAccount. Papers, personal id and birth date: owners and officers."""

    legal_name = graphene.String()
    tax_code = graphene.String()
    personal_id = graphene.String()
    birth_date = graphene.Field(Date)
    phone = graphene.String()
    address = graphene.Field(Address)
    show_address = graphene.Boolean(description="Whether buyers see the address.")
    bank_account = graphene.Field(BankAccount)
    vneid_linked_at = graphene.Field(DateTime)
    vneid_deadline = graphene.Field(Date)
    decision_note = graphene.String()
    checklist = graphene.Field(required_list(ChecklistItem))
    documents = graphene.Field(required_list(graphene.String))
    collection = graphene.Field(Collection, required=True)
    members = graphene.Field(required_list(SellerMembership))
    low_stock = graphene.Field(required_list(Variant))

    @staticmethod
    def resolve_tax_code(root: models.Seller, info: graphene.ResolveInfo) -> str | None:
        return root.tax_code or None if loaders.rights(root).sees_money(root) else None

    @staticmethod
    def resolve_personal_id(root: models.Seller, info: graphene.ResolveInfo) -> str | None:
        return root.personal_id or None if loaders.rights(root).sees_papers(root) else None

    @staticmethod
    def resolve_birth_date(root: models.Seller, info: graphene.ResolveInfo) -> dt.date | None:
        if not root.birth_date or not loaders.rights(root).sees_papers(root):
            return None
        return dt.date.fromisoformat(root.birth_date)

    @staticmethod
    def resolve_phone(root: models.Seller, info: graphene.ResolveInfo) -> str | None:
        return root.phone or None

    @staticmethod
    def resolve_address(root: models.Seller, info: graphene.ResolveInfo) -> Address | None:
        return address_of(root.address)

    @staticmethod
    def resolve_show_address(root: models.Seller, info: graphene.ResolveInfo) -> bool:
        return root.address_shown_at is not None

    @staticmethod
    def resolve_bank_account(root: models.Seller, info: graphene.ResolveInfo) -> BankAccount | None:
        if not root.bank_account or not loaders.rights(root).sees_money(root):
            return None
        return BankAccount(
            bank_bin=root.bank_bin,
            bank_name=bank_name(root.bank_bin),
            account_last4=root.bank_account[-4:],
            holder=root.bank_holder,
            active_from=root.bank_active_from or root.created_at,
        )

    @staticmethod
    def resolve_vneid_deadline(root: models.Seller, info: graphene.ResolveInfo) -> dt.date:
        return queries.vneid_deadline(root)

    @staticmethod
    def resolve_decision_note(root: models.Seller, info: graphene.ResolveInfo) -> str | None:
        return root.decision_note or None

    @staticmethod
    def resolve_checklist(root: models.Seller, info: graphene.ResolveInfo) -> list[queries.ChecklistItem]:
        return queries.checklist(root, has_papers=bool(loaders.seller_papers(root)))

    @staticmethod
    def resolve_documents(root: models.Seller, info: graphene.ResolveInfo) -> list[str]:
        if not loaders.rights(root).sees_papers(root):
            return []
        return [files.signed_url(paper) for paper in loaders.seller_papers(root)]

    @staticmethod
    def resolve_members(root: models.Seller, info: graphene.ResolveInfo) -> list[models.SellerMember]:
        return loaders.seller_members(root)

    @staticmethod
    def resolve_low_stock(root: models.Seller, info: graphene.ResolveInfo) -> list[models.Variant]:
        return loaders.seller_low_stock(root)


class ProductRevision(ModelNode):
    """All waiting changes collect in one revision; picture mutations on a published listing act on it."""

    class Meta:
        model = models.ProductRevision
        fields = ("name",)

    submitted_at = graphene.Field(DateTime, required=True)
    changed_fields = graphene.Field(required_list(graphene.String))
    craft = graphene.Field(Craft)
    attributes = graphene.Field(
        required_list(Attribute), description="Those of the craft that waits, or the listing's own."
    )
    images = graphene.Field(required_list(Image))
    waiting = graphene.Boolean(required=True, description="False once an officer sent it back.")

    @staticmethod
    def resolve_attributes(root: models.ProductRevision, info: graphene.ResolveInfo) -> list[Attribute]:
        if root.attributes is None:
            product = loaders.related(root, "product")
            return attributes_of(product, product.attributes)
        return attributes_of(root, root.attributes)

    @staticmethod
    def resolve_changed_fields(root: models.ProductRevision, info: graphene.ResolveInfo) -> list[str]:
        product = loaders.related(root, "product")
        return changed_fields(product, root, ocop_waits=loaders.has_submitted_certificate(product))

    @staticmethod
    def resolve_craft(root: models.ProductRevision, info: graphene.ResolveInfo) -> models.Craft | None:
        return loaders.related(root, "craft")  # type: ignore[no-any-return]

    @staticmethod
    def resolve_images(root: models.ProductRevision, info: graphene.ResolveInfo) -> list[loaders.ImageView]:
        return loaders.revision_images(root)


def _private(root: models.Seller, info: graphene.ResolveInfo) -> models.Seller | None:
    rights = loaders.rights(root)
    return root if not rights.nothing and rights.sees_inside(root) else None


def _pending_revision(root: models.Product, info: graphene.ResolveInfo) -> models.ProductRevision | None:
    return loaders.pending_revision(root) if loaders.sees_drafts(root) else None


def _review_note(root: models.Product, info: graphene.ResolveInfo) -> str | None:
    return root.review_note or None if loaders.sees_drafts(root) else None


extend(
    Seller,
    "private",
    graphene.Field(
        SellerPrivate,
        resolver=_private,
        description="Seller's own people and officers only; null for anyone else.",
    ),
)
extend(
    Product,
    "pending_revision",
    graphene.Field(
        ProductRevision,
        resolver=_pending_revision,
        description="Seller and officers only: the changes that wait for an officer.",
    ),
)
extend(
    Product,
    "review_note",
    graphene.Field(
        graphene.String,
        resolver=_review_note,
        description="Seller and officers only: the open reason when a listing was sent back.",
    ),
)
