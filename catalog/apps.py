from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from catalog.personal import SECTION
        from catalog.queries import commune_ids_of, seller_ids_of
        from marketplace.accounts.personal import register
        from marketplace.accounts.roles import Role, register_role

        register_role(lambda actor: Role.SELLER if seller_ids_of(actor) else None)
        register(SECTION)
        register_role(lambda actor: Role.OFFICER if commune_ids_of(actor) else None)
