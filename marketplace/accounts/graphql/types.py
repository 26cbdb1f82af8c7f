"""People in the schema. Higher packages add what they know of the viewer."""

from typing import Any

import graphene

from marketplace.accounts import models
from marketplace.accounts import roles as access
from marketplace.core.graphql import peers
from marketplace.core.graphql.nodes import ModelNode, register_node
from marketplace.core.graphql.scalars import Language
from marketplace.core.graphql.types import required_list

Role = graphene.Enum.from_enum(access.Role)


class User(ModelNode):
    class Meta:
        model = models.User
        fields = ("name",)

    email = graphene.String(description="Shown to the person alone.")
    phone = graphene.String(description="Shown to the person alone.")
    language = graphene.Field(Language, required=True)

    @staticmethod
    def resolve_email(root: models.User, info: graphene.ResolveInfo) -> str | None:
        return root.email if root.pk == info.context.actor.user_id else None

    @staticmethod
    def resolve_phone(root: models.User, info: graphene.ResolveInfo) -> str | None:
        return root.phone if root.pk == info.context.actor.user_id else None


class Viewer(graphene.ObjectType):
    user = graphene.Field(User)
    roles = graphene.Field(required_list(Role))
    permissions = graphene.Field(required_list(graphene.String))

    @staticmethod
    def resolve_user(root: Any, info: graphene.ResolveInfo) -> Any:
        user = info.context.actor.user
        return peers.stamp([user], language=info.context.language, context=info.context)[0] if user else None

    @staticmethod
    def resolve_roles(root: Any, info: graphene.ResolveInfo) -> list[access.Role]:
        return access.roles_of(info.context.actor)

    @staticmethod
    def resolve_permissions(root: Any, info: graphene.ResolveInfo) -> list[str]:
        return access.permissions_of(info.context.actor)


class AccountsQuery:
    viewer = graphene.Field(Viewer, required=True)

    @staticmethod
    def resolve_viewer(root: Any, info: graphene.ResolveInfo) -> Viewer:
        return Viewer()


# A person sees only themself.
register_node(
    "User",
    lambda context, keys: [
        user for user in ([context.actor.user] if context.actor.user is not None else []) if user.pk in keys
    ],
)
