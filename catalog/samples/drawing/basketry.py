"""Woven forms one name each asks for: food covers, cradles, bags, mats; and what is put in baskets."""

import math
from random import Random

from catalog.samples.drawing.ground import (
    Canvas,
    Pt,
    alpha,
    arc,
    field,
    hexed,
    lit,
    mix,
    rect,
    relight,
    smooth,
)
from catalog.samples.drawing.materials import cloth, wood
from catalog.samples.drawing.surfaces import Bench, Turned, band, rope
from catalog.samples.drawing.woven import (
    Kit,
    basket,
    round_tray,
)


def dividers(k: Kit) -> None:
    """A tray for Tết sweets: a round heart and six walls, with sweets in the cells."""
    c, r = k.c, k.r
    sweets = ("#C9482F", "#E3B23C", "#7E9A3F", "#F2E3C0", "#8C4A2F", "#E58E6B")
    for i in range(6):
        a = math.radians(i * 60 + 30)
        for _ in range(15):
            rad, b = r.uniform(165, 315), a + r.uniform(-0.36, 0.36)
            x, y, s = 500 + rad * math.cos(b), 640 + rad * math.sin(b), r.uniform(19, 28)
            col = lit(hexed(sweets[i]), r.uniform(0.86, 1.1))
            c.oval(x + 5, y + 7, s, s * 0.9, alpha((40, 20, 10), 0.4))
            c.oval(x, y, s, s * 0.9, lit(col, 0.8))
            c.oval(x - 3, y - 4, s * 0.74, s * 0.64, col)
            c.oval(x - s * 0.3, y - s * 0.34, s * 0.26, s * 0.2, lit(col, 1.45))
    for i in range(6):
        a = math.radians(i * 60)
        rope(
            c,
            [
                (500 + 120 * math.cos(a), 640 + 120 * math.sin(a)),
                (500 + 346 * math.cos(a), 640 + 346 * math.sin(a)),
            ],
            20,
            k.rim,
            k.twist(),
        )
    rope(c, arc(500, 640, 122, 122, 0, 360, 60), 22, k.rim, k.twist())


def mirror(k: Kit) -> None:
    """A round mirror in a woven frame."""
    c, r = k.c, k.r
    round_tray(k, rad=410)
    rad = r.uniform(215, 265)
    ring = arc(500, 640, rad, rad, 0, 360, 100)
    n = r.choice((24, 30, 36))
    if r.random() < 0.5:
        for i in range(n):
            a = 6.283 * i / n
            rope(
                c,
                [
                    (500 + rad * math.cos(a), 640 + rad * math.sin(a)),
                    (500 + 392 * math.cos(a + 0.2), 640 + 392 * math.sin(a + 0.2)),
                ],
                9,
                k.colors[2],
            )
    sky = field((30, 30), lambda x, y: 150 + 70 * math.sin((x * 0.8 + y) * 3.1 + 0.4) - 50 * y)
    glass = relight(cloth(r, (c.t(rad * 2), c.t(rad * 2)), hexed("#C9D2CE"), "satin"), sky)
    c.fill(ring, glass)
    for x in (380, 470):
        c.glow([(x, 380), (x + 60, 380), (x - 160, 900), (x - 230, 900)], (255, 255, 250), 0.3, 12, clip=ring)
    c.glow(arc(494, 632, rad, rad, 160, 300), (40, 30, 24), 0.3, 16, clip=ring)
    rope(c, ring, 26, k.rim, k.twist() * 1.4)


def dome(k: Kit) -> None:
    """Lồng bàn: the cover over a tray of food."""
    c = k.c
    t = Turned(500, [(470, 26), (500, 150), (580, 270), (720, 355), (840, 385)], 0.22)
    c.stand(500, 880, 380, 84)
    t.dress(c, k.skin(c.t(1120), c.t(420), (196, 170, 128)))
    for f in (0.35, 0.7):
        rope(c, t.ring(470 + 370 * f), 10, k.colors[2])
    rope(c, t.ring(840), 26, k.rim, k.twist())
    knob = arc(500, 452, 46, 40, 0, 360)
    rope(c, knob, 20, k.rim, k.twist())


