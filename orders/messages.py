"""What buyers and sellers are told as an order goes on. Stored in the caller's transaction, sent by a job after it.

Each is written by the step that it tells of, in that step's transaction, so each goes out once.
"""

from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalog import services as catalog
from catalog.models import MemberRole
from marketplace.accounts.notices import send_to_contact, tell
from marketplace.core.clock import HANOI
from marketplace.core.errors import Text
from marketplace.core.money import format_money
from orders import shipping
from orders.models import Order, OrderLine, Question, Return, ReturnState, SellerOrder, Shipment
from orders.tokens import order_token

BENCH = (MemberRole.OWNER, MemberRole.EDITOR, MemberRole.PACKER)


def order_link(order: Order) -> str:
    return str(settings.ORDER_URL.format(number=order.number, token=order_token(order.pk)))


def desk_link(part: SellerOrder) -> str:
    return f"{settings.BASE_URL}/desk/don-hang/{part.number}"


def _tell_buyer(order: Order, subject: Text, text: Text, **values: Any) -> None:
    """By e-mail where the buyer gave one, else by SMS."""
    _send(order, order.email or order.phone, subject, text, **values)


def _send(order: Order, contact: str, subject: Text, text: Text, **values: Any) -> None:
    """In the order's language, with the order's link at the end."""
    language = order.language if order.language in dict(settings.LANGUAGES) else "vi"
    values = {"number": order.number, **values}
    with translation.override(language):
        title = str(subject) % values
        words = f"{str(text) % values}\n\n{order_link(order)}"
        send_to_contact(contact, title, words)


def _tell_seller(part: SellerOrder, step: str, subject: Text, text: Text, **values: Any) -> None:
    catalog.tell_people(
        part.seller,
        f"order:{part.pk}:{step}",
        subject,
        text,
        roles=BENCH,
        number=part.number,
        link=desk_link(part),
        **values,
    )


def _hour(moment: Any) -> str:
    return timezone.localtime(moment, HANOI).strftime("%H:%M, %d/%m/%Y")


def placed(order: Order) -> None:
    """The link of the order, to whoever gave an e-mail address; the others see it on the page, and pay by it."""
    if order.email:
        _tell_buyer(
            order,
            _("Your order %(number)s"),
            _(
                "Thank you. We keep the things for you until %(time)s; the total is %(total)s. The link opens your "
                "order, with how to pay: whoever has it can see the order, so keep it to yourself."
            ),
            time=_hour(order.pay_before),
            total=format_money(order.total),
        )


def paid(order: Order) -> None:
    """The buyer learns that the money came; each seller that something is to be made ready."""
    _tell_buyer(
        order,
        _("Your order %(number)s is paid"),
        _("The money has arrived: %(total)s. The makers confirm next; we write when a parcel leaves."),
        total=format_money(order.total),
    )
    for part in SellerOrder.objects.filter(order=order).select_related("seller"):
        _tell_seller(
            part,
            "paid",
            _("A new order: %(number)s"),
            _(
                "Somebody has bought from you and paid: %(number)s. Please take it on before %(until)s: %(link)s"
            ),
            until=_hour(part.confirm_before) if part.confirm_before else "",
        )


def reminder(part: SellerOrder) -> None:
    _tell_seller(
        part,
        "reminder",
        _("Order %(number)s waits for you"),
        _(
            "Order %(number)s is paid and waits. Without your word by %(until)s it is cancelled and the buyer gets the "
            "money back: %(link)s"
        ),
        until=_hour(part.confirm_before) if part.confirm_before else "",
    )


def parcel_left(part: SellerOrder, parcel: Shipment) -> None:
    way = shipping.carrier_named(parcel.carrier)
    number, name = parcel.tracking_number, str(way.name) if way else parcel.carrier
    if way is not None and way.waits_for_the_buyer:
        _tell_buyer(
            part.order,
            _("Order %(number)s is ready to be fetched"),
            _("“%(seller)s” has packed your things. You may fetch them at the workshop."),
            seller=part.seller.name,
        )
        return
    _tell_buyer(
        part.order,
        _("A parcel of order %(number)s is on its way"),
        _("“%(seller)s” has sent a parcel to you: %(way)s."),
        seller=part.seller.name,
        way=format_lazy("{} {}", name, number) if number else name,
    )


def booking_refused(part: SellerOrder, parcel: Shipment, carrier: str) -> None:
    """Why stands on the page alone: a carrier's words may name the buyer."""
    _tell_seller(
        part,
        f"refused:{parcel.pk}",
        _("%(carrier)s does not take the parcel of order %(number)s"),
        _(
            "%(carrier)s does not take the parcel of order %(number)s. Why, and what to do, is on the page: %(link)s"
        ),
        carrier=carrier,
    )


