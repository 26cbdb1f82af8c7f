"""Photos of a listing: taken in, put first, described, taken away."""

import uuid
from typing import Any

from django.http import HttpRequest

from marketplace.core.ids import to_global_id
from marketplace.desk.client import mutate
from marketplace.pages import Data, clean


def _messages(payload: Data) -> list[str]:
    return [problem["message"] for problem in payload["userErrors"]]


def photo_take(request: HttpRequest, key: uuid.UUID, photo: Any) -> list[str]:
    """Adds a photo to a listing. Returns what was refused, in words."""
    payload = mutate(request, "image_add", product=to_global_id("Product", key), file=photo)
    return [f"{photo.name}: {message}" for message in _messages(payload)]


def photos_of(product: Data) -> list[Data]:
    """The photos as the seller left them: those that wait for the officer before those that are shown."""
    waiting = product["pendingRevision"]
    return waiting["images"] if waiting else product["images"]  # type: ignore[no-any-return]


def photo_act(request: HttpRequest, product: Data) -> list[str] | None:
    """Does what a photo's button asks for. None where none was pressed; else what was refused."""
    gone, first = clean(request.POST.get("photo_remove"), 200), clean(request.POST.get("photo_first"), 200)
    if gone:
        return _messages(mutate(request, "image_remove", id=gone))
    if first:
        others = [photo["id"] for photo in photos_of(product) if photo["id"] != first]
        return _messages(mutate(request, "images_reorder", product=product["id"], images=[first, *others]))
    return None


def photo_words(request: HttpRequest, product: Data) -> tuple[list[str], int]:
    """Keeps the words of photos whose words have changed. Gives what was refused, and the revision since (0: none)."""
    refused: list[str] = []
    revision = 0
    for photo in photos_of(product):
        words = request.POST.get(f"alt-{photo['id']}")
        if words is not None and clean(words, 400).strip() != photo["alt"]:
            payload = mutate(request, "image_update", id=photo["id"], alt=clean(words, 400).strip())
            refused += _messages(payload)
            revision = max(revision, (payload.get("product") or {}).get("revision", 0))
    return refused, revision
