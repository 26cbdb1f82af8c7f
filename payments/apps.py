from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from marketplace.core.actor import SYSTEM
        from marketplace.core.events import subscribe
        from orders.events import OrderCancelled, OrderExpired, PartCancelled, ReturnReceived
        from payments.services import payments_end_with_order, refund_open, refund_return

        subscribe(OrderExpired, lambda event: payments_end_with_order(event.order_id))
        subscribe(OrderCancelled, lambda event: payments_end_with_order(event.order_id))
        from orders.personal import owing
        from payments.services import refunds_open_of

        owing.append(refunds_open_of)
        subscribe(ReturnReceived, lambda event: refund_return(event.return_id, event.owed))
        subscribe(
            PartCancelled,
            lambda event: refund_open(
                actor=SYSTEM, part_id=event.seller_order_id, amount=event.owed, reason=event.reason
            ),
        )
