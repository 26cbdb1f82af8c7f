from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from catalog.events import ReviewChanged
        from marketplace.accounts.personal import register
        from marketplace.core.events import subscribe
        from orders import reports
        from orders.personal import SECTION
        from orders.services import review_changed

        register(SECTION)
        reports.register()
        subscribe(ReviewChanged, review_changed)
