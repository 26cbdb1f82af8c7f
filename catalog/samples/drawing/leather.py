"""Giày da: shoes, sandals, clogs, belts, wallets and bags with stitch lines and polish."""

import math
from collections.abc import Sequence
from random import Random

from catalog.samples.drawing.forms import turn
from catalog.samples.drawing.ground import (
    Canvas,
    Img,
    Pt,
    Rgb,
    alpha,
    arc,
    field,
    hexed,
    lit,
    mix,
    rect,
    smooth,
    vary,
)
from catalog.samples.drawing.materials import hide, wood
from catalog.samples.drawing.surfaces import band, rope, stitches

DYE: tuple[tuple[str, str], ...] = (
    ("nâu bò", "#A5652F"),
    ("vàng bò", "#C58A45"),
    ("nâu sẫm", "#4A2C1C"),
    ("cánh gián", "#6E3420"),
    ("nâu đất", "#7E5638"),
    ("đen", "#211D1C"),
    ("kem", "#E9DCC3"),
    ("sần", "#5E4030"),
)


def dyed(r: Random, low: str) -> Rgb:
    base = next((hexed(code) for word, code in DYE if word in low), None)
    return vary(r, base or hexed(r.choice(("#8A4F2A", "#A5652F", "#5A3320", "#2B2422", "#7A2F24"))), 0.06)


def polished(
    c: Canvas, pts: Sequence[Pt], tex: Img, lights: list[tuple[Pt, float, float]], tone: float = 150
) -> None:
    """A part with the polish gradient and its highlights (middle, half width, half height)."""
    c.fill(pts, tex, field((32, 32), lambda x, y: tone - 34 * x - 66 * y**1.6 + 10))
    for (x, y), rx, ry in lights:
        c.glow(arc(x, y, rx, ry, 0, 360), (255, 244, 226), 0.5, min(rx, ry) * 0.9, clip=pts)


