"""Every root field answers odd input with a code, never with a fault of the server."""

from typing import Any

import pytest
from django.db import transaction
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_leaf_type,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.graphql.context import Context
from marketplace.core.graphql.executor import Request
from marketplace.core.ids import to_global_id, uuid7
from marketplace.schema import executor, schema
from tests.builders import Shop

ROOTS = [
    (operation, name)
    for operation, kind in (("query", "Query"), ("mutation", "Mutation"))
    for name in schema.graphql_schema.type_map[kind].fields
]

texts = st.one_of(
    st.sampled_from(
        ["", " ", "💥", "\u0001", "%00", "x" * 5000, "-1", "' OR 1=1 --", "../..", "\ufeff", "ạ̄"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
)
ids = st.one_of(
    texts,
    st.sampled_from(
        ["Product", "Variant", "Cart", "CartLine", "Order", "Seller", "Image", "User", "Nothing"]
    ).map(lambda name: to_global_id(name, uuid7())),
)
LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "String": texts,
    "ID": ids,
    "Int": st.sampled_from([0, 1, -1, 20, 101, 2**31 - 1, -(2**31)]),
    "Float": st.floats(allow_nan=False, allow_infinity=False),
    "Boolean": st.booleans(),
    "Amount": st.sampled_from([0, 1, -1, 2**53 - 1, -(2**53 - 1), 250_000]),
    "Language": st.sampled_from(["vi", "en", "ja", "zz"]),
    "DateTime": st.sampled_from(
        ["2026-11-22T08:30:00+07:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "x"]
    ),
    "Date": st.sampled_from(["2026-11-22", "0001-01-01", "9999-12-31", "2026-02-30"]),
}


def values(kind: GraphQLInputType) -> st.SearchStrategy[Any]:
    if isinstance(kind, GraphQLNonNull):
        return values(kind.of_type)
    optional = st.none()
    if isinstance(kind, GraphQLList):
        return st.one_of(optional, st.lists(required(kind.of_type), max_size=3))
    if isinstance(kind, GraphQLEnumType):
        return st.sampled_from(sorted(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return st.one_of(
            optional,
            st.fixed_dictionaries(
                {
                    name: required(field.type)
                    for name, field in kind.fields.items()
                    if isinstance(field.type, GraphQLNonNull)
                },
                optional={
                    name: values(field.type)
                    for name, field in kind.fields.items()
                    if not isinstance(field.type, GraphQLNonNull)
                },
            ),
        )
    return LEAVES[kind.name]


def required(kind: GraphQLInputType) -> st.SearchStrategy[Any]:
    return values(kind).filter(lambda value: value is not None)


def arguments(given_args: dict[str, GraphQLArgument]) -> st.SearchStrategy[dict[str, Any]]:
    must = {name: required(a.type) for name, a in given_args.items() if isinstance(a.type, GraphQLNonNull)}
    may = {name: values(a.type) for name, a in given_args.items() if not isinstance(a.type, GraphQLNonNull)}
    return st.fixed_dictionaries(must, optional=may)


def _selection(kind: Any) -> str:
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    fields = getattr(named, "fields", {})
    deeper = " ".join(name for name in ("nodes", "edges", "order", "cart", "payment") if name in fields)
    inner = " ".join(f"{name}{{__typename}}" for name in deeper.split())
    errors = "userErrors{field code message}" if "userErrors" in fields else ""
    return f"{{__typename {inner} {errors}}}"


@pytest.mark.django_db
@pytest.mark.parametrize(("operation", "name"), ROOTS, ids=[name for _operation, name in ROOTS])
def test_odd_input_is_the_callers_fault_and_told_so(shop: Shop, operation: str, name: str) -> None:
    field = schema.graphql_schema.type_map[operation.capitalize()].fields[name]
    declared = ", ".join(f"${a}: {argument.type}" for a, argument in field.args.items())
    passed = ", ".join(f"{a}: ${a}" for a in field.args)
    query = (
        f"{operation}{f'({declared})' if declared else ''}"
        f"{{{name}{f'({passed})' if passed else ''}{_selection(field.type)}}}"
    )

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(arguments(field.args))
    def check(variables: dict[str, Any]) -> None:
        before = transaction.savepoint()
        body = executor.run(Request(query, variables, None, {}), Context()).body
        transaction.savepoint_rollback(before)
        for error in body.get("errors", []):
            assert error["extensions"]["code"] not in {"INTERNAL", "TIMEOUT"}, (query, variables, error)

    check()
