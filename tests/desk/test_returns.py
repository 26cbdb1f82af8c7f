"""Returns at the desk: answered, received, and only by whom they concern."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import CommuneOfficer, SellerMember
from marketplace.core.actor import GUEST
from orders import services
from orders.models import Return, SellerOrder
from payments.models import Refund
from tests.builders import Shop, make_seller, make_user
from tests.conftest import Graphql
from tests.desk.conftest import Person, error_at, shown
from tests.orders.selling import buy_paid
from tests.orders.test_returns import ask
from tests.payments.buying import Bought

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(new_gql: Callable[[], Graphql], owner: Person, shop: Shop, run_jobs: Callable[[], int]) -> Bought:
    """Of three pieces, all come."""
    gql = new_gql()
    order = buy_paid(gql, run_jobs, (shop.variant, 3))
    path = f"/desk/don-hang/{order.number}-1"
    owner.post(path, act="confirm")
    owner.post(path, act="ship", carrier="vnpost", tracking="EV1", key="k")
    services.seller_order_receive(actor=GUEST, part_id=SellerOrder.objects.get().pk, token=order.token)
    return order


def give(new_gql: Callable[[], Graphql], order: Bought, **more: str) -> str:
    assert ask(new_gql(), order, 1, **more)["userErrors"] == []
    return f"/desk/tra-hang/{Return.objects.latest('id').pk}"


def test_it_is_answered_and_received(
    owner: Person, order: Bought, new_gql: Callable[[], Graphql], shop: Shop
) -> None:
    path = give(new_gql, order)
    home = owner.get("/desk")
    assert "given back, to answer" in home
    assert "1 buyer waits for an answer" in home
    page = owner.get("/desk/tra-hang")
    assert "It is broken or damaged." in page
    assert f'href="{path}"' in page
    assert f'href="{path}"' in owner.get(f"/desk/don-hang/{order.number}-1")
    page = owner.get(path)
    assert "Nan bị gãy" in page
    assert "the law asks you to take it back" in page

    no = owner.post(path, 422, act="no", note="")
    assert error_at(no, "note") == "Say why: the buyer reads it."
    assert owner.post(path, act="yes", note="Gửi về xóm 2 nhé") == path
    page = owner.get(path)
    assert "Has it come?" in page
    assert "Gửi về xóm 2 nhé" in page
    assert "on the way back" in owner.get("/desk")
    assert owner.post(path, act="shelf") == path
    owner.post(path, act="away")  # pressed once more

    shop.variant.refresh_from_db()
    assert (Return.objects.get().state, shop.variant.on_hand) == ("RECEIVED", 3)
    assert Refund.objects.get().amount == 250_000
    assert "250,000" in shown(owner.get(path)) or "250.000" in shown(owner.get(path))


def test_a_packer_reads_and_does_not_decide(
    packer: Person, order: Bought, new_gql: Callable[[], Graphql]
) -> None:
    path = give(new_gql, order)

    page = packer.get(path)

    assert "The owner of the workshop answers this." in page
    assert "Yes, I take it back" not in page
    packer.post(path, 422, act="yes")
    assert Return.objects.get().state == "REQUESTED"


def test_those_of_others_are_not_there(owner: Person, order: Bought, new_gql: Callable[[], Graphql]) -> None:
    path = give(new_gql, order)

    seller, user = make_seller(), make_user()
    SellerMember.objects.create(seller=seller, user=user, role="OWNER")
    client = Client()
    client.force_login(user)

    Person(client, user).get(path, 404)


def test_an_officer_decides_in_the_admin(
    owner: Person, order: Bought, new_gql: Callable[[], Graphql], shop: Shop
) -> None:
    give(new_gql, order)
    row = Return.objects.get()
    user = make_user(is_staff=True)
    CommuneOfficer.objects.create(user=user, commune=shop.seller.commune)
    admin = Client()
    admin.force_login(user)
    change = f"/admin/orders/return/{row.pk}/change/"
    assert admin.get(change).status_code in (302, 404)  # not before it is escalated
    Return.objects.update(state="ESCALATED", escalated_at=timezone.now())

    page = admin.get(change).content.decode()
    assert "Nan bị gãy" in page
    assert "0912" not in page
    assert "Nguyễn Thị Lan" not in page
    decide = f"/admin/orders/return/{row.pk}/approve/"
    answer = admin.post(decide, {"note": "Ảnh cho thấy bị gãy"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.by_officer) == ("APPROVED", True)
