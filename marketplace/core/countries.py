"""Countries: their codes (ISO 3166-1 alpha-2), and what people call them."""

from functools import cache

from babel import Locale

from marketplace.core.vietnamese import sort_key

HOME = "VN"
# Of CLDR's two letters, those that are no countries of ISO 3166.
_NO_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
)


@cache
def countries() -> frozenset[str]:
    codes = {str(code) for code in Locale("en").territories}
    codes = {code for code in codes if len(code) == 2 and code.isalpha()}
    return frozenset(codes - _NO_COUNTRIES)


@cache
def country_names(language: str) -> dict[str, str]:
    """All countries by code, in the order of their names in this language (vi, en)."""
    names = {code: str(Locale(language).territories[code]) for code in countries()}
    return dict(sorted(names.items(), key=lambda item: sort_key(item[1])))


def country_name(code: str, language: str) -> str:
    """The code itself where it is none of a country."""
    return country_names(language).get(code, code)
