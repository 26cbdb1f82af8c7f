"""Reading what people type: money, numbers, days; and where a refusal is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.phones import written_phone
from marketplace.desk.forms import (
    TOP,
    Reader,
    field_errors,
    parse_day,
    parse_money,
    written_day,
    written_money,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1250000", 1_250_000),
        ("1.250.000", 1_250_000),
        ("1,250,000", 1_250_000),
        ("1 250 000", 1_250_000),
        ("1\N{NO-BREAK SPACE}250\N{NO-BREAK SPACE}000 ₫", 1_250_000),
        ("250.000đ", 250_000),
        ("250.000 đồng", 250_000),
        ("250k", 250_000),
        ("250 nghìn", 250_000),
        ("0", 0),
    ],
)
def test_money_is_read_as_people_write_it(text: str, amount: int) -> None:
    assert parse_money(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "1.25",
        "1.250,00",
        "12.50.000",
        "1.250 000",
        "-5",
        "một trăm",
        "đ",
        "1e6",
        "٣",
        "9" * 16,
        "250.000.",
        "k",
    ],
)
def test_money_that_is_in_doubt_is_asked_again(text: str) -> None:
    assert parse_money(text) is None


@given(st.integers(min_value=1, max_value=10**12))
def test_money_written_is_money_read(amount: int) -> None:
    assert parse_money(written_money(amount)) == amount


def test_days_are_day_month_year() -> None:
    assert str(parse_day("1/5/1970")) == "1970-05-01"
    assert str(parse_day("01-05-1970")) == "1970-05-01"
    assert str(parse_day("01051970")) == "1970-05-01"
    assert str(parse_day("1970-05-01")) == "1970-05-01"
    assert written_day("1970-05-01") == "01/05/1970"
    assert [parse_day(text) for text in ("31/2/1970", "5/1970", "1/13/1970", "mai")] == [None] * 4


def test_phones_are_written_as_people_say_them() -> None:
    assert written_phone("+84912345678") == "0912 345 678"
    assert written_phone("+33612345678") == "+33612345678"
    assert written_phone(None) == ""


def test_what_cannot_be_read_is_an_error_at_its_field() -> None:
    reader = Reader({"price": "1.25", "count": "ba", "day": "mai", "empty": ""})

    assert [reader.money("price"), reader.count("count"), reader.day("day"), reader.money("empty")] == [
        None
    ] * 4
    assert set(reader.errors) == {"price", "count", "day"}


def test_problems_find_their_field_or_stand_above_the_form() -> None:
    problems = [
        {"field": ["address", "wardCode"], "code": "REQUIRED", "message": "Ward?"},
        {"field": ["legalName"], "code": "REQUIRED", "message": "Name?"},
        {"field": ["documents", "1"], "code": "FILE_TYPE", "message": "No photo."},
        {"field": None, "code": "LIMIT_REACHED", "message": "Too many."},
        {"field": ["sellerId"], "code": "INVALID_STATE", "message": "Closed."},
        {"field": ["sellerId"], "code": "INVALID_STATE", "message": "Closed."},
    ]

    assert field_errors(problems, ("ward", "legal_name", "documents"), {"wardCode": "ward"}) == {
        "ward": "Ward?",
        "legal_name": "Name?",
        "documents": "No photo.",
        TOP: "Too many. Closed.",
    }
