"""Thêu ren and tơ chuối: linen and banana-fibre goods, satin stitch and lace."""

import math
from random import Random

from PIL import Image

from catalog.samples.drawing.ground import (
    Canvas,
    Img,
    Pt,
    Rgb,
    alpha,
    arc,
    cloud,
    field,
    hexed,
    lit,
    rect,
    relight,
    smooth,
)
from catalog.samples.drawing.materials import cloth, wood
from catalog.samples.drawing.motifs import Pieces, moved
from catalog.samples.drawing.scenes import compose
from catalog.samples.drawing.surfaces import Bench, rope, stitches

THREADS: tuple[dict[str, str], ...] = (
    {
        "petal": "#E79AA6",
        "leaf": "#5F7F4A",
        "stem": "#6B7A3C",
        "body": "#C7923F",
        "wing": "#7FB0B4",
        "eye": "#E3B23C",
        "wood": "#7A5236",
        "pod": "#C9B04A",
        "culm": "#7F9A55",
        "grain": "#DDB045",
        "water": "#9DB9C4",
        "crest": "#C2452F",
        "roof": "#A3533A",
    },
    {
        "petal": "#F4EFE6",
        "leaf": "#49683F",
        "stem": "#5E7A46",
        "body": "#8A5A3A",
        "wing": "#A9C3CF",
        "eye": "#EBB93A",
        "wood": "#6A4A38",
        "pod": "#D9C25A",
        "culm": "#5F8A5A",
        "grain": "#E0BC5A",
        "water": "#8AA9BF",
        "crest": "#B8402F",
        "roof": "#8C4A3A",
    },
    {
        "petal": "#D8646A",
        "leaf": "#3F6A55",
        "stem": "#4F7050",
        "body": "#D08A3A",
        "wing": "#5F9FA8",
        "eye": "#F0C654",
        "wood": "#5E4232",
        "pod": "#B9A040",
        "culm": "#4F8060",
        "grain": "#E6C160",
        "water": "#86A8B8",
        "crest": "#A83228",
        "roof": "#9C4636",
    },
)


def satin(
    c: Canvas,
    r: Random,
    pieces: Pieces,
    pitch: float = 3.4,
    one: Rgb | None = None,
    palette: dict[str, str] | None = None,
) -> None:
    """Each piece filled with threads across it, a little raised, each catching the light by its slant."""
    colors = palette or r.choice(THREADS)
    for p in pieces:
        if len(p.pts) < 3:
            continue
        base = one or hexed(colors.get(p.part, colors["petal"]))
        slant = p.angle + (0.5 if p.part in ("leaf", "wing") else 1.35)
        c.poly([(x + 2.2, y + 3.0) for x, y in p.pts], alpha((60, 40, 30), 0.25))
        c.poly(p.pts, lit(base, 0.72))
        sheen = 0.98 + 0.16 * math.cos(2 * (slant - 2.2))
        co, si = math.cos(-slant), math.sin(-slant)
        q = [(x * co - y * si, x * si + y * co) for x, y in p.pts]
        lo, hi = min(y for _, y in q), max(y for _, y in q)
        n = max(1, int((hi - lo) / pitch))
        ci, sj = math.cos(slant), math.sin(slant)
        for i in range(n):
            y = lo + (i + 0.5) * (hi - lo) / n
            xs: list[float] = []
            x0, y0 = q[-1]
            for x1, y1 in q:
                if (y0 <= y) != (y1 <= y):
                    xs.append(x0 + (y - y0) / (y1 - y0) * (x1 - x0))
                x0, y0 = x1, y1
            xs.sort()
            for a, b in zip(xs[::2], xs[1::2], strict=False):
                e = r.uniform(-0.6, 1.6)
                col = lit(base, sheen * r.uniform(0.88, 1.12) * (1.1 - 0.22 * i / n))
                c.line(
                    [
                        ((a - e) * ci - y * sj, (a - e) * sj + y * ci),
                        ((b + e) * ci - y * sj, (b + e) * sj + y * ci),
                    ],
                    col,
                    pitch * 0.82,
                )


