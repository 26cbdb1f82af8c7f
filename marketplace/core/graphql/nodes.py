"""The Relay `Node` interface and the registry that `node` and `nodes` read."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import graphene
from graphene_django import DjangoObjectType

from marketplace.core.errors import RequestError
from marketplace.core.graphql.context import Context
from marketplace.core.ids import from_global_id, to_global_id

# Fetches the rows with these keys that this context may see; order does not matter.
NodeFetcher = Callable[[Context, Sequence[uuid.UUID]], Sequence[Any]]
_fetchers: dict[str, NodeFetcher] = {}
_named: dict[str, str] = {}
MAX_NODES = 100


class Node(graphene.Interface):
    """An object with a global id."""

    id = graphene.ID(required=True)

    @staticmethod
    def resolve_id(root: Any, info: graphene.ResolveInfo) -> str:
        return to_global_id(info.parent_type.name, root.pk)

    @classmethod
    def resolve_type(cls, instance: Any, info: graphene.ResolveInfo) -> Any:
        """Types are named after their rows' classes, but for the few that `register_node` was told of."""
        name = type(instance).__name__
        return info.schema.get_type(_named.get(name, name)).graphene_type


class ModelNode(DjangoObjectType):
    """A type over a model, with a global id. `fields` names the columns shown as they are; nothing else is."""

    class Meta:
        abstract = True

    @classmethod
    def __init_subclass_with_meta__(cls, **options: Any) -> None:
        super().__init_subclass_with_meta__(
            interfaces=(Node,), use_connection=False, convert_choices_to_enum=False, **options
        )

    @staticmethod
    def resolve_id(root: Any, info: graphene.ResolveInfo) -> str:
        return Node.resolve_id(root, info)


def register_node(type_name: str, fetch: NodeFetcher, *, row: str | None = None) -> None:
    """Makes `node(id)` find objects of this type; `row` is their class's name where it is another."""
    _fetchers[type_name] = fetch
    if row is not None:
        _named[row] = type_name


def parse_id(value: str, type_name: str) -> uuid.UUID | None:
    """The key inside a global id of this type; None for anything else, which then is simply not found."""
    parsed = from_global_id(value)
    return parsed[1] if parsed and parsed[0] == type_name else None


def fetch_nodes(context: Context, ids: Sequence[str]) -> list[Any]:
    """The objects in the order of `ids`, None where there is none for this reader.

    Raises RequestError BAD_USER_INPUT for an id that is none of ours and for more than 100.
    """
    if len(ids) > MAX_NODES:
        raise RequestError("BAD_USER_INPUT", f"nodes takes {MAX_NODES} ids at most.")
    wanted: dict[str, list[uuid.UUID]] = {}
    parsed = []
    for value in ids:
        item = from_global_id(value)
        if item is None or item[0] not in _fetchers:
            raise RequestError("BAD_USER_INPUT", "This id is none of ours. Ids come from earlier answers.")
        parsed.append(item)
        wanted.setdefault(item[0], []).append(item[1])
    found = {
        (type_name, row.pk): row
        for type_name, keys in wanted.items()
        for row in _fetchers[type_name](context, list(dict.fromkeys(keys)))
    }
    return [found.get(item) for item in parsed]
