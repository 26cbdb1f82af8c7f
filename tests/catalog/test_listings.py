"""Listings through the API: drafts, review, changes that wait, conflicts, archive."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalog import services
from catalog.models import (
    AttributeDefinition,
    Commune,
    ImageAsset,
    OcopCertificate,
    Product,
    ProductImage,
    ProductRevision,
    ProductState,
    ProductTranslation,
    Seller,
    SellerMember,
    Variant,
    Village,
)
from marketplace.accounts.models import User
from marketplace.core.actor import Actor
from marketplace.core.ids import to_global_id
from marketplace.core.models import AuditEntry
from search.models import SearchOutbox
from tests.builders import (
    Shop,
    make_certificate,
    make_craft,
    make_product,
    make_seller,
    make_user,
    make_variant,
)
from tests.catalog.access.scene import make_picture
from tests.catalog.conftest import PRODUCT, Caller, errors, gid, ok
from tests.catalog.selling import photo
from tests.conftest import Graphql
from tests.faults.crowd import at_once

pytestmark = pytest.mark.django_db


def whole(shop: Shop, **extra: Any) -> dict[str, Any]:
    return {"name": "Khay cỏ tế", "craft": "co-te", "variants": [{"price": 180_000, "stock": 4}], **extra}


def test_a_draft_may_lack_nearly_everything(owner: Caller, shop: Shop) -> None:
    draft = ok(owner.create())

    assert (draft["name"], draft["state"], draft["revision"]) == ("", "DRAFT", 1)
    assert (draft["craft"], draft["price"], draft["variants"]) == (None, None, [])
    assert draft["village"] == {"slug": "luu-thuong"}
    assert Product.objects.get(name="").slug.startswith("nhap-")


def test_what_is_typed_comes_back_in_one_clean_form(owner: Caller, shop: Shop) -> None:
    AttributeDefinition.objects.create(
        craft=shop.craft, slug="width", names={"vi": "Rộng"}, type="NUMBER", unit="cm"
    )
    AttributeDefinition.objects.create(craft=shop.craft, slug="lid", names={"vi": "Nắp"}, type="BOOLEAN")

    draft = ok(
        owner.create(
            name="  Giỏ   mây ",
            craft="co-te",
            description="Dòng một\r\nDòng hai",
            attributes=[
                {"slug": "material", "value": "fern"},
                {"slug": "width", "value": "12,50"},
                {"slug": "lid", "value": "Có"},
            ],
            madeToOrderDays=10,
            hsCode="4602.19",
            story="Nghề cũ.",
            steps=[{"name": "Phơi", "on": "2026-10-01", "place": "Lưu Thượng"}],
            variants=[
                {
                    "sku": "GM-1",
                    "name": "Nhỏ",
                    "price": 120_000,
                    "compareAtPrice": 150_000,
                    "stock": 3,
                    "gtin": "8938 5000 0001 0",
                    "options": [{"slug": "size", "value": "Nhỏ"}],
                },
                {"name": "Lớn", "price": 200_000, "options": [{"slug": "size", "value": "Lớn"}]},
            ],
        )
    )

    assert draft["name"] == "Giỏ mây"
    assert draft["description"] == "Dòng một\nDòng hai"
    assert draft["attributes"] == [
        {"slug": "material", "value": "Cỏ tế"},
        {"slug": "width", "value": "12.5"},
        {"slug": "lid", "value": "true"},
    ]
    assert (draft["madeToOrderDays"], draft["hsCode"], draft["story"]) == (
        10,
        "460219",
        {"body": "Nghề cũ.", "language": "vi"},
    )
    assert draft["steps"] == [{"name": "Phơi", "on": "2026-10-01", "place": "Lưu Thượng"}]
    assert draft["price"] == {"min": {"amount": 120_000}, "max": {"amount": 200_000}}
    assert draft["compareAtPrice"] == {"amount": 150_000}
    first, second = draft["variants"]
    assert (first["sku"], first["gtin"], first["onHand"]) == ("GM-1", "8938500000010", 3)
    assert second["sku"].startswith("PX-")


def test_every_problem_is_told_at_once_with_its_place(owner: Caller, shop: Shop) -> None:
    make_variant(shop.product, sku="CÓ-RỒI")
    before = (Product.objects.count(), Variant.objects.count(), AuditEntry.objects.count())

    refused = owner.create(
        name="x" * 201,
        craft="khong-co",
        village="khong-co",
        attributes=[{"slug": "weight", "value": "1"}],
        madeToOrderDays=0,
        hsCode="12",
        steps=[{"name": "", "on": "2999-01-01"}],
        translations=[{"language": "vi", "name": "Tên"}],
        variants=[
            {"price": -1, "gtin": "8938500000011", "compareAtPrice": 5, "stock": -1, "weightGrams": 0},
            {"id": gid(shop.variant), "price": 1},
            {"price": 9, "compareAtPrice": 9, "sku": "x" * 65},
        ],
    )

    assert refused["product"] is None
    assert sorted(map(str, errors(refused))) == sorted(
        map(
            str,
            [
                ("TOO_LONG", ["name"]),
                ("NOT_FOUND", ["craft"]),
                ("NOT_FOUND", ["village"]),
                ("INVALID", ["attributes", "0", "slug"]),
                ("OUT_OF_RANGE", ["madeToOrderDays"]),
                ("INVALID", ["hsCode"]),
                ("REQUIRED", ["steps", "0", "name"]),
                ("OUT_OF_RANGE", ["steps", "0", "on"]),
                ("INVALID", ["translations", "0", "language"]),
                ("OUT_OF_RANGE", ["variants", "0", "price"]),
                ("INVALID", ["variants", "0", "gtin"]),
                ("OUT_OF_RANGE", ["variants", "0", "stock"]),
                ("OUT_OF_RANGE", ["variants", "0", "weightGrams"]),
                ("NOT_FOUND", ["variants", "1", "id"]),
                ("OUT_OF_RANGE", ["variants", "2", "compareAtPrice"]),
                ("TOO_LONG", ["variants", "2", "sku"]),
            ],
        )
    )
    assert (Product.objects.count(), Variant.objects.count(), AuditEntry.objects.count()) == before


@pytest.mark.parametrize(
    ("slug", "value", "code"),
    [
        ("width", "rộng", "INVALID"),
        ("width", "1e5", "INVALID"),
        ("lid", "có lẽ", "INVALID"),
        ("material", "Nhựa", "INVALID"),
        ("note", "", "REQUIRED"),
        ("note", "x" * 201, "TOO_LONG"),
    ],
)
def test_attributes_keep_to_their_type(owner: Caller, shop: Shop, slug: str, value: str, code: str) -> None:
    for name, kind in (("width", "NUMBER"), ("lid", "BOOLEAN"), ("note", "TEXT")):
        AttributeDefinition.objects.create(craft=shop.craft, slug=name, names={"vi": name}, type=kind)

    refused = owner.create(craft="co-te", attributes=[{"slug": slug, "value": value}])

    assert errors(refused) == [(code, ["attributes", "0", "value"])]


def test_a_code_of_another_thing_of_the_seller_is_a_duplicate_and_another_sellers_is_not(
    owner: Caller, shop: Shop
) -> None:
    make_variant(shop.product, sku="GM-1")
    make_variant(make_product(seller=make_seller()), sku="GM-2")

    refused = owner.create(name="Một", variants=[{"sku": "GM-9"}, {"sku": "GM-1"}])
    taken = ok(owner.create(name="Hai", variants=[{"sku": "GM-2"}]))

    assert errors(refused) == [("DUPLICATE", ["variants", "1", "sku"])]
    assert not Product.objects.filter(name="Một").exists()
    assert taken["variants"][0]["sku"] == "GM-2"


def test_a_hundred_kinds_and_not_one_more(owner: Caller, shop: Shop) -> None:
    draft = ok(owner.create(variants=[{"sku": f"K{n}"} for n in range(100)]))

    refused = owner.update(draft["id"], variants=[{"sku": "K100"}])

    assert errors(refused) == [("LIMIT_REACHED", ["variants"])]
    assert Variant.objects.filter(product__state="DRAFT").count() == 100


def test_two_kinds_with_the_same_options_are_refused(owner: Caller, shop: Shop) -> None:
    size = [{"slug": "size", "value": "Nhỏ"}]

    refused = owner.create(variants=[{"options": size}, {"options": size}])

    assert errors(refused) == [("DUPLICATE", ["variants", "1", "options"])]


def test_left_out_stays_and_null_clears(owner: Caller, shop: Shop) -> None:
    draft = ok(owner.create(name="Giỏ", description="Lời", craft="co-te", madeToOrderDays=5, hsCode="460219"))

    changed = ok(owner.update(draft["id"], description=None, madeToOrderDays=None, hsCode=None))

    assert (changed["name"], changed["craft"]) == ("Giỏ", {"slug": "co-te"})
    assert (changed["description"], changed["madeToOrderDays"], changed["hsCode"]) == ("", None, None)
    assert changed["revision"] == draft["revision"] + 1


def test_the_address_follows_the_name_until_it_is_public(owner: Caller, officer: Caller, shop: Shop) -> None:
    draft = ok(owner.create(**whole(shop)))
    renamed = ok(owner.update(draft["id"], name="Giỏ cói"))
    product = Product.objects.get(slug=renamed["slug"])
    make_picture(product)
    ok(owner.on("productSubmit", draft["id"]))
    ok(officer.on("productDecide", draft["id"], publish=True))

    ok(owner.update(draft["id"], name="Giỏ khác"))
    ok(officer.on("productDecide", draft["id"], publish=True))

    product.refresh_from_db()
    assert (draft["slug"], renamed["slug"]) == ("khay-co-te", "gio-coi")
    assert (product.name, product.slug) == ("Giỏ khác", "gio-coi")


def test_an_old_revision_is_a_conflict_that_shows_the_product_as_it_is(owner: Caller, shop: Shop) -> None:
    draft = ok(owner.create(name="Giỏ"))
    ok(owner.update(draft["id"], name="Giỏ hai", expectedRevision=1))

    refused = owner.update(draft["id"], name="Giỏ ba", expectedRevision=1)

    assert errors(refused) == [("CONFLICT", ["expectedRevision"])]
    assert refused["product"] is None
    assert (refused["current"]["name"], refused["current"]["revision"]) == ("Giỏ hai", 2)
    assert Product.objects.get(slug=refused["current"]["slug"]).name == "Giỏ hai"


def test_stock_moves_neither_revision_nor_updated_at(owner: Caller, shop: Shop) -> None:
    before = Product.objects.values("revision", "updated_at").get(pk=shop.product.pk)

    owner.call(
        "stockAdjust",
        "variantId: ID, delta: Int!, reason: String!, idempotencyKey: String!",
        "variant{onHand}",
        variantId=gid(shop.variant),
        delta=3,
        reason="Đan thêm",
        idempotencyKey="k1",
    )

    assert Product.objects.values("revision", "updated_at").get(pk=shop.product.pk) == before


# --- Review ---------------------------------------------------------------------------------------------------


def test_submit_names_all_that_is_missing(owner: Caller, shop: Shop) -> None:
    draft = ok(owner.create(variants=[{"sku": "A"}]))

    refused = owner.on("productSubmit", draft["id"])

    assert errors(refused) == [
        ("REQUIRED", ["name"]),
        ("REQUIRED", ["craft"]),
        ("REQUIRED", ["variants", "0", "price"]),
        ("REQUIRED", ["images"]),
    ]
    assert Product.objects.get(slug=draft["slug"]).state == "DRAFT"


def test_from_draft_to_sale_with_a_detour(
    owner: Caller, officer: Caller, shop: Shop, gql: Graphql, run_jobs: Any
) -> None:
    draft = ok(owner.create(**whole(shop)))
    product = Product.objects.get(slug=draft["slug"])
    make_picture(product)

    sent = ok(owner.on("productSubmit", draft["id"]))
    again = owner.on("productSubmit", draft["id"])
    wordless = officer.on("productDecide", draft["id"], publish=False, note="  ")
    back = ok(officer.on("productDecide", draft["id"], publish=False, note="Ảnh mờ."))
    hidden = gql("query($s: String){product(slug: $s){id}}", s=draft["slug"])
    ok(owner.on("productSubmit", draft["id"]))
    shown = ok(officer.on("productDecide", draft["id"], publish=True))
    public = gql("query($s: String){product(slug: $s){name reviewNote}}", s=draft["slug"])

    assert sent["state"] == "IN_REVIEW"
    assert errors(again) == [("INVALID_STATE", ["id"])]
    assert errors(wordless) == [("REQUIRED", ["note"])]
    assert (back["state"], back["reviewNote"]) == ("REJECTED", "Ảnh mờ.")
    assert hidden == {"product": None}
    assert (shown["state"], shown["reviewNote"]) == ("PUBLISHED", None)
    assert public == {"product": {"name": "Khay cỏ tế", "reviewNote": None}}
    actions = list(
        AuditEntry.objects.filter(object_id=str(product.pk)).order_by("at").values_list("action", flat=True)
    )
    assert actions == [
        "product.create",
        "product.submit",
        "product.send_back",
        "product.submit",
        "product.publish",
    ]
    entry = AuditEntry.objects.get(action="product.send_back")
    assert (entry.reason, entry.before["state"], entry.after["state"]) == ("Ảnh mờ.", "IN_REVIEW", "REJECTED")
    assert entry.actor == f"user:{User.objects.get(email='xa@example.vn').pk}"
    assert entry.ip == "127.0.0.1"


@pytest.mark.parametrize("state", ["UNCLAIMED", "APPLIED", "REJECTED", "SUSPENDED", "CLOSED"])
def test_nothing_is_published_before_the_seller_is_verified(
    owner: Caller, officer: Caller, shop: Shop, state: str
) -> None:
    draft = make_product("Nháp", seller=shop.seller, state="DRAFT", published_at=None)
    waiting = make_product("Chờ", seller=shop.seller, state="IN_REVIEW", published_at=None)
    for product in (draft, waiting):
        make_picture(product)
    Seller.objects.filter(pk=shop.seller.pk).update(state=state)

    submitted = owner.on("productSubmit", gid(draft))
    decided = officer.on("productDecide", gid(waiting), publish=True)

    assert errors(submitted) == [("INVALID_STATE", ["id"])]
    assert errors(decided) == [("INVALID_STATE", ["id"])]
    assert set(Product.objects.exclude(pk=shop.product.pk).values_list("state", flat=True)) == {
        "DRAFT",
        "IN_REVIEW",
    }


def test_a_listing_whose_pictures_are_not_ready_waits(owner: Caller, officer: Caller, shop: Shop) -> None:
    waiting = make_product("Chờ", seller=shop.seller, state="IN_REVIEW", published_at=None)
    make_picture(waiting, ready=False)

    refused = officer.on("productDecide", gid(waiting), publish=True)

    assert errors(refused) == [("INVALID_STATE", ["id"])]
    assert Product.objects.get(pk=waiting.pk).state == "IN_REVIEW"


def test_an_officer_publishes_what_was_looked_at(owner: Caller, officer: Caller, shop: Shop) -> None:
    waiting = make_product("Chờ", seller=shop.seller, state="IN_REVIEW", published_at=None)
    make_picture(waiting)
    ok(owner.update(gid(waiting), description="Lời khác hẳn."))

    refused = officer.on("productDecide", gid(waiting), publish=True, expectedRevision=1)

    assert errors(refused) == [("CONFLICT", ["expectedRevision"])]
    assert refused["current"] == {"revision": 2}
    assert Product.objects.get(pk=waiting.pk).state == "IN_REVIEW"


def test_a_published_listing_can_be_taken_down_with_a_reason(
    officer: Caller, shop: Shop, gql: Graphql
) -> None:
    taken = ok(officer.on("productDecide", gid(shop.product), publish=False, note="Không phải hàng thật."))
    nothing = officer.on("productDecide", gid(shop.product), publish=True)

    assert (taken["state"], taken["reviewNote"]) == ("REJECTED", "Không phải hàng thật.")
    assert errors(nothing) == [("INVALID_STATE", ["id"])]
    assert gql("query($s: String){product(slug: $s){id}}", s=shop.product.slug) == {"product": None}


def test_officers_do_not_decide_on_a_seller_they_work_for(officer: Caller, shop: Shop) -> None:
    SellerMember.objects.create(
        seller=shop.seller, user=User.objects.get(email="xa@example.vn"), role="PACKER"
    )

    refused = officer.on("productDecide", gid(shop.product), publish=False, note="Lý do")

    assert errors(refused) == [("FORBIDDEN", ["id"])]
    assert Product.objects.get(pk=shop.product.pk).state == "PUBLISHED"


# --- What waits -----------------------------------------------------------------------------------------------


def public(gql: Graphql, shop: Shop) -> Any:
    return gql(
        "query($s: String){product(slug: $s){name description craft{slug} price{min{amount}} images{alt} pendingRevision{id}}}",
        s=shop.product.slug,
    )["product"]


def test_words_price_and_stock_are_live_at_once_and_name_and_craft_wait(
    owner: Caller, officer: Caller, shop: Shop, gql: Graphql
) -> None:
    make_craft("may-tre-dan", "Mây tre đan", "Rattan")
    SearchOutbox.objects.all().delete()

    changed = ok(
        owner.update(
            gid(shop.product),
            name="Giỏ mới",
            craft="may-tre-dan",
            description="Lời mới",
            attributes=[],
            variants=[{"id": gid(shop.variant), "price": 99_000}],
        )
    )
    before = public(gql, shop)
    queued = officer.gql(
        "{products(filter: {pendingRevision: true}){nodes{id}} no: products(filter: {pendingRevision: false}){nodes{id}}}"
    )
    nobody = gql(
        "{products(filter: {pendingRevision: true}){nodes{id}} no: products(filter: {pendingRevision: false}){nodes{id}}}"
    )
    ok(officer.on("productDecide", gid(shop.product), publish=True))
    after = public(gql, shop)

    assert changed["name"] == "Giỏ cỏ tế đan tay"
    assert changed["pendingRevision"] == {
        "id": changed["pendingRevision"]["id"],
        "name": "Giỏ mới",
        "craft": {"slug": "may-tre-dan"},
        "changedFields": ["name", "craft"],
        "images": [],
    }
    assert before == {
        "name": "Giỏ cỏ tế đan tay",
        "description": "Lời mới",
        "craft": {"slug": "co-te"},
        "price": {"min": {"amount": 99_000}},
        "images": [],
        "pendingRevision": None,
    }
    assert queued == {"products": {"nodes": [{"id": gid(shop.product)}]}, "no": {"nodes": []}}
    # To the public both answers are as if nothing waited.
    assert nobody == {"products": {"nodes": []}, "no": {"nodes": [{"id": gid(shop.product)}]}}
    assert (after["name"], after["craft"]) == ("Giỏ mới", {"slug": "may-tre-dan"})
    assert not ProductRevision.objects.exists()
    assert SearchOutbox.objects.filter(product_id=shop.product.pk).count() == 2


def test_changes_collect_in_one_revision_and_taking_them_back_ends_it(owner: Caller, shop: Shop) -> None:
    first = ok(owner.update(gid(shop.product), name="Một"))
    second = ok(owner.update(gid(shop.product), name="Hai"))
    none = ok(owner.update(gid(shop.product), name="Giỏ cỏ tế đan tay"))

    assert first["pendingRevision"]["id"] == second["pendingRevision"]["id"]
    assert second["pendingRevision"]["name"] == "Hai"
    assert none["pendingRevision"] is None
    assert ProductRevision.objects.count() == 0


def test_what_was_sent_back_stays_is_seen_and_can_be_sent_again(
    owner: Caller, officer: Caller, shop: Shop, gql: Graphql
) -> None:
    ok(owner.update(gid(shop.product), name="Mới"))

    back = ok(officer.on("productDecide", gid(shop.product), publish=False, note="Tên quá dài."))
    nothing = officer.on("productDecide", gid(shop.product), publish=True)
    queued = officer.gql("{products(filter: {pendingRevision: true}){nodes{id}}}")
    sent = ok(owner.on("productSubmit", gid(shop.product)))
    twice = owner.on("productSubmit", gid(shop.product))
    shown = ok(officer.on("productDecide", gid(shop.product), publish=True))

    assert (back["state"], back["reviewNote"], back["pendingRevision"]["name"]) == (
        "PUBLISHED",
        "Tên quá dài.",
        "Mới",
    )
    assert errors(nothing) == [("INVALID_STATE", ["id"])]
    assert queued == {"products": {"nodes": []}}
    assert sent["reviewNote"] is None
    assert errors(twice) == [("INVALID_STATE", ["id"])]
    assert shown["name"] == "Mới"


def test_what_was_sent_back_can_be_asked_for_by_its_own_people_alone(
    owner: Caller, officer: Caller, shop: Shop, gql: Graphql
) -> None:
    make_picture(shop.product)
    rejected = make_product(seller=shop.seller, state="REJECTED", published_at=None)
    make_product(seller=shop.seller)
    ok(owner.update(gid(shop.product), name="Tên mới"))
    ok(officer.on("productDecide", gid(shop.product), publish=False, note="Tên chưa rõ."))
    query = "{products(filter: {sentBack: true}){nodes{slug pendingRevision{waiting}}}}"

    mine = owner.gql(query)["products"]["nodes"]

    assert {row["slug"]: row["pendingRevision"] for row in mine} == {
        rejected.slug: None,
        shop.product.slug: {"waiting": False},
    }
    assert gql(query)["products"]["nodes"] == []
    assert len(officer.gql(query)["products"]["nodes"]) == 2
    assert "errors" in owner.gql.post('{searchProducts(query: "a", filter: {sentBack: true}){totalCount}}')


def test_attributes_wait_with_their_craft(owner: Caller, officer: Caller, shop: Shop) -> None:
    incense = make_craft("huong", "Hương", "Incense")
    AttributeDefinition.objects.create(craft=incense, slug="scent", names={"vi": "Mùi"}, type="TEXT")

    changed = ok(
        owner.update(gid(shop.product), craft="huong", attributes=[{"slug": "scent", "value": "Trầm"}])
    )
    shown = ok(officer.on("productDecide", gid(shop.product), publish=True))

    assert changed["attributes"] == [{"slug": "material", "value": "Cỏ tế"}]
    assert shown["attributes"] == [{"slug": "scent", "value": "Trầm"}]


# --- Archive --------------------------------------------------------------------------------------------------


def test_archiving_hides_and_bringing_back_shows_again(owner: Caller, shop: Shop, gql: Graphql) -> None:
    make_picture(shop.product)

    away = ok(owner.on("productArchive", gid(shop.product)))
    twice = ok(owner.on("productArchive", gid(shop.product)))
    hidden = public(gql, shop)
    refused = owner.update(gid(shop.product), description="x")
    back = ok(owner.on("productUnarchive", gid(shop.product)))
    again = owner.on("productUnarchive", gid(shop.product))

    assert away["state"] == "ARCHIVED"
    assert twice["revision"] == away["revision"]
    assert hidden is None
    assert errors(refused) == [("INVALID_STATE", ["id"])]
    assert back["state"] == "PUBLISHED"
    assert errors(again) == [("INVALID_STATE", ["id"])]


def test_what_is_not_whole_or_was_never_public_comes_back_as_a_draft(owner: Caller, shop: Shop) -> None:
    draft = make_product("Nháp", seller=shop.seller, state="DRAFT", published_at=None)

    ok(owner.on("productArchive", gid(draft)))
    ok(owner.on("productArchive", gid(shop.product)))

    # The published one has no picture.
    assert ok(owner.on("productUnarchive", gid(draft)))["state"] == "DRAFT"
    assert ok(owner.on("productUnarchive", gid(shop.product)))["state"] == "DRAFT"


def test_the_last_kind_of_a_listing_for_sale_stays(owner: Caller, shop: Shop) -> None:
    spare = make_variant(shop.product, price=90_000)
    take = ("variantArchive", "id: ID!", "variant{sku product{price{min{amount}} variants{sku}}}")

    gone = owner.call(*take, id=gid(spare))
    refused = owner.call(*take, id=gid(shop.variant))

    assert gone["variant"]["product"]["variants"] == [{"sku": shop.variant.sku}]
    assert gone["variant"]["product"]["price"] == {"min": {"amount": 250_000}}
    assert errors(refused) == [("INVALID_STATE", ["id"])]


def test_words_of_an_archived_listing_stay_and_its_pictures_go_after_a_year(shop: Shop) -> None:
    make_picture(shop.product)
    young, old = timezone.now() - dt.timedelta(days=364), timezone.now() - dt.timedelta(days=367)
    Product.objects.filter(pk=shop.product.pk).update(state="ARCHIVED", archived_at=young)

    kept = services.listings_forget_pictures()
    Product.objects.filter(pk=shop.product.pk).update(archived_at=old)
    gone = services.listings_forget_pictures()

    assert (kept, gone) == (0, 1)
    assert Product.objects.get(pk=shop.product.pk).name == "Giỏ cỏ tế đan tay"
    assert not ProductImage.objects.exists()


# --- Lists ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3, 10])
def test_a_page_of_ones_own_listings_takes_the_same_number_of_statements(
    owner: Caller, shop: Shop, number: int, django_assert_num_queries: Any
) -> None:
    for index in range(number):
        product = make_product(f"Nháp {index}", seller=shop.seller, state="DRAFT", published_at=None)
        make_picture(product)
        ProductRevision.objects.create(product=product, name="x", submitted_at=timezone.now())
    query = f"{{products(filter: {{state: [DRAFT]}}, first: 50){{nodes{{{PRODUCT} ocopCertificates{{note scanUrl}} seller{{private{{phone checklist{{code}} members{{user{{name}} contact}} lowStock{{id}}}}}}}}}}}}"

    with django_assert_num_queries(21):
        data = owner.gql(query)

    assert len(data["products"]["nodes"]) == number


def test_without_naming_the_seller_ones_only_seller_is_meant(owner: Caller, shop: Shop) -> None:
    stranger = Caller(owner.gql.__class__(owner.gql.client.__class__()).login(make_user()))
    user = User.objects.get(email="chu@example.vn")

    mine = ok(owner.create(name="Một"))
    none = stranger.create(name="Hai")
    SellerMember.objects.create(seller=make_seller(), user=user, role="EDITOR")
    which = owner.create(name="Ba")

    assert Product.objects.get(slug=mine["slug"]).seller == shop.seller
    assert errors(none) == [("REQUIRED", ["sellerId"])]
    assert errors(which) == [("REQUIRED", ["sellerId"])]
    assert Product.objects.filter(name__in=["Hai", "Ba"]).count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_people_change_one_listing_and_one_of_them_is_told(shop: Shop, clean_jobs: None) -> None:
    user = make_user()
    SellerMember.objects.create(seller=shop.seller, user=user, role="OWNER")
    gate, outcomes = threading.Barrier(8), []

    def change(number: int) -> None:
        gate.wait()
        try:
            services.product_update(
                actor=Actor(user=user),
                product_id=shop.product.pk,
                data={"description": f"Lời {number}", "expected_revision": 1},
            )
            outcomes.append("done")
        except services.ListingConflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["conflict"] * 7 + ["done"]
    assert Product.objects.get(pk=shop.product.pk).revision == 2
    assert Product.objects.get(pk=shop.product.pk).state == ProductState.PUBLISHED


@pytest.mark.django_db(transaction=True)
def test_ten_drafts_of_one_name_at_once_each_get_an_address(shop: Shop, clean_jobs: None) -> None:
    user = make_user()
    sellers = [shop.seller, *(make_seller() for _index in range(9))]
    for seller in sellers:
        SellerMember.objects.create(seller=seller, user=user, role="OWNER")
    ready, failed = threading.Barrier(10), []

    def create(seller: Seller) -> None:
        try:
            ready.wait()
            services.product_create(actor=Actor(user=user), data={"seller_id": seller.pk, "name": "Giỏ mới"})
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=create, args=(seller,)) for seller in sellers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    slugs = list(Product.objects.filter(name="Giỏ mới").values_list("slug", flat=True))
    assert failed == []
    assert len(set(slugs)) == 10
    assert slugs.count("gio-moi") == 1


# --- What waits, when the listing is no longer for sale -------------------------------------------------------


def revised(owner: Caller, shop: Shop) -> ProductImage:
    """The shop's product with a picture, and a new name and a second picture that wait. The picture that waits."""
    make_picture(shop.product)
    ok(owner.update(gid(shop.product), name="Tên mới"))
    added = ok(owner.image(gid(shop.product), photo("navy"), "Mặt sau"))
    assert added["pendingRevision"]["changedFields"] == ["name", "images"]
    return ProductImage.objects.get(alt="Mặt sau")


