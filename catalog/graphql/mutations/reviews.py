"""Mutations of reviews that were written, and reports of what is wrong. reviewCreate belongs to orders."""

from typing import Any

import graphene

from catalog import services
from catalog.graphql import types
from catalog.graphql.mutations.common import shown
from marketplace.core.graphql.mutations import ReportPayload, answers, payload
from marketplace.core.graphql.nodes import parse_id
from marketplace.core.ids import from_global_id

ReviewPayload = payload("ReviewPayload", review=graphene.Field(types.Review))


class ReviewMutations:
    review_reply = graphene.Field(
        ReviewPayload,
        id=graphene.ID(required=True),
        body=graphene.String(required=True),
        description="Another answer takes the place of the first; an empty one takes it away.",
    )
    review_hide = graphene.Field(
        ReviewPayload,
        id=graphene.ID(required=True),
        hidden=graphene.Boolean(required=True),
        reason=graphene.String(required=True),
    )
    content_report = graphene.Field(
        ReportPayload,
        id=graphene.ID(required=True),
        reason=graphene.String(required=True),
        token=graphene.String(description="Of the order, where a guest reports what was written about it."),
        description="For products, sellers, reviews and questions.",
    )

    @staticmethod
    @answers(ReviewPayload)
    def resolve_review_reply(root: Any, info: graphene.ResolveInfo, id: str, body: str) -> dict[str, Any]:
        review = services.review_reply(actor=info.context.actor, review_id=parse_id(id, "Review"), body=body)
        return {"review": shown(review, info)}

    @staticmethod
    @answers(ReviewPayload)
    def resolve_review_hide(
        root: Any, info: graphene.ResolveInfo, id: str, hidden: bool, reason: str
    ) -> dict[str, Any]:
        review = services.review_hide(
            actor=info.context.actor, review_id=parse_id(id, "Review"), hidden=hidden, reason=reason
        )
        return {"review": shown(review, info)}

    @staticmethod
    @answers(ReportPayload, accepted=False)
    def resolve_content_report(
        root: Any, info: graphene.ResolveInfo, id: str, reason: str, token: str | None = None
    ) -> dict[str, Any]:
        kind, key = from_global_id(id) or (None, None)
        services.content_report(
            actor=info.context.actor, kind=kind, object_id=key, reason=reason, token=token
        )
        return {"accepted": True}
