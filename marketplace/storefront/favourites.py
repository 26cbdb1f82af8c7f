"""What a person keeps to find it again."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.pages import SignInNeeded, clean
from marketplace.storefront.client import mutate, run


@never_cache
@require_safe
def favourites(request: HttpRequest) -> HttpResponse:
    after = clean(request.GET.get("after"), 1500) or None
    try:
        found = run(request, "favourites", after=after)["viewer"]["favourites"]
    except SignInNeeded:
        return redirect_to_login(request.get_full_path())
    return render(request, "storefront/favourites.html", {"found": found, "further": after is not None})


@require_POST
def favourite(request: HttpRequest, slug: str) -> HttpResponse:
    """Keeps a thing, or keeps it no longer; who has not signed in comes back to it."""
    page = reverse("storefront:product", args=[slug])
    product = run(request, "product", slug=slug)["product"]
    if product is None:
        raise Http404
    keep = request.POST.get("keep") == "1"
    try:
        payload = mutate(request, "favourite_set", id=product["id"], favourite=keep)
    except SignInNeeded:
        return redirect_to_login(page)
    for error in payload["userErrors"]:
        messages.error(request, error["message"])
    if not payload["userErrors"]:
        messages.success(
            request, _("Kept. You find it under “Kept things”.") if keep else _("No longer kept.")
        )
    return redirect(page)
