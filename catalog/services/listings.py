"""Listings: what sellers write, what officers decide, what waits in between.

    DRAFT ──submit──▶ IN_REVIEW ──publish──▶ PUBLISHED ──archive──▶ ARCHIVED (from any state, and back)
      ▲                   └──send back──▶ REJECTED ──submit──▶ IN_REVIEW

A published listing changes at once in words, price and stock. Its name, craft and pictures wait in one
ProductRevision until an officer publishes them. Locks: the product's row first, then its variants by id.
"""

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import access
from catalog.attributes import read_attributes
from catalog.checks import Problems
from catalog.identifiers import parse_gtin, parse_hs_code, parse_sku
from catalog.models import (
    AttributeDefinition,
    Craft,
    MemberRole,
    OcopCertificate,
    OcopState,
    Product,
    ProductImage,
    ProductRevision,
    ProductState,
    ProductStats,
    ProductTranslation,
    Seller,
    SellerState,
    Variant,
    Village,
)
from catalog.services.news import products_touch
from catalog.services.pictures import assets_left
from catalog.services.sellers import tell_people
from catalog.services.stock import lock_variants
from marketplace.core import audit, feeds
from marketplace.core.actor import Actor
from marketplace.core.clock import today
from marketplace.core.errors import DomainError, ErrorCode, not_found
from marketplace.core.ids import uuid7
from marketplace.core.locks import lock_name, lock_rows
from marketplace.core.vietnamese import slugify, sort_key

MAX_PRICE = 10_000_000_000
MAX_STOCK = 1_000_000
MAX_WEIGHT_GRAMS = 500_000
MAX_LANGUAGES = 20
MAX_LANGUAGE_TAG = 12
MAX_STEPS = 50
MAX_ORDER_DAYS = 365
EDITABLE = {ProductState.DRAFT, ProductState.IN_REVIEW, ProductState.REJECTED, ProductState.PUBLISHED}


class ListingConflict(DomainError):
    """The product has changed since the caller read it. `payload` holds it as it stands."""

    def __init__(self, product: Product) -> None:
        super().__init__(
            *DomainError.of(
                ErrorCode.CONFLICT,
                _(
                    "Somebody has changed this listing meanwhile. Look at it as it is now, then change it again."
                ),
                "expectedRevision",
            ).problems
        )
        self.product = product
        self.payload: dict[str, Any] = {}


def lock_product(product_id: uuid.UUID) -> Product:
    """The product's row, locked, with its seller."""
    return lock_rows(Product.objects.select_related("seller"), [product_id])[product_id]


@transaction.atomic(durable=True)
def product_create(*, actor: Actor, data: Mapping[str, Any]) -> Product:
    """A new draft. `data` has the keys of ProductInput in snake case; it may lack nearly everything.

    Without `seller_id` the caller's one seller. Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, REQUIRED,
    INVALID_STATE, LIMIT_REACHED, and every problem of the input at once.
    """
    found = seller_for(actor, data)
    # Two presses at once meet here: the second one counts the first.
    seller = lock_rows(Seller.objects.select_related("village"), [found.pk])[found.pk]
    return listing_create(actor, seller, data, drafts=settings.DRAFTS_PER_SELLER)


def listing_create(actor: Actor, seller: Seller, data: Mapping[str, Any], *, drafts: int) -> Product:
    """A new draft of this seller, whose row is locked. Runs inside the caller's transaction; raises as above."""
    if seller.state == SellerState.CLOSED:
        raise DomainError.of(ErrorCode.INVALID_STATE, _("This workshop is closed."), "sellerId")
    if Product.objects.filter(seller=seller, state=ProductState.DRAFT).count() >= drafts:
        raise DomainError.of(
            ErrorCode.LIMIT_REACHED,
            _("There are many drafts already. Finish or put away some of them first."),
            "sellerId",
        )
    product = Product(
        id=uuid7(), seller=seller, village=seller.village, updated_at=feeds.stamp(), name="", name_key=""
    )
    problems = Problems()
    values = _read(data, product, seller, problems)
    problems.stop()
    _assign(product, values)
    product.slug = listing_slug(product)
    product.save(force_insert=True)
    ProductStats.objects.create(product=product)
    _write_parts(product, values, problems)
    audit.record(actor, "product.create", product, after=_summary(product))
    return product


def seller_for(actor: Actor, data: Mapping[str, Any]) -> Seller:
    if "seller_id" not in data:
        own = access.sellers_of(actor, access.EDIT_LISTING)
        if len(own) == 1:
            return own[0]
        raise DomainError.of(ErrorCode.REQUIRED, _("For which workshop? Name it."), "sellerId")
    return access.access_seller(actor, access.EDIT_LISTING, data["seller_id"], "sellerId")


