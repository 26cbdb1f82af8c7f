"""Synonyms, edited by administrators through the services. A change is effective within seconds, without a deploy."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from marketplace.accounts.authentication import actor_from_cookie
from marketplace.core.errors import DomainError
from marketplace.core.vietnamese import fold
from search import services
from search.models import Synonym

# Only for whoever keeps the list: a search reads all of them, whatever language it is in.
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("zh", "中文"), ("ja", "日本語"), ("ko", "한국어")]


class SynonymForm(forms.Form):
    """What a synonym is made of, explained by an example; whether it may be so is for the service to say."""

    term = forms.CharField(
        label=gettext_lazy("What buyers type"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy(
            "One word or a phrase, with its accents, such as “nhang”. It is found without accents too."
        ),
    )
    expansion = forms.CharField(
        label=gettext_lazy("Also finds"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy(
            "What the sellers write instead, such as “hương”: whoever looks for “nhang” then also finds “tăm hương”."
        ),
    )
    weight = forms.FloatField(
        label=gettext_lazy("How much it counts"),
        initial=0.8,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "0.05", "min": "0.1", "max": "1"}),
        help_text=gettext_lazy(
            "From 0.1 to 1. At 1 both words count the same; at 0.8 things with the typed word itself come first; "
            "below 0.5 for what is only akin."
        ),
    )
    both_ways = forms.BooleanField(
        label=gettext_lazy("The other way round too"),
        required=False,
        widget=UnfoldBooleanWidget,
        help_text=gettext_lazy(
            "“hương” then finds “nhang” as well. Leave it empty where one word says more than the other: “đồ cúng” may "
            "find “nhang”, but whoever looks for “nhang” does not want everything for the altar."
        ),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the typed word"),
        choices=LANGUAGES,
        initial="vi",
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Only to keep this list in order."),
    )


@admin.register(Synonym)
class SynonymAdmin(ModelAdmin):  # type: ignore[misc]
    """For administrators: a synonym changes what every buyer finds."""

    list_display = ["term", "expansion", "weight", "both_ways", "language"]
    list_filter = ["language", "both_ways"]
    search_fields = ["term", "expansion"]
    search_help_text = gettext_lazy("Accents are not needed.")
    ordering = ["term", "expansion"]
    # Removing many at once would go around the service.
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return actor_from_cookie(request).is_admin

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_from_cookie(request).is_admin

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return actor_from_cookie(request).is_admin

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Synonym], search_term: str
    ) -> tuple[QuerySet[Synonym], bool]:
        wanted = fold(search_term).strip()
        if not wanted:
            return queryset, False
        rows = queryset.values_list("pk", "term", "expansion")
        keys = [key for key, term, expansion in rows if wanted in fold(f"{term}\n{expansion}")]
        return queryset.filter(pk__in=keys), False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return self._edit(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._edit(request, self._row(request, object_id))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """A page that asks; sent, it calls the service."""
        row = self._row(request, object_id)
        if request.method == "POST":
            try:
                services.synonym_remove(actor=actor_from_cookie(request), synonym_id=row.pk)
            except DomainError:
                # Somebody else was faster.
                raise Http404 from None
            return self._done(request, _("Removed. Searches no longer use it."))
        return self._page(request, "admin/search/synonym_remove.html", _("Remove the synonym"), row)

    def _row(self, request: HttpRequest, object_id: str) -> Synonym:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row: Synonym | None = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return row

    def _edit(self, request: HttpRequest, row: Synonym | None) -> HttpResponse:
        """The form; sent, it calls the service. What was typed stays where that refuses."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        values = {name: getattr(row, name) for name in SynonymForm.base_fields} if row else None
        form = SynonymForm(request.POST or None, initial=values)
        if request.method == "POST" and form.is_valid():
            try:
                services.synonym_save(
                    actor=actor_from_cookie(request), synonym_id=row.pk if row else None, **form.cleaned_data
                )
            except DomainError as error:
                for problem in error.problems:
                    form.add_error(problem.field[0] if problem.field else None, str(problem.message))
            else:
                return self._done(request, _("Saved. Searches use it from now on."))
        title = _("Change the synonym") if row else _("Add a synonym")
        return self._page(request, "admin/search/synonym.html", title, row, form)

    def _page(
        self, request: HttpRequest, template: str, title: str, row: Synonym | None, form: Any = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "row": row,
            "form": form,
            "opts": self.opts,
            "back": reverse("admin:search_synonym_changelist"),
        }
        return TemplateResponse(request, template, context, status=422 if form and form.errors else 200)

    def _done(self, request: HttpRequest, words: str) -> HttpResponse:
        messages.success(request, words)
        return HttpResponseRedirect(reverse("admin:search_synonym_changelist"))
