"""Kẹo bánh and nông sản: pieces set out on leaf, in jars, bags and baskets."""

import math
from random import Random

from PIL import Image

from catalog.samples.drawing.basketry import ball
from catalog.samples.drawing.glassware import glass, jar
from catalog.samples.drawing.ground import (
    Canvas,
    Pt,
    Rgb,
    alpha,
    arc,
    cloud,
    field,
    hexed,
    lit,
    mix,
    rect,
    relight,
    smooth,
    vary,
)
from catalog.samples.drawing.materials import cloth, stone
from catalog.samples.drawing.surfaces import Turned, leaf, rope

LEAF = hexed("#5E7F3A")


def banana_leaf(c: Canvas, r: Random, cx: float, cy: float, w: float, h: float, turned: float = 0) -> None:
    """A cut length of banana leaf with its midrib, laid on the sheet."""
    co, si = math.cos(math.radians(turned)), math.sin(math.radians(turned))

    def at(x: float, y: float) -> Pt:
        return cx + x * co - y * si, cy + x * si + y * co

    edge = smooth(
        [
            at(-w / 2, -h * 0.36),
            at(-w * 0.2, -h / 2),
            at(w * 0.25, -h * 0.48),
            at(w / 2, -h * 0.34),
            at(w * 0.52, h * 0.3),
            at(w * 0.2, h / 2),
            at(-w * 0.24, h * 0.47),
            at(-w / 2, h * 0.33),
        ],
        8,
        True,
    )
    c.shadow(edge, 20, 0.45)
    base = vary(r, LEAF, 0.1)
    tex = relight(Image.new("RGB", (160, 160), base), cloud(r, (160, 160), (52, 3), 98, 156))
    c.fill(
        edge,
        tex.rotate(-turned, resample=Image.Resampling.BILINEAR, fillcolor=base),
        field((16, 16), lambda x, y: 152 - 30 * x - 26 * y),
    )
    for i in range(26):
        x = -w / 2 + w * (i + 0.5) / 26
        for s in (-1, 1):
            c.line(
                [at(x, s * 6), at(x + w * 0.04, s * h * 0.42)],
                alpha(lit(base, r.choice((0.7, 1.3))), 0.35),
                2.4,
            )
    rope(c, [at(-w * 0.5, 0), at(w * 0.5, 0)], 15, mix(base, (226, 226, 150), 0.5))


def dish(c: Canvas, r: Random, cx: float, cy: float, rad: float, color: Rgb) -> None:
    """A glazed plate from above."""
    ring = arc(cx, cy, rad, rad, 0, 360, 100)
    c.shadow(ring, 24, 0.5)
    c.poly(ring, lit(color, 0.9))
    c.glow(
        arc(cx - rad * 0.2, cy - rad * 0.24, rad * 0.7, rad * 0.7, 0, 360),
        lit(color, 1.1),
        0.9,
        rad * 0.22,
        clip=ring,
    )
    c.glow(arc(cx, cy, rad * 0.74, rad * 0.74, 170, 300, 40), lit(color, 0.6), 0.5, 16, clip=ring)
    c.line(arc(cx, cy, rad * 0.76, rad * 0.76, 0, 360, 90), alpha(lit(color, 0.7), 0.6), 4)
    blue = hexed("#3F5F8C")
    for i in range(36):
        a = i * 10
        c.line(
            arc(
                cx + rad * 0.88 * math.cos(math.radians(a)),
                cy + rad * 0.88 * math.sin(math.radians(a)),
                rad * 0.05,
                rad * 0.05,
                a,
                a + 220,
                10,
            ),
            alpha(blue, 0.6),
            4,
        )


