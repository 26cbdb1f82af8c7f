"""Sellers through the API: applying, being decided on, what they tell of themselves, and what nobody else reads."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from catalog import access
from catalog.models import (
    Commune,
    CommuneOfficer,
    ImageAsset,
    PrivateFile,
    Product,
    Seller,
    SellerMember,
    SellerState,
)
from marketplace.accounts.models import Message, User
from marketplace.accounts.sms import MemorySender
from marketplace.core.models import AuditEntry
from marketplace.core.vietnamese import sort_key
from search.models import SearchOutbox
from tests.builders import ADDRESS, Shop, make_user
from tests.catalog.conftest import Caller, errors, gid, ok
from tests.catalog.selling import (
    PERSONAL,
    SELLER,
    apply,
    audits,
    decide,
    kept_files,
    pdf,
    person,
    photo,
    row,
    update,
)
from tests.conftest import Graphql
from tests.faults.crowd import at_once

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]
COMPLETE = {
    "phone": "+84912345678",
    "address": {**ADDRESS, "ward": "Hoàn Kiếm", "province": "Hà Nội", "country": "VN"},
    "personal_id": "001170012345",
    "birth_date": "1970-05-01",
}


def complete(shop: Shop, state: str) -> Seller:
    """The shop's seller in this state, with all that its verification needs."""
    for name, value in {**COMPLETE, "state": state}.items():
        setattr(shop.seller, name, value)
    shop.seller.save()
    PrivateFile.objects.create(
        seller=shop.seller, name="p/aa/x", label="x", content_type="image/jpeg", size=1
    )
    return shop.seller


# --- Applying -------------------------------------------------------------------------------------------------


