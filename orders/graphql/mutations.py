"""Mutations of carts and checkout."""

from typing import Any

import graphene

from catalog.graphql.queries import plain
from catalog.graphql.types import AddressInput, address_data
from marketplace.core.graphql.mutations import ReportPayload, answers, payload
from marketplace.core.graphql.nodes import parse_id
from marketplace.core.graphql.scalars import Amount, Language
from marketplace.core.graphql.types import required_list
from orders import services
from orders.graphql import types
from orders.graphql.queries import shown, shown_part
from orders.graphql.voices import VoiceMutations


class CartLineInput(graphene.InputObjectType):
    variant_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


class CartLineUpdateInput(graphene.InputObjectType):
    id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


class CartCreateInput(graphene.InputObjectType):
    lines = graphene.List(graphene.NonNull(CartLineInput))
    language = graphene.InputField(Language)


class InvoiceInput(graphene.InputObjectType):
    company = graphene.String(required=True)
    tax_code = graphene.String(required=True)
    address = graphene.String(required=True)
    email = graphene.String(required=True)


class CheckoutPlaceInput(graphene.InputObjectType):
    cart_id = graphene.ID(required=True)
    email = graphene.String()
    phone = graphene.String(required=True)
    shipping_address = graphene.InputField(AddressInput)
    shipping_option_ids = graphene.List(graphene.NonNull(graphene.ID))
    invoice = graphene.InputField(InvoiceInput)
    accepted_terms = graphene.String(
        description="The version of `legalText(kind: TERMS)` that the buyer read."
    )
    note = graphene.String()
    expected_total = graphene.InputField(Amount)


class ShipmentLineInput(graphene.InputObjectType):
    line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


class ParcelInput(graphene.InputObjectType):
    weight_grams = graphene.Int(required=True)
    length_cm = graphene.Int()
    width_cm = graphene.Int()
    height_cm = graphene.Int()


SellerOrderPayload = payload("SellerOrderPayload", seller_order=graphene.Field(types.SellerOrder))
CartPayload = payload("CartPayload", cart=graphene.Field(types.Cart))
OrderPayload = payload(
    "OrderPayload",
    order=graphene.Field(types.Order),
    cart=graphene.Field(types.Cart, description="The cart priced anew when the order could not be placed."),
)


def _lines(lines: Any) -> list[dict[str, Any]]:
    return [
        {"variant_id": parse_id(line["variant_id"], "Variant"), "quantity": line["quantity"]}
        for line in lines or []
    ]


def pieces(lines: Any) -> list[dict[str, Any]] | None:
    """Pieces of order lines, as the services take them."""
    if lines is None:
        return None
    return [
        {"line_id": parse_id(line["line_id"], "OrderLine"), "quantity": line["quantity"]} for line in lines
    ]


