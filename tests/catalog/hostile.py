"""Builds the hostile, odd and heavy picture files of test_hostile_images.py. Nothing here is read from outside."""

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PIL import Image, ImageCms

# Every payload carries it; no rendition may.
MARK = b"payload-7f3a"
SCRIPT = b"<script>alert('payload-7f3a')</script><?php echo 'payload-7f3a'; ?>"


@dataclass(frozen=True)
class Case:
    name: str
    build: Callable[[], bytes]
    # "ok" or the code of the refusal.
    expected: str


CASES: list[Case] = []
HEAVY: dict[str, Callable[[], bytes]] = {}


def case(name: str, build: Callable[[], bytes], expected: str = "ok") -> None:
    CASES.append(Case(name, build, expected))


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def photo(width: int = 300, height: int = 200) -> Image.Image:
    """A picture with some detail, the same each time."""
    tile = Image.frombytes("RGB", (16, 16), random.Random(7).randbytes(768))
    return tile.resize((width, height), Image.Resampling.BICUBIC)


# --- Raw PNG and JPEG ---------------------------------------------------------------------------------------
def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def ihdr(width: int, height: int, depth: int = 8, colour: int = 2, interlace: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def raw_png(header: bytes, pixels: bytes, *extra: bytes) -> bytes:
    body = b"".join(extra) + chunk(b"IDAT", pixels)
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND")


def deflated(parts: Iterable[bytes]) -> bytes:
    packer = zlib.compressobj(1)
    return b"".join([*(packer.compress(part) for part in parts), packer.flush()])


def big_png(width: int, height: int, depth: int, colour: int, *extra: bytes) -> bytes:
    """A real PNG whose rows are all alike, made without holding its pixels."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = bytes(1) + bytes([1 if colour == 3 else 90]) * ((width * depth * samples + 7) // 8)
    return raw_png(ihdr(width, height, depth, colour), deflated(row for _ in range(height)), *extra)


def with_chunk(data: bytes, new: bytes) -> bytes:
    """A chunk right after IHDR."""
    return data[:33] + new + data[33:]


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segments(data: bytes, *new: bytes) -> bytes:
    """Segments right after the start of a JPEG."""
    return data[:2] + b"".join(new) + data[2:]


def exif(orientation: int = 1) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010E] = MARK.decode()
    tags.get_ifd(0x8825).update({1: "N", 2: (20.0, 43.0, 12.0), 3: "E", 4: (105.0, 54.0, 1.0)})
    return tags.tobytes()


def exif_bomb() -> bytes:
    """5,000 tags that each claim the same 60,000 bytes."""
    entries = b"".join(struct.pack("<HHII", 1000 + tag, 7, 60_000, 8) for tag in range(5_000))
    body = b"II*\0" + struct.pack("<IH", 8, 5_000) + entries
    return b"Exif\0\0" + body.ljust(60_100, b"\0")


def exif_bomb_avif() -> bytes:
    # Pillow reads the block while it writes, so it writes a mild one of the same length first.
    bomb = exif_bomb()
    mild = exif().ljust(len(bomb), b"\0")
    return encoded(photo(), "AVIF", exif=mild).replace(mild[6:], bomb[6:])


def many_scans(scans: int) -> bytes:
    data = encoded(photo(), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * scans + data[-2:]


def wrong_tables() -> bytes:
    data = bytearray(encoded(photo()))
    at = data.index(b"\xff\xc4")
    data[at + 5 : at + 21] = b"\xff" * 16
    return bytes(data)


def p3() -> bytes:
    """A profile with a wider red, as a phone writes: sRGB's own with other primaries."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for at in range(128 + 4, 128 + 4 + 12 * struct.unpack(">I", profile[128:132])[0], 12):
        name, start, _size = struct.unpack(">4sII", profile[at : at + 12])
        columns = {b"rXYZ": (0.5151, 0.2412, -0.0011), b"gXYZ": (0.2920, 0.6922, 0.0419)}
        columns[b"bXYZ"] = (0.1571, 0.0666, 0.7841)
        if name in columns:
            values = [round(value * 65_536) for value in columns[name]]
            profile[start + 8 : start + 20] = struct.pack(">3i", *values)
    return bytes(profile)


def lying_avif() -> bytes:
    """16×16 by its boxes, 4,000×4,000 by its stream."""
    data = encoded(Image.new("RGB", (4_000, 4_000), "red"), "AVIF", speed=10)
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", 16, 16) + data[at + 8 :]


def palette() -> Image.Image:
    picture = photo().quantize(16)
    picture.info["transparency"] = 0
    return picture


def ftyp(brand: bytes) -> bytes:
    return (
        struct.pack(">I4s4sI4s", 20, b"ftyp", brand, 0, brand) + struct.pack(">I4s", 16, b"mdat") + bytes(8)
    )


def cut(kind: str, part: float) -> bytes:
    data = encoded(photo(), kind)
    return data[: int(len(data) * part)]


# --- The table ----------------------------------------------------------------------------------------------
BROKEN, TYPE, LARGE = "FILE_BROKEN", "FILE_TYPE", "FILE_TOO_LARGE"
FRAMES = [photo(60, 40), photo(60, 40).rotate(90), photo(60, 40).rotate(180)]
XMP_CHUNK = b"XML:com.adobe.xmp\0\0\0\0\0" + SCRIPT
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>"

case("empty file", lambda: b"", BROKEN)
case("one byte", lambda: b"\xff", TYPE)
case("JPEG start only", lambda: b"\xff\xd8\xff", BROKEN)
case("PNG signature only", lambda: b"\x89PNG\r\n\x1a\n", BROKEN)
case("SVG with script", lambda: SVG, TYPE)
case("SVG after an XML declaration, named .jpg", lambda: b"<?xml version='1.0'?>" + SVG, TYPE)
case("HTML named .png", lambda: b"<!doctype html>" + SCRIPT, TYPE)
case("GIF", lambda: encoded(photo(), "GIF"), TYPE)
case("GIF header and JavaScript", lambda: b"GIF89a/*" + bytes(9) + b"*/=1;alert(1)//" + MARK, TYPE)
case("BMP", lambda: encoded(photo(), "BMP"), TYPE)
case("TIFF", lambda: encoded(photo(), "TIFF"), TYPE)
case("ICO", lambda: encoded(photo(32, 32), "ICO"), TYPE)
case("PSD", lambda: b"8BPS\0\1" + bytes(40), TYPE)
case("HEIC", lambda: ftyp(b"heic"), TYPE)
case("MP4 video", lambda: ftyp(b"isom"), TYPE)
case("PDF, then JPEG", lambda: b"%PDF-1.7\n" + encoded(photo()), TYPE)
case("ZIP, then JPEG", lambda: b"PK\3\4" + bytes(26) + encoded(photo()), TYPE)
for part in (0.1, 0.5, 0.9, 0.999):
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        case(f"{kind} cut at {part:.1%}", lambda kind=kind, part=part: cut(kind, part), BROKEN)
case(
    "JPEG, embedded end marker, cut",
    lambda: with_segments(cut("JPEG", 0.7), segment(0xE1, b"\xff\xd9")),
    BROKEN,
)
case("JPEG with impossible Huffman tables", wrong_tables, BROKEN)
case("JPEG with 150 scans", lambda: many_scans(150), BROKEN)
case("JPEG with 1,000 scans", lambda: many_scans(1_000), BROKEN)
case("JPEG, lossless kind", lambda: encoded(photo()).replace(b"\xff\xc0", b"\xff\xc3", 1), TYPE)
case(
    "JPEG with 30,000 comments", lambda: with_segments(encoded(photo()), segment(0xFE, b"") * 30_000), BROKEN
)
case(
    "PNG, wrong checksum",
    lambda: with_chunk(encoded(photo(), "PNG"), chunk(b"tIME", bytes(7))[:-1] + b"!"),
    BROKEN,
)
case("PNG, two headers", lambda: with_chunk(encoded(photo(), "PNG"), ihdr(30_000, 30_000)), BROKEN)
case(
    "PNG, chunk longer than the file", lambda: encoded(photo(), "PNG")[:33] + b"\x7f\xff\xff\xffIDAT", BROKEN
)
case("PNG without pixels", lambda: b"\x89PNG\r\n\x1a\n" + ihdr(9, 9) + chunk(b"IEND"), BROKEN)
# Whole by its structure: Pillow leaves the missing rows black, and nothing else comes of it.
case("PNG, too few rows", lambda: raw_png(ihdr(200, 200), deflated([bytes(601)])))
case("PNG, pixels are no deflate stream", lambda: raw_png(ihdr(200, 200), b"nonsense" * 9), BROKEN)
case("PNG, no such colour type", lambda: raw_png(ihdr(9, 9, 8, 5), b""), BROKEN)
case("PNG of no width", lambda: raw_png(ihdr(0, 9), deflated([bytes(9)])), BROKEN)
case(
    "PNG, text that inflates to 50 MB",
    lambda: with_chunk(
        encoded(photo(), "PNG"), chunk(b"iTXt", b"k\0\1\0\0\0" + deflated([bytes(10**6)] * 50))
    ),
    BROKEN,
)
case(
    "PNG, profile that inflates to 50 MB",
    lambda: with_chunk(encoded(photo(), "PNG"), chunk(b"iCCP", b"k\0\0" + deflated([bytes(10**6)] * 50))),
    BROKEN,
)
case(
    "PNG, 5 MB of text",
    lambda: with_chunk(encoded(photo(), "PNG"), chunk(b"tEXt", b"k\0" + bytes(5 * 2**20))),
    BROKEN,
)
case("PNG of 30,000×30,000 by its header", lambda: raw_png(ihdr(30_000, 30_000), deflated([b""])), LARGE)
case("PNG of 30,000×30,000 in truth", lambda: big_png(30_000, 30_000, 1, 0), LARGE)
case("PNG of 20,001×1", lambda: big_png(20_001, 1, 8, 2), LARGE)
case("PNG of 20,000×1", lambda: big_png(20_000, 1, 8, 2))
case("PNG of 1×20,000", lambda: big_png(1, 20_000, 8, 2))
case("JPEG of 51 megapixels", lambda: encoded(Image.new("L", (8_500, 6_000))), LARGE)
case("JPEG of 50 megapixels", lambda: encoded(Image.new("L", (10_000, 5_000))))
case("JPEG, progressive 4:4:4, 45 megapixels", lambda: big_progressive(9_000, 5_000), LARGE)
case("WebP of 13 megapixels", lambda: encoded(Image.new("RGB", (4_000, 3_250)), "WEBP", method=0), LARGE)
case("AVIF of 13 megapixels", lambda: encoded(Image.new("RGB", (4_000, 3_250)), "AVIF", speed=10), LARGE)
case("AVIF whose stream is larger than its boxes say", lying_avif, BROKEN)
case("JPEG of more than 20 MB", lambda: encoded(photo()) + bytes(20 * 2**20), LARGE)
case("JPEG", lambda: encoded(photo()))
case("PNG", lambda: encoded(photo(), "PNG"))
case("WebP", lambda: encoded(photo(), "WEBP"))
case("AVIF", lambda: encoded(photo(), "AVIF"))
case("JPEG of 1×1", lambda: encoded(photo(1, 1)))
case("PNG named .jpg", lambda: encoded(photo(), "PNG"))
case("JPEG and ZIP", lambda: encoded(photo()) + b"PK\3\4" + bytes(26) + MARK + b"PK\5\6" + bytes(18))
case("JPEG and HTML", lambda: encoded(photo()) + SCRIPT)
case("JPEG with PHP in a comment", lambda: encoded(photo(), comment=SCRIPT))
case("JPEG with zeros after its end", lambda: encoded(photo()) + bytes(100))
case("JPEG with fill bytes", lambda: with_segments(encoded(photo()), b"\xff" * 50))
case("JPEG with a second picture", lambda: encoded(photo(), "MPO", save_all=True, append_images=FRAMES))
case("PNG and PHP", lambda: encoded(photo(), "PNG") + SCRIPT)
case("PNG with PHP in a text", lambda: with_chunk(encoded(photo(), "PNG"), chunk(b"tEXt", b"k\0" + SCRIPT)))
case("WebP and script", lambda: encoded(photo(), "WEBP") + SCRIPT)
case("JPEG with XMP that holds script", lambda: encoded(photo(), xmp=SCRIPT))
case("PNG with XMP that holds script", lambda: with_chunk(encoded(photo(), "PNG"), chunk(b"iTXt", XMP_CHUNK)))
case("JPEG with GPS", lambda: encoded(photo(), exif=exif()))
case("PNG with GPS", lambda: encoded(photo(), "PNG", exif=exif()))
case("WebP with GPS", lambda: encoded(photo(), "WEBP", exif=exif(), xmp=SCRIPT))
case("AVIF with GPS", lambda: encoded(photo(), "AVIF", exif=exif(), xmp=SCRIPT))
case(
    "JPEG, EXIF that inflates to 300 MB", lambda: with_segments(encoded(photo()), segment(0xE1, exif_bomb()))
)
case("AVIF, EXIF that inflates to 300 MB", exif_bomb_avif)
case("JPEG with a broken profile", lambda: encoded(photo(), icc_profile=b"no profile" + MARK))
case("JPEG with a profile of 5 MB", lambda: encoded(photo(), icc_profile=bytes(5 * 2**20) + MARK))
case("JPEG with Display P3", lambda: encoded(photo(), icc_profile=p3()))
case("JPEG, progressive", lambda: encoded(photo(), progressive=True))
case("JPEG, CMYK", lambda: encoded(photo().convert("CMYK")))
case("JPEG, grey", lambda: encoded(photo().convert("L")))
case("PNG, RGB of 16 bits", lambda: big_png(300, 200, 16, 2))
case("PNG, grey of 16 bits", lambda: big_png(300, 200, 16, 0))
case("PNG, 1 bit", lambda: encoded(photo().convert("1"), "PNG"))
case("PNG, grey and alpha", lambda: encoded(photo().convert("LA"), "PNG"))
case("PNG, palette and transparency", lambda: encoded(palette(), "PNG"))
case("animated PNG", lambda: encoded(FRAMES[0], "PNG", save_all=True, append_images=FRAMES[1:]))
case("animated WebP", lambda: encoded(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES[1:]))
case("animated AVIF", lambda: encoded(FRAMES[0], "AVIF", save_all=True, append_images=FRAMES[1:]))


def big_progressive(width: int, height: int, subsampling: int = 0) -> bytes:
    return encoded(photo(width, height), progressive=True, subsampling=subsampling, quality=50)


# --- The heaviest that is allowed ---------------------------------------------------------------------------
def full_png() -> bytes:
    """Transparent, 50 megapixels and near 20 MB at once."""
    row, noise = bytes(1) + bytes([90]) * 40_000, random.Random(7).randbytes(40_000)
    rows = (b"\0" + noise if at < 480 else row for at in range(5_000))
    return raw_png(ihdr(10_000, 5_000, 8, 6), deflated(rows))


def interlaced_png() -> bytes:
    passes = [
        (8, 8, 0, 0),
        (8, 8, 4, 0),
        (4, 8, 0, 4),
        (4, 4, 2, 0),
        (2, 4, 0, 2),
        (2, 2, 1, 0),
        (1, 2, 0, 1),
    ]
    rows = []
    for across, down, left, top in passes:
        width, height = -(-(8_000 - left) // across), -(-(6_250 - top) // down)
        rows += [bytes(1 + width * 4)] * height
    return raw_png(ihdr(8_000, 6_250, 8, 6, 1), deflated(rows))


HEAVY["PNG, RGBA, 50 MP, 19 MB"] = full_png
HEAVY["PNG, RGBA of 16 bits, 50 MP"] = lambda: big_png(10_000, 5_000, 16, 6)
HEAVY["PNG, RGBA, 2,500×20,000"] = lambda: big_png(2_500, 20_000, 8, 6)
HEAVY["PNG, interlaced, 50 MP"] = interlaced_png
HEAVY["PNG, palette, 50 MP"] = lambda: big_png(
    10_000, 5_000, 8, 3, chunk(b"PLTE", bytes(range(6))), chunk(b"tRNS", b"\0\x80")
)
HEAVY["PNG, grey of 16 bits, 50 MP"] = lambda: big_png(10_000, 5_000, 16, 0)
HEAVY["JPEG, 50 MP, 19 MB, turned"] = lambda: with_segments(
    encoded(photo(8_000, 6_250)), segment(0xFE, bytes(65_000)) * 290, segment(0xE1, exif(6))
)
HEAVY["JPEG, CMYK, 50 MP"] = lambda: encoded(Image.new("CMYK", (10_000, 5_000), (9, 90, 30, 20)))
HEAVY["JPEG, progressive, 50 MP"] = lambda: big_progressive(10_000, 5_000, 2)
HEAVY["JPEG, 2,500×20,000"] = lambda: encoded(Image.new("RGB", (2_500, 20_000), "red"))
HEAVY["JPEG, 2,000×12,800, fills the largest rendition"] = lambda: encoded(photo(2_000, 12_800))
HEAVY["WebP with alpha, 12.6 MP"] = lambda: encoded(
    Image.new("RGBA", (4_096, 3_072), (200, 30, 30, 120)), "WEBP", method=0, quality=50
)
HEAVY["WebP, lossless, 12.6 MP"] = lambda: encoded(
    photo(4_096, 3_072), "WEBP", method=0, quality=0, lossless=True
)
HEAVY["AVIF with alpha, 4:4:4, 12.6 MP"] = lambda: encoded(
    Image.new("RGBA", (4_096, 3_072), (200, 30, 30, 120)), "AVIF", speed=10, subsampling="4:4:4"
)
