"""Addresses that people keep. Everybody sees and changes their own alone."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import access
from catalog.addresses import parse_address
from catalog.models import SavedAddress
from marketplace.accounts.models import User
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode, not_found, raise_problems
from marketplace.core.locks import lock_rows


def _own(actor: Actor) -> Any:
    """The person's addresses, theirs to change until the transaction ends: their row is locked."""
    access.require_person(actor)
    lock_rows(User.objects.all(), [actor.user_id])
    return SavedAddress.objects.filter(user=actor.user)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    parts = ("name", "phone", "line1", "wardCode", "province", "country")
    return all(one.get(part) == other.get(part) for part in parts)


@transaction.atomic(durable=True)
def address_save(
    *,
    actor: Actor,
    address_id: uuid.UUID | None,
    new: bool,
    address: Mapping[str, Any],
    is_default: bool | None = None,
) -> SavedAddress:
    """Keeps a new address, or changes the one with this id. The first one is the default; None leaves it as it is.

    A new one that is there already stays the one it is.

    Raises Unauthenticated; DomainError FORBIDDEN for an app, NOT_FOUND, LIMIT_REACHED, and the address's problems.
    """
    own = _own(actor)
    clean, problems = parse_address(dict(address), "address", abroad=True)
    raise_problems(problems)
    # They are encrypted, so the database cannot compare them.
    rows = list(own)
    row = next((row for row in rows if (_same(row.address, clean) if new else row.pk == address_id)), None)
    if row is None and not new:
        raise not_found("id")
    if row is None and len(rows) >= settings.SAVED_ADDRESSES:
        raise DomainError.of(
            ErrorCode.LIMIT_REACHED,
            _("You have %(limit)s addresses already. Remove one first.")
            % {"limit": settings.SAVED_ADDRESSES},
        )
    if row is None:
        row = SavedAddress(user=actor.user, is_default=not rows)
    elif new:
        # What was not said this time stays known.
        clean = {**row.address, **{part: value for part, value in clean.items() if value}}
    row.address = clean
    if is_default is None:
        is_default = row.is_default
    if is_default:
        own.filter(is_default=True).exclude(pk=row.pk).update(is_default=False, updated_at=timezone.now())
    row.is_default = is_default
    row.save()
    return row


@transaction.atomic(durable=True)
def address_remove(*, actor: Actor, address_id: uuid.UUID | None) -> SavedAddress:
    """Forgets an address; where it was the default, the newest that is left becomes it.

    Raises Unauthenticated; DomainError FORBIDDEN for an app, NOT_FOUND.
    """
    own = _own(actor)
    row: SavedAddress | None = own.filter(pk=address_id).first()
    if row is None:
        raise not_found("id")
    own.filter(pk=row.pk).delete()
    if row.is_default and (newest := own.order_by("-created_at", "-id").first()) is not None:
        own.filter(pk=newest.pk).update(is_default=True, updated_at=timezone.now())
    return row
