"""Pictures: taken in, rendered, put in order, and forgotten once nothing shows them.

A file is stored once, however often it is used. Pictures of a published listing wait in its revision: the first
change copies the listing's pictures there, and an officer's decision puts the copies in their place.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import access, images
from catalog.checks import Problems
from catalog.models import ImageAsset, Product, ProductImage, ProductState
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode, Problem, not_found
from marketplace.core.ids import uuid7
from marketplace.core.locks import lock_rows

MAX_ALT = 300
SWEEP_BATCH = 200


def picture_take(upload: UploadedFile, *path: str, private: bool = False) -> ImageAsset:
    """The asset of this file: the one there is with the same content, or a new one that waits to be rendered.

    `private`: not for everybody, as the photo of a parcel with its address on it.

    Raises DomainError FILE_TOO_LARGE, FILE_TYPE or FILE_BROKEN at `path`.
    """
    try:
        inspected = images.inspect(upload)
        asset = _known(inspected.sha256, private) or _stored(upload, inspected.sha256, private)
        if asset.problem:
            raise images.refusal(ErrorCode(asset.problem))
    except DomainError as error:
        raise DomainError(*(Problem(p.code, p.message, path or p.field) for p in error.problems)) from None
    return asset


def _known(sha256: str, private: bool) -> ImageAsset | None:
    """The asset with this content. Marked as wanted, so that no sweep takes it before it is used."""
    same = ImageAsset.objects.filter(sha256=sha256, private=private)
    return same.first() if same.update(updated_at=timezone.now()) else None


def _stored(upload: UploadedFile, sha256: str, private: bool) -> ImageAsset:
    from catalog.jobs import render_image

    key = uuid7()
    upload.seek(0)
    name = storages["private"].save(f"{images.ORIGINALS}/{key.hex[-2:]}/{key.hex}", upload)
    try:
        with transaction.atomic():
            asset = ImageAsset.objects.create(id=key, sha256=sha256, original=name, private=private)
            render_image.defer(asset_id=str(key))
    except IntegrityError:
        # The same file at the same moment: the other one is as good.
        storages["private"].delete(name)
        return ImageAsset.objects.get(sha256=sha256, private=private)
    return asset


def image_render(asset_id: uuid.UUID) -> None:
    """Makes the renditions of a picture and shows it, all sizes at once. Does nothing where it is ready.

    A file that is no good picture is noted as the asset's problem and not tried again.
    """
    asset = ImageAsset.objects.filter(pk=asset_id, ready=False, problem="").first()
    if asset is None:
        return
    if asset.drawing is not None:
        from catalog.samples.pictures import draw

        picture = draw(asset.drawing)
        digest = images.sha256(picture.tobytes())
    else:
        with storages["private"].open(asset.original) as file:
            data = file.read()
        try:
            picture, digest = images.open_checked(data), images.sha256(data)
        except DomainError as error:
            ImageAsset.objects.filter(pk=asset_id).update(problem=error.problems[0].code.value)
            return
    rendered = images.render(asset.pk, picture, private=asset.private)
    with transaction.atomic():
        ImageAsset.objects.filter(pk=asset_id, ready=False).update(
            sha256=digest,
            ready=True,
            width=rendered.width,
            height=rendered.height,
            widths=rendered.widths,
            dominant_color=rendered.color,
            placeholder=rendered.placeholder,
        )


# --- Pictures of a listing ------------------------------------------------------------------------------------


def product_image_add(
    *, actor: Actor, product_id: uuid.UUID | None, file: UploadedFile, alt: str | None = None
) -> Product:
    """Adds a picture at the end; the same file twice is one picture, so that a repeated try does no harm.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE, LIMIT_REACHED, TOO_LONG, FILE_*.
    """
    from catalog.services.listings import editable

    editable(access.access_product(actor, access.EDIT_LISTING, product_id, "productId"), "productId")
    asset = picture_take(file, "file")
    return _image_add(actor, product_id, asset, alt)


@transaction.atomic(durable=True)
def _image_add(actor: Actor, product_id: uuid.UUID | None, asset: ImageAsset, alt: str | None) -> Product:
    found = access.access_product(actor, access.EDIT_LISTING, product_id, "productId")
    return picture_add(actor, found.pk, asset, alt)[0]


def picture_add(
    actor: Actor, product_id: uuid.UUID, asset: ImageAsset, alt: str | None = None
) -> tuple[Product, bool]:
    """Adds a picture; whether it is new there. Runs inside the caller's transaction; raises as above."""
    product, pictures = _open(product_id, "productId")
    problems = Problems()
    alt = problems.line(alt, MAX_ALT, "alt")
    problems.stop()
    if any(picture.asset_id == asset.pk for picture in pictures):
        return product, False
    if len(pictures) >= settings.PRODUCT_MAX_PICTURES:
        raise DomainError.of(
            ErrorCode.LIMIT_REACHED,
            _("At most %(limit)s photos. Take one away first.") % {"limit": settings.PRODUCT_MAX_PICTURES},
            "file",
        )
    pictures, revision = _proposed(product, pictures)
    ProductImage.objects.create(
        product=product, revision=revision, asset=asset, alt=alt, position=len(pictures)
    )
    _changed(actor, product, "product.image_add", {"asset": str(asset.pk), "pictures": len(pictures) + 1})
    return product, True


