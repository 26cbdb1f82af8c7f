"""One holder at a time: a lock on a file, which the kernel lets go however its holder ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class TakenError(Exception):
    """Someone else holds the lock; `note` is what they wrote into the file."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


class FileLock:
    """`with FileLock(path, "who I am"):`

    Raises TakenError at once when another process holds it, OSError when the file cannot be made.
    """

    def __init__(self, path: Path, note: str = "") -> None:
        self.path = path
        self.note = note
        self._fd: int | None = None

    def acquire(self) -> None:
        # Not inherited by children (Python opens so): a child that outlives us must not keep the lock.
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note = os.read(fd, 1000).decode(errors="replace").strip()
            os.close(fd)
            raise TakenError(note) from None
        os.ftruncate(fd, 0)
        os.write(fd, self.note.encode())
        self._fd = fd

    def release(self) -> None:
        """Let go. The file stays: removing it would let two holders lock two files of one name."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
