"""Starting, finding and ending processes, so that none is left behind.

Three nets, because each has a hole: the parent ends its children when it stops; the kernel ends them when
the parent is killed (PDEATHSIG, Linux only, and only for direct children); and a mark in the environment
lets the next start find what still lives.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
PROC = Path("/proc")

# Loaded here and not in the child: between fork and exec a child should do as little as it can.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The system user a process runs as, when that is not the user who starts it."""

    name: str
    uid: int
    gid: int


def die_with_parent(number: int, parent: int) -> None:
    """Ask the kernel to send signal `number` to this process when `parent` is gone; nothing outside Linux."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:  # it went away before we asked
        os.kill(os.getpid(), number)


def _before_exec(number: int) -> Callable[[], None]:
    parent = os.getpid()
    return lambda: die_with_parent(number, parent)


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    account: Account | None = None,
    death_signal: int = signal.SIGTERM,
    output: int | IO[bytes] | None = None,
    new_session: bool = True,
) -> subprocess.Popen[bytes]:
    """Start a process that ends when we end; call it from the main thread only.

    (The kernel takes "parent" to mean the thread that started it.) `output` takes stdout and stderr;
    None lets both through. Raises OSError when the program cannot be started.
    """
    # Python changes the user before it calls preexec_fn; the change would clear what prctl sets.
    return subprocess.Popen(
        list(argv),
        env=dict(env),
        cwd=cwd,
        stdin=None if output is None else subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=new_session,
        preexec_fn=_before_exec(death_signal),  # noqa: PLW1509 - one function of libc, loaded above
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    """Send a signal to everything in the session that `spawn` made for this process."""
    with suppress(ProcessLookupError, PermissionError):  # macOS says PermissionError for a group of zombies
        os.killpg(process.pid, number)


def stop_group(process: subprocess.Popen[bytes], *, grace: float, number: int = signal.SIGTERM) -> None:
    """Ask the process to stop, wait `grace` seconds, then kill whatever is left of its group."""
    if process.poll() is None:
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    signal_group(process, signal.SIGKILL)
    process.wait()


def is_alive(pid: int) -> bool:
    """True for a running process, false for a zombie (to which signals can still be sent)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # "pid (name) S …": the name may hold anything, so read behind the last parenthesis
        state = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return not PROC.is_dir()
    return state not in {"Z", "X"}


def signal_all(pids: Iterable[int], number: int) -> None:
    """Send a signal to each process that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def end_all(find: Callable[[], list[int]], signals: Sequence[tuple[int, float]]) -> list[int]:
    """Send each signal in turn and wait its seconds, until `find` finds nothing; answer what is left."""
    for number, seconds in signals:
        left = find()
        signal_all(left, number)
        until = time.monotonic() + seconds
        while left and time.monotonic() < until:
            time.sleep(0.05)
            left = find()
        if not left:
            return []
    return find()


def running_pids() -> list[int]:
    """All process numbers, from /proc; empty where there is no /proc."""
    if not PROC.is_dir():
        return []
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()]


def find_marked(name: str, value: str) -> list[int]:
    """Processes started with this environment variable, but for ourselves and those that started us."""
    mark = f"{name}={value}".encode()
    spared = set(ancestors())
    return [pid for pid in running_pids() if pid not in spared and _has_mark(pid, mark)]


def _has_mark(pid: int, mark: bytes) -> bool:
    try:
        return mark in (PROC / str(pid) / "environ").read_bytes().split(b"\0") and is_alive(pid)
    except OSError:  # gone, or not ours to read
        return False


def ancestors() -> list[int]:
    """This process and its parents, up to the first one."""
    found, pid = [os.getpid()], os.getppid()
    while pid > 1 and pid not in found:
        found.append(pid)
        pid = parent_of(pid)
    return found


def parent_of(pid: int) -> int:
    """The parent's number; 0 when it cannot be told."""
    try:
        return int((PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def name_of(pid: int) -> str:
    """The short name of a process; empty when it cannot be told."""
    try:
        return (PROC / str(pid) / "comm").read_text(errors="replace").strip()
    except OSError:
        return ""
