"""What people keep to find it again."""

from typing import Any

import graphene

from catalog import services
from catalog.graphql.mutations.common import shown
from catalog.graphql.mutations.listings import ProductPayload
from marketplace.core.graphql.mutations import answers
from marketplace.core.graphql.nodes import parse_id


class FavouriteMutations:
    favourite_set = graphene.Field(
        ProductPayload,
        product_id=graphene.ID(required=True),
        favourite=graphene.Boolean(required=True),
    )

    @staticmethod
    @answers(ProductPayload)
    def resolve_favourite_set(
        root: Any, info: graphene.ResolveInfo, product_id: str, favourite: bool
    ) -> dict[str, Any]:
        product = services.favourite_set(
            actor=info.context.actor, product_id=parse_id(product_id, "Product"), favourite=favourite
        )
        return {"product": shown(product, info)}
