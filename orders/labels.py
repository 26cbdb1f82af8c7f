"""Links to a parcel's address label: signed, and good for PRIVATE_LINK_MINUTES. Whoever prints it has no session.

The paper itself is drawn by the desk, which stands above; it is known here by the name of its address alone.
"""

import datetime as dt
import uuid

from django.conf import settings
from django.core import signing
from django.urls import reverse

from orders.models import Shipment, ShipmentState

SALT = "orders.labels"


def label_url(parcel: Shipment) -> str | None:
    """For whoever may see where the parcel goes. None where nothing is sent any more."""
    if parcel.state == ShipmentState.CANCELLED:
        return None
    token = signing.dumps(parcel.pk.hex, salt=SALT)
    return f"{settings.BASE_URL}{reverse('desk:parcel_label', args=[token])}"


def parcel_of(token: str) -> Shipment | None:
    """The parcel of a link that is ours and not too old."""
    try:
        key = signing.loads(token, salt=SALT, max_age=dt.timedelta(minutes=settings.PRIVATE_LINK_MINUTES))
    except signing.BadSignature:
        return None
    rows = Shipment.objects.exclude(state=ShipmentState.CANCELLED).select_related(
        "seller_order__order", "seller_order__seller__village", "seller_order__seller__commune"
    )
    return rows.filter(pk=uuid.UUID(hex=key)).first()
