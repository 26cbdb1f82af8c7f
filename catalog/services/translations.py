"""Words in other languages: drafted by a machine where nobody has written them, confirmed by people.

A draft is marked as a machine's until somebody confirms it. A machine never touches what a person wrote or confirmed.
It is asked outside of any transaction; what it answers is written only while the words it was asked about still stand.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import access
from catalog.models import (
    Craft,
    Product,
    ProductState,
    ProductTranslation,
    SellerState,
    Village,
    VillageStory,
)
from catalog.services.listings import lock_product, product_changed
from catalog.services.news import products_touch
from catalog.translator import TranslatorRefused, translator
from marketplace.core import audit, feeds
from marketplace.core.actor import Actor
from marketplace.core.clock import today
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.locks import lock_rows

log = structlog.get_logger(__name__)
LIMITS = {"name": 200, "title": 200, "description": 10_000, "story": 20_000, "body": 20_000}


class BudgetSpent(Exception):
    """As much as a day allows was sent today."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words: their language, the texts by name, the languages that people wrote, what the drafts were made of."""

    language: str
    texts: Mapping[str, str]
    written: frozenset[str]
    drafts: Mapping[str, str]

    @property
    def hash(self) -> str:
        return hashlib.sha256(json.dumps(self.texts, sort_keys=True).encode()).hexdigest()

    def missing(self) -> list[str]:
        """Languages to draft: those that nobody has, and drafts of words that have changed."""
        if not self.texts:
            return []
        have = self.written | {self.language} | {key for key, of in self.drafts.items() if of == self.hash}
        return [language for language in settings.TRANSLATION_LANGUAGES if language not in have]


def _texts(**texts: str) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text.strip()}


def product_piece(product: Product) -> Piece:
    rows = ProductTranslation.objects.filter(product=product)
    return Piece(
        product.language,
        _texts(name=product.name, description=product.description, story=product.story),
        frozenset(row.language for row in rows if not row.machine_translated),
        {row.language: row.source_hash for row in rows if row.machine_translated},
    )


def village_piece(village: Village) -> Piece:
    rows = {row.language: row for row in VillageStory.objects.filter(village=village)}
    own = rows.get("vi")
    return Piece(
        "vi",
        _texts(title=own.title, body=own.body) if own else {},
        frozenset(key for key, row in rows.items() if not row.machine_translated),
        {key: row.source_hash for key, row in rows.items() if row.machine_translated},
    )


def craft_piece(craft: Craft) -> Piece:
    return Piece(
        "vi",
        _texts(name=craft.names.get("vi", ""), description=craft.descriptions.get("vi", "")),
        frozenset(key for key in craft.names if key not in craft.machine_drafts),
        craft.machine_drafts,
    )


# --- Drafting -------------------------------------------------------------------------------------------------


def product_draft(product_id: uuid.UUID) -> int:
    """Drafts what a public listing lacks. Returns how many languages. Raises BudgetSpent, TranslatorDown."""
    product = Product.objects.filter(
        pk=product_id, state=ProductState.PUBLISHED, seller__state=SellerState.VERIFIED
    ).first()
    if product is None:
        return 0
    return _draft(product_piece(product), lambda *draft: _write_product(product_id, *draft), str(product_id))


def village_draft(village: Village) -> int:
    """The same for a village's story."""
    return _draft(village_piece(village), lambda *draft: _write_village(village, *draft), village.slug)


def craft_draft(craft: Craft) -> int:
    """The same for a craft's name and description."""
    return _draft(craft_piece(craft), lambda *draft: _write_craft(craft.pk, *draft), craft.slug)


def _draft(piece: Piece, write: Callable[[str, str, dict[str, str]], bool], what: str) -> int:
    machine = translator()
    done = 0
    for language in piece.missing() if machine is not None else []:
        _spend(sum(map(len, piece.texts.values())))
        assert machine is not None  # noqa: S101 - nothing is missing without one
        try:
            found = machine.translate(piece.texts, piece.language, language)
        except TranslatorRefused as error:
            log.warning("translation_refused", of=what, language=language, why=str(error))
            continue
        texts = {name: text.strip()[: LIMITS[name]] for name, text in found.items()}
        done += write(language, piece.hash, texts)
    return done


