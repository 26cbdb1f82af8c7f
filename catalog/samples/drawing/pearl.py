"""Khảm trai, the flat things: plates, clocks, trays, chess boards, chopsticks, pins."""

import math
from random import Random

from PIL import Image

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
    rect,
)
from catalog.samples.drawing.inlay import fretted, inlaid, plate, rim, sheen, timber
from catalog.samples.drawing.materials import nacre, wood
from catalog.samples.drawing.scenes import compose
from catalog.samples.drawing.surfaces import rope


def ring(c: Canvas, r: Random, name: str, base: Rgb) -> None:
    """A clock, hand mirror or photo frame: shell round the edge."""
    a: float
    size = (c.t(800), c.t(800))
    if "Khung" in name:
        tex = timber(r, (c.t(640), c.t(820)), base, upright=True)
        tex = fretted(r, tex, tex.width / 12, tex.width * 0.07, 3)
        for i in range(4):
            p = compose(name, r, 1)
            x, y = (0.13, 0.87)[i % 2] * tex.width, (0.1, 0.9)[i // 2] * tex.height
            tex = inlaid(r, tex, p, (x, y, tex.width * 0.1), 1.1)
        q = rect(180, 230, 820, 1050)
        c.shadow(q, 24, 0.5)
        c.fill(q, tex)
        inner = rect(320, 380, 680, 900)
        c.fill(
            inner,
            cloud(r, (60, 90), (3, 4), 150, 215).convert("RGB"),
            field((16, 16), lambda x, y: 150 - 40 * y),
        )
        c.line([*inner, inner[0]], (188, 150, 84), 7)
        c.glow(rect(320, 380, 680, 400), (0, 0, 0), 0.4, 10, clip=inner)
        sheen(c, q, 0.2)
        return
    cy = 620 if "Đồng hồ" in name else 500
    rad = 400 if "Đồng hồ" in name else 300
    disc = arc(500, cy, rad, rad, 0, 360, 120)
    ground = timber(r, size, base)
    if "Gương" in name:
        handle = [*arc(500, 1130, 42, 42, 0, 180, 20), (470, 780), (530, 780)]
        c.shadow(handle, 18, 0.45)
        c.fill(handle, timber(r, (c.t(100), c.t(400)), base, upright=True))
    c.shadow(disc, 26, 0.5)
    if "Gương" in name:
        ground = inlaid(r, ground, compose(name, r, 1), (size[0] / 2, size[1] / 2, size[0] * 0.42))
    else:
        ground = inlaid(r, ground, compose(name, r, 1), (size[0] / 2, size[1] / 2, size[0] * 0.24))
    c.fill(disc, ground)
    shell = nacre(r, (c.t(120), c.t(120)))
    for i in range(60 if "Đồng hồ" in name else 36):
        n = 60 if "Đồng hồ" in name else 36
        a = 360 / n * i
        big = i % 5 == 0 and "Đồng hồ" in name
        r0 = rad * (0.72 if big else 0.88)
        c.fill(
            [
                *arc(
                    500, cy, rad * 0.93, rad * 0.93, a - (2.2 if big else 1.6), a + (2.2 if big else 1.6), 3
                ),
                *arc(500, cy, r0, r0, a + 1.4, a - 1.4, 3),
            ],
            shell,
        )
    for f in (0.97, 0.84):
        c.line(arc(500, cy, rad * f, rad * f, 0, 360, 120), (206, 214, 208, 150), 3)
    if "Đồng hồ" in name:
        for hand, far, w in ((-120.0, 0.46, 15.0), (-28.0, 0.64, 10.0)):
            turned = math.radians(hand)
            tip = (500 + rad * far * math.cos(turned), cy + rad * far * math.sin(turned))
            c.line([(504, cy + 8), (tip[0] + 4, tip[1] + 8)], (0, 0, 0, 110), w)
            c.line([(500, cy), tip], (222, 184, 102), w)
        c.oval(500, cy, 16, 16, (238, 206, 130))
    rope(c, disc, 22, rim(base))
    sheen(c, disc, 0.2)


def dish(c: Canvas, r: Random, name: str, base: Rgb, sides: int) -> None:
    """A plate or an eight-sided sweet tray from above."""
    off = 22.5 if sides == 8 else 0
    shape = arc(500, 640, 420, 420, off, 360 + off, sides)
    c.shadow(shape, 28, 0.5)
    size = (c.t(840), c.t(840))
    ground = timber(r, size, base)
    k = 0.26 if sides == 8 else 0.33
    ground = inlaid(r, ground, compose(name, r, 1), (size[0] / 2, size[1] / 2, size[0] * k))
    c.fill(shape, ground)
    for rad, w in ((408, 5), (392, 3), (300, 4)):
        c.line([*arc(500, 640, rad, rad, off, 360 + off, sides)], (208, 222, 216, 190), w)
    n = 40
    shell = nacre(r, (c.t(60), c.t(60)))
    for i in range(n):
        a = 360 / n * i
        c.fill(
            [*arc(500, 640, 382, 382, a - 2.6, a + 2.6, 3), *arc(500, 640, 352, 352, a + 0.8, a - 0.8, 2)],
            shell,
        )
        c.fill(
            arc(
                500 + 330 * math.cos(math.radians(a + 4.5)),
                640 + 330 * math.sin(math.radians(a + 4.5)),
                8,
                8,
                0,
                360,
                10,
            ),
            shell,
        )
    c.glow(arc(500, 640, 330, 330, 180, 290, 40), (0, 0, 0), 0.35, 30, clip=shape)
    if sides == 8:
        for i in range(8):
            t = math.radians(off + 45 * i)
            rope(
                c,
                [
                    (500 + 232 * math.cos(t), 640 + 232 * math.sin(t)),
                    (500 + 412 * math.cos(t), 640 + 412 * math.sin(t)),
                ],
                13,
                rim(base),
            )
        rope(c, arc(500, 640, 232, 232, off, 360 + off, 8), 15, rim(base))
    rope(c, shape, 20, rim(base))
    sheen(c, shape, 0.24)


def chess(c: Canvas, r: Random, name: str, base: Rgb) -> None:
    """A folding Chinese-chess board with a motif in its river and on the margins."""
    q = rect(120, 150, 880, 1090)
    c.shadow(q, 24, 0.5)
    tex = wood(r, (c.t(760), c.t(940)), hexed("#6A4228"), upright=True)
    tex = fretted(r, tex, tex.width / 18, tex.width * 0.035, 2)
    tex = inlaid(r, tex, compose(name, r, 1), (tex.width / 2, tex.height / 2, tex.height * 0.055), 1)
    c.fill(q, tex)
    ink = (236, 226, 204, 220)
    for i in range(9):
        x = 220 + i * 70
        for y0, y1 in ((250, 580), (660, 990)) if 0 < i < 8 else ((250, 990),):
            c.line([(x, y0), (x, y1)], ink, 3)
    for j in range(10):
        y = 250 + j * 82.3
        c.line([(220, y), (780, y)], ink, 3)
    for y in (250, 826):
        c.line([(430, y), (570, y + 165)], ink, 2.5)
        c.line([(570, y), (430, y + 165)], ink, 2.5)
    shell = nacre(r, (c.t(80), c.t(80)))
    for i, j in (
        (0, 0),
        (1, 0),
        (4, 0),
        (7, 2),
        (2, 3),
        (4, 3),
        (0, 9),
        (8, 9),
        (4, 9),
        (1, 7),
        (4, 6),
        (6, 6),
    ):
        x, y = 220 + i * 70, 250 + j * 82.3
        man = arc(x, y, 31, 31, 0, 360, 30)
        c.shadow(man, 7, 0.6, 0.4)
        c.poly(man, lit(base, 1.5 if j > 4 else 0.8))
        c.line(arc(x - 2, y - 2, 29, 29, 0, 360, 30), rim(base), 4)
        star = [
            (
                x + (22 if n % 2 else 11) * math.cos(n * 0.7854),
                y + (22 if n % 2 else 11) * math.sin(n * 0.7854),
            )
            for n in range(8)
        ]
        c.fill(star, shell)
    c.line([(120, 620), (880, 620)], (20, 10, 6, 200), 5)
    sheen(c, q, 0.16)


def slab(c: Canvas, r: Random, name: str, base: Rgb, w: float, h: float, turn: float) -> None:
    """A tray or card box from above, a little turned."""
    co, si = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    tall = h > w or r.random() < 0.4
    if tall and turn == 0:
        w, h = h, w
    q = [(500 + x * co - y * si, 640 + x * si + y * co) for x, y in rect(-w / 2, -h / 2, w / 2, h / 2)]
    c.shadow(q, 26, 0.55)
    from catalog.samples.drawing.surfaces import sheet

    tex = plate(c, r, name, w, h, base)
    sheet(c, q[0], (q[1][0] - q[0][0], q[1][1] - q[0][1]), (q[3][0] - q[0][0], q[3][1] - q[0][1]), tex)
    if turn == 0:
        rope(c, [*q, q[0]], 30, rim(base))
        c.glow(
            [
                q[0],
                q[1],
                (q[1][0] - 20, q[1][1] + 40),
                (q[0][0] + 40, q[0][1] + 40),
                (q[3][0] + 40, q[3][1] - 20),
                q[3],
            ],
            (0, 0, 0),
            0.45,
            14,
            clip=q,
        )
    else:
        c.line([q[1], q[2], q[3]], lit(base, 0.5), 12)
        c.line([q[3], q[0], q[1]], alpha((255, 236, 210), 0.4), 4)
    sheen(c, q, 0.24)


def small(c: Canvas, r: Random, name: str, base: Rgb) -> None:
    """Key rings, hair pins and chopsticks, larger than life."""
    if "Đũa" in name:
        case_ = rect(150, 190, 850, 1070)
        c.shadow(case_, 24, 0.5)
        c.fill(case_, wood(r, (c.t(700), c.t(880)), lit(base, 1.5), upright=True))
        bed = rect(190, 230, 810, 1030)
        c.fill(bed, Image.new("RGB", (4, 4), hexed("#8C1F1B")), cloud(r, (60, 60), (8, 8), 110, 140))
        c.glow(rect(190, 230, 810, 260), (20, 0, 0), 0.6, 14, clip=bed)
        shell = nacre(r, (c.t(30), c.t(200)))
        for i in range(10):
            for d in (-11, 11):
                x = 225 + i * 61 + d
                stick = [(x - 9, 250), (x + 9, 250), (x + 5, 1005), (x - 5, 1005)]
                c.glow(stick, (20, 0, 0), 0.6, 5, (5, 5))
                c.poly(stick, lit(base, 0.9))
                c.line([(x - 4, 254), (x - 2, 1000)], alpha((255, 240, 220), 0.35), 3)
                for j in range(7):
                    y = 270 + j * 22
                    c.fill([(x, y - 9), (x + 6, y), (x, y + 9), (x - 6, y)], shell)
        return
    shell_name = name
    size = (c.t(700), c.t(700))
    if "Móc" in name:
        for cx, cy, rad in ((400, 560, 230), (640, 880, 170)):
            disc = arc(cx, cy, rad, rad, 0, 360, 80)
            rope(c, arc(cx + rad * 0.3, cy - rad * 1.26, 92, 92, 0, 360, 50), 13, hexed("#C9A65A"))
            c.shadow(disc, 20, 0.5)
            tex = inlaid(
                r,
                timber(r, size, base),
                compose(shell_name, r, 1),
                (size[0] / 2, size[1] / 2, size[0] * 0.36),
            )
            c.fill(disc, tex)
            c.line(arc(cx, cy, rad * 0.93, rad * 0.93, 0, 360, 80), (206, 220, 214, 190), 4)
            c.oval(cx + rad * 0.22, cy - rad * 0.84, 15, 15, hexed("#C9A65A"))
            rope(c, disc, 13, rim(base))
            sheen(c, disc, 0.24)
        return
    for x, turn in ((400, -16), (620, 12)):
        co, si = math.cos(math.radians(turn)), math.sin(math.radians(turn))

        def at(px: float, py: float) -> Pt:
            return x + px * co - py * si, 620 + px * si + py * co  # noqa: B023

        body = [
            at(*p)
            for p in (
                (-70, -330),
                (-30, -420),
                (40, -420),
                (78, -320),
                (46, -150),
                (16, 60),
                (6, 470),
                (-6, 470),
                (-16, 60),
                (-46, -150),
            )
        ]
        c.shadow(body, 18, 0.5)
        tex = inlaid(
            r,
            timber(r, (c.t(420), c.t(930)), base, upright=True),
            compose(name, r, 1),
            (c.t(420) * (0.5 - si * 0.55), c.t(930) * 0.2, c.t(104)),
            1.0,
        )
        c.fill(body, tex)
        c.line([*body, body[0]], rim(base), 6)
        c.line([at(-30, -140), at(-8, 40), at(-3, 460)], alpha((255, 240, 220), 0.4), 5)
