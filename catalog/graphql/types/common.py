"""Enums, pictures, attributes and administrative units."""

from typing import Any

import graphene

from catalog import images, models
from catalog.attributes import COMMON_OPTIONS
from catalog.graphql import loaders
from catalog.texts import pick
from catalog.units import SCHEME
from marketplace.core.errors import ErrorCode
from marketplace.core.graphql import peers
from marketplace.core.graphql.nodes import Node
from marketplace.core.graphql.scalars import Date, Language
from marketplace.core.graphql.types import Money, required_list

AttributeType = graphene.Enum.from_enum(models.AttributeType)
SellerKind = graphene.Enum.from_enum(models.SellerKind)
SellerState = graphene.Enum.from_enum(models.SellerState)
Collection = graphene.Enum.from_enum(models.Collection)
MemberRole = graphene.Enum.from_enum(models.MemberRole)
ProductState = graphene.Enum.from_enum(models.ProductState)
OcopLevel = graphene.Enum.from_enum(models.OcopLevel)
OcopState = graphene.Enum.from_enum(models.OcopState)
VillageRecognition = graphene.Enum.from_enum(models.VillageRecognition)
ImageFormat = graphene.Enum("ImageFormat", [("WEBP", "webp"), ("AVIF", "avif"), ("JPEG", "jpg")])


class Province(graphene.ObjectType):
    code = graphene.String(required=True)
    name = graphene.String(required=True)
    kind = graphene.String(required=True)


class Ward(graphene.ObjectType):
    code = graphene.String(required=True)
    name = graphene.String(required=True)
    kind = graphene.String(required=True)
    scheme = graphene.String(required=True, description="Codes were reused: a code means nothing without it.")
    province = graphene.Field(Province, required=True)
    former_names = graphene.Field(required_list(graphene.String))

    @staticmethod
    def resolve_scheme(root: Any, info: graphene.ResolveInfo) -> str:
        return SCHEME

    @staticmethod
    def resolve_former_names(root: Any, info: graphene.ResolveInfo) -> list[str]:
        def fetch(rows: list[Any]) -> dict[str, list[str]]:
            found: dict[str, list[str]] = {}
            for unit in models.FormerUnit.objects.filter(ward__in=[row.pk for row in rows]).order_by("id"):
                if unit.name and unit.name not in found.setdefault(unit.ward_id, []):
                    found[unit.ward_id].append(unit.name)
            return found

        return peers.load(root, "former_names", fetch, [])  # type: ignore[no-any-return]


class Address(graphene.ObjectType):
    name = graphene.String()
    phone = graphene.String()
    line1 = graphene.String()
    ward = graphene.String()
    ward_code = graphene.String()
    ward_scheme = graphene.String(description="Whose code `wardCode` is: codes were reused.")
    province = graphene.String()
    province_code = graphene.String()
    postal_code = graphene.String()
    country = graphene.String()


def address_of(data: dict[str, Any] | None) -> Address | None:
    if data is None:
        return None
    return Address(
        name=data.get("name"),
        phone=data.get("phone"),
        line1=data.get("line1"),
        ward=data.get("ward"),
        ward_code=data.get("wardCode"),
        ward_scheme=data.get("wardScheme") or (SCHEME if data.get("wardCode") else None),
        province=data.get("province"),
        province_code=data.get("provinceCode"),
        postal_code=data.get("postalCode") or None,
        country=data.get("country"),
    )


class AddressInput(graphene.InputObjectType):
    name = graphene.String(required=True)
    phone = graphene.String(required=True)
    line1 = graphene.String(required=True)
    ward_code = graphene.String()
    ward = graphene.String()
    district = graphene.String()
    province = graphene.String()
    postal_code = graphene.String()
    country = graphene.String(required=True, default_value="VN")


def address_data(value: Any) -> dict[str, Any] | None:
    """An AddressInput with the contract's own keys."""
    if value is None:
        return None
    keys = {"ward_code": "wardCode", "postal_code": "postalCode"}
    return {keys.get(key, key): item for key, item in value.items()}


