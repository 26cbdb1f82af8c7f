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
            assert client.get(f"{base}add/").status_code == 403, base
        seen.add(model.__name__)

    assert {"AuditEntry", "User", "Seller", "Product", "Order", "Payment", "GatewayNews"} <= seen


def test_only_staff_get_in(client: Client, shop: Shop) -> None:
    client.force_login(make_user())

    assert client.get("/admin/catalog/product/").status_code == 302


def test_nothing_secret_is_on_a_sellers_page(client: Client, shop: Shop) -> None:
    shop.seller.phone = "+84900000009"
    shop.seller.save()
    client.force_login(make_user(is_superuser=True, is_staff=True))

    page = client.get(f"/admin/catalog/seller/{shop.seller.pk}/change/").content.decode()

    assert "900000009" not in page
