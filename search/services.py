"""Keeping search true: the outbox, its drain, and rebuilding.

Versions are search's own counter per product, raised in the transaction that reads the product: so the order of
reading is the order of versions, and an older write never overwrites a newer one.
"""

import datetime as dt
import gc
import uuid
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DBError
from django.db import connection, transaction
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from catalog.models import Product
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.clock import today
from marketplace.core.errors import ErrorCode, Problem, not_found, raise_problems
from marketplace.core.locks import lock_name, lock_rows, only_one
from search import elastic, lexicon
from search.documents import Document, build
from search.engine import EngineDown, Hit
from search.measures import measures
from search.models import (
    Asked,
    IndexState,
    PopularQuery,
    SearchDocument,
    SearchIndex,
    SearchOutbox,
    SearchPoison,
    Synonym,
    Term,
)
from search.postgres import insert_documents, write_documents
from search.queries import Answered
from search.reading import Group, Reading
from search.text import fold_token, normalise, syllables

log = structlog.get_logger(__name__)
DRAIN_ROWS = 2_000
BATCH = 1_000
MAX_TERM = 80
MAX_SYNONYM, LEAST_WEIGHT = 80, 0.1
MAX_POPULAR = 10_000
LOOKED_AT = 3
# Where Elasticsearch refuses more than one of so many documents, a build is not taken into use.
MOST_REFUSED = 10


def outbox_add(product_ids: Iterable[uuid.UUID]) -> None:
    """Notes that products have changed and defers the drain. Runs inside the caller's transaction."""
    SearchOutbox.objects.bulk_create([SearchOutbox(product_id=key) for key in product_ids], batch_size=1_000)
    _defer_drain()


def outbox_add_shelf(kind: str, key: uuid.UUID) -> None:
    """The same for all products of a seller, village, commune or craft. Runs inside the caller's transaction."""
    SearchOutbox.objects.create(shelf=kind, shelf_id=key)
    _defer_drain()


def _defer_drain() -> None:
    from search.jobs import drain_outbox

    drain_outbox.defer()


def shelf_products(kind: str, key: uuid.UUID | None) -> QuerySet[Product]:
    """The products of a seller, village, commune or craft: of a commune also what is made in a village of it."""
    if kind != "commune":
        return Product.objects.filter(**{kind: key})
    return Product.objects.filter(Q(seller__commune=key) | Q(village__commune=key))


@dataclass(frozen=True, slots=True)
class Drained:
    """How many rows came further; `away`: Elasticsearch did not take them, so they stay for it."""

    rows: int
    away: bool = False


@transaction.atomic(durable=True)
def drain(*, limit: int = DRAIN_ROWS, away: bool = False) -> Drained:
    """Indexes what waits in the outbox, what is new first; nothing more can be done where no row came further.

    With Elasticsearch away the rows stay, and the database's own documents are brought up to date all the same; `away`
    does only that. So do rows that it does not take, behind all others.
    """
    if spread := _spread_shelves():
        return Drained(spread)
    if settings.ELASTICSEARCH_URL and not away:
        try:
            _check_engine()
        except EngineDown as error:
            log.warning("drain_engine_away", error=str(error))
            away = True
    waiting = SearchOutbox.objects.filter(stored=False) if away else SearchOutbox.objects.all()
    rows = list(waiting.filter(shelf="").select_for_update(skip_locked=True).order_by("stored", "id")[:limit])
    if not rows:
        return Drained(0, away)
    versions, documents = _read(sorted({row.product_id for row in rows if row.product_id}))
    left: set[uuid.UUID] = set()
    if away:
        left = set(documents)
    elif settings.ELASTICSEARCH_URL:
        try:
            left = set(_send(versions, documents))
        except EngineDown as error:
            log.warning("drain_engine_away", error=str(error), waiting=len(rows))
            left, away = set(documents), True
    stay = [row for row in rows if row.product_id in left]
    SearchOutbox.objects.filter(pk__in=[row.pk for row in stay]).update(stored=True)
    SearchOutbox.objects.filter(pk__in={row.pk for row in rows} - {row.pk for row in stay}).delete()
    return Drained(len(rows) - sum(row.stored for row in stay), away)


