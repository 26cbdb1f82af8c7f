"""The confirmation of an order on A4: what was agreed, and what has become of it (Consumer Law 19/2023 Đ37–38)."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf.enums import Align

from marketplace.core.countries import HOME
from marketplace.pages import Data
from marketplace.pdf import FONT, INK, document, lines_of, printable
from marketplace.storefront.templatetags.storefront import (
    country,
    moment,
    part_state,
    phone,
    seller_kind,
    vnd,
)

# In millimetres.
MARGIN = 18.0
WIDTH = 210 - 2 * MARGIN
RIGHT = MARGIN + WIDTH
BOTTOM = 297 - 24.0
GAP = 6.0
# Of the lines: what it is, how many, at what price, together.
COLUMNS = (90.0, 18.0, 32.0, 34.0)
LABEL = 40.0
# A line of text is so many millimetres high for each point: stacked accents need air.
LEADING = 0.53
SMOKE = (94, 81, 68)
BAND = (239, 228, 207)
RULE = (216, 199, 166)
SON = (163, 39, 31)
LINK = (47, 111, 115)
# Of payments.
PAID = ("PAID", "PARTLY_REFUNDED", "REFUNDED", "DISPUTED")
UNPAID = ("PENDING", "PROCESSING")


def confirmation_pdf(order: Data, gateways: Mapping[str, str]) -> bytes:
    """The paper as it stands now. `gateways` are the names of the ways to pay, by code."""
    paper = _Paper(_("Order confirmation"), order["number"])
    _facts(paper, order, gateways)
    _people(paper, order)
    for part in order["sellerOrders"]:
        _part(paper, part)
    _sums(paper, order)
    _rules(paper, order)
    return paper.done()


class _Paper:
    """Pages that begin with the same heading and end with their number."""

    def __init__(self, title: str, number: str) -> None:
        self.pdf, self._known = document("A4", f"{title} {number}")
        self.pdf.set_lang(get_language() or "vi")
        self.pdf.set_author(settings.SITE_NAME)
        # Words stand where the rules begin and end.
        self.pdf.c_margin = 0
        self.title, self.number = title, number
        # What a further page goes on with.
        self.again: Callable[[], None] | None = None
        self._left_out = False
        self.page()

    def page(self) -> None:
        pdf = self.pdf
        pdf.add_page()
        self.font(8, colour=SMOKE)
        self.line(BOTTOM + 5)
        pdf.set_xy(MARGIN, BOTTOM + 7)
        pdf.cell(WIDTH, 4, self.clean(settings.SITE_NAME))
        # How many pages there are is put in at the end.
        width = pdf.get_string_width("00/00")
        pdf.set_xy(RIGHT - width, BOTTOM + 7)
        pdf.cell(width, 4, f"{pdf.page_no()}/{{nb}}")
        pdf.set_y(MARGIN)
        if pdf.page_no() == 1:
            self.write(settings.SITE_NAME, size=10, bold=True, colour=SON)
            self.write(self.title, size=20, bold=True)
        else:
            self.write(f"{self.title} · {self.number}", size=9, bold=True, colour=SMOKE)
        self.line(pdf.get_y() + 1.5)
        pdf.set_y(pdf.get_y() + 5)
        if pdf.page_no() > 1 and self.again is not None:
            self.again()

    def room(self, height: float) -> bool:
        """Goes on to the next page where so much does not fit on this one. Whether it does fit."""
        fits = self.pdf.get_y() + height <= BOTTOM
        if not fits:
            self.page()
        return fits

    def skip(self, height: float) -> None:
        self.pdf.set_y(self.pdf.get_y() + height)

    def font(
        self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK, link: bool = False
    ) -> None:
        self.pdf.set_font(FONT, style="B" if bold else "", size=size)
        self.pdf.set_text_color(*(LINK if link else colour))

    def line(self, y: float, left: float = MARGIN) -> None:
        self.pdf.set_draw_color(*RULE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(left, y, RIGHT, y)

    def clean(self, text: str) -> str:
        """What our letters can write of a person's text; the end of the paper tells that some are missing."""
        kept = printable(text, self._known)
        missing = {c for c in text if ord(c) not in self._known}
        self._left_out |= any(unicodedata.category(c).startswith("L") for c in missing)
        return kept or ("…" if missing else "")

    def write(
        self,
        text: str,
        x: float = MARGIN,
        width: float = WIDTH,
        *,
        size: float = 9.5,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        link: str = "",
    ) -> None:
        """The text in as many lines and pages as it needs."""
        self.font(size, bold=bold, colour=colour, link=bool(link))
        height = size * LEADING
        for row in lines_of(self.pdf, width, text):
            self.room(height)
            # A new page has had letters of its own.
            self.font(size, bold=bold, colour=colour, link=bool(link))
            self.pdf.set_x(x)
            self.pdf.cell(width, height, row, link=link)
            self.pdf.set_y(self.pdf.get_y() + height)

    def pair(self, label: str, value: str, *, bold: bool = False) -> None:
        """A word and what it is."""
        self.room(6)
        top = self.pdf.get_y()
        self.font(9, colour=SMOKE)
        self.pdf.set_xy(MARGIN, top)
        self.pdf.cell(LABEL, 9.5 * LEADING, label)
        self.pdf.set_y(top)
        self.write(value, MARGIN + LABEL, WIDTH - LABEL, bold=bold)

    def beside(self, blocks: Sequence[tuple[str, Iterable[str]]]) -> None:
        """Blocks of lines under a word each, side by side."""
        width = (WIDTH - GAP) / 2
        kept = [(word, [text for text in map(self.clean, lines) if text]) for word, lines in blocks]
        self.font(9.5, bold=True)
        rows = max(sum(len(lines_of(self.pdf, width, text)) for text in lines) for _word, lines in kept)
        self.room(6 + rows * 9.5 * LEADING)
        top = lowest = self.pdf.get_y()
        for number, (word, lines) in enumerate(kept):
            x = MARGIN + number * (width + GAP)
            self.pdf.set_y(top)
            self.write(word, x, width, size=8.5, colour=SMOKE)
            for place, text in enumerate(lines):
                self.write(text, x, width, bold=place == 0)
            lowest = max(lowest, self.pdf.get_y())
        self.pdf.set_y(lowest + 4)

    def sum(self, label: str, amount: str, *, size: float = 9.5, bold: bool = False) -> None:
        """A row of what something comes to; the money stands in the last column."""
        self.font(size, bold=bold)
        money = max(COLUMNS[3], self.pdf.get_string_width(amount) + 4)
        left = MARGIN + COLUMNS[0] - 20
        width = RIGHT - money - left
        rows, height = lines_of(self.pdf, width, label), size * LEADING
        self.room(len(rows) * height)
        self.font(size, bold=bold)
        self.pdf.set_x(RIGHT - money)
        self.pdf.cell(money, height, amount, align=Align.R)
        for row in rows:
            self.pdf.set_x(left)
            self.pdf.cell(width, height, row, align=Align.R)
            self.skip(height)

    def done(self) -> bytes:
        if self._left_out:
            self.skip(3)
            self.write(
                _("Some letters cannot be printed here. The order's page shows them."), size=8.5, colour=SMOKE
            )
        return bytes(self.pdf.output())


