"""Links to a parcel's address label: signed, and good for PRIVATE_LINK_MINUTES. Whoever prints it has no session.

The paper itself is drawn by the desk, which stands above; it is known here by the name of its address alone.
"""

import uuid

from marketplace.core.private_links import opened, private_link
from orders.models import Shipment, ShipmentState

SALT = "orders.labels"


def label_url(parcel: Shipment) -> str | None:
    """For whoever may see where the parcel goes. None where nothing is sent any more."""
    if parcel.state == ShipmentState.CANCELLED:
        return None
    return private_link("desk:parcel_label", SALT, parcel.pk.hex)


def parcel_of(token: str) -> Shipment | None:
    """The parcel of a link that is ours and not too old."""
    key = opened(token, SALT)
    if key is None:
        return None
    rows = Shipment.objects.exclude(state=ShipmentState.CANCELLED).select_related(
        "seller_order__order", "seller_order__seller__village", "seller_order__seller__commune"
    )
    return rows.filter(pk=uuid.UUID(hex=key)).first()