def _spend(characters: int) -> None:
    """Counts what is about to be sent. One statement, so that two workers together keep to the limit."""
    if characters > settings.TRANSLATOR_DAILY_CHARACTERS:
        raise BudgetSpent
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO catalog_translated_characters AS spent (day, characters) VALUES (%(day)s, %(number)s)
            ON CONFLICT (day) DO UPDATE SET characters = spent.characters + %(number)s
            WHERE spent.characters + %(number)s <= %(limit)s
            RETURNING characters
            """,
            {"day": today(), "number": characters, "limit": settings.TRANSLATOR_DAILY_CHARACTERS},
        )
        if cursor.fetchone() is None:
            raise BudgetSpent


@transaction.atomic(durable=True)
def _write_product(product_id: uuid.UUID, language: str, source: str, texts: dict[str, str]) -> bool:
    product = lock_product(product_id)
    piece = product_piece(product)
    if piece.hash != source or language in piece.written:
        return False
    ProductTranslation.objects.update_or_create(
        product=product,
        language=language,
        defaults={
            "name": texts.get("name", ""),
            "description": texts.get("description", ""),
            "story": texts.get("story", ""),
            "machine_translated": True,
            "source_hash": source,
        },
    )
    # Not the revision: a machine's draft must not get into the way of who is just writing.
    Product.objects.filter(pk=product_id).update(updated_at=feeds.stamp())
    products_touch([product_id])
    return True


@transaction.atomic(durable=True)
def _write_village(village: Village, language: str, source: str, texts: dict[str, str]) -> bool:
    lock_rows(Village.objects.all(), [village.pk])
    piece = village_piece(village)
    if piece.hash != source or language in piece.written:
        return False
    VillageStory.objects.update_or_create(
        village=village,
        language=language,
        defaults={
            "title": texts.get("title", ""),
            "body": texts.get("body", ""),
            "machine_translated": True,
            "source_hash": source,
        },
    )
    return True


@transaction.atomic(durable=True)
def _write_craft(craft_id: uuid.UUID, language: str, source: str, texts: dict[str, str]) -> bool:
    craft = lock_rows(Craft.objects.all(), [craft_id])[craft_id]
    piece = craft_piece(craft)
    if piece.hash != source or language in piece.written:
        return False
    craft.names = {**craft.names, language: texts["name"]}
    craft.descriptions = {**craft.descriptions, language: texts.get("description", "")}
    craft.machine_drafts = {**craft.machine_drafts, language: source}
    craft.save(update_fields=["names", "descriptions", "machine_drafts", "updated_at"])
    return True


def places_draft() -> int:
    """Drafts what villages and crafts lack. Raises BudgetSpent, TranslatorDown."""
    villages: Iterable[Village] = Village.objects.order_by("pk")
    crafts: Iterable[Craft] = Craft.objects.order_by("pk")
    return sum(village_draft(row) for row in villages) + sum(craft_draft(row) for row in crafts)


# --- Confirming -----------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def translation_confirm(*, actor: Actor, product_id: uuid.UUID | None, language: str) -> Product:
    """Somebody who knows both languages has read a machine's words: they are the seller's own from now on.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN. Doing it twice changes nothing.
    """
    found = access.access_product(actor, access.EDIT_LISTING, product_id, "productId")
    product = lock_product(found.pk)
    row = ProductTranslation.objects.filter(product=product, language=language).first()
    if row is None:
        raise DomainError.of(
            ErrorCode.NOT_FOUND, _("The listing has no words in this language yet."), "language"
        )
    if not row.machine_translated:
        return product
    ProductTranslation.objects.filter(pk=row.pk).update(
        machine_translated=False, source_hash="", updated_at=timezone.now()
    )
    product_changed(product)
    audit.record(actor, "product.translation_confirm", product, after={"language": language})
    return product


@transaction.atomic(durable=True)
def village_story_confirm(*, actor: Actor, village: Village) -> None:
    """An administrator or an officer of the commune has read a village's stories. Raises as `access.require_place`."""
    access.require_place(actor, village.commune)
    drafts = VillageStory.objects.filter(village=village, machine_translated=True)
    languages = sorted(drafts.values_list("language", flat=True))
    drafts.update(machine_translated=False, source_hash="", updated_at=timezone.now())
    if languages:
        audit.record(actor, "village.story_confirm", village, after={"languages": languages})


@transaction.atomic(durable=True)
def craft_words_confirm(*, actor: Actor, craft: Craft) -> None:
    """An administrator has read what a machine wrote of a craft. Raises as `access.require_place`."""
    access.require_place(actor, None)
    row = lock_rows(Craft.objects.all(), [craft.pk])[craft.pk]
    if row.machine_drafts:
        languages: list[Any] = sorted(row.machine_drafts)
        row.machine_drafts = {}
        row.save(update_fields=["machine_drafts", "updated_at"])
        audit.record(actor, "craft.words_confirm", row, after={"languages": languages})
