"""Locks, always taken through here. Rows: sorted by key, the row alone, without blocking foreign keys."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def lock_rows(queryset: models.QuerySet[M], keys: Iterable[Any]) -> dict[Any, M]:
    """Locks the rows with these primary keys in key order; the found ones by key. Needs a transaction."""
    rows = queryset.filter(pk__in=set(keys)).order_by("pk").select_for_update(no_key=True, of=("self",))
    return {row.pk: row for row in rows}


def lock_name(kind: str, name: str) -> None:
    """Until the transaction ends, nobody else looks whether this name is free. Taken after row locks, one at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind}/{name}"])


@contextmanager
def only_one(work: str) -> Iterator[bool]:
    """Whether nobody else is at this work, which may take many transactions. Ends with the connection at the latest.

    Not through a pooler that gives each transaction another connection.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [work])
        (ours,) = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [work])
