"""Types of carts and orders."""

import datetime as dt
import json
from collections.abc import Container, Iterable
from typing import Any

import graphene
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from catalog.addresses import find_place
from catalog.graphql import loaders as catalog_loaders
from catalog.graphql.types import (
    Address,
    AddressInput,
    Collection,
    Image,
    Seller,
    Variant,
    address_data,
    address_of,
)
from catalog.models import Collection as CollectionValues
from catalog.models import ImageAsset
from marketplace.core.graphql import peers
from marketplace.core.graphql.connections import connection_types
from marketplace.core.graphql.nodes import ModelNode
from marketplace.core.graphql.scalars import DateTime
from marketplace.core.graphql.types import ErrorCode, Money, money_field, required_list, vnd
from marketplace.core.ids import to_global_id
from marketplace.core.money import format_money
from orders import confirmations, labels, models, offers, pricing, shipping, tokens
from orders.carriers.zones import Place

OrderState = graphene.Enum.from_enum(models.OrderState)
SellerOrderState = graphene.Enum.from_enum(models.SellerOrderState)

ShipmentState = graphene.Enum.from_enum(models.ShipmentState)
ShipmentBooking = graphene.Enum("ShipmentBooking", [(item.name, item.value) for item in models.BookingState])

EVENT_MESSAGES = {
    "placed": _("Order placed. We keep the things for you until it is paid."),
    "paid": _("The money has arrived. Next, the sellers confirm and pack your parcels."),
    "expired": _("The order was not paid in time, so the things went back on the shelf."),
    "cancelled_unpaid": _("The order was cancelled before it was paid. The things went back on the shelf."),
    "confirmed": _("“%(seller)s” has taken the order on and packs it."),
    "shipped": _("“%(seller)s” has sent the parcel."),
    "partly_shipped": _("“%(seller)s” has sent a part of it."),
    "ready": _("“%(seller)s” has packed it: it may be fetched at the workshop."),
    "booked": _("“%(seller)s” has packed it. The carrier fetches it next."),
    "booking_refused": _(
        "%(carrier)s does not take the parcel: %(problem)s Take it back, then put that right or choose another carrier."
    ),
    "booking_stuck": _(
        "%(carrier)s has the parcel already and does not cancel it. Ask the carrier to bring it back."
    ),
    "parcel_missed": _(
        "The buyer says that the parcel of “%(seller)s” has not come. The maker asks the carrier."
    ),
    "parcel_found": _("The parcel of “%(seller)s” was handed over, as far as could be found out."),
    "parcel_escalated": _("An officer of the commune looks for the parcel of “%(seller)s” now."),
    "parcel_returning": _("Nobody took the parcel of “%(seller)s”: it is on its way back."),
    "parcel_back": _("The parcel of “%(seller)s” has not left after all."),
    "parcel_failed": _("The parcel of “%(seller)s” could not be handed over. The carrier tries again."),
    "parcel_returned": _("The parcel of “%(seller)s” went back to the sender."),
    "parcel_lost": _("The parcel of “%(seller)s” was lost. We see to it."),
    "delivered": _("The parcel of “%(seller)s” has arrived."),
    "completed": _("The part of “%(seller)s” is done."),
    "return_requested": _("The buyer wants to give something back to “%(seller)s”."),
    "return_cancelled": _("The buyer keeps it after all."),
    "return_approved": _("It may be sent back to “%(seller)s”."),
    "return_rejected": _("It stays with the buyer: %(note)s"),
    "return_escalated": _("An officer of the commune looks at the return now."),
    "parcel_given_up": _("The parcel of “%(seller)s” did not reach the buyer, so its money goes back."),
    "return_received": _("What was given back is at “%(seller)s” again."),
    "refunded": _("%(amount)s are on their way back to the buyer."),
    "refund_failed": _("Paying back %(amount)s did not work. A person sees to it."),
    "refund_done": _("%(amount)s were paid back."),
}
# Steps that concern the seller alone.
SELLERS_OWN = frozenset({"booking_refused", "booking_stuck"})
CANCELLED_BY = {
    "buyer": _("The buyer has cancelled the part of “%(seller)s”."),
    "seller": _("“%(seller)s” has cancelled: %(reason)s"),
    "time": _("“%(seller)s” has not answered in time; this part was cancelled."),
}