@transaction.atomic(durable=True)
def product_update(*, actor: Actor, product_id: uuid.UUID | None, data: Mapping[str, Any]) -> Product:
    """Changes what is named in `data`; null clears, what is left out stays. Variants left out stay too.

    On a published listing a new name or craft waits for an officer; the rest is live at once. Raises as
    `product_create` does; ListingConflict where `expected_revision` is old.
    """
    found = access.access_product(actor, access.EDIT_LISTING, product_id)
    product = lock_product(found.pk)
    expected = data.get("expected_revision")
    if expected is not None and expected != product.revision:
        raise ListingConflict(product)
    listing_update(actor, product, data)
    return product


def listing_update(actor: Actor, product: Product, data: Mapping[str, Any]) -> None:
    """Changes a product whose row is locked. Runs inside the caller's transaction; raises as `product_update` does."""
    editable(product, "id")
    problems = Problems()
    values = _read(data, product, product.seller, problems)
    problems.stop()
    _update(actor, product, values, problems)


def listing_merge(actor: Actor, product: Product, data: Mapping[str, Any]) -> tuple[bool, set[uuid.UUID]]:
    """Like `listing_update`, but what is there already is no change: a sheet that is sent again leaves no trace.

    Whether the listing itself changed, and which of its kinds did; new kinds count as the listing's.
    """
    editable(product, "id")
    problems = Problems()
    values = _read(data, product, product.seller, problems)
    problems.stop()
    values = _news(product, values)
    if not values:
        return False, set()
    rows = [item["row"] for item in values.get("variants", ())]
    own = bool(values.keys() - {"variants"}) or None in rows
    # What waits for an officer is taken out of the values, and is a change too.
    _update(actor, product, values, problems)
    return own, {row.pk for row in rows if row is not None}


def _news(product: Product, values: dict[str, Any]) -> dict[str, Any]:
    """What of clean values differs from the listing as its seller sees it."""
    revision = revision_of(product) if product.state == ProductState.PUBLISHED else None
    seen: dict[str, Any] = {"name": product.name, "craft": product.craft, "attributes": product.attributes}
    if revision is not None:
        seen |= {"name": revision.name, "craft": revision.craft}
        seen["attributes"] = product.attributes if revision.attributes is None else revision.attributes
    news = {
        key: value
        for key, value in values.items()
        if key not in _APART and value != seen.get(key, getattr(product, key))
    }
    if "attributes" in news and _key(news["attributes"]) == _key(seen["attributes"]):
        del news["attributes"]
    variants = [
        changed
        for item in values.get("variants", ())
        if len(changed := _changed_columns(item)) > 1 or item["row"] is None
    ]
    if variants:
        news["variants"] = variants
    translations = values.get("translations")
    if translations:
        there = {row.language: row for row in ProductTranslation.objects.filter(product=product)}
        fresh = [
            row
            for row in translations
            if row["language"] not in there
            or any(getattr(there[row["language"]], key) != value for key, value in row.items())
        ]
        if fresh:
            news["translations"] = fresh
    return news


def _changed_columns(item: Mapping[str, Any]) -> dict[str, Any]:
    row = item["row"]
    if row is None:
        return dict(item)
    return {
        key: value
        for key, value in item.items()
        if key == "row"
        or (_key(value) != _key(row.options) if key == "options" else value != getattr(row, key))
    }


def _update(actor: Actor, product: Product, values: dict[str, Any], problems: Problems) -> None:
    before = _summary(product)
    if product.state == ProductState.PUBLISHED:
        values = _hold_back(product, values)
    _assign(product, values)
    if product.published_at is None and "name" in values:
        product.slug = listing_slug(product)
    _write_parts(product, values, problems)
    product_changed(product)
    audit.record(actor, "product.update", product, before=before, after=_summary(product))


def editable(product: Product, *path: str) -> None:
    """Raises DomainError INVALID_STATE for a listing that is put away or whose seller is closed."""
    if product.state not in EDITABLE:
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("This listing is put away. Bring it back first, then change it."),
            *path,
        )
    if product.seller.state == SellerState.CLOSED:
        raise DomainError.of(ErrorCode.INVALID_STATE, _("This workshop is closed."), *path)


def product_changed(product: Product) -> None:
    """Saves a product that has changed: its revision rises, and search is told."""
    product.revision += 1
    product.updated_at = feeds.stamp()
    product.save()
    products_touch([product.pk])
    if settings.TRANSLATOR and product.state == ProductState.PUBLISHED:
        from catalog.jobs import draft_product

        draft_product.defer(product_id=str(product.pk))


