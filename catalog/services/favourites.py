"""What people keep to find it again. Everybody sees and changes their own alone."""

import uuid

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog import access, queries
from catalog.models import Favourite, Product
from marketplace.accounts.models import User
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode, not_found
from marketplace.core.locks import lock_rows


@transaction.atomic(durable=True)
def favourite_set(*, actor: Actor, product_id: uuid.UUID | None, favourite: bool) -> Product:
    """Keeps a product, or keeps it no longer. Twice is once.

    Raises Unauthenticated; DomainError FORBIDDEN for an app, NOT_FOUND, LIMIT_REACHED.
    """
    access.require_person(actor)
    product = queries.products_visible_to(actor).filter(pk=product_id).first() if product_id else None
    if product is None:
        raise not_found("productId")
    lock_rows(User.objects.all(), [actor.user_id])
    own = Favourite.objects.filter(user=actor.user)
    if not favourite:
        own.filter(product=product).delete()
    elif not own.filter(product=product).exists():
        if own.count() >= settings.FAVOURITES:
            raise DomainError.of(
                ErrorCode.LIMIT_REACHED,
                _("You have kept %(limit)s things already. Let go of one first.")
                % {"limit": settings.FAVOURITES},
            )
        Favourite.objects.create(user=actor.user, product=product)
    return product
