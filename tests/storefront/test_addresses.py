"""Addresses that people keep: their pages, and the checkout that knows them. By plain forms, without JavaScript."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import services
from catalog.models import SavedAddress
from marketplace.accounts.models import User
from marketplace.core.actor import Actor
from orders.models import Cart, Order, ShippingRate, ShippingTerms
from tests.builders import ADDRESS, make_user
from tests.storefront.conftest import Buyer, shown, text_of

pytestmark = pytest.mark.django_db
LIST = "/tai-khoan/dia-chi"
NEW = f"{LIST}/moi"
FORM = {
    "name": "Nguyễn Thị Lan",
    "phone": "0912 345 678",
    "province": "01",
    "ward": "00070",
    "line1": "1 phố Tràng Thi",
    "country": "VN",
}
NO_INVOICE = dict.fromkeys(("company", "tax_code", "invoice_address", "invoice_email"), "")


@pytest.fixture
def person(buyer: Buyer) -> User:
    """The buyer, signed in."""
    user = make_user("lan@example.vn", name="Lan", phone="+84912000111")
    buyer.client.force_login(user)
    return user


def keep(user: User, line: str, **more: Any) -> SavedAddress:
    address = {**ADDRESS, "line1": line, **more}
    return services.address_save(actor=Actor(user=user), address_id=None, new=True, address=address)


def listed(client: Client) -> list[tuple[str, bool]]:
    """The lines of the page's addresses and which one is the default."""
    rows = re.findall(r'<li class="card">.*?</li>', text_of(client.get(LIST)), re.DOTALL)
    found = [(re.search(r"<br>(.*?), Hoàn Kiếm, Hà Nội", row), "Your default" in row) for row in rows]
    return [(line.group(1), default) for line, default in found if line]


