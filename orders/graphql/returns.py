"""Returns in the schema: their types, root field and mutations, and what they add to parts and sellers."""

from collections.abc import Iterable
from typing import Any

import graphene
from django.db.models import QuerySet
from django.utils import timezone

from catalog.graphql import loaders as catalog_loaders
from catalog.graphql.queries import plain
from catalog.graphql.types import Address, Image, SellerPrivate, address_of
from catalog.models import ImageAsset, Seller
from marketplace.core.errors import Unauthenticated
from marketplace.core.graphql import peers
from marketplace.core.graphql.connections import Page, connection_types, keyset_page
from marketplace.core.graphql.mutations import answers, payload
from marketplace.core.graphql.nodes import ModelNode, parse_id, register_node
from marketplace.core.graphql.scalars import DateTime, Upload
from marketplace.core.graphql.types import extend, required_list
from orders import models, queries, services
from orders.graphql import types
from orders.graphql.mutations import pieces
from orders.graphql.queries import parts_by_id

ReturnReason = graphene.Enum.from_enum(models.ReturnReason)
ReturnState = graphene.Enum.from_enum(models.ReturnState)


class ReturnLine(graphene.ObjectType):
    line = graphene.Field(types.OrderLine, required=True)
    quantity = graphene.Int(required=True)

    @staticmethod
    def resolve_line(root: Any, info: graphene.ResolveInfo) -> Any:
        """Of a return, or of a refund that knows its line."""
        if not isinstance(root, models.ReturnLine):
            return root.line
        return peers.load_related(root, "line", lambda keys: models.OrderLine.objects.filter(pk__in=keys))


class ReturnLineInput(graphene.InputObjectType):
    line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


class ReturnRequestInput(graphene.InputObjectType):
    seller_order_id = graphene.ID(required=True)
    token = graphene.String()
    reason = graphene.InputField(ReturnReason, required=True)
    description = graphene.String()
    lines = graphene.InputField(required_list(ReturnLineInput))
    images = graphene.List(graphene.NonNull(Upload))


class Return(ModelNode):
    class Meta:
        model = models.Return
        fields = ()

    seller_order = graphene.Field(types.SellerOrder, required=True)
    shipment = graphene.Field(
        types.Shipment,
        description="The parcel that never came: then nobody has asked, and nothing is to be sent.",
    )
    reason = graphene.Field(ReturnReason, required=True)
    description = graphene.String()
    state = graphene.Field(ReturnState, required=True)
    lines = graphene.Field(required_list(ReturnLine))
    images = graphene.Field(required_list(Image))
    decision_note = graphene.String()
    decided_by_officer = graphene.Boolean(
        required=True, description="Then the answer is the last one: the buyer cannot escalate it again."
    )
    decide_before = graphene.Field(DateTime, description="After it an officer looks.")
    return_address = graphene.Field(
        Address,
        description="Where to send it, with the phone that carriers ask for; the buyer's, once agreed to.",
    )
    created_at = graphene.Field(DateTime, required=True)
    updated_at = graphene.Field(DateTime, required=True)

    @staticmethod
    def resolve_seller_order(root: models.Return, info: graphene.ResolveInfo) -> models.SellerOrder:
        return peers.load_related(  # type: ignore[no-any-return]
            root, "seller_order", lambda keys: models.SellerOrder.objects.filter(pk__in=keys)
        )

    @staticmethod
    def resolve_shipment(root: models.Return, info: graphene.ResolveInfo) -> models.Shipment | None:
        found = peers.load_related(root, "parcel", lambda keys: models.Shipment.objects.filter(pk__in=keys))
        if found is not None:
            # Seen from the same side.
            part = Return.resolve_seller_order(root, info)
            seen = dict(peers.group_of(found).loaded.get("seller_order", {}))
            peers.group_of(found).loaded["seller_order"] = {**seen, part.pk: part}
        return found  # type: ignore[no-any-return]

    @staticmethod
    def resolve_description(root: models.Return, info: graphene.ResolveInfo) -> str | None:
        return root.description or None

    @staticmethod
    def resolve_decision_note(root: models.Return, info: graphene.ResolveInfo) -> str | None:
        return root.decision_note or None

    @staticmethod
    def resolve_decided_by_officer(root: models.Return, info: graphene.ResolveInfo) -> bool:
        return root.by_officer

    @staticmethod
    def resolve_lines(root: models.Return, info: graphene.ResolveInfo) -> list[models.ReturnLine]:
        return peers.load_lists(
            root,
            "lines",
            lambda rows: models.ReturnLine.objects.filter(parent__in=[r.pk for r in rows]).order_by("id"),
            "parent_id",
        )

    @staticmethod
    def resolve_images(root: models.Return, info: graphene.ResolveInfo) -> list[catalog_loaders.ImageView]:
        rows = peers.load_lists(
            root,
            "pictures",
            lambda peers_: models.ReturnImage.objects.filter(parent__in=[r.pk for r in peers_]).order_by(
                "id"
            ),
            "parent_id",
        )
        assets = [
            peers.load_related(row, "asset", lambda keys: ImageAsset.objects.filter(pk__in=keys))
            for row in rows
        ]
        return [catalog_loaders.ImageView(asset.pk, asset, "") for asset in assets]

    @staticmethod
    def resolve_return_address(root: models.Return, info: graphene.ResolveInfo) -> Address | None:
        part = Return.resolve_seller_order(root, info)
        if root.state != models.ReturnState.APPROVED or types.is_sold(part):
            return None
        seller = peers.load_related(part, "seller", lambda keys: Seller.objects.filter(pk__in=keys))
        return address_of(seller.address) if seller is not None else None


