"""Reviews, and where they stand: beside products, and at the seller's desk."""

from typing import Any

import graphene

from catalog import models, queries
from catalog.graphql import loaders
from catalog.graphql.types.common import Image
from catalog.graphql.types.inside import SellerPrivate
from catalog.graphql.types.objects import Product
from marketplace.core.graphql.connections import (
    Page,
    connection_types,
    keyset_page,
    keyset_page_of_parent,
)
from marketplace.core.graphql.nodes import ModelNode
from marketplace.core.graphql.scalars import DateTime, Language
from marketplace.core.graphql.types import extend, required_list

ORDER = ["-written_at", "-id"]


class Review(ModelNode):
    class Meta:
        model = models.Review
        fields = ("body",)

    product = graphene.Field(Product, required=True)
    rating = graphene.Int(required=True)
    images = graphene.Field(required_list(Image))
    author_name = graphene.String(
        required=True, description="As strangers may know a person: the given name and one letter."
    )
    verified_purchase = graphene.Boolean(
        required=True, description="Whether an order of ours stands behind it."
    )
    reply = graphene.String(description="What the seller says to it.")
    hidden = graphene.Boolean(
        required=True, description="Hidden by an officer: seen by its author and the seller's side only."
    )
    language = graphene.Field(Language, required=True)
    created_at = graphene.Field(DateTime, required=True)

    @staticmethod
    def resolve_product(root: models.Review, info: graphene.ResolveInfo) -> models.Product:
        return loaders.related(root, "product")  # type: ignore[no-any-return]

    @staticmethod
    def resolve_images(root: models.Review, info: graphene.ResolveInfo) -> list[loaders.ImageView]:
        return loaders.review_images(root)

    @staticmethod
    def resolve_verified_purchase(root: models.Review, info: graphene.ResolveInfo) -> bool:
        return root.order_line is not None

    @staticmethod
    def resolve_reply(root: models.Review, info: graphene.ResolveInfo) -> str | None:
        return root.reply or None

    @staticmethod
    def resolve_hidden(root: models.Review, info: graphene.ResolveInfo) -> bool:
        return root.hidden_at is not None

    @staticmethod
    def resolve_created_at(root: models.Review, info: graphene.ResolveInfo) -> Any:
        return root.written_at


ReviewConnection: type = connection_types("Review", Review)


def _reviews(
    root: models.Product, info: graphene.ResolveInfo, first: int | None = None, after: str | None = None
) -> Page:
    return keyset_page_of_parent(
        root,
        "reviews",
        queries.reviews_shown_to(info.context.actor),
        by="product",
        order=ORDER,
        first=first,
        after=after,
    )


def _private_reviews(
    root: models.Seller, info: graphene.ResolveInfo, answered: bool | None = None, **paging: Any
) -> Page:
    rows = queries.reviews_shown_to(info.context.actor).filter(product__seller=root.pk)
    if answered is not None:
        rows = rows.exclude(reply="") if answered else rows.filter(reply="", hidden_at=None)
    return keyset_page(rows, order=ORDER, language=info.context.language, context=info.context, **paging)


extend(
    Product,
    "reviews",
    graphene.Field(
        ReviewConnection,
        required=True,
        first=graphene.Int(),
        after=graphene.String(),
        resolver=_reviews,
        description="Newest first.",
    ),
)
extend(
    SellerPrivate,
    "reviews",
    graphene.Field(
        ReviewConnection,
        required=True,
        first=graphene.Int(),
        after=graphene.String(),
        answered=graphene.Boolean(),
        resolver=_private_reviews,
        description="Of all its things, newest first; with `answered` those with a reply, or still without one.",
    ),
)
