"""Many callers at once: real HTTP, real threads, and windows that are opened wide so that chance decides nothing."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import requests
from django.db import connection, connections

from tests.builders import unique
from tests.payments.buying import CART_CREATE, CHECKOUT, checkout_input

T = TypeVar("T")
PATIENCE = 60


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Runs each act in a thread of its own, all let go at the same moment; their results in the same order."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)
    faults: list[BaseException] = []

    def run(index: int, act: Callable[[], T]) -> None:
        try:
            start.wait(PATIENCE)
            results[index] = act()
        except BaseException as fault:  # noqa: BLE001 - told to the test below
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    if faults:
        raise faults[0]
    return results


def in_waves(acts: Sequence[Callable[[], T]], size: int) -> list[T]:
    """The same, `size` at a time."""
    return [result for at in range(0, len(acts), size) for result in at_once(acts[at : at + size])]


def in_a_thread(act: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


class Meeting:
    """Holds callers until `number` of them have come, or until it is clear that they cannot."""

    def __init__(self, number: int, patience: float = PATIENCE) -> None:
        self._barrier = threading.Barrier(number)
        self._patience = patience

    def wait(self) -> None:
        # Broken: the others were kept away, which is what a lock is for.
        with suppress(threading.BrokenBarrierError):
            self._barrier.wait(self._patience)


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
    """Waits for a condition. AssertionError when it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"after {seconds} s: not {what}"
        time.sleep(0.05)


def backends(waiting_for_a_lock: bool = False) -> int:
    """The other sessions of this test's database."""
    with connection.cursor() as cursor:
        # Inside a transaction the view stands still, unless it is told not to.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND (wait_event_type = 'Lock' OR NOT %s)",
            [waiting_for_a_lock],
        )
        return int(cursor.fetchone()[0])


class Api:
    """GraphQL over real HTTP. The status is 200, or the test fails."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __call__(self, query: str, **variables: Any) -> Any:
        response = requests.post(
            f"{self.address}/graphql",
            json={"query": query, "variables": variables},
            headers={"Connection": "close"},
            timeout=PATIENCE,
        )
        assert response.status_code == 200, (response.status_code, response.text)
        return response.json()

    def cart(self, lines: list[dict[str, Any]]) -> str:
        return str(self(CART_CREATE, lines=lines)["data"]["cartCreate"]["cart"]["id"])

    def checkout(self, cart_id: str, key: str | None = None) -> Any:
        return self(CHECKOUT, input=checkout_input(cart_id), key=key or unique())


def order_of(answer: Any) -> dict[str, Any] | None:
    """The order in an answer of checkoutPlace."""
    data = answer.get("data") or {}
    return (data.get("checkoutPlace") or {}).get("order")


def told(answer: Any) -> list[str]:
    """The codes in an answer of checkoutPlace: a fault's, or those of userErrors."""
    if "errors" in answer:
        return [f"fault {error['extensions']['code']}" for error in answer["errors"]]
    return [error["code"] for error in answer["data"]["checkoutPlace"]["userErrors"]]
