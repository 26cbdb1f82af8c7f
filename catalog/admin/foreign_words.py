"""Words of the admin that officers meet and that have no Vietnamese of their own: see the storefront's."""

from django.utils.translation import gettext_noop as _

WORDS = (
    _("Site administration"),
    _(" By %(filter_title)s "),
    _("Show counts"),
    _("Hide counts"),
    _("Type to search"),
    _("Filters"),
    _("Reset filters"),
    _("No results found"),
    _("No results matching your query"),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("You don’t have permission to view or edit anything."),
    _("Search apps and models..."),
    _("Return to site"),
    _("View site"),
    _("Go back"),
    _("Close"),
    _("Light"),
    _("Dark"),
    _("System"),
)
