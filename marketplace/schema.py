"""The root schema, put together from each package's graphql/."""

import graphene

from catalog.graphql.queries import CatalogQuery
from marketplace.accounts.graphql.types import AccountsQuery
from marketplace.core.graphql.executor import Executor
from orders.graphql.mutations import OrdersMutation
from orders.graphql.queries import OrdersQuery


class Query(AccountsQuery, CatalogQuery, OrdersQuery, graphene.ObjectType):
    """Everything that can be read."""


class Mutation(OrdersMutation, graphene.ObjectType):
    """Everything that can be changed."""


schema = graphene.Schema(query=Query, mutation=Mutation)
executor = Executor(schema.graphql_schema)
