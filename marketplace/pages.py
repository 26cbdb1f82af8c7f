"""How a page asks the public schema: one `.graphql` file a page, run in-process, with the rights of its reader."""

import functools
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from marketplace.accounts.authentication import actor_from_cookie
from marketplace.core.graphql.context import Context
from marketplace.core.graphql.executor import Request
from marketplace.core.ids import from_global_id
from marketplace.schema import executor

_SPREAD = re.compile(r"\.\.\.\s*([A-Z]\w*)")
# What no text of a person holds and PostgreSQL does not store: control characters and halves of surrogate pairs.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Data = dict[str, Any]
P = ParamSpec("P")


class SchemaFault(Exception):
    """The schema failed on our side: the reader sees the 500 page, the log has the cause."""


class SignInNeeded(Exception):
    """The page is for people who signed in."""


# All that Pages.run raises.
REFUSALS = (BadRequest, Http404, PermissionDenied, SchemaFault, SignInNeeded)


class Pages:
    """The queries of one set of pages: `folder` holds NAME.graphql and fragments/NAME.graphql."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.document = functools.cache(self._read)

    def _read(self, name: str) -> str:
        """The text of a page's query with the fragments it uses."""
        texts = [(self.folder / f"{name}.graphql").read_text(encoding="utf-8")]
        seen: set[str] = set()
        waiting = set(_SPREAD.findall(texts[0]))
        while waiting:
            fragment = waiting.pop()
            path = self.folder / "fragments" / f"{fragment}.graphql"
            seen.add(fragment)
            # `... on Type` and fragments of the file itself have no file of their own.
            if path.exists():
                texts.append(path.read_text(encoding="utf-8"))
                waiting |= set(_SPREAD.findall(texts[-1])) - seen
        return "\n".join(texts)

    def run(self, request: HttpRequest, name: str, **variables: Any) -> Data:
        """The data that a query or mutation answers. Raises what becomes a 404, 400, 403 or 500 page."""
        answer = executor.run(
            Request(self.document(name), variables, None, {}),
            Context(
                actor=actor_from_cookie(request),
                language=getattr(request, "LANGUAGE_CODE", "vi"),
                request=request,
            ),
        )
        errors = answer.body.get("errors")
        if errors:
            _refuse(name, errors[0])
        data: Data = answer.body["data"]
        return data

    def mutate(self, request: HttpRequest, name: str, **variables: Any) -> Data:
        """The payload of the file's one mutation; `userErrors` are in it."""
        (payload,) = self.run(request, name, **variables).values()
        return payload or {"userErrors": []}


def _refuse(name: str, error: Data) -> None:
    message = str(error.get("message", ""))
    match error.get("extensions", {}).get("code"):
        case "NOT_FOUND":
            raise Http404(message)
        case "UNAUTHENTICATED":
            raise SignInNeeded
        case "FORBIDDEN":
            raise PermissionDenied(message)
        case "BAD_USER_INPUT" | "COST_EXCEEDED" | "RATE_LIMITED":
            raise BadRequest(message)
        case code:
            raise SchemaFault(f"{name}: {code}: {message}")


def unkept(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """What it shows is nobody else's: no cache keeps it."""

    @functools.wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return inner


def key_of(global_id: str) -> uuid.UUID:
    """The key in a global id that the schema gave. 404 for one that is none."""
    found = from_global_id(global_id)
    if found is None:
        raise Http404
    return found[1]


def clean(value: str | None, limit: int = 2000) -> str:
    """Text that a person typed, without what cannot be stored."""
    return _UNPRINTABLE.sub("", value or "")[:limit]


def whole_number(value: str | None, default: int) -> int:
    """A number from a form; the default where it is none."""
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else default
