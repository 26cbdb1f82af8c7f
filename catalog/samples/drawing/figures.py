"""Tò he: figures pressed from coloured rice dough on bamboo sticks."""

import math
from random import Random

from catalog.samples.drawing.ground import Canvas, Pt, Rgb, alpha, arc, hexed, lit, rect, smooth
from catalog.samples.drawing.inlay import panel
from catalog.samples.drawing.materials import cloth, wood
from catalog.samples.drawing.surfaces import Bench, rope

RED, YELLOW, GREEN, BLUE, PINK, WHITE, BLACK, SKIN = (
    hexed(v) for v in ("#D0332B", "#F0B429", "#3E9A50", "#2F6FB0", "#E86A92", "#FBF3E4", "#2A2322", "#F6CFA2")
)


class Dough:
    """A small plane for one figure: x and y from about -1 to 1 at a place and scale."""

    def __init__(self, c: Canvas, x: float, y: float, k: float) -> None:
        self.c, self.x, self.y, self.k = c, x, y, k

    def at(self, pts: list[Pt]) -> list[Pt]:
        return [(self.x + px * self.k, self.y + py * self.k) for px, py in pts]

    def lump(self, pts: list[Pt], col: Rgb) -> None:
        """One soft piece: shade below right, a matt light above left."""
        q = self.at(pts)
        c, k = self.c, self.k
        c.poly([(x + k * 0.018, y + k * 0.03) for x, y in q], alpha((60, 30, 20), 0.35))
        c.poly(q, lit(col, 0.72))
        mx, my = sum(p[0] for p in q) / len(q), sum(p[1] for p in q) / len(q)
        inner = [(mx + (x - mx) * 0.82 - k * 0.018, my + (y - my) * 0.82 - k * 0.025) for x, y in q]
        c.poly(
            [(mx + (x - mx) * 0.93 - k * 0.006, my + (y - my) * 0.93 - k * 0.01) for x, y in q],
            lit(col, 0.88),
        )
        c.poly(inner, lit(col, 1.02))
        c.poly(
            [(mx + (x - mx) * 0.5 - k * 0.035, my + (y - my) * 0.46 - k * 0.05) for x, y in q],
            alpha(lit(col, 1.3), 0.55),
        )

    def ball(self, x: float, y: float, rx: float, col: Rgb, ry: float = 0) -> None:
        self.lump(arc(x, y, rx, ry or rx, 0, 360, 28)[:-1], col)

    def roll(self, path: list[Pt], wide: float, col: Rgb, twist: Rgb | None = None) -> None:
        """A rolled band, two-coloured if twisted."""
        pts = self.at(smooth(path, 8))
        rope(self.c, pts, wide * self.k, col)
        if twist:
            from catalog.samples.drawing.surfaces import stations

            for (x, y), (dx, dy) in stations(pts, wide * self.k * 0.7):
                w = wide * self.k * 0.42
                self.c.line(
                    [(x - dy * w - dx * w, y + dx * w - dy * w), (x + dy * w + dx * w, y - dx * w + dy * w)],
                    twist,
                    wide * self.k * 0.22,
                )

    def face(self, x: float, y: float, s: float) -> None:
        for d in (-1, 1):
            self.ball(x + d * s * 0.36, y - s * 0.06, s * 0.1, BLACK, s * 0.13)
            self.c.oval(
                *self.at([(x + d * s * 0.36 - s * 0.03, y - s * 0.12)])[0],
                s * 0.04 * self.k,
                s * 0.04 * self.k,
                WHITE,
            )
            self.ball(x + d * s * 0.56, y + s * 0.24, s * 0.13, PINK, s * 0.09)
        self.c.line(self.at(arc(x, y + s * 0.2, s * 0.22, s * 0.18, 20, 160, 10)), RED, s * 0.09 * self.k)


def stick(c: Canvas, x: float, y0: float, y1: float, k: float) -> None:
    c.line([(x + 8, y0), (x + 8, y1 + 6)], (60, 36, 20, 80), 15 * k)
    rope(c, [(x, y0), (x, y1)], 15 * k, hexed("#D9B878"))


