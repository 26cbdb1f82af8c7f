"""Guards that are taken away, and windows that are held open, in processes that tests start.

Installed by the tests' settings alone, where FAULT_SWITCHES names a folder. A switch is a file there, looked at each
time it matters: so one server serves a whole run. A guard's file takes it away; a window's file holds the port of a
gate (`tests.faults.market.Gate`) at which whoever comes waits.
"""

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

from django.apps import AppConfig

FOLDER = Path(os.environ.get("FAULT_SWITCHES", ""))
# The hold without its lock and without its condition.
UNGUARDED_SQL = """
    UPDATE catalog_variant SET held = held + %(wanted)s WHERE id = %(id)s
    RETURNING %(wanted)s, on_hand - held, product_id
"""


def meet(window: str) -> None:
    """Waits at the window's gate, if there is one."""
    with suppress(OSError):
        port = int((FOLDER / window).read_text())
        with socket.create_connection(("127.0.0.1", port), timeout=120) as gate:
            gate.sendall(f"{os.getpid()}\n".encode())
            gate.recv(1)


def _pauses(owner: Any, name: str, window: str) -> None:
    """What `name` does, and then a window."""
    real = getattr(owner, name)

    @wraps(real)
    def paused(*arguments: Any, **options: Any) -> Any:
        found = real(*arguments, **options)
        meet(window)
        return found

    setattr(owner, name, paused)


def _goes(owner: Any, name: str, guard: str, other: Callable[..., Any]) -> None:
    """`other` instead of `name`, while the guard is taken away."""
    real = getattr(owner, name)

    @wraps(real)
    def chosen(*arguments: Any, **options: Any) -> Any:
        return (other if (FOLDER / guard).exists() else real)(*arguments, **options)

    setattr(owner, name, chosen)


class Switches(AppConfig):
    name = "tests.faults"
    label = "fault_switches"

    def ready(self) -> None:
        import catalog.services
        import orders.services
        from catalog.services import Held, stock
        from marketplace.core import idempotency
        from orders.services import checkout, fulfilment, life, returns

        def hold_whatever(key: Any, wanted: int, *, partly: bool) -> int:
            from django.db import connection

            with connection.cursor() as cursor:
                cursor.execute(UNGUARDED_SQL, {"id": key, "wanted": wanted})
                return int(cursor.fetchone()[0])

        def hold_as_they_come(demand: Mapping[Any, int], *, to_order: Any) -> dict[Any, Held]:
            return {key: Held(stock._hold_one(key, demand[key], partly=False) or 0, 0) for key in demand}

        _goes(stock, "_hold_one", "condition-of-stock", hold_whatever)
        _goes(catalog.services, "stock_hold", "order-of-locks", hold_as_they_come)
        _goes(idempotency, "once", "keys", lambda **call: (call["perform"](), True))
        _lock_unless("lock-of-order")

        _pauses(checkout, "_check_prices", "prices-checked")
        _pauses(stock, "_hold_one", "one-held")
        _pauses(orders.services, "checkout_place", "placed")
        _pauses(life, "shelf_pieces", "order-looked-at")
        _pauses(fulfilment, "_check_cancellable", "part-looked-at")
        _pauses(fulfilment, "_packed", "part-looked-at")
        _pauses(returns, "_same_request", "request-looked-at")


def _lock_unless(guard: str) -> None:
    from django.db.models import QuerySet

    from orders.models import Order

    real = QuerySet.select_for_update

    def select(self: Any, *arguments: Any, **options: Any) -> Any:
        if self.model is Order and (FOLDER / guard).exists():
            return self
        return real(self, *arguments, **options)

    QuerySet.select_for_update = select  # type: ignore[method-assign]
