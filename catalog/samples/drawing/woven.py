"""Mây tre and cỏ tế: baskets, trays, lamps, boxes, stools and mats built from strands."""

import math
from collections.abc import Callable, Sequence
from random import Random

from catalog.samples.drawing.ground import (
    Canvas,
    Img,
    Pt,
    Rgb,
    alpha,
    arc,
    hexed,
    lit,
    rect,
    smooth,
    vary,
)
from catalog.samples.drawing.materials import cloth, coil, eyes, weave, wood
from catalog.samples.drawing.surfaces import Bench, Turned, rope

Stuff = Callable[[int, int], Img]  # a material at a width and height in pixels


class Kit:
    """What one thing is made of: its skin, its rim colour and the pitch of its twist."""

    def __init__(self, c: Canvas, r: Random, name: str, fern: bool) -> None:
        self.c, self.r, self.name, self.fern = c, r, name, fern
        if fern:
            self.colors = fern_colors(r, name)
            self.rim, self.style = self.colors[0], fern_style(r, name)
        else:
            self.colors = cane_colors(r, name)
            self.rim = lit(self.colors[1], 0.9)
            self.style = (
                "eyes"
                if "mắt cáo" in name
                else "mot"
                if "nong mốt" in name
                else "doi"
                if "nong đôi" in name
                else r.choice(("mot", "doi", "ba", "xuong", "doi"))
            )
        self.step = c.t(r.uniform(16, 23))

    def skin(self, w: int, h: int, behind: Rgb = (92, 62, 38), fine: float = 1.0) -> Img:
        r = self.r
        step = max(4, round(self.step * fine))
        if self.fern:
            return coil(
                r,
                (w, h),
                max(6, round(step * (2.3 if self.style == "braid" else 1.5))),
                self.colors,
                self.style,
            )
        if self.style == "eyes":
            return eyes(r, (w, h), round(step * 2.9), self.colors[:2], behind)
        a, b = self.colors[0], self.colors[1]
        weft = [a, a, self.colors[2]] if r.random() < 0.35 else [a]
        return weave(r, (w, h), step, weft, [b], self.style)

    def twist(self) -> float:
        return 15.0 if self.fern else 19.0


def cane_colors(r: Random, name: str) -> list[Rgb]:
    if "hun khói" in name or "nâu trầm" in name:
        return [hexed("#7A4A26"), hexed("#5A351C"), hexed("#9A683A")]
    if "hạt dẻ" in name or "cánh gián" in name:
        return [hexed("#A45F2E"), hexed("#874620"), hexed("#D9A566")]
    if "trắng" in name:
        return [hexed("#F0DFB8"), hexed("#E0C892"), hexed("#C9A866")]
    return r.choice(
        [
            [hexed("#E2BE7C"), hexed("#C4934F"), hexed("#8A5A2E")],
            [hexed("#EACB8E"), hexed("#A8743A"), hexed("#7B4A25")],
            [hexed("#D8B06A"), hexed("#E9D3A0"), hexed("#9C6A34")],
            [hexed("#DDB877"), hexed("#B9813F"), hexed("#5E6B36")],
        ]
    )


def fern_colors(r: Random, name: str) -> list[Rgb]:
    base = r.choice(("#BE7B44", "#A5683A", "#CC9153", "#935A34", "#B98650"))
    mate = (
        "#E6D6A8"
        if "cói" in name
        else "#5E4128"
        if "bẹ chuối" in name
        else r.choice(("#D9B36C", "#6C3F22", "#C99A58"))
    )
    return [hexed(base), hexed(mate), lit(hexed(base), 0.75)]


def fern_style(r: Random, name: str) -> str:
    for word, style in (("ô trám", "diamond"), ("xương cá", "herring"), ("tết bím", "braid")):
        if word in name:
            return style
    return r.choice(("coil", "coil", "herring"))


