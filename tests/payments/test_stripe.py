"""Cards through Stripe, against a double of our own that remembers (see double.py)."""

import datetime as dt
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import payments.gateways.stripe
from orders.jobs import end_holds
from orders.models import Order, ShippingRate
from payments.gateways.stripe import SignatureError, verify_webhook
from payments.jobs import ask_gateways
from payments.models import GatewayNews, Payment
from payments.services import payments_ask
from tests.builders import Shop, make_variant
from tests.conftest import Graphql
from tests.payments.buying import Bought, bank_news, buy, pay, read, send, stock
from tests.payments.conftest import Deliver
from tests.payments.double import StripeDouble, post_event, send_event, sign, signature

pytestmark = pytest.mark.django_db
Snapshot = Callable[[], dict[str, Any]]
GATEWAYS = "query($order: ID, $token: String) { paymentGateways(orderId: $order, token: $token) { code } }"
# facts.md §7
VECTOR_BODY = b'{"id":"evt_test_1","object":"event","type":"payment_intent.succeeded"}'
VECTOR = "62788ef00de0061a3f72acd7000a98f0619edbb1a92acb4ef2cdaa69f0bcfc73"


def _codes(answer: dict[str, Any]) -> list[str]:
    return [error["code"] for error in answer["userErrors"]]


@pytest.fixture
def hear(client: Client, stripe_double: StripeDouble, run_jobs: Callable[[], int]) -> Callable[..., str]:
    """An event of Stripe's, told and applied; its outcome."""

    def tell(event: dict[str, Any]) -> str:
        send_event(client, stripe_double, event)
        run_jobs()
        return GatewayNews.objects.get(gateway="stripe", event_id=event["id"]).outcome

    return tell


def _expire(order: Bought) -> None:
    Order.objects.filter(number=order.number).update(pay_before=timezone.now() - dt.timedelta(seconds=1))
    end_holds.func(timestamp=0)


# --- Offered only where it is set up --------------------------------------------------------------------------
def test_cards_are_offered_where_stripe_is_set_up(
    gql: Graphql, order: Bought, stripe_double: StripeDouble
) -> None:
    everywhere = gql(GATEWAYS)["paymentGateways"]
    for_order = gql(GATEWAYS, order=order.id, token=order.token)["paymentGateways"]

    assert [gateway["code"] for gateway in everywhere] == ["vietqr", "stripe"]
    assert for_order == everywhere