class Image(graphene.ObjectType):
    """`url` is null until `ready`; public lists hold ready pictures only."""

    class Meta:
        interfaces = (Node,)

    ready = graphene.Boolean(required=True)
    problem = graphene.String()
    url = graphene.String(width=graphene.Int(), format=graphene.Argument(ImageFormat))
    width = graphene.Int()
    height = graphene.Int()
    alt = graphene.String(required=True)
    dominant_color = graphene.String()
    placeholder = graphene.String()

    @staticmethod
    def resolve_ready(root: loaders.ImageView, info: graphene.ResolveInfo) -> bool:
        return root.asset.ready

    @staticmethod
    def resolve_problem(root: loaders.ImageView, info: graphene.ResolveInfo) -> str | None:
        problem = root.asset.problem
        return str(images.MESSAGES[ErrorCode(problem)]) if problem else None

    @staticmethod
    def resolve_url(
        root: loaders.ImageView, info: graphene.ResolveInfo, width: int | None = None, format: Any = None
    ) -> str | None:
        if not root.asset.ready:
            return None
        wanted = getattr(format, "value", format)
        # AVIF renditions are made where an installation asks for them; WebP stands in.
        extension = wanted if wanted in images.RENDITION_FORMATS else "webp"
        return images.rendition_url(root.asset, width or root.width, extension)

    @staticmethod
    def resolve_width(root: loaders.ImageView, info: graphene.ResolveInfo) -> int | None:
        return root.asset.width

    @staticmethod
    def resolve_height(root: loaders.ImageView, info: graphene.ResolveInfo) -> int | None:
        return root.asset.height

    @staticmethod
    def resolve_dominant_color(root: loaders.ImageView, info: graphene.ResolveInfo) -> str | None:
        return root.asset.dominant_color or None

    @staticmethod
    def resolve_placeholder(root: loaders.ImageView, info: graphene.ResolveInfo) -> str | None:
        return root.asset.placeholder or None


class AttributeChoice(graphene.ObjectType):
    """Inputs and filters take `value`; facets of NUMBER attributes are "min-max"."""

    value = graphene.String(required=True)
    label = graphene.String(required=True)


class AttributeDefinition(graphene.ObjectType):
    slug = graphene.String(required=True)
    name = graphene.String(required=True)
    type = graphene.Field(AttributeType, required=True)
    unit = graphene.String()
    choices = graphene.Field(required_list(AttributeChoice))

    @staticmethod
    def resolve_name(root: models.AttributeDefinition, info: graphene.ResolveInfo) -> str:
        return pick(root.names, peers.language_of(root))

    @staticmethod
    def resolve_unit(root: models.AttributeDefinition, info: graphene.ResolveInfo) -> str | None:
        return root.unit or None

    @staticmethod
    def resolve_choices(
        root: models.AttributeDefinition, info: graphene.ResolveInfo
    ) -> list[AttributeChoice]:
        language = peers.language_of(root)
        return [AttributeChoice(value=choice["vi"], label=pick(choice, language)) for choice in root.choices]


class Attribute(graphene.ObjectType):
    slug = graphene.String(required=True)
    name = graphene.String(required=True)
    value = graphene.String(required=True)
    label = graphene.String(required=True)
    unit = graphene.String()


def attributes_of(row: Any, values: list[dict[str, Any]]) -> list[Attribute]:
    """Values with the names, labels and units of the craft's definitions. `row` is whatever has a craft."""
    language = peers.language_of(row)
    definitions = loaders.definitions_of_craft(row)
    found = []
    for item in values:
        definition = definitions.get(item["slug"])
        names = definition.names if definition else COMMON_OPTIONS.get(item["slug"])
        value = str(item["value"])
        choice = next((c for c in definition.choices if c["vi"] == value), None) if definition else None
        found.append(
            Attribute(
                slug=item["slug"],
                name=pick(names, language) if names else item["slug"],
                value=value,
                label=pick(choice, language) if choice else value,
                unit=(definition.unit or None) if definition else None,
            )
        )
    return found


class Location(graphene.ObjectType):
    latitude = graphene.Float(required=True)
    longitude = graphene.Float(required=True)


class Story(graphene.ObjectType):
    language = graphene.Field(Language, required=True)
    title = graphene.String(required=True)
    body = graphene.String(required=True)
    machine_translated = graphene.Boolean(required=True)
    available_languages = graphene.Field(required_list(Language))


class PriceRange(graphene.ObjectType):
    min = graphene.Field(Money, required=True)
    max = graphene.Field(Money, required=True)


class ProductionStep(graphene.ObjectType):
    name = graphene.String(required=True)
    on = graphene.Field(Date)
    place = graphene.String()


class SocialLink(graphene.ObjectType):
    network = graphene.String(required=True)
    url = graphene.String(required=True)