def casket(k: Kit) -> None:
    """Tráp ăn hỏi: a round lidded box tied with red."""
    c, _r = k.c, k.r
    body = Turned(500, [(690, 320), (800, 318), (930, 312)], 0.26)
    c.stand(500, 960, 320, 80)
    body.dress(c, k.skin(c.t(930), c.t(260)))
    rope(c, body.ring(930), 22, k.rim, k.twist())
    lid = Turned(500, [(520, 60), (545, 180), (610, 300), (640, 336), (700, 338)], 0.26)
    lid.dress(c, k.skin(c.t(980), c.t(210)))
    c.fill(lid.mouth(), k.skin(c.t(140), c.t(60)))
    rope(c, lid.ring(700), 22, k.rim, k.twist())
    rope(c, arc(500, 512, 60, 42, 160, 380), 16, k.rim, k.twist())
    red = hexed("#B3261E")
    for u in (-0.28, 0.02):
        path = [
            (500 + t.r(y) * math.sin(u), y + t.r(y) * 0.26 * math.cos(u))
            for t, a, b in ((lid, 522, 700), (body, 700, 930))
            for y in (a + (b - a) * i / 20 for i in range(21))
        ]
        c.line(path, lit(red, 0.6), 24)
        c.line([(x - 2, y - 2) for x, y in path], red, 18)
    for s in (-1, 1):
        loop = smooth([(455, 560), (455 + s * 80, 500), (455 + s * 110, 555), (455 + s * 40, 590)], 10, True)
        c.poly(loop, lit(red, 0.9 if s < 0 else 0.75))
        c.line(loop, lit(red, 1.2), 4)
    c.oval(455, 568, 22, 20, lit(red, 1.1))


def shelf(k: Kit) -> None:
    """A wall shelf: two woven sides and two boards."""
    c, r = k.c, k.r
    b = Bench(c, (190, 1000), (0.3, -0.2))
    c.glow(rect(190, 330, 850, 1010), (60, 38, 22), 0.4, 40, (40, 44))
    plank = wood(r, (c.t(600), c.t(120)), hexed("#B98A52"))
    back = [b.at(0, 180, 0), b.at(600, 180, 0), b.at(600, 180, 620), b.at(0, 180, 620)]
    c.fill(back, k.skin(c.t(600), c.t(620)))
    c.glow(back, (50, 30, 18), 0.3, 30, clip=back)
    c.fill(
        [b.at(0, 0, 0), b.at(0, 180, 0), b.at(0, 180, 620), b.at(0, 0, 620)],
        k.skin(c.t(60), c.t(660)),
        field((2, 2), lambda x, y: 84),
    )
    for z in (0, 300, 600):
        b.board(0, 0, z, 600, 180, 26, plank)
        for i in range(3 if z < 600 else 2):
            x = b.at(110 + i * 180 + r.uniform(-30, 30), 90, z + 26)
            if r.random() < 0.75:
                hgt = r.uniform(90, 190)
                pot = Turned(x[0], [(x[1] - hgt, 26), (x[1] - hgt * 0.6, 52), (x[1], 36)], 0.22)
                pot.dress(
                    c,
                    cloth(
                        r,
                        (200, 200),
                        r.choice([hexed("#7C8A6A"), hexed("#B86B45"), hexed("#E8DFCB"), hexed("#4E5B63")]),
                        "satin",
                    ),
                    0.35,
                )
    for side in (0, 600):
        rope(c, [b.at(side, 0, 0), b.at(side, 0, 640)], 26, k.rim, k.twist())
    rope(c, [b.at(0, 0, 640), b.at(600, 0, 640)], 20, k.rim, k.twist())


def cradle(k: Kit) -> None:
    """A cradle: a long open basket on rockers with a linen pad."""
    c, _r = k.c, k.r
    c.stand(500, 1020, 330, 60)
    for x in (300, 700):
        rope(c, smooth([(x - 30, 1010), (x, 1040), (x + 60, 1030), (x + 90, 990)], 8), 24, hexed("#8A5B34"))
        rope(c, [(x, 1030), (x - 10, 850)], 24, hexed("#8A5B34"))
    t = basket(k, [(620, 400), (760, 390), (900, 290)], 0.3)
    hood = [*arc(690, 620, 215, 300, 185, 352, 50), *reversed(arc(690, 620, 215, 60, 185, 352, 50))]
    c.fill(hood, k.skin(c.t(430), c.t(300)), field((20, 20), lambda x, y: 150 - 70 * x - 20 * y))
    rope(c, arc(690, 620, 215, 300, 180, 355, 50), 20, k.rim, k.twist())
    pad(k, t)