def _spread_shelves() -> int:
    """Puts the products of changed shelves into the outbox, each shelf in one statement. Returns how many shelves."""
    rows = list(
        SearchOutbox.objects.exclude(shelf="").select_for_update(skip_locked=True).order_by("id")[:10]
    )
    with connection.cursor() as cursor:
        for row in rows:
            products = shelf_products(row.shelf, row.shelf_id).order_by("pk").values_list("pk", Now())
            sql, values = products.query.sql_with_params()
            cursor.execute(f"INSERT INTO search_outbox (product_id, created_at) {sql}", values)
    SearchOutbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _check_engine() -> None:
    """Raises EngineDown where Elasticsearch takes no changes."""
    _write_targets()
    if not elastic.answers():
        raise EngineDown("no answer")


def _write_targets() -> list[str]:
    """The indexes that take changes. Raises EngineDown where none is of the form of today.

    To be read with the documents' rows locked: a build that is not among them has yet to read those rows, and waits;
    one that has read them already is among them.
    """
    live = _indexes_of_today().filter(state__in=[IndexState.LIVE, IndexState.BUILDING])
    names = list(live.order_by("created_at").values_list("name", flat=True))
    if not names:
        raise EngineDown("no index has been built yet: run manage.py search_reindex")
    return names


def _indexes_of_today() -> QuerySet[SearchIndex]:
    return SearchIndex.objects.filter(name__startswith=f"{elastic.alias()}-")


def _read(
    products: Sequence[uuid.UUID],
) -> tuple[dict[uuid.UUID, int], dict[uuid.UUID, Document | None]]:
    """Raises versions, then reads, then writes the database's documents that are other than before."""
    versions, digests = _raise_versions(products)
    documents = build(products)
    write_documents(
        document
        for key, document in documents.items()
        if document is not None and document.digest != digests[key]
    )
    gone = [key for key, document in documents.items() if document is None]
    if gone:
        SearchDocument.objects.filter(pk__in=gone).update(
            gone=True, vector=None, name_vector=None, short_vector=None, digest=""
        )
    return versions, documents


def _send(versions: dict[uuid.UUID, int], documents: dict[uuid.UUID, Document | None]) -> list[uuid.UUID]:
    """Writes to Elasticsearch. Products that it wants to be sent again. Raises EngineDown."""
    written = elastic.bulk_write(_write_targets(), _sources(versions, documents))
    _set_aside(written.poison, versions)
    return written.retry


def _sources(
    versions: dict[uuid.UUID, int], documents: dict[uuid.UUID, Document | None]
) -> list[tuple[uuid.UUID, int, dict[str, Any]]]:
    return [(key, versions[key], elastic.source_of(key, document)) for key, document in documents.items()]


def _raise_versions(products: Sequence[uuid.UUID]) -> tuple[dict[uuid.UUID, int], dict[uuid.UUID, str]]:
    """Increments the counter of each product, in key order. Gives the new values, and what the documents were."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO search_document (product_id, version, gone, updated_at)
            SELECT key, 1, true, now() FROM unnest(%s::uuid[]) AS key ORDER BY key
            ON CONFLICT (product_id) DO UPDATE SET version = search_document.version + 1
            RETURNING product_id, version, digest
            """,
            [list(products)],
        )
        rows = cursor.fetchall()
    return {key: version for key, version, _digest in rows}, {key: digest for key, _version, digest in rows}


def _set_aside(poison: dict[uuid.UUID, str], versions: dict[uuid.UUID, int]) -> None:
    for key, error in poison.items():
        log.error("search_document_refused", product=str(key), error=error)
        SearchPoison.objects.update_or_create(product_id=key, defaults={"error": error})
    SearchPoison.objects.filter(product_id__in=versions.keys() - poison.keys()).delete()


# --- Building anew ------------------------------------------------------------------------------------------------


class BuildRefused(Exception):
    """The index is not built; what serves goes on serving."""