def shoe(c: Canvas, r: Random, base: Rgb, low: str, dx: float, dy: float, k: float) -> None:
    """A shoe from the side, toe to the right."""

    def at(pts: list[Pt]) -> list[Pt]:
        return [(500 + dx + (x - 500) * k, 700 + dy + (y - 700) * k * 1.1) for x, y in pts]

    tex = hide(r, (c.t(760), c.t(460)), base, "sần" in low)
    thread = mix(base, (240, 214, 160), 0.6)
    boot, loafer = "cao cổ" in low, "lười" in low
    heel = 70 if "gót" in low else 0
    dance = "múa" in low
    square = 14 if "mũi vuông" in low else 0
    c.glow(at([(110, 902), (900, 902), (930, 930), (150, 936)]), (30, 18, 10), 0.6, 14, (14, 8))
    c.glow(at([(140, 890), (860, 890), (980, 960), (260, 960)]), (60, 38, 24), 0.4, 34, (30, 6))
    sole = at(
        smooth(
            [
                (132, 880 - heel),
                (300, 888 - heel * 0.8),
                (420, 880 - heel * 0.2),
                (620, 884),
                (850, 880),
                (892, 862 - square),
                (890, 890),
                (850, 906),
                (600, 910),
                (420, 904 - heel * 0.1),
                (300, 900 - heel * 0.7),
                (120, 906 - heel),
            ],
            6,
            True,
        )
    )
    block = at([(118, 890 - heel), (285, 894 - heel), (272 - heel * 0.7, 930), (126 + heel * 0.3, 930)])
    dark = mix(base, (30, 18, 12), 0.7)
    c.poly(block, lit(dark, 0.8))
    c.glow(
        at([(126, 896 - heel), (170, 896 - heel), (165, 925), (130, 925)]),
        (200, 160, 120),
        0.4,
        7,
        clip=block,
    )
    c.poly(sole, dark)
    c.line(
        at([(130, 886 - heel), (300, 892 - heel * 0.8), (420, 884 - heel * 0.2), (620, 890), (870, 884)]),
        mix(dark, (190, 140, 90), 0.45),
        6 * k,
    )
    neck = 420 if boot else 640 - (0 if not dance else -30)
    upper = at(
        smooth(
            [
                (112, 876 - heel),
                (100, 780 - heel * 0.8),
                (122, neck + 20),
                (140, neck),
                (330, neck - (6 if boot else -36)),
                (372, neck + 30 if boot else 690),
                (440, 690),
                (560, 742),
                (700, 776),
                (826, 788 - square),
                (890, 838 - square * 1.5),
                (880, 882),
                (620, 886),
                (420, 880 - heel * 0.2),
                (300, 886 - heel * 0.8),
            ],
            8,
            True,
        )
    )
    polished(
        c,
        upper,
        tex,
        [
            ((500 + dx + 300 * k, 700 + dy + 122 * k), 66 * k, 26 * k),
            ((500 + dx - 330 * k, 700 + dy + (70 - heel) * k), 20 * k, 56 * k),
        ],
    )
    opening = at(
        smooth(
            [
                (140, neck + 2),
                (230, neck + 26),
                (330, neck + (2 if boot else 40)),
                (250, neck - (16 if boot else -14)),
            ],
            8,
            True,
        )
    )
    c.poly(opening, lit(base, 0.3))
    rope(
        c,
        [*at(smooth([(140, neck), (232, neck + 24), (332, neck + (0 if boot else 38))], 8))],
        10 * k,
        lit(base, 0.95),
    )
    cap = smooth([(690, 776), (676, 826), (690, 884)], 8)
    quarter = smooth([(372, 690), (430, 770), (500, 820), (470, 884)], 8)
    lines: list[list[Pt]] = []
    if dance:
        c.line(at(smooth([(170, neck + 36), (330, neck + 10), (420, 694)], 8)), lit(base, 0.8), 26 * k)
        stitches(c, at(smooth([(170, neck + 30), (330, neck + 4), (420, 690)], 8)), 11 * k, thread, 2.2 * k)
    elif loafer:
        strap = at(
            smooth([(400, 690), (470, 716), (560, 742)], 6) + smooth([(590, 820), (480, 800), (404, 780)], 6)
        )
        c.glow(strap, (0, 0, 0), 0.4, 7, (3, 7))
        polished(c, strap, tex, [])
        stitches(c, [*strap, strap[0]], 11 * k, thread, 2.4 * k)
        apron = at(smooth([(560, 742), (720, 800), (850, 838)], 8))
        c.line([(x, y + 4) for x, y in apron], alpha(lit(base, 0.3), 0.8), 6 * k)
        stitches(c, apron, 16 * k, thread, 5 * k, 0.5)
    else:
        lines = [cap, quarter]
        for q in lines:
            c.line([(x + 2, y + 3) for x, y in at(q)], alpha(lit(base, 0.3), 0.7), 5 * k)
            stitches(c, at(q), 9 * k, thread, 2.3 * k)
            stitches(c, at([(x + 9, y) for x, y in q]), 9 * k, thread, 2.3 * k)
        if "nữ" not in low:
            for i in range(7):
                t = i / 6
                x, y = 500 + dx + (702 - 500) * k, 700 + dy + (796 + t * 74 - 700) * k
                c.oval(x, y, 4 * k, 4 * k, lit(base, 0.3))
            n = 8 if boot else 4
            for i in range(n):
                t = i / (n - 1)
                p = (
                    (352 + 118 * t, neck + 44 + (742 - neck - 44) * t)
                    if boot
                    else (392 + 110 * t, 700 + 46 * t)
                )
                a, b = at([p, (p[0] + 58, p[1] - 10)])
                c.line([(a[0], a[1] + 3), (b[0], b[1] + 3)], alpha((0, 0, 0), 0.5), 11 * k)
                c.line([a, b], mix(base, (230, 214, 190), 0.35), 8 * k)
                c.oval(a[0], a[1], 7 * k, 7 * k, (196, 160, 96))
                c.oval(a[0], a[1], 4 * k, 4 * k, (40, 26, 16))
    stitches(
        c,
        at(
            smooth(
                [(126, 866 - heel), (300, 876 - heel * 0.8), (420, 870 - heel * 0.2), (620, 876), (874, 870)],
                8,
            )
        ),
        10 * k,
        thread,
        2.2 * k,
    )


def footbed(turned: float, cx: float, cy: float, m: bool, k: float = 1.0) -> list[Pt]:
    pts = smooth(
        [
            (0, -420),
            (92, -372),
            (122, -220),
            (84, -30),
            (96, 190),
            (104, 330),
            (0, 420),
            (-98, 340),
            (-86, 160),
            (-92, -60),
            (-134, -240),
            (-88, -376),
        ],
        8,
        True,
    )
    return [turn((cx + (-x if m else x) * k, cy + y * k), (cx, cy), turned) for x, y in pts]


