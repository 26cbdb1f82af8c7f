"""`manage.py generate_catalogue --products 20000`: a large catalogue for benches."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.samples.generated import generate


class Command(BaseCommand):
    help = "Adds many made-up products by COPY. Build search afterwards: manage.py search_reindex."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--products", type=int, required=True)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["products"] < 1:
            raise CommandError("--products is at least 1")
        started = time.perf_counter()
        try:
            for done, total in generate(options["products"], seed=options["seed"]):
                self.stdout.write(f"{done}/{total} products, {time.perf_counter() - started:.1f} s")
        except ValueError as error:
            raise CommandError(str(error)) from error
