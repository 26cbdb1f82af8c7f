"""A PostgreSQL cluster of our own: made, started, mended after a crash, stopped.

No TCP and no password: a Unix socket in a folder that only its user may enter, and `peer` authentication,
for which the kernel vouches. The role `app` owns the database `app` and may create others (tests do);
it is no superuser.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO
from urllib.parse import quote

import psycopg

from .binaries import MAJOR, find_binaries, own_folder, own_name, root_home, running_as_root, server_account
from .errors import LocalError
from .locks import FileLock, TakenError
from .processes import PROC, Account, end_all, is_alive, name_of, running_pids, spawn

SOCKET = ".s.PGSQL.5432"
# The longest path that fits into a socket's address, the closing zero byte not counted.
SOCKET_BYTES = 107 if sys.platform == "linux" else 103

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "default_text_search_config": "pg_catalog.simple",
    # No replica reads from a cluster on a laptop, so its log of changes may be short.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "log_line_prefix": "%m [%p] ",
}
# A power cut may cost everything: for throw-away clusters only. A kill -9 costs nothing, as long as
# synchronous_commit stays on: each commit is in the kernel's hands.
CARELESS = {"fsync": "off", "full_page_writes": "off"}


def short_hash(path: Path) -> str:
    """Twelve letters that stand for the path of a folder."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def cluster_home(data_dir: Path) -> Path:
    """Where the cluster of this data folder lives: inside it, or, for root, in a folder named by its hash."""
    if not running_as_root():
        return data_dir / "postgres"
    return root_home() / short_hash(data_dir)


def tie_to(data_dir: Path, cluster: Cluster) -> Path | None:
    """Put a cluster outside the data folder aside when it was made for another such folder.

    Who deletes `var`, or clones anew to the same path, expects to begin anew. Answers where the old one is
    now, None when all is as it was.
    """
    if cluster.home.is_relative_to(data_dir):
        return None
    ours, theirs = data_dir / "cluster.txt", cluster.home / "origin.txt"
    own_folder(cluster.home, 0o755)
    aside = None
    if theirs.exists() and (not ours.exists() or ours.read_text() != theirs.read_text()):
        cluster.recover()
        aside = cluster.home.with_suffix(".old")
        shutil.rmtree(aside, ignore_errors=True)
        cluster.home.rename(aside)
        own_folder(cluster.home, 0o755)
    if not theirs.exists():
        mark = f"{data_dir}\n{secrets.token_hex(8)}\n"
        ours.write_text(mark)
        theirs.write_text(mark)
    return aside


def peer_map(account: Account | None) -> tuple[str, str]:
    """The contents of pg_hba.conf and pg_ident.conf: who may be which role."""
    names = {own_name()} | ({account.name} if account else set())
    lines = [f'm "{name}" {role}\n' for name in sorted(names) for role in ("app", "postgres")]
    return "local all all peer map=m\n", "".join(lines)


