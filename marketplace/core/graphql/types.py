"""Types that every part of the schema uses, and the way a higher package adds a field to a lower type."""

from typing import Any

import graphene

from marketplace.core import errors
from marketplace.core.graphql.scalars import Amount
from marketplace.core.money import VND
from marketplace.core.money import Money as MoneyValue

ErrorCode = graphene.Enum.from_enum(errors.ErrorCode)


class Money(graphene.ObjectType):
    amount = graphene.Field(Amount, required=True)
    currency = graphene.String(required=True)


class UserError(graphene.ObjectType):
    """What the caller got wrong. `code` is stable, `message` is for people, in the request's language."""

    field = graphene.List(graphene.NonNull(graphene.String))
    code = graphene.Field(ErrorCode, required=True)
    message = graphene.String(required=True)


class PageInfo(graphene.ObjectType):
    has_next_page = graphene.Boolean(required=True)
    has_previous_page = graphene.Boolean(required=True)
    start_cursor = graphene.String()
    end_cursor = graphene.String()


class IntRange(graphene.InputObjectType):
    min = graphene.Int()
    max = graphene.Int()


class AmountRange(graphene.InputObjectType):
    min = graphene.InputField(Amount)
    max = graphene.InputField(Amount)


def vnd(amount: int | None) -> MoneyValue | None:
    return None if amount is None else MoneyValue(amount, VND)


def money_field(column: str, *, required: bool = True, description: str | None = None) -> graphene.Field:
    """A Money field read from a column or property in đồng; None stays null."""
    return graphene.Field(
        Money,
        required=required,
        description=description,
        resolver=lambda root, info: vnd(getattr(root, column)),
    )


def required_list(of: Any) -> graphene.NonNull:
    """`[Of!]!`"""
    return graphene.NonNull(graphene.List(graphene.NonNull(of)))


def extend(base: type[Any], name: str, field: graphene.Field) -> None:
    """Adds a field of a higher package to a lower package's type, before the schema is built.

    The field brings its own resolver. ValueError where the name is taken.
    """
    if name in base._meta.fields:
        raise ValueError(f"{base.__name__}.{name} exists")
    base._meta.fields[name] = field
