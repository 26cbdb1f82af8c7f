"""What people say and report: reviews, to be hidden or shown again, and reported content, to be seen to."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from catalog import images, queries, services
from catalog.admin.decisions import Decision, QueueAdmin, QueueFilter, decision, waiting_badge
from catalog.models import ContentReport, Review
from marketplace.core.actor import Actor

NOTHING = "–"


def _hiding(hidden: bool) -> Decision:
    def act(actor: Actor, row: Any, data: dict[str, Any]) -> None:
        services.review_hide(actor=actor, review_id=row.pk, hidden=hidden, reason=data["note"])

    return act


class HiddenFilter(admin.SimpleListFilter):
    title = _("hidden")
    parameter_name = "hidden"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Hidden")), ("no", _("Shown"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("yes", "no"):
            return queryset.filter(hidden_at__isnull=self.value() == "no")
        return queryset


@admin.register(Review)
class ReviewAdmin(QueueAdmin):
    to_commune = "product__seller__commune"
    list_display = ["rating", "body", "product", "author_name", "written_at", "hidden_at"]
    list_filter = [HiddenFilter, "rating"]
    search_fields = ["body", "product__name"]
    list_select_related = ["product"]
    ordering = ["-written_at", "-id"]
    fields = [
        "product", "rating", "body", "photos", "author_name", "bought", "written_at", "reply", "replied_at",
        "hidden_at", "hidden_reason",
    ]  # fmt: skip
    readonly_fields = ["photos", "bought"]
    actions_detail = ["hide", "show"]
    hide = decision("hide", _("Hide"))
    show = decision("show", _("Show again"))
    decisions = {"hide": _hiding(True), "show": _hiding(False)}
    consequences = {
        "hide": _(
            "Buyers no longer see it, and its stars do not count. Whoever wrote it is told, with your reason."
        ),
        "show": _("Buyers see it again, and its stars count."),
    }
    needs_reason = frozenset({"hide", "show"})
    done = _("Done.")

    def possible(self, row: Review) -> set[str]:
        return {"hide"} if row.hidden_at is None else {"show"}

    @admin.display(description=_("Bought here"), boolean=True)
    def bought(self, row: Review) -> bool:
        return row.order_line is not None

    @admin.display(description=_("Photos"))
    def photos(self, row: Review) -> Any:
        shown = [
            (images.rendition_url(item.asset, 320, "jpg"), _("Photo of the review"))
            for item in row.pictures.select_related("asset").order_by("position", "id")
            if item.asset.ready
        ]
        picture = '<img src="{}" alt="{}" width="160" style="display:inline-block;margin:0 8px 8px 0">'
        return format_html_join("", picture, shown) or NOTHING


def _seen_to(actor: Actor, row: Any, data: dict[str, Any]) -> None:
    services.report_close(actor=actor, report_id=row.pk, note=data["note"])


def _hide_reported(actor: Actor, row: Any, data: dict[str, Any]) -> None:
    """Two steps, each safe to take again: the review first, so that no report is closed over one that still shows."""
    services.review_hide(actor=actor, review_id=row.object_id, hidden=True, reason=data["note"])
    services.report_close(actor=actor, report_id=row.pk, note=data["note"])


@admin.register(ContentReport)
class ContentReportAdmin(QueueAdmin):
    waiting = queries.REPORTS_WAITING
    to_commune = "seller__commune"
    list_display = ["what", "seller", "reason", "told_at", "seen_at"]
    list_filter = [QueueFilter, "kind"]
    list_select_related = ["seller"]
    ordering = ["created_at", "id"]
    fields = ["what", "words", "seller", "reason", "told_at", "seen_at", "note"]
    readonly_fields = ["what", "words", "told_at"]
    actions_detail = ["seen_to", "hide_review"]
    seen_to = decision("seen_to", _("Seen to"))
    hide_review = decision("hide_review", _("Hide the review"))
    decisions = {"seen_to": _seen_to, "hide_review": _hide_reported}
    consequences = {
        "seen_to": _("It leaves your list. What was reported stays as it is."),
        "hide_review": _(
            "Buyers no longer see it, and its stars do not count. Whoever wrote it is told, with your reason."
        ),
    }
    needs_reason = frozenset({"hide_review"})
    done = _("Done.")

    def possible(self, row: ContentReport) -> set[str]:
        if row.seen_at is not None:
            return set()
        return {"seen_to", "hide_review"} if row.kind == "Review" else {"seen_to"}

    @admin.display(description=_("What"))
    def what(self, row: ContentReport) -> Any:
        return services.report_label(row)

    @admin.display(description=_("Reported"), ordering="created_at")
    def told_at(self, row: ContentReport) -> Any:
        return row.created_at

    @admin.display(description=_("Its words"))
    def words(self, row: ContentReport) -> Any:
        return services.report_words(row) or NOTHING


reports_waiting = waiting_badge(ContentReport)