class ShippingOption(graphene.ObjectType):
    id = graphene.ID(required=True)
    carrier = graphene.String(required=True)
    name = graphene.String(required=True)
    price = money_field("price")
    min_days = graphene.Int()
    max_days = graphene.Int()


class CartProblem(graphene.ObjectType):
    line_id = graphene.ID()
    seller_id = graphene.ID()
    code = graphene.Field(ErrorCode, required=True)
    message = graphene.String(required=True)
    available = graphene.Int()
    price = money_field("price", required=False)

    @staticmethod
    def resolve_line_id(root: pricing.CartProblem, info: graphene.ResolveInfo) -> str | None:
        return to_global_id("CartLine", root.line_id) if root.line_id else None

    @staticmethod
    def resolve_seller_id(root: pricing.CartProblem, info: graphene.ResolveInfo) -> str | None:
        return to_global_id("Seller", root.seller_id) if root.seller_id else None

    @staticmethod
    def resolve_message(root: pricing.CartProblem, info: graphene.ResolveInfo) -> str:
        return str(root.message)


class CartLine(graphene.ObjectType):
    id = graphene.ID(required=True)
    variant = graphene.Field(Variant, required=True)
    quantity = graphene.Int(required=True)
    unit_price = graphene.Field(Money, required=True)
    total = money_field("total")

    @staticmethod
    def resolve_id(root: pricing.PricedLine, info: graphene.ResolveInfo) -> str:
        return to_global_id("CartLine", root.line.pk)

    @staticmethod
    def resolve_quantity(root: pricing.PricedLine, info: graphene.ResolveInfo) -> int:
        return root.line.quantity

    @staticmethod
    def resolve_unit_price(root: pricing.PricedLine, info: graphene.ResolveInfo) -> Any:
        return vnd(root.variant.price)


class CartSeller(graphene.ObjectType):
    seller = graphene.Field(Seller, required=True)
    lines = graphene.Field(required_list(CartLine))
    subtotal = money_field("subtotal")
    shipping = money_field("shipping", required=False)
    selected_shipping_option = graphene.Field(
        ShippingOption, description="As chosen, else the usual way; null where neither is offered."
    )
    total = money_field("total")
    collection = graphene.Field(Collection, required=True)
    shipping_options = graphene.Field(
        required_list(ShippingOption),
        address=graphene.Argument(AddressInput),
        description=(
            "For this address, as far as it is filled in, else for the cart's; until there is one, for Hà Nội. The "
            "usual way first."
        ),
    )

    @staticmethod
    def resolve_selected_shipping_option(root: pricing.SellerPart, info: graphene.ResolveInfo) -> Any:
        return root.option

    @staticmethod
    def resolve_collection(root: pricing.SellerPart, info: graphene.ResolveInfo) -> str:
        return root.seller.collection

    @staticmethod
    def resolve_shipping_options(
        root: pricing.SellerPart, info: graphene.ResolveInfo, address: Any = None
    ) -> list[ShippingOption]:
        if address is None or root.whole is None:
            return root.options  # type: ignore[return-value]
        # For all makers at once: they are asked one after the other.
        kept = root.whole.cart.__dict__.setdefault("_offered", {})
        key = json.dumps(address, sort_keys=True)
        if key not in kept:
            place = find_place(address_data(address) or {})
            kept[key] = root.whole.options(Place.of(place), ask=True) if place else {}
        return kept[key].get(root.seller.pk, [])  # type: ignore[no-any-return]


