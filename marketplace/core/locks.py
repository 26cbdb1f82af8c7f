"""Row locks, always taken through here: sorted by key, the row alone, without blocking foreign keys."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def lock_rows(queryset: models.QuerySet[M], keys: Iterable[Any]) -> dict[Any, M]:
    """Locks the rows with these primary keys in key order; the found ones by key. Needs a transaction."""
    rows = queryset.filter(pk__in=set(keys)).order_by("pk").select_for_update(no_key=True, of=("self",))
    return {row.pk: row for row in rows}
