"""The old directory: taken over once, claimed by whoever has the phone, its addresses still leading somewhere."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from catalog.models import CommuneOfficer, LegacyPage, Product, Seller, SellerClaim, SellerMember
from catalog.portal import columns_of, legacy_address, parse_entry
from catalog.reference import load_reference
from catalog.services import portal
from marketplace.accounts.models import User
from marketplace.accounts.sms import MemorySender
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from tests.builders import Shop, make_seller, make_user
from tests.catalog.conftest import Caller, errors, gid, ok
from tests.catalog.selling import PERSONAL, apply, audits, person, update
from tests.conftest import Graphql
from tests.faults.crowd import Meeting, at_once

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]
HEADINGS = ["Tên công ty", "Địa chỉ", "Điện thoại", "Website", "Sản phẩm", "Giới thiệu", "Đường dẫn"]
OLD = "http://old.example.vn"
DIRECTORY = [
    ["HTX Mây tre Phú Túc", "Thôn Lưu Thượng, xã Phú Túc, huyện Phú Xuyên, Hà Nội", "0912 345 678; 024 3378 0000", "https://maytre.example.vn", "Giỏ cỏ tế; Khay mây, Giỏ cỏ tế", "Đan ba đời.", f"{OLD}/cong-ty/maytre-12.html"],
    ["Công ty TNHH Khảm Chuyên Mỹ", "Xã Chuyên Mỹ, Phú Xuyên, Hà Nội", "0987654321", "", "Tranh khảm", "", f"{OLD}/cong-ty/kham.html?b=2&a=1"],
    ["HTX  mây tre phú túc", "xa phu tuc, phu xuyen", "+84 912 345 678", "", "", "", f"{OLD}/cong-ty/maytre-77.html"],
    ["Cơ sở Không Rõ", "đâu đó", "không có", "http://khong-an-toan.example", "Nón lá", "", ""],
    ["", "Hà Nội", "", "", "Hương", "", f"{OLD}/cong-ty/trong.html"],
    *[[f"Xưởng {n}", "Xã Vân Từ, huyện Phú Xuyên", f"09120000{n:02}", "", f"Áo số {n}", "", f"old.example.vn/xuong/{n}/"] for n in range(1, 8)],
]  # fmt: skip


@pytest.fixture(autouse=True)
def texts() -> list[tuple[str, str]]:
    MemorySender.outbox.clear()
    return MemorySender.outbox


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "directory.csv", [HEADINGS, *DIRECTORY])


@pytest.fixture
def units(db: None) -> None:
    load_reference()


@pytest.fixture
def page(db: None, shop: Shop) -> Seller:
    """A page nobody has claimed."""
    return make_seller("Trang cũ", state="UNCLAIMED", phone="+84912345678", village=shop.village)


def write_csv(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def take(path: Path) -> str:
    out = io.StringIO()
    call_command("portal_import", str(path), stdout=out)
    return out.getvalue()


def claim(caller: Caller, seller: Seller) -> Any:
    return caller.call("sellerClaim", "sellerId: ID!", "seller{slug}", sellerId=gid(seller))


def confirm(caller: Caller, seller: Seller, code: str) -> Any:
    return caller.call(
        "sellerClaimConfirm",
        "sellerId: ID!, code: String!",
        "seller{slug state private{members{role}}}",
        sellerId=gid(seller),
        code=code,
    )


def code_of(text: str) -> str:
    found = re.search(r"\b\d{6}\b", text)
    assert found, text
    return found.group()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def owners(seller: Seller) -> list[Any]:
    return list(
        SellerMember.objects.filter(seller=seller, role="OWNER").values_list("user__email", flat=True)
    )


# --- Taking it over -------------------------------------------------------------------------------------------


def test_the_directory_becomes_unclaimed_sellers_with_drafts(
    units: None, shop: Shop, directory: Path
) -> None:
    report = take(directory)

    seller = Seller.objects.get(legacy_pages__address="/cong-ty/maytre-12.html")
    assert (seller.name, seller.state, seller.kind) == ("HTX Mây tre Phú Túc", "UNCLAIMED", "COOPERATIVE")
    assert (seller.phone, seller.village, seller.about) == (
        "+84912345678",
        shop.village,
        {"vi": "Đan ba đời."},
    )
    assert seller.address is not None
    assert (seller.address["line1"], seller.address["wardCode"]) == ("Thôn Lưu Thượng", "10279")
    assert seller.social_links == [{"network": "website", "url": "https://maytre.example.vn"}]
    drafts = Product.objects.filter(seller=seller).order_by("name_key")
    assert [(row.name, row.state) for row in drafts] == [("Giỏ cỏ tế", "DRAFT"), ("Khay mây", "DRAFT")]
    company = Seller.objects.get(name="Công ty TNHH Khảm Chuyên Mỹ")
    assert (company.kind, company.address and company.address["wardCode"]) == ("COMPANY", "10330")
    # Of a former commune that went to another one than its neighbours.
    tailor = Seller.objects.get(name="Xưởng 1")
    assert tailor.address is not None
    assert tailor.address["wardCode"] == "10330"
    unknown = Seller.objects.get(name="Cơ sở Không Rõ")
    assert (unknown.phone, unknown.address, unknown.social_links) == ("", None, [])
    assert "11 sellers taken over, 0 were there already" in report


def test_what_a_person_has_to_look_at_is_reported(units: None, shop: Shop, directory: Path) -> None:
    make_seller("Xưởng 3", phone="+84912000003")

    report = take(directory)

    assert "Likely doubles, not merged: 2" in report
    assert re.search(r"row 4: HTX mây tre phú túc \(\S+\) is like \S+", report)
    assert "row 9: Xưởng 3" in report
    assert re.search(r"row 5: Cơ sở Không Rõ \(\S+\): no old address", report)
    assert "row 6: –: no company name /cong-ty/trong.html" in report
    assert Seller.objects.filter(name="Xưởng 3").count() == 2
    # One name with another phone is not told as a double.
    assert "row 10" not in report.split("Places")[0]


def test_one_old_address_of_two_companies_is_told(units: None, shop: Shop, tmp_path: Path) -> None:
    rows = [
        ["Mây Lan", "", "", "", "", "", f"{OLD}/x"],
        ["Gốm Huệ", "", "", "", "", "", f"{OLD}/x/"],
        ["MÂY LAN", "", "", "", "", "", f"{OLD}/x"],
    ]

    report = take(write_csv(tmp_path / "d.csv", [HEADINGS, *rows]))

    assert "1 sellers taken over, 1 were there already" in report
    assert "row 3: Gốm Huệ: row 2 of another company has this address /x" in report
    assert list(LegacyPage.objects.values_list("seller__name")) == [("Mây Lan",)]


def test_taking_it_over_again_makes_nothing_twice(units: None, shop: Shop, directory: Path) -> None:
    take(directory)
    before = (Seller.objects.count(), Product.objects.count(), LegacyPage.objects.count())
    Seller.objects.filter(name="Xưởng 1").update(name="Xưởng may Một", state="APPLIED")

    report = take(directory)

    assert "0 sellers taken over, 11 were there already" in report
    # Renamed, or another company at its address: a person has to look.
    assert "Likely doubles, not merged: 1\n  row 7: Xưởng 1" in report
    assert (Seller.objects.count(), Product.objects.count(), LegacyPage.objects.count()) == before
    assert Seller.objects.get(legacy_pages__address="/xuong/1").name == "Xưởng may Một"


def test_an_excel_sheet_with_headings_in_any_order(units: None, shop: Shop, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Old directory"])
    sheet.append(["URL", "Products", "Ghi chú riêng", "Phone", "Company", "Address"])
    sheet.append([f"{OLD}/x", "Giỏ", "-", 912345678, "Mây Lan", "Phú Túc, Phú Xuyên"])
    book.save(tmp_path / "d.xlsx")

    assert "1 sellers taken over" in take(tmp_path / "d.xlsx")

    seller = Seller.objects.get(name="Mây Lan")
    assert (seller.commune, seller.kind) == (shop.village.commune, "HOUSEHOLD")
    assert [row.address for row in seller.legacy_pages.all()] == ["/x"]


def test_a_file_that_is_none_is_told_in_words(tmp_path: Path) -> None:
    broken = tmp_path / "x.csv"
    broken.write_bytes(b"%PDF-1.7")

    with pytest.raises(CommandError, match="không phải bảng tính"):
        take(broken)
    with pytest.raises(CommandError, match="No such file"):
        take(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://Old.example.vn/a/b.html", "/a/b.html"),
        ("old.example.vn/a/", "/a"),
        ("/a?y=2&x=1#top", "/a?x=1&y=2"),
        ("http://old.example.vn/g%E1%BB%97", "/gỗ"),
        ("http://old.example.vn/", ""),
        ("http://[broken", ""),
        ("", ""),
        (f"http://old.example.vn/{'a' * 600}", ""),
    ],
)
def test_an_old_address_without_its_host(url: str, address: str) -> None:
    assert legacy_address(url) == address


def test_headings_are_known_once() -> None:
    assert columns_of(["TÊN CÔNG TY", None, "Điện thoại *", "phone", "Lạ"]) == [
        "company", None, "phone", None, None,
    ]  # fmt: skip
    assert parse_entry({"company": "A", "phone": "chưa có / 0912.345.678"}).phone == "+84912345678"


# --- Old addresses --------------------------------------------------------------------------------------------


def test_old_addresses_lead_to_the_new_pages(
    units: None, shop: Shop, directory: Path, client: Client
) -> None:
    take(directory)

    old = {
        "/cong-ty/maytre-12.html": "HTX Mây tre Phú Túc",
        "/cong-ty/kham.html?a=1&b=2": "Công ty TNHH Khảm Chuyên Mỹ",
        "/cong-ty/maytre-77.html": "HTX mây tre phú túc",
        **{f"/xuong/{n}": f"Xưởng {n}" for n in range(1, 8)},
    }
    assert len(old) == 10
    for address, name in old.items():
        response = client.get(address)
        assert response.status_code == 301, address
        assert name in client.get(response["Location"]).content.decode()
    assert client.get("/cong-ty/kham.html?b=2&a=1").status_code == 301
    assert client.get("/xuong/1/").status_code == 301
    assert client.get("/san-pham?id=6").status_code == 404
    assert client.get("/cong-ty/trong.html").status_code == 404
    assert client.post("/xuong/1").status_code != 301


def test_an_old_address_of_what_is_not_public_leads_nowhere_new(shop: Shop, client: Client) -> None:
    hidden = make_seller("Đã đóng", state="SUSPENDED")
    LegacyPage.objects.create(address="/dong", seller=hidden)

    assert client.get("/dong").status_code == 404
    Seller.objects.filter(pk=hidden.pk).update(state="VERIFIED")
    assert client.get("/dong")["Location"].endswith(f"/{hidden.slug}")


def test_while_its_owner_applies_an_old_address_leads_to_the_neighbours(shop: Shop, client: Client) -> None:
    seller = make_seller("Đang đăng ký", state="APPLIED", village=shop.village)
    LegacyPage.objects.create(address="/dang", seller=seller)
    far = make_seller("Chưa có làng", state="REJECTED")
    Seller.objects.filter(pk=far.pk).update(village=None)
    LegacyPage.objects.create(address="/xa", seller=far)

    for address, place in (("/dang", f"/lang-nghe/{shop.village.slug}"), ("/xa", "/lang-nghe/")):
        response = client.get(address)
        # Not for good: the page itself comes back.
        assert (response.status_code, response["Location"]) == (302, place)
        assert client.get(place).status_code == 200
    Seller.objects.update(state="VERIFIED")
    assert client.get("/dang").status_code == 301


def test_partners_read_a_products_old_address(shop: Shop) -> None:
    LegacyPage.objects.create(address="/xuong", seller=shop.seller)

    query = "query($id: ID!){node(id: $id){...on Product{legacyUrl}}}"
    found = Graphql(Client()).send(query, {"id": gid(shop.product)})

    assert found["data"]["node"]["legacyUrl"] == "/xuong"
    LegacyPage.objects.all().delete()
    assert Graphql(Client()).send(query, {"id": gid(shop.product)})["data"]["node"]["legacyUrl"] is None


# --- Claiming -------------------------------------------------------------------------------------------------


def test_whoever_reads_the_code_owns_the_page_and_applies_with_it(
    page: Seller, run_jobs: RunJobs, texts: list[tuple[str, str]]
) -> None:
    lan = person("lan@example.vn")
    ok(claim(lan, page))
    run_jobs()
    ((phone, text),) = texts
    assert phone == page.phone
    assert "Trang cũ" in text
    assert code_of(text) not in SellerClaim.objects.get().code_hash

    assert errors(confirm(lan, page, wrong(code_of(text)))) == [("INVALID", ["code"])]
    assert owners(page) == []
    seller = ok(confirm(lan, page, f" {code_of(text)[:3]} {code_of(text)[3:]} "))
    assert seller == {"slug": page.slug, "state": "UNCLAIMED", "private": {"members": [{"role": "OWNER"}]}}
    assert owners(page) == ["lan@example.vn"]

    applied = ok(apply(lan, sellerId=gid(page)))
    assert (applied["slug"], applied["state"]) == (page.slug, "APPLIED")
    assert [row.action for row in audits()][:2] == ["seller.claim", "seller.claimed"]
    assert not any(word in str([row.after for row in audits()[:2]]) for word in PERSONAL)


def test_five_wrong_codes_end_it(page: Seller, run_jobs: RunJobs, texts: list[tuple[str, str]]) -> None:
    lan = person("lan@example.vn")
    ok(claim(lan, page))
    run_jobs()
    code = code_of(texts[0][1])

    for _n in range(5):
        assert errors(confirm(lan, page, wrong(code))) == [("INVALID", ["code"])]

    assert errors(confirm(lan, page, code)) == [("INVALID", ["code"])]
    assert SellerClaim.objects.get().attempts == 5
    # A new code is a way out.
    ok(claim(lan, page))
    run_jobs()
    ok(confirm(lan, page, code_of(texts[1][1])))


def test_a_code_is_one_persons_the_newest_and_for_a_quarter_of_an_hour(
    page: Seller, run_jobs: RunJobs, texts: list[tuple[str, str]]
) -> None:
    lan, thief = person("lan@example.vn"), person("khac@example.vn")
    ok(claim(lan, page))
    run_jobs()
    first = code_of(texts[0][1])
    assert errors(confirm(thief, page, first)) == [("INVALID", ["code"])]
    ok(claim(lan, page))
    run_jobs()
    if first != code_of(texts[1][1]):
        assert errors(confirm(lan, page, first)) == [("INVALID", ["code"])]
    SellerClaim.objects.update(expires_at=timezone.now())
    assert errors(confirm(lan, page, code_of(texts[1][1]))) == [("INVALID", ["code"])]
    assert owners(page) == []


def test_what_strangers_ask_for_does_not_end_an_owners_code(
    page: Seller, run_jobs: RunJobs, texts: list[tuple[str, str]]
) -> None:
    lan, stranger = person("lan@example.vn"), person("khac@example.vn")
    ok(claim(lan, page))
    ok(claim(stranger, page))
    run_jobs()

    assert errors(confirm(stranger, page, wrong(code_of(texts[1][1])))) == [("INVALID", ["code"])]
    ok(confirm(lan, page, code_of(texts[0][1])))

    assert owners(page) == ["lan@example.vn"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_of_two_codes_asked_for_at_once_one_lives(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    page = make_seller("Trang cũ", state="UNCLAIMED", phone="+84912345678")
    lan = person("lan@example.vn")
    meeting, create = Meeting(2, patience=2), SellerClaim.objects.create

    def create_together(**values: Any) -> SellerClaim:
        meeting.wait()
        return create(**values)

    monkeypatch.setattr(SellerClaim.objects, "create", create_together)
    if not locked:
        monkeypatch.setattr(portal, "lock_rows", lambda rows, keys: {key: rows.get(pk=key) for key in keys})

    for answer in at_once([partial(claim, lan, page)] * 2):
        ok(answer)

    assert SellerClaim.objects.filter(expires_at__gt=timezone.now()).count() == (1 if locked else 2)


def test_a_person_is_shown_the_pages_with_their_confirmed_phone(page: Seller, shop: Shop) -> None:
    query = "{viewer{claimable{slug}}}"
    lan = person("lan@example.vn")
    make_seller("Số khác", state="UNCLAIMED", phone="+84987654321")
    make_seller("Đã duyệt", phone=page.phone)
    User.objects.update(phone=page.phone, phone_verified=False)

    # Anybody can write a number down.
    assert lan.gql(query)["viewer"]["claimable"] == []
    User.objects.update(phone_verified=True)
    assert lan.gql(query)["viewer"]["claimable"] == [{"slug": page.slug}]
    assert Graphql(Client())(query)["viewer"]["claimable"] == []
    SellerMember.objects.create(seller=page, user=make_user("chu@example.vn"), role="OWNER")
    assert lan.gql(query)["viewer"]["claimable"] == []


def test_a_page_is_claimed_once(page: Seller, run_jobs: RunJobs, texts: list[tuple[str, str]]) -> None:
    lan, late = person("lan@example.vn"), person("sau@example.vn")
    ok(claim(lan, page))
    run_jobs()
    ok(confirm(lan, page, code_of(texts[0][1])))

    assert errors(claim(late, page)) == [("INVALID_STATE", ["sellerId"])]
    assert errors(confirm(late, page, code_of(texts[0][1]))) == [("INVALID_STATE", ["sellerId"])]
    assert owners(page) == ["lan@example.vn"]


def test_codes_that_cost_money_are_limited(page: Seller, run_jobs: RunJobs) -> None:
    lan = person("lan@example.vn")
    for _n in range(3):
        ok(claim(lan, page))
    assert errors(claim(lan, page)) == [("RATE_LIMITED", ["sellerId"])]


def test_pages_that_cannot_be_claimed_by_a_code(page: Seller, shop: Shop) -> None:
    lan = person("lan@example.vn")
    Seller.objects.filter(pk=page.pk).update(phone="")

    assert errors(claim(lan, page)) == [("INVALID_STATE", ["sellerId"])]
    assert errors(claim(lan, shop.seller)) == [("NOT_FOUND", ["sellerId"])]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_of_several_people_with_right_codes_one_gets_the_page(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    page = make_seller("Trang cũ", state="UNCLAIMED", phone="+84912345678")
    people = [person(f"nguoi{n}@example.vn") for n in range(3)]
    for caller in people:
        SellerClaim.objects.create(
            seller=page,
            user_id=caller.gql.client.session["_auth_user_id"],
            code_hash=make_password("123456"),
            expires_at=timezone.now() + dt.timedelta(minutes=5),
        )
    meeting, look = Meeting(3, patience=2), portal._unclaimed

    def look_together(seller_id: Any) -> Seller:
        found = look(seller_id)
        meeting.wait()
        return found

    monkeypatch.setattr(portal, "_unclaimed", look_together)
    if not locked:
        monkeypatch.setattr(portal, "lock_rows", lambda rows, keys: {key: rows.get(pk=key) for key in keys})

    answers = at_once([partial(confirm, caller, page, "123456") for caller in people])

    refused = [errors(answer) for answer in answers if answer["userErrors"]]
    assert refused == ([[("INVALID_STATE", ["sellerId"])]] * 2 if locked else [])
    assert len(owners(page)) == (1 if locked else 3)


def test_an_officer_hands_a_page_over(
    page: Seller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    officer = make_user("xa@example.vn", is_staff=True)
    CommuneOfficer.objects.create(commune=shop.village.commune, user=officer)
    make_user("lan@example.vn")
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(officer)
    address = reverse("admin:catalog_seller_hand_over", args=[page.pk])
    form = client.get(address).content.decode()
    assert "Phone or e-mail of the owner" in form

    refused = client.post(address, {"note": "ai-do@example.vn", "revision": "0"})
    assert "Nobody has an account" in refused.content.decode()
    assert client.post(address, {"note": "lan@example.vn", "revision": "0"}).status_code == 302

    assert owners(page) == ["lan@example.vn"]
    run_jobs()
    assert [mail.to for mail in mailoutbox] == [["lan@example.vn"]]
    assert [row.action for row in audits()] == ["seller.hand_over"]


@pytest.mark.parametrize(
    "contact", ["0987000111", "xa@example.vn", "an@example.vn"], ids=["unproven", "self", "closed"]
)
def test_a_page_is_not_handed_to_whoever_has_not_shown_a_phone_nor_to_oneself(
    page: Seller, shop: Shop, contact: str
) -> None:
    officer = make_user("xa@example.vn", is_staff=True)
    CommuneOfficer.objects.create(commune=shop.village.commune, user=officer)
    stranger = make_user("la@example.vn", phone="+84987000111")
    make_user("an@example.vn", is_active=False)

    def hand_over() -> None:
        portal.seller_hand_over(actor=Actor(user=officer), seller_id=page.pk, contact=contact)

    with pytest.raises(DomainError) as refused:
        hand_over()
    assert refused.value.problems[0].field == ("note",)
    assert owners(page) == []

    # As soon as the phone is known to be theirs.
    User.objects.filter(pk=stranger.pk).update(phone_verified=True)
    if contact == "0987000111":
        hand_over()
        assert owners(page) == ["la@example.vn"]


def test_what_a_new_owner_writes_is_not_shown_before_an_officer_has_seen_it(page: Seller) -> None:
    owner = person("moi@example.vn")
    SellerMember.objects.create(seller=page, user=User.objects.get(email="moi@example.vn"), role="OWNER")

    before = (page.name, page.about)

    answer = update(owner, gid(page), name="Hỗ trợ ngân hàng", about="Gọi số này.")

    assert errors(answer) == [("INVALID_STATE", ["id"])]
    page.refresh_from_db()
    assert (page.name, page.about) == before


def test_a_page_is_not_handed_over_without_word_of_it(
    page: Seller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = make_user("xa@example.vn", is_staff=True)
    CommuneOfficer.objects.create(commune=shop.village.commune, user=officer)
    make_user("lan@example.vn")

    def fail(*_args: Any, **_values: Any) -> None:
        raise OSError("no room")

    monkeypatch.setattr(portal, "tell_people", fail)
    with pytest.raises(OSError, match="no room"):
        portal.seller_hand_over(actor=Actor(user=officer), seller_id=page.pk, contact="lan@example.vn")

    assert owners(page) == []
    assert audits() == []
