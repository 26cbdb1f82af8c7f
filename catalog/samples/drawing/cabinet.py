"""Khảm trai: which form a name asks for; screens, vessels and furniture."""

from random import Random

from catalog.samples.drawing.ground import (
    Canvas,
    Img,
    Pt,
    Rgb,
    hexed,
    lit,
    mix,
)
from catalog.samples.drawing.inlay import dark_wood, inlaid, panel, plate, rim, sheen, timber
from catalog.samples.drawing.materials import nacre, wood
from catalog.samples.drawing.pearl import chess, dish, ring, slab, small
from catalog.samples.drawing.scenes import compose
from catalog.samples.drawing.surfaces import Turned, rope


def inlay(c: Canvas, r: Random, name: str) -> None:
    """Khảm trai."""
    base = dark_wood(r)
    low = name.lower()
    flat = ("Khay", "Bàn cờ", "Đĩa", "Móc", "Trâm", "Đũa", "danh thiếp", "Gương", "Khung")
    c.stage("sheet" if any(w in name for w in flat) else "wall", r)
    frame = r.choice([lit(base, 1.18), hexed("#4A281C"), hexed("#5A3320")])
    if "bốn bức" in name:
        for i in range(4):
            x = 62 + i * 222
            panel(c, x, 190, x + 205, 1060, plate(c, r, name, 170, 834, base, i, False), frame, 17, r)
    elif "Bình phong" in name:
        screen(c, r, name, base)
    elif "câu đối" in name:
        for i, x in enumerate((240, 560)):
            panel(c, x, 100, x + 200, 1150, plate(c, r, name, 150, 1000, base, i, False), frame, 22, r)
    elif "Hoành phi" in name:
        panel(c, 40, 420, 960, 830, plate(c, r, name, 840, 330, base), hexed("#7A2A1E"), 38, r)
    elif "Tranh" in name:
        box = (90, 330, 910, 930) if r.random() < 0.4 else (150, 160, 850, 1090)
        panel(c, *box, plate(c, r, name, box[2] - box[0] - 70, box[3] - box[1] - 70, base), frame, 36, r)
    elif "Khung ảnh" in name or "Gương" in name or "Đồng hồ" in name:
        ring(c, r, name, base)
    elif "Đĩa" in name or "tám cạnh" in name:
        dish(c, r, name, base, 8 if "tám" in name else 90)
    elif "Bàn cờ" in name:
        chess(c, r, name, base)
    elif "Khay" in name:
        slab(c, r, name, base, 820, 560, 0)
    elif "danh thiếp" in name:
        slab(c, r, name, base, 560, 360, r.uniform(-12, 12))
    elif "Móc" in name or "Trâm" in name or "Đũa" in name:
        small(c, r, name, base)
    elif any(w in name for w in ("Lọ", "lộc bình", "Ống", "Mâm bồng", "Cơi")):
        vessel(c, r, name, base)
    else:
        c.zoom(1.12 if "Hộp" not in name else 1.16, (500, 740))
        case(c, r, name, base, low)


def screen(c: Canvas, r: Random, name: str, base: Rgb) -> None:
    """Three leaves set in zigzag."""
    for i, (x, dy0, dy1) in enumerate(((60, 0, 46), (352, 46, 0), (644, 0, 46))):
        tex = plate(c, r, name, 270, 800, base, i, False)
        from catalog.samples.drawing.surfaces import sheet

        u: Pt = (296, dy1 - dy0)
        p0 = (x, 190 + dy0)
        c.glow(
            [(x, 1040 + dy0), (x + 296, 1040 + dy1), (x + 380, 1075 + dy1), (x + 90, 1080 + dy0)],
            (40, 24, 14),
            0.5,
            20,
        )
        sheet(
            c,
            p0,
            u,
            (0, 860),
            wood(r, (c.t(290), c.t(860)), lit(base, 1.3), upright=True),
            (1.08, 0.8, 1.0)[i],
        )
        s = u[1] / u[0]
        sheet(c, (x + 24, 216 + dy0 + s * 24), (248, 248 * s), (0, 760), tex, (1.06, 0.84, 1.0)[i])
        sheen(c, [(x, 190 + dy0), (x + 296, 190 + dy1), (x + 296, 1050 + dy1), (x, 1050 + dy0)], 0.1)


