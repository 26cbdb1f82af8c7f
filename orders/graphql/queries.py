"""Root fields of orders, and what they add to the viewer."""

from typing import Any

import graphene
from django.db.models import QuerySet

from catalog.graphql import loaders as catalog_loaders
from catalog.graphql.queries import plain
from catalog.graphql.types import SellerPrivate
from marketplace.accounts.graphql.types import Viewer
from marketplace.core.errors import RequestError, Unauthenticated
from marketplace.core.graphql import peers
from marketplace.core.graphql.connections import Page, keyset_page
from marketplace.core.graphql.nodes import parse_id, register_node
from marketplace.core.graphql.scalars import DateTime
from marketplace.core.graphql.types import extend, required_list
from orders import models, queries, shipping
from orders.carriers import booking_carrier
from orders.graphql import types
from orders.tokens import token_opens


def shown(row: Any, info: graphene.ResolveInfo) -> Any:
    """The row ready for its fields to be resolved."""
    if row is not None:
        peers.stamp([row], language=info.context.language, context=info.context)
    return row


class SellerOrderFilter(graphene.InputObjectType):
    seller = graphene.String()
    state = graphene.List(graphene.NonNull(types.SellerOrderState))
    updated_since = graphene.InputField(DateTime)
    query = graphene.String(description="The beginning of a number, part of a product's name, or an SKU.")


def shown_part(part: models.SellerOrder, info: graphene.ResolveInfo, *, sold: bool) -> models.SellerOrder:
    shown(part, info)
    if sold:
        types.mark_sold([part])
    return part


def _sold_page(
    parts: QuerySet[models.SellerOrder], info: graphene.ResolveInfo, filter: Any, paging: dict[str, Any]
) -> Page:
    rows, order = queries.filter_parts(parts, plain(filter or {}))
    page = keyset_page(rows, order=order, language=info.context.language, context=info.context, **paging)
    types.mark_sold(page.nodes)
    return page


class ShippingCarrier(graphene.ObjectType):
    """Whom a parcel may be handed to. `books`: without a tracking number it is booked, and comes for the parcel."""

    code = graphene.String(required=True)
    name = graphene.String(required=True)
    books = graphene.Boolean(required=True)


class OrdersQuery:
    carriers = graphene.Field(required_list(ShippingCarrier), description="Codes for shipmentCreate.")
    cart = graphene.Field(types.Cart, id=graphene.ID(required=True))
    order = graphene.Field(
        types.Order,
        id=graphene.ID(),
        number=graphene.String(),
        token=graphene.String(),
        description="Buyers see their own orders; a guest opens one with the token that checkoutPlace gave.",
    )

    seller_orders = graphene.Field(
        types.SellerOrderConnection,
        required=True,
        first=graphene.Int(),
        after=graphene.String(),
        filter=graphene.Argument(SellerOrderFilter),
        description="For sellers and partner apps: their own, newest first; changed since a time, oldest change first.",
    )

    @staticmethod
    def resolve_carriers(root: Any, info: graphene.ResolveInfo) -> list[ShippingCarrier]:
        return [
            ShippingCarrier(code=code, name=str(way.name), books=booking_carrier(code) is not None)
            for code, way in shipping.CARRIERS.items()
        ]

    @staticmethod
    def resolve_seller_orders(
        root: Any, info: graphene.ResolveInfo, filter: Any = None, **paging: Any
    ) -> Page:
        actor = info.context.actor
        if not actor.is_authenticated:
            raise Unauthenticated
        return _sold_page(queries.parts_sold_by(actor), info, filter, paging)

    @staticmethod
    def resolve_cart(root: Any, info: graphene.ResolveInfo, id: str) -> models.Cart | None:
        return shown(queries.cart_for(info.context.actor, parse_id(id, "Cart")), info)  # type: ignore[no-any-return]

    @staticmethod
    def resolve_order(
        root: Any,
        info: graphene.ResolveInfo,
        id: str | None = None,
        number: str | None = None,
        token: str | None = None,
    ) -> models.Order | None:
        if (id is None) == (number is None):
            raise RequestError("BAD_USER_INPUT", "Give either id or number.")
        key = parse_id(id, "Order") if id is not None else None
        if id is not None and key is None:
            return None
        order = queries.order_for(info.context.actor, order_id=key, number=number, token=token)
        if order is not None and token is not None and token_opens(order.pk, token):
            types.mark_opened(order)
        return shown(order, info)  # type: ignore[no-any-return]