def rose(d: Dough, r: Random, col: Rgb = RED) -> None:
    for s in (-1, 1):
        d.lump(smooth([(0, 0.5), (s * 0.45, 0.25), (s * 0.95, 0.5), (s * 0.5, 0.78)], 6, True), GREEN)
        d.c.line(d.at([(s * 0.1, 0.5), (s * 0.85, 0.5)]), lit(GREEN, 0.6), 0.03 * d.k)
    for j in range(5):
        rad = 0.72 - j * 0.13
        n = 6 - j
        for i in range(n):
            a = 6.283 * i / n + j * 0.6
            x, y = rad * 0.6 * math.cos(a), -0.15 + rad * 0.55 * math.sin(a)
            d.lump(
                smooth(
                    [
                        (x - 0.3 * rad, y),
                        (x - 0.1, y - 0.42 * rad),
                        (x + 0.3 * rad, y - 0.2 * rad),
                        (x + 0.34 * rad, y + 0.24 * rad),
                        (x, y + 0.36 * rad),
                    ],
                    5,
                    True,
                ),
                lit(col, 0.86 + j * 0.07),
            )
    d.c.line(
        d.at(
            [
                (0.12 * (1 - i / 26) * math.cos(i * 0.6), -0.16 + 0.12 * (1 - i / 26) * math.sin(i * 0.6))
                for i in range(26)
            ]
        ),
        lit(col, 0.5),
        0.025 * d.k,
    )


def hero(d: Dough, r: Random, robe: Rgb, trim: Rgb, kind: str) -> None:
    """A standing figure: Monkey King, chú Tễu, bride, groom, fairy or warrior."""
    for s in (-1, 1):
        d.lump(
            smooth([(s * 0.06, 0.5), (s * 0.3, 0.52), (s * 0.32, 0.92), (s * 0.08, 0.94)], 5, True),
            robe if kind == "bride" else BLUE if kind != "groom" else lit(robe, 0.6),
        )
        d.ball(s * 0.22, 0.97, 0.15, BLACK, 0.08)
    d.lump(
        smooth(
            [
                (-0.24, -0.16),
                (0.24, -0.16),
                (0.4, 0.62 if kind != "bride" else 0.95),
                (0, 0.7),
                (-0.4, 0.62 if kind != "bride" else 0.95),
            ],
            6,
            True,
        ),
        robe,
    )
    d.roll([(-0.32, 0.28), (0, 0.34), (0.32, 0.28)], 0.1, trim, lit(trim, 0.6))
    d.roll([(0, -0.14), (0.02, 0.3)], 0.05, trim)
    if kind == "monkey":
        d.roll([(-0.86, 0.78), (0.86, -0.42)], 0.075, RED, YELLOW)
    for s in (-1, 1):
        d.lump(
            smooth(
                [(s * 0.2, -0.12), (s * 0.56, 0.06), (s * 0.54, 0.3), (s * 0.4, 0.32), (s * 0.2, 0.12)],
                5,
                True,
            ),
            lit(robe, 0.94),
        )
        d.ball(s * 0.5, 0.3, 0.085, SKIN)
    face = lit(hexed("#C98A52"), 1.0) if kind == "monkey" else SKIN
    d.ball(0, -0.46, 0.32, face, 0.34)
    if kind == "monkey":
        for s in (-1, 1):
            d.ball(s * 0.33, -0.46, 0.12, face)
        d.lump(
            smooth(
                [
                    (0, -0.5),
                    (-0.2, -0.66),
                    (-0.22, -0.4),
                    (-0.1, -0.22),
                    (0.1, -0.22),
                    (0.22, -0.4),
                    (0.2, -0.66),
                ],
                5,
                True,
            ),
            hexed("#F8DCA8"),
        )
        d.roll([(-0.3, -0.66), (0, -0.72), (0.3, -0.66)], 0.09, YELLOW, RED)
        for s in (-1, 1):
            d.roll([(s * 0.14, -0.74), (s * 0.3, -1.0), (s * 0.62, -1.12)], 0.06, RED, YELLOW)
        d.ball(0, -0.76, 0.08, RED)
    elif kind == "teu":
        d.ball(0, -0.76, 0.1, BLACK)
        for s in (-1, 1):
            d.ball(s * 0.26, -0.68, 0.09, BLACK)
    elif kind == "bride":
        d.roll([(-0.36, -0.6), (0, -0.82), (0.36, -0.6)], 0.16, YELLOW, RED)
        d.ball(0.5, 0.24, 0.12, PINK)
        d.ball(0.44, 0.16, 0.1, WHITE)
    else:
        d.roll([(-0.33, -0.64), (0, -0.76), (0.33, -0.64)], 0.15, trim, lit(trim, 0.7))
    d.face(0, -0.44, 0.32)


