"""Emblems and whole compositions out of motifs: what a name such as "sen hạc" or "chữ Thọ tròn" asks for."""

import math
from random import Random

from catalog.samples.drawing.ground import Pt, arc, rect, smooth
from catalog.samples.drawing.motifs import (
    MOTIFS,
    Piece,
    Pieces,
    branch,
    butterfly,
    carp,
    crane,
    disc,
    feathers,
    moved,
    mum,
    peony,
    petal,
    pine,
    sparrow,
    strip,
)


def bars(rows: list[tuple[float, float, float, float]], wide: float) -> Pieces:
    """Straight strokes of a seal character."""
    return [strip([(x0, y0), (x1, y1)], wide, wide, "petal") for x0, y0, x1, y1 in rows]


def longevity(r: Random) -> Pieces:
    """Chữ Thọ tròn: the round seal of long life, in a fretted ring."""
    half = [
        (-0.62, -0.62, 0, -0.62),
        (-0.5, -0.36, 0, -0.36),
        (-0.8, -0.12, 0, -0.12),
        (-0.62, -0.62, -0.62, -0.4),
        (-0.8, -0.12, -0.8, 0.24),
        (-0.56, 0.1, 0, 0.1),
        (-0.56, 0.1, -0.56, 0.56),
        (-0.34, 0.32, 0, 0.32),
        (-0.34, 0.32, -0.34, 0.68),
        (-0.34, 0.56, 0, 0.56),
    ]
    rows = half + [(-x0, y0, -x1, y1) for x0, y0, x1, y1 in half]
    out = bars(rows, 0.1)
    out.append(strip([(0, -0.9), (0, 0.84)], 0.1, 0.1, "petal"))
    for i in range(24):
        a = i * 15
        out.append(
            Piece(
                [
                    *arc(0, 0, 1.14, 1.14, a + 1, a + 13, 3),
                    *reversed(arc(0, 0, 1.05, 1.05, a + 1, a + 13, 3)),
                ],
                "leaf",
                math.radians(a),
            )
        )
    return moved(out, 0, 0, 0.84)


def joy(r: Random) -> Pieces:
    """Song hỷ, double happiness."""
    one = [
        (-0.42, -0.78, 0.42, -0.78),
        (0, -0.98, 0, -0.6),
        (-0.34, -0.58, 0.34, -0.58),
        (-0.28, -0.4, 0.28, -0.4),
        (-0.28, -0.14, 0.28, -0.14),
        (-0.28, -0.4, -0.28, -0.14),
        (0.28, -0.4, 0.28, -0.14),
        (-0.2, -0.06, -0.12, 0.1),
        (0.2, -0.06, 0.12, 0.1),
        (-0.5, 0.14, 0.5, 0.14),
        (-0.3, 0.36, 0.3, 0.36),
        (-0.3, 0.8, 0.3, 0.8),
        (-0.3, 0.36, -0.3, 0.8),
        (0.3, 0.36, 0.3, 0.8),
    ]
    return [*moved(bars(one, 0.1), -0.47, 0, 0.9), *moved(bars(one, 0.1), 0.47, 0, 0.9)]


def luck(r: Random) -> Pieces:
    """Chữ Phúc in a ring of bats' clouds."""
    strokes = [
        (-0.5, -0.8, -0.42, -0.62),
        (-0.7, -0.5, -0.2, -0.5),
        (-0.2, -0.5, -0.62, 0.06),
        (-0.44, -0.14, -0.44, 0.82),
        (-0.34, -0.06, -0.18, 0.14),
        (-0.06, -0.74, 0.66, -0.74),
        (0.04, -0.52, 0.56, -0.52),
        (0.04, -0.2, 0.56, -0.2),
        (0.04, -0.52, 0.04, -0.2),
        (0.56, -0.52, 0.56, -0.2),
        (0.0, 0.06, 0.62, 0.06),
        (0.0, 0.78, 0.62, 0.78),
        (0.0, 0.42, 0.62, 0.42),
        (0.0, 0.06, 0.0, 0.78),
        (0.62, 0.06, 0.62, 0.78),
        (0.31, 0.06, 0.31, 0.78),
    ]
    out = moved(bars(strokes, 0.1), 0.02, 0, 0.7)
    for i in range(12):
        out += [
            petal(
                (0.84 * math.cos(a), 0.84 * math.sin(a)),
                (0.98 * math.cos(a + 0.3), 0.98 * math.sin(a + 0.3)),
                0.07,
                "leaf",
                1,
            )
            for a in (i * 0.5236,)
        ]
    return out


