"""What buyers say and ask: reviews of what they have bought, questions to sellers, and where both stand."""

from collections.abc import Mapping
from typing import Any

import graphene

from catalog.graphql import loaders as catalog_loaders
from catalog.graphql.mutations.reviews import ReviewPayload
from catalog.graphql.types import Product, Review, Seller, SellerPrivate
from catalog.models import Review as ReviewRow
from marketplace.core.graphql import peers
from marketplace.core.graphql.connections import (
    Page,
    connection_types,
    keyset_page,
    keyset_page_of_parent,
)
from marketplace.core.graphql.mutations import answers, payload
from marketplace.core.graphql.nodes import ModelNode, parse_id, register_node
from marketplace.core.graphql.scalars import DateTime, Language, Upload
from marketplace.core.graphql.types import extend
from orders import models, queries, services
from orders.graphql import types
from orders.graphql.queries import parts_by_id, shown

NEWEST = ["-created_at", "-id"]


class Question(ModelNode):
    """Passed on from one side to the other: phones, addresses and links are taken out of both texts."""

    class Meta:
        model = models.Question
        fields = ("body",)

    product = graphene.Field(Product)
    seller_order = graphene.Field(types.SellerOrder)
    seller = graphene.Field(Seller, required=True)
    answer = graphene.String()
    language = graphene.Field(Language, required=True)
    asked_at = graphene.Field(DateTime, required=True)
    answered_at = graphene.Field(DateTime)

    @staticmethod
    def resolve_product(root: models.Question, info: graphene.ResolveInfo) -> Any:
        return catalog_loaders.related(root, "product")

    @staticmethod
    def resolve_seller_order(root: models.Question, info: graphene.ResolveInfo) -> models.SellerOrder | None:
        """From the side that its reader stands on: a seller must not see the order's other parts."""
        return peers.load_related(  # type: ignore[no-any-return]
            root, "seller_order", lambda keys: parts_by_id(info.context, keys)
        )

    @staticmethod
    def resolve_seller(root: models.Question, info: graphene.ResolveInfo) -> Any:
        return catalog_loaders.related(root, "seller")

    @staticmethod
    def resolve_answer(root: models.Question, info: graphene.ResolveInfo) -> str | None:
        return root.answer or None

    @staticmethod
    def resolve_asked_at(root: models.Question, info: graphene.ResolveInfo) -> Any:
        return root.created_at


QuestionConnection: type = connection_types("Question", Question)
QuestionPayload = payload("QuestionPayload", question=graphene.Field(Question))
_PAGING = {"first": graphene.Int(), "after": graphene.String()}


def _of_product(
    root: Any, info: graphene.ResolveInfo, first: int | None = None, after: str | None = None
) -> Page:
    rows = queries.questions_shown_to(info.context.actor).filter(seller_order=None)
    return keyset_page_of_parent(
        root, "questions", rows, by="product", order=NEWEST, first=first, after=after
    )


def _of_part(
    root: models.SellerOrder, info: graphene.ResolveInfo, first: int | None = None, after: str | None = None
) -> Page:
    """For the part's two sides; an officer who decides about it is neither."""
    rows = models.Question.objects.all()
    if types.is_arbitrated(root):
        rows = rows.none()
    page = keyset_page_of_parent(
        root, "questions", rows, by="seller_order", order=NEWEST, first=first, after=after
    )
    if page.edges:
        peers.group_of(page.nodes[0]).loaded.setdefault("seller_order", {root.pk: root})
    return page


def _private(root: Any, info: graphene.ResolveInfo, open: bool | None = None, **paging: Any) -> Page:
    rows = queries.questions_shown_to(info.context.actor).filter(seller=root.pk)
    if open is not None:
        rows = rows.filter(answered_at__isnull=open)
    return keyset_page(rows, order=NEWEST, language=info.context.language, context=info.context, **paging)


