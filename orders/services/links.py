"""The link of an order, for a guest who has lost it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.limits import allowed
from marketplace.core.actor import Actor
from marketplace.core.errors import DomainError, ErrorCode
from marketplace.core.phones import parse_phone
from orders import messages
from orders.models import Order
from orders.numbers import PREFIX, find_all


@transaction.atomic(durable=True)
def order_link_send(*, actor: Actor, number: str, contact: str) -> None:
    """Sends the order's link to its own e-mail or phone, where `contact` is that one; says nothing where it is not.

    Raises DomainError REQUIRED for what was left empty, RATE_LIMITED where it was asked too often.
    """
    contact = contact.strip()
    for name, text in (("number", number.strip()), ("contact", contact)):
        if not text:
            raise DomainError.of(ErrorCode.REQUIRED, _("This is needed to find the order."), name)
    wanted = (find_all(number) or find_all(f"{PREFIX}{number}") or [number.strip()[:20]])[0]
    if not allowed("order_link", ip=actor.ip, key=wanted):
        raise DomainError.of(
            ErrorCode.RATE_LIMITED, _("That was often. Please wait an hour, then try again.")
        )
    order = Order.objects.filter(number=wanted).first()
    if order is None:
        return
    if "@" in contact:
        if order.email and contact.lower() == order.email.lower():
            messages.order_link_again(order, order.email)
    elif parse_phone(contact) == order.phone:
        messages.order_link_again(order, order.phone)
