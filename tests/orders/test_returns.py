"""What buyers give back: asked for, decided about by seller or officer, received, paid back; and what time does to it."""

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail, signing
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import IntegrityError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from catalog import images
from catalog import services as catalog
from catalog.models import (
    Commune,
    CommuneOfficer,
    ImageAsset,
    MemberRole,
    Product,
    ProductStats,
    Seller,
    SellerMember,
    Variant,
)
from catalog.services import officers_remind
from marketplace.core.actor import GUEST, Actor
from marketplace.core.clock import HANOI
from marketplace.core.ids import to_global_id
from orders import services
from orders.jobs import end_waits
from orders.models import OrderLine, Return, ReturnImage, SellerOrder, Shipment
from payments.models import Refund
from payments.services import refund_complete
from tests.builders import ADDRESS, Shop, make_product, make_seller, make_user
from tests.conftest import Graphql
from tests.orders.selling import Side, buy_paid, codes, member, part_ids
from tests.payments.buying import Bought

pytestmark = pytest.mark.django_db
RETURN = """id state reason description decisionNote decidedByOfficer decideBefore lines{quantity line{id quantityReturned}}
    images{id} refund{amount{amount} state lines{quantity line{id}}} returnAddress{name line1 phone ward}
    sellerOrder{id state order{id} phone buyerName refunded{amount} returns{id} events{kind message}}"""
ASK = f"mutation($i: ReturnRequestInput!){{returnRequest(input: $i){{returnRequest{{{RETURN}}} userErrors{{field code message}}}}}}"
LIST = f"query($s: [ReturnState!], $u: DateTime, $n: Int, $a: String){{returns(state: $s, updatedSince: $u, first: $n, after: $a){{totalCount pageInfo{{endCursor hasNextPage}} nodes{{{RETURN}}}}}}}"


@pytest.fixture
def owner(new_gql: Callable[[], Graphql], shop: Shop) -> Side:
    shop.seller.address = {**ADDRESS, "line1": "Xóm 2, Lưu Thượng"}
    shop.seller.save()
    return member(new_gql(), shop.seller)


@pytest.fixture
def officer(new_gql: Callable[[], Graphql], shop: Shop) -> Graphql:
    user = make_user()
    CommuneOfficer.objects.create(user=user, commune=shop.seller.commune)
    return new_gql().login(user)


def arrived(gql: Graphql, owner: Side, run_jobs: Callable[[], int], *wanted: tuple[Variant, int]) -> Bought:
    """An order of which the owner's part has come."""
    order = buy_paid(gql, run_jobs, *wanted)
    part = owner.part()
    owner.confirm(part["id"])
    owner.ship(part["id"])
    owner.parcel(owner.part()["shipments"][0]["id"], "DELIVERED")
    run_jobs()
    mail.outbox.clear()
    return order


def ask(gql: Graphql, order: Bought, quantity: int = 1, **more: Any) -> dict[str, Any]:
    line = OrderLine.objects.filter(seller_order__order__number=order.number).order_by("id").first()
    assert line is not None
    given = {
        "sellerOrderId": part_ids(order)[0],
        "token": order.token,
        "reason": "DAMAGED",
        "description": "Nan bị gãy",
        "lines": [{"lineId": to_global_id("OrderLine", line.pk), "quantity": quantity}],
        **more,
    }
    return gql(ASK, i=given)["returnRequest"]  # type: ignore[no-any-return]


def act(gql: Graphql, field: str, arguments: str, **variables: Any) -> dict[str, Any]:
    pairs = [item.strip() for item in arguments.split(",")]
    declared = ", ".join(f"${pair}" for pair in pairs)
    passed = ", ".join(f"{(name := pair.split(':')[0])}: ${name}" for pair in pairs)
    query = f"mutation({declared}){{{field}({passed}){{returnRequest{{{RETURN}}} userErrors{{field code message}}}}}}"
    return gql(query, **variables)[field]  # type: ignore[no-any-return]


def decide(gql: Graphql, key: str, approve: bool, note: str | None = None) -> dict[str, Any]:
    return act(
        gql, "returnDecide", "id: ID!, approve: Boolean!, note: String", id=key, approve=approve, note=note
    )


