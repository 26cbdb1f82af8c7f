"""Boxes, cabinets, tables, chairs and beds as boards, for the crafts that build in wood or lacquer."""

import math
from collections.abc import Callable
from random import Random

from catalog.samples.drawing.ground import Canvas, Img, Pt, Rgb, alpha, arc, hexed, lit
from catalog.samples.drawing.materials import cloth
from catalog.samples.drawing.surfaces import Bench, rope, sheet

Tex = Callable[[float, float, int], Img]  # width, height in units and which picture (below 0: plain)

VASES: list[list[Pt]] = [
    [(330, 130), (400, 74), (500, 100), (640, 220), (800, 235), (960, 130), (1030, 140)],
    [(250, 150), (330, 96), (430, 130), (570, 215), (720, 205), (900, 120), (1000, 150), (1040, 165)],
    [(420, 60), (520, 64), (620, 130), (780, 250), (930, 220), (1010, 130)],
    [(380, 170), (560, 210), (800, 190), (1000, 120)],
]


def furniture(c: Canvas, r: Random, name: str, tex: Tex, trim: Rgb) -> None:
    """The thing `name` asks for, in boards."""
    if "Hộp" in name:
        box(c, r, tex, trim, tall="trà" in name)
    elif "Bộ bàn ghế" in name or "bàn ăn" in name:
        suite(c, r, tex, trim)
    elif "Ghế" in name:
        chair(c, r, tex, 270, 960, 1.0)
    elif "Bàn trà" in name:
        table(c, r, tex, 120, 960, 620, 420, 250, art=0)
    elif "Sập" in name or "Giường" in name:
        bed(c, r, tex, "Sập" in name)
    elif "điện thoại" in name:
        stand(c, tex)
    elif "rượu" in name or "Kệ sách" in name:
        shelves(c, r, tex, 5 if "sách" in name else 2)
    elif "Ngai" in name:
        throne(c, r, tex, trim)
    elif "Bàn thờ" in name:
        altar(c, r, tex)
    elif "Kệ tivi" in name or "Tủ chè" in name:
        low_case(c, r, tex, trim)
    else:
        cabinet(c, r, tex, trim, "quần áo" in name)


def knob(c: Canvas, p: Pt, rad: float = 10) -> None:
    c.oval(p[0] + 3, p[1] + 5, rad, rad, (0, 0, 0, 110))
    c.oval(p[0], p[1], rad, rad, (150, 106, 40))
    c.oval(p[0] - rad * 0.25, p[1] - rad * 0.3, rad * 0.55, rad * 0.5, (242, 208, 126))


def box(c: Canvas, r: Random, tex: Tex, trim: Rgb, tall: bool) -> None:
    w, d, h = (
        (400.0, 360.0, 380.0) if tall else (r.uniform(500, 600), r.uniform(380, 480), r.uniform(170, 240))
    )
    b = Bench(c, (500 - (w + d * 0.36) / 2, 990 if tall else 940), (0.36, -0.52))
    b.shadow(w, d)
    b.board(0, 0, 0, w, d, h, tex(w, h, 1 if tall else -1), tex(w, d, 0), tex(d, h, -1))
    z = h * 0.72
    c.line([b.at(0, 0, z), b.at(w, 0, z), b.at(w, d, z)], (10, 6, 4, 230), 5)
    c.line([b.at(0, 0, z - 5), b.at(w, 0, z - 5), b.at(w, d, z - 5)], alpha(lit(trim, 1.2), 0.5), 2)
    for q in (
        [b.at(0, 0, h), b.at(w, 0, h)],
        [b.at(w, 0, h), b.at(w, d, h)],
        [b.at(w, 0, 0), b.at(w, 0, h)],
        [b.at(0, 0, h), b.at(0, d, h), b.at(w, d, h)],
    ):
        c.line(q, alpha(lit(trim, 1.3), 0.55), 4)
    m = b.at(w / 2, 0, z)
    c.poly(
        [
            (m[0] - 30, m[1] - 30),
            (m[0] + 30, m[1] - 30),
            (m[0] + 30, m[1] + 34),
            (m[0], m[1] + 50),
            (m[0] - 30, m[1] + 34),
        ],
        (120, 84, 30),
    )
    c.poly(
        [
            (m[0] - 26, m[1] - 28),
            (m[0] + 25, m[1] - 28),
            (m[0] + 25, m[1] + 31),
            (m[0], m[1] + 44),
            (m[0] - 26, m[1] + 31),
        ],
        (214, 174, 92),
    )
    knob(c, (m[0], m[1] + 8), 9)
    top = [b.at(0, 0, h), b.at(w, 0, h), b.at(w, d, h), b.at(0, d, h)]
    c.glow(
        [b.at(w * 0.1, 0, h), b.at(w * 0.45, 0, h), b.at(w * 0.3, d, h), b.at(-w * 0.05, d, h)],
        (255, 244, 226),
        0.2,
        22,
        clip=top,
    )


