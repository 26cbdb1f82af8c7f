"""Things that tests need, made the way the project makes them."""

import itertools
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.models import (
    Commune,
    Craft,
    OcopCertificate,
    Product,
    ProductState,
    ProductStats,
    Province,
    Seller,
    SellerKind,
    SellerState,
    Variant,
    Village,
    VillageStory,
    Ward,
)
from catalog.portal import phone_key
from catalog.services import products_touch
from catalog.units import unit_key
from marketplace.accounts.models import User
from marketplace.core.vietnamese import slugify, sort_key
from orders import default_rates
from orders.models import ShippingRate, ShippingTerms

_numbers = itertools.count(1)

ADDRESS = {
    "name": "Nguyễn Thị Lan",
    "phone": "0912345678",
    "line1": "1 phố Tràng Thi",
    "wardCode": "00070",
}


def make_places() -> Village:
    """A commune, a village and the wards that addresses need; and the prices of delivery, which a flush takes away."""
    default_rates.load(ShippingTerms, ShippingRate)
    province, _new = Province.objects.get_or_create(
        code="01",
        defaults={
            "name": "Hà Nội",
            "full_name": "Thành phố Hà Nội",
            "kind": "city",
            "name_key": sort_key("Hà Nội"),
            "search_key": unit_key("Hà Nội"),
        },
    )
    Ward.objects.get_or_create(
        code="00070",
        defaults={
            "name": "Hoàn Kiếm",
            "kind": "ward",
            "province": province,
            "name_key": sort_key("Hoàn Kiếm"),
            "search_key": unit_key("Hoàn Kiếm"),
        },
    )
    commune, _new = Commune.objects.get_or_create(
        code="10279",
        defaults={
            "slug": "phuong-duc",
            "name": "Phượng Dực",
            "name_key": sort_key("Phượng Dực"),
            "former_names": ["Phú Túc", "Văn Hoàng"],
        },
    )
    village, new = Village.objects.get_or_create(
        slug="luu-thuong",
        defaults={
            "name": "Lưu Thượng",
            "name_key": sort_key("Lưu Thượng"),
            "kind": "village",
            "commune": commune,
            "former_commune": "Phú Túc",
            "evidence": "source",
            "latitude": 20.772,
            "longitude": 105.837,
        },
    )
    if new:
        for language, title in (("vi", "Lưu Thượng: nghề cỏ tế"), ("en", "Lưu Thượng: fern weaving")):
            VillageStory.objects.create(village=village, language=language, title=title, body=f"{title}.")
    return village


def make_craft(slug: str = "co-te", vi: str = "Cỏ tế (guột)", en: str = "Fern (cỏ tế) weaving") -> Craft:
    craft, new = Craft.objects.get_or_create(
        slug=slug,
        defaults={
            "names": {"vi": vi, "en": en},
            "descriptions": {"vi": f"{vi}.", "en": f"{en}."},
            "synonyms": {"vi": ["guột"], "en": ["fern"]} if slug == "co-te" else {},
        },
    )
    if new:
        craft.attribute_definitions.create(
            slug="material",
            names={"vi": "Chất liệu", "en": "Material"},
            type="CHOICE",
            choices=[{"vi": "Cỏ tế", "en": "Fern"}, {"vi": "Cỏ tế phối mây", "en": "Fern with rattan"}],
        )
    return craft


def make_seller(name: str | None = None, **fields: Any) -> Seller:
    number = next(_numbers)
    village = fields.pop("village", None) or make_places()
    name = name or f"Cơ sở {number}"
    if fields.get("state") == SellerState.UNCLAIMED:
        fields["phone_key"] = phone_key(fields.get("phone", ""))
    return Seller.objects.create(
        slug=fields.pop("slug", f"{slugify(name)}-{number}"),
        name=name,
        name_key=sort_key(name),
        legal_name=f"Hộ kinh doanh {number}",
        kind=SellerKind.HOUSEHOLD,
        village=village,
        commune=village.commune,
        **{
            "state": SellerState.VERIFIED,
            "about": {"vi": f"{name}.", "en": f"{name}, in English."},
            **fields,
        },
    )


def make_product(
    name: str | None = None,
    *,
    seller: Seller | None = None,
    price: int = 250_000,
    stock: int = 5,
    craft: Craft | None = None,
    **fields: Any,
) -> Product:
    """A published product with one variant."""
    number = next(_numbers)
    seller = seller or make_seller()
    name = name or f"Giỏ cỏ tế {number}"
    now = timezone.now()
    with transaction.atomic():
        product = Product.objects.create(
            slug=fields.pop("slug", f"{slugify(name)}-{number}"),
            seller=seller,
            craft=craft or make_craft(),
            village=seller.village,
            name=name,
            name_key=sort_key(name),
            price_min=price,
            price_max=price,
            updated_at=now,
            **{
                "state": ProductState.PUBLISHED,
                "published_at": now,
                "submitted_at": now,
                "description": f"{name}, đan tay.",
                "attributes": [{"slug": "material", "value": "Cỏ tế"}],
                **fields,
            },
        )
        ProductStats.objects.create(product=product)
        make_variant(product, price=price, stock=stock)
        products_touch([product.pk])
    return product


def make_variant(product: Product, *, price: int = 250_000, stock: int = 5, **fields: Any) -> Variant:
    number = next(_numbers)
    return Variant.objects.create(
        product=product,
        seller=product.seller,
        sku=fields.pop("sku", f"T{number:05d}"),
        name=fields.pop("name", "Tiêu chuẩn"),
        price=price,
        on_hand=stock,
        **fields,
    )


def make_certificate(product: Product, **fields: Any) -> OcopCertificate:
    import datetime as dt

    today = timezone.localdate()
    return OcopCertificate.objects.create(
        product=product,
        **{
            "number": "123/QĐ-UBND",
            "stars": 4,
            "level": "PROVINCE",
            "issued_by": "UBND thành phố Hà Nội",
            "issued_on": today - dt.timedelta(days=100),
            "expires_on": today + dt.timedelta(days=900),
            "state": "VALID",
            **fields,
        },
    )


def make_user(email: str | None = None, **fields: Any) -> User:
    email = email or f"person{next(_numbers)}@example.vn"
    return User.objects.create_user(email, "mat-khau-2026", name=fields.pop("name", "Người thử"), **fields)


@dataclass(frozen=True)
class Shop:
    """One seller in one village with one product that can be bought: 250.000 ₫, five on the shelf."""

    village: Village
    craft: Craft
    seller: Seller
    product: Product
    variant: Variant


def make_shop() -> Shop:
    village, craft = make_places(), make_craft()
    village.crafts.add(craft)
    seller = make_seller("Cơ sở cỏ tế Lưu Thượng", village=village, slug="co-so-co-te-luu-thuong")
    seller.crafts.add(craft)
    product = make_product("Giỏ cỏ tế đan tay", seller=seller, craft=craft, slug="gio-co-te-dan-tay")
    return Shop(village, craft, seller, product, product.variants.get())


def unique() -> str:
    return str(uuid.uuid4())