def bat(r: Random) -> Pieces:
    out: Pieces = []
    for s in (-1, 1):
        wing = smooth(
            [
                (0, -0.1),
                (s * 0.4, -0.5),
                (s * 0.95, -0.3),
                (s * 0.75, -0.05),
                (s * 0.8, 0.3),
                (s * 0.45, 0.12),
                (s * 0.3, 0.4),
                (0, 0.2),
            ],
            4,
            True,
        )
        out.append(Piece(wing, "wing", 0.4 * s, [[(0, 0), (s * 0.8, -0.25)], [(0, 0.05), (s * 0.7, 0.2)]]))
    return [*out, petal((0, -0.4), (0, 0.55), 0.14, "body", 1), disc(0, -0.34, 0.14, "body")]


def five_bats(r: Random) -> Pieces:
    out = moved(longevity(r), 0, 0, 0.46)
    for i in range(5):
        a = math.radians(-90 + 72 * i)
        out += moved(bat(r), 0.76 * math.cos(a), 0.76 * math.sin(a), 0.25, 72 * i)
    return out


def dragon(r: Random) -> Pieces:
    """A Lý dragon: one long scaled wave with mane, claws and a pearl."""
    path = smooth(
        [
            (0.95, 0.5),
            (0.62, 0.1),
            (0.35, 0.55),
            (0.05, 0.62),
            (-0.1, 0.1),
            (0.2, -0.3),
            (-0.1, -0.62),
            (-0.5, -0.4),
        ],
        10,
    )
    out: Pieces = []
    for i in range(3, len(path) - 2, 3):
        (x, y), (x2, y2) = path[i], path[i + 1]
        a = math.atan2(y2 - y, x2 - x) - 1.57
        out.append(petal((x, y), (x + 0.2 * math.cos(a), y + 0.2 * math.sin(a)), 0.05, "wing", 1))
    n = len(path)
    for i in range(0, n - 5, 5):
        out.append(strip(path[i : i + 6], 0.05 + 0.15 * i / n, 0.05 + 0.15 * (i + 5) / n, "body"))
        x, y = path[i + 3]
        out[-1].lines = [arc(x, y, 0.07, 0.07, b, b + 130, 5) for b in (20, 120)]
    for i in (18, 44):
        x, y = path[min(i, n - 1)]
        out += feathers(x, y, 60, 130, 3, 0.26, 0.04, "leaf")
    out += feathers(-0.42, -0.46, -60, 40, 5, 0.32, 0.05, "leaf")
    out += [
        petal((-0.36, -0.44), (-0.86, -0.38), 0.13, "body", 3, 0.4),
        petal((-0.46, -0.36), (-0.74, -0.24), 0.06, "body", 1),
    ]
    out += [
        strip(smooth([(-0.5, -0.5), (-0.4, -0.78), (-0.22, -0.86)], 5), 0.05, 0.015, "leaf"),
        disc(-0.56, -0.44, 0.045),
    ]
    out += [disc(-0.85, 0.05, 0.12, "pod"), *feathers(-0.85, 0.05, 20, 100, 4, 0.26, 0.04, "crest")]
    return out


