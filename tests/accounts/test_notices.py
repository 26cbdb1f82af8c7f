"""Notices to people: once, in their language, on the road that they have proven."""

import datetime as dt
import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import notices
from marketplace.accounts.jobs import forget_expired
from marketplace.accounts.models import Message, User
from marketplace.accounts.notices import deliver, queue_sms, send_to_contact, tell
from marketplace.accounts.sms import MemorySender
from tests.builders import make_user
from tests.faults.crowd import at_once

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], int]
SUBJECT, CODE = _("Your order %(number)s"), _("Your code is %(code)s. Never give it to anyone.")
SITE = settings.SITE_NAME


@pytest.fixture(autouse=True)
def texts() -> list[tuple[str, str]]:
    MemorySender.outbox.clear()
    return MemorySender.outbox


def person(email: str | None = "lan@example.vn", *, proven: bool = False, **fields: Any) -> User:
    user: User = User.objects.create_user(email, "mat-khau-2026", name="Lan", **fields)
    if proven:
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def jobs() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs ORDER BY id")
        return str(cursor.fetchall())


def test_a_notice_is_a_mail_in_the_persons_language(run_jobs: RunJobs, mailoutbox: list[Any]) -> None:
    lan, john = person(), person("john@example.com", language="en")

    with translation.override("en"):
        for user in (lan, john):
            tell(user, "order:1", SUBJECT, CODE, number="PX-1", code="42")
    done = run_jobs()

    assert done == 2
    assert [(mail.to, mail.subject, mail.body, mail.from_email) for mail in mailoutbox] == [
        (
            ["lan@example.vn"],
            f"{SITE}: Đơn hàng PX-1 của bạn",
            "Mã của bạn là 42. Không đưa mã này cho bất kỳ ai.",
            settings.DEFAULT_FROM_EMAIL,
        ),
        (
            ["john@example.com"],
            f"{SITE}: Your order PX-1",
            "Your code is 42. Never give it to anyone.",
            settings.DEFAULT_FROM_EMAIL,
        ),
    ]


def test_a_language_that_we_do_not_have_is_vietnamese(run_jobs: RunJobs, mailoutbox: list[Any]) -> None:
    tell(person(language="fr"), "key", SUBJECT, CODE, number="PX-1", code="42")
    run_jobs()

    assert [mail.subject for mail in mailoutbox] == [f"{SITE}: Đơn hàng PX-1 của bạn"]


def test_a_lazy_value_is_put_into_the_persons_language_too(run_jobs: RunJobs, mailoutbox: list[Any]) -> None:
    tell(person(), "key", SUBJECT, "%(what)s", number="PX-1", what=_("Phone number"))
    run_jobs()

    assert [mail.body for mail in mailoutbox] == ["Số điện thoại"]


