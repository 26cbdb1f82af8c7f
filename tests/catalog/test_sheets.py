"""Sheets: what people send is read in whatever form it comes, and what we write reads back to the same values."""

import codecs
import io
import struct
import tracemalloc
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from catalog.sheets import read
from catalog.sheets.cells import Cell, guarded, unguarded
from catalog.sheets.headings import column_of
from catalog.sheets.money import parse_grams, parse_money, parse_whole
from catalog.sheets.pictures import Pictures
from catalog.sheets.write import write
from marketplace.core.errors import DomainError

HEADINGS = ["Mã hàng", "Tên", "Giá", "Tồn kho"]
GOODS = ["GM-1", "Giỏ mây", 120_000, 3]


def csv_file(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def xlsx(*rows: list[Any], change: Callable[[Any], None] | None = None) -> io.BytesIO:
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def rows_of(file: io.BytesIO) -> list[list[Cell]]:
    with read.open_sheet(file) as sheet:
        return [cells for _number, cells in sheet.rows]


def refusal(file: io.BytesIO) -> tuple[str, str]:
    with translation.override("en"):
        with pytest.raises(DomainError) as refused:
            rows_of(file)
        (problem,) = refused.value.problems
        return problem.code.value, str(problem.message)


# --- Money ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1.200.000", 1_200_000), ("1,200,000", 1_200_000), ("1 200 000", 1_200_000), ("1200000", 1_200_000),
        ("1.200.000đ", 1_200_000), ("1.200.000 ₫", 1_200_000), ("1.200.000 VNĐ", 1_200_000), ("VND 1,200,000", 1_200_000),
        ("1,200,000.00", 1_200_000), ("1.200.000,00", 1_200_000), ("1200000.0", 1_200_000), (1_200_000.0, 1_200_000),
        ("1,2 triệu", 1_200_000), ("1.2 triệu", 1_200_000), ("1,25tr", 1_250_000), ("1tr2", 1_200_000),
        ("1 triệu 250", 1_250_000), ("1 triệu 200 nghìn", 1_200_000), ("2 tỷ", 2_000_000_000), ("350k", 350_000),
        ("350K", 350_000), ("200 nghìn", 200_000), ("200 ngàn đồng", 200_000), ("12,5k", 12_500), ("1.200", 1_200),
        ("1,200", 1_200), ("350", 350), (350, 350), ("0", 0), (unicodedata.normalize("NFD", "1,2 triệu"), 1_200_000),
        ("1.2", None), ("1,2", None), ("1.20", None), (1.2, None), ("1.200k", None), ("1.250 triệu", None),
        ("1tr25", None), ("0.350", None), ("1.200,000", None), ("1.2000", None), ("12.00.00", None), ("1,5 đ", None),
        ("0,05k", 50), ("0,0005 triệu", None), ("100k-200k", None), ("liên hệ", None), ("", None), ("đ", None), (True, None),
        (float("nan"), None), (float("inf"), None), ("1e6", None), ("١٢", None), ("1.200.00", None), ("1.200.000.00", None),
    ],
)  # fmt: skip
def test_money_as_people_write_it(written: object, amount: int | None) -> None:
    assert parse_money(written) == amount


@given(st.integers(0, 10**12), st.sampled_from(".,_ "), st.sampled_from(["", "đ", " ₫", " đồng", " VND"]))
def test_every_whole_amount_reads_as_itself(amount: int, mark: str, currency: str) -> None:
    grouped = f"{amount:,}".replace(",", "" if mark == "_" else mark)

    assert parse_money(grouped + currency) == amount
    assert parse_money(amount) == parse_money(float(amount)) == amount


@given(st.integers(0, 999), st.integers(1, 99), st.sampled_from(".,"))
def test_a_fraction_without_a_word_is_never_a_thousand(whole: int, fraction: int, mark: str) -> None:
    assert parse_money(f"{whole}{mark}{fraction:02d}") is None
    assert parse_money(whole + fraction / 100) is None
    assert parse_money(f"{whole}{mark}{fraction:02d} triệu") == whole * 1_000_000 + fraction * 10_000


