"""What of orders may be reported to the officers: questions, by whoever sees them."""

import uuid

from django.utils.translation import gettext_lazy as _

from catalog.services import Reportable, register_reportable
from marketplace.core.actor import Actor
from orders import queries
from orders.models import Question
from orders.tokens import token_opens


def register() -> None:
    register_reportable(
        "Question",
        Reportable(
            label=_("Question"),
            visible=_visible,
            model=Question,
            seller=lambda row: row.seller,
            words=lambda row: "\n\n".join(filter(None, (row.body, row.answer))),
        ),
    )


def _visible(actor: Actor, key: uuid.UUID, token: str | None) -> Question | None:
    """As a reader sees it; a guest sees what was asked about the order whose key they have."""
    found = queries.questions_visible_to(actor).filter(pk=key).first()
    if found is None and token is not None:
        asked = Question.objects.filter(pk=key).select_related("seller_order").first()
        if asked is not None and asked.seller_order is not None:
            return asked if token_opens(asked.seller_order.order_id, token) else None
    return found
