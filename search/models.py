"""Search's own tables: what waits to be indexed, what is indexed at which version, and its texts."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchOutbox(models.Model):
    """A product that has changed. Appended in the transaction of the change, deleted once indexed."""

    id = models.BigAutoField(primary_key=True)
    product_id = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "search_outbox"


class SearchDocument(models.Model):
    """A product as search knows it: its version counter and the texts the PostgreSQL engine matches."""

    # No constraint: the counter outlives a product that is erased.
    product = models.OneToOneField(
        "catalog.Product",
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="search_document",
    )
    version = models.BigIntegerField(default=0)
    gone = models.BooleanField(default=False)
    # Weights: A name, B craft, village and seller, C attributes, D description. Accented and folded side by side.
    accented = SearchVectorField(null=True)
    folded = SearchVectorField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "search_document"
        indexes = [
            GinIndex(fields=["accented"], name="search_document_accented"),
            GinIndex(fields=["folded"], name="search_document_folded"),
        ]


class SearchPoison(models.Model):
    """A document Elasticsearch refuses as malformed: set aside, so that it stops nobody else."""

    product_id = models.UUIDField(primary_key=True)
    version = models.BigIntegerField()
    error = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "search_poison"


class IndexState(models.TextChoices):
    BUILDING = "BUILDING"
    LIVE = "LIVE"
    OLD = "OLD"


class SearchIndex(models.Model):
    """An Elasticsearch index of ours. Changes are written to the live one and to one that is being built."""

    name = models.CharField(max_length=80, primary_key=True)
    state = models.CharField(max_length=8, choices=IndexState)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "search_index"
