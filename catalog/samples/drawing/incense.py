"""Hương: dyed sticks in fans and bundles, coils, cones, powder, and what they burn in."""

import math
from random import Random

from PIL import Image

from catalog.samples.drawing.ground import (
    Canvas,
    Pt,
    Rgb,
    alpha,
    arc,
    hexed,
    lit,
    smooth,
    vary,
)
from catalog.samples.drawing.materials import cloth, stone, wood
from catalog.samples.drawing.surfaces import Turned, leaf, rope

DYES = ("#C3272B", "#D63A2F", "#A81E3A", "#E0A82E", "#B4508C", "#2F8F6B")


def scent(r: Random, name: str) -> Rgb:
    """The colour of the paste for a scent."""
    for word, code in (
        ("quế", "#8A4526"),
        ("trầm", "#6B4A33"),
        ("thảo mộc", "#7C6A3C"),
        ("bưởi", "#B89A4A"),
        ("bài", "#9A7A45"),
        ("đinh hương", "#5E3524"),
        ("sả", "#9AA04E"),
        ("hồi", "#7A4A2E"),
        ("bách diệp", "#5F6E3A"),
    ):
        if word in name:
            return vary(r, hexed(code), 0.08)
    return hexed("#85603A")


def fan(
    c: Canvas,
    r: Random,
    cx: float,
    cy: float,
    reach: float,
    dye: Rgb,
    paste: Rgb,
    a0: float = 198,
    a1: float = 342,
    n: int = 230,
    bare: bool = False,
) -> None:
    """The drying fan: red feet gathered in a tied knot, paste ends spread like a skirt."""
    c.glow([(cx, cy), *arc(cx, cy, reach, reach, a0, a1, 40)], (60, 30, 20), 0.34, 30, (26, 30))
    rows = [(r.uniform(0.92, 1.0), i) for i in range(n)]
    for depth in (0.86, 1.0):
        for jitter, i in rows:
            a = math.radians(a0 + (a1 - a0) * (i + r.uniform(-0.6, 0.6)) / (n - 1))
            full = reach * jitter * depth
            co, si = math.cos(a), math.sin(a)
            x0, y0 = cx + co * reach * 0.05, cy + si * reach * 0.05
            cut = (cx + co * full * 0.38, cy + si * full * 0.38)
            tip = (cx + co * full, cy + si * full)
            bright = r.uniform(0.78, 1.14) * (1.06 - 0.16 * (co + 0.3))
            c.line([(x0, y0), cut], lit(dye, bright), 4.5)
            c.line([cut, tip], lit(dye if bare else paste, bright), 4.5 if bare else 8)
            if not bare and i % 2:
                c.line(
                    [(cut[0] - 1.5, cut[1] - 1.5), (tip[0] - 1.5, tip[1] - 1.5)],
                    alpha(lit(paste, 1.3), 0.3),
                    2,
                )
    tail = math.radians((a0 + a1) / 2 + 180)
    for _ in range(60):
        a = tail + r.uniform(-0.5, 0.5)
        n_ = reach * r.uniform(0.12, 0.2)
        c.line([(cx, cy), (cx + math.cos(a) * n_, cy + math.sin(a) * n_)], lit(dye, r.uniform(0.7, 1.1)), 4.5)
    rope(c, smooth([(cx - 40, cy - 14), (cx, cy + 4), (cx + 40, cy - 14)], 8), 16, hexed("#E6C88A"), 9)