def monogram(r: Random) -> Pieces:
    """Chữ lồng: two looping strokes entwined in a wreath, no letters of anyone."""
    from catalog.samples.drawing.motifs import petal, strip

    a = smooth([(-0.3, 0.5), (-0.42, -0.1), (-0.1, -0.56), (0.12, -0.3), (-0.1, 0.1), (0.2, 0.5)], 8)
    b = smooth([(0.36, -0.5), (0.1, -0.1), (0.34, 0.2), (0.1, 0.5), (-0.3, 0.2), (0.0, -0.16)], 8)
    out = [strip(a, 0.06, 0.1, "crest"), strip(b, 0.1, 0.05, "wood")]
    for i in range(16):
        t = math.radians(i * 21 - 66)
        out.append(
            petal(
                (0.86 * math.cos(t), 0.86 * math.sin(t)),
                (1.06 * math.cos(t + 0.2), 1.06 * math.sin(t + 0.2)),
                0.06,
                "leaf",
                1,
            )
        )
    return out


def motif(r: Random, name: str) -> Pieces:
    return monogram(r) if "chữ lồng" in name else compose(name, r)


def linen(c: Canvas, r: Random, w: float, h: float, base: Rgb | None = None, kind: str = "linen") -> Img:
    col = base or hexed(r.choice(("#F4EEDF", "#EFE7D4", "#E9E4D6", "#F6F2E8", "#DDE3DC", "#E9DCCB")))
    return cloth(r, (c.t(w), c.t(h)), col, kind, pitch=max(3, c.t(5)))


def creases(r: Random, depth: float = 1.0) -> Img:
    """Soft folds of cloth that lies."""
    soft = cloud(r, (48, 48), (5, 4), int(128 - 34 * depth), int(128 + 30 * depth))
    return Image.blend(soft, field((24, 24), lambda x, y: 150 - 36 * x - 26 * y).resize((48, 48)), 0.55)


def wavy(r: Random, x0: float, y0: float, x1: float, y1: float, amp: float = 7) -> list[Pt]:
    """A cloth's edge: a rectangle whose sides are not quite straight."""
    ph = r.uniform(0, 6)
    top: list[Pt] = [(x0 + (x1 - x0) * i / 24, y0 + amp * math.sin(ph + i * 0.6)) for i in range(25)]
    right: list[Pt] = [(x1 + amp * math.sin(ph + i * 0.5), y0 + (y1 - y0) * i / 24) for i in range(1, 25)]
    bottom: list[Pt] = [
        (x1 - (x1 - x0) * i / 24, y1 + amp * math.sin(ph + i * 0.7 + 2)) for i in range(1, 25)
    ]
    left: list[Pt] = [(x0 + amp * math.sin(ph + i * 0.6 + 1), y1 - (y1 - y0) * i / 24) for i in range(1, 24)]
    return top + right + bottom + left


def hemmed(
    c: Canvas,
    r: Random,
    pts: list[Pt],
    tex: Img,
    inset: float = 0.93,
    thread: Rgb = (190, 170, 140),
    depth: float = 1.0,
) -> None:
    c.shadow(pts, 20, 0.42)
    c.fill(pts, tex, creases(r, depth))
    mx, my = sum(p[0] for p in pts) / len(pts), sum(p[1] for p in pts) / len(pts)
    inner = [(mx + (x - mx) * inset, my + (y - my) * inset) for x, y in pts]
    stitches(c, [*inner, inner[0]], 11, lit(thread, 0.9), 3)


def lace(c: Canvas, r: Random, pts: list[Pt], color: Rgb, net: float = 15, size: float = 26) -> None:
    """A lace edge: scallops with eyelets and small flowers along a path."""
    from catalog.samples.drawing.surfaces import stations

    for (x, y), (dx, dy) in stations(pts, size * 1.5):
        nx, ny = -dy, dx
        ring = arc(x + nx * size * 0.2, y + ny * size * 0.2, size, size, 0, 360, 20)
        c.poly([(a + 3, b + 4) for a, b in ring], alpha((60, 40, 24), 0.16))
        c.poly(ring, alpha(color, 0.96))
        for i in range(6):
            t = i * 1.047
            c.oval(
                x + nx * size * 0.2 + size * 0.6 * math.cos(t),
                y + ny * size * 0.2 + size * 0.6 * math.sin(t),
                size * 0.15,
                size * 0.15,
                (150, 128, 100, 150),
            )
        c.oval(x + nx * size * 0.2, y + ny * size * 0.2, size * 0.16, size * 0.16, (150, 128, 100, 150))
    del net


