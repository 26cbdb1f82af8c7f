"""Telling the rest of the house that products have changed."""

import uuid
from collections.abc import Sequence

from catalog.events import ProductsChanged
from marketplace.core import events


def products_touch(product_ids: Sequence[uuid.UUID]) -> None:
    """Announces that these products have changed. Runs inside the caller's transaction."""
    if product_ids:
        events.publish(ProductsChanged(tuple(product_ids)))
