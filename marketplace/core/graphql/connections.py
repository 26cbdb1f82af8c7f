"""Relay connections paged by keyset: a cursor holds the sort key of its row, so no page is ever skipped or doubled."""

import base64
import datetime as dt
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import graphene
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Field, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from marketplace.core.errors import RequestError
from marketplace.core.graphql import peers
from marketplace.core.graphql.types import PageInfo, required_list

DEFAULT_PAGE = 20
MAX_PAGE = 100
# The longest of ours holds a name key of 400 characters, half of them outside Latin: 1,440 characters.
MAX_CURSOR = 1_500


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

    text = json.dumps([tag, *map(plain, values)], ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, tag: str, size: int) -> list[Any]:
    """The values inside a cursor of this order. Raises RequestError BAD_USER_INPUT for any other text."""
    if len(cursor) > MAX_CURSOR:
        raise bad_cursor()
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise bad_cursor() from None
    if not isinstance(values, list) or len(values) != size + 1 or values[0] != tag:
        raise bad_cursor()
    return values[1:]


def _cursor_values(cursor: str, tag: str, columns: Sequence["Field[Any, Any]"]) -> list[Any]:
    """The values inside a cursor, each as its column has it. Raises RequestError BAD_USER_INPUT for any other text.

    What we wrote reads back to itself; whatever does not is forged, and never reaches the database.
    """
    raw = decode_cursor(cursor, tag, len(columns))
    try:
        values = [_column_value(column, value) for column, value in zip(columns, raw, strict=True)]
        ours = encode_cursor(tag, values) == cursor
    except (ValueError, TypeError, OverflowError, ValidationError):
        raise bad_cursor() from None
    if not ours:
        raise bad_cursor()
    return values


def _column_value(column: "Field[Any, Any]", raw: Any) -> Any:
    """Raises ValueError, TypeError, OverflowError or ValidationError for what the column cannot hold."""
    value = column.to_python(raw)
    if value is None or (isinstance(value, str) and "\0" in value):
        raise ValueError("None of our columns holds this.")
    if isinstance(value, dt.datetime) and value.utcoffset() != dt.timedelta(0):
        raise ValueError("Rows give their times in UTC.")
    column.run_validators(value)
    return value


def _column(queryset: QuerySet[Any], name: str) -> "Field[Any, Any]":
    """The column behind a name of an order, annotations included."""
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field  # type: ignore[no-any-return]
    options = queryset.model._meta
    return options.pk if name == "pk" else options.get_field(name)  # type: ignore[no-any-return]


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
    columns = [_column(queryset, name.lstrip("-")) for name in order]
    rows_query = queryset
    for cursor, before_it in ((after, False), (before, True)):
        if cursor is not None:
            values = _cursor_values(cursor, _tag(order), columns)
            rows_query = rows_query.filter(_beyond(order, values, backwards=before_it))
    directed = [_flip(column) for column in order] if backwards else list(order)
    rows = list(rows_query.order_by(*directed)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    peers.stamp(rows, language=language, context=context)
    return Page(
        _edges(rows, order),
        has_next_page=before is not None if backwards else more,
        has_previous_page=more if backwards else after is not None,
        count=queryset.count,
    )


def keyset_page_of_parent(
    parent: Any,
    name: str,
    queryset: QuerySet[Any],
    *,
    by: str,
    order: Sequence[str],
    first: int | None = None,
    after: str | None = None,
) -> Page:
    """A page of the rows of `queryset` whose foreign key `by` is `parent`; `name` is the field that asks.

    First pages are loaded for all peers of the parent in one statement, and so are their counts. Cursors are those
    of `keyset_page`. Raises RequestError BAD_USER_INPUT for bad sizes and cursors.
    """
    size = page_size(first)
    group = peers.group_of(parent)

    def total() -> int:
        return peers.load(  # type: ignore[no-any-return]
            parent, f"{name}:total", lambda parents: _count_by_parent(queryset, by, parents), 0
        )

    if after is not None:
        page = keyset_page(
            queryset.filter(**{by: parent.pk}),
            order=order,
            language=group.language,
            context=group.context,
            first=size,
            after=after,
        )
        page.count = total
        return page
    rows = peers.load_lists(
        parent,
        f"{name}:{size}",
        lambda parents: _first_rows_by_parent(queryset, by, parents, order, size + 1),
        f"{by}_id",
    )
    return Page(
        _edges(rows[:size], order), has_next_page=len(rows) > size, has_previous_page=False, count=total
    )


def _first_rows_by_parent(
    queryset: QuerySet[Any], by: str, parents: list[Any], order: Sequence[str], number: int
) -> QuerySet[Any]:
    """The first rows of each parent, in order within it."""
    place = Window(RowNumber(), partition_by=[F(f"{by}_id")], order_by=[_ordering(name) for name in order])
    rows = queryset.filter(**{f"{by}_id__in": [parent.pk for parent in parents]})
    placed: QuerySet[Any] = rows.annotate(place_in_parent=place).filter(place_in_parent__lte=number)
    return placed.order_by(f"{by}_id", *order)


def _count_by_parent(queryset: QuerySet[Any], by: str, parents: list[Any]) -> dict[Any, int]:
    rows = queryset.filter(**{f"{by}_id__in": [parent.pk for parent in parents]}).order_by()
    return dict(rows.values_list(f"{by}_id").annotate(number=Count("pk")))


def _ordering(column: str) -> Any:
    return F(column[1:]).desc() if column.startswith("-") else F(column).asc()


def _edges(rows: Sequence[Any], order: Sequence[str]) -> list[Edge]:
    names = [column.lstrip("-") for column in order]
    return [Edge(encode_cursor(_tag(order), [_value(row, name) for name in names]), row) for row in rows]


def _tag(order: Sequence[str]) -> str:
    return ",".join(order)


def _value(row: Any, name: str) -> Any:
    return row.pk if name == "pk" else getattr(row, name)


def _flip(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"
