"""What tests of sellers send and read."""

import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from catalog.models import Seller
from marketplace.core.models import AuditEntry
from tests.builders import ADDRESS, make_user
from tests.catalog.conftest import Caller
from tests.conftest import Graphql

SELLER = """
id slug name kind state trusted about village{slug} commune{slug}
publicAddress{name phone line1 ward province} socialLinks{network url} logo{ready}
private{legalName taxCode personalId birthDate phone showAddress vneidLinkedAt decisionNote documents collection
  address{name phone line1 ward wardCode province country} bankAccount{bankBin bankName accountLast4 holder}
  checklist{code done} members{id role pending contact user{name}}}
"""
APPLICATION = {
    "name": "Cơ sở  Mây ",
    "legalName": "Hộ kinh doanh Nguyễn Thị Lan",
    "kind": "HOUSEHOLD",
    "village": "luu-thuong",
    "taxCode": "010 004 7516",
    "personalId": "001 170 012345",
    "birthDate": "1970-05-01",
    "phone": "0912 345 678",
    "address": ADDRESS,
    "bankBin": "970422",
    "bankAccount": "9999 0000 00001",
    "bankHolder": "NGUYEN THI LAN",
    "about": "Đan mây ba đời.",
}
# Whatever of it tells of a person, in every shape in which it could stand somewhere.
PERSONAL = (
    "912345678", "912 345 678", "0100047516", "010 004 7516", "001170012345", "001 170 012345", "1970-05-01",
    "999900000", "9999 0000", "NGUYEN THI LAN", "Nguyễn Thị Lan", "Tràng Thi",
)  # fmt: skip


def photo(color: str = "teal", kind: str = "JPEG", name: str = "cccd.jpg") -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (64, 80), color).save(data, kind)
    return SimpleUploadedFile(name, data.getvalue(), "image/jpeg")


def pdf(name: str = "giay-phep.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n", "application/pdf")


def person(email: str, **fields: Any) -> Caller:
    """Somebody new, signed in."""
    return Caller(Graphql(Client()).login(make_user(email, **fields)))


def apply(caller: Caller, *left_out: str, **values: Any) -> Any:
    """Applies with the whole application, but for what is left out or named anew."""
    data = {key: value for key, value in {**APPLICATION, **values}.items() if key not in left_out}
    return caller.call("sellerApply", "input: SellerApplyInput!", f"seller{{{SELLER}}}", input=data)


def update(caller: Caller, seller: str, **values: Any) -> Any:
    return caller.call(
        "sellerUpdate", "input: SellerUpdateInput!", f"seller{{{SELLER}}}", input={"id": seller, **values}
    )


def decide(caller: Caller, seller: str, decision: str, note: str | None = None) -> Any:
    return caller.call(
        "sellerDecide",
        "id: ID!, decision: SellerDecision!, note: String",
        f"seller{{{SELLER}}}",
        id=seller,
        decision=decision,
        note=note,
    )


def row(seller: Seller) -> dict[str, Any]:
    """Everything that stands in a seller's row."""
    return Seller.objects.filter(pk=seller.pk).values().get()


def audits(action: str | None = None) -> list[AuditEntry]:
    rows = AuditEntry.objects.order_by("at", "id")
    return list(rows.filter(action=action) if action else rows)


def kept_files() -> set[str]:
    """Every file in the private storage."""
    root = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