@pytest.mark.parametrize("unset", ["STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_without_one_of_its_keys_stripe_is_not_there(
    gql: Graphql, client: Client, order: Bought, stripe_double: StripeDouble, settings: Any, unset: str
) -> None:
    setattr(settings, unset, "")

    assert gql(GATEWAYS)["paymentGateways"] == [{"code": "vietqr"}]
    assert _codes(pay(gql, order, "stripe")) == ["PAYMENT_UNAVAILABLE"]
    assert post_event(client, VECTOR_BODY, sign(VECTOR_BODY, "")).status_code == 404
    assert (stripe_double.calls, Payment.objects.count(), GatewayNews.objects.count()) == ([], 0, 0)


def test_an_amount_too_small_for_stripe_is_not_offered(
    gql: Graphql, shop: Shop, stripe_double: StripeDouble
) -> None:
    ShippingRate.objects.update(price=0)
    cheap = buy(gql, make_variant(shop.product, price=14_999))

    offered = gql(GATEWAYS, order=cheap.id, token=cheap.token)["paymentGateways"]

    assert cheap.total == 14_999
    assert offered == [{"code": "vietqr"}]
    assert _codes(pay(gql, cheap, "stripe")) == ["PAYMENT_UNAVAILABLE"]
    assert stripe_double.calls == []


# --- Starting -------------------------------------------------------------------------------------------------
def test_a_start_gives_the_client_secret(gql: Graphql, order: Bought, stripe_double: StripeDouble) -> None:
    payment = pay(gql, order, "stripe")["payment"]

    intent = stripe_double.only_intent()
    row = Payment.objects.get()
    assert payment["action"] == {
        "__typename": "StripeAction",
        "clientSecret": intent["client_secret"],
        "publishableKey": "pk_test_double",
    }
    assert (payment["state"], payment["amount"]["amount"]) == ("PENDING", 280_000)
    # VND has no minor unit: whole đồng, not times 100.
    assert (intent["amount"], intent["currency"]) == (280_000, "vnd")
    assert intent["metadata"] == {"payment_id": str(row.pk), "reference": f"{order.number}-1"}
    assert row.gateway_reference == intent["id"]


def test_the_same_key_gives_the_same_payment_without_asking_again(
    gql: Graphql, order: Bought, stripe_double: StripeDouble
) -> None:
    first, second = pay(gql, order, "stripe", "k"), pay(gql, order, "stripe", "k")

    assert first == second
    assert stripe_double.calls == [("POST", "/v1/payment_intents")]
    assert Payment.objects.count() == 1


def test_the_same_key_for_another_gateway_is_refused(
    gql: Graphql, order: Bought, stripe_double: StripeDouble
) -> None:
    pay(gql, order, "stripe", "k")

    assert _codes(pay(gql, order, "vietqr", "k")) == ["IDEMPOTENCY_MISMATCH"]
    assert Payment.objects.count() == 1


def test_answers_that_get_lost_make_one_intent(
    gql: Graphql, order: Bought, stripe_double: StripeDouble
) -> None:
    # The library asks three times on its own; all three answers get lost.
    stripe_double.lose(3)
    lost = pay(gql, order, "stripe", "k")

    again = pay(gql, order, "stripe", "k")

    assert _codes(lost) == ["PAYMENT_UNAVAILABLE"]
    assert again["payment"]["action"]["clientSecret"] == stripe_double.only_intent()["client_secret"]
    assert len(stripe_double.calls) == 4
    assert Payment.objects.get().gateway_reference == stripe_double.only_intent()["id"]


@pytest.mark.parametrize("illness", ["fail", "lose"])
def test_one_bad_answer_is_asked_again_unnoticed(
    gql: Graphql, order: Bought, stripe_double: StripeDouble, illness: str
) -> None:
    getattr(stripe_double, illness)(1)

    assert _codes(pay(gql, order, "stripe")) == []
    assert len(stripe_double.intents) == 1


@pytest.mark.parametrize("illness", ["fail", "refuse", "hang", "gone"])
def test_with_the_gateway_away_the_order_is_kept_and_a_retry_works(
    gql: Graphql,
    shop: Shop,
    order: Bought,
    stripe_double: StripeDouble,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    illness: str,
) -> None:
    address = settings.STRIPE_API_BASE
    if illness == "gone":
        settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    else:
        monkeypatch.setattr(payments.gateways.stripe, "TIMEOUT_SECONDS", 0.3 if illness == "hang" else 10)
        getattr(stripe_double, illness)(3 if illness != "refuse" else 1)

    away = pay(gql, order, "stripe", "k")
    after = read(gql, order)
    settings.STRIPE_API_BASE = address
    again = pay(gql, order, "stripe", "k")

    assert (_codes(away), away["payment"]) == (["PAYMENT_UNAVAILABLE"], None)
    assert after["state"] == "AWAITING_PAYMENT"
    assert [(p["state"], p["action"]) for p in after["payments"]] == [("PENDING", None)]
    assert stock(shop.variant) == (5, 1)
    assert again["payment"]["state"] == "PENDING"
    assert again["payment"]["action"]["clientSecret"] == stripe_double.only_intent()["client_secret"]


def test_with_the_gateway_away_a_transfer_still_pays(
    gql: Graphql, order: Bought, stripe_double: StripeDouble, deliver: Deliver
) -> None:
    stripe_double.refuse(1)
    pay(gql, order, "stripe")

    pay(gql, order, "vietqr")

    assert deliver(order).outcome == "APPLIED"
    assert read(gql, order)["state"] == "PAID"


# --- News -----------------------------------------------------------------------------------------------------
def test_a_card_that_is_charged_pays_the_order(
    gql: Graphql, shop: Shop, order: Bought, stripe_double: StripeDouble, hear: Callable[..., str]
) -> None:
    pay(gql, order, "stripe")

    outcome = hear(stripe_double.succeed(stripe_double.only_intent()))

    paid = read(gql, order)
    assert (outcome, paid["state"]) == ("APPLIED", "PAID")
    assert [(p["gateway"], p["state"], p["action"]) for p in paid["payments"]] == [("stripe", "PAID", None)]
    assert stock(shop.variant) == (4, 0)


def test_news_that_comes_before_our_record_of_the_intent_finds_its_payment(
    gql: Graphql, shop: Shop, order: Bought, stripe_double: StripeDouble, hear: Callable[..., str]
) -> None:
    stripe_double.lose(3)
    pay(gql, order, "stripe", "k")
    assert Payment.objects.get().gateway_reference is None

    outcome = hear(stripe_double.succeed(stripe_double.only_intent()))
    late = pay(gql, order, "stripe", "k")

    assert outcome == "APPLIED"
    assert late["payment"]["state"] == "PAID"
    assert (read(gql, order)["state"], stock(shop.variant)) == ("PAID", (4, 0))
    assert Payment.objects.get().state == "PAID"


def test_a_declined_card_may_be_tried_again(
    gql: Graphql, order: Bought, stripe_double: StripeDouble, hear: Callable[..., str]
) -> None:
    pay(gql, order, "stripe")
    intent = stripe_double.only_intent()

    declined = hear(stripe_double.decline(intent, "insufficient_funds"))
    between = read(gql, order)
    paid = hear(stripe_double.succeed(intent))

    (payment,) = between["payments"]
    assert (payment["state"], payment["failureReason"]) == ("FAILED", "insufficient_funds")
    assert payment["action"] == {"__typename": "StripeAction"}
    assert between["state"] == "AWAITING_PAYMENT"
    assert [declined, paid] == ["APPLIED", "APPLIED"]
    assert [(p["state"], p["failureReason"]) for p in read(gql, order)["payments"]] == [("PAID", None)]


def test_an_event_told_three_times_has_one_effect(
    gql: Graphql, shop: Shop, order: Bought, stripe_double: StripeDouble, hear: Callable[..., str]
) -> None:
    pay(gql, order, "stripe")
    event = stripe_double.succeed(stripe_double.only_intent())

    outcomes = [hear(event) for _time in range(3)]

    assert outcomes == ["APPLIED"] * 3
    assert GatewayNews.objects.count() == 1
    assert stock(shop.variant) == (4, 0)
    assert [event["kind"] for event in read(gql, order)["events"]] == ["placed", "paid"]


def test_the_same_charge_under_another_event_is_no_second_charge(
    gql: Graphql, order: Bought, stripe_double: StripeDouble, hear: Callable[..., str], snapshot: Snapshot
) -> None:
    pay(gql, order, "stripe")
    intent = stripe_double.only_intent()
    hear(stripe_double.succeed(intent))
    before = snapshot()

    assert hear(stripe_double.event("payment_intent.succeeded", intent)) == "IGNORED"
    assert snapshot() == before


@pytest.mark.parametrize("kind", ["payment_failed", "processing", "canceled"])
def test_old_news_after_the_charge_changes_nothing(
    gql: Graphql,
    order: Bought,
    stripe_double: StripeDouble,
    hear: Callable[..., str],
    snapshot: Snapshot,
    kind: str,
) -> None:
    pay(gql, order, "stripe")
    intent = stripe_double.only_intent()
    old = stripe_double.event(f"payment_intent.{kind}", intent)
    hear(stripe_double.succeed(intent))
    before = snapshot()

    assert hear(old) == "IGNORED"
    assert snapshot() == before


@pytest.mark.parametrize("amount", [279_999, 280_001, 28_000_000, 0])
def test_another_amount_is_kept_for_a_person(
    gql: Graphql,
    order: Bought,
    stripe_double: StripeDouble,
    hear: Callable[..., str],
    snapshot: Snapshot,
    amount: int,
) -> None:
    pay(gql, order, "stripe")
    before = snapshot()

    outcome = hear(stripe_double.succeed(stripe_double.only_intent(), amount))

    assert outcome == "WRONG_AMOUNT"
    assert GatewayNews.objects.get().amount == amount
    assert snapshot() == before


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        pytest.param({"type": "customer.created"}, "IGNORED", id="another kind of event"),
        pytest.param({"type": None}, "IGNORED", id="no kind"),
        pytest.param({"data": None}, "UNREADABLE", id="no data"),
        pytest.param({"data": {"object": []}}, "UNREADABLE", id="a list for an intent"),
        pytest.param({"currency": "usd"}, "UNREADABLE", id="dollars"),
        pytest.param({"object": "charge"}, "UNREADABLE", id="a charge"),
        pytest.param({"amount_received": None}, "UNREADABLE", id="no amount"),
        pytest.param({"metadata": {"payment_id": "x"}}, "UNREADABLE", id="an id that is none"),
        pytest.param(
            {"metadata": {"payment_id": "0196f0c0-0000-7000-8000-000000000000"}},
            "UNKNOWN_CODE",
            id="no payment of ours",
        ),
        pytest.param({"metadata": {}, "id": "pi_stranger"}, "UNKNOWN_CODE", id="an intent of another shop"),
        pytest.param({"metadata": {}, "id": None}, "UNKNOWN_CODE", id="no reference at all"),
    ],
)
def test_events_that_are_not_for_a_payment_change_nothing(
    gql: Graphql,
    order: Bought,
    stripe_double: StripeDouble,
    hear: Callable[..., str],
    snapshot: Snapshot,
    change: dict[str, Any],
    outcome: str,
) -> None:
    pay(gql, order, "stripe")
    event = stripe_double.succeed(stripe_double.only_intent())
    target = event if change.keys() & {"type", "data"} else event["data"]["object"]
    target.update(change)
    before = snapshot()

    assert hear(event) == outcome
    assert snapshot() == before


