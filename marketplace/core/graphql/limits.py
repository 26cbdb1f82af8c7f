"""Limits that keep one request from taking the server: JSON depth, breadth, query depth, aliases, cost.

`cost` counts the objects a query may bring, from the schema's own types: a connection brings `first` of them, any
other list what `weigh` says, or LIST_SIZE. Fragments are measured once, so that spreading one twice costs twice but
is not walked twice.
"""

import re
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

from marketplace.core.errors import RequestError
from marketplace.core.graphql.connections import DEFAULT_PAGE, MAX_PAGE

# Possessive, and content with a string that never ends: linear whatever is sent.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = re.compile(rb"[^\[\]{}]+")
# Validation compares the fields of a selection with each other: twice as many take four times as long.
MAX_SELECTIONS = 200
LIST_SIZE = 5
_CEILING = 10**9


@dataclass(frozen=True, slots=True)
class Weight:
    """What a field counts for: `base` beyond its objects, `size` objects in its list."""

    base: int = 0
    size: int | None = None


_weights: dict[tuple[str, str], Weight] = {}


def weigh(type_name: str, field: str, *, base: int = 0, size: int | None = None) -> None:
    """Says that a field is dearer than it looks, or its list longer than LIST_SIZE."""
    _weights[type_name, field] = Weight(base, size)


def check_json_depth(body: bytes, limit: int) -> None:
    """Raises RequestError before a parser recurses into it."""
    depth = 0
    for bracket in _NOT_BRACKETS.sub(b"", _STRINGS.sub(b"", body)):
        if bracket in b"[{":
            depth += 1
            if depth > limit:
                raise RequestError("BAD_USER_INPUT", f"The request is nested deeper than {limit} levels.")
        else:
            depth -= 1


def check_breadth(document: DocumentNode) -> None:
    """Raises RequestError COST_EXCEEDED before validation compares too many fields with each other."""
    waiting: list[Node] = list(document.definitions)
    while waiting:
        selections = getattr(waiting.pop(), "selection_set", None)
        if selections is None:
            continue
        if len(selections.selections) > MAX_SELECTIONS:
            raise RequestError("COST_EXCEEDED", f"At most {MAX_SELECTIONS} fields side by side are allowed.")
        waiting += selections.selections


@dataclass(frozen=True, slots=True)
class Measure:
    """Levels, aliases (as written, fragments unfolded) and points of a selection, as if its parent came once."""

    depth: int = 0
    aliases: int = 0
    cost: int = 0

    def beside(self, other: "Measure") -> "Measure":
        return Measure(
            max(self.depth, other.depth),
            min(self.aliases + other.aliases, _CEILING),
            min(self.cost + other.cost, _CEILING),
        )


class _Meter:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]) -> None:
        self.schema = schema
        self.variables = variables
        self.fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self.measured: dict[tuple[str, int], Measure] = {}

    def selection(self, node: SelectionSetNode, parent: GraphQLNamedType | None, page: int) -> Measure:
        """`page` is how many nodes the enclosing connection brings; `parent` is None inside introspection."""
        total = Measure()
        for item in node.selections:
            if isinstance(item, FieldNode):
                total = total.beside(self._field(item, parent, page))
            elif isinstance(item, InlineFragmentNode):
                condition = item.type_condition
                inner = self.schema.get_type(condition.name.value) if condition and parent else parent
                total = total.beside(self.selection(item.selection_set, inner, page))
            elif isinstance(item, FragmentSpreadNode):
                total = total.beside(self._fragment(item.name.value, parent, page))
        return total

    def _fragment(self, name: str, parent: GraphQLNamedType | None, page: int) -> Measure:
        key = (name, page)
        if key not in self.measured:
            definition = self.fragments[name]
            inner = self.schema.get_type(definition.type_condition.name.value) if parent else None
            self.measured[key] = self.selection(definition.selection_set, inner, page)
        return self.measured[key]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, page: int) -> Measure:
        name = node.name.value
        aliases = 1 if node.alias is not None else 0
        definition = getattr(parent, "fields", {}).get(name)
        if node.selection_set is None:
            # A leaf is part of its object; under another name it is more work.
            return Measure(1, aliases, aliases)
        if definition is None or parent is None:
            # Introspection: its depth has a rule of its own, its repetitions count here.
            inner = self.selection(node.selection_set, None, 1)
            return Measure(1, aliases + inner.aliases, 0)
        kind = get_named_type(definition.type)
        weight = _weights.get((parent.name, name), Weight())
        if kind.name.endswith("Connection"):
            size, inner_page = 1, self._page_size(node, definition)
        else:
            size, inner_page = self._list_size(node, parent, definition, weight, page), 1
        inner = self.selection(node.selection_set, kind if is_composite_type(kind) else None, inner_page)
        return Measure(
            inner.depth + 1,
            min(aliases + inner.aliases, _CEILING),
            min(weight.base + size * (1 + inner.cost), _CEILING),
        )

    def _list_size(
        self, node: FieldNode, parent: GraphQLNamedType, definition: Any, weight: Weight, page: int
    ) -> int:
        kind = definition.type.of_type if isinstance(definition.type, GraphQLNonNull) else definition.type
        if not isinstance(kind, GraphQLList):
            return 1
        if parent.name.endswith("Connection") and node.name.value in {"nodes", "edges"}:
            return page
        for argument in node.arguments:
            if argument.name.value == "limit":
                return _between(self._value(argument.value), LIST_SIZE)
            if argument.name.value == "ids":
                return _between(self._length(argument.value), LIST_SIZE)
        return weight.size or LIST_SIZE

    def _page_size(self, node: FieldNode, definition: Any) -> int:
        """`first` or `last` as the resolver will see it: given, the variable's default, or the argument's own."""
        given = {argument.name.value: self._value(argument.value) for argument in node.arguments}
        for name in ("first", "last"):
            if isinstance(given.get(name), int):
                return _between(given[name], DEFAULT_PAGE)
        default = definition.args["first"].default_value if "first" in definition.args else None
        return _between(default, DEFAULT_PAGE)

    def _value(self, node: ValueNode) -> Any:
        if isinstance(node, VariableNode):
            return self.variables.get(node.name.value)
        return int(node.value) if isinstance(node, IntValueNode) else None

    def _length(self, node: ValueNode) -> int | None:
        if isinstance(node, VariableNode):
            given = self.variables.get(node.name.value)
            return len(given) if isinstance(given, list) else None
        return len(node.values) if isinstance(node, ListValueNode) else None


def _between(size: Any, default: int) -> int:
    return min(max(size if isinstance(size, int) else default, 1), MAX_PAGE)


def measure_operation(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: dict[str, Any],
) -> Measure:
    """What a validated operation asks for (validation has refused fragments that spread themselves)."""
    known = dict(variables)
    for definition in operation.variable_definitions:
        name = definition.variable.name.value
        if name not in known and isinstance(definition.default_value, IntValueNode):
            known[name] = int(definition.default_value.value)
    meter = _Meter(schema, document, known)
    return meter.selection(operation.selection_set, schema.get_root_type(operation.operation), 1)
