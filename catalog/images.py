"""Pictures: what is taken in, and the renditions that are made of it.

bytes → `inspect` (in the request, by the header) → original kept private → `open_checked` and `render` in a job
→ public files

Memory is what a hostile picture attacks, so three rules hold:
- A file is walked here before Pillow sees it, and Pillow sees no EXIF: its parser follows every tag, we need one.
- `WORKING_BYTES` bounds what decoding takes, as far as the header can tell. A JPEG may have all 50 megapixels, for it
  is decoded at a reduced scale (a progressive one only while its coefficients fit: about 35 megapixels at 4:4:4). A PNG
  may have 50 too. A WebP or AVIF may have 12.6, enough for a phone: their decoders hold the picture up to four times.
- The decoded picture is shrunk to the largest rendition band by band, so that no second full copy exists.
"""

import base64
import hashlib
import io
import math
import re
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, PngImagePlugin

from catalog.models import ImageAsset
from marketplace.core.errors import DomainError, ErrorCode, Text
from marketplace.core.private_links import opened, private_path

RENDITION_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "webp": ("WEBP", {"quality": 80, "method": 4}),
    "jpg": ("JPEG", {"quality": 82}),
}
AVIF_RENDITION: tuple[str, dict[str, Any]] = ("AVIF", {"quality": 60, "speed": 8})
RENDITION_TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "avif": "image/avif"}
PLACEHOLDER_SIZE = 16
# The folder of what was uploaded, in the private storage.
ORIGINALS = "o"
SALT = "catalog.images"
# What shows through a transparent picture.
PAPER = "#FBF7EF"
# In pixels. WebP itself ends at 16,383; nobody scrolls that far.
MAX_SIDE = 20_000
MAX_RENDITION_HEIGHT = 8_192
# The worker stays under 400 MB: 130 MB are Python and Django, 40 MB the file and its clean copy, the rest renditions.
WORKING_BYTES = 215_000_000
# Chunks, segments or boxes. Real files have some hundreds; walking millions would take seconds.
MAX_PARTS = 20_000
# A usual progressive JPEG has 10 scans; each one is a pass over the whole picture.
MAX_SCANS = 100
MAX_EXTRA_BYTES = 4 * 1024 * 1024
BAND_PIXELS = 2_000_000
# One picture at a time in a process: the bound is for one. Held by `open_checked`; whoever also reads the file and
# renders may hold it around all three.
TURN = threading.RLock()

# Pillow's own limits, for what the walk does not decompress.
warnings.simplefilter("error", Image.DecompressionBombWarning)
PngImagePlugin.MAX_TEXT_MEMORY = MAX_EXTRA_BYTES


@dataclass(frozen=True, slots=True)
class Inspected:
    """What the header says. `width` and `height` are pixels as stored, before the camera's orientation."""

    format: str
    width: int
    height: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """What `render` made. `width` and `height` are the original's, upright; `widths` the renditions' widths, all in
    pixels; `color` is `#rrggbb`."""

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
TOO_HEAVY = _("The picture has too many pixels for its format. Save it as an ordinary JPEG and send that.")
HEIC = _(
    "This is an iPhone picture in the HEIC format, which we cannot read. Send it as JPEG: on the iPhone open "
    "Settings, Camera, Formats, choose Most Compatible, then take the picture again."
)


def refusal(code: ErrorCode, message: Text | None = None) -> DomainError:
    """The error for a refused file, at the field `file`. `message`: where the code's own says too little."""
    return DomainError.of(code, message or MESSAGES[code], "file")


