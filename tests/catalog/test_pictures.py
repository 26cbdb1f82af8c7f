"""Pictures of listings through the API: live on a draft, waiting on what is for sale, stored once, swept when unused."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from catalog import images, services
from catalog.models import ImageAsset, Product, ProductImage, ProductRevision, SellerMember
from catalog.services import pictures
from tests.builders import Shop, make_product, make_seller
from tests.catalog.conftest import PRODUCT, Caller, errors, gid, ok
from tests.catalog.selling import audits, kept_files, person, photo
from tests.conftest import Graphql
from tests.faults.crowd import Meeting, at_once, backends, until
from tests.orders.conftest import Buyer

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]


def remove(caller: Caller, picture: str) -> Any:
    return caller.call("productImageRemove", "id: ID!", f"product{{{PRODUCT}}}", id=picture)


def describe(caller: Caller, picture: str, alt: str | None) -> Any:
    return caller.call(
        "productImageUpdate", "id: ID!, alt: String", f"product{{{PRODUCT}}}", id=picture, alt=alt
    )


def reorder(caller: Caller, product: str, ids: list[str]) -> Any:
    return caller.call(
        "productImagesReorder",
        "productId: ID!, imageIds: [ID!]!",
        f"product{{{PRODUCT}}}",
        productId=product,
        imageIds=ids,
    )


def alts(product: Any) -> list[str]:
    return [image["alt"] for image in product["images"]]


def waiting(product: Any) -> list[str]:
    return [image["alt"] for image in product["pendingRevision"]["images"]]


def public(gql: Graphql, slug: str) -> Any:
    return gql("query($s: String!){product(slug: $s){images{alt}}}", s=slug)["product"]


def rendered() -> set[str]:
    """Every file in the public storage."""
    root = Path(settings.STORAGES["public"]["OPTIONS"]["location"])
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def long_ago(**days: int) -> None:
    """Lets the last use of every picture lie so far back."""
    ImageAsset.objects.update(updated_at=timezone.now() - dt.timedelta(**(days or {"days": 8})))


@pytest.fixture
def draft(owner: Caller, shop: Shop) -> Any:
    return ok(owner.create(name="Khay", craft="co-te", variants=[{"price": 100_000, "stock": 5}]))


@pytest.fixture
def on_sale(owner: Caller, officer: Caller, draft: Any, run_jobs: RunJobs) -> Any:
    """A listing for sale with the pictures `một` and `hai`."""
    for color, alt in (("teal", "một"), ("navy", "hai")):
        ok(owner.image(draft["id"], photo(color), alt))
    run_jobs()
    ok(owner.on("productSubmit", draft["id"]))
    return ok(officer.on("productDecide", draft["id"], publish=True))


# --- On a draft -----------------------------------------------------------------------------------------------


def test_pictures_of_a_draft_change_at_once(owner: Caller, draft: Any, run_jobs: RunJobs) -> None:
    for color, alt in (("teal", " một\n"), ("navy", "hai"), ("gold", None)):
        added = ok(owner.image(draft["id"], photo(color), alt))
    before = [image["ready"] for image in added["images"]]
    run_jobs()
    first, second, third = (image["id"] for image in added["images"])

    turned = ok(reorder(owner, draft["id"], [third, first, second]))
    described = ok(describe(owner, third, "ba"))
    fewer = ok(remove(owner, first))
    last = ok(remove(owner, second))
    empty = ok(remove(owner, third))

    assert (alts(added), before) == (["một", "hai", ""], [False] * 3)
    assert alts(turned) == ["", "một", "hai"]
    assert alts(described) == ["ba", "một", "hai"]
    assert [image["ready"] for image in described["images"]] == [True] * 3
    assert (alts(fewer), alts(last), alts(empty)) == (["ba", "hai"], ["ba"], [])
    assert list(ProductImage.objects.values_list("position", flat=True)) == []
    assert [entry.action for entry in audits() if "image" in entry.action] == [
        *["product.image_add"] * 3,
        "product.images_reorder",
        "product.image_update",
        *["product.image_remove"] * 3,
    ]
    assert empty["revision"] == draft["revision"] + 8


def test_places_stay_without_gaps(owner: Caller, draft: Any) -> None:
    added = [ok(owner.image(draft["id"], photo(color), color)) for color in ("teal", "navy", "gold")][-1]
    ok(remove(owner, added["images"][1]["id"]))
    ok(owner.image(draft["id"], photo("red"), "red"))

    rows = list(ProductImage.objects.order_by("position").values_list("position", "alt"))

    assert rows == [(0, "teal"), (1, "gold"), (2, "red")]


def test_the_order_names_every_picture_once(owner: Caller, draft: Any, shop: Shop) -> None:
    added = [ok(owner.image(draft["id"], photo(color), color)) for color in ("teal", "navy")][-1]
    first, second = (image["id"] for image in added["images"])
    other = make_product(seller=shop.seller, state="DRAFT", published_at=None)
    strange = ok(owner.image(gid(other), photo("gold")))["images"][0]["id"]

    refused = [
        reorder(owner, draft["id"], ids)
        for ids in (
            [first],
            [first, second, second],
            [first, first],
            [],
            [first, strange],
            [first, "nonsense"],
        )
    ]
    same = ok(reorder(owner, draft["id"], [first, second]))

    invalid, missing = [("INVALID", ["imageIds"])], [("NOT_FOUND", ["imageIds", "1"])]
    assert [errors(answer) for answer in refused] == [invalid, invalid, invalid, invalid, missing, missing]
    # Nothing changed, and nothing is said to have.
    assert (alts(same), same["revision"]) == (["teal", "navy"], added["revision"])


# --- On what is for sale --------------------------------------------------------------------------------------


def test_pictures_of_what_is_for_sale_wait_and_are_shown_all_at_once(
    owner: Caller, officer: Caller, on_sale: Any, gql: Graphql, run_jobs: RunJobs
) -> None:
    key, slug = on_sale["id"], on_sale["slug"]
    first, second = (image["id"] for image in on_sale["images"])

    added = ok(owner.image(key, photo("gold"), "ba"))
    run_jobs()
    third = added["pendingRevision"]["images"][2]["id"]
    removed = ok(remove(owner, first))
    turned = ok(reorder(owner, key, [third, second]))
    before = public(gql, slug)
    shown = ok(officer.on("productDecide", key, publish=True))

    assert (alts(added), waiting(added)) == (["một", "hai"], ["một", "hai", "ba"])
    assert added["pendingRevision"]["changedFields"] == ["images"]
    assert (alts(removed), waiting(removed)) == (["một", "hai"], ["hai", "ba"])
    assert (alts(turned), waiting(turned)) == (["một", "hai"], ["ba", "hai"])
    assert before == {"images": [{"alt": "một"}, {"alt": "hai"}]}
    assert (alts(shown), shown["pendingRevision"]) == (["ba", "hai"], None)
    assert public(gql, slug) == {"images": [{"alt": "ba"}, {"alt": "hai"}]}
    assert not ProductRevision.objects.exists()
    assert list(ProductImage.objects.order_by("position").values_list("revision", "position", "alt")) == [
        (None, 0, "ba"),
        (None, 1, "hai"),
    ]


def test_words_for_a_picture_are_live_at_once_and_stay_when_the_rest_is_shown(
    owner: Caller, officer: Caller, on_sale: Any, gql: Graphql, run_jobs: RunJobs
) -> None:
    first = on_sale["images"][0]["id"]
    ok(owner.image(on_sale["id"], photo("gold"), "ba"))
    run_jobs()

    ok(describe(owner, first, "một, nhìn từ trên"))
    live = public(gql, on_sale["slug"])
    ok(officer.on("productDecide", on_sale["id"], publish=True))

    assert live == {"images": [{"alt": "một, nhìn từ trên"}, {"alt": "hai"}]}
    assert public(gql, on_sale["slug"]) == {
        "images": [{"alt": "một, nhìn từ trên"}, {"alt": "hai"}, {"alt": "ba"}]
    }


def test_a_change_taken_back_waits_no_more(owner: Caller, on_sale: Any) -> None:
    first, second = (image["id"] for image in on_sale["images"])

    turned = ok(reorder(owner, on_sale["id"], [second, first]))
    back = ok(reorder(owner, on_sale["id"], [first, second]))

    assert waiting(turned) == ["hai", "một"]
    assert (alts(back), back["pendingRevision"]) == (["một", "hai"], None)
    assert ProductImage.objects.count() == 2
    assert not ProductRevision.objects.exists()


def test_what_was_sent_back_is_not_shown_and_can_be_mended(
    owner: Caller, officer: Caller, on_sale: Any, gql: Graphql, run_jobs: RunJobs
) -> None:
    added = ok(owner.image(on_sale["id"], photo("gold"), "ba"))
    run_jobs()
    ok(officer.on("productDecide", on_sale["id"], publish=False, note="Ảnh mờ."))
    after = public(gql, on_sale["slug"])

    ok(remove(owner, added["pendingRevision"]["images"][2]["id"]))
    mended = ok(owner.image(on_sale["id"], photo("red"), "bốn"))
    run_jobs()
    shown = ok(officer.on("productDecide", on_sale["id"], publish=True))

    assert after == {"images": [{"alt": "một"}, {"alt": "hai"}]}
    assert waiting(mended) == ["một", "hai", "bốn"]
    assert alts(shown) == ["một", "hai", "bốn"]


def test_the_only_picture_of_what_is_for_sale_stays(owner: Caller, on_sale: Any) -> None:
    first, second = (image["id"] for image in on_sale["images"])
    ok(remove(owner, first))

    refused = remove(owner, second)

    assert errors(refused) == [("INVALID_STATE", ["id"])]
    assert ProductImage.objects.filter(revision__isnull=False).count() == 1


def test_the_only_picture_of_what_an_officer_looks_at_stays(owner: Caller, draft: Any) -> None:
    picture = ok(owner.image(draft["id"], photo()))["images"][0]["id"]
    ok(owner.update(draft["id"], name="Khay", craft="co-te", variants=[{"price": 1_000}]))
    ok(owner.on("productSubmit", draft["id"]))

    refused = remove(owner, picture)

    assert errors(refused) == [("INVALID_STATE", ["id"])]
    assert ProductImage.objects.count() == 1


def test_pictures_that_are_not_ready_are_not_shown(owner: Caller, officer: Caller, on_sale: Any) -> None:
    first, second = (image["id"] for image in on_sale["images"])
    ok(owner.image(on_sale["id"], photo("gold"), "ba"))
    for picture in (first, second):
        ok(remove(owner, picture))

    refused = officer.on("productDecide", on_sale["id"], publish=True)

    assert errors(refused) == [("INVALID_STATE", ["id"])]
    assert ProductImage.objects.filter(revision=None).count() == 2


# --- Refused --------------------------------------------------------------------------------------------------


def named(content: bytes, name: str = "anh.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: photo(kind="GIF"), "FILE_TYPE"),
        (lambda: named(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "FILE_TYPE"),
        (lambda: named(b"%PDF-1.7\n%%EOF"), "FILE_TYPE"),
        (lambda: named(b""), "FILE_BROKEN"),
        (lambda: named(photo().read()[:200]), "FILE_BROKEN"),
        (lambda: named(photo().read() + b"x" * 3000), "FILE_TOO_LARGE"),
        (lambda: photo(kind="PNG", name="lon.png"), "FILE_TOO_LARGE"),
    ],
)
@pytest.mark.parametrize("state", ["DRAFT", "PUBLISHED"])
def test_a_file_that_is_refused_changes_nothing(
    owner: Caller, shop: Shop, settings: Any, make: Callable[[], Any], code: str, state: str
) -> None:
    settings.IMAGE_MAX_BYTES = 2500
    product = make_product(seller=shop.seller, state=state)
    file = make()
    if file.name == "lon.png":
        settings.IMAGE_MAX_PIXELS = 64 * 80 - 1
    before = Product.objects.filter(pk=product.pk).values().get(), kept_files(), rendered()

    refused = owner.image(gid(product), file)

    assert errors(refused) == [(code, ["file"])]
    assert (Product.objects.filter(pk=product.pk).values().get(), kept_files(), rendered()) == before
    assert (ImageAsset.objects.count(), ProductRevision.objects.count(), len(audits())) == (0, 0, 0)


def test_a_file_whose_harm_shows_later_is_told_and_refused_when_it_comes_again(
    owner: Caller, officer: Caller, draft: Any, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(data: bytes) -> Any:
        raise images.refusal(images.ErrorCode.FILE_BROKEN)

    monkeypatch.setattr(images, "open_checked", broken)
    ok(owner.image(draft["id"], photo(), "một"))
    run_jobs()

    (image,) = owner.gql("query($s: String!){product(slug: $s){images{ready problem}}}", s=draft["slug"])[
        "product"
    ]["images"]
    again = owner.image(draft["id"], photo())
    submitted = owner.on("productSubmit", draft["id"])

    assert image["ready"] is False
    assert image["problem"]
    assert errors(again) == [("FILE_BROKEN", ["file"])]
    assert errors(submitted) == [("REQUIRED", ["images"])]


def test_so_many_pictures_and_not_one_more(owner: Caller, draft: Any, on_sale: Any, settings: Any) -> None:
    settings.PRODUCT_MAX_PICTURES = 3
    # The draft of this test is for sale by now: its pictures wait.
    ok(owner.image(on_sale["id"], photo("gold"), "ba"))

    refused = owner.image(on_sale["id"], photo("red"))
    same = ok(owner.image(on_sale["id"], photo("gold")))
    ok(remove(owner, on_sale["images"][0]["id"]))
    after = ok(owner.image(on_sale["id"], photo("red"), "bốn"))

    assert errors(refused) == [("LIMIT_REACHED", ["file"])]
    assert waiting(same) == ["một", "hai", "ba"]
    assert waiting(after) == ["hai", "ba", "bốn"]


def test_words_that_are_too_long_are_refused(owner: Caller, draft: Any) -> None:
    added = ok(owner.image(draft["id"], photo(), "x" * 300))

    more = owner.image(draft["id"], photo("navy"), "x" * 301)
    changed = describe(owner, added["images"][0]["id"], "x" * 301)

    assert errors(more) == errors(changed) == [("TOO_LONG", ["alt"])]
    assert list(ProductImage.objects.values_list("alt", flat=True)) == ["x" * 300]


def test_pictures_of_anothers_listing_are_not_found_and_nothing_is_stored(draft: Any, owner: Caller) -> None:
    added = ok(owner.image(draft["id"], photo()))
    stranger = person("la@example.vn")
    picture = added["images"][0]["id"]
    before = kept_files()

    answers = [
        stranger.image(draft["id"], photo("navy")),
        describe(stranger, picture, "x"),
        remove(stranger, picture),
        reorder(stranger, draft["id"], [picture]),
    ]

    assert [errors(answer) for answer in answers] == [
        [("NOT_FOUND", ["productId"])],
        [("NOT_FOUND", ["id"])],
        [("NOT_FOUND", ["id"])],
        [("NOT_FOUND", ["productId"])],
    ]
    assert kept_files() == before
    assert ImageAsset.objects.count() == 1


# --- Stored once, and swept when unused -----------------------------------------------------------------------


def other_owner(email: str = "khac@example.vn") -> tuple[Caller, Product]:
    """Another seller's owner, and a draft of theirs."""
    caller = person(email)
    seller = make_seller()
    SellerMember.objects.create(
        seller=seller, user_id=caller.gql.client.session["_auth_user_id"], role="OWNER"
    )
    return caller, make_product(seller=seller, state="DRAFT", published_at=None)


