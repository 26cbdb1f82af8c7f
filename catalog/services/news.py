"""Telling the rest of the house that products have changed."""

import uuid
from collections.abc import Sequence
from typing import Literal

from catalog.events import ProductsChanged, ShelfChanged
from marketplace.core import events


def products_touch(product_ids: Sequence[uuid.UUID]) -> None:
    """Announces that these products have changed. Runs inside the caller's transaction."""
    if product_ids:
        events.publish(ProductsChanged(tuple(product_ids)))


def shelf_touch(kind: Literal["seller", "village", "commune", "craft"], key: uuid.UUID) -> None:
    """Announces that all products of one of these show something else. One row, however many products they are."""
    events.publish(ShelfChanged(kind, key))
