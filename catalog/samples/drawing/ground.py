"""Canvas, paper, light, shadow and grain: everything the crafts stand on.

Lengths are in units: a product picture is 1000 wide and 1250 high whatever its size in pixels.
"""

import math
import random
from collections.abc import Callable, Sequence
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Pt = tuple[float, float]
Rgb = tuple[int, int, int]
Img = Image.Image

WIDE, HIGH = 1000.0, 1250.0
SUPER = 2  # every edge is drawn at twice the asked size, then reduced


def rng(*parts: str) -> Random:
    """A generator that depends on the words alone."""
    return random.Random("|".join(parts))  # noqa: S311


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    return low if value < low else min(value, high)


def hexed(code: str) -> Rgb:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def mix(a: Rgb, b: Rgb, t: float) -> Rgb:
    return (round(a[0] + (b[0] - a[0]) * t), round(a[1] + (b[1] - a[1]) * t), round(a[2] + (b[2] - a[2]) * t))


def lit(c: Rgb, k: float) -> Rgb:
    """`c` times `k`; above 1 it goes towards a warm white rather than clipping."""
    if k > 1:
        return mix(c, (255, 248, 232), clamp((k - 1) * 0.9))
    return int(c[0] * k), int(c[1] * k * 0.985), int(c[2] * k * 0.97)


def vary(r: Random, c: Rgb, amount: float = 0.1) -> Rgb:
    return lit(c, 1 + r.uniform(-amount, amount))


def alpha(c: Rgb, a: float) -> tuple[int, int, int, int]:
    return c[0], c[1], c[2], round(255 * clamp(a))