def test_an_intent_without_our_metadata_is_known_by_its_reference(
    gql: Graphql, order: Bought, stripe_double: StripeDouble, hear: Callable[..., str]
) -> None:
    pay(gql, order, "stripe")
    event = stripe_double.succeed(stripe_double.only_intent())
    event["data"]["object"]["metadata"] = {}

    assert hear(event) == "APPLIED"
    assert read(gql, order)["state"] == "PAID"


# --- Signatures -----------------------------------------------------------------------------------------------
def test_the_signature_of_facts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STRIPE_WEBHOOK_SECRET = "whsec_test_secret"
    monkeypatch.setattr(time, "time", lambda: 1_763_785_800.0 + 300)

    assert signature(VECTOR_BODY, "whsec_test_secret", 1_763_785_800) == VECTOR
    verify_webhook(VECTOR_BODY, f"t=1763785800,v1={VECTOR}")


def test_a_signature_is_too_old_after_300_seconds(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STRIPE_WEBHOOK_SECRET = "whsec_test_secret"
    monkeypatch.setattr(time, "time", lambda: 1_763_785_800.0 + 301)

    with pytest.raises(SignatureError):
        verify_webhook(VECTOR_BODY, f"t=1763785800,v1={VECTOR}")


def _event(double: StripeDouble) -> bytes:
    return json.dumps(double.succeed(double.only_intent())).encode()


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "nonsense",
        "t=,v1=",
        "t=now,v1={right}",
        "v1={right}",
        "t={now}",
        "t={now},v0={right}",
        "t={now},v1=" + "0" * 64,
        "t={now},v1={other}",
        "t={now},v1={upper}",
        "t={later},v1={right}",
        "t={old},v1={signed_old}",
        "t={now},v1=ký",
        "t={now},v1=\xff",
        "t=" + "9" * 5000 + ",v1={right}",
    ],
)
def test_a_wrong_signature_is_400_and_nothing_is_stored(
    gql: Graphql,
    client: Client,
    order: Bought,
    stripe_double: StripeDouble,
    run_jobs: Callable[[], int],
    snapshot: Snapshot,
    header: str | None,
) -> None:
    pay(gql, order, "stripe")
    body, now = _event(stripe_double), int(time.time())
    right = signature(body, stripe_double.webhook_secret, now)
    if header is not None:
        header = header.format(
            now=now,
            later=now + 1,
            old=now - 301,
            right=right,
            upper=right.upper(),
            other=signature(body, "whsec_other", now),
            signed_old=signature(body, stripe_double.webhook_secret, now - 301),
        )
    before = snapshot()

    response = post_event(client, body, header)

    assert response.status_code == 400
    assert GatewayNews.objects.count() == 0
    assert run_jobs() == 0
    assert snapshot() == before


