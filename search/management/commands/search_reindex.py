"""`manage.py search_reindex`: builds the search index anew beside the old one, then swaps."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.engine import EngineDown
from search.services import BuildRefused, reindex


class Command(BaseCommand):
    help = "Rebuilds search for all products without a pause: readers keep the old index until the new one is whole."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--anew", action="store_true", help="not from where a killed build was")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for done, total in reindex(anew=options["anew"]):
                self.stdout.write(f"{done}/{total} products")
        except EngineDown as error:
            raise CommandError(
                f"Elasticsearch does not answer: {error}. The old index still serves."
            ) from error
        except BuildRefused as error:
            raise CommandError(f"Not built: {error}. The index before still serves.") from error
