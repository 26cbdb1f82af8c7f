from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "marketplace.accounts"
    label = "accounts"
    verbose_name = "People and apps"

    def ready(self) -> None:
        post_migrate.connect(_publish_legal_texts, sender=self)


def _publish_legal_texts(**options: Any) -> None:
    from marketplace.accounts.legal import texts_publish

    texts_publish(options["using"])