ReturnConnection = connection_types("Return", Return)
ReturnPayload = payload("ReturnPayload", return_request=graphene.Field(Return))


def _as_seen(context: Any, rows: Iterable[models.Return]) -> list[models.Return]:
    """Returns with their parts, as seen from the reader's side: bought, sold, or decided about."""
    found = peers.stamp(rows, language=context.language, context=context)
    keys = {row.seller_order_id for row in found}
    parts = parts_by_id(context, keys)
    others = peers.stamp(
        models.SellerOrder.objects.filter(pk__in=keys - {part.pk for part in parts}),
        language=context.language,
        context=context,
    )
    types.mark_arbitrated(others)
    if found:
        peers.group_of(found[0]).loaded["seller_order"] = {part.pk: part for part in (*parts, *others)}
    return found


def _shown(wanted: models.Return, info: graphene.ResolveInfo, *, token: str | None = None) -> models.Return:
    """The return as its mutation answers it; whoever gave the order's token has bought it."""
    (found,) = _as_seen(info.context, [wanted])
    if token is not None:
        part = Return.resolve_seller_order(found, info)
        types.mark_bought([part])
    return found


def _page(rows: QuerySet[models.Return], info: graphene.ResolveInfo, paging: Any, **criteria: Any) -> Page:
    context = info.context
    kept, order = queries.filter_returns(rows, **plain(criteria))
    page = keyset_page(kept, order=order, language=context.language, context=context, **paging)
    _as_seen(context, page.nodes)
    return page


class ReturnsQuery:
    returns = graphene.Field(
        ReturnConnection,
        required=True,
        state=graphene.List(graphene.NonNull(ReturnState)),
        seller=graphene.String(),
        updated_since=graphene.Argument(DateTime),
        first=graphene.Int(),
        after=graphene.String(),
        description="For officers: what was escalated; for sellers: their own. With a time, oldest change first.",
    )

    @staticmethod
    def resolve_returns(
        root: Any,
        info: graphene.ResolveInfo,
        state: Any = None,
        seller: str | None = None,
        updated_since: Any = None,
        **paging: Any,
    ) -> Page:
        actor = info.context.actor
        if not actor.is_authenticated:
            raise Unauthenticated
        rows = queries.returns_handled_by(actor)
        return _page(rows, info, paging, state=state, seller=seller, updated_since=updated_since)


