"""Settings. Everything an installation may change is read from the environment; README.md lists each one.

Unset, they make a safe local installation. With DEBUG off, a default secret refuses to start.
"""

import datetime as dt
import json
from pathlib import Path

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.core.logs import drop_rows

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEFAULT_SECRET = "not-a-secret-for-local-use-only-please-set-SECRET_KEY"  # noqa: S105 - refused below in production

# --- Installation -------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default=DEFAULT_SECRET)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Newest first: the first key encrypts, all of them decrypt.
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[DEFAULT_SECRET])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
SITE_NAME = env.str("SITE_NAME", default="Chợ Làng Nghề Phú Xuyên")
SAMPLE_INSTALLATION = env.bool("SAMPLE_INSTALLATION", default=DEBUG)
# The page that opens an order for whoever holds its link.
ORDER_URL = env.str("ORDER_URL", default=BASE_URL + "/don-hang/{number}?k={token}")
# The page that a printed traceability label opens.
PASSPORT_URL = env.str("PASSPORT_URL", default=BASE_URL + "/ho-chieu/{code}")
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- Payments -----------------------------------------------------------------------------------------------
# The account that buyers' transfers reach: a licensed partner's or a supported bank's.
VIETQR_BANK_BIN = env.str("VIETQR_BANK_BIN", default="970422")
VIETQR_ACCOUNT_NUMBER = env.str("VIETQR_ACCOUNT_NUMBER", default="9999000000000")
VIETQR_ACCOUNT_NAME = env.str("VIETQR_ACCOUNT_NAME", default="TAI KHOAN MAU")
SEPAY_WEBHOOK_KEY = env.str("SEPAY_WEBHOOK_KEY", default=DEFAULT_SECRET)
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_PUBLISHABLE_KEY = env.str("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")

if not DEBUG:
    for _name, _value in (
        ("SECRET_KEY", SECRET_KEY),
        ("FIELD_ENCRYPTION_KEYS", "".join(FIELD_ENCRYPTION_KEYS)),
        ("SEPAY_WEBHOOK_KEY", SEPAY_WEBHOOK_KEY),
    ):
        if DEFAULT_SECRET in _value or len(_value) < 32:
            raise ImproperlyConfigured(
                f"{_name} is unset, a default or shorter than 32 characters. Production needs one of its own: "
                'python -c "import secrets; print(secrets.token_urlsafe(48))". For a local trial set DEBUG=true.'
            )
    if VIETQR_ACCOUNT_NUMBER.startswith("9999"):
        raise ImproperlyConfigured(
            "VIETQR_ACCOUNT_NUMBER is the sample account: money sent to it is lost. Set VIETQR_BANK_BIN, "
            "VIETQR_ACCOUNT_NUMBER and VIETQR_ACCOUNT_NAME to the account that collects payments."
        )

# --- Selling ------------------------------------------------------------------------------------------------
CART_LIFETIME_DAYS = env.int("CART_LIFETIME_DAYS", default=30)
CART_MAX_LINES = env.int("CART_MAX_LINES", default=100)
CART_MAX_QUANTITY = env.int("CART_MAX_QUANTITY", default=999)
PAYMENT_HOLD_MINUTES = env.int("PAYMENT_HOLD_MINUTES", default=30)
UNPAID_ORDERS_PER_PHONE = env.int("UNPAID_ORDERS_PER_PHONE", default=5)
UNPAID_ORDERS_PER_ADDRESS = env.int("UNPAID_ORDERS_PER_ADDRESS", default=50)
# What a thing weighs that nobody has weighed.
SHIPPING_DEFAULT_GRAMS = env.int("SHIPPING_DEFAULT_GRAMS", default=500)
SHIPPING_MAX_RATES = env.int("SHIPPING_MAX_RATES", default=100)
CONFIRM_HOURS = env.int("CONFIRM_HOURS", default=48)
# From the day it came, a buyer may send things back; then the part is done.
RETURN_DAYS = env.int("RETURN_DAYS", default=7)
# What is broken or another thing than was shown may come back for longer.
RETURN_FAULT_DAYS = env.int("RETURN_FAULT_DAYS", default=30)
RETURN_DECIDE_DAYS = env.int("RETURN_DECIDE_DAYS", default=3)
# How long a thing may be on its way back before an officer looks.
RETURN_SEND_DAYS = env.int("RETURN_SEND_DAYS", default=14)
# A parcel that is lost, or back at the maker and not sent again: after so long its buyer gets the money back.
PARCEL_GIVE_UP_DAYS = env.int("PARCEL_GIVE_UP_DAYS", default=7)
# So long a seller may take to say where a parcel is that its buyer misses; then an officer looks.
PARCEL_MISSING_DAYS = env.int("PARCEL_MISSING_DAYS", default=3)
RETURN_MAX_PICTURES = env.int("RETURN_MAX_PICTURES", default=6)
# Of a parcel that was handed over by hand nobody sends news: so long after it left its buyer is asked, and so long
# after that it counts as there.
SHIPMENT_ASSUMED_DAYS = env.int("SHIPMENT_ASSUMED_DAYS", default=14)
SHIPMENT_ASSUMED_GRACE_DAYS = env.int("SHIPMENT_ASSUMED_GRACE_DAYS", default=7)

