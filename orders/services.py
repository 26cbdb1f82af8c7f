"""Writes of orders: carts, checkout, and what payment and time do to an order.

Locks are taken in this order, everywhere: the person, the idempotency row, the cart, the order, variants by id.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.db.utils import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import queries as catalog
from catalog import services as stock
from catalog.models import Collection, ProductImage, ProductStats, Variant
from marketplace.core import audit, events, idempotency
from marketplace.core.actor import GUEST, SYSTEM, Actor
from marketplace.core.errors import DomainError, ErrorCode, Problem, not_found, raise_problems
from marketplace.core.locks import lock_rows
from marketplace.core.phones import parse_phone
from orders import numbers, queries
from orders.addresses import parse_address
from orders.events import OrderExpired, OrderPaid, OrderPlaced
from orders.models import (
    Cart,
    CartLine,
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
    SellerOrder,
    SellerOrderState,
)
from orders.pricing import PricedCart, SellerPart, price_cart

log = structlog.get_logger(__name__)
NUMBER_TRIES = 20
MAX_NOTE = 1000


class CheckoutRefused(DomainError):
    """The order could not be placed; `payload` shows the cart priced anew."""

    def __init__(self, cart: Cart, *problems: Problem) -> None:
        super().__init__(*problems)
        self.payload = {"cart": cart}


# --- Carts --------------------------------------------------------------------------------------------------
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
        cart = _lock_open_cart(actor, cart.pk)
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


def _lock_open_cart(actor: Actor, cart_id: uuid.UUID | None) -> Cart:
    cart = queries.cart_for(actor, cart_id)
    if cart is None:
        raise not_found("cartId")
    cart = Cart.objects.select_for_update(no_key=True, of=("self",)).get(pk=cart.pk)
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
def cart_lines_add(*, actor: Actor, cart_id: uuid.UUID | None, lines: Sequence[Mapping[str, Any]]) -> Cart:
    """Adds quantities; a variant that is in the cart already gets more.

    Raises DomainError NOT_FOUND, NOT_FOR_SALE, OUT_OF_RANGE, OUT_OF_STOCK, LIMIT_REACHED or CART_EXPIRED.
    """
    cart = _lock_open_cart(actor, cart_id)
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
    cart = _lock_open_cart(actor, cart_id)
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
    cart = _lock_open_cart(actor, cart_id)
    CartLine.objects.filter(cart=cart, pk__in=[key for key in line_ids if key is not None]).delete()
    return cart


@transaction.atomic(durable=True)
def cart_delivery_set(
    *,
    actor: Actor,
    cart_id: uuid.UUID | None,
    address: Mapping[str, Any] | None,
    shipping_option_ids: Sequence[str] | None,
) -> Cart:
    """Where the cart goes; None forgets the address. Raises DomainError for what is wrong with it."""
    cart = _lock_open_cart(actor, cart_id)
    delivery = None
    if address is not None:
        delivery, problems = parse_address(dict(address), "address")
        raise_problems(problems)
    cart.delivery = delivery
    _check_options(price_cart(cart), shipping_option_ids)
    cart.save(update_fields=["delivery", "updated_at"])
    return cart


def _check_options(priced: PricedCart, chosen: Sequence[str] | None) -> None:
    known = {option.id for part in priced.parts for option in part.options}
    raise_problems(
        [
            Problem(
                ErrorCode.SHIPPING_UNAVAILABLE,
                _("This way of delivery is not offered for the basket."),
                ("shippingOptionIds", str(index)),
            )
            for index, option in enumerate(chosen or ())
            if option not in known
        ]
    )


# --- Checkout -----------------------------------------------------------------------------------------------
@transaction.atomic(durable=True)
def checkout_place(
    *, actor: Actor, cart_id: uuid.UUID | None, data: Mapping[str, Any], idempotency_key: str, language: str
) -> Order:
    """Turns a cart into one order with one part a seller, and holds the stock for PAYMENT_HOLD_MINUTES.

    `data`: email, phone, shippingAddress, shippingOptionIds, note, expectedTotal. The same key and input give the
    same order again. Raises DomainError (CheckoutRefused with the cart priced anew); then nothing has changed.
    """
    cart = queries.cart_for(actor, cart_id)
    if cart is None:
        raise not_found("cartId")
    order, _fresh = idempotency.once(
        scope=f"user:{actor.user_id}" if actor.user_id else f"cart:{cart.pk}",
        operation="checkoutPlace",
        key=idempotency_key,
        payload={"cart": str(cart.pk), **data},
        model=Order,
        perform=lambda: _place(actor, cart.pk, data, language),
    )
    return order


def _place(actor: Actor, cart_id: uuid.UUID, data: Mapping[str, Any], language: str) -> Order:
    cart = _lock_open_cart(actor, cart_id)
    contact = _contact(cart, data)
    _check_unpaid(actor, contact["phone"])
    cart.delivery = contact["address"]
    priced = price_cart(cart)
    _check_options(priced, data.get("shippingOptionIds"))
    _check_collection(priced)
    _check_prices(priced, data.get("expectedTotal"))
    held = _hold_stock(priced)
    order = _create_order(actor, priced, contact, language)
    for index, part in enumerate(priced.parts, start=1):
        _create_part(order, index, part, held)
    cart.ordered_at = order.placed_at
    cart.save(update_fields=["delivery", "ordered_at", "updated_at"])
    OrderEvent.objects.create(order=order, kind="placed", actor="buyer")
    audit.record(actor, "order.placed", order, after={"number": order.number, "total": order.total})
    events.publish(OrderPlaced(order.pk))
    return order


def _contact(cart: Cart, data: Mapping[str, Any]) -> dict[str, Any]:
    """Who buys and where it goes. Every problem is told at once."""
    problems: list[Problem] = []
    phone = parse_phone(str(data.get("phone") or ""))
    if phone is None:
        problems.append(
            Problem(
                ErrorCode.INVALID,
                _("This phone number does not look right. Example: 0912 345 678."),
                ("phone",),
            )
        )
    email = (data.get("email") or "").strip()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            problems.append(
                Problem(ErrorCode.INVALID, _("This e-mail address does not look right."), ("email",))
            )
    note = (data.get("note") or "").strip()
    if len(note) > MAX_NOTE:
        problems.append(
            Problem(ErrorCode.TOO_LONG, _("At most %(limit)s characters.") % {"limit": MAX_NOTE}, ("note",))
        )
    address = cart.delivery
    if data.get("shippingAddress") is not None:
        address, wrong = parse_address(dict(data["shippingAddress"]), "shippingAddress")
        problems += wrong
    elif address is None:
        problems.append(Problem(ErrorCode.REQUIRED, _("Where shall the parcel go?"), ("shippingAddress",)))
    if problems:
        raise CheckoutRefused(cart, *problems)
    return {"phone": phone, "email": email, "note": note, "address": address}


def _check_unpaid(actor: Actor, phone: str) -> None:
    """Whoever holds things without paying for them holds a few at a time: others want to buy too."""
    unpaid = Order.objects.filter(state=OrderState.AWAITING_PAYMENT)
    limits = [(unpaid.filter(phone=phone), settings.UNPAID_ORDERS_PER_PHONE)]
    if actor.user is not None:
        limits.append((unpaid.filter(user=actor.user), settings.UNPAID_ORDERS_PER_PHONE))
    if actor.ip:
        limits.append((unpaid.filter(ip=actor.ip), settings.UNPAID_ORDERS_PER_ADDRESS))
    if any(orders.count() >= limit for orders, limit in limits):
        raise DomainError.of(
            ErrorCode.RATE_LIMITED,
            _("Orders of yours are not paid yet. Pay one, or wait until its time is up, then order again."),
        )


def _check_prices(priced: PricedCart, expected_total: int | None) -> None:
    if not priced.lines:
        raise CheckoutRefused(
            priced.cart, Problem(ErrorCode.CART_EMPTY, _("The basket is empty."), ("cartId",))
        )
    position = {line.line.pk: str(index) for index, line in enumerate(priced.lines)}
    in_the_way = [
        Problem(
            problem.code, problem.message, ("lines", position[problem.line_id]) if problem.line_id else ()
        )
        for problem in priced.problems
        # Whoever names the total has seen today's prices.
        if problem.code is not ErrorCode.PRICE_CHANGED or expected_total is None
    ]
    if expected_total is not None and expected_total != priced.total:
        in_the_way.append(
            Problem(
                ErrorCode.PRICE_CHANGED,
                _("The total has changed. Please look at it again; nothing was ordered yet."),
                ("expectedTotal",),
            )
        )
    if in_the_way:
        raise CheckoutRefused(priced.cart, *in_the_way)


def _hold_stock(priced: PricedCart) -> dict[uuid.UUID, stock.Held]:
    """Holds the demand of all lines, summed per variant. Raises CheckoutRefused OUT_OF_STOCK."""
    demand: Counter[uuid.UUID] = Counter()
    for line in priced.lines:
        demand[line.variant.pk] += line.line.quantity
    to_order = {line.variant.pk: line.product.made_to_order_days is not None for line in priced.lines}
    held = stock.stock_hold(demand, to_order=to_order)
    missing = [
        Problem(
            ErrorCode.OUT_OF_STOCK,
            _("“%(name)s” has just been sold to somebody else.") % {"name": line.product.name},
            ("lines", str(index)),
        )
        for index, line in enumerate(priced.lines)
        if line.variant.pk not in held
    ]
    if missing:
        raise CheckoutRefused(priced.cart, *missing)
    return held


def _create_order(actor: Actor, priced: PricedCart, contact: Mapping[str, Any], language: str) -> Order:
    now = timezone.now()
    for _try in range(NUMBER_TRIES):
        order = Order(
            number=numbers.generate(),
            user=actor.user,
            cart=priced.cart,
            language=language,
            email=contact["email"],
            phone=contact["phone"],
            address=contact["address"],
            note=contact["note"],
            ip=actor.ip or None,
            subtotal=priced.subtotal,
            shipping=priced.shipping or 0,
            total=priced.total,
            placed_at=now,
            pay_before=now + dt.timedelta(minutes=settings.PAYMENT_HOLD_MINUTES),
        )
        try:
            with transaction.atomic():
                order.save(force_insert=True)
        except IntegrityError:
            if not Order.objects.filter(number=order.number).exists():
                raise
            continue
        return order
    raise RuntimeError("no free order number was found")


def _check_collection(priced: PricedCart) -> None:
    """Money for a seller who collects it directly must not reach the platform's account."""
    raise_problems(
        [
            Problem(
                ErrorCode.NOT_FOR_SALE,
                _("“%(name)s” takes payment in a way that is not offered here yet.")
                % {"name": part.seller.name},
                ("lines", str(index)),
            )
            for index, part in enumerate(priced.parts)
            if part.seller.collection != Collection.PLATFORM
        ]
    )


