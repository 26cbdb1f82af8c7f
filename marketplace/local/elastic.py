"""One Elasticsearch for one run of the tests: a real server, a fresh folder, gone afterwards.

The archive on Maven Central holds the server without most of its modules: no `GET /`, and no Java of its own.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from .binaries import server_account
from .config import free_port
from .errors import LocalError
from .locks import FileLock, TakenError
from .processes import parent_of, running_pids, signal_all, spawn, stop_group
from .toolbox import ELASTICSEARCH, closed_folder, find_elasticsearch, find_java

START_SECONDS = 120
PREFIX = "phuxuyen-es-"

CONFIG = """\
cluster.name: phuxuyen-tests
node.name: tests
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
path.data: {folder}/data
path.logs: {folder}/logs
# A full disk would make every index read-only.
cluster.routing.allocation.disk.threshold_enabled: false
"""


class Elasticsearch:
    """A server that is started at once and asked later whether it is ready.

    It may be killed and started again on the same data. `settings` are lines of its configuration, and `files` go
    beside them; `password` is that of its user `elastic`, where it asks who one is.
    """

    def __init__(
        self,
        settings: str = "xpack.security.enabled: false\n",
        files: dict[str, bytes] | None = None,
        password: str = "",
    ) -> None:
        """Start it. Raises LocalError when Java is missing or another user cannot read the server."""
        home, java = find_elasticsearch(), find_java()
        if home is None:
            raise LocalError(f"Elasticsearch {ELASTICSEARCH} is not installed")
        if java is None:
            raise LocalError("Elasticsearch needs Java 17 or newer (`apt-get install default-jre-headless`)")
        account = server_account()
        closed = closed_folder(home) if account else None
        if closed:
            raise LocalError(
                f"Elasticsearch does not run as root, and its user may not enter {closed}: set PHUXUYEN_CACHE"
            )
        self.port = free_port()
        sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = FileLock(self.folder / "lock")
        self._lock.acquire()
        self._home, self._java = home, java
        self._configure(settings, files or {})
        if password:
            self._set_password(password)
        if account:
            _give(self.folder, account.uid, account.gid)
        self.log = (self.folder / "output.log").open("wb")
        self.start()

    def start(self) -> None:
        """Start it, once more after it was killed."""
        self.process: subprocess.Popen[bytes] = spawn(
            [str(self._home / "bin" / "elasticsearch")],
            env=self._environ(),
            cwd=self.folder,
            account=server_account(),
            output=self.log,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _configure(self, more: str, files: dict[str, bytes]) -> None:
        """A folder of settings for this run: the server writes into it."""
        settings = self.folder / "config"
        shutil.copytree(self._home / "config", settings)
        for name, content in files.items():
            (settings / name).write_bytes(content)
        for name in ("data", "logs", "tmp"):
            (self.folder / name).mkdir()
        text = CONFIG.format(port=self.port, transport=free_port(), folder=self.folder)
        (settings / "elasticsearch.yml").write_text(text + more)
        options = (settings / "jvm.options").read_text().splitlines()
        kept = [line for line in options if "gc.log" not in line and "HeapDump" not in line]
        (settings / "jvm.options").write_text("\n".join(kept) + "\n")

    def _set_password(self, password: str) -> None:
        tool = str(self._home / "bin" / "elasticsearch-keystore")
        for command in (["create"], ["add", "--stdin", "bootstrap.password"]):
            subprocess.run(
                [tool, *command],
                env=self._environ(),
                input=password.encode(),
                check=True,
                capture_output=True,
            )

    def _environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "ES_JAVA_HOME": str(self._java),
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m -XX:-UsePerfData",
            # The program that starts the server is a Java of its own; it, too, should litter here only.
            "CLI_JAVA_OPTS": f"-XX:-UsePerfData -Djava.io.tmpdir={self.folder / 'tmp'}",
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "LC_ALL": "C.UTF-8",
        }

    def ready(self) -> bool:
        """True when it answers. Raises LocalError when it has ended."""
        if self.process.poll() is not None:
            raise LocalError(f"Elasticsearch ended while starting:\n{self._last_lines()}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/_cluster/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _last_lines(self) -> str:
        return (self.folder / "output.log").read_text(errors="replace")[-3000:]

    def signal(self, number: signal.Signals) -> None:
        """Send the server itself a signal. It is a child of the program that we started."""
        signal_all([pid for pid in running_pids() if parent_of(pid) == self.process.pid], number)

    def kill(self) -> None:
        """Kill it; what it has on its disk stays."""
        self.signal(signal.SIGKILL)
        # The program that we started ends, and buries it, when it is gone.
        stop_group(self.process, grace=5)

    def stop(self) -> None:
        """Kill it: what it holds is thrown away, so nothing needs to be written."""
        self.kill()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.release()


def sweep() -> None:
    """Delete the folders that a killed run left behind: those of ours whose lock nobody holds."""
    account = server_account()
    owners = {os.geteuid()} | ({account.uid} if account else set())
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/lock"):
        with suppress(TakenError, OSError):
            if lock.parent.lstat().st_uid in owners:
                with FileLock(lock):
                    shutil.rmtree(lock.parent, ignore_errors=True)


def _give(folder: Path, uid: int, gid: int) -> None:
    os.chown(folder, uid, gid)
    for place, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            os.chown(Path(place) / name, uid, gid)
