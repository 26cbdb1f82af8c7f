"""Mutations of OCOP certificates."""

from typing import Any

import graphene

from catalog import services
from catalog.graphql import types
from catalog.graphql.mutations.common import plain, shown
from marketplace.core.graphql.mutations import answers, payload
from marketplace.core.graphql.nodes import parse_id
from marketplace.core.graphql.scalars import Date, Upload


class OcopCertificateInput(graphene.InputObjectType):
    product_id = graphene.ID(required=True)
    number = graphene.String(required=True)
    stars = graphene.Int(required=True)
    level = graphene.InputField(types.OcopLevel, required=True)
    issued_by = graphene.String(required=True)
    issued_on = graphene.InputField(Date, required=True)
    expires_on = graphene.InputField(Date, description="Left out: as the rules of the day of issue have it.")
    scan = graphene.InputField(Upload)


OcopCertificatePayload = payload("OcopCertificatePayload", certificate=graphene.Field(types.OcopCertificate))


class CertificateMutations:
    ocop_certificate_submit = graphene.Field(
        OcopCertificatePayload, input=graphene.Argument(OcopCertificateInput, required=True)
    )
    ocop_certificate_decide = graphene.Field(
        OcopCertificatePayload,
        id=graphene.ID(required=True),
        accept=graphene.Boolean(required=True),
        note=graphene.String(),
    )
    ocop_certificate_revoke = graphene.Field(
        OcopCertificatePayload, id=graphene.ID(required=True), reason=graphene.String(required=True)
    )

    @staticmethod
    @answers(OcopCertificatePayload)
    def resolve_ocop_certificate_submit(root: Any, info: graphene.ResolveInfo, input: Any) -> dict[str, Any]:
        data: dict[str, Any] = plain(input)
        data["product_id"] = parse_id(data["product_id"], "Product")
        scan = data.pop("scan", None)
        certificate = services.certificate_submit(actor=info.context.actor, data=data, scan=scan)
        return {"certificate": shown(certificate, info)}

    @staticmethod
    @answers(OcopCertificatePayload)
    def resolve_ocop_certificate_decide(
        root: Any, info: graphene.ResolveInfo, id: str, accept: bool, note: str | None = None
    ) -> dict[str, Any]:
        certificate = services.certificate_decide(
            actor=info.context.actor,
            certificate_id=parse_id(id, "OcopCertificate"),
            accept=accept,
            note=note or "",
        )
        return {"certificate": shown(certificate, info)}

    @staticmethod
    @answers(OcopCertificatePayload)
    def resolve_ocop_certificate_revoke(
        root: Any, info: graphene.ResolveInfo, id: str, reason: str
    ) -> dict[str, Any]:
        certificate = services.certificate_revoke(
            actor=info.context.actor, certificate_id=parse_id(id, "OcopCertificate"), reason=reason
        )
        return {"certificate": shown(certificate, info)}