@contextmanager
def _refusing() -> Iterator[None]:
    """What Pillow and struct say of bad bytes, as DomainError."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise refusal(ErrorCode.FILE_TOO_LARGE) from None
    except (
        ArithmeticError,
        AssertionError,
        EOFError,
        LookupError,
        MemoryError,
        OSError,
        RuntimeError,
        SyntaxError,
        TypeError,
        ValueError,
        Warning,
        struct.error,
        zlib.error,
    ):
        raise refusal(ErrorCode.FILE_BROKEN) from None


# --- Reading the header -------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Header:
    """What a walk through the file found. `clean` is what Pillow may see."""

    clean: bytes
    orientation: int = 1
    # Bytes a pixel: while decoding (None: by the mode), and kept besides the decoded picture.
    decoding: int | None = None
    coefficients: float = 0.0
    # Pixels of all frames that an AVIF's streams declare.
    frames: int = 0


def sniffed(data: bytes) -> str:
    """The format by the first bytes, whatever the name says.

    Raises DomainError FILE_BROKEN for an empty file, FILE_TYPE for all but JPEG, PNG, WebP and AVIF.
    """
    if not data:
        raise refusal(ErrorCode.FILE_BROKEN)
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        end = min(struct.unpack(">I", data[:4])[0], 256)
        brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
        if brands & {b"avif", b"avis"}:
            return "AVIF"
        if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}:
            raise refusal(ErrorCode.FILE_TYPE, HEIC)
    raise refusal(ErrorCode.FILE_TYPE)


def _orientation(exif: bytes) -> int:
    """The EXIF orientation, 1 to 8. Reads nothing else of the block."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    with suppress(struct.error):
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, start)
        for at in range(start + 2, start + 2 + 12 * entries, 12):
            tag, kind, count, value = struct.unpack_from(order + "HHIH", tiff, at)
            if (tag, kind, count) == (0x0112, 3, 1):
                return value if 1 <= value <= 8 else 1
    return 1


_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")


def _walk_jpeg(data: bytes) -> _Header:
    """Segments up to the end marker. What follows it, EXIF, XMP, comments and further pictures stay out of `clean`."""
    header = _Header(b"")
    kept = [data[:2]]
    at, done, profile, scans, frame = 2, 2, 0, 0, b""
    progressive = partial = False
    for _part in range(MAX_PARTS):
        found = _MARKER.search(data, at)
        if found is None:
            break
        marker, start = found[1][0], found.start()
        if marker == 0xD9:
            if not frame or not scans:
                break
            header.clean = b"".join([*kept, data[done : found.end()]])
            samples = [(size >> 4) * (size & 15) for size in frame[7::3]]
            if progressive or partial or scans > 1:
                # libjpeg keeps every coefficient in 2 bytes until the last scan is read.
                header.coefficients = 2 * sum(samples) / max(samples)
            return header
        if marker in (0x01, 0xD8):
            at = found.end()
            continue
        size = struct.unpack_from(">H", data, start + 2)[0]
        end = start + 2 + size
        if size < 2 or end > len(data):
            break
        body = data[start + 4 : end]
        if marker in (0xC0, 0xC1, 0xC2):
            if frame or len(body) != 6 + 3 * body[5]:
                break
            frame, progressive = body, marker == 0xC2
        elif 0xC3 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            # Lossless, hierarchical and arithmetic JPEG: no camera writes them.
            raise refusal(ErrorCode.FILE_TYPE)
        elif marker == 0xDA:
            scans += 1
            partial = partial or not frame or body[0] < frame[5]
            if scans > MAX_SCANS:
                break
        elif 0xE0 <= marker <= 0xEF or marker == 0xFE:
            if marker == 0xE1 and body.startswith(b"Exif\0\0") and header.orientation == 1:
                header.orientation = _orientation(body)
            if marker == 0xE2 and body.startswith(b"ICC_PROFILE\0"):
                profile += size
                wanted = profile <= MAX_EXTRA_BYTES
            else:
                wanted = (marker, body[:5]) in {(0xE0, b"JFIF\0"), (0xEE, b"Adobe")}
            if not wanted:
                kept.append(data[done:start])
                done = end
        at = end
    raise refusal(ErrorCode.FILE_BROKEN)