def _viewer_cart(root: Any, info: graphene.ResolveInfo) -> models.Cart | None:
    return shown(queries.open_cart_of(info.context.actor), info)  # type: ignore[no-any-return]


def _viewer_orders(root: Any, info: graphene.ResolveInfo, **paging: Any) -> Page:
    if info.context.actor.user is None:
        raise Unauthenticated
    return keyset_page(
        models.Order.objects.filter(user=info.context.actor.user),
        order=["-placed_at", "-id"],
        language=info.context.language,
        context=info.context,
        **paging,
    )


extend(Viewer, "cart", graphene.Field(types.Cart, resolver=_viewer_cart))
extend(
    Viewer,
    "orders",
    graphene.Field(
        types.OrderConnection,
        required=True,
        first=graphene.Int(),
        after=graphene.String(),
        resolver=_viewer_orders,
    ),
)

register_node(
    "Order",
    lambda context, keys: peers.stamp(
        queries.orders_of(context.actor).filter(pk__in=keys), language=context.language, context=context
    ),
)


def parts_by_id(context: Any, keys: Any) -> list[models.SellerOrder]:
    """The parts with these keys that the caller has bought or sold, as seen from that side."""
    rows = peers.stamp(
        queries.parts_visible_to(context.actor).filter(pk__in=keys),
        language=context.language,
        context=context,
    )
    bought = queries.seller_orders_of(context.actor).filter(pk__in=[row.pk for row in rows])
    types.mark_sold(rows, set(bought.values_list("pk", flat=True)))
    return rows


def _parcels(context: Any, keys: Any) -> list[models.Shipment]:
    """Parcels of visible parts. They know these parts, and from which side they are seen."""
    found = list(models.Shipment.objects.filter(pk__in=keys))
    parts = {part.pk: part for part in parts_by_id(context, {row.seller_order_id for row in found})}
    rows = peers.stamp(
        [row for row in found if row.seller_order_id in parts], language=context.language, context=context
    )
    if rows:
        peers.group_of(rows[0]).loaded["seller_order"] = parts
    return rows


def _private_parts(root: Any, info: graphene.ResolveInfo, filter: Any = None, **paging: Any) -> Page:
    """A seller's own, for its people; officers look after listings, not after buyers."""
    rights = catalog_loaders.rights(root)
    sold = models.SellerOrder.objects.filter(seller=root.pk)
    seen = rights.may(queries.SEE_PARTS, root) or rights.is_admin
    return _sold_page(sold if seen else sold.none(), info, filter, paging)


extend(
    SellerPrivate,
    "seller_orders",
    graphene.Field(
        types.SellerOrderConnection,
        required=True,
        first=graphene.Int(),
        after=graphene.String(),
        filter=graphene.Argument(SellerOrderFilter),
        resolver=_private_parts,
    ),
)

register_node("SellerOrder", parts_by_id)
register_node("Shipment", _parcels)
register_node(
    "OrderLine",
    lambda context, keys: peers.stamp(
        models.OrderLine.objects.filter(
            pk__in=keys, seller_order__in=queries.parts_visible_to(context.actor)
        ),
        language=context.language,
        context=context,
    ),
)
register_node(
    "Cart",
    lambda context, keys: peers.stamp(
        [cart for key in keys if (cart := queries.cart_for(context.actor, key)) is not None],
        language=context.language,
        context=context,
    ),
)