def priced(cart: models.Cart, info: graphene.ResolveInfo) -> pricing.PricedCart:
    """The cart priced anew, once for all fields of one answer."""
    if "_priced" not in cart.__dict__:
        result = pricing.price_cart(cart, ask=True)
        options = {"language": info.context.language, "context": info.context}
        peers.stamp([line.variant for line in result.lines], **options)
        peers.stamp([part.seller for part in result.parts], **options)
        cart.__dict__["_priced"] = result
    return cart.__dict__["_priced"]  # type: ignore[no-any-return]


class Cart(ModelNode):
    class Meta:
        model = models.Cart
        fields = ()

    lines = graphene.Field(required_list(CartLine))
    sellers = graphene.Field(required_list(CartSeller))
    delivery_address = graphene.Field(Address)
    subtotal = graphene.Field(Money, required=True)
    shipping = graphene.Field(
        Money, description="Null until an address is set. `total` leaves it out while it is null."
    )
    total = graphene.Field(Money, required=True)
    expires_at = graphene.Field(DateTime, required=True)
    problems = graphene.Field(required_list(CartProblem))

    @staticmethod
    def resolve_lines(root: models.Cart, info: graphene.ResolveInfo) -> list[pricing.PricedLine]:
        return priced(root, info).lines

    @staticmethod
    def resolve_sellers(root: models.Cart, info: graphene.ResolveInfo) -> list[pricing.SellerPart]:
        return priced(root, info).parts

    @staticmethod
    def resolve_delivery_address(root: models.Cart, info: graphene.ResolveInfo) -> Address | None:
        return address_of(root.delivery)

    @staticmethod
    def resolve_subtotal(root: models.Cart, info: graphene.ResolveInfo) -> Any:
        return vnd(priced(root, info).subtotal)

    @staticmethod
    def resolve_shipping(root: models.Cart, info: graphene.ResolveInfo) -> Any:
        return vnd(priced(root, info).shipping)

    @staticmethod
    def resolve_total(root: models.Cart, info: graphene.ResolveInfo) -> Any:
        return vnd(priced(root, info).total)

    @staticmethod
    def resolve_problems(root: models.Cart, info: graphene.ResolveInfo) -> list[pricing.CartProblem]:
        return priced(root, info).problems


class OrderLine(ModelNode):
    class Meta:
        model = models.OrderLine
        fields = ("product_name", "variant_name", "sku")

    variant = graphene.Field(Variant)
    quantity = graphene.Int(required=True)
    quantity_shipped = graphene.Int(required=True, description="Pieces in parcels that left or are packed.")
    quantity_returned = graphene.Int(required=True, description="Pieces that came back to the seller.")
    quantity_returnable = graphene.Int(
        required=True, description="Pieces that were sent and that nobody has asked to give back."
    )
    unit_price = money_field("unit_price")
    total = money_field("total")
    image = graphene.Field(Image)

    @staticmethod
    def resolve_quantity_shipped(root: models.OrderLine, info: graphene.ResolveInfo) -> int:
        return root.shipped

    @staticmethod
    def resolve_quantity_returned(root: models.OrderLine, info: graphene.ResolveInfo) -> int:
        return root.returned

    @staticmethod
    def resolve_quantity_returnable(root: models.OrderLine, info: graphene.ResolveInfo) -> int:
        return root.shipped - root.returning

    @staticmethod
    def resolve_variant(root: models.OrderLine, info: graphene.ResolveInfo) -> Any:
        return catalog_loaders.related(root, "variant")

    @staticmethod
    def resolve_image(root: models.OrderLine, info: graphene.ResolveInfo) -> catalog_loaders.ImageView | None:
        asset = peers.load_related(
            root, "image", lambda keys: ImageAsset.objects.filter(pk__in=keys, ready=True)
        )
        return catalog_loaders.ImageView(asset.pk, asset, root.product_name) if asset else None


