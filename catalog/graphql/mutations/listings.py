"""Mutations of listings and their pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import graphene

from catalog import services
from catalog.graphql import types
from catalog.graphql.mutations.common import AttributeInput, ProductionStepInput, plain, shown, with_keys
from marketplace.core.graphql.mutations import answers, payload
from marketplace.core.graphql.nodes import parse_id
from marketplace.core.graphql.scalars import Amount, Language, Upload
from marketplace.core.graphql.types import required_list


class VariantInput(graphene.InputObjectType):
    """`id` names an existing variant; variants left out stay; `stock` counts only for a new one."""

    id = graphene.ID()
    sku = graphene.String()
    name = graphene.String()
    price = graphene.InputField(Amount)
    compare_at_price = graphene.InputField(Amount)
    stock = graphene.Int()
    weight_grams = graphene.Int()
    gtin = graphene.String()
    options = graphene.List(graphene.NonNull(AttributeInput))


class ProductTranslationInput(graphene.InputObjectType):
    language = graphene.InputField(Language, required=True)
    name = graphene.String(required=True)
    description = graphene.String()
    story = graphene.String()
    machine_translated = graphene.Boolean(default_value=False)


class ProductInput(graphene.InputObjectType):
    seller_id = graphene.ID(description="Needed when creating, unless the caller has one seller only.")
    expected_revision = graphene.Int()
    name = graphene.String()
    craft = graphene.String()
    village = graphene.String()
    description = graphene.String()
    attributes = graphene.List(graphene.NonNull(AttributeInput))
    made_to_order_days = graphene.Int()
    hs_code = graphene.String()
    variants = graphene.List(graphene.NonNull(VariantInput))
    translations = graphene.List(graphene.NonNull(ProductTranslationInput))
    story = graphene.String()
    steps = graphene.List(graphene.NonNull(ProductionStepInput))


ProductPayload = payload(
    "ProductPayload",
    product=graphene.Field(types.Product),
    current=graphene.Field(
        types.Product, description="The product as it stands when expectedRevision was old (CONFLICT)."
    ),
)
VariantPayload = payload("VariantPayload", variant=graphene.Field(types.Variant))


def _data(input: Any) -> dict[str, Any]:
    data = with_keys(plain(input), seller_id="Seller")
    for variant in data.get("variants") or []:
        with_keys(variant, id="Variant")
    return data


def _answer(product: Any, info: graphene.ResolveInfo) -> dict[str, Any]:
    return {"product": shown(product, info)}


@contextmanager
def _current_on_conflict(info: graphene.ResolveInfo) -> Iterator[None]:
    """Gives the product as it stands along with a CONFLICT."""
    try:
        yield
    except services.ListingConflict as error:
        error.payload["current"] = shown(error.product, info)
        raise


class ListingMutations:
    product_create = graphene.Field(ProductPayload, input=graphene.Argument(ProductInput, required=True))
    product_update = graphene.Field(
        ProductPayload, id=graphene.ID(required=True), input=graphene.Argument(ProductInput, required=True)
    )
    product_submit = graphene.Field(ProductPayload, id=graphene.ID(required=True))
    product_archive = graphene.Field(ProductPayload, id=graphene.ID(required=True))
    product_unarchive = graphene.Field(ProductPayload, id=graphene.ID(required=True))
    product_decide = graphene.Field(
        ProductPayload,
        id=graphene.ID(required=True),
        publish=graphene.Boolean(required=True),
        note=graphene.String(),
        expected_revision=graphene.Int(description="What the officer looked at; an older one is CONFLICT."),
    )
    translation_confirm = graphene.Field(
        ProductPayload,
        product_id=graphene.ID(required=True),
        language=graphene.Argument(Language, required=True),
        description="What a machine wrote is the seller's own from now on.",
    )
    variant_archive = graphene.Field(VariantPayload, id=graphene.ID(required=True))
    product_image_add = graphene.Field(
        ProductPayload,
        product_id=graphene.ID(required=True),
        file=graphene.Argument(Upload, required=True),
        alt=graphene.String(),
    )
    product_image_update = graphene.Field(
        ProductPayload, id=graphene.ID(required=True), alt=graphene.String()
    )
    product_image_remove = graphene.Field(ProductPayload, id=graphene.ID(required=True))
    product_images_reorder = graphene.Field(
        ProductPayload,
        product_id=graphene.ID(required=True),
        image_ids=graphene.Argument(required_list(graphene.ID)),
    )

    @staticmethod
    @answers(ProductPayload)
    def resolve_product_create(root: Any, info: graphene.ResolveInfo, input: Any) -> dict[str, Any]:
        return _answer(services.product_create(actor=info.context.actor, data=_data(input)), info)

    @staticmethod
    @answers(ProductPayload)
    def resolve_product_update(root: Any, info: graphene.ResolveInfo, id: str, input: Any) -> dict[str, Any]:
        with _current_on_conflict(info):
            product = services.product_update(
                actor=info.context.actor, product_id=parse_id(id, "Product"), data=_data(input)
            )
        return _answer(product, info)

    @staticmethod
    @answers(ProductPayload)
    def resolve_product_submit(root: Any, info: graphene.ResolveInfo, id: str) -> dict[str, Any]:
        key = parse_id(id, "Product")
        return _answer(services.product_submit(actor=info.context.actor, product_id=key), info)

    @staticmethod
    @answers(ProductPayload)
    def resolve_product_archive(root: Any, info: graphene.ResolveInfo, id: str) -> dict[str, Any]:
        key = parse_id(id, "Product")
        return _answer(services.product_archive(actor=info.context.actor, product_id=key), info)

    @staticmethod
    @answers(ProductPayload)
    def resolve_product_unarchive(root: Any, info: graphene.ResolveInfo, id: str) -> dict[str, Any]:
        key = parse_id(id, "Product")
        return _answer(services.product_unarchive(actor=info.context.actor, product_id=key), info)

    @staticmethod
    @answers(ProductPayload)
    def resolve_product_decide(
        root: Any,
        info: graphene.ResolveInfo,
        id: str,
        publish: bool,
        note: str | None = None,
        expected_revision: int | None = None,
    ) -> dict[str, Any]:
        with _current_on_conflict(info):
            product = services.product_decide(
                actor=info.context.actor,
                product_id=parse_id(id, "Product"),
                publish=publish,
                note=note or "",
                expected_revision=expected_revision,
            )
        return _answer(product, info)

    @staticmethod
    @answers(ProductPayload)
    def resolve_translation_confirm(
        root: Any, info: graphene.ResolveInfo, product_id: str, language: str
    ) -> dict[str, Any]:
        product = services.translation_confirm(
            actor=info.context.actor, product_id=parse_id(product_id, "Product"), language=language
        )
        return _answer(product, info)

    @staticmethod
    @answers(VariantPayload)
    def resolve_variant_archive(root: Any, info: graphene.ResolveInfo, id: str) -> dict[str, Any]:
        variant = services.variant_archive(actor=info.context.actor, variant_id=parse_id(id, "Variant"))
        return {"variant": shown(variant, info)}

    @staticmethod
    @answers(ProductPayload)
    def resolve_product_image_add(
        root: Any, info: graphene.ResolveInfo, product_id: str, file: Any, alt: str | None = None
    ) -> dict[str, Any]:
        product = services.product_image_add(
            actor=info.context.actor, product_id=parse_id(product_id, "Product"), file=file, alt=alt
        )
        return _answer(product, info)

    @staticmethod
    @answers(ProductPayload)
    def resolve_product_image_update(
        root: Any, info: graphene.ResolveInfo, id: str, **changes: str | None
    ) -> dict[str, Any]:
        product = services.product_image_update(
            actor=info.context.actor, picture_id=parse_id(id, "Image"), changes=changes
        )
        return _answer(product, info)

    @staticmethod
    @answers(ProductPayload)
    def resolve_product_image_remove(root: Any, info: graphene.ResolveInfo, id: str) -> dict[str, Any]:
        product = services.product_image_remove(actor=info.context.actor, picture_id=parse_id(id, "Image"))
        return _answer(product, info)

    @staticmethod
    @answers(ProductPayload)
    def resolve_product_images_reorder(
        root: Any, info: graphene.ResolveInfo, product_id: str, image_ids: list[str]
    ) -> dict[str, Any]:
        product = services.product_images_reorder(
            actor=info.context.actor,
            product_id=parse_id(product_id, "Product"),
            picture_ids=[parse_id(value, "Image") for value in image_ids],
        )
        return _answer(product, info)