def test_a_changed_body_does_not_fit_its_signature(
    gql: Graphql, client: Client, order: Bought, stripe_double: StripeDouble
) -> None:
    pay(gql, order, "stripe")
    body = _event(stripe_double)

    response = post_event(
        client, body.replace(b"280000", b"280001"), sign(body, stripe_double.webhook_secret)
    )

    assert response.status_code == 400
    assert GatewayNews.objects.count() == 0


@pytest.mark.parametrize("first", [True, False])
def test_while_the_secret_is_changed_one_of_two_signatures_is_enough(
    gql: Graphql, client: Client, order: Bought, stripe_double: StripeDouble, first: bool
) -> None:
    pay(gql, order, "stripe")
    body, now = _event(stripe_double), int(time.time())
    pair = [signature(body, stripe_double.webhook_secret, now), signature(body, "whsec_next", now)]

    response = post_event(client, body, f"t={now},v1={pair[not first]},v1={pair[first]}")

    assert response.status_code == 200
    assert GatewayNews.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"id": 1}',
        b'{"id": ""}',
        b'{"id": "evt_\\u0000"}',
        b'{"id": "' + b"x" * 121 + b'"}',
        b'{"id": "evt_1", "amount": NaN}',
        b'{"id": "evt_1", "a": ' + b"[" * 600 + b"]" * 600 + b"}",
        b'{"id": "\xff"}',
    ],
)
def test_a_signed_body_that_is_no_event_is_400(
    client: Client, stripe_double: StripeDouble, body: bytes
) -> None:
    response = post_event(client, body, sign(body, stripe_double.webhook_secret))

    assert response.status_code == 400
    assert GatewayNews.objects.count() == 0