def table(
    c: Canvas, r: Random, tex: Tex, x: float, y: float, w: float, d: float, h: float, art: int = -1
) -> Bench:
    b = Bench(c, (x, y), (0.36, -0.42))
    b.shadow(w, d, 0.45)
    leg = tex(34, h, -1)
    for px, py in ((10, d - 44), (w - 44, d - 44), (10, 8), (w - 44, 8)):
        b.board(px, py, 0, 34, 34, h, leg)
    b.board(16, 16, h - 64, w - 32, 10, 64, tex(w, 64, -1))
    b.board(w - 34, 20, h - 64, 10, d - 40, 64, tex(d, 64, -1))
    b.board(-14, -14, h, w + 28, d + 28, 26, tex(w, 26, -1), tex(w, d * 0.9, art))
    return b


def chair(c: Canvas, r: Random, tex: Tex, x: float, y: float, k: float, art: int = -1) -> None:
    w, d, h = 330 * k, 320 * k, 290 * k
    b = Bench(c, (x, y), (0.42, -0.36))
    b.shadow(w, d, 0.45)
    leg, post = tex(32, h, -1), tex(32, 420 * k, -1)
    n = 30 * k
    for px in (6, w - n - 6):
        b.board(px, d - n, 0, n, n, h + 400 * k, post)
    for i in range(4):
        px = n + 20 * k + i * (w - 2 * n - 40 * k) / 4
        b.board(px, d - n * 0.7, h + 40 * k, 34 * k, n * 0.4, 300 * k, tex(34, 300, -1))
    if art >= 0:
        b.board(w * 0.3, d - n * 0.9, h + 20 * k, w * 0.4, n * 0.4, 340 * k, tex(w * 0.4, 340 * k, art))
    b.board(6, d - n, h + 330 * k, w - 12, n, 76 * k, tex(w, 76, -1))
    b.board(10, d * 0.5, h * 0.4, w - 20, 14, 20, tex(w, 20, -1))
    for px in (6, w - n - 6):
        b.board(px, 6, 0, n, n, h, leg)
    b.board(8, 8, h - 50 * k, w - 16, 10, 50 * k, tex(w, 50, -1))
    b.board(-8, -8, h, w + 16, d + 4, 24 * k, tex(w, 24, -1), tex(w, d, -1))


def suite(c: Canvas, r: Random, tex: Tex, trim: Rgb) -> None:
    """A bench, two chairs and a table."""
    b = Bench(c, (210, 720), (0.34, -0.3))
    b.shadow(560, 200, 0.4)
    for px in (0, 530):
        b.board(px, 170, 0, 30, 30, 380, tex(30, 380, -1))
    b.board(20, 176, 190, 530, 14, 180, tex(530, 180, 0))
    b.board(0, 170, 370, 560, 30, 30, tex(560, 30, -1))
    for px in (0, 530):
        b.board(px, 0, 0, 30, 30, 160, tex(30, 160, -1))
    b.board(0, 0, 150, 560, 200, 24, tex(560, 24, -1), tex(560, 200, -1))
    chair(c, r, tex, 60, 900, 0.62, 1)
    chair(c, r, tex, 690, 900, 0.62, 1)
    table(c, r, tex, 270, 1020, 400, 260, 160, art=2)


