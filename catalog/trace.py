"""Trace codes: what a printed traceability label carries (Circular 02/2024/TT-BKHCN, TCVN 13274:2020).

Unique, without any meaning inside, of characters that GS1 allows in a serial number, easy to read aloud: Crockford's
alphabet, which has no I, L, O and U. The last character checks the others (Luhn modulo 32).
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 13
_MISREAD = str.maketrans("ILOU", "110V")


def new_trace_code() -> str:
    body = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH - 1))
    return body + _check(body)


def parse_trace_code(text: str) -> str | None:
    """`7k3q 9m2x 0abc d` → the code; None where the last character does not fit the others."""
    code = "".join(text.upper().split()).replace("-", "").translate(_MISREAD)
    if len(code) != LENGTH or any(character not in ALPHABET for character in code):
        return None
    return code if _check(code[:-1]) == code[-1] else None


def _check(body: str) -> str:
    total = 0
    for place, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (1 if place % 2 else 2)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