def brittle(
    c: Canvas, r: Random, x: float, y: float, w: float, h: float, turned: float, caramel: Rgb, grain: str
) -> None:
    """A cut bar of peanut or sesame brittle, its edge glassy."""
    co, si = math.cos(math.radians(turned)), math.sin(math.radians(turned))

    def at(px: float, py: float) -> Pt:
        return x + px * co - py * si, y + px * si + py * co

    q = [
        at(-w / 2, -h / 2),
        at(w / 2, -h / 2 + r.uniform(-5, 5)),
        at(w / 2, h / 2),
        at(-w / 2, h / 2 + r.uniform(-5, 5)),
    ]
    c.shadow(q, 12, 0.5, 0.7)
    c.poly([(a + 4, b + 13) for a, b in q], lit(caramel, 0.5))
    c.fill(q, stone(r, (c.t(w), c.t(h)), caramel), field((8, 8), lambda u, v: 156 - 36 * u - 26 * v))
    n = int(w * h / (520 if grain == "peanut" else 150))
    for _ in range(n):
        px, py = r.uniform(-w / 2 + 8, w / 2 - 8), r.uniform(-h / 2 + 8, h / 2 - 8)
        p = at(px, py)
        if grain == "peanut":
            a, b = r.uniform(10, 14), r.uniform(7, 10)
            col = lit(hexed(r.choice(("#EBCB93", "#E0B878", "#F2DAA8", "#B5683F"))), r.uniform(0.9, 1.06))
            c.oval(p[0] + 2, p[1] + 3, a, b, alpha(lit(caramel, 0.4), 0.6))
            c.oval(p[0], p[1], a, b, lit(col, 0.86))
            c.oval(p[0] - 2, p[1] - 2, a * 0.66, b * 0.6, lit(col, 1.1))
        else:
            c.oval(p[0], p[1], 5, 3.4, lit(hexed("#F4E6C4"), r.uniform(0.82, 1.05)))
            c.oval(p[0] - 1, p[1] - 1, 2.6, 1.8, (255, 250, 232))
    c.glow(
        [at(-w * 0.4, -h * 0.4), at(0, -h * 0.4), at(-w * 0.1, h * 0.4), at(-w * 0.46, h * 0.4)],
        (255, 244, 214),
        0.3,
        18,
        clip=q,
    )


def parcel(
    c: Canvas, r: Random, x: float, y: float, half: float, turned: float = 0, filling: bool = False
) -> None:
    """Bánh chưng: a square wrapped in dong leaves, tied with four bamboo strings."""
    co, si = math.cos(math.radians(turned)), math.sin(math.radians(turned))

    def at(px: float, py: float) -> Pt:
        return x + px * half * co - py * half * si, y + px * half * si + py * half * co

    q = [at(-1, -1), at(1, -1), at(1, 1), at(-1, 1)]
    c.shadow(q, 24, 0.55)
    base = vary(r, hexed("#4F6B34"), 0.1)
    c.poly([(a + 6, b + 26) for a, b in q], lit(base, 0.42))
    tex = relight(Image.new("RGB", (200, 200), base), cloud(r, (200, 200), (46, 3), 92, 160))
    c.fill(q, tex, field((16, 16), lambda u, v: 158 - 40 * u - 34 * v))
    c.poly([at(-1, -1), at(0.1, -1), at(-0.2, 1), at(-1, 1)], alpha(lit(base, 1.25), 0.3))
    c.line([at(0.1, -1), at(-0.2, 1)], alpha(lit(base, 0.5), 0.8), 4)
    c.poly([at(-1, 0.3), at(1, 0.12), at(1, 1), at(-1, 1)], alpha(lit(base, 0.7), 0.3))
    for i in range(16):
        t = -1 + i / 8
        c.line([at(t, -1), at(t - 0.12, 1)], alpha(lit(base, 1.4), 0.16), 2)
    for t in (-0.36, 0.36):
        for a, b in ((at(t, -1.02), at(t, 1.06)), (at(-1.02, t), at(1.02, t))):
            rope(c, [a, b], half * 0.052, hexed("#E0CC8E"))
    for t in (-0.36, 0.36):
        p = at(t, 0.36)
        c.oval(p[0], p[1], half * 0.06, half * 0.05, lit(hexed("#E0CC8E"), 0.85))
    c.glow([at(-0.9, -0.9), at(0.2, -0.9), at(-0.4, 0.4), at(-0.9, 0.6)], (250, 255, 220), 0.13, 30, clip=q)


