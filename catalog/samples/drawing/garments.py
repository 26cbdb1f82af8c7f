"""May: which garment a name asks for."""

import math
from random import Random

from catalog.samples.drawing.cloth import (
    COLORS,
    SOFT,
    Tailor,
    ao_dai,
    hanger,
    lapels,
    mirror,
    placket,
    skirt,
    top,
    trousers,
)
from catalog.samples.drawing.ground import (
    Canvas,
    Pt,
    alpha,
    arc,
    cloud,
    field,
    hexed,
    lit,
    smooth,
    vary,
)
from catalog.samples.drawing.materials import cloth
from catalog.samples.drawing.motifs import moved
from catalog.samples.drawing.scenes import compose
from catalog.samples.drawing.stitch import satin
from catalog.samples.drawing.surfaces import band, rope, stitches


def may(c: Canvas, r: Random, name: str) -> None:
    """May comple, áo dài."""
    low = name.lower()
    c.stage("wall", r)
    base = next((hexed(code) for word, code in COLORS if word in low), None)
    t = Tailor(c, r, name, vary(r, base, 0.06) if base else hexed(r.choice(SOFT)))
    white = hexed("#F6F3EB")
    if "khăn xếp" in low:
        turban(t)
        return
    if "quần" in low:
        trousers(t, r, wide=0.8 if "côn" in low else 1.15)
        return
    if "chân váy" in low:
        c.zoom(1.16, (500, 620))
        skirt(t, 270, 980, 150, 190)
        t.part(
            smooth([(346, 252), (500, 272), (654, 252)], 8) + smooth([(658, 312), (500, 334), (342, 312)], 8),
            0,
            0.3,
        )
        c.line([(500, 330), (500, 1000)], alpha(lit(t.base, 0.4), 0.35), 3)
        return
    if "tạp dề" in low:
        apron(t, r)
        return
    if not any(
        w in low for w in ("áo dài", "váy", "đầm", "bộ ", "lễ tốt", "măng tô", "pyjama", "bà ba", "đồng phục")
    ):
        c.zoom(1.16, (500, 560))
    hanger(c, 236 if "áo dài" not in low else 176, 190)
    if "áo dài" in low:
        ao_dai(t, r, name, "bé" in low)
    elif "váy cưới" in low:
        skirt(t, 560, 1140, 118, 360, True)
        top(t, 600, 0.45 if "bồng" in low else 0.0, 168, 118, 124, sy=230)
        satin(c, r, moved(compose("hoa mẫu đơn", r), 500, 420, 96), 3.2, hexed("#EADFC8"))
        c.poly([(440, 196), (560, 196), (500, 320)], alpha(lit(t.base, 0.55), 0.85))
    elif "đầm" in low:
        skirt(t, 560, 1090, 130, 270)
        top(t, 590, 0.85 if "dài" in low else 0.24, 190, 130, 134, sy=230)
        placket(t, 230, 560, n=4)
        t.part(
            smooth([(366, 560), (500, 574), (634, 560)], 8) + smooth([(636, 604), (500, 620), (364, 604)], 8),
            0,
            0.3,
        )
    elif "lễ tốt nghiệp" in low:
        top(t, 1100, 0.7, 240, 250, 310, sy=230)
        for s in (-1, 1):
            q = [
                (500 + s * 4, 330),
                (500 + s * 62, 206),
                (500 + s * 92, 210),
                (500 + s * 60, 420),
                (500 + s * 74, 900),
                (500 + s * 8, 900),
            ]
            c.fill(
                q, cloth(r, (40, 200), hexed("#D9A93A"), "satin"), field((8, 8), lambda x, y: 150 - 40 * y)
            )
        c.line([(500, 330), (500, 1108)], alpha(lit(t.base, 0.3), 0.9), 4)
    elif "măng tô" in low:
        top(t, 1080, 0.98, 232, 190, 246, sy=240)
        lapels(t, 560, 240, 1080, hexed("#E9E4D8"), None, 3)
        t.part([(310, 660), (690, 660), (692, 712), (308, 712)], 0, 0.3)
        rope(c, [(470, 652), (540, 652), (540, 720), (470, 720), (470, 652)], 9, lit(t.base, 0.6))
    elif any(w in low for w in ("gile nam", "ghi lê")):
        top(t, 830 if "gile" in low else 900, 0, 190, 160, 186, sy=240)
        if "ghi lê" in low:
            for y in (560, 700):
                c.fill(
                    [(318, y), (682, y), (682, y + 44), (318, y + 44)],
                    cloth(r, (120, 20), hexed("#D9DDDA"), "satin"),
                )
            for x in (380, 586):
                c.fill(
                    [(x, 226), (x + 40, 222), (x + 40, 900), (x, 900)],
                    cloth(r, (20, 200), hexed("#D9DDDA"), "satin"),
                )
            c.line([(500, 236), (500, 912)], alpha(lit(t.base, 0.4), 0.9), 6)
        else:
            lapels(t, 540, 240, 830, white, r.choice((hexed("#7A2230"), hexed("#2F4F52"))), 4)
    elif any(w in low for w in ("vest", "blazer", "lễ tân")):
        if "bộ" in low.split():
            c.place(0.5, 0.5, 1.0)
            legs = [(372, 880), (628, 880), (640, 1210), (520, 1210), (500, 960), (480, 1210), (360, 1210)]
            c.shadow(legs, 20, 0.3)
            t.part(legs, 0, 1.0, 16)
        nam = "nữ" not in low and "lễ tân" not in low
        top(
            t,
            900 if nam else 830,
            0.98 if "lửng" not in low else 0.6,
            236 if nam else 200,
            178 if nam else 138,
            204 if nam else 190,
            sy=245,
        )
        lapels(
            t,
            560 if nam else 520,
            245,
            900 if nam else 830,
            white,
            r.choice((hexed("#7A2230"), hexed("#2F4F6F"), hexed("#8A6A2E"))) if nam else None,
            2 if nam else 1,
        )
        if "ba mảnh" in low:
            c.line([(470, 470), (505, 540), (540, 470)], lit(t.base, 1.2), 8)
    elif "phông" in low:
        top(t, 910, 0.2, 232, 205, 212, sy=240)
        if "cổ bẻ" in low:
            placket(t, 240, 420, n=3)
        else:
            c.fill(
                arc(500, 222, 84, 46, 0, 360, 40), t.tex.crop((0, 0, 60, 60)), field((4, 4), lambda x, y: 74)
            )
            c.line(arc(500, 222, 84, 50, 0, 180, 30), lit(t.base, 0.8), 15)
        if "phối vai" in low:
            yoke = [
                (438, 228),
                (280, 298),
                (300, 400),
                (500, 420),
                (700, 400),
                (720, 298),
                (562, 228),
                (500, 268),
            ]
            c.fill(yoke, cloth(r, (120, 80), lit(t.base, 0.45), "twill"))
    elif "khoác gió" in low:
        top(t, 900, 0.98, 240, 208, 214, sy=250)
        c.line([(500, 250), (500, 912)], (220, 216, 206), 9)
        stitches(c, [(500, 250), (500, 912)], 9, (60, 56, 52), 8, 0.5)
        hood = smooth([(390, 262), (400, 150), (500, 110), (600, 150), (610, 262), (500, 300)], 8, True)
        t.part(hood, 0, 1.2)
        c.fill(arc(500, 236, 66, 58, 0, 360, 40), t.tex.crop((0, 0, 60, 60)), field((4, 4), lambda x, y: 60))
        if "phản quang" in low:
            c.fill(
                [(296, 560), (704, 560), (704, 604), (296, 604)],
                cloth(r, (120, 20), hexed("#DCE0DC"), "satin"),
            )
    else:
        shirt_like(t, r, low)