def booking_stuck(part: SellerOrder, parcel: Shipment, carrier: str) -> None:
    _tell_seller(
        part,
        f"stuck:{parcel.pk}",
        _("%(carrier)s keeps the parcel of order %(number)s"),
        _(
            "You have taken a parcel of order %(number)s back, but %(carrier)s has it already. Ask the carrier to "
            "return it, and do not send the things twice: %(link)s"
        ),
        carrier=carrier,
    )


def booking_gone(part: SellerOrder, parcel: Shipment) -> None:
    _tell_seller(
        part,
        f"gone:{parcel.pk}",
        _("A parcel of order %(number)s was cancelled by the carrier"),
        _("The carrier does not come for the parcel of order %(number)s. Please hand it over anew: %(link)s"),
    )


def has_it_come(part: SellerOrder, until: Any) -> None:
    _tell_buyer(
        part.order,
        _("Order %(number)s: has the parcel come?"),
        _(
            "“%(seller)s” has sent you a parcel some time ago. If you have it, please say so on the order's page. If "
            "it has not come, say that there: we look for it together with the maker. Without a word from you we take "
            "it as arrived on %(until)s; then you may still send things back for %(days)s days."
        ),
        seller=part.seller.name,
        until=_hour(until),
        days=settings.RETURN_DAYS,
    )


def not_come(part: SellerOrder, until: Any) -> None:
    _tell_seller(
        part,
        f"missed:{timezone.now():%Y%m%d%H%M%S%f}",
        _("Order %(number)s: the buyer has not got the parcel"),
        _(
            "The buyer of order %(number)s writes that the parcel has not come. Please ask the carrier where it is, "
            "and tell us on the page how it stands before %(until)s, or the officer of your commune looks: %(link)s"
        ),
        until=_hour(until),
    )


def parcel_found(part: SellerOrder) -> None:
    _tell_buyer(
        part.order,
        _("Order %(number)s: the parcel was handed over"),
        _(
            "“%(seller)s” has asked where the parcel is: it was handed over. Please look at home and with the "
            "neighbours. If you still do not have it, say so on the order's page: then an officer of the commune looks."
        ),
        seller=part.seller.name,
    )


def parcel_lost(part: SellerOrder) -> None:
    _tell_buyer(
        part.order,
        _("Order %(number)s: the parcel is lost"),
        _(
            "The parcel of “%(seller)s” that you miss is lost. If it is not found within %(days)s days, you get the "
            "money for it back; you need not do anything."
        ),
        seller=part.seller.name,
        days=settings.PARCEL_GIVE_UP_DAYS,
    )


def missing_escalated(part: SellerOrder, parcel: Shipment) -> None:
    """To both sides, and to the officers who look now."""
    key = f"missing:{parcel.pk}:escalated:{timezone.now():%Y%m%d%H%M%S%f}"
    _tell_buyer(
        part.order,
        _("Order %(number)s: an officer looks for the parcel"),
        _(
            "You have told us that the parcel of “%(seller)s” has not come. An officer of the commune looks at it now. "
            "You need not do anything; if it comes, please say so on the order's page."
        ),
        seller=part.seller.name,
    )
    _tell_seller(
        part,
        key,
        _("Order %(number)s: the officer of your commune looks for the parcel"),
        _(
            "The buyer of order %(number)s still has no parcel, so the officer of your commune looks at it now. If you "
            "know that it is lost, say so on the page: %(link)s"
        ),
    )
    catalog.tell_officers(
        part.seller,
        key,
        _("A parcel has not come, and a buyer waits"),
        _("A parcel of order %(number)s from “%(name)s” is missed by its buyer. Please look at it: %(link)s"),
        number=part.number,
        name=part.seller.name,
        link=f"{settings.BASE_URL}/admin/orders/shipment/{parcel.pk}/change/",
    )


def missing_decided(part: SellerOrder, parcel: Shipment, *, came: bool) -> None:
    if not came:
        parcel_lost(part)
    else:
        _tell_buyer(
            part.order,
            _("Order %(number)s: the parcel was handed over"),
            _(
                "An officer of the commune has asked where the parcel of “%(seller)s” is: it was handed over. What is "
                "wrong with it you may still give back, on the order's page, for %(days)s days."
            ),
            seller=part.seller.name,
            days=settings.RETURN_DAYS,
        )
    _tell_seller(
        part,
        f"missing:{parcel.pk}:decided:{timezone.now():%Y%m%d%H%M%S%f}",
        _("Order %(number)s: the officer has decided"),
        _("The parcel counts as handed over. There is nothing to do: %(link)s")
        if came
        else _("The parcel counts as lost. If it is not found, its buyer gets the money back: %(link)s"),
    )


