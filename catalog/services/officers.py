"""Officers: which person has which commune."""

from django.db import transaction

from catalog.models import Commune, CommuneOfficer
from marketplace.accounts.models import User
from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.locks import lock_rows


@transaction.atomic(durable=True)
def officer_set(*, actor: Actor, user: User, commune: Commune, officer: bool) -> None:
    """Makes a person an officer of the commune, or no longer. Whoever has none left loses the admin."""
    user = lock_rows(User.objects.all(), [user.pk])[user.pk]
    rows = CommuneOfficer.objects.filter(user=user)
    if rows.filter(commune=commune).exists() == officer:
        return
    if officer:
        CommuneOfficer.objects.create(user=user, commune=commune)
    else:
        rows.filter(commune=commune).delete()
    user.is_staff = user.is_superuser or rows.exists()
    user.save(update_fields=["is_staff", "updated_at"])
    audit.record(actor, "officer.set" if officer else "officer.unset", user, after={"commune": commune.slug})