def slipper(
    c: Canvas, r: Random, cx: float, cy: float, turned: float, m: bool, bed: Img, upper: Img, edge: Rgb
) -> None:
    """A slipper from above: footbed, then a closed vamp."""
    foot = footbed(turned, cx, cy, m)
    c.shadow(foot, 20, 0.5)
    c.poly([(x + 5, y + 9) for x, y in foot], lit(edge, 0.45))
    c.fill(foot, bed, field((16, 16), lambda x, y: 146 - 26 * x - 16 * y))
    rope(c, [*foot, foot[0]], 15, edge)
    vamp = [
        turn((cx + (-x if m else x), cy + y), (cx, cy), turned)
        for x, y in smooth(
            [
                (-148, -60),
                (-150, -250),
                (-96, -396),
                (0, -438),
                (100, -392),
                (138, -230),
                (110, -50),
                (0, -110),
            ],
            8,
            True,
        )
    ]
    c.glow(vamp, (0, 0, 0), 0.5, 12, (4, 14))
    c.fill(vamp, upper, field((24, 24), lambda x, y: 178 - 70 * abs(x - 0.4) - 44 * y))
    stitches(c, [*vamp, vamp[0]], 13, lit(edge, 1.3), 2.6)


def sandals(c: Canvas, r: Random, base: Rgb, low: str, style: str) -> None:
    """A pair from above: footbed and the straps of the style."""
    child = 0.8 if "trẻ em" in low else 1.0
    if "guốc" in low:
        bed = wood(r, (c.t(280), c.t(860)), hexed(r.choice(("#C98F4F", "#B5763A", "#D9AE74"))), upright=True)
    else:
        bed = hide(r, (c.t(280), c.t(860)), mix(base, (190, 140, 92), 0.5))
    tex = hide(r, (c.t(320), c.t(240)), base)
    thread = mix(base, (240, 214, 160), 0.6)
    for cx, turned, m in ((325, -5, True), (675, 5, False)):
        foot = footbed(turned, cx, 640, m, child)
        c.shadow(foot, 22, 0.5)
        for i in range(5, 0, -1):
            c.poly(
                [(x + i * 2.2, y + i * 3.4) for x, y in foot],
                lit(mix(base, (40, 24, 14), 0.6), 0.8 + i * 0.03),
            )
        c.fill(foot, bed, field((16, 16), lambda x, y: 148 - 26 * x - 20 * y))
        inner = [(cx + (x - cx) * 0.9, 640 + (y - 640) * 0.95) for x, y in foot]
        stitches(c, [*inner, inner[0]], 12, thread, 2.6)
        c.glow(arc(cx, 850, 60, 80, 0, 360), (60, 36, 20), 0.22, 30, clip=foot)
        c.glow(arc(cx, 420, 70, 90, 0, 360), (60, 36, 20), 0.16, 34, clip=foot)

        def strap(p: list[Pt], q: list[Pt], cx: float = cx, turned: float = turned, m: bool = m) -> None:
            pts = [
                turn((cx + (-x if m else x) * child, 640 + y * child), (cx, 640), turned)
                for x, y in band(smooth(p, 8), smooth(q, 8))
            ]
            c.glow(pts, (0, 0, 0), 0.55, 12, (5, 16))
            polished(c, pts, tex, [], 168)
            c.glow([(x - 6, y - 8) for x, y in pts[4:-4]], (255, 240, 214), 0.14, 14, clip=pts)
            stitches(c, [*pts, pts[0]], 11, thread, 2.3)

        if style == "wide":
            strap([(-146, -330), (0, -372), (140, -320)], [(-150, -90), (0, -140), (126, -80)])
        elif style == "cross":
            strap([(-142, -330), (0, -260), (118, -90)], [(-148, -200), (-20, -120), (100, 20)])
            strap([(136, -330), (0, -270), (-130, -90)], [(136, -210), (20, -130), (-110, 20)])
        elif style == "thin":
            strap([(-130, -330), (0, -362), (128, -310)], [(-134, -286), (0, -316), (130, -268)])
            strap([(-134, -170), (0, -214), (116, -150)], [(-130, -128), (0, -170), (112, -108)])
            strap([(-30, -330), (-8, -100), (-100, 120)], [(6, -330), (28, -100), (-96, 164)])
        else:
            strap([(-140, -320), (0, -360), (134, -300)], [(-146, -200), (0, -240), (126, -180)])
            strap([(-110, 100), (0, 64), (104, 100)], [(-108, 160), (0, 122), (106, 160)])
        if style in ("thin", "back"):
            x, y = turn((cx + (-104 if m else 104) * child, 640 + 128 * child), (cx, 640), turned)
            c.poly(rect(x - 17, y - 21, x + 17, y + 21), (206, 170, 100))
            c.poly(rect(x - 9, y - 13, x + 9, y + 13), lit(base, 0.8))


