"""`manage.py setup_local`: everything between an empty database and a running sample installation, in one process."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalog.models import Product
from catalog.reference import load_reference
from catalog.samples.catalogue import load_sample
from marketplace import catalogs
from marketplace.sample_accounts import ensure_accounts
from search import elastic
from search.engine import EngineDown
from search.models import IndexState, SearchDocument, SearchIndex
from search.services import BuildRefused, reindex


class Command(BaseCommand):
    help = "Migrates, loads the sample catalogue once, builds search, makes sample accounts. Quick when all is there."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--progress", action="store_true", help="accepted for the supervisor")

    def handle(self, *args: Any, **options: Any) -> None:
        steps: list[tuple[str, Callable[[], Any]]] = [
            ("messages", lambda: catalogs.compile_catalog("vi")),
            ("tables", self._migrate),
        ]
        if not settings.DEBUG:
            steps.append(
                ("static files", lambda: call_command("collectstatic", interactive=False, verbosity=0))
            )
        if settings.SAMPLE_INSTALLATION:
            steps += [("sample catalogue", self._load), ("sample accounts", self._accounts)]
        steps += [("search", self._search), ("unfinished jobs", self._requeue)]
        self._say(f"STEPS {len(steps)}")
        for name, work in steps:
            self._say(f"BEGIN {name}")
            started = time.perf_counter()
            work()
            self._say(f"STEP {name} {time.perf_counter() - started:.1f}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)

    def _load(self) -> None:
        if Product.objects.filter(is_sample=True).exists():
            return
        load_reference(lambda evidence: True)
        load_sample()

    def _requeue(self) -> None:
        """No worker runs yet, so whatever is `doing` was left by one that died."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT procrastinate_retry_job_v2(id, now(), null, null, null) FROM procrastinate_jobs "
                "WHERE status = 'doing' ORDER BY id"
            )

    def _accounts(self) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        path = settings.DATA_DIR / "accounts.txt"
        text = ensure_accounts()
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")

    def _search(self) -> None:
        """Builds what is missing; an Elasticsearch that is away is no reason not to start."""
        built = SearchDocument.objects.exists()
        if settings.ELASTICSEARCH_URL:
            live = SearchIndex.objects.filter(state=IndexState.LIVE).exists()
            built = built and live and elastic.is_up()
        if built:
            return
        try:
            for _progress in reindex():
                pass
        except EngineDown as error:
            self.stderr.write(
                f"Elasticsearch does not answer ({error}); searching in the database until it does."
            )
        except BuildRefused as error:
            self.stderr.write(f"The search index is not built: {error}.")