def animal(d: Dough, r: Random, which: int) -> None:
    """One of the twelve, from balls and rolls."""
    s: float
    kinds = (
        (hexed("#9A9AA0"), "long"),
        (hexed("#8A5A34"), "horn"),
        (YELLOW, "tiger"),
        (WHITE, "tall"),
        (YELLOW, "dragon"),
        (GREEN, "snake"),
        (hexed("#B5652F"), "mane"),
        (WHITE, "goat"),
        (hexed("#B07A48"), "round"),
        (RED, "bird"),
        (hexed("#C98F4A"), "flop"),
        (PINK, "snout"),
    )
    col, kind = kinds[which % 12]
    if kind in ("dragon", "snake"):
        path: list[Pt] = [
            (0.75, 0.75),
            (0.2, 0.85),
            (-0.5, 0.6),
            (-0.4, 0.2),
            (0.4, 0.25),
            (0.5, -0.15),
            (-0.1, -0.4),
        ]
        if kind == "dragon":
            for i, (x, y) in enumerate(smooth(path, 4)[2:]):
                d.lump(
                    [(x - 0.1, y - 0.06), (x + (0.1 if i % 2 else -0.02), y - 0.32), (x + 0.12, y - 0.06)],
                    RED,
                )
        d.roll(path, 0.27, col, GREEN if kind == "dragon" else YELLOW)
        d.ball(-0.2, -0.5, 0.3, col, 0.24)
        d.ball(-0.42, -0.42, 0.17, lit(col, 1.08), 0.13)
        if kind == "dragon":
            for s in (-1, 1):
                d.roll(
                    [(-0.1 + s * 0.12, -0.66), (0.02 + s * 0.2, -0.92), (0.2 + s * 0.24, -0.98)], 0.07, RED
                )
            d.roll([(-0.5, -0.34), (-0.74, -0.2), (-0.84, -0.36)], 0.04, RED)
        for s in (-0.32, -0.1):
            d.ball(s, -0.58, 0.075, WHITE)
            d.ball(s - 0.01, -0.58, 0.04, BLACK)
        return
    if kind == "bird":
        for i in range(5):
            d.roll(
                [(0.3, 0.1), (0.7, -0.3 + i * 0.12), (0.8 + 0.05 * i, 0.1 + i * 0.16)],
                0.13,
                (GREEN, BLUE, YELLOW, RED, BLACK)[i],
            )
    else:
        d.roll([(0.45, 0.5), (0.78, 0.3), (0.72, -0.05)], 0.1, lit(col, 0.85))
    for x in (-0.36, 0.32):
        d.ball(x, 0.78, 0.17, lit(col, 0.9), 0.2)
    d.ball(0, 0.4, 0.56, col, 0.46)
    d.ball(-0.06, 0.5, 0.34, lit(col, 1.3) if kind != "bird" else YELLOW, 0.28)
    if kind == "tiger":
        for i in range(4):
            d.roll([(0.2 + i * 0.09, 0.02 + i * 0.1), (0.3 + i * 0.07, 0.2 + i * 0.1)], 0.06, BLACK)
    for s in (-1, 1):
        if kind == "tall":
            d.lump(
                smooth([(s * 0.12, -0.5), (s * 0.16, -1.05), (s * 0.34, -1.05), (s * 0.34, -0.5)], 5, True),
                col,
            )
            d.lump(
                smooth([(s * 0.18, -0.6), (s * 0.21, -0.96), (s * 0.29, -0.96), (s * 0.29, -0.6)], 5, True),
                PINK,
            )
        elif kind in ("horn", "goat"):
            d.roll([(s * 0.2, -0.6), (s * 0.46, -0.8), (s * 0.36, -1.02)], 0.1, hexed("#E9D9B0"))
        elif kind == "flop":
            d.lump(
                smooth([(s * 0.3, -0.56), (s * 0.56, -0.4), (s * 0.52, -0.02), (s * 0.36, -0.1)], 5, True),
                lit(col, 0.7),
            )
        elif kind != "bird":
            d.ball(s * 0.33, -0.6, 0.16 if kind != "long" else 0.22, lit(col, 0.95))
            d.ball(s * 0.33, -0.6, 0.09, PINK)
    d.ball(0, -0.28, 0.44, col, 0.4)
    if kind == "bird":
        for i in range(3):
            d.ball(-0.16 + i * 0.15, -0.72, 0.12, RED)
        d.lump([(-0.12, -0.22), (0.12, -0.22), (0, 0.0)], YELLOW)
    elif kind == "mane":
        d.roll([(0.1, -0.72), (0.46, -0.5), (0.5, -0.05)], 0.18, BLACK, hexed("#6A4A34"))
    if kind in ("snout", "horn", "round"):
        d.ball(0, -0.14, 0.2, lit(col, 1.15), 0.14)
        for s in (-1, 1):
            d.ball(s * 0.07, -0.14, 0.035, BLACK)
    d.face(0, -0.32, 0.4)