def _walk_png(data: bytes) -> _Header:
    """Chunks with right lengths and checksums from IHDR to IEND."""
    header = _Header(data)
    at, extra, pixels = 8, 0, False
    view = memoryview(data)
    for part in range(MAX_PARTS):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 8 + length
        if zlib.crc32(view[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            break
        # One IHDR, at the start.
        if (kind == b"IHDR") != (part == 0):
            break
        if kind == b"IEND":
            if not pixels:
                break
            return header
        if kind == b"IDAT":
            pixels = True
        elif kind != b"fdAT":
            extra += length
            if extra > MAX_EXTRA_BYTES:
                break
            if kind == b"eXIf":
                header.orientation = _orientation(data[at + 8 : end])
        at = end + 4
    raise refusal(ErrorCode.FILE_BROKEN)


def _walk_webp(data: bytes) -> _Header:
    """RIFF chunks, all inside the size that the file declares and has."""
    # The decoder holds two canvases, a copy as bytes and the picture, 4 bytes a pixel each.
    header = _Header(data, decoding=17)
    end = 8 + struct.unpack_from("<I", data, 4)[0]
    at = 12
    if end <= len(data):
        for _part in range(MAX_PARTS):
            if at >= end:
                return header
            kind, length = struct.unpack_from("<4sI", data, at)
            if at + 8 + length > end:
                break
            if kind == b"EXIF":
                header.orientation = _orientation(data[at + 8 : at + 8 + length])
            at += 8 + length + length % 2
    raise refusal(ErrorCode.FILE_BROKEN)


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Kind, start, start of the content and end of each box; all must lie inside."""
    for _part in range(MAX_PARTS):
        if at == end:
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            break
        yield kind, at, at + head, at + size
        at += size
    raise refusal(ErrorCode.FILE_BROKEN)


def _walk_avif(data: bytes) -> _Header:
    """Top-level boxes inside the file. An animation becomes its still picture, for its table of samples is built
    whole and a few bytes can declare millions. EXIF becomes an item that readers pass over; turning is told outside.
    """
    header = _Header(data, decoding=17)
    clean: list[bytes | memoryview] = []
    found = False
    for kind, start, content, end in _boxes(data, 0, len(data)):
        box: bytes | memoryview = memoryview(data)[start:end]
        if kind == b"ftyp":
            box = bytes(box).replace(b"avis", b"avif")
        elif kind == b"moov":
            box = b"".join((box[:4], b"free", box[8:]))
        elif kind == b"meta":
            # A second one would be walked as long as the first.
            if found:
                raise refusal(ErrorCode.FILE_BROKEN)
            found = True
            budget = iter(range(MAX_PARTS))
            header.frames += sum(
                _av1_pixels(item, budget) for item in _avif_items(data, content + 4, end, budget)
            )
            # av1C: marker and version, profile and level, then tier and depth.
            if any(config[1] & 0x40 for config in re.findall(rb"av1C\x81(..)", box, re.DOTALL)):
                header.decoding = 21
            box = bytes(box).replace(b"Exif", b"none")
        clean.append(box)
    if not found:
        raise refusal(ErrorCode.FILE_BROKEN)
    header.clean = b"".join(clean)
    return header


def _spend(budget: Iterator[int]) -> None:
    """Counts one part more. An extent may be empty and a unit of a stream two bytes, so a file could hold millions."""
    if next(budget, None) is None:
        raise refusal(ErrorCode.FILE_BROKEN)


def _avif_items(data: bytes, at: int, end: int, budget: Iterator[int]) -> Iterator[bytes]:
    """The content of each item that the box `iloc` locates."""
    inner = {kind: (content, stop) for kind, _start, content, stop in _boxes(data, at, end)}
    at, stop = inner[b"iloc"]

    def number(size: int) -> int:
        nonlocal at
        if at + size > stop:
            raise refusal(ErrorCode.FILE_BROKEN)
        at += size
        return int.from_bytes(data[at - size : at], "big")

    version, sizes = number(1), (number(3), number(2))[1]
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    total = 0
    for _item in range(number(4 if version == 2 else 2)):
        _spend(budget)
        number(4 if version == 2 else 2)
        in_box = bool(version and number(2) & 15)
        number(2)
        base = number(base_size) + (inner[b"idat"][0] if in_box else 0)
        pieces = []
        for _extent in range(number(2)):
            _spend(budget)
            number(index_size)
            start = base + number(offset_size)
            piece = data[start : start + (number(length_size) or len(data))]
            total += len(piece) + 1
            # Items that all point at the same bytes would multiply them.
            if total > 2 * len(data):
                raise refusal(ErrorCode.FILE_BROKEN)
            pieces.append(piece)
        yield b"".join(pieces)


def _av1_pixels(item: bytes, budget: Iterator[int]) -> int:
    """Pixels of the largest frame that an AV1 item's sequence headers allow: the decoder makes room for these, whatever
    size the file around it declares. 0 for other items."""
    at, largest = 0, 0
    while at < len(item):
        _spend(budget)
        head = item[at]
        at += 2 if head & 4 else 1
        size = len(item) - at
        if head & 2:
            size = 0
            for shift in range(0, 56, 7):
                byte = item[at]
                at += 1
                size |= (byte & 127) << shift
                if byte < 128:
                    break
        if head >> 3 & 15 == 1:
            largest = max(largest, _sequence_pixels(item[at : at + size]))
        at += size
    return largest


def _sequence_pixels(body: bytes) -> int:
    bits = "".join(f"{byte:08b}" for byte in body[:256])
    at = 0

    def take(count: int) -> int:
        nonlocal at
        at += count
        return int(bits[at - count : at], 2)

    take(4)
    if take(1):
        take(5)
    else:
        # Timing belongs to video.
        if take(1):
            raise refusal(ErrorCode.FILE_BROKEN)
        delays = take(1)
        for _point in range(take(5) + 1):
            take(12)
            if take(5) > 7:
                take(1)
            if delays and take(1):
                take(4)
    width_bits, height_bits = take(4) + 1, take(4) + 1
    return (take(width_bits) + 1) * (take(height_bits) + 1)


_WALKS = {"JPEG": _walk_jpeg, "PNG": _walk_png, "WEBP": _walk_webp, "AVIF": _walk_avif}
_MODE_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2}


def _opened(data: bytes) -> tuple[Inspected, Image.Image, int]:
    """What the header says, the picture before decoding (a JPEG set to a reduced scale), and its orientation."""
    if len(data) > settings.IMAGE_MAX_BYTES:
        raise refusal(ErrorCode.FILE_TOO_LARGE)
    kind = sniffed(data)
    with _refusing():
        header = _WALKS[kind](data)
        picture = Image.open(io.BytesIO(header.clean), formats=(kind,))
        width, height = picture.size
        if width * height > settings.IMAGE_MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise refusal(ErrorCode.FILE_TOO_LARGE)
        if kind == "AVIF":
            # Made by Pillow from the file's own turning boxes, never the file's EXIF.
            header.orientation = _orientation(picture.info.get("exif", b""))
            # Colour, transparency and a thumbnail may each be as large as the picture; no more.
            if header.frames > 3 * width * height + 1_000_000:
                raise refusal(ErrorCode.FILE_BROKEN)
        picture.draft(None, _stored_target(width, height, header.orientation))
        decoded = picture.width * picture.height * (header.decoding or _MODE_BYTES.get(picture.mode, 4))
        if decoded + width * height * header.coefficients > WORKING_BYTES:
            raise refusal(ErrorCode.FILE_TOO_LARGE, TOO_HEAVY)
    digest = hashlib.sha256(data).hexdigest()
    return Inspected(kind, width, height, digest), picture, header.orientation


def inspect(file: IO[bytes] | Any) -> Inspected:
    """Judges an upload by its content, without decoding a pixel. `file`: bytes, or a seekable binary file, read once
    (at most the allowed size is held) and left at its start.

    Raises DomainError on `file`: FILE_TOO_LARGE (bytes, pixels, a side, or memory to decode), FILE_TYPE (not one of
    the four formats), FILE_BROKEN (empty, truncated, or out of its format's order).
    """
    if isinstance(file, bytes):
        return _opened(file)[0]
    size = getattr(file, "size", None)
    if size is not None and size > settings.IMAGE_MAX_BYTES:
        raise refusal(ErrorCode.FILE_TOO_LARGE)
    file.seek(0)
    try:
        return _opened(file.read(settings.IMAGE_MAX_BYTES + 1))[0]
    finally:
        file.seek(0)


# --- Decoding -----------------------------------------------------------------------------------------------
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_checked(data: bytes) -> Image.Image:
    """The picture decoded: upright, sRGB on paper, no metadata, no larger than its largest rendition.

    `info["true_size"]` is the upright size of the original in pixels. Only the first frame of an animation is read.
    Raises DomainError as `inspect` does, and FILE_BROKEN where only decoding shows the damage.
    """
    with TURN:
        found, picture, orientation = _opened(data)
        with _refusing():
            picture.load()
            flat = _shrunk(picture, _stored_target(found.width, found.height, orientation))
        del picture
    size = (found.width, found.height)
    if orientation in _TURNS:
        flat = flat.transpose(_TURNS[orientation])
        size = size if orientation < 5 else size[::-1]
    flat.info["true_size"] = size
    return flat


def _shrunk(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The decoded picture in sRGB at `size`, made band by band: a whole copy of 50 megapixels would not fit."""
    width, height = size
    profile = picture.info.get("icc_profile")
    scale = picture.height / height
    # Rows beyond the band that Lanczos looks at.
    margin = math.ceil(4 * scale) + 1
    rows = max(1, height * BAND_PIXELS // (picture.width * picture.height))
    result = Image.new("RGB", size)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        first = max(0, math.floor(top * scale) - margin)
        last = min(picture.height, math.ceil(bottom * scale) + margin)
        band = _plain(picture.crop((0, first, picture.width, last)))
        box = (0, top * scale - first, band.width, min(bottom * scale - first, band.height))
        band = band.resize((width, bottom - top), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
        result.paste(_srgb(band, profile), (0, top))
    return result


def _plain(picture: Image.Image) -> Image.Image:
    """In the one of L, RGB, CMYK and RGBA that loses nothing a browser shows."""
    if picture.mode.startswith("I;16"):
        # Pillow's own conversion clips at 255.
        return picture.convert("I").point([value >> 8 for value in range(65_536)], "L")
    if picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in picture.info:
        return picture.convert("RGBA")
    if picture.mode == "1":
        return picture.convert("L")
    return picture if picture.mode in {"L", "RGB", "CMYK"} else picture.convert("RGB")


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """A plain picture as RGB in sRGB, on paper where it is transparent."""
    if profile and len(profile) <= MAX_EXTRA_BYTES:
        # A broken profile, or one for other channels: take the numbers as they are.
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "RGBA" if picture.mode == "RGBA" else "RGB"
            target = ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, source, target, outputMode=mode) or picture
    if picture.mode == "RGBA":
        ground = Image.new("RGBA", picture.size, PAPER)
        ground.alpha_composite(picture)
        picture = ground
    return picture.convert("RGB")


def upright_srgb(picture: Image.Image) -> Image.Image:
    """A picture of our own in sRGB, without transparency or any metadata. Uploads come so from `open_checked`."""
    flat = _srgb(_plain(picture), picture.info.get("icc_profile"))
    clean = Image.new("RGB", flat.size)
    clean.paste(flat)
    return clean


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- Renditions ---------------------------------------------------------------------------------------------
def rendition_formats() -> dict[str, tuple[str, dict[str, Any]]]:
    """By file extension: Pillow's format and its options. AVIF where the installation asks for it."""
    if getattr(settings, "IMAGE_AVIF", False):
        return {**RENDITION_FORMATS, "avif": AVIF_RENDITION}
    return RENDITION_FORMATS


def _height_at(width: int, size: tuple[int, int]) -> int:
    return min(MAX_RENDITION_HEIGHT, max(1, round(size[1] * width / size[0])))


def _widths(size: tuple[int, int]) -> list[int]:
    """The renditions' widths of an upright picture: none wider than it, none higher than the limit."""
    widest = min(size[0], max(1, MAX_RENDITION_HEIGHT * size[0] // size[1]))
    return [width for width in settings.IMAGE_WIDTHS if width <= widest] or [widest]


def _stored_target(width: int, height: int, orientation: int) -> tuple[int, int]:
    """The size of the largest rendition, before turning."""
    upright = (width, height) if orientation < 5 else (height, width)
    widest = max(_widths(upright))
    target = (widest, _height_at(widest, upright))
    return target if orientation < 5 else target[::-1]


def rendition_name(asset_id: object, width: int, extension: str) -> str:
    """A name whose content never changes: the asset's id, the width, the format."""
    key = str(asset_id).replace("-", "")
    return f"r/{key[-2:]}/{key}/{width}.{extension}"


def rendition_names(asset_id: object, widths: list[int]) -> list[str]:
    """All files that `render` may have written, those of formats since switched off too."""
    return [
        rendition_name(asset_id, width, kind) for width in widths for kind in (*RENDITION_FORMATS, "avif")
    ]


def render(asset_id: object, picture: Image.Image, *, private: bool = False) -> Rendered:
    """Writes all renditions to their storage. `picture`: from `open_checked`, or drawn by ourselves.

    Safe to run twice and in two workers at once: names and content are the same.
    """
    size = picture.info.get("true_size", picture.size)
    clean = upright_srgb(picture)
    widths = _widths(size)
    for width in widths:
        shape = (width, _height_at(width, size))
        scaled = clean if shape == clean.size else clean.resize(shape, Image.Resampling.LANCZOS)
        for extension, (kind, options) in rendition_formats().items():
            buffer = io.BytesIO()
            scaled.save(buffer, kind, **options)
            name = rendition_name(asset_id, width, extension)
            _write(rendition_storage(private=private), name, buffer.getvalue())
    small = clean.resize((PLACEHOLDER_SIZE, min(64, max(1, PLACEHOLDER_SIZE * size[1] // size[0]))))
    red, green, blue = small.resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=40)
    return Rendered(
        width=size[0],
        height=size[1],
        widths=widths,
        color=f"#{red:02x}{green:02x}{blue:02x}",
        placeholder="data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode(),
    )


def rendition_storage(*, private: bool) -> Storage:
    return storages["private" if private else "public"]


def _write(storage: Storage, name: str, content: bytes) -> None:
    """Leaves `content` at `name`. A half-written file of a killed worker has another size and is replaced."""
    if storage.exists(name):
        if storage.size(name) == len(content):
            return
        storage.delete(name)
    file = ContentFile(content)
    # For a bucket, which serves it under this type; not every Python knows that of a .webp.
    file.content_type = RENDITION_TYPES[name.rpartition(".")[2]]  # type: ignore[attr-defined]
    written = storage.save(name, file)
    if written != name:
        # Another worker was first, with the same content.
        storage.delete(written)


def rendition_url(asset: ImageAsset, wanted: int | None, extension: str) -> str:
    """The URL of the smallest rendition at least as wide as wanted, else of the widest.

    That of a private picture is a signed one and ends: it is for whoever may read where the picture stands.
    """
    widths = asset.widths
    width = next((w for w in sorted(widths) if wanted is not None and w >= wanted), max(widths))
    name = rendition_name(asset.pk, width, extension)
    if asset.private:
        return private_path("private_picture", SALT, name)
    return storages["public"].url(name)


def rendition_of(token: str) -> str | None:
    """The name of a private rendition, of a link that is ours and not too old."""
    return opened(token, SALT)
