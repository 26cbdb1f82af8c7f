"""Rows of the old portal's directory, read as they come: headings in Vietnamese or English, in any order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.utils.crypto import salted_hmac

from catalog.models import Ward
from catalog.units import resolve_wards
from marketplace.core.phones import parse_phone
from marketplace.core.vietnamese import fold, normalise

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "company": ("company", "name", "cong ty", "ten cong ty", "doanh nghiep", "co so", "ten co so", "don vi"),
    "address": ("address", "dia chi"),
    "phone": ("phone", "telephone", "dien thoai", "so dien thoai", "sdt", "tel", "hotline"),
    "website": ("website", "web", "trang web"),
    "products": ("products", "product", "san pham", "hang hoa", "mat hang"),
    "text": ("text", "description", "gioi thieu", "mo ta", "noi dung"),
    "url": ("url", "old url", "link", "duong dan", "dia chi trang"),
}
_BY_HEADING = {heading: name for name, headings in HEADINGS.items() for heading in headings}
_SEPARATORS = re.compile(r"[;\n|•]|,(?!\d)")
MAX_PRODUCTS = 50
MAX_ADDRESS = 500


def phone_key(phone: str) -> str:
    """What finds a phone (E.164) without telling it: 64 hex digits, another after the secret key has changed."""
    return salted_hmac("catalog.portal.phone", phone, algorithm="sha256").hexdigest() if phone else ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One company of the directory. `phone` is E.164 where it is a number; `ward` is of today where it is clear."""

    company: str
    address: str
    line1: str
    ward: Ward | None
    phone: str
    website: str
    products: tuple[str, ...]
    text: str
    url: str

    @property
    def likeness(self) -> tuple[str, str]:
        """Two entries with the same one are likely the same company."""
        return fold(self.company), self.phone


def columns_of(cells: Sequence[object]) -> list[str | None]:
    """What each column holds, by its heading; None where we do not know it."""
    found: list[str | None] = []
    for cell in cells:
        name = _BY_HEADING.get(fold(normalise(str(cell or ""))).strip(" *:"))
        found.append(name if name not in found else None)
    return found


def parse_entry(cells: Mapping[str, str]) -> Entry:
    address = normalise(cells.get("address", ""))[:MAX_ADDRESS]
    line1, ward = parse_place(address)
    products = (normalise(part).strip(" .-") for part in _SEPARATORS.split(cells.get("products", "")))
    return Entry(
        company=normalise(cells.get("company", ""))[:160],
        address=address,
        line1=line1[:200],
        ward=ward,
        phone=_phone(cells.get("phone", "")),
        website=normalise(cells.get("website", ""))[:300],
        products=tuple(dict.fromkeys(name[:200] for name in products if name))[:MAX_PRODUCTS],
        text=cells.get("text", "").strip()[:4000],
        url=legacy_address(cells.get("url", "")),
    )


def _phone(text: str) -> str:
    """The first number among several that can be dialled."""
    for part in re.split(r"[;/,]|\s-\s|\n", text):
        if number := parse_phone(part):
            return number
    return ""


def parse_place(address: str) -> tuple[str, Ward | None]:
    """`Thôn Giẽ Hạ, xã Phú Yên, huyện Phú Xuyên, Hà Nội` → the line before the ward, and the ward of today.

    None where it is not clear: the parts from the end are tried as province, district and ward.
    """
    parts = [part.strip() for part in address.split(",") if part.strip()]
    for upper in (2, 1, 0):
        if len(parts) <= upper:
            continue
        ward, *above = parts[-upper - 1 :]
        if upper == 2:
            found = resolve_wards(ward, above[0], above[1])
        elif upper == 1:
            # What stands behind a ward alone is a province or a former district.
            found = resolve_wards(ward, None, above[0]) or resolve_wards(ward, above[0], None)
        else:
            found = resolve_wards(ward, None, None)
        if len(found) == 1:
            return ", ".join(parts[: -upper - 1]) or ward, found[0]
    return address, None


def legacy_address(url: str) -> str:
    """`https://Old.example.vn/cong-ty/12.html?b=2&a=1#x` → `/cong-ty/12.html?a=1&b=2`; empty for no address."""
    text = url.strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text if "://" in text or text.startswith("/") else f"http://{text}")
    except ValueError:
        return ""
    path = "/" + unquote(parts.path).strip("/")
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    address = f"{path}?{query}" if query else path
    return address if len(address) <= MAX_ADDRESS and address.isprintable() and address != "/" else ""