class OrderEvent(graphene.ObjectType):
    at = graphene.Field(DateTime, required=True)
    kind = graphene.String(required=True)
    message = graphene.String(required=True)
    actor = graphene.String()

    @staticmethod
    def resolve_at(root: models.OrderEvent, info: graphene.ResolveInfo) -> Any:
        return root.created_at

    @staticmethod
    def resolve_message(root: models.OrderEvent, info: graphene.ResolveInfo) -> str:
        if root.kind == "cancelled":
            words = CANCELLED_BY[root.details["by"]]
        else:
            words = EVENT_MESSAGES[root.kind]
        values = dict(root.details)
        if "amount" in values:
            values["amount"] = format_money(values["amount"])
        told = str(words) % values
        # A buyer need not say why.
        if root.kind == "cancelled" and values["by"] == "buyer" and values["reason"]:
            told = f"{told} {values['reason']}"
        return told


class ShipmentLine(graphene.ObjectType):
    line = graphene.Field(OrderLine, required=True)
    quantity = graphene.Int(required=True)

    @staticmethod
    def resolve_line(root: models.ShipmentLine, info: graphene.ResolveInfo) -> Any:
        return peers.load_related(root, "line", lambda keys: models.OrderLine.objects.filter(pk__in=keys))


class Shipment(ModelNode):
    class Meta:
        model = models.Shipment
        fields = ("carrier",)

    seller_order = graphene.Field(lambda: SellerOrder, required=True)
    lines = graphene.Field(required_list(ShipmentLine))
    carrier_name = graphene.String(required=True)
    tracking_number = graphene.String()
    tracking_url = graphene.String()
    state = graphene.Field(ShipmentState, required=True)
    shipped_at = graphene.Field(DateTime)
    delivered_at = graphene.Field(DateTime)
    booking = graphene.Field(
        ShipmentBooking, description="Of a parcel that is booked by the carrier's interface; null by hand."
    )
    booking_problem = graphene.String(description="The carrier's own words, for the seller.")
    expected_at = graphene.Field(DateTime)
    label_url = graphene.String(
        description="The address label to print, as PDF: a short-lived, signed link for the seller's side."
    )
    missing_at = graphene.Field(DateTime, description="When the buyer said that it has not come.")
    missing_until = graphene.Field(
        DateTime, description="Until when the seller has time to say where it is; then an officer looks."
    )
    escalated_at = graphene.Field(DateTime, description="When it came before an officer, being missed.")
    found_at = graphene.Field(DateTime, description="When it was found that it had been handed over.")

    @staticmethod
    def resolve_missing_until(root: models.Shipment, info: graphene.ResolveInfo) -> Any:
        if root.missing_at is None or root.escalated_at is not None:
            return None
        return root.missing_at + dt.timedelta(days=settings.PARCEL_MISSING_DAYS)

    @staticmethod
    def resolve_booking(root: models.Shipment, info: graphene.ResolveInfo) -> str | None:
        return root.booking or None

    @staticmethod
    def resolve_label_url(root: models.Shipment, info: graphene.ResolveInfo) -> str | None:
        return labels.label_url(root) if _of_the_seller(Shipment.resolve_seller_order(root, info)) else None

    @staticmethod
    def resolve_booking_problem(root: models.Shipment, info: graphene.ResolveInfo) -> str | None:
        seen = _of_the_seller(Shipment.resolve_seller_order(root, info))
        return root.booking_problem or None if seen else None

    @staticmethod
    def resolve_seller_order(root: models.Shipment, info: graphene.ResolveInfo) -> Any:
        return peers.load_related(
            root, "seller_order", lambda keys: models.SellerOrder.objects.filter(pk__in=keys)
        )

    @staticmethod
    def resolve_lines(root: models.Shipment, info: graphene.ResolveInfo) -> list[models.ShipmentLine]:
        return peers.load_lists(
            root,
            "lines",
            lambda rows: models.ShipmentLine.objects.filter(shipment__in=[r.pk for r in rows]).order_by("id"),
            "shipment_id",
        )

    @staticmethod
    def resolve_carrier_name(root: models.Shipment, info: graphene.ResolveInfo) -> str:
        way = shipping.carrier_named(root.carrier)
        return str(way.name) if way else root.carrier

    @staticmethod
    def resolve_tracking_number(root: models.Shipment, info: graphene.ResolveInfo) -> str | None:
        return root.tracking_number or None

    @staticmethod
    def resolve_tracking_url(root: models.Shipment, info: graphene.ResolveInfo) -> str | None:
        way = shipping.carrier_named(root.carrier)
        return way.tracking_url(root.tracking_number) if way else None


