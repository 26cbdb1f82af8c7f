"""Reference data a real installation starts from: administrative units, communes, crafts, villages.

Files in data/ (see data/README.md for their form). Loading is an upsert by slug or code, safe again and again.
"""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from catalog.models import (
    AttributeDefinition,
    Commune,
    Craft,
    FormerUnit,
    Province,
    Village,
    VillageStory,
    Ward,
)
from catalog.services.news import shelf_touch
from catalog.units import full_key, unit_key
from marketplace.core.vietnamese import normalise, sort_key

DATA = Path(__file__).parent / "data"


def read(name: str) -> Any:
    """A file of data/."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@transaction.atomic(durable=True)
def load_reference(accept: Callable[[str], bool] = lambda evidence: evidence == "source") -> dict[str, int]:
    """Loads everything; villages whose `evidence` is accepted. Returns the number of rows a table got."""
    places = read("places.json")
    before = _shown()
    provinces, wards, former = _load_units(read("admin_units.json"))
    communes = _load_communes(places)
    crafts = _load_crafts(read("crafts.json"))
    villages = load_villages(places, accept)
    _tell_of_changes(before)
    return {
        "provinces": provinces,
        "wards": wards,
        "former units": former,
        "communes": communes,
        "crafts": crafts,
        "villages": villages,
    }


def _shown() -> dict[tuple[str, uuid.UUID], Any]:
    """What products show of their commune, village and craft."""
    return {
        **{("commune", row.pk): (row.slug, row.name, row.former_names) for row in Commune.objects.all()},
        **{
            ("village", row.pk): (row.name, row.former_commune, row.commune_id)
            for row in Village.objects.all()
        },
        **{("craft", row.pk): row.names for row in Craft.objects.all()},
    }


def _tell_of_changes(before: dict[tuple[str, uuid.UUID], Any]) -> None:
    for (kind, key), shown in _shown().items():
        if (kind, key) in before and before[kind, key] != shown:
            shelf_touch(kind, key)  # type: ignore[arg-type]


def _load_units(units: dict[str, Any]) -> tuple[int, int, int]:
    Province.objects.bulk_create(
        [
            Province(
                code=row["code"],
                name=normalise(row["name"]),
                full_name=normalise(row["full_name"]),
                kind=row["kind"],
                name_key=sort_key(row["name"]),
                search_key=unit_key(row["name"]),
            )
            for row in units["provinces"]
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "full_name", "kind", "name_key", "search_key"],
    )
    Ward.objects.bulk_create(
        [
            Ward(
                code=row["code"],
                name=normalise(row["name"]),
                kind=row["kind"],
                province_id=row["province"],
                name_key=sort_key(row["name"]),
                search_key=unit_key(row["name"]),
            )
            for row in units["wards"]
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "kind", "province", "name_key", "search_key"],
    )
    former = [
        FormerUnit(
            scheme="vn-2024" if not ward.get("until") else "vn-gone",
            code=ward.get("code") or "",
            name=normalise(ward["ward"]),
            district=normalise(group["district"]),
            province_name=normalise(group["province"]),
            ward_id=ward["to"],
            partly=ward.get("partly", False),
            also=ward.get("also") or [],
            until=str(ward.get("until") or ""),
            # An island without wards is found by its district's name.
            search_key=full_key(ward["ward"]) or full_key(group["district"]),
            district_key=full_key(group["district"]),
            province_key=full_key(group["province"]),
        )
        for group in units["former"]
        for ward in group["wards"]
    ]
    FormerUnit.objects.all().delete()
    FormerUnit.objects.bulk_create(former, batch_size=2000)
    with connection.cursor() as cursor:
        # Until the server's own round comes by, it would plan for empty tables: seconds for each address.
        cursor.execute("ANALYZE catalog_province, catalog_ward, catalog_former_unit")
    return len(units["provinces"]), len(units["wards"]), len(former)


def _load_communes(places: dict[str, Any]) -> int:
    former: dict[str, list[str]] = {}
    for row in [*places["former_27"], *places["former_23"]]:
        names = former.setdefault(row["commune_code"], [])
        if row["name"] not in names:
            names.append(row["name"])
    for row in places["communes"]:
        names = list(dict.fromkeys([*row["former_names"], *former.get(row["code"], [])]))
        Commune.objects.update_or_create(
            code=row["code"],
            defaults={
                "slug": row["slug"],
                "name": row["name"],
                "name_key": sort_key(row["name"]),
                "former_names": [name for name in names if name != row["name"]],
            },
        )
    return len(places["communes"])


def _load_crafts(crafts: list[dict[str, Any]]) -> int:
    for position, row in enumerate(crafts):
        craft, _created = Craft.objects.update_or_create(
            slug=row["slug"],
            defaults={
                "names": row["name"],
                "descriptions": row["description"],
                "position": position,
                "synonyms": row["synonyms"],
                "hs_code": row.get("hs_code") or "",
                "ocop_product_set": row.get("ocop_product_set") or "",
            },
        )
        for place, attribute in enumerate(row["attributes"]):
            AttributeDefinition.objects.update_or_create(
                craft=craft,
                slug=attribute["slug"],
                defaults={
                    "names": attribute["name"],
                    "type": attribute["type"].upper(),
                    "unit": attribute.get("unit") or "",
                    "choices": attribute.get("choices", []),
                    "position": place,
                },
            )
    return len(crafts)


def load_villages(places: dict[str, Any], accept: Callable[[str], bool]) -> int:
    """Villages with their crafts and stories. Runs inside the caller's transaction."""
    communes = {commune.code: commune for commune in Commune.objects.all()}
    crafts = {craft.slug: craft for craft in Craft.objects.all()}
    rows = [row for row in places["villages"] if accept(row["evidence"])]
    for row in rows:
        location = row.get("location") or {}
        village, _created = Village.objects.update_or_create(
            slug=row["slug"],
            defaults={
                "name": row["name"],
                "name_key": sort_key(row["name"]),
                "kind": row["kind"],
                "commune": communes[row["commune_code"]],
                "former_commune": row.get("former_commune") or "",
                "recognition": row.get("recognition"),
                "recognized_on": row.get("recognized_on"),
                "evidence": row["evidence"],
                "latitude": location.get("latitude"),
                "longitude": location.get("longitude"),
            },
        )
        village.crafts.set([crafts[slug] for slug in row["crafts"]])
        for language, story in row["story"].items():
            VillageStory.objects.update_or_create(
                village=village,
                language=language,
                defaults={"title": story["title"], "body": story["body"]},
            )
    return len(rows)
