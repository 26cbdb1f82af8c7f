"""Officers' queues: one's own communes, read-only, decided through the services with a reason."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import (
    Commune,
    CommuneOfficer,
    OcopCertificate,
    PrivateFile,
    Product,
    ProductRevision,
    Seller,
    SellerMember,
)
from marketplace.accounts.models import User
from marketplace.core.models import AuditEntry
from marketplace.core.vietnamese import sort_key
from tests.builders import Shop, make_certificate, make_product, make_seller, make_user
from tests.catalog.access.scene import make_picture
from tests.catalog.test_papers import apply, photo

pytestmark = pytest.mark.django_db


def staff(commune: Commune, name: str = "xa") -> Client:
    user = make_user(f"{name}@example.vn", is_staff=True)
    CommuneOfficer.objects.create(commune=commune, user=user)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def here(shop: Shop) -> Client:
    return staff(shop.village.commune)


@pytest.fixture
def elsewhere(shop: Shop) -> Client:
    commune = Commune.objects.create(
        slug="chuyen-my", code="10330", name="Chuyên Mỹ", name_key=sort_key("Chuyên Mỹ")
    )
    return staff(commune, "noi-khac")


def page(row: Any, action: str = "") -> str:
    """The address of a row's page, or of one of its decisions."""
    name = f"catalog_{row._meta.model_name}"
    if action:
        return reverse(f"admin:{name}_{action}", args=[row.pk])
    return reverse(f"admin:{name}_change", args=[row.pk])


def queue(model: Any, **query: str) -> str:
    suffix = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"admin:catalog_{model._meta.model_name}_changelist") + (f"?{suffix}" if suffix else "")


@pytest.fixture
def applied(shop: Shop) -> Seller:
    return make_seller("Cơ sở mới xin", village=shop.village, state="APPLIED")


def test_an_officer_sees_what_waits_in_the_commune_and_nobody_elses(
    here: Client, elsewhere: Client, shop: Shop, applied: Seller
) -> None:
    in_review = make_product("Chờ duyệt", seller=shop.seller, state="IN_REVIEW", published_at=None)
    submitted = make_certificate(shop.product, state="SUBMITTED", number="77/QĐ")

    for model, row, text in (
        (Seller, applied, "Cơ sở mới xin"),
        (Product, in_review, "Chờ duyệt"),
        (OcopCertificate, submitted, "77/QĐ"),
    ):
        assert text in here.get(queue(model)).content.decode()
        assert here.get(page(row)).status_code == 200
        assert text not in elsewhere.get(queue(model)).content.decode()
        # Django's admin answers a row that is not there with a redirect to its first page.
        assert elsewhere.get(page(row)).status_code == 302
    assert shop.product.name not in here.get(queue(Product)).content.decode()
    assert shop.product.name in here.get(queue(Product, queue="all")).content.decode()


def test_changes_of_a_published_listing_wait_in_the_queue_and_a_certificate_in_its_own(
    here: Client, shop: Shop
) -> None:
    revision = ProductRevision.objects.create(
        product=shop.product, name=shop.product.name, craft=shop.craft, submitted_at=shop.product.updated_at
    )
    make_certificate(shop.product, state="SUBMITTED")
    assert shop.product.name not in here.get(queue(Product)).content.decode()

    ProductRevision.objects.filter(pk=revision.pk).update(name="Tên mới xin duyệt")

    assert shop.product.name in here.get(queue(Product)).content.decode()
    assert "Tên mới xin duyệt" in here.get(page(shop.product)).content.decode()


def test_forms_change_nothing(here: Client, shop: Shop, applied: Seller) -> None:
    for row in (applied, shop.product, make_certificate(shop.product)):
        assert here.post(page(row), {"name": "Khác", "state": "VERIFIED"}).status_code == 403
        assert here.post(page(row).replace("change", "delete"), {"post": "yes"}).status_code == 403
    applied.refresh_from_db()
    assert (applied.name, applied.state) == ("Cơ sở mới xin", "APPLIED")
    assert Product.objects.count() == 1


