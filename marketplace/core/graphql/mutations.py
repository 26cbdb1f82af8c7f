"""Mutations: translate only. A DomainError of the service becomes `userErrors`; anything else is a fault."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import graphene

from marketplace.core.errors import DomainError
from marketplace.core.graphql.types import UserError, required_list

P = TypeVar("P", bound=type)


def payload(name: str, **fields: Any) -> type:
    """A payload type: its fields, each nullable, and `userErrors`."""
    return type(
        name, (graphene.ObjectType,), {**fields, "user_errors": graphene.Field(required_list(UserError))}
    )


def user_errors(error: DomainError) -> list[UserError]:
    return [
        UserError(
            field=list(problem.field) if problem.field else None,
            code=problem.code,
            message=str(problem.message),
        )
        for problem in error.problems
    ]


def answers(payload_type: Any, **empty: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Wraps a mutation's resolver, which returns the payload's fields as a dict.

    `empty` holds the values of non-null fields in a refused answer.
    """

    def wrap(resolver: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
        @functools.wraps(resolver)
        def inner(root: Any, info: graphene.ResolveInfo, **arguments: Any) -> Any:
            try:
                return payload_type(**resolver(root, info, **arguments), user_errors=[])
            except DomainError as error:
                details = {**empty, **getattr(error, "payload", {})}
                return payload_type(**details, user_errors=user_errors(error))

        return inner

    return wrap


# For what only has to be accepted.
ReportPayload = payload("ReportPayload", accepted=graphene.Boolean(required=True))
