"""Texts kept as maps of language to text."""

from collections.abc import Mapping


def pick(texts: Mapping[str, str], language: str) -> str:
    """The text in this language, else in Vietnamese, else in any."""
    return texts.get(language) or texts.get("vi") or next(iter(texts.values()), "")
