"""The supervisor with children of no importance."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from marketplace.local import config
from marketplace.local.errors import LocalError
from marketplace.local.locks import FileLock, TakenError
from marketplace.local.output import LineSink
from marketplace.local.processes import is_alive
from marketplace.local.supervisor import MARK, end_leftovers

pytestmark = pytest.mark.xdist_group("local")

# Two children: each writes its number into a file, says a line and sleeps; the second has a child of its own.
SUPERVISOR = """
import os, pathlib, sys
from marketplace.local.supervisor import MARK, Program, Supervisor

folder = pathlib.Path(sys.argv[1])
say = '''
import os, signal, subprocess, sys, time
name, *more = sys.argv[1:]
open(name, "w").write(str(os.getpid()))
print("hello from", name, flush=True)
if "parent" in more:
    code = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
    subprocess.Popen([sys.executable, "-c", code, name + "-child"])
if "stubborn" in more:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(60)
'''
env = dict(os.environ) | {MARK: str(folder)}
with Supervisor(folder / "logs") as supervisor:
    supervisor.keep(
        Program("one", [sys.executable, "-c", say, "one"], env, folder),
        Program("two", [sys.executable, "-c", say, "two", "parent", *sys.argv[2:]], env, folder),
    )
    supervisor.watch()
(folder / "stopped").touch()
"""

NAMES = ("one", "two", "two-child")


@pytest.fixture
def running(
    tmp_path: Path,
    python: Callable[..., subprocess.Popen[bytes]],
    wait_for: Callable[..., None],
    pid_in: Callable[[Path], int],
) -> Iterator[Callable[..., tuple[subprocess.Popen[bytes], list[int]]]]:
    """running(): a supervisor whose children all run, and their numbers."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> tuple[subprocess.Popen[bytes], list[int]]:
        process = python(SUPERVISOR, tmp_path, *arguments)
        started.append(process)
        wait_for(lambda: all(pid_in(tmp_path / name) for name in NAMES))
        return process, [pid_in(tmp_path / name) for name in NAMES]

    yield start
    for process in started:
        process.kill()
    end_leftovers(tmp_path)


def test_killed_child_runs_again(
    tmp_path: Path,
    running: Callable[..., tuple[subprocess.Popen[bytes], list[int]]],
    wait_for: Callable[..., None],
    pid_in: Callable[[Path], int],
) -> None:
    _, (one, two, child) = running()

    os.kill(two, signal.SIGKILL)
    wait_for(lambda: pid_in(tmp_path / "two") not in {0, two})

    assert pid_in(tmp_path / "one") == one
    wait_for(lambda: not is_alive(child))  # what it left behind was ended
    assert "two ended (signal 9); starting it again in" in (tmp_path / "output").read_text()


def test_output_goes_to_the_terminal_with_a_name_and_to_a_file_without(
    tmp_path: Path, running: Callable[..., object], wait_for: Callable[..., None]
) -> None:
    running()

    line = "hello from one\n"

    wait_for(lambda: f"one    | {line}" in (tmp_path / "output").read_text())
    assert (tmp_path / "logs" / "one.log").read_text() == line


def test_children_of_a_killed_supervisor_end(
    tmp_path: Path,
    running: Callable[..., tuple[subprocess.Popen[bytes], list[int]]],
    wait_for: Callable[..., None],
) -> None:
    process, (one, two, child) = running()

    process.kill()

    wait_for(lambda: not is_alive(one) and not is_alive(two))
    end_leftovers(tmp_path)  # what the next start does about their children
    assert not is_alive(child)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_supervisor_that_is_asked_to_stop_leaves_no_process(
    tmp_path: Path, running: Callable[..., tuple[subprocess.Popen[bytes], list[int]]], number: int
) -> None:
    process, children = running()

    process.send_signal(number)

    assert process.wait(10) == 0
    assert [pid for pid in children if is_alive(pid)] == []
    assert (tmp_path / "stopped").exists()


def test_second_ctrl_c_does_not_wait_for_a_stubborn_child(
    running: Callable[..., tuple[subprocess.Popen[bytes], list[int]]], wait_for: Callable[..., None]
) -> None:
    process, children = running("stubborn")

    process.send_signal(signal.SIGINT)
    wait_for(lambda: not is_alive(children[0]))
    assert is_alive(children[1])
    process.send_signal(signal.SIGINT)

    # Whoever waited for the stubborn one would take STOP_SECONDS, which are ten.
    assert process.wait(8) == 0
    assert [pid for pid in children if is_alive(pid)] == []


def test_leftovers_are_those_of_this_folder_only(
    tmp_path: Path, running: Callable[..., tuple[subprocess.Popen[bytes], list[int]]]
) -> None:
    _, children = running()

    end_leftovers(tmp_path / "another")

    assert all(is_alive(pid) for pid in children)
    assert MARK not in os.environ


def test_lock_has_one_holder_who_is_named(tmp_path: Path) -> None:
    with (
        FileLock(tmp_path / "lock", "process 17"),
        pytest.raises(TakenError, match="process 17"),
        FileLock(tmp_path / "lock", "another"),
    ):
        pytest.fail("two holders")

    with FileLock(tmp_path / "lock", "process 18"):
        assert (tmp_path / "lock").read_text() == "process 18"


def test_port_in_use_is_refused_with_another_one_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(LocalError, match=rf"Port {port} on 127.0.0.1 .*`make run PORT=\d+`"):
            config.check_port("127.0.0.1", port)

    config.check_port("127.0.0.1", port)


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# a comment\nPORT=8100\nexport DATA_DIR='my data' # here\nDATABASE_URL=\"x=#1\"\n"
    )

    found = config.load({"PORT": "8200", "HOST": "x86_64-conda-linux-gnu"}, tmp_path)

    assert (found.port, found.host, found.data_dir) == (8200, "127.0.0.1", tmp_path / "my data")
    assert found.environ["DATABASE_URL"] == "x=#1"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(LocalError, match=f"PORT={port} is no port"):
        config.load({"PORT": port}, tmp_path)


def test_lines_are_whole_however_they_come(tmp_path: Path) -> None:
    sink = LineSink("web", tmp_path / "web.log")

    assert sink.feed("Chuyên".encode()[:-1]) == []
    assert sink.feed("Chuyên".encode()[-1:] + b" M\xe1\xbb") == []
    assert sink.feed(b"\xb9\nhalf") == ["Chuyên Mỹ"]
    assert sink.close() == ["half"]

    assert (tmp_path / "web.log").read_text(encoding="utf-8") == "Chuyên Mỹ\nhalf\n"
