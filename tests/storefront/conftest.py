"""What tests of the pages share: a buyer without JavaScript, who fills in forms and follows redirects."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from marketplace.core.ids import to_global_id
from tests.builders import ADDRESS, Shop


@dataclass
class Buyer:
    """Buys as the forms do it, by plain POSTs."""

    client: Client
    shop: Shop

    def add(self, quantity: Any = 1, **more: Any) -> Any:
        data = {"variant": to_global_id("Variant", self.shop.variant.pk), "quantity": quantity, **more}
        return self.client.post(f"/san-pham/{self.shop.product.slug}", data)

    def cart(self) -> str:
        return self.client.get("/gio-hang").content.decode()

    def line(self) -> str:
        found = re.search(r'name="line" value="([^"]+)"', self.cart())
        assert found, "the basket has no line"
        return found.group(1)

    def checkout_form(self) -> dict[str, str]:
        """The form as it is shown, filled in rightly."""
        page = self.client.get("/dat-hang").content.decode()
        hidden = {
            name: re.search(rf'name="{name}" value="([^"]*)"', page).group(1)  # type: ignore[union-attr]
            for name in ("key", "expected_total")
        }
        return {
            **hidden,
            "name": ADDRESS["name"],
            "phone": ADDRESS["phone"],
            "email": "",
            "line1": ADDRESS["line1"],
            "province": "01",
            "ward": ADDRESS["wardCode"],
            "note": "",
        }

    def order(self) -> str:
        """The number of a fresh order."""
        self.add()
        response = self.client.post("/dat-hang", self.checkout_form())
        assert response.status_code == 302, response.content.decode()
        return str(response.url.rsplit("/", 1)[-1])


@pytest.fixture
def buyer(client: Client, shop: Shop) -> Buyer:
    # The tests read English, the messages of the code.
    client.cookies["language"] = "en"
    return Buyer(client, shop)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def shown(words: str) -> str:
    """Words as they stand in a page."""
    return str(escape(words))
