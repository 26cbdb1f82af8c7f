"""Settings of the tests: the real ones, with what a test run needs different."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("DEBUG", "true")
from marketplace.settings import *  # noqa: F403

DEBUG = False
SAMPLE_INSTALLATION = False
SECRET_KEY = "test-secret-key-of-more-than-thirty-two-characters"
SEPAY_WEBHOOK_KEY = "test-sepay-key-of-more-than-thirty-two-characters"
ALLOWED_HOSTS = ["*"]
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405 - else threads' connections block DROP DATABASE
DATABASES["default"]["TEST"] = {"NAME": f"test_phuxuyen_{os.getpid()}"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECURE_SSL_REDIRECT = False
HTTPS = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SMS_SENDER = "marketplace.accounts.sms.MemorySender"
# Set for the workers that tests of faults start.
ELASTICSEARCH_URL = os.environ.get("WORKER_ELASTICSEARCH_URL", "")
# Crowds of the tests come from one address; the limits have tests of their own.
UNPAID_ORDERS_PER_PHONE = UNPAID_ORDERS_PER_ADDRESS = 10_000
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DATA_DIR = Path(tempfile.mkdtemp(prefix="phuxuyen-test-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "private"), "base_url": None},
    },
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "private"), "base_url": None},
    },
    "public": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(MEDIA_ROOT), "base_url": "/media/"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]  # noqa: F405 - live_server serves static files
# Processes that tests of faults start may be told to leave a guard out.
if os.environ.get("FAULT_SWITCHES"):
    INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.switches.Switches"]  # noqa: F405
LOGGING = {"version": 1, "disable_existing_loggers": False}