def pad(k: Kit, t: Turned) -> None:
    """A cushion in an open basket, below the near rim."""
    c = k.c
    rad = t.table[0] * 0.9
    inside = [*arc(t.cx, t.y0 + 10, rad, rad * t.k * 0.72, 0, 360, 60)]
    light = field(
        (24, 12), lambda x, y: 118 + 30 * math.sin(x * 3) - 40 * abs(x - 0.45) + 14 * math.sin(x * 21 + y * 5)
    )
    c.fill(inside, cloth(k.r, (c.t(rad * 2), c.t(rad * t.k * 1.5)), hexed("#F4ECDB"), "linen"), light)
    c.glow(arc(t.cx, t.y0 + 10, rad, rad * t.k * 0.72, 150, 330), (80, 52, 30), 0.3, 14, clip=inside)
    rope(c, arc(t.cx, t.y0, t.table[0], t.table[0] * t.k, 0, 180, 60), 21, k.rim, k.twist())


def vase(k: Kit) -> None:
    """A tall woven vase with dry reeds."""
    c, r = k.c, k.r
    prof = r.choice(
        [
            [(560, 90), (620, 80), (720, 150), (860, 185), (990, 120)],
            [(520, 120), (640, 100), (800, 165), (990, 150)],
            [(540, 70), (620, 95), (780, 190), (920, 170), (1000, 110)],
        ]
    )
    t = Turned(500, prof, 0.2)
    c.stand(500, t.y1 + 10, t.table[-1] * 1.1, 40)
    t.hollow(c, k.skin(c.t(240), c.t(90)), 0.75)
    bouquet(c, r, 500, t.y0 + 8, t.table[0] * 0.75, reed=True)
    t.dress(c, k.skin(c.t(560), c.t(t.y1 - t.y0)))
    rope(c, arc(500, t.y0, t.table[0], t.table[0] * 0.2, 0, 180), 15, k.rim, k.twist())
    rope(c, t.ring(t.y1), 14, k.rim, k.twist(), 0.8)


def bouquet(c: Canvas, r: Random, x: float, y: float, spread: float, reed: bool = False) -> None:
    """Dry reeds or wild flowers out of a mouth at x, y."""
    head = r.choice([hexed("#D9C29A"), hexed("#C98A63"), hexed("#B8A57C"), hexed("#A9483A")])
    for _ in range(16 if reed else 26):
        a = r.gauss(0, 0.32 if reed else 0.6)
        n = r.uniform(330, 520) if reed else r.uniform(120, 260)
        bx = x + r.uniform(-spread, spread)
        tip = (bx + math.sin(a) * n, y - math.cos(a) * n)
        mid = ((bx + tip[0]) / 2 + a * 26, (y + tip[1]) / 2)
        stem = smooth([(bx, y), mid, tip], 10)
        c.line(stem, lit(hexed("#8A7B48"), r.uniform(0.8, 1.1)), 4)
        if reed:
            for i, (px, py) in enumerate(stem[9:]):
                f = i / (len(stem) - 9)
                for s in (-1, 1):
                    q = 30 * math.sin(3.1 * (0.12 + f * 0.84))
                    c.line(
                        [(px, py), (px + s * q * r.uniform(0.5, 1) + a * 20, py - q * 1.3)],
                        alpha(lit(head, r.uniform(0.85, 1.2)), 0.8),
                        5,
                    )
        else:
            rad = r.uniform(16, 30)
            col = lit(head, r.uniform(0.85, 1.15))
            for i in range(9):
                b = i * 0.698 + a
                c.oval(
                    tip[0] + math.cos(b) * rad * 0.6,
                    tip[1] + math.sin(b) * rad * 0.6,
                    rad * 0.42,
                    rad * 0.42,
                    lit(col, 0.9 + 0.25 * (i in (4, 5, 6))),
                )
            c.oval(tip[0], tip[1], rad * 0.34, rad * 0.34, lit(hexed("#7A5522"), 1.1))


def fruit(c: Canvas, r: Random, x: float, y: float) -> None:
    """Fruit heaped over the rim."""
    for i, (dx, dy) in enumerate([(-190, 0), (170, -12), (-20, -48), (-110, 40), (90, 46), (-4, 62)]):
        col = hexed(r.choice(("#D98A2B", "#C7472F", "#8FA33F", "#E0B23B")))
        ball(c, x + dx, y + dy - 20, 86 + (i % 3) * 6, col)


