"""An Elasticsearch that asks who one is and speaks TLS, with a certificate of a house of its own.

The test server cannot make API keys: the index that holds them needs modules that it lacks. So a gate in front of it knows
one key, and passes on in its own name what comes with that.
"""

import base64
import datetime as dt
import ipaddress
import os
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from marketplace.local.elastic import Elasticsearch
from search import elastic, queries
from search.engine import EngineDown
from search.services import reindex
from tests.builders import Shop
from tests.conftest import Graphql
from tests.faults.crowd import until

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("secured")]
LOGIN = ("elastic", "mat-khau-cua-may-thu")
API_KEY = base64.b64encode(b"search:khoa-cua-may-thu").decode()
SETTINGS = """\
xpack.security.enabled: true
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: tls.key
xpack.security.http.ssl.certificate: tls.crt
"""
TOTAL = "query($q: String!){searchProducts(query: $q){totalCount degraded}}"


def _certificate() -> tuple[bytes, bytes]:
    """A key, and a certificate for 127.0.0.1 that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, certificate.public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class Secured:
    """A server that asks for a password, a gate that asks for an API key, and the certificate of both."""

    server: str
    gate: str
    certificate: Path


class _Gate(BaseHTTPRequestHandler):
    """Lets through what comes with the key."""

    server_address: str
    certificate: Path

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Authorization") != f"ApiKey {API_KEY}":
            self._answer(
                401, {"Content-Type": "application/json"}, b'{"error": "who are you?", "status": 401}'
            )
            return
        headers = {
            key: value for key, value in self.headers.items() if key.lower() in {"content-type", "accept"}
        }
        answer = requests.request(
            self.command,
            f"{self.server_address}{self.path}",
            data=body,
            headers=headers,
            auth=LOGIN,
            verify=str(self.certificate),
            timeout=30,
        )
        kept = {
            key: value
            for key, value in answer.headers.items()
            if key.lower() in {"content-type", "x-elastic-product"}
        }
        self._answer(answer.status_code, kept, b"" if self.command == "HEAD" else answer.content)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815 - the library calls them so

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    if not os.environ.get("ELASTICSEARCH_TEST_URL"):
        pytest.skip("Elasticsearch is not installed; make test-tools installs it")
    key, certificate = _certificate()
    folder = tmp_path_factory.mktemp("tls")
    (folder / "tls.key").write_bytes(key)
    path = folder / "tls.crt"
    path.write_bytes(certificate)
    server = Elasticsearch(SETTINGS, {"tls.key": key, "tls.crt": certificate}, LOGIN[1])
    address = server.url.replace("http:", "https:")

    def answers() -> bool:
        assert server.process.poll() is None, server._last_lines()
        try:
            return requests.get(f"{address}/_cluster/health", auth=LOGIN, verify=str(path), timeout=5).ok
        except OSError:
            return False

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, folder / "tls.key")
    handler = type("Gate", (_Gate,), {"server_address": address, "certificate": path})
    gate = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    gate.socket = context.wrap_socket(gate.socket, server_side=True)
    thread = threading.Thread(target=gate.serve_forever, daemon=True)
    thread.start()
    try:
        until(answers, "an Elasticsearch that knows its user", 120)
        yield Secured(address, f"https://127.0.0.1:{gate.server_port}", path)
    finally:
        gate.shutdown()
        gate.server_close()
        thread.join()
        server.stop()


@pytest.fixture(params=["gate", "server"])
def connected(request: pytest.FixtureRequest, secured: Secured, settings: Any) -> Iterator[str]:
    """Through the gate by the key of the settings; to the server itself with a login in the address."""
    settings.ELASTICSEARCH_CA_CERTS = str(secured.certificate)
    settings.ELASTICSEARCH_INDEX_PREFIX = "secured"
    if request.param == "gate":
        settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_API_KEY = secured.gate, API_KEY
    else:
        settings.ELASTICSEARCH_URL = secured.server.replace("//", f"//{LOGIN[0]}:{LOGIN[1]}@")
    queries.breaker.succeeded()
    yield request.param
    queries.breaker.succeeded()


def test_who_shows_the_key_over_tls_is_served(connected: str, shop: Shop, gql: Graphql) -> None:
    list(reindex())
    elastic.refresh(elastic.alias())

    assert elastic.is_up()
    assert gql(TOTAL, q="giỏ")["searchProducts"] == {"totalCount": 1, "degraded": False}


@pytest.mark.parametrize("wrong", ["key", "certificate", "scheme"])
def test_with_a_wrong_one_the_database_answers(
    connected: str, shop: Shop, gql: Graphql, settings: Any, tmp_path: Path, wrong: str
) -> None:
    list(reindex())
    if wrong == "key":
        settings.ELASTICSEARCH_API_KEY = base64.b64encode(b"nobody:nothing").decode()
        settings.ELASTICSEARCH_URL = settings.ELASTICSEARCH_URL.replace(LOGIN[1], "another")
    elif wrong == "certificate":
        other = tmp_path / "other.crt"
        other.write_bytes(_certificate()[1])
        settings.ELASTICSEARCH_CA_CERTS = str(other)
    else:
        settings.ELASTICSEARCH_URL = settings.ELASTICSEARCH_URL.replace("https:", "http:")
        settings.ELASTICSEARCH_CA_CERTS = ""

    assert not elastic.is_up()
    with pytest.raises(EngineDown):
        elastic.our_indexes()
    assert gql(TOTAL, q="giỏ")["searchProducts"] == {"totalCount": 1, "degraded": True}
