"""Signing up, signing in and finding back in, by phone alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from marketplace.accounts.models import User
from marketplace.accounts.sms import MemorySender
from tests.storefront.conftest import text_of

pytestmark = pytest.mark.django_db
PHONE, PASSWORD = "0912345678", "Lang-nghe-2026"


@pytest.fixture
def reader(client: Client) -> Client:
    client.cookies["language"] = "en"
    return client


def last_message() -> str:
    return MemorySender.outbox[-1][1]


def test_sign_up_and_sign_in_by_phone_alone(reader: Client, run_jobs: Callable[[], int]) -> None:
    response = reader.post("/accounts/signup/", {"name": "Lan", "phone": PHONE, "password1": PASSWORD})
    assert response.status_code == 302
    assert response.url == "/accounts/phone/verify/"
    assert "A code has been sent to:" in text_of(reader.get(response.url))
    run_jobs()
    code = re.search(r"code is (\S+)\.", last_message())
    assert code, last_message()
    assert reader.post(response.url, {"code": code.group(1)}).status_code == 302
    user = User.objects.get()
    assert (user.phone, user.email, user.phone_verified) == ("+84912345678", None, True)
    again = Client()
    assert again.post("/accounts/login/", {"login": PHONE, "password": PASSWORD}).status_code == 302
    assert "_auth_user_id" in again.session


def test_a_refused_sign_up_keeps_what_was_typed(reader: Client) -> None:
    page = text_of(reader.post("/accounts/signup/", {"name": "Lan", "phone": "12", "password1": PASSWORD}))
    assert 'value="Lan"' in page
    assert 'value="12"' in page
    assert 'aria-invalid="true"' in page


def test_sign_in_looks_like_ours(reader: Client) -> None:
    page = text_of(reader.get("/accounts/login/"))
    assert "Phone number or e-mail" in page
    assert "woven" in page


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example"])
def test_sign_in_leads_nowhere_else(reader: Client, target: str) -> None:
    User.objects.create_user(email="lan@example.com", password=PASSWORD, name="Lan")
    data = {"login": "lan@example.com", "password": PASSWORD, "next": target}
    assert reader.post("/accounts/login/", data).url == "/"


def test_a_new_password_by_text_message(reader: Client, run_jobs: Callable[[], int]) -> None:
    User.objects.create_user(phone="+84912345678", email=None, password="old-Password-1", name="Lan")
    response = reader.post("/tai-khoan/quen-mat-khau-sms", {"phone": PHONE})
    assert response.status_code == 302
    assert PHONE not in response.url
    run_jobs()
    code = re.search(r"\b(\d{6})\b", last_message())
    assert code
    wrong = reader.post(response.url, {"code": "000000", "password": PASSWORD})
    assert wrong.status_code == 422
    assert "The code is wrong or too old" in text_of(wrong)
    right = reader.post(response.url, {"code": code.group(1), "password": PASSWORD})
    assert right.url == "/accounts/login/"
    assert reader.post("/accounts/login/", {"login": PHONE, "password": PASSWORD}).status_code == 302


def test_an_unknown_phone_gets_the_same_answer(reader: Client, run_jobs: Callable[[], int]) -> None:
    before = len(MemorySender.outbox)
    response = reader.post("/tai-khoan/quen-mat-khau-sms", {"phone": "0987654321"})
    assert response.url == "/tai-khoan/quen-mat-khau-sms/ma"
    run_jobs()
    assert len(MemorySender.outbox) == before


def test_a_broken_phone_is_told(reader: Client) -> None:
    response: Any = reader.post("/tai-khoan/quen-mat-khau-sms", {"phone": "12"})
    assert response.status_code == 422
    assert 'value="12"' in text_of(response)
