"""Former wards, districts and provinces as people type them, to wards of today."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.reference import load_reference, read
from catalog.units import full_key, readings, resolve_wards
from marketplace.core.vietnamese import fold
from tests.catalog.conftest import Caller, errors, ok
from tests.conftest import Graphql

NEW = {"phu-xuyen": "10273", "phuong-duc": "10279", "chuyen-my": "10330", "dai-xuyen": "10342"}


@pytest.fixture(scope="module")
def _reference(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """All units of the country, loaded once for this file."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        # Nested, so that everything is gone with the outer transaction.
        load_reference.__wrapped__()  # type: ignore[attr-defined]
        yield
        transaction.set_rollback(True)


@pytest.fixture
def units(_reference: None, db: Any) -> None:
    """The units, and a transaction of the test's own inside theirs."""


def codes(*typed: str | None) -> list[str]:
    return [ward.code for ward in resolve_wards(*typed)]  # type: ignore[arg-type]


def former() -> list[tuple[str, str, str, set[str]]]:
    """Ward, district and province before, and codes of today, of every former unit."""
    return [
        (row["ward"], group["district"], group["province"], {row["to"], *row.get("also", [])})
        for group in read("admin_units.json")["former"]
        for row in group["wards"]
        if row["ward"]
    ]


@pytest.mark.parametrize("typed", ["as written", "without accents", "lower, short kinds", "NFD"])
def test_two_hundred_former_addresses_and_all_split_ones_of_hanoi(units: None, typed: str) -> None:
    rows = former()
    split = [row for row in rows if len(row[3]) > 1]
    chosen = random.Random(2026).sample(rows, 200)
    chosen += [row for row in split if row[2] == "Thành phố Hà Nội"] + split[:40]
    assert len(chosen) >= 250

    wrong = [
        (row, found)
        for row in chosen
        if not row[3] <= (found := set(codes(*(write(text, typed) for text in row[:3]))))
    ]
    exact = sum(set(codes(*(write(text, typed) for text in row[:3]))) == row[3] for row in chosen)

    assert wrong == []
    # A few districts hold a commune and a township of one name, which only the word for the kind tells apart.
    assert exact >= len(chosen) - 12


def write(text: str, how: str) -> str:
    import unicodedata

    if how == "without accents":
        return fold(text)
    if how == "NFD":
        return unicodedata.normalize("NFD", text)
    if how == "lower, short kinds":
        text = text.lower()
        for kind, short in (("phường ", "p."), ("thị trấn ", "tt "), ("xã ", "x. "), ("quận ", "q."), ("huyện ", "h. "), ("thành phố ", "tp "), ("thị xã ", "tx "), ("tỉnh ", "")):  # fmt: skip
            if text.startswith(kind):
                return short + text.removeprefix(kind)
    return text


@pytest.mark.parametrize(
    ("name", "commune"),
    [
        ("Tri Trung", "phuong-duc"),
        ("Đại Thắng", "phuong-duc"),
        ("Nam Triều", "phu-xuyen"),
        ("Sơn Hà", "phu-xuyen"),
        ("Quang Trung", "phu-xuyen"),
        ("Thụy Phú", "phu-xuyen"),
        ("Văn Nhân", "phu-xuyen"),
        ("Vân Từ", "chuyen-my"),
        ("Bạch Hạ", "dai-xuyen"),
        ("Phú Túc", "phuong-duc"),
        ("Thị trấn Phú Minh", "phu-xuyen"),
    ],
)
def test_the_former_communes_of_phu_xuyen_old_codes_and_new_ones_apart(
    units: None, name: str, commune: str
) -> None:
    assert codes(name, "Phú Xuyên", "Hà Nội") == [NEW[commune]]
    assert codes(f"xa {fold(name).removeprefix('thi tran ')}", "huyen phu xuyen", "hn") == [NEW[commune]]
    assert codes(f"{name}, huyện Phú Xuyên, Hà Tây") == [NEW[commune]]


def test_where_a_unit_was_split_all_its_parts_come_back(units: None) -> None:
    assert set(codes("Tô Hiệu", "Thường Tín")) == {"10237", "10273"}
    assert set(codes("Vạn Nhất", "Thường Tín", "Hà Nội")) == {"10237", "10273"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("P.12", "Q. Tân Bình", "TPHCM"), "26983"),
        (("phường 12", "tân bình", "hcm"), "26983"),
        (("p12", "q tan binh", "sai gon"), "26983"),
        (("Phường 012", "Quận Tân Bình", "TP. Hồ Chí Minh"), "26983"),
        (("Bến Nghé", "Quận 1"), "26740"),
        (("Bến Nghé", "Q1"), "26740"),
        (("Thảo Điền", "TP Thủ Đức"), "27094"),
        (("Liêm Chính", "Phủ Lý", "Hà Nam"), "13285"),
        (("Côn Đảo",), "26732"),
        (("phuong duc", None, "ha noi"), "10279"),
        (("Xã Phượng Dực",), "10279"),
        (("Xá Nhè", None, "Điện Biên"), "03244"),
        (("xa nhe",), "03244"),
        (("Xã Xá Nhè", "Tủa Chùa"), "03244"),
    ],
)
def test_as_people_write(units: None, typed: tuple[str | None, ...], expected: str) -> None:
    assert codes(*typed) == [expected]