def _summary(product: Product) -> dict[str, Any]:
    return {
        "state": product.state,
        "revision": product.revision,
        "name": product.name,
        "price_min": product.price_min,
        "price_max": product.price_max,
        "made_to_order_days": product.made_to_order_days,
    }


# --- Reading the input ----------------------------------------------------------------------------------------


def _read(data: Mapping[str, Any], product: Product, seller: Seller, problems: Problems) -> dict[str, Any]:
    """Clean values of what `data` names: columns of the product, and `variants` and `translations` apart."""
    values: dict[str, Any] = {}
    if "name" in data:
        required = _("The listing is for sale, so it needs a name.") if product.published_at else None
        values["name"] = problems.line(data["name"], 200, "name", required=required)
    if "craft" in data:
        values["craft"] = _craft(data["craft"], product, problems)
    if "village" in data:
        values["village"] = _village(data["village"], seller, problems)
    for key, limit in (("description", 10_000), ("story", 20_000)):
        if key in data:
            values[key] = problems.text(data[key], limit, key)
    definitions = _definitions(product, values)
    if "attributes" in data:
        values["attributes"] = read_attributes(data["attributes"] or [], definitions, problems, "attributes")
    elif "craft" in values and values["craft"] != product.craft:
        # Attributes belong to a craft: those that the new one knows stay.
        values["attributes"] = [item for item in product.attributes if item["slug"] in definitions]
    if "made_to_order_days" in data:
        values["made_to_order_days"] = problems.between(
            data["made_to_order_days"], 1, MAX_ORDER_DAYS, "madeToOrderDays"
        )
    if "hs_code" in data:
        values["hs_code"] = _hs_code(data["hs_code"], problems)
    if "steps" in data:
        values["steps"] = _steps(data["steps"] or [], problems)
    if data.get("variants"):
        values["variants"] = _variants(data["variants"], product, definitions, problems)
    if "translations" in data:
        values["translations"] = _translations(data["translations"] or [], product, problems)
    return values


def _craft(slug: str | None, product: Product, problems: Problems) -> Craft | None:
    craft = Craft.objects.filter(slug=slug).first() if slug else None
    if slug and craft is None:
        problems.note(ErrorCode.NOT_FOUND, _("We do not know this craft."), "craft")
        return product.craft
    if craft is None and product.published_at:
        problems.note(ErrorCode.REQUIRED, _("The listing is for sale, so it needs a craft."), "craft")
        return product.craft
    return craft


def _village(slug: str | None, seller: Seller, problems: Problems) -> Village | None:
    """A village of the seller's commune: a thing may come from the neighbours, not from the other end."""
    if not slug:
        return None
    village = Village.objects.filter(slug=slug, commune=seller.commune_id).first()
    if village is None:
        problems.note(ErrorCode.NOT_FOUND, _("Choose a village of your own commune."), "village")
    return village


def _definitions(product: Product, values: Mapping[str, Any]) -> dict[str, AttributeDefinition]:
    """The properties that the listing's craft has, the one that waits before the one that is shown."""
    craft_id = product.craft_id
    if "craft" in values:
        craft_id = values["craft"].pk if values["craft"] else None
    elif product.published_at and (revision := revision_of(product)) is not None and revision.craft_id:
        craft_id = revision.craft_id
    return {row.slug: row for row in AttributeDefinition.objects.filter(craft=craft_id)} if craft_id else {}


def _hs_code(text: str | None, problems: Problems) -> str:
    if not text:
        return ""
    code = parse_hs_code(text)
    if code is None:
        problems.note(ErrorCode.INVALID, _("A customs code has 6 or 8 digits, for example 460212."), "hsCode")
    return code or ""


def _steps(given: Sequence[Mapping[str, Any]], problems: Problems) -> list[dict[str, Any]]:
    if len(given) > MAX_STEPS:
        problems.note(ErrorCode.LIMIT_REACHED, _("At most %(limit)s steps.") % {"limit": MAX_STEPS}, "steps")
        return []
    steps = []
    for index, step in enumerate(given):
        place = ("steps", str(index))
        on: dt.date | None = step.get("on")
        if on is not None and on > today():
            problems.note(ErrorCode.OUT_OF_RANGE, _("This day is still to come."), *place, "on")
        steps.append(
            {
                "name": problems.line(
                    step["name"], 120, *place, "name", required=_("What is done in this step?")
                ),
                "on": on.isoformat() if on else None,
                "place": problems.line(step.get("place"), 120, *place, "place") or None,
            }
        )
    return steps


