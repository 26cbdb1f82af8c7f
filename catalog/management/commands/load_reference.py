"""`manage.py load_reference`: what a real installation starts from."""

from typing import Any

from django.core.management.base import BaseCommand

from catalog.reference import load_reference


class Command(BaseCommand):
    help = (
        "Loads administrative units, communes, crafts and the villages that a source names. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for table, number in load_reference().items():
            self.stdout.write(f"{number:>7} {table}")