def test_what_waits_goes_along_when_a_listing_is_taken_down(
    owner: Caller, officer: Caller, shop: Shop
) -> None:
    revised(owner, shop)
    key = gid(shop.product)
    ok(officer.on("productDecide", key, publish=False, note="Ảnh mờ."))

    taken = ok(officer.on("productDecide", key, publish=False, note="Hàng giả."))
    changed = ok(owner.image(key, photo("olive"), "Cận cảnh"))

    assert (taken["state"], taken["name"], taken["pendingRevision"]) == ("REJECTED", "Tên mới", None)
    assert [image["alt"] for image in changed["images"]] == ["Giỏ", "Mặt sau", "Cận cảnh"]
    assert not ProductRevision.objects.exists()
    assert set(ProductImage.objects.values_list("revision", flat=True)) == {None}
    ok(owner.on("productSubmit", key))
    ImageAsset.objects.update(ready=True, width=64, height=80)
    shown = ok(officer.on("productDecide", key, publish=True))
    assert (shown["state"], len(shown["images"]), shown["pendingRevision"]) == ("PUBLISHED", 3, None)


def test_nothing_of_a_listing_put_away_waits_for_an_officer(
    owner: Caller, officer: Caller, shop: Shop
) -> None:
    revised(owner, shop)
    query = "{products(filter: {state: [ARCHIVED, PUBLISHED], pendingRevision: true}){nodes{id}}}"
    assert officer.gql(query) == {"products": {"nodes": [{"id": gid(shop.product)}]}}

    ok(owner.on("productArchive", gid(shop.product)))
    away = officer.gql(query)
    back = ok(owner.on("productUnarchive", gid(shop.product)))

    assert away == {"products": {"nodes": []}}
    assert (back["state"], back["name"]) == ("PUBLISHED", "Giỏ cỏ tế đan tay")
    assert back["pendingRevision"]["changedFields"] == ["name", "images"]
    assert officer.gql(query) == {"products": {"nodes": [{"id": gid(shop.product)}]}}