def test_one_key_is_told_once_to_each_person(run_jobs: RunJobs, mailoutbox: list[Any]) -> None:
    lan, john = person(), person("john@example.com")

    for _time in range(2):
        for user in (lan, john):
            for key in ("one", "two"):
                tell(user, key, SUBJECT, key, number="PX-1")
        run_jobs()

    assert [(mail.to[0], mail.body) for mail in mailoutbox] == [
        ("lan@example.vn", "one"),
        ("lan@example.vn", "two"),
        ("john@example.com", "one"),
        ("john@example.com", "two"),
    ]
    assert Message.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_threads_that_tell_the_same_thing_at_once_tell_it_once(
    clean_jobs: None, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    user = person()

    def act() -> int:
        with transaction.atomic():
            tell(user, "key", SUBJECT, CODE, number="PX-1", code="42")
            # The rest of the caller's work goes on, whoever was first.
            return User.objects.count()

    done = at_once([act] * 6)

    assert done == [1] * 6
    assert Message.objects.count() == 1
    assert run_jobs() == 1
    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_sent_and_may_be_told_later(
    clean_jobs: None, run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    user = person()

    with transaction.atomic():
        tell(user, "key", SUBJECT, CODE, number="PX-1", code="42")
        transaction.set_rollback(True)
    first = (Message.objects.count(), run_jobs(), len(mailoutbox))
    tell(user, "key", SUBJECT, CODE, number="PX-1", code="42")
    run_jobs()

    assert first == (0, 0, 0)
    assert len(mailoutbox) == 1


MAIL, TEXT = ("EMAIL", "lan@example.vn"), ("SMS", "+84912345678")


@pytest.mark.parametrize(
    ("email", "proven", "phone", "phone_verified", "road"),
    [
        ("lan@example.vn", True, "+84912345678", True, MAIL),
        ("lan@example.vn", True, "+84912345678", False, MAIL),
        ("lan@example.vn", True, None, False, MAIL),
        ("lan@example.vn", False, "+84912345678", True, TEXT),
        ("lan@example.vn", False, "+84912345678", False, MAIL),
        ("lan@example.vn", False, None, False, MAIL),
        (None, False, "+84912345678", True, TEXT),
        (None, False, "+84912345678", False, TEXT),
    ],
)
def test_what_was_proven_comes_first_and_an_unproven_phone_last(
    email: str | None, proven: bool, phone: str | None, phone_verified: bool, road: tuple[str, str]
) -> None:
    user = person(email, proven=proven, phone=phone, phone_verified=phone_verified)

    tell(user, "key", SUBJECT, CODE, number="PX-1", code="42")

    message = Message.objects.get()
    assert (message.channel, message.contact) == road


def test_the_proven_address_counts_not_the_one_that_waits(run_jobs: RunJobs, mailoutbox: list[Any]) -> None:
    user = person("moi@example.vn")
    EmailAddress.objects.create(user=user, email="moi@example.vn", verified=False, primary=True)
    EmailAddress.objects.create(user=user, email="cu@example.vn", verified=True, primary=False)

    tell(user, "key", SUBJECT, CODE, number="PX-1", code="42")
    run_jobs()

    assert [mail.to for mail in mailoutbox] == [["cu@example.vn"]]


def test_a_text_has_no_subject_one_line_and_keeps_its_link_whole(
    run_jobs: RunJobs, texts: list[tuple[str, str]]
) -> None:
    user = person(None, phone="+84912345678", phone_verified=True)
    link = f"{settings.BASE_URL}/desk/{'x' * 200}"

    tell(user, "key", SUBJECT, "%(note)s\n%(link)s", number="PX-1", note="Lý do dài. " * 100, link=link)
    run_jobs()

    ((phone, text),) = texts
    note, _space, address = text.rpartition(" ")
    assert (phone, address) == ("+84912345678", link)
    assert note.startswith("Lý do dài. Lý do dài.")
    assert note.endswith("…")
    assert len(note) <= notices.MAX_SMS_VALUE


def test_an_invitation_goes_to_a_bare_address_or_phone(
    run_jobs: RunJobs, mailoutbox: list[Any], texts: list[tuple[str, str]]
) -> None:
    with translation.override("en"):
        for contact in ("lan@example.vn", "+84912345678"):
            send_to_contact(contact, SUBJECT % {"number": "PX-1"}, CODE % {"code": "42"})
    queue_sms(phone="+84987654321", text="Mã: 7")
    run_jobs()

    words = "Your code is 42. Never give it to anyone."
    assert [(mail.to, mail.subject, mail.body) for mail in mailoutbox] == [
        (["lan@example.vn"], f"{SITE}: Your order PX-1", words)
    ]
    assert texts == [("+84912345678", words), ("+84987654321", "Mã: 7")]


def test_neither_job_nor_table_shows_whom_or_what_and_words_are_forgotten_once_sent(
    run_jobs: RunJobs,
) -> None:
    send_to_contact("lan@example.vn", "Lời mời bí mật", "https://cho.example.vn/loi-moi/khoa-bi-mat")
    tell(person(phone="+84912345678", phone_verified=True), "key", "Tin", "%(code)s", code="bi-mat-42")

    with connection.cursor() as cursor:
        cursor.execute("SELECT contact, subject, text FROM accounts_message")
        stored = jobs() + str(cursor.fetchall())
    run_jobs()

    for private in ("lan@example.vn", "912345678", "mật", "bi-mat"):
        assert private not in stored
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contact, subject, text, key, sent_at IS NULL FROM accounts_message ORDER BY id"
        )
        assert cursor.fetchall() == [("", "", "", None, False), ("", "", "", "key", False)]


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r", "\v", "\x1c", "\u0085", "\u2028"])
def test_a_line_break_in_a_name_does_not_become_a_header(
    run_jobs: RunJobs, mailoutbox: list[Any], breaks: str
) -> None:
    name = f"Cơ sở{breaks}Bcc: ke-la@example.vn"

    tell(person(), "key", "%(name)s", "%(name)s", name=name)
    run_jobs()

    (mail,) = mailoutbox
    assert mail.subject == f"{SITE}: Cơ sở Bcc: ke-la@example.vn"
    assert mail.recipients() == ["lan@example.vn"]
    assert mail.message()["Bcc"] is None


def test_a_worker_that_runs_it_twice_sends_once(run_jobs: RunJobs, mailoutbox: list[Any]) -> None:
    tell(person(), "key", SUBJECT, CODE, number="PX-1", code="42")
    message = Message.objects.get()

    deliver(message.pk)
    deliver(message.pk)
    run_jobs()

    assert len(mailoutbox) == 1


def test_a_worker_that_dies_before_noting_it_sends_once_more(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    tell(person(), "key", SUBJECT, CODE, number="PX-1", code="42")
    message = Message.objects.get()

    with monkeypatch.context() as patch:
        patch.setattr(notices.timezone, "now", lambda: exit(1))
        with pytest.raises(SystemExit):
            deliver(message.pk)
    deliver(message.pk)
    deliver(message.pk)

    assert [mail.subject for mail in mailoutbox] == [f"{SITE}: Đơn hàng PX-1 của bạn"] * 2


class AwaySender:
    def send(self, phone: str, text: str) -> None:
        raise ConnectionError(f"no way to {phone} with {text}")


class RefusingBackend:
    def __init__(self, **options: Any) -> None:
        """As Django's mail backends."""

    def send_messages(self, messages: list[Any]) -> int:
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"unknown")})


