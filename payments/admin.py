from django.contrib import admin

from marketplace.core.admin import ReadOnlyAdmin
from payments.models import GatewayNews, Payment


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ["reference", "gateway", "state", "amount", "created_at", "paid_at"]
    list_filter = ["gateway", "state"]
    search_fields = ["reference"]
    ordering = ["-created_at"]
    exclude = ["action"]


@admin.register(GatewayNews)
class GatewayNewsAdmin(ReadOnlyAdmin):
    """The list of money that waits for a person: every outcome but APPLIED and IGNORED."""

    list_display = ["created_at", "gateway", "outcome", "amount", "payment"]
    list_filter = ["outcome", "gateway"]
    search_fields = ["event_id"]
    list_select_related = ["payment"]
    ordering = ["-created_at"]
