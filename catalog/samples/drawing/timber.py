"""Đồ mộc and nón lá: boards with their grain and end grain; ribs, leaf and thread."""

import math
from random import Random

from catalog.samples.drawing.forms import VASES, furniture
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
    mix,
    relight,
    smooth,
    vary,
)
from catalog.samples.drawing.inlay import cuts
from catalog.samples.drawing.materials import end_grain, strands, wood
from catalog.samples.drawing.motifs import moved
from catalog.samples.drawing.scenes import compose
from catalog.samples.drawing.surfaces import Bench, Turned, band, rope, stations

SPECIES = (
    ("gõ đỏ", "#8A3F22"),
    ("hương", "#A2482B"),
    ("xoan đào", "#B5714A"),
    ("mít", "#C9903A"),
    ("sồi", "#CFA873"),
)


def species(r: Random, low: str) -> Rgb:
    return vary(
        r,
        next(
            (hexed(code) for word, code in SPECIES if word in low),
            hexed(r.choice(("#9A5A34", "#7E4527", "#B5793F"))),
        ),
        0.06,
    )


def carved(c: Canvas, r: Random, tex: Img, words: str, base: Rgb) -> Img:
    """The motif in low relief: lit upper edges, dark lower ones, the ground cut back."""
    w, h = tex.size
    aspect = w / h
    m, _ = cuts(compose(words, r, aspect), (w, h), (w / 2, h / 2, h / 2 * 0.84), r, 1.2)
    from PIL import ImageChops

    out = relight(tex, cloud(r, (2, 2), (2, 2), 104, 108))
    out.paste(lit(base, 0.35), (0, 0), ImageChops.offset(m, 2, 3).point([v * 7 // 10 for v in range(256)]))
    out.paste(relight(tex, cloud(r, (w, h), (w // 20 + 2, h // 20 + 2), 116, 170)), (0, 0), m)
    return out


def moc(c: Canvas, r: Random, name: str) -> None:
    """Đồ mộc."""
    low = name.lower()
    base = species(r, low)
    if "thớt" in low or "khay" in low:
        c.stage("sheet", r)
        (board if "thớt" in low else tray)(c, r, base)
        return
    c.stage("wall", r)
    if "lục bình" in low:
        c.zoom(1.08, (500, 690))
        prof = VASES[0] if "tiện" in low else VASES[2]
        t = Turned(500, prof, 0.17)
        c.stand(500, t.y1 + 8, t.table[-1] * 1.1, t.table[-1] * 0.2)
        t.hollow(c, wood(r, (60, 40), lit(base, 0.6)), 0.7)
        t.dress(c, wood(r, (c.t(620), c.t(700)), base, 10, upright=True), 0.55)
        if "tiện" in low:
            for f in (0.12, 0.15, 0.86, 0.9):
                y = t.y0 + (t.y1 - t.y0) * f
                rope(c, t.ring(y, grow=1.02), 15, lit(base, 0.95))
        rope(c, t.mouth(), 14, base)
        return
    if "xếp hình" in low:
        blocks(c, r, base)
        return
    art = "tứ linh" if "tứ linh" in low else "tùng cúc" if "tùng" in low else ""

    def tex(w: float, h: float, part: int = -1) -> Img:
        img = wood(r, (c.t(w), c.t(h)), vary(r, base, 0.05), 8, upright=h > w)
        if part >= 0 and art and min(w, h) > 90:
            img = carved(c, r, img, art, base)
        return img

    if "ghế" not in low:
        c.zoom(1.08 if "tủ" in low or "kệ sách" in low else 1.0, (500, 720))
    if "ghế tựa" in low:
        c.zoom(1.3, (500, 620))
        furniture(c, r, name, tex, mix(base, (230, 190, 140), 0.3))
    elif "bàn ăn" in low:
        from catalog.samples.drawing.forms import chair, table

        for x in (230, 420, 610):
            chair(c, r, tex, x, 720, 0.56)
        chair(c, r, tex, 20, 880, 0.6)
        table(c, r, tex, 130, 930, 600, 330, 210)
        chair(c, r, tex, 770, 960, 0.6)
    else:
        furniture(c, r, name, tex, mix(base, (230, 190, 140), 0.3))


def board(c: Canvas, r: Random, base: Rgb) -> None:
    """A chopping board: a round of end grain, or planks of turned grain glued edge to edge."""
    if r.random() < 0.6:
        disc = arc(500, 640, 400, 392, 0, 360, 120)
        c.shadow(disc, 28, 0.55)
        c.poly([(x + 6, y + 18) for x, y in disc], lit(base, 0.4))
        c.fill(
            disc,
            end_grain(r, (c.t(800), c.t(784)), base, 15, (r.uniform(0.4, 0.6), r.uniform(0.4, 0.6))),
            field((16, 16), lambda x, y: 150 - 28 * x - 24 * y),
        )
        for _ in range(5):
            a = r.uniform(0, 6.28)
            d0, d1 = r.uniform(60, 160), r.uniform(250, 385)
            crack = [
                (
                    500 + d * math.cos(a + r.uniform(-0.02, 0.02)),
                    640 + d * math.sin(a + r.uniform(-0.02, 0.02)),
                )
                for d in (d0, (d0 + d1) / 2, d1)
            ]
            c.line(crack, alpha(lit(base, 0.3), 0.6), 3)
        c.line(arc(500, 640, 372, 364, 0, 360, 100), alpha(lit(base, 0.4), 0.7), 8)
        c.line(arc(498, 637, 372, 364, 20, 200, 60), alpha(lit(base, 1.5), 0.4), 3)
        rope(c, disc, 14, lit(base, 0.7))
        return
    q: list[Pt] = [(180, 330), (820, 330), (820, 1080), (180, 1080)]
    c.shadow(q, 26, 0.55)
    for i in range(5):
        x = 180 + i * 128
        c.fill(
            [(x, 330), (x + 128, 330), (x + 128, 1080), (x, 1080)],
            wood(r, (c.t(128), c.t(750)), vary(r, base, 0.18), 5, upright=True),
            field((4, 16), lambda _x, y: 148 - 30 * y),
        )
        c.line([(x, 330), (x, 1080)], alpha(lit(base, 0.35), 0.6), 3)
    handle = smooth([(420, 332), (430, 180), (500, 140), (570, 180), (580, 332)], 8)
    c.shadow(handle, 12, 0.4)
    c.fill(handle, wood(r, (c.t(160), c.t(200)), base, 4, upright=True))
    c.oval(500, 214, 30, 30, lit(hexed("#E9E0CC"), 0.8))
    c.line([(180, 1076), (820, 1076)], alpha(lit(base, 0.3), 0.8), 9)


def tray(c: Canvas, r: Random, base: Rgb) -> None:
    """A tray with dovetailed corners, seen from above, holding tea things."""
    x0, y0, x1, y1 = 130.0, 300.0, 870.0, 980.0
    q: list[Pt] = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    c.shadow(q, 26, 0.55)
    c.fill(q, wood(r, (c.t(740), c.t(680)), base, 9), field((8, 8), lambda x, y: 146 - 20 * x - 18 * y))
    n = 46.0
    for side in (
        ((x0, y0), (x1, y0), (x1 - n, y0 + n), (x0 + n, y0 + n)),
        ((x1, y0), (x1, y1), (x1 - n, y1 - n), (x1 - n, y0 + n)),
        ((x0, y1), (x1, y1), (x1 - n, y1 - n), (x0 + n, y1 - n)),
        ((x0, y0), (x0, y1), (x0 + n, y1 - n), (x0 + n, y0 + n)),
    ):
        up = side[0][0] == side[1][0]
        c.fill(
            list(side),
            wood(r, (c.t(60 if up else 740), c.t(680 if up else 60)), lit(base, 0.94), 5, upright=up),
        )
    c.glow(
        [
            (x0 + n, y0 + n),
            (x1 - n, y0 + n),
            (x1 - n, y0 + n + 22),
            (x0 + n + 22, y0 + n + 22),
            (x0 + n + 22, y1 - n),
            (x0 + n, y1 - n),
        ],
        (30, 14, 6),
        0.6,
        12,
        clip=q,
    )
    for cx, cy in ((x0, y0), (x1 - n, y0), (x0, y1 - n), (x1 - n, y1 - n)):
        for i in range(3):
            c.fill(
                [
                    (cx + i * 15, cy + 2),
                    (cx + i * 15 + 9, cy + 2),
                    (cx + i * 15 + 12, cy + n - 2),
                    (cx + i * 15 - 2, cy + n - 2),
                ],
                end_grain(r, (20, 30), lit(base, 0.62), 3),
            )
    for y in (y0 + 12, y1 - 34):
        c.poly(arc(500, y + 11, 92, 12, 0, 360, 40), lit(base, 0.28))
    if r.random() < 0.75:
        pot = hexed(r.choice(("#7A3E28", "#3F4A44", "#E6DFCF", "#5E6B58")))
        for x, y, rad in ((440, 610, 130), (680, 520, 58), (700, 700, 58), (600, 830, 58)):
            ring = arc(x, y, rad, rad, 0, 360, 50)
            c.shadow(ring, 14, 0.5, 0.8)
            c.poly(ring, lit(pot, 0.7))
            c.glow(
                arc(x - rad * 0.2, y - rad * 0.24, rad * 0.7, rad * 0.66, 0, 360),
                lit(pot, 1.15),
                0.9,
                rad * 0.25,
                clip=ring,
            )
            if rad < 90:
                c.poly(arc(x, y, 46, 46, 0, 360, 40), mix(hexed("#8A6A24"), hexed("#C9A24A"), r.random()))
            else:
                c.line(arc(x, y, 74, 74, 0, 360, 50), lit(pot, 0.5), 6)
                c.oval(x, y, 22, 22, lit(pot, 1.2))
                rope(c, [(x + 120, y - 20), (x + 176, y - 50)], 30, lit(pot, 0.9))


def blocks(c: Canvas, r: Random, base: Rgb) -> None:
    """Toy blocks stacked by a child, a few dyed."""
    b = Bench(c, (180, 1010), (0.36, -0.34))
    b.shadow(560, 200)
    dyes = [hexed("#A3271F"), hexed("#2F6F73"), hexed("#D9A93A"), hexed("#6B7F3E")]

    def tex(w: float, h: float) -> Img:
        col = base if r.random() < 0.66 else mix(base, r.choice(dyes), 0.72)
        return wood(r, (c.t(w), c.t(h)), vary(r, col, 0.1), 6, upright=h > w)

    for x, z, w, h in (
        (0, 0, 150, 150),
        (190, 0, 150, 150),
        (400, 0, 160, 100),
        (0, 150, 340, 70),
        (400, 100, 160, 90),
        (60, 220, 110, 180),
        (210, 220, 110, 110),
        (420, 190, 120, 120),
        (210, 330, 110, 70),
    ):
        b.board(
            x, 0, z, w, 150, h, tex(w, h), tex(w, 120), end_grain(r, (c.t(120), c.t(h)), lit(base, 0.95), 7)
        )
    p = b.at(60, 0, 400)
    roof: list[Pt] = [(p[0] - 20, p[1]), (p[0] + 55, p[1] - 110), (p[0] + 130, p[1])]
    side: list[Pt] = [
        roof[1],
        (roof[1][0] + 54, roof[1][1] - 51),
        (roof[2][0] + 54, roof[2][1] - 51),
        roof[2],
    ]
    c.fill(side, wood(r, (80, 80), lit(dyes[0], 0.7), 4))
    c.fill(roof, wood(r, (80, 80), dyes[0], 4))
    b2 = Bench(c, (640, 1120), (0.36, -0.34))
    b2.shadow(120, 120, 0.4)
    b2.board(0, 0, 0, 120, 120, 120, tex(120, 120), tex(120, 120), end_grain(r, (60, 60), base, 6))
    from catalog.samples.drawing.basketry import ball

    ball(c, 360, 1120, 62, mix(base, dyes[2], 0.6))


def palm(c: Canvas, r: Random, w: float, h: float, tone: Rgb) -> Img:
    """Ironed palm leaf in narrow upright strips."""
    img = strands(r, (c.t(w), c.t(h)), max(4, c.t(21)), [tone, lit(tone, 0.93), lit(tone, 1.06)], True)
    fine = strands(r, img.size, 3, [(128, 128, 128)], True).convert("L")
    return relight(img, fine.point([128 + (v - 128) // 3 for v in range(256)]))


def cone_hat(
    c: Canvas, r: Random, cx: float, top: float, foot: float, rad: float, name: str, k: float = 0.26
) -> Turned:
    """The hat from the side: leaf over sixteen bamboo hoops, sewn through."""
    low = name.lower()
    tone = hexed("#F0E6C8") if "trắng" in low else hexed(r.choice(("#EADBB2", "#E6D3A0", "#EFE2BE")))
    t = Turned(cx, [(top, 6), (top + (foot - top) * 0.5, rad * 0.51), (foot, rad)], k)
    c.stand(cx, foot + rad * k * 0.5, rad * 1.0, rad * k * 0.8, 0.42)
    tex = palm(c, r, rad * 3.1, foot - top, tone)
    t.dress(c, tex, 0.06, 0.3)
    n = 16
    for i in range(1, n + 1):
        y = top + (foot - top) * i / n
        ring = t.ring(y)
        c.line([(x, b + 3) for x, b in ring], alpha(lit(tone, 0.5), 0.3), 4)
        c.line(ring, alpha(lit(tone, 0.78), 0.75), 3)
        c.line([(x, b - 4) for x, b in ring], alpha((255, 252, 238), 0.35), 3)
        for (x, b), _d in stations(ring, 17):
            c.line([(x, b - 5), (x + 2, b + 5)], alpha((250, 246, 232), 0.75), 2)
    rope(c, t.ring(foot), 15, lit(tone, 0.8), 13)
    c.oval(cx, top + 8, 9, 7, lit(tone, 0.7))
    return t


def paint(c: Canvas, r: Random, t: Turned, words: str, size: float) -> None:
    """A motif brushed or stitched on the near side."""
    from catalog.samples.drawing.stitch import THREADS, satin

    y = t.y0 + (t.y1 - t.y0) * 0.72
    pieces = moved(compose(words, r), t.cx - 10, y + t.r(y) * t.k * 0.7, size)
    if "sen" in words:
        satin(c, r, pieces, 3.2, None, THREADS[0])
        return
    pal = THREADS[2]
    for p in pieces:
        c.poly(p.pts, alpha(hexed(pal.get(p.part, "#D8646A")), 0.78))
        for ln in p.lines:
            c.line(ln, alpha((70, 40, 30), 0.5), 2)


def non_la(c: Canvas, r: Random, name: str) -> None:
    """Nón lá."""
    low = name.lower()
    if "quai thao" in low:
        c.stage("wall", r)
        flat_hat(c, r, low)
        return
    words = "sen" if "sen" in low else "cảnh làng" if "cảnh" in low else ""
    if "treo tường" in low or ("biểu diễn" in low and r.random() < 0.5):
        c.stage("wall", r)
        for cx, cy, rad in (
            ((500, 640, 400),) if r.random() < 0.5 else ((350, 420, 260), (690, 660, 230), (380, 940, 215))
        ):
            above(c, r, cx, cy, rad, low, words)
        return
    c.stage("wall", r)
    scale = 0.82 if "trẻ em" in low else 1.16 if "đại" in low else 1.0
    c.zoom(1.08 * scale, (500, 720))
    velvet = (
        hexed("#7A1830") if "nhung" in low else hexed(r.choice(("#B8433A", "#8E5A9A", "#2F6F73", "#D98AA0")))
    )
    if r.random() < 0.7 or "nhung" in low:
        for s in (1,):
            rib = smooth(
                [
                    (500 - 330 * s, 880),
                    (500 - 250, 1010),
                    (500 - 60, 1060),
                    (500 + 120, 1010),
                    (500 + 330, 900),
                ],
                12,
            )
            wide = [(x + 4, y + 26) for x, y in rib]
            c.glow(wide, (50, 26, 20), 0.25, 12, (6, 10))
            c.poly(band(rib, wide), velvet)
            c.line([(x, y + 6) for x, y in rib], lit(velvet, 1.35), 4)
    t = cone_hat(c, r, 500, 420, 850, 400, low)
    if "thổ cẩm" in low:
        for f0, f1, cols in ((0.9, 0.985, ("#A3271F", "#1F2F4F", "#D9A93A", "#2F6F5A")),):
            for i in range(54):
                u0, u1 = -1.5 + i * 3.0 / 54, -1.5 + (i + 1) * 3.0 / 54
                q = [
                    (500 + t.r(y) * math.sin(u), y + t.r(y) * t.k * math.cos(u))
                    for y, u in (
                        (420 + 430 * f0, u0),
                        (420 + 430 * f0, u1),
                        (420 + 430 * f1, u1),
                        (420 + 430 * f1, u0),
                    )
                ]
                c.poly(q, alpha(lit(hexed(cols[i % 4]), 1.0 - 0.25 * abs(u0 + 0.4)), 0.9))
                c.line([q[0], q[2]], alpha((250, 240, 214), 0.7), 3)
    if words:
        paint(c, r, t, words, 118)


def above(c: Canvas, r: Random, cx: float, cy: float, rad: float, low: str, words: str) -> None:
    """The hat from above or on the wall: rings round the point, leaf in rays."""
    tone = hexed("#F0E6C8") if "trắng" in low else hexed("#EADBB2")
    disc = arc(cx, cy, rad, rad, 0, 360, 110)
    c.shadow(disc, 34, 0.5, 1.5)
    c.poly(disc, tone)
    n = 150
    for i in range(n):
        a0, a1 = 360 / n * i, 360 / n * (i + 1) + 0.4
        ang = math.radians(a0)
        bright = 0.94 - 0.17 * math.cos(ang - 0.9) + r.uniform(-0.05, 0.05)
        c.poly([(cx, cy), *arc(cx, cy, rad, rad, a0, a1, 2)], lit(tone, bright))
    for j in range(1, 17):
        q = rad * j / 16
        c.line(arc(cx + 2, cy + 3, q, q, 0, 360, 90), alpha(lit(tone, 0.45), 0.28), 4)
        c.line(arc(cx, cy, q, q, 0, 360, 90), alpha(lit(tone, 0.74), 0.7), 3)
        for (x, y), (dx, dy) in stations(arc(cx, cy, q, q, 0, 360, 90), 18):
            c.line(
                [(x - dy * 5, y + dx * 5), (x + dy * 5 + dx * 2, y - dx * 5 + dy * 2)],
                alpha((252, 248, 236), 0.8),
                2,
            )
    rope(c, disc, 15, lit(tone, 0.8), 14)
    if "nhung" in low or r.random() < 0.35:
        velvet = hexed(r.choice(("#7A1830", "#2F4F6F", "#5E2A5A")))
        for s in (-1, 1):
            rope(
                c,
                smooth(
                    [
                        (cx + s * rad * 0.7, cy + rad * 0.7),
                        (cx + s * rad * 0.5, cy + rad * 1.1),
                        (cx + s * rad * 0.12, cy + rad * 1.25),
                        (cx, cy + rad * 1.38),
                    ],
                    8,
                ),
                17,
                velvet,
            )
    from catalog.samples.drawing.stitch import THREADS, satin

    satin(
        c,
        r,
        moved(compose(words or r.choice(("sen", "mai", "cúc")), r), cx, cy + rad * 0.46, rad * 0.36),
        3.2,
        None,
        THREADS[0],
    )


def flat_hat(c: Canvas, r: Random, low: str) -> None:
    """Nón quai thao: the wide flat hat of quan họ, tipped to show its disc, with long silk tassels."""
    tone = hexed("#EFE4C4")
    cx, cy, rx, ry = 500.0, 450.0, 400.0, 262.0
    rim_low = arc(cx, cy + 58, rx, ry, 0, 180, 60)
    disc = arc(cx, cy, rx, ry, 0, 360, 120)
    c.shadow([*disc], 34, 0.42, 1.4)
    silk = hexed(r.choice(("#A3271F", "#1F1D20", "#7A1830", "#C98A2B")))
    edge = band(arc(cx, cy, rx, ry, 0, 180, 60), rim_low)
    c.fill(edge, palm(c, r, 1000, 80, tone), field((24, 4), lambda x, y: 138 - 40 * abs(x - 0.4)))
    for i in range(3):
        c.line(arc(cx, cy + 16 + i * 16, rx, ry, 0, 180, 60), alpha(lit(tone, 0.6), 0.7), 3)
    n = 130
    for i in range(n):
        a0, a1 = 360 / n * i, 360 / n * (i + 1) + 0.4
        bright = 0.97 - 0.13 * math.cos(math.radians(a0) - 0.9) + r.uniform(-0.05, 0.05)
        c.poly([(cx, cy), *arc(cx, cy, rx, ry, a0, a1, 2)], lit(tone, bright))
    for j in range(1, 13):
        f = j / 12
        c.line(arc(cx, cy, rx * f, ry * f, 0, 360, 90), alpha(lit(tone, 0.72), 0.65), 3)
        for (x, y), _d in stations(arc(cx, cy, rx * f, ry * f, 0, 360, 90), 22):
            c.line([(x, y - 4), (x + 1, y + 4)], alpha((253, 250, 240), 0.8), 2)
    rope(c, [*disc], 15, lit(tone, 0.82), 13)
    from catalog.samples.drawing.stitch import THREADS, satin

    words = "sen" if "sen" in low else "cảnh làng" if "cảnh" in low else ""
    if words:
        art = moved(compose(words, r), cx, cy, 170)
        for p in art:
            p.pts = [(x, cy + (y - cy) * 0.72) for x, y in p.pts]
        satin(c, r, art, 3.2, None, THREADS[0])
    for s in (-1, 1):
        cord = smooth(
            [
                (cx + s * rx * 0.86, cy + ry * 0.5 + 40),
                (cx + s * rx * 0.74, cy + 430),
                (cx + s * 130, cy + 560),
            ],
            12,
        )
        for d in (-14, 0, 14):
            rope(c, [(x + d, y) for x, y in cord], 11, lit(silk, 1.0 - 0.08 * (d > 0)))
        x, y = cord[-1]
        c.oval(x, y + 6, 26, 22, lit(silk, 0.9))
        c.oval(x - 4, y, 16, 13, lit(silk, 1.3))
        for _ in range(46):
            dx = r.gauss(0, 13)
            c.line(
                [(x + dx * 0.6, y + 16), (x + dx * 1.3, y + 200 + r.uniform(-12, 14))],
                lit(silk, r.uniform(0.72, 1.3)),
                3.4,
            )
        c.poly([(x - 16, y + 26), (x + 16, y + 26), (x + 17, y + 44), (x - 17, y + 44)], hexed("#D9B45A"))
