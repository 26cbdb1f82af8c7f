"""People and an app for trying the sample installation. Never made elsewhere."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from oauth2_provider.generators import generate_client_id, generate_client_secret

from catalog.models import Commune, CommuneOfficer, MemberRole, Seller, SellerApp, SellerMember
from marketplace.accounts.models import Application, User

PASSWORD = "lang-nghe-2026"  # noqa: S105 - told to everyone on purpose, in sample installations only
SELLER_SLUG_PART = "luu-thuong"


@dataclass(frozen=True, slots=True)
class PartnerSecret:
    client_id: str
    client_secret: str


def _secret_file() -> Path:
    return settings.DATA_DIR / "partner.json"


@transaction.atomic
def ensure_accounts() -> str:
    """Makes what is missing and describes all of it, `{PORT}` standing for the port. Safe to repeat."""
    if not settings.SAMPLE_INSTALLATION:
        raise ImproperlyConfigured("sample accounts belong to a sample installation only")
    _person("nguoimua@example.vn", "+84900000101", "Nguyễn Thị Mua")
    seller_user = _person("nguoiban@example.vn", "+84900000102", "Trần Văn Đan")
    officer = _person("canbo@example.vn", "+84900000103", "Lê Thị Xã", is_staff=True)
    _person("quantri@example.vn", "+84900000104", "Quản trị", is_staff=True, is_superuser=True)
    seller = Seller.objects.filter(is_sample=True, village__slug=SELLER_SLUG_PART).order_by("slug").first()
    if seller is not None:
        SellerMember.objects.get_or_create(
            seller=seller, user=seller_user, defaults={"role": MemberRole.OWNER}
        )
    for commune in Commune.objects.filter(slug="phuong-duc"):
        CommuneOfficer.objects.get_or_create(commune=commune, user=officer)
    partner = _partner(seller)
    return f"""
  Storefront   http://localhost:{{PORT}}/
  GraphQL      http://localhost:{{PORT}}/graphql
  Admin        http://localhost:{{PORT}}/admin/

  Sample accounts, all with the password {PASSWORD}
    buyer          nguoimua@example.vn   or 0900 000 101
    seller         nguoiban@example.vn   or 0900 000 102   ({seller.name if seller else "no seller"})
    officer        canbo@example.vn      or 0900 000 103   (xã Phượng Dực)
    administrator  quantri@example.vn    or 0900 000 104

  Partner app (POST /oauth/token/ with grant_type=client_credentials)
    client_id      {partner.client_id}
    client_secret  {partner.client_secret}

  The bank's webhook: POST /payments/webhooks/sepay
    Authorization: Apikey {settings.SEPAY_WEBHOOK_KEY}
"""


def _person(email: str, phone: str, name: str, *, is_staff: bool = False, is_superuser: bool = False) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(
            email,
            PASSWORD,
            phone=phone,
            name=name,
            is_staff=is_staff,
            is_superuser=is_superuser,
            phone_verified=True,
        )
    return user


def _partner(seller: Seller | None) -> PartnerSecret:
    """The sample app, which acts for the sample seller.

    Its secret is hashed in the database, so it is kept beside it in DATA_DIR.
    """
    path = _secret_file()
    if path.exists():
        known = PartnerSecret(**json.loads(path.read_text(encoding="utf-8")))
        if Application.objects.filter(client_id=known.client_id).exists():
            return known
    secret = PartnerSecret(generate_client_id(), generate_client_secret())
    app = Application.objects.create(
        name="Ứng dụng mẫu",
        client_id=secret.client_id,
        client_secret=secret.client_secret,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        allowed_scopes=["products:read", "products:write", "stock:write", "orders:read"],
    )
    if seller is not None:
        SellerApp.objects.create(seller=seller, app=app)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(secret)), encoding="utf-8")
    return secret
