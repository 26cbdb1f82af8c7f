from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from django.core import checks

        from catalog.events import ReviewChanged
        from catalog.queries import others_waiting
        from marketplace.accounts.personal import register
        from marketplace.core.events import subscribe
        from orders import reports
        from orders.checks import returns_text
        from orders.personal import SECTION
        from orders.queries import parcels_waiting, returns_waiting
        from orders.services import review_changed

        others_waiting.append((_("returns"), returns_waiting))
        others_waiting.append((_("missing parcels"), parcels_waiting))
        register(SECTION)
        reports.register()
        checks.register(returns_text)
        subscribe(ReviewChanged, review_changed)
