"""Payments and the raw news that gateways send about them."""

from django.db import models
from django.db.models import F, Q

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
    # Of the amount, what went back or is on its way.
    refunded = models.BigIntegerField(default=0)

    class Meta:
        db_table = "payments_payment"
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")), name="payments_refunded_of_amount"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_amount_positive"),
            models.UniqueConstraint(
                fields=["gateway", "gateway_reference"],
                condition=Q(gateway_reference__isnull=False),
                name="payments_gateway_reference_once",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=["PAID", "PARTLY_REFUNDED", "REFUNDED"], seller_order__isnull=True),
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
    # Money that no order could take goes back: by which reference of the gateway or the bank, and when it was done.
    settled_at = models.DateTimeField(null=True)
    settled_reference = models.CharField(max_length=120, blank=True)
    # Its gateway would not give it back, or it came back from there: only a person can.
    by_hand = models.BooleanField(default=False)

    class Meta:
        db_table = "payments_gateway_news"
        verbose_name_plural = "gateway news"
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="payments_news_once")]
        indexes = [models.Index(fields=["outcome", "created_at"])]


class RefundState(models.TextChoices):
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class Refund(Entity):
    """Money that goes back to the buyer, for one seller's part. Transfers are paid back by hand: `bank_reference`.

    While it is PENDING or SUCCEEDED it counts in the `refunded` of its payment and its part; one that FAILED no longer.
    """

    seller_order = models.ForeignKey("orders.SellerOrder", on_delete=models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    # What it is for: [{"line": id, "quantity": n}], where it is for pieces.
    lines = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.PENDING)
    reference = models.CharField(max_length=40, unique=True)
    # The return that it pays for, once.
    returned = models.OneToOneField(
        "orders.Return", on_delete=models.PROTECT, null=True, related_name="refund"
    )
    gateway_reference = models.CharField(max_length=120, null=True, unique=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    failure_reason = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_refund"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_refund_positive"),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state="PENDING"), name="payments_refund_pending")
        ]