def test_a_person_applies_with_papers_and_officers_are_told(
    shop: Shop, officer: Caller, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    lan = person("lan@example.vn", name="Lan")

    seller = ok(apply(lan, documents=[photo(), pdf()]))
    run_jobs()

    private = seller.pop("private")
    (member,) = private.pop("members")
    documents = private.pop("documents")
    stored = Seller.objects.get(slug="co-so-may")
    assert seller == {
        "id": gid(stored),
        "slug": "co-so-may",
        "name": "Cơ sở Mây",
        "kind": "HOUSEHOLD",
        "state": "APPLIED",
        "trusted": False,
        "about": "Đan mây ba đời.",
        "village": {"slug": "luu-thuong"},
        "commune": {"slug": "phuong-duc"},
        "publicAddress": None,
        "socialLinks": [],
        "logo": None,
    }
    assert private == {
        "legalName": "Hộ kinh doanh Nguyễn Thị Lan",
        "taxCode": "0100047516",
        "personalId": "001170012345",
        "birthDate": "1970-05-01",
        "phone": "+84912345678",
        "showAddress": False,
        "vneidLinkedAt": None,
        "decisionNote": None,
        "collection": "PLATFORM",
        "address": {
            "name": "Nguyễn Thị Lan",
            "phone": "+84912345678",
            "line1": "1 phố Tràng Thi",
            "ward": "Hoàn Kiếm",
            "wardCode": "00070",
            "province": "Hà Nội",
            "country": "VN",
        },
        "bankAccount": {
            "bankBin": "970422",
            "bankName": private["bankAccount"]["bankName"],
            "accountLast4": "0001",
            "holder": "NGUYEN THI LAN",
        },
        "checklist": [
            {"code": "CONTACT", "done": True},
            {"code": "IDENTITY", "done": True},
            {"code": "DOCUMENTS", "done": True},
            {"code": "BANK_ACCOUNT", "done": True},
            {"code": "VNEID", "done": False},
            {"code": "VERIFIED", "done": False},
        ],
    }
    assert (member["role"], member["pending"], member["user"]) == ("OWNER", False, {"name": "Lan"})
    assert (stored.bank_account, stored.applied_at is not None) == ("9999000000001", True)
    assert len(documents) == 2
    assert [(file.label, file.content_type) for file in PrivateFile.objects.order_by("pk")] == [
        ("cccd.jpg", "image/jpeg"),
        ("giay-phep.pdf", "application/pdf"),
    ]
    assert [(mail.to, "Cơ sở Mây" in mail.body) for mail in mailoutbox] == [(["xa@example.vn"], True)]
    (entry,) = audits()
    assert (entry.action, entry.before) == ("seller.apply", None)
    assert entry.after == {"state": "APPLIED", "kind": "HOUSEHOLD", "name": "Cơ sở Mây", "papers": 2}
    assert gid_of_public(stored) is None


def gid_of_public(seller: Seller) -> Any:
    """What a passer-by finds of it."""
    from django.test import Client

    return Graphql(Client())("query($s: String!){seller(slug: $s){id}}", s=seller.slug)["seller"]


def test_what_only_the_verification_needs_may_come_later(shop: Shop) -> None:
    lan = person("lan@example.vn")
    optional = ("taxCode", "personalId", "birthDate", "bankBin", "bankAccount", "bankHolder", "about")

    seller = ok(apply(lan, *optional))

    assert [item["code"] for item in seller["private"]["checklist"] if not item["done"]] == [
        "IDENTITY",
        "DOCUMENTS",
        "BANK_ACCOUNT",
        "VNEID",
        "VERIFIED",
    ]


def test_a_long_legal_name_stands_in_for_names_that_were_left_out(shop: Shop) -> None:
    seller = ok(
        apply(person("lan@example.vn"), "bankHolder", legalName="x" * 200, address={**ADDRESS, "name": ""})
    )

    assert seller["private"]["legalName"] == "x" * 200
    assert seller["private"]["address"]["name"] == "x" * 120
    assert seller["private"]["bankAccount"]["holder"] == "x" * 120


def test_every_problem_of_an_application_is_told_at_once_and_nothing_is_kept(shop: Shop) -> None:
    lan = person("lan@example.vn")
    before = Seller.objects.count(), kept_files()

    refused = apply(
        lan,
        name=" ",
        legalName="x" * 201,
        village="khong-co",
        commune="khong-co",
        taxCode="0100047517",
        personalId="12345",
        birthDate="2999-01-01",
        phone="123",
        address={"name": "", "phone": "x", "line1": " ", "wardCode": "99999", "country": "VN"},
        bankBin="000000",
        bankAccount="1",
        about="x" * 4001,
        documents=[photo(), photo(kind="GIF"), pdf()],
    )

    assert refused["seller"] is None
    assert sorted(errors(refused), key=str) == sorted(
        [
            ("FILE_TYPE", ["documents", "1"]),
            ("REQUIRED", ["name"]),
            ("TOO_LONG", ["legalName"]),
            ("NOT_FOUND", ["village"]),
            ("NOT_FOUND", ["commune"]),
            ("INVALID", ["taxCode"]),
            ("INVALID", ["personalId"]),
            ("OUT_OF_RANGE", ["birthDate"]),
            ("INVALID", ["phone"]),
            ("REQUIRED", ["address", "line1"]),
            ("INVALID", ["address", "phone"]),
            ("INVALID", ["address", "wardCode"]),
            ("INVALID", ["bankBin"]),
            ("INVALID", ["bankAccount"]),
            ("TOO_LONG", ["about"]),
        ],
        key=str,
    )
    assert (Seller.objects.count(), kept_files()) == before
    assert (PrivateFile.objects.count(), AuditEntry.objects.count(), Message.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("COMPANY", "0100047516", "0100047516"),
        ("COMPANY", " 010.004.751-6 ", "0100047516"),
        ("COMPANY", "0100047516001", "0100047516-001"),
        ("COMPANY", "0100047516-001", "0100047516-001"),
        # Each other last digit.
        *[("COMPANY", f"010004751{digit}", None) for digit in range(10) if digit != 6],
        # A sum of 0 mod 11 gives no code.
        ("COMPANY", "0000000000", None),
        ("COMPANY", "00000000010", None),
        ("COMPANY", "010004751", None),
        ("COMPANY", "٠١٠٠٠٤٧٥١٦", None),
        # Since July 2025 a person's id is their tax code; a company has none.
        ("COMPANY", "001170012345", None),
        ("HOUSEHOLD", "001170012345", "001170012345"),
        ("HOUSEHOLD", "000170012345", None),
    ],
)
def test_a_tax_code_is_known_by_its_check_digit(
    shop: Shop, kind: str, typed: str, stored: str | None
) -> None:
    answer = apply(person("lan@example.vn"), kind=kind, taxCode=typed)

    if stored is None:
        assert errors(answer) == [("INVALID", ["taxCode"])]
    else:
        assert ok(answer)["private"]["taxCode"] == stored


@pytest.mark.parametrize(
    ("typed", "birth", "wrong"),
    [
        ("001170012345", "1970-12-31", None),
        ("001070012345", "1970-01-01", None),
        ("001204012345", "2004-01-01", None),
        ("001304012345", "2004-01-01", None),
        ("001170012345", "1971-01-01", ("INVALID", ["birthDate"])),
        ("001270012345", "1970-01-01", ("INVALID", ["birthDate"])),
        ("00117001234", "1970-01-01", ("INVALID", ["personalId"])),
        ("0011700123456", "1970-01-01", ("INVALID", ["personalId"])),
        ("00117001234x", "1970-01-01", ("INVALID", ["personalId"])),
        ("001225012345", "2025-01-01", ("OUT_OF_RANGE", ["birthDate"])),
        ("001180012345", "1880-01-01", ("OUT_OF_RANGE", ["birthDate"])),
    ],
)
def test_a_personal_id_has_twelve_digits_and_the_year_of_birth(
    shop: Shop, typed: str, birth: str, wrong: Any
) -> None:
    answer = apply(person("lan@example.vn"), "taxCode", personalId=typed, birthDate=birth)

    assert errors(answer) == ([wrong] if wrong else [])


