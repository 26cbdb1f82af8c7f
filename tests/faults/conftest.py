"""Fixtures of the fault suite."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.faults.crowd import Api
from tests.faults.market import PROCESSES, Market, Server, serving


@pytest.fixture
def api(live_server: Any) -> Api:
    # Django's own backlog is 10: a crowd would be sent away by the kernel.
    live_server.thread.httpd.socket.listen(256)
    return Api(live_server.url)


@pytest.fixture(scope="session")
def web_processes(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, list[Server]]]:
    folder = tmp_path_factory.mktemp("market")
    with serving(folder, PROCESSES) as servers:
        yield folder, servers


@pytest.fixture
def market(transactional_db: None, web_processes: tuple[Path, list[Server]]) -> Iterator[Market]:
    """The market over HTTP, in processes of its own, all guards in place."""
    folder, servers = web_processes
    found = Market(servers, folder / "switches")
    yield found
    found.restore()


@pytest.fixture
def no_stock_constraint(transactional_db: Any) -> Iterator[None]:
    """Takes the database's own guard of stock away, for a negative control."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'catalog_variant_stock'"
        )
        (definition,) = cursor.fetchone()
        cursor.execute("ALTER TABLE catalog_variant DROP CONSTRAINT catalog_variant_stock")
    yield
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_variant SET held = 0, on_hand = 0")
        cursor.execute(f"ALTER TABLE catalog_variant ADD CONSTRAINT catalog_variant_stock {definition}")
