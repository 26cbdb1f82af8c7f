"""Wider pictures: a craft's tile, a village's band of landscape and a seller's emblem."""

import math
from collections.abc import Callable
from random import Random

from PIL import Image

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
    rect,
    relight,
    smooth,
    vary,
)
from catalog.samples.drawing.incense import wheel
from catalog.samples.drawing.lacquer import coat
from catalog.samples.drawing.materials import cloth, end_grain, hide, wood
from catalog.samples.drawing.motifs import moved
from catalog.samples.drawing.nets import mesh
from catalog.samples.drawing.pearl import dish
from catalog.samples.drawing.scenes import compose
from catalog.samples.drawing.stitch import satin
from catalog.samples.drawing.surfaces import leaf, rope, stitches
from catalog.samples.drawing.timber import above
from catalog.samples.drawing.woven import Kit, round_tray

Painter = Callable[[Canvas, Random, str], None]

# Three things that stand (or lie) well together, the nearest last.
TILES: dict[str, tuple[str, ...]] = {
    "may-tre-dan": ("Lẵng cắm hoa", "Đèn bàn mây tre kiểu Nhật", "Giỏ hoa quả nong đôi"),
    "co-te": ("Giỏ đựng đồ giặt dáng bầu", "Bình cắm lau khô", "Giỏ quà Tết"),
    "kham-trai": ("Lọ hoa gỗ khảm trai cá chép", "Ống đựng bút khảm trai", "Hộp trang sức khảm trai sen"),
    "son-mai": ("Lọ hoa sơn mài dát vàng lá", "Đèn bàn chân sơn mài đỏ son", "Bát sơn mài vẩy vỏ trứng"),
    "huong": ("Chân tăm màu vàng nghệ", "Chân tăm màu đỏ", "Chân tăm màu đỏ truyền thống"),
    "may-comple-ao-dai": ("Áo dài nữ lụa màu ngọc", "Áo vest nam vải wool xanh than", "Áo dài nữ gấm đỏ đô"),
    "theu-ren": ("Rèm cửa ren hoa đào", "Tranh thêu khung gỗ sen xanh", "Túi rút thêu hoa đào"),
    "giay-da": ("Giày cao cổ nam nâu bò", "Túi đeo chéo da nâu cánh gián", "Giày tây nam buộc dây nâu sẫm"),
    "moc": ("Lục bình gỗ hương tiện con tròn", "Ghế tựa gỗ xoan đào", "Đồ chơi xếp hình gỗ sồi"),
    "to-he": ("Tò he que bông hồng", "Tò he que Tôn Ngộ Không", "Tò he que mười hai con giáp"),
    "non-la": ("Nón quai thao thêu hoa sen", "Nón lá lá cọ trắng", "Nón lá vẽ cảnh làng"),
    "keo-banh": ("Kẹo lạc giòn", "Bánh chưng gói tay", "Kẹo dồi giòn"),
    "dan-luoi": ("Vó tép gấp gọn xanh rêu", "Túi lưới đựng nông sản", "Túi lưới nhuộm xanh rêu"),
    "nong-san": ("Bưởi quả", "Rau muống sạch", "Trứng gà quê loại chọn"),
    "to-chuoi": ("Rèm sợi chuối be", "Túi tote sọc gạch", "Hộp quà màu chàm"),
}
FLAT = {"keo-banh", "nong-san", "huong"}
# What stands in a village's yard, and whether it hangs from a line.
YARD: dict[str, tuple[tuple[str, ...], bool]] = {
    "may-tre-dan": (("Giỏ hoa quả nong đôi", "Lẵng cắm", "Rổ đựng", "Lồng bàn mắt cáo"), False),
    "co-te": (("Giỏ đựng đồ giặt dáng bầu", "Giỏ quà Tết", "Đôn ngồi tròn", "Giỏ bọc chậu"), False),
    "kham-trai": (("Tủ chè khảm trai sen", "Lọ hoa gỗ khảm trai cá chép", "Ống đựng bút"), False),
    "son-mai": (("Lọ hoa sơn mài đỏ son", "Bát sơn mài dát vàng lá", "Lọ hoa sơn mài đen then"), False),
    "huong": (("chân tăm màu đỏ", "chân tăm màu vàng", "chân tăm đỏ"), False),
    "may-comple-ao-dai": (("Áo dài nữ màu ngọc", "Áo sơ mi nam xanh nhạt", "Áo dài nữ đỏ đô"), True),
    "theu-ren": (("Rèm cửa ren hoa đào", "Rèm cửa ren sen"), True),
    "giay-da": (("Giày tây nam buộc dây nâu bò", "Túi đeo chéo da vàng bò"), False),
    "moc": (("Ghế tựa gỗ mít", "Lục bình gỗ tiện con tròn", "Kệ tivi tứ linh"), False),
    "to-he": (("Tò he mười que con giáp", "Tò he mười que các loài hoa"), False),
    "non-la": (("Nón lá lá cọ trắng", "Nón lá nền trắng", "Nón lá vẽ cảnh làng"), False),
    "keo-banh": (("Ô mai mơ", "Trà thảo mộc gói hoa cúc"), False),
    "dan-luoi": (("Vó tép xanh rêu", "Túi lưới đựng nông sản"), True),
    "nong-san": (("Gạo tẻ thơm vụ mới", "Gạo nếp vụ mới", "Lạc nhân vụ mới"), False),
    "to-chuoi": (("Rèm sợi chuối màu chàm", "Rèm sợi chuối be"), True),
}


