"""Real processes in temporary folders; nothing of Django."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from marketplace.local.postgres import Cluster, cluster_home
from marketplace.local.processes import is_alive, signal_group, spawn

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster that is not started yet, of a data folder below a parent of mode 0700."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    data_dir = closed / "var"
    data_dir.mkdir(mode=0o750)
    made = Cluster(cluster_home(data_dir), tmp_path / "postgres.log", fsync=False)
    yield made
    made.remove()


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """wait_for(condition, seconds=10): fails when the condition does not come true in time."""

    def wait(condition: Callable[[], object], seconds: float = 10) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, f"not within {seconds} s"
            time.sleep(0.02)

    return wait


@pytest.fixture
def python(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """python(code, *arguments): run code in a Python of its own, its output in tmp_path/output."""
    started: list[subprocess.Popen[bytes]] = []

    def run(code: str, *arguments: object) -> subprocess.Popen[bytes]:
        with (tmp_path / "output").open("ab") as output:
            argv = [sys.executable, "-c", code, *map(str, arguments)]
            env = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
            started.append(spawn(argv, env=env, cwd=tmp_path, output=output))
        return started[-1]

    yield run
    for process in started:
        signal_group(process, 9)
        process.wait()


@pytest.fixture
def pid_in() -> Callable[[Path], int]:
    """pid_in(file): the number a child wrote into a file; 0 while there is none, or it does not live."""

    def read(file: Path) -> int:
        text = file.read_text() if file.exists() else ""
        return int(text) if text.isdecimal() and is_alive(int(text)) else 0

    return read