def values(page: str) -> dict[str, str]:
    """What stands in the fields of a form."""
    inputs = (
        r'<input (?:id="\w+" name="|type="hidden" name="(?=country))(\w+)"(?: type="\w+")? value="([^"]*)"'
    )
    found = dict(re.findall(inputs, page))
    for name in ("province", "ward"):
        chosen = re.search(rf'<select id="{name}".*?</select>', page, re.DOTALL)
        assert chosen, name
        selected = re.search(r'value="(\w+)" selected', chosen.group())
        found[name] = selected.group(1) if selected else ""
    note = re.search(r'<textarea id="note"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {**found, **({"note": note.group(1)} if note else {})}


def kept(user: User) -> list[str]:
    return [
        row.address["line1"] for row in SavedAddress.objects.filter(user=user).order_by("created_at", "id")
    ]


def test_from_the_first_address_to_the_last(buyer: Buyer, person: User) -> None:
    client = buyer.client
    assert "You keep no address yet." in text_of(client.get(LIST))
    assert values(text_of(client.get(NEW))) == {
        "name": "Lan",
        "phone": "0912 000 111",
        "province": "01",
        "ward": "",
        "line1": "",
        "country": "VN",
    }, "the first is mostly one's own"

    assert client.post(NEW, FORM).url == LIST
    assert values(text_of(client.get(NEW)))["name"] == "", "the second may be anybody's"
    assert client.post(NEW, {**FORM, "name": "Bà Tư", "line1": "2 ngõ Gạch"}).url == LIST
    assert listed(client) == [("1 phố Tràng Thi", True), ("2 ngõ Gạch", False)]
    page = text_of(client.get(LIST))
    assert "The address is kept." not in page, "said once"
    assert "0912\N{NO-BREAK SPACE}345\N{NO-BREAK SPACE}678" in page

    second = SavedAddress.objects.get(is_default=False)
    assert values(text_of(client.get(f"{LIST}/{second.pk}"))) == {
        **FORM,
        "name": "Bà Tư",
        "line1": "2 ngõ Gạch",
    }
    assert client.post(f"{LIST}/{second.pk}", {**FORM, "line1": "2 ngõ Gạch, tầng 3"}).url == LIST
    assert "The address is changed." in text_of(client.get(LIST))
    assert listed(client) == [("1 phố Tràng Thi", True), ("2 ngõ Gạch, tầng 3", False)]

    assert client.post(LIST, {"default": str(second.pk)}).url == LIST
    assert listed(client) == [("2 ngõ Gạch, tầng 3", True), ("1 phố Tràng Thi", False)]

    question = text_of(client.get(f"{LIST}/{second.pk}/xoa"))
    assert "Delete this address?" in question
    assert "2 ngõ Gạch, tầng 3" in question
    assert SavedAddress.objects.count() == 2, "asked, not done"
    assert client.post(f"{LIST}/{second.pk}/xoa").url == LIST
    assert "The address is deleted." in text_of(client.get(LIST))
    assert listed(client) == [("1 phố Tràng Thi", True)]


def test_the_way_to_the_addresses_stands_where_people_look(buyer: Buyer, person: User) -> None:
    link = f'<a href="{LIST}">Your addresses</a>'

    assert text_of(buyer.client.get("/don-hang")).count(link) == 2, "above the orders and in the foot"
    assert text_of(buyer.client.get("/accounts/password/change/")).count(link) == 1
    buyer.client.logout()
    assert link not in text_of(buyer.client.get("/don-hang"))


@pytest.mark.parametrize("page", ["", "/moi", "/{key}", "/{key}/xoa"])
def test_guests_sign_in_and_come_back(buyer: Buyer, page: str) -> None:
    path = LIST + page.format(key=keep(make_user(), "Nhà").pk)

    for response in (buyer.client.get(path), buyer.client.post(path, FORM)):
        assert (response.status_code, response.url) == (302, f"/accounts/login/?next={path}")
        assert "no-store" in response["Cache-Control"]
    assert [row.address["line1"] for row in SavedAddress.objects.all()] == ["Nhà"]


def test_somebody_elses_address_is_not_there(buyer: Buyer, person: User) -> None:
    keep(person, "Của Lan")
    other = make_user()
    theirs = keep(other, "Của người khác")

    for response in (
        buyer.client.get(f"{LIST}/{theirs.pk}"),
        buyer.client.post(f"{LIST}/{theirs.pk}", FORM),
        buyer.client.get(f"{LIST}/{theirs.pk}/xoa"),
        buyer.client.post(f"{LIST}/{theirs.pk}/xoa"),
        buyer.client.post(LIST, {"default": str(theirs.pk)}),
        buyer.client.post(LIST, {"default": "x\0"}),
    ):
        assert response.status_code == 404
    assert listed(buyer.client) == [("Của Lan", True)]
    assert kept(other) == ["Của người khác"]


@pytest.mark.parametrize("new", [True, False])
def test_nothing_typed_is_lost(buyer: Buyer, person: User, new: bool) -> None:
    row = keep(person, "Nhà")
    typed = {**FORM, "name": "", "phone": "12", "ward": "", "line1": "Ngõ <sâu>"}

    response = buyer.client.post(NEW if new else f"{LIST}/{row.pk}", typed)
    page = text_of(response)

    assert response.status_code == 422
    assert kept(person) == ["Nhà"]
    for field in ("name", "phone", "ward"):
        assert f'<a href="#{field}">' in page, field
        assert f'aria-describedby="{field}-error"' in page, field
    assert values(page) == {**typed, "line1": shown("Ngõ <sâu>")}


def test_wards_of_another_province_come_without_javascript(buyer: Buyer, person: User) -> None:
    response = buyer.client.post(NEW, {**FORM, "choose_province": "1"})

    assert response.status_code == 200
    assert values(text_of(response)) == FORM
    assert re.search(r'<select id="ward"[^>]* autofocus', text_of(response))
    assert not SavedAddress.objects.exists()


def test_one_too_many_is_told(buyer: Buyer, person: User, settings: Any) -> None:
    settings.SAVED_ADDRESSES = 1
    keep(person, "Nhà")

    response = buyer.client.post(NEW, FORM)

    assert response.status_code == 422
    assert "You have 1 addresses already. Remove one first." in text_of(response)
    assert values(text_of(response)) == FORM
    assert kept(person) == ["Nhà"]


def test_a_default_whose_ward_is_gone_is_put_right_first(buyer: Buyer, person: User) -> None:
    keep(person, "Nhà")
    row = keep(person, "Xưởng")
    SavedAddress.objects.filter(pk=row.pk).update(address={**row.address, "wardCode": "99999"})

    response = buyer.client.post(LIST, {"default": str(row.pk)})

    assert response.url == f"{LIST}/{row.pk}"
    assert "There is no ward or commune with this code." in text_of(buyer.client.get(response.url))
    assert SavedAddress.objects.get(is_default=True).address["line1"] == "Nhà"


def test_what_the_form_does_not_ask_for_stays(buyer: Buyer, person: User) -> None:
    row = keep(person, "Nhà", postalCode="100000")

    buyer.client.post(f"{LIST}/{row.pk}", FORM)
    buyer.client.post(LIST, {"default": str(row.pk)})

    assert SavedAddress.objects.get().address["postalCode"] == "100000"


@pytest.mark.parametrize("path", [LIST, "/dat-hang"])
def test_statements_do_not_grow_with_the_addresses(buyer: Buyer, person: User, path: str) -> None:
    buyer.add()
    counts = []
    for number in (1, 3, 10):
        while len(kept(person)) < number:
            keep(person, f"Nhà {len(kept(person))}")
        buyer.client.get(path)
        with CaptureQueriesContext(connection) as statements:
            page = text_of(buyer.client.get(path))
        assert "Nhà 0" in page
        counts.append(len(statements))

    assert len(set(counts)) == 1, counts


def test_the_checkout_begins_with_the_default(buyer: Buyer, person: User) -> None:
    keep(person, "Xưởng", name="Bà Tư")
    row = keep(person, "Nhà")
    services.address_save(
        actor=Actor(user=person), address_id=row.pk, new=False, address=row.address, is_default=True
    )
    buyer.add()

    page = text_of(buyer.client.get("/dat-hang"))

    assert values(page) == {**FORM, **NO_INVOICE, "line1": "Nhà", "email": "lan@example.vn", "note": ""}
    assert len(re.findall(r'name="choose_address"', page)) == 1, "the other one is offered"


def test_one_address_alone_is_no_choice(buyer: Buyer, person: User) -> None:
    keep(person, "Nhà")
    buyer.add()

    assert "choose_address" not in text_of(buyer.client.get("/dat-hang"))


def test_the_address_of_the_cart_comes_before_a_kept_one(buyer: Buyer, person: User) -> None:
    keep(person, "Nhà")
    buyer.add()
    Cart.objects.update(delivery={**SavedAddress.objects.get().address, "line1": "Đã ghi trước"})

    assert values(text_of(buyer.client.get("/dat-hang")))["line1"] == "Đã ghi trước"


def test_another_address_is_chosen_and_the_rest_of_what_was_typed_stays(buyer: Buyer, person: User) -> None:
    keep(person, "Nhà")
    other = keep(person, "Xưởng", name="Bà Tư", phone="0987 654 321")
    buyer.add()
    form = {**buyer.checkout_form(), "email": "khac@example.vn", "note": "Gọi trước", "keep": "1"}

    response = buyer.client.post("/dat-hang", {**form, "choose_address": str(other.pk)})
    page = text_of(response)

    wanted = {
        **FORM,
        **NO_INVOICE,
        "name": "Bà Tư",
        "phone": "0987 654 321",
        "line1": "Xưởng",
        "email": "khac@example.vn",
        "note": "Gọi trước",
    }
    assert response.status_code == 200
    assert values(page) == wanted
    assert 'name="keep" value="1" checked' in page
    assert form["key"] in page
    assert not Order.objects.exists()
    assert values(text_of(buyer.client.get("/dat-hang"))) == wanted, "also when the form is opened again"


def test_an_address_that_is_not_ones_own_changes_nothing_in_the_form(buyer: Buyer, person: User) -> None:
    theirs = keep(make_user(), "Của người khác")
    buyer.add()
    form = {**buyer.checkout_form(), "line1": "Gõ tay"}

    for key in (str(theirs.pk), "x\0"):
        response = buyer.client.post("/dat-hang", {**form, "choose_address": key})
        assert response.status_code == 200
        assert values(text_of(response))["line1"] == "Gõ tay"


def test_enter_in_a_field_orders_nothing(buyer: Buyer, person: User) -> None:
    """A browser presses the first button of a form then: none that orders or fills in another address."""
    keep(person, "Nhà")
    keep(person, "Xưởng")
    buyer.add()

    page = text_of(buyer.client.get("/dat-hang"))
    form = page[page.index('id="checkout"') :]

    assert re.findall(r"<button[^>]*name=\"(\w+)\"", form)[:2] == ["choose_province", "choose_address"]


def test_an_address_is_kept_for_next_time_once(buyer: Buyer, person: User) -> None:
    for note in ("", "Lần hai"):
        buyer.add()
        form = {**buyer.checkout_form(), "keep": "1", "note": note}
        first = buyer.client.post("/dat-hang", form)
        assert first.status_code == 302
        assert buyer.client.post("/dat-hang", form).url == first.url, "pressed twice"
        assert "could not be kept" not in text_of(buyer.client.get(first.url))

    assert Order.objects.count() == 2
    assert listed(buyer.client) == [(ADDRESS["line1"], True)]


def test_without_the_tick_or_without_an_order_nothing_is_kept(buyer: Buyer, person: User) -> None:
    buyer.add()
    form = buyer.checkout_form()
    refused = buyer.client.post("/dat-hang", {**form, "keep": "1", "phone": "12"})
    assert refused.status_code == 422
    assert 'name="keep" value="1" checked' in text_of(refused), "the tick stays too"

    assert buyer.client.post("/dat-hang", form).status_code == 302

    assert Order.objects.count() == 1
    assert not SavedAddress.objects.exists()


def test_guests_are_not_asked_to_keep_anything(buyer: Buyer) -> None:
    buyer.add()
    assert 'name="keep"' not in text_of(buyer.client.get("/dat-hang"))

    response = buyer.client.post("/dat-hang", {**buyer.checkout_form(), "keep": "1"})

    assert response.url.startswith("/thanh-toan/")
    assert not SavedAddress.objects.exists()


def test_a_full_list_does_not_spoil_the_order(buyer: Buyer, person: User, settings: Any) -> None:
    settings.SAVED_ADDRESSES = 1
    keep(person, "Nhà")
    buyer.add()

    response = buyer.client.post("/dat-hang", {**buyer.checkout_form(), "keep": "1"})

    assert response.url == f"/thanh-toan/{Order.objects.get().number}"
    page = text_of(buyer.client.get(response.url))
    assert "Only its address could not be kept for next time. You have 1 addresses already." in page
    assert kept(person) == ["Nhà"]


def test_a_fault_of_ours_does_not_spoil_the_order(
    buyer: Buyer, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_given: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(services, "address_save", broken)
    buyer.add()

    response = buyer.client.post("/dat-hang", {**buyer.checkout_form(), "keep": "1"})

    assert response.url == f"/thanh-toan/{Order.objects.get().number}"
    assert "Only its address could not be kept for next time." in text_of(buyer.client.get(response.url))


PARIS = {
    "name": "Marie Nguyễn",
    "phone": "+33 1 44 27 10 00",
    "country": "FR",
    "line1": "7 rue Cuvier",
    "province": "Paris",
    "postal_code": "75005",
}


def test_an_address_abroad_is_kept_changed_and_brought_home(buyer: Buyer, person: User) -> None:
    client = buyer.client
    turned = text_of(client.post(NEW, {**FORM, "choose_country": "abroad"}))
    assert '<select id="country"' in turned
    assert 'value="1 phố Tràng Thi"' in turned, "nothing typed is lost"
    assert '<select id="ward"' not in turned
    wrong = client.post(NEW, {**PARIS, "country": "", "province": "", "postal_code": "!"})
    assert wrong.status_code == 422
    assert [f'href="#{name}"' in text_of(wrong) for name in ("country", "province", "postal_code")] == [
        True, False, False,
    ]  # fmt: skip
    wrong = text_of(client.post(NEW, {**PARIS, "province": "", "postal_code": "!"}))
    assert [f'href="#{name}"' in wrong for name in ("country", "province", "postal_code")] == [
        False, True, True,
    ]  # fmt: skip

    assert client.post(NEW, PARIS).url == LIST

    assert "7 rue Cuvier, Paris 75005, France" in text_of(client.get(LIST))
    row = SavedAddress.objects.get()
    page = text_of(client.get(f"{LIST}/{row.pk}"))
    assert '<option value="FR" selected>' in page
    assert client.post(NEW, PARIS).url == LIST
    assert SavedAddress.objects.count() == 1, "it is there already"
    assert client.post(f"{LIST}/{row.pk}", FORM).url == LIST
    assert listed(client) == [("1 phố Tràng Thi", True)]


def test_it_is_ordered_to_another_country_where_all_makers_deliver_there(buyer: Buyer, person: User) -> None:
    turn = 'name="choose_country" value="abroad"'
    buyer.add()
    assert turn not in text_of(buyer.client.get("/dat-hang")), "a way that leads nowhere"
    ShippingRate.objects.create(
        terms=ShippingTerms.objects.get(seller=None), zone="ABROAD", up_to_grams=9_000, price=500_000
    )
    form = {**buyer.checkout_form(), "country": "VN"}
    assert turn in text_of(buyer.client.get("/dat-hang"))

    turned = text_of(buyer.client.post("/dat-hang", {**form, "choose_country": "abroad"}))
    assert "Choose the country, then delivery is counted." in turned
    assert "does not deliver" not in turned
    assert "₫" not in turned.partition("Choose the country")[2].partition("</aside>")[0], "no total yet"
    form |= {**PARIS, "keep": "1"}
    form.pop("ward")
    counted = text_of(buyer.client.post("/dat-hang", {**form, "choose_ward": "1"}))
    assert "Counted for an address in France." in counted
    assert 'name="expected_total" value="750000"' in counted
    assert 'value="75005"' in counted
    back = text_of(buyer.client.post("/dat-hang", {**form, "choose_country": "VN"}))
    assert '<select id="ward"' in back

    placed = buyer.client.post("/dat-hang", {**form, "expected_total": "750000"})

    assert placed.status_code == 302, text_of(placed)
    order = Order.objects.get()
    assert (order.total, order.address["country"], order.address["postalCode"]) == (750_000, "FR", "75005")
    assert SavedAddress.objects.get().address["country"] == "FR"
    buyer.add()
    assert '<option value="FR" selected>' in text_of(buyer.client.get("/dat-hang")), "kept for next time"


def test_a_form_kept_from_before_there_were_countries_still_opens(buyer: Buyer) -> None:
    buyer.add()
    session = buyer.client.session
    session["checkout_draft"] = {"name": "Lan", "phone": "", "province": "01", "ward": "00070", "line1": ""}
    session.save()

    page = text_of(buyer.client.get("/dat-hang"))

    assert values(page)["name"] == "Lan"
    assert values(page)["ward"] == "00070"
