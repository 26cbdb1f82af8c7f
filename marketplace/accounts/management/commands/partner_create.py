"""`manage.py partner_create NAME --scopes products:read orders:read`: a partner app with client credentials."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from oauth2_provider.generators import generate_client_id, generate_client_secret

from marketplace.accounts.models import Application


class Command(BaseCommand):
    help = "Creates a partner app and prints its client id and secret. The secret is shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--scopes", nargs="*", default=["products:read"])

    def handle(self, *args: Any, **options: Any) -> None:
        known = set(settings.OAUTH_SCOPES)
        unknown = set(options["scopes"]) - known
        if unknown:
            raise CommandError(
                f"Unknown scopes: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(known))}."
            )
        secret = generate_client_secret()
        application = Application.objects.create(
            name=options["name"],
            client_id=generate_client_id(),
            client_secret=secret,
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
            allowed_scopes=options["scopes"],
        )
        self.stdout.write(
            f"client_id     {application.client_id}\nclient_secret {secret}\n"
            f"scopes        {' '.join(options['scopes'])}\n"
            "Get a token: POST /oauth/token/ with grant_type=client_credentials. The secret is not shown again."
        )
