"""Fixtures of all tests, and the table that ends a run."""

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files import File
from django.test import Client

from tests.builders import Shop, make_shop

JOB_TABLES = "procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers"


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def shop(db: Any) -> Shop:
    return make_shop()


class Graphql:
    """The public API over HTTP. `data` and `errors` are of the last answer."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.headers: dict[str, str] = {}

    def __call__(self, query: str, *, language: str | None = None, **variables: Any) -> Any:
        body = self.post(query, language=language, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    def post(self, query: str, *, language: str | None = None, **variables: Any) -> Any:
        """The whole answer, errors and all."""
        return self._post(query, variables, language)

    def _post(self, query: str, variables: dict[str, Any], language: str | None = None) -> Any:
        headers = dict(self.headers)
        if language:
            headers["Accept-Language"] = language
        response = self.client.post(
            "/graphql",
            {"query": query, "variables": variables},
            content_type="application/json",
            headers=headers,
        )
        assert response.status_code < 500, response.content
        return response.json()

    def send(self, query: str, variables: dict[str, Any]) -> Any:
        """Like `post`, as a multipart request where there are files among the variables (one level of lists)."""
        files: dict[str, Any] = {}

        def plain(value: Any, path: str) -> Any:
            if isinstance(value, File):
                files[path] = value
                return None
            if isinstance(value, dict):
                return {key: plain(item, f"{path}.{key}") for key, item in value.items()}
            if isinstance(value, list):
                return [plain(item, f"{path}.{index}") for index, item in enumerate(value)]
            return value

        variables = plain(variables, "variables")
        if not files:
            return self._post(query, variables)
        parts = {str(number): file for number, file in enumerate(files.values())}
        places = {str(number): [path] for number, path in enumerate(files)}
        response = self.client.post(
            "/graphql",
            {
                "operations": json.dumps({"query": query, "variables": variables}),
                "map": json.dumps(places),
                **parts,
            },
            headers=self.headers,
        )
        assert response.status_code < 500, response.content
        return response.json()

    def login(self, user: Any) -> "Graphql":
        self.client.force_login(user)
        # A header that another site cannot send makes the cookie count.
        self.headers["X-Requested-With"] = "tests"
        return self


@pytest.fixture
def gql(client: Client) -> Graphql:
    return Graphql(client)


@pytest.fixture
def new_gql() -> Callable[[], Graphql]:
    """Another caller, with cookies of its own."""
    return lambda: Graphql(Client())


@pytest.fixture
def run_jobs(db: Any) -> Callable[[], int]:
    """Runs the jobs that wait, in order, in this test's own transaction. Returns how many."""
    from django.db import connection
    from procrastinate.contrib.django import app

    def run() -> int:
        done = 0
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY priority DESC, id"
                )
                rows = cursor.fetchall()
            if not rows:
                return done
            for job_id, name, arguments in rows:
                with connection.cursor() as cursor:
                    cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job_id])
                    cursor.execute(
                        "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job_id]
                    )
                app.tasks[name].func(**(arguments if isinstance(arguments, dict) else _loads(arguments)))
                done += 1

    return run


def _loads(text: str) -> Any:
    return json.loads(text)


@pytest.fixture
def clean_jobs(transactional_db: Any) -> Iterator[None]:
    """Empties procrastinate's tables after a test that commits: they are unmanaged, so no flush knows them."""
    yield
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {JOB_TABLES} RESTART IDENTITY CASCADE")


@pytest.fixture(autouse=True)
def words_are_read_anew() -> None:
    """What search knows of words is kept for some seconds; another test's words would be among them."""
    from search import lexicon

    lexicon.forget()


@pytest.fixture
def elastic(settings: Any, worker_id: str) -> Iterator[str]:
    """A real Elasticsearch with an index prefix of this worker's own; its indexes are deleted afterwards."""
    url = os.environ.get("ELASTICSEARCH_TEST_URL")
    if not url:
        pytest.skip("Elasticsearch is not installed; make test-tools installs it")
    from search import elastic as engine
    from search.queries import breaker

    settings.ELASTICSEARCH_URL = url
    settings.ELASTICSEARCH_INDEX_PREFIX = f"test-{worker_id}-{time.time_ns()}"
    breaker.succeeded()
    yield url
    breaker.succeeded()
    settings.ELASTICSEARCH_URL = url
    client = engine.client(30.0)
    for index in engine.our_indexes():
        client.indices.delete(index=index)


def pytest_configure(config: pytest.Config) -> None:
    """Messages are compiled once, before workers start."""
    if not hasattr(config, "workerinput"):
        from marketplace import catalogs

        catalogs.compile_catalog("vi")


# --- The table at the end of a run ---------------------------------------------------------------------------
_suites: dict[str, list[float]] = defaultdict(list)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or (report.when == "setup" and report.skipped):
        parts = report.nodeid.split("/")
        _suites[parts[1] if len(parts) > 2 else "other"].append(report.duration)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not _suites or hasattr(terminalreporter.config, "workerinput"):
        return
    terminalreporter.write_line("")
    terminalreporter.write_line(f"{'suite':<14} {'tests':>6} {'seconds':>9}")
    for name in sorted(_suites):
        terminalreporter.write_line(f"{name:<14} {len(_suites[name]):>6} {sum(_suites[name]):>9.1f}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI nothing is left out: a skipped test there is a failure."""
    if os.environ.get("CI") != "true":
        return
    for item in items:
        for marker in item.iter_markers("skip"):
            raise pytest.UsageError(f"{item.nodeid} is skipped in CI: {marker.kwargs.get('reason')}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Any:
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"left out in CI: {report.longrepr}"
    return report
