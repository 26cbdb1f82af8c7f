"""How sellers deliver, as they see and change it."""

from typing import Any

import graphene

from catalog.access import EDIT_SELLER
from catalog.graphql import loaders as catalog_loaders
from catalog.graphql.mutations.sellers import SellerPayload
from catalog.graphql.queries import plain
from catalog.graphql.types import SellerPrivate
from marketplace.core.graphql import peers
from marketplace.core.graphql.mutations import answers
from marketplace.core.graphql.nodes import parse_id
from marketplace.core.graphql.scalars import Amount
from marketplace.core.graphql.types import extend, money_field, required_list
from orders import offers, services
from orders.carriers import zones
from orders.graphql.queries import shown

ShippingZone = graphene.Enum.from_enum(zones.Zone)


class ShippingRate(graphene.ObjectType):
    zone = graphene.Field(ShippingZone, required=True)
    up_to_grams = graphene.Int(required=True)
    price = money_field("price")


class ShippingSettings(graphene.ObjectType):
    """How a seller delivers. `ownRates`: whether the prices are its own, or the platform's."""

    free_above = money_field("free_above", required=False)
    pickup = graphene.Boolean(required=True)
    own_rates = graphene.Boolean(required=True)
    rates = graphene.Field(required_list(ShippingRate))


class ShippingRateInput(graphene.InputObjectType):
    zone = graphene.Field(ShippingZone, required=True)
    up_to_grams = graphene.Int(required=True)
    price = graphene.InputField(Amount, required=True)


class ShippingSettingsInput(graphene.InputObjectType):
    """What is left out stays. `freeAbove: null`: never free; `rates: null`: the platform's prices."""

    free_above = graphene.InputField(Amount)
    pickup = graphene.Boolean()
    rates = graphene.List(graphene.NonNull(ShippingRateInput))


def _settings(root: Any, info: graphene.ResolveInfo) -> ShippingSettings | None:
    rights = catalog_loaders.rights(root)
    if not (rights.may(EDIT_SELLER, root) or rights.is_admin):
        return None

    def fetch(rows: list[Any]) -> dict[Any, Any]:
        return offers.terms_shown([row.pk for row in rows])

    terms, own = peers.load(root, "delivery_terms", fetch)
    return ShippingSettings(
        free_above=terms.free_above,
        pickup=terms.pickup,
        own_rates=own,
        rates=[
            ShippingRate(zone=zone, up_to_grams=grams, price=price)
            for zone in zones.Zone
            for grams, price in terms.rates.get(zone, ())
        ],
    )


class DeliveryMutation:
    shipping_settings_set = graphene.Field(
        SellerPayload,
        seller_id=graphene.ID(required=True),
        input=graphene.Argument(ShippingSettingsInput, required=True),
        description="How a seller delivers: prices by zone and weight, from which sum on for nothing, fetching.",
    )

    @staticmethod
    @answers(SellerPayload)
    def resolve_shipping_settings_set(
        root: Any, info: graphene.ResolveInfo, seller_id: str, input: Any
    ) -> dict[str, Any]:
        data = plain(input)
        seller = services.delivery_terms_set(
            actor=info.context.actor, seller_id=parse_id(seller_id, "Seller"), data=data
        )
        return {"seller": shown(seller, info)}


extend(SellerPrivate, "shipping_settings", graphene.Field(ShippingSettings, resolver=_settings))
