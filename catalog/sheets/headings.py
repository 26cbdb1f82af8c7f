"""Headings of sheets: what people call the columns, in Vietnamese or English, with or without accents, in any order."""

import re
from collections.abc import Sequence

from marketplace.core.vietnamese import fold

# The words written into exports come first, Vietnamese, then English.
NAMES: dict[str, tuple[str, ...]] = {
    "sku": ("Mã hàng", "SKU", "Mã", "Mã SKU", "Mã sản phẩm", "Mã SP", "Code", "Item code", "Product code"),
    "name": ("Tên", "Name", "Tên hàng", "Tên sản phẩm", "Tên SP", "Sản phẩm", "Product", "Product name", "Title"),
    "kind": (
        "Loại", "Kind", "Tên loại", "Phân loại", "Phân loại hàng", "Biến thể", "Variant", "Variant name", "Option",
        "Kích cỡ màu sắc", "Kind name",
    ),
    "price": ("Giá", "Price", "Giá bán", "Đơn giá", "Giá tiền", "Sale price", "Unit price", "Price VND"),
    "compare_at_price": (
        "Giá trước", "Compare at price", "Giá gốc", "Giá cũ", "Giá trước khi giảm", "Giá niêm yết", "Compare-at",
        "Price before", "Old price", "List price",
    ),
    "stock": (
        "Tồn kho", "Stock", "Số lượng", "SL", "Số lượng tồn", "Kho", "Quantity", "Qty", "On hand", "Inventory",
    ),
    "craft": ("Nghề", "Craft", "Làng nghề", "Ngành nghề", "Nhóm hàng", "Category", "Danh mục"),
    "village": ("Làng", "Village", "Thôn"),
    "description": ("Mô tả", "Description", "Mô tả sản phẩm", "Giới thiệu", "Product description"),
    "story": ("Câu chuyện", "Story", "Chuyện nghề", "Câu chuyện sản phẩm", "Product story"),
    "weight_grams": (
        "Khối lượng (g)", "Weight (g)", "Khối lượng", "Cân nặng", "Cân nặng (g)", "Trọng lượng", "Trọng lượng (g)",
        "Weight", "Weight grams",
    ),
    "made_to_order_days": (
        "Số ngày làm", "Made to order days", "Ngày đặt làm", "Số ngày đặt làm", "Thời gian làm", "Days to make",
        "Made-to-order", "Lead time", "Lead time days",
    ),
    "gtin": ("Mã vạch", "GTIN", "Barcode", "EAN", "UPC"),
    "hs_code": ("Mã HS", "HS code", "HS", "Customs code"),
    "name_en": ("Tên tiếng Anh", "English name", "Name (English)", "Name EN", "Tên (tiếng Anh)", "Tên EN"),
    "description_en": (
        "Mô tả tiếng Anh", "English description", "Description (English)", "Description EN", "Mô tả (tiếng Anh)",
    ),
    "story_en": ("Câu chuyện tiếng Anh", "English story", "Story (English)", "Story EN", "Câu chuyện (tiếng Anh)"),
    "pictures": (
        "Ảnh", "Pictures", "Hình ảnh", "Hình", "Tên ảnh", "Tệp ảnh", "Images", "Image", "Photos", "Photo", "Picture",
    ),
    # Ours, in a sheet that was given back: read over, written anew.
    "problem": ("Lỗi cần sửa", "To be corrected"),
}  # fmt: skip
ATTRIBUTE, OPTION = "attribute:", "option:"
_PREFIXES = {
    ATTRIBUTE: ("thuoc tinh", "attribute"),
    OPTION: ("lua chon", "option", "tuy chon"),
}
PREFIX_NAMES = {ATTRIBUTE: ("Thuộc tính", "Attribute"), OPTION: ("Lựa chọn", "Option")}
# What only one kind of a listing has; everything else is the listing's.
KIND_COLUMNS = {"sku", "kind", "price", "compare_at_price", "stock", "weight_grams", "gtin"}
# Two of these make a heading row: a row of goods rarely reads "name" and "price".
NEEDED = 2


# In a cell: what stands there today goes. What may go is a listing's ornament; a name or a price stays.
EMPTY = ("(trống)", "(empty)")
CLEARABLE = {
    "compare_at_price", "village", "description", "story", "weight_grams", "made_to_order_days", "gtin", "hs_code",
    "description_en", "story_en",
}  # fmt: skip


def clears(column: str, text: str) -> bool:
    """Whether a cell says that the value of its column goes, which not every column allows (`says_empty`)."""
    return (column in CLEARABLE or column.startswith((ATTRIBUTE, OPTION))) and says_empty(text)


def says_empty(text: str) -> bool:
    """Whether a cell reads `(trống)` or `(empty)`."""
    return fold(text) in _EMPTY


def _key(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(text)).split())


_EMPTY = {fold(word) for word in EMPTY}
_BY_KEY = {_key(name): column for column, names in NAMES.items() for name in names}


def column_of(heading: object) -> str | None:
    """`Giá bán` → `price`, `Thuộc tính: Chất liệu` → `attribute:chat lieu`; None for a heading we do not know."""
    if not isinstance(heading, str) or len(heading) > 200:
        return None
    front, colon, rest = heading.partition(":")
    if colon and _key(rest):
        for prefix, words in _PREFIXES.items():
            if _key(front) in words:
                return prefix + _key(rest)
    # A star or a remark in brackets: "Giá bán (đ) *".
    return _BY_KEY.get(_key(heading)) or _BY_KEY.get(_key(re.sub(r"\([^)]*\)", "", heading)))


def columns_of(cells: Sequence[object]) -> list[str | None]:
    """The column of each heading. The first one of a name counts."""
    found: list[str | None] = []
    for cell in cells:
        column = column_of(cell)
        found.append(None if column in found else column)
    return found


def is_of_kind(column: str) -> bool:
    return column in KIND_COLUMNS or column.startswith(OPTION)


def heading(column: str, language: str) -> str:
    """What an export calls a column; attributes are named by their craft."""
    return NAMES[column][0 if language == "vi" else 1]


def prefixed(prefix: str, name: str, language: str) -> str:
    return f"{PREFIX_NAMES[prefix][0 if language == 'vi' else 1]}: {name}"
