"""Khảm trai: thin shell cut to a motif and let into dark wood, on panels, boxes, vessels and furniture."""

from collections.abc import Sequence
from random import Random

from PIL import Image, ImageChops, ImageDraw

from catalog.samples.drawing.ground import (
    Canvas,
    Img,
    Pt,
    Rgb,
    cloud,
    hexed,
    lit,
    mix,
    rect,
    relight,
    vary,
)
from catalog.samples.drawing.materials import nacre, wood
from catalog.samples.drawing.motifs import Pieces
from catalog.samples.drawing.scenes import border, compose

SHELL: dict[str, Rgb] = {
    "petal": hexed("#F2D9DC"),
    "leaf": hexed("#9FD6C2"),
    "stem": hexed("#A8D3B4"),
    "body": hexed("#E9F0F0"),
    "wing": hexed("#BFE0E8"),
    "eye": hexed("#F1D9A0"),
    "wood": hexed("#D9C2C8"),
    "water": hexed("#A9CBE4"),
    "roof": hexed("#C4B5DA"),
    "pod": hexed("#E8D08C"),
    "culm": hexed("#B4DDC4"),
    "crest": hexed("#E9B8B0"),
    "grain": hexed("#EBD79B"),
}


def cuts(
    pieces: Pieces, size: tuple[int, int], box: tuple[float, float, float], r: Random, gap: float
) -> tuple[Img, Img]:
    """The mask of the shell, joints and engraving left dark, and its tints; `box` is centre and scale, px."""
    cx, cy, k = box
    big = Image.new("L", (size[0] * 2, size[1] * 2), 0)
    tint = Image.new("RGB", size, (210, 225, 225))
    dm, dt = ImageDraw.Draw(big), ImageDraw.Draw(tint)
    line = max(1, round(gap * 2))
    for p in pieces:
        q = [(cx + x * k, cy + y * k) for x, y in p.pts]
        if len(q) < 3:
            continue
        b = [(x * 2, y * 2) for x, y in q]
        dm.polygon(b, fill=255)
        dm.line([*b, b[0]], fill=20, width=line)
        dt.polygon(
            q,
            fill=mix(
                vary(r, SHELL.get(p.part, SHELL["petal"]), 0.06),
                r.choice(((250, 205, 225), (170, 225, 205), (175, 200, 240), (250, 236, 200))),
                r.uniform(0, 0.5),
            ),
        )
        for ln in p.lines:
            if len(ln) > 1:
                dm.line(
                    [((cx + x * k) * 2, (cy + y * k) * 2) for x, y in ln],
                    fill=96,
                    width=max(1, line * 2 // 3),
                )
    return big.reduce(2), tint


def inlaid(r: Random, ground: Img, pieces: Pieces, box: tuple[float, float, float], gap: float = 1.4) -> Img:
    """`ground` with the motif let in."""
    size = ground.size
    mask, tint = cuts(pieces, size, box, r, gap)
    sheen = cloud(r, size, (max(4, size[0] // 26), max(4, size[1] // 18)), 70, 188)
    shell = relight(Image.blend(tint, nacre(r, size), 0.42), sheen)
    out = ground.copy()
    out.paste((8, 5, 4), (0, 0), ImageChops.offset(mask, 1, 2).point([v * 7 // 10 for v in range(256)]))
    out.paste(shell, (0, 0), mask)
    return out


def fretted(r: Random, img: Img, step: float, inset: float, wide: int) -> Img:
    """A key-fret border in shell."""
    w, h = img.size
    mask = Image.new("L", (w * 2, h * 2), 0)
    d = ImageDraw.Draw(mask)
    for ln in border(w, h, step, inset):
        d.line([((x + w / 2) * 2, (y + h / 2) * 2) for x, y in ln], fill=255, width=wide * 2, joint="curve")
    for i in (inset - step * 0.35, inset + step * 0.85):
        d.rectangle((i * 2, i * 2, (w - i) * 2, (h - i) * 2), outline=200, width=max(2, wide))
    img.paste(nacre(r, img.size), (0, 0), mask.reduce(2))
    return img


def rim(base: Rgb) -> Rgb:
    return mix(base, (150, 92, 58), 0.5)


def timber(r: Random, size: tuple[int, int], base: Rgb, upright: bool = False) -> Img:
    """Near-black polished wood: the grain only just shows, so that the shell carries the picture."""
    return Image.blend(wood(r, size, base, 6, upright), Image.new("RGB", size, lit(base, 0.8)), 0.5)


def dark_wood(r: Random) -> Rgb:
    return r.choice(
        [hexed("#24130F"), hexed("#32170F"), hexed("#17100E"), hexed("#3D1A12"), hexed("#1C1210")]
    )


def plate(
    c: Canvas,
    r: Random,
    name: str,
    w: float,
    h: float,
    base: Rgb,
    part: int = 0,
    fret: bool = True,
    gap: float = 1.5,
) -> Img:
    """A flat inlaid panel, w × h units."""
    size = (c.t(w), c.t(h))
    ground = timber(r, size, base, upright=h > w)
    edge = 0.84 if fret and min(w, h) > 150 else 0.9
    aspect = size[0] / size[1]
    pieces = compose(name, r, aspect, part)
    img = inlaid(r, ground, pieces, (size[0] / 2, size[1] / 2, size[1] / 2 * edge), gap)
    if fret and min(w, h) > 150:
        img = fretted(r, img, min(size) / 15, min(size) * 0.055, max(1, round(min(size) / 240)))
    return img


def sheen(c: Canvas, pts: Sequence[Pt], strength: float = 0.16) -> None:
    """The polish: one slanting window of light across a lacquered face."""
    xs, ys = [p[0] for p in pts], [p[1] for p in pts]
    x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
    w, h = x1 - x0, y1 - y0
    c.glow(
        [(x0 + w * 0.06, y0), (x0 + w * 0.52, y0), (x0 + w * 0.2, y1), (x0 - w * 0.26, y1)],
        (255, 246, 232),
        strength,
        min(w, h) * 0.1,
        clip=pts,
    )


def panel(
    c: Canvas,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    tex: Img,
    frame: Rgb,
    wide: float = 30,
    r: Random | None = None,
) -> None:
    """A framed picture hanging on the wall."""
    q = rect(x0, y0, x1, y1)
    c.shadow(q, 26, 0.5, 1.2)
    c.fill(
        q, wood(r, (c.t(x1 - x0) // 2, c.t(y1 - y0) // 2), frame) if r else Image.new("RGB", (4, 4), frame)
    )
    n = wide
    for pts, k in (
        ([q[0], q[1], (x1 - n, y0 + n), (x0 + n, y0 + n)], (255, 236, 206, 46)),
        ([q[1], q[2], (x1 - n, y1 - n), (x1 - n, y0 + n)], (0, 0, 0, 70)),
        ([q[2], q[3], (x0 + n, y1 - n), (x1 - n, y1 - n)], (0, 0, 0, 84)),
        ([q[3], q[0], (x0 + n, y0 + n), (x0 + n, y1 - n)], (255, 236, 206, 22)),
    ):
        c.poly(pts, k)
    inner = rect(x0 + n, y0 + n, x1 - n, y1 - n)
    c.fill(inner, tex)
    c.line([*inner, inner[0]], (196, 158, 84, 200), 3)
    c.glow(
        [
            (x0 + n, y0 + n),
            (x1 - n, y0 + n),
            (x1 - n, y0 + n + 9),
            (x0 + n + 9, y0 + n + 9),
            (x0 + n + 9, y1 - n),
            (x0 + n, y1 - n),
        ],
        (0, 0, 0),
        0.5,
        8,
        clip=inner,
    )
    sheen(c, inner)