# --- Carriers with an interface: GHN is off while one of its settings is unset ------------------------------
GHN_URL = env.str("GHN_URL", default="https://online-gateway.ghn.vn/shiip/public-api")
GHN_TOKEN = env.str("GHN_TOKEN", default="")
GHN_SHOP_ID = env.str("GHN_SHOP_ID", default="")
# Stands in the address of its webhook, /shipping/ghn/SECRET.
GHN_WEBHOOK_SECRET = env.str("GHN_WEBHOOK_SECRET", default="")
GHN_TIMEOUT = env.int("GHN_TIMEOUT", default=15)
# Seconds that a buyer may have to wait for its fees; without them it is not offered.
GHN_QUOTE_TIMEOUT = env.float("GHN_QUOTE_TIMEOUT", default=1.5)
CARRIER_FEE_MINUTES = env.int("CARRIER_FEE_MINUTES", default=30)
if GHN_TOKEN and GHN_WEBHOOK_SECRET and len(GHN_WEBHOOK_SECRET) < 32 and not DEBUG:
    raise ImproperlyConfigured(
        "GHN_WEBHOOK_SECRET is shorter than 32 characters: whoever guesses it may have us ask GHN without end."
    )

# --- Sellers and listings -----------------------------------------------------------------------------------
FAVOURITES = env.int("FAVOURITES", default=500)
SAVED_ADDRESSES = env.int("SAVED_ADDRESSES", default=20)
SELLERS_PER_PERSON = env.int("SELLERS_PER_PERSON", default=5)
INVITATION_DAYS = env.int("INVITATION_DAYS", default=7)
LOW_STOCK = env.int("LOW_STOCK", default=2)
DRAFTS_PER_SELLER = env.int("DRAFTS_PER_SELLER", default=500)
PRODUCT_MAX_VARIANTS = env.int("PRODUCT_MAX_VARIANTS", default=100)
PRODUCT_MAX_PICTURES = env.int("PRODUCT_MAX_PICTURES", default=12)
REVIEW_MAX_PICTURES = env.int("REVIEW_MAX_PICTURES", default=5)
# A day and a person (or order, or a guest's address); from one address five times as many.
QUESTIONS_PER_DAY = env.int("QUESTIONS_PER_DAY", default=20)
REPORTS_PER_DAY = env.int("REPORTS_PER_DAY", default=20)
# The law asks for a year after archiving (E-commerce Law 122/2025 Đ17.1.e).
LISTING_KEEP_DAYS = env.int("LISTING_KEEP_DAYS", default=366)
# A paper of a seller: the file, and how long a link to it works.
PAPER_MAX_BYTES = env.int("PAPER_MAX_BYTES", default=20 * 1024 * 1024)
PRIVATE_LINK_MINUTES = env.int("PRIVATE_LINK_MINUTES", default=15)
# Sheets of listings: the file, its rows, drafts that a verified seller may have through them, days they are kept.
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=10 * 1024 * 1024)
IMPORT_PICTURES_MAX_BYTES = env.int("IMPORT_PICTURES_MAX_BYTES", default=25 * 1024 * 1024)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", default=20_000)
IMPORT_DRAFTS_PER_SELLER = env.int("IMPORT_DRAFTS_PER_SELLER", default=20_000)
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", default=90)
# Accounts of sellers are linked to VNeID (Decree 320/2026 Đ19); those from before the first day have until the second.
VNEID_FROM = dt.date.fromisoformat(env.str("VNEID_FROM", default="2026-09-28"))
VNEID_DEADLINE = dt.date.fromisoformat(env.str("VNEID_DEADLINE", default="2026-12-31"))
# Days before an end (of a certificate, of the VNeID deadline) at which sellers are told.
NOTICE_DAYS = [60, 30, 7]
# Pictures that nothing shows any more stay this long.
PICTURE_KEEP_DAYS = env.int("PICTURE_KEEP_DAYS", default=7)