def ball(c: Canvas, x: float, y: float, rad: float, col: tuple[int, int, int]) -> None:
    """One round fruit, lit from the top left."""
    disc = arc(x, y, rad, rad * 0.95, 0, 360, 50)
    c.glow(disc, (40, 24, 12), 0.4, 10, (8, 10))
    c.poly(disc, lit(col, 0.72))
    c.glow(
        arc(x - rad * 0.16, y - rad * 0.18, rad * 0.72, rad * 0.68, 0, 360),
        lit(col, 1.08),
        0.95,
        rad * 0.22,
        clip=disc,
    )
    c.glow(
        arc(x - rad * 0.34, y - rad * 0.38, rad * 0.2, rad * 0.15, 0, 360),
        (255, 252, 238),
        0.62,
        rad * 0.1,
        clip=disc,
    )
    c.oval(x + rad * 0.1, y - rad * 0.62, rad * 0.07, rad * 0.05, lit(col, 0.4))


def loaves(c: Canvas, r: Random) -> None:
    for i, x in enumerate((370, 640, 500)):
        body = smooth(
            [
                (x - 170, 650),
                (x - 90, 585 - i * 6),
                (x + 80, 580 - i * 6),
                (x + 165, 640),
                (x + 70, 700),
                (x - 90, 705),
            ],
            8,
            True,
        )
        c.glow(body, (60, 36, 18), 0.4, 10, (6, 8))
        c.poly(body, hexed("#B0713A"))
        c.glow([(a, b - 20) for a, b in body], hexed("#E0AC66"), 0.8, 22, clip=body)
        for j in range(4):
            c.line([(x - 90 + j * 48, 604), (x - 70 + j * 48, 662)], alpha((248, 226, 180), 0.85), 9)


def plant(c: Canvas, r: Random, x: float, y: float) -> None:
    """A pot plant of broad leaves."""
    from catalog.samples.drawing.surfaces import leaf

    for i in range(15):
        a = -1.25 + 2.5 * i / 14 + r.uniform(-0.12, 0.12)
        n = r.uniform(250, 420) * (1 - abs(a) * 0.22)
        leaf(
            c,
            (x + a * 70, y + 16),
            (x + math.sin(a) * n, y - math.cos(a) * n),
            r.uniform(42, 62),
            lit(hexed("#5E7A3E"), r.uniform(0.7, 1.15)),
            r,
        )


def cover(k: Kit, t: Turned) -> None:
    top = t.table[0] + 8
    lid = Turned(
        t.cx, [(t.y0 - 70, 60), (t.y0 - 58, top * 0.6), (t.y0 - 24, top * 0.95), (t.y0 + 10, top)], t.k
    )
    lid.dress(k.c, k.skin(k.c.t(top * 3), k.c.t(110)))
    rope(k.c, lid.ring(t.y0 + 10), 20, k.rim, k.twist())
    rope(k.c, arc(t.cx, t.y0 - 70, 50, 40, 150, 390), 16, k.rim, k.twist())


def lining(k: Kit, t: Turned) -> None:
    """Plain cloth folded over the near rim."""
    c = k.c
    top = t.table[0] * 1.02
    upper = arc(t.cx, t.y0 - 4, top, top * t.k, 180, 0, 48)
    lower = [(x, y + 84 + 12 * math.sin(i * 0.9)) for i, (x, y) in enumerate(upper)]
    edge = band(upper, lower)
    c.glow(edge, (50, 30, 16), 0.4, 9, (4, 8))
    folds = field((40, 6), lambda x, y: 132 + 26 * math.sin(x * 40) - 50 * abs(x - 0.38))
    c.fill(edge, cloth(k.r, (c.t(top * 2), c.t(190)), hexed("#F1E8D4"), "linen"), folds)


