"""GHN (Giao Hàng Nhanh), API v2, with addresses of two levels. Off without GHN_TOKEN.

A booking's `client_order_code` is our parcel's key: asked for again, GHN answers with the same order. Its webhook has
no signature, so it only says where to look; what counts is `detail`. Fees are asked for by GHN's own numbers of wards,
which its lists of provinces and wards tell (kept for a day in this process).
"""

import datetime as dt
import json
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import requests
from django.conf import settings
from django.utils.dateparse import parse_datetime

from catalog.units import full_key
from marketplace.core.clock import HANOI
from marketplace.core.countries import HOME
from marketplace.core.errors import Text
from orders.carriers.base import (
    USUAL_HEIGHT,
    USUAL_LENGTH,
    USUAL_WIDTH,
    Booked,
    Booking,
    CarrierDown,
    CarrierRefused,
    Hint,
    Item,
    Party,
    Quote,
    QuoteRequest,
)
from orders.carriers.steps import Told
from orders.carriers.zones import Place

MAX_ANSWER_BYTES = 1024 * 1024
# From here on it is another service of theirs.
HEAVY_FROM_GRAMS = 20_000
MAX_SIDE_CM = 200
MAX_INSURED = 5_000_000
LIGHT, HEAVY = 2, 5
SHOP_PAYS = 1
MAX_WORDS = 300
# Of these the parcel is not the cause: a token that is not valid now is put right by whoever runs this.
NOT_THE_PARCEL = frozenset({401, 403, 408, 425, 429})
LIST_SECONDS = 86_400
_PAGE = 200
_PARCEL_OF_NOBODY = {"length": USUAL_LENGTH, "width": USUAL_WIDTH, "height": USUAL_HEIGHT}


