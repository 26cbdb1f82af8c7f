"""What every resolver knows of its request."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from marketplace.core.actor import GUEST, Actor


@dataclass(slots=True)
class Context:
    """`language` is the request's; a `language` argument on a root field overrides it for that subtree."""

    actor: Actor = GUEST
    language: str = "vi"
    request: HttpRequest | None = None
    memo: dict[Any, Any] = field(default_factory=dict)