def _translations(
    given: Sequence[Mapping[str, Any]], product: Product, problems: Problems
) -> list[dict[str, Any]]:
    there = ProductTranslation.objects.filter(product=product).values_list("language", flat=True)
    if len({*there, *(item["language"] for item in given)} if given else ()) > MAX_LANGUAGES:
        problems.note(
            ErrorCode.LIMIT_REACHED,
            _("At most %(limit)s languages.") % {"limit": MAX_LANGUAGES},
            "translations",
        )
        return []
    rows: dict[str, dict[str, Any]] = {}
    for index, item in enumerate(given):
        place = ("translations", str(index))
        language = item["language"]
        if language == product.language:
            problems.note(
                ErrorCode.INVALID,
                _("This is the listing's own language: change its name and description themselves."),
                *place,
                "language",
            )
        if len(language) > MAX_LANGUAGE_TAG:
            problems.note(
                ErrorCode.TOO_LONG,
                _("At most %(limit)s characters.") % {"limit": MAX_LANGUAGE_TAG},
                *place,
                "language",
            )
        if language in rows:
            problems.note(ErrorCode.DUPLICATE, _("This is named twice."), *place, "language")
        rows[language] = {
            "language": language,
            "name": problems.line(
                item["name"], 200, *place, "name", required=_("What is it called in this language?")
            ),
            "description": problems.text(item.get("description"), 10_000, *place, "description"),
            "story": problems.text(item.get("story"), 20_000, *place, "story"),
            "machine_translated": bool(item.get("machine_translated")),
        }
    return list(rows.values())


def _variants(
    given: Sequence[Mapping[str, Any]],
    product: Product,
    definitions: Mapping[str, AttributeDefinition],
    problems: Problems,
) -> list[dict[str, Any]]:
    """Rows to write: {`row`: the Variant there is or None, and its clean columns}."""
    there = {row.pk: row for row in Variant.objects.filter(product=product, archived_at=None)}
    fresh = sum("id" not in item or item["id"] is None for item in given)
    if len(there) + fresh > settings.PRODUCT_MAX_VARIANTS or len(given) > settings.PRODUCT_MAX_VARIANTS:
        problems.note(
            ErrorCode.LIMIT_REACHED,
            _("At most %(limit)s kinds of one thing.") % {"limit": settings.PRODUCT_MAX_VARIANTS},
            "variants",
        )
        return []
    found: list[dict[str, Any]] = []
    seen: set[uuid.UUID] = set()
    for index, item in enumerate(given):
        place = ("variants", str(index))
        row = None
        if "id" in item:
            row = there.get(item["id"])
            if row is None:
                problems.extend(not_found(*place, "id").problems)
                continue
            if row.pk in seen:
                problems.note(ErrorCode.DUPLICATE, _("This is named twice."), *place, "id")
            seen.add(row.pk)
        found.append({"row": row, **_variant(item, row, product, definitions, problems, place)})
    _same_skus(found, problems)
    _same_options(found, there, problems)
    return found


