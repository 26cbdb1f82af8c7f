"""Changing the key of what is encrypted at rest: every value is written anew with the first of FIELD_ENCRYPTION_KEYS.

Runs beside a working site and may be stopped and begun again at any time: what has the newest key is left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Cast

from marketplace.core.fields import EncryptedTextField, with_newest_key

BATCH = 500
Rows = models.QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A model and the names of its encrypted fields."""

    model: type[models.Model]
    fields: tuple[str, ...]

    def __str__(self) -> str:
        return self.model._meta.db_table

    def stored(self) -> Rows:
        """The rows with each encrypted field as it stands in the database, under its name after `stored_`."""
        raw = {f"stored_{name}": Cast(F(name), models.TextField()) for name in self.fields}
        rows: Rows = self.model._base_manager.annotate(**raw).order_by("pk")
        return rows

    def batches(self, size: int) -> Iterator[list[dict[str, Any]]]:
        """All rows in the order of their keys: `pk` and the stored values. Each batch is read when it is wanted."""
        columns = ("pk", *(f"stored_{name}" for name in self.fields))
        last: Any = None
        while True:
            rows = self.stored() if last is None else self.stored().filter(pk__gt=last)
            batch = list(rows.values(*columns)[:size])
            if not batch:
                return
            yield batch
            last = batch[-1]["pk"]


@dataclass(frozen=True, slots=True)
class Left:
    """How many values need a key that is not the newest, and how many no key reads at all."""

    old: int
    unreadable: int


def encrypted_tables() -> list[Table]:
    """Every table that holds something encrypted."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        names = [field.name for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
        if names and not model._meta.proxy and model._meta.managed:
            found.append(Table(model, tuple(names)))
    return found


def rotate(table: Table, *, size: int = BATCH) -> Iterator[int]:
    """Encrypts a table's values with the newest key; yields after each batch how many values were changed in it.

    A value that somebody else changes meanwhile is theirs: only what still stands as it was read is replaced.
    """
    for batch in table.batches(size):
        changed = 0
        with transaction.atomic():
            for row in batch:
                for name in table.fields:
                    stored = row[f"stored_{name}"]
                    if not stored:
                        continue
                    try:
                        renewed = with_newest_key(stored)
                    except InvalidToken:
                        continue
                    if renewed is not None:
                        same = table.stored().filter(**{"pk": row["pk"], f"stored_{name}": stored})
                        # A value of plain text: the field itself would encrypt it once more.
                        changed += same.update(**{name: Value(renewed, models.TextField())})
        yield changed


def left(table: Table, *, size: int = BATCH) -> Left:
    """Counts what the newest key alone does not read."""
    old = unreadable = 0
    for batch in table.batches(size):
        for row in batch:
            for name in table.fields:
                try:
                    old += bool(row[f"stored_{name}"] and with_newest_key(row[f"stored_{name}"]))
                except InvalidToken:
                    unreadable += 1
    return Left(old, unreadable)