def basket(
    k: Kit, profile: Sequence[Pt], tilt: float = 0.24, handle: str = "", cx: float = 500, lid: bool = False
) -> Turned:
    """An open basket: inside, near wall, rim and foot, then the handle."""
    c, r = k.c, k.r
    t = Turned(cx, profile, tilt)
    top, foot = t.table[0], t.table[-1]
    c.stand(cx, t.y1 + foot * tilt * 0.5, foot * 1.02, foot * tilt * 0.9)
    k.c.oval(cx, t.y1, foot, foot * tilt, lit(k.colors[0], 0.3))
    if handle == "hoop":
        hoop(k, t, back=True)
    t.hollow(c, k.skin(c.t(top * 2), c.t(top * 2 * tilt) + 40, (50, 34, 22)), 0.6)
    rope(c, arc(cx, t.y0, top, top * tilt, 180, 360, 60), 15, k.rim, k.twist(), 0.8)
    h = c.t(t.y1 - t.y0)
    t.dress(c, k.skin(c.t(max(t.table) * 2.9), round(h * 1.02), (70, 46, 28)))
    if r.random() < 0.55 and not k.fern:
        for f in (0.3, 0.36) if r.random() < 0.5 else (0.62,):
            rope(c, t.ring(t.y0 + (t.y1 - t.y0) * f), 9, k.colors[2], 0, 0.9)
    rope(c, t.ring(t.y1), 15, k.rim, k.twist(), 0.72)
    rope(c, arc(cx, t.y0, top, top * tilt, 0, 180, 60), 21, k.rim, k.twist())
    if handle == "hoop":
        hoop(k, t, back=False)
    elif handle == "ears":
        ears(k, t)
    elif handle == "straps":
        straps(k, t, hexed("#8A5228") if "da bò" in k.name else k.rim)
    return t


def hoop(k: Kit, t: Turned, back: bool) -> None:
    """One tall handle across; it comes out of the far rim, so it is drawn in one go before the near wall."""
    if not back:
        return
    top = t.table[0]
    rise = top * k.r.uniform(0.95, 1.25)
    pts = arc(t.cx, t.y0, top * 0.97, rise, 180, 360, 60)
    k.c.glow(pts, (40, 24, 14), 0.12, 10, (16, 14))
    rope(k.c, pts, 27, k.rim, k.twist())
    rope(k.c, arc(t.cx, t.y0, top * 0.97 - 19, rise - 19, 180, 360, 60), 12, lit(k.rim, 0.86), k.twist())


def ears(k: Kit, t: Turned) -> None:
    for side in (-1, 1):
        x = t.cx + side * t.table[0] * 0.98
        pts = smooth(
            [
                (x, t.y0 + 6),
                (x + side * 40, t.y0 - 44),
                (x + side * 62, t.y0 + 10),
                (x + side * 8, t.y0 + 62),
            ],
            10,
        )
        rope(k.c, pts, 17, k.rim, k.twist())


def straps(k: Kit, t: Turned, color: Rgb) -> None:
    """Two bag handles, the far one first."""
    top = t.table[0]
    for dy, shade in ((-top * t.k * 0.75, 0.75), (top * t.k * 0.8, 1.0)):
        pts = smooth(
            [
                (t.cx - top * 0.46, t.y0 + dy + 30),
                (t.cx - top * 0.40, t.y0 + dy - top * 0.45),
                (t.cx, t.y0 + dy - top * 0.72),
                (t.cx + top * 0.40, t.y0 + dy - top * 0.45),
                (t.cx + top * 0.46, t.y0 + dy + 30),
            ],
            14,
        )
        rope(k.c, pts, 22, color, 0 if color != k.rim else k.twist(), shade)


def round_tray(k: Kit, cx: float = 500, cy: float = 640, rad: float = 390, weft_disc: bool = True) -> None:
    """A tray or mẹt from above: the flat weave cut round, its wall and its bound rim."""
    c = k.c
    ring = arc(cx, cy, rad, rad, 0, 360, 120)
    c.shadow(ring, 26, 0.5)
    if k.fern:
        spiral(k, cx, cy, rad)
    else:
        c.fill(ring, k.skin(c.t(rad * 2), c.t(rad * 2), (126, 92, 56)))
        for i in range(7):
            f = 0.985 - i * 0.012
            c.line(arc(cx - 2 + i, cy - 2 + i, rad * f, rad * f, 160, 305, 60), alpha((30, 16, 8), 0.13), 10)
    c.glow(
        arc(cx - rad * 0.3, cy - rad * 0.35, rad * 0.5, rad * 0.45, 0, 360),
        (255, 246, 220),
        0.2,
        rad * 0.22,
        clip=ring,
    )
    rope(c, ring, 34, k.rim, k.twist() * 1.5)
    rope(c, arc(cx, cy, rad - 30, rad - 30, 0, 360, 120), 18, lit(k.colors[1], 0.95), 0)


