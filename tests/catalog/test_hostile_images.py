"""Hostile and odd picture files, through all that a file goes through: inspect, open_checked, render."""

import functools
import io
import json
import os
import struct
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog import images
from marketplace.core.errors import DomainError, ErrorCode
from tests.catalog import hostile
from tests.catalog.hostile import CASES, HEAVY, encoded

pytestmark = pytest.mark.xdist_group("hostile-images")

TABLE = Path(__file__).with_name("hostile_images.md")
WORKER_LIMIT_MB = 400
by_name = {case.name: case for case in CASES}


def rendered(data: bytes) -> tuple[images.Rendered, dict[str, bytes]]:
    """What `render` returned, and its files by their last name."""
    key = uuid.uuid4()
    result = images.render(key, images.open_checked(data))
    files = {}
    for width in result.widths:
        for extension in images.rendition_formats():
            with storages["public"].open(images.rendition_name(key, width, extension)) as file:
                files[f"{width}.{extension}"] = file.read()
    return result, files


def pixel(data: bytes, at: tuple[int, int] = (0, 0)) -> Any:
    return images.open_checked(data).getpixel(at)


@functools.cache
def treated(name: str) -> tuple[str, str]:
    """ "ok" or the code, and a line for the table. The file is built, judged and forgotten."""
    data = by_name[name].build()
    step = "by its header"
    try:
        images.inspect(data)
        step = "while decoding"
        images.open_checked(data)
    except DomainError as error:
        (problem,) = error.problems
        assert problem.field == ("file",)
        return problem.code.value, f"refused {step}: {problem.code.value}"
    result, files = rendered(data)
    for content in files.values():
        assert_clean(content)
    widths = ", ".join(map(str, result.widths))
    return "ok", f"accepted, {result.width}×{result.height}; renditions {widths} wide"


def assert_clean(content: bytes) -> None:
    """Nothing but pixels: none of the payload, no EXIF, no XMP, no profile, no comment."""
    for trace in (
        hostile.MARK,
        b"Exif",
        b"EXIF",
        b"XMP ",
        b"xmp",
        b"ICCP",
        b"ICC_PROFILE",
        b"<script",
        b"<?php",
    ):
        assert trace not in content
    picture = Image.open(io.BytesIO(content))
    picture.load()
    assert picture.mode == "RGB"
    assert not {"exif", "xmp", "icc_profile", "comment"} & picture.info.keys()
    assert getattr(picture, "n_frames", 1) == 1


@pytest.mark.parametrize("name", by_name)
def test_each_file_is_taken_or_refused_as_it_should(name: str) -> None:
    assert treated(name)[0] == by_name[name].expected


def test_the_written_table_is_what_happens() -> None:
    lines = [f"| {case.name} | {treated(case.name)[1]} |" for case in CASES]
    text = "\n".join(
        [
            "# Hostile and odd pictures",
            "",
            "What becomes of each file of `hostile.py`. `test_hostile_images.py` compares; to write it anew:",
            "`WRITE_HOSTILE_TABLE=1 pytest tests/catalog/test_hostile_images.py`.",
            "",
            "| File | What happens |",
            "| --- | --- |",
            *lines,
            "",
        ]
    )
    if os.environ.get("WRITE_HOSTILE_TABLE"):
        TABLE.write_text(text, encoding="utf-8")

    assert TABLE.read_text(encoding="utf-8") == text


# --- The request --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\evil.php", "a.svg", "x" * 300, "ảnh.jpg\0.php"])
def test_the_name_of_a_file_plays_no_part(name: str) -> None:
    data = encoded(hostile.photo(), "PNG")
    upload = SimpleUploadedFile("a.gif", data, content_type="text/html")
    upload._name = name

    found = images.inspect(upload)

    assert (found.format, found.width, found.height) == ("PNG", 300, 200)
    assert found.sha256 == images.sha256(data)
    assert upload.read() == data


def test_a_file_too_large_by_its_size_is_not_read() -> None:
    class Unreadable:
        size = 20 * 2**20 + 1

    with pytest.raises(DomainError) as error:
        images.inspect(Unreadable())

    assert error.value.problems[0].code is ErrorCode.FILE_TOO_LARGE


def test_a_file_that_hides_its_size_is_read_no_further_than_the_limit() -> None:
    with pytest.raises(DomainError) as error:
        images.inspect(io.BytesIO(encoded(hostile.photo()) + bytes(21 * 2**20)))

    assert error.value.problems[0].code is ErrorCode.FILE_TOO_LARGE


def test_inspect_decodes_no_pixel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded"))

    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        assert images.inspect(encoded(hostile.photo(), kind)).format == kind


def test_heic_is_told_how_to_send_jpeg_and_too_many_pixels_what_to_do() -> None:
    messages = []
    for name in ("HEIC", "WebP of 13 megapixels"):
        with pytest.raises(DomainError) as error:
            images.inspect(by_name[name].build())
        messages.append(error.value.problems[0].message)

    assert messages == [images.HEIC, images.TOO_HEAVY]