def theu(c: Canvas, r: Random, name: str) -> None:
    """Thêu ren."""
    low = name.lower()
    wall = any(w in low for w in ("rèm", "tranh", "túi", "áo yếm"))
    tone = (
        None
        if wall
        else r.choice(
            (hexed("#D9C9AC"), hexed("#C9B79A"), hexed("#B9A78C"), hexed("#8F9A8A"), hexed("#B58C7A"))
        )
    )
    c.stage("wall" if wall else "sheet", r, tone)
    art = motif(r, low)
    pal = THREADS[1] if "hoạ mi" in low else THREADS[0] if "sen" in low or "đào" in low else r.choice(THREADS)
    if "tranh" in low:
        q = rect(150, 170, 850, 1080)
        c.shadow(q, 26, 0.5)
        c.fill(
            q, wood(r, (c.t(700), c.t(910)), hexed(r.choice(("#8A5A34", "#5A3A24", "#B98A52"))), upright=True)
        )
        inner = rect(196, 216, 804, 1034)
        c.fill(inner, linen(c, r, 608, 818))
        c.glow(
            [(196, 216), (804, 216), (804, 236), (216, 236), (216, 1034), (196, 1034)],
            (40, 24, 12),
            0.5,
            10,
            clip=inner,
        )
        satin(c, r, moved(art, 500, 625, 290), 3.4, None, pal)
        c.glow([(260, 216), (470, 216), (300, 1034), (90, 1034)], (255, 255, 250), 0.08, 30, clip=inner)
    elif "rèm" in low:
        curtain(c, r, art, hexed("#F8F4EA"))
    elif "túi" in low:
        c.zoom(1.12, (500, 680))
        pouch(c, r, art, pal)
    elif "áo yếm" in low:
        rope(c, smooth([(420, 250), (440, 120), (500, 80), (560, 120), (580, 250)], 10), 10, hexed("#A3271F"))
        body = [
            (430, 240),
            (500, 262),
            (570, 240),
            (820, 640),
            *smooth([(820, 640), (700, 860), (500, 1080)], 8),
            *smooth([(500, 1080), (300, 860), (180, 640)], 8),
        ]
        for s in (-1, 1):
            rope(
                c,
                smooth([(500 + s * 320, 640), (500 + s * 400, 700), (500 + s * 380, 860)], 8),
                10,
                hexed("#A3271F"),
            )
        c.shadow(body, 24, 0.45, 1.2)
        c.fill(
            body,
            linen(c, r, 640, 840, hexed(r.choice(("#C8473D", "#E9C9B4", "#F1E7D2", "#B6C2A0"))), "satin"),
            creases(r, 1.4),
        )
        satin(c, r, moved(art, 500, 660, 190), 3.2, None, pal)
    elif "chăn ga" in low:
        bedding(c, r, art, pal)
    elif "vỏ gối" in low:
        pillow = smooth(
            [(180, 300), (500, 330), (820, 300), (800, 640), (820, 980), (500, 950), (180, 980), (200, 640)],
            10,
            True,
        )
        c.shadow(pillow, 30, 0.5)
        c.fill(
            pillow,
            linen(c, r, 660, 700),
            field(
                (32, 32),
                lambda x, y: (
                    172
                    - 60 * x
                    - 40 * y
                    - 300 * max(0.0, abs(x - 0.5) - 0.36)
                    - 260 * max(0.0, abs(y - 0.5) - 0.36)
                ),
            ),
        )
        edge = [(500 + (x - 500) * 0.9, 640 + (y - 640) * 0.88) for x, y in pillow]
        stitches(c, [*edge, edge[0]], 13, hexed("#B9A47C"), 3)
        satin(c, r, moved(art, 520, 650, 220), 3.3, None, pal)
    elif "sáu" in low:
        for i in range(6):
            x, y = 130 + (i % 2) * 390, 130 + (i // 2) * 345
            q = wavy(r, x, y, x + 340, y + 300, 1.6)
            hemmed(c, r, q, linen(c, r, 340, 300), 0.9)
            satin(c, r, moved(art, x + 225, y + 190, 84), 3.2, None, pal)
    elif "kệ" in low:
        runner = wavy(r, 300, 90, 700, 1160, 5)
        lace(c, r, [*runner, runner[0]], hexed("#FBF8F0"))
        hemmed(c, r, runner, linen(c, r, 400, 1070, hexed("#F8F3E8")), 0.93)
        for y in (330, 900):
            satin(c, r, moved(art, 500, y, 150, 0 if y < 500 else 180), 3.4, None, pal)
    else:
        big = "bàn" in low
        q = wavy(r, 120, 200, 880, 1060, 5) if big else [(x, y) for x, y in wavy(r, 190, 310, 810, 950, 3)]
        if r.random() < 0.6:
            lace(c, r, [*q, q[0]], hexed("#FBF8F0"))
        hemmed(c, r, q, linen(c, r, 760, 860), 0.94)
        if big:
            for x, y, t in ((300, 400, 0), (700, 400, 90), (700, 860, 180), (300, 860, 270)):
                satin(c, r, moved(art, x, y, 136, t), 3.6, None, pal)
        else:
            fold = [(810, 310), (560, 950), (810, 950)]
            del fold
            satin(c, r, moved(art, 600, 740, 170), 3.2, None, pal)


def pouch(c: Canvas, r: Random, art: Pieces, pal: dict[str, str]) -> None:
    """A drawstring bag."""
    body = smooth(
        [
            (330, 440),
            (262, 620),
            (250, 980),
            (300, 1050),
            (500, 1062),
            (700, 1050),
            (750, 980),
            (738, 620),
            (670, 440),
        ],
        8,
    )
    color = hexed(r.choice(("#EFE7D4", "#DCE0D2", "#E9D3C4", "#CFD8DC")))
    c.stand(500, 1056, 260, 44)
    c.fill(body, linen(c, r, 500, 620, color), creases(r, 1.6))
    frill = smooth(
        [
            (330, 444),
            (290, 290),
            (360, 316),
            (430, 280),
            (500, 316),
            (570, 280),
            (640, 316),
            (712, 290),
            (670, 444),
        ],
        8,
    )
    c.fill(frill, linen(c, r, 440, 170, color), cloud(r, (48, 12), (14, 2), 76, 168))
    for s, y in ((-1, 436), (1, 452)):
        rope(
            c,
            smooth([(326, y), (500, y + 26), (674, y)], 10),
            13,
            hexed("#A3271F") if s < 0 else hexed("#8E1F1A"),
            9,
        )
    for s in (-1, 1):
        rope(
            c,
            smooth([(500 + s * 172, 444), (500 + s * 270, 520), (500 + s * 256, 660)], 8),
            10,
            hexed("#A3271F"),
            9,
        )
    satin(c, r, moved(art, 500, 760, 180), 3.3, None, pal)


def curtain(c: Canvas, r: Random, art: Pieces, color: Rgb, kind: str = "linen") -> None:
    """A hanging panel on a rod with standing folds, lace or fringe at the foot."""
    rope(c, [(110, 130), (890, 130)], 22, hexed("#8A5A34"))
    c.glow(rect(180, 160, 840, 1110), (70, 50, 34), 0.3, 30, (30, 30))
    body: list[Pt] = [
        (170, 140),
        (830, 140),
        (836, 1080),
        *[(836 - 672 * i / 40, 1080 + 9 * math.sin(i * 0.98)) for i in range(41)],
        (164, 1080),
    ]
    folds = field((64, 8), lambda x, y: 134 + 26 * math.sin(x * 40 + 0.5 * math.sin(x * 9)) - 14 * x - 8 * y)
    c.fill(body, linen(c, r, 680, 950, color, kind), folds)
    for i in range(11):
        rope(c, arc(190 + i * 62, 132, 15, 20, 0, 360, 20), 6, hexed("#C9A65A"))
    if kind == "linen":
        lace(c, r, [(176, 1082), (828, 1082)], hexed("#FBF8F0"), size=24)
        for x, y, k in ((330, 840, 130), (660, 820, 140), (500, 480, 120)):
            satin(c, r, moved(art, x, y, k), 3.6, hexed("#FFFDF6"))
    c.glow([(170, 140), (420, 140), (300, 1080), (164, 1080)], (255, 252, 240), 0.14, 60, clip=body)


def bedding(c: Canvas, r: Random, art: Pieces, pal: dict[str, str]) -> None:
    """A folded quilt set: a stack with an embroidered top fold, tied."""
    b = Bench(c, (140, 1000), (0.3, -0.42))
    b.shadow(600, 480)
    z = 0.0
    main = hexed(r.choice(("#F2ECDD", "#DDE4DE", "#EBD9CC", "#D5DDE2")))
    for i, h in enumerate((96, 84, 70, 56)):
        col = lit(main, (1.0, 0.94, 1.05, 0.98)[i])
        tex = relight(linen(c, r, 600, h, col), field((4, 16), lambda _x, y: 156 - 66 * abs(y - 0.32)))
        topc = relight(linen(c, r, 600, 400, col), creases(r))
        b.board(i * 6, i * 8, z, 600 - i * 12, 480 - i * 16, h, tex, topc, tex)
        z += h + 2
    mid = b.at(300, 230, z)
    flat = moved(art, 0, 0, 200)
    for p in flat:
        p.pts = [(mid[0] + x - y * 0.5, mid[1] + y * 0.7) for x, y in p.pts]
    satin(c, r, flat, 3.2, None, pal)
