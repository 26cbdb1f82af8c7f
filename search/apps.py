from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("search")

    def ready(self) -> None:
        from django.conf import settings

        from catalog.events import ProductsChanged, ShelfChanged, StockFlipped
        from marketplace.core.events import subscribe
        from marketplace.core.health import register_optional
        from search.elastic import is_up
        from search.services import outbox_add, outbox_add_shelf

        subscribe(ShelfChanged, lambda event: outbox_add_shelf(event.kind, event.key))
        subscribe(ProductsChanged, lambda event: outbox_add(event.product_ids))
        subscribe(StockFlipped, lambda event: outbox_add([event.product_id]))
        register_optional("search", lambda: is_up() if settings.ELASTICSEARCH_URL else None)