def _create_part(order: Order, index: int, part: SellerPart, held: Mapping[uuid.UUID, stock.Held]) -> None:
    seller_order = SellerOrder.objects.create(
        order=order,
        seller=part.seller,
        number=f"{order.number}-{index}",
        shipping_option=part.options[0].id.split(".")[0],
        subtotal=part.subtotal,
        shipping=part.shipping or 0,
        total=part.total,
    )
    first_images: dict[uuid.UUID, uuid.UUID] = {}
    for picture in ProductImage.objects.filter(
        product_id__in=[line.product.pk for line in part.lines]
    ).order_by("-position", "-id"):
        first_images[picture.product_id] = picture.asset_id
    OrderLine.objects.bulk_create(
        OrderLine(
            seller_order=seller_order,
            variant=line.variant,
            product_name=line.product.name,
            variant_name=line.variant.name,
            sku=line.variant.sku,
            image_id=first_images.get(line.product.pk),
            quantity=line.line.quantity,
            unit_price=line.variant.price,
            total=line.total,
            # One line a variant in a cart, so the variant's hold is the line's.
            from_shelf=held[line.variant.pk].from_shelf,
            to_make=held[line.variant.pk].to_make,
        )
        for line in part.lines
    )


# --- What payment and time do --------------------------------------------------------------------------------
def _shelf_pieces(order: Order) -> Counter[uuid.UUID]:
    pieces: Counter[uuid.UUID] = Counter()
    for line in OrderLine.objects.filter(seller_order__order=order):
        pieces[line.variant_id] += line.from_shelf
    return pieces