def _review(root: models.OrderLine, info: graphene.ResolveInfo) -> ReviewRow | None:
    def fetch(rows: list[models.OrderLine]) -> Mapping[Any, ReviewRow]:
        found = ReviewRow.objects.filter(order_line__in=[row.pk for row in rows])
        return {row.order_line: catalog_loaders.mark_own(row) for row in peers.stamp_like(root, found)}

    return peers.load(root, "review", fetch)  # type: ignore[no-any-return]


extend(
    Product,
    "questions",
    graphene.Field(
        QuestionConnection,
        required=True,
        resolver=_of_product,
        description="Answered ones, newest first; for who asks and the seller's people also those that wait.",
        **_PAGING,
    ),
)
extend(
    types.SellerOrder,
    "questions",
    graphene.Field(QuestionConnection, required=True, resolver=_of_part, **_PAGING),
)
extend(
    SellerPrivate,
    "questions",
    graphene.Field(
        QuestionConnection,
        required=True,
        open=graphene.Boolean(),
        resolver=_private,
        description="Newest first; with `open` those that wait for an answer, or that have one.",
        **_PAGING,
    ),
)
extend(types.OrderLine, "review", graphene.Field(Review, resolver=_review))
register_node(
    "Question",
    lambda context, keys: peers.stamp(
        queries.questions_visible_to(context.actor).filter(pk__in=keys),
        language=context.language,
        context=context,
    ),
)


class ReviewCreateInput(graphene.InputObjectType):
    order_line_id = graphene.ID(required=True)
    rating = graphene.Int(required=True)
    body = graphene.String(required=True)
    images = graphene.List(graphene.NonNull(Upload))
    token = graphene.String()


class VoiceMutations:
    review_create = graphene.Field(
        ReviewPayload,
        input=graphene.Argument(ReviewCreateInput, required=True),
        description="By the buyer of a line that has arrived, once a line.",
    )
    question_ask = graphene.Field(
        QuestionPayload,
        product_id=graphene.ID(),
        seller_order_id=graphene.ID(),
        token=graphene.String(),
        body=graphene.String(required=True),
        description="About a product by whoever has signed in, or about an order by its buyer. Names one of the two.",
    )
    question_answer = graphene.Field(
        QuestionPayload, id=graphene.ID(required=True), body=graphene.String(required=True)
    )

    @staticmethod
    @answers(ReviewPayload)
    def resolve_review_create(root: Any, info: graphene.ResolveInfo, input: Any) -> dict[str, Any]:
        review = services.review_create(
            actor=info.context.actor,
            line_id=parse_id(input["order_line_id"], "OrderLine"),
            token=input.get("token"),
            rating=input["rating"],
            body=input["body"],
            images=input.get("images") or [],
            language=info.context.language,
        )
        return {"review": shown(catalog_loaders.mark_own(review), info)}

    @staticmethod
    @answers(QuestionPayload)
    def resolve_question_ask(
        root: Any,
        info: graphene.ResolveInfo,
        body: str,
        product_id: str | None = None,
        seller_order_id: str | None = None,
        token: str | None = None,
    ) -> dict[str, Any]:
        question = services.question_ask(
            actor=info.context.actor,
            product_id=parse_id(product_id, "Product") if product_id is not None else None,
            part_id=parse_id(seller_order_id, "SellerOrder") if seller_order_id is not None else None,
            about_product=product_id is not None,
            about_part=seller_order_id is not None,
            token=token,
            body=body,
            language=info.context.language,
        )
        shown(question, info)
        if question.seller_order is not None:
            # Whoever holds the token has bought it, and is known by nothing else.
            part = shown(question.seller_order, info)
            peers.group_of(question).loaded["seller_order"] = {part.pk: part}
        return {"question": question}

    @staticmethod
    @answers(QuestionPayload)
    def resolve_question_answer(root: Any, info: graphene.ResolveInfo, id: str, body: str) -> dict[str, Any]:
        question = services.question_answer(
            actor=info.context.actor, question_id=parse_id(id, "Question"), body=body
        )
        return {"question": shown(question, info)}
