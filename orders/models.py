"""Carts and orders. An order has one part a seller; prices are frozen on its lines."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.fields import EncryptedJSONField, Entity
from orders.carriers.steps import Step
from orders.carriers.zones import Zone


class Cart(Entity):
    """A basket. A guest's cart id is a bearer secret, so it is random throughout, not time-ordered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="carts"
    )
    language = models.CharField(max_length=12, default="vi")
    delivery = models.JSONField(null=True)
    # The carrier that the buyer has chosen, by seller's key; who is not there gets the usual one.
    carriers = models.JSONField(default=dict)
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
    # How it travels: the carrier's code and its name when it was ordered; the price is `shipping`.
    shipping_option = models.CharField(max_length=40)
    shipping_name = models.CharField(max_length=160, blank=True)
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


class BookingState(models.TextChoices):
    """Of a parcel that is booked by a carrier's interface. What is REFUSED or STUCK waits for a person."""

    WAITING = "WAITING"
    BOOKED = "BOOKED"
    REFUSED = "REFUSED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"
    # The carrier has it and does not give it back.
    STUCK = "STUCK"


class Shipment(Entity):
    """One parcel of a seller's part. `carrier` is a code of `orders.shipping`, handed over by hand, unless `booking`
    tells that it is booked by the interface of the one in `orders.carriers`."""

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="shipments")
    carrier = models.CharField(max_length=20)
    tracking_number = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=12, choices=ShipmentState, default=ShipmentState.READY)
    booking = models.CharField(max_length=10, choices=BookingState, blank=True)
    # The carrier's own words, for the seller.
    booking_problem = models.CharField(max_length=300, blank=True)
    # What the carrier asks of us.
    fee = models.BigIntegerField(null=True)
    expected_at = models.DateTimeField(null=True)
    # When the carrier was last asked about it.
    asked_at = models.DateTimeField(null=True)
    # When the buyer was asked whether it came, and said that it has not.
    buyer_asked_at = models.DateTimeField(null=True)
    missing_at = models.DateTimeField(null=True)
    # The seller, or an officer, has said that it was handed over all the same; and when it came before officers.
    found_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    # Lost, or back and not sent again: what was in it is paid back.
    given_up_at = models.DateTimeField(null=True)
    # Grams and centimetres, where somebody measured it.
    parcel = models.JSONField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_shipment"
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "tracking_number"],
                condition=~Q(booking="") & ~Q(tracking_number=""),
                name="orders_shipment_booked_once",
            )
        ]
        indexes = [
            models.Index(
                F("asked_at").asc(nulls_first=True),
                condition=Q(booking="BOOKED", state__in=["READY", "IN_TRANSIT", "FAILED"]),
                name="orders_shipment_on_its_way",
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(booking__in=["WAITING", "CANCELLING"]),
                name="orders_shipment_to_book",
            ),
            models.Index(
                fields=["shipped_at"],
                condition=Q(state="IN_TRANSIT", booking=""),
                name="orders_shipment_left",
            ),
            models.Index(
                fields=["missing_at"],
                condition=Q(missing_at__isnull=False),
                name="orders_shipment_missed",
            ),
        ]


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


# The seller bears these (E-commerce Law 122/2025 Đ17.2.b): no rule of a shop keeps them from being returned.
FAULTS = frozenset({ReturnReason.NOT_AS_DESCRIBED, ReturnReason.DAMAGED, ReturnReason.WRONG_ITEM})


class ReturnState(models.TextChoices):
    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    ESCALATED = "ESCALATED"
    RECEIVED = "RECEIVED"
    REFUNDED = "REFUNDED"
    CANCELLED = "CANCELLED"


class Return(Entity):
    """Pieces of a seller's part that the buyer wants to give back; with `parcel`, those of one that never came.

    While it lives, its pieces count in `returning` of their lines. `decide_before` is the seller's time while it is
    REQUESTED, and the day by which an officer looks while it is APPROVED and nothing has come. `by_officer`: an officer
    has decided, so that the answer is the last one.
    """

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="returns")
    parcel = models.OneToOneField(Shipment, on_delete=models.PROTECT, null=True, related_name="+")
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


