"""Pictures: what is taken in, and the renditions that are made of it.

bytes → `inspect` (refuses before decoding in full) → original kept private → `render` in a job → public files
"""

import base64
import hashlib
import io
import warnings
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from marketplace.core.errors import DomainError, ErrorCode

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
RENDITION_FORMATS = {"webp": ("WEBP", {"quality": 80, "method": 4}), "jpg": ("JPEG", {"quality": 82})}
PLACEHOLDER_SIZE = 16


@dataclass(frozen=True, slots=True)
class Rendered:
    """What `render` made. `widths` are the renditions' widths in pixels, `color` is `#rrggbb`."""

    width: int
    height: int
    widths: list[int]
    color: str
    placeholder: str


# Why a picture was refused, by code.
MESSAGES = {
    ErrorCode.FILE_TOO_LARGE: _(
        "The picture is larger than 20 MB or 50 megapixels. Take it at a lower quality."
    ),
    ErrorCode.FILE_TYPE: _("This is no picture we can read. Send JPEG, PNG, WebP or AVIF."),
    ErrorCode.FILE_BROKEN: _("The picture is damaged or did not arrive whole. Please send it again."),
}


def _refused(code: ErrorCode) -> DomainError:
    return DomainError.of(code, MESSAGES[code], "file")


def open_checked(data: bytes) -> Image.Image:
    """The picture, decoded. Content decides, never its name.

    Raises DomainError FILE_TOO_LARGE, FILE_TYPE or FILE_BROKEN, before decoding where the header is enough.
    """
    if len(data) > settings.IMAGE_MAX_BYTES:
        raise _refused(ErrorCode.FILE_TOO_LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
            if picture.width * picture.height > settings.IMAGE_MAX_PIXELS:
                raise _refused(ErrorCode.FILE_TOO_LARGE)
            picture.load()
    except UnidentifiedImageError:
        raise _refused(ErrorCode.FILE_TYPE) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        # Pillow's own limit, met while it reads the header.
        raise _refused(ErrorCode.FILE_TOO_LARGE) from None
    except (OSError, ValueError, SyntaxError):
        raise _refused(ErrorCode.FILE_BROKEN) from None
    return picture


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def upright_srgb(picture: Image.Image) -> Image.Image:
    """Turned as the camera meant, in sRGB, without transparency, EXIF or any other metadata."""
    picture = ImageOps.exif_transpose(picture)
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "CMYK", "L"}:
        # A broken profile: take the numbers as they are.
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            picture = (
                ImageCms.profileToProfile(
                    picture,
                    ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                    ImageCms.createProfile("sRGB"),
                    outputMode="RGB",
                )
                or picture
            )
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        ground = Image.new("RGBA", picture.size, "#FBF7EF")
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    flat = picture.convert("RGB")
    clean = Image.new("RGB", flat.size)
    clean.paste(flat)
    return clean


def rendition_name(asset_id: object, width: int, extension: str) -> str:
    """A name whose content never changes: the asset's id, the width, the format."""
    key = str(asset_id).replace("-", "")
    return f"r/{key[-2:]}/{key}/{width}.{extension}"


def render(asset_id: object, picture: Image.Image) -> Rendered:
    """Writes all renditions to the public storage. Safe to run twice: names and content are the same."""
    clean = upright_srgb(picture)
    storage = storages["public"]
    widths = [width for width in settings.IMAGE_WIDTHS if width <= clean.width] or [clean.width]
    for width in widths:
        height = max(1, round(clean.height * width / clean.width))
        scaled = clean if width == clean.width else clean.resize((width, height), Image.Resampling.LANCZOS)
        for extension, (kind, options) in RENDITION_FORMATS.items():
            buffer = io.BytesIO()
            scaled.save(buffer, kind, **options)
            name = rendition_name(asset_id, width, extension)
            if storage.exists(name):
                storage.delete(name)
            storage.save(name, ContentFile(buffer.getvalue()))
    small = clean.resize((PLACEHOLDER_SIZE, max(1, PLACEHOLDER_SIZE * clean.height // clean.width)))
    red, green, blue = small.resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=40)
    return Rendered(
        width=clean.width,
        height=clean.height,
        widths=widths,
        color=f"#{red:02x}{green:02x}{blue:02x}",
        placeholder="data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode(),
    )


def rendition_url(asset_id: object, widths: list[int], wanted: int | None, extension: str) -> str:
    """The URL of the smallest rendition at least as wide as wanted, else of the widest."""
    width = next((w for w in sorted(widths) if wanted is not None and w >= wanted), max(widths))
    return storages["public"].url(rendition_name(asset_id, width, extension))
