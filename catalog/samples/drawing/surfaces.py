"""Turned, flat and boxed forms that carry a material, and the ropes and bands that edge them."""

import itertools
import math
from collections.abc import Sequence
from random import Random

from PIL import Image

from catalog.samples.drawing.ground import (
    Canvas,
    Img,
    Pt,
    Rgb,
    alpha,
    arc,
    clamp,
    lit,
    mix,
    relight,
    smooth,
)

Profile = Sequence[Pt]  # (y, radius) in units, from the top down


class Turned:
    """A surface of revolution seen from slightly above. `k` is how round its ellipses look."""

    def __init__(self, cx: float, profile: Profile, k: float = 0.22, soft: bool = True) -> None:
        self.cx, self.k = cx, k
        line = smooth(profile, 12) if soft else list(profile)
        self.y0, self.y1 = line[0][0], line[-1][0]
        self.table: list[float] = []
        j = 0
        for i in range(201):
            y = self.y0 + (self.y1 - self.y0) * i / 200
            while j < len(line) - 2 and line[j + 1][0] < y:
                j += 1
            (ya, ra), (yb, rb) = line[j], line[j + 1]
            t = clamp((y - ya) / (yb - ya)) if yb > ya else 1.0
            self.table.append(max(0.5, ra + (rb - ra) * t))

    def r(self, y: float) -> float:
        t = clamp((y - self.y0) / (self.y1 - self.y0)) * 200
        i = min(199, int(t))
        return self.table[i] + (self.table[i + 1] - self.table[i]) * (t - i)

    def outline(self) -> list[Pt]:
        """The front surface: under the mouth's near edge, down the sides, round the foot."""
        top, foot = self.table[0], self.table[-1]
        pts = arc(self.cx, self.y0, top, top * self.k, 180, 0, 30)
        ys = [self.y0 + (self.y1 - self.y0) * i / 60 for i in range(1, 60)]
        pts += [(self.cx + self.r(y), y) for y in ys]
        pts += arc(self.cx, self.y1, foot, foot * self.k, 0, 180, 30)
        pts += [(self.cx - self.r(y), y) for y in reversed(ys)]
        return pts

    def mouth(self, inset: float = 0) -> list[Pt]:
        top = self.table[0] - inset
        return arc(self.cx, self.y0, top, top * self.k, 0, 360, 60)

    def ring(self, y: float, a0: float = 180, a1: float = 0, grow: float = 1.0) -> list[Pt]:
        """The near half of the circle at height y, left to right."""
        rr = self.r(y) * grow
        return arc(self.cx, y, rr, rr * self.k, a0, a1, 48)

    def dress(self, c: Canvas, tex: Img, gloss: float = 0.0, flat: float = 0.0, dim: float = 1.0) -> None:
        """Wraps `tex` (the near half, mouth to foot) round the form and lights it from the top left."""
        pts = self.outline()
        b = c.box(pts)
        w, h = b[2] - b[0], b[3] - b[1]
        cols, rows = 44, 26
        tw, th = tex.size
        nodes: list[list[Pt]] = []
        light = bytearray()
        for j in range(rows + 1):
            line: list[Pt] = []
            sy = (b[1] + h * j / rows - c.oy) / c.s
            for i in range(cols + 1):
                sx = (b[0] + w * i / cols - c.ox) / c.s - self.cx
                y = sy - self.k * self.r(sy)
                for _ in range(4):
                    rad = self.r(y)
                    y = sy - self.k * math.sqrt(max(0.0, rad * rad - sx * sx))
                rad = self.r(y)
                t = clamp(sx / rad, -1, 1)
                u = math.asin(t)
                v = clamp((y - self.y0) / (self.y1 - self.y0))
                line.append(((u / math.pi + 0.5) * (tw - 1), v * (th - 1)))
                slope = (self.r(y + 6) - self.r(y - 6)) / 12
                up = -slope / math.sqrt(1 + slope * slope)
                facing = math.cos(u)
                lam = -t * 0.52 + facing * 0.62 - up * 0.42
                edge = 1 - 0.42 * abs(t) ** 5
                shine = gloss * (
                    max(0.0, math.cos(u + 0.62)) ** 26 + 0.3 * max(0.0, math.cos(u - 1.05)) ** 40
                )
                val = (58 + 96 * max(0.0, lam)) * edge + 120 * shine
                light.append(int(clamp((val * (1 - flat) + 128 * flat) * dim, 0, 255)))
            nodes.append(line)
        mesh = []
        for j in range(rows):
            ya, yb = h * j // rows, h * (j + 1) // rows
            for i in range(cols):
                q = (nodes[j][i], nodes[j + 1][i], nodes[j + 1][i + 1], nodes[j][i + 1])
                xa, xb = w * i // cols, w * (i + 1) // cols
                mesh.append(((xa, ya, xb, yb), tuple(v for p in q for v in p)))
        img = tex.transform((w, h), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
        shade = Image.frombytes("L", (cols + 1, rows + 1), bytes(light))
        img = relight(img, shade.resize((w, h), Image.Resampling.BICUBIC))
        c.im.paste(img, (b[0], b[1]), c.mask(pts, b))

    def hollow(self, c: Canvas, tex: Img, depth: float = 0.55) -> None:
        """The inside seen through the mouth: dark at the near left, lit at the far right."""
        pts = self.mouth()
        light = Image.new("L", (16, 16))
        light.putdata(
            [
                int(clamp(128 - depth * 150 + x * 5.2 * depth + (15 - y) * 3.0 * depth, 8, 150))
                for y in range(16)
                for x in range(16)
            ]
        )
        c.fill(pts, tex, light)


def rope(
    c: Canvas, pts: Sequence[Pt], width: float, color: Rgb, twist: float = 0.0, shade: float = 1.0
) -> None:
    """A round strand along a path; `twist` is the pitch of its wrapping, 0 for none."""
    c.line(pts, lit(color, 0.42 * shade), width)
    c.line(pts, lit(color, 0.82 * shade), width * 0.78)
    c.line([(x - width * 0.08, y - width * 0.1) for x, y in pts], lit(color, 1.0 * shade), width * 0.5)
    c.line([(x - width * 0.13, y - width * 0.17) for x, y in pts], lit(color, 1.3 * shade), width * 0.16)
    if twist:
        dark = alpha(lit(color, 0.38), 0.75)
        for (x, y), (dx, dy) in stations(pts, twist):
            a, b = 0.5 * width, 0.34 * width
            c.line(
                [(x - dy * a - dx * b, y + dx * a - dy * b), (x + dy * a + dx * b, y - dx * a + dy * b)],
                dark,
                width * 0.11,
            )


def stations(pts: Sequence[Pt], step: float, start: float = 0.0) -> list[tuple[Pt, Pt]]:
    """Points every `step` units along a path with the direction there."""
    out: list[tuple[Pt, Pt]] = []
    need = start
    for (xa, ya), (xb, yb) in itertools.pairwise(pts):
        n = math.hypot(xb - xa, yb - ya)
        if n == 0:
            continue
        dx, dy = (xb - xa) / n, (yb - ya) / n
        while need <= n:
            out.append(((xa + dx * need, ya + dy * need), (dx, dy)))
            need += step
        need -= n
    return out


def stitches(c: Canvas, pts: Sequence[Pt], step: float, color: Rgb, width: float, fill: float = 0.6) -> None:
    """A running stitch with its small shadow."""
    for (x, y), (dx, dy) in stations(pts, step):
        a = (x + dx * step * fill, y + dy * step * fill)
        c.line([(x + 1, y + 1.6), (a[0] + 1, a[1] + 1.6)], alpha((20, 12, 8), 0.4), width)
        c.line([(x, y), a], color, width)


def band(a: Sequence[Pt], b: Sequence[Pt]) -> list[Pt]:
    """The polygon between two paths."""
    return [*a, *reversed(b)]


def sheet(c: Canvas, corner: Pt, u: Pt, v: Pt, tex: Img, dim: float = 1.0) -> None:
    """Lays `tex` on the parallelogram corner, corner+u, corner+u+v, corner+v."""
    pts = [
        corner,
        (corner[0] + u[0], corner[1] + u[1]),
        (corner[0] + u[0] + v[0], corner[1] + u[1] + v[1]),
        (corner[0] + v[0], corner[1] + v[1]),
    ]
    b = c.box(pts)
    w, h = b[2] - b[0], b[3] - b[1]
    x0, y0 = c.px(corner)
    x0, y0 = x0 - b[0], y0 - b[1]
    ux, uy, vx, vy = u[0] * c.s, u[1] * c.s, v[0] * c.s, v[1] * c.s
    det = ux * vy - uy * vx
    if abs(det) < 1:
        return
    tw, th = tex.width - 1, tex.height - 1
    data = (
        vy / det * tw,
        -vx / det * tw,
        (-vy * x0 + vx * y0) / det * tw,
        -uy / det * th,
        ux / det * th,
        (uy * x0 - ux * y0) / det * th,
    )
    img = tex.transform((w, h), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
    if dim != 1.0:
        img = relight(img, Image.new("L", (1, 1), int(clamp(128 * dim, 0, 255))))
    c.im.paste(img, (b[0], b[1]), c.mask(pts, b))
    c.line([*pts, pts[0]], alpha((30, 18, 10), 0.22), 1.6)


class Bench:
    """An oblique space for boxes: x to the right, y away from the eye, z up; (0, 0, 0) at `origin`."""

    def __init__(self, c: Canvas, origin: Pt, depth: Pt = (0.42, -0.30)) -> None:
        self.c, self.o, self.d = c, origin, depth

    def at(self, x: float, y: float, z: float) -> Pt:
        return self.o[0] + x + y * self.d[0], self.o[1] - z + y * self.d[1]

    def board(
        self,
        x: float,
        y: float,
        z: float,
        w: float,
        d: float,
        h: float,
        front: Img,
        top: Img | None = None,
        side: Img | None = None,
    ) -> None:
        """A cuboid with its near lower left corner at x, y, z."""
        c = self.c
        across = (d * self.d[0], d * self.d[1])
        if self.d[0] > 0:
            sheet(c, self.at(x + w, y, z + h), across, (0, h), side or front, 0.62)
        else:
            sheet(c, self.at(x, y + d, z + h), (-across[0], -across[1]), (0, h), side or front, 0.62)
        sheet(c, self.at(x, y + d, z + h), (w, 0), (-across[0], -across[1]), top or front, 1.1)
        sheet(c, self.at(x, y, z + h), (w, 0), (0, h), front, 0.94)

    def shadow(self, w: float, d: float, strength: float = 0.5) -> None:
        """Where a thing w × d stands on the floor."""
        a, b, e, f = self.at(-6, 0, 0), self.at(w, 0, 0), self.at(w + 90, d, 0), self.at(40, d, 0)
        self.c.glow([a, b, e, f], (52, 32, 20), strength * 0.8, 30, (12, 8))
        self.c.glow([a, b, self.at(w, d, 0), self.at(0, d, 0)], (30, 18, 10), strength, 8, (4, 5))


def leaf(c: Canvas, base: Pt, tip: Pt, width: float, color: Rgb, r: Random, veins: int = 14) -> list[Pt]:
    """A leaf with a midrib and slanting veins, lit on its left half."""
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    n = math.hypot(dx, dy) or 1
    nx, ny = -dy / n, dx / n
    bend = r.uniform(-0.12, 0.12) * n

    def spot(t: float, side: float) -> Pt:
        wide = width * math.sin(math.pi * t**0.8) ** 0.9 * side + bend * math.sin(math.pi * t)
        return base[0] + dx * t + nx * wide, base[1] + dy * t + ny * wide

    ts = [i / 20 for i in range(21)]
    left, right, rib = [spot(t, 1) for t in ts], [spot(t, -1) for t in ts], [spot(t, 0) for t in ts]
    bright = 1.12 if nx * -0.6 + ny * -0.8 > 0 else 0.82
    c.poly(band(left, rib), lit(color, bright))
    c.poly(band(right, rib), lit(color, 1.94 - bright))
    for i in range(1, veins):
        t = i / veins
        for side in (1, -1):
            c.line(
                [spot(t, 0), spot(min(1, t + 0.09), side * 0.96)],
                alpha(mix(color, (240, 240, 190), 0.4), 0.3),
                1.6,
            )
    c.line(rib, mix(color, (245, 240, 190), 0.45), max(2.0, width * 0.05))
    return band(left, right)