def wheel(c: Canvas, r: Random, cx: float, cy: float, rad: float, dye: Rgb, paste: Rgb, bare: bool) -> None:
    """A full flower of sticks, as bundles are stood to dry, from above."""
    disc = arc(cx, cy, rad, rad, 0, 360, 90)
    c.shadow(disc, 30, 0.36)
    for j in range(4):
        out, inn = rad * (1 - j * 0.2), rad * (0.62 - j * 0.16)
        for i in range(150 - j * 24):
            a = 6.2832 * (i + r.uniform(-0.5, 0.5)) / (150 - j * 24)
            bright = (1.0 - 0.2 * math.cos(a - 0.8)) * r.uniform(0.82, 1.12) * (0.82 + 0.09 * j)
            o = out * r.uniform(0.95, 1.02)
            p, q, m = (
                (cx + inn * 0.5 * math.cos(a), cy + inn * 0.5 * math.sin(a)),
                (cx + o * math.cos(a), cy + o * math.sin(a)),
                0.5,
            )
            mid = (p[0] + (q[0] - p[0]) * m, p[1] + (q[1] - p[1]) * m)
            c.line([p, mid], lit(paste if not bare else dye, bright), 8)
            c.line([mid, q], lit(dye, bright * 1.02), 6)
            c.oval(q[0], q[1], 3.4, 3.4, lit(dye, bright * 1.3))
    for _ in range(70):
        a, d = r.uniform(0, 6.28), r.uniform(0, 1) ** 0.5 * rad * 0.1
        c.oval(
            cx + d * math.cos(a),
            cy + d * math.sin(a),
            7,
            7,
            lit(paste if not bare else dye, r.uniform(0.6, 1.15)),
        )


def bundle(
    c: Canvas,
    r: Random,
    x: float,
    y0: float,
    y1: float,
    wide: float,
    dye: Rgb,
    paste: Rgb,
    bare: bool = False,
    lean: float = 0,
) -> None:
    """A tied sheaf lying or standing upright, paste above, dyed feet below."""
    body = [(x - wide + lean, y0), (x + wide + lean, y0), (x + wide, y1), (x - wide, y1)]
    c.shadow(body, 18, 0.45)
    n = int(wide / 4.2) * 2
    for i in range(n):
        t = (i + 0.5) / n * 2 - 1
        xx = x + wide * math.sin(t * 1.45) / 0.993
        bright = (1.02 - 0.42 * abs(t + 0.35)) * r.uniform(0.86, 1.12)
        d0 = r.uniform(-9, 9)
        split = y1 - (y1 - y0) * 0.24
        xs = xx + lean * 0.24
        c.line([(xx + lean, y0 + d0), (xs, split)], lit(dye if bare else paste, bright), 10)
        c.line([(xs, split), (xx + r.uniform(-2, 2), y1 + d0 * 0.6)], lit(dye, bright), 7)
    for f, col in ((0.3, "#E9D6A8"), (0.62, "#C9312B")):
        y = y0 + (y1 - y0) * f
        xo = lean * (1 - f)
        strip = [
            (x - wide - 4 + xo, y),
            (x + wide + 4 + xo, y + 3),
            (x + wide + 4 + xo, y + 46),
            (x - wide - 4 + xo, y + 43),
        ]
        c.glow(strip, (30, 14, 6), 0.35, 6, (2, 6))
        c.fill(strip, cloth(r, (60, 20), hexed(col)), shade_round())


def shade_round() -> Image.Image:
    img = Image.new("L", (16, 1))
    img.putdata([int(150 - 90 * abs(x / 15 - 0.34)) for x in range(16)])
    return img


def spiral(
    c: Canvas,
    r: Random,
    cx: float,
    cy: float,
    rad: float,
    paste: Rgb,
    turns: float,
    squash: float = 1.0,
    drop: float = 0.0,
) -> None:
    """A coil; `drop` lets it hang as a cone."""
    pts: list[Pt] = []
    n = int(turns * 48)
    for i in range(n + 1):
        t = i / n
        a = t * turns * 6.2832
        rr = rad * (0.06 + 0.94 * t)
        pts.append((cx + rr * math.cos(a), cy + rr * math.sin(a) * squash + drop * t))
    w = rad / turns * 0.52
    if not drop:
        c.shadow(arc(cx, cy, rad, rad * squash, 0, 360), 16, 0.3)
    c.line([(x + w * 0.3, y + w * 0.5) for x, y in pts], alpha((40, 20, 10), 0.35), w)
    rope(c, pts, w, paste)
    for x, y in pts[::2]:
        c.oval(
            x + r.uniform(-w, w) * 0.3,
            y + r.uniform(-w, w) * 0.3,
            1.6,
            1.6,
            alpha(lit(paste, r.choice((0.6, 1.4))), 0.5),
        )


def cone(c: Canvas, r: Random, x: float, y: float, h: float, paste: Rgb) -> None:
    t = Turned(x, [(y - h, 3), (y - h * 0.5, h * 0.2), (y, h * 0.34)], 0.3)
    c.stand(x, y + 4, h * 0.36, h * 0.13, 0.45)
    t.dress(c, stone(r, (60, 60), paste), 0.08)


