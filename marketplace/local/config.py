"""What `make run` may be told, by the environment or a file `.env` in the checkout."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import LocalError

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8000
LINE = re.compile(r"""^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^#\s]*))""")


@dataclass(frozen=True)
class Config:
    """Where and how to run. `environ` is what the children get, before our own additions."""

    data_dir: Path
    host: str
    port: int
    environ: dict[str, str]
    root: Path = ROOT

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"

    @property
    def visit_host(self) -> str:
        """The host a browser on this machine can use: "every address" is not one."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", "localhost"} else self.host  # noqa: S104
        return f"[{host}]" if ":" in host else host

    @property
    def loopback(self) -> bool:
        """True when only this machine can reach us."""
        return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback

    @property
    def url(self) -> str:
        return f"http://{self.visit_host}:{self.port}"


def read_env_file(path: Path) -> dict[str, str]:
    """The settings of an `.env` file; empty when there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    found = [match for line in lines if (match := LINE.match(line))]
    return {match[1]: next((part for part in match.groups()[1:] if part), "") for match in found}


def data_dir_of(environ: Mapping[str, str], root: Path = ROOT) -> Path:
    """DATA_DIR, default `var`, in the checkout when it is relative."""
    return (root / (environ.get("DATA_DIR") or "var")).resolve()


def load(environ: Mapping[str, str] = os.environ, root: Path = ROOT) -> Config:
    """Read the settings; the environment wins over `.env`. Raises LocalError for a port that is none."""
    merged = read_env_file(root / ".env") | dict(environ)
    return Config(
        data_dir=data_dir_of(merged, root),
        host=_host(merged.get("HOST", "")),
        port=_port(merged.get("PORT") or str(DEFAULT_PORT)),
        environ=merged,
        root=root,
    )


def _host(text: str) -> str:
    """The address to listen on. Some shells set HOST to a machine's name or type: not for us."""
    if text == "localhost":
        return text
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return "127.0.0.1"


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise LocalError(f"PORT={text} is no port: give a number from 1 to 65535 (make run PORT=8001)")
    return int(text)


def check_port(host: str, port: int) -> None:
    """Raise LocalError, with the way out, when we could not listen there."""
    try:
        _bind(host, port)
    except OSError as error:
        free = next((other for other in range(port + 1, port + 50) if _is_free(host, other)), 0)
        raise LocalError(
            f"Port {port} on {host} cannot be used ({error.strerror or error}). "
            f"Choose another one: `make run PORT={free or 'NUMBER'}`"
        ) from error


def _is_free(host: str, port: int) -> bool:
    try:
        _bind(host, port)
    except (OSError, OverflowError):
        return False
    return True


def _bind(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: connections that are closing do not count, a server that listens does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)


def free_port(host: str = "127.0.0.1") -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