# --- When no news comes ---------------------------------------------------------------------------------------
def _ask() -> int:
    return payments_ask(older_than_seconds=0)


def test_a_charge_whose_webhook_never_comes_is_asked_about(
    gql: Graphql, shop: Shop, order: Bought, stripe_double: StripeDouble, run_jobs: Callable[[], int]
) -> None:
    pay(gql, order, "stripe")
    stripe_double.succeed(stripe_double.only_intent())
    Payment.objects.update(created_at=timezone.now() - dt.timedelta(seconds=301))

    ask_gateways.func(timestamp=0)
    run_jobs()

    assert (read(gql, order)["state"], stock(shop.variant)) == ("PAID", (4, 0))
    assert GatewayNews.objects.get().outcome == "APPLIED"


def test_a_young_payment_is_not_asked_about(gql: Graphql, order: Bought, stripe_double: StripeDouble) -> None:
    pay(gql, order, "stripe")

    ask_gateways.func(timestamp=0)

    assert stripe_double.calls == [("POST", "/v1/payment_intents")]


def test_asking_and_the_webhook_together_have_one_effect(
    gql: Graphql,
    shop: Shop,
    order: Bought,
    stripe_double: StripeDouble,
    hear: Callable[..., str],
    run_jobs: Callable[[], int],
) -> None:
    pay(gql, order, "stripe")
    event = stripe_double.succeed(stripe_double.only_intent())

    told = [_ask(), _ask()]
    outcome = hear(event)
    told.append(_ask())

    assert told == [1, 0, 0]
    assert outcome == "IGNORED"
    assert (read(gql, order)["state"], stock(shop.variant)) == ("PAID", (4, 0))


