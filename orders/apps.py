from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from catalog.events import ReviewChanged
        from marketplace.core.events import subscribe
        from orders import reports
        from orders.services import review_changed

        reports.register()
        subscribe(ReviewChanged, review_changed)