# --- Translation by a machine: off without TRANSLATOR -------------------------------------------------------
TRANSLATOR = env.str("TRANSLATOR", default="")
TRANSLATOR_URL = env.str("TRANSLATOR_URL", default="")
TRANSLATOR_KEY = env.str("TRANSLATOR_KEY", default="")
TRANSLATOR_MODEL = env.str("TRANSLATOR_MODEL", default="")
TRANSLATOR_TIMEOUT = env.int("TRANSLATOR_TIMEOUT", default=20)
# A day and all languages together; what is over waits for the next day.
TRANSLATOR_DAILY_CHARACTERS = env.int("TRANSLATOR_DAILY_CHARACTERS", default=500_000)
TRANSLATION_LANGUAGES = env.list("TRANSLATION_LANGUAGES", default=["en"])

# --- GraphQL limits -----------------------------------------------------------------------------------------
GRAPHQL_MAX_BODY_BYTES = env.int("GRAPHQL_MAX_BODY_BYTES", default=256 * 1024)
GRAPHQL_MAX_UPLOAD_BYTES = env.int("GRAPHQL_MAX_UPLOAD_BYTES", default=25 * 1024 * 1024)
GRAPHQL_MAX_JSON_DEPTH = env.int("GRAPHQL_MAX_JSON_DEPTH", default=20)
GRAPHQL_MAX_TOKENS = env.int("GRAPHQL_MAX_TOKENS", default=2_000)
GRAPHQL_MAX_DEPTH = env.int("GRAPHQL_MAX_DEPTH", default=15)
GRAPHQL_MAX_ALIASES = env.int("GRAPHQL_MAX_ALIASES", default=50)
GRAPHQL_MAX_COST = env.int("GRAPHQL_MAX_COST", default=5_000)
GRAPHQL_DOCUMENT_CACHE = env.int("GRAPHQL_DOCUMENT_CACHE", default=500)
GRAPHQL_INTROSPECTION = env.bool("GRAPHQL_INTROSPECTION", default=True)

# --- Pictures -----------------------------------------------------------------------------------------------
IMAGE_MAX_BYTES = env.int("IMAGE_MAX_BYTES", default=20 * 1024 * 1024)
IMAGE_MAX_PIXELS = env.int("IMAGE_MAX_PIXELS", default=50_000_000)
IMAGE_AVIF = env.bool("IMAGE_AVIF", default=False)
IMAGE_WIDTHS = (160, 320, 640, 1280)

# --- Django -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # Before allauth: its pages wear our templates.
    "marketplace.storefront",
    "marketplace.desk",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "oauth2_provider",
    "procrastinate.contrib.django",
    "graphene_django",
    "marketplace",
    "marketplace.core",
    "marketplace.accounts",
    "catalog",
    "search",
    "orders",
    "payments",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.core.middleware.RequestLogMiddleware",
    "marketplace.core.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "marketplace.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "marketplace.legacy.LegacyAddressMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.storefront.context.site",
            ]
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgresql:///phuxuyen")}
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("CONN_MAX_AGE", default=600),
    CONN_HEALTH_CHECKS=True,
    ATOMIC_REQUESTS=False,
)
# A statement that runs longer is a mistake: the request gets TIMEOUT, its neighbours keep the connection.
DATABASE_STATEMENT_TIMEOUT_MS = env.int("DATABASE_STATEMENT_TIMEOUT_MS", default=15_000)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Languages and time -------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