def _facts(paper: _Paper, order: Data, gateways: Mapping[str, str]) -> None:
    states = PAID if order["paidAt"] else UNPAID if order["state"] == "AWAITING_PAYMENT" else ()
    until, ways = moment(order["payBefore"]), [row for row in order["payments"] if row["state"] in states]
    if order["paidAt"]:
        state = _("Paid at %(moment)s") % {"moment": moment(order["paidAt"])}
    elif order["state"] == "EXPIRED":
        state = _("Not paid in time. The order has ended, and nothing is owed.")
    elif order["state"] == "CANCELLED":
        state = _("Cancelled before it was paid. Nothing is owed.")
    else:
        state = _("Not paid yet. The things are kept for you until %(moment)s.") % {"moment": until}
    paper.pair(_("Order number"), order["number"], bold=True)
    paper.pair(_("Placed"), moment(order["placedAt"]))
    paper.pair(_("Payment"), state, bold=True)
    for row in ways[-1:]:
        way = gateways.get(row["gateway"], row["gateway"])
        paper.pair(_("Way of payment"), f"{way}: {vnd(row['amount'])}")
    paper.pair(
        _("As it stands"), _("%(moment)s, time of Việt Nam") % {"moment": moment(timezone.now().isoformat())}
    )
    paper.skip(5)


