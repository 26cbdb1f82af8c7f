"""OCOP certificates: the way from a scan to a badge, and how a badge goes."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from catalog import jobs, queries, services
from catalog.models import (
    OcopCertificate,
    OcopState,
    PrivateFile,
    Product,
    ProductRevision,
    Seller,
    SellerMember,
)
from catalog.ocop import add_months, rules_on
from catalog.services import certificates
from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.models import AuditEntry
from search.models import SearchOutbox
from search.services import drain
from tests.builders import Shop, make_certificate, make_product
from tests.catalog.conftest import Caller, errors, gid, ok
from tests.catalog.test_papers import pdf
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 26)
CERTIFICATE = (
    "certificate{id number stars level issuedBy issuedOn expiresOn state note scanUrl product{slug}}"
)


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.date], None]:
    """Sets the day on which everything happens."""

    def set_day(to: dt.date) -> None:
        noon = dt.datetime.combine(to, dt.time(12), tzinfo=clock.HANOI)
        monkeypatch.setattr("django.utils.timezone.now", lambda: noon)

    set_day(TODAY)
    return set_day


def submit(caller: Caller, product: Product, **values: Any) -> Any:
    return caller.call(
        "ocopCertificateSubmit",
        "input: OcopCertificateInput!",
        CERTIFICATE,
        input={
            "productId": gid(product),
            "number": "3981/QĐ-UBND",
            "stars": 4,
            "level": "PROVINCE",
            "issuedBy": "UBND thành phố Hà Nội",
            "issuedOn": "2026-06-01",
            **values,
        },
    )


def decide(caller: Caller, key: str, accept: bool, note: str | None = None) -> Any:
    return caller.call(
        "ocopCertificateDecide",
        "id: ID!, accept: Boolean!, note: String",
        CERTIFICATE,
        id=key,
        accept=accept,
        note=note,
    )


def revoke(caller: Caller, key: str, reason: str) -> Any:
    return caller.call(
        "ocopCertificateRevoke", "id: ID!, reason: String!", CERTIFICATE, id=key, reason=reason
    )


def badge(gql: Graphql, product: Product) -> Any:
    """What a buyer sees: on the page, in the list by stars, and in search by stars."""
    drain()
    data = gql(
        "query($slug: String!){product(slug: $slug){ocopStars ocop{number state} ocopCertificates{state}}"
        " products(filter: {ocopStars: {min: 3}}){nodes{slug}}"
        ' searchProducts(query: "gio", filter: {ocopStars: {min: 3}}){nodes{slug}}}',
        slug=product.slug,
    )
    listed = [len(data[name]["nodes"]) for name in ("products", "searchProducts")]
    return data["product"]["ocopStars"], *listed


def test_from_the_scan_to_the_badge(
    owner: Caller, officer: Caller, shop: Shop, gql: Graphql, day: Any, run_jobs: Callable[[], int]
) -> None:
    sent = ok(submit(owner, shop.product, scan=pdf()))

    assert (sent["state"], sent["expiresOn"], sent["note"]) == ("SUBMITTED", "2029-06-01", None)
    assert badge(gql, shop.product) == (None, 0, 0)
    waits = owner.gql(
        "query($id: ID!){node(id: $id){...on Product{pendingRevision{changedFields}}}}", id=gid(shop.product)
    )
    assert waits["node"]["pendingRevision"] == {"changedFields": ["ocop"]}
    assert owner.gql.client.get(sent["scanUrl"]).getvalue() == pdf().read()

    accepted = ok(decide(officer, sent["id"], True, "Đã đối chiếu bản gốc."))

    assert (accepted["state"], accepted["note"]) == ("VALID", "Đã đối chiếu bản gốc.")
    assert badge(gql, shop.product) == (4, 1, 1)
    assert not ProductRevision.objects.exists()
    told = AuditEntry.objects.filter(object_type="OcopCertificate").order_by("at")
    assert [(row.action, row.reason) for row in told] == [
        ("certificate.submit", ""),
        ("certificate.accept", "Đã đối chiếu bản gốc."),
    ]
    run_jobs()
    assert [message.to for message in mail.outbox] == [["chu@example.vn"]]
    assert "4" in mail.outbox[0].body


def test_a_refused_one_says_why_and_may_be_sent_again(
    owner: Caller, officer: Caller, shop: Shop, gql: Graphql, day: Any
) -> None:
    first = ok(submit(owner, shop.product))

    assert errors(decide(officer, first["id"], False)) == [("REQUIRED", ["note"])]
    refused = ok(decide(officer, first["id"], False, "Ảnh mờ, xin chụp lại."))
    again = ok(submit(owner, shop.product))

    assert (refused["state"], refused["note"]) == ("REJECTED", "Ảnh mờ, xin chụp lại.")
    assert again["state"] == "SUBMITTED"
    assert errors(submit(owner, shop.product)) == [("DUPLICATE", ["number"])]
    assert OcopCertificate.objects.count() == 2
    assert badge(gql, shop.product) == (None, 0, 0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"number": " "}, [("REQUIRED", ["number"])]),
        ({"number": "9" * 65}, [("TOO_LONG", ["number"])]),
        ({"issuedBy": ""}, [("REQUIRED", ["issuedBy"])]),
        ({"stars": 2}, [("OUT_OF_RANGE", ["stars"])]),
        ({"stars": 6}, [("OUT_OF_RANGE", ["stars"])]),
        ({"stars": 5}, [("INVALID", ["level"])]),
        ({"level": "DISTRICT", "stars": 3}, [("INVALID", ["level"])]),
        ({"issuedOn": "2019-01-01"}, [("OUT_OF_RANGE", ["issuedOn"])]),
        ({"issuedOn": "2028-01-01"}, [("OUT_OF_RANGE", ["issuedOn"])]),
        ({"issuedOn": "2023-11-25"}, [("OUT_OF_RANGE", ["issuedOn"])]),
        ({"expiresOn": "2029-06-02"}, [("OUT_OF_RANGE", ["expiresOn"])]),
        ({"expiresOn": "2026-06-01"}, [("OUT_OF_RANGE", ["expiresOn"])]),
        ({"expiresOn": "2026-11-25"}, [("OUT_OF_RANGE", ["expiresOn"])]),
        ({"number": "", "stars": 7, "issuedBy": ""}, [("REQUIRED", ["number"]), ("REQUIRED", ["issuedBy"]), ("OUT_OF_RANGE", ["stars"])]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(
    owner: Caller, shop: Shop, day: Any, values: dict[str, Any], expected: Any
) -> None:
    before = Product.objects.values().get(pk=shop.product.pk)

    answer = submit(owner, shop.product, scan=pdf(), **values)

    assert errors(answer) == expected
    assert answer["certificate"] is None
    assert not OcopCertificate.objects.exists()
    assert not PrivateFile.objects.exists()
    assert Product.objects.values().get(pk=shop.product.pk) == before
    assert not AuditEntry.objects.exists()


def test_the_rules_of_the_day_of_issue_count(owner: Caller, shop: Shop, day: Any) -> None:
    by_district = ok(
        submit(owner, shop.product, issuedOn="2025-07-05", stars=3, level="DISTRICT", number="1")
    )
    day_after = submit(owner, shop.product, issuedOn="2025-07-06", stars=3, level="DISTRICT", number="2")

    assert by_district["expiresOn"] == "2028-07-05"
    assert errors(day_after) == [("INVALID", ["level"])]
    rules = rules_on(dt.date(2026, 5, 22))
    assert rules is not None
    assert rules.decision == "26/2026/QĐ-TTg"


def test_an_old_one_that_has_ended_is_not_taken(owner: Caller, shop: Shop, day: Any) -> None:
    assert errors(submit(owner, shop.product, issuedOn="2023-11-25")) == [("OUT_OF_RANGE", ["issuedOn"])]
    assert ok(submit(owner, shop.product, issuedOn="2023-11-26"))["expiresOn"] == "2026-11-26"


@pytest.mark.parametrize(
    ("issued", "expires"),
    [
        ("2026-02-28", "2029-02-28"),
        ("2024-02-29", "2027-02-28"),
        ("2025-12-31", "2028-12-31"),
        ("2023-01-01", "2026-01-01"),
    ],
)
def test_a_certificate_lasts_36_calendar_months(issued: str, expires: str) -> None:
    assert add_months(dt.date.fromisoformat(issued), 36) == dt.date.fromisoformat(expires)


@given(day=st.dates(dt.date(2019, 8, 21), dt.date(2100, 1, 1)), months=st.integers(1, 120))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: dt.date, months: int) -> None:
    later = add_months(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + dt.timedelta(days=1)).day == 1)


def test_after_its_last_day_the_badge_is_gone_before_any_job_and_the_job_says_so(
    owner: Caller, officer: Caller, shop: Shop, gql: Graphql, day: Any, run_jobs: Callable[[], int]
) -> None:
    key = ok(decide(officer, ok(submit(owner, shop.product))["id"], True))["id"]
    day(dt.date(2029, 6, 1))
    assert badge(gql, shop.product) == (4, 1, 1)

    day(dt.date(2029, 6, 2))

    assert badge(gql, shop.product) == (None, 0, 0)
    assert OcopCertificate.objects.get().state == OcopState.VALID
    SearchOutbox.objects.all().delete()
    jobs.turn_certificates.func(timestamp=0)
    jobs.turn_certificates.func(timestamp=0)
    assert OcopCertificate.objects.get().state == OcopState.EXPIRED
    assert SearchOutbox.objects.filter(product_id=shop.product.pk).count() == 1
    assert AuditEntry.objects.filter(action="certificate.expire", actor="system").count() == 1
    assert badge(gql, shop.product) == (None, 0, 0)
    # The session of years ago has ended.
    officer.gql.login(User.objects.get(email="xa@example.vn"))
    assert errors(revoke(officer, key, "Làm sai.")) == [("INVALID_STATE", ["id"])]


def test_a_revoked_one_shows_no_badge_and_says_why(
    owner: Caller, officer: Caller, shop: Shop, gql: Graphql, day: Any
) -> None:
    key = ok(decide(officer, ok(submit(owner, shop.product))["id"], True))["id"]
    assert badge(gql, shop.product) == (4, 1, 1)

    assert errors(revoke(officer, key, "  ")) == [("REQUIRED", ["reason"])]
    revoked = ok(revoke(officer, key, "Không còn đạt chất lượng."))

    assert (revoked["state"], revoked["note"]) == ("REVOKED", "Không còn đạt chất lượng.")
    assert badge(gql, shop.product) == (None, 0, 0)
    assert errors(revoke(officer, key, "Hai lần.")) == [("INVALID_STATE", ["id"])]
    assert errors(decide(officer, key, True)) == [("INVALID_STATE", ["id"])]
    # It cannot come back by being sent once more.
    assert errors(submit(owner, shop.product)) == [("DUPLICATE", ["number"])]


def test_a_renewed_one_takes_over_on_its_day_whatever_its_stars(
    owner: Caller, officer: Caller, shop: Shop, gql: Graphql, day: Any
) -> None:
    make_certificate(
        shop.product, stars=4, number="cũ", issued_on=dt.date(2024, 1, 1), expires_on=dt.date(2027, 1, 1)
    )
    renewed = ok(submit(owner, shop.product, number="mới", stars=3, issuedOn="2026-12-15"))
    ok(decide(officer, renewed["id"], True))

    assert badge(gql, shop.product) == (4, 1, 1)
    day(dt.date(2026, 12, 14))
    assert badge(gql, shop.product) == (4, 1, 1)
    day(dt.date(2026, 12, 15))
    assert badge(gql, shop.product) == (3, 1, 1)
    four = gql("{products(filter: {ocopStars: {min: 4}}){nodes{slug}}}")
    assert four["products"]["nodes"] == []
    # The index is told on that day, once.
    SearchOutbox.objects.all().delete()
    OcopCertificate.objects.filter(number="cũ").update(begun_at=clock.now())
    assert services.certificates_turn() == 1
    assert services.certificates_turn() == 0
    assert SearchOutbox.objects.count() == 1


def test_sellers_are_told_60_30_and_7_days_ahead_once_each(
    owner: Caller, shop: Shop, day: Any, run_jobs: Callable[[], int]
) -> None:
    make_certificate(shop.product, issued_on=dt.date(2024, 3, 1), expires_on=dt.date(2027, 3, 1))

    for left in (61, 60, 59, 31, 30, 8, 7, 1, 0):
        day(dt.date(2027, 3, 1) - dt.timedelta(days=left))
        services.certificates_remind()
        services.certificates_remind()
        run_jobs()
        sent = len(mail.outbox)
        assert sent == {61: 0, 60: 1, 59: 1, 31: 1, 30: 2, 8: 2}.get(left, 3), left
    assert "01/03/2027" in mail.outbox[0].body
    assert f"/desk/san-pham/{shop.product.pk.hex}/chung-nhan" in mail.outbox[0].body


def test_nobody_is_told_of_what_is_renewed_already(owner: Caller, shop: Shop, day: Any) -> None:
    ends = {"issued_on": dt.date(2023, 12, 1), "expires_on": dt.date(2026, 12, 1)}
    make_certificate(shop.product, **ends)
    make_certificate(
        shop.product, number="mới", state="SUBMITTED", issued_on=TODAY, expires_on=dt.date(2029, 11, 26)
    )

    assert list(queries.certificates_ending(60)) == []


def test_vneid_is_asked_for_before_its_deadline_and_no_more_once_linked(
    owner: Caller, shop: Shop, day: Any, run_jobs: Callable[[], int]
) -> None:
    Seller.objects.update(applied_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    query = "query($id: ID!){node(id: $id){...on Seller{private{vneidDeadline}}}}"

    services.vneid_remind()
    services.vneid_remind()
    run_jobs()

    assert len(mail.outbox) == 1
    assert "31/12/2026" in mail.outbox[0].body
    assert owner.gql(query, id=gid(shop.seller))["node"]["private"] == {"vneidDeadline": "2026-12-31"}
    ok(
        owner.call(
            "sellerUpdate",
            "input: SellerUpdateInput!",
            "seller{id}",
            input={"id": gid(shop.seller), "vneidLinkedAt": "2026-11-20T00:00:00Z"},
        )
    )
    day(dt.date(2026, 12, 30))
    services.vneid_remind()
    assert run_jobs() == 0 or len(mail.outbox) == 1


def test_a_newer_account_is_due_from_its_first_day(shop: Shop, day: Any) -> None:
    Seller.objects.update(applied_at=dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC))

    assert queries.vneid_deadline(Seller.objects.get()) == dt.date(2026, 11, 20)


def test_five_wait_at_most(owner: Caller, shop: Shop, day: Any) -> None:
    for index in range(5):
        ok(submit(owner, shop.product, number=f"{index}"))

    assert errors(submit(owner, shop.product, number="6")) == [("LIMIT_REACHED", ["productId"])]


def test_a_listing_that_is_put_away_takes_none(owner: Caller, shop: Shop, day: Any) -> None:
    ok(owner.on("productArchive", gid(shop.product)))

    assert errors(submit(owner, shop.product)) == [("INVALID_STATE", ["productId"])]


def test_a_certificate_alone_is_not_decided_with_the_listing(
    owner: Caller, officer: Caller, shop: Shop, day: Any
) -> None:
    ok(submit(owner, shop.product))

    answer = officer.on("productDecide", gid(shop.product), publish=True)

    assert errors(answer) == [("INVALID_STATE", ["id"])]
    assert OcopCertificate.objects.get().state == OcopState.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_two_officers_decide_at_once_and_one_of_them_is_told(shop: Shop, clean_jobs: None) -> None:
    certificate = make_certificate(shop.product, state="SUBMITTED")
    admins = [User.objects.create_superuser(f"a{index}@example.vn") for index in range(2)]
    ready, answers = threading.Barrier(2), []

    def press(user: User, accept: bool) -> None:
        try:
            ready.wait()
            services.certificate_decide(
                actor=Actor(user=user), certificate_id=certificate.pk, accept=accept, note="Xem."
            )
            answers.append("ok")
        except DomainError as error:
            answers.append(error.problems[0].code.value)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(user, index == 0)) for index, user in enumerate(admins)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["INVALID_STATE", "ok"]
    assert AuditEntry.objects.filter(object_type="OcopCertificate").count() == 1


def test_partners_read_certificates_by_number_and_state(shop: Shop, gql: Graphql, day: Any) -> None:
    other = make_product(seller=shop.seller)
    make_certificate(shop.product, number="1/QĐ")
    make_certificate(other, number="1/QĐ", issued_on=dt.date(2022, 1, 1), expires_on=dt.date(2025, 1, 1))

    query = 'query($s: [OcopState!]){ocopCertificates(number: "1/QĐ", state: $s){nodes{product{slug} state}}}'

    assert len(gql(query)["ocopCertificates"]["nodes"]) == 2
    assert gql(query, s=["EXPIRED"])["ocopCertificates"]["nodes"] == [
        {"product": {"slug": other.slug}, "state": "EXPIRED"}
    ]


def test_a_guest_sees_no_note_and_no_scan(owner: Caller, officer: Caller, shop: Shop, day: Any) -> None:
    key = ok(decide(officer, ok(submit(owner, shop.product, scan=pdf()))["id"], True, "Ghi chú"))["id"]

    seen = Graphql(Client())(
        "query($id: ID!){node(id: $id){...on OcopCertificate{note scanUrl stars}}}", id=key
    )

    assert seen["node"] == {"note": None, "scanUrl": None, "stars": 4}
    assert SellerMember.objects.count() == 1


def test_a_number_is_found_however_its_accents_are_typed(shop: Shop, gql: Graphql) -> None:
    certificate = make_certificate(shop.product, number="12/QĐ-Hà Nội")

    found = gql("query($n: String){ocopCertificates(number: $n){nodes{id}}}", n=" 12/QĐ-Ha\u0300  Nội")

    assert found == {"ocopCertificates": {"nodes": [{"id": gid(certificate)}]}}


def test_one_that_ended_while_it_waited_is_only_refused(
    officer: Caller, shop: Shop, day: Callable[[dt.date], None]
) -> None:
    day(TODAY)
    waiting = make_certificate(
        shop.product,
        state="SUBMITTED",
        issued_on=TODAY - dt.timedelta(days=900),
        expires_on=TODAY - dt.timedelta(days=1),
    )

    accepted = decide(officer, gid(waiting), True)
    refused = ok(decide(officer, gid(waiting), False, "Đã hết hạn."))

    assert errors(accepted) == [("INVALID_STATE", ["id"])]
    assert refused["state"] == "REJECTED"


def test_a_first_day_may_lie_a_year_ahead_and_no_more(
    owner: Caller, shop: Shop, day: Callable[[dt.date], None]
) -> None:
    day(TODAY)
    year = dt.timedelta(days=366)

    late = submit(owner, shop.product, issuedOn=(TODAY + year + dt.timedelta(days=1)).isoformat())
    taken = submit(owner, shop.product, issuedOn=(TODAY + year).isoformat())

    assert errors(late) == [("OUT_OF_RANGE", ["issuedOn"])]
    assert ok(taken)["state"] == "SUBMITTED"


def test_one_that_cannot_be_turned_keeps_none_behind_it(
    shop: Shop, day: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = {"issued_on": dt.date(2023, 11, 1), "expires_on": dt.date(2026, 11, 1)}
    bad = make_certificate(shop.product, **ends)
    good = make_certificate(make_product(seller=shop.seller), **ends)
    real = certificates.lock_product

    def lock(key: Any) -> Product:
        if key == bad.product_id:
            raise RuntimeError("broken row")
        return real(key)

    monkeypatch.setattr(certificates, "lock_product", lock)

    assert services.certificates_turn() == 1
    good.refresh_from_db()
    assert good.state == OcopState.EXPIRED


def test_officers_are_told_in_the_morning_how_much_waits_and_once(
    owner: Caller, officer: Caller, shop: Shop, day: Any, run_jobs: Callable[[], int]
) -> None:
    services.officers_remind()
    run_jobs()
    assert mail.outbox == []
    ok(submit(owner, shop.product))
    make_product(seller=shop.seller, state="IN_REVIEW", published_at=None)

    services.officers_remind()
    services.officers_remind()
    run_jobs()

    assert [message.to for message in mail.outbox] == [["xa@example.vn"]]
    assert "món hàng: 1" in mail.outbox[0].body
    assert "giấy chứng nhận: 1" in mail.outbox[0].body
