"""Rows of a sheet become listings, by the rules of the listings' own services.

Rows that follow each other under one name (or without one) are kinds of one listing. A row is known by its code; one
without is known by the names of the listing and the kind. An empty cell leaves what is there; `(trống)` takes it away.
"""

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import structlog
from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Min, Q
from django.utils.translation import gettext as _

from catalog import access, images
from catalog.attributes import COMMON_OPTIONS
from catalog.checks import Problems
from catalog.models import (
    AttributeDefinition,
    Craft,
    ImageAsset,
    ImportJob,
    ImportProblem,
    ImportRow,
    Product,
    ProductRevision,
    ProductState,
    ProductTranslation,
    Seller,
    SellerState,
    Variant,
    Village,
)
from catalog.services.listings import listing_create, listing_merge, lock_product
from catalog.services.pictures import picture_add, picture_take
from catalog.services.stock import lock_variants, stock_set
from catalog.sheets.cells import Cell, is_empty, shown
from catalog.sheets.headings import ATTRIBUTE, OPTION, clears, is_of_kind, says_empty
from catalog.sheets.money import parse_grams, parse_money, parse_whole
from catalog.sheets.pictures import Pictures
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode, Problem
from marketplace.core.locks import lock_name, lock_rows
from marketplace.core.vietnamese import fold, normalise, slugify, sort_key

log = structlog.get_logger(__name__)
ENGLISH = "en"
_SHORTENED = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+")
_CODES = {"sku", "gtin", "hs_code"}
_FIELDS = {
    "name": "name",
    "craft": "craft",
    "village": "village",
    "description": "description",
    "story": "story",
    "madeToOrderDays": "made_to_order_days",
    "hsCode": "hs_code",
}
_KIND_FIELDS = {
    "sku": "sku",
    "name": "kind",
    "price": "price",
    "compareAtPrice": "compare_at_price",
    "stock": "stock",
    "weightGrams": "weight_grams",
    "gtin": "gtin",
}
_INPUT = {"kind": "name"}


class _Undo(Exception):
    """Ends a trial: what was written goes."""


@dataclass
class Goods:
    """One row: `item` for its kind, `own` for its listing, both clean; `wrong` are problems with their columns."""

    number: int
    block: int
    item: dict[str, Any] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    wrong: list[tuple[str | None, Problem]] = field(default_factory=list)
    known: Variant | None = None

    @property
    def sku(self) -> str:
        return str(self.item.get("sku", ""))

    @property
    def name(self) -> str:
        return str(self.own.get("name", ""))


