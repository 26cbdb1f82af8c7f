"""Papers: what is taken, who gets at them, and what a browser may do with them."""

import datetime as dt
import io
import os
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from catalog import files, jobs
from catalog.models import PrivateFile, Seller
from marketplace.core.errors import DomainError
from tests.builders import ADDRESS, Shop
from tests.catalog.conftest import Caller, errors, gid, ok

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def pdf(content: bytes = PDF, name: str = "quyet-dinh.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def photo(name: str = "cccd.jpg", kind: str = "JPEG") -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (120, 80), "gray").save(data, kind)
    return SimpleUploadedFile(name, data.getvalue(), "image/jpeg")


def apply(caller: Caller, seller: Seller | None = None, **values: Any) -> Any:
    return caller.call(
        "sellerApply",
        "input: SellerApplyInput!",
        "seller{id private{documents}}",
        input={
            "name": "Cơ sở thử",
            "legalName": "Nguyễn Thị Lan",
            "kind": "HOUSEHOLD",
            "village": "luu-thuong",
            "phone": "0912345678",
            "address": ADDRESS,
            **({"sellerId": gid(seller)} if seller else {}),
            **values,
        },
    )


@pytest.mark.parametrize(
    ("upload", "expected"),
    [
        (pdf(), "application/pdf"),
        (photo(), "image/jpeg"),
        (photo("x.pdf", "PNG"), "image/png"),
        (photo("x", "WEBP"), "image/webp"),
        (pdf(PDF[:-10]), "FILE_BROKEN"),
        (pdf(b"<html><script>alert(1)</script></html>", "giay-to.pdf"), "FILE_TYPE"),
        (pdf(b"MZ\x90\x00 not a picture", "anh.jpg"), "FILE_TYPE"),
        (pdf(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "anh.png"), "FILE_TYPE"),
        (pdf(b""), "FILE_BROKEN"),
        (pdf(photo().read()[:200], "anh.jpg"), "FILE_BROKEN"),
    ],
    ids=["pdf", "jpeg", "png-called-pdf", "webp", "torn-pdf", "html", "exe", "svg", "empty", "torn-jpeg"],
)
def test_papers_are_judged_by_their_content(upload: SimpleUploadedFile, expected: str) -> None:
    upload.seek(0)

    try:
        found = files.check(upload, "documents", "0")
    except DomainError as error:
        (problem,) = error.problems
        found = f"{problem.code.value} {problem.field}"

    assert found == (expected if "/" in expected else f"{expected} ('documents', '0')")
    assert upload.tell() == 0


def test_a_file_over_the_limit_is_not_read(settings: Any) -> None:
    settings.PAPER_MAX_BYTES = 1024

    with pytest.raises(DomainError) as refused:
        files.check(pdf(PDF + b" " * 1024), "scan")

    assert refused.value.problems[0].code.value == "FILE_TOO_LARGE"


def test_a_paper_is_shown_by_its_link_alone_and_runs_nothing(owner: Caller, shop: Shop) -> None:
    documents = [photo(), pdf()]
    seller = ok(apply(owner, documents=documents))
    picture, paper = seller["private"]["documents"]

    answers = [Client().get(url) for url in (picture, paper)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer["Content-Type"] for answer in answers] == ["image/jpeg", "application/pdf"]
    assert [answer["Content-Disposition"] for answer in answers] == [
        'inline; filename="cccd.jpg"',
        'attachment; filename="quyet-dinh.pdf"',
    ]
    for answer, document in zip(answers, documents, strict=True):
        document.seek(0)
        assert answer.getvalue() == document.read()
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_link_ends_and_cannot_be_made_up(
    owner: Caller, shop: Shop, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (url,) = ok(apply(owner, documents=[photo()]))["private"]["documents"]
    file = PrivateFile.objects.get()

    later = timezone.now().timestamp() + settings.PRIVATE_LINK_MINUTES * 60 + 1
    answer = Client().get(url)
    assert answer.getvalue()
    assert answer.status_code == 200
    assert Client().get(url[:-9] + ("A" if url[-9] != "A" else "B") + url[-8:]).status_code == 404
    assert Client().get(f"/giay-to/{file.pk.hex}").status_code == 404
    assert Client().get(f"/media/{file.name}").status_code == 404
    monkeypatch.setattr("time.time", lambda: later)
    assert Client().get(url).status_code == 404


def test_a_refused_application_keeps_no_paper(owner: Caller, shop: Shop) -> None:
    before = _stored()

    answer = apply(owner, documents=[photo(), pdf(b"MZ")], phone="1")

    assert errors(answer) == [("FILE_TYPE", ["documents", "1"]), ("INVALID", ["phone"])]
    assert not PrivateFile.objects.exists()
    assert _stored() == before


def test_papers_of_a_change_that_fails_go_with_it(
    owner: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _stored()

    def fail(*args: Any, **kwargs: Any) -> None:
        assert _stored() != before
        raise RuntimeError("the database is away")

    monkeypatch.setattr("catalog.services.sellers._tell_of_application", fail)
    body = owner.gql.send(
        "mutation($i: SellerApplyInput!){sellerApply(input: $i){userErrors{code}}}",
        {
            "i": {
                "name": "A", "legalName": "B", "kind": "HOUSEHOLD", "village": "luu-thuong",
                "phone": "0912345678", "address": ADDRESS, "documents": [photo()],
            }
        },
    )  # fmt: skip

    assert body["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert not PrivateFile.objects.exists()
    assert _stored() == before


def test_files_without_a_row_go_after_a_day_and_no_others(owner: Caller, shop: Shop) -> None:
    ok(apply(owner, documents=[photo()]))
    kept = PrivateFile.objects.get().name
    storage = storages["private"]
    old, young = (storage.save(f"p/zz/{name}", io.BytesIO(b"x")) for name in ("old", "young"))
    original = storage.save("o/zz/old", io.BytesIO(b"x"))
    yesterday = (timezone.now() - dt.timedelta(hours=25)).timestamp()
    for name in (old, original, kept):
        os.utime(storage.path(name), (yesterday, yesterday))

    jobs.forget_orphans.func(timestamp=0)

    assert [storage.exists(name) for name in (kept, old, young, original)] == [True, False, True, False]


def _stored() -> set[str]:
    storage = storages["private"]
    try:
        folders = storage.listdir("p")[0]
    except FileNotFoundError:
        return set()
    return {f"{folder}/{name}" for folder in folders for name in storage.listdir(f"p/{folder}")[1]}