@transaction.atomic(durable=True)
def product_image_update(
    *, actor: Actor, picture_id: uuid.UUID | None, changes: Mapping[str, str | None]
) -> Product:
    """Changes `alt`, the words for who cannot see the picture: null clears, left out stays. Live at once.

    Raises as `product_image_add` does.
    """
    found = access.access_picture(actor, access.EDIT_LISTING, picture_id)
    product, _pictures = _open(found.product_id, "id")
    if "alt" not in changes:
        return product
    problems = Problems()
    alt = problems.line(changes["alt"], MAX_ALT, "alt")
    problems.stop()
    # The copy that waits shows the same file: both get the words.
    ProductImage.objects.filter(product=product, asset=found.asset_id).update(
        alt=alt, updated_at=timezone.now()
    )
    _changed(actor, product, "product.image_update", {"asset": str(found.asset_id), "alt": alt})
    return product


@transaction.atomic(durable=True)
def product_image_remove(*, actor: Actor, picture_id: uuid.UUID | None) -> Product:
    """Takes a picture away. A published listing keeps one: INVALID_STATE. Raises as `product_image_add` does."""
    found = access.access_picture(actor, access.EDIT_LISTING, picture_id)
    product, pictures = _open(found.product_id, "id")
    gone = [picture for picture in pictures if picture.asset_id == found.asset_id]
    if not gone:
        return product
    if len(pictures) == 1 and product.state in {ProductState.PUBLISHED, ProductState.IN_REVIEW}:
        raise DomainError.of(ErrorCode.INVALID_STATE, _("It is the only photo. Add another one first."), "id")
    pictures, _revision = _proposed(product, pictures)
    rest = [picture for picture in pictures if picture.asset_id != found.asset_id]
    ProductImage.objects.filter(
        pk__in=[picture.pk for picture in pictures if picture.asset_id == found.asset_id]
    ).delete()
    assets_left([found.asset_id])
    _number(rest)
    _changed(actor, product, "product.image_remove", {"asset": str(found.asset_id), "pictures": len(rest)})
    return product


@transaction.atomic(durable=True)
def product_images_reorder(
    *, actor: Actor, product_id: uuid.UUID | None, picture_ids: Sequence[uuid.UUID | None]
) -> Product:
    """Puts all pictures of a listing in this order; the first stands for it. Raises INVALID unless all are named."""
    found = access.access_product(actor, access.EDIT_LISTING, product_id, "productId")
    product, pictures = _open(found.pk, "productId")
    every = dict(
        ProductImage.objects.filter(product=product, pk__in=[key for key in picture_ids if key]).values_list(
            "pk", "asset_id"
        )
    )
    wanted = []
    for index, key in enumerate(picture_ids):
        if key not in every:
            raise not_found("imageIds", str(index))
        wanted.append(every[key])
    if sorted(wanted) != sorted(picture.asset_id for picture in pictures):
        raise DomainError.of(ErrorCode.INVALID, _("Name every photo of the listing once."), "imageIds")
    if wanted == [picture.asset_id for picture in pictures]:
        return product
    pictures, _revision = _proposed(product, pictures)
    _number(sorted(pictures, key=lambda picture: wanted.index(picture.asset_id)))
    _changed(actor, product, "product.images_reorder", {"order": [str(key) for key in wanted]})
    return product