def test_a_later_application_is_compared_with_the_id_that_is_there(shop: Shop) -> None:
    lan = person("lan@example.vn")
    first = ok(apply(lan, "birthDate"))

    refused = apply(lan, "personalId", sellerId=first["id"], birthDate="1971-01-01")
    taken = ok(apply(lan, "personalId", sellerId=first["id"], birthDate="1970-02-03"))

    assert errors(refused) == [("INVALID", ["birthDate"])]
    assert (taken["private"]["personalId"], taken["private"]["birthDate"]) == ("001170012345", "1970-02-03")


def test_a_company_does_not_keep_the_tax_code_it_gave_as_a_person(shop: Shop) -> None:
    lan = person("lan@example.vn")
    first = ok(apply(lan, taxCode="001170012345"))

    refused = apply(lan, "taxCode", sellerId=first["id"], kind="COMPANY")
    mended = ok(apply(lan, sellerId=first["id"], kind="COMPANY", taxCode="0100047516"))

    assert errors(refused) == [("INVALID", ["taxCode"])]
    assert (mended["kind"], mended["private"]["taxCode"]) == ("COMPANY", "0100047516")


def test_a_personal_id_given_later_is_held_against_the_birth_date_of_before(shop: Shop) -> None:
    lan = person("lan@example.vn")
    first = ok(apply(lan, "personalId"))

    refused = apply(lan, "birthDate", sellerId=first["id"], personalId="001171012345")

    assert errors(refused) == [("INVALID", ["birthDate"])]
    assert Seller.objects.get(slug=first["slug"]).personal_id is None


def test_one_person_has_so_many_workshops_and_closed_ones_do_not_count(shop: Shop, settings: Any) -> None:
    settings.SELLERS_PER_PERSON = 2
    lan = person("lan@example.vn")
    first = ok(apply(lan))
    ok(apply(lan))

    refused = apply(lan)
    again = ok(apply(lan, sellerId=first["id"], name="Tên khác"))
    Seller.objects.filter(slug=first["slug"]).update(state="SUSPENDED")
    suspended = apply(lan)
    Seller.objects.filter(slug=first["slug"]).update(state="CLOSED")
    after = apply(lan)

    assert errors(refused) == [("LIMIT_REACHED", None)]
    assert again["name"] == "Tên khác"
    # Whoever was suspended does not begin anew beside it.
    assert errors(suspended) == [("LIMIT_REACHED", None)]
    assert errors(after) == []


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_do_not_pass_the_limit(shop: Shop, settings: Any, clean_jobs: None) -> None:
    settings.SELLERS_PER_PERSON = 2
    lan = person("lan@example.vn")
    ok(apply(lan))

    answers = at_once([lambda: apply(lan)] * 4)

    assert sorted(map(str, map(errors, answers))) == ["[('LIMIT_REACHED', None)]"] * 3 + ["[]"]
    assert SellerMember.objects.filter(user__email="lan@example.vn").count() == 2


def test_after_a_rejection_one_applies_again_and_the_papers_stay(
    shop: Shop, officer: Caller, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    lan = person("lan@example.vn")
    seller = ok(apply(lan, documents=[photo()]))
    ok(decide(officer, seller["id"], "REJECT", "Ảnh giấy tờ bị mờ."))
    told = ok(update(lan, seller["id"], about="Lời mới."))["private"]["decisionNote"]

    again = ok(apply(lan, sellerId=seller["id"], name="Cơ sở Mây Lan", documents=[pdf()]))

    assert told == "Ảnh giấy tờ bị mờ."
    assert (again["id"], again["state"], again["slug"]) == (seller["id"], "APPLIED", "co-so-may")
    assert again["private"]["decisionNote"] is None
    assert len(again["private"]["documents"]) == 2
    assert len(again["private"]["members"]) == 1
    entry = audits("seller.apply")[-1]
    assert (entry.before, entry.after["state"]) == ({"state": "REJECTED"}, "APPLIED")


@pytest.mark.parametrize("state", ["VERIFIED", "SUSPENDED", "CLOSED"])
def test_whoever_was_verified_does_not_apply_again(owner: Caller, shop: Shop, state: str) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(state=state)
    before = row(shop.seller), kept_files()

    refused = apply(owner, sellerId=gid(shop.seller), documents=[photo()])

    assert errors(refused) == [("INVALID_STATE", ["sellerId"])]
    assert (row(shop.seller), kept_files()) == before
    assert not PrivateFile.objects.exists()


# --- Papers ---------------------------------------------------------------------------------------------------


def broken_pdf() -> Any:
    file = pdf()
    file.file.truncate(12)
    file.size = 12
    return file


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: photo(kind="GIF"), "FILE_TYPE"),
        (lambda: _named("cccd.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "FILE_TYPE"),
        (lambda: _named("giay.pdf", b"<html>%PDF-1.7 %%EOF</html>"), "FILE_TYPE"),
        (lambda: _named("giay.docx", b"PK\x03\x04 word"), "FILE_TYPE"),
        (lambda: _named("trong.jpg", b""), "FILE_BROKEN"),
        (broken_pdf, "FILE_BROKEN"),
        (lambda: _named("to.pdf", b"%PDF-1.7\n" + b"x" * 3000 + b"%%EOF"), "FILE_TOO_LARGE"),
        (lambda: _named("to.jpg", b"x" * 3000), "FILE_TOO_LARGE"),
    ],
)
def test_a_paper_that_is_refused_keeps_all_of_them_out(
    shop: Shop, settings: Any, make: Callable[[], Any], code: str
) -> None:
    settings.PAPER_MAX_BYTES = 2500
    before = Seller.objects.count(), kept_files()

    refused = apply(person("lan@example.vn"), documents=[photo(), make()])

    assert errors(refused) == [(code, ["documents", "1"])]
    assert (Seller.objects.count(), kept_files(), PrivateFile.objects.count()) == (*before, 0)


