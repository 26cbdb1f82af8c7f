"""Mutations of the addresses that people keep."""

from typing import Any

import graphene

from catalog import services
from catalog.graphql import types
from catalog.graphql.mutations.common import shown
from marketplace.core.graphql.mutations import answers, payload
from marketplace.core.graphql.nodes import parse_id

AddressPayload = payload("AddressPayload", address=graphene.Field(types.SavedAddress))


class AddressMutations:
    address_save = graphene.Field(
        AddressPayload,
        id=graphene.ID(),
        address=graphene.Argument(types.AddressInput, required=True),
        is_default=graphene.Boolean(),
    )
    address_remove = graphene.Field(AddressPayload, id=graphene.ID(required=True))

    @staticmethod
    @answers(AddressPayload)
    def resolve_address_save(
        root: Any,
        info: graphene.ResolveInfo,
        address: Any,
        id: str | None = None,
        is_default: bool | None = None,
    ) -> dict[str, Any]:
        saved = services.address_save(
            actor=info.context.actor,
            address_id=parse_id(id, "SavedAddress") if id is not None else None,
            new=id is None,
            address=types.address_data(address) or {},
            is_default=is_default,
        )
        return {"address": shown(saved, info)}

    @staticmethod
    @answers(AddressPayload)
    def resolve_address_remove(root: Any, info: graphene.ResolveInfo, id: str) -> dict[str, Any]:
        saved = services.address_remove(actor=info.context.actor, address_id=parse_id(id, "SavedAddress"))
        return {"address": shown(saved, info)}
