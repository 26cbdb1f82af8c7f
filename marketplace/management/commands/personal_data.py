"""A person's data, for whoever answers their request: given out, or erased (Law 91/2025/QH15)."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.personal import person_erase, personal_data
from marketplace.core.actor import SYSTEM
from marketplace.core.errors import DomainError
from marketplace.core.phones import parse_phone
from orders.personal import anonymise, export_orders, going_on, orders_of_contact


class Command(BaseCommand):
    help = "Prints all that is kept of a person (JSON), or erases it. Guests are known by the contact of their orders."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contact", help="e-mail address or phone number")
        parser.add_argument(
            "--erase", action="store_true", help="erase instead of printing; cannot be undone"
        )

    @transaction.atomic(durable=True)
    def handle(self, *args: Any, **options: Any) -> None:
        contact = options["contact"]
        if "@" not in contact:
            contact = parse_phone(contact) or ""
        if not contact:
            raise CommandError("This is neither an e-mail address nor a phone number.")
        user = User.objects.filter(**{"email__iexact" if "@" in contact else "phone": contact}).first()
        orders = orders_of_contact(contact)
        if user is None and not orders.exists():
            raise CommandError("Nobody is known by this contact.")
        if options["erase"]:
            self._erase(user, orders)
            return
        found = {**(personal_data(user) if user is not None else {}), "guest_orders": export_orders(orders)}
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))

    def _erase(self, user: User | None, orders: Any) -> None:
        if going_on(orders):
            raise CommandError("An order of this contact is still going on.")
        done = anonymise(orders, SYSTEM)
        if user is not None:
            try:
                person_erase(actor=SYSTEM, user=user)
            except DomainError as error:
                raise CommandError(" ".join(str(problem.message) for problem in error.problems)) from None
        self.stdout.write(f"Erased: {int(user is not None)} account, {done} guest orders.")
