from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin
from orders.models import Order


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "state", "total", "placed_at", "paid_at"]
    list_filter = ["state"]
    search_fields = ["number"]
    ordering = ["-placed_at"]
