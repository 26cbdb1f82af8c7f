"""Addresses of the old portal: whoever follows one gets to the new page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import reverse

from catalog.portal import legacy_address
from catalog.queries import APPLYING, legacy_target


class LegacyAddressMiddleware:
    """Asked only where we have no page: one statement on a 404, none on anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        ours = request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL))
        if response.status_code != 404 or ours or request.method not in {"GET", "HEAD"}:
            return response
        address = legacy_address(request.get_full_path())
        page = legacy_target(address) if address else None
        if page is None:
            return response
        if page.seller.state in APPLYING:
            # Its page comes back when an officer has verified the workshop; the neighbours are there meanwhile.
            village = page.seller.village
            return HttpResponseRedirect(
                reverse("storefront:village", args=[village.slug])
                if village
                else reverse("storefront:villages")
            )
        return HttpResponsePermanentRedirect(reverse("storefront:seller", args=[page.seller.slug]))
