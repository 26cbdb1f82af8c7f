"""One effect per key.

The row is written in the transaction of the effect, so both stand or neither does: a refused input does not burn
its key, and of two parallel calls the second waits on the unique index, then finds the first one's result.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.utils import IntegrityError
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.models import IdempotencyKey

M = TypeVar("M", bound=models.Model)
MAX_KEY_LENGTH = 200


def once(
    *,
    scope: str,
    operation: str,
    key: str,
    payload: dict[str, Any],
    model: type[M],
    perform: Callable[[], M],
) -> tuple[M, bool]:
    """The result of `perform`, or of the earlier call with this key; True where it was done now.

    `scope` names the actor (a guest's is its cart or order, never one shared "anonymous"). Must run inside the
    caller's transaction. Raises DomainError REQUIRED, TOO_LONG or IDEMPOTENCY_MISMATCH.
    """
    field = ("idempotencyKey",)
    if not key.strip():
        raise DomainError.of(ErrorCode.REQUIRED, _("Give a key of your own, for example a UUID."), *field)
    if len(key) > MAX_KEY_LENGTH:
        raise DomainError.of(ErrorCode.TOO_LONG, _("The key may have 200 characters."), *field)
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True, default=str).encode()).hexdigest()
    row = IdempotencyKey(
        scope=scope, operation=operation, key=key, input_hash=digest, result_type=model.__name__
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        earlier = IdempotencyKey.objects.get(scope=scope, operation=operation, key=key)
        if earlier.input_hash != digest:
            raise DomainError.of(
                ErrorCode.IDEMPOTENCY_MISMATCH,
                _("This key was used for something else. Nothing was changed; use a new key."),
                *field,
            ) from None
        return model._default_manager.get(pk=earlier.result_id), False
    result = perform()
    IdempotencyKey.objects.filter(pk=row.pk).update(result_id=str(result.pk))
    return result, True
