"""Who is asking: a bearer token (OAuth), an allauth session token, or a cookie that cannot be forged."""

import hashlib
from typing import Any

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from oauth2_provider.models import get_access_token_model

from marketplace.core.actor import Actor
from marketplace.core.errors import RequestError
from marketplace.core.graphql.context import Context
from marketplace.core.middleware import accepted_language, client_ip


def _bad_token() -> RequestError:
    return RequestError("UNAUTHENTICATED", "The token is unknown or has expired. Ask for a new one.")


def actor_from_cookie(request: HttpRequest) -> Actor:
    """The signed-in person of a page (its forms carry CSRF tokens checked by Django)."""
    user: Any = getattr(request, "user", AnonymousUser())
    if not user.is_authenticated:
        return Actor(ip=client_ip(request))
    # Django hands out a lazy wrapper; the schema tells types by the row's own class.
    return Actor(user=getattr(user, "_wrapped", user), ip=client_ip(request))


def context_of(request: HttpRequest) -> Context:
    """The context of a GraphQL request. Raises RequestError UNAUTHENTICATED for a bad token.

    The language is the header's: the cookie is a choice made on our pages, which answer for themselves.
    """
    return Context(actor=_actor(request), language=accepted_language(request), request=request)


def _actor(request: HttpRequest) -> Actor:
    ip = client_ip(request)
    authorization = request.META.get("HTTP_AUTHORIZATION", "")
    if authorization:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise _bad_token()
        return _actor_from_bearer(token.strip(), ip)
    session_token = request.META.get("HTTP_X_SESSION_TOKEN", "")
    if session_token:
        found = authenticate_by_x_session_token(session_token)
        # Said here as well as in the backend: whoever was locked out must not stay in by an older token.
        if not found or not found[0].is_authenticated or not found[0].is_active:
            raise _bad_token()
        return Actor(user=found[0], ip=ip)
    if _cookie_counts(request):
        return actor_from_cookie(request)
    return Actor(ip=ip)


def _actor_from_bearer(token: str, ip: str) -> Actor:
    model: Any = get_access_token_model()
    row = (
        model.objects.select_related("application")
        .filter(token_checksum=hashlib.sha256(token.encode()).hexdigest())
        .first()
    )
    if row is None or row.is_expired() or row.application is None:
        raise _bad_token()
    # Never as `row.user`: what a person may do is decided by roles, which know nothing of scopes, so that an app
    # with any token of a person would have all their rights. Tokens are given to apps alone today
    # (client credentials); a grant for people needs rules that ask for both.
    return Actor(app=row.application, scopes=frozenset(row.scope.split()), ip=ip)


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(reason, status=403)


def _cookie_counts(request: HttpRequest) -> bool:
    """Whether the session cookie proves intent: a header that another site cannot send, or a CSRF token.

    A cross-site form or image sends the cookie too; such a request runs as nobody.
    """
    if request.META.get("HTTP_X_REQUESTED_WITH"):
        return True
    if request.method != "POST":
        return False
    checker = _Csrf(lambda _request: HttpResponse())
    checker.process_request(request)
    return checker.process_view(request, lambda _request: HttpResponse(), (), {}) is None
