"""Mails and texts to people. A message is stored in the caller's transaction and sent by a job after it.

What is rolled back is never sent, and what is committed is never lost: a worker that dies between sending and noting
it sends once more.
"""

import re
import uuid
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.utils import IntegrityError
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import format_html_join
from django.utils.module_loading import import_string
from django.utils.safestring import mark_safe

from marketplace.accounts.models import Channel, Message, User
from marketplace.accounts.sms import SmsNotSetUp, SmsSender
from marketplace.core.errors import Text

FALLBACK_LANGUAGE = "vi"
# A text is paid for by the piece: a long reason is cut, the link behind it is not.
MAX_SMS_VALUE = 160


def tell(user: User, key: str, subject: Text, text: Text, /, **values: Any) -> None:
    """A notice to a person in their language, once per key, however often and from wherever it is called.

    `subject` and `text` are lazy gettext strings with `%(name)s` for each of `values`. By e-mail where an address
    was proven, else by SMS where the phone was, else to the address or phone that was given. The subject is for mails.
    """
    channel, contact = contact_of(user)
    if channel == Channel.SMS:
        values = {name: _short(value) for name, value in values.items()}
    language = user.language if user.language in dict(settings.LANGUAGES) else FALLBACK_LANGUAGE
    with translation.override(language):
        title, words = str(subject) % values, str(text) % values
    try:
        _queue(channel, contact, title, words, user=user, key=key)
    except IntegrityError:
        # Only this: anything else that the database refuses is a mistake.
        if not Message.objects.filter(user=user, key=key).exists():
            raise


def send_to_contact(contact: str, subject: Text, text: Text) -> None:
    """A message to a bare e-mail address or E.164 phone, in the language of now. The text may hold a secret."""
    channel = Channel.EMAIL if "@" in contact else Channel.SMS
    _queue(channel, contact, str(subject), str(text))


def queue_sms(*, phone: str, text: str) -> None:
    """A text to a phone (E.164)."""
    _queue(Channel.SMS, phone, "", text)


def contact_of(user: User) -> tuple[Channel, str]:
    """Where to write to a person: what they have proven first, never an unproven phone beside an e-mail address."""
    proven = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk").first()
    if proven is not None:
        return Channel.EMAIL, str(proven.email)
    if user.phone and (user.phone_verified or not user.email):
        return Channel.SMS, user.phone
    return Channel.EMAIL, user.email or ""


def _queue(channel: Channel, contact: str, subject: str, text: str, **once: Any) -> None:
    """Stores a message and defers its job, in the caller's transaction where there is one."""
    from marketplace.accounts.jobs import send_message

    with transaction.atomic():
        message = Message.objects.create(
            channel=channel,
            contact=contact,
            # A line break in somebody's name must not become a header of the mail.
            subject=" ".join(subject.split()) if channel == Channel.EMAIL else "",
            text=text if channel == Channel.EMAIL else " ".join(text.split()),
            **once,
        )
        send_message.defer(message_id=str(message.pk))


def deliver(message_id: uuid.UUID) -> None:
    """Sends a stored message unless that was done, and forgets its words. Raises OSError to be tried again."""
    message = Message.objects.filter(pk=message_id, sent_at=None).exclude(contact="").first()
    if message is None:
        return
    try:
        if message.channel == Channel.SMS:
            sender: SmsSender = import_string(settings.SMS_SENDER)()
            sender.send(message.contact, message.text)
        else:
            title = f"{settings.SITE_NAME}: {message.subject}"
            mail = EmailMultiAlternatives(title, message.text, None, [message.contact])
            mail.attach_alternative(as_html(message.subject, message.text), "text/html")
            mail.send()
    except SmsNotSetUp:
        raise
    except Exception as error:  # noqa: BLE001 - told on below, without what it says
        # The words of an error may name the address, and they are logged: its kind and its place are enough.
        failed = OSError(f"{message.channel} failed: {type(error).__name__}")
        raise failed.with_traceback(error.__traceback__) from None
    Message.objects.filter(pk=message_id).update(
        sent_at=timezone.now(), contact="", subject="", text="", updated_at=timezone.now()
    )


def as_html(subject: str, text: str) -> str:
    """The same words for those who read mails with pictures and colours; only links to our own pages are links."""
    parts = [_linked(part) for part in text.split("\n\n") if part.strip()]
    return render_to_string(
        "accounts/mail.html", {"subject": subject, "parts": parts, "site": settings.SITE_NAME}
    )


def _linked(part: str) -> str:
    own = re.compile(rf"{re.escape(settings.BASE_URL)}(?:/(?:(?!&quot;|&#x27;|&lt;|&gt;)[^\s<>])*)?")
    words = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in part.split("\n")))
    return mark_safe(own.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', words))  # noqa: S308 - escaped above


def _short(value: Any) -> Any:
    text = str(value)
    if len(text) <= MAX_SMS_VALUE or text.startswith(settings.BASE_URL):
        return value
    return f"{text[: MAX_SMS_VALUE - 1].rstrip()}…"
