"""The storefront's queries."""

from pathlib import Path

from marketplace.pages import Pages

pages = Pages(Path(__file__).parent / "queries")
run, mutate = pages.run, pages.mutate
