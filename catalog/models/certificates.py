"""OCOP certificates."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.fields import Entity


class OcopLevel(models.TextChoices):
    COMMUNE = "COMMUNE", _("commune")
    DISTRICT = "DISTRICT", _("district")
    PROVINCE = "PROVINCE", _("province or city")
    NATIONAL = "NATIONAL", _("national")


class OcopState(models.TextChoices):
    SUBMITTED = "SUBMITTED", _("Being checked")
    VALID = "VALID", _("In force")
    EXPIRED = "EXPIRED", _("Expired")
    REVOKED = "REVOKED", _("Withdrawn")
    REJECTED = "REJECTED", _("Refused")


class OcopCertificate(Entity):
    """A product's certificate of 3 to 5 stars, valid 36 months (QĐ 26/2026/QĐ-TTg).

    One decision number can cover many products. `state` VALID counts only between its days: see `queries`.
    `begun_at` is when it was first shown: an accepted one may have its first day ahead of it.
    """

    product = models.ForeignKey(
        "catalog.Product", on_delete=models.CASCADE, related_name="certificates", verbose_name=_("product")
    )
    number = models.CharField(max_length=64, verbose_name=_("number"))
    stars = models.PositiveSmallIntegerField(verbose_name=_("stars"))
    level = models.CharField(max_length=10, choices=OcopLevel, verbose_name=_("level"))
    issued_by = models.CharField(max_length=160, verbose_name=_("given by"))
    issued_on = models.DateField(verbose_name=_("day of issue"))
    expires_on = models.DateField(verbose_name=_("last day"))
    state = models.CharField(
        max_length=10, choices=OcopState, default=OcopState.SUBMITTED, verbose_name=_("state")
    )
    begun_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, verbose_name=_("reason of the decision"))
    scan = models.ForeignKey("catalog.PrivateFile", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "catalog_ocop_certificate"
        verbose_name = _("OCOP certificate")
        verbose_name_plural = _("OCOP certificates")
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=3, stars__lte=5), name="catalog_ocop_stars"),
            models.CheckConstraint(condition=Q(expires_on__gt=F("issued_on")), name="catalog_ocop_dates"),
            models.CheckConstraint(
                condition=Q(begun_at__isnull=True) | ~Q(state__in=["SUBMITTED", "REJECTED"]),
                name="catalog_ocop_begun_is_accepted",
            ),
            # What was refused may be sent again, mended.
            models.UniqueConstraint(
                fields=["product", "number", "issued_on"],
                condition=~Q(state="REJECTED"),
                name="catalog_ocop_once",
            ),
        ]
        indexes = [
            models.Index(fields=["product", "stars"], condition=Q(state="VALID"), name="catalog_ocop_valid"),
            models.Index(fields=["expires_on", "id"]),
        ]
