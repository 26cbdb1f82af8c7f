"""Where a parcel goes, as far as its price is concerned.

Codes of provinces rise from north to south, and the 34 of today kept the code of one that they were made of: up to 37
(Ninh Bình) lies the north, from 38 (Thanh Hóa) to 68 (Lâm Đồng) the centre and the highlands, behind it the south.
These are the three regions that carriers price by.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.core.countries import HOME

HANOI = "01"
LAST_OF_THE_NORTH, LAST_OF_THE_CENTRE = 37, 68


class Zone(models.TextChoices):
    """From near to far. LOCAL are the communes whose villages sell here."""

    LOCAL = "LOCAL", _("Phú Xuyên, in the communes of the villages")
    HANOI = "HANOI", _("the rest of Hà Nội")
    NORTH = "NORTH", _("the north")
    CENTRAL = "CENTRAL", _("the centre and the highlands")
    SOUTH = "SOUTH", _("the south")
    ABROAD = "ABROAD", _("abroad")


@dataclass(frozen=True, slots=True)
class Place:
    """A ward of today, or only its province, or a country."""

    country: str = HOME
    province_code: str = ""
    province: str = ""
    ward_code: str = ""
    ward: str = ""

    @classmethod
    def of(cls, address: Mapping[str, Any]) -> "Place":
        """Of a clean address (`catalog.addresses`)."""
        return cls(
            country=str(address.get("country") or HOME),
            province_code=str(address.get("provinceCode") or ""),
            province=str(address.get("province") or ""),
            ward_code=str(address.get("wardCode") or ""),
            ward=str(address.get("ward") or ""),
        )


def zone_of(place: Place, local_wards: Collection[str]) -> Zone | None:
    """The zone of a place; None where its province is not known."""
    if place.country != HOME:
        return Zone.ABROAD
    if place.ward_code and place.ward_code in local_wards:
        return Zone.LOCAL
    if place.province_code == HANOI:
        return Zone.HANOI
    if not place.province_code.isdecimal():
        return None
    number = int(place.province_code)
    if number <= LAST_OF_THE_NORTH:
        return Zone.NORTH
    return Zone.CENTRAL if number <= LAST_OF_THE_CENTRE else Zone.SOUTH
