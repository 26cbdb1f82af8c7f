"""Đan lưới: mesh knotted over air, for fish, fruit, shade and sleep."""

import math
from random import Random

from catalog.samples.drawing.basketry import ball
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
    smooth,
)
from catalog.samples.drawing.materials import cloth, wood
from catalog.samples.drawing.surfaces import rope


def mesh(c: Canvas, at, cols: int, rows: int, color: Rgb, wide: float, knots: bool = True) -> None:  # type: ignore[no-untyped-def]
    """Diamond mesh over a surface: `at(u, v)` gives the place of 0..1, 0..1; a knot at every crossing."""
    grid = [
        [at((i + (0.5 if j % 2 else 0)) / cols, j / rows) for i in range(cols + (0 if j % 2 else 1))]
        for j in range(rows + 1)
    ]
    segs: list[list[Pt]] = []
    for j in range(rows):
        for i, p in enumerate(grid[j]):
            for d in (0, 1) if j % 2 else (-1, 0):
                k = i + d
                if 0 <= k < len(grid[j + 1]):
                    segs.append([p, grid[j + 1][k]])
    for s in segs:
        c.line([(x + 9, y + 13) for x, y in s], (70, 50, 34, 46), wide)
    for s in segs:
        c.line(s, lit(color, 0.66), wide)
        c.line([(x - wide * 0.14, y - wide * 0.2) for x, y in s], lit(color, 1.12), wide * 0.45)
    if knots:
        for row in grid:
            for x, y in row:
                c.oval(x, y, wide * 1.05, wide * 0.9, lit(color, 0.62))
                c.oval(x - wide * 0.2, y - wide * 0.25, wide * 0.66, wide * 0.5, lit(color, 1.1))


