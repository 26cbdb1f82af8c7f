"""`manage.py catalogs [--update]`: compiles the message catalogues, or merges new messages into them first."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from marketplace import catalogs


class Command(BaseCommand):
    help = "Compiles the Vietnamese messages; --update first merges new ones in and says which lack words."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--update", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["update"]:
            catalogs.update("vi")
            for message in catalogs.untranslated("vi"):
                self.stdout.write(f"no words yet: {message}")
        catalogs.compile_catalog("vi")
