"""Tokens of partner apps, session tokens of apps, sign-up and sign-in, reset by SMS."""

import base64
import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.backends import AllowAllUsersModelBackend
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from marketplace.accounts import services
from marketplace.accounts.models import Application, Message, ResetCode, User
from marketplace.accounts.notices import deliver
from marketplace.accounts.sms import MemorySender
from marketplace.core.actor import GUEST, Actor
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.models import AuditEntry
from tests.builders import make_user
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db
PERMISSIONS = "{viewer{roles permissions}}"


class AnyUser(AllowAllUsersModelBackend):
    """A backend that lets the inactive in, as an installation may have."""


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password or a code was hashed: what takes the time."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return super().encode(password, salt)


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


def test_a_token_of_a_person_gives_an_app_its_scopes_and_not_the_persons_rights(gql: Graphql) -> None:
    make_partner("products:read")
    get_access_token_model().objects.create(
        user=make_user(is_superuser=True, is_staff=True),
        application=Application.objects.get(),
        token="a-token-of-a-person",
        scope="products:read",
        expires=timezone.now() + dt.timedelta(hours=1),
    )
    gql.headers["Authorization"] = "Bearer a-token-of-a-person"

    assert gql("{viewer{user{email} roles permissions}}")["viewer"] == {
        "user": None,
        "roles": ["PARTNER"],
        "permissions": ["products:read"],
    }


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


@pytest.mark.parametrize(
    "backend", ["allauth.account.auth_backends.AuthenticationBackend", "tests.accounts.test_access.AnyUser"]
)
def test_whoever_was_locked_out_does_not_stay_in_by_an_older_token(
    gql: Graphql, settings: Any, backend: str
) -> None:
    settings.AUTHENTICATION_BACKENDS = [backend]
    user = make_user("lan@example.vn")
    signed_in = Client()
    signed_in.force_login(user, backend=backend)
    gql.headers["X-Session-Token"] = str(signed_in.session.session_key)
    before = gql(PERMISSIONS)["viewer"]["roles"]

    User.objects.update(is_active=False)

    assert before == ["BUYER"]
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
    services.reset_code_send(actor=GUEST, phone="0912345678")

    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        waiting = str(cursor.fetchall())
        cursor.execute("SELECT contact, text FROM accounts_message")
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
    services.reset_code_send(actor=GUEST, phone="0912 345 678")
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
    services.reset_code_send(actor=GUEST, phone="0912345678")
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

    services.reset_code_send(actor=GUEST, phone="0999999999")
    services.reset_code_send(actor=GUEST, phone="0912345678")
    services.reset_code_send(actor=GUEST, phone="0912345678")
    run_jobs()

    assert [phone for phone, _text in MemorySender.outbox] == ["+84912345678"]


@pytest.mark.parametrize("change", ["expired", "weak"])
def test_an_old_code_and_a_weak_password_are_refused(run_jobs: Callable[[], int], change: str) -> None:
    MemorySender.outbox.clear()
    user = make_user("lan@example.vn", phone="+84912345678")
    services.reset_code_send(actor=GUEST, phone="0912345678")
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


def _reset_by_sms(run_jobs: Callable[[], int]) -> None:
    MemorySender.outbox.clear()
    services.reset_code_send(actor=GUEST, phone="0912345678")
    run_jobs()
    services.reset_password_by_code(
        actor=GUEST, phone="0912345678", code=_code(), password="mot-mat-khau-moi-9"
    )


def test_who_owns_the_phone_gets_the_account_without_a_strangers_e_mail(
    client: Client, run_jobs: Callable[[], int], mailoutbox: list[Any]
) -> None:
    stranger = {"email": "stranger@example.vn", "phone": "0912345678", "password1": "mat-khau-cua-ke-la-1"}
    client.post("/accounts/signup/", {"name": "Lan", **stranger})
    user = User.objects.get()
    # As by an app: a session that was open before.
    client.force_login(user)

    _reset_by_sms(run_jobs)
    mailoutbox.clear()
    Client().post("/accounts/password/reset/", {"email": "stranger@example.vn"})
    login = Client()
    login.post("/accounts/login/", {"login": "stranger@example.vn", "password": "mot-mat-khau-moi-9"})
    owner = Client()
    owner.post("/accounts/login/", {"login": "0912345678", "password": "mot-mat-khau-moi-9"})

    user.refresh_from_db()
    assert (user.email, user.phone, user.phone_verified) == (None, "+84912345678", True)
    assert EmailAddress.objects.count() == 0
    assert not any("/password/reset/key/" in str(mail.body) for mail in mailoutbox)
    assert "_auth_user_id" not in login.session
    assert owner.session["_auth_user_id"] == str(user.pk)
    assert client.get("/accounts/email/").status_code == 302
    entry = AuditEntry.objects.get(action="user.password_reset")
    assert entry.before == {"phone_verified": False}
    assert entry.after == {"phone_verified": True, "email_removed": True}


@pytest.mark.parametrize(
    ("phone_verified", "email_verified", "kept"),
    [(True, True, ["lan@example.vn"]), (True, False, ["lan@example.vn"]), (False, False, [])],
)
def test_a_proven_e_mail_or_one_beside_a_proven_phone_stays(
    run_jobs: Callable[[], int], phone_verified: bool, email_verified: bool, kept: list[str]
) -> None:
    user = make_user("lan@example.vn", phone="+84912345678", phone_verified=phone_verified)
    EmailAddress.objects.create(user=user, email="lan@example.vn", verified=email_verified, primary=True)

    _reset_by_sms(run_jobs)

    user.refresh_from_db()
    assert ([user.email] if user.email else []) == kept
    assert [address.email for address in EmailAddress.objects.all()] == kept
    assert AuditEntry.objects.get().after == {"phone_verified": True, "email_removed": not kept}


