"""What the tests need beside themselves: started on free ports, told by the environment, gone afterwards.

    python -m marketplace.local services [--fsync] [--without NAME] -- CMD …

DATABASE_URL           a throw-away PostgreSQL of our own, always
ELASTICSEARCH_TEST_URL a real Elasticsearch        (each of these only when it is there;
STRIPE_MOCK_URL        stripe-mock                  one that is already in the environment is left as it is)
CHROMIUM               the path of the browser
"""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from .config import ROOT, data_dir_of, free_port
from .elastic import START_SECONDS, Elasticsearch
from .errors import LocalError
from .output import say
from .postgres import throwaway
from .processes import end_all, find_marked, spawn, stop_group
from .toolbox import cache_folder, find_chromium, find_elasticsearch, find_stripe_mock

# In the environment of the command and of all it starts.
MARK = "PHUXUYEN_SERVICES"
CI_VALUES = {"1", "true", "yes"}
# How often a server is started before it is given up.
STARTS = 3
NAMES = ("elasticsearch", "stripe-mock", "chromium")


class StripeMock:
    """Stripe's own stand-in for its API."""

    def __init__(self) -> None:
        """Start it. Raises LocalError when it is not installed."""
        program = find_stripe_mock()
        if program is None:
            raise LocalError("stripe-mock is not installed")
        self.program = program
        self.starts = 0
        self._start()

    def _start(self) -> None:
        self.starts += 1
        self.port = free_port()
        # An address for https too: without one it takes port 12112 of every interface, and two runs meet there.
        argv = [str(self.program), "-http-addr", f"127.0.0.1:{self.port}"]
        argv += ["-https-addr", f"127.0.0.1:{free_port()}"]
        self.process = spawn(argv, env=dict(os.environ), cwd=ROOT, output=subprocess.DEVNULL)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> bool:
        """True when it answers. Raises LocalError when it has ended."""
        if self.process.poll() is not None:
            if self.starts >= STARTS:
                raise LocalError(f"stripe-mock ended while starting (code {self.process.returncode})")
            # Somebody else took the port that was free a moment ago.
            self._start()
            return False
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/v1/charges")  # without a key: 401, and that is an answer
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        stop_group(self.process, grace=2)


@dataclass
class Request:
    """What to start: `without` names what to leave out, `strict` makes a missing one an error."""

    data_dir: Path
    fsync: bool = False
    without: set[str] = field(default_factory=set)
    strict: bool = False

    def wants(self, name: str, variable: str) -> bool:
        return name not in self.without and not os.environ.get(variable)


@contextmanager
def services(request: Request) -> Iterator[dict[str, str]]:
    """Start everything at the same time and answer the environment that tells where it is.

    Raises LocalError when something is missing and the request is strict, or when something does not start.
    """
    begun = time.monotonic()
    _report_missing(request)
    found: dict[str, str] = {}
    with ExitStack() as stack:
        starting: list[tuple[str, Elasticsearch | StripeMock]] = []
        # The slowest first; the others start in its time.
        if request.wants("elasticsearch", "ELASTICSEARCH_TEST_URL") and find_elasticsearch():
            starting.append(("ELASTICSEARCH_TEST_URL", Elasticsearch()))
            stack.callback(starting[-1][1].stop)
        if request.wants("stripe-mock", "STRIPE_MOCK_URL") and find_stripe_mock():
            starting.append(("STRIPE_MOCK_URL", StripeMock()))
            stack.callback(starting[-1][1].stop)
        chromium = find_chromium()
        if chromium and "chromium" not in request.without:
            found["CHROMIUM"] = str(chromium)
        found["DATABASE_URL"] = stack.enter_context(throwaway(request.data_dir, fsync=request.fsync)).url
        for variable, server in starting:
            _wait(server.ready, variable)
            found[variable] = server.url
        say(f"services: {', '.join(sorted(found))} after {time.monotonic() - begun:.1f} s")
        yield found


def _wait(ready: Callable[[], bool], name: str) -> None:
    until = time.monotonic() + START_SECONDS
    while not ready():
        if time.monotonic() > until:
            raise LocalError(f"{name}: no answer after {START_SECONDS} s")
        time.sleep(0.1)


def _report_missing(request: Request) -> None:
    looks = (
        ("elasticsearch", "ELASTICSEARCH_TEST_URL", "Elasticsearch", find_elasticsearch),
        ("stripe-mock", "STRIPE_MOCK_URL", "stripe-mock", find_stripe_mock),
        ("chromium", "", "Chromium", find_chromium),
    )
    missing = [title for name, variable, title, find in looks if request.wants(name, variable) and not find()]
    for title in missing:
        say(f"left out: {title} is not installed (looked in {cache_folder()}); `make test-tools` installs it")
    if missing and request.strict:
        raise LocalError(f"CI is set, so nothing may be left out: {', '.join(missing)}")


# The command


def main(argv: list[str]) -> int:
    """Run a command among the services; answers its exit code."""
    request, command = parse(argv)
    mark = secrets.token_hex(8)
    # Ctrl-C reaches the command as well, being in the same foreground: let it end in its own way.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stop)
    try:
        with services(request) as found:
            try:
                return run_command(command, dict(os.environ) | found | {MARK: mark})
            finally:
                # What the command itself started and left, as a killed pytest leaves its workers.
                end_all(lambda: find_marked(MARK, mark), ((signal.SIGTERM, 2), (signal.SIGKILL, 2)))
    except _Stop as stop:
        return 128 + stop.number


def parse(argv: list[str]) -> tuple[Request, list[str]]:
    """Read the options before `--` and the command behind it. Raises LocalError."""
    dashes = argv.index("--") if "--" in argv else len(argv)
    options, command = argv[:dashes], argv[dashes + 1 :]
    strict = os.environ.get("CI", "").lower() in CI_VALUES
    request = Request(data_dir_of(os.environ), strict=strict)
    rest = iter(options)
    for option in rest:
        if option == "--fsync":
            request.fsync = True
        elif option == "--without":
            request.without.add(next(rest, ""))
        else:
            raise LocalError(f"services: unknown option {option}")
    if not command or not request.without <= set(NAMES):
        raise LocalError(f"services [--fsync] [--without {'|'.join(NAMES)}] -- CMD …")
    return request, command


class _Stop(BaseException):
    """A signal asks us to stop. No Exception: nothing but `main` may catch it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _raise_stop(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough: cleaning up must not be cut short
    raise _Stop(number)


def run_command(command: list[str], env: dict[str, str]) -> int:
    """Run it in our own foreground, so that a terminal's Ctrl-C reaches it; answers its exit code."""
    try:
        process = spawn(command, env=env, cwd=Path.cwd(), new_session=False)
    except OSError as error:
        raise LocalError(f"{command[0]} cannot be started: {error}") from error
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    return code if code >= 0 else 128 - code
