from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from marketplace.core.events import subscribe
        from orders.events import OrderExpired
        from payments.services import payments_end_with_order

        subscribe(OrderExpired, lambda event: payments_end_with_order(event.order_id))