class Taker:
    """Takes one chunk of a sheet. Runs inside the caller's transaction, the job's row locked."""

    def __init__(self, job: ImportJob, actor: Actor, seller: Seller, pictures: Pictures | None) -> None:
        self.job, self.actor, self.seller, self.pictures = job, actor, seller, pictures
        rights = access.rights_of(actor)
        trusted = not actor.is_authenticated
        self.may_stock = trusted or rights.may(access.CHANGE_STOCK, seller)
        self.place = {column: index for index, column in enumerate(job.columns) if column}
        self.created = self.updated = 0
        self.problems: list[ImportProblem] = []
        self.by_name: dict[str, list[Product]] = {}
        # By the name in the cell: a picture, or what is wrong with it.
        self.stored: dict[str, ImageAsset | Problem] = {}
        # By row and "attribute" or "option": the column of each entry that was handed on.
        self.asked: dict[tuple[int, str], list[str | None]] = {}

    # --- Reading cells ----------------------------------------------------------------------------------------

    def read(self, row: ImportRow) -> Goods:
        goods = Goods(row.number, row.block)
        for column, index in self.place.items():
            cell: Cell = row.cells[index] if index < len(row.cells) else None
            if is_empty(cell) or column == "problem":
                continue
            try:
                value = _value(column, cell)
            except DomainError as error:
                goods.wrong.append((column, error.problems[0]))
                continue
            (goods.item if is_of_kind(column) else goods.own)[column] = value
        return goods

    @cached_property
    def crafts(self) -> dict[str, Craft]:
        """By slug and by every name."""
        rows = list(Craft.objects.all())
        return {fold(word): row for row in rows for word in (*row.names.values(), row.slug)}

    @cached_property
    def villages(self) -> dict[str, str]:
        rows = Village.objects.filter(commune=self.seller.commune_id)
        return {fold(word): row.slug for row in rows for word in (row.name, row.slug)}

    @cached_property
    def definitions(self) -> dict[uuid.UUID, dict[str, str]]:
        """By craft: the slug of an attribute by every name of it."""
        found: dict[uuid.UUID, dict[str, str]] = {}
        for row in AttributeDefinition.objects.all():
            names = found.setdefault(row.craft_id, {})
            for word in (row.slug, *row.names.values()):
                names[_heading_key(word)] = row.slug
        return found

    # --- Taking rows ------------------------------------------------------------------------------------------

    def take(self, rows: Sequence[ImportRow]) -> None:
        """Takes these rows, whole blocks. What is wrong is noted; the rest is written, unless it is a trial."""
        goods = [self.read(row) for row in rows]
        self._store_pictures(goods)
        if not self.job.dry_run:
            # Before anything is looked up: another sheet of this seller may be making the same listings.
            self.seller = lock_rows(Seller.objects.select_related("village"), [self.seller.pk])[
                self.seller.pk
            ]
        skus = {one.sku for one in goods if one.sku}
        known = {
            row.sku: row
            for row in Variant.objects.filter(seller=self.seller, sku__in=skus).select_related("product")
        }
        for one in goods:
            one.known = known.get(one.sku) if one.sku else None
        self._find_names(goods)
        self._note_twice(goods)
        if not self.job.dry_run:
            self._lock(goods, known)
        blocks: dict[int, list[Goods]] = {}
        for one in goods:
            blocks.setdefault(one.block, []).append(one)
        for block in blocks.values():
            for product, part in _by_listing(block):
                self._take_listing(product, part)

    def _lock(self, goods: Sequence[Goods], known: dict[str, Variant]) -> None:
        """Everything else that this chunk may touch, in the one order: listings, kinds, names (the seller is first)."""
        products = {row.product_id for row in known.values()}
        products |= {row.pk for rows in self.by_name.values() for row in rows}
        lock_rows(Product.objects.all(), products)
        lock_variants(
            list(Variant.objects.filter(product__in=products, archived_at=None).values_list("pk", flat=True))
        )
        for base in sorted({slugify(one.name)[:140] for one in goods if one.name} - {""}):
            lock_name("product", base)

    def _find_names(self, goods: Sequence[Goods]) -> None:
        """Listings of this seller by the names in the chunk; also by a name that waits."""
        names = {one.name for one in goods if one.name}
        listings = Product.objects.filter(seller=self.seller).exclude(state=ProductState.ARCHIVED)
        rows = listings.filter(
            Q(name_key__in=[sort_key(name) for name in names])
            | Q(pk__in=ProductRevision.objects.filter(name__in=names).values("product_id"))
        ).select_related("pending_revision")
        for row in rows:
            revision = getattr(row, "pending_revision", None)
            for name in {row.name, revision.name if revision else row.name}:
                self.by_name.setdefault(name, []).append(row)

    def _note_twice(self, goods: Sequence[Goods]) -> None:
        firsts = dict(
            ImportRow.objects.filter(job=self.job, sku__in={one.sku for one in goods if one.sku})
            .values_list("sku")
            .annotate(first=Min("number"))
        )
        for one in goods:
            first = firsts.get(one.sku, one.number)
            if one.sku and first != one.number:
                one.wrong.append(
                    (
                        "sku",
                        Problem(
                            ErrorCode.DUPLICATE, _("Row %(row)s has this code already.") % {"row": first}
                        ),
                    )
                )

    def _take_listing(self, product: Product | None, rows: list[Goods]) -> None:
        """One listing, in a savepoint of its own: refused as a whole for what is the listing's, else row by row."""
        named = next((one.name for one in rows if one.name), "")
        for one in rows:
            self._check_same(one, rows[0])
        for one in rows:
            # What the first row says holds even where that row's own kind is refused.
            one.own = rows[0].own
        self._note_same_kinds(rows)
        if product is None and named:
            found = self.by_name.get(named, [])
            if len(found) > 1:
                return self._refuse(
                    rows,
                    [(rows[0], "name", Problem(ErrorCode.INVALID, _(
                        "Several listings of yours have this name. Write the code of a kind, so that we know which."
                    )))],
                )  # fmt: skip
            product = found[0] if found else None
        if product is None and not named:
            unread = [(one, place, problem) for one in rows for place, problem in one.wrong]
            if any(place == "name" for _one, place, _problem in unread):
                return self._refuse(rows, unread)
            question = _("What is it called?")
            if rows[0].sku and "name" not in self.place:
                question = _("You have nothing with this code. For something new, write its name too.")
            return self._refuse(rows, [(rows[0], "name", Problem(ErrorCode.REQUIRED, question))])
        while rows:
            wrong = [(one, column, problem) for one in rows for column, problem in one.wrong]
            if not wrong:
                wrong = self._try(product, rows)
                if not wrong:
                    return None
            if any(column is None or not is_of_kind(column) for _one, column, _problem in wrong):
                return self._refuse(rows, wrong)
            bad = {one.number for one, _column, _problem in wrong}
            self._note(wrong)
            rows = [one for one in rows if one.number not in bad]
        return None

    def _check_same(self, one: Goods, first: Goods) -> None:
        """The first row tells of the listing; others repeat it or leave it out."""
        for column, value in one.own.items():
            there = first.own.setdefault(column, value)
            if there != value and column != "name":
                one.wrong.append(
                    (
                        column,
                        Problem(
                            ErrorCode.INVALID,
                            _("Row %(row)s says something else of the same listing.") % {"row": first.number},
                        ),
                    )
                )

    def _note_same_kinds(self, rows: Sequence[Goods]) -> None:
        """Without a code, a kind is known by its name when the sheet comes again."""
        firsts: dict[str, int] = {}
        for one in rows:
            if one.item and not one.sku:
                name = normalise(str(one.item.get("kind", "")))
                first = firsts.setdefault(name, one.number)
                if first != one.number:
                    message = _("Row %(row)s is the same kind. Name each kind, or write its code.")
                    problem = Problem(ErrorCode.DUPLICATE, message % {"row": first})
                    one.wrong.append(("kind", problem))

    def _refuse(self, rows: Sequence[Goods], wrong: Sequence[tuple[Goods, str | None, Problem]]) -> None:
        self._note(wrong)
        told = {one.number for one, _column, _problem in wrong}
        text = _("Not taken: row %(row)s of the same listing is wrong.") % {"row": min(told)}
        rest = [one for one in rows if one.number not in told]
        self._note((one, None, Problem(ErrorCode.INVALID, text)) for one in rest)

    def _note(self, wrong: Iterable[tuple[Goods, str | None, Problem]]) -> None:
        for one, column, problem in wrong:
            index = self.place.get(column) if column else None
            heading = self.job.headings[index] if index is not None else ""
            self.problems.append(
                ImportProblem(
                    job=self.job,
                    row=one.number,
                    column=heading[:200],
                    code=problem.code.value,
                    message=str(problem.message),
                )
            )

    def _try(self, product: Product | None, rows: list[Goods]) -> list[tuple[Goods, str | None, Problem]]:
        """Writes these rows of one listing. What is wrong, if anything: then nothing was written."""
        try:
            with transaction.atomic():
                made, created, updated = self._write(product, rows)
                if self.job.dry_run:
                    raise _Undo
        except _Undo:
            self.job.trial_listings += product is None
        except DomainError as error:
            return [self._placed(rows, problem) for problem in error.problems]
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            # One row that breaks us must not hold up ten thousand.
            log.exception("import_row_failed", job=str(self.job.pk), row=rows[0].number)
            return [
                (rows[0], None, Problem(ErrorCode.INVALID, _("We could not take this row. Please ask us for help.")))
            ]  # fmt: skip
        else:
            if product is None:
                self.by_name.setdefault(made.name, []).append(made)
        self.created += created
        self.updated += updated
        return []

    def _write(self, product: Product | None, rows: list[Goods]) -> tuple[Product, int, int]:
        """The listing, how many rows were new, and how many changed something."""
        fresh = product is None
        if product is None:
            kinds: dict[int, Variant] = {}
            data = self._data(None, rows, kinds)
            limit = settings.DRAFTS_PER_SELLER
            if self.seller.state == SellerState.VERIFIED:
                limit = max(limit, settings.IMPORT_DRAFTS_PER_SELLER)
            # What a trial has made is undone, and counts all the same.
            undone = self.job.trial_listings
            product = listing_create(self.actor, self.seller, data, drafts=limit - undone)
            changed, kinds_changed = True, set[uuid.UUID]()
        else:
            product = lock_product(product.pk)
            kinds = self._kinds(product, rows)
            data = self._data(product, rows, kinds)
            changed, kinds_changed = listing_merge(self.actor, product, data)
        kinds_changed |= self._set_stock(rows, kinds)
        if self._add_pictures(product, rows):
            changed = True
        if fresh:
            return product, len(rows), 0
        new = sum(one.number not in kinds and bool(one.item) for one in rows)
        touched = [one for one in rows if one.number in kinds and kinds[one.number].pk in kinds_changed]
        # A change of the listing itself counts for its first row.
        own = changed and not new and not touched
        return product, new, len(touched) + own

    def _kinds(self, product: Product, rows: list[Goods]) -> dict[int, Variant]:
        """The kind that each row tells of, by the row's number; none for a new one."""
        found = {one.number: one.known for one in rows if one.known is not None}
        for one in rows:
            if one.known is not None and one.known.archived_at is not None:
                raise _at(one, rows, ErrorCode.INVALID_STATE, _("This kind is put away."), "sku")
        loose = [one for one in rows if one.item and not one.sku]
        if loose:
            there = list(Variant.objects.filter(product=product, archived_at=None))
            for one in loose:
                name = normalise(str(one.item.get("kind", "")))
                same = [row for row in there if row.name == name]
                if not name and len(there) == 1 and len(rows) == 1:
                    same = there
                if len(same) > 1:
                    raise _at(
                        one, rows, ErrorCode.INVALID,
                        _("Several kinds of this listing have this name. Write the code."), "sku",
                    )  # fmt: skip
                if same:
                    found[one.number] = same[0]
        return found

    def _data(self, product: Product | None, rows: list[Goods], kinds: dict[int, Variant]) -> dict[str, Any]:
        """The rows as the input of a listing (ProductInput in snake case)."""
        own = dict(rows[0].own)
        english = {
            key: own.pop(f"{key}_en") for key in ("name", "description", "story") if f"{key}_en" in own
        }
        own.pop("pictures", None)
        given = {key: own.pop(key) for key in list(own) if key.startswith(ATTRIBUTE)}
        data = own
        if "craft" in data:
            craft = self.crafts.get(fold(data["craft"]))
            data["craft"] = craft.slug if craft else data["craft"]
        else:
            craft = product.craft if product else None
        if data.get("village"):
            data["village"] = self.villages.get(fold(data["village"]), data["village"])
        revision = None
        if product is not None and product.state == ProductState.PUBLISHED:
            revision = ProductRevision.objects.filter(product=product).select_related("craft").first()
            if revision is not None and "craft" not in data:
                craft = revision.craft
        names = self.definitions.get(craft.pk, {}) if craft else {}
        if given:
            seen = []
            if product is not None and (revision.craft_id if revision else product.craft_id) == (
                craft and craft.pk
            ):
                kept = (
                    revision.attributes
                    if revision and revision.attributes is not None
                    else product.attributes
                )
                seen = [item for item in kept if item["slug"] in names.values()]
            data["attributes"] = self._merged(rows[0], seen, self._slugs(rows[0], given, ATTRIBUTE, names))
        if english:
            data["translations"] = [self._english(product, english)]
        variants = []
        for one in _with_kind(rows):
            kind = kinds.get(one.number)
            item: dict[str, Any] = {}
            options = {key: value for key, value in one.item.items() if key.startswith(OPTION)}
            for key, value in one.item.items():
                if key not in options:
                    item[_INPUT.get(key, key)] = value
            if options:
                common = {_heading_key(word): slug for slug, words in COMMON_OPTIONS.items()
                          for word in (slug, *words.values())}  # fmt: skip
                item["options"] = self._merged(
                    one, kind.options if kind else [], self._slugs(one, options, OPTION, {**common, **names})
                )
            if kind is not None:
                item = {**item, "id": kind.pk}
            variants.append(item)
        if variants:
            data["variants"] = variants
        return data

    def _slugs(self, one: Goods, given: dict[str, Any], prefix: str, names: dict[str, str]) -> dict[str, str]:
        """Columns of attributes or options by slug. Raises at a cell that the craft has no use for."""
        found: dict[str, str] = {}
        for column in given:
            slug = names.get(column.removeprefix(prefix))
            if slug is None:
                message = _("Things of this craft have no such property. Choose the craft first.")
                raise _Placed(one, column, Problem(ErrorCode.INVALID, message))
            found[slug] = column
        return found

    def _merged(
        self, one: Goods, there: Sequence[dict[str, str]], given: dict[str, str]
    ) -> list[dict[str, str]]:
        """What is there, overlaid with the cells of the row; each one's column is kept for its problem."""
        values = {item["slug"]: item["value"] for item in there}
        values |= {slug: {**one.own, **one.item}[column] for slug, column in given.items()}
        values = {slug: value for slug, value in values.items() if value is not None}
        prefix = next(iter(given.values())).partition(":")[0]
        self.asked[one.number, prefix] = [given.get(slug) for slug in values]
        return [{"slug": slug, "value": value} for slug, value in values.items()]

    def _english(self, product: Product | None, english: dict[str, str]) -> dict[str, Any]:
        """The English words with what the sheet leaves out: a translation is written as a whole."""
        there = None
        if product is not None:
            there = ProductTranslation.objects.filter(product=product, language=ENGLISH).first()
        words = {
            "name": english.get("name", there.name if there else ""),
            "description": english.get("description", there.description if there else "") or "",
            "story": english.get("story", there.story if there else "") or "",
        }
        same = there is not None and all(getattr(there, key) == value for key, value in words.items())
        return {
            "language": ENGLISH,
            **words,
            "machine_translated": bool(same and there and there.machine_translated),
        }

    def _set_stock(self, rows: list[Goods], kinds: dict[int, Variant]) -> set[uuid.UUID]:
        wanted = {
            kinds[one.number].pk: (one, one.item["stock"])
            for one in rows
            if one.number in kinds and "stock" in one.item
        }
        changed = set()
        problems = Problems()
        for key, variant in lock_variants(list(wanted)).items() if wanted else ():
            one, number = wanted[key]
            if number != variant.on_hand and not self.may_stock:
                raise _Placed(one, "stock", access.forbidden().problems[0])
            try:
                if stock_set(self.actor, variant, number, reason=self.job.file_name):
                    changed.add(key)
            except DomainError as error:
                problem = error.problems[0]
                problems.note(
                    problem.code, problem.message, "variants", str(_with_kind(rows).index(one)), "stock"
                )
        problems.stop()
        return changed

    # --- Pictures ---------------------------------------------------------------------------------------------

    def _store_pictures(self, goods: Sequence[Goods]) -> None:
        """Stores the pictures that rows name, before anything is locked. A trial only looks at them."""
        if self.pictures is None:
            return
        names = {name for one in goods for name in one.own.get("pictures") or ()}
        for name in sorted(names, key=self.pictures.place):
            try:
                upload = SimpleUploadedFile("anh", self.pictures.read(name))
                if self.job.dry_run:
                    # A file would outlive the trial.
                    self.stored[name] = ImageAsset(sha256=images.inspect(upload).sha256)
                else:
                    self.stored[name] = picture_take(upload)
            except DomainError as error:
                self.stored[name] = error.problems[0]
            except OSError:
                log.exception("import_picture_failed", job=str(self.job.pk))
                message = _("We could not store this picture. Send it again, or ask us for help.")
                self.stored[name] = Problem(ErrorCode.INVALID, message)

    def _pictures_of(self, one: Goods) -> list[ImageAsset]:
        """The pictures that the row names. Raises at the cell."""
        found = []
        for name in one.own.get("pictures") or ():
            picture = self.stored.get(name)
            if picture is None:
                message = _("Send the pictures along, packed into one .zip file.")
                raise _Placed(one, "pictures", Problem(ErrorCode.NOT_FOUND, message))
            if isinstance(picture, Problem):
                text = str(picture.message)
                message = text if name in text else f"{name}: {text}"
                raise _Placed(one, "pictures", Problem(picture.code, message))
            found.append(picture)
        return found

    def _row_of(self, asset: ImageAsset) -> ImageAsset:
        """The picture's row; in a trial one that is undone with its listing."""
        if not self.job.dry_run:
            return asset
        return ImageAsset.objects.get_or_create(sha256=asset.sha256, private=False)[0]

    def _add_pictures(self, product: Product, rows: list[Goods]) -> bool:
        changed = False
        for asset in self._pictures_of(rows[0]):
            try:
                changed |= picture_add(self.actor, product.pk, self._row_of(asset))[1]
            except DomainError as error:
                raise _Placed(rows[0], "pictures", error.problems[0]) from None
        return changed

    def _placed(self, rows: list[Goods], problem: Problem) -> tuple[Goods, str | None, Problem]:
        """The row and column that a problem of the listing's services is about."""
        if isinstance(problem, _PlacedProblem):
            return problem.goods, problem.column, Problem(problem.code, problem.message)
        match problem.field:
            case ("variants", index, "options", place, *_rest):
                one = _with_kind(rows)[int(index)]
                return one, self.asked[one.number, "option"][int(place)] or "sku", problem
            case ("variants", index, key, *_rest):
                return _with_kind(rows)[int(index)], _KIND_FIELDS.get(key, "sku"), problem
            case ("attributes", place, *_rest):
                return rows[0], self.asked[rows[0].number, "attribute"][int(place)], problem
            case ("translations", _index, key):
                return rows[0], f"{key}_en", problem
            case (key,):
                return rows[0], _FIELDS.get(key), problem
        return rows[0], None, problem


