"""Words by a machine: drafted where nobody has written them, marked until confirmed, within a budget."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from catalog import jobs, services
from catalog.models import Craft, Product, ProductTranslation, TranslatedCharacters, VillageStory
from catalog.services import translations
from catalog.translator import ChatTranslator, TranslatorDown, TranslatorRefused
from marketplace.core.models import AuditEntry
from tests.builders import Shop, make_user
from tests.catalog.conftest import Caller, errors, gid, ok
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db
Answer = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


class Service:
    """A service on this machine that answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Answer = translated
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append({"path": self.path, **body})
                outer.headers.append(dict(self.headers))
                outer.answer(self, body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"


def send(handler: BaseHTTPRequestHandler, body: Any, status: int = 200, **headers: str) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(raw)))
    handler.end_headers()
    handler.wfile.write(raw)


def chat(content: Any, **choice: Any) -> dict[str, Any]:
    text = content if isinstance(content, str) else json.dumps(content)
    return {"choices": [{"message": {"role": "assistant", "content": text}, **choice}]}


def translated(handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
    """Each text with `EN ` before it."""
    texts = json.loads(body["messages"][1]["content"])
    send(handler, chat({name: f"EN {text}" for name, text in texts.items()}, finish_reason="stop"))


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    found = Service()
    settings.TRANSLATOR = "catalog.translator.ChatTranslator"
    settings.TRANSLATOR_URL, settings.TRANSLATOR_KEY = found.url, "the-key"
    settings.TRANSLATOR_MODEL, settings.TRANSLATOR_TIMEOUT = "a-model", 1
    yield found
    found.server.shutdown()
    found.server.server_close()


SHOWN = "query($id: ID!){node(id: $id){...on Product{name description machineTranslated availableLanguages revision}}}"


def english(gql: Graphql, product: Product) -> Any:
    return gql(SHOWN, language="en", id=gid(product))["node"]


def test_a_public_listing_is_drafted_and_marked_until_somebody_confirms(
    service: Service, owner: Caller, shop: Shop, gql: Graphql, run_jobs: Callable[[], int]
) -> None:
    ok(owner.update(gid(shop.product), story="Nghề cũ.\nCủa bà."))

    run_jobs()

    draft = english(gql, shop.product)
    assert draft["name"] == "EN Giỏ cỏ tế đan tay"
    assert (draft["machineTranslated"], draft["availableLanguages"]) == (True, ["en", "vi"])
    # A draft does not get into the way of who is writing.
    assert draft["revision"] == 2
    row = ProductTranslation.objects.get()
    assert row.story == "EN Nghề cũ.\nCủa bà."
    (asked,) = service.asked
    assert (asked["path"], asked["model"]) == ("/v1/chat/completions", "a-model")
    assert service.headers[0]["Authorization"] == "Bearer the-key"

    confirmed = owner.call(
        "translationConfirm",
        "productId: ID!, language: Language!",
        "product{revision}",
        productId=gid(shop.product),
        language="en",
    )

    assert ok(confirmed) == {"revision": 3}
    assert english(gql, shop.product)["machineTranslated"] is False
    assert AuditEntry.objects.filter(action="product.translation_confirm").count() == 1


def test_words_that_changed_are_drafted_anew_and_confirmed_ones_are_left(
    service: Service, owner: Caller, shop: Shop, gql: Graphql, run_jobs: Callable[[], int]
) -> None:
    ok(owner.update(gid(shop.product), description="Một"))
    run_jobs()
    ok(owner.update(gid(shop.product), description="Hai"))
    run_jobs()
    assert english(gql, shop.product)["description"] == "EN Hai"
    # A price is no word: nothing is sent for it.
    ok(owner.update(gid(shop.product), variants=[{"id": gid(shop.variant), "price": 300_000}]))
    run_jobs()
    assert len(service.asked) == 2

    ok(
        owner.call(
            "translationConfirm",
            "productId: ID!, language: Language!",
            "product{id}",
            productId=gid(shop.product),
            language="en",
        )
    )
    ok(owner.update(gid(shop.product), description="Ba"))
    run_jobs()

    assert english(gql, shop.product)["description"] == "EN Hai"
    assert len(service.asked) == 2


def test_what_a_person_wrote_is_never_touched(
    service: Service, owner: Caller, shop: Shop, gql: Graphql, run_jobs: Callable[[], int]
) -> None:
    ok(owner.update(gid(shop.product), translations=[{"language": "en", "name": "Fern basket"}]))

    run_jobs()

    assert english(gql, shop.product)["name"] == "Fern basket"
    assert english(gql, shop.product)["machineTranslated"] is False
    assert service.asked == []


def test_without_a_translator_nothing_is_sent_and_no_job_waits(
    owner: Caller, shop: Shop, run_jobs: Callable[[], int]
) -> None:
    run_jobs()

    ok(owner.update(gid(shop.product), description="Mới"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%draft%'")
        assert cursor.fetchone() == (0,)
    assert services.product_draft(shop.product.pk) == 0


def test_drafts_and_hidden_listings_are_not_sent(service: Service, shop: Shop) -> None:
    Product.objects.filter(pk=shop.product.pk).update(state="REJECTED")

    assert services.product_draft(shop.product.pk) == 0
    assert service.asked == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda h, b: send(h, {}, 500), TranslatorDown),
        (lambda h, b: send(h, {}, 429, Retry_After="7"), TranslatorDown),
        (lambda h, b: h.connection.close(), TranslatorDown),
        (lambda h, b: time.sleep(1.5), TranslatorDown),
        (lambda h, b: send(h, {}, 401), TranslatorRefused),
        (lambda h, b: send(h, {}, 302, Location="http://127.0.0.1:1/"), TranslatorRefused),
        (lambda h, b: send(h, b"<html>"), TranslatorRefused),
        (lambda h, b: send(h, {"choices": []}), TranslatorRefused),
        (lambda h, b: send(h, {"choices": [None]}), TranslatorRefused),
        (lambda h, b: send(h, [1]), TranslatorRefused),
        (lambda h, b: send(h, chat("Sure! Here it is:")), TranslatorRefused),
        (lambda h, b: send(h, chat(["a"])), TranslatorRefused),
        (lambda h, b: send(h, chat({"name": "Basket"})), TranslatorRefused),
        (lambda h, b: send(h, chat({"name": "Basket", "description": 5})), TranslatorRefused),
        (lambda h, b: send(h, chat({"name": "Basket", "description": " "})), TranslatorRefused),
        (lambda h, b: send(h, chat({"name": "x", "description": "y", "more": "z"})), TranslatorRefused),
        (lambda h, b: send(h, chat({"name": "x", "description": "y"}, finish_reason="length")), TranslatorRefused),
        (lambda h, b: send(h, b" " * 300 * 1024), TranslatorRefused),
        (lambda h, b: send(h, b"[" * 100_000), TranslatorRefused),
    ],
    ids=[
        "500", "429", "closed", "silent", "401", "redirect", "html", "no choices", "null choice", "a list", "chatter",
        "content is a list", "a text less", "a number", "a blank", "a text more", "cut off", "endless", "deep",
    ],
)  # fmt: skip
def test_a_service_that_misbehaves_changes_nothing(
    service: Service, shop: Shop, answer: Answer, expected: type[Exception]
) -> None:
    service.answer = answer

    with pytest.raises(expected) as failed:
        ChatTranslator().translate({"name": "Giỏ", "description": "Đan tay"}, "vi", "en")

    # Neither the key nor the address, which is where errors like to put them.
    assert "the-key" not in str(failed.value)
    assert "127.0.0.1" not in str(failed.value)
    if expected is TranslatorRefused:
        assert services.product_draft(shop.product.pk) == 0
    assert not ProductTranslation.objects.exists()


