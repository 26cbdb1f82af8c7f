"""What templates need to show the schema's values: money, days, pictures, a craft's hue."""

import datetime as dt
import json
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.core.countries import country_name
from marketplace.core.money import format_money
from marketplace.core.phones import written_phone

register = template.Library()

# One hue a craft, from its own materials: rattan, dried fern, shell, red lacquer, incense red…
CRAFT_HUES = {
    "may-tre-dan": "#B5853C",
    "co-te": "#8A6A3B",
    "kham-trai": "#3E7C86",
    "son-mai": "#A3271F",
    "huong": "#C2502E",
    "may-comple-ao-dai": "#3C4F76",
    "theu-ren": "#A8577E",
    "giay-da": "#7A4A2B",
    "moc": "#94643A",
    "to-he": "#C98A1B",
    "non-la": "#7F8C4A",
    "keo-banh": "#B97A56",
    "dan-luoi": "#4B7F9E",
    "nong-san": "#5C7F35",
    "to-chuoi": "#6F8F72",
}
DEFAULT_HUE = "#8A7A5C"


@register.filter
def hue(slug: str | None) -> str:
    """The craft's colour."""
    return CRAFT_HUES.get(slug or "", DEFAULT_HUE)


@register.filter
def phone(number: str | None) -> str:
    """`+84912345678` → `0912 345 678`, on one line."""
    return written_phone(number).replace(" ", "\N{NO-BREAK SPACE}")


@register.filter
def country(code: str) -> str:
    """`FR` → `Pháp`."""
    return country_name(code, get_language() or "vi")


@register.filter
def vnd(money: dict[str, Any] | int | None) -> str:
    """`{"amount": 250000}` or 250000 → `250.000 ₫`."""
    if money is None:
        return ""
    return format_money(money["amount"] if isinstance(money, dict) else int(money))


@register.filter
def price_range(price: dict[str, Any] | None) -> str:
    """`250.000 ₫` or `250.000 ₫ – 400.000 ₫`."""
    if price is None:
        return ""
    low, high = price["min"], price["max"]
    return vnd(low) if low["amount"] == high["amount"] else f"{vnd(low)} – {vnd(high)}"


def _moment(value: str | None) -> dt.datetime | None:
    return timezone.localtime(dt.datetime.fromisoformat(value)) if value else None


def _day(value: dt.date) -> str:
    return date_format(value, "j F Y") if get_language() == "en" else date_format(value, "d/m/Y")


@register.filter
def day(value: str | None) -> str:
    """A Date or DateTime as a day people read."""
    if not value:
        return ""
    return _day(dt.date.fromisoformat(value) if len(value) == 10 else _moment(value) or dt.date.min)


@register.filter
def clock(value: str | None) -> str:
    """`14:30`, in Việt Nam's time."""
    moment = _moment(value)
    return f"{moment:%H:%M}" if moment else ""


@register.filter
def moment(value: str | None) -> str:
    """`14:30, 23/11/2026`."""
    return f"{clock(value)}, {day(value)}" if value else ""


@register.filter
def decimal(value: float | None) -> str:
    """A rating: `4,6` in Vietnamese, `4.6` in English."""
    text = f"{value or 0:.1f}"
    return text if get_language() == "en" else text.replace(".", ",")


@register.filter
def weight(grams: int | None) -> str:
    """`900 g` or `1,2 kg`."""
    if not grams:
        return ""
    if grams < 1000:
        return f"{grams}\N{NO-BREAK SPACE}g"
    text = f"{grams / 1000:.2f}".rstrip("0").rstrip(".")
    return f"{text if get_language() == 'en' else text.replace('.', ',')}\N{NO-BREAK SPACE}kg"


@register.filter
def seller_kind(kind: str | None) -> str:
    """The kind of a maker in words."""
    return {
        "HOUSEHOLD": _("Household"),
        "COOPERATIVE": _("Cooperative"),
        "COMPANY": _("Company"),
        "ARTISAN": _("Artisan's workshop"),
    }.get(kind or "", "")