@dataclass(frozen=True, slots=True)
class _PlacedProblem(Problem):
    goods: Any = None
    column: str | None = None


class _Placed(DomainError):
    """A refusal at a cell."""

    def __init__(self, goods: Goods, column: str | None, problem: Problem) -> None:
        super().__init__(_PlacedProblem(problem.code, problem.message, problem.field, goods, column))


def _at(one: Goods, rows: list[Goods], code: ErrorCode, message: str, key: str) -> DomainError:
    return DomainError.of(code, message, "variants", str(_with_kind(rows).index(one)), key)


def _with_kind(rows: Sequence[Goods]) -> list[Goods]:
    """Rows that tell of a kind, in the order in which they are handed on."""
    return [one for one in rows if one.item]


def _by_listing(block: list[Goods]) -> list[tuple[Product | None, list[Goods]]]:
    """A block's rows by the listing of their codes. A new code goes with the row above; at the top, with the first
    known one that has the same name."""
    named = next((one.name for one in block if one.name), "")
    first = None
    for one in block:
        if one.known is not None and named and named in {one.name, one.known.product.name}:
            first = one.known.product
            break
    parts: dict[uuid.UUID | None, tuple[Product | None, list[Goods]]] = {}
    current = first
    for one in block:
        if one.known is not None:
            current = one.known.product
        parts.setdefault(current.pk if current else None, (current, []))[1].append(one)
    return list(parts.values())


