"""One thing for sale: photo, words, price; sent, sent back, mended; and never a typed word lost."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import (
    AttributeDefinition,
    Craft,
    Product,
    ProductImage,
    ProductRevision,
    ProductTranslation,
    Seller,
    Variant,
)
from tests.builders import Shop, make_craft, make_product, make_variant
from tests.catalog.access.scene import make_picture
from tests.desk.conftest import (
    Person,
    error_at,
    gid,
    jpeg,
    listing_path,
    only_variant,
    shown,
    text_of,
    value_of,
)

pytestmark = pytest.mark.django_db


def autosave(owner: Person, product: Product, data: dict[str, str]) -> Any:
    return owner.client.post(listing_path(product), data, headers={"X-Requested-With": "autosave"})


# --- Lists and the first step ---------------------------------------------------------------------------------


def test_the_tabs_show_the_workshops_own_things_by_state(owner: Person, shop: Shop) -> None:
    for state, name in (
        ("DRAFT", "Nháp A"),
        ("IN_REVIEW", "Chờ B"),
        ("REJECTED", "Trả C"),
        ("ARCHIVED", "Cất D"),
    ):
        make_product(
            name,
            seller=shop.seller,
            state=state,
            review_note="Ảnh mờ." if state == "REJECTED" else "",
            archived_at=timezone.now() if state == "ARCHIVED" else None,
        )
    make_product("Của người khác")

    for tab, name in (
        ("dang-ban", shop.product.name),
        ("nhap", "Nháp A"),
        ("cho-duyet", "Chờ B"),
        ("tra-lai", "Trả C"),
        ("cat-di", "Cất D"),
    ):
        page = owner.get(f"/desk/san-pham?xem={tab}")
        assert name in page
        assert page.count("<li><a href=") == 1
        assert ("Ảnh mờ." in page) == (tab == "tra-lai")
    everything = owner.get("/desk/san-pham")
    assert all(name in everything for name in (shop.product.name, "Nháp A", "Chờ B", "Trả C"))
    assert "Cất D" not in everything


def test_a_thing_with_changes_that_wait_has_a_badge(owner: Person, shop: Shop) -> None:
    assert "Changes wait" not in owner.get("/desk/san-pham")

    owner.post(listing_path(shop.product), **owner.form(shop.product, name="Giỏ có nắp"))

    assert "Changes wait" in owner.get("/desk/san-pham")


@pytest.mark.parametrize("path", ["/desk/san-pham", "/desk/ton-kho"])
def test_longer_lists_take_no_more_statements(owner: Person, shop: Shop, path: str) -> None:
    counts = set()
    for more in (0, 2, 7):
        for number in range(more):
            make_picture(make_product(f"Giỏ {more}-{number}", seller=shop.seller, stock=number))
        with CaptureQueriesContext(connection) as queries:
            owner.get(path)
        counts.add(len(queries))
        if not more:
            # The first look remembers the one workshop; from then on all looks are alike.
            make_picture(make_product("Giỏ sắp hết", seller=shop.seller, stock=1))
            counts.clear()
    assert len(counts) == 1


def test_long_lists_go_on(owner: Person, shop: Shop) -> None:
    for number in range(22):
        make_product(f"Giỏ số {number}", seller=shop.seller)

    page = owner.get("/desk/san-pham")
    assert page.count("<li><a href=") == 20
    after = page.split("after=")[1].split('"')[0]
    assert owner.get(f"/desk/san-pham?after={after}").count("<li><a href=") == 3


def test_a_photo_makes_a_draft(owner: Person, shop: Shop) -> None:
    to = owner.post("/desk/san-pham/moi", key="k", photos=jpeg())

    product = Product.objects.get(state="DRAFT")
    assert to == listing_path(product)
    assert product.seller == shop.seller
    assert ProductImage.objects.filter(product=product).count() == 1
    assert "The photo is there. Now the name and the price." in owner.get(to)


def test_sending_the_photo_twice_makes_one_draft(owner: Person) -> None:
    first = owner.post("/desk/san-pham/moi", key="k", photos=jpeg())
    second = owner.post("/desk/san-pham/moi", key="k", photos=jpeg())

    assert first == second
    assert Product.objects.filter(state="DRAFT").count() == 1
    assert ProductImage.objects.filter(product__state="DRAFT").count() == 1


def test_no_photo_is_asked_for_once(owner: Person) -> None:
    page = owner.post("/desk/san-pham/moi", 422, key="k")

    assert error_at(page, "photos") == "Choose a photo, or go on without one for now."
    assert not Product.objects.filter(state="DRAFT").exists()
    owner.post("/desk/san-pham/moi", key="k", without="1")
    assert Product.objects.get(state="DRAFT").name == ""


def test_a_file_that_is_no_photo_leaves_the_draft(owner: Person) -> None:
    to = owner.post("/desk/san-pham/moi", key="k", photos=SimpleUploadedFile("a.txt", b"words"))

    assert "The draft is there, but a photo was not taken: a.txt:" in owner.get(to)
    assert not ProductImage.objects.filter(product__state="DRAFT").exists()


# --- Writing --------------------------------------------------------------------------------------------------


def test_everything_typed_is_saved(owner: Person, draft: Product, shop: Shop) -> None:
    AttributeDefinition.objects.create(
        craft=shop.craft, slug="width", names={"vi": "Rộng"}, type="NUMBER", unit="cm", position=1
    )

    owner.post(
        listing_path(draft),
        **owner.form(
            draft,
            description="Đan tay.\r\nNhẹ.",
            story="Bà ngoại dạy.",
            made_to_order_days="7",
            hs_code="460212",
            en_name="Fern tray",
            en_description="Woven by hand.",
            **{
                "a-material": "Cỏ tế",
                "a-width": "12,5",
                "v-0-name": "Nhỏ",
                "v-0-price": "185.000 ₫",
                "v-0-weight": "1.200",
                "v-0-sku": "KHAY-1",
                "v-1-name": "To",
                "v-1-price": "250000",
                "v-1-stock": "2",
                "s-0-name": "Phơi",
                "s-0-on": "20/4/2025",
                "s-0-place": "Sân nhà",
                "s-1-name": "Đan",
            },
        ),
    )

    draft.refresh_from_db()
    assert (draft.description, draft.story, draft.made_to_order_days, draft.hs_code) == (
        "Đan tay.\nNhẹ.",
        "Bà ngoại dạy.",
        7,
        "460212",
    )
    assert draft.attributes == [{"slug": "material", "value": "Cỏ tế"}, {"slug": "width", "value": "12.5"}]
    kinds = Variant.objects.filter(product=draft).order_by("position")
    assert [(row.name, row.price, row.on_hand, row.weight_grams) for row in kinds] == [
        ("Nhỏ", 185_000, 4, 1200),
        ("To", 250_000, 2, None),
    ]
    assert kinds[0].sku == "KHAY-1"
    assert draft.steps == [
        {"name": "Phơi", "on": "2025-04-20", "place": "Sân nhà"},
        {"name": "Đan", "on": None, "place": None},
    ]
    english = ProductTranslation.objects.get(product=draft, language="en")
    assert (english.name, english.description) == ("Fern tray", "Woven by hand.")


def test_saving_without_a_change_changes_nothing(owner: Person, draft: Product) -> None:
    owner.post(
        listing_path(draft), **owner.form(draft, story="Một.", en_name="Tray", **{"a-material": "Cỏ tế"})
    )
    ProductTranslation.objects.filter(product=draft).update(machine_translated=True, story="A story.")
    before = Product.objects.filter(pk=draft.pk).values().get()
    kinds = list(Variant.objects.filter(product=draft).values())

    owner.post(listing_path(draft), **owner.form(draft))

    after = Product.objects.filter(pk=draft.pk).values().get()
    moved = {"revision", "updated_at"}
    assert {k: v for k, v in after.items() if k not in moved} == {
        k: v for k, v in before.items() if k not in moved
    }
    assert [{**row, "updated_at": None} for row in Variant.objects.filter(product=draft).values()] == [
        {**row, "updated_at": None} for row in kinds
    ]
    english = ProductTranslation.objects.get(product=draft)
    assert (english.machine_translated, english.story) == (True, "A story.")


def test_a_reader_of_english_does_not_write_english_into_the_vietnamese(
    owner: Person, draft: Product
) -> None:
    owner.post(listing_path(draft), **owner.form(draft, en_name="Fern tray", en_description="By hand."))

    assert owner.form(draft)["name"] == "Khay cỏ tế"
    owner.post(listing_path(draft), **owner.form(draft))
    draft.refresh_from_db()
    assert (draft.name, draft.description) == ("Khay cỏ tế", "")


def test_the_english_words_go_again(owner: Person, draft: Product) -> None:
    owner.post(listing_path(draft), **owner.form(draft, en_name="Tray"))
    owner.post(listing_path(draft), **owner.form(draft, en_name=""))

    assert not ProductTranslation.objects.filter(product=draft).exists()


def test_a_price_in_doubt_is_asked_again_and_nothing_is_lost(owner: Person, draft: Product) -> None:
    data = owner.form(draft, name="Khay mới", description="Dài\r\ndòng", **{"v-0-price": "1.25"})

    page = owner.post(listing_path(draft), 422, **data)

    assert error_at(page, "v-0-price") == "Write the price in đồng with digits, for example 250.000."
    assert '<a href="#v-0-price">' in page
    assert value_of(page, "v-0-price") == "1.25"
    assert value_of(page, "name") == "Khay mới"
    assert value_of(page, "description").split() == ["Dài", "dòng"]
    draft.refresh_from_db()
    assert (draft.name, draft.price_min) == ("Khay cỏ tế", 180_000)


def test_each_problem_stands_at_its_field(owner: Person, draft: Product) -> None:
    data = owner.form(
        draft,
        name="x" * 201,
        hs_code="12",
        made_to_order_days="999",
        en_description="Words without a name",
        **{
            "v-0-gtin": "123",
            "v-1-price": "5",
            "v-1-sku": "y" * 65,
            "s-1-place": "Sân",
            "a-material": "Thép",
        },
    )

    page = owner.post(listing_path(draft), 422, **data)

    for name, start in (
        ("name", "At most 200 characters"),
        ("hs_code", "A customs code has 6 or 8 digits"),
        ("made_to_order_days", "A number from 1 to 365."),
        ("en_name", "What is it called in this language?"),
        ("v-0-gtin", "This barcode number does not look right"),
        ("v-1-sku", "At most 64 characters."),
        ("s-1-name", "What is done in this step?"),
        ("a-material", "One of: "),
    ):
        assert error_at(page, name).startswith(start), name
    assert "<details" in page
    assert 'class="more-questions" open' in page
    assert value_of(page, "v-1-price") == "5"
    draft.refresh_from_db()
    assert (draft.name, draft.hs_code, Variant.objects.filter(product=draft).count()) == ("Khay cỏ tế", "", 1)


def test_photos_are_taken_in_even_where_a_word_is_refused(owner: Person, draft: Product) -> None:
    owner.post(
        listing_path(draft), 422, **owner.form(draft, name="x" * 201, photos=[jpeg(), jpeg("#112233")])
    )

    assert ProductImage.objects.filter(product=draft).count() == 2
    page = owner.post(listing_path(draft), 422, **owner.form(draft, name="y" * 201))
    owner.post(
        listing_path(draft), **{**owner.form(draft), "revision": value_of(page, "revision"), "name": "Khay"}
    )
    draft.refresh_from_db()
    assert draft.name == "Khay"


def test_another_craft_takes_only_its_own_properties(owner: Person, draft: Product) -> None:
    owner.post(listing_path(draft), **owner.form(draft, **{"a-material": "Cỏ tế"}))
    make_craft("moc", "Mộc", "Wood").attribute_definitions.all().delete()

    owner.post(listing_path(draft), **owner.form(draft, craft="moc"))

    draft.refresh_from_db()
    assert draft.craft == Craft.objects.get(slug="moc")
    assert draft.attributes == []


def test_two_people_at_once_lose_nothing(owner: Person, editor: Person, draft: Product) -> None:
    mine = owner.form(draft, name="Của tôi", **{"v-0-price": "200.000"})
    editor.post(listing_path(draft), **editor.form(draft, name="Của bạn", story="Chuyện"))

    page = owner.post(listing_path(draft), 422, **mine)

    assert "Somebody changed this listing meanwhile." in page
    assert value_of(page, "name") == "Của tôi"
    assert value_of(page, "v-0-price") == "200.000"
    assert "<dt>Name</dt><dd>Của bạn</dd>" in page
    assert "<dt>Story</dt><dd>Chuyện</dd>" in page
    draft.refresh_from_db()
    assert draft.name == "Của bạn"
    owner.post(listing_path(draft), **{**mine, "revision": value_of(page, "revision"), "story": "Chuyện"})
    draft.refresh_from_db()
    assert (draft.name, draft.story, draft.price_min) == ("Của tôi", "Chuyện", 200_000)


def test_a_press_that_was_saved_but_not_answered_makes_no_second_kind(owner: Person) -> None:
    to = owner.post("/desk/san-pham/moi", key="k", without="1")
    product = Product.objects.get(state="DRAFT")
    data = owner.form(product, name="Khay", **{"v-0-price": "90.000", "v-0-stock": "3"})
    owner.post(to, **data)

    page = owner.post(to, 422, **data)
    owner.post(to, **{**data, "revision": value_of(page, "revision"), "v-0-id": value_of(page, "v-0-id")})

    assert Variant.objects.get(product=product).on_hand == 3


# --- Kinds and photos -----------------------------------------------------------------------------------------


def test_a_kind_is_put_away_after_what_was_typed_is_saved(owner: Person, draft: Product) -> None:
    second = make_variant(draft, name="To")

    owner.post(listing_path(draft), **owner.form(draft, name="Khay hai cỡ", kind_archive=gid(second)))

    draft.refresh_from_db()
    second.refresh_from_db()
    assert draft.name == "Khay hai cỡ"
    assert second.archived_at is not None


def test_photos_are_put_first_described_and_taken_away(owner: Person, draft: Product) -> None:
    owner.post(listing_path(draft), **owner.form(draft, photos=[jpeg(), jpeg("#112233")]))
    first, second = ProductImage.objects.filter(product=draft).order_by("position")

    owner.post(
        listing_path(draft), **owner.form(draft, photo_first=gid(second), **{f"alt-{gid(first)}": "Mặt sau"})
    )
    assert list(ProductImage.objects.filter(product=draft).order_by("position")) == [second, first]
    first.refresh_from_db()
    assert first.alt == "Mặt sau"

    owner.post(listing_path(draft), **owner.form(draft, photo_remove=gid(second)))
    assert ProductImage.objects.get(product=draft) == first


def test_the_photo_of_another_workshop_stays(owner: Person, draft: Product) -> None:
    foreign = make_picture(make_product("Của người khác"))

    page = owner.post(listing_path(draft), 422, **owner.form(draft, photo_remove=gid(foreign)))

    assert error_at(page, "photos")
    assert ProductImage.objects.filter(pk=foreign.pk).exists()


def test_a_script_gets_the_photos_back(owner: Person, draft: Product) -> None:
    path = f"{listing_path(draft)}/anh"
    upload = {"X-Requested-With": "upload"}

    answer = owner.client.post(path, {"photos": [jpeg()]}, headers=upload).json()
    assert answer["html"].count("<li>") == 1
    draft.refresh_from_db()
    assert answer["revision"] == draft.revision
    refused = owner.client.post(path, {"photos": [SimpleUploadedFile("a.txt", b"words")]}, headers=upload)
    assert refused.status_code == 422
    assert refused.json()["errors"]["photos"].startswith("a.txt:")
    assert owner.client.post(path, {"photos": [jpeg()]}).status_code == 404


# --- Sending --------------------------------------------------------------------------------------------------


def test_what_is_missing_is_told_where_it_is_missing(owner: Person, shop: Shop) -> None:
    to = owner.post("/desk/san-pham/moi", key="k", without="1")
    product = Product.objects.get(state="DRAFT")

    page = owner.post(to, 422, **owner.form(product, description="Đan tay.", do="submit"))

    assert error_at(page, "name") == "Give it a name."
    assert error_at(page, "craft") == "Choose the craft."
    assert error_at(page, "v-0-price") == "Give a price."
    assert error_at(page, "photos") == "Add a photo of it."
    product.refresh_from_db()
    # Saved all the same.
    assert (product.state, product.description) == ("DRAFT", "Đan tay.")


def test_sent_to_the_officer(owner: Person, draft: Product) -> None:
    owner.post(listing_path(draft), **owner.form(draft, photos=[jpeg()]))

    owner.post(listing_path(draft), **owner.form(draft, name="Khay cuối", do="submit"))

    draft.refresh_from_db()
    assert (draft.state, draft.name) == ("IN_REVIEW", "Khay cuối")
    page = owner.get(listing_path(draft))
    assert "Sent to the officer." in page
    assert "With the officer" in page
    assert 'value="submit"' not in page


def test_an_unverified_workshop_prepares_but_does_not_send(owner: Person, draft: Product, shop: Shop) -> None:
    Seller.objects.filter(pk=shop.seller.pk).update(state="APPLIED")

    page = owner.get(listing_path(draft))
    assert 'value="submit"' not in page
    assert "first the officer has to verify your workshop" in page
    refused = owner.post(listing_path(draft), 422, **owner.form(draft, do="submit"))
    assert "The workshop has to be verified first." in refused


def test_the_officers_note_stands_above_what_was_sent_back(owner: Person, draft: Product) -> None:
    Product.objects.filter(pk=draft.pk).update(state="REJECTED", review_note="Ảnh bị mờ <chụp lại>.")

    page = owner.get(listing_path(draft))

    assert shown("Ảnh bị mờ <chụp lại>.") in page
    assert 'value="submit"' in page


def test_on_a_listing_for_sale_words_are_live_and_the_name_waits(owner: Person, shop: Shop) -> None:
    owner.post(
        listing_path(shop.product),
        **owner.form(shop.product, name="Giỏ có nắp", description="Lời mới", **{"v-0-price": "260.000"}),
    )

    shop.product.refresh_from_db()
    assert (shop.product.name, shop.product.description, shop.product.price_min) == (
        "Giỏ cỏ tế đan tay",
        "Lời mới",
        260_000,
    )
    page = owner.get(listing_path(shop.product))
    assert "This waits for the officer:</b> the name." in page
    assert value_of(page, "name") == "Giỏ có nắp"
    assert shop.product.attributes == [{"slug": "material", "value": "Cỏ tế"}]


def test_the_craft_that_waits_keeps_the_answers_of_the_one_that_is_shown(owner: Person, shop: Shop) -> None:
    make_craft("moc", "Mộc", "Wood")
    owner.post(listing_path(shop.product), **owner.form(shop.product, craft="moc"))

    owner.post(listing_path(shop.product), **owner.form(shop.product, description="Lời mới"))

    shop.product.refresh_from_db()
    assert (shop.product.craft, shop.product.description) == (shop.craft, "Lời mới")
    assert shop.product.attributes == [{"slug": "material", "value": "Cỏ tế"}]
    assert ProductRevision.objects.get().craft == Craft.objects.get(slug="moc")


def test_answers_to_the_craft_that_waits_wait_with_it_and_are_shown(owner: Person, shop: Shop) -> None:
    wood = make_craft("moc", "Mộc", "Wood")
    owner.post(listing_path(shop.product), **owner.form(shop.product, craft="moc"))

    owner.post(listing_path(shop.product), **owner.form(shop.product, **{"a-material": "Cỏ tế phối mây"}))

    revision = ProductRevision.objects.get()
    shop.product.refresh_from_db()
    assert (revision.craft, revision.attributes) == (wood, [{"slug": "material", "value": "Cỏ tế phối mây"}])
    assert shop.product.attributes == [{"slug": "material", "value": "Cỏ tế"}]
    assert '<option value="Cỏ tế phối mây" selected>' in owner.get(listing_path(shop.product))


def test_changes_that_were_sent_back_are_counted_and_found(owner: Person, shop: Shop) -> None:
    owner.post(listing_path(shop.product), **owner.form(shop.product, name="Giỏ có nắp"))
    assert "<b>0</b><span>sent back by the officer" in owner.get("/desk")
    ProductRevision.objects.update(waiting=False)

    assert "<b>1</b><span>sent back by the officer" in owner.get("/desk")
    assert listing_path(shop.product) in owner.get("/desk/san-pham?xem=tra-lai")


def test_changes_that_were_sent_back_are_sent_again(owner: Person, shop: Shop) -> None:
    owner.post(listing_path(shop.product), **owner.form(shop.product, name="Giỏ có nắp"))
    ProductRevision.objects.update(waiting=False)
    Product.objects.filter(pk=shop.product.pk).update(review_note="Ảnh mờ.")

    owner.post(listing_path(shop.product), **owner.form(shop.product, do="submit"))

    assert ProductRevision.objects.get().waiting
    shop.product.refresh_from_db()
    assert shop.product.review_note == ""


def test_the_shelf_of_a_kind_that_is_there_is_changed_on_its_own_page(owner: Person, shop: Shop) -> None:
    page = owner.get(listing_path(shop.product))

    assert "On the shelf: 5." in page
    assert "v-0-stock" not in page
    owner.post(listing_path(shop.product), **owner.form(shop.product, **{"v-0-stock": "99"}))
    assert only_variant(shop.product).on_hand == 5


def test_put_away_and_brought_back(owner: Person, shop: Shop) -> None:
    make_picture(shop.product)

    owner.post(listing_path(shop.product), do="archive")
    shop.product.refresh_from_db()
    assert shop.product.state == "ARCHIVED"
    page = owner.get(listing_path(shop.product))
    assert "Put away. Nothing is lost; you can bring it back." in page
    assert 'name="name"' not in page

    owner.post(listing_path(shop.product), do="unarchive")
    shop.product.refresh_from_db()
    assert shop.product.state == "PUBLISHED"


# --- By themselves --------------------------------------------------------------------------------------------


def test_a_draft_saves_itself(owner: Person, draft: Product) -> None:
    answer = autosave(owner, draft, owner.form(draft, name="Khay tự lưu"))

    draft.refresh_from_db()
    assert answer.json() == {
        "saved": True,
        "revision": draft.revision,
        "errors": {},
        "kinds": {"v-0-id": gid(only_variant(draft)), "v-0-shown": "4"},
    }
    assert draft.name == "Khay tự lưu"


def test_the_number_of_a_draft_is_written_beside_its_price(owner: Person, draft: Product) -> None:
    answer = autosave(owner, draft, owner.form(draft, **{"v-0-stock": "10"})).json()
    assert (answer["errors"], answer["kinds"]["v-0-shown"]) == ({}, "10")
    assert only_variant(draft).on_hand == 10

    owner.post(listing_path(draft), **owner.form(draft, **{"v-0-stock": "7"}))
    assert only_variant(draft).on_hand == 7


def test_a_number_that_was_not_typed_overwrites_nothing(owner: Person, draft: Product) -> None:
    form = owner.form(draft, name="Khay")
    Variant.objects.filter(product=draft).update(on_hand=2)

    assert autosave(owner, draft, form).json()["errors"] == {}
    assert only_variant(draft).on_hand == 2
    form = owner.form(draft, **{"v-0-stock": "5"})
    Variant.objects.filter(product=draft).update(on_hand=1)

    answer = autosave(owner, draft, form).json()
    assert answer["errors"] == {"v-0-stock": "The shelf holds 1 now. Count again, then change it."}
    assert only_variant(draft).on_hand == 1


def test_a_second_kind_that_saved_itself_is_made_once(owner: Person, draft: Product) -> None:
    form = owner.form(
        draft, **{"v-0-name": "Nhỏ", "v-1-name": "To", "v-1-price": "260.000", "v-1-stock": "3"}
    )
    assert form["v-1-id"] == ""
    answer = autosave(owner, draft, form).json()

    again = {**form, **answer["kinds"], "revision": str(answer["revision"]), "v-1-stock": "6"}
    assert autosave(owner, draft, again).json()["errors"] == {}

    found = Variant.objects.filter(product=draft, archived_at=None).order_by("position")
    assert [(row.name, row.on_hand) for row in found] == [("Nhỏ", 4), ("To", 6)]


def test_words_about_a_photo_save_themselves(owner: Person, draft: Product) -> None:
    picture = make_picture(draft)

    answer = autosave(owner, draft, {**owner.form(draft), f"alt-{gid(picture)}": "Khay tròn"}).json()

    picture.refresh_from_db()
    draft.refresh_from_db()
    assert picture.alt == "Khay tròn"
    assert answer["revision"] == draft.revision


def test_a_price_in_doubt_does_not_keep_the_words_from_being_saved(owner: Person, draft: Product) -> None:
    answer = autosave(owner, draft, owner.form(draft, name="Khay tự lưu", **{"v-0-price": "18"})).json()
    assert (answer["saved"], answer["errors"]) == (True, {})

    answer = autosave(owner, draft, owner.form(draft, name="Khay nữa", **{"v-0-price": "1.25"})).json()

    assert answer["saved"]
    assert answer["errors"] == {"v-0-price": "Write the price in đồng with digits, for example 250.000."}
    draft.refresh_from_db()
    assert (draft.name, draft.price_min) == ("Khay nữa", 18)


def test_what_is_refused_by_itself_is_told(owner: Person, draft: Product) -> None:
    response = autosave(owner, draft, owner.form(draft, name="x" * 201))

    assert response.status_code == 422
    assert response.json()["saved"] is False
    assert set(response.json()["errors"]) == {"name"}


def test_an_old_page_does_not_save_over_a_new_one(owner: Person, draft: Product) -> None:
    old = owner.form(draft, name="Cũ")
    owner.post(listing_path(draft), **owner.form(draft, name="Mới"))

    response = autosave(owner, draft, old)

    assert (response.status_code, response.json()["conflict"]) == (409, True)
    draft.refresh_from_db()
    assert draft.name == "Mới"


def test_what_buyers_see_is_never_saved_by_itself(owner: Person, shop: Shop) -> None:
    response = autosave(owner, shop.product, owner.form(shop.product, description="Chưa xong"))

    assert response.status_code == 409
    shop.product.refresh_from_db()
    assert shop.product.description == "Giỏ cỏ tế đan tay, đan tay."
    assert (
        "data-autosave"
        not in text_of(owner.client.get(listing_path(shop.product))).split("data-autosaved")[0]
    )


@pytest.mark.parametrize(
    "odd", ["\0", "²", "٣", "-1", "9" * 400, "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_odd_input_is_refused_or_kept_but_never_a_fault(owner: Person, draft: Product, odd: str) -> None:
    for name in (
        "revision",
        "craft",
        "village",
        "v-0-id",
        "v-0-price",
        "v-0-weight",
        "s-0-on",
        "photo_remove",
        "hs_code",
    ):
        response = owner.client.post(listing_path(draft), owner.form(draft, **{name: odd}))
        assert response.status_code in {302, 400, 422}, name
    for name in ("variant", "delta", "number", "shown", "key", "reason"):
        data = {
            "variant": gid(only_variant(draft)),
            "reason": "counted",
            "number": "3",
            "shown": "4",
            "key": "k",
        }
        response = owner.client.post("/desk/ton-kho", {**data, name: odd})
        assert response.status_code in {302, 400, 422}, name


def test_words_are_never_markup(owner: Person, draft: Product) -> None:
    owner.post(
        listing_path(draft),
        **owner.form(draft, name="<script>alert(1)</script>", description="</textarea><b>"),
    )

    page = owner.get(listing_path(draft))
    assert "<script>alert(1)" not in page
    assert "</textarea><b>" not in page
