"""Consent, personal data given out and erased, texts by law, and mails in HTML."""

import datetime as dt
import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from catalog.models import Favourite, Review, SavedAddress, Seller, SellerMember
from marketplace.accounts.legal import consents_of, texts_publish
from marketplace.accounts.models import Consent, LegalText, User
from marketplace.accounts.notices import as_html
from marketplace.core.actor import GUEST, Actor
from marketplace.core.ids import to_global_id
from marketplace.core.models import AuditEntry
from orders import services
from orders.models import Cart, Order
from orders.tokens import order_token
from payments.models import Refund
from payments.services import refund_complete
from tests.builders import ADDRESS, Shop, make_user
from tests.conftest import Graphql
from tests.orders.selling import buy_paid, codes, member, part_ids
from tests.payments.buying import CART_CREATE, CHECKOUT, checkout_input, lines_of

pytestmark = pytest.mark.django_db
PASSWORD = "lang-nghe-2026"
ERASE = "mutation($p: String!){accountErase(password: $p){accepted userErrors{field code message}}}"
CONSENT = "mutation($p: String!, $g: Boolean!){consentSet(purpose: $p, given: $g){accepted userErrors{field code message}}}"
TEXT = "query($k: LegalKind!, $v: String, $l: Language){legalText(kind: $k, version: $v, language: $l){version language title body}}"
INVOICE = {
    "company": "Công ty Cỏ",
    "taxCode": "0100047516",
    "address": "1 Tràng Tiền",
    "email": "ke.toan@example.vn",
}


def agrees(user: User, purpose: str) -> bool:
    return any(row.given for row in consents_of(user) if row.purpose == purpose)


@pytest.fixture
def person(db: Any) -> User:
    user = make_user("lan@example.vn", name="Nguyễn Thị Lan", phone="+84912345670")
    user.set_password(PASSWORD)
    user.save()
    return user


# --- Consent --------------------------------------------------------------------------------------------------
def test_consent_is_kept_by_purpose_with_time_and_text(gql: Graphql, person: User) -> None:
    gql.login(person)
    assert gql("{viewer{consents{purpose}}}")["viewer"]["consents"] == []
    assert not agrees(person, "news")  # silence is no yes

    for given in (True, True, False):
        assert gql(CONSENT, p="news", g=given)["consentSet"]["accepted"] is True
    found = gql("{viewer{consents{purpose given at textVersion}}}")["viewer"]["consents"]

    assert [(row["purpose"], row["given"], row["textVersion"]) for row in found] == [
        ("news", False, "2026-11-27")
    ]
    assert [row.given for row in Consent.objects.order_by("id")] == [True, False]
    assert codes(gql(CONSENT, p="spam", g=True)["consentSet"]) == [(["purpose"], "INVALID")]
    assert not agrees(person, "news")


def test_a_guest_has_no_consents(gql: Graphql) -> None:
    assert gql.post(CONSENT, p="news", g=True)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert gql("{viewer{consents{purpose}}}")["viewer"]["consents"] == []


# --- All of it --------------------------------------------------------------------------------------------------
def bought(gql: Graphql, shop: Shop, run_jobs: Callable[[], int], person: User) -> Order:
    order = buy_paid(gql.login(person), run_jobs, (shop.variant, 1), invoice=INVOICE)
    return Order.objects.get(number=order.number)


def end(shop: Shop, order: Order, new_gql: Callable[[], Graphql]) -> None:
    """The seller sends it and the buyer says that it came."""
    side = member(new_gql(), shop.seller)
    side.ship(side.part()["id"])
    services.seller_order_receive(
        actor=GUEST, part_id=order.seller_orders.get().pk, token=order_token(order.pk)
    )


