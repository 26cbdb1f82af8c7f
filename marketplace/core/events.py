"""News between packages, upwards only: a lower package publishes, a higher one subscribes in `AppConfig.ready`.

Subscribers run at once, in the transaction of the change. They write rows or defer jobs, nothing else.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection

E = TypeVar("E")
_subscribers: dict[type, list[Callable[[Any], object]]] = defaultdict(list)


def subscribe(event: type[E], handler: Callable[[E], object]) -> None:
    if handler not in _subscribers[event]:
        _subscribers[event].append(handler)


def publish(event: object) -> None:
    """Runs the event's subscribers. RuntimeError outside a transaction: news must live and die with its change."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"{type(event).__name__} was published outside a transaction")
    for handler in _subscribers[type(event)]:
        handler(event)
