import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.vietnamese import fold, slugify, sort_key


def test_fold_takes_accents_away_in_any_normal_form() -> None:
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, "Cỏ tế Lưu Thượng, Đại Xuyên, hoà, hòa")
        assert fold(text) == "co te luu thuong, dai xuyen, hoa, hoa"


def test_names_sort_as_a_vietnamese_dictionary_does() -> None:
    names = ["Đại Xuyên", "Dục Nội", "Ăn", "An", "Ân", "Chuôn", "Cổ Hoàng", "Cô", "Ðà"]

    assert sorted(names, key=sort_key) == [
        "An",
        "Ăn",
        "Ân",
        "Chuôn",
        "Cô",
        "Cổ Hoàng",
        "Dục Nội",
        "Ðà",
        "Đại Xuyên",
    ]
    assert sorted(["Dục", "Đại", "Eo"], key=sort_key) == ["Dục", "Đại", "Eo"]


def test_tones_come_after_letters() -> None:
    assert sorted(["mã", "má", "ma", "mạ", "mà", "mả"], key=sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ"]


@given(st.text())
def test_fold_and_slugify_take_any_text(text: str) -> None:
    fold(text)
    assert slugify(text).replace("-", "").isascii()
