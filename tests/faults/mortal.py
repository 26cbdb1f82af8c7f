"""Processes that are killed before each step that they take: a statement, or the end of a transaction."""

import os
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NoReturn

from django.db import connection

from tests.faults.crowd import backends, until

MOST_STEPS = 400
_not_ours: list[Any] = []


def killed_at_each_step(act: Callable[[], Any]) -> Iterator[int]:
    """Lets the act be tried by one process after the other, each killed one step later, until one comes to its end.

    Yields after each death, the database's session over, which step it was; the last one dies of nothing.
    """
    for step in count(1):
        assert step < MOST_STEPS, "an act that never ends"
        if not _dies(act, step):
            return
        until(lambda: backends() == 0, "the dead process's session over")
        yield step


def _dies(act: Callable[[], Any], step: int) -> bool:
    with warnings.catch_warnings():
        # Newer Pythons warn of threads; the child starts none and ends without cleaning up.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _live(act, step)
    _pid, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the act has failed; its words stand above"
    return False


def _live(act: Callable[[], Any], step: int) -> NoReturn:
    left = step

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def execute(run: Callable[..., Any], *arguments: Any) -> Any:
        tick()
        return run(*arguments)

    def commit(real: Callable[[], None] = connection._commit) -> None:
        tick()
        real()
        tick()

    status = 1
    try:
        # The session is the parent's: forgotten, and not closed.
        _not_ours.append(connection.connection)
        connection.connection = None
        connection.execute_wrappers.append(execute)
        connection._commit = commit
        act()
        status = 0
    except BaseException:  # noqa: BLE001 - nothing of the parent's may go on in the child
        traceback.print_exc()
    finally:
        os._exit(status)
