"""VietQR: the EMVCo merchant-presented QR that Vietnamese banks read (NAPAS specification v1.5.2).

Each field is two digits of tag, two of length, then the value. Tag 63 closes it with a CRC-16/CCITT-FALSE.
"""

import unicodedata
from dataclasses import dataclass

_NAPAS = "A000000727"
_TO_ACCOUNT, _TO_CARD = "QRIBFTTA", "QRIBFTTC"
_VND, _COUNTRY = "704", "VN"
MAX_PURPOSE = 25
MAX_AMOUNT_DIGITS = 13


class VietQrError(ValueError):
    """The text is no valid VietQR payload, or cannot become one."""


@dataclass(frozen=True, slots=True)
class VietQr:
    """What a payload says. `amount` in đồng, None in a static code; `account` may be a card number."""

    bank_bin: str
    account: str
    amount: int | None = None
    purpose: str = ""
    bill: str = ""
    to_card: bool = False


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE (poly 0x1021, init 0xFFFF), four upper-case hex digits."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _bit in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


def _field(tag: str, value: str) -> str:
    if not 0 < len(value) <= 99:
        raise VietQrError(f"field {tag} has {len(value)} characters")
    return f"{tag}{len(value):02d}{value}"


def plain_ascii(text: str) -> str:
    """What every banking app takes in a memo: letters without accents, digits, spaces."""
    folded = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in folded if c.isascii() and (c.isalnum() or c == " ")).strip()


def build(code: VietQr) -> str:
    """The payload. Raises VietQrError for a bad BIN, account, amount, purpose or bill."""
    if not (len(code.bank_bin) == 6 and code.bank_bin.isascii() and code.bank_bin.isdigit()):
        raise VietQrError("a bank's BIN has 6 digits")
    if not (0 < len(code.account) <= 19 and code.account.isascii() and code.account.isalnum()):
        raise VietQrError("an account has 1 to 19 letters and digits")
    if code.amount is not None and not 0 < len(str(code.amount)) <= MAX_AMOUNT_DIGITS:
        raise VietQrError("the amount does not fit")
    if code.amount is not None and code.amount <= 0:
        raise VietQrError("the amount is above 0")
    if len(code.purpose) > MAX_PURPOSE or not code.purpose.isascii():
        raise VietQrError("the purpose has at most 25 ASCII characters")
    if len(code.bill) > MAX_PURPOSE or not code.bill.isascii():
        raise VietQrError("the bill has at most 25 ASCII characters")
    beneficiary = _field("00", code.bank_bin) + _field("01", code.account)
    merchant = (
        _field("00", _NAPAS)
        + _field("01", beneficiary)
        + _field("02", _TO_CARD if code.to_card else _TO_ACCOUNT)
    )
    extra = (_field("01", code.bill) if code.bill else "") + (
        _field("08", code.purpose) if code.purpose else ""
    )
    body = (
        _field("00", "01")
        + _field("01", "11" if code.amount is None else "12")
        + _field("38", merchant)
        + _field("53", _VND)
        + (_field("54", str(code.amount)) if code.amount is not None else "")
        + _field("58", _COUNTRY)
        + (_field("62", extra) if extra else "")
        + "6304"
    )
    return body + crc16(body)


def _parse_fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    position = 0
    while position < len(text):
        tag, length = text[position : position + 2], text[position + 2 : position + 4]
        if not (len(tag) == 2 and tag.isdigit() and len(length) == 2 and length.isdigit()):
            raise VietQrError(f"no field at position {position}")
        value = text[position + 4 : position + 4 + int(length)]
        if len(value) != int(length) or tag in fields:
            raise VietQrError(f"field {tag} is broken")
        fields[tag] = value
        position += 4 + int(length)
    return fields


def parse(payload: str) -> VietQr:
    """Reads a payload strictly. Raises VietQrError for a wrong CRC, length or content."""
    if not payload.isascii():
        raise VietQrError("a payload is ASCII")
    if payload[-8:-4] != "6304" or crc16(payload[:-4]) != payload[-4:].upper():
        raise VietQrError("the CRC does not fit")
    fields = _parse_fields(payload)
    merchant = _parse_fields(fields.get("38", ""))
    if fields.get("00") != "01" or merchant.get("00") != _NAPAS or fields.get("53") != _VND:
        raise VietQrError("not a VietQR in đồng")
    beneficiary = _parse_fields(merchant.get("01", ""))
    if not beneficiary.get("00") or not beneficiary.get("01"):
        raise VietQrError("no beneficiary")
    extra = _parse_fields(fields.get("62", ""))
    amount = fields.get("54")
    if amount is not None and not amount.isdigit():
        raise VietQrError("the amount is no whole number")
    return VietQr(
        bank_bin=beneficiary["00"],
        account=beneficiary["01"],
        amount=int(amount) if amount is not None else None,
        purpose=extra.get("08", ""),
        bill=extra.get("01", ""),
        to_card=merchant.get("02") == _TO_CARD,
    )
