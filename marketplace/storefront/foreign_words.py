"""Words of Django and allauth that buyers meet and that have no Vietnamese of their own.

Named here so that the catalogue's extraction finds them; gettext looks them up by their text wherever they are used.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

WORDS = (
    _("The phone number and/or password you specified are not correct."),
    _("The email address and/or password you specified are not correct."),
    _("Too many failed login attempts. Try again later."),
    _("Be patient, you are sending too many requests."),
    _("A user is already registered with this email address."),
    _("A user is already registered with this phone number."),
    _("You must type the same password each time."),
    _("Incorrect code."),
    _("Incorrect password."),
    _("Please type your current password."),
    _("The new value must be different from the current one."),
    _("This account is currently inactive."),
)
PASSWORD_TOO_SHORT = ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
    8,
)
