"""Checkout: one order of a cart, with its stock held."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from catalog import services as stock
from catalog.addresses import parse_address, region_of
from catalog.checks import Problems
from catalog.identifiers import parse_tax_code
from catalog.models import Collection, ProductImage
from marketplace.accounts.legal import version_in_force
from marketplace.accounts.models import LegalKind
from marketplace.core import audit, events, idempotency
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode, Problem, not_found, raise_problems
from marketplace.core.phones import parse_phone
from orders import messages, numbers, queries
from orders.events import OrderPlaced
from orders.models import (
    Cart,
    Order,
    OrderLine,
    OrderState,
    SellerOrder,
)
from orders.pricing import CartProblem, PricedCart, SellerPart, fees_prepare, price_cart
from orders.services.carts import check_options, lock_open_cart
from orders.services.states import part_touch, tell_step

NUMBER_TRIES = 20
MAX_NOTE = 1000


class CheckoutRefused(DomainError):
    """The order could not be placed; `payload` shows the cart priced anew."""

    def __init__(self, cart: Cart, *problems: Problem) -> None:
        super().__init__(*problems)
        self.payload = {"cart": cart}


def checkout_place(
    *, actor: Actor, cart_id: uuid.UUID | None, data: Mapping[str, Any], idempotency_key: str, language: str
) -> Order:
    """Turns a cart into one order with one part a seller, and holds the stock for PAYMENT_HOLD_MINUTES.

    `data`: email, phone, shippingAddress, shippingOptionIds, note, invoice, acceptedTerms, expectedTotal. The same key
    and input give the same order again. Raises DomainError (CheckoutRefused with the cart priced anew); then nothing
    has changed.
    """
    cart = queries.cart_for(actor, cart_id)
    if cart is None:
        raise not_found("cartId")
    if cart.ordered_at is None:
        # Carriers are asked before anything is locked. What is wrong with the address is told later.
        if data.get("shippingAddress") is not None:
            cart.delivery, _wrong = parse_address(dict(data["shippingAddress"]), abroad=True)
        fees_prepare(cart)
    return _checkout_place(actor, cart_id, data, idempotency_key, language)


@transaction.atomic(durable=True)
def _checkout_place(
    actor: Actor, cart_id: uuid.UUID | None, data: Mapping[str, Any], idempotency_key: str, language: str
) -> Order:
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
    cart = lock_open_cart(actor, cart_id)
    contact = _contact(cart, data)
    _check_unpaid(actor, contact["phone"])
    cart.delivery = contact["address"]
    priced = price_cart(cart)
    chosen = check_options(priced, data.get("shippingOptionIds"))
    if chosen:
        cart.carriers = {**cart.carriers, **chosen}
        priced = price_cart(cart)
    _check_collection(priced)
    _check_prices(priced, data.get("expectedTotal"))
    held = _hold_stock(priced)
    order = _create_order(actor, priced, contact, language)
    for index, part in enumerate(priced.parts, start=1):
        _create_part(order, index, part, held)
    cart.ordered_at = order.placed_at
    cart.save(update_fields=["delivery", "carriers", "ordered_at", "updated_at"])
    tell_step(order, "placed", actor="buyer")
    audit.record(actor, "order.placed", order, after={"number": order.number, "total": order.total})
    messages.placed(order)
    events.publish(OrderPlaced(order.pk))
    return order


def _contact(cart: Cart, data: Mapping[str, Any]) -> dict[str, Any]:
    """Who buys and where it goes. Every problem is told at once."""
    problems: list[Problem] = []
    country = (data.get("shippingAddress") or cart.delivery or {}).get("country")
    phone = parse_phone(str(data.get("phone") or ""), region_of(country))
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
        address, wrong = parse_address(dict(data["shippingAddress"]), "shippingAddress", abroad=True)
        problems += wrong
    elif address is None:
        problems.append(Problem(ErrorCode.REQUIRED, _("Where shall the parcel go?"), ("shippingAddress",)))
    terms = _terms(data.get("acceptedTerms"), problems)
    invoice = _invoice(data.get("invoice"), problems)
    if problems:
        raise CheckoutRefused(cart, *problems)
    return {
        "phone": phone,
        "email": email,
        "note": note,
        "address": address,
        "invoice": invoice,
        "accepted_terms": terms,
    }


def _terms(version: str | None, problems: list[Problem]) -> str:
    """The terms that the buyer has read, which have to be today's."""
    if version is None:
        return ""
    if version != version_in_force(LegalKind.TERMS):
        problems.append(
            Problem(
                ErrorCode.INVALID,
                _("The terms have changed since. Please read them again; nothing was ordered yet."),
                ("acceptedTerms",),
            )
        )
    return version[:20]


def _invoice(given: Mapping[str, Any] | None, problems: list[Problem]) -> dict[str, str] | None:
    """What a VAT invoice is made out to."""
    if given is None:
        return None
    found = Problems()
    invoice = {
        "company": found.line(
            given["company"], 200, "invoice", "company", required=_("Whom is the invoice for?")
        ),
        "taxCode": parse_tax_code(str(given["taxCode"])) or "",
        "address": found.line(
            given["address"], 300, "invoice", "address", required=_("The company's address, please.")
        ),
        "email": str(given["email"]).strip(),
    }
    if not invoice["taxCode"]:
        found.note(ErrorCode.INVALID, _("Please check the tax code."), "invoice", "taxCode")
    try:
        validate_email(invoice["email"])
    except ValidationError:
        found.note(ErrorCode.INVALID, _("This e-mail address does not look right."), "invoice", "email")
    problems += found
    return invoice


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

    def place(problem: CartProblem) -> tuple[str, ...]:
        if problem.line_id:
            return ("lines", position[problem.line_id])
        return ("shippingAddress",) if problem.code is ErrorCode.SHIPPING_UNAVAILABLE else ()

    in_the_way = [
        Problem(problem.code, problem.message, place(problem))
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
            invoice=contact["invoice"],
            accepted_terms=contact["accepted_terms"],
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
    if part.option is None:
        raise RuntimeError("a part that is not delivered came through the checks")
    with translation.override(order.language if order.language in dict(settings.LANGUAGES) else "vi"):
        name = str(part.option.name)
    seller_order = SellerOrder.objects.create(
        order=order,
        seller=part.seller,
        number=f"{order.number}-{index}",
        shipping_option=part.option.carrier,
        shipping_name=name[:160],
        subtotal=part.subtotal,
        shipping=part.option.price,
        total=part.total,
    )
    part_touch(seller_order.pk)
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
