"""Papers of sellers: identity cards, licences, scans of certificates. Kept private, shown by short-lived links.

A paper is kept as it came, for it is evidence. So it is checked by content, and served so that a browser runs none
of it: under the type we found, without sniffing, in a sandbox of its own.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import images
from catalog.models import ImageAsset, PrivateFile, Seller
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.ids import uuid7
from marketplace.core.private_links import opened, private_link
from marketplace.core.vietnamese import normalise

PDF = "application/pdf"
CONTENT_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "AVIF": "image/avif"}
SALT = "catalog.files"
PAPERS = "p"
MAX_LABEL = 120
# A PDF ends with this mark; some writers put a little behind it.
_PDF_END, _PDF_TAIL = b"%%EOF", 2048
# A file without a row may belong to a change that has not committed yet.
ORPHAN_HOURS = 24


def check(upload: UploadedFile, *path: str) -> str:
    """The content type of a paper, by its bytes. Left at its start.

    Raises DomainError at `path`: FILE_TOO_LARGE, FILE_TYPE for what is neither a picture nor a PDF, FILE_BROKEN.
    """
    if (upload.size or 0) > settings.PAPER_MAX_BYTES:
        raise DomainError.of(
            ErrorCode.FILE_TOO_LARGE,
            _("At most %(limit)s MB. A photo of the paper is enough.")
            % {"limit": settings.PAPER_MAX_BYTES // 1024**2},
            *path,
        )
    upload.seek(0)
    head = upload.read(8)
    upload.seek(0)
    if head.startswith(b"%PDF-"):
        upload.seek(max(0, (upload.size or 0) - _PDF_TAIL))
        whole = _PDF_END in upload.read()
        upload.seek(0)
        if not whole:
            raise DomainError.of(
                ErrorCode.FILE_BROKEN, _("The file did not arrive whole. Please send it again."), *path
            )
        return PDF
    try:
        return CONTENT_TYPES[images.inspect(upload).format]
    except DomainError as error:
        code, message = error.problems[0].code, error.problems[0].message
        if code is ErrorCode.FILE_TYPE:
            message = _("We cannot read this file. Send a photo (JPEG, PNG, WebP, AVIF) or a PDF.")
        raise DomainError.of(code, message, *path) from None


class Keeper:
    """Stores checked papers, and remembers which."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def store(
        self, seller: Seller, upload: UploadedFile, content_type: str, *, is_paper: bool
    ) -> PrivateFile:
        """Keeps one paper of this content type. Runs inside the caller's transaction."""
        key = uuid7()
        name = storages["private"].save(f"{PAPERS}/{key.hex[-2:]}/{key.hex}", upload)
        self.names.append(name)
        return PrivateFile.objects.create(
            id=key,
            seller=seller,
            name=name,
            label=normalise(upload.name or "")[:MAX_LABEL] or "…",
            content_type=content_type,
            size=upload.size or 0,
            is_paper=is_paper,
        )


@contextmanager
def keeping() -> Iterator[Keeper]:
    """Around a transaction that stores papers: where it fails, the files go as its rows do."""
    keeper = Keeper()
    try:
        yield keeper
    except BaseException:
        for name in keeper.names:
            storages["private"].delete(name)
        raise


def signed_url(file: PrivateFile) -> str:
    """A link that shows the file to whoever holds it, for PRIVATE_LINK_MINUTES."""
    return private_link("private_file", SALT, file.pk.hex)


def file_of(token: str) -> PrivateFile | None:
    """The file of a link that is ours and not too old."""
    key = opened(token, SALT)
    return PrivateFile.objects.filter(pk=uuid.UUID(key)).first() if key else None


def orphans_sweep() -> int:
    """Deletes private files that no row names: a process may have died between file and row. Returns how many.

    Young files stay, for their change may not have committed yet.
    """
    storage = storages["private"]
    before = timezone.now() - dt.timedelta(hours=ORPHAN_HOURS)
    removed = 0
    for folder, rows, column in (
        (PAPERS, PrivateFile.objects.all(), "name"),
        (images.ORIGINALS, ImageAsset.objects.all(), "original"),
    ):
        for part in _listed(folder)[0]:
            names = [f"{folder}/{part}/{name}" for name in _listed(f"{folder}/{part}")[1]]
            known = set(rows.filter(**{f"{column}__in": names}).values_list(column, flat=True))
            for name in names:
                if name not in known and storage.get_modified_time(name) < before:
                    storage.delete(name)
                    removed += 1
    return removed


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return storages["private"].listdir(folder)
    except FileNotFoundError:
        return [], []