def belt(c: Canvas, r: Random, base: Rgb) -> None:
    """A belt rolled up, its buckle end let out, from above."""
    tex = hide(r, (c.t(120), c.t(120)), base)
    thread = mix(base, (240, 214, 160), 0.6)
    pts: list[Pt] = []
    for i in range(260):
        t = i / 259
        a = t * 6.2832 * 3.4 + 0.6
        rad = 90 + 210 * t
        pts.append((500 + rad * math.cos(a), 600 + rad * math.sin(a)))
    c.shadow(arc(500, 600, 330, 330, 0, 360), 30, 0.35)
    rope(c, pts, 44, base)
    c.line(pts, alpha(lit(base, 0.45), 0.8), 3)
    for d in (-14, 14):
        stitches(
            c,
            [
                (
                    500 + (x - 500) * (1 + d / math.hypot(x - 500, y - 600)),
                    600 + (y - 600) * (1 + d / math.hypot(x - 500, y - 600)),
                )
                for x, y in pts
            ],
            12,
            thread,
            2.2,
        )
    tail = [(150, 940), (770, 960), (840, 1000), (770, 1044), (146, 1028)]
    c.shadow(tail, 16, 0.5)
    polished(c, tail, tex, [((420, 962), 220, 10)], 160)
    stitches(c, [(x * 0.985 + 8, y * 0.985 + 15) for x, y in [*tail, tail[0]]], 12, thread, 2.6)
    for i in range(5):
        c.oval(560 + i * 44, 1000, 8, 8, lit(base, 0.25))
    frame = [(110, 920), (230, 924), (228, 1046), (106, 1042)]
    rope(c, [*frame, frame[0]], 20, hexed("#C9A65A"))
    rope(c, [(116, 982), (236, 988)], 11, hexed("#D9B96A"))


def wallet(c: Canvas, r: Random, base: Rgb, low: str) -> None:
    """A folded wallet, a second behind it open a little."""
    tex = hide(r, (c.t(640), c.t(460)), base)
    thread = mix(base, (240, 214, 160), 0.6)
    for q, k in (
        ([turn(p, (500, 600), -9) for p in rounded(200, 300, 820, 700, 34)], 0.8),
        ([turn(p, (500, 700), 5) for p in rounded(170, 480, 810, 930, 36)], 1.0),
    ):
        c.shadow(q, 20, 0.55)
        c.poly([(x + 4, y + 8) for x, y in q], lit(base, 0.35))
        c.fill(q, tex, field((24, 24), lambda x, y, k=k: (170 - 44 * x - 40 * y) * k))  # type: ignore[misc]
        mx, my = sum(p[0] for p in q) / len(q), sum(p[1] for p in q) / len(q)
        inner = [(mx + (x - mx) * 0.95, my + (y - my) * 0.93) for x, y in q]
        stitches(c, [*inner, inner[0]], 12, thread, 2.8)
        c.glow(
            [(mx - 260, my - 200), (mx - 60, my - 200), (mx - 200, my + 200), (mx - 320, my + 200)],
            (255, 244, 226),
            0.16,
            40,
            clip=q,
        )
    if "khắc" in low:
        for d, col in ((2, alpha((255, 230, 200), 0.3)), (0, alpha(lit(base, 0.35), 0.9))):
            c.line(
                [
                    (x + d, y + d)
                    for x, y in smooth(
                        [(560, 850), (600, 800), (620, 840), (660, 804), (690, 850), (740, 830)], 8
                    )
                ],
                col,
                5,
            )
    else:
        c.line(
            [turn((180, 700), (500, 700), 5), turn((800, 700), (500, 700), 5)], alpha(lit(base, 0.4), 0.35), 4
        )