# --- Pixels -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_camera_s_orientation_is_applied(orientation: int, kind: str) -> None:
    # Stored corners, clockwise from the top left; the same corners as seen, for each orientation.
    seen = {1: "rgbw", 2: "grwb", 3: "bwrg", 4: "wbgr", 5: "rwbg", 6: "wrgb", 7: "bgrw", 8: "gbwr"}[
        orientation
    ]
    colours = {"r": (255, 0, 0), "g": (0, 255, 0), "b": (0, 0, 255), "w": (255, 255, 255)}
    stored = Image.new("RGB", (80, 40))
    for letter, corner in zip("rgbw", [(0, 0), (40, 0), (40, 20), (0, 20)], strict=True):
        stored.paste(colours[letter], (*corner, corner[0] + 40, corner[1] + 20))

    result = images.open_checked(encoded(stored, kind, exif=hostile.exif(orientation), quality=100))

    width, height = (80, 40) if orientation < 5 else (40, 80)
    assert result.size == result.info["true_size"] == (width, height)
    places = [(5, 5), (width - 6, 5), (width - 6, height - 6), (5, height - 6)]
    found = [result.getpixel(place) for place in places]
    for letter, colour in zip(seen, found, strict=True):
        assert all(abs(a - b) < 24 for a, b in zip(colours[letter], colour, strict=True)), (seen, found)


@pytest.mark.parametrize("orientation", [1, 6])
def test_the_true_size_outlives_a_reduced_decoding(orientation: int) -> None:
    data = encoded(hostile.photo(4_000, 3_000), exif=hostile.exif(orientation))

    result, files = rendered(data)

    upright = (4_000, 3_000) if orientation == 1 else (3_000, 4_000)
    assert (result.width, result.height) == upright
    assert result.widths == [160, 320, 640, 1280]
    expected = (1280, 960) if orientation == 1 else (1280, 1707)
    assert Image.open(io.BytesIO(files["1280.jpg"])).size == expected


def test_bands_leave_no_seams() -> None:
    ramp = Image.linear_gradient("L").resize((3_000, 4_000)).convert("RGB")

    result = images.open_checked(encoded(ramp, "PNG"))

    whole = ramp.resize(result.size, Image.Resampling.LANCZOS)
    column = [result.getpixel((600, y))[0] - whole.getpixel((600, y))[0] for y in range(result.height)]  # type: ignore[index]
    assert max(map(abs, column)) <= 1


def test_grey_of_16_bits_is_scaled_not_clipped() -> None:
    pixels = hostile.deflated(b"\0" + bytes([0x80, 0, 0x40, 0]) for _ in range(2))
    data = hostile.raw_png(hostile.ihdr(2, 2, 16, 0), pixels)

    assert [pixel(data, (x, 0)) for x in (0, 1)] == [(128, 128, 128), (64, 64, 64)]


def test_transparency_lies_on_paper() -> None:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    grey = Image.new("LA", (20, 20), (0, 0))
    indexed = Image.new("P", (20, 20), 0)
    indexed.putpalette([0, 0, 0, 255, 0, 0])

    paper = (0xFB, 0xF7, 0xEF)
    assert pixel(encoded(clear, "PNG")) == paper
    assert pixel(encoded(grey, "PNG")) == paper
    assert pixel(encoded(indexed, "PNG", transparency=0)) == paper
    assert pixel(encoded(Image.new("RGB", (9, 9), "red"), "PNG", transparency=(255, 0, 0))) == paper
    assert pixel(encoded(clear, "WEBP", lossless=True)) == paper


def test_a_wide_red_becomes_srgb_s_own() -> None:
    colour = (200, 60, 60)
    plain = pixel(encoded(Image.new("RGB", (20, 20), colour), "PNG"))
    wide = pixel(encoded(Image.new("RGB", (20, 20), colour), "PNG", icc_profile=hostile.p3()))

    assert plain == colour
    # Display P3 (200, 60, 60) is sRGB (217, 43, 54), by the two profiles' matrices.
    assert all(abs(a - b) <= 3 for a, b in zip(wide, (217, 43, 54), strict=True)), wide


def test_cmyk_keeps_its_colours() -> None:
    data = encoded(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), quality=95)
    red, green, blue = pixel(data)

    # Adobe's way, inverted and marked so; Pillow writes it and turns it back.
    assert b"Adobe" in data
    assert red > 245
    assert green < 10
    assert blue < 10


def test_of_an_animation_the_first_frame_is_shown() -> None:
    first, second = Image.new("RGB", (40, 40), "red"), Image.new("RGB", (40, 40), "blue")

    for kind in ("PNG", "WEBP", "AVIF"):
        red, _green, blue = pixel(encoded(first, kind, save_all=True, append_images=[second]))
        assert red > 245
        assert blue < 10


