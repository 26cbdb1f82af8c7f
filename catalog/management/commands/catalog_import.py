"""`manage.py catalog_import SELLER_SLUG FILE`: a sheet of listings, taken in by whoever runs the machine."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import ImportProblem, ImportState, Seller
from catalog.services.imports import import_run, import_start
from marketplace.core.actor import SYSTEM
from marketplace.core.errors import DomainError


class Command(BaseCommand):
    help = "Takes in a sheet of listings (.xlsx, .csv) and pictures (.zip). Rows are known by code: safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("seller", help="the seller's slug")
        parser.add_argument("file", type=Path)
        parser.add_argument("--images", type=Path, help="a .zip of the pictures that the sheet names")
        parser.add_argument("--dry-run", action="store_true", help="only check, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        seller = Seller.objects.filter(slug=options["seller"]).first()
        if seller is None:
            raise CommandError(f"no seller has the slug {options['seller']}")
        try:
            with ExitStack() as stack:
                file, images = (
                    self._opened(stack, options[name]) if options[name] else None
                    for name in ("file", "images")
                )
                assert file is not None  # noqa: S101 - a required argument
                job = import_start(SYSTEM, seller, file, images, dry_run=options["dry_run"])
        except DomainError as error:
            raise CommandError("; ".join(str(problem.message) for problem in error.problems)) from error
        told = None
        more = True
        while more:
            more = import_run(job.pk, alone=True)
            job.refresh_from_db()
            if told != job.done_rows:
                told = job.done_rows
                self.stdout.write(f"{job.done_rows}/{job.row_count} rows")
        for problem in ImportProblem.objects.filter(job=job).order_by("row", "id").iterator():
            place = f"row {problem.row}" + (f", {problem.column}" if problem.column else "")
            self.stdout.write(f"{place}: {problem.code} {problem.message}")
        self.stdout.write(f"{job.state}: {job.created_count} new, {job.updated_count} changed")
        if job.state == ImportState.FAILED:
            raise CommandError("the sheet was not taken")

    def _opened(self, stack: ExitStack, path: Path) -> UploadedFile:
        try:
            file = stack.enter_context(path.open("rb"))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        return UploadedFile(file, path.name, size=path.stat().st_size)