def receive(gql: Graphql, key: str, restock: bool) -> dict[str, Any]:
    return act(gql, "returnReceive", "id: ID!, restock: Boolean!", id=key, restock=restock)


def of_buyer(gql: Graphql, field: str, key: str, order: Bought) -> dict[str, Any]:
    return act(gql, field, "id: ID!, token: String", id=key, token=order.token)


def state_of(answer: dict[str, Any]) -> str:
    assert answer["userErrors"] == []
    return answer["returnRequest"]["state"]  # type: ignore[no-any-return]


def pass_time(**changes: Any) -> None:
    Return.objects.update(decide_before=timezone.now() - dt.timedelta(seconds=1), **changes)
    end_waits(0)


# --- The straight way -----------------------------------------------------------------------------------------


def test_asked_for_agreed_to_received_and_paid_back(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 2))
    made = ask(gql, order)["returnRequest"]
    assert (made["state"], made["reason"], made["description"]) == ("REQUESTED", "DAMAGED", "Nan bị gãy")
    assert (made["refund"], made["returnAddress"], made["lines"][0]["quantity"]) == (None, None, 1)
    assert made["sellerOrder"]["order"] == {"id": order.id}

    yes = decide(owner.gql, made["id"], True, "Gửi lại giúp cơ sở")["returnRequest"]
    assert (yes["state"], yes["decisionNote"], yes["returnAddress"]) == (
        "APPROVED",
        "Gửi lại giúp cơ sở",
        None,
    )
    seen = gql(
        f"query($o: ID!, $t: String){{order(id: $o, token: $t){{sellerOrders{{returns{{{RETURN}}} lines{{quantityReturnable}}}}}}}}",
        o=order.id,
        t=order.token,
    )["order"]["sellerOrders"][0]
    assert seen["returns"][0]["returnAddress"]["line1"] == "Xóm 2, Lưu Thượng"
    assert seen["lines"] == [{"quantityReturnable": 1}]

    back = receive(owner.gql, made["id"], True)["returnRequest"]

    assert (back["state"], back["sellerOrder"]["state"]) == ("RECEIVED", "DELIVERED")
    assert back["lines"][0]["line"]["quantityReturned"] == 1
    assert back["refund"] == {
        "amount": {"amount": 250_000},
        "state": "PENDING",
        "lines": [{"quantity": 1, "line": {"id": back["lines"][0]["line"]["id"]}}],
    }
    shop.variant.refresh_from_db()
    assert (shop.variant.on_hand, shop.variant.held) == (4, 0)
    assert ProductStats.objects.get(product=shop.variant.product).sold == 1
    refund_complete(
        actor=Actor(user=make_user(is_superuser=True)),
        refund_id=Refund.objects.get().pk,
        bank_reference="FT26331",
    )
    assert owner.gql(LIST)["returns"]["nodes"][0]["state"] == "REFUNDED"
    kinds = [event["kind"] for event in owner.gql(LIST)["returns"]["nodes"][0]["sellerOrder"]["events"]]
    assert kinds[-5:] == ["return_requested", "return_approved", "return_received", "refunded", "refund_done"]


def test_all_pieces_with_a_fault_bring_the_delivery_back_too(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 2))
    made = ask(gql, order, 2, reason="WRONG_ITEM")["returnRequest"]
    decide(owner.gql, made["id"], True)

    back = receive(owner.gql, made["id"], False)["returnRequest"]

    assert (back["refund"]["amount"]["amount"], back["sellerOrder"]["state"]) == (order.total, "RETURNED")
    shop.variant.refresh_from_db()
    assert shop.variant.on_hand == 3  # not on the shelf again
    found = gql("query($o: ID!, $t: String){order(id: $o, token: $t){state}}", o=order.id, t=order.token)
    assert found["order"]["state"] == "REFUNDED"


def test_a_changed_mind_pays_for_the_delivery(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 2))
    made = ask(gql, order, 2, reason="CHANGED_MIND", description=None)["returnRequest"]
    decide(owner.gql, made["id"], True)

    back = receive(owner.gql, made["id"], True)["returnRequest"]

    assert back["refund"]["amount"]["amount"] == 500_000 < order.total