def phoenix(r: Random, peacock: bool = False) -> Pieces:
    """A phoenix with streaming tail, or a peacock with its eyes."""
    out: Pieces = []
    for i in range(7):
        a = math.radians((12 if peacock else 20) + i * 11)
        tip = (0.1 + 1.05 * math.cos(a), 0.0 + 0.98 * math.sin(a))
        path = smooth([(0, 0.05), ((tip[0]) * 0.55 + 0.1 * math.sin(i), tip[1] * 0.4), tip], 7)
        out.append(strip(path, 0.05, 0.03, "leaf"))
        for x, y in path[4:14:2]:
            out += [
                petal((x, y), (x + 0.12, y - 0.03), 0.022, "leaf", 1),
                petal((x, y), (x + 0.03, y + 0.13), 0.022, "leaf", 1),
            ]
        out += [
            petal((tip[0] - 0.1, tip[1] - 0.08), (tip[0] + 0.06, tip[1] + 0.08), 0.08, "wing", 2),
            disc(tip[0] - 0.02, tip[1] - 0.01, 0.035, "crest"),
        ]
    out += feathers(-0.1, -0.05, -120 if not peacock else -20, -10 if not peacock else 40, 6, 0.7, 0.08)
    out += [
        petal((0.2, 0.2), (-0.45, -0.2), 0.2, "body", 4),
        strip(
            smooth([(-0.35, -0.12), (-0.55, -0.35), (-0.45, -0.62), (-0.58, -0.74)], 6), 0.15, 0.08, "body"
        ),
    ]
    return [
        *out,
        petal((-0.58, -0.74), (-0.8, -0.68), 0.035, "crest", 1),
        *feathers(-0.54, -0.78, -110, -50, 4, 0.2, 0.025, "crest"),
        disc(-0.6, -0.76, 0.025),
    ]


def elder(r: Random, prop: str) -> Pieces:
    """A robed figure: hem, sleeves, sash, beard, hat and what it holds."""
    robe = smooth(
        [(-0.16, -0.5), (-0.34, 0.0), (-0.42, 0.95), (0.42, 0.95), (0.32, 0.0), (0.16, -0.5)], 5, True
    )
    out = [Piece(robe, "body", 1.57, [[(x * 0.4, -0.3), (x, 0.9)] for x in (-0.28, -0.12, 0.06, 0.24)])]
    out += [
        petal((-0.16, -0.42), (-0.5, 0.25), 0.15, "wing", 3),
        petal((0.16, -0.42), (0.5, 0.2), 0.15, "wing", 3),
    ]
    out += [
        strip([(-0.3, 0.1), (0.3, 0.1)], 0.07, 0.07, "leaf"),
        disc(0, -0.66, 0.15, "petal"),
        petal((0, -0.6), (0.02, -0.25), 0.07, "pod", 2),
    ]
    out.append(Piece(smooth([(-0.2, -0.74), (-0.14, -0.95), (0.14, -0.95), (0.2, -0.74)], 4, True), "eye"))
    if prop == "staff":
        out += [strip([(0.52, 0.95), (0.5, -0.7)], 0.03, 0.03, "wood"), disc(0.5, -0.74, 0.1, "crest")]
    elif prop == "fan":
        out += feathers(-0.5, 0.2, -150, -60, 5, 0.32, 0.05, "crest")
    else:
        out += moved(
            [petal((0, 0), (math.cos(a), math.sin(a)), 0.4) for a in (-2.4, -1.57, -0.7)], 0.52, 0.1, 0.2
        )
    return out


def house(r: Random) -> Pieces:
    out = [
        Piece(
            [(-0.75, 0.2), (0.75, 0.2), (0.75, 0.7), (-0.75, 0.7)],
            "petal",
            0,
            [[(x, 0.2), (x, 0.7)] for x in (-0.4, -0.1, 0.1, 0.4)],
        ),
        Piece(
            [(-1.0, 0.26), (-0.72, -0.3), (0.72, -0.3), (1.0, 0.26)],
            "roof",
            0,
            [[(x, -0.28), (x * 1.36, 0.24)] for x in (-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6)],
        ),
    ]
    return [*out, Piece(rect(-0.16, 0.34, 0.16, 0.7), "eye")]