def test_an_intent_that_still_waits_is_no_news(
    gql: Graphql, order: Bought, stripe_double: StripeDouble
) -> None:
    pay(gql, order, "stripe")

    assert _ask() == 0
    assert GatewayNews.objects.count() == 0


def test_a_gateway_that_does_not_answer_stops_no_other_question(
    gql: Graphql, shop: Shop, stripe_double: StripeDouble, run_jobs: Callable[[], int]
) -> None:
    first, second = buy(gql, shop.variant), buy(gql, shop.variant)
    for one in (first, second):
        pay(gql, one, "stripe")
    for intent in stripe_double.intents.values():
        stripe_double.succeed(intent)
    stripe_double.fail(3)

    told = _ask()
    run_jobs()

    assert told == 1
    assert [read(gql, one)["state"] for one in (first, second)] == ["AWAITING_PAYMENT", "PAID"]
    assert _ask() == 1


# --- What ends a payment --------------------------------------------------------------------------------------
def test_the_end_of_a_hold_cancels_the_intent(
    gql: Graphql, shop: Shop, order: Bought, stripe_double: StripeDouble, run_jobs: Callable[[], int]
) -> None:
    pay(gql, order, "stripe")
    intent = stripe_double.only_intent()

    _expire(order)
    assert intent["status"] == "requires_payment_method"
    run_jobs()

    assert intent["status"] == "canceled"
    assert stripe_double.calls[-1] == ("POST", f"/v1/payment_intents/{intent['id']}/cancel")
    assert [p["state"] for p in read(gql, order)["payments"]] == ["EXPIRED"]
    assert stock(shop.variant) == (5, 0)


def test_a_charge_that_comes_as_the_hold_ends_is_kept_for_a_person(
    gql: Graphql,
    order: Bought,
    stripe_double: StripeDouble,
    hear: Callable[..., str],
    run_jobs: Callable[[], int],
    snapshot: Snapshot,
) -> None:
    pay(gql, order, "stripe")
    event = stripe_double.succeed(stripe_double.only_intent())
    _expire(order)
    before = snapshot()

    # The intent cannot be cancelled any more: that is no fault of the job.
    run_jobs()
    outcome = hear(event)

    assert stripe_double.only_intent()["status"] == "succeeded"
    assert outcome == "TOO_LATE"
    assert snapshot() == before


def test_a_charge_whose_webhook_is_lost_as_the_hold_ends_is_asked_about(
    gql: Graphql, shop: Shop, order: Bought, stripe_double: StripeDouble, run_jobs: Callable[[], int]
) -> None:
    pay(gql, order, "stripe")
    stripe_double.succeed(stripe_double.only_intent())  # the event never reaches us

    _expire(order)
    run_jobs()

    (news,) = GatewayNews.objects.all()
    assert (news.outcome, news.amount, news.payment) == ("TOO_LATE", order.total, Payment.objects.get())
    assert read(gql, order)["state"] == "EXPIRED"
    assert stock(shop.variant) == (5, 0)


