"""Stock: holds and sales of orders, and what sellers change by hand."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import access
from catalog.checks import Problems
from catalog.events import StockFlipped
from catalog.models import SellerState, StockChange, Variant
from marketplace.core import audit, events
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode, Unauthenticated, not_found
from marketplace.core.idempotency import once
from marketplace.core.locks import lock_rows
from marketplace.core.models import AuditEntry
from marketplace.core.vietnamese import normalise

MAX_STOCK = 1_000_000
MAX_LINES = 500


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


def stock_restock(pieces: Mapping[uuid.UUID, int]) -> None:
    """Puts sold pieces back on the shelf. Runs inside the caller's transaction, variants in id order."""
    for variant_id in sorted(pieces):
        number = pieces[variant_id]
        if not number:
            continue
        row = Variant.objects.filter(pk=variant_id).select_for_update(no_key=True).get()
        Variant.objects.filter(pk=variant_id).update(on_hand=F("on_hand") + number)
        if row.available == 0:
            events.publish(StockFlipped(variant_id, row.product_id, in_stock=True))


@transaction.atomic(durable=True)
def stock_adjust(*, actor: Actor, line: Mapping[str, Any], idempotency_key: str) -> Variant:
    """Adds `delta` to the shelf of one variant, named by `variant_id`, or by `seller_id` and `sku`.

    `line` may hold `expected_on_hand`. Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, REQUIRED, CONFLICT
    where the shelf is another than expected, OUT_OF_STOCK below what orders hold, OUT_OF_RANGE, IDEMPOTENCY_MISMATCH.
    """
    change = _adjust(actor, [line], idempotency_key, "stockAdjust", [()])
    return Variant.objects.get(pk=change.lines[0]["variant"])


@transaction.atomic(durable=True)
def stock_adjust_many(
    *, actor: Actor, lines: Sequence[Mapping[str, Any]], idempotency_key: str
) -> list[Variant]:
    """All lines or none, 500 at most. The variants in the order of the lines. Raises as `stock_adjust` does."""
    paths = [("lines", str(index)) for index in range(len(lines))]
    if not actor.is_authenticated:
        raise Unauthenticated
    if not lines:
        raise DomainError.of(ErrorCode.REQUIRED, _("Name at least one thing."), "lines")
    if len(lines) > MAX_LINES:
        raise DomainError.of(
            ErrorCode.LIMIT_REACHED, _("At most %(limit)s lines at once.") % {"limit": MAX_LINES}, "lines"
        )
    change = _adjust(actor, lines, idempotency_key, "stockAdjustMany", paths)
    rows = {str(key): row for key, row in Variant.objects.in_bulk(_keys(change)).items()}
    return [rows[line["variant"]] for line in change.lines]


def _keys(change: StockChange) -> list[uuid.UUID]:
    return [uuid.UUID(line["variant"]) for line in change.lines]


def _adjust(
    actor: Actor,
    lines: Sequence[Mapping[str, Any]],
    key: str,
    operation: str,
    paths: Sequence[tuple[str, ...]],
) -> StockChange:
    variants = _wanted(actor, lines, paths)
    change, _new = once(
        scope=actor.describe(),
        operation=operation,
        key=key,
        payload={"lines": [{**line} for line in lines]},
        model=StockChange,
        perform=lambda: _change(actor, lines, variants, paths),
    )
    return change


def _wanted(
    actor: Actor, lines: Sequence[Mapping[str, Any]], paths: Sequence[tuple[str, ...]]
) -> list[Variant]:
    """The variant of each line, in a constant number of statements. Refused unless all are the actor's to change."""
    if not actor.is_authenticated:
        raise Unauthenticated
    rows = Variant.objects.select_related("product__seller")
    by_id = rows.in_bulk([line["variant_id"] for line in lines if line.get("variant_id")])
    codes = [
        (line["seller_id"], normalise(line["sku"]))
        for line in lines
        if line.get("sku") and "seller_id" in line
    ]
    by_sku = {
        (row.seller_id, row.sku): row
        for row in rows.filter(seller__in={s for s, _k in codes if s}, sku__in={k for _s, k in codes})
    }
    rights = access.rights_of(actor)
    problems, found = Problems(), []
    for line, path in zip(lines, paths, strict=True):
        if "variant_id" in line:
            row, field = by_id.get(line["variant_id"]), "variantId"
        elif line.get("sku"):
            row, field = None, "sellerId"
            if line.get("seller_id"):
                row, field = by_sku.get((line["seller_id"], normalise(line["sku"]))), "sku"
        else:
            problems.note(
                ErrorCode.REQUIRED,
                _("Name the thing by its id, or by workshop and code."),
                *path,
                "variantId",
            )
            continue
        if row is None or not rights.relations(row.product.seller):
            problems.extend(not_found(*path, field).problems)
        elif not rights.may(access.CHANGE_STOCK, row.product.seller):
            problems.extend(access.forbidden(*path, field).problems)
        else:
            found.append(row)
    problems.stop()
    return found


