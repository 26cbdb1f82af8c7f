"""Every mutation and private field of orders × every caller, from expected.txt."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Review, SellerMember
from marketplace.core.actor import GUEST, Actor
from marketplace.core.ids import to_global_id
from orders import services
from orders.models import OrderLine, Question, Return, SellerOrder, Shipment
from orders.tokens import order_token
from payments.models import Payment, Refund
from payments.services import refund_create
from tests.builders import ADDRESS, make_product, unique
from tests.catalog.access.scene import CALLERS, Scene, make_scene
from tests.conftest import Graphql
from tests.orders.selling import buy_paid, rows_of

pytestmark = pytest.mark.django_db
# What else an object's fields need to be asked for.
COMPOSITE = {
    "order": "{id}", "payments": "{id}", "shippingAddress": "{line1}", "shipments": "{id}", "refunds": "{id}",
    "events": "{kind}", "sellerOrder": "{id}", "payment": "{id}", "returns": "{id}", "refund": "{id}",
    "returnAddress": "{line1}", "invoice": "{taxCode}", "review": "{id}", "questions": "{nodes{id}}",
}  # fmt: skip
INVOICE = {
    "company": "Công ty Cỏ", "taxCode": "0100047516", "address": "1 Tràng Tiền", "email": "ke.toan@example.vn",
}  # fmt: skip
# Asked for of the parcels of a part.
PARCELS = {"labels": "shipments{labelUrl}", "problems": "shipments{bookingProblem}"}
OF_PART = {
    "invoice",
    "labels",
    "problems",
    "questions",
    "order",
    "buyerName",
    "phone",
    "shippingAddress",
    "note",
}
TABLES = (
    "orders_order",
    "orders_seller_order",
    "orders_order_line",
    "orders_shipment",
    "orders_return",
    "payments_refund",
    "orders_shipping_terms",
    "orders_shipping_rate",
    "catalog_variant",
    "orders_question",
    "catalog_review",
    "catalog_product_stats",
)


def _read() -> dict[str, dict[str, dict[str, str]]]:
    sections: dict[str, dict[str, dict[str, str]]] = {}
    section = ""
    for line in (Path(__file__).parent / "expected.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            sections[section] = {}
        elif line and not line.startswith("#"):
            name, *cells = line.split()
            sections[section][name] = dict(zip(CALLERS, cells, strict=True))
    return sections


SECTIONS = _read()


def _cases(section: str) -> list[Any]:
    return [
        pytest.param(name, caller, expected, id=f"{name}-{caller}")
        for name, cells in SECTIONS[section].items()
        for caller, expected in cells.items()
    ]


@pytest.fixture
def scene(db: Any) -> Scene:
    return make_scene()


@pytest.fixture
def part(scene: Scene, run_jobs: Callable[[], int]) -> SellerOrder:
    """The seller's part of an order that `buyer` has paid."""
    other = make_product("Khay", seller=SellerMember.objects.get(user=scene.users["other"]).seller)
    buy_paid(scene.gql("buyer"), run_jobs, (scene.variant, 2), (other.variants.get(), 1), invoice=INVOICE)
    return SellerOrder.objects.get(seller=scene.seller)


def _gid(row: Any) -> str:
    return to_global_id(type(row).__name__, row.pk)


def _send(scene: Scene, part: SellerOrder) -> Shipment:
    services.shipment_create(
        actor=_owner(scene), part_id=part.pk, carrier="vnpost", tracking_number="EV1",
        lines=None, parcel=None, idempotency_key=unique(),
    )  # fmt: skip
    return Shipment.objects.get()


def _ask(part: SellerOrder, scene: Scene, *, answered: bool = False, about_order: bool = False) -> Question:
    """A question of `buyer`, about the order or the product."""
    about = {"seller_order": part} if about_order else {"product": scene.product}
    answer = {"answer": "Có.", "answered_at": timezone.now()} if answered else {}
    return Question.objects.create(
        seller=scene.seller, asker=scene.users["buyer"], body="Có không?", **about, **answer
    )


