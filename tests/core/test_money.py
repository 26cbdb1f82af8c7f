import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money, format_money

amounts = st.integers(min_value=-(10**15), max_value=10**15)


def test_money_is_written_the_vietnamese_way() -> None:
    assert format_money(1_250_000) == "1.250.000\u00a0₫"
    assert format_money(-999) == "-999\u00a0₫"
    assert str(Money(0)) == "0\u00a0₫"


@given(amounts, amounts)
def test_sums_and_differences_undo_each_other(a: int, b: int) -> None:
    assert Money(a) + Money(b) - Money(b) == Money(a)


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="VND and USD"):
        Money(1) + Money(1, "USD")