class OrdersMutation(VoiceMutations):
    cart_create = graphene.Field(CartPayload, input=graphene.Argument(CartCreateInput, required=True))
    cart_lines_add = graphene.Field(
        CartPayload, cart_id=graphene.ID(required=True), lines=graphene.Argument(required_list(CartLineInput))
    )
    cart_lines_update = graphene.Field(
        CartPayload,
        cart_id=graphene.ID(required=True),
        lines=graphene.Argument(required_list(CartLineUpdateInput)),
    )
    cart_lines_remove = graphene.Field(
        CartPayload,
        cart_id=graphene.ID(required=True),
        line_ids=graphene.Argument(required_list(graphene.ID)),
    )
    cart_delivery_set = graphene.Field(
        CartPayload,
        cart_id=graphene.ID(required=True),
        address=graphene.Argument(AddressInput),
        shipping_option_ids=graphene.List(graphene.NonNull(graphene.ID)),
    )
    checkout_place = graphene.Field(
        OrderPayload,
        input=graphene.Argument(CheckoutPlaceInput, required=True),
        idempotency_key=graphene.String(required=True),
        description=(
            "Turns a cart into one order with one SellerOrder a seller, and holds the stock until `payBefore`. "
            "The same key and input give the same order again."
        ),
    )

    order_cancel = graphene.Field(
        OrderPayload,
        order_id=graphene.ID(required=True),
        seller_order_ids=graphene.List(graphene.NonNull(graphene.ID)),
        token=graphene.String(),
        reason=graphene.String(),
    )
    seller_order_receive = graphene.Field(
        SellerOrderPayload, id=graphene.ID(required=True), token=graphene.String()
    )
    seller_order_miss = graphene.Field(
        SellerOrderPayload,
        id=graphene.ID(required=True),
        token=graphene.String(),
        description="The buyer says that what was sent has not come. It never counts as delivered by itself then.",
    )
    seller_order_confirm = graphene.Field(SellerOrderPayload, id=graphene.ID(required=True))
    seller_order_cancel = graphene.Field(
        SellerOrderPayload,
        id=graphene.ID(required=True),
        reason=graphene.String(required=True),
        idempotency_key=graphene.String(required=True),
    )
    shipment_create = graphene.Field(
        SellerOrderPayload,
        seller_order_id=graphene.ID(required=True),
        carrier=graphene.String(required=True),
        tracking_number=graphene.String(),
        lines=graphene.List(graphene.NonNull(ShipmentLineInput)),
        parcel=graphene.Argument(ParcelInput),
        idempotency_key=graphene.String(required=True),
        description="Hands a parcel over: all that has not left yet, or these lines. Takes the order on, too.",
    )
    shipment_update = graphene.Field(
        SellerOrderPayload,
        id=graphene.ID(required=True),
        state=graphene.Argument(types.ShipmentState, required=True),
        handed_over=graphene.Boolean(
            default_value=False,
            description="With DELIVERED, of a parcel that its buyer misses: you have asked, and it was handed over.",
        ),
    )

    @staticmethod
    @answers(OrderPayload)
    def resolve_order_cancel(
        root: Any,
        info: graphene.ResolveInfo,
        order_id: str,
        seller_order_ids: list[str] | None = None,
        token: str | None = None,
        reason: str | None = None,
    ) -> dict[str, Any]:
        order = services.order_cancel(
            actor=info.context.actor,
            order_id=parse_id(order_id, "Order"),
            part_ids=None
            if seller_order_ids is None
            else [parse_id(key, "SellerOrder") for key in seller_order_ids],
            token=token,
            reason=reason,
        )
        return {"order": shown(order, info)}

    @staticmethod
    @answers(SellerOrderPayload)
    def resolve_seller_order_receive(
        root: Any, info: graphene.ResolveInfo, id: str, token: str | None = None
    ) -> dict[str, Any]:
        part = services.seller_order_receive(
            actor=info.context.actor, part_id=parse_id(id, "SellerOrder"), token=token
        )
        return {"seller_order": shown_part(part, info, sold=False)}

    @staticmethod
    @answers(SellerOrderPayload)
    def resolve_seller_order_miss(
        root: Any, info: graphene.ResolveInfo, id: str, token: str | None = None
    ) -> dict[str, Any]:
        part = services.seller_order_miss(
            actor=info.context.actor, part_id=parse_id(id, "SellerOrder"), token=token
        )
        return {"seller_order": shown_part(part, info, sold=False)}

    @staticmethod
    @answers(SellerOrderPayload)
    def resolve_seller_order_confirm(root: Any, info: graphene.ResolveInfo, id: str) -> dict[str, Any]:
        part = services.seller_order_confirm(actor=info.context.actor, part_id=parse_id(id, "SellerOrder"))
        return {"seller_order": shown_part(part, info, sold=True)}

    @staticmethod
    @answers(SellerOrderPayload)
    def resolve_seller_order_cancel(
        root: Any, info: graphene.ResolveInfo, id: str, reason: str, idempotency_key: str
    ) -> dict[str, Any]:
        part = services.seller_order_cancel(
            actor=info.context.actor,
            part_id=parse_id(id, "SellerOrder"),
            reason=reason,
            idempotency_key=idempotency_key,
        )
        return {"seller_order": shown_part(part, info, sold=True)}

    @staticmethod
    @answers(SellerOrderPayload)
    def resolve_shipment_create(
        root: Any,
        info: graphene.ResolveInfo,
        seller_order_id: str,
        carrier: str,
        idempotency_key: str,
        tracking_number: str | None = None,
        lines: Any = None,
        parcel: Any = None,
    ) -> dict[str, Any]:
        part = services.shipment_create(
            actor=info.context.actor,
            part_id=parse_id(seller_order_id, "SellerOrder"),
            carrier=carrier,
            tracking_number=tracking_number,
            lines=pieces(lines),
            parcel=parcel,
            idempotency_key=idempotency_key,
        )
        return {"seller_order": shown_part(part, info, sold=True)}

    @staticmethod
    @answers(SellerOrderPayload)
    def resolve_shipment_update(
        root: Any, info: graphene.ResolveInfo, id: str, state: Any, handed_over: bool
    ) -> dict[str, Any]:
        part = services.shipment_update(
            actor=info.context.actor,
            parcel_id=parse_id(id, "Shipment"),
            state=plain(state),
            handed_over=handed_over,
        )
        return {"seller_order": shown_part(part, info, sold=True)}

    cart_merge = graphene.Field(CartPayload, guest_cart_id=graphene.ID(required=True))
    order_link_send = graphene.Field(
        ReportPayload,
        number=graphene.String(required=True),
        contact=graphene.String(required=True),
        description="Sends an order's link to its own e-mail or phone; answers the same whether there is one or not.",
    )

    @staticmethod
    @answers(CartPayload)
    def resolve_cart_merge(root: Any, info: graphene.ResolveInfo, guest_cart_id: str) -> dict[str, Any]:
        cart = services.cart_merge(actor=info.context.actor, guest_cart_id=parse_id(guest_cart_id, "Cart"))
        return {"cart": shown(cart, info)}

    @staticmethod
    @answers(ReportPayload, accepted=False)
    def resolve_order_link_send(
        root: Any, info: graphene.ResolveInfo, number: str, contact: str
    ) -> dict[str, Any]:
        services.order_link_send(actor=info.context.actor, number=number, contact=contact)
        return {"accepted": True}

    @staticmethod
    @answers(CartPayload)
    def resolve_cart_create(root: Any, info: graphene.ResolveInfo, input: Any) -> dict[str, Any]:
        cart = services.cart_create(
            actor=info.context.actor,
            lines=_lines(input.get("lines")),
            language=input.get("language") or info.context.language,
        )
        return {"cart": shown(cart, info)}

    @staticmethod
    @answers(CartPayload)
    def resolve_cart_lines_add(
        root: Any, info: graphene.ResolveInfo, cart_id: str, lines: Any
    ) -> dict[str, Any]:
        cart = services.cart_lines_add(
            actor=info.context.actor, cart_id=parse_id(cart_id, "Cart"), lines=_lines(lines)
        )
        return {"cart": shown(cart, info)}

    @staticmethod
    @answers(CartPayload)
    def resolve_cart_lines_update(
        root: Any, info: graphene.ResolveInfo, cart_id: str, lines: Any
    ) -> dict[str, Any]:
        wanted = [{"id": parse_id(line["id"], "CartLine"), "quantity": line["quantity"]} for line in lines]
        cart = services.cart_lines_update(
            actor=info.context.actor, cart_id=parse_id(cart_id, "Cart"), lines=wanted
        )
        return {"cart": shown(cart, info)}

    @staticmethod
    @answers(CartPayload)
    def resolve_cart_lines_remove(
        root: Any, info: graphene.ResolveInfo, cart_id: str, line_ids: list[str]
    ) -> dict[str, Any]:
        cart = services.cart_lines_remove(
            actor=info.context.actor,
            cart_id=parse_id(cart_id, "Cart"),
            line_ids=[parse_id(line_id, "CartLine") for line_id in line_ids],
        )
        return {"cart": shown(cart, info)}

    @staticmethod
    @answers(CartPayload)
    def resolve_cart_delivery_set(
        root: Any,
        info: graphene.ResolveInfo,
        cart_id: str,
        **given: Any,
    ) -> dict[str, Any]:
        # What is left out stays, null clears it.
        if "address" in given:
            given["address"] = address_data(given["address"])
        cart = services.cart_delivery_set(
            actor=info.context.actor, cart_id=parse_id(cart_id, "Cart"), **given
        )
        return {"cart": shown(cart, info)}

    @staticmethod
    @answers(OrderPayload)
    def resolve_checkout_place(
        root: Any, info: graphene.ResolveInfo, input: Any, idempotency_key: str
    ) -> dict[str, Any]:
        invoice = input.get("invoice")
        data = {
            "invoice": invoice
            and {
                "company": invoice["company"],
                "taxCode": invoice["tax_code"],
                "address": invoice["address"],
                "email": invoice["email"],
            },
            "acceptedTerms": input.get("accepted_terms"),
            "email": input.get("email"),
            "phone": input["phone"],
            "shippingAddress": address_data(input.get("shipping_address")),
            "shippingOptionIds": input.get("shipping_option_ids"),
            "note": input.get("note"),
            "expectedTotal": input.get("expected_total"),
        }
        try:
            order = services.checkout_place(
                actor=info.context.actor,
                cart_id=parse_id(input["cart_id"], "Cart"),
                data=data,
                idempotency_key=idempotency_key,
                language=info.context.language,
            )
        except services.CheckoutRefused as refused:
            shown(refused.payload["cart"], info)
            raise
        return {"order": shown(order, info)}