def order_mark_paid(*, order_id: uuid.UUID) -> bool:
    """Turns holds into sales and hands the parts to their sellers. Runs inside the caller's transaction.

    False where the order no longer waits for money (expired, cancelled, paid): then nothing has changed.
    """
    order = Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
    if order.state != OrderState.AWAITING_PAYMENT:
        return False
    now = timezone.now()
    stock.stock_sell(_shelf_pieces(order))
    Order.objects.filter(pk=order.pk).update(state=OrderState.PAID, paid_at=now, ip=None, updated_at=now)
    SellerOrder.objects.filter(order=order).update(
        state=SellerOrderState.TO_CONFIRM,
        paid_at=now,
        confirm_before=now + dt.timedelta(hours=settings.CONFIRM_HOURS),
        updated_at=now,
    )
    _count_sales(order)
    OrderEvent.objects.create(order=order, kind="paid")
    audit.record(SYSTEM, "order.paid", order, before={"state": order.state}, after={"state": OrderState.PAID})
    events.publish(OrderPaid(order.pk))
    return True


def _count_sales(order: Order) -> None:
    sold: Counter[uuid.UUID] = Counter()
    for line in OrderLine.objects.filter(seller_order__order=order).select_related("variant"):
        sold[line.variant.product_id] += line.quantity
    for product_id in sorted(sold):
        ProductStats.objects.filter(product=product_id).update(
            sold=F("sold") + sold[product_id], sold_30d=F("sold_30d") + sold[product_id]
        )