# --- Files --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
# `public` holds renditions under names that never change their content; `private` is never served by a URL.
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "private"), "base_url": None},
    },
    "public": {
        "BACKEND": env.str("PUBLIC_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": json.loads(
            env.str(
                "PUBLIC_STORAGE_OPTIONS",
                default=json.dumps({"location": str(MEDIA_ROOT), "base_url": MEDIA_URL}),
            )
        ),
    },
    "private": {
        "BACKEND": env.str("PRIVATE_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": json.loads(
            env.str(
                "PRIVATE_STORAGE_OPTIONS",
                default=json.dumps({"location": str(DATA_DIR / "private"), "base_url": None}),
            )
        ),
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=True)

# --- People -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "marketplace.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email", "phone", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "marketplace.accounts.forms.SignupExtra"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PHONE_VERIFICATION_ENABLED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# Beside allauth's own limits: codes by SMS, which cost money, for a caller's address and for a phone.
ACCOUNT_RATE_LIMITS = {
    "reset_code_send": "20/h/ip,5/h/key,10/d/key",
    "member_invite": "50/d/ip,30/d/key",
    "seller_claim": "20/d/ip,3/h/key,6/d/key",
    "order_link": "20/d/ip,3/h/key,6/d/key",
    "question_ask": f"{5 * QUESTIONS_PER_DAY}/d/ip,{QUESTIONS_PER_DAY}/d/key",
    "content_report": f"{5 * REPORTS_PER_DAY}/d/ip,{REPORTS_PER_DAY}/d/key",
}
ACCOUNT_SESSION_REMEMBER = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_ONLY = False
OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.Application"
OAUTH_SCOPES = {
    "products:read": "Read listings, drafts included",
    "products:write": "Change listings",
    "stock:write": "Change stock",
    "orders:read": "Read orders",
    "orders:write": "Confirm, ship and cancel orders",
    "payments:read": "Read payments and statements",
    "reports:read": "Read revenue reports",
    "webhooks:manage": "Subscribe to webhooks",
}
OAUTH2_PROVIDER = {
    "SCOPES": OAUTH_SCOPES,
    "DEFAULT_SCOPES": [],
    "SCOPES_BACKEND_CLASS": "marketplace.accounts.oauth.ApplicationScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "PKCE_REQUIRED": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    # The whole of RFC 9700: among others, tokens are stored as hashes.
    **{
        f"COMPLIANT_BCP_RFC9700_{rule}": True
        for rule in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
            "REDIRECT_URI_SCHEME",
        )
    },
}

# --- Mail and SMS -------------------------------------------------------------------------------------------
_email = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _email["EMAIL_FILE_PATH"] or None
EMAIL_HOST = _email["EMAIL_HOST"] or ""
EMAIL_PORT = _email["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = bool(_email.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_email.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="cho-lang-nghe@localhost")
SMS_SENDER = env.str("SMS_SENDER", default="marketplace.accounts.sms.ConsoleSender")
if not DEBUG:
    # Printed, the links of orders and the codes for a new password would stand in the log for whoever reads it.
    if EMAIL_BACKEND == "django.core.mail.backends.console.EmailBackend":
        raise ImproperlyConfigured(
            "EMAIL_URL is unset or the console, which prints links and codes into the log. Set it to a mail server, "
            "smtp+tls://user:password@host:587, or to a folder, filemail:////path. For a local trial set DEBUG=true."
        )
    if SMS_SENDER == "marketplace.accounts.sms.ConsoleSender":
        raise ImproperlyConfigured(
            "SMS_SENDER is unset or the console, which prints codes into the log. Set it to the dotted path of a "
            "class with send(phone, text), or to marketplace.accounts.sms.DisabledSender where no texts are sent. "
            "For a local trial set DEBUG=true."
        )

# --- Search -------------------------------------------------------------------------------------------------
ELASTICSEARCH_URL = env.str("ELASTICSEARCH_URL", default="")
ELASTICSEARCH_API_KEY = env.str("ELASTICSEARCH_API_KEY", default="")
ELASTICSEARCH_CA_CERTS = env.str("ELASTICSEARCH_CA_CERTS", default="")
ELASTICSEARCH_INDEX_PREFIX = env.str("ELASTICSEARCH_INDEX_PREFIX", default="phuxuyen")
SEARCH_CONNECT_TIMEOUT = env.float("SEARCH_CONNECT_TIMEOUT", default=0.5)
SEARCH_REQUEST_TIMEOUT = env.float("SEARCH_REQUEST_TIMEOUT", default=2.0)
# A query is suggested to others once so many people have asked it within so many days.
SEARCH_ASKED_PEOPLE = env.int("SEARCH_ASKED_PEOPLE", default=5)
SEARCH_ASKED_DAYS = env.int("SEARCH_ASKED_DAYS", default=30)

# --- Jobs ---------------------------------------------------------------------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_WORKER_DEFAULTS = {"update_heartbeat_interval": 2, "stalled_worker_timeout": 10}
JOB_STALLED_SECONDS = env.int("JOB_STALLED_SECONDS", default=15)

# --- Security -----------------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=not DEBUG)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail addresses are unique by a constraint on their lower case
    "account.W001",  # sign-up asks for an e-mail address or a phone number: SignupExtra checks that there is one
]

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}

