"""OCOP certificates."""

from django.db import models
from django.db.models import F, Q

from marketplace.core.fields import Entity


class OcopLevel(models.TextChoices):
    COMMUNE = "COMMUNE"
    DISTRICT = "DISTRICT"
    PROVINCE = "PROVINCE"
    NATIONAL = "NATIONAL"


class OcopState(models.TextChoices):
    SUBMITTED = "SUBMITTED"
    VALID = "VALID"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    REJECTED = "REJECTED"


class OcopCertificate(Entity):
    """A product's certificate of 3 to 5 stars, valid 36 months (QĐ 26/2026/QĐ-TTg).

    One decision number can cover many products. `state` VALID counts only between its days: see `queries`.
    """

    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="certificates")
    number = models.CharField(max_length=64)
    stars = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=10, choices=OcopLevel)
    issued_by = models.CharField(max_length=160)
    issued_on = models.DateField()
    expires_on = models.DateField()
    state = models.CharField(max_length=10, choices=OcopState, default=OcopState.SUBMITTED)
    note = models.TextField(blank=True)

    class Meta:
        db_table = "catalog_ocop_certificate"
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=3, stars__lte=5), name="catalog_ocop_stars"),
            models.CheckConstraint(condition=Q(expires_on__gt=F("issued_on")), name="catalog_ocop_dates"),
            models.UniqueConstraint(fields=["product", "number", "issued_on"], name="catalog_ocop_once"),
        ]
        indexes = [
            models.Index(fields=["product", "stars"], condition=Q(state="VALID"), name="catalog_ocop_valid"),
            models.Index(fields=["expires_on", "id"]),
        ]