@given(st.text(alphabet="0123456789.,- kKtrệuiđ", max_size=14))
def test_no_text_is_read_as_more_than_its_digits_say(text: str) -> None:
    amount = parse_money(text)

    if amount is not None and not any(letter in text.lower() for letter in "ktr"):
        assert abs(amount) <= int("".join(c for c in text if c.isdigit()))


@pytest.mark.parametrize(
    ("written", "grams"),
    [("500", 500), ("500 g", 500), ("1,2 kg", 1_200), ("1.2kg", 1_200), ("1.200 kg", None), ("1.200", 1_200), (1.5, None)],
)  # fmt: skip
def test_weights(written: object, grams: int | None) -> None:
    assert parse_grams(written) == grams


@pytest.mark.parametrize(
    ("written", "number"), [("12", 12), (12.0, 12), ("-3", -3), ("12 cái", None), (1.5, None)]
)
def test_whole_numbers(written: object, number: int | None) -> None:
    assert parse_whole(written) == number


# --- Headings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Mã hàng", "sku"), ("ma hang", "sku"), ("SKU *", "sku"), ("Tên sản phẩm", "name"), ("Product name", "name"),
        ("GIÁ BÁN (đ)", "price"), ("gia ban", "price"), ("Compare-at price", "compare_at_price"), ("Giá gốc", "compare_at_price"),
        ("Tồn kho", "stock"), ("Qty", "stock"), ("Số ngày làm", "made_to_order_days"), ("Tên (tiếng Anh)", "name_en"),
        ("Thuộc tính: Chất liệu", "attribute:chat lieu"), ("Attribute: Material", "attribute:material"),
        ("Lựa chọn: Cỡ", "option:co"), ("thuộc tính:", None), ("Ghi chú", None), ("", None), (None, None), (12, None),
        (unicodedata.normalize("NFD", "Tồn kho"), "stock"),
    ],
)  # fmt: skip
def test_headings(heading: object, column: str | None) -> None:
    assert column_of(heading) == column


# --- Encodings and shapes -------------------------------------------------------------------------------------

TEXT = "Mã hàng;Tên;Giá;Tồn kho\nGM-1;Giỏ mây;120.000;3\n"
READ = [["GM-1", "Giỏ mây", "120.000", "3"]]


def windows_1258(text: str) -> bytes:
    """As Windows writes Vietnamese: the tones that it has no letter for stand apart."""
    data = b""
    for letter in text:
        try:
            data += letter.encode("cp1258")
        except UnicodeEncodeError:
            first, *marks = unicodedata.normalize("NFD", letter)
            tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
            rest = unicodedata.normalize("NFC", first + "".join(mark for mark in marks if mark != tone))
            data += (rest + tone).encode("cp1258")
    return data


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.encode("utf-16"), codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"), TEXT.encode("utf-16-be"), windows_1258(TEXT), unicodedata.normalize("NFD", TEXT).encode(),
        TEXT.replace("\n", "\r\n").encode(), TEXT.replace(";", ",").encode(), TEXT.replace(";", "\t").encode("utf-16"),
    ],
    ids=["utf8", "bom", "utf16", "utf16be", "bare16le", "bare16be", "1258", "nfd", "crlf", "comma", "tab"],
)  # fmt: skip
def test_every_encoding_and_delimiter_reads_the_same(data: bytes) -> None:
    assert rows_of(io.BytesIO(data)) == READ


def test_headings_may_stand_below_a_title_and_another_heading() -> None:
    file = xlsx(["DANH SÁCH HÀNG HOÁ"], [], ["Hàng", None, "Tiền"], HEADINGS, GOODS)

    with read.open_sheet(file) as sheet:
        assert (sheet.heading_row, sheet.columns) == (4, ["sku", "name", "price", "stock"])
        assert list(sheet.rows) == [(5, GOODS)]


