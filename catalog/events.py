"""What the catalogue announces."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProductsChanged:
    """Something that lists or search show of these products has changed."""

    product_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class ShelfChanged:
    """Something that all products of a seller, village, commune or craft show has changed. `kind` says which it is."""

    kind: str
    key: uuid.UUID


@dataclass(frozen=True, slots=True)
class StockFlipped:
    """A variant has come into stock or gone out of it."""

    variant_id: uuid.UUID
    product_id: uuid.UUID
    in_stock: bool


@dataclass(frozen=True, slots=True)
class ReviewChanged:
    """A review was answered, hidden or shown again. `order_line`: by which it was bought, if by any.

    `replied`: it has an answer that it did not have before; `hidden`: it was shown before.
    """

    review_id: uuid.UUID
    order_line: uuid.UUID | None
    replied: bool = False
    hidden: bool = False
