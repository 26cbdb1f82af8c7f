"""What the catalogue keeps of a person, for `marketplace.accounts.personal`."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import (
    CommuneOfficer,
    Favourite,
    MemberRole,
    Review,
    SavedAddress,
    SellerMember,
    SellerState,
)
from marketplace.accounts.models import User
from marketplace.accounts.personal import Section
from marketplace.core.errors import Text


def _export(user: User) -> dict[str, Any]:
    members = SellerMember.objects.filter(user=user).select_related("seller").order_by("id")
    return {
        "addresses": [row.address for row in SavedAddress.objects.filter(user=user).order_by("id")],
        "favourites": list(
            Favourite.objects.filter(user=user).order_by("id").values_list("product__slug", flat=True)
        ),
        "reviews": list(
            Review.objects.filter(author=user)
            .order_by("id")
            .values("product__slug", "rating", "body", "author_name")
        ),
        "workshops": [{"name": row.seller.name, "role": row.role} for row in members],
        # An owner's application is about themself.
        "applications": [
            {
                "name": row.seller.name,
                "legal_name": row.seller.legal_name,
                "phone": row.seller.phone,
                "address": row.seller.address,
                "tax_code": row.seller.tax_code,
                "personal_id": row.seller.personal_id,
                "birth_date": row.seller.birth_date,
                "bank_account": row.seller.bank_account,
            }
            for row in members
            if row.role == MemberRole.OWNER
        ],
    }


def _hindered(user: User) -> Text | None:
    owned = SellerMember.objects.filter(user=user, role=MemberRole.OWNER)
    if owned.exclude(seller__state=SellerState.CLOSED).exists():
        return _(
            "You own a workshop here. Hand it over or have it closed by the officer of your commune first."
        )
    return None


def _erase(user: User) -> None:
    # What was said of a thing stays, and counts; who said it is gone.
    Review.objects.filter(author=user).update(author=None, author_name="…")
    for rows in (
        SavedAddress.objects.filter(user=user),
        Favourite.objects.filter(user=user),
        SellerMember.objects.filter(user=user),
        CommuneOfficer.objects.filter(user=user),
    ):
        rows.delete()


SECTION = Section("catalogue", _export, _erase, _hindered)
