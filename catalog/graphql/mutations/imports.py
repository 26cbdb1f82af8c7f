"""Mutations of sheets of listings."""

from typing import Any

import graphene

from catalog import services
from catalog.graphql import types
from catalog.graphql.mutations.common import shown, with_keys
from marketplace.core.graphql.mutations import answers, payload
from marketplace.core.graphql.nodes import parse_id
from marketplace.core.graphql.scalars import Upload

ImportPayload = payload("ImportPayload", import_job=graphene.Field(types.ImportJob))


class ImportMutations:
    products_import = graphene.Field(
        ImportPayload,
        seller_id=graphene.ID(),
        file=graphene.Argument(Upload, required=True),
        images=graphene.Argument(Upload),
        dry_run=graphene.Boolean(default_value=False),
    )
    import_commit = graphene.Field(ImportPayload, id=graphene.ID(required=True))
    products_export = graphene.Field(
        ImportPayload,
        seller_id=graphene.ID(required=True),
        format=graphene.String(required=True),
        empty=graphene.Boolean(default_value=False, description="The headings alone: a form to fill in."),
    )

    @staticmethod
    @answers(ImportPayload)
    def resolve_products_import(
        root: Any,
        info: graphene.ResolveInfo,
        file: Any,
        images: Any = None,
        dry_run: bool | None = False,
        **data: Any,
    ) -> dict[str, Any]:
        job = services.products_import(
            actor=info.context.actor,
            data=with_keys(data, seller_id="Seller"),
            file=file,
            pictures=images,
            dry_run=bool(dry_run),
        )
        return {"import_job": shown(job, info)}

    @staticmethod
    @answers(ImportPayload)
    def resolve_import_commit(root: Any, info: graphene.ResolveInfo, id: str) -> dict[str, Any]:
        job = services.import_commit(actor=info.context.actor, job_id=parse_id(id, "ImportJob"))
        return {"import_job": shown(job, info)}

    @staticmethod
    @answers(ImportPayload)
    def resolve_products_export(
        root: Any, info: graphene.ResolveInfo, seller_id: str, format: str, empty: bool | None = False
    ) -> dict[str, Any]:
        job = services.products_export(
            actor=info.context.actor,
            seller_id=parse_id(seller_id, "Seller"),
            format=format,
            empty=bool(empty),
        )
        return {"import_job": shown(job, info)}
