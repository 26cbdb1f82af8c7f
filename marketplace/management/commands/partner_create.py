"""`manage.py partner_create NAME --scopes products:read --seller SLUG`: a partner app with client credentials."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from oauth2_provider.generators import generate_client_id, generate_client_secret

from catalog.models import Seller, SellerApp
from marketplace.accounts.models import Application
from marketplace.core import audit
from marketplace.core.actor import SYSTEM


class Command(BaseCommand):
    help = "Creates a partner app and prints its client id and secret. The secret is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--scopes", nargs="*", default=["products:read"])
        whose = parser.add_mutually_exclusive_group()
        whose.add_argument(
            "--seller", nargs="+", default=[], metavar="SLUG", help="act for these sellers; none: public data"
        )
        whose.add_argument("--every-seller", action="store_true", help="act for the whole platform")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        known = set(settings.OAUTH_SCOPES)
        unknown = set(options["scopes"]) - known
        if unknown:
            raise CommandError(
                f"Unknown scopes: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(known))}."
            )
        sellers = {row.slug: row for row in Seller.objects.filter(slug__in=options["seller"])}
        missing = set(options["seller"]) - sellers.keys()
        if missing:
            raise CommandError(f"No seller has the slug {', '.join(sorted(missing))}.")
        secret = generate_client_secret()
        application = Application.objects.create(
            name=options["name"],
            client_id=generate_client_id(),
            client_secret=secret,
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
            allowed_scopes=options["scopes"],
        )
        granted: list[Seller | None] = [None] if options["every_seller"] else [*sellers.values()]
        SellerApp.objects.bulk_create([SellerApp(app=application, seller=seller) for seller in granted])
        names = ["every seller"] if options["every_seller"] else sorted(sellers) or ["public data only"]
        audit.record(
            SYSTEM, "partner.create", application, after={"scopes": options["scopes"], "sellers": names}
        )
        self.stdout.write(
            f"client_id     {application.client_id}\nclient_secret {secret}\n"
            f"scopes        {' '.join(options['scopes'])}\nacts for      {', '.join(names)}\n"
            "Get a token: POST /oauth/token/ with grant_type=client_credentials. The secret is not shown again."
        )
