from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from marketplace.accounts.personal import register
        from orders.personal import SECTION

        register(SECTION)