def test_the_word_of_the_cancelled_intent_changes_nothing(
    gql: Graphql,
    order: Bought,
    stripe_double: StripeDouble,
    hear: Callable[..., str],
    run_jobs: Callable[[], int],
    snapshot: Snapshot,
) -> None:
    pay(gql, order, "stripe")
    _expire(order)
    run_jobs()
    before = snapshot()

    assert hear(stripe_double.event("payment_intent.canceled", stripe_double.only_intent())) == "IGNORED"
    assert snapshot() == before


def test_a_cancellation_that_fails_is_a_job_that_runs_again(
    gql: Graphql, order: Bought, stripe_double: StripeDouble
) -> None:
    from payments.gateways import GatewayError
    from payments.jobs import cancel_at_gateway

    pay(gql, order, "stripe")
    _expire(order)
    payment = str(Payment.objects.get().pk)
    stripe_double.fail(3)

    with pytest.raises(GatewayError):
        cancel_at_gateway.func(payment_id=payment)
    cancel_at_gateway.func(payment_id=payment)

    assert stripe_double.only_intent()["status"] == "canceled"


def test_the_tries_of_a_cancellation_last_longer_than_an_outage_of_an_hour() -> None:
    from payments.jobs import cancel_at_gateway

    strategy = cancel_at_gateway.retry_strategy
    waits = [strategy.exponential_wait ** (attempt + 1) for attempt in range(strategy.max_attempts - 1)]

    assert sum(waits) > 3_600


