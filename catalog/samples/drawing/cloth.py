"""May: suits, áo dài, shirts, skirts and uniforms, hung or laid out, with weave, seams and buttons."""

import math
from collections.abc import Sequence
from random import Random

from PIL import ImageChops

from catalog.samples.drawing.ground import (
    Canvas,
    Img,
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
from catalog.samples.drawing.materials import cloth
from catalog.samples.drawing.motifs import moved
from catalog.samples.drawing.scenes import compose, longevity
from catalog.samples.drawing.stitch import satin
from catalog.samples.drawing.surfaces import rope, stitches

COLORS: tuple[tuple[str, str], ...] = (
    ("xanh than", "#25304A"),
    ("xám khói", "#6E7276"),
    ("màu đen", "#232325"),
    ("nâu cà phê", "#5A3E2C"),
    ("xanh rêu", "#4E5A38"),
    ("ghi sáng", "#A8A8A2"),
    ("màu than", "#3C3E42"),
    ("đỏ đô", "#6E1423"),
    ("rượu vang", "#6A1A30"),
    ("màu ngọc", "#7FB8A8"),
    ("gấm vàng", "#C99A34"),
    ("xanh lam", "#2F5B93"),
    ("màu nâu", "#7A5436"),
    ("xanh cốm", "#A9BE72"),
    ("xanh nhạt", "#A9C4DA"),
    ("the đen", "#1F1D20"),
    ("cam phản quang", "#EE7A22"),
    ("bamboo trắng", "#F4F1EA"),
    ("hoa nhí", "#D9A5A0"),
    ("bò giặt", "#4F6C8C"),
    ("nhiều màu", "#2F6F8F"),
    ("viền vàng", "#26314F"),
    ("trung học phổ thông", "#20304E"),
    ("nhà hàng", "#F1EEE6"),
    ("bếp", "#F3F0E9"),
    ("kaki", "#8A7A55"),
    ("chống tĩnh điện", "#6FA3C4"),
    ("phản quang", "#2F4A66"),
    ("ca rô", "#F3F0E9"),
    ("học sinh", "#F3F0E9"),
    ("lễ tân", "#7A2230"),
    ("cưới", "#F6F0E4"),
    ("trắng", "#F4F1EA"),
    ("tình nguyện", "#2E6DA8"),
    ("sự kiện", "#A3271F"),
)
SOFT = ("#B8433A", "#2F6F73", "#D9A9A0", "#7D8F6A", "#D8C7A6", "#3E4E6E", "#C98A4B", "#8E6A8A")


class Tailor:
    """The cloth of one garment and how to cut a part out of it."""

    def __init__(self, c: Canvas, r: Random, name: str, base: Rgb) -> None:
        self.c, self.r, self.base = c, r, base
        low = name.lower()
        kind = "plain"
        second = None
        for words, k in (
            (("kẻ sọc", "cotton kẻ"), "stripe"),
            (("caro", "ca rô"), "check"),
            (("satin", "lụa", "cưới", "đuôi"), "satin"),
            (("nhung", "gấm"), "velvet"),
            (("wool", "vest", "gile", "măng tô", "blazer", "quần âu", "bút chì", "lễ tân"), "wool"),
            (("linen", "lanh", "đũi"), "linen"),
            (("canvas", "bò", "kaki", "cá sấu"), "twill"),
        ):
            if any(w in low for w in words):
                kind = k
                break
        if kind in ("stripe", "check"):
            second = lit(base, 1.6) if sum(base) < 360 else hexed(r.choice(("#3F5E8C", "#8C3A3A", "#4A6A4A")))
        self.kind = kind
        self.tex = cloth(r, (c.t(640), c.t(1000)), base, kind, second, max(4, c.t(8)))
        if "gấm" in low:
            self.tex = brocade(r, self.tex, c.t(120))
        if "hoa nhí" in low:
            self.tex = brocade(r, self.tex, c.t(64), mums=True)
        self.shine = 1.5 if kind in ("satin", "velvet") else 1.0

    def part(self, pts: Sequence[Pt], lean: float = 0.0, depth: float = 1.0, dark: float = 0.0) -> None:
        """Cuts a part, lit from the left, with long soft folds that lean."""
        c, r = self.c, self.r
        b = c.box(pts)
        w, h = b[2] - b[0], b[3] - b[1]
        tex = self.tex.crop(
            (0, 0, min(self.tex.width, max(8, int(w * 0.56))), min(self.tex.height, max(8, int(h * 0.56))))
        )
        folds = cloud(r, (48, 48), (11, 2), 84, 166)
        if lean:
            folds = folds.rotate(lean, fillcolor=128)
        fine = cloud(r, (48, 48), (10, 5), 108, 148)
        amount = 0.5 * depth * (self.shine if 170 < sum(self.base) < 560 else 0.6)
        light = field(
            (24, 24), lambda x, y: 140 - 34 * x - 16 * y - dark - 26 * max(0.0, abs(x - 0.5) - 0.36) * 7
        )
        light = ImageChops.add(
            light.resize((48, 48)), folds.point([int((v - 128) * amount + 128) for v in range(256)]), 1, -128
        )
        light = ImageChops.add(light, fine, 1, -128)
        c.fill(pts, tex, light)
        c.line([*pts, pts[0]], alpha(lit(self.base, 0.45), 0.5), 3)

    def seam(self, pts: Sequence[Pt], step: float = 13) -> None:
        stitches(
            self.c,
            pts,
            step,
            mix(self.base, (250, 240, 220), 0.4) if sum(self.base) < 480 else lit(self.base, 0.72),
            2.4,
        )

    def button(self, x: float, y: float, rad: float = 10, color: Rgb | None = None) -> None:
        c = self.c
        col = color or (lit(self.base, 0.5) if sum(self.base) > 300 else mix(self.base, (170, 150, 120), 0.5))
        c.oval(x + 2.5, y + 4, rad, rad, (0, 0, 0, 90))
        c.oval(x, y, rad, rad, lit(col, 0.75))
        c.oval(x - 1, y - 1, rad * 0.78, rad * 0.78, lit(col, 1.1))
        for d in (-1, 1):
            c.oval(x + d * rad * 0.26, y, rad * 0.14, rad * 0.14, lit(col, 0.3))


def brocade(r: Random, img: Img, step: int, mums: bool = False) -> Img:
    """Small woven medallions in half-drop repeat."""
    from catalog.samples.drawing.inlay import cuts
    from catalog.samples.drawing.motifs import mum

    m, _ = cuts(
        mum(r, 2) if mums else longevity(r),
        (step, step),
        (step / 2, step / 2, step * (0.2 if mums else 0.4)),
        r,
        0.6,
    )
    gold = img.resize((1, 1)).getpixel((0, 0))
    base: Rgb = (gold[0], gold[1], gold[2]) if isinstance(gold, tuple) else (200, 160, 80)
    color = mix(base, (246, 214, 130), 0.55) if not mums else (250, 240, 230)
    for j in range(img.height // step + 1):
        for i in range(-1, img.width // step + 1):
            img.paste(
                color, (i * step + (j % 2) * step // 2, j * step), m.point([v * 8 // 10 for v in range(256)])
            )
    return img


def hanger(c: Canvas, y: float, half: float) -> None:
    hook = smooth([(500, y - 20), (500, y - 60), (530, y - 84), (516, y - 118), (484, y - 108)], 8)
    rope(c, hook, 9, hexed("#8C8478"))
    rope(
        c,
        smooth(
            [
                (500 - half, y + 42),
                (500 - half * 0.5, y + 4),
                (500, y - 18),
                (500 + half * 0.5, y + 4),
                (500 + half, y + 42),
            ],
            8,
        ),
        26,
        hexed("#A8733F"),
    )


def mirror(pts: Sequence[tuple[float, float]]) -> list[Pt]:
    return [(1000 - x, y) for x, y in pts]


def top(
    t: Tailor,
    hem: float,
    sleeve: float,
    shoulder: float = 225,
    waist: float = 165,
    flare: float = 195,
    collar: str = "shirt",
    open_front: bool = False,
    sy: float = 250,
) -> None:
    """Body and sleeves. hem and sy in units down; sleeve 0 (none) to 1 (long)."""
    c = t.c
    side = [
        (500 - 62, sy - 24),
        (500 - 130, sy + 4),
        (500 - shoulder, sy + 50),
        (500 - shoulder + 16, sy + 190),
        (500 - waist, sy + 390),
        (500 - flare, hem),
    ]
    left = [side[0], side[1], *smooth(side[2:], 10)]
    body = [
        *left,
        *smooth([(500 - flare, hem), (500, hem + 16), (500 + flare, hem)], 8),
        *reversed(mirror(left)),
    ]
    c.shadow(body, 30, 0.42, 1.3)
    if sleeve > 0:
        n = 150 + 430 * sleeve
        a = math.radians(101 - 8 * (1 - sleeve))
        ex, ey = 500 - shoulder - 12 + math.cos(a) * n, sy + 62 + math.sin(a) * n
        wide = 52 if sleeve > 0.6 else 74
        arm = smooth(
            [
                (500 - shoulder + 42, sy + 28),
                (500 - shoulder - 16, sy + 66),
                (500 - shoulder - 44 + math.cos(a) * n * 0.5, sy + 62 + math.sin(a) * n * 0.5),
                (ex - wide * 0.7, ey),
            ],
            8,
        ) + smooth(
            [
                (ex + wide, ey + 14),
                (500 - shoulder + 68 + math.cos(a) * n * 0.45, sy + 80 + math.sin(a) * n * 0.5),
                (500 - shoulder + 44, sy + 190),
            ],
            8,
        )
        for q, d in ((arm, 0.0), (mirror(arm), 22.0)):
            c.glow(q, (40, 26, 18), 0.3, 16, (16, 20))
            t.part(q, 0, 1.1, d)
        for sgn in (1, -1):
            cuff = [(ex - wide * 0.7 - 2, ey - 34), (ex + wide + 2, ey - 20)]
            t.seam(cuff if sgn > 0 else mirror(cuff))
    t.part(body)
    for line in (
        [(500 - shoulder + 46, sy + 30), (500 - shoulder + 34, sy + 120), (500 - shoulder + 26, sy + 188)],
    ):
        c.line(smooth(line, 6), alpha(lit(t.base, 0.4), 0.55), 3)
        c.line(smooth(mirror(line), 6), alpha(lit(t.base, 0.4), 0.55), 3)
    t.seam(smooth([(500 - flare + 6, hem - 16), (500, hem), (500 + flare - 6, hem - 16)], 8))


def lapels(
    t: Tailor,
    deep: float,
    sy: float,
    hem: float,
    shirt: Rgb | None = None,
    tie: Rgb | None = None,
    buttons: int = 2,
) -> None:
    """A notched collar over an open V, with a shirt and tie if given."""
    c = t.c
    vee = [(438, sy - 26), (562, sy - 26), (506, deep)]
    if shirt:
        c.poly(vee, shirt)
        c.glow(vee, lit(shirt, 0.6), 0.4, 20, (50, 20), clip=vee)
        if tie:
            c.poly([(480, sy + 4), (520, sy + 4), (511, sy + 44), (489, sy + 44)], lit(tie, 0.85))
            c.poly([(489, sy + 44), (511, sy + 44), (526, deep - 40), (503, deep), (480, deep - 40)], tie)
            c.line([(492, sy + 50), (486, deep - 50)], lit(tie, 1.3), 4)
        for m in (False, True):
            flap = [(444, sy - 34), (500, sy + 6), (462, sy + 62), (424, sy - 6)]
            q = mirror(flap) if m else flap
            c.poly(q, lit(shirt, 0.96))
            c.line([*q, q[0]], alpha(lit(shirt, 0.6), 0.7), 2.5)
    else:
        c.fill(vee, t.tex.crop((0, 0, 60, 120)), field((4, 4), lambda x, y: 72))
    for m in (True, False):
        lap = [
            (440, sy - 36),
            (416, sy - 20),
            (378, sy + 110),
            (410, sy + 128),
            (392, sy + 152),
            (430, sy + 260),
            (506, deep + 14),
            (470, sy + 120),
        ]
        q = mirror(lap) if m else lap
        c.glow(q, (0, 0, 0), 0.4, 9, (5, 9))
        t.part(q, 0, 0.4, 14 if m else -12)
        t.seam([q[3], q[4], q[5], q[6]], 11)
    c.line([(506, deep), (504, hem + 10)], alpha(lit(t.base, 0.3), 0.9), 4)
    for i in range(buttons):
        t.button(500, deep + 28 + i * 92, 12)
    if deep > sy + 180:
        pocket = [(350, hem - 196), (438, hem - 190), (438, hem - 158), (350, hem - 164)]
        for q in (pocket, mirror(pocket)):
            c.glow(q, (0, 0, 0), 0.35, 6, (3, 6))
            t.part(q, 0, 0.3)
        c.line([(588, sy + 210), (660, sy + 200)], alpha(lit(t.base, 0.35), 0.9), 7)


def placket(
    t: Tailor, sy: float, hem: float, mandarin: bool = False, n: int = 6, tone: Rgb | None = None
) -> None:
    """A shirt front: collar, button band and pocket."""
    c = t.c
    hole = arc(500, sy - 26, 62, 26, 0, 360, 30)
    c.fill(hole, t.tex.crop((0, 0, 60, 60)), field((4, 4), lambda x, y: 66 + 30 * y))
    if mandarin:
        for m in (False, True):
            q = smooth(
                [(436, sy - 34), (444, sy + 6), (496, sy + 26), (497, sy - 8), (462, sy - 30)], 6, True
            )
            t.part(mirror(q) if m else q, 0, 0.3)
    else:
        for m in (False, True):
            q = [(436, sy - 40), (500, sy + 8), (452, sy + 76), (404, sy - 2)]
            q = mirror(q) if m else q
            c.glow(q, (0, 0, 0), 0.3, 7, (4, 7))
            t.part(q, 0, 0.3)
            t.seam([q[3], q[2], q[1]], 10)
    for x in (484, 516):
        c.line([(x, sy + 30), (x, hem + 10)], alpha(lit(t.base, 0.6), 0.5), 2.5)
    for i in range(n):
        t.button(500, sy + 50 + i * (hem - sy - 90) / max(1, n - 1) * 0.94, 8, tone)


def ao_dai(t: Tailor, r: Random, name: str, child: bool) -> None:
    """The long tunic: raglan sleeves, stand collar, slanting closure, side slits over trousers."""
    c = t.c
    low = name.lower()
    man = "nam" in low.split() or "trai" in low
    trousers = hexed("#F6F1E6") if not man else lit(hexed("#EFE7D6"), 0.97)
    sy, hem = 190, 1090 if not man and not child else 960
    c.shadow([(330, 600), (670, 600), (690, hem + 60), (310, hem + 60)], 30, 0.35, 1.2)
    for x0, x1 in ((322, 492), (508, 678)):
        leg = [(x0 + 40, 560), (x1, 560), (x1 - 4, hem + 80), (x0, hem + 80)]
        c.fill(leg, cloth(r, (60, 200), trousers, "satin"), cloud(r, (24, 24), (5, 2), 92, 146))
    top(t, hem, 0.95, 196, 128 if not man else 172, 178 if not man else 190, sy=sy)
    pan = [(500 - 128, 600), (500 - 178, hem)]
    for s in (-1, 1):
        c.line(
            [(500 + s * (500 - pan[0][0]), pan[0][1]), (500 + s * (500 - pan[1][0]), pan[1][1])],
            alpha(lit(t.base, 1.5), 0.5),
            4,
        )
    for m in (False, True):
        q = smooth([(440, sy - 62), (434, sy - 8), (500, sy + 20), (500, sy - 30), (470, sy - 56)], 6, True)
        t.part(mirror(q) if m else q, 0, 0.3)
    close = smooth([(500, sy + 14), (560, sy + 60), (652, sy + 150), (664, sy + 240)], 8)
    c.line([(x + 2, y + 3) for x, y in close], alpha(lit(t.base, 0.35), 0.7), 5)
    c.line(close, alpha(lit(t.base, 1.4), 0.6), 3)
    for i in (4, 11, 17):
        t.button(close[i][0], close[i][1], 7, hexed("#E3C67A"))
    raglan: list[Pt] = [(440, sy - 4), (360, sy + 120), (322, sy + 190)]
    for q in (raglan, mirror(raglan)):
        c.line(smooth(q, 6), alpha(lit(t.base, 0.45), 0.6), 3)
    if any(w in low for w in ("thêu", "vẽ", "cưới")):
        words = (
            "sen"
            if "sen" in low
            else "mẫu đơn"
            if "mẫu đơn" in low
            else r.choice(("phụng tứ linh", "cúc", "mai"))
        )
        tone = hexed("#D9A94A") if "cưới" in low and "thêu" not in low else None
        satin(c, r, moved(compose(words, r), 480, hem - 190, 150), 3.2, tone)
        satin(c, r, moved(compose(words, r), 450, sy + 230, 74, -16), 3.0, tone)


def trousers(t: Tailor, r: Random, y0: float = 170, y1: float = 1110, wide: float = 1.0) -> None:
    c = t.c
    hip, cuff = 190, 92 * wide
    left = smooth(
        [
            (350, y0 + 46),
            (500 - hip - 16, y0 + 220),
            (500 - hip - 14, y0 + 480),
            (500 - 150 - cuff * 0.5, y1),
        ],
        10,
    )
    inner = smooth([(500 - 150 + cuff * 0.9, y1), (470, y0 + 620), (500, y0 + 330)], 10)
    leg = [*left, *inner, (500, y0 + 46)]
    c.shadow([*leg, *reversed(mirror(leg))], 28, 0.42, 1.2)
    t.part(mirror(leg), 0, 1.0, 20)
    t.part(leg)
    crease: list[Pt] = [(418, y0 + 60), (404, y0 + 480), (378, y1)]
    for p in (crease, mirror(crease)):
        c.line(smooth(p, 8), alpha(lit(t.base, 1.4), 0.35), 4)
        c.line([(x + 5, y) for x, y in smooth(p, 8)], alpha(lit(t.base, 0.4), 0.4), 4)
    belt = smooth([(348, y0), (500, y0 + 16), (652, y0)], 8) + smooth(
        [(654, y0 + 48), (500, y0 + 66), (346, y0 + 48)], 8
    )
    t.part(belt, 0, 0.3)
    for x in (390, 480, 560, 620):
        c.poly([(x, y0 - 2), (x + 14, y0 - 1), (x + 14, y0 + 60), (x, y0 + 58)], alpha(lit(t.base, 0.7), 0.9))
    c.line(smooth([(500, y0 + 60), (512, y0 + 180), (500, y0 + 300)], 8), alpha(lit(t.base, 0.4), 0.8), 4)
    t.seam(smooth([(520, y0 + 64), (534, y0 + 180), (506, y0 + 290)], 8))
    for m in (False, True):
        edge: list[Pt] = [(372, y0 + 66), (340, y0 + 190)]
        c.line(mirror(edge) if m else edge, alpha(lit(t.base, 0.35), 0.8), 4)
    t.button(508, y0 + 34, 11)


def skirt(t: Tailor, y0: float, y1: float, waist: float, hem: float, train: bool = False) -> None:
    c = t.c
    side = smooth(
        [(500 - waist, y0), (500 - waist - (hem - waist) * 0.5 - 20, y0 + (y1 - y0) * 0.34), (500 - hem, y1)],
        12,
    )
    base = smooth(
        [(500 - hem, y1), (500, y1 + 34), (500 + hem + (120 if train else 0), y1 + (30 if train else 0))], 10
    )
    body = [*side, *base, *reversed(mirror(side))]
    c.shadow(body, 30, 0.4, 1.2)
    t.part(body, 0, 1.5 if hem > 260 else 0.9)
    t.seam([(x, y - 18) for x, y in base[2:-2]])
