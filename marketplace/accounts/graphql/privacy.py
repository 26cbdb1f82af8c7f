"""Consent, personal data and texts by law in the schema."""

from typing import Any

import graphene

from marketplace.accounts import legal, models, personal
from marketplace.accounts.graphql.types import Viewer
from marketplace.core.graphql.mutations import ReportPayload, answers
from marketplace.core.graphql.scalars import DateTime, Language
from marketplace.core.graphql.types import extend, required_list

LegalKind = graphene.Enum.from_enum(models.LegalKind)


class Consent(graphene.ObjectType):
    purpose = graphene.String(required=True)
    given = graphene.Boolean(required=True)
    at = graphene.Field(DateTime, required=True)
    text_version = graphene.String(required=True)

    @staticmethod
    def resolve_at(root: models.Consent, info: graphene.ResolveInfo) -> Any:
        return root.created_at


class LegalText(graphene.ObjectType):
    kind = graphene.Field(LegalKind, required=True)
    version = graphene.String(required=True, description="What `acceptedTerms` of an order names, for TERMS.")
    language = graphene.Field(Language, required=True)
    title = graphene.String(required=True)
    body = graphene.String(
        required=True, description="Parts between empty lines; the first line of each is its heading."
    )
    valid_from = graphene.Field(DateTime, required=True)


class PrivacyQuery:
    legal_text = graphene.Field(
        LegalText,
        kind=graphene.Argument(LegalKind, required=True),
        version=graphene.String(description="Today's without it."),
        language=graphene.Argument(Language),
    )

    @staticmethod
    def resolve_legal_text(
        root: Any,
        info: graphene.ResolveInfo,
        kind: Any,
        version: str | None = None,
        language: str | None = None,
    ) -> models.LegalText | None:
        value = getattr(kind, "value", kind)
        return legal.legal_text(value, language or info.context.language, version)


class PrivacyMutation:
    consent_set = graphene.Field(
        ReportPayload, purpose=graphene.String(required=True), given=graphene.Boolean(required=True)
    )
    personal_data_export = graphene.Field(
        ReportPayload,
        description="Sends a link to all that is kept of the caller, which opens for them alone.",
    )
    account_erase = graphene.Field(ReportPayload, password=graphene.String(required=True))

    @staticmethod
    @answers(ReportPayload, accepted=False)
    def resolve_consent_set(
        root: Any, info: graphene.ResolveInfo, purpose: str, given: bool
    ) -> dict[str, Any]:
        legal.consent_set(actor=info.context.actor, purpose=purpose, given=given)
        return {"accepted": True}

    @staticmethod
    @answers(ReportPayload, accepted=False)
    def resolve_personal_data_export(root: Any, info: graphene.ResolveInfo) -> dict[str, Any]:
        personal.personal_data_export(actor=info.context.actor)
        return {"accepted": True}

    @staticmethod
    @answers(ReportPayload, accepted=False)
    def resolve_account_erase(root: Any, info: graphene.ResolveInfo, password: str) -> dict[str, Any]:
        personal.account_erase(actor=info.context.actor, password=password)
        return {"accepted": True}


def _consents(root: Any, info: graphene.ResolveInfo) -> list[models.Consent]:
    user = info.context.actor.user
    return legal.consents_of(user) if user is not None else []


extend(Viewer, "consents", graphene.Field(required_list(Consent), resolver=_consents))
