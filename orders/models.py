"""Carts and orders. An order has one part a seller; prices are frozen on its lines."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from marketplace.core.fields import EncryptedJSONField, Entity


class Cart(Entity):
    """A basket. A guest's cart id is a bearer secret, so it is random throughout, not time-ordered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="carts"
    )
    language = models.CharField(max_length=12, default="vi")
    delivery = models.JSONField(null=True)
    expires_at = models.DateTimeField()
    ordered_at = models.DateTimeField(null=True)
    # A guest's, whose things are in a person's cart now.
    merged_into = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        db_table = "orders_cart"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ordered_at__isnull=True), name="orders_cart_one_open_a_user"
            )
        ]
        indexes = [models.Index(fields=["expires_at"])]


class CartLine(Entity):
    """`price_seen` is the price the buyer was last shown, so that a change can be told."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    price_seen = models.BigIntegerField()

    class Meta:
        db_table = "orders_cart_line"
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="orders_cart_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_cart_line_quantity"),
        ]


class OrderState(models.TextChoices):
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PAID = "PAID"
    PARTLY_SHIPPED = "PARTLY_SHIPPED"
    SHIPPED = "SHIPPED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REFUNDED = "REFUNDED"


class SellerOrderState(models.TextChoices):
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    TO_CONFIRM = "TO_CONFIRM"
    PREPARING = "PREPARING"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    RETURNED = "RETURNED"


class Order(Entity):
    """What a buyer bought at once. Its link's token is derived from the id, never stored (see `tokens`)."""

    number = models.CharField(max_length=11, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="orders"
    )
    cart = models.OneToOneField(Cart, on_delete=models.PROTECT, related_name="order")
    state = models.CharField(max_length=20, choices=OrderState, default=OrderState.AWAITING_PAYMENT)
    language = models.CharField(max_length=12, default="vi")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=16)
    address = models.JSONField()
    note = models.TextField(blank=True)
    # Company, tax code, address and e-mail of a VAT invoice; kept for as long as tax documents are.
    invoice = EncryptedJSONField(null=True)
    # The version of the terms that the buyer accepted; empty where the app did not say.
    accepted_terms = models.CharField(max_length=20, blank=True)
    # Where money goes back to that came by transfer: bank_bin, account, holder.
    refund_account = EncryptedJSONField(null=True)
    # Kept while the order is unpaid, to bound how much one address holds; forgotten afterwards.
    ip = models.GenericIPAddressField(null=True)
    subtotal = models.BigIntegerField()
    shipping = models.BigIntegerField()
    total = models.BigIntegerField()
    placed_at = models.DateTimeField()
    pay_before = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_order"
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("subtotal") + F("shipping")), name="orders_order_adds_up"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-placed_at"]),
            models.Index(
                fields=["pay_before"], condition=Q(state="AWAITING_PAYMENT"), name="orders_order_unpaid"
            ),
            models.Index(
                fields=["phone"], condition=Q(state="AWAITING_PAYMENT"), name="orders_order_unpaid_phone"
            ),
            models.Index(fields=["ip"], condition=Q(state="AWAITING_PAYMENT"), name="orders_order_unpaid_ip"),
        ]


class SellerOrder(Entity):
    """One seller's part of an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="seller_orders")
    seller = models.ForeignKey("catalog.Seller", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=16, unique=True)
    state = models.CharField(
        max_length=20, choices=SellerOrderState, default=SellerOrderState.AWAITING_PAYMENT
    )
    collection = models.CharField(max_length=10, default="PLATFORM")
    shipping_option = models.CharField(max_length=40)
    subtotal = models.BigIntegerField()
    shipping = models.BigIntegerField()
    total = models.BigIntegerField()
    # Of the total, what went back to the buyer or is on its way there.
    refunded = models.BigIntegerField(default=0)
    paid_at = models.DateTimeField(null=True)
    confirm_before = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    completes_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_seller_order"
        constraints = [
            models.UniqueConstraint(fields=["order", "seller"], name="orders_one_part_a_seller"),
            models.CheckConstraint(
                condition=Q(total=F("subtotal") + F("shipping")), name="orders_part_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("total")), name="orders_part_refunded_of_total"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-created_at"]),
            # Followed by time: oldest change first.
            models.Index(fields=["seller", "updated_at", "id"]),
            models.Index(
                fields=["confirm_before"], condition=Q(state="TO_CONFIRM"), name="orders_part_to_confirm"
            ),
            models.Index(
                fields=["completes_at"], condition=Q(state="DELIVERED"), name="orders_part_completes"
            ),
        ]


class OrderLine(Entity):
    """`from_shelf` pieces are held until paid, `to_make` are made to order; together they are the quantity.

    Of these, `shipped` pieces are in parcels that left or are packed; `returning` are asked to be taken back, or were,
    and `returned` of them are with the seller again.
    """

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="lines")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    product_name = models.CharField(max_length=200)
    variant_name = models.CharField(max_length=120)
    sku = models.CharField(max_length=64)
    image = models.ForeignKey("catalog.ImageAsset", on_delete=models.PROTECT, null=True, related_name="+")
    quantity = models.PositiveIntegerField()
    unit_price = models.BigIntegerField()
    total = models.BigIntegerField()
    from_shelf = models.PositiveIntegerField()
    to_make = models.PositiveIntegerField()
    shipped = models.PositiveIntegerField(default=0)
    returning = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "orders_order_line"
        constraints = [
            models.CheckConstraint(condition=Q(shipped__lte=F("quantity")), name="orders_line_shipped"),
            models.CheckConstraint(
                condition=Q(returned__lte=F("returning"), returning__lte=F("shipped")),
                name="orders_line_returned",
            ),
            models.CheckConstraint(
                condition=Q(quantity=F("from_shelf") + F("to_make"), quantity__gt=0),
                name="orders_line_sources",
            ),
            models.CheckConstraint(
                condition=Q(total=F("unit_price") * F("quantity")), name="orders_line_adds_up"
            ),
        ]


class ShipmentState(models.TextChoices):
    READY = "READY"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    RETURNED = "RETURNED"
    CANCELLED = "CANCELLED"
    LOST = "LOST"


class Shipment(Entity):
    """One parcel of a seller's part. `carrier` is a code of `orders.shipping`."""

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="shipments")
    carrier = models.CharField(max_length=20)
    tracking_number = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=12, choices=ShipmentState, default=ShipmentState.READY)
    # Grams and centimetres, where somebody measured it.
    parcel = models.JSONField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_shipment"


