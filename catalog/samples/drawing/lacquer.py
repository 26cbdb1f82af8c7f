"""Sơn mài: coats of lacquer, gold and silver leaf, crushed eggshell, painted motifs."""

from random import Random

from PIL import Image, ImageDraw

from catalog.samples.drawing.forms import VASES, furniture
from catalog.samples.drawing.ground import (
    Canvas,
    Img,
    Pt,
    Rgb,
    arc,
    cloud,
    field,
    hexed,
    lit,
    mix,
    relight,
    vary,
)
from catalog.samples.drawing.inlay import panel, sheen
from catalog.samples.drawing.materials import cloth, dust, eggshell, lacquer, leafing, torn
from catalog.samples.drawing.motifs import Pieces
from catalog.samples.drawing.pearl import ring
from catalog.samples.drawing.scenes import compose
from catalog.samples.drawing.surfaces import Turned, rope, sheet

GOLD, RED, BLACK, BROWN = hexed("#D9A94A"), hexed("#A3201A"), hexed("#1A1311"), hexed("#4A2114")
INKS: dict[str, Rgb] = {
    "petal": hexed("#E2B455"),
    "leaf": hexed("#6F6A2C"),
    "stem": hexed("#A9853B"),
    "body": hexed("#D8742C"),
    "wing": hexed("#C9963C"),
    "eye": hexed("#E9CF8A"),
    "wood": hexed("#8A5A2A"),
    "water": hexed("#8C6A34"),
    "roof": hexed("#B23A24"),
    "pod": hexed("#B8862F"),
    "culm": hexed("#9C8236"),
    "crest": hexed("#C23B26"),
    "grain": hexed("#E6C86A"),
}


def recipe(r: Random, name: str) -> tuple[Rgb, str]:
    """Ground colour and finish from the name."""
    if "vàng lá" in name:
        return r.choice((RED, BLACK, BROWN)), "gold"
    if "nền bạc" in name:
        return hexed("#3B2A1C"), "silver"
    if "đỏ son" in name:
        return RED, "plain"
    if "đen then" in name:
        return BLACK, "dust"
    if "cánh gián" in name:
        return BROWN, "dust"
    if "vỏ trứng" in name:
        return r.choice((BLACK, BROWN, RED)), "egg"
    return r.choice((BLACK, BROWN, RED, hexed("#3A0F0C"))), "dust"


