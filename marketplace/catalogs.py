"""Message catalogues without the gettext programs: extraction, merging and compiling by Babel.

Messages are written in English in code and templates; locale/vi holds what most readers see.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGES = ("marketplace", "catalog", "orders", "payments", "search")
_KEYWORDS: dict[str, tuple[int, ...] | tuple[tuple[int, str], int] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def _sources() -> Iterator[tuple[str, bytes]]:
    for package in PACKAGES:
        for path in sorted((settings.BASE_DIR / package).rglob("*")):
            name = str(path.relative_to(settings.BASE_DIR))
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield name, path.read_bytes()
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                yield name, templatize(path.read_text(encoding="utf-8"), origin=name).encode()


def extract_messages() -> Catalog:
    """All messages of code and templates."""
    catalog = Catalog(charset="utf-8")
    for name, source in _sources():
        for _line, message, comments, context in extract("python", io.BytesIO(source), _KEYWORDS):
            catalog.add(message, locations=[(name, 0)], user_comments=comments, context=context)
    return catalog


def po_path(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def read_catalog(language: str) -> Catalog:
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> int:
    """Merges new messages into the catalogue. Returns how many lack a translation."""
    catalog = read_catalog(language)
    catalog.update(extract_messages(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    catalog.header_comment = (
        f"# Messages in {catalog.locale}: what is written in English in code and templates."
    )
    catalog.project, catalog.version = "phuxuyen-market", "1"
    catalog.msgid_bugs_address = catalog.last_translator = ""
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, no_location=True, omit_header=False)
    return len(untranslated(language))


def untranslated(language: str) -> list[str]:
    """Messages in code and templates that the catalogue has no words for."""
    catalog = read_catalog(language)
    missing = []
    for message in extract_messages():
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        known = catalog.get(key, message.context)
        words = known.string if known else ""
        if not words or (isinstance(words, tuple) and not all(words)):
            missing.append(key)
    return missing


def compile_catalog(language: str) -> bool:
    """Writes django.mo where it is older than django.po. True where it did."""
    source = po_path(language)
    target = source.with_suffix(".mo")
    if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
        return False
    with target.open("wb") as file:
        write_mo(file, read_catalog(language))
    return True
