"""Which woven form a Vietnamese name asks for: the painters of mây tre and cỏ tế."""

from random import Random

from catalog.samples.drawing.basketry import (
    bouquet,
    casket,
    cover,
    cradle,
    dividers,
    dome,
    fruit,
    lining,
    loaves,
    long_tray,
    mat,
    mirror,
    pad,
    plant,
    purse,
    shelf,
    vase,
)
from catalog.samples.drawing.ground import (
    Canvas,
    Pt,
    arc,
)
from catalog.samples.drawing.surfaces import rope
from catalog.samples.drawing.woven import (
    Kit,
    basket,
    crate,
    lamp,
    round_tray,
    spiral,
    stool,
    table,
)


def cane(c: Canvas, r: Random, name: str) -> None:
    """Mây tre đan."""
    c.stage("sheet" if any(w in name for w in ("Khay", "Mẹt", "Gương")) else "wall", r)
    frame(c, name)
    k = Kit(c, r, name, fern=False)
    if "Mẹt" in name:
        round_tray(k, rad=400)
    elif "Khay" in name:
        round_tray(k, rad=380)
        dividers(k)
    elif "Gương" in name:
        mirror(k)
    elif "Đèn" in name:
        lamp(k, "thả" in name)
    elif "Lồng bàn" in name:
        dome(k)
    elif "Hộp" in name:
        crate(k, 520, 420, 220, slot="giấy" in name)
    elif "Tráp" in name:
        casket(k)
    elif "Ghế" in name:
        stool(k, "bành" in name)
    elif "Kệ" in name:
        shelf(k)
    elif "Nôi" in name:
        cradle(k)
    elif "Bình" in name:
        vase(k)
    elif "Túi" in name:
        purse(k)
    elif "Rổ" in name:
        basket(k, [(600, 330), (760, 300), (860, 225), (890, 190)], 0.34, r.choice(("", "ears")))
    elif "Làn" in name:
        basket(
            k,
            r.choice([[(560, 320), (760, 290), (900, 235)], [(570, 300), (720, 305), (900, 270)]]),
            0.24,
            "hoop",
        )
    elif "Lẵng" in name:
        basket(k, [(600, 300), (760, 215), (850, 150), (930, 190)], 0.26, "hoop")
        if r.random() < 0.7:
            bouquet(c, r, 500, 600, 250)
    else:
        basket(
            k,
            r.choice(
                [
                    [(600, 350), (740, 330), (850, 240)],
                    [(590, 330), (700, 350), (850, 250)],
                    [(610, 360), (800, 250), (880, 210)],
                ]
            ),
            0.3,
            r.choice(("", "hoop", "ears")),
        )
        if "hoa quả" in name and r.random() < 0.6:
            fruit(c, r, 500, 600)


