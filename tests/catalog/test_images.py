"""The picture pipeline: what is taken in, and what comes out."""

import io
from collections.abc import Callable

import pytest
from django.core.files.storage import storages
from PIL import Image

from catalog import images, services
from catalog.models import ImageAsset, ProductImage
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.ids import to_global_id
from tests.builders import Shop
from tests.catalog.conftest import Caller
from tests.conftest import Graphql


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def refused(data: bytes) -> ErrorCode:
    with pytest.raises(DomainError) as error:
        images.open_checked(data)
    return error.value.problems[0].code


def test_good_formats_are_opened() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        assert images.open_checked(encoded(Image.new("RGB", (40, 50), "red"), kind)).size == (40, 50)


def test_what_is_no_picture_is_refused_by_content() -> None:
    whole = encoded(Image.effect_noise((200, 200), 50).convert("RGB"))

    assert refused(b"") is ErrorCode.FILE_BROKEN
    assert refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>") is ErrorCode.FILE_TYPE
    assert refused(encoded(Image.new("RGB", (9, 9)), "GIF")) is ErrorCode.FILE_TYPE
    assert refused(whole[: len(whole) // 2]) is ErrorCode.FILE_BROKEN


def test_size_is_judged_by_the_header_before_decoding(settings: pytest.FixtureRequest) -> None:
    settings.IMAGE_MAX_PIXELS = 100
    settings.IMAGE_MAX_BYTES = 10_000

    assert refused(encoded(Image.new("RGB", (11, 10)), "PNG")) is ErrorCode.FILE_TOO_LARGE
    assert refused(b"x" * 10_001) is ErrorCode.FILE_TOO_LARGE


@pytest.mark.parametrize("side", [10_000, 14_000])
def test_more_than_pillow_itself_would_open_is_too_large_not_broken(side: int) -> None:
    assert refused(encoded(Image.new("1", (side, side)), "PNG")) is ErrorCode.FILE_TOO_LARGE


def test_metadata_goes_and_the_camera_orientation_stays() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010E] = "secret place"
    data = encoded(Image.new("RGB", (40, 20), "red"), exif=exif)

    clean = images.upright_srgb(images.open_checked(data))

    assert clean.size == (20, 40)
    assert not clean.getexif()
    assert b"secret" not in encoded(clean)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "P", "CMYK", "I;16", "1"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    assert images.upright_srgb(Image.new(mode, (8, 8))).mode == "RGB"


@pytest.mark.django_db
def test_an_upload_becomes_renditions_that_show_all_at_once(shop: Shop, gql: Graphql) -> None:
    data = encoded(Image.effect_noise((700, 900), 60).convert("RGB"))
    name = storages["private"].save("o/test.jpg", io.BytesIO(data))
    asset = ImageAsset.objects.create(original=name)
    ProductImage.objects.create(product=shop.product, asset=asset, alt="Giỏ")
    query = '{product(slug: "gio-co-te-dan-tay"){thumbnail(width: 320){url w640: url(width: 640) jpg: url(width: 1, format: JPEG) big: url(width: 5000) width height alt dominantColor placeholder ready}}}'

    before = gql(query)["product"]["thumbnail"]
    services.image_render(asset.pk)
    services.image_render(asset.pk)
    after = gql(query)["product"]["thumbnail"]

    key = asset.pk.hex
    folder = f"/media/r/{key[-2:]}/{key}"
    assert before is None
    assert after["url"] == f"{folder}/320.webp"
    assert after["w640"] == f"{folder}/640.webp"
    assert after["jpg"] == f"{folder}/160.jpg"
    assert after["big"] == f"{folder}/640.webp"
    assert (after["width"], after["height"], after["alt"], after["ready"]) == (700, 900, "Giỏ", True)
    assert len(after["dominantColor"]) == 7
    assert after["placeholder"].startswith("data:image/webp;base64,")
    with storages["public"].open(f"r/{key[-2:]}/{key}/320.jpg") as file:
        assert Image.open(file).size == (320, 411)


@pytest.mark.django_db
def test_a_picture_with_a_broken_colour_profile_is_shown_as_its_numbers_are() -> None:
    data = encoded(Image.new("RGB", (200, 300), "red"), icc_profile=b"no profile at all")
    asset = ImageAsset.objects.create(original=storages["private"].save("o/icc.jpg", io.BytesIO(data)))

    services.image_render(asset.pk)

    asset.refresh_from_db()
    assert (asset.ready, asset.problem, asset.dominant_color) == (True, "", "#fe0000")


@pytest.mark.django_db
def test_a_broken_upload_is_noted_and_shows_to_its_seller_alone(
    shop: Shop, gql: Graphql, owner: Caller
) -> None:
    name = storages["private"].save("o/broken.jpg", io.BytesIO(b"\xff\xd8\xff no picture"))
    asset = ImageAsset.objects.create(original=name)
    picture = ProductImage.objects.create(product=shop.product, asset=asset)

    services.image_render(asset.pk)
    services.image_render(asset.pk)

    asset.refresh_from_db()
    assert (asset.ready, asset.problem) == (False, "FILE_BROKEN")
    query = 'query($id: ID!){node(id: $id){... on Image{ready url problem}} product(slug: "gio-co-te-dan-tay"){images{id}}}'
    key = to_global_id("Image", picture.pk)
    assert gql(query, id=key) == {"node": None, "product": {"images": []}}
    assert owner.gql(query, language="en", id=key) == {
        "node": {
            "ready": False,
            "url": None,
            "problem": "The picture is damaged or did not arrive whole. Please send it again.",
        },
        "product": {"images": [{"id": key}]},
    }


@pytest.mark.django_db
def test_a_drawn_picture_goes_the_same_way(run_jobs: Callable[[], int]) -> None:
    asset = ImageAsset.objects.create(
        drawing={"of": "product", "craft": "co-te", "seed": "one", "name": "Giỏ cỏ tế"}
    )

    services.image_render(asset.pk)

    asset.refresh_from_db()
    assert asset.ready
    assert asset.widths == [160, 320, 640, 1280]
    assert asset.sha256 is not None