def purse(k: Kit) -> None:
    """A lady's bag: a half-round woven body, a flap and a leather strap."""
    c, r = k.c, k.r
    shape = r.choice(
        [
            smooth([(220, 640), (240, 820), (340, 960), (500, 990), (660, 960), (760, 820), (780, 640)], 10),
            smooth([(250, 560), (215, 760), (240, 950), (500, 975), (760, 950), (785, 760), (750, 560)], 10),
        ]
    )
    c.stand(500, 985, 260, 44)
    strap = smooth([(300, 640), (310, 380), (500, 260), (690, 380), (700, 640)], 14)
    hide_color = hexed("#7C4526")
    rope(c, strap, 24, hide_color)
    light = field((24, 24), lambda x, y: 172 - 96 * x - 44 * y)
    c.fill(shape, k.skin(c.t(580), c.t(440)), light)
    top = shape[0][1]
    flap = smooth(
        [
            (shape[0][0] - 6, top - 14),
            (shape[0][0] + 30, top + 110),
            (500, top + 190),
            (shape[-1][0] - 30, top + 110),
            (shape[-1][0] + 6, top - 14),
        ],
        12,
    )
    c.glow(flap, (40, 22, 12), 0.4, 12, (4, 12))
    c.fill(flap, k.skin(c.t(580), c.t(220), fine=0.75), field((24, 12), lambda x, y: 178 - 84 * x - 30 * y))
    rope(c, flap, 12, k.rim, k.twist())
    rope(c, shape, 16, k.rim, k.twist())
    c.oval(500, top + 176, 26, 26, (120, 82, 30))
    c.oval(497, top + 172, 20, 20, (226, 186, 96))


def mat(k: Kit) -> None:
    """A door mat: half round or long, rows side by side."""
    c, r = k.c, k.r
    if r.random() < 0.4:
        for j in range(11, 0, -1):
            f = j / 11
            half = [*arc(500, 860, 430 * f, 430 * f, 180, 360, 70)]
            if j == 11:
                c.shadow(half, 16, 0.45)
            rope(c, half, 42, lit(k.colors[1 if j in (3, 8) else 0], r.uniform(0.9, 1.08)), 20)
        rope(c, [(66, 866), (934, 866)], 34, k.rim, 20)
        return
    shape = rect(150, 260, 850, 1010)
    c.shadow(shape, 18, 0.45)
    c.fill(shape, k.skin(c.t(700), c.t(750)), field((16, 16), lambda x, y: 150 - 26 * x - 24 * y))
    for inset, col in ((0, k.rim), (52, k.colors[1])):
        q = rect(150 + inset, 260 + inset, 850 - inset, 1010 - inset)
        rope(c, [*q, q[0]], 32 if not inset else 16, col, k.twist() * 1.3)


def long_tray(k: Kit) -> None:
    """A serving tray with two handles, from above."""
    c, r = k.c, k.r
    w, h = 350, 460
    shape: list[Pt] = []
    for cx, cy, a in ((850 - 90, 270, 270), (850 - 90, 1010, 0), (240, 1010, 90), (240, 270, 180)):
        shape += arc(cx, cy, 90, 90, a, a + 90, 10)
    del w, h
    c.shadow(shape, 24, 0.5)
    c.fill(
        shape,
        k.skin(c.t(700), c.t(920)),
        field((16, 16), lambda x, y: 150 - 30 * x - 28 * y + (-40 if x < 0.07 or y < 0.06 else 0)),
    )
    hide_color = hexed("#8A5228") if "da bò" in k.name else k.rim
    for y, s in ((180, -1), (1100, 1)):
        rope(
            c,
            smooth([(390, y), (410, y + s * 66), (500, y + s * 86), (590, y + s * 66), (610, y)], 8),
            24,
            hide_color,
            k.twist(),
        )
    rope(c, [*shape, shape[0]], 44, k.rim, k.twist() * 1.5)
    inner = [(500 + (x - 500) * 0.87, 640 + (y - 640) * 0.9) for x, y in shape]
    rope(c, [*inner, inner[0]], 16, lit(k.colors[1], 0.9))
    if r.random() < 0.5:
        for x, y, rad in ((410, 480, 120), (610, 760, 100)):
            ring = arc(x, y, rad, rad, 0, 360, 60)
            c.shadow(ring, 14, 0.5)
            c.poly(ring, hexed("#E9E2D2"))
            c.glow(arc(x - 20, y - 24, rad * 0.6, rad * 0.6, 0, 360), (255, 253, 246), 0.7, 26, clip=ring)
            c.poly(
                arc(x, y, rad * 0.78, rad * 0.78, 0, 360, 60),
                mix(hexed("#8A5A24"), hexed("#C98A3A"), r.random()),
            )
            c.glow(
                arc(x - rad * 0.2, y - rad * 0.28, rad * 0.3, rad * 0.16, 0, 360), (255, 236, 190), 0.5, 14
            )
