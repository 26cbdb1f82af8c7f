"""Giving back on the pages: asked for, kept after all, taken to an officer; nothing typed is lost."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from marketplace.core.ids import to_global_id
from orders.models import Return
from tests.builders import ADDRESS, Shop
from tests.conftest import Graphql
from tests.orders.selling import Side, member
from tests.orders.test_returns import arrived, decide, photo
from tests.storefront.test_order_page import opened, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(new_gql: Callable[[], Graphql], shop: Shop) -> Side:
    shop.seller.address = {**ADDRESS, "line1": "Xóm 2, Lưu Thượng"}
    shop.seller.save()
    return member(new_gql(), shop.seller)


def key_of() -> str:
    return to_global_id("Return", Return.objects.get().pk)


def test_a_thing_is_given_back(gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 2))
    client, path = opened(order), f"/don-hang/{order.number}"
    part = f"{order.number}-1"
    assert f"{path}/tra-hang?part={part}" in page(client, path)
    assert "How many of 2?" in page(client, f"{path}/tra-hang?part={part}")

    empty = client.post(f"{path}/tra-hang", {"part": part, "pieces-1": "1", "description": "Nan gãy ở quai"})
    assert empty.status_code == 422
    text = empty.content.decode()
    assert "Choose why." in text
    assert "Nan gãy ở quai" in text
    assert '<option value="1" selected>' in text
    none = client.post(f"{path}/tra-hang", {"part": part, "reason": "DAMAGED", "description": "Gãy"})
    assert "Say how many" in none.content.decode()
    silent = client.post(f"{path}/tra-hang", {"part": part, "reason": "DAMAGED", "pieces-1": "1"})
    assert "Say what is wrong with it" in silent.content.decode()
    bad = client.post(
        f"{path}/tra-hang",
        {
            "part": part, "reason": "DAMAGED", "pieces-1": "1", "description": "Gãy",
            "images": SimpleUploadedFile("a.jpg", b"nothing"),
        },
    )  # fmt: skip
    assert bad.status_code == 422
    assert "only the photos have to be chosen again" in bad.content.decode()
    assert not Return.objects.exists()

    form = {"part": part, "reason": "DAMAGED", "pieces-1": "1", "description": "Nan gãy ở quai"}
    for _press in range(2):
        sent = client.post(f"{path}/tra-hang", {**form, "images": SimpleUploadedFile("a.jpg", photo("red"))})
        assert sent.status_code == 302

    given = Return.objects.get()
    assert (given.state, given.description, given.pictures.count()) == ("REQUESTED", "Nan gãy ở quai", 1)
    assert "You want to give this back" in page(client, path)


def test_the_address_shows_once_it_is_agreed_to_and_an_officer_is_asked_where_nothing_comes(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    client, path = opened(order), f"/don-hang/{order.number}"
    form = {"part": f"{order.number}-1", "reason": "CHANGED_MIND", "pieces-1": "1"}
    assert client.post(f"{path}/tra-hang", form).status_code == 302
    assert "Xóm 2, Lưu Thượng" not in page(client, path)
    decide(owner.gql, key_of(), True)

    text = page(client, path)
    assert "Xóm 2, Lưu Thượng" in text
    assert "I have it" not in text  # it is on its way back
    assert "the parcel reaches your door" not in text
    assert "Give something back" not in text  # nothing is left
    assert "you need not do anything" in text
    assert "I have sent it, and hear nothing" not in text  # the maker has time
    step = {"return": key_of(), "act": "escalate"}
    early = client.post(f"{path}/tra-hang/tiep", step, follow=True).content.decode()
    assert "to say that it has come" in early
    assert Return.objects.get().state == "APPROVED"
    Return.objects.update(decide_before=timezone.now())
    assert "I have sent it, and hear nothing" in page(client, path)
    assert client.post(f"{path}/tra-hang/tiep", step).status_code == 302

    assert Return.objects.get().state == "ESCALATED"
    text = page(client, path)
    assert "The officer of the commune looks at it now" in text
    assert "Xóm 2" not in text
    assert client.post(f"{path}/tra-hang/tiep", {**step, "act": "cancel"}).status_code == 302
    assert Return.objects.get().state == "CANCELLED"
    assert "You keep it." in page(client, path)


def test_a_no_is_shown_with_its_reason_and_the_way_on(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    client, path = opened(order), f"/don-hang/{order.number}"
    form = {"part": f"{order.number}-1", "reason": "OTHER", "pieces-1": "1", "description": "Không hợp"}
    client.post(f"{path}/tra-hang", form)
    decide(owner.gql, key_of(), False, "Hàng đúng như ảnh")

    text = page(client, path)

    assert "Hàng đúng như ảnh" in text
    assert "Ask the officer of the commune" in text


def test_only_ones_own_and_only_known_steps(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    client, path = opened(order), f"/don-hang/{order.number}"
    form = {"part": f"{order.number}-1", "reason": "CHANGED_MIND", "pieces-1": "1"}
    client.post(f"{path}/tra-hang", form)

    page(Client(), f"{path}/tra-hang?part={order.number}-1", 404)
    page(client, f"{path}/tra-hang?part=X", 404)
    assert client.post(f"{path}/tra-hang/tiep", {"return": key_of(), "act": "burn"}).status_code == 404
    assert client.post(f"{path}/tra-hang/tiep", {"return": "x", "act": "cancel"}).status_code == 404
    assert Client().post(f"{path}/tra-hang/tiep", {"return": key_of(), "act": "cancel"}).status_code == 404
    assert Return.objects.get().state == "REQUESTED"
