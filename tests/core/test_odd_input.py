"""Every root field answers odd input with a code, never with a fault of the server."""

import base64
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
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

from marketplace.accounts.models import User
from marketplace.core.actor import Actor
from marketplace.core.graphql.context import Context
from marketplace.core.graphql.executor import Request
from marketplace.core.ids import to_global_id, uuid7
from marketplace.schema import executor, schema
from tests.builders import Shop, make_user

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
SMALL_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC"
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
    "Upload": st.one_of(
        st.builds(
            SimpleUploadedFile,
            st.sampled_from(["anh.jpg", "x" * 300, "💥.pdf", " "]),
            st.sampled_from([b"", b"x", b"%PDF-1.7\n%%EOF", b"\xff\xd8\xff", b"<svg/>", SMALL_PNG]),
        ),
        texts,
    ),
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


TIME, DAY, KEY = "2026-11-22T01:30:00.500000+00:00", "2026-11-22", str(uuid7())
# A list after a cursor, the tag of its order, and a first value as a cursor of ours holds it.
ORDERS: list[tuple[str, str, Any]] = [
    ("products(sort: NEWEST, after: $c){nodes{id}}", "-published_at,-id", TIME),
    ("products(sort: OLDEST, last: 2, before: $c){nodes{id}}", "published_at,id", TIME),
    ("products(sort: NEWEST, filter: {state: [DRAFT]}, after: $c){nodes{id}}", "-created_at,-id", TIME),
    ("products(sort: OLDEST, filter: {state: [DRAFT]}, after: $c){nodes{id}}", "created_at,id", TIME),
    ("products(sort: UPDATED, after: $c){nodes{id}}", "updated_at,id", TIME),
    ("products(sort: PRICE_ASC, after: $c){nodes{id}}", "price_min,id", 250_000),
    ("products(sort: PRICE_DESC, last: 2, before: $c){nodes{id}}", "-price_min,-id", 250_000),
    ("products(sort: BEST_SELLING, after: $c){nodes{id}}", "-sold,-id", 3),
    ("products(sort: TOP_RATED, after: $c){nodes{id}}", "-rating_rank,-id", 4.25),
    ("products(sort: NAME, after: $c){nodes{id}}", "name_key,id", "co te"),
    ("villages(after: $c){nodes{id}}", "name_key,id", "luu thuong"),
    ("sellers(after: $c){nodes{id}}", "name_key,id", "co so"),
    ("ocopCertificates(after: $c){nodes{id}}", "expires_on,id", DAY),
    ('village(slug: "luu-thuong"){products(after: $c){nodes{id}}}', "-published_at,-id", TIME),
    ('village(slug: "luu-thuong"){sellers(after: $c){nodes{id}}}', "name_key,id", "co so"),
    ('seller(slug: "co-so-co-te-luu-thuong"){products(after: $c){nodes{id}}}', "-published_at,-id", TIME),
    ("viewer{orders(after: $c){nodes{id}}}", "-placed_at,-id", TIME),
]
NO_VALUES: list[Any] = [
    *[None, True, [], {}, ["x"], {"a": 1}, "a\0", "\ud800", "x" * 401],
    *[10**400, -(10**400), 2**63, -(2**63) - 1, float("inf"), float("-inf"), float("nan")],
]
# No column but a name holds these.
NO_KEYS: list[Any] = [
    *[*NO_VALUES, "x", "", "1", "3.5", "2026-13-01", KEY.upper(), f"urn:uuid:{KEY}", KEY.replace("-", "")],
    *["2026-11-22T01:30:00", "2026-11-22T01:30:00Z", "2026-11-22T08:30:00+07:00"],
    *["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"],
]


def cursor_of(values: Any) -> str:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def asked_after(person: User, field: str, cursor: str) -> tuple[list[str], bool]:
    """The codes of the answer, and whether its page went to the database."""
    with CaptureQueriesContext(connection) as statements:
        body = executor.run(
            Request(f"query($c: String){{{field}}}", {"c": cursor}, None, {}),
            Context(actor=Actor(user=person)),
        ).body
    paged = any("ORDER BY" in statement["sql"] for statement in statements)
    return [error["extensions"]["code"] for error in body.get("errors", [])], paged


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "tag", "value"), ORDERS)
def test_a_forged_cursor_is_told_and_never_reaches_the_database(
    shop: Shop, field: str, tag: str, value: Any
) -> None:
    person = make_user()
    no_values = NO_VALUES if tag.startswith("name_key") else NO_KEYS
    forged = [
        *([tag, bad, KEY] for bad in no_values),
        *([tag, value, bad] for bad in NO_KEYS),
        *([] if isinstance(value, float) else [[tag, 1.5, KEY]]),
        *([tag, value], [tag, value, KEY, KEY], [tag], [], [[tag], value, KEY], {"0": tag}, tag, None),
    ]

    # A cursor that could be ours is taken: what follows is refused for its values alone.
    assert asked_after(person, field, cursor_of([tag, value, KEY])) == ([], True)
    for values in forged:
        assert asked_after(person, field, cursor_of(values)) == (["BAD_USER_INPUT"], False), values


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["[" * 100_000, "[" * 1_000, "[" * 400 + "]" * 400, "9" * 1_000, "NaN", "\0"]
)
def test_a_cursor_that_is_no_list_of_values_is_told(shop: Shop, text: str) -> None:
    person, cursor = make_user(), base64.urlsafe_b64encode(text.encode()).decode()

    for field, _tag, _value in ORDERS:
        assert asked_after(person, field, cursor) == (["BAD_USER_INPUT"], False)
    search = 'searchProducts(query: "giỏ", after: $c){nodes{id}}'
    assert asked_after(person, search, cursor) == (["BAD_USER_INPUT"], False)


@pytest.mark.django_db
@pytest.mark.parametrize("position", [*NO_VALUES, -1, 1001, 1.5, "1"])
def test_a_forged_position_of_a_search_is_told(shop: Shop, position: Any) -> None:
    search = 'searchProducts(query: "giỏ", sort: RELEVANCE, after: $c){nodes{id}}'
    person = make_user()

    assert asked_after(person, search, cursor_of(["search:RELEVANCE", 1]))[0] == []
    assert asked_after(person, search, cursor_of(["search:RELEVANCE", position])) == (
        ["BAD_USER_INPUT"],
        False,
    )
