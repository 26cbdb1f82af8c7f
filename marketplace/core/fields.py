"""Model fields and the base of all entities."""

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from marketplace.core.ids import uuid7


class Entity(models.Model):
    """A row with a UUIDv7 key and its times."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys]
    )


def with_newest_key(stored: str) -> str | None:
    """A stored value encrypted anew with the newest key; None where it has that one.

    Raises InvalidToken where none of the keys reads it.
    """
    keys = tuple(settings.FIELD_ENCRYPTION_KEYS)
    try:
        _cipher(keys[:1]).decrypt(stored.encode())
    except InvalidToken:
        return _cipher(keys).rotate(stored.encode()).decode()
    return None


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text encrypted at rest with the first of FIELD_ENCRYPTION_KEYS, read with any of them. Never searchable."""

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        return _cipher(tuple(settings.FIELD_ENCRYPTION_KEYS)).encrypt(str(value).encode()).decode()

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None or value == "":
            return value
        return _cipher(tuple(settings.FIELD_ENCRYPTION_KEYS)).decrypt(value.encode()).decode()

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in {"isnull", "exact"}:
            raise TypeError("encrypted text cannot be searched")
        return super().get_lookup(lookup_name)


class EncryptedJSONField(EncryptedTextField):
    """A JSON value encrypted at rest like EncryptedTextField. Null stays null."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else super().get_prep_value(json.dumps(value, ensure_ascii=False))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        text = super().from_db_value(value, expression, connection)
        return None if text is None else json.loads(text)
