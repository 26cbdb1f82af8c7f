"""What every page's template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

TEXT_COOKIE = "text"


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name and the reader's own settings. No statement: the count of things is kept in the session."""
    session = getattr(request, "session", None)
    return {
        "site_name": settings.SITE_NAME,
        "sample_installation": settings.SAMPLE_INSTALLATION,
        "large_text": request.COOKIES.get(TEXT_COOKIE) == "large",
        "cart_count": session.get("cart_count", 0) if session is not None else 0,
        "page_path": request.get_full_path() if request.method in {"GET", "HEAD"} else request.path,
    }
