"""Imports and exports of listings: tried, taken over, repeated, killed, refused, and given back."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from catalog import jobs
from catalog.events import StockFlipped
from catalog.models import (
    AttributeDefinition,
    ImageAsset,
    ImportJob,
    ImportProblem,
    ImportRow,
    PrivateFile,
    Product,
    ProductImage,
    ProductRevision,
    ProductTranslation,
    Seller,
    SellerMember,
    Variant,
)
from catalog.services import import_rows, imports, picture_take
from catalog.sheets.read import open_sheet
from marketplace.core.models import AuditEntry
from tests.builders import Shop, make_product, make_seller, make_variant
from tests.catalog.access.scene import make_app
from tests.catalog.conftest import Caller, errors, gid, ok
from tests.catalog.selling import audits, kept_files, person, photo
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db
JOB = """id fileName state rowCount createdCount updatedCount progress resultUrl
problems{totalCount nodes{row column code message}}"""
Run = Callable[[], int]


def sheet(text: str, name: str = "hang.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode("utf-8-sig"), "text/csv")


def book(*rows: list[Any], name: str = "hang.xlsx") -> SimpleUploadedFile:
    made = Workbook()
    page: Any = made.active
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    made.save(file)
    return SimpleUploadedFile(name, file.getvalue())


def pictures(**files: Any) -> SimpleUploadedFile:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return SimpleUploadedFile("anh.zip", file.getvalue())


def send(
    caller: Caller, file: Any, *, dry_run: bool = False, images: Any = None, seller: Seller | None = None
) -> Any:
    return caller.call(
        "productsImport",
        "sellerId: ID, file: Upload!, images: Upload, dryRun: Boolean",
        f"importJob{{{JOB}}}",
        sellerId=gid(seller) if seller else None,
        file=file,
        images=images,
        dryRun=dry_run,
    )


def commit(caller: Caller, job: str) -> Any:
    return caller.call("importCommit", "id: ID!", f"importJob{{{JOB}}}", id=job)


def export(caller: Caller, seller: Seller, format: str = "xlsx") -> Any:
    return caller.call(
        "productsExport",
        "sellerId: ID!, format: String!",
        f"importJob{{{JOB}}}",
        sellerId=gid(seller),
        format=format,
    )


def look(caller: Caller, job: Any) -> Any:
    return caller.gql(f"query($id: ID!){{node(id: $id){{...on ImportJob{{{JOB}}}}}}}", id=job["id"])["node"]


def taken(caller: Caller, run_jobs: Run, file: Any, **options: Any) -> Any:
    """The job once it is through."""
    job = ok(send(caller, file, **options))
    run_jobs()
    return look(caller, job)


def counts(job: Any) -> tuple[str, int, int, int, int]:
    return (
        job["state"],
        job["rowCount"],
        job["createdCount"],
        job["updatedCount"],
        job["problems"]["totalCount"],
    )


def problems(job: Any) -> list[tuple[int, str | None, str]]:
    return [(item["row"], item["column"], item["code"]) for item in job["problems"]["nodes"]]


def fetched(url: str) -> bytes:
    answer = Client().get(url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return answer.getvalue()


def everything() -> Any:
    """All listings of the catalogue, to the last column."""
    order = {model: model.objects.order_by("pk").values() for model in (Product, Variant, ProductTranslation)}
    return {model.__name__: list(rows) for model, rows in order.items()} | {
        "audit": AuditEntry.objects.exclude(
            action__in=["import.start", "import.commit", "export.start"]
        ).count(),
        "revisions": list(ProductRevision.objects.values()),
        "pictures": list(ProductImage.objects.values()),
        "assets": ImageAsset.objects.count(),
    }


SHEET = """Mã hàng,Tên,Loại,Giá bán,Giá gốc,Tồn kho,Nghề,Làng,Mô tả,Khối lượng,Số ngày làm,Mã vạch,Mã HS,Tên tiếng Anh,Thuộc tính: Chất liệu,Lựa chọn: Cỡ
GM-1,Giỏ mây,Nhỏ,"1.200.000",1.500.000,3,Cỏ tế (guột),Lưu Thượng,"Đan tay,
hai lớp","1,2 kg",10,8938500000010,4602.19,Rattan basket,Fern,Nhỏ
GM-2,,Lớn,"1,5 triệu",,1,,,,,,,,,,Lớn
KH-1,Khay cỏ tế,,350k,,,co-te,,,,,,,,,
"""


def test_a_sheet_becomes_drafts(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    job = taken(owner, run_jobs, sheet(SHEET))

    assert counts(job) == ("DONE", 3, 3, 0, 0)
    assert (job["fileName"], job["progress"], job["resultUrl"]) == ("hang.csv", 1.0, None)
    basket = Product.objects.get(name="Giỏ mây")
    assert (basket.state, basket.seller, basket.craft, basket.village) == (
        "DRAFT",
        shop.seller,
        shop.craft,
        shop.village,
    )
    assert basket.description == "Đan tay,\nhai lớp"
    assert (basket.made_to_order_days, basket.hs_code) == (10, "460219")
    assert basket.attributes == [{"slug": "material", "value": "Cỏ tế"}]
    assert (basket.price_min, basket.price_max, basket.compare_at_price) == (1_200_000, 1_500_000, 1_500_000)
    assert list(basket.translations.values_list("language", "name")) == [("en", "Rattan basket")]
    small, large = basket.variants.order_by("position")
    assert (small.sku, small.name, small.on_hand, small.weight_grams) == ("GM-1", "Nhỏ", 3, 1_200)
    assert (small.gtin, small.options) == ("8938500000010", [{"slug": "size", "value": "Nhỏ"}])
    assert (large.sku, large.price, large.on_hand) == ("GM-2", 1_500_000, 1)
    assert Product.objects.get(name="Khay cỏ tế").variants.get().price == 350_000
    assert not ImportRow.objects.exists()


def test_headings_in_english_in_any_order_and_an_excel_sheet(
    owner: Caller, shop: Shop, run_jobs: Run
) -> None:
    file = book(
        ["Our goods"], ["Stock", "Notes", "PRICE", "Product name", "SKU"], [4, "x", 120_000.0, "Basket", 1001], [2, None, 5000, None, 1002]
    )  # fmt: skip

    assert counts(taken(owner, run_jobs, file)) == ("DONE", 2, 2, 0, 0)
    assert list(Variant.objects.filter(product__name="Basket").values_list("sku", "price", "on_hand")) == [
        ("1001", 120_000, 4),
        ("1002", 5_000, 2),
    ]


def test_a_trial_writes_nothing_and_is_then_taken_over_once(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    make_variant(shop.product, sku="T-1", stock=5)
    file = SHEET.replace("350k", "3.5") + "T-1,,,,,7,,,,,,,,,,\nT-2,Tranh,,-1,,,,,,,,,,,,\n"
    before, kept = everything(), kept_files()

    job = taken(owner, run_jobs, sheet(file), dry_run=True)

    assert counts(job) == ("READY", 5, 2, 1, 2)
    assert problems(job) == [(4, "Giá bán", "INVALID"), (6, "Giá bán", "OUT_OF_RANGE")]
    assert everything() == before
    assert len(kept_files() - kept) == 2

    done = ok(commit(owner, job["id"]))
    assert (done["state"], done["progress"], done["problems"]["totalCount"]) == ("QUEUED", 0.0, 0)
    run_jobs()
    done = look(owner, job)
    assert counts(done) == ("DONE", 5, 2, 1, 2)
    assert Variant.objects.get(sku="T-1").on_hand == 7
    assert [entry.reason for entry in audits("stock.set")] == ["hang.csv"]

    after = everything()
    assert ok(commit(owner, job["id"]))["state"] == "DONE"
    assert run_jobs() == 0
    assert everything() == after


def test_the_same_sheet_again_changes_nothing(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    no_codes = SHEET + ",Lẵng,Nhỏ,5000,,,,,,,,,,,,\n,,Lớn,6000,,,,,,,,,,,,\n,Chổi,,7000,,,,,,,,,,,,\n"
    taken(owner, run_jobs, sheet(no_codes))
    before = everything()

    again = taken(owner, run_jobs, sheet(no_codes))

    assert counts(again) == ("DONE", 6, 0, 0, 0)
    assert everything() == before


def test_only_what_differs_is_changed_and_on_sale_name_and_craft_wait(
    owner: Caller, shop: Shop, run_jobs: Run
) -> None:
    make_variant(shop.product, sku="T-1", price=250_000, position=1)
    Variant.objects.filter(pk=shop.variant.pk).update(sku="T-0")
    revision = Product.objects.get(pk=shop.product.pk).revision

    job = taken(
        owner, run_jobs, sheet("SKU,Name,Price,Description\nT-0,Giỏ tên mới,260000,\nT-1,,,Lời mới\n")
    )

    assert counts(job) == ("DONE", 2, 0, 1, 0)
    product = Product.objects.get(pk=shop.product.pk)
    assert (product.name, product.description, product.price_max) == ("Giỏ cỏ tế đan tay", "Lời mới", 260_000)
    assert product.revision == revision + 1
    assert ProductRevision.objects.get(product=product).name == "Giỏ tên mới"
    assert counts(taken(owner, run_jobs, sheet("SKU,Name\nT-0,Giỏ tên mới\n"))) == ("DONE", 1, 0, 0, 0)


def test_a_trial_counts_what_only_waits_or_only_adds_a_picture(
    owner: Caller, shop: Shop, run_jobs: Run
) -> None:
    code, images = shop.variant.sku, {"gio_jpg": photo("teal").read()}
    # The same photo came with something given back: that one is another.
    private = picture_take(photo("teal"), "file", private=True)
    run_jobs()

    renamed = taken(owner, run_jobs, sheet(f"SKU,Name\n{code},Giỏ tên mới\n"), dry_run=True)
    pictured = taken(
        owner, run_jobs, sheet(f"SKU,Ảnh\n{code},gio.jpg\n"), images=pictures(**images), dry_run=True
    )

    for tried in (renamed, pictured):
        assert counts(tried) == ("READY", 1, 0, 1, 0)
        ok(commit(owner, tried["id"]))
        run_jobs()
        assert counts(look(owner, tried)) == ("DONE", 1, 0, 1, 0)
    assert ProductRevision.objects.get(product=shop.product).name == "Giỏ tên mới"
    assert ProductImage.objects.exists()
    assert not ProductImage.objects.filter(asset=private).exists()


def test_a_trial_meets_the_limits_that_the_real_run_would_meet(
    owner: Caller, shop: Shop, run_jobs: Run, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMPORT_DRAFTS_PER_SELLER, settings.DRAFTS_PER_SELLER, settings.PRODUCT_MAX_PICTURES = 3, 3, 1
    monkeypatch.setattr(imports, "CHUNK_ROWS", 2)
    files = {"a_jpg": photo("teal").read(), "b_jpg": photo("red").read()}
    text = '"Một","a.jpg, b.jpg"\nHai,a.jpg\nBa,b.jpg\nBốn,\nNăm,\n'

    tried = taken(owner, run_jobs, sheet(f"Tên,Ảnh\n{text}"), images=pictures(**files), dry_run=True)

    wrong = [(2, "Ảnh", "LIMIT_REACHED"), (6, None, "LIMIT_REACHED")]
    assert (counts(tried), problems(tried)) == (("READY", 5, 3, 0, 2), wrong)
    assert (Product.objects.count(), ImageAsset.objects.count()) == (1, 0)
    ok(commit(owner, tried["id"]))
    run_jobs()
    done = look(owner, tried)
    assert (counts(done), problems(done)) == (("DONE", 5, 3, 0, 2), wrong)


def test_a_picture_that_cannot_be_stored_holds_back_its_listing_alone(
    owner: Caller, shop: Shop, run_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = import_rows.picture_take

    def full(upload: Any) -> ImageAsset:
        if upload.read() == teal:
            raise OSError(28, "No space left on device")
        upload.seek(0)
        return real(upload)

    teal, red = photo("teal").read(), photo("red").read()
    monkeypatch.setattr(import_rows, "picture_take", full)

    job = taken(
        owner,
        run_jobs,
        sheet("Tên,Ảnh\nMột,a.jpg\nHai,b.jpg\n"),
        images=pictures(a_jpg=teal, b_jpg=red),
    )

    assert (counts(job), problems(job)) == (("DONE", 2, 1, 0, 1), [(2, "Ảnh", "INVALID")])


def test_kinds_without_a_code_are_told_apart_by_their_names(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    rows = "Giỏ,Nhỏ,\n,Lớn,\n, nhỏ ,\n,Nhỏ,\n,Nhỏ,G-1\n"

    job = taken(owner, run_jobs, sheet(f"Tên,Loại,Mã\n{rows}"))

    assert problems(job) == [(5, "Loại", "DUPLICATE")]
    kinds = Variant.objects.filter(product__name="Giỏ").order_by("position")
    assert [row.name for row in kinds] == ["Nhỏ", "Lớn", "nhỏ", "Nhỏ"]
    assert kinds[3].sku == "G-1"


def test_stock_is_what_was_counted_and_never_below_what_is_held(
    owner: Caller, shop: Shop, run_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr("catalog.services.stock.events.publish", told.append)
    held = make_variant(shop.product, sku="T-1", stock=5, held=3)
    free = make_variant(shop.product, sku="T-2", stock=0)
    same = make_variant(shop.product, sku="T-3", stock=4)
    stamp = same.updated_at

    job = taken(owner, run_jobs, sheet("Mã,Tồn kho\nT-1,2\nT-2,6\nT-3,4\n"))

    assert counts(job) == ("DONE", 3, 0, 1, 1)
    assert problems(job) == [(2, "Tồn kho", "OUT_OF_STOCK")]
    assert [Variant.objects.get(pk=row.pk).on_hand for row in (held, free, same)] == [5, 6, 4]
    assert Variant.objects.get(pk=same.pk).updated_at == stamp
    assert [(entry.before, entry.after) for entry in audits("stock.set")] == [
        ({"on_hand": 0}, {"on_hand": 6})
    ]
    assert told == [StockFlipped(free.pk, shop.product.pk, in_stock=True)]


def test_each_wrong_cell_is_told_and_the_good_rows_are_kept(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    AttributeDefinition.objects.create(craft=shop.craft, slug="width", names={"vi": "Rộng"}, type="NUMBER")
    make_variant(shop.product, sku="CẤT", archived_at=shop.product.published_at)
    make_variant(
        make_product(seller=shop.seller, state="ARCHIVED", archived_at=shop.product.published_at), sku="ẨN"
    )
    make_product("Hai tên", seller=shop.seller)
    make_product("Hai tên", seller=shop.seller)
    head = "Mã,Tên,Loại,Giá,Giá gốc,Tồn kho,Nghề,Làng,Cân nặng,Ngày đặt làm,Mã vạch,Mã HS,Thuộc tính: Chất liệu,Thuộc tính: Rộng,Ảnh\n"
    rows = [
        ("A1,Một,,1.2,,,,,,,,,,,", [("Giá", "INVALID")]),
        ("A2,Hai,,5000,4000,,,,,,,,,,", [("Giá gốc", "OUT_OF_RANGE")]),
        ("A3,Ba,,5000,,vài cái,,,,,,,,,", [("Tồn kho", "INVALID")]),
        ("A4,Bốn,,5000,,,nghề lạ,,,,,,,,", [("Nghề", "NOT_FOUND")]),
        ("A5,Năm,,5000,,,,làng xa,,,,,,,", [("Làng", "NOT_FOUND")]),
        ("A6,Sáu,,5000,,,,,nặng,,,,,,", [("Cân nặng", "INVALID")]),
        ("A7,Bảy,,5000,,,,,,500,,,,,", [("Ngày đặt làm", "OUT_OF_RANGE")]),
        ("A8,Tám,,5000,,,,,,,123,,,,", [("Mã vạch", "INVALID")]),
        ("A9,Chín,,5000,,,,,,,8.9E+12,,,,", [("Mã vạch", "INVALID")]),
        ("B1,Mười,,5000,,,,,,,,12,,,", [("Mã HS", "INVALID")]),
        ("B2,Mười một,,5000,,,co-te,,,,,,Nhựa,,", [("Thuộc tính: Chất liệu", "INVALID")]),
        ("B3,Mười hai,,5000,,,co-te,,,,,,Cỏ tế,rộng,", [("Thuộc tính: Rộng", "INVALID")]),
        ("B4,Mười ba,,5000,,,,,,,,,Cỏ tế,,", [("Thuộc tính: Chất liệu", "INVALID")]),
        ("B5,Mười bốn,,5000,,,,,,,,,,,a.jpg", [("Ảnh", "NOT_FOUND")]),
        ("CẤT,,,5000,,,,,,,,,,,", [("Mã", "INVALID_STATE")]),
        ("ẨN,,,5000,,,,,,,,,,,", [(None, "INVALID_STATE")]),
        ("B8,Hai tên,,5000,,,,,,,,,,,", [("Tên", "INVALID")]),
        ("B9,Mười lăm,,5000,,,co-te,,,,,,,,", []),
        ("B9,Mười sáu,,5000,,,,,,,,,,,", [("Mã", "DUPLICATE")]),
        ("C1,Mười bảy,Nhỏ,5000,,,,,,10,,,,,", []),
        ("C2,Mười bảy,Lớn,5000,,,,,,11,,,,,", [("Ngày đặt làm", "INVALID"), (None, "x")]),
        ("C3," + "x" * 201 + ",,5000,,,,,,,,,,,", [("Tên", "TOO_LONG")]),
        ("C4,Mười tám,Nhỏ,-5,,,,,,,,,,,", [("Giá", "OUT_OF_RANGE")]),
        ("C5,,Lớn,9000,,,,,,,,,,,", []),
    ]  # fmt: skip
    expected = [
        (number, *entry) for number, (_row, told) in enumerate(rows, 2) for entry in told if entry[1] != "x"
    ]
    expected.insert([item[0] for item in expected].index(22), (21, None, "INVALID"))

    job = taken(owner, run_jobs, sheet(head + "\n".join(row for row, _told in rows)))

    assert problems(job) == expected
    assert counts(job)[:4] == ("DONE", 24, 2, 0)
    assert sorted(Variant.objects.filter(sku__in=["B9", "C5"]).values_list("product__name", flat=True)) == [
        "Mười lăm",
        "Mười tám",
    ]
    assert Product.objects.filter(state="DRAFT").count() == 2


def test_what_excel_did_to_a_cell_is_told_in_plain_words(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    import datetime as dt

    file = book(
        ["Mã", "Tên", "Giá", "Tồn kho"], [dt.date(2026, 3, 5), "Giỏ", 5000, 1], ["K1", "Khay", "=1+1", 1], ["K2", "Tủ", "#REF!", 1],
        ["K3", "Đôn", 1.2, 1],
    )  # fmt: skip

    job = taken(owner, run_jobs, file, dry_run=True)

    assert [(item["row"], item["column"], item["code"]) for item in job["problems"]["nodes"]] == [
        (2, "Mã", "INVALID"), (3, "Giá", "INVALID"), (4, "Giá", "INVALID"), (5, "Giá", "INVALID"),
    ]  # fmt: skip
    messages = [item["message"] for item in job["problems"]["nodes"]]
    assert [
        "Text" in messages[0] or "Văn bản" in messages[0],
        messages[1] == messages[2],
        "1200000" in messages[3],
    ] == [True] * 3


def test_the_sheet_comes_back_with_its_mistakes_and_can_be_sent_again(
    owner: Caller, shop: Shop, run_jobs: Run
) -> None:
    rows = [
        ["", None],
        ["Tên", "Mã", "Giá", "Ghi chú"],
        ["Giỏ", "G1", 5000, "của bà Lan"],
        [],
        ["Khay", "K1", "1.2", "=1"],
    ]
    job = taken(owner, run_jobs, book(*rows))

    with_mistakes = fetched(job["resultUrl"])
    page: Any = load_workbook(io.BytesIO(with_mistakes)).active
    given = [list(row) for row in page.iter_rows(values_only=True)]
    assert given[1] == ["Tên", "Mã", "Giá", "Ghi chú", "Lỗi cần sửa"]
    assert given[2][:4] == ["Giỏ", "G1", 5000, "của bà Lan"]
    assert given[4][:3] == ["Khay", "K1", "1.2"]
    assert given[4][4].startswith("Giá: ")

    page["C5"] = 12_000
    file = io.BytesIO()
    page.parent.save(file)
    again = taken(owner, run_jobs, SimpleUploadedFile("sua.xlsx", file.getvalue()))
    assert counts(again) == ("DONE", 2, 1, 0, 0)
    assert Variant.objects.get(sku="K1").price == 12_000


def test_what_was_refused_is_refused_again_where_nobody_has_touched_it(
    owner: Caller, shop: Shop, run_jobs: Run
) -> None:
    day, hour = dt.date(2026, 3, 5), dt.time(5, 3)
    first = taken(
        owner,
        run_jobs,
        book(["Tên", "Mã", "Giá"], ["Giỏ", day, 5000], ["Khay", hour, 5000], ["#REF!", "D1", 5000], ["=1", "D2", 5000], ["Tủ", "D3", float("1E308")]),
    )  # fmt: skip
    wrong = [(2, "Mã", "INVALID"), (3, "Mã", "INVALID"), (4, "Tên", "INVALID"), (5, "Tên", "INVALID"), (6, "Giá", "OUT_OF_RANGE")]  # fmt: skip
    assert problems(first) == wrong

    again = taken(owner, run_jobs, SimpleUploadedFile("lai.xlsx", fetched(first["resultUrl"])))

    assert problems(again) == wrong
    assert Product.objects.filter(seller=shop.seller).count() == 1


def test_a_number_without_end_is_a_wrong_cell(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    made = io.BytesIO()
    with (
        zipfile.ZipFile(book(["Tên", "Giá"], ["Giỏ", 424242])) as archive,
        zipfile.ZipFile(made, "w") as other,
    ):
        for part in archive.infolist():
            other.writestr(part.filename, archive.read(part).replace(b"424242", b"1E400"))

    job = taken(owner, run_jobs, SimpleUploadedFile("hang.xlsx", made.getvalue()))

    assert (job["state"], problems(job)) == ("DONE", [(2, "Giá", "INVALID")])


@pytest.mark.parametrize("heading", ["Tên", "Loại", "Giá", "Tồn kho", "Mã", "Nghề", "Tên tiếng Anh", "Ảnh"])
def test_what_cannot_be_taken_away_is_never_called_empty(
    owner: Caller, shop: Shop, run_jobs: Run, heading: str
) -> None:
    before = everything()
    cells = {"Mã": shop.variant.sku, "Tên": shop.product.name, heading: "(trống)"}

    job = taken(owner, run_jobs, book(list(cells), list(cells.values())))

    assert problems(job) == [(2, heading, "INVALID")]
    assert everything() == before


def test_pictures_are_taken_from_the_zip_by_name(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    images = {"gio_jpg": photo("teal").read(), "khay_jpg": photo("red").read(), "hong_jpg": b"no picture"}
    text = "Mã,Tên,Giá,Ảnh\nG1,Giỏ,5000,gio.jpg; khay.jpg\nG2,Khay,5000,../gio.jpg\nG3,Tủ,5000,hong.jpg\nG4,Đôn,5000,thieu.jpg\n"

    tried = taken(owner, run_jobs, sheet(text), images=pictures(**images), dry_run=True)
    assert problems(tried) == [(3, "Ảnh", "INVALID"), (4, "Ảnh", "FILE_TYPE"), (5, "Ảnh", "NOT_FOUND")]
    assert not ImageAsset.objects.exists()

    ok(commit(owner, tried["id"]))
    run_jobs()
    assert counts(look(owner, tried)) == ("DONE", 4, 1, 0, 3)
    basket = Product.objects.get(name="Giỏ")
    assert [picture.asset.ready for picture in basket.pictures.order_by("position")] == [True, True]
    before = everything()
    assert counts(taken(owner, run_jobs, sheet(text), images=pictures(**images))) == ("DONE", 4, 0, 0, 3)
    assert everything() == before


@pytest.mark.parametrize(
    ("file", "images", "expected"),
    [
        (SimpleUploadedFile("hang.csv", b""), None, ("FILE_BROKEN", ["file"])),
        (photo(), None, ("FILE_TYPE", ["file"])),
        (sheet("Tên,Giá\na,1"), sheet("no zip"), ("FILE_BROKEN", ["images"])),
        (sheet("Tên,Giá\na,1" + " " * 2000), None, ("FILE_TOO_LARGE", ["file"])),
        (sheet("Tên,Giá\na,1"), pictures(a_jpg=b"a" * 1_000), ("FILE_TOO_LARGE", ["images"])),
    ],
    ids=["empty", "photo", "no-zip", "large", "large-pictures"],
)
def test_what_is_no_sheet_is_refused_at_once(
    owner: Caller, shop: Shop, settings: Any, file: Any, images: Any, expected: Any
) -> None:
    settings.IMPORT_MAX_BYTES, settings.IMPORT_PICTURES_MAX_BYTES = 1_500, 1_000
    file.seek(0)
    before = kept_files()

    assert errors(send(owner, file, images=images)) == [expected]
    assert (ImportJob.objects.count(), kept_files()) == (0, before)


@pytest.mark.parametrize(
    ("text", "code"), [("a,b\n1,2", "INVALID"), ("Tên,Giá\n", "REQUIRED"), ("Tên,Giá\n" + "a,1\n" * 6, "FILE_TOO_LARGE")]
)  # fmt: skip
def test_a_sheet_that_cannot_be_read_fails_with_a_reason(
    owner: Caller, shop: Shop, run_jobs: Run, settings: Any, text: str, code: str
) -> None:
    settings.IMPORT_MAX_ROWS = 5

    job = taken(owner, run_jobs, sheet(text))

    assert (job["state"], problems(job), ImportRow.objects.count()) == ("FAILED", [(0, None, code)], 0)
    assert errors(commit(owner, job["id"])) == []


def test_only_a_finished_trial_is_taken_over(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    waiting = ok(send(owner, sheet(SHEET), dry_run=True))
    assert errors(commit(owner, waiting["id"])) == [("INVALID_STATE", ["id"])]
    exported = ok(export(owner, shop.seller))
    run_jobs()
    assert errors(commit(owner, exported["id"])) == [("INVALID_STATE", ["id"])]
    assert errors(export(owner, shop.seller, "pdf")) == [("INVALID", ["format"])]


def test_a_few_sheets_at_a_time(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    for _number in range(imports.MAX_OPEN):
        ok(send(owner, sheet(SHEET), dry_run=True))
    before = kept_files()

    assert errors(send(owner, sheet(SHEET))) == [("LIMIT_REACHED", ["sellerId"])]
    assert kept_files() == before
    run_jobs()
    trials = list(ImportJob.objects.order_by("id"))
    for _number in range(imports.MAX_OPEN):
        ok(send(owner, sheet(SHEET)))
    assert errors(commit(owner, gid(trials[0]))) == [("LIMIT_REACHED", ["sellerId"])]
    run_jobs()
    ok(commit(owner, gid(trials[0])))


def test_others_find_no_job_and_who_left_is_not_served(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    job = ok(send(owner, sheet(SHEET), dry_run=True))
    stranger = person("la@example.vn")
    assert look(stranger, job) is None
    assert errors(commit(stranger, job["id"])) == [("NOT_FOUND", ["id"])]
    assert errors(send(stranger, sheet(SHEET), seller=shop.seller)) == [("NOT_FOUND", ["sellerId"])]
    before = everything()

    SellerMember.objects.all().delete()
    run_jobs()

    row = ImportJob.objects.get()
    assert (row.state, row.problems.get().code) == ("FAILED", "NOT_FOUND")
    assert everything() == before


def test_an_app_without_the_shelf_changes_words_only(shop: Shop, run_jobs: Run) -> None:
    make_variant(shop.product, sku="T-1", stock=5)
    app = Caller(Graphql(Client()))
    app.gql.headers["Authorization"] = f"Bearer {make_app('products:read products:write', shop.seller)}"

    job = taken(app, run_jobs, sheet("Mã,Giá,Tồn kho\nT-1,5000,6\n"))
    assert problems(job) == [(2, "Tồn kho", "FORBIDDEN")]
    assert counts(taken(app, run_jobs, sheet("Mã,Giá,Tồn kho\nT-1,5000,5\n"))) == ("DONE", 1, 0, 1, 0)


def many(number: int, *, price: int = 5_000) -> str:
    return "Mã,Tên,Giá,Tồn kho\n" + "".join(f"N-{n},Giỏ {n // 3},{price},{n}\n" for n in range(number))


def outcome() -> Any:
    names = Product.objects.filter(state="DRAFT").order_by("name")
    return [
        (row.name, list(row.variants.order_by("position").values_list("sku", "price", "on_hand")))
        for row in names
    ]


def test_a_job_that_died_in_the_middle_goes_on_and_ends_the_same(
    owner: Caller, shop: Shop, run_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ok(send(owner, sheet(many(500) + "N-x,Giỏ x,1.5,1\n"), dry_run=False))
    take, calls = imports.Taker.take, iter(range(10))

    def dies(taker: Any, rows: Any) -> None:
        take(taker, rows)
        if next(calls) == 1:
            raise SystemExit

    monkeypatch.setattr(imports.Taker, "take", dies)
    with pytest.raises(SystemExit):
        run_jobs()
    row = ImportJob.objects.get()
    assert (row.state, row.done_rows, Variant.objects.filter(sku__startswith="N-").count()) == (
        "RUNNING",
        198,
        198,
    )
    assert 0 < look(owner, job)["progress"] < 1

    for _twice in range(2):
        jobs.run_import.func(job_id=str(row.pk))
    run_jobs()

    done = look(owner, job)
    assert counts(done) == ("DONE", 501, 500, 0, 1)
    resumed = outcome()
    Product.objects.filter(state="DRAFT").delete()
    taken(owner, run_jobs, sheet(many(500)))
    assert outcome() == resumed


def test_one_row_that_breaks_us_does_not_hold_up_the_others(
    owner: Caller, shop: Shop, run_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import catalog.services.import_rows as rows

    create = rows.listing_create

    def breaks(actor: Any, seller: Any, data: Any, **options: Any) -> Any:
        product = create(actor, seller, data, **options)
        if data["name"] == "Giỏ 1":
            raise RuntimeError("a fault of ours")
        return product

    monkeypatch.setattr(rows, "listing_create", breaks)

    job = taken(owner, run_jobs, sheet(many(9)))

    assert counts(job) == ("DONE", 9, 6, 0, 3)
    assert problems(job) == [(5, None, "INVALID"), (6, None, "INVALID"), (7, None, "INVALID")]


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_an_export_reads_back_and_changes_nothing(
    owner: Caller, shop: Shop, run_jobs: Run, format: str
) -> None:
    taken(owner, run_jobs, sheet(SHEET))
    Product.objects.filter(name="Khay cỏ tế").update(name="=HYPERLINK(1)", description="'@SUM(1)\n-2")
    ProductTranslation.objects.create(product=shop.product, language="en", name="+Basket", story="=Old.")
    Product.objects.filter(pk=shop.product.pk).update(story="Bà dạy mẹ,\nmẹ dạy con.")
    ok(owner.update(gid(shop.product), name="Tên chờ duyệt"))
    make_product("Cất đi", seller=shop.seller, state="ARCHIVED", archived_at=shop.product.published_at)
    make_product("Của người khác", seller=make_seller())
    before = everything()

    job = ok(export(owner, shop.seller, format))
    run_jobs()
    job = look(owner, job)
    data = fetched(job["resultUrl"])

    assert counts(job) == ("DONE", 4, 0, 0, 0)
    assert job["fileName"].endswith(f".{format}")
    for cell in _texts(data, format):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    with open_sheet(io.BytesIO(data)) as page:
        names = [cells[1] for _number, cells in page.rows]
    assert names == ["Tên chờ duyệt", "Giỏ mây", "Giỏ mây", "=HYPERLINK(1)"]
    again = taken(owner, run_jobs, SimpleUploadedFile(f"lai.{format}", data))
    assert counts(again) == ("DONE", 4, 0, 0, 0)
    assert everything() == before

    other = make_seller(village=shop.village)
    SellerMember.objects.create(seller=other, user=SellerMember.objects.get().user, role="OWNER")
    copied = taken(owner, run_jobs, SimpleUploadedFile(f"chep.{format}", data), seller=other)
    assert counts(copied) == ("DONE", 4, 4, 0, 0)
    assert _values(other) == [
        ("Tên chờ duyệt" if row[0] == "Giỏ cỏ tế đan tay" else row[0], *row[1:])
        for row in _values(shop.seller)
    ]


def _texts(data: bytes, format: str) -> Iterator[str]:
    if format == "csv":
        for line in csv.reader(io.StringIO(data.decode("utf-8-sig"))):
            yield from line
    else:
        page: Any = load_workbook(io.BytesIO(data)).active
        for cells in page.iter_rows():
            for cell in cells:
                assert cell.data_type in {"s", "n"}
                if isinstance(cell.value, str):
                    yield cell.value


def _values(seller: Seller) -> list[Any]:
    rows = Variant.objects.filter(seller=seller, product__archived_at=None).order_by("product_id", "position")
    return [
        (
            row.product.name, row.product.description, row.product.story, row.product.craft_id, row.product.attributes, row.product.hs_code,
            row.product.made_to_order_days, row.sku, row.name, row.price, row.compare_at_price, row.on_hand, row.weight_grams,
            row.gtin, row.options, list(row.product.translations.values_list("language", "name", "description", "story")),
        )
        for row in rows.select_related("product")
    ]  # fmt: skip


def test_what_is_there_goes_only_where_a_cell_says_so(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    variant = shop.variant
    Variant.objects.filter(pk=variant.pk).update(
        compare_at_price=900_000, weight_grams=500, gtin="8934563138165"
    )
    Product.objects.filter(pk=shop.product.pk).update(
        description="Cũ.", story="Xưa.", hs_code="460212", made_to_order_days=3,
        attributes=[{"slug": "material", "value": "Cỏ tế"}],
    )  # fmt: skip
    ProductTranslation.objects.create(
        product=shop.product, language="en", name="Basket", description="Old.", story="Once."
    )
    headings = [
        "Mã hàng", "Tên", "Giá trước", "Khối lượng (g)", "Mã vạch", "Mô tả", "Câu chuyện", "Mã HS", "Số ngày làm",
        "Làng", "Mô tả tiếng Anh", "Thuộc tính: Chất liệu",
    ]  # fmt: skip

    kept = taken(owner, run_jobs, book(headings, [variant.sku, shop.product.name, *[""] * 10]))
    refused = taken(owner, run_jobs, book(["Mã hàng", "Giá"], [variant.sku, "(trống)"]))
    words = ["(trống)", "(TRONG)", "(empty)", *["(trống)"] * 7]
    gone = taken(owner, run_jobs, book(headings, [variant.sku, shop.product.name, *words]))

    assert counts(kept) == ("DONE", 1, 0, 0, 0)
    # A price has no nothing.
    assert problems(refused) == [(2, "Giá", "INVALID")]
    assert counts(gone) == ("DONE", 1, 0, 1, 0)
    variant.refresh_from_db()
    product = Product.objects.get(pk=shop.product.pk)
    assert (variant.compare_at_price, variant.weight_grams, variant.gtin) == (None, None, "")
    assert (product.description, product.story, product.hs_code) == ("", "", "")
    assert (product.made_to_order_days, product.village, product.attributes) == (None, None, [])
    english = ProductTranslation.objects.values_list("name", "description", "story").get(language="en")
    assert english == ("Basket", "", "Once.")


def test_an_empty_sheet_can_be_asked_for(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    job = ok(
        owner.call(
            "productsExport",
            "sellerId: ID!, format: String!, empty: Boolean",
            f"importJob{{{JOB}}}",
            sellerId=gid(shop.seller),
            format="csv",
            empty=True,
        )
    )
    run_jobs()
    job = look(owner, job)

    assert counts(job) == ("DONE", 0, 0, 0, 0)
    assert job["fileName"] == f"mau-{shop.seller.slug}.csv"
    (line,) = fetched(job["resultUrl"]).decode("utf-8-sig").splitlines()
    assert line.startswith("Mã hàng,Tên,Loại,Giá,")


def test_an_empty_export_is_the_form_to_fill_in(run_jobs: Run, shop: Shop) -> None:
    empty = make_seller(village=shop.village)
    empty.crafts.add(shop.craft)
    caller = person("moi@example.vn")
    SellerMember.objects.create(seller=empty, user=caller.gql.client.session and _user(caller), role="OWNER")

    job = ok(export(caller, empty, "csv"))
    run_jobs()
    (line,) = fetched(look(caller, job)["resultUrl"]).decode("utf-8-sig").splitlines()

    assert line.startswith("Mã hàng,Tên,Loại,Giá,")
    assert line.endswith("Thuộc tính: Chất liệu")


def _user(caller: Caller) -> Any:
    from marketplace.accounts.models import User

    return User.objects.get(pk=caller.gql.client.session["_auth_user_id"])


def test_lists_of_imports_and_problems_are_paged(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    job = taken(owner, run_jobs, sheet("Mã,Tên,Giá\n" + "".join(f"P-{n},Giỏ {n},x\n" for n in range(150))))
    page = "{nodes{row} pageInfo{hasNextPage endCursor}}"
    query = f"query($id: ID!, $after: String){{node(id: $id){{...on ImportJob{{problems(after: $after){page}}}}}}}"

    first = owner.gql(query, id=job["id"])["node"]["problems"]
    second = owner.gql(query, id=job["id"], after=first["pageInfo"]["endCursor"])["node"]["problems"]

    assert [item["row"] for item in first["nodes"] + second["nodes"]] == list(range(2, 152))
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    ok(export(owner, shop.seller))
    mine = owner.gql('{seller(slug: "co-so-co-te-luu-thuong"){private{imports(first: 1){id}}}}')
    assert len(mine["seller"]["private"]["imports"]) == 1
    assert mine["seller"]["private"]["imports"][0]["id"] != job["id"]


def test_old_imports_go_with_their_files(owner: Caller, shop: Shop, run_jobs: Run, settings: Any) -> None:
    taken(owner, run_jobs, sheet("Tên,Giá\nGiỏ,x\n"))
    jobs.forget_imports.func(timestamp=0)
    assert (ImportJob.objects.count(), PrivateFile.objects.count()) == (1, 2)

    settings.IMPORT_KEEP_DAYS = 0
    jobs.forget_imports.func(timestamp=0)

    assert (ImportJob.objects.count(), PrivateFile.objects.count(), ImportProblem.objects.count()) == (
        0,
        0,
        0,
    )


def test_a_sheet_on_which_we_fail_is_given_up_and_told(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    job = ok(send(owner, sheet(SHEET)))
    jobs.forget_imports.func(timestamp=0)
    assert look(owner, job)["state"] == "QUEUED"

    ImportJob.objects.update(updated_at=timezone.now() - imports.STUCK_AFTER)
    jobs.forget_imports.func(timestamp=0)
    assert look(owner, job)["state"] == "QUEUED", "it may wait for a worker that is away"
    ImportJob.objects.update(state="RUNNING", updated_at=timezone.now() - imports.STUCK_AFTER)
    jobs.forget_imports.func(timestamp=0)

    told = look(owner, job)
    assert (told["state"], problems(told)) == ("FAILED", [(0, None, "INVALID")])
    run_jobs()
    assert not Product.objects.filter(name="Giỏ mây").exists()


def test_the_command_tells_how_far_it_is_and_what_is_wrong(shop: Shop, tmp_path: Any) -> None:
    file = tmp_path / "hang.csv"
    file.write_text(many(250) + "N-x,Giỏ x,1.5,1\n")
    told = io.StringIO()

    call_command("catalog_import", shop.seller.slug, str(file), "--dry-run", stdout=told)
    assert told.getvalue().splitlines()[-2].startswith("row 252, Giá: INVALID ")
    assert told.getvalue().splitlines()[-1] == "READY: 250 new, 0 changed"
    assert not Variant.objects.filter(sku="N-1").exists()

    told = io.StringIO()
    call_command("catalog_import", shop.seller.slug, str(file), stdout=told)
    assert told.getvalue().splitlines()[:3] == ["0/251 rows", "198/251 rows", "251/251 rows"]
    assert Variant.objects.filter(sku__startswith="N-").count() == 250
    with pytest.raises(CommandError, match="khong-co"):
        call_command("catalog_import", "khong-co", str(file))
    file.write_text("a,b\n")
    with pytest.raises(CommandError, match="not taken"):
        call_command("catalog_import", shop.seller.slug, str(file), stdout=io.StringIO())


def test_merged_cells_and_codes_decide_which_rows_are_one_listing(
    owner: Caller, shop: Shop, run_jobs: Run
) -> None:
    file = book(
        ["Tên", "Mã", "Loại", "Giá"],
        ["Giỏ", "G1", "Nhỏ", 5000],
        [None, "G2", "Lớn", 6000],
        ["Khay", "K1", None, 7000],
        ["Giỏ", "G3", "Vừa", 5500],
        [None, None, None, None],
        [None, "T-9", None, 1],
    )
    make_variant(shop.product, sku="T-9", name="Riêng", price=9, position=3)
    page: Any = load_workbook(file)
    page.active.merge_cells("A2:A3")
    merged = io.BytesIO()
    page.save(merged)

    job = taken(owner, run_jobs, SimpleUploadedFile("hang.xlsx", merged.getvalue()))

    assert counts(job) == ("DONE", 5, 4, 1, 0)
    names = Variant.objects.filter(seller=shop.seller, sku__in=["G1", "G2", "G3", "K1"]).order_by("sku")
    assert list(names.values_list("product__name", "sku")) == [
        ("Giỏ", "G1"), ("Giỏ", "G2"), ("Giỏ", "G3"), ("Khay", "K1"),
    ]  # fmt: skip
    assert Product.objects.filter(name="Giỏ").count() == 1
    assert Variant.objects.get(sku="T-9").price == 1
    assert not ProductRevision.objects.exists()


def test_a_code_in_two_pieces_of_a_sheet_is_told(owner: Caller, shop: Shop, run_jobs: Run) -> None:
    job = taken(owner, run_jobs, sheet(many(300) + "N-0,Giỏ lạ,1,1\n"))

    assert counts(job) == ("DONE", 301, 300, 0, 1)
    assert problems(job) == [(302, "Mã", "DUPLICATE")]
    assert Variant.objects.get(sku="N-0").price == 5_000