def _people(paper: _Paper, order: Data) -> None:
    to, invoice, tax_word = order["shippingAddress"], order["invoice"], _("Tax code")
    paper.beside(
        [
            (_("Buyer"), [to["name"], phone(order["phone"]), order["email"] or ""]),
            (_("Goes to"), [to["name"], phone(to["phone"]), *_place(to)]),
        ]
    )
    if invoice:
        code = f"{tax_word}: {invoice['taxCode']}"
        words = [invoice["company"], code, invoice["address"], invoice["email"]]
        paper.beside([(_("VAT invoice for"), words)])
    if order["note"]:
        paper.write(_("Your word to the maker"), size=8.5, colour=SMOKE)
        for row in order["note"].splitlines():
            paper.write(paper.clean(row))
        paper.skip(4)


def _place(to: Data) -> list[str]:
    """The lines of an address, abroad with its country: as the pages write it."""
    if to["country"] in (None, HOME):
        return [to["line1"] or "", ", ".join(word for word in (to["ward"], to["province"]) if word)]
    town = " ".join(word for word in (to["province"], to["postalCode"]) if word)
    return [to["line1"] or "", ", ".join(word for word in (town, country(to["country"])) if word)]


def _part(paper: _Paper, part: Data) -> None:
    """What one maker sells: a band with who that is, the lines, and what they come to."""
    paper.room(52)
    _maker(paper, part)
    _columns(paper)
    maker = _("%(maker)s, continued") % {"maker": paper.clean(part["seller"]["publicName"])}

    def again() -> None:
        paper.write(maker, bold=True)
        paper.skip(1)

    def again_in_lines() -> None:
        again()
        _columns(paper)

    paper.again = again_in_lines
    for row in part["lines"]:
        _line(paper, row)
    paper.again = again
    paper.room(24)
    paper.skip(1.5)
    paper.sum(_("Things"), vnd(part["subtotal"]))
    paper.sum(paper.clean(part["shippingOption"]["name"]), vnd(part["shipping"]))
    paper.sum(_("This parcel"), vnd(part["total"]), bold=True)
    _refunds(paper, part["refunds"])
    paper.again = None
    paper.skip(GAP)


def _maker(paper: _Paper, part: Data) -> None:
    """No more than the maker's public page shows."""
    seller, pdf = part["seller"], paper.pdf
    shown, village, commune = seller["publicAddress"] or {}, seller["village"], seller["commune"]
    places = [shown.get("line1"), village and village["name"], commune and commune["name"]]
    if shown:
        places = [shown["line1"], village and village["name"], shown["ward"], shown["province"]]
    place = paper.clean(", ".join(dict.fromkeys(word for word in places if word)))
    rows = [
        (paper.clean(seller["publicName"]), 11.0, True, INK),
        (" · ".join(word for word in (seller_kind(seller["kind"]), place) if word), 8.5, False, SMOKE),
        (f"{part['number']} · {part_state(part['state'])}", 9.0, False, INK),
    ]
    height = 4.0
    for text, size, bold, colour in rows:
        paper.font(size, bold=bold, colour=colour)
        height += len(lines_of(pdf, WIDTH - 8, text)) * size * LEADING
    paper.room(height)
    top = pdf.get_y()
    pdf.set_fill_color(*BAND)
    pdf.rect(MARGIN, top, WIDTH, height, style="F")
    pdf.set_y(top + 2)
    for text, size, bold, colour in rows:
        paper.write(text, MARGIN + 4, WIDTH - 8, size=size, bold=bold, colour=colour)
    pdf.set_y(top + height + 2)


def _columns(paper: _Paper) -> None:
    pdf, x = paper.pdf, MARGIN
    paper.font(8, colour=SMOKE)
    words = (_("Thing"), _("How many"), _("Price each"), _("Comes to"))
    for number, (word, width) in enumerate(zip(words, COLUMNS, strict=True)):
        pdf.set_x(x)
        pdf.cell(width, 5, word, align=Align.R if number else Align.L)
        x += width
    paper.skip(5)
    paper.line(pdf.get_y())
    paper.skip(1)


