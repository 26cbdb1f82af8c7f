"""`manage.py schema_snapshot [--check]`: the schema as committed in marketplace/schema.graphql."""

import difflib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from graphql import print_schema

from marketplace.schema import schema

SNAPSHOT = settings.BASE_DIR / "marketplace" / "schema.graphql"


class Command(BaseCommand):
    help = "Writes the schema, or with --check says how it differs from what is committed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        now = print_schema(schema.graphql_schema) + "\n"
        if not options["check"]:
            SNAPSHOT.write_text(now, encoding="utf-8")
            return
        committed = SNAPSHOT.read_text(encoding="utf-8") if SNAPSHOT.exists() else ""
        if now != committed:
            diff = difflib.unified_diff(
                committed.splitlines(), now.splitlines(), "committed", "code", lineterm=""
            )
            self.stdout.write("\n".join(diff))
            raise CommandError("The schema has changed: look at it, then run manage.py schema_snapshot.")
