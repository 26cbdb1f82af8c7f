"""Changing the key of what is encrypted at rest."""

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from catalog.models import Seller
from marketplace.accounts.models import Message
from marketplace.core import encryption
from marketplace.core.encryption import Left, Table, encrypted_tables, left, rotate
from marketplace.core.fields import EncryptedTextField
from tests.builders import make_seller
from tests.faults.crowd import backends, until

pytestmark = pytest.mark.django_db
OLD, NEW = "an-older-key-of-more-than-thirty-two-characters", "a-newer-key-of-more-than-thirty-two-characters"
ADDRESS = {"line1": "Xóm 3", "wardCode": "10279"}
SELLERS = Table(
    Seller, ("phone", "tax_code", "personal_id", "birth_date", "address", "bank_account", "bank_holder")
)


@pytest.fixture
def keys(settings: Any) -> Callable[..., None]:
    """Sets the keys, newest first."""

    def use(*names: str) -> None:
        settings.FIELD_ENCRYPTION_KEYS = list(names)

    use(OLD)
    return use


def rotated(**options: Any) -> str:
    out = io.StringIO()
    call_command("encryption_rotate", stdout=out, **options)
    return out.getvalue()


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone || tax_code || address || bank_account FROM catalog_seller ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def some_sellers(number: int = 3) -> list[Seller]:
    return [
        make_seller(
            phone=f"+8491234567{index}", tax_code="0100047516", address=ADDRESS, bank_account="12345678"
        )
        for index in range(number)
    ]


def test_every_encrypted_column_of_every_table_is_known() -> None:
    found = {(str(table), name) for table in encrypted_tables() for name in table.fields}

    assert found == {
        (model._meta.db_table, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedTextField)
    }
    assert {("catalog_seller", name) for name in SELLERS.fields} <= found
    assert {("accounts_message", "text"), ("catalog_seller_member", "contact")} <= found


def test_after_a_change_of_keys_the_old_one_may_go(keys: Callable[..., None]) -> None:
    sellers = some_sellers()
    Message.objects.create(channel="SMS", contact="+84912345678", text="Mã: 7")
    times = list(Seller.objects.order_by("pk").values_list("updated_at", flat=True))

    keys(NEW, OLD)
    told = rotated(batch=2)
    keys(NEW)

    assert "catalog_seller: 12 values in 2 batches\n" in told
    assert "accounts_message: 2 values in 1 batches\n" in told
    assert told.endswith(
        "0 values still need an old key; 0 are read by none of the keys.\n"
        "The newest key alone reads everything: the older ones may be removed.\n"
    )
    again = list(Seller.objects.order_by("pk"))
    assert [(row.phone, row.tax_code, row.address, row.bank_account, row.personal_id) for row in again] == [
        (row.phone, "0100047516", ADDRESS, "12345678", None) for row in sellers
    ]
    assert [row.updated_at for row in again] == times
    assert Message.objects.get().text == "Mã: 7"


def test_a_second_run_changes_nothing(keys: Callable[..., None]) -> None:
    some_sellers()
    keys(NEW, OLD)
    rotated()
    before = stored()

    told = rotated()

    assert "catalog_seller: 0 values in 1 batches\n" in told
    assert stored() == before


def test_a_run_that_was_stopped_goes_on_where_it_stood(keys: Callable[..., None]) -> None:
    some_sellers(4)
    keys(NEW, OLD)

    stopped = next(rotate(SELLERS, size=1))
    rest = list(rotate(SELLERS, size=1))

    assert (stopped, rest) == (4, [0, 4, 4, 4])
    assert left(SELLERS) == Left(old=0, unreadable=0)


def test_what_still_needs_an_old_key_is_counted_and_fails(
    keys: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    some_sellers(1)
    keys(NEW, OLD)
    monkeypatch.setattr("marketplace.management.commands.encryption_rotate.rotate", lambda table, size: [])
    out = io.StringIO()

    with pytest.raises(CommandError, match="old key"):
        call_command("encryption_rotate", stdout=out)

    assert "4 values still need an old key; 0 are read by none of the keys.\n" in out.getvalue()


def test_what_no_key_reads_is_left_alone_and_told(keys: Callable[..., None]) -> None:
    some_sellers(1)
    before = stored()
    keys(NEW)
    make_seller(phone="+84987654321")
    out = io.StringIO()

    with pytest.raises(CommandError, match="A key is missing"):
        call_command("encryption_rotate", stdout=out)

    assert "0 values still need an old key; 4 are read by none of the keys.\n" in out.getvalue()
    assert stored()[:1] == before


def test_what_is_written_between_reading_and_replacing_is_kept(
    keys: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    seller = some_sellers(1)[0]
    keys(NEW, OLD)
    real = encryption.with_newest_key

    def slow(value: str) -> str | None:
        Seller.objects.filter(pk=seller.pk).update(phone="+84987654321")
        return real(value)

    monkeypatch.setattr(encryption, "with_newest_key", slow)
    changed = list(rotate(SELLERS))

    # The phone is the other writer's; the three other values were changed.
    assert changed == [3]
    assert Seller.objects.get().phone == "+84987654321"


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_has_not_committed_yet_wins(keys: Callable[..., None]) -> None:
    seller = some_sellers(1)[0]
    keys(NEW, OLD)
    changed: list[int] = []

    def act() -> None:
        changed.extend(rotate(SELLERS))
        connection.close()

    thread = threading.Thread(target=act)
    with transaction.atomic():
        Seller.objects.filter(pk=seller.pk).update(phone="+84987654321")
        thread.start()
        until(lambda: backends(waiting_for_a_lock=True) == 1, "the run waits for the row")
    thread.join()

    assert changed == [3]
    assert Seller.objects.get().phone == "+84987654321"
    assert left(SELLERS) == Left(old=0, unreadable=0)
