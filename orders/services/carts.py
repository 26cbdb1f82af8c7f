"""Carts: what is in them and where they go."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import queries as catalog
from catalog.addresses import parse_address
from catalog.models import Variant
from marketplace.core.actor import GUEST, Actor
from marketplace.core.errors import DomainError, ErrorCode, Problem, not_found, raise_problems
from marketplace.core.locks import lock_rows
from orders import queries
from orders.models import (
    Cart,
    CartLine,
)
from orders.pricing import PricedCart, fees_prepare, price_cart


@transaction.atomic(durable=True)
def cart_create(*, actor: Actor, lines: Sequence[Mapping[str, Any]], language: str) -> Cart:
    """A new cart; a signed-in person's open one where there is one. `lines`: {variant_id, quantity}.

    Raises DomainError as `cart_lines_add` does.
    """
    cart = None
    if actor.user is not None:
        _lock_person(actor)
        cart = queries.open_cart_of(actor)
    if cart is not None:
        cart = lock_open_cart(actor, cart.pk)
    else:
        if actor.user is not None:
            # A cart past its day must not stand in the way of the one that a person may have open.
            Cart.objects.filter(user=actor.user, ordered_at=None, expires_at__lte=timezone.now()).update(
                user=None
            )
        cart = Cart.objects.create(user=actor.user, language=language, expires_at=_cart_end())
    _add_lines(cart, lines, "lines")
    return cart


def _lock_person(actor: Actor) -> None:
    """Two presses at once must meet in one cart: whoever comes second waits here and finds the first one's."""
    lock_rows(type(actor.user)._default_manager.all(), [actor.user.pk])


def _cart_end() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=settings.CART_LIFETIME_DAYS)


def lock_open_cart(actor: Actor, cart_id: uuid.UUID | None) -> Cart:
    cart = queries.cart_for(actor, cart_id)
    if cart is None:
        raise not_found("cartId")
    cart = Cart.objects.select_for_update(no_key=True, of=("self",)).filter(pk=cart.pk).first()
    if cart is None or cart.merged_into_id is not None or cart.user_id not in (None, actor.user_id):
        raise not_found("cartId")
    if cart.ordered_at is not None:
        raise DomainError.of(ErrorCode.CART_EXPIRED, _("This basket was ordered already."), "cartId")
    if cart.expires_at <= timezone.now():
        raise DomainError.of(
            ErrorCode.CART_EXPIRED,
            _("This basket is too old. Put the things you want into a new one."),
            "cartId",
        )
    return cart


@transaction.atomic(durable=True)
def cart_merge(*, actor: Actor, guest_cart_id: uuid.UUID | None) -> Cart:
    """What somebody chose before signing in joins their own cart; where they have none, it becomes it. Twice is once.

    Quantities are added up to CART_MAX_QUANTITY; what is in the way of ordering them is told as the cart is read.
    Raises Unauthenticated; DomainError NOT_FOUND, CART_EXPIRED, LIMIT_REACHED: then nothing has changed.
    """
    actor.require_user()
    _lock_person(actor)
    guest = Cart.objects.filter(pk=guest_cart_id).first() if guest_cart_id else None
    own = queries.open_cart_of(actor)
    if guest is None:
        raise not_found("guestCartId")
    # Where it went when it was merged; one that became the person's own is where it was.
    went = Cart.objects.get(pk=guest.merged_into_id) if guest.merged_into_id is not None else guest
    if went.user_id is not None:
        if went.user_id != actor.user_id:
            raise not_found("guestCartId")
        return own or went
    rows = lock_rows(Cart.objects.all(), [row.pk for row in (guest, own) if row is not None])
    # While we waited, it may have gone another way.
    guest = rows.get(guest.pk)
    if guest is None or guest.user_id is not None or guest.merged_into_id is not None:
        raise not_found("guestCartId")
    if own is not None and (own.pk not in rows or rows[own.pk].ordered_at is not None):
        own = None
    if guest.ordered_at is not None or guest.expires_at <= timezone.now():
        raise DomainError.of(
            ErrorCode.CART_EXPIRED, _("This basket was ordered already, or is too old."), "guestCartId"
        )
    if own is None:
        Cart.objects.filter(user=actor.user, ordered_at=None).update(user=None)
        Cart.objects.filter(pk=guest.pk).update(user=actor.user, expires_at=_cart_end())
        guest.user = actor.user
        return guest
    own = rows[own.pk]
    _merge_lines(guest, own)
    own.delivery = own.delivery or guest.delivery
    own.carriers = {**guest.carriers, **own.carriers}
    own.expires_at = _cart_end()
    own.save(update_fields=["delivery", "carriers", "expires_at", "updated_at"])
    Cart.objects.filter(pk=guest.pk).update(merged_into=own, delivery=None, updated_at=timezone.now())
    return own


