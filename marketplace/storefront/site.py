"""What every page stands on: language, text size, pictures, and the pages for when something went wrong."""

from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST, require_safe

from marketplace.core.middleware import LANGUAGE_COOKIE
from marketplace.storefront.context import TEXT_COOKIE

YEAR_SECONDS = 365 * 24 * 3600
MEDIA_TYPES = {
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "avif": "image/avif",
    "png": "image/png",
}


def _back(request: HttpRequest) -> str:
    """Where a switch was pressed, if that is a page of ours."""
    target = request.POST.get("next", "")
    allowed = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=allowed, require_https=request.is_secure())
    # A control character has no place in a header.
    return target if safe and target.isprintable() else "/"


def _keep(request: HttpRequest, name: str, value: str) -> HttpResponse:
    response = redirect(_back(request))
    if value:
        response.set_cookie(
            name,
            value,
            max_age=YEAR_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(name, samesite="Lax")
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    return _keep(request, LANGUAGE_COOKIE, chosen if chosen in dict(settings.LANGUAGES) else "vi")


@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    return _keep(request, TEXT_COOKIE, "large" if request.POST.get("size") == "large" else "")


@require_safe
@cache_control(public=True, max_age=YEAR_SECONDS, immutable=True)
def media(request: HttpRequest, path: str) -> HttpResponse | FileResponse:
    """Public pictures. Their names never change their content, so a browser may keep them for good."""
    kind = MEDIA_TYPES.get(path.rpartition(".")[2].lower())
    if kind is None or not path.isprintable():
        raise Http404
    try:
        # The storage refuses paths that lead out of it.
        file = storages["public"].open(path)
    except (SuspiciousFileOperation, OSError, ValueError):
        raise Http404 from None
    return FileResponse(file, content_type=kind)


@require_safe
@cache_control(public=True, max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """Baskets, orders and accounts are nobody's search result."""
    closed = (
        "/gio-hang",
        "/dat-hang",
        "/thanh-toan/",
        "/don-hang",
        "/xac-nhan-don-hang/",
        "/bao-cao/",
        "/accounts/",
        "/tai-khoan/",
        "/thu-nghiem/",
        "/desk",
        "/giay-to/",
        "/anh-rieng/",
        "/admin/",
    )
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    if settings.SAMPLE_INSTALLATION:
        # Invented goods do not belong into search engines.
        lines = ["User-agent: *", "Disallow: /"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "storefront/400.html", status=400)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "storefront/403.html", status=403)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "storefront/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database: it may be what failed."""
    context: dict[str, Any] = {"site_name": settings.SITE_NAME}
    return HttpResponse(render_to_string("storefront/500.html", context), status=500)
