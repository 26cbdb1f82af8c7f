"""Limits that keep one request from taking the server: JSON depth, query depth, aliases, cost."""

import re
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from marketplace.core.errors import RequestError
from marketplace.core.graphql.connections import DEFAULT_PAGE, MAX_PAGE

# Possessive, and content with a string that never ends: linear whatever is sent.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = re.compile(rb"[^\[\]{}]+")
_SIZED = {"ids", "lines"}


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


@dataclass(slots=True)
class Measure:
    """What a document asks for: `cost` counts objects, a connection's children times its size."""

    depth: int = 0
    aliases: int = 0
    cost: int = 0


class _Walker:
    def __init__(self, document: DocumentNode, variables: dict[str, Any], cost_limit: int) -> None:
        self.fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self.variables = variables
        self.cost_limit = cost_limit
        self.measure = Measure()

    def walk(self, selections: SelectionSetNode, depth: int, factor: int) -> None:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                self._field(node, depth, factor)
            elif isinstance(node, InlineFragmentNode):
                self.walk(node.selection_set, depth, factor)
            elif isinstance(node, FragmentSpreadNode):
                self.walk(self.fragments[node.name.value].selection_set, depth, factor)
            # Stop early: fragments that spread fragments twice grow without end.
            if self.measure.cost > self.cost_limit * 10:
                return

    def _field(self, node: FieldNode, depth: int, factor: int) -> None:
        measure = self.measure
        measure.depth = max(measure.depth, depth)
        if node.alias is not None:
            measure.aliases += 1
        if node.name.value.startswith("__"):
            return  # introspection has a rule of its own (MaxIntrospectionDepthRule)
        if node.selection_set is None:
            # Fields cost nothing, but each repetition of a fragment is work.
            measure.cost += 0 if node.alias is None else factor
            return
        measure.cost += factor
        self.walk(node.selection_set, depth + 1, factor * self._size(node))

    def _size(self, node: FieldNode) -> int:
        """How many children a field may bring: `first`/`last`/`limit`, a list argument's length, or 1."""
        size = 1
        for argument in node.arguments:
            name, value = argument.name.value, argument.value
            if name in {"first", "last", "limit"}:
                given: Any = None
                if isinstance(value, IntValueNode):
                    given = int(value.value)
                elif isinstance(value, VariableNode):
                    given = self.variables.get(value.name.value)
                size = min(max(given if isinstance(given, int) else DEFAULT_PAGE, 1), MAX_PAGE)
            elif name in _SIZED and isinstance(value, VariableNode):
                given = self.variables.get(value.name.value)
                size = max(len(given), 1) if isinstance(given, list) else 1
        if size == 1 and node.selection_set is not None and _looks_like_connection(node.selection_set):
            return DEFAULT_PAGE
        return size


def _looks_like_connection(selections: SelectionSetNode) -> bool:
    return any(isinstance(s, FieldNode) and s.name.value in {"edges", "nodes"} for s in selections.selections)


def measure_operation(
    document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any], cost_limit: int
) -> Measure:
    """Depth, aliases and cost of a validated operation (fragment cycles are refused by validation)."""
    walker = _Walker(document, variables, cost_limit)
    walker.walk(operation.selection_set, 1, 1)
    return walker.measure