def test_what_waited_is_in_the_draft_when_a_listing_comes_back_as_one(owner: Caller, shop: Shop) -> None:
    revised(owner, shop)
    ok(owner.on("productArchive", gid(shop.product)))
    Seller.objects.filter(pk=shop.seller.pk).update(state="SUSPENDED")

    back = ok(owner.on("productUnarchive", gid(shop.product)))

    assert (back["state"], back["name"], back["pendingRevision"]) == ("DRAFT", "Tên mới", None)
    assert [image["alt"] for image in back["images"]] == ["Giỏ", "Mặt sau"]


def test_a_closed_workshop_brings_nothing_back(owner: Caller, shop: Shop) -> None:
    ok(owner.on("productArchive", gid(shop.product)))
    Seller.objects.filter(pk=shop.seller.pk).update(state="CLOSED")

    refused = owner.on("productUnarchive", gid(shop.product))

    assert errors(refused) == [("INVALID_STATE", ["id"])]
    assert Product.objects.get(pk=shop.product.pk).state == "ARCHIVED"


def test_a_certificate_sent_in_with_the_draft_waits_once_it_is_for_sale(officer: Caller, shop: Shop) -> None:
    product = make_product(seller=shop.seller, state="IN_REVIEW", published_at=None)
    make_picture(product)
    make_certificate(product, state="SUBMITTED")

    shown = ok(officer.on("productDecide", gid(product), publish=True))

    assert shown["state"] == "PUBLISHED"
    assert shown["pendingRevision"]["changedFields"] == ["ocop"]