class ReturnsMutation:
    return_request = graphene.Field(
        ReturnPayload,
        input=graphene.Argument(ReturnRequestInput, required=True),
        description="The same request once more is the same return.",
    )
    return_cancel = graphene.Field(ReturnPayload, id=graphene.ID(required=True), token=graphene.String())
    return_escalate = graphene.Field(
        ReturnPayload,
        id=graphene.ID(required=True),
        token=graphene.String(),
        description="After a seller's no; after a yes from `decideBefore` on, when nobody has said that it has come.",
    )
    return_decide = graphene.Field(
        ReturnPayload,
        id=graphene.ID(required=True),
        approve=graphene.Boolean(required=True),
        note=graphene.String(),
        description="By the seller; by an officer once ESCALATED. A no needs a note, which the buyer reads.",
    )
    return_receive = graphene.Field(
        ReturnPayload,
        id=graphene.ID(required=True),
        restock=graphene.Boolean(required=True),
        description="Also creates the refund of the returned share.",
    )

    @staticmethod
    @answers(ReturnPayload)
    def resolve_return_request(root: Any, info: graphene.ResolveInfo, input: Any) -> dict[str, Any]:
        token = input.get("token")
        made = services.return_request(
            actor=info.context.actor,
            part_id=parse_id(input["seller_order_id"], "SellerOrder"),
            token=token,
            reason=plain(input["reason"]),
            description=input.get("description"),
            lines=pieces(input["lines"]) or [],
            images=input.get("images"),
        )
        return {"return_request": _shown(made, info, token=token)}

    @staticmethod
    @answers(ReturnPayload)
    def resolve_return_cancel(
        root: Any, info: graphene.ResolveInfo, id: str, token: str | None = None
    ) -> dict[str, Any]:
        key = parse_id(id, "Return")
        found = services.return_cancel(actor=info.context.actor, return_id=key, token=token)
        return {"return_request": _shown(found, info, token=token)}

    @staticmethod
    @answers(ReturnPayload)
    def resolve_return_escalate(
        root: Any, info: graphene.ResolveInfo, id: str, token: str | None = None
    ) -> dict[str, Any]:
        key = parse_id(id, "Return")
        found = services.return_escalate(actor=info.context.actor, return_id=key, token=token)
        return {"return_request": _shown(found, info, token=token)}

    @staticmethod
    @answers(ReturnPayload)
    def resolve_return_decide(
        root: Any, info: graphene.ResolveInfo, id: str, approve: bool, note: str | None = None
    ) -> dict[str, Any]:
        key = parse_id(id, "Return")
        found = services.return_decide(actor=info.context.actor, return_id=key, approve=approve, note=note)
        return {"return_request": _shown(found, info)}

    @staticmethod
    @answers(ReturnPayload)
    def resolve_return_receive(
        root: Any, info: graphene.ResolveInfo, id: str, restock: bool
    ) -> dict[str, Any]:
        key = parse_id(id, "Return")
        found = services.return_receive(actor=info.context.actor, return_id=key, restock=restock)
        return {"return_request": _shown(found, info)}


def _returns_of_part(root: models.SellerOrder, info: graphene.ResolveInfo) -> list[models.Return]:
    found = peers.load_lists(
        root,
        "returns",
        lambda rows: models.Return.objects.filter(seller_order__in=[r.pk for r in rows]).order_by("id"),
        "seller_order_id",
    )
    if types.is_arbitrated(root):
        return [row for row in found if row.escalated_at is not None]
    return found


def _returnable(root: models.SellerOrder, info: graphene.ResolveInfo) -> bool:
    """Whether anything of it may still be given back, for one reason or another."""
    until = services.returnable_until(root, models.ReturnReason.DAMAGED)
    lines = types.SellerOrder.resolve_lines(root, info)
    return until is not None and until >= timezone.now() and any(row.shipped > row.returning for row in lines)


def _private_returns(root: Seller, info: graphene.ResolveInfo, state: Any = None, **paging: Any) -> Page:
    """The seller's own for its people; for its officers what came before them."""
    rights, rows = catalog_loaders.rights(root), models.Return.objects.filter(seller_order__seller=root.pk)
    if not (rights.may(queries.SEE_PARTS, root) or rights.is_admin):
        rows = rows.filter(pk__in=queries.returns_arbitrated_by(info.context.actor).values("pk"))
    return _page(rows, info, paging, state=state)


extend(types.SellerOrder, "returns", graphene.Field(required_list(Return), resolver=_returns_of_part))
extend(
    types.SellerOrder,
    "returnable",
    graphene.Field(
        graphene.Boolean,
        required=True,
        resolver=_returnable,
        description="Whether the buyer may still give something of it back.",
    ),
)
extend(
    SellerPrivate,
    "returns",
    graphene.Field(
        ReturnConnection,
        required=True,
        first=graphene.Int(),
        after=graphene.String(),
        state=graphene.List(graphene.NonNull(ReturnState)),
        resolver=_private_returns,
    ),
)
register_node(
    "Return",
    lambda context, keys: _as_seen(
        context, queries.returns_visible_to(context.actor).filter(pk__in=list(keys))
    ),
)
