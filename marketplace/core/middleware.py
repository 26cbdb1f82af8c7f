"""Middleware: one log line a request, the reader's language, a content security policy."""

import re
import secrets
import time
from collections.abc import Callable, Container
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.files.storage import storages
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

log = structlog.get_logger("request")
GetResponse = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "language"
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def client_ip(request: HttpRequest) -> str:
    """The address of the caller: behind TRUSTED_PROXY_COUNT proxies, the one that the outermost of them saw."""
    count = settings.TRUSTED_PROXY_COUNT
    hops = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if count and len(hops) >= count:
        return str(hops[-count])
    return str(request.META.get("REMOTE_ADDR") or "")


class RequestLogMiddleware:
    """Logs method, path, status and milliseconds: no query string, no body, no personal data."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request.request_id = secrets.token_hex(8)  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            structlog.contextvars.unbind_contextvars("request_id")
        if not request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL, "/healthz", "/readyz")):
            # A view may name its route when the path itself holds a secret (an order's link).
            match = request.resolver_match
            log.info(
                "request",
                method=request.method,
                route=f"/{match.route}" if match else "-",
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000),
            )
        return response


class LanguageMiddleware:
    """The language of the page: the reader's choice (a cookie), then Accept-Language, then Vietnamese."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        language = chosen if chosen in known else preferred_language(request, known)
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        # An answer of the API has a language of its own, or several.
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", language)
        if not request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def accepted_language(request: HttpRequest) -> str:
    """The language of an API answer: the first that Accept-Language names, without its region, else Vietnamese.

    Whether a row has this language is not asked here: what is not translated falls back to Vietnamese by itself.
    """
    for tag, quality in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        if tag == "*":
            break
        base = tag.split("-")[0]
        if quality > 0 and _LANGUAGE.fullmatch(base):
            return str(base)
    return "vi"


def preferred_language(request: HttpRequest, known: Container[str]) -> str:
    """The first language of Accept-Language that we have, else Vietnamese."""
    accepted = parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
    for tag, _quality in accepted:
        base = tag.split("-")[0].lower()
        if base in known:
            return str(base)
    return "vi"


def _pictures_elsewhere() -> str:
    """Where public pictures come from, with a space before it; empty where they are served from here."""
    parts = urlsplit(storages["public"].url("r"))
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""


class ContentSecurityPolicyMiddleware:
    """Only our own files may run; a page that needs more (Stripe's script) asks for it by `response.csp_extra`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Content-Security-Policy" in response.headers or not response.get("Content-Type", "").startswith(
            "text/html"
        ):
            return response
        extra: dict[str, str] = getattr(response, "csp_extra", {})
        # Unfold's admin works through Alpine.js, which evaluates expressions and styles in the page.
        admin = request.path.startswith("/admin")
        policy = {
            "default-src": "'self'",
            "script-src": "'self'" + (" 'unsafe-eval' 'unsafe-inline'" if admin else ""),
            "style-src": "'self' 'unsafe-inline'",
            "img-src": f"'self' data:{_pictures_elsewhere()}",
            "connect-src": "'self'",
            "frame-src": "'none'",
            "object-src": "'none'",
            "base-uri": "'self'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        }
        for directive, source in extra.items():
            policy[directive] = f"{policy.get(directive, '')} {source}".replace("'none' ", "")
        response.headers["Content-Security-Policy"] = "; ".join(f"{k} {v}" for k, v in policy.items())
        return response
