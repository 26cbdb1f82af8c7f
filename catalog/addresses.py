"""Addresses: two levels since July 2025, a ward (commune) and a province."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import Ward
from catalog.units import MAX_TYPED, SCHEME, resolve_wards
from marketplace.core.errors import ErrorCode, Problem
from marketplace.core.phones import parse_phone
from marketplace.core.vietnamese import normalise

# How many wards a refusal names.
MAX_NAMED = 5
_LIMITS = {"name": 120, "line1": 200, "ward": 80, "province": 80, "postalCode": 12}


def parse_address(data: dict[str, Any], *path: str) -> tuple[dict[str, Any], list[Problem]]:
    """A clean address and what is wrong with it. Keys are the contract's, `path` leads to it in the input."""
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
    phone = parse_phone(str(data.get("phone") or ""))
    if phone is None:
        problems.append(
            Problem(
                ErrorCode.INVALID,
                _("This phone number does not look right. Example: 0912 345 678."),
                (*path, "phone"),
            )
        )
    clean["phone"] = phone or ""
    clean["country"] = str(data.get("country") or "VN").upper()
    if clean["country"] != "VN":
        problems.append(
            Problem(
                ErrorCode.SHIPPING_UNAVAILABLE,
                _("For now parcels go to addresses in Việt Nam only."),
                (*path, "country"),
            )
        )
    else:
        district = normalise(str(data.get("district") or ""))[:MAX_TYPED]
        problems += _fill_ward(clean, str(data.get("wardCode") or ""), district, path)
    return clean, problems


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