def slice_(c: Canvas, x: float, y: float, rad: float, layers: list[tuple[float, Rgb]], r: Random) -> None:
    """A round slice from above: rings of dough and filling."""
    c.shadow(arc(x, y, rad, rad, 0, 360), 12, 0.5, 0.7)
    c.poly(arc(x + 3, y + 13, rad, rad, 0, 360, 50), lit(layers[0][1], 0.6))
    for f, col in layers:
        disc = arc(x, y, rad * f, rad * f, 0, 360, 50)
        c.fill(
            disc,
            stone(r, (c.t(rad * 2), c.t(rad * 2)), col),
            field((8, 8), lambda u, v: 150 - 24 * u - 22 * v),
        )
    for _ in range(60):
        a, d = r.uniform(0, 6.28), rad * r.uniform(0, 0.94)
        c.oval(
            x + d * math.cos(a),
            y + d * math.sin(a),
            2.4,
            2,
            alpha(lit(layers[-1][1], r.choice((0.7, 1.3))), 0.5),
        )


def keo_banh(c: Canvas, r: Random, name: str) -> None:
    """Kẹo và bánh."""
    y: float
    x: float
    low = name.lower()
    c.stage("sheet", r)
    if "bánh chưng" in low:
        banana_leaf(c, r, 500, 690, 920, 560, r.uniform(-14, -4))
        parcel(c, r, 390, 530, 235, -7)
        parcel(c, r, 610, 800, 235, 5)
        return
    if "bánh gai" in low:
        banana_leaf(c, r, 500, 660, 900, 640, 8)
        for i in range(7):
            x, y = 330 + (i % 3) * 170 + (i // 3 % 2) * 70, 480 + (i // 3) * 190
            if i % 3 == 2:
                dry = hexed("#8A6A3C")
                body = rect(x - 90, y - 70, x + 90, y + 70)
                c.shadow(body, 14, 0.5, 0.7)
                c.fill(
                    body,
                    relight(Image.new("RGB", (80, 60), dry), cloud(r, (80, 60), (24, 3), 86, 164)),
                    field((8, 8), lambda u, v: 160 - 40 * u - 40 * v),
                )
                rope(c, [(x - 92, y), (x + 92, y)], 10, hexed("#E3CC8E"))
                rope(c, [(x, y - 72), (x, y + 72)], 10, hexed("#E3CC8E"))
            else:
                ball(c, x, y, 84, hexed("#3A3430"))
                for _ in range(26):
                    a, d = r.uniform(0, 6.28), r.uniform(0, 62)
                    c.oval(
                        x + d * math.cos(a),
                        y + d * math.sin(a),
                        4.4,
                        3,
                        lit(hexed("#F2E3C0"), r.uniform(0.85, 1)),
                    )
        return
    if "trà" in low or "ô mai" in low:
        jarred(c, r, low)
        return
    gift = "hộp quà" in low
    if gift:
        q = rect(100, 250, 900, 1030)
        c.shadow(q, 26, 0.55)
        c.fill(q, cloth(r, (c.t(800), c.t(780)), hexed(r.choice(("#A3271F", "#7A1F1A", "#8C2A1E"))), "linen"))
        inner = rect(144, 294, 856, 986)
        c.fill(inner, cloth(r, (c.t(712), c.t(692)), hexed("#F6ECD2"), "satin"))
        c.glow(
            [(144, 294), (856, 294), (856, 322), (170, 322), (170, 986), (144, 986)],
            (50, 14, 6),
            0.5,
            12,
            clip=inner,
        )
        c.line([*q, q[0]], hexed("#D9B45A"), 6)
    elif r.random() < 0.5:
        banana_leaf(c, r, 500, 650, 900, 720, r.uniform(-14, 14))
    else:
        dish(c, r, 500, 640, 440, hexed("#F4F0E6"))
    caramel = vary(r, hexed("#B5702F"), 0.1)
    spots = [
        (330 + (i % 3) * 172 + r.uniform(-10, 10), 440 + (i // 3) * 190 + r.uniform(-10, 10))
        for i in range(8 if not gift else 9)
    ]
    if "lạc" in low or "vừng" in low:
        for x, y in spots:
            brittle(
                c,
                r,
                x,
                y,
                142,
                172 if not gift else 158,
                0 if gift else r.uniform(-16, 16),
                caramel,
                "peanut" if "lạc" in low else "sesame",
            )
    elif "chè lam" in low:
        for x, y in spots:
            col = hexed(r.choice(("#A9793F", "#B98A4C", "#9A6A34")))
            for k in (14, 0):
                q2 = rect(x - 74, y - 50 + k, x + 74, y + 50 + k)
                if k:
                    c.shadow(q2, 12, 0.5, 0.6)
                c.fill(
                    q2,
                    stone(r, (c.t(150), c.t(100)), lit(col, 0.62 if k else 1.0)),
                    field((8, 8), lambda u, v: 156 - 30 * u - 24 * v),
                )
            for _ in range(60):
                c.oval(
                    x + r.uniform(-70, 70),
                    y + r.uniform(-46, 46),
                    r.uniform(2, 6),
                    r.uniform(2, 4),
                    alpha(hexed("#FBF3E0"), 0.7),
                )
            for _ in range(5):
                c.oval(
                    x + r.uniform(-60, 60),
                    y + r.uniform(-36, 36),
                    9,
                    7,
                    lit(hexed("#E9C98C"), r.uniform(0.85, 1.1)),
                )
    elif "dồi" in low:
        for x, y in spots:
            slice_(
                c, x, y, 78, [(1.0, hexed("#F4EEDF")), (0.84, hexed("#E6D6B2")), (0.62, hexed("#C99A5A"))], r
            )
            for _ in range(10):
                a, d = r.uniform(0, 6.28), r.uniform(0, 40)
                c.oval(
                    x + d * math.cos(a),
                    y + d * math.sin(a),
                    11,
                    8,
                    lit(hexed("#EBCB93"), r.uniform(0.85, 1.08)),
                )
    elif "bánh khảo" in low:
        for i, (x, y) in enumerate(spots):
            if i % 3 == 1 or "gói nhỏ" in low:
                col = hexed(r.choice(("#C7392F", "#3F7F6A", "#E0A93A", "#B85A8C", "#F4EEDF")))
                q2 = rect(x - 74, y - 62, x + 74, y + 62)
                c.shadow(q2, 12, 0.5, 0.7)
                c.fill(q2, cloth(r, (c.t(150), c.t(124)), col, "satin"), cloud(r, (24, 24), (6, 5), 96, 166))
                for s in (-1, 1):
                    c.poly([(x, y), (x + s * 74, y - 62), (x + s * 74, y + 62)], alpha(lit(col, 0.75), 0.25))
            else:
                q2 = rect(x - 72, y - 52, x + 72, y + 52)
                c.shadow(q2, 12, 0.5, 0.7)
                c.poly([(a, b + 14) for a, b in q2], lit(hexed("#EADBB8"), 0.75))
                c.fill(q2, stone(r, (c.t(144), c.t(104)), hexed("#F4E9CF")))
                c.line([(x - 70, y + 2), (x + 70, y + 2)], alpha(hexed("#C9A05A"), 0.8), 9)
    elif "nướng" in low:
        for x, y in spots:
            ball(c, x, y, 80, hexed("#E6BE7C"))
            c.glow(arc(x + 4, y + 2, 44, 42, 0, 360), hexed("#A9642C"), 0.7, 14)
            c.oval(x, y - 2, 9, 9, hexed("#8C3A24"))
    elif "phồng" in low:
        for x, y in spots:
            pts = [
                (x + (86 + r.uniform(-12, 12)) * math.cos(a), y + (84 + r.uniform(-12, 12)) * math.sin(a))
                for a in (i * 0.4488 for i in range(14))
            ]
            chip = smooth(pts, 4, True)
            c.shadow(chip, 14, 0.45, 0.8)
            c.fill(
                chip,
                stone(r, (c.t(170), c.t(170)), hexed(r.choice(("#F2C9A0", "#F0B98C", "#F6DDBE")))),
                cloud(r, (24, 24), (6, 6), 92, 176),
            )
            for _ in range(14):
                c.oval(
                    x + r.uniform(-56, 56),
                    y + r.uniform(-56, 56),
                    r.uniform(4, 10),
                    r.uniform(3, 8),
                    alpha((255, 250, 238), 0.55),
                )
    else:
        for x, y in [(p[0] + dx, p[1] + dy) for p in spots for dx, dy in ((-34, -30), (36, 10), (-10, 50))]:
            w = r.uniform(48, 66)
            pts = smooth(
                [
                    (x - w, y - 8),
                    (x - w * 0.3, y - 30),
                    (x + w * 0.6, y - 22),
                    (x + w, y + 6),
                    (x + w * 0.2, y + 28),
                    (x - w * 0.6, y + 24),
                ],
                5,
                True,
            )
            c.shadow(pts, 8, 0.45, 0.5)
            c.fill(
                pts,
                stone(r, (c.t(130), c.t(60)), hexed(r.choice(("#E9C46A", "#F0D58C", "#DDAF4C")))),
                field((8, 8), lambda u, v: 166 - 40 * u - 34 * v),
            )
            for _ in range(16):
                c.oval(x + r.uniform(-w, w) * 0.8, y + r.uniform(-18, 18), 3, 2.4, (255, 252, 240, 220))


def jarred(c: Canvas, r: Random, low: str) -> None:
    """Dried plums or herb tea in a jar, some spilled on a cloth."""
    tea = "trà" in low
    c.zoom(1.08, (500, 690))
    t = jar(c, 400, 380, 900, 220, hexed("#C9A05A") if tea else hexed("#6A2F26"), r, hexed("#B98A4A"))
    body = t.outline()
    for _ in range(150 if tea else 60):
        u, v = r.uniform(-1.4, 1.4), r.uniform(0.2, 1.0)
        y = t.y0 + (t.y1 - t.y0) * v
        x = 400 + t.r(y) * 0.92 * math.sin(u)
        scrap(
            c,
            r,
            x,
            y + t.r(y) * 0.2 * math.cos(u) * 0.8,
            24 if tea else 42,
            low,
            0.72 + 0.4 * math.cos(u + 0.6),
        )
    del body
    glass(c, t)
    for _ in range(46 if tea else 15):
        a, d = r.uniform(0, 6.28), r.uniform(0, 1) ** 0.5
        scrap(
            c, r, 680 + 190 * d * math.cos(a), 1000 + 90 * d * math.sin(a), 27 if tea else 46, low, 1.0, True
        )


def scrap(
    c: Canvas, r: Random, x: float, y: float, s: float, low: str, light: float, shade: bool = False
) -> None:
    if shade:
        c.oval(x + 5, y + 8, s * 0.9, s * 0.6, (50, 28, 14, 70))
    if "gạo lứt" in low:
        c.oval(
            x,
            y,
            s * 0.5,
            s * 0.22,
            lit(hexed(r.choice(("#9A5A34", "#B5763F", "#7E4527"))), light * r.uniform(0.8, 1.15)),
        )
    elif "trà" in low:
        col = hexed(r.choice(("#F0C948", "#E9B93A", "#F6DC7A")))
        for i in range(11):
            a = i * 0.571 + x
            c.line(
                [(x, y), (x + s * math.cos(a), y + s * 0.72 * math.sin(a))],
                lit(col, light * r.uniform(0.82, 1.1)),
                7,
            )
        c.oval(x, y, s * 0.34, s * 0.28, lit(hexed("#B5792A"), light))
    else:
        col = lit(hexed(r.choice(("#7A3A2A", "#8C4A30", "#5E2A22"))), light)
        c.oval(x, y, s, s * 0.8, lit(col, 0.8))
        c.oval(x - s * 0.14, y - s * 0.14, s * 0.74, s * 0.54, col)
        for _ in range(5):
            px, py = x + r.uniform(-0.6, 0.6) * s, y + r.uniform(-0.5, 0.4) * s
            c.line([(px, py), (px + s * 0.3, py + s * 0.12)], lit(col, 0.55), 3)
        for _ in range(7):
            c.oval(x + r.uniform(-0.7, 0.7) * s, y + r.uniform(-0.6, 0.5) * s, 2.4, 2, (250, 240, 226, 200))


def sack(c: Canvas, r: Random, grain: list[str], vacuum: bool, long_: float = 2.2) -> None:
    """Rice or peanuts: a rolled-down linen sack, or a sealed clear bag, and a wooden scoop of grain."""
    tone = hexed(grain[0])
    if vacuum:
        q = smooth(
            [(210, 290), (500, 276), (790, 290), (800, 640), (790, 990), (500, 1004), (210, 990), (200, 640)],
            8,
            True,
        )
        c.shadow(q, 26, 0.5)
        c.poly(q, lit(tone, 0.8))
        grains(c, r, grain, 2100, lambda: (r.uniform(225, 775), r.uniform(350, 940)), long_)
        c.glow(q, lit(tone, 0.5), 0.28, 40, (60, 60), clip=q)
        for _ in range(9):
            x, y = r.uniform(260, 740), r.uniform(340, 940)
            a = r.uniform(-0.6, 0.6)
            c.glow(
                [
                    (x, y),
                    (x + 120 * math.cos(a), y + 120 * math.sin(a)),
                    (x + 110 * math.cos(a), y + 126 * math.sin(a) + 10),
                ],
                (255, 255, 252),
                0.7,
                5,
                clip=q,
            )
        for y in (292, 946):
            c.fill(
                rect(206, y, 794, y + 46),
                cloth(r, (c.t(588), c.t(46)), hexed("#EAE6DA"), "stripe"),
                None,
                0.72,
            )
        lab = rect(340, 520, 660, 760)
        c.poly(lab, hexed("#F6EED8"))
        c.line([*lab, lab[0]], hexed("#4A5B2A"), 6)
        for i in range(7):
            a = math.radians(230 + i * 13.5)
            leaf(c, (500, 730), (500 + 130 * math.cos(a), 730 + 165 * math.sin(a)), 9, hexed("#8A9A3A"), r, 3)
        return
    t = Turned(480, [(520, 250), (600, 282), (800, 300), (930, 262)], 0.34)
    c.stand(480, 950, 290, 90)
    c.fill(t.mouth(), Image.new("RGB", (4, 4), lit(tone, 0.8)))

    def top() -> Pt:
        a, d = r.uniform(0, 6.28), r.uniform(0, 1) ** 0.5
        return 480 + 236 * d * math.cos(a), 516 + 74 * d * math.sin(a) - 46 * (1 - d)

    c.fill(
        smooth([(240, 520), (400, 452), (480, 440), (580, 456), (722, 520), (480, 606)], 8, True),
        Image.new("RGB", (4, 4), lit(tone, 0.9)),
    )
    grains(c, r, grain, 900, top, long_)
    t.dress(c, cloth(r, (c.t(760), c.t(420)), hexed("#D9C49A"), "linen"))
    roll = band_ring(480, 524, 262, 0.34)
    c.fill(
        roll,
        cloth(r, (c.t(540), c.t(140)), hexed("#E3D0A8"), "linen"),
        field((24, 6), lambda x, y: 156 - 60 * abs(x - 0.36) - 30 * y),
    )
    rope(c, t.ring(860), 12, hexed("#8A5A34"), 10)
    grains(c, r, grain, 460, lambda: (700 + r.gauss(0, 80), 1060 + r.gauss(0, 26)), long_, True)


def band_ring(cx: float, cy: float, rx: float, k: float) -> list[Pt]:
    return [*arc(cx, cy, rx, rx * k, 180, 0, 40), *arc(cx, cy + 66, rx * 1.08, rx * k, 0, 180, 40)]


def grains(c: Canvas, r: Random, colors: list[str], n: int, spot, long_: float, shade: bool = False) -> None:  # type: ignore[no-untyped-def]
    """Many grains, each a short stroke with its light side."""
    cols = [hexed(v) for v in colors]
    size = 7.0 if long_ > 1.5 else 15.0
    if long_ <= 1.5:
        n //= 3
    for _ in range(n):
        x, y = spot()
        a = r.uniform(0, 3.14)
        dx, dy = math.cos(a) * size * long_ / 2, math.sin(a) * size * long_ / 2
        col = lit(r.choice(cols), r.uniform(0.84, 1.08))
        if shade:
            c.line([(x - dx + 3, y - dy + 5), (x + dx + 3, y + dy + 5)], (60, 40, 20, 60), size)
        c.line([(x - dx, y - dy), (x + dx, y + dy)], lit(col, 0.78), size)
        c.line(
            [(x - dx * 0.8 - 1, y - dy * 0.8 - 1.5), (x + dx * 0.8 - 1, y + dy * 0.8 - 1.5)], col, size * 0.6
        )