def test_a_former_district_alone_gives_all_that_was_made_of_it(units: None) -> None:
    assert set(codes("Huyện Phú Xuyên", None, "Hà Nội")) == set(NEW.values())
    assert "00070" in codes("Quận Hoàn Kiếm")


def test_accents_choose_and_their_place_in_the_syllable_does_not(units: None) -> None:
    assert codes("Hoà An", None, "Cao Bằng") == codes("Hòa An", None, "Cao Bằng") == ["01654"]
    every, accented = codes("van tu"), codes("Vân Từ", None, "Hà Nội")
    assert "17611" in every
    assert accented == ["10330"]


@pytest.mark.parametrize("typed", [("",), ("  ",), ("không có nơi này",), ("Vân Từ", None, "Atlantis"), (",,,",), ("%_'\\",)])  # fmt: skip
def test_what_names_nothing_finds_nothing(units: None, typed: tuple[str | None, ...]) -> None:
    assert codes(*typed) == []


@given(text=st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert all(reading.key == full_key(reading.key) or reading.key for reading in readings(text))


def test_the_api_resolves_and_says_whose_codes_they_are(units: None, gql: Graphql) -> None:
    data = gql(
        '{addressResolve(ward: "Xã Tri Trung", district: "Phú Xuyên")'
        "{code scheme name kind province{code name} formerNames}}"
    )

    (ward,) = data["addressResolve"]
    assert "Xã Tri Trung" in ward.pop("formerNames")
    assert ward == {
        "code": "10279", "scheme": "vn-2025", "name": "Phượng Dực", "kind": "commune",
        "province": {"code": "01", "name": "Hà Nội"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "typed", [("Hà Nội", "Vân Từ"), ("Hà Nội", "Tô Hiệu"), (None, "Quận Hoàn Kiếm"), (None, "Tân Lập")]
)
def test_resolving_takes_a_bounded_number_of_statements(
    units: None, gql: Graphql, typed: Any, django_assert_max_num_queries: Any
) -> None:
    province, ward = typed

    with django_assert_max_num_queries(8):
        gql(
            "query($w: String!, $p: String){addressResolve(ward: $w, province: $p){name province{name} formerNames}}",
            w=ward,
            p=province,
        )


# --- In addresses ---------------------------------------------------------------------------------------------

SAVE = "address: AddressInput!, id: ID, isDefault: Boolean"
SHOWN = "address{id isDefault address{line1 ward wardCode wardScheme province phone country}}"


def save(caller: Caller, key: str | None = None, default: bool | None = None, **address: Any) -> Any:
    given = {"name": "Lan", "phone": "0912345678", "line1": "Thôn Trung", **address}
    return caller.call("addressSave", SAVE, SHOWN, address=given, id=key, isDefault=default)


def test_a_former_ward_in_an_address_becomes_todays(units: None, owner: Caller) -> None:
    saved = ok(save(owner, ward="xã Tri Trung", district="Phú Xuyên", province="Hà Nội"))

    assert saved["isDefault"] is True
    assert saved["address"] == {
        "line1": "Thôn Trung", "ward": "Phượng Dực", "wardCode": "10279", "wardScheme": "vn-2025",
        "province": "Hà Nội", "phone": "+84912345678", "country": "VN",
    }  # fmt: skip


def test_a_split_ward_is_asked_about_and_nothing_is_kept(units: None, owner: Caller) -> None:
    refused = save(owner, ward="Tô Hiệu", district="Thường Tín", province="Hà Nội")

    assert errors(refused) == [("INVALID", ["address", "ward"])]
    assert "Phú Xuyên (Hà Nội)" in refused["userErrors"][0]["message"]
    assert "Chương Dương (Hà Nội)" in refused["userErrors"][0]["message"]
    assert owner.gql("{viewer{addresses{id}}}")["viewer"]["addresses"] == []


def test_a_code_of_before_is_never_taken_for_one_of_today(units: None, owner: Caller) -> None:
    # 10330 was Vân Từ and is Chuyên Mỹ; 10321 was Chuyên Mỹ and is nothing.
    assert ok(save(owner, wardCode="10330"))["address"]["ward"] == "Chuyên Mỹ"
    assert errors(save(owner, wardCode="10321")) == [("INVALID", ["address", "wardCode"])]
