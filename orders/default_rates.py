"""The platform's delivery prices to begin with, in đồng by zone and grams; administrators change them in the admin.

Judged from what carriers asked in 2026 for what is picked up in Hà Nội's outskirts; none abroad, for that is each
seller's own undertaking.
"""

from collections.abc import Mapping
from typing import Any

STEPS = (2_000, 5_000, 10_000, 20_000, 50_000)
PRICES: Mapping[str, tuple[int, ...]] = {
    "LOCAL": (15_000, 20_000, 30_000, 45_000, 90_000),
    "HANOI": (30_000, 40_000, 55_000, 80_000, 150_000),
    "NORTH": (35_000, 50_000, 75_000, 120_000, 240_000),
    "CENTRAL": (40_000, 65_000, 105_000, 180_000, 360_000),
    "SOUTH": (45_000, 75_000, 125_000, 220_000, 450_000),
}


def load(terms_model: Any, rate_model: Any) -> None:
    """Writes them where the platform has none, for a migration and for tests that began without rows."""
    terms, new = terms_model.objects.get_or_create(seller=None)
    if new:
        rate_model.objects.bulk_create(
            rate_model(terms=terms, zone=zone, up_to_grams=grams, price=price)
            for zone, prices in PRICES.items()
            for grams, price in zip(STEPS, prices, strict=True)
        )
