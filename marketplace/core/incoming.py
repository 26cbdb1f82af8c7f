"""Bodies that others send us: read with limits, and kept in a form that the database takes."""

import json
import math
from typing import Any

from django.http import HttpRequest

MAX_BODY = 64 * 1024
MAX_DEPTH = 32


def read_json(request: HttpRequest) -> tuple[bytes, dict[str, Any] | None]:
    """The raw body, and what it says in a form that can be stored; None where it is no object."""
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return body, None
    try:
        data = json.loads(body, parse_float=_finite, parse_constant=_finite)
        kept = storable(data)
    except (ValueError, RecursionError):
        return body, None
    # An id that could be kept only by changing it might become another's.
    return body, kept if isinstance(data, dict) and kept.get("id") == data.get("id") else None


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number out of range")
    return value


def storable(value: Any, depth: int = 0) -> Any:
    """The same without what PostgreSQL keeps in no text: NUL and halves of surrogate pairs.

    Raises ValueError for what is nested deeper than any gateway's news.
    """
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(key): storable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item, depth + 1) for item in value]
    return value
