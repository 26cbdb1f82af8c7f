"""`make run`: a database, the set-up, the web and the worker, until Ctrl-C."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import sys
import time
from pathlib import Path

from .config import Config, check_port
from .errors import LocalError
from .locks import FileLock, TakenError
from .output import rotate, say
from .postgres import Cluster, cluster_home, tie_to
from .supervisor import MARK, Program, StoppedError, Supervisor, end_leftovers
from .terminal import own_foreground

READY_SECONDS = 60
# What set-up has to do, until it says so itself: the first line is printed before it starts.
SETUP_STEPS = 5
STEP = re.compile(r"STEP (.+) ([\d.]+)")
BEGIN = re.compile(r"BEGIN (.+)")
STEPS = re.compile(r"STEPS (\d+)")


class Progress:
    """Prints "2/6 name … 0.8 s"; the name first, where a terminal shows it while it lasts."""

    def __init__(self, total: int) -> None:
        self.done = 0
        self.total = total
        self._open = False

    def begin(self, name: str) -> None:
        if sys.stdout.isatty():
            self.interrupt()
            print(f"{self._label(name)} …", end="", flush=True)
            self._open = True

    def end(self, name: str, seconds: float) -> None:
        start = "" if self._open else f"{self._label(name)} …"
        self._open = False
        say(f"{start} {seconds:.1f} s")
        self.done += 1

    def interrupt(self) -> None:
        """Another line comes: close the one that is open."""
        if self._open:
            say()
            self._open = False

    def _label(self, name: str) -> str:
        return f"{self.done + 1}/{self.total} {name}"


def run(config: Config) -> int:
    """Run until we are asked to stop; answers the exit code. Raises LocalError for what a person can mend."""
    _make_data_dir(config)
    lock = FileLock(config.data_dir / "supervisor.lock", _note(config))
    try:
        lock.acquire()
    except TakenError as taken:
        raise LocalError(_held(config, taken.note)) from None
    try:
        end_leftovers(config.data_dir)
        check_port(config.host, config.port)
        with own_foreground(), Supervisor(config.logs) as supervisor:
            try:
                _start_all(config, supervisor)
                supervisor.watch()
            except StoppedError:
                pass
            say("\nStopping …")
        say("Stopped.")
        return 0
    finally:
        lock.release()


def _start_all(config: Config, supervisor: Supervisor) -> None:
    begun = time.monotonic()
    embedded = not config.environ.get("DATABASE_URL")
    progress = Progress(embedded + SETUP_STEPS + 1)
    environ = child_environ(config)
    if embedded:
        environ["DATABASE_URL"] = _start_database(config, supervisor, progress)
    _set_up(config, supervisor, environ, progress)
    started = time.monotonic()
    # One after the other: on two cores they would only slow each other down, and people wait for the web.
    supervisor.keep(web(config, environ))
    _wait_ready(config, supervisor)
    supervisor.keep(worker(config, environ))
    progress.end("Web and worker", time.monotonic() - started)
    _show_accounts(config)
    say(f"Ready after {time.monotonic() - begun:.1f} s: {config.url}/")
    say(f"Ctrl-C stops everything; the logs are in {config.logs}")


def _make_data_dir(config: Config) -> None:
    try:
        config.logs.mkdir(parents=True, exist_ok=True)
        if not os.access(config.data_dir, os.W_OK):
            raise PermissionError(f"{config.data_dir} is not writable")
    except OSError as error:
        raise LocalError(
            f"{error}. Was it made by another user (root, perhaps)? "
            "Remove it, or choose another folder: make run DATA_DIR=…"
        ) from error
    for log in config.logs.glob("*.log"):
        rotate(log)


def _note(config: Config) -> str:
    return f"process {os.getpid()}, {config.url}/"


def _held(config: Config, note: str) -> str:
    number = re.search(r"process (\d+)", note)
    stop = f" or `kill {number[1]}`" if number else ""
    return (
        f"Already running: {note or 'another process'} (data folder {config.data_dir}).\n"
        f"Stop it with Ctrl-C where it runs{stop}; "
        f"or run a second one beside it: `make run DATA_DIR=var2 PORT={config.port + 1}`"
    )


# The parts


def child_environ(config: Config) -> dict[str, str]:
    """What web, worker and set-up get: the caller's environment and what they must agree on."""
    # PGHOST, PGPORT, … are libpq's defaults: they would bend the address we give.
    kept = {name: value for name, value in config.environ.items() if not re.fullmatch(r"PG[A-Z]+", name)}
    kept.setdefault("DEBUG", "true")
    kept.setdefault("BASE_URL", config.url)
    if not config.loopback:
        # Whoever opens it to a network, to try it from a phone, calls it by an address we cannot know.
        kept.setdefault("ALLOWED_HOSTS", "*")
    return kept | {
        "DATA_DIR": str(config.data_dir),
        "HOST": config.host,
        "PORT": str(config.port),
        "PYTHONUNBUFFERED": "1",
        MARK: str(config.data_dir),
    }