def test_a_decision_asks_for_its_reason_and_keeps_what_was_typed(
    here: Client, shop: Shop, applied: Seller
) -> None:
    asked = here.get(page(applied, "reject"))
    empty = here.post(page(applied, "reject"), {"note": "  "})
    wrong = here.post(page(applied, "reinstate"), {"note": "Mở lại giúp tôi."})

    assert asked.status_code == 200
    assert empty.status_code == 422
    assert "Say why" in empty.content.decode()
    assert wrong.status_code == 422
    assert "Mở lại giúp tôi." in wrong.content.decode()
    applied.refresh_from_db()
    assert applied.state == "APPLIED"
    assert not AuditEntry.objects.exists()

    done = here.post(page(applied, "reject"), {"note": "Ảnh giấy tờ mờ."}, follow=True)

    applied.refresh_from_db()
    assert "Done. The seller has been told." in done.content.decode()
    assert (applied.state, applied.decision_note) == ("REJECTED", "Ảnh giấy tờ mờ.")
    entry = AuditEntry.objects.get()
    officer = User.objects.get(email="xa@example.vn")
    assert (entry.action, entry.reason, entry.actor) == (
        "seller.reject", "Ảnh giấy tờ mờ.", f"user:{officer.pk}",
    )  # fmt: skip
    assert (entry.before, entry.after, entry.ip) == ({"state": "APPLIED"}, {"state": "REJECTED"}, "127.0.0.1")


def test_a_look_at_a_decision_decides_nothing(here: Client, shop: Shop) -> None:
    for action in ("suspend", "close", "trust"):
        assert here.get(page(shop.seller, action)).status_code == 200
    shop.seller.refresh_from_db()
    assert (shop.seller.state, shop.seller.trusted) == ("VERIFIED", False)


def test_every_decision_has_its_button(here: Client, shop: Shop) -> None:
    product = make_product(seller=shop.seller, state="IN_REVIEW", published_at=None)
    make_picture(product)
    certificates = [make_certificate(product, state="SUBMITTED", number=str(n)) for n in range(2)]

    for row, action, note in (
        (shop.seller, "trust", ""),
        (shop.seller, "distrust", "Hàng kém."),
        (shop.seller, "suspend", "Khiếu nại."),
        (shop.seller, "reinstate", "Đã sửa."),
        (certificates[0], "accept", ""),
        (certificates[0], "revoke", "Thu hồi."),
        (certificates[1], "refuse", "Mờ."),
        (shop.product, "send_back", "Ảnh không đúng."),
    ):
        given = {"note": note}
        if isinstance(row, Product):
            row.refresh_from_db()
            given["revision"] = str(row.revision)
        assert here.post(page(row, action), given).status_code == 302, (row, action)
    product.refresh_from_db()
    assert here.post(page(product, "publish"), {"note": "", "revision": product.revision}).status_code == 302

    shop.product.refresh_from_db()
    product.refresh_from_db()
    assert (shop.product.state, product.state) == ("REJECTED", "PUBLISHED")
    assert [row.state for row in OcopCertificate.objects.order_by("number")] == ["REVOKED", "REJECTED"]


def test_only_what_the_state_allows_has_a_button(here: Client, shop: Shop, applied: Seller) -> None:
    names = {
        Seller: {"verify", "reject", "suspend", "reinstate", "close", "trust", "distrust"},
        Product: {"publish", "send_back"},
        OcopCertificate: {"accept", "refuse", "revoke"},
    }
    certificate = make_certificate(shop.product, state="SUBMITTED")
    draft = make_product(seller=shop.seller, state="DRAFT", published_at=None)

    def seen(row: Any) -> set[str]:
        text = here.get(page(row)).content.decode()
        return {name for name in names[type(row)] if page(row, name) in text}

    assert seen(applied) == {"verify", "reject", "close"}
    assert seen(shop.seller) == {"suspend", "close", "trust"}
    assert seen(shop.product) == {"send_back"}
    assert seen(draft) == set()
    assert seen(certificate) == {"accept", "refuse"}


def test_the_side_bar_counts_what_waits(here: Client, elsewhere: Client, applied: Seller) -> None:
    admin_page = here.get("/admin/catalog/seller/").context

    waiting = [str(item["badge_callback"]) for item in admin_page["sidebar_navigation"][0]["items"]]
    other = elsewhere.get("/admin/catalog/seller/").context["sidebar_navigation"][0]["items"]

    # Higher packages add queues of their own behind ours.
    assert waiting == ["1", *["0"] * (len(other) - 1)]
    assert {str(item["badge_callback"]) for item in other} == {"0"}


def test_what_changed_since_it_was_looked_at_is_not_published(here: Client, shop: Shop) -> None:
    product = make_product(seller=shop.seller, state="IN_REVIEW", published_at=None)
    make_picture(product)
    Product.objects.filter(pk=product.pk).update(revision=2)

    answer = here.post(page(product, "publish"), {"note": "", "revision": 1})

    assert answer.status_code == 422
    assert "Somebody has changed this listing meanwhile" in answer.content.decode()
    assert Product.objects.get(pk=product.pk).state == "IN_REVIEW"


