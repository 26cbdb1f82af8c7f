"""Relay connections paged by keyset: a cursor holds the sort key of its row, so no page is ever skipped or doubled."""

import base64
import binascii
import datetime as dt
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import graphene
from django.db.models import Q, QuerySet

from marketplace.core.errors import RequestError
from marketplace.core.graphql import peers
from marketplace.core.graphql.types import PageInfo, required_list

DEFAULT_PAGE = 20
MAX_PAGE = 100


@dataclass(frozen=True, slots=True)
class Edge:
    cursor: str
    node: Any
    extra: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.extra[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(slots=True)
class Page:
    """One page of a connection. `count` is asked only when `totalCount` is selected."""

    edges: list[Edge]
    has_next_page: bool
    has_previous_page: bool
    count: Callable[[], int]
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def nodes(self) -> list[Any]:
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=self.has_next_page,
            has_previous_page=self.has_previous_page,
            start_cursor=self.edges[0].cursor if self.edges else None,
            end_cursor=self.edges[-1].cursor if self.edges else None,
        )

    @property
    def total_count(self) -> int:
        return self.count()


def empty_page() -> Page:
    return Page([], False, False, lambda: 0)


def connection_types(name: str, node: Any, edge_fields: dict[str, Any] | None = None, **fields: Any) -> type:
    """`NameConnection` with `edges`, `nodes`, `pageInfo` and `totalCount`, and its `NameEdge`."""
    edge = type(
        f"{name}Edge",
        (graphene.ObjectType,),
        {
            "cursor": graphene.String(required=True),
            "node": graphene.Field(node, required=True),
            **(edge_fields or {}),
        },
    )
    return type(
        f"{name}Connection",
        (graphene.ObjectType,),
        {
            "edges": graphene.Field(required_list(edge)),
            "nodes": graphene.Field(required_list(node)),
            "page_info": graphene.Field(PageInfo, required=True),
            "total_count": graphene.Int(required=True),
            **fields,
        },
    )


def bad_cursor() -> RequestError:
    return RequestError(
        "BAD_USER_INPUT", "This cursor is none of ours, or belongs to another order of the list."
    )


def encode_cursor(tag: str, values: Sequence[Any]) -> str:
    """An opaque cursor; `tag` names the order it belongs to."""

    def plain(value: Any) -> Any:
        if isinstance(value, dt.datetime | dt.date):
            return value.isoformat()
        return str(value) if isinstance(value, uuid.UUID) else value

    text = json.dumps([tag, *map(plain, values)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, tag: str, size: int) -> list[Any]:
    """The values inside a cursor of this order. Raises RequestError BAD_USER_INPUT for any other text."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise bad_cursor() from None
    if not isinstance(values, list) or len(values) != size + 1 or values[0] != tag:
        raise bad_cursor()
    return values[1:]


def page_size(first: int | None, last: int | None = None) -> int:
    """How many rows were asked for. Raises RequestError BAD_USER_INPUT outside 0 to 100, or for both at once."""
    if first is not None and last is not None:
        raise RequestError("BAD_USER_INPUT", "Give either first or last.")
    size = first if first is not None else last
    if size is None:
        return DEFAULT_PAGE
    if not 0 <= size <= MAX_PAGE:
        raise RequestError("BAD_USER_INPUT", f"first and last are between 0 and {MAX_PAGE}.")
    return size


def _beyond(order: Sequence[str], values: Sequence[Any], *, backwards: bool) -> Q:
    """Rows after `values` in this order: (a, b) > (x, y) as a <= x AND (a < x OR b < y), which an index serves."""
    condition = Q()
    for column, value in reversed(list(zip(order, values, strict=True))):
        name = column.lstrip("-")
        compare = "lt" if column.startswith("-") != backwards else "gt"
        strictly = Q(**{f"{name}__{compare}": value})
        condition = (
            strictly if not condition else Q(**{f"{name}__{compare}e": value}) & (strictly | condition)
        )
    return condition


def keyset_page(
    queryset: QuerySet[Any],
    *,
    order: Sequence[str],
    language: str,
    context: Any,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Page:
    """A page of `queryset` in `order` (columns, `-` for descending, none nullable, the last one unique).

    Rows become peers of each other. Raises RequestError BAD_USER_INPUT for bad sizes and cursors.
    """
    size = page_size(first, last)
    backwards = last is not None
    tag = ",".join(order)
    rows_query = queryset
    for cursor, before_it in ((after, False), (before, True)):
        if cursor is not None:
            values = decode_cursor(cursor, tag, len(order))
            try:
                rows_query = rows_query.filter(_beyond(order, values, backwards=before_it))
            except (ValueError, TypeError):
                raise bad_cursor() from None
    columns = [_flip(column) for column in order] if backwards else list(order)
    try:
        rows = list(rows_query.order_by(*columns)[: size + 1])
    except (ValueError, TypeError):
        raise bad_cursor() from None
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    peers.stamp(rows, language=language, context=context)
    names = [column.lstrip("-") for column in order]
    edges = [Edge(encode_cursor(tag, [_value(row, name) for name in names]), row) for row in rows]
    return Page(
        edges,
        has_next_page=before is not None if backwards else more,
        has_previous_page=more if backwards else after is not None,
        count=queryset.count,
    )


def _value(row: Any, name: str) -> Any:
    return row.pk if name == "pk" else getattr(row, name)


def _flip(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"
