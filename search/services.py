"""Keeping search true: the outbox, its drain, and rebuilding.

Versions are search's own counter per product, raised in the transaction that reads the product: so the order of
reading is the order of versions, and an older write never overwrites a newer one.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Product
from search import elastic, lexicon
from search.documents import build
from search.engine import EngineDown
from search.models import IndexState, SearchDocument, SearchIndex, SearchOutbox, SearchPoison, Term
from search.postgres import write_documents

log = structlog.get_logger(__name__)
DRAIN_ROWS = 2_000
BATCH = 500
MAX_TERM = 80


def outbox_add(product_ids: Iterable[uuid.UUID]) -> None:
    """Notes that products have changed and defers the drain. Runs inside the caller's transaction."""
    from search.jobs import drain_outbox

    SearchOutbox.objects.bulk_create([SearchOutbox(product_id=key) for key in product_ids], batch_size=1_000)
    drain_outbox.defer()


@transaction.atomic(durable=True)
def drain(*, limit: int = DRAIN_ROWS) -> int:
    """Indexes what waits in the outbox. Returns how many rows were taken; 0 where there is nothing to do.

    With Elasticsearch away the rows stay, and the database's own texts are brought up to date all the same.
    """
    rows = list(SearchOutbox.objects.select_for_update(skip_locked=True).order_by("id")[:limit])
    if not rows:
        return 0
    products = sorted({row.product_id for row in rows})
    targets = _write_targets()
    try:
        failed = set(_index(products, targets))
    except EngineDown as error:
        log.warning("drain_engine_away", error=str(error), waiting=len(rows))
        return 0
    done = [row.pk for row in rows if row.product_id not in failed]
    SearchOutbox.objects.filter(pk__in=done).delete()
    return len(done)


def _write_targets() -> list[str]:
    if not settings.ELASTICSEARCH_URL:
        return []
    live = SearchIndex.objects.filter(state__in=[IndexState.LIVE, IndexState.BUILDING])
    return list(live.order_by("created_at").values_list("name", flat=True))


def _index(products: Sequence[uuid.UUID], targets: Sequence[str]) -> list[uuid.UUID]:
    """Raises versions, reads, writes both engines. Products that Elasticsearch wants to be sent again."""
    versions = _raise_versions(products)
    documents = build(products)
    write_documents(document for document in documents.values() if document is not None)
    gone = [key for key, document in documents.items() if document is None]
    SearchDocument.objects.filter(pk__in=gone).update(gone=True, vector=None, name_vector=None)
    if settings.ELASTICSEARCH_URL and not targets:
        raise EngineDown("no index has been built yet: run manage.py search_reindex")
    written = elastic.bulk_write(
        targets,
        [
            (
                key,
                versions[key],
                elastic.source_of(document) if document else {"visible": False, "key": str(key)},
            )
            for key, document in documents.items()
        ],
    )
    _set_aside(written.poison, versions)
    return written.retry


def _raise_versions(products: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Increments the counter of each product, in key order, and gives the new values."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO search_document (product_id, version, gone, updated_at)
            SELECT key, 1, true, now() FROM unnest(%s::uuid[]) AS key ORDER BY key
            ON CONFLICT (product_id) DO UPDATE SET version = search_document.version + 1
            RETURNING product_id, version
            """,
            [list(products)],
        )
        return dict(cursor.fetchall())


def _set_aside(poison: dict[uuid.UUID, str], versions: dict[uuid.UUID, int]) -> None:
    for key, error in poison.items():
        log.error("search_document_refused", product=str(key), error=error)
        SearchPoison.objects.update_or_create(
            product_id=key, defaults={"version": versions[key], "error": error}
        )
    SearchPoison.objects.filter(product_id__in=versions.keys() - poison.keys()).delete()


def reindex() -> Iterator[tuple[int, int]]:
    """Builds everything anew beside what serves now, then swaps. Yields (done, total) as it goes.

    Changes made meanwhile go to both indexes; versions keep the newer one. Raises EngineDown.
    """
    name = None
    if settings.ELASTICSEARCH_URL:
        name = f"{elastic.alias()}-{timezone.now():%Y%m%d%H%M%S}-{uuid.uuid4().hex[:6]}"
        elastic.create_index(name)
        for stale in SearchIndex.objects.filter(state=IndexState.BUILDING):
            elastic.delete_index(stale.name)
            stale.delete()
        SearchIndex.objects.create(name=name, state=IndexState.BUILDING)
    total, done = Product.objects.count(), 0
    yield done, total
    last: uuid.UUID | None = None
    while True:
        batch = Product.objects.order_by("pk")
        if last is not None:
            batch = batch.filter(pk__gt=last)
        keys = list(batch.values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        with transaction.atomic():
            failed = _index(keys, [name] if name else [])
            SearchOutbox.objects.bulk_create([SearchOutbox(product_id=key) for key in failed])
        last, done = keys[-1], done + len(keys)
        yield done, total
    if name:
        elastic.refresh(name)
        elastic.point_alias(name)
        with transaction.atomic():
            SearchIndex.objects.filter(state=IndexState.OLD).delete()
            SearchIndex.objects.filter(state=IndexState.LIVE).update(state=IndexState.OLD)
            SearchIndex.objects.filter(name=name).update(state=IndexState.LIVE)
        _delete_unknown_indices()
    vocabulary_rebuild()


@transaction.atomic(durable=True)
def vocabulary_rebuild() -> int:
    """Counts the words of what is for sale anew. Returns how many it knows."""
    rows = SearchDocument.objects.filter(gone=False).values_list("name", "context", "attributes")
    products = 0

    def counted() -> Iterator[tuple[str, ...]]:
        nonlocal products
        for row in rows.iterator(chunk_size=2_000):
            products += 1
            yield row

    terms = lexicon.count_words(counted())
    Term.objects.all().delete()
    # The row without a text tells processes that there is something new.
    Term.objects.create(text="", written=timezone.now().isoformat(), count=products)
    Term.objects.bulk_create(
        (
            Term(text=text, written=written, count=count)
            for text, (written, count) in terms.items()
            if len(text) <= MAX_TERM and len(written) <= MAX_TERM
        ),
        batch_size=2_000,
    )
    lexicon.forget()
    return len(terms)


def _delete_unknown_indices() -> None:
    """The index before this one is kept until the next rebuild; older ones go."""
    known = set(SearchIndex.objects.values_list("name", flat=True))
    found = elastic.client(elastic.BULK_TIMEOUT).indices.get(index=f"{elastic.alias()}-*", features="aliases")
    for index in found:
        if index not in known:
            elastic.delete_index(index)
