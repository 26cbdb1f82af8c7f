"""Mutations of the catalogue: translate only; no rule lives here."""

from catalog.graphql.mutations.addresses import AddressMutations
from catalog.graphql.mutations.certificates import CertificateMutations
from catalog.graphql.mutations.favourites import FavouriteMutations
from catalog.graphql.mutations.imports import ImportMutations
from catalog.graphql.mutations.listings import ListingMutations
from catalog.graphql.mutations.reviews import ReviewMutations
from catalog.graphql.mutations.sellers import SellerMutations
from catalog.graphql.mutations.stock import StockMutations


class CatalogMutation(
    SellerMutations,
    ListingMutations,
    StockMutations,
    CertificateMutations,
    AddressMutations,
    ImportMutations,
    FavouriteMutations,
    ReviewMutations,
):
    """Everything of the catalogue that can be changed."""


__all__ = ["CatalogMutation"]
