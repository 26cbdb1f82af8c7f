"""Audit rows, written in the transaction of the change they tell of."""

from typing import Any

from django.db import models

from marketplace.core.actor import Actor
from marketplace.core.models import AuditEntry


def entry(
    actor: Actor,
    action: str,
    target: models.Model,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """A row that is not written yet, for `AuditEntry.objects.bulk_create`. See `record`."""
    return AuditEntry(
        actor=actor.describe(),
        ip=actor.ip or None,
        action=action,
        object_type=type(target).__name__,
        object_id=str(target.pk),
        before=before,
        after=after,
        reason=reason,
    )


def record(actor: Actor, action: str, target: models.Model, **details: Any) -> None:
    """Writes one row. `before` and `after` hold changed values only, never personal data in clear."""
    entry(actor, action, target, **details).save(force_insert=True)
