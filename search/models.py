"""Search's own tables: what waits to be indexed, what is indexed at which version, and the words it knows."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.fields import Entity


class SearchOutbox(models.Model):
    """A product that has changed. Appended in the transaction of the change, deleted once indexed.

    A row with a `shelf` (seller, village, commune, craft) stands for all its products, until the drain puts them in its
    place. `stored`: the database's own document is up to date, Elasticsearch's is not.
    """

    id = models.BigAutoField(primary_key=True)
    product_id = models.UUIDField(null=True)
    shelf = models.CharField(max_length=8, db_default="")
    shelf_id = models.UUIDField(null=True)
    stored = models.BooleanField(db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "search_outbox"
        constraints = [
            models.CheckConstraint(
                condition=Q(product_id__isnull=False, shelf="", shelf_id__isnull=True)
                | Q(product_id__isnull=True, shelf_id__isnull=False) & ~Q(shelf=""),
                name="search_outbox_one_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["stored", "id"], name="search_outbox_order"),
            models.Index(fields=["id"], condition=~Q(shelf=""), name="search_outbox_shelf"),
        ]


class SearchDocument(models.Model):
    """A product as search knows it: its version counter, and all that the PostgreSQL engine reads.

    Texts are accented tokens with a space between them, a line for each language. `vector` holds tokens folded, and as
    they are written (with a mark before them), of the name (A), of craft, village and seller (B), of attributes (C) and
    of the description (D).
    """

    # No constraint: the counter outlives a product that is erased.
    product = models.OneToOneField(
        "catalog.Product",
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="search_document",
    )
    version = models.BigIntegerField(default=0)
    gone = models.BooleanField(db_default=False)
    vector = SearchVectorField(null=True)
    # The same of the name alone, and without the description.
    name_vector = SearchVectorField(null=True)
    short_vector = SearchVectorField(null=True)
    name = models.TextField(db_default="")
    context = models.TextField(db_default="")
    attributes = models.TextField(db_default="")
    description = models.TextField(db_default="")
    # `sku:PX01541` and `cert:0077QDUBND`, as `text.code_key` writes them.
    codes = ArrayField(models.TextField(), db_default=[])
    craft = models.TextField(null=True)
    village = models.TextField(null=True)
    commune = models.TextField(null=True)
    seller = models.TextField(null=True)
    choices = ArrayField(models.TextField(), db_default=[])
    price = models.BigIntegerField(null=True)
    in_stock = models.BooleanField(db_default=False)
    ocop_stars = models.SmallIntegerField(null=True)
    ocop_until = models.DateField(null=True)
    trusted = models.BooleanField(db_default=False)
    sold = models.IntegerField(db_default=0)
    sold_30d = models.IntegerField(db_default=0)
    rating = models.FloatField(db_default=0)
    published_at = models.DateTimeField(null=True)
    prior = models.FloatField(db_default=0)
    # Of all the above, so that what has not changed is not written again.
    digest = models.CharField(max_length=32, db_default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "search_document"
        indexes = [
            GinIndex(fields=["vector"], name="search_document_vector"),
            GinIndex(fields=["name_vector"], name="search_document_name"),
            GinIndex(fields=["short_vector"], name="search_document_short"),
            GinIndex(fields=["codes"], name="search_document_codes"),
            # Of what very many products have, the best are met first.
            models.Index(
                fields=["-prior", "-product"], condition=Q(gone=False), name="search_document_prior"
            ),
        ]


class SearchPoison(models.Model):
    """A document Elasticsearch refuses as malformed: set aside, so that it stops nobody else."""

    product_id = models.UUIDField(primary_key=True)
    error = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "search_poison"


class IndexState(models.TextChoices):
    BUILDING = "BUILDING"
    LIVE = "LIVE"
    OLD = "OLD"


class SearchIndex(models.Model):
    """An Elasticsearch index of ours. Changes are written to the live one and to one that is being built.

    `position` is the last product that a build has copied, so that a build that was killed goes on from there.
    """

    name = models.CharField(max_length=80, primary_key=True)
    state = models.CharField(max_length=8, choices=IndexState)
    position = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "search_index"


class Synonym(Entity):
    """`term` also finds what holds `expansion`, at `weight` of what the term itself finds. Read as whole phrases."""

    term = models.CharField(max_length=80, verbose_name=_("word or phrase"))
    language = models.CharField(max_length=8, default="vi", verbose_name=_("language"))
    expansion = models.CharField(max_length=80, verbose_name=_("also finds"))
    weight = models.FloatField(
        default=0.8, validators=[MinValueValidator(0.1), MaxValueValidator(1)], verbose_name=_("weight")
    )
    both_ways = models.BooleanField(default=False, verbose_name=_("both ways"))

    class Meta:
        db_table = "search_synonym"
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        constraints = [
            models.UniqueConstraint(fields=["term", "expansion"], name="search_synonym_once"),
            models.CheckConstraint(condition=Q(weight__gt=0, weight__lte=1), name="search_synonym_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.term} → {self.expansion}"


class Term(models.Model):
    """The vocabulary of what is for sale: a folded syllable, or two neighbours, and in how many products they are."""

    text = models.CharField(max_length=80, primary_key=True)
    # As it is mostly written: `khảm trai` for `kham trai`.
    written = models.CharField(max_length=80)
    count = models.IntegerField()

    class Meta:
        db_table = "search_term"


class Asked(models.Model):
    """What was read out of a query that found something, once for each person.

    `person` is a keyed hash, forgotten after some weeks.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=200)
    text = models.CharField(max_length=200)
    person = models.CharField(max_length=32)
    asked_on = models.DateField()

    class Meta:
        db_table = "search_asked"
        constraints = [models.UniqueConstraint(fields=["key", "person"], name="search_asked_once")]
        indexes = [models.Index(fields=["asked_on"], name="search_asked_on")]


class PopularQuery(models.Model):
    """A query that enough people have asked, to be suggested. Made from `Asked` by a job."""

    key = models.CharField(max_length=200, primary_key=True, db_collation="C")
    text = models.CharField(max_length=200)
    people = models.IntegerField()

    class Meta:
        db_table = "search_popular"
