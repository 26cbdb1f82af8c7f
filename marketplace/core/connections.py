"""Settings of each new database connection."""

from typing import Any

from django.conf import settings
from django.db.backends.signals import connection_created


def _prepare(sender: Any, connection: Any, **kwargs: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, false)", [str(settings.DATABASE_STATEMENT_TIMEOUT_MS)]
        )


def install() -> None:
    connection_created.connect(_prepare, dispatch_uid="core.statement_timeout")