def _named(name: str, content: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content, "image/jpeg")


def test_ten_papers_at_once_and_thirty_in_all(shop: Shop) -> None:
    lan = person("lan@example.vn")
    before = kept_files()

    eleven = apply(lan, documents=[pdf() for _number in range(11)])
    none = kept_files() - before
    seller = ok(apply(lan, documents=[pdf() for _number in range(10)]))
    for _time in range(2):
        ok(apply(lan, sellerId=seller["id"], documents=[pdf() for _number in range(10)]))
    one_more = apply(lan, sellerId=seller["id"], documents=[pdf()])

    assert errors(eleven) == [("LIMIT_REACHED", ["documents"])]
    assert none == set()
    assert errors(one_more) == [("LIMIT_REACHED", ["documents"])]
    assert (PrivateFile.objects.count(), len(kept_files() - before)) == (30, 30)


# --- Decisions ------------------------------------------------------------------------------------------------

LEGAL = {
    ("APPLIED", "VERIFY"): "VERIFIED",
    ("APPLIED", "REJECT"): "REJECTED",
    ("VERIFIED", "SUSPEND"): "SUSPENDED",
    ("SUSPENDED", "REINSTATE"): "VERIFIED",
    **{(state, "CLOSE"): "CLOSED" for state in ("UNCLAIMED", "APPLIED", "VERIFIED", "REJECTED", "SUSPENDED")},
}
TABLE = [
    (state.value, decision)
    for state in SellerState
    for decision in ("VERIFY", "REJECT", "SUSPEND", "REINSTATE", "CLOSE")
]


@pytest.mark.parametrize(("state", "decision"), TABLE)
def test_each_decision_in_each_state(
    owner: Caller,
    officer: Caller,
    shop: Shop,
    run_jobs: RunJobs,
    mailoutbox: list[Any],
    state: str,
    decision: str,
) -> None:
    seller = complete(shop, state)
    SellerMember.objects.create(seller=seller, user=make_user("sua@example.vn"), role="EDITOR")
    SearchOutbox.objects.all().delete()
    before = row(seller)

    answer = decide(officer, gid(seller), decision, "Vì lý do này.")
    again = decide(officer, gid(seller), decision, "Vì lý do này.")
    outbox = list(SearchOutbox.objects.values_list("shelf", "shelf_id"))
    run_jobs()

    target = LEGAL.get((state, decision))
    # A decision that was taken is never legal once more.
    assert errors(again) == [("INVALID_STATE", ["decision"])]
    if target is None:
        assert errors(answer) == [("INVALID_STATE", ["decision"])]
        assert row(seller) == before
        assert (outbox, audits(), mailoutbox, Message.objects.count()) == ([], [], [], 0)
        return
    assert (ok(answer)["state"], ok(answer)["private"]["decisionNote"]) == (target, "Vì lý do này.")
    assert outbox == [("seller", shop.seller.pk)]
    (entry,) = audits()
    assert (entry.action, entry.object_id, entry.reason) == (
        f"seller.{decision.lower()}",
        str(seller.pk),
        "Vì lý do này.",
    )
    assert (entry.before, entry.after) == ({"state": state}, {"state": target})
    assert entry.actor == f"user:{User.objects.get(email='xa@example.vn').pk}"
    (mail,) = mailoutbox
    assert mail.to == ["chu@example.vn"]
    assert shop.seller.name in mail.body
    assert ("Vì lý do này." in mail.body) is (decision != "VERIFY")