def noise(r: Random, w: int, h: int, low: int = 0, high: int = 255) -> Img:
    """Grey noise, w × h px, between two levels."""
    img = Image.frombytes("L", (w, h), r.randbytes(w * h))
    return img.point([low + (high - low) * i // 255 for i in range(256)])


def cloud(r: Random, size: tuple[int, int], cells: tuple[int, int], low: int = 0, high: int = 255) -> Img:
    """Smooth noise of `size` px with `cells` lumps across and down."""
    small = noise(r, max(2, cells[0]), max(2, cells[1]), low, high)
    full = (max(1, size[0]), max(1, size[1]))
    quarter = (full[0] // 4, full[1] // 4)
    if (
        quarter[0] > 3 * small.width and quarter[1] > 3 * small.height
    ):  # broad lumps survive a cheap last step
        small = small.resize(quarter, Image.Resampling.BICUBIC)
        return small.resize(full, Image.Resampling.BILINEAR)
    return small.resize(full, Image.Resampling.BICUBIC)


def grey3(img: Img) -> Img:
    """A light map as warm light and cool-brown shade, for hard light. Neutral stays neutral."""
    red = img.point([min(255, round(v + (v - 128) * 0.05)) if v > 128 else v for v in range(256)])
    blue = img.point([round(v - (v - 128) * 0.1) if v > 128 else round(v * 0.985) for v in range(256)])
    return Image.merge("RGB", (red, img, blue))


def relight(img: Img, light: Img) -> Img:
    """`img` under a light map (L, 128 neutral) of any size."""
    if light.size != img.size:
        light = light.resize(img.size, Image.Resampling.BICUBIC)
    return ImageChops.hard_light(img, grey3(light))


def tiled(tile: Img, size: tuple[int, int]) -> Img:
    """`tile` repeated over `size` px."""
    out = Image.new(tile.mode, size)
    tw, th = tile.size
    row = Image.new(tile.mode, (size[0], th))
    for x in range(0, size[0], tw):
        row.paste(tile, (x, 0))
    for y in range(0, size[1], th):
        out.paste(row, (0, y))
    return out


def field(size: tuple[int, int], f: Callable[[float, float], float]) -> Img:
    """A grey map of f(x, y) with x and y from 0 to 1, values 0 to 255; for small sizes."""
    w, h = size
    data = bytes(int(clamp(f((x + 0.5) / w, (y + 0.5) / h), 0, 255)) for y in range(h) for x in range(w))
    return Image.frombytes("L", size, data)


def smooth(points: Sequence[Pt], steps: int = 8, closed: bool = False) -> list[Pt]:
    """A Catmull-Rom curve through `points`."""
    n = len(points)
    out: list[Pt] = []
    for i in range(n if closed else n - 1):
        p1, p2 = points[i], points[(i + 1) % n]
        p0 = points[i - 1] if closed or i else p1
        p3 = points[(i + 2) % n] if closed or i + 2 < n else p2
        for s in range(steps):
            t = s / steps
            t2, t3 = t * t, t * t * t
            a, b, c, d = -t3 + 2 * t2 - t, 3 * t3 - 5 * t2 + 2, -3 * t3 + 4 * t2 + t, t3 - t2
            out.append(
                (
                    (a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0]) / 2,
                    (a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1]) / 2,
                )
            )
    if not closed:
        out.append(points[-1])
    return out


def arc(cx: float, cy: float, rx: float, ry: float, a0: float, a1: float, steps: int = 40) -> list[Pt]:
    """Points of an ellipse from a0 to a1 degrees, clockwise on screen."""
    return [
        (cx + rx * math.cos(t), cy + ry * math.sin(t))
        for t in (math.radians(a0 + (a1 - a0) * i / steps) for i in range(steps + 1))
    ]


def rect(x0: float, y0: float, x1: float, y1: float) -> list[Pt]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


class Canvas:
    """An RGB picture at working size, addressed in units."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.im = Image.new("RGB", (size[0] * SUPER, size[1] * SUPER), hexed("#FBF7EF"))
        self.draw = ImageDraw.Draw(self.im, "RGBA")
        self.staged = False
        self.s = min(self.im.width / WIDE, self.im.height / HIGH)
        self.place(0.5, 0.5, 1.0)

    def place(self, fx: float, fy: float, scale: float) -> None:
        """Puts the middle of the unit space at a fraction of the picture, at a scale of the best fit."""
        base = min(self.im.width / WIDE, self.im.height / HIGH)
        self.s = base * scale
        self.ox = self.im.width * fx - WIDE / 2 * self.s
        self.oy = self.im.height * fy - HIGH / 2 * self.s

    def px(self, p: Pt) -> Pt:
        return self.ox + p[0] * self.s, self.oy + p[1] * self.s

    def n(self, length: float) -> int:
        """Units to whole pixels, at least one."""
        return max(1, round(length * self.s))

    def t(self, length: float) -> int:
        """Units to texture pixels: stuffs are made coarser than edges, at about the final size."""
        return max(4, round(length * self.s * 0.56))

    def zoom(self, k: float, about: Pt = (500, 730), to: Pt = (500, 640)) -> None:
        """Brings the point `about` to `to` and everything k times nearer."""
        self.ox += (to[0] - about[0] * k) * self.s
        self.oy += (to[1] - about[1] * k) * self.s
        self.s *= k

    def pts(self, points: Sequence[Pt]) -> list[Pt]:
        ox, oy, s = self.ox, self.oy, self.s
        return [(ox + x * s, oy + y * s) for x, y in points]

    def poly(self, points: Sequence[Pt], fill: tuple[int, ...]) -> None:
        self.draw.polygon(self.pts(points), fill=fill)

    def line(self, points: Sequence[Pt], fill: tuple[int, ...], width: float) -> None:
        self.draw.line(self.pts(points), fill=fill, width=self.n(width), joint="curve")

    def oval(self, cx: float, cy: float, rx: float, ry: float, fill: tuple[int, ...]) -> None:
        x0, y0 = self.px((cx - rx, cy - ry))
        x1, y1 = self.px((cx + rx, cy + ry))
        self.draw.ellipse((x0, y0, x1, y1), fill=fill)

    def box(self, points: Sequence[Pt], pad: int = 0) -> tuple[int, int, int, int]:
        """The whole-pixel bounds of points given in units."""
        q = self.pts(points)
        xs, ys = [p[0] for p in q], [p[1] for p in q]
        return (
            math.floor(min(xs)) - pad,
            math.floor(min(ys)) - pad,
            math.ceil(max(xs)) + 1 + pad,
            math.ceil(max(ys)) + 1 + pad,
        )

    def mask(self, points: Sequence[Pt], bounds: tuple[int, int, int, int]) -> Img:
        """An L mask of a polygon in `bounds` px."""
        m = Image.new("L", (bounds[2] - bounds[0], bounds[3] - bounds[1]), 0)
        ImageDraw.Draw(m).polygon([(x - bounds[0], y - bounds[1]) for x, y in self.pts(points)], fill=255)
        return m

    def fill(self, points: Sequence[Pt], tex: Img, light: Img | None = None, opacity: float = 1) -> None:
        """Cuts the polygon out of `tex`, stretched over the bounds, under a light map."""
        b = self.box(points)
        size = (b[2] - b[0], b[3] - b[1])
        if tex.size != size:
            tex = tex.resize(size, Image.Resampling.BILINEAR)
        if light is not None:
            tex = relight(tex, light)
        m = self.mask(points, b)
        if opacity < 1:
            m = m.point([round(v * opacity) for v in range(256)])
        self.im.paste(tex, (b[0], b[1]), m)

    def glow(
        self,
        points: Sequence[Pt],
        color: Rgb,
        strength: float,
        blur: float,
        shift: Pt = (0, 0),
        clip: Sequence[Pt] | None = None,
    ) -> None:
        """A blurred polygon of colour: shadows, reflections and light. `clip` keeps it on one form."""
        moved = [(x + shift[0], y + shift[1]) for x, y in points]
        b = self.box(moved, pad=round(blur * self.s * 2.2) + 8)
        b = (max(b[0], 0), max(b[1], 0), min(b[2], self.im.width), min(b[3], self.im.height))
        if b[2] <= b[0] or b[3] <= b[1]:
            return
        k = max(1.0, min(10.0, blur * self.s / 3))
        small = (max(2, round((b[2] - b[0]) / k)), max(2, round((b[3] - b[1]) / k)))
        m = Image.new("L", small, 0)
        q = [((x - b[0]) / k, (y - b[1]) / k) for x, y in self.pts(moved)]
        ImageDraw.Draw(m).polygon(q, fill=round(255 * clamp(strength)))
        m = m.filter(ImageFilter.GaussianBlur(blur * self.s / k))
        m = m.resize((b[2] - b[0], b[3] - b[1]), Image.Resampling.BILINEAR)
        if clip is not None:
            m = ImageChops.multiply(m, self.mask(clip, b))
        self.im.paste(color, b, m)

    def shadow(
        self, points: Sequence[Pt], blur: float = 22, strength: float = 0.42, drop: float = 1.0
    ) -> None:
        """A form's shadow on its sheet: a wide soft one and a tight dark one, to the lower right."""
        self.glow(points, (58, 38, 24), strength * 0.75, blur * 1.6, (26 * drop, 34 * drop))
        self.glow(points, (38, 22, 14), strength, blur * 0.4, (7 * drop, 10 * drop))

    def stand(self, cx: float, y: float, rx: float, ry: float = 0.0, strength: float = 0.5) -> None:
        """The shadow of something that stands at y: falls to the right, dark at the foot."""
        ry = ry or rx * 0.2
        self.glow(
            arc(cx + rx * 0.42, y + ry * 0.2, rx * 1.25, ry * 1.0, 0, 360), (62, 40, 26), strength * 0.7, 38
        )
        self.glow(arc(cx + rx * 0.08, y, rx * 1.02, ry * 0.72, 0, 360), (34, 20, 12), strength, 13)

    def stage(self, kind: str, r: Random, tone: Rgb | None = None) -> None:
        """Lays the ground once: wall (a sweep to stand on), sheet (seen from above) or lacquer (dark)."""
        if not self.staged:
            self.staged = True
            self.im.paste(backdrop(kind, r, self.im.size, tone))

    def finish(self, r: Random) -> Img:
        """The picture at its asked size, with paper grain."""
        out = self.im.reduce(SUPER)
        grain = tiled(noise(r, 256, 256, 122, 134), out.size)
        return ImageChops.hard_light(out, Image.merge("RGB", (grain, grain, grain)))


PAPERS = ("#FBF7EF", "#F5ECDB", "#EFE4CF", "#ECE6D8", "#E9E3D4", "#F3E6D2", "#E6E4D6", "#EBDCC8", "#DFE2D8")


def backdrop(kind: str, r: Random, size: tuple[int, int], tone: Rgb | None) -> Img:
    """Paper or lacquer under soft window light from the top left."""
    w, h = 128, max(8, round(128 * size[1] / size[0]))
    if kind == "lacquer":
        base = tone or r.choice([hexed("#2A1611"), hexed("#1E1714"), hexed("#3A1713"), hexed("#20211C")])
        top, bottom, low, high = lit(base, 1.12), lit(base, 0.82), 96, 168
    else:
        base = tone or hexed(r.choice(PAPERS))
        top, bottom, low, high = base, lit(base, 0.9), 104, 152
    img = Image.new("RGB", (w, h), base)
    d = ImageDraw.Draw(img)
    horizon = r.uniform(0.58, 0.64) * h
    for y in range(h):
        if kind == "sheet":
            c = mix(lit(top, 1.03), lit(base, 0.95), y / h)
        else:
            edge = 1 / (1 + math.exp(-(y - horizon) / (h * 0.018)))
            wall = mix(lit(top, 0.97), lit(top, 0.9), clamp(y / horizon))
            table = mix(lit(top, 1.02), bottom, clamp((y - horizon) / (h - horizon)))
            c = mix(wall, table, edge)
        d.line((0, y, w, y), fill=c)
    glow_at = (r.uniform(0.12, 0.3), r.uniform(0.08, 0.22))
    light = field(
        (24, 30), lambda x, y: high - (high - low) * math.hypot(x - glow_at[0], y - glow_at[1]) * 0.92
    )
    light = light.resize((w, h), Image.Resampling.BICUBIC)
    if kind != "lacquer" and r.random() < 0.62:
        light = ImageChops.multiply(light, cast_shadow(r, (w, h)))
    img = relight(img, light)
    img = img.resize((size[0] // 4, size[1] // 4), Image.Resampling.BICUBIC)
    if kind != "lacquer":
        fibres(img, r, base)
    return img.resize(size, Image.Resampling.BILINEAR)


def fibres(img: Img, r: Random, base: Rgb) -> None:
    """The few long fibres of giấy dó."""
    d = ImageDraw.Draw(img, "RGBA")
    k = img.width / 640
    for _ in range(90):
        x, y, a, n = (
            r.uniform(0, img.width),
            r.uniform(0, img.height),
            r.uniform(0, 6.3),
            r.uniform(8, 42) * k,
        )
        bend = r.uniform(-0.6, 0.6)
        line = [(x, y), (x + math.cos(a) * n / 2, y + math.sin(a) * n / 2)]
        line.append((line[1][0] + math.cos(a + bend) * n / 2, line[1][1] + math.sin(a + bend) * n / 2))
        d.line(line, fill=alpha(lit(base, 0.72 if r.random() < 0.6 else 1.6), r.uniform(0.08, 0.2)), width=1)


def cast_shadow(r: Random, size: tuple[int, int]) -> Img:
    """Window bars or bamboo leaves as a faint cast shadow, white where light falls."""
    w, h = size
    img = Image.new("L", (w, h), 255)
    d = ImageDraw.Draw(img)
    if r.random() < 0.5:
        slope, gap, x0 = r.uniform(0.5, 0.8), r.uniform(26, 40), r.uniform(-30, 0)
        d.polygon([(0, h * 0.75), (w * 1.2, h * 0.2), (w * 1.2, h * 2), (0, h * 2)], fill=226)
        for i in range(7):
            x = x0 + i * gap
            d.polygon([(x, 0), (x + 5, 0), (x + 5 - slope * h, h), (x - slope * h, h)], fill=228)
    else:
        cx, cy = w * r.uniform(0.8, 1.05), h * r.uniform(-0.05, 0.12)
        for _ in range(5):
            a = r.uniform(1.7, 3.0)
            n = r.uniform(50, 95)
            for i in range(1, 8):
                bx, by = cx + math.cos(a) * n * i / 7, cy + math.sin(a) * n * i / 7
                la, ln = a + r.uniform(-0.9, 0.9), r.uniform(14, 26)
                ex, ey = bx + math.cos(la) * ln, by + math.sin(la) * ln
                nx, ny = -math.sin(la) * 2.6, math.cos(la) * 2.6
                mx, my = (bx + ex) / 2, (by + ey) / 2
                d.polygon([(bx, by), (mx + nx, my + ny), (ex, ey), (mx - nx, my - ny)], fill=224)
    return img.filter(ImageFilter.GaussianBlur(2.2))