def _variant(
    item: Mapping[str, Any],
    row: Variant | None,
    product: Product,
    definitions: Mapping[str, AttributeDefinition],
    problems: Problems,
    place: tuple[str, ...],
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if (item.get("sku") or "").strip():
        values["sku"] = parse_sku(item["sku"])
        if values["sku"] is None:
            problems.note(
                ErrorCode.TOO_LONG, _("At most %(limit)s characters.") % {"limit": 64}, *place, "sku"
            )
    if "name" in item:
        values["name"] = problems.line(item["name"], 120, *place, "name")
    if "price" in item:
        lowest = 1 if product.published_at else 0
        price = problems.between(item["price"] or 0, lowest, MAX_PRICE, *place, "price")
        values["price"] = price or 0
    elif row is None and product.published_at:
        problems.note(ErrorCode.REQUIRED, _("What does it cost?"), *place, "price")
    if "compare_at_price" in item:
        values["compare_at_price"] = problems.between(
            item["compare_at_price"], 1, MAX_PRICE, *place, "compareAtPrice"
        )
    price = values.get("price", row.price if row else 0)
    before = values.get("compare_at_price", row.compare_at_price if row else None)
    if before is not None and before <= price:
        problems.note(
            ErrorCode.OUT_OF_RANGE,
            _("The price before must be above today's price. Leave it out if there was none."),
            *place,
            "compareAtPrice" if "compare_at_price" in item else "price",
        )
    if row is None and item.get("stock") is not None:
        values["on_hand"] = problems.between(item["stock"], 0, MAX_STOCK, *place, "stock") or 0
    if "weight_grams" in item:
        values["weight_grams"] = problems.between(
            item["weight_grams"], 1, MAX_WEIGHT_GRAMS, *place, "weightGrams"
        )
    if "gtin" in item:
        values["gtin"] = parse_gtin(item["gtin"]) if item["gtin"] else ""
        if values["gtin"] is None:
            problems.note(
                ErrorCode.INVALID,
                _("This barcode number does not look right: its last digit checks the others."),
                *place,
                "gtin",
            )
    if "options" in item:
        values["options"] = read_attributes(
            item["options"] or [], definitions, problems, *place, "options", common=True
        )
    return values


def _same_skus(found: Sequence[Mapping[str, Any]], problems: Problems) -> None:
    seen: set[str] = set()
    for index, values in enumerate(found):
        sku = values.get("sku")
        if sku and sku in seen:
            problems.note(ErrorCode.DUPLICATE, _("This code is named twice."), "variants", str(index), "sku")
        seen.add(sku or "")


def _same_options(
    found: Sequence[Mapping[str, Any]], there: Mapping[uuid.UUID, Variant], problems: Problems
) -> None:
    """Two kinds with the same options could not be told apart."""
    changed = {values["row"].pk for values in found if values["row"] is not None}
    known = {_key(row.options) for row in there.values() if row.pk not in changed and row.options}
    for index, values in enumerate(found):
        options = values.get("options", values["row"].options if values["row"] else [])
        if options and _key(options) in known:
            problems.note(
                ErrorCode.DUPLICATE,
                _("Another kind has the same options."),
                "variants",
                str(index),
                "options",
            )
        known.add(_key(options))


def _key(options: Sequence[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((item["slug"], item["value"]) for item in options))


# --- Writing --------------------------------------------------------------------------------------------------

_APART = {"variants", "translations"}


def _assign(product: Product, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in _APART:
            setattr(product, name, value)
    product.name_key = sort_key(product.name)


def listing_slug(product: Product) -> str:
    """The name as a slug, as long as the listing was never public; with letters of its own where it is taken."""
    base = slugify(product.name)[:140]
    if not base:
        return f"nhap-{product.pk.hex[-12:]}"
    lock_name("product", base)
    taken = Product.objects.filter(slug=base).exclude(pk=product.pk).exists()
    return f"{base}-{product.pk.hex[-6:]}" if taken else base


def _write_parts(product: Product, values: Mapping[str, Any], problems: Problems) -> None:
    """Variants and translations, and the price range that follows from them."""
    if "translations" in values:
        _write_translations(product, values["translations"])
    if "variants" in values:
        _write_variants(product, values["variants"])
    _settle_prices(product)


def _write_translations(product: Product, rows: Sequence[Mapping[str, Any]]) -> None:
    """Languages named are written, the others stay; an empty list (null) takes all away."""
    if not rows:
        ProductTranslation.objects.filter(product=product).delete()
    for row in rows:
        ProductTranslation.objects.update_or_create(
            product=product,
            language=row["language"],
            defaults={key: value for key, value in row.items() if key != "language"},
        )


def _write_variants(product: Product, rows: Sequence[Mapping[str, Any]]) -> None:
    lock_variants([values["row"].pk for values in rows if values["row"] is not None])
    last = Variant.objects.filter(product=product).aggregate(last=Max("position"))["last"]
    position = -1 if last is None else last
    for index, values in enumerate(rows):
        columns = {name: value for name, value in values.items() if name != "row"}
        try:
            with transaction.atomic():
                if values["row"] is None:
                    position += 1
                    Variant.objects.create(
                        **{
                            "product": product,
                            "seller": product.seller,
                            "sku": f"PX-{secrets.token_hex(4).upper()}",
                            "name": "",
                            "price": 0,
                            "position": position,
                            **columns,
                        }
                    )
                elif columns:
                    # Only what was named: the shelf may have moved since the row was read.
                    Variant.objects.filter(pk=values["row"].pk).update(updated_at=timezone.now(), **columns)
        except IntegrityError as error:
            if "catalog_variant_sku_once" not in str(error):
                raise
            raise DomainError.of(
                ErrorCode.DUPLICATE,
                _("Another thing of yours has this code. Each has a code of its own."),
                "variants",
                str(index),
                "sku",
            ) from None


def _settle_prices(product: Product) -> None:
    """Writes the product's range of prices; the cheapest variant's former price is the product's."""
    on_sale = Variant.objects.filter(product=product, archived_at=None)
    prices = on_sale.aggregate(low=Min("price"), high=Max("price"))
    cheapest = on_sale.order_by("price", "position", "id").first()
    product.price_min, product.price_max = prices["low"] or 0, prices["high"] or 0
    product.compare_at_price = cheapest.compare_at_price if cheapest else None
    Product.objects.filter(pk=product.pk).update(
        price_min=product.price_min,
        price_max=product.price_max,
        compare_at_price=product.compare_at_price,
    )


# --- What waits -----------------------------------------------------------------------------------------------


def revision_of(product: Product) -> ProductRevision | None:
    return ProductRevision.objects.filter(product=product).first()


def revision_open(product: Product) -> ProductRevision:
    """The revision in which changes of a published listing wait, queued. The product's row is locked."""
    revision, _new = ProductRevision.objects.update_or_create(
        product=product,
        defaults={"submitted_at": timezone.now(), "waiting": True},
        create_defaults={
            "name": product.name,
            "craft": product.craft,
            "submitted_at": timezone.now(),
            "waiting": True,
        },
    )
    return revision


def revision_settle(product: Product) -> None:
    """Deletes the revision once nothing in it differs from the listing any more."""
    revision = revision_of(product)
    if revision is not None and not changed_fields(product, revision):
        revision.delete()


def pictures_settle(product: Product) -> None:
    """Lets proposed pictures go that are the listing's own again, in the same order."""
    revision = revision_of(product)
    if revision is None or not revision.pictures_changed:
        return
    pictures = ProductImage.objects.filter(product=product).order_by("position", "id")
    shown = list(pictures.filter(revision=None).values_list("asset_id", flat=True))
    proposed = pictures.filter(revision=revision)
    if list(proposed.values_list("asset_id", flat=True)) == shown:
        proposed.delete()
        revision.pictures_changed = False
        revision.save(update_fields=["pictures_changed", "updated_at"])
        revision_settle(product)


def changed_fields(
    product: Product, revision: ProductRevision, *, ocop_waits: bool | None = None
) -> list[str]:
    """What waits: `name`, `craft`, `images`, `ocop`, as the contract names them."""
    found = []
    if revision.name != product.name:
        found.append("name")
    if revision.craft_id != product.craft_id:
        found.append("craft")
    if revision.pictures_changed:
        found.append("images")
    if ocop_waits is None:
        ocop_waits = OcopCertificate.objects.filter(product=product, state=OcopState.SUBMITTED).exists()
    if ocop_waits:
        found.append("ocop")
    return found


def _hold_back(product: Product, values: dict[str, Any]) -> dict[str, Any]:
    """Moves name and craft into the revision; gives what is live at once."""
    gated = {key: values.pop(key) for key in ("name", "craft") if key in values}
    revision = revision_of(product)
    proposed_craft = gated.get("craft", revision.craft if revision else product.craft)
    craft_waits = proposed_craft != product.craft
    attributes = values.pop("attributes", None) if craft_waits else None
    name = gated.get("name", revision.name if revision else product.name)
    differs = name != (revision.name if revision else product.name) or proposed_craft != (
        revision.craft if revision else product.craft
    )
    if not differs and attributes is None:
        return values
    revision = revision_open(product)
    revision.name, revision.craft = name, proposed_craft
    if not craft_waits:
        revision.attributes = None
    elif attributes is not None:
        revision.attributes = attributes
    revision.save()
    revision_settle(product)
    return values


# --- The officer's part ---------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def product_submit(*, actor: Actor, product_id: uuid.UUID | None) -> Product:
    """Asks an officer to publish a draft, or a revision that was sent back.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE (also while the seller is not verified:
    E-commerce Law 122/2025 Đ17.1.c), and REQUIRED for each thing that is missing.
    """
    found = access.access_product(actor, access.EDIT_LISTING, product_id)
    product = lock_product(found.pk)
    if product.seller.state != SellerState.VERIFIED:
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("The workshop has to be verified first. The draft is kept; send it once that is done."),
            "id",
        )
    if product.state == ProductState.PUBLISHED:
        return _submit_revision(actor, product)
    if product.state not in {ProductState.DRAFT, ProductState.REJECTED}:
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("The officer has this listing already.")
            if product.state == ProductState.IN_REVIEW
            else _("This listing is put away. Bring it back first, then change it."),
            "id",
        )
    _whole(product).stop()
    before = _summary(product)
    product.state, product.review_note, product.submitted_at = ProductState.IN_REVIEW, "", timezone.now()
    product_changed(product)
    audit.record(actor, "product.submit", product, before=before, after=_summary(product))
    return product


def _submit_revision(actor: Actor, product: Product) -> Product:
    revision = revision_of(product)
    if revision is None or revision.waiting:
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("The officer has these changes already.")
            if revision
            else _("The listing is for sale, and nothing waits."),
            "id",
        )
    revision_open(product)
    product.review_note = ""
    product_changed(product)
    audit.record(actor, "product.submit", product, after={"revision": product.revision, "waiting": True})
    return product


