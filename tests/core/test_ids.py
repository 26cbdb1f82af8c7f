import time
import uuid
from types import SimpleNamespace

import pytest

from marketplace.core import ids
from marketplace.core.ids import from_global_id, to_global_id, uuid7


def test_uuid7_carries_its_time_and_its_version() -> None:
    before = time.time_ns() // 1_000_000

    made = uuid7()

    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_those_of_one_process_are_in_the_order_of_their_making(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([1_000_000_000] * 500 + [999_000_000] * 500)
    monkeypatch.setattr(ids, "time", SimpleNamespace(time_ns=lambda: next(clock) * 1_000))
    monkeypatch.setattr(ids._Latest, "value", 0)

    made = [uuid7() for _number in range(1_000)]

    assert made == sorted(made)
    assert len(set(made)) == 1_000
    assert {(key.version, key.variant) for key in made} == {(7, uuid.RFC_4122)}


def test_global_ids_come_back() -> None:
    key = uuid7()

    assert from_global_id(to_global_id("Product", key)) == ("Product", key)


def test_what_is_no_id_of_ours_is_none() -> None:
    for text in ("", "abc", "1", "UHJvZHVjdDox", "💥", "UHJvZHVjdA", "=" * 50):
        assert from_global_id(text) is None
