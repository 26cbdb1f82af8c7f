from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from marketplace.accounts.authentication import actor_from_cookie
from marketplace.accounts.models import LegalText, User
from marketplace.core import audit
from marketplace.core.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["name", "is_active", "is_staff", "created_at"]
    search_fields = ["name", "email", "phone"]
    fields = ["name", "email", "phone", "language", "is_active", "is_staff", "is_superuser", "created_at"]


@admin.register(LegalText)
class LegalTextAdmin(ReadOnlyAdmin):
    """Texts by law. What is there stays as it is; another text is added as another version."""

    list_display = ["title", "kind", "version", "language", "valid_from"]
    list_filter = ["kind", "language"]
    ordering = ["kind", "-valid_from", "language"]
    fields = ["kind", "version", "language", "title", "body", "valid_from"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return actor_from_cookie(request).is_admin

    def save_model(self, request: HttpRequest, obj: LegalText, form: Any, change: bool) -> None:
        # As browsers send them.
        obj.body = obj.body.replace("\r\n", "\n").strip()
        super().save_model(request, obj, form, change)
        audit.record(actor_from_cookie(request), "legal_text.published", obj, after={"version": obj.version})