def test_an_intent_made_while_its_order_ended_is_cancelled(
    gql: Graphql,
    order: Bought,
    stripe_double: StripeDouble,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The order ends while Stripe is asked.
    original = payments.gateways.stripe.StripeGateway.start

    def start(self: Any, request: Any) -> Any:
        _expire(order)
        return original(self, request)

    monkeypatch.setattr(payments.gateways.stripe.StripeGateway, "start", start)

    payment = pay(gql, order, "stripe")["payment"]
    run_jobs()

    assert (payment["state"], payment["action"]) == ("EXPIRED", None)
    assert stripe_double.only_intent()["status"] == "canceled"


def test_once_paid_by_transfer_the_card_payment_is_over(
    gql: Graphql,
    shop: Shop,
    order: Bought,
    stripe_double: StripeDouble,
    deliver: Deliver,
    hear: Callable[..., str],
) -> None:
    pay(gql, order, "stripe")

    deliver(order)
    after = read(gql, order)

    assert [(p["gateway"], p["state"], p["action"]) for p in after["payments"]] == [
        ("stripe", "CANCELLED", None),
        ("vietqr", "PAID", None),
    ]
    assert stripe_double.only_intent()["status"] == "canceled"
    assert _ask() == 0
    assert stock(shop.variant) == (4, 0)


def test_once_paid_by_card_the_qr_code_is_over_and_a_transfer_is_kept(
    gql: Graphql, order: Bought, stripe_double: StripeDouble, deliver: Deliver, hear: Callable[..., str]
) -> None:
    pay(gql, order, "vietqr")
    pay(gql, order, "stripe")

    hear(stripe_double.succeed(stripe_double.only_intent()))
    after = read(gql, order)

    assert [(p["gateway"], p["state"], p["action"]) for p in after["payments"]] == [
        ("vietqr", "CANCELLED", None),
        ("stripe", "PAID", None),
    ]
    assert deliver(order).outcome == "PAID_TWICE"


# --- In any order, however often ------------------------------------------------------------------------------
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_order_and_any_repeats_of_events_end_in_the_same_state(
    gql: Graphql,
    client: Client,
    shop: Shop,
    stripe_double: StripeDouble,
    run_jobs: Callable[[], int],
    data: st.DataObject,
) -> None:
    variant = make_variant(shop.product, stock=3)
    order = buy(gql, variant)
    known = set(stripe_double.intents)
    pay(gql, order, "stripe")
    (name,) = set(stripe_double.intents) - known
    intent = stripe_double.intents[name]
    charged = data.draw(st.booleans(), label="the card is charged in the end")
    story = [stripe_double.process(intent), stripe_double.decline(intent)]
    story.append(stripe_double.succeed(intent) if charged else stripe_double.cancel(intent))
    repeats = [event for event in story for _time in range(data.draw(st.integers(1, 3)))]

    for event in data.draw(st.permutations(repeats)):
        send_event(client, stripe_double, event)
        if data.draw(st.booleans(), label="jobs run now"):
            run_jobs()
    run_jobs()

    after = read(gql, order)
    assert after["state"] == ("PAID" if charged else "AWAITING_PAYMENT")
    assert [p["state"] for p in after["payments"]] == ["PAID" if charged else "CANCELLED"]
    assert stock(variant) == ((2, 0) if charged else (3, 1))


def test_all_orders_of_all_news_by_card_and_transfer_sell_once(
    gql: Graphql,
    client: Client,
    shop: Shop,
    stripe_double: StripeDouble,
    run_jobs: Callable[[], int],
) -> None:
    def charge(event: dict[str, Any], intent: dict[str, Any]) -> None:
        stripe_double.intents[intent["id"]].update(intent)
        send_event(client, stripe_double, event)

    ends = Counter()
    for permutation in itertools.permutations(range(4)):
        variant = make_variant(shop.product, stock=2)
        order = buy(gql, variant)
        known = set(stripe_double.intents)
        pay(gql, order, "stripe")
        (name,) = set(stripe_double.intents) - known
        # The charge is Stripe's word of before; what we do to the intent later does not take it back.
        intent = dict(stripe_double.intents[name])
        declined, charged = stripe_double.decline(intent), stripe_double.succeed(intent)
        transfer = bank_news(order)
        acts = [
            lambda event=declined: send_event(client, stripe_double, event),
            lambda event=charged, intent=intent: charge(event, intent),
            lambda body=transfer: send(client, body),
            lambda bought=order: _expire(bought),
        ]

        for number in permutation:
            acts[number]()
            run_jobs()

        after = read(gql, order)
        # Whatever comes first of money and time decides; nothing in between.
        expired_first = permutation.index(3) < min(permutation.index(1), permutation.index(2))
        assert after["state"] == ("EXPIRED" if expired_first else "PAID")
        assert stock(variant) == ((2, 0) if expired_first else (1, 0))
        ends[after["state"]] += 1

    assert ends == {"EXPIRED": 8, "PAID": 16}
    outcomes = Counter(GatewayNews.objects.values_list("outcome", flat=True))
    assert outcomes["TOO_LATE"] == 16
    assert outcomes["PAID_TWICE"] == 16
    # Every charge that no order took went back, whole and once.
    unplaced = GatewayNews.objects.filter(gateway="stripe", outcome__in=["TOO_LATE", "PAID_TWICE"])
    assert unplaced.filter(settled_at=None).count() == 0
    assert len(stripe_double.refunds) == unplaced.count()


# --- The double itself ----------------------------------------------------------------------------------------
def test_the_double_replays_answers_by_key_as_stripe_does(stripe_double: StripeDouble) -> None:
    def create(amount: int, key: str) -> Any:
        return requests.post(
            f"{stripe_double.url}/v1/payment_intents",
            data={"amount": amount, "currency": "vnd"},
            headers={"Authorization": f"Bearer {stripe_double.secret_key}", "Idempotency-Key": key},
            timeout=5,
        )

    first, same, other = create(20_000, "a"), create(20_000, "a"), create(30_000, "a")

    assert first.json() == same.json()
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    assert create(20_000, "b").json()["id"] != first.json()["id"]
    assert len(stripe_double.intents) == 2


def test_a_wrong_secret_key_is_refused(
    gql: Graphql, order: Bought, stripe_double: StripeDouble, settings: Any
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"

    assert _codes(pay(gql, order, "stripe")) == ["PAYMENT_UNAVAILABLE"]
    assert stripe_double.intents == {}
