"""Questions: about a product by a person, about an order by its buyer; passed on, answered, told once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Product
from marketplace.accounts.models import User
from marketplace.core.ids import to_global_id
from marketplace.core.models import AuditEntry
from orders.models import Question, SellerOrder
from tests.builders import Shop, make_product, make_user
from tests.conftest import Graphql
from tests.orders.selling import Side, buy_paid, codes, member, part_ids
from tests.orders.voices import answer, ask, report
from tests.payments.buying import Bought

pytestmark = pytest.mark.django_db
New = Callable[[], Graphql]
Jobs = Callable[[], int]
LISTED = """query($s: String!){product(slug: $s){questions{totalCount nodes{id body answer sellerOrder{id}}}
    seller{private{all: questions{nodes{id}} open: questions(open: true){totalCount nodes{id sellerOrder{number order{token}}}}
      done: questions(open: false){nodes{id}}}}}}"""
OF_ORDER = """query($i: ID!, $t: String){order(id: $i, token: $t){sellerOrders{questions{totalCount nodes{body answer
    sellerOrder{number order{number}} product{id}}}}}}"""


@pytest.fixture
def owner(new_gql: New, shop: Shop) -> Side:
    return member(new_gql(), shop.seller)


@pytest.fixture
def user(db: Any) -> User:
    return make_user("hoa@example.vn", name="Hoa")


@pytest.fixture
def person(new_gql: New, user: User) -> Graphql:
    return new_gql().login(user)


@pytest.fixture
def order(gql: Graphql, shop: Shop, run_jobs: Jobs) -> Bought:
    return buy_paid(gql, run_jobs, (shop.variant, 1))


def product_id(shop: Shop) -> str:
    return to_global_id("Product", shop.product.pk)


def listed(gql: Graphql, shop: Shop) -> Any:
    return gql(LISTED, s=shop.product.slug)["product"]


def asked_about(gql: Graphql, order: Bought) -> list[Any]:
    (part,) = gql(OF_ORDER, i=order.id, t=order.token)["order"]["sellerOrders"]
    assert part["questions"]["totalCount"] == len(part["questions"]["nodes"])
    return part["questions"]["nodes"]  # type: ignore[no-any-return]


# --- About a product ------------------------------------------------------------------------------------------
def test_a_question_is_public_once_it_is_answered(
    person: Graphql, new_gql: New, owner: Side, shop: Shop
) -> None:
    made = ask(person, p=product_id(shop))

    assert made["userErrors"] == []
    question = made["question"]
    assert (question["answer"], question["answeredAt"], question["language"]) == (None, None, "vi")
    assert (question["product"]["id"], question["sellerOrder"]) == (product_id(shop), None)
    assert question["seller"]["slug"] == shop.seller.slug
    packer, stranger = member(new_gql(), shop.seller, "PACKER").gql, new_gql().login(make_user())
    node = "query($i: ID!){node(id: $i){...on Question{body}}}"
    for reader, sees in ((person, 1), (owner.gql, 1), (packer, 1), (new_gql(), 0), (stranger, 0)):
        assert listed(reader, shop)["questions"]["totalCount"] == sees
        assert (reader(node, i=question["id"])["node"] is not None) == bool(sees)

    answered = answer(owner.gql, question["id"])["question"]

    assert answered["answer"] == "Dạ có ạ."
    assert answered["answeredAt"] is not None
    for reader in (person, owner.gql, packer, new_gql(), stranger):
        (found,) = listed(reader, shop)["questions"]["nodes"]
        assert (found["body"], found["answer"]) == ("Giỏ này có nắp không ạ?", "Dạ có ạ.")
        assert reader(node, i=question["id"])["node"] is not None


def test_asking_needs_a_person(new_gql: New, shop: Shop) -> None:
    assert ask(new_gql(), p=product_id(shop)) == {"fault": "UNAUTHENTICATED"}
    assert not Question.objects.exists()


def test_what_one_cannot_see_one_cannot_ask_about(person: Graphql, shop: Shop) -> None:
    draft = make_product("Nháp", seller=shop.seller, state="DRAFT", published_at=None)
    nowhere = [(["productId"], "NOT_FOUND")]

    assert codes(ask(person, p=to_global_id("Product", draft.pk))) == nowhere
    assert codes(ask(person, p=to_global_id("Seller", shop.product.pk))) == nowhere
    assert codes(ask(person, p="?")) == nowhere
    assert not Question.objects.exists()


@pytest.mark.parametrize(("body", "code"), [("", "REQUIRED"), (" \n ", "REQUIRED"), ("x" * 1001, "TOO_LONG")])
def test_a_question_has_words_and_an_end(person: Graphql, shop: Shop, body: str, code: str) -> None:
    assert codes(ask(person, body, p=product_id(shop))) == [(["body"], code)]
    assert not Question.objects.exists()


def test_about_one_thing(person: Graphql, order: Bought, shop: Shop) -> None:
    wrong = [(["productId"], "INVALID")]

    assert codes(ask(person)) == wrong
    assert codes(ask(person, p=product_id(shop), o=part_ids(order)[0], t=order.token)) == wrong


def test_so_many_in_a_day(person: Graphql, new_gql: New, shop: Shop, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "question_ask": "100/d/ip,2/d/key"}
    for _time in range(2):
        assert codes(ask(person, p=product_id(shop))) == []

    # What was refused is not counted, and another person has a day of their own.
    assert codes(ask(person, "", p=product_id(shop))) == [(["body"], "REQUIRED")]
    assert codes(ask(person, p=product_id(shop))) == [(["body"], "RATE_LIMITED")]
    assert codes(ask(new_gql().login(make_user()), p=product_id(shop))) == []
    assert Question.objects.count() == 3


# --- About an order -------------------------------------------------------------------------------------------
def test_what_is_asked_about_an_order_stays_between_its_two_sides(
    gql: Graphql, new_gql: New, person: Graphql, owner: Side, order: Bought, shop: Shop
) -> None:
    (part,) = part_ids(order)
    made = ask(new_gql(), "Giao sau 5 giờ chiều được không?", o=part, t=order.token)

    assert made["userErrors"] == []
    assert made["question"]["sellerOrder"] == {"id": part, "order": {"id": order.id}}
    assert made["question"]["product"] is None
    answer(owner.gql, made["question"]["id"], "Được ạ.")

    expected = {
        "body": "Giao sau 5 giờ chiều được không?", "answer": "Được ạ.", "product": None,
        "sellerOrder": {"number": f"{order.number}-1", "order": {"number": order.number}},
    }  # fmt: skip
    assert asked_about(new_gql(), order) == [expected]
    seen = owner.gql("{sellerOrders{nodes{questions{nodes{body sellerOrder{order{number}}}}}}}")
    assert seen["sellerOrders"]["nodes"][0]["questions"]["nodes"] == [
        {"body": expected["body"], "sellerOrder": {"order": None}}
    ]
    # Nobody else, and not on the product's page.
    for stranger in (new_gql(), person):
        node = stranger("query($i: ID!){node(id: $i){id}}", i=made["question"]["id"])["node"]
        assert node is None
        assert listed(stranger, shop)["questions"]["totalCount"] == 0
    assert listed(owner.gql, shop)["questions"]["totalCount"] == 0


def test_only_the_buyer_asks_about_an_order(
    new_gql: New, person: Graphql, owner: Side, order: Bought
) -> None:
    (part,) = part_ids(order)
    nowhere = [(["sellerOrderId"], "NOT_FOUND")]
    for stranger in (new_gql(), person, owner.gql):
        assert codes(ask(stranger, o=part)) == nowhere
        assert codes(ask(stranger, o=part, t="x" * 32)) == nowhere
    assert (
        codes(ask(new_gql(), o=to_global_id("Order", SellerOrder.objects.get().order_id), t=order.token))
        == nowhere
    )
    assert not Question.objects.exists()


def test_a_person_asks_without_the_token(person: Graphql, shop: Shop, run_jobs: Jobs, user: User) -> None:
    order = buy_paid(person, run_jobs, (shop.variant, 1))

    made = ask(person, o=part_ids(order)[0])

    assert made["question"]["sellerOrder"]["order"]["id"] == order.id
    assert Question.objects.get().asker == user
    assert person("query($i: ID!){node(id: $i){id}}", i=made["question"]["id"])["node"] is not None


def test_of_an_order_of_two_makers_each_sees_its_own(
    gql: Graphql, new_gql: New, owner: Side, shop: Shop, run_jobs: Jobs
) -> None:
    other = make_product("Khay")
    other_owner = member(new_gql(), other.seller)
    order = buy_paid(gql, run_jobs, (shop.variant, 1), (other.variants.get(), 1))
    for part in part_ids(order):
        ask(new_gql(), o=part, t=order.token)

    for side in (owner, other_owner):
        (part,) = side.gql("{sellerOrders{nodes{number questions{nodes{id}}}}}")["sellerOrders"]["nodes"]
        assert len(part["questions"]["nodes"]) == 1
        assert codes(answer(side.gql, part["questions"]["nodes"][0]["id"])) == []
    assert Question.objects.filter(answered_at=None).count() == 0


def test_whoever_follows_the_part_reads_it_again(gql: Graphql, owner: Side, order: Bought) -> None:
    before = SellerOrder.objects.get().updated_at
    question = ask(gql, o=part_ids(order)[0], t=order.token)["question"]["id"]
    asked = SellerOrder.objects.get().updated_at
    answer(owner.gql, question)

    assert before < asked < SellerOrder.objects.get().updated_at


# --- Passed on ------------------------------------------------------------------------------------------------
def test_neither_side_learns_the_others_phone_or_address(
    gql: Graphql, new_gql: New, owner: Side, order: Bought, run_jobs: Jobs, settings: Any
) -> None:
    run_jobs()
    mail.outbox.clear()
    question = ask(gql, "Gọi em 0912.345.678 hoặc lan@gmail.com nhé", o=part_ids(order)[0], t=order.token)
    answered = answer(owner.gql, question["question"]["id"], "Nhắn zalo.me/0987654321, +84 987 654 321")
    run_jobs()

    assert question["question"]["body"] == "Gọi em […] hoặc […] nhé"
    assert answered["question"]["answer"] == "Nhắn […], […]"
    (row,) = asked_about(new_gql(), order)
    assert (row["body"], row["answer"]) == ("Gọi em […] hoặc […] nhé", "Nhắn […], […]")
    to_seller, to_buyer = mail.outbox
    for message in (to_seller, to_buyer):
        # An order's number holds digits of its own.
        words = message.body.split("http")[0].replace(order.number, "")
        assert not [secret for secret in ("0912", "345", "gmail", "zalo", "987") if secret in words]
    # Whoever answers learns no address of whoever asked, and the other way round.
    assert to_seller.to != to_buyer.to == ["lan@example.vn"]
    assert "lan@example.vn" not in to_seller.body
    assert to_seller.to[0] not in to_buyer.body
    audits = [str(entry.__dict__) for entry in AuditEntry.objects.filter(action__startswith="question.")]
    assert len(audits) == 2
    assert not any("nhé" in text or "Nhắn" in text for text in audits)


# --- Answered -------------------------------------------------------------------------------------------------
def test_each_side_is_told_once_with_the_link(
    person: Graphql, owner: Side, shop: Shop, run_jobs: Jobs
) -> None:
    question = ask(person, p=product_id(shop))["question"]["id"]
    run_jobs()
    (told,) = mail.outbox
    assert "/desk/cau-hoi" in told.body
    assert "có nắp không" in told.body
    assert "hoa@example.vn" not in told.body
    mail.outbox.clear()

    for words in ("Có ạ.", "Có ạ.", "Dạ có nắp tre ạ."):
        assert answer(owner.gql, question, words)["question"]["answer"] == words
    run_jobs()

    (told,) = mail.outbox
    assert told.to == ["hoa@example.vn"]
    assert f"/san-pham/{shop.product.slug}/cau-hoi" in told.body
    assert "Có ạ." in told.body
    assert list(AuditEntry.objects.order_by("at").values_list("action", flat=True))[-3:] == [
        "question.ask", "question.answer", "question.answer_change",
    ]  # fmt: skip


def test_a_correction_keeps_the_day_of_the_answer(person: Graphql, owner: Side, shop: Shop) -> None:
    question = ask(person, p=product_id(shop))["question"]["id"]
    first = answer(owner.gql, question, "Có.")["question"]["answeredAt"]

    assert answer(owner.gql, question, "Không.")["question"]["answeredAt"] == first


def test_a_packer_answers_what_is_asked_about_orders_alone(
    person: Graphql, new_gql: New, shop: Shop, run_jobs: Jobs
) -> None:
    packer = member(new_gql(), shop.seller, "PACKER").gql
    order = buy_paid(person, run_jobs, (shop.variant, 1))
    of_order = ask(person, o=part_ids(order)[0])["question"]["id"]
    of_product = ask(person, p=product_id(shop))["question"]["id"]

    assert codes(answer(packer, of_order)) == []
    assert codes(answer(packer, of_product)) == [(["id"], "FORBIDDEN")]
    assert codes(answer(member(new_gql(), shop.seller, "EDITOR").gql, of_product)) == []


@pytest.mark.parametrize(("body", "code"), [("", "REQUIRED"), ("  ", "REQUIRED"), ("x" * 2001, "TOO_LONG")])
def test_an_answer_has_words_and_an_end(
    person: Graphql, owner: Side, shop: Shop, body: str, code: str
) -> None:
    question = ask(person, p=product_id(shop))["question"]["id"]

    assert codes(answer(owner.gql, question, body)) == [(["body"], code)]
    assert Question.objects.get().answered_at is None


def test_the_desk_lists_what_waits(
    person: Graphql, new_gql: New, owner: Side, order: Bought, shop: Shop
) -> None:
    first = ask(person, p=product_id(shop))["question"]["id"]
    second = ask(new_gql(), o=part_ids(order)[0], t=order.token)["question"]["id"]

    private = listed(owner.gql, shop)["seller"]["private"]
    assert [node["id"] for node in private["all"]["nodes"]] == [second, first]
    assert private["open"]["nodes"][0] == {
        "id": second,
        "sellerOrder": {"number": f"{order.number}-1", "order": None},
    }
    assert (private["open"]["totalCount"], private["done"]["nodes"]) == (2, [])

    answer(owner.gql, second)

    private = listed(owner.gql, shop)["seller"]["private"]
    assert [node["id"] for node in private["open"]["nodes"]] == [first]
    assert [node["id"] for node in private["done"]["nodes"]] == [second]


def test_the_database_itself_knows_what_a_question_is(person: Graphql, shop: Shop) -> None:
    ask(person, p=product_id(shop))
    row = Question.objects.get()
    for change in ({"product": None}, {"answer": "Có"}, {"answered_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Question.objects.filter(pk=row.pk).update(**change)


# --- Reported -------------------------------------------------------------------------------------------------
def test_a_question_is_reported_by_whoever_sees_it(
    person: Graphql, new_gql: New, owner: Side, order: Bought, shop: Shop
) -> None:
    of_product = ask(person, p=product_id(shop))["question"]["id"]
    of_order = ask(new_gql(), o=part_ids(order)[0], t=order.token)["question"]["id"]

    assert report(new_gql(), of_product)["userErrors"][0]["code"] == "NOT_FOUND"
    assert report(new_gql(), of_order)["userErrors"][0]["code"] == "NOT_FOUND"
    assert report(new_gql(), of_order, token="x" * 32)["userErrors"][0]["code"] == "NOT_FOUND"
    assert report(new_gql(), of_product, token=order.token)["userErrors"][0]["code"] == "NOT_FOUND"
    answer(owner.gql, of_product)
    assert report(new_gql(), of_product)["accepted"] is True
    assert report(new_gql(), of_order, token=order.token)["accepted"] is True
    assert report(owner.gql, of_order)["accepted"] is True


# --- Many -----------------------------------------------------------------------------------------------------
def _questions(shop: Shop, number: int, part: SellerOrder | None = None) -> None:
    about = {"seller_order": part} if part is not None else {"product": shop.product}
    for _each in range(number):
        Question.objects.create(
            seller=shop.seller, body="Có không?", answer="Có", answered_at=timezone.now(), **about
        )


@pytest.mark.parametrize("reader", ["guest", "person", "owner"])
def test_the_same_statements_for_one_question_and_for_a_hundred(
    reader: str, new_gql: New, person: Graphql, owner: Side, shop: Shop
) -> None:
    gql = {"guest": new_gql(), "person": person, "owner": owner.gql}[reader]
    query = "{products(first: 3){nodes{slug questions(first: 100){totalCount nodes{body answer seller{name} product{name} sellerOrder{number}}}}}}"
    taken = []
    for number in (1, 99):
        _questions(shop, number)
        with CaptureQueriesContext(connection) as made:
            (found,) = [p for p in gql(query)["products"]["nodes"] if p["slug"] == shop.product.slug]
        taken.append(len(made))
        make_product(seller=shop.seller)
    assert len(found["questions"]["nodes"]) == found["questions"]["totalCount"] == 100

    assert taken[0] == taken[1]


def test_the_desks_list_takes_the_same_statements_too(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Jobs
) -> None:
    query = """query($s: String!){seller(slug: $s){private{questions(first: 100){nodes{body product{name}
        sellerOrder{number order{number} lines{productName}}}}}}
        sellerOrders(first: 3){nodes{questions(first: 100){nodes{body sellerOrder{number}}}}}}"""
    taken = []
    for number in (1, 49):
        _questions(shop, number)
        buy_paid(gql, run_jobs, (shop.variant, 1))
        part = SellerOrder.objects.order_by("-created_at")[0]
        _questions(shop, number, part)
        with CaptureQueriesContext(connection) as made:
            found = owner.gql(query, s=shop.seller.slug)
        taken.append(len(made))
    assert len(found["seller"]["private"]["questions"]["nodes"]) == 100

    assert taken[0] == taken[1]


def test_the_second_page_keeps_the_side_of_its_reader(
    gql: Graphql, new_gql: New, order: Bought, shop: Shop
) -> None:
    _questions(shop, 3, SellerOrder.objects.get())
    query = """query($i: ID!, $t: String, $a: String){order(id: $i, token: $t){sellerOrders{
        questions(first: 2, after: $a){pageInfo{endCursor} nodes{sellerOrder{order{number}}}}}}}"""
    first = new_gql()(query, i=order.id, t=order.token)["order"]["sellerOrders"][0]["questions"]

    second = new_gql()(query, i=order.id, t=order.token, a=first["pageInfo"]["endCursor"])

    assert second["order"]["sellerOrders"][0]["questions"]["nodes"] == [
        {"sellerOrder": {"order": {"number": order.number}}}
    ]


def test_what_was_asked_about_a_thing_that_is_gone_is_its_askers(
    person: Graphql, new_gql: New, owner: Side, shop: Shop
) -> None:
    question = ask(person, p=product_id(shop))["question"]["id"]
    answer(owner.gql, question)
    Product.objects.filter(pk=shop.product.pk).update(
        state="ARCHIVED", archived_at=timezone.now(), archived_from="PUBLISHED"
    )
    node = "query($i: ID!){node(id: $i){id}}"

    assert person(node, i=question)["node"] == {"id": question}
    assert new_gql()(node, i=question)["node"] is None
