"""Order numbers, and how they are found again in what banks make of a memo."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.numbers import check_digit, find_all, generate, is_valid

A, B = "PX123456786", "PX987654329"
EIGHT_DIGITS = st.text("0123456789", min_size=8, max_size=8)


def _number(digits: str) -> str:
    return f"PX{digits}{check_digit(digits)}"


def test_the_damm_check_digit() -> None:
    # The example of the algorithm's author.
    assert check_digit("572") == "4"
    assert check_digit("5724") == "0"


def test_generated_numbers_are_valid() -> None:
    numbers = [generate() for _again in range(200)]

    assert all(re.fullmatch(r"PX\d{9}", number, re.ASCII) for number in numbers)
    assert all(is_valid(number) and find_all(number) == [number] for number in numbers)
    # Not counted, and never the same again.
    assert len(set(numbers)) == 200


@given(EIGHT_DIGITS, st.integers(0, 8), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(digits: str, place: int, shift: int) -> None:
    number = _number(digits)
    at = place + 2

    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]

    assert is_valid(number)
    assert not is_valid(wrong)
    assert find_all(wrong) == []


@given(EIGHT_DIGITS, st.integers(0, 7))
def test_every_swap_of_neighbours_is_found(digits: str, place: int) -> None:
    number = _number(digits)
    at = place + 2

    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]

    assert is_valid(swapped) == (number[at] == number[at + 1])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PX",
        "123456786",
        "PX12345678",
        "PX123456785",
        "PX1234567860",
        "px123456786",
        "PX 123456786",
        "QX123456786",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert not is_valid(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("PX123456786", [A], id="alone"),
        pytest.param("px123456786", [A], id="lower case"),
        pytest.param("Px123456786", [A], id="mixed case"),
        pytest.param("NGUYEN THI LAN chuyen tien PX123456786 FT26326000001", [A], id="words around"),
        pytest.param("MBVCB.7123456.PX123456786.CT tu 0123456789", [A], id="dots around"),
        pytest.param("CKPX123456786", [A], id="glued before"),
        pytest.param("PX123456786CT tu 0071000", [A], id="letters glued behind"),
        pytest.param("PX12345678626326123456", [A], id="digits glued behind"),
        pytest.param("PX 123456786", [A], id="a space behind PX"),
        pytest.param("PX 123 456 786", [A], id="spaces between"),
        pytest.param("PX123.456.786", [A], id="dots between"),
        pytest.param("PX123-456-786", [A], id="dashes between"),
        pytest.param("PX12345\n6786", [A], id="a line break in it"),
        pytest.param("PXPX123456786", [A], id="the prefix twice"),
        pytest.param("PX123456786 PX123456786", [A], id="the same twice"),
        pytest.param("PX123456786 va PX987654329", [A, B], id="two"),
        pytest.param("PX123456786PX987654329", [A, B], id="two glued"),
        pytest.param("PX123456785 PX987654329", [B], id="a wrong one and a right one"),
        pytest.param("PX1234567", [], id="too short"),
        pytest.param("123456786", [], id="without its prefix"),
        pytest.param("NGUYEN VAN A CHUYEN KHOAN", [], id="no code"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_numbers_are_found_in_what_a_bank_makes_of_a_memo(text: str, expected: list[str]) -> None:
    assert find_all(text) == expected


@given(
    EIGHT_DIGITS,
    st.text("ABCDEFGHIJKLMNOQRSTUVWYZ .", max_size=30),
    st.text("ABCDEFGHIJKLMNOQRSTUVWYZabc ,;", max_size=30),
)
def test_a_number_is_found_whatever_words_stand_around_it(digits: str, before: str, behind: str) -> None:
    number = _number(digits)

    assert find_all(f"{before}{number}{behind}") == [number]
    assert find_all(f"{before}{number.lower()}{behind}") == [number]


@given(st.text(max_size=200))
def test_only_valid_numbers_are_ever_found(text: str) -> None:
    assert all(is_valid(number) for number in find_all(text))


def test_digits_of_other_scripts_are_none() -> None:
    assert not is_valid("PX12345678²")
    assert not is_valid("PX١٢٣٤٥٦٧٨٩")