def bed(c: Canvas, r: Random, tex: Tex, dais: bool) -> None:
    w, d, h = 640.0, 560.0, 150.0
    b = Bench(c, (90, 1000), (0.34, -0.46))
    b.shadow(w, d, 0.5)
    b.board(0, d - 24, h, w, 24, 250 if dais else 330, tex(w, 250, 0))
    if dais:
        b.board(0, 30, h, 20, d - 50, 170, tex(40, 170, -1), tex(40, d, -1), tex(d, 170, -1))
    for px in (0, w - 70):
        b.board(px, 0, 0, 70, 60, 70, tex(70, 70, -1))
    b.board(0, 0, 60, w, d, h - 60, tex(w, h - 60, 1), tex(w, d, 2 if dais else -1), tex(d, h - 60, -1))
    if dais:
        b.board(w - 20, 30, h, 20, d - 50, 170, tex(30, 170, -1), tex(30, d, -1), tex(d, 170, 1))
    else:
        linen = cloth(r, (c.t(w), c.t(d)), hexed("#F3ECDD"), "linen")
        b.board(24, 10, h, w - 48, d - 50, 60, cloth(r, (c.t(w), c.t(80)), hexed("#EDE4D2"), "linen"), linen)
        for px in (50, w / 2 + 10):
            b.board(
                px,
                d - 190,
                h + 60,
                w / 2 - 70,
                120,
                46,
                cloth(r, (c.t(280), c.t(60)), hexed("#FBF7EE"), "linen"),
            )
        spread_ = cloth(
            r,
            (c.t(w), c.t(d)),
            r.choice([hexed("#7A8B6A"), hexed("#B5533C"), hexed("#8FA3A6"), hexed("#C9A15A")]),
            "check",
            hexed("#F3ECDD"),
        )
        b.board(16, 0, h + 20, w - 32, d * 0.5, 46, spread_)
        b.board(0, -10, 40, w, 14, 190, tex(w, 190, 1))


def stand(c: Canvas, tex: Tex) -> None:
    """A phone stand, leaning."""
    c.stand(520, 950, 260, 60)
    b = Bench(c, (290, 980), (0.3, -0.4))
    b.shadow(400, 260, 0.4)
    b.board(0, 0, 0, 400, 260, 34, tex(400, 34, -1), tex(400, 200, -1))
    sheet(c, (316, 420), (400, 0), (-14, 500), tex(400, 500, 0))
    c.line([(316, 420), (716, 420), (702, 920)], (255, 230, 200, 90), 5)
    c.poly([(716, 420), (736, 412), (722, 912), (702, 920)], (14, 9, 7))
    b.board(0, 30, 34, 400, 40, 36, tex(400, 36, -1))


def shelves(c: Canvas, r: Random, tex: Tex, rows: int) -> None:
    w, d, h = (480.0, 200.0, 780.0) if rows > 3 else (520.0, 220.0, 500.0)
    b = Bench(c, (200, 1060 if rows > 3 else 960), (0.36, -0.3))
    b.shadow(w, d)
    b.board(0, d - 12, 0, w, 12, h, tex(w, h, 0 if rows < 4 else -1))
    back = [b.at(0, d - 12, 0), b.at(w, d - 12, 0), b.at(w, d - 12, h), b.at(0, d - 12, h)]
    c.glow(back, (20, 10, 4), 0.3, 20, clip=back)
    b.board(0, 0, 0, 22, d, h, tex(22, h, -1), tex(22, d, -1), tex(d, h, -1))
    for j in range(rows + 1):
        z = j * (h - 22) / rows
        b.board(0, 0, z, w, d, 22, tex(w, 22, -1), tex(w, d, -1))
        x = 40.0
        while j < rows and x < w - 110:
            if rows > 3:
                n, tall = r.uniform(16, 34), r.uniform(0.55, 0.85) * h / rows
                if r.random() < 0.8:
                    col = r.choice(
                        [
                            hexed("#A3271F"),
                            hexed("#2F6F73"),
                            hexed("#D8C7A6"),
                            hexed("#4A5B2A"),
                            hexed("#8A5A2E"),
                            hexed("#39434B"),
                        ]
                    )
                    b.board(x, 50, z + 22, n, 90, tall, cloth(r, (30, 60), col))
                x += n + r.choice((2, 2, 2, 40))
            else:
                from catalog.samples.drawing.surfaces import Turned

                p = b.at(x + 40, 80, z + 22)
                Turned(p[0], [(p[1] - 170, 13), (p[1] - 120, 15), (p[1] - 100, 36), (p[1], 36)], 0.2).dress(
                    c,
                    cloth(
                        r,
                        (80, 120),
                        r.choice([hexed("#3A2118"), hexed("#2E4634"), hexed("#5A1D1A")]),
                        "satin",
                    ),
                    0.9,
                )
                x += 120
    b.board(w - 22, 0, 0, 22, d, h, tex(22, h, -1), tex(22, d, -1), tex(d, h, 1 if rows < 4 else -1))