def _merge_lines(guest: Cart, own: Cart) -> None:
    there = {line.variant_id: line for line in CartLine.objects.filter(cart=own)}
    coming = list(CartLine.objects.filter(cart=guest).order_by("created_at", "id"))
    if len(there.keys() | {line.variant_id for line in coming}) > settings.CART_MAX_LINES:
        raise DomainError.of(
            ErrorCode.LIMIT_REACHED,
            _("A basket holds %(limit)s different things at most.") % {"limit": settings.CART_MAX_LINES},
            "guestCartId",
        )
    for line in coming:
        known = there.get(line.variant_id)
        if known is None:
            CartLine.objects.filter(pk=line.pk).update(cart=own)
            continue
        known.quantity = min(known.quantity + line.quantity, settings.CART_MAX_QUANTITY)
        known.save(update_fields=["quantity", "updated_at"])
        line.delete()


@transaction.atomic(durable=True)
def cart_lines_add(*, actor: Actor, cart_id: uuid.UUID | None, lines: Sequence[Mapping[str, Any]]) -> Cart:
    """Adds quantities; a variant that is in the cart already gets more.

    Raises DomainError NOT_FOUND, NOT_FOR_SALE, OUT_OF_RANGE, OUT_OF_STOCK, LIMIT_REACHED or CART_EXPIRED.
    """
    cart = lock_open_cart(actor, cart_id)
    _add_lines(cart, lines, "lines")
    return cart


def _add_lines(cart: Cart, lines: Sequence[Mapping[str, Any]], *path: str) -> None:
    if not lines:
        return
    variants = Variant.objects.select_related("product").in_bulk(
        [line["variant_id"] for line in lines if line["variant_id"] is not None]
    )
    on_sale = set(
        catalog.products_visible_to(GUEST)
        .filter(pk__in={variant.product_id for variant in variants.values()})
        .values_list("pk", flat=True)
    )
    there = {line.variant_id: line for line in CartLine.objects.filter(cart=cart)}
    problems: list[Problem] = []
    for index, line in enumerate(lines):
        place = (*path, str(index))
        variant = variants.get(line["variant_id"])
        if variant is None:
            problems.append(not_found(*place, "variantId").problems[0])
            continue
        if variant.product_id not in on_sale or variant.archived_at is not None:
            problems.append(
                Problem(ErrorCode.NOT_FOR_SALE, _("This is not for sale now."), (*place, "variantId"))
            )
            continue
        if line["quantity"] < 1:
            problems.append(
                Problem(ErrorCode.OUT_OF_RANGE, _("The quantity is at least 1."), (*place, "quantity"))
            )
            continue
        row = there.get(variant.pk) or CartLine(cart=cart, variant=variant, quantity=0, price_seen=0)
        row.quantity += line["quantity"]
        row.price_seen = variant.price
        problem = _quantity_problem(row.quantity, variant, (*place, "quantity"))
        if problem:
            problems.append(problem)
            continue
        there[variant.pk] = row
    if len(there) > settings.CART_MAX_LINES:
        problems.append(
            Problem(
                ErrorCode.LIMIT_REACHED,
                _("A basket holds %(limit)s different things at most.") % {"limit": settings.CART_MAX_LINES},
                path,
            )
        )
    raise_problems(problems)
    for row in there.values():
        row.save()
    Cart.objects.filter(pk=cart.pk).update(expires_at=_cart_end())


def _quantity_problem(quantity: int, variant: Variant, place: tuple[str, ...]) -> Problem | None:
    if quantity > settings.CART_MAX_QUANTITY:
        return Problem(
            ErrorCode.OUT_OF_RANGE,
            _("At most %(limit)s pieces of one thing. For more, write to the seller.")
            % {"limit": settings.CART_MAX_QUANTITY},
            place,
        )
    if variant.product.made_to_order_days is None and quantity > variant.available:
        return Problem(
            ErrorCode.OUT_OF_STOCK, _("Only %(left)s are left.") % {"left": max(variant.available, 0)}, place
        )
    return None


