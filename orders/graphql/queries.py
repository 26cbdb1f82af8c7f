"""Root fields of orders, and what they add to the viewer."""

from typing import Any

import graphene

from marketplace.accounts.graphql.types import Viewer
from marketplace.core.errors import RequestError, Unauthenticated
from marketplace.core.graphql import peers
from marketplace.core.graphql.connections import Page, keyset_page
from marketplace.core.graphql.nodes import parse_id, register_node
from marketplace.core.graphql.types import extend
from orders import models, queries
from orders.graphql import types


def shown(row: Any, info: graphene.ResolveInfo) -> Any:
    """The row ready for its fields to be resolved."""
    if row is not None:
        peers.stamp([row], language=info.context.language, context=info.context)
    return row


class OrdersQuery:
    cart = graphene.Field(types.Cart, id=graphene.ID(required=True))
    order = graphene.Field(
        types.Order,
        id=graphene.ID(),
        number=graphene.String(),
        token=graphene.String(),
        description="Buyers see their own orders; a guest opens one with the token that checkoutPlace gave.",
    )

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
register_node(
    "SellerOrder",
    lambda context, keys: peers.stamp(
        queries.seller_orders_of(context.actor).filter(pk__in=keys),
        language=context.language,
        context=context,
    ),
)
register_node(
    "OrderLine",
    lambda context, keys: peers.stamp(
        models.OrderLine.objects.filter(
            pk__in=keys, seller_order__in=queries.seller_orders_of(context.actor)
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