# --- Renditions ---------------------------------------------------------------------------------------------
def test_renditions_are_the_same_twice_and_a_torn_one_is_made_anew() -> None:
    key, data = uuid.uuid4(), encoded(hostile.photo(400, 300))
    storage = storages["public"]
    name = images.rendition_name(key, 320, "jpg")

    first = images.render(key, images.open_checked(data))
    with storage.open(name) as file:
        whole = file.read()
    storage.delete(name)
    storage.save(name, io.BytesIO(whole[:100]))
    second = images.render(key, images.open_checked(data))

    assert first == second
    with storage.open(name) as file:
        assert file.read() == whole
    folder = name.rsplit("/", 1)[0]
    assert sorted(storage.listdir(folder)[1]) == ["160.jpg", "160.webp", "320.jpg", "320.webp"]


def test_avif_renditions_are_made_where_asked_for(settings: Any) -> None:
    settings.IMAGE_AVIF = True

    _result, files = rendered(encoded(hostile.photo(200, 100), exif=hostile.exif()))

    assert sorted(files) == ["160.avif", "160.jpg", "160.webp"]
    assert sorted(files) == sorted(
        name.rsplit("/", 1)[1] for name in images.rendition_names(uuid.uuid4(), [160])
    )
    assert Image.open(io.BytesIO(files["160.avif"])).format == "AVIF"


# --- Memory -------------------------------------------------------------------------------------------------
MEASURE = """
import json, resource, sys, uuid
from pathlib import Path
import django
django.setup()
from catalog import images
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
peaks = {"start": peak()}
for path in sorted(Path(sys.argv[1]).iterdir()):
    data = path.read_bytes()
    images.inspect(data)
    images.render(uuid.uuid4(), images.open_checked(data))
    peaks[path.name] = peak()
print(json.dumps(peaks))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kB on Linux only")
def test_a_worker_stays_under_400_mb_whatever_is_allowed(tmp_path: Path) -> None:
    build = (
        "import sys; from pathlib import Path; from tests.catalog.hostile import HEAVY\n"
        "for at, make in enumerate(HEAVY.values()): Path(sys.argv[1], f'{at:02}').write_bytes(make())"
    )
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], check=True, cwd=root, env=environ)

    # A process begins with its parent's peak; the shell's is small, this one's is not.
    run = ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", MEASURE, str(tmp_path)]
    output = subprocess.run(run, check=True, cwd=root, env=environ, capture_output=True, text=True).stdout

    peaks = json.loads(output.splitlines()[-1])
    assert len(peaks) == 1 + len(HEAVY)
    assert max(peaks.values()) < WORKER_LIMIT_MB, dict(zip(["start", *HEAVY], peaks.values(), strict=True))


def avif_of(items: list[list[tuple[int, int]]], rest: bytes) -> bytes:
    """An AVIF whose items consist of these pieces (start within `rest`, length)."""

    def built(at: int) -> bytes:
        located = b"".join(
            struct.pack(">HHHH", number, 0, 0, len(pieces))
            + b"".join(struct.pack(">II", at + start, length) for start, length in pieces)
            for number, pieces in enumerate(items)
        )
        iloc = box(b"iloc", b"\x01\0\0\0\x44\0" + struct.pack(">H", len(items)) + located)
        return box(b"ftyp", b"avif\0\0\0\0avifmif1") + box(b"meta", bytes(4) + iloc) + box(b"mdat", rest)

    return built(len(built(0)) - len(rest))


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def empty_extents() -> bytes:
    """600 items of 65,535 pieces each, in 16 bytes an item: pieces of no length at no place."""
    items = b"".join(struct.pack(">HHHIH", number, 0, 0, 0xFFFFFFF0, 65_535) for number in range(600))
    iloc = box(b"iloc", b"\x01\0\0\0\0\x40" + struct.pack(">H", 600) + items)
    return (
        box(b"ftyp", b"avif\0\0\0\0avifmif1") + box(b"meta", bytes(4) + iloc) + box(b"mdat", bytes(6_000_000))
    )


@pytest.mark.parametrize(
    "build",
    [
        empty_extents,
        # Streams of units of two bytes, and of the smallest headers.
        lambda: avif_of([[(n * 38_000, 38_000)] for n in range(200)], b"\x12\0" * 3_800_000),
        lambda: avif_of([[(n * 56_000, 56_000)] for n in range(130)], b"\x0a\5\0\0\0\0\0" * 1_040_000),
    ],
)
def test_an_avif_of_millions_of_parts_is_refused_at_once(build: Any) -> None:
    data = build()
    began = time.process_time()

    with pytest.raises(DomainError) as refused:
        images.inspect(data)

    assert refused.value.problems[0].code is ErrorCode.FILE_BROKEN
    assert time.process_time() - began < 1