def test_the_sheet_with_the_headings_is_found_among_several() -> None:
    book = Workbook()
    first: Any = book.active
    first.append(["Hướng dẫn"])
    second = book.create_sheet("Hàng")
    second.append(HEADINGS)
    second.append(GOODS)
    file = io.BytesIO()
    book.save(file)

    assert rows_of(file) == [GOODS]


# --- Broken sheets --------------------------------------------------------------------------------------------


def packed(*parts: tuple[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    file.seek(0)
    return file


def torn(file: io.BytesIO, at: float) -> io.BytesIO:
    data = file.getvalue()
    return io.BytesIO(data[: int(len(data) * at)])


def changed(file: io.BytesIO, name: str, change: Callable[[bytes], bytes]) -> io.BytesIO:
    """The packed file with one part changed."""
    with zipfile.ZipFile(file) as archive:
        parts = [(part, archive.read(part)) for part in archive.namelist()]
    return packed(*((part, change(data) if part == name else data) for part, data in parts))


def forged(file: io.BytesIO, name: str, size: int = 900_000) -> io.BytesIO:
    """The packed file with a part of 100 MB more, which tells of itself that it has but `size` bytes."""
    told = b"0" * size
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * 100_000_000)
        part = archive.getinfo(name)
        part.file_size, part.CRC = size, zlib.crc32(told)
    file.seek(0)
    return file


def peak(run: Callable[[], Any]) -> int:
    """Bytes that were held at once meanwhile."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_part_that_lies_about_its_size_is_never_unpacked_whole() -> None:
    file = forged(xlsx(HEADINGS, GOODS), "xl/theme/theme1.xml2")

    def look() -> None:
        with pytest.raises(DomainError) as refused, read.open_sheet(file):
            pass
        assert refused.value.problems[0].code.value == "FILE_BROKEN"

    assert peak(look) < 10_000_000
    # What reading the part whole takes.
    with zipfile.ZipFile(file) as archive:
        assert peak(lambda: archive.read("xl/theme/theme1.xml2")) > 90_000_000


def test_a_picture_that_lies_about_its_size_is_never_unpacked_whole() -> None:
    pictures = Pictures(forged(packed(("a.png", b"a")), "gio.png"), largest=1_000_000)

    assert peak(lambda: pictures.read("gio.png")) < 10_000_000


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_have_no_bound_are_refused(method: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("gio.png", b"a" * 1000)

    with pytest.raises(DomainError) as refused:
        Pictures(file, largest=10_000)

    assert refused.value.problems[0].code.value == "FILE_BROKEN"


SHEET = "xl/worksheets/sheet1.xml"
BROKEN: dict[str, tuple[Callable[[], io.BytesIO], str, str]] = {
    "empty": (lambda: io.BytesIO(b""), "FILE_BROKEN", "empty"),
    "blank": (lambda: io.BytesIO(b" \n \n"), "FILE_TYPE", ".xlsx"),
    "pdf": (lambda: io.BytesIO(b"%PDF-1.7\n"), "FILE_TYPE", "no sheet"),
    "picture": (lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n"), "FILE_TYPE", "no sheet"),
    "old excel or password": (lambda: io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1"), "FILE_TYPE", "password"),
    "word": (lambda: packed(("[Content_Types].xml", b""), ("word/document.xml", b"")), "FILE_TYPE", ".xlsx"),
    "any zip": (lambda: packed(("a.txt", b"a")), "FILE_TYPE", ".xlsx"),
    "torn": (lambda: torn(xlsx(HEADINGS, GOODS), 0.6), "FILE_BROKEN", "save it anew"),
    "torn early": (lambda: torn(xlsx(HEADINGS, GOODS), 0.1), "FILE_BROKEN", "save it anew"),
    "zip bomb": (
        lambda: packed(("[Content_Types].xml", b""), ("xl/workbook.xml", b"0" * 30_000_000)),
        "FILE_TOO_LARGE",
        "unpacks",
    ),
    "many parts": (
        lambda: packed(("[Content_Types].xml", b""), *((f"xl/{n}", b"") for n in range(1_001))),
        "FILE_TOO_LARGE",
        "unpacks",
    ),
    "entities": (
        lambda: changed(
            xlsx(HEADINGS, GOODS),
            SHEET,
            lambda data: b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + data,
        ),
        "FILE_BROKEN",
        "damaged",
    ),
    "sheet that is no xml": (
        lambda: changed(xlsx(HEADINGS, GOODS), SHEET, lambda data: data[:300]),
        "FILE_BROKEN",
        "damaged",
    ),
    "no styles": (
        lambda: changed(xlsx(HEADINGS, GOODS), "xl/workbook.xml", lambda data: b"<a/>"),
        "INVALID",
        "headings",
    ),
    "no headings": (lambda: xlsx(GOODS, GOODS), "INVALID", "Tên, Giá"),
    "one heading": (lambda: xlsx(["Tên", "x"], GOODS), "INVALID", "Tên, Giá"),
    "headings too far below": (lambda: xlsx(*[["x"]] * 10, HEADINGS, GOODS), "INVALID", "headings"),
    "no headings in csv": (lambda: csv_file("a,b\n1,2\n"), "INVALID", "Tên, Giá"),
    "a letter": (lambda: csv_file("Kính gửi anh chị,\nem gửi danh sách sau nhé.\n"), "INVALID", "headings"),
    "no encoding of ours": (
        lambda: io.BytesIO(b"Ten;Gia\n" + bytes([0xD2, 0x8D, 0x9D, 0xFF])),
        "FILE_BROKEN",
        "UTF-8",
    ),
    "half utf-16": (lambda: io.BytesIO(TEXT.encode("utf-16")[:-1]), "FILE_BROKEN", "UTF-8"),
    "binary": (lambda: io.BytesIO(struct.pack("<20I", *range(20))), "FILE_TYPE", "no sheet"),
    "a quotation mark without end": (
        lambda: csv_file('Tên,Giá\nGiỏ,1\n"Khay,2\n' + "x,3\n" * 60_000),
        "FILE_BROKEN",
        "row 3",
    ),
    "many sheets": (
        lambda: xlsx(["x"], change=lambda sheet: [sheet.parent.create_sheet() for _n in range(20)] and None),
        "FILE_TOO_LARGE",
        "20",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_sheet_gets_an_answer_that_helps(name: str) -> None:
    make, code, word = BROKEN[name]

    found, message = refusal(make())

    assert found == code, message
    assert word in message


def _merge(sheet: Any) -> None:
    sheet.merge_cells("B2:B3")


def _formulas(sheet: Any) -> None:
    sheet["C2"] = "=1+1"


def _dates(sheet: Any) -> None:
    import datetime as dt

    sheet["A2"] = dt.date(2026, 3, 5)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (lambda: xlsx(HEADINGS, GOODS, ["GM-2", "x", 1, 1], change=_merge), [GOODS, ["GM-2", None, 1, 1]]),
        (lambda: xlsx(HEADINGS, GOODS, change=_formulas), [["GM-1", "Giỏ mây", {"error": "="}, 3]]),
        (lambda: xlsx(HEADINGS, GOODS, change=_dates), [[{"date": "2026-03-05"}, "Giỏ mây", 120_000, 3]]),
        (lambda: xlsx(HEADINGS, ["a", "b", "#REF!", 1]), [["a", "b", {"error": "#REF!"}, 1]]),
        (lambda: xlsx(HEADINGS, *[[None]] * 5, GOODS, [" "]), [GOODS]),
        (lambda: xlsx(HEADINGS, GOODS, *[[None] * 4] * 100_000), [GOODS]),
        (lambda: csv_file("Tên,Giá\nGiỏ,1\n" + ",\n" * 100_000), [["Giỏ", "1"]]),
        (lambda: csv_file("Tên,Giá,Giá\nGiỏ\nKhay,1,2,3\n"), [["Giỏ"], ["Khay", "1", "2", "3"]]),
        (lambda: csv_file('Tên,Mô tả\n"Giỏ","hai\ndòng"\n'), [["Giỏ", "hai\ndòng"]]),
        (lambda: csv_file("Tên,Giá\nGi\x07ỏ,1\n"), [["Gi ỏ", "1"]]),
        (
            lambda: changed(
                xlsx(HEADINGS, GOODS), SHEET, lambda data: data.replace(b'ref="A1:D2"', b'ref="A1:A1"')
            ),
            [GOODS],
        ),
    ],
    ids=[
        "merged", "formula-without-result", "date", "error", "gaps", "empty-xlsx", "empty-csv", "ragged", "lines",
        "control", "wrong-size",
    ],
)  # fmt: skip
def test_an_odd_sheet_is_read_as_far_as_it_goes(
    file: Callable[[], io.BytesIO], expected: list[list[Cell]]
) -> None:
    assert rows_of(file()) == expected


# --- There and back -------------------------------------------------------------------------------------------

words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"), include_characters="\n\t'=+-@"),
    min_size=1,
    max_size=40,
).map(lambda text: unicodedata.normalize("NFC", text))
dangerous = st.builds(lambda front, text: front + text, st.sampled_from(list("=+-@\t'")), words)
cells = st.one_of(
    st.none(),
    (words | dangerous).filter(lambda text: text.strip() != "" and text not in read._ERRORS),
    st.integers(-(10**12), 10**12),
)


# The tables of letters are built at the first use, on a busy machine slowly.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PATIENT
@given(st.lists(st.lists(cells, min_size=3, max_size=3).map(lambda row: ["x", *row]), min_size=1, max_size=5))
def test_what_is_written_reads_back_to_the_same_values(rows: list[list[Cell]]) -> None:
    for kind in ("xlsx", "csv"):
        file = io.BytesIO()
        write(file, kind, [HEADINGS, *rows])
        file.seek(0)
        found = rows_of(file)
        expected = [
            [str(cell) if isinstance(cell, int) and kind == "csv" else cell for cell in row] for row in rows
        ]
        assert [row + [None] * (4 - len(row)) for row in found] == expected


@PATIENT
@given(words | dangerous)
def test_no_text_runs_as_a_formula_and_each_comes_back(text: str) -> None:
    safe = guarded(text)

    assert safe[0] not in "=+-@\t\r"
    assert unguarded(safe) == text


# --- Pictures -------------------------------------------------------------------------------------------------


def test_pictures_are_found_by_name_and_lead_nowhere() -> None:
    file = packed(
        ("anh/Giỏ.JPG", b"1"),
        ("../../etc/passwd", b"2"),
        ("C:\\anh\\khay.png", b"3"),
        ("a/hai.png", b"4"),
        ("b/hai.png", b"5"),
        ("__MACOSX/._Giỏ.JPG", b"6"),
        ("to.png", b"0" * 101),
    )
    pictures = Pictures(file, largest=100)

    assert pictures.read(unicodedata.normalize("NFD", "giỏ.jpg")) == b"1"
    assert pictures.read("khay.png") == b"3"
    for name, code in (
        ("../../etc/passwd", "INVALID"), ("anh/Giỏ.JPG", "INVALID"), ("a\\b.png", "INVALID"), ("khong.png", "NOT_FOUND"),
        ("hai.png", "INVALID"), ("to.png", "FILE_TOO_LARGE"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            pictures.read(name)
        assert refused.value.problems[0].code.value == code, name


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (lambda: io.BytesIO(b"no zip"), "FILE_BROKEN"),
        (lambda: torn(packed(("a.png", b"a" * 1000)), 0.7), "FILE_BROKEN"),
        (lambda: packed(("bom.png", b"0" * 30_000_000)), "FILE_TOO_LARGE"),
    ],
    ids=["no-zip", "torn", "bomb"],
)
def test_an_archive_that_is_none_or_a_bomb_is_refused(file: Callable[[], io.BytesIO], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        Pictures(file(), largest=100)

    assert (refused.value.problems[0].code.value, refused.value.problems[0].field) == (code, ("images",))
