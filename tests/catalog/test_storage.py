"""Pictures in S3-compatible buckets, set up as .env.example shows it."""

import datetime as dt
import io
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from moto.server import ThreadedMotoServer
from PIL import Image

from catalog import files, services
from catalog.models import ImageAsset, ProductImage
from tests.builders import Shop
from tests.catalog.conftest import Caller, gid, ok
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
FOREVER = "public, max-age=31536000, immutable"
IMAGES = "query($s: String){product(slug: $s){images{ready url jpg: url(width: 160, format: JPEG)}}}"


def example(name: str) -> str:
    """What .env.example gives this setting."""
    found = re.search(rf"^#{name}=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, name
    return found.group(1)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def buckets(s3: str, settings: Any) -> Any:
    """Both storages in a bucket of their own, new for each test; answers the client."""
    client = boto3.client(
        "s3", endpoint_url=s3, region_name="vn-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    found = {}
    for name in ("public", "private"):
        options = json.loads(example(f"{name.upper()}_STORAGE_OPTIONS"))
        # The one thing that is not as in production: no name of its own, and no TLS, for the bucket.
        options |= {"endpoint_url": s3}
        options.pop("custom_domain", None)
        found[name] = {"BACKEND": example(f"{name.upper()}_STORAGE"), "OPTIONS": options}
        client.create_bucket(
            Bucket=options["bucket_name"], CreateBucketConfiguration={"LocationConstraint": "vn-1"}
        )
    settings.STORAGES = {**settings.STORAGES, **found}
    yield client
    for name in found:
        bucket = found[name]["OPTIONS"]["bucket_name"]
        for key in keys(client, bucket):
            client.delete_object(Bucket=bucket, Key=key)
        client.delete_bucket(Bucket=bucket)
    client.close()


def keys(client: Any, bucket: str) -> list[str]:
    return sorted(row["Key"] for row in client.list_objects_v2(Bucket=bucket).get("Contents", []))


def photo(seed: int = 1, size: tuple[int, int] = (400, 300)) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", size, (seed, 90, 30)).save(buffer, "JPEG")
    return SimpleUploadedFile("anh.jpg", buffer.getvalue(), "image/jpeg")


def fetch(url: str) -> tuple[bytes, Message]:
    """As a browser does it: without any key."""
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - the test's own server
        return answer.read(), answer.headers


def test_an_upload_becomes_renditions_that_anybody_reads_and_keeps(
    buckets: Any, owner: Caller, shop: Shop, gql: Graphql, run_jobs: Callable[[], int]
) -> None:
    draft = ok(owner.create(name="Khay", craft="co-te", variants=[{"price": 1_000}]))
    ok(owner.image(draft["id"], photo()))
    ok(owner.image(gid(shop.product), photo()))

    run_jobs()

    asset = ImageAsset.objects.get()
    (image,) = owner.gql(IMAGES, s=draft["slug"])["product"]["images"]
    assert image["ready"] is True
    for url, kind, width in ((image["url"], "image/webp", 320), (image["jpg"], "image/jpeg", 160)):
        content, headers = fetch(url)
        assert (headers["Content-Type"], headers["Cache-Control"]) == (kind, FOREVER)
        assert Image.open(io.BytesIO(content)).size == (width, width * 3 // 4)
    assert keys(buckets, "cho-anh") == sorted(
        f"r/{asset.pk.hex[-2:]}/{asset.pk.hex}/{width}.{extension}"
        for width in (160, 320)
        for extension in ("jpg", "webp")
    )


def test_what_was_uploaded_is_not_public(
    buckets: Any, s3: str, owner: Caller, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    ok(owner.image(gid(shop.product), photo()))
    run_jobs()

    (key,) = keys(buckets, "cho-rieng")
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(f"{s3}/cho-rieng/{key}")

    assert key == ImageAsset.objects.get().original
    assert refused.value.code == 403
    refused.value.close()
    with storages["private"].open(key) as file:
        assert file.read() == photo().read()


def test_the_same_file_again_and_a_job_run_twice_change_nothing(
    buckets: Any, owner: Caller, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    ok(owner.image(gid(shop.product), photo()))
    run_jobs()
    before = keys(buckets, "cho-anh"), keys(buckets, "cho-rieng")

    ok(owner.image(gid(shop.product), photo()))
    ImageAsset.objects.update(ready=False)
    services.image_render(ImageAsset.objects.get().pk)

    assert (keys(buckets, "cho-anh"), keys(buckets, "cho-rieng")) == before
    assert ImageAsset.objects.get().ready


def test_the_sweep_deletes_the_files_of_what_nothing_shows(
    buckets: Any, owner: Caller, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    for seed in (1, 2):
        ok(owner.image(gid(shop.product), photo(seed)))
    run_jobs()
    used, unused = ImageAsset.objects.order_by("pk")
    ProductImage.objects.filter(asset=unused).delete()
    ImageAsset.objects.update(updated_at=timezone.now() - dt.timedelta(days=8))

    swept = services.assets_sweep()
    run_jobs()

    assert swept == 1
    assert ImageAsset.objects.get() == used
    assert keys(buckets, "cho-rieng") == [used.original]
    assert len(keys(buckets, "cho-anh")) == 4
    assert all(used.pk.hex in key for key in keys(buckets, "cho-anh"))


def test_a_private_file_without_a_row_goes_once_it_is_old(
    buckets: Any, owner: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ok(owner.image(gid(shop.product), photo()))
    kept = ImageAsset.objects.get().original
    for name in ("o/ab/lost", "p/ab/lost"):
        storages["private"].save(name, ContentFile(b"x"))

    young = files.orphans_sweep()
    monkeypatch.setattr(files, "ORPHAN_HOURS", -1)
    old = files.orphans_sweep()

    assert (young, old) == (0, 2)
    assert keys(buckets, "cho-rieng") == [kept]


def test_with_a_name_of_its_own_the_bucket_is_asked_there_and_pages_may_show_it(
    settings: Any, gql: Graphql
) -> None:
    for name in ("public", "private"):
        options = json.loads(example(f"{name.upper()}_STORAGE_OPTIONS"))
        settings.STORAGES = {
            **settings.STORAGES,
            name: {"BACKEND": example(f"{name.upper()}_STORAGE"), "OPTIONS": options},
        }

    page = gql.client.get("/gio-hang")

    assert storages["public"].url("r/ab/cd/160.webp") == "https://anh.example.vn/r/ab/cd/160.webp"
    assert "img-src 'self' data: https://anh.example.vn;" in page["Content-Security-Policy"]