def orders_expire(*, limit: int = 200) -> int:
    """Ends the holds of orders that were not paid in time. Returns how many orders ended."""
    due = Order.objects.filter(state=OrderState.AWAITING_PAYMENT, pay_before__lt=timezone.now())
    ended = 0
    for order_id in list(due.order_by("pay_before").values_list("pk", flat=True)[:limit]):
        try:
            ended += _order_expire(order_id)
        except Exception:
            log.exception("order_expiry_failed", order=str(order_id))
    return ended


@transaction.atomic(durable=True)
def carts_forget(*, after_days: int) -> int:
    """Deletes carts that were never ordered and ended that many days ago. Returns how many."""
    ended = timezone.now() - dt.timedelta(days=after_days)
    deleted, _by_model = Cart.objects.filter(order=None, expires_at__lt=ended).delete()
    return deleted


@transaction.atomic(durable=True)
def _order_expire(order_id: uuid.UUID) -> int:
    order = Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
    if order.state != OrderState.AWAITING_PAYMENT or order.pay_before >= timezone.now():
        return 0
    stock.stock_release(_shelf_pieces(order))
    now = timezone.now()
    Order.objects.filter(pk=order.pk).update(state=OrderState.EXPIRED, ip=None, updated_at=now)
    SellerOrder.objects.filter(order=order).update(state=SellerOrderState.EXPIRED, updated_at=now)
    OrderEvent.objects.create(order=order, kind="expired")
    audit.record(
        SYSTEM, "order.expired", order, before={"state": order.state}, after={"state": OrderState.EXPIRED}
    )
    events.publish(OrderExpired(order.pk))
    return 1
