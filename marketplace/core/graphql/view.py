"""GraphQL over HTTP: content negotiation, GET for queries only, multipart uploads, limits before parsing.

Follows the GraphQL-over-HTTP draft and the GraphQL multipart request specification. No batching.
"""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie

from marketplace.core.errors import RequestError
from marketplace.core.graphql.context import Context
from marketplace.core.graphql.executor import Answer, Executor, Request, refuse
from marketplace.core.graphql.limits import check_json_depth

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
_STATUS = {
    "METHOD_NOT_ALLOWED": 405,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "NOT_ACCEPTABLE": 406,
    "RATE_LIMITED": 429,
    "UNAUTHENTICATED": 401,
}


class _Malformed(RequestError):
    """The HTTP request is no GraphQL request: 400 whatever the client accepts."""


@method_decorator(csrf_exempt, name="dispatch")
class GraphQLView(View):
    """`executor` runs; `contextualise` tells who asks (cookies, tokens) and in which language."""

    http_method_names = ["get", "post", "options"]
    # Both are given to as_view().
    executor: Executor | None = None
    contextualise: Callable[[HttpRequest], Context] | None = None

    def get(self, request: HttpRequest) -> HttpResponse:
        if _wants_page(request) and "query" not in request.GET:
            return _graphiql(request)
        try:
            parsed = _from_mapping(
                {
                    "query": request.GET.get("query"),
                    "operationName": request.GET.get("operationName"),
                    "variables": _loads(request.GET.get("variables") or "null"),
                    "extensions": _loads(request.GET.get("extensions") or "null"),
                }
            )
        except RequestError as error:
            return self._respond(request, refuse(error.code, str(error.message)), malformed=True)
        return self._run(request, parsed, only_query=True)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            parsed = _parse_body(request)
        except RequestError as error:
            return self._respond(request, refuse(error.code, str(error.message)), malformed=True)
        return self._run(request, parsed)

    def _run(self, request: HttpRequest, parsed: Request, *, only_query: bool = False) -> HttpResponse:
        assert self.executor is not None  # noqa: S101 - as_view() was given both
        assert self.contextualise is not None  # noqa: S101
        if _media_type(request) is None:
            return self._respond(
                request, refuse("NOT_ACCEPTABLE", f"This address answers in {GRAPHQL_JSON}.")
            )
        try:
            context = self.contextualise(request)
        except RequestError as error:
            return self._respond(request, refuse(error.code, str(error.message)), malformed=True)
        return self._respond(request, self.executor.run(parsed, context, only_query=only_query))

    def _respond(self, request: HttpRequest, answer: Answer, *, malformed: bool = False) -> HttpResponse:
        media_type = _media_type(request) or JSON
        status = 200
        if answer.refused:
            status = _STATUS.get(answer.code or "", 400 if malformed or media_type == GRAPHQL_JSON else 200)
        body = answer.body
        if answer.code in {"METHOD_NOT_ALLOWED", "UNSUPPORTED_MEDIA_TYPE", "NOT_ACCEPTABLE"}:
            # These are HTTP's own words; the contract's code for them is BAD_USER_INPUT.
            body = {"errors": [{**body["errors"][0], "extensions": {"code": "BAD_USER_INPUT"}}]}
        response = JsonResponse(
            body,
            status=status,
            content_type=f"{media_type}; charset=utf-8",
            json_dumps_params={"ensure_ascii": False},
        )
        if status == 405:
            response["Allow"] = "POST"
        response["Cache-Control"] = "no-store"
        return response


def _accepted(request: HttpRequest) -> list[str]:
    header = request.META.get("HTTP_ACCEPT") or "*/*"
    ranked = []
    for position, part in enumerate(header.split(",")):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        if quality > 0:
            ranked.append((-quality, position, name.lower()))
    return [name for _quality, _position, name in sorted(ranked)]


def _media_type(request: HttpRequest) -> str | None:
    """What to answer in: the client's choice, application/json where it has none; None where we have nothing."""
    for name in _accepted(request):
        if name in {GRAPHQL_JSON, JSON}:
            return name
        if name in {"*/*", "application/*"}:
            return JSON
    return None


def _wants_page(request: HttpRequest) -> bool:
    accepted = _accepted(request)
    return "text/html" in accepted[:2]


@ensure_csrf_cookie
def _graphiql(request: HttpRequest) -> HttpResponse:
    return render(request, "core/graphiql.html")