def ducks(d: Dough, r: Random) -> None:
    for s, col in ((-1, BLUE), (1, PINK)):
        d.lump(
            smooth(
                [
                    (s * 0.1, 0.3),
                    (s * 0.5, 0.62),
                    (s * 0.95, 0.3),
                    (s * 1.05, -0.06),
                    (s * 0.7, 0.12),
                    (s * 0.3, 0.0),
                ],
                7,
                True,
            ),
            col,
        )
        d.lump(
            smooth([(s * 0.36, 0.22), (s * 0.66, 0.36), (s * 0.86, 0.14), (s * 0.6, 0.1)], 6, True), YELLOW
        )
        d.roll([(s * 0.26, 0.2), (s * 0.18, -0.12), (s * 0.26, -0.34)], 0.22, WHITE, lit(col, 1.2))
        d.ball(s * 0.24, -0.4, 0.21, GREEN if s < 0 else hexed("#C98A52"))
        d.lump([(s * 0.08, -0.44), (s * -0.12, -0.36), (s * 0.08, -0.3)], YELLOW)
        d.ball(s * 0.2, -0.46, 0.045, BLACK)
    d.roll([(-0.9, 0.74), (-0.3, 0.66), (0.3, 0.76), (0.9, 0.68)], 0.1, BLUE, WHITE)


def draw(d: Dough, r: Random, words: str, i: int = 0) -> None:
    w = words.lower()
    if "hồng" in w or "hoa" in w:
        rose(d, r, (RED, PINK, YELLOW, hexed("#A24F9E"), WHITE)[i % 5])
    elif "ngộ không" in w or ("tây du" in w and i % 3 == 0):
        hero(d, r, YELLOW, RED, "monkey")
    elif "tễu" in w:
        hero(d, r, RED, YELLOW, "teu")
    elif "cô dâu" in w:
        hero(d, r, RED, YELLOW, "bride" if i % 2 == 0 else "groom")
    elif "uyên ương" in w:
        ducks(d, r)
    elif "rồng" in w:
        animal(d, r, 4)
    elif "tây du" in w or "nhân vật" in w or "cổ tích" in w:
        if i % 3 == 1:
            animal(d, r, 11)
        else:
            hero(
                d,
                r,
                (GREEN, BLUE, PINK, WHITE)[i % 4],
                (YELLOW, RED)[i % 2],
                "bride" if "cổ" in w and i % 2 else "warrior",
            )
    else:
        animal(d, r, i)


