"""Writing sheets: .xlsx and .csv that no program takes for formulas, and that read back to the same values."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from catalog.sheets.cells import Cell, guarded, shown

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
CONTENT_TYPES = {"xlsx": XLSX, "csv": CSV}
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDTHS = {0: 16, 1: 34}


def write(file: IO[bytes], kind: str, rows: Iterable[Sequence[Cell]]) -> None:
    """Writes rows, the headings first, as `kind` xlsx or csv. Holds one row at a time."""
    if kind == "xlsx":
        _write_xlsx(file, rows)
    else:
        _write_csv(file, rows)


def _write_csv(file: IO[bytes], rows: Iterable[Sequence[Cell]]) -> None:
    # The mark in front tells Excel that this is UTF-8.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([_text(cell) for cell in row])
    text.detach()


def _text(cell: Cell) -> Any:
    return guarded(_NO_XML.sub(" ", cell)) if isinstance(cell, str) else shown(cell)


def _write_xlsx(file: IO[bytes], rows: Iterable[Sequence[Cell]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Hàng")
    sheet.freeze_panes = "A2"
    for index, letter in enumerate("ABCDEFGHIJ"):
        sheet.column_dimensions[letter].width = _WIDTHS.get(index, 14)
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    book.save(file)


def _cell(sheet: Any, cell: Cell) -> Any:
    if isinstance(cell, dict):
        return _as_read(sheet, cell)
    if not isinstance(cell, str):
        return cell
    made: Any = WriteOnlyCell(sheet, "")
    # Said outright, or `=1+1` were a formula and `#N/A` an error.
    made._value = _text(cell)
    made.data_type = "s"
    return made


def _as_read(sheet: Any, cell: dict[str, str]) -> Any:
    """A date as a date and an error as an error: sent again as they are, they are refused again."""
    if "error" in cell:
        made: Any = WriteOnlyCell(sheet, "")
        made._value = cell["error"] if cell["error"].startswith("#") else "#N/A"
        made.data_type = "e"
        return made
    value: Any = dt.timedelta()
    for kind in (dt.time, dt.datetime):
        with suppress(ValueError):
            value = kind.fromisoformat(cell["date"])
    return WriteOnlyCell(sheet, value)
