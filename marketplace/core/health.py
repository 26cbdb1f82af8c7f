"""`/healthz`: the process answers. `/readyz`: it can serve; optional parts that are away make it degraded."""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

# Optional parts by name: a check returns None where the part is not configured, else whether it answers.
_optional: dict[str, Callable[[], bool | None]] = {}


def register_optional(name: str, check: Callable[[], bool | None]) -> None:
    _optional[name] = check


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """200 with `ok` or `degraded`; 503 while the database is away."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "unready", "database": False}, status=503)
    parts = {name: state for name, check in _optional.items() if (state := check()) is not None}
    status = "ok" if all(parts.values()) else "degraded"
    return JsonResponse({"status": status, "database": True, **parts})
