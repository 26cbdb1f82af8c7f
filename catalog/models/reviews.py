"""What buyers say of products, and what anybody reports."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.fields import Entity


class Review(Entity):
    """A buyer's opinion of a product. `order_line` is the line that it was bought by; null for samples and imports.

    The author is known by a short name alone, frozen here. Ratings of reviews that are not hidden are counted in
    `ProductStats`, in the transaction that writes or hides them.
    """

    product = models.ForeignKey(
        "catalog.Product", on_delete=models.CASCADE, related_name="reviews", verbose_name=_("product")
    )
    # A line of orders, which this package does not know.
    order_line = models.UUIDField(null=True, unique=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    author_name = models.CharField(max_length=60, verbose_name=_("author"))
    rating = models.PositiveSmallIntegerField(verbose_name=_("stars"))
    body = models.TextField(blank=True, verbose_name=_("text"))
    language = models.CharField(max_length=12, default="vi")
    written_at = models.DateTimeField(verbose_name=_("written"))
    reply = models.TextField(blank=True, verbose_name=_("reply"))
    # For the first time; the author is told then, and not of what is put otherwise later.
    replied_at = models.DateTimeField(null=True, verbose_name=_("replied"))
    hidden_at = models.DateTimeField(null=True, verbose_name=_("hidden since"))
    hidden_reason = models.TextField(blank=True, verbose_name=_("reason for hiding it"))

    class Meta:
        db_table = "catalog_review"
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="catalog_review_stars"),
            models.CheckConstraint(
                condition=Q(reply="") | Q(replied_at__isnull=False),
                name="catalog_review_replied",
            ),
        ]
        indexes = [models.Index(fields=["product", "-written_at", "-id"], name="catalog_review_newest")]

    def __str__(self) -> str:
        return f"{'★' * self.rating} {self.body}"[:80]


class ReviewImage(Entity):
    """A picture of a review, shown once its renditions stand."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="pictures")
    asset = models.ForeignKey("catalog.ImageAsset", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "catalog_review_image"
        constraints = [models.UniqueConstraint(fields=["review", "asset"], name="catalog_review_image_once")]


class ContentReport(Entity):
    """Something that somebody finds wrong, until an officer of the seller's commune has seen to it.

    `kind` and `object_id` name the thing (see `services.reports`), `reporter` whoever told: a person's id, or for
    guests a keyed hash of their address.
    """

    kind = models.CharField(max_length=40, verbose_name=_("what"))
    object_id = models.UUIDField()
    seller = models.ForeignKey(
        "catalog.Seller", on_delete=models.CASCADE, related_name="+", verbose_name=_("seller")
    )
    reporter = models.CharField(max_length=80)
    reason = models.TextField(verbose_name=_("what is wrong"))
    seen_at = models.DateTimeField(null=True, verbose_name=_("seen to"))
    note = models.TextField(blank=True, verbose_name=_("what was done"))

    class Meta:
        db_table = "catalog_content_report"
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "reporter"],
                condition=Q(seen_at__isnull=True),
                name="catalog_report_once_while_open",
            )
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], condition=Q(seen_at=None), name="catalog_report_open")
        ]

    def __str__(self) -> str:
        return self.reason[:80]