def test_a_person_gets_all_that_is_kept(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int], person: User
) -> None:
    order = bought(gql, shop, run_jobs, person)
    SavedAddress.objects.create(user=person, address=ADDRESS)
    Favourite.objects.create(user=person, product=shop.product)
    mail.outbox.clear()

    for _twice in range(2):
        assert gql("mutation{personalDataExport{accepted userErrors{code}}}")["personalDataExport"][
            "accepted"
        ]
    run_jobs()

    (message,) = mail.outbox
    assert "/tai-khoan/du-lieu" in message.body
    browser = Client()
    assert browser.get("/tai-khoan/du-lieu/tai-ve").status_code == 302
    browser.force_login(person)
    answer = browser.get("/tai-khoan/du-lieu/tai-ve")
    assert "no-store" in answer["Cache-Control"]
    data = answer.json()
    assert data["account"]["phone"] == "+84912345670"
    assert data["catalogue"]["addresses"] == [ADDRESS]
    assert data["catalogue"]["favourites"] == [shop.product.slug]
    (kept,) = data["buying"]["orders"]
    assert (kept["number"], kept["invoice"]["taxCode"], kept["parts"][0]["lines"][0]["quantity"]) == (
        order.number, "0100047516", 1,
    )  # fmt: skip


def test_an_account_is_erased_and_what_the_law_keeps_stays(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int], person: User, new_gql: Callable[[], Graphql]
) -> None:
    order = bought(gql, shop, run_jobs, person)
    total, lines = order.total, order.seller_orders.get().lines.count()
    end(shop, order, new_gql)
    line = order.seller_orders.get().lines.get()
    review = Review.objects.create(
        product=shop.product, order_line=line.pk, author=person, author_name="Lan N.", rating=5,
        body="Đẹp", written_at=timezone.now(),
    )  # fmt: skip
    SavedAddress.objects.create(user=person, address=ADDRESS)
    Cart.objects.create(user=person, expires_at=timezone.now())
    gql(CONSENT, p="news", g=True)

    assert codes(gql(ERASE, p="wrong")["accountErase"]) == [(["password"], "INVALID")]
    assert gql(ERASE, p=PASSWORD)["accountErase"]["accepted"] is True

    person.refresh_from_db()
    order.refresh_from_db()
    assert (person.name, person.phone, person.is_active, person.has_usable_password()) == (
        "",
        None,
        False,
        False,
    )
    assert person.erased_at is not None
    assert not SavedAddress.objects.exists()
    review.refresh_from_db()
    assert (review.author, review.author_name, review.body) == (None, "…", "Đẹp")
    assert not Cart.objects.filter(order=None).exists()
    assert (order.phone, order.email, order.note, order.refund_account) == ("", "", "", None)
    assert (order.address["name"], order.address["line1"], order.address["province"]) == ("", "", "Hà Nội")
    assert (order.total, order.seller_orders.get().lines.count(), order.invoice["taxCode"]) == (
        total, lines, "0100047516",
    )  # fmt: skip
    # Nobody is signed in any more, and nothing of the person is left in the records.
    assert gql("{viewer{user{id}}}")["viewer"]["user"] is None
    left = json.dumps([row.after for row in AuditEntry.objects.all()], ensure_ascii=False)
    assert "Lan" not in left
    assert "912345" not in left


def test_nothing_is_erased_while_something_goes_on(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int], person: User, new_gql: Callable[[], Graphql]
) -> None:
    order = bought(gql, shop, run_jobs, person)
    assert codes(gql(ERASE, p=PASSWORD)["accountErase"]) == [(None, "INVALID_STATE")]
    end(shop, order, new_gql)
    SellerMember.objects.create(seller=shop.seller, user=person, role="OWNER")
    assert codes(gql(ERASE, p=PASSWORD)["accountErase"]) == [(None, "INVALID_STATE")]
    person.refresh_from_db()
    assert person.name == "Nguyễn Thị Lan"

    Seller.objects.update(state="CLOSED")
    assert gql(ERASE, p=PASSWORD)["accountErase"]["accepted"] is True
    assert not SellerMember.objects.filter(user=person).exists()


