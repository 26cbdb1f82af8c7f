"""What tests of the desk share: people of a workshop who fill in forms without JavaScript."""

import io
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape
from PIL import Image

from catalog.models import Product, Seller, SellerMember, Variant
from marketplace.accounts.models import User
from marketplace.core.ids import to_global_id
from tests.builders import ADDRESS, Shop, make_user

PHONE = "+84912345678"


def jpeg(color: str = "#8A6A3B", name: str = "anh.jpg") -> SimpleUploadedFile:
    """A photo; another colour is another photo."""
    buffer = io.BytesIO()
    Image.new("RGB", (80, 100), color).save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def shown(words: str) -> str:
    """Words as they stand in a page."""
    return str(escape(words))


def gid(row: Any) -> str:
    names = {"ProductImage": "Image", "SellerMember": "SellerMembership"}
    name = type(row).__name__
    return to_global_id(names.get(name, name), row.pk)


def error_at(page: str, name: str) -> str:
    """The words of refusal beside a field, "" where there are none."""
    found = re.search(rf'<p class="error" id="{re.escape(name)}-error"[^>]*>([^<]+)</p>', page)
    return found.group(1) if found else ""


def value_of(page: str, name: str) -> str:
    """What stands in a field of the page."""
    found = re.search(rf'<input[^>]* name="{re.escape(name)}" value="([^"]*)"', page)
    if found:
        return found.group(1)
    area = re.search(
        rf'<textarea id="[^"]*" name="{re.escape(name)}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL
    )
    assert area, f"no field {name}"
    return area.group(1)


@dataclass
class Person:
    """Somebody at the desk, by plain requests."""

    client: Client
    user: User

    def get(self, path: str, status: int = 200) -> str:
        response = self.client.get(path)
        assert response.status_code == status, (response.status_code, getattr(response, "url", ""))
        return text_of(response)

    def post(self, path: str, status: int = 302, /, **data: Any) -> str:
        """Where a form leads, or the page that comes back."""
        response = self.client.post(path, data)
        assert response.status_code == status, (response.status_code, text_of(response)[-4000:])
        return str(response.url) if status == 302 else text_of(response)

    def form(self, product: Product, **changed: Any) -> dict[str, str]:
        """The form of a listing as it is shown, with what is changed in it."""
        reader = FormReader("listing")
        reader.feed(self.get(listing_path(product)))
        return {**reader.values, **changed}


class FormReader(HTMLParser):
    """What a browser would send of one form, its buttons and files left out."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.values: dict[str, str] = {}
        self.inside = False
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        elif self.inside and tag == "input" and given.get("type") != "file":
            self.values[name] = given.get("value", "")
        elif self.inside and tag == "textarea":
            self.area, self.values[name] = name, ""
        elif self.inside and tag == "select":
            self.select, self.values[name] = name, ""
        elif self.inside and tag == "option" and "selected" in given:
            self.values[self.select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self.values[self.area] = self.values[self.area].removeprefix("\n")
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area] += data


def person(user: User) -> Person:
    client = Client()
    # The tests read English, the messages of the code.
    client.cookies["language"] = "en"
    client.force_login(user)
    return Person(client, user)


def listing_path(product: Product) -> str:
    return f"/desk/san-pham/{product.pk.hex}"


def member(seller: Seller, role: str = "OWNER", name: str = "Chủ") -> Person:
    user = make_user(name=name)
    SellerMember.objects.create(seller=seller, user=user, role=role)
    return person(user)


@pytest.fixture
def owner(shop: Shop) -> Person:
    Seller.objects.filter(pk=shop.seller.pk).update(
        phone=PHONE,
        address={**ADDRESS, "ward": "Hoàn Kiếm", "province": "Hà Nội", "provinceCode": "01", "country": "VN"},
    )
    return member(shop.seller)


@pytest.fixture
def editor(shop: Shop) -> Person:
    return member(shop.seller, "EDITOR", "Người viết")


@pytest.fixture
def packer(shop: Shop) -> Person:
    return member(shop.seller, "PACKER", "Người gói")


@pytest.fixture
def newcomer(shop: Shop) -> Person:
    """Somebody with an account and no workshop; the villages are there."""
    return person(make_user("moi@example.vn", name="Trần Thị Mới", phone="+84987654321"))


@pytest.fixture
def draft(owner: Person, shop: Shop) -> Product:
    """A draft with everything but a photo."""
    owner.post("/desk/san-pham/moi", key="k", without="1")
    product = Product.objects.get(state="DRAFT")
    owner.post(
        listing_path(product),
        **{
            "revision": "1",
            "name": "Khay cỏ tế",
            "craft": "co-te",
            "craft_was": "",
            "v-0-price": "180.000",
            "v-0-stock": "4",
        },
    )
    product.refresh_from_db()
    return product


def only_variant(product: Product) -> Variant:
    return Variant.objects.get(product=product, archived_at=None)
