"""Identifiers: UUIDv7 rows (RFC 9562 §5.7) and Relay global ids."""

import base64
import binascii
import secrets
import threading
import time
import uuid


class _Latest:
    """The last one made in this process."""

    lock = threading.Lock()
    value = 0


def uuid7() -> uuid.UUID:
    """A time-ordered UUID: 48 bits of Unix milliseconds, and random ones. No secret.

    Those of one process follow each other also within a millisecond, and where the clock goes back, by a random step
    (RFC 9562 §6.2, method 2): rows made in one request keep their order.
    """
    value = (time.time_ns() // 1_000_000) << 74 | secrets.randbits(74)
    with _Latest.lock:
        if value <= _Latest.value:
            value = _Latest.value + 1 + secrets.randbits(32)
        _Latest.value = value
    stamp, first, rest = value >> 74, value >> 62 & 0xFFF, value & (1 << 62) - 1
    return uuid.UUID(int=stamp << 80 | 0x7 << 76 | first << 64 | 0x2 << 62 | rest)


def to_global_id(type_name: str, key: uuid.UUID | str) -> str:
    """`Type` and key as an opaque id: base64 of `Type:key`."""
    return base64.urlsafe_b64encode(f"{type_name}:{key}".encode()).decode().rstrip("=")


def from_global_id(value: str) -> tuple[str, uuid.UUID] | None:
    """The type name and UUID of a global id, or None where it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode()
        type_name, _, key = raw.partition(":")
        return type_name, uuid.UUID(key)
    except (ValueError, binascii.Error, UnicodeDecodeError):
        return None
