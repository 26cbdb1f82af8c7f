"""The root schema, put together from each package's graphql/."""

import graphene

from catalog.graphql.mutations import CatalogMutation
from catalog.graphql.queries import CatalogQuery
from marketplace.accounts.graphql.privacy import PrivacyMutation, PrivacyQuery
from marketplace.accounts.graphql.types import AccountsQuery
from marketplace.core.graphql.executor import Executor
from orders.graphql.delivery import DeliveryMutation
from orders.graphql.mutations import OrdersMutation
from orders.graphql.queries import OrdersQuery
from orders.graphql.returns import ReturnsMutation, ReturnsQuery
from payments.graphql.types import PaymentsMutation, PaymentsQuery
from search.graphql.types import SearchQuery


class Query(
    AccountsQuery,
    PrivacyQuery,
    CatalogQuery,
    OrdersQuery,
    ReturnsQuery,
    PaymentsQuery,
    SearchQuery,
    graphene.ObjectType,
):
    """Everything that can be read."""


class Mutation(
    CatalogMutation,
    OrdersMutation,
    DeliveryMutation,
    ReturnsMutation,
    PaymentsMutation,
    PrivacyMutation,
    graphene.ObjectType,
):
    """Everything that can be changed."""


schema = graphene.Schema(query=Query, mutation=Mutation)
executor = Executor(schema.graphql_schema)