@pytest.mark.parametrize("contact", ["lan@example.vn", "+84912345678"])
def test_a_road_that_is_closed_today_is_tried_again_and_its_error_names_nobody(
    settings: Any, contact: str, mailoutbox: list[Any], texts: list[tuple[str, str]]
) -> None:
    send_to_contact(contact, "Lời mời", "bi-mat")
    message = Message.objects.get()
    working = settings.EMAIL_BACKEND, settings.SMS_SENDER
    settings.EMAIL_BACKEND = "tests.accounts.test_notices.RefusingBackend"
    settings.SMS_SENDER = "tests.accounts.test_notices.AwaySender"

    with pytest.raises(OSError, match="failed") as failed:
        deliver(message.pk)
    still = Message.objects.get()
    settings.EMAIL_BACKEND, settings.SMS_SENDER = working
    deliver(message.pk)

    # As the worker's log shows it.
    shown = str(failed.getrepr(chain=True, style="short"))
    assert contact not in shown
    assert "bi-mat" not in shown
    assert (still.contact, still.text, still.sent_at) == (contact, "bi-mat", None)
    assert len(mailoutbox) + len(texts) == 1


def test_a_job_that_fails_is_tried_for_most_of_a_day() -> None:
    from procrastinate.contrib.django import app
    from procrastinate.jobs import Job

    strategy = app.tasks["marketplace.accounts.jobs.send_message"].retry_strategy
    assert strategy is not None
    waits = []
    for attempts in range(20):
        job = Job(id=1, queue="messages", lock=None, queueing_lock=None, task_name="x", attempts=attempts)
        decision = strategy.get_retry_decision(exception=OSError(), job=job)
        if decision is None:
            break
        assert decision.retry_at is not None
        waits.append(round((decision.retry_at - dt.datetime.now(dt.UTC)).total_seconds()))

    assert waits[:3] == [3, 9, 27]
    assert dt.timedelta(hours=20) < dt.timedelta(seconds=sum(waits)) < dt.timedelta(hours=30)


def test_after_a_month_a_notice_keeps_its_key_alone_and_is_not_told_again(
    run_jobs: RunJobs, mailoutbox: list[Any]
) -> None:
    user = person()
    tell(user, "key", SUBJECT, CODE, number="PX-1", code="42")
    send_to_contact("lan@example.vn", "Lời mời", "bi-mat")
    Message.objects.update(created_at=timezone.now() - dt.timedelta(days=31))

    forget_expired.func(timestamp=0)
    tell(user, "key", SUBJECT, CODE, number="PX-1", code="42")
    run_jobs()

    (message,) = Message.objects.all()
    assert (message.key, message.contact, message.subject, message.text) == ("key", "", "", "")
    assert mailoutbox == []


def test_a_notice_that_the_database_refuses_for_another_reason_is_a_fault() -> None:
    with pytest.raises(Exception, match="too long"):
        tell(make_user(), "k" * 201, SUBJECT, CODE, number="PX-1", code="42")
