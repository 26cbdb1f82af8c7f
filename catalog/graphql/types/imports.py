"""Sheets of listings, taken in and given out."""

import graphene

from catalog import files, models, queries
from catalog.graphql import loaders
from catalog.graphql.types.inside import SellerPrivate
from catalog.models import ImportState as States
from marketplace.core.graphql.connections import Page, connection_types, keyset_page_of_parent
from marketplace.core.graphql.limits import weigh
from marketplace.core.graphql.nodes import ModelNode
from marketplace.core.graphql.scalars import DateTime
from marketplace.core.graphql.types import ErrorCode, extend, required_list

ImportState = graphene.Enum.from_enum(States)
SHOWN = 20


class ImportProblem(graphene.ObjectType):
    row = graphene.Int(required=True)
    column = graphene.String()
    code = graphene.Field(ErrorCode, required=True)
    message = graphene.String(required=True)

    @staticmethod
    def resolve_column(root: models.ImportProblem, info: graphene.ResolveInfo) -> str | None:
        return root.column or None


ImportProblemConnection = connection_types("ImportProblem", ImportProblem)


class ImportJob(ModelNode):
    class Meta:
        model = models.ImportJob
        fields = ("row_count", "created_count", "updated_count")

    file_name = graphene.String()
    created_at = graphene.Field(DateTime, required=True)
    state = graphene.Field(ImportState, required=True)
    problems = graphene.Field(
        ImportProblemConnection,
        first=graphene.Int(default_value=100),
        after=graphene.String(),
        required=True,
    )
    progress = graphene.Float(required=True)
    result_url = graphene.String(description="The sheet given back with a column of errors, or the export.")

    @staticmethod
    def resolve_problems(
        root: models.ImportJob, info: graphene.ResolveInfo, first: int = 100, after: str | None = None
    ) -> Page:
        return keyset_page_of_parent(
            root,
            "problems",
            models.ImportProblem.objects.all(),
            by="job",
            order=["row", "id"],
            first=first,
            after=after,
        )

    @staticmethod
    def resolve_progress(root: models.ImportJob, info: graphene.ResolveInfo) -> float:
        if root.state in {States.READY, States.DONE}:
            return 1.0
        return root.done_rows / root.row_count if root.row_count else 0.0

    @staticmethod
    def resolve_result_url(root: models.ImportJob, info: graphene.ResolveInfo) -> str | None:
        result = loaders.related(root, "result")
        return files.signed_url(result) if result else None


def _imports(
    root: models.Seller, info: graphene.ResolveInfo, first: int | None = None
) -> list[models.ImportJob]:
    return keyset_page_of_parent(
        root,
        "imports",
        queries.imports_visible_to(info.context.actor),
        by="seller",
        order=["-created_at", "-id"],
        first=SHOWN if first is None else first,
    ).nodes


extend(
    SellerPrivate,
    "imports",
    graphene.Field(required_list(ImportJob), first=graphene.Int(), resolver=_imports),
)
weigh("SellerPrivate", "imports", size=SHOWN)