class Invoice(graphene.ObjectType):
    company = graphene.String(required=True)
    tax_code = graphene.String(required=True)
    address = graphene.String(required=True)
    email = graphene.String(required=True)


def _invoice_of(order: models.Order) -> Invoice | None:
    given = order.invoice
    if given is None:
        return None
    return Invoice(
        company=given["company"], tax_code=given["taxCode"], address=given["address"], email=given["email"]
    )


class SellerOrder(ModelNode):
    class Meta:
        model = models.SellerOrder
        fields = ("number",)

    shipping_option = graphene.Field(
        ShippingOption, required=True, description="The way of delivery that was ordered, at its price then."
    )
    order = graphene.Field(lambda: Order)
    seller = graphene.Field(Seller, required=True)
    state = graphene.Field(SellerOrderState, required=True)
    lines = graphene.Field(required_list(OrderLine))
    subtotal = money_field("subtotal")
    shipping = money_field("shipping")
    total = money_field("total")
    collection = graphene.Field(Collection, required=True)
    placed_at = graphene.Field(DateTime, required=True)
    updated_at = graphene.Field(DateTime, required=True)
    paid_at = graphene.Field(DateTime)
    pay_before = graphene.Field(DateTime)
    confirm_before = graphene.Field(DateTime)
    completes_at = graphene.Field(DateTime)
    buyer_name = graphene.String(
        description="Who it goes to: a seller learns it when it is paid, as the rest."
    )
    phone = graphene.String()
    shipping_address = graphene.Field(Address)
    note = graphene.String()
    invoice = graphene.Field(Invoice, description="Whom the seller's VAT invoice is made out to.")
    refunded = money_field("refunded")
    shipments = graphene.Field(required_list(Shipment))
    events = graphene.Field(required_list(OrderEvent))

    @staticmethod
    def resolve_shipping_option(
        root: models.SellerOrder, info: graphene.ResolveInfo
    ) -> offers.ShippingOption:
        return offers.ordered_option(root)

    @staticmethod
    def resolve_pay_before(root: models.SellerOrder, info: graphene.ResolveInfo) -> Any:
        return _related_order(root).pay_before

    @staticmethod
    def resolve_buyer_name(root: models.SellerOrder, info: graphene.ResolveInfo) -> str | None:
        return str(_related_order(root).address["name"]) if _knows_buyer(root) else None

    @staticmethod
    def resolve_phone(root: models.SellerOrder, info: graphene.ResolveInfo) -> str | None:
        return _related_order(root).phone if _knows_buyer(root) else None

    @staticmethod
    def resolve_shipping_address(root: models.SellerOrder, info: graphene.ResolveInfo) -> Address | None:
        return address_of(_related_order(root).address) if _knows_buyer(root) else None

    @staticmethod
    def resolve_note(root: models.SellerOrder, info: graphene.ResolveInfo) -> str | None:
        return _related_order(root).note or None if _knows_buyer(root) else None

    @staticmethod
    def resolve_invoice(root: models.SellerOrder, info: graphene.ResolveInfo) -> Invoice | None:
        return _invoice_of(_related_order(root)) if _knows_buyer(root) else None

    @staticmethod
    def resolve_order(root: models.SellerOrder, info: graphene.ResolveInfo) -> models.Order | None:
        return None if is_sold(root) else _related_order(root)

    @staticmethod
    def resolve_confirm_before(root: models.SellerOrder, info: graphene.ResolveInfo) -> Any:
        return root.confirm_before if root.state == models.SellerOrderState.TO_CONFIRM else None

    @staticmethod
    def resolve_shipments(root: models.SellerOrder, info: graphene.ResolveInfo) -> list[models.Shipment]:
        return peers.load_lists(
            root,
            "shipments",
            lambda rows: models.Shipment.objects.filter(seller_order__in=[r.pk for r in rows]).order_by("id"),
            "seller_order_id",
        )

    @staticmethod
    def resolve_events(root: models.SellerOrder, info: graphene.ResolveInfo) -> list[models.OrderEvent]:
        """Its own steps; what concerns the whole order is the buyer's."""
        steps = peers.load_lists(
            root,
            "events",
            lambda rows: models.OrderEvent.objects.filter(seller_order__in=[r.pk for r in rows]).order_by(
                "id"
            ),
            "seller_order_id",
        )
        return steps if _of_the_seller(root) else [step for step in steps if step.kind not in SELLERS_OWN]

    @staticmethod
    def resolve_seller(root: models.SellerOrder, info: graphene.ResolveInfo) -> Any:
        return catalog_loaders.related(root, "seller")

    @staticmethod
    def resolve_lines(root: models.SellerOrder, info: graphene.ResolveInfo) -> list[models.OrderLine]:
        return peers.load_lists(
            root,
            "lines",
            lambda rows: models.OrderLine.objects.filter(seller_order__in=[r.pk for r in rows]).order_by(
                "id"
            ),
            "seller_order_id",
        )

    @staticmethod
    def resolve_placed_at(root: models.SellerOrder, info: graphene.ResolveInfo) -> Any:
        return _related_order(root).placed_at


