"""Mutations of stock."""

from typing import Any

import graphene

from catalog import services
from catalog.graphql import types
from catalog.graphql.mutations.common import plain, with_keys
from catalog.graphql.mutations.listings import VariantPayload
from marketplace.core.graphql import peers
from marketplace.core.graphql.mutations import answers, payload
from marketplace.core.graphql.types import required_list


class StockAdjustInput(graphene.InputObjectType):
    variant_id = graphene.ID()
    seller_id = graphene.ID()
    sku = graphene.String()
    delta = graphene.Int(required=True)
    expected_on_hand = graphene.Int()
    reason = graphene.String(required=True)


VariantsPayload = payload("VariantsPayload", variants=graphene.Field(required_list(types.Variant)))


def _line(data: dict[str, Any]) -> dict[str, Any]:
    return with_keys(plain(data), variant_id="Variant", seller_id="Seller")


class StockMutations:
    stock_adjust = graphene.Field(
        VariantPayload,
        variant_id=graphene.ID(),
        seller_id=graphene.ID(),
        sku=graphene.String(),
        delta=graphene.Int(required=True),
        expected_on_hand=graphene.Int(),
        reason=graphene.String(required=True),
        idempotency_key=graphene.String(required=True),
        description="Adds `delta` (may be negative) to what is on the shelf.",
    )
    stock_adjust_many = graphene.Field(
        VariantsPayload,
        lines=graphene.Argument(required_list(StockAdjustInput)),
        idempotency_key=graphene.String(required=True),
        description="All or nothing, 500 lines at most.",
    )

    @staticmethod
    @answers(VariantPayload)
    def resolve_stock_adjust(
        root: Any, info: graphene.ResolveInfo, idempotency_key: str, **line: Any
    ) -> dict[str, Any]:
        variant = services.stock_adjust(
            actor=info.context.actor, line=_line(line), idempotency_key=idempotency_key
        )
        info.context.memo.pop("rights", None)
        rows = peers.stamp([variant], language=info.context.language, context=info.context)
        return {"variant": rows[0]}

    @staticmethod
    @answers(VariantsPayload, variants=[])
    def resolve_stock_adjust_many(
        root: Any, info: graphene.ResolveInfo, lines: list[Any], idempotency_key: str
    ) -> dict[str, Any]:
        variants = services.stock_adjust_many(
            actor=info.context.actor,
            lines=[_line(line) for line in lines],
            idempotency_key=idempotency_key,
        )
        info.context.memo.pop("rights", None)
        return {"variants": peers.stamp(variants, language=info.context.language, context=info.context)}