def test_a_draft_follows_a_workshop_that_applied_again_from_elsewhere(owner: Caller, shop: Shop) -> None:
    draft = make_product(seller=shop.seller, state="DRAFT", published_at=None)
    make_picture(draft)
    commune = Commune.objects.create(slug="chuyen-my", code="10330", name="Chuyên Mỹ", name_key="x")
    Seller.objects.filter(pk=shop.seller.pk).update(commune=commune, village=None)

    refused = owner.on("productSubmit", gid(draft))
    ok(owner.update(gid(draft), village=None))

    assert errors(refused) == [("INVALID", ["village"])]
    assert ok(owner.on("productSubmit", gid(draft)))["state"] == "IN_REVIEW"


def test_twenty_languages_in_all_each_kept_under_its_whole_tag(owner: Caller, shop: Shop) -> None:
    draft = ok(owner.create())
    tags = [f"{first}{second}" for first in "bcd" for second in "abcdefghij"]
    given = [{"language": tag, "name": tag} for tag in tags]
    ok(owner.update(draft["id"], translations=given[:12]))

    more = owner.update(draft["id"], translations=given[12:21])
    long = owner.update(draft["id"], translations=[{"language": "zh-hant-hk-ab", "name": "x"}])

    assert errors(more) == [("LIMIT_REACHED", ["translations"])]
    assert errors(long) == [("TOO_LONG", ["translations", "0", "language"])]
    ok(owner.update(draft["id"], translations=given[4:20]))
    kept = ProductTranslation.objects.order_by("language").values_list("language", flat=True)
    assert list(kept) == tags[:20]


