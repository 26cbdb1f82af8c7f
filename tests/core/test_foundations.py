"""Audit rows, events, encrypted fields, health, settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client

from marketplace.accounts.models import User
from marketplace.core import audit, events
from marketplace.core.actor import GUEST
from marketplace.core.models import AuditEntry
from tests.builders import Shop, make_seller, make_user

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE core_audit_entry SET reason = 'x'", "DELETE FROM core_audit_entry"]
)
def test_the_database_refuses_to_change_the_audit_trail(statement: str) -> None:
    audit.record(GUEST, "test", User(email="a@example.vn"))

    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert AuditEntry.objects.count() == 1


def test_news_outside_a_transaction_is_an_error() -> None:
    connection.close()
    with pytest.raises(RuntimeError, match="outside a transaction"):
        events.publish(object())


@pytest.mark.django_db
def test_private_columns_are_encrypted_at_rest_and_keys_rotate(settings: pytest.FixtureRequest) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["old-key"]
    seller = make_seller(phone="+84900000001")

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM catalog_seller WHERE id = %s", [seller.pk])
        (stored,) = cursor.fetchone()
    settings.FIELD_ENCRYPTION_KEYS = ["new-key", "old-key"]
    seller.refresh_from_db()

    assert "0900000001" not in stored
    assert seller.phone == "+84900000001"


@pytest.mark.django_db
def test_two_accounts_cannot_share_an_address_in_other_letters() -> None:
    make_user("lan@example.vn")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("LAN@example.vn")


@pytest.mark.django_db
def test_health_and_readiness(client: Client, settings: pytest.FixtureRequest) -> None:
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").json() == {"status": "ok", "database": True}

    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    degraded = client.get("/readyz")

    assert degraded.status_code == 200
    assert degraded.json() == {"status": "degraded", "database": True, "search": False}


def _start_in_production(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """Reads the settings as production does; None takes a setting away."""
    good = "x" * 40
    environment = {
        **os.environ,
        "DEBUG": "false",
        "SECRET_KEY": good,
        "FIELD_ENCRYPTION_KEYS": good,
        "SEPAY_WEBHOOK_KEY": good,
        "VIETQR_ACCOUNT_NUMBER": "0123456789",
        "EMAIL_URL": "smtp+tls://mail.example.test:587",
        "SMS_SENDER": "marketplace.accounts.sms.DisabledSender",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        **changes,
    }
    return subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.EMAIL_FILE_PATH)"],
        env={name: value for name, value in environment.items() if value is not None},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("FIELD_ENCRYPTION_KEYS", None),
        ("SEPAY_WEBHOOK_KEY", None),
        ("VIETQR_ACCOUNT_NUMBER", None),
        ("EMAIL_URL", None),
        ("EMAIL_URL", "consolemail://"),
        ("SMS_SENDER", None),
        ("SMS_SENDER", "marketplace.accounts.sms.ConsoleSender"),
    ],
)
def test_production_with_a_default_secret_or_a_console_refuses_to_start(name: str, value: str | None) -> None:
    result = _start_in_production(**{name: value})

    assert result.returncode == 1
    assert f"ImproperlyConfigured: {name} is " in result.stderr


@pytest.mark.parametrize(
    ("mail", "folder"),
    [("smtp+tls://mail.example.test:587", "None"), ("filemail:////srv/mails", "/srv/mails")],
)
def test_production_starts_with_a_mail_server_or_a_folder(mail: str, folder: str) -> None:
    result = _start_in_production(EMAIL_URL=mail)

    assert (result.returncode, result.stdout) == (0, f"{folder}\n")


@pytest.mark.django_db
def test_requests_are_logged_without_what_is_private(
    client: Client, shop: Shop, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        client.get("/graphql", {"query": "{viewer{roles}}", "secret": "0912345678"})

    logged = caplog.text + capfd.readouterr().out
    assert '"route": "/graphql"' in logged
    assert "0912345678" not in logged
