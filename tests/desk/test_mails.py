"""Mails about an account are in the language of its reader."""

import pytest
from django.core import mail
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("vi", "Xác nhận địa chỉ thư điện tử", "Mở đường dẫn này để xác nhận"),
        ("en", "Confirm your e-mail address", "Open this link to confirm"),
    ],
)
def test_the_mail_that_confirms_an_address(language: str, subject: str, words: str) -> None:
    client = Client()
    client.cookies["language"] = language

    client.post(
        "/accounts/signup/",
        {"name": "Trần Văn Gói", "email": "goi@example.vn", "phone": "", "password1": "lang-nghe-2026"},
    )

    (message,) = mail.outbox
    assert message.subject.endswith(subject)
    assert words in message.body
    assert "/accounts/confirm-email/" in message.body