def _open(product_id: uuid.UUID, *path: str) -> tuple[Product, list[ProductImage]]:
    """The product, locked, and its pictures as its seller sees them. Raises INVALID_STATE."""
    from catalog.services.listings import editable, lock_product, revision_of

    product = lock_product(product_id)
    editable(product, *path)
    revision = revision_of(product)
    waiting = revision if revision is not None and revision.pictures_changed else None
    pictures = ProductImage.objects.filter(product=product, revision=waiting).order_by("position", "id")
    return product, list(pictures)


def _proposed(product: Product, pictures: list[ProductImage]) -> tuple[list[ProductImage], Any]:
    """The rows that may change now: the listing's own, or for a published one the copies that wait."""
    from catalog.services.listings import revision_open

    if product.state != ProductState.PUBLISHED:
        return pictures, None
    revision = revision_open(product)
    if revision.pictures_changed:
        return pictures, revision
    revision.pictures_changed = True
    revision.save(update_fields=["pictures_changed", "updated_at"])
    copies = [
        ProductImage(
            product=product, revision=revision, asset_id=row.asset_id, alt=row.alt, position=row.position
        )
        for row in pictures
    ]
    return ProductImage.objects.bulk_create(copies), revision


def _number(pictures: Sequence[ProductImage]) -> None:
    for position, picture in enumerate(pictures):
        picture.position = position
    ProductImage.objects.bulk_update(pictures, ["position"])


def _changed(actor: Actor, product: Product, action: str, after: dict[str, Any]) -> None:
    from catalog.services.listings import pictures_settle, product_changed

    pictures_settle(product)
    product_changed(product)
    audit.record(actor, action, product, after={**after, "revision": product.revision})


# --- Forgetting -----------------------------------------------------------------------------------------------


def assets_left(asset_ids: Iterable[uuid.UUID]) -> None:
    """Begins the days that a file stays after a use of it has ended. Runs inside the caller's transaction.

    Meanwhile a page that is open still shows it, and an order that is being placed takes it along.
    """
    assets = lock_rows(ImageAsset.objects.all(), asset_ids)
    ImageAsset.objects.filter(pk__in=assets).update(updated_at=timezone.now())


@transaction.atomic
def listings_forget_pictures() -> int:
    """Takes the pictures of some listings that were put away long ago; their words and numbers stay.

    Returns how many pictures.
    """
    before = timezone.now() - dt.timedelta(days=settings.LISTING_KEEP_DAYS)
    old = Product.objects.filter(state=ProductState.ARCHIVED, archived_at__lt=before)
    # Locked, and looked at again under the lock: its seller may be bringing one back.
    listings = lock_rows(old, old.filter(pictures__isnull=False).values_list("pk", flat=True)[:SWEEP_BATCH])
    pictures = dict(ProductImage.objects.filter(product__in=listings).values_list("pk", "asset_id"))
    removed, _rows = ProductImage.objects.filter(pk__in=pictures).delete()
    assets_left(pictures.values())
    return removed


def assets_sweep() -> int:
    """Forgets pictures that nothing has shown for PICTURE_KEEP_DAYS. Returns how many.

    Whatever points to an asset counts, of whichever package. The row goes first, its files in a job of the same
    transaction; a file that somebody wants meanwhile is either found by its row, or stored anew under a new name.
    """
    from catalog.jobs import delete_picture_files

    before = timezone.now() - dt.timedelta(days=settings.PICTURE_KEEP_DAYS)
    unused: Any = Q()
    # Hidden ones too: most relations to a picture have no name on its side.
    for relation in ImageAsset._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            rows: Any = relation.related_model
            unused &= ~Exists(rows._base_manager.filter(**{relation.field.name: OuterRef("pk")}))
    with transaction.atomic():
        assets = list(
            ImageAsset.objects.filter(unused, updated_at__lt=before, drawing__isnull=True)
            .order_by("pk")
            .select_for_update(skip_locked=True)[:SWEEP_BATCH]
        )
        for asset in assets:
            delete_picture_files.defer(
                original=asset.original,
                names=images.rendition_names(asset.pk, asset.widths),
                private=asset.private,
            )
        ImageAsset.objects.filter(pk__in=[asset.pk for asset in assets]).delete()
    return len(assets)


def picture_files_delete(original: str, names: Sequence[str], *, private: bool) -> None:
    """Deletes the files of an asset whose row is gone. Safe to run twice."""
    if original:
        storages["private"].delete(original)
    for name in names:
        images.rendition_storage(private=private).delete(name)