@pytest.mark.parametrize(("state", "decision"), [pair for pair in LEGAL if pair[1] != "VERIFY"])
def test_every_decision_but_verifying_needs_a_reason(
    officer: Caller, shop: Shop, state: str, decision: str
) -> None:
    seller = complete(shop, state)
    before = row(seller)

    refused = [decide(officer, gid(seller), decision, note) for note in (None, "", " \n ")]

    assert [errors(answer) for answer in refused] == [[("REQUIRED", ["note"])]] * 3
    assert row(seller) == before
    assert audits() == []


@pytest.mark.parametrize(
    ("lacking", "label"),
    [
        ({"phone": ""}, "Phone and address"),
        ({"address": None}, "Phone and address"),
        ({"personal_id": None}, "Personal id and date of birth"),
        ({"birth_date": None}, "Personal id and date of birth"),
        ({"kind": "COMPANY", "tax_code": None}, "Tax code"),
        ({}, "A photo of your papers"),
    ],
)
def test_nobody_is_verified_while_something_needed_is_missing(
    officer: Caller, shop: Shop, lacking: dict[str, Any], label: str
) -> None:
    seller = complete(shop, "APPLIED")
    for name, value in lacking.items():
        setattr(seller, name, value)
    seller.save()
    if not lacking:
        PrivateFile.objects.all().delete()
    before = row(seller)
    officer.gql.headers["Accept-Language"] = "en"

    body = officer.gql.post(
        "mutation($id: ID!){sellerDecide(id: $id, decision: VERIFY){userErrors{code field message}}}",
        id=gid(seller),
    )

    (problem,) = body["data"]["sellerDecide"]["userErrors"]
    assert (problem["code"], problem["field"]) == ("INVALID_STATE", ["decision"])
    assert problem["message"] == f"Still missing: {label}"
    assert row(seller) == before
    assert audits() == []