class ShipmentLine(Entity):
    """How many pieces of a line are in a parcel."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        db_table = "orders_shipment_line"
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="orders_shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_shipment_line_quantity"),
        ]


class ReturnReason(models.TextChoices):
    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED"
    DAMAGED = "DAMAGED"
    WRONG_ITEM = "WRONG_ITEM"
    CHANGED_MIND = "CHANGED_MIND"
    OTHER = "OTHER"


class ReturnState(models.TextChoices):
    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    ESCALATED = "ESCALATED"
    RECEIVED = "RECEIVED"
    REFUNDED = "REFUNDED"
    CANCELLED = "CANCELLED"


class Return(Entity):
    """Pieces of a seller's part that the buyer wants to give back.

    While it lives, its pieces count in `returning` of their lines. `decide_before` is the seller's time while it is
    REQUESTED, and the day by which an officer looks while it is APPROVED and nothing has come. `by_officer`: an officer
    has decided, so that the answer is the last one.
    """

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="returns")
    reason = models.CharField(max_length=20, choices=ReturnReason)
    description = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=ReturnState, default=ReturnState.REQUESTED)
    decision_note = models.TextField(blank=True)
    by_officer = models.BooleanField(default=False)
    escalated_at = models.DateTimeField(null=True)
    decide_before = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    restocked = models.BooleanField(null=True)

    class Meta:
        db_table = "orders_return"
        indexes = [
            models.Index(fields=["seller_order", "id"]),
            # Followed by time: oldest change first.
            models.Index(fields=["updated_at", "id"]),
            models.Index(
                fields=["decide_before"],
                condition=Q(state__in=["REQUESTED", "APPROVED"]),
                name="orders_return_waits",
            ),
        ]


class ReturnLine(Entity):
    """How many pieces of a line are given back."""

    parent = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        db_table = "orders_return_line"
        constraints = [
            models.UniqueConstraint(fields=["parent", "line"], name="orders_return_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_return_line_quantity"),
        ]


class ReturnImage(Entity):
    """A picture of what is wrong."""

    parent = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="pictures")
    asset = models.ForeignKey("catalog.ImageAsset", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "orders_return_image"
        constraints = [models.UniqueConstraint(fields=["parent", "asset"], name="orders_return_image_once")]


class Question(Entity):
    """What somebody asks a seller: about a product, or about the part of an order that was bought there.

    Both texts are kept as they are passed on, without phones, addresses and links (`core.masking`).
    """

    seller = models.ForeignKey("catalog.Seller", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(
        "catalog.Product", on_delete=models.CASCADE, null=True, related_name="questions"
    )
    seller_order = models.ForeignKey(
        SellerOrder, on_delete=models.PROTECT, null=True, related_name="questions"
    )
    # Null for a guest, who asks by the order's token, and for a person who is no more.
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    body = models.TextField()
    language = models.CharField(max_length=12, default="vi")
    answer = models.TextField(blank=True)
    # For the first time: it may be put otherwise later.
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_question"
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=True) ^ Q(seller_order__isnull=True),
                name="orders_question_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False),
                name="orders_question_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-created_at", "-id"], name="orders_question_newest"),
            models.Index(fields=["seller"], condition=Q(answered_at=None), name="orders_question_open"),
            models.Index(fields=["product", "-created_at", "-id"], name="orders_question_product"),
        ]


class OrderEvent(Entity):
    """A step in the life of an order, or of one seller's part; `kind` is a stable name, words come from the reader's
    language."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="events")
    seller_order = models.ForeignKey(SellerOrder, on_delete=models.CASCADE, null=True, related_name="events")
    kind = models.CharField(max_length=40)
    details = models.JSONField(default=dict)
    actor = models.CharField(max_length=20, default="system")

    class Meta:
        db_table = "orders_order_event"
        indexes = [models.Index(fields=["order", "created_at"])]