def reindex(*, anew: bool = False) -> Iterator[tuple[int, int]]:
    """Builds everything beside what serves now, then swaps. Yields (done, total) as it goes.

    A build that was killed goes on where it was, unless `anew`. Changes made meanwhile go to both indexes; versions
    keep the newer one. The index before is kept until the next build. Raises EngineDown, BuildRefused.
    """
    with only_one("search.reindex") as ours:
        if not ours:
            raise BuildRefused("another build is at work")
        with _seldom_collecting():
            yield from _reindex(anew)


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Python looks for cycles each 700 new objects; a build makes millions, nearly all of them in none."""
    before = gc.get_threshold()
    gc.set_threshold(20_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _reindex(anew: bool) -> Iterator[tuple[int, int]]:
    index = _begin_build(anew) if settings.ELASTICSEARCH_URL else None
    total = Product.objects.count()
    last = index.position if index else None
    done = Product.objects.filter(pk__lte=last).count() if last else 0
    yield done, total
    # One batch is read while the one before it is written.
    with ThreadPoolExecutor(max_workers=1) as writer:
        before: tuple[uuid.UUID, Future[elastic.Written] | None, dict[uuid.UUID, int]] | None = None
        while True:
            batch = Product.objects.order_by("pk")
            keys = list((batch.filter(pk__gt=last) if last else batch).values_list("pk", flat=True)[:BATCH])
            task = None
            if keys:
                with transaction.atomic():
                    versions, documents = _read_for_build(keys)
                if index:
                    task = writer.submit(elastic.bulk_write, [index.name], _sources(versions, documents))
            if before is not None:
                _finish_batch(index, *before)
                done += len(before[2])
                yield done, total
            if not keys:
                break
            last = keys[-1]
            before = (last, task, versions)
    if index:
        refused = SearchPoison.objects.count()
        if refused * MOST_REFUSED > total:
            # The next try sends everything again.
            SearchIndex.objects.filter(pk=index.pk).update(position=None)
            raise BuildRefused(f"Elasticsearch refused {refused} of {total} products")
        _swap(index)
    vocabulary_rebuild()


def _begin_build(anew: bool) -> SearchIndex:
    """The index to fill: the one that a killed build has begun, or a fresh one."""
    resumable = set() if anew else set(_indexes_of_today())
    for begun in SearchIndex.objects.filter(state=IndexState.BUILDING).order_by("-created_at"):
        if begun in resumable and elastic.exists(begun.name):
            return begun
        elastic.delete_index(begun.name)
        begun.delete()
    name = f"{elastic.alias()}-{timezone.now():%Y%m%d%H%M%S}-{uuid.uuid4().hex[:6]}"
    elastic.create_index(name)
    return SearchIndex.objects.create(name=name, state=IndexState.BUILDING)


def _read_for_build(
    products: Sequence[uuid.UUID],
) -> tuple[dict[uuid.UUID, int], dict[uuid.UUID, Document | None]]:
    """As `_read`, without raising versions: rows are locked, so what is read is at least as new as their versions say.

    A product that somebody else begins to index in this moment is left to them: they write to both indexes.
    """
    locked = SearchDocument.objects.select_for_update(no_key=True).filter(pk__in=products).order_by("pk")
    stored = {
        key: (version, digest) for key, version, digest in locked.values_list("pk", "version", "digest")
    }
    documents = build(products)
    there = {key: document for key, document in documents.items() if document is not None}
    inserted = insert_documents(document for key, document in there.items() if key not in stored)
    write_documents(
        document for key, document in there.items() if key in stored and document.digest != stored[key][1]
    )
    versions = {key: version for key, (version, _digest) in stored.items()} | dict.fromkeys(inserted, 1)
    return versions, {key: documents[key] for key in versions}


def _finish_batch(
    index: SearchIndex | None,
    last: uuid.UUID,
    task: Future[elastic.Written] | None,
    versions: dict[uuid.UUID, int],
) -> None:
    if index is None or task is None:
        return
    written = task.result()
    with transaction.atomic():
        _set_aside(written.poison, versions)
        if written.retry:
            outbox_add(written.retry)
        SearchIndex.objects.filter(pk=index.pk).update(position=last)


def _swap(index: SearchIndex) -> None:
    elastic.finish_index(index.name)
    elastic.point_alias(index.name)
    with transaction.atomic():
        SearchIndex.objects.filter(state=IndexState.OLD).delete()
        SearchIndex.objects.filter(state=IndexState.LIVE).update(state=IndexState.OLD)
        SearchIndex.objects.filter(pk=index.pk).update(state=IndexState.LIVE)
    known = set(SearchIndex.objects.values_list("name", flat=True))
    for name in elastic.our_indexes():
        if name not in known:
            elastic.delete_index(name)


@transaction.atomic(durable=True)
def vocabulary_rebuild() -> int:
    """Counts the words of what is for sale anew. Returns how many it knows."""
    lock_name("search", "vocabulary")
    known = SearchDocument.objects.filter(gone=False)

    def texts() -> Iterator[tuple[str, int]]:
        for column in ("name", "context", "attributes"):
            yield from known.values_list(column).annotate(number=Count("pk")).order_by().iterator(2_000)

    terms = lexicon.count_words(texts())
    products = known.count()
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


# --- What people ask for ------------------------------------------------------------------------------------------


def query_note(*, actor: Actor, answered: Answered) -> None:
    """Notes what was asked for and found, once for each person, so that it can be suggested to others.

    Never what was typed: the words that were read out of it, if name and attributes of a product that was found hold
    them all. So no number or address is kept, and no name that no product has; of the person a keyed hash.
    """
    reading = answered.request.reading
    person = str(actor.user_id or actor.ip)
    words = lexicon.current()
    # Of an empty vocabulary every word would be known.
    known = words.products and reading.groups and all(_is_for_sale(group, words) for group in reading.groups)
    if (
        not (known and person and any(_is_named(reading, hit) for hit in answered.hits[:LOOKED_AT]))
        or answered.corrected
        or answered.interpretations
        or reading.extra
    ):
        return
    typed = [group.typed for group in reading.groups]
    key = " ".join(token for way in typed for token in way.folded)
    text = " ".join(token for way in typed for token in way.accented)
    digest = salted_hmac("search.asked", person, algorithm="sha256").hexdigest()[:32]
    row = Asked(key=key[:200], text=text[:200], person=digest, asked_on=today())
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # No search waits, or fails, for the sake of a suggestion.
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            Asked.objects.bulk_create([row], ignore_conflicts=True)
    except DBError as error:
        # Its words would tell what was asked.
        log.warning("search_asked_not_kept", error=type(error.__cause__ or error).__name__)


def _is_named(reading: Reading, hit: Hit) -> bool:
    """Whether the product's name and attributes hold all groups. Its seller's name is there, too, but not in these."""
    tokens = set(map(fold_token, f"{hit.name} {hit.attributes}".split()))
    return all(any(tokens >= set(way.folded) for way in group.alternatives) for group in reading.groups)


def _is_for_sale(group: Group, words: lexicon.Lexicon) -> bool:
    """Whether the catalogue has a word, a phrase or a size. A number alone may be a house's."""
    sizes = [way.folded for way in group.alternatives if way.numbers]
    if sizes:
        # What is kept has to be read as the same size again; `2,5 kg` would not.
        again = [item.tokens for item in measures(" ".join(group.typed.accented))]
        return sizes == again and all(words.knows(token) for size in sizes for token in size)
    return group.is_known and not (len(group.typed.folded) == 1 and group.typed.folded[0].isdigit())