def arrived(part: SellerOrder) -> None:
    _tell_buyer(
        part.order,
        _("Order %(number)s: a parcel has arrived"),
        _(
            "The parcel of “%(seller)s” has arrived. Please look it over, and say on the order's page that you have it."
        ),
        seller=part.seller.name,
    )


def cancelled_by_seller(part: SellerOrder, reason: str, owed: int) -> None:
    _tell_buyer(
        part.order,
        _("Order %(number)s: a part was cancelled"),
        _("“%(seller)s” cannot send what you ordered: %(reason)s. You get %(amount)s back."),
        seller=part.seller.name,
        reason=reason.rstrip("."),
        amount=format_money(owed),
    )


def cancelled_by_time(part: SellerOrder, owed: int) -> None:
    _tell_buyer(
        part.order,
        _("Order %(number)s: a part was cancelled"),
        _("“%(seller)s” has not answered in time, so this part is cancelled. You get %(amount)s back."),
        seller=part.seller.name,
        amount=format_money(owed),
    )
    _tell_seller(
        part,
        "overdue",
        _("Order %(number)s was cancelled"),
        _(
            "Nobody took order %(number)s on in time. It is cancelled, and the buyer gets the money back: %(link)s"
        ),
    )


def cancelled_by_buyer(part: SellerOrder) -> None:
    _tell_seller(
        part,
        "cancelled",
        _("Order %(number)s was cancelled by the buyer"),
        _(
            "The buyer does not want order %(number)s any more. Please do not send it. The things are back in your "
            "stock: %(link)s"
        ),
    )


def parcel_given_up(part: SellerOrder, *, came_back: bool) -> None:
    """To both: nobody has asked for it."""
    _tell_buyer(
        part.order,
        _("Order %(number)s: a parcel did not reach you"),
        _("A parcel of “%(seller)s” came back to the maker. You get the money for it back.")
        if came_back
        else _("A parcel of “%(seller)s” was lost on the way. You get the money for it back."),
        seller=part.seller.name,
    )
    _tell_seller(
        part,
        f"given_up:{timezone.now():%Y%m%d%H%M%S%f}",
        _("Order %(number)s: a parcel was given up"),
        _(
            "A parcel of order %(number)s came back and was not sent again. Its buyer gets the money back; the things "
            "are in your stock again: %(link)s"
        )
        if came_back
        else _("A parcel of order %(number)s was lost. Its buyer gets the money back: %(link)s"),
    )


def return_requested(part: SellerOrder, wanted: Return) -> None:
    _tell_seller(
        part,
        f"return:{wanted.pk}",
        _("Order %(number)s: the buyer wants to give something back"),
        _(
            "A buyer wants to give back something of order %(number)s. Please answer before %(until)s, or the officer "
            "of your commune decides: %(link)s"
        ),
        until=_hour(wanted.decide_before),
    )


def return_cancelled(part: SellerOrder, wanted: Return) -> None:
    _tell_seller(
        part,
        f"return:{wanted.pk}:cancelled",
        _("Order %(number)s: the buyer keeps it"),
        _("The buyer of order %(number)s keeps everything after all. There is nothing to do: %(link)s"),
    )


def return_escalated(part: SellerOrder, wanted: Return, *, by: str) -> None:
    """To both sides, and to the officers who decide now. It may come to this more than once."""
    key = f"return:{wanted.pk}:escalated:{timezone.now():%Y%m%d%H%M%S%f}"
    _tell_seller(
        part,
        key,
        _("Order %(number)s: the officer of your commune decides"),
        _("A return of order %(number)s is with the officer of your commune now: %(link)s"),
    )
    if by != "buyer":
        _tell_buyer(
            part.order,
            _("Order %(number)s: an officer looks at it"),
            _(
                "Nothing came of what you wanted to give back to “%(seller)s” in time, so an officer of the commune "
                "looks at it now. You need not do anything."
            ),
            seller=part.seller.name,
        )
    catalog.tell_officers(
        part.seller,
        key,
        _("A buyer and a workshop need your decision"),
        _("A return of order %(number)s from “%(name)s” waits for you: %(link)s"),
        number=part.number,
        name=part.seller.name,
        link=f"{settings.BASE_URL}/admin/orders/return/{wanted.pk}/change/",
    )


