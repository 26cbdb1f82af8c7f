"""`manage.py search_verify`: prints every product that search shows otherwise than the catalogue has it."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from search.engine import EngineDown
from search.services import outbox_add
from search.verify import differences


class Command(BaseCommand):
    help = "Prints the differences between the catalogue and search; nothing where there is none."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="has them indexed again")

    def handle(self, *args: Any, **options: Any) -> None:
        found = set()
        try:
            for item in differences():
                self.stdout.write(f"{item.product_id} {item.engine}: {item.what}")
                found.add(item.product_id)
        except EngineDown as error:
            raise CommandError(f"Elasticsearch does not answer: {error}") from error
        if found and options["repair"]:
            with transaction.atomic():
                outbox_add(sorted(found))
            self.stdout.write(f"{len(found)} products are indexed again by the worker.")
        elif found:
            raise CommandError(f"{len(found)} products differ; --repair has them indexed again.")
