"""Payments and the raw news that gateways send about them."""

from django.db import models
from django.db.models import Q

from catalog.models import Collection
from marketplace.core.fields import Entity


class PaymentState(models.TextChoices):
    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    PAID = "PAID"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    DISPUTED = "DISPUTED"
    PARTLY_REFUNDED = "PARTLY_REFUNDED"
    REFUNDED = "REFUNDED"


class Payment(Entity):
    """An attempt to pay an order. `reference` is ours, `gateway_reference` the gateway's."""

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="payments")
    seller_order = models.ForeignKey(
        "orders.SellerOrder", on_delete=models.PROTECT, null=True, related_name="+"
    )
    gateway = models.CharField(max_length=20)
    collection = models.CharField(max_length=10, choices=Collection, default=Collection.PLATFORM)
    state = models.CharField(max_length=16, choices=PaymentState, default=PaymentState.PENDING)
    amount = models.BigIntegerField()
    reference = models.CharField(max_length=40, unique=True)
    gateway_reference = models.CharField(max_length=120, null=True)
    # What the buyer's device needs to go on, as the gateway gave it.
    action = models.JSONField(default=dict)
    failure_reason = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_payment"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_amount_positive"),
            models.UniqueConstraint(
                fields=["gateway", "gateway_reference"],
                condition=Q(gateway_reference__isnull=False),
                name="payments_gateway_reference_once",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state="PAID", seller_order__isnull=True),
                name="payments_order_paid_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"])]


class NewsOutcome(models.TextChoices):
    """What came of a piece of news. All but APPLIED and IGNORED wait for a person."""

    WAITING = "WAITING"
    APPLIED = "APPLIED"
    IGNORED = "IGNORED"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    WRONG_AMOUNT = "WRONG_AMOUNT"
    WRONG_ACCOUNT = "WRONG_ACCOUNT"
    TOO_LATE = "TOO_LATE"
    PAID_TWICE = "PAID_TWICE"
    UNREADABLE = "UNREADABLE"


class GatewayNews(Entity):
    """What a gateway told us, stored raw before anything is done with it. Once a gateway and event id."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    body = models.JSONField()
    outcome = models.CharField(max_length=16, choices=NewsOutcome, default=NewsOutcome.WAITING)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="news")
    amount = models.BigIntegerField(null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_gateway_news"
        verbose_name_plural = "gateway news"
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="payments_news_once")]
        indexes = [models.Index(fields=["outcome", "created_at"])]
