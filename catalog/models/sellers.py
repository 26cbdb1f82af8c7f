"""Sellers and the people who work for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.fields import EncryptedJSONField, EncryptedTextField, Entity


class SellerKind(models.TextChoices):
    HOUSEHOLD = "HOUSEHOLD", _("Household")
    COOPERATIVE = "COOPERATIVE", _("Cooperative")
    COMPANY = "COMPANY", _("Company")
    ARTISAN = "ARTISAN", _("Artisan")


class SellerState(models.TextChoices):
    UNCLAIMED = "UNCLAIMED", _("Unclaimed")
    APPLIED = "APPLIED", _("Has applied")
    VERIFIED = "VERIFIED", _("Verified")
    REJECTED = "REJECTED", _("Sent back")
    SUSPENDED = "SUSPENDED", _("Paused")
    CLOSED = "CLOSED", _("Closed")


class Collection(models.TextChoices):
    PLATFORM = "PLATFORM"
    DIRECT = "DIRECT"


class MemberRole(models.TextChoices):
    OWNER = "OWNER"
    EDITOR = "EDITOR"
    PACKER = "PACKER"


class Seller(Entity):
    """A household, cooperative, company or artisan.

    Whatever tells of a person (phone, address, tax code, personal id, birth date, bank account) is encrypted at
    rest. `address` has the contract's keys; buyers see it from `address_shown_at` on, the moment of consent.
    """

    slug = models.SlugField(max_length=120, unique=True, verbose_name=_("address of the page"))
    name = models.CharField(max_length=160, verbose_name=_("name"))
    name_key = models.CharField(max_length=400, db_collation="C")
    legal_name = models.CharField(max_length=200, verbose_name=_("name on the papers"))
    kind = models.CharField(max_length=12, choices=SellerKind, verbose_name=_("kind"))
    state = models.CharField(
        max_length=12, choices=SellerState, default=SellerState.APPLIED, verbose_name=_("state")
    )
    trusted = models.BooleanField(default=False, verbose_name=_("trusted"))
    village = models.ForeignKey(
        "catalog.Village",
        on_delete=models.PROTECT,
        null=True,
        related_name="sellers",
        verbose_name=_("village"),
    )
    commune = models.ForeignKey(
        "catalog.Commune",
        on_delete=models.PROTECT,
        null=True,
        related_name="sellers",
        verbose_name=_("commune"),
    )
    crafts = models.ManyToManyField("catalog.Craft", related_name="sellers", db_table="catalog_seller_craft")
    about = models.JSONField(default=dict)
    logo = models.ForeignKey("catalog.ImageAsset", on_delete=models.PROTECT, null=True, related_name="+")
    phone = EncryptedTextField(blank=True)
    # Of a page of the old directory: a keyed hash of its phone (`catalog.portal.phone_key`), to find it.
    phone_key = models.CharField(max_length=64, blank=True)
    tax_code = EncryptedTextField(null=True)
    personal_id = EncryptedTextField(null=True)
    birth_date = EncryptedTextField(null=True)
    address = EncryptedJSONField(null=True)
    address_shown_at = models.DateTimeField(null=True)
    bank_bin = models.CharField(max_length=6, blank=True)
    bank_account = EncryptedTextField(blank=True)
    bank_holder = EncryptedTextField(blank=True)
    bank_active_from = models.DateTimeField(null=True)
    collection = models.CharField(max_length=10, choices=Collection, default=Collection.PLATFORM)
    social_links = models.JSONField(default=list)
    # E-commerce accounts are linked to VNeID (Decree 320/2026 Đ19); older ones have until the day in settings.
    vneid_linked_at = models.DateTimeField(null=True, verbose_name=_("linked to VNeID"))
    applied_at = models.DateTimeField(null=True, verbose_name=_("applied"))
    decided_at = models.DateTimeField(null=True, verbose_name=_("decided"))
    decision_note = models.TextField(blank=True, verbose_name=_("reason of the decision"))
    is_sample = models.BooleanField(default=False, verbose_name=_("sample"))

    class Meta:
        db_table = "catalog_seller"
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")
        indexes = [
            models.Index(fields=["phone_key"], condition=~Q(phone_key=""), name="catalog_seller_phone_key"),
            models.Index(
                fields=["name_key", "id"], condition=Q(state="VERIFIED"), name="catalog_seller_public"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SellerMember(Entity):
    """A person who works for a seller, or an invitation that nobody has taken up yet (`user` is null).

    `token_hash` is the SHA-256 of the invitation's secret; `contact` is the e-mail address or phone it went to.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    role = models.CharField(max_length=8, choices=MemberRole)
    contact = EncryptedTextField(blank=True)
    token_hash = models.CharField(max_length=64, null=True, unique=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "catalog_seller_member"
        constraints = [
            models.UniqueConstraint(fields=["seller", "user"], name="catalog_member_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, token_hash__isnull=True)
                | Q(user__isnull=True, token_hash__isnull=False, expires_at__isnull=False),
                name="catalog_member_joined_or_invited",
            ),
        ]


class SellerApp(Entity):
    """A partner app that acts for a seller, or for all of them (`seller` is null), within its token's scopes."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, null=True, related_name="apps")
    app = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        db_table = "catalog_seller_app"
        constraints = [models.UniqueConstraint(fields=["seller", "app"], name="catalog_seller_app_once")]


class PrivateFile(Entity):
    """A paper of a seller: an identity card, a licence, the scan of a certificate. Never public.

    `name` is the file in the private storage; `label` is what its owner called it.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    label = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    # Papers of the application itself; a certificate's scan hangs on the certificate.
    is_paper = models.BooleanField(default=True)

    class Meta:
        db_table = "catalog_private_file"