@transaction.atomic(durable=True)
def popular_rebuild() -> int:
    """Counts the people behind each query anew, and forgets who asked long ago. Returns how many may be suggested."""
    lock_name("search", "popular")
    Asked.objects.filter(asked_on__lt=today() - dt.timedelta(days=settings.SEARCH_ASKED_DAYS)).delete()
    rows = (
        Asked.objects.values("key")
        .annotate(people=Count("pk"), written=Max("text"))
        .filter(people__gte=settings.SEARCH_ASKED_PEOPLE)
        .order_by("-people", "key")[:MAX_POPULAR]
    )
    made = [PopularQuery(key=row["key"], text=row["written"], people=row["people"]) for row in rows]
    PopularQuery.objects.all().delete()
    PopularQuery.objects.bulk_create(made, batch_size=1_000)
    return len(made)


@transaction.atomic(durable=True)
def synonym_save(
    *,
    actor: Actor,
    synonym_id: uuid.UUID | None,
    term: str,
    expansion: str,
    weight: float,
    both_ways: bool = False,
    language: str = "vi",
) -> Synonym:
    """Adds a synonym, or changes this one. Searches know it once it is committed; other processes within seconds.

    Raises DomainError NOT_FOUND, REQUIRED, TOO_LONG, INVALID, OUT_OF_RANGE, DUPLICATE.
    """
    row = Synonym() if synonym_id is None else _synonym_locked(synonym_id)
    before = None if synonym_id is None else _synonym_summary(row)
    row.term, row.expansion = normalise(term), normalise(expansion)
    row.weight, row.both_ways, row.language = weight, both_ways, language
    raise_problems(_synonym_problems(row))
    row.save()
    audit.record(actor, "synonym.save", row, before=before, after=_synonym_summary(row))
    transaction.on_commit(lexicon.forget)
    return row


