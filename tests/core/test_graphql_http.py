"""GraphQL over HTTP: negotiation, methods, limits, persisted queries, cookies."""

import hashlib
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.builders import make_user
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db
GRAPHQL_JSON = "application/graphql-response+json"
ROLES = "{viewer{roles}}"


def _post(client: Client, body: Any, **headers: str) -> Any:
    return client.post("/graphql", body, content_type="application/json", headers=headers)


def _code(response: Any) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


def test_a_query_answers_by_post_and_by_get(client: Client) -> None:
    posted = _post(client, {"query": ROLES})
    got = client.get("/graphql", {"query": ROLES})

    assert posted.status_code == got.status_code == 200
    assert posted.json()["data"] == got.json()["data"] == {"viewer": {"roles": []}}
    assert posted["Content-Type"] == "application/json; charset=utf-8"


def test_the_cost_is_told(client: Client) -> None:
    answer = _post(client, {"query": "{products(first: 10){nodes{seller{name}}}}"}).json()

    assert answer["extensions"]["cost"] == {"requested": 21, "limit": 5000}


def test_the_client_chooses_the_media_type(client: Client) -> None:
    assert _post(client, {"query": ROLES}, Accept=GRAPHQL_JSON)["Content-Type"].startswith(GRAPHQL_JSON)
    assert _post(client, {"query": ROLES}, Accept="*/*")["Content-Type"].startswith("application/json")
    assert _post(client, {"query": ROLES}, Accept="text/plain").status_code == 406


@pytest.mark.parametrize(
    ("query", "code"), [("{", "GRAPHQL_PARSE_FAILED"), ("{nonsense}", "GRAPHQL_VALIDATION_FAILED")]
)
def test_a_bad_document_is_200_under_json_and_400_without_data_under_graphql_json(
    client: Client, query: str, code: str
) -> None:
    old = _post(client, {"query": query})
    new = _post(client, {"query": query}, Accept=GRAPHQL_JSON)

    assert (old.status_code, new.status_code) == (200, 400)
    assert _code(old) == _code(new) == code
    assert "data" not in new.json()


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{}",
        "nonsense",
        '{"query": 1}',
        '{"query": "{viewer{roles}}", "variables": []}',
        '{"query": "{viewer{roles}}", "variables": "{}"}',
        '{"query": "{viewer{roles}}", "extensions": 1}',
        '{"query": "{viewer{roles}}", "operationName": 1}',
        '[{"query": "{viewer{roles}}"}]',
        '{"query": "{viewer{roles}}", "variables": {"a": "\\u0000"}}',
        '{"query": "{viewer{roles}}", "variables": {"a": "\\ud800"}}',
    ],
)
def test_what_is_no_request_is_400_with_a_code(client: Client, body: str) -> None:
    response = _post(client, body)

    assert response.status_code == 400
    assert _code(response) == "BAD_USER_INPUT"


def test_other_content_types_are_refused(client: Client) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        response = client.post(
            "/graphql?query=mutation{cartCreate(input:{}){cart{id}}}", "x", content_type=content_type
        )
        assert response.status_code == 415


def test_get_runs_no_mutation(client: Client) -> None:
    from orders.models import Cart

    response = client.get("/graphql", {"query": "mutation{cartCreate(input:{}){cart{id}}}"})

    assert response.status_code == 405
    assert Cart.objects.count() == 0


def test_apollo_sends_a_content_type_on_get(client: Client) -> None:
    response = client.get("/graphql", {"query": ROLES}, headers={"Content-Type": "application/json"})

    assert response.status_code == 200


def test_a_browser_gets_graphiql_from_our_own_files(client: Client) -> None:
    response = client.get("/graphql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    page = response.content.decode()
    assert response.status_code == 200
    assert "graphiql.min.js" in page
    assert "//" not in page.replace("<!doctype html>", "")


def test_a_large_body_is_refused_before_it_is_parsed(client: Client, settings: Any) -> None:
    settings.GRAPHQL_MAX_BODY_BYTES = 1000

    response = _post(client, {"query": ROLES, "variables": {"a": "x" * 1000}})

    assert response.status_code == 413
    assert _code(response) == "PAYLOAD_TOO_LARGE"


def test_deep_json_is_refused_before_it_is_parsed(client: Client) -> None:
    deep = '{"query": "{viewer{roles}}", "variables": {"a": ' + "[" * 20_000 + "]" * 20_000 + "}}"

    response = _post(client, deep)

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{" + " ".join(f"a{i}: crafts{{slug}}" for i in range(60)) + "}", "COST_EXCEEDED"),
        ("{products(first: 100){nodes{" + "seller{products(first: 100){nodes{id}}}" + "}}}", "COST_EXCEEDED"),
        ("{crafts{" + "slug " * 3000 + "}}", "GRAPHQL_PARSE_FAILED"),
        (
            "{products{nodes" + "{seller{products{nodes" * 8 + "{id}" + "}}}" * 8 + "}}",
            "COST_EXCEEDED",
        ),
        ("{a" * 300 + "}" * 300, "GRAPHQL_PARSE_FAILED"),
    ],
)
def test_what_would_cost_too_much_does_not_run(
    client: Client, django_assert_num_queries: Any, query: str, code: str
) -> None:
    with django_assert_num_queries(0):
        response = _post(client, {"query": query})

    assert _code(response) == code


