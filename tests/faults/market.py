"""The market as it runs: several web processes over HTTP, on the test's own database."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.db import connection
from django.test import Client

from marketplace.local.config import free_port
from marketplace.local.processes import stop_group
from tests.conftest import Graphql
from tests.faults.crowd import PATIENCE, Api, until

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 3
# Each may hold a whole crowd at a gate.
THREADS = 100


def child_environ(folder: Path, **more: str) -> dict[str, str]:
    """What a process needs that works on this test's database, with the switches of `folder`/switches."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        **os.environ,
        "DATABASE_URL": address.geturl(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TMPDIR": str(folder),
        "FAULT_SWITCHES": str(folder / "switches"),
        **more,
    }


class Server:
    """One web process."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.log = folder / f"web-{port}.log"
        argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "marketplace.wsgi:application"]
        argv += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
        argv += ["--blocking-threads", str(THREADS), "--backpressure", str(2 * THREADS), "--no-ws"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                argv,
                cwd=ROOT,
                env=child_environ(folder),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        with suppress(requests.RequestException):
            return requests.get(f"{self.address}/healthz", timeout=5).status_code == 200
        return False

    def kill(self) -> None:
        """As the kernel does it when memory is short: nothing is finished."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> None:
        stop_group(self.process, grace=10)


class Gate:
    """Holds whoever comes until `number` are there; after `patience` seconds it is clear that they cannot come.

    From then on it stands open. `pids` are the processes of those who came.
    """

    def __init__(self, number: int, patience: float) -> None:
        self.pids: list[int] = []
        self._number, self._patience = number, patience
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        waiting: list[socket.socket] = []
        is_open = False
        while True:
            self._socket.settimeout(self._patience if waiting else None)
            try:
                caller, _address = self._socket.accept()
                self.pids.append(int(caller.makefile().readline()))
                waiting.append(caller)
            except TimeoutError:
                is_open = True
            except (OSError, ValueError):
                break
            if is_open or len(waiting) == self._number:
                while waiting:
                    waiting.pop().close()
        for caller in waiting:
            caller.close()

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)


class HttpClient:
    """What `Graphql` and webhooks need of Django's client, over the network."""

    def __init__(self, market: "Market") -> None:
        self.market = market
        self.cookies: dict[str, str] = {}

    def post(
        self, path: str, data: Any, content_type: str, headers: dict[str, str] | None = None
    ) -> requests.Response:
        return requests.post(
            f"{self.market.address}{path}",
            data=data if isinstance(data, bytes) else json.dumps(data).encode(),
            headers={"Content-Type": content_type, "Connection": "close", **(headers or {})},
            cookies=self.cookies,
            timeout=PATIENCE,
        )

    def force_login(self, user: Any) -> None:
        inside = Client()
        inside.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self.cookies[name] = inside.cookies[name].value


@dataclass
class Market(Api):
    """All processes; each call goes to the next of them."""

    servers: list[Server]
    switches: Path
    _gates: list[Gate] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._turns = itertools.cycle([server.address for server in self.servers])

    @property
    def address(self) -> str:  # type: ignore[override]
        return next(self._turns)

    def gql(self, user: Any = None) -> Graphql:
        """A caller with cookies of its own."""
        caller = Graphql(self.client())  # type: ignore[arg-type]
        return caller.login(user) if user else caller

    def client(self) -> HttpClient:
        return HttpClient(self)

    def without(self, guard: str) -> None:
        """Takes a guard away, until the test ends."""
        (self.switches / guard).touch()

    def meet(self, window: str, number: int, patience: float = PATIENCE) -> Gate:
        """Holds a window open for so many callers, until the test ends."""
        gate = Gate(number, patience)
        self._gates.append(gate)
        (self.switches / window).write_text(str(gate.port))
        return gate

    def restore(self) -> None:
        for switch in self.switches.iterdir():
            switch.unlink()
        for gate in self._gates:
            gate.close()


@contextmanager
def serving(folder: Path, processes: int) -> Iterator[list[Server]]:
    (folder / "switches").mkdir(exist_ok=True)
    servers = [Server(folder) for _each in range(processes)]
    try:
        for server in servers:
            until(server.ready, "a web process that answers")
        yield servers
    finally:
        for server in servers:
            server.stop()
