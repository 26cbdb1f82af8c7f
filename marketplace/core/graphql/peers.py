"""The peer loader: rows that were fetched together know each other, and the first miss fetches for all of them.

Each row carries its group. The group holds the language of its subtree, so `vi: product(language: "vi")` beside
`en: …` in one request never mix. Nothing outlives the rows, so a mutation that fetches anew sees the new state.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Group:
    """Rows fetched together, their language, and what was loaded for them so far."""

    __slots__ = ("context", "language", "loaded", "rows")

    def __init__(self, rows: list[Any], language: str, context: Any) -> None:
        self.rows = rows
        self.language = language
        self.context = context
        self.loaded: dict[str, Mapping[Any, Any]] = {}


def stamp(rows: Iterable[T], *, language: str, context: Any) -> list[T]:
    """Makes the rows peers of each other."""
    listed = list(rows)
    group = Group(listed, language, context)
    for row in listed:
        row.__dict__["_group"] = group
    return listed


def stamp_like(parent: Any, rows: Iterable[T]) -> list[T]:
    """Makes the rows peers, in the language of the row they were reached from."""
    group: Group = parent.__dict__["_group"]
    return stamp(rows, language=group.language, context=group.context)


def group_of(row: Any) -> Group:
    return row.__dict__["_group"]  # type: ignore[no-any-return]


def language_of(row: Any) -> str:
    return group_of(row).language


def load(row: Any, name: str, fetch: Callable[[list[Any]], Mapping[Any, Any]], default: Any = None) -> Any:
    """The value for this row under `name`; `fetch(rows)` gives values by primary key for the whole group."""
    group = group_of(row)
    if name not in group.loaded:
        group.loaded[name] = fetch(group.rows)
    return group.loaded[name].get(row.pk, default)


def load_related(row: Any, field: str, fetch: Callable[[set[Any]], Iterable[Any]]) -> Any:
    """Follows a foreign key for the whole group: `fetch(keys)` gives rows, which become peers of each other."""
    key = getattr(row, f"{field}_id")
    if key is None:
        return None
    group = group_of(row)
    if field not in group.loaded:
        keys = {value for peer in group.rows if (value := getattr(peer, f"{field}_id")) is not None}
        group.loaded[field] = {found.pk: found for found in stamp_like(row, fetch(keys))}
    return group.loaded[field].get(key)


def load_lists(row: Any, name: str, fetch: Callable[[list[Any]], Iterable[Any]], by: str) -> list[Any]:
    """Follows a foreign key backwards: `fetch(rows)` gives children; `by` is their column with the row's key.

    The children know the way back, so going there costs no statement.
    """
    group = group_of(row)
    if name not in group.loaded:
        children = stamp_like(row, fetch(group.rows))
        if children:
            group_of(children[0]).loaded[by.removesuffix("_id")] = {peer.pk: peer for peer in group.rows}
        lists: dict[Any, list[Any]] = {}
        for child in children:
            lists.setdefault(getattr(child, by), []).append(child)
        group.loaded[name] = lists
    return group.loaded[name].get(row.pk, [])  # type: ignore[no-any-return]