def test_the_same_file_is_stored_once_whoever_sends_it(owner: Caller, draft: Any, run_jobs: RunJobs) -> None:
    other, theirs = other_owner()
    before = kept_files(), rendered()

    once = ok(owner.image(draft["id"], photo(), "một"))
    twice = ok(owner.image(draft["id"], photo(name="ten-khac.jpg"), "hai"))
    ok(other.image(gid(theirs), photo(), "của tôi"))
    run_jobs()

    # One picture of the listing, with its first words.
    assert (alts(twice), twice["revision"]) == (["một"], once["revision"])
    assert ImageAsset.objects.count() == 1
    assert sorted(ProductImage.objects.values_list("alt", flat=True)) == ["của tôi", "một"]
    assert (len(kept_files() - before[0]), len(rendered() - before[1])) == (1, 2)


def test_what_one_seller_puts_away_the_other_keeps_until_nobody_shows_it(
    owner: Caller, draft: Any, run_jobs: RunJobs
) -> None:
    other, theirs = other_owner()
    before = kept_files(), rendered()
    ok(owner.image(draft["id"], photo()))
    ok(other.image(gid(theirs), photo()))
    run_jobs()
    (asset,) = ImageAsset.objects.all()
    year = timezone.now() - dt.timedelta(days=400)

    ok(owner.on("productArchive", draft["id"]))
    Product.objects.filter(state="ARCHIVED").update(archived_at=year)
    forgotten = services.listings_forget_pictures()
    long_ago()
    swept = services.assets_sweep()
    run_jobs()
    still = kept_files() - before[0], len(rendered() - before[1])
    ok(other.on("productArchive", gid(theirs)))
    Product.objects.filter(pk=theirs.pk).update(archived_at=year)
    services.listings_forget_pictures()
    long_ago()
    gone = services.assets_sweep(), services.assets_sweep()
    run_jobs()

    assert (forgotten, swept) == (1, 0)
    assert still == ({asset.original}, 2)
    assert gone == (1, 0)
    assert (kept_files(), rendered()) == before
    assert not ImageAsset.objects.exists()