def test_a_service_that_asks_to_wait_is_heard(service: Service) -> None:
    service.answer = lambda handler, body: send(handler, {}, 429, Retry_After="7")

    with pytest.raises(TranslatorDown) as failed:
        ChatTranslator().translate({"name": "Giỏ"}, "vi", "en")

    assert failed.value.wait == 7


def test_a_long_answer_is_cut_to_what_a_field_holds(service: Service, shop: Shop) -> None:
    service.answer = lambda handler, body: send(handler, chat({"name": "x" * 500, "description": "y"}))

    assert services.product_draft(shop.product.pk) == 1
    assert ProductTranslation.objects.get().name == "x" * 200


def test_words_that_change_while_the_machine_thinks_are_not_overwritten_by_the_old_ones(
    service: Service, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = ChatTranslator()

    class Slow:
        def translate(self, *args: Any) -> Any:
            Product.objects.filter(pk=shop.product.pk).update(description="Lời khác")
            return machine.translate(*args)

    monkeypatch.setattr(translations, "translator", Slow)

    assert services.product_draft(shop.product.pk) == 0
    assert not ProductTranslation.objects.exists()


def test_the_days_budget_is_kept_and_what_is_over_waits(
    service: Service, shop: Shop, settings: Any, run_jobs: Callable[[], int]
) -> None:
    length = len(shop.product.name) + len(shop.product.description)
    settings.TRANSLATION_LANGUAGES = ["en", "ja", "ko"]
    settings.TRANSLATOR_DAILY_CHARACTERS = 2 * length

    jobs.draft_product.func(product_id=str(shop.product.pk))

    assert sorted(ProductTranslation.objects.values_list("language", flat=True)) == ["en", "ja"]
    assert TranslatedCharacters.objects.get().characters == 2 * length
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%draft_product' AND scheduled_at > now()"
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_spend_no_more_than_the_budget(settings: Any, clean_jobs: None) -> None:
    settings.TRANSLATOR_DAILY_CHARACTERS = 35
    ready, told = threading.Barrier(10), []

    def spend() -> None:
        try:
            ready.wait()
            translations._spend(10)
            told.append("ok")
        except services.BudgetSpent:
            told.append("spent")
        finally:
            connection.close()

    threads = [threading.Thread(target=spend) for _index in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["ok"] * 3 + ["spent"] * 7
    assert TranslatedCharacters.objects.get().characters == 30


def test_villages_and_crafts_are_drafted_and_confirmed_in_the_admin(
    service: Service, shop: Shop, gql: Graphql, settings: Any
) -> None:
    settings.TRANSLATION_LANGUAGES = ["en", "ja"]

    jobs.draft_places.func(timestamp=0)

    # English was written by people.
    story = VillageStory.objects.get(language="ja")
    craft = Craft.objects.get()
    assert (story.title, story.machine_translated) == ("EN Lưu Thượng: nghề cỏ tế", True)
    assert craft.names == {"vi": "Cỏ tế (guột)", "en": "Fern (cỏ tế) weaving", "ja": "EN Cỏ tế (guột)"}
    query = '{village(slug: "luu-thuong", language: "ja"){story{machineTranslated}} craft(slug: "co-te", language: "ja"){name machineTranslated} en: craft(slug: "co-te", language: "en"){machineTranslated}}'
    assert gql(query) == {
        "village": {"story": {"machineTranslated": True}},
        "craft": {"name": "EN Cỏ tế (guột)", "machineTranslated": True},
        "en": {"machineTranslated": False},
    }
    asked = len(service.asked)
    jobs.draft_places.func(timestamp=0)
    assert len(service.asked) == asked

    client = Client()
    client.force_login(make_user("quantri@example.vn", is_staff=True, is_superuser=True))
    for model, row in (("village", shop.village), ("craft", shop.craft)):
        address = f"/admin/catalog/{model}/{row.pk}/confirm/"
        assert address in client.get(f"/admin/catalog/{model}/{row.pk}/change/").content.decode()
        assert client.post(address, {"note": ""}).status_code == 302
        assert address not in client.get(f"/admin/catalog/{model}/{row.pk}/change/").content.decode()

    assert gql(query)["craft"]["machineTranslated"] is False
    assert gql(query)["village"]["story"]["machineTranslated"] is False
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert {"village.story_confirm", "craft.words_confirm"} <= set(actions)


def test_there_has_to_be_something_to_confirm(owner: Caller, shop: Shop) -> None:
    answer = owner.call(
        "translationConfirm",
        "productId: ID!, language: Language!",
        "product{id}",
        productId=gid(shop.product),
        language="ja",
    )

    assert errors(answer) == [("NOT_FOUND", ["language"])]