def to_he(c: Canvas, r: Random, name: str) -> None:
    """Tò he."""
    low = name.lower()
    if "bột nặn" in low or "suất" in low:
        c.stage("sheet", r)
        kit(c, r, low)
        return
    c.stage(
        "wall", r, None if "khung" in low else hexed(r.choice(("#F3E6D2", "#E9DCC4", "#E4E2D2", "#F0DCC8")))
    )
    if "khung" in low:
        tex = cloth(r, (c.t(600), c.t(760)), hexed(r.choice(("#8C1F1B", "#F0E3C6", "#3A4A3E"))), "satin")
        panel(c, 160, 190, 840, 1070, tex, hexed("#5A3320"), 46, r)
        if "mười hai" in low:
            for i in range(12):
                animal(Dough(c, 310 + (i % 3) * 190, 330 + (i // 3) * 200, 76), r, i)
        else:
            draw(Dough(c, 500, 640, 240), r, low)
        c.glow([(240, 240), (420, 240), (300, 1020), (208, 1020)], (255, 255, 255), 0.16, 12)
        return
    if "mười que" in low:
        block(c, r)
        for row in range(2):
            for i in range(5):
                x, y = 170 + i * 165, (380 if row == 0 else 760) + 26 * math.sin(i * 1.7)
                stick(c, x, y + 60, 1050 + row * 24 if row else y + 230, 0.7)
                draw(Dough(c, x, y, 82), r, low, row * 5 + i)
        return
    block(c, r)
    if "song hỷ" in low:
        stick(c, 500, 700, 1060, 1.3)
        d = Dough(c, 500, 520, 300)
        d.ball(0, 0, 1.05, lit(RED, 0.96))
        from catalog.samples.drawing.scenes import joy

        for p in joy(r):
            xs = [q[0] for q in p.pts]
            if xs:
                d.lump([(x * 0.72, y * 0.66) for x, y in p.pts], YELLOW)
        for i in range(22):
            a = i * 0.2856
            d.ball(1.04 * math.cos(a), 1.04 * math.sin(a), 0.1, PINK if i % 2 else YELLOW)
    elif "cô dâu" in low:
        for i, x in enumerate((310, 690)):
            stick(c, x, 800, 1070, 1.1)
            draw(Dough(c, x, 600, 245), r, low, i)
    elif "mười hai" in low:
        for i, (x, y) in enumerate(((500, 400), (240, 560), (760, 560))):
            stick(c, x, y + 90, 1070, 1.0)
            animal(Dough(c, x, y, 170), r, r.randrange(12) if i else r.choice((3, 2, 9)))
    else:
        stick(c, 500, 800, 1080, 1.3)
        draw(Dough(c, 500, 570, 330), r, low)


def block(c: Canvas, r: Random) -> None:
    """A wooden stand the sticks are set in."""
    b = Bench(c, (100, 1130), (0.3, -0.36))
    b.shadow(740, 180, 0.5)
    b.board(
        0,
        0,
        0,
        740,
        180,
        70,
        wood(r, (c.t(740), c.t(70)), hexed("#A8733F"), 5),
        wood(r, (c.t(740), c.t(120)), hexed("#B98552"), 5),
    )


def kit(c: Canvas, r: Random, low: str) -> None:
    """Dough in five colours in a box, a comb and a knife; for a class, hands' work begun."""
    q = rect(120, 330, 880, 850)
    c.shadow(q, 26, 0.5)
    c.fill(q, wood(r, (c.t(760), c.t(520)), hexed("#C08A50"), 7))
    inner = rect(150, 360, 850, 820)
    c.fill(inner, cloth(r, (c.t(700), c.t(460)), hexed("#F2E8D2"), "linen"))
    c.glow(
        [(150, 360), (850, 360), (850, 384), (174, 384), (174, 820), (150, 820)],
        (50, 24, 10),
        0.55,
        12,
        clip=inner,
    )
    for i, col in enumerate((RED, YELLOW, GREEN, WHITE, BLACK)):
        x = 225 + i * 138
        d = Dough(c, x, 590, 100)
        d.lump(
            smooth([(-0.56, -1.6), (0, -1.9), (0.56, -1.6), (0.6, 1.6), (0, 1.9), (-0.6, 1.6)], 6, True), col
        )
        for j in range(3):
            c.line(arc(x, 470 + j * 110, 46, 14, 20, 160, 12), alpha(lit(col, 0.55), 0.5), 4)
    for i in range(6):
        x = 190 + i * 40
        rope(c, [(x, 940 + r.uniform(-8, 8)), (x + r.uniform(-16, 16), 1170)], 11, hexed("#D9B878"))
    knife: list[Pt] = [(480, 1010), (760, 970), (772, 1004), (500, 1046)]
    c.shadow(knife, 10, 0.4, 0.5)
    c.fill(knife, wood(r, (c.t(290), c.t(40)), hexed("#E3C88E"), 4))
    draw(
        Dough(
            c,
            800 if "suất" not in low else 760,
            1080 if "suất" not in low else 1020,
            70 if "suất" not in low else 130,
        ),
        r,
        low if "suất" in low else "hoa",
        0,
    )
