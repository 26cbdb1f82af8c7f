"""Payments in the schema: their types, root fields and mutation, and what they add to orders."""

from dataclasses import dataclass
from typing import Any

import graphene
import segno
from django.conf import settings

from catalog.banks import bank_name
from catalog.graphql import types as catalog_types
from marketplace.core.graphql import peers
from marketplace.core.graphql.mutations import answers, payload
from marketplace.core.graphql.nodes import ModelNode, parse_id, register_node
from marketplace.core.graphql.scalars import Amount, DateTime
from marketplace.core.graphql.types import Money, extend, money_field, required_list, vnd
from orders import queries as order_queries
from orders import services as order_services
from orders.graphql import types as order_types
from orders.graphql.mutations import OrderPayload, pieces
from orders.graphql.queries import parts_by_id, shown
from orders.graphql.returns import Return, ReturnLine, ReturnLineInput
from orders.models import Order, OrderLine, SellerOrder
from payments import gateways, models, services
from payments.vietqr import VietQr, build, plain_ascii

PaymentState = graphene.Enum.from_enum(models.PaymentState)
RefundState = graphene.Enum.from_enum(models.RefundState)


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


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """Pieces of a line that a refund is for."""

    line: OrderLine
    quantity: int


def _lines_of_refunds(refunds: list[models.Refund]) -> dict[Any, list[OrderLine]]:
    keys = {item["line"] for refund in refunds for item in refund.lines}
    lines = peers.stamp_like(refunds[0], OrderLine.objects.filter(pk__in=keys)) if keys else []
    return {
        refund.pk: [line for line in lines if line.seller_order_id == refund.seller_order_id]
        for refund in refunds
    }