def painted(
    r: Random, ground: Img, pieces: Pieces, box: tuple[float, float, float], egg_white: bool = False
) -> Img:
    """A motif in gold and colours under the polish, some parts in eggshell."""
    cx, cy, k = box
    w, h = ground.size
    big = Image.new("L", (w * 2, h * 2), 0)
    egg = Image.new("L", (w * 2, h * 2), 0)
    tint = Image.new("RGB", (w, h), GOLD)
    dm, de, dt = ImageDraw.Draw(big), ImageDraw.Draw(egg), ImageDraw.Draw(tint)
    for p in pieces:
        q = [(cx + x * k, cy + y * k) for x, y in p.pts]
        b = [(x * 2, y * 2) for x, y in q]
        white = egg_white and p.part in ("petal", "body")
        dm.polygon(b, fill=235)
        de.polygon(b, fill=255 if white else 0)
        dt.polygon(q, fill=vary(r, INKS.get(p.part, GOLD), 0.16))
        line = mix(INKS.get(p.part, GOLD), (40, 16, 6), 0.62)
        dt.line([*q, q[0]], fill=line, width=2)
        de.line([*b, b[0]], fill=0, width=3)
        for ln in p.lines:
            dt.line([(cx + x * k, cy + y * k) for x, y in ln], fill=line, width=1)
    out = ground.copy()
    paint = relight(tint, cloud(r, (w, h), (max(4, w // 14), max(4, h // 14)), 74, 176))
    worn = cloud(r, (w, h), (max(4, w // 34), max(4, h // 34)), 150, 330 - 75)
    from PIL import ImageChops

    out.paste(paint, (0, 0), ImageChops.multiply(big.reduce(2), worn))
    if egg_white:
        out.paste(eggshell(r, (w, h), max(9, w // 80), (60, 38, 22)), (0, 0), egg.reduce(2))
    return out


def picture(c: Canvas, r: Random, name: str, w: float, h: float, base: Rgb, part: int = 0) -> Img:
    """A lacquer painting: sky of leaf or dust, motif, worn light."""
    size = (c.t(w), c.t(h))
    img = lacquer(r, size, base)
    if r.random() < 0.6:
        sky = img.crop((0, 0, size[0], round(size[1] * 0.6)))
        leafing(sky, r, (206, 158, 58), r.uniform(0.35, 0.6))
        fade = field((1, 32), lambda _x, y: 255 * (1 - y) ** 0.8).resize(sky.size)
        img.paste(sky, (0, 0), fade)
    aspect = size[0] / size[1]
    k = size[1] / 2 * (0.88 if aspect >= 1 else 0.84)
    img = painted(r, img, compose(name, r, aspect, part), (size[0] / 2, size[1] * 0.52, k), egg_white=True)
    dust(img, r, (232, 192, 100), 0.4)
    return img


def coat(c: Canvas, r: Random, w: float, h: float, base: Rgb, finish: str, motif: bool) -> Img:
    """One face of an object, w × h units."""
    size = (c.t(w), c.t(h))
    img = lacquer(r, size, base, "plain" if finish == "egg" else finish)
    if finish == "egg":
        m = torn(r, size, 0.74)
        img.paste(eggshell(r, size, max(6, c.t(15)), lit(base, 0.6)), (0, 0), m)
    elif motif:
        img = painted(
            r,
            img,
            compose(r.choice(("sen", "cúc", "trúc", "mai", "cá")), r, size[0] / size[1]),
            (size[0] / 2, size[1] / 2, min(size) * 0.42),
            r.random() < 0.5,
        )
    if finish != "silver":
        dust(img, r, (232, 192, 100), 0.3)
    return img


def son_mai(c: Canvas, r: Random, name: str) -> None:
    """Sơn mài."""
    q: list[Pt]
    disc: list[Pt]
    x: float
    y: float
    base, finish = recipe(r, name)
    flat = ("Khay", "Đĩa", "lót ly", "Album", "Gương")
    c.stage("sheet" if any(w in name for w in flat) else "wall", r)
    frame = r.choice([hexed("#2A1A12"), hexed("#5A3320"), hexed("#8A6A38")])
    if "bốn tấm" in name:
        for i in range(4):
            x = 62 + i * 222
            panel(c, x, 190, x + 205, 1060, picture(c, r, name, 190, 850, base, i), frame, 11, r)
    elif "Tranh" in name:
        box = (90, 320, 910, 930) if r.random() < 0.45 else (150, 160, 850, 1090)
        panel(c, *box, picture(c, r, name, box[2] - box[0] - 50, box[3] - box[1] - 50, base), frame, 26, r)
    elif "Album" in name:
        q = [(190, 280), (810, 280), (810, 1030), (190, 1030)]
        c.shadow(q, 24, 0.55)
        for i in range(6, 0, -1):
            c.poly([(x + i * 2.2, y + i * 2.6) for x, y in q], (236, 228, 210) if i % 2 else (196, 184, 160))
        c.fill(q, picture(c, r, name, 620, 750, base))
        c.poly([(190, 280), (250, 280), (250, 1030), (190, 1030)], (10, 6, 4, 150))
        for y in (420, 655, 890):
            rope(c, [(186, y), (252, y)], 9, hexed("#C9A65A"))
        sheen(c, q, 0.26)
    elif "lót ly" in name:
        for i in range(6):
            x, y = 305 + (i % 2) * 385 + r.uniform(-16, 16), 300 + (i // 2) * 330 + r.uniform(-12, 12)
            disc = (
                arc(x, y, 158, 158, 0, 360, 80)
                if "đen" not in name
                else [(x - 148, y - 148), (x + 148, y - 148), (x + 148, y + 148), (x - 148, y + 148)]
            )
            c.shadow(disc, 14, 0.5, 0.7)
            c.fill(disc, coat(c, r, 316, 316, base, finish, True))
            c.line([*disc, disc[0]], lit(base, 1.7), 5)
            sheen(c, disc, 0.3)
    elif "Gương" in name:
        ring(c, r, "Gương khảm trai hoa sen", base)
        disc = arc(500, 500, 290, 290, 0, 360, 90)
        c.fill(disc, coat(c, r, 580, 580, base, finish, True))
        sheen(c, disc, 0.3)
        rope(c, disc, 18, hexed("#B98F45"))
    elif "Đĩa" in name:
        disc = arc(500, 640, 425, 425, 0, 360, 120)
        c.shadow(disc, 30, 0.5)
        c.fill(disc, coat(c, r, 850, 850, base, finish, True))
        c.glow(arc(500, 640, 300, 300, 150, 310, 40), (0, 0, 0), 0.5, 26, clip=disc)
        c.glow(arc(520, 665, 318, 318, -20, 110, 40), (255, 240, 215), 0.16, 22, clip=disc)
        c.line(arc(500, 640, 305, 305, 0, 360, 100), (*lit(GOLD, 0.9), 120), 3)
        rope(c, disc, 13, lit(GOLD, 0.8) if finish == "gold" else lit(base, 1.7))
        sheen(c, disc, 0.32)
    elif "Khay" in name:
        w, h = r.choice(((820.0, 560.0), (600.0, 860.0)))
        p = (500 - w / 2, 640 - h / 2)
        q = [p, (p[0] + w, p[1]), (p[0] + w, p[1] + h), (p[0], p[1] + h)]
        c.shadow(q, 28, 0.55)
        sheet(c, p, (w, 0), (0, h), coat(c, r, w, h, base, finish, True))
        rope(c, [*q, q[0]], 40, lit(base, 1.1))
        c.glow(
            [
                q[0],
                q[1],
                (q[1][0], q[1][1] + 50),
                (q[0][0] + 50, q[0][1] + 50),
                (q[3][0] + 50, q[3][1]),
                q[3],
            ],
            (0, 0, 0),
            0.5,
            14,
            clip=q,
        )
        sheen(c, q, 0.3)
    elif "Hộp" in name:
        c.zoom(1.16, (500, 790))

        def face(w: float, h: float, art: int = -1) -> Img:
            return coat(c, r, w, h, base, finish, art == 0)

        furniture(c, r, "Hộp", face, GOLD)
    else:
        thrown(c, r, name, base, finish)


def thrown(c: Canvas, r: Random, name: str, base: Rgb, finish: str) -> None:
    """Bowls, vases, pen pots and lamp feet on the wheel's form."""
    if "Đèn" in name:
        c.zoom(1.05, (500, 660))
    elif "Lọ" in name:
        c.zoom(1.14, (500, 690))
    else:
        c.zoom(1.3, (500, 770))
    prof: list[Pt]
    if "Bát" in name:
        prof = [(620, 340), (740, 320), (850, 225), (905, 130), (930, 132)]
    elif "Ống" in name:
        prof = [(520, 165), (740, 162), (950, 168)]
    elif "Đèn" in name:
        prof = [(640, 60), (700, 120), (830, 170), (960, 110), (1020, 130)]
    else:
        prof = r.choice(VASES)
    k = 0.3 if "Bát" in name else 0.18
    t = Turned(500, prof, k)
    c.stand(500, t.y1 + 8, t.table[-1] * 1.15, t.table[-1] * k)
    tex = coat(c, r, max(t.table) * 2.5, t.y1 - t.y0, base, finish, motif=finish in ("dust", "plain"))
    if "Đèn" not in name:
        inner = lacquer(
            r,
            (c.t(500), c.t(240)),
            RED if base != RED else BLACK,
            "gold" if "Bát" in name and finish == "gold" else "plain",
        )
        t.hollow(c, inner, 0.45)
    t.dress(c, tex, 1.0)
    if "Đèn" in name:
        c.glow(arc(500, 400, 420, 330, 0, 360), (255, 220, 150), 0.5, 130)
        shade = Turned(500, [(230, 170), (590, 300)], 0.16, soft=False)
        shade.hollow(c, cloth(r, (90, 60), hexed("#FFE9BC")), 0.1)
        shade.dress(c, cloth(r, (c.t(800), c.t(360)), hexed("#F3DFB6"), "linen"), 0, 0.5)
        c.glow(arc(500, 430, 150, 110, 0, 360), (255, 240, 200), 0.7, 70, clip=shade.outline())
        for y in (230, 590):
            rope(c, shade.ring(y), 9, hexed("#B98F45"))
    else:
        c.line(arc(500, t.y0, t.table[0], t.table[0] * k, 0, 360, 80), lit(GOLD, 0.85), 8)
        c.line(arc(499, t.y0 - 1, t.table[0], t.table[0] * k, 0, 360, 80), lit(GOLD, 1.2), 3)
