"""A cart as it stands now: priced anew at each read, with what is in the way of ordering it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import queries as catalog
from catalog.models import Product, Seller, Variant
from marketplace.core.actor import GUEST
from marketplace.core.errors import ErrorCode, Text
from marketplace.core.money import format_money
from orders.carriers.zones import Place
from orders.models import Cart, CartLine
from orders.offers import USUAL_PLACE, Offers, ShippingOption, Wish, any_on_network, fees_fetch, usual


@dataclass(frozen=True, slots=True)
class CartProblem:
    """Something that keeps a line, or a seller's part, from being ordered as it is."""

    code: ErrorCode
    message: Text
    line_id: uuid.UUID | None = None
    seller_id: uuid.UUID | None = None
    available: int | None = None
    price: int | None = None


@dataclass(slots=True)
class PricedLine:
    line: CartLine
    variant: Variant
    product: Product

    @property
    def total(self) -> int:
        return self.variant.price * self.line.quantity


@dataclass(slots=True)
class SellerPart:
    """What one seller sells of the cart, and how it travels."""

    seller: Seller
    lines: list[PricedLine] = field(default_factory=list)
    # What is offered for the cart's address; until it has one, for the usual place.
    options: list[ShippingOption] = field(default_factory=list)
    # How it travels: as chosen, else the usual way.
    option: ShippingOption | None = None
    whole: "PricedCart | None" = None

    @property
    def shipping(self) -> int | None:
        """None until an address is set."""
        if self.option is None or self.whole is None or self.whole.cart.delivery is None:
            return None
        return self.option.price

    @property
    def grams(self) -> int:
        return sum(
            (line.variant.weight_grams or settings.SHIPPING_DEFAULT_GRAMS) * line.line.quantity
            for line in self.lines
        )

    @property
    def wish(self) -> Wish:
        return Wish(self.seller, self.grams, self.subtotal)

    @property
    def subtotal(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def total(self) -> int:
        return self.subtotal + (self.shipping or 0)


@dataclass(slots=True)
class PricedCart:
    cart: Cart
    parts: list[SellerPart]
    problems: list[CartProblem]
    offers: Offers

    def options(self, place: Place, *, ask: bool = False) -> dict[uuid.UUID, list[ShippingOption]]:
        """What each seller offers for this place, by its key."""
        wishes = [part.wish for part in self.parts]
        if ask:
            fees_fetch(self.offers, wishes, place)
        return {
            wish.seller.pk: found
            for wish, found in zip(wishes, self.offers.options(wishes, place), strict=True)
        }

    @property
    def lines(self) -> list[PricedLine]:
        return [line for part in self.parts for line in part.lines]

    @property
    def subtotal(self) -> int:
        return sum(part.subtotal for part in self.parts)

    @property
    def shipping(self) -> int | None:
        """None until an address is set."""
        if self.cart.delivery is None:
            return None
        return sum(part.shipping or 0 for part in self.parts)

    @property
    def total(self) -> int:
        return self.subtotal + (self.shipping or 0)


def place_of(cart: Cart) -> Place:
    return Place.of(cart.delivery) if cart.delivery is not None else USUAL_PLACE


def price_cart(cart: Cart, chosen: Mapping[str, str] | None = None, *, ask: bool = False) -> PricedCart:
    """Reads the cart's lines, variants, products, sellers and delivery: as many statements however long it is.

    `chosen`: carriers by seller's key, where they are others than the cart's. `ask`: carriers on the network are asked
    for what is not known yet; never inside a transaction that locks.
    """
    lines = list(CartLine.objects.filter(cart=cart).order_by("created_at", "id"))
    variants = Variant.objects.in_bulk([line.variant_id for line in lines])
    products = Product.objects.in_bulk({variant.product_id for variant in variants.values()})
    sellers = Seller.objects.select_related("village", "commune").in_bulk(
        {variant.seller_id for variant in variants.values()}
    )
    on_sale = set(
        catalog.products_visible_to(GUEST).filter(pk__in=products.keys()).values_list("pk", flat=True)
    )
    parts: dict[uuid.UUID, SellerPart] = {}
    problems: list[CartProblem] = []
    if cart.expires_at <= timezone.now():
        problems.append(
            CartProblem(
                ErrorCode.CART_EXPIRED, _("This basket is too old. Put the things you want into a new one.")
            )
        )
    for line in lines:
        variant = variants[line.variant_id]
        priced = PricedLine(line, variant, products[variant.product_id])
        part = parts.setdefault(variant.seller_id, SellerPart(sellers[variant.seller_id]))
        part.lines.append(priced)
        problems += _problems_of(priced, for_sale=variant.product_id in on_sale)
    whole = PricedCart(cart, list(parts.values()), problems, Offers.of(sellers.values()))
    offered = whole.options(place_of(cart), ask=ask and cart.delivery is not None)
    for part in whole.parts:
        part.options, part.whole = offered[part.seller.pk], whole
        _choose(part, whole, cart.carriers if chosen is None else chosen)
    return whole


def fees_prepare(cart: Cart) -> None:
    """Has carriers tell their fees for this cart, so that they are known once it is locked. Outside of transactions."""
    if any_on_network():
        price_cart(cart, ask=True)


def _choose(part: SellerPart, whole: PricedCart, chosen: Mapping[str, str]) -> None:
    """How a seller's part travels: as the buyer wants it, else the usual way. Nothing is changed unasked."""
    wanted = chosen.get(str(part.seller.pk))
    if wanted is None:
        part.option = usual(part.options)
    else:
        part.option = next((row for row in part.options if row.carrier == wanted), None)
    if part.option is not None or whole.cart.delivery is None:
        return
    if usual(part.options) is not None:
        words = _("The way of delivery that you chose for “%(name)s” is not offered now. Choose another one.")
    elif part.options:
        words = _("“%(name)s” does not deliver there. Fetch it at the workshop, or choose another address.")
    else:
        words = _("“%(name)s” does not deliver this there. Choose another address, or take fewer things.")
    whole.problems.append(
        CartProblem(
            ErrorCode.SHIPPING_UNAVAILABLE, words % {"name": part.seller.name}, seller_id=part.seller.pk
        )
    )


def _problems_of(priced: PricedLine, *, for_sale: bool) -> list[CartProblem]:
    line, variant = priced.line, priced.variant
    if not for_sale or variant.archived_at is not None:
        return [
            CartProblem(
                ErrorCode.NOT_FOR_SALE,
                _("“%(name)s” is no longer for sale. Take it out to go on.") % {"name": priced.product.name},
                line.pk,
                available=0,
            )
        ]
    found = []
    if priced.product.made_to_order_days is None and line.quantity > variant.available:
        found.append(
            CartProblem(
                ErrorCode.OUT_OF_STOCK,
                _("Of “%(name)s” only %(left)s are left.")
                % {"name": priced.product.name, "left": max(variant.available, 0)},
                line.pk,
                available=max(variant.available, 0),
            )
        )
    if line.price_seen != variant.price:
        found.append(
            CartProblem(
                ErrorCode.PRICE_CHANGED,
                _("The price of “%(name)s” is now %(price)s.")
                % {"name": priced.product.name, "price": format_money(variant.price)},
                line.pk,
                price=variant.price,
            )
        )
    return found
