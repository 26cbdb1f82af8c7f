"""A cart as it stands now: priced anew at each read, with what is in the way of ordering it."""

import uuid
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import queries as catalog
from catalog.models import Product, Seller, Variant
from marketplace.core.actor import GUEST
from marketplace.core.errors import ErrorCode, Text
from marketplace.core.money import format_money
from orders.models import Cart, CartLine
from orders.shipping import ShippingOption, shipping_options


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
    options: list[ShippingOption] = field(default_factory=list)
    shipping: int | None = None

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


def price_cart(cart: Cart) -> PricedCart:
    """Reads the cart's lines, variants, products and sellers, in five statements however long it is."""
    lines = list(CartLine.objects.filter(cart=cart).order_by("created_at", "id"))
    variants = Variant.objects.in_bulk([line.variant_id for line in lines])
    products = Product.objects.in_bulk({variant.product_id for variant in variants.values()})
    sellers = Seller.objects.in_bulk({variant.seller_id for variant in variants.values()})
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
    for part in parts.values():
        part.options = shipping_options(part.seller)
        if cart.delivery is not None:
            part.shipping = part.options[0].price
    return PricedCart(cart, list(parts.values()), problems)


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