def tree(r: Random) -> Pieces:
    out = [strip(smooth([(0, 0.98), (-0.06, 0.3), (0.06, -0.1)], 6), 0.14, 0.07, "wood")]
    for _ in range(34):
        a, d = r.uniform(0, 6.28), r.uniform(0, 1) ** 0.5
        x, y = d * 0.62 * math.cos(a), -0.35 + d * 0.5 * math.sin(a)
        b = r.uniform(0, 6.28)
        out.append(petal((x, y), (x + 0.2 * math.cos(b), y + 0.2 * math.sin(b)), 0.07, "leaf", 1))
    return out


def boat(r: Random) -> Pieces:
    out = [
        Piece(
            smooth(
                [(-0.9, 0.4), (-0.5, 0.66), (0.45, 0.68), (0.95, 0.34), (0.3, 0.46), (-0.4, 0.46)], 5, True
            ),
            "wood",
        )
    ]
    for x, w, top in ((-0.05, 0.55, -0.95), (0.45, 0.34, -0.5)):
        sail = smooth(
            [
                (x, top),
                (x + w * 0.6, top + 0.4),
                (x + w * 0.55, 0.35),
                (x - w * 0.1, 0.36),
                (x - w * 0.35, -0.1),
            ],
            5,
            True,
        )
        out += [
            Piece(
                sail,
                "wing",
                0,
                [
                    [(x - w * 0.3, y), (x + w * 0.55, y + 0.05)]
                    for y in (top + 0.3, top + 0.55, top + 0.8, top + 1.05)
                ],
            )
        ]
    out += [
        strip(
            [(-0.95 + i * 0.42, 0.8 + (i % 2) * 0.07), (-0.6 + i * 0.42, 0.81 + (i % 2) * 0.07)],
            0.03,
            0.01,
            "water",
        )
        for i in range(5)
    ]
    return out


def village(r: Random) -> Pieces:
    """Roofs, a banyan, bamboo, water and birds: the delta's countryside."""
    out: Pieces = []
    hill = smooth([(-1, 0.0), (-0.6, -0.3), (-0.2, -0.06), (0.3, -0.38), (0.7, -0.1), (1, -0.2)], 6)
    out.append(Piece([*hill, (1, 0.02), (-1, 0.04)], "water", 0.1))
    out += moved(tree(r), -0.62, 0.1, 0.5) + moved(tree(r), 0.75, 0.2, 0.36)
    out += moved(house(r), -0.15, 0.2, 0.34) + moved(house(r), 0.4, 0.3, 0.27)
    out += (
        moved(boat(r), 0.05, 0.72, 0.26)
        + moved(crane(r), 0.35, -0.68, 0.2)
        + moved(crane(r), 0.0, -0.8, 0.13)
    )
    return out + [
        strip(
            [(-0.9 + i * 0.28, 0.62 + (i % 3) * 0.12), (-0.66 + i * 0.28, 0.625 + (i % 3) * 0.12)],
            0.022,
            0.008,
            "water",
        )
        for i in range(7)
    ]


def town(r: Random) -> Pieces:
    """The old quarter: stepped roofs one behind another, a bare tree."""
    out: Pieces = []
    for i, (x, y, k) in enumerate(
        ((-0.55, -0.1, 0.42), (0.5, -0.2, 0.4), (-0.1, 0.1, 0.46), (0.68, 0.35, 0.4), (-0.62, 0.45, 0.44))
    ):
        wall = rect(x - k * 0.7, y, x + k * 0.7, y + 0.6 + i * 0.02)
        out.append(Piece(wall, "petal" if i % 2 else "body", 1.57))
        out += [
            Piece(rect(x - k * 0.4 + d, y + 0.18, x - k * 0.16 + d, y + 0.4), "eye") for d in (0, k * 0.6)
        ]
        out.append(
            Piece(
                [
                    (x - k * 0.9, y + 0.06),
                    (x - k * 0.5, y - k * 0.5),
                    (x + k * 0.5, y - k * 0.5),
                    (x + k * 0.9, y + 0.06),
                ],
                "roof",
                0,
                [
                    [(x + d * k * 0.5, y - k * 0.48), (x + d * k * 0.86, y + 0.04)]
                    for d in (-0.8, -0.4, 0, 0.4, 0.8)
                ],
            )
        )
    return out + moved(branch(r)[:3], 0.1, 0.1, 0.85, 0, True)


