"""Every mutation and private field of the catalogue × everybody who may ask, made from expected.txt.

The table was written by hand before the code. A mutation or a field that it does not name fails.
"""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from graphql import GraphQLObjectType
from PIL import Image

from catalog.graphql.mutations import CatalogMutation
from marketplace.core.models import AuditEntry
from marketplace.schema import schema
from tests.builders import ADDRESS, unique
from tests.catalog.access.scene import CALLERS, CLAIM_CODE, INVITATION, Scene, gid, make_scene
from tests.conftest import Graphql

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("expected.txt")
SHORT = {"-": "UNAUTHENTICATED", "N": "NOT_FOUND", "F": "FORBIDDEN"}


def _read() -> tuple[dict[str, dict[str, dict[str, str]]], dict[str, set[str]]]:
    """Sections of rows of caller → expectation, and the public fields of each type."""
    sections: dict[str, dict[str, dict[str, str]]] = {}
    public: dict[str, set[str]] = {}
    section = ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            section = line.strip("[]")
            sections.setdefault(section, {})
        elif section == "public":
            name, fields = line.split(":")
            public.setdefault(name, set()).update(fields.split())
        else:
            words = line.split()
            name, cells = " ".join(words[: -len(CALLERS)]), words[-len(CALLERS) :]
            assert name not in sections[section], f"{name} is there twice"
            sections[section][name] = dict(zip(CALLERS, cells, strict=True))
    return sections, public


SECTIONS, PUBLIC = _read()


def _cases(section: str) -> list[Any]:
    return [
        pytest.param(name, caller, expected, id=f"{name}-{caller}".replace(" ", "_"))
        for name, cells in SECTIONS[section].items()
        for caller, expected in cells.items()
    ]


@pytest.fixture
def scene(db: Any) -> Scene:
    return make_scene()


def picture_file(color: str = "teal") -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (64, 80), color).save(data, "JPEG")
    return SimpleUploadedFile("anh.jpg", data.getvalue(), "image/jpeg")


def _apply_input(**extra: Any) -> dict[str, Any]:
    return {
        "name": "Cơ sở thử",
        "legalName": "Nguyễn Thị Lan",
        "kind": "HOUSEHOLD",
        "village": "luu-thuong",
        "phone": "0912345678",
        "address": ADDRESS,
        **extra,
    }


