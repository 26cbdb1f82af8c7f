"""The schema holds everything that contract.graphql promises, with the same types.

missing.txt lists what later work brings, one item a line. The list only shrinks: an item that exists already, or
that the contract does not know, fails the test.
"""

from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
    print_schema,
)

from marketplace.schema import schema

HERE = Path(__file__).parent


def _items(contract: GraphQLSchema) -> dict[str, tuple[GraphQLNamedType, str]]:
    """Every type, field, argument and enum value of the contract, by its path."""
    found: dict[str, tuple[GraphQLNamedType, str]] = {}
    for name, kind in contract.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        found[name] = (kind, "")
        if isinstance(kind, GraphQLEnumType):
            found |= {f"{name}.{value}": (kind, value) for value in kind.values}
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                found[f"{name}.{field_name}"] = (kind, field_name)
                for argument in getattr(field, "args", {}):
                    found[f"{name}.{field_name}({argument})"] = (kind, argument)
    return found


def _problem(path: str, contract: GraphQLSchema, ours: GraphQLSchema) -> str | None:
    """What keeps our schema from keeping this promise; None where it does."""
    type_name, _, rest = path.partition(".")
    promised, actual = contract.type_map[type_name], ours.type_map.get(type_name)
    if actual is None:
        return "the type is missing"
    if type(actual) is not type(promised):
        return "another kind of type"
    if not rest:
        if isinstance(promised, GraphQLUnionType):
            names = {member.name for member in actual.types}  # type: ignore[attr-defined]
            lacking = {member.name for member in promised.types} - names
            return f"lacks {lacking}" if lacking else None
        interfaces = {interface.name for interface in getattr(promised, "interfaces", ())}
        lacking = interfaces - {interface.name for interface in getattr(actual, "interfaces", ())}
        return f"does not implement {lacking}" if lacking else None
    if isinstance(promised, GraphQLEnumType):
        return None if rest in actual.values else "the value is missing"  # type: ignore[attr-defined]
    field_name, _, argument = rest.rstrip(")").partition("(")
    field = actual.fields.get(field_name)  # type: ignore[attr-defined]
    if field is None:
        return "the field is missing"
    promised_field = promised.fields[field_name]  # type: ignore[attr-defined]
    if not argument:
        if str(field.type) != str(promised_field.type):
            if isinstance(promised, GraphQLInputObjectType) and _looser(field, promised_field):
                return None
            return f"is {field.type}, promised {promised_field.type}"
        if (
            isinstance(promised, GraphQLInputObjectType)
            and _required(field)
            and not _required(promised_field)
        ):
            return "must not be required"
        return None
    given = field.args.get(argument)
    if given is None:
        return "the argument is missing"
    expected = promised_field.args[argument]
    if _nullable(given) != _nullable(expected):
        return f"is {given.type}, promised {expected.type}"
    if _required(given) and not _required(expected):
        return "must be optional"
    return None


def _nullable(item: object) -> str:
    kind = item.type  # type: ignore[attr-defined]
    return str(kind.of_type if isinstance(kind, GraphQLNonNull) else kind)


def _looser(item: object, promised: object) -> bool:
    return _nullable(item) == _nullable(promised) and not _required(item)


def _required(item: object) -> bool:
    from graphql import Undefined

    default = item.default_value  # type: ignore[attr-defined]
    return isinstance(item.type, GraphQLNonNull) and default is Undefined  # type: ignore[attr-defined]


def our_schema() -> GraphQLSchema:
    """As a client sees it."""
    return build_schema(print_schema(schema.graphql_schema))


def test_the_schema_keeps_the_contract() -> None:
    contract = build_schema((HERE / "contract.graphql").read_text(encoding="utf-8"))
    ours = our_schema()
    awaited = set((HERE / "missing.txt").read_text(encoding="utf-8").split("\n")) - {""}

    broken = {
        path: problem for path in _items(contract) if (problem := _problem(path, contract, ours)) is not None
    }

    unknown = awaited - _items(contract).keys()
    assert not unknown, f"missing.txt names what the contract does not know: {sorted(unknown)}"
    new = {path: problem for path, problem in broken.items() if path not in awaited}
    assert not new, f"the schema breaks the contract: {new}"
    done = awaited - broken.keys()
    assert not done, f"take these out of missing.txt, they exist: {sorted(done)}"
