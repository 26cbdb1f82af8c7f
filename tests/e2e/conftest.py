"""A real browser on a small phone, for every test of pages."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Locator, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 780}


@pytest.fixture
def new_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Page]]:
    """Opens pages of a small phone; anything a page complains about fails the test."""
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not os.path.exists(executable):  # noqa: PTH110 - a plain question
        pytest.skip("Chromium is not installed; CHROMIUM names it")
    # Playwright's loop must not keep the test from the database.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)

        def opened(**options: Any) -> Page:
            page = browser.new_context(viewport=PHONE, locale="en-GB", **options).new_page()  # type: ignore[arg-type]
            page.set_default_timeout(15_000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on(
                "console",
                lambda message: (
                    complaints.append(message.text) if "Security Policy" in message.text else None
                ),
            )
            return page

        yield opened
        browser.close()
        # What was opened beside Playwright's loop is closed beside it, else it stands in the way of DROP DATABASE.
        connections.close_all()
    assert not complaints


def fits(landmark: Locator) -> bool:
    """Whether nothing stands out to the right of the small screen on the page that has `landmark`.

    The landmark stands on the page that is meant and on none before it: a click only begins to load the next page,
    and what is asked meanwhile is asked of the old one, or of none.
    """
    expect(landmark).to_be_visible()
    landmark.page.wait_for_load_state()
    return bool(landmark.evaluate("it => it.ownerDocument.documentElement.scrollWidth <= window.innerWidth"))
