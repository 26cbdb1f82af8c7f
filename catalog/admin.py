from django.contrib import admin

from catalog.models import OcopCertificate, Product, Seller, Village
from marketplace.core.admin import ReadOnlyAdmin


@admin.register(Village)
class VillageAdmin(ReadOnlyAdmin):
    list_display = ["name", "commune", "evidence", "recognition"]
    list_filter = ["commune", "evidence"]
    search_fields = ["name"]


@admin.register(Seller)
class SellerAdmin(ReadOnlyAdmin):
    list_display = ["name", "kind", "state", "commune", "village", "trusted"]
    list_filter = ["state", "kind", "commune"]
    search_fields = ["name", "slug"]
    list_select_related = ["commune", "village"]
    fields = ["slug", "name", "kind", "state", "trusted", "commune", "village", "collection", "is_sample"]


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ["name", "seller", "craft", "state", "price_min", "published_at"]
    list_filter = ["state", "craft"]
    search_fields = ["name", "slug"]
    list_select_related = ["seller", "craft"]


@admin.register(OcopCertificate)
class OcopCertificateAdmin(ReadOnlyAdmin):
    list_display = ["number", "stars", "product", "state", "issued_on", "expires_on"]
    list_filter = ["state", "stars"]
    search_fields = ["number"]
    list_select_related = ["product"]
