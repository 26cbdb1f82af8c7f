from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    """The composition: commands that need every package."""

    name = "marketplace"
    verbose_name = "Marketplace"
