"""Bank transfers and their news from SePay: cart → order → QR → webhook → job → what the buyer reads."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from catalog.models import ProductStats
from marketplace.core.models import AuditEntry
from orders.jobs import end_holds
from orders.models import Order
from orders.numbers import check_digit
from payments.models import GatewayNews, Payment
from payments.vietqr import VietQr, parse
from tests.builders import Shop, make_variant
from tests.conftest import Graphql
from tests.payments.buying import Bought, bank_news, buy, pay, read, send, stock
from tests.payments.conftest import Deliver

pytestmark = pytest.mark.django_db
Snapshot = Callable[[], dict[str, Any]]


def _codes(answer: dict[str, Any]) -> list[str]:
    return [error["code"] for error in answer["userErrors"]]


def _expire(order: Bought) -> None:
    Order.objects.filter(number=order.number).update(pay_before=timezone.now() - dt.timedelta(seconds=1))
    end_holds.func(timestamp=0)


# --- The QR code ----------------------------------------------------------------------------------------------
def test_the_page_gets_a_code_that_says_what_to_transfer(gql: Graphql, order: Bought, settings: Any) -> None:
    settings.VIETQR_BANK_BIN, settings.VIETQR_ACCOUNT_NUMBER = "970422", "0123456789"

    payment = pay(gql, order)["payment"]

    action = payment["action"]
    assert (payment["state"], payment["amount"]["amount"], payment["reference"]) == (
        "PENDING",
        280_000,
        order.number,
    )
    assert (action["bankName"], action["accountNumber"], action["memo"]) == ("MB", "0123456789", order.number)
    assert parse(action["payload"]) == VietQr("970422", "0123456789", 280_000, order.number)
    assert action["svg"].startswith("<svg")


def test_opening_the_page_again_makes_no_second_payment(gql: Graphql, order: Bought) -> None:
    first, second = pay(gql, order), pay(gql, order)

    assert first["payment"]["id"] == second["payment"]["id"]
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("token", ["", "x", "0" * 32])
def test_a_stranger_cannot_start_a_payment(
    gql: Graphql, order: Bought, token: str, snapshot: Snapshot
) -> None:
    before = snapshot()

    answer = pay(gql, Bought(order.id, order.number, token, order.total))

    assert _codes(answer) == ["NOT_FOUND"]
    assert snapshot() == before


def test_an_unknown_gateway_is_refused(gql: Graphql, order: Bought, snapshot: Snapshot) -> None:
    before = snapshot()

    assert _codes(pay(gql, order, gateway="stripe")) == ["PAYMENT_UNAVAILABLE"]
    assert _codes(pay(gql, order, gateway="cash")) == ["PAYMENT_UNAVAILABLE"]
    assert snapshot() == before


# --- Money that fits ------------------------------------------------------------------------------------------
def test_the_exact_amount_pays_the_order(gql: Graphql, shop: Shop, order: Bought, deliver: Deliver) -> None:
    pay(gql, order)
    assert stock(shop.variant) == (5, 1)

    news = deliver(order)

    paid = read(gql, order)
    assert (news.outcome, news.amount) == ("APPLIED", 280_000)
    assert paid["state"] == "PAID"
    assert paid["paidAt"] is not None
    assert [part["state"] for part in paid["sellerOrders"]] == ["TO_CONFIRM"]
    assert [event["kind"] for event in paid["events"]] == ["placed", "paid"]
    assert [(p["gateway"], p["state"], p["action"]) for p in paid["payments"]] == [("vietqr", "PAID", None)]
    assert stock(shop.variant) == (4, 0)
    assert ProductStats.objects.get(product=shop.product).sold == 1
    assert AuditEntry.objects.filter(action__in=["order.paid", "payment.paid"]).count() == 2


def test_a_transfer_before_any_payment_was_started_pays_too(
    gql: Graphql, shop: Shop, order: Bought, deliver: Deliver
) -> None:
    news = deliver(order)

    paid = read(gql, order)
    assert news.outcome == "APPLIED"
    assert paid["state"] == "PAID"
    assert [(p["gateway"], p["state"], p["amount"]["amount"]) for p in paid["payments"]] == [
        ("vietqr", "PAID", 280_000)
    ]
    assert stock(shop.variant) == (4, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"content": "{lower} chuyen tien"},
        {"content": "MBVCB.123.CK{number}CT tu 0071000", "code": None},
        {"content": "NGUYEN THI LAN", "description": "BankAPINotify {number}"},
        {"content": "NGUYEN THI LAN", "code": "{number}"},
        {"code": "{number}", "content": "{number}", "description": "{number}"},
        {"transferAmount": 280_000.0},
        {"accountNumber": "00000", "subAccount": "{account}"},
    ],
)
def test_the_code_is_found_wherever_the_bank_puts_it(
    gql: Graphql, order: Bought, deliver: Deliver, settings: Any, fields: dict[str, Any]
) -> None:
    filled = {
        key: value.format(
            number=order.number, lower=order.number.lower(), account=settings.VIETQR_ACCOUNT_NUMBER
        )
        if isinstance(value, str)
        else value
        for key, value in fields.items()
    }

    news = deliver(order, **filled)

    assert news.outcome == "APPLIED"
    assert read(gql, order)["state"] == "PAID"


def test_a_paid_order_cannot_be_paid_again_on_the_page(gql: Graphql, order: Bought, deliver: Deliver) -> None:
    pay(gql, order)
    deliver(order)

    assert _codes(pay(gql, order)) == ["ALREADY_PAID"]
    assert Payment.objects.count() == 1


# --- Money that does not fit ----------------------------------------------------------------------------------
@pytest.mark.parametrize("wrong_by", [-1, 1, -280_000, -2_800, 280_000])
def test_another_amount_changes_nothing_and_waits_for_a_person(
    gql: Graphql, order: Bought, deliver: Deliver, snapshot: Snapshot, wrong_by: int
) -> None:
    pay(gql, order)
    before = snapshot()

    news = deliver(order, transferAmount=order.total + wrong_by)

    assert (news.outcome, news.amount) == ("WRONG_AMOUNT", 280_000 + wrong_by)
    assert news.payment == Payment.objects.get()
    assert snapshot() == before


def test_an_order_underpaid_first_is_paid_by_the_exact_amount(
    gql: Graphql, shop: Shop, order: Bought, deliver: Deliver
) -> None:
    pay(gql, order)

    outcomes = [deliver(order, transferAmount=279_999).outcome, deliver(order).outcome]

    assert outcomes == ["WRONG_AMOUNT", "APPLIED"]
    assert read(gql, order)["state"] == "PAID"
    assert stock(shop.variant) == (4, 0)


def _other_number(number: str) -> str:
    digits = f"{(int(number[2:10]) + 1) % 10**8:08d}"
    return f"PX{digits}{check_digit(digits)}"


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        pytest.param({"transferType": "out"}, "IGNORED", id="money that left"),
        pytest.param({"transferType": None}, "IGNORED", id="no direction"),
        pytest.param({"content": "{other}"}, "UNKNOWN_CODE", id="a code of no order"),
        pytest.param({"content": "CHUYEN TIEN"}, "UNKNOWN_CODE", id="no code"),
        pytest.param({"content": "{wrong}"}, "UNKNOWN_CODE", id="a mistyped code"),
        pytest.param({"content": None, "description": None}, "UNKNOWN_CODE", id="no text at all"),
        pytest.param({"content": ["{number}"], "transferAmount": 1}, "WRONG_AMOUNT", id="a list for a text"),
        pytest.param({"accountNumber": "0000000001"}, "WRONG_ACCOUNT", id="another account"),
        pytest.param({"accountNumber": ""}, "WRONG_ACCOUNT", id="no account"),
        pytest.param({"transferAmount": "280000"}, "UNREADABLE", id="an amount in words"),
        pytest.param({"transferAmount": True}, "UNREADABLE", id="an amount that is true"),
        pytest.param({"transferAmount": None}, "UNREADABLE", id="no amount"),
        pytest.param({"transferAmount": -280_000}, "UNREADABLE", id="a negative amount"),
        pytest.param({"transferAmount": 280_000.5}, "UNREADABLE", id="half a đồng"),
        pytest.param({"transferAmount": 10**13}, "UNREADABLE", id="more than there is"),
        pytest.param({"transferAmount": 10**4000}, "UNREADABLE", id="a number of 4001 digits"),
        pytest.param({"transferAmount": 1e308}, "UNREADABLE", id="a float of 309 digits"),
    ],
)
def test_money_that_is_not_for_this_order_changes_nothing(
    gql: Graphql, order: Bought, deliver: Deliver, snapshot: Snapshot, fields: dict[str, Any], outcome: str
) -> None:
    wrong = order.number[:-1] + str((int(order.number[-1]) + 1) % 10)
    other = _other_number(order.number)
    filled = json.loads(
        json.dumps(fields)
        .replace("{number}", order.number)
        .replace("{wrong}", wrong)
        .replace("{other}", other)
    )
    pay(gql, order)
    before = snapshot()

    news = deliver(order, **filled)

    assert news.outcome == outcome
    assert snapshot() == before
    # Kept as it came, for a person to read.
    assert news.body["id"] == int(news.event_id)


def test_two_codes_in_one_memo_are_for_a_person_to_judge(
    gql: Graphql, shop: Shop, order: Bought, deliver: Deliver, snapshot: Snapshot
) -> None:
    second = buy(gql, shop.variant)
    before = snapshot()

    news = deliver(order, content=f"{order.number} va {second.number}", transferAmount=560_000)

    assert (news.outcome, news.payment) == ("UNKNOWN_CODE", None)
    assert snapshot() == before


def test_one_known_code_beside_a_code_of_no_order_is_enough(
    gql: Graphql, order: Bought, deliver: Deliver
) -> None:
    assert deliver(order, content=f"{_other_number(order.number)} {order.number}").outcome == "APPLIED"


def test_news_told_three_times_has_one_effect(
    gql: Graphql, client: Client, shop: Shop, order: Bought, run_jobs: Callable[[], int]
) -> None:
    pay(gql, order)
    body = bank_news(order)

    answers = [send(client, body) for _time in range(2)]
    jobs = run_jobs()
    answers.append(send(client, body))
    later_jobs = run_jobs()

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"success": True})] * 3
    assert jobs >= 1
    assert later_jobs == 0
    assert GatewayNews.objects.count() == 1
    assert stock(shop.variant) == (4, 0)
    assert [event["kind"] for event in read(gql, order)["events"]] == ["placed", "paid"]


def test_an_id_as_a_number_and_as_a_text_is_the_same_news(client: Client, order: Bought) -> None:
    send(client, bank_news(order, id=7))
    send(client, bank_news(order, id="7"))

    assert GatewayNews.objects.count() == 1


def test_a_job_that_runs_twice_has_one_effect(
    gql: Graphql, shop: Shop, order: Bought, deliver: Deliver
) -> None:
    from payments.jobs import apply_news

    news = deliver(order)
    applied_at = news.applied_at

    apply_news.func(news_id=str(news.pk))

    news.refresh_from_db()
    assert (news.outcome, news.applied_at) == ("APPLIED", applied_at)
    assert stock(shop.variant) == (4, 0)
    assert AuditEntry.objects.filter(action="order.paid").count() == 1


def test_the_same_money_twice_is_kept_for_a_person(
    gql: Graphql, order: Bought, deliver: Deliver, snapshot: Snapshot
) -> None:
    pay(gql, order)
    deliver(order)
    before = snapshot()

    news = deliver(order)

    assert (news.outcome, news.amount, news.payment) == ("PAID_TWICE", 280_000, Payment.objects.get())
    assert snapshot() == before


@pytest.mark.parametrize("started", [True, False])
def test_money_after_the_hold_has_ended_is_kept_and_reopens_nothing(
    gql: Graphql, shop: Shop, order: Bought, deliver: Deliver, snapshot: Snapshot, started: bool
) -> None:
    if started:
        pay(gql, order)
    _expire(order)
    assert stock(shop.variant) == (5, 0)
    before = snapshot()

    news = deliver(order)

    after = snapshot()
    assert (news.outcome, news.amount, news.payment) == ("TOO_LATE", 280_000, Payment.objects.get())
    assert read(gql, order)["state"] == "EXPIRED"
    assert (after["stock"], after["orders"], after["events"]) == (
        before["stock"],
        before["orders"],
        before["events"],
    )
    assert [payment[1] for payment in after["payments"]] == (["EXPIRED"] if started else ["PENDING"])


def test_an_expired_order_cannot_be_paid_on_the_page(gql: Graphql, order: Bought, snapshot: Snapshot) -> None:
    pay(gql, order)
    _expire(order)
    before = snapshot()

    answer = pay(gql, order)

    assert _codes(answer) == ["INVALID_STATE"]
    assert read(gql, order)["payments"][0]["action"] is None
    assert snapshot() == before


def test_money_that_comes_late_but_before_the_hold_was_ended_still_pays(
    gql: Graphql, shop: Shop, order: Bought, deliver: Deliver
) -> None:
    Order.objects.update(pay_before=timezone.now() - dt.timedelta(seconds=10))

    assert deliver(order).outcome == "APPLIED"

    end_holds.func(timestamp=0)
    assert read(gql, order)["state"] == "PAID"
    assert stock(shop.variant) == (4, 0)


def test_a_hold_is_not_ended_before_its_time(gql: Graphql, shop: Shop, order: Bought) -> None:
    Order.objects.update(pay_before=timezone.now() + dt.timedelta(seconds=30))

    end_holds.func(timestamp=0)

    assert read(gql, order)["state"] == "AWAITING_PAYMENT"
    assert stock(shop.variant) == (5, 1)


# --- The webhook's door ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Apikey",
        "Apikey ",
        "Apikey wrong",
        "Bearer test-sepay-key-of-more-than-thirty-two-characters",
        "test-sepay-key-of-more-than-thirty-two-characters",
        "Apikey test-sepay-key-of-more-than-thirty-two-character",
        "Apikey khóa-sai",
        "Apikey \xff\xfe",
    ],
)
def test_without_the_key_nothing_is_stored(
    client: Client, order: Bought, run_jobs: Callable[[], int], snapshot: Snapshot, authorization: str | None
) -> None:
    before = snapshot()
    headers = {} if authorization is None else {"Authorization": authorization}

    response = send(client, bank_news(order), key="", **headers)

    assert response.status_code == 401
    assert response.json()["success"] is False
    assert GatewayNews.objects.count() == 0
    assert run_jobs() == 0
    assert snapshot() == before


def test_the_scheme_may_be_written_in_any_case(client: Client, order: Bought, settings: Any) -> None:
    response = send(client, bank_news(order), key="", Authorization=f"APIKEY {settings.SEPAY_WEBHOOK_KEY}")

    assert response.status_code == 200


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_only_post_is_taken(client: Client, settings: Any, method: str) -> None:
    headers = {"Authorization": f"Apikey {settings.SEPAY_WEBHOOK_KEY}"}

    assert getattr(client, method)("/payments/webhooks/sepay", headers=headers).status_code == 405


def _deep(levels: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    return b'{"id": 1, "a": ' + opening * levels + closing * levels + b"}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"nonsense", id="no JSON"),
        pytest.param(b"null", id="null"),
        pytest.param(b"1", id="a number"),
        pytest.param(b'"text"', id="a text"),
        pytest.param(b"[]", id="an empty list"),
        pytest.param(b'[{"id": 1}]', id="a list"),
        pytest.param(b"{}", id="no id"),
        pytest.param(b'{"id": null}', id="id null"),
        pytest.param(b'{"id": ""}', id="id empty"),
        pytest.param(b'{"id": true}', id="id true"),
        pytest.param(b'{"id": 1.5}', id="id a fraction"),
        pytest.param(b'{"id": [1]}', id="id a list"),
        pytest.param(b'{"id": {"a": 1}}', id="id an object"),
        pytest.param(b'{"id": "' + b"x" * 121 + b'"}', id="id too long"),
        pytest.param(b'{"id": ' + b"9" * 121 + b"}", id="id too many digits"),
        pytest.param(b'{"id": ' + b"9" * 5000 + b"}", id="id beyond Python's own limit"),
        pytest.param(b'{"id": "a\\u0000b"}', id="id with NUL"),
        pytest.param(b'{"id": "\\ud800"}', id="id with half a character"),
        pytest.param(b'{"id": 1, "transferAmount": NaN}', id="NaN"),
        pytest.param(b'{"id": 1, "transferAmount": Infinity}', id="Infinity"),
        pytest.param(b'{"id": 1, "transferAmount": -Infinity}', id="minus Infinity"),
        pytest.param(b'{"id": 1, "transferAmount": 1e400}', id="1e400"),
        pytest.param(b'{"id": 1, "transferAmount": ' + b"9" * 5000 + b"}", id="5000 digits"),
        pytest.param(b'{"id": 1, "content": "\xff\xfe"}', id="no UTF-8"),
        pytest.param(b'{"id": 1, "content": "\x00"}', id="a raw NUL"),
        pytest.param(b'{"id": 1, "content": "' + b"x" * 70_000 + b'"}', id="huge"),
        pytest.param(b'{"id": 1', id="broken off"),
        *[pytest.param(_deep(levels), id=f"{levels} lists deep") for levels in (100, 300, 600, 990, 30_000)],
        pytest.param(_deep(600, b'{"a":', b"}").replace(b":}", b":1}"), id="600 objects deep"),
    ],
)
def test_a_body_that_is_no_news_is_400_and_nothing_is_stored(
    client: Client, order: Bought, run_jobs: Callable[[], int], snapshot: Snapshot, body: bytes
) -> None:
    before = snapshot()

    response = send(client, body)

    assert response.status_code == 400
    assert response.json()["success"] is False
    assert GatewayNews.objects.count() == 0
    assert run_jobs() == 0
    assert snapshot() == before


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\0b", "ab"),
        ("\ud800x", "?x"),
        ("x\udfff", "x?"),
        ("\U0001f9fa giỏ", "\U0001f9fa giỏ"),
    ],
)
def test_texts_that_no_database_keeps_are_cleaned_not_refused(
    gql: Graphql, order: Bought, deliver: Deliver, text: str, kept: str
) -> None:
    news = deliver(order, content=f"{order.number} {text}", **{text: [{text: text}]})

    assert news.outcome == "APPLIED"
    assert news.body["content"] == f"{order.number} {kept}"
    assert news.body[kept] == [{kept: kept}]


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "transferAmount", "transferType", "content", "accountNumber"])
                | st.text(),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_comes_the_webhook_answers_200_or_400_and_its_job_ends(
    client: Client, run_jobs: Callable[[], int], body: Any
) -> None:
    response = send(client, body)

    run_jobs()
    assert response.status_code in {200, 400}
    assert not GatewayNews.objects.filter(outcome__in=["WAITING", "APPLIED"]).exists()


# --- In any order, however often ------------------------------------------------------------------------------
@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_order_and_any_repeats_of_news_end_in_the_same_state(
    gql: Graphql, client: Client, shop: Shop, run_jobs: Callable[[], int], data: st.DataObject
) -> None:
    variant = make_variant(shop.product, stock=3)
    order = buy(gql, variant)
    if data.draw(st.booleans(), label="a payment was started"):
        pay(gql, order)
    bodies = [
        bank_news(order),
        bank_news(order),
        bank_news(order, transferAmount=order.total - 1),
        bank_news(order, transferType="out"),
        bank_news(order, accountNumber="0000000001"),
    ]
    repeats = [body for body in bodies for _time in range(data.draw(st.integers(1, 3)))]

    for body in data.draw(st.permutations(repeats)):
        assert send(client, body).status_code == 200
        if data.draw(st.booleans(), label="jobs run now"):
            run_jobs()
    run_jobs()

    after = read(gql, order)
    outcomes = Counter(
        GatewayNews.objects.filter(event_id__in=[str(body["id"]) for body in bodies]).values_list(
            "outcome", flat=True
        )
    )
    assert after["state"] == "PAID"
    assert [payment["state"] for payment in after["payments"]] == ["PAID"]
    assert [event["kind"] for event in after["events"]] == ["placed", "paid"]
    assert stock(variant) == (2, 0)
    # Of the money that came twice one is for the order and one for a person, whichever came first.
    assert outcomes["APPLIED"] == 1
    assert outcomes["PAID_TWICE"] == 1
    assert outcomes["WRONG_AMOUNT"] == 1
    assert outcomes["IGNORED"] == 1
    assert outcomes["WRONG_ACCOUNT"] == 1
