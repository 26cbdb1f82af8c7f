"""Addresses: two levels since July 2025, a ward (commune) and a province; abroad a country, lines and a postal code."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import Province, Ward
from catalog.units import MAX_TYPED, SCHEME, TODAY, full_key, resolve_wards
from marketplace.core.countries import HOME, countries
from marketplace.core.errors import ErrorCode, Problem
from marketplace.core.phones import parse_phone
from marketplace.core.vietnamese import normalise

# How many wards a refusal names.
MAX_NAMED = 5
_POSTAL = re.compile(r"[0-9A-Za-z][0-9A-Za-z -]{1,10}")
_LIMITS = {"name": 120, "line1": 200, "ward": 80, "province": 80, "postalCode": 12}


def region_of(country: Any) -> str:
    """The country whose phone numbers are written without its prefix in an address."""
    code = str(country or HOME).strip().upper()
    return code if code in countries() else HOME


def parse_address(
    data: dict[str, Any], *path: str, abroad: bool = False
) -> tuple[dict[str, Any], list[Problem]]:
    """A clean address and what is wrong with it. Keys are the contract's, `path` leads to it in the input.

    `abroad`: whether it may be in another country; there it has no ward.
    """
    problems: list[Problem] = []
    clean: dict[str, Any] = {key: normalise(str(data.get(key) or "")) for key in _LIMITS}
    for key, limit in _LIMITS.items():
        if len(clean[key]) > limit:
            problems.append(
                Problem(
                    ErrorCode.TOO_LONG, _("At most %(limit)s characters.") % {"limit": limit}, (*path, key)
                )
            )
    if not clean["name"]:
        problems.append(Problem(ErrorCode.REQUIRED, _("Who receives the parcel?"), (*path, "name")))
    if not clean["line1"]:
        problems.append(
            Problem(
                ErrorCode.REQUIRED, _("Give the house number and street, or the village."), (*path, "line1")
            )
        )
    clean["country"] = str(data.get("country", HOME) or "").strip().upper()
    phone = parse_phone(str(data.get("phone") or ""), region_of(clean["country"]))
    if phone is None:
        words = _("This phone number does not look right. Example: 0912 345 678.")
        if clean["country"] != HOME:
            words = _(
                "This phone number does not look right. Begin with the country's code, for example +33."
            )
        problems.append(Problem(ErrorCode.INVALID, words, (*path, "phone")))
    clean["phone"] = phone or ""
    if clean["country"] == HOME:
        district = normalise(str(data.get("district") or ""))[:MAX_TYPED]
        problems += _fill_ward(clean, str(data.get("wardCode") or ""), district, path)
    else:
        problems += _leave_home(clean, path, allowed=abroad)
    return clean, problems


def _leave_home(clean: dict[str, Any], path: tuple[str, ...], *, allowed: bool) -> list[Problem]:
    """An address abroad: no ward, its city as the province, a postal code as far as its country has them."""
    if not clean["country"]:
        return [Problem(ErrorCode.REQUIRED, _("Choose the country."), (*path, "country"))]
    if clean["country"] not in countries():
        return [
            Problem(
                ErrorCode.INVALID,
                _("Give the country by its two letters, for example VN or FR."),
                (*path, "country"),
            )
        ]
    if not allowed:
        return [Problem(ErrorCode.INVALID, _("This address has to be in Việt Nam."), (*path, "country"))]
    # A ward's code would be one of ours.
    clean["ward"] = ""
    clean["postalCode"] = clean["postalCode"].upper()
    problems = []
    if not clean["province"]:
        problems.append(
            Problem(
                ErrorCode.REQUIRED,
                _("Give the city, and the state or region if there is one."),
                (*path, "province"),
            )
        )
    if clean["postalCode"] and not _POSTAL.fullmatch(clean["postalCode"]):
        problems.append(
            Problem(ErrorCode.INVALID, _("This postal code does not look right."), (*path, "postalCode"))
        )
    return problems


def full_names(address: Mapping[str, Any]) -> dict[str, str]:
    """Ward and province as carriers know them, the ward with its kind: `Phường Hoàn Kiếm`, `Hà Nội`."""
    ward = Ward.objects.select_related("province").filter(code=address.get("wardCode") or "").first()
    if ward is None:
        return {}
    kind = TODAY.get(ward.kind, "").capitalize()
    return {"ward": f"{kind} {ward.name}".strip(), "province": ward.province.name}


def find_place(data: Mapping[str, Any]) -> dict[str, Any]:
    """Where an address lies, as far as it says so: for a price before the rest is typed. Nothing is refused."""
    country = str(data.get("country", HOME) or "").strip().upper()
    if country != HOME:
        return {"country": country} if country in countries() else {}
    typed = {key: normalise(str(data.get(key) or ""))[:MAX_TYPED] for key in ("ward", "district", "province")}
    found: list[Ward] = []
    if data.get("wardCode"):
        found = list(Ward.objects.select_related("province").filter(code=str(data["wardCode"])[:8]))
    elif typed["ward"]:
        found = resolve_wards(**typed)
    provinces = {ward.province.code: ward.province for ward in found}
    if not found and typed["province"]:
        rows = Province.objects.filter(search_key=full_key(typed["province"]))
        provinces = {row.code: row for row in rows}
    if len(provinces) != 1:
        return {}
    (province,) = provinces.values()
    place = {"country": HOME, "provinceCode": province.code, "province": province.name}
    if len(found) == 1:
        place |= {"wardCode": found[0].code, "ward": found[0].name}
    return place


def _fill_ward(clean: dict[str, Any], code: str, district: str, path: tuple[str, ...]) -> list[Problem]:
    """Finds the ward of today by its code, or by names as people type them, former ones included."""
    if code:
        found = list(Ward.objects.select_related("province").filter(code=code))
        if not found:
            return [
                Problem(
                    ErrorCode.INVALID, _("There is no ward or commune with this code."), (*path, "wardCode")
                )
            ]
    else:
        found = resolve_wards(clean["ward"], district, clean["province"])
    if len(found) != 1:
        return [_unclear(clean["ward"], found, path)]
    (ward,) = found
    clean.update(
        ward=ward.name,
        wardCode=ward.code,
        wardScheme=SCHEME,
        province=ward.province.name,
        provinceCode=ward.province.code,
    )
    return []


def _unclear(typed: str, found: Sequence[Ward], path: tuple[str, ...]) -> Problem:
    if not typed:
        return Problem(
            ErrorCode.REQUIRED,
            _("Choose the ward or commune of today, and its province or city."),
            (*path, "ward"),
        )
    if not found:
        return Problem(
            ErrorCode.INVALID,
            _("Choose the ward or commune of today, and its province or city."),
            (*path, "ward"),
        )
    names = [f"{ward.name} ({ward.province.name})" for ward in found[:MAX_NAMED]]
    if len(found) > MAX_NAMED:
        names.append("…")
    return Problem(
        ErrorCode.INVALID,
        _("This may be one of several today. Choose: %(names)s.") % {"names": ", ".join(names)},
        (*path, "ward"),
    )
