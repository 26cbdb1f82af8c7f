"""Roles of whoever asks. Higher packages tell of the roles that their own tables give."""

from collections.abc import Callable
from enum import Enum

from marketplace.core.actor import Actor


class Role(str, Enum):
    BUYER = "BUYER"
    SELLER = "SELLER"
    OFFICER = "OFFICER"
    ADMIN = "ADMIN"
    PARTNER = "PARTNER"


_PERSON_MAY = {
    Role.SELLER: {"products:read", "products:write", "stock:write", "orders:read", "orders:write"},
    Role.ADMIN: {"products:read", "orders:read", "payments:read", "reports:read"},
    Role.OFFICER: {"products:read", "reports:read"},
}
_sources: list[Callable[[Actor], Role | None]] = []


def register_role(source: Callable[[Actor], Role | None]) -> None:
    """Adds a source, which answers a role that the actor has, or None."""
    _sources.append(source)


def roles_of(actor: Actor) -> list[Role]:
    if actor.app is not None and actor.user is None:
        return [Role.PARTNER]
    if actor.user is None:
        return []
    roles = [Role.BUYER]
    roles += [role for source in _sources if (role := source(actor)) is not None]
    if actor.is_admin:
        roles.append(Role.ADMIN)
    return roles


def permissions_of(actor: Actor) -> list[str]:
    """What this caller may do, in the words of OAuth scopes."""
    if actor.scopes is not None:
        return sorted(actor.scopes)
    return sorted({scope for role in roles_of(actor) for scope in _PERSON_MAY.get(role, ())})
