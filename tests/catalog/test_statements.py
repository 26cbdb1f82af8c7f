"""The same number of SQL statements for 1, 3 and 10 rows of what only a seller's people and officers see."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import (
    CommuneOfficer,
    ImportJob,
    ImportProblem,
    OcopCertificate,
    PrivateFile,
    ProductImage,
    ProductRevision,
    Seller,
    SellerMember,
)
from marketplace.accounts.models import User
from tests.builders import Shop, make_certificate, make_product, make_seller, make_user
from tests.catalog.access.scene import make_picture
from tests.catalog.conftest import Caller

pytestmark = pytest.mark.django_db

PRIVATE = """private{legalName taxCode personalId checklist{code done} documents decisionNote
  members{role pending contact user{name} seller{slug}} lowStock{sku onHand product{name seller{slug}}}}"""
LISTING = """id name reviewNote pendingRevision{name craft{slug} attributes{slug label} changedFields images{id alt}}
  images{id} ocopCertificates{number note scanUrl product{name}} ocop{stars scanUrl}
  variants{sku onHand held options{name}} seller{slug}"""
QUERIES = {
    "sellers": f"{{sellers(first: 50, filter: {{state: [VERIFIED, SUSPENDED]}}){{nodes{{slug {PRIVATE}}}}}}}",
    "listings": f"{{products(first: 50, filter: {{state: [PUBLISHED]}}){{nodes{{{LISTING}}}}}}}",
    "mine": f"{{viewer{{sellers{{role seller{{slug {PRIVATE}}}}} communes{{slug}}}}}}",
    "imports": """{viewer{sellers{seller{slug private{imports(first: 2){
      fileName state progress resultUrl problems(first: 2){totalCount nodes{row column code message}}}}}}}}""",
    "certificates": "{ocopCertificates(first: 50){nodes{number note scanUrl product{name seller{slug}}}}}",
}


def more(shop: Shop, number: int, reader: User) -> None:
    """So many more sellers, each with a listing that waits and whatever hangs on it."""
    for _row in range(number):
        seller = make_seller(
            village=shop.village, tax_code="0100047516", applied_at=timezone.now() - dt.timedelta(days=1)
        )
        for user in (reader, make_user()):
            SellerMember.objects.create(seller=seller, user=user, role="OWNER")
        paper = PrivateFile.objects.create(
            seller=seller, name="p/aa/x", label="x", content_type="image/jpeg", size=1
        )
        for name in ("a.csv", "b.csv"):
            job = ImportJob.objects.create(seller=seller, format="csv", file_name=name, result=paper)
            ImportProblem.objects.create(job=job, row=2, code="INVALID", message="Sai.")
        product = make_product(seller=seller, craft=shop.craft, stock=1)
        picture = make_picture(product)
        revision = ProductRevision.objects.create(
            product=product,
            name="Tên mới",
            craft=shop.craft,
            submitted_at=timezone.now(),
            pictures_changed=True,
        )
        ProductImage.objects.create(product=product, asset=picture.asset, revision=revision)
        for state in ("VALID", "SUBMITTED", "REJECTED"):
            make_certificate(product, number=f"{state}/QĐ", state=state, scan=paper, note="Lý do")


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("who", ["member", "officer"])
def test_as_many_statements_for_ten_rows_as_for_one(owner: Caller, shop: Shop, name: str, who: str) -> None:
    reader = User.objects.get(email="chu@example.vn")
    if who == "officer":
        CommuneOfficer.objects.create(commune=shop.village.commune, user=reader)
    counted, answers, there = [], [], 0
    for rows in (1, 3, 10):
        more(shop, rows - there, reader)
        there = rows
        owner.gql(QUERIES[name])
        with CaptureQueriesContext(
            connection,
        ) as context:
            answers.append(owner.gql(QUERIES[name]))
        counted.append(len(context))

    assert len(set(counted)) == 1, counted
    assert len(str(answers[0])) < len(str(answers[1])) < len(str(answers[2]))
    assert Seller.objects.count() == 11
    assert OcopCertificate.objects.count() == 30
