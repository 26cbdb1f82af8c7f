"""What every page of the desk stands on: who asks, for which workshop, and answers that no cache keeps."""

import functools
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from marketplace.core.ids import to_global_id
from marketplace.desk.client import run
from marketplace.pages import Data, SignInNeeded, clean, unkept

P = ParamSpec("P")
SESSION_SELLER = "desk_seller"
SESSION_MADE = "desk_made"
KEEP_MADE = 10
OWNERS = frozenset({"OWNER"})
EDITORS = frozenset({"OWNER", "EDITOR"})
EVERYONE = frozenset({"OWNER", "EDITOR", "PACKER"})


@dataclass(frozen=True, slots=True)
class Desk:
    """The person at the desk, the workshops they work for, and the one that the page is about."""

    person: Data
    memberships: list[Data]
    membership: Data | None

    @property
    def seller(self) -> Data:
        if self.membership is None:
            raise PermissionDenied
        return self.membership["seller"]  # type: ignore[no-any-return]

    @property
    def role(self) -> str:
        return self.membership["role"] if self.membership else ""

    @property
    def owns(self) -> bool:
        return self.role in OWNERS

    @property
    def edits(self) -> bool:
        return self.role in EDITORS

    def allow(self, roles: frozenset[str]) -> None:
        """Raises PermissionDenied where the person's part in the workshop does not suffice."""
        if self.role not in roles:
            raise PermissionDenied


def read_desk(request: HttpRequest) -> Desk:
    """Who is asking. The chosen workshop is kept in the session; one alone needs no choice."""
    viewer = run(request, "me")["viewer"]
    memberships: list[Data] = viewer["sellers"]
    chosen = request.session.get(SESSION_SELLER)
    known = {row["seller"]["slug"]: row for row in memberships}
    membership = known.get(chosen) or (memberships[0] if len(memberships) == 1 else None)
    return Desk(viewer["user"], memberships, membership)


def choose(request: HttpRequest, desk: Desk, slug: str) -> bool:
    """Keeps which workshop the desk is for. False where the person does not work there."""
    if slug not in {row["seller"]["slug"] for row in desk.memberships}:
        return False
    request.session[SESSION_SELLER] = slug
    return True


View = Callable[Concatenate[HttpRequest, Desk, P], HttpResponse]


def desk_page(
    roles: frozenset[str] = EVERYONE, *, workshop: bool = True, methods: tuple[str, ...] = ("GET", "POST")
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """A page for people who signed in and have one of these roles in the workshop of the day.

    With `workshop` off the page looks after roles and the choice of a workshop itself.
    """

    def wrap(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @functools.wraps(view)
        @unkept
        def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            desk = read_desk(request)
            if workshop and desk.membership is None:
                return redirect("desk:home")
            try:
                if workshop:
                    desk.allow(roles)
                return view(request, desk, *args, **kwargs)
            except PermissionDenied:
                return show(request, desk, "desk/closed.html", status=403)
            except SignInNeeded:
                return to_sign_in(request)

        return require_http_methods([*methods, "HEAD"])(inner)

    return wrap


def to_sign_in(request: HttpRequest) -> HttpResponse:
    return redirect_to_login(request.get_full_path())


def show(
    request: HttpRequest,
    desk: Desk | None,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    errors: Mapping[str, str] | None = None,
    status: int = 0,
) -> HttpResponse:
    """A page of the desk; 422 where something in it was refused. A script gets the refusal alone."""
    if errors and by_script(request):
        return JsonResponse({"errors": errors}, status=422)
    full = {"desk": desk, "errors": errors or {}, **(context or {})}
    return render(request, template, full, status=status or (422 if errors else 200))


def by_script(request: HttpRequest) -> bool:
    """Whether a script of ours sent it, which shows the answer by itself."""
    return request.headers.get("X-Requested-With") in {"upload", "autosave", "stock"}


def done(request: HttpRequest, to: str) -> HttpResponse:
    """On to the next page; a script is told which one."""
    return JsonResponse({"next": to}) if by_script(request) else redirect(to)


def listing_of(
    request: HttpRequest, desk: Desk, name: str, key: uuid.UUID, **variables: Any
) -> tuple[Desk, Data]:
    """A query about one listing of the person's own, and the desk of its workshop. 404 for every other listing."""
    data = run(request, name, id=to_global_id("Product", key), **variables)
    if data["product"] is None:
        raise Http404
    seller = data["product"]["seller"]["id"]
    membership = next((row for row in desk.memberships if row["seller"]["id"] == seller), None)
    if membership is None:
        raise Http404
    own = replace(desk, membership=membership)
    own.allow(EDITORS)
    return own, data


def new_key() -> str:
    """Marks one showing of a form, so that sending it twice makes one thing."""
    return secrets.token_urlsafe(18)


def made_by(request: HttpRequest) -> str:
    """What this showing of the form has made already."""
    found: str = request.session.get(SESSION_MADE, {}).get(clean(request.POST.get("key"), 64), "")
    return found


def remember_made(request: HttpRequest, what: str) -> None:
    made: dict[str, str] = request.session.get(SESSION_MADE, {})
    made[clean(request.POST.get("key"), 64)] = what
    request.session[SESSION_MADE] = dict(list(made.items())[-KEEP_MADE:])
