"""The scene of expected.txt: two sellers of one commune with the same people, and everybody who may ask."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from catalog.models import (
    Commune,
    CommuneOfficer,
    ImageAsset,
    ImportJob,
    ImportProblem,
    OcopCertificate,
    PrivateFile,
    Product,
    ProductImage,
    ProductRevision,
    ProductStats,
    ProductTranslation,
    Review,
    SavedAddress,
    Seller,
    SellerApp,
    SellerClaim,
    SellerMember,
    Variant,
)
from marketplace.accounts.models import Application, User
from marketplace.core.ids import to_global_id
from marketplace.core.vietnamese import sort_key
from tests.builders import ADDRESS, make_certificate, make_product, make_seller, make_shop, make_user
from tests.conftest import Graphql

CALLERS = (
    "guest", "buyer", "other", "packer", "editor", "owner", "elsewhere", "here", "admin", "bare", "stray", "app",
)  # fmt: skip
INVITATION = "an-invitation"
CLAIM_CODE = "123456"
SCOPES = "products:read products:write stock:write orders:read orders:write"


@dataclass(frozen=True)
class Scene:
    seller: Seller
    applied: Seller
    unclaimed: Seller
    product: Product
    draft: Product
    archived: Product
    in_review: Product
    variant: Variant
    draft_variant: Variant
    spare_variant: Variant
    picture: ProductImage
    second_picture: ProductImage
    broken_picture: ProductImage
    valid: OcopCertificate
    submitted: OcopCertificate
    revision: ProductRevision
    packer: SellerMember
    address: SavedAddress
    import_job: ImportJob
    review: Review
    hidden_review: Review
    users: dict[str, User]
    tokens: dict[str, str]

    def gql(self, caller: str) -> Graphql:
        gql = Graphql(Client())
        if caller in self.users:
            gql.login(self.users[caller])
        if caller in self.tokens:
            gql.headers["Authorization"] = f"Bearer {self.tokens[caller]}"
        return gql


def gid(row: Any) -> str:
    names = {"SellerMember": "SellerMembership", "ProductImage": "Image"}
    name = type(row).__name__
    return to_global_id(names.get(name, name), row.pk)


def make_app(scope: str, *sellers: Seller) -> str:
    """A token of an app that acts for these sellers."""
    app = Application.objects.create(
        name="App",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        allowed_scopes=scope.split(),
    )
    SellerApp.objects.bulk_create([SellerApp(seller=seller, app=app) for seller in sellers])
    token = f"token-of-{app.pk}"
    get_access_token_model().objects.create(
        application=app, token=token, scope=scope, expires=timezone.now() + dt.timedelta(hours=1)
    )
    return token


def make_picture(
    product: Product, *, ready: bool = True, problem: str = "", position: int = 0
) -> ProductImage:
    asset = ImageAsset.objects.create(
        sha256=hashlib.sha256(f"{product.pk}{position}".encode()).hexdigest(),
        ready=ready,
        problem=problem,
        **({"width": 640, "height": 800, "widths": [320, 640]} if ready else {}),
    )
    return ProductImage.objects.create(product=product, asset=asset, position=position, alt="Giỏ")


def _unclaimed(users: dict[str, User], private: dict[str, Any]) -> Seller:
    """A page of the old directory that everybody has asked a code for."""
    seller = make_seller("Trang cũ", state="UNCLAIMED", **{**private, "address_shown_at": None})
    claim = {
        "seller": seller,
        "code_hash": make_password(CLAIM_CODE),
        "expires_at": timezone.now() + dt.timedelta(minutes=9),
    }
    SellerClaim.objects.bulk_create([SellerClaim(user=user, **claim) for user in users.values()])
    return seller


def make_scene() -> Scene:
    shop = make_shop()
    private = {
        "phone": "+84912345678",
        "tax_code": "0100047516",
        "personal_id": "001070012345",
        "birth_date": "1970-05-01",
        "address": {
            **ADDRESS,
            "ward": "Hoàn Kiếm",
            "province": "Hà Nội",
            "provinceCode": "01",
            "country": "VN",
        },
        "bank_bin": "970422",
        "bank_account": "9999000000001",
        "bank_holder": "NGUYEN THI LAN",
        "decision_note": "Đã xem.",
        "address_shown_at": timezone.now(),
        "vneid_linked_at": timezone.now(),
        "applied_at": timezone.now() - dt.timedelta(days=200),
    }
    Seller.objects.filter(pk=shop.seller.pk).update(**private)
    seller = Seller.objects.get(pk=shop.seller.pk)
    applied = make_seller("Cơ sở mới", state="APPLIED", village=shop.village, **private)
    for row in (seller, applied):
        PrivateFile.objects.create(
            seller=row, name="p/aa/none", label="cccd.jpg", content_type="image/jpeg", size=1
        )
    other_seller = make_seller("Cơ sở khác")
    elsewhere = Commune.objects.create(
        slug="chuyen-my", code="10330", name="Chuyên Mỹ", name_key=sort_key("Chuyên Mỹ")
    )
    users = {name: make_user(f"{name}@example.vn", name=name) for name in CALLERS[1:8]}
    users["admin"] = make_user("admin@example.vn", is_staff=True, is_superuser=True)
    SellerMember.objects.create(seller=other_seller, user=users["other"], role="OWNER")
    members = {}
    for role in ("owner", "editor", "packer"):
        for row in (seller, applied):
            members[role, row.pk] = SellerMember.objects.create(
                seller=row, user=users[role], role=role.upper(), contact=f"{role}@example.vn"
            )
    SellerMember.objects.create(
        seller=seller,
        role="PACKER",
        contact="+84987654321",
        token_hash=hashlib.sha256(INVITATION.encode()).hexdigest(),
        expires_at=timezone.now() + dt.timedelta(days=1),
    )
    CommuneOfficer.objects.create(commune=elsewhere, user=users["elsewhere"])
    CommuneOfficer.objects.create(commune=shop.village.commune, user=users["here"])

    product = shop.product
    Product.objects.filter(pk=product.pk).update(review_note="Xin chụp ảnh rõ hơn.")
    draft = make_product("Bản nháp", seller=seller, state="DRAFT", published_at=None, craft=shop.craft)
    archived = make_product(
        "Cất đi", seller=seller, state="ARCHIVED", archived_at=timezone.now(), archived_from="DRAFT"
    )
    in_review = make_product("Chờ duyệt", seller=seller, state="IN_REVIEW", published_at=None)
    make_picture(in_review)
    ProductTranslation.objects.create(product=product, language="en", name="Basket", machine_translated=True)
    picture, second = make_picture(draft), make_picture(draft, position=1)
    broken = make_picture(draft, ready=False, problem="FILE_BROKEN", position=2)
    make_picture(product)
    scan = PrivateFile.objects.create(
        seller=seller,
        name="p/aa/scan",
        label="ocop.pdf",
        content_type="application/pdf",
        size=1,
        is_paper=False,
    )
    extra = {"scan": scan, "note": "Đã đối chiếu."}
    given_back = PrivateFile.objects.create(
        seller=seller, name="p/aa/sheet", label="hang.csv", content_type="text/csv", size=1, is_paper=False
    )
    import_job = ImportJob.objects.create(
        seller=seller, state="READY", dry_run=True, format="csv", file_name="hang.csv", heading_row=1, row_count=2,
        done_rows=2, created_count=1, updated_count=1, result=given_back,
    )  # fmt: skip
    ImportProblem.objects.create(job=import_job, row=2, column="Giá", code="INVALID", message="Sai.")
    said = {"product": product, "author_name": "Lan N.", "written_at": timezone.now()}
    review = Review.objects.create(**said, rating=5)
    hidden = Review.objects.create(**said, rating=1, author=users["buyer"], hidden_at=timezone.now())
    ProductStats.objects.filter(product=product).update(rating_sum=5, rating_count=1)
    return Scene(
        seller=seller,
        applied=applied,
        unclaimed=_unclaimed(users, private),
        product=product,
        draft=draft,
        archived=archived,
        in_review=in_review,
        variant=shop.variant,
        draft_variant=draft.variants.get(),
        spare_variant=Variant.objects.create(
            product=product, seller=seller, sku="SPARE", name="Nhỏ", price=100_000, position=1
        ),
        picture=picture,
        second_picture=second,
        broken_picture=broken,
        valid=make_certificate(product, **extra),
        submitted=make_certificate(product, number="9/QĐ", state="SUBMITTED", **extra),
        revision=ProductRevision.objects.create(
            product=product, name="Tên mới", craft=shop.craft, submitted_at=timezone.now()
        ),
        packer=members["packer", seller.pk],
        import_job=import_job,
        review=review,
        hidden_review=hidden,
        address=SavedAddress.objects.create(user=users["owner"], address=private["address"], is_default=True),
        users=users,
        tokens={
            "bare": make_app("", seller, applied),
            "stray": make_app(SCOPES, other_seller),
            "app": make_app(SCOPES, seller, applied),
        },
    )