def shirt_like(t: Tailor, r: Random, low: str) -> None:
    """Shirts, pyjamas, bà ba, school and work uniforms."""
    c = t.c
    women = "nữ" in low or "bà ba" in low or "nhung" in low
    long_ = 0.98 if not any(w in low for w in ("tay ngắn", "học sinh", "tiểu học")) else 0.25
    hem = 900 if not women else 860
    if "pyjama" in low or "bà ba" in low or "công nhân" in low or "học sinh" in low:
        below = hexed("#24324E") if "học sinh" in low else t.base
        legs: list[Pt] = [
            (340, hem - 40),
            (660, hem - 40),
            (668, 1200),
            (514, 1200),
            (500, hem + 90),
            (486, 1200),
            (332, 1200),
        ]
        c.shadow(legs, 20, 0.3)
        if below is t.base:
            t.part(legs, 0, 1.2, 18)
        else:
            c.fill(
                legs,
                cloth(r, (160, 200), below, "check" if "ca rô" in low else "twill", hexed("#A33A34")),
                cloud(r, (24, 24), (6, 2), 96, 150),
            )
    top(
        t, hem, long_, 218 if not women else 192, 190 if not women else 146, 204 if not women else 182, sy=245
    )
    if "bếp" in low:
        placket(t, 245, hem, mandarin=True, n=1)
        for x in (430, 570):
            for i in range(5):
                t.button(x, 350 + i * 96, 13, hexed("#2A2A2C"))
        c.line([(400, 280), (420, hem)], alpha(lit(t.base, 0.5), 0.6), 3)
    else:
        mandarin = any(w in low for w in ("cổ tàu", "bà ba", "nhung"))
        placket(t, 245, hem, mandarin, 6)
        if not women:
            pocket = [(560, 430), (650, 424), (652, 520), (608, 540), (562, 526)]
            t.part(pocket, 0, 0.3)
            t.seam([*pocket[2:], pocket[0]], 10)
    if "nhung" in low:
        satin(
            c,
            r,
            moved(compose("mẫu đơn", r), 430, 420, 92, -14),
            3.2,
            hexed("#D9A94A") if "cườm" in low else None,
        )
    if "nơ" in low.split():
        for s in (-1, 1):
            c.poly(
                [(500, 300), (500 + s * 70, 268), (500 + s * 70, 336)],
                lit(hexed("#A3271F"), 1.0 if s < 0 else 0.8),
            )
    if "phản quang" in low:
        for y in (540, 680):
            c.fill(
                [(308, y), (692, y), (692, y + 36), (308, y + 36)],
                cloth(t.r, (120, 20), hexed("#DDE0DA"), "satin"),
            )


def apron(t: Tailor, r: Random) -> None:
    c = t.c
    rope(c, smooth([(400, 330), (410, 200), (500, 140), (590, 200), (600, 330)], 10), 18, lit(t.base, 0.8))
    body = smooth([(390, 320), (392, 470), (300, 560), (270, 640), (262, 1060)], 8) + smooth(
        [(262, 1060), (500, 1090), (738, 1060)], 8
    )
    body += list(reversed(mirror(smooth([(390, 320), (392, 470), (300, 560), (270, 640), (262, 1060)], 8))))
    c.shadow(body, 28, 0.45, 1.2)
    for s in (-1, 1):
        rope(
            c,
            smooth([(500 + s * 225, 640), (500 + s * 320, 700), (500 + s * 330, 820)], 8),
            16,
            lit(t.base, 0.8),
        )
    t.part(body)
    t.seam([(x + (10 if x < 500 else -10), y - 4) for x, y in body])
    pocket = [(340, 720), (660, 720), (656, 930), (500, 956), (344, 930)]
    t.part(pocket, 0, 0.5, -10)
    t.seam([*pocket[1:], pocket[0]])
    c.line([(500, 724), (500, 950)], alpha(lit(t.base, 0.5), 0.6), 3)
    for x in (402, 598):
        t.button(x, 344, 12, hexed("#B98A4A"))


def turban(t: Tailor) -> None:
    """Khăn xếp: a ring of pleated folds worn with áo dài."""
    c = t.c
    c.zoom(1.2, (500, 720))
    rad, k = 290.0, 0.44
    c.stand(500, 830, 320, 130)
    back = band(
        arc(500, 700, rad, rad * k, 180, 360, 50), arc(500, 516, rad * 1.04, rad * k * 0.9, 180, 360, 50)
    )
    t.part(back, 0, 1.0, 60)
    for i in range(9):
        y0 = 820 - i * 26
        rr = rad * (1 + 0.012 * math.sin(i * 0.9) + i * 0.006)
        ring = band(
            arc(500, y0 - 110, rr, rr * k, 0, 180, 50), arc(500, y0 - 76, rr * 0.99, rr * k, 0, 180, 50)
        )
        t.part(ring, 0, 0.5)
        c.line(arc(500, y0 - 76, rr * 0.99, rr * k, 0, 180, 50), alpha(lit(t.base, 0.35), 0.8), 4)