def _mutation(name: str, part: SellerOrder, scene: Scene) -> tuple[str, dict[str, Any]]:
    """Its arguments and their values."""
    if name.startswith("return"):
        return _about_return(name, part, scene)
    one, order = {"id": _gid(part)}, {"orderId": _gid(part.order)}
    if name in ("shipmentUpdate", "sellerOrderReceive", "sellerOrderMiss"):
        parcel = _send(scene, part)
        if name == "shipmentUpdate":
            return "id: $id, state: DELIVERED", {"id": _gid(parcel)}
    if name == "reviewCreate":
        SellerOrder.objects.filter(pk=part.pk).update(state="DELIVERED")
        line = OrderLine.objects.get(seller_order=part)
        return 'input: {orderLineId: $id, rating: 5, body: "Đẹp"}', {"id": _gid(line)}
    if name.startswith("questionAnswer"):
        question = _ask(part, scene, about_order=name.endswith("order"))
        return 'id: $id, body: "Có."', {"id": _gid(question)}
    return {
        "questionAsk:order": ('sellerOrderId: $id, body: "Có không?"', one),
        "questionAsk:product": ('productId: $id, body: "Có không?"', {"id": _gid(scene.product)}),
        "sellerOrderConfirm": ("id: $id", one),
        "sellerOrderReceive": ("id: $id", one),
        "sellerOrderMiss": ("id: $id", one),
        "sellerOrderCancel": ('id: $id, reason: "Hết", idempotencyKey: "k"', one),
        "shipmentCreate": ('sellerOrderId: $id, carrier: "vnpost", idempotencyKey: "k"', one),
        "refundCreate": ('sellerOrderId: $id, amount: 1000, reason: "Lỗi", idempotencyKey: "k"', one),
        "shippingSettingsSet": (
            "sellerId: $seller, input: {pickup: true, rates: [{zone: SOUTH, upToGrams: 1000, price: 9}]}",
            {"seller": _gid(scene.seller)},
        ),
        "orderCancel": ("orderId: $orderId", order),
        "refundAccountSet": (
            'orderId: $orderId, bankBin: "970422", account: "0123456789", holder: "LAN"',
            order,
        ),
    }[name]


def _arrive(scene: Scene, part: SellerOrder) -> OrderLine:
    _send(scene, part)
    services.seller_order_receive(actor=GUEST, part_id=part.pk, token=order_token(part.order_id))
    return OrderLine.objects.get(seller_order=part)


def _give_back(part: SellerOrder, line: OrderLine) -> Return:
    return services.return_request(
        actor=GUEST, part_id=part.pk, token=order_token(part.order_id), reason="DAMAGED", description="Gãy",
        lines=[{"line_id": line.pk, "quantity": 1}], images=None,
    )  # fmt: skip


def _about_return(name: str, part: SellerOrder, scene: Scene) -> tuple[str, dict[str, Any]]:
    line = _arrive(scene, part)
    if name == "returnRequest":
        wanted = 'reason: DAMAGED, description: "Gãy", lines: [{lineId: $line, quantity: 1}]'
        return f"input: {{sellerOrderId: $id, {wanted}}}", {"id": _gid(part), "line": _gid(line)}
    made = _give_back(part, line)
    come = name.endswith("!")
    if name.startswith("returnReceive") or name == "returnEscalate":
        services.return_decide(actor=_owner(scene), return_id=made.pk, approve=True, note="Gửi về xưởng")
    if name == "returnEscalate":
        Return.objects.update(decide_before=timezone.now())
    if come:
        Return.objects.update(escalated_at=timezone.now())
    if name == "returnDecide!":
        Return.objects.update(state="ESCALATED")
    arguments = {
        "returnDecide": 'id: $id, approve: true, note: "Gửi về xưởng"',
        "returnReceive": "id: $id, restock: true",
    }
    return arguments.get(name.rstrip("!"), "id: $id"), {"id": _gid(made)}


def _owner(scene: Scene) -> Actor:
    return Actor(user=scene.users["owner"])


