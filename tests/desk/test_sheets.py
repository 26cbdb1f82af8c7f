"""Many things at once at the desk: fetch the sheet, send it, look at what is wrong, take it over."""

import io
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from catalog.models import Product, Variant
from tests.builders import Shop, make_seller
from tests.desk.conftest import Person, error_at, member, shown

pytestmark = pytest.mark.django_db
PATH = "/desk/nhap-bang"
RunJobs = Callable[[], int]


def sheet(
    *rows: list[object], headings: tuple[str, ...] = ("Tên", "Mã", "Giá", "Tồn kho")
) -> SimpleUploadedFile:
    book = Workbook()
    for row in [list(headings), *rows]:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return SimpleUploadedFile("hang.xlsx", data.getvalue())


def link(page: str) -> str:
    found = re.search(r'href="([^"]*)">Fetch the sheet', page)
    assert found, page
    return urlsplit(found.group(1)).path


def read(person: Person, page: str) -> list[list[object]]:
    response = person.client.get(link(page))
    assert response.status_code == 200
    data = b"".join(response.streaming_content) if response.streaming else response.content
    return [list(row) for row in load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]


def test_a_sheet_is_looked_through_and_then_taken_over(owner: Person, shop: Shop, run_jobs: RunJobs) -> None:
    before = Product.objects.count()
    assert owner.post(PATH, file=sheet(["Giỏ mới", "G1", "120.000", 5], ["Khay", "K1", "mười", 2])) == PATH
    waiting = owner.get(PATH)
    assert "Nothing has changed yet" in waiting
    assert "data-working" in waiting
    run_jobs()

    page = owner.get(PATH)
    assert "Looked through: 1 new, 0 changed." in page
    assert "Row 3, Giá" in page
    assert "data-working" not in page
    assert Product.objects.count() == before
    rows = read(owner, page)
    assert rows[2][:2] == ["Khay", "K1"]
    job = re.search(r'name="commit" value="([^"]+)"', page)
    assert job

    owner.post(PATH, commit=job.group(1))
    run_jobs()

    assert "Taken over: 1 new, 0 changed." in owner.get(PATH)
    variant = Variant.objects.get(sku="G1")
    assert (variant.price, variant.on_hand, variant.product.state) == (120_000, 5, "DRAFT")
    assert Product.objects.count() == before + 1


def test_the_sheet_of_today_comes_back_as_it_went(owner: Person, shop: Shop, run_jobs: RunJobs) -> None:
    owner.post(PATH, export="xlsx")
    run_jobs()
    rows = read(owner, owner.get(PATH))

    assert any(shop.product.name in map(str, row) for row in rows)
    owner.post(PATH, file=sheet(*rows[1:], headings=tuple(map(str, rows[0]))))
    run_jobs()
    assert "Everything is in order." in owner.get(PATH)
    assert 'name="commit"' not in owner.get(PATH)


def test_what_is_no_sheet_is_told_beside_the_field(owner: Person) -> None:
    assert error_at(owner.post(PATH, 422), "file") == "Choose the sheet first."
    page = owner.post(PATH, 422, file=SimpleUploadedFile("a.xlsx", b"%PDF-1.7"))
    assert error_at(page, "file") == shown("This is no sheet. Send an Excel file (.xlsx) or a .csv file.")
    page = owner.post(PATH, 422, file=sheet(), images=SimpleUploadedFile("a.zip", b"none"))
    assert error_at(page, "images")


def test_packers_do_not_see_sheets_and_nobody_elses_can_be_taken_over(
    packer: Person, owner: Person, shop: Shop, run_jobs: RunJobs
) -> None:
    packer.get(PATH, 403)
    owner.post(PATH, file=sheet(["Giỏ mới", "G1", "120.000", 5]))
    run_jobs()
    job = re.search(r'name="commit" value="([^"]+)"', owner.get(PATH))
    assert job
    stranger = member(make_seller("Khác"))

    stranger.post(PATH, 422, commit=job.group(1))
    run_jobs()

    assert not Variant.objects.filter(sku="G1").exists()