def vessel(c: Canvas, r: Random, name: str, base: Rgb) -> None:
    """Turned wood: vases, pen pots, betel boxes and altar trays."""
    from catalog.samples.drawing.forms import VASES

    def one(cx: float, profile: list[Pt], k: float, words: str, part: int = 0, size: float = 0.34) -> Turned:
        t = Turned(cx, profile, k)
        c.stand(cx, t.y1 + t.table[-1] * k * 0.4, t.table[-1] * 1.1, t.table[-1] * k)
        h = t.y1 - t.y0
        w = max(t.table) * 2.6
        ground = timber(r, (c.t(w), c.t(h)), base, upright=True)
        ground = inlaid(
            r,
            ground,
            compose(words, r, 0.8, part),
            (ground.width / 2, ground.height * 0.56, min(ground.height * 0.36, ground.width * size)),
        )
        shell = nacre(r, (ground.width, 12))
        for f in (0.05, 0.09, 0.95):
            ground.paste(shell.crop((0, 0, ground.width, 3)), (0, int(ground.height * f)))
        for i in range(60):
            ground.paste(
                shell.crop((0, 0, ground.width // 130 + 2, 9)),
                (int(ground.width * i / 60), int(ground.height * 0.065)),
            )
        if t.table[0] > 30:
            t.hollow(c, wood(r, (60, 60), lit(base, 0.6)), 0.8)
        t.dress(c, ground, 0.8)
        rope(c, t.mouth(), 12, rim(base))
        return t

    if "lộc bình" in name:
        for i, cx in enumerate((300, 700)):
            one(cx, [(y, x * 0.78) for y, x in VASES[1]], 0.14, name, i)
    elif "Lọ" in name:
        c.zoom(1.12, (500, 690))
        one(500, r.choice(VASES), 0.16, name)
    elif "Ống" in name:
        c.zoom(1.35, (500, 760))
        one(500, [(500, 165), (740, 160), (960, 168)], 0.2, name, 0, 0.3)
    elif "Mâm" in name:
        c.zoom(1.15, (500, 700))
        one(500, [(720, 110), (800, 70), (860, 100), (930, 210), (960, 220)], 0.24, "cúc", 0, 0.16)
        bowl = Turned(500, [(600, 380), (660, 350), (730, 190), (740, 120)], 0.26)
        tex = inlaid(
            r, timber(r, (c.t(1000), c.t(140)), base), compose(name, r, 1), (c.t(500), c.t(66), c.t(60)), 1
        )
        bowl.dress(c, tex, 0.8)
        top = inlaid(
            r, timber(r, (c.t(760), c.t(760)), base), compose(name, r, 1), (c.t(380), c.t(380), c.t(220))
        )
        c.fill(bowl.mouth(), top)
        c.line(bowl.mouth(26), (208, 222, 216, 190), 4)
        rope(c, bowl.mouth(), 16, rim(base))
        sheen(c, bowl.mouth(), 0.2)
    else:
        c.zoom(1.25, (500, 770))
        one(500, [(740, 320), (830, 316), (930, 280)], 0.3, name, 0, 0.1)
        lid = Turned(500, [(640, 190), (680, 290), (730, 326), (750, 326)], 0.3)
        lid.dress(c, timber(r, (c.t(860), c.t(120)), base), 0.6)
        top = inlaid(
            r, timber(r, (c.t(600), c.t(600)), base), compose(name, r, 1), (c.t(300), c.t(300), c.t(240))
        )
        c.fill(lid.mouth(), top)
        c.line(lid.mouth(10), (208, 222, 216, 190), 4)
        sheen(c, lid.mouth(), 0.2)


def case(c: Canvas, r: Random, name: str, base: Rgb, low: str) -> None:
    """Boxes and furniture as inlaid cuboids."""
    from catalog.samples.drawing.forms import furniture

    def tex(w: float, h: float, art: int = -1) -> Img:
        if art < 0:
            return timber(r, (c.t(w), c.t(h)), mix(base, (120, 60, 34), 0.2), upright=h > w)
        return plate(c, r, name, w, h, base, art, min(w, h) > 170, 1.3)

    furniture(c, r, name, tex, rim(base))
