"""Addresses: two levels since July 2025, a ward (commune) and a province."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import Ward
from marketplace.core.errors import ErrorCode, Problem
from marketplace.core.phones import parse_phone
from marketplace.core.vietnamese import fold, normalise

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
        problems += _fill_ward(clean, str(data.get("wardCode") or ""), path)
    return clean, problems


def _fill_ward(clean: dict[str, Any], code: str, path: tuple[str, ...]) -> list[Problem]:
    """Finds the ward of today by code, or by its name and its province's, with or without accents."""
    wards = Ward.objects.select_related("province")
    if code:
        ward = wards.filter(code=code).first()
    else:
        wanted, province = _bare(clean["ward"]), _bare(clean["province"])
        near = wards.filter(province__isnull=False) if wanted else wards.none()
        matches = [
            row
            for row in near
            if _bare(row.name) == wanted and (not province or _bare(row.province.name) == province)
        ]
        ward = matches[0] if len(matches) == 1 else None
    if ward is None:
        field, message = (
            ("wardCode", _("There is no ward or commune with this code."))
            if code
            else ("ward", _("Choose the ward or commune of today, and its province or city."))
        )
        return [
            Problem(
                ErrorCode.INVALID if code or clean["ward"] else ErrorCode.REQUIRED, message, (*path, field)
            )
        ]
    clean.update(
        ward=ward.name, wardCode=ward.code, province=ward.province.name, provinceCode=ward.province.code
    )
    return []


def _bare(name: str) -> str:
    """Folded, without the word for its kind: `Phường Hoàn Kiếm` → `hoan kiem`."""
    folded = fold(normalise(name))
    for kind in ("phuong ", "xa ", "dac khu ", "thanh pho ", "tinh ", "tp. ", "tp "):
        folded = folded.removeprefix(kind)
    return folded