def spiral(k: Kit, cx: float, cy: float, rad: float, row: float = 0) -> None:
    """Coiled rows round a heart, every stitch drawn."""
    c, r = k.c, k.r
    row = row or (46 if k.style == "braid" else 29)
    c.poly(arc(cx, cy, rad, rad, 0, 360, 90), lit(k.colors[0], 0.3))
    n = int(rad / row)
    plan = [
        k.colors[0] if len(k.colors) == 1 else k.colors[1 if (i % 5 == 3 or (i == n - 1)) else 0]
        for i in range(n + 1)
    ]
    petals = r.choice((0, 0, 6, 8, 12))
    for j in range(n, -1, -1):
        ra, rb = j * row * rad / (n * row + row), (j + 1) * row * rad / (n * row + row)
        m = max(5, round((ra + rb) * 3.14159 / (row * (0.95 if k.style == "braid" else 0.62))))
        twist = row * 0.5 * (-1 if k.style in ("herring", "braid") and j % 2 else 1)
        for i in range(m):
            a = 6.28318 * i / m
            w = 6.28318 / m * 0.92
            lean = twist / max(rb, 12)
            base = plan[j]
            if (
                petals and k.style != "braid" and math.cos(a * petals) > 0.72 - j / n * 0.5 and 2 < j < n - 2
            ) or (k.style == "diamond" and (round(a / 6.28318 * 24) + j) % 6 == 0):
                base = k.colors[1]
            light = 1.0 + 0.1 * math.cos(a + 2.3)
            col = lit(base, light * r.uniform(0.84, 1.12))
            for f0, f1, shade in ((0.02, 0.98, 0.6), (0.16, 0.86, 0.94), (0.4, 0.74, 1.15)):
                r0, r1 = ra + (rb - ra) * f0, ra + (rb - ra) * f1
                quad = [
                    (cx + r0 * math.cos(a - lean / 2), cy + r0 * math.sin(a - lean / 2)),
                    (cx + r0 * math.cos(a + w - lean / 2), cy + r0 * math.sin(a + w - lean / 2)),
                    (cx + r1 * math.cos(a + w + lean / 2), cy + r1 * math.sin(a + w + lean / 2)),
                    (cx + r1 * math.cos(a + lean / 2), cy + r1 * math.sin(a + lean / 2)),
                ]
                c.poly(quad, lit(col, shade))


def lamp(k: Kit, hanging: bool) -> None:
    """A shade with light inside it: the glow shows through and falls on the wall."""
    c, r, name = k.c, k.r, k.name
    cy = 560
    if "nón lá" in name or "chuông" in name:
        prof = (
            [(cy - 200, 40), (cy - 150, 95), (cy - 40, 190), (cy + 110, 330)]
            if "nón" in name
            else [(cy - 230, 60), (cy - 190, 130), (cy - 60, 190), (cy + 60, 225), (cy + 160, 300)]
        )
    elif "quả bí" in name:
        prof = [(cy - 170, 70), (cy - 130, 230), (cy, 330), (cy + 120, 250), (cy + 165, 110)]
    elif "Nhật" in name:
        prof = [(cy - 260, 170), (cy - 200, 210), (cy + 130, 210), (cy + 190, 170)]
    else:
        prof = [(cy - 260, 60), (cy - 200, 190), (cy - 20, 245), (cy + 150, 215), (cy + 200, 150)]
    t = Turned(500, prof, 0.16)
    c.glow(arc(500, cy, 420, 400, 0, 360), (255, 214, 138), 0.5, 150)
    if hanging:
        c.line([(500, -300), (500, t.y0)], (40, 28, 20), 6)
        c.poly(rect(486, t.y0 - 46, 514, t.y0 + 6), (58, 38, 24))
    else:
        base = Turned(500, [(t.y1 + 20, 26), (1010, 24), (1024, 150), (1046, 156)], 0.2, soft=False)
        c.stand(500, 1046, 160, 34)
        base.dress(c, wood(r, (c.t(400), c.t(300)), hexed("#6B4023")), 0.5)
    lit_skin = k.skin(c.t(max(t.table) * 2.9), c.t(t.y1 - t.y0), hexed("#FFD98C"))
    t.dress(c, lit_skin, 0, 0.35)
    body = t.outline()
    c.glow(arc(500, cy + 40, max(t.table) * 0.5, 150, 0, 360), (255, 226, 150), 0.6, 80, clip=body)
    for a in range(-4, 5) if "lồng" in name or "Nhật" in name else ():
        u = a / 4.6
        ys = [t.y0 + (t.y1 - t.y0) * i / 30 for i in range(31)]
        rope(
            c,
            [(500 + t.r(y) * math.sin(u * 1.45), y + t.r(y) * t.k * math.cos(u * 1.45)) for y in ys],
            9,
            k.colors[1],
        )
    rope(c, t.ring(t.y0), 13, k.rim, k.twist())
    rope(c, t.ring(t.y1), 19, k.rim, k.twist())
    if hanging:
        c.glow(arc(500, 1120, 300, 60, 0, 360), (255, 224, 160), 0.4, 70)


