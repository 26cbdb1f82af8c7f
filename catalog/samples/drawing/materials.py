"""Flat stuffs, as RGB textures of a size in pixels: weave, coil, wood, lacquer, cloth, hide, stone."""

import itertools
import math
from collections.abc import Sequence
from random import Random

from PIL import Image, ImageChops, ImageDraw

from catalog.samples.drawing.ground import (
    Img,
    Rgb,
    alpha,
    cloud,
    field,
    lit,
    mix,
    noise,
    relight,
    tiled,
    vary,
)

Size = tuple[int, int]
NEAR, CUBIC = Image.Resampling.NEAREST, Image.Resampling.BICUBIC


def strands(r: Random, size: Size, step: int, colors: Sequence[Rgb], upright: bool, run: int = 1) -> Img:
    """Parallel strands `step` px wide, each its own shade, fibre along them; `run` of them share a colour."""
    length, across = (size[1], size[0]) if upright else size
    n = across // step + 2
    line = Image.new("RGB", (1, n))
    for i in range(n):
        line.putpixel((0, i), vary(r, colors[(i // run) % len(colors)], 0.13))
    img = line.resize((length, n * step), NEAR).crop((0, 0, length, across))
    fibre = cloud(r, (length, across), (max(2, length // 90), max(2, across // 2)), 96, 158)
    patch = cloud(r, (length, across), (max(2, length // 130), n), 106, 150)
    img = relight(relight(img, fibre), patch)
    return img.transpose(Image.Transpose.ROTATE_90) if upright else img


PATTERNS: dict[str, list[str]] = {  # 1: the weft lies over
    "mot": ["10", "01"],
    "doi": ["1100", "0110", "0011", "1001"],
    "ba": ["111000", "011100", "001110", "000111", "100011", "110001"],
    "xuong": ["11001100", "01100110", "00110011", "10011001", "11001100", "10011001", "00110011", "01100110"],
    "tram": [
        "1000001",
        "1100011",
        "0110110",
        "0011100",
        "0110110",
        "1100011",
    ],
}


def weave(
    r: Random,
    size: Size,
    step: int,
    weft: Sequence[Rgb],
    warp: Sequence[Rgb],
    pattern: str = "mot",
    run: int = 1,
) -> Img:
    """Over-under weave: wefts across, warps up, each strand rounded and dipping where it goes under."""
    rows = PATTERNS[pattern]
    ph, pw = len(rows), len(rows[0])
    q = 9
    over = Image.new("L", (pw * q, ph * q))
    light = Image.new("L", (pw * q, ph * q))
    for y in range(ph * q):
        for x in range(pw * q):
            i, j = x // q, y // q
            fx, fy = (x % q + 0.5) / q, (y % q + 0.5) / q
            top = rows[j][i] == "1"
            cross = fy if top else fx
            along = fx if top else fy
            near, far = (
                (rows[j][i - 1], rows[j][(i + 1) % pw]) if top else (rows[j - 1][i], rows[(j + 1) % ph][i])
            )
            mine = rows[j][i]
            dip = 1.0
            if near != mine and along < 0.5:
                dip = min(dip, 0.50 + 1.0 * along)
            if far != mine and along > 0.5:
                dip = min(dip, 0.42 + 1.0 * (1 - along))
            round_ = 0.42 + 0.72 * math.sin(math.pi * min(1, cross * 0.96 + 0.02)) ** 0.6 - 0.18 * cross
            over.putpixel((x, y), 255 if top else 0)
            light.putpixel((x, y), int(max(0, min(255, 164 * round_ * (0.38 + 0.65 * min(1.0, dip))))))
    cell = (pw * step, ph * step)
    mask = tiled(over.resize(cell, Image.Resampling.BILINEAR), size)
    shade = tiled(light.resize(cell, CUBIC), size)
    img = Image.composite(
        strands(r, size, step, weft, False, run), strands(r, size, step, warp, True, run), mask
    )
    return relight(img, shade)


def eyes(r: Random, size: Size, step: int, colors: Sequence[Rgb], behind: Rgb) -> Img:
    """Mắt cáo, the open hexagon weave: paired strands in three directions over what is behind."""
    img = Image.new("RGB", size, behind)
    img = relight(img, cloud(r, size, (3, 4), 90, 140))
    d = ImageDraw.Draw(img)
    w, h = size
    wide = max(3, round(step * 0.17))
    for turn in (0, 60, 120):
        a = math.radians(turn)
        dx, dy = math.cos(a), math.sin(a)
        reach = w + h
        n = int(reach / step) + 2
        for i in range(-n, n):
            for half in (-0.13, 0.13):
                o = (i + half + (0.5 if turn == 0 else 0)) * step * 0.866
                x, y = w / 2 - dy * o, h / 2 + dx * o
                ends = [(x - dx * reach, y - dy * reach), (x + dx * reach, y + dy * reach)]
                c = vary(r, colors[(i + turn // 60) % len(colors)], 0.14)
                d.line([(p + 2, s + 3) for p, s in ends], fill=lit(behind, 0.4), width=wide + 2)
                d.line(ends, fill=lit(c, 0.6), width=wide)
                d.line([(p - 0.6, s - 0.8) for p, s in ends], fill=c, width=max(1, round(wide * 0.7)))
                d.line([(p - 1, s - wide * 0.2) for p, s in ends], fill=lit(c, 1.25), width=max(1, wide // 4))
    return img


def coil(r: Random, size: Size, row: int, colors: Sequence[Rgb], style: str = "coil") -> Img:
    """Rows of fern stem laid round and stitched: coil, herring (slant turning), braid or diamond."""
    w, h = size
    img = Image.new("RGB", size, lit(colors[0], 0.3))
    d = ImageDraw.Draw(img)
    step = row * (1.25 if style == "braid" else 0.62)
    slant = row * 0.55
    period = r.choice((6, 7, 9, 99))
    for j in range(-1, h // row + 2):
        y = j * row
        lean = -slant if style in ("herring", "braid") and j % 2 else slant
        x, i = -2 * row - r.uniform(0, step), 0
        tint = r.uniform(-0.08, 0.08)
        band = colors[1 if len(colors) > 1 and j % period in (0, 1) else 0]
        while x < w + 2 * row:
            if style == "diamond":
                p = (round(x / step) + j) % 8
                q = (round(x / step) - j) % 8
                base = colors[1 % len(colors)] if p < 1 or q < 1 else colors[0]
            else:
                base = band if r.random() < 0.965 else r.choice(colors)
            c = lit(base, 1 + tint + r.uniform(-0.17, 0.15))
            n = step * 0.93
            for f0, f1, k in ((0.02, 0.98, 0.62), (0.08, 0.8, 0.9), (0.14, 0.55, 1.05), (0.2, 0.36, 1.24)):
                s0, s1 = lean * (f0 - 0.5), lean * (f1 - 0.5)
                d.polygon(
                    [
                        (x + s0, y + row * f0),
                        (x + n + s0, y + row * f0),
                        (x + n + s1, y + row * f1),
                        (x + s1, y + row * f1),
                    ],
                    fill=lit(c, k),
                )
            d.line(
                [(x + n * 0.5 - lean / 2, y), (x + n * 0.5 + lean / 2, y + row)], fill=lit(c, 0.72), width=1
            )
            x += step
            i += 1
    return relight(img, cloud(r, size, (w // 60 + 2, h // 60 + 2), 112, 146))


def wood(r: Random, size: Size, base: Rgb, rings: float = 9, upright: bool = False) -> Img:
    """Flat-sawn board: contour lines of a stretched noise, pores and a slow change of tone."""
    w, h = (size[1], size[0]) if upright else size
    hw, hh = max(8, w // 2), max(8, h // 2)
    hill = cloud(r, (hw, hh), (4, 6))
    ramp = field((2, 16), lambda _x, y: 255 * abs(y - r.uniform(0.47, 0.53)) * 1.9).resize((hw, hh), CUBIC)
    hill = Image.blend(hill, ramp, 0.55)
    lines = hill.point(
        [int(128 + 24 * math.sin(v / 255 * rings * 6.283) ** 3 + 9 * math.sin(v * 0.9)) for v in range(256)]
    )
    pores = cloud(r, (hw, hh), (max(2, hw // 26), hh), 104, 150)
    img = Image.new("RGB", (hw, hh), base)
    img = relight(relight(img, lines), pores)
    img = relight(img, cloud(r, (hw, hh), (3, 3), 106, 148)).resize((w, h), CUBIC)
    return img.transpose(Image.Transpose.ROTATE_90) if upright else img


def end_grain(
    r: Random, size: Size, base: Rgb, rings: float = 12, heart: tuple[float, float] = (0.4, 1.2)
) -> Img:
    """Growth rings round a heart somewhere off the board, with rays."""
    small = (max(8, size[0] // 6), max(8, size[1] // 6))
    far = field(small, lambda x, y: 120 * math.hypot(x - heart[0], y - heart[1]))
    far = Image.blend(
        far.resize((size[0] // 2 or 1, size[1] // 2 or 1), CUBIC),
        cloud(r, (size[0] // 2 or 1, size[1] // 2 or 1), (5, 5)),
        0.12,
    )
    ring = far.point([int(128 + 34 * math.sin(v / 120 * rings * 6.283)) for v in range(256)])
    img = relight(Image.new("RGB", far.size, lit(base, 0.86)), ring)
    return relight(img.resize(size, CUBIC), noise(r, max(2, size[0] // 3), max(2, size[1] // 3), 112, 142))


def lacquer(r: Random, size: Size, base: Rgb, style: str = "plain") -> Img:
    """Coats of lacquer sanded through: cloudy depth, then gold leaf, eggshell or silver as `style` asks."""
    half = (max(8, size[0] // 2), max(8, size[1] // 2))
    img = relight(Image.new("RGB", half, base), cloud(r, half, (6, 7), 92, 160))
    under = mix(base, (150, 60, 24), 0.5)
    worn = cloud(r, half, (14, 17)).point([0 if v < 168 else min(110, (v - 168) * 3) for v in range(256)])
    img.paste(under, (0, 0), worn)
    img = img.resize(size, CUBIC)
    if style == "gold":
        leafing(img, r, (218, 172, 70), 0.74)
    elif style == "silver":
        leafing(img, r, (198, 192, 176), 0.84)
    elif style == "dust":
        dust(img, r, (226, 186, 92), 0.35)
    return img


def torn(r: Random, size: Size, cover: float) -> Img:
    """A ragged mask over about `cover` of the size: broad drifts with crumbling edges."""
    k = max(size) / 7
    broad = cloud(r, size, (round(size[0] / k) + 2, round(size[1] / k) + 2))
    mid = cloud(r, size, (max(3, size[0] // 22), max(3, size[1] // 22)))
    fine = cloud(r, size, (max(3, size[0] // 4), max(3, size[1] // 4)))
    m = Image.blend(Image.blend(broad, mid, 0.36), fine, 0.22)
    cut = int(128 + 88 * (0.5 - cover))
    return m.point([0 if v < cut else min(255, (v - cut) * 16) for v in range(256)])


def leafing(img: Img, r: Random, color: Rgb, cover: float) -> None:
    """Metal leaf in torn squares, worn so that the ground shows at the seams."""
    size = img.size
    half = (max(8, size[0] // 2), max(8, size[1] // 2))
    m = torn(r, half, cover)
    n = max(4, half[0] // 60)
    squares = noise(r, n + 1, n * size[1] // size[0] + 2, 96, 164).resize(half, NEAR)
    metal = relight(Image.new("RGB", half, color), squares)
    metal = relight(metal, cloud(r, half, (half[0] // 5, half[1] // 5), 96, 168))
    crack = cloud(r, half, (half[0] // 9, half[1] // 9)).point(
        [70 if 124 < v < 131 else 255 for v in range(256)]
    )
    img.paste(metal.resize(size, CUBIC), (0, 0), ImageChops.multiply(m, crack).resize(size, CUBIC))


def dust(img: Img, r: Random, color: Rgb, amount: float, where: Img | None = None) -> None:
    """Gold dust: grains thick in some clouds and thin in others."""
    size = img.size
    half = (max(8, size[0] // 2), max(8, size[1] // 2))
    grains = noise(r, *half)
    grains = grains.point([255 if v > 236 else 0 for v in range(256)])
    drift = cloud(r, half, (5, 6)).point([int(max(0, (v - 255 * (1 - amount)) * 2.4)) for v in range(256)])
    m = ImageChops.multiply(grains, drift).resize(size, Image.Resampling.BILINEAR)
    if where is not None:
        m = ImageChops.multiply(m, where)
    img.paste(color, (0, 0), m)


def eggshell(r: Random, size: Size, cell: int, gap: Rgb = (40, 26, 18)) -> Img:
    """Crushed eggshell set side by side: small uneven tiles with dark joints."""
    img = Image.new("RGB", size, gap)
    d = ImageDraw.Draw(img)
    w, h = size
    nx, ny = w // cell + 2, h // cell + 2
    grid = [
        [((i + r.uniform(-0.36, 0.36)) * cell, (j + r.uniform(-0.36, 0.36)) * cell) for i in range(nx + 1)]
        for j in range(ny + 1)
    ]
    shell = [(240, 230, 208), (228, 214, 186), (246, 240, 226), (218, 200, 168)]
    for j in range(ny):
        for i in range(nx):
            a, b, e, f = grid[j][i], grid[j][i + 1], grid[j + 1][i + 1], grid[j + 1][i]
            mx, my = (a[0] + e[0]) / 2, (a[1] + e[1]) / 2
            q = [(mx + (x - mx) * 0.9, my + (y - my) * 0.9) for x, y in (a, b, e, f)]
            c = vary(r, r.choice(shell), 0.06)
            if r.random() < 0.5:
                d.polygon([q[0], q[1], q[2]], fill=c)
                d.polygon([q[0], (q[2][0] - 2, q[2][1]), q[3]], fill=vary(r, c, 0.06))
                d.line([q[0], q[2]], fill=gap, width=1)
            else:
                d.polygon(q, fill=c)
    return relight(img, cloud(r, size, (8, 8), 112, 140))


def nacre(r: Random, size: Size, warmth: float = 0.0) -> Img:
    """Mother of pearl: pinks, greens and blues that run in fine growth lines."""
    half = (max(8, size[0] // 3), max(8, size[1] // 3))
    hue = Image.blend(cloud(r, half, (6, 7)), cloud(r, half, (40, 9)), 0.35)
    stops = [
        (0, (226, 190, 206)),
        (0.3, (238, 222, 214)),
        (0.5, (196, 228, 214)),
        (0.7, (160, 212, 222)),
        (0.86, (186, 190, 230)),
        (1, (232, 200, 220)),
    ]
    tables: list[list[int]] = [[], [], []]
    for v in range(256):
        t = v / 255
        for (ta, ca), (tb, cb) in itertools.pairwise(stops):
            if ta <= t <= tb:
                c = mix(mix(ca, cb, (t - ta) / (tb - ta)), (246, 214, 150), warmth)
                break
        for k in range(3):
            tables[k].append(c[k])
    img = Image.merge("RGB", [hue.point(t) for t in tables])
    img = relight(img, cloud(r, half, (half[0] // 3, half[1] // 12), 84, 176))
    return img.resize(size, CUBIC)


def cloth(
    r: Random, size: Size, base: Rgb, kind: str = "plain", second: Rgb | None = None, pitch: int = 6
) -> Img:
    """Woven cloth: plain, twill, satin, stripe, check, wool, velvet, linen or slub (banana fibre)."""
    w, h = size
    img = Image.new("RGB", size, base)
    two = second or lit(base, 0.6)
    d = ImageDraw.Draw(img)
    if kind == "stripe":
        for x in range(0, w, pitch * 9):
            d.line((x, 0, x, h), fill=mix(base, two, 0.7), width=max(1, pitch // 3))
    elif kind == "check":
        d2 = ImageDraw.Draw(img, "RGBA")
        for x in range(0, w, pitch * 8):
            d2.rectangle((x, 0, x + pitch * 3, h), fill=alpha(two, 0.38))
        for y in range(0, h, pitch * 8):
            d2.rectangle((0, y, w, y + pitch * 3), fill=alpha(two, 0.38))
    if kind in ("satin", "velvet"):
        tile = noise(r, 64, 64, 122, 134)
    elif kind in ("twill", "wool"):
        tile = field((8, 8), lambda x, y: 128 + 20 * math.sin((x + y) * 6.283)).resize((pitch, pitch), CUBIC)
    else:
        tile = field(
            (8, 8),
            lambda x, y: 128 + 22 * math.sin(x * 12.566) * math.sin(y * 12.566) - 6 * math.cos(y * 12.566),
        )
        tile = tile.resize((pitch, pitch), CUBIC)
    img = relight(img, tiled(tile, size))
    if kind == "slub":
        img = slubs(img, r, base)
    elif kind in ("linen", "wool", "twill", "stripe"):
        low, high = (112, 146) if kind == "linen" else (121, 135)
        img = relight(img, cloud(r, size, (max(2, w // 70), max(2, h // 3)), low, high))
        if kind == "linen":
            img = relight(img, cloud(r, size, (max(2, w // 3), max(2, h // 70)), 118, 140))
    return img


def slubs(img: Img, r: Random, base: Rgb) -> Img:
    """Knots and thick places along threads spun by hand."""
    w, h = img.size
    img = relight(img, cloud(r, (w, h), (max(2, w // 40), max(2, h // 4)), 92, 164))
    img = relight(img, cloud(r, (w, h), (max(2, w // 5), max(2, h // 60)), 110, 150))
    d = ImageDraw.Draw(img, "RGBA")
    for _ in range(w * h // 5200):
        x, y, n, t = r.uniform(0, w), r.uniform(0, h), r.uniform(8, 46), r.uniform(1.6, 4.2)
        c = lit(base, r.choice((0.72, 1.22, 1.35)))
        d.polygon([(x, y), (x + n / 2, y - t / 2), (x + n, y), (x + n / 2, y + t / 2)], fill=alpha(c, 0.55))
    return img


def hide(r: Random, size: Size, base: Rgb, coarse: bool = False) -> Img:
    """Leather: fine pebbled grain, as if pressed, and an uneven dye."""
    half = (max(8, size[0] // 2), max(8, size[1] // 2))
    step = 3 if coarse else 2
    g = noise(r, max(4, half[0] // step), max(4, half[1] // step)).resize(half, CUBIC)
    soft = 2.0 if sum(base) < 150 else 1.0
    bump = ImageChops.subtract(g, ImageChops.offset(g, 1, 1), (5 if coarse else 8) * soft, 128)
    img = relight(Image.new("RGB", half, base), cloud(r, half, (7, 7), 108, 130 if soft > 1 else 148))
    return relight(img, bump).resize(size, CUBIC)


def stone(r: Random, size: Size, base: Rgb, crackle: bool = False) -> Img:
    """Stone, ceramic or old bronze: mottled, with a net of cracks if asked."""
    half = (max(8, size[0] // 2), max(8, size[1] // 2))
    img = relight(Image.new("RGB", half, base), cloud(r, half, (9, 9), 98, 156))
    img = relight(img, noise(r, *half, 118, 138)).resize(size, CUBIC)
    if crackle:
        d = ImageDraw.Draw(img, "RGBA")
        cell = max(14, size[0] // 18)
        nx, ny = size[0] // cell + 2, size[1] // cell + 2
        grid = [
            [((i + r.uniform(-0.5, 0.5)) * cell, (j + r.uniform(-0.5, 0.5)) * cell) for i in range(nx)]
            for j in range(ny)
        ]
        for j in range(ny):
            for i in range(nx):
                if i + 1 < nx and r.random() < 0.8:
                    d.line([grid[j][i], grid[j][i + 1]], fill=alpha(lit(base, 0.4), 0.55), width=2)
                if j + 1 < ny and r.random() < 0.8:
                    d.line([grid[j][i], grid[j + 1][i]], fill=alpha(lit(base, 0.4), 0.55), width=2)
    return img