class NewsOutcome(models.TextChoices):
    """What came of a carrier's webhook."""

    WAITING = "WAITING"
    CONFIRMED = "CONFIRMED"
    UNKNOWN_PARCEL = "UNKNOWN_PARCEL"
    UNCONFIRMED = "UNCONFIRMED"
    UNREADABLE = "UNREADABLE"


class CarrierNews(Entity):
    """A carrier's webhook, stored raw before anything is done with it. Once a carrier and body."""

    carrier = models.CharField(max_length=20)
    # SHA-256 of the body: carriers give their webhooks no id.
    event_id = models.CharField(max_length=64)
    body = models.JSONField()
    outcome = models.CharField(max_length=16, choices=NewsOutcome, default=NewsOutcome.WAITING)
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_carrier_news"
        verbose_name_plural = "carrier news"
        constraints = [
            models.UniqueConstraint(fields=["carrier", "event_id"], name="orders_carrier_news_once")
        ]
        indexes = [models.Index(fields=["outcome", "created_at"])]


class ShipmentNews(Entity):
    """What a carrier has told of a parcel when it was asked: its own word, and what we take it for.

    `exception`: a person has to look at it; `handled_at`: somebody has.
    """

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="news")
    raw = models.CharField(max_length=40)
    step = models.CharField(max_length=20, choices=Step)
    occurred_at = models.DateTimeField()
    exception = models.BooleanField(default=False)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "orders_shipment_news"
        verbose_name_plural = "shipment news"
        constraints = [
            models.UniqueConstraint(
                fields=["shipment", "raw", "occurred_at"], name="orders_shipment_news_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(exception=True, handled_at=None),
                name="orders_shipment_news_person",
            )
        ]


class ShippingTerms(Entity):
    """How a seller delivers; without a seller, how everybody does who has said nothing else.

    A seller without rates of its own takes the platform's.
    """

    seller = models.ForeignKey(
        "catalog.Seller", on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("seller")
    )
    free_above = models.BigIntegerField(null=True, blank=True, verbose_name=_("free from this sum on"))
    pickup = models.BooleanField(default=False, verbose_name=_("may be fetched at the workshop"))

    class Meta:
        db_table = "orders_shipping_terms"
        verbose_name = verbose_name_plural = _("delivery terms")
        constraints = [
            models.UniqueConstraint(
                fields=["seller"], nulls_distinct=False, name="orders_shipping_terms_one_platform"
            ),
            models.CheckConstraint(
                condition=Q(free_above=None) | Q(free_above__gte=0), name="orders_shipping_terms_free_above"
            ),
        ]


class ShippingRate(Entity):
    """What a parcel of up to so many grams costs in a zone."""

    terms = models.ForeignKey(ShippingTerms, on_delete=models.CASCADE, related_name="rates")
    zone = models.CharField(max_length=8, choices=Zone, verbose_name=_("zone"))
    up_to_grams = models.PositiveIntegerField(verbose_name=_("up to grams"))
    price = models.BigIntegerField(verbose_name=_("price in đồng"))

    class Meta:
        db_table = "orders_shipping_rate"
        verbose_name = _("delivery price")
        verbose_name_plural = _("delivery prices")
        constraints = [
            models.UniqueConstraint(
                fields=["terms", "zone", "up_to_grams"], name="orders_shipping_rate_once"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0, up_to_grams__gt=0), name="orders_shipping_rate_positive"
            ),
        ]


class CarrierFee(models.Model):
    """What a carrier has said a parcel would cost, kept for a while: by a key of what was asked."""

    key = models.CharField(max_length=64, primary_key=True)
    # [[price, min days, max days]]; none where it does not go there.
    quotes = models.JSONField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "orders_carrier_fee"


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