def smoke(c: Canvas, r: Random, x: float, y: float, n: float = 420, light: bool = True) -> None:
    """A thread of smoke that widens as it rises."""
    path = smooth(
        [(x, y), (x + 16, y - n * 0.25), (x - 34, y - n * 0.5), (x + 30, y - n * 0.75), (x - 10, y - n)], 12
    )
    for i in range(0, len(path) - 6, 3):
        f = i / len(path)
        w = 3 + 26 * f
        seg = path[i : i + 7]
        ribbon = [*[(px - w, py) for px, py in seg], *[(px + w * 0.4, py) for px, py in reversed(seg)]]
        c.glow(ribbon, (150, 140, 128) if light else (235, 230, 222), 0.2 * (1 - f), 7 + 9 * f)


def heap(c: Canvas, r: Random, cx: float, cy: float, rad: float, color: Rgb) -> None:
    """A mound of powder with loose grains."""
    t = Turned(cx, [(cy - rad * 0.55, 8), (cy - rad * 0.35, rad * 0.4), (cy, rad)], 0.28)
    c.stand(cx, cy + 8, rad * 1.02, rad * 0.3, 0.3)
    t.dress(c, stone(r, (c.t(rad * 2), c.t(rad)), color), 0, 0.1)
    for _ in range(220):
        a, d = r.uniform(0, 6.28), r.gauss(1.0, 0.16) * rad
        c.oval(
            cx + d * math.cos(a),
            cy + d * math.sin(a) * 0.3,
            r.uniform(1.5, 4),
            r.uniform(1.2, 3),
            lit(color, r.uniform(0.6, 1.2)),
        )


def spices(c: Canvas, r: Random, spots: list[Pt], k: float = 1.0) -> None:
    """Star anise, cinnamon bark and leaves round the thing."""
    for i, (x, y) in enumerate(spots):
        if i % 3 == 0:
            for j in range(8):
                a = j * 0.785 + 0.2
                tip = (x + 62 * k * math.cos(a), y + 62 * k * math.sin(a) * 0.8)
                body = smooth(
                    [
                        (x, y),
                        (
                            x + (tip[0] - x) * 0.6 - 12 * k * math.sin(a),
                            y + (tip[1] - y) * 0.6 + 12 * k * math.cos(a),
                        ),
                        tip,
                        (
                            x + (tip[0] - x) * 0.6 + 12 * k * math.sin(a),
                            y + (tip[1] - y) * 0.6 - 12 * k * math.cos(a),
                        ),
                    ],
                    4,
                    True,
                )
                c.glow(body, (30, 14, 6), 0.3, 4, (4, 6))
                c.poly(body, hexed("#6A3A1E"))
                c.oval(x + (tip[0] - x) * 0.62, y + (tip[1] - y) * 0.62, 7 * k, 6 * k, (208, 140, 72))
        elif i % 3 == 1:
            for d in (-18, 16):
                q = [
                    (x - 110 * k, y + d),
                    (x + 110 * k, y + d - 34),
                    (x + 112 * k, y + d - 6),
                    (x - 108 * k, y + d + 28),
                ]
                c.shadow(q, 8, 0.4, 0.4)
                c.fill(q, wood(r, (c.t(220), c.t(40)), hexed("#9A5A30")))
        else:
            leaf(c, (x - 80 * k, y + 30), (x + 90 * k, y - 30), 30 * k, hexed("#7C8A4A"), r, 9)