def rounded(x0: float, y0: float, x1: float, y1: float, rad: float) -> list[Pt]:
    return [
        *arc(x1 - rad, y0 + rad, rad, rad, -90, 0, 8),
        *arc(x1 - rad, y1 - rad, rad, rad, 0, 90, 8),
        *arc(x0 + rad, y1 - rad, rad, rad, 90, 180, 8),
        *arc(x0 + rad, y0 + rad, rad, rad, 180, 270, 8),
    ]


def satchel(c: Canvas, r: Random, base: Rgb, low: str) -> None:
    """A cross-body bag with flap, buckle and strap."""
    c.zoom(1.1, (500, 660))
    tex = hide(r, (c.t(640), c.t(520)), base)
    thread = mix(base, (240, 214, 160), 0.6)
    rope(c, smooth([(236, 560), (250, 260), (430, 120), (620, 150), (748, 330), (764, 560)], 14), 28, base)
    stitches(
        c,
        smooth([(236, 560), (250, 260), (430, 120), (620, 150), (748, 330), (764, 560)], 14),
        12,
        thread,
        2.4,
    )
    body = rounded(200, 500, 800, 1000, 70)
    c.stand(500, 996, 310, 50)
    c.poly([(x + 14, y - 8) for x, y in body], lit(base, 0.4))
    polished(c, body, tex, [((300, 760), 40, 150)], 156)
    stitches(
        c, [(500 + (x - 500) * 0.95, 750 + (y - 750) * 0.94) for x, y in [*body, body[0]]], 12, thread, 2.8
    )
    deep = r.uniform(760, 840)
    flap = [
        (192, 500),
        *arc(262, 500, 70, 40, 180, 270, 6),
        *arc(738, 500, 70, 40, 270, 360, 6),
        (808, 500),
        *smooth(
            [
                (808, 560),
                (790, deep - 60),
                (650, deep),
                (500, deep + 20),
                (350, deep),
                (210, deep - 60),
                (192, 560),
            ],
            8,
        ),
    ]
    c.glow(flap, (0, 0, 0), 0.55, 14, (4, 16))
    polished(c, flap, tex, [((330, 560), 120, 34)], 168)
    stitches(c, [(500 + (x - 500) * 0.955, 650 + (y - 650) * 0.94) for x, y in flap[14:]], 12, thread, 2.8)
    tab = rounded(462, deep - 70, 538, deep + 90, 26)
    c.glow(tab, (0, 0, 0), 0.5, 8, (3, 8))
    polished(c, tab, tex, [], 160)
    stitches(
        c, [(500 + (x - 500) * 0.8, deep + (y - deep) * 0.9) for x, y in [*tab, tab[0]]], 10, thread, 2.2
    )
    q = rect(452, deep + 10, 548, deep + 62)
    rope(c, [*q, q[0]], 11, hexed("#C9A65A"))
    if "khắc" in low:
        for i in range(5):
            c.line(arc(500, 650, 26 + i * 12, 26 + i * 12, 200, 340, 20), alpha(lit(base, 0.4), 0.6), 4)


def giay_da(c: Canvas, r: Random, name: str) -> None:
    """Giày da."""
    low = name.lower()
    base = dyed(r, low)
    if any(w in low for w in ("dép", "guốc", "sandal", "thắt lưng", "ví")):
        c.stage("sheet", r)
        if "thắt lưng" in low:
            belt(c, r, base)
        elif "ví" in low.split():
            wallet(c, r, base, low)
        else:
            style = (
                "wide"
                if "guốc" in low or "vuông" in low
                else "thin"
                if "mảnh" in low or "sandal" in low
                else "back"
                if "hậu" in low
                else "cross"
            )
            sandals(c, r, base, low, style)
        return
    c.stage("wall", r)
    if "túi" in low:
        satchel(c, r, base, low)
        return
    c.zoom(0.97, (505, 720 if "cổ" not in low else 680))
    shoe(c, r, lit(base, 0.9), low, 60, -120, 0.84)
    shoe(c, r, base, low, -30, 40, 0.98)