def tile(craft: str, painter: Painter, r: Random, size: tuple[int, int]) -> Canvas:
    """Three of the craft's things in one light."""
    c = Canvas(size)
    c.stage("sheet" if craft in FLAT else "wall", r)
    wide = size[0] / size[1] > 1.1
    spots = (
        ((0.2, 0.42, 0.84), (0.8, 0.43, 0.84), (0.5, 0.55, 0.9))
        if wide
        else ((0.3, 0.32, 0.6), (0.72, 0.36, 0.6), (0.5, 0.68, 0.7))
    )
    if craft in FLAT:
        spots = ((0.18, 0.5, 0.72), (0.82, 0.5, 0.72), (0.5, 0.5, 0.74)) if wide else spots
    if craft == "may-comple-ao-dai" or craft == "theu-ren":
        spots = ((0.19, 0.5, 0.86), (0.81, 0.5, 0.86), (0.5, 0.5, 0.86)) if wide else spots
    for (x, y, k), name in zip(spots, TILES.get(craft, TILES["may-tre-dan"]), strict=True):
        c.place(x, y, k)
        painter(c, r, name)
    return c


def landscape(painters: dict[str, Painter], crafts: list[str], r: Random, size: tuple[int, int]) -> Canvas:
    """A morning in the delta: sky, far trees, roofs, river, a brick yard with the craft set out to dry."""
    c = Canvas(size)
    c.staged = True
    w, h = c.im.size
    base_land(c, r, w, h)
    c.ox, c.oy, c.s = 0.0, 0.0, w / 1000
    high = h / c.s
    horizon = high * 0.47
    trees(c, r, horizon)
    x = r.uniform(20, 120)
    spots: list[tuple[float, float]] = []
    while x < 880:
        k = r.uniform(110, 170)
        spots.append((x, k))
        x += k * r.uniform(1.15, 2.0)
    for x, k in spots:
        roof(c, r, x, horizon + r.uniform(0, 16), k)
    river(c, r, horizon + high * 0.06, high)
    bamboo_grove(c, r, -20 if r.random() < 0.5 else 1010, horizon + high * 0.16, high)
    chosen = [k for k in crafts if k in YARD] or ["may-tre-dan"]
    yard(c, r, high)
    n = 7
    things: list[tuple[float, float, str, str, bool]] = []
    for i in range(n):
        craft = chosen[i % len(chosen)]
        names, hung = YARD[craft]
        back = i % 2 == 0
        things.append(
            (
                0.08 + i * 0.84 / (n - 1) + r.uniform(-0.02, 0.02),
                0.0 if back else 1.0,
                craft,
                names[(i // len(chosen)) % len(names)],
                hung,
            )
        )
    if any(t[4] for t in things):
        line = smooth([(-20, high * 0.44), (330, high * 0.475), (660, high * 0.465), (1020, high * 0.43)], 12)
        for px in (30, 500, 970):
            rope(c, [(px, high * 0.44), (px, high * 0.86)], 9, hexed("#A9843F"))
        c.line(line, (90, 70, 50, 220), 2.4)
    for fx, front, craft, name, hung in sorted(things, key=lambda t: t[1]):
        k = 0.36 + 0.1 * front
        c.place(fx, (0.66 if hung else 0.66 + 0.12 * front), k if not hung else 0.44)
        painters[craft](c, r, name)
    haze = field((2, 24), lambda _x, y: max(0.0, 70 * (1 - abs(y - 0.42) * 4)))
    c.im.paste((250, 240, 220), (0, 0), haze.resize(c.im.size))
    return c


def base_land(c: Canvas, r: Random, w: int, h: int) -> None:
    """Sky from warm paper to a pale blue-green, with long flat clouds."""
    top, low = r.choice(
        (("#C9D8D6", "#F8EBD2"), ("#D8DED2", "#FBEBD0"), ("#E3D6C8", "#FBE6C6"), ("#BFD3D8", "#F6EBD8"))
    )
    sky = Image.new("RGB", (1, 64))
    for y in range(64):
        sky.putpixel((0, y), mix(hexed(top), hexed(low), min(1.0, y / 30)))
    img = sky.resize((w // 4, h // 4), Image.Resampling.BICUBIC)
    clouds = cloud(r, img.size, (5, 16), 116, 146)
    c.im.paste(relight(img, clouds).resize((w, h), Image.Resampling.BILINEAR))
    c.ox, c.oy, c.s = 0.0, 0.0, w / 1000
    sun = (r.uniform(120, 360), h / c.s * 0.2)
    c.glow(arc(*sun, 120, 120, 0, 360), (255, 244, 214), 0.7, 90)
    c.glow(arc(*sun, 26, 26, 0, 360), (255, 250, 234), 0.95, 4)


def trees(c: Canvas, r: Random, horizon: float) -> None:
    """Two far lines of trees, the nearer darker, areca palms standing out."""
    for k, (col, lift) in enumerate(((hexed("#A9B9A0"), 62), (hexed("#7F9670"), 40))):
        pts: list[Pt] = [(-10, horizon + 40)]
        x = -10.0
        while x < 1020:
            pts.append((x, horizon - lift * r.uniform(0.25, 1.0)))
            x += r.uniform(16, 34)
        c.poly([*smooth(pts, 5), (1020, horizon + 60), (-10, horizon + 60)], col)
        for _ in range(6 if k else 3):
            px, top = r.uniform(20, 980), horizon - lift * r.uniform(1.5, 2.5)
            c.line([(px, horizon), (px + 3, top)], lit(col, 0.82), 3)
            for i in range(9):
                a = -2.9 + i * 0.33
                c.line(
                    smooth(
                        [
                            (px + 3, top),
                            (px + 3 + 16 * math.cos(a), top + 13 * math.sin(a)),
                            (px + 3 + 29 * math.cos(a), top + 20 * math.sin(a) + 9),
                        ],
                        4,
                    ),
                    lit(col, 0.8),
                    3,
                )


def roof(c: Canvas, r: Random, x: float, y: float, k: float) -> None:
    """A tiled house with a veranda; some with upturned corners like a communal house."""
    tiles = vary(r, hexed(r.choice(("#A3563C", "#8C4A36", "#B5654A"))), 0.08)
    wall = vary(r, hexed(r.choice(("#EFDDB8", "#E6C98F", "#F1E6D0"))), 0.05)
    ht = k * 0.34
    c.glow(rect(x, y - 4, x + k * 1.1, y + 8), (60, 50, 36), 0.35, 6)
    c.poly(rect(x + k * 0.06, y - ht, x + k * 0.94, y), wall)
    c.poly(rect(x + k * 0.06, y - ht, x + k * 0.94, y - ht * 0.7), alpha(lit(wall, 0.6), 0.6))
    n = 5
    for i in range(n):
        xa = x + k * (0.1 + 0.8 * i / n)
        c.poly(
            rect(xa + k * 0.03, y - ht * 0.78, xa + k * 0.12, y), lit(hexed("#6A4630"), r.uniform(0.8, 1.1))
        )
        c.poly(rect(xa - k * 0.012, y - ht, xa + k * 0.012, y), hexed("#8A5A38"))
    up = k * (0.07 if r.random() < 0.5 else 0.0)
    shape = smooth(
        [(x - k * 0.06, y - ht * 0.86 - up), (x + k * 0.06, y - ht * 1.12), (x + k * 0.18, y - ht * 2.0)], 6
    )
    shape += smooth(
        [(x + k * 0.82, y - ht * 2.0), (x + k * 0.94, y - ht * 1.12), (x + k * 1.06, y - ht * 0.86 - up)], 6
    )
    c.fill(
        shape,
        relight(Image.new("RGB", (80, 40), tiles), cloud(r, (80, 40), (40, 14), 92, 160)),
        field((4, 8), lambda _x, v: 150 - 40 * v),
    )
    for i in range(22):
        t = i / 21
        c.line(
            [(x + k * (0.18 + 0.64 * t), y - ht * 2.0), (x + k * (-0.04 + 1.08 * t), y - ht * 0.9)],
            alpha(lit(tiles, 0.55), 0.4),
            1.4,
        )
    c.line([(x + k * 0.17, y - ht * 2.0), (x + k * 0.83, y - ht * 2.0)], lit(tiles, 0.62), 5)


def river(c: Canvas, r: Random, y0: float, high: float) -> None:
    """A bend of water with the sky in it, rice on both banks."""
    field_ = hexed(r.choice(("#9DB06A", "#B5B765", "#8FA864", "#C2B05E")))
    c.fill(
        rect(0, y0 - 18, 1000, high),
        relight(Image.new("RGB", (200, 80), field_), cloud(r, (200, 80), (10, 40), 104, 152)),
    )
    bend = smooth([(-10, y0 + 22), (240, y0 + 8), (520, y0 + 30), (800, y0 + 6), (1010, y0 + 18)], 10)
    low = smooth([(1010, y0 + 66), (780, y0 + 52), (480, y0 + 92), (230, y0 + 54), (-10, y0 + 80)], 10)
    water = [*bend, *low]
    sky = Image.new("RGB", (1, 8))
    for i in range(8):
        sky.putpixel((0, i), mix(hexed("#F4E8D0"), hexed("#9DB9BC"), i / 7))
    c.fill(
        water,
        relight(sky.resize((240, 40), Image.Resampling.BICUBIC), cloud(r, (240, 40), (14, 20), 116, 150)),
    )
    for _ in range(46):
        x, y = r.uniform(0, 1000), y0 + r.uniform(14, 74)
        c.line([(x, y), (x + r.uniform(12, 46), y)], alpha((255, 252, 240), 0.3), 1.4)
    x = r.uniform(280, 700)
    hull = smooth(
        [(x - 44, y0 + 40), (x - 22, y0 + 52), (x + 24, y0 + 52), (x + 48, y0 + 38), (x, y0 + 46)], 5, True
    )
    c.poly([(a, b + 7) for a, b in hull], alpha((60, 60, 56), 0.3))
    c.poly(hull, hexed("#5E432E"))
    c.poly(
        smooth([(x - 6, y0 + 44), (x - 8, y0 + 26), (x + 6, y0 + 26), (x + 8, y0 + 44)], 4), hexed("#4E5E52")
    )
    c.poly([(x - 16, y0 + 26), (x, y0 + 14), (x + 16, y0 + 26)], hexed("#E9DAB0"))
    c.line([(x + 8, y0 + 30), (x + 40, y0 + 62)], hexed("#8A6A3C"), 2.4)


def bamboo_grove(c: Canvas, r: Random, x: float, y: float, high: float) -> None:
    """Bamboo leaning in from one side."""
    side = 1 if x < 500 else -1
    for _ in range(11):
        x0 = x + side * r.uniform(-30, 90)
        lean = side * r.uniform(10, 120)
        stem = smooth(
            [(x0, y + 60), (x0 + lean * 0.3, y - high * 0.26), (x0 + lean, y - high * r.uniform(0.42, 0.62))],
            10,
        )
        col = lit(hexed("#7F9448"), r.uniform(0.72, 1.1))
        c.line(stem, lit(col, 0.8), 7)
        c.line([(px - 1.4, py) for px, py in stem], lit(col, 1.15), 2.6)
        for px, py in stem[3::3]:
            c.line([(px - 4, py), (px + 4, py)], lit(col, 0.55), 2)
            for _ in range(5):
                a = r.uniform(-0.5, 0.9) if side > 0 else r.uniform(2.2, 3.6)
                n = r.uniform(22, 44)
                leaf(
                    c,
                    (px, py),
                    (px + n * math.cos(a), py + n * math.sin(a) + 8),
                    3.4,
                    lit(hexed("#6F8A3E"), r.uniform(0.75, 1.2)),
                    r,
                    2,
                )


def yard(c: Canvas, r: Random, high: float) -> None:
    """The brick drying yard in front, its courses closing in with distance."""
    y0 = high * 0.7
    brick = hexed(r.choice(("#C98F6A", "#D0A27C", "#C4A07A")))
    c.glow(rect(0, y0 - 8, 1000, y0 + 6), (70, 60, 40), 0.3, 8)
    c.fill(
        rect(0, y0, 1000, high),
        relight(Image.new("RGB", (200, 60), brick), cloud(r, (200, 60), (16, 10), 108, 150)),
        field((4, 8), lambda x, y: 138 - 14 * y - 8 * x),
    )
    y, step = y0, 5.0
    while y < high:
        c.line([(0, y), (1000, y)], alpha(lit(brick, 0.7), 0.5), 1.6)
        y += step
        step *= 1.22
    for i in range(-12, 40):
        x = i * 36
        c.line(
            [(500 + (x - 500) * 0.86, y0), (500 + (x - 500) * 1.5, high)], alpha(lit(brick, 0.72), 0.32), 1.5
        )
    c.glow(
        [(0, y0), (460, y0), (260, high), (0, high)], (255, 240, 205), 0.25, 60, clip=rect(0, y0, 1000, high)
    )


MARKS = ("sen", "cúc", "trúc", "mai", "hoạ mi", "mẫu đơn", "cá", "chữ thọ")


def emblem(craft: str, r: Random, size: tuple[int, int]) -> Canvas:
    """A round of the craft's own stuff, for a seller without a portrait."""
    c = Canvas(size)
    c.place(0.5, 0.488, 1.2)
    c.stage("sheet", r)
    mark = r.choice(MARKS)
    disc = arc(500, 640, 390, 390, 0, 360, 120)
    side = c.t(780)

    def medal(tex: Img, rim: Rgb, thread: Rgb | None = None, light: Rgb | None = None) -> None:
        c.shadow(disc, 26, 0.5)
        c.fill(disc, tex, field((16, 16), lambda x, y: 148 - 26 * x - 22 * y))
        if thread:
            stitches(c, arc(500, 640, 352, 352, 0, 360, 120), 15, thread, 4)
        if light:
            satin(c, r, moved(compose(mark, r), 500, 640, 215), 3.4, light if craft != "theu-ren" else None)
        rope(c, disc, 20, rim)

    if craft == "kham-trai":
        dish(c, r, mark, r.choice((hexed("#24130F"), hexed("#3D1A12"))), 90)
    elif craft == "son-mai":
        medal(
            coat(
                c,
                r,
                780,
                780,
                r.choice((hexed("#A3201A"), hexed("#1A1311"))),
                r.choice(("plain", "dust", "gold")),
                True,
            ),
            hexed("#B98F45"),
        )
    elif craft == "huong":
        dye = hexed(r.choice(("#C3272B", "#D63A2F", "#E0A82E", "#B4508C")))
        wheel(c, r, 500, 640, 400, dye, hexed("#8A5A34"), r.random() < 0.5)
    elif craft == "may-comple-ao-dai":
        base = hexed(r.choice(("#25304A", "#6E1423", "#2F6F73", "#4E5A38")))
        medal(
            cloth(r, (side, side), base, r.choice(("twill", "wool", "satin"))),
            lit(base, 0.7),
            mix(base, (246, 230, 200), 0.6),
            mix(base, (236, 200, 120), 0.75),
        )
    elif craft == "theu-ren":
        medal(
            cloth(r, (side, side), hexed("#F2EAD8"), "linen"),
            hexed("#B98552"),
            hexed("#C9A97C"),
            (200, 80, 80),
        )
    elif craft == "giay-da":
        base = hexed(r.choice(("#8A4F2A", "#A5652F", "#5A3320", "#6E3420")))
        medal(
            hide(r, (side, side), base),
            lit(base, 0.7),
            mix(base, (240, 214, 160), 0.7),
            mix(base, (30, 16, 8), 0.5),
        )
    elif craft == "moc":
        base = hexed(r.choice(("#A2482B", "#B5714A", "#C9903A", "#8A3F22")))
        medal(
            end_grain(r, (side, side), base, 13, (r.uniform(0.4, 0.6), r.uniform(0.4, 0.6))), lit(base, 0.66)
        )
    elif craft == "to-he":
        from catalog.samples.drawing.figures import Dough, rose

        medal(wood(r, (side, side), hexed("#D9B98A"), 6), hexed("#A8733F"))
        rose(Dough(c, 500, 640, 300), r, hexed(r.choice(("#D0332B", "#E86A92", "#F0B429"))))
    elif craft == "non-la":
        above(c, r, 500, 640, 390, "nền", mark)
    elif craft == "dan-luoi":
        base = hexed(r.choice(("#2F6F73", "#3F6A8C", "#5E7348")))
        medal(cloth(r, (side, side), hexed("#EFE4CF"), "linen"), base)

        def ring(u: float, v: float) -> Pt:
            x, y = u * 2 - 1, v * 2 - 1
            return 500 + 372 * x * math.sqrt(max(0, 1 - y * y / 2)), 640 + 372 * y * math.sqrt(
                max(0, 1 - x * x / 2)
            )

        mesh(c, ring, 11, 14, base, 9)
    elif craft == "to-chuoi":
        base = hexed(r.choice(("#D9C6A0", "#3A5378", "#C99A6A")))
        medal(
            cloth(r, (side, side), base, "slub"),
            lit(base, 0.7),
            lit(base, 0.55),
            mix(base, (110, 50, 30), 0.6),
        )
    elif craft in ("keo-banh", "nong-san"):
        base = hexed(r.choice(("#5E7F3A", "#6F8A3E", "#4F7338")))
        c.shadow(disc, 26, 0.5)
        c.poly(disc, lit(base, 0.7))
        for i in range(16):
            a = math.radians(i * 22.5 + r.uniform(-3, 3))
            leaf(
                c,
                (500, 640),
                (500 + 400 * math.cos(a), 640 + 400 * math.sin(a)),
                74,
                vary(r, base, 0.16),
                r,
                9,
            )
        from catalog.samples.drawing.basketry import ball
        from catalog.samples.drawing.food import brittle

        if craft == "keo-banh":
            brittle(
                c, r, 500, 640, 230, 230, r.uniform(-20, 20), hexed("#B5702F"), r.choice(("peanut", "sesame"))
            )
        else:
            ball(c, 500, 640, 165, hexed(r.choice(("#B9B84A", "#D98A2B", "#C7472F"))))
    else:
        round_tray(Kit(c, r, "", craft == "co-te"), rad=390)
    return c