def _whole(product: Product, *, ready: bool = False) -> Problems:
    """What a listing lacks to be shown; with `ready` its pictures must be prepared too."""
    problems = Problems()
    if not product.name:
        problems.note(ErrorCode.REQUIRED, _("Give it a name."), "name")
    if product.craft_id is None:
        problems.note(ErrorCode.REQUIRED, _("Choose the craft."), "craft")
    if product.village is not None and product.village.commune_id != product.seller.commune_id:
        # The workshop has applied again from elsewhere since.
        problems.note(ErrorCode.INVALID, _("Choose a village of your own commune."), "village")
    variants = list(Variant.objects.filter(product=product, archived_at=None).order_by("position", "id"))
    if not variants:
        problems.note(ErrorCode.REQUIRED, _("Give a price."), "variants")
    for index, variant in enumerate(variants):
        if not variant.price:
            problems.note(ErrorCode.REQUIRED, _("Give a price."), "variants", str(index), "price")
    pictures = ProductImage.objects.filter(product=product, revision=None, asset__problem="")
    if not pictures.exists():
        problems.note(ErrorCode.REQUIRED, _("Add a photo of it."), "images")
    elif ready and not pictures.filter(asset__ready=True).exists():
        problems.note(
            ErrorCode.INVALID_STATE, _("Its pictures are still being prepared. Try again in a minute."), "id"
        )
    return problems


