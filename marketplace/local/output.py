"""Lines of children: to the terminal with the child's name in front, and to a log file as they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

MAX_LOG_BYTES = 10_000_000


def say(line: str = "") -> None:
    """Print a line at once; a terminal that went away is no reason to stop."""
    try:
        print(line, flush=True)
    except (OSError, ValueError):
        # What Python still holds for stdout would fail again when it exits.
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - lives as long as we do


def rotate(path: Path, limit: int = MAX_LOG_BYTES) -> None:
    """Put a log that grew past the limit aside, as <name>.1; one older log is kept."""
    if path.exists() and path.stat().st_size > limit:
        path.replace(path.with_name(path.name + ".1"))


class LineSink:
    """Takes bytes as they come; says and logs whole lines."""

    def __init__(self, name: str, log: Path, width: int = 6) -> None:
        self.prefix = f"{name:<{width}} | "
        self.path = log
        self._rest = b""
        log.parent.mkdir(parents=True, exist_ok=True)

    def feed(self, data: bytes) -> list[str]:
        """Take more output; answer the lines that are complete now."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._write(lines)
        return [line.decode(errors="replace").rstrip("\r") for line in lines]

    def close(self) -> list[str]:
        """The last line, when it had no end."""
        return self.feed(b"\n") if self._rest else []

    def show(self, line: str) -> None:
        say(self.prefix + line)

    def _write(self, lines: list[bytes]) -> None:
        if not lines:
            return
        rotate(self.path)
        with self.path.open("ab") as log:
            log.writelines(line + b"\n" for line in lines)