class Ghn:
    code = "ghn"
    books = True
    asks_network = True
    max_grams: int | None = 50_000

    def __init__(self) -> None:
        self._lists: dict[str, tuple[float, dict[str, int]]] = {}
        self._lock = threading.Lock()

    @property
    def name(self) -> Text:
        return "GHN"

    def is_configured(self) -> bool:
        return bool(
            settings.GHN_URL and settings.GHN_TOKEN and settings.GHN_SHOP_ID and settings.GHN_WEBHOOK_SECRET
        )

    # --- Fees -------------------------------------------------------------------------------------------------
    def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        origin, to = request.origin, request.to
        if origin is None or not origin.ward or not to.ward or to.country != HOME:
            return ()
        if self.max_grams is not None and request.grams > self.max_grams:
            return ()
        until = time.monotonic() + settings.GHN_QUOTE_TIMEOUT
        from_ward, to_ward = self._ward(origin, until), self._ward(to, until)
        if from_ward is None or to_ward is None:
            return ()
        try:
            data = _call(
                "v2/shipping-order/fee",
                {
                    "service_type_id": _service(request.grams),
                    "is_new_from_address": True,
                    "from_ward_id_v2": from_ward,
                    "from_address_v2": origin.ward,
                    "is_new_to_address": True,
                    "to_ward_id_v2": to_ward,
                    "to_address_v2": to.ward,
                    "weight": request.grams,
                    **_PARCEL_OF_NOBODY,
                    "insurance_value": min(request.subtotal, MAX_INSURED),
                },
                until,
            )
        except CarrierRefused:
            return ()
        return (Quote(self.name, _amount(data, "total")),)

    def _ward(self, place: Place, until: float) -> int | None:
        """GHN's number of a ward of today; None where it has none of this name."""
        provinces = self._list("provinces", "v3/master-data/province/all", {}, until)
        province = provinces.get(full_key(place.province))
        if province is None:
            return None
        wards = self._list(
            f"wards-{province}",
            "v3/master-data/ward/all-by-province-id",
            {"province_id": province},
            until,
        )
        return wards.get(full_key(place.ward))

    def _list(self, name: str, path: str, body: dict[str, Any], until: float) -> dict[str, int]:
        """GHN's numbers by the key of the name; names that two have are left out."""
        kept = self._lists.get(f"{settings.GHN_URL}/{name}")
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        numbers: dict[str, int | None] = {}
        offset = 0
        while True:
            rows = _call(path, {**body, "offset": offset, "limit": _PAGE}, until)
            if not isinstance(rows, list):
                raise CarrierDown("a list was expected")
            for row in rows:
                if not isinstance(row, dict) or not isinstance(row.get("_id"), int):
                    raise CarrierDown("a numbered name was expected")
                key = full_key(str(row.get("name") or ""))
                numbers[key] = None if key in numbers else row["_id"]
            offset += len(rows)
            if len(rows) < _PAGE:
                break
        found = {key: number for key, number in numbers.items() if number is not None}
        with self._lock:
            self._lists[f"{settings.GHN_URL}/{name}"] = (time.monotonic() + LIST_SECONDS, found)
        return found

    # --- Bookings ---------------------------------------------------------------------------------------------
    def create(self, booking: Booking) -> Booked:
        data = _call(
            "v2/shipping-order/create",
            {
                "client_order_code": booking.key,
                # The buyer has paid for the delivery already.
                "payment_type_id": SHOP_PAYS,
                "required_note": "CHOXEMHANGKHONGTHU",
                "service_type_id": _service(booking.grams),
                **_party("from", booking.sender),
                **_party("return", booking.sender),
                **_party("to", booking.receiver),
                "cod_amount": 0,
                "insurance_value": min(booking.declared, MAX_INSURED),
                "weight": booking.grams,
                "length": booking.length,
                "width": booking.width,
                "height": booking.height,
                "note": booking.note[:500],
                "items": [_item(item, heavy=booking.grams >= HEAVY_FROM_GRAMS) for item in booking.items],
            },
        )
        return _booked(data)

    def find(self, key: str) -> Booked | None:
        try:
            data = _call("v2/shipping-order/detail-by-client-code", {"client_order_code": key})
        except CarrierRefused:
            return None
        # Of an order alone, or in a list.
        found = next(iter(data), None) if isinstance(data, list) else data
        return _booked(found) if found else None

    def cancel(self, tracking: str) -> bool:
        try:
            data = _call("v2/switch-status/cancel", {"order_codes": [tracking]})
        except CarrierRefused:
            data = []
        rows = data if isinstance(data, list) else []
        if any(isinstance(row, dict) and row.get("result") is True for row in rows):
            return True
        # Cancelled before, or by somebody else: that is what was wanted.
        try:
            return any(told.raw == "cancel" for told in self.track(tracking))
        except CarrierRefused:
            return False

    def track(self, tracking: str) -> Sequence[Told]:
        data = _call("v2/shipping-order/detail", {"order_code": tracking})
        if isinstance(data, list):
            data = next(iter(data), None)
        if not isinstance(data, dict) or str(data.get("order_code") or "") != tracking:
            raise CarrierDown("another parcel was answered")
        rows = data.get("log") or []
        told = [_told(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        now = str(data.get("status") or "").strip()
        # The list of what has happened may lag behind the state.
        if now and now not in {item.raw for item in told}:
            told.append(_told(data))
        return tuple(told)

    def parse_webhook(self, headers: Mapping[str, str], body: Mapping[str, object]) -> Sequence[Hint]:
        tracking, key = body.get("OrderCode"), body.get("ClientOrderCode")
        tracking = tracking.strip() if isinstance(tracking, str) else ""
        key = key.strip() if isinstance(key, str) else ""
        if not tracking and not key:
            raise ValueError("no parcel is named")
        return (Hint(tracking, key),)


def _service(grams: int) -> int:
    return HEAVY if grams >= HEAVY_FROM_GRAMS else LIGHT


def _party(side: str, party: Party) -> dict[str, Any]:
    phone = party.phone
    return {
        f"{side}_name": party.name,
        f"{side}_phone": f"0{phone.removeprefix('+84')}" if phone.startswith("+84") else phone,
        f"{side}_address": party.line1,
        f"{side}_ward_name": party.place.ward,
        f"{side}_province_name": party.place.province,
        f"is_new_{side}_address": True,
    }


def _item(item: Item, *, heavy: bool) -> dict[str, Any]:
    sides = _PARCEL_OF_NOBODY if heavy else {}
    return {
        "name": item.name,
        "code": item.code,
        "quantity": item.quantity,
        "price": item.price,
        "weight": item.grams,
        **sides,
    }


def _amount(data: Any, name: str) -> int:
    value = data.get(name) if isinstance(data, dict) else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise CarrierDown(f"{name} is no amount")
    return value


def _booked(data: Any) -> Booked:
    tracking = str(data.get("order_code") or "").strip() if isinstance(data, dict) else ""
    if not tracking or len(tracking) > 60:
        raise CarrierDown("no order code was answered")
    fee = data.get("total_fee")
    return Booked(
        tracking,
        fee if isinstance(fee, int) and not isinstance(fee, bool) and fee >= 0 else None,
        _moment(data.get("expected_delivery_time") or data.get("leadtime")),
    )


def _told(row: Mapping[str, Any]) -> Told:
    at = _moment(row.get("updated_date"))
    if at is None:
        raise CarrierDown("news without a time")
    return Told(str(row.get("status") or "").strip()[:40], at)


def _moment(value: Any) -> dt.datetime | None:
    """A time in ISO 8601; without a zone it is Hà Nội's."""
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=HANOI)


def _call(path: str, body: Mapping[str, Any], until: float | None = None) -> Any:
    """What GHN answers under `data`. Raises CarrierDown, CarrierRefused. Neither log nor error holds what was sent."""
    until = time.monotonic() + 2 * settings.GHN_TIMEOUT if until is None else until
    left = until - time.monotonic()
    if left <= 0:
        raise CarrierDown("too slow")
    try:
        with requests.post(
            f"{settings.GHN_URL.rstrip('/')}/{path}",
            json=dict(body),
            headers={"Token": settings.GHN_TOKEN, "ShopId": str(settings.GHN_SHOP_ID)},
            timeout=(min(left, 5), min(left, settings.GHN_TIMEOUT)),
            # A token must not follow a redirect to somewhere else.
            allow_redirects=False,
            stream=True,
        ) as answer:
            return _data(answer.status_code, _read(answer, until))
    except requests.RequestException as error:
        # Not the error itself: it names the address, and its words may hold more.
        raise CarrierDown(type(error).__name__) from None


def _read(answer: requests.Response, until: float) -> bytes:
    content = b""
    for part in answer.iter_content(16 * 1024):
        content += part
        if len(content) > MAX_ANSWER_BYTES:
            raise CarrierDown("the answer is too long")
        if time.monotonic() > until:
            raise CarrierDown("too slow")
    return content


def _data(status: int, raw: bytes) -> Any:
    if status in NOT_THE_PARCEL or status >= 500:
        raise CarrierDown(f"HTTP {status}")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise CarrierDown("the answer is no JSON") from None
    if not isinstance(body, dict) or not isinstance(body.get("code"), int):
        raise CarrierDown("the answer is none of GHN's")
    code = body["code"] if status == 200 else status
    if code == 200:
        return body.get("data")
    if 400 <= code < 500 and code not in NOT_THE_PARCEL:
        words = body.get("code_message_value") or body.get("message") or ""
        raise CarrierRefused(" ".join(str(words).split())[:MAX_WORDS])
    raise CarrierDown(f"HTTP {code}")
