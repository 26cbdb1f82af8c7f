"""The motifs the crafts share, as pieces: inlay cuts them in shell, needlework in stitches, lacquer in gold.

A motif lives in a square from -1 to 1; a piece is a closed outline with the way its thread or grain runs.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from catalog.samples.drawing.ground import Pt, arc, smooth


@dataclass
class Piece:
    """One cut: outline, part (petal, leaf, stem, body, wing, eye, wood, ...), angle and engraved lines."""

    pts: list[Pt]
    part: str
    angle: float = 0.0
    lines: list[list[Pt]] = field(default_factory=list)


Pieces = list[Piece]


def moved(pieces: Pieces, x: float, y: float, k: float, turn: float = 0, flip: bool = False) -> Pieces:
    """The motif at x, y, k times as large, turned by degrees, mirrored if asked."""
    co, si, m = math.cos(math.radians(turn)), math.sin(math.radians(turn)), -1 if flip else 1

    def at(p: Pt) -> Pt:
        px, py = p[0] * m, p[1]
        return x + k * (px * co - py * si), y + k * (px * si + py * co)

    return [
        Piece(
            [at(p) for p in q.pts],
            q.part,
            (math.pi - q.angle if flip else q.angle) + math.radians(turn),
            [[at(p) for p in ln] for ln in q.lines],
        )
        for q in pieces
    ]


def petal(base: Pt, tip: Pt, wide: float, part: str = "petal", rays: int = 3, fat: float = 0.55) -> Piece:
    """A petal or leaf from base to tip, its widest place at `fat`."""
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    nx, ny = -dy, dx

    def at(t: float, s: float) -> Pt:
        return base[0] + dx * t + nx * s, base[1] + dy * t + ny * s

    n = math.hypot(dx, dy) or 1
    s = wide / n
    out = smooth(
        [
            at(0, 0),
            at(fat * 0.5, s * 0.72),
            at(fat, s),
            at((1 + fat) / 2, s * 0.72),
            at(1, 0),
            at((1 + fat) / 2, -s * 0.72),
            at(fat, -s),
            at(fat * 0.5, -s * 0.72),
        ],
        4,
        True,
    )
    lines = [[at(0.1, s * f * 0.2), at(fat, s * f * 0.7), at(0.9, s * f * 0.2)] for f in spread(rays)]
    return Piece(out, part, math.atan2(dy, dx), lines)


def spread(n: int) -> list[float]:
    return [0.0] if n == 1 else [-1 + 2 * i / (n - 1) for i in range(n)]


def strip(path: list[Pt], w0: float, w1: float, part: str = "stem") -> Piece:
    """A tapering band along a path."""
    left, right = [], []
    for i, (x, y) in enumerate(path):
        a, b = path[max(0, i - 1)], path[min(len(path) - 1, i + 1)]
        n = math.hypot(b[0] - a[0], b[1] - a[1]) or 1
        w = (w0 + (w1 - w0) * i / max(1, len(path) - 1)) / 2
        dx, dy = (b[0] - a[0]) / n * w, (b[1] - a[1]) / n * w
        left.append((x - dy, y + dx))
        right.append((x + dy, y - dx))
    ang = math.atan2(path[-1][1] - path[0][1], path[-1][0] - path[0][0])
    return Piece([*left, *reversed(right)], part, ang, [])


def disc(x: float, y: float, rad: float, part: str = "eye") -> Piece:
    return Piece(arc(x, y, rad, rad, 0, 360, 14)[:-1], part, 0.6)


def lotus_flower(r: Random, k: float = 1) -> Pieces:
    """An open lotus from the side."""
    out: Pieces = []
    for a in (-62, 62, -38, 38):
        t = math.radians(a - 90)
        out.append(petal((0, 0.12), (0.92 * math.cos(t), 0.12 + 0.92 * math.sin(t) * 0.85), 0.2, rays=4))
    out += [disc(0, -0.28, 0.2, "pod")]
    for a in (-24, 24, -84, 84, 0):
        t = math.radians(a - 90)
        out.append(petal((0, 0.2), (0.8 * math.cos(t), 0.2 + 0.82 * math.sin(t)), 0.24, rays=5))
    for a in (-55, 55):
        t = math.radians(a - 90)
        out.append(petal((0, 0.24), (0.66 * math.cos(t), 0.24 + 0.5 * math.sin(t)), 0.17, rays=4))
    return moved(out, 0, 0, k)


def lotus_leaf(r: Random, tilt: float = 0.45) -> Pieces:
    edge = [
        (math.cos(a) * (1 + 0.06 * math.sin(a * 7)), math.sin(a) * tilt * (1 + 0.08 * math.sin(a * 5 + 1)))
        for a in (i / 36 * 6.283 for i in range(36))
    ]
    veins = [[(0.0, 0.0), (edge[i][0] * 0.92, edge[i][1] * 0.92)] for i in range(0, 36, 3)]
    half = [
        Piece(
            [(0, 0), *edge[i : i + 7]],
            "leaf",
            math.atan2(edge[(i + 3) % 36][1], edge[(i + 3) % 36][0]),
            veins[i // 3 : i // 3 + 3],
        )
        for i in range(0, 30, 6)
    ]
    half.append(Piece([(0, 0), *edge[30:], edge[0]], "leaf", -0.4, veins[10:]))
    return half


def lotus(r: Random) -> Pieces:
    """Two flowers, a bud and leaves over water."""
    out: Pieces = []
    for x, y, x0 in ((0.12, -0.5, 0.0), (-0.62, -0.1, -0.3), (0.7, -0.05, 0.3), (0.55, -0.75, 0.2)):
        out.append(strip(smooth([(x0, 0.95), ((x + x0) / 2 + 0.06, 0.4), (x, y)], 8), 0.045, 0.03))
    out += moved(lotus_leaf(r), -0.55, 0.42, 0.44, -8)
    out += moved(lotus_leaf(r, 0.36), 0.58, 0.5, 0.4, 8)
    out += moved(lotus_leaf(r, 0.3), 0.05, 0.75, 0.36)
    out += moved(lotus_flower(r), 0.1, -0.42, 0.46, r.uniform(-6, 6))
    out += moved(lotus_flower(r), -0.64, -0.12, 0.3, -12)
    out += [petal((0.55, -0.62), (0.6, -0.98), 0.12), petal((0.53, -0.62), (0.54, -0.94), 0.09)]
    for i in range(5):
        y = 0.86 + i * 0.03
        out.append(strip([(-0.8 + i * 0.3, y), (-0.55 + i * 0.3, y + 0.014)], 0.014, 0.006, "water"))
    return out


def blossom(r: Random, petals: int = 5, fat: float = 0.7) -> Pieces:
    out = [
        petal((0, 0), (math.cos(a), math.sin(a)), 0.46, rays=3, fat=fat)
        for a in (-1.57 + i * 6.283 / petals for i in range(petals))
    ]
    return [*out, disc(0, 0, 0.2, "eye")]


def branch(r: Random, leafy: bool = False) -> Pieces:
    """Plum, peach or apricot: an angular bough with open flowers and buds."""
    path = smooth(
        [(-0.95, 0.85), (-0.55, 0.45), (-0.3, 0.38), (0.05, 0.0), (0.3, -0.1), (0.55, -0.55), (0.72, -0.92)],
        6,
    )
    side = smooth([(-0.3, 0.38), (0.1, 0.42), (0.5, 0.25), (0.85, 0.3)], 6)
    third = smooth([(0.05, 0.0), (-0.25, -0.35), (-0.3, -0.7)], 6)
    out = [strip(path, 0.13, 0.03, "wood"), strip(side, 0.06, 0.02, "wood"), strip(third, 0.05, 0.02, "wood")]
    spots = (
        [path[i] for i in (10, 17, 24, 30, 35)] + [side[i] for i in (5, 11, 17)] + [third[i] for i in (5, 11)]
    )
    for i, (x, y) in enumerate(spots):
        k = r.uniform(0.12, 0.19)
        dx, dy = r.uniform(-0.07, 0.07), r.uniform(-0.07, 0.07)
        if leafy and i % 2:
            out.append(petal((x, y), (x + 0.22, y - 0.1 + dy), 0.05, "leaf", 1))
        if i % 4 == 3:
            out += [disc(x + dx, y + dy, 0.05, "petal"), disc(x + dx + 0.09, y + dy - 0.06, 0.035, "petal")]
        else:
            out += moved(blossom(r), x + dx, y + dy, k, r.uniform(0, 70))
    return out


def bamboo(r: Random) -> Pieces:
    out: Pieces = []
    for foot, w, lean in ((-0.25, 0.12, 0.1), (0.2, 0.09, -0.05), (0.48, 0.06, 0.16)):
        x, y = foot, 0.98
        while y > -0.9:
            n = r.uniform(0.32, 0.42)
            x2 = x + lean * n
            out.append(
                Piece(
                    [
                        (x - w / 2, y),
                        (x + w / 2, y),
                        (x2 + w * 0.44, y - n + 0.02),
                        (x2 - w * 0.44, y - n + 0.02),
                    ],
                    "culm",
                    -1.57,
                    [[(x - w * 0.2, y - 0.03), (x2 - w * 0.2, y - n + 0.05)]],
                )
            )
            if r.random() < 0.75:
                s = r.choice((-1, 1))
                for i in range(r.randint(3, 5)):
                    a = math.radians(r.uniform(10, 75)) * (1 if i % 2 else 0.5)
                    ln = r.uniform(0.26, 0.42)
                    out.append(
                        petal(
                            (x2 + s * 0.06, y - n),
                            (x2 + s * (0.06 + ln * math.cos(a)), y - n + ln * math.sin(a)),
                            0.04,
                            "leaf",
                            1,
                            0.35,
                        )
                    )
            x, y = x2, y - n
    return out


def mum(r: Random, rows: int = 3) -> Pieces:
    """A chrysanthemum seen from the front."""
    out: Pieces = []
    for j in range(rows, 0, -1):
        n = 7 + j * 4
        for i in range(n):
            a = 6.283 * (i + 0.5 * (j % 2)) / n
            rad = j / rows
            out.append(
                petal(
                    (0.12 * math.cos(a), 0.12 * math.sin(a)),
                    (rad * math.cos(a), rad * math.sin(a)),
                    0.17 * rad + 0.03,
                    "petal",
                    1,
                    0.75,
                )
            )
    return [*out, disc(0, 0, 0.15)]


def mums(r: Random) -> Pieces:
    """Chrysanthemums on a scrolling stem."""
    path = smooth(
        [(-0.95, 0.6), (-0.5, 0.75), (-0.1, 0.3), (0.3, 0.5), (0.6, 0.1), (0.5, -0.5), (0.1, -0.8)], 8
    )
    out = [strip(path, 0.04, 0.025)]
    for (x, y), (dx, dy) in zip(
        path[::5],
        [(0.2, 0.14), (-0.1, -0.24), (0.2, -0.16), (-0.22, 0.1), (0.14, 0.22), (0.2, -0.1)] * 3,
        strict=False,
    ):
        out.append(petal((x, y), (x + dx, y + dy), 0.075, "leaf", 3))
    for x, y, k in ((-0.15, -0.1, 0.36), (0.55, 0.0, 0.28), (-0.6, 0.48, 0.24), (0.1, -0.72, 0.2)):
        out += moved(mum(r), x, y, k, r.uniform(0, 40))
    return out


def daisies(r: Random) -> Pieces:
    """Cúc hoạ mi: small white daisies with yellow eyes, loose on thin stems."""
    out: Pieces = []
    for x, y, k in (
        (-0.5, -0.35, 0.2),
        (0.1, -0.6, 0.24),
        (0.55, -0.2, 0.2),
        (-0.15, -0.05, 0.22),
        (0.3, 0.2, 0.16),
        (-0.62, 0.15, 0.15),
    ):
        out.append(strip(smooth([(x * 0.2, 0.95), (x * 0.7, 0.4), (x, y)], 8), 0.018, 0.014))
        if r.random() < 0.8:
            out.append(petal((x * 0.5, 0.55), (x * 0.5 + 0.2, 0.32), 0.05, "leaf", 1))
        n = 13
        out += [
            petal((x, y), (x + k * math.cos(a), y + k * math.sin(a) * 0.9), 0.035, "petal", 1, 0.7)
            for a in (6.283 * i / n for i in range(n))
        ]
        out.append(disc(x, y, k * 0.28))
    return out


def peony(r: Random) -> Pieces:
    out: Pieces = []
    for a, n in ((20, 0.95), (150, 0.9), (255, 0.85), (75, 0.8)):
        t = math.radians(a)
        out.append(petal((0, 0), (n * math.cos(t), n * math.sin(t)), 0.2, "leaf", 3))
    for rad, n in ((0.62, 9), (0.46, 7), (0.3, 5)):
        out += [
            petal((0, 0), (rad * math.cos(a), rad * math.sin(a)), rad * 0.42, "petal", 3, 0.78)
            for a in (6.283 * i / n + rad * 5 for i in range(n))
        ]
    return [*out, disc(0, 0, 0.09)]


def feathers(
    x: float, y: float, a0: float, a1: float, n: int, length: float, wide: float, part: str = "wing"
) -> Pieces:
    return [
        petal(
            (x, y),
            (x + length * (1 - 0.3 * i / n) * math.cos(a), y + length * (1 - 0.3 * i / n) * math.sin(a)),
            wide,
            part,
            2,
            0.7,
        )
        for i, a in enumerate(math.radians(a0 + (a1 - a0) * j / (n - 1)) for j in range(n))
    ]


def crane(r: Random, flying: bool = True) -> Pieces:
    """A crane on the wing, or standing."""
    out: Pieces = []
    if flying:
        out += feathers(0.05, 0.05, -150, -70, 7, 0.85, 0.075)
        out += [
            strip([(-0.35, 0.12), (-0.92, 0.34)], 0.03, 0.015, "eye"),
            strip([(-0.35, 0.16), (-0.85, 0.44)], 0.03, 0.015, "eye"),
        ]
        out += feathers(-0.3, 0.1, 150, 195, 4, 0.3, 0.05, "eye")
        out.append(petal((-0.42, 0.14), (0.36, 0.0), 0.15, "body", 4, 0.55))
        out += feathers(0.05, 0.1, 60, 130, 6, 0.6, 0.07)
        out.append(
            strip(smooth([(0.28, 0.0), (0.52, -0.12), (0.66, -0.28), (0.84, -0.3)], 6), 0.1, 0.05, "body")
        )
        return [*out, petal((0.84, -0.31), (1.0, -0.3), 0.02, "eye", 1), disc(0.82, -0.34, 0.04, "crest")]
    out += [
        strip([(-0.05, 0.3), (-0.1, 0.95)], 0.03, 0.025, "eye"),
        strip([(0.05, 0.3), (0.12, 0.62), (0.02, 0.95)], 0.03, 0.025, "eye"),
    ]
    out.append(petal((-0.55, 0.35), (0.3, 0.0), 0.22, "body", 5))
    out += feathers(0.12, 0.02, 128, 172, 6, 0.66, 0.06)
    out.append(strip(smooth([(0.22, 0.04), (0.42, -0.2), (0.28, -0.5), (0.4, -0.72)], 7), 0.13, 0.06, "body"))
    return [*out, petal((0.4, -0.72), (0.66, -0.66), 0.02, "eye", 1), disc(0.38, -0.76, 0.05, "crest")]


def sparrow(r: Random) -> Pieces:
    out = feathers(-0.3, 0.1, 155, 185, 3, 0.6, 0.06)
    out.append(petal((-0.45, 0.1), (0.6, -0.2), 0.3, "body", 5, 0.62))
    out += [
        disc(0.52, -0.26, 0.2, "body"),
        petal((0.68, -0.28), (0.92, -0.24), 0.05, "crest", 1),
        disc(0.58, -0.3, 0.035),
    ]
    return out + feathers(0.2, -0.1, 130, 175, 4, 0.55, 0.1)


def butterfly(r: Random) -> Pieces:
    out: Pieces = []
    for s in (-1, 1):
        out += [
            petal((0, 0), (s * 0.85, -0.62), 0.34, "wing", 4, 0.72),
            petal((0, 0.05), (s * 0.6, 0.55), 0.24, "wing", 3, 0.7),
        ]
        out += [
            disc(s * 0.58, -0.42, 0.09),
            strip(smooth([(0, -0.3), (s * 0.12, -0.6), (s * 0.3, -0.72)], 4), 0.02, 0.012, "eye"),
        ]
    return [*out, petal((0, -0.35), (0, 0.5), 0.08, "body", 1)]


def dragonfly(r: Random) -> Pieces:
    out = [strip(smooth([(-0.5, 0.95), (-0.2, 0.3), (0.1, -0.2), (0.6, -0.6)], 8), 0.03, 0.015)]
    out += [
        petal((0.1 + i * 0.07, -0.2 - i * 0.06), (0.22 + i * 0.09, -0.06 - i * 0.045), 0.03, "grain", 1)
        for i in range(7)
    ]
    out += [
        petal((0.1 + i * 0.07, -0.2 - i * 0.06), (0.06 + i * 0.08, -0.4 - i * 0.045), 0.03, "grain", 1)
        for i in range(7)
    ]
    for x in (-0.75, -0.05):
        out.append(petal((-0.45, 0.95), (x - 0.2, -0.3 + x * 0.3), 0.04, "leaf", 1, 0.4))
    fly: Pieces = []
    for s in (-1, 1):
        fly += [
            petal((0, -0.2), (s * 0.95, -0.42), 0.13, "wing", 4, 0.7),
            petal((0, -0.05), (s * 0.9, 0.12), 0.13, "wing", 4, 0.7),
        ]
    fly += [strip([(0, -0.3), (0, 0.9)], 0.1, 0.05, "body"), disc(0, -0.4, 0.13, "body")]
    return out + moved(fly, -0.35, -0.35, 0.4, 28)


def carp(r: Random) -> Pieces:
    """A carp with rows of scales, leaping left."""
    out: Pieces = [
        petal((0.5, 0.0), (0.98, -0.3), 0.12, "wing", 4),
        petal((0.5, 0.02), (0.98, 0.3), 0.12, "wing", 4),
        petal((-0.1, -0.2), (0.3, -0.5), 0.12, "wing", 4),
        petal((-0.25, 0.2), (0.05, 0.5), 0.1, "wing", 3),
    ]
    body = petal((0.62, 0), (-0.9, 0), 0.3, "body", 1, 0.62)
    scales = [
        arc(-0.4 + i * 0.12 + (j % 2) * 0.06, -0.16 + j * 0.09, 0.075, 0.055, 100, 260, 6)
        for i in range(7)
        for j in range(4)
    ]
    body.lines = [s for s in scales if abs(s[3][1]) < 0.24 - max(0.0, s[3][0]) * 0.24]
    out += [body, disc(-0.66, -0.06, 0.06), petal((-0.42, 0.02), (-0.12, 0.18), 0.08, "wing", 3)]
    return out


def grapes(r: Random) -> Pieces:
    out: Pieces = branch(r)[:2]
    for x0, y0 in ((-0.2, -0.1), (0.5, 0.2)):
        out += [
            disc(x0 + (i - j / 2) * 0.13, y0 + (3 - j) * 0.12 + 0.1, 0.07, "petal")
            for j in range(5)
            for i in range(j)
        ]
    for x, y, t in ((-0.5, -0.3, 20), (0.3, -0.4, -30), (0.75, -0.1, 60)):
        out += moved(
            [
                petal((0, 0), (math.cos(a), math.sin(a)), 0.3, "leaf", 2)
                for a in (-2.6, -1.9, -1.2, -0.5, 0.2)
            ],
            x,
            y,
            0.24,
            t,
        )
    return out


def pine(r: Random) -> Pieces:
    out = [
        strip(
            smooth([(-0.5, 0.98), (-0.3, 0.4), (0.1, 0.1), (0.0, -0.4), (0.35, -0.7)], 7), 0.2, 0.05, "wood"
        ),
        strip(smooth([(0.1, 0.1), (0.5, 0.0), (0.8, 0.1)], 5), 0.08, 0.03, "wood"),
    ]
    for x, y, k in (
        (0.38, -0.72, 0.3),
        (-0.05, -0.5, 0.26),
        (0.75, 0.05, 0.26),
        (0.45, -0.15, 0.22),
        (-0.35, 0.05, 0.24),
        (-0.1, -0.85, 0.2),
    ):
        out += [
            petal((x, y), (x + k * math.cos(a), y + k * math.sin(a) * 0.8), 0.022, "leaf", 1)
            for a in (math.radians(180 + 15 * i) for i in range(13))
        ]
    return out


MOTIFS: dict[str, Callable[[Random], Pieces]] = {
    "lotus": lotus,
    "branch": branch,
    "bamboo": bamboo,
    "mums": mums,
    "daisies": daisies,
    "peony": peony,
    "crane": crane,
    "sparrow": sparrow,
    "butterfly": butterfly,
    "dragonfly": dragonfly,
    "carp": carp,
    "grapes": grapes,
    "pine": pine,
}
