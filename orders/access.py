"""Who may do what with orders. Denied unless a rule here allows it.

A buyer stands to an order as its owner, or holds its token; a seller's people and apps stand to their part of it as
they stand to the seller (`catalog.access`). Another's order and a missing one answer the same (NOT_FOUND).
"""

import uuid

from catalog.access import Act, Relation, require
from marketplace.core.actor import Actor
from marketplace.core.errors import not_found
from orders import queries
from orders.models import Order, SellerOrder, Shipment

WRITE = "orders:write"
# Packers stand at the bench: they take orders on and pack them. What is given up or paid back is for others.
FULFIL = Act(frozenset({Relation.OWNER, Relation.EDITOR, Relation.PACKER}), WRITE)
GIVE_UP = Act(frozenset({Relation.OWNER, Relation.EDITOR}), WRITE)


def access_part(actor: Actor, act: Act, part_id: uuid.UUID | None, *path: str) -> SellerOrder:
    """A seller's part, for this act. Raises Unauthenticated, DomainError NOT_FOUND or FORBIDDEN."""
    found = (
        SellerOrder.objects.select_related("seller", "order").filter(pk=part_id).first() if part_id else None
    )
    require(actor, act, found.seller if found else None, *(path or ("id",)))
    if found is None:
        raise not_found(*(path or ("id",)))
    return found


def access_parcel(actor: Actor, act: Act, parcel_id: uuid.UUID | None) -> Shipment:
    """A parcel of a seller's part. Raises as `access_part` does."""
    found = Shipment.objects.filter(pk=parcel_id).first() if parcel_id else None
    part = access_part(actor, act, found.seller_order_id if found else None)
    if found is None:
        raise not_found("id")
    found.seller_order = part
    return found


def access_order(actor: Actor, order_id: uuid.UUID | None, token: str | None, *path: str) -> Order:
    """The buyer's own order, by its owner or token. Raises DomainError NOT_FOUND."""
    order = queries.order_for(actor, order_id=order_id, token=token) if order_id else None
    if order is None:
        raise not_found(*path)
    return order


def access_bought_part(actor: Actor, part_id: uuid.UUID | None, token: str | None) -> SellerOrder:
    """A part of the buyer's own order. Raises DomainError NOT_FOUND."""
    found = SellerOrder.objects.select_related("seller").filter(pk=part_id).first() if part_id else None
    order = access_order(actor, found.order_id if found else None, token, "id")
    if found is None:
        raise not_found("id")
    found.order = order
    return found
