"""Payments in the schema: their types, root fields and mutation, and what they add to orders."""

from typing import Any

import graphene
import segno
from django.conf import settings

from catalog.banks import bank_name
from catalog.graphql import types as catalog_types
from marketplace.core.graphql import peers
from marketplace.core.graphql.mutations import answers, payload
from marketplace.core.graphql.nodes import ModelNode, parse_id, register_node
from marketplace.core.graphql.scalars import DateTime
from marketplace.core.graphql.types import Money, extend, money_field, required_list, vnd
from orders import queries as order_queries
from orders.graphql import types as order_types
from orders.graphql.queries import shown
from orders.models import Order, SellerOrder
from payments import gateways, models, services
from payments.vietqr import VietQr, build, plain_ascii

PaymentState = graphene.Enum.from_enum(models.PaymentState)


class RedirectAction(graphene.ObjectType):
    url = graphene.String(required=True)


class BankQrAction(graphene.ObjectType):
    payload = graphene.String(required=True)
    svg = graphene.String(required=True)
    bank_name = graphene.String(required=True)
    account_number = graphene.String(required=True)
    account_name = graphene.String(required=True)
    amount = graphene.Field(Money, required=True)
    memo = graphene.String(required=True)
    expires_at = graphene.Field(DateTime, required=True)


class StripeAction(graphene.ObjectType):
    client_secret = graphene.String(required=True)
    publishable_key = graphene.String(required=True)


class PaymentAction(graphene.Union):
    """What the buyer's device does next."""

    class Meta:
        types = (RedirectAction, BankQrAction, StripeAction)


class PaymentGateway(graphene.ObjectType):
    code = graphene.String(required=True)
    name = graphene.String(required=True)
    description = graphene.String(required=True)
    currencies = graphene.Field(required_list(graphene.String))
    min_amount = money_field("min_amount", required=False)


def _bank_qr(payment: models.Payment) -> BankQrAction:
    action = payment.action
    code = build(
        VietQr(
            bank_bin=action["bank_bin"],
            account=action["account"],
            amount=payment.amount,
            purpose=plain_ascii(action["memo"]),
        )
    )
    picture = segno.make(code, error="m", micro=False)
    return BankQrAction(
        payload=code,
        svg=picture.svg_inline(scale=4, border=4, dark="#231A12", light="#FFFFFF", omitsize=True),
        bank_name=bank_name(action["bank_bin"]),
        account_number=action["account"],
        account_name=action["holder"],
        amount=vnd(payment.amount),
        memo=action["memo"],
        expires_at=payment.expires_at,
    )


class Payment(ModelNode):
    class Meta:
        model = models.Payment
        fields = ("gateway", "reference")

    collection = graphene.Field(catalog_types.Collection, required=True)
    order = graphene.Field(order_types.Order)
    seller_order = graphene.Field(order_types.SellerOrder)
    state = graphene.Field(PaymentState, required=True)
    amount = money_field("amount")
    action = graphene.Field(PaymentAction)
    failure_reason = graphene.String()
    created_at = graphene.Field(DateTime, required=True)
    paid_at = graphene.Field(DateTime)

    @staticmethod
    def resolve_order(root: models.Payment, info: graphene.ResolveInfo) -> Order:
        return peers.load_related(root, "order", lambda keys: Order.objects.filter(pk__in=keys))  # type: ignore[no-any-return]

    @staticmethod
    def resolve_seller_order(root: models.Payment, info: graphene.ResolveInfo) -> SellerOrder | None:
        return peers.load_related(  # type: ignore[no-any-return]
            root, "seller_order", lambda keys: SellerOrder.objects.filter(pk__in=keys)
        )

    @staticmethod
    def resolve_failure_reason(root: models.Payment, info: graphene.ResolveInfo) -> str | None:
        return root.failure_reason or None

    @staticmethod
    def resolve_action(root: models.Payment, info: graphene.ResolveInfo) -> Any:
        """Only while there is something left to do."""
        open_states = {
            models.PaymentState.PENDING,
            models.PaymentState.PROCESSING,
            models.PaymentState.FAILED,
        }
        if root.state not in open_states or not root.action:
            return None
        if root.gateway == "vietqr":
            return _bank_qr(root)
        return StripeAction(
            client_secret=root.action["client_secret"], publishable_key=settings.STRIPE_PUBLISHABLE_KEY
        )


PaymentPayload = payload("PaymentPayload", payment=graphene.Field(Payment))


class PaymentsQuery:
    payment_gateways = graphene.Field(
        required_list(PaymentGateway), order_id=graphene.ID(), token=graphene.String()
    )

    @staticmethod
    def resolve_payment_gateways(
        root: Any, info: graphene.ResolveInfo, order_id: str | None = None, token: str | None = None
    ) -> list[gateways.Gateway]:
        """All of the installation; with an order, those that fit its amount."""
        offered = gateways.all_gateways()
        if order_id is None:
            return offered
        key = parse_id(order_id, "Order")
        order = order_queries.order_for(info.context.actor, order_id=key, token=token) if key else None
        if order is None:
            return []
        return [gateway for gateway in offered if order.total >= (gateway.min_amount or 0)]


class PaymentsMutation:
    payment_create = graphene.Field(
        PaymentPayload,
        order_id=graphene.ID(required=True),
        gateway=graphene.String(required=True),
        return_url=graphene.String(),
        token=graphene.String(),
        idempotency_key=graphene.String(required=True),
    )

    @staticmethod
    @answers(PaymentPayload)
    def resolve_payment_create(
        root: Any,
        info: graphene.ResolveInfo,
        order_id: str,
        gateway: str,
        idempotency_key: str,
        token: str | None = None,
        return_url: str | None = None,
    ) -> dict[str, Any]:
        payment = services.payment_create(
            actor=info.context.actor,
            order_id=parse_id(order_id, "Order"),
            gateway=gateway,
            token=token,
            idempotency_key=idempotency_key,
        )
        return {"payment": shown(payment, info)}


def _payments_of_order(root: Order, info: graphene.ResolveInfo) -> list[models.Payment]:
    return peers.load_lists(
        root,
        "payments",
        lambda rows: models.Payment.objects.filter(order__in=[row.pk for row in rows]).order_by("id"),
        "order_id",
    )


extend(order_types.Order, "payments", graphene.Field(required_list(Payment), resolver=_payments_of_order))

register_node(
    "Payment",
    lambda context, keys: peers.stamp(
        models.Payment.objects.filter(pk__in=keys, order__in=order_queries.orders_of(context.actor)),
        language=context.language,
        context=context,
    ),
)
