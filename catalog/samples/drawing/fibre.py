"""Tơ chuối, khăn dệt: cloth of banana-stem thread and what is made of it."""

import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

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
    rect,
    relight,
    smooth,
)
from catalog.samples.drawing.materials import cloth
from catalog.samples.drawing.stitch import creases, curtain
from catalog.samples.drawing.surfaces import Bench, rope, sheet, stitches


def to_chuoi(c: Canvas, r: Random, name: str) -> None:
    """Tơ chuối, khăn dệt: banana fibre with its slubs."""
    low = name.lower()
    base = hexed("#3A5378") if "chàm" in low else hexed("#D9C6A0") if "be" in low else hexed("#E4D8BE")
    stripe = hexed("#A9553A") if "sọc" in low else hexed("#F6F1E4") if "bông" in low else lit(base, 0.78)
    wall = any(w in low for w in ("rèm", "túi"))
    c.stage("wall" if wall else "sheet", r)

    def stuff(w: float, h: float, bands: bool = True) -> Img:
        img = cloth(r, (c.t(w), c.t(h)), base, "slub", pitch=max(3, c.t(7)))
        if bands:
            d = ImageDraw.Draw(img, "RGBA")
            n = max(6, img.height // 14)
            for y in range(n // 2, img.height, n * 2):
                d.rectangle((0, y, img.width, y + n * 0.44), fill=alpha(stripe, 0.72))
                d.rectangle((0, y + n * 0.62, img.width, y + n * 0.74), fill=alpha(stripe, 0.6))
        return img

    if "rèm" in low:
        curtain(c, r, [], base, "slub")
        for _ in range(130):
            x = r.uniform(170, 830)
            c.line(
                [(x, 1076), (x + r.uniform(-7, 7), 1130 + r.uniform(-12, 16))],
                lit(base, r.uniform(0.75, 1.1)),
                3,
            )
    elif "túi" in low:
        c.zoom(1.1, (500, 640))
        body: list[Pt] = [(230, 480), (770, 480), (800, 1060), (500, 1078), (200, 1060)]
        c.stand(500, 1066, 300, 44)
        for dx, k in ((0, 0.7), (0, 1.0)):
            rope(
                c,
                smooth(
                    [(350, 520), (360, 260 - 20 * k), (500, 170 - 20 * k), (640, 260 - 20 * k), (650, 520)],
                    12,
                ),
                24,
                lit(hexed("#7C4A2A"), k),
            )
            if k < 1:
                c.fill(
                    [(240 + dx, 462), (760, 462), (770, 500), (230, 500)],
                    stuff(560, 60, False),
                    field((4, 4), lambda x, y: 70),
                )
        c.fill(body, stuff(600, 600), creases(r, 1.3))
        stitches(c, [(236, 512), (764, 512)], 13, lit(base, 0.6), 3)
        for x in (350, 650):
            c.poly(rect(x - 24, 500, x + 24, 590), hexed("#7C4A2A"))
            stitches(
                c, [(x - 18, 506), (x - 18, 584), (x + 18, 584), (x + 18, 506)], 10, hexed("#E3C08A"), 2.4
            )
    elif "sổ" in low:
        q = rect(210, 260, 790, 1040)
        c.shadow(q, 24, 0.5)
        for i in range(7, 0, -1):
            c.poly([(x + i * 2.4, y + i * 2.4) for x, y in q], (240, 231, 212) if i % 2 else (204, 190, 162))
        c.fill(q, stuff(580, 780), creases(r, 0.4))
        c.poly(rect(210, 260, 268, 1040), alpha(lit(base, 0.5), 0.6))
        rope(c, [(690, 256), (690, 1046)], 13, hexed("#7C4A2A"))
        for y in range(330, 1000, 110):
            stitches(c, [(214, y), (268, y)], 54, hexed("#F0E2C0"), 5, 0.9)
    elif "dép" in low:
        from catalog.samples.drawing.leather import slipper

        for x, turn, m in ((330, -6, False), (670, 6, True)):
            slipper(c, r, x, 640, turn, m, stuff(300, 800), stuff(300, 300), lit(base, 0.7))
    elif "hộp" in low:
        b = Bench(c, (150, 960), (0.36, -0.5))
        c.zoom(1.1, (500, 760))
        b.shadow(520, 420)
        b.board(0, 0, 0, 520, 420, 250, stuff(520, 250, False), stuff(520, 420), stuff(420, 250, False))
        band_ = relight(Image.new("RGB", (20, 20), stripe), field((4, 4), lambda x, y: 150 - 40 * y))
        sheet(c, b.at(230, 0, 250), (60, 0), (0, 250), band_)
        sheet(c, b.at(230, 420, 250), (60, 0), (-420 * 0.36, 420 * 0.5), band_, 1.08)
        knot = b.at(260, 210, 250)
        for s in (-1, 1):
            kx, ky = knot
            loop = smooth([knot, (kx + s * 90, ky - 70), (kx + s * 120, ky - 10)], 8, True)
            c.glow(loop, (0, 0, 0), 0.3, 8, (5, 9))
            c.poly(loop, lit(stripe, 0.9 if s < 0 else 0.78))
            c.line(loop, lit(stripe, 1.15), 4)
    elif "vải" in low:
        for i, (y, h) in enumerate(((860, 170), (670, 180), (480, 180))):
            bolt(c, r, 150 + i * 14, y, 700 - i * 40, h, stuff(700, 500, i == 1), base)
    else:
        folded(c, r, stuff, base, stripe, "choàng" in low)


def bolt(c: Canvas, r: Random, x: float, y: float, w: float, h: float, tex: Img, base: Rgb) -> None:
    """A rolled length of cloth lying across, its end showing the turns."""
    body = [
        (x, y),
        (x + w, y),
        *arc(x + w, y + h / 2, h * 0.24, h / 2, -90, 90, 20),
        (x, y + h),
        *arc(x, y + h / 2, h * 0.24, h / 2, 90, 270, 20),
    ]
    c.shadow(body, 20, 0.5)
    c.fill(body, tex, field((4, 32), lambda _x, v: 166 - 150 * abs(v - 0.3) ** 1.2))
    for k in range(9, 0, -1):
        f = k / 9
        c.poly(arc(x + w, y + h / 2, h * 0.24 * f, h / 2 * f, 0, 360, 40), lit(base, 0.95 if k % 2 else 0.66))


def folded(c: Canvas, r: Random, stuff: Callable[..., Img], base: Rgb, stripe: Rgb, wide: bool) -> None:
    """A scarf folded in a stack with one end let fall and its fringe."""
    for _ in range(80):
        x = 306 + r.uniform(0, 388)
        c.line(
            [(x, 1050), (x + r.uniform(-12, 12), 1130 + r.uniform(-14, 14))],
            lit(base if r.random() < 0.7 else stripe, r.uniform(0.75, 1.1)),
            4,
        )
    fall = [
        (300, 560),
        (700, 560),
        (706, 1060),
        *[(700 - 10 * i, 1060 + 5 * math.sin(i)) for i in range(40)],
        (294, 1060),
    ]
    c.shadow(fall, 22, 0.4)
    c.fill(fall, stuff(400, 500), field((32, 16), lambda x, y: 140 + 20 * math.sin(x * 17) - 20 * x - 16 * y))
    half = 360 if wide else 320
    for i in range(5):
        y = 640 - i * 88
        q = smooth([(500 - half, y), (500 - half - 26, y + 44), (500 - half, y + 90)], 6) + smooth(
            [(500 + half, y + 90), (500 + half + 10, y + 44), (500 + half, y)], 6
        )
        c.glow(q, (40, 24, 14), 0.4, 12, (6, 12))
        c.fill(q, stuff(640, 100, i % 2 == 0), field((4, 24), lambda _x, v: 160 - 90 * abs(v - 0.3)))
    lid: list[Pt] = [(500 - half, 290), (500 - half + 64, 206), (500 + half - 64, 206), (500 + half, 290)]
    c.fill(lid, stuff(680, 120), field((8, 8), lambda x, y: 158 - 24 * x))
    c.line([lid[0], lid[3]], alpha(lit(base, 0.5), 0.4), 3)
