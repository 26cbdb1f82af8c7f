"""VietQR codes: the vectors of facts.md §4.1, and our own both ways."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.vietqr import VietQr, VietQrError, build, crc16, parse, plain_ascii

ACB = (
    "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA"
    "5303704540410005802VN62150811Chuyen tien6304BBB8"
)
# Its CRC fits, its inner length (12 for 13 digits) does not: as printed in NAPAS 6.1.1.
NAPAS_STATIC_ACCOUNT = (
    "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5"
)
VECTORS = [
    pytest.param(
        "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN"
        "62340107NPS68690819thanh toan don hang63042E2E",
        VietQr("970403", "0011012345678", 180_000, "thanh toan don hang", "NPS6869"),
        id="NAPAS 6.1.3 dynamic, account",
    ),
    pytest.param(
        "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC530370454061800005802VN"
        "62340107NPS68690819thanh toan don hang6304A203",
        VietQr("970403", "9704031101234567", 180_000, "thanh toan don hang", "NPS6869", to_card=True),
        id="NAPAS 6.1.4 dynamic, card",
    ),
    pytest.param(
        "00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52",
        VietQr("970403", "9704031101234567", to_card=True),
        id="NAPAS 6.1.2 static, card",
    ),
    # Sources call it 10.000 đ: tag 54 has four digits, so it is 1.000.
    pytest.param(ACB, VietQr("970416", "257678859", 1_000, "Chuyen tien"), id="ACB dynamic"),
    pytest.param(
        "00020101021138580010A000000727012800069704070114190304136010180208QRIBFTTA53037045802VN63040283",
        VietQr("970407", "19030413601018"),
        id="TCB static, CRC with a leading zero",
    ),
    pytest.param(
        "00020101021138540010A00000072701240006970422011003523509170208QRIBFTTA53037045802VN630479db",
        VietQr("970422", "0352350917"),
        id="MB static, lower-case CRC",
    ),
    pytest.param(
        "00020101021238560010A0000007270126000697041501121133666688880208QRIBFTTA530370454065000005802VN"
        "62260822Thanh toan phi dich vu630463EA",
        VietQr("970415", "113366668888", 500_000, "Thanh toan phi dich vu"),
        id="CTG dynamic",
    ),
    pytest.param(
        "00020101021238570010A00000072701270006970422011371045208946240208QRIBFTTA5303704540430005802VN"
        "62180814TT1BQG8F khanh6304D4F6",
        VietQr("970422", "7104520894624", 3_000, "TT1BQG8F khanh"),
        id="PayOS (MB)",
    ),
    pytest.param(
        "00020101021238570010A000000727012700069704220113VQRQAFGHB37900208QRIBFTTA530370454068970005802VN"
        "62200816EXT17629982226606304E403",
        VietQr("970422", "VQRQAFGHB3790", 897_000, "EXT1762998222660"),
        id="PayOS, an account with letters",
    ),
]
OURS = [
    pytest.param(
        VietQr("970422", "0123456789"),
        "00020101021138540010A00000072701240006970422011001234567890208QRIBFTTA53037045802VN6304B1A7",
        id="MB static",
    ),
    pytest.param(
        VietQr("970422", "0123456789", 450_000, "PX26112200017"),
        "00020101021238540010A00000072701240006970422011001234567890208QRIBFTTA530370454064500005802VN"
        "62170813PX2611220001763047CDF",
        id="MB 450.000",
    ),
    pytest.param(
        VietQr("970449", "0987654321000", 1_250_000, "PX26112200018"),
        "00020101021238570010A00000072701270006970449011309876543210000208QRIBFTTA5303704540712500005802VN"
        "62170813PX2611220001863047831",
        id="LPBank 1.250.000",
    ),
]
_LETTERS = string.ascii_letters + string.digits
CODES = st.builds(
    VietQr,
    bank_bin=st.text(string.digits, min_size=6, max_size=6),
    account=st.text(_LETTERS, min_size=1, max_size=19),
    amount=st.none() | st.integers(1, 10**13 - 1),
    purpose=st.text(_LETTERS + " -./", max_size=25),
    bill=st.text(_LETTERS, max_size=25),
    to_card=st.booleans(),
)


def test_the_crc_is_ccitt_false() -> None:
    assert crc16("123456789") == "29B1"


@pytest.mark.parametrize(("payload", "expected"), VECTORS)
def test_codes_of_banks_are_read(payload: str, expected: VietQr) -> None:
    assert crc16(payload[:-4]) == payload[-4:].upper()
    assert parse(payload) == expected


@pytest.mark.parametrize(("payload", "expected"), VECTORS)
def test_codes_of_banks_are_built_to_the_letter(payload: str, expected: VietQr) -> None:
    assert build(expected) == payload[:-4] + payload[-4:].upper()


@pytest.mark.parametrize(("code", "payload"), OURS)
def test_our_codes_are_built_and_read(code: VietQr, payload: str) -> None:
    assert build(code) == payload
    assert parse(payload) == code


def test_a_wrong_inner_length_is_refused_though_the_crc_fits() -> None:
    assert crc16(NAPAS_STATIC_ACCOUNT[:-4]) == "F4E5"

    with pytest.raises(VietQrError, match="no field at position"):
        parse(NAPAS_STATIC_ACCOUNT)


def test_a_wrong_crc_is_refused() -> None:
    with pytest.raises(VietQrError, match="CRC"):
        parse(ACB[:-1] + "5")


@given(CODES)
def test_what_is_built_reads_back_the_same(code: VietQr) -> None:
    payload = build(code)

    assert parse(payload) == code
    assert parse(payload[:-4] + payload[-4:].lower()) == code
    assert payload.isascii()


@given(CODES, st.data())
def test_one_changed_character_is_always_found(code: VietQr, data: st.DataObject) -> None:
    payload = build(code)
    place = data.draw(st.integers(0, len(payload) - 1))
    other = data.draw(
        st.sampled_from(sorted(set(_LETTERS) - {payload[place].upper(), payload[place].lower()}))
    )

    with pytest.raises(VietQrError):
        parse(payload[:place] + other + payload[place + 1 :])


@given(st.text(max_size=120))
def test_what_is_no_code_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(VietQrError):
        parse(text)


@given(st.text("0123456789A²٣", max_size=60))
def test_what_is_no_code_is_refused_even_with_a_fitting_crc(text: str) -> None:
    body = f"{text}6304"

    with pytest.raises(VietQrError):
        parse(body + crc16(body))


def _closed(body: str) -> str:
    return f"{body}6304" + crc16(f"{body}6304")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("00020101021153037045802VN", id="no beneficiary at all"),
        pytest.param(
            "00020101021138540010A00000072801240006970422011001234567890208QRIBFTTA53037045802VN",
            id="another scheme than NAPAS",
        ),
        pytest.param(
            "00020101021138540010A00000072701240006970422011001234567890208QRIBFTTA53038405802VN",
            id="dollars",
        ),
        pytest.param(
            "00020201021138540010A00000072701240006970422011001234567890208QRIBFTTA53037045802VN",
            id="another version of the format",
        ),
        pytest.param(
            "00020101021138540010A00000072701240006970422011001234567890208QRIBFTTA5303704540312.5802VN",
            id="an amount that is no whole number",
        ),
        pytest.param(
            "00020101021138540010A00000072701240006970422011001234567890208QRIBFTTA53037045402²²5802VN",
            id="an amount of digits that are none",
        ),
        pytest.param(
            "00020101021138540010A00000072701240006970422011001234567890208QRIBFTTA530370453037045802VN",
            id="a field twice",
        ),
        pytest.param(
            "00020101021138400010A000000727011000069704220208QRIBFTTA53037045802VN", id="no account"
        ),
    ],
)
def test_a_code_with_wrong_content_is_refused(body: str) -> None:
    with pytest.raises(VietQrError):
        parse(_closed(body))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (VietQr("97042", "0123456789"), "BIN"),
        (VietQr("9704222", "0123456789"), "BIN"),
        (VietQr("97042A", "0123456789"), "BIN"),
        (VietQr("٩٧٠٤٢٢", "0123456789"), "BIN"),
        (VietQr("970422", ""), "account"),
        (VietQr("970422", "1" * 20), "account"),
        (VietQr("970422", "0123 456"), "account"),
        (VietQr("970422", "tàikhoản"), "account"),
        (VietQr("970422", "0123456789", 0), "amount"),
        (VietQr("970422", "0123456789", -1), "amount"),
        (VietQr("970422", "0123456789", 10**13), "amount"),
        (VietQr("970422", "0123456789", 1, "x" * 26), "purpose"),
        (VietQr("970422", "0123456789", 1, "đơn hàng"), "purpose"),
        (VietQr("970422", "0123456789", 1, "", "đơn"), "bill"),
        (VietQr("970422", "0123456789", 1, "", "x" * 26), "bill"),
    ],
)
def test_what_does_not_fit_a_code_is_refused(code: VietQr, message: str) -> None:
    with pytest.raises(VietQrError, match=message):
        build(code)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đơn hàng PX123", "Don hang PX123"),
        ("  thanh toán: giỏ cỏ tế!  ", "thanh toan gio co te"),
        ("ĐƯỜNG", "DUONG"),
        ("漆器", ""),
    ],
)
def test_a_memo_is_folded_to_what_every_bank_takes(text: str, expected: str) -> None:
    assert plain_ascii(text) == expected
