"""Tables of the catalogue."""

from catalog.models.certificates import OcopCertificate, OcopLevel, OcopState
from catalog.models.images import ImageAsset
from catalog.models.places import (
    Commune,
    CommuneOfficer,
    FormerUnit,
    Province,
    Village,
    VillageImage,
    VillageRecognition,
    VillageStory,
    Ward,
)
from catalog.models.products import (
    AttributeDefinition,
    AttributeType,
    Craft,
    Product,
    ProductImage,
    ProductState,
    ProductStats,
    ProductTranslation,
    Variant,
)
from catalog.models.sellers import Collection, MemberRole, Seller, SellerKind, SellerMember, SellerState

__all__ = [
    "AttributeDefinition",
    "AttributeType",
    "Collection",
    "Commune",
    "CommuneOfficer",
    "Craft",
    "FormerUnit",
    "ImageAsset",
    "MemberRole",
    "OcopCertificate",
    "OcopLevel",
    "OcopState",
    "Product",
    "ProductImage",
    "ProductState",
    "ProductStats",
    "ProductTranslation",
    "Province",
    "Seller",
    "SellerKind",
    "SellerMember",
    "SellerState",
    "Variant",
    "Village",
    "VillageImage",
    "VillageRecognition",
    "VillageStory",
    "Ward",
]