def dan_luoi(c: Canvas, r: Random, name: str) -> None:
    """Đan lưới."""
    x: float
    y: float
    low = name.lower()
    color = (
        hexed("#5E7348")
        if "xanh rêu" in low
        else hexed("#E9E2CF")
        if "cước" in low
        else hexed(r.choice(("#2F6F73", "#A9793F", "#3F6A8C", "#C9A45A", "#7A4A34")))
    )
    fine = 1.35 if "2 cm" in low else 0.8 if "4 cm" in low else 1.0
    ground = None if sum(color) < 560 else hexed(r.choice(("#B9A88A", "#8F9A8A", "#A98F78", "#7F8C8C")))
    if "võng" in low:
        c.stage("wall", r, ground)
        for x in (60, 940):
            rope(c, [(x, -40), (x, 1290)], 58, hexed("#A8834A"))
            for y in (120, 430, 800, 1100):
                c.line([(x - 30, y), (x + 30, y + 4)], alpha(hexed("#5E4622"), 0.6), 7)

        def bed(u: float, v: float) -> Pt:
            sag = math.sin(math.pi * u)
            return 150 + 700 * u, 470 + 270 * sag**0.8 + (v - 0.5) * 330 * sag**0.7 + (v - 0.5) * 30

        c.stand(500, 1120, 330, 40, 0.3)
        mesh(c, bed, round(20 * fine), round(13 * fine), color, 7.5)
        for v in (0, 0.12, 0.25, 0.37, 0.5, 0.62, 0.75, 0.87, 1):
            for x, u in ((60, 0), (940, 1)):
                rope(c, [(x, 440), bed(u, v)], 8, lit(color, 0.95))
        for v in (0, 1):
            rope(c, [bed(i / 40, v) for i in range(41)], 15, color, 12)
        return
    if "túi" in low:
        c.stage("wall", r, ground)
        c.zoom(1.08, (500, 660))
        produce = [hexed(v) for v in ("#D98A2B", "#E0B23B", "#8FA33F", "#C7472F")]
        c.stand(500, 1060, 250, 50)
        for x, y, k in (
            (390, 960, 92),
            (560, 975, 96),
            (670, 890, 88),
            (330, 830, 90),
            (500, 850, 100),
            (620, 760, 88),
            (420, 720, 90),
            (520, 640, 82),
        ):
            ball(c, x, y, k, r.choice(produce))

        def bag(u: float, v: float) -> Pt:
            w = 110 + 190 * math.sin(math.pi * min(1, 0.08 + v * 0.84)) ** 0.9
            return 500 + w * math.sin((u - 0.5) * 3.0), 470 + 590 * v + 40 * math.cos((u - 0.5) * 3.0)

        mesh(c, bag, round(13 * fine), round(13 * fine), color, 7)
        for s in (-1, 1):
            rope(
                c,
                smooth([(500 + s * 90, 480), (500 + s * 110, 320), (500 + s * 30, 200), (500, 190)], 10),
                18,
                color,
                12,
            )
        rope(c, arc(500, 486, 112, 34, 0, 360, 40), 15, color, 11)
        return
    if "vó" in low:
        c.stage("wall", r, ground)
        top: Pt = (500, 190)
        corners: list[Pt] = [(130, 690), (420, 560), (880, 640), (640, 830)]
        for p in corners:
            rope(
                c,
                smooth([top, ((top[0] + p[0]) / 2 + (p[0] - 500) * 0.3, (top[1] + p[1]) / 2 - 90), p], 12),
                17,
                hexed("#B98A48"),
            )

        def pan(u: float, v: float) -> Pt:
            (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
            x = (x0 * (1 - u) + x1 * u) * (1 - v) + (x3 * (1 - u) + x2 * u) * v
            y = (y0 * (1 - u) + y1 * u) * (1 - v) + (y3 * (1 - u) + y2 * u) * v
            return x, y + 330 * math.sin(math.pi * u) * math.sin(math.pi * v)

        c.stand(500, 1130, 300, 50, 0.35)
        mesh(c, pan, round(15 * fine), round(15 * fine), color, 5.5)
        for a, b in ((0, 1), (1, 2), (2, 3), (3, 0)):
            rope(c, [corners[a], corners[b]], 11, color)
        rope(c, [top, (500, -60)], 17, hexed("#B98A48"))
        return
    if "bóng" in low:
        c.stage("wall", r, hexed("#8C9A78"))
        c.stand(500, 1040, 420, 40, 0.3)

        def goal(u: float, v: float) -> Pt:
            return 130 + 740 * u, 330 + 690 * v + 16 * math.sin(u * 9 + v * 3) * v

        mesh(c, goal, round(15 * fine), round(15 * fine), color if sum(color) > 500 else hexed("#F4F0E4"), 6)
        for q in ([(120, 1040), (120, 320), (880, 320), (880, 1040)],):
            rope(c, q, 30, hexed("#F4F1EA"))
        ball(c, 690, 1010, 84, hexed("#F6F2E8"))
        for a in range(5):
            t = a * 1.2566
            c.oval(690 + 50 * math.cos(t), 1010 + 48 * math.sin(t), 18, 17, (40, 36, 34))
        c.oval(690, 1010, 20, 19, (40, 36, 34))
        return
    c.stage("sheet", r, ground)

    def drape(u: float, v: float) -> Pt:
        return (
            110 + 780 * u + 40 * math.sin(v * 5 + 1) + 26 * math.sin(u * 12 + v * 2),
            190 + 760 * v + 50 * math.sin(u * 6.0) + 20 * math.sin(v * 10 + u * 3) + 60 * u * (1 - v),
        )

    if "che nắng" in low:
        body = (
            [drape(u / 20, 0) for u in range(21)]
            + [drape(1, v / 20) for v in range(21)]
            + [drape(1 - u / 20, 1) for u in range(21)]
            + [drape(0, 1 - v / 20) for v in range(21)]
        )
        c.shadow(body, 24, 0.35)
        c.fill(
            body,
            cloth(r, (c.t(800), c.t(860)), mix(color, (40, 50, 36), 0.4), "twill", pitch=max(4, c.t(16))),
            cloud(r, (40, 40), (9, 4), 88, 168),
            0.78,
        )
    mesh(c, drape, round(17 * fine), round(19 * fine), color, 6)
    rope(c, [drape(i / 40, 0) for i in range(41)], 17, mix(color, (230, 214, 170), 0.4), 12)
    for i in range(9) if "che" not in low else ():
        x, y = drape((i + 0.5) / 9, 0)
        float_ = arc(x, y, 34, 21, 0, 360, 30)
        c.shadow(float_, 8, 0.4, 0.5)
        c.fill(float_, wood(r, (40, 26), hexed("#D9A45A")), field((8, 8), lambda u, v: 164 - 60 * v))
    rope(c, [drape(i / 40, 1) for i in range(41)], 15, color, 12)
    for i in range(13) if "đánh cá" in low else ():
        x, y = drape((i + 0.5) / 13, 1)
        c.oval(x + 3, y + 5, 15, 11, (40, 30, 20, 90))
        c.oval(x, y, 15, 11, (120, 118, 112))
        c.oval(x - 4, y - 3, 6, 4, (190, 188, 180))
