"""Keeps Ctrl-C to ourselves.

A terminal sends Ctrl-C to every process in the foreground, so `make`, which started us, would die of it with
noise and a failure. Here we make ourselves the foreground; `make` then sees a child that ended well.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .processes import die_with_parent, name_of


def started_by_make() -> bool:
    return name_of(os.getppid()) in {"make", "gmake"}


@contextmanager
def own_foreground() -> Iterator[None]:
    """Under `make`: end with it, and take the terminal's foreground while it has one."""
    if not started_by_make():
        yield
        return
    die_with_parent(signal.SIGTERM, os.getppid())
    before = _foreground()
    if before is None or before != os.getpgrp() or os.getpgrp() == os.getpid():
        yield
        return
    # Stopped by Ctrl-Z we would hang: the shell watches make's group, not ours. (A handler and not SIG_IGN,
    # which children would inherit.)
    signal.signal(signal.SIGTSTP, lambda number, frame: None)
    os.setpgid(0, 0)
    _give_foreground(os.getpgrp())
    try:
        yield
    finally:
        _give_foreground(before)


def _foreground() -> int | None:
    """The group in the foreground of our terminal; None when we have none."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno())
    except (OSError, ValueError):
        return None


def _give_foreground(group: int) -> None:
    # From the background this would stop us; blocked, the kernel lets it pass.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        with suppress(OSError):
            os.tcsetpgrp(sys.stdin.fileno(), group)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTTOU})
