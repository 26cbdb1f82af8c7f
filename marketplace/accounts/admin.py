from django.contrib import admin

from marketplace.accounts.models import User
from marketplace.core.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["name", "is_active", "is_staff", "created_at"]
    search_fields = ["name", "email", "phone"]
    fields = ["name", "email", "phone", "language", "is_active", "is_staff", "is_superuser", "created_at"]