CYCLE = "{communes{villages{commune{villages{commune{villages{name}}}}}}}"
HIDDEN = """{products{...C}} fragment C on ProductConnection{nodes{seller{products{...D}}}}
    fragment D on ProductConnection{nodes{seller{products{nodes{id}}}}}"""
DEFAULTED = "query($n: Int = 100){products(first: $n){nodes{seller{products(first: $n){nodes{id}}}}}}"
LITERAL = "{nodes(ids: [" + '"x" ' * 60 + "]){... on Village{products(first: 100){nodes{id}}}}}"
SEARCHES = "{" + " ".join(f's{i}: searchProducts(query: "a"){{totalCount}}' for i in range(45)) + "}"


@pytest.mark.parametrize("query", [CYCLE, HIDDEN, DEFAULTED, LITERAL, SEARCHES])
def test_cost_cannot_be_hidden(client: Client, django_assert_num_queries: Any, query: str) -> None:
    with django_assert_num_queries(0):
        response = _post(client, {"query": query})

    assert _code(response) == "COST_EXCEEDED"


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{products(first: 1){nodes{id}}}", 2),
        ("{products(first: 2){nodes{id}}}", 3),
        ("{products(first: 2){nodes{seller{name}}}}", 5),
        ("{products{nodes{seller{name} craft{name}}}}", 61),
        ("{products(first: 10){edges{node{seller{name}}}}}", 31),
        ("query($n: Int = 3){products(first: $n){nodes{seller{name}}}}", 7),
        ("{products(first: 2){...C}} fragment C on ProductConnection{nodes{seller{name}}}", 5),
        ("{crafts{name}}", 15),
    ],
)
def test_cost_counts_what_a_query_may_bring(client: Client, query: str, cost: int) -> None:
    assert _post(client, {"query": query}).json()["extensions"]["cost"]["requested"] == cost


def test_fragments_without_fields_that_double_are_measured_once(client: Client) -> None:
    bomb = "".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }} " for i in range(100))
    query = bomb + "fragment F100 on Query { __typename } { ...F0 }"

    assert _post(client, {"query": query}).status_code == 200


def test_many_fields_side_by_side_are_refused_before_they_are_compared(client: Client) -> None:
    assert _code(_post(client, {"query": "{" + "viewer{roles} " * 300 + "}"})) == "COST_EXCEEDED"


def test_repeating_introspection_counts(client: Client) -> None:
    query = "{__schema{" + " ".join(f"a{i}: types{{name}}" for i in range(60)) + "}}"

    assert _code(_post(client, {"query": query})) == "COST_EXCEEDED"


def test_the_introspection_of_tools_passes(client: Client) -> None:
    from graphql import get_introspection_query

    answer = _post(
        client, {"query": get_introspection_query(descriptions=True, input_value_deprecation=True)}
    ).json()

    assert "errors" not in answer
    assert answer["data"]["__schema"]["queryType"]["name"] == "Query"


def test_fragments_that_double_are_refused_quickly(client: Client) -> None:
    bomb = "".join(
        f"fragment F{i} on Product {{ seller {{ products(first: 2) {{ nodes {{ ...F{i + 1} ...F{i + 1} }} }} }} }}"
        for i in range(20)
    )
    bomb += "fragment F20 on Product { id } { products { nodes { ...F0 } } }"

    assert _code(_post(client, {"query": bomb})) == "COST_EXCEEDED"


def test_a_persisted_query_is_asked_for_once(client: Client) -> None:
    query = "{viewer{roles permissions}}"
    digest = hashlib.sha256(query.encode()).hexdigest()
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": digest}}

    unknown = _post(client, {"extensions": extensions})
    taught = _post(client, {"query": query, "extensions": extensions})
    known = client.get("/graphql", {"extensions": json.dumps(extensions)})

    assert _code(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    assert taught.json()["data"] == known.json()["data"] == {"viewer": {"roles": [], "permissions": []}}


def test_a_persisted_query_under_a_wrong_hash_is_refused(client: Client) -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}

    assert _code(_post(client, {"query": ROLES, "extensions": extensions})) == "BAD_USER_INPUT"


