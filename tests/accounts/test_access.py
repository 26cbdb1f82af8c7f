"""Tokens of partner apps, session tokens of apps, sign-up and sign-in, reset by SMS."""

import base64
import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from marketplace.accounts import services
from marketplace.accounts.models import Application, ResetCode, User
from marketplace.accounts.sms import MemorySender
from marketplace.core.actor import GUEST
from marketplace.core.errors import DomainError, ErrorCode
from tests.builders import make_user
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db
PERMISSIONS = "{viewer{roles permissions}}"


def make_partner(*scopes: str) -> tuple[str, str]:
    out = io.StringIO()
    call_command("partner_create", "App", "--scopes", *scopes, stdout=out)
    found = dict(line.split(maxsplit=1) for line in out.getvalue().splitlines()[:2])
    return found["client_id"], found["client_secret"]


def token_for(client: Client, partner: tuple[str, str], **extra: str) -> Any:
    basic = base64.b64encode(":".join(partner).encode()).decode()
    return client.post(
        "/oauth/token/",
        {"grant_type": "client_credentials", **extra},
        headers={"Authorization": f"Basic {basic}"},
    )


def test_a_partner_gets_a_token_with_its_scopes_and_no_others(client: Client, gql: Graphql) -> None:
    partner = make_partner("products:read", "orders:read")

    token = token_for(client, partner).json()["access_token"]
    narrow = token_for(client, partner, scope="products:read").json()
    greedy = token_for(client, partner, scope="orders:write")
    gql.headers["Authorization"] = f"Bearer {token}"

    assert gql(PERMISSIONS)["viewer"] == {
        "roles": ["PARTNER"],
        "permissions": ["orders:read", "products:read"],
    }
    assert narrow["scope"] == "products:read"
    assert greedy.status_code == 400
    assert greedy.json()["error"] == "invalid_scope"


def test_secrets_and_tokens_are_stored_as_hashes(client: Client) -> None:
    partner = make_partner("products:read")
    token = token_for(client, partner).json()["access_token"]

    assert Application.objects.get().client_secret != partner[1]
    row = get_access_token_model().objects.get()
    assert token not in {row.token, row.token_checksum}


def test_a_wrong_secret_gets_nothing(client: Client) -> None:
    partner = make_partner("products:read")

    assert token_for(client, (partner[0], "wrong")).status_code == 401


def test_a_bad_or_old_token_is_told_at_the_top(client: Client, gql: Graphql) -> None:
    token = token_for(client, make_partner("products:read")).json()["access_token"]
    get_access_token_model().objects.update(expires=timezone.now() - dt.timedelta(seconds=1))

    for value in (f"Bearer {token}", "Bearer nonsense", "Basic abc", "Bearer"):
        response = client.post(
            "/graphql",
            {"query": PERMISSIONS},
            content_type="application/json",
            headers={"Authorization": value},
        )
        assert response.status_code == 401
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_unknown_scopes_are_named() -> None:
    with pytest.raises(CommandError, match="everything:write"):
        call_command("partner_create", "App", "--scopes", "everything:write")


def test_nobody_registers_an_app_by_a_page(client: Client) -> None:
    client.force_login(make_user(is_superuser=True, is_staff=True))

    for path in ("/oauth/applications/", "/oauth/applications/register/", "/oauth/authorize/"):
        assert client.get(path).status_code == 404


def test_an_app_signs_a_person_in_and_asks_in_their_name(client: Client, gql: Graphql) -> None:
    user = make_user("lan@example.vn")

    answer = client.post(
        "/_allauth/app/v1/auth/login",
        {"email": "lan@example.vn", "password": "mat-khau-2026"},
        content_type="application/json",
        headers={"User-Agent": "app"},
    ).json()
    gql.headers["X-Session-Token"] = answer["meta"]["session_token"]

    assert gql("{viewer{user{email} roles}}")["viewer"] == {"user": {"email": user.email}, "roles": ["BUYER"]}
    gql.headers["X-Session-Token"] = "nonsense"
    assert gql.post(PERMISSIONS)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_people_sign_in_by_e_mail_or_phone() -> None:
    make_user("lan@example.vn", phone="+84912345678", phone_verified=True)

    for login in ("lan@example.vn", "LAN@example.vn", "0912 345 678", "+84912345678"):
        client = Client()
        response = client.post("/accounts/login/", {"login": login, "password": "mat-khau-2026"})
        assert response.status_code == 302, login
        assert client.session.get("_auth_user_id"), login
    refused = Client()
    refused.post("/accounts/login/", {"login": "lan@example.vn", "password": "wrong"})
    assert "_auth_user_id" not in refused.session


