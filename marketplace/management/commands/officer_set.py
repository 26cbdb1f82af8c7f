"""`manage.py officer_set CONTACT COMMUNE [--remove]`: makes a person an officer of a commune, or no longer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Commune
from catalog.services import officer_set
from marketplace.accounts.models import User
from marketplace.core.actor import SYSTEM


class Command(BaseCommand):
    help = "Gives a person the queues of a commune in the admin, or takes them away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contact", help="the person's e-mail address or phone")
        parser.add_argument("commune", help="the commune's slug")
        parser.add_argument("--remove", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["contact"])
            commune = Commune.objects.get(slug=options["commune"])
        except (User.DoesNotExist, Commune.DoesNotExist) as error:
            raise CommandError(str(error)) from None
        officer_set(actor=SYSTEM, user=user, commune=commune, officer=not options["remove"])
        self.stdout.write("Done.")
