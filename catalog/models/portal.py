"""Pages of the old portal, and the ways to make one of them one's own."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.core.fields import Entity


class LegacyPage(Entity):
    """An address of the old portal, path and query without the host: the page of a seller."""

    address = models.CharField(max_length=500, unique=True)
    seller = models.ForeignKey("catalog.Seller", on_delete=models.CASCADE, related_name="legacy_pages")

    class Meta:
        db_table = "catalog_legacy_page"


class SellerClaim(Entity):
    """A one-time code sent to an unclaimed seller's phone for a person who says it is theirs. Only its hash is kept."""

    seller = models.ForeignKey("catalog.Seller", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=128)
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "catalog_seller_claim"
        constraints = [
            models.CheckConstraint(condition=Q(attempts__lte=5), name="catalog_claim_attempts"),
        ]