def mark_sold(parts: Iterable[models.SellerOrder], bought: Container[Any] = ()) -> None:
    """These parts are read by who sold them, but for those that the reader has bought."""
    for part in parts:
        part.__dict__["_sold"] = part.pk not in bought


def mark_bought(parts: Iterable[models.SellerOrder]) -> None:
    for part in parts:
        part.__dict__["_sold"] = False
        part.__dict__["_arbitrated"] = False


def mark_arbitrated(parts: Iterable[models.SellerOrder]) -> None:
    """These parts are read by an officer who decides about them: as by the seller, but for who has bought them."""
    for part in parts:
        part.__dict__["_sold"] = part.__dict__["_arbitrated"] = True


def is_arbitrated(root: models.SellerOrder) -> bool:
    return bool(root.__dict__.get("_arbitrated"))


def is_sold(root: models.SellerOrder) -> bool:
    """Whether the seller reads it, who must not see the order's other parts."""
    return bool(root.__dict__.get("_sold"))


def _of_the_seller(root: models.SellerOrder) -> bool:
    """Whether the seller's own people read it, and no officer."""
    return is_sold(root) and not is_arbitrated(root)


def _knows_buyer(root: models.SellerOrder) -> bool:
    return not is_sold(root) or (root.paid_at is not None and not is_arbitrated(root))


def _related_order(root: models.SellerOrder) -> models.Order:
    return peers.load_related(  # type: ignore[no-any-return]
        root, "order", lambda keys: models.Order.objects.filter(pk__in=keys)
    )


def mark_opened(order: models.Order) -> None:
    """The reader holds the order's token."""
    order.__dict__["_opened"] = True


def _of_the_buyer(root: models.Order, info: graphene.ResolveInfo) -> bool:
    """Whether its buyer reads it, or who holds its token."""
    actor = info.context.actor
    # Only administrators see orders of others: with the token, one could act as the buyer.
    is_buyers = actor.user is not None and root.user_id == actor.user_id
    return is_buyers or not actor.is_admin or bool(root.__dict__.get("_opened"))