def test_sign_up_by_phone_alone(client: Client, run_jobs: Callable[[], int]) -> None:
    MemorySender.outbox.clear()

    response = client.post(
        "/accounts/signup/",
        {"name": "Bác Đan", "phone": "0912 345 678", "email": "", "password1": "mat-khau-rat-dai-2026"},
    )
    run_jobs()

    user = User.objects.get()
    assert response.status_code == 302
    assert (user.name, user.phone, user.email) == ("Bác Đan", "+84912345678", None)
    assert [phone for phone, _text in MemorySender.outbox] == ["+84912345678"]


def test_no_phone_and_no_code_is_in_a_job(run_jobs: Callable[[], int]) -> None:
    from django.db import connection

    MemorySender.outbox.clear()
    make_user("lan@example.vn", phone="+84912345678")
    services.reset_code_send(phone="0912345678")

    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        waiting = str(cursor.fetchall())
        cursor.execute("SELECT phone, text FROM accounts_sms_message")
        stored = str(cursor.fetchall())
    run_jobs()
    run_jobs()

    assert "912345678" not in waiting + stored
    assert len(MemorySender.outbox) == 1


def test_sign_up_wants_some_way_to_reach_the_person(client: Client) -> None:
    response = client.post(
        "/accounts/signup/", {"name": "Ai", "phone": "", "email": "", "password1": "mat-khau-rat-dai-2026"}
    )

    assert response.status_code == 200
    assert User.objects.count() == 0


def _code() -> str:
    found = re.search(r"\b\d{6}\b", MemorySender.outbox[-1][1])
    assert found
    return found.group()


def test_a_password_is_reset_by_a_code_once(run_jobs: Callable[[], int]) -> None:
    MemorySender.outbox.clear()
    user = make_user("lan@example.vn", phone="+84912345678")
    services.reset_code_send(phone="0912 345 678")
    run_jobs()
    code = _code()

    changed = services.reset_password_by_code(
        actor=GUEST, phone="0912345678", code=code, password="mot-mat-khau-moi-9"
    )

    user.refresh_from_db()
    assert changed.pk == user.pk
    assert user.check_password("mot-mat-khau-moi-9")
    assert code not in ResetCode.objects.get().code_hash
    with pytest.raises(DomainError):
        services.reset_password_by_code(
            actor=GUEST, phone="0912345678", code=code, password="mot-mat-khau-khac-9"
        )


def test_guessing_a_code_ends_after_five_tries(run_jobs: Callable[[], int]) -> None:
    MemorySender.outbox.clear()
    user = make_user("lan@example.vn", phone="+84912345678")
    services.reset_code_send(phone="0912345678")
    run_jobs()
    code = _code()
    wrong = "000000" if code != "000000" else "111111"

    for _try in range(5):
        with pytest.raises(DomainError):
            services.reset_password_by_code(
                actor=GUEST, phone="0912345678", code=wrong, password="mot-mat-khau-moi-9"
            )
    with pytest.raises(DomainError) as refused:
        services.reset_password_by_code(
            actor=GUEST, phone="0912345678", code=code, password="mot-mat-khau-moi-9"
        )

    user.refresh_from_db()
    assert refused.value.problems[0].code is ErrorCode.INVALID
    assert user.check_password("mat-khau-2026")


def test_an_unknown_phone_is_silent_and_codes_come_once_a_minute(run_jobs: Callable[[], int]) -> None:
    MemorySender.outbox.clear()
    make_user("lan@example.vn", phone="+84912345678")

    services.reset_code_send(phone="0999999999")
    services.reset_code_send(phone="0912345678")
    services.reset_code_send(phone="0912345678")
    run_jobs()

    assert [phone for phone, _text in MemorySender.outbox] == ["+84912345678"]


@pytest.mark.parametrize("change", ["expired", "weak"])
def test_an_old_code_and_a_weak_password_are_refused(run_jobs: Callable[[], int], change: str) -> None:
    MemorySender.outbox.clear()
    user = make_user("lan@example.vn", phone="+84912345678")
    services.reset_code_send(phone="0912345678")
    run_jobs()
    if change == "expired":
        ResetCode.objects.update(expires_at=timezone.now())

    with pytest.raises(DomainError):
        services.reset_password_by_code(
            actor=GUEST,
            phone="0912345678",
            code=_code(),
            password="123" if change == "weak" else "mot-mat-khau-moi-9",
        )

    user.refresh_from_db()
    assert user.check_password("mat-khau-2026")