def stool(k: Kit, back: bool) -> None:
    """A drum stool; with a back it becomes an armchair."""
    c, r = k.c, k.r
    if back:
        wing = Turned(500, [(330, 285), (560, 300), (760, 290)], 0.34)
        c.stand(500, 1010, 270, 70)
        legs(k, 1060)
        wing.hollow(c, k.skin(c.t(600), c.t(260)), 0.2)
        inner = [*arc(500, 330, 285, 97, 180, 360, 40), *arc(500, 720, 285, 97, 0, 180, 40)]
        c.fill(inner, k.skin(c.t(570), c.t(600)))
        c.glow(arc(560, 560, 230, 260, 0, 360), (60, 34, 16), 0.35, 60, clip=inner)
        rope(c, arc(500, 330, 285, 97, 160, 380, 60), 28, k.rim, k.twist())
        arms = Turned(500, [(640, 305), (880, 290)], 0.3)
        seat = arc(500, 690, 285, 92, 0, 360, 60)
        arms.dress(c, k.skin(c.t(860), c.t(260)))
        cushion = Turned(500, [(650, 262), (676, 282), (716, 280)], 0.32)
        cushion.dress(c, cloth(r, (c.t(600), c.t(120)), hexed("#EFE3CB"), "linen"))
        c.fill(cushion.mouth(), cloth(r, (c.t(560), c.t(200)), hexed("#F3EAD6"), "linen"))
        c.glow(seat, (90, 60, 34), 0.1, 40, (60, 20), clip=cushion.mouth())
        for side in (-1, 1):
            pts = smooth(
                [
                    (500 + side * 268, 300),
                    (500 + side * 330, 470),
                    (500 + side * 325, 620),
                    (500 + side * 300, 690),
                ],
                10,
            )
            rope(c, pts, 30, k.rim, k.twist())
        rope(c, arms.ring(880), 20, k.rim, k.twist())
        return
    prof = r.choice(
        [
            [(470, 270), (560, 240), (700, 205), (850, 240), (950, 272)],
            [(470, 262), (600, 290), (780, 292), (930, 250)],
            [(480, 270), (700, 268), (930, 262)],
        ]
    )
    t = Turned(500, prof, 0.27)
    c.stand(500, t.y1 + 30, t.table[-1], 66)
    t.dress(c, k.skin(c.t(820), c.t(480)))
    c.fill(
        t.mouth(),
        k.skin(c.t(540), c.t(300), fine=0.8)
        if not k.fern
        else coil(r, (c.t(540), c.t(150)), c.t(14), k.colors, k.style),
    )
    if k.fern:
        for f in [i / 9 for i in range(9, 0, -1)]:
            rad = t.table[0] * f
            rope(
                c,
                arc(500, t.y0, rad, rad * t.k, 0, 360, 60),
                27,
                vary(r, k.colors[1 if round(f * 9) in (4, 8) else 0], 0.08),
                13,
            )
    rope(c, t.mouth(), 24, k.rim, k.twist())
    rope(c, t.ring(t.y1), 20, k.rim, k.twist(), 0.75)
    if "sắt" in k.name:
        iron(k, t)


def iron(k: Kit, t: Turned) -> None:
    for y in (t.y0 + 30, t.y1 - 12):
        k.c.line(t.ring(y, grow=1.02), (28, 28, 28), 11)
        k.c.line([(x, y2 - 2) for x, y2 in t.ring(y, grow=1.02)], alpha((150, 150, 146), 0.5), 2)