def test_the_same_decision_twice_in_one_second_is_told_each_time(
    owner: Caller, officer: Caller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    for decision in ("SUSPEND", "REINSTATE", "SUSPEND"):
        ok(decide(officer, gid(shop.seller), decision, "Lý do."))
    run_jobs()

    assert len(mailoutbox) == 3


SEEN = """query($product: String!, $seller: String!){
  products{nodes{slug}} product(slug: $product){slug} seller(slug: $seller){slug products{nodes{slug}}}
  sellers{nodes{slug}} searchProducts(query: "gio co te"){totalCount}
}"""


def test_what_a_suspended_seller_sells_is_gone_until_it_is_reinstated(
    owner: Caller, officer: Caller, shop: Shop, gql: Graphql, run_jobs: RunJobs
) -> None:
    run_jobs()

    def seen() -> Any:
        return gql(SEEN, product=shop.product.slug, seller=shop.seller.slug)

    before = seen()
    ok(decide(officer, gid(shop.seller), "SUSPEND", "Hàng giả."))
    run_jobs()
    suspended = seen()
    inside = owner.gql(SEEN, product=shop.product.slug, seller=shop.seller.slug)
    ok(decide(officer, gid(shop.seller), "REINSTATE", "Đã xem lại."))
    run_jobs()
    back = seen()
    ok(decide(officer, gid(shop.seller), "CLOSE", "Chủ xin nghỉ."))
    run_jobs()

    slug = {"slug": shop.product.slug}
    assert before == {
        "products": {"nodes": [slug]},
        "product": slug,
        "seller": {"slug": shop.seller.slug, "products": {"nodes": [slug]}},
        "sellers": {"nodes": [{"slug": shop.seller.slug}]},
        "searchProducts": {"totalCount": 1},
    }
    nothing = {
        "products": {"nodes": []},
        "product": None,
        "seller": None,
        "sellers": {"nodes": []},
        "searchProducts": {"totalCount": 0},
    }
    assert suspended == nothing
    assert inside["product"] == slug
    assert back == before
    assert seen() == nothing
    assert Product.objects.get().state == "PUBLISHED"


def test_an_officer_of_another_commune_finds_nothing(shop: Shop) -> None:
    seller = complete(shop, "APPLIED")
    other = Commune.objects.create(slug="chuyen-my", code="10330", name="Chuyên Mỹ", name_key="chuyen my")
    elsewhere = person("xa-khac@example.vn", is_staff=True)
    CommuneOfficer.objects.create(commune=other, user=User.objects.get(email="xa-khac@example.vn"))
    before = row(seller)

    answers = [
        decide(elsewhere, gid(seller), "VERIFY"),
        decide(elsewhere, gid(seller), "REJECT"),
        trust(elsewhere, seller, trusted=True),
        update(elsewhere, gid(seller), about="x"),
    ]

    assert [errors(answer) for answer in answers] == [[("NOT_FOUND", ["id"])]] * 4
    assert row(seller) == before
    assert audits() == []


def trust(caller: Caller, seller: Seller, *, trusted: bool, note: str | None = None) -> Any:
    return caller.call(
        "sellerTrustSet",
        "id: ID!, trusted: Boolean!, note: String",
        f"seller{{{SELLER}}}",
        id=gid(seller),
        trusted=trusted,
        note=note,
    )


def test_trust_is_given_to_the_verified_and_taken_with_a_reason_that_they_read(
    owner: Caller, officer: Caller, shop: Shop, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    SearchOutbox.objects.all().delete()

    given = ok(trust(officer, shop.seller, trusted=True))
    twice = ok(trust(officer, shop.seller, trusted=True))
    wordless = trust(officer, shop.seller, trusted=False)
    taken = ok(trust(officer, shop.seller, trusted=False, note="Giao hàng chậm nhiều lần."))
    run_jobs()
    Seller.objects.filter(pk=shop.seller.pk).update(state="SUSPENDED")
    suspended = trust(officer, shop.seller, trusted=True)

    assert (given["trusted"], twice["trusted"], taken["trusted"]) == (True, True, False)
    assert errors(wordless) == [("REQUIRED", ["note"])]
    assert errors(suspended) == [("INVALID_STATE", ["trusted"])]
    assert [(entry.action, entry.before, entry.after, entry.reason) for entry in audits()] == [
        ("seller.trust", {"trusted": False}, {"trusted": True}, ""),
        ("seller.distrust", {"trusted": True}, {"trusted": False}, "Giao hàng chậm nhiều lần."),
    ]
    assert [(mail.to, "Giao hàng chậm nhiều lần." in mail.body) for mail in mailoutbox] == [
        (["chu@example.vn"], False),
        (["chu@example.vn"], True),
    ]


# --- What they tell of themselves -----------------------------------------------------------------------------


def test_the_address_is_public_with_consent_only_and_never_with_a_phone(
    owner: Caller, shop: Shop, gql: Graphql
) -> None:
    complete(shop, "VERIFIED")
    query = "query($s: String!){seller(slug: $s){publicAddress{name phone line1 ward province}}}"

    def seen() -> Any:
        return gql(query, s=shop.seller.slug)["seller"]["publicAddress"]

    before = seen()
    shown = ok(update(owner, gid(shop.seller), showAddress=True))
    first = Seller.objects.get(pk=shop.seller.pk).address_shown_at
    during = seen()
    ok(update(owner, gid(shop.seller), showAddress=True))
    second = Seller.objects.get(pk=shop.seller.pk).address_shown_at
    ok(update(owner, gid(shop.seller), showAddress=False))

    assert before is None
    assert shown["private"]["showAddress"] is True
    assert during == {
        "name": shop.seller.name,
        "phone": None,
        "line1": "1 phố Tràng Thi",
        "ward": "Hoàn Kiếm",
        "province": "Hà Nội",
    }
    # Since when they have consented is kept.
    assert first == second
    assert seen() is None
    assert Seller.objects.get(pk=shop.seller.pk).address_shown_at is None


def test_each_field_of_its_own_changes_and_the_rest_stays(owner: Caller, shop: Shop) -> None:
    seller = complete(shop, "VERIFIED")
    key = gid(seller)
    linked = (timezone.now() - dt.timedelta(days=1)).replace(microsecond=0)
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"name": " Tên  mới "}, {"name": "Tên mới", "name_key": sort_key("Tên mới")}),
        ({"about": "Lời mới."}, {"about": {**seller.about, "vi": "Lời mới."}}),
        ({"phone": "0987 654 321"}, {"phone": "+84987654321"}),
        (
            {"address": {**ADDRESS, "line1": "Xóm 3"}},
            {
                "address": {
                    "name": "Nguyễn Thị Lan",
                    "phone": "+84912345678",
                    "line1": "Xóm 3",
                    "ward": "Hoàn Kiếm",
                    "wardCode": "00070",
                    "wardScheme": "vn-2025",
                    "province": "Hà Nội",
                    "provinceCode": "01",
                    "postalCode": "",
                    "country": "VN",
                }
            },
        ),
        ({"vneidLinkedAt": linked.isoformat()}, {"vneid_linked_at": linked}),
        ({"vneidLinkedAt": None}, {"vneid_linked_at": None}),
        ({"collection": "PLATFORM"}, {}),
        (
            {"socialLinks": [{"network": "facebook", "url": "https://www.facebook.com/may"}]},
            {"social_links": [{"network": "facebook", "url": "https://www.facebook.com/may"}]},
        ),
        ({"socialLinks": None}, {"social_links": []}),
    ]

    for given, expected in changes:
        before = row(seller)
        ok(update(owner, key, **given))
        after = row(seller)

        assert {name: after[name] for name in expected} == expected, given
        others = before.keys() - expected.keys() - {"updated_at"}
        assert {name: after[name] for name in others} == {name: before[name] for name in others}, given


