"""Imports of listings: a sheet is taken in piece by piece, each piece in one transaction with how far it came.

    QUEUED ──▶ RUNNING ──▶ READY (a trial: nothing written) ──commit──▶ QUEUED ──▶ RUNNING ──▶ DONE
                  └──▶ FAILED: the sheet cannot be read, or its sender may not any more

A worker that dies leaves the last whole piece and its position; whoever takes the job next goes on from there.
"""

import datetime as dt
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from catalog import access, files
from catalog.models import ImportJob, ImportKind, ImportProblem, ImportRow, ImportState, PrivateFile, Seller
from catalog.services.exports import export_rows
from catalog.services.import_rows import Taker, pictures_of
from catalog.services.listings import seller_for
from catalog.sheets.cells import Cell, shown
from catalog.sheets.headings import heading
from catalog.sheets.pictures import Pictures
from catalog.sheets.read import kind_of, open_sheet
from catalog.sheets.write import CONTENT_TYPES, write
from marketplace.core import audit
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.clock import today
from marketplace.core.errors import DomainError, ErrorCode, Problem, RequestError
from marketplace.core.locks import lock_rows
from marketplace.core.vietnamese import normalise

CHUNK_ROWS = 200
STAGED_AT_ONCE = 500
# Of one seller at a time: a sheet may keep a worker busy for a minute.
MAX_OPEN = 3
ZIP = "application/zip"
# What has not moved for so long will not: its job has given up.
STUCK_AFTER = dt.timedelta(days=1)
# What nobody has begun may wait for a worker that was away.
UNREAD_AFTER = dt.timedelta(days=7)
OPEN = (ImportState.QUEUED, ImportState.RUNNING)


def products_import(
    *,
    actor: Actor,
    data: dict[str, Any],
    file: UploadedFile,
    pictures: UploadedFile | None = None,
    dry_run: bool = False,
) -> ImportJob:
    """Takes in a sheet of listings and queues it. Without `seller_id` in `data` the caller's one seller.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, REQUIRED, LIMIT_REACHED, FILE_*.
    """
    return import_start(actor, seller_for(actor, data), file, pictures, dry_run=dry_run)


