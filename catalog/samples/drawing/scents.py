"""Hương: which form a name asks for, and the coils, packs, sachets and candles."""

import math
from random import Random

from PIL import Image

from catalog.samples.drawing.glassware import glass, jar
from catalog.samples.drawing.ground import (
    Canvas,
    Rgb,
    alpha,
    arc,
    cloud,
    hexed,
    lit,
    rect,
    smooth,
)
from catalog.samples.drawing.incense import (
    DYES,
    bundle,
    burner,
    cone,
    fan,
    heap,
    scent,
    shade_round,
    smoke,
    spices,
    spiral,
    wheel,
)
from catalog.samples.drawing.materials import cloth
from catalog.samples.drawing.surfaces import Turned, rope


def huong(c: Canvas, r: Random, name: str) -> None:
    """Hương (nhang)."""
    y: float
    x: float
    low = name.lower()
    dye, paste = hexed(r.choice(DYES[:3] if r.random() < 0.75 else DYES)), scent(r, low)
    stands = any(
        w in low
        for w in ("lư", "đế cắm", "ống đựng", "thác", "nến", "lọ thuỷ tinh", "khói ngược", "nhang vòng đại")
    )
    ground = "wall" if stands else "sheet"
    c.stage(ground if r.random() < 0.8 or stands else "lacquer", r)
    if any(w in low for w in ("lư", "đế cắm", "ống đựng", "thác")):
        c.zoom(1.14, (500, 700))
        burner(c, r, low)
    elif "chân tăm" in low:
        bare = hexed("#8A5A34") if "nâu" in low else hexed("#E0A92E") if "vàng" in low else hexed("#C8242B")
        wheel(c, r, 500, 640, 450, bare, bare, bare=True)
    elif "bột" in low:
        c.zoom(1.1, (500, 760))
        heap(c, r, 500, 860, 310, paste)
        spices(c, r, [(190, 1010), (800, 1060), (820, 640), (210, 620)])
    elif "túi thơm" in low:
        c.zoom(1.16, (500, 700))
        sachet(c, r, paste)
        spices(c, r, [(180, 1010), (780, 1080), (840, 940)])
    elif "nến" in low:
        candles(c, r)
    elif "lọ thuỷ tinh" in low:
        c.zoom(1.2, (500, 730))
        t = jar(c, 450, 520, 980, 190, lit(paste, 0.5), r, hexed("#B98A4A"))
        for j in range(7):
            for i in range(8):
                u = -1.3 + 2.6 * i / 7 + (j % 2) * 0.14
                cone(
                    c,
                    r,
                    450 + 172 * math.sin(u),
                    690 + j * 44 + 34 * math.cos(u),
                    62,
                    lit(paste, 0.75 + 0.35 * math.cos(u + 0.6)),
                )
        glass(c, t)
        for x, y in ((700, 1000), (790, 960), (745, 1060)):
            cone(c, r, x, y, 96, paste)
    elif "nụ" in low or "viên" in low:
        if "ngược" in low:
            burner(c, r, "Thác khói " + r.choice(("đá khắc", "gỗ", "đồng")))
            return
        for i, (x, y) in enumerate(
            sorted(
                (
                    (
                        300 + (i % 4) * 140 + r.uniform(-20, 20) + (i // 4 % 2) * 60,
                        430 + (i // 4) * 130 + r.uniform(-14, 14),
                    )
                    for i in range(18)
                ),
                key=lambda p: p[1],
            )
        ):
            if "viên" in low:
                from catalog.samples.drawing.basketry import ball

                ball(c, x, y, 56, lit(paste, r.uniform(0.85, 1.1)))
            else:
                cone(c, r, x, y, 150 + (i % 3) * 8, lit(paste, r.uniform(0.86, 1.12)))
        spices(c, r, [(150, 1130), (820, 1130)], 0.9)
    elif "vòng" in low or "cuộn" in low or "muỗi" in low:
        coils(c, r, low, paste)
    elif any(
        w in low
        for w in ("hộp quà", "gói tết", "bọc giấy", "xuất khẩu", "combo", "set", "hộp tròn", "bài cuốn")
    ):
        packs(c, r, low, dye, paste)
    elif r.random() < 0.45:
        c.zoom(1.0, (500, 640))
        fan(c, r, 500, 1010, 860 if r.random() < 0.5 else 800, dye, paste)
    elif r.random() < 0.5:
        wheel(c, r, 500, 640, 450, dye, paste, bare=False)
    else:
        for x, lean in ((330, 60), (690, -50), (510, 0)):
            bundle(c, r, x, 130 + abs(lean), 1120, 92, dye, paste, False, lean)


def coils(c: Canvas, r: Random, low: str, paste: Rgb) -> None:
    if "đại" in low:
        rope(c, [(500, -200), (500, 300)], 7, hexed("#C9A65A"))
        c.glow(arc(640, 1010, 330, 60, 0, 360), (60, 40, 26), 0.3, 40)
        for side in (-1, 1):
            c.line([(500, 290), (500 + side * 300, 760)], alpha((150, 110, 60), 0.5), 2)
        spiral(c, r, 500, 320, 400, paste, 11, 0.34, 620)
        smoke(c, r, 900, 930, 320)
    elif "mini" in low:
        for i, (x, y, rad) in enumerate(((330, 330, 200), (690, 470, 190), (330, 770, 210), (690, 930, 200))):
            spiral(c, r, x, y, rad, lit(paste, 0.9 + 0.06 * i), 4)
    else:
        side = r.choice((0, 1))
        spiral(c, r, (440, 560)[side], 560, 380, paste, r.choice((6, 7, 8)))
        spiral(c, r, (660, 330)[side], 900, r.uniform(230, 280), lit(paste, 0.92), 5)
        spices(c, r, [(180, 1080), (830, 240), (860, 1170)], 0.9)


def packs(c: Canvas, r: Random, low: str, dye: Rgb, paste: Rgb) -> None:
    paper = hexed(r.choice(("#E6D3A6", "#D9B98A", "#EFE2C4", "#C9A46A")))
    mark = hexed(r.choice(("#A3271F", "#7A1F1A", "#4A5B2A", "#2F4F52")))
    if "hộp tròn" in low:
        c.zoom(1.1, (500, 660))
        tube = Turned(400, [(330, 120), (1010, 120)], 0.2, soft=False)
        c.stand(400, 1012, 122, 30)
        tex = cloth(r, (c.t(360), c.t(700)), mark, "satin")
        tube.dress(c, tex, 0.5)
        for y in (380, 960):
            rope(c, tube.ring(y), 9, hexed("#D9B45A"))
        c.fill(tube.mouth(), cloth(r, (60, 30), lit(mark, 1.15)))
        bundle(c, r, 690, 300, 1060, 86, dye, paste, False, -20)
    elif "hộp quà" in low or "combo" in low or "set" in low:
        q = rect(110, 280, 890, 1000)
        c.shadow(q, 26, 0.55)
        c.fill(q, cloth(r, (c.t(780), c.t(720)), mark, "linen"))
        inner = rect(150, 320, 850, 960)
        c.fill(inner, cloth(r, (c.t(700), c.t(640)), hexed("#F0E2BE"), "satin"))
        c.glow(rect(150, 320, 850, 350), (40, 14, 6), 0.5, 12, clip=inner)
        c.glow(rect(150, 320, 172, 960), (40, 14, 6), 0.35, 12, clip=inner)
        for i in range(46):
            x = 180 + i * 6.4
            c.line([(x, 356), (x + r.uniform(-2, 2), 760)], lit(paste, r.uniform(0.8, 1.15)), 8)
            c.line([(x, 760), (x, 925)], lit(dye, r.uniform(0.8, 1.12)), 6)
        c.poly(rect(176, 520, 478, 570), (*hexed("#D9B45A"), 255))
        spiral(c, r, 660, 480, 130, lit(paste, 1.05), 4)
        for i in range(8):
            cone(c, r, 560 + (i % 4) * 68, 790 + (i // 4) * 110, 84, lit(paste, r.uniform(0.85, 1.1)))
    else:
        if r.random() < 0.5:
            bundle(c, r, 690, 200, 1090, 84, dye, paste, False, r.uniform(-50, 10))
            for x, y0 in ((250, 190), (400, 290)):
                pack(c, r, x, y0, y0 + 800, 118, paper if x == 250 else lit(paper, 1.1), mark)
            return
        for x, y0 in ((280, 260), (720, 200), (500, 330)):
            pack(c, r, x, y0, y0 + 780, 118, paper if x != 500 else lit(paper, 1.1), mark)
        for i in range(40):
            x = 420 + i * 4.1
            c.line(
                [(x, 336), (x + r.uniform(-8, 8), 336 - r.uniform(60, 110))], lit(dye, r.uniform(0.8, 1.1)), 5
            )


def pack(c: Canvas, r: Random, cx: float, y0: float, y1: float, half: float, paper: Rgb, mark: Rgb) -> None:
    """A paper sleeve with a red seal label, no lettering."""
    q = rect(cx - half, y0, cx + half, y1)
    c.shadow(q, 20, 0.5)
    c.fill(q, cloth(r, (c.t(half * 2), c.t(y1 - y0)), paper, "linen"), shade_round())
    lab = rect(cx - half * 0.62, y0 + (y1 - y0) * 0.3, cx + half * 0.62, y0 + (y1 - y0) * 0.66)
    c.poly(lab, mark)
    c.line([*lab, lab[0]], lit(mark, 1.35), 4)
    m = y0 + (y1 - y0) * 0.48
    for i in range(9):
        a = math.radians(200 + i * 17.5)
        c.line(
            [
                (cx, m + half * 0.3),
                (cx + half * 0.5 * math.cos(a), m + half * 0.3 + half * 0.5 * math.sin(a)),
            ],
            (242, 214, 140),
            5,
        )
    for y in (y0 + 26, y1 - 26):
        c.line([(cx - half, y), (cx + half, y)], alpha(mark, 0.8), 9)


def sachet(c: Canvas, r: Random, paste: Rgb) -> None:
    body = smooth(
        [(330, 560), (250, 720), (240, 930), (380, 1010), (620, 1010), (760, 930), (750, 720), (670, 560)], 10
    )
    color = hexed(r.choice(("#A3271F", "#C9A15A", "#4A5B2A", "#6B3A5A", "#2F6F73")))
    c.stand(500, 1000, 270, 54)
    c.fill(body, cloth(r, (c.t(520), c.t(450)), color, "linen"), cloud(r, (40, 40), (6, 3), 84, 170))
    c.glow(arc(580, 900, 230, 160, 0, 360), (20, 8, 4), 0.4, 70, clip=body)
    frill = smooth(
        [
            (330, 566),
            (260, 400),
            (360, 440),
            (420, 380),
            (500, 440),
            (580, 376),
            (650, 440),
            (742, 404),
            (670, 566),
        ],
        8,
    )
    c.fill(
        frill, cloth(r, (c.t(480), c.t(190)), lit(color, 1.06), "linen"), cloud(r, (40, 20), (12, 2), 70, 176)
    )
    rope(c, smooth([(322, 562), (500, 596), (678, 562)], 10), 24, hexed("#E3C67A"), 12)
    for s in (-1, 1):
        rope(c, smooth([(500, 590), (500 + s * 60, 700), (500 + s * 44, 790)], 8), 11, hexed("#E3C67A"), 9)
    from catalog.samples.drawing.motifs import moved, mum

    for p in moved(mum(r), 500, 810, 105):
        c.poly(p.pts, alpha(lit(color, 1.5 if p.part == "petal" else 1.8), 0.75))


def candles(c: Canvas, r: Random) -> None:
    c.zoom(1.12, (500, 720))
    wax = hexed("#E3B24E")
    for x, y0, y1, rad in ((330, 520, 980, 92), (660, 620, 1000, 104), (500, 760, 1050, 98)):
        t = Turned(x, [(y0, rad), (y1, rad)], 0.24, soft=False)
        c.stand(x, y1 + 4, rad, rad * 0.26)
        tex = Image.new("RGB", (120, 120), wax)
        from catalog.samples.drawing.materials import eyes

        tex = Image.blend(
            eyes(r, (c.t(rad * 3), c.t(y1 - y0)), c.t(34), [lit(wax, 1.1)], lit(wax, 0.8)),
            Image.new("RGB", (c.t(rad * 3), c.t(y1 - y0)), wax),
            0.45,
        )
        t.dress(c, tex, 0.2)
        c.fill(t.mouth(), Image.new("RGB", (4, 4), lit(wax, 1.25)))
        c.line([(x, y0), (x + 3, y0 - 46)], (50, 34, 24), 6)
        c.glow(arc(x + 3, y0 - 78, 90, 100, 0, 360), (255, 214, 130), 0.4, 60)
        flame = smooth(
            [
                (x - 13, y0 - 56),
                (x - 3, y0 - 96),
                (x + 4, y0 - 124),
                (x + 12, y0 - 92),
                (x + 16, y0 - 58),
                (x + 2, y0 - 42),
            ],
            5,
            True,
        )
        c.poly(flame, (255, 198, 84))
        c.glow(arc(x + 2, y0 - 66, 7, 18, 0, 360), (255, 250, 224), 0.9, 4, clip=flame)
