"""Reads of orders, and who sees what."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from catalog.access import Act, Relation, sellers_of
from catalog.models import SellerApp, SellerMember
from catalog.queries import commune_ids_of, products_visible_to
from marketplace.core import feeds
from marketplace.core.actor import Actor
from marketplace.core.vietnamese import normalise
from orders.models import (
    Cart,
    Order,
    OrderLine,
    Question,
    Return,
    ReturnState,
    SellerOrder,
    SellerOrderState,
    Shipment,
    ShipmentState,
)
from orders.tokens import token_opens

READ = "orders:read"
# Its buyer says that it has not come, and nobody has said yet what became of it.
PARCEL_MISSED = Q(
    missing_at__isnull=False,
    given_up_at=None,
    state__in=[ShipmentState.IN_TRANSIT, ShipmentState.FAILED, ShipmentState.DELIVERED],
    seller_order__state__in=[
        SellerOrderState.PREPARING,
        SellerOrderState.SHIPPED,
        SellerOrderState.DELIVERED,
    ],
)
SEE_PARTS = Act(frozenset({Relation.OWNER, Relation.EDITOR, Relation.PACKER}), READ)


def cart_for(actor: Actor, cart_id: uuid.UUID | None) -> Cart | None:
    """A guest's cart opens to whoever holds its id; a person's only to that person. None otherwise."""
    if cart_id is None:
        return None
    cart = Cart.objects.filter(pk=cart_id).first()
    if cart is None or (cart.user_id is not None and cart.user_id != actor.user_id):
        return None
    return cart if cart.merged_into_id is None else None


def open_cart_of(actor: Actor) -> Cart | None:
    if actor.user is None:
        return None
    return Cart.objects.filter(user=actor.user, ordered_at=None, expires_at__gt=timezone.now()).first()


def orders_of(actor: Actor) -> QuerySet[Order]:
    """A person's own orders; all of them for an administrator."""
    if actor.is_admin:
        return Order.objects.all()
    return Order.objects.filter(user=actor.user) if actor.user is not None else Order.objects.none()


def order_for(
    actor: Actor, *, order_id: uuid.UUID | None = None, number: str | None = None, token: str | None = None
) -> Order | None:
    """The order, for its buyer, an administrator, or whoever holds its token. None otherwise."""
    wanted = (
        Order.objects.filter(pk=order_id) if order_id is not None else Order.objects.filter(number=number)
    )
    order = wanted.first()
    if order is None:
        return None
    if token is not None and token_opens(order.pk, token):
        return order
    owned = actor.user is not None and order.user_id == actor.user_id
    return order if owned or actor.is_admin else None


def seller_orders_of(actor: Actor) -> QuerySet[SellerOrder]:
    """The parts of a person's own orders; all of them for an administrator."""
    return SellerOrder.objects.filter(order__in=orders_of(actor))


def parts_sold_by(actor: Actor) -> QuerySet[SellerOrder]:
    """The parts that a person's workshops sold, or an app's with `orders:read`; all of them for an administrator."""
    if actor.is_admin:
        return SellerOrder.objects.all()
    return SellerOrder.objects.filter(seller__in=[row.pk for row in sellers_of(actor, SEE_PARTS)])


def parts_visible_to(actor: Actor) -> QuerySet[SellerOrder]:
    """Bought or sold."""
    if not actor.is_authenticated:
        return SellerOrder.objects.none()
    if actor.is_admin:
        return SellerOrder.objects.all()
    return SellerOrder.objects.filter(
        Q(order__in=orders_of(actor)) | Q(pk__in=parts_sold_by(actor).values("pk"))
    )


def returns_arbitrated_by(actor: Actor) -> QuerySet[Return]:
    """What came before the officers of these communes, now or before."""
    communes = commune_ids_of(actor)
    return Return.objects.filter(escalated_at__isnull=False, seller_order__seller__commune__in=communes)


def returns_waiting(communes: Collection[uuid.UUID]) -> int:
    """How many wait for the officers of these communes."""
    return Return.objects.filter(
        state=ReturnState.ESCALATED, seller_order__seller__commune__in=communes
    ).count()


