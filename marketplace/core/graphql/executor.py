"""Runs an operation: one place for the HTTP view and for pages that run in-process.

Each document is parsed and validated once and kept; limits are checked before anything runs; a fault never shows
its text to the client.
"""

import hashlib
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db.utils import OperationalError
from django.utils import translation
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import NoSchemaIntrospectionCustomRule
from psycopg.errors import QueryCanceled

from marketplace.core.errors import DomainError, RequestError
from marketplace.core.graphql.context import Context
from marketplace.core.graphql.limits import check_breadth, measure_operation

log = structlog.get_logger(__name__)
Formatted = dict[str, Any]
MAX_VALIDATION_ERRORS = 20
_ESCAPED_NUL = re.compile(r"\\u(0000|\{0+\})")


@dataclass(frozen=True, slots=True)
class Request:
    """A GraphQL request as it came; `extensions` may carry an automatic persisted query's hash."""

    query: str | None
    variables: dict[str, Any]
    operation_name: str | None
    extensions: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """`refused` means that nothing ran: no `data`, and 400 under application/graphql-response+json."""

    body: dict[str, Any]
    refused: bool = False
    code: str | None = None


class _Cache:
    """A small LRU, safe between threads."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.items: OrderedDict[str, Any] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: str) -> Any:
        with self.lock:
            if key in self.items:
                self.items.move_to_end(key)
                return self.items[key]
        return None

    def put(self, key: str, value: Any) -> None:
        with self.lock:
            self.items[key] = value
            self.items.move_to_end(key)
            while len(self.items) > self.size:
                self.items.popitem(last=False)


class Executor:
    """Holds a schema and what was learnt of its documents."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.documents = _Cache(settings.GRAPHQL_DOCUMENT_CACHE)
        self.persisted = _Cache(settings.GRAPHQL_DOCUMENT_CACHE)

    def run(self, request: Request, context: Context, *, only_query: bool = False) -> Answer:
        """The answer to a request. `only_query` refuses mutations (GET). Never raises."""
        try:
            query = self._query_text(request)
            document = self._document(query)
            operation = get_operation_ast(document, request.operation_name)
            if operation is None:
                raise RequestError("BAD_USER_INPUT", "Name the operation to run in operationName.")
            if only_query and operation.operation is not OperationType.QUERY:
                raise RequestError("METHOD_NOT_ALLOWED", "A GET request runs queries only.")
            cost = self._check_limits(document, operation, request.variables)
        except RequestError as error:
            return refuse(error.code, str(error.message))
        except _Invalid as error:
            return Answer({"errors": error.errors}, refused=True, code=error.code)
        with translation.override(context.language if context.language in dict(settings.LANGUAGES) else "vi"):
            return self._execute(document, request, context, cost)

    def _query_text(self, request: Request) -> str:
        persisted = request.extensions.get("persistedQuery")
        if persisted is None:
            if not request.query:
                raise RequestError("BAD_USER_INPUT", "The request has no query.")
            return request.query
        digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        if not isinstance(digest, str):
            raise RequestError("BAD_USER_INPUT", "extensions.persistedQuery needs a sha256Hash.")
        if request.query:
            if hashlib.sha256(request.query.encode()).hexdigest() != digest:
                raise RequestError("BAD_USER_INPUT", "The hash of the persisted query does not fit its text.")
            # Only what parses and validates is worth remembering.
            self._document(request.query)
            self.persisted.put(digest, request.query)
            return request.query
        known: str | None = self.persisted.get(digest)
        if known is None:
            raise RequestError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
        return known

    def _document(self, query: str) -> DocumentNode:
        """Parses and validates once; what was refused is remembered too, so that asking again costs nothing."""
        key = hashlib.sha256(query.encode()).hexdigest()
        known: DocumentNode | _Invalid | RequestError | None = self.documents.get(key)
        if known is None:
            try:
                known = self._parse(query)
            except (_Invalid, RequestError) as error:
                known = error
            self.documents.put(key, known)
        if isinstance(known, DocumentNode):
            return known
        raise known

    def _parse(self, query: str) -> DocumentNode:
        if "\0" in query or _ESCAPED_NUL.search(query):
            raise RequestError("BAD_USER_INPUT", "The query holds characters that are no text.")
        try:
            document = parse(query, max_tokens=settings.GRAPHQL_MAX_TOKENS)
        except GraphQLError as error:
            raise _Invalid("GRAPHQL_PARSE_FAILED", [error]) from None
        except RecursionError:
            raise RequestError("GRAPHQL_PARSE_FAILED", "The query is nested too deeply.") from None
        check_breadth(document)
        rules = [*specified_rules]
        if not settings.GRAPHQL_INTROSPECTION:
            rules.append(NoSchemaIntrospectionCustomRule)
        errors = validate(self.schema, document, rules, max_errors=MAX_VALIDATION_ERRORS)
        if errors:
            raise _Invalid("GRAPHQL_VALIDATION_FAILED", errors)
        return document

    def _check_limits(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any]
    ) -> int:
        limit = settings.GRAPHQL_MAX_COST
        measure = measure_operation(self.schema, document, operation, variables)
        if measure.depth > settings.GRAPHQL_MAX_DEPTH and not _is_introspection(operation):
            raise RequestError(
                "COST_EXCEEDED",
                f"The query is {measure.depth} levels deep; {settings.GRAPHQL_MAX_DEPTH} are allowed.",
            )
        if measure.aliases > settings.GRAPHQL_MAX_ALIASES:
            raise RequestError(
                "COST_EXCEEDED",
                f"The query has {measure.aliases} aliases; {settings.GRAPHQL_MAX_ALIASES} are allowed.",
            )
        if measure.cost > limit:
            raise RequestError(
                "COST_EXCEEDED",
                f"The query would cost more than {limit} points. Ask for fewer rows, or in several requests.",
            )
        return measure.cost

    def _execute(self, document: DocumentNode, request: Request, context: Context, cost: int) -> Answer:
        result = execute(
            self.schema,
            document,
            context_value=context,
            variable_values=request.variables,
            operation_name=request.operation_name,
            # The schema is sync, so nothing needs to be looked at twice.
            is_awaitable=lambda _value: False,
        )
        errors = [self._format(error) for error in result.errors or []]  # type: ignore[union-attr]
        if result.data is None and errors and all("path" not in error for error in errors):  # type: ignore[union-attr]
            return Answer({"errors": errors}, refused=True, code=errors[0]["extensions"]["code"])
        body: dict[str, Any] = {"data": result.data}  # type: ignore[union-attr]
        if errors:
            body = {"errors": errors, **body}
        body["extensions"] = {"cost": {"requested": cost, "limit": settings.GRAPHQL_MAX_COST}}
        return Answer(body)

    def _format(self, error: GraphQLError) -> Formatted:
        formatted: Formatted = dict(error.formatted)
        cause = error.original_error
        while isinstance(cause, GraphQLError):
            cause = cause.original_error
        code = (error.extensions or {}).get("code")
        if isinstance(cause, RequestError):
            formatted["message"] = str(cause.message)
            code = cause.code
        elif isinstance(cause, DomainError):
            formatted["message"] = str(cause.problems[0].message)
            code = cause.problems[0].code.value
            if code not in {"NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED", "RATE_LIMITED"}:
                code = "BAD_USER_INPUT"
        elif isinstance(cause, OperationalError) and isinstance(cause.__cause__, QueryCanceled):
            formatted["message"] = "The answer took too long. Ask for less, or try again."
            code = "TIMEOUT"
        elif cause is not None:
            log.error("resolver_failed", path=error.path, exc_info=cause)
            formatted["message"] = (
                "Something went wrong on our side. Nothing you sent is lost; please try again."
            )
            code = "INTERNAL"
        formatted["extensions"] = {"code": code or "BAD_USER_INPUT"}
        return formatted


class _Invalid(Exception):
    def __init__(self, code: str, errors: list[GraphQLError]) -> None:
        self.code = code
        self.errors: list[Formatted] = [{**error.formatted, "extensions": {"code": code}} for error in errors]
        super().__init__(code)


def refuse(code: str, message: str) -> Answer:
    """An answer to a request that did not run."""
    return Answer({"errors": [{"message": message, "extensions": {"code": code}}]}, refused=True, code=code)


def _is_introspection(operation: OperationDefinitionNode) -> bool:
    return all(
        isinstance(selection, FieldNode) and selection.name.value.startswith("__")
        for selection in operation.selection_set.selections
    )
