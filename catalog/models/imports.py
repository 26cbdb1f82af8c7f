"""Imports and exports of listings: what was sent, how far it is, and what is wrong with it."""

from django.conf import settings
from django.db import models

from marketplace.core.fields import Entity


class ImportKind(models.TextChoices):
    IMPORT = "IMPORT"
    EXPORT = "EXPORT"
    TEMPLATE = "TEMPLATE"


class ImportState(models.TextChoices):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    READY = "READY"
    DONE = "DONE"
    FAILED = "FAILED"


class ImportJob(Entity):
    """A sheet taken in, or given out. Who sent it is asked again before each piece of work.

    `position` is the row of the sheet up to which it is done, written with what was done. `headings` are as they
    stand in the sheet, `columns` what each of them means to us. `trial_listings` are those that a trial made and undid.
    """

    seller = models.ForeignKey("catalog.Seller", on_delete=models.CASCADE, related_name="imports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    app = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    scopes = models.JSONField(default=list)
    language = models.CharField(max_length=12, default="vi")
    kind = models.CharField(max_length=8, choices=ImportKind, default=ImportKind.IMPORT)
    state = models.CharField(max_length=7, choices=ImportState, default=ImportState.QUEUED)
    dry_run = models.BooleanField(default=False)
    format = models.CharField(max_length=4)
    file_name = models.CharField(max_length=120)
    original = models.ForeignKey(
        "catalog.PrivateFile", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    images = models.ForeignKey("catalog.PrivateFile", on_delete=models.SET_NULL, null=True, related_name="+")
    result = models.ForeignKey("catalog.PrivateFile", on_delete=models.SET_NULL, null=True, related_name="+")
    heading_row = models.PositiveIntegerField(default=0)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    row_count = models.PositiveIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    trial_listings = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "catalog_import_job"
        indexes = [
            models.Index(
                models.F("seller"),
                models.F("created_at").desc(),
                models.F("id").desc(),
                name="catalog_imports_of",
            ),
            models.Index("created_at", name="catalog_import_age"),
        ]


class ImportRow(models.Model):
    """A row of a sheet that waits to be taken. `block` numbers the listings: rows of one are taken together."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    block = models.PositiveIntegerField()
    sku = models.CharField(max_length=64, blank=True)
    cells = models.JSONField()

    class Meta:
        db_table = "catalog_import_row"
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="catalog_import_row_once")]
        indexes = [
            models.Index("job", "sku", "number", condition=~models.Q(sku=""), name="catalog_import_row_sku")
        ]


class ImportProblem(Entity):
    """What is wrong with one cell, or (`column` empty) one row; row 0 is the file itself."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=24)
    message = models.TextField()

    class Meta:
        db_table = "catalog_import_problem"
        indexes = [models.Index(fields=["job", "row", "id"], name="catalog_import_problems")]