def test_a_picture_stays_for_a_week_after_its_last_use(
    owner: Caller, officer: Caller, on_sale: Any, run_jobs: RunJobs
) -> None:
    """However long ago it was sent: pages that are open still show it."""
    added = ok(owner.image(ok(owner.create())["id"], photo("gold")))
    run_jobs()
    long_ago()

    # Taken from a draft, and replaced on what is for sale.
    ok(remove(owner, added["images"][0]["id"]))
    ok(remove(owner, on_sale["images"][0]["id"]))
    ok(officer.on("productDecide", on_sale["id"], publish=True))
    same_day = services.assets_sweep()
    long_ago(days=6)
    same_week = services.assets_sweep()
    long_ago(days=8)
    later = services.assets_sweep()

    assert (same_day, same_week, later) == (0, 0, 2)
    assert ImageAsset.objects.count() == 1


def test_a_logo_and_what_an_order_shows_keep_their_files(
    owner: Caller, officer: Caller, on_sale: Any, shop: Shop, gql: Graphql, run_jobs: RunJobs
) -> None:
    owner.call(
        "sellerUpdate",
        "input: SellerUpdateInput!",
        "seller{id}",
        input={"id": gid(shop.seller), "logo": photo("red")},
    )
    run_jobs()
    variant = Product.objects.get(slug=on_sale["slug"]).variants.get()
    buyer = Buyer(gql)
    buyer.place(buyer.cart(variant)["id"])
    long_ago()

    ok(remove(owner, on_sale["images"][0]["id"]))
    ok(officer.on("productDecide", on_sale["id"], publish=True))
    long_ago()
    swept = services.assets_sweep()

    assert swept == 0
    assert ImageAsset.objects.count() == 3