@dataclass
class Cluster:
    """One cluster in the folder `home`. Whoever uses it holds a lock, so that there is one user at a time.

    `log` takes the server's own lines. With `fsync` off it is quicker, and a power cut ruins it.
    """

    home: Path
    log: Path
    fsync: bool = True
    account: Account | None = field(default_factory=server_account)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def run_folder(self) -> Path:
        """The folder of the socket: short enough for a socket's address, and with a name libpq takes."""
        own = self.home / "run"
        fits = len(os.fsencode(own / SOCKET)) <= SOCKET_BYTES
        # In a list of hosts, and in the server's list of folders, a comma separates.
        return own if fits and re.fullmatch(r"[\w/.+ -]+", str(own)) else self._short_folder()

    def _short_folder(self) -> Path:
        own_runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        usable = 0 < len(own_runtime) < 40 and os.access(own_runtime, os.W_OK)
        base = Path(own_runtime if usable else "/tmp")  # noqa: S108 - guarded in _make_run_folder
        return base / f"phuxuyen-{os.geteuid()}-{short_hash(self.home)}"

    @property
    def url(self) -> str:
        """What DATABASE_URL should be to reach it."""
        return f"postgresql://app@/app?host={quote(str(self.run_folder), safe='')}"

    # Making it

    def create(self) -> bool:
        """Make the folders and the cluster where they are missing; true when it was made now."""
        own_folder(self.home, 0o755 if self.account else 0o700)
        self._make_run_folder()
        self._write_access()
        if self.data.exists():
            self._check_version()
            return False
        aside = self.home / "data.new"
        shutil.rmtree(aside, ignore_errors=True)  # an earlier start was killed half-way
        own_folder(aside, 0o700, self.account)
        self._initdb(aside)
        aside.rename(self.data)
        return True

    def _make_run_folder(self) -> None:
        folder = self.run_folder
        own_id = self.account.uid if self.account else os.geteuid()
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if self.account:
                os.chown(folder, self.account.uid, self.account.gid)
        found = folder.lstat()
        # In a folder open to all someone else may have been there first.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != own_id:
            raise LocalError(f"{folder} belongs to someone else; remove it and start again.")
        folder.chmod(0o700)

    def _write_access(self) -> None:
        hba, ident = peer_map(self.account)
        for name, text in (("pg_hba.conf", hba), ("pg_ident.conf", ident)):
            (self.home / name).write_text(text)
            (self.home / name).chmod(0o644)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise LocalError(
                f"{self.data} was made by PostgreSQL {found}, and here is {MAJOR}. "
                "Throw it away with `make reset`, or set another DATA_DIR."
            )

    def _initdb(self, target: Path) -> None:
        command = [str(find_binaries() / "initdb"), "-D", str(target), "-U", "postgres", "-E", "UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--auth=peer"]
        command += [] if self.fsync else ["--no-sync"]
        with self._open_log() as log:
            start = log.tell()
            code = self._spawn(command, log).wait()
        if code:
            raise LocalError(f"initdb failed (code {code}):\n{self._log_since(start)}")

    # Running it

    def start(self, *, seconds: float = 60, interrupted: Callable[[], bool] = lambda: False) -> None:
        """Start it and wait until it answers; mends what a kill left behind.

        Raises LocalError when it does not answer within `seconds`, ends, or interrupted() says so.
        """
        self.create()
        self.recover()
        with self._open_log() as log:
            start = log.tell()
            self.process = self._spawn(self._command(), log)
        until = time.monotonic() + seconds
        while not self._ready():
            if self.process.poll() is not None:
                raise LocalError(
                    f"PostgreSQL ended while starting; {self.log} says:\n{self._log_since(start)}"
                )
            if interrupted() or time.monotonic() > until:
                self.stop()
                raise LocalError(f"PostgreSQL was not ready after {seconds:.0f} s; see {self.log}")
            time.sleep(0.02)

    def _command(self) -> list[str]:
        settings = SETTINGS | {
            "hba_file": str(self.home / "pg_hba.conf"),
            "ident_file": str(self.home / "pg_ident.conf"),
            "unix_socket_directories": str(self.run_folder),
            "unix_socket_permissions": "0700",
        }
        if not self.fsync:
            settings |= CARELESS
        pairs = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(find_binaries() / "postgres"), "-D", str(self.data), *pairs]

    def _spawn(self, command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        environ = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}  # PGPORT and its kin stay outside
        return spawn(
            command,
            env=environ,
            cwd=self.home,
            account=self.account,
            death_signal=signal.SIGINT,  # "fast": ends the sessions and writes everything
            output=log,
        )

    def _ready(self) -> bool:
        """True once the database `app` is there; makes it the first time."""
        try:
            with self.connect("postgres") as connection:
                _make_app(connection)
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, role: str = "app") -> psycopg.Connection:
        """A connection in autocommit, for set-up and tests. Raises psycopg.OperationalError."""
        return psycopg.connect(
            host=str(self.run_folder), port=5432, user=role, dbname=role, autocommit=True, connect_timeout=5
        )

    def ended(self) -> bool:
        """True when it was started and is no longer there."""
        return self.process is not None and self.process.poll() is not None

    def stop(self, *, seconds: float = 20) -> None:
        """End it: fast, then at once, then by force. Safe when it does not run."""
        if self.process is None:
            return
        for number, wait in ((signal.SIGINT, seconds), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if self.process.poll() is not None:
                break
            self.process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(wait)
        self.process = None

    # Mending and removing it

    def live(self) -> list[int]:
        """The processes of this cluster: postgres processes that stand in its data folder.

        (A zombie stands nowhere, although signals can still be sent to it.)
        """
        if not PROC.is_dir():
            return self._live_by_file()
        try:
            home = self.data.stat()
        except FileNotFoundError:
            return []
        return [pid for pid in running_pids() if name_of(pid) == "postgres" and _stands_in(pid, home)]

    def _live_by_file(self) -> list[int]:
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return []
        return [pid] if is_alive(pid) else []

    def recover(self) -> None:
        """End what an earlier start left running, then remove the files that would forbid a start."""
        left = end_all(self.live, ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)))
        if left:
            raise LocalError(f"An older PostgreSQL still uses {self.data} and does not end: processes {left}")
        run = self.run_folder
        for file in (self.data / "postmaster.pid", run / SOCKET, run / f"{SOCKET}.lock"):
            file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Stop it and delete it with all its data."""
        self.stop()
        if self.home.exists():
            self.recover()
        if not self.run_folder.is_relative_to(self.home):
            shutil.rmtree(self.run_folder, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def _open_log(self) -> BinaryIO:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        return self.log.open("ab")

    def _log_since(self, offset: int) -> str:
        with self.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace").strip()[-3000:]


def _stands_in(pid: int, folder: os.stat_result) -> bool:
    try:
        found = (PROC / str(pid) / "cwd").stat()
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (folder.st_dev, folder.st_ino)


def _make_app(connection: psycopg.Connection) -> None:
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'app'").fetchone():
        connection.execute("CREATE ROLE app LOGIN CREATEDB")
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'app'").fetchone():
        connection.execute("CREATE DATABASE app OWNER app")


@contextmanager
def throwaway(data_dir: Path, *, fsync: bool = False) -> Iterator[Cluster]:
    """A started cluster that is deleted at the end; also deletes those that a kill left behind."""
    shelf = own_folder((root_home() if running_as_root() else data_dir) / "test", 0o755)
    sweep(shelf)
    home = Path(tempfile.mkdtemp(prefix="pg-", dir=shelf))
    with FileLock(home.with_suffix(".lock")) as lock:
        cluster = Cluster(home, home.with_suffix(".log"), fsync=fsync)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.remove()
            for rest in (cluster.log, lock.path):
                rest.unlink(missing_ok=True)


def sweep(shelf: Path) -> None:
    """Delete the throw-away clusters that nobody holds any more."""
    for path in shelf.glob("pg-*.lock"):
        with suppress(TakenError, FileNotFoundError), FileLock(path):
            Cluster(path.with_suffix(""), path.with_suffix(".log")).remove()
            path.with_suffix(".log").unlink(missing_ok=True)
            path.unlink(missing_ok=True)