def parcels_waiting(communes: Collection[uuid.UUID]) -> int:
    """How many that their buyers miss wait for the officers of these communes."""
    missed = Shipment.objects.filter(PARCEL_MISSED, escalated_at__isnull=False)
    return missed.filter(seller_order__seller__commune__in=communes).count()


def returns_visible_to(actor: Actor) -> QuerySet[Return]:
    """Of what one has bought or sold, and what one decides about as an officer."""
    if not actor.is_authenticated:
        return Return.objects.none()
    if actor.is_admin:
        return Return.objects.all()
    return Return.objects.filter(
        Q(seller_order__in=parts_visible_to(actor).values("pk"))
        | Q(pk__in=returns_arbitrated_by(actor).values("pk"))
    )


def returns_handled_by(actor: Actor) -> QuerySet[Return]:
    """For sellers their own, for officers what came before them, for administrators all."""
    if actor.is_admin:
        return Return.objects.all()
    return Return.objects.filter(
        Q(seller_order__in=parts_sold_by(actor).values("pk"))
        | Q(pk__in=returns_arbitrated_by(actor).values("pk"))
    )


def filter_returns(
    returns: QuerySet[Return], *, state: Any = None, seller: str | None = None, updated_since: Any = None
) -> tuple[QuerySet[Return], list[str]]:
    """Newest first; oldest change first where they are followed."""
    if seller is not None:
        returns = returns.filter(seller_order__seller__slug=seller)
    if state is not None:
        returns = returns.filter(state__in=state)
    if updated_since is None:
        return returns, ["-created_at", "-id"]
    followed = returns.filter(updated_at__gte=updated_since, updated_at__lt=feeds.horizon())
    return followed, ["updated_at", "id"]


def questions_shown_to(actor: Actor) -> QuerySet[Question]:
    """Answered questions about products; all of their own for whoever asks and for the seller's people and apps.

    Questions about an order are its two sides' alone; administrators see everything.
    """
    if actor.is_admin:
        return Question.objects.all()
    public = Q(seller_order=None, answered_at__isnull=False)
    if actor.app is not None:
        if READ not in (actor.scopes or ()):
            return Question.objects.filter(public)
        granted = SellerApp.objects.filter(app=actor.app)
        sold = Q(seller__in=granted.exclude(seller=None).values("seller_id"))
        return Question.objects.filter(public | sold | Exists(granted.filter(seller=None)))
    if actor.user is None:
        return Question.objects.filter(public)
    # Sub-selects, so that the lists of many products are one statement.
    sold = Q(seller__in=SellerMember.objects.filter(user=actor.user).values("seller_id"))
    return Question.objects.filter(
        public | sold | Q(product__isnull=False, asker=actor.user) | Q(seller_order__order__user=actor.user)
    )


def questions_visible_to(actor: Actor) -> QuerySet[Question]:
    """Those that one may look at by themselves: about a product only where one sees the product, or has asked."""
    seen = Q(product=None) | Q(product__in=products_visible_to(actor))
    return questions_shown_to(actor).filter(seen | Q(asker=actor.user) if actor.user is not None else seen)


def filter_parts(
    parts: QuerySet[SellerOrder], criteria: Mapping[str, Any]
) -> tuple[QuerySet[SellerOrder], list[str]]:
    """Parts by `criteria` (seller, state, query, updated_since), and their order: newest first, or oldest change first
    where they are followed."""
    if criteria.get("seller") is not None:
        parts = parts.filter(seller__slug=criteria["seller"])
    if criteria.get("state") is not None:
        parts = parts.filter(state__in=criteria["state"])
    text = normalise(criteria.get("query") or "")[:100]
    if text:
        lines = OrderLine.objects.filter(Q(product_name__icontains=text) | Q(sku__iexact=text))
        parts = parts.filter(
            Q(number__istartswith="".join(text.split())) | Q(pk__in=lines.values("seller_order_id"))
        )
    if criteria.get("updated_since") is None:
        return parts, ["-created_at", "-id"]
    # What others are still writing comes with the next call, or it would be missed for good.
    followed = parts.filter(updated_at__gte=criteria["updated_since"], updated_at__lt=feeds.horizon())
    return followed, ["updated_at", "id"]
