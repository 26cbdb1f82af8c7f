"""Reviewing what one has bought: who may, and when. The review itself belongs to the catalogue."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from catalog import services as catalog
from catalog.events import ReviewChanged
from catalog.models import ImageAsset, Review
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.vietnamese import short_name
from orders import access, messages
from orders.models import Order, OrderLine, SellerOrder, SellerOrderState
from orders.services.states import lock_part, part_touch

DELIVERED = (SellerOrderState.DELIVERED, SellerOrderState.COMPLETED)


def review_create(
    *,
    actor: Actor,
    line_id: uuid.UUID | None,
    token: str | None,
    rating: int,
    body: str,
    images: "Sequence[UploadedFile[Any]]",
    language: str,
) -> Review:
    """A buyer's review of a line of their own order that has arrived, once.

    Raises DomainError NOT_FOUND, FORBIDDEN, INVALID_STATE, DUPLICATE, OUT_OF_RANGE, TOO_LONG, LIMIT_REACHED, FILE_*.
    """
    line = access.access_bought_line(actor, line_id, token, "orderLineId")
    _check(line.seller_order)
    text = catalog.review_check(rating, body, len(images))
    # Before the transaction: files are written, and looking at them takes a while.
    assets = catalog.review_pictures(images)
    return _create(actor, line, rating, text, assets, language)


def _check(part: SellerOrder) -> None:
    if part.state not in DELIVERED:
        raise DomainError.of(
            ErrorCode.INVALID_STATE,
            _("You can review it once it has reached you: press “I have it” on the order's page."),
            "orderLineId",
        )


@transaction.atomic(durable=True)
def _create(
    actor: Actor, line: OrderLine, rating: int, body: str, assets: Sequence[ImageAsset], language: str
) -> Review:
    part = lock_part(line.seller_order_id)
    _check(part)
    review = catalog.review_add(
        actor=actor,
        product_id=line.variant.product_id,
        order_line=line.pk,
        author=part.order.user,
        author_name=author_name(part.order),
        rating=rating,
        body=body,
        language=language,
        assets=assets,
    )
    part_touch(part.pk)
    return review


def author_name(order: Order) -> str:
    """The buyer as strangers may know them: `Nguyễn Văn Hùng` is `Hùng N.`"""
    known = short_name(order.address["name"], family_first=order.address.get("country", "VN") == "VN")
    if known:
        return known
    with override(order.language):
        return gettext("A buyer")


def review_changed(event: ReviewChanged) -> None:
    """A review of something that was bought here: followers of the part read it again, its buyer learns of the answer,
    or why it is hidden.

    Runs inside the transaction of the change.
    """
    line = OrderLine.objects.filter(pk=event.order_line).first() if event.order_line else None
    if line is None:
        return
    # Without the order's lock, which comes before the review's: nothing of the order is changed here.
    part = SellerOrder.objects.select_related("order", "seller").get(pk=line.seller_order_id)
    part_touch(part.pk)
    if event.replied:
        messages.review_answered(part, Review.objects.get(pk=event.review_id).reply)
    if event.hidden:
        messages.review_hidden(part, line, Review.objects.get(pk=event.review_id).hidden_reason)