def test_never_more_goes_back_than_is_left(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    owner.gql(
        'mutation($p: ID!, $a: Amount!){refundCreate(sellerOrderId: $p, amount: $a, reason: "Xin lỗi", idempotencyKey: "k"){userErrors{code}}}',
        p=owner.part()["id"],
        a=order.total,
    )
    made = ask(gql, order)["returnRequest"]
    decide(owner.gql, made["id"], True)

    back = receive(owner.gql, made["id"], True)["returnRequest"]

    assert (back["state"], back["refund"]) == ("REFUNDED", None)
    assert SellerOrder.objects.get().refunded == order.total


def test_each_step_is_told_to_whom_it_concerns(
    gql: Graphql, owner: Side, shop: Shop, officer: Graphql, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    made = ask(gql, order)["returnRequest"]
    decide(owner.gql, made["id"], False, "Hàng nguyên vẹn khi gửi")
    of_buyer(gql, "returnEscalate", made["id"], order)
    decide(officer, made["id"], True, "Ảnh cho thấy bị gãy")
    run_jobs()

    told = [(message.to, message.subject) for message in mail.outbox]
    subjects = [subject for to, subject in told if to == ["lan@example.vn"]]
    assert len(subjects) == 2  # the maker's no, the officer's yes
    assert len(told) == len({(tuple(to), subject) for to, subject in told}) == 6
    assert all("gãy" not in message.body for message in mail.outbox if message.to != ["lan@example.vn"])


def test_pictures_go_along_and_a_broken_file_does_not(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    line = to_global_id("OrderLine", OrderLine.objects.get().pk)
    given = {
        "sellerOrderId": part_ids(order)[0], "token": order.token, "reason": "DAMAGED", "description": "Gãy",
        "lines": [{"lineId": line, "quantity": 1}],
    }  # fmt: skip

    def send(*files: bytes) -> dict[str, Any]:
        images = [SimpleUploadedFile("a.jpg", content) for content in files]
        return gql.send(ASK, {"i": {**given, "images": images}})["data"]["returnRequest"]  # type: ignore[no-any-return]

    assert codes(send(photo("red"), b"<svg/>")) == [(["images", "1"], "FILE_TYPE")]
    assert codes(send(*[photo("red")] * 7)) == [(["images"], "LIMIT_REACHED")]
    assert not Return.objects.exists()

    made = send(photo("red"), photo("blue"))["returnRequest"]

    assert len(made["images"]) == 2
    assert Return.objects.get().pictures.count() == ImageAsset.objects.count() == 2


def test_pictures_are_for_both_sides_and_the_officers_by_links_that_end(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int], settings: Any
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    upload = SimpleUploadedFile("a.jpg", photo("red"))
    everybodys = catalog.picture_take(upload, "file")
    ask_with(gql, order, photo("red"))
    run_jobs()
    asset = ReturnImage.objects.get().asset
    assert (asset.private, asset.ready, asset.pk == everybodys.pk) == (True, True, False)

    asked = "query($s: [ReturnState!]){returns(state: $s){nodes{images{url(width: 160)}}}}"
    path = owner.gql(asked, s=["REQUESTED"])["returns"]["nodes"][0]["images"][0]["url"]

    answer = Client().get(path)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/webp", "private, no-store")
    assert Image.open(io.BytesIO(answer.getvalue())).size[0] == 160
    name = images.rendition_name(asset.pk, 160, "webp")
    assert storages["private"].exists(name)
    assert not storages["public"].exists(name)
    assert Client().get(f"/media/{name}").status_code == 404
    assert Client().get(path[:-1]).status_code == 404
    # A link to another thing opens no picture.
    paper = path.rpartition("/")[0] + "/" + signing.dumps(name, salt="catalog.files")
    assert Client().get(paper).status_code == 404
    settings.PRIVATE_LINK_MINUTES = 0
    assert Client().get(path).status_code == 404
    settings.PRIVATE_LINK_MINUTES = 15

    Return.objects.update(state="ESCALATED", escalated_at=timezone.now(), decide_before=None)
    administrator = Client()
    administrator.force_login(make_user(is_staff=True, is_superuser=True))
    page = administrator.get(f"/admin/orders/return/{Return.objects.get().pk}/change/").content.decode()
    (shown,) = re.findall(r'src="(/anh-rieng/[^"]+)"', page)
    assert Image.open(io.BytesIO(Client().get(shown).getvalue())).size[0] == 320

    # With the return's last word gone, so are its files.
    ReturnImage.objects.all().delete()
    long_ago = timezone.now() - dt.timedelta(days=settings.PICTURE_KEEP_DAYS + 1)
    ImageAsset.objects.update(updated_at=long_ago)
    assert catalog.assets_sweep() == 2
    run_jobs()
    assert not storages["private"].exists(name)
    assert not storages["private"].exists(asset.original)


def ask_with(gql: Graphql, order: Bought, *files: bytes) -> dict[str, Any]:
    """Something is broken, as the photos show."""
    line = OrderLine.objects.get(seller_order__order__number=order.number)
    given = {
        "sellerOrderId": part_ids(order)[0],
        "token": order.token,
        "reason": "DAMAGED",
        "description": "Gãy",
        "lines": [{"lineId": to_global_id("OrderLine", line.pk), "quantity": 1}],
        "images": [SimpleUploadedFile("a.jpg", content) for content in files],
    }
    return gql.send(ASK, {"i": given})["data"]["returnRequest"]["returnRequest"]  # type: ignore[no-any-return]


def photo(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(file, "JPEG")
    return file.getvalue()


# --- What is refused ------------------------------------------------------------------------------------------


def test_what_is_wrong_with_a_request_is_told(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 2))

    assert codes(ask(gql, order, 3)) == [(["lines", "0", "quantity"], "OUT_OF_RANGE")]
    assert codes(ask(gql, order, 0)) == [(["lines", "0", "quantity"], "OUT_OF_RANGE")]
    assert codes(ask(gql, order, lines=[])) == [(["lines"], "REQUIRED")]
    assert codes(ask(gql, order, description=" ")) == [(["description"], "REQUIRED")]
    assert codes(ask(gql, order, description="x" * 2001)) == [(["description"], "TOO_LONG")]
    foreign = [{"lineId": to_global_id("OrderLine", shop.variant.pk), "quantity": 1}]
    assert codes(ask(gql, order, lines=foreign)) == [(["lines", "0", "lineId"], "NOT_FOUND")]
    assert codes(ask(gql, order, token="0" * 32)) == [(["sellerOrderId"], "NOT_FOUND")]
    assert not Return.objects.exists()


def test_only_what_has_arrived_and_only_in_time(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = buy_paid(gql, run_jobs, (shop.variant, 2))
    assert codes(ask(gql, order)) == [(["sellerOrderId"], "INVALID_STATE")]
    part = owner.part()["id"]
    owner.ship(part)
    assert codes(ask(gql, order)) == [(["sellerOrderId"], "INVALID_STATE")]
    owner.parcel(owner.part()["shipments"][0]["id"], "DELIVERED")

    def came(days: float) -> None:
        SellerOrder.objects.update(delivered_at=timezone.now() - dt.timedelta(days=days))

    came(7.01)
    late = ask(gql, order, reason="CHANGED_MIND")
    assert codes(late) == [(["sellerOrderId"], "INVALID_STATE")]
    came(6.99)
    assert state_of(ask(gql, order, reason="CHANGED_MIND")) == "REQUESTED"
    # What is broken may come back for longer.
    came(29)
    assert state_of(ask(gql, order)) == "REQUESTED"
    came(31)
    assert codes(ask(gql, order, reason="WRONG_ITEM")) == [(["sellerOrderId"], "INVALID_STATE")]


def test_what_was_made_for_somebody_comes_back_only_with_a_fault(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    made_to_order = make_product(seller=shop.seller, stock=0, made_to_order_days=9).variants.get()
    order = arrived(gql, owner, run_jobs, (made_to_order, 1))

    assert codes(ask(gql, order, reason="CHANGED_MIND")) == [(["lines", "0", "lineId"], "INVALID_STATE")]
    made = ask(gql, order, reason="NOT_AS_DESCRIBED")["returnRequest"]
    decide(owner.gql, made["id"], True)
    receive(owner.gql, made["id"], True)

    made_to_order.refresh_from_db()
    assert made_to_order.on_hand == 1


def test_pieces_are_given_back_once(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 2))
    first = ask(gql, order, 1)["returnRequest"]

    assert ask(gql, order, 1)["returnRequest"]["id"] == first["id"]  # the same press twice
    assert codes(ask(gql, order, 2, description="Cả hai")) == [(["lines"], "OUT_OF_RANGE")]
    assert state_of(ask(gql, order, 1, description="Cái thứ hai")) == "REQUESTED"
    assert codes(ask(gql, order, 1, description="Cái thứ ba")) == [(["lines"], "OUT_OF_RANGE")]
    # Kept after all: it may be asked for anew.
    assert state_of(of_buyer(gql, "returnCancel", first["id"], order)) == "CANCELLED"
    assert state_of(of_buyer(gql, "returnCancel", first["id"], order)) == "CANCELLED"
    assert state_of(ask(gql, order, 1, description="Lại đổi ý")) == "REQUESTED"


def test_the_database_lets_nobody_give_back_more_than_was_sent(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    arrived(gql, owner, run_jobs, (shop.variant, 2))

    with pytest.raises(IntegrityError, match="orders_line_returned"):
        OrderLine.objects.update(returning=3)


def test_steps_out_of_order_are_refused_and_change_nothing(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    key = ask(gql, order)["returnRequest"]["id"]

    assert codes(receive(owner.gql, key, True)) == [(["id"], "INVALID_STATE")]
    assert codes(of_buyer(gql, "returnEscalate", key, order)) == [(["id"], "INVALID_STATE")]
    assert codes(decide(owner.gql, key, False)) == [(["note"], "REQUIRED")]
    assert state_of(decide(owner.gql, key, True)) == "APPROVED"
    assert codes(decide(owner.gql, key, False, "Thôi")) == [(["id"], "INVALID_STATE")]
    assert state_of(receive(owner.gql, key, True)) == "RECEIVED"
    assert state_of(receive(owner.gql, key, False)) == "RECEIVED"  # twice is once
    assert codes(of_buyer(gql, "returnCancel", key, order)) == [(["id"], "INVALID_STATE")]
    assert codes(of_buyer(gql, "returnEscalate", key, order)) == [(["id"], "INVALID_STATE")]
    assert (Refund.objects.count(), OrderLine.objects.get().returned) == (1, 1)


def test_a_yes_says_where_to_send_it(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    key = ask(gql, order)["returnRequest"]["id"]
    Seller.objects.update(address=None)

    assert codes(decide(owner.gql, key, True)) == [(["note"], "REQUIRED")]
    assert state_of(decide(owner.gql, key, True, "Gửi về xóm 2, Lưu Thượng")) == "APPROVED"


# --- Officers and time ----------------------------------------------------------------------------------------


def test_after_a_no_the_officer_decides_and_that_is_the_last_word(
    gql: Graphql, owner: Side, shop: Shop, officer: Graphql, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    key = ask(gql, order)["returnRequest"]["id"]
    assert officer(LIST)["returns"]["nodes"] == []
    assert codes(decide(officer, key, True)) == [(["id"], "NOT_FOUND")]
    assert state_of(decide(owner.gql, key, False, "Không phải lỗi của cơ sở")) == "REJECTED"
    assert OrderLine.objects.get().returning == 0

    assert state_of(of_buyer(gql, "returnEscalate", key, order)) == "ESCALATED"
    assert codes(decide(owner.gql, key, True)) == [(["id"], "INVALID_STATE")]
    (seen,) = officer(LIST, s=["ESCALATED"])["returns"]["nodes"]
    part = seen["sellerOrder"]
    assert (part["phone"], part["buyerName"], part["order"]) == (None, None, None)
    assert seen["returnAddress"] is None
    no = decide(officer, key, False, "Hàng đúng như ảnh")["returnRequest"]

    assert (no["state"], no["decidedByOfficer"], no["decisionNote"]) == (
        "REJECTED",
        True,
        "Hàng đúng như ảnh",
    )
    assert codes(of_buyer(gql, "returnEscalate", key, order)) == [(["id"], "INVALID_STATE")]


def test_a_seller_who_has_said_yes_has_time_to_say_that_it_has_come(
    gql: Graphql, owner: Side, shop: Shop, settings: Any, run_jobs: Callable[[], int]
) -> None:
    settings.RETURN_SEND_DAYS = 5
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    key = ask(gql, order)["returnRequest"]["id"]
    decide(owner.gql, key, True)
    found = Return.objects.get()
    assert found.decided_at is not None
    assert found.decide_before == found.decided_at + dt.timedelta(days=5)

    early = of_buyer(gql, "returnEscalate", key, order)

    assert codes(early) == [(["id"], "INVALID_STATE")]
    day = timezone.localtime(found.decide_before, HANOI).strftime("%d/%m/%Y")
    assert day in early["userErrors"][0]["message"]
    assert Return.objects.get().escalated_at is None
    # From then on it goes to the officer by itself, too.
    Return.objects.update(decide_before=timezone.now() - dt.timedelta(seconds=1))
    assert state_of(of_buyer(gql, "returnEscalate", key, order)) == "ESCALATED"


def test_an_officer_may_note_that_it_came_where_the_seller_says_nothing(
    gql: Graphql, owner: Side, shop: Shop, officer: Graphql, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    key = ask(gql, order)["returnRequest"]["id"]
    decide(owner.gql, key, True)
    assert codes(receive(officer, key, False)) == [(["id"], "NOT_FOUND")]

    Return.objects.update(decide_before=timezone.now())
    assert state_of(of_buyer(gql, "returnEscalate", key, order)) == "ESCALATED"
    assert state_of(decide(officer, key, True)) == "APPROVED"
    assert state_of(receive(officer, key, False)) == "RECEIVED"

    assert Refund.objects.get().amount == order.total


def test_an_officer_decides_nothing_of_a_workshop_of_their_own(
    gql: Graphql, owner: Side, shop: Shop, officer: Graphql, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    key = ask(gql, order)["returnRequest"]["id"]
    pass_time()
    user = CommuneOfficer.objects.get().user
    SellerMember.objects.create(seller=shop.seller, user=user, role=MemberRole.PACKER)

    assert codes(decide(officer, key, False, "Không")) == [(["id"], "FORBIDDEN")]


def test_an_officer_of_another_commune_sees_nothing(
    gql: Graphql, owner: Side, shop: Shop, new_gql: Callable[[], Graphql], run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    key = ask(gql, order)["returnRequest"]["id"]
    pass_time()
    user = make_user()
    far = Commune.objects.exclude(pk=shop.seller.commune_id).first() or Commune.objects.create(
        slug="xa-khac", code="10342", name="Xã khác"
    )
    CommuneOfficer.objects.create(user=user, commune=far)
    elsewhere = new_gql().login(user)

    assert elsewhere(LIST)["returns"]["nodes"] == []
    assert codes(decide(elsewhere, key, True)) == [(["id"], "NOT_FOUND")]
    assert elsewhere("query($i: ID!){node(id: $i){id}}", i=key)["node"] is None


def test_no_answer_in_time_goes_to_the_officer(
    gql: Graphql, owner: Side, shop: Shop, officer: Graphql, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    key = ask(gql, order)["returnRequest"]["id"]
    end_waits(0)
    assert Return.objects.get().state == "REQUESTED"

    pass_time()
    run_jobs()
    assert Return.objects.get().state == "ESCALATED"
    assert len(mail.outbox) == 4  # seller: asked, escalated; buyer; officer
    pass_time()
    assert Return.objects.get().state == "ESCALATED"
    assert state_of(decide(officer, key, True)) == "APPROVED"
    pass_time()  # agreed to, and nothing came
    assert Return.objects.get().state == "ESCALATED"


def test_a_part_is_not_done_while_something_is_to_go_back(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 2))
    key = ask(gql, order)["returnRequest"]["id"]
    SellerOrder.objects.update(completes_at=timezone.now() - dt.timedelta(seconds=1))
    end_waits(0)
    assert owner.part()["state"] == "DELIVERED"

    of_buyer(gql, "returnCancel", key, order)
    end_waits(0)

    assert owner.part()["state"] == "COMPLETED"


def test_it_may_still_be_given_back_after_the_buyer_said_i_have_it(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    services.seller_order_receive(actor=GUEST, part_id=SellerOrder.objects.get().pk, token=order.token)
    key = ask(gql, order)["returnRequest"]["id"]
    decide(owner.gql, key, True)

    assert receive(owner.gql, key, True)["returnRequest"]["sellerOrder"]["state"] == "RETURNED"


# --- Followed -------------------------------------------------------------------------------------------------


def test_returns_are_followed_by_time_and_cost_the_same_for_many(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    start = timezone.now().isoformat()
    Variant.objects.filter(pk=shop.variant.pk).update(on_hand=50)
    order = arrived(gql, owner, run_jobs, (shop.variant, 9))
    ask(gql, order, description="0")
    with CaptureQueriesContext(connection) as one:
        owner.gql(LIST)
    for number in range(1, 8):
        ask(gql, order, description=str(number))
    with CaptureQueriesContext(connection) as many:
        owner.gql(LIST)
    assert len(one) == len(many)

    keys = [to_global_id("Return", row.pk) for row in Return.objects.order_by("created_at")]
    decide(owner.gql, keys[0], True)
    first = owner.gql(LIST, u=start, n=5)["returns"]
    rest = owner.gql(LIST, u=start, n=5, a=first["pageInfo"]["endCursor"])["returns"]
    assert [node["id"] for node in (*first["nodes"], *rest["nodes"])] == [*keys[1:], keys[0]]
    # The part that they belong to has changed with them.
    assert owner.parts(updatedSince=Return.objects.latest("updated_at").updated_at.isoformat())


def test_other_sellers_see_none(
    gql: Graphql, owner: Side, shop: Shop, new_gql: Callable[[], Graphql], run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    ask(gql, order)
    other = member(new_gql(), make_seller())

    assert other.gql(LIST)["returns"]["nodes"] == []
    answer = Graphql(Client()).post(LIST)
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert Product.objects.count() == 1


# --- Parcels that never came -----------------------------------------------------------------------------------
def sent(gql: Graphql, owner: Side, run_jobs: Callable[[], int], variant: Variant, *pieces: int) -> Bought:
    """An order whose pieces left in so many parcels."""
    order = buy_paid(gql, run_jobs, (variant, sum(pieces)))
    part = owner.part()
    for number in pieces:
        owner.ship(part["id"], lines=[{"lineId": part["lines"][0]["id"], "quantity": number}])
    run_jobs()
    mail.outbox.clear()
    return order


def parcels(owner: Side) -> list[str]:
    return [row["id"] for row in owner.part()["shipments"]]


def days_later() -> None:
    Shipment.objects.update(updated_at=timezone.now() - dt.timedelta(days=8))
    end_waits(0)


def test_a_lost_parcel_is_paid_back_and_the_rest_has_arrived(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = sent(gql, owner, run_jobs, shop.variant, 1, 2)
    first, second = parcels(owner)
    owner.parcel(first, "DELIVERED")
    owner.parcel(second, "LOST")
    end_waits(0)
    assert (owner.part()["state"], Refund.objects.count()) == ("SHIPPED", 0)

    days_later()
    days_later()  # once
    run_jobs()

    (refund,) = Refund.objects.all()
    assert refund.amount == 500_000
    part = owner.part()
    assert (part["state"], part["refunded"]["amount"]) == ("DELIVERED", 500_000)
    shop.variant.refresh_from_db()
    assert shop.variant.on_hand == 2  # what is lost is on no shelf
    (row,) = owner.gql(LIST)["returns"]["nodes"]
    assert (row["state"], row["lines"][0]["quantity"]) == ("RECEIVED", 2)
    told = [m.subject for m in mail.outbox if m.to == ["lan@example.vn"]]
    assert len([subject for subject in told if "không đến được" in subject]) == 1
    # What did come may be given back as ever, and not more.
    assert codes(ask(gql, order, 2)) == [(["lines"], "OUT_OF_RANGE")]
    assert state_of(ask(gql, order, 1)) == "REQUESTED"
    assert codes(owner.parcel(second, "DELIVERED")) == [(["state"], "INVALID_STATE")]


def test_a_parcel_that_came_back_and_is_sent_again_is_not_given_up(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    sent(gql, owner, run_jobs, shop.variant, 1)
    (key,) = parcels(owner)
    owner.parcel(key, "RETURNED")
    owner.parcel(key, "IN_TRANSIT")
    days_later()
    assert not Refund.objects.exists()
    owner.parcel(key, "RETURNED")

    days_later()

    shop.variant.refresh_from_db()
    part = owner.part()
    assert (part["state"], shop.variant.on_hand) == ("RETURNED", 5)
    assert part["refunded"]["amount"] == part["total"]["amount"]  # with the delivery: nothing has come


def test_what_counts_as_there_may_be_missing_all_the_same(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = sent(gql, owner, run_jobs, shop.variant, 1)
    (key,) = parcels(owner)
    owner.parcel(key, "DELIVERED")
    assert codes(owner.parcel(key, "LOST")) == [(["state"], "INVALID_STATE")]
    missed = gql(
        "mutation($i: ID!, $t: String){sellerOrderMiss(id: $i, token: $t){sellerOrder{state} userErrors{code}}}",
        i=part_ids(order)[0],
        t=order.token,
    )["sellerOrderMiss"]
    assert missed["userErrors"] == []
    SellerOrder.objects.update(completes_at=timezone.now() - dt.timedelta(seconds=1))
    end_waits(0)
    assert owner.part()["state"] == "DELIVERED"  # not done by itself

    owner.parcel(key, "LOST")
    assert owner.part()["state"] == "SHIPPED"
    days_later()

    assert (owner.part()["state"], Refund.objects.get().amount) == ("RETURNED", order.total)


# --- What fresh eyes found --------------------------------------------------------------------------------------
def test_a_buyer_who_has_it_ends_nothing_while_something_goes_back(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 2))
    key = ask(gql, order)["returnRequest"]["id"]
    part = SellerOrder.objects.get()

    services.seller_order_receive(actor=GUEST, part_id=part.pk, token=order.token)

    part.refresh_from_db()
    assert part.state == "DELIVERED"
    of_buyer(gql, "returnCancel", key, order)
    services.seller_order_receive(actor=GUEST, part_id=part.pk, token=order.token)
    part.refresh_from_db()
    assert part.state == "COMPLETED"


def test_what_went_back_for_a_piece_before_is_not_paid_again(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 2))
    part = owner.part()
    owner.gql(
        """mutation($p: ID!, $l: ID!){refundCreate(sellerOrderId: $p, amount: 100000, reason: "Xước",
             idempotencyKey: "k", lines: [{lineId: $l, quantity: 1}]){userErrors{code}}}""",
        p=part["id"],
        l=part["lines"][0]["id"],
    )
    for number in range(2):
        key = ask(gql, order, reason="OTHER", description=str(number))["returnRequest"]["id"]
        decide(owner.gql, key, True)
        receive(owner.gql, key, True)

    assert [row.amount for row in Refund.objects.order_by("id")] == [100_000, 150_000, 250_000]


def test_the_same_words_days_later_are_about_another_piece(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 2))
    first = ask(gql, order)["returnRequest"]["id"]
    assert ask(gql, order)["returnRequest"]["id"] == first
    Return.objects.update(created_at=timezone.now() - dt.timedelta(days=2))

    assert ask(gql, order)["returnRequest"]["id"] != first


def test_there_is_no_parcel_without_anything_in_it(
    gql: Graphql, owner: Side, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    sent(gql, owner, run_jobs, shop.variant, 1)
    SellerOrder.objects.update(state="PREPARING")  # as while a carrier is to fetch it

    assert codes(owner.ship(owner.part()["id"])) == [(["sellerOrderId"], "INVALID_STATE")]


def test_officers_hear_of_what_waits_each_time_and_in_the_morning(
    gql: Graphql, owner: Side, shop: Shop, officer: Graphql, run_jobs: Callable[[], int]
) -> None:
    order = arrived(gql, owner, run_jobs, (shop.variant, 1))
    key = ask(gql, order)["returnRequest"]["id"]
    for _round in range(3):
        pass_time()
        decide(officer, key, True)
    pass_time()
    run_jobs()
    user = CommuneOfficer.objects.get().user
    assert len([message for message in mail.outbox if message.to == [user.email]]) == 4

    mail.outbox.clear()
    officers_remind()
    run_jobs()

    (morning,) = [message for message in mail.outbox if message.to == [user.email]]
    assert "trả hàng: 1" in morning.body
