"""Glass jars with their lids and highlights."""

from random import Random

from catalog.samples.drawing.ground import (
    Canvas,
    Rgb,
    alpha,
    lit,
    rect,
)
from catalog.samples.drawing.materials import cloth, stone
from catalog.samples.drawing.surfaces import Turned


def jar(c: Canvas, cx: float, y0: float, y1: float, rad: float, inside: Rgb, r: Random, cap: Rgb) -> Turned:
    """A glass jar: contents drawn by the caller between two calls of light."""
    t = Turned(
        cx, [(y0, rad * 0.72), (y0 + 40, rad * 0.74), (y0 + 90, rad), (y1 - 30, rad), (y1, rad * 0.86)], 0.2
    )
    c.stand(cx, y1 + 6, rad, rad * 0.24)
    t.dress(c, stone(r, (c.t(rad * 2), c.t(y1 - y0)), inside), 0.5, 0.25)
    lid = Turned(cx, [(y0 - 46, rad * 0.74), (y0 + 14, rad * 0.76)], 0.2, soft=False)
    lid.dress(c, cloth(r, (60, 30), cap), 0.6)
    c.fill(lid.mouth(), cloth(r, (60, 30), lit(cap, 1.1)))
    return t


def glass(c: Canvas, t: Turned) -> None:
    """Highlights over a finished jar."""
    body = t.outline()
    w = max(t.table)
    h = t.y1 - t.y0
    c.glow(
        rect(t.cx - w * 0.72, t.y0 + h * 0.22, t.cx - w * 0.52, t.y0 + h * 0.86),
        (255, 255, 250),
        0.75,
        7,
        clip=body,
    )
    c.glow(
        rect(t.cx + w * 0.66, t.y0 + h * 0.24, t.cx + w * 0.74, t.y0 + h * 0.8),
        (255, 255, 250),
        0.5,
        6,
        clip=body,
    )
    c.line(body, alpha((255, 255, 250), 0.4), 3)