@register.filter
def part_state(state: str | None) -> str:
    """How far one maker's part of an order is, in words."""
    return {
        "AWAITING_PAYMENT": _("waits for payment"),
        "TO_CONFIRM": _("the maker confirms it next"),
        "PREPARING": _("is being packed"),
        "SHIPPED": _("is on the way"),
        "DELIVERED": _("has arrived"),
        "COMPLETED": _("is done"),
        "CANCELLED": _("was cancelled"),
        "EXPIRED": _("was not paid in time"),
        "RETURNED": _("was sent back"),
    }.get(state or "", "")


@register.filter
def json_ld(data: Any) -> SafeString:
    """JSON that cannot close its script element."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(text)  # noqa: S308 - no markup is left in it


@register.simple_tag
def picture(
    image: dict[str, Any] | None, sizes: str = "100vw", *, first: bool = False, alt: str | None = None
) -> str:
    """A `<picture>`: WebP in the widths there are, JPEG behind it, its colour and a blur until it is there."""
    if not image or not image.get("jpeg"):
        return mark_safe('<span class="no-picture" aria-hidden="true"></span>')
    widths = {image[key]: int(key[1:]) for key in ("w1280", "w640", "w320", "w160") if image.get(key)}
    sources = ", ".join(f"{url} {width}w" for url, width in sorted(widths.items(), key=lambda item: item[1]))
    background = image.get("dominantColor") or "transparent"
    if image.get("placeholder"):
        background += f" url('{image['placeholder']}') center/cover"
    return format_html(
        '<picture><source type="image/webp" srcset="{}" sizes="{}">'
        '<img src="{}" alt="{}" width="{}" height="{}" {} decoding="async" style="background:{}"></picture>',
        sources,
        sizes,
        image["jpeg"],
        image["alt"] if alt is None else alt,
        image.get("width") or 4,
        image.get("height") or 5,
        mark_safe('fetchpriority="high"' if first else 'loading="lazy"'),  # noqa: S308 - constants
        background,
    )


@register.simple_tag
def field_error(errors: dict[str, str] | None, name: str) -> str:
    """The words beside a field that was refused; the field names them by `aria-describedby`."""
    message = (errors or {}).get(name)
    return format_html('<p class="error" id="{}-error">{}</p>', name, message) if message else ""


@register.simple_tag
def invalid(errors: dict[str, str] | None, name: str) -> str:
    """The attributes that tie a refused field to its words."""
    if not (errors or {}).get(name):
        return ""
    return format_html('aria-invalid="true" aria-describedby="{}-error"', name)


@register.simple_tag
def hidden_inputs(pairs: list[tuple[str, str]]) -> str:
    """Hidden fields that carry a form's other choices along."""
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.filter
def stars(count: int | None) -> str:
    """Stars to look at; the number stands beside them in words."""
    return "★" * (count or 0)


@register.filter
def stars_left(count: int | None) -> str:
    """The stars that were not given."""
    return "☆" * (5 - (count or 0))


@register.simple_tag
def field_label(field: Any) -> str:
    """The words of a field: ours for allauth's fields, whose own texts have no Vietnamese."""
    ours = {
        "login": _("Phone number or e-mail"),
        "password": _("Password"),
        "remember": _("Stay signed in on this device"),
        "email": _("E-mail"),
        "phone": _("Phone number"),
        "password1": _("Password"),
        "password2": _("The password once more"),
        "oldpassword": _("The password of today"),
        "code": _("Code from the message"),
    }
    # The forms of our own packages have the right words already.
    if field.form.__class__.__module__.startswith("allauth") and field.name in ours:
        return ours[field.name]
    return str(field.label)


@register.simple_tag
def field_input(field: Any) -> str:
    """A form's field, tied to its words of help and refusal; placeholders only repeat the label."""
    help_id = f"{field.auto_id}_helptext" if field.help_text and field.name != "password" else ""
    described = " ".join(filter(None, [help_id, f"{field.id_for_label}-error" if field.errors else ""]))
    attributes = {"placeholder": "", **({"aria-describedby": described} if described else {})}
    if field.errors:
        attributes["aria-invalid"] = "true"
    return str(field.as_widget(attrs=attributes))
