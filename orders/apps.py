from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from marketplace.core.events import subscribe
        from orders.events import OrderPlaced
        from orders.jobs import mail_order_link

        subscribe(OrderPlaced, lambda event: mail_order_link.defer(order_id=str(event.order_id)))