class PaymentDue(graphene.ObjectType):
    seller_order = graphene.Field(SellerOrder)
    collection = graphene.Field(Collection, required=True)
    amount = graphene.Field(Money, required=True)
    pay_before = graphene.Field(DateTime)


class Order(ModelNode):
    class Meta:
        model = models.Order
        fields = ("number",)

    token = graphene.String(description="Opens the order without signing in. Shown to whoever may open it.")
    state = graphene.Field(OrderState, required=True)
    placed_at = graphene.Field(DateTime, required=True)
    email = graphene.String()
    phone = graphene.String()
    shipping_address = graphene.Field(Address)
    due = graphene.Field(required_list(PaymentDue))
    seller_orders = graphene.Field(required_list(SellerOrder))
    subtotal = money_field("subtotal")
    shipping = money_field("shipping")
    total = money_field("total")
    paid_at = graphene.Field(DateTime)
    pay_before = graphene.Field(DateTime)
    note = graphene.String()
    invoice = graphene.Field(Invoice)
    accepted_terms = graphene.String(description="The version of the terms that the buyer accepted.")
    confirmation_url = graphene.String(
        description=(
            "The confirmation of the order as PDF, as it stands when it is fetched: a short-lived, signed link for its "
            "buyer. Null for others, and once the buyer's data were erased."
        )
    )
    events = graphene.Field(required_list(OrderEvent))

    @staticmethod
    def resolve_token(root: models.Order, info: graphene.ResolveInfo) -> str | None:
        return tokens.order_token(root.pk) if _of_the_buyer(root, info) else None

    @staticmethod
    def resolve_confirmation_url(root: models.Order, info: graphene.ResolveInfo) -> str | None:
        if not _of_the_buyer(root, info):
            return None
        return confirmations.confirmation_url(root, peers.language_of(root))

    @staticmethod
    def resolve_invoice(root: models.Order, info: graphene.ResolveInfo) -> Invoice | None:
        return _invoice_of(root)

    @staticmethod
    def resolve_accepted_terms(root: models.Order, info: graphene.ResolveInfo) -> str | None:
        return root.accepted_terms or None

    @staticmethod
    def resolve_email(root: models.Order, info: graphene.ResolveInfo) -> str | None:
        return root.email or None

    @staticmethod
    def resolve_shipping_address(root: models.Order, info: graphene.ResolveInfo) -> Address | None:
        return address_of(root.address)

    @staticmethod
    def resolve_due(root: models.Order, info: graphene.ResolveInfo) -> list[PaymentDue]:
        if root.state != models.OrderState.AWAITING_PAYMENT:
            return []
        return [
            PaymentDue(
                collection=CollectionValues.PLATFORM, amount=vnd(root.total), pay_before=root.pay_before
            )
        ]

    @staticmethod
    def resolve_seller_orders(root: models.Order, info: graphene.ResolveInfo) -> list[models.SellerOrder]:
        return peers.load_lists(
            root,
            "seller_orders",
            lambda rows: models.SellerOrder.objects.filter(order__in=[r.pk for r in rows]).order_by("number"),
            "order_id",
        )

    @staticmethod
    def resolve_note(root: models.Order, info: graphene.ResolveInfo) -> str | None:
        return root.note or None

    @staticmethod
    def resolve_events(root: models.Order, info: graphene.ResolveInfo) -> list[models.OrderEvent]:
        return peers.load_lists(
            root,
            "events",
            lambda rows: (
                models.OrderEvent.objects.filter(order__in=[r.pk for r in rows])
                .exclude(kind__in=SELLERS_OWN)
                .order_by("id")
            ),
            "order_id",
        )


OrderConnection = connection_types("Order", Order)
SellerOrderConnection = connection_types("SellerOrder", SellerOrder)
