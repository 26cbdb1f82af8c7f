"""Addresses that people keep."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from catalog import services
from catalog.models import SavedAddress
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError
from tests.builders import ADDRESS, make_places, make_user
from tests.catalog.conftest import Caller, errors, ok
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db
LIST = "{viewer{addresses{isDefault address{line1}}}}"


@pytest.fixture
def buyer(db: Any) -> Caller:
    make_places()
    return Caller(Graphql(Client()).login(make_user("nguoimua@example.vn")))


def save(
    caller: Caller, line: str, key: str | None = None, default: bool | None = None, **address: Any
) -> Any:
    return caller.call(
        "addressSave",
        "address: AddressInput!, id: ID, isDefault: Boolean",
        "address{id isDefault address{line1}}",
        address={**ADDRESS, "line1": line, **address},
        id=key,
        isDefault=default,
    )


def kept(caller: Caller) -> list[tuple[str, bool]]:
    rows = caller.gql(LIST)["viewer"]["addresses"]
    return [(row["address"]["line1"], row["isDefault"]) for row in rows]


def test_the_first_is_the_default_until_another_is_made_it(buyer: Caller) -> None:
    ok(save(buyer, "Một"))
    second = ok(save(buyer, "Hai"))
    assert kept(buyer) == [("Một", True), ("Hai", False)]

    ok(save(buyer, "Hai sửa", second["id"], True))
    assert kept(buyer) == [("Hai sửa", True), ("Một", False)]

    ok(save(buyer, "Hai lần nữa", second["id"]))
    assert kept(buyer) == [("Hai lần nữa", True), ("Một", False)]


def test_the_same_address_twice_is_one(buyer: Caller, settings: Any) -> None:
    first = ok(save(buyer, "Một"))
    ok(save(buyer, "Hai"))
    settings.SAVED_ADDRESSES = 2

    again = ok(save(buyer, " Một ", default=False))
    assert again == {**first, "isDefault": False}
    ok(save(buyer, "Một", first["id"], postalCode="100000"))
    assert ok(save(buyer, "Một"))["id"] == first["id"], "whatever else is known of it"
    assert "100000" in [row.address["postalCode"] for row in SavedAddress.objects.all()]
    assert ok(save(buyer, "Hai", default=True))["isDefault"]
    assert kept(buyer) == [("Hai", True), ("Một", False)]
    assert errors(save(buyer, "Một", phone="0912 000 999")) == [("LIMIT_REACHED", None)]


def test_removing_the_default_makes_the_newest_left_it(buyer: Caller) -> None:
    first = ok(save(buyer, "Một"))
    ok(save(buyer, "Hai"))
    ok(save(buyer, "Ba"))

    removed = ok(buyer.call("addressRemove", "id: ID!", "address{id}", id=first["id"]))

    assert removed == {"id": first["id"]}
    assert kept(buyer) == [("Ba", True), ("Hai", False)]
    again = buyer.call("addressRemove", "id: ID!", "address{id}", id=first["id"])
    assert errors(again) == [("NOT_FOUND", ["id"])]


def test_what_is_wrong_is_told_at_its_field_and_nothing_changes(buyer: Caller) -> None:
    saved = ok(save(buyer, "Một"))

    assert errors(save(buyer, "", saved["id"], phone="1", wardCode="99999")) == [
        ("REQUIRED", ["address", "line1"]),
        ("INVALID", ["address", "phone"]),
        ("INVALID", ["address", "wardCode"]),
    ]
    assert errors(save(buyer, "Hai", "nonsense")) == [("NOT_FOUND", ["id"])]
    assert kept(buyer) == [("Một", True)]


def test_twenty_and_not_one_more_also_at_once(buyer: Caller, settings: Any) -> None:
    settings.SAVED_ADDRESSES = 2
    ok(save(buyer, "Một"))
    ok(save(buyer, "Hai"))

    assert errors(save(buyer, "Ba")) == [("LIMIT_REACHED", None)]
    assert len(kept(buyer)) == 2


@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_leave_one_default_and_keep_the_limit(settings: Any, clean_jobs: None) -> None:
    make_places()
    settings.SAVED_ADDRESSES = 4
    actor = Actor(user=make_user())
    ready, told = threading.Barrier(10), []

    def press(number: int) -> None:
        try:
            ready.wait()
            services.address_save(
                actor=actor,
                address_id=None,
                new=True,
                address={**ADDRESS, "line1": f"{number}"},
                is_default=True,
            )
            told.append("ok")
        except DomainError as error:
            told.append(error.problems[0].code.value)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["LIMIT_REACHED"] * 6 + ["ok"] * 4
    assert SavedAddress.objects.filter(is_default=True).count() == 1


def test_they_are_encrypted_and_leave_with_their_person(buyer: Caller) -> None:
    ok(save(buyer, "12 ngõ rất riêng tư"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM catalog_saved_address")
        (stored,) = cursor.fetchone()

    assert "riêng tư" not in stored
    assert "0912345678" not in stored
    assert "912345678" not in stored
    SavedAddress.objects.get().user.delete()
    assert not SavedAddress.objects.exists()