def test_a_fault_shows_no_text_of_its_own(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from catalog import queries

    def broken() -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(queries, "crafts_in_order", broken)
    response = _post(client, {"query": "{crafts{slug}}"})

    assert response.status_code == 200
    assert _code(response) == "INTERNAL"
    assert "hunter2" not in response.content.decode()


def test_a_query_that_takes_too_long_is_told_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    from catalog import queries

    def slow() -> list[object]:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 10")
            cursor.execute("SELECT pg_sleep(5)")
        return []

    monkeypatch.setattr(queries, "crafts_in_order", slow)

    assert _code(_post(client, {"query": "{crafts{slug}}"})) == "TIMEOUT"


def test_wrong_variables_are_the_callers_fault(client: Client) -> None:
    response = _post(
        client, {"query": "query($n: Int){products(first: $n){nodes{id}}}", "variables": {"n": "ten"}}
    )

    assert _code(response) == "BAD_USER_INPUT"


def test_a_cookie_counts_only_with_proof_that_another_site_lacks() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    query = {"query": "{viewer{user{name}}}"}

    bare = _post(client, query).json()["data"]["viewer"]["user"]
    by_get = client.get("/graphql", query).json()["data"]["viewer"]["user"]
    proven = _post(client, query, **{"X-Requested-With": "app"}).json()["data"]["viewer"]["user"]

    assert bare is None
    assert by_get is None
    assert proven == {"name": "Người thử"}


def test_a_csrf_token_makes_the_cookie_count() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    client.get("/graphql", headers={"Accept": "text/html"})
    token = client.cookies["csrftoken"].value
    query = {"query": "{viewer{roles}}"}

    with_token = _post(client, query, **{"X-CSRFToken": token}).json()
    with_a_wrong_one = _post(client, query, **{"X-CSRFToken": "x" * 32}).json()

    assert with_token["data"]["viewer"]["roles"] == ["BUYER"]
    assert with_a_wrong_one["data"]["viewer"]["roles"] == []


def test_multipart_puts_files_into_variables(client: Client) -> None:
    operations = json.dumps({"query": "query($a: String!){product(slug: $a){id}}", "variables": {"a": None}})
    response = client.post(
        "/graphql",
        {"operations": operations, "map": '{"0": ["variables.a"]}', "0": SimpleUploadedFile("a.png", b"x")},
    )

    # A file is no string: it arrived where it should, and was refused there.
    assert response.status_code == 200
    assert _code(response) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "places", ['{"0": ["variables.b.c"]}', '{"1": ["variables.a"]}', "[]", '{"0": "variables.a"}']
)
def test_a_multipart_map_that_leads_nowhere_is_400(client: Client, places: str) -> None:
    operations = json.dumps({"query": ROLES, "variables": {"a": None}})

    response = client.post(
        "/graphql", {"operations": operations, "map": places, "0": SimpleUploadedFile("a.png", b"x")}
    )

    assert response.status_code == 400


def test_the_language_is_the_argument_then_the_header_then_vietnamese(gql: Graphql, shop: Any) -> None:
    query = 'query($l: Language){craft(slug: "co-te", language: $l){name}}'

    assert gql(query)["craft"]["name"] == "Cỏ tế (guột)"
    assert gql(query, language="en-GB,en;q=0.9")["craft"]["name"] == "Fern (cỏ tế) weaving"
    assert gql(query, language="en", l="vi")["craft"]["name"] == "Cỏ tế (guột)"
    assert gql(query, language="fr")["craft"]["name"] == "Cỏ tế (guột)"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("ja", "シダの籠"),
        ("ja-JP, en;q=0.9", "シダの籠"),
        ("zh-Hant-TW", "蕨籃"),
        ("en;q=0.5, JA", "シダの籠"),
        ("x-klingon, ja;q=0.5", "シダの籠"),
        ("ko", "Giỏ cỏ tế đan tay"),
        ("*", "Giỏ cỏ tế đan tay"),
        ("*, ja;q=0.5", "Giỏ cỏ tế đan tay"),
        ("ja;q=0", "Giỏ cỏ tế đan tay"),
        ("ja, ???", "Giỏ cỏ tế đan tay"),
    ],
)
def test_the_header_names_any_language_and_the_cookie_of_pages_does_not_count(
    gql: Graphql, shop: Any, header: str, name: str
) -> None:
    for language, translated in (("ja", "シダの籠"), ("zh", "蕨籃"), ("en", "Fern basket")):
        shop.product.translations.create(language=language, name=translated)
    gql.client.cookies["language"] = "en"
    query = '{product(slug: "gio-co-te-dan-tay"){name}}'

    assert gql(query, language=header)["product"]["name"] == name


def test_the_cookie_of_pages_is_no_language_of_the_api(gql: Graphql, shop: Any) -> None:
    gql.client.cookies["language"] = "en"

    assert gql('{craft(slug: "co-te"){name}}')["craft"]["name"] == "Cỏ tế (guột)"
    assert gql.client.get("/").headers["Content-Language"] == "en"
    assert "Content-Language" not in _post(gql.client, {"query": ROLES}).headers


def test_a_string_that_never_ends_costs_no_time(client: Client) -> None:
    """The depth check must stay linear; a quadratic one would take minutes here (pytest would be killed in CI)."""
    for body in ('{"query": "' + "\\\\" * 60_000, '"' + "a" * 200_000, '{"a": "' + '\\"' * 100_000):
        assert _post(client, body).status_code == 400
