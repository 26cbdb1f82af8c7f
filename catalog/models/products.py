"""Crafts, products, variants and their numbers."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.trace import LENGTH, new_trace_code
from marketplace.core.fields import Entity


class AttributeType(models.TextChoices):
    TEXT = "TEXT"
    NUMBER = "NUMBER"
    CHOICE = "CHOICE"
    BOOLEAN = "BOOLEAN"


class Craft(Entity):
    """A craft. Names and descriptions are maps of language to text: reference data, short and read together."""

    slug = models.SlugField(max_length=80, unique=True)
    names = models.JSONField()
    descriptions = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    synonyms = models.JSONField(default=dict)
    hs_code = models.CharField(max_length=10, blank=True)
    ocop_product_set = models.CharField(max_length=12, blank=True)
    # Languages whose words a machine wrote and nobody confirmed, each with the hash of what it translated.
    machine_drafts = models.JSONField(default=dict)
    image = models.ForeignKey("catalog.ImageAsset", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "catalog_craft"

    def __str__(self) -> str:
        return str(self.names.get("vi", self.slug))


class AttributeDefinition(Entity):
    """An attribute that products of a craft have. `choices` is a list of maps of language to label."""

    craft = models.ForeignKey(Craft, on_delete=models.CASCADE, related_name="attribute_definitions")
    slug = models.SlugField(max_length=60)
    names = models.JSONField()
    type = models.CharField(max_length=8, choices=AttributeType)
    unit = models.CharField(max_length=20, blank=True)
    choices = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "catalog_attribute_definition"
        constraints = [models.UniqueConstraint(fields=["craft", "slug"], name="catalog_attribute_once")]


class ProductState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    IN_REVIEW = "IN_REVIEW", _("With the officer")
    PUBLISHED = "PUBLISHED", _("For sale")
    REJECTED = "REJECTED", _("Sent back")
    ARCHIVED = "ARCHIVED", _("Put away")


class Product(Entity):
    """A product, and as its seller sees it a listing.

    `attributes` is a list of {slug, value}. `price_min` and `price_max` follow the variants on sale (đồng), so that
    lists sort by an index; only services write them.
    """

    slug = models.SlugField(max_length=160, unique=True, verbose_name=_("address of the page"))
    seller = models.ForeignKey(
        "catalog.Seller", on_delete=models.PROTECT, related_name="products", verbose_name=_("seller")
    )
    craft = models.ForeignKey(
        Craft, on_delete=models.PROTECT, null=True, related_name="products", verbose_name=_("craft")
    )
    village = models.ForeignKey(
        "catalog.Village",
        on_delete=models.PROTECT,
        null=True,
        related_name="products",
        verbose_name=_("village"),
    )
    state = models.CharField(
        max_length=10, choices=ProductState, default=ProductState.DRAFT, verbose_name=_("state")
    )
    language = models.CharField(max_length=12, default="vi")
    name = models.CharField(max_length=200, verbose_name=_("name"))
    name_key = models.CharField(max_length=400, db_collation="C")
    description = models.TextField(blank=True, verbose_name=_("description"))
    attributes = models.JSONField(default=list)
    story = models.TextField(blank=True, verbose_name=_("story"))
    # Steps of making, {name, on, place}, for the traceability page.
    steps = models.JSONField(default=list)
    made_to_order_days = models.PositiveSmallIntegerField(
        null=True, verbose_name=_("days to make it to order")
    )
    hs_code = models.CharField(max_length=10, blank=True)
    gtin = models.CharField(max_length=14, blank=True)
    trace_code = models.CharField(max_length=LENGTH, unique=True, default=new_trace_code, editable=False)
    price_min = models.BigIntegerField(default=0)
    price_max = models.BigIntegerField(default=0)
    compare_at_price = models.BigIntegerField(null=True)
    revision = models.PositiveIntegerField(default=1, verbose_name=_("revision"))
    # Not auto_now: stock alone does not raise it (contract).
    updated_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, verbose_name=_("for sale since"))
    submitted_at = models.DateTimeField(null=True, verbose_name=_("sent in"))
    archived_at = models.DateTimeField(null=True)
    archived_from = models.CharField(max_length=10, blank=True, choices=ProductState)
    review_note = models.TextField(blank=True, verbose_name=_("reason for sending it back"))
    is_sample = models.BooleanField(default=False, verbose_name=_("sample"))

    class Meta:
        db_table = "catalog_product"
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="PUBLISHED")
                | Q(craft__isnull=False, published_at__isnull=False, price_min__gt=0),
                name="catalog_product_published_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="ARCHIVED", archived_at__isnull=False)
                | ~Q(state="ARCHIVED") & Q(archived_at__isnull=True),
                name="catalog_product_archived_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="IN_REVIEW") | Q(submitted_at__isnull=False),
                name="catalog_product_in_review_has_day",
            ),
            models.CheckConstraint(
                condition=Q(price_min__gte=0, price_max__gte=F("price_min")), name="catalog_product_prices"
            ),
        ]
        indexes = [
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                condition=Q(state="PUBLISHED"),
                name="catalog_product_new",
            ),
            models.Index("price_min", "id", condition=Q(state="PUBLISHED"), name="catalog_product_price"),
            models.Index("name_key", "id", condition=Q(state="PUBLISHED"), name="catalog_product_name"),
            models.Index("updated_at", "id", name="catalog_product_updated"),
            models.Index(
                "submitted_at", "id", condition=Q(state="IN_REVIEW"), name="catalog_product_in_review"
            ),
            models.Index("archived_at", condition=Q(state="ARCHIVED"), name="catalog_product_archived"),
        ]

    def __str__(self) -> str:
        return self.name


class ProductRevision(Entity):
    """Changes of a published listing that wait for an officer, all of them in one row.

    `waiting` is false once an officer sent them back; the next change queues them again. Pictures proposed are
    ProductImage rows that point here; none of them, unless `pictures_changed`, means the listing's own.
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="pending_revision")
    name = models.CharField(max_length=200)
    craft = models.ForeignKey(Craft, on_delete=models.PROTECT, null=True, related_name="+")
    # Attributes belong to a craft, so they wait with it; null where the craft stays.
    attributes = models.JSONField(null=True)
    pictures_changed = models.BooleanField(default=False)
    submitted_at = models.DateTimeField()
    waiting = models.BooleanField(default=True)

    class Meta:
        db_table = "catalog_product_revision"
        indexes = [
            models.Index("submitted_at", "id", condition=Q(waiting=True), name="catalog_revision_waiting")
        ]