def import_start(
    actor: Actor, seller: Seller, file: UploadedFile, pictures: UploadedFile | None, *, dry_run: bool
) -> ImportJob:
    """As `products_import`, for who may do so without being asked: the command line."""
    if (file.size or 0) > settings.IMPORT_MAX_BYTES:
        raise DomainError.of(
            ErrorCode.FILE_TOO_LARGE,
            _("At most %(limit)s MB. Divide the sheet into smaller ones.")
            % {"limit": settings.IMPORT_MAX_BYTES // 1024**2},
            "file",
        )
    if pictures is not None and (pictures.size or 0) > settings.IMPORT_PICTURES_MAX_BYTES:
        raise DomainError.of(
            ErrorCode.FILE_TOO_LARGE,
            _("At most %(limit)s MB of pictures. Send them in several parts, each with its own rows.")
            % {"limit": settings.IMPORT_PICTURES_MAX_BYTES // 1024**2},
            "images",
        )
    kind = kind_of(file)  # type: ignore[arg-type]
    if pictures is not None:
        pictures.seek(0)
        Pictures(pictures, largest=settings.IMAGE_MAX_BYTES).archive.close()  # type: ignore[arg-type]
        pictures.seek(0)
    with files.keeping() as keeper, transaction.atomic(durable=True):
        _room(seller)
        job = _job(actor, seller, normalise(file.name or "")[: files.MAX_LABEL] or f"danh-sach.{kind}", kind)
        job.dry_run = dry_run
        job.original = keeper.store(seller, file, CONTENT_TYPES[kind], is_paper=False)
        if pictures is not None:
            job.images = keeper.store(seller, pictures, ZIP, is_paper=False)
        job.save(force_insert=True)
        audit.record(actor, "import.start", job, after={"dry_run": dry_run, "seller": str(seller.pk)})
        _defer(job)
    return job


@transaction.atomic(durable=True)
def import_commit(*, actor: Actor, job_id: uuid.UUID | None) -> ImportJob:
    """Does for real what a trial found good. Doing it twice changes nothing.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE unless the trial is through.
    """
    found = access.access_import(actor, access.EDIT_LISTING, job_id)
    job = lock_rows(ImportJob.objects.all(), [found.pk])[found.pk]
    if job.kind == ImportKind.IMPORT and not job.dry_run:
        return job
    if job.kind != ImportKind.IMPORT or job.state != ImportState.READY:
        raise DomainError.of(
            ErrorCode.INVALID_STATE, _("Only a sheet that has been checked can be taken over."), "id"
        )
    _room(job.seller)
    ImportProblem.objects.filter(job=job).delete()
    if job.result is not None:
        # What the trial gave back; its file is swept as one without a row.
        job.result.delete()
    job.user, job.app, job.scopes = actor.user, actor.app, sorted(actor.scopes or ())
    job.dry_run, job.state, job.result = False, ImportState.QUEUED, None
    job.position = job.done_rows = job.created_count = job.updated_count = job.trial_listings = 0
    job.save()
    audit.record(actor, "import.commit", job, after={"rows": job.row_count})
    _defer(job)
    return job


@transaction.atomic(durable=True)
def products_export(
    *, actor: Actor, seller_id: uuid.UUID | None, format: str, empty: bool = False
) -> ImportJob:
    """Queues a sheet of all listings that are not put away; with `empty`, its headings alone, to be filled in.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, INVALID for another format, LIMIT_REACHED.
    """
    seller = access.access_seller(actor, access.EDIT_LISTING, seller_id, "sellerId")
    if format not in CONTENT_TYPES:
        raise DomainError.of(ErrorCode.INVALID, _("Choose xlsx or csv."), "format")
    _room(seller)
    name = f"mau-{seller.slug[:80]}.{format}" if empty else f"{seller.slug[:80]}-{today():%Y-%m-%d}.{format}"
    job = _job(actor, seller, name, format)
    job.kind = ImportKind.TEMPLATE if empty else ImportKind.EXPORT
    job.save(force_insert=True)
    audit.record(actor, "export.start", job, after={"seller": str(seller.pk)})
    _defer(job)
    return job


def _room(seller: Seller) -> None:
    lock_rows(Seller.objects.all(), [seller.pk])
    moving = timezone.now() - STUCK_AFTER
    if ImportJob.objects.filter(seller=seller, state__in=OPEN, updated_at__gt=moving).count() >= MAX_OPEN:
        raise DomainError.of(
            ErrorCode.LIMIT_REACHED,
            _("Some sheets are still being worked on. Wait until one is done."),
            "sellerId",
        )


def _job(actor: Actor, seller: Seller, name: str, format: str) -> ImportJob:
    return ImportJob(
        seller=seller,
        user=actor.user,
        app=actor.app,
        scopes=sorted(actor.scopes or ()),
        language="vi" if (translation.get_language() or "vi").startswith("vi") else "en",
        format=format,
        file_name=name,
    )


def _defer(job: ImportJob) -> None:
    from catalog.jobs import run_import

    run_import.defer(job_id=str(job.pk))


# --- The work -------------------------------------------------------------------------------------------------


def import_run(job_id: uuid.UUID, *, alone: bool = False) -> bool:
    """One piece of the work; whether there is more. The next piece is deferred, unless the caller runs it (`alone`)."""
    with files.keeping() as keeper, transaction.atomic(durable=True):
        job = lock_rows(ImportJob.objects.filter(state__in=OPEN), [job_id]).get(job_id)
        if job is None:
            return False
        with translation.override(job.language):
            more = _step(job, keeper)
        job.save()
        if more and not alone:
            _defer(job)
    return more


def _step(job: ImportJob, keeper: files.Keeper) -> bool:
    actor = _actor(job)
    try:
        if actor.is_authenticated:
            access.require(actor, access.EDIT_LISTING, job.seller)
        if job.kind != ImportKind.IMPORT:
            _export(job, keeper)
            return False
        if job.state == ImportState.QUEUED:
            if not job.heading_row:
                with transaction.atomic():
                    _stage(job)
            job.state = ImportState.RUNNING
            return True
        taken = _take_chunk(job, actor)
    except (DomainError, RequestError) as error:
        _fail(job, error)
        return False
    if taken:
        return True
    _finish(job, keeper)
    return False


def _actor(job: ImportJob) -> Actor:
    if job.app is not None:
        return Actor(app=job.app, scopes=frozenset(job.scopes))
    return Actor(user=job.user) if job.user is not None else SYSTEM


def _fail(job: ImportJob, error: DomainError | RequestError) -> None:
    """The whole sheet is at fault, or whoever sent it may not any more."""
    problems = (
        error.problems if isinstance(error, DomainError) else (Problem(ErrorCode.FORBIDDEN, error.message),)
    )
    ImportProblem.objects.bulk_create(
        ImportProblem(job=job, row=0, code=problem.code.value, message=str(problem.message))
        for problem in problems
    )
    ImportRow.objects.filter(job=job).delete()
    job.state = ImportState.FAILED


def _stage(job: ImportJob) -> None:
    """Reads the sheet once into rows, so that every piece begins where the last one ended."""
    assert job.original is not None  # noqa: S101 - an import has one
    with storages["private"].open(job.original.name) as file, open_sheet(file) as sheet:
        job.headings, job.columns, job.heading_row = sheet.headings, sheet.columns, sheet.heading_row
        batch: list[ImportRow] = []
        for row in _numbered(job, sheet.rows):
            job.row_count += 1
            if job.row_count > settings.IMPORT_MAX_ROWS:
                raise DomainError.of(
                    ErrorCode.FILE_TOO_LARGE,
                    _("At most %(limit)s rows. Divide the sheet into smaller ones.")
                    % {"limit": settings.IMPORT_MAX_ROWS},
                )
            batch.append(row)
            if len(batch) == STAGED_AT_ONCE:
                ImportRow.objects.bulk_create(batch)
                batch = []
        ImportRow.objects.bulk_create(batch)
    if not job.row_count:
        raise DomainError.of(ErrorCode.REQUIRED, _("There is nothing below the headings."))


def _numbered(job: ImportJob, rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[ImportRow]:
    """Rows with the block they belong to: those of one name, or without one below it."""

    def text(cells: list[Cell], column: str) -> str:
        index = job.columns.index(column) if column in job.columns else len(cells)
        return normalise(shown(cells[index])) if index < len(cells) else ""

    block, size, current = 0, 0, ""
    for number, cells in rows:
        name = text(cells, "name")
        follows = bool(current) and name in {"", current}
        if not follows or size >= settings.PRODUCT_MAX_VARIANTS:
            block, size = block + 1, 0
        current = current if follows else name
        size += 1
        yield ImportRow(job=job, number=number, block=block, sku=text(cells, "sku")[:64], cells=cells)


def _take_chunk(job: ImportJob, actor: Actor) -> bool:
    """The next rows, whole blocks of them. False where none is left."""
    rows = list(
        ImportRow.objects.filter(job=job, number__gt=job.position).order_by("number")[: CHUNK_ROWS + 1]
    )
    if not rows:
        return False
    if len(rows) > CHUNK_ROWS and rows[0].block != rows[-1].block:
        rows = [row for row in rows if row.block != rows[-1].block]
    with pictures_of(job) as pictures:
        taker = Taker(job, actor, job.seller, pictures)
        taker.take(rows)
    ImportProblem.objects.bulk_create(sorted(taker.problems, key=lambda problem: problem.row))
    job.position = rows[-1].number
    job.done_rows += len(rows)
    job.created_count += taker.created
    job.updated_count += taker.updated
    return True


def _finish(job: ImportJob, keeper: files.Keeper) -> None:
    if ImportProblem.objects.filter(job=job).exists():
        name = PurePosixPath(job.file_name)
        word = _("to be corrected")
        label = f"{name.stem[:90]} - {word}.{job.format}"
        job.result = _kept(job, keeper, label, _given_back(job))
    if job.dry_run:
        job.state = ImportState.READY
    else:
        ImportRow.objects.filter(job=job).delete()
        job.state = ImportState.DONE


def _given_back(job: ImportJob) -> Iterator[list[Cell]]:
    """The sheet as it came, each row where it was, with what is wrong in a column of its own."""
    place = job.columns.index("problem") if "problem" in job.columns else len(job.headings)
    problems = ImportProblem.objects.filter(job=job, row__gt=0).order_by("row", "id").iterator(STAGED_AT_ONCE)
    following = next(problems, None)

    def put(cells: list[Cell], text: str) -> list[Cell]:
        return [*cells[:place], *[None] * (place - len(cells)), text, *cells[place + 1 :]]

    for _row in range(job.heading_row - 1):
        yield []
    yield put(list(job.headings), heading("problem", job.language))
    last = job.heading_row
    for row in ImportRow.objects.filter(job=job).order_by("number").iterator(STAGED_AT_ONCE):
        for _row in range(row.number - last - 1):
            yield []
        last = row.number
        told = []
        while following is not None and following.row <= row.number:
            told.append(f"{following.column}: {following.message}" if following.column else following.message)
            following = next(problems, None)
        yield put(list(row.cells), "\n".join(told))


def _kept(job: ImportJob, keeper: files.Keeper, name: str, rows: Iterator[list[Cell]]) -> PrivateFile:
    with tempfile.TemporaryFile() as made:
        file: IO[bytes] = made
        write(file, job.format, rows)
        made.flush()
        made.seek(0)
        upload: Any = File(made, name=name)
        return keeper.store(job.seller, upload, CONTENT_TYPES[job.format], is_paper=False)


def _export(job: ImportJob, keeper: files.Keeper) -> None:
    def counted() -> Iterator[list[Cell]]:
        rows = export_rows(job.seller, job.language, empty=job.kind == ImportKind.TEMPLATE)
        for number, row in enumerate(rows):
            job.row_count = job.done_rows = number
            yield row

    job.result = _kept(job, keeper, job.file_name, counted())
    job.state = ImportState.DONE


# --- Forgetting -----------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def imports_forget() -> int:
    """Deletes imports older than IMPORT_KEEP_DAYS; their files are swept as files without a row. Returns how many."""
    _give_up()
    before = timezone.now() - dt.timedelta(days=settings.IMPORT_KEEP_DAYS)
    jobs = list(ImportJob.objects.filter(created_at__lt=before))
    kept = [key for job in jobs for key in (job.original_id, job.images_id, job.result_id) if key]
    ImportJob.objects.filter(pk__in=[job.pk for job in jobs]).delete()
    PrivateFile.objects.filter(pk__in=kept).delete()
    return len(jobs)


def _give_up() -> None:
    """Tells whoever sent a sheet on which we failed again and again, instead of working on it for ever."""
    stuck, unread = timezone.now() - STUCK_AFTER, timezone.now() - UNREAD_AFTER
    open_ones = ImportJob.objects.filter(
        Q(state=ImportState.RUNNING, updated_at__lte=stuck)
        | Q(state=ImportState.QUEUED, updated_at__lte=unread)
    )
    for job in lock_rows(open_ones, list(open_ones.values_list("pk", flat=True))).values():
        with translation.override(job.language):
            message = _(
                "We could not finish this sheet; the fault is ours. Send it again, or ask us for help."
            )
            _fail(job, DomainError.of(ErrorCode.INVALID, message))
        job.save()