@transaction.atomic(durable=True)
def cart_lines_update(*, actor: Actor, cart_id: uuid.UUID | None, lines: Sequence[Mapping[str, Any]]) -> Cart:
    """Sets quantities of lines; 0 takes a line out. Raises DomainError as `cart_lines_add` does."""
    cart = lock_open_cart(actor, cart_id)
    there = {
        line.pk: line
        for line in CartLine.objects.filter(cart=cart).select_related("variant", "variant__product")
    }
    problems: list[Problem] = []
    for index, wanted in enumerate(lines):
        place = ("lines", str(index))
        row = there.get(wanted["id"])
        if row is None:
            problems.append(not_found(*place, "id").problems[0])
            continue
        if wanted["quantity"] < 0:
            problems.append(
                Problem(ErrorCode.OUT_OF_RANGE, _("The quantity is at least 0."), (*place, "quantity"))
            )
            continue
        problem = _quantity_problem(wanted["quantity"], row.variant, (*place, "quantity"))
        if problem:
            problems.append(problem)
        row.quantity, row.price_seen = wanted["quantity"], row.variant.price
    raise_problems(problems)
    for wanted in lines:
        row = there[wanted["id"]]
        if row.quantity:
            row.save(update_fields=["quantity", "price_seen", "updated_at"])
        elif row.pk is not None:
            row.delete()
    return cart


@transaction.atomic(durable=True)
def cart_lines_remove(
    *, actor: Actor, cart_id: uuid.UUID | None, line_ids: Sequence[uuid.UUID | None]
) -> Cart:
    """Takes lines out. One that is not there is out already. Raises DomainError NOT_FOUND or CART_EXPIRED."""
    cart = lock_open_cart(actor, cart_id)
    CartLine.objects.filter(cart=cart, pk__in=[key for key in line_ids if key is not None]).delete()
    return cart


class Unset:
    """Stands for what a caller has left out: it stays as it is."""


UNSET = Unset()


def cart_delivery_set(
    *,
    actor: Actor,
    cart_id: uuid.UUID | None,
    address: Mapping[str, Any] | Unset | None = UNSET,
    shipping_option_ids: Sequence[str] | Unset | None = UNSET,
) -> Cart:
    """Where the cart goes, and by whom; None forgets it, what is left out stays.

    Raises DomainError for what is wrong with the address, and SHIPPING_UNAVAILABLE.
    """
    delivery = parsed_delivery(address)
    cart = queries.cart_for(actor, cart_id)
    if cart is not None:
        # Carriers are asked before anything is locked.
        if not isinstance(delivery, Unset):
            cart.delivery = delivery
        fees_prepare(cart)
    return _cart_delivery_set(actor, cart_id, delivery, shipping_option_ids)


def parsed_delivery(address: Mapping[str, Any] | Unset | None) -> dict[str, Any] | Unset | None:
    if address is None or isinstance(address, Unset):
        return address
    delivery, problems = parse_address(dict(address), "address", abroad=True)
    raise_problems(problems)
    return delivery


@transaction.atomic(durable=True)
def _cart_delivery_set(
    actor: Actor,
    cart_id: uuid.UUID | None,
    delivery: dict[str, Any] | Unset | None,
    option_ids: Sequence[str] | Unset | None,
) -> Cart:
    cart = lock_open_cart(actor, cart_id)
    if not isinstance(delivery, Unset):
        cart.delivery = delivery
    priced = price_cart(cart)
    if option_ids is None:
        cart.carriers = {}
    elif not isinstance(option_ids, Unset):
        cart.carriers = {**cart.carriers, **check_options(priced, option_ids)}
    if not isinstance(delivery, Unset):
        # To another place, what is not offered there is chosen no more.
        offered = {(str(part.seller.pk), row.carrier) for part in priced.parts for row in part.options}
        cart.carriers = {key: code for key, code in cart.carriers.items() if (key, code) in offered}
    cart.save(update_fields=["delivery", "carriers", "updated_at"])
    return cart


def check_options(priced: PricedCart, chosen: Sequence[str] | None) -> dict[str, str]:
    """The chosen carriers by seller's key: each offered, one a seller. Raises DomainError SHIPPING_UNAVAILABLE."""
    offered = {option.id: option for part in priced.parts for option in part.options}
    found: dict[str, str] = {}
    problems = []
    for index, key in enumerate(chosen or ()):
        option = offered.get(key)
        if option is not None and str(option.seller_id) not in found:
            found[str(option.seller_id)] = option.carrier
            continue
        words = _("This way of delivery is not offered for the basket.")
        if option is not None:
            words = _("For each maker one way of delivery is chosen.")
        problems.append(Problem(ErrorCode.SHIPPING_UNAVAILABLE, words, ("shippingOptionIds", str(index))))
    raise_problems(problems)
    return found
