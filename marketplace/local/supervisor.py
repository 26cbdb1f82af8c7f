"""Keeps programs running: reads their output, starts them again whenever they end, stops them in order.

One thread and one loop: the kernel ties a child's life to the thread that started it, so threads that come
and go would end children that should live.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Self

from .errors import LocalError
from .output import LineSink, say
from .postgres import Cluster
from .processes import end_all, find_marked, signal_group, spawn

# In the environment of every child, with the data folder as its value: so the next start knows ours.
MARK = "PHUXUYEN_SUPERVISED_BY"

FIRST_DELAY = 0.5
LONGEST_DELAY = 10.0
STOP_SECONDS = 10.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StoppedError(Exception):
    """We were asked to stop while something was still being set up."""


@dataclass(frozen=True)
class Program:
    """What to run, where, and with which environment."""

    name: str
    argv: Sequence[str]
    env: dict[str, str]
    cwd: Path


class Running:
    """A started program and the pipe of its output."""

    def __init__(
        self,
        program: Program,
        sink: LineSink,
        selector: selectors.BaseSelector,
        on_line: Callable[[str], None],
    ) -> None:
        self.program = program
        self.sink = sink
        self.on_line = on_line
        self.started = time.monotonic()
        self._selector = selector
        self.process = spawn(program.argv, env=program.env, cwd=program.cwd, output=subprocess.PIPE)
        assert self.process.stdout is not None  # noqa: S101 - we asked for a pipe
        self._pipe = self.process.stdout
        os.set_blocking(self._pipe.fileno(), False)
        selector.register(self._pipe, selectors.EVENT_READ, self.read)

    def read(self) -> None:
        """Take what has come; lets the pipe go at its end."""
        with suppress(BlockingIOError):
            data = os.read(self._pipe.fileno(), 65536)
            for line in self.sink.feed(data) if data else self.sink.close():
                self.on_line(line)
            if not data:
                self._selector.unregister(self._pipe)
                self._pipe.close()

    def ended(self) -> bool:
        """True when the program is gone; kills what it left behind in its group."""
        if self.process.poll() is None:
            return False
        signal_group(self.process, signal.SIGKILL)
        return True

    def drain(self) -> None:
        """Take what is left in the pipe, without waiting for more."""
        while not self._pipe.closed:
            ready = selectors.DefaultSelector()
            with ready:
                ready.register(self._pipe, selectors.EVENT_READ)
                if not ready.select(0.2):
                    return
            self.read()

    @property
    def ending(self) -> str:
        """How it ended, for people."""
        code = self.process.returncode
        return f"signal {-code}" if code is not None and code < 0 else f"code {code}"


@dataclass
class Slot:
    """The place of one program, which is to be running."""

    program: Program
    running: Running | None = None
    due: float = 0.0
    delay: float = FIRST_DELAY

    def put_off(self, lived: float) -> float:
        """Say when to start it again: at once if it ran well, later and later if it keeps failing."""
        self.delay = FIRST_DELAY if lived > LONGEST_DELAY else min(self.delay * 2, LONGEST_DELAY)
        wait = FIRST_DELAY if lived > LONGEST_DELAY else self.delay / 2
        self.due = time.monotonic() + wait
        return wait


@dataclass
class Supervisor:
    """`with Supervisor(logs) as s: s.keep(program, …); s.watch()`; leaving the block stops everything."""

    logs: Path
    cluster: Cluster | None = None
    slots: list[Slot] = field(default_factory=list)
    requests: int = 0  # how often we were asked to stop
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _cluster_slot: float = 0.0
    _cluster_delay: float = FIRST_DELAY

    def __enter__(self) -> Self:
        self._wake, self._woken = socket.socketpair()
        for end in (self._wake, self._woken):
            end.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ, lambda: self._woken.recv(4096))
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_stop)
        # The end of a child wakes the loop; the handler itself has nothing to do.
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self.requests += 1

    @property
    def stopping(self) -> bool:
        return self.requests > 0

    # Setting up

    def start_cluster(self, cluster: Cluster) -> None:
        """Start the database and keep it running. Raises LocalError."""
        cluster.start(interrupted=lambda: self.stopping)
        self.cluster = cluster

    def run_step(self, program: Program, on_line: Callable[[str], None]) -> int:
        """Run a program to its end; answers its exit code. Raises StoppedError when asked to stop."""
        running = Running(program, self._sink(program), self._selector, on_line)
        try:
            while not running.ended():
                self.turn()
                if self.stopping:
                    raise StoppedError
        finally:
            if running.process.poll() is None:
                self._end([running])
            running.drain()
        return running.process.returncode

    def keep(self, *programs: Program) -> None:
        """Start these, and start them again whenever they end."""
        self.slots += [Slot(program) for program in programs]
        self._start_due()

    # The loop

    def watch(self) -> None:
        """Run until we are asked to stop."""
        while not self.stopping:
            self.turn()

    def turn(self, seconds: float = 0.5) -> None:
        """Wait for output, a signal or the time; then see to what has ended."""
        for key, _ in self._selector.select(seconds):
            key.data()
        if not self.stopping:
            self._mind_cluster()
            self._mind_children()
            self._start_due()

    def _mind_children(self) -> None:
        for slot in self.slots:
            if slot.running is not None and slot.running.ended():
                wait = slot.put_off(time.monotonic() - slot.running.started)
                say(f"{slot.program.name} ended ({slot.running.ending}); starting it again in {wait:.1f} s")
                slot.running = None

    def _start_due(self) -> None:
        for slot in self.slots:
            if slot.running is None and time.monotonic() >= slot.due:
                sink = self._sink(slot.program)
                try:
                    slot.running = Running(slot.program, sink, self._selector, sink.show)
                except OSError as error:
                    wait = slot.put_off(0)
                    say(f"{slot.program.name} cannot be started ({error}); trying again in {wait:.1f} s")

    def _mind_cluster(self) -> None:
        if self.cluster is None or not self.cluster.ended() or time.monotonic() < self._cluster_slot:
            return
        say("PostgreSQL ended; starting it again")
        try:
            self.cluster.start(interrupted=lambda: self.stopping)
            self._cluster_delay = FIRST_DELAY
            say("PostgreSQL is back")
        except LocalError as error:
            say(f"{error}\nTrying again in {self._cluster_delay:.1f} s")
            self._cluster_slot = time.monotonic() + self._cluster_delay
            self._cluster_delay = min(self._cluster_delay * 2, LONGEST_DELAY)

    def _sink(self, program: Program) -> LineSink:
        return LineSink(program.name, self.logs / f"{program.name}.log")

    # Stopping

    def stop(self) -> None:
        """End the programs, then the database they use. A second Ctrl-C cuts the waiting short."""
        self.requests = max(self.requests, 1)
        self._end([slot.running for slot in self.slots if slot.running is not None])
        self.slots = []
        if self.cluster is not None:
            self.cluster.stop()

    def _end(self, running: list[Running]) -> None:
        for one in running:
            if one.process.poll() is None:
                one.process.terminate()
        until = time.monotonic() + STOP_SECONDS
        asked = self.requests
        while any(not one.ended() for one in running) and time.monotonic() < until and self.requests <= asked:
            self.turn(0.1)
        for one in running:
            signal_group(one.process, signal.SIGKILL)
            one.process.wait()
            one.drain()


def end_leftovers(data_dir: Path) -> None:
    """End what a killed supervisor of this data folder left running; raises LocalError if it does not end."""
    left = end_all(lambda: find_marked(MARK, str(data_dir)), ((signal.SIGTERM, 3), (signal.SIGKILL, 5)))
    if left:
        raise LocalError(f"Processes of an earlier run do not end: {left}")
