"""Draws the sample pictures of the marketplace: products, crafts, villages and sellers, each from a seed."""

from collections.abc import Callable
from random import Random

from PIL import Image

from catalog.samples.drawing import places
from catalog.samples.drawing.cabinet import inlay
from catalog.samples.drawing.farm import nong_san
from catalog.samples.drawing.fibre import to_chuoi
from catalog.samples.drawing.figures import to_he
from catalog.samples.drawing.food import keo_banh
from catalog.samples.drawing.garments import may
from catalog.samples.drawing.ground import Canvas, rng
from catalog.samples.drawing.lacquer import son_mai
from catalog.samples.drawing.leather import giay_da
from catalog.samples.drawing.nets import dan_luoi
from catalog.samples.drawing.scents import huong
from catalog.samples.drawing.stitch import theu
from catalog.samples.drawing.timber import moc, non_la
from catalog.samples.drawing.wicker import cane, fern

Painter = Callable[[Canvas, Random, str], None]

PAINTERS: dict[str, Painter] = {
    "may-tre-dan": cane,
    "co-te": fern,
    "kham-trai": inlay,
    "son-mai": son_mai,
    "huong": huong,
    "may-comple-ao-dai": may,
    "theu-ren": theu,
    "giay-da": giay_da,
    "to-chuoi": to_chuoi,
    "moc": moc,
    "to-he": to_he,
    "non-la": non_la,
    "keo-banh": keo_banh,
    "dan-luoi": dan_luoi,
    "nong-san": nong_san,
}
CRAFTS: tuple[str, ...] = tuple(PAINTERS)


def painter(craft: str) -> Painter:
    return PAINTERS.get(craft, cane)


def draw_product(
    craft: str, seed: str, *, name: str = "", size: tuple[int, int] = (1280, 1600)
) -> Image.Image:
    """One product picture, RGB, of `size` px. The Vietnamese name steers the form."""
    r = rng("product", craft, seed)
    c = Canvas(size)
    painter(craft)(c, r, name)
    return c.finish(r)


def draw_craft(craft: str, *, size: tuple[int, int] = (1280, 960)) -> Image.Image:
    """A craft's large tile: three of its things together. RGB, `size` px."""
    r = rng("craft", craft)
    return places.tile(craft, painter(craft), r, size).finish(r)


def draw_village(crafts: list[str], seed: str, *, size: tuple[int, int] = (1280, 720)) -> Image.Image:
    """A band of landscape with the village's crafts set out in the yard. RGB, `size` px."""
    r = rng("village", seed, *crafts)
    return places.landscape(PAINTERS, crafts, r, size).finish(r)


def draw_seller(craft: str, seed: str, *, size: tuple[int, int] = (640, 640)) -> Image.Image:
    """A seller's emblem: a round of the craft's own stuff. RGB, `size` px."""
    r = rng("seller", craft, seed)
    return places.emblem(craft, r, size).finish(r)