def _change(
    actor: Actor,
    lines: Sequence[Mapping[str, Any]],
    variants: Sequence[Variant],
    paths: Sequence[tuple[str, ...]],
) -> StockChange:
    """Locks the variants by id, adds line by line, writes each row once."""
    locked = lock_variants([row.pk for row in variants])
    before = {key: (row.on_hand, row.available) for key, row in locked.items()}
    problems, told = Problems(), []
    for line, variant, path in zip(lines, variants, paths, strict=True):
        row = locked[variant.pk]
        named = "variantId" if "variant_id" in line else "sku"
        # Here, not with the rights: what was done before under this key is answered as it was.
        if row.archived_at is not None:
            problems.note(ErrorCode.INVALID_STATE, _("This kind is put away."), *path, named)
            continue
        if variant.product.seller.state == SellerState.CLOSED:
            problems.note(ErrorCode.INVALID_STATE, _("This workshop is closed."), *path, named)
            continue
        reason = problems.line(line["reason"], 200, *path, "reason", required=_("Say why, in a word."))
        expected = line.get("expected_on_hand")
        if expected is not None and expected != row.on_hand:
            problems.note(
                ErrorCode.CONFLICT,
                _("The shelf holds %(number)s now. Count again, then change it.") % {"number": row.on_hand},
                *path,
                "expectedOnHand",
            )
            continue
        after = row.on_hand + line["delta"]
        if line["delta"] == 0 or abs(line["delta"]) > MAX_STOCK or after > MAX_STOCK:
            problems.note(
                ErrorCode.OUT_OF_RANGE,
                _("A number from 1 to %(limit)s, with a minus to take away.") % {"limit": MAX_STOCK},
                *path,
                "delta",
            )
        elif after < row.held:
            problems.note(
                ErrorCode.OUT_OF_STOCK,
                _("The shelf holds %(number)s, and %(held)s of them are ordered.")
                % {"number": row.on_hand, "held": row.held},
                *path,
                "delta",
            )
        else:
            row.on_hand = after
            told.append({"variant": str(row.pk), "delta": line["delta"], "on_hand": after, "reason": reason})
    problems.stop()
    change = StockChange.objects.create(actor=actor.describe(), lines=told)
    entries, now = [], timezone.now()
    for key, row in locked.items():
        row.updated_at = now
        reasons = dict.fromkeys(item["reason"] for item in told if item["variant"] == str(key))
        entries.append(
            audit.entry(
                actor,
                "stock.adjust",
                row,
                before={"on_hand": before[key][0]},
                after={"on_hand": row.on_hand, "change": str(change.pk)},
                reason="; ".join(reasons),
            )
        )
    Variant.objects.bulk_update(locked.values(), ["on_hand", "updated_at"])
    AuditEntry.objects.bulk_create(entries)
    for key, row in locked.items():
        if (before[key][1] > 0) != (row.available > 0):
            events.publish(StockFlipped(row.pk, row.product_id, in_stock=row.available > 0))
    return change


def stock_set(actor: Actor, variant: Variant, on_hand: int, *, reason: str) -> bool:
    """Sets what the shelf holds, as it was counted. Whether that is a change.

    Runs inside the caller's transaction, `variant` freshly locked (`lock_variants`). Raises DomainError OUT_OF_RANGE,
    INVALID_STATE, OUT_OF_STOCK below what orders hold.
    """
    if variant.archived_at is not None:
        raise DomainError.of(ErrorCode.INVALID_STATE, _("This kind is put away."), "stock")
    if not 0 <= on_hand <= MAX_STOCK:
        raise DomainError.of(
            ErrorCode.OUT_OF_RANGE,
            _("A number from %(low)s to %(high)s.") % {"low": 0, "high": MAX_STOCK},
            "stock",
        )
    if on_hand < variant.held:
        raise DomainError.of(
            ErrorCode.OUT_OF_STOCK,
            _("The shelf holds %(number)s, and %(held)s of them are ordered.")
            % {"number": variant.on_hand, "held": variant.held},
            "stock",
        )
    if on_hand == variant.on_hand:
        return False
    before, free = variant.on_hand, variant.available
    variant.on_hand, variant.updated_at = on_hand, timezone.now()
    Variant.objects.filter(pk=variant.pk).update(on_hand=on_hand, updated_at=variant.updated_at)
    audit.record(
        actor, "stock.set", variant, before={"on_hand": before}, after={"on_hand": on_hand}, reason=reason
    )
    if (free > 0) != (variant.available > 0):
        events.publish(StockFlipped(variant.pk, variant.product_id, in_stock=variant.available > 0))
    return True
