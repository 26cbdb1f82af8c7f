"""Who acts: a person, a partner app, or the system itself."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from marketplace.core.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class Actor:
    """`scopes` is None for a person (roles decide) and a set for an app (scopes decide). Never both at once."""

    user: Any = None
    app: Any = None
    scopes: frozenset[str] | None = None
    ip: str = ""
    label: str = field(default="")

    @property
    def user_id(self) -> uuid.UUID | None:
        return self.user.pk if self.user is not None else None

    @property
    def is_authenticated(self) -> bool:
        return self.user is not None or self.app is not None

    @property
    def is_admin(self) -> bool:
        return bool(self.user is not None and self.user.is_superuser)

    def require_user(self) -> Any:
        """The person, or Unauthenticated."""
        if self.user is None:
            raise Unauthenticated
        return self.user

    def describe(self) -> str:
        """For audit rows: kind and id, no personal data."""
        if self.user is not None:
            return f"user:{self.user.pk}"
        if self.app is not None:
            return f"app:{self.app.pk}"
        return self.label or "guest"


SYSTEM = Actor(label="system")
GUEST = Actor()
