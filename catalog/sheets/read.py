"""Reading sheets as people have them: .xlsx, and .csv in any of the encodings and delimiters seen here.

A file is judged by its content. Raises DomainError FILE_TYPE, FILE_TOO_LARGE or FILE_BROKEN with a word of help.
"""

import codecs
import copy
import csv
import datetime as dt
import io
import math
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from catalog.sheets.cells import Cell, is_empty, unguarded
from catalog.sheets.headings import NEEDED, columns_of
from marketplace.core.errors import DomainError, ErrorCode, Text

HEADING_ROWS = 10
MAX_COLUMNS = 100
MAX_SHEETS = 20
MAX_EMPTY_ROWS = 1_000
MAX_CELL = 32_767
# Of what a packed file unpacks to: larger than any honest sheet of the rows we take.
MAX_UNPACKED_BYTES = 100 * 1024**2
MAX_PARTS = 1_000
MAX_RATIO = 200
_SMALL_PART = 1024**2
_OLE, _ZIP, _PDF = b"\xd0\xcf\x11\xe0", b"PK", b"%PDF-"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")
_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f]")
# A formula without a stored result: the program that wrote it never counted.
_UNCOUNTED = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
# openpyxl meets a damaged file with whatever happens to go wrong.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, KeyError, ValueError, TypeError, IndexError,
    AttributeError, EOFError, NotImplementedError, RuntimeError, AssertionError, OverflowError,
)  # fmt: skip


