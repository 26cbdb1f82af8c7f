"""`manage.py load_sample`: the sample catalogue, for demonstrations."""

from typing import Any

from django.core.management.base import BaseCommand

from catalog.reference import load_reference
from catalog.samples.catalogue import load_sample


class Command(BaseCommand):
    help = "Adds the sample sellers, products, certificates and pictures that are missing. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        load_reference(lambda evidence: True)
        for table, number in load_sample().items():
            self.stdout.write(f"{number:>7} {table} added")