def test_officers_elsewhere_sellers_and_their_people_decide_nothing(
    elsewhere: Client, shop: Shop, applied: Seller
) -> None:
    owner = make_user()
    SellerMember.objects.create(seller=applied, user=owner, role="OWNER")
    client = Client()
    client.force_login(owner)

    assert elsewhere.post(page(applied, "verify"), {"note": ""}).status_code == 404
    assert client.post(page(applied, "verify"), {"note": ""}).status_code == 302
    assert Seller.objects.get(pk=applied.pk).state == "APPLIED"
    assert not AuditEntry.objects.exists()


def test_an_officer_who_works_for_the_seller_may_look_and_not_decide(
    here: Client, shop: Shop, applied: Seller
) -> None:
    SellerMember.objects.create(seller=applied, user=User.objects.get(email="xa@example.vn"), role="PACKER")

    answer = here.post(page(applied, "reject"), {"note": "Lý do"})

    assert answer.status_code == 422
    assert "This is not yours to do" in answer.content.decode()
    assert Seller.objects.get(pk=applied.pk).state == "APPLIED"


def test_papers_and_personal_data_are_shown_to_the_officer_in_charge(
    here: Client, elsewhere: Client, owner: Any, shop: Shop
) -> None:
    apply(owner, documents=[photo()], personalId="001170012345", birthDate="1970-05-01")
    seller = Seller.objects.get(name="Cơ sở thử")
    text = here.get(page(seller)).content.decode()

    assert "001170012345" in text
    assert "0912 345 678" in text
    assert "01/05/1970" in text
    assert "cccd.jpg" in text
    assert "/giay-to/" in text
    assert PrivateFile.objects.count() == 1


def test_an_officer_sees_no_more_than_the_queues(here: Client, shop: Shop) -> None:
    for address in ("/admin/accounts/user/", "/admin/core/auditentry/", "/admin/orders/order/"):
        assert here.get(address).status_code == 403
    assert here.get("/admin/").status_code == 200


def test_the_trail_is_read_by_administrators(client: Client, here: Client, applied: Seller) -> None:
    here.post(page(applied, "reject"), {"note": "Ảnh mờ."})
    client.force_login(make_user("quantri@example.vn", is_staff=True, is_superuser=True))
    entry = AuditEntry.objects.get()

    listed = client.get("/admin/core/auditentry/").content.decode()
    shown = client.get(f"/admin/core/auditentry/{entry.pk}/change/").content.decode()

    assert "seller.reject" in listed
    assert "Ảnh mờ." in listed
    assert "APPLIED" in shown
    assert "REJECTED" in shown


def test_an_application_that_changed_since_its_page_was_read_is_not_verified(
    here: Client, applied: Seller
) -> None:
    button = next(
        item["path"] for item in here.get(page(applied)).context["actions_detail"] if "reject" in item["path"]
    )
    Seller.objects.get(pk=applied.pk).save()

    asked = here.get(button).context["form"]["revision"].value()
    stale = here.post(page(applied, "reject"), {"note": "Ảnh mờ.", "revision": asked})
    again = here.get(page(applied, "reject")).context["form"]["revision"].value()
    fresh = here.post(page(applied, "reject"), {"note": "Ảnh mờ.", "revision": again})

    assert (stale.status_code, fresh.status_code) == (422, 302)
    assert "The workshop has changed meanwhile" in stale.content.decode()
    assert again > asked
    assert [entry.action for entry in AuditEntry.objects.all()] == ["seller.reject"]


def test_the_buttons_of_a_listing_say_what_was_read(here: Client, shop: Shop) -> None:
    paths = [item["path"] for item in here.get(page(shop.product)).context["actions_detail"]]

    assert paths == [page(shop.product, "send_back") + "?seen=1"]
    assert here.get(paths[0].replace("seen=1", "seen=0")).context["form"]["revision"].value() == 0
    assert here.get(paths[0].replace("seen=1", "seen=x")).context["form"]["revision"].value() == 1


def test_officers_read_words_and_not_codes(here: Client, shop: Shop) -> None:
    here.cookies["language"] = "vi"

    assert "Chất liệu: Cỏ tế" in here.get(page(shop.product)).content.decode()
    assert "Trang quản lý" in here.get("/admin/").content.decode()
    taken_down = here.get(page(shop.product, "send_back")).content.decode()
    assert "Món hàng bị đưa khỏi chợ" in taken_down
    assert f"Trả lại: {shop.product.name} | " in taken_down


def test_a_decision_says_what_follows(here: Client, applied: Seller) -> None:
    assert "From now on it can send you its listings" in here.get(page(applied, "verify")).content.decode()
    refused = here.post(page(applied, "reject"), {"note": ""})
    text = refused.content.decode()
    assert "Please look again: Send back" in text
    assert "The workshop is told what to mend." in text
