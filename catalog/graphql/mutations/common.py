"""What the mutations of the catalogue share."""

from collections.abc import Mapping
from typing import Any

import graphene

from marketplace.core.graphql import peers
from marketplace.core.graphql.nodes import parse_id
from marketplace.core.graphql.scalars import Date


class AttributeInput(graphene.InputObjectType):
    slug = graphene.String(required=True)
    value = graphene.String(required=True)


class ProductionStepInput(graphene.InputObjectType):
    name = graphene.String(required=True)
    on = graphene.InputField(Date)
    place = graphene.String()


class SocialLinkInput(graphene.InputObjectType):
    network = graphene.String(required=True)
    url = graphene.String(required=True)


def shown(row: Any, info: graphene.ResolveInfo) -> Any:
    """A row as the answer's resolvers want it; rights are read anew, for the change may have moved them."""
    info.context.memo.pop("rights", None)
    return peers.stamp([row], language=info.context.language, context=info.context)[0]


def plain(value: Any) -> Any:
    """An input object as plain data: what was left out is not there, enums are their values."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return getattr(value, "value", value) if hasattr(type(value), "__members__") else value


def with_keys(data: dict[str, Any], **types: str) -> dict[str, Any]:
    """Global ids replaced by keys: `with_keys(data, seller_id="Seller")`. One that is none of ours becomes None.

    An id of null is one that was left out.
    """
    for name, type_name in types.items():
        if name in data:
            value = data.pop(name)
            if value is not None:
                data[name] = parse_id(value, type_name)
    return data