def throne(c: Canvas, r: Random, tex: Tex, trim: Rgb) -> None:
    """An altar throne: a stepped seat, arms and a carved high back."""
    b = Bench(c, (290, 1010), (0.3, -0.36))
    b.shadow(360, 260)
    b.board(-20, -10, 0, 400, 280, 50, tex(400, 50, -1))
    b.board(0, 0, 50, 360, 260, 190, tex(360, 190, 1), tex(360, 200, -1), tex(260, 190, -1))
    b.board(30, 226, 240, 300, 24, 420, tex(300, 420, 0))
    top = b.at(180, 226, 660)
    rope(c, arc(top[0], top[1] + 8, 178, 74, 180, 360), 26, trim)
    for s in (0, 330):
        p, q = b.at(s + 16, 226, 470), b.at(s + 16, 20, 380)
        rope(c, [p, (q[0], q[1] - 26), (q[0] - 20, q[1] + 10)], 26, trim)
        rope(c, [q, b.at(s + 16, 20, 240)], 24, trim)
    b.board(-20, -10, 234, 400, 280, 18, tex(400, 18, -1), tex(400, 240, -1))


def altar(c: Canvas, r: Random, tex: Tex) -> None:
    """A wall altar: a board on two carved brackets, incense bowl and candles."""
    b = Bench(c, (150, 760), (0.36, -0.4))
    c.glow(
        [b.at(0, 0, 0), b.at(600, 0, 0), b.at(660, 200, -160), b.at(60, 200, -160)],
        (50, 30, 18),
        0.45,
        40,
        (30, 40),
    )
    for x in (60, 500):
        p = b.at(x, 60, 0)
        q = [
            p,
            (p[0] + 60, p[1]),
            (p[0] + 60, p[1] + 90),
            (p[0] + 36, p[1] + 150),
            (p[0] + 10, p[1] + 180),
            (p[0], p[1] + 180),
        ]
        c.fill(q, tex(60, 180, -1))
    b.board(0, 320, 0, 620, 16, 300, tex(620, 300, 0))
    b.board(0, 0, -60, 620, 330, 60, tex(620, 60, 1), tex(620, 330, -1))
    b.board(-16, -16, 0, 652, 360, 22, tex(620, 22, -1), tex(652, 300, -1))
    from catalog.samples.drawing.surfaces import Turned

    for x, y, prof, col in (
        (310, 150, [(-130, 62), (-90, 84), (-30, 70), (0, 50)], "#B98A3C"),
        (120, 160, [(-170, 16), (-150, 34), (-60, 12), (0, 44)], "#B98A3C"),
        (500, 160, [(-170, 16), (-150, 34), (-60, 12), (0, 44)], "#B98A3C"),
    ):
        p = b.at(x, y, 22)
        Turned(p[0], [(p[1] + dy, rr) for dy, rr in prof], 0.22).dress(
            c, cloth(r, (100, 100), hexed(col), "satin"), 0.9
        )
    p = b.at(310, 150, 150)
    for i in (-1, 0, 1):
        c.line([p, (p[0] + i * 18, p[1] - 130)], (150, 44, 30), 5)
        c.oval(p[0] + i * 18, p[1] - 132, 5, 5, (255, 190, 110))


