"""Mutations of sellers and their people."""

from typing import Any

import graphene

from catalog import services
from catalog.graphql import types
from catalog.graphql.mutations.common import SocialLinkInput, plain, shown, with_keys
from marketplace.core.graphql.mutations import answers, payload
from marketplace.core.graphql.nodes import parse_id
from marketplace.core.graphql.scalars import Date, DateTime, Upload

SellerDecision = graphene.Enum(
    "SellerDecision", [(name, name) for name in ("VERIFY", "REJECT", "SUSPEND", "REINSTATE", "CLOSE")]
)


class SellerApplyInput(graphene.InputObjectType):
    """`sellerId` to apply again, or for a page just claimed."""

    seller_id = graphene.ID()
    name = graphene.String(required=True)
    legal_name = graphene.String(required=True)
    kind = graphene.InputField(types.SellerKind, required=True)
    village = graphene.String()
    commune = graphene.String()
    tax_code = graphene.String()
    personal_id = graphene.String()
    birth_date = graphene.InputField(Date)
    phone = graphene.String(required=True)
    address = graphene.InputField(types.AddressInput, required=True)
    show_address = graphene.Boolean()
    bank_bin = graphene.String()
    bank_account = graphene.String()
    bank_holder = graphene.String()
    about = graphene.String()
    documents = graphene.List(graphene.NonNull(Upload))


class SellerUpdateInput(graphene.InputObjectType):
    id = graphene.ID(required=True)
    name = graphene.String()
    about = graphene.String()
    phone = graphene.String()
    address = graphene.InputField(types.AddressInput)
    show_address = graphene.Boolean()
    logo = graphene.InputField(Upload)
    social_links = graphene.List(graphene.NonNull(SocialLinkInput))
    vneid_linked_at = graphene.InputField(DateTime)
    collection = graphene.InputField(types.Collection)


SellerPayload = payload("SellerPayload", seller=graphene.Field(types.Seller))


def _data(input: Any) -> dict[str, Any]:
    """The input as the services take it; addresses with the contract's own keys."""
    data: dict[str, Any] = plain(input)
    if "address" in data:
        data["address"] = types.address_data(data["address"])
    return data


class SellerMutations:
    seller_apply = graphene.Field(SellerPayload, input=graphene.Argument(SellerApplyInput, required=True))
    seller_update = graphene.Field(SellerPayload, input=graphene.Argument(SellerUpdateInput, required=True))
    seller_decide = graphene.Field(
        SellerPayload,
        id=graphene.ID(required=True),
        decision=graphene.Argument(SellerDecision, required=True),
        note=graphene.String(),
    )
    seller_trust_set = graphene.Field(
        SellerPayload,
        id=graphene.ID(required=True),
        trusted=graphene.Boolean(required=True),
        note=graphene.String(),
    )
    seller_claim = graphene.Field(
        SellerPayload,
        seller_id=graphene.ID(required=True),
        description="Sends a code to the phone of a page that nobody has claimed.",
    )
    seller_claim_confirm = graphene.Field(
        SellerPayload, seller_id=graphene.ID(required=True), code=graphene.String(required=True)
    )
    seller_member_invite = graphene.Field(
        SellerPayload,
        seller_id=graphene.ID(required=True),
        contact=graphene.String(required=True),
        role=graphene.Argument(types.MemberRole, required=True),
    )
    seller_invitation_accept = graphene.Field(SellerPayload, token=graphene.String(required=True))
    seller_member_remove = graphene.Field(SellerPayload, id=graphene.ID(required=True))

    @staticmethod
    @answers(SellerPayload)
    def resolve_seller_apply(root: Any, info: graphene.ResolveInfo, input: Any) -> dict[str, Any]:
        data = with_keys(_data(input), seller_id="Seller")
        documents = data.pop("documents", None) or []
        seller = services.seller_apply(
            actor=info.context.actor, data=data, documents=documents, language=info.context.language
        )
        return {"seller": shown(seller, info)}

    @staticmethod
    @answers(SellerPayload)
    def resolve_seller_update(root: Any, info: graphene.ResolveInfo, input: Any) -> dict[str, Any]:
        data = _data(input)
        seller = services.seller_update(
            actor=info.context.actor,
            seller_id=parse_id(data.pop("id"), "Seller"),
            data=data,
            language=info.context.language,
        )
        return {"seller": shown(seller, info)}

    @staticmethod
    @answers(SellerPayload)
    def resolve_seller_decide(
        root: Any, info: graphene.ResolveInfo, id: str, decision: Any, note: str | None = None
    ) -> dict[str, Any]:
        seller = services.seller_decide(
            actor=info.context.actor,
            seller_id=parse_id(id, "Seller"),
            decision=plain(decision),
            note=note or "",
        )
        return {"seller": shown(seller, info)}

    @staticmethod
    @answers(SellerPayload)
    def resolve_seller_trust_set(
        root: Any, info: graphene.ResolveInfo, id: str, trusted: bool, note: str | None = None
    ) -> dict[str, Any]:
        seller = services.seller_trust_set(
            actor=info.context.actor, seller_id=parse_id(id, "Seller"), trusted=trusted, note=note or ""
        )
        return {"seller": shown(seller, info)}

    @staticmethod
    @answers(SellerPayload)
    def resolve_seller_claim(root: Any, info: graphene.ResolveInfo, seller_id: str) -> dict[str, Any]:
        key = parse_id(seller_id, "Seller")
        return {"seller": shown(services.seller_claim(actor=info.context.actor, seller_id=key), info)}

    @staticmethod
    @answers(SellerPayload)
    def resolve_seller_claim_confirm(
        root: Any, info: graphene.ResolveInfo, seller_id: str, code: str
    ) -> dict[str, Any]:
        seller = services.seller_claim_confirm(
            actor=info.context.actor, seller_id=parse_id(seller_id, "Seller"), code=code
        )
        return {"seller": shown(seller, info)}

    @staticmethod
    @answers(SellerPayload)
    def resolve_seller_member_invite(
        root: Any, info: graphene.ResolveInfo, seller_id: str, contact: str, role: Any
    ) -> dict[str, Any]:
        member = services.member_invite(
            actor=info.context.actor,
            seller_id=parse_id(seller_id, "Seller"),
            contact=contact,
            role=plain(role),
        )
        return {"seller": shown(member.seller, info)}

    @staticmethod
    @answers(SellerPayload)
    def resolve_seller_invitation_accept(root: Any, info: graphene.ResolveInfo, token: str) -> dict[str, Any]:
        member = services.invitation_accept(actor=info.context.actor, token=token)
        return {"seller": shown(member.seller, info)}

    @staticmethod
    @answers(SellerPayload)
    def resolve_seller_member_remove(root: Any, info: graphene.ResolveInfo, id: str) -> dict[str, Any]:
        seller = services.member_remove(actor=info.context.actor, member_id=parse_id(id, "SellerMembership"))
        return {"seller": shown(seller, info)}
