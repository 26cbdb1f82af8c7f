"""What goes with a parcel, on A6: a label with the address, and a slip with what is in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import Align

from marketplace.pdf import FONT, document, printable, write_lines

# In millimetres.
SIZE = (105.0, 148.0)
MARGIN = 7.0
WIDTH = SIZE[0] - 2 * MARGIN
BOTTOM = SIZE[1] - MARGIN
BARCODE = 18.0
# Of a Code 39 letter: three wide and six narrow bars and a gap, in wide bars (fpdf draws narrow ones a third as wide).
_LETTER = 16 / 3


@dataclass(frozen=True, slots=True)
class Slip:
    """`lines` are (pieces, name, kind, SKU). All words are in the language of whoever prints it."""

    number: str
    tracking: str
    sender: str
    sender_place: str
    receiver: str
    phone: str
    address: Sequence[str]
    lines: Sequence[tuple[int, str, str, str]]
    note: str
    from_word: str
    to_word: str
    slip_word: str
    note_word: str
    thanks: str


def parcel_papers(slip: Slip) -> bytes:
    """The label and the slip as one PDF; the slip goes on over as many pages as it needs."""
    pdf, known = document(SIZE, slip.number)

    def clean(text: str) -> str:
        return printable(text, known)

    _label(pdf, slip, clean)
    _contents(pdf, slip, clean)
    return bytes(pdf.output())


def _label(pdf: FPDF, slip: Slip, clean: Callable[[str], str]) -> None:
    pdf.add_page()
    code = "".join(
        c for c in (slip.tracking or slip.number).upper() if c.isascii() and (c.isalnum() or c == "-")
    )
    bar = min(WIDTH / ((len(code) + 2) * _LETTER), 1.6)
    drawn = (len(code) + 2) * _LETTER * bar
    pdf.code39(f"*{code}*", MARGIN + (WIDTH - drawn) / 2, MARGIN, bar, BARCODE)
    pdf.set_xy(MARGIN, MARGIN + BARCODE + 1)
    pdf.set_font(FONT, style="B", size=11)
    pdf.cell(WIDTH, 6, code, align=Align.C)
    _rule(pdf, MARGIN + BARCODE + 9)
    _block(pdf, MARGIN + BARCODE + 12, slip.from_word, [clean(slip.sender), clean(slip.sender_place)], 9)
    top = MARGIN + BARCODE + 34
    _rule(pdf, top - 3)
    _block(pdf, top, slip.to_word, [clean(slip.receiver), slip.phone, *map(clean, slip.address)], 14)
    pdf.set_font(FONT, size=8)
    pdf.set_xy(MARGIN, BOTTOM - 5)
    pdf.cell(WIDTH, 5, slip.number, align=Align.R)


def _contents(pdf: FPDF, slip: Slip, clean: Callable[[str], str]) -> None:
    _begin(pdf, slip)
    for pieces, name, kind, sku in slip.lines:
        if pdf.get_y() > BOTTOM - 24:
            _begin(pdf, slip)
        top = pdf.get_y()
        pdf.set_font(FONT, style="B", size=12)
        pdf.set_xy(MARGIN, top)
        pdf.cell(14, 6, f"{pieces} ×")
        pdf.set_xy(MARGIN + 14, top)
        pdf.set_font(FONT, style="B", size=10)
        write_lines(pdf, MARGIN + 14, WIDTH - 14, clean(name), 5, 2)
        pdf.set_font(FONT, size=8.5)
        write_lines(
            pdf, MARGIN + 14, WIDTH - 14, clean(" · ".join(word for word in (kind, sku) if word)), 4.2, 2
        )
        pdf.set_y(pdf.get_y() + 1.5)
        _rule(pdf, pdf.get_y())
        pdf.set_y(pdf.get_y() + 2)
    if slip.note:
        if pdf.get_y() > BOTTOM - 40:
            _begin(pdf, slip)
        pdf.set_font(FONT, style="B", size=9)
        write_lines(pdf, MARGIN, WIDTH, slip.note_word, 5, 1)
        pdf.set_font(FONT, size=9)
        most = max(int((BOTTOM - 10 - pdf.get_y()) / 4.6), 1)
        write_lines(pdf, MARGIN, WIDTH, clean(slip.note), 4.6, most)
    pdf.set_font(FONT, size=8)
    pdf.set_xy(MARGIN, BOTTOM - 8)
    write_lines(pdf, MARGIN, WIDTH, slip.thanks, 4, 2)


def _begin(pdf: FPDF, slip: Slip) -> None:
    pdf.add_page()
    pdf.set_xy(MARGIN, MARGIN)
    pdf.set_font(FONT, style="B", size=12)
    pdf.cell(WIDTH, 6, slip.slip_word)
    pdf.set_xy(MARGIN, MARGIN)
    pdf.set_font(FONT, size=10)
    pdf.cell(WIDTH, 6, slip.number, align=Align.R)
    _rule(pdf, MARGIN + 8)
    pdf.set_y(MARGIN + 11)


def _block(pdf: FPDF, top: float, word: str, lines: Sequence[str], size: float) -> None:
    pdf.set_font(FONT, size=8)
    pdf.set_y(top)
    write_lines(pdf, MARGIN, WIDTH, word, 4, 1)
    for number, line in enumerate(lines):
        pdf.set_font(FONT, style="" if number else "B", size=size)
        write_lines(pdf, MARGIN, WIDTH, line, size * 0.5, 3)


def _rule(pdf: FPDF, y: float) -> None:
    pdf.set_draw_color(120)
    pdf.line(MARGIN, y, MARGIN + WIDTH, y)