def test_a_blank_code_is_none_given_and_accents_of_another_form_are_the_same(
    owner: Caller, shop: Shop
) -> None:
    draft = ok(
        owner.create(variants=[{"price": 1_000, "sku": "  "}, {"price": 1_000, "sku": "Gio\u0309  1"}])
    )

    assert [variant["sku"] for variant in draft["variants"]][1] == "Giỏ 1"
    assert draft["variants"][0]["sku"].startswith("PX-")


@pytest.mark.parametrize(
    ("model", "values", "constraint"),
    [
        (Product, {"state": "IN_REVIEW", "submitted_at": None}, "catalog_product_in_review_has_day"),
        (Product, {"price_max": 1}, "catalog_product_prices"),
        (Product, {"state": "DRAFT", "price_min": -1}, "catalog_product_prices"),
        (Variant, {"compare_at_price": 250_000}, "catalog_variant_price_before"),
        (
            OcopCertificate,
            {"state": "REJECTED", "begun_at": timezone.now()},
            "catalog_ocop_begun_is_accepted",
        ),
    ],
)
def test_the_database_refuses_what_the_rules_exclude(
    shop: Shop, model: Any, values: dict[str, Any], constraint: str
) -> None:
    make_certificate(shop.product)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.update(**values)


def test_one_listing_has_a_picture_once(shop: Shop) -> None:
    picture = make_picture(shop.product)

    with pytest.raises(IntegrityError, match="catalog_picture_shown_once"), transaction.atomic():
        ProductImage.objects.create(product=shop.product, asset=picture.asset, position=1)