# How each row of [mutations] is called: the field, its arguments' types, and their values.
CALLS: dict[str, tuple[str, str, Callable[[Scene], dict[str, Any]]]] = {
    "sellerApply": ("sellerApply", "input: SellerApplyInput!", lambda s: {"input": _apply_input()}),
    "sellerApply again": (
        "sellerApply",
        "input: SellerApplyInput!",
        lambda s: {"input": _apply_input(sellerId=gid(s.applied))},
    ),
    "sellerUpdate words": (
        "sellerUpdate",
        "input: SellerUpdateInput!",
        lambda s: {"input": {"id": gid(s.seller), "about": "Lời mới."}},
    ),
    "sellerUpdate address": (
        "sellerUpdate",
        "input: SellerUpdateInput!",
        lambda s: {"input": {"id": gid(s.seller), "address": ADDRESS}},
    ),
    "sellerMemberInvite": (
        "sellerMemberInvite",
        "sellerId: ID!, contact: String!, role: MemberRole!",
        lambda s: {"sellerId": gid(s.seller), "contact": "moi@example.vn", "role": "EDITOR"},
    ),
    "sellerInvitationAccept": (
        "sellerInvitationAccept",
        "token: String!",
        lambda s: {"token": INVITATION},
    ),
    "sellerClaim": ("sellerClaim", "sellerId: ID!", lambda s: {"sellerId": gid(s.unclaimed)}),
    "sellerClaimConfirm": (
        "sellerClaimConfirm",
        "sellerId: ID!, code: String!",
        lambda s: {"sellerId": gid(s.unclaimed), "code": CLAIM_CODE},
    ),
    "sellerMemberRemove": (
        "sellerMemberRemove",
        "id: ID!",
        lambda s: {"id": gid(s.seller.members.get(role="PACKER", user=None))},
    ),
    "sellerDecide": (
        "sellerDecide",
        "id: ID!, decision: SellerDecision!, note: String",
        lambda s: {"id": gid(s.applied), "decision": "REJECT", "note": "Ảnh mờ."},
    ),
    "sellerTrustSet": (
        "sellerTrustSet",
        "id: ID!, trusted: Boolean!, note: String",
        lambda s: {"id": gid(s.seller), "trusted": True, "note": "Lâu năm."},
    ),
    "productCreate": (
        "productCreate",
        "input: ProductInput!",
        lambda s: {"input": {"sellerId": gid(s.seller), "name": "Mới"}},
    ),
    "productUpdate": (
        "productUpdate",
        "id: ID!, input: ProductInput!",
        lambda s: {"id": gid(s.product), "input": {"description": "Lời mới."}},
    ),
    "productSubmit": ("productSubmit", "id: ID!", lambda s: {"id": gid(s.draft)}),
    "translationConfirm": (
        "translationConfirm",
        "productId: ID!, language: Language!",
        lambda s: {"productId": gid(s.product), "language": "en"},
    ),
    "productArchive": ("productArchive", "id: ID!", lambda s: {"id": gid(s.product)}),
    "productUnarchive": ("productUnarchive", "id: ID!", lambda s: {"id": gid(s.archived)}),
    "productDecide": (
        "productDecide",
        "id: ID!, publish: Boolean!, note: String",
        lambda s: {"id": gid(s.in_review), "publish": True},
    ),
    "variantArchive": ("variantArchive", "id: ID!", lambda s: {"id": gid(s.spare_variant)}),
    "productImageAdd": (
        "productImageAdd",
        "productId: ID!, file: Upload!",
        lambda s: {"productId": gid(s.draft), "file": picture_file()},
    ),
    "productImageUpdate": (
        "productImageUpdate",
        "id: ID!, alt: String",
        lambda s: {"id": gid(s.picture), "alt": "Giỏ nhìn từ trên"},
    ),
    "productImageRemove": ("productImageRemove", "id: ID!", lambda s: {"id": gid(s.picture)}),
    "productImagesReorder": (
        "productImagesReorder",
        "productId: ID!, imageIds: [ID!]!",
        lambda s: {
            "productId": gid(s.draft),
            "imageIds": [gid(s.second_picture), gid(s.picture), gid(s.broken_picture)],
        },
    ),
    "stockAdjust": (
        "stockAdjust",
        "variantId: ID, delta: Int!, reason: String!, idempotencyKey: String!",
        lambda s: {"variantId": gid(s.variant), "delta": 2, "reason": "Đan thêm", "idempotencyKey": unique()},
    ),
    "stockAdjustMany": (
        "stockAdjustMany",
        "lines: [StockAdjustInput!]!, idempotencyKey: String!",
        lambda s: {
            "lines": [{"variantId": gid(s.variant), "delta": 2, "reason": "Đan thêm"}],
            "idempotencyKey": unique(),
        },
    ),
    "favouriteSet": (
        "favouriteSet",
        "productId: ID!, favourite: Boolean!",
        lambda s: {"productId": gid(s.product), "favourite": True},
    ),
    "reviewReply": (
        "reviewReply",
        "id: ID!, body: String!",
        lambda s: {"id": gid(s.review), "body": "Cảm ơn."},
    ),
    "reviewHide": (
        "reviewHide",
        "id: ID!, hidden: Boolean!, reason: String!",
        lambda s: {"id": gid(s.review), "hidden": True, "reason": "Thô tục."},
    ),
    "contentReport product": (
        "contentReport",
        "id: ID!, reason: String!",
        lambda s: {"id": gid(s.product), "reason": "Sai."},
    ),
    "contentReport draft": (
        "contentReport",
        "id: ID!, reason: String!",
        lambda s: {"id": gid(s.draft), "reason": "Sai."},
    ),
    "contentReport hidden": (
        "contentReport",
        "id: ID!, reason: String!",
        lambda s: {"id": gid(s.hidden_review), "reason": "Sai."},
    ),
    "addressSave new": ("addressSave", "address: AddressInput!", lambda s: {"address": ADDRESS}),
    "addressSave own": (
        "addressSave",
        "id: ID, address: AddressInput!",
        lambda s: {"id": gid(s.address), "address": {**ADDRESS, "line1": "2 phố Hàng Bông"}},
    ),
    "addressRemove": ("addressRemove", "id: ID!", lambda s: {"id": gid(s.address)}),
    "productsImport": (
        "productsImport",
        "sellerId: ID, file: Upload!",
        lambda s: {
            "sellerId": gid(s.seller),
            "file": SimpleUploadedFile("hang.csv", "Tên,Giá\nGiỏ,5000\n".encode()),
        },
    ),
    "importCommit": ("importCommit", "id: ID!", lambda s: {"id": gid(s.import_job)}),
    "productsExport": (
        "productsExport",
        "sellerId: ID!, format: String!",
        lambda s: {"sellerId": gid(s.seller), "format": "csv"},
    ),
    "ocopCertificateSubmit": (
        "ocopCertificateSubmit",
        "input: OcopCertificateInput!",
        lambda s: {
            "input": {
                "productId": gid(s.draft),
                "number": "12/QĐ-UBND",
                "stars": 4,
                "level": "PROVINCE",
                "issuedBy": "UBND thành phố Hà Nội",
                "issuedOn": "2026-06-01",
            }
        },
    ),
    "ocopCertificateDecide": (
        "ocopCertificateDecide",
        "id: ID!, accept: Boolean!, note: String",
        lambda s: {"id": gid(s.submitted), "accept": True},
    ),
    "ocopCertificateRevoke": (
        "ocopCertificateRevoke",
        "id: ID!, reason: String!",
        lambda s: {"id": gid(s.valid), "reason": "Làm sai."},
    ),
}