@transaction.atomic(durable=True)
def product_decide(
    *,
    actor: Actor,
    product_id: uuid.UUID | None,
    publish: bool,
    note: str = "",
    expected_revision: int | None = None,
) -> Product:
    """An officer publishes what waits, or sends it back with a note; a published listing may be taken down.

    `expected_revision` is what the officer looked at. Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN,
    REQUIRED for a missing note, INVALID_STATE; ListingConflict.
    """
    found = access.access_product(actor, access.DECIDE, product_id)
    product = lock_product(found.pk)
    if expected_revision is not None and expected_revision != product.revision:
        raise ListingConflict(product)
    problems = Problems()
    note = problems.text(
        note, 2000, "note", required=None if publish else _("Say why: the seller will read it.")
    )
    revision = revision_of(product)
    # A certificate has a decision of its own.
    waits = changed_fields(product, revision, ocop_waits=False) if revision and revision.waiting else []
    waiting = bool(waits)
    if product.state not in {ProductState.IN_REVIEW, ProductState.PUBLISHED} or (
        product.state == ProductState.PUBLISHED and publish and not waiting
    ):
        problems.note(ErrorCode.INVALID_STATE, _("Nothing of this listing waits for a decision."), "id")
    if publish and product.seller.state != SellerState.VERIFIED:
        problems.note(ErrorCode.INVALID_STATE, _("Decide on the workshop first: it is not verified."), "id")
    problems.stop()
    before = _summary(product)
    if product.state == ProductState.IN_REVIEW:
        if publish:
            _whole(product, ready=True).stop()
            product.state = ProductState.PUBLISHED
            product.published_at = product.published_at or timezone.now()
            if OcopCertificate.objects.filter(product=product, state=OcopState.SUBMITTED).exists():
                # Sent in with the draft, it waits where those of published listings wait.
                revision_open(product)
        else:
            product.state = ProductState.REJECTED
    elif publish and revision is not None:
        _apply_revision(product, revision)
    elif waiting and revision is not None:
        ProductRevision.objects.filter(pk=revision.pk).update(waiting=False)
    else:
        # Taken down: what was for sale is not any more.
        product.state = ProductState.REJECTED
        _fold_revision(product)
    if publish and product.craft is not None:
        product.seller.crafts.add(product.craft)
    product.review_note = "" if publish else note
    product_changed(product)
    audit.record(
        actor,
        "product.publish" if publish else "product.send_back",
        product,
        before=before,
        after=_summary(product),
        reason=note,
    )
    tell_people(
        product.seller,
        f"product:{product.pk}:{product.revision}",
        _("Your listing is for sale") if publish else _("Your listing needs a change"),
        _("%(name)s can be bought now: %(link)s")
        if publish
        else _("%(name)s was sent back: %(note)s\nMend it here: %(link)s"),
        roles=(MemberRole.OWNER, MemberRole.EDITOR),
        name=product.name,
        note=note,
        link=f"{settings.BASE_URL}/desk/san-pham/{product.pk.hex}",
    )
    return product