def test_an_upload_that_is_never_used_is_swept(
    owner: Caller, shop: Shop, settings: Any, run_jobs: RunJobs
) -> None:
    settings.PRODUCT_MAX_PICTURES = 0
    before = kept_files(), rendered()
    refused = owner.image(gid(shop.product), photo())
    run_jobs()
    long_ago()

    swept = services.assets_sweep()
    run_jobs()

    assert errors(refused) == [("LIMIT_REACHED", ["file"])]
    assert swept == 1
    assert (kept_files(), rendered()) == before


# --- At once --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_at_once_is_one_picture_of_one_file(
    owner: Caller, draft: Any, run_jobs: RunJobs, clean_jobs: None
) -> None:
    other, theirs = other_owner()
    before = kept_files()

    answers = at_once(
        [lambda: owner.image(draft["id"], photo())] * 3 + [lambda: other.image(gid(theirs), photo())] * 3
    )
    run_jobs()

    assert [errors(answer) for answer in answers] == [[]] * 6
    asset = ImageAsset.objects.get()
    assert kept_files() - before == {asset.original}
    assert ProductImage.objects.filter(asset=asset).count() == 2
    assert asset.ready


@pytest.mark.django_db(transaction=True)
def test_different_files_sent_at_once_keep_to_the_limit_and_have_places_of_their_own(
    owner: Caller, draft: Any, settings: Any, clean_jobs: None
) -> None:
    settings.PRODUCT_MAX_PICTURES = 3

    answers = at_once(
        [
            lambda color=color: owner.image(draft["id"], photo(color), color)  # type: ignore[misc]
            for color in ("teal", "navy", "gold", "red", "black")
        ]
    )

    assert sorted(map(str, map(errors, answers))) == ["[('LIMIT_REACHED', ['file'])]"] * 2 + ["[]"] * 3
    assert sorted(ProductImage.objects.values_list("position", flat=True)) == [0, 1, 2]