class ProductTranslation(Entity):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    story = models.TextField(blank=True)
    machine_translated = models.BooleanField(default=False)
    # Of the words that a machine translated: another one means that they have changed since.
    source_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "catalog_product_translation"
        constraints = [
            models.UniqueConstraint(fields=["product", "language"], name="catalog_translation_once")
        ]


class TranslatedCharacters(models.Model):
    """How many characters were sent to the translator on a day: what it costs."""

    day = models.DateField(primary_key=True)
    characters = models.BigIntegerField()

    class Meta:
        db_table = "catalog_translated_characters"


class Variant(Entity):
    """What is bought. The shelf holds `on_hand` pieces, `held` of them for orders not yet paid.

    `seller` repeats the product's, so that the database keeps a SKU unique within its seller.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    seller = models.ForeignKey("catalog.Seller", on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    options = models.JSONField(default=list)
    price = models.BigIntegerField()
    compare_at_price = models.BigIntegerField(null=True)
    on_hand = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    weight_grams = models.PositiveIntegerField(null=True)
    gtin = models.CharField(max_length=14, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "catalog_variant"
        constraints = [
            models.UniqueConstraint(fields=["seller", "sku"], name="catalog_variant_sku_once"),
            models.CheckConstraint(
                condition=Q(held__gte=0, on_hand__gte=F("held")), name="catalog_variant_stock"
            ),
            # 0 is a draft's variant whose price is not known yet; a published product has none such.
            models.CheckConstraint(condition=Q(price__gte=0), name="catalog_variant_price_given"),
            models.CheckConstraint(
                condition=Q(compare_at_price__isnull=True) | Q(compare_at_price__gt=F("price")),
                name="catalog_variant_price_before",
            ),
        ]
        indexes = [models.Index(fields=["product", "position"])]

    @property
    def available(self) -> int:
        """Pieces on the shelf that nobody holds."""
        return self.on_hand - self.held


class ProductImage(Entity):
    """A picture of a product; with `revision`, one that is proposed and not shown yet."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="pictures")
    asset = models.ForeignKey("catalog.ImageAsset", on_delete=models.PROTECT, related_name="uses")
    position = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField(max_length=300, blank=True)
    revision = models.ForeignKey(
        ProductRevision, on_delete=models.CASCADE, null=True, related_name="pictures"
    )

    class Meta:
        db_table = "catalog_product_image"
        constraints = [
            models.UniqueConstraint(
                fields=["product", "asset"], condition=Q(revision=None), name="catalog_picture_shown_once"
            ),
            models.UniqueConstraint(fields=["revision", "asset"], name="catalog_picture_proposed_once"),
        ]
        indexes = [models.Index(fields=["product", "position"])]


class StockChange(Entity):
    """Stock changes made together under one key. `lines` is a list of {variant, delta, on_hand, reason}."""

    actor = models.CharField(max_length=80)
    lines = models.JSONField()

    class Meta:
        db_table = "catalog_stock_change"


# The mean rating is drawn towards this one by so many imagined reviews.
RATING_PRIOR_COUNT, RATING_PRIOR = 5, 4.0


class ProductStats(models.Model):
    """Numbers of a product that buyers move; a row apart, so that a sale never touches the product."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, primary_key=True, related_name="stats")
    sold = models.PositiveIntegerField(default=0)
    sold_30d = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    # rating_sum / rating_count with a little weight on the middle, so that one five is not above twenty. Without any
    # rating it is the middle, whether there never was one or the last was hidden.
    rating_rank = models.FloatField(default=RATING_PRIOR)

    class Meta:
        db_table = "catalog_product_stats"
        constraints = [
            models.CheckConstraint(
                condition=Q(rating_sum__gte=F("rating_count"), rating_sum__lte=5 * F("rating_count")),
                name="catalog_stats_ratings_add_up",
            )
        ]
        indexes = [
            models.Index(F("sold").desc(), F("product").desc(), name="catalog_stats_sold"),
            models.Index(F("rating_rank").desc(), F("product").desc(), name="catalog_stats_rating"),
        ]


class Favourite(Entity):
    """A product that a person wants to find again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="favourites")

    class Meta:
        db_table = "catalog_favourite"
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="catalog_favourite_once"),
        ]
        indexes = [models.Index(fields=["user", "-created_at"])]
