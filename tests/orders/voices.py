"""Reviews and questions through the public face."""

from typing import Any

from marketplace.core.ids import to_global_id
from orders.models import OrderLine, SellerOrder
from tests.conftest import Graphql
from tests.orders.selling import Side, buy_paid, part_ids
from tests.payments.buying import Bought

REVIEW = """id rating body authorName verifiedPurchase reply hidden language createdAt product{id}
    images{id ready url(width: 320)}"""
QUESTION = "id body answer askedAt answeredAt language product{id} seller{slug} sellerOrder{id order{id}}"


def line_id(order: Bought, position: int = 0) -> str:
    rows = OrderLine.objects.filter(seller_order__order__number=order.number).order_by("id")
    return to_global_id("OrderLine", rows[position].pk)


def delivered(gql: Graphql, owner: Side, run_jobs: Any, *wanted: tuple[Any, int], **data: Any) -> Bought:
    """A paid order of one seller whose parcel has arrived."""
    order = buy_paid(gql, run_jobs, *wanted, **data)
    owner.ship(part_ids(order)[0])
    SellerOrder.objects.get(order__number=order.number)
    (parcel,) = owner.parts(query=f"{order.number}-1")[0]["shipments"]
    owner.parcel(parcel["id"], "DELIVERED")
    return order


def review(gql: Graphql, order: Bought | None, position: int = 0, **more: Any) -> dict[str, Any]:
    """What reviewCreate answers; with the order's token, unless something else is given."""
    given = {"rating": 5, "body": "Đan chắc tay, rất ưng."}
    if order is not None:
        given |= {"orderLineId": line_id(order, position), "token": order.token}
    query = f"mutation($i: ReviewCreateInput!){{reviewCreate(input: $i){{review{{{REVIEW}}} userErrors{{field code message}}}}}}"
    body = gql.send(query, {"i": {**given, **more}})
    assert "errors" not in body, body
    return body["data"]["reviewCreate"]  # type: ignore[no-any-return]


def reply(gql: Graphql, review_id: str, body: str) -> dict[str, Any]:
    query = f"mutation($i: ID!, $b: String!){{reviewReply(id: $i, body: $b){{review{{{REVIEW}}} userErrors{{field code message}}}}}}"
    return gql(query, i=review_id, b=body)["reviewReply"]  # type: ignore[no-any-return]


def hide(
    gql: Graphql, review_id: str, hidden: bool = True, reason: str = "Lời lẽ thô tục."
) -> dict[str, Any]:
    query = f"""mutation($i: ID!, $h: Boolean!, $r: String!){{
        reviewHide(id: $i, hidden: $h, reason: $r){{review{{{REVIEW}}} userErrors{{field code message}}}}}}"""
    return gql(query, i=review_id, h=hidden, r=reason)["reviewHide"]  # type: ignore[no-any-return]


def ask(gql: Graphql, body: str = "Giỏ này có nắp không ạ?", **about: Any) -> dict[str, Any]:
    """What questionAsk answers, or its top-level error."""
    query = f"""mutation($p: ID, $o: ID, $t: String, $b: String!){{
        questionAsk(productId: $p, sellerOrderId: $o, token: $t, body: $b){{question{{{QUESTION}}} userErrors{{field code message}}}}}}"""
    answer = gql.post(query, b=body, **about)
    if "errors" in answer:
        return {"fault": answer["errors"][0]["extensions"]["code"]}
    return answer["data"]["questionAsk"]  # type: ignore[no-any-return]


def answer(gql: Graphql, question_id: str, body: str = "Dạ có ạ.") -> dict[str, Any]:
    query = f"mutation($i: ID!, $b: String!){{questionAnswer(id: $i, body: $b){{question{{{QUESTION}}} userErrors{{field code message}}}}}}"
    return gql(query, i=question_id, b=body)["questionAnswer"]  # type: ignore[no-any-return]


def report(gql: Graphql, thing: str, reason: str = "Sai sự thật", token: str | None = None) -> dict[str, Any]:
    query = """mutation($i: ID!, $r: String!, $t: String){
        contentReport(id: $i, reason: $r, token: $t){accepted userErrors{field code message}}}"""
    return gql(query, i=thing, r=reason, t=token)["contentReport"]  # type: ignore[no-any-return]


def reviews_of(gql: Graphql, slug: str, more: str = "") -> dict[str, Any]:
    query = f"query($s: String!){{product(slug: $s){{rating reviewCount reviews{{totalCount nodes{{{REVIEW}}}}} seller{{rating reviewCount}} {more}}}}}"
    return gql(query, s=slug)["product"]  # type: ignore[no-any-return]
