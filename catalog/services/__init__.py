"""Writes of the catalogue."""

from catalog.services.addresses import address_remove, address_save
from catalog.services.certificates import (
    certificate_decide,
    certificate_revoke,
    certificate_submit,
    certificates_turn,
)
from catalog.services.listings import (
    ListingConflict,
    changed_fields,
    product_archive,
    product_create,
    product_decide,
    product_submit,
    product_unarchive,
    product_update,
    variant_archive,
)
from catalog.services.news import products_touch
from catalog.services.officers import officer_set
from catalog.services.pictures import (
    assets_sweep,
    image_render,
    listings_forget_pictures,
    picture_files_delete,
    product_image_add,
    product_image_remove,
    product_image_update,
    product_images_reorder,
)
from catalog.services.reminders import certificates_remind, vneid_remind
from catalog.services.sellers import (
    invitation_accept,
    member_invite,
    member_remove,
    seller_apply,
    seller_decide,
    seller_trust_set,
    seller_update,
)
from catalog.services.stock import (
    Held,
    lock_variants,
    stock_adjust,
    stock_adjust_many,
    stock_hold,
    stock_release,
    stock_sell,
)
from catalog.services.translations import (
    BudgetSpent,
    craft_words_confirm,
    places_draft,
    product_draft,
    translation_confirm,
    village_story_confirm,
)

__all__ = [
    "BudgetSpent",
    "Held",
    "ListingConflict",
    "address_remove",
    "address_save",
    "assets_sweep",
    "certificate_decide",
    "certificate_revoke",
    "certificate_submit",
    "certificates_remind",
    "certificates_turn",
    "changed_fields",
    "craft_words_confirm",
    "image_render",
    "invitation_accept",
    "listings_forget_pictures",
    "lock_variants",
    "member_invite",
    "member_remove",
    "officer_set",
    "picture_files_delete",
    "places_draft",
    "product_archive",
    "product_create",
    "product_decide",
    "product_draft",
    "product_image_add",
    "product_image_remove",
    "product_image_update",
    "product_images_reorder",
    "product_submit",
    "product_unarchive",
    "product_update",
    "products_touch",
    "seller_apply",
    "seller_decide",
    "seller_trust_set",
    "seller_update",
    "stock_adjust",
    "stock_adjust_many",
    "stock_hold",
    "stock_release",
    "stock_sell",
    "translation_confirm",
    "variant_archive",
    "village_story_confirm",
    "vneid_remind",
]