def test_nobody_is_erased_who_still_gets_money_back(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int], person: User
) -> None:
    order = bought(gql, shop, run_jobs, person)
    gql("mutation($o: ID!){orderCancel(orderId: $o){userErrors{code}}}", o=to_global_id("Order", order.pk))
    order.refresh_from_db()
    assert order.state == "CANCELLED" or order.state == "REFUNDED"  # counted, and not yet paid

    assert codes(gql(ERASE, p=PASSWORD)["accountErase"]) == [(None, "INVALID_STATE")]
    with pytest.raises(CommandError):
        call_command("personal_data", "lan@example.vn", "--erase")

    admin = Actor(user=make_user(is_superuser=True))
    refund_complete(actor=admin, refund_id=Refund.objects.get().pk, bank_reference="FT1")
    assert gql(ERASE, p=PASSWORD)["accountErase"]["accepted"] is True


def test_the_command_gives_out_and_erases_guests_too(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int], new_gql: Callable[[], Graphql]
) -> None:
    bought_ = buy_paid(gql, run_jobs, (shop.variant, 1))
    order = Order.objects.get(number=bought_.number)
    out = StringIO()
    call_command("personal_data", "0912 345 678", stdout=out)
    assert json.loads(out.getvalue())["guest_orders"][0]["number"] == order.number
    with pytest.raises(CommandError, match="going on"):
        call_command("personal_data", "0912345678", "--erase", stdout=out)
    end(shop, order, new_gql)
    assert part_ids(bought_)

    call_command("personal_data", "lan@example.vn", "--erase", stdout=out)

    order.refresh_from_db()
    assert (order.phone, order.address["name"]) == ("", "")
    with pytest.raises(CommandError, match="Nobody"):
        call_command("personal_data", "0912345678", stdout=out)


def test_the_page_of_ones_data(person: User) -> None:
    browser = Client()
    browser.cookies["language"] = "en"
    assert browser.get("/tai-khoan/du-lieu").status_code == 302
    browser.login(username="lan@example.vn", password=PASSWORD)
    assert "Erase my account for good" in browser.get("/tai-khoan/du-lieu").content.decode()

    assert browser.post("/tai-khoan/du-lieu", {"news": "1"}).status_code == 302
    assert agrees(person, "news")
    assert not agrees(person, "survey")
    wrong = browser.post("/tai-khoan/du-lieu", {"act": "erase", "password": "x"})
    assert wrong.status_code == 422
    assert "The password is not right." in wrong.content.decode()
    assert browser.post("/tai-khoan/du-lieu", {"act": "erase", "password": PASSWORD}).status_code == 302

    person.refresh_from_db()
    assert person.erased_at is not None
    assert not browser.login(username="lan@example.vn", password=PASSWORD)


# --- Texts by law ------------------------------------------------------------------------------------------------
def test_texts_have_versions_and_the_one_in_force_is_shown(gql: Graphql) -> None:
    today = gql(TEXT, k="TERMS", l="en")["legalText"]
    assert (today["version"], today["language"], today["title"]) == ("2026-11-27", "en", "Terms of sale")
    assert gql(TEXT, k="TERMS", l="ko")["legalText"]["language"] == "vi"
    for hours, version in ((1, "sau-nay"), (-1, "moi")):
        LegalText.objects.create(
            kind="TERMS", version=version, title="Điều khoản", body="Ai\nbán",
            valid_from=timezone.now() + dt.timedelta(hours=hours),
        )  # fmt: skip
    texts_publish("default")  # each start again: nothing comes twice

    assert gql(TEXT, k="TERMS", l="en")["legalText"]["version"] == "moi"
    assert gql(TEXT, k="TERMS", v="2026-11-27", l="vi")["legalText"]["title"] == "Điều khoản mua bán"
    assert gql(TEXT, k="TERMS", v="none")["legalText"] is None
    assert LegalText.objects.filter(version="2026-11-27").count() == 10