def legs(k: Kit, foot: float) -> None:
    for x, lean in ((300, -18), (700, 18), (420, -6), (580, 6)):
        rope(k.c, [(x, 840), (x + lean, foot - (0 if x in (300, 700) else 30))], 26, hexed("#9A6B3F"))


def crate(
    k: Kit,
    w: float,
    d: float,
    h: float,
    y0: float = 930,
    lid: bool = True,
    slot: bool = False,
    drawers: int = 0,
) -> Bench:
    """A woven box or cabinet."""
    c = k.c
    b = Bench(c, (500 - (w + d * 0.42) / 2, y0))
    b.shadow(w, d)
    front, top = k.skin(c.t(w), c.t(h)), k.skin(c.t(w), c.t(d * 0.8))
    b.board(0, 0, 0, w, d, h, front, top, k.skin(c.t(d * 0.8), c.t(h)))
    if lid:
        for z in (h * 0.76, h * 0.79):
            rope(c, [b.at(0, 0, z), b.at(w, 0, z), b.at(w, d, z)], 9, k.rim, k.twist(), 0.8)
    if slot:
        mid = [
            b.at(w / 2 + math.cos(a / 20 * 6.283) * w * 0.3, d / 2 + math.sin(a / 20 * 6.283) * d * 0.13, h)
            for a in range(21)
        ]
        c.poly(mid, (44, 30, 20))
        tissue = smooth(
            [
                mid[10],
                b.at(w * 0.34, d / 2, h + 80),
                b.at(w * 0.46, d / 2, h + 120),
                b.at(w * 0.56, d / 2, h + 70),
                b.at(w * 0.66, d / 2, h + 110),
                mid[0],
                b.at(w * 0.5, d * 0.42, h - 4),
            ],
            8,
            True,
        )
        c.poly(tissue, (252, 249, 242))
        c.glow(tissue, (140, 128, 110), 0.22, 20, (34, 24), clip=tissue)
        rope(c, mid, 11, k.rim, k.twist())
    for i in range(drawers):
        z0, z1 = h * (i + 0.06) / drawers, h * (i + 0.94) / drawers
        q = [b.at(22, 0, z0), b.at(w - 22, 0, z0), b.at(w - 22, 0, z1), b.at(22, 0, z1)]
        rope(c, [*q, q[0]], 9, lit(k.rim, 0.8))
        m = b.at(w / 2, 0, (z0 + z1) / 2)
        rope(c, arc(m[0], m[1] - 8, 34, 18, 0, 180), 10, hexed("#D8B77A"))
    for q in (
        [b.at(0, 0, 0), b.at(0, 0, h), b.at(w, 0, h), b.at(w, 0, 0), b.at(0, 0, 0)],
        [b.at(0, 0, h), b.at(0, d, h), b.at(w, d, h), b.at(w, 0, h)],
        [b.at(w, d, h), b.at(w, d, 0), b.at(w, 0, 0)],
    ):
        rope(c, q, 15, k.rim, k.twist(), 0.9)
    return b


def table(k: Kit) -> None:
    """A low table: a woven round top on a drum or a frame."""
    c, r = k.c, k.r
    drum = Turned(500, [(600, 230), (720, 205), (930, 250)], 0.24)
    c.stand(500, 960, 250, 60)
    if "sắt" in k.name:
        for x in (260, 420, 580, 740):
            c.line([(x, 600), (x + (500 - x) * 0.12, 960 + (34 if 400 < x < 600 else 0))], (34, 32, 30), 14)
    else:
        drum.dress(c, k.skin(c.t(700), c.t(330)))
        rope(c, drum.ring(930), 20, k.rim, k.twist())
    top = Turned(500, [(540, 390), (588, 390)], 0.3, soft=False)
    edge = wood(r, (c.t(900), c.t(60)), hexed("#C08A4E")) if "gỗ" in k.name else k.skin(c.t(1100), c.t(48))
    top.dress(c, edge)
    c.fill(top.mouth(), k.skin(c.t(780), c.t(240), fine=0.8))
    if k.fern:
        for f in range(13, 0, -1):
            rad = 390 * f / 13
            rope(
                c,
                arc(500, 540, rad, rad * 0.3, 0, 360, 70),
                27,
                vary(r, k.colors[1 if f in (5, 10) else 0], 0.07),
                14,
            )
    rope(c, top.mouth(), 16, k.rim, k.twist())