def test_a_new_name_reaches_search(owner: Caller, shop: Shop) -> None:
    SearchOutbox.objects.all().delete()

    ok(update(owner, gid(shop.seller), about="Lời mới."))
    words = SearchOutbox.objects.count()
    ok(update(owner, gid(shop.seller), name="Mây Vàng"))

    shelves = list(SearchOutbox.objects.values_list("shelf", "shelf_id"))
    assert (words, shelves) == (0, [("seller", shop.seller.pk)])


def test_words_are_of_the_language_they_are_written_in(owner: Caller, shop: Shop, gql: Graphql) -> None:
    owner.gql.headers["Accept-Language"] = "en"

    ok(update(owner, gid(shop.seller), about="In English, anew."))

    about = Seller.objects.get(pk=shop.seller.pk).about
    assert about == {**shop.seller.about, "en": "In English, anew."}


def test_a_logo_is_a_picture_like_any_other(owner: Caller, shop: Shop, run_jobs: RunJobs) -> None:
    waiting = ok(update(owner, gid(shop.seller), logo=photo()))
    run_jobs()
    broken = update(owner, gid(shop.seller), logo=_named("logo.jpg", b"<svg/>"))
    ready = ok(update(owner, gid(shop.seller), about="x"))
    gone = ok(update(owner, gid(shop.seller), logo=None))

    assert (waiting["logo"], ready["logo"], gone["logo"]) == (None, {"ready": True}, None)
    assert errors(broken) == [("FILE_TYPE", ["logo"])]
    assert ImageAsset.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"name": ""}, [("REQUIRED", ["name"])]),
        ({"name": "x" * 161}, [("TOO_LONG", ["name"])]),
        ({"about": "x" * 4001}, [("TOO_LONG", ["about"])]),
        ({"phone": "12"}, [("INVALID", ["phone"])]),
        ({"address": {**ADDRESS, "wardCode": "99999"}}, [("INVALID", ["address", "wardCode"])]),
        ({"vneidLinkedAt": "2999-01-01T00:00:00Z"}, [("OUT_OF_RANGE", ["vneidLinkedAt"])]),
        ({"collection": "DIRECT"}, [("PAYMENT_UNAVAILABLE", ["collection"])]),
        ({"name": "", "phone": "12"}, [("REQUIRED", ["name"]), ("INVALID", ["phone"])]),
    ],
)
def test_what_is_wrong_changes_nothing(owner: Caller, shop: Shop, values: Any, wrong: Any) -> None:
    before = row(shop.seller)

    refused = update(owner, gid(shop.seller), **{"about": "Lời mới.", **values})

    assert errors(refused) == wrong
    assert row(shop.seller) == before
    assert audits() == []


@pytest.mark.parametrize(
    ("network", "url", "stored"),
    [
        ("facebook", "https://www.facebook.com/co-so", "https://www.facebook.com/co-so"),
        ("Facebook", "facebook.com/co-so", "https://facebook.com/co-so"),
        ("facebook", "https://m.facebook.com/co-so", "https://m.facebook.com/co-so"),
        ("facebook", "https://fb.com/co-so", "https://fb.com/co-so"),
        ("zalo", "https://zalo.me/0912345678", "https://zalo.me/0912345678"),
        ("tiktok", "https://www.tiktok.com/@may", "https://www.tiktok.com/@may"),
        ("youtube", "https://youtu.be/x", "https://youtu.be/x"),
        ("instagram", "https://instagram.com/may", "https://instagram.com/may"),
        ("website", "https://may.example.vn/", "https://may.example.vn/"),
        ("facebook", "http://facebook.com/co-so", None),
        ("facebook", "https://facebook.com.evil.example/co-so", None),
        ("facebook", "https://evilfacebook.com/co-so", None),
        ("facebook", "https://facebook.com@evil.example/", None),
        ("facebook", "https://user:pass@facebook.com/", None),
        ("facebook", "https://facebook.com:8443/", None),
        ("facebook", "https://zalo.me/x", None),
        ("facebook", "javascript://facebook.com/%0aalert(1)", None),
        ("website", "javascript:alert(1)", None),
        ("website", "data:text/html,x", None),
        ("website", "https://localhost/", None),
        ("website", "https://[::1/", None),
        ("website", "", None),
    ],
)
def test_social_links_are_https_and_of_the_network_they_name(
    owner: Caller, shop: Shop, network: str, url: str, stored: str | None
) -> None:
    answer = update(owner, gid(shop.seller), socialLinks=[{"network": network, "url": url}])

    if stored is None:
        assert errors(answer) == [("INVALID", ["socialLinks", "0", "url"])]
        assert Seller.objects.get(pk=shop.seller.pk).social_links == []
    else:
        assert ok(answer)["socialLinks"] == [{"network": network.lower(), "url": stored}]