@transaction.atomic(durable=True)
def synonym_remove(*, actor: Actor, synonym_id: uuid.UUID) -> None:
    """Removes a synonym. Raises DomainError NOT_FOUND."""
    row = _synonym_locked(synonym_id)
    audit.record(actor, "synonym.remove", row, before=_synonym_summary(row))
    row.delete()
    transaction.on_commit(lexicon.forget)


def _synonym_locked(synonym_id: uuid.UUID) -> Synonym:
    row = lock_rows(Synonym.objects.all(), [synonym_id]).get(synonym_id)
    if row is None:
        raise not_found()
    return row


def _synonym_problems(row: Synonym) -> list[Problem]:
    problems = []
    for field, written in (("term", row.term), ("expansion", row.expansion)):
        tokens = syllables(written)
        if not tokens:
            problems.append(Problem(ErrorCode.REQUIRED, _("Write at least one word."), (field,)))
        elif len(written) > MAX_SYNONYM:
            message = _("At most %(limit)s characters.") % {"limit": MAX_SYNONYM}
            problems.append(Problem(ErrorCode.TOO_LONG, message, (field,)))
        elif len(tokens) > lexicon.MAX_PHRASE:
            message = _("At most %(limit)s syllables.") % {"limit": lexicon.MAX_PHRASE}
            problems.append(Problem(ErrorCode.TOO_LONG, message, (field,)))
    if not LEAST_WEIGHT <= row.weight <= 1:
        problems.append(Problem(ErrorCode.OUT_OF_RANGE, _("A number from 0.1 to 1."), ("weight",)))
    if not problems:
        problems += _synonym_clashes(row)
    return problems


def _synonym_clashes(row: Synonym) -> list[Problem]:
    """Words are compared as search reads them: `tô-he` is `tô he`."""
    wanted = (syllables(row.term), syllables(row.expansion))
    if wanted[0] == wanted[1]:
        return [Problem(ErrorCode.INVALID, _("This is the same word. Write another one."), ("expansion",))]
    # Two presses at once meet here: the second one sees the row of the first.
    lock_name("synonym", " ".join(wanted[0]))
    others = Synonym.objects.exclude(pk=row.pk).values_list("term", "expansion")
    if any((syllables(term), syllables(expansion)) == wanted for term, expansion in others.iterator()):
        return [Problem(ErrorCode.DUPLICATE, _("This pair of words is there already."), ("expansion",))]
    return []


def _synonym_summary(row: Synonym) -> dict[str, Any]:
    return {
        "term": row.term,
        "expansion": row.expansion,
        "weight": row.weight,
        "both_ways": row.both_ways,
        "language": row.language,
    }
