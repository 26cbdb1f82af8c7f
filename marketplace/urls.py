"""All addresses."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from oauth2_provider.views import RevokeTokenView, TokenView

from catalog.views import private_file, private_picture
from marketplace.accounts.authentication import context_of
from marketplace.core import health
from marketplace.core.graphql.view import GraphQLView
from marketplace.schema import executor
from orders import views as order_views
from payments import views as payment_views

urlpatterns = [
    path("graphql", GraphQLView.as_view(executor=executor, contextualise=context_of), name="graphql"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("payments/webhooks/sepay", payment_views.sepay_webhook, name="sepay_webhook"),
    path("payments/webhooks/stripe", payment_views.stripe_webhook, name="stripe_webhook"),
    path("shipping/ghn/<str:secret>", order_views.ghn_webhook, name="ghn_webhook"),
    # Staff sign in where everybody does: Django's own form neither counts guesses nor locks.
    path("admin/login/", secure_admin_login(admin.site.login)),
    path("admin/", admin.site.urls),
    path("giay-to/<str:token>", private_file, name="private_file"),
    path("anh-rieng/<str:token>", private_picture, name="private_picture"),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    # Partner apps are made by a command: only tokens are given out here, no pages.
    path("oauth/token/", TokenView.as_view(), name="oauth_token"),
    path("oauth/revoke_token/", RevokeTokenView.as_view(), name="oauth_revoke_token"),
    path("", include("marketplace.desk.urls")),
    path("", include("marketplace.storefront.urls")),
]

handler400 = "marketplace.storefront.site.bad_request"
handler403 = "marketplace.storefront.site.forbidden"
handler404 = "marketplace.storefront.site.not_found"
handler500 = "marketplace.storefront.site.server_error"
