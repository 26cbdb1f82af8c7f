"""Labels for a thing's passport, to print and stick on."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from marketplace.desk.labels import label_sheet
from marketplace.desk.site import Desk, desk_page, listing_of
from marketplace.pdf import pdf_response


@desk_page(workshop=False, methods=("GET",))
def labels(request: HttpRequest, desk: Desk, key: uuid.UUID) -> HttpResponse:
    """A sheet of 24 labels as PDF."""
    _desk, data = listing_of(request, desk, "labels", key)
    product = data["product"]
    village = product["village"]
    place = (
        [village["name"], village["commune"]["name"]] if village else [product["seller"]["commune"]["name"]]
    )
    url = product["passportUrl"]
    sheet = label_sheet(
        url=url,
        code=url.rsplit("/", 1)[-1],
        name=product["name"],
        maker=product["seller"]["publicName"],
        place=", ".join(place),
        words=_("Scan to see who made it, where and how."),
    )
    return pdf_response(sheet, f"nhan-{product['slug']}.pdf")
