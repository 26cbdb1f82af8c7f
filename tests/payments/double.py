"""A Stripe of our own: PaymentIntents that remember, over HTTP on the loopback.

stripe-mock knows every shape and no state; this one knows the few calls that we make and what they do. It keeps
the answer of each idempotency key, as Stripe does, and can be told to be ill: `fail`, `lose`, `hang`.
"""

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl

OPEN = {"requires_payment_method", "requires_confirmation", "requires_action", "processing"}


def sign(body: bytes, secret: str, at: int | None = None) -> str:
    """The value of `Stripe-Signature`, written from Stripe's documentation, not by its library."""
    at = int(time.time()) if at is None else at
    return f"t={at},v1={signature(body, secret, at)}"


def signature(body: bytes, secret: str, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


class StripeDouble:
    """Use as a context manager; `url` is where it listens. `calls` are (method, path), in order."""

    def __init__(self) -> None:
        self.secret_key = "sk_test_double"
        self.webhook_secret = "whsec_double"
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.refund_status = "succeeded"
        self.calls: list[tuple[str, str]] = []
        self.parameters: list[dict[str, str]] = []
        self._kept: dict[str, tuple[dict[str, str], int, dict[str, Any]]] = {}
        self._illness: deque[str] = deque()
        self._lost_posts = 0
        self._well = threading.Event()
        self._lock = threading.RLock()
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
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    # --- Illness ---------------------------------------------------------------------------------------------
    def fail(self, times: int) -> None:
        """Answers 500 and does nothing."""
        self._illness.extend(["fail"] * times)

    def lose(self, times: int) -> None:
        """Does what was asked and hangs up without an answer."""
        self._illness.extend(["lose"] * times)

    def lose_posts(self, times: int) -> None:
        """The same, but only where something is made; questions are answered."""
        self._lost_posts = times

    def hang(self, times: int) -> None:
        """Says nothing until the test is over."""
        self._illness.extend(["hang"] * times)

    def refuse(self, times: int) -> None:
        """Answers 402, as for a card that is declined."""
        self._illness.extend(["refuse"] * times)

    # --- What buyers and banks do ----------------------------------------------------------------------------
    def only_intent(self) -> dict[str, Any]:
        (intent,) = self.intents.values()
        return intent

    def succeed(self, intent: dict[str, Any], amount: int | None = None) -> dict[str, Any]:
        intent.update(
            status="succeeded",
            amount_received=intent["amount"] if amount is None else amount,
            last_payment_error=None,
        )
        return self.event("payment_intent.succeeded", intent)

    def decline(self, intent: dict[str, Any], code: str = "card_declined") -> dict[str, Any]:
        intent.update(
            status="requires_payment_method", last_payment_error={"code": code, "type": "card_error"}
        )
        return self.event("payment_intent.payment_failed", intent)

    def process(self, intent: dict[str, Any]) -> dict[str, Any]:
        intent.update(status="processing")
        return self.event("payment_intent.processing", intent)

    def cancel(self, intent: dict[str, Any]) -> dict[str, Any]:
        intent.update(status="canceled")
        return self.event("payment_intent.canceled", intent)

    def event(self, kind: str, intent: dict[str, Any]) -> dict[str, Any]:
        """An event as Stripe sends it, with the intent as it is now."""
        return {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "api_version": "2026-01-28.clover",
            "created": int(time.time()),
            "type": kind,
            "livemode": False,
            "data": {"object": json.loads(json.dumps(intent))},
        }

    # --- What the API answers --------------------------------------------------------------------------------
    def answer(
        self, method: str, path: str, key: str | None, parameters: dict[str, str], authorization: str
    ) -> tuple[int, dict[str, Any]]:
        with self._lock:
            self.calls.append((method, path))
            self.parameters.append(parameters)
            if authorization != f"Bearer {self.secret_key}":
                return _error(401, "invalid_request_error", "Invalid API Key provided")
            if method == "POST" and key is not None and key in self._kept:
                known, status, body = self._kept[key]
                if known != {**parameters, "": path}:
                    return _error(400, "idempotency_error", "Keys can only be used with the same parameters")
                return status, body
            status, body = self._do(method, path, parameters)
            if method == "POST" and key is not None:
                self._kept[key] = ({**parameters, "": path}, status, json.loads(json.dumps(body)))
            return status, body

    def _do(self, method: str, path: str, parameters: dict[str, str]) -> tuple[int, dict[str, Any]]:
        match method, path.strip("/").split("/"):
            case "POST", ["v1", "payment_intents"]:
                return 200, self._create(parameters)
            case "GET", ["v1", "payment_intents", name] if name in self.intents:
                return 200, self.intents[name]
            case "POST", ["v1", "payment_intents", name, "cancel"] if name in self.intents:
                intent = self.intents[name]
                if intent["status"] not in OPEN:
                    return _error(400, "invalid_request_error", f"status is {intent['status']}")
                intent.update(status="canceled", canceled_at=int(time.time()))
                return 200, intent
            case "POST", ["v1", "refunds"] if parameters["payment_intent"] in self.intents:
                return self._refund(parameters)
            case "GET", ["v1", "refunds"]:
                found = [
                    row
                    for row in self.refunds.values()
                    if row["payment_intent"] == parameters["payment_intent"]
                ]
                return 200, {"object": "list", "data": found, "has_more": False, "url": "/v1/refunds"}
            case "GET", ["v1", "refunds", name] if name in self.refunds:
                return 200, self.refunds[name]
        return _error(404, "invalid_request_error", "No such payment_intent")

    def _refund(self, parameters: dict[str, str]) -> tuple[int, dict[str, Any]]:
        intent, amount = self.intents[parameters["payment_intent"]], int(parameters["amount"])
        back = sum(
            row["amount"]
            for row in self.refunds.values()
            if row["payment_intent"] == intent["id"] and row["status"] != "failed"
        )
        if back + amount > intent["amount_received"]:
            code = "charge_already_refunded" if back == intent["amount_received"] else "amount_too_large"
            status, body = _error(400, "invalid_request_error", "Refund amount is greater than the charge")
            body["error"]["code"] = code
            return status, body
        name = f"re_{secrets.token_hex(12)}"
        self.refunds[name] = {
            "id": name,
            "object": "refund",
            "amount": amount,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "status": self.refund_status,
            "metadata": {"key": parameters.get("metadata[key]", "")},
        }
        return 200, self.refunds[name]

    def _create(self, parameters: dict[str, str]) -> dict[str, Any]:
        name = f"pi_{secrets.token_hex(12)}"
        intent = {
            "id": name,
            "object": "payment_intent",
            "amount": int(parameters["amount"]),
            "amount_received": 0,
            "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
            "canceled_at": None,
            "client_secret": f"{name}_secret_{secrets.token_hex(8)}",
            "created": int(time.time()),
            "currency": parameters["currency"],
            "description": parameters.get("description"),
            "last_payment_error": None,
            "livemode": False,
            "metadata": {
                key.removeprefix("metadata[").removesuffix("]"): value
                for key, value in parameters.items()
                if key.startswith("metadata[")
            },
            "status": "requires_payment_method",
        }
        self.intents[name] = intent
        return intent

    def forget_keys(self) -> None:
        """As Stripe does after a day."""
        self._kept.clear()

    def next_illness(self, method: str) -> str | None:
        with self._lock:
            if method == "POST" and self._lost_posts:
                self._lost_posts -= 1
                return "lose"
            return self._illness.popleft() if self._illness else None


def _error(status: int, kind: str, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"type": kind, "message": message}}