def fern(c: Canvas, r: Random, name: str) -> None:
    """Cỏ tế (guột)."""
    flat = ("lót", "Lót", "Thảm", "hoa quả", "Khay")
    c.stage("sheet" if any(w in name for w in flat) and "vải" not in name else "wall", r)
    frame(c, name)
    k = Kit(c, r, name, fern=True)
    if "Bộ sáu lót cốc" in name:
        for i in range(6):
            x, y = 300 + (i % 2) * 390 + r.uniform(-24, 24), 300 + (i // 2) * 325 + r.uniform(-16, 16)
            c.shadow(arc(x, y, 168, 168, 0, 360), 14, 0.45)
            spiral(k, x, y, 168, 24)
            rope(c, arc(x, y, 164, 164, 0, 360, 70), 14, k.rim, k.twist())
    elif "Lót nồi" in name:
        round_tray(k, rad=330)
    elif "Thảm tròn" in name or "hoa quả" in name:
        round_tray(k, rad=430 if "Thảm" in name else 370)
    elif "chùi chân" in name:
        mat(k)
    elif "Khay" in name:
        long_tray(k)
    elif "Bàn trà" in name:
        table(k)
    elif "Ghế" in name:
        stool(k, back=True)
    elif "Đôn" in name:
        stool(k, back=False)
    elif "đèn" in name:
        lamp(k, hanging=True)
    elif "Tủ" in name:
        crate(k, 430, 420, 640, 1050, lid=False, drawers=3)
    elif "Hộp" in name:
        crate(k, 520, 420, 300, lid="nắp" in name or r.random() < 0.5)
    elif "Kệ báo" in name:
        crate(k, 420, 260, 430, 980, lid=False)
    elif "dã ngoại" in name and "vuông" in name:
        crate(k, 540, 400, 320)
    elif "Ổ" in name:
        t = basket(k, [(650, 360), (760, 390), (900, 330)], 0.36)
        pad(k, t)
    elif "Túi" in name:
        basket(k, [(520, 300), (700, 320), (930, 260)], 0.16, "straps")
    elif "Bình" in name:
        vase(k)
    elif "Rổ" in name:
        basket(k, [(660, 370), (760, 360), (870, 270)], 0.32, "ears")
        loaves(c, r)
    elif "chậu" in name:
        basket(k, [(620, 235), (760, 250), (960, 205)], 0.22, r.choice(("", "ears")))
        plant(c, r, 500, 610)
    elif "bộ ba" in name:
        for cx, f in ((660, 0.78), (330, 0.62)):
            basket(
                k,
                [(960 - 480 * f, 280 * f), (960 - 240 * f, 310 * f), (960 - 30 * f, 250 * f)],
                0.24,
                "ears",
                cx,
            )
        basket(k, [(800, 150), (900, 165), (1010, 135)], 0.26, "ears", 560)
    elif "vuông" in name:
        crate(k, 470, 380, 470, 1000, lid=False)
    elif "Sọt" in name or "giặt" in name:
        prof: list[Pt] = (
            [(430, 220), (640, 300), (860, 270), (960, 215)]
            if "bầu" in name
            else [(430, 270), (700, 245), (970, 215)]
        )
        t = basket(k, prof, 0.25, "ears" if "giặt" in name else "")
        if "nắp" in name:
            cover(k, t)
    else:
        t = basket(k, [(590, 320), (740, 325), (900, 250)], 0.28, "hoop" if r.random() < 0.6 else "ears")
        if "vải" in name:
            lining(k, t)
        elif "nắp" in name:
            cover(k, t)


NEAR: tuple[tuple[str, float, float], ...] = (  # word of the name, how near, height of the middle
    ("Mẹt", 1.08, 640),
    ("Khay bánh", 1.12, 640),
    ("Gương", 1.06, 640),
    ("Khay", 1.0, 640),
    ("Lót", 1.0, 640),
    ("lót cốc", 1.0, 640),
    ("Thảm", 1.0, 640),
    ("Đèn thả", 1.2, 620),
    ("Đèn bàn", 1.1, 680),
    ("Chụp đèn", 1.22, 620),
    ("Lồng bàn", 1.16, 700),
    ("Hộp", 1.3, 800),
    ("Tráp", 1.22, 720),
    ("Ghế", 1.16, 670),
    ("Kệ", 1.1, 660),
    ("Nôi", 1.12, 720),
    ("Bình", 1.1, 610),
    ("Túi", 1.22, 650),
    ("Rổ", 1.22, 750),
    ("Làn", 1.22, 610),
    ("Lẵng", 1.22, 600),
    ("Bàn", 1.14, 730),
    ("Đôn", 1.28, 730),
    ("Tủ", 1.12, 700),
    ("chậu", 1.16, 600),
    ("bộ ba", 1.14, 700),
    ("Giỏ", 1.22, 660),
    ("Sọt", 1.22, 690),
    ("Ổ", 1.2, 760),
)


def frame(c: Canvas, name: str) -> None:
    """Brings the form to fill the picture."""
    for word, k, middle in NEAR:
        if word in name:
            c.zoom(k, (500, middle))
            return
    c.zoom(1.2, (500, 680))
