import time
import uuid

from marketplace.core.ids import from_global_id, to_global_id, uuid7


def test_uuid7_carries_its_time_and_its_version() -> None:
    before = time.time_ns() // 1_000_000

    made = uuid7()

    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_global_ids_come_back() -> None:
    key = uuid7()

    assert from_global_id(to_global_id("Product", key)) == ("Product", key)


def test_what_is_no_id_of_ours_is_none() -> None:
    for text in ("", "abc", "1", "UHJvZHVjdDox", "💥", "UHJvZHVjdA", "=" * 50):
        assert from_global_id(text) is None
