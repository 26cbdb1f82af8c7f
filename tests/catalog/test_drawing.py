import pytest
from PIL import Image, ImageChops, ImageStat

from catalog.samples.drawing import CRAFTS, draw_craft, draw_product, draw_seller, draw_village

SMALL = (320, 400)


def apart(a: Image.Image, b: Image.Image) -> float:
    """The mean difference of two pictures as 32 px thumbnails, 0 to 255."""
    one, two = (img.resize((32, 32), Image.Resampling.BOX) for img in (a, b))
    mean = ImageStat.Stat(ImageChops.difference(one, two)).mean
    return sum(mean) / len(mean)


def test_there_are_fifteen_crafts() -> None:
    assert len(CRAFTS) == 15
    assert len(set(CRAFTS)) == 15


@pytest.mark.parametrize("craft", CRAFTS)
def test_every_craft_draws_in_rgb_at_the_asked_size(craft: str) -> None:
    img = draw_product(craft, "a", size=SMALL)
    assert img.mode == "RGB"
    assert img.size == SMALL
    assert max(ImageStat.Stat(img.convert("L")).stddev) > 8  # something stands on the ground


@pytest.mark.parametrize("craft", ["may-tre-dan", "kham-trai", "huong", "theu-ren"])
def test_the_same_seed_gives_the_same_bytes(craft: str) -> None:
    first = draw_product(craft, "same", name="Hộp", size=SMALL)
    again = draw_product(craft, "same", name="Hộp", size=SMALL)
    assert first.tobytes() == again.tobytes()


@pytest.mark.parametrize("craft", CRAFTS)
def test_another_seed_gives_another_picture(craft: str) -> None:
    pictures = [draw_product(craft, seed, size=SMALL) for seed in ("one", "two", "three")]
    assert max(apart(pictures[0], pictures[1]), apart(pictures[0], pictures[2])) > 2


def test_crafts_differ() -> None:
    pictures = [draw_product(craft, "a", size=SMALL) for craft in ("may-tre-dan", "son-mai", "moc")]
    assert apart(pictures[0], pictures[1]) > 2
    assert apart(pictures[1], pictures[2]) > 2


def test_the_name_steers_the_form() -> None:
    tray = draw_product("may-tre-dan", "a", name="Khay bánh mứt", size=SMALL)
    lamp = draw_product("may-tre-dan", "a", name="Đèn thả trần", size=SMALL)
    assert apart(tray, lamp) > 5


def test_an_unknown_craft_gets_a_picture() -> None:
    assert draw_product("khong-co", "a", size=SMALL).size == SMALL


@pytest.mark.parametrize("craft", [*CRAFTS, "khong-co"])
def test_tiles_and_emblems(craft: str) -> None:
    tile = draw_craft(craft, size=(320, 240))
    emblem = draw_seller(craft, "x", size=(160, 160))
    assert (tile.mode, tile.size) == ("RGB", (320, 240))
    assert (emblem.mode, emblem.size) == ("RGB", (160, 160))


@pytest.mark.parametrize("crafts", [[], ["huong"], ["may-tre-dan", "theu-ren", "khong-co"]])
def test_villages(crafts: list[str]) -> None:
    view = draw_village(crafts, "chuon", size=(320, 180))
    assert (view.mode, view.size) == ("RGB", (320, 180))
    assert view.tobytes() == draw_village(crafts, "chuon", size=(320, 180)).tobytes()
