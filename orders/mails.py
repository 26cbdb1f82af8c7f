"""Mails about orders."""

import uuid

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.core.clock import HANOI
from marketplace.core.money import format_money
from orders.models import Order
from orders.tokens import order_token


def send_order_link(order_id: uuid.UUID) -> None:
    """Mails the buyer the link that opens the order, in the order's language. Raises OSError to be tried again."""
    order = Order.objects.get(pk=order_id)
    if not order.email:
        return
    link = settings.ORDER_URL.format(number=order.number, token=order_token(order.pk))
    with translation.override(order.language if order.language in dict(settings.LANGUAGES) else "vi"):
        subject = _("Your order %(number)s") % {"number": order.number}
        body = _(
            "Thank you. We keep the things for you until %(time)s; the total is %(total)s.\n\n"
            "Your order, with how to pay and where it stands:\n%(link)s\n\n"
            "Whoever has this link can see the order: keep it to yourself."
        ) % {
            "time": timezone.localtime(order.pay_before, HANOI).strftime("%H:%M, %d/%m/%Y"),
            "total": format_money(order.total),
            "link": link,
        }
        send_mail(f"{settings.SITE_NAME}: {subject}", body, None, [order.email])