def whole(picture: ProductImage) -> bool:
    """Whether a picture has its asset, its original and all its renditions."""
    asset = picture.asset
    there = [
        storages["public"].exists(images.rendition_name(asset.pk, width, extension))
        for width in asset.widths
        for extension in images.rendition_formats()
    ]
    return asset.ready and storages["private"].exists(asset.original) and there == [True] * 2


@pytest.fixture
def unused(owner: Caller, shop: Shop, run_jobs: RunJobs) -> ImageAsset:
    """A picture that nothing has shown for long: the next sweep takes it."""
    other = make_product(seller=shop.seller, state="DRAFT", published_at=None)
    added = ok(owner.image(gid(other), photo()))
    run_jobs()
    ok(remove(owner, added["images"][0]["id"]))
    long_ago()
    return ImageAsset.objects.get()


@pytest.mark.django_db(transaction=True)
def test_a_file_wanted_while_the_sweep_takes_it_is_stored_anew(
    owner: Caller, draft: Any, unused: ImageAsset, run_jobs: RunJobs, clean_jobs: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    taken = Meeting(2)
    names = images.rendition_names

    def slowly(*arguments: Any) -> Any:
        # The row is locked, and not deleted yet.
        taken.wait()
        until(lambda: backends(waiting_for_a_lock=True) == 1, "the upload waits")
        return names(*arguments)

    monkeypatch.setattr(pictures.images, "rendition_names", slowly)

    def upload() -> Any:
        taken.wait()
        return owner.image(draft["id"], photo())

    swept, answer = at_once([services.assets_sweep, upload])
    run_jobs()

    assert swept == 1
    ok(answer)
    picture = ProductImage.objects.get()
    assert picture.asset_id != unused.pk
    assert whole(picture)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("marked", [True, False])
def test_a_file_that_is_about_to_be_used_is_not_swept(
    owner: Caller, draft: Any, unused: ImageAsset, run_jobs: RunJobs, clean_jobs: None,
    monkeypatch: pytest.MonkeyPatch, marked: bool,
) -> None:  # fmt: skip
    add, swept = pictures._image_add, []

    def swept_before(*arguments: Any) -> Any:
        # The file was found; its use is not written yet.
        swept.append(services.assets_sweep())
        return add(*arguments)

    monkeypatch.setattr(pictures, "_image_add", swept_before)
    if not marked:
        # The control: found, but not marked as wanted.
        monkeypatch.setattr(
            pictures, "_known", lambda sha256, _private: ImageAsset.objects.get(sha256=sha256)
        )

    if marked:
        ok(owner.image(draft["id"], photo()))
        run_jobs()

        assert swept == [0]
        assert ProductImage.objects.get().asset_id == unused.pk
        assert whole(ProductImage.objects.get())
    else:
        body = owner.gql.send(
            "mutation($p: ID!, $f: Upload!){productImageAdd(productId: $p, file: $f){userErrors{code}}}",
            {"p": draft["id"], "f": photo()},
        )

        assert body["errors"][0]["extensions"]["code"] == "INTERNAL"
        assert swept == [1]


@pytest.mark.django_db(transaction=True)
def test_sweeps_and_uploads_at_once_never_leave_a_picture_without_its_file(
    owner: Caller, draft: Any, unused: ImageAsset, run_jobs: RunJobs, clean_jobs: None
) -> None:
    other, theirs = other_owner()
    for _round in range(8):
        answers = at_once(
            [
                services.assets_sweep,
                lambda: owner.image(draft["id"], photo()),
                services.assets_sweep,
                lambda: other.image(gid(theirs), photo()),
                services.assets_sweep,
            ]
        )
        run_jobs()

        assert [errors(answers[1]), errors(answers[3])] == [[], []]
        rows = list(ProductImage.objects.select_related("asset"))
        assert [whole(row) for row in rows] == [True, True]
        with transaction.atomic():
            ProductImage.objects.all().delete()
        long_ago()


@pytest.mark.django_db(transaction=True)
def test_a_listing_that_comes_back_keeps_the_pictures_that_were_to_be_forgotten(
    owner: Caller, on_sale: Any, clean_jobs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ok(owner.on("productArchive", on_sale["id"]))
    Product.objects.filter(state="ARCHIVED").update(archived_at=timezone.now() - dt.timedelta(days=400))
    begun, lock_rows = Meeting(2), pictures.lock_rows

    def slowly(queryset: Any, keys: Any) -> Any:
        if queryset.model is not Product:
            return lock_rows(queryset, keys)
        found = list(keys)
        begun.wait()
        until(lambda: Product.objects.get(pk__in=found).state == "PUBLISHED", "it is back")
        return lock_rows(queryset, found)

    monkeypatch.setattr(pictures, "lock_rows", slowly)

    def back() -> Any:
        begun.wait()
        return owner.on("productUnarchive", on_sale["id"])

    forgotten, answer = at_once([services.listings_forget_pictures, back])

    assert (forgotten, ok(answer)["state"]) == (0, "PUBLISHED")
    assert len(ok(owner.update(on_sale["id"], description="Còn ảnh."))["images"]) == len(on_sale["images"])