def web(config: Config, environ: dict[str, str]) -> Program:
    """The web server. Without respawning, one killed worker would end it."""
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "marketplace.wsgi:application"]
    argv += ["--host", config.host, "--port", str(config.port), "--workers", "2", "--respawn-failed-workers"]
    argv += ["--respawn-interval", "0.5", "--blocking-threads", "4", "--backpressure", "16"]
    argv += ["--workers-kill-timeout", "5"]
    return Program("web", argv, environ, config.root)


def worker(config: Config, environ: dict[str, str]) -> Program:
    """The process that runs jobs."""
    argv = [sys.executable, "manage.py", "procrastinate", "worker"]
    argv += ["--concurrency", "2", "--shutdown-graceful-timeout", "5"]
    return Program("worker", argv, environ, config.root)


def embedded_cluster(config: Config) -> Cluster:
    """The database of this data folder."""
    home = cluster_home(config.data_dir)
    return Cluster(home, config.logs / "postgres.log")


def _start_database(config: Config, supervisor: Supervisor, progress: Progress) -> str:
    progress.begin("Database")
    started = time.monotonic()
    cluster = embedded_cluster(config)
    old = tie_to(config.data_dir, cluster)
    if old:
        progress.interrupt()
        say(f"The data folder is new, so the database is, too; the one of the old folder is kept in {old}")
    try:
        supervisor.start_cluster(cluster)
    except LocalError:
        if supervisor.stopping:
            raise StoppedError from None
        raise
    progress.end("Database", time.monotonic() - started)
    return cluster.url


def _set_up(config: Config, supervisor: Supervisor, environ: dict[str, str], progress: Progress) -> None:
    """Everything that needs Django, in one process: loading it several times would cost seconds."""

    def on_line(line: str) -> None:
        if match := STEPS.fullmatch(line):
            progress.total = progress.done + int(match[1]) + 1
        elif match := BEGIN.fullmatch(line):
            progress.begin(match[1])
        elif match := STEP.fullmatch(line):
            progress.end(match[1], float(match[2]))
        elif line.strip():
            progress.interrupt()
            say(f"set-up | {line}")

    argv = [sys.executable, "manage.py", "setup_local", "--progress"]
    code = supervisor.run_step(Program("set-up", argv, environ, config.root), on_line)
    if code:
        progress.interrupt()
        raise LocalError(
            f"The set-up failed (code {code}); its lines are above and in {config.logs / 'set-up.log'}"
        )


def _wait_ready(config: Config, supervisor: Supervisor) -> None:
    """Wait for the web's first answer; after a minute go on without it, as its log is on the screen."""
    until = time.monotonic() + READY_SECONDS
    while not answers(config):
        supervisor.turn(0.1)
        if supervisor.stopping:
            raise StoppedError
        if time.monotonic() > until:
            say(f"{config.url}/readyz does not answer after {READY_SECONDS} s; see above. Still trying.")
            return


def answers(config: Config) -> bool:
    """True when /readyz says 200."""
    connection = http.client.HTTPConnection(config.visit_host.strip("[]"), config.port, timeout=2)
    try:
        # The name the site knows itself by: another one would be refused.
        known = config.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip("*.")
        connection.request("GET", "/readyz", headers={"Host": known or "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _show_accounts(config: Config) -> None:
    """Print what the set-up wrote down: addresses and sample accounts."""
    text = _read(config.data_dir / "accounts.txt")
    if text:
        say(text.replace("{PORT}", str(config.port)).replace("{HOST}", config.visit_host).rstrip())


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def reset(config: Config) -> int:
    """Delete the database and what `run` wrote into this data folder. Raises LocalError when in use."""
    _make_data_dir(config)
    own = config.data_dir
    lock = FileLock(own / "supervisor.lock")
    try:
        lock.acquire()
    except TakenError as taken:
        raise LocalError(_held(config, taken.note)) from None
    end_leftovers(own)
    cluster = embedded_cluster(config)
    cluster.remove()
    for name in ("logs", "media", "private", "static", "accounts.txt", "cluster.txt"):
        _delete(own / name)
    lock.release()
    say(f"Deleted: the database in {cluster.home}, and what `make run` wrote into {own}")
    return 0


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
