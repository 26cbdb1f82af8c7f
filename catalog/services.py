"""Writes of the catalogue: stock of variants and pictures."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.files.storage import storages
from django.db import connection, transaction
from django.db.models import F

from catalog import images
from catalog.events import ProductsChanged, StockFlipped
from catalog.models import ImageAsset, Variant
from marketplace.core import events
from marketplace.core.errors import DomainError
from marketplace.core.locks import lock_rows


@dataclass(frozen=True, slots=True)
class Held:
    """How one variant's demand is met."""

    from_shelf: int
    to_make: int


def lock_variants(variant_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Variant]:
    """Locks variants in the one order in which they are ever locked: by id."""
    return lock_rows(Variant.objects.all(), variant_ids)


def stock_hold(
    demand: Mapping[uuid.UUID, int], *, to_order: Mapping[uuid.UUID, bool]
) -> dict[uuid.UUID, Held]:
    """Holds what the shelf has of each variant; the rest is made to order where that is allowed.

    `demand` is summed per variant already. A variant left out of the answer could not be met: the caller rolls
    back. Runs inside the caller's transaction, variants in id order.
    """
    met: dict[uuid.UUID, Held] = {}
    for variant_id in sorted(demand):
        wanted = demand[variant_id]
        held = _hold_one(variant_id, wanted, partly=to_order.get(variant_id, False))
        if held is not None:
            met[variant_id] = Held(from_shelf=held, to_make=wanted - held)
    return met


# One statement: the row is locked, looked at in its newest version, and changed only where enough is free.
HOLD_SQL = """
    WITH before AS (
        SELECT id, on_hand - held AS free FROM catalog_variant
        WHERE id = %(id)s AND archived_at IS NULL FOR NO KEY UPDATE
    )
    UPDATE catalog_variant AS v SET held = v.held + LEAST(%(wanted)s, before.free)
    FROM before WHERE v.id = before.id AND (before.free >= %(wanted)s OR %(partly)s)
    RETURNING LEAST(%(wanted)s, before.free), v.on_hand - v.held, v.product_id
"""


def _hold_one(variant_id: uuid.UUID, wanted: int, *, partly: bool) -> int | None:
    """One conditional UPDATE: the pieces now held, or None where the shelf (and the bench) cannot give them."""
    with connection.cursor() as cursor:
        cursor.execute(
            HOLD_SQL,
            {"id": variant_id, "wanted": wanted, "partly": partly},
        )
        row = cursor.fetchone()
    if row is None:
        return None
    taken, left, product_id = row
    if taken and left == 0:
        events.publish(StockFlipped(variant_id, product_id, in_stock=False))
    return int(taken)


def stock_release(pieces: Mapping[uuid.UUID, int]) -> None:
    """Gives held pieces back to the shelf. Runs inside the caller's transaction, variants in id order."""
    for variant_id in sorted(pieces):
        number = pieces[variant_id]
        if not number:
            continue
        row = Variant.objects.filter(pk=variant_id).select_for_update(no_key=True).get()
        Variant.objects.filter(pk=variant_id).update(held=F("held") - number)
        if row.available == 0:
            events.publish(StockFlipped(variant_id, row.product_id, in_stock=True))


def stock_sell(pieces: Mapping[uuid.UUID, int]) -> None:
    """Turns holds into sales: both columns go down, so what is free stays the same. In id order."""
    for variant_id in sorted(pieces):
        if pieces[variant_id]:
            Variant.objects.filter(pk=variant_id).update(
                on_hand=F("on_hand") - pieces[variant_id], held=F("held") - pieces[variant_id]
            )


def image_render(asset_id: uuid.UUID) -> None:
    """Makes the renditions of a picture and shows it, all sizes at once. Does nothing where it is ready.

    A file that is no good picture is noted as the asset's problem and not tried again.
    """
    asset = ImageAsset.objects.filter(pk=asset_id, ready=False, problem="").first()
    if asset is None:
        return
    if asset.drawing is not None:
        from catalog.samples.pictures import draw

        picture = draw(asset.drawing)
        digest = images.sha256(picture.tobytes())
    else:
        with storages["private"].open(asset.original) as file:
            data = file.read()
        try:
            picture, digest = images.open_checked(data), images.sha256(data)
        except DomainError as error:
            ImageAsset.objects.filter(pk=asset_id).update(problem=error.problems[0].code.value)
            return
    rendered = images.render(asset.pk, picture)
    with transaction.atomic():
        ImageAsset.objects.filter(pk=asset_id, ready=False).update(
            sha256=digest,
            ready=True,
            width=rendered.width,
            height=rendered.height,
            widths=rendered.widths,
            dominant_color=rendered.color,
            placeholder=rendered.placeholder,
        )


def products_touch(product_ids: Sequence[uuid.UUID]) -> None:
    """Announces that these products have changed. Runs inside the caller's transaction."""
    if product_ids:
        events.publish(ProductsChanged(tuple(product_ids)))
