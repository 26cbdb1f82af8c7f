"""OAuth scopes of partner apps."""

from collections.abc import Iterable
from typing import Any

from oauth2_provider.scopes import SettingsScopes


class ApplicationScopes(SettingsScopes):
    """An app may ask for the scopes it was created with, no others; asking for none gives all of them."""

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        known = set(self.get_all_scopes())
        return sorted(known & set(_allowed(application)))

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return self.get_available_scopes(application)


def _allowed(application: Any) -> Iterable[str]:
    return application.allowed_scopes if application is not None else ()