def low_case(c: Canvas, r: Random, tex: Tex, trim: Rgb) -> None:
    """A long low cabinet: tea cabinet or television shelf."""
    w, d, h = 740.0, 210.0, 330.0
    b = Bench(c, (75, 940), (0.38, -0.36))
    b.shadow(w, d)
    for px in (10, w - 60):
        b.board(px, 6, 0, 50, 40, 60, tex(50, 60, -1))
    b.board(0, 0, 50, w, d, h - 50, tex(w, h, -1), tex(w, d, -1), tex(d, h, -1))
    n = 3
    for i in range(n):
        p, q = b.at(20 + i * (w - 20) / n, -1, h - 20), ((w - 20) / n - 22, h - 90)
        sheet(c, p, (q[0], 0), (0, q[1]), tex(q[0], q[1], i))
        c.line(
            [p, (p[0] + q[0], p[1]), (p[0] + q[0], p[1] + q[1]), (p[0], p[1] + q[1]), p],
            alpha(lit(trim, 1.1), 0.7),
            5,
        )
        knob(c, (p[0] + q[0] * (0.92 if i == 0 else 0.08), p[1] + q[1] / 2))
    b.board(-16, -14, h, w + 32, d + 20, 24, tex(w, 24, -1), tex(w, d, -1))


def cabinet(c: Canvas, r: Random, tex: Tex, trim: Rgb, tall: bool) -> None:
    """A wardrobe of three doors, or an altar cabinet on feet."""
    w, d, h = (560.0, 190.0, 720.0) if tall else (620.0, 230.0, 500.0)
    b = Bench(c, (150, 1050 if tall else 990), (0.36, -0.34))
    b.shadow(w, d)
    b.board(6, 6, 0, w - 12, d - 12, 50, tex(w, 50, -1))
    b.board(0, 0, 40, w, d, h - 40, tex(w, h, -1), tex(w, d, -1), tex(d, h, -1))
    n = 3
    for i in range(n):
        x = 18 + i * (w - 18) / n
        q0 = (w - 18) / n - 18
        rows = ((0.03, 0.94),) if tall else ((0.03, 0.7), (0.75, 0.95))
        for t0, t1 in rows:
            p, ht = b.at(x, -1, h - (h - 50) * t0), (h - 50) * (t1 - t0)
            sheet(c, p, (q0, 0), (0, ht), tex(q0, ht, i if ht > 150 else -1))
            c.line([p, (p[0] + q0, p[1]), (p[0] + q0, p[1] + ht), (p[0], p[1] + ht), p], (16, 9, 5, 170), 5)
            c.line([(p[0] + q0, p[1]), (p[0], p[1]), (p[0], p[1] + ht)], alpha(lit(trim, 1.25), 0.4), 3)
            knob(c, (p[0] + q0 * (0.5 if ht < 150 else 0.9 if i < n - 1 else 0.1), p[1] + ht * 0.5), 9)
    b.board(-16, -12, h, w + 32, d + 18, 26, tex(w, 26, -1), tex(w, d, -1))
    c.glow(
        [b.at(0, 0, h), b.at(w * 0.3, 0, h), b.at(w * 0.1, 0, 40), b.at(0, 0, 40)],
        (255, 244, 226),
        0.1,
        40,
        clip=[b.at(0, 0, h), b.at(w, 0, h), b.at(w, 0, 0), b.at(0, 0, 0)],
    )


def turn(p: Pt, about: Pt, degrees: float) -> Pt:
    t = math.radians(degrees)
    dx, dy = p[0] - about[0], p[1] - about[1]
    return about[0] + dx * math.cos(t) - dy * math.sin(t), about[1] + dx * math.sin(t) + dy * math.cos(t)