def _everything() -> dict[str, list[Any]]:
    """All rows of the catalogue and the audit: what a refused call must leave as it is."""
    models: list[type[Model]] = [*apps.get_app_config("catalog").get_models(), AuditEntry]
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=lambda row: str(row[0]))
        for model in models
    }


@pytest.mark.parametrize(("row", "caller", "expected"), _cases("mutations"))
def test_mutation(scene: Scene, row: str, caller: str, expected: str) -> None:
    field, declared, variables = CALLS[row]
    passed = ", ".join(f"{part.split(':')[0]}: ${part.split(':')[0]}" for part in declared.split(", "))
    query = f"mutation({', '.join('$' + part for part in declared.split(', '))}){{{field}({passed}){{userErrors{{code field message}}}}}}"
    given = variables(scene)
    before = _everything()

    body = scene.gql(caller).send(query, given)

    if "errors" in body:
        answer = body["errors"][0]["extensions"]["code"]
    else:
        answer = ", ".join(error["code"] for error in body["data"][field]["userErrors"]) or "ok"
    assert answer == SHORT.get(expected, expected), body
    assert (_everything() == before) is (expected != "ok")


def test_every_mutation_is_in_the_table() -> None:
    ours = set(schema.graphql_schema.type_map["Mutation"].fields)  # type: ignore[attr-defined]
    of_catalogue = {
        name.replace("_", " ").title().replace(" ", "")
        for kind in CatalogMutation.__mro__
        for name in vars(kind)
        if not name.startswith(("_", "resolve_"))
    }
    of_catalogue = {name[0].lower() + name[1:] for name in of_catalogue}

    assert of_catalogue <= ours
    assert {field for field, _declared, _variables in CALLS.values()} == of_catalogue
    assert CALLS.keys() == SECTIONS["mutations"].keys()


# --- Objects --------------------------------------------------------------------------------------------------

# How each row of [objects] is reached: the row, and the ways beside node and nodes, as (query, path) with ids of all.
Way = tuple[str, Callable[[dict[str, Any]], bool]]


def _nodes(*path: str) -> Callable[[dict[str, Any]], list[str]]:
    def ids(data: Any) -> list[str]:
        for step in path:
            data = data[step] if data is not None else None
        return [item["id"] for item in data or []]

    return ids