# --- Rules that had no test of their own ----------------------------------------------------------------------


def test_a_thing_comes_from_a_village_of_the_workshop_s_own_commune(owner: Caller, shop: Shop) -> None:
    elsewhere = Commune.objects.create(slug="chuyen-my", code="10330", name="Chuyên Mỹ", name_key="x")
    for slug, commune in (("chuon-ngo", elsewhere), ("phu-tuc", shop.village.commune)):
        Village.objects.create(
            slug=slug, name=slug, name_key=slug, kind="village", commune=commune, evidence="source"
        )

    refused = owner.create(village="chuon-ngo")
    taken = ok(owner.create(village="phu-tuc"))

    assert errors(refused) == [("NOT_FOUND", ["village"])]
    assert taken["village"] == {"slug": "phu-tuc"}
    assert Product.objects.exclude(pk=shop.product.pk).count() == 1


def test_a_new_kind_differs_from_those_there_and_one_that_changes_makes_room(
    owner: Caller, shop: Shop
) -> None:
    red, blue = ([{"slug": "color", "value": value}] for value in ("Đỏ", "Xanh"))
    draft = ok(owner.create(craft="co-te", variants=[{"price": 1_000, "options": red}]))
    first = draft["variants"][0]["id"]

    refused = owner.update(draft["id"], variants=[{"price": 2_000, "options": red}])
    taken = ok(
        owner.update(draft["id"], variants=[{"id": first, "options": blue}, {"price": 2_000, "options": red}])
    )

    assert errors(refused) == [("DUPLICATE", ["variants", "0", "options"])]
    assert [variant["options"] for variant in taken["variants"]] == [blue, red]


