"""Labels to print: a sheet of A4 with 24 traceability labels of one thing, three side by side, 70 × 37 mm each."""

import io

import segno
from fpdf import FPDF
from fpdf.enums import Align

from marketplace.pdf import FONT, document, printable, write_lines

COLUMNS, ROWS = 3, 8
# In millimetres. Sheets of this kind have no gaps between labels, and half a millimetre above and below.
WIDTH, HEIGHT, TOP = 70.0, 37.0, 0.5
MARGIN = 4.0
QR = 29.0


def label_sheet(*, url: str, code: str, name: str, maker: str, place: str, words: str) -> bytes:
    """The sheet as PDF. `words` says what the code is for; `code` stands below it for who cannot scan."""
    pdf, known = document("A4", name)
    name, maker, place = (printable(text, known) for text in (name, maker, place))
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(picture, kind="png", scale=8, border=4)
    pdf.add_page()
    for row in range(ROWS):
        for column in range(COLUMNS):
            _label(pdf, column * WIDTH, TOP + row * HEIGHT, picture, code, name, maker, place, words)
    return bytes(pdf.output())


def _label(
    pdf: FPDF,
    left: float,
    top: float,
    picture: io.BytesIO,
    code: str,
    name: str,
    maker: str,
    place: str,
    words: str,
) -> None:
    pdf.image(picture, left + MARGIN - 1, top + (HEIGHT - QR) / 2 - 1.5, QR, QR)
    pdf.set_font(FONT, size=6)
    pdf.set_xy(left + MARGIN - 1, top + (HEIGHT + QR) / 2 - 2)
    pdf.cell(QR, 3, f"{code[:4]} {code[4:8]} {code[8:]}", align=Align.C)
    x, width = left + MARGIN + QR, WIDTH - 2 * MARGIN - QR
    pdf.set_xy(x, top + MARGIN)
    pdf.set_font(FONT, style="B", size=9)
    write_lines(pdf, x, width, name, 4, 3)
    pdf.set_font(FONT, size=7.5)
    write_lines(pdf, x, width, maker, 3.4, 2)
    write_lines(pdf, x, width, place, 3.4, 1)
    pdf.set_font(FONT, size=6)
    pdf.set_y(max(pdf.get_y() + 0.8, top + HEIGHT - MARGIN - 6))
    write_lines(pdf, x, width, words, 2.8, 2)