def _ways(scene: Scene, row: str) -> tuple[Any, list[tuple[str, Callable[[Any], list[str]]]]]:
    product = f'product(slug: "{scene.product.slug}")'
    draft = f'product(slug: "{scene.draft.slug}")'
    by_state = "products(first: 100, filter: {{state: [{}]}})"
    objects = {
        "Seller verified": (scene.seller, [("sellers{nodes{id}}", _nodes("sellers", "nodes"))]),
        "Seller unclaimed": (
            scene.unclaimed,
            [("sellers(filter: {state: [UNCLAIMED]}){nodes{id}}", _nodes("sellers", "nodes"))],
        ),
        "Seller applied": (
            scene.applied,
            [
                ("sellers(filter: {state: [APPLIED]}){nodes{id}}", _nodes("sellers", "nodes")),
                (
                    f'seller(slug: "{scene.applied.slug}"){{id}}',
                    lambda d: [d["seller"]["id"]] if d["seller"] else [],
                ),
            ],
        ),
        "Product published": (
            scene.product,
            [
                ("products{nodes{id}}", _nodes("products", "nodes")),
                (
                    f'seller(slug: "{scene.seller.slug}"){{products{{nodes{{id}}}}}}',
                    _nodes("seller", "products", "nodes"),
                ),
            ],
        ),
        "Product draft": (
            scene.draft,
            [
                (by_state.format("DRAFT") + "{nodes{id}}", _nodes("products", "nodes")),
                (f"{draft}{{id}}", lambda d: [d["product"]["id"]] if d["product"] else []),
            ],
        ),
        "Variant of draft": (
            scene.draft_variant,
            [(f"{draft}{{variants{{id}}}}", _nodes("product", "variants"))],
        ),
        "Image of draft": (scene.picture, [(f"{draft}{{images{{id}}}}", _nodes("product", "images"))]),
        "Image not ready": (
            scene.broken_picture,
            [(f"{draft}{{images{{id}}}}", _nodes("product", "images"))],
        ),
        "OcopCertificate valid": (
            scene.valid,
            [
                ("ocopCertificates{nodes{id}}", _nodes("ocopCertificates", "nodes")),
                (f"{product}{{ocopCertificates{{id}}}}", _nodes("product", "ocopCertificates")),
            ],
        ),
        "OcopCertificate submitted": (
            scene.submitted,
            [
                ("ocopCertificates(state: [SUBMITTED]){nodes{id}}", _nodes("ocopCertificates", "nodes")),
                (f"{product}{{ocopCertificates{{id}}}}", _nodes("product", "ocopCertificates")),
            ],
        ),
        "ProductRevision": (
            scene.revision,
            [
                (
                    f"{product}{{pendingRevision{{id}}}}",
                    lambda d: (
                        [d["product"]["pendingRevision"]["id"]] if d["product"]["pendingRevision"] else []
                    ),
                )
            ],
        ),
        "Review": (
            scene.review,
            [(f"{product}{{reviews{{nodes{{id}}}}}}", _nodes("product", "reviews", "nodes"))],
        ),
        "Review hidden": (
            scene.hidden_review,
            [(f"{product}{{reviews{{nodes{{id}}}}}}", _nodes("product", "reviews", "nodes"))],
        ),
        "SavedAddress": (
            scene.address,
            [("viewer{addresses{id}}", _nodes("viewer", "addresses"))],
        ),
        "ImportJob": (
            scene.import_job,
            # Apps see no private part of a seller; who sees imports there is a row of the fields.
            [],
        ),
        "SellerMembership": (
            scene.packer,
            [
                (
                    f'seller(slug: "{scene.seller.slug}"){{private{{members{{id}}}}}}',
                    _nodes("seller", "private", "members"),
                )
            ],
        ),
    }
    assert objects.keys() == SECTIONS["objects"].keys()
    return objects[row]  # type: ignore[return-value]


@pytest.mark.parametrize(("row", "caller", "expected"), _cases("objects"))
def test_object(scene: Scene, row: str, caller: str, expected: str) -> None:
    item, ways = _ways(scene, row)
    gql, wanted = scene.gql(caller), gid(item)

    by_node = gql("query($id: ID!){node(id: $id){id} nodes(ids: [$id]){id}}", id=wanted)
    seen = {"node": by_node["node"] is not None, "nodes": by_node["nodes"][0] is not None}
    for query, ids in ways:
        seen[query] = wanted in ids(gql(f"{{{query}}}"))

    assert set(seen.values()) == {expected == "ok"}, seen


# --- Fields ---------------------------------------------------------------------------------------------------

