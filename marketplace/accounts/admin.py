from django.contrib import admin
from unfold.admin import ModelAdmin

from marketplace.accounts.models import User


@admin.register(User)
class UserAdmin(ModelAdmin):
    """Read only: accounts change through their owners."""

    list_display = ["name", "is_active", "is_staff", "created_at"]
    search_fields = ["name", "email", "phone"]
    fields = ["name", "email", "phone", "language", "is_active", "is_staff", "is_superuser", "created_at"]
    readonly_fields = fields

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False
