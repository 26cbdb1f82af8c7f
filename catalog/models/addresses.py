"""Addresses that people keep for their next order."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.core.fields import EncryptedJSONField, Entity


class SavedAddress(Entity):
    """An address of a person, encrypted; its keys are the contract's. One of each person's may be the default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    address = EncryptedJSONField()
    is_default = models.BooleanField(default=False)

    class Meta:
        db_table = "catalog_saved_address"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default=True), name="catalog_one_default_address"
            )
        ]
