"""What is printed: documents in our letters, and the answers that carry them."""

from collections.abc import Container
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

FONTS = Path(__file__).parent / "fonts"
FONT = "NotoSans"
INK = (35, 26, 18)


def document(size: str | tuple[float, float], title: str) -> tuple[FPDF, Container[int]]:
    """An empty document in our letters, and which ones these are."""
    pdf = FPDF(format=size, unit="mm")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.add_font(FONT, fname=FONTS / "NotoSans-Regular.ttf")
    pdf.add_font(FONT, style="B", fname=FONTS / "NotoSans-Bold.ttf")
    pdf.set_title(title)
    pdf.set_text_color(*INK)
    font: Any = pdf.fonts[FONT.lower()]
    return pdf, font.cmap


def printable(text: str, known: Container[int]) -> str:
    """Without what our letters do not have: nothing that is printed shows empty boxes."""
    return " ".join("".join(c for c in text if ord(c) in known).split())


def lines_of(pdf: FPDF, width: float, text: str) -> list[str]:
    """The text in lines of this width, in the document's font of the moment."""
    lines: list[str] = pdf.multi_cell(width, 1, text, dry_run=True, output="LINES", align=Align.L)  # type: ignore[assignment]
    return lines if text else []


def write_lines(pdf: FPDF, x: float, width: float, text: str, height: float, most: int) -> None:
    """The text in so many lines at most, the last one cut by an ellipsis."""
    lines = lines_of(pdf, width, text)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip()[:-1].rstrip() + "…"]
    for line in lines:
        pdf.set_x(x)
        pdf.cell(width, height, line, new_x=XPos.LEFT, new_y=YPos.NEXT)


def pdf_response(content: bytes, filename: str, *, download: bool = False) -> HttpResponse:
    """To look at and print, or to keep."""
    response = HttpResponse(content, content_type="application/pdf")
    way = "attachment" if download else "inline"
    response["Content-Disposition"] = f'{way}; filename="{filename}"'
    return response