def _line(paper: _Paper, row: Data) -> None:
    pdf, width = paper.pdf, COLUMNS[0] - 2
    name = paper.clean(row["productName"])
    sku = _("SKU %(sku)s") % {"sku": paper.clean(row["sku"])}
    about = [paper.clean(row["variantName"]), sku]
    if row["quantityReturned"]:
        about.append(_("%(count)s given back") % {"count": row["quantityReturned"]})
    small = " · ".join(word for word in about if word)
    paper.font(9.5, bold=True)
    height = len(lines_of(pdf, width, name)) * 9.5 * LEADING
    paper.font(8)
    height += len(lines_of(pdf, width, small)) * 8 * LEADING
    paper.room(height + 2)
    top, x = pdf.get_y(), MARGIN + COLUMNS[0]
    paper.font(9.5)
    for text, column in zip(
        (str(row["quantity"]), vnd(row["unitPrice"]), vnd(row["total"])), COLUMNS[1:], strict=True
    ):
        pdf.set_xy(x, top)
        pdf.cell(column, 9.5 * LEADING, text, align=Align.R)
        x += column
    pdf.set_y(top)
    paper.write(name, width=width, bold=True)
    paper.write(small, width=width, size=8, colour=SMOKE)
    paper.line(pdf.get_y() + 1)
    paper.skip(2)


def _refunds(paper: _Paper, refunds: Iterable[Data]) -> None:
    """Money that went back, or is on its way."""
    back = dict.fromkeys(("SUCCEEDED", "PENDING", "FAILED"), 0)
    for row in refunds:
        back[row["state"]] += row["amount"]["amount"]
    words = {
        "SUCCEEDED": _("Paid back to you"),
        "PENDING": _("On its way back to you"),
        "FAILED": _("Could not be paid back yet; a person sees to it"),
    }
    for state, amount in back.items():
        if amount:
            paper.sum(words[state], vnd(amount))


def _sums(paper: _Paper, order: Data) -> None:
    refunds = [row for part in order["sellerOrders"] for row in part["refunds"]]
    if paper.room(40):
        paper.line(paper.pdf.get_y())
        paper.skip(2)
    paper.sum(_("Things"), vnd(order["subtotal"]))
    paper.sum(_("Delivery"), vnd(order["shipping"]))
    paper.sum(_("Total"), vnd(order["total"]), size=13, bold=True)
    _refunds(paper, refunds)
    paper.skip(GAP)


def _rules(paper: _Paper, order: Data) -> None:
    """What both sides go by, and where to find it."""
    terms, version = _page("legal", "dieu-khoan"), order["acceptedTerms"]
    words = _("They are here:")
    if version:
        words = _("You have accepted their version of %(version)s:") % {"version": version}
        terms += f"?ban={version}"
    days = {
        "days": settings.RETURN_DAYS,
        "fault_days": max(settings.RETURN_DAYS, settings.RETURN_FAULT_DAYS),
    }
    sections = [
        (
            _("Who sells"),
            _(
                "Each thing is sold by the maker above it. The market brings both together and collects the money. "
                "Who runs it:"
            ),
            [_page("legal", "ai-van-hanh")],
        ),
        (_("Terms of sale"), words, [terms]),
        (
            _("Giving something back"),
            _(
                "Within %(days)s days after it came, unless it was made for you. What is broken, wrong or not as "
                "shown: within %(fault_days)s days, in any case. How:"
            )
            % days,
            [_page("legal", "doi-tra")],
        ),
        (
            _("Your order"),
            _(
                "How far it is, and all that you can do with it, is on its page. If you have lost the link to it, "
                "the second address sends you a new one."
            ),
            [_page("order", order["number"]), _page("orders")],
        ),
    ]
    for title, text, links in sections:
        paper.room(9 * LEADING * (4 + len(links)))
        paper.write(title, bold=True)
        paper.write(text, size=9)
        for link in links:
            paper.write(link, size=9, link=link)
        paper.skip(3)


def _page(name: str, *arguments: str) -> str:
    return f"{settings.BASE_URL}{reverse(f'storefront:{name}', args=arguments)}"
