"""Reviews: written, answered, hidden. What they are worth is counted in `ProductStats` in the same transaction.

Who may review what is a rule of orders, which calls `review_add` for a line that was delivered.
"""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F, FloatField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import access
from catalog.checks import Problems
from catalog.events import ReviewChanged
from catalog.models import ImageAsset, MemberRole, ProductStats, Review, ReviewImage
from catalog.models.products import RATING_PRIOR, RATING_PRIOR_COUNT
from catalog.services.news import products_touch
from catalog.services.pictures import picture_take
from catalog.services.sellers import tell_people
from marketplace.accounts.models import User
from marketplace.core import audit, events
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.locks import lock_rows
from marketplace.core.masking import masked

MAX_BODY = 4_000
MAX_REPLY = 2_000
MAX_REASON = 2_000


def rating_rank(total: int, count: int) -> float:
    """What `rating_count` makes of these numbers."""
    return (total + RATING_PRIOR * RATING_PRIOR_COUNT) / (count + RATING_PRIOR_COUNT)


def rating_count(product_id: uuid.UUID, rating: int, *, times: int) -> None:
    """Counts a rating (`times` 1), or no longer (-1), and tells search. Runs inside the caller's transaction.

    In one statement, so that however many do it at once none is lost; its row is the last that a transaction locks.
    """
    total, count = F("rating_sum") + times * rating, F("rating_count") + times
    ProductStats.objects.filter(product=product_id).update(
        rating_sum=total,
        rating_count=count,
        rating_rank=(Cast(total, FloatField()) + Value(RATING_PRIOR * RATING_PRIOR_COUNT))
        / (Cast(count, FloatField()) + Value(float(RATING_PRIOR_COUNT))),
    )
    products_touch([product_id])


def review_check(rating: int, body: str, pictures: int) -> str:
    """The text as it is kept. Raises DomainError with every problem of a review's words and number of pictures."""
    problems = Problems()
    problems.between(rating, 1, 5, "rating")
    text = problems.text(body, MAX_BODY, "body")
    if pictures > settings.REVIEW_MAX_PICTURES:
        problems.note(
            ErrorCode.LIMIT_REACHED,
            _("At most %(limit)s photos.") % {"limit": settings.REVIEW_MAX_PICTURES},
            "images",
        )
    problems.stop()
    return text


def review_pictures(files: Sequence[UploadedFile]) -> list[ImageAsset]:
    """Takes in the pictures of a review, outside of its transaction. Raises DomainError FILE_* for each bad one.

    Where the review is refused after all, nothing points to them and the sweep of pictures takes them away.
    """
    problems, assets = Problems(), list[ImageAsset]()
    for index, file in enumerate(files):
        try:
            asset = picture_take(file, "images", str(index))
        except DomainError as error:
            problems.take(error)
            continue
        # The same photo chosen twice is one.
        if asset.pk not in {known.pk for known in assets}:
            assets.append(asset)
    problems.stop()
    return assets


def review_add(
    *,
    actor: Actor,
    product_id: uuid.UUID,
    order_line: uuid.UUID,
    author: User | None,
    author_name: str,
    rating: int,
    body: str,
    language: str,
    assets: Sequence[ImageAsset] = (),
) -> Review:
    """The review of a line that was bought. Runs inside the caller's transaction.

    Raises DomainError DUPLICATE where the line has one.
    """
    try:
        with transaction.atomic():
            review = Review.objects.create(
                product_id=product_id,
                order_line=order_line,
                author=author,
                author_name=author_name,
                rating=rating,
                body=masked(body),
                language=language,
                written_at=timezone.now(),
            )
    except IntegrityError:
        if not Review.objects.filter(order_line=order_line).exists():
            raise
        raise DomainError.of(
            ErrorCode.DUPLICATE, _("You have reviewed this already. Thank you."), "orderLineId"
        ) from None
    ReviewImage.objects.bulk_create(
        [ReviewImage(review=review, asset=asset, position=index) for index, asset in enumerate(assets)]
    )
    rating_count(product_id, rating, times=1)
    audit.record(actor, "review.create", review, after={"rating": rating, "pictures": len(assets)})
    product = review.product
    tell_people(
        product.seller,
        f"review:{review.pk}",
        _("A new review of %(name)s"),
        _("%(stars)s of 5 stars for %(name)s. Read it, and answer if you like: %(link)s"),
        roles=(MemberRole.OWNER, MemberRole.EDITOR),
        stars=rating,
        name=product.name,
        link=f"{settings.BASE_URL}/desk/danh-gia",
    )
    return review


@transaction.atomic(durable=True)
def review_reply(*, actor: Actor, review_id: uuid.UUID | None, body: str) -> Review:
    """The seller's answer below a review. Another one takes its place; an empty one takes it away.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, TOO_LONG.
    """
    found = access.access_review(actor, access.EDIT_LISTING, review_id)
    problems = Problems()
    text = masked(problems.text(body, MAX_REPLY, "body"))
    problems.stop()
    review = _locked(found)
    if review.reply == text:
        return review
    first = review.replied_at is None
    review.reply = text
    if first:
        review.replied_at = timezone.now()
    review.save(update_fields=["reply", "replied_at", "updated_at"])
    audit.record(actor, "review.reply" if text else "review.reply_remove", review)
    events.publish(ReviewChanged(review.pk, review.order_line, replied=first))
    return review


@transaction.atomic(durable=True)
def review_hide(*, actor: Actor, review_id: uuid.UUID | None, hidden: bool, reason: str) -> Review:
    """Hides a review, which its author is told with the reason, or shows it again. A hidden one counts nowhere.

    Twice is once. Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, REQUIRED, TOO_LONG.
    """
    found = access.access_review(actor, access.DECIDE, review_id)
    problems = Problems()
    needed = (
        _("Say why: whoever wrote it reads it.") if hidden else _("Say why: it is kept with the decision.")
    )
    reason = problems.text(reason, MAX_REASON, "reason", required=needed)
    problems.stop()
    review = _locked(found)
    if (review.hidden_at is not None) == hidden:
        return review
    review.hidden_at = timezone.now() if hidden else None
    review.hidden_reason = reason if hidden else ""
    review.save(update_fields=["hidden_at", "hidden_reason", "updated_at"])
    audit.record(
        actor,
        "review.hide" if hidden else "review.show",
        review,
        before={"hidden": not hidden},
        after={"hidden": hidden},
        reason=reason,
    )
    events.publish(ReviewChanged(review.pk, review.order_line, hidden=hidden))
    rating_count(review.product_id, review.rating, times=-1 if hidden else 1)
    return review


def _locked(review: Review) -> Review:
    """As it stands now, so that of two officers at once one does it and the other finds it done."""
    return lock_rows(Review.objects.all(), [review.pk])[review.pk]