class Refund(ModelNode):
    class Meta:
        model = models.Refund
        fields = ("reference", "reason")

    seller_order = graphene.Field(order_types.SellerOrder)
    payment = graphene.Field(lambda: Payment, description="For the buyer and administrators.")
    lines = graphene.Field(required_list(ReturnLine))
    amount = money_field("amount")
    state = graphene.Field(RefundState, required=True)
    created_at = graphene.Field(DateTime, required=True)

    @staticmethod
    def resolve_seller_order(root: models.Refund, info: graphene.ResolveInfo) -> SellerOrder:
        return peers.load_related(  # type: ignore[no-any-return]
            root, "seller_order", lambda keys: SellerOrder.objects.filter(pk__in=keys)
        )

    @staticmethod
    def resolve_lines(root: models.Refund, info: graphene.ResolveInfo) -> list[RefundedLine]:
        found = {str(line.pk): line for line in peers.load(root, "lines", _lines_of_refunds, [])}
        return [RefundedLine(found[item["line"]], item["quantity"]) for item in root.lines]

    @staticmethod
    def resolve_payment(root: models.Refund, info: graphene.ResolveInfo) -> models.Payment | None:
        part = Refund.resolve_seller_order(root, info)
        if order_types.is_sold(part):
            return None
        return peers.load_related(  # type: ignore[no-any-return]
            root, "payment", lambda keys: models.Payment.objects.filter(pk__in=keys)
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
    refunds = graphene.Field(required_list(Refund))
    created_at = graphene.Field(DateTime, required=True)
    paid_at = graphene.Field(DateTime)

    @staticmethod
    def resolve_refunds(root: models.Payment, info: graphene.ResolveInfo) -> list[models.Refund]:
        return peers.load_lists(
            root,
            "refunds",
            lambda rows: models.Refund.objects.filter(payment__in=[row.pk for row in rows]).order_by("id"),
            "payment_id",
        )

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
RefundPayload = payload("RefundPayload", refund=graphene.Field(Refund))


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

    refund_create = graphene.Field(
        RefundPayload,
        seller_order_id=graphene.ID(required=True),
        amount=graphene.Argument(Amount, required=True),
        lines=graphene.List(graphene.NonNull(ReturnLineInput)),
        reason=graphene.String(required=True),
        bank_reference=graphene.String(
            description="For administrators, who have paid it back by hand already."
        ),
        idempotency_key=graphene.String(required=True),
    )
    refund_account_set = graphene.Field(
        OrderPayload,
        order_id=graphene.ID(required=True),
        token=graphene.String(),
        bank_bin=graphene.String(required=True),
        account=graphene.String(required=True),
        holder=graphene.String(required=True),
        description="Where a refund by bank transfer goes.",
    )

    @staticmethod
    @answers(RefundPayload)
    def resolve_refund_create(
        root: Any,
        info: graphene.ResolveInfo,
        seller_order_id: str,
        amount: int,
        reason: str,
        idempotency_key: str,
        lines: Any = None,
        bank_reference: str | None = None,
    ) -> dict[str, Any]:
        refund = services.refund_create(
            actor=info.context.actor,
            part_id=parse_id(seller_order_id, "SellerOrder"),
            amount=amount,
            lines=pieces(lines),
            reason=reason,
            bank_reference=bank_reference,
            idempotency_key=idempotency_key,
        )
        return {"refund": _refunds(info.context, [refund])[0]}

    @staticmethod
    @answers(OrderPayload)
    def resolve_refund_account_set(
        root: Any,
        info: graphene.ResolveInfo,
        order_id: str,
        bank_bin: str,
        account: str,
        holder: str,
        token: str | None = None,
    ) -> dict[str, Any]:
        order = order_services.refund_account_set(
            actor=info.context.actor,
            order_id=parse_id(order_id, "Order"),
            token=token,
            bank_bin=bank_bin,
            account=account,
            holder=holder,
        )
        return {"order": shown(order, info)}

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


def _refund_account_needed(root: Order, info: graphene.ResolveInfo) -> bool:
    """Whether money waits here that came by transfer, and the buyer has not said where to."""
    if root.paid_at is None or root.refund_account is not None:
        return False
    return any(
        (refund.state == models.RefundState.PENDING and services.by_hand(payment))
        or refund.state == models.RefundState.FAILED
        for payment in _payments_of_order(root, info)
        for refund in Payment.resolve_refunds(payment, info)
    )


def _payments_of_part(root: SellerOrder, info: graphene.ResolveInfo) -> list[models.Payment]:
    """The buyer's payments of it; for a seller those of DIRECT parts only, and none is taken yet."""
    order = order_types.SellerOrder.resolve_order(root, info)
    if order is None:
        return []
    return [row for row in _payments_of_order(order, info) if row.seller_order_id in (None, root.pk)]


def _refunds_of_part(root: SellerOrder, info: graphene.ResolveInfo) -> list[models.Refund]:
    return peers.load_lists(
        root,
        "refunds",
        lambda rows: models.Refund.objects.filter(seller_order__in=[row.pk for row in rows]).order_by("id"),
        "seller_order_id",
    )


def _refund_of_return(root: Any, info: graphene.ResolveInfo) -> models.Refund | None:
    found: list[models.Refund] = peers.load_lists(
        root,
        "refund",
        lambda rows: models.Refund.objects.filter(returned__in=[row.pk for row in rows]),
        "returned_id",
    )
    if not found:
        return None
    peers.group_of(found[0]).loaded["seller_order"] = {
        row.seller_order_id: Return.resolve_seller_order(row, info) for row in peers.group_of(root).rows
    }
    return found[0]


def _refunds(context: Any, refunds: list[models.Refund]) -> list[models.Refund]:
    """Refunds ready to be shown: of visible parts, and as seen from the reader's side."""
    parts = {part.pk: part for part in parts_by_id(context, {row.seller_order_id for row in refunds})}
    rows = peers.stamp(
        [row for row in refunds if row.seller_order_id in parts], language=context.language, context=context
    )
    if rows:
        peers.group_of(rows[0]).loaded["seller_order"] = parts
    return rows


extend(
    order_types.Order,
    "refund_account_needed",
    graphene.Field(graphene.Boolean, required=True, resolver=_refund_account_needed),
)
extend(
    order_types.SellerOrder, "payments", graphene.Field(required_list(Payment), resolver=_payments_of_part)
)
extend(order_types.SellerOrder, "refunds", graphene.Field(required_list(Refund), resolver=_refunds_of_part))

extend(Return, "refund", graphene.Field(Refund, resolver=_refund_of_return))

register_node(
    "Refund", lambda context, keys: _refunds(context, list(models.Refund.objects.filter(pk__in=keys)))
)
register_node(
    "Payment",
    lambda context, keys: peers.stamp(
        models.Payment.objects.filter(pk__in=keys, order__in=order_queries.orders_of(context.actor)),
        language=context.language,
        context=context,
    ),
)