def _heading_key(word: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(word)).split())


def _value(column: str, cell: Cell) -> Any:
    """The clean value of a cell that is not empty. Raises DomainError with one problem."""
    if isinstance(cell, dict):
        if "error" in cell:
            raise DomainError.of(
                ErrorCode.INVALID,
                _(
                    "This formula has no result. Write the value itself, or let the sheet count it and save it again."
                ),
            )
        raise DomainError.of(
            ErrorCode.INVALID,
            _("Your program has made a date of this. Give the column the format “Text”, and write it again."),
        )
    text = shown(cell).strip()
    if clears(column, text):
        return None
    if says_empty(text):
        raise DomainError.of(
            ErrorCode.INVALID,
            _("This cannot be taken away. Write what it shall be, or leave the cell empty."),
        )
    if column in _CODES and _SHORTENED.fullmatch(text):
        raise DomainError.of(
            ErrorCode.INVALID,
            _(
                "Your program has shortened this number. Give the column the format “Text”, and write it again."
            ),
        )
    if column in {"price", "compare_at_price"}:
        return _sure(
            parse_money(cell),
            _("We are not sure of this amount. Write it in full in đồng, for example 1200000."),
        )
    if column in {"stock", "made_to_order_days"}:
        return _sure(parse_whole(cell), _("Write a whole number, for example 12."))
    if column == "weight_grams":
        return _sure(
            parse_grams(cell), _("We are not sure of this weight. Write whole grams, for example 1200.")
        )
    if column == "pictures":
        return [name for part in re.split(r"[;|,\n]", text) if (name := part.strip())]
    if column in {"description", "description_en", "story", "story_en"}:
        return text
    return normalise(text)


def _sure(number: int | None, message: str) -> int:
    if number is None:
        raise DomainError.of(ErrorCode.INVALID, message)
    return number


@contextmanager
def pictures_of(job: ImportJob) -> Iterator[Pictures | None]:
    """The job's pictures, opened where they are kept. Raises DomainError as Pictures does."""
    if job.images is None or "pictures" not in job.columns:
        yield None
        return
    with storages["private"].open(job.images.name) as file:
        pictures = Pictures(file, largest=settings.IMAGE_MAX_BYTES)
        with pictures.archive:
            yield pictures
