"""Money back: owed at once, paid by the gateway or by hand, never more than was paid."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client

from catalog.models import MemberRole
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from orders.models import Order, SellerOrder
from payments import services
from payments.gateways import GatewayError
from payments.models import Payment, Refund
from tests.builders import Shop, make_user, unique
from tests.conftest import Graphql
from tests.orders.selling import Side, buy_paid, change, codes, member, part_ids, read
from tests.payments import buying
from tests.payments.double import StripeDouble, send_event

pytestmark = pytest.mark.django_db
REFUND = """mutation($p: ID!, $a: Amount!, $l: [ReturnLineInput!], $r: String!, $b: String, $k: String!){
  refundCreate(sellerOrderId: $p, amount: $a, lines: $l, reason: $r, bankReference: $b, idempotencyKey: $k){
    refund{ reference amount{amount} state reason payment{id} sellerOrder{number} lines{quantity line{productName}} }
    userErrors{field code message} }}"""


@pytest.fixture
def owner(new_gql: Callable[[], Graphql], shop: Shop) -> Side:
    return member(new_gql(), shop.seller)


def refund(gql: Graphql, part: str, amount: int, key: str | None = None, **more: Any) -> dict[str, Any]:
    values = {"r": "Hàng lỗi", "k": key or unique(), **more}
    return gql(REFUND, p=part, a=amount, **values)["refundCreate"]  # type: ignore[no-any-return]


def give_account(gql: Graphql, order: buying.Bought, **changes: str) -> dict[str, Any]:
    given = {"bankBin": "970422", "account": "0123 456 789", "holder": "NGUYEN THI LAN", **changes}
    return change(
        gql,
        "refundAccountSet",
        "orderId: ID!, token: String, bankBin: String!, account: String!, holder: String!",
        orderId=order.id,
        token=order.token,
        **given,
    )


# --- By transfer ----------------------------------------------------------------------------------------------


def test_a_transfer_goes_back_by_hand_to_the_account_that_the_buyer_names(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    line = owner.part()["lines"][0]["id"]

    made = refund(owner.gql, part_ids(order)[0], 50_000, l=[{"lineId": line, "quantity": 1}])["refund"]
    run_jobs()

    assert made["state"] == "PENDING"
    assert made["payment"] is None
    assert made["lines"] == [{"quantity": 1, "line": {"productName": "Giỏ cỏ tế đan tay"}}]
    assert read(gql, order)["refundAccountNeeded"] is True
    assert "50.000" in mail.outbox[0].body

    assert give_account(gql, order)["userErrors"] == []
    assert read(gql, order)["refundAccountNeeded"] is False
    row = Order.objects.get()
    assert row.refund_account == {"bank_bin": "970422", "account": "0123456789", "holder": "NGUYEN THI LAN"}
    with pytest.raises(DomainError, match="FORBIDDEN"):
        services.refund_complete(
            actor=Actor(user=make_user()), refund_id=Refund.objects.get().pk, bank_reference="x"
        )

    admin = Actor(user=make_user(is_superuser=True))
    services.refund_complete(actor=admin, refund_id=Refund.objects.get().pk, bank_reference="FT26331")
    with pytest.raises(DomainError, match="INVALID_STATE"):
        services.refund_complete(actor=admin, refund_id=Refund.objects.get().pk, bank_reference="FT26331")
    run_jobs()

    after = read(gql, order)
    assert after["payments"] == [
        {"state": "PARTLY_REFUNDED", "refunds": [{"amount": {"amount": 50_000}, "state": "SUCCEEDED"}]}
    ]
    assert [event["kind"] for event in after["events"]] == ["placed", "paid", "refunded", "refund_done"]
    assert after["sellerOrders"][0]["refunded"]["amount"] == 50_000
    assert len(mail.outbox) == 2


def test_a_bank_account_is_checked_and_kept_encrypted(
    gql: Graphql, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    from django.db import connection

    order = buy_paid(gql, run_jobs, (shop.variant, 1))

    wrong = give_account(gql, order, bankBin="1", account="?", holder=" ")
    assert codes(wrong) == [(["bankBin"], "INVALID"), (["account"], "INVALID"), (["holder"], "REQUIRED")]
    give_account(gql, order)
    with connection.cursor() as cursor:
        cursor.execute("SELECT refund_account FROM orders_order")
        (stored,) = cursor.fetchone()
    assert "0123456789" not in stored
    unpaid = buying.buy(gql, shop.variant)
    assert codes(give_account(gql, unpaid)) == [(["orderId"], "INVALID_STATE")]


def test_the_administrators_list_pays_back_by_hand(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    give_account(gql, order)
    refund(owner.gql, part_ids(order)[0], 50_000)
    row = Refund.objects.get()
    client, nobody = Client(), Client()
    client.force_login(make_user(is_superuser=True, is_staff=True))
    nobody.force_login(make_user(is_staff=True))
    page = f"/admin/payments/refund/{row.pk}/change/"

    assert row.reference in client.get("/admin/payments/refund/").content.decode()
    shown = client.get(page).content.decode()
    assert "0123456789" in shown
    assert "MB" in shown
    assert nobody.get(page).status_code in (302, 403)
    pay = f"/admin/payments/refund/{row.pk}/pay/"
    assert client.post(pay, {"note": ""}).status_code == 422
    assert client.post(pay, {"note": "FT26331"}).status_code == 302

    row.refresh_from_db()
    assert (row.state, row.bank_reference) == ("SUCCEEDED", "FT26331")


# --- Never more than was paid ---------------------------------------------------------------------------------


def test_no_more_goes_back_than_was_paid(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    part = part_ids(order)[0]

    first = refund(owner.gql, part, 200_000, key="press")
    again = refund(owner.gql, part, 200_000, key="press")
    more = refund(owner.gql, part, 80_001)
    rest = refund(owner.gql, part, 80_000)

    assert first["refund"]["reference"] == again["refund"]["reference"] == f"{order.number}-1-H1"
    assert codes(more) == [(["amount"], "OUT_OF_RANGE")]
    assert "80.000" in more["userErrors"][0]["message"]
    assert rest["userErrors"] == []
    assert Payment.objects.get().refunded == SellerOrder.objects.get().refunded == 280_000
    assert Order.objects.get().state == "REFUNDED"


@pytest.mark.parametrize("model", [Payment, SellerOrder])
def test_the_database_refuses_more(gql: Graphql, shop: Shop, run_jobs: Callable[[], int], model: Any) -> None:
    buy_paid(gql, run_jobs, (shop.variant, 1))

    for amount in (280_001, -1):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(refunded=F("refunded") + amount)


def test_what_is_wrong_with_a_refund_is_named(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    part = part_ids(order)[0]
    line = owner.part()["lines"][0]["id"]

    wrong = refund(
        owner.gql,
        part,
        0,
        r=" ",
        b="FT1",
        l=[{"lineId": "x", "quantity": 1}, {"lineId": line, "quantity": 2}],
    )

    assert codes(wrong) == [
        (["amount"], "OUT_OF_RANGE"),
        (["reason"], "REQUIRED"),
        (["bankReference"], "FORBIDDEN"),
        (["lines", "0", "lineId"], "NOT_FOUND"),
        (["lines", "1", "quantity"], "OUT_OF_RANGE"),
    ]
    assert not Refund.objects.exists()
    unpaid = buying.buy(gql, shop.variant)
    assert codes(refund(owner.gql, part_ids(unpaid)[0], 1_000)) == [(["sellerOrderId"], "INVALID_STATE")]


def test_who_may_pay_back(
    gql: Graphql, new_gql: Callable[[], Graphql], owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 1))
    part = part_ids(order)[0]
    packer = member(new_gql(), shop.seller, MemberRole.PACKER)
    editor = member(new_gql(), shop.seller, MemberRole.EDITOR)
    admin = new_gql().login(make_user(is_superuser=True))

    assert codes(refund(new_gql().login(make_user()), part, 1_000)) == [(["sellerOrderId"], "NOT_FOUND")]
    for side in (packer, editor):
        assert codes(refund(side.gql, part, 1_000)) == [(["sellerOrderId"], "FORBIDDEN")]
    done = refund(admin, part, 1_000, b="FT26331")["refund"]
    assert done["state"] == "SUCCEEDED"
    guest = new_gql().post(REFUND, p=part, a=1_000, r="x", k="k")
    assert guest["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


# --- By card --------------------------------------------------------------------------------------------------


@pytest.fixture
def by_card(
    gql: Graphql, shop: Shop, client: Client, run_jobs: Callable[[], int], stripe_double: StripeDouble
) -> Any:
    order = buying.buy(gql, shop.variant)
    buying.pay(gql, order, "stripe")
    send_event(client, stripe_double, stripe_double.succeed(stripe_double.only_intent()))
    run_jobs()
    assert Order.objects.get().state == "PAID"
    return order


def test_a_card_is_paid_back_by_the_gateway_once(
    gql: Graphql, owner: Side, by_card: Any, run_jobs: Callable[[], int], stripe_double: StripeDouble
) -> None:
    part = part_ids(by_card)[0]
    owner.cancel(part)
    # Done, but the answer was lost: the job runs again with the same key.
    stripe_double.lose_posts(1)
    run_jobs()

    (made,) = stripe_double.refunds.values()
    assert (made["amount"], made["payment_intent"]) == (280_000, stripe_double.only_intent()["id"])
    row = Refund.objects.get()
    assert (row.state, row.gateway_reference) == ("SUCCEEDED", made["id"])
    services.refund_send(row.pk)
    assert len(stripe_double.refunds) == 1
    assert Payment.objects.get().state == "REFUNDED"
    assert read(gql, by_card)["refundAccountNeeded"] is False


def test_a_gateway_that_is_ill_is_asked_again(
    owner: Side, by_card: Any, stripe_double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.cancel(part_ids(by_card)[0])
    row = Refund.objects.get()

    stripe_double.fail(3)
    with pytest.raises(GatewayError):
        services.refund_send(row.pk)
    stripe_double.refund_status = "pending"
    services.refund_send(row.pk)
    row.refresh_from_db()
    assert row.state == "PENDING"
    for made in stripe_double.refunds.values():
        made["status"] = "succeeded"
    assert services.refunds_ask(older_than_seconds=-1) == 1

    row.refresh_from_db()
    assert row.state == "SUCCEEDED"


def test_a_refund_that_the_gateway_refuses_is_owed_still(
    gql: Graphql, owner: Side, by_card: Any, run_jobs: Callable[[], int], stripe_double: StripeDouble
) -> None:
    stripe_double.refund_status = "failed"
    owner.cancel(part_ids(by_card)[0])
    run_jobs()

    assert Refund.objects.get().state == "FAILED"
    assert Payment.objects.get().refunded == SellerOrder.objects.get().refunded == 0
    story = [event["kind"] for event in read(gql, by_card)["events"]]
    assert story[-1] == "refund_failed"
    assert read(gql, by_card)["refundAccountNeeded"] is True
    # An administrator pays it by hand, from the list of what waits.
    admin = Actor(user=make_user(is_superuser=True))
    row = Refund.objects.get()
    services.refund_complete(actor=admin, refund_id=row.pk, bank_reference="FT26331")
    row.refresh_from_db()
    assert row.state == "SUCCEEDED"
    assert Payment.objects.get().refunded == SellerOrder.objects.get().refunded == 280_000
    assert Payment.objects.get().state == "REFUNDED"


def test_after_stripe_has_forgotten_the_key_nothing_is_paid_twice(
    owner: Side, by_card: Any, stripe_double: StripeDouble
) -> None:
    refund(owner.gql, part_ids(by_card)[0], 100_000)
    row = Refund.objects.get()
    stripe_double.lose_posts(3)
    with pytest.raises(GatewayError):
        services.refund_send(row.pk)
    row.refresh_from_db()
    # Stripe has made it, and we do not know.
    assert (row.gateway_reference, len(stripe_double.refunds)) == (None, 1)
    stripe_double.forget_keys()

    services.refund_send(row.pk)

    row.refresh_from_db()
    assert (row.state, len(stripe_double.refunds)) == ("SUCCEEDED", 1)


def test_one_that_was_paid_back_elsewhere_is_left_to_a_person(
    owner: Side, by_card: Any, stripe_double: StripeDouble
) -> None:
    owner.cancel(part_ids(by_card)[0])
    row = Refund.objects.get()
    intent = stripe_double.only_intent()
    stripe_double.refunds["re_elsewhere"] = {
        "id": "re_elsewhere", "object": "refund", "amount": 280_000, "currency": "vnd",
        "payment_intent": intent["id"], "status": "succeeded", "metadata": {},
    }  # fmt: skip

    with pytest.raises(GatewayError):
        services.refund_send(row.pk)

    row.refresh_from_db()
    assert (row.state, Payment.objects.get().refunded) == ("PENDING", 280_000)
    assert row.failure_reason == "charge_already_refunded"


def test_many_transfers_that_wait_do_not_hold_back_a_card(
    gql: Graphql,
    owner: Side,
    by_card: Any,
    shop: Shop,
    run_jobs: Callable[[], int],
    stripe_double: StripeDouble,
) -> None:
    for _number in range(2):
        order = buy_paid(gql, run_jobs, (shop.variant, 1))
        refund(owner.gql, part_ids(order)[0], 1_000)
    refund(owner.gql, part_ids(by_card)[0], 1_000)

    assert services.refunds_ask(older_than_seconds=-1, limit=1) == 1

    assert Refund.objects.get(payment__gateway="stripe").state == "SUCCEEDED"
