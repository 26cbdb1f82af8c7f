"""Tables every package stands on: audit rows and idempotency keys."""

from django.db import models

from marketplace.core.fields import Entity
from marketplace.core.ids import uuid7


class AuditEntry(models.Model):
    """Who did what to which object. Append-only: the database refuses UPDATE and DELETE."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=80)
    ip = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "core_audit_entry"
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["object_type", "object_id", "at"])]


class IdempotencyKey(Entity):
    """One effect per key: the result of an operation that an actor asked for under a key of its own."""

    scope = models.CharField(max_length=120)
    operation = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    input_hash = models.CharField(max_length=64)
    result_type = models.CharField(max_length=60)
    result_id = models.CharField(max_length=60)

    class Meta:
        db_table = "core_idempotency_key"
        constraints = [
            models.UniqueConstraint(fields=["scope", "operation", "key"], name="core_idempotency_once")
        ]
        indexes = [models.Index(fields=["created_at"])]