def burner(c: Canvas, r: Random, name: str) -> None:
    """Burners, holders and tubes in ceramic, wood, stone or bronze."""
    x: float
    y: float
    if "men rạn" in name:
        tex, gloss = stone(r, (c.t(520), c.t(420)), hexed("#DCD8C4"), crackle=True), 0.8
    elif "gỗ" in name:
        tex, gloss = wood(r, (c.t(520), c.t(420)), hexed("#C98F3F"), upright=True), 0.35
    elif "đá" in name:
        tex, gloss = stone(r, (c.t(520), c.t(420)), hexed("#8E9088")), 0.1
    else:
        tex, gloss = stone(r, (c.t(520), c.t(420)), hexed("#8A6A34")), 0.9
    base = tex.getpixel((tex.width // 2, tex.height // 2))
    edge: Rgb = (base[0], base[1], base[2]) if isinstance(base, tuple) else (120, 100, 70)
    if "sen" in name:
        from catalog.samples.drawing.inlay import cuts
        from catalog.samples.drawing.motifs import lotus

        m, _ = cuts(lotus(r), tex.size, (tex.width / 2, tex.height * 0.55, tex.height * 0.32), r, 1.4)
        tex.paste(lit(edge, 1.32), (0, 0), m.point([v * 6 // 10 for v in range(256)]))
    if "Ống" in name:
        t = Turned(500, [(380, 105), (700, 102), (1000, 110)], 0.2)
    elif "Thác" in name:
        c.stand(500, 1000, 270, 60)
        for i, (x, y, rr) in enumerate(((560, 560, 120), (430, 720, 150), (560, 880, 190))):
            ledge = Turned(
                x, [(y, rr), (y + 26, rr * 1.02), (y + 70, rr * 0.7), (y + 190 - i * 20, rr * 0.8)], 0.3
            )
            ledge.dress(c, tex, gloss)
            c.fill(ledge.mouth(), tex)
            c.glow(arc(x - 10, y + 4, rr * 0.8, rr * 0.22, 0, 360), (236, 232, 226), 0.5, 18)
            c.glow(
                [(x - rr * 0.5, y), (x + rr * 0.1, y), (x - rr * 0.05, y + 190), (x - rr * 0.6, y + 190)],
                (240, 237, 230),
                0.55,
                16,
            )
        cone(c, r, 575, 556, 80, hexed("#6B4A33"))
        smoke(c, r, 575, 480, 300)
        return
    elif "Đế" in name:
        t = Turned(500, [(880, 210), (905, 214), (940, 190), (952, 180)], 0.34)
    else:
        t = Turned(500, [(640, 120), (690, 150), (800, 240), (900, 190), (950, 120), (985, 150)], 0.28)
    c.stand(500, t.y1 + 8, t.table[-1] * 1.1, t.table[-1] * t.k)
    dye, paste = hexed(r.choice(DYES[:4])), scent(r, name)
    if "Đế" not in name:
        t.hollow(c, stone(r, (80, 50), lit(edge, 0.7)), 0.7)
    if "Ống" in name:
        for _ in range(60):
            x, d = r.uniform(-84, 84), r.uniform(-70, 70)
            y = 384 + r.uniform(-14, 14)
            c.line(
                [(500 + x, y), (500 + x + d * 0.7, y - r.uniform(200, 260))],
                lit(dye, r.uniform(0.75, 1.15)),
                6,
            )
    t.dress(c, tex, gloss)
    if "Ống" in name:
        rope(c, arc(500, t.y0, t.table[0], t.table[0] * t.k, 0, 180), 14, edge)
        return
    rope(c, t.mouth(), 13, edge)
    if "Đế" in name:
        c.fill(t.mouth(8), tex)
        for a in range(0, 360, 30):
            x, y = 500 + 150 * math.cos(math.radians(a)), 880 + 50 * math.sin(math.radians(a))
            c.oval(x, y, 13, 6, alpha(lit(edge, 0.5), 0.6))
        c.line([(500, 880), (506, 560)], dye, 7)
        c.line([(506, 800), (516, 300)], paste, 13)
        c.line([(503, 800), (513, 300)], lit(paste, 1.25), 3)
        c.oval(516, 298, 8, 8, (226, 92, 40))
        smoke(c, r, 516, 290, 260)
    else:
        lid = Turned(500, [(520, 20), (545, 60), (590, 118), (648, 128)], 0.28)
        lid.dress(c, tex, gloss)
        for i in range(5):
            u = -0.9 + i * 0.45
            c.oval(500 + 92 * math.sin(u), 606 + 26 * math.cos(u), 13, 10, (26, 16, 10))
        c.oval(500, 512, 24, 22, lit(edge, 1.1))
        for s in (-1, 1):
            rope(
                c,
                smooth(
                    [(500 + s * 205, 720), (500 + s * 290, 690), (500 + s * 290, 790), (500 + s * 226, 830)],
                    8,
                ),
                20,
                edge,
            )
        smoke(c, r, 500, 500, 420)
