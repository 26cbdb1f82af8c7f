"""Identifiers: UUIDv7 rows (RFC 9562 §5.7) and Relay global ids."""

import base64
import binascii
import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A time-ordered UUID: 48 bits of Unix milliseconds, 74 random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


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
