"""Nông sản: fruit, greens, eggs, honey, rice and pork rolls."""

import math
from random import Random

from PIL import Image

from catalog.samples.drawing.basketry import ball
from catalog.samples.drawing.food import banana_leaf, sack, slice_
from catalog.samples.drawing.glassware import glass, jar
from catalog.samples.drawing.ground import (
    Canvas,
    Pt,
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
from catalog.samples.drawing.materials import cloth, stone, weave
from catalog.samples.drawing.surfaces import Bench, band, leaf, rope


def nong_san(c: Canvas, r: Random, name: str) -> None:
    """Nông sản OCOP."""
    low = name.lower()
    if "mật ong" in low or "dưa cải" in low:
        c.stage("wall", r)
        c.zoom(1.14, (500, 690))
        (honey if "mật" in low else pickle)(c, r, low)
        return
    c.stage("sheet", r, hexed(r.choice(("#EFE4CF", "#E6DCC2", "#DDD8C2", "#E9E0CE"))))
    if "gạo" in low:
        grain = ["#F4ECD2", "#EBDDB8", "#F8F3E2"] if "nếp" in low else ["#F2EBDA", "#E9DFC6", "#F8F4EA"]
        sack(c, r, grain, "chân không" in low, 1.9 if "nếp" in low else 2.5)
    elif "lạc nhân" in low:
        sack(c, r, ["#C98A5E", "#B5724A", "#D9A27C"], "chân không" in low, 0.9)
    elif "bưởi" in low:
        for x, y, n in ((500, 880, 190), (330, 540, 200), (670, 500, 205)):
            ball(c, x, y, n, hexed(r.choice(("#B9B84A", "#C9B942", "#A9B04C"))))
            for _ in range(60):
                a, d = r.uniform(0, 6.28), n * r.uniform(0, 0.86)
                c.oval(x + d * math.cos(a), y + d * math.sin(a), 2.4, 2.2, (90, 96, 30, 60))
            leaf(c, (x + 10, y - n * 0.7), (x + 150, y - n * 1.05), 46, hexed("#4F7338"), r)
        half_pomelo(c, r, 690, 900, 165)
    elif "chuối" in low:
        bananas(c, r)
    elif "khoai" in low:
        banana_leaf(c, r, 500, 700, 900, 640, -6)
        for x, y, w, t in (
            (360, 500, 190, -24),
            (650, 560, 200, 16),
            (480, 740, 210, -6),
            (700, 880, 170, 30),
            (300, 880, 170, 10),
        ):
            root(c, r, x, y, w, t)
    elif "cải bắp" in low:
        cabbage(c, r, 390, 560, 270)
        cabbage(c, r, 650, 820, 240)
    elif "rau muống" in low:
        greens(c, r)
    elif "trứng" in low:
        eggs(c, r, "hộp" in low)
    else:
        rolls(c, r, "quế" in low, "chân không" in low)


def half_pomelo(c: Canvas, r: Random, x: float, y: float, rad: float) -> None:
    ring = arc(x, y, rad, rad, 0, 360, 70)
    c.shadow(ring, 16, 0.5)
    c.poly(ring, hexed("#B9B54A"))
    c.poly(arc(x, y, rad * 0.95, rad * 0.95, 0, 360, 70), hexed("#F8F3DE"))
    flesh = hexed(r.choice(("#F2A9A0", "#F4E3A8")))
    for i in range(12):
        a0, a1 = i * 30 + 1.6, i * 30 + 28.4
        seg = [
            (x + 10 * math.cos(math.radians(i * 30 + 15)), y + 10 * math.sin(math.radians(i * 30 + 15))),
            *arc(x, y, rad * 0.78, rad * 0.78, a0, a1, 6),
        ]
        c.fill(seg, relight(Image.new("RGB", (40, 40), flesh), cloud(r, (40, 40), (12, 12), 96, 176)))
        c.line([*seg, seg[0]], alpha(lit(flesh, 1.4), 0.6), 3)
    c.glow(
        arc(x - rad * 0.3, y - rad * 0.3, rad * 0.4, rad * 0.3, 0, 360), (255, 255, 248), 0.35, 30, clip=ring
    )


def bananas(c: Canvas, r: Random) -> None:
    """A hand of bananas from its crown."""
    crown: Pt = (470, 250)
    ripe = hexed(r.choice(("#E9C23C", "#D9C24A", "#E3B935")))
    order = [0, 6, 1, 5, 2, 4, 3]
    for i in order:
        a = -0.78 + i * 0.27
        tip = (crown[0] + 80 + math.sin(a) * 460, crown[1] + 330 + math.cos(a) * 430)
        mid = ((crown[0] + tip[0]) / 2 + math.sin(a) * 130 - 90, (crown[1] + tip[1]) / 2 + 20)
        path = smooth([crown, ((crown[0] * 2 + mid[0]) / 3, (crown[1] * 2 + mid[1]) / 3 + 10), mid, tip], 12)
        left: list[Pt] = []
        right: list[Pt] = []
        n = len(path)
        for j, (x, y) in enumerate(path):
            p, q = path[max(0, j - 1)], path[min(n - 1, j + 1)]
            d = math.hypot(q[0] - p[0], q[1] - p[1]) or 1
            w = 60 * math.sin(math.pi * min(0.97, 0.08 + 0.86 * j / n)) ** 0.6
            nx, ny = -(q[1] - p[1]) / d * w, (q[0] - p[0]) / d * w
            left.append((x + nx, y + ny))
            right.append((x - nx, y - ny))
        body = band(left, right)
        c.shadow(body, 18, 0.4, 0.8)
        c.poly(body, lit(ripe, 0.72))
        c.poly(
            band(
                [
                    ((a1 * 0.8 + b1 * 0.2), (a2 * 0.8 + b2 * 0.2))
                    for (a1, a2), (b1, b2) in zip(right, left, strict=True)
                ],
                [
                    ((a1 * 0.34 + b1 * 0.66), (a2 * 0.34 + b2 * 0.66))
                    for (a1, a2), (b1, b2) in zip(right, left, strict=True)
                ],
            ),
            lit(ripe, 1.0),
        )
        c.glow(
            [
                ((a1 * 0.6 + b1 * 0.4), (a2 * 0.6 + b2 * 0.4))
                for (a1, a2), (b1, b2) in zip(right[6:-8], left[6:-8], strict=True)
            ]
            + [
                ((a1 * 0.5 + b1 * 0.5), (a2 * 0.5 + b2 * 0.5))
                for (a1, a2), (b1, b2) in zip(right[-9:5:-1], left[-9:5:-1], strict=True)
            ],
            (255, 244, 190),
            0.7,
            8,
            clip=body,
        )
        c.line([*body, body[0]], alpha(lit(ripe, 0.45), 0.45), 3)
        c.glow(arc(tip[0], tip[1], 26, 24, 0, 360), (70, 60, 24), 0.9, 8, clip=body)
        for _ in range(12):
            k = r.randrange(6, n - 4)
            c.oval(
                path[k][0] + r.uniform(-28, 28),
                path[k][1] + r.uniform(-18, 18),
                r.uniform(2, 5),
                r.uniform(2, 4),
                alpha((96, 62, 24), 0.5),
            )
    c.poly(
        smooth([(430, 220), (470, 190), (520, 222), (520, 300), (470, 320), (424, 296)], 6, True),
        lit(hexed("#8A8A3A"), 0.8),
    )
    c.poly(smooth([(446, 214), (474, 198), (500, 222), (490, 270), (452, 268)], 6, True), hexed("#A9A650"))


def root(c: Canvas, r: Random, x: float, y: float, w: float, turned: float) -> None:
    co, si = math.cos(math.radians(turned)), math.sin(math.radians(turned))
    pts = smooth(
        [
            (x + px * w * co - py * w * si, y + px * w * si + py * w * co)
            for px, py in (
                (-1, 0.05),
                (-0.6, -0.32),
                (0, -0.42),
                (0.6, -0.3),
                (1, 0),
                (0.55, 0.32),
                (0, 0.4),
                (-0.6, 0.3),
            )
        ],
        6,
        True,
    )
    col = vary(r, hexed("#A5523F"), 0.12)
    c.shadow(pts, 18, 0.5, 0.9)
    c.fill(pts, stone(r, (c.t(w * 2), c.t(w)), col), field((16, 16), lambda u, v: 168 - 46 * u - 80 * v))
    c.glow([(a - w * 0.1, b - w * 0.16) for a, b in pts], (240, 180, 150), 0.22, w * 0.2, clip=pts)
    for _ in range(16):
        px, py = r.uniform(-0.8, 0.8), r.uniform(-0.24, 0.24)
        a = (x + px * w * co - py * w * si, y + px * w * si + py * w * co)
        c.line([a, (a[0] + 22 * co, a[1] + 22 * si + r.uniform(-4, 4))], alpha(lit(col, 0.5), 0.6), 3)


def cabbage(c: Canvas, r: Random, x: float, y: float, rad: float) -> None:
    """A cabbage from above, leaf over leaf."""
    base = hexed("#8FAF6A")
    c.shadow(arc(x, y, rad, rad, 0, 360), 26, 0.5)
    for j in range(5):
        n = 6 - j
        for i in range(n):
            a = 6.283 * i / n + j * 0.7 + 0.3
            k = rad * (1.0 - j * 0.17)
            cx, cy = x + math.cos(a) * k * 0.42, y + math.sin(a) * k * 0.42
            pts = smooth(
                [
                    (
                        cx + math.cos(t) * k * 0.62 * (1 + 0.05 * math.sin(t * 9 + i)),
                        cy + math.sin(t) * k * 0.6 * (1 + 0.05 * math.cos(t * 7)),
                    )
                    for t in (q * 0.5236 for q in range(12))
                ],
                4,
                True,
            )
            col = mix(lit(base, 0.82), hexed("#DDE6B4"), j * 0.2)
            c.poly([(px + 5, py + 9) for px, py in pts], alpha((34, 50, 20), 0.4))
            c.fill(
                pts,
                relight(Image.new("RGB", (60, 60), col), cloud(r, (60, 60), (9, 9), 104, 156)),
                field((8, 8), lambda u, v: 158 - 40 * u - 34 * v),
            )
            tip = (x + math.cos(a) * k * 0.94, y + math.sin(a) * k * 0.94)
            root_ = (x + math.cos(a) * k * 0.1, y + math.sin(a) * k * 0.1)
            c.line([root_, tip], alpha(hexed("#EEF2D4"), 0.75), 8)
            for s in (-0.42, -0.22, 0.22, 0.42):
                c.line(
                    [
                        ((root_[0] + tip[0]) / 2, (root_[1] + tip[1]) / 2),
                        (x + math.cos(a + s) * k * 0.9, y + math.sin(a + s) * k * 0.9),
                    ],
                    alpha(hexed("#E9F0CC"), 0.5),
                    4,
                )
    ball(c, x, y, rad * 0.34, hexed("#DDE6B0"))


def greens(c: Canvas, r: Random) -> None:
    """A tied bunch of water spinach."""
    for _ in range(54):
        x0 = 500 + r.uniform(-70, 70)
        a = r.gauss(0, 0.24)
        tip = (x0 + math.sin(a) * 620 + r.uniform(-40, 40), 960 - math.cos(a) * r.uniform(440, 720))
        stem = smooth(
            [
                (x0 + r.uniform(-10, 10) - a * 120, 1130),
                (x0, 900),
                ((x0 + tip[0]) / 2, (900 + tip[1]) / 2),
                tip,
            ],
            8,
        )
        col = lit(hexed("#7FA04A"), r.uniform(0.75, 1.1))
        c.line([(x + 4, y + 5) for x, y in stem], (30, 40, 16, 60), 13)
        c.line(stem, lit(col, 0.8), 13)
        c.line([(x - 2.5, y) for x, y in stem], lit(col, 1.15), 5)
        for k in (14, 18, 22):
            if k < len(stem):
                p = stem[k]
                b = a + r.uniform(-1.1, 1.1)
                leaf(
                    c,
                    p,
                    (p[0] + math.sin(b) * r.uniform(100, 170), p[1] - math.cos(b) * r.uniform(90, 160)),
                    r.uniform(15, 26),
                    lit(hexed("#4F7F36"), r.uniform(0.75, 1.2)),
                    r,
                    6,
                )
    for i in range(4):
        rope(
            c,
            smooth([(404, 930 + i * 13), (500, 948 + i * 13), (598, 930 + i * 13)], 8),
            14,
            hexed("#D9C27A"),
        )


def egg(c: Canvas, r: Random, x: float, y: float, k: float, turned: float = 0) -> None:
    co, si = math.cos(turned), math.sin(turned)
    pts = smooth(
        [
            (x + (px * co - py * si) * k, y + (px * si + py * co) * k)
            for px, py in (
                (0, -1.24),
                (0.62, -0.82),
                (0.92, 0.06),
                (0.66, 0.78),
                (0, 1.02),
                (-0.66, 0.78),
                (-0.92, 0.06),
                (-0.62, -0.82),
            )
        ],
        6,
        True,
    )
    col = lit(hexed(r.choice(("#E6C4A0", "#EFD9BC", "#DDB48C", "#F4E6D0"))), r.uniform(0.95, 1.03))
    c.glow(pts, (50, 28, 14), 0.45, 9, (6, 10))
    c.poly(pts, lit(col, 0.74))
    c.glow(
        arc(x - k * 0.14, y - k * 0.2, k * 0.66, k * 0.8, 0, 360), lit(col, 1.08), 0.95, k * 0.24, clip=pts
    )
    c.glow(
        arc(x - k * 0.32, y - k * 0.5, k * 0.16, k * 0.2, 0, 360), (255, 253, 246), 0.55, k * 0.1, clip=pts
    )


def eggs(c: Canvas, r: Random, boxed: bool) -> None:
    x: float
    y: float
    if boxed:
        q = rect(220, 150, 780, 1120)
        c.shadow(q, 24, 0.5)
        card = hexed("#B5A88F")
        c.fill(q, stone(r, (c.t(560), c.t(970)), card))
        for i in range(10):
            x, y = 370 + (i % 2) * 260, 260 + (i // 2) * 188
            cup = arc(x, y, 116, 88, 0, 360, 50)
            c.poly(cup, lit(card, 0.62))
            c.glow(cup, (30, 22, 14), 0.5, 18, clip=cup)
            egg(c, r, x, y + 4, 78, r.uniform(-0.3, 0.3))
        return
    rad = 390
    ring = arc(500, 660, rad, rad, 0, 360, 90)
    c.shadow(ring, 28, 0.5)
    c.fill(
        ring, weave(r, (c.t(rad * 2), c.t(rad * 2)), c.t(22), [hexed("#D9B06A")], [hexed("#B98A48")], "mot")
    )
    for _ in range(260):
        a, d = r.uniform(0, 6.28), r.uniform(0.2, 0.86) * rad
        x, y, b = 500 + d * math.cos(a), 660 + d * math.sin(a), r.uniform(0, 3.14)
        c.line(
            [(x, y), (x + 90 * math.cos(b), y + 90 * math.sin(b))],
            lit(hexed("#E3C88A"), r.uniform(0.7, 1.15)),
            4,
        )
    for x, y in (
        (350, 520),
        (500, 470),
        (650, 530),
        (300, 680),
        (440, 640),
        (580, 650),
        (710, 690),
        (390, 810),
        (530, 800),
        (660, 830),
    ):
        egg(c, r, x, y, 84, r.uniform(-0.8, 0.8))
    rope(c, ring, 40, hexed("#B07D40"), 26)


def rolls(c: Canvas, r: Random, cinnamon: bool, vacuum: bool) -> None:
    """Giò lụa in leaf with its strings, or chả quế browned, and slices."""
    banana_leaf(c, r, 500, 680, 920, 760, -8)
    for y in (430, 640) if not cinnamon else (470,):
        body: list[Pt] = [
            (190, y - 92),
            (720, y - 110),
            *arc(726, y - 10, 46, 100, -90, 90, 16),
            (190, y + 100),
            *arc(186, y + 4, 40, 96, 90, 270, 16),
        ]
        c.shadow(body, 22, 0.55)
        col = hexed("#A5602F") if cinnamon else hexed("#56733A")
        tex = (
            stone(r, (c.t(560), c.t(210)), col)
            if cinnamon
            else relight(Image.new("RGB", (260, 100), col), cloud(r, (260, 100), (3, 30), 92, 160))
        )
        c.fill(body, tex, field((4, 32), lambda _x, v: 172 - 150 * abs(v - 0.3)))
        if cinnamon:
            c.poly(arc(726, y - 10, 40, 92, 0, 360, 40), hexed("#F0D9BC"))
        else:
            for x in (250, 340, 430, 520, 610, 690):
                rope(c, smooth([(x, y - 104), (x + 22, y), (x, y + 104)], 8), 9, hexed("#E6D6A0"))
            rope(c, [(170, y + 4), (760, y - 8)], 9, hexed("#E6D6A0"))
        if vacuum:
            c.glow(
                [(200, y - 80), (700, y - 96), (700, y - 70), (200, y - 50)],
                (255, 255, 255),
                0.8,
                8,
                clip=body,
            )
            c.poly([(140, y - 110), (186, y - 96), (186, y + 104), (140, y + 116)], (250, 250, 246, 120))
    for _i, (x, y) in enumerate(((330, 900), (470, 930), (610, 900), (740, 850))):
        slice_(
            c,
            x,
            y,
            104,
            [(1.0, hexed("#A5602F") if cinnamon else hexed("#CFC48C")), (0.92, hexed("#F2DFC4"))],
            r,
        )


def honey(c: Canvas, r: Random, low: str) -> None:
    amber = hexed("#B8661A")
    t = jar(c, 420, 420, 960, 190, amber, r, hexed("#8A5A2E"))
    c.glow(arc(470, 780, 120, 160, 0, 360), (255, 190, 70), 0.75, 60, clip=t.outline())
    glass(c, t)
    lab = [
        (310, 700),
        *smooth([(310, 700), (420, 722), (530, 700)], 6),
        (530, 830),
        *smooth([(530, 830), (420, 852), (310, 830)], 6),
    ]
    c.poly(lab, hexed("#F6EED8"))
    for i in range(5):
        for j in range(3):
            c.line(
                [
                    (
                        420 + (i - 2) * 34 + (j % 2) * 17 + 16 * math.cos(a),
                        776 + (j - 1) * 28 + 16 * math.sin(a),
                    )
                    for a in (k * 1.0472 + 0.5236 for k in range(7))
                ],
                (196, 140, 50),
                4,
            )
    if "hộp" in low:
        b = Bench(c, (620, 980), (0.3, -0.34))
        b.shadow(200, 200)
        col = hexed("#A3271F")
        b.board(
            0,
            0,
            0,
            200,
            200,
            420,
            cloth(r, (60, 120), col),
            cloth(r, (60, 60), col),
            cloth(r, (60, 120), col),
        )
        rope(c, [b.at(100, 0, 0), b.at(100, 0, 420), b.at(100, 200, 420)], 16, hexed("#D9B45A"))
        return
    comb = hexed("#E0A02E")
    for j in range(5):
        for i in range(5):
            x, y = 650 + i * 52 + (j % 2) * 26, 850 + j * 40
            hexa = [
                (x + 30 * math.cos(a), y + 24 * math.sin(a)) for a in (k * 1.0472 + 0.5236 for k in range(6))
            ]
            c.poly([(a + 4, b + 8) for a, b in hexa], (70, 36, 8, 110))
            c.poly(hexa, lit(comb, 1.1))
            c.poly(
                [(x + (a - x) * 0.74 + 1, y + (b - y) * 0.74 + 2) for a, b in hexa],
                lit(mix(comb, amber, r.uniform(0.2, 0.8)), 0.8),
            )
            c.oval(x - 7, y - 6, 6, 4, (255, 236, 170, 200))


def pickle(c: Canvas, r: Random, low: str) -> None:
    t = jar(c, 500, 420, 1000, 250, hexed("#C9B45A"), r, hexed("#7E4B2C"))
    body = t.outline()
    for _ in range(90):
        u, v = r.uniform(-1.3, 1.3), r.uniform(0.28, 0.98)
        y = t.y0 + (t.y1 - t.y0) * v
        x = 500 + t.r(y) * 0.92 * math.sin(u)
        col = lit(
            hexed(r.choice(("#B5B04A", "#D9CE7A", "#8F9A3C", "#E6DFA0"))), 0.7 + 0.4 * math.cos(u + 0.6)
        )
        leaf(
            c,
            (x - 46, y + r.uniform(-20, 20)),
            (x + 46, y + r.uniform(-20, 40)),
            r.uniform(14, 24),
            col,
            r,
            4,
        )
    for _ in range(5):
        u, v = r.uniform(-0.9, 0.9), r.uniform(0.4, 0.9)
        y = t.y0 + (t.y1 - t.y0) * v
        x = 500 + t.r(y) * 0.9 * math.sin(u)
        rope(c, smooth([(x, y), (x + 30, y + 20), (x + 66, y + 12)], 6), 16, hexed("#C2302A"))
    del body
    glass(c, t)
