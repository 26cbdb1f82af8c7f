"""`manage.py portal_import FILE`: takes the old portal's directory over, and reports what a person has to look at."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.portal import Entry, columns_of, parse_entry
from catalog.services import portal_import
from catalog.sheets.cells import shown
from catalog.sheets.read import Sheet, open_sheet
from marketplace.core.errors import DomainError


class Command(BaseCommand):
    help = (
        "Reads a directory listing (.csv or .xlsx: company, address, phone, website, products, text, old URL) into "
        "unclaimed sellers with drafts. Safe to repeat. Prints likely doubles, unclear places and old addresses "
        "without a page."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file, open_sheet(file, columns_of) as sheet:
                self._take(sheet)
        except (OSError, DomainError) as error:
            problems = getattr(error, "problems", ())
            raise CommandError(
                "; ".join(str(problem.message) for problem in problems) or str(error)
            ) from None

    def _take(self, sheet: Sheet) -> None:
        new = known = 0
        doubles, unclear, without = [], [], []
        for taken in portal_import(_entries(sheet)):
            line = f"row {taken.row}: {taken.company or '–'}"
            if taken.problem:
                without.append(f"{line}: {taken.problem} {taken.url}".rstrip())
                continue
            known, new = known + taken.known, new + (not taken.known)
            if taken.doubles:
                doubles.append(f"{line} ({taken.slug}) is like {', '.join(taken.doubles)}")
            if taken.unclear_place:
                unclear.append(f"{line} ({taken.slug})")
            if not taken.url:
                without.append(f"{line} ({taken.slug}): no old address")
        self.stdout.write(f"{new} sellers taken over, {known} were there already")
        for title, lines in (
            ("Likely doubles, not merged", doubles),
            ("Places that are not clear", unclear),
            ("Rows without an old address or a page", without),
        ):
            self.stdout.write(f"\n{title}: {len(lines)}")
            for text in lines:
                self.stdout.write(f"  {text}")


def _entries(sheet: Sheet) -> Iterator[tuple[int, Entry]]:
    for number, cells in sheet.rows:
        values = {
            column: shown(cell)
            for column, cell in zip(sheet.columns, cells, strict=False)
            if column is not None
        }
        yield number, parse_entry(values)
