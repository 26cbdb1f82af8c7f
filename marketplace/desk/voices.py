"""What buyers ask and say, at the desk: questions to answer, reviews to reply to, each where it stands."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marketplace.desk.client import mutate, run
from marketplace.desk.forms import field_errors
from marketplace.desk.site import EDITORS, Desk, desk_page, show
from marketplace.pages import Data, clean

MAX_ANSWER = 2_000
FIRST_TAB = "can-tra-loi"


def _posted(request: HttpRequest) -> tuple[str, str]:
    """What is answered, and the words; longer than allowed, too, for they stay to be made shorter."""
    words = clean(request.POST.get("body"), 4 * MAX_ANSWER).replace("\r\n", "\n").strip()
    return clean(request.POST.get("id"), 200), words


def _number(rows: list[Data], wanted: str, words: str, errors: dict[str, str]) -> dict[str, str]:
    """Gives each row the name of its field and what stands in it; the errors by these names."""
    named = {}
    for number, row in enumerate(rows, 1):
        row["field"] = f"tra-loi-{number}"
        row["typed"] = row["answer"] if "answer" in row else row["reply"]
        if row["id"] == wanted and errors:
            row["typed"], row["error"] = words, errors.get("body", "")
            named = {row["field"] if name == "body" else name: text for name, text in errors.items()}
    # Answered meanwhile by somebody else, or on another page of the list.
    return named or ({"form": " ".join(errors.values())} if errors else {})


@desk_page()
def questions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What buyers ask, the open ones first."""
    tab = request.GET.get("xem", FIRST_TAB)
    labels = {FIRST_TAB: _("To answer"), "da-tra-loi": _("Answered")}
    tab = tab if tab in labels else FIRST_TAB
    wanted, words, errors = "", "", dict[str, str]()
    if request.method == "POST":
        wanted, words = _posted(request)
        payload = mutate(request, "question_answer", id=wanted, body=words)
        errors = field_errors(payload["userErrors"], ("body",))
        if not errors:
            messages.success(request, _("Answered. Whoever asked gets a message."))
            return redirect(request.get_full_path())
    after = clean(request.GET.get("after"), 1500) or None
    data = run(request, "questions", slug=desk.seller["slug"], open=tab == FIRST_TAB, after=after)
    if data["seller"] is None or data["seller"]["private"] is None:
        raise Http404
    found = data["seller"]["private"]["questions"]
    for row in found["nodes"]:
        row["may"] = desk.edits or row["sellerOrder"] is not None
    errors = _number(found["nodes"], wanted, words, errors)
    context = {
        "section": "questions",
        "tabs": list(labels.items()),
        "tab": tab,
        "label": labels[tab],
        "found": found,
        "further": after is not None,
    }
    return show(request, desk, "desk/questions.html", context, errors=errors)


@desk_page(EDITORS)
def reviews(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What buyers say, newest first, with a word of thanks below each."""
    tab = request.GET.get("xem", FIRST_TAB)
    labels = {FIRST_TAB: _("Without a reply"), "tat-ca": _("All of them")}
    tab = tab if tab in labels else FIRST_TAB
    wanted, words, errors = "", "", dict[str, str]()
    if request.method == "POST":
        wanted, words = _posted(request)
        if words or tab != FIRST_TAB:
            payload = mutate(request, "review_reply", id=wanted, body=words)
            errors = field_errors(payload["userErrors"], ("body",))
        else:
            # There is none yet that an empty one could take away.
            errors = {"body": _("Write your reply.")}
        if not errors:
            told = _("Everybody reads your reply now.") if words else _("There is no reply any more.")
            messages.success(request, told)
            return redirect(request.get_full_path())
    after = clean(request.GET.get("after"), 1500) or None
    answered = False if tab == FIRST_TAB else None
    seller = run(request, "reviews", slug=desk.seller["slug"], answered=answered, after=after)["seller"]
    if seller is None or seller["private"] is None:
        raise Http404
    found = seller["private"]["reviews"]
    errors = _number(found["nodes"], wanted, words, errors)
    context = {
        "section": "reviews",
        "seller": seller,
        "tabs": list(labels.items()),
        "tab": tab,
        "label": labels[tab],
        "found": found,
        "further": after is not None,
    }
    return show(request, desk, "desk/reviews.html", context, errors=errors)
