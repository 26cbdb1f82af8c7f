"""Who may do what with orders. Denied unless a rule here allows it.

A buyer stands to an order as its owner, or holds its token; a seller's people and apps stand to their part of it as
they stand to the seller (`catalog.access`). Another's order and a missing one answer the same (NOT_FOUND).
"""

import uuid

from catalog.access import Act, Relation, forbidden, rights_of
from marketplace.core.actor import Actor
from marketplace.core.errors import Unauthenticated, not_found
from orders import queries
from orders.models import Order, OrderLine, Question, Return, SellerOrder, Shipment
from orders.tokens import token_opens

WRITE = "orders:write"
# Packers stand at the bench: they take orders on and pack them. What is given up or paid back is for others.
FULFIL = Act(frozenset({Relation.OWNER, Relation.EDITOR, Relation.PACKER}), WRITE)
# What buyers ask before they buy is answered by whoever writes the listing; of an order by whoever packs it, too.
ANSWER = Act(frozenset({Relation.OWNER, Relation.EDITOR}), WRITE)
GIVE_UP = Act(frozenset({Relation.OWNER, Relation.EDITOR}), WRITE)
# Once it is ESCALATED a return is an officer's, who sees what the seller sees but for the buyer.
ARBITRATE = Act(frozenset({Relation.OFFICER, Relation.ADMIN}))


def access_part(actor: Actor, act: Act, part_id: uuid.UUID | None, *path: str) -> SellerOrder:
    """A seller's part, for this act. Raises Unauthenticated, DomainError NOT_FOUND or FORBIDDEN."""
    path = path or ("id",)
    if not actor.is_authenticated:
        raise Unauthenticated
    rows = queries.parts_visible_to(actor).select_related("seller", "order")
    found = rows.filter(pk=part_id).first() if part_id else None
    if found is None:
        raise not_found(*path)
    if not rights_of(actor).may(act, found.seller):
        raise forbidden(*path)
    return found


def access_parcel(actor: Actor, act: Act, parcel_id: uuid.UUID | None) -> Shipment:
    """A parcel of a seller's part. Raises as `access_part` does."""
    found = Shipment.objects.filter(pk=parcel_id).first() if parcel_id else None
    part = access_part(actor, act, found.seller_order_id if found else None)
    if found is None:
        raise not_found("id")
    found.seller_order = part
    return found


def access_order(
    actor: Actor, order_id: uuid.UUID | None, token: str | None, *path: str, by_admin: bool = False
) -> Order:
    """The buyer's own order, by its owner or token. Raises DomainError NOT_FOUND, or FORBIDDEN for an administrator.

    `by_admin`: what an administrator may do for a buyer who asks for help.
    """
    order = queries.order_for(actor, order_id=order_id, token=token) if order_id else None
    if order is None:
        raise not_found(*path)
    is_buyers = (token is not None and token_opens(order.pk, token)) or (
        actor.user is not None and order.user_id == actor.user_id
    )
    if not is_buyers and not by_admin:
        raise forbidden(*path)
    return order


def access_return(actor: Actor, return_id: uuid.UUID | None) -> tuple[Return, bool]:
    """A return, for who decides about it, and whether that is an officer (or administrator).

    Raises Unauthenticated, DomainError NOT_FOUND, or FORBIDDEN: nobody decides about their own, and officers only
    about what was ESCALATED.
    """
    if not actor.is_authenticated:
        raise Unauthenticated
    rows = queries.returns_visible_to(actor).select_related("seller_order__seller", "seller_order__order")
    found = rows.filter(pk=return_id).first() if return_id else None
    if found is None:
        raise not_found("id")
    rights, seller = rights_of(actor), found.seller_order.seller
    if rights.may(GIVE_UP, seller):
        return found, False
    bought = actor.user is not None and found.seller_order.order.user_id == actor.user_id
    if rights.is_member(seller) or bought or not rights.may(ARBITRATE, seller):
        raise forbidden("id")
    if found.escalated_at is None:
        raise forbidden("id")
    return found, True


def access_missed_parcel(actor: Actor, parcel_id: uuid.UUID | None) -> Shipment:
    """A parcel that came before officers because its buyer misses it. Raises as `access_return` does."""
    if not actor.is_authenticated:
        raise Unauthenticated
    rows = Shipment.objects.select_related("seller_order__seller", "seller_order__order")
    found = rows.filter(escalated_at__isnull=False, pk=parcel_id).first() if parcel_id else None
    rights = rights_of(actor)
    if found is None or not rights.may(ARBITRATE, found.seller_order.seller):
        raise not_found("id")
    bought = actor.user is not None and found.seller_order.order.user_id == actor.user_id
    if rights.is_member(found.seller_order.seller) or bought:
        raise forbidden("id")
    return found


def access_own_return(actor: Actor, return_id: uuid.UUID | None, token: str | None) -> Return:
    """A return that the buyer has asked for. Raises DomainError NOT_FOUND or FORBIDDEN."""
    found = Return.objects.filter(pk=return_id).first() if return_id else None
    part = access_bought_part(actor, found.seller_order_id if found else None, token)
    if found is None:
        raise not_found("id")
    found.seller_order = part
    return found


def access_bought_part(actor: Actor, part_id: uuid.UUID | None, token: str | None, *path: str) -> SellerOrder:
    """A part of the buyer's own order. Raises DomainError NOT_FOUND, or FORBIDDEN for an administrator."""
    path = path or ("id",)
    found = SellerOrder.objects.select_related("seller").filter(pk=part_id).first() if part_id else None
    order = access_order(actor, found.order_id if found else None, token, *path)
    if found is None:
        raise not_found(*path)
    found.order = order
    return found


def access_bought_line(actor: Actor, line_id: uuid.UUID | None, token: str | None, *path: str) -> OrderLine:
    """A line of the buyer's own order, with its variant. Raises as `access_bought_part` does."""
    line = OrderLine.objects.select_related("variant").filter(pk=line_id).first() if line_id else None
    part = access_bought_part(actor, line.seller_order_id if line else None, token, *path)
    if line is None:
        raise not_found(*path)
    line.seller_order = part
    return line


def access_question(actor: Actor, question_id: uuid.UUID | None) -> Question:
    """A question, to answer it. Raises Unauthenticated, DomainError NOT_FOUND or FORBIDDEN."""
    if not actor.is_authenticated:
        raise Unauthenticated
    rows = queries.questions_visible_to(actor).select_related("seller")
    found = rows.filter(pk=question_id).first() if question_id else None
    if found is None:
        raise not_found("id")
    if not rights_of(actor).may(FULFIL if found.seller_order_id else ANSWER, found.seller):
        raise forbidden("id")
    return found
