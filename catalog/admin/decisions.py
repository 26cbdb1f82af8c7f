"""Officers' queues: rows of one's own communes, read-only, and decisions that call services."""

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from catalog import queries
from marketplace.accounts.authentication import actor_from_cookie
from marketplace.core.actor import Actor
from marketplace.core.admin import ReadOnlyAdmin
from marketplace.core.errors import DomainError, Unauthenticated

# What a decision does: (actor, row, the form's clean data). Raises DomainError where a rule refuses.
Decision = Callable[[Actor, Any, dict[str, Any]], None]
# What the services call the reason.
NOTE_FIELDS = {("note",), ("reason",), ("bankReference",)}


class QueueFilter(admin.SimpleListFilter):
    """Shows what waits for a decision unless everything is asked for."""

    title = _("queue")
    parameter_name = "queue"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.waiting: Q = model_admin.waiting

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("Everything"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, label in ((None, _("Waiting for you")), ("all", _("Everything"))):
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value})
                if value
                else changelist.get_query_string(remove=[self.parameter_name]),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() == "all" else queryset.filter(self.waiting)


def waiting_badge(model: type[Model]) -> Callable[[HttpRequest], str]:
    """For the side bar: how much of this queue waits."""

    def badge(request: HttpRequest) -> str:
        queue: Any = admin.site.get_model_admin(model)
        return str(queue.waits(request))

    return badge


class DecisionForm(forms.Form):
    """The reason of a decision, and what its officer looked at."""

    note = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"aria-describedby": "note-help note-error"}),
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)


class QueueAdmin(ReadOnlyAdmin):
    """Rows of the officer's communes; of all of them for an administrator. `to_commune` leads to the commune."""

    to_commune: ClassVar[str] = "commune"
    # What waits for a decision.
    waiting: ClassVar[Q] = Q()
    decisions: ClassVar[dict[str, Decision]] = {}
    # What follows from each decision, in words, and those that a seller has to be given a reason for.
    consequences: ClassVar[dict[str, Any]] = {}
    needs_reason: ClassVar[frozenset[str]] = frozenset()
    # Decisions that ask for something else than a reason, and what.
    asks: ClassVar[dict[str, Any]] = {}
    done: ClassVar[Any] = _("Done. The seller has been told.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        actor = actor_from_cookie(request)
        if actor.is_admin:
            return rows
        return rows.filter(Q(**{f"{self.to_commune}__in": queries.commune_ids_of(actor)}))

    def waits(self, request: HttpRequest) -> int:
        """How many rows wait for this officer."""
        return self.get_queryset(request).filter(self.waiting).count()

    def possible(self, row: Any) -> set[str]:
        """The decisions that the row's state allows: only these have a button."""
        return set(self.decisions)

    def version(self, row: Any) -> int | None:
        """Tells whether a row is still as its officer saw it; None where a row never changes by itself."""
        return getattr(row, "revision", None)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        version = self.version(context["original"])
        for button in context.get("actions_detail") or () if version is not None else ():
            # The page that asks for the reason knows by it what was on this one.
            button["path"] += f"?seen={version}"
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    def consequence(self, name: str, row: Any) -> Any:
        """What follows from a decision about the row."""
        return self.consequences.get(name, "")

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        actions: list[Any] = super().get_actions_detail(request, object_id)
        row = self.get_object(request, object_id)
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        names = {prefix + name for name in self.possible(row)} if row is not None else set()
        return [item for item in actions if item.action_name in names]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        actor = actor_from_cookie(request)
        if actor.is_admin:
            return True
        communes = queries.commune_ids_of(actor)
        return bool(communes) and (obj is None or self.commune_id(obj) in communes)

    def commune_id(self, row: Any) -> Any:
        """The commune whose officers have this row in charge."""
        *way, last = self.to_commune.split("__")
        for step in way:
            row = getattr(row, step)
        return getattr(row, f"{last}_id")

    def decide(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """A page that asks for the reason; sent, it calls the service. What was typed stays where it refuses."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        seen = request.GET.get("seen", "")
        version = int(seen) if re.fullmatch(r"\d{1,18}", seen, re.ASCII) else self.version(row)
        form = DecisionForm(request.POST or None, initial={"revision": version})
        if name in self.asks:
            form.fields["note"].label = self.asks[name]
        if request.method == "POST" and form.is_valid():
            try:
                self.decisions[name](actor_from_cookie(request), row, form.cleaned_data)
            except DomainError as error:
                for problem in error.problems:
                    form.add_error("note" if problem.field in NOTE_FIELDS else None, str(problem.message))
            except Unauthenticated:
                raise PermissionDenied from None
            else:
                messages.success(request, self.done)
                return HttpResponseRedirect(self._page("changelist"))
        title = self._get_action_description(getattr(self, name), name)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "consequence": self.consequence(name, row),
            "required": name in self.needs_reason,
            "asks": name in self.asks,
            "form": form,
            "row": row,
            "opts": self.opts,
            "back": self._page("change", object_id),
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "admin/catalog/decide.html", context, status=status)

    def _page(self, name: str, *keys: str) -> str:
        model: type[Model] = self.model
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=keys)


def decision(name: str, label: Any) -> Any:
    """An action of the detail page under this name, which asks for the reason and calls `decisions[name]`."""

    def press(self: QueueAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.decide(request, object_id, name)

    press.__name__ = name
    return action(description=label, url_path=name.replace("_", "-"))(press)
