"""Sellers and the people who work for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.core.fields import EncryptedTextField, Entity


class SellerKind(models.TextChoices):
    HOUSEHOLD = "HOUSEHOLD"
    COOPERATIVE = "COOPERATIVE"
    COMPANY = "COMPANY"
    ARTISAN = "ARTISAN"


class SellerState(models.TextChoices):
    UNCLAIMED = "UNCLAIMED"
    APPLIED = "APPLIED"
    VERIFIED = "VERIFIED"
    REJECTED = "REJECTED"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"


class Collection(models.TextChoices):
    PLATFORM = "PLATFORM"
    DIRECT = "DIRECT"


class MemberRole(models.TextChoices):
    OWNER = "OWNER"
    EDITOR = "EDITOR"
    PACKER = "PACKER"


class Seller(Entity):
    """A household, cooperative, company or artisan. Phone, tax code and bank account are encrypted at rest."""

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=160)
    name_key = models.CharField(max_length=400, db_collation="C")
    legal_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=SellerKind)
    state = models.CharField(max_length=12, choices=SellerState, default=SellerState.APPLIED)
    trusted = models.BooleanField(default=False)
    village = models.ForeignKey(
        "catalog.Village", on_delete=models.PROTECT, null=True, related_name="sellers"
    )
    commune = models.ForeignKey(
        "catalog.Commune", on_delete=models.PROTECT, null=True, related_name="sellers"
    )
    crafts = models.ManyToManyField("catalog.Craft", related_name="sellers", db_table="catalog_seller_craft")
    about = models.JSONField(default=dict)
    logo = models.ForeignKey("catalog.ImageAsset", on_delete=models.PROTECT, null=True, related_name="+")
    phone = EncryptedTextField(blank=True)
    tax_code = EncryptedTextField(null=True)
    bank_bin = models.CharField(max_length=6, blank=True)
    bank_account = EncryptedTextField(blank=True)
    bank_holder = EncryptedTextField(blank=True)
    collection = models.CharField(max_length=10, choices=Collection, default=Collection.PLATFORM)
    is_sample = models.BooleanField(default=False)

    class Meta:
        db_table = "catalog_seller"
        indexes = [
            models.Index(
                fields=["name_key", "id"], condition=Q(state="VERIFIED"), name="catalog_seller_public"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SellerMember(Entity):
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=8, choices=MemberRole)

    class Meta:
        db_table = "catalog_seller_member"
        constraints = [models.UniqueConstraint(fields=["seller", "user"], name="catalog_member_once")]