@pytest.mark.parametrize("phone", ["0912345678", "0999999999"])
def test_codes_for_a_phone_are_limited_whether_or_not_anybody_has_it(phone: str) -> None:
    make_user("lan@example.vn", phone="+84912345678")

    for number in range(5):
        services.reset_code_send(actor=Actor(ip=f"10.0.0.{number}"), phone=phone)
    with pytest.raises(DomainError) as refused:
        services.reset_code_send(actor=Actor(ip="10.0.0.9"), phone=phone)

    (problem,) = refused.value.problems
    assert (problem.code, problem.field) == (ErrorCode.RATE_LIMITED, ("phone",))
    services.reset_code_send(actor=Actor(ip="10.0.0.9"), phone="0988888888")


def test_codes_from_an_address_are_limited() -> None:
    for number in range(20):
        services.reset_code_send(actor=Actor(ip="10.0.0.1"), phone=f"09123456{number:02d}")
    with pytest.raises(DomainError) as refused:
        services.reset_code_send(actor=Actor(ip="10.0.0.1"), phone="0988888888")

    assert refused.value.problems[0].code is ErrorCode.RATE_LIMITED
    services.reset_code_send(actor=Actor(ip="10.0.0.2"), phone="0988888888")


def test_the_page_says_that_too_many_codes_were_asked_for(
    client: Client, run_jobs: Callable[[], int]
) -> None:
    page, sent = "/tai-khoan/quen-mat-khau-sms", {"phone": "0912 345 678"}

    answers = [client.post(page, sent, headers={"Accept-Language": "en"}) for _ask in range(6)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 302, 302, 429]
    assert "Too many codes were asked for. Try again in a few hours" in answers[-1].content.decode()


def test_a_new_code_makes_the_older_one_void(run_jobs: Callable[[], int]) -> None:
    MemorySender.outbox.clear()
    user = make_user("lan@example.vn", phone="+84912345678")
    codes = []
    for _ask in range(2):
        services.reset_code_send(actor=GUEST, phone="0912345678")
        run_jobs()
        codes.append(_code())
        ResetCode.objects.update(created_at=timezone.now() - dt.timedelta(minutes=2))
    wrong = next(code for code in ("000000", "111111", "222222") if code not in codes)

    # The newer one is used up by guesses: the older one must not come back, nor five more guesses with it.
    for code in [wrong] * 5 + codes:
        with pytest.raises(DomainError):
            services.reset_password_by_code(
                actor=GUEST, phone="0912345678", code=code, password="mot-mat-khau-moi-9"
            )

    user.refresh_from_db()
    assert user.check_password("mat-khau-2026")


def test_an_unknown_phone_takes_as_long_as_a_known_one(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.test_access.CountingHasher"]
    make_user("lan@example.vn", phone="+84912345678")
    counts = []

    for phone in ("0912345678", "0912345678", "0999999999"):
        CountingHasher.hashed = 0
        services.reset_code_send(actor=GUEST, phone=phone)
        counts.append(CountingHasher.hashed)
    for phone in ("0912345678", "0999999999"):
        CountingHasher.hashed = 0
        with pytest.raises(DomainError):
            services.reset_password_by_code(
                actor=GUEST, phone=phone, code="nonsense", password="mot-mat-khau-moi-9"
            )
        counts.append(CountingHasher.hashed)

    # A code sent, one within the minute's pause, an unknown phone; then a guess at each.
    assert counts == [1, 1, 1, 1, 1]


def test_without_a_sender_the_job_fails_and_tells_nothing_private(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMS_SENDER = "marketplace.accounts.sms.DisabledSender"
    make_user("lan@example.vn", phone="+84912345678")
    services.reset_code_send(actor=GUEST, phone="0912345678")
    message = Message.objects.get()

    with caplog.at_level("WARNING"), pytest.raises(OSError, match="SMS_SENDER"):
        deliver(message.pk)

    message.refresh_from_db()
    assert message.sent_at is None
    assert "sms_disabled" in caplog.text
    assert "912345678" not in caplog.text
    assert not re.search(r"\b\d{6}\b", caplog.text)


def test_an_account_that_proved_its_e_mail_but_not_the_phone_is_not_reset_by_the_phone(
    run_jobs: Callable[[], int],
) -> None:
    """Somebody may sign up with another's number: that number must not open, nor keep alive, their account."""
    from allauth.account.models import EmailAddress

    MemorySender.outbox.clear()
    user = make_user("ke-la@example.vn", phone="+84912345678", phone_verified=False)
    EmailAddress.objects.create(user=user, email="ke-la@example.vn", verified=True, primary=True)

    services.reset_code_send(actor=GUEST, phone="0912345678")
    run_jobs()

    assert MemorySender.outbox == []
    assert ResetCode.objects.count() == 0

    # Proven between the code and its use: no way in either.
    EmailAddress.objects.update(verified=False)
    services.reset_code_send(actor=GUEST, phone="0912345678")
    run_jobs()
    EmailAddress.objects.update(verified=True)
    with pytest.raises(DomainError):
        services.reset_password_by_code(
            actor=GUEST, phone="0912345678", code=_code(), password="mot-mat-khau-moi-9"
        )
    user.refresh_from_db()
    assert user.check_password("mat-khau-2026")