def _handler(double: StripeDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def _serve(self, method: str) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if method == "GET":
                raw = self.path.partition("?")[2]
            illness = double.next_illness(method)
            if illness == "hang":
                double._well.wait(30)
                self.close_connection = True
                return None
            if illness == "fail":
                return self._send(*_error(500, "api_error", "Something went wrong"))
            if illness == "refuse":
                return self._send(*_error(402, "card_error", "Your card was declined"))
            answer = double.answer(
                method,
                self.path.partition("?")[0],
                self.headers.get("Idempotency-Key"),
                dict(parse_qsl(raw)),
                self.headers.get("Authorization", ""),
            )
            if illness == "lose":
                self.close_connection = True
                return None
            return self._send(*answer)

        def _send(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Request-Id", f"req_{secrets.token_hex(7)}")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler


def post_event(client: Any, body: bytes, header: str | None) -> Any:
    headers = {} if header is None else {"Stripe-Signature": header}
    return client.post("/payments/webhooks/stripe", body, content_type="application/json", headers=headers)


def send_event(client: Any, double: StripeDouble, event: dict[str, Any]) -> None:
    body = json.dumps(event).encode()
    response = post_event(client, body, sign(body, double.webhook_secret))
    assert (response.status_code, response.json()) == (200, {"received": True})
