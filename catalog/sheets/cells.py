"""A cell of a sheet, in the form in which it is kept until its row is done (JSON)."""

import re

# A date and an error of a formula are {"date": "2026-03-05"} and {"error": "#REF!"}: nothing of ours is either.
Cell = str | int | float | bool | None | dict[str, str]
# What spreadsheet programs run: also behind apostrophes of ours, so that taking one away gives exactly what was there.
_RUNS = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def guarded(text: str) -> str:
    """Text that no spreadsheet runs: with an apostrophe in front where it would."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(text: str) -> str:
    """Takes away exactly the apostrophe that `guarded` puts in front."""
    return text[1:] if _GUARDED.match(text) else text


def shown(cell: Cell) -> str:
    """A cell as text: `12`, not `12.0`; a date as it is written."""
    if cell is None:
        return ""
    if isinstance(cell, dict):
        return next(iter(cell.values()), "")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell == int(cell) and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
