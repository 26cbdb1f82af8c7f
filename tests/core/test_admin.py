"""The admin shows everything and changes nothing by form."""

import pytest
from django.contrib import admin
from django.test import Client

from payments.models import GatewayNews
from tests.builders import Shop, make_certificate, make_user

pytestmark = pytest.mark.django_db


def test_every_list_and_row_opens_and_none_can_be_changed(client: Client, shop: Shop) -> None:
    client.force_login(make_user(is_superuser=True, is_staff=True))
    make_certificate(shop.product)
    GatewayNews.objects.create(
        gateway="vietqr", event_id="1", body={"id": 1}, outcome="UNKNOWN_CODE", amount=5
    )
    seen = set()

    for model in admin.site._registry:
        if model._meta.app_label not in {"core", "accounts", "catalog", "orders", "payments"}:
            continue
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert client.get(base).status_code == 200, base
        row = model._default_manager.first()
        if row is not None and model.__name__ != "Application":
            assert client.get(f"{base}{row.pk}/change/").status_code == 200, base
            assert client.post(f"{base}{row.pk}/change/", {}).status_code == 403, base
            # Texts by law get new versions; the old ones stay as they are.
            adds = 200 if model.__name__ == "LegalText" else 403
            assert client.get(f"{base}add/").status_code == adds, base
        seen.add(model.__name__)

    assert {"AuditEntry", "User", "Seller", "Product", "Order", "Payment", "GatewayNews"} <= seen


def test_only_staff_get_in(client: Client, shop: Shop) -> None:
    client.force_login(make_user())

    assert client.get("/admin/catalog/product/").status_code == 302


@pytest.mark.parametrize("login", ["lan@example.vn", "0912 345 678"])
def test_staff_sign_in_where_everybody_does(client: Client, login: str) -> None:
    make_user("lan@example.vn", phone="+84912345678", phone_verified=True, is_staff=True, is_superuser=True)

    asked = client.get("/admin/", follow=True)
    sent = client.post("/accounts/login/?next=/admin/", {"login": login, "password": "mat-khau-2026"})

    assert asked.redirect_chain[-1] == ("/accounts/login/?next=%2Fadmin%2F", 302)
    assert (sent.status_code, sent.url) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_guesses_at_the_admins_door_are_counted_and_end_in_a_lock(client: Client) -> None:
    make_user("lan@example.vn", is_staff=True, is_superuser=True)
    right = {"username": "lan@example.vn", "password": "mat-khau-2026"}

    direct = client.post("/admin/login/", right)
    guesses = {"login": "lan@example.vn", "password": "wrong"}
    for _guess in range(5):
        client.post("/accounts/login/?next=/admin/", guesses)
    client.post("/accounts/login/?next=/admin/", {"login": "lan@example.vn", "password": "mat-khau-2026"})

    assert (direct.status_code, direct.url.split("?")[0]) == (302, "/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_a_buyer_is_told_that_the_admin_is_not_for_them(client: Client) -> None:
    client.force_login(make_user())

    assert client.get("/admin/", follow=True).status_code == 403


def test_of_a_bank_account_only_its_end_is_on_a_sellers_page(client: Client, shop: Shop) -> None:
    shop.seller.bank_bin, shop.seller.bank_account = "970422", "9999000000017"
    shop.seller.save()
    client.force_login(make_user(is_superuser=True, is_staff=True))

    page = client.get(f"/admin/catalog/seller/{shop.seller.pk}/change/").content.decode()

    assert "MB …0017" in page
    assert "9999000000017" not in page