def test_unknown_networks_and_too_many_links_are_refused(owner: Caller, shop: Shop) -> None:
    good = {"network": "website", "url": "https://may.example.vn"}

    unknown = update(owner, gid(shop.seller), socialLinks=[good, {"network": "myspace", "url": "x"}])
    many = update(owner, gid(shop.seller), socialLinks=[good] * 7)

    assert errors(unknown) == [("INVALID", ["socialLinks", "1", "network"])]
    assert errors(many) == [("LIMIT_REACHED", ["socialLinks"])]


def test_a_closed_workshop_changes_no_more(owner: Caller, shop: Shop) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(state="CLOSED")
    before = row(shop.seller)

    refused = update(owner, gid(shop.seller), about="x")

    assert errors(refused) == [("INVALID_STATE", ["id"])]
    assert row(shop.seller) == before


# --- What nobody else reads -----------------------------------------------------------------------------------


def test_neither_audit_nor_log_nor_jobs_hold_personal_data(
    shop: Shop, officer: Caller, run_jobs: RunJobs, caplog: pytest.LogCaptureFixture
) -> None:
    MemorySender.outbox.clear()
    lan = person("lan@example.vn")
    with connection.cursor() as cursor, caplog.at_level("INFO"):
        seller = ok(apply(lan, showAddress=True, documents=[photo()]))
        apply(lan, phone="0912345678999", personalId="001170012345000", taxCode="0100047517")
        ok(update(lan, seller["id"], phone="0987654321", address={**ADDRESS, "line1": "Xóm Bí Mật"}))
        ok(decide(officer, seller["id"], "VERIFY"))
        for contact in ("nguoi-moi@example.vn", "0977 888 999"):
            lan.call(
                "sellerMemberInvite",
                "sellerId: ID!, contact: String!, role: MemberRole!",
                "seller{id}",
                sellerId=seller["id"],
                contact=contact,
                role="PACKER",
            )
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        jobs = str(cursor.fetchall())
        run_jobs()
    rows = json.dumps(list(AuditEntry.objects.values()), default=str, ensure_ascii=False)

    secrets = (*PERSONAL, "987654321", "Bí Mật", "977888999", "977 888 999", "nguoi-moi@example.vn")
    assert [action["action"] for action in AuditEntry.objects.order_by("at").values("action")] == [
        "seller.apply",
        "seller.update",
        "seller.verify",
        "seller.member_invite",
        "seller.member_invite",
    ]
    assert caplog.text.count('"event": "request"') == 6
    for secret in secrets:
        assert secret not in rows
        assert secret not in caplog.text
        assert secret not in jobs
    assert "loi-moi" not in caplog.text + rows + jobs


def test_the_database_holds_personal_data_in_no_clear_text(shop: Shop) -> None:
    lan = person("lan@example.vn")
    # Names of the workshop are public; its legal name stands on invoices.
    ok(apply(lan, legalName="Hộ kinh doanh Mây", showAddress=True))

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(s)::text FROM catalog_seller s WHERE slug = 'co-so-may'")
        (stored,) = cursor.fetchone()

    for secret in PERSONAL:
        assert secret not in stored
    assert set(json.loads(stored)) >= {
        "phone",
        "tax_code",
        "personal_id",
        "birth_date",
        "address",
        "bank_account",
    }
    assert Seller.objects.get(slug="co-so-may").phone == "+84912345678"


def test_who_may_no_longer_sign_in_is_told_nothing(officer: Caller, shop: Shop) -> None:
    for email, active in (("chu@example.vn", True), ("cu@example.vn", False)):
        user = make_user(email, is_active=active)
        SellerMember.objects.create(seller=shop.seller, user=user, role="OWNER")

    ok(decide(officer, gid(shop.seller), "SUSPEND", "Hàng giả."))

    assert [message.contact for message in Message.objects.all()] == ["chu@example.vn"]


def test_an_officer_decides_no_more_once_the_workshop_has_moved_to_another_commune(
    officer: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Commune.objects.create(slug="chuyen-my", code="10330", name="Chuyên Mỹ", name_key="x")
    find = access.access_seller

    def moved_after(*arguments: Any) -> Seller:
        found = find(*arguments)
        Seller.objects.filter(pk=found.pk).update(commune=elsewhere, village=None)
        return found

    monkeypatch.setattr(access, "access_seller", moved_after)

    refused = decide(officer, gid(shop.seller), "SUSPEND", "Hàng giả.")

    assert errors(refused) == [("NOT_FOUND", ["id"])]
    assert Seller.objects.get(pk=shop.seller.pk).state == "VERIFIED"