COMPOSITE = {
    "Seller.private": "{legalName}",
    "SellerPrivate.address": "{line1}",
    "SellerPrivate.bankAccount": "{accountLast4}",
    "SellerPrivate.checklist": "{code}",
    "SellerPrivate.members": "{id}",
    "SellerPrivate.lowStock": "{id}",
    "SellerPrivate.imports": "{id}",
    "SellerPrivate.reviews": "{totalCount}",
    "ImportJob.problems": "{totalCount}",
    "SavedAddress.address": "{line1}",
    "SellerMembership.user": "{name}",
    "SellerMembership.seller": "{id}",
    "Product.pendingRevision": "{id}",
}
FIELD_OF: dict[str, Callable[[Scene], Any]] = {
    "Seller": lambda s: s.seller,
    "SellerPrivate": lambda s: s.seller,
    "SellerMembership": lambda s: s.packer,
    "SavedAddress": lambda s: s.address,
    "ImportJob": lambda s: s.import_job,
    "Product": lambda s: s.product,
    "OcopCertificate": lambda s: s.valid,
    "Variant": lambda s: s.variant,
    "Image": lambda s: s.broken_picture,
}


def _asked(gql: Graphql, scene: Scene, type_name: str, selection: str) -> list[Any]:
    """The object with this selection by every way: node, nodes, and nested under others. None where it is not there."""
    item = gid(FIELD_OF[type_name](scene))
    node_type = "Seller" if type_name == "SellerPrivate" else type_name
    if type_name == "SellerPrivate":
        selection = f"private{{{selection}}}"
    nested = {
        "Seller": f'product(slug: "{scene.product.slug}"){{seller{{{selection}}}}}',
        "SellerPrivate": f'product(slug: "{scene.product.slug}"){{seller{{{selection}}}}}',
        "SellerMembership": f'seller(slug: "{scene.seller.slug}"){{private{{members{{id {selection}}}}}}}',
        "Product": f'seller(slug: "{scene.seller.slug}"){{products{{nodes{{id {selection}}}}}}}',
        "OcopCertificate": f'product(slug: "{scene.product.slug}"){{ocopCertificates{{id {selection}}}}}',
        "SavedAddress": f"viewer{{addresses{{id {selection}}}}}",
        "ImportJob": f'again: node(id: "{item}"){{...on ImportJob{{id {selection}}}}}',
        "Variant": f'product(slug: "{scene.product.slug}"){{variants{{id {selection}}}}}',
        "Image": f'product(slug: "{scene.draft.slug}"){{images{{id {selection}}}}}',
    }[type_name]
    data = gql(
        f"query($id: ID!){{node(id: $id){{...on {node_type}{{{selection}}}}} "
        f"nodes(ids: [$id]){{...on {node_type}{{{selection}}}}} {nested}}}",
        id=item,
    )
    found = [data.pop("node"), data.pop("nodes")[0]]
    (value,) = data.values()
    while isinstance(value, dict) and selection.split("{")[0] not in value:
        (value,) = [inner for inner in value.values() if isinstance(inner, dict | list) or inner is None]
    if isinstance(value, list):
        value = next((entry for entry in value if entry["id"] == item), None)
    found.append(value)
    if type_name == "SellerPrivate":
        found = [entry and entry["private"] for entry in found]
    return found


@pytest.mark.parametrize(("row", "caller", "expected"), _cases("fields"))
def test_field(scene: Scene, row: str, caller: str, expected: str) -> None:
    type_name, field = row.split(".")

    found = _asked(scene.gql(caller), scene, type_name, f"{field}{COMPOSITE.get(row, '')}")

    if expected == "gone":
        assert found == [None, None, None]
        return
    values = [entry[field] for entry in found]
    if expected == "ok":
        assert all(value not in (None, [], "") for value in values), values
    else:
        assert all(value in (None, []) for value in values), values


def test_every_field_is_in_the_table() -> None:
    private: dict[str, set[str]] = {}
    for row in SECTIONS["fields"]:
        type_name, field = row.split(".")
        private.setdefault(type_name, set()).add(field)
    for type_name in private.keys() | PUBLIC.keys():
        kind = schema.graphql_schema.type_map[type_name]
        assert isinstance(kind, GraphQLObjectType)
        named = private.get(type_name, set()) | PUBLIC.get(type_name, set())
        assert named == set(kind.fields), f"{type_name}: {named ^ set(kind.fields)}"
        assert not private.get(type_name, set()) & PUBLIC.get(type_name, set()), type_name
