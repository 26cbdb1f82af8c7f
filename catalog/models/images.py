"""Pictures: the private original once, public renditions under names that never change their content."""

from django.db import models

from marketplace.core.fields import Entity


class ImageAsset(Entity):
    """A picture file, stored once however often it is used: once for everybody, once for the few (`private`).

    `drawing` is set for sample pictures that the worker draws first; `ready` flips once all renditions stand.
    """

    sha256 = models.CharField(max_length=64, null=True)
    # Its renditions are shown by links that end.
    private = models.BooleanField(default=False)
    original = models.CharField(max_length=200, blank=True)
    drawing = models.JSONField(null=True)
    ready = models.BooleanField(default=False)
    problem = models.CharField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    widths = models.JSONField(default=list)
    dominant_color = models.CharField(max_length=7, blank=True)
    placeholder = models.TextField(blank=True)

    class Meta:
        db_table = "catalog_image_asset"
        constraints = [
            models.UniqueConstraint(fields=["sha256", "private"], name="catalog_image_stored_once"),
            models.CheckConstraint(
                condition=models.Q(ready=False)
                | models.Q(width__isnull=False, height__isnull=False, sha256__isnull=False),
                name="catalog_image_ready_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["id"], name="catalog_image_pending", condition=models.Q(ready=False))]