@pytest.mark.parametrize(("name", "caller", "expected"), _cases("mutations"))
def test_mutation(scene: Scene, part: SellerOrder, name: str, caller: str, expected: str) -> None:
    arguments, values = _mutation(name, part, scene)
    before = rows_of(*TABLES)
    declared = ", ".join(f"${key}: ID!" for key in values)
    name = name.split(":", maxsplit=1)[0]

    answer = scene.gql(caller).post(
        f"mutation({declared}){{{name.rstrip('!')}({arguments}){{userErrors{{code field message}}}}}}",
        **values,
    )

    if expected == "-":
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    else:
        codes = [error["code"] for error in answer["data"][name.rstrip("!")]["userErrors"]]
        assert (
            codes == {"ok": [], "N": ["NOT_FOUND"], "F": ["FORBIDDEN"], "S": ["INVALID_STATE"]}[expected]
        ), answer
    assert (rows_of(*TABLES) == before) == (expected != "ok")


@pytest.fixture
def things(scene: Scene, part: SellerOrder) -> dict[str, Any]:
    """One of each kind, all of the seller's part."""
    scene.seller.address = ADDRESS
    scene.seller.save()
    given = _give_back(part, _arrive(scene, part))
    parcel = Shipment.objects.get()
    Shipment.objects.update(booking_problem="Số điện thoại 0912345678 sai")
    refund = refund_create(
        actor=_owner(scene), part_id=part.pk, amount=1_000, lines=None, reason="Lỗi",
        bank_reference=None, idempotency_key=unique(),
    )  # fmt: skip
    Refund.objects.filter(pk=refund.pk).update(returned=given)
    Return.objects.update(state="APPROVED")
    line = OrderLine.objects.get(seller_order=part)
    Review.objects.create(
        product=scene.product, order_line=line.pk, author_name="Lan N.", rating=5, written_at=timezone.now()
    )
    return {
        "Return": given,
        "Question": _ask(part, scene, about_order=True),
        "Question:open": _ask(part, scene),
        "Question:answered": _ask(part, scene, answered=True),
        "Order": part.order,
        "SellerOrder": part,
        "OrderLine": line,
        "Shipment": parcel,
        "Refund": Refund.objects.get(),
        "Payment": Payment.objects.get(),
    }


def _found(gql: Graphql, thing: Any, selection: str) -> list[Any]:
    kind = type(thing).__name__
    data = gql(
        f"query($i: ID!){{node(id: $i){{...on {kind}{{{selection}}}}} nodes(ids: [$i]){{...on {kind}{{{selection}}}}}}}",
        i=_gid(thing),
    )
    return [data["node"], data["nodes"][0]]


def _thing(things: dict[str, Any], name: str) -> Any:
    """With a `!` the return has come before an officer."""
    if name.endswith("!"):
        Return.objects.update(escalated_at=timezone.now())
    return things[name.rstrip("!")]


@pytest.mark.parametrize(("name", "caller", "expected"), _cases("objects"))
def test_object(scene: Scene, things: dict[str, Any], name: str, caller: str, expected: str) -> None:
    thing = _thing(things, name)

    found = _found(scene.gql(caller), thing, "id")

    assert found == ([{"id": _gid(thing)}] * 2 if expected == "ok" else [None, None])


def _value(entry: dict[str, Any], field: str) -> Any:
    if field in PARCELS:
        return [value for parcel in entry["shipments"] for value in parcel.values() if value]
    value = entry[field]
    return value["nodes"] if field == "questions" else value


@pytest.mark.parametrize(("name", "caller", "expected"), _cases("fields"))
def test_field(scene: Scene, things: dict[str, Any], name: str, caller: str, expected: str) -> None:
    kind, field = name.split(".")
    thing, wanted = _thing(things, kind), PARCELS.get(field) or field + COMPOSITE.get(field, "")
    of_part = kind == "Return!" and field in OF_PART

    found = _found(scene.gql(caller), thing, f"sellerOrder{{{wanted}}}" if of_part else wanted)

    if expected == "gone":
        assert found == [None, None]
        return
    values = [_value((entry["sellerOrder"] if of_part else entry), field) for entry in found]
    assert all((value in (None, [], "")) == (expected == ".") for value in values), values


