"""A GHN of our own: orders that remember, over HTTP on the loopback. Written from GHN's documentation.

It knows the calls that we make and what they do, keeps its orders by our code, and can be told to be ill: `fail` (500),
`page` (HTML instead of JSON), `lose` (does it and hangs up), `slow` (does it and answers too late), `hang` (says
nothing), `forbid` (the token is not valid).
"""

import datetime as dt
import json
import secrets
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

PROVINCES = {201: "Hà Nội", 202: "Hồ Chí Minh"}
WARDS = {201: {70001: "Phường Hoàn Kiếm", 70002: "Xã Phượng Dực"}, 202: {80001: "Phường Sài Gòn"}}
CANCELLABLE = {"ready_to_pick", "picking"}
ILLNESSES = ("fail", "page", "lose", "slow", "hang", "forbid")


class GhnDouble:
    """Use as a context manager; `url` is where it listens. `calls` are (path, body), in order."""

    def __init__(self) -> None:
        self.token = "ghn-token"
        self.shop = "4711"
        self.secret = "ghn-webhook-secret-of-more-than-32-letters"
        self.orders: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.fee = 27_000
        # What it refuses a new order for, in its own words.
        self.refusal = ""
        # Answers the same code with an error, as some versions did.
        self.refuses_doubles = False
        self._illness: dict[str, deque[str]] = {}
        self._well = threading.Event()
        # Set once it has done something and keeps its answer to itself (`hold`).
        self.held = threading.Event()
        self._lock = threading.RLock()
        self._clock = dt.datetime(2026, 11, 27, 1, 0, tzinfo=dt.UTC)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._well.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/shiip/public-api"

    def settings(self) -> dict[str, Any]:
        return {
            "GHN_URL": self.url,
            "GHN_TOKEN": self.token,
            "GHN_SHOP_ID": self.shop,
            "GHN_WEBHOOK_SECRET": self.secret,
            "GHN_TIMEOUT": 0.5,
        }

    def called(self, what: str) -> list[dict[str, Any]]:
        """The bodies of the calls whose path ends so."""
        return [body for path, body in self.calls if path.endswith(what)]

    # --- Illness ---------------------------------------------------------------------------------------------
    def ill(self, kind: str, what: str, times: int = 1) -> None:
        """The next calls whose path ends in `what` meet this."""
        self._illness.setdefault(what, deque()).extend([kind] * times)

    def next_illness(self, path: str) -> str | None:
        with self._lock:
            for what, waiting in self._illness.items():
                if path.endswith(what) and waiting:
                    return waiting.popleft()
        return None

    # --- What couriers do ------------------------------------------------------------------------------------
    def now(self, moment: dt.datetime) -> None:
        with self._lock:
            self._clock = moment

    def only_order(self) -> dict[str, Any]:
        (order,) = self.orders.values()
        return order

    def go(self, order: dict[str, Any], *statuses: str, minutes: int = 10) -> list[dict[str, Any]]:
        """The parcel gets on; the webhooks that GHN sends of it."""
        return [self._step(order, status, minutes) for status in statuses]

    def _step(self, order: dict[str, Any], status: str, minutes: int) -> dict[str, Any]:
        with self._lock:
            self._clock += dt.timedelta(minutes=minutes)
            at = self._clock.isoformat().replace("+00:00", "Z")
            order.update(status=status, updated_date=at)
            order["log"].append({"status": status, "updated_date": at})
            return self.webhook(order)

    def webhook(self, order: dict[str, Any], **fields: Any) -> dict[str, Any]:
        return {
            "CODAmount": 0,
            "ClientOrderCode": order["client_order_code"],
            "OrderCode": order["order_code"],
            "ShopID": int(self.shop),
            "Status": order["status"],
            "Time": order["updated_date"],
            "Type": "switch_status",
            **fields,
        }

    # --- What the API answers --------------------------------------------------------------------------------
    def answer(self, path: str, body: dict[str, Any], headers: Any) -> tuple[int, dict[str, Any]]:
        with self._lock:
            self.calls.append((path, body))
            if headers.get("Token") != self.token or headers.get("ShopId") != self.shop:
                return _error(401, "Token is not valid!")
            match path.removeprefix("/shiip/public-api/"):
                case "v3/master-data/province/all":
                    return _ok([{"_id": key, "name": name} for key, name in PROVINCES.items()])
                case "v3/master-data/ward/all-by-province-id":
                    wards = WARDS.get(body["province_id"], {})
                    return _ok([{"_id": key, "name": name} for key, name in wards.items()])
                case "v2/shipping-order/fee":
                    return self._fee(body)
                case "v2/shipping-order/create":
                    return self._create(body)
                case "v2/shipping-order/detail":
                    found = self.orders.get(body["order_code"])
                    return _ok(found) if found else _error(400, "Đơn hàng không tồn tại")
                case "v2/shipping-order/detail-by-client-code":
                    rows = [
                        row
                        for row in self.orders.values()
                        if row["client_order_code"] == body["client_order_code"]
                    ]
                    return _ok(rows[0]) if rows else _error(400, "Đơn hàng không tồn tại")
                case "v2/switch-status/cancel":
                    return _ok([self._cancel(code) for code in body["order_codes"]])
        return _error(404, "Not found")

    def _fee(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        wards = {key for found in WARDS.values() for key in found}
        if body["from_ward_id_v2"] not in wards or body["to_ward_id_v2"] not in wards:
            return _error(400, "Tuyến không được hỗ trợ")
        return _ok({"total": self.fee + 5_000 * (body["weight"] // 1_000), "service_fee": self.fee})

    def _create(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        known = [row for row in self.orders.values() if row["client_order_code"] == body["client_order_code"]]
        if known:
            return (
                _error(400, "Mã đơn khách hàng đã tồn tại") if self.refuses_doubles else _ok(_made(known[0]))
            )
        if self.refusal:
            return _error(400, self.refusal)
        assert body["is_new_to_address"] is True
        names = {name for found in WARDS.values() for name in found.values()}
        if body["to_ward_name"] not in names or body["to_province_name"] not in PROVINCES.values():
            return _error(400, "Địa chỉ không hợp lệ")
        code = f"L{secrets.token_hex(3).upper()}"
        at = self._clock.isoformat().replace("+00:00", "Z")
        self.orders[code] = {
            **body,
            "order_code": code,
            "total_fee": self.fee,
            "expected_delivery_time": "2026-11-30T16:59:59Z",
            "status": "ready_to_pick",
            "updated_date": at,
            "log": [{"status": "ready_to_pick", "updated_date": at}],
        }
        return _ok(_made(self.orders[code]))

    def _cancel(self, code: str) -> dict[str, Any]:
        order = self.orders.get(code)
        if order is None or order["status"] not in CANCELLABLE:
            return {"order_code": code, "result": False, "message": "Không thể huỷ"}
        self._step(order, "cancel", 1)
        return {"order_code": code, "result": True, "message": "OK"}


def _made(order: dict[str, Any]) -> dict[str, Any]:
    return {name: order[name] for name in ("order_code", "total_fee", "expected_delivery_time")}


def _ok(data: Any) -> tuple[int, dict[str, Any]]:
    return 200, {"code": 200, "message": "Success", "data": data}


def _error(status: int, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"code": status, "message": message, "data": None, "code_message_value": message}


def _handler(double: GhnDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            illness = double.next_illness(self.path)
            if illness == "hang":
                double._well.wait(5)
                self.close_connection = True
                return None
            if illness == "fail":
                return self._send(500, b'{"code": 500, "message": "oops", "data": null}')
            if illness == "forbid":
                return self._send(401, json.dumps(_error(401, "Token is not valid!")[1]).encode())
            if illness == "page":
                return self._send(200, b"<html><body>Bad gateway</body></html>", "text/html")
            status, answer = double.answer(self.path, body, self.headers)
            if illness == "lose":
                self.close_connection = True
                return None
            if illness == "slow":
                double._well.wait(1.5)
            if illness == "hold":
                double.held.set()
                double._well.wait(20)
            return self._send(status, json.dumps(answer).encode())

        def _send(self, status: int, data: bytes, kind: str = "application/json") -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                # Nobody waits any more.
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler
