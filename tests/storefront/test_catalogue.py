"""Pages that anybody may read."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Product
from marketplace.storefront.search import chosen, product_filter
from tests.builders import ADDRESS, Shop, make_product
from tests.storefront.conftest import text_of

pytestmark = pytest.mark.django_db


def pages(shop: Shop) -> list[str]:
    return [
        "/",
        "/nghe/",
        f"/nghe/{shop.craft.slug}",
        "/lang-nghe/",
        f"/lang-nghe/{shop.village.slug}",
        f"/nguoi-ban/{shop.seller.slug}",
        f"/san-pham/{shop.product.slug}",
        "/tim-kiem",
        "/tim-kiem?q=gio",
        "/gio-hang",
        "/don-hang",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/tai-khoan/quen-mat-khau-sms",
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_opens_in_both_languages(client: Client, shop: Shop, language: str) -> None:
    client.cookies["language"] = language
    for address in pages(shop):
        response = client.get(address)
        assert response.status_code == 200, address
        assert f'<html lang="{language}"' in text_of(response), address


def test_a_product_shows_what_a_buyer_asks_for(client: Client, shop: Shop) -> None:
    page = text_of(client.get(f"/san-pham/{shop.product.slug}"))
    for words in (shop.product.name, "250.000\N{NO-BREAK SPACE}₫", shop.seller.name, shop.village.name):
        assert words in page


def test_structured_data_cannot_leave_its_element(client: Client, shop: Shop) -> None:
    shop.product.description = "</script><b>mạnh & đẹp</b>"
    shop.product.save()
    page = text_of(client.get(f"/san-pham/{shop.product.slug}"))
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block
    data = json.loads(block.group(1))
    assert data["description"] == shop.product.description
    assert data["offers"][0]["price"] == 250000
    assert "<b>mạnh" not in page


def test_what_is_not_for_everybody_is_not_there(client: Client, shop: Shop) -> None:
    shop.product.state = "DRAFT"
    shop.product.save()
    assert client.get(f"/san-pham/{shop.product.slug}").status_code == 404
    for address in ("/san-pham/khong-co", "/nghe/khong-co", "/lang-nghe/khong-co", "/nguoi-ban/khong-co"):
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize(
    "address",
    [
        "/%00",
        "/san-pham/%00",
        "/tim-kiem?q=%00%0b%7f",
        "/tim-kiem?q=%ed%a0%80",
        "/tim-kiem?q=" + "a" * 3000,
        "/tim-kiem?craft=%00&price=x-y&stars=99&a.%00=1&a.size=%00&stock=maybe",
        "/tim-kiem?price=99999999999999-1",
        "/tim-kiem?after=nonsense",
        "/tim-kiem/goi-y?q=%00",
        "/tim-kiem/goi-y",
        "/nguoi-ban/x?after=%00",
        "/dat-hang/phuong-xa?tinh=%00",
        "/don-hang/PX000000000?k=%00",
        "/thanh-toan/PX000000000",
        "/media/../settings.py",
        "/media/%2e%2e/%2e%2e/etc/passwd.webp",
        "/media/a%00.webp",
        "/media/none.webp",
    ],
)
def test_odd_input_is_no_fault_of_ours(client: Client, address: str) -> None:
    assert client.get(address).status_code in {200, 302, 400, 404}


def test_search_finds_narrows_and_keeps_what_was_chosen(
    client: Client, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    run_jobs()
    client.cookies["language"] = "en"
    page = text_of(client.get("/tim-kiem", {"q": "gio co te", "craft": shop.craft.slug}))
    assert f'href="/san-pham/{shop.product.slug}"' in page
    assert re.search(rf'name="craft" value="{shop.craft.slug}" checked', page)
    assert "Remove:" in page
    empty = text_of(client.get("/tim-kiem", {"q": "không có món này", "stars": "5"}))
    assert "Nothing fits all of that together" in empty
    assert "OCOP, 5 stars or more" in empty


def test_suggestions_lead_to_pages(client: Client, shop: Shop) -> None:
    rows = client.get("/tim-kiem/goi-y", {"q": "luu thuong"}).json()["suggestions"]
    assert f"/lang-nghe/{shop.village.slug}" in [row["url"] for row in rows]


@pytest.mark.parametrize("page", ["/", "/tim-kiem", "village", "seller", "craft"])
def test_the_number_of_statements_does_not_grow(
    client: Client, shop: Shop, page: str, run_jobs: Callable[[], int]
) -> None:
    address = {
        "village": f"/lang-nghe/{shop.village.slug}",
        "seller": f"/nguoi-ban/{shop.seller.slug}",
        "craft": f"/nghe/{shop.craft.slug}",
    }.get(page, page)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    run_jobs()
    client.get(address)
    few = statements()
    for number in range(10):
        make_product(f"Giỏ số {number}", seller=shop.seller, craft=shop.craft, slug=f"gio-so-{number}")
    run_jobs()
    assert statements() == few


def test_language_and_text_size_are_kept_and_lead_back(client: Client, db: Any) -> None:
    response = client.post("/ngon-ngu", {"language": "en", "next": "/tim-kiem?q=a"})
    assert response.status_code == 302
    assert response.url == "/tim-kiem?q=a"
    assert "Search" in text_of(client.get("/"))
    client.post("/co-chu", {"size": "large", "next": "/"})
    assert 'class="large"' in text_of(client.get("/"))
    client.post("/co-chu", {"size": "normal", "next": "/"})
    assert 'class="large"' not in text_of(client.get("/"))


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/a\r\nX: y"]
)
def test_switches_lead_nowhere_else(client: Client, target: str) -> None:
    assert client.post("/ngon-ngu", {"language": "en", "next": target}).url == "/"


def test_switches_need_a_token(shop: Shop) -> None:
    strict = Client(enforce_csrf_checks=True)
    for address in ("/ngon-ngu", "/co-chu", "/gio-hang", "/dat-hang", f"/san-pham/{shop.product.slug}"):
        response = strict.post(address, {"language": "en"})
        assert response.status_code == 403, address
        assert "woven" in text_of(response), "the refusal is one of our pages"


def test_pages_for_trouble_look_like_ours(client: Client, db: Any) -> None:
    client.cookies["language"] = "en"
    assert "This page is not here" in text_of(client.get("/khong-co"))
    assert "makes no sense" in text_of(client.get("/tim-kiem?after=nonsense"))


def test_a_fault_shows_a_page_without_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("marketplace.storefront.catalogue.run", fail)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    assert "Có trục trặc ở phía chúng tôi" in text_of(response)


def test_pictures_are_kept_for_good(client: Client, settings: Any) -> None:
    from pathlib import Path

    folder = Path(settings.MEDIA_ROOT) / "try"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "one.webp").write_bytes(b"RIFF")
    (folder / "page.html").write_text("<script>")
    response = client.get("/media/try/one.webp")
    assert b"".join(response) == b"RIFF"
    response.close()
    assert response.headers["Content-Type"] == "image/webp"
    assert "immutable" in response.headers["Cache-Control"]
    assert client.get("/media/try/page.html").status_code == 404


def test_robots_keep_out_of_baskets(client: Client, settings: Any) -> None:
    assert "Disallow: /gio-hang" in text_of(client.get("/robots.txt"))
    settings.SAMPLE_INSTALLATION = True
    assert "Disallow: /\n" in text_of(client.get("/robots.txt"))


def test_a_sample_installation_says_so(client: Client, settings: Any, db: Any) -> None:
    client.cookies["language"] = "en"
    assert "nothing is delivered" not in text_of(client.get("/gio-hang"))
    settings.SAMPLE_INSTALLATION = True
    assert "nothing is delivered" in text_of(client.get("/gio-hang"))


def test_an_address_full_of_filters_asks_for_a_few(client: Client, shop: Shop, rf: RequestFactory) -> None:
    address = "/tim-kiem?" + "&".join(f"a.k{number}=v" for number in range(900))

    asked = product_filter(chosen(rf.get(address)))

    assert len(asked["attributes"]) == 10
    assert client.get(address).status_code == 200


def test_a_product_tells_its_story_and_how_it_was_made(client: Client, shop: Shop) -> None:
    Product.objects.filter(pk=shop.product.pk).update(
        story="Nghề của bà tôi.\nNay là của tôi.",
        steps=[
            {"name": "Phơi", "on": "2026-10-02", "place": "Lưu Thượng"},
            {"name": "Đan", "on": None, "place": None},
        ],
    )
    client.cookies["language"] = "en"

    text = text_of(client.get(f"/san-pham/{shop.product.slug}"))

    assert "Nghề của bà tôi." in text
    assert "Phơi" in text
    assert "Lưu Thượng, 2 October 2026" in text


def test_a_makers_address_is_shown_with_consent_alone_and_never_a_phone(client: Client, shop: Shop) -> None:
    address = {**ADDRESS, "phone": "+84912345678", "ward": "Hoàn Kiếm", "province": "Hà Nội", "country": "VN"}
    shop.seller.address = address
    shop.seller.phone = "+84912345678"
    shop.seller.social_links = [{"network": "facebook", "url": "https://www.facebook.com/luuthuong"}]
    shop.seller.save()
    hidden = text_of(client.get(f"/nguoi-ban/{shop.seller.slug}"))

    shop.seller.address_shown_at = timezone.now()
    shop.seller.save()
    shown = text_of(client.get(f"/nguoi-ban/{shop.seller.slug}"))

    assert "1 phố Tràng Thi" not in hidden
    assert "1 phố Tràng Thi, Hoàn Kiếm, Hà Nội" in shown
    assert 'href="https://www.facebook.com/luuthuong" rel="nofollow' in shown
    for text in (hidden, shown):
        assert "912345678" not in text.replace(" ", "")
        assert "Nguyễn Thị Lan" not in text
