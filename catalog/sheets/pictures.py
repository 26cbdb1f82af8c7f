"""Pictures in a .zip beside a sheet, found by file name. Nothing is unpacked to a disk, so no path leads anywhere."""

import unicodedata
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from catalog.sheets.read import check_archive
from marketplace.core.errors import DomainError, ErrorCode

MAX_UNPACKED_BYTES = 1024**3


class Pictures:
    """The pictures of one archive. Raises DomainError at `images` for a file that is none, or unpacks to too much."""

    def __init__(self, file: IO[bytes], *, largest: int) -> None:
        self.largest = largest
        try:
            self.archive = zipfile.ZipFile(file)
            check_archive(self.archive, unpacked=MAX_UNPACKED_BYTES)
        except DomainError as error:
            raise DomainError.of(error.problems[0].code, error.problems[0].message, "images") from None
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OSError):
            raise DomainError.of(
                ErrorCode.FILE_BROKEN, _("We cannot read this .zip file. Pack the pictures anew."), "images"
            ) from None
        self.parts: dict[str, list[zipfile.ZipInfo]] = {}
        for part in self.archive.infolist():
            path = PurePosixPath(_name(part).replace("\\", "/"))
            # A Mac packs a shadow of each file along.
            if part.is_dir() or "__MACOSX" in path.parts or path.name.startswith("."):
                continue
            self.parts.setdefault(_key(path.name), []).append(part)

    def place(self, name: str) -> tuple[int, int, str]:
        """Of one content first: by it, imports at once store the same pictures in one order."""
        found = self.parts.get(_key(name), [])
        return (found[0].CRC, found[0].file_size, name) if found else (0, 0, name)

    def read(self, name: str) -> bytes:
        """The content of the picture with this file name. Raises DomainError NOT_FOUND, INVALID, FILE_*."""
        if "/" in name or "\\" in name:
            raise DomainError.of(
                ErrorCode.INVALID, _("Write the name of the picture's file alone, without folders.")
            )
        found = self.parts.get(_key(name), [])
        if not found:
            raise DomainError.of(
                ErrorCode.NOT_FOUND, _("The .zip has no picture “%(name)s”.") % {"name": name}
            )
        if len(found) > 1:
            raise DomainError.of(
                ErrorCode.INVALID, _("The .zip has several pictures “%(name)s”.") % {"name": name}
            )
        (part,) = found
        if part.file_size > self.largest:
            raise DomainError.of(
                ErrorCode.FILE_TOO_LARGE, _("The picture “%(name)s” is too large.") % {"name": name}
            )
        try:
            with self.archive.open(part) as stream:
                # With its size, so that no more than that is unpacked.
                return stream.read(part.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
            raise DomainError.of(
                ErrorCode.FILE_BROKEN,
                _("The picture “%(name)s” is damaged, or packed with a password.") % {"name": name},
            ) from None


def _name(part: zipfile.ZipInfo) -> str:
    if part.flag_bits & 0x800:
        return part.filename
    try:
        # Many programs write UTF-8 without saying so.
        return part.filename.encode("cp437").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return part.filename


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()
