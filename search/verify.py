"""Whether search shows what the catalogue says: both engines' documents against what they would be now."""

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from catalog.models import Product
from search import elastic
from search.documents import Document, build
from search.models import SearchDocument, SearchOutbox
from search.services import shelf_products

BATCH = 500
# What a change needs from its transaction to the index, when nothing is in the way.
PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class Difference:
    """A product that an engine shows otherwise than the catalogue has it."""

    product_id: uuid.UUID
    engine: str
    what: str


def differences() -> Iterator[Difference]:
    """Every difference, once, in the order of products. What waits in the outbox is none. Raises EngineDown.

    What changes while it is looked at is looked at again before it is told.
    """
    last: uuid.UUID | None = None
    while True:
        products = Product.objects.order_by("pk")
        keys = list((products.filter(pk__gt=last) if last else products).values_list("pk", flat=True)[:BATCH])
        # Behind the last product there may still be documents of products that are no more.
        until = keys[-1] if len(keys) == BATCH else None
        suspects = _compare(last, until, keys)
        if suspects:
            if settings.ELASTICSEARCH_URL:
                elastic.refresh(elastic.alias())
            else:
                time.sleep(0.05)
            yield from _settled(last, until, suspects)
        if until is None:
            return
        last = until


def _settled(
    after: uuid.UUID | None, until: uuid.UUID | None, suspects: Sequence[Difference]
) -> Iterator[Difference]:
    """Those that are still there when what waited has been written."""
    end = time.monotonic() + PATIENCE
    found = list(suspects)
    while found:
        wanted = {item.product_id for item in found}
        found = [item for item in _compare(after, until, sorted(wanted)) if item.product_id in wanted]
        if time.monotonic() > end:
            break
        time.sleep(0.2)
    yield from found


def _compare(after: uuid.UUID | None, until: uuid.UUID | None, keys: Sequence[uuid.UUID]) -> list[Difference]:
    rows = SearchOutbox.objects.filter(shelf="")
    rows = rows.filter(product_id__gt=after) if after else rows
    rows = rows.filter(product_id__lte=until) if until else rows
    waiting = set(rows.values_list("product_id", flat=True))
    for kind, key in SearchOutbox.objects.exclude(shelf="").values_list("shelf", "shelf_id").distinct():
        waiting |= set(shelf_products(kind, key).filter(pk__in=keys).values_list("pk", flat=True))
    documents = build(keys)
    found = _in_database(documents, after, until)
    if settings.ELASTICSEARCH_URL:
        found += _in_elasticsearch(documents, after, until)
    return sorted(
        (item for item in found if item.product_id not in waiting),
        key=lambda item: (item.product_id, item.engine),
    )


def _in_database(
    documents: dict[uuid.UUID, Document | None], after: uuid.UUID | None, until: uuid.UUID | None
) -> list[Difference]:
    rows = SearchDocument.objects.all()
    rows = rows.filter(pk__gt=after) if after else rows
    rows = rows.filter(pk__lte=until) if until else rows
    stored = {key: (gone, digest) for key, gone, digest in rows.values_list("pk", "gone", "digest")}
    found = []
    for key, document in documents.items():
        if document is None:
            continue
        gone, digest = stored.get(key, (True, ""))
        if gone and not digest and document.visible:
            found.append(Difference(key, "postgresql", "missing"))
        elif digest != document.digest or gone == document.visible:
            found.append(Difference(key, "postgresql", "not up to date"))
    orphans = [key for key, (gone, _digest) in stored.items() if not gone and documents.get(key) is None]
    there = set(Product.objects.filter(pk__in=orphans).values_list("pk", flat=True))
    return found + [Difference(key, "postgresql", "of no product") for key in orphans if key not in there]


def _in_elasticsearch(
    documents: dict[uuid.UUID, Document | None], after: uuid.UUID | None, until: uuid.UUID | None
) -> list[Difference]:
    stored = elastic.sources(after, until)
    found = []
    for key, document in documents.items():
        if document is None:
            continue
        there, wanted = stored.get(key), _kept(elastic.source_of(key, document))
        if there is None:
            # What is not shown need not be there.
            if document.visible:
                found.append(Difference(key, "elasticsearch", "missing"))
        elif _kept(there) != wanted:
            kept = _kept(there)
            names = sorted(name for name in wanted.keys() | kept.keys() if kept.get(name) != wanted.get(name))
            found.append(Difference(key, "elasticsearch", f"not up to date: {', '.join(names)}"))
    orphans = [key for key, source in stored.items() if source.get("visible") and documents.get(key) is None]
    known = set(Product.objects.filter(pk__in=orphans).values_list("pk", flat=True))
    return found + [Difference(key, "elasticsearch", "of no product") for key in orphans if key not in known]


def _kept(source: dict[str, Any]) -> dict[str, Any]:
    """What is stored of a source, without what a day alone changes."""
    return {name: value for name, value in source.items() if name not in {*elastic.DERIVED, "prior"}}