@pytest.mark.parametrize("caller", CALLERS)
def test_the_list_holds_what_one_has_sold(scene: Scene, part: SellerOrder, caller: str) -> None:
    answer = scene.gql(caller).post("{sellerOrders{nodes{id}}}")

    if caller == "guest":
        assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        return
    found = {node["id"] for node in answer["data"]["sellerOrders"]["nodes"]}
    others = {_gid(row) for row in SellerOrder.objects.exclude(pk=part.pk)}
    expected = {
        "packer": {_gid(part)}, "editor": {_gid(part)}, "owner": {_gid(part)}, "app": {_gid(part)},
        "other": others, "stray": others, "admin": others | {_gid(part)},
    }  # fmt: skip
    assert found == expected.get(caller, set())


@pytest.mark.parametrize("caller", CALLERS)
def test_a_sellers_inside_holds_its_parts_for_its_people(
    scene: Scene, part: SellerOrder, caller: str
) -> None:
    seller = scene.gql(caller)(
        "query($s: String!){seller(slug: $s){private{sellerOrders{nodes{id}}}}}", s=scene.seller.slug
    )["seller"]

    found = seller["private"] and [node["id"] for node in seller["private"]["sellerOrders"]["nodes"]]
    people = {"packer", "editor", "owner", "admin"}
    assert found == ([_gid(part)] if caller in people else [] if caller == "here" else None)


@pytest.mark.parametrize("caller", CALLERS)
def test_a_sellers_inside_holds_the_questions_of_its_people(
    scene: Scene, things: dict[str, Any], caller: str
) -> None:
    """Officers look after listings: they read there what everybody reads."""
    seller = scene.gql(caller)(
        "query($s: String!){seller(slug: $s){private{questions{nodes{id}}}}}", s=scene.seller.slug
    )["seller"]

    found = seller["private"] and {node["id"] for node in seller["private"]["questions"]["nodes"]}
    public = {_gid(things["Question:answered"])}
    every = public | {_gid(things["Question"]), _gid(things["Question:open"])}
    assert found == {
        "packer": every, "editor": every, "owner": every, "admin": every, "here": public,
    }.get(caller)  # fmt: skip


@pytest.mark.parametrize("caller", CALLERS)
def test_a_product_shows_what_was_answered_and_to_its_two_sides_what_waits(
    scene: Scene, things: dict[str, Any], caller: str
) -> None:
    product = scene.gql(caller)(
        "query($s: String!){product(slug: $s){questions{nodes{id}}}}", s=scene.product.slug
    )["product"]

    found = {node["id"] for node in product["questions"]["nodes"]}
    waits = {"buyer", "packer", "editor", "owner", "admin", "app"}
    public = {_gid(things["Question:answered"])}
    assert found == (public | {_gid(things["Question:open"])} if caller in waits else public)


@pytest.mark.parametrize("caller", CALLERS)
def test_how_a_seller_delivers_is_for_who_may_change_it(scene: Scene, caller: str) -> None:
    seller = scene.gql(caller)(
        "query($s: String!){seller(slug: $s){private{shippingSettings{pickup}}}}", s=scene.seller.slug
    )["seller"]

    expected = {
        "packer": None,
        "here": None,
        **{key: {"pickup": False} for key in ("editor", "owner", "admin")},
    }
    private = {"shippingSettings": expected[caller]} if caller in expected else None
    assert seller["private"] == private


def test_one_refused_field_hides_no_neighbour(scene: Scene, part: SellerOrder) -> None:
    """A payload is nullable, so what one may not do leaves the rest of the answer as it is."""
    data = scene.gql("packer")(
        """mutation($p: ID!){ one: sellerOrderCancel(id: $p, reason: "Hết", idempotencyKey: "k"){sellerOrder{id} userErrors{code}}
             two: sellerOrderConfirm(id: $p){sellerOrder{state order{id}} userErrors{code}} }""",
        p=_gid(part),
    )

    assert data["one"] == {"sellerOrder": None, "userErrors": [{"code": "FORBIDDEN"}]}
    assert data["two"] == {"sellerOrder": {"state": "PREPARING", "order": None}, "userErrors": []}