# --- Logs ---------------------------------------------------------------------------------------------------
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        drop_rows,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "marketplace.core.logs.Formatter", "format": "%(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "elastic_transport": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        "PIL": {"level": "WARNING"},
    },
}

UNFOLD = {
    "SITE_TITLE": SITE_NAME,
    "SITE_HEADER": SITE_NAME,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    # Cinnabar, as the one action on our own pages.
    "COLORS": {
        "primary": {
            "50": "#FBEFEC",
            "100": "#F6DDD8",
            "200": "#EDBBB3",
            "300": "#E0938A",
            "400": "#D0675D",
            "500": "#BC4238",
            "600": "#A3271F",
            "700": "#86201A",
            "800": "#6B1C17",
            "900": "#551915",
            "950": "#300C0A",
        }
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": lambda request: request.user.is_superuser,
        "navigation": [
            {
                "title": _("Waiting for you"),
                "items": [
                    {
                        "title": title,
                        "icon": icon,
                        "link": reverse_lazy(f"admin:catalog_{model}_changelist"),
                        "badge": f"catalog.admin.{badge}",
                        "permission": "catalog.admin.may_decide",
                    }
                    for title, icon, model, badge in (
                        (_("Sellers"), "storefront", "seller", "sellers_waiting"),
                        (_("Listings"), "shopping_basket", "product", "products_waiting"),
                        (
                            _("OCOP certificates"),
                            "workspace_premium",
                            "ocopcertificate",
                            "certificates_waiting",
                        ),
                        (_("Reports"), "flag", "contentreport", "reports_waiting"),
                    )
                ]
                + [
                    {
                        "title": _("Returns"),
                        "icon": "undo",
                        "link": reverse_lazy("admin:orders_return_changelist"),
                        "badge": "orders.admin.returns_waiting",
                        "permission": "catalog.admin.may_decide",
                    },
                    {
                        "title": _("Missing parcels"),
                        "icon": "local_shipping",
                        "link": reverse_lazy("admin:orders_shipment_changelist"),
                        "badge": "orders.admin.parcels_waiting",
                        "permission": "catalog.admin.may_decide",
                    },
                ],
            },
            {
                "items": [
                    {
                        "title": _("Reviews"),
                        "icon": "star",
                        "link": reverse_lazy("admin:catalog_review_changelist"),
                        "permission": "catalog.admin.may_decide",
                    }
                ]
            },
        ],
    },
}