# What each column of a row of headings holds; None for one that we do not know.
Columns = Callable[[Sequence[Cell]], list[str | None]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose headings were found. `rows` gives number (as the program shows it) and cells, once."""

    headings: list[str]
    columns: list[str | None]
    heading_row: int
    rows: Iterator[tuple[int, list[Cell]]]


def _refuse(code: ErrorCode, message: Text) -> DomainError:
    return DomainError.of(code, message, "file")


def _broken() -> DomainError:
    return _refuse(
        ErrorCode.FILE_BROKEN,
        _(
            "We cannot read this sheet: the file is damaged. Open it, save it anew as .xlsx, and send it again."
        ),
    )


def kind_of(file: IO[bytes]) -> str:
    """`xlsx` or `csv`, by content. Left at its start. Raises DomainError as the module says."""
    file.seek(0)
    head = file.read(8)
    try:
        if not head:
            raise _refuse(ErrorCode.FILE_BROKEN, _("The file is empty."))
        if head.startswith(_OLE):
            raise _refuse(
                ErrorCode.FILE_TYPE,
                _(
                    "This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a password."
                ),
            )
        if head.startswith(_ZIP):
            _check_packed(file)
            return "xlsx"
        if head.startswith((_PDF, *_PICTURES)):
            raise _refuse(
                ErrorCode.FILE_TYPE, _("This is no sheet. Send an Excel file (.xlsx) or a .csv file.")
            )
    finally:
        file.seek(0)
    return "csv"


def check_archive(archive: zipfile.ZipFile, *, unpacked: int) -> None:
    """Raises DomainError for an archive that unpacks to too much: told by its list of contents, nothing unpacked.

    What a part says of its size binds only whoever reads it piece by piece (`unpacked_as_told`): read whole, zipfile
    unpacks everything before it cuts, and has no bound at all for other ways of packing: these raise
    NotImplementedError, as ways do that zipfile does not know.
    """
    parts = archive.infolist()
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise NotImplementedError
    suspicious = any(
        part.file_size > _SMALL_PART and part.file_size > MAX_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if suspicious or len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > unpacked:
        raise _refuse(
            ErrorCode.FILE_TOO_LARGE,
            _("This file unpacks to far more than it should. Divide it into smaller ones."),
        )


def unpacked_as_told(archive: zipfile.ZipFile) -> bool:
    """Whether each part unpacks to the size that it tells. Unpacks everything, a piece at a time."""
    for part in archive.infolist():
        further = copy.copy(part)
        further.file_size += 1
        size = 0
        with archive.open(further) as stream:
            while piece := stream.read(_SMALL_PART):
                size += len(piece)
        if size != part.file_size:
            return False
    return True


def _check_packed(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            check_archive(archive, unpacked=MAX_UNPACKED_BYTES)
            names = set(archive.namelist())
    except _DAMAGE:
        raise _broken() from None
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise _refuse(
            ErrorCode.FILE_TYPE, _("This is no Excel sheet. Save it as .xlsx or .csv, and send that.")
        )


@contextmanager
def open_sheet(file: IO[bytes], columns: Columns = columns_of) -> Iterator[Sheet]:
    """The sheet with the headings. Raises DomainError as the module says, also while its rows are read."""
    kind = kind_of(file)
    try:
        if kind == "xlsx":
            with warnings.catch_warnings():
                # openpyxl warns of what it leaves out, such as the drop-downs of a sheet.
                warnings.simplefilter("ignore")
                yield _open_xlsx(file, columns)
        else:
            yield _open_csv(file, columns)
    finally:
        file.seek(0)


def _headings(rows: Sequence[Sequence[Cell]], columns_of: Columns) -> tuple[int, list[str | None]] | None:
    """The row of headings among the first ones: the one with the most names we know. Its index and columns."""
    best: tuple[int, list[str | None]] | None = None
    most = NEEDED - 1
    for index, row in enumerate(rows):
        columns = columns_of(row)
        known = sum(column is not None for column in columns)
        if known > most:
            best, most = (index, columns), known
    return best


def _no_headings() -> DomainError:
    return _refuse(
        ErrorCode.INVALID,
        _(
            "We found no headings that we know, such as Tên, Giá, Tồn kho. Write them into one row above your goods."
        ),
    )


def _sheet(rows: Iterator[tuple[int, list[Cell]]], columns: Columns) -> Sheet | None:
    first = []
    for number, cells in rows:
        first.append((number, cells))
        if len(first) == HEADING_ROWS:
            break
    found = _headings([cells for _number, cells in first], columns)
    if found is None:
        return None
    index, known = found
    return Sheet(
        headings=["" if cell is None else str(cell).strip() for cell in first[index][1]],
        columns=known,
        heading_row=first[index][0],
        rows=_goods(first[index + 1 :], rows),
    )


def _goods(
    first: list[tuple[int, list[Cell]]], rest: Iterator[tuple[int, list[Cell]]]
) -> Iterator[tuple[int, list[Cell]]]:
    """Rows with anything in them. Many empty ones in a row are the end: some programs save a million of them."""
    empty = 0
    for rows in (first, rest):
        for number, cells in rows:
            if all(map(is_empty, cells)):
                empty += 1
                if empty > MAX_EMPTY_ROWS:
                    return
            else:
                empty = 0
                yield number, cells


# --- Excel ----------------------------------------------------------------------------------------------------


def _open_xlsx(file: IO[bytes], columns: Columns) -> Sheet:
    try:
        with zipfile.ZipFile(file) as archive:
            if not unpacked_as_told(archive):
                raise _broken()
        uncounted = _uncounted_formulas(file)
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        if len(book.worksheets) > MAX_SHEETS:
            raise _refuse(
                ErrorCode.FILE_TOO_LARGE, _("At most %(limit)s sheets in a file.") % {"limit": MAX_SHEETS}
            )
        for sheet in book.worksheets:
            found = _sheet(_xlsx_rows(sheet, uncounted), columns)
            if found is not None:
                return found
    except _DAMAGE:
        raise _broken() from None
    raise _no_headings()


def _uncounted_formulas(file: IO[bytes]) -> dict[str, set[str]]:
    """By part of the file, the cells whose formula has no result."""
    found: dict[str, set[str]] = {}
    with zipfile.ZipFile(file) as archive:
        for part in archive.infolist():
            if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename):
                continue
            with archive.open(part) as stream:
                tail = b""
                while piece := stream.read(_SMALL_PART):
                    data = tail + piece
                    if b"<f" in data:
                        found.setdefault(part.filename, set()).update(
                            match[1].decode() for match in _UNCOUNTED.finditer(data)
                        )
                    tail = data[-8_192:]
    return found


def _xlsx_rows(sheet: Any, uncounted: dict[str, set[str]]) -> Iterator[tuple[int, list[Cell]]]:
    # Some writers state a size that is not so, and the rows beyond it would vanish.
    sheet.reset_dimensions()
    empty_results = uncounted.get(getattr(sheet, "_worksheet_path", "").lstrip("/"), set())
    try:
        for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
            cells = [_xlsx_cell(value) for value in values[:MAX_COLUMNS]]
            if empty_results:
                for index in range(len(cells)):
                    if cells[index] is None and f"{get_column_letter(index + 1)}{number}" in empty_results:
                        cells[index] = {"error": "="}
            yield number, cells
    except _DAMAGE:
        raise _broken() from None


def _xlsx_cell(value: Any) -> Cell:
    if isinstance(value, float) and not math.isfinite(value):
        return {"error": "#NUM!"}
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return {"date": value.isoformat().removesuffix("T00:00:00")}
    if isinstance(value, dt.timedelta):
        return {"date": str(value)}
    text = _text(str(value))
    return {"error": text} if text in _ERRORS else text


def _text(text: str) -> str:
    clean = _UNPRINTABLE.sub(" ", unicodedata.normalize("NFC", text)).replace("\r\n", "\n")
    return unguarded(clean)[:MAX_CELL]


# --- Text -----------------------------------------------------------------------------------------------------


def _open_csv(file: IO[bytes], columns: Columns) -> Sheet:
    file.seek(0)
    text = _decoded(file.read())
    if text.count("\0") or not text.strip():
        raise _refuse(ErrorCode.FILE_TYPE, _("This is no sheet. Send an Excel file (.xlsx) or a .csv file."))
    start = "\n".join(text[:200_000].splitlines()[: HEADING_ROWS * 5])
    best, delimiter = 0, ""
    for candidate in (",", ";", "\t"):
        try:
            rows = list(islice(csv.reader(io.StringIO(start), delimiter=candidate), HEADING_ROWS))
        except csv.Error:
            continue
        found = _headings(rows, columns)
        known = sum(column is not None for column in found[1]) if found else 0
        if known > best:
            best, delimiter = known, candidate
    if not delimiter:
        raise _no_headings()
    sheet = _sheet(_csv_rows(text, delimiter), columns)
    if sheet is None:
        raise _no_headings()
    return sheet


def _decoded(data: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 either way round, else Windows-1258, whose tones stand apart."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _decode(data, encoding)
    # Latin letters in UTF-16 have a zero byte each, before or behind.
    sample = data[:2_000]
    if sample.count(0) > len(sample) // 5:
        return _decode(data, "utf-16-be" if sample[::2].count(0) > sample[1::2].count(0) else "utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return unicodedata.normalize("NFC", _decode(data, "cp1258"))


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise _refuse(
            ErrorCode.FILE_BROKEN,
            _(
                "We cannot read the letters of this file. Save it as “CSV UTF-8” or as .xlsx, and send it again."
            ),
        ) from None


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[Cell]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _refuse(
                ErrorCode.FILE_BROKEN,
                _("The text in row %(row)s has no end: a quotation mark is missing there.") % {"row": number},
            ) from None
        yield number, [_text(cell) or None for cell in row[:MAX_COLUMNS]]
