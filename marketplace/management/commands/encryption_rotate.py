"""`manage.py encryption_rotate`: encrypts everything with the newest key, so that older ones can be taken away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.core.encryption import BATCH, encrypted_tables, left, rotate


class Command(BaseCommand):
    help = "Encrypts phones, tax codes, bank accounts … anew with the first of FIELD_ENCRYPTION_KEYS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="rows in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        size = max(1, options["batch"])
        tables = encrypted_tables()
        for table in tables:
            done = 0
            for number, changed in enumerate(rotate(table, size=size), 1):
                done += changed
                self.stdout.write(f"{table}: {done} values in {number} batches")
        old = unreadable = 0
        for table in tables:
            rest = left(table, size=size)
            old, unreadable = old + rest.old, unreadable + rest.unreadable
        self.stdout.write(f"{old} values still need an old key; {unreadable} are read by none of the keys.")
        if unreadable:
            raise CommandError(
                "A key is missing: put it back behind the others. Nothing unreadable was changed."
            )
        if old:
            raise CommandError(
                "Something still writes with an old key. Restart web and workers, then run this again."
            )
        self.stdout.write("The newest key alone reads everything: the older ones may be removed.")
