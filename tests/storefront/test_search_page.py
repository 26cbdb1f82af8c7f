"""The search page: what was understood can be undone, nothing found is no dead end; and the page about the order."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from search import ranking
from search.services import reindex
from tests.builders import Shop, make_product
from tests.storefront.conftest import shown, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client, shop: Shop) -> Client:
    """Reads English; for sale are baskets for 250.000 ₫ and for 900.000 ₫, and sesame sweets."""
    make_product("Giỏ cỏ tế lớn", seller=shop.seller, price=900_000)
    make_product("Kẹo vừng giòn", seller=shop.seller, price=40_000)
    list(reindex())
    client.cookies["language"] = "en"
    return client


def search(client: Client, query: str, **more: Any) -> str:
    response = client.get("/tim-kiem", {"q": query, **more})
    assert response.status_code == 200
    return text_of(response)


def links(page: str, words: str) -> list[str]:
    """Where the links lead whose words, those for screen readers and all, begin so."""
    found = re.findall(r'<a (?:class="[^"]*" )?href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return [
        unescape(target)
        for target, inner in found
        if unescape(re.sub(r"<[^>]+>|\s+", " ", inner)).strip().startswith(words)
    ]


def asked(address: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(address).query)


def found(page: str) -> list[str]:
    return [re.sub("<[^>]+>", "", name) for name in re.findall(r"<h3><a [^>]+>(.*?)</a></h3>", page)]


def test_a_price_that_was_read_is_shown_and_undone_with_one_tap(reader: Client) -> None:
    page = search(reader, "giỏ dưới 300k")
    (undo,) = links(page, "Price: under 300.000 ₫")

    undone = text_of(reader.get(undo))
    (back,) = links(undone, "“dưới 300k”")

    assert len(found(page)) == 1
    assert 'value="giỏ dưới 300k"' in page
    assert asked(undo) == [("q", "giỏ dưới 300k"), ("nguyen", "dưới 300k")]
    assert links(undone, "Price:") == []
    assert 'value="giỏ dưới 300k"' in undone
    assert asked(back) == [("q", "giỏ dưới 300k")]


def test_a_place_that_was_read_is_shown_as_what_comes_first(reader: Client) -> None:
    (undo,) = links(search(reader, "gio co te phu tuc"), "Things from Phú Túc first")

    assert asked(undo) == [("q", "gio co te phu tuc"), ("nguyen", "phu tuc")]
    assert links(text_of(reader.get(undo)), "Things from") == []


def test_what_was_undone_survives_paging_filters_and_sorting(
    reader: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.storefront.search.PAGE", 1)
    page = search(reader, "giỏ phú túc", nguyen="phú túc", craft=shop.craft.slug)
    kept = ("nguyen", "phú túc")

    (more,) = links(page, "See more")
    (removed,) = links(page, "Remove:")
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)

    assert kept in asked(more)
    assert kept in asked(removed)
    holding = [form for form in forms if '<input type="hidden" name="nguyen" value="phú túc">' in form]
    assert ["sort" in form[:20] or "Narrow down" in form[:80] for form in holding] == [True, True]
    assert "nguyen" not in next(form for form in forms if 'role="search"' in form), "new words are read anew"


def test_two_readings_are_undone_one_by_one(reader: Client) -> None:
    (first,) = links(search(reader, "giỏ phú túc dưới 300k"), "Price:")
    (second,) = links(text_of(reader.get(first)), "Things from")

    page = text_of(reader.get(second))

    assert asked(second)[1:] == [("nguyen", "dưới 300k"), ("nguyen", "phú túc")]
    assert [asked(link)[1:] for link in links(page, "“")] == [
        [("nguyen", "phú túc")],
        [("nguyen", "dưới 300k")],
    ]


def test_a_chosen_price_counts_instead_of_the_one_that_was_read(reader: Client) -> None:
    page = search(reader, "giỏ dưới 300k", price="500000-999999")

    assert found(page) == ["Giỏ cỏ tế lớn"]
    assert links(page, "Price:") == []


def test_a_code_is_shown_as_one(reader: Client, shop: Shop) -> None:
    page = search(reader, shop.variant.sku)

    assert found(page) == [shop.product.name]
    assert len(links(page, f"Code: {shop.variant.sku}")) == 1


def test_a_corrected_query_is_told_and_the_typed_one_stays_in_the_field(reader: Client) -> None:
    page = search(reader, "keo vugn")

    assert "Nothing was found for “keo vugn”. You are looking at results for “keo vung”." in page
    assert 'value="keo vugn"' in page
    assert "1 thing for “keo vung”" in page
    assert found(page) == ["Kẹo vừng giòn"]


def test_a_corrected_query_is_told_in_vietnamese(reader: Client) -> None:
    reader.cookies["language"] = "vi"

    assert "Không thấy “keo vugn”. Đang xem kết quả cho “keo vung”." in search(reader, "keo vugn")


def test_words_that_were_found_are_marked_and_a_name_stays_text(reader: Client, shop: Shop) -> None:
    make_product("Rổ <b>tre</b>", seller=shop.seller)
    list(reindex())

    page = search(reader, "ro tre")

    assert "<mark>Rổ</mark> &lt;b&gt;<mark>tre</mark>&lt;/b&gt;</a>" in page
    assert "<b>tre" not in page


def test_nothing_found_is_no_dead_end(reader: Client, shop: Shop) -> None:
    page = search(reader, "giỏ dưới 3k", craft=shop.craft.slug, stars="5")

    assert found(page) == []
    assert "Nothing fits all of that together." in page
    ways = page.split('<ul class="ways">')[1].split("</ul>")[0]
    assert [asked(link) for link in links(ways, "")] == [
        [("q", "giỏ"), ("craft", shop.craft.slug), ("stars", "5")],
        [("q", "giỏ dưới 3k"), ("nguyen", "dưới 3k"), ("craft", shop.craft.slug), ("stars", "5")],
        [("q", "giỏ dưới 3k"), ("stars", "5")],
        [("q", "giỏ dưới 3k"), ("craft", shop.craft.slug)],
        [("q", "giỏ dưới 3k")],
    ]
    assert (
        len(found(text_of(reader.get(links(ways, "Search for “giỏ” alone")[0].replace("stars=5", ""))))) == 2
    )
    assert f"/nghe/{shop.craft.slug}" in links(page, shop.craft.names["en"])
    assert f"/lang-nghe/{shop.village.slug}" in links(page, shop.village.name)


def test_plain_words_lead_back_and_hide_nothing(reader: Client) -> None:
    page = search(reader, "giỏ dưới 300k", nguyen="dưới 300k")

    assert found(page) == found(search(reader, "giỏ"))
    assert [asked(link) for link in links(page, "“dưới 300k”")] == [[("q", "giỏ dưới 300k")]]


def test_nothing_found_for_plain_nonsense_offers_crafts_and_villages(reader: Client, shop: Shop) -> None:
    page = search(reader, "zzzzzz")

    assert "Check the spelling" in page
    assert '<ul class="ways">' not in page
    assert f"/lang-nghe/{shop.village.slug}" in links(page, shop.village.name)


def test_an_address_full_of_plain_words_asks_for_a_few(reader: Client) -> None:
    page = text_of(reader.get("/tim-kiem?q=gio&nguyen=%00&" + "&".join(f"nguyen=w{n}" for n in range(50))))

    assert len(links(page, "“w")) == 10


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_about_the_order_has_the_numbers_of_the_order(
    client: Client, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    boosts = {name: 0.061 + number / 100 for number, name in enumerate(ranking.BOOSTS)}
    monkeypatch.setattr(ranking, "BOOSTS", boosts)
    monkeypatch.setattr(ranking, "OF_ONE_SELLER", 7)
    client.cookies["language"] = language

    page = text_of(client.get("/xep-hang"))

    shown_as = [f"{value * 100:.1f}" for value in sorted(boosts.values(), reverse=True)]
    if language == "vi":
        shown_as = [number.replace(".", ",") for number in shown_as]
    assert re.findall(r"<td>\+([\d.,]+)\s?%", page) == shown_as
    limit = {"en": "Of the first 12 things at most 7 are", "vi": "Trong 12 món đầu, nhiều nhất 7 món"}
    assert limit[language] in page


def test_the_page_about_the_order_is_linked_from_the_search_and_every_footer(reader: Client) -> None:
    page = search(reader, "giỏ")

    assert links(page, "Why in this order?") == ["/xep-hang"]
    assert links(text_of(reader.get("/nghe/")), "How results are ordered") == ["/xep-hang"]
    assert shown("Nobody can buy a place.") in text_of(reader.get("/xep-hang"))


def test_the_short_address_leads_there_for_good(client: Client) -> None:
    response = client.get("/ranking")

    assert (response.status_code, response.headers["Location"]) == (301, "/xep-hang")