@pytest.mark.parametrize("word", ["ai-van-hanh", "dieu-khoan", "du-lieu-ca-nhan", "giao-hang", "doi-tra"])
def test_each_text_has_a_page(word: str) -> None:
    page = Client().get(f"/phap-ly/{word}").content.decode()
    assert "2026-11-27" in page
    assert page.count("<h2>") >= 1
    assert Client().get("/phap-ly/khac").status_code == 404
    assert Client().get(f"/phap-ly/{word}?ban=x").status_code == 404


def test_an_order_names_the_terms_and_whom_the_invoice_is_for(
    gql: Graphql, shop: Shop, run_jobs: Any
) -> None:
    cart = gql(CART_CREATE, lines=lines_of((shop.variant, 1)))["cartCreate"]["cart"]["id"]
    given = checkout_input(cart)
    old = gql(CHECKOUT, input={**given, "acceptedTerms": "2020"}, key="a")["checkoutPlace"]
    assert [(e["field"], e["code"]) for e in old["userErrors"]] == [(["acceptedTerms"], "INVALID")]
    bad = {**INVOICE, "taxCode": "0100047517", "company": " ", "email": "x"}
    wrong = gql(CHECKOUT, input={**given, "invoice": bad}, key="b")["checkoutPlace"]
    assert {tuple(e["field"]) for e in wrong["userErrors"]} == {
        ("invoice", "company"), ("invoice", "taxCode"), ("invoice", "email"),
    }  # fmt: skip

    done = gql(CHECKOUT, input={**given, "acceptedTerms": "2026-11-27", "invoice": INVOICE}, key="c")
    assert done["checkoutPlace"]["userErrors"] == []

    order = Order.objects.get()
    assert (order.accepted_terms, order.invoice) == ("2026-11-27", INVOICE)


# --- Mails -------------------------------------------------------------------------------------------------------
def test_mails_say_the_same_in_plain_text_and_html(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int], settings: Any
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    side = member(Graphql(Client()), shop.seller)
    side.ship(part_ids(order)[0])
    run_jobs()

    (message,) = [item for item in mail.outbox if item.to == ["lan@example.vn"]]
    (html,) = [content for content, kind in message.alternatives if kind == "text/html"]
    link = f"{settings.BASE_URL}/don-hang/{order.number}"
    assert link in message.body
    assert f'<a href="{link}' in html
    assert "http" not in html.replace(settings.BASE_URL, "")  # no picture and nothing from elsewhere
    hostile = as_html("<b>", f'<script>x</script>\n\n{settings.BASE_URL}/a"onclick=1 https://evil.example/')
    assert "<script>" not in hostile
    assert 'onclick=1"' not in hostile
    assert hostile.count("<a ") == 1


def test_an_administrator_publishes_a_version_and_changes_none(gql: Graphql) -> None:
    admin, officer = Client(), Client()
    admin.force_login(make_user(is_superuser=True, is_staff=True))
    officer.force_login(make_user(is_staff=True))
    form = {
        "kind": "OWNER", "version": "2027-01", "language": "vi", "title": "Ai vận hành", "body": "Chủ\r\nHợp tác xã\r\n\r\nĐịa chỉ\r\nXã Phú Xuyên",
        "valid_from_0": "2026-11-27", "valid_from_1": "00:00",
    }  # fmt: skip

    assert officer.post("/admin/accounts/legaltext/add/", form).status_code in (302, 403)
    assert not LegalText.objects.filter(version="2027-01").exists()
    assert admin.post("/admin/accounts/legaltext/add/", form).status_code == 302

    made = LegalText.objects.get(version="2027-01")
    assert admin.post(f"/admin/accounts/legaltext/{made.pk}/change/", form).status_code == 403
    page = Client().get("/phap-ly/ai-van-hanh").content.decode()
    assert "<h2>Địa chỉ</h2>" in page
    assert admin.post(f"/admin/accounts/legaltext/{made.pk}/delete/", {"post": "yes"}).status_code == 403
    assert AuditEntry.objects.filter(action="legal_text.published", object_id=str(made.pk)).count() == 1