def four(r: Random, i: int) -> Pieces:
    return MOTIFS[("branch", "lotus", "mums", "pine")[i % 4]](r)


def compose(words: str, r: Random, aspect: float = 1.0, part: int = 0) -> Pieces:
    """The motif named in `words`, in a box from -aspect to aspect across and -1 to 1 down."""
    w = words.lower()
    out: Pieces

    if "thọ" in w:
        out = longevity(r)
    elif "song hỷ" in w:
        out = joy(r)
    elif "phúc" in w and "ngũ" not in w:
        out = luck(r)
    elif "ngũ phúc" in w:
        out = five_bats(r)
    elif "sen hạc" in w or "sen vịt" in w:
        out = [
            *moved(MOTIFS["lotus"](r), 0, 0.1, 0.95),
            *moved(crane(r), -0.45, -0.66, 0.36),
            *moved(crane(r, False), 0.68, 0.34, 0.4, 0, True),
        ]
    elif "tùng hạc" in w:
        out = [
            *moved(pine(r), -0.2, 0, 1),
            *moved(crane(r, False), 0.45, 0.4, 0.55),
            *moved(crane(r), 0.6, -0.65, 0.3, 0, True),
        ]
    elif "long phụng" in w or "tứ linh" in w or "rồng" in w:
        out = moved(dragon(r), 0, 0, 1) if part % 2 == 0 else phoenix(r)
        if "phụng" in w and aspect >= 1:
            out = [
                *moved(dragon(r), 0.42, -0.1, 0.62, 0, True),
                *moved(phoenix(r), -0.45, 0.05, 0.58, 0, True),
            ]
    elif "công" in w:
        out = [
            *moved(phoenix(r, True), 0, 0, 0.86),
            *moved(peony(r), -0.62, 0.62, 0.36),
            *moved(peony(r), 0.66, -0.6, 0.3),
        ]
    elif "sẻ" in w:
        out = [
            *branch(r),
            *moved(sparrow(r), -0.1, -0.42, 0.32),
            *moved(sparrow(r), -0.62, -0.1, 0.26, 0, True),
        ]
    elif "bướm" in w:
        out = [
            *moved(peony(r), 0.25, 0.3, 0.66, 20),
            *moved(butterfly(r), -0.5, -0.45, 0.36, -20),
            *moved(butterfly(r), 0.5, -0.72, 0.22, 24),
        ]
    elif "cửu ngư" in w or "cá" in w.split():
        n = 9 if "cửu" in w else 2
        spots: list[tuple[float, float, float]] = (
            [
                (0.75 * math.cos(a), 0.75 * math.sin(a), math.degrees(a) + 90)
                for a in (i * 0.785 for i in range(8))
            ]
            + [(0, 0, 20)]
            if n == 9
            else [(-0.25, -0.35, 14), (0.3, 0.38, 194)]
        )
        out = [p for x, y, t in spots for p in moved(carp(r), x, y, 0.3 if n == 9 else 0.62, t)]
        if n == 2:
            out += [
                *moved(MOTIFS["lotus"](r)[4:9], 0.7, -0.6, 0.6),
                *[strip(arc(-0.3, 0.4, q, q * 0.4, 200, 320, 8), 0.02, 0.006, "water") for q in (0.4, 0.55)],
            ]
    elif "gà" in w.split():
        out = [
            *moved(phoenix(r, True)[21:], 0.1, 0.0, 0.9),
            *moved(sparrow(r), -0.55, 0.66, 0.24),
            *moved(sparrow(r), 0.4, 0.72, 0.22, 0, True),
            *moved(sparrow(r), -0.05, 0.78, 0.2),
            *moved(MOTIFS["bamboo"](r), 0.72, -0.1, 0.7),
        ]
    elif any(x in w for x in ("bát tiên", "tam đa", "vinh quy", "thiếu nữ")):
        props = ("staff", "fan", "peach")
        if aspect < 0.8:
            out = [*moved(pine(r), 0, -0.3, 0.7), *moved(elder(r, props[part % 3]), 0, 0.25, 0.66)]
        else:
            out = [
                p
                for i, x in enumerate((-0.62, 0, 0.62))
                for p in moved(elder(r, props[i]), x, 0.2, 0.62 + 0.06 * (i == 1))
            ]
            out += [*moved(pine(r), -0.85, -0.25, 0.5), *moved(MOTIFS["bamboo"](r), 0.9, -0.2, 0.5)]
    elif "nho" in w:
        out = [*MOTIFS["grapes"](r), *moved(sparrow(r), -0.55, 0.45, 0.3)]
    elif "thuyền" in w:
        out = [
            *moved(boat(r), -0.1, 0.12, 0.8),
            *moved(crane(r), 0.6, -0.7, 0.2),
            *moved(crane(r), 0.3, -0.85, 0.13),
        ]
    elif "quê" in w or "làng" in w or "phong cảnh" in w:
        out = village(r)
    elif "phố" in w:
        out = town(r)
    elif "tứ quý" in w or "tứ bình" in w or "tùng cúc" in w:
        out = four(r, part)
    elif "mẫu đơn" in w or "phù dung" in w:
        out = [*moved(peony(r), -0.12, 0.12, 0.72), *moved(peony(r), 0.56, -0.56, 0.36, 60)]
    elif "hoạ mi" in w:
        out = MOTIFS["daisies"](r)
    elif "cúc" in w:
        out = MOTIFS["mums"](r)
    elif "chuồn chuồn" in w:
        out = MOTIFS["dragonfly"](r)
    elif "trúc" in w:
        out = MOTIFS["bamboo"](r)
    elif "đào" in w or "mai" in w.split():
        out = branch(r, True)
    else:
        out = MOTIFS["lotus"](r)
    wide = max(abs(p[0]) for q in out for p in q.pts)
    if aspect > 1.7:
        out = [
            *moved(out, 0, 0, 0.95),
            *[p for s in (-1, 1) for p in moved(moved(mum(r), s * (aspect - 0.5), 0, 0.36), 0, 0, 1)],
            *[
                p
                for s in (-1, 1)
                for i in range(3)
                for p in [petal((s * (aspect - 1.0), 0), (s * (aspect - 1.2), 0.3 * (i - 1)), 0.06, "leaf")]
            ],
        ]
    elif aspect < 0.68:
        n = min(4 if aspect < 0.19 else 3, max(2, round(0.86 / aspect)))
        k = min(aspect / wide * 1.02, 1 / n)
        rows = [out, *[compose(words, r, 1.0, part + i + 1) for i in range(n - 1)]]
        out = [
            p
            for i, row in enumerate(rows)
            for p in moved(row, 0, -1 + (2 * i + 1) / n, k, 0, i % 2 == 1 and "chữ" not in w)
        ]
    elif aspect < wide * 0.95:
        out = moved(out, 0, 0, aspect / wide)
    return out


def border(w: float, h: float, step: float, inset: float) -> list[list[Pt]]:
    """A key fret along a rectangle centred on 0, 0: short angular hooks."""
    out: list[list[Pt]] = []
    x0, y0 = w / 2 - inset, h / 2 - inset
    for i in range(int(2 * x0 / step)):
        x = -x0 + (i + 0.5) * 2 * x0 / int(2 * x0 / step)
        for y, s in ((-y0, 1), (y0, -1)):
            out.append(
                [
                    (x - step * 0.32, y),
                    (x + step * 0.32, y),
                    (x + step * 0.32, y + s * step * 0.4),
                    (x - step * 0.05, y + s * step * 0.4),
                    (x - step * 0.05, y + s * step * 0.2),
                ]
            )
    for i in range(int(2 * y0 / step)):
        y = -y0 + (i + 0.5) * 2 * y0 / int(2 * y0 / step)
        for x, s in ((-x0, 1), (x0, -1)):
            out.append(
                [
                    (x, y - step * 0.32),
                    (x, y + step * 0.32),
                    (x + s * step * 0.4, y + step * 0.32),
                    (x + s * step * 0.4, y - step * 0.05),
                ]
            )
    return out