def return_decided(part: SellerOrder, wanted: Return) -> None:
    """To the buyer; to the seller too where an officer has decided."""
    values = {"seller": part.seller.name, "note": wanted.decision_note}
    if wanted.state == ReturnState.APPROVED:
        _tell_buyer(
            part.order,
            _("Order %(number)s: you may send it back"),
            _(
                "“%(seller)s” takes back what you named. The order's page says where to send it. Once it is there, the "
                "money goes back to you. %(note)s"
            ),
            **values,
        )
    elif wanted.by_officer:
        _tell_buyer(
            part.order,
            _("Order %(number)s: it stays with you"),
            _("The officer has looked at it and decided that “%(seller)s” need not take it back: %(note)s"),
            **values,
        )
    else:
        _tell_buyer(
            part.order,
            _("Order %(number)s: the maker does not take it back"),
            _(
                "“%(seller)s” does not take back what you named: %(note)s\nIf you see it otherwise, ask the officer of "
                "the commune on the order's page."
            ),
            **values,
        )
    if wanted.by_officer:
        approved = wanted.state == ReturnState.APPROVED
        _tell_seller(
            part,
            f"return:{wanted.pk}:{wanted.state}:{wanted.decided_at:%Y%m%d%H%M%S}",
            _("Order %(number)s: the officer has decided"),
            _("You take it back, please. Note it when it is here: %(link)s")
            if approved
            else _("You need not take it back: %(link)s"),
        )


def where_to_pay(order: Order, amount: int) -> None:
    """Money that came by transfer goes back by transfer: the buyer says where to."""
    _tell_buyer(
        order,
        _("Order %(number)s: where shall the money go?"),
        _(
            "You get %(amount)s back. Tell us on your order's page to which bank account. We never ask on the phone."
        ),
        amount=format_money(amount),
    )


def paid_back(order: Order, amount: int) -> None:
    _tell_buyer(
        order,
        _("Order %(number)s: money paid back"),
        _("We have paid back %(amount)s. With a card it may take some days until you see it."),
        amount=format_money(amount),
    )


def order_link_again(order: Order, contact: str) -> None:
    _send(
        order,
        contact,
        _("Your order %(number)s"),
        _("Somebody has asked for the link of this order. If it was not you, there is nothing to do."),
    )


def asked(question: Question) -> None:
    """The seller learns of a question; who asks stays unsaid."""
    part, product = question.seller_order, question.product
    catalog.tell_people(
        question.seller,
        f"question:{question.pk}",
        _("A question about %(about)s"),
        _("Somebody asks about %(about)s: “%(body)s” Answer here: %(link)s"),
        roles=BENCH if part is not None else BENCH[:2],
        about=part.number if part is not None else product.name if product is not None else "",
        body=question.body,
        link=f"{settings.BASE_URL}/desk/cau-hoi",
    )


def answered(question: Question) -> None:
    """Whoever asked learns of the answer: about an order by its contact, about a product by the person's own."""
    part, product = question.seller_order, question.product
    if part is not None:
        _tell_buyer(
            part.order,
            _("Order %(number)s: an answer to your question"),
            _("“%(seller)s” answers: “%(answer)s”"),
            seller=question.seller.name,
            answer=question.answer,
        )
    elif product is not None and question.asker is not None:
        tell(
            question.asker,
            f"question:{question.pk}:answered",
            _("An answer to your question"),
            _("“%(seller)s” answers your question about %(name)s: “%(answer)s” %(link)s"),
            seller=question.seller.name,
            name=product.name,
            answer=question.answer,
            link=f"{settings.BASE_URL}/san-pham/{product.slug}/cau-hoi",
        )


def review_answered(part: SellerOrder, reply: str) -> None:
    _tell_buyer(
        part.order,
        _("Order %(number)s: an answer to your review"),
        _("“%(seller)s” answers your review: “%(reply)s”"),
        seller=part.seller.name,
        reply=reply,
    )


def review_hidden(part: SellerOrder, line: OrderLine, reason: str) -> None:
    _tell_buyer(
        part.order,
        _("Order %(number)s: your review is hidden"),
        _(
            "An officer of the commune has hidden your review of “%(name)s”: %(reason)s\nOthers no longer see it; you "
            "still do, on the order's page. If you see it otherwise, write to whoever runs this market: %(market)s"
        ),
        name=line.product_name,
        reason=reason,
        market=f"{settings.BASE_URL}/phap-ly/ai-van-hanh",
    )