def _loads(text: str | bytes) -> Any:
    raw = text.encode() if isinstance(text, str) else text
    check_json_depth(raw, settings.GRAPHQL_MAX_JSON_DEPTH)
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise _Malformed("BAD_USER_INPUT", "The request is not valid JSON.") from None
    if b"\\u" in raw and not _is_text(data):
        raise _Malformed("BAD_USER_INPUT", "The request holds characters that are no text.")
    return data


def _is_text(data: Any) -> bool:
    """Whether all strings can be stored: no NUL, no half of a surrogate pair."""
    try:
        return "\\u0000" not in json.dumps(data, ensure_ascii=False).encode().decode()
    except UnicodeEncodeError:
        return False


def _from_mapping(data: Any) -> Request:
    if isinstance(data, list):
        raise _Malformed("BAD_USER_INPUT", "Send one operation a request; batches are not taken.")
    if not isinstance(data, dict):
        raise _Malformed("BAD_USER_INPUT", "The request is a JSON object with query and variables.")
    query, name = data.get("query"), data.get("operationName")
    variables, extensions = data.get("variables"), data.get("extensions")
    if query is not None and not isinstance(query, str):
        raise _Malformed("BAD_USER_INPUT", "query is a string.")
    if name is not None and not isinstance(name, str):
        raise _Malformed("BAD_USER_INPUT", "operationName is a string.")
    if variables is not None and not isinstance(variables, dict):
        raise _Malformed("BAD_USER_INPUT", "variables is an object.")
    if extensions is not None and not isinstance(extensions, dict):
        raise _Malformed("BAD_USER_INPUT", "extensions is an object.")
    extensions = extensions or {}
    if not query and "persistedQuery" not in extensions:
        raise _Malformed("BAD_USER_INPUT", "The request has no query.")
    return Request(query or None, variables or {}, name, extensions)


def _parse_body(request: HttpRequest) -> Request:
    content_type = (request.content_type or "").lower()
    multipart = content_type == "multipart/form-data"
    if content_type != JSON and not multipart:
        raise RequestError("UNSUPPORTED_MEDIA_TYPE", f"Send {JSON}, or multipart/form-data with files.")
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8"}:
        raise RequestError("UNSUPPORTED_MEDIA_TYPE", "Send UTF-8.")
    limit = settings.GRAPHQL_MAX_UPLOAD_BYTES if multipart else settings.GRAPHQL_MAX_BODY_BYTES
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > limit:
        raise RequestError("PAYLOAD_TOO_LARGE", f"The request is larger than {limit} bytes.")
    try:
        if multipart:
            return _from_multipart(request)
        body = request.read(limit + 1)
    except RequestDataTooBig:
        raise RequestError("PAYLOAD_TOO_LARGE", "A part of the request is too large.") from None
    except (MultiPartParserError, SuspiciousOperation, OSError):
        raise _Malformed("BAD_USER_INPUT", "The request broke off or is damaged.") from None
    if len(body) > limit:
        raise RequestError("PAYLOAD_TOO_LARGE", f"The request is larger than {limit} bytes.")
    return _from_mapping(_loads(body))


def _from_multipart(request: HttpRequest) -> Request:
    """Puts each file where `map` says. https://github.com/jaydenseric/graphql-multipart-request-spec"""
    operations = _loads(request.POST.get("operations") or "null")
    places = _loads(request.POST.get("map") or "{}")
    parsed = _from_mapping(operations)
    if not isinstance(places, dict):
        raise _Malformed("BAD_USER_INPUT", "map is an object of file part to paths.")
    for part, paths in places.items():
        upload = request.FILES.get(part)
        if upload is None or not isinstance(paths, list):
            raise _Malformed("BAD_USER_INPUT", f"map names the part {part[:40]!r}, which did not arrive.")
        for path in paths:
            _place({"variables": parsed.variables}, str(path).split("."), upload)
    return parsed


def _place(target: Any, path: list[str], value: Any) -> None:
    *parents, last = path
    try:
        for step in parents:
            target = target[int(step)] if isinstance(target, list) else target[step]
        if isinstance(target, list):
            target[int(last)] = value
        else:
            target[last] = value
    except (KeyError, IndexError, ValueError, TypeError):
        raise _Malformed("BAD_USER_INPUT", "map points to a variable that is not there.") from None