def test_the_address_of_a_page_that_was_public_stays(owner: Caller, officer: Caller, shop: Shop) -> None:
    ok(officer.on("productDecide", gid(shop.product), publish=False, note="Không phải hàng thật."))

    renamed = ok(owner.update(gid(shop.product), name="Tên khác hẳn"))

    assert (renamed["name"], renamed["slug"]) == ("Tên khác hẳn", "gio-co-te-dan-tay")


@pytest.mark.django_db(transaction=True)
def test_drafts_begun_at_once_keep_to_the_limit(
    owner: Caller, shop: Shop, settings: Any, clean_jobs: None
) -> None:
    settings.DRAFTS_PER_SELLER = 1

    answers = at_once([lambda: owner.create(name="Nháp")] * 6)

    assert sorted(len(errors(answer)) for answer in answers) == [0, 1, 1, 1, 1, 1]
    assert Product.objects.filter(state="DRAFT").count() == 1


def test_a_closed_workshop_changes_nothing(owner: Caller, shop: Shop) -> None:
    picture = make_picture(shop.product)
    Seller.objects.filter(pk=shop.seller.pk).update(state="CLOSED")
    before = Product.objects.values().get()
    key = gid(shop.product)

    refused = [
        owner.create(name="Khay", sellerId=gid(shop.seller)),
        owner.update(key, description="Lời mới"),
        owner.image(key, photo()),
        owner.call(
            "productImageUpdate",
            "id: ID!, alt: String",
            "product{id}",
            id=to_global_id("Image", picture.pk),
            alt="x",
        ),
        owner.call("variantArchive", "id: ID!", "variant{id}", id=gid(shop.variant)),
        owner.on("productSubmit", key),
    ]

    assert [errors(answer) for answer in refused] == [
        [("INVALID_STATE", [field])] for field in ("sellerId", "id", "productId", "id", "id", "id")
    ]
    assert Product.objects.values().get() == before
    assert ProductImage.objects.get().alt == "Giỏ"
    assert not AuditEntry.objects.exists()
