"""Questions and answers. They are passed on: neither side learns the other's phone or address by them."""

import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.access import require_person
from catalog.checks import Problems
from catalog.models import Product
from catalog.queries import products_visible_to
from marketplace.accounts.limits import allowed
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode, not_found
from marketplace.core.locks import lock_rows
from marketplace.core.masking import masked
from orders import access, messages
from orders.models import Question, SellerOrder
from orders.services.states import lock_part, part_touch

MAX_BODY = 1_000
MAX_ANSWER = 2_000


@transaction.atomic(durable=True)
def question_ask(
    *,
    actor: Actor,
    product_id: uuid.UUID | None,
    part_id: uuid.UUID | None,
    about_product: bool,
    about_part: bool,
    token: str | None,
    body: str,
    language: str,
) -> Question:
    """A question about a product, by a person; or about a part of one's own order, by its owner or token.

    `about_product` and `about_part` say which id was given, for one that is none of ours is None here. Raises
    Unauthenticated; DomainError INVALID unless exactly one was given, NOT_FOUND, FORBIDDEN, REQUIRED, TOO_LONG,
    RATE_LIMITED.
    """
    if about_product == about_part:
        raise DomainError.of(
            ErrorCode.INVALID, _("Ask about one thing: a product, or a part of an order."), "productId"
        )
    product, part = None, None
    if about_part:
        part = access.access_bought_part(actor, part_id, token, "sellerOrderId")
    else:
        product = _asked_about(actor, product_id)
    problems = Problems()
    text = problems.text(body, MAX_BODY, "body", required=_("Write what you want to know."))
    problems.stop()
    # A guest is known by the order alone.
    key = f"order:{part.order_id}" if part is not None and actor.user is None else actor.describe()
    if not allowed("question_ask", ip=actor.ip, key=key):
        raise DomainError.of(
            ErrorCode.RATE_LIMITED, _("You have asked a lot today. Please go on tomorrow."), "body"
        )
    if part is not None:
        part = lock_part(part.pk)
    question = Question.objects.create(
        seller=part.seller if part is not None else product.seller,  # type: ignore[union-attr]
        product=product,
        seller_order=part,
        asker=actor.user,
        body=masked(text),
        language=language,
    )
    if part is not None:
        part_touch(part.pk)
    audit.record(actor, "question.ask", question)
    messages.asked(question)
    return question


def _asked_about(actor: Actor, product_id: uuid.UUID | None) -> Product:
    require_person(actor)
    rows = products_visible_to(actor).select_related("seller")
    product = rows.filter(pk=product_id).first() if product_id else None
    if product is None:
        raise not_found("productId")
    return product


@transaction.atomic(durable=True)
def question_answer(*, actor: Actor, question_id: uuid.UUID | None, body: str) -> Question:
    """The seller's answer; another one takes its place. Whoever asked is told of the first.

    Raises Unauthenticated; DomainError NOT_FOUND, FORBIDDEN, REQUIRED, TOO_LONG.
    """
    found = access.access_question(actor, question_id)
    problems = Problems()
    text = masked(problems.text(body, MAX_ANSWER, "body", required=_("Write your answer.")))
    problems.stop()
    part: SellerOrder | None = lock_part(found.seller_order_id) if found.seller_order_id else None
    # Of two people at the desk at once, the first tells whoever asked.
    question = lock_rows(Question.objects.all(), [found.pk])[found.pk]
    if question.answer == text:
        return question
    first = question.answered_at is None
    question.answer = text
    if first:
        question.answered_at = timezone.now()
    question.save(update_fields=["answer", "answered_at", "updated_at"])
    audit.record(actor, "question.answer" if first else "question.answer_change", question)
    if part is not None:
        question.seller_order = part
        part_touch(part.pk)
    if first:
        messages.answered(question)
    return question