def _apply_revision(product: Product, revision: ProductRevision) -> None:
    """Shows what waited. A submitted certificate goes on waiting for its own decision."""
    if revision.pictures_changed:
        pictures = ProductImage.objects.filter(revision=revision)
        if not pictures.filter(asset__ready=True).exists():
            raise DomainError.of(
                ErrorCode.INVALID_STATE,
                _("Its pictures are still being prepared. Try again in a minute."),
                "id",
            )
    _take_over(product, revision)
    revision.pictures_changed, revision.attributes = False, None
    revision.save()
    revision_settle(product)


def _fold_revision(product: Product) -> None:
    """What waits becomes the listing's own once it is not for sale: then the whole of it is looked at."""
    revision = revision_of(product)
    if revision is not None:
        _take_over(product, revision)
        revision.delete()


def _take_over(product: Product, revision: ProductRevision) -> None:
    if revision.pictures_changed:
        pictures = ProductImage.objects.filter(revision=revision)
        shown = ProductImage.objects.filter(product=product, revision=None)
        assets_left(list(shown.values_list("asset_id", flat=True)))
        shown.delete()
        pictures.update(revision=None)
    if revision.craft_id != product.craft_id:
        product.craft = revision.craft
        if revision.attributes is not None:
            product.attributes = revision.attributes
    product.name, product.name_key = revision.name, sort_key(revision.name)


# --- Putting away ---------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def product_archive(*, actor: Actor, product_id: uuid.UUID | None) -> Product:
    """Puts a listing away; its data stay. Doing it twice changes nothing."""
    found = access.access_product(actor, access.EDIT_LISTING, product_id)
    product = lock_product(found.pk)
    if product.state == ProductState.ARCHIVED:
        return product
    before = _summary(product)
    product.archived_from, product.state = product.state, ProductState.ARCHIVED
    product.archived_at = timezone.now()
    product_changed(product)
    audit.record(actor, "product.archive", product, before=before, after=_summary(product))
    return product


@transaction.atomic(durable=True)
def product_unarchive(*, actor: Actor, product_id: uuid.UUID | None) -> Product:
    """Brings a listing back: for sale where it was, and is whole; else as a draft. Raises INVALID_STATE."""
    found = access.access_product(actor, access.EDIT_LISTING, product_id)
    product = lock_product(found.pk)
    if product.state != ProductState.ARCHIVED:
        raise DomainError.of(ErrorCode.INVALID_STATE, _("This listing is not put away."), "id")
    if product.seller.state == SellerState.CLOSED:
        raise DomainError.of(ErrorCode.INVALID_STATE, _("This workshop is closed."), "id")
    before = _summary(product)
    was_public = product.archived_from == ProductState.PUBLISHED
    if was_public and product.seller.state == SellerState.VERIFIED and not _whole(product, ready=True):
        product.state = ProductState.PUBLISHED
    elif product.archived_from == ProductState.REJECTED:
        product.state = ProductState.REJECTED
    else:
        product.state = ProductState.DRAFT
    if product.state != ProductState.PUBLISHED:
        _fold_revision(product)
    product.archived_at, product.archived_from = None, ""
    product_changed(product)
    audit.record(actor, "product.unarchive", product, before=before, after=_summary(product))
    return product


@transaction.atomic(durable=True)
def variant_archive(*, actor: Actor, variant_id: uuid.UUID | None) -> Variant:
    """Takes one kind off sale. The last one of a listing for sale stays: INVALID_STATE."""
    found = access.access_variant(actor, access.EDIT_LISTING, variant_id)
    product = lock_product(found.product_id)
    editable(product, "id")
    variant = lock_variants([found.pk])[found.pk]
    if variant.archived_at is not None:
        return variant
    others = Variant.objects.filter(product=product, archived_at=None).exclude(pk=variant.pk)
    if product.state in {ProductState.PUBLISHED, ProductState.IN_REVIEW} and not others.exists():
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("It is the last kind of this listing. Put the whole listing away instead."),
            "id",
        )
    variant.archived_at = timezone.now()
    variant.save(update_fields=["archived_at", "updated_at"])
    _settle_prices(product)
    product_changed(product)
    audit.record(actor, "variant.archive", variant, before={"archived": False}, after={"archived": True})
    return variant
